/* lib/lvs/tests/test_lvs.c - the engine of virtual servers, step by step. */
#include "base/testkit.h"

#include "lvs/tests/lvsworld.h"

#define S(n) ((cox_usec) (n) * COX_USEC_PER_S)
#define T(n) (S(1000) + S(n))

static void
assert_log(struct world *world, const char *wanted)
{
    g_autofree char *text = world_log(world);

    assert_string_equal(text, wanted);
}

static void
assert_table(const struct world *world, const char *wanted)
{
    g_autofree char *text = world_table(world);

    assert_string_equal(text, wanted);
}

static void
order(struct world *world, guint server, enum cox_lvs_order what, gint number)
{
    world_step(world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ORDER, .name = "1", .address = world_server(server), .order = what,
                                                .weight = number, .drain_ms = number });
}

static void
the_table_is_read_then_made(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world.answers_reads = false;
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5; 2: 1=1" });
    assert_log(&world, "");
    world_run(&world, T(5)); /* nothing before the table is known */
    assert_log(&world, "");
    assert_int_equal(world.n_probes, 2); /* server 1 is checked once for both */
    assert_int_equal(cox_lvs_count_checkers(world.lvs), 2);
    world_read(&world);
    assert_log(&world, "+1 +1/1:10 +1/2:5 +2 +2/1:1");
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_TABLE, .number = 77 }); /* nobody waits for it */
    assert_null(cox_lvs_pool_at(world.lvs, 2));
    assert_string_equal(cox_lvs_pool_at(world.lvs, 1)->conf->name, "2");
    world_clear(&world);
}

static void
what_an_earlier_life_left_is_taken_over(void **state)
{
    struct world world, heir;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5; 2: 1=1; 3: 3=1" });
    world_init(&heir);
    fake_ipvs_free(heir.ipvs);
    heir.ipvs = world.ipvs;
    heir.answers_reads = false;
    world_load(&heir, &(struct world_conf) { .text = "1: 1=10 2=6" });
    g_autoptr(cox_lvs_table) table = fake_ipvs_read(heir.ipvs), owned = cox_lvs_table_new();

    cox_lvs_table_add_vs(owned, cox_lvs_table_vs(table, 1));
    world_step(&heir, &(struct cox_lvs_event) { .kind = COX_LVS_ON_TABLE, .number = heir.reading, .table = table, .owned = owned });
    assert_log(&heir, "=1/2:6 -2");
    assert_table(&heir, "1: 1=10 2=6; 3: 3=1");
    world.ipvs = fake_ipvs_new(NULL);
    world_clear(&world);
    world_clear(&heir);
}

static void
a_dead_server_goes_after_its_retries_and_comes_back(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5; 2: 1=1", .retries = 2, .has_hooks = true, .logs_all = true });
    assert_log(&world, "!quorum1 !quorum2 +1 +1/1:10 +1/2:5 +2 +2/1:1");
    world_run(&world, T(9));
    assert_log(&world, "");
    world.is_dead[1] = true;
    world_run(&world, T(13)); /* probes at 10 and 12 */
    assert_log(&world, "failure(1 1 dead) failure(1 1 dead)");
    world_run(&world, T(14));
    assert_log(&world, "down(1 1 dead) !down1 -1/1 down(2 1 dead) !down1 no-quorum(2) !lost2 -2/1");
    world.is_dead[1] = false;
    world_run(&world, T(24));
    assert_log(&world, "up(1 1) !up1 +1/1:10 up(2 1) !up1 quorum(2) !quorum2 +2/1:1");
    world_clear(&world);
}

static void
a_mute_probe_is_given_up(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5" });
    world_run(&world, T(1));
    g_free(world_log(&world));
    world.is_mute[2] = true;
    world_run(&world, T(13));
    assert_log(&world, "");
    world_run(&world, T(14)); /* begun at 10, timeout 3 s, 1 s more */
    assert_log(&world, "down(1 2 no answer in time) -1/2");
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ANSWER, .number = 3, .answer = &(struct cox_lvs_answer) { .is_good = true } });
    assert_log(&world, "");
    world_clear(&world);
}

static void
alpha_servers_come_when_they_are_good(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world.is_dead[2] = true;
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5", .is_alpha = true, .rise = 2, .sorry = 9, .has_hooks = true });
    assert_log(&world, "+1 +1/9:1");
    world_run(&world, T(10));
    assert_log(&world, "up(1 1) !up1 quorum(1) !quorum1 +1/1:10 -1/9");
    world_clear(&world);
}

static void
every_check_must_be_good(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5", .n_checks = 2 });
    world_run(&world, T(1));
    assert_int_equal(cox_lvs_count_checkers(world.lvs), 4);
    g_free(world_log(&world));
    world.is_mute[1] = true;
    world_run(&world, T(10));
    const struct world_probe probe = g_array_index(world.probes, struct world_probe, 1);

    assert_int_equal(probe.server, 1);
    g_array_remove_index(world.probes, 1);
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ANSWER, .number = probe.number,
                                                 .answer = &(struct cox_lvs_answer) { .text = "one of two" } });
    assert_log(&world, "down(1 1 one of two) -1/1");
    world_clear(&world);
}

static void
slow_start_drain_and_panic_in_time(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=100 2=5", .slow_ms = 30000, .panic_percent = 10 });
    world_run(&world, T(9));
    g_free(world_log(&world));
    world.is_dead[1] = true;
    world_run(&world, T(10));
    assert_log(&world, "down(1 1 dead) panic(1)"); /* all are used, nothing changes */
    assert_table(&world, "1: 1=100 2=5");
    world.is_dead[1] = false;
    world_run(&world, T(25));
    assert_log(&world, "up(1 1) no-panic(1) =1/1:10 =1/1:20");
    world_run(&world, T(60));
    assert_log(&world, "=1/1:30 =1/1:40 =1/1:50 =1/1:60 =1/1:70 =1/1:80 =1/1:90 =1/1:100");
    world_clear(&world);
}

static void
orders_are_carried_out_and_survive_a_reload(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=100 2=5", .drain_ms = 7000 });
    g_free(world_log(&world));
    order(&world, 1, COX_LVS_ORDER_WEIGHT, 50);
    order(&world, 2, COX_LVS_ORDER_QUIESCE, 0);
    order(&world, 7, COX_LVS_ORDER_QUIESCE, 0);
    assert_log(&world, "=1/1:50 =1/2:0 unknown(1 7)");
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ORDER, .name = "x" });
    assert_log(&world, "unknown(x)");
    world_load(&world, &(struct world_conf) { .text = "1: 1=101 2=5", .drain_ms = 7000 });
    assert_log(&world, "");
    order(&world, 1, COX_LVS_ORDER_NONE, 0);
    assert_log(&world, "=1/1:101");
    world.use[1].active = 1;
    world.use[2].inactive = 1;
    order(&world, 1, COX_LVS_ORDER_DRAIN, -1);
    order(&world, 2, COX_LVS_ORDER_DRAIN, 100000);
    assert_log(&world, "no-quorum(1) =1/1:0");
    world_run(&world, T(4));
    assert_log(&world, "");
    world.use[2].inactive = 0;
    world_run(&world, T(6));
    assert_log(&world, "drained(1 2) -1/2"); /* nothing was left of it */
    world_run(&world, T(8));
    assert_log(&world, "drained(1 1) -1/1"); /* the deadline */
    order(&world, 1, COX_LVS_ORDER_NONE, 0);
    assert_log(&world, "quorum(1) +1/1:101");
    world_clear(&world);
}

static void
a_reload_changes_what_has_changed(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world.is_dead[3] = true;
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5 3=1; 2: 1=1; 3: 4=1" });
    world_run(&world, T(5));
    assert_log(&world, "+1 +1/1:10 +1/2:5 +1/3:1 +2 +2/1:1 +3 +3/4:1 down(1 3 dead) -1/3");
    const guint n_probes = world.n_probes;

    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=6 3=1 5=2; 3: 4=1; 4: 1=1" });
    assert_log(&world, "=1/2:6 +1/5:2 -2 +4 +4/1:1"); /* and the dead one stays out */
    assert_table(&world, "1: 1=10 2=6 5=2; 3: 4=1; 4: 1=1");
    world_run(&world, T(6));
    assert_int_equal(world.n_probes, n_probes + 1); /* only the new one begins anew */
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=6 3=1 5=2; 3: 4=1; 4: 1=1", .retries = 3 });
    assert_log(&world, ""); /* other checks: health stays */
    world.is_mute[4] = true;
    world_run(&world, T(7));
    assert_true(world.probes->len == 1);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10" });
    assert_log(&world, "-1/2 -1/5 -3 -4");
    assert_int_equal(world.probes->len, 1); /* that of 4 was cancelled, 1 has another check once more */
    assert_int_equal(g_array_index(world.probes, struct world_probe, 0).server, 1);
    world_load(&world, &(struct world_conf) { .text = "" });
    assert_log(&world, "-1");
    world_clear(&world);
}

static void
who_is_taken_out_may_finish(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5 3=5", .drain_ms = 20000 });
    world.use[2].active = 1;
    world.use[3].active = 1;
    g_free(world_log(&world));
    world_load(&world, &(struct world_conf) { .text = "1: 1=10", .drain_ms = 20000 });
    assert_log(&world, "=1/2:0 =1/3:0");
    world_run(&world, T(3));
    world.use[2].active = 0;
    world_load(&world, &(struct world_conf) { .text = "1: 1=11", .drain_ms = 20000 });
    assert_log(&world, "=1/1:11");
    world_run(&world, T(5));
    assert_log(&world, "-1/2");
    world_load(&world, &(struct world_conf) { .text = "1: 1=11 3=4", .drain_ms = 20000 }); /* wanted again */
    assert_log(&world, "=1/3:4");
    world_load(&world, &(struct world_conf) { .text = "1: 1=11", .drain_ms = 20000 });
    world_run(&world, T(24));
    assert_log(&world, "=1/3:0");
    world_run(&world, T(26));
    assert_log(&world, "-1/3");
    world_clear(&world);
}

static void
a_failed_operation_is_mended_later(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5" });
    g_free(world_log(&world));
    g_array_set_size(((struct fake_vs *) world.ipvs->rows->pdata[0])->servers, 1);
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_FAILED });
    world_run(&world, T(4));
    assert_log(&world, "");
    world_run(&world, T(5));
    assert_log(&world, "+1/2:5");
    world.answers_reads = false; /* a table that is older than the last operation is read again */
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_FAILED });
    world_run(&world, T(10));
    assert_true(world.reading != 0);
    const guint64 number = world.reading;

    order(&world, 1, COX_LVS_ORDER_WEIGHT, 3);
    world_read(&world);
    assert_log(&world, "=1/1:3");
    assert_true(world.reading > number);
    world_read(&world);
    assert_log(&world, "");
    world_clear(&world);
}

static void
a_suspect_server_is_checked_at_once(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5", .passive_conns = 5 });
    world.use[1] = (struct cox_lvs_use) { .conns = 100, .in_bytes = 100, .out_bytes = 100 };
    world_run(&world, T(6));
    g_free(world_log(&world));
    world.use[1].conns += 5;
    world.use[1].in_bytes++;
    const guint n_probes = world.n_probes;

    world.is_dead[1] = true;
    world_run(&world, T(10) - 1);
    assert_log(&world, "");
    world_run(&world, T(10));
    assert_true(world.n_probes > n_probes);
    assert_log(&world, "suspect(1 1) down(1 1 dead) -1/1");
    world.is_dead[1] = false;
    world_run(&world, T(21));
    g_free(world_log(&world));
    world.use[1].conns += 50;
    world.use[1].in_bytes++;
    world.is_dead[1] = true;
    world_run(&world, T(25));
    assert_log(&world, "suspect(1 1) down(1 1 dead) -1/1"); /* the next regular probe would be at 30 */
    world_clear(&world);
}

static void
checks_rest_while_the_address_is_elsewhere(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5", .is_suspended_alone = true });
    world_run(&world, T(40));
    assert_int_equal(world.n_probes, 0);
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ADDRESS, .address = world_front(1), .is_here = true });
    world_run(&world, T(41));
    assert_int_equal(world.n_probes, 2);
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ADDRESS, .address = world_front(1), .is_here = false });
    world_run(&world, T(100));
    assert_int_equal(world.n_probes, 2);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5; 2: 1=1" }); /* 2 is watched wherever it is */
    world_run(&world, T(101));
    assert_int_equal(world.n_probes, 4);
    world_clear(&world);
}

static void
synchronization_follows_the_router(void **state)
{
    const struct world_conf conf = { .text = "", .sync_device = "eth0", .sync_router = "VI_1" };
    struct world world;

    (void) state;
    world_init(&world);
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ROUTER, .name = "VI_1", .role = COX_LVS_ROLE_BACKUP });
    world_load(&world, &conf);
    assert_log(&world, "sync-backup-eth0");
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ROUTER, .name = "VI_2", .role = COX_LVS_ROLE_MASTER });
    assert_log(&world, "");
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ROUTER, .name = "VI_1", .role = COX_LVS_ROLE_MASTER });
    assert_log(&world, "nosync-backup sync-master-eth0");
    world_load(&world, &conf);
    assert_log(&world, "");
    world_load(&world, &(struct world_conf) { .text = "", .sync_device = "eth1" });
    assert_log(&world, "nosync-master sync-backup-eth1 sync-master-eth1");
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ROUTER, .name = "VI_1", .role = COX_LVS_ROLE_NONE });
    assert_log(&world, "");
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_STOP });
    assert_log(&world, "nosync-backup nosync-master done");
    world_clear(&world);
}

static void
a_stop_gives_everything_back(void **state)
{
    struct world world;

    (void) state;
    for (int i = 0; i < 2; i++) {
        const struct world_conf conf = { .text = "1: 1=10 2=5; 2: 1=1", .is_omega = i == 0, .has_hooks = true, .tcp_s = 900,
                                         .flush_start = i == 0 ? COX_LVS_FLUSH_OWN : COX_LVS_FLUSH_ALL,
                                         .flush_stop = i == 0 ? COX_LVS_FLUSH_OWN : COX_LVS_FLUSH_ALL };

        world_init(&world);
        world_load(&world, &conf);
        assert_log(&world, i == 0 ? "tcp=900 !quorum1 !quorum2 +1 +1/1:10 +1/2:5 +2 +2/1:1"
                                  : "flush tcp=900 !quorum1 !quorum2 +1 +1/1:10 +1/2:5 +2 +2/1:1");
        world_load(&world, &conf);
        assert_log(&world, "");
        world_run(&world, T(1));
        world.is_mute[1] = true;
        world_run(&world, T(10));
        assert_int_equal(world.probes->len, 1);
        world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_STOP });
        assert_log(&world, i == 0 ? "-2 -1 !down1 !down2 !lost1 !down1 !lost2 done" : "flush done");
        assert_int_equal(world.probes->len, 0);
        assert_table(&world, "");
        world_load(&world, &conf); /* too late */
        world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_WAKE });
        assert_log(&world, "");
        world_clear(&world);
    }
    world_init(&world);
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_STOP }); /* before there was anything */
    assert_log(&world, "done");
    world_clear(&world);
    cox_lvs_free(NULL);
}

static void
every_address_of_a_range_is_served(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5", .addresses = 3 });
    assert_log(&world, "+1 +1/1:10 +1/2:5 +1 +1/1:10 +1/2:5 +1 +1/1:10 +1/2:5");
    assert_int_equal(world.ipvs->rows->len, 3);
    world.is_dead[2] = true;
    world_run(&world, T(1));
    assert_log(&world, "down(1 2 dead) -1/2 -1/2 -1/2");
    world_clear(&world);
}

static void
the_last_server_is_drained_while_the_sorry_server_serves(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10", .sorry = 9 });
    world.use[1].active = 1;
    world_run(&world, T(1));
    g_free(world_log(&world));
    order(&world, 1, COX_LVS_ORDER_DRAIN, 100000);
    assert_log(&world, "no-quorum(1) +1/9:1 =1/1:0");
    world_run(&world, T(5));
    assert_log(&world, "");
    world.use[1].active = 0;
    world_run(&world, T(7));
    assert_log(&world, "drained(1 1) -1/1");
    world_clear(&world);
}

static void
a_drain_without_a_limit_lasts_as_long_as_there_are_connections(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5" });
    world.use[1].active = 1;
    g_free(world_log(&world));
    order(&world, 1, COX_LVS_ORDER_DRAIN, -1);
    g_free(world_log(&world));
    world_run(&world, T(3000));
    assert_log(&world, "");
    world.use[1].active = 0;
    world_run(&world, T(3002));
    assert_log(&world, "drained(1 1) -1/1");
    world_clear(&world);
}

static void
a_drain_during_a_reading_waits_for_the_next_one(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5" });
    world.use[1].active = 1;
    world.answers_reads = false;
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_FAILED });
    world_run(&world, T(6));
    const guint64 number = world.reading;

    assert_true(number != 0);
    order(&world, 1, COX_LVS_ORDER_DRAIN, 100000);
    assert_true(world.wake_at > world.now); /* nothing to be done now, again and again */
    world_run(&world, T(7));
    world_read(&world);
    assert_true(world.reading > number);
    world.use[1].active = 0;
    g_free(world_log(&world));
    world_read(&world);
    assert_log(&world, "drained(1 1) -1/1");
    world_clear(&world);
}

static void
a_reload_does_not_forget_a_failed_operation(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5" });
    g_free(world_log(&world));
    g_array_set_size(((struct fake_vs *) world.ipvs->rows->pdata[0])->servers, 1);
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_FAILED });
    world_load(&world, &(struct world_conf) { .text = "1: 1=10 2=5" });
    world_run(&world, T(5));
    assert_log(&world, "+1/2:5");
    world_clear(&world);
}

static void
what_others_put_where_we_once_were_is_theirs(void **state)
{
    const struct world_conf two = { .text = "1: 1=10; 2: 2=1" }, one = { .text = "1: 1=10" };
    struct cox_lvs_vs vs;
    const struct cox_lvs_op op = { .kind = COX_LVS_OP_ADD_VS, .vs = &vs };
    struct world world;

    (void) state;
    world_init(&world);
    world_load(&world, &two);
    vs = cox_lvs_pool_vs(cox_lvs_pool_at(world.lvs, 1)->conf, &cox_lvs_pool_at(world.lvs, 1)->conf->fronts[0], 0);
    world_load(&world, &one);
    world_load(&world, &two);
    world_load(&world, &one);
    assert_log(&world, "+1 +1/1:10 +2 +2/2:1 -2 +2 +2/2:1 -2");
    assert_true(fake_ipvs_apply(world.ipvs, &op)); /* as if it had not been removed */
    world_run(&world, T(5));
    assert_log(&world, "-2");
    world_run(&world, T(10)); /* seen to be gone */
    assert_true(fake_ipvs_apply(world.ipvs, &op));
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_FAILED });
    world_run(&world, T(16));
    assert_log(&world, "");
    assert_table(&world, "1: 1=10; 2: ");
    world_clear(&world);
}

/* One virtual server with a mark, whose server is checked by a program that gives the weight. */
static void
load_program(struct world *world, guint32 mark, gint64 delay_ms)
{
    struct cox_lvs_config *config = world_config(&(struct world_conf) { .text = "1: 1=10", .is_suspended_alone = true });
    struct cox_lvs_check *check = (struct cox_lvs_check *) (guintptr) config->services[0].servers[0].checks;

    ((struct cox_lvs_front *) (guintptr) config->services[0].fronts)->mark = mark;
    cox_lvs_check_init(check, COX_LVS_CHECK_PROGRAM);
    check->path.to = world_server(1);
    check->program.script.command = "/bin/weight";
    check->program.weigh = COX_LVS_WEIGH_STATUS;
    check->delay_ms = delay_ms;
    check->warmup_ms = 60000;
    world_step(world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_CONFIG, .config = config });
}

static void
checks_do_not_rest_with_a_firewall_mark(void **state)
{
    struct world world;

    (void) state;
    world_init(&world);
    load_program(&world, 0, 10000);
    world_run(&world, T(61));
    assert_int_equal(world.n_probes, 0);
    load_program(&world, 7, 10000);
    world_run(&world, T(122));
    assert_true(world.n_probes > 0);
    world_clear(&world);
}

static void
a_weight_survives_another_rhythm(void **state)
{
    const struct cox_lvs_answer answer = { .is_good = true, .has_value = true, .value = 44 };
    struct world world;

    (void) state;
    world_init(&world);
    world.is_mute[1] = true;
    load_program(&world, 7, 10000);
    while (world.probes->len == 0) {
        world_run(&world, world.now + S(1));
    }
    const struct world_probe probe = g_array_index(world.probes, struct world_probe, 0);

    g_array_set_size(world.probes, 0);
    g_free(world_log(&world));
    world_step(&world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ANSWER, .number = probe.number, .answer = &answer });
    assert_log(&world, "=0/1:42");
    load_program(&world, 7, 20000);
    assert_log(&world, "");
    world_run(&world, world.now);
    assert_int_equal(world.probes->len, 1); /* asked at once */
    world_clear(&world);
}

COX_TEST_MAIN(cmocka_unit_test(the_table_is_read_then_made), cmocka_unit_test(what_an_earlier_life_left_is_taken_over),
              cmocka_unit_test(a_dead_server_goes_after_its_retries_and_comes_back), cmocka_unit_test(a_mute_probe_is_given_up),
              cmocka_unit_test(alpha_servers_come_when_they_are_good), cmocka_unit_test(every_check_must_be_good),
              cmocka_unit_test(slow_start_drain_and_panic_in_time), cmocka_unit_test(orders_are_carried_out_and_survive_a_reload),
              cmocka_unit_test(a_reload_changes_what_has_changed), cmocka_unit_test(who_is_taken_out_may_finish),
              cmocka_unit_test(a_failed_operation_is_mended_later), cmocka_unit_test(a_suspect_server_is_checked_at_once),
              cmocka_unit_test(checks_rest_while_the_address_is_elsewhere), cmocka_unit_test(synchronization_follows_the_router),
              cmocka_unit_test(a_stop_gives_everything_back), cmocka_unit_test(every_address_of_a_range_is_served),
              cmocka_unit_test(the_last_server_is_drained_while_the_sorry_server_serves),
              cmocka_unit_test(a_drain_without_a_limit_lasts_as_long_as_there_are_connections),
              cmocka_unit_test(a_drain_during_a_reading_waits_for_the_next_one), cmocka_unit_test(a_reload_does_not_forget_a_failed_operation),
              cmocka_unit_test(what_others_put_where_we_once_were_is_theirs), cmocka_unit_test(checks_do_not_rest_with_a_firewall_mark),
              cmocka_unit_test(a_weight_survives_another_rhythm))
