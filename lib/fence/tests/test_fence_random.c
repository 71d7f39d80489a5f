/* Random test of lib/fence: splits, crashes, agents that fail and hang; no false success, every request answered once. */
#include "fence/fence.h"

#include "base/testkit.h"

#include "fencebus.h"

enum { SEEDS = 200, TROUBLES = 40, STEPS_BETWEEN = 40, N = 5 };

#define CAN_ALL { true, true, true, true, true, true }
#define CAN_NO_REBOOT { false, true, true, true, true, true }

static const struct cox_fencedevice_def devices[] = {
    { .id = "a", .host_check = "none", .can = CAN_ALL, .action_limit = 1, .priority = 1, .delay_max = "2s" },
    { .id = "b", .host_list = "n1 n2 n3", .can = CAN_NO_REBOOT, .action_limit = 2 },
};

/* Quorum as five votes give it. */
static void
count_votes(struct bus *bus)
{
    for (guint i = 1; i <= N; i++) {
        guint votes = 0;

        for (guint j = 1; j <= N; j++) {
            votes += bus->nodes[j].engine != NULL && bus->net.part[j] == bus->net.part[i];
        }
        if (bus->nodes[i].engine != NULL) {
            bus_quorum(bus, i, votes * 2 > N);
        }
    }
}

static void
cause_trouble(struct bus *bus)
{
    guint node = (guint) g_rand_int_range(bus->net.random, 1, N + 1);

    if (bus->nodes[node].engine == NULL) {
        bus_start(bus, node);
        return;
    }
    switch (g_rand_int_range(bus->net.random, 0, 8)) {
        case 0:
            bus_crash(bus, node);
            break;
        case 1:
        case 2:
            bus_move(bus, node, (guint) g_rand_int_range(bus->net.random, 0, 2));
            break;
        case 3:
            bus->agent = (enum bus_agent) g_rand_int_range(bus->net.random, AGENT_WORKS, AGENT_HANGS + 1);
            break;
        case 4:
            bus->odd_device = g_rand_boolean(bus->net.random) ? "b" : NULL;
            bus->odd_agent = (enum bus_agent) g_rand_int_range(bus->net.random, AGENT_WORKS, AGENT_HANGS + 1);
            break;
        case 5:
            bus->net.is_stopped[node] = !bus->net.is_stopped[node];
            break;
        default:
            bus_ask(bus, node, (guint) g_rand_int_range(bus->net.random, 1, N + 1),
                    (enum cox_fence_action) g_rand_int_range(bus->net.random, COX_FENCE_REBOOT, COX_FENCE_ON + 1));
            break;
    }
}

static void
no_success_without_a_power_cut_and_every_request_is_answered_once(void **state)
{
    guint n_successes = 0, n_failed = 0;

    (void) state;
    for (guint32 seed = 1; seed <= SEEDS; seed++) {
        struct bus bus;

        bus_init(&bus, devices, G_N_ELEMENTS(devices), seed);
        bus.is_honest = true;
        for (guint i = 1; i <= N; i++) {
            bus_start(&bus, i);
        }
        for (guint t = 0; t < TROUBLES; t++) {
            for (guint s = (guint) g_rand_int_range(bus.net.random, 0, STEPS_BETWEEN); s > 0; s--) {
                bus_step(&bus, bus.net.now + COX_USEC_PER_S);
            }
            cause_trouble(&bus);
            count_votes(&bus);
        }
        bus.agent = bus.odd_agent = AGENT_WORKS;
        for (guint i = 1; i <= N; i++) {
            bus.net.is_stopped[i] = false;
        }
        bus_run(&bus, bus.net.now + 1200 * COX_USEC_PER_S);
        for (guint i = 1; i <= N; i++) {
            const struct bus_node *node = &bus.nodes[i];

            n_successes += node->n_successes;
            n_failed += node->n_failed;
            if (node->engine != NULL) {
                assert_int_equal(cox_fence_pending(node->engine), 0);
                assert_int_equal(node->n_ok + node->n_failed, node->n_accepted);
            }
        }
        bus_clear(&bus);
    }
    assert_true(n_successes > 20);
    assert_true(n_failed > 20);
}

COX_TEST_MAIN(cmocka_unit_test(no_success_without_a_power_cut_and_every_request_is_answered_once))
