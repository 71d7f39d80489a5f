/* lib/admin/formwrite.c - the configuration as a declarative file: from elements to maps.  Layer 4. */
#include "admin/form.h"

#include <string.h>

#include "admin/form_priv.h"
#include "cib/section.h"
#include "xml/xmlwrite.h"

/* Writing a configuration. */
struct writer {
    GHashTable *counts; /* id, borrowed: how many elements have it */
    guint depth;
};

/* Rules are in sets and in rules. */
static struct cox_conf *write_element(struct writer *writer, const struct cox_xml *xml, bool is_single);

/* ---- pieces ----------------------------------------------------------------------------------------------- */

static struct cox_conf *
write_xml(const struct cox_xml *node)
{
    struct cox_conf *map = cox_conf_new(COX_CONF_MAP);
    g_autofree char *text = cox_xmlwrite_text(node, COX_XMLWRITE_FORMATTED);

    (void) cox_conf_put(map, "xml", cox_conf_new_text(text));
    return map;
}

static bool
tells_id(const struct writer *writer, const struct cox_xml *xml)
{
    const char *id = cox_xml_id(xml);
    g_autofree char *made = (id == NULL) ? NULL : cox_form_default_id(xml);

    return id != NULL && (g_strcmp0(id, made) != 0 || GPOINTER_TO_UINT(g_hash_table_lookup(writer->counts, id)) > 1);
}

/* "ocf:heartbeat:nginx", "systemd:thing"; NULL: it cannot be told apart again. */
static char *
agent_of(const struct cox_xml *xml)
{
    const char *class = cox_xml_get(xml, "class"), *provider = cox_xml_get(xml, "provider"), *type = cox_xml_get(xml, "type");
    bool is_ocf = g_strcmp0(class, "ocf") == 0;

    if (class == NULL || type == NULL || *class == '\0' || strchr(class, ':') != NULL || is_ocf != (provider != NULL)
        || (is_ocf && (*provider == '\0' || strchr(provider, ':') != NULL))) {
        return NULL;
    }
    return is_ocf ? g_strdup_printf("%s:%s:%s", class, provider, type) : g_strdup_printf("%s:%s", class, type);
}

/* Has the list anything but references, one an element, with no more than their ids? */
static bool
are_references(const struct cox_xml *owner, const char *element)
{
    for (const struct cox_xml *xml = cox_xml_child(owner, element); xml != NULL; xml = cox_xml_next_named(xml, element)) {
        const struct cox_xml_attr *attr = cox_xml_first_attr(xml);

        if (attr == NULL || strcmp(cox_xml_attr_name(attr), "id") != 0 || cox_xml_next_attr(attr) != NULL || cox_xml_first_node(xml) != NULL) {
            return false;
        }
    }
    return true;
}

/* ---- sets: pairs ------------------------------------------------------------------------------------------------ */

static bool
pair_fits(const struct cox_xml *pair)
{
    g_autofree char *text = cox_xml_text(pair);

    for (const struct cox_xml_attr *attr = cox_xml_first_attr(pair); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (!cox_form_has_word("id id-ref name value", cox_xml_attr_name(attr))) {
            return false;
        }
    }
    return text == NULL && cox_xml_first_node(pair) == NULL && (cox_xml_id(pair) != NULL || cox_xml_get(pair, "id-ref") != NULL);
}

static void
put(struct cox_conf *map, const struct cox_xml *xml, const char *attribute)
{
    if (cox_xml_get(xml, attribute) != NULL) {
        (void) cox_conf_put(map, attribute, cox_conf_new_text(cox_xml_get(xml, attribute)));
    }
}

/* All that a pair has, but for its name where that is the key. */
static struct cox_conf *
write_whole_pair(const struct cox_xml *pair, bool has_name)
{
    struct cox_conf *map = cox_conf_new(COX_CONF_MAP);

    if (has_name) {
        put(map, pair, "name");
    }
    put(map, pair, "value");
    put(map, pair, "id");
    put(map, pair, "id-ref");
    return map;
}

static struct cox_conf *
write_pair(const struct writer *writer, const struct cox_xml *pair)
{
    const char *value = cox_xml_get(pair, "value");

    if (cox_xml_get(pair, "id-ref") != NULL || tells_id(writer, pair)) {
        return write_whole_pair(pair, false);
    }
    return (value != NULL) ? cox_conf_new_text(value) : cox_conf_new(COX_CONF_NULL);
}

/* Has every pair a name, and no two the same? */
static bool
names_differ(const struct cox_xml *set)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (const struct cox_xml *pair = cox_xml_child(set, "nvpair"); pair != NULL; pair = cox_xml_next_named(pair, "nvpair")) {
        const char *name = cox_xml_get(pair, "name");

        if (name == NULL || !g_hash_table_add(names, (gpointer) (guintptr) name)) {
            return false;
        }
    }
    return true;
}

static struct cox_conf *
write_values(const struct writer *writer, const struct cox_xml *set)
{
    bool is_map = names_differ(set);
    struct cox_conf *values = cox_conf_new(is_map ? COX_CONF_MAP : COX_CONF_LIST);

    for (const struct cox_xml *pair = cox_xml_child(set, "nvpair"); pair != NULL; pair = cox_xml_next_named(pair, "nvpair")) {
        if (is_map) {
            (void) cox_conf_put(values, cox_xml_get(pair, "name"), write_pair(writer, pair));
        } else {
            (void) cox_conf_add(values, write_whole_pair(pair, true));
        }
    }
    return values;
}

/* ---- sets ------------------------------------------------------------------------------------------------- */

/* Is it a rule or none, and pairs behind it, and nothing else? */
static bool
set_fits(const struct cox_xml *set)
{
    g_autofree char *text = cox_xml_text(set);

    for (const struct cox_xml_attr *attr = cox_xml_first_attr(set); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (!cox_form_has_word("id id-ref score", cox_xml_attr_name(attr))) {
            return false;
        }
    }
    for (const struct cox_xml *node = cox_xml_first_node(set); node != NULL; node = cox_xml_next_node(node)) {
        bool is_first_rule = !cox_xml_is_comment(node) && cox_xml_is(node, "rule") && node == cox_xml_first_node(set);
        bool is_good_pair = !cox_xml_is_comment(node) && cox_xml_is(node, "nvpair") && pair_fits(node);

        if (!is_first_rule && !is_good_pair) {
            return false;
        }
    }
    return text == NULL && (cox_xml_id(set) != NULL || cox_xml_get(set, "id-ref") != NULL);
}

static struct cox_conf *
write_rule(struct writer *writer, const struct cox_xml *rule)
{
    struct cox_conf *map = write_element(writer, rule, true);

    return (map != NULL) ? map : write_xml(rule);
}

static struct cox_conf *
write_set(struct writer *writer, const struct cox_xml *set)
{
    struct cox_conf *map = NULL;

    if (!set_fits(set)) {
        return write_xml(set);
    }
    map = cox_conf_new(COX_CONF_MAP);
    put(map, set, "id");
    put(map, set, "id-ref");
    put(map, set, "score");
    if (cox_xml_child(set, "rule") != NULL) {
        (void) cox_conf_put(map, "rule", write_rule(writer, cox_xml_child(set, "rule")));
    }
    (void) cox_conf_put(map, "values", write_values(writer, set));
    return map;
}

/* Is it the only one, with nothing to say of itself? */
static bool
is_simple(const struct writer *writer, const struct cox_xml *set)
{
    return cox_xml_next_named(set, cox_xml_name(set)) == NULL && set_fits(set) && cox_xml_child(set, "rule") == NULL
           && cox_xml_get(set, "score") == NULL && cox_xml_get(set, "id-ref") == NULL && !tells_id(writer, set) && names_differ(set);
}

static struct cox_conf *
write_sets(struct writer *writer, const struct cox_xml *owner, const char *set_type)
{
    const struct cox_xml *first = cox_xml_child(owner, set_type);
    struct cox_conf *list = NULL;

    if (first != NULL && is_simple(writer, first)) {
        return write_values(writer, first);
    }
    list = cox_conf_new(COX_CONF_LIST);
    for (const struct cox_xml *set = first; set != NULL; set = cox_xml_next_named(set, set_type)) {
        (void) cox_conf_add(list, write_set(writer, set));
    }
    return list;
}

/* ---- does it fit? ----------------------------------------------------------------------------------------- */

/* Are what is inside parts of the row, each part in one piece, and those that can be there once once? */
static bool
fit_children(const struct cox_xml *xml, const struct cox_form_row *row)
{
    const struct cox_form_part *last = NULL;
    guint seen = 0; /* bit i: part i has been there */

    for (const struct cox_xml *child = cox_xml_first_node(xml); child != NULL; child = cox_xml_next_node(child)) {
        const struct cox_form_part *part = cox_xml_is_comment(child) ? NULL : cox_form_part_of(row, cox_xml_name(child));
        guint bit = (part == NULL) ? 0 : 1u << (guint) (part - row->parts);
        bool is_once = part != NULL && (part->kind == COX_FORM_WRAP || part->kind == COX_FORM_ONE || part->kind == COX_FORM_SINGLE);

        if (part == NULL || ((seen & bit) != 0 && (part != last || is_once))) {
            return false;
        }
        if (row->is_fixed && bit < seen) {
            return false;
        }
        if (part->kind == COX_FORM_REFS && !are_references(xml, part->elements)) {
            return false;
        }
        seen |= bit;
        last = part;
    }
    return true;
}

static bool
fits(const struct cox_xml *xml, const struct cox_form_row *row)
{
    g_autofree char *text = cox_xml_text(xml);
    bool has_id = cox_xml_id(xml) != NULL || cox_xml_get(xml, "id-ref") != NULL || row->id == COX_FORM_ID_NONE;

    for (const struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        const char *name = cox_xml_attr_name(attr);

        if (!cox_form_has_word(row->attributes, name) && g_strcmp0(name, row->name) != 0) {
            return false;
        }
    }
    if (cox_xml_get(xml, "agent") != NULL || !has_id || (row->name != NULL && strcmp(row->name, "id") != 0 && cox_xml_get(xml, row->name) == NULL)) {
        return false;
    }
    if (row->id == COX_FORM_ID_OP && cox_xml_get(xml, "interval") == NULL) {
        return false; /* left out it would mean 0 */
    }
    if (cox_form_has_word(row->attributes, "agent") && cox_xml_get(xml, "class") == NULL && cox_xml_get(xml, "template") == NULL) {
        return false; /* would be refused */
    }
    return text == NULL && fit_children(xml, row);
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

static void
write_attributes(const struct writer *writer, struct cox_conf *map, const struct cox_xml *xml, const struct cox_form_row *row)
{
    g_auto(GStrv) names = g_strsplit(row->attributes, " ", -1);
    g_autofree char *agent = cox_form_has_word(row->attributes, "agent") ? agent_of(xml) : NULL;

    if (agent != NULL) {
        (void) cox_conf_put(map, "agent", cox_conf_new_text(agent));
    }
    for (guint i = 0; names[i] != NULL; i++) {
        const char *value = cox_xml_get(xml, names[i]);
        bool is_told = agent != NULL && cox_form_has_word("class provider type", names[i]);

        if (value != NULL && !is_told && (strcmp(names[i], "id") != 0 || tells_id(writer, xml))) {
            (void) cox_conf_put(map, names[i], cox_conf_new_text(value));
        }
    }
}

/* An object of a list or the one in a clone: with its kind, or as XML. */
static struct cox_conf *
write_item(struct writer *writer, const struct cox_xml *xml)
{
    struct cox_conf *map = cox_xml_is_comment(xml) ? NULL : write_element(writer, xml, false);

    return (map != NULL) ? map : write_xml(xml);
}

/* All of @parent that are among @elements, comments too. */
static struct cox_conf *
write_list(struct writer *writer, const struct cox_xml *parent, const char *elements)
{
    struct cox_conf *list = cox_conf_new(COX_CONF_LIST);

    for (const struct cox_xml *xml = cox_xml_first_node(parent); xml != NULL; xml = cox_xml_next_node(xml)) {
        if (cox_xml_is_comment(xml) || cox_form_has_word(elements, cox_xml_name(xml))) {
            (void) cox_conf_add(list, write_item(writer, xml));
        }
    }
    return list;
}

static struct cox_conf *
write_refs(const struct cox_xml *owner, const char *element)
{
    struct cox_conf *list = cox_conf_new(COX_CONF_LIST);

    for (const struct cox_xml *xml = cox_xml_child(owner, element); xml != NULL; xml = cox_xml_next_named(xml, element)) {
        (void) cox_conf_add(list, cox_conf_new_text(cox_xml_id(xml)));
    }
    return list;
}

/* An element around objects: a list of these, or with ids of its own a map of them and the list. */
static struct cox_conf *
write_wrapped(struct writer *writer, const struct cox_xml *wrapper, const char *elements)
{
    g_autofree char *text = cox_xml_text(wrapper);
    struct cox_conf *map = NULL;

    for (const struct cox_xml *xml = cox_xml_first(wrapper); xml != NULL; xml = cox_xml_next(xml)) {
        if (!cox_form_has_word(elements, cox_xml_name(xml))) {
            return write_xml(wrapper);
        }
    }
    for (const struct cox_xml_attr *attr = cox_xml_first_attr(wrapper); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (!cox_form_has_word("id id-ref", cox_xml_attr_name(attr))) {
            g_clear_pointer(&map, cox_conf_free);
            return write_xml(wrapper);
        }
        map = (map == NULL) ? cox_conf_new(COX_CONF_MAP) : map;
        (void) cox_conf_put(map, cox_xml_attr_name(attr), cox_conf_new_text(cox_xml_attr_value(attr)));
    }
    if (text != NULL) {
        g_clear_pointer(&map, cox_conf_free);
        return write_xml(wrapper);
    }
    if (map == NULL) {
        return write_list(writer, wrapper, elements);
    }
    (void) cox_conf_put(map, "list", write_list(writer, wrapper, elements));
    return map;
}

static struct cox_conf *
write_part(struct writer *writer, const struct cox_xml *owner, const struct cox_form_part *part, const struct cox_xml *first)
{
    struct cox_conf *map = NULL;

    switch (part->kind) {
    case COX_FORM_SETS:
        return write_sets(writer, owner, part->elements);
    case COX_FORM_LIST:
        return write_list(writer, owner, part->elements);
    case COX_FORM_WRAP:
        return write_wrapped(writer, first, part->elements);
    case COX_FORM_ONE:
        return write_item(writer, first);
    case COX_FORM_SINGLE:
        map = write_element(writer, first, true);
        return (map != NULL) ? map : write_xml(first);
    case COX_FORM_REFS:
        return write_refs(owner, part->elements);
    }
    return NULL;
}

static struct cox_conf *
write_element(struct writer *writer, const struct cox_xml *xml, bool is_single)
{
    const struct cox_form_row *row = cox_form_row(cox_xml_name(xml));
    const struct cox_form_part *last = NULL;
    struct cox_conf *map = NULL;

    if (row == NULL || !fits(xml, row) || writer->depth > COX_FORM_MOST_DEPTH) {
        return NULL;
    }
    writer->depth++;
    map = cox_conf_new(COX_CONF_MAP);
    if (!is_single) {
        const char *name = cox_xml_get(xml, row->name);

        (void) cox_conf_put(map, row->key, (name != NULL) ? cox_conf_new_text(name) : cox_conf_new(COX_CONF_NULL));
    } else if (row->name != NULL && tells_id(writer, xml)) {
        (void) cox_conf_put(map, "id", cox_conf_new_text(cox_xml_id(xml)));
    }
    write_attributes(writer, map, xml, row);
    for (const struct cox_xml *child = cox_xml_first(xml); child != NULL; child = cox_xml_next(child)) {
        const struct cox_form_part *part = cox_form_part_of(row, cox_xml_name(child));

        if (part != last) {
            (void) cox_conf_put(map, part->key, write_part(writer, xml, part, child));
        }
        last = part;
    }
    writer->depth--;
    return map;
}

/* ---- all -------------------------------------------------------------------------------------------------- */

/* Has the section nothing but what its part tells? */
static bool
section_fits(const struct cox_xml *xml, const struct cox_form_part *part)
{
    g_autofree char *text = cox_xml_text(xml);

    for (const struct cox_xml *child = cox_xml_first_node(xml); child != NULL; child = cox_xml_next_node(child)) {
        bool is_carried = part->kind != COX_FORM_SETS; /* in a list, whatever it is */

        if (cox_xml_is_comment(child) ? !is_carried : !cox_form_has_word(part->elements, cox_xml_name(child))) {
            return false;
        }
    }
    return text == NULL && cox_xml_first_attr(xml) == NULL;
}

static struct cox_conf *
write_section(struct writer *writer, const struct cox_xml *xml, const struct cox_form_part *part)
{
    if (!section_fits(xml, part)) {
        return write_xml(xml);
    }
    return (part->kind == COX_FORM_SETS) ? write_sets(writer, xml, part->elements) : write_list(writer, xml, part->elements);
}

/* What is in the configuration besides its sections. */
static void
write_others(struct cox_conf *file, const struct cox_xml *configuration)
{
    struct cox_conf *list = cox_conf_new(COX_CONF_LIST);

    for (const struct cox_xml *xml = cox_xml_first(configuration); xml != NULL; xml = cox_xml_next(xml)) {
        bool is_section = false;

        for (guint i = 0; cox_form_section(i) != NULL && !is_section; i++) {
            is_section = xml == cox_xml_child(configuration, cox_form_section(i)->element);
        }
        if (!is_section) {
            (void) cox_conf_add(list, write_xml(xml));
        }
    }
    if (cox_conf_size(list) > 0) {
        (void) cox_conf_put(file, "others", list);
    } else {
        cox_conf_free(list);
    }
}

static GHashTable *
count_ids(const struct cox_xml *configuration)
{
    GHashTable *counts = g_hash_table_new(g_str_hash, g_str_equal);

    for (const struct cox_xml *xml = configuration; xml != NULL; xml = cox_xml_walk(xml, configuration)) {
        const char *id = cox_form_is_reference(xml) ? NULL : cox_xml_id(xml);

        if (id != NULL) {
            g_hash_table_insert(counts, (gpointer) (guintptr) id, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(counts, id)) + 1));
        }
    }
    return counts;
}

struct cox_conf *
cox_form_write(const struct cox_xml *root)
{
    const struct cox_xml *configuration = cox_section_find(root, "configuration");
    g_autoptr(GHashTable) counts = count_ids(configuration);
    struct writer writer = { counts, 0 };
    struct cox_conf *file = cox_conf_new(COX_CONF_MAP);

    for (guint i = 0; cox_form_section(i) != NULL; i++) {
        const struct cox_xml *xml = cox_xml_child(configuration, cox_form_section(i)->element);

        if (xml != NULL) {
            (void) cox_conf_put(file, cox_form_section(i)->part.key, write_section(&writer, xml, &cox_form_section(i)->part));
        }
    }
    if (configuration != NULL) {
        write_others(file, configuration);
    }
    return file;
}
