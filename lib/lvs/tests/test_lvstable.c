/* lib/lvs/tests/test_lvstable.c - the way from one table of virtual servers to another. */
#include "base/testkit.h"

#include "lvs/lvstable.h"
#include "lvs/tests/fakeipvs.h"

static struct cox_lvs_vs
vs_of(guint n)
{
    struct cox_lvs_vs vs = { .key = { .family = 4, .protocol = 6, .port = 80 }, .scheduler = "wlc", .persist_bits = 32 };

    vs.key.address = (struct cox_ip) { .family = 4, .bytes = { 10, 0, (guint8) (n >> 8), (guint8) n } };
    return vs;
}

static struct cox_lvs_rs
rs_of(guint n, gint weight)
{
    return (struct cox_lvs_rs) { .address = { .family = 4, .bytes = { 10, 1, (guint8) (n >> 8), (guint8) n } }, .port = 80, .weight = weight };
}

/* A table from words: "1: 1=5 2=0; 2: 7=1" is virtual server 1 with servers 1 (weight 5) and 2 (weight 0), and 2 with 7. */
static struct cox_lvs_table *
table_of(const char *text)
{
    struct cox_lvs_table *table = cox_lvs_table_new();
    g_auto(GStrv) rows = g_strsplit(text, ";", -1);

    for (guint i = 0; rows[i] != NULL && *g_strstrip(rows[i]) != '\0'; i++) {
        g_auto(GStrv) words = g_strsplit(rows[i], " ", -1);
        const struct cox_lvs_vs vs = vs_of((guint) atoi(words[0]));

        cox_lvs_table_add_vs(table, &vs);
        for (guint j = 1; words[j] != NULL; j++) {
            const struct cox_lvs_rs rs = rs_of((guint) atoi(words[j]), atoi(strchr(words[j], '=') + 1));

            cox_lvs_table_add_rs(table, &rs);
        }
    }
    return table;
}

/* "+1" a virtual server is added, "=1" set, "-1" removed; "+1/2" the same with server 2 of it. */
static char *
ops_text(const GArray *ops)
{
    static const char marks[] = "+=-+=-";
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < ops->len; i++) {
        const struct cox_lvs_op *op = &g_array_index(ops, struct cox_lvs_op, i);

        g_string_append_printf(text, "%s%c%u", i > 0 ? " " : "", marks[op->kind], op->vs->key.address.bytes[2] * 256U + op->vs->key.address.bytes[3]);
        if (op->kind >= COX_LVS_OP_ADD_RS) {
            g_string_append_printf(text, "/%u", op->rs->address.bytes[2] * 256U + op->rs->address.bytes[3]);
        }
    }
    return g_string_free(text, FALSE);
}

static void
the_fewest_operations_in_an_order_that_always_serves(void **state)
{
    static const struct {
        const char *why, *actual, *wanted, *owned, *ops;
    } cases[] = {
        { "nothing to do", "1: 1=1 2=1", "1: 2=1 1=1", "", "" },
        { "a new one", "", "1: 1=1 2=1", "", "+1 +1/1 +1/2" },
        { "a weight", "1: 1=1 2=1", "1: 1=1 2=5", "", "=1/2" },
        { "one comes", "1: 1=1", "1: 1=1 2=1", "", "+1/2" },
        { "one goes", "1: 1=1 2=1", "1: 2=1", "", "-1/1" },
        { "the sorry server before the last one goes", "1: 1=1", "1: 9=1", "", "+1/9 -1/1" },
        { "weight up before weight down", "1: 1=5 2=0", "1: 1=0 2=5", "", "=1/2 =1/1" },
        { "a foreign one stays", "1: 1=1; 2: 7=1", "1: 1=1", "", "" },
        { "one of ours goes whole", "1: 1=1; 2: 7=1 8=1; 3: 1=1", "1: 1=1", "0: ; 2: ; 4:", "-2" },
        { "in ours all servers are ours", "1: 1=1 66=1", "1: 1=1", "", "-1/66" },
        { "several at once", "1: 1=1; 3: 1=1", "2: 1=1; 3: 1=1 2=1", "1:", "-1 +2 +2/1 +3/2" },
        { "the first of two counts", "1: 1=1; 1: 2=2", "1: 1=1 1=7; 1: 3=3", "", "" },
        { "empty ones", "1: ", "1: ; 2:", "", "+2" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_lvs_table) actual = table_of(cases[i].actual), wanted = table_of(cases[i].wanted), owned = table_of(cases[i].owned);
        g_autoptr(GArray) ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));

        cox_lvs_table_diff(wanted, actual, owned, ops);
        g_autofree char *text = ops_text(ops);

        if (strcmp(text, cases[i].ops) != 0) {
            fail_msg("%s: got \"%s\"", cases[i].why, text);
        }
    }
}

static void
without_a_list_of_ours_nothing_is_removed(void **state)
{
    g_autoptr(cox_lvs_table) actual = table_of("1: 1=1"), wanted = table_of("");
    g_autoptr(GArray) ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));

    (void) state;
    cox_lvs_table_diff(wanted, actual, NULL, ops);
    assert_int_equal(ops->len, 0);
    cox_lvs_table_free(NULL);
}

/* Every field that the kernel keeps makes one set, and what it only counts makes none. */
static void
any_setting_that_differs_is_one_set(void **state)
{
    static const guint8 key_fields[] = { 0, 1, 2, 3, 4 };
    struct cox_lvs_vs vs = vs_of(1), other;
    struct cox_lvs_rs rs = rs_of(1, 5), changed[6];

    (void) state;
    for (int i = 0; i < 6; i++) {
        g_autoptr(cox_lvs_table) actual = cox_lvs_table_new(), wanted = cox_lvs_table_new();
        g_autoptr(GArray) ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));

        other = vs;
        switch (i) {
            case 0: strcpy(other.scheduler, "rr"); break;
            case 1: strcpy(other.engine, "sip"); break;
            case 2: other.flags |= COX_LVS_FLAG_2; break;
            case 3: other.persist_s = 5; break;
            case 4: other.persist_bits = 24; break;
            default: other.flags |= 2; break; /* the kernel's own */
        }
        cox_lvs_table_add_vs(actual, &vs);
        cox_lvs_table_add_vs(wanted, &other);
        cox_lvs_table_diff(wanted, actual, NULL, ops);
        assert_int_equal(ops->len, i < 5);
        if (i < 5) {
            assert_int_equal(g_array_index(ops, struct cox_lvs_op, 0).kind, COX_LVS_OP_SET_VS);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(changed); i++) {
        changed[i] = rs;
    }
    changed[0].forward.method = COX_LVS_TUNNEL;
    changed[1].forward.tunnel = COX_LVS_GUE;
    changed[2].forward.checksum = COX_LVS_CHECKSUM;
    changed[3].forward.gue_port = 5;
    changed[4].upper = 5;
    changed[5].lower = 5;
    for (size_t i = 0; i < G_N_ELEMENTS(changed); i++) {
        g_autoptr(GArray) actual = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_rs)), wanted = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_rs));
        g_autoptr(GArray) ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));

        g_array_append_val(actual, rs);
        g_array_append_val(wanted, changed[i]);
        cox_lvs_servers_diff(&vs, wanted, actual, ops);
        assert_int_equal(ops->len, 1);
        assert_int_equal(g_array_index(ops, struct cox_lvs_op, 0).kind, COX_LVS_OP_SET_RS);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(key_fields); i++) {
        struct cox_lvs_key key = vs.key;

        switch (key_fields[i]) {
            case 0: key.mark = 1; break;
            case 1: key.address.bytes[15] = 1; break;
            case 2: key.port++; break;
            case 3: key.protocol = 17; break;
            default: key.family = 6; break;
        }
        assert_true(cox_lvs_key_compare(&vs.key, &key) < 0);
        assert_true(cox_lvs_key_compare(&key, &vs.key) > 0);
        assert_int_equal(cox_lvs_key_compare(&key, &key), 0);
    }
}

/* ---- random tables ---- */

static struct cox_lvs_table *
random_table(GRand *rand, guint step)
{
    struct cox_lvs_table *table = cox_lvs_table_new();

    for (guint i = 0; i < 6; i += 1 + (guint) g_rand_int_range(rand, 0, (gint) step)) {
        struct cox_lvs_vs vs = vs_of(i);

        vs.flags = g_rand_boolean(rand) ? COX_LVS_ONE_PACKET : 0;
        strcpy(vs.scheduler, g_rand_boolean(rand) ? "rr" : "wlc");
        cox_lvs_table_add_vs(table, &vs);
        for (guint j = 0; j < 5; j++) {
            struct cox_lvs_rs rs = rs_of(j, g_rand_int_range(rand, 0, 3));

            rs.upper = g_rand_boolean(rand);
            if (g_rand_int_range(rand, 0, 3) > 0) {
                cox_lvs_table_add_rs(table, &rs);
            }
        }
    }
    return table;
}

/* How many operations there must be, counted in another way: thing for thing, without any order. */
static guint
fewest(const struct fake_ipvs *actual, const struct fake_ipvs *wanted, const struct fake_ipvs *owned)
{
    guint n = 0;

    for (guint i = 0; i < wanted->rows->len; i++) {
        const struct fake_vs *want = wanted->rows->pdata[i], *have = fake_ipvs_find(actual, &want->vs.key);

        n += have == NULL || want->vs.flags != have->vs.flags || strcmp(want->vs.scheduler, have->vs.scheduler) != 0;
        for (guint j = 0; j < want->servers->len; j++) {
            const struct cox_lvs_rs *rs = &g_array_index(want->servers, struct fake_rs, j).rs;
            const struct fake_rs *there = have == NULL ? NULL : fake_ipvs_server(have, rs);

            n += there == NULL || there->rs.weight != rs->weight || there->rs.upper != rs->upper;
        }
        for (guint j = 0; have != NULL && j < have->servers->len; j++) {
            n += fake_ipvs_server(want, &g_array_index(have->servers, struct fake_rs, j).rs) == NULL;
        }
    }
    for (guint i = 0; i < actual->rows->len; i++) {
        const struct fake_vs *have = actual->rows->pdata[i];

        n += fake_ipvs_find(wanted, &have->vs.key) == NULL && fake_ipvs_find(owned, &have->vs.key) != NULL;
    }
    return n;
}

/* After each operation: a virtual server that takes clients before and after takes them now; and a server that is in both tables is the
 * same one, with its connections. */
static void
assert_gentle(const struct fake_ipvs *now, const struct fake_ipvs *before, const struct fake_ipvs *after)
{
    for (guint i = 0; i < before->rows->len; i++) {
        const struct fake_vs *old = before->rows->pdata[i], *new = fake_ipvs_find(after, &old->vs.key), *row;

        if (new == NULL) {
            continue;
        }
        row = fake_ipvs_find(now, &old->vs.key);
        assert_non_null(row);
        assert_true(!fake_ipvs_serves(old) || !fake_ipvs_serves(new) || fake_ipvs_serves(row));
        for (guint j = 0; j < old->servers->len; j++) {
            const struct fake_rs *server = &g_array_index(old->servers, struct fake_rs, j), *there = fake_ipvs_server(row, &server->rs);

            if (fake_ipvs_server(new, &server->rs) != NULL) {
                assert_non_null(there);
                assert_int_equal(there->serial, server->serial);
            }
        }
    }
}

static void
assert_wanted(const struct fake_ipvs *now, const struct cox_lvs_table *wanted, const struct fake_ipvs *before, const struct fake_ipvs *owned)
{
    g_autoptr(cox_lvs_table) table = fake_ipvs_read(now);
    g_autoptr(GArray) ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));
    struct fake_ipvs *after = fake_ipvs_new(wanted);

    cox_lvs_table_diff(wanted, table, NULL, ops);
    assert_int_equal(ops->len, 0);
    for (guint i = 0; i < before->rows->len; i++) { /* foreign ones are untouched, ours that nobody wants are gone */
        const struct fake_vs *old = before->rows->pdata[i], *row = fake_ipvs_find(now, &old->vs.key);

        if (fake_ipvs_find(after, &old->vs.key) != NULL) {
            continue;
        }
        assert_int_equal(row == NULL, fake_ipvs_find(owned, &old->vs.key) != NULL);
        if (row != NULL) {
            assert_int_equal(row->servers->len, old->servers->len);
            assert_memory_equal(row->servers->data, old->servers->data, old->servers->len * sizeof(struct fake_rs));
        }
    }
    for (guint i = 0; i < after->rows->len; i++) {
        assert_non_null(fake_ipvs_find(now, &((const struct fake_vs *) after->rows->pdata[i])->vs.key));
    }
    fake_ipvs_free(after);
}

/* The surplus is what the operations remove. */
static void
assert_surplus(const struct cox_lvs_table *surplus, const GArray *ops)
{
    size_t n = 0;

    for (guint i = 0; i < ops->len; i++) {
        const struct cox_lvs_op *op = &g_array_index(ops, struct cox_lvs_op, i);

        if (op->kind == COX_LVS_OP_DEL_VS) {
            assert_true(n < cox_lvs_table_count(surplus));
            assert_int_equal(cox_lvs_key_compare(&cox_lvs_table_vs(surplus, n++)->key, &op->vs->key), 0);
        }
    }
    assert_int_equal(n, cox_lvs_table_count(surplus));
}

static void
laws_hold_for_random_tables(void **state)
{
    (void) state;
    for (guint32 seed = 1; seed <= 2000; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        g_autoptr(cox_lvs_table) actual = random_table(rand, 2), wanted = random_table(rand, 3), owned = random_table(rand, 4);
        g_autoptr(cox_lvs_table) surplus = cox_lvs_table_surplus(wanted, actual, owned);
        g_autoptr(GArray) ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));
        struct fake_ipvs *now = fake_ipvs_new(actual), *before = fake_ipvs_new(actual), *after = fake_ipvs_new(wanted), *ours = fake_ipvs_new(owned);

        cox_lvs_table_diff(wanted, actual, owned, ops);
        if (ops->len != fewest(before, after, ours)) {
            fail_msg("seed %u: %u operations, %u would do", seed, ops->len, fewest(before, after, ours));
        }
        for (guint i = 0; i < ops->len; i++) {
            assert_true(fake_ipvs_apply(now, &g_array_index(ops, struct cox_lvs_op, i)));
            assert_gentle(now, before, after);
        }
        assert_wanted(now, wanted, before, ours);
        assert_surplus(surplus, ops);
        fake_ipvs_free(now);
        fake_ipvs_free(before);
        fake_ipvs_free(after);
        fake_ipvs_free(ours);
    }
}

COX_TEST_MAIN(cmocka_unit_test(the_fewest_operations_in_an_order_that_always_serves), cmocka_unit_test(without_a_list_of_ours_nothing_is_removed),
              cmocka_unit_test(any_setting_that_differs_is_one_set), cmocka_unit_test(laws_hold_for_random_tables))
