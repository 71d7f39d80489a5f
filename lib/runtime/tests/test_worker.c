/* Tests of lib/runtime/worker.c, with jobs that hang until they are let go. */
#include "runtime/worker.h"

#include <unistd.h>

#include "base/testkit.h"
#include "runtime/loop.h"

/* Shared by test and jobs; outlives both. */
struct gate {
    GMutex lock;
    GCond opened;
    bool is_open;
    gint n_worked, n_done, n_dropped; /* atomic */
    GString *order; /* of completions */
};

struct task {
    struct gate *gate;
    char name;
    bool waits;
};

static void
work(void *data)
{
    struct task *task = data;

    g_mutex_lock(&task->gate->lock);
    while (task->waits && !task->gate->is_open) {
        g_cond_wait(&task->gate->opened, &task->gate->lock);
    }
    g_mutex_unlock(&task->gate->lock);
    g_atomic_int_inc(&task->gate->n_worked);
}

static void
done(void *data)
{
    struct task *task = data;

    g_atomic_int_inc(&task->gate->n_done);
    g_string_append_c(task->gate->order, task->name);
    g_free(task);
}

static void
drop(void *data)
{
    struct task *task = data;

    g_atomic_int_inc(&task->gate->n_dropped);
    g_free(task);
}

static void
put(struct cox_worker *worker, struct gate *gate, char name, bool waits)
{
    struct task *task = g_new(struct task, 1);

    *task = (struct task) { gate, name, waits };
    cox_worker_put(worker, &(struct cox_worker_job) { work, done, drop, task });
}

static void
open_gate(struct gate *gate)
{
    g_mutex_lock(&gate->lock);
    gate->is_open = true;
    g_cond_broadcast(&gate->opened);
    g_mutex_unlock(&gate->lock);
}

struct world {
    GMainContext *context;
    struct cox_runtime *runtime;
    struct gate gate;
};

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    world->context = g_main_context_new();
    world->runtime = cox_loop_new(world->context);
    world->gate.order = g_string_new(NULL);
    g_mutex_init(&world->gate.lock);
    g_cond_init(&world->gate.opened);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_runtime_free(world->runtime);
    g_main_context_unref(world->context);
    g_string_free(world->gate.order, TRUE);
    g_mutex_clear(&world->gate.lock);
    g_cond_clear(&world->gate.opened);
    g_free(world);
    return 0;
}

static void
jobs_are_done_in_order_and_the_loop_hears_of_it(void **state)
{
    struct world *world = *state;
    g_autoptr(cox_worker) worker = cox_worker_new(world->runtime);

    for (char name = 'a'; name <= 'e'; name++) {
        put(worker, &world->gate, name, false);
    }
    assert_int_equal(world->gate.n_done, 0); /* never from inside the call */
    while (cox_worker_waiting(worker) > 0) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_string_equal(world->gate.order->str, "abcde");
    assert_int_equal(cox_worker_stalled_ms(worker), 0);
}

static void
nudge(void *context)
{
    (*(int *) context)++;
}

static void
the_loop_goes_on_while_a_job_hangs_and_can_say_how_long(void **state)
{
    struct world *world = *state;
    g_autoptr(cox_worker) worker = cox_worker_new(world->runtime);
    int n_turns = 0;

    put(worker, &world->gate, 'a', true);
    put(worker, &world->gate, 'b', false);
    while (cox_worker_stalled_ms(worker) < 30) {
        (void) cox_runtime_timer(world->runtime, cox_usec_after_ms(cox_runtime_now(world->runtime), 1), nudge, &n_turns);
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_true(n_turns > 1);
    assert_int_equal(cox_worker_waiting(worker), 2);
    open_gate(&world->gate);
    while (cox_worker_waiting(worker) > 0) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_string_equal(world->gate.order->str, "ab");
    assert_int_equal(cox_worker_stalled_ms(worker), 0);
}

static void
another_thread_goes_on_beside_a_job_that_hangs(void **state)
{
    struct world *world = *state;
    g_autoptr(cox_worker) worker = cox_worker_new(world->runtime);

    put(worker, &world->gate, 'a', true);
    put(worker, &world->gate, 'b', false);
    assert_int_equal(cox_worker_threads(worker), 1);
    cox_worker_add_thread(worker);
    assert_int_equal(cox_worker_threads(worker), 2);
    while (cox_worker_waiting(worker) > 1) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_string_equal(world->gate.order->str, "b");
    open_gate(&world->gate);
    while (cox_worker_waiting(worker) > 0) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_string_equal(world->gate.order->str, "ba");
}

static void
what_has_not_begun_is_dropped_at_the_end_and_what_hangs_is_left_behind(void **state)
{
    struct world *world = *state;
    struct cox_worker *worker = cox_worker_new(world->runtime);

    put(worker, &world->gate, 'a', true);
    put(worker, &world->gate, 'b', true);
    cox_worker_free(worker); /* does not wait */
    assert_int_equal(world->gate.n_done, 0);
    open_gate(&world->gate);
    while (g_atomic_int_get(&world->gate.n_dropped) < 2) {
        g_usleep(1000);
    }
    assert_int_equal(world->gate.n_done, 0);
    assert_true(world->gate.n_worked <= 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(jobs_are_done_in_order_and_the_loop_hears_of_it), TEST(the_loop_goes_on_while_a_job_hangs_and_can_say_how_long),
              TEST(another_thread_goes_on_beside_a_job_that_hangs), TEST(what_has_not_begun_is_dropped_at_the_end_and_what_hangs_is_left_behind))
