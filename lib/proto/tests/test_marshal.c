/* Tests of lib/proto/marshal.c and messages.c. */
#include "proto/marshal.h"

#include "base/error.h"
#include "base/testkit.h"
#include "proto/messages.h"

static const struct cox_msg_health *
round_trip(const struct cox_msg_health *health, struct cox_arena *arena)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const struct cox_schema *schema = cox_messages_schema(COX_MSG_HEALTH);
    const struct cox_msg_health *back;

    cox_marshal(schema, health, bytes);
    back = cox_unmarshal(schema, bytes->data, bytes->len, arena, NULL);
    assert_non_null(back);
    return back;
}

static void
every_kind_of_field_survives(void **state)
{
    static const struct cox_msg_stat stats[] = { { "a", -5, NULL }, { "b", G_MININT64, "text" }, { NULL, G_MAXINT64, "" } };
    static const char *const complaints[] = { "", "zwei \xc3\xbc" };
    const struct cox_msg_health health = {
        .daemon = "cib", .pid = G_MAXUINT64, .uptime_ms = 300, .stats = stats, .n_stats = 3, .complaints = complaints,
        .n_complaints = 2,
    };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_health *back = round_trip(&health, arena);

    (void) state;
    assert_string_equal(back->daemon, "cib");
    assert_null(back->version);
    assert_true(back->pid == G_MAXUINT64);
    assert_int_equal(back->uptime_ms, 300);
    assert_int_equal(back->n_stats, 3);
    assert_string_equal(back->stats[0].name, "a");
    assert_int_equal(back->stats[0].value, -5);
    assert_null(back->stats[0].text);
    assert_true(back->stats[1].value == G_MININT64 && back->stats[2].value == G_MAXINT64);
    assert_null(back->stats[2].name);
    assert_string_equal(back->stats[2].text, "");
    assert_int_equal(back->n_complaints, 2);
    assert_string_equal(back->complaints[1], "zwei \xc3\xbc");
}

static void
absent_fields_cost_nothing(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const struct cox_msg_ping ping = { 0 };

    (void) state;
    cox_marshal(cox_messages_schema(COX_MSG_PING), &ping, bytes);
    assert_int_equal(bytes->len, 0);
}

static void
unknown_fields_are_skipped_and_the_last_of_two_counts(void **state)
{
    /* number 50 as number, as signed and as bytes, then ping.token twice */
    static const guint8 data[] = { 0xc8, 1, 9, 0xc9, 1, 9, 0xca, 1, 2, 'x', 'y', 0x04, 7, 0x04, 8 };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_ping *ping = cox_unmarshal(cox_messages_schema(COX_MSG_PING), data, sizeof data, arena, NULL);

    (void) state;
    assert_non_null(ping);
    assert_int_equal(ping->token, 8);
    assert_int_equal(ping->padding.size, 0);
}

static void
what_is_malformed_is_refused_with_the_field_in_the_message(void **state)
{
    static const struct {
        const char *why, *named;
        unsigned int message;
        gsize size;
        guint8 data[16];
    } cases[] = {
        { "key only", "ping", COX_MSG_PING, 1, { 0x04 } },
        { "number too long", "ping", COX_MSG_PING, 11, { 4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2 } },
        { "never ends", "ping", COX_MSG_PING, 3, { 4, 0x80, 0x80 } },
        { "more bytes promised than there are", "ping", COX_MSG_PING, 3, { 0x0a, 200, 1 } },
        { "unknown shape", "ping", COX_MSG_PING, 2, { 0x07, 1 } },
        { "known field of another type", "token", COX_MSG_PING, 3, { 0x06, 1, 'x' } },
        { "text with NUL", "program", COX_MSG_HELLO, 4, { 0x0a, 2, 'x', 0 } },
        { "text that is not UTF-8", "program", COX_MSG_HELLO, 3, { 0x0a, 1, 0xff } },
        { "text in a list", "complaints", COX_MSG_HEALTH, 3, { 0x1e, 1, 0xff } },
        { "bad record in a list", "stat", COX_MSG_HEALTH, 4, { 0x1a, 2, 0x06, 9 } },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_arena) arena = cox_arena_new();
        g_autoptr(GError) error = NULL;

        if (cox_unmarshal(cox_messages_schema(cases[i].message), cases[i].data, cases[i].size, arena, &error) != NULL) {
            fail_msg("%s: accepted", cases[i].why);
        }
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_PROTOCOL));
        if (strstr(error->message, cases[i].named) == NULL) {
            fail_msg("%s: '%s' does not name '%s'", cases[i].why, error->message, cases[i].named);
        }
    }
}

static void
memory_is_bounded_whatever_the_bytes_say(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;

    (void) state;
    for (int i = 0; i < 60000; i++) { /* 60,000 empty records: 120 kB that would become 1.4 MB */
        static const guint8 empty_record[] = { 0x1a, 0 };

        g_byte_array_append(bytes, empty_record, sizeof empty_record);
    }
    assert_null(cox_unmarshal(cox_messages_schema(COX_MSG_HEALTH), bytes->data, bytes->len, arena, &error));
    assert_non_null(strstr(error->message, "too large"));
    assert_true(cox_arena_used_bytes(arena) <= COX_MARSHAL_MEMORY_BYTES);
}

static void
the_catalogue_keeps_its_own_rules(void **state)
{
    unsigned int n = 0;

    (void) state;
    for (unsigned int number = 0; number < COX_MSG_END; number++) {
        const struct cox_schema *schema = cox_messages_schema(number);
        guint64 seen = 0;

        for (const struct cox_field *field = schema == NULL ? NULL : schema->fields; field != NULL && field->number != 0;
             field++) {
            assert_true(field->number <= COX_SCHEMA_FIELDS_MAX);
            assert_int_equal(seen >> field->number & 1, 0);
            seen |= G_GUINT64_CONSTANT(1) << field->number;
        }
        n += schema != NULL;
    }
    assert_true(n >= 13);
    assert_null(cox_messages_schema(COX_MSG_END));
}

COX_TEST_MAIN(cmocka_unit_test(every_kind_of_field_survives), cmocka_unit_test(absent_fields_cost_nothing),
              cmocka_unit_test(unknown_fields_are_skipped_and_the_last_of_two_counts),
              cmocka_unit_test(what_is_malformed_is_refused_with_the_field_in_the_message),
              cmocka_unit_test(memory_is_bounded_whatever_the_bytes_say), cmocka_unit_test(the_catalogue_keeps_its_own_rules))
