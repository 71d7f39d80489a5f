/* lib/codec/load_nvset.c - sets of names and values.  Layer 3. */
#include "codec/load_nvset.h"

#include <string.h>

#include "codec/load_rule.h"

static void
read_pair(struct cox_context *context, const struct cox_xml *xml, GArray *pairs)
{
    const struct cox_xml *real = cox_context_deref(context, xml);
    struct cox_nvpair pair;

    if (real == NULL) {
        return;
    }
    pair = (struct cox_nvpair) {
        .id = cox_context_text(context, real, "id"),
        /* A reference may give the value another name. */
        .name = cox_context_text(context, cox_xml_get(xml, "name") == NULL ? real : xml, "name"),
        .value = cox_context_text(context, real, "value"),
    };
    if (pair.name == NULL || pair.value == NULL) {
        return;
    }
    if (strcmp(pair.value, "#default") == 0) {
        pair.value = NULL;
    }
    g_array_append_val(pairs, pair);
}

static void
read_set(struct cox_context *context, const struct cox_xml *xml, GArray *sets)
{
    struct cox_nvset set = { 0 };
    GArray *pairs;

    xml = cox_context_deref(context, xml);
    if (xml == NULL) {
        return;
    }
    set.id = cox_context_text(context, xml, "id");
    cox_context_score(context, xml, "score", &set.score);
    set.rule = cox_codec_rules_inside(context, xml);
    pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_nvpair));
    for (struct cox_xml *pair = cox_xml_child(xml, "nvpair"); pair != NULL; pair = cox_xml_next_named(pair, "nvpair")) {
        read_pair(context, pair, pairs);
    }
    set.pairs = cox_context_freeze(context, pairs, &set.n_pairs);
    g_array_append_val(sets, set);
}

static void
read_sets(struct cox_context *context, const struct cox_xml *xml, const char *name, GArray *sets)
{
    for (struct cox_xml *set = cox_xml_child(xml, name); set != NULL; set = cox_xml_next_named(set, name)) {
        read_set(context, set, sets);
    }
}

struct cox_nvsets
cox_codec_nvsets(struct cox_context *context, const struct cox_xml *xml, const char *name)
{
    return cox_codec_nvsets_merged(context, NULL, xml, name);
}

struct cox_nvsets
cox_codec_nvsets_merged(struct cox_context *context, const struct cox_xml *base, const struct cox_xml *xml,
                        const char *name)
{
    GArray *sets = g_array_new(FALSE, FALSE, sizeof(struct cox_nvset));
    struct cox_nvsets result = { 0 };

    read_sets(context, base, name, sets);
    read_sets(context, xml, name, sets);
    result.sets = cox_context_freeze(context, sets, &result.n_sets);
    return result;
}
