/* tools/results.c - be told of actions that end in the running cluster.  Layer 6. */
#include "tools/results.h"

#include <string.h>

#include "base/error.h"
#include "follow/follow.h"

struct cox_results {
    struct cox_runtime *runtime;
    struct cox_follow *follow;
    cox_results_fn fn;
    void *context;
    GHashTable *told; /* results that were told: an operation's last result may be in the history more than once */
    GError *problem;
};

static gint64
number(const struct cox_xml *xml, const char *name, gint64 otherwise)
{
    const char *text = cox_xml_get(xml, name);

    return (text == NULL) ? otherwise : g_ascii_strtoll(text, NULL, 10);
}

/* What it was to come to: the third part of "ACTION:TRANSITION:EXPECTED:UUID". */
static int
expected_rc(const struct cox_xml *op)
{
    g_auto(GStrv) parts = g_strsplit((cox_xml_get(op, "transition-key") != NULL) ? cox_xml_get(op, "transition-key") : "", ":", 4);

    return (g_strv_length(parts) == 4) ? (int) g_ascii_strtoll(parts[2], NULL, 10) : 0;
}

/* "RSC_TASK_INTERVAL" without the last two; the caller frees it. */
static char *
rsc_of(const struct cox_xml *op)
{
    const char *key = cox_xml_get(op, "operation_key");
    g_autofree char *end = g_strdup_printf("_%s_%" G_GINT64_FORMAT, cox_xml_get(op, "operation"), number(op, "interval", 0));

    return (key != NULL && g_str_has_suffix(key, end)) ? g_strndup(key, strlen(key) - strlen(end)) : g_strdup(key);
}

static void
tell(struct cox_results *results, const struct cox_xml *op)
{
    g_autofree char *rsc = rsc_of(op);
    g_autofree char *mark = g_strdup_printf("%s %s %s %s", cox_xml_get(op, "on_node"), rsc, cox_xml_get(op, "call-id"),
                                            cox_xml_get(op, "transition-magic"));
    const struct cox_result_news result = {
        .rsc = rsc, .task = cox_xml_get(op, "operation"), .node = cox_xml_get(op, "on_node"), .interval_ms = number(op, "interval", 0),
        .exec_ms = number(op, "exec-time", -1), .rc = (int) number(op, "rc-code", 0), .exit_reason = cox_xml_get(op, "exit-reason"),
        .is_failed = number(op, "op-status", 0) > 1 || (number(op, "op-status", 0) == 0 && number(op, "rc-code", 0) != expected_rc(op)),
    };

    if (number(op, "op-status", 0) < 0 || result.task == NULL || result.rsc == NULL || !g_hash_table_add(results->told, g_steal_pointer(&mark))) {
        return;
    }
    results->fn(results->context, &result);
}

static void
on_changed(void *context, const struct cox_follow_news *news)
{
    struct cox_results *results = context;

    for (const struct cox_xml *xml = (news->patch == NULL) ? NULL : cox_xml_first(news->patch); xml != NULL;
         xml = cox_xml_walk(xml, news->patch)) {
        if (cox_xml_is(xml, "lrm_rsc_op")) {
            tell(results, xml);
        }
    }
}

static void
on_lost(void *context, const GError *problem)
{
    struct cox_results *results = context;

    if (results->problem == NULL) {
        results->problem = g_error_copy(problem);
    }
}

struct cox_results *
cox_results_new(struct cox_runtime *runtime, const char *program, cox_results_fn fn, void *context, GError **error)
{
    struct cox_results *results = g_new0(struct cox_results, 1);
    const struct cox_follow_settings settings = { .program = program, .changed = on_changed, .lost = on_lost, .context = results };

    results->runtime = runtime;
    results->fn = fn;
    results->context = context;
    results->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    results->follow = cox_follow_new(runtime, &settings);
    while (cox_follow_cib(results->follow) == NULL && results->problem == NULL) {
        (void) cox_runtime_step(runtime, true);
    }
    if (results->problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&results->problem));
        g_clear_pointer(&results, cox_results_free);
    }
    return results;
}

void
cox_results_free(struct cox_results *results)
{
    if (results != NULL) {
        cox_follow_free(results->follow);
        g_hash_table_unref(results->told);
        g_clear_error(&results->problem);
        g_free(results);
    }
}

void
cox_results_catch_up(struct cox_results *results, struct cox_version version)
{
    struct cox_version have = cox_follow_version(results->follow);

    while (cox_version_compare(&have, &version) < 0 && results->problem == NULL) {
        (void) cox_runtime_step(results->runtime, true);
        have = cox_follow_version(results->follow);
    }
}
