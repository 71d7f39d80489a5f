/* lib/control/tests/reignworld.c - the world of a coordinator in tests.  For tests only. */
#include "base/testkit.h"

#include "reignworld.h"

struct cox_action *
plan_add_action(struct plan *plan, const char *rsc, const char *task, const char *node)
{
    guint32 index = (guint32) plan->graph.n_actions++;

    assert_true(index < MAX_ACTIONS);
    plan->actions[index] = (struct cox_action) { .id = index + 1, .kind = rsc == NULL ? COX_ACTION_CRM : COX_ACTION_RSC,
                                                 .task = task, .key = task, .rsc_id = rsc, .node_name = node,
                                                 .inputs = plan->inputs[index] };
    plan->graph.actions = plan->actions;
    return &plan->actions[index];
}

void
plan_add_attribute(struct cox_action *action, struct plan *plan, const char *name, const char *value)
{
    guint32 index = (guint32) (action - plan->actions);

    assert_true(action->n_attributes < G_N_ELEMENTS(plan->attributes[index]));
    plan->attributes[index][action->n_attributes++] = (struct cox_nvpair) { NULL, name, value };
    action->attributes = plan->attributes[index];
}

void
plan_chain(struct plan *plan)
{
    plan->inputs[1][0] = 0;
    plan->actions[1].n_inputs = 1;
}

static void
write_effect(struct world *w, const struct cox_reign_effect *effect)
{
    static const char *const orders[] = { "run", "cancel", "forget", "clear", "shutdown" };

    switch (effect->kind) {
        case COX_REIGN_DO_ORDER:
            g_string_append_printf(w->log, "%s %s %s@%s", orders[effect->order.kind], effect->order.action->task,
                                   effect->order.action->rsc_id == NULL ? "-" : effect->order.action->rsc_id, effect->name);
            for (size_t i = 0; i < effect->order.n_after; i++) {
                g_string_append_printf(w->log, " after %s of %s", effect->order.after[i].task, effect->order.after[i].rsc_id);
            }
            g_string_append(w->log, "; ");
            break;
        case COX_REIGN_DO_WITHDRAW:
            g_string_append_printf(w->log, "withdraw %s %s@%s; ", effect->withdraw.task, effect->withdraw.rsc_id, effect->name);
            break;
        case COX_REIGN_DO_FENCE:
            g_string_append_printf(w->log, "fence %s %s; ", effect->fence.how, effect->name);
            break;
        case COX_REIGN_DO_SPARE:
            g_string_append_printf(w->log, "spare %s; ", effect->name);
            break;
        case COX_REIGN_DO_ATTRIBUTE:
            g_string_append_printf(w->log, "attribute %s=%s@%s%s; ", effect->attribute.attribute,
                                   effect->attribute.value == NULL ? "(none)" : effect->attribute.value, effect->name,
                                   effect->attribute.may_wait ? " and" : "");
            break;
        case COX_REIGN_DO_FORGET:
            g_string_append_printf(w->log, "forget attributes of %s; ", effect->name);
            break;
        case COX_REIGN_DO_NODE:
            g_string_append_printf(w->log, "node %s %s %s %s %s; ", effect->name, effect->state.in_ccm, effect->state.crmd,
                                   effect->state.join, effect->state.expected == NULL ? "(as before)" : effect->state.expected);
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
            g_free(w->cause);
            w->cause = g_strdup(effect->transition.cause);
            break;
        case COX_REIGN_DO_END:
            g_string_append(w->log, effect->transition.is_aborted ? "end early; " : "end; ");
            break;
        case COX_REIGN_DO_WAKE:
            w->wake_at = effect->at;
            break;
    }
}

void
world_step(struct world *w, const struct cox_reign_event *event)
{
    struct cox_reign_effects effects;

    cox_reign_effects_init(&effects);
    cox_reign_step(w->reign, event, w->now, &effects);
    for (guint i = 0; i < cox_reign_effects_count(&effects); i++) {
        write_effect(w, cox_reign_effects_get(&effects, i));
    }
    cox_reign_effects_clear(&effects);
}

void
world_expect(struct world *w, const char *text)
{
    if (strcmp(w->log->str, text) != 0) {
        fail_msg("expected '%s'\n     but got '%s'", text, w->log->str);
    }
    g_string_truncate(w->log, 0);
}

void
world_wake(struct world *w)
{
    assert_true(cox_usec_is_set(w->wake_at));
    w->now = MAX(w->now, w->wake_at);
    w->wake_at = COX_USEC_NEVER;
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_WAKE });
}

void
world_view(struct world *w, guint n_controllers, guint n_nodes)
{
    static const guint32 ids[] = { 1, 2, 3, 4 };
    struct cox_reign_event event = { .kind = COX_REIGN_ON_VIEW };

    event.view.controllers = event.view.nodes = ids;
    event.view.n_controllers = n_controllers;
    event.view.n_nodes = n_nodes;
    world_step(w, &event);
}

void
world_node(struct world *w, guint32 id, const char *name)
{
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_NODE, .node = id, .name = name });
}

void
world_phase(struct world *w, guint32 id, enum cox_join_phase phase)
{
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_PHASE, .node = id, .join = { .phase = phase } });
}

void
world_document(struct world *w, unsigned int changes, const char *config)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_DOCUMENT };

    event.document.changes = changes;
    event.document.config = config;
    event.document.object = config == NULL ? NULL : "culprit";
    world_step(w, &event);
}

void
world_want(struct world *w)
{
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_WANT });
}

void
world_written(struct world *w, bool is_ok)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_WRITTEN };

    event.done.batch = w->batch;
    event.done.is_ok = is_ok;
    event.done.version = (struct cox_version) { 0, 1, (gint64) w->batch };
    world_step(w, &event);
}

void
world_planned(struct world *w, const struct plan *plan)
{
    static const struct plan nothing;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_PLAN };

    event.plan.graph = plan == NULL ? &nothing.graph : &plan->graph;
    event.plan.recheck_by = COX_WALL_NONE;
    world_step(w, &event);
}

void
world_no_plan(struct world *w, bool has_crashed)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_NO_PLAN };

    event.plan.has_crashed = has_crashed;
    world_step(w, &event);
}

struct cox_reign_event
world_result_of(guint32 id, const char *rsc, const char *task, int rc, gint64 call_id)
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

void
world_result(struct world *w, guint32 id, const char *rsc, const char *task, int rc, gint64 call_id)
{
    struct cox_reign_event event = world_result_of(id, rsc, task, rc, call_id);

    world_step(w, &event);
}

void
world_recorded(struct world *w, guint32 id, gint64 call_id)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_RECORDED, .node = id };

    event.done.call_id = call_id;
    event.done.version = (struct cox_version) { 0, 1, 100 + call_id };
    world_step(w, &event);
}

void
world_fenced(struct world *w, const char *name, bool is_ok, enum cox_reign_event_kind kind)
{
    struct cox_reign_event event = { .kind = kind, .name = name };

    event.done.is_ok = is_ok;
    event.done.life = WORLD_LIFE;
    world_step(w, &event);
}

void
world_start(struct world *w)
{
    const struct cox_reign_config config = { .self = 1, .cluster_delay_ms = 60000, .process_grace_ms = 5000, .settle_ms = 2000, .record_grace_ms = 20000,
                                             .retry_ms = 1000, .crash_limit = 3 };
    struct cox_reign_event options = { .kind = COX_REIGN_ON_OPTIONS };

    memset(w, 0, sizeof(*w));
    w->reign = cox_reign_new(&config);
    w->log = g_string_new(NULL);
    w->now = MS(1000);
    w->wake_at = COX_USEC_NEVER;
    options.options.fence_attempts = 2;
    world_step(w, &options);
    world_view(w, 3, 3);
    world_node(w, 1, "n1");
    world_node(w, 2, "n2");
    world_node(w, 3, "n3");
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_LIFE, .node = 3, .life = { .boot = WORLD_LIFE } });
    world_document(w, COX_REIGN_CONFIGURATION, "0.1");
    world_expect(w, "");
}

void
world_reign(struct world *w)
{
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = 1, .generation = 4 });
    assert_int_equal(cox_reign_phase(w->reign), COX_REIGN_GATHERING);
    for (guint32 id = 1; id <= 3; id++) {
        world_phase(w, id, COX_JOIN_JOINED);
    }
    world_step(w, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
    world_expect(w, "node n1 true online member member; node n2 true online member member; node n3 true online member member; ");
    world_written(w, true);
    world_expect(w, "plan; ");
}

void
world_settle(struct world *w)
{
    world_start(w);
    world_reign(w);
    world_planned(w, NULL);
    world_expect(w, "");
    assert_int_equal(cox_reign_phase(w->reign), COX_REIGN_IDLE);
}

void
world_end(struct world *w)
{
    cox_reign_free(w->reign);
    g_free(w->cause);
    g_string_free(w->log, TRUE);
}

void
world_lose_n3(struct world *w)
{
    world_settle(w);
    world_view(w, 2, 2);
    world_written(w, true);
    g_string_truncate(w->log, 0);
}
