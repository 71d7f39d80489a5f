/* Tests of cox-execd: resources that are systemd units, with a service manager of the test's own. */
#include "execdkit.h"

#include <signal.h>

#include "agents/tests/fakesystemd.h"

/* Its tear-down belongs to the test: the bus must outlive the daemon. */
struct world {
    struct place *place;
    struct fakesystemd *fake;
    struct fakeunit units[2];
};

static struct world
begin(void **state)
{
    static const struct fakeunit web = { .name = "web.service", .load = "loaded", .active = "inactive", .after_start = "active",
                                         .start_result = "done", .stop_result = "done" };
    struct world world = { .place = *state, .units = { web } };

    return world;
}

/* false when there is no dbus-daemon. */
static bool
start(struct world *world)
{
    world->fake = fakesystemd_new(world->units, 1);
    if (world->fake == NULL) {
        return false;
    }
    world->place->extra = g_strconcat("COX_SYSTEMD_BUS=", fakesystemd_address(world->fake), NULL);
    place_start(world->place);
    return true;
}

static void
end(struct world *world)
{
    place_end(world->place, SIGTERM);
    assert_int_equal(world->place->end.exit_status, 0);
    fakesystemd_free(world->fake);
}

static void
a_unit_is_started_monitored_by_its_signals_and_stopped(void **state)
{
    struct world world = begin(state);
    struct place *place = world.place;

    if (!start(&world)) {
        skip();
    }
    assert_true(place_order(place, "systemd:web", "w", "monitor", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "w monitor 0 7/0");
    assert_true(place_order(place, "systemd:web", "w", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 2), "w start 0 0/0");
    assert_true(place_order(place, "systemd:web", "w", "monitor", 3600000, NULL) > 0);
    assert_string_equal(place_wait_results(place, 3), "w monitor 3600000 0/0");
    fakesystemd_set(world.fake, &world.units[0], "failed");
    assert_string_equal(place_wait_results(place, 4), "w monitor 3600000 7/0 unit 'web.service' is failed (sub)"); /* not an hour later */
    assert_true(place_order(place, "systemd:web", "w", "stop", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 5), "w stop 0 0/0");
    assert_true(place_order(place, "systemd:other", "o", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 6), "o start 0 5/7 there is no systemd unit 'other.service'");
    end(&world);
}

static void
a_unit_on_its_way_ends_the_start_when_it_arrives(void **state)
{
    struct world world = begin(state);
    struct place *place = world.place;

    world.units[0].after_start = "activating";
    if (!start(&world)) {
        skip();
    }
    assert_true(place_order(place, "systemd:web", "w", "start", 0, NULL) > 0);
    while (world.units[0].n_starts == 0) {
        place_pass(place, 5);
    }
    place_pass(place, 50);
    assert_int_equal(place->results->len, 0);
    world.units[0].after_start = "active";
    fakesystemd_set(world.fake, &world.units[0], "active");
    assert_string_equal(place_wait_results(place, 1), "w start 0 0/0");
    end(&world);
}

static void
a_job_goes_on_while_the_executor_is_dead(void **state)
{
    struct world world = begin(state);
    struct place *place = world.place;

    if (!start(&world)) {
        skip();
    }
    world.fake->never_ends = true;
    assert_true(place_order(place, "systemd:web", "w", "start", 0, NULL) > 0);
    while (world.units[0].n_starts == 0) {
        place_pass(place, 5);
    }
    place_end(place, SIGKILL);
    world.fake->never_ends = false;
    place_start(place);
    assert_string_equal(place_wait_results(place, 1), "w start 0 0/0");
    end(&world);
}

static void
a_service_is_a_unit_or_else_an_init_script(void **state)
{
    struct world world = begin(state);
    struct place *place = world.place;

    if (!start(&world)) {
        skip();
    }
    assert_true(place_order(place, "service:web", "w", "start", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 1), "w start 0 0/0");
    assert_int_equal(world.units[0].n_starts, 1);
    assert_true(place_order(place, "service:service", "s", "monitor", 0, NULL) > 0);
    assert_string_equal(place_wait_results(place, 2), "s monitor 0 7/0");
    assert_true(place_order(place, "service:nothing", "n", "monitor", 0, NULL) > 0);
    assert_non_null(strstr(place_wait_results(place, 3), "n monitor 0 5/7"));
    end(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

COX_TEST_MAIN(TEST(a_unit_is_started_monitored_by_its_signals_and_stopped), TEST(a_unit_on_its_way_ends_the_start_when_it_arrives),
              TEST(a_job_goes_on_while_the_executor_is_dead), TEST(a_service_is_a_unit_or_else_an_init_script))
