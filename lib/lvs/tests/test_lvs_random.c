/* lib/lvs/tests/test_lvs_random.c - laws of the engine of virtual servers, held for random lives: servers die, mutter nothing and come back,
 * configurations change, people order, operations fail, and others put things into the kernel, too. */
#include "base/testkit.h"

#include <stdio.h>

#include "lvs/tests/lvsworld.h"

enum { SEEDS = 400, STEPS = 150, FOREIGN = 99 };

/* "1: 1=10 2=5; ..." with up to four virtual servers. */
static char *
random_text(GRand *rand)
{
    GString *text = g_string_new(NULL);

    for (guint i = 1; i <= 4; i++) {
        if (g_rand_int_range(rand, 0, 4) == 0) {
            continue;
        }
        g_string_append_printf(text, "%s%u:", text->len > 0 ? "; " : "", i);
        for (guint j = 1; j < 7; j++) {
            if (g_rand_int_range(rand, 0, 3) > 0) {
                g_string_append_printf(text, " %u=%d", j, g_rand_int_range(rand, 0, 4) * 20);
            }
        }
    }
    return g_string_free(text, FALSE);
}

static void
load_random(struct world *world, GRand *rand)
{
    g_autofree char *text = random_text(rand);
    const struct world_conf conf = { .text = text, .sorry = g_rand_boolean(rand) ? 9 : 0, .quorum = g_rand_int_range(rand, 0, 60),
                                     .drain_ms = g_rand_boolean(rand) ? 15000 : 0, .slow_ms = g_rand_boolean(rand) ? 20000 : 0,
                                     .warmup_ms = 3000, .is_alpha = g_rand_boolean(rand), .is_inhibited = g_rand_boolean(rand),
                                     .passive_conns = g_rand_boolean(rand) ? 5 : 0, .panic_percent = g_rand_boolean(rand) ? 40 : 0,
                                     .retries = (guint) g_rand_int_range(rand, 0, 3), .rise = (guint) g_rand_int_range(rand, 1, 3) };

    world_load(world, &conf);
}

/* The weight of a good server in the kernel; -1: it is not there, or not good. */
static gint
good_weight(const struct world *world, const char *name, const struct cox_ip *address)
{
    for (guint i = 0; cox_lvs_pool_at(world->lvs, i) != NULL; i++) {
        const struct cox_lvs_pool *pool = cox_lvs_pool_at(world->lvs, i);
        const struct cox_lvs_backend *backend = cox_lvs_pool_find(pool, address, 0);
        const struct cox_lvs_vs vs = cox_lvs_pool_vs(pool->conf, &pool->conf->fronts[0], 0);
        const struct cox_lvs_rs rs = { .address = *address, .port = 80 };

        if (strcmp(pool->conf->name, name) == 0 && backend != NULL && backend->is_up) {
            const struct fake_rs *there = fake_ipvs_server(fake_ipvs_find(world->ipvs, &vs.key), &rs);

            return there == NULL ? -1 : there->rs.weight;
        }
    }
    return -1;
}

/* Who is quiesced is still there, for its connections. */
static void
order_random(struct world *world, GRand *rand)
{
    g_autofree char *name = g_strdup_printf("%d", g_rand_int_range(rand, 1, 6));
    const gint number = g_rand_int_range(rand, -70000, 70000);

    const struct cox_ip address = world_server((guint) g_rand_int_range(rand, 1, 8));
    const enum cox_lvs_order order = (enum cox_lvs_order) g_rand_int_range(rand, 0, 4);
    const bool was_there = good_weight(world, name, &address) >= 0;

    world_step(world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ORDER, .name = name, .address = address, .order = order, .weight = number,
                                                .drain_ms = number });
    if (order == COX_LVS_ORDER_QUIESCE && was_there) {
        assert_int_equal(good_weight(world, name, &address), 0);
    }
}

/* Somebody removes a server behind our back. */
static void
take_away(struct world *world, GRand *rand)
{
    struct fake_vs *row = world->ipvs->rows->pdata[g_rand_int_range(rand, 0, (gint) world->ipvs->rows->len)];

    if (row->servers->len > 0 && row->vs.key.address.bytes[2] != FOREIGN) {
        g_array_set_size(row->servers, row->servers->len - 1);
        world_step(world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_FAILED });
        world->is_disturbed = true;
        world_run(world, world->now + 6 * COX_USEC_PER_S);
        world->is_disturbed = false;
    }
}

static void
live_a_little(struct world *world, GRand *rand)
{
    const guint server = (guint) g_rand_int_range(rand, 1, WORLD_SERVERS);

    switch (g_rand_int_range(rand, 0, 12)) {
        case 0:
            load_random(world, rand);
            break;
        case 1:
        case 2:
            order_random(world, rand);
            break;
        case 3:
        case 4:
            world->is_dead[server] = !world->is_dead[server];
            break;
        case 5:
            world->is_mute[server] = !world->is_mute[server];
            break;
        case 6:
            world->use[server].active = (guint32) g_rand_int_range(rand, 0, 2);
            world->use[server].conns += 10;
            world->use[server].in_bytes += 10;
            world->use[server].out_bytes += (guint64) g_rand_int_range(rand, 0, 2);
            break;
        default:
            world_run(world, world->now + g_rand_int_range(rand, 1, 15000) * COX_USEC_PER_MS);
            break;
    }
}

/* What must be in the kernel, thought out again from what the engine says of health and orders. */
static void
assert_kernel(const struct world *world, guint32 seed)
{
    guint n_rows = 1; /* the foreign one */

    for (guint i = 0; cox_lvs_pool_at(world->lvs, i) != NULL; i++) {
        const struct cox_lvs_pool *pool = cox_lvs_pool_at(world->lvs, i);
        const struct cox_lvs_vs vs = cox_lvs_pool_vs(pool->conf, &pool->conf->fronts[0], 0);
        const struct fake_vs *row = fake_ipvs_find(world->ipvs, &vs.key);
        g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_rs));

        n_rows++;
        cox_lvs_pool_place(pool, world->now, wanted);
        if (row == NULL || row->servers->len > wanted->len) {
            fail_msg("seed %u: virtual server %s is not as wanted", seed, pool->conf->name);
        }
        for (guint j = 0; j < wanted->len; j++) {
            struct cox_lvs_rs *rs = &g_array_index(wanted, struct cox_lvs_rs, j);

            rs->port = rs->port != 0 ? rs->port : 80;
            const struct fake_rs *there = fake_ipvs_server(row, rs);

            if (there == NULL || there->rs.weight != rs->weight) {
                fail_msg("seed %u: virtual server %s, server %u has weight %d, not %d", seed, pool->conf->name, rs->address.bytes[3],
                         there == NULL ? -1 : there->rs.weight, rs->weight);
            }
        }
    }
    assert_int_equal(world->ipvs->rows->len, n_rows);
}

/* Servers that are there before and after are the same ones, with their connections. */
static void
assert_same_servers(const struct fake_ipvs *now, GHashTable *serials)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, serials);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        guint front, server;

        assert_int_equal(sscanf(key, "%u/%u", &front, &server), 2);
        for (guint i = 0; i < now->rows->len; i++) {
            const struct fake_vs *row = now->rows->pdata[i];

            for (guint j = 0; row->vs.key.address.bytes[2] == front && j < row->servers->len; j++) {
                const struct fake_rs *there = &g_array_index(row->servers, struct fake_rs, j);

                if (there->rs.address.bytes[3] == server) {
                    assert_int_equal(there->serial, GPOINTER_TO_UINT(value));
                }
            }
        }
    }
}

static GHashTable *
serials_of(const struct fake_ipvs *ipvs)
{
    GHashTable *serials = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < ipvs->rows->len; i++) {
        const struct fake_vs *row = ipvs->rows->pdata[i];

        for (guint j = 0; j < row->servers->len; j++) {
            const struct fake_rs *server = &g_array_index(row->servers, struct fake_rs, j);

            g_hash_table_insert(serials, g_strdup_printf("%u/%u", row->vs.key.address.bytes[2], server->rs.address.bytes[3]),
                                GUINT_TO_POINTER(server->serial));
        }
    }
    return serials;
}

static void
begin(struct world *world, guint32 seed)
{
    struct cox_lvs_vs vs = { .key = { .family = 4, .protocol = 6, .port = 80 }, .scheduler = "rr" };
    struct cox_lvs_rs rs = { .address = world_server(1), .port = 80, .weight = 7 };

    world_init(world);
    cox_lvs_free(world->lvs);
    world->lvs = cox_lvs_new(seed);
    vs.key.address = world_front(FOREIGN);
    assert_true(fake_ipvs_apply(world->ipvs, &(struct cox_lvs_op) { .kind = COX_LVS_OP_ADD_VS, .vs = &vs }));
    assert_true(fake_ipvs_apply(world->ipvs, &(struct cox_lvs_op) { .kind = COX_LVS_OP_ADD_RS, .vs = &vs, .rs = &rs }));
}

static void
the_kernel_is_always_as_wanted(void **state)
{
    (void) state;
    for (guint32 seed = 1; seed <= SEEDS; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        struct world world;

        begin(&world, seed);
        load_random(&world, rand);
        for (guint i = 0; i < STEPS; i++) {
            if (g_rand_int_range(rand, 0, 20) == 0) {
                take_away(&world, rand);
            }
            live_a_little(&world, rand);
            world_run(&world, world.now);
            assert_kernel(&world, seed);
        }
        world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_STOP });
        assert_int_equal(world.ipvs->rows->len, 1); /* the foreign one, as it was */
        const struct fake_vs *row = world.ipvs->rows->pdata[0];

        assert_int_equal(row->vs.key.address.bytes[2], FOREIGN);
        assert_int_equal(g_array_index(row->servers, struct fake_rs, 0).rs.weight, 7);
        assert_int_equal(world.probes->len, 0);
        world_clear(&world);
    }
}

static void
a_reload_keeps_every_server_that_stays(void **state)
{
    (void) state;
    for (guint32 seed = 1; seed <= SEEDS; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        struct world world;

        begin(&world, seed);
        load_random(&world, rand);
        for (guint i = 0; i < 20; i++) {
            world_run(&world, world.now + 5 * COX_USEC_PER_S);
            g_autoptr(GHashTable) serials = serials_of(world.ipvs);

            load_random(&world, rand);
            assert_same_servers(world.ipvs, serials);
            assert_kernel(&world, seed);
        }
        world_clear(&world);
    }
}

static void
the_same_configuration_again_changes_nothing(void **state)
{
    const struct world_conf conf = { .text = "1: 1=10 2=20 3=30; 2: 2=5 4=5", .slow_ms = 20000, .drain_ms = 9000, .retries = 1, .sorry = 9 };

    (void) state;
    for (guint32 seed = 1; seed <= 50; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        struct world world;

        begin(&world, seed);
        world_load(&world, &conf);
        for (guint i = 0; i < 40; i++) {
            guint n_ops, n_probes;

            world.is_dead[g_rand_int_range(rand, 1, 5)] = g_rand_boolean(rand);
            order_random(&world, rand);
            world_run(&world, world.now + g_rand_int_range(rand, 1, 12000) * COX_USEC_PER_MS);
            n_ops = world.n_ops;
            n_probes = world.n_probes;
            world_load(&world, &conf);
            assert_int_equal(world.n_ops, n_ops);
            assert_int_equal(world.n_probes, n_probes);
        }
        world_clear(&world);
    }
}

COX_TEST_MAIN(cmocka_unit_test(the_kernel_is_always_as_wanted), cmocka_unit_test(a_reload_keeps_every_server_that_stays),
              cmocka_unit_test(the_same_configuration_again_changes_nothing))
