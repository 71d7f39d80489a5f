/* Random test of lib/attr: changes, partitions, crashes, stopped processes, refused writes; equal in the end. */
#include "base/testkit.h"

#include "attrbus.h"

enum { SEEDS = 400, TROUBLES = 40, STEPS_BETWEEN = 60 };

static void
change_something(struct bus *bus, guint at)
{
    static const char *const names[] = { "a", "b", "c", "d" };
    static const char *const values[] = { "1", "2", "value++", NULL, "x" };
    gint32 name = g_rand_int_range(bus->net.random, 0, G_N_ELEMENTS(names));
    struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = names[name],
                                      .node = bus_names[g_rand_int_range(bus->net.random, 1, BUS_MAX)],
                                      .value = values[g_rand_int_range(bus->net.random, 0, G_N_ELEMENTS(values))],
                                      .value_kind = name == 3 ? COX_ATTR_PRIVATE : COX_ATTR_TRANSIENT,
                                      .dampening_ms = name == 2 ? 5000 : -1 };

    bus_request(bus, at, &change);
}

static void
cause_trouble(struct bus *bus)
{
    guint node = (guint) g_rand_int_range(bus->net.random, 1, BUS_MAX);

    if (bus->nodes[node].engine == NULL) {
        bus_start(bus, node);
        return;
    }
    switch (g_rand_int_range(bus->net.random, 0, 10)) {
        case 0:
            bus_crash(bus, node, false);
            break;
        case 1:
            bus_crash(bus, node, true);
            break;
        case 2:
        case 3:
            bus_move(bus, node, (guint) g_rand_int_range(bus->net.random, 0, BUS_PARTS));
            break;
        case 4:
            bus->net.is_stopped[node] = !bus->net.is_stopped[node];
            break;
        case 5:
            bus->failing_writes = 2;
            break;
        default:
            change_something(bus, node);
            break;
    }
}

static void
all_members_have_equal_tables_and_the_document_follows(void **state)
{
    (void) state;
    for (guint32 seed = 1; seed <= SEEDS; seed++) {
        struct bus bus;

        bus_init(&bus, seed);
        for (guint i = 1; i < BUS_MAX; i++) {
            bus_start(&bus, i);
        }
        for (guint t = 0; t < TROUBLES; t++) {
            for (guint s = (guint) g_rand_int_range(bus.net.random, 0, STEPS_BETWEEN); s > 0; s--) {
                bus_step(&bus, bus.net.now + COX_USEC_PER_S);
            }
            cause_trouble(&bus);
        }
        for (guint i = 1; i < BUS_MAX; i++) {
            bus.net.is_stopped[i] = false;
        }
        bus_run(&bus, bus.net.now + 60 * COX_USEC_PER_S);
        bus_check_equal(&bus);
        for (guint i = 1; i < BUS_MAX; i++) {
            if (bus.nodes[i].engine != NULL) {
                bus_move(&bus, i, 0);
            }
        }
        bus_run(&bus, bus.net.now + 60 * COX_USEC_PER_S);
        bus_check_equal(&bus);
        bus_clear(&bus);
    }
}

COX_TEST_MAIN(cmocka_unit_test(all_members_have_equal_tables_and_the_document_follows))
