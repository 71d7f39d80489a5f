/* tools/crmadmin.c - who leads the cluster, and in what state are its parts?  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "base/interval.h"
#include "tools/cib_access.h"
#include "tools/daemon.h"
#include "tools/state.h"
#include "tools/tool.h"
#include "view/names.h"

enum { NOTHING = 0, STATUS, LAUNCHER, LEADER, NODES, HEALTH };

struct settings {
    int command;
    char *node, *types, *timeout, *client;
    bool is_export;
};

#define FIELD(field) offsetof(struct settings, field)

static const struct cox_opt options[] = {
    { "status", 'S', COX_OPT_SET_STRING, "NODE", "Commands", "Display the status of the specified node's controller", FIELD(command),
      FIELD(node), STATUS },
    { "pacemakerd", 'P', COX_OPT_SET, NULL, "Commands", "Display the status of the local supervisor of the daemons", FIELD(command),
      .value = LAUNCHER },
    { "dc_lookup", 'D', COX_OPT_SET, NULL, "Commands", "Display the uname of the node co-ordinating the cluster", FIELD(command),
      .value = LEADER },
    { "nodes", 'N', COX_OPT_SET_STRING, "TYPES", "Commands",
      "Display the uname of all member nodes, perhaps only those of a comma-separated list of: all, cluster, guest, remote",
      FIELD(command), FIELD(types), NODES, COX_OPT_OPTIONAL },
    { "health", 'H', COX_OPT_SET, NULL, NULL, NULL, FIELD(command), .value = HEALTH, .flags = COX_OPT_HIDDEN },
    { "timeout", 't', COX_OPT_STRING, "DURATION", NULL, "Time to wait before declaring the operation failed (default 30s)", FIELD(timeout) },
    { "bash-export", 'B', COX_OPT_FLAG, NULL, NULL, "Display nodes as shell commands of the form 'export uname=uuid' (with -N)",
      FIELD(is_export) },
    { "ipc-name", 'i', COX_OPT_STRING, "NAME", NULL, "Name of the client (with -P)", FIELD(client) },
    { "quiet", 'q', COX_OPT_QUIET, NULL, NULL, "Display only the essential query information" },
};

/* ---- the running cluster ---------------------------------------------------------------------------------- */

static const void *
ask(struct cox_tool_ctx *ctx, struct cox_daemon_question *question, struct cox_arena *arena, GError **error)
{
    const struct settings *settings = ctx->settings;
    gint64 timeout_ms = 0;

    if (settings->timeout != NULL && !cox_interval_parse(settings->timeout, &timeout_ms, error)) {
        return NULL;
    }
    question->program = (settings->client != NULL) ? settings->client : "crmadmin";
    question->timeout_ms = timeout_ms;
    return cox_daemon_ask(NULL, question, arena, error);
}

static const struct cox_msg_control_state *
ask_controller(struct cox_tool_ctx *ctx, struct cox_arena *arena, GError **error)
{
    static const struct cox_msg_control_query query = { 0 };
    struct cox_daemon_question question
        = { .daemon = COX_DAEMON_CONTROL, .message = COX_MSG_CONTROL_QUERY, .body = &query, .expected = COX_MSG_CONTROL_STATE };

    return ask(ctx, &question, arena, error);
}

static int
show_leader(struct cox_tool_ctx *ctx, struct cox_arena *arena)
{
    GError *error = NULL;
    const struct cox_msg_control_state *state = ask_controller(ctx, arena, &error);

    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_leaf(ctx->out, "dc", "node_name", (state->coordinator != NULL) ? state->coordinator : "", NULL);
    if (ctx->is_quiet) {
        cox_out_line(ctx->out, "%s", (state->coordinator != NULL) ? state->coordinator : "");
    } else {
        cox_out_line(ctx->out, "Designated Controller is: %s", (state->coordinator != NULL) ? state->coordinator : "not yet elected");
    }
    return (state->coordinator != NULL) ? 0 : cox_error_exit_status(COX_ERROR_NO_DC);
}

/* What is known here of the controller of a node: that of this node says so itself, that of another is a member or it is not. */
static int
show_status(struct cox_tool_ctx *ctx, struct cox_arena *arena)
{
    const struct settings *settings = ctx->settings;
    GError *error = NULL;
    const struct cox_msg_control_state *state = ask_controller(ctx, arena, &error);
    const char *phase = NULL;

    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (g_strcmp0(state->node, settings->node) == 0) {
        phase = state->phase;
    }
    for (size_t i = 0; phase == NULL && i < state->n_nodes; i++) {
        if (g_strcmp0(state->nodes[i].name, settings->node) == 0 && g_strcmp0(state->nodes[i].state, "member") == 0) {
            phase = (g_strcmp0(state->coordinator, settings->node) == 0) ? "S_IDLE" : "S_NOT_DC";
        }
    }
    if (phase == NULL) {
        return cox_tool_error(ctx, COX_ERROR_NO_HOST, "Controller on %s: no member of the cluster is called so", settings->node);
    }
    cox_out_leaf(ctx->out, "crmd", "node_name", settings->node, "state", phase, "result", "ok", NULL);
    if (ctx->is_quiet) {
        cox_out_line(ctx->out, "%s", phase);
    } else {
        cox_out_line(ctx->out, "Controller on %s in state %s: ok", settings->node, phase);
    }
    return 0;
}

static int
show_launcher(struct cox_tool_ctx *ctx, struct cox_arena *arena)
{
    static const struct cox_msg_supervisor_query query = { 0 };
    struct cox_daemon_question question = { .daemon = COX_DAEMON_SUPERVISOR, .message = COX_MSG_SUPERVISOR_QUERY, .body = &query,
                                            .expected = COX_MSG_SUPERVISOR_STATE };
    GError *error = NULL;
    const struct cox_msg_supervisor_state *state = ask(ctx, &question, arena, &error);
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autofree char *now = cox_names_clock(cox_wall_seconds(cox_tool_now()), zone);

    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_leaf(ctx->out, "pacemakerd", "sys_from", "pacemakerd", "state", state->state, "last_updated", now, NULL);
    if (ctx->is_quiet) {
        cox_out_line(ctx->out, "%s", state->state);
    } else {
        cox_out_line(ctx->out, "Status of pacemakerd: '%s' (last updated %s)", state->state, now);
    }
    return 0;
}

/* ---- nodes ------------------------------------------------------------------------------------------------ */

static const char *
type_of(const struct cox_node_state *node)
{
    if (node->is_guest) {
        return "guest";
    }
    return node->is_remote ? "remote" : "cluster";
}

static bool
is_wanted(const char *types, const char *type)
{
    g_auto(GStrv) words = NULL;

    if (types == NULL || *types == '\0') {
        return true;
    }
    words = g_strsplit(types, ",", -1);
    return g_strv_contains((const char *const *) words, type) || g_strv_contains((const char *const *) words, "all");
}

static void
print_node(struct cox_tool_ctx *ctx, const struct cox_node_state *node)
{
    const struct settings *settings = ctx->settings;
    const char *type = type_of(node);

    cox_out_leaf(ctx->out, "node", "type", type, "name", node->name, "id", node->id, NULL);
    if (settings->is_export) {
        cox_out_line(ctx->out, "export %s=%s", node->name, node->id);
    } else if (ctx->is_quiet) {
        cox_out_line(ctx->out, "%s", node->name);
    } else {
        cox_out_line(ctx->out, "%s node: %s (%s)", type, node->name, node->id);
    }
}

static int
show_nodes(struct cox_tool_ctx *ctx)
{
    static const char *const types[] = { "cluster", "guest", "remote" };
    const struct settings *settings = ctx->settings;
    const struct cox_cib_access_settings where = { .tool = "crmadmin" };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, &error);
    g_autoptr(cox_state) state = (access == NULL) ? NULL : cox_state_of(access, &error);

    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_begin(ctx->out, "nodes", NULL);
    for (size_t t = 0; t < G_N_ELEMENTS(types); t++) {
        for (size_t i = 0; is_wanted(settings->types, types[t]) && i < state->plan->cluster.n_nodes; i++) {
            const struct cox_node_state *node = &state->plan->cluster.nodes[i];

            if (!node->is_ping && !node->is_bundle_node && strcmp(type_of(node), types[t]) == 0) {
                print_node(ctx, node);
            }
        }
    }
    cox_out_end(ctx->out);
    return 0;
}

/* ---- run -------------------------------------------------------------------------------------------------- */

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    struct cox_arena *arena = cox_arena_new();
    int status = 0;

    switch (settings->command) {
    case STATUS:
        status = show_status(ctx, arena);
        break;
    case LAUNCHER:
        status = show_launcher(ctx, arena);
        break;
    case LEADER:
        status = show_leader(ctx, arena);
        break;
    case NODES:
        status = show_nodes(ctx);
        break;
    case HEALTH:
        status = cox_tool_error(ctx, COX_ERROR_UNIMPLEMENTED, "Cluster-wide health option not supported; use 'cox status'");
        break;
    default:
        status = cox_tool_usage(ctx, "Must specify a command option: -S, -D, -P or -N");
        break;
    }
    cox_arena_free(arena);
    return status;
}

static const int statuses[] = { 0, 64, 65, 66, 68, 78, 102, 114, 124, -1 };

static const struct cox_tool tool = {
    .name = "crmadmin",
    .summary = "query and manage the controller",
    .synopsis = "COMMAND [OPTION]...",
    .description = "Asks the daemons of this node; --nodes reads the document and works on a file (CIB_file), too.",
    .examples = "Who coordinates the cluster?\n\tcrmadmin --dc_lookup\nAre the daemons of this node running?\n\tcrmadmin --pacemakerd\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
