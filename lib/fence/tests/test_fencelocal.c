/* Tests of lib/fence/fencelocal.c */
#include "fence/fencelocal.h"

#include "base/testkit.h"

struct world {
    struct cox_fencelocal local;
    GPtrArray *devices;
};

static void
free_device(gpointer device)
{
    cox_fencedevice_free(device);
}

static void
setup(struct world *w, int action_limit)
{
    struct cox_fencedevice_def def = { .id = "d", .host_check = "none", .action_limit = action_limit };

    cox_fencelocal_init(&w->local);
    w->devices = g_ptr_array_new_with_free_func(free_device);
    g_ptr_array_add(w->devices, cox_fencedevice_new(&def, 10));
}

static void
teardown(struct world *w)
{
    cox_fencelocal_clear(&w->local);
    g_ptr_array_unref(w->devices);
}

static void
add(struct world *w, guint64 attempt, const char *device, cox_usec due_at)
{
    g_autofree char *id = g_strdup(device);
    g_autofree char *target = g_strdup("n1");
    struct cox_fencejob job = { .id = { 1, 1 }, .attempt = attempt, .device = id, .target = target,
                                .action = COX_FENCE_OFF, .due_at = due_at };

    cox_fencelocal_add(&w->local, &job);
}

static void
a_device_does_one_thing_at_a_time_if_it_must(void **state)
{
    struct world w;
    struct cox_fencejob *job = NULL;

    (void) state;
    setup(&w, 1);
    add(&w, 1, "d", 100);
    add(&w, 2, "unknown", 0);
    add(&w, 3, "d", 0);
    assert_int_equal(cox_fencelocal_wake_at(&w.local, 0), 100);
    job = cox_fencelocal_begin(&w.local, w.devices, 0);
    assert_int_equal(job->attempt, 3);
    assert_null(cox_fencelocal_begin(&w.local, w.devices, 200));
    assert_ptr_equal(cox_fencelocal_find(&w.local, job->run), job);
    assert_null(cox_fencelocal_find(&w.local, 0));
    assert_null(cox_fencelocal_find(&w.local, 99));
    cox_fencelocal_drop(&w.local, job);
    assert_int_equal(cox_fencelocal_begin(&w.local, w.devices, 200)->attempt, 1);
    teardown(&w);
    for (int limit = -1; limit <= 2; limit += limit == 0 ? 2 : 1) {
        setup(&w, limit);
        add(&w, 1, "d", 0);
        add(&w, 2, "d", 0);
        assert_non_null(cox_fencelocal_begin(&w.local, w.devices, 0));
        assert_non_null(cox_fencelocal_begin(&w.local, w.devices, 0));
        teardown(&w);
    }
}

static void
tries_share_one_time_limit(void **state)
{
    struct world w;
    struct cox_fencejob *job = NULL;

    (void) state;
    setup(&w, 1);
    add(&w, 1, "d", 0);
    job = cox_fencelocal_begin(&w.local, w.devices, 0);
    assert_int_equal(job->deadline, 10000);
    assert_true(cox_fencelocal_retry(job, w.devices, 4000));
    assert_ptr_equal(cox_fencelocal_begin(&w.local, w.devices, 5000), job);
    assert_int_equal(job->deadline, 10000);
    assert_false(cox_fencelocal_retry(job, w.devices, 6000)); /* two tries are the default */
    assert_null(cox_fencelocal_overdue(&w.local, 9999));
    assert_int_equal(cox_fencelocal_wake_at(&w.local, 9999), 10000);
    assert_ptr_equal(cox_fencelocal_overdue(&w.local, 10000), job);
    assert_null(cox_fencelocal_overdue(&w.local, 10000)); /* once */
    assert_int_equal(cox_fencelocal_wake_at(&w.local, 10000), COX_USEC_NEVER);
    teardown(&w);
    setup(&w, 1);
    add(&w, 1, "d", 0);
    job = cox_fencelocal_begin(&w.local, w.devices, 0);
    assert_false(cox_fencelocal_retry(job, w.devices, 10000)); /* no time left */
    g_ptr_array_set_size(w.devices, 0);
    assert_false(cox_fencelocal_retry(job, w.devices, 0)); /* no device */
    teardown(&w);
}

static void
asking_jobs_are_known_by_their_operation(void **state)
{
    struct world w;

    (void) state;
    setup(&w, 1);
    add(&w, 5, "d", 0);
    assert_false(cox_fencelocal_is_asking(&w.local, (struct cox_fence_id) { 1, 1 }));
    add(&w, 0, "d", 0);
    assert_true(cox_fencelocal_is_asking(&w.local, (struct cox_fence_id) { 1, 1 }));
    assert_false(cox_fencelocal_is_asking(&w.local, (struct cox_fence_id) { 2, 1 }));
    assert_false(cox_fencelocal_is_asking(&w.local, (struct cox_fence_id) { 1, 2 }));
    teardown(&w);
}

COX_TEST_MAIN(cmocka_unit_test(a_device_does_one_thing_at_a_time_if_it_must), cmocka_unit_test(tries_share_one_time_limit),
              cmocka_unit_test(asking_jobs_are_known_by_their_operation))
