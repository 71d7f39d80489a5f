/* lib/transition/conductfollow.c - actions that are ordered before their inputs are done: their executor waits for these.  Layer 3, pure. */
#include "transition/conduct_priv.h"

/* Each of them ends with code 0 as wanted, and is no migration: what a member of a group waits for, or has others wait for. */
static bool
is_plain(const struct cox_action *action)
{
    static const char *const tasks[] = { "start", "stop", "promote", "demote", NULL };

    return action->kind == COX_ACTION_RSC && action->interval_ms == 0 && action->router_node == NULL && action->node_name != NULL
           && action->rsc_id != NULL && g_strv_contains(tasks, action->task);
}

/* What is in flight for this action, if an executor may wait for it; else NULL. */
static struct flight *
flight_for(const struct cox_conduct *conduct, guint32 index)
{
    for (guint i = 0; i < conduct->flights->len; i++) {
        struct flight *flight = conduct->flights->pdata[i];

        if (flight->action == index) {
            return flight->is_withdrawn ? NULL : flight;
        }
    }
    return NULL;
}

/* Is all that @action still waits for in flight at its own executor?  Appended to @after. */
static bool
may_follow(const struct cox_conduct *conduct, const struct cox_action *action, GPtrArray *after)
{
    for (size_t i = 0; i < action->n_inputs; i++) {
        const struct cox_action *input = &conduct->graph->actions[action->inputs[i]];
        struct flight *flight = NULL;

        if (cox_transition_action(conduct->transition, action->inputs[i]) == COX_ACTION_DONE) {
            continue;
        }
        flight = is_plain(input) ? flight_for(conduct, action->inputs[i]) : NULL;
        if (flight == NULL || g_strcmp0(flight->place, action->node_name) != 0 || g_strcmp0(flight->rsc_id, action->rsc_id) == 0) {
            return false;
        }
        g_ptr_array_add(after, flight);
    }
    return after->len > 0;
}

static bool
takes_followers(const struct cox_conduct *conduct, const char *place)
{
    return g_hash_table_contains(conduct->takers, place) && !g_hash_table_contains(conduct->balking, place);
}

static bool
may_begin(const struct cox_conduct *conduct, guint32 index, GPtrArray *after)
{
    const struct cox_action *action = &conduct->graph->actions[index];

    return cox_transition_action(conduct->transition, index) == COX_ACTION_WAITING && is_plain(action) && action->priority >= conduct->abort_priority
           && takes_followers(conduct, action->node_name) && may_follow(conduct, action, after);
}

/* What waits for this action, which is in flight; appended to @queue when that is in flight now, too. */
static void
begin_users(struct cox_conduct *conduct, guint32 index, conduct_begin_fn begin, const struct conduct_now *now, GArray *queue)
{
    size_t n = 0;
    const guint32 *users = cox_transition_users(conduct->transition, index, &n);

    for (size_t i = 0; i < n; i++) {
        g_autoptr(GPtrArray) after = g_ptr_array_new();

        if (may_begin(conduct, users[i], after) && begin(conduct, users[i], after, now)) {
            cox_transition_step(conduct->transition, &(struct cox_transition_event) { COX_TRANSITION_AHEAD, users[i], false, 0 },
                                &(struct cox_transition_effects) { conduct->waiting, false });
            g_array_append_val(queue, users[i]);
        }
    }
}

void
cox_conduct_begin_followers(struct cox_conduct *conduct, conduct_begin_fn begin, const struct conduct_now *now)
{
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint i = 0; i < conduct->flights->len && g_hash_table_size(conduct->takers) > 0; i++) {
        const struct flight *flight = conduct->flights->pdata[i];

        if (flight->action != NO_ACTION && is_plain(&conduct->graph->actions[flight->action])) {
            g_array_append_val(queue, flight->action);
        }
    }
    for (guint i = 0; i < queue->len; i++) {
        begin_users(conduct, g_array_index(queue, guint32, i), begin, now, queue);
    }
}

bool
cox_conduct_is_follower(const struct flight *flight)
{
    return flight->after != NULL && flight->after->len > 0;
}

bool
cox_conduct_waits_for(const struct flight *flight, const GPtrArray *after)
{
    for (guint i = 0; i < after->len; i++) {
        if (flight->after == NULL || !g_ptr_array_find(flight->after, after->pdata[i], NULL)) {
            return false;
        }
    }
    return true;
}

void
cox_conduct_forget_flight(struct cox_conduct *conduct, struct flight *gone, bool is_ok)
{
    for (guint i = 0; i < conduct->flights->len; i++) {
        struct flight *flight = conduct->flights->pdata[i];

        if (flight->after != NULL && g_ptr_array_remove(flight->after, gone)) {
            flight->is_vain = flight->is_vain || !is_ok;
        }
    }
    g_ptr_array_remove(conduct->flights, gone);
}

void
cox_conduct_note_return(struct cox_conduct *conduct, const struct flight *flight)
{
    if (flight->after != NULL && !flight->is_vain && !flight->is_withdrawn) {
        g_hash_table_add(conduct->balking, g_strdup(flight->place));
    }
}
