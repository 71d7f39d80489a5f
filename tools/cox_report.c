/* tools/cox_report.c - the verb of cox that collects what somebody needs who is to find out what has happened.  Layer 6. */
#include "tools/cox_priv.h"
#include "tools/report.h"

#define USUAL_SINCE "24h"

int
cox_verb_report(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    g_auto(GStrv) nodes = (settings->nodes == NULL) ? NULL : g_strsplit_set(settings->nodes, ", ", -1);
    struct cox_report report = { .dest = arguments[0], .nodes = nodes, .patterns = cox_report_words(settings->masks), .logs = cox_report_words(settings->logs),
                                 .is_single = settings->is_local, .is_directory = settings->is_directory, .has_no_logs = settings->has_no_logs };
    bool is_asked = settings->is_local && g_strcmp0(arguments[0], "-") == 0;
    GError *error = NULL;

    if (!cox_report_depth(settings->max_depth, &report.max_depth, &error)) {
        return cox_tool_fail(ctx, error);
    }
    report.to_us = cox_tool_now().usec;
    /* another node asks by its clock, which may be ahead of ours */
    if (!(is_asked ? cox_verb_moment : cox_verb_since)((settings->since != NULL) ? settings->since : USUAL_SINCE, &report.from_us, &error)
        || (settings->until != NULL && !cox_verb_moment(settings->until, &report.to_us, &error))) {
        return cox_tool_fail(ctx, error);
    }
    return cox_report_run(ctx, &report);
}
