/* lib/admin/formid.c - ids of what a declarative file leaves without one: the one that is there already, or one made of names.  Layer 4. */
#include <string.h>

#include "admin/form_priv.h"
#include "admin/setting.h"
#include "base/error.h"
#include "cib/section.h"

/* ---- made of names ---------------------------------------------------------------------------------------- */

/* The nearest element around it that has an id, "operations" apart, whose id is nobody's name. */
static const struct cox_xml *
owner_of(const struct cox_xml *xml)
{
    const struct cox_xml *owner = cox_xml_parent(xml);

    while (owner != NULL && (cox_xml_id(owner) == NULL || cox_xml_is(owner, "operations"))) {
        owner = cox_xml_parent(owner);
    }
    return owner;
}

static char *
joined(const struct cox_xml *xml, const struct cox_form_row *row)
{
    g_auto(GStrv) names = g_strsplit(row->id_part, " ", -1);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; names[i] != NULL; i++) {
        const char *value = cox_xml_get(xml, names[i]);

        if (value != NULL) {
            g_string_append_printf(text, "%s%s", (text->len > 0) ? "-" : "", value);
        }
    }
    for (const struct cox_xml *ref = text->len == 0 ? cox_xml_first(xml) : NULL; ref != NULL; ref = cox_xml_walk(ref, xml)) {
        if (cox_xml_is(ref, "resource_ref") && cox_xml_id(ref) != NULL && text->len < 80) {
            g_string_append_printf(text, "%s%s", (text->len > 0) ? "-" : "", cox_xml_id(ref));
        }
    }
    return cox_setting_id(row->key, (text->len > 0) ? text->str : "1");
}

static char *
set_id(const struct cox_xml *set)
{
    const struct cox_xml *parent = cox_xml_parent(set);
    const struct cox_xml *owner = owner_of(set);

    if (cox_xml_is(parent, "crm_config")) {
        return g_strdup("cib-bootstrap-options");
    }
    if (cox_xml_is(parent, "rsc_defaults") || cox_xml_is(parent, "op_defaults")) {
        return g_strdup_printf("%s-options", cox_xml_name(parent));
    }
    if (owner == NULL) {
        return NULL;
    }
    if (cox_xml_is(owner, "node")) {
        return g_strdup_printf("nodes-%s%s", cox_xml_id(owner), cox_xml_is(set, "utilization") ? "-utilization" : "");
    }
    return g_strdup_printf("%s-%s", cox_xml_id(owner), cox_xml_name(set));
}

char *
cox_form_default_id(const struct cox_xml *xml)
{
    const struct cox_form_row *row = cox_form_row(cox_xml_name(xml));
    const struct cox_xml *owner = owner_of(xml);
    const char *name = cox_xml_get(xml, "name");
    const char *interval = cox_xml_get(xml, "interval");
    g_autofree char *text = NULL;

    if (cox_form_is_set(xml)) {
        return set_id(xml);
    }
    if (cox_xml_is(xml, "nvpair")) {
        return (owner == NULL || name == NULL) ? NULL : cox_setting_id(cox_xml_id(owner), name);
    }
    if (row == NULL) {
        return NULL;
    }
    switch (row->id) {
    case COX_FORM_ID_NONE:
    case COX_FORM_ID_GIVEN:
        return NULL;
    case COX_FORM_ID_NODE:
        return g_strdup(cox_xml_get(xml, "uname"));
    case COX_FORM_ID_OP:
        text = g_strdup_printf("%s-interval-%s", name, interval);
        return (owner == NULL || name == NULL || interval == NULL) ? NULL : cox_setting_id(cox_xml_id(owner), text);
    case COX_FORM_ID_JOIN:
        return joined(xml, row);
    case COX_FORM_ID_CHILD:
        return (owner == NULL) ? NULL : cox_setting_id(cox_xml_id(owner), row->id_part);
    }
    return NULL;
}

/* ---- there already ---------------------------------------------------------------------------------------- */

static bool
has_same_attributes(const struct cox_xml *a, const struct cox_xml *b)
{
    size_t n_a = 0, n_b = 0;

    for (const struct cox_xml_attr *attr = cox_xml_first_attr(a); attr != NULL; attr = cox_xml_next_attr(attr)) {
        n_a += (strcmp(cox_xml_attr_name(attr), "id") != 0) ? 1 : 0;
        if (strcmp(cox_xml_attr_name(attr), "id") != 0
            && g_strcmp0(cox_xml_get(b, cox_xml_attr_name(attr)), cox_xml_attr_value(attr)) != 0) {
            return false;
        }
    }
    for (const struct cox_xml_attr *attr = cox_xml_first_attr(b); attr != NULL; attr = cox_xml_next_attr(attr)) {
        n_b += (strcmp(cox_xml_attr_name(attr), "id") != 0) ? 1 : 0;
    }
    return n_a == n_b;
}

/* Is the element @old of the document what @new of the file means? */
static bool
is_same(const struct cox_xml *new, const struct cox_xml *old)
{
    if (cox_form_is_set(new)) {
        return cox_xml_get(old, "id-ref") == NULL && cox_xml_child(old, "rule") == NULL && cox_xml_child(new, "rule") == NULL;
    }
    if (cox_xml_is(new, "nvpair")) {
        return g_strcmp0(cox_xml_get(new, "name"), cox_xml_get(old, "name")) == 0;
    }
    if (cox_xml_is(new, "op")) {
        return g_strcmp0(cox_xml_get(new, "name"), cox_xml_get(old, "name")) == 0
               && g_strcmp0(cox_xml_get(new, "interval"), cox_xml_get(old, "interval")) == 0;
    }
    return has_same_attributes(new, old);
}

/* The place of the document that corresponds to the one around @xml: by its id, or inside such a place by name. */
static const struct cox_xml *
live_place(const struct cox_form_reader *reader, const struct cox_xml *xml)
{
    const struct cox_xml *around = cox_xml_parent(xml);
    const struct cox_xml *place = NULL;
    g_autofree char *key = NULL;

    if (around == NULL) {
        return NULL;
    }
    if (cox_section_is_known(cox_xml_name(around))) {
        return g_hash_table_lookup(reader->live, cox_xml_name(around));
    }
    if (cox_xml_id(around) != NULL) {
        key = g_strdup_printf("%s %s", cox_xml_name(around), cox_xml_id(around));
        return g_hash_table_lookup(reader->live, key);
    }
    if (cox_xml_parent(around) != NULL && cox_xml_id(cox_xml_parent(around)) != NULL) {
        key = g_strdup_printf("%s %s", cox_xml_name(cox_xml_parent(around)), cox_xml_id(cox_xml_parent(around)));
        place = g_hash_table_lookup(reader->live, key);
    }
    return (place == NULL) ? NULL : cox_xml_child(place, cox_xml_name(around));
}

static const char *
live_id(const struct cox_form_reader *reader, const struct cox_xml *xml, GHashTable *taken)
{
    const struct cox_xml *place = live_place(reader, xml);

    for (const struct cox_xml *old = cox_xml_child(place, cox_xml_name(xml)); old != NULL; old = cox_xml_next_named(old, cox_xml_name(xml))) {
        if (cox_xml_id(old) != NULL && !g_hash_table_contains(taken, cox_xml_id(old)) && is_same(xml, old)) {
            return cox_xml_id(old);
        }
    }
    return NULL;
}

/* ---- giving ----------------------------------------------------------------------------------------------- */

/* Ids that are taken, and which number is to be tried next for those of which several are wanted. */
struct names {
    GHashTable *taken; /* owned texts */
    GHashTable *next;  /* owned texts: guint */
};

/* An id that nobody has yet: the base, or with a number. */
static char *
free_id(const struct names *names, const char *base)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(names->next, base));
    char *id = (number == 0) ? g_strdup(base) : g_strdup_printf("%s-%u", base, number);

    while (g_hash_table_contains(names->taken, id)) {
        g_free(id);
        id = g_strdup_printf("%s-%u", base, ++number);
    }
    g_hash_table_insert(names->next, g_strdup(base), GUINT_TO_POINTER(number + 1));
    return id;
}

static void
give_id(const struct cox_form_reader *reader, struct cox_xml *xml, const struct names *names)
{
    const char *there = live_id(reader, xml, names->taken);
    g_autofree char *base = (there != NULL) ? NULL : cox_form_default_id(xml);
    char *id = (there != NULL) ? g_strdup(there) : free_id(names, (base != NULL) ? base : cox_xml_name(xml));

    cox_xml_set(xml, "id", id);
    g_hash_table_add(names->taken, id);
}

void
cox_form_name_all(const struct cox_form_reader *reader)
{
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) next = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const struct names names = { taken, next };
    const struct cox_xml *configuration = cox_section_find(reader->root, "configuration");

    for (const struct cox_xml *xml = configuration; xml != NULL; xml = cox_xml_walk(xml, configuration)) {
        if (cox_xml_id(xml) != NULL && !cox_form_is_reference(xml)) {
            g_hash_table_add(taken, g_strdup(cox_xml_id(xml)));
        }
    }
    for (guint i = 0; i < reader->nameless->len; i++) {
        give_id(reader, g_ptr_array_index(reader->nameless, i), &names);
    }
}
