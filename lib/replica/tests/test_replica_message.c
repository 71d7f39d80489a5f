/* lib/replica/tests/test_replica_message.c - messages and records say what they said, or nothing. */
#include "base/testkit.h"

#include "replica/replica_message.h"

static struct cox_replica_message
full(enum cox_replica_message_kind kind, GArray *lineage)
{
    struct cox_replica_message m = {
        .kind = kind, .flags = 1, .node = 3, .nonce = 4, .number = 5, .offset = 6, .size = 7,
        .stamp = { 1, 2, 3, 4 }, .quorum = { true, 2, 1, 1 }, .members = { 1, 2, 9 }, .n_members = 3, .lineage = lineage,
        .data = (const guint8 *) "\3\0\0\0xyz\0\0\0\0", .data_size = 11, /* two changes, one of them empty */
    };

    strcpy(m.document.digest, "cox1:abc");
    m.document.version = (struct cox_version) { 1, 2, 3 };
    return m;
}

static void
each_kind_survives_and_each_shortened_one_is_refused(void **state)
{
    g_autoptr(GArray) lineage = cox_lineage_new();

    (void) state;
    cox_lineage_extend(lineage, 1, 2, 3);
    for (int kind = 0; kind < COX_REPLICA_MSG_N; kind++) {
        struct cox_replica_message m = full((enum cox_replica_message_kind) kind, lineage), back;
        g_autoptr(GBytes) bytes = cox_replica_message_write(&m);
        g_autoptr(GBytes) again = NULL;

        assert_true(cox_replica_message_read(&back, bytes));
        assert_int_equal(back.kind, kind);
        again = cox_replica_message_write(&back);
        assert_true(g_bytes_equal(bytes, again));
        cox_replica_message_clear(&back);
        for (gsize length = 0; length < g_bytes_get_size(bytes); length++) {
            g_autoptr(GBytes) cut = g_bytes_new(g_bytes_get_data(bytes, NULL), length);

            assert_false(cox_replica_message_read(&back, cut));
        }
    }
}

static void
changes_travel_together_and_come_out_one_by_one(void **state)
{
    g_autoptr(GByteArray) data = g_byte_array_new();
    g_autoptr(GBytes) first = g_bytes_new_static("one", 3), second = g_bytes_new_static("", 0), bytes = NULL;
    struct cox_replica_message m = { .kind = COX_REPLICA_MSG_CHANGES, .nonce = 1, .number = 2 }, back;
    struct cox_bytes_reader in;

    (void) state;
    cox_replica_changes_add(data, first);
    cox_replica_changes_add(data, second);
    m.data = data->data;
    m.data_size = data->len;
    bytes = cox_replica_message_write(&m);
    assert_true(cox_replica_message_read(&back, bytes));
    cox_bytes_reader_init(&in, back.data, back.data_size);
    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(GBytes) change = cox_replica_changes_next(&in, bytes);

        assert_true(g_bytes_equal(change, i == 0 ? first : second));
    }
    assert_null(cox_replica_changes_next(&in, bytes));
}

static void
changes_that_are_longer_than_the_message_and_none_are_refused(void **state)
{
    static const char *const data[] = { "", "\4\0\0\0xyz", "\1\0\0\0x\1\0", "\377\377\377\377x" };
    static const size_t sizes[] = { 0, 7, 7, 5 };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(data); i++) {
        const struct cox_replica_message m = { .kind = COX_REPLICA_MSG_CHANGES, .data = (const guint8 *) data[i], .data_size = sizes[i] };
        g_autoptr(GBytes) bytes = cox_replica_message_write(&m);
        struct cox_replica_message back;

        assert_false(cox_replica_message_read(&back, bytes));
    }
}

static void
records_survive_and_foreign_ones_are_refused(void **state)
{
    g_autoptr(GArray) lineage = cox_lineage_new();
    static const guint8 other[] = { COX_REPLICA_RECORD_FORMAT + 1, 0 }, unknown[] = { COX_REPLICA_RECORD_FORMAT, 77 };
    struct cox_replica_record back;

    (void) state;
    for (int kind = 0; kind < COX_REPLICA_REC_N; kind++) {
        struct cox_replica_record record = {
            .kind = (enum cox_replica_record_kind) kind, .is_agreed = true, .nonce = 1, .number = 2, .stamp = { 1, 1, 1, 1 },
            .digest = "d", .lineage = lineage, .data = (const guint8 *) "q", .data_size = 1,
        };
        g_autoptr(GBytes) bytes = cox_replica_record_write(&record);
        g_autoptr(GBytes) again = NULL;
        gsize size = 0;
        const void *data = g_bytes_get_data(bytes, &size);

        assert_true(cox_replica_record_read(&back, data, size));
        again = cox_replica_record_write(&back);
        assert_true(g_bytes_equal(bytes, again));
        cox_replica_record_clear(&back);
        assert_false(cox_replica_record_read(&back, data, size - 1));
    }
    assert_false(cox_replica_record_read(&back, other, sizeof(other)));
    assert_false(cox_replica_record_read(&back, unknown, sizeof(unknown)));
}

static void
more_members_or_terms_than_there_can_be_are_refused(void **state)
{
    g_autoptr(GArray) lineage = cox_lineage_new();
    struct cox_replica_message m = full(COX_REPLICA_MSG_BEGIN, lineage), back;
    g_autoptr(GBytes) bytes = cox_replica_message_write(&m);
    gsize size = 0;
    g_autofree guint8 *data = g_memdup2(g_bytes_get_data(bytes, &size), g_bytes_get_size(bytes));
    g_autoptr(GBytes) bad = NULL;
    guint32 wire = GUINT32_TO_LE(COX_REPLICA_MAX_NODES + 1);

    (void) state;
    for (gsize at = 0; at + 16 <= size; at++) { /* where the count of members is, three members follow */
        static const guint8 count[] = { 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0 };

        if (memcmp(data + at, count, sizeof(count)) == 0) {
            memcpy(data + at, &wire, sizeof(wire));
            bad = g_bytes_new(data, size);
        }
    }
    assert_non_null(bad);
    assert_false(cox_replica_message_read(&back, bad));
}

COX_TEST_MAIN(cmocka_unit_test(each_kind_survives_and_each_shortened_one_is_refused),
              cmocka_unit_test(changes_travel_together_and_come_out_one_by_one),
              cmocka_unit_test(changes_that_are_longer_than_the_message_and_none_are_refused),
              cmocka_unit_test(records_survive_and_foreign_ones_are_refused),
              cmocka_unit_test(more_members_or_terms_than_there_can_be_are_refused))
