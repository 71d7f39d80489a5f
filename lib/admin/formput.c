/* lib/admin/formput.c - a declarative file put into a document: its sections take the place of those that are there.  Layer 4. */
#include "admin/form.h"

#include <string.h>

#include "admin/form_priv.h"
#include "base/nearest.h"
#include "cib/section.h"

/* ---- the document as it was ------------------------------------------------------------------------------- */

/* Sections by name, objects by element and id; the first of several with the same. */
static GHashTable *
index_of(const struct cox_xml *configuration)
{
    GHashTable *live = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (const struct cox_xml *xml = cox_xml_walk(configuration, configuration); xml != NULL; xml = cox_xml_walk(xml, configuration)) {
        char *key = (cox_xml_parent(xml) == configuration) ? g_strdup(cox_xml_name(xml))
                    : (cox_xml_id(xml) != NULL)            ? g_strdup_printf("%s %s", cox_xml_name(xml), cox_xml_id(xml))
                                                           : NULL;

        if (key != NULL && !g_hash_table_contains(live, key)) {
            g_hash_table_insert(live, key, (gpointer) (guintptr) xml);
        } else {
            g_free(key);
        }
    }
    return live;
}

/* ---- sections --------------------------------------------------------------------------------------------- */

static const struct cox_form_section *
section_with_key(const char *key)
{
    for (guint i = 0; cox_form_section(i) != NULL; i++) {
        if (strcmp(cox_form_section(i)->part.key, key) == 0) {
            return cox_form_section(i);
        }
    }
    return NULL;
}

static bool
unknown_section(const struct cox_conf *key, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *hint = NULL;

    for (guint i = 0; cox_form_section(i) != NULL; i++) {
        g_ptr_array_add(names, (gpointer) (guintptr) cox_form_section(i)->part.key);
    }
    g_ptr_array_add(names, (gpointer) (guintptr) "others");
    hint = cox_nearest_hint(key->text, (const char *const *) names->pdata, names->len);
    return cox_form_fail(key, error, "'%.100s' is no section%s", key->text, hint);
}

/* Put @section, or what is in its place now, in order into the configuration; what was there is kept loose in @old. */
static void
exchange(struct cox_xml *configuration, struct cox_xml *section, GPtrArray *old)
{
    struct cox_xml *there = cox_xml_child(configuration, cox_xml_name(section));

    if (there != NULL) {
        cox_xml_swap(there, section);
        g_ptr_array_add(old, there);
    } else if (cox_xml_first_node(section) != NULL || cox_xml_first_attr(section) != NULL) {
        cox_xml_insert_before(configuration, section, NULL);
    } else {
        cox_xml_free(section);
    }
}

/* A section as the file has it, loose; NULL with an error. */
static struct cox_xml *
build_section(struct cox_form_reader *reader, const struct cox_form_section *section, const struct cox_conf *conf, GError **error)
{
    const struct cox_form_part *part = &section->part;
    struct cox_xml *around = cox_xml_new_loose("x", reader->root);
    struct cox_xml *xml = NULL;
    bool is_built = false;

    if (conf->kind == COX_CONF_NULL) {
        (void) cox_form_fail(conf, error, "%s: nothing is said of it: leave it out, or write [] when there is to be none", part->key);
    } else if (cox_form_is_xml(conf)) {
        is_built = cox_form_read_xml(around, section->element, conf, error);
    } else {
        is_built = cox_form_read_section(reader, cox_xml_new_child(around, section->element), part, conf, error);
    }
    xml = is_built ? cox_xml_first(around) : NULL;
    if (is_built && xml == NULL) {
        (void) cox_form_fail(conf, error, "%s: xml: a comment is no section", part->key);
    }
    if (xml != NULL) {
        cox_xml_unlink(xml);
    }
    cox_xml_free(around);
    return xml;
}

/* ---- others ----------------------------------------------------------------------------------------------- */

static bool
is_other(const struct cox_xml *xml, const struct cox_xml *configuration)
{
    for (guint i = 0; cox_form_section(i) != NULL; i++) {
        if (xml == cox_xml_child(configuration, cox_form_section(i)->element)) {
            return false;
        }
    }
    return true;
}

static struct cox_xml *
next_other(struct cox_xml *xml, const struct cox_xml *configuration)
{
    while (xml != NULL && !is_other(xml, configuration)) {
        xml = cox_xml_next(xml);
    }
    return xml;
}

static bool
read_others(struct cox_xml *around, const struct cox_conf *list, GError **error)
{
    if (list->kind != COX_CONF_LIST) {
        return cox_form_fail(list, error, "others: there must be a list");
    }
    for (guint i = 0; i < cox_conf_size(list); i++) {
        const struct cox_conf *item = cox_conf_item(list, i);

        if (!cox_form_is_xml(item)) {
            return cox_form_fail(item, error, "others: each must be a map with the key xml, and no other");
        }
        if (!cox_form_read_xml(around, NULL, item, error)) {
            return false;
        }
    }
    return true;
}

/* What is in the configuration besides its sections: one takes the place of the other, in order. */
static bool
put_others(struct cox_xml *configuration, const struct cox_conf *list, GPtrArray *old, GError **error)
{
    struct cox_xml *around = cox_xml_new_loose("x", configuration);
    struct cox_xml *there = next_other(cox_xml_first(configuration), configuration);
    bool is_read = read_others(around, list, error);

    while (is_read && (there != NULL || cox_xml_first(around) != NULL)) {
        struct cox_xml *xml = cox_xml_first(around);
        struct cox_xml *next = (there == NULL) ? NULL : next_other(cox_xml_next(there), configuration);

        if (xml != NULL) {
            cox_xml_unlink(xml);
        }
        if (there == NULL) {
            cox_xml_insert_before(configuration, xml, NULL);
        } else {
            if (xml == NULL) {
                cox_xml_unlink(there);
            } else {
                cox_xml_swap(there, xml);
            }
            g_ptr_array_add(old, there);
        }
        there = next;
    }
    cox_xml_free(around);
    return is_read;
}

/* ---- all -------------------------------------------------------------------------------------------------- */

static bool
put_all(struct cox_form_reader *reader, struct cox_xml *configuration, const struct cox_conf *file, GPtrArray *old, GError **error)
{
    for (guint i = 0; i < cox_conf_size(file); i++) {
        const struct cox_conf *key = cox_conf_key(file, i);
        const struct cox_form_section *section = section_with_key(key->text);
        struct cox_xml *xml = NULL;

        if (section == NULL && strcmp(key->text, "others") != 0) {
            return unknown_section(key, error);
        }
        if (section == NULL) {
            if (!put_others(configuration, cox_conf_item(file, i), old, error)) {
                return false;
            }
            continue;
        }
        xml = build_section(reader, section, cox_conf_item(file, i), error);
        if (xml == NULL) {
            return false;
        }
        exchange(configuration, xml, old);
    }
    return true;
}

static void
free_loose(gpointer xml)
{
    cox_xml_free(xml);
}

bool
cox_form_read(struct cox_xml *root, const struct cox_conf *file, GError **error)
{
    struct cox_xml *configuration = cox_section_find(root, "configuration");
    g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func(free_loose);
    g_autoptr(GHashTable) live = NULL;
    g_autoptr(GPtrArray) nameless = g_ptr_array_new();
    struct cox_form_reader reader = { .root = root, .nameless = nameless };

    if (file->kind != COX_CONF_MAP) {
        return cox_form_fail(file, error, "the file must be a map of sections: options, nodes, resources, constraints ... (cox export writes one)");
    }
    if (configuration == NULL) {
        configuration = cox_xml_new_child(root, "configuration");
    }
    live = index_of(configuration);
    reader.live = live;
    if (!put_all(&reader, configuration, file, old, error)) {
        return false;
    }
    cox_form_name_all(&reader);
    return true;
}
