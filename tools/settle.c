/* tools/settle.c - wait until the running cluster has nothing left to do.  Layer 6. */
#include "tools/settle.h"

#include <string.h>

#include "base/error.h"
#include "follow/follow.h"
#include "tools/daemon.h"
#include "tools/state.h"

enum { WRITTEN_MS = 5000 };

/* Following the document until it says that there is nothing to do. */
struct settling {
    const struct cox_settle *settle;
    bool is_new;
    bool is_late;
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
cox_settle_pending(const struct cox_xml *root, bool ignores_monitors, GError **error)
{
    g_autoptr(cox_state) state = cox_state_new_trusted(root, error);
    g_autoptr(cox_plan) plan = (state == NULL) ? NULL : cox_state_plan(state);
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; plan != NULL && i < plan->graph.n_actions; i++) {
        const struct cox_action *action = &plan->graph.actions[i];

        if (action->kind != COX_ACTION_PSEUDO && !(ignores_monitors && action->interval_ms > 0)) {
            g_string_append_printf(text, "\tAction %u: %s\ton %s\n", action->id, (action->key != NULL) ? action->key : action->task,
                                   (action->node_name != NULL) ? action->node_name : "the cluster");
        }
    }
    return (text->len == 0) ? NULL : g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- wait ------------------------------------------------------------------------------------------------- */

/* What has been done is in the document a moment later: have it written.  A controller that is away has nothing to write. */
static void
have_results_written(const struct cox_settle *settle)
{
    const struct cox_msg_control_refresh nothing = { .rsc_id = "", .only_failed = true };
    const struct cox_daemon_question question
        = { COX_DAEMON_CONTROL, settle->program, COX_MSG_CONTROL_REFRESH, &nothing, COX_MSG_DONE, WRITTEN_MS };
    struct cox_arena *arena = cox_arena_new();

    (void) cox_daemon_ask(settle->runtime, &question, arena, NULL);
    cox_arena_free(arena);
}

/* Is there nothing left in the newest document?  A problem of reading it ends the wait. */
static bool
is_settled(struct settling *settling, struct cox_follow *follow, char **pending, GError **error)
{
    settling->is_new = false;
    g_clear_pointer(pending, g_free);
    *pending = cox_settle_pending(cox_cib_root(cox_follow_cib(follow)), settling->settle->ignores_monitors, error);
    return *pending == NULL;
}

static bool
follow_until_settled(struct settling *settling, struct cox_follow *follow, char **pending, GError **error)
{
    struct cox_runtime *runtime = settling->settle->runtime;
    GError *problem = NULL;

    for (;;) {
        if (settling->is_new && is_settled(settling, follow, pending, &problem)) {
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
        (void) cox_runtime_step(runtime, true);
    }
}

bool
cox_settle_wait(const struct cox_settle *settle, char **pending, GError **error)
{
    struct settling settling = { .settle = settle };
    const struct cox_follow_settings settings
        = { .program = settle->program, .changed = on_changed, .lost = on_lost, .context = &settling };
    struct cox_follow *follow = NULL;
    cox_source_id timer = 0;
    bool is_done = false;

    *pending = NULL;
    have_results_written(settle);
    follow = cox_follow_new(settle->runtime, &settings);
    timer = cox_runtime_timer(settle->runtime, cox_runtime_now(settle->runtime) + settle->timeout_ms * 1000, on_time, &settling.is_late);
    is_done = follow_until_settled(&settling, follow, pending, error);
    if (is_done && settle->results != NULL) {
        cox_results_catch_up(settle->results, cox_follow_version(follow));
    }
    cox_runtime_cancel(settle->runtime, timer);
    cox_follow_free(follow);
    g_clear_error(&settling.problem);
    return is_done;
}
