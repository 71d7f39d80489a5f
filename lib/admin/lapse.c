/* lib/admin/lapse.c - settings that end by themselves: a set of their own with a rule that counts until a time.  Layer 4. */
#include "admin/lapse.h"

#include <string.h>

static char *
set_id(const struct cox_lapse *lapse)
{
    return g_strdup_printf("%s-%s-until", lapse->base, lapse->name);
}

static void
forget_end(const struct cox_lapse *lapse)
{
    g_autofree char *id = set_id(lapse);

    cox_xml_free(cox_xml_child_with_id(lapse->home.owner, lapse->home.set_type, id));
}

/* Without an end: the value, or NULL to take it away. */
static void
set_plain(const struct cox_lapse *lapse, const char *value)
{
    struct cox_nvedit pair = { (char *) (guintptr) lapse->name, (char *) (guintptr) value }; /* only read */
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(pair));

    g_array_append_val(pairs, pair);
    (void) cox_nvedit_apply(&lapse->home, pairs);
}

/* Before all other sets of its kind, and with the highest score, so that it wins whatever they say. */
static void
make_set(const struct cox_lapse *lapse, const char *until)
{
    struct cox_xml *set = cox_xml_new_loose(lapse->home.set_type, lapse->home.owner);
    struct cox_xml *first = cox_xml_child(lapse->home.owner, lapse->home.set_type);
    g_autofree char *id = set_id(lapse);
    g_autofree char *rule_id = g_strconcat(id, "-rule", NULL);
    g_autofree char *end_id = g_strconcat(id, "-end", NULL);
    g_autofree char *pair_id = g_strconcat(id, "-value", NULL);
    struct cox_xml *rule = NULL;
    struct cox_xml *end = NULL;
    struct cox_xml *pair = NULL;

    cox_xml_set(set, "id", id);
    cox_xml_set(set, "score", "INFINITY");
    rule = cox_xml_new_child(set, "rule");
    cox_xml_set(rule, "id", rule_id);
    cox_xml_set(rule, "score", "0");
    end = cox_xml_new_child(rule, "date_expression");
    cox_xml_set(end, "id", end_id);
    cox_xml_set(end, "operation", "lt");
    cox_xml_set(end, "end", until);
    pair = cox_xml_new_child(set, "nvpair");
    cox_xml_set(pair, "id", pair_id);
    cox_xml_set(pair, "name", lapse->name);
    cox_xml_set(pair, "value", lapse->value);
    cox_xml_insert_before(lapse->home.owner, set, first);
}

void
cox_lapse_set(const struct cox_lapse *lapse, const char *until)
{
    bool is_cluster = strcmp(lapse->home.set_type, "cluster_property_set") == 0;

    forget_end(lapse);
    if (until == NULL) {
        set_plain(lapse, lapse->value);
        return;
    }
    if (is_cluster) {
        set_plain(lapse, NULL);
    } else {
        (void) cox_nvedit_forget(&lapse->home, lapse->name, lapse->value);
    }
    make_set(lapse, until);
}

void
cox_lapse_clear(const struct cox_lapse *lapse)
{
    forget_end(lapse);
    set_plain(lapse, NULL);
}

const char *
cox_lapse_end(const struct cox_xml *pair)
{
    const struct cox_xml *rule = cox_xml_child(cox_xml_parent(pair), "rule");
    const struct cox_xml *date = cox_xml_child(rule, "date_expression");

    return (date != NULL && g_strcmp0(cox_xml_get(date, "operation"), "lt") == 0) ? cox_xml_get(date, "end") : NULL;
}
