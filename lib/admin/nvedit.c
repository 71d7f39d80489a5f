/* lib/admin/nvedit.c - names with values in a tree that is one's own: set them, take them away.  Layer 4. */
#include "admin/nvedit.h"

#include <string.h>

#include "admin/setting.h"
#include "base/error.h"
#include "model/option.h"

bool
cox_nvedit_parse(const char *word, struct cox_nvedit *pair, GError **error)
{
    const char *equals = strchr(word, '=');

    if (equals == NULL || equals == word) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is not NAME=VALUE", word);
        return false;
    }
    if (!g_utf8_validate(word, -1, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%.*s': the value is no UTF-8", (int) (equals - word), word);
        return false;
    }
    pair->name = g_strndup(word, (gsize) (equals - word));
    pair->value = (equals[1] == '\0') ? NULL : g_strdup(equals + 1);
    return true;
}

void
cox_nvedit_clear(struct cox_nvedit *pair)
{
    g_clear_pointer(&pair->name, g_free);
    g_clear_pointer(&pair->value, g_free);
}

static void
clear(gpointer pair)
{
    cox_nvedit_clear(pair);
}

GArray *
cox_nvedit_list_new(void)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_nvedit));

    g_array_set_clear_func(pairs, clear);
    return pairs;
}

GArray *
cox_nvedit_parse_all(char *const *words, GError **error)
{
    GArray *pairs = cox_nvedit_list_new();

    for (; *words != NULL; words++) {
        struct cox_nvedit pair = { NULL, NULL };

        if (!cox_nvedit_parse(*words, &pair, error)) {
            g_array_unref(pairs);
            return NULL;
        }
        g_array_append_val(pairs, pair);
    }
    return pairs;
}

bool
cox_nvedit_check_amounts(const GArray *pairs, GError **error)
{
    for (guint i = 0; i < pairs->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(pairs, struct cox_nvedit, i);
        gint64 number = 0;

        if (pair->value != NULL && !g_ascii_string_to_signed(pair->value, 10, 0, G_MAXINT32, &number, NULL)) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "%s=%.40s: utilization is a whole number from 0 to %d", pair->name, pair->value, G_MAXINT32);
            return false;
        }
    }
    return true;
}

/* ---- in the tree ------------------------------------------------------------------------------------------ */

/* A set that is meant when nothing is said of times and nodes. */
static bool
is_plain(const struct cox_xml *set)
{
    return cox_xml_child(set, "rule") == NULL && cox_xml_get(set, "id-ref") == NULL;
}

static struct cox_xml *
find(const struct cox_nvedit_home *home, const char *name)
{
    for (struct cox_xml *set = cox_xml_child(home->owner, home->set_type); set != NULL; set = cox_xml_next_named(set, home->set_type)) {
        for (struct cox_xml *pair = is_plain(set) ? cox_xml_child(set, "nvpair") : NULL; pair != NULL;
             pair = cox_xml_next_named(pair, "nvpair")) {
            if (g_strcmp0(cox_xml_get(pair, "name"), name) == 0) {
                return pair;
            }
        }
    }
    return NULL;
}

const char *
cox_nvedit_get(const struct cox_nvedit_home *home, const char *name)
{
    const struct cox_xml *pair = find(home, name);

    return (pair == NULL) ? NULL : cox_xml_get(pair, "value");
}

/* Elements of an object that the schema wants before its sets, and sets that it wants before others. */
static bool
comes_before(const struct cox_xml *xml, const char *set_type)
{
    static const char *const order[] = { "meta_attributes", "instance_attributes", "utilization" };

    if (strcmp(set_type, "cluster_property_set") == 0) {
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        if (cox_xml_is(xml, order[i])) {
            return true;
        }
    }
    return cox_xml_is(xml, "docker") || cox_xml_is(xml, "podman") || cox_xml_is(xml, "rkt") || cox_xml_is(xml, "network")
           || cox_xml_is(xml, "storage") || cox_xml_is_comment(xml);
}

static struct cox_xml *
make_set(const struct cox_nvedit_home *home)
{
    struct cox_xml *set = cox_xml_new_loose(home->set_type, home->owner);
    struct cox_xml *next = cox_xml_first(home->owner);
    g_autofree char *id = NULL;

    while (next != NULL && comes_before(next, home->set_type)) {
        next = cox_xml_next(next);
    }
    id = (home->set_id != NULL) ? g_strdup(home->set_id) : g_strdup_printf("%s-%s", cox_xml_id(home->owner), home->set_type);
    cox_xml_set(set, "id", id);
    cox_xml_insert_before(home->owner, set, next);
    return set;
}

static struct cox_xml *
default_set(const struct cox_nvedit_home *home)
{
    for (struct cox_xml *set = cox_xml_child(home->owner, home->set_type); set != NULL; set = cox_xml_next_named(set, home->set_type)) {
        if (is_plain(set)) {
            return set;
        }
    }
    return make_set(home);
}

static bool
set_pair(const struct cox_nvedit_home *home, const struct cox_nvedit *wanted)
{
    struct cox_xml *pair = find(home, wanted->name);
    struct cox_xml *set = NULL;
    g_autofree char *id = NULL;

    if (pair != NULL && g_strcmp0(cox_xml_get(pair, "value"), wanted->value) == 0) {
        return false;
    }
    if (pair == NULL) {
        set = default_set(home);
        id = cox_setting_id(cox_xml_id(set), wanted->name);
        pair = cox_xml_new_child(set, "nvpair");
        cox_xml_set(pair, "id", id);
        cox_xml_set(pair, "name", wanted->name);
    }
    cox_xml_set(pair, "value", wanted->value);
    return true;
}

static void
remove_pair(struct cox_xml *pair)
{
    struct cox_xml *set = cox_xml_parent(pair);

    cox_xml_free(pair);
    if (cox_xml_first_node(set) == NULL) {
        cox_xml_free(set);
    }
}

static bool
take_away(const struct cox_nvedit_home *home, const char *name)
{
    bool is_changed = false;

    for (struct cox_xml *pair = find(home, name); pair != NULL; pair = find(home, name)) {
        remove_pair(pair);
        is_changed = true;
    }
    return is_changed;
}

static bool
means_the_same(const char *a, const char *b)
{
    bool is_a = false, is_b = false;

    return g_strcmp0(a, b) == 0 || (cox_bool_parse(a, &is_a) && cox_bool_parse(b, &is_b) && is_a == is_b);
}

guint
cox_nvedit_forget(const struct cox_nvedit_home *home, const char *name, const char *value)
{
    struct cox_xml *next_set = NULL;
    guint n_gone = 0;

    for (struct cox_xml *set = cox_xml_child(home->owner, home->set_type); set != NULL; set = next_set) {
        struct cox_xml *next = NULL;

        next_set = cox_xml_next_named(set, home->set_type);
        for (struct cox_xml *pair = is_plain(set) ? cox_xml_child(set, "nvpair") : NULL; pair != NULL; pair = next) {
            next = cox_xml_next_named(pair, "nvpair"); /* none is left when the set goes with its last pair */
            if (g_strcmp0(cox_xml_get(pair, "name"), name) == 0 && means_the_same(cox_xml_get(pair, "value"), value)) {
                remove_pair(pair);
                n_gone++;
            }
        }
    }
    return n_gone;
}

guint
cox_nvedit_apply(const struct cox_nvedit_home *home, const GArray *pairs)
{
    guint n_changed = 0;

    for (guint i = 0; i < pairs->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(pairs, struct cox_nvedit, i);
        bool is_changed = (pair->value != NULL) ? set_pair(home, pair) : take_away(home, pair->name);

        n_changed += is_changed ? 1 : 0;
    }
    return n_changed;
}
