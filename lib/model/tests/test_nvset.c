/* Tests of lib/model/nvset.c. */
#include "base/testkit.h"
#include "model/nvset.h"

static const struct cox_rule_input no_input = { .now = { 0 } };

static void
resolve(const struct cox_nvset *sets, size_t n, const char *first_id, struct cox_nvlist *list)
{
    struct cox_nvsets all = { sets, n };

    cox_nvsets_resolve(&all, first_id, &no_input, list, NULL);
}

static void
the_best_score_wins_and_of_equals_the_later_set(void **state)
{
    static const struct cox_nvpair one[] = { { NULL, "x", "1" } }, two[] = { { NULL, "x", "2" } }, off[] = { { NULL, "x", "#default" } };
    static const struct {
        struct cox_nvset sets[3];
        const char *expected;
    } cases[] = {
        { { { "a", 0, NULL, one, 1 }, { "b", 0, NULL, two, 1 } }, "2" },
        { { { "a", 2, NULL, one, 1 }, { "b", 1, NULL, two, 1 } }, "1" },
        { { { "a", 1, NULL, one, 1 }, { "b", 2, NULL, two, 1 } }, "2" },
        { { { "a", -1000000, NULL, one, 1 }, { "b", -1, NULL, two, 1 } }, "2" },
        { { { "a", 0, NULL, one, 1 }, { "first", -5, NULL, two, 1 } }, "2" },
        { { { "first", -5, NULL, one, 1 }, { "b", 1000000, NULL, two, 1 } }, "1" },
        { { { "a", 5, NULL, off, 1 }, { "b", 1, NULL, two, 1 } }, "2" },
        { { { "a", 1, NULL, off, 1 }, { "b", 5, NULL, two, 1 } }, NULL },
        { { { "a", 1, NULL, one, 1 }, { "b", 1, NULL, one, 1 }, { "c", 1, NULL, two, 1 } }, "2" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_nvlist list = COX_NVLIST_INIT;

        resolve(cases[i].sets, 3, "first", &list);
        if (g_strcmp0(cox_nvlist_get(&list, "x"), cases[i].expected) != 0) {
            fail_msg("case %zu: %s", i, cox_nvlist_get(&list, "x"));
        }
        cox_nvlist_clear(&list);
    }
}

static void
layers_fill_what_is_missing(void **state)
{
    static const struct cox_nvpair own[] = { { NULL, "a", "1" }, { NULL, "a", "dup" }, { NULL, NULL, "x" },
                                             { NULL, "gone", "1" }, { NULL, "gone", NULL }, { NULL, "b", "2" } };
    static const struct cox_nvpair defaults[] = { { NULL, "b", "d" }, { NULL, "c", "d" } };
    static const struct cox_nvset own_set = { "o", 0, NULL, own, 6 }, default_set = { "d", 9, NULL, defaults, 2 };
    struct cox_nvlist list = COX_NVLIST_INIT;

    (void) state;
    resolve(&own_set, 1, NULL, &list);
    resolve(&default_set, 1, NULL, &list);
    assert_int_equal(list.n_pairs, 3);
    assert_string_equal(cox_nvlist_get(&list, "a"), "1");
    assert_string_equal(cox_nvlist_get(&list, "b"), "2");
    assert_string_equal(cox_nvlist_get(&list, "c"), "d");
    assert_null(cox_nvlist_get(&list, "gone"));
    cox_nvlist_reset(&list);
    assert_null(cox_nvlist_get(&list, "a"));
    cox_nvlist_clear(&list);
}

static void
many_sets_and_many_pairs(void **state)
{
    struct cox_nvset sets[100];
    struct cox_nvpair pairs[100];
    struct cox_nvlist list = COX_NVLIST_INIT;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    (void) state;
    for (int i = 0; i < 100; i++) {
        char *text = g_strdup_printf("%d", i);

        g_ptr_array_add(texts, text);
        pairs[i] = (struct cox_nvpair) { NULL, (i % 2 == 0) ? "same" : text, text };
        sets[i] = (struct cox_nvset) { text, i % 7, NULL, &pairs[i], 1 };
    }
    resolve(sets, 100, NULL, &list);
    assert_int_equal(list.n_pairs, 51);
    assert_string_equal(cox_nvlist_get(&list, "same"), "90"); /* the last even one with score 6 */
    cox_nvlist_clear(&list);
}

static void
a_set_with_a_rule_counts_only_in_its_time(void **state)
{
    static const struct cox_nvpair pairs[] = { { NULL, "x", "1" } };
    struct cox_expr expr = { .kind = COX_EXPR_DATE,
                             .date = { .compare = COX_COMPARE_IN_RANGE, .start = { 10 * G_USEC_PER_SEC },
                                       .end = { 20 * G_USEC_PER_SEC }, .is_valid = true } };
    struct cox_rule rule = { .id = "r", .exprs = &expr, .n_exprs = 1 };
    struct cox_nvset set = { "s", 0, &rule, pairs, 1 };
    struct cox_nvsets sets = { &set, 1 };
    static const struct {
        int now, next;
        const char *expected;
    } cases[] = { { 5, 10, NULL }, { 15, 21, "1" }, { 25, -1, NULL } };
    struct cox_nvlist list = COX_NVLIST_INIT;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_rule_input input = { .now = cox_wall_from_seconds(cases[i].now) };
        cox_wall next = COX_WALL_NONE;

        cox_nvlist_reset(&list);
        cox_nvsets_resolve(&sets, NULL, &input, &list, &next);
        if (cases[i].expected == NULL) {
            assert_null(cox_nvlist_get(&list, "x"));
        } else {
            assert_string_equal(cox_nvlist_get(&list, "x"), cases[i].expected);
        }
        if (cases[i].next < 0) {
            assert_false(cox_wall_is_set(next));
        } else {
            assert_int_equal(cox_wall_seconds(next), cases[i].next);
        }
    }
    cox_nvlist_clear(&list);
}

static void
a_list_may_be_edited(void **state)
{
    struct cox_nvlist list = COX_NVLIST_INIT;

    (void) state;
    cox_nvlist_set(&list, "a", "1");
    cox_nvlist_set(&list, "a", "2");
    cox_nvlist_add(&list, "a", "3");
    assert_int_equal(list.n_pairs, 1);
    assert_string_equal(cox_nvlist_get(&list, "a"), "2");
    cox_nvlist_clear(&list);
    assert_int_equal(list.n_pairs, 0);
}

COX_TEST_MAIN(cmocka_unit_test(the_best_score_wins_and_of_equals_the_later_set), cmocka_unit_test(layers_fill_what_is_missing),
              cmocka_unit_test(many_sets_and_many_pairs), cmocka_unit_test(a_set_with_a_rule_counts_only_in_its_time),
              cmocka_unit_test(a_list_may_be_edited))
