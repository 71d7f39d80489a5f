/* tools/cox_steer.c - verbs of cox that say where things run: start, stop, move, ban, clear, standby; attributes of nodes.  Layer 6. */
#include <string.h>

#include "admin/moving.h"
#include "admin/nodefind.h"
#include "admin/nvedit.h"
#include "admin/param.h"
#include "admin/rscedit.h"
#include "base/error.h"
#include "tools/cox_priv.h"
#include "tools/state.h"
#include "view/rsc_view.h"

/* What the words say; borrowed. */
struct order {
    char **words;
    const struct cox_settings *settings;
    const char *name, *value; /* of an attribute; NULL value: it is to go */
};

static int
change(struct cox_tool_ctx *ctx, cox_change_fn edit, const struct order *order)
{
    return cox_change_run(ctx, &((const struct cox_settings *) ctx->settings)->change, edit, order);
}

/* ---- start, stop ------------------------------------------------------------------------------------------ */

/* The element whose target-role counts for the resource: of one in a clone that may be the clone. */
static struct cox_xml *
find_target(const struct cox_xml *root, const char *id, GError **error)
{
    const struct cox_param_request request = { .rsc = id, .set_type = "meta_attributes", .name = "target-role" };
    struct cox_param_choice choice = { 0 };
    struct cox_xml *rsc = NULL;

    if (cox_rscedit_find(root, id, error) == NULL || !cox_param_choose(root, &request, &choice, error)) {
        return NULL;
    }
    rsc = cox_rscedit_find(root, cox_xml_id(choice.rsc), error);
    cox_param_choice_clear(&choice);
    return rsc;
}

static void
set_one(const struct cox_nvedit_home *home, const char *name, const char *value)
{
    struct cox_nvedit pair = { (char *) (guintptr) name, (char *) (guintptr) value }; /* only read */
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(pair));

    g_array_append_val(pairs, pair);
    cox_nvedit_apply(home, pairs);
}

static bool
edit_target(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    for (char **word = order->words; *word != NULL; word++) {
        struct cox_nvedit_home home = { find_target(root, *word, error), "meta_attributes", NULL };

        if (home.owner == NULL) {
            return false;
        }
        set_one(&home, "target-role", order->value);
    }
    return true;
}

int
cox_verb_start(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_target, &(struct order) { .words = arguments });
}

int
cox_verb_stop(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_target, &(struct order) { .words = arguments, .value = "Stopped" });
}

/* ---- nodes ------------------------------------------------------------------------------------------------ */

/* The set in which the field keeps attributes of a node. */
static char *
node_set_id(const struct cox_xml *node)
{
    return g_strdup_printf("nodes-%s", cox_xml_id(node));
}

static bool
edit_nodes(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    for (char **word = order->words; *word != NULL; word++) {
        struct cox_xml *node = cox_nodefind_element(root, *word, error);
        g_autofree char *set_id = (node == NULL) ? NULL : node_set_id(node);
        const struct cox_nvedit_home home = { node, "instance_attributes", set_id };

        if (node == NULL) {
            return false;
        }
        set_one(&home, order->name, order->value);
    }
    return true;
}

int
cox_verb_standby(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_nodes, &(struct order) { .words = arguments, .name = "standby", .value = "on" });
}

int
cox_verb_unstandby(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_nodes, &(struct order) { .words = arguments, .name = "standby" });
}

static bool
edit_node_pairs(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    struct cox_xml *node = cox_nodefind_element(root, order->words[0], error);
    g_autoptr(GArray) pairs = (node == NULL) ? NULL : cox_nvedit_parse_all(order->words + 1, error);
    bool is_utilization = strcmp(order->name, "utilization") == 0;
    g_autofree char *attributes = (node == NULL) ? NULL : node_set_id(node);
    g_autofree char *set_id = is_utilization ? g_strconcat(attributes, "-utilization", NULL) : g_strdup(attributes);
    const struct cox_nvedit_home home = { node, order->name, set_id };

    if (pairs == NULL || (is_utilization && !cox_nvedit_check_amounts(pairs, error))) {
        return false;
    }
    cox_nvedit_apply(&home, pairs);
    return true;
}

/* Without values, what is there. */
static int
show_node_pairs(struct cox_tool_ctx *ctx, const char *name, const char *set_type)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, &error);
    const struct cox_xml *root = (access == NULL) ? NULL : cox_cib_access_visible(access, &error);
    const struct cox_xml *node = (root == NULL) ? NULL : cox_nodefind_look(root, name, &error);

    if (error != NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_begin(ctx->out, "node", "name", name, NULL);
    for (const struct cox_xml *set = cox_xml_child(node, set_type); set != NULL; set = cox_xml_next_named(set, set_type)) {
        for (const struct cox_xml *pair = cox_xml_child(set, "nvpair"); pair != NULL; pair = cox_xml_next_named(pair, "nvpair")) {
            cox_out_leaf(ctx->out, "attribute", "name", cox_xml_get(pair, "name"), "value", cox_xml_get(pair, "value"), NULL);
            cox_out_line(ctx->out, "%s=%s", cox_xml_get(pair, "name"), cox_xml_get(pair, "value"));
        }
    }
    cox_out_end(ctx->out);
    return 0;
}

static int
node_pairs(struct cox_tool_ctx *ctx, char **arguments, const char *set_type)
{
    return (arguments[1] == NULL) ? show_node_pairs(ctx, arguments[0], set_type)
                                  : change(ctx, edit_node_pairs, &(struct order) { .words = arguments, .name = set_type });
}

int
cox_verb_node_attribute(struct cox_tool_ctx *ctx, char **arguments)
{
    return node_pairs(ctx, arguments, "instance_attributes");
}

int
cox_verb_node_utilization(struct cox_tool_ctx *ctx, char **arguments)
{
    return node_pairs(ctx, arguments, "utilization");
}

/* ---- move, ban, clear ------------------------------------------------------------------------------------- */

/* The node on which the resource (or its promoted instance) is, when it is on just one; the caller frees it. */
static char *
present_node(const struct cox_xml *root, const char *id, bool is_promoted, GError **error)
{
    g_autoptr(cox_state) state = cox_state_new(root, error);
    const struct cox_cluster *cluster = (state == NULL) ? NULL : &state->plan->cluster;
    guint32 found = COX_NODE_NONE;

    for (size_t i = 0; cluster != NULL && i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];
        bool is_part = false;

        for (guint32 up = (guint32) i; up != COX_RSC_NONE && !is_part; up = cluster->rscs[up].parent) {
            is_part = strcmp(cluster->rscs[up].short_id, id) == 0 || strcmp(cluster->rscs[up].id, id) == 0;
        }
        if (!is_part || rsc->variant != COX_PRIMITIVE || rsc->n_running_on == 0 || (is_promoted && rsc->role != COX_ROLE_PROMOTED)) {
            continue;
        }
        if (rsc->n_running_on > 1 || (found != COX_NODE_NONE && found != rsc->running_on[0])) {
            g_set_error(error, COX_ERROR, COX_ERROR_MULTIPLE, "resource '%s' is on several nodes: name the one that is meant", id);
            return NULL;
        }
        found = rsc->running_on[0];
    }
    if (cluster != NULL && found == COX_NODE_NONE) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "resource '%s' runs nowhere: name a node", id);
    }
    return (found == COX_NODE_NONE) ? NULL : g_strdup(cluster->nodes[found].name);
}

/* Put the constraint of @step where the one with its id is, or last. */
static void
place(struct cox_xml *root, struct cox_step *step)
{
    struct cox_xml *section = cox_rscedit_section(root, "constraints");
    struct cox_xml *old = cox_xml_child_with_id(section, NULL, cox_xml_id(cox_step_root(step)));

    if (old == NULL) {
        (void) cox_xml_add_copy(section, cox_step_root(step));
    } else {
        cox_xml_insert_before(section, cox_xml_copy(cox_step_root(step), section), old);
        cox_xml_free(old);
    }
    cox_step_free(step);
}

static void
remove_all(const GPtrArray *constraints)
{
    for (guint i = 0; i < constraints->len; i++) {
        cox_xml_free(constraints->pdata[i]);
    }
}

static bool
edit_place(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const char *node = order->words[1];
    bool is_move = strcmp(order->name, "move") == 0 && node != NULL;
    g_autofree char *present = NULL, *until = NULL;
    g_autoptr(GPtrArray) old = NULL;
    struct cox_moving moving = { .rsc = order->words[0],
                                 .role = order->settings->is_promoted ? COX_ROLE_PROMOTED : COX_ROLE_UNKNOWN };

    if (cox_rscedit_find(root, moving.rsc, error) == NULL || (node != NULL && !cox_nodefind_check(root, node, error))) {
        return false;
    }
    if (node == NULL) {
        present = present_node(root, moving.rsc, order->settings->is_promoted, error);
        node = present;
    }
    if (node == NULL || !cox_verb_end(order->settings->until, &until, error)) {
        return false;
    }
    moving.until = until;
    old = cox_moving_find(root, moving.rsc, is_move ? NULL : node);
    remove_all(old); /* what was wanted before must not stand against this */
    moving.node = node;
    place(root, is_move ? cox_moving_prefer(&moving) : cox_moving_ban(&moving));
    return true;
}

static bool
edit_clear(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const char *node = order->words[1];
    g_autoptr(GPtrArray) found = NULL;

    if (cox_rscedit_find(root, order->words[0], error) == NULL || (node != NULL && !cox_nodefind_check(root, node, error))) {
        return false;
    }
    found = cox_moving_find(root, order->words[0], node);
    remove_all(found);
    return true;
}

int
cox_verb_move(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_place, &(struct order) { .words = arguments, .settings = ctx->settings, .name = "move" });
}

int
cox_verb_ban(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_place, &(struct order) { .words = arguments, .settings = ctx->settings, .name = "ban" });
}

int
cox_verb_clear(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_clear, &(struct order) { .words = arguments });
}
