/* lib/lvs/tests/test_lvstalk.c - is what a server says what is wanted? */
#include "base/testkit.h"

#include "base/error.h"
#include "lvs/lvstalk.h"

/* A dialogue in pieces of @piece bytes: "S" for each SEND, then "good", the reason, or "" when it waits. */
static char *
dialogue(const char *text, size_t size, size_t piece)
{
    GString *log = g_string_new(NULL);
    struct cox_lvs_smtp smtp;
    struct cox_lvs_answer answer = { 0 };

    cox_lvs_smtp_init(&smtp);
    for (size_t at = 0; at < size; at += piece) {
        const char *data = text + at;
        size_t left = MIN(piece, size - at);

        while (left > 0) {
            const enum cox_lvs_talk_next next = cox_lvs_smtp_feed(&smtp, &data, &left, &answer);

            if (next == COX_LVS_TALK_SEND) {
                g_string_append_c(log, 'S');
            } else if (next == COX_LVS_TALK_END) {
                g_string_append(log, answer.is_good ? "good" : answer.text);
                return g_string_free(log, FALSE);
            }
        }
    }
    return g_string_free(log, FALSE);
}

static void
mail_servers_greet_and_accept(void **state)
{
    static const struct {
        const char *text, *log;
    } cases[] = {
        { "220 mx ESMTP\r\n250 hello\r\n", "Sgood" },
        { "220-one\r\n220-two\r\n220 three\r\n250-more\r\n250 end\r\n", "Sgood" },
        { "220\n250\n", "Sgood" },
        { "220 mx\r\n", "S" },
        { "220 mx", "" },
        { "554 no\r\n", "the greeting is none: '554 no'" },
        { "\r\n", "the greeting is none: ''" },
        { "2200 mx\r\n", "the greeting is none: '2200 mx'" },
        { "220 mx\r\n502 what?\r\n", "SHELO was refused: '502 what?'" },
        { "220 mx\r\n5\xff\r\n", "SHELO was refused: '5\xef\xbf\xbd'" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (size_t piece = 1; piece < 60; piece += 7) {
            g_autofree char *log = dialogue(cases[i].text, strlen(cases[i].text), piece);

            assert_string_equal(log, cases[i].log);
        }
    }
    g_autofree char *said = cox_lvs_smtp_say("node1.example");

    assert_string_equal(said, "HELO node1.example\r\n");
}

static void
mail_servers_that_talk_for_ever_are_cut(void **state)
{
    g_autofree char *line = g_strnfill(2000, 'x');
    GString *lines = g_string_new(NULL);

    (void) state;
    for (guint i = 0; i < 200; i++) {
        g_string_append(lines, "220-more\r\n");
    }
    g_autofree char *one = dialogue(line, 2000, 100), *many = dialogue(lines->str, lines->len, 100);

    assert_non_null(strstr(one, "a line is too long"));
    assert_non_null(strstr(many, "too many lines"));
    g_string_free(lines, TRUE);
}

static void
escapes_are_decoded_or_refused(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        const char *bytes;
    } cases[] = { { "GET / HTTP/1.0\\r\\n\\r\\n", 18, "GET / HTTP/1.0\r\n\r\n" }, { "", 0, "" }, { "\\x00\\xfF\\\\\\\"\\t\\0", 6, "\0\377\\\"\t\0" } };
    static const char *const bad[] = { "\\q", "a\\", "\\x1", "\\xg0" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t size = 99;
        g_autofree guint8 *bytes = cox_lvs_talk_unescape(cases[i].text, &size, NULL);

        assert_int_equal(size, cases[i].size);
        assert_memory_equal(bytes, cases[i].bytes, size);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        size_t size;

        assert_null(cox_lvs_talk_unescape(bad[i], &size, &error));
        assert_int_equal(error->code, COX_ERROR_SYNTAX);
        assert_non_null(strstr(error->message, bad[i]));
    }
}

static void
what_is_expected_comes_first(void **state)
{
    static const struct {
        const char *expect, *data, *result; /* "wait", "good", or why not */
        bool is_closed;
    } cases[] = {
        { "+OK", "", "wait", false },       { "+OK", "+O", "wait", false },         { "+OK", "+OK ready", "good", false },
        { "+OK", "-E", "in another way", false }, { "+OK", "+O", "too short", true }, { "+OK", "", "without an answer", true },
        { NULL, "", "wait", false },        { NULL, "x", "good", false },           { NULL, "", "without an answer", true },
        { "", "", "good", false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_lvs_talk talk = { .expect = (const guint8 *) cases[i].expect,
                                           .expect_bytes = cases[i].expect != NULL ? strlen(cases[i].expect) : 0 };
        struct cox_lvs_answer answer = { 0 };
        const enum cox_lvs_talk_next next = cox_lvs_talk_answer(&talk, (const guint8 *) cases[i].data, strlen(cases[i].data), cases[i].is_closed, &answer);
        const char *result = next == COX_LVS_TALK_WAIT ? "wait" : answer.is_good ? "good" : answer.text;

        if (strstr(result, cases[i].result) == NULL) {
            fail_msg("case %zu: %s", i, result);
        }
    }
}

static void
datagrams_are_compared_with_their_mask(void **state)
{
    static const guint8 reply[] = { 0x12, 0x30 }, mask[] = { 0xff, 0xf0 };
    const struct cox_lvs_udp any = { .min_bytes = 1, .max_bytes = 3 };
    const struct cox_lvs_udp exact = { .max_bytes = 9, .reply = reply, .reply_bytes = 2 };
    const struct cox_lvs_udp masked = { .max_bytes = 9, .reply = reply, .reply_mask = mask, .reply_bytes = 2 };
    static const struct {
        guint8 which;
        guint8 data[8];
        size_t size;
        const char *why;
    } cases[] = {
        { 0, { 9 }, 1, NULL }, { 0, { 0 }, 0, "too short" }, { 0, { 9, 9, 9 }, 3, NULL }, { 0, { 9, 9, 9, 9 }, 4, "too long" },
        { 1, { 0x12, 0x30 }, 2, NULL }, { 1, { 0x12, 0x31 }, 2, "another one" }, { 1, { 0x12 }, 1, NULL }, { 1, { 0x12, 0x30, 7 }, 3, NULL },
        { 2, { 0x12, 0x31 }, 2, NULL }, { 2, { 0x12, 0x41 }, 2, "another one" }, { 2, { 0 }, 0, NULL },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_lvs_answer answer;

        cox_lvs_udp_answer(cases[i].which == 0 ? &any : cases[i].which == 1 ? &exact : &masked, cases[i].data, cases[i].size, &answer);
        assert_int_equal(answer.is_good, cases[i].why == NULL);
        assert_true(answer.is_good || strstr(answer.text, cases[i].why) != NULL);
    }
}

static void
programs_end_with_more_than_good_or_bad(void **state)
{
    static const struct {
        enum cox_lvs_weigh weigh;
        int status;
        const char *output;
        bool is_good, has_value;
        gint64 value;
    } cases[] = {
        { COX_LVS_WEIGH_NOT, 0, NULL, true, false, 0 },        { COX_LVS_WEIGH_NOT, 1, NULL, false, false, 0 },
        { COX_LVS_WEIGH_NOT, -9, NULL, false, false, 0 },      { COX_LVS_WEIGH_STATUS, 0, NULL, true, true, 0 },
        { COX_LVS_WEIGH_STATUS, 1, NULL, false, false, 0 },    { COX_LVS_WEIGH_STATUS, 2, NULL, true, true, 2 },
        { COX_LVS_WEIGH_STATUS, 255, NULL, true, true, 255 },  { COX_LVS_WEIGH_STATUS, -2, NULL, false, false, 0 },
        { COX_LVS_WEIGH_LOAD, 0, "0.75 1.0", true, true, 750 }, { COX_LVS_WEIGH_LOAD, 0, "none", false, false, 0 },
        { COX_LVS_WEIGH_LOAD, 0, NULL, false, false, 0 },      { COX_LVS_WEIGH_LOAD, 0, "-1", false, false, 0 },
        { COX_LVS_WEIGH_LOAD, 0, "nan", false, false, 0 },     { COX_LVS_WEIGH_LOAD, 3, "1", false, false, 0 },
        { COX_LVS_WEIGH_LOAD, 0, "1e300", false, false, 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_lvs_program program = { .weigh = cases[i].weigh };
        struct cox_lvs_answer answer;

        cox_lvs_program_answer(&program, cases[i].status, cases[i].output, &answer);
        if (answer.is_good != cases[i].is_good || answer.has_value != cases[i].has_value || (answer.has_value && answer.value != cases[i].value)
            || answer.is_good != (answer.text == NULL)) {
            fail_msg("case %zu", i);
        }
    }
}

static void
files_hold_a_number(void **state)
{
    static const struct {
        enum cox_lvs_weigh weigh;
        const char *content;
        bool is_good, has_value;
        gint64 value;
    } cases[] = {
        { COX_LVS_WEIGH_NOT, "0\n", true, false, 0 },       { COX_LVS_WEIGH_NOT, "1\n", false, false, 0 },
        { COX_LVS_WEIGH_NOT, NULL, false, false, 0 },       { COX_LVS_WEIGH_NOT, "", false, false, 0 },
        { COX_LVS_WEIGH_STATUS, " -20 \n", true, true, -20 }, { COX_LVS_WEIGH_STATUS, "20 apples", false, false, 0 },
        { COX_LVS_WEIGH_STATUS, "99999999999", false, false, 0 }, { COX_LVS_WEIGH_LOAD, "1.5", true, true, 1500 },
        { COX_LVS_WEIGH_LOAD, "x", false, false, 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_lvs_file file = { .weigh = cases[i].weigh, .factor = 1 };
        struct cox_lvs_answer answer;

        cox_lvs_file_answer(&file, cases[i].content, &answer);
        if (answer.is_good != cases[i].is_good || answer.has_value != cases[i].has_value || (answer.has_value && answer.value != cases[i].value)
            || answer.is_good != (answer.text == NULL)) {
            fail_msg("case %zu", i);
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(mail_servers_greet_and_accept), cmocka_unit_test(mail_servers_that_talk_for_ever_are_cut),
              cmocka_unit_test(escapes_are_decoded_or_refused), cmocka_unit_test(what_is_expected_comes_first),
              cmocka_unit_test(datagrams_are_compared_with_their_mask), cmocka_unit_test(programs_end_with_more_than_good_or_bad),
              cmocka_unit_test(files_hold_a_number))
