/* Tests of lib/timeline/record.c */
#include "timeline/record.h"

#include "base/testkit.h"

static struct cox_timeline_record
action(void)
{
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_ACTION);

    record.at_us = 1795226571123456;
    record.node = "n1";
    record.object = "db:0";
    record.task = "start";
    record.outcome = "ok";
    record.took_ms = 310;
    record.call = 12;
    record.link = "7@3f2a8c91";
    return record;
}

static void
expect_same(const struct cox_timeline_record *a, const struct cox_timeline_record *b)
{
    g_autofree char *first = cox_timeline_write(a), *second = cox_timeline_write(b);

    assert_string_equal(first, second);
}

static void
read_line(const char *line, struct cox_timeline_record *record, struct cox_arena *arena)
{
    gsize length = strcspn(line, "\n");

    assert_true(cox_timeline_read(line, length, arena, record));
}

static void
a_line_says_what_is_known_and_nothing_else(void **state)
{
    const struct cox_timeline_record record = action();
    g_autofree char *line = cox_timeline_write(&record);

    (void) state;
    assert_string_equal(line, "1 1795226571123456 action node=n1 object=db:0 task=start outcome=ok took=310 call=12 link=\"7@3f2a8c91\"\n");
}

static void
what_was_written_is_read_again(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_record record = action(), again;
    g_autofree char *line = NULL;

    (void) state;
    record.cause = "said \"no\" \\ and left; a=b";
    record.who = "";
    record.outcome = "";
    record.rc = -1;
    record.took_ms = 0;
    line = cox_timeline_write(&record);
    read_line(line, &again, arena);
    expect_same(&record, &again);
    assert_string_equal(again.cause, record.cause);
    assert_string_equal(again.who, "");
    assert_int_equal(again.rc, -1);
    assert_int_equal(again.took_ms, 0);
    assert_null(cox_timeline_record_of(COX_TIMELINE_FENCE).node);
}

static void
an_agent_cannot_forge_a_line(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_record record = action(), again;
    g_autofree char *line = NULL;

    (void) state;
    record.cause = "one\n1 1795226571123456 fence node=n2 outcome=ok\r\t\x1b[2J\xc2\x9b" "2J";
    line = cox_timeline_write(&record);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    assert_null(strchr(line, '\x1b'));
    assert_null(strstr(line, "\xc2\x9b"));
    read_line(line, &again, arena);
    assert_int_equal(again.kind, COX_TIMELINE_ACTION);
}

static void
long_and_broken_texts_are_cut_and_a_line_keeps_its_bound(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autofree char *quotes = g_strnfill(100000, '"'), *line = NULL, *second = NULL;
    struct cox_timeline_record record = action(), again;
    GString *odd = g_string_new(NULL);

    (void) state;
    for (int i = 0; i < 1000; i++) {
        g_string_append(odd, i % 3 == 0 ? "\xff" : "\xc3\xa4");
    }
    record.node = record.task = record.outcome = record.who = record.link = quotes;
    record.object = record.cause = odd->str;
    line = cox_timeline_write(&record);
    assert_true(strlen(line) < COX_TIMELINE_LINE_BYTES);
    assert_true(g_utf8_validate(line, -1, NULL));
    read_line(line, &again, arena);
    assert_int_equal(strlen(again.node), COX_TIMELINE_TEXT_BYTES);
    second = cox_timeline_write(&again);
    assert_string_equal(line, second);
    g_string_free(odd, TRUE);
}

static void
what_found_what_was_expected_is_dull(void **state)
{
    static const struct {
        enum cox_timeline_kind kind;
        const char *task, *outcome;
        bool is_dull;
    } cases[] = {
        { COX_TIMELINE_ACTION, "monitor", "ok", true },             { COX_TIMELINE_ACTION, "notify", "ok", true },
        { COX_TIMELINE_ACTION, "cancel", "ok", true },              { COX_TIMELINE_ACTION, "start", "ok", false },
        { COX_TIMELINE_ACTION, "monitor", "failed", false },        { COX_TIMELINE_ACTION, "monitor", NULL, false },
        { COX_TIMELINE_ACTION, "monitor", "found running", false }, { COX_TIMELINE_ACTION, NULL, "ok", false },
        { COX_TIMELINE_FENCE, "monitor", "ok", false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_timeline_record record = cox_timeline_record_of(cases[i].kind);

        record.task = cases[i].task;
        record.outcome = cases[i].outcome;
        assert_int_equal(cox_timeline_is_dull(&record), cases[i].is_dull);
    }
}

static void
what_is_no_line_is_refused_and_leaves_the_record_alone(void **state)
{
    static const char *const bad[] = { "", " ", "1", "1 2", "2 5 action", "1 x action", "1 5x action", "1 -5 action", "1 5 dance", "1 5 action node",
                                       "1 5 action node=\"n1", "1 99999999999999999999 action", "1 5 action node=\"n1\\" };
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_record record = action();

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        if (cox_timeline_read(bad[i], strlen(bad[i]), arena, &record)) {
            fail_msg("'%s' was taken", bad[i]);
        }
    }
    assert_string_equal(record.object, "db:0");
    assert_false(cox_timeline_read("1 5 action node=a\0b", 19, arena, &record));
}

static void
a_reader_passes_over_what_a_later_version_writes(void **state)
{
    static const char text[] = "1 5 action node=n1 colour=\"deep blue\" took=7\n1 6 dance node=n1\n2 7 action\n\n1 8 member node=n2 task=lost";
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GArray) records = g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_record));

    (void) state;
    assert_int_equal(cox_timeline_read_all(text, strlen(text), arena, records), 2);
    assert_int_equal(records->len, 2);
    assert_int_equal(g_array_index(records, struct cox_timeline_record, 0).took_ms, 7);
    assert_string_equal(g_array_index(records, struct cox_timeline_record, 1).task, "lost");
}

static void
what_is_too_old_is_left_out_in_place(void **state)
{
    char text[] = "1 5 action node=n1\nrubbish\n1 7 member\n1 6 action\n1 9 quorum task=lost\n1 9 quo";
    gsize length = cox_timeline_since(text, strlen(text), 7);

    (void) state;
    text[length] = '\0';
    assert_string_equal(text, "1 7 member\n1 9 quorum task=lost\n");
    assert_int_equal(cox_timeline_since(text, 0, 7), 0);
}

static void
an_identity_is_that_of_the_fact_and_not_of_who_kept_it_when(void **state)
{
    struct cox_timeline_record one = action(), two = action();
    g_autofree char *first = cox_timeline_identity(&one), *second = NULL, *third = NULL;

    (void) state;
    two.at_us += 1000000;
    two.cause = "another";
    second = cox_timeline_identity(&two);
    assert_string_equal(first, second);
    two.call = 13;
    third = cox_timeline_identity(&two);
    assert_string_not_equal(first, third);
    assert_true(cox_timeline_has_identity(&one));
    one.link = NULL;
    one.call = 0;
    assert_false(cox_timeline_has_identity(&one));
}

COX_TEST_MAIN(cmocka_unit_test(a_line_says_what_is_known_and_nothing_else),
              cmocka_unit_test(what_was_written_is_read_again),
              cmocka_unit_test(an_agent_cannot_forge_a_line),
              cmocka_unit_test(long_and_broken_texts_are_cut_and_a_line_keeps_its_bound),
              cmocka_unit_test(what_found_what_was_expected_is_dull),
              cmocka_unit_test(what_is_no_line_is_refused_and_leaves_the_record_alone),
              cmocka_unit_test(a_reader_passes_over_what_a_later_version_writes),
              cmocka_unit_test(what_is_too_old_is_left_out_in_place),
              cmocka_unit_test(an_identity_is_that_of_the_fact_and_not_of_who_kept_it_when))
