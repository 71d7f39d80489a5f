/* cts/sim/node_reign.c - stands for controld's realm and papers: lib/control/reign to and from all others.  For tests only. */
#include "cts/sim/simcontrol.h"

#include <string.h>

#include "base/error.h"
#include "cib/patchcalls.h"
#include "cib/patchscope.h"
#include "model/graphattr.h"

enum { PLAN_CRASH_ONE_IN = 150 };

static void plan_if_possible(struct sim *sim, struct sim_node *node, struct sim_call *call);

/* ---- the document ---- */

struct cox_xml *
control_section(struct sim *sim, const struct sim_node *node, const char *name)
{
    return node->doc == NULL ? NULL : cox_xml_child(sim_state_root(sim->docs, node->doc), name);
}

static void
tell_state(struct sim *sim, struct sim_node *node, guint32 id)
{
    g_autofree char *text = g_strdup_printf("%u", id);
    const struct cox_xml *state = cox_xml_child_with_id(control_section(sim, node, "status"), "node_state", text);
    struct cox_reign_event event = { .kind = COX_REIGN_ON_NODE, .node = id, .name = sim->nodes[id].name };

    if (state != NULL) {
        event.state = (struct cox_reign_state) { cox_xml_get(state, "in_ccm"), cox_xml_get(state, "crmd"),
                                                 cox_xml_get(state, "join"), cox_xml_get(state, "expected") };
    }
    control_reign(sim, node, &event);
}

static void
tell_states(struct sim *sim, struct sim_node *node)
{
    const struct cox_xml *state = cox_xml_child(control_section(sim, node, "status"), "node_state");

    for (; state != NULL; state = cox_xml_next_named(state, "node_state")) {
        tell_state(sim, node, (guint32) g_ascii_strtoull(cox_xml_id(state), NULL, 10));
    }
    for (guint i = 0; i < node->control->members->len; i++) {
        tell_state(sim, node, g_array_index(node->control->members, guint32, i)); /* also when there is none */
    }
}

void
control_tell_reign(struct sim *sim, struct sim_node *node)
{
    struct sim_control *control = node->control;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_VIEW };

    event.view.controllers = (const guint32 *) (const void *) control->view->data;
    event.view.n_controllers = control->view->len;
    event.view.nodes = (const guint32 *) (const void *) control->members->data;
    event.view.n_nodes = control->members->len;
    control_reign(sim, node, &event);
    for (guint i = 0; i < control->members->len; i++) {
        guint32 id = g_array_index(control->members, guint32, i);

        if (cox_reign_node_name(control->reign, id) == NULL) {
            tell_state(sim, node, id);
        }
    }
}

/* What a change sets of attributes, with the names of the nodes. */
static GArray *
values_of(struct sim *sim, const struct sim_touched *touched)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(struct cox_reign_value));

    for (guint i = 0; touched != NULL && touched->values != NULL && i < touched->values->len; i++) {
        struct cox_reign_value value = g_array_index(touched->values, struct cox_reign_value, i);

        value.node = sim->nodes[g_ascii_strtoull(value.node, NULL, 10)].name;
        g_array_append_val(values, value);
    }
    return values;
}

void
control_tell_document(struct sim *sim, struct sim_node *node, unsigned int scope, const struct sim_touched *touched)
{
    struct cox_version version = node->doc->described.version;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_DOCUMENT }, options = { .kind = COX_REIGN_ON_OPTIONS };
    g_autofree char *identity = NULL;
    g_autoptr(GArray) values = values_of(sim, touched);

    if ((scope & COX_PATCHSCOPE_NODES) != 0) {
        tell_states(sim, node);
    }
    if ((scope & COX_PATCHSCOPE_CONFIGURATION) != 0) {
        identity = g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, version.admin_epoch, version.epoch);
        options.options.recheck_ms = 900000;
        options.options.fence_attempts = 10;
        options.options.node_action_limit = sim->action_limit;
        options.options.forgives_start = true; /* as configured in simstory.c */
        control_reign(sim, node, &options);
        control_crew_document(sim, node);
    }
    event.document.values = (const struct cox_reign_value *) (const void *) values->data;
    event.document.n_values = values->len;
    event.document.are_all_values = touched != NULL && !touched->has_other;
    event.document.changes = cox_reign_changes(scope);
    event.document.config = identity;
    event.document.version = version;
    event.document.is_another = scope == ~0U;
    event.document.has_quorum = sim_cib_has_quorum(node) && node->doc->has_quorum[0] == '1';
    control_reign(sim, node, &event);
}

static void
tell_results(struct sim *sim, struct sim_node *node, const struct sim_touched *touched)
{
    for (guint i = 0; i < touched->calls->len; i++) {
        const struct cox_patchcall *call = &g_array_index(touched->calls, struct cox_patchcall, i);
        struct cox_reign_event event = { .kind = COX_REIGN_ON_RECORDED, .node = call->node };

        event.done.call_id = call->call_id;
        event.done.is_seen = true;
        event.done.version = touched->version;
        control_reign(sim, node, &event);
    }
}

void
sim_control_on_document(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_control *control = node->control;
    unsigned int scope = (unsigned int) call->number;

    if (node->doc == NULL || control->election == NULL) {
        return;
    }
    if (scope == ~0U) {
        struct cox_version version = node->doc->described.version;

        if (cox_version_compare(&version, &control->recorded_version) < 0) {
            control->recorded_version = version; /* another side's document won */
        }
        control->must_compare = true;
        control_report(sim, node);
    }
    if (call->data != NULL && (scope & COX_PATCHSCOPE_HISTORY) != 0) {
        tell_results(sim, node, call->data);
    }
    if (scope != 0) {
        control_tell_document(sim, node, scope, call->data);
    }
    control_report(sim, node);
    plan_if_possible(sim, node, call);
}

/* ---- states of nodes ---- */

static void
on_batch(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    const struct sim_answer *answer = call->data;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_WRITTEN };

    event.done.batch = call->number;
    event.done.is_ok = answer->is_ok;
    event.done.version = answer->version;
    control_reign(sim, node, &event);
}

static void
collect_node(struct sim *sim, struct sim_node *node, const struct cox_reign_effect *effect)
{
    if (effect->kind == COX_REIGN_DO_ERASE) {
        sim_say(sim, node, "controld: forget what was on %s", effect->name);
        g_ptr_array_add(node->control->erased, g_strdup_printf("%u", effect->node));
        return;
    }
    sim_say(sim, node, "controld: %s is in_ccm=%s crmd=%s join=%s expected=%s", effect->name, effect->state.in_ccm,
            effect->state.crmd, effect->state.join, effect->state.expected == NULL ? "(as before)" : effect->state.expected);
    g_string_append_printf(node->control->states, "<node_state id=\"%u\" uname=\"%s\" in_ccm=\"%s\" crmd=\"%s\" join=\"%s\"",
                           effect->node, effect->name, effect->state.in_ccm, effect->state.crmd, effect->state.join);
    if (effect->state.expected != NULL) {
        g_string_append_printf(node->control->states, " expected=\"%s\"", effect->state.expected);
    }
    g_string_append(node->control->states, "/>");
}

static void
write_batch(struct sim *sim, struct sim_node *node, guint64 batch)
{
    struct sim_control *control = node->control;
    struct sim_ask ask = { .asker = SIM_CONTROL, .answer = on_batch, .number = batch };
    g_autofree char *text = g_strdup_printf("<status>%s</status>", control->states->str);

    ask.change = sim_change_new(sim->next_change++);
    if (control->states->len > 0) {
        sim_change_modify(ask.change, "status", text);
    }
    for (guint i = 0; i < control->erased->len; i++) {
        const char *id = control->erased->pdata[i];
        g_autofree char *path = g_strdup_printf("/cib/status/node_state[@id='%s']/lrm|/cib/status/node_state[@id='%s']"
                                                "/transient_attributes", id, id);

        sim_change_delete(ask.change, path);
    }
    g_string_truncate(control->states, 0);
    g_ptr_array_set_size(control->erased, 0);
    sim_cib_ask(sim, node, &ask);
}

/* ---- plans ---- */

static void
use_plan(struct sim *sim, struct sim_node *node, struct sim_plan *plan)
{
    struct sim_control *control = node->control;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_PLAN };
    struct sim_plan *before = control->plan;

    event.plan.graph = &plan->plan->graph;
    event.plan.wall = sim_wall(sim);
    event.plan.recheck_by = plan->plan->recheck_by;
    sim_say(sim, node, "schedd: a plan of %u actions", (guint) plan->plan->graph.n_actions);
    control->plan = plan;
    control_reign(sim, node, &event);
    if (cox_reign_graph(control->reign) == &plan->plan->graph) {
        sim_plan_free(before);
    } else {
        control->plan = before;
        sim_plan_free(plan);
    }
}

static void
plan_now(struct sim *sim, struct sim_node *node)
{
    struct sim_control *control = node->control;
    g_autoptr(GArray) inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    g_autoptr(GPtrArray) histories = g_ptr_array_new();
    g_autoptr(GArray) facts = g_array_new(FALSE, FALSE, sizeof(struct cox_reign_value));
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(struct cox_overlay_value));
    struct cox_reign_event crashed = { .kind = COX_REIGN_ON_NO_PLAN };

    control->wants_plan = false;
    control->plan_serial++;
    if (!sim->is_calm && sim_pick(sim, PLAN_CRASH_ONE_IN) == 0) {
        sim_say(sim, node, "schedd crashes");
        crashed.plan.has_crashed = true;
        control_reign(sim, node, &crashed);
    } else {
        control->transition++;
        cox_reign_inflight(control->reign, inflight);
        cox_reign_facts(control->reign, histories, facts);
        for (guint i = 0; i < facts->len; i++) {
            const struct cox_reign_value *fact = &g_array_index(facts, struct cox_reign_value, i);
            const struct cox_overlay_value value = { fact->node, fact->name, fact->value };

            g_array_append_val(values, value);
        }
        use_plan(sim, node, sim_plan_new(sim_state_root(sim->docs, node->doc),
                                         &(const struct sim_plan_input) {
                                             (const struct cox_inflight *) (const void *) inflight->data, inflight->len,
                                             { (const char *const *) (const void *) histories->pdata, histories->len,
                                               (const struct cox_overlay_value *) (const void *) values->data, values->len } },
                                         sim_wall(sim)));
    }
}

static void
on_plan_time(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    if (node->control->wants_plan && call->number == node->control->plan_serial && node->doc != NULL) {
        plan_now(sim, node);
    }
}

/* The scheduler answers when its copy of the document is new enough. */
static void
plan_if_possible(struct sim *sim, struct sim_node *node, struct sim_call *unused)
{
    struct sim_call call = { .fn = on_plan_time };
    struct cox_version version = { 0, 0, 0 };

    (void) unused;
    if (!node->control->wants_plan || node->doc == NULL) {
        return;
    }
    version = node->doc->described.version;
    if (cox_version_compare(&version, &node->control->plan_version) >= 0) {
        call.number = node->control->plan_serial;
        sim_after(sim, node, SIM_CONTROL, sim_between(sim, 500, 20000), &call);
    }
}

bool
sim_control_has_nothing_to_do(struct sim *sim, struct sim_node *node, char **what)
{
    struct sim_plan *plan = sim_plan_new(sim_state_root(sim->docs, node->doc), &(const struct sim_plan_input) { 0 }, sim_wall(sim));
    bool is_empty = plan->plan->graph.n_actions == 0;

    if (!is_empty) {
        const struct cox_action *action = &plan->plan->graph.actions[0];

        *what = g_strdup_printf("the scheduler wants %u actions, the first %s on %s", (guint) plan->plan->graph.n_actions,
                                action->key == NULL ? action->task : action->key,
                                action->node_name == NULL ? "no node" : action->node_name);
    }
    sim_plan_free(plan);
    return is_empty;
}

/* ---- effects of the reign ---- */

static void
send_order(struct sim *sim, struct sim_node *node, const struct cox_reign_effect *effect)
{
    const struct cox_action *action = effect->order.action;
    const char *task = effect->order.kind == COX_REIGN_CANCEL
                           ? cox_action_attribute(action, "CRM_meta_operation") : action->task;
    g_autofree char *key = g_strdup_printf("%u:%" G_GUINT64_FORMAT ":%" G_GINT64_FORMAT ":%s-%" G_GUINT64_FORMAT, action->id,
                                           node->control->transition, cox_action_number(action, "CRM_meta_op_target_rc"), node->name,
                                           node->process[SIM_CONTROL].life);
    struct cox_nvpair *params = cox_arena_memdup(sim->arena, action->attributes, action->n_attributes, sizeof(*params));
    struct cox_opname *after = cox_arena_memdup(sim->arena, effect->order.after, effect->order.n_after, sizeof(*after));
    const struct control_message order = {
        .kind = CONTROL_ORDER, .target = effect->node, .generation = cox_election_term(node->control->election).generation,
        .after = after, .n_after = effect->order.n_after, .order = effect->order.kind, .rsc_id = action->rsc_id, .task = task == NULL ? action->task : task, .key = key,
        .interval_ms = action->interval_ms, .timeout_ms = cox_action_number(action, "CRM_meta_timeout"), .params = params,
        .n_params = action->n_attributes,
    };

    for (size_t i = 0; i < action->n_attributes; i++) {
        params[i].name = cox_arena_intern(sim->arena, params[i].name);
        params[i].value = cox_arena_intern(sim->arena, params[i].value);
    }

    for (size_t i = 0; i < effect->order.n_after; i++) {
        after[i] = (struct cox_opname) { cox_arena_intern(sim->arena, after[i].rsc_id), cox_arena_intern(sim->arena, after[i].task) };
    }
    sim_say(sim, node, "controld orders %s %s on %s%s%s", action->rsc_id == NULL ? "-" : action->rsc_id, action->task, effect->name,
            effect->order.n_after > 0 ? " after " : "", effect->order.n_after > 0 ? after[0].rsc_id : "");
    control_send(sim, node, &order);
}

static void
send_withdrawal(struct sim *sim, struct sim_node *node, const struct cox_reign_effect *effect)
{
    const struct control_message order = {
        .kind = CONTROL_ORDER, .target = effect->node, .generation = cox_election_term(node->control->election).generation,
        .order = COX_REIGN_WITHDRAW, .rsc_id = effect->withdraw.rsc_id, .task = effect->withdraw.task,
        .interval_ms = effect->withdraw.interval_ms,
    };

    sim_say(sim, node, "controld withdraws %s %s on %s", order.rsc_id, order.task, effect->name);
    control_send(sim, node, &order);
}

static void
ask_fence(struct sim *sim, struct sim_node *node, const struct cox_reign_effect *effect)
{
    const char *target = cox_arena_intern(sim->arena, effect->name);
    const struct sim_call ask = { .fn = sim_fence_on_asked, .data = (gpointer) (gsize) target, .boot = effect->fence.life,
                                  .number = g_str_equal(effect->fence.how, "off") ? COX_FENCE_OFF : COX_FENCE_REBOOT };
    const struct sim_call failed = { .fn = sim_control_on_fenced, .data = (gpointer) (gsize) target };

    sim_say(sim, node, "controld asks for fencing of %s", target);
    sim_laws_on_asked(sim, node, sim_node_named(sim, target));
    g_ptr_array_add(node->control->fencings, (gpointer) (gsize) target);
    if (node->process[SIM_FENCE].is_up) {
        sim_post(sim, node, SIM_FENCE, &ask);
    } else {
        sim_after(sim, node, SIM_CONTROL, 300000, &failed);
    }
}

static void
spare(struct sim *sim, struct sim_node *node, const struct cox_reign_effect *effect)
{
    const struct sim_call unwanted = { .fn = sim_fence_on_unwanted, .data = (gpointer) (gsize) cox_arena_intern(sim->arena, effect->name) };

    sim_say(sim, node, "controld does not want %s to be fenced any more", effect->name);
    if (node->process[SIM_FENCE].is_up) {
        sim_post(sim, node, SIM_FENCE, &unwanted);
    }
}

void
sim_control_on_fenced(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_FENCED, .name = call->data };

    if (g_ptr_array_remove(node->control->fencings, call->data)) {
        event.done.is_ok = call->number != 0;
        event.done.life = call->boot;
        control_reign(sim, node, &event);
    }
}

void
sim_control_on_fence_news(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_FENCE_NEWS, .name = call->data };

    event.done.is_ok = true;
    event.done.life = call->boot;
    control_reign(sim, node, &event);
}

void
sim_control_on_barred(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_BARRED, .name = call->data };

    event.done.life = call->boot;
    control_reign(sim, node, &event);
}

/* A new fencer: nobody answers what the one before was asked. */
void
sim_control_on_fence_up(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) call;
    while (node->control->fencings->len > 0) {
        struct sim_call failed = { .data = node->control->fencings->pdata[0] };

        sim_control_on_fenced(sim, node, &failed);
        if (node->process[SIM_FENCE].is_up && node->control->fencings->len > 0
            && node->control->fencings->pdata[0] == failed.data) {
            break; /* asked for again at once */
        }
    }
}

void
control_set_attribute(struct sim *sim, struct sim_node *node, const struct sim_attr_wish *wish)
{
    struct sim_attr_wish *copy = cox_arena_memdup(sim->arena, wish, 1, sizeof(*wish));
    const struct sim_call call = { .fn = sim_attr_on_request, .data = copy };

    g_ptr_array_add(node->control->wishes, copy);
    copy->node = cox_arena_intern(sim->arena, wish->node);
    copy->name = cox_arena_intern(sim->arena, wish->name);
    copy->value = cox_arena_intern(sim->arena, wish->value);
    sim_post(sim, node, SIM_ATTR, &call);
}

/* A new one: nobody knows what the one before has done of this. */
void
sim_control_on_attr_up(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) call;
    for (guint i = 0; i < node->control->wishes->len; i++) {
        const struct sim_call again = { .fn = sim_attr_on_request, .data = node->control->wishes->pdata[i] };

        sim_post(sim, node, SIM_ATTR, &again);
    }
    control_leave_still(sim, node);
}

void
sim_control_on_attr_done(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) sim;
    (void) g_ptr_array_remove(node->control->wishes, call->data);
}

static void
set_attribute(struct sim *sim, struct sim_node *node, const struct cox_reign_effect *effect)
{
    const struct sim_attr_wish wish = { effect->name, effect->attribute.attribute, effect->attribute.value,
                                        effect->attribute.is_pattern, effect->attribute.may_wait };

    control_set_attribute(sim, node, &wish);
}

static void
run(struct sim *sim, struct sim_node *node, const struct cox_reign_effect *effect)
{
    switch (effect->kind) {
        case COX_REIGN_DO_WITHDRAW:
            send_withdrawal(sim, node, effect);
            break;
        case COX_REIGN_DO_ORDER:
            send_order(sim, node, effect);
            break;
        case COX_REIGN_DO_FENCE:
            ask_fence(sim, node, effect);
            break;
        case COX_REIGN_DO_SPARE:
            spare(sim, node, effect);
            break;
        case COX_REIGN_DO_ATTRIBUTE:
            set_attribute(sim, node, effect);
            break;
        case COX_REIGN_DO_FORGET:
            control_set_attribute(sim, node, &(struct sim_attr_wish) { effect->name, NULL, NULL, false, false });
            break;
        case COX_REIGN_DO_NODE:
        case COX_REIGN_DO_ERASE:
            collect_node(sim, node, effect);
            break;
        case COX_REIGN_DO_WRITE:
            write_batch(sim, node, effect->batch);
            break;
        case COX_REIGN_DO_PLAN:
            node->control->wants_plan = true;
            node->control->plan_serial++;
            node->control->plan_version = effect->plan.version;
            plan_if_possible(sim, node, NULL);
            break;
        case COX_REIGN_DO_SAVE:
        case COX_REIGN_DO_SAY:
        case COX_REIGN_DO_CLEAR:
            break;
        case COX_REIGN_DO_BEGIN:
        case COX_REIGN_DO_END:
            sim_laws_on_transition(sim, node->id, effect->kind == COX_REIGN_DO_BEGIN);
            break;
        case COX_REIGN_DO_WAKE:
            sim_timer(sim, &node->process[SIM_CONTROL], CONTROL_TIMER_REIGN, effect->at);
            break;
    }
}

void
control_reign(struct sim *sim, struct sim_node *node, const struct cox_reign_event *event)
{
    struct cox_reign_effects effects;

    if (event->kind == COX_REIGN_ON_TERM && event->node != node->id) {
        sim_laws_on_transition(sim, node->id, false);
    }
    cox_reign_effects_init(&effects);
    cox_reign_step(node->control->reign, event, sim->now, &effects);
    for (guint i = 0; i < cox_reign_effects_count(&effects); i++) {
        run(sim, node, cox_reign_effects_get(&effects, i));
    }
    cox_reign_effects_clear(&effects);
}
