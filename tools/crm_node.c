/* tools/crm_node.c - names, ids and membership of nodes.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "tools/cib_access.h"
#include "tools/daemon.h"
#include "tools/tool.h"
#include "view/names.h"

enum { NOTHING = 0, OWN_ID, LIST, OWN_NAME, PARTITION, QUORUM, NAME_FOR_ID, REMOVE };

struct settings {
    int command;
    char *argument;
    bool is_forced;
};

#define FIELD(field) offsetof(struct settings, field)

static const struct cox_opt options[] = {
    { "cluster-id", 'i', COX_OPT_SET, NULL, "Commands", "Display this node's cluster id", FIELD(command), .value = OWN_ID },
    { "list", 'l', COX_OPT_SET, NULL, "Commands", "Display all known members (past and present) of this cluster", FIELD(command),
      .value = LIST },
    { "name", 'n', COX_OPT_SET, NULL, "Commands", "Display the name used by the cluster for this node", FIELD(command),
      .value = OWN_NAME },
    { "partition", 'p', COX_OPT_SET, NULL, "Commands", "Display the members of this partition", FIELD(command), .value = PARTITION },
    { "quorum", 'q', COX_OPT_SET, NULL, "Commands", "Display a 1 if our partition has quorum, 0 if not", FIELD(command),
      .value = QUORUM },
    { "name-for-id", 'N', COX_OPT_SET_STRING, "ID", "Commands", "Display the name used by the cluster for the node with the specified ID",
      FIELD(command), FIELD(argument), NAME_FOR_ID },
    { "remove", 'R', COX_OPT_SET_STRING, "NAME", "Commands", "Remove the (stopped) node with the specified name from the cluster",
      FIELD(command), FIELD(argument), REMOVE },
    { "force", 'f', COX_OPT_FLAG, NULL, NULL, "Do not ask whether the node is really gone (with -R)", FIELD(is_forced) },
    { "corosync", 'C', COX_OPT_IGNORED, NULL, NULL, NULL, .flags = COX_OPT_HIDDEN },
    { "quiet", 'Q', COX_OPT_QUIET, NULL, NULL, "Be less descriptive in results" },
};

static const struct cox_msg_control_state *
ask_controller(struct cox_arena *arena, GError **error)
{
    static const struct cox_msg_control_query query = { 0 };
    const struct cox_daemon_question question = { .daemon = COX_DAEMON_CONTROL, .program = "crm_node", .message = COX_MSG_CONTROL_QUERY,
                                                  .body = &query, .expected = COX_MSG_CONTROL_STATE };

    return cox_daemon_ask(NULL, &question, arena, error);
}

/* ---- print ------------------------------------------------------------------------------------------------ */

static bool
is_member(const struct cox_msg_control_node *node)
{
    return g_strcmp0(node->state, "lost") != 0;
}

static gint
compare_nodes(gconstpointer a, gconstpointer b)
{
    const struct cox_msg_control_node *first = *(const struct cox_msg_control_node *const *) a;
    const struct cox_msg_control_node *second = *(const struct cox_msg_control_node *const *) b;

    return (first->id > second->id) - (first->id < second->id);
}

/* In order of id, the names or the lines of the nodes that are wanted. */
static int
print_nodes(struct cox_tool_ctx *ctx, const struct cox_msg_control_state *state, bool only_members)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (size_t i = 0; i < state->n_nodes; i++) {
        if (!only_members || is_member(&state->nodes[i])) {
            g_ptr_array_add(nodes, (gpointer) (guintptr) &state->nodes[i]);
        }
    }
    g_ptr_array_sort(nodes, compare_nodes);
    cox_out_begin(ctx->out, "nodes", NULL);
    for (guint i = 0; i < nodes->len; i++) {
        const struct cox_msg_control_node *node = nodes->pdata[i];
        g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, node->id);
        const char *status = is_member(node) ? "member" : "lost";

        cox_out_leaf(ctx->out, "node", "id", id, "name", node->name, "state", only_members ? NULL : status, NULL);
        g_ptr_array_add(names, (gpointer) (guintptr) (node->name != NULL ? node->name : "(null)"));
        if (!only_members) {
            cox_out_line(ctx->out, "%s %s %s", id, (node->name != NULL) ? node->name : "(null)", status);
        }
    }
    cox_out_end(ctx->out);
    if (only_members) {
        g_autofree char *line = cox_names_join(names);

        cox_out_line(ctx->out, "%s ", line);
    }
    return 0;
}

static int
print_own(struct cox_tool_ctx *ctx, const struct cox_msg_control_state *state, bool wants_id)
{
    g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, state->id);

    cox_out_leaf(ctx->out, "node-info", "nodeid", id, "uname", state->node, NULL);
    cox_out_line(ctx->out, "%s", wants_id ? id : state->node);
    return 0;
}

static int
print_name_for(struct cox_tool_ctx *ctx, const struct cox_msg_control_state *state, const char *text)
{
    guint64 id = g_ascii_strtoull(text, NULL, 10);

    for (size_t i = 0; i < state->n_nodes; i++) {
        if (state->nodes[i].id == id && id != 0) {
            cox_out_leaf(ctx->out, "node-info", "nodeid", text, "uname", state->nodes[i].name, NULL);
            cox_out_line(ctx->out, "%s", state->nodes[i].name);
            return 0;
        }
    }
    return cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "Node is not known to cluster: no member, past or present, has the id '%s'", text);
}

/* ---- commands --------------------------------------------------------------------------------------------- */

static int
remove_node(struct cox_tool_ctx *ctx, struct cox_arena *arena)
{
    const struct settings *settings = ctx->settings;
    bool is_number = settings->argument[strspn(settings->argument, "0123456789")] == '\0';
    const struct cox_msg_control_remove_node wanted
        = { .name = is_number ? NULL : settings->argument, .id = is_number ? g_ascii_strtoull(settings->argument, NULL, 10) : 0 };
    const struct cox_daemon_question question = { .daemon = COX_DAEMON_CONTROL, .program = "crm_node",
                                                  .message = COX_MSG_CONTROL_REMOVE_NODE, .body = &wanted, .expected = COX_MSG_DONE };
    GError *error = NULL;

    if (!settings->is_forced) {
        return cox_tool_error(ctx, COX_ERROR_USAGE,
                              "The supplied command is considered dangerous. To prevent accidental destruction of the cluster, the --force "
                              "flag is required in order to proceed.");
    }
    return (cox_daemon_ask(NULL, &question, arena, &error) != NULL) ? 0 : cox_tool_fail(ctx, error);
}

/* Agents run where no controller is asked: on remote nodes and in bundles the environment has the name. */
static bool
print_name_of_environment(struct cox_tool_ctx *ctx)
{
    const char *name = g_getenv("OCF_RESKEY_CRM_meta_on_node");
    const char *target = g_getenv("OCF_RESKEY_CRM_meta_container_attribute_target");

    if (name == NULL || *name == '\0') {
        return false;
    }
    if (g_strcmp0(target, "host") == 0 && g_getenv("OCF_RESKEY_CRM_meta_physical_host") != NULL) {
        name = g_getenv("OCF_RESKEY_CRM_meta_physical_host");
    }
    cox_out_leaf(ctx->out, "node-info", "uname", name, NULL);
    cox_out_line(ctx->out, "%s", name);
    return true;
}

static int
query(struct cox_tool_ctx *ctx, struct cox_arena *arena)
{
    const struct settings *settings = ctx->settings;
    GError *error = NULL;
    const struct cox_msg_control_state *state = ask_controller(arena, &error);

    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    switch (settings->command) {
    case OWN_ID:
        return print_own(ctx, state, true);
    case OWN_NAME:
        return print_own(ctx, state, false);
    case LIST:
        return print_nodes(ctx, state, false);
    case PARTITION:
        return print_nodes(ctx, state, true);
    case NAME_FOR_ID:
        return print_name_for(ctx, state, settings->argument);
    default:
        cox_out_leaf(ctx->out, "cluster-info", "quorum", state->has_quorum ? "true" : "false", NULL);
        cox_out_line(ctx->out, "%d", state->has_quorum ? 1 : 0);
        return 0;
    }
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    struct cox_arena *arena = NULL;
    int status = 0;

    if (settings->command == NOTHING) {
        return cox_tool_usage(ctx, "Must specify a command option: -i, -l, -n, -p, -q, -N or -R");
    }
    if (settings->command == OWN_NAME && print_name_of_environment(ctx)) {
        return 0;
    }
    arena = cox_arena_new();
    status = (settings->command == REMOVE) ? remove_node(ctx, arena) : query(ctx, arena);
    cox_arena_free(arena);
    return status;
}

static const int statuses[] = { 0, 64, 102, 105, 124, -1 };

static const struct cox_tool tool = {
    .name = "crm_node",
    .summary = "query and manage nodes",
    .synopsis = "COMMAND [OPTION]...",
    .description = "Tools and agents ask it how this node is called and who is there.",
    .examples = "How does the cluster call this node?\n\tcrm_node --name\nForget a node that will not come back:\n\tcrm_node --force --remove n3\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
