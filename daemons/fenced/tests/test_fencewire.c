/* Tests of daemons/fenced/fencewire.c: what one fencer says is what the others hear. */
#include "daemons/fenced/fencewire.h"

#include "base/testkit.h"
#include "proto/marshal.h"

struct way {
    struct cox_arena *arena;
    struct cox_fence_message got;
    guint n_pieces, n_read, n_records;
    gsize largest_bytes;
};

static void
carry(void *context, const struct cox_msg_fence_peer *piece)
{
    struct way *way = context;
    const struct cox_schema *schema = cox_messages_schema(COX_MSG_FENCE_PEER);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const struct cox_msg_fence_peer *read = NULL;

    cox_marshal(schema, piece, bytes);
    way->largest_bytes = MAX(way->largest_bytes, bytes->len);
    way->n_pieces++;
    read = cox_unmarshal(schema, bytes->data, bytes->len, way->arena, NULL);
    assert_non_null(read);
    way->n_read += cox_fencewire_read(read, way->arena, &way->got);
    way->n_records += (guint) way->got.n_records;
}

static void
send(struct way *way, const struct cox_fence_message *message)
{
    *way = (struct way) { .arena = cox_arena_new() };
    cox_fencewire_write(message, carry, way);
}

static void
a_request_arrives_whole(void **state)
{
    const struct cox_fence_message sent = {
        .kind = COX_FENCE_REQUEST, .id = { 3, G_MAXUINT64 },
        .request = { .target = "n2", .action = COX_FENCE_ON, .client = "stonith_admin.5", .delay_ms = -1, .tolerance_ms = 7,
                     .is_unfencing = true },
    };
    struct way way;

    (void) state;
    send(&way, &sent);
    assert_int_equal(way.n_read, 1);
    assert_int_equal(way.got.kind, COX_FENCE_REQUEST);
    assert_true(way.got.id.origin == 3 && way.got.id.serial == G_MAXUINT64);
    assert_string_equal(way.got.request.target, "n2");
    assert_string_equal(way.got.request.client, "stonith_admin.5");
    assert_true(way.got.request.action == COX_FENCE_ON && way.got.request.delay_ms == -1 && way.got.request.tolerance_ms == 7
                && way.got.request.is_unfencing);
    assert_true(cox_fence_message_is_sane(&way.got));
    cox_arena_free(way.arena);
}

static void
answers_orders_and_results_arrive_whole(void **state)
{
    static const char *const devices[] = { "a", "b" };
    const struct cox_fence_message can = { .kind = COX_FENCE_CAN, .id = { 1, 2 }, .devices = devices, .n_devices = 2, .is_ok = true };
    const struct cox_fence_message exec = { .kind = COX_FENCE_EXEC, .id = { 1, 2 }, .attempt = 9, .device = "a",
                                            .action = COX_FENCE_OFF, .executor = 4, .with_delay = true,
                                            .request = { .target = "n2", .delay_ms = 15000 } };
    const struct cox_fence_message result = { .kind = COX_FENCE_RESULT, .id = { 1, 2 }, .attempt = 9, .reason = "no power" };
    const struct cox_fence_message hello = { .kind = COX_FENCE_HELLO, .name = "n1", .incarnation = 77 };
    struct way way;

    (void) state;
    send(&way, &can);
    assert_true(way.got.n_devices == 2 && way.got.is_ok);
    assert_string_equal(way.got.devices[1], "b");
    cox_arena_free(way.arena);
    send(&way, &exec);
    assert_true(way.got.attempt == 9 && way.got.action == COX_FENCE_OFF && way.got.executor == 4 && way.got.with_delay);
    assert_true(way.got.request.delay_ms == 15000 && cox_fence_message_is_sane(&way.got));
    assert_string_equal(way.got.device, "a");
    cox_arena_free(way.arena);
    send(&way, &result);
    assert_false(way.got.is_ok);
    assert_string_equal(way.got.reason, "no power");
    cox_arena_free(way.arena);
    send(&way, &hello);
    assert_int_equal(way.got.incarnation, 77);
    assert_string_equal(way.got.name, "n1");
    cox_arena_free(way.arena);
}

static void
the_end_of_an_operation_arrives_with_its_record(void **state)
{
    const struct cox_fence_message sent = {
        .kind = COX_FENCE_DONE, .id = { 1, 2 },
        .record = { { 1, 2 }, "n2", "controld", "n3", NULL, COX_FENCE_REBOOT, true, true, { 1234567890123456 } },
    };
    struct way way;

    (void) state;
    send(&way, &sent);
    assert_true(way.n_read == 1 && cox_fence_message_is_sane(&way.got));
    assert_string_equal(way.got.record.target, "n2");
    assert_string_equal(way.got.record.client, "controld");
    assert_string_equal(way.got.record.delegate, "n3");
    assert_null(way.got.record.reason);
    assert_true(way.got.record.id.origin == 1 && way.got.record.id.serial == 2 && way.got.record.action == COX_FENCE_REBOOT
                && way.got.record.is_ok && way.got.record.is_confirmed && way.got.record.done_at.usec == 1234567890123456);
    cox_arena_free(way.arena);
}

static void
what_is_under_way_arrives_with_what_has_merged(void **state)
{
    const struct cox_fence_record merged[] = { { .id = { 2, 7 }, .target = "n2" }, { .id = { 3, 8 }, .target = "n2" } };
    const struct cox_fence_message sent = {
        .kind = COX_FENCE_UNDERWAY, .id = { 1, 2 }, .is_ok = true, .records = merged, .n_records = 2,
        .record = { .id = { 1, 2 }, .target = "n2", .client = "controld", .action = COX_FENCE_OFF, .incarnation = 55 },
        .request = { .delay_ms = 9, .is_unfencing = true },
    };
    const struct cox_fence_message request = { .kind = COX_FENCE_REQUEST, .id = { 1, 3 }, .request = { .target = "n2", .life = 66 } };
    struct way way;

    (void) state;
    send(&way, &sent);
    assert_true(way.n_read == 1 && way.n_pieces == 1 && cox_fence_message_is_sane(&way.got));
    assert_true(way.got.record.incarnation == 55 && way.got.record.action == COX_FENCE_OFF && way.got.is_ok);
    assert_true(way.got.request.delay_ms == 9 && way.got.request.is_unfencing);
    assert_int_equal(way.got.n_records, 2);
    assert_true(way.got.records[1].id.origin == 3 && way.got.records[1].id.serial == 8);
    cox_arena_free(way.arena);
    send(&way, &request);
    assert_int_equal(way.got.request.life, 66);
    cox_arena_free(way.arena);
}

static void
a_long_history_is_several_messages(void **state)
{
    static const guint sizes[] = { 0, 1, COX_FENCEWIRE_PIECE, COX_FENCEWIRE_PIECE + 1, 500 };

    (void) state;
    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
        g_autofree struct cox_fence_record *records = g_new0(struct cox_fence_record, sizes[s] + 1);
        const struct cox_fence_message sent = { .kind = COX_FENCE_HISTORY, .records = records, .n_records = sizes[s] };
        struct way way;

        for (guint i = 0; i < sizes[s]; i++) {
            records[i] = (struct cox_fence_record) { .id = { 1, i }, .target = "n2", .action = COX_FENCE_OFF };
        }
        send(&way, &sent);
        assert_int_equal(way.n_records, sizes[s]);
        assert_int_equal(way.n_pieces, MAX((sizes[s] + COX_FENCEWIRE_PIECE - 1) / COX_FENCEWIRE_PIECE, 1));
        assert_int_equal(way.n_read, way.n_pieces);
        cox_arena_free(way.arena);
    }
}

static void
what_a_later_version_says_is_not_taken_for_something_else(void **state)
{
    const struct cox_msg_fence_record record = { .target = "n2", .action = 99 };
    const struct cox_msg_fence_peer cases[] = {
        { .kind = 99 }, { .kind = COX_FENCE_REQUEST, .action = 99 }, { .kind = COX_FENCE_DONE },
        { .kind = COX_FENCE_DONE, .records = &record, .n_records = 1 },
    };
    struct way way = { .arena = cox_arena_new() };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        carry(&way, &cases[i]);
    }
    assert_int_equal(way.n_read, 0);
    cox_arena_free(way.arena);
}

COX_TEST_MAIN(cmocka_unit_test(a_request_arrives_whole), cmocka_unit_test(answers_orders_and_results_arrive_whole),
              cmocka_unit_test(the_end_of_an_operation_arrives_with_its_record),
              cmocka_unit_test(what_is_under_way_arrives_with_what_has_merged),
              cmocka_unit_test(a_long_history_is_several_messages),
              cmocka_unit_test(what_a_later_version_says_is_not_taken_for_something_else))
