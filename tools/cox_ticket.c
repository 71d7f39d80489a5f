/* tools/cox_ticket.c - verbs of cox about tickets and utilization.  Layer 6. */
#include <string.h>

#include "admin/nvedit.h"
#include "admin/rscedit.h"
#include "admin/ticketedit.h"
#include "base/error.h"
#include "cib/section.h"
#include "tools/cox_priv.h"
#include "tools/state.h"

/* ---- tickets ---------------------------------------------------------------------------------------------- */

static bool
edit_ticket(struct cox_xml *root, const void *what, GError **error)
{
    return cox_ticketedit_run(root, what, error);
}

static int
act(struct cox_tool_ctx *ctx, enum cox_ticketedit_act which, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    const struct cox_ticketedit edit = { which, arguments[0], cox_tool_now(), settings->is_forced };

    return cox_change_run(ctx, &settings->change, edit_ticket, &edit);
}

int
cox_verb_ticket_grant(struct cox_tool_ctx *ctx, char **arguments)
{
    return act(ctx, COX_TICKETEDIT_GRANT, arguments);
}

int
cox_verb_ticket_revoke(struct cox_tool_ctx *ctx, char **arguments)
{
    return act(ctx, COX_TICKETEDIT_REVOKE, arguments);
}

int
cox_verb_ticket_standby(struct cox_tool_ctx *ctx, char **arguments)
{
    return act(ctx, COX_TICKETEDIT_STANDBY, arguments);
}

int
cox_verb_ticket_activate(struct cox_tool_ctx *ctx, char **arguments)
{
    return act(ctx, COX_TICKETEDIT_ACTIVATE, arguments);
}

int
cox_verb_ticket_forget(struct cox_tool_ctx *ctx, char **arguments)
{
    return act(ctx, COX_TICKETEDIT_FORGET, arguments);
}

/* What a constraint ties to the ticket, and what becomes of it without. */
static void
list_dependents(struct cox_out *out, const struct cox_xml *root, const char *ticket)
{
    const struct cox_xml *section = cox_section_find(root, "constraints");

    for (const struct cox_xml *one = cox_xml_child(section, "rsc_ticket"); one != NULL; one = cox_xml_next_named(one, "rsc_ticket")) {
        const char *policy = cox_xml_get(one, "loss-policy");

        policy = (policy != NULL) ? policy : "stop";
        if (g_strcmp0(cox_xml_get(one, "ticket"), ticket) != 0) {
            continue;
        }
        for (const struct cox_xml *xml = one; xml != NULL; xml = cox_xml_walk(xml, one)) {
            const char *rsc = cox_xml_is(xml, "resource_ref") ? cox_xml_id(xml) : cox_xml_get(xml, "rsc");

            if (rsc != NULL) {
                cox_out_leaf(out, "dependent", "resource", rsc, "constraint", cox_xml_id(one), "loss-policy", policy, NULL);
                cox_out_line(out, "%s: without it %s (%s)", rsc, policy, cox_xml_id(one));
            }
        }
    }
}

static void
list_ticket(struct cox_out *out, const struct cox_xml *root, const char *ticket)
{
    const struct cox_xml *state = cox_ticketedit_state(root, ticket);
    bool is_granted = state != NULL && g_strcmp0(cox_xml_get(state, "granted"), "true") == 0;
    bool is_standby = state != NULL && g_strcmp0(cox_xml_get(state, "standby"), "true") == 0;
    const char *when = (state == NULL) ? NULL : cox_xml_get(state, "last-granted");
    g_autoptr(GDateTime) time = (when == NULL) ? NULL : g_date_time_new_from_unix_local(g_ascii_strtoll(when, NULL, 10));
    g_autofree char *since = (time == NULL) ? NULL : g_date_time_format(time, "%Y-%m-%d %H:%M:%S");

    cox_out_begin(out, "ticket", "id", ticket, "granted", is_granted ? "true" : "false", "standby", is_standby ? "true" : "false",
                  "last-granted", when, NULL);
    cox_out_list_begin(out, "%s: %s%s%s%s", ticket, is_granted ? "granted" : "not granted", is_standby ? ", standby" : "",
                       (since != NULL) ? ", last granted " : "", (since != NULL) ? since : "");
    list_dependents(out, root, ticket);
    cox_out_list_end(out);
    cox_out_end(out);
}

int
cox_verb_ticket_list(struct cox_tool_ctx *ctx, char **arguments)
{
    struct cox_verb_view view;
    g_autoptr(GPtrArray) names = NULL;

    (void) arguments;
    if (!cox_verb_view_open(ctx, &view)) {
        return view.status;
    }
    names = cox_ticketedit_names(view.root);
    cox_out_begin(ctx->out, "tickets", NULL);
    for (guint i = 0; i < names->len; i++) {
        list_ticket(ctx->out, view.root, names->pdata[i]);
    }
    cox_out_end(ctx->out);
    if (names->len == 0 && !ctx->is_quiet) {
        cox_out_line(ctx->out, "There are no tickets.");
    }
    cox_verb_view_close(&view);
    return 0;
}

/* ---- utilization ------------------------------------------------------------------------------------------ */

static bool
edit_utilization(struct cox_xml *root, const void *what, GError **error)
{
    char *const *words = what;
    const struct cox_nvedit_home home = { cox_rscedit_find(root, words[0], error), "utilization", NULL };
    g_autoptr(GArray) pairs = (home.owner == NULL) ? NULL : cox_nvedit_parse_all(words + 1, error);

    if (pairs == NULL || !cox_nvedit_check_amounts(pairs, error)) {
        return false;
    }
    if (!cox_xml_is(home.owner, "primitive") && !cox_xml_is(home.owner, "template")) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is a %s: only single resources need something, name one that is in it", words[0],
                    cox_xml_name(home.owner));
        return false;
    }
    cox_nvedit_apply(&home, pairs);
    return true;
}

/* What one resource needs, as it is configured. */
static int
show_needs(struct cox_tool_ctx *ctx, const char *id)
{
    struct cox_verb_view view;
    GError *error = NULL;
    const struct cox_xml *rsc = NULL;

    if (!cox_verb_view_open(ctx, &view)) {
        return view.status;
    }
    rsc = cox_rscedit_find(view.root, id, &error);
    if (rsc == NULL) {
        cox_verb_view_close(&view);
        return cox_tool_fail(ctx, error);
    }
    cox_out_begin(ctx->out, "resource", "id", id, NULL);
    for (const struct cox_xml *set = cox_xml_child(rsc, "utilization"); set != NULL; set = cox_xml_next_named(set, "utilization")) {
        for (const struct cox_xml *pair = cox_xml_child(set, "nvpair"); pair != NULL; pair = cox_xml_next_named(pair, "nvpair")) {
            cox_out_leaf(ctx->out, "utilization", "name", cox_xml_get(pair, "name"), "value", cox_xml_get(pair, "value"), NULL);
            cox_out_line(ctx->out, "%s=%s", cox_xml_get(pair, "name"), cox_xml_get(pair, "value"));
        }
    }
    cox_out_end(ctx->out);
    cox_verb_view_close(&view);
    return 0;
}

int
cox_verb_resource_utilization(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;

    return (arguments[1] == NULL) ? show_needs(ctx, arguments[0]) : cox_change_run(ctx, &settings->change, edit_utilization, arguments);
}

static gint64
amount_of(const struct cox_nvlist *list, const char *name)
{
    const char *text = (list == NULL) ? NULL : cox_nvlist_get(list, name);

    return (text == NULL) ? 0 : g_ascii_strtoll(text, NULL, 10);
}

/* What is on the node now takes that much. */
static gint64
used_on(const struct cox_cluster *cluster, guint32 node, const char *name)
{
    gint64 sum = 0;

    for (size_t i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];

        for (size_t k = 0; rsc->variant == COX_PRIMITIVE && k < rsc->n_running_on; k++) {
            sum += (rsc->running_on[k] == node) ? amount_of(rsc->utilization, name) : 0;
        }
    }
    return sum;
}

static void
list_node(struct cox_out *out, const struct cox_cluster *cluster, guint32 index)
{
    const struct cox_node_state *node = &cluster->nodes[index];

    cox_out_begin(out, "node", "name", node->name, NULL);
    cox_out_list_begin(out, "node %s", node->name);
    for (size_t i = 0; node->utilization != NULL && i < node->utilization->n_pairs; i++) {
        const char *name = node->utilization->pairs[i].name;
        gint64 capacity = amount_of(node->utilization, name);
        gint64 used = used_on(cluster, index, name);
        g_autofree char *all = g_strdup_printf("%" G_GINT64_FORMAT, capacity);
        g_autofree char *taken = g_strdup_printf("%" G_GINT64_FORMAT, used);
        g_autofree char *left = g_strdup_printf("%" G_GINT64_FORMAT, capacity - used);

        cox_out_leaf(out, "capacity", "name", name, "value", all, "used", taken, "free", left, NULL);
        cox_out_line(out, "%s: %s of %s used, %s free", name, taken, all, left);
    }
    cox_out_list_end(out);
    cox_out_end(out);
}

static void
list_needs(struct cox_out *out, const struct cox_rsc_state *rsc)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (rsc->variant != COX_PRIMITIVE || rsc->utilization == NULL || rsc->utilization->n_pairs == 0) {
        return;
    }
    cox_out_begin(out, "resource", "id", rsc->id, NULL);
    for (size_t i = 0; i < rsc->utilization->n_pairs; i++) {
        const struct cox_nvpair *pair = &rsc->utilization->pairs[i];

        cox_out_leaf(out, "needs", "name", pair->name, "value", pair->value, NULL);
        g_string_append_printf(text, " %s=%s", pair->name, pair->value);
    }
    cox_out_end(out);
    cox_out_line(out, "resource %s needs%s", rsc->id, text->str);
}

int
cox_verb_utilization_list(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, &error);
    g_autoptr(cox_state) state = (access == NULL) ? NULL : cox_state_of(access, &error);
    const struct cox_xml *root = (state == NULL) ? NULL : cox_cib_access_visible(access, &error);
    const struct cox_nvedit_home home = { (root == NULL) ? NULL : cox_section_find(root, "crm_config"), "cluster_property_set", NULL };
    const char *strategy = NULL;

    (void) arguments;
    if (root == NULL) {
        return cox_tool_fail(ctx, error);
    }
    strategy = (home.owner == NULL) ? NULL : cox_nvedit_get(&home, "placement-strategy");
    strategy = (strategy != NULL) ? strategy : "default";
    cox_out_begin(ctx->out, "utilizations", "placement-strategy", strategy, NULL);
    if (!ctx->is_quiet) {
        cox_out_line(ctx->out, "Utilization %s (placement-strategy=%s)%s", (strcmp(strategy, "default") == 0) ? "does not count" : "counts", strategy,
                     (strcmp(strategy, "default") == 0) ? ": cox property set placement-strategy=balanced, utilization or minimal" : "");
    }
    for (guint32 i = 0; i < state->plan->cluster.n_nodes; i++) {
        list_node(ctx->out, &state->plan->cluster, i);
    }
    for (size_t i = 0; i < state->plan->cluster.n_rscs; i++) {
        list_needs(ctx->out, &state->plan->cluster.rscs[i]);
    }
    cox_out_end(ctx->out);
    return 0;
}
