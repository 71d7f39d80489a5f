/* lib/lvs/tests/test_lvspool.c - weights of servers, quorum, panic, sorry server, and who is in the table. */
#include "base/testkit.h"

#include "lvs/lvspool.h"

#define S(n) ((cox_usec) (n) * COX_USEC_PER_S)

enum { SERVERS = 3 };

struct fixture {
    struct cox_lvs_server servers[SERVERS], sorry;
    struct cox_lvs_service service;
    struct cox_lvs_pool pool;
};

static void
make(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    cox_lvs_service_init(&f->service);
    for (guint i = 0; i <= SERVERS; i++) {
        struct cox_lvs_server *server = i < SERVERS ? &f->servers[i] : &f->sorry;

        cox_lvs_server_init(server);
        server->address = (struct cox_ip) { .family = 4, .bytes = { 10, 0, 0, (guint8) (i + 1) } };
        server->weight = 10;
    }
    f->service.servers = f->servers;
    f->service.n_servers = SERVERS;
}

static void
begin(struct fixture *f)
{
    cox_lvs_pool_init(&f->pool, &f->service);
    for (guint i = 0; i < SERVERS; i++) {
        f->pool.backends[i].is_up = true;
    }
}

/* "1=10 4=0": server and weight, as they are placed. */
static char *
placed(const struct fixture *f, cox_usec now)
{
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_rs));
    GString *text = g_string_new(NULL);

    cox_lvs_pool_place(&f->pool, now, out);
    for (guint i = 0; i < out->len; i++) {
        const struct cox_lvs_rs *rs = &g_array_index(out, struct cox_lvs_rs, i);

        g_string_append_printf(text, "%s%u=%d", i > 0 ? " " : "", rs->address.bytes[3], rs->weight);
    }
    return g_string_free(text, FALSE);
}

static void
assert_placed(const struct fixture *f, cox_usec now, const char *wanted)
{
    g_autofree char *text = placed(f, now);

    assert_string_equal(text, wanted);
}

static void
who_is_in_the_table(void **state)
{
    static const struct {
        const char *why, *up, *table;
        gint64 quorum, margin;
        guint panic;
        bool has_sorry, sorry_inhibits, inhibits;
    } cases[] = {
        { "all good", "111", "1=10 2=10 3=10", 1, 0, 0, false, false, false },
        { "a bad one goes", "101", "1=10 3=10", 1, 0, 0, false, false, false },
        { "or is inhibited", "101", "1=10 2=0 3=10", 1, 0, 0, false, false, true },
        { "none left", "000", "", 1, 0, 0, false, false, false },
        { "sorry", "000", "4=10", 1, 0, 0, true, false, false },
        { "sorry, inhibited", "010", "1=0 2=0 3=0 4=10", 20, 0, 0, true, true, true },
        { "sorry waits", "111", "1=10 2=10 3=10 4=0", 1, 0, 0, true, true, false },
        { "no quorum, no sorry", "100", "1=10", 20, 0, 0, false, false, false },
        { "panic", "100", "1=10 2=10 3=10", 1, 0, 50, false, false, false },
        { "no panic above", "110", "1=10 2=10", 1, 0, 50, false, false, false },
        { "panic with nobody", "000", "1=10 2=10 3=10", 1, 0, 50, false, false, false },
        { "sorry goes before panic", "000", "4=10", 1, 0, 50, true, false, false },
        { "panic with quorum and sorry", "100", "1=10 2=10 3=10", 1, 0, 50, true, false, false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fixture f;

        make(&f);
        f.service.quorum = cases[i].quorum;
        f.service.hysteresis = cases[i].margin;
        f.service.panic_percent = cases[i].panic;
        f.service.sorry = cases[i].has_sorry ? &f.sorry : NULL;
        f.sorry.is_inhibited = cases[i].sorry_inhibits;
        begin(&f);
        for (guint j = 0; j < SERVERS; j++) {
            f.servers[j].is_inhibited = cases[i].inhibits;
            f.pool.backends[j].is_up = cases[i].up[j] == '1';
        }
        cox_lvs_pool_judge(&f.pool);
        g_autofree char *text = placed(&f, 0);

        if (strcmp(text, cases[i].table) != 0) {
            fail_msg("%s: got \"%s\"", cases[i].why, text);
        }
        cox_lvs_pool_clear(&f.pool);
    }
}

static void
quorum_has_a_margin(void **state)
{
    static const struct {
        guint up;
        bool has_quorum;
    } walk[] = { { 2, true }, { 1, true }, { 0, false }, { 1, false }, { 2, false }, { 3, true }, { 1, true } };
    struct fixture f;

    (void) state;
    make(&f);
    f.service.quorum = 20;
    f.service.hysteresis = 10;
    begin(&f);
    for (size_t i = 0; i < G_N_ELEMENTS(walk); i++) {
        for (guint j = 0; j < SERVERS; j++) {
            f.pool.backends[j].is_up = j < walk[i].up;
        }
        cox_lvs_pool_judge(&f.pool);
        f.pool.is_begun = true;
        assert_int_equal(f.pool.good_weight, walk[i].up * 10);
        assert_int_equal(f.pool.whole_weight, 30);
        assert_int_equal(f.pool.has_quorum, walk[i].has_quorum);
    }
    cox_lvs_pool_clear(&f.pool);
    f.service.quorum = 2; /* a margin that takes all: without any good server there is no quorum */
    f.service.hysteresis = 5;
    begin(&f);
    cox_lvs_pool_judge(&f.pool);
    f.pool.is_begun = true;
    for (guint j = 0; j < SERVERS; j++) {
        f.pool.backends[j].is_up = false;
    }
    cox_lvs_pool_judge(&f.pool);
    assert_false(f.pool.has_quorum);
    cox_lvs_pool_clear(&f.pool);
}

static void
a_slow_start_goes_in_ten_steps(void **state)
{
    struct fixture f;

    (void) state;
    make(&f);
    f.servers[1].weight = 55;
    f.servers[1].slow_start_ms = 100000;
    begin(&f);
    f.pool.backends[1].slow_from = S(1000);
    cox_lvs_pool_pass(&f.pool, S(1000));
    cox_lvs_pool_judge(&f.pool);
    assert_int_equal(f.pool.good_weight, 75); /* it counts whole for the quorum */
    for (gint step = 1; step <= 10; step++) {
        const cox_usec at = S(1000) + S(10) * (step - 1);

        cox_lvs_pool_pass(&f.pool, at);
        assert_int_equal(cox_lvs_backend_weight(&f.pool.backends[1], at), MAX(1, 55 * step / 10));
        assert_int_equal(cox_lvs_backend_weight(&f.pool.backends[1], at + S(10) - 1), MAX(1, 55 * step / 10));
        assert_int_equal(f.pool.next_at, step < 10 ? at + S(10) : COX_USEC_NEVER);
    }
    assert_int_equal(f.pool.backends[1].slow_from, COX_USEC_NEVER);
    f.servers[1].weight = 1; /* a small weight is never nothing */
    f.pool.backends[1].slow_from = S(2000);
    assert_int_equal(cox_lvs_backend_weight(&f.pool.backends[1], S(2000)), 1);
    cox_lvs_pool_clear(&f.pool);
}

static void
orders_of_people_go_first(void **state)
{
    struct fixture f;

    (void) state;
    make(&f);
    f.servers[2].is_quiesced = true;
    begin(&f);
    cox_lvs_pool_judge(&f.pool);
    assert_placed(&f, 0, "1=10 2=10 3=0");
    assert_int_equal(f.pool.good_weight, 20);
    f.pool.backends[2].order = f.pool.backends[0].order = COX_LVS_ORDER_WEIGHT;
    f.pool.backends[2].ordered_weight = 7;
    f.pool.backends[0].ordered_weight = 0;
    f.pool.backends[1].order = COX_LVS_ORDER_QUIESCE;
    cox_lvs_pool_judge(&f.pool);
    assert_placed(&f, 0, "1=0 2=0 3=7");
    assert_int_equal(f.pool.good_weight, 7);
    assert_false(cox_lvs_pool_is_leaving(&f.pool));
    f.pool.backends[1].order = COX_LVS_ORDER_DRAIN;
    f.pool.backends[1].drain_until = S(9);
    cox_lvs_pool_pass(&f.pool, S(1));
    assert_int_equal(f.pool.next_at, S(9));
    assert_true(cox_lvs_pool_is_leaving(&f.pool));
    assert_true(cox_lvs_pool_wants_use(&f.pool));
    assert_placed(&f, 0, "1=0 2=0 3=7");
    cox_lvs_pool_pass(&f.pool, S(9));
    assert_placed(&f, S(9), "1=0 3=7");
    assert_int_equal(f.pool.next_at, COX_USEC_NEVER);
    assert_false(cox_lvs_pool_wants_use(&f.pool));
    f.service.sorry = &f.sorry; /* the last one: the sorry server takes over, and connections stay */
    f.pool.backends[2].order = COX_LVS_ORDER_QUIESCE;
    cox_lvs_pool_judge(&f.pool);
    assert_placed(&f, S(9), "3=0 4=10");
    f.pool.backends[2].is_up = false;
    assert_placed(&f, S(9), "4=10");
    cox_lvs_pool_clear(&f.pool);
}

static void
who_leaves_keeps_connections_until_the_deadline(void **state)
{
    const struct cox_lvs_leaver one = { { .address = { .family = 4, .bytes = { 10, 0, 0, 8 } } }, S(5) },
                                other = { { .address = { .family = 4, .bytes = { 10, 0, 0, 9 } } }, S(7) };
    struct fixture f;

    (void) state;
    make(&f);
    begin(&f);
    g_array_append_val(f.pool.leavers, one);
    g_array_append_val(f.pool.leavers, other);
    cox_lvs_pool_judge(&f.pool);
    cox_lvs_pool_pass(&f.pool, S(1));
    assert_int_equal(f.pool.next_at, S(5));
    assert_true(cox_lvs_pool_is_leaving(&f.pool));
    assert_placed(&f, S(1), "1=10 2=10 3=10 8=0 9=0");
    cox_lvs_pool_pass(&f.pool, S(5));
    assert_placed(&f, S(5), "1=10 2=10 3=10 9=0");
    cox_lvs_pool_pass(&f.pool, S(7));
    assert_placed(&f, S(7), "1=10 2=10 3=10");
    cox_lvs_pool_clear(&f.pool);
}

static void
connections_without_answers_are_suspect(void **state)
{
    static const struct {
        const char *why;
        struct cox_lvs_use use;
        bool is_suspect;
    } walk[] = { /* five connections or more */
        { "the first look", { .conns = 3, .in_bytes = 10, .out_bytes = 10 }, false },
        { "traffic both ways", { .conns = 30, .in_bytes = 100, .out_bytes = 100 }, false },
        { "few", { .conns = 34, .in_bytes = 200, .out_bytes = 100 }, false },
        { "many, none answered", { .conns = 39, .in_bytes = 300, .out_bytes = 100 }, true },
        { "nothing comes", { .conns = 50, .in_bytes = 300, .out_bytes = 100 }, false },
        { "the counters begin anew", { .conns = 2, .in_bytes = 1, .out_bytes = 100 }, false },
    };
    struct fixture f;

    (void) state;
    make(&f);
    f.servers[0].passive_conns = 5;
    begin(&f);
    assert_true(cox_lvs_pool_wants_use(&f.pool));
    for (size_t i = 0; i < G_N_ELEMENTS(walk); i++) {
        if (cox_lvs_backend_is_suspect(&f.pool.backends[0], &walk[i].use) != walk[i].is_suspect) {
            fail_msg("%s", walk[i].why);
        }
    }
    f.servers[0].forward.method = COX_LVS_DIRECT; /* answers do not pass here */
    f.pool.backends[0].use = walk[2].use;
    assert_false(cox_lvs_backend_is_suspect(&f.pool.backends[0], &walk[3].use));
    f.servers[0].forward.method = COX_LVS_NAT;
    f.pool.backends[0].use = walk[2].use;
    assert_true(cox_lvs_backend_is_suspect(&f.pool.backends[0], &walk[3].use));
    f.pool.backends[1].use = walk[2].use; /* not asked for */
    assert_false(cox_lvs_backend_is_suspect(&f.pool.backends[1], &walk[3].use));
    cox_lvs_pool_clear(&f.pool);
}

static void
fronts_become_entries_of_the_kernel(void **state)
{
    struct cox_lvs_front front = { .address = { .family = 4, .bytes = { 10, 0, 0, 254 } }, .count = 4, .port = 80 };
    struct fixture f;
    struct cox_lvs_vs vs;

    (void) state;
    make(&f);
    f.service.flags = COX_LVS_FLAG_1;
    vs = cox_lvs_pool_vs(&f.service, &front, 3);
    assert_memory_equal(vs.key.address.bytes, ((const guint8[]) { 10, 0, 1, 1 }), 4);
    assert_int_equal(vs.key.port, 80);
    assert_int_equal(vs.key.protocol, 6);
    assert_int_equal(vs.key.family, 4);
    assert_int_equal(vs.flags, COX_LVS_FLAG_1);
    assert_int_equal(vs.persist_bits, 32);
    assert_string_equal(vs.scheduler, "wlc");
    assert_string_equal(vs.engine, "");
    f.service.persist_s = 300;
    f.service.persist_bits = 24;
    f.service.persist_engine = "sip";
    f.service.scheduler = "a name that is too long for the kernel";
    vs = cox_lvs_pool_vs(&f.service, &front, 0);
    assert_int_equal(vs.flags, COX_LVS_FLAG_1 | COX_LVS_PERSISTENT);
    assert_int_equal(vs.persist_bits, 24);
    assert_string_equal(vs.engine, "sip");
    assert_int_equal(strlen(vs.scheduler), 15);
    front = (struct cox_lvs_front) { .mark = 7, .family = 6, .count = 1 };
    f.service.persist_bits = 0;
    vs = cox_lvs_pool_vs(&f.service, &front, 0);
    assert_int_equal(vs.key.mark, 7);
    assert_int_equal(vs.key.family, 6);
    assert_int_equal(vs.key.protocol, 0);
    assert_int_equal(vs.persist_bits, 128);
}

COX_TEST_MAIN(cmocka_unit_test(who_is_in_the_table), cmocka_unit_test(quorum_has_a_margin), cmocka_unit_test(a_slow_start_goes_in_ten_steps),
              cmocka_unit_test(orders_of_people_go_first), cmocka_unit_test(who_leaves_keeps_connections_until_the_deadline),
              cmocka_unit_test(connections_without_answers_are_suspect), cmocka_unit_test(fronts_become_entries_of_the_kernel))
