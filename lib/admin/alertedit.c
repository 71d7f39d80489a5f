/* lib/admin/alertedit.c - alerts and their recipients in a configuration that is one's own.  Layer 4. */
#include "admin/alertedit.h"

#include <string.h>

#include "admin/rscedit.h"
#include "admin/rscspec.h"
#include "admin/setting.h"
#include "base/error.h"
#include "base/nearest.h"
#include "cib/section.h"
#include "model/option.h"

/* ---- find ------------------------------------------------------------------------------------------------- */

static struct cox_xml *
find(struct cox_xml *root, const char *element, const char *id, GError **error)
{
    struct cox_xml *section = cox_section_find(root, "alerts");
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autofree char *hint = NULL;

    for (struct cox_xml *xml = section; xml != NULL; xml = cox_xml_walk(xml, section)) {
        if (cox_xml_is(xml, element) && g_strcmp0(cox_xml_id(xml), id) == 0) {
            return xml;
        }
        if (cox_xml_is(xml, element) && cox_xml_id(xml) != NULL) {
            g_ptr_array_add(ids, (gpointer) (guintptr) cox_xml_id(xml));
        }
    }
    hint = cox_nearest_hint(id, (const char *const *) ids->pdata, ids->len);
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "%s '%s' does not exist%s", element, id, hint);
    return NULL;
}

/* The id that was wished, or @base with a number when it is taken; the caller frees it.  NULL with @error. */
static char *
choose_id(const struct cox_xml *root, const char *wished, const char *base, GError **error)
{
    g_autofree char *id = g_strdup((wished != NULL) ? wished : base);

    for (guint number = 1; wished == NULL && !cox_rscedit_is_free(root, id, NULL) && number < G_MAXUINT16; number++) {
        g_free(id);
        id = g_strdup_printf("%s-%u", base, number);
    }
    return cox_rscedit_is_free(root, id, error) ? g_steal_pointer(&id) : NULL;
}

/* ---- what the words say ----------------------------------------------------------------------------------- */

static bool
check_meta(const GArray *metas, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < COX_N_OPTIONS; i++) {
        if (cox_option((enum cox_option_id) i)->scope == COX_OPTION_ALERT) {
            g_ptr_array_add(names, (gpointer) (guintptr) cox_option((enum cox_option_id) i)->name);
        }
    }
    for (guint i = 0; i < metas->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(metas, struct cox_nvedit, i);
        const struct cox_option *option = cox_option_find(COX_OPTION_ALERT, pair->name);
        g_autofree char *hint = NULL;

        if (option == NULL && pair->value != NULL) {
            hint = cox_nearest_hint(pair->name, (const char *const *) names->pdata, names->len);
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no meta-attribute of alerts%s", pair->name, hint);
            return false;
        }
        if (pair->value != NULL && !cox_option_parse(option, pair->value, NULL, error)) {
            return false;
        }
    }
    return true;
}

static bool
set_pairs(struct cox_xml *owner, char *const *words, GError **error)
{
    g_autoptr(cox_rscspec) spec = (words == NULL || *words == NULL) ? NULL : cox_rscspec_parse(words, error);
    const struct cox_nvedit_home params = { owner, "instance_attributes", NULL };
    const struct cox_nvedit_home metas = { owner, "meta_attributes", NULL };

    if (words == NULL || *words == NULL) {
        return true;
    }
    if (spec == NULL || !check_meta(spec->metas, error)) {
        return false;
    }
    if (spec->ops->len > 0 || spec->utilization->len > 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s': alerts have neither operations nor utilization: use NAME=VALUE... [meta NAME=VALUE...]",
                    cox_xml_id(owner));
        return false;
    }
    cox_nvedit_apply(&metas, spec->metas);
    cox_nvedit_apply(&params, spec->params);
    return true;
}

static bool
set_path(struct cox_xml *alert, const char *path, GError **error)
{
    if (path[0] != '/' || !g_utf8_validate(path, -1, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no whole path of an alert agent: it begins with '/'", path);
        return false;
    }
    cox_xml_set(alert, "path", path);
    return true;
}

/* ---- which events ----------------------------------------------------------------------------------------- */

static const struct {
    const char *word, *element;
} kinds[] = {
    { "nodes", "select_nodes" }, { "fencing", "select_fencing" }, { "resources", "select_resources" }, { "attributes", "select_attributes" },
};

static struct cox_xml *
child(struct cox_xml *parent, const char *name)
{
    struct cox_xml *xml = cox_xml_child(parent, name);

    return (xml != NULL) ? xml : cox_xml_new_child(parent, name);
}

/* One kind, "attributes" perhaps with the name of one. */
static bool
add_kind(struct cox_xml *select, const char *word, const char *alert, GError **error)
{
    const char *names[G_N_ELEMENTS(kinds)];
    const char *colon = strchr(word, ':');
    g_autofree char *kind = (colon == NULL) ? g_strdup(word) : g_strndup(word, (gsize) (colon - word));
    g_autofree char *hint = NULL;
    struct cox_xml *chosen = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        names[i] = kinds[i].word;
        if (strcmp(kinds[i].word, kind) == 0 && (colon == NULL || (i == G_N_ELEMENTS(kinds) - 1 && colon[1] != '\0'))) {
            chosen = child(select, kinds[i].element);
        }
    }
    if (chosen == NULL) {
        hint = cox_nearest_hint(kind, names, G_N_ELEMENTS(names));
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no kind of event%s: use nodes, fencing, resources, attributes or attributes:NAME", word,
                    (colon == NULL) ? hint : "");
        return false;
    }
    if (colon != NULL) {
        struct cox_xml *attribute = cox_xml_new_child(chosen, "attribute");
        g_autofree char *set_id = g_strconcat(alert, "-attribute", NULL);
        g_autofree char *id = cox_setting_id(set_id, colon + 1);

        cox_xml_set(attribute, "id", id);
        cox_xml_set(attribute, "name", colon + 1);
    }
    return true;
}

static bool
set_select(struct cox_xml *alert, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    struct cox_xml *select = NULL;

    while ((select = cox_xml_child(alert, "select")) != NULL) {
        cox_xml_free(select);
    }
    if (*text == '\0') {
        return true;
    }
    select = cox_xml_new_loose("select", alert);
    cox_xml_insert(alert, select, 0);
    for (guint i = 0; words[i] != NULL; i++) {
        if (!add_kind(select, words[i], cox_xml_id(alert), error)) {
            return false;
        }
    }
    return true;
}

/* ---- alerts ----------------------------------------------------------------------------------------------- */

static bool
fill(struct cox_xml *alert, const struct cox_alertedit *edit, GError **error)
{
    return (edit->path == NULL || set_path(alert, edit->path, error)) && (edit->select == NULL || set_select(alert, edit->select, error))
           && set_pairs(alert, edit->words, error);
}

bool
cox_alertedit_create(struct cox_xml *root, const struct cox_alertedit *edit, GError **error)
{
    g_autofree char *id = choose_id(root, edit->id, "alert", error);
    struct cox_xml *alert = NULL;

    if (id == NULL) {
        return false;
    }
    alert = cox_xml_new_child(cox_rscedit_section(root, "alerts"), "alert");
    cox_xml_set(alert, "id", id);
    return fill(alert, edit, error);
}

bool
cox_alertedit_update(struct cox_xml *root, const char *alert, const struct cox_alertedit *edit, GError **error)
{
    struct cox_xml *xml = find(root, "alert", alert, error);

    return xml != NULL && fill(xml, edit, error);
}

static bool
delete_all(struct cox_xml *root, const char *element, char *const *ids, GError **error)
{
    for (; *ids != NULL; ids++) {
        struct cox_xml *xml = find(root, element, *ids, error);

        if (xml == NULL) {
            return false;
        }
        cox_xml_free(xml);
    }
    return true;
}

bool
cox_alertedit_delete(struct cox_xml *root, char *const *alerts, GError **error)
{
    return delete_all(root, "alert", alerts, error);
}

/* ---- recipients ------------------------------------------------------------------------------------------- */

/* The same twice would be told twice. */
static bool
set_value(struct cox_xml *recipient, const char *value, GError **error)
{
    const struct cox_xml *alert = cox_xml_parent(recipient);

    if (*value == '\0' || !g_utf8_validate(value, -1, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' cannot be a recipient: %s", value, (*value == '\0') ? "say who is to be told" : "it is no UTF-8");
        return false;
    }
    for (const struct cox_xml *other = cox_xml_child(alert, "recipient"); other != NULL; other = cox_xml_next_named(other, "recipient")) {
        if (other != recipient && g_strcmp0(cox_xml_get(other, "value"), value) == 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "alert '%s' tells '%s' already: recipient '%s'", cox_xml_id(alert), value,
                        cox_xml_id(other));
            return false;
        }
    }
    cox_xml_set(recipient, "value", value);
    return true;
}

bool
cox_alertedit_add_recipient(struct cox_xml *root, const char *alert, const char *value, const struct cox_alertedit *edit, GError **error)
{
    struct cox_xml *xml = find(root, "alert", alert, error);
    g_autofree char *base = g_strconcat(alert, "-recipient", NULL);
    g_autofree char *id = (xml == NULL) ? NULL : choose_id(root, edit->id, base, error);
    struct cox_xml *recipient = NULL;

    if (id == NULL) {
        return false;
    }
    recipient = cox_xml_new_child(xml, "recipient");
    cox_xml_set(recipient, "id", id);
    return set_value(recipient, value, error) && set_pairs(recipient, edit->words, error);
}

bool
cox_alertedit_update_recipient(struct cox_xml *root, const char *recipient, const char *value, const struct cox_alertedit *edit,
                               GError **error)
{
    struct cox_xml *xml = find(root, "recipient", recipient, error);

    return xml != NULL && (value == NULL || set_value(xml, value, error)) && set_pairs(xml, edit->words, error);
}

bool
cox_alertedit_delete_recipients(struct cox_xml *root, char *const *recipients, GError **error)
{
    return delete_all(root, "recipient", recipients, error);
}
