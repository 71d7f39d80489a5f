/* lib/transition/transition.c - the engine that carries out a graph: results in, next actions out.  Layer 3, pure. */
#include "transition/transition.h"

struct cox_transition {
    const struct cox_graph *graph;
    guint32 batch_limit;
    gint32 abort_priority;   /* actions below it are no longer started */
    guint8 *state;           /* enum cox_action_state by action */
    guint32 *missing_inputs; /* inputs not done, by action */
    guint32 *first_user;     /* users of action a: users[first_user[a]] to users[first_user[a + 1] - 1] */
    guint32 *users;
    GArray *ready;           /* guint32: startable, in ascending order */
    guint32 n_started;
};

/* Inverse of the inputs as one array with offsets. */
static void
index_users(struct cox_transition *transition)
{
    const struct cox_graph *graph = transition->graph;
    guint32 *next = NULL;

    transition->first_user = g_new0(guint32, graph->n_actions + 1);
    for (size_t a = 0; a < graph->n_actions; a++) {
        for (size_t i = 0; i < graph->actions[a].n_inputs; i++) {
            transition->first_user[graph->actions[a].inputs[i] + 1]++;
        }
    }
    for (size_t a = 0; a < graph->n_actions; a++) {
        transition->first_user[a + 1] += transition->first_user[a];
    }
    transition->users = g_new(guint32, transition->first_user[graph->n_actions] + 1);
    next = g_new(guint32, graph->n_actions + 1);
    for (size_t a = 0; a < graph->n_actions; a++) {
        next[a] = transition->first_user[a];
    }
    for (size_t a = 0; a < graph->n_actions; a++) {
        for (size_t i = 0; i < graph->actions[a].n_inputs; i++) {
            transition->users[next[graph->actions[a].inputs[i]]++] = (guint32) a;
        }
    }
    g_free(next);
}

struct cox_transition *
cox_transition_new(const struct cox_graph *graph, guint32 batch_limit)
{
    struct cox_transition *transition = g_new0(struct cox_transition, 1);

    transition->graph = graph;
    transition->batch_limit = batch_limit;
    transition->abort_priority = G_MININT32;
    transition->state = g_new0(guint8, graph->n_actions + 1);
    transition->missing_inputs = g_new0(guint32, graph->n_actions + 1);
    transition->ready = g_array_new(FALSE, FALSE, sizeof(guint32));
    index_users(transition);
    for (guint32 a = 0; a < graph->n_actions; a++) {
        transition->missing_inputs[a] = (guint32) graph->actions[a].n_inputs;
        if (transition->missing_inputs[a] == 0) {
            g_array_append_val(transition->ready, a);
        }
    }
    return transition;
}

void
cox_transition_free(struct cox_transition *transition)
{
    if (transition == NULL) {
        return;
    }
    g_free(transition->state);
    g_free(transition->missing_inputs);
    g_free(transition->first_user);
    g_free(transition->users);
    g_array_free(transition->ready, TRUE);
    g_free(transition);
}

static gint
compare_ids(gconstpointer a, gconstpointer b)
{
    guint32 first = *(const guint32 *) a;
    guint32 second = *(const guint32 *) b;

    return (first > second) - (first < second);
}

static void
finish(struct cox_transition *transition, guint32 action, bool is_expected)
{
    guint before = transition->ready->len;

    if (action >= transition->graph->n_actions || transition->state[action] != COX_ACTION_STARTED) {
        return;
    }
    transition->n_started--;
    if (!is_expected) {
        transition->state[action] = COX_ACTION_FAILED;
        transition->abort_priority = MAX(transition->abort_priority, COX_SCORE_INFINITY);
        return;
    }
    transition->state[action] = COX_ACTION_DONE;
    for (guint32 i = transition->first_user[action]; i < transition->first_user[action + 1]; i++) {
        guint32 user = transition->users[i];

        if (--transition->missing_inputs[user] == 0 && transition->state[user] == COX_ACTION_WAITING) {
            g_array_append_val(transition->ready, user);
        }
    }
    if (transition->ready->len > before) {
        g_array_sort(transition->ready, compare_ids);
    }
}

static void
begin_ahead(struct cox_transition *transition, guint32 action)
{
    if (action < transition->graph->n_actions && transition->state[action] == COX_ACTION_WAITING && transition->missing_inputs[action] > 0) {
        transition->state[action] = COX_ACTION_STARTED;
        transition->n_started++;
    }
}

/* Start what is ready, within the limit; what an abort forbids leaves the list for good. */
static void
start_ready(struct cox_transition *transition, struct cox_transition_effects *effects)
{
    guint kept = 0;

    for (guint i = 0; i < transition->ready->len; i++) {
        guint32 action = g_array_index(transition->ready, guint32, i);

        if (transition->graph->actions[action].priority < transition->abort_priority) {
            continue;
        }
        if (transition->batch_limit > 0 && transition->n_started >= transition->batch_limit) {
            g_array_index(transition->ready, guint32, kept++) = action;
            continue;
        }
        transition->state[action] = COX_ACTION_STARTED;
        transition->n_started++;
        g_array_append_val(effects->start, action);
    }
    g_array_set_size(transition->ready, kept);
    effects->is_complete = (transition->n_started == 0 && kept == 0);
}

void
cox_transition_step(struct cox_transition *transition, const struct cox_transition_event *event,
                    struct cox_transition_effects *effects)
{
    switch (event->kind) {
        case COX_TRANSITION_RUN:
            break;
        case COX_TRANSITION_RESULT:
            finish(transition, event->action, event->is_expected);
            break;
        case COX_TRANSITION_AHEAD:
            begin_ahead(transition, event->action);
            break;
        case COX_TRANSITION_ABORT:
            transition->abort_priority = MAX(transition->abort_priority, event->priority);
            break;
    }
    start_ready(transition, effects);
}

enum cox_action_state
cox_transition_action(const struct cox_transition *transition, guint32 action)
{
    return (enum cox_action_state) transition->state[action];
}

const guint32 *
cox_transition_users(const struct cox_transition *transition, guint32 action, size_t *n)
{
    *n = transition->first_user[action + 1] - transition->first_user[action];
    return transition->users + transition->first_user[action];
}

struct cox_transition_counts
cox_transition_count(const struct cox_transition *transition)
{
    struct cox_transition_counts counts = { 0, 0, 0, 0 };

    for (size_t a = 0; a < transition->graph->n_actions; a++) {
        switch (cox_transition_action(transition, (guint32) a)) {
            case COX_ACTION_WAITING:
                counts.n_waiting++;
                break;
            case COX_ACTION_STARTED:
                counts.n_started++;
                break;
            case COX_ACTION_DONE:
                counts.n_done++;
                break;
            case COX_ACTION_FAILED:
                counts.n_failed++;
                break;
        }
    }
    return counts;
}
