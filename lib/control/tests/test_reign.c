/* Tests of lib/control/reign*.c: stories of a coordinator, told by what it asks for. */
#include "control/reign.h"

#include "base/testkit.h"

#define MS(n) ((cox_usec) (n) * COX_USEC_PER_MS)

enum { MAX_ACTIONS = 8 };

/* A graph by hand. */
struct plan {
    struct cox_action actions[MAX_ACTIONS];
    guint32 inputs[MAX_ACTIONS][MAX_ACTIONS];
    struct cox_nvpair attributes[MAX_ACTIONS][1];
    struct cox_graph graph;
};

static struct cox_action *
add_action(struct plan *plan, const char *rsc, const char *task, const char *node)
{
    guint32 index = (guint32) plan->graph.n_actions++;

    plan->actions[index] = (struct cox_action) { .id = index + 1, .kind = rsc == NULL ? COX_ACTION_CRM : COX_ACTION_RSC,
                                                 .task = task, .key = task, .rsc_id = rsc, .node_name = node,
                                                 .inputs = plan->inputs[index] };
    plan->graph.actions = plan->actions;
    return &plan->actions[index];
}

static void
add_attribute(struct cox_action *action, struct plan *plan, const char *name, const char *value)
{
    guint32 index = (guint32) (action - plan->actions);

    plan->attributes[index][0] = (struct cox_nvpair) { NULL, name, value };
    action->attributes = plan->attributes[index];
    action->n_attributes = 1;
}

/* The second action waits for the first. */
static void
chain(struct plan *plan)
{
    plan->inputs[1][0] = 0;
    plan->actions[1].n_inputs = 1;
}

struct world {
    struct cox_reign *reign;
    cox_usec now, wake_at;
    GString *log;
    guint64 batch;
    struct cox_version asked;
};

static void
write_effect(struct world *w, const struct cox_reign_effect *effect)
{
    static const char *const orders[] = { "run", "cancel", "forget", "clear", "shutdown" };

    switch (effect->kind) {
        case COX_REIGN_DO_ORDER:
            g_string_append_printf(w->log, "%s %s %s@%s; ", orders[effect->order.kind], effect->order.action->task,
                                   effect->order.action->rsc_id == NULL ? "-" : effect->order.action->rsc_id, effect->name);
            break;
        case COX_REIGN_DO_FENCE:
            g_string_append_printf(w->log, "fence %s %s; ", effect->fence.how, effect->name);
            break;
        case COX_REIGN_DO_ATTRIBUTE:
            g_string_append_printf(w->log, "attribute %s=%s@%s; ", effect->attribute.attribute,
                                   effect->attribute.value == NULL ? "(none)" : effect->attribute.value, effect->name);
            break;
        case COX_REIGN_DO_NODE:
            g_string_append_printf(w->log, "node %s %s %s %s %s; ", effect->name, effect->state.in_ccm, effect->state.crmd,
                                   effect->state.join, effect->state.expected);
            break;
        case COX_REIGN_DO_ERASE:
            g_string_append_printf(w->log, "erase %s; ", effect->name);
            break;
        case COX_REIGN_DO_WRITE:
            w->batch = effect->batch;
            break;
        case COX_REIGN_DO_PLAN:
            g_string_append_printf(w->log, "plan%s; ", effect->plan.is_fallback ? " fallback" : "");
            w->asked = effect->plan.version;
            break;
        case COX_REIGN_DO_SAVE:
            g_string_append(w->log, "save; ");
            break;
        case COX_REIGN_DO_SAY:
            g_string_append_printf(w->log, "aside %s; ", effect->guard.object == NULL ? "-" : effect->guard.object);
            break;
        case COX_REIGN_DO_CLEAR:
            g_string_append(w->log, "works again; ");
            break;
        case COX_REIGN_DO_BEGIN:
            g_string_append_printf(w->log, "begin %u; ", (unsigned int) effect->transition.n_actions);
            break;
        case COX_REIGN_DO_END:
            g_string_append(w->log, effect->transition.is_aborted ? "end early; " : "end; ");
            break;
        case COX_REIGN_DO_WAKE:
            w->wake_at = effect->at;
            break;
    }
}

static void
step(struct world *w, const struct cox_reign_event *event)
{
    struct cox_reign_effects effects;

    cox_reign_effects_init(&effects);
    cox_reign_step(w->reign, event, w->now, &effects);
    for (guint i = 0; i < cox_reign_effects_count(&effects); i++) {
        write_effect(w, cox_reign_effects_get(&effects, i));
    }
    cox_reign_effects_clear(&effects);
}

static void
expect(struct world *w, const char *text)
{
    if (strcmp(w->log->str, text) != 0) {
        fail_msg("expected '%s'\n     but got '%s'", text, w->log->str);
    }
    g_string_truncate(w->log, 0);
}

static void
wake(struct world *w)
{
    assert_true(cox_usec_is_set(w->wake_at));
    w->now = MAX(w->now, w->wake_at);
    w->wake_at = COX_USEC_NEVER;
    step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_WAKE });
}

static void
view(struct world *w, guint n_controllers, guint n_nodes)
{
    static const guint32 ids[] = { 1, 2, 3 };
    struct cox_reign_event event = { .kind = COX_REIGN_ON_VIEW };

    event.view.controllers = event.view.nodes = ids;
    event.view.n_controllers = n_controllers;
    event.view.n_nodes = n_nodes;
    step(w, &event);
}

static void
node(struct world *w, guint32 id, const char *name)
{
    step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_NODE, .node = id, .name = name });
}

static void
phase(struct world *w, guint32 id, enum cox_join_phase phase)
{
    step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_PHASE, .node = id, .join = { .phase = phase } });
}

static void
document(struct world *w, unsigned int changes, const char *config)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_DOCUMENT };

    event.document.changes = changes;
    event.document.config = config;
    event.document.object = config == NULL ? NULL : "culprit";
    step(w, &event);
}

static void
want(struct world *w)
{
    step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_WANT });
}

static void
written(struct world *w, bool is_ok)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_WRITTEN };

    event.done.batch = w->batch;
    event.done.is_ok = is_ok;
    event.done.version = (struct cox_version) { 0, 1, (gint64) w->batch };
    step(w, &event);
}

static void
planned(struct world *w, const struct plan *plan)
{
    static const struct plan nothing;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_PLAN };

    event.plan.graph = plan == NULL ? &nothing.graph : &plan->graph;
    event.plan.recheck_by = COX_WALL_NONE;
    step(w, &event);
}

static void
no_plan(struct world *w, bool has_crashed)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_NO_PLAN };

    event.plan.has_crashed = has_crashed;
    step(w, &event);
}

static struct cox_reign_event
result_of(guint32 id, const char *rsc, const char *task, int rc, gint64 call_id)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_RESULT, .node = id };

    event.result.rsc_id = rsc;
    event.result.task = task;
    event.result.rc = rc;
    event.result.target_rc = 0;
    event.result.call_id = call_id;
    event.result.began = cox_wall_from_seconds(77);
    return event;
}

static void
result(struct world *w, guint32 id, const char *rsc, const char *task, int rc, gint64 call_id)
{
    struct cox_reign_event event = result_of(id, rsc, task, rc, call_id);

    step(w, &event);
}

static void
recorded(struct world *w, guint32 id, gint64 call_id)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_RECORDED, .node = id };

    event.done.call_id = call_id;
    event.done.version = (struct cox_version) { 0, 1, 100 + call_id };
    step(w, &event);
}

static void
fenced(struct world *w, const char *name, bool is_ok, enum cox_reign_event_kind kind)
{
    struct cox_reign_event event = { .kind = kind, .name = name };

    event.done.is_ok = is_ok;
    step(w, &event);
}

static void
start(struct world *w)
{
    const struct cox_reign_config config = { .self = 1, .cluster_delay_ms = 60000, .process_grace_ms = 5000, .settle_ms = 2000,
                                             .retry_ms = 1000, .crash_limit = 3 };
    struct cox_reign_event options = { .kind = COX_REIGN_ON_OPTIONS };

    memset(w, 0, sizeof(*w));
    w->reign = cox_reign_new(&config);
    w->log = g_string_new(NULL);
    w->now = MS(1000);
    w->wake_at = COX_USEC_NEVER;
    options.options.fence_attempts = 2;
    step(w, &options);
    view(w, 3, 3);
    node(w, 1, "n1");
    node(w, 2, "n2");
    node(w, 3, "n3");
    document(w, COX_REIGN_CONFIGURATION, "0.1");
    expect(w, "");
}

/* Node 1 reigns, all have joined, their states are written and the first plan is asked for. */
static void
reign(struct world *w)
{
    step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 4 });
    assert_int_equal(cox_reign_phase(w->reign), COX_REIGN_GATHERING);
    for (guint32 id = 1; id <= 3; id++) {
        phase(w, id, COX_JOIN_JOINED);
    }
    step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    expect(w, "node n1 true online member member; node n2 true online member member; node n3 true online member member; ");
    written(w, true);
    expect(w, "plan; ");
}

/* The same, and there was nothing to do. */
static void
settle(struct world *w)
{
    start(w);
    reign(w);
    planned(w, NULL);
    expect(w, "");
    assert_int_equal(cox_reign_phase(w->reign), COX_REIGN_IDLE);
}

static void
end(struct world *w)
{
    cox_reign_free(w->reign);
    g_string_free(w->log, TRUE);
}

/* ---- stories ---- */

static void
a_coordinator_writes_who_is_there_and_plans_from_that_version(void **state)
{
    struct world w;

    (void) state;
    start(&w);
    reign(&w);
    assert_int_equal(w.asked.num_updates, 1);
    assert_int_equal(cox_reign_phase(w.reign), COX_REIGN_PLANNING);
    end(&w);
}

static void
a_plan_is_carried_out_and_results_end_it(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    settle(&w);
    add_action(&plan, "a", "start", "n2");
    add_action(&plan, "b", "start", "n3");
    document(&w, COX_REIGN_CONFIGURATION, NULL);
    expect(&w, "plan; ");
    planned(&w, &plan);
    expect(&w, "begin 2; run start a@n2; run start b@n3; ");
    result(&w, 2, "a", "start", 0, 1);
    result(&w, 3, "b", "start", 0, 1);
    expect(&w, "end; ");
    document(&w, COX_REIGN_RESULTS, NULL); /* what we know from the results */
    expect(&w, "");
    assert_int_equal(cox_reign_phase(w.reign), COX_REIGN_IDLE);
    end(&w);
}

static void
a_failure_is_counted_and_waited_for_before_the_next_plan(void **state)
{
    struct cox_reign_event event;
    struct world w;

    (void) state;
    settle(&w);
    event = result_of(2, "a", "monitor", 7, 5);
    event.result.interval_ms = 10000;
    step(&w, &event);
    expect(&w, "attribute fail-count-a#monitor_10000=value++@n2; attribute last-failure-a#monitor_10000=77@n2; ");
    document(&w, COX_REIGN_ATTRIBUTES, NULL);
    expect(&w, "");
    recorded(&w, 2, 5);
    expect(&w, "plan; ");
    assert_int_equal(w.asked.num_updates, 105);
    end(&w);
}

static void
results_that_never_reach_the_document_are_waited_for_only_so_long(void **state)
{
    struct world w;

    (void) state;
    settle(&w);
    result(&w, 2, "a", "notasked", 0, 5);
    expect(&w, "");
    assert_string_equal(cox_reign_waits_for(w.reign), "results to be in the document");
    wake(&w);
    expect(&w, "plan; ");
    end(&w);
}

static void
a_change_during_planning_makes_the_plan_worthless(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    settle(&w);
    add_action(&plan, "a", "start", "n2");
    want(&w);
    expect(&w, "plan; ");
    for (int i = 0; i < 3; i++) {
        document(&w, COX_REIGN_CONFIGURATION, NULL);
        planned(&w, &plan);
        expect(&w, "plan; ");
    }
    document(&w, COX_REIGN_CONFIGURATION, NULL); /* but not for ever */
    planned(&w, &plan);
    expect(&w, "begin 1; run start a@n2; plan; ");
    assert_ptr_equal(cox_reign_graph(w.reign), &plan.graph);
    end(&w);
}

static void
a_change_during_the_work_holds_back_what_has_not_begun(void **state)
{
    struct plan plan = { 0 }, next = { 0 };
    struct world w;
    g_autoptr(GArray) inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));

    (void) state;
    settle(&w);
    add_action(&plan, "a", "start", "n2");
    add_action(&plan, "b", "start", "n2");
    chain(&plan);
    add_action(&next, "a", "start", "n2");
    want(&w);
    planned(&w, &plan);
    expect(&w, "plan; begin 2; run start a@n2; ");
    document(&w, COX_REIGN_CONFIGURATION, "0.2");
    expect(&w, "plan; ");
    cox_reign_inflight(w.reign, inflight);
    assert_int_equal(inflight->len, 1);
    planned(&w, &next);
    expect(&w, "end; begin 1; "); /* it runs already */
    result(&w, 2, "a", "start", 0, 9);
    expect(&w, "end; ");
    end(&w);
}

static void
a_lost_node_is_reported_fenced_and_erased_when_that_is_proven(void **state)
{
    struct plan plan = { 0 };
    struct cox_action *fence;
    struct world w;

    (void) state;
    settle(&w);
    view(&w, 2, 2);
    expect(&w, "node n3 false offline down member; ");
    written(&w, true);
    expect(&w, "plan; ");
    fence = add_action(&plan, NULL, "stonith", "n3");
    add_attribute(fence, &plan, "CRM_meta_stonith_action", "off");
    add_action(&plan, "a", "start", "n2");
    chain(&plan);
    planned(&w, &plan);
    expect(&w, "begin 2; fence off n3; ");
    fenced(&w, "n3", true, COX_REIGN_ON_FENCE_NEWS);
    expect(&w, "run start a@n2; node n3 false offline down down; erase n3; ");
    fenced(&w, "n3", true, COX_REIGN_ON_FENCED); /* the answer comes after the news */
    document(&w, COX_REIGN_HISTORY_GONE | COX_REIGN_ATTRIBUTES, NULL);
    written(&w, true);
    expect(&w, ""); /* nothing that the present plan would not know */
    result(&w, 2, "a", "start", 0, 1);
    recorded(&w, 2, 1);
    view(&w, 3, 3); /* it is back */
    step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    assert_non_null(strstr(w.log->str, "node n3 true online pending down; "));
    end(&w);
}

/* cts/sim, seed 1880: the device has cut it, it has booted and joined, and then the news arrives. */
static void
a_proof_about_the_life_before_takes_nobody_down_who_came_back(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    settle(&w);
    view(&w, 2, 2);
    written(&w, true);
    add_action(&plan, NULL, "stonith", "n3");
    planned(&w, &plan);
    assert_non_null(strstr(w.log->str, "fence reboot n3; "));
    w.now += COX_USEC_PER_S;
    view(&w, 3, 3);
    g_string_truncate(w.log, 0);
    fenced(&w, "n3", true, COX_REIGN_ON_FENCED);
    step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    assert_non_null(strstr(w.log->str, "node n3 true online"));
    assert_null(strstr(w.log->str, "node n3 false"));
    assert_null(strstr(w.log->str, "erase n3"));
    end(&w);
}

static void
fencing_that_fails_is_tried_again_with_pauses(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    settle(&w);
    view(&w, 2, 2);
    written(&w, true);
    g_string_truncate(w.log, 0);
    add_action(&plan, NULL, "stonith", "n3");
    for (int i = 0; i < 2; i++) {
        planned(&w, &plan);
        expect(&w, "begin 1; fence reboot n3; ");
        fenced(&w, "n3", false, COX_REIGN_ON_FENCED);
        expect(&w, "end early; plan; ");
    }
    planned(&w, &plan);
    expect(&w, "begin 1; ");
    assert_string_equal(cox_reign_waits_for(w.reign), "the pause after fencing that failed");
    wake(&w);
    expect(&w, "fence reboot n3; ");
    fenced(&w, "n3", true, COX_REIGN_ON_FENCED);
    expect(&w, "end; node n3 false offline down down; erase n3; ");
    end(&w);
}

static void
a_pause_after_fencing_ends_with_the_plan_that_wanted_it(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    settle(&w);
    view(&w, 2, 2);
    written(&w, true);
    add_action(&plan, NULL, "stonith", "n3");
    for (int i = 0; i < 2; i++) {
        planned(&w, &plan);
        fenced(&w, "n3", false, COX_REIGN_ON_FENCED);
    }
    planned(&w, &plan);
    g_string_truncate(w.log, 0);
    document(&w, COX_REIGN_CONFIGURATION, NULL);
    expect(&w, "plan; ");
    planned(&w, NULL); /* nobody wants it any more */
    expect(&w, "end; ");
    wake(&w);
    expect(&w, "plan; ");
    end(&w);
}

static void
somebody_elses_proof_counts_unless_the_node_speaks(void **state)
{
    struct world w;

    (void) state;
    settle(&w);
    fenced(&w, "n3", true, COX_REIGN_ON_FENCE_NEWS);
    expect(&w, "plan; "); /* it speaks: only a reason to look */
    planned(&w, NULL);
    view(&w, 2, 2);
    written(&w, true);
    planned(&w, NULL);
    g_string_truncate(w.log, 0);
    fenced(&w, "n3", true, COX_REIGN_ON_FENCE_NEWS);
    expect(&w, "node n3 false offline down down; erase n3; ");
    end(&w);
}

static void
a_controller_that_comes_back_in_time_was_not_lost(void **state)
{
    struct world w;

    (void) state;
    settle(&w);
    view(&w, 2, 3);
    expect(&w, "");
    view(&w, 3, 3);
    document(&w, COX_REIGN_CONFIGURATION, NULL);
    expect(&w, ""); /* no plan without its report, and its resources stay where they are */
    phase(&w, 3, COX_JOIN_JOINED);
    expect(&w, "");
    step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    expect(&w, "plan; ");
    end(&w);
}

static void
a_controller_that_stays_away_is_reported(void **state)
{
    struct world w;

    (void) state;
    settle(&w);
    view(&w, 2, 3);
    expect(&w, "");
    wake(&w);
    expect(&w, "node n3 true offline down member; ");
    written(&w, true);
    expect(&w, "plan; ");
    end(&w);
}

static void
a_node_that_was_told_to_leave_is_expected_to_be_gone(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    settle(&w);
    document(&w, COX_REIGN_ATTRIBUTES, NULL);
    add_action(&plan, NULL, "do_shutdown", "n3");
    planned(&w, &plan);
    expect(&w, "plan; begin 1; shutdown do_shutdown -@n3; node n3 true online member down; ");
    written(&w, true);
    view(&w, 2, 3); /* its controller goes first */
    assert_non_null(strstr(w.log->str, "node n3 true offline down down; "));
    written(&w, true);
    g_string_truncate(w.log, 0);
    view(&w, 2, 2);
    assert_non_null(strstr(w.log->str, "node n3 false offline down down; "));
    end(&w);
}

static void
who_does_not_reign_any_more_forgets_everything(void **state)
{
    struct plan plan = { 0 };
    struct world w;

    (void) state;
    settle(&w);
    add_action(&plan, "a", "start", "n2");
    add_action(&plan, "b", "start", "n2");
    chain(&plan);
    want(&w);
    planned(&w, &plan);
    g_string_truncate(w.log, 0);
    step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 2, .generation = 5 });
    assert_null(cox_reign_graph(w.reign));
    assert_int_equal(cox_reign_phase(w.reign), COX_REIGN_SUBJECT);
    result(&w, 2, "a", "start", 0, 9);
    document(&w, COX_REIGN_CONFIGURATION, "0.3");
    view(&w, 2, 2);
    expect(&w, "");
    end(&w);
}

static void
a_configuration_that_crashes_the_scheduler_is_set_aside(void **state)
{
    struct world w;

    (void) state;
    settle(&w);
    document(&w, COX_REIGN_CONFIGURATION, "0.2");
    expect(&w, "plan; ");
    no_plan(&w, true);
    no_plan(&w, true);
    expect(&w, "plan; plan; ");
    no_plan(&w, true);
    expect(&w, "save; aside culprit; plan fallback; ");
    planned(&w, NULL);
    document(&w, COX_REIGN_CONFIGURATION, "0.3");
    expect(&w, "plan; ");
    planned(&w, NULL);
    expect(&w, "works again; ");
    end(&w);
}

static void
a_plan_that_could_not_be_made_is_asked_for_again(void **state)
{
    struct world w;

    (void) state;
    settle(&w);
    want(&w);
    no_plan(&w, false);
    expect(&w, "plan; ");
    wake(&w);
    expect(&w, "plan; ");
    end(&w);
}

static void
states_that_could_not_be_written_are_written_again(void **state)
{
    struct world w;

    (void) state;
    settle(&w);
    view(&w, 2, 2);
    expect(&w, "node n3 false offline down member; ");
    written(&w, false);
    expect(&w, "");
    wake(&w);
    expect(&w, "node n1 true online member member; node n2 true online member member; node n3 false offline down member; ");
    end(&w);
}

static void
the_plan_is_looked_at_again_after_the_recheck_interval(void **state)
{
    struct cox_reign_event options = { .kind = COX_REIGN_ON_OPTIONS };
    struct cox_reign_event plan = { .kind = COX_REIGN_ON_PLAN };
    const struct cox_graph nothing = { .n_actions = 0 };
    struct world w;

    (void) state;
    settle(&w);
    options.options.recheck_ms = 60000;
    options.options.fence_attempts = 3;
    step(&w, &options);
    assert_int_equal(w.wake_at, w.now + MS(60000));
    wake(&w);
    expect(&w, "plan; ");
    plan.plan.graph = &nothing;
    plan.plan.wall = cox_wall_from_seconds(100);
    plan.plan.recheck_by = cox_wall_from_seconds(130);
    step(&w, &plan);
    assert_int_equal(w.wake_at, w.now + MS(30000));
    wake(&w);
    expect(&w, "plan; ");
    end(&w);
}

static void
other_orders_reach_their_node_and_are_answered(void **state)
{
    struct plan plan = { 0 };
    struct cox_reign_event event;
    struct world w;

    (void) state;
    settle(&w);
    add_action(&plan, "a", "cancel", "n2")->interval_ms = 10000;
    add_action(&plan, "b", "lrm_delete", "n2")->kind = COX_ACTION_CRM;
    add_action(&plan, "c", "clear_failcount", "n2")->kind = COX_ACTION_CRM;
    add_action(&plan, NULL, "maintenance_nodes", NULL);
    want(&w);
    planned(&w, &plan);
    expect(&w, "plan; begin 4; cancel cancel a@n2; forget lrm_delete b@n2; "
               "attribute ^(fail-count|last-failure)-c#.+$=(none)@n2; clear clear_failcount c@n2; ");
    event = result_of(2, "a", "monitor", 0, 0);
    event.result.interval_ms = 10000;
    event.result.order = COX_REIGN_CANCEL;
    step(&w, &event);
    event = result_of(2, "b", "lrm_delete", 0, 0);
    event.result.order = COX_REIGN_FORGET;
    step(&w, &event);
    event = result_of(2, "c", "clear_failcount", 0, 0);
    event.result.order = COX_REIGN_CLEAR;
    step(&w, &event);
    expect(&w, "end; ");
    end(&w);
}

static void
what_a_member_reports_as_running_is_in_flight(void **state)
{
    const struct cox_inflight running = { "a", "start", 0, NULL, "k", 3, true };
    struct cox_reign_event event = { .kind = COX_REIGN_ON_PHASE, .node = 2 };
    g_autoptr(GArray) inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct world w;

    (void) state;
    start(&w);
    step(&w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 4 });
    event.join.phase = COX_JOIN_JOINED;
    event.join.inflight = &running;
    event.join.n_inflight = 1;
    step(&w, &event);
    cox_reign_inflight(w.reign, inflight);
    assert_int_equal(inflight->len, 1);
    assert_string_equal(g_array_index(inflight, struct cox_inflight, 0).node, "n2");
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_coordinator_writes_who_is_there_and_plans_from_that_version),
        cmocka_unit_test(a_plan_is_carried_out_and_results_end_it),
        cmocka_unit_test(a_failure_is_counted_and_waited_for_before_the_next_plan),
        cmocka_unit_test(results_that_never_reach_the_document_are_waited_for_only_so_long),
        cmocka_unit_test(a_change_during_planning_makes_the_plan_worthless),
        cmocka_unit_test(a_change_during_the_work_holds_back_what_has_not_begun),
        cmocka_unit_test(a_lost_node_is_reported_fenced_and_erased_when_that_is_proven),
        cmocka_unit_test(a_proof_about_the_life_before_takes_nobody_down_who_came_back),
        cmocka_unit_test(fencing_that_fails_is_tried_again_with_pauses),
        cmocka_unit_test(a_pause_after_fencing_ends_with_the_plan_that_wanted_it),
        cmocka_unit_test(somebody_elses_proof_counts_unless_the_node_speaks),
        cmocka_unit_test(a_controller_that_comes_back_in_time_was_not_lost),
        cmocka_unit_test(a_controller_that_stays_away_is_reported),
        cmocka_unit_test(a_node_that_was_told_to_leave_is_expected_to_be_gone),
        cmocka_unit_test(who_does_not_reign_any_more_forgets_everything),
        cmocka_unit_test(a_configuration_that_crashes_the_scheduler_is_set_aside),
        cmocka_unit_test(a_plan_that_could_not_be_made_is_asked_for_again),
        cmocka_unit_test(states_that_could_not_be_written_are_written_again),
        cmocka_unit_test(the_plan_is_looked_at_again_after_the_recheck_interval),
        cmocka_unit_test(other_orders_reach_their_node_and_are_answered),
        cmocka_unit_test(what_a_member_reports_as_running_is_in_flight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
