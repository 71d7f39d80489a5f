/* Tests of lib/proto/frame.c. */
#include "proto/frame.h"

#include "base/error.h"
#include "base/testkit.h"

static GBytes *
ping_frame(guint64 token)
{
    const struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_PING, .flags = COX_FRAME_HAS_BODY, .id = 0x01020304 };
    const struct cox_msg_ping ping = { .token = token };

    return cox_frame_build_message(&frame, &ping, NULL);
}

static void
a_frame_comes_back_as_it_went(void **state)
{
    g_autoptr(GBytes) bytes = ping_frame(77);
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_ping *ping;
    struct cox_frame frame;
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    (void) state;
    assert_true(cox_frame_parse(data, size, &frame, NULL));
    assert_int_equal(frame.kind, COX_FRAME_REQUEST);
    assert_int_equal(frame.message, COX_MSG_PING);
    assert_int_equal(frame.flags, COX_FRAME_HAS_BODY);
    assert_int_equal(frame.id, 0x01020304);
    ping = cox_frame_message(&frame, arena, NULL);
    assert_int_equal(ping->token, 77);
}

static void
every_flaw_of_a_header_is_refused(void **state)
{
    static const struct {
        gsize at;
        guint8 value;
        const char *expected;
    } cases[] = {
        { 0, 'X', "not one of ours" }, { 2, 9, "unknown version" }, { 3, COX_FRAME_N_KINDS, "unknown kind" },
        { 12, 200, "wrong length" }, { 15, 1, "wrong length" },
    };
    g_autoptr(GBytes) bytes = ping_frame(1);
    guint8 copy[64];
    gsize size;
    struct cox_frame frame = { .id = 17 };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        memcpy(copy, g_bytes_get_data(bytes, &size), g_bytes_get_size(bytes));
        copy[cases[i].at] = cases[i].value;
        assert_false(cox_frame_parse(copy, size, &frame, &error));
        assert_non_null(strstr(error->message, cases[i].expected));
    }
    assert_false(cox_frame_parse(copy, 15, &frame, NULL));
    assert_false(cox_frame_parse(copy, COX_FRAME_MAX_BYTES + 1, &frame, NULL));
    assert_int_equal(frame.id, 17);
}

static void
a_message_that_does_not_fit_is_refused_and_one_that_just_fits_is_not(void **state)
{
    g_autofree guint8 *padding = g_malloc0(COX_FRAME_MAX_BYTES);
    const struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_PING, .id = 1 };
    struct cox_msg_ping ping = { .padding = { padding, COX_FRAME_MAX_BYTES - COX_FRAME_HEADER_BYTES - 4 } };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) fits = cox_frame_build_message(&frame, &ping, NULL);

    (void) state;
    assert_int_equal(g_bytes_get_size(fits), COX_FRAME_MAX_BYTES);
    ping.padding.size++;
    assert_null(cox_frame_build_message(&frame, &ping, &error));
    assert_non_null(strstr(error->message, "'ping'"));
}

static void
an_unknown_message_is_told_apart_from_a_broken_one(void **state)
{
    const struct cox_frame unknown = { .kind = COX_FRAME_REQUEST, .message = 500 };
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_null(cox_frame_message(&unknown, arena, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED));
}

static void
an_error_travels_with_code_and_text(void **state)
{
    g_autoptr(GError) problem = g_error_new(COX_ERROR, COX_ERROR_QUORUM, "change 'x': no quorum, try later \xff");
    g_autoptr(GBytes) bytes = cox_frame_build_error(9, problem);
    g_autoptr(GError) back = NULL;
    const struct cox_frame silent = { .kind = COX_FRAME_ERROR, .message = COX_MSG_PING };
    g_autoptr(GError) nothing = cox_frame_error(&silent);
    struct cox_frame frame;
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    (void) state;
    assert_true(cox_frame_parse(data, size, &frame, NULL));
    assert_int_equal(frame.kind, COX_FRAME_ERROR);
    back = cox_frame_error(&frame);
    assert_true(g_error_matches(back, COX_ERROR, COX_ERROR_QUORUM));
    assert_int_equal(strncmp(back->message, "change 'x': no quorum", 21), 0);
    assert_true(g_error_matches(nothing, COX_ERROR, COX_ERROR_PROTOCOL));
}

COX_TEST_MAIN(cmocka_unit_test(a_frame_comes_back_as_it_went), cmocka_unit_test(every_flaw_of_a_header_is_refused),
              cmocka_unit_test(a_message_that_does_not_fit_is_refused_and_one_that_just_fits_is_not),
              cmocka_unit_test(an_unknown_message_is_told_apart_from_a_broken_one),
              cmocka_unit_test(an_error_travels_with_code_and_text))
