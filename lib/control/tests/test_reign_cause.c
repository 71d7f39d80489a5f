/* Tests of lib/control/reigncause.c: why there was a transition. */
#include "base/testkit.h"

#include "reignworld.h"

/* A plan with one action comes; why is it there? */
static void
expect_cause(struct world *w, const char *wanted)
{
    static struct plan plans[2]; /* the one before may still be in use */
    static guint n;
    struct plan *plan = &plans[n++ % G_N_ELEMENTS(plans)];

    memset(plan, 0, sizeof *plan);
    plan_add_action(plan, "a", "start", "n2");
    world_planned(w, plan);
    if (w->cause == NULL || strcmp(w->cause, wanted) != 0) {
        fail_msg("expected '%s' but got '%s' after %s", wanted, w->cause == NULL ? "nothing" : w->cause, w->log->str);
    }
}

static void
the_first_plan_is_made_because_all_have_reported(void **state)
{
    struct world w;

    (void) state;
    world_start(&w);
    world_reign(&w);
    expect_cause(&w, "n1 has joined; n2 has joined; n3 has joined; ...");
    world_end(&w);
}

static void
a_configuration_is_named_with_what_was_changed(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_document(&w, COX_REIGN_CONFIGURATION, "0.14");
    expect_cause(&w, "configuration 0.14, object culprit");
    world_end(&w);
}

static void
a_failed_result_is_named(void **state)
{
    struct cox_reign_event result;
    struct world w;

    (void) state;
    world_settle(&w);
    result = world_result_of(2, "db", "monitor", 7, 1);
    result.result.interval_ms = 10000;
    world_step(&w, &result);
    world_recorded(&w, 2, 1);
    world_document(&w, COX_REIGN_ATTRIBUTES, NULL); /* it is counted */
    expect_cause(&w, "monitor of db on n2: rc 7");
    world_end(&w);
}

static void
a_node_that_is_lost_is_named(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_view(&w, 2, 2);
    world_written(&w, true);
    expect_cause(&w, "n3 was lost");
    world_end(&w);
}

static void
an_attribute_is_named_without_its_value(void **state)
{
    const struct cox_reign_value value = { "n2", "ping", "3" }, gone = { "n2", "ping", NULL };
    struct cox_reign_event event = { .kind = COX_REIGN_ON_DOCUMENT };
    struct world w;

    (void) state;
    world_settle(&w);
    event.document.changes = COX_REIGN_ATTRIBUTES;
    event.document.values = &value;
    event.document.n_values = 1;
    world_step(&w, &event);
    expect_cause(&w, "attribute ping of n2 has changed");
    world_result(&w, 2, "a", "start", 0, 1);
    world_recorded(&w, 2, 1);
    event.document.values = &gone;
    world_step(&w, &event);
    expect_cause(&w, "attribute ping of n2 is gone");
    world_end(&w);
}

static void
what_comes_while_a_plan_is_made_is_a_cause_as_well_and_each_is_told_once(void **state)
{
    struct plan nothing = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    world_document(&w, COX_REIGN_CONFIGURATION, "0.14");
    world_want(&w);
    world_want(&w);
    world_planned(&w, &nothing); /* too old */
    expect_cause(&w, "configuration 0.14, object culprit; somebody asked for it");
    world_end(&w);
}

static void
a_cause_that_is_part_of_another_is_told_too(void **state)
{
    static const char *const configs[] = { "0.14", "0.1", "0.14", "0.4" };
    struct plan nothing = { 0 };
    struct world w;

    (void) state;
    world_settle(&w);
    for (size_t i = 0; i < G_N_ELEMENTS(configs); i++) {
        struct cox_reign_event event = { .kind = COX_REIGN_ON_DOCUMENT };

        event.document.changes = COX_REIGN_CONFIGURATION;
        event.document.config = configs[i];
        world_step(&w, &event);
    }
    world_planned(&w, &nothing); /* too old */
    expect_cause(&w, "configuration 0.14; configuration 0.1; configuration 0.4");
    world_end(&w);
}

static void
a_cause_is_that_of_one_transition_only(void **state)
{
    struct world w;

    (void) state;
    world_settle(&w);
    world_document(&w, COX_REIGN_CONFIGURATION, "0.14");
    world_planned(&w, NULL); /* nothing has to be done */
    world_want(&w);
    expect_cause(&w, "somebody asked for it");
    world_end(&w);
}

COX_TEST_MAIN(cmocka_unit_test(the_first_plan_is_made_because_all_have_reported),
              cmocka_unit_test(a_configuration_is_named_with_what_was_changed),
              cmocka_unit_test(a_failed_result_is_named),
              cmocka_unit_test(a_node_that_is_lost_is_named),
              cmocka_unit_test(an_attribute_is_named_without_its_value),
              cmocka_unit_test(what_comes_while_a_plan_is_made_is_a_cause_as_well_and_each_is_told_once),
              cmocka_unit_test(a_cause_that_is_part_of_another_is_told_too),
              cmocka_unit_test(a_cause_is_that_of_one_transition_only))
