/* tools/crm_failcount.c - how often a resource failed on a node.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "base/interval.h"
#include "model/score.h"
#include "tools/attribute_run.h"
#include "tools/daemon.h"

struct settings {
    int command;
    char *value, *rsc, *operation, *interval, *node;
};

#define FIELD(field) offsetof(struct settings, field)

static const struct cox_opt options[] = {
    { "query", 'G', COX_OPT_SET, NULL, "Commands", "Query the current value of the resource's fail count", FIELD(command),
      .value = COX_ATTRIBUTE_QUERY },
    { "delete", 'D', COX_OPT_SET, NULL, "Commands", "Delete the resource's recorded failures", FIELD(command),
      .value = COX_ATTRIBUTE_DELETE },
    { "update", 'v', COX_OPT_SET_STRING, "VALUE", NULL, NULL, FIELD(command), FIELD(value), COX_ATTRIBUTE_UPDATE, COX_OPT_HIDDEN },
    { "resource", 'r', COX_OPT_STRING, "ID", NULL, "Name of the resource to use (required)", FIELD(rsc) },
    { "operation", 'n', COX_OPT_STRING, "OPERATION", NULL, "Name of operation to use (instead of all operations)", FIELD(operation) },
    { "interval", 'I', COX_OPT_STRING, "SPEC", NULL, "If operation is specified, its interval", FIELD(interval) },
    { "node", 'N', COX_OPT_STRING, "NODE", NULL, "Use failcount on named node instead of the local one", FIELD(node) },
    { NULL, 'U', COX_OPT_STRING, "NODE", NULL, NULL, FIELD(node), .flags = COX_OPT_HIDDEN },
    { "quiet", 'q', COX_OPT_QUIET, NULL, NULL, "Print only the value on stdout" },
    { NULL, 'Q', COX_OPT_QUIET, NULL, NULL, NULL, .flags = COX_OPT_HIDDEN },
};

/* What fail counts (or with @prefix "last-failure" their times) of the resource and the operation are called. */
static GRegex *
pattern_of(const char *prefix, const char *rsc, const char *operation, gint64 interval_ms)
{
    g_autofree char *name = g_regex_escape_string(rsc, -1);
    g_autofree char *task = (operation == NULL) ? NULL : g_regex_escape_string(operation, -1);
    g_autofree char *text = (task == NULL)
                                ? g_strdup_printf("^%s-%s(#.+_[0-9]+)?$", prefix, name)
                                : g_strdup_printf("^%s-%s#%s_%" G_GINT64_FORMAT "$", prefix, name, task, interval_ms);

    return g_regex_new(text, 0, 0, NULL);
}

/* The sum of all counts; an infinite one stays infinite. */
static gint64
sum_of(const struct cox_attrpath_match *match)
{
    gint64 sum = 0;

    for (guint i = 0; i < match->pairs->len; i++) {
        cox_score count = 0;

        if (cox_score_parse(cox_xml_get(match->pairs->pdata[i], "value"), &count, NULL)) {
            sum += count;
        }
    }
    return MIN(sum, COX_SCORE_INFINITY);
}

static int
query(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_attrpath_request *request)
{
    const struct settings *settings = ctx->settings;
    struct cox_attrpath_match match = { 0 };
    g_autofree char *name = g_strdup_printf("fail-count-%s", settings->rsc);
    g_autofree char *number = NULL;
    GError *error = NULL;
    const struct cox_xml *root = cox_cib_access_visible(access, &error);

    if (root == NULL || !cox_attrpath_find(root, request, &match, &error)) {
        return cox_attribute_fail(ctx, error);
    }
    number = (sum_of(&match) >= COX_SCORE_INFINITY) ? g_strdup("INFINITY") : g_strdup_printf("%" G_GINT64_FORMAT, sum_of(&match));
    cox_out_leaf(ctx->out, "attribute", "name", name, "value", number, "scope", "status", NULL);
    if (ctx->is_quiet) {
        cox_out_line(ctx->out, "%s", number);
    } else {
        cox_out_line(ctx->out, "scope=status  name=%s value=%s", name, number);
    }
    cox_attrpath_match_clear(&match);
    return 0;
}

/* In a running cluster the failures themselves are forgotten, too. */
static int
clean_up(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const char *node, gint64 interval_ms)
{
    const struct settings *settings = ctx->settings;
    const struct cox_msg_control_refresh refresh = { .rsc_id = settings->rsc, .node = node, .task = settings->operation,
                                                     .interval_ms = interval_ms, .only_failed = 1, .user = g_getenv("CIB_user") };
    const struct cox_daemon_question question
        = { COX_DAEMON_CONTROL, "crm_failcount", COX_MSG_CONTROL_REFRESH, &refresh, COX_MSG_DONE, 0 };
    struct cox_arena *arena = cox_arena_new();
    GError *error = NULL;
    bool is_done = cox_daemon_ask(cox_cib_access_runtime(access), &question, arena, &error) != NULL;

    cox_arena_free(arena);
    return is_done ? 0 : cox_attribute_fail(ctx, error);
}

static int
run_on(struct cox_tool_ctx *ctx, struct cox_cib_access *access, gint64 interval_ms)
{
    static const char *const prefixes[] = { "fail-count", "last-failure" };
    const struct settings *settings = ctx->settings;
    struct cox_attribute_task task = { .command = COX_ATTRIBUTE_DELETE, .request = { .scope = COX_ATTRPATH_TRANSIENT } };
    g_autofree char *node = (settings->node != NULL) ? g_strdup(settings->node) : cox_attribute_local_node(access);
    int status = 0;

    task.request.node = node;
    if (settings->command != COX_ATTRIBUTE_QUERY && cox_cib_access_is_live(access)) {
        return clean_up(ctx, access, node, interval_ms);
    }
    for (size_t i = 0; status == 0 && i < G_N_ELEMENTS(prefixes); i++) {
        g_autoptr(GRegex) pattern = pattern_of(prefixes[i], settings->rsc, settings->operation, interval_ms);

        task.request.pattern = pattern;
        if (settings->command == COX_ATTRIBUTE_QUERY) {
            return query(ctx, access, &task.request);
        }
        status = cox_attribute_run(ctx, access, &task);
    }
    return status;
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    const struct cox_cib_access_settings where = { .tool = "crm_failcount" };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = NULL;
    gint64 interval_ms = 0;

    if (settings->rsc == NULL) {
        return cox_tool_usage(ctx, "You must specify a resource name to use with --resource");
    }
    if (settings->command == COX_ATTRIBUTE_UPDATE && g_strcmp0(settings->value, "0") != 0) {
        return cox_tool_usage(ctx, "--update: '%s': a fail count cannot be set, only deleted (0)", settings->value);
    }
    if (settings->interval != NULL && !cox_interval_parse(settings->interval, &interval_ms, &error)) {
        return cox_tool_fail(ctx, error);
    }
    access = cox_cib_access_open(&where, &error);
    return (access == NULL) ? cox_tool_fail(ctx, error) : run_on(ctx, access, interval_ms);
}

static const int statuses[] = { 0, 4, 64, 65, 66, 78, 102, 105, -1 };

static const struct cox_tool tool = {
    .name = "crm_failcount",
    .summary = "query or delete a resource's fail count",
    .synopsis = "{-G | -D} -r ID [OPTION]...",
    .description = "A fail count tells how often operations of a resource failed on a node since it was last cleaned up.",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
