/* Tests of lib/timeline/merge.c */
#include "timeline/merge.h"

#include "base/testkit.h"

#define S G_GINT64_CONSTANT(1000000)

/* Lines of a node as a source. */
static struct cox_timeline_source
source(const char *node, const char *lines, gint64 ahead_s, struct cox_arena *arena)
{
    GArray *records = g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_record));

    assert_int_equal(cox_timeline_read_all(lines, strlen(lines), arena, records), 0);
    return (struct cox_timeline_source) { node, records, ahead_s * S };
}

/* "TIME KEEPER OBJECT|NODE TASK" of each. */
static char *
text_of(const GArray *entries)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < entries->len; i++) {
        const struct cox_timeline_entry *entry = &g_array_index(entries, struct cox_timeline_entry, i);
        const struct cox_timeline_record *record = entry->record;

        g_string_append_printf(text, "%s%d %s %s %s", i == 0 ? "" : ", ", (int) (entry->at_us / S), entry->by,
                               record->object != NULL ? record->object : record->node != NULL ? record->node : "-", record->task);
    }
    return g_string_free(text, FALSE);
}

static void
expect(struct cox_timeline_source *sources, size_t n, const struct cox_timeline_filter *filter, const char *wanted)
{
    g_autoptr(GArray) entries = cox_timeline_merge(sources, n);
    g_autofree char *text = NULL;

    if (filter != NULL) {
        cox_timeline_select(entries, filter);
    }
    text = text_of(entries);
    assert_string_equal(text, wanted);
    for (size_t i = 0; i < n; i++) {
        g_array_unref((GArray *) (gsize) sources[i].records);
    }
}

static void
what_several_nodes_have_kept_is_there_once(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source sources[] = {
        source("n1", "1 10000000 action object=a task=start call=1 link=1@x\n1 20000000 member node=n3 task=lost\n", 0, arena),
        source("n2", "1 10400000 action object=a task=start call=1 link=1@x\n1 21000000 member node=n3 task=lost\n", 0, arena),
    };

    (void) state;
    expect(sources, 2, NULL, "10 n1 a start, 20 n1 n3 lost");
}

static void
a_result_that_is_told_again_is_there_once(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source sources[] = {
        source("n1", "1 10000000 action object=a task=start call=1 link=1@x\n1 19000000 action object=a task=start call=1 link=1@x\n", 0, arena)
    };

    (void) state;
    expect(sources, 1, NULL, "10 n1 a start");
}

static void
facts_that_two_nodes_have_tell_how_their_clocks_compare(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source sources[] = {
        source("n1", "1 10000000 action object=a task=start call=1 link=1@x\n1 30000000 action object=c task=start call=3 link=1@x\n", 0, arena),
        source("n2", "1 1010000000 action object=a task=start call=1 link=1@x\n1 1020000000 action object=b task=start call=2 link=1@x\n", 0, arena),
    };

    (void) state;
    expect(sources, 2, NULL, "10 n1 a start, 20 n2 b start, 30 n1 c start");
}

static void
a_clock_that_is_set_moves_what_comes_after_and_not_what_was_before(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source sources[] = {
        source("n1", "1 10000000 action object=a task=start call=1 link=1@x\n1 40000000 action object=d task=start call=4 link=1@x\n"
                     "1 70000000 action object=f task=start call=6 link=1@x\n", 0, arena),
        source("n2", "1 5000000 action object=0 task=start call=9 link=1@x\n1 10000000 action object=a task=start call=1 link=1@x\n"
                     "1 20000000 action object=b task=start call=2 link=1@x\n"
                     "1 940000000 action object=d task=start call=4 link=1@x\n1 950000000 action object=e task=start call=5 link=1@x\n", 900, arena),
    };

    (void) state;
    expect(sources, 2, NULL, "5 n2 0 start, 10 n1 a start, 20 n2 b start, 40 n1 d start, 50 n2 e start, 70 n1 f start");
}

static void
without_a_common_fact_the_clocks_of_now_are_compared(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source sources[] = {
        source("n1", "1 10000000 quorum node=n1 task=lost\n", 0, arena),
        source("n2", "1 105000000 quorum node=n2 task=lost\n", 100, arena),
    };

    (void) state;
    expect(sources, 2, NULL, "5 n2 n2 lost, 10 n1 n1 lost");
}

static void
the_order_in_which_a_node_has_written_is_kept(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source sources[] = {
        source("n1", "1 10000000 action object=a task=start call=1 link=1@x\n1 6000000 action object=b task=start call=2 link=1@x\n"
                     "1 12000000 action object=c task=start call=3 link=1@x\n", 0, arena)
    };

    (void) state;
    expect(sources, 1, NULL, "10 n1 a start, 10 n1 b start, 12 n1 c start");
}

static void
facts_without_a_number_are_the_same_only_when_they_are_near(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source sources[] = {
        source("n1", "1 10000000 member node=n3 task=lost\n", 0, arena),
        source("n2", "1 11000000 member node=n3 task=joined\n1 12000000 member node=n3 task=lost\n1 60000000 member node=n3 task=lost\n", 0, arena),
    };

    (void) state;
    expect(sources, 2, NULL, "10 n1 n3 lost, 11 n2 n3 joined, 60 n2 n3 lost");
}

static void
three_nodes_are_one_and_none_is_empty(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source sources[] = {
        source("n1", "1 10000000 action object=a task=start call=1 link=1@x\n", 0, arena),
        source("n2", "", 0, arena),
        source("n3", "1 11000000 action object=b task=start call=2 link=1@x\n", 0, arena),
    };

    (void) state;
    expect(sources, 3, NULL, "10 n1 a start, 11 n3 b start");
    expect(sources, 0, NULL, "");
}

/* n2 is lost while b runs there; b is recovered in transition 2. */
#define STORY                                                                                                            \
    "1 1000000 transition node=n1 task=begin link=1@x count=3\n1 2000000 action node=n1 object=a task=monitor outcome=ok call=1 link=1@x\n" \
    "1 3000000 action node=n1 object=a task=start outcome=ok call=2 link=1@x\n1 4000000 transition node=n1 task=end link=1@x\n"             \
    "1 5000000 member node=n2 task=lost\n1 6000000 transition node=n1 task=begin link=2@x\n"                             \
    "1 7000000 fence node=n2 task=reboot outcome=asked link=2@x\n1 8000000 fence node=n2 task=reboot outcome=ok link=1.5\n"                 \
    "1 9000000 action node=n1 object=b:1 task=start outcome=ok call=3 link=2@x\n1 10000000 transition node=n1 task=end link=2@x\n"

static void
what_is_dull_is_left_out_unless_all_is_wanted(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source usual[] = { source("n1", STORY, 0, arena) }, all[] = { source("n1", STORY, 0, arena) };
    const struct cox_timeline_filter filter = { .until_us = 4 * S }, with_all = { .until_us = 4 * S, .has_all = true };

    (void) state;
    expect(usual, 1, &filter, "1 n1 n1 begin, 3 n1 a start, 4 n1 n1 end");
    expect(all, 1, &with_all, "1 n1 n1 begin, 2 n1 a monitor, 3 n1 a start, 4 n1 n1 end");
}

static void
a_resource_comes_with_the_transitions_and_fencing_that_moved_it(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source b[] = { source("n1", STORY, 0, arena) }, none[] = { source("n1", STORY, 0, arena) };
    const struct cox_timeline_filter filter = { .resource = "b" }, other = { .resource = "b:" };

    (void) state;
    expect(b, 1, &filter, "6 n1 n1 begin, 7 n1 n2 reboot, 8 n1 n2 reboot, 9 n1 b:1 start, 10 n1 n1 end");
    expect(none, 1, &other, "");
}

/* The plan that asked for the fencing was replaced while that went on; a later fencing has nothing to do with it. */
static void
a_resource_comes_with_the_fencing_that_an_earlier_transition_asked_for(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source b[] = {
        source("n1",
               "1 1000000 transition node=n1 task=begin link=1@x\n1 2000000 fence node=n2 task=reboot outcome=asked link=1@x\n"
               "1 3000000 transition node=n1 task=end link=1@x\n1 4000000 transition node=n1 task=begin link=2@x\n"
               "1 5000000 fence node=n2 task=reboot outcome=ok link=1.5\n1 6000000 action node=n1 object=b task=start outcome=ok call=3 link=2@x\n"
               "1 7000000 transition node=n1 task=begin link=3@x\n1 8000000 fence node=n3 task=off outcome=ok link=1.6\n",
               0, arena),
    };
    const struct cox_timeline_filter filter = { .resource = "b" };

    (void) state;
    expect(b, 1, &filter, "4 n1 n1 begin, 5 n1 n2 reboot, 6 n1 b start");
}

static void
a_node_comes_with_what_happened_to_it(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_source sources[] = { source("n1", STORY, 0, arena) }, late[] = { source("n1", STORY, 0, arena) };
    const struct cox_timeline_filter filter = { .node = "n2" }, since = { .since_us = 9 * S };

    (void) state;
    expect(sources, 1, &filter, "5 n1 n2 lost, 6 n1 n1 begin, 7 n1 n2 reboot, 8 n1 n2 reboot, 10 n1 n1 end");
    expect(late, 1, &since, "9 n1 b:1 start, 10 n1 n1 end");
}

COX_TEST_MAIN(cmocka_unit_test(what_several_nodes_have_kept_is_there_once),
              cmocka_unit_test(a_result_that_is_told_again_is_there_once),
              cmocka_unit_test(facts_that_two_nodes_have_tell_how_their_clocks_compare),
              cmocka_unit_test(a_clock_that_is_set_moves_what_comes_after_and_not_what_was_before),
              cmocka_unit_test(without_a_common_fact_the_clocks_of_now_are_compared),
              cmocka_unit_test(the_order_in_which_a_node_has_written_is_kept),
              cmocka_unit_test(facts_without_a_number_are_the_same_only_when_they_are_near),
              cmocka_unit_test(three_nodes_are_one_and_none_is_empty),
              cmocka_unit_test(what_is_dull_is_left_out_unless_all_is_wanted),
              cmocka_unit_test(a_resource_comes_with_the_transitions_and_fencing_that_moved_it),
              cmocka_unit_test(a_resource_comes_with_the_fencing_that_an_earlier_transition_asked_for),
              cmocka_unit_test(a_node_comes_with_what_happened_to_it))
