/* tools/settle.c - wait until the running cluster has nothing left to do.  Layer 6. */
#include "tools/settle.h"

#include <string.h>

#include "base/error.h"
#include "follow/follow.h"
#include "tools/daemon.h"
#include "tools/state.h"

/* UNSAID_MS: a coordinator writes at once who has come; after that, he is not let in. */
enum { WRITTEN_MS = 5000, ASK_AGAIN_MS = 200, UNSAID_MS = 5000 };

/* Following the document until it says that there is nothing to do. */
struct settling {
    const struct cox_settle *settle;
    bool is_new;
    bool is_late;
    bool is_idle;         /* as the document says; then the controller is asked, again and again */
    bool are_monitors;    /* what is left */
    bool is_patience_over; /* for these */
    cox_source_id patience;
    cox_usec unsaid_until;
    cox_source_id timer;  /* for the next question */
    GError *problem;
};

static void
on_changed(void *context, const struct cox_follow_news *news)
{
    struct settling *settling = context;

    (void) news;
    settling->is_new = true;
}

static void
on_lost(void *context, const GError *problem)
{
    struct settling *settling = context;

    if (settling->problem == NULL) {
        settling->problem = g_error_copy(problem);
    }
}

static void
on_time(void *context)
{
    *(bool *) context = true;
}

/* ---- what is left ----------------------------------------------------------------------------------------- */

char *
cox_settle_pending(const struct cox_xml *root, bool *are_monitors, GError **error)
{
    g_autoptr(cox_state) state = cox_state_new_trusted(root, error);
    g_autoptr(cox_plan) plan = (state == NULL) ? NULL : cox_state_plan(state);
    g_autoptr(GString) text = g_string_new(NULL);
    bool are_all = true;

    for (size_t i = 0; plan != NULL && i < plan->graph.n_actions; i++) {
        const struct cox_action *action = &plan->graph.actions[i];

        if (action->kind != COX_ACTION_PSEUDO) {
            are_all = are_all && action->interval_ms > 0 && strcmp(action->task, "monitor") == 0;
            g_string_append_printf(text, "\tAction %u: %s\ton %s\n", action->id, (action->key != NULL) ? action->key : action->task,
                                   (action->node_name != NULL) ? action->node_name : "the cluster");
        }
    }
    if (are_monitors != NULL) {
        *are_monitors = are_all && text->len > 0;
    }
    return (text->len == 0) ? NULL : g_string_free(g_steal_pointer(&text), FALSE);
}

static enum cox_settle_crew
crew_of(const struct cox_xml *status, const struct cox_msg_control_node *node)
{
    g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, node->id);
    const struct cox_xml *state = cox_xml_child_with_id(status, "node_state", id);

    if (g_strcmp0(node->state, "member") != 0) {
        return COX_SETTLE_COMPLETE;
    }
    if (state == NULL || g_strcmp0(cox_xml_get(state, "crmd"), "online") != 0) {
        return COX_SETTLE_UNSAID;
    }
    return g_strcmp0(cox_xml_get(state, "join"), "pending") == 0 ? COX_SETTLE_JOINING : COX_SETTLE_COMPLETE;
}

enum cox_settle_crew
cox_settle_crew(const struct cox_xml *root, const struct cox_msg_control_state *state, GString *text)
{
    const struct cox_xml *status = cox_xml_child(root, "status");
    enum cox_settle_crew all = COX_SETTLE_COMPLETE;

    if (state->coordinator == NULL) {
        g_string_append(text, "\tElection of a coordinator\n");
        return COX_SETTLE_JOINING;
    }
    for (gsize i = 0; i < state->n_nodes; i++) {
        enum cox_settle_crew one = status == NULL ? COX_SETTLE_UNSAID : crew_of(status, &state->nodes[i]);

        if (one == COX_SETTLE_UNSAID && state->nodes[i].id == state->id) { /* nothing is said of anybody before all have reported in the beginning */
            one = COX_SETTLE_JOINING;
        }
        if (one != COX_SETTLE_COMPLETE) {
            g_string_append_printf(text, "\tNode %s: has not joined\n", state->nodes[i].name == NULL ? "?" : state->nodes[i].name);
        }
        all = all == COX_SETTLE_JOINING || one == COX_SETTLE_COMPLETE ? all : one;
    }
    return all;
}

/* ---- wait ------------------------------------------------------------------------------------------------- */

void
cox_settle_write(struct cox_runtime *runtime, const char *program)
{
    const struct cox_msg_control_refresh nothing = { .rsc_id = "", .only_failed = true };
    const struct cox_daemon_question question
        = { COX_DAEMON_CONTROL, program, COX_MSG_CONTROL_REFRESH, &nothing, COX_MSG_DONE, WRITTEN_MS };
    struct cox_arena *arena = cox_arena_new();

    (void) cox_daemon_ask(runtime, &question, arena, NULL);
    cox_arena_free(arena);
}

static void
on_ask_again(void *context)
{
    ((struct settling *) context)->timer = 0;
}

/* A controller that is away says nothing: the document decides alone. */
static bool
is_complete(struct settling *settling, struct cox_follow *follow, char **pending)
{
    static const struct cox_msg_control_query nothing;
    struct cox_runtime *runtime = settling->settle->runtime;
    const struct cox_daemon_question question
        = { COX_DAEMON_CONTROL, settling->settle->program, COX_MSG_CONTROL_QUERY, &nothing, COX_MSG_CONTROL_STATE, WRITTEN_MS };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_control_state *state = cox_daemon_ask(runtime, &question, arena, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    enum cox_settle_crew crew
        = state == NULL ? COX_SETTLE_COMPLETE : cox_settle_crew(cox_cib_root(cox_follow_cib(follow)), state, text);
    cox_usec now = cox_runtime_now(runtime);

    if (crew != COX_SETTLE_UNSAID) {
        settling->unsaid_until = COX_USEC_NEVER;
    } else if (!cox_usec_is_set(settling->unsaid_until)) {
        settling->unsaid_until = cox_usec_after_ms(now, UNSAID_MS);
    }
    g_clear_pointer(pending, g_free);
    if (crew == COX_SETTLE_COMPLETE || cox_usec_is_due(settling->unsaid_until, now)) {
        return !settling->is_new; /* what has come while it was asked counts */
    }
    *pending = g_strdup(text->str);
    settling->timer = cox_runtime_timer(runtime, cox_usec_after_ms(now, ASK_AGAIN_MS), on_ask_again, settling);
    return false;
}

/* What fails again and again has not more time the next time. */
static void
be_patient(struct settling *settling)
{
    struct cox_runtime *runtime = settling->settle->runtime;

    if (settling->are_monitors && settling->patience == 0) {
        settling->patience = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), settling->settle->monitors_ms), on_time,
                                               &settling->is_patience_over);
    }
}

/* Is there nothing left in the newest document, and nobody on his way?  A problem of reading it ends the wait. */
static bool
is_settled(struct settling *settling, struct cox_follow *follow, char **pending, GError **error)
{
    if (settling->is_new) {
        settling->is_new = false;
        cox_runtime_cancel(settling->settle->runtime, settling->timer);
        settling->timer = 0;
        g_clear_pointer(pending, g_free);
        *pending = cox_settle_pending(cox_cib_root(cox_follow_cib(follow)), &settling->are_monitors, error);
        settling->is_idle = *pending == NULL;
        be_patient(settling);
    }
    settling->is_idle = settling->is_idle || (settling->are_monitors && (settling->is_patience_over || settling->is_late));
    if (*error != NULL || !settling->is_idle) {
        return *error != NULL;
    }
    return settling->timer == 0 && is_complete(settling, follow, pending);
}

static bool
follow_until_settled(struct settling *settling, struct cox_follow *follow, char **pending, GError **error)
{
    struct cox_runtime *runtime = settling->settle->runtime;
    GError *problem = NULL;

    for (;;) {
        if (is_settled(settling, follow, pending, &problem)) {
            if (problem != NULL) {
                g_propagate_error(error, problem);
            }
            return problem == NULL;
        }
        if (settling->problem != NULL && cox_follow_cib(follow) == NULL) {
            g_propagate_error(error, g_steal_pointer(&settling->problem));
            return false;
        }
        if (settling->is_late) {
            g_set_error(error, COX_ERROR, COX_ERROR_TIMEOUT, "the cluster still has something to do after %.3g s",
                        (double) settling->settle->timeout_ms / 1000.0);
            return false;
        }
        (void) cox_runtime_step(runtime, !settling->is_new);
    }
}

bool
cox_settle_wait(const struct cox_settle *settle, char **pending, GError **error)
{
    struct settling settling = { .settle = settle, .unsaid_until = COX_USEC_NEVER };
    const struct cox_follow_settings settings
        = { .program = settle->program, .changed = on_changed, .lost = on_lost, .context = &settling };
    struct cox_follow *follow = NULL;
    cox_source_id timer = 0;
    bool is_done = false;

    *pending = NULL;
    cox_settle_write(settle->runtime, settle->program);
    follow = cox_follow_new(settle->runtime, &settings);
    timer = cox_runtime_timer(settle->runtime, cox_runtime_now(settle->runtime) + settle->timeout_ms * 1000, on_time, &settling.is_late);
    is_done = follow_until_settled(&settling, follow, pending, error);
    if (is_done && settle->results != NULL) {
        cox_results_catch_up(settle->results, cox_follow_version(follow));
    }
    cox_runtime_cancel(settle->runtime, timer);
    cox_runtime_cancel(settle->runtime, settling.timer);
    cox_runtime_cancel(settle->runtime, settling.patience);
    cox_follow_free(follow);
    g_clear_error(&settling.problem);
    return is_done;
}
