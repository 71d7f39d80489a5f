/* Tests of what the coordinator has the document say of nodes. */
#include "base/testkit.h"

#include "reignworld.h"

static void
states_that_could_not_be_written_are_written_again(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_view(&w, 2, 2);
    world_expect(&w, "node n3 false offline down (as before); ");
    world_written(&w, false);
    world_expect(&w, "");
    world_wake(&w);
    world_expect(&w, "node n1 true online member member; node n2 true online member member; node n3 false offline down (as before); ");
    world_end(&w);
}

/* Another document was taken over while the state of one node was on its way into it. */
static void
what_the_document_says_of_one_node_counts_while_the_state_of_another_is_written(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_view(&w, 2, 2);
    world_expect(&w, "node n3 false offline down (as before); ");
    world_node(&w, 2, NULL);
    world_expect(&w, "node n2 true online member member; ");
    world_written(&w, true);
    world_end(&w);
}

/* The plan is to be made with what n3 has written in a document far ahead. */
static void
plan_with_what_n3_told(struct world *w)
{
    world_recorded(w, 3, 900);
    world_want(w);
    world_expect(w, "plan; ");
    assert_int_equal(w->asked.num_updates, 1000);
}

/* It was alone for a while: the document that it tells of loses, and its numbers are never reached. */
static void
a_plan_waits_no_longer_for_what_a_node_has_told_that_is_gone(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    plan_with_what_n3_told(&w);
    world_view(&w, 2, 2);
    assert_non_null(strstr(w.log->str, "plan; "));
    assert_true(w.asked.num_updates < 1000);
    world_end(&w);
}

/* The same, but it stays: its document was replaced by that of the others, and it says where it has written its history now. */
static void
a_plan_waits_no_longer_for_what_a_node_has_told_when_it_has_written_it_anew(void **state)
{
    struct cox_reign_event anew = { .kind = COX_REIGN_ON_RECORDED, .node = 3 };
    struct world w;

    (void) state;
    world_settle(&w);
    plan_with_what_n3_told(&w);
    anew.done.call_id = 900;
    anew.done.version = (struct cox_version) { 0, 1, 51 };
    world_step(&w, &anew);
    world_expect(&w, "plan; ");
    assert_int_equal(w.asked.num_updates, 51);
    world_end(&w);
}

static void
see_n3(struct world *w, const char *expected, bool has_quorum)
{
    struct cox_reign_event node = { .kind = COX_REIGN_ON_NODE, .node = 3 }, document = { .kind = COX_REIGN_ON_DOCUMENT };

    node.state = (struct cox_reign_state) { "false", "offline", "down", expected };
    document.document.version = (struct cox_version) { 0, 1, 70 };
    document.document.has_quorum = has_quorum;
    world_step(w, &node);
    world_step(w, &document);
}

static void
see_other(struct world *w)
{
    struct cox_reign_event node = { .kind = COX_REIGN_ON_NODE, .node = 3, .state = { "true", "offline", "down", "member" } };
    struct cox_reign_event document = { .kind = COX_REIGN_ON_DOCUMENT };

    document.document.version = (struct cox_version) { 0, 1, 69 };
    document.document.has_quorum = true;
    world_step(w, &node);
    world_step(w, &document);
}

/* The disks of others take their time. */
static void
a_plan_waits_for_states_to_be_in_the_document_and_not_on_disks(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_view(&w, 2, 2);
    world_expect(&w, "node n3 false offline down (as before); ");
    see_other(&w); /* somebody else has written this */
    world_expect(&w, "");
    see_n3(&w, "member", false); /* that there is no quorum the document does not say yet */
    world_expect(&w, "");
    see_n3(&w, "member", true);
    world_expect(&w, "plan; ");
    assert_int_equal(w.asked.num_updates, 70);
    world_written(&w, true);
    world_expect(&w, "");
    world_end(&w);
}

/* What it was expected to do the document knows: the coordinator of before may just have written that. */
static void
who_reigns_writes_at_once_who_is_gone(void **state)
{
    struct world w;

    (void) state;
    world_start(&w);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_NODE, .node = 3, .state = { "true", "online", "member", "member" } });
    world_view(&w, 2, 2);
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 4 });
    world_expect(&w, "node n3 false offline down (as before); ");
    see_n3(&w, "down", true); /* it had been allowed to leave */
    world_phase(&w, 1, COX_JOIN_JOINED);
    world_phase(&w, 2, COX_JOIN_JOINED);
    world_expect(&w, "");
    world_step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    world_expect(&w, "node n1 true online member member; node n2 true online member member; ");
    world_written(&w, true);
    world_expect(&w, "plan; ");
    world_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_waits_no_longer_for_what_a_node_has_told_that_is_gone),
        cmocka_unit_test(a_plan_waits_no_longer_for_what_a_node_has_told_when_it_has_written_it_anew),
        cmocka_unit_test(states_that_could_not_be_written_are_written_again),
        cmocka_unit_test(what_the_document_says_of_one_node_counts_while_the_state_of_another_is_written),
        cmocka_unit_test(a_plan_waits_for_states_to_be_in_the_document_and_not_on_disks),
        cmocka_unit_test(who_reigns_writes_at_once_who_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
