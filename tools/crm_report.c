/* tools/crm_report.c - the classic command for a report: its options, on the code of cox report.  Layer 6. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/datetime.h"
#include "base/error.h"
#include "tools/report.h"

struct settings {
    char *from, *to, *dest, *user, *shell, *cluster, *depth;
    GPtrArray *nodes, *logs, *patterns, *looks;
    bool is_single, is_directory, has_no_logs, is_sos, shows_features;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct cox_opt options[] = {
    { "from", 'f', COX_OPT_STRING, "TIME", "Required", "From this time on: YYYY-MM-DD HH:MM:SS of this node, or any ISO 8601 date", FIELD(from) },
    { "to", 't', COX_OPT_STRING, "TIME", "Report", "Up to this time (default: now)", FIELD(to) },
    { "dest", 0, COX_OPT_STRING, "NAME", "Report", "Path of the archive without .tar.bz2, or of the directory; may be given without --dest", FIELD(dest) },
    { "nodes", 'n', COX_OPT_STRINGS, "NODES", "Report", "Only from these nodes (default: all)", FIELD(nodes) },
    { "single-node", 'S', COX_OPT_FLAG, NULL, "Report", "Only from this node", FIELD(is_single) },
    { "as-directory", 'd', COX_OPT_FLAG, NULL, "Report", "Leave a directory instead of an archive", FIELD(is_directory) },
    { "sos-mode", 0, COX_OPT_FLAG, NULL, "Report", "For sosreport: a directory of this node", FIELD(is_sos) },
    { "logfile", 'l', COX_OPT_STRINGS, "FILE", "Contents", "A further log file, or a directory of them", FIELD(logs) },
    { NULL, 'p', COX_OPT_STRINGS, "PATTERN", "Contents", "Values of further names are secret: a regular expression", FIELD(patterns) },
    { NULL, 'M', COX_OPT_FLAG, NULL, "Contents", "Without logs", FIELD(has_no_logs) },
    { "user", 'u', COX_OPT_STRING, "USER", "Other nodes", "Log in there as this user", FIELD(user) },
    { "rsh", 'e', COX_OPT_STRING, "COMMAND", "Other nodes", "Log in with this command instead of ssh", FIELD(shell) },
    { NULL, 'L', COX_OPT_STRINGS, "PATTERN", "Contents", "Lines of logs that match this regular expression are in analysis.txt, too", FIELD(looks) },
    { "max-depth", 'D', COX_OPT_STRING, "N", "Contents", "Where --logfile names a directory: logs in it and N levels below (default 0)", FIELD(depth) },
    { "corosync", 'C', COX_OPT_IGNORED, NULL, NULL, "Accepted for compatibility: it is always corosync", 0, 0, 0, COX_OPT_ADVANCED },
    { "cluster", 'c', COX_OPT_STRING, "TYPE", NULL, "The membership layer: corosync", FIELD(cluster), 0, 0, COX_OPT_ADVANCED },
    { "features", 0, COX_OPT_FLAG, NULL, "Commands", "Show what this build has", FIELD(shows_features) },
};

/* Without an offset it is the time of this node. */
static bool
moment(const char *text, gint64 *at_us, GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    const struct cox_datetime_context here = { zone, cox_tool_now() };
    struct cox_datetime when;

    if (!cox_datetime_parse(text, &here, &when, error)) {
        return false;
    }
    *at_us = cox_datetime_to_wall(&when).usec;
    return true;
}

/* Options that may be given several times, and may have several words. */
static char **
words_of(const GPtrArray *given)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (guint i = 0; given != NULL && i < given->len; i++) {
        g_auto(GStrv) parts = g_strsplit_set(given->pdata[i], " ,", -1);

        for (gsize k = 0; parts[k] != NULL; k++) {
            if (*parts[k] != '\0') {
                g_ptr_array_add(words, g_strdup(parts[k]));
            }
        }
    }
    if (words->len == 0) {
        return NULL;
    }
    g_ptr_array_add(words, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

static int
show_features(struct cox_tool_ctx *ctx)
{
    g_autofree char *path = cox_report_tool("pacemakerd");

    execl(path, path, "--features", (char *) NULL);
    return cox_tool_error(ctx, COX_ERROR_OS_FILE, "%s: cannot be run: %s", path, g_strerror(errno));
}

static int
run(struct cox_tool_ctx *ctx)
{
    struct settings *settings = ctx->settings;
    g_auto(GStrv) nodes = words_of(settings->nodes);
    struct cox_report report = { .dest = settings->dest != NULL ? settings->dest : ctx->words[0], .nodes = nodes, .user = settings->user, .shell = settings->shell,
                                 .is_single = settings->is_single || settings->is_sos, .is_directory = settings->is_directory || settings->is_sos,
                                 .is_bzip = true, .has_no_logs = settings->has_no_logs };
    GError *error = NULL;

    if (settings->shows_features) {
        return show_features(ctx);
    }
    if (settings->cluster != NULL && strcmp(settings->cluster, "corosync") != 0 && strcmp(settings->cluster, "any") != 0) {
        return cox_tool_usage(ctx, "--cluster %s: there is corosync only", settings->cluster);
    }
    if (!cox_report_depth(settings->depth, &report.max_depth, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (settings->from == NULL) {
        return cox_tool_usage(ctx, "from when on? Give --from TIME, such as --from \"2026-11-27 08:00:00\"");
    }
    report.to_us = cox_tool_now().usec;
    if (!moment(settings->from, &report.from_us, &error) || (settings->to != NULL && !moment(settings->to, &report.to_us, &error))) {
        return cox_tool_fail(ctx, error);
    }
    report.logs = cox_report_words(settings->logs);
    report.patterns = cox_report_words(settings->patterns);
    report.looks = cox_report_words(settings->looks);
    if (!cox_report_check_looks(&report, &error)) {
        return cox_tool_fail(ctx, error);
    }
    return cox_report_run(ctx, &report);
}

static const int statuses[] = { 0, 1, 2, 64, 73, -1 };

static const struct cox_tool tool = {
    .name = "crm_report",
    .summary = "collect what somebody needs who is to find out what has happened to the cluster",
    .synopsis = "--from TIME [OPTION]... [NAME]",
    .description = "The report has a directory for each node with the configuration, the status, inputs of the scheduler and logs of that time, the timeline, "
                   "versions and settings.  This node collects its part itself, the others theirs at the same time over ssh (as root, with keys); those that do not "
                   "answer are named. analysis.txt has the lines of all logs that tell of errors. When it is interrupted, nothing is left of it.\n\nValues of parameters whose names sound like a password, key, token, secret or credential, or that their agents declare private, "
                   "are replaced wherever they stand, in logs, too; so are those that cibsecret keeps, and those that the configuration had before.  The keys "
                   "of the cluster are never read.",
    .examples = "The last evening:\n\tcrm_report --from \"2026-11-26 18:00:00\" --to \"2026-11-26 23:00:00\" /tmp/evening\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_POSITIONAL,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
