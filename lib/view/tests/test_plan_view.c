/* lib/view/tests/test_plan_view.c - tests of lib/view/plan_view.c and action_view.c. */
#include "view/plan_view.h"

#include "base/testkit.h"
#include "view/action_view.h"

static struct cox_out *
new_out(enum cox_out_format format)
{
    struct cox_out_options options = { .format = format };

    return cox_out_new(&options);
}

/* What is printed, without the envelope of XML.  The caller frees. */
static char *
printed(struct cox_out *out)
{
    char *text = NULL;

    assert_true(cox_out_finish(out, 0, NULL, NULL));
    text = g_strdup(cox_out_content(out));
    cox_out_free(out);
    return text;
}

static void
assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("no \"%s\" in\n%s", part, text);
    }
}

static const struct cox_change changes[] = {
    { .verb = "Fence (reboot)", .name = "n1", .reason = "peer is no longer part of the cluster", .is_node = true },
    { .verb = "Shutdown", .name = "n2", .is_node = true },
    { .verb = "Start", .name = "a", .details = "n2", .to = "n2" },
    { .verb = "Move", .name = "a-long-name", .details = "n1 -> n2", .from = "n1", .to = "n2" },
    { .verb = "Promote", .name = "p:0", .details = "Unpromoted -> Promoted n2", .role = "Unpromoted", .next_role = "Promoted",
      .from = "n2", .to = "n2" },
    { .verb = "Promote", .name = "p:1", .details = "Stopped n1 -> Promoted n2", .role = "Stopped", .next_role = "Promoted",
      .from = "n1", .to = "n2" },
    { .verb = "Stop", .name = "b", .details = "n1", .from = "n1", .reason = "due to node availability", .is_blocked = true },
    { .verb = "Stop", .name = "c", .is_blocked = true },
};

static void
changes_stand_in_columns(void **state)
{
    struct cox_plan plan = { .changes = changes, .n_changes = G_N_ELEMENTS(changes) };
    struct cox_out *out = new_out(COX_OUT_TEXT);
    g_autofree char *text = NULL;

    (void) state;
    cox_plan_view_changes(out, &plan);
    text = printed(out);
    assert_string_equal(text, "Transition Summary:\n"
                              "  * Fence (reboot) n1 'peer is no longer part of the cluster'\n"
                              "  * Shutdown n2\n"
                              "  * Start      a               (                        n2 )\n"
                              "  * Move       a-long-name     (                  n1 -> n2 )\n"
                              "  * Promote    p:0             ( Unpromoted -> Promoted n2 )\n"
                              "  * Promote    p:1             ( Stopped n1 -> Promoted n2 )\n"
                              "  * Stop       b               (                        n1 )  due to node availability (blocked)\n"
                              "  * Stop       c               (                           )  blocked\n");
}

static void
changes_are_elements(void **state)
{
    struct cox_plan plan = { .changes = changes, .n_changes = G_N_ELEMENTS(changes) };
    struct cox_out *out = new_out(COX_OUT_XML);
    g_autofree char *xml = NULL;

    (void) state;
    cox_plan_view_changes(out, &plan);
    xml = printed(out);
    assert_has(xml, "<node_action task=\"Shutdown\" node=\"n2\"/>");
    assert_has(xml, "<rsc_action action=\"start\" resource=\"a\" node=\"n2\"/>");
    assert_has(xml, "<rsc_action action=\"move\" resource=\"a-long-name\" source=\"n1\" dest=\"n2\"/>");
    assert_has(xml, "<rsc_action action=\"promote\" resource=\"p:0\" role=\"Unpromoted\" next-role=\"Promoted\" source=\"n2\"/>");
    assert_has(xml, "resource=\"p:1\" role=\"Stopped\" next-role=\"Promoted\" source=\"n1\" dest=\"n2\"/>");
    assert_has(xml, "<rsc_action action=\"stop\" resource=\"b\" node=\"n1\" reason=\"node availability\" blocked=\"true\"/>");
}

static const struct cox_score_entry scores[] = {
    { .where = "f", .rsc_id = "a", .node = "n1", .score = 5 },
    { .where = "f", .rsc_id = "a", .node = NULL, .score = -COX_SCORE_INFINITY },
    { .rsc_id = "p:0", .node = "n1", .score = 7, .is_promotion = true },
    { .rsc_id = "p:1", .node = NULL, .score = 0, .is_promotion = true },
};
static const struct cox_utilization_entry utilization[] = {
    { "Original: n1 capacity: cpu=4 memory=2" }, { "f: a utilization on n1: cpu=1" }, { "Remaining: n1 capacity: cpu=3 memory=2" },
    { "unknown" },
};
static const char *const notes[] = { "A note" };
static const struct cox_plan weighed = { .notes = notes, .n_notes = G_N_ELEMENTS(notes),
                                         .scores = scores, .n_scores = G_N_ELEMENTS(scores), .utilization = utilization,
                                         .n_utilization = G_N_ELEMENTS(utilization) };

static void
scores_stand_between_capacities(void **state)
{
    struct cox_out *out = new_out(COX_OUT_TEXT);
    g_autofree char *text = NULL;

    (void) state;
    cox_plan_view_scores(out, &weighed, true, true, true);
    cox_plan_view_scores(out, &weighed, false, false, true);
    text = printed(out);
    assert_string_equal(text, "Assignment Scores and Utilization Information:\n"
                              "A note\n"
                              "  * Original: n1 capacity: cpu=4 memory=2\n"
                              "  * f: a allocation score on n1: 5\n"
                              "  * f: a allocation score on none: -INFINITY\n"
                              "  * p:0 promotion score on n1: 7\n"
                              "  * p:1 promotion score (inactive): 0\n"
                              "  * f: a utilization on n1: cpu=1\n"
                              "  * Remaining: n1 capacity: cpu=3 memory=2\n"
                              "  * unknown\n");
}

static void
only_what_is_asked_for_is_printed(void **state)
{
    struct cox_out *out = new_out(COX_OUT_TEXT);
    struct cox_out *other = new_out(COX_OUT_TEXT);
    g_autofree char *text = NULL, *rest = NULL;

    (void) state;
    cox_plan_view_scores(out, &weighed, true, false, false);
    text = printed(out);
    assert_null(strstr(text, "cpu"));
    assert_null(strstr(text, "Assignment Scores"));
    assert_null(strstr(text, "A note")); /* programs read one kind of line with --quiet */
    cox_plan_view_scores(other, &weighed, false, true, true);
    rest = printed(other);
    assert_has(rest, "Utilization Information:");
    assert_null(strstr(rest, "score"));
}

static void
scores_are_elements(void **state)
{
    struct cox_out *out = new_out(COX_OUT_XML);
    g_autofree char *xml = NULL;

    (void) state;
    cox_plan_view_scores(out, &weighed, true, true, true);
    xml = printed(out);
    assert_has(xml, "<capacity node=\"n1\" comment=\"Original\" cpu=\"4\" memory=\"2\"/>");
    assert_has(xml, "<utilization resource=\"a\" node=\"n1\" function=\"f\" cpu=\"1\"/>");
    assert_has(xml, "<node_weight function=\"f\" node=\"n1\" score=\"5\" id=\"a\"/>");
    assert_has(xml, "<promotion_score id=\"p:0\" score=\"7\" node=\"n1\"/>");
    assert_has(xml, "<promotion_score id=\"p:1\" score=\"0\"/>");
}

static void
actions_are_printed_by_their_kind(void **state)
{
    static const struct cox_nvpair how[] = { { .name = "CRM_meta_stonith_action", .value = "off" } };
    static const struct {
        struct cox_action action;
        const char *text;
    } cases[] = {
        { { .kind = COX_ACTION_PSEUDO, .key = "c_start_0", .task = "start" }, "Pseudo action:   c_start_0\n" },
        { { .kind = COX_ACTION_PSEUDO, .task = "start", .node_name = "n1" }, "Pseudo action:   start on n1\n" },
        { { .kind = COX_ACTION_RSC, .task = "start", .rsc_id = "a", .node_name = "n1" }, "Resource action: a               start on n1\n" },
        { { .kind = COX_ACTION_RSC, .task = "monitor", .rsc_id = "a", .node_name = "n1", .interval_ms = 10 },
          "Resource action: a               monitor=10 on n1\n" },
        { { .kind = COX_ACTION_RSC, .task = "start" }, "Resource action:                 start on \n" },
        { { .kind = COX_ACTION_CRM, .task = "stonith", .node_name = "n1" }, "Fencing n1 (reboot)\n" },
        { { .kind = COX_ACTION_CRM, .task = "stonith", .node_name = "n1", .attributes = how, .n_attributes = 1 }, "Fencing n1 (off)\n" },
        { { .kind = COX_ACTION_CRM, .task = "do_shutdown", .node_name = "n1" }, "Cluster action:  do_shutdown on n1\n" },
        { { .kind = COX_ACTION_CRM, .task = "clear_failcount", .node_name = "n1", .display_id = "a" },
          "Cluster action:  clear_failcount for a on n1\n" },
        { { .kind = COX_ACTION_CRM, .task = "lrm_delete", .rsc_id = "a" }, "Cluster action:  lrm_delete for a on \n" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_out *out = new_out(COX_OUT_TEXT);
        g_autofree char *text = NULL;

        cox_action_view(out, &cases[i].action, NULL);
        text = printed(out);
        assert_string_equal(text, cases[i].text);
    }
}

COX_TEST_MAIN(cmocka_unit_test(changes_stand_in_columns), cmocka_unit_test(changes_are_elements),
              cmocka_unit_test(scores_stand_between_capacities), cmocka_unit_test(only_what_is_asked_for_is_printed),
              cmocka_unit_test(scores_are_elements), cmocka_unit_test(actions_are_printed_by_their_kind))
