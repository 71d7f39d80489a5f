/* lib/admin/formread.c - a declarative file put into a document: from maps to elements.  Layer 4. */
#include "admin/form.h"

#include <string.h>

#include "admin/form_priv.h"
#include "base/error.h"
#include "base/nearest.h"
#include "xml/xmldoc.h"

/* ---- what is wrong ---------------------------------------------------------------------------------------- */

bool
cox_form_fail(const struct cox_conf *at, GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "line %u, column %u: %s", at->line, at->column, text);
    return false;
}

static bool
is_text(const struct cox_conf *conf, const char *what, GError **error)
{
    static const char *const kinds[] = { [COX_CONF_NULL] = "nothing", [COX_CONF_TEXT] = "a value", [COX_CONF_LIST] = "a list", [COX_CONF_MAP] = "a map" };

    return conf->kind == COX_CONF_TEXT || cox_form_fail(conf, error, "%.100s: is %s, and must be a value (\"\" is one that is empty)", what, kinds[conf->kind]);
}

/* Add what is separated by blanks in @words. */
static void
add_words(GPtrArray *names, const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        g_ptr_array_add(names, g_strdup(parts[i]));
    }
}

static bool
unknown(const struct cox_conf *key, const char *where, GPtrArray *known, GError **error)
{
    g_autofree char *hint = cox_nearest_hint(key->text, (const char *const *) known->pdata, known->len);

    return cox_form_fail(key, error, "'%.100s' is no key of %s%s", key->text, where, hint);
}

static bool
unknown_key(const struct cox_conf *key, const struct cox_form_row *row, const char *id, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *where = g_strdup_printf("%s%s%.100s%s", (row->key != NULL) ? row->key : row->element, (id != NULL) ? " '" : "", (id != NULL) ? id : "", (id != NULL) ? "'" : "");

    add_words(known, row->attributes);
    for (size_t i = 0; i < COX_FORM_MOST_PARTS && row->parts[i].key != NULL; i++) {
        g_ptr_array_add(known, g_strdup(row->parts[i].key));
    }
    return unknown(key, where, known, error);
}

/* ---- XML -------------------------------------------------------------------------------------------------- */

bool
cox_form_is_xml(const struct cox_conf *conf)
{
    return cox_conf_get(conf, "xml") != NULL && cox_conf_size(conf) == 1;
}

bool
cox_form_read_xml(struct cox_xml *parent, const char *elements, const struct cox_conf *map, GError **error)
{
    const struct cox_conf *conf = cox_conf_get(map, "xml");
    g_autofree char *text = NULL;
    g_autofree char *rest = NULL;
    g_autoptr(cox_xmldoc) doc = NULL;
    g_autoptr(GError) problem = NULL;
    const struct cox_xml *node = NULL;

    if (!is_text(conf, "xml", error)) {
        return false;
    }
    text = g_strdup_printf("<x>%s</x>", conf->text);
    doc = cox_xmldoc_parse_text(text, strlen(text), NULL, &problem);
    if (doc == NULL) {
        return cox_form_fail(conf, error, "xml: %s", problem->message);
    }
    node = cox_xml_first_node(cox_xmldoc_root(doc));
    rest = cox_xml_text(cox_xmldoc_root(doc));
    if (node == NULL || cox_xml_next_node(node) != NULL || rest != NULL) {
        return cox_form_fail(conf, error, "xml: there must be one element, or one comment, and nothing else");
    }
    if (!cox_xml_is_comment(node) && elements != NULL && !cox_form_has_word(elements, cox_xml_name(node))) {
        return cox_form_fail(conf, error, "xml: '%s' cannot be here: use one of: %s", cox_xml_name(node), elements);
    }
    (void) cox_xml_add_copy(parent, node);
    return true;
}

/* Rules are in sets and in rules. */
static bool read_element(struct cox_form_reader *reader, struct cox_xml *xml, const struct cox_conf *map, const char *skip, GError **error);

/* ---- pairs ------------------------------------------------------------------------------------------------ */

static void
need_id(struct cox_form_reader *reader, struct cox_xml *xml)
{
    if (cox_xml_id(xml) == NULL && cox_xml_get(xml, "id-ref") == NULL) {
        g_ptr_array_add(reader->nameless, xml);
    }
}

/* The attributes of an element from a map that may have no others. */
static bool
read_attributes(struct cox_xml *xml, const char *allowed, const struct cox_conf *map, GError **error)
{
    for (guint i = 0; i < cox_conf_size(map); i++) {
        const struct cox_conf *key = cox_conf_key(map, i);

        if (!cox_form_has_word(allowed, key->text)) {
            return cox_form_fail(key, error, "'%.100s' is no key of a value: it has %s", key->text, allowed);
        }
        if (!is_text(cox_conf_item(map, i), key->text, error)) {
            return false;
        }
        cox_xml_set(xml, key->text, cox_conf_item(map, i)->text);
    }
    return true;
}

static bool
read_pair(struct cox_form_reader *reader, struct cox_xml *set, const char *name, const struct cox_conf *conf, GError **error)
{
    struct cox_xml *pair = cox_xml_new_child(set, "nvpair");

    if (conf->kind == COX_CONF_LIST || (conf->kind != COX_CONF_MAP && name == NULL)) {
        return cox_form_fail(conf, error, "%.100s: there must be a value, or a map of value and id", (name != NULL) ? name : "values");
    }
    if (conf->kind == COX_CONF_MAP && !read_attributes(pair, (name != NULL) ? "value id id-ref" : "name value id id-ref", conf, error)) {
        return false;
    }
    if (name != NULL) {
        cox_xml_set(pair, "name", name);
    }
    if (conf->kind == COX_CONF_TEXT) {
        cox_xml_set(pair, "value", conf->text);
    }
    need_id(reader, pair);
    return true;
}

static bool
read_values(struct cox_form_reader *reader, struct cox_xml *set, const struct cox_conf *values, GError **error)
{
    if (values->kind != COX_CONF_MAP && values->kind != COX_CONF_LIST) {
        return cox_form_fail(values, error, "there must be a map of names and values ({} for none)");
    }
    for (guint i = 0; i < cox_conf_size(values); i++) {
        const char *name = (values->kind == COX_CONF_MAP) ? cox_conf_key(values, i)->text : NULL;

        if (!read_pair(reader, set, name, cox_conf_item(values, i), error)) {
            return false;
        }
    }
    return true;
}

/* ---- sets ------------------------------------------------------------------------------------------------- */

static bool
read_rule(struct cox_form_reader *reader, struct cox_xml *set, const struct cox_conf *rule, GError **error)
{
    if (cox_form_is_xml(rule)) {
        return cox_form_read_xml(set, "rule", rule, error);
    }
    return (rule->kind == COX_CONF_MAP || cox_form_fail(rule, error, "rule: there must be a map"))
           && read_element(reader, cox_xml_new_child(set, "rule"), rule, NULL, error);
}

/* One of several sets: with an id, a score, a rule. */
static bool
read_set(struct cox_form_reader *reader, struct cox_xml *set, const struct cox_conf *map, GError **error)
{
    const struct cox_conf *rule = cox_conf_get(map, "rule");
    const struct cox_conf *values = cox_conf_get(map, "values");

    if (map->kind != COX_CONF_MAP) {
        return cox_form_fail(map, error, "a set is a map of id, score, rule and values");
    }
    for (guint i = 0; i < cox_conf_size(map); i++) {
        const struct cox_conf *key = cox_conf_key(map, i);

        if (cox_form_has_word("rule values", key->text)) {
            continue;
        }
        if (!cox_form_has_word("id id-ref score", key->text)) {
            return cox_form_fail(key, error, "'%.100s' is no key of a set: it has id, id-ref, score, rule and values", key->text);
        }
        if (!is_text(cox_conf_item(map, i), key->text, error)) {
            return false;
        }
        cox_xml_set(set, key->text, cox_conf_item(map, i)->text);
    }
    need_id(reader, set);
    return (rule == NULL || read_rule(reader, set, rule, error)) && (values == NULL || read_values(reader, set, values, error));
}

static bool
read_sets(struct cox_form_reader *reader, struct cox_xml *owner, const struct cox_form_part *part, const struct cox_conf *conf,
                   GError **error)
{
    struct cox_xml *set = NULL;

    if (conf->kind == COX_CONF_MAP) {
        set = cox_xml_new_child(owner, part->elements);
        need_id(reader, set);
        return read_values(reader, set, conf, error);
    }
    if (conf->kind != COX_CONF_LIST) {
        return cox_form_fail(conf, error, "%s: there must be a map of names and values ({} for none)", part->key);
    }
    for (guint i = 0; i < cox_conf_size(conf); i++) {
        const struct cox_conf *item = cox_conf_item(conf, i);

        if (cox_form_is_xml(item) ? !cox_form_read_xml(owner, part->elements, item, error)
                                  : !read_set(reader, cox_xml_new_child(owner, part->elements), item, error)) {
            return false;
        }
    }
    return true;
}

/* ---- objects ---------------------------------------------------------------------------------------------- */

static bool
read_agent(struct cox_xml *xml, const struct cox_conf *conf, GError **error)
{
    const char *colon = strchr(conf->text, ':');
    g_autofree char *class = (colon == NULL) ? NULL : g_strndup(conf->text, (gsize) (colon - conf->text));
    const char *type = (colon == NULL) ? NULL : colon + 1;

    if (g_strcmp0(class, "ocf") == 0) {
        const char *second = strchr(type, ':');
        g_autofree char *provider = (second == NULL) ? NULL : g_strndup(type, (gsize) (second - type));

        if (provider == NULL || *provider == '\0' || second[1] == '\0') {
            return cox_form_fail(conf, error, "agent: '%.100s' must be ocf:PROVIDER:TYPE", conf->text);
        }
        cox_xml_set(xml, "class", class);
        cox_xml_set(xml, "provider", provider);
        cox_xml_set(xml, "type", second + 1);
        return true;
    }
    if (class == NULL || *class == '\0' || *type == '\0') {
        return cox_form_fail(conf, error, "agent: '%.100s' must be CLASS:TYPE, or ocf:PROVIDER:TYPE", conf->text);
    }
    cox_xml_set(xml, "class", class);
    cox_xml_set(xml, "type", type);
    return true;
}

static bool
read_attribute(struct cox_xml *xml, const struct cox_conf *key, const struct cox_conf *value, GError **error)
{
    if (!is_text(value, key->text, error)) {
        return false;
    }
    if (strcmp(key->text, "agent") == 0) {
        return read_agent(xml, value, error);
    }
    cox_xml_set(xml, key->text, value->text);
    return true;
}

/* Which of @elements is the map?  NULL: none. */
static const struct cox_form_row *
kind_of(const char *elements, const struct cox_conf *map)
{
    g_auto(GStrv) names = g_strsplit(elements, " ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        const struct cox_form_row *row = cox_form_row(names[i]);

        if (row != NULL && row->key != NULL && cox_conf_get(map, row->key) != NULL) {
            return row;
        }
    }
    return NULL;
}

/* A map that is none of @elements. */
static bool
no_kind(const char *elements, const struct cox_conf *map, GError **error)
{
    g_auto(GStrv) names = g_strsplit(elements, " ", -1);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_autofree char *all = NULL;
    g_autofree char *hint = NULL;

    for (guint i = 0; names[i] != NULL; i++) {
        g_ptr_array_add(keys, (gpointer) (guintptr) cox_form_row(names[i])->key);
    }
    hint = (map->kind != COX_CONF_MAP || cox_conf_size(map) == 0) ? g_strdup("") : cox_nearest_hint(cox_conf_key(map, 0)->text, (const char *const *) keys->pdata, keys->len);
    g_ptr_array_add(keys, NULL);
    all = g_strjoinv(", ", (char **) keys->pdata);
    return cox_form_fail(map, error, "there must be a map that says of what kind it is, with a key that is one of: %s%s", all, hint);
}

/* Is there a node of that name already?  Its id, which the schema wants to be the only one, may not be in the file. */
static bool
is_known_node(const struct cox_xml *parent, const char *name)
{
    for (const struct cox_xml *node = cox_xml_first(parent); node != NULL; node = cox_xml_next(node)) {
        if (g_strcmp0(cox_xml_get(node, "uname"), name) == 0) {
            return true;
        }
    }
    return false;
}

/* An element of a list, or the one of a clone. */
static bool
read_item(struct cox_form_reader *reader, struct cox_xml *parent, const char *elements, const struct cox_conf *map, GError **error)
{
    const struct cox_form_row *row = NULL;
    const struct cox_conf *name = NULL;
    struct cox_xml *xml = NULL;

    if (map->kind != COX_CONF_MAP) {
        return no_kind(elements, map, error);
    }
    if (cox_form_is_xml(map)) {
        return cox_form_read_xml(parent, elements, map, error);
    }
    row = kind_of(elements, map);
    if (row == NULL) {
        return no_kind(elements, map, error);
    }
    name = cox_conf_get(map, row->key);
    if (name->kind == COX_CONF_NULL && (row->id == COX_FORM_ID_GIVEN || strcmp(row->name, "id") != 0)) {
        return cox_form_fail(name, error, "%s: it needs a name", row->key);
    }
    if (name->kind != COX_CONF_NULL && !is_text(name, row->key, error)) {
        return false;
    }
    if (row->id == COX_FORM_ID_NODE && name->kind == COX_CONF_TEXT && is_known_node(parent, name->text)) {
        return cox_form_fail(name, error, "'%.100s' is in the list already", name->text);
    }
    xml = cox_xml_new_child(parent, row->element);
    if (name->kind == COX_CONF_TEXT) {
        cox_xml_set(xml, row->name, name->text);
    }
    return read_element(reader, xml, map, row->key, error);
}

static bool
read_list(struct cox_form_reader *reader, struct cox_xml *parent, const char *elements, const struct cox_conf *list, GError **error)
{
    if (list->kind != COX_CONF_LIST) {
        return cox_form_fail(list, error, "there must be a list ([] for none)");
    }
    for (guint i = 0; i < cox_conf_size(list); i++) {
        if (!read_item(reader, parent, elements, cox_conf_item(list, i), error)) {
            return false;
        }
    }
    return true;
}

/* A name twice says nothing more, and two elements of one name cannot be told apart. */
static bool
read_refs(struct cox_xml *parent, const char *element, const struct cox_conf *list, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    if (list->kind != COX_CONF_LIST) {
        return cox_form_fail(list, error, "there must be a list of names");
    }
    for (guint i = 0; i < cox_conf_size(list); i++) {
        if (!is_text(cox_conf_item(list, i), "a name", error)) {
            return false;
        }
        if (!g_hash_table_add(seen, cox_conf_item(list, i)->text)) {
            return cox_form_fail(cox_conf_item(list, i), error, "'%.100s' is in the list already", cox_conf_item(list, i)->text);
        }
        cox_xml_set(cox_xml_new_child(parent, element), "id", cox_conf_item(list, i)->text);
    }
    return true;
}

static bool
read_wrapped(struct cox_form_reader *reader, struct cox_xml *parent, const struct cox_form_part *part, const struct cox_conf *conf, GError **error)
{
    struct cox_xml *wrapper = NULL;
    const struct cox_conf *list = conf;

    if (cox_form_is_xml(conf)) {
        return cox_form_read_xml(parent, part->wrapper, conf, error);
    }
    wrapper = cox_xml_new_child(parent, part->wrapper);
    for (guint i = 0; conf->kind == COX_CONF_MAP && i < cox_conf_size(conf); i++) {
        const struct cox_conf *key = cox_conf_key(conf, i);

        if (strcmp(key->text, "list") == 0) {
            list = cox_conf_item(conf, i);
        } else if (!cox_form_has_word("id id-ref", key->text)) {
            return cox_form_fail(key, error, "'%.100s' is no key of %s: it has id, id-ref and list", key->text, part->key);
        } else if (!read_attribute(wrapper, key, cox_conf_item(conf, i), error)) {
            return false;
        }
    }
    return (list == conf && conf->kind == COX_CONF_MAP) || read_list(reader, wrapper, part->elements, list, error);
}

static bool
read_single(struct cox_form_reader *reader, struct cox_xml *parent, const char *element, const struct cox_conf *conf, GError **error)
{
    if (conf->kind != COX_CONF_MAP) {
        return cox_form_fail(conf, error, "%s: there must be a map ({} for one with nothing in it)", element);
    }
    if (cox_form_is_xml(conf)) {
        return cox_form_read_xml(parent, element, conf, error);
    }
    return read_element(reader, cox_xml_new_child(parent, element), conf, NULL, error);
}

static bool
read_part(struct cox_form_reader *reader, struct cox_xml *xml, const struct cox_form_part *part, const struct cox_conf *conf, GError **error)
{
    switch (part->kind) {
    case COX_FORM_SETS:
        return read_sets(reader, xml, part, conf, error);
    case COX_FORM_LIST:
        return read_list(reader, xml, part->elements, conf, error);
    case COX_FORM_WRAP:
        return read_wrapped(reader, xml, part, conf, error);
    case COX_FORM_ONE:
        return read_item(reader, xml, part->elements, conf, error);
    case COX_FORM_SINGLE:
        return read_single(reader, xml, part->elements, conf, error);
    case COX_FORM_REFS:
        return read_refs(xml, part->elements, conf, error);
    }
    return false;
}

bool
cox_form_read_section(struct cox_form_reader *reader, struct cox_xml *xml, const struct cox_form_part *part, const struct cox_conf *conf,
                      GError **error)
{
    return read_part(reader, xml, part, conf, error);
}

/* ---- one element ------------------------------------------------------------------------------------------ */

/* A part of an element as the file has it, and where it comes. */
struct piece {
    const struct cox_form_part *part;
    const struct cox_conf *conf;
    guint rank;
};

static gint
by_rank(gconstpointer a, gconstpointer b)
{
    const struct piece *one = a;
    const struct piece *other = b;

    return (one->rank > other->rank) - (one->rank < other->rank);
}

/* Keys of a map have no order that means something, elements have: as in the document, else as in the file. */
static guint
rank_of(const struct cox_form_reader *reader, const struct cox_xml *xml, const struct cox_form_row *row, const struct piece *piece)
{
    g_autofree char *key = (cox_xml_id(xml) == NULL) ? NULL : g_strdup_printf("%s %s", cox_xml_name(xml), cox_xml_id(xml));
    const struct cox_xml *live = (key == NULL) ? NULL : g_hash_table_lookup(reader->live, key);
    guint place = 0;

    if (row->is_fixed) {
        return (guint) (piece->part - row->parts);
    }
    for (const struct cox_xml *child = (live == NULL) ? NULL : cox_xml_first(live); child != NULL; child = cox_xml_next(child), place++) {
        if (cox_form_part_of(row, cox_xml_name(child)) == piece->part) {
            return place;
        }
    }
    return piece->rank;
}

static const struct cox_form_part *
part_with_key(const struct cox_form_row *row, const char *key)
{
    for (size_t i = 0; i < COX_FORM_MOST_PARTS && row->parts[i].key != NULL; i++) {
        if (strcmp(row->parts[i].key, key) == 0) {
            return &row->parts[i];
        }
    }
    return NULL;
}

/* What the schema wants of an element and the file may leave out. */
static bool
complete(struct cox_form_reader *reader, struct cox_xml *xml, const struct cox_form_row *row, const struct cox_conf *map, GError **error)
{
    if (row->id == COX_FORM_ID_OP && cox_xml_get(xml, "interval") == NULL) {
        if (g_strcmp0(cox_xml_get(xml, "name"), "monitor") == 0) {
            return cox_form_fail(map, error, "the operation 'monitor' needs an interval");
        }
        cox_xml_set(xml, "interval", "0s");
    }
    if (cox_form_has_word(row->attributes, "agent") && cox_xml_get(xml, "class") == NULL && cox_xml_get(xml, "template") == NULL) {
        return cox_form_fail(map, error, "%s '%s' needs an agent%s", row->key, cox_xml_id(xml), (strcmp(row->key, "primitive") == 0) ? " or a template" : "");
    }
    if (row->id == COX_FORM_ID_NODE && cox_xml_id(xml) == NULL) {
        cox_xml_set(xml, "id", cox_xml_get(xml, "uname"));
    }
    if (row->id != COX_FORM_ID_NONE && cox_xml_id(xml) == NULL && cox_xml_get(xml, "id-ref") == NULL) {
        g_ptr_array_add(reader->nameless, xml);
    }
    return true;
}

static bool
read_element(struct cox_form_reader *reader, struct cox_xml *xml, const struct cox_conf *map, const char *skip, GError **error)
{
    const struct cox_form_row *row = cox_form_row(cox_xml_name(xml));
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(struct piece));
    bool is_single = skip == NULL;

    for (guint i = 0; i < cox_conf_size(map); i++) {
        const struct cox_conf *key = cox_conf_key(map, i);
        struct piece piece = { part_with_key(row, key->text), cox_conf_item(map, i), G_MAXINT + i };

        if (g_strcmp0(key->text, skip) == 0) {
            continue;
        }
        if (piece.part != NULL) {
            g_array_append_val(pieces, piece);
        } else if (!cox_form_has_word(row->attributes, key->text) && !(is_single && row->name != NULL && strcmp(key->text, row->name) == 0)) {
            return unknown_key(key, row, (skip == NULL) ? NULL : cox_xml_get(xml, row->name), error);
        } else if (!read_attribute(xml, key, piece.conf, error)) {
            return false;
        }
    }
    if (cox_conf_get(map, "agent") != NULL && (cox_conf_get(map, "class") != NULL || cox_conf_get(map, "type") != NULL)) {
        return cox_form_fail(map, error, "%s '%s': agent says what class, provider and type are: leave these out", row->element, cox_xml_id(xml));
    }
    if (!complete(reader, xml, row, map, error)) {
        return false;
    }
    for (guint i = 0; i < pieces->len; i++) {
        struct piece *piece = &g_array_index(pieces, struct piece, i);

        piece->rank = rank_of(reader, xml, row, piece);
    }
    g_array_sort(pieces, by_rank);
    for (guint i = 0; i < pieces->len; i++) {
        const struct piece *piece = &g_array_index(pieces, struct piece, i);

        if (!read_part(reader, xml, piece->part, piece->conf, error)) {
            return false;
        }
    }
    return true;
}
