/* tools/cox_fence.c - verbs of cox about fencing: devices, levels, and doing it by hand.  Layer 6. */
#include <string.h>
#include <unistd.h>

#include "admin/leveledit.h"
#include "admin/nodefind.h"
#include "base/error.h"
#include "cib/section.h"
#include "fence/fencedevice.h"
#include "model/reach.h"
#include "tools/cox_priv.h"
#include "tools/daemon.h"
#include "tools/state.h"

enum { FENCE_MS = 10 * 60 * 1000 };

/* ---- devices ---------------------------------------------------------------------------------------------- */

static const char *const reaches[] = { [COX_REACH_NO] = "no", [COX_REACH_ASKS] = "asks", [COX_REACH_YES] = "yes" };

/* Where the device's resource runs: from there it is monitored. */
static char *
places(const struct cox_cluster *cluster, const struct cox_rsc_def *def)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < cluster->n_rscs; i++) {
        for (size_t k = 0; cluster->rscs[i].def == def && k < cluster->rscs[i].n_running_on; k++) {
            g_string_append_printf(text, "%s%s", (text->len > 0) ? ", " : "", cluster->nodes[cluster->rscs[i].running_on[k]].name);
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
list_device(struct cox_out *out, const struct cox_state *state, cox_rsc_id id, const char *only)
{
    const struct cox_config *config = state->input.config;
    const struct cox_rsc_def *device = &config->resources[id];
    g_autofree char *where = places(&state->plan->cluster, device);
    g_autoptr(GString) nodes = g_string_new(NULL);
    bool is_stopped = cox_reach_is_stopped(config, id, state->now);
    bool asks = false;

    if (only != NULL && cox_reach_of(device, only, state->now) == COX_REACH_NO) {
        return;
    }
    cox_out_begin(out, "device", "id", device->id, "agent", device->type, "disabled", is_stopped ? "true" : "false", "monitored-on",
                  (*where != '\0') ? where : NULL, NULL);
    for (size_t i = 0; i < config->n_nodes; i++) {
        enum cox_reach reach = cox_reach_of(device, config->nodes[i].uname, state->now);

        cox_out_leaf(out, "target", "node", config->nodes[i].uname, "reached", reaches[reach], NULL);
        asks = asks || reach == COX_REACH_ASKS;
        if (reach == COX_REACH_YES) {
            g_string_append_printf(nodes, "%s%s", (nodes->len > 0) ? ", " : "", config->nodes[i].uname);
        }
    }
    cox_out_end(out);
    cox_out_line(out, "%s (%s): fences %s%s%s%s", device->id, device->type, asks ? "what its agent says" : (nodes->len > 0) ? nodes->str : "nobody",
                 is_stopped ? "; disabled" : "", (*where != '\0') ? "; monitored on " : "", where);
}

int
cox_verb_fence_list(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, &error);
    g_autoptr(cox_state) state = (access == NULL) ? NULL : cox_state_of(access, &error);
    const struct cox_xml *root = (state == NULL) ? NULL : cox_cib_access_visible(access, &error);
    guint n = 0;

    if (root == NULL || (arguments[0] != NULL && !cox_nodefind_check(root, arguments[0], &error))) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_begin(ctx->out, "devices", "watchdog", state->plan->cluster.has_watchdogs ? "true" : "false", NULL);
    for (cox_rsc_id id = 0; id < state->input.config->n_resources; id++) {
        if (cox_reach_is_device(&state->input.config->resources[id])) {
            list_device(ctx->out, state, id, arguments[0]);
            n += (arguments[0] == NULL || cox_reach_of(&state->input.config->resources[id], arguments[0], state->now) != COX_REACH_NO) ? 1 : 0;
        }
    }
    cox_out_end(ctx->out);
    if (state->plan->cluster.has_watchdogs) {
        cox_out_line(ctx->out, "Watchdogs fence nodes that sbd watches.");
    } else if (n == 0 && !ctx->is_quiet) {
        cox_out_line(ctx->out, "There is no fence device%s%s: cox fence create NAME AGENT NAME=VALUE...", (arguments[0] != NULL) ? " for " : "",
                     (arguments[0] != NULL) ? arguments[0] : "");
    }
    return 0;
}

/* ---- levels ----------------------------------------------------------------------------------------------- */

static bool
edit_level_add(struct cox_xml *root, const void *what, GError **error)
{
    char *const *words = what;

    return cox_leveledit_add(root, words[0], words[1], words + 2, error);
}

int
cox_verb_fence_level_add(struct cox_tool_ctx *ctx, char **arguments)
{
    return cox_change_run(ctx, &((const struct cox_settings *) ctx->settings)->change, edit_level_add, arguments);
}

static bool
edit_level_remove(struct cox_xml *root, const void *what, GError **error)
{
    char *const *words = what;

    return cox_leveledit_remove(root, words[0], words[1], error);
}

int
cox_verb_fence_level_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    return cox_change_run(ctx, &((const struct cox_settings *) ctx->settings)->change, edit_level_remove, arguments);
}

int
cox_verb_fence_level_list(struct cox_tool_ctx *ctx, char **arguments)
{
    struct cox_verb_view view;
    const struct cox_xml *section = NULL;

    (void) arguments;
    if (!cox_verb_view_open(ctx, &view)) {
        return view.status;
    }
    section = cox_section_find(view.root, "fencing-topology");
    cox_out_begin(ctx->out, "levels", NULL);
    for (const struct cox_xml *level = cox_xml_child(section, "fencing-level"); level != NULL; level = cox_xml_next_named(level, "fencing-level")) {
        g_autofree char *target = cox_leveledit_target(level);

        cox_out_leaf(ctx->out, "level", "target", target, "index", cox_xml_get(level, "index"), "devices", cox_xml_get(level, "devices"), "id",
                     cox_xml_id(level), NULL);
        cox_out_line(ctx->out, "%s: level %s: %s (%s)", target, cox_xml_get(level, "index"), cox_xml_get(level, "devices"), cox_xml_id(level));
    }
    cox_out_end(ctx->out);
    if (cox_xml_child(section, "fencing-level") == NULL && !ctx->is_quiet) {
        cox_out_line(ctx->out, "There are no levels: any device that can fences a node.");
    }
    cox_verb_view_close(&view);
    return 0;
}

/* ---- by hand ---------------------------------------------------------------------------------------------- */

/* What is to be done with a node. */
struct order {
    const char *node;
    enum cox_fence_action action;
    bool is_confirmation; /* it is off already, somebody says */
};

static const struct cox_node_state *
find_state(const struct cox_cluster *cluster, const char *name)
{
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        if (g_strcmp0(cluster->nodes[i].name, name) == 0) {
            return &cluster->nodes[i];
        }
    }
    return NULL;
}

/* Members that are there besides @node, and how many there are at all. */
static guint
count_others(const struct cox_cluster *cluster, const struct cox_node_state *node, guint *n_members)
{
    guint n = 0;

    *n_members = 0;
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        const struct cox_node_state *other = &cluster->nodes[i];

        *n_members += other->is_remote ? 0 : 1;
        n += (!other->is_remote && other != node && other->is_online) ? 1 : 0;
    }
    return n;
}

/* Who would be left?  Each reason not to do it can be overruled. */
static int
check_rest(struct cox_tool_ctx *ctx, const struct cox_cluster *cluster, const struct cox_node_state *node)
{
    guint n_members = 0;
    guint n_others = count_others(cluster, node, &n_members);

    if (node->is_remote || !node->is_online) {
        return 0;
    }
    if (n_others == 0) {
        return cox_tool_error(ctx, COX_ERROR_UNSAFE, "node '%s' is the only one that is there: nothing would run any more (--force does it all the same)",
                              node->name);
    }
    if (n_members > 2 && n_others * 2 <= n_members) {
        return cox_tool_error(ctx, COX_ERROR_UNSAFE, "without node '%s' only %u of %u nodes would be there, and quorum would be lost: let others join "
                              "first (--force does it all the same)", node->name, n_others, n_members);
    }
    return 0;
}

static int
check(struct cox_tool_ctx *ctx, const struct cox_state *state, const struct order *order)
{
    const struct cox_settings *settings = ctx->settings;
    const struct cox_cluster *cluster = &state->plan->cluster;
    const struct cox_node_state *node = find_state(cluster, order->node);

    if (order->is_confirmation && node != NULL && node->is_online && !node->is_unclean) {
        return cox_tool_error(ctx, COX_ERROR_UNSAFE, "node '%s' is a member right now, so it is not off: cox fence off %s", order->node, order->node);
    }
    if (order->is_confirmation && !settings->is_forced && !settings->change.is_dry) {
        return cox_tool_error(ctx, COX_ERROR_UNSAFE, "if node '%s' still runs, what it has may be started a second time and data be lost: look at it, "
                              "switch it off, and give --force", order->node);
    }
    if (settings->is_forced || order->is_confirmation) {
        return 0;
    }
    if (cox_reach_any(state->input.config, order->node, state->now) == COX_REACH_NO && !cluster->has_watchdogs) {
        return cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "no fence device reaches node '%s': cox fence list shows whom they reach", order->node);
    }
    return (node == NULL || order->action == COX_FENCE_ON) ? 0 : check_rest(ctx, cluster, node);
}

/* What runs there has to go elsewhere. */
static void
tell_losses(struct cox_tool_ctx *ctx, const struct cox_cluster *cluster, const char *name)
{
    const struct cox_node_state *node = find_state(cluster, name);

    for (guint32 i = 0; node != NULL && i < node->n_running; i++) {
        cox_out_leaf(ctx->out, "affected", "resource", cluster->rscs[node->running[i]].id, "node", name, NULL);
        if (!ctx->is_quiet) {
            cox_out_line(ctx->out, "%s runs on %s", cluster->rscs[node->running[i]].id, name);
        }
    }
}

/* The plan for the cluster in which the node is known to be off. */
static int
show_without(struct cox_tool_ctx *ctx, const struct cox_xml *root, const char *name)
{
    static const char *const down[][2] = { { "in_ccm", "false" }, { "crmd", "offline" }, { "join", "down" }, { "expected", "down" } };
    g_autoptr(cox_xmldoc) copy = cox_xmldoc_new_copy(root);
    struct cox_xml *status = cox_section_find(cox_xmldoc_root(copy), "status");

    for (struct cox_xml *node = cox_xml_child(status, "node_state"); node != NULL; node = cox_xml_next_named(node, "node_state")) {
        if (g_strcmp0(cox_xml_get(node, "uname"), name) == 0) {
            for (size_t i = 0; i < G_N_ELEMENTS(down); i++) {
                cox_xml_set(node, down[i][0], down[i][1]);
            }
            cox_xml_clear(node);
        }
    }
    return cox_change_show_plan(ctx, cox_xmldoc_root(copy));
}

static int
send_order(struct cox_tool_ctx *ctx, struct cox_runtime *runtime, const struct order *order)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autofree char *client = g_strdup_printf("cox.%d", (int) getpid());
    const struct cox_msg_fence_confirm said = { .target = order->node };
    const struct cox_msg_fence_ask wanted = { .target = order->node, .action = order->action, .client = client };
    const struct cox_daemon_question ask = { COX_DAEMON_FENCE, "cox", COX_MSG_FENCE_ASK, &wanted, COX_MSG_FENCE_FINISHED, FENCE_MS };
    const struct cox_daemon_question confirm = { COX_DAEMON_FENCE, "cox", COX_MSG_FENCE_CONFIRM, &said, COX_MSG_DONE, 0 };
    GError *error = NULL;
    const void *answer = cox_daemon_ask(runtime, order->is_confirmation ? &confirm : &ask, arena, &error);
    const struct cox_msg_fence_finished *finished = order->is_confirmation ? NULL : answer;
    const char *done = order->is_confirmation ? "is taken for off" : (order->action == COX_FENCE_ON) ? "was switched on" : (order->action == COX_FENCE_OFF) ? "was switched off" : "was rebooted";

    if (answer == NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (finished != NULL && finished->is_ok == 0) {
        return cox_tool_error(ctx, COX_ERROR_GENERIC, "%s of node '%s' failed: %s; cox fence history tells more", cox_fence_action_text(order->action),
                              order->node, (finished->reason != NULL) ? finished->reason : "no reason told");
    }
    cox_out_leaf(ctx->out, "fenced", "node", order->node, "action", order->is_confirmation ? "confirm" : cox_fence_action_text(order->action), NULL);
    if (!ctx->is_quiet) {
        cox_out_line(ctx->out, "Node %s %s.", order->node, done);
    }
    return 0;
}

static const struct cox_xml *
find_with(const struct cox_xml *section, const char *element, const char *attribute, const char *value)
{
    const struct cox_xml *each = cox_xml_child(section, element);

    while (each != NULL && g_strcmp0(cox_xml_get(each, attribute), value) != 0) {
        each = cox_xml_next_named(each, element);
    }
    return each;
}

/* May this be confirmed?  Only a name that the configuration or the status knows, forced or not: for an id or a slip nobody has looked. */
static bool
check_confirmed(const struct cox_xml *root, const char *name, GError **error)
{
    const struct cox_xml *status = cox_section_find(root, "status");
    const struct cox_xml *of_id = find_with(cox_section_find(root, "nodes"), "node", "id", name);
    const char *uname = NULL;

    if (find_with(status, "node_state", "uname", name) != NULL) {
        return true;
    }
    of_id = (of_id != NULL) ? of_id : find_with(status, "node_state", "id", name);
    uname = (of_id == NULL) ? NULL : cox_xml_get(of_id, "uname");
    if (uname != NULL && !cox_nodefind_check(root, name, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is the id of node '%s', and only a name can be confirmed: cox fence confirm %s", name, uname, uname);
        return false;
    }
    return cox_nodefind_check(root, name, error);
}

/* Is it the name of a node?  With --force a fence agent may know one that the cluster does not. */
static bool
check_name(const struct cox_xml *root, const struct order *order, bool is_forced, GError **error)
{
    return order->is_confirmation ? check_confirmed(root, order->node, error) : is_forced || cox_nodefind_check(root, order->node, error);
}

static int
act(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const void *what)
{
    const struct order *order = what;
    const struct cox_settings *settings = ctx->settings;
    GError *error = NULL;
    g_autoptr(cox_state) state = cox_state_of(access, &error);
    const struct cox_xml *root = (state == NULL) ? NULL : cox_cib_access_visible(access, &error);
    int status = 0;

    if (root == NULL || !check_name(root, order, settings->is_forced, &error)) {
        return cox_tool_fail(ctx, error);
    }
    status = check(ctx, state, order);
    if (status != 0) {
        return status;
    }
    if (order->action != COX_FENCE_ON) {
        tell_losses(ctx, &state->plan->cluster, order->node);
    }
    if (settings->change.is_dry) {
        return (order->action == COX_FENCE_ON) ? 0 : show_without(ctx, root, order->node);
    }
    return send_order(ctx, cox_cib_access_runtime(access), order);
}

static int
run(struct cox_tool_ctx *ctx, const struct order *order)
{
    return cox_change_act(ctx, &((const struct cox_settings *) ctx->settings)->change, act, order);
}

int
cox_verb_fence_off(struct cox_tool_ctx *ctx, char **arguments)
{
    return run(ctx, &(struct order) { arguments[0], COX_FENCE_OFF, false });
}

int
cox_verb_fence_on(struct cox_tool_ctx *ctx, char **arguments)
{
    return run(ctx, &(struct order) { arguments[0], COX_FENCE_ON, false });
}

int
cox_verb_fence_reboot(struct cox_tool_ctx *ctx, char **arguments)
{
    return run(ctx, &(struct order) { arguments[0], COX_FENCE_REBOOT, false });
}

int
cox_verb_fence_confirm(struct cox_tool_ctx *ctx, char **arguments)
{
    return run(ctx, &(struct order) { arguments[0], COX_FENCE_OFF, true });
}
