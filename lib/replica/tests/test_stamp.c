/* lib/replica/tests/test_stamp.c - which history goes before which, and which is part of which. */
#include "base/testkit.h"

#include "replica/stamp.h"

static void
quorum_goes_before_numbers(void **state)
{
    static const struct {
        const char *why;
        struct cox_stamp a, b;
        int order;
    } cases[] = {
        { "later view", { 3, 9, 1, 1 }, { 2, 9, 100, 100 }, 1 },
        { "more changes of the same view", { 3, 9, 5, 5 }, { 3, 9, 4, 4 }, 1 },
        { "changes without quorum do not count", { 3, 9, 5, 5 }, { 3, 9, 5, 50 }, 0 },
        { "nor against one with", { 3, 9, 5, 50 }, { 3, 9, 6, 6 }, -1 },
        { "both sides of a split had quorum", { 3, 8, 5, 5 }, { 3, 9, 9, 9 }, 0 },
        { "never had quorum", { 0, 0, 0, 3 }, { 0, 0, 0, 8 }, 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cox_stamp_compare(&cases[i].a, &cases[i].b) != cases[i].order
            || cox_stamp_compare(&cases[i].b, &cases[i].a) != -cases[i].order) {
            fail_msg("%s", cases[i].why);
        }
    }
}

static void
lineage_knows_its_past(void **state)
{
    g_autoptr(GArray) lineage = cox_lineage_new();
    static const struct {
        struct cox_stamp stamp;
        bool expected;
    } cases[] = {
        { { 2, 7, 10, 10 }, true },  { { 2, 7, 11, 11 }, false }, { { 2, 6, 3, 3 }, false },  { { 2, 7, 10, 11 }, false },
        { { 4, 1, 15, 15 }, true },  { { 3, 1, 12, 12 }, false }, { { 0, 0, 0, 0 }, true },   { { 0, 0, 0, 1 }, false },
    };

    (void) state;
    cox_lineage_extend(lineage, 2, 7, 9);
    cox_lineage_extend(lineage, 2, 7, 10);
    cox_lineage_extend(lineage, 4, 1, 15);
    assert_int_equal(lineage->len, 2);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cox_lineage_contains(lineage, &cases[i].stamp) != cases[i].expected) {
            fail_msg("case %zu", i);
        }
    }
    for (guint64 term = 5; term < 5 + COX_STAMP_MAX_TERMS; term++) {
        cox_lineage_extend(lineage, term, 1, 15 + term);
    }
    assert_int_equal(lineage->len, COX_STAMP_MAX_TERMS);
    assert_false(cox_lineage_contains(lineage, &cases[4].stamp)); /* forgotten */
}

static void
survives_being_written(void **state)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GArray) lineage = cox_lineage_new();
    g_autoptr(GArray) back = cox_lineage_new();
    const struct cox_stamp stamp = { 5, G_MAXUINT64, 7, 9 };
    struct cox_stamp read;
    struct cox_bytes_reader in;
    g_autofree char *text = cox_stamp_text(&stamp);

    (void) state;
    assert_string_equal(text, "5.7+2");
    cox_lineage_extend(lineage, 5, 6, 7);
    cox_stamp_put(out, &stamp);
    cox_lineage_put(out, lineage);
    cox_bytes_reader_init(&in, out->data, out->len);
    read = cox_stamp_get(&in);
    assert_true(cox_stamp_is_same(&read, &stamp));
    cox_lineage_get(&in, back);
    assert_true(cox_bytes_reader_is_done(&in));
    assert_int_equal(back->len, 1);
    assert_true(cox_lineage_contains(back, &(struct cox_stamp) { 5, 6, 7, 7 }));
}

COX_TEST_MAIN(cmocka_unit_test(quorum_goes_before_numbers), cmocka_unit_test(lineage_knows_its_past),
              cmocka_unit_test(survives_being_written))
