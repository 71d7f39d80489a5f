/* Tests of lib/control/reignwork.c: lost nodes, proofs and pauses, told by what a coordinator asks for. */
#include "base/testkit.h"

#include "reignworld.h"

static void
a_lost_node_is_reported_fenced_and_erased_when_that_is_proven(void **state)
{
    struct plan plan = { 0 };
    struct cox_action *fence;
    struct world w;

    (void) state;
    world_settle(&w);
    world_view(&w, 2, 2);
    world_expect(&w, "node n3 false offline down (as before); ");
    world_written(&w, true);
    world_expect(&w, "plan; ");
    fence = plan_add_action(&plan, NULL, "stonith", "n3");
    plan_add_attribute(fence, &plan, "CRM_meta_stonith_action", "off");
    plan_add_action(&plan, "a", "start", "n2");
    plan_chain(&plan);
    world_planned(&w, &plan);
    world_expect(&w, "begin 2; fence off n3; ");
    world_fenced(&w, "n3", true, COX_REIGN_ON_FENCE_NEWS);
    world_expect(&w, "run start a@n2; node n3 false offline down down; erase n3; ");
    world_fenced(&w, "n3", true, COX_REIGN_ON_FENCED); /* the answer comes after the news */
    world_document(&w, COX_REIGN_HISTORY_GONE | COX_REIGN_ATTRIBUTES, NULL);
    world_written(&w, true);
    world_expect(&w, ""); /* nothing that the present plan would not know */
    world_result(&w, 2, "a", "start", 0, 1);
    world_recorded(&w, 2, 1);
    world_view(&w, 3, 3); /* it is back */
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    assert_non_null(strstr(w.log->str, "node n3 true online pending (as before); "));
    world_end(&w);
}

/* cts/sim, seed 1880: the device has cut it, it has booted and joined, and then the news arrives. */
static void
a_proof_about_the_life_before_takes_nobody_down_who_came_back(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_lose_n3(&w);
    plan_add_action(&plan, NULL, "stonith", "n3");
    world_planned(&w, &plan);
    assert_non_null(strstr(w.log->str, "fence reboot n3; "));
    w.now += COX_USEC_PER_S;
    world_view(&w, 3, 3);
    g_string_truncate(w.log, 0);
    world_fenced(&w, "n3", true, COX_REIGN_ON_FENCED);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    assert_non_null(strstr(w.log->str, "node n3 true online"));
    assert_null(strstr(w.log->str, "node n3 false"));
    assert_null(strstr(w.log->str, "erase n3"));
    world_end(&w);
}

/* It came back, heard that its life before was fenced, and went down by itself: that proves nothing. */
static void
a_proof_about_the_life_before_proves_nothing_when_the_node_has_left_again(void **state)
{
    struct plan plan = { 0 };
    struct world w;
    struct cox_reign_event news = { .kind = COX_REIGN_ON_FENCE_NEWS, .name = "n3" };

    (void) state;
    world_lose_n3(&w);
    plan_add_action(&plan, NULL, "stonith", "n3");
    world_planned(&w, &plan);
    w.now += COX_USEC_PER_S;
    world_view(&w, 3, 3);
    w.now += COX_USEC_PER_S;
    world_view(&w, 2, 2);
    g_string_truncate(w.log, 0);
    world_fenced(&w, "n3", true, COX_REIGN_ON_FENCED);
    news.done.is_ok = true; /* of nobody knows which life */
    world_step(&w, &news);
    assert_null(strstr(w.log->str, "erase n3"));
    news.done.life = 31;
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_LIFE, .node = 3, .life = { .boot = 32 } });
    world_step(&w, &news);
    assert_null(strstr(w.log->str, "erase n3"));
    news.done.life = 32; /* somebody has done it once more */
    world_step(&w, &news);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    assert_non_null(strstr(w.log->str, "erase n3"));
    world_end(&w);
}

static void
say_life(struct world *w, guint64 life)
{
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_LIFE, .node = 3, .life = { .boot = life } });
}

/* @plan: gets the fencing, which the fencer is asked for. */
static void
lose_and_fence_n3(struct world *w, struct plan *plan)
{
    world_lose_n3(w);
    plan_add_action(plan, NULL, "stonith", "n3");
    world_planned(w, plan);
    world_expect(w, "begin 1; fence reboot n3; ");
}

/* n3 is back; who has come back is a member of the next reign. */
static void
come_back(struct world *w, guint64 life, guint64 generation)
{
    world_view(w, 3, 3);
    say_life(w, life);
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = generation });
    g_string_truncate(w->log, 0);
    world_planned(w, NULL); /* of the reign before */
    world_expect(w, "");
    for (guint32 id = 1; id <= 3; id++) {
        world_phase(w, id, COX_JOIN_JOINED);
    }
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    world_written(w, true);
    g_string_truncate(w->log, 0);
}

/* cts/sim, seed 10025: the network was whole again before the delay of the device was over, the node left in order, went off, and got its power back. */
static void
a_node_that_is_back_is_spared_if_the_plan_does_not_want_it_fenced(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    lose_and_fence_n3(&w, &plan);
    come_back(&w, WORLD_LIFE, 5);
    world_planned(&w, NULL);
    world_expect(&w, "spare n3; ");
    world_want(&w);
    world_expect(&w, "plan; ");
    world_planned(&w, NULL);
    world_expect(&w, ""); /* once */
    for (guint64 generation = 6; generation < 9; generation++) { /* that is no failure of the device: it is asked again at once, as often as it is lost */
        world_fenced(&w, "n3", false, COX_REIGN_ON_FENCED);
        world_view(&w, 2, 2);
        world_written(&w, true);
        g_string_truncate(w.log, 0);
        world_planned(&w, &plan);
        world_expect(&w, "begin 1; fence reboot n3; ");
        come_back(&w, WORLD_LIFE, generation);
        world_planned(&w, NULL);
        world_expect(&w, "spare n3; ");
    }
    world_end(&w);
}

/* A scenario of the lab found it: who was cut off mostly leads after the heal. */
static void
a_node_that_is_back_is_spared_if_another_one_reigns(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    lose_and_fence_n3(&w, &plan);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 2, .generation = 5 }); /* who wants it, too */
    world_expect(&w, "end early; ");
    world_view(&w, 3, 3);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM });
    assert_null(strstr(w.log->str, "spare"));
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 3, .generation = 6 });
    assert_null(strstr(w.log->str, "spare"));
    say_life(&w, WORLD_LIFE);
    assert_non_null(strstr(w.log->str, "spare n3; "));
    world_end(&w);
}

static void
a_node_that_is_back_is_not_spared_as_long_as_the_plan_wants_it_fenced(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    lose_and_fence_n3(&w, &plan);
    come_back(&w, WORLD_LIFE, 5);
    world_planned(&w, &plan);
    world_expect(&w, "begin 1; fence reboot n3; "); /* the fencer knows that it is the same */
    world_end(&w);
}

/* The fencer knows that the life which was to end is over, and says so; what was there before is forgotten because of that. */
static void
a_node_that_is_back_in_another_life_is_not_spared(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    lose_and_fence_n3(&w, &plan);
    come_back(&w, WORLD_LIFE + 1, 5);
    world_planned(&w, NULL);
    world_expect(&w, "");
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 3, .generation = 6 });
    assert_null(strstr(w.log->str, "spare"));
    world_end(&w);
}

static void
a_node_that_is_away_is_not_spared(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    lose_and_fence_n3(&w, &plan);
    world_want(&w);
    g_string_truncate(w.log, 0);
    world_planned(&w, NULL); /* whatever the reason: nobody knows what it does */
    assert_null(strstr(w.log->str, "spare"));
    world_end(&w);
}

static void
fencing_that_fails_is_tried_again_with_pauses(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_lose_n3(&w);
    plan_add_action(&plan, NULL, "stonith", "n3");
    for (int i = 0; i < 2; i++) {
        world_planned(&w, &plan);
        world_expect(&w, "begin 1; fence reboot n3; ");
        world_fenced(&w, "n3", false, COX_REIGN_ON_FENCED);
        world_expect(&w, "end early; plan; ");
    }
    world_planned(&w, &plan);
    world_expect(&w, "begin 1; ");
    assert_string_equal(cox_reign_waits_for(w.reign), "the pause after fencing that failed");
    world_wake(&w);
    world_expect(&w, "fence reboot n3; ");
    world_fenced(&w, "n3", true, COX_REIGN_ON_FENCED);
    world_expect(&w, "end; node n3 false offline down down; erase n3; ");
    world_end(&w);
}

static void
a_pause_after_fencing_ends_with_the_plan_that_wanted_it(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    world_lose_n3(&w);
    plan_add_action(&plan, NULL, "stonith", "n3");
    for (int i = 0; i < 2; i++) {
        world_planned(&w, &plan);
        world_fenced(&w, "n3", false, COX_REIGN_ON_FENCED);
    }
    world_planned(&w, &plan);
    g_string_truncate(w.log, 0);
    world_document(&w, COX_REIGN_CONFIGURATION, NULL);
    world_expect(&w, "plan; ");
    world_planned(&w, NULL); /* nobody wants it any more */
    world_expect(&w, "end early; plan; ");
    world_planned(&w, NULL);
    assert_int_equal(w.wake_at, COX_USEC_NEVER);
    world_end(&w);
}

static void
somebody_elses_proof_counts_unless_the_node_speaks(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_fenced(&w, "n3", true, COX_REIGN_ON_FENCE_NEWS);
    world_expect(&w, "plan; "); /* it speaks: only a reason to look */
    world_planned(&w, NULL);
    world_view(&w, 2, 2);
    world_written(&w, true);
    world_planned(&w, NULL);
    g_string_truncate(w.log, 0);
    world_fenced(&w, "n3", true, COX_REIGN_ON_FENCE_NEWS);
    world_expect(&w, "node n3 false offline down down; erase n3; ");
    world_end(&w);
}

static void
a_node_that_lives_although_it_was_fenced_is_not_admitted_in_this_life(void **state)
{
    struct cox_reign_event barred = { .kind = COX_REIGN_ON_BARRED, .name = "n3" };
    struct world w;

    (void) state;
    world_settle(&w);
    barred.done.life = WORLD_LIFE;
    world_step(&w, &barred);
    world_expect(&w, "node n3 true offline down member; "); /* so the plan fences it */
    world_written(&w, true);
    world_expect(&w, "plan; ");
    world_phase(&w, 3, COX_JOIN_JOINED); /* whatever it says */
    assert_null(strstr(w.log->str, "node n3 true online"));
    g_string_truncate(w.log, 0);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_LIFE, .node = 3, .life = { .boot = WORLD_LIFE + 1 } });
    world_phase(&w, 3, COX_JOIN_JOINED); /* it has booted */
    assert_non_null(strstr(w.log->str, "node n3 true online member member; "));
    world_end(&w);
}

static void
a_node_that_was_barred_before_its_name_was_known_is_not_admitted_either(void **state)
{
    struct cox_reign_event barred = { .kind = COX_REIGN_ON_BARRED, .name = "n4" };
    struct world w;

    (void) state;
    world_start(&w);
    barred.done.life = WORLD_LIFE;
    world_step(&w, &barred);
    world_view(&w, 4, 4);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_LIFE, .node = 4, .life = { .boot = WORLD_LIFE } });
    world_node(&w, 4, "n4");
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 4 });
    for (guint32 id = 1; id <= 4; id++) {
        world_phase(&w, id, COX_JOIN_JOINED);
    }
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    world_expect(&w, "node n1 true online member member; node n2 true online member member; node n3 true online member member; "
                     "node n4 true offline down down; ");
    world_end(&w);
}

/* The next plan sees it, and waits until it does. */
static void
a_node_that_was_unfenced_is_marked_so(void **state)
{
    static const struct cox_reign_event done = { .kind = COX_REIGN_ON_FENCED, .name = "n2",
                                                 .done = { .is_ok = true, .is_unfencing = true, .at = { G_GINT64_CONSTANT(1700000000000000) } } };
    struct plan plan = { 0 };
    struct cox_action *unfence = NULL;
    struct world w;

    (void) state;
    world_settle(&w);
    world_want(&w);
    world_expect(&w, "plan; ");
    unfence = plan_add_action(&plan, NULL, "stonith", "n2");
    plan_add_attribute(unfence, &plan, "CRM_meta_stonith_action", "on");
    plan_add_attribute(unfence, &plan, "CRM_meta_digests_all", "f:fence_x:d,");
    plan_add_attribute(unfence, &plan, "CRM_meta_digests_secure", "f:fence_x:s,");
    plan_add_action(&plan, "a", "start", "n2");
    plan_chain(&plan);
    world_planned(&w, &plan);
    world_expect(&w, "begin 2; fence on n2; ");
    world_step(&w, &done);
    world_expect(&w, "attribute #digests-all=f:fence_x:d,@n2 and; attribute #digests-secure=f:fence_x:s,@n2 and; "
                     "attribute #node-unfenced=1700000000@n2; run start a@n2; ");
    world_step(&w, &done); /* nobody has asked for this one */
    world_expect(&w, "");
    world_want(&w);
    world_expect(&w, "");
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL);
    world_expect(&w, "plan; ");
    world_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_that_was_unfenced_is_marked_so),
        cmocka_unit_test(a_lost_node_is_reported_fenced_and_erased_when_that_is_proven),
        cmocka_unit_test(a_proof_about_the_life_before_takes_nobody_down_who_came_back),
        cmocka_unit_test(a_proof_about_the_life_before_proves_nothing_when_the_node_has_left_again),
        cmocka_unit_test(a_node_that_is_back_is_spared_if_the_plan_does_not_want_it_fenced),
        cmocka_unit_test(a_node_that_is_back_is_spared_if_another_one_reigns),
        cmocka_unit_test(a_node_that_is_back_is_not_spared_as_long_as_the_plan_wants_it_fenced),
        cmocka_unit_test(a_node_that_is_back_in_another_life_is_not_spared),
        cmocka_unit_test(a_node_that_is_away_is_not_spared),
        cmocka_unit_test(fencing_that_fails_is_tried_again_with_pauses),
        cmocka_unit_test(a_pause_after_fencing_ends_with_the_plan_that_wanted_it),
        cmocka_unit_test(a_node_that_lives_although_it_was_fenced_is_not_admitted_in_this_life),
        cmocka_unit_test(a_node_that_was_barred_before_its_name_was_known_is_not_admitted_either),
        cmocka_unit_test(somebody_elses_proof_counts_unless_the_node_speaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
