/* lib/replica/tests/test_replica_random.c - seeds of crashes, splits and lost journals: nothing kept is lost, all become equal. */
#include "base/testkit.h"

#include "replica/tests/replica_sim.h"

/* COX_REPLICA_SEEDS=FIRST:NUMBER runs others. */
/* Half of the seeds are hectic, faults in the middle of faults; in the others much is done and kept between two faults. */
enum { SEEDS = 2000, HECTIC_STEPS = 500, CALM_STEPS = 250, CALM = 10 };

static void
one_fault(struct sim *sim)
{
    unsigned node = (unsigned) g_rand_int_range(sim->bus.random, 0, (gint32) sim->n);
    struct sim_node *at = &sim->nodes[node];
    int component[SIM_MAX] = { 0 };

    switch (g_rand_int_range(sim->bus.random, 0, 11)) {
    case 0:
    case 1:
        sim_crash(sim, node);
        break;
    case 2:
    case 3:
    case 4:
        sim_start(sim, node);
        break;
    case 5:
        for (unsigned i = 0; i < sim->n; i++) {
            component[i] = g_rand_int_range(sim->bus.random, 0, 2);
        }
        sim_split(sim, component);
        break;
    case 6:
        sim_split(sim, component);
        break;
    case 9:
        /* The power goes everywhere, and comes back for just as many as make a quorum. */
        for (unsigned i = 0; i < sim->n; i++) {
            sim_crash(sim, i);
        }
        for (unsigned i = 0; i < sim->quorum_votes; i++) {
            sim_start(sim, (node + i) % sim->n);
        }
        break;
    case 10:
        at->is_slow = !at->is_slow;
        break;
    case 7:
        at->is_paused = !at->is_paused;
        break;
    default:
        sim_disk(sim, node, at->disk_fails);
        break;
    }
}

/* Some changes come alone, some with others. */
static void
submit(struct sim *sim, gint32 dice)
{
    unsigned node = (unsigned) g_rand_int_range(sim->bus.random, 0, (gint32) sim->n);

    for (gint32 more = dice % 3 == 0 ? g_rand_int_range(sim->bus.random, 0, 5) : 0; more >= 0; more--) {
        sim->more_follows = more > 0;
        (void) sim_submit(sim, node, "uuuec"[(dice + more) % 5]);
    }
}

static char *
run_seed(guint32 seed, unsigned *totals)
{
    struct sim *sim = sim_new(seed, 3 + seed % 3);
    bool is_calm = seed / 2 % 2 == 0;
    char *violation;

    sim->tail_changes = seed % 2 == 0 ? 4 : 64;
    for (unsigned i = 0; i < sim->n; i++) {
        if (seed % 5 != 0 || i % 2 == 0) {
            sim_start(sim, i);
        }
    }
    for (unsigned step = 0; step < (is_calm ? CALM_STEPS : HECTIC_STEPS) && sim->violation == NULL; step++) {
        gint32 dice = g_rand_int_range(sim->bus.random, 0, 200);

        if (dice < 25) {
            submit(sim, dice);
        } else if (dice < 30) {
            one_fault(sim);
        } else {
            for (unsigned i = 0; i < (is_calm ? CALM : 1); i++) {
                sim_step(sim);
            }
        }
    }
    if (sim->violation == NULL) {
        sim_check_end(sim);
    }
    for (unsigned i = 0; i < 5; i++) {
        totals[i] += sim->n_answers[i];
    }
    totals[5] += sim->n_set_aside;
    totals[6] += sim->n_installed;
    for (unsigned i = 0; i < sim->n; i++) {
        totals[7] += sim->nodes[i].notes[COX_REPLICA_ESTABLISHED];
        totals[8] += sim->nodes[i].notes[COX_REPLICA_EXCUSED];
        totals[9] += sim->nodes[i].notes[COX_REPLICA_DIVERGED];
        totals[10] += sim->nodes[i].notes[COX_REPLICA_BAD_DOCUMENT];
        totals[11] += sim->nodes[i].notes[COX_REPLICA_STALLED];
    }
    violation = g_steal_pointer(&sim->violation);
    sim_free(sim);
    return violation;
}

static void
no_seed_loses_what_was_kept(void **state)
{
    const char *range = g_getenv("COX_REPLICA_SEEDS");
    unsigned first = 1, number = SEEDS, totals[12] = { 0 }, bad = 0, seen = 0;

    (void) state;
    if (range != NULL) {
        char *end = NULL;

        first = (unsigned) strtoul(range, &end, 10);
        number = *end == ':' ? (unsigned) strtoul(end + 1, NULL, 10) : 1;
    }
    for (unsigned seed = first; seed < first + number; seed++) {
        g_autofree char *violation = run_seed(seed, totals);

        if (g_getenv("COX_REPLICA_VERBOSE") != NULL && totals[9] > seen) {
            seen = totals[9];
            print_message("# seed %u: diverged\n", seed);
        }
        if (violation != NULL) {
            print_message("# seed %u: %s\n", seed, violation);
            if (++bad == 10) {
                break;
            }
        }
    }
    print_message("# seeds %u to %u: answers kept %u, provisional %u, uncertain %u, refused %u, unsent %u; set aside %u, "
                  "installed %u; views established %u, excused %u, diverged %u, bad %u, stalled %u\n",
                  first, first + number - 1, totals[0], totals[1], totals[2], totals[3], totals[4], totals[5], totals[6],
                  totals[7], totals[8], totals[9], totals[10], totals[11]);
    assert_int_equal(bad, 0);
    if (number >= SEEDS) { /* the seeds reach everything that they are there for */
        assert_true(totals[COX_REPLICA_KEPT] > number && totals[COX_REPLICA_PROVISIONAL] > 100);
        assert_true(totals[COX_REPLICA_UNCERTAIN] > 100 && totals[COX_REPLICA_REFUSED] > 100);
        assert_true(totals[5] > 100 && totals[6] > 500 && totals[7] > number && totals[8] > 10);
    }
    assert_int_equal(totals[9], 0); /* nothing diverges by itself */
    assert_int_equal(totals[10], 0);
}

COX_TEST_MAIN(cmocka_unit_test(no_seed_loses_what_was_kept))
