/* cts/fuzz/mutatecib.c - change a CIB at random so that it mostly stays a valid one.  For tests. */
#include "mutatecib.h"

#include <string.h>

#include "mutatewords.h"
#include "xml/xmldoc.h"

#define PICK(rand, array) ((array)[g_rand_int_range((rand), 0, (gint32) G_N_ELEMENTS(array))])

static bool
one_in(GRand *rand, int n)
{
    return g_rand_int_range(rand, 0, n) == 0;
}

static bool
is_one_of(const struct cox_xml *xml, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (cox_xml_is(xml, names[i])) {
            return true;
        }
    }
    return false;
}

static const char *const resource_kinds[] = { "primitive", "group", "clone", "master", "bundle", NULL };

/* Where @id names another element, it is no id of its own. */
static const char *const reference_kinds[] = { "resource_ref", "obj_ref", NULL };

/* ---- choosing ---- */

typedef bool (*element_fn)(const struct cox_xml *xml, const char *name);

static bool
has_name(const struct cox_xml *xml, const char *name)
{
    return name == NULL || cox_xml_is(xml, name);
}

static bool
has_id(const struct cox_xml *xml, const char *name)
{
    (void) name;
    return cox_xml_get(xml, "id") != NULL;
}

static bool
is_resource(const struct cox_xml *xml, const char *name)
{
    (void) name;
    return is_one_of(xml, resource_kinds);
}

/* A random element below @top that fits, or NULL. */
static struct cox_xml *
choose(const struct cox_xml *top, element_fn fits, const char *name, GRand *rand)
{
    struct cox_xml *chosen = NULL;
    int n = 0;

    for (struct cox_xml *xml = cox_xml_walk(top, top); xml != NULL; xml = cox_xml_walk(xml, top)) {
        if (fits(xml, name) && one_in(rand, ++n)) {
            chosen = xml;
        }
    }
    return chosen;
}

static const struct cox_xml *
part(const struct cox_xml *root, const char *name)
{
    const struct cox_xml *configuration = cox_xml_child(root, "configuration");

    return configuration == NULL ? NULL : cox_xml_child(configuration, name);
}

static const char *
any_resource(const struct cox_xml *root, GRand *rand)
{
    const struct cox_xml *resources = part(root, "resources");
    const struct cox_xml *xml = resources == NULL ? NULL : choose(resources, is_resource, NULL, rand);

    return xml == NULL ? NULL : cox_xml_get(xml, "id");
}

static const char *
any_node(const struct cox_xml *root, GRand *rand)
{
    const struct cox_xml *nodes = part(root, "nodes");
    const struct cox_xml *xml = nodes == NULL ? NULL : choose(nodes, has_name, "node", rand);
    const char *name = xml == NULL ? NULL : cox_xml_get(xml, "uname");

    return name == NULL ? "n1" : name;
}

/* @text with names of the document where it has placeholders.  The caller frees it with g_free. */
static char *
with_names(const struct cox_xml *root, const char *text, GRand *rand)
{
    GString *out = g_string_new(NULL);

    while (*text != '\0') {
        const char *rsc = any_resource(root, rand);

        if (g_str_has_prefix(text, "@node")) {
            g_string_append(out, any_node(root, rand));
            text += strlen("@node");
        } else if (g_str_has_prefix(text, "@rsc")) {
            g_string_append(out, rsc == NULL ? "none" : rsc);
            text += strlen("@rsc");
        } else {
            g_string_append_c(out, *text++);
        }
    }
    return g_string_free(out, FALSE);
}

/* ---- mending ---- */

static bool
has_child(const struct cox_xml *xml, const char *const *names)
{
    for (const struct cox_xml *child = cox_xml_first(xml); child != NULL; child = cox_xml_next(child)) {
        if (is_one_of(child, names)) {
            return true;
        }
    }
    return false;
}

/* May this not stand alone? */
static bool
lacks_content(const struct cox_xml *xml)
{
    static const char *const members[] = { "primitive", NULL };
    static const char *const refs[] = { "resource_ref", NULL };
    static const char *const objects[] = { "obj_ref", NULL };
    static const char *const sets[] = { "resource_set", NULL };
    static const char *const conditions[] = { "expression", "date_expression", "rsc_expression", "op_expression", "rule", NULL };

    if (cox_xml_is(xml, "group")) {
        return !has_child(xml, members);
    }
    if (cox_xml_is(xml, "clone") || cox_xml_is(xml, "master")) {
        return !has_child(xml, resource_kinds);
    }
    if (cox_xml_is(xml, "resource_set")) {
        return !has_child(xml, refs);
    }
    if (cox_xml_is(xml, "tag")) {
        return !has_child(xml, objects);
    }
    if (cox_xml_is(xml, "rule")) {
        return !has_child(xml, conditions);
    }
    if (cox_xml_is(xml, "rsc_order")) {
        return cox_xml_get(xml, "first") == NULL && !has_child(xml, sets);
    }
    return cox_xml_is(xml, "rsc_colocation") && cox_xml_get(xml, "rsc") == NULL && !has_child(xml, sets);
}

static bool
prune(struct cox_xml *top)
{
    for (struct cox_xml *xml = cox_xml_walk(top, top); xml != NULL; xml = cox_xml_walk(xml, top)) {
        if (lacks_content(xml)) {
            cox_xml_free(xml);
            return true;
        }
    }
    return false;
}

/* Every id that the configuration has, once, and the name of its element. */
static GHashTable *
own_ids(struct cox_xml *configuration)
{
    GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    unsigned number = 0;

    for (struct cox_xml *xml = cox_xml_walk(configuration, configuration); xml != NULL; xml = cox_xml_walk(xml, configuration)) {
        const char *id = cox_xml_get(xml, "id");

        if (id == NULL || is_one_of(xml, reference_kinds)) {
            continue;
        }
        if (g_hash_table_contains(ids, id)) {
            g_autofree char *fresh = NULL;

            do {
                g_free(fresh);
                fresh = g_strdup_printf("%c%u", *id, ++number);
            } while (g_hash_table_contains(ids, fresh));
            cox_xml_set(xml, "id", fresh);
            id = cox_xml_get(xml, "id");
        }
        g_hash_table_insert(ids, g_strdup(id), g_strdup(cox_xml_name(xml)));
    }
    return ids;
}

/* Does the reference name what it may? */
static bool
is_known(GHashTable *ids, const struct cox_xml *xml, const char *attribute)
{
    const char *value = cox_xml_get(xml, attribute);
    const char *kind = value == NULL ? NULL : g_hash_table_lookup(ids, value);
    static const char *const kinds[] = { "primitive", "group", "clone", "master", "bundle", "tag", "template", NULL };

    if (value == NULL || cox_xml_is(xml, "obj_ref")) {
        return value == NULL || kind != NULL;
    }
    if (strcmp(attribute, "id-ref") == 0) {
        return kind != NULL && cox_xml_is(xml, kind);
    }
    if (strcmp(attribute, "template") == 0) {
        return g_strcmp0(kind, "template") == 0;
    }
    return kind != NULL && g_strv_contains(kinds, kind);
}

/* One reference that leads nowhere is led somewhere, or its element goes.  @return whether the element is still there */
static bool
mend_reference(struct cox_xml *root, struct cox_xml *xml, const char *attribute, GRand *rand)
{
    const char *rsc = any_resource(root, rand);

    if (strcmp(attribute, "template") == 0) {
        cox_xml_unset(xml, "template");
        cox_xml_set(xml, "class", "ocf");
        cox_xml_set(xml, "provider", "pacemaker");
        cox_xml_set(xml, "type", "Dummy");
        return true;
    }
    if (rsc == NULL || strcmp(attribute, "id-ref") == 0) {
        cox_xml_free(xml);
        return false;
    }
    cox_xml_set(xml, attribute, rsc);
    return true;
}

static bool
mend_one(struct cox_xml *root, struct cox_xml *xml, GHashTable *ids, GRand *rand)
{
    static const char *const attributes[] = { "rsc", "with-rsc", "first", "then", "template", "id-ref" };

    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (!is_known(ids, xml, attributes[i])) {
            return mend_reference(root, xml, attributes[i], rand);
        }
    }
    return !is_one_of(xml, reference_kinds) || is_known(ids, xml, "id") || mend_reference(root, xml, "id", rand);
}

void
mutatecib_mend(struct cox_xml *root, GRand *rand)
{
    struct cox_xml *configuration = cox_xml_child(root, "configuration");
    bool is_whole = false;

    if (configuration == NULL) {
        return;
    }
    while (!is_whole) {
        g_autoptr(GHashTable) ids = NULL;

        while (prune(configuration)) {
        }
        ids = own_ids(configuration);
        is_whole = true;
        for (struct cox_xml *xml = cox_xml_walk(configuration, configuration); xml != NULL;
             xml = is_whole ? cox_xml_walk(xml, configuration) : NULL) {
            is_whole = mend_one(root, xml, ids, rand);
        }
    }
}

/* ---- what elements there are ---- */

/* Without them, or with two of them, the document is not valid. */
static const char *const fixed[] = { "cib", "configuration", "crm_config", "nodes", "resources", "constraints", "status", "operations",
                                     "podman", "docker", "rkt", "network", "storage", "tags", "rsc_defaults", "op_defaults",
                                     "fencing-topology", "acls", "alerts", "lrm", "lrm_resources", "utilization", NULL };

static bool
is_free(const struct cox_xml *xml, const char *name)
{
    return cox_xml_parent(xml) != NULL && has_name(xml, name) && !is_one_of(xml, fixed);
}

static void
remove_element(struct cox_xml *root, GRand *rand)
{
    cox_xml_free(choose(root, is_free, NULL, rand));
}

/* May one more element of this kind stand in @parent? */
static bool
has_room(const struct cox_xml *parent, const struct cox_xml *child)
{
    if (cox_xml_is(parent, "clone") || cox_xml_is(parent, "master") || cox_xml_is(parent, "bundle")) {
        return !is_one_of(child, resource_kinds);
    }
    return !cox_xml_is(parent, "rsc_location") || !cox_xml_is(child, "rule");
}

/* Put a loose element among its like in @parent. */
static void
place_element(struct cox_xml *parent, struct cox_xml *xml, GRand *rand)
{
    struct cox_xml *like = cox_xml_child(parent, cox_xml_name(xml));

    if (!has_room(parent, xml)) {
        cox_xml_free(xml);
        return;
    }
    if (like == NULL && is_one_of(xml, resource_kinds)) {
        cox_xml_insert_before(parent, xml, NULL);
        return;
    }
    while (like != NULL && cox_xml_next_named(like, cox_xml_name(xml)) != NULL && !one_in(rand, 2)) {
        like = cox_xml_next_named(like, cox_xml_name(xml));
    }
    cox_xml_insert_before(parent, xml, like != NULL ? like : cox_xml_first(parent));
}

static void
copy_element(struct cox_xml *root, GRand *rand)
{
    struct cox_xml *xml = choose(root, is_free, NULL, rand);
    struct cox_xml *parent = xml == NULL ? NULL : choose(root, has_name, cox_xml_name(cox_xml_parent(xml)), rand);

    if (parent != NULL) {
        place_element(parent, cox_xml_copy(xml, root), rand);
    }
}

/* Out of one, into another of the same kind, or to another place in the same. */
static void
move_element(struct cox_xml *root, GRand *rand)
{
    struct cox_xml *xml = choose(root, is_free, NULL, rand);
    struct cox_xml *parent = xml == NULL ? NULL : choose(root, has_name, cox_xml_name(cox_xml_parent(xml)), rand);

    if (parent != NULL && (parent == cox_xml_parent(xml) || has_room(parent, xml))) {
        struct cox_xml *loose = cox_xml_copy(xml, root);

        cox_xml_free(xml);
        place_element(parent, loose, rand);
    }
}

static void
insert_piece(struct cox_xml *root, GRand *rand)
{
    const struct mutate_piece *piece = mutate_piece_any(rand);
    struct cox_xml *parent = choose(root, has_name, piece->parent, rand);
    g_autofree char *text = with_names(root, piece->xml, rand);
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);

    if (parent != NULL && doc != NULL) {
        struct cox_xml *xml = cox_xml_copy(cox_xmldoc_root(doc), root);

        if (strcmp(cox_xml_name(xml), "nvpair") == 0) {
            const struct cox_xml *owner = cox_xml_parent(parent);

            cox_xml_set(xml, "name", mutate_option_name(cox_xml_name(parent), owner == NULL ? "" : cox_xml_name(owner), rand));
        }
        place_element(parent, xml, rand);
    }
}

/* ---- resources ---- */

/* A resource by itself becomes a group or a clone of it. */
static void
wrap_resource(struct cox_xml *root, GRand *rand)
{
    const struct cox_xml *resources = part(root, "resources");
    struct cox_xml *xml = resources == NULL ? NULL : choose(resources, is_resource, NULL, rand);
    bool is_primitive = xml != NULL && cox_xml_is(xml, "primitive");

    if (xml != NULL && cox_xml_parent(xml) == resources && (is_primitive || cox_xml_is(xml, "group"))) {
        struct cox_xml *around = cox_xml_new_loose(is_primitive && one_in(rand, 2) ? "group" : "clone", root);

        cox_xml_set(around, "id", "w");
        cox_xml_swap(xml, around);
        if (cox_xml_is(around, "clone") && one_in(rand, 2)) {
            struct cox_xml *meta = cox_xml_new_child(around, "meta_attributes");
            struct cox_xml *pair = cox_xml_new_child(meta, "nvpair");

            cox_xml_set(meta, "id", "w");
            cox_xml_set(pair, "id", "w");
            cox_xml_set(pair, "name", one_in(rand, 2) ? "promotable" : "globally-unique");
            cox_xml_set(pair, "value", "true");
        }
        cox_xml_insert_before(around, xml, NULL);
    }
}

/* What was a group, clone or bundle becomes its first resource. */
static void
unwrap_resource(struct cox_xml *root, GRand *rand)
{
    const struct cox_xml *resources = part(root, "resources");
    struct cox_xml *xml = resources == NULL ? NULL : choose(resources, is_resource, NULL, rand);

    if (xml == NULL || cox_xml_parent(xml) != resources) {
        return;
    }
    for (struct cox_xml *child = cox_xml_first(xml); child != NULL; child = cox_xml_next(child)) {
        if (is_resource(child, NULL)) {
            cox_xml_unlink(child);
            cox_xml_swap(xml, child);
            cox_xml_free(xml);
            return;
        }
    }
}

/* ---- values ---- */

/* A reference leads to something else that is there. */
static void
change_reference(struct cox_xml *root, GRand *rand)
{
    static const char *const attributes[] = { "rsc", "with-rsc", "first", "then" };
    const struct cox_xml *constraints = part(root, "constraints");
    struct cox_xml *xml = constraints == NULL ? NULL : choose(constraints, has_id, NULL, rand);
    const char *rsc = any_resource(root, rand);
    const char *attribute = PICK(rand, attributes);

    if (xml == NULL || rsc == NULL) {
        return;
    }
    if (cox_xml_is(xml, "resource_ref")) {
        cox_xml_set(xml, "id", rsc);
    } else if (cox_xml_get(xml, attribute) != NULL) {
        cox_xml_set(xml, attribute, rsc);
    }
}

/* An attribute gets, or loses, one of the values that it may have. */
static void
change_attribute(struct cox_xml *root, GRand *rand)
{
    const struct mutate_words *words = mutate_words_any(rand);
    struct cox_xml *xml = cox_xml_is(root, words->element) ? root : choose(root, has_name, words->element, rand);

    if (xml == NULL) {
        return;
    }
    if (cox_xml_get(xml, words->attribute) == NULL && !one_in(rand, 3)) {
        return;
    }
    if (one_in(rand, 8)) {
        static const char *const needed[] = { "name", "interval", "loss-policy", "operation", "attribute", "type", "index", "target" };

        for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
            if (strcmp(words->attribute, needed[i]) == 0) {
                return;
            }
        }
        cox_xml_unset(xml, words->attribute);
    } else {
        g_autofree char *value = with_names(root, mutate_words_value(words, rand), rand);

        cox_xml_set(xml, words->attribute, value);
    }
}

/* An attribute gets the value that another element of the same name has. */
static void
change_as_another(struct cox_xml *root, GRand *rand)
{
    struct cox_xml *xml = choose(root, has_name, NULL, rand);
    const struct cox_xml *other = xml == NULL ? NULL : choose(root, has_name, cox_xml_name(xml), rand);
    int n = 0;
    const struct cox_xml_attr *chosen = NULL;

    if (other == NULL || other == xml) {
        return;
    }
    for (const struct cox_xml_attr *attr = cox_xml_first_attr(other); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (strcmp(cox_xml_attr_name(attr), "id") != 0 && cox_xml_get(xml, cox_xml_attr_name(attr)) != NULL && one_in(rand, ++n)) {
            chosen = attr;
        }
    }
    if (chosen != NULL) {
        cox_xml_set(xml, cox_xml_attr_name(chosen), cox_xml_attr_value(chosen));
    }
}

static void
change_option(struct cox_xml *root, GRand *rand)
{
    struct cox_xml *xml = choose(root, has_name, "nvpair", rand);
    const struct cox_xml *set = xml == NULL ? NULL : cox_xml_parent(xml);
    const struct cox_xml *owner = set == NULL ? NULL : cox_xml_parent(set);
    const char *name = xml == NULL ? NULL : cox_xml_get(xml, "name");

    if (owner == NULL || name == NULL) {
        return;
    }
    if (one_in(rand, 3)) {
        name = mutate_option_name(cox_xml_name(set), cox_xml_name(owner), rand);
        cox_xml_set(xml, "name", name);
    }
    {
        g_autofree char *value = mutate_option_value(name, rand);
        g_autofree char *named = with_names(root, value, rand);

        cox_xml_set(xml, "value", named);
    }
}

/* ---- status ---- */

static void
set_number(struct cox_xml *xml, const char *name, gint64 number)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

    cox_xml_set(xml, name, text);
}

static void
change_result(struct cox_xml *root, GRand *rand)
{
    static const int codes[] = { 0, 0, 7, 7, 8, 1, 2, 3, 5, 6, 9, 190, 191, 192, 193 };
    static const int states[] = { 0, 0, 0, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    struct cox_xml *op = choose(root, has_name, "lrm_rsc_op", rand);
    const char *key = op == NULL ? NULL : cox_xml_get(op, "transition-key");
    int code = PICK(rand, codes), state = PICK(rand, states);

    if (op != NULL) {
        g_autofree char *magic = g_strdup_printf("%d:%d;%s", state, code, key == NULL ? "" : key);

        set_number(op, "rc-code", code);
        set_number(op, "op-status", state);
        cox_xml_set(op, "transition-magic", magic);
    }
}

static void
change_time(struct cox_xml *root, GRand *rand)
{
    static const int ago[] = { 0, 1, 59, 60, 61, 3600, 86400, -60, 1769598000 };
    struct cox_xml *op = choose(root, has_name, "lrm_rsc_op", rand);

    if (op != NULL && one_in(rand, 2)) {
        set_number(op, "last-rc-change", 1769598000 - PICK(rand, ago));
    } else if (op != NULL) {
        set_number(op, "call-id", g_rand_int_range(rand, -1, 12));
    }
}

static void
change_operation(struct cox_xml *root, GRand *rand)
{
    static const char *const tasks[] = { "start", "stop", "monitor", "promote", "demote", "notify", "migrate_to", "migrate_from",
                                         "reload-agent", "reload", "delete", "cancel", "asyncmon" };
    static const int intervals[] = { 0, 0, 10000, 20000, 9000 };
    struct cox_xml *op = choose(root, has_name, "lrm_rsc_op", rand);
    const char *rsc = op == NULL ? NULL : cox_xml_get(cox_xml_parent(op), "id");
    const char *task = PICK(rand, tasks);

    if (rsc != NULL) {
        int interval = strcmp(task, "monitor") == 0 ? PICK(rand, intervals) : 0;
        g_autofree char *key = g_strdup_printf("%s_%s_%d", rsc, task, interval);
        g_autofree char *id = g_strdup_printf(one_in(rand, 4) ? "%s_last_failure_0" : "%s_last_0", rsc);

        cox_xml_set(op, "operation", task);
        cox_xml_set(op, "operation_key", key);
        set_number(op, "interval", interval);
        cox_xml_set(op, "id", interval > 0 || one_in(rand, 4) ? key : id);
        if (g_str_has_prefix(task, "migrate")) {
            cox_xml_set(op, "migrate_source", any_node(root, rand));
            cox_xml_set(op, "migrate_target", any_node(root, rand));
        }
    }
}

/* A history becomes one of another resource, or of one of its instances. */
static void
change_owner(struct cox_xml *root, GRand *rand)
{
    struct cox_xml *history = choose(root, has_name, "lrm_resource", rand);
    const char *rsc = any_resource(root, rand);
    g_autofree char *id = NULL;

    if (history == NULL || rsc == NULL) {
        return;
    }
    id = one_in(rand, 2) ? g_strdup(rsc) : g_strdup_printf("%s:%d", rsc, g_rand_int_range(rand, 0, 3));
    cox_xml_set(history, "id", id);
    for (struct cox_xml *op = cox_xml_first(history); op != NULL; op = cox_xml_next(op)) {
        const char *task = cox_xml_get(op, "operation");
        const char *interval = cox_xml_get(op, "interval");
        g_autofree char *key = g_strdup_printf("%s_%s_%s", id, task == NULL ? "" : task, interval == NULL ? "0" : interval);

        cox_xml_set(op, "operation_key", key);
    }
}

/* Something that daemons note about a node and a resource. */
static void
add_transient(struct cox_xml *root, GRand *rand)
{
    static const char *const formats[] = { "master-%s", "fail-count-%s#start_0", "fail-count-%s#monitor_10000",
                                           "last-failure-%s#start_0", "last-failure-%s#monitor_10000", "master-%s:0" };
    const struct cox_xml *transient = choose(root, has_name, "transient_attributes", rand);
    struct cox_xml *set = transient == NULL ? NULL : cox_xml_child(transient, "instance_attributes");
    const char *rsc = any_resource(root, rand);

    if (set != NULL && rsc != NULL) {
        struct cox_xml *pair = cox_xml_new_child(set, "nvpair");
        const char *format = PICK(rand, formats);
        const char *place = strstr(format, "%s");
        g_autofree char *head = g_strndup(format, (gsize) (place - format));
        g_autofree char *name = g_strconcat(head, rsc, place + strlen("%s"), NULL);
        g_autofree char *value = g_str_has_prefix(name, "last-") ? g_strdup("1769597990") : mutate_option_value("priority", rand);

        cox_xml_set(pair, "id", name);
        cox_xml_set(pair, "name", one_in(rand, 4) ? mutate_option_name("instance_attributes", "transient_attributes", rand) : name);
        cox_xml_set(pair, "value", value);
    }
}

/* ---- all ---- */

void
mutatecib_step(struct cox_xml *root, GRand *rand)
{
    static const struct {
        void (*change)(struct cox_xml *root, GRand *rand);
        int weight;
    } changes[] = {
        { remove_element, 3 },    { copy_element, 3 },  { move_element, 4 },  { insert_piece, 8 },     { wrap_resource, 1 },
        { unwrap_resource, 1 },   { change_reference, 4 }, { change_attribute, 8 }, { change_as_another, 5 }, { change_option, 7 },
        { change_result, 5 },     { change_time, 3 },   { change_operation, 4 }, { change_owner, 2 },   { add_transient, 3 },
    };
    int sum = 0, place;

    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        sum += changes[i].weight;
    }
    place = g_rand_int_range(rand, 0, sum);
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        place -= changes[i].weight;
        if (place < 0) {
            changes[i].change(root, rand);
            break;
        }
    }
    mutatecib_mend(root, rand);
}

void
mutatecib_cross(struct cox_xml *root, const struct cox_xml *other, GRand *rand)
{
    for (int i = g_rand_int_range(rand, 1, 5); i > 0; i--) {
        const struct cox_xml *xml = choose(other, is_free, NULL, rand);
        struct cox_xml *parent = xml == NULL ? NULL : choose(root, has_name, cox_xml_name(cox_xml_parent(xml)), rand);

        if (parent != NULL) {
            place_element(parent, cox_xml_copy(xml, root), rand);
        }
    }
    mutatecib_mend(root, rand);
}
