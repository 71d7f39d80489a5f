/* Random test of lib/election: partitions, crashes, stopped processes; safe at every step, settled after a while. */
#include "election/election.h"

#include "base/testkit.h"

#include "electionbus.h"

enum { SEEDS = 400, TROUBLES = 25, STEPS_BETWEEN = 120 };

static void
cause_trouble(struct bus *bus, guint n_nodes)
{
    guint node = (guint) g_rand_int_range(bus->net.random, 1, (gint32) n_nodes + 1);
    bool is_up = bus->nodes[node].engine != NULL;

    switch (g_rand_int_range(bus->net.random, 0, 6)) {
        case 0:
            if (is_up) {
                bus_crash(bus, node);
            }
            break;
        case 1:
        case 2:
            if (is_up) {
                bus_move(bus, node, (guint) g_rand_int_range(bus->net.random, 0, 3));
            }
            break;
        case 3:
            bus->net.is_stopped[node] = is_up && !bus->net.is_stopped[node];
            break;
        default:
            if (!is_up) {
                bus->nodes[node].features = (cox_feature_set) g_rand_int_range(bus->net.random, 4, 7);
                bus_start(bus, node, n_nodes);
            }
            break;
    }
}

static void
end_trouble(struct bus *bus, guint n_nodes)
{
    for (guint i = 1; i <= n_nodes; i++) {
        bus->net.is_stopped[i] = false;
        if (bus->nodes[i].engine == NULL) {
            bus_start(bus, i, n_nodes);
        }
        if (bus->net.part[i] == 2) {
            bus_move(bus, i, 0);
        }
    }
    bus->with_orders = false;
}

static void
one_coordinator_per_generation_and_always_one_in_the_end(void **state)
{
    guint n_obeyed = 0, n_refused = 0;

    (void) state;
    for (guint32 seed = 1; seed <= SEEDS; seed++) {
        struct cox_election_config config = bus_config;
        struct bus bus;
        guint n_nodes = 2 + seed % 6;

        config.beacon_ms = seed % 3 == 0 ? 0 : 1000;
        bus_init(&bus, &config, seed);
        bus.with_orders = true;
        for (guint i = 1; i <= n_nodes; i++) {
            bus_start(&bus, i, n_nodes);
        }
        for (guint t = 0; t < TROUBLES; t++) {
            for (guint s = (guint) g_rand_int_range(bus.net.random, 0, STEPS_BETWEEN); s > 0; s--) {
                bus_step(&bus, bus.net.now + COX_USEC_PER_S * 30);
            }
            cause_trouble(&bus, n_nodes);
        }
        end_trouble(&bus, n_nodes);
        bus_run(&bus, bus.net.now + COX_USEC_PER_S * 60);
        bus_check_settled(&bus);
        n_obeyed += bus.orders->len;
        n_refused += bus.n_refused_orders;
        bus_clear(&bus);
    }
    print_message("%u orders obeyed, %u refused\n", n_obeyed, n_refused);
    assert_true(n_obeyed > 1000);
    assert_true(n_refused > 100); /* else the test would not have seen what it is for */
}

static void
the_same_seed_gives_the_same_story(void **state)
{
    guint n_messages[2], n_steps[2];

    (void) state;
    for (guint run = 0; run < 2; run++) {
        struct bus bus;

        bus_init(&bus, &bus_config, 4711);
        for (guint i = 1; i <= 5; i++) {
            bus_start(&bus, i, 5);
        }
        for (guint t = 0; t < TROUBLES; t++) {
            for (guint s = 0; s < STEPS_BETWEEN; s++) {
                bus_step(&bus, bus.net.now + COX_USEC_PER_S * 30);
            }
            cause_trouble(&bus, 5);
        }
        n_messages[run] = bus.net.n_messages;
        n_steps[run] = bus.net.n_steps;
        bus_clear(&bus);
    }
    assert_int_equal(n_messages[0], n_messages[1]);
    assert_int_equal(n_steps[0], n_steps[1]);
}

COX_TEST_MAIN(cmocka_unit_test(one_coordinator_per_generation_and_always_one_in_the_end),
              cmocka_unit_test(the_same_seed_gives_the_same_story))
