/* lib/sched/tests/test_colocation_apply.c - tests of lib/sched/colocation.c, colocation_apply.c and assign_primitive.c. */
#include "base/testkit.h"

#include "placementkit.h"

static void
a_dependent_follows_or_flees_its_primary(void **state)
{
    static const struct {
        const char *why;
        cox_score score;
        cox_score own; /* what the dependent wants of node a */
        const char *expected;
    } cases[] = {
        { "it must be with it", COX_SCORE_INFINITY, 50, "b" },
        { "it would like to be with it", 100, 50, "b" },
        { "it would like to, but less than something else", 10, 50, "a" },
        { "it must not be with it", -COX_SCORE_INFINITY, 50, "a" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct kit *kit = kit_new();
        struct sched_rsc *primary = kit_rsc(kit, "primary", COX_PRIMITIVE);
        struct sched_rsc *dependent = kit_rsc(kit, "dependent", COX_PRIMITIVE);

        primary->cells[1].score = 1000;
        dependent->cells[0].score = cases[i].own;
        kit_colocate(kit, dependent, primary, cases[i].score);
        assert_string_equal(kit_assign(kit, dependent)->name, cases[i].expected);
        assert_string_equal(primary->assigned->name, "b");
        kit_free(kit);
    }
}

static void
a_primary_hears_what_its_dependents_want(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *primary = kit_rsc(kit, "primary", COX_PRIMITIVE);
    struct sched_rsc *dependent = kit_rsc(kit, "dependent", COX_PRIMITIVE);

    (void) state;
    dependent->cells[2].score = 70;
    kit_colocate(kit, dependent, primary, COX_SCORE_INFINITY);
    assert_string_equal(kit_assign(kit, primary)->name, "c");
    kit_free(kit);
}

static void
circles_of_colocation_end(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *one = kit_rsc(kit, "one", COX_PRIMITIVE), *two = kit_rsc(kit, "two", COX_PRIMITIVE);

    (void) state;
    kit_colocate(kit, one, two, COX_SCORE_INFINITY);
    kit_colocate(kit, two, one, COX_SCORE_INFINITY);
    assert_non_null(kit_assign(kit, one));
    assert_ptr_equal(one->assigned, two->assigned);
    kit_free(kit);
}

static void
a_dependent_of_something_stopped_stops(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *primary = kit_rsc(kit, "primary", COX_PRIMITIVE);
    struct sched_rsc *dependent = kit_rsc(kit, "dependent", COX_PRIMITIVE);

    (void) state;
    primary->next_role = COX_ROLE_STOPPED;
    kit_colocate(kit, dependent, primary, COX_SCORE_INFINITY);
    assert_null(kit_assign(kit, dependent));
    assert_int_equal(dependent->next_role, COX_ROLE_STOPPED);
    kit_free(kit);
}

static void
scores_are_recorded_when_asked_for(void **state)
{
    struct kit *kit = kit_new();
    struct sched_rsc *rsc = kit_rsc(kit, "rsc", COX_PRIMITIVE);

    (void) state;
    kit->input.with_scores = true;
    rsc->cells[1].is_present = false;
    kit_assign(kit, rsc);
    assert_int_equal(kit->work.scores->len, KIT_NODES - 1);
    assert_string_equal(g_array_index(kit->work.scores, struct cox_score_entry, 1).node, "c");
    kit_free(kit);
}

COX_TEST_MAIN(cmocka_unit_test(a_dependent_follows_or_flees_its_primary),
              cmocka_unit_test(a_primary_hears_what_its_dependents_want), cmocka_unit_test(circles_of_colocation_end),
              cmocka_unit_test(a_dependent_of_something_stopped_stops),
              cmocka_unit_test(scores_are_recorded_when_asked_for))
