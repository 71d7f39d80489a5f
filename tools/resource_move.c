/* tools/resource_move.c - crm_resource: move, ban and clear.  Layer 6. */
#include <string.h>

#include "admin/moving.h"
#include "base/datetime.h"
#include "base/duration.h"
#include "base/error.h"
#include "tools/resource_priv.h"
#include "view/rsc_view.h"

/* ---- where it is ---- */

/* Nodes on which the resource, or (with @promoted) its promoted instance, runs: how many, and the last of them. */
static size_t
count_nodes(const struct cox_cluster *cluster, guint32 rsc, bool promoted, guint32 *last)
{
    g_autofree bool *is_there = g_new0(bool, cluster->n_nodes + 1);
    guint32 end = cox_rsc_view_next(cluster, rsc);
    size_t n = 0;

    for (guint32 i = rsc; i < end; i++) {
        const struct cox_rsc_state *part = &cluster->rscs[i];

        for (size_t k = 0; part->variant == COX_PRIMITIVE && k < part->n_running_on; k++) {
            if ((!promoted || part->role == COX_ROLE_PROMOTED) && !is_there[part->running_on[k]]) {
                is_there[part->running_on[k]] = true;
                *last = part->running_on[k];
                n++;
            }
        }
    }
    return n;
}

static bool
is_promotable(const struct cox_cluster *cluster, guint32 rsc)
{
    while (rsc != COX_RSC_NONE) {
        if (cluster->rscs[rsc].is_promotable) {
            return true;
        }
        rsc = cluster->rscs[rsc].parent;
    }
    return false;
}

/* ---- constraints ---- */

/* When the constraint shall end, from --lifetime. */
static bool
find_end(struct cox_resource_call *call, char **until, GError **error)
{
    struct cox_duration duration;
    struct cox_datetime when;

    if (call->settings->lifetime == NULL) {
        return true;
    }
    if (!cox_duration_parse(call->settings->lifetime, &duration, error) || !cox_datetime_from_wall(call->state->now, 0, &when)
        || !cox_datetime_add(&when, &duration, error)) {
        if (*error == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "Invalid duration specified: %s", call->settings->lifetime);
        }
        return false;
    }
    *until = cox_datetime_format(&when, COX_DATETIME_CALENDAR);
    cox_out_line(call->ctx->out, "Migration will take effect until: %s", *until);
    return true;
}

static void
warn(struct cox_resource_call *call, const struct cox_moving *moving)
{
    struct cox_out *out = call->ctx->out;
    g_autofree char *id = cox_moving_id(moving->rsc, moving->node);

    if (call->ctx->is_quiet) {
        return;
    }
    cox_out_line(out, "WARNING: Creating rsc_location constraint '%s' with a score of -INFINITY for resource %s on %s.", id, moving->rsc,
                 moving->node);
    cox_out_line(out, "\tThis will prevent %s from %s on %s until the constraint is removed using the clear option or by editing the CIB "
                      "with an appropriate tool.",
                 moving->rsc, (moving->role == COX_ROLE_PROMOTED) ? "being promoted" : "running", moving->node);
    cox_out_line(out, "\tThis will be the case even if %s is the last node in the cluster", moving->node);
}

static int
ban(struct cox_resource_call *call, const char *node)
{
    g_autofree char *until = NULL;
    struct cox_moving moving = { .rsc = call->settings->rsc, .node = node,
                                 .role = call->settings->is_promoted ? COX_ROLE_PROMOTED : COX_ROLE_STARTED };
    GError *error = NULL;

    if (!find_end(call, &until, &error)) {
        return cox_resource_error(call, error);
    }
    moving.until = until;
    warn(call, &moving);
    return cox_resource_make(call, cox_moving_ban(&moving));
}

/* Away from where it is: that must be one place. */
static int
ban_from_here(struct cox_resource_call *call, const char *what)
{
    const struct cox_cluster *cluster = &call->state->plan->cluster;
    bool promotable = is_promotable(cluster, call->rsc);
    guint32 node = COX_NODE_NONE;
    size_t n = count_nodes(cluster, call->rsc, false, &node);
    size_t n_promoted = 0;

    if (n == 1) {
        return ban(call, cluster->nodes[node].name);
    }
    if (promotable) {
        n_promoted = count_nodes(cluster, call->rsc, true, &node);
        if (n_promoted == 1) {
            return ban(call, cluster->nodes[node].name);
        }
    }
    return cox_tool_usage(call->ctx,
                          "Resource '%s' not %s: active in %zu locations%s.\nTo prevent '%s' from running on a specific location, "
                          "specify a node.%s",
                          call->settings->rsc, what, n, promotable ? " (none or several of them promoted)" : "", call->settings->rsc,
                          promotable ? "\nTo prevent it from being promoted at a specific location, specify a node and the --promoted option."
                                     : "");
}

/* ---- commands ---- */

static int
refuse_instance(struct cox_resource_call *call)
{
    return cox_resource_fail(call, COX_ERROR_INVALID_PARAM, "Cannot operate on clone resource instance '%s'", call->settings->rsc);
}

/* "ping:1" exists only as an instance; constraints are for all of them. */
static bool
is_instance(const struct cox_resource_call *call)
{
    const struct cox_rsc_def *def = cox_resource_def(call);

    return def != NULL && strcmp(def->id, call->settings->rsc) != 0 && strchr(call->settings->rsc, ':') != NULL;
}

/* With @keeps (an id) all but that one, without a word. */
static int
clear_constraints(struct cox_resource_call *call, const char *node, const char *keeps)
{
    g_autoptr(GPtrArray) found = cox_moving_find(call->root, call->settings->rsc, node);
    g_autoptr(GPtrArray) steps = g_ptr_array_new();
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    int status = 0;

    for (guint i = 0; i < found->len; i++) {
        const char *end = cox_moving_end(found->pdata[i]);
        struct cox_datetime when;
        bool is_over = false;

        if (end != NULL && cox_datetime_parse(end, &(const struct cox_datetime_context) { .zone = call->state->zone }, &when, NULL)) {
            is_over = cox_datetime_to_wall(&when).usec < call->state->now.usec;
        }
        if ((!call->settings->only_expired || is_over) && (keeps == NULL || g_strcmp0(cox_xml_id(found->pdata[i]), keeps) != 0)) {
            g_ptr_array_add(steps, cox_moving_clear(found->pdata[i]));
            g_ptr_array_add(ids, g_strdup(cox_xml_id(found->pdata[i])));
        }
    }
    for (guint i = 0; i < steps->len; i++) {
        if (status != 0) {
            cox_step_free(steps->pdata[i]);
            continue;
        }
        status = cox_resource_make(call, steps->pdata[i]);
        if (status == 0 && keeps == NULL && !call->ctx->is_quiet) {
            cox_out_line(call->ctx->out, "Removing constraint: %s", (const char *) ids->pdata[i]);
        }
    }
    return status;
}

/* The constraint by which it was moved before, or NULL. */
static const struct cox_xml *
find_move(const struct cox_resource_call *call, const char *id)
{
    g_autoptr(GPtrArray) found = cox_moving_find(call->root, call->settings->rsc, NULL);

    for (guint i = 0; i < found->len; i++) {
        if (g_strcmp0(cox_xml_id(found->pdata[i]), id) == 0) {
            return found->pdata[i];
        }
    }
    return NULL;
}

/*
 * Never away in between, so that no plan is made without a place where it is to be.  What had an end goes to the new place with that, and
 * then for good: clients know it as two changes, by the counters of the document.
 */
static int
prefer_now(struct cox_resource_call *call, const struct cox_moving *moving, const char *old_end)
{
    struct cox_moving first = *moving;
    int status = 0;

    if (old_end != NULL) {
        first.until = old_end;
        status = cox_resource_make(call, cox_moving_prefer(&first));
    }
    return status == 0 ? cox_resource_make(call, cox_moving_prefer(moving)) : status;
}

/* Is it on the node of the settings, and nowhere else? */
static bool
is_there(const struct cox_resource_call *call)
{
    guint32 here = COX_NODE_NONE;

    return count_nodes(&call->state->plan->cluster, call->rsc, call->settings->is_promoted, &here) == 1 && here == call->node;
}

static int
move_to(struct cox_resource_call *call, const char *node)
{
    g_autofree char *until = NULL, *old_end = NULL, *prefer = cox_moving_id(call->settings->rsc, NULL);
    struct cox_moving moving = { .rsc = call->settings->rsc, .node = node,
                                 .role = call->settings->is_promoted ? COX_ROLE_PROMOTED : COX_ROLE_STARTED };
    const struct cox_xml *before = NULL;
    g_autofree char *reason = NULL;
    GError *error = NULL;
    int status = 0;

    if (is_there(call) && !call->settings->is_forced) {
        cox_out_error(call->ctx->out, "crm_resource: Error performing operation: %s", cox_error_text(COX_ERROR_EXISTS));
        reason = g_strdup_printf("%s is already %s on %s", call->settings->rsc, call->settings->is_promoted ? "promoted" : "active", node);
        cox_tool_reason(call->ctx, reason);
        return cox_error_exit_status(COX_ERROR_EXISTS);
    }
    before = find_move(call, prefer);
    moving.replaces = before != NULL;
    old_end = before == NULL ? NULL : g_strdup(cox_moving_end(before));
    status = clear_constraints(call, node, prefer);
    if (error == NULL && status == 0) {
        (void) find_end(call, &until, &error);
    }
    if (error != NULL) {
        return cox_resource_error(call, error);
    }
    moving.until = until;
    return (status != 0) ? status : prefer_now(call, &moving, old_end);
}

int
cox_resource_move(struct cox_resource_call *call)
{
    int status = 0;

    if (is_instance(call)) {
        return refuse_instance(call);
    }
    if (call->settings->node == NULL || is_there(call)) { /* the document is a moment behind what has been done, and the present place decides */
        status = cox_resource_read_anew(call);
    }
    if (status != 0) {
        return status;
    }
    return (call->settings->node == NULL) ? ban_from_here(call, "moved") : move_to(call, call->settings->node);
}

int
cox_resource_ban(struct cox_resource_call *call)
{
    int status = 0;

    if (is_instance(call)) {
        return refuse_instance(call);
    }
    if (call->settings->node != NULL) {
        return ban(call, call->settings->node);
    }
    status = cox_resource_read_anew(call);
    return status != 0 ? status : ban_from_here(call, "banned");
}

int
cox_resource_clear(struct cox_resource_call *call)
{
    return clear_constraints(call, call->settings->node, NULL);
}
