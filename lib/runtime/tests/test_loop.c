/* Tests of lib/runtime/loop.c: real time, descriptors and signals, with a limit on how long a test may hang. */
#include "runtime/loop.h"

#include <signal.h>
#include <unistd.h>

#include "base/testkit.h"

struct world {
    struct cox_runtime *runtime;
    GMainContext *context;
    GString *trace;
};

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    alarm(30);
    world->context = g_main_context_new();
    world->runtime = cox_loop_new(world->context);
    world->trace = g_string_new(NULL);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_runtime_free(world->runtime);
    g_main_context_unref(world->context);
    g_string_free(world->trace, TRUE);
    g_free(world);
    return 0;
}

static void
on_a(void *context)
{
    g_string_append(((struct world *) context)->trace, "a ");
}

static void
on_b(void *context)
{
    struct world *world = context;

    g_string_append(world->trace, "b ");
    cox_runtime_quit(world->runtime);
}

static void
on_defer_again(void *context)
{
    struct world *world = context;

    g_string_append(world->trace, "d ");
    if (world->trace->len < 20) {
        cox_runtime_defer(world->runtime, on_defer_again, world);
    }
}

static void
timers_run_in_order_and_never_early(void **state)
{
    struct world *world = *state;
    cox_usec begin = cox_runtime_now(world->runtime);

    cox_runtime_timer(world->runtime, begin + 20 * COX_USEC_PER_MS, on_b, world);
    cox_runtime_timer(world->runtime, begin + 5 * COX_USEC_PER_MS, on_a, world);
    cox_runtime_cancel(world->runtime, cox_runtime_timer(world->runtime, begin + 7 * COX_USEC_PER_MS, on_a, world));
    cox_runtime_timer(world->runtime, begin - 100, on_a, world);
    assert_string_equal(world->trace->str, "");
    cox_runtime_run(world->runtime);
    assert_string_equal(world->trace->str, "a a b ");
    assert_true(cox_runtime_now(world->runtime) >= begin + 20 * COX_USEC_PER_MS);
    assert_true(cox_runtime_wall(world->runtime).usec > cox_wall_from_seconds(1700000000).usec);
}

static void
on_pipe(void *context, int fd, unsigned int events)
{
    struct world *world = context;
    char byte = '?';

    if (events & COX_WATCH_READ) {
        assert_int_equal(read(fd, &byte, 1), 1);
        g_string_append_c(world->trace, byte);
    } else {
        g_string_append_printf(world->trace, "<%u>", events);
        cox_runtime_quit(world->runtime);
    }
}

static void
deferred_work_that_defers_more_does_not_starve_descriptors(void **state)
{
    struct world *world = *state;
    cox_source_id watch;
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    watch = cox_runtime_watch(world->runtime, fds[0], COX_WATCH_READ, on_pipe, world);
    assert_int_equal(write(fds[1], "x", 1), 1);
    cox_runtime_defer(world->runtime, on_defer_again, world);
    for (int i = 0; i < 3; i++) {
        (void) cox_runtime_step(world->runtime, false);
    }
    assert_non_null(strchr(world->trace->str, 'x'));
    assert_true(strlen(world->trace->str) < 10);
    cox_runtime_cancel(world->runtime, watch);
    close(fds[0]);
    close(fds[1]);
}

static void
a_watch_sees_data_then_the_hangup_and_can_be_paused(void **state)
{
    struct world *world = *state;
    cox_source_id watch;
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    watch = cox_runtime_watch(world->runtime, fds[0], 0, on_pipe, world);
    assert_int_equal(write(fds[1], "xy", 2), 2);
    assert_false(cox_runtime_step(world->runtime, false));
    cox_runtime_watch_set(world->runtime, watch, COX_WATCH_READ);
    close(fds[1]);
    cox_runtime_run(world->runtime);
    assert_string_equal(world->trace->str, "xy<4>");
    cox_runtime_cancel(world->runtime, watch);
    close(fds[0]);
}

static void
on_signal(void *context, int signo)
{
    struct world *world = context;

    g_string_append_printf(world->trace, "%d ", signo);
    cox_runtime_quit(world->runtime);
}

static void
signals_arrive_in_the_loop(void **state)
{
    struct world *world = *state;
    cox_source_id usr1 = cox_runtime_signal(world->runtime, SIGUSR1, on_signal, world);
    sigset_t mask;

    cox_runtime_signal(world->runtime, SIGTERM, on_signal, world);
    kill(getpid(), SIGTERM);
    assert_string_equal(world->trace->str, "");
    cox_runtime_run(world->runtime);
    kill(getpid(), SIGUSR1);
    cox_runtime_run(world->runtime);
    assert_string_equal(world->trace->str, "15 10 ");
    cox_runtime_cancel(world->runtime, usr1);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    assert_false(sigismember(&mask, SIGUSR1));
    assert_true(sigismember(&mask, SIGTERM));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(timers_run_in_order_and_never_early), TEST(deferred_work_that_defers_more_does_not_starve_descriptors),
              TEST(a_watch_sees_data_then_the_hangup_and_can_be_paused), TEST(signals_arrive_in_the_loop))
