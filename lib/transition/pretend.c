/* lib/transition/pretend.c - changes of the status as if something had happened: results, nodes, tickets.  Layer 3, pure. */
#include "transition/pretend.h"

#include <string.h>

#define ORIGIN "crm_simulate"
#define FEATURE_SET "3.20.0"
/* Marks results that no daemon reported: no transition has this number and no cluster this id. */
#define NO_TRANSITION "-1"
#define NO_UUID "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"

static bool
has_history(const struct cox_node_status *node, const char *name)
{
    const struct cox_rsc_history *history = cox_status_rsc(node, name);

    return history != NULL && history->n_ops > 0;
}

const char *
cox_pretend_history_name(const struct cox_node_status *node, const struct cox_pretend_rsc *rsc)
{
    if (rsc->long_id == NULL) {
        return rsc->id;
    }
    if (rsc->is_recorded && has_history(node, rsc->id)) {
        return rsc->id;
    }
    if (has_history(node, rsc->long_id) || (cox_status_rsc(node, rsc->long_id) != NULL && !has_history(node, rsc->id))) {
        return rsc->long_id;
    }
    return (rsc->is_short || cox_status_rsc(node, rsc->id) != NULL) ? rsc->id : rsc->long_id;
}

/* Call ids grow with each operation on a node; the history's order is read from them. */
static int
next_call_id(const struct cox_rsc_history *history)
{
    int highest = 0;

    for (guint32 i = 0; i < history->n_ops; i++) {
        highest = MAX(highest, history->ops[i].call_id);
    }
    return highest + 1;
}

static bool
has_failed(const struct cox_pretend_result *result)
{
    if (result->status == COX_OP_STATUS_PENDING || result->status == COX_OP_STATUS_CANCELLED) {
        return false;
    }
    return result->status != COX_OP_STATUS_DONE || result->rc != result->target_rc;
}

/* Entries have one id for the last state-changing operation, one per recurring operation and one for the last failure. */
static const char *
entry_id(struct cox_arena *arena, const char *rsc, const struct cox_pretend_result *result, const char *key)
{
    if (g_str_has_prefix(result->task, "migrate_")) {
        return key;
    }
    if (has_failed(result)) {
        return cox_arena_printf(arena, "%s_last_failure_0", rsc);
    }
    return (result->interval_ms > 0) ? key : cox_arena_printf(arena, "%s_last_0", rsc);
}

/*
 * A migration that was expected here is over once the resource was stopped or started here: the controller takes its entry back then
 * (control/oplog.h), and a plan that still saw it would stop the resource for ever.
 */
static void
end_expectation(struct cox_status *status, struct cox_rsc_history *history, const struct cox_pretend_result *result)
{
    bool is_done = result->status != COX_OP_STATUS_PENDING && result->status != COX_OP_STATUS_CANCELLED;
    bool tells = strcmp(result->task, "start") == 0 || (strcmp(result->task, "stop") == 0 && !has_failed(result));

    for (guint32 i = 0; is_done && tells && i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (op->status == COX_OP_STATUS_PENDING && g_strcmp0(op->operation, "migrate_from") == 0) {
            (void) cox_status_op_remove(status, history, op->id);
            return;
        }
    }
}

/* The history called @name; what another agent did is not kept in it. */
static struct cox_rsc_history *
of_this_agent(struct cox_status *status, struct cox_node_status *node, const char *name, const struct cox_pretend_rsc *rsc)
{
    const struct cox_rsc_history *known = cox_status_rsc(node, name);

    if (known != NULL && known->type != NULL && rsc->type != NULL
        && (g_strcmp0(known->type, rsc->type) != 0 || g_strcmp0(known->provider, rsc->provider) != 0)) {
        cox_status_rsc_remove(node, name);
    }
    return cox_status_rsc_ensure(status, node, name);
}

const char *
cox_pretend_result(struct cox_status *status, struct cox_node_status *node, const struct cox_pretend_rsc *rsc,
                   const struct cox_pretend_result *result)
{
    struct cox_arena *arena = status->arena;
    const char *name = cox_arena_intern(arena, cox_pretend_history_name(node, rsc));
    struct cox_rsc_history *history = of_this_agent(status, node, name, rsc);
    struct cox_op_history op = { .crm_debug_origin = ORIGIN, .crm_feature_set = FEATURE_SET };

    if (history->type == NULL) {
        cox_status_rsc_agent_set(status, history, rsc->standard, rsc->provider, rsc->type);
    }
    op.call_id = next_call_id(history);
    op.operation = cox_arena_intern(arena, cox_status_op_recorded(result->task, result->status == COX_OP_STATUS_DONE && result->rc == 0));
    op.operation_key = cox_arena_printf(arena, "%s_%s_%" G_GINT64_FORMAT, name, op.operation, result->interval_ms);
    op.id = entry_id(arena, name, result, op.operation_key);
    op.transition_key = cox_arena_printf(arena, "%d:" NO_TRANSITION ":%d:" NO_UUID, op.call_id, result->target_rc);
    op.transition_magic = cox_arena_printf(arena, "%d:%d;%s", result->status, result->rc, op.transition_key);
    op.on_node = node->uname;
    op.op_digest = (result->digest != NULL) ? cox_arena_strdup(arena, result->digest) : NULL;
    op.exit_reason = has_failed(result) ? "Simulated action result" : "";
    op.interval_ms = result->interval_ms;
    op.rc = result->rc;
    op.target_rc = result->target_rc;
    op.status = result->status;
    op.has_last_rc_change = true;
    op.last_rc_change_s = cox_wall_seconds(result->now);
    op.has_exec_time = op.has_queue_time = true;
    op.migrate_source = cox_arena_intern(arena, result->migrate_source);
    op.migrate_target = cox_arena_intern(arena, result->migrate_target);
    end_expectation(status, history, result);
    cox_status_op_put(status, history, &op);
    return name;
}

/* ---- nodes ------------------------------------------------------------------------------------------------ */

static struct cox_node_status *
set_node(struct cox_status *status, const char *id, const char *uname, bool is_up)
{
    struct cox_node_status *node = cox_status_node_ensure(status, id, uname);

    node->in_ccm = is_up ? "true" : "false";
    node->crmd = is_up ? "online" : "offline";
    node->join = is_up ? "member" : "down";
    node->expected = is_up ? "member" : "down";
    node->crm_debug_origin = ORIGIN;
    return node;
}

void
cox_pretend_node_up(struct cox_status *status, const char *id, const char *uname)
{
    (void) set_node(status, id, uname, true);
}

void
cox_pretend_node_lost(struct cox_status *status, const char *id, const char *uname)
{
    set_node(status, id, uname, false)->expected = "member";
}

void
cox_pretend_node_forgotten(struct cox_node_status *node)
{
    g_ptr_array_set_size(node->resources, 0);
    node->n_moves++;
    g_array_set_size(node->attr_sets, 0);
    g_array_set_size(node->utilization_sets, 0);
    node->has_lrm = false;
}

void
cox_pretend_node_fenced(struct cox_status *status, const char *id, const char *uname)
{
    cox_pretend_node_forgotten(set_node(status, id, uname, false));
}

void
cox_pretend_node_down(struct cox_status *status, const char *id, const char *uname)
{
    cox_pretend_node_forgotten(set_node(status, id, uname, false));
}

/* ---- failures --------------------------------------------------------------------------------------------- */

void
cox_pretend_node_unfenced(struct cox_status *status, const char *id, const char *uname,
                          const struct cox_pretend_unfencing *unfencing)
{
    struct cox_node_status *node = cox_status_node_ensure(status, id, uname);

    cox_status_attr_set(status, node, "#node-unfenced",
                        cox_arena_printf(status->arena, "%" G_GINT64_FORMAT, cox_wall_seconds(unfencing->now)));
    cox_status_attr_set(status, node, "#digests-all", unfencing->digests_all);
    cox_status_attr_set(status, node, "#digests-secure", unfencing->digests_secure);
}

static const char *
transient_attribute(const struct cox_node_status *node, const char *name)
{
    for (guint i = 0; i < node->attr_sets->len; i++) {
        const struct cox_nvset *set = &g_array_index(node->attr_sets, struct cox_nvset, i);

        for (size_t k = 0; k < set->n_pairs; k++) {
            if (strcmp(set->pairs[k].name, name) == 0) {
                return set->pairs[k].value;
            }
        }
    }
    return NULL;
}

void
cox_pretend_failure(struct cox_status *status, struct cox_node_status *node, const char *rsc,
                    const struct cox_pretend_result *result)
{
    const char *count_name = cox_arena_printf(status->arena, "fail-count-%s#%s_%" G_GINT64_FORMAT, rsc, result->task,
                                              result->interval_ms);
    const char *time_name = cox_arena_printf(status->arena, "last-failure-%s#%s_%" G_GINT64_FORMAT, rsc, result->task,
                                             result->interval_ms);
    const char *old = transient_attribute(node, count_name);
    cox_score count = 0;
    char buffer[COX_SCORE_TEXT_BYTES];

    if (old != NULL) {
        (void) cox_score_parse(old, &count, NULL);
    }
    count = cox_score_add(count, 1);
    cox_status_attr_set(status, node, count_name, cox_score_format(count, buffer));
    cox_status_attr_set(status, node, time_name,
                        cox_arena_printf(status->arena, "%" G_GINT64_FORMAT, cox_wall_seconds(result->now)));
}

static const char *
first_of_failures(const struct cox_node_status *node, const char *rsc)
{
    for (guint i = 0; i < node->attr_sets->len; i++) {
        const struct cox_nvset *set = &g_array_index(node->attr_sets, struct cox_nvset, i);

        for (size_t k = 0; k < set->n_pairs; k++) {
            if (cox_status_is_failure(set->pairs[k].name, rsc)) {
                return set->pairs[k].name;
            }
        }
    }
    return NULL;
}

/* Is it the name of a resource, or that of an instance which shares the counts of the others, whatever its number is? */
static bool
is_called(const char *name, const char *rsc)
{
    size_t length = strlen(rsc);

    return g_str_has_prefix(name, rsc)
           && (name[length] == '\0' || (name[length] == ':' && name[length + 1 + strspn(name + length + 1, "0123456789")] == '\0'));
}

void
cox_pretend_failures_cleared(struct cox_status *status, struct cox_node_status *node, const struct cox_pretend_rsc *rsc)
{
    for (const char *attr = first_of_failures(node, rsc->id); attr != NULL; attr = first_of_failures(node, rsc->id)) {
        cox_status_attr_set(status, node, attr, NULL);
    }
    for (guint i = 0; i < node->resources->len; i++) {
        struct cox_rsc_history *history = g_ptr_array_index(node->resources, i);
        g_autofree char *failure = g_strdup_printf("%s_last_failure_0", history->id);

        if (is_called(history->id, rsc->id)) {
            (void) cox_status_op_remove(status, history, failure);
        }
    }
}
