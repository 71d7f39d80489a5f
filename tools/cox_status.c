/* tools/cox_status.c - cox status: ask everybody, and say it in the user's words.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "sched/sched.h"
#include "tools/cib_access.h"
#include "tools/cox_priv.h"
#include "tools/daemon.h"
#include "tools/state.h"
#include "view/status_view.h"

enum { HEALTH_MS = 3000 };

/* Everything that was asked; texts live in the arena. */
struct answers {
    struct cox_arena *arena;
    const struct cox_msg_control_state *control;
    struct cox_verdict_daemon daemons[COX_DAEMON_N];
    size_t n_daemons;
};

static void
ask_daemon(struct cox_runtime *runtime, enum cox_daemon which, struct answers *answers)
{
    static const struct cox_msg_health_query query = { 0 };
    const struct cox_daemon_question question
        = { which, "cox", COX_MSG_HEALTH_QUERY, &query, COX_MSG_HEALTH, HEALTH_MS };
    struct cox_verdict_daemon *daemon = &answers->daemons[answers->n_daemons++];
    g_autoptr(GError) error = NULL;
    const struct cox_msg_health *health = cox_daemon_ask(runtime, &question, answers->arena, &error);

    *daemon = (struct cox_verdict_daemon) { .name = cox_daemon_row(which)->process, .is_running = health != NULL };
    if (health != NULL) {
        daemon->complaints = health->complaints;
        daemon->n_complaints = health->n_complaints;
    } else {
        daemon->problem = cox_arena_strdup(answers->arena, error->message);
    }
}

/* Those that run only where they are wanted, and do. */
static void
ask_wanted(struct cox_runtime *runtime, const struct cox_msg_supervisor_state *state, struct answers *answers)
{
    for (size_t i = 0; i < state->n_daemons; i++) {
        enum cox_daemon which;

        if (state->daemons[i].name != NULL && cox_daemon_find(state->daemons[i].name, &which) && which >= COX_DAEMON_EVERY_N
            && answers->n_daemons < COX_DAEMON_N) {
            ask_daemon(runtime, which, answers);
        }
    }
}

/* What the supervisor had to do; without one (a daemon started by hand) there is nothing to tell. */
static void
ask_supervisor(struct cox_runtime *runtime, struct answers *answers)
{
    static const struct cox_msg_supervisor_query query = { 0 };
    const struct cox_daemon_question question
        = { COX_DAEMON_SUPERVISOR, "cox", COX_MSG_SUPERVISOR_QUERY, &query, COX_MSG_SUPERVISOR_STATE, HEALTH_MS };
    const struct cox_msg_supervisor_state *state = cox_daemon_ask(runtime, &question, answers->arena, NULL);

    if (state == NULL) {
        return;
    }
    ask_wanted(runtime, state, answers);
    for (size_t i = 0; i < state->n_daemons; i++) {
        for (size_t k = 0; k < answers->n_daemons; k++) {
            if (g_strcmp0(answers->daemons[k].name, state->daemons[i].name) == 0) {
                answers->daemons[k].restarts = state->daemons[i].restarts;
            }
        }
    }
}

static void
ask_all(struct cox_runtime *runtime, struct answers *answers)
{
    static const struct cox_msg_control_query query = { 0 };
    const struct cox_daemon_question question
        = { COX_DAEMON_CONTROL, "cox", COX_MSG_CONTROL_QUERY, &query, COX_MSG_CONTROL_STATE, HEALTH_MS };

    for (int which = 0; which < COX_DAEMON_EVERY_N; which++) {
        if (which != COX_DAEMON_SUPERVISOR) {
            ask_daemon(runtime, (enum cox_daemon) which, answers);
        }
    }
    answers->control = cox_daemon_ask(runtime, &question, answers->arena, NULL);
    ask_supervisor(runtime, answers);
}

/* The scheduler's reasons, when there is something that they could explain; else NULL. */
static struct cox_plan *
reasons(const struct cox_state *state)
{
    const struct cox_cluster *cluster = &state->plan->cluster;
    const struct cox_sched_input input = { .config = state->input.config, .status = state->input.status, .now = state->now,
                                           .with_explanation = true };

    for (size_t i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];

        if (rsc->variant == COX_PRIMITIVE && rsc->n_running_on == 0 && !rsc->is_orphan && rsc->target_role != COX_ROLE_STOPPED) {
            return cox_sched_run(&input, NULL);
        }
    }
    return NULL;
}

int
cox_verb_status(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    struct answers answers = { .arena = cox_arena_new() };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, &error);
    g_autoptr(cox_state) state = (access == NULL) ? NULL : cox_state_of(access, &error);
    struct cox_verdict_input input = { 0 };
    g_autoptr(cox_plan) plan = NULL;
    int status = 0;

    (void) arguments;
    if (state == NULL) {
        cox_arena_free(answers.arena);
        return cox_tool_fail(ctx, error);
    }
    plan = reasons(state);
    input = (struct cox_verdict_input) { .plan = plan, .cluster = &state->plan->cluster, .config = state->input.config, .now = state->now,
                                         .is_live = cox_cib_access_is_live(access) };
    if (input.is_live) {
        ask_all(cox_cib_access_runtime(access), &answers);
        input.daemons = answers.daemons;
        input.n_daemons = answers.n_daemons;
    }
    if (answers.control != NULL) {
        input.has_controller = true;
        input.has_quorum = answers.control->has_quorum != 0;
        input.node = answers.control->node;
        input.coordinator = answers.control->coordinator;
        input.waiting_for = answers.control->waiting_for;
    }
    status = cox_status_view(ctx->out, &input) ? 1 : 0;
    cox_arena_free(answers.arena);
    return status;
}
