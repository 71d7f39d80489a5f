/* lib/store/tests/test_journal.c - a journal is read up to where it is whole, whatever happened to it. */
#include "base/testkit.h"

#include "store/journal.h"

static GBytes *
sample(size_t *ends)
{
    g_autoptr(GBytes) meta = g_bytes_new_static("meta", 4);
    g_autoptr(GBytes) begin = cox_journal_begin("0123abc", meta);
    GByteArray *out = g_byte_array_new();

    g_byte_array_append(out, g_bytes_get_data(begin, NULL), (guint) g_bytes_get_size(begin));
    ends[0] = out->len;
    for (unsigned i = 1; i <= 3; i++) {
        g_autoptr(GBytes) record = g_bytes_new("recordrecord", i == 2 ? 0 : i * 3);

        cox_journal_put(out, record);
        ends[i] = out->len;
    }
    return g_byte_array_free_to_bytes(out);
}

static void
records_come_back(void **state)
{
    size_t ends[4];
    g_autoptr(GBytes) file = sample(ends);
    struct cox_journal journal;

    (void) state;
    assert_true(cox_journal_read(&journal, file));
    assert_string_equal(journal.base, "0123abc");
    assert_int_equal(g_bytes_get_size(journal.meta), 4);
    assert_int_equal(journal.records->len, 3);
    assert_int_equal(g_bytes_get_size(g_ptr_array_index(journal.records, 0)), 3);
    assert_int_equal(g_bytes_get_size(g_ptr_array_index(journal.records, 1)), 0);
    assert_int_equal(g_bytes_get_size(g_ptr_array_index(journal.records, 2)), 9);
    assert_false(journal.is_torn);
    cox_journal_clear(&journal);
}

static void
a_torn_end_is_found_wherever_it_is(void **state)
{
    size_t ends[4];
    g_autoptr(GBytes) file = sample(ends);

    (void) state;
    for (size_t length = 0; length < ends[3]; length++) {
        g_autoptr(GBytes) torn = g_bytes_new_from_bytes(file, 0, length);
        struct cox_journal journal;
        unsigned whole = 0;

        if (length < ends[0]) {
            assert_false(cox_journal_read(&journal, torn));
            continue;
        }
        while (ends[whole + 1] <= length) {
            whole++;
        }
        assert_true(cox_journal_read(&journal, torn));
        assert_int_equal(journal.records->len, whole);
        assert_int_equal(journal.good_bytes, ends[whole]);
        assert_int_equal(journal.is_torn, length > ends[whole]);
        cox_journal_clear(&journal);
    }
}

static void
a_flipped_bit_ends_it_there(void **state)
{
    size_t ends[4];
    g_autoptr(GBytes) file = sample(ends);

    (void) state;
    for (size_t bit = 0; bit < ends[3] * 8; bit++) {
        g_autofree guint8 *data = g_memdup2(g_bytes_get_data(file, NULL), ends[3]);
        g_autoptr(GBytes) damaged = NULL;
        struct cox_journal journal;

        data[bit / 8] ^= (guint8) (1u << bit % 8);
        damaged = g_bytes_new(data, ends[3]);
        if (bit / 8 < ends[0]) {
            assert_false(cox_journal_read(&journal, damaged));
            continue;
        }
        assert_true(cox_journal_read(&journal, damaged));
        assert_true(journal.is_torn);
        assert_true(journal.good_bytes <= bit / 8);
        cox_journal_clear(&journal);
    }
}

COX_TEST_MAIN(cmocka_unit_test(records_come_back), cmocka_unit_test(a_torn_end_is_found_wherever_it_is),
              cmocka_unit_test(a_flipped_bit_ends_it_there))
