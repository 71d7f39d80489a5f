/* Tests of lib/runtime/fake.c and fakechild.c: what daemons' logic is tested with must itself behave like the real thing. */
#include "runtime/fake.h"

#include <errno.h>
#include <signal.h>

#include "base/testkit.h"

struct world {
    struct cox_runtime *runtime;
    GString *trace;
    cox_source_id again;
    struct cox_child_result last;
    char out[64];
};

static void
note(struct world *world, const char *what)
{
    g_string_append_printf(world->trace, "%s@%d ", what, (int) cox_runtime_now(world->runtime));
}

static void
on_a(void *context)
{
    note(context, "a");
}

static void
on_b(void *context)
{
    note(context, "b");
}

static void
on_again(void *context)
{
    struct world *world = context;

    note(world, "again");
    world->again = cox_runtime_timer(world->runtime, cox_runtime_now(world->runtime) + 10, on_again, world);
}

static void
on_child(void *context, cox_source_id id, const struct cox_child_result *result)
{
    static const char *const names[] = { "exited", "signaled", "timeout", "unstarted", "vanished" };
    struct world *world = context;

    (void) id;
    note(world, names[result->end]);
    world->last = *result;
    g_strlcpy(world->out, result->out, sizeof world->out);
}

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    world->runtime = cox_fake_new(0, cox_wall_from_seconds(1000));
    world->trace = g_string_new(NULL);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_runtime_free(world->runtime);
    g_string_free(world->trace, TRUE);
    g_free(world);
    return 0;
}

static cox_source_id
start(struct world *world, const char *path, gint64 timeout_ms)
{
    const char *const argv[] = { path, "start", NULL };
    const char *const envp[] = { "A=1", "B=2", NULL };
    struct cox_child_spec spec = {
        .argv = argv, .envp = envp, .input = "in", .input_size = 2, .out_limit_bytes = 5, .timeout_ms = timeout_ms
    };

    return cox_runtime_spawn(world->runtime, &spec, on_child, world);
}

static void
time_stands_still_until_told_and_timers_run_at_their_own_time(void **state)
{
    struct world *world = *state;

    cox_runtime_timer(world->runtime, 30, on_b, world);
    cox_runtime_timer(world->runtime, 20, on_a, world);
    assert_false(cox_runtime_step(world->runtime, false));
    cox_fake_advance(world->runtime, 29);
    assert_string_equal(world->trace->str, "a@20 ");
    assert_int_equal(cox_runtime_now(world->runtime), 29);
    cox_fake_advance(world->runtime, 1);
    assert_string_equal(world->trace->str, "a@20 b@30 ");
    assert_int_equal(cox_runtime_wall(world->runtime).usec, 1000 * G_USEC_PER_SEC + 30);
}

static void
a_timer_for_never_is_none_and_a_cancelled_one_does_not_run(void **state)
{
    struct world *world = *state;
    cox_source_id id = cox_runtime_timer(world->runtime, 5, on_a, world);

    assert_int_equal(cox_runtime_timer(world->runtime, COX_USEC_NEVER, on_a, world), 0);
    cox_runtime_cancel(world->runtime, id);
    cox_runtime_cancel(world->runtime, id);
    cox_runtime_cancel(world->runtime, 0);
    cox_fake_advance(world->runtime, 100);
    assert_string_equal(world->trace->str, "");
}

static void
a_timer_that_rearms_itself_keeps_its_pace_and_a_freeze_makes_it_late(void **state)
{
    struct world *world = *state;

    on_again(world);
    cox_fake_advance(world->runtime, 25);
    assert_string_equal(world->trace->str, "again@0 again@10 again@20 ");
    cox_fake_freeze(world->runtime, 100);
    cox_fake_advance(world->runtime, 0);
    assert_string_equal(world->trace->str, "again@0 again@10 again@20 again@125 ");
    cox_runtime_cancel(world->runtime, world->again);
}

static void
on_ready(void *context, int fd, unsigned int events)
{
    g_string_append_printf(((struct world *) context)->trace, "fd%d:%u ", fd, events);
}

static void
on_signal(void *context, int signo)
{
    g_string_append_printf(((struct world *) context)->trace, "signal%d ", signo);
}

static void
descriptors_and_signals_happen_when_the_test_says_so(void **state)
{
    struct world *world = *state;
    cox_source_id id = cox_runtime_watch(world->runtime, 7, COX_WATCH_READ, on_ready, world);
    cox_source_id term = cox_runtime_signal(world->runtime, SIGTERM, on_signal, world);

    assert_true(cox_fake_ready(world->runtime, 7, COX_WATCH_READ | COX_WATCH_WRITE));
    assert_false(cox_fake_ready(world->runtime, 7, COX_WATCH_WRITE));
    cox_runtime_watch_set(world->runtime, id, COX_WATCH_WRITE);
    assert_true(cox_fake_ready(world->runtime, 7, COX_WATCH_WRITE));
    assert_true(cox_fake_ready(world->runtime, 7, COX_WATCH_HANGUP));
    cox_runtime_cancel(world->runtime, id);
    assert_false(cox_fake_ready(world->runtime, 7, COX_WATCH_WRITE));
    assert_true(cox_fake_signal(world->runtime, SIGTERM));
    assert_false(cox_fake_signal(world->runtime, SIGHUP));
    cox_runtime_cancel(world->runtime, term);
    assert_false(cox_fake_signal(world->runtime, SIGTERM));
    assert_string_equal(world->trace->str, "fd7:1 fd7:2 fd7:4 signal15 ");
}

static void
children_follow_their_scripts(void **state)
{
    struct world *world = *state;
    cox_source_id id;

    cox_fake_script_add(world->runtime, &(struct cox_fake_script) { .path = "/x", .duration = 40, .exit_status = 7,
                                                                    .out = "123456789" });
    cox_fake_script_add(world->runtime, &(struct cox_fake_script) { .start_errno = ENOENT });
    start(world, "/y", 0); /* takes the second: the first is for /x only */
    id = start(world, "/x", 0);
    assert_string_equal(cox_fake_child_command(world->runtime, id), "/x start");
    assert_string_equal(cox_fake_child_environment(world->runtime, id), "A=1 B=2");
    assert_string_equal(cox_fake_child_input(world->runtime, id), "in");
    assert_true(cox_runtime_child_pid(world->runtime, id) > 0);
    assert_string_equal(world->trace->str, "");
    cox_fake_advance(world->runtime, 0);
    assert_string_equal(world->trace->str, "unstarted@0 ");
    assert_int_equal(world->last.start_errno, ENOENT);
    cox_fake_advance(world->runtime, 100);
    assert_string_equal(world->trace->str, "unstarted@0 exited@40 ");
    assert_int_equal(world->last.exit_status, 7);
    assert_string_equal(world->out, "12345");
    assert_true(world->last.out_is_cut);
    assert_int_equal(cox_runtime_child_pid(world->runtime, id), 0);
}

static void
a_timeout_sends_term_and_kills_those_that_ignore_it(void **state)
{
    struct world *world = *state;

    start(world, "/slow", 1);
    cox_fake_advance(world->runtime, 2000);
    assert_string_equal(world->trace->str, "timeout@1000 ");
    assert_int_equal(world->last.signo, SIGTERM);
    cox_fake_script_add(world->runtime, &(struct cox_fake_script) { .duration = COX_USEC_NEVER, .ignores_term = true });
    start(world, "/slow", 1);
    cox_fake_advance(world->runtime, 6000000);
    assert_string_equal(world->trace->str, "timeout@1000 timeout@5003000 ");
    assert_int_equal(world->last.signo, SIGKILL);
    assert_int_equal(cox_fake_child_count(world->runtime), 0);
}

static void
children_can_be_ended_stopped_and_forgotten(void **state)
{
    struct world *world = *state;
    cox_source_id id = start(world, "/x", 0);

    cox_fake_child_end(world->runtime, id, 3, "ok");
    assert_string_equal(world->trace->str, "exited@0 ");
    id = start(world, "/x", 0);
    cox_runtime_child_stop(world->runtime, id, 10);
    assert_string_equal(world->trace->str, "exited@0 ");
    cox_fake_advance(world->runtime, 1);
    assert_string_equal(world->trace->str, "exited@0 signaled@0 ");
    id = start(world, "/x", 1);
    assert_int_equal(cox_fake_child_last(world->runtime), id);
    cox_runtime_child_forget(world->runtime, id);
    cox_fake_advance(world->runtime, 100000);
    assert_string_equal(world->trace->str, "exited@0 signaled@0 ");
}

static void
only_known_processes_can_be_adopted(void **state)
{
    struct world *world = *state;
    cox_source_id id;

    assert_int_equal(cox_runtime_adopt(world->runtime, 77, on_child, world), 0);
    cox_fake_process_add(world->runtime, 77);
    id = cox_runtime_adopt(world->runtime, 77, on_child, world);
    assert_int_equal(cox_runtime_child_pid(world->runtime, id), 77);
    cox_runtime_child_signal(world->runtime, id, SIGKILL);
    cox_runtime_run(world->runtime);
    assert_string_equal(world->trace->str, "vanished@0 ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(time_stands_still_until_told_and_timers_run_at_their_own_time),
              TEST(a_timer_for_never_is_none_and_a_cancelled_one_does_not_run),
              TEST(a_timer_that_rearms_itself_keeps_its_pace_and_a_freeze_makes_it_late),
              TEST(descriptors_and_signals_happen_when_the_test_says_so), TEST(children_follow_their_scripts),
              TEST(a_timeout_sends_term_and_kills_those_that_ignore_it), TEST(children_can_be_ended_stopped_and_forgotten),
              TEST(only_known_processes_can_be_adopted))
