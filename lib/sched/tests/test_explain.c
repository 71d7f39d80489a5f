/* lib/sched/tests/test_explain.c - tests of the recorder of reasons. */
#include "sched/explain_priv.h"

#include "base/testkit.h"
#include "sched/tests/placementkit.h"

static struct kit *
recording_kit(void)
{
    struct kit *kit = kit_new();

    kit->input.with_explanation = true;
    sched_explain_begin(&kit->work);
    return kit;
}

static void
end(struct kit *kit)
{
    sched_explain_end(&kit->work);
    kit_free(kit);
}

static const struct sched_note *
last_note(struct kit *kit, struct sched_rsc *rsc, guint32 node)
{
    return sched_explain_record(&kit->work, rsc)->last[node];
}

static void
nothing_is_recorded_unless_asked_for(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *rsc = kit_rsc(kit, "r", COX_PRIMITIVE);
    size_t before = 0;

    (void) state;
    sched_explain_begin(&kit->work);
    assert_null(kit->work.explain);
    before = cox_arena_used_bytes(kit->arena);
    sched_row_add(&kit->work, rsc, 0, 5);
    assert_int_equal(cox_arena_used_bytes(kit->arena), before);
    kit_free(kit);
}

static void
an_addition_has_its_cause(void **state)
{
    struct kit *kit = recording_kit();
    struct sched_rsc *rsc = kit_rsc(kit, "r", COX_PRIMITIVE);

    (void) state;
    sched_explain_cause(&kit->work, COX_TERM_TICKET, "c", "t");
    sched_row_add(&kit->work, rsc, 1, -COX_SCORE_INFINITY);
    assert_int_equal(last_note(kit, rsc, 1)->term.kind, COX_TERM_TICKET);
    assert_string_equal(last_note(kit, rsc, 1)->term.peer, "t");
    assert_int_equal(last_note(kit, rsc, 1)->after, -COX_SCORE_INFINITY);
    assert_null(last_note(kit, rsc, 0));
    end(kit);
}

static void
a_ban_is_recorded_where_another_has_banned_before(void **state)
{
    struct kit *kit = recording_kit();
    struct sched_rsc *rsc = kit_rsc(kit, "r", COX_PRIMITIVE);

    (void) state;
    sched_row_add(&kit->work, rsc, 1, -COX_SCORE_INFINITY);
    sched_row_add(&kit->work, rsc, 1, -COX_SCORE_INFINITY);
    assert_non_null(last_note(kit, rsc, 1)->prev);
    end(kit);
}

static void
what_is_taken_back_is_forgotten(void **state)
{
    struct kit *kit = recording_kit();
    struct sched_rsc *rsc = kit_rsc(kit, "r", COX_PRIMITIVE);
    struct sched_cell *saved = NULL;

    (void) state;
    sched_row_add(&kit->work, rsc, 0, 3);
    saved = sched_row_copy(&kit->work, rsc->cells);
    sched_row_add(&kit->work, rsc, 0, 5);
    sched_row_add(&kit->work, rsc, 0, -5);
    sched_row_restore(&kit->work, rsc->cells, saved);
    assert_int_equal(last_note(kit, rsc, 0)->term.score, 3);
    assert_null(last_note(kit, rsc, 0)->prev);
    g_free(saved);
    end(kit);
}

static void
what_was_not_recorded_is_settled(void **state)
{
    static const cox_score scores[] = { 7, COX_SCORE_INFINITY, -COX_SCORE_INFINITY, 1 };
    struct kit *kit = recording_kit();
    struct sched_rsc *rsc = kit_rsc(kit, "r", COX_PRIMITIVE);

    (void) state;
    sched_explain_record(&kit->work, rsc);
    for (size_t i = 0; i < G_N_ELEMENTS(scores); i++) {
        rsc->cells[2].score = scores[i];
        sched_explain_settle(&kit->work, rsc);
        assert_int_equal(last_note(kit, rsc, 2)->after, scores[i]);
    }
    assert_true(last_note(kit, rsc, 2)->term.is_set); /* no addition leads away from -INFINITY */
    end(kit);
}

static void
the_choice_names_the_next_best_and_the_difference(void **state)
{
    struct kit *kit = recording_kit();
    struct sched_rsc *rsc = kit_rsc(kit, "r", COX_PRIMITIVE);
    struct sched_record *record = NULL;

    (void) state;
    rsc->cells[1].score = 10;
    rsc->cells[2].score = 5;
    assert_ptr_equal(kit_assign(kit, rsc), &kit->nodes[1]);
    record = sched_explain_record(&kit->work, rsc);
    assert_int_equal(record->choice, COX_CHOICE_SCORE);
    assert_int_equal(record->runner_up, 2);
    end(kit);
}

static void
a_single_node_is_no_choice(void **state)
{
    struct kit *kit = recording_kit();
    struct sched_rsc *rsc = kit_rsc(kit, "r", COX_PRIMITIVE);

    (void) state;
    kit->nodes[0].is_standby = true;
    rsc->cells[1].score = -1;
    assert_ptr_equal(kit_assign(kit, rsc), &kit->nodes[2]);
    assert_int_equal(sched_explain_record(&kit->work, rsc)->choice, COX_CHOICE_ONLY);
    assert_int_equal(sched_explain_record(&kit->work, rsc)->obstacles[0], COX_NODE_STANDBY);
    end(kit);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_recorded_unless_asked_for),
        cmocka_unit_test(an_addition_has_its_cause),
        cmocka_unit_test(a_ban_is_recorded_where_another_has_banned_before),
        cmocka_unit_test(what_is_taken_back_is_forgotten),
        cmocka_unit_test(what_was_not_recorded_is_settled),
        cmocka_unit_test(the_choice_names_the_next_best_and_the_difference),
        cmocka_unit_test(a_single_node_is_no_choice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
