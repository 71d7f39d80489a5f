/* Tests of lib/supervise/supervise.c: a fake node whose daemons crash, hang, linger and lie */
#include "supervise/supervise.h"

#include "base/testkit.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)

enum { N = 4 };

static const struct cox_supervise_daemon daemons[N] = { { "cibd", 0 }, { "execd", 0 }, { "attrd", 1 }, { "controld", 2 } };
static const struct cox_supervise_daemon some_on_demand[N] = { { "cibd", 0 }, { "vrrpd", 0, true }, { "execd", 1 }, { "controld", 2 } };
static const struct cox_supervise_config config = {
    .ping_ms = 1000, .pong_ms = 5000, .start_ms = 30000, .stop_ms = 60000, .starve_ms = 60000, .kill_ms = 5000, .restart_ms = 500,
    .restart_max_ms = 8000, .stable_ms = 60000, .unmonitored_ms = 10000, .stop_tries = 2,
};

/* What a process of the fake node does. */
struct process {
    bool is_there, is_hung, is_dying, is_immortal, refuses_stop, crashes_at_start, crashes_at_stop;
    guint64 ping; /* to be answered */
    cox_usec pinged_at;
    bool is_inspected, is_not_seen; /* DO_INSPECT is to be answered, or never will be */
    enum cox_supervise_doing doing;
    gint64 starved_percent; /* of the time since the ping; -1: not known */
    guint n_starts, n_kills;
};

struct world {
    struct cox_supervise *supervise;
    struct process processes[N];
    cox_usec now, wake_at;
    guint n_notices[COX_SUPERVISE_NOTICE_MONITORED + 1];
    guint n_ready, n_panic, n_adopted;
    bool is_done;
    GString *order; /* names as they start and stop */
    bool found_running, found_foreign, was_wanted;
};

static void feed(struct world *w, const struct cox_supervise_event *event);

static void
setup_with(struct world *w, const struct cox_supervise_daemon *which)
{
    memset(w, 0, sizeof(*w));
    w->supervise = cox_supervise_new(&config, which, N);
    w->now = 1000000;
    w->wake_at = COX_USEC_NEVER;
    w->order = g_string_new(NULL);
}

static void
setup(struct world *w)
{
    setup_with(w, daemons);
}

static void
teardown(struct world *w)
{
    cox_supervise_free(w->supervise);
    g_string_free(w->order, TRUE);
}

static void
ended(struct world *w, guint daemon, enum cox_supervise_end end)
{
    struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_ENDED, .daemon = daemon, .end = end };

    w->processes[daemon].is_there = w->processes[daemon].is_dying = false;
    w->processes[daemon].ping = 0;
    feed(w, &event);
}

static void
carry_out(struct world *w, const struct cox_supervise_effect *effect)
{
    struct process *process = &w->processes[effect->daemon];

    switch (effect->kind) {
        case COX_SUPERVISE_DO_LOOK:
            break;
        case COX_SUPERVISE_DO_ADOPT:
            assert_true(process->is_there);
            w->n_adopted++;
            break;
        case COX_SUPERVISE_DO_START:
            assert_false(process->is_there); /* never two of one kind */
            process->is_there = true;
            process->is_hung = process->is_dying = false;
            process->n_starts++;
            g_string_append_printf(w->order, "+%s ", cox_supervise_name(w->supervise, effect->daemon));
            break;
        case COX_SUPERVISE_DO_PING:
            process->ping = effect->ping;
            process->pinged_at = w->now;
            break;
        case COX_SUPERVISE_DO_INSPECT:
            process->is_inspected = !process->is_not_seen;
            break;
        case COX_SUPERVISE_DO_ASK_STOP:
            g_string_append_printf(w->order, "-%s ", cox_supervise_name(w->supervise, effect->daemon));
            process->is_dying = !process->refuses_stop;
            break;
        case COX_SUPERVISE_DO_KILL:
            process->n_kills++;
            process->is_dying = !process->is_immortal;
            process->crashes_at_stop = true; /* a signal is no good end */
            break;
        case COX_SUPERVISE_DO_WAKE:
            w->wake_at = effect->at;
            break;
        case COX_SUPERVISE_DO_PANIC:
            w->n_panic++;
            break;
        case COX_SUPERVISE_DO_READY:
            w->n_ready++;
            break;
        case COX_SUPERVISE_DO_DONE:
            w->is_done = true;
            break;
        case COX_SUPERVISE_DO_SAY:
            w->n_notices[effect->notice]++;
            break;
    }
}

static void
feed(struct world *w, const struct cox_supervise_event *event)
{
    struct cox_supervise_effects out;

    cox_supervise_effects_init(&out);
    cox_supervise_step(w->supervise, event, w->now, &out);
    for (guint i = 0; i < cox_supervise_effects_count(&out); i++) {
        carry_out(w, cox_supervise_effects_get(&out, i));
    }
    cox_supervise_effects_clear(&out);
}

static void
begin(struct world *w)
{
    feed(w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_BEGIN });
    for (guint i = 0; i < N; i++) {
        struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_FOUND, .daemon = i };

        event.found.is_there = w->processes[i].is_there || w->found_foreign;
        event.found.is_our_user = event.found.is_our_program = event.found.is_there;
        event.found.is_our_start = event.found.is_there && !w->found_foreign;
        event.found.was_wanted = w->was_wanted;
        feed(w, &event);
    }
}

/* One thing that some process does by itself; false when nothing is left to do. */
static bool
act(struct world *w)
{
    for (guint i = 0; i < N; i++) {
        struct process *process = &w->processes[i];

        if (process->is_there && process->is_dying) {
            bool is_well = !process->crashes_at_stop;

            process->crashes_at_stop = false;
            ended(w, i, is_well ? COX_SUPERVISE_END_WELL : COX_SUPERVISE_END_CRASH);
            return true;
        }
        if (process->is_there && process->is_inspected) {
            struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_SEEN, .daemon = i };

            process->is_inspected = false;
            event.seen.doing = process->doing;
            event.seen.ran_ms = process->starved_percent < 0
                                    ? -1 : (w->now - process->pinged_at) / COX_USEC_PER_MS * (100 - process->starved_percent) / 100;
            event.seen.starved_ms = process->doing == COX_SUPERVISE_DOING_RUN /* counted when it runs again */
                                        ? 0 : (w->now - process->pinged_at) / COX_USEC_PER_MS * process->starved_percent / 100;
            feed(w, &event);
            return true;
        }
        if (process->is_there && process->crashes_at_start) {
            ended(w, i, COX_SUPERVISE_END_CRASH);
            return true;
        }
        if (process->is_there && !process->is_hung && process->ping != 0) {
            struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_PONG, .daemon = i, .ping = process->ping };

            process->ping = 0;
            feed(w, &event);
            return true;
        }
    }
    return false;
}

static void
run(struct world *w, cox_usec duration)
{
    cox_usec until = w->now + duration;

    for (guint n = 0; n < 20000; n++) {
        if (act(w)) {
            w->now += 100;
        } else if (w->wake_at <= until) {
            w->now = MAX(w->now, w->wake_at);
            w->wake_at = COX_USEC_NEVER;
            feed(w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_WAKE });
        } else {
            w->now = MAX(w->now, until);
            return;
        }
    }
    fail_msg("no rest");
}

static void
check_all_run(const struct world *w)
{
    for (guint i = 0; i < N; i++) {
        assert_int_equal(cox_supervise_state(w->supervise, i), COX_SUPERVISE_RUNNING);
        assert_true(w->processes[i].is_there);
    }
}

static void
daemons_start_by_stage_and_stop_in_reverse(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    check_all_run(&w);
    assert_int_equal(w.n_ready, 1);
    assert_string_equal(w.order->str, "+cibd +execd +attrd +controld ");
    g_string_truncate(w.order, 0);
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
    run(&w, SECONDS(1));
    assert_true(w.is_done);
    assert_string_equal(w.order->str, "-controld -attrd -cibd -execd ");
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_UNMONITORED], 0);
    teardown(&w);
}

static void
a_daemon_that_dies_is_back_at_once(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    for (guint i = 0; i < N; i++) {
        ended(&w, i, i == 0 ? COX_SUPERVISE_END_WELL : COX_SUPERVISE_END_CRASH);
        run(&w, 1000);
        check_all_run(&w);
        assert_int_equal(cox_supervise_restarts(w.supervise, i), 1);
    }
    assert_int_equal(w.n_ready, 1 + N);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_ENDED], N);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_UNMONITORED], 0);
    teardown(&w);
}

static void
a_hung_daemon_is_killed_and_replaced_within_ten_seconds(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    w.processes[3].is_hung = true;
    run(&w, SECONDS(10));
    check_all_run(&w);
    assert_int_equal(w.processes[3].n_kills, 1);
    assert_int_equal(w.processes[3].n_starts, 2);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_HUNG], 1);
    assert_int_equal(w.processes[0].n_kills + w.processes[1].n_kills + w.processes[2].n_kills, 0);
    teardown(&w);
}

/* Silent for @silent_s, doing @doing; how often it is killed. */
static guint
kills_of_silent(int silent_s, enum cox_supervise_doing doing, gint64 starved_percent, guint *n_starved)
{
    struct world w;
    guint n_kills;

    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    w.processes[1].is_hung = true;
    w.processes[1].doing = doing;
    w.processes[1].starved_percent = starved_percent;
    run(&w, SECONDS(silent_s));
    w.processes[1].is_hung = false;
    run(&w, SECONDS(20));
    check_all_run(&w);
    n_kills = w.processes[1].n_kills;
    *n_starved = w.n_notices[COX_SUPERVISE_NOTICE_STARVED];
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_HUNG], n_kills);
    teardown(&w);
    return n_kills;
}

static void
who_gets_no_processor_is_given_the_time_that_it_lost_and_that_is_said_once(void **state)
{
    guint n_starved;

    (void) state;
    assert_int_equal(kills_of_silent(40, COX_SUPERVISE_DOING_RUN, 95, &n_starved), 0);
    assert_int_equal(n_starved, 1);
    assert_int_equal(kills_of_silent(12, COX_SUPERVISE_DOING_SLEEP, 70, &n_starved), 0); /* caught while it slept for a moment */
    assert_int_equal(n_starved, 1);
    assert_int_equal(kills_of_silent(20, COX_SUPERVISE_DOING_RUN, 60, &n_starved), 1); /* it had 5 of 12.5 seconds */
    assert_int_equal(n_starved, 1);
    assert_int_equal(kills_of_silent(70, COX_SUPERVISE_DOING_RUN, 99, &n_starved), 1); /* not for ever */
}

static void
who_stands_still_spins_or_is_blocked_is_killed_on_a_busy_machine_as_well(void **state)
{
    static const struct {
        enum cox_supervise_doing doing;
        gint64 starved_percent;
    } cases[] = {
        { COX_SUPERVISE_DOING_STAND, 95 }, { COX_SUPERVISE_DOING_RUN, 0 },    { COX_SUPERVISE_DOING_RUN, 5 }, { COX_SUPERVISE_DOING_SLEEP, 3 },
        { COX_SUPERVISE_DOING_BLOCK, 95 }, { COX_SUPERVISE_DOING_RUN, -1 }, { COX_SUPERVISE_DOING_UNKNOWN, 95 },
    };
    guint n_starved;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(kills_of_silent(9, cases[i].doing, cases[i].starved_percent, &n_starved), 1);
    }
}

static void
who_cannot_be_looked_at_is_killed_all_the_same(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    w.processes[2].is_hung = w.processes[2].is_not_seen = true;
    run(&w, SECONDS(10));
    check_all_run(&w);
    assert_int_equal(w.processes[2].n_kills, 1);
    teardown(&w);
}

static void
who_was_stopped_itself_kills_nobody(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_WAKE }); /* its requests are out ... */
    w.now += SECONDS(2);
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_WAKE });
    w.now += SECONDS(100); /* ... and it does not run for a while */
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_WAKE });
    run(&w, SECONDS(10));
    check_all_run(&w);
    for (guint i = 0; i < N; i++) {
        assert_int_equal(w.processes[i].n_kills, 0);
    }
    teardown(&w);
}

static void
pauses_grow_while_a_daemon_keeps_crashing_and_it_is_said_once(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    w.processes[2].crashes_at_start = true;
    ended(&w, 2, COX_SUPERVISE_END_CRASH);
    run(&w, SECONDS(60));
    /* At once, then after 0.5, 1, 2, 4, 8, 8, ... seconds: the first process and about ten more. */
    assert_in_range(w.processes[2].n_starts, 10, 12);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_UNMONITORED], 1);
    w.processes[2].crashes_at_start = false;
    run(&w, SECONDS(10));
    check_all_run(&w);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_MONITORED], 1);
    /* After a quiet minute it is trusted again. */
    run(&w, SECONDS(61));
    ended(&w, 2, COX_SUPERVISE_END_CRASH);
    run(&w, 1000);
    check_all_run(&w);
    teardown(&w);
}

static void
a_daemon_that_never_answers_after_its_start_is_replaced(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    w.processes[0].is_hung = true; /* the process is there already */
    run(&w, SECONDS(29));
    assert_int_equal(w.processes[0].n_kills, 0);
    assert_int_equal(w.processes[3].n_starts, 0); /* the others wait for it */
    run(&w, SECONDS(2));
    assert_int_equal(w.processes[0].n_kills, 1);
    run(&w, SECONDS(2));
    check_all_run(&w);
    teardown(&w);
}

static void
what_runs_already_is_adopted_only_if_it_is_ours(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    w.processes[1].is_there = w.processes[3].is_there = true;
    begin(&w);
    run(&w, SECONDS(1));
    check_all_run(&w);
    assert_int_equal(w.n_adopted, 2);
    assert_int_equal(w.processes[1].n_starts, 0);
    assert_int_equal(w.processes[0].n_starts, 1);
    teardown(&w);
    setup(&w);
    w.found_foreign = true;
    begin(&w);
    run(&w, SECONDS(1));
    check_all_run(&w);
    assert_int_equal(w.n_adopted, 0);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_FOREIGN], N);
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_FOUND }); /* late: ignored */
    check_all_run(&w);
    teardown(&w);
}

static void
an_adopted_daemon_that_does_not_answer_is_replaced(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    w.processes[1].is_there = w.processes[1].is_hung = true;
    begin(&w);
    run(&w, SECONDS(40));
    check_all_run(&w);
    assert_int_equal(w.processes[1].n_kills, 1);
    teardown(&w);
}

static void
a_process_that_cannot_be_killed_is_reported_and_not_doubled(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    w.processes[1].is_hung = w.processes[1].is_immortal = true;
    run(&w, SECONDS(100));
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_UNKILLABLE], 1);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_UNMONITORED], 1);
    assert_int_equal(w.processes[1].n_starts, 1);
    w.processes[1].is_dying = true;
    w.processes[1].is_immortal = false;
    run(&w, SECONDS(2));
    check_all_run(&w);
    teardown(&w);
}

static void
a_daemon_that_cannot_work_takes_the_node_out_of_the_cluster(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    g_string_truncate(w.order, 0);
    ended(&w, 1, COX_SUPERVISE_END_FATAL);
    run(&w, SECONDS(3));
    assert_true(w.is_done);
    assert_int_equal(w.n_panic, 0);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_FATAL], 1);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_UNMONITORED], 1);
    assert_string_equal(w.order->str, "-controld -attrd -cibd ");
    ended(&w, 1, COX_SUPERVISE_END_CRASH); /* not there any more: ignored */
    assert_int_equal(cox_supervise_state(w.supervise, 1), COX_SUPERVISE_FAILED);
    teardown(&w);
}

static void
a_daemon_that_demands_it_makes_the_node_panic(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    ended(&w, 3, COX_SUPERVISE_END_PANIC);
    assert_int_equal(w.n_panic, 1);
    teardown(&w);
}

static void
a_daemon_that_crashes_while_stopping_is_started_again_to_finish(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    g_string_truncate(w.order, 0);
    w.processes[3].crashes_at_stop = true;
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
    run(&w, SECONDS(3));
    assert_true(w.is_done);
    assert_string_equal(w.order->str, "-controld +controld -controld -attrd -cibd -execd ");
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_UNMONITORED], 0);
    teardown(&w);
}

static void
after_some_tries_it_says_what_it_leaves_behind(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    w.processes[3].refuses_stop = true; /* killed each time */
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
    run(&w, SECONDS(300));
    assert_true(w.is_done);
    assert_int_equal(w.processes[3].n_kills, 3);
    assert_int_equal(cox_supervise_state(w.supervise, 3), COX_SUPERVISE_FAILED);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_UNMONITORED], 1);
    teardown(&w);
}

static void
a_stop_in_the_middle_of_everything_ends_all_the_same(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_BEGIN });
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
    assert_false(w.is_done); /* it does not know yet what runs */
    w.processes[3].is_there = true;
    for (guint i = 0; i < N; i++) {
        struct cox_supervise_event event = { .kind = COX_SUPERVISE_ON_FOUND, .daemon = i };

        event.found.is_there = event.found.is_our_user = event.found.is_our_program = event.found.is_our_start = i == 3;
        feed(&w, &event);
    }
    run(&w, SECONDS(3));
    assert_true(w.is_done);
    assert_string_equal(w.order->str, "-controld ");
    teardown(&w);
    /* A daemon in its pause has begun things: it comes back to end them. */
    setup(&w);
    begin(&w);
    run(&w, SECONDS(3));
    w.processes[3].crashes_at_start = true;
    ended(&w, 3, COX_SUPERVISE_END_CRASH);
    run(&w, 1000);
    assert_int_equal(cox_supervise_state(w.supervise, 3), COX_SUPERVISE_WAITING);
    w.processes[3].crashes_at_start = false;
    g_string_truncate(w.order, 0);
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
    run(&w, SECONDS(3));
    assert_true(w.is_done);
    assert_string_equal(w.order->str, "+controld -controld -attrd -cibd -execd ");
    teardown(&w);
    /* One that waits for its stage has not begun anything. */
    setup(&w);
    begin(&w);
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
    run(&w, SECONDS(3));
    assert_true(w.is_done);
    assert_string_equal(w.order->str, "+cibd +execd -cibd -execd ");
    cox_supervise_free(NULL);
    teardown(&w);
}

static void
stop_without_limit_waits(void **state)
{
    struct cox_supervise_config patient = config;
    struct world w;

    (void) state;
    setup(&w);
    cox_supervise_free(w.supervise);
    patient.stop_ms = 0;
    w.supervise = cox_supervise_new(&patient, daemons, N);
    begin(&w);
    run(&w, SECONDS(3));
    w.processes[3].refuses_stop = true;
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
    run(&w, SECONDS(600));
    assert_int_equal(w.processes[3].n_kills, 0);
    assert_int_equal(cox_supervise_state(w.supervise, 3), COX_SUPERVISE_STOPPING);
    teardown(&w);
}

/* It is the second of them. */
static void
want(struct world *w)
{
    struct cox_supervise_event found = { .kind = COX_SUPERVISE_ON_FOUND, .daemon = 1 };
    bool is_looked_for = cox_supervise_state(w->supervise, 1) == COX_SUPERVISE_UNWANTED;

    feed(w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_WANTED, .daemon = 1 });
    assert_int_equal(cox_supervise_state(w->supervise, 1) == COX_SUPERVISE_LOOKING, is_looked_for);
    feed(w, &found);
}

static void
one_on_demand_starts_when_it_is_wanted_and_is_kept_from_then_on(void **state)
{
    struct world w;

    (void) state;
    setup_with(&w, some_on_demand);
    begin(&w);
    run(&w, SECONDS(30));
    assert_string_equal(w.order->str, "+cibd +execd +controld ");
    assert_int_equal(cox_supervise_state(w.supervise, 1), COX_SUPERVISE_UNWANTED);
    assert_int_equal(w.n_ready, 1);
    want(&w);
    run(&w, SECONDS(3));
    check_all_run(&w);
    want(&w);
    assert_int_equal(w.processes[1].n_starts, 1);
    ended(&w, 1, COX_SUPERVISE_END_CRASH);
    run(&w, SECONDS(1));
    check_all_run(&w);
    ended(&w, 1, COX_SUPERVISE_END_FATAL); /* only those that every node has stop it */
    run(&w, SECONDS(5));
    check_all_run(&w);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_FATAL], 0);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_ENDED], 2);
    assert_int_equal(w.n_ready, 1);
    g_string_truncate(w.order, 0);
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
    run(&w, SECONDS(3));
    assert_true(w.is_done);
    assert_string_equal(w.order->str, "-controld -execd -cibd -vrrpd ");
    teardown(&w);
}

static void
nobody_waits_for_one_on_demand(void **state)
{
    struct world w;

    (void) state;
    setup_with(&w, some_on_demand);
    w.was_wanted = true;
    w.processes[1].crashes_at_start = true;
    begin(&w);
    run(&w, SECONDS(5));
    assert_int_equal(cox_supervise_state(w.supervise, 3), COX_SUPERVISE_RUNNING);
    assert_int_equal(w.n_ready, 1);
    assert_true(w.processes[1].n_starts > 1);
    w.processes[1].crashes_at_start = false;
    run(&w, SECONDS(60));
    check_all_run(&w);
    teardown(&w);
}

static void
one_on_demand_is_adopted_and_one_of_somebody_else_is_left_alone(void **state)
{
    struct world w;

    (void) state;
    setup_with(&w, some_on_demand);
    w.processes[1].is_there = true;
    begin(&w);
    run(&w, SECONDS(1));
    check_all_run(&w);
    assert_int_equal(w.n_adopted, 1);
    ended(&w, 1, COX_SUPERVISE_END_CRASH); /* it counts as wanted */
    run(&w, SECONDS(1));
    check_all_run(&w);
    teardown(&w);
    setup_with(&w, some_on_demand);
    w.found_foreign = true;
    begin(&w);
    run(&w, SECONDS(1));
    assert_int_equal(cox_supervise_state(w.supervise, 1), COX_SUPERVISE_UNWANTED);
    assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_FOREIGN], N - 1);
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
    feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_WANTED, .daemon = 1 }); /* too late */
    run(&w, SECONDS(3));
    assert_true(w.is_done);
    assert_int_equal(w.processes[1].n_starts, 0);
    teardown(&w);
}

static void
whatever_daemons_do_they_are_single_and_run_in_the_end(void **state)
{
    (void) state;
    for (guint32 seed = 1; seed <= 60; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        struct world w;

        setup_with(&w, seed % 3 == 0 ? some_on_demand : daemons);
        w.was_wanted = true;
        w.processes[seed % N].is_there = seed % 2 == 0;
        begin(&w);
        for (int i = 0; i < 60; i++) {
            guint d = (guint) g_rand_int_range(random, 0, N);

            switch (g_rand_int_range(random, 0, 4)) {
                case 0:
                    if (w.processes[d].is_there) {
                        ended(&w, d, COX_SUPERVISE_END_CRASH);
                    }
                    break;
                case 1:
                    w.processes[d].is_hung = true;
                    break;
                case 2:
                    w.processes[d].crashes_at_start = !w.processes[d].crashes_at_start;
                    break;
                default:
                    w.processes[d].is_immortal = g_rand_boolean(random);
                    break;
            }
            run(&w, g_rand_int_range(random, 0, 8000000));
        }
        for (guint d = 0; d < N; d++) {
            w.processes[d].crashes_at_start = w.processes[d].is_immortal = false;
            w.processes[d].is_dying = w.processes[d].is_hung;
        }
        run(&w, SECONDS(120));
        check_all_run(&w);
        /* Whatever was said to be away was said to be back. */
        assert_int_equal(w.n_notices[COX_SUPERVISE_NOTICE_UNMONITORED], w.n_notices[COX_SUPERVISE_NOTICE_MONITORED]);
        feed(&w, &(struct cox_supervise_event) { .kind = COX_SUPERVISE_ON_STOP });
        run(&w, SECONDS(300));
        assert_true(w.is_done);
        teardown(&w);
    }
}

COX_TEST_MAIN(cmocka_unit_test(daemons_start_by_stage_and_stop_in_reverse),
              cmocka_unit_test(a_daemon_that_dies_is_back_at_once),
              cmocka_unit_test(a_hung_daemon_is_killed_and_replaced_within_ten_seconds),
              cmocka_unit_test(who_gets_no_processor_is_given_the_time_that_it_lost_and_that_is_said_once),
              cmocka_unit_test(who_stands_still_spins_or_is_blocked_is_killed_on_a_busy_machine_as_well),
              cmocka_unit_test(who_cannot_be_looked_at_is_killed_all_the_same),
              cmocka_unit_test(who_was_stopped_itself_kills_nobody),
              cmocka_unit_test(pauses_grow_while_a_daemon_keeps_crashing_and_it_is_said_once),
              cmocka_unit_test(a_daemon_that_never_answers_after_its_start_is_replaced),
              cmocka_unit_test(what_runs_already_is_adopted_only_if_it_is_ours),
              cmocka_unit_test(an_adopted_daemon_that_does_not_answer_is_replaced),
              cmocka_unit_test(a_process_that_cannot_be_killed_is_reported_and_not_doubled),
              cmocka_unit_test(a_daemon_that_cannot_work_takes_the_node_out_of_the_cluster),
              cmocka_unit_test(a_daemon_that_demands_it_makes_the_node_panic),
              cmocka_unit_test(a_daemon_that_crashes_while_stopping_is_started_again_to_finish),
              cmocka_unit_test(after_some_tries_it_says_what_it_leaves_behind),
              cmocka_unit_test(a_stop_in_the_middle_of_everything_ends_all_the_same),
              cmocka_unit_test(stop_without_limit_waits),
              cmocka_unit_test(one_on_demand_starts_when_it_is_wanted_and_is_kept_from_then_on),
              cmocka_unit_test(nobody_waits_for_one_on_demand),
              cmocka_unit_test(one_on_demand_is_adopted_and_one_of_somebody_else_is_left_alone),
              cmocka_unit_test(whatever_daemons_do_they_are_single_and_run_in_the_end))
