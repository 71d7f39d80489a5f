/* Tests of lib/timeline/words.c */
#include "timeline/words.h"

#include "base/testkit.h"

static const struct {
    const char *line, *words;
} cases[] = {
    { "recorder node=n1 task=begin", "controller began" },
    { "recorder node=n1 task=end", "controller ended" },
    { "member node=n2 task=joined", "n2 is a member" },
    { "member node=n2 task=lost", "n2 was lost" },
    { "member node=n2 task=leaving", "n2 wants to leave" },
    { "member", "? is a member" },
    { "coordinator node=n1 link=7", "n1 leads the cluster" },
    { "quorum node=n1 task=lost", "quorum lost" },
    { "quorum node=n1 task=gained", "quorum gained" },
    { "config object=0.12 task=\"object db\" who=\"root with cibadmin on n1\" cause=\"more memory\"",
      "configuration 0.12, object db, by root with cibadmin on n1: more memory" },
    { "config object=0.12", "configuration 0.12" },
    { "transition task=begin link=\"7@x\" count=1 cause=\"n2 was lost\"", "transition 7 begins: 1 action, because n2 was lost" },
    { "transition task=end outcome=done link=\"7@x\" count=6 failed=1 took=3950", "transition 7 is over: 1 of 6 actions failed, took 3.95 s" },
    { "transition task=end outcome=aborted link=\"7@x\" count=6 took=5", "transition 7 given up for another plan: 0 of 6 actions failed, took 5 ms" },
    { "action object=db task=start outcome=ok took=310 link=\"7@x\"", "start db: ok, took 310 ms (transition 7)" },
    { "action object=db task=monitor interval=10000 outcome=failed rc=7 cause=\"no answer\"", "monitor db every 10.00 s: failed, rc 7: no answer" },
    { "fence node=n2 task=reboot outcome=asked link=\"7@x\"", "fencing (reboot) of n2 asked for (transition 7)" },
    { "fence node=n2 task=reboot outcome=ok took=125000 who=\"power for cox-controld@n1\"",
      "fencing (reboot) of n2 by power for cox-controld@n1: ok, took 2 min 5 s" },
    { "fence node=n2 task=off outcome=failed cause=\"no device\"", "fencing (off) of n2: failed: no device" },
    { "trouble task=\"no plan could be made\" cause=crash", "no plan could be made: crash" },
};

static void
each_kind_has_its_sentence(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = g_strconcat("1 5 ", cases[i].line, NULL), *words = NULL;
        struct cox_timeline_record record;

        assert_true(cox_timeline_read(line, strlen(line), arena, &record));
        words = cox_timeline_words(&record);
        assert_string_equal(words, cases[i].words);
    }
}

static void
spans_are_as_people_say_them(void **state)
{
    static const struct {
        gint64 ms;
        const char *text;
    } spans[] = { { 0, "0 ms" }, { 999, "999 ms" }, { 1000, "1.00 s" }, { 59999, "59.99 s" }, { 60000, "1 min 0 s" }, { 3600000, "1 h 0 min" },
                  { 90061000, "25 h 1 min" } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
        g_autofree char *text = cox_timeline_span(spans[i].ms);

        assert_string_equal(text, spans[i].text);
    }
}

static void
a_terminal_is_not_steered(void **state)
{
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_TROUBLE);
    g_autofree char *words = NULL;

    (void) state;
    record.task = "\x1b[2J";
    record.cause = "\xc2\x9b" "2J \xc3\xa4 \x9b"; /* C1: the same in one letter */
    words = cox_timeline_words(&record);
    assert_string_equal(words, "?[2J: ?2J \xc3\xa4 \xef\xbf\xbd");
}

COX_TEST_MAIN(cmocka_unit_test(each_kind_has_its_sentence),
              cmocka_unit_test(spans_are_as_people_say_them),
              cmocka_unit_test(a_terminal_is_not_steered))
