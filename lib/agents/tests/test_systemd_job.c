/* Tests of lib/agents/systemd_job.c against a service manager of the test's own, on a bus of its own. */
#include "agents/systemd_job.h"

#include <unistd.h>

#include "agents/tests/agentkit.h"
#include "agents/tests/fakesystemd.h"

struct world {
    struct fakeunit units[4];
    struct fakesystemd *fake;
    struct cox_systemd *systemd;
    char *dir;
    guint n_ends, n_changed;
    char *told; /* the last result: "CODE/STATUS REASON" or "pending" */
    char *changed;
};

static void
on_changed(void *context, const char *type)
{
    struct world *world = context;

    world->n_changed++;
    g_free(world->changed);
    world->changed = g_strdup(type);
}

static void
connect_world(struct world *world, const char *address, bool has_systemd)
{
    const struct cox_systemd_settings settings = { .address = address, .drop_in_root = world->dir, .has_systemd = has_systemd,
                                                   .changed = on_changed, .context = world };

    cox_systemd_free(world->systemd);
    world->systemd = cox_systemd_new(&settings);
}

static int
setup(void **state)
{
    static const struct fakeunit units[] = {
        { .name = "web.service", .load = "loaded", .active = "inactive", .after_start = "active", .start_result = "done", .stop_result = "done" },
        { .name = "bad.service", .load = "loaded", .active = "failed", .after_start = "failed", .start_result = "failed", .stop_result = "done",
          .signals_early = true },
        { .name = "data.mount", .load = "loaded", .active = "active", .after_start = "active", .start_result = "done", .stop_result = "timeout",
          .signals_early = true },
        { .name = "gone.service", .load = "not-found", .active = "inactive", .after_start = "inactive", .start_result = "done", .stop_result = "done" },
    };
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    memcpy(world->units, units, sizeof units);
    world->dir = agentkit_new();
    world->fake = fakesystemd_new(world->units, G_N_ELEMENTS(world->units));
    if (world->fake != NULL) {
        connect_world(world, fakesystemd_address(world->fake), true);
    }
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_systemd_free(world->systemd);
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    fakesystemd_free(world->fake);
    agentkit_remove(world->dir);
    g_free(world->told);
    g_free(world->changed);
    g_free(world);
    return 0;
}

static void
on_end(void *context, const struct cox_agent_result *result, bool is_pending)
{
    struct world *world = context;

    world->n_ends++;
    g_free(world->told);
    world->told = is_pending ? g_strdup("pending")
                             : g_strdup_printf("%d/%d%s%s", result->code, (int) result->status, result->exit_reason == NULL ? "" : " ",
                                               result->exit_reason == NULL ? "" : result->exit_reason);
}

static const char *
act(struct world *world, const char *type, const char *action)
{
    guint before = world->n_ends;

    cox_systemd_run(world->systemd, type, action, on_end, world);
    assert_int_equal(world->n_ends, before);
    while (world->n_ends == before) {
        (void) g_main_context_iteration(NULL, TRUE);
    }
    return world->told;
}

#define NEED_BUS(world)                                                                                              \
    if ((world)->fake == NULL) {                                                                                     \
        skip();                                                                                                      \
    }

static void
a_unit_is_started_watched_and_stopped(void **state)
{
    struct world *world = *state;
    g_autofree char *drop_in = g_build_filename(world->dir, "web.service.d/50-pacemaker.conf", NULL);
    g_autofree char *text = NULL;

    NEED_BUS(world)
    assert_string_equal(act(world, "web", "monitor"), "7/0");
    assert_string_equal(act(world, "web", "start"), "0/0");
    assert_true(g_file_get_contents(drop_in, &text, NULL, NULL));
    assert_non_null(strstr(text, "Before=coxd.service pacemaker.service pacemaker_remote.service\n"));
    assert_non_null(strstr(text, "[Service]\nRestart=no\n"));
    assert_int_equal(world->fake->n_reloads, 1);
    assert_string_equal(act(world, "web", "start"), "0/0"); /* once more does no harm, and nothing is read again */
    assert_int_equal(world->fake->n_reloads, 1);
    assert_string_equal(act(world, "web.service", "monitor"), "0/0");
    assert_string_equal(act(world, "web", "stop"), "0/0");
    assert_false(g_file_test(drop_in, G_FILE_TEST_EXISTS));
    assert_int_equal(world->fake->n_reloads, 2);
    assert_string_equal(act(world, "web", "monitor"), "7/0");
    assert_int_equal(world->fake->n_subscribes, 1);
    assert_non_null(strstr(act(world, "web", "promote"), "3/3"));
}

static void
jobs_that_fail_say_how(void **state)
{
    struct world *world = *state;
    g_autofree char *drop_in = g_build_filename(world->dir, "data.mount.d/50-pacemaker.conf", NULL);
    g_autofree char *text = NULL;

    NEED_BUS(world)
    assert_string_equal(act(world, "bad", "start"), "1/4 systemd's job to start 'bad.service' ended with 'failed'");
    assert_string_equal(act(world, "bad", "monitor"), "7/0 unit 'bad.service' is failed (sub)");
    world->units[1].start_result = "done";
    assert_string_equal(act(world, "bad", "start"), "1/0 unit 'bad.service' is failed (sub)");
    assert_string_equal(act(world, "data.mount", "start"), "0/0");
    assert_true(g_file_get_contents(drop_in, &text, NULL, NULL));
    assert_null(strstr(text, "Restart"));
    assert_string_equal(act(world, "data.mount", "stop"), "1/2 systemd's job to stop 'data.mount' ended with 'timeout'");
}

static void
a_unit_that_does_not_exist_is_not_installed_and_is_stopped(void **state)
{
    struct world *world = *state;

    NEED_BUS(world)
    assert_string_equal(act(world, "nothing", "start"), "5/7 there is no systemd unit 'nothing.service'");
    assert_string_equal(act(world, "nothing", "monitor"), "5/7 there is no systemd unit 'nothing.service'");
    assert_string_equal(act(world, "nothing", "stop"), "0/0");
    assert_string_equal(act(world, "gone", "monitor"), "5/7 there is no systemd unit 'gone.service'");
    assert_string_equal(act(world, "gone", COX_SYSTEMD_EXISTS), "5/7 there is no systemd unit 'gone.service'");
    assert_string_equal(act(world, "web", COX_SYSTEMD_EXISTS), "0/0");
}

static void
a_unit_on_its_way_is_pending_and_its_arrival_is_told(void **state)
{
    struct world *world = *state;

    NEED_BUS(world)
    world->units[0].after_start = "activating";
    assert_string_equal(act(world, "web", "start"), "pending");
    assert_string_equal(act(world, "web", "monitor"), "pending");
    world->n_changed = 0;
    fakesystemd_set(world->fake, &world->units[0], "active");
    while (world->n_changed == 0) {
        (void) g_main_context_iteration(NULL, TRUE);
    }
    assert_string_equal(world->changed, "web");
    assert_string_equal(act(world, "web", "monitor"), "0/0");
    fakesystemd_set(world->fake, &world->units[0], "reloading");
    assert_string_equal(act(world, "web", "monitor"), "0/0");
    fakesystemd_set(world->fake, &world->units[0], "deactivating");
    assert_string_equal(act(world, "web", "monitor"), "pending");
    world->n_changed = 0;
    fakesystemd_set(world->fake, &world->units[3], "active"); /* nobody asked for that one */
    (void) act(world, "web", "monitor");
    assert_int_equal(world->n_changed, 0);
}

static void
a_job_is_followed_to_its_end_and_may_be_forgotten(void **state)
{
    struct world *world = *state;
    struct cox_systemd_job *job;

    NEED_BUS(world)
    world->fake->never_ends = true;
    job = cox_systemd_run(world->systemd, "web", "start", on_end, world);
    (void) act(world, "web", "monitor");
    (void) act(world, "web", "monitor");
    assert_int_equal(world->units[0].n_starts, 1);
    assert_int_equal(world->n_ends, 2);
    fakesystemd_end_job(world->fake, "done");
    while (world->n_ends < 3) {
        (void) g_main_context_iteration(NULL, TRUE);
    }
    assert_string_equal(world->told, "0/0");
    for (guint i = 0; i < 5; i++) { /* at every point of its way */
        job = cox_systemd_run(world->systemd, "web", "start", on_end, world);
        for (guint j = 0; j < i; j++) {
            (void) g_main_context_iteration(NULL, TRUE);
        }
        cox_systemd_forget(job);
        (void) act(world, "web", "monitor");
    }
    assert_int_equal(world->n_ends, 8);
}

static void
a_service_manager_that_begins_anew_and_a_bus_that_ends_are_noticed(void **state)
{
    struct world *world = *state;

    NEED_BUS(world)
    world->fake->never_ends = true;
    cox_systemd_run(world->systemd, "web", "start", on_end, world);
    (void) act(world, "web", "monitor");
    (void) act(world, "web", "monitor");
    fakesystemd_reexecute(world->fake); /* it does not remember the job; the unit's state tells */
    while (world->n_ends < 3) {
        (void) g_main_context_iteration(NULL, TRUE);
    }
    assert_string_equal(world->told, "0/0");
    (void) act(world, "web", "monitor");
    assert_int_equal(world->fake->n_subscribes, 2);
    cox_systemd_run(world->systemd, "web", "start", on_end, world);
    (void) act(world, "web", "monitor");
    (void) act(world, "web", "monitor");
    fakesystemd_free(g_steal_pointer(&world->fake));
    while (world->n_ends < 7) {
        (void) g_main_context_iteration(NULL, TRUE);
    }
    assert_non_null(strstr(world->told, "1/4 systemd: the connection to the bus was lost"));
    assert_non_null(strstr(act(world, "web", "monitor"), "1/4 systemd: "));
}

static void
without_a_bus_it_depends_on_whether_there_should_be_one(void **state)
{
    struct world *world = *state;

    connect_world(world, "unix:path=/nonexistent/bus", true);
    assert_non_null(strstr(act(world, "web", "monitor"), "1/4 systemd: "));
    connect_world(world, "unix:path=/nonexistent/bus", false);
    assert_string_equal(act(world, "web", "monitor"), "5/7 there is no systemd unit 'web.service'");
    assert_string_equal(act(world, "web", "stop"), "0/0");
}

static void
names_get_the_suffix_that_they_lack(void **state)
{
    static const char *const cases[][2] = { { "nginx", "nginx.service" }, { "a.b", "a.b.service" }, { "data.mount", "data.mount" },
                                            { "x@1", "x@1.service" },     { "x.timer", "x.timer" } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = cox_systemd_unit_name(cases[i][0]);

        assert_string_equal(name, cases[i][1]);
    }
    assert_int_equal(cox_systemd_is_init(), g_file_test("/run/systemd/system", G_FILE_TEST_IS_DIR));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

COX_TEST_MAIN(TEST(a_unit_is_started_watched_and_stopped), TEST(jobs_that_fail_say_how),
              TEST(a_unit_that_does_not_exist_is_not_installed_and_is_stopped),
              TEST(a_unit_on_its_way_is_pending_and_its_arrival_is_told), TEST(a_job_is_followed_to_its_end_and_may_be_forgotten),
              TEST(a_service_manager_that_begins_anew_and_a_bus_that_ends_are_noticed),
              TEST(without_a_bus_it_depends_on_whether_there_should_be_one), TEST(names_get_the_suffix_that_they_lack))
