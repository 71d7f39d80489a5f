/* daemons/controld/realm.c - the coordinator: lib/control/reign to and from group, scheduler, fencer and document.  Layer 6. */
#include "daemons/controld/controld.h"

#include <string.h>

#include "base/error.h"
#include "cib/overlay.h"
#include "control/failure.h"
#include "daemons/controld/alerts.h"
#include "daemons/controld/chronicle.h"
#include "daemons/controld/wishes.h"
#include "fence/fence.h"
#include "model/graphattr.h"

/* A plan that takes longer counts as a crash of the scheduler. */
enum { PLAN_LIMIT_MS = 120000 };
/* Who asks for fencing, as histories show it. */
#define CLIENT "cox-controld"

static void
on_timer(void *context)
{
    struct controld *controld = context;

    controld->reign_timer = 0;
    controld_realm_step(controld, &(struct cox_reign_event) { .kind = COX_REIGN_ON_WAKE });
}

/* ---- plans ---- */

static void
forget_answer(struct controld *controld)
{
    g_clear_pointer(&controld->plan_text, g_byte_array_unref);
    g_clear_pointer(&controld->plan_input, g_free);
}

static void
no_plan(struct controld *controld, const GError *problem)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_NO_PLAN };

    forget_answer(controld);
    event.plan.has_crashed = g_error_matches(problem, COX_ERROR, COX_ERROR_DISCONNECTED)
                             || g_error_matches(problem, COX_ERROR, COX_ERROR_TIMEOUT);
    cox_log_event(controld->log, COX_EVENT_NO_PLAN, "reason=\"%s\"", problem->message);
    controld_chronicle_trouble(controld, "no plan could be made", problem->message);
    controld_realm_step(controld, &event);
}

/* The engine says which graph it uses; the other one is freed. */
static void
use_plan(struct controld *controld, struct cox_codec_graph *graph)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_PLAN };
    struct cox_codec_graph *before = controld->graph;

    event.plan.graph = &graph->graph;
    event.plan.wall = cox_runtime_wall(controld->runtime);
    event.plan.recheck_by = controld->plan.recheck_by == 0 ? COX_WALL_NONE : cox_wall_from_seconds(controld->plan.recheck_by);
    if (graph->graph.n_actions > 0) {
        cox_log_line(controld->log, COX_LOG_NOTICE, "plan transition=%" G_GUINT64_FORMAT " actions=%" G_GSIZE_FORMAT " input=%s",
                     controld->transition, graph->graph.n_actions, controld->plan_input == NULL ? "-" : controld->plan_input);
    }
    controld->graph = graph;
    controld_realm_step(controld, &event);
    if (cox_reign_graph(controld->reign) == &graph->graph) {
        cox_codec_graph_free(before);
    } else {
        controld->graph = before;
        cox_codec_graph_free(graph);
    }
}

static bool
on_plan_data(void *context, const guint8 *data, gsize size, GError **error)
{
    struct controld *controld = context;

    if (controld->plan_text == NULL || controld->plan_text->len + size > COX_CODEC_GRAPH_MAX_BYTES) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_SYNTAX, "the plan is larger than a plan can be");
        return false;
    }
    g_byte_array_append(controld->plan_text, data, (guint) size);
    return true;
}

static void
on_plan_end(void *context, const GError *problem)
{
    struct controld *controld = context;
    struct cox_codec_graph *graph = NULL;
    g_autoptr(GError) error = NULL;

    if (controld->plan_text == NULL) {
        return;
    }
    controld->plan_request = 0;
    if (problem != NULL) {
        no_plan(controld, problem);
        return;
    }
    graph = cox_codec_graph_read((const char *) controld->plan_text->data, controld->plan_text->len, &error);
    if (graph == NULL) {
        no_plan(controld, error);
        return;
    }
    use_plan(controld, graph);
    forget_answer(controld);
}

static void
on_plan(void *context, const struct cox_client_reply *reply)
{
    struct controld *controld = context;
    const struct cox_msg_sched_plan *plan = reply->body;
    const struct cox_sink sink = { on_plan_data, on_plan_end, controld };

    if (reply->error != NULL) {
        controld->plan_request = 0;
        no_plan(controld, reply->error);
        return;
    }
    if (reply->message != COX_MSG_SCHED_PLAN || !reply->has_body) {
        g_autoptr(GError) error = g_error_new_literal(COX_ERROR, COX_ERROR_PROTOCOL, "the scheduler's answer has no plan");

        controld->plan_request = 0;
        no_plan(controld, error);
        return;
    }
    forget_answer(controld);
    controld->plan_text = g_byte_array_new();
    controld->plan.recheck_by = plan->recheck_by;
    controld->plan_input = g_strdup(plan->input);
    for (gsize i = 0; i < plan->n_problems; i++) {
        cox_log_line(controld->log, COX_LOG_INFO, "configuration problem=\"%s\"", plan->problems[i]);
    }
    controld_neighbours_receive(&controld->neighbours, COX_DAEMON_SCHED, reply->id, &sink);
}

static void
ask_plan(struct controld *controld, const struct cox_reign_effect *effect)
{
    g_autoptr(GArray) inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    g_autoptr(GArray) flying = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_exec_flying));
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(const char *));
    g_autoptr(GPtrArray) histories = g_ptr_array_new();
    g_autoptr(GArray) facts = g_array_new(FALSE, FALSE, sizeof(struct cox_reign_value));
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_sched_value));
    struct cox_msg_sched_ask ask = { .admin_epoch = effect->plan.version.admin_epoch,
                                     .epoch = effect->plan.version.epoch,
                                     .num_updates = effect->plan.version.num_updates,
                                     .is_fallback = effect->plan.is_fallback,
                                     .transition = ++controld->transition };
    struct cox_client_call call = { .message = COX_MSG_SCHED_ASK, .body = &ask, .timeout_ms = PLAN_LIMIT_MS, .fn = on_plan,
                                    .context = controld };

    if (controld->plan_request != 0) { /* of a reign that is over: its answer must not be taken for ours */
        controld_neighbours_cancel(&controld->neighbours, COX_DAEMON_SCHED, controld->plan_request);
        forget_answer(controld);
    }
    cox_reign_inflight(controld->reign, inflight);
    for (guint i = 0; i < inflight->len; i++) {
        const struct cox_inflight *one = &g_array_index(inflight, struct cox_inflight, i);
        const struct cox_msg_exec_flying record = { .rsc_id = one->rsc_id, .task = one->task, .interval_ms = one->interval_ms,
                                                    .key = one->key, .generation = one->generation, .is_running = one->is_running,
                                                    .migrate_source = one->migrate_source, .migrate_target = one->migrate_target };

        if (one->rsc_id != NULL && one->node != NULL) {
            g_array_append_val(flying, record);
            g_array_append_val(nodes, one->node);
        }
    }
    ask.n_inflight = flying->len;
    ask.inflight = (const struct cox_msg_exec_flying *) (const void *) flying->data;
    ask.n_inflight_nodes = nodes->len;
    ask.inflight_nodes = (const char *const *) (const void *) nodes->data;
    cox_reign_facts(controld->reign, histories, facts);
    for (guint i = 0; i < facts->len; i++) {
        const struct cox_reign_value *fact = &g_array_index(facts, struct cox_reign_value, i);
        const struct cox_msg_sched_value value = { fact->node, fact->name, fact->value };

        g_array_append_val(values, value);
    }
    ask.n_histories = histories->len;
    ask.histories = (const char *const *) (const void *) histories->pdata;
    ask.n_values = values->len;
    ask.values = (const struct cox_msg_sched_value *) (const void *) values->data;
    controld->plan_request = controld_neighbours_ask(&controld->neighbours, COX_DAEMON_SCHED, &call);
}

/* ---- orders ---- */

static void
send_order(struct controld *controld, const struct cox_reign_effect *effect)
{
    const struct cox_action *action = effect->order.action;
    g_autoptr(GArray) params = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_pair));
    g_autoptr(GArray) after = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_exec_name));
    g_autofree char *key = g_strdup_printf("%u:%" G_GUINT64_FORMAT ":%" G_GINT64_FORMAT ":%s", (unsigned int) action->id,
                                           controld->transition, cox_action_number(action, "CRM_meta_op_target_rc"), controld->uuid);
    const char *task = effect->order.kind == COX_REIGN_CANCEL
                           ? cox_action_attribute(action, "CRM_meta_operation") : action->task;
    struct cox_msg_control_order order = { .target = effect->node,
                                           .kind = effect->order.kind,
                                           .generation = cox_election_term(controld->election).generation,
                                           .rsc_id = action->rsc_id,
                                           .standard = action->rsc_standard,
                                           .provider = action->rsc_provider,
                                           .type = action->rsc_type,
                                           .task = task == NULL ? action->task : task,
                                           .key = key,
                                           .interval_ms = action->interval_ms,
                                           .timeout_ms = cox_action_number(action, "CRM_meta_timeout"),
                                           .start_delay_ms = cox_action_number(action, "CRM_meta_start_delay") };

    for (size_t i = 0; effect->order.kind == COX_REIGN_RUN && i < action->n_attributes; i++) {
        const struct cox_msg_pair pair = { action->attributes[i].name, action->attributes[i].value };

        g_array_append_val(params, pair);
    }
    for (size_t i = 0; i < effect->order.n_after; i++) {
        const struct cox_msg_exec_name name = { effect->order.after[i].rsc_id, effect->order.after[i].task };

        g_array_append_val(after, name);
    }
    order.kind = after->len > 0 ? COX_REIGN_FOLLOW : effect->order.kind;
    order.after = (const struct cox_msg_exec_name *) (const void *) after->data;
    order.n_after = after->len;
    order.params = (const struct cox_msg_pair *) (const void *) params->data;
    order.n_params = params->len;
    order.node = action->router_node != NULL ? action->node_name : NULL;
    cox_log_line(controld->log, COX_LOG_INFO, "order node=%s task=%s rsc=%s interval_ms=%" G_GINT64_FORMAT " after=%s", effect->name,
                 action->task, action->rsc_id == NULL ? "-" : action->rsc_id, action->interval_ms, after->len == 0 ? "-" : order.after[0].rsc_id);
    (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_ORDER, &order);
}

static void
send_withdrawal(struct controld *controld, const struct cox_reign_effect *effect)
{
    const struct cox_msg_control_order order = { .target = effect->node,
                                                 .kind = COX_REIGN_WITHDRAW,
                                                 .generation = cox_election_term(controld->election).generation,
                                                 .rsc_id = effect->withdraw.rsc_id,
                                                 .task = effect->withdraw.task,
                                                 .interval_ms = effect->withdraw.interval_ms };

    cox_log_line(controld->log, COX_LOG_INFO, "withdraw node=%s task=%s rsc=%s interval_ms=%" G_GINT64_FORMAT, effect->name, order.task,
                 order.rsc_id, order.interval_ms);
    (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_ORDER, &order);
}

/* ---- fencing ---- */

/* Not only when it has somebody fenced: the one before may still do, when it was stopped and goes on. */
void
controld_realm_elected(struct controld *controld, struct cox_term term)
{
    const struct cox_msg_fence_term body = { .generation = term.generation, .coordinator = term.coordinator };
    struct cox_client_call call = { .message = COX_MSG_FENCE_TERM, .body = &body, .timeout_ms = 30000 };

    (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_FENCE, &call);
}

struct fencing {
    struct controld *controld;
    char *target;
    guint64 generation;
    bool is_unfencing;
};

static void
on_fenced(void *context, const struct cox_client_reply *reply)
{
    struct fencing *fencing = context;
    struct controld *controld = fencing->controld;
    const struct cox_msg_fence_finished *finished = reply->body;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_FENCED, .name = fencing->target };

    event.done.is_ok = reply->error == NULL && reply->message == COX_MSG_FENCE_FINISHED && finished->is_ok != 0;
    event.done.is_unfencing = fencing->is_unfencing;
    event.done.at = cox_runtime_wall(controld->runtime);
    event.done.life = event.done.is_ok ? finished->life : 0;
    if (reply->message == COX_MSG_FENCE_FINISHED && g_strcmp0(finished->reason, COX_FENCE_WITHDRAWN_TEXT) == 0) {
        cox_log_line(controld->log, COX_LOG_NOTICE, "not fenced node=%s reason=\"" COX_FENCE_WITHDRAWN_TEXT "\"", fencing->target);
    } else if (event.done.is_ok) {
        cox_log_line(controld->log, COX_LOG_NOTICE, "fenced node=%s", fencing->target);
    } else {
        cox_log_event(controld->log, COX_EVENT_FENCE_FAILED, "node=%s reason=\"%s\"", fencing->target,
                      reply->error != NULL ? reply->error->message
                      : reply->message == COX_MSG_FENCE_FINISHED && finished->reason != NULL ? finished->reason
                                                                                             : "no reason told");
    }
    controld_realm_step(controld, &event);
    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_OLD)) {
        controld_crew_outdated(controld, fencing->generation);
    }
    g_free(fencing->target);
    g_free(fencing);
}

static enum cox_fence_action
fence_action_of(const char *how)
{
    return g_str_equal(how, "on") ? COX_FENCE_ON : g_str_equal(how, "off") ? COX_FENCE_OFF : COX_FENCE_REBOOT;
}

static void
ask_fence(struct controld *controld, const struct cox_reign_effect *effect)
{
    struct cox_term term = cox_election_term(controld->election);
    struct fencing *fencing = g_new(struct fencing, 1);
    const char *delay = cox_action_attribute(effect->fence.action, "priority-fencing-delay");
    const struct cox_msg_fence_ask ask = { .target = effect->name,
                                           .action = fence_action_of(effect->fence.how),
                                           .delay_ms = delay == NULL ? 0 : 1000 * g_ascii_strtoll(delay, NULL, 10),
                                           .is_unfencing = g_str_equal(effect->fence.how, "on"),
                                           .generation = term.generation,
                                           .coordinator = term.coordinator,
                                           .life = effect->fence.life,
                                           .client = CLIENT };
    struct cox_client_call call = { .message = COX_MSG_FENCE_ASK, .body = &ask, .fn = on_fenced, .context = fencing };

    *fencing = (struct fencing) { controld, g_strdup(effect->name), term.generation, g_str_equal(effect->fence.how, "on") };
    cox_log_line(controld->log, COX_LOG_NOTICE, "fencing node=%s action=%s", effect->name, effect->fence.how);
    controld_chronicle_fence_asked(controld, effect);
    (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_FENCE, &call);
}

static void
spare(struct controld *controld, const struct cox_reign_effect *effect)
{
    const struct cox_msg_fence_withdraw unwanted = { .target = effect->name, .client = CLIENT };
    struct cox_client_call call = { .message = COX_MSG_FENCE_WITHDRAW, .body = &unwanted };

    cox_log_line(controld->log, COX_LOG_NOTICE, "fencing withdrawn node=%s reason=\"it is back, and what it did is known\"", effect->name);
    (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_FENCE, &call);
}

static void
on_barred(struct controld *controld, const struct cox_msg_fence_news *news)
{
    cox_log_line(controld->log, COX_LOG_NOTICE, "not admitted node=%s reason=\"it was reported down and is alive\"", news->barred);
    if (controld->reign == NULL) {
        g_hash_table_replace(controld->barred, g_strdup(news->barred), g_memdup2(&news->life, sizeof news->life));
    }
    controld_realm_step(controld, &(struct cox_reign_event) { .kind = COX_REIGN_ON_BARRED, .name = news->barred,
                                                              .done = { .life = news->life } });
    if (news->is_ours_to_say != 0) {
        controld_alert_barred(&controld->neighbours, news->barred);
    }
    controld_chronicle_trouble(controld, "a node is not admitted", news->barred);
}

void
controld_realm_on_fencing(void *context, const struct cox_client_event *event)
{
    struct controld *controld = context;
    const struct cox_msg_fence_news *news = event->body;
    struct cox_reign_event mine = { .kind = COX_REIGN_ON_FENCE_NEWS };

    if (event->kind != COX_CLIENT_EVENT || event->message != COX_MSG_FENCE_NEWS) {
        return;
    }
    if (news->barred != NULL) {
        on_barred(controld, news);
    }
    if (news->n_event > 0) {
        controld_alert_fencing(&controld->neighbours, &news->event[0]);
        controld_chronicle_fenced(controld, &news->event[0]);
    }
    if (news->n_event == 0 || news->event[0].state != 1 || news->event[0].action == COX_FENCE_ON || news->event[0].target == NULL
        || controld->reign == NULL) {
        return;
    }
    mine.name = news->event[0].target;
    mine.done.is_ok = true;
    mine.done.life = news->event[0].life;
    controld_realm_step(controld, &mine);
}

/* ---- effects ---- */

static void
tell_transition(struct controld *controld, const struct cox_reign_effect *effect)
{
    bool is_over = effect->kind == COX_REIGN_DO_END;
    const struct cox_msg_control_transition news = { .transition = controld->transition,
                                                     .is_over = is_over,
                                                     .n_actions = effect->transition.n_actions,
                                                     .n_failed = effect->transition.n_failed,
                                                     .input = controld->plan_input };

    if (is_over) {
        cox_log_line(controld->log, COX_LOG_NOTICE, "transition over actions=%u failed=%u aborted=%d",
                     (unsigned int) effect->transition.n_actions, (unsigned int) effect->transition.n_failed,
                     (int) effect->transition.is_aborted);
    }
    controld_chronicle_transition(controld, effect);
    cox_service_publish(controld->ctx, "transitions", COX_MSG_CONTROL_TRANSITION, &news, NULL);
}

static void
run(struct controld *controld, const struct cox_reign_effect *effect)
{
    switch (effect->kind) {
        case COX_REIGN_DO_ORDER:
            send_order(controld, effect);
            break;
        case COX_REIGN_DO_WITHDRAW:
            send_withdrawal(controld, effect);
            break;
        case COX_REIGN_DO_FENCE:
            ask_fence(controld, effect);
            break;
        case COX_REIGN_DO_SPARE:
            spare(controld, effect);
            break;
        case COX_REIGN_DO_ATTRIBUTE:
            controld_wish_attribute(controld, effect->name, &effect->attribute);
            break;
        case COX_REIGN_DO_FORGET:
            controld_wish_forgotten(controld, effect->name);
            break;
        case COX_REIGN_DO_NODE:
        case COX_REIGN_DO_ERASE:
            controld_papers_node(controld, effect);
            break;
        case COX_REIGN_DO_WRITE:
            controld_papers_write(controld, effect->batch);
            break;
        case COX_REIGN_DO_PLAN:
            ask_plan(controld, effect);
            break;
        case COX_REIGN_DO_SAVE:
            break; /* the scheduler saves inputs; the one that crashed it is named below */
        case COX_REIGN_DO_SAY:
            cox_log_event(controld->log, COX_EVENT_CONFIG_ASIDE, "version=%s object=%s fallback=%s", effect->guard.config,
                          effect->guard.object == NULL ? "-" : effect->guard.object,
                          effect->guard.fallback == NULL ? "none" : effect->guard.fallback);
            controld_chronicle_trouble(controld, "a configuration crashes the scheduler and was set aside", effect->guard.config);
            break;
        case COX_REIGN_DO_CLEAR:
            cox_log_line(controld->log, COX_LOG_NOTICE, "planning works again version=%s", effect->guard.config);
            break;
        case COX_REIGN_DO_BEGIN:
        case COX_REIGN_DO_END:
            tell_transition(controld, effect);
            break;
        case COX_REIGN_DO_WAKE:
            cox_runtime_cancel(controld->runtime, controld->reign_timer);
            controld->reign_timer = cox_runtime_timer(controld->runtime, effect->at, on_timer, controld);
            break;
    }
}

void
controld_realm_step(struct controld *controld, const struct cox_reign_event *event)
{
    struct cox_reign_effects effects;

    if (controld->reign == NULL) {
        return;
    }
    cox_reign_effects_init(&effects);
    cox_reign_step(controld->reign, event, cox_runtime_now(controld->runtime), &effects);
    for (guint i = 0; i < cox_reign_effects_count(&effects); i++) {
        run(controld, cox_reign_effects_get(&effects, i));
    }
    cox_reign_effects_clear(&effects);
}

/* ---- messages ---- */

bool
controld_realm_on_result(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_result *body = request->body;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_RESULT, .node = request->node, .name = body->node };
    g_autofree char *count_name = NULL, *time_name = NULL;
    const char *node = NULL;
    const struct cox_cib *cib = cox_follow_cib(controld->follow);

    (void) reply;
    (void) error;
    controld_chronicle_result(controld, request->node, body);
    if (body->rsc_id == NULL || body->task == NULL || controld->reign == NULL) {
        return true;
    }
    event.result.order = (enum cox_reign_order) body->kind;
    event.result.rsc_id = body->rsc_id;
    event.result.task = body->task;
    event.result.interval_ms = body->interval_ms;
    event.result.rc = (int) body->rc;
    event.result.status = (int) body->status;
    event.result.target_rc = cox_oplog_target_rc(body->key);
    event.result.call_id = body->call_id;
    event.result.began = cox_wall_from_seconds(body->began_at);
    event.result.history = body->history;
    node = body->node != NULL ? body->node : cox_reign_node_name(controld->reign, request->node);
    count_name = cox_failure_count_name(body->rsc_id, body->task, body->interval_ms);
    time_name = cox_failure_time_name(body->rsc_id, body->task, body->interval_ms);
    event.result.has_counts = node != NULL && cib != NULL;
    event.result.count_now = cib == NULL ? NULL : cox_overlay_now(cox_cib_root(cib), node, count_name);
    event.result.time_now = cib == NULL ? NULL : cox_overlay_now(cox_cib_root(cib), node, time_name);
    controld_refreshed(controld, request->node, body);
    controld_realm_step(controld, &event);
    return true;
}

bool
controld_realm_on_recorded(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_control_recorded *body = request->body;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_RECORDED, .node = request->node };

    (void) reply;
    (void) error;
    if (body->n_state > 0) {
        event.done.call_id = body->call_id;
        event.done.version = controld_wire_version(&body->state[0]);
        controld_realm_step(cox_service_data(ctx), &event);
    }
    return true;
}

/* ---- life ---- */

void
controld_realm_start(struct controld *controld)
{
    const struct cox_reign_config config = { .self = controld->self,
                                             .cluster_delay_ms = 60000,
                                             .process_grace_ms = 10000,
                                             .settle_ms = 2000,
                                             .record_grace_ms = 30000,
                                             .retry_ms = 1000,
                                             .crash_limit = 3 };
    GHashTableIter barred;
    gpointer name, life;

    controld->reign = cox_reign_new(&config);
    g_hash_table_iter_init(&barred, controld->barred);
    while (g_hash_table_iter_next(&barred, &name, &life)) {
        controld_realm_step(controld, &(struct cox_reign_event) { .kind = COX_REIGN_ON_BARRED, .name = name, .done = { .life = *(guint64 *) life } });
    }
    g_hash_table_remove_all(controld->barred);
}

void
controld_realm_stop(struct controld *controld)
{
    forget_answer(controld);
    g_clear_pointer(&controld->reign, cox_reign_free);
    cox_codec_graph_free(controld->graph);
}
