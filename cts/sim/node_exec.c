/* cts/sim/node_exec.c - stands for execd: lib/exec, orders and results in files, agents that outlive it.  For tests only. */
#include "cts/sim/simdaemon.h"

#include <string.h>

#include "control/reign.h"

enum { TIMER_WAKE = 0 };

struct sim_run {
    GPtrArray *orders;  /* struct sim_errand: accepted, without a result (recurring: not cancelled) */
    GPtrArray *results; /* struct sim_result that nobody has taken */
    GPtrArray *working; /* struct sim_agent whose end was not reported */
    gint64 call_id;
    struct cox_exec_term term;
    struct sim_mark mark;         /* of controld */
    struct cox_term control_term; /* the same */
};

struct sim_exec {
    struct cox_exec *engine;
    GPtrArray *waiters; /* struct sim_errand: CANCEL and FORGET without an answer */
    bool is_refused;
};

struct sim_run *
sim_run_new(void)
{
    struct sim_run *run = g_new0(struct sim_run, 1);

    run->orders = g_ptr_array_new();
    run->results = g_ptr_array_new();
    run->working = g_ptr_array_new();
    return run;
}

void
sim_run_free(struct sim_run *run)
{
    if (run != NULL) {
        g_ptr_array_unref(run->orders);
        g_ptr_array_unref(run->results);
        g_ptr_array_unref(run->working);
        g_free(run);
    }
}

struct sim_mark *
sim_run_mark(struct sim_run *run)
{
    return &run->mark;
}

struct cox_term *
sim_run_control_term(struct sim_run *run)
{
    return &run->control_term;
}

static struct sim_errand *
find_order(const struct sim_run *run, const char *rsc_id, const char *key)
{
    for (guint i = 0; key != NULL && i < run->orders->len; i++) {
        struct sim_errand *order = run->orders->pdata[i];

        if (strcmp(order->rsc_id, rsc_id) == 0 && strcmp(order->key, key) == 0) {
            return order;
        }
    }
    return NULL;
}

/* ---- effects ---- */

static void
begin(struct sim *sim, struct sim_node *node, const struct cox_exec_effect *effect)
{
    const struct sim_errand *order = find_order(node->run, effect->rsc_id, effect->key);
    struct sim_agent model = { .run = effect->run, .rsc = sim_rsc_index(effect->rsc_id), .interval_ms = effect->interval_ms,
                               .timeout_ms = effect->timeout_ms };
    struct sim_agent *agent = NULL;
    struct sim_node *peer = NULL;

    for (size_t i = 0; order != NULL && i < order->n_params; i++) {
        if (g_str_equal(order->params[i].name, g_str_equal(effect->task, "migrate_to") ? "CRM_meta_migrate_target"
                                                                                       : "CRM_meta_migrate_source")) {
            peer = sim_node_named(sim, order->params[i].value);
            model.peer = peer == NULL ? 0 : peer->id;
        }
    }
    model.task = cox_arena_intern(sim->arena, effect->task);
    model.key = cox_arena_strdup(sim->arena, effect->key);
    if (effect->is_probe) { /* nobody has ordered it */
        model.probes = order == NULL ? model.task : order->task;
    } else if (order != NULL) {
        model.term = order->term;
        model.after = order->after;
        model.n_after = order->n_after;
    }
    sim_laws_on_order(sim, node, &model);
    agent = sim_agent_begin(sim, node, &model);
    g_ptr_array_add(node->run->working, agent);
}

static struct sim_agent *
find_agent(const struct sim_node *node, guint64 run)
{
    for (guint i = 0; i < node->run->working->len; i++) {
        struct sim_agent *agent = node->run->working->pdata[i];

        if (agent->run == run) {
            return agent;
        }
    }
    return NULL;
}

static void
report(struct sim *sim, struct sim_node *node, const struct cox_exec_effect *effect)
{
    struct sim_result *result = cox_arena_new_array(sim->arena, struct sim_result, 1);
    const struct sim_call call = { .fn = sim_control_on_result, .data = result };
    struct sim_errand *order = find_order(node->run, effect->rsc_id, effect->key);

    *result = (struct sim_result) { .rsc = sim_rsc_index(effect->rsc_id), .interval_ms = effect->interval_ms,
                                    .call_id = ++node->run->call_id, .exec_ms = effect->exec_ms, .result = effect->result,
                                    .began = sim_wall(sim) };
    result->task = cox_arena_intern(sim->arena, effect->task);
    result->key = cox_arena_strdup(sim->arena, effect->key);
    result->result.reason = cox_arena_strdup(sim->arena, effect->result.reason);
    if (order != NULL) {
        result->params = order->params;
        result->n_params = order->n_params;
    }
    if (order != NULL && effect->interval_ms == 0) {
        g_ptr_array_remove(node->run->orders, order);
    } else if (order != NULL) {
        order->has_last = true;
        order->last = result->result;
    }
    sim_say(sim, node, "execd: result %" G_GINT64_FORMAT " of %s %s: rc %d status %d", result->call_id, effect->rsc_id, effect->task,
            result->result.rc, (int) result->result.status);
    g_ptr_array_add(node->run->results, result);
    sim_laws_on_told(sim, node, result);
    sim_post(sim, node, SIM_CONTROL, &call);
}

static void
answer_waiters(struct sim *sim, struct sim_node *node, const struct cox_exec_effect *effect)
{
    int kind = effect->kind == COX_EXEC_DO_FORGOTTEN ? COX_REIGN_FORGET : COX_REIGN_CANCEL;
    struct sim_errand *order = NULL;

    for (guint i = node->run->orders->len; i > 0; i--) { /* what will not run any more */
        order = node->run->orders->pdata[i - 1];
        if (strcmp(order->rsc_id, effect->rsc_id) == 0
            && (kind == COX_REIGN_FORGET || (effect->key != NULL && strcmp(order->key, effect->key) == 0)
                || (effect->key == NULL && strcmp(order->task, effect->task) == 0 && order->interval_ms == effect->interval_ms))) {
            g_ptr_array_remove_index(node->run->orders, i - 1);
        }
    }
    for (guint i = node->exec->waiters->len; i > 0; i--) {
        struct sim_errand *waiter = node->exec->waiters->pdata[i - 1];
        const struct sim_call call = { .fn = sim_control_on_gone, .data = waiter, .number = SIM_ERRAND_DONE };

        if (waiter->kind == kind && strcmp(waiter->rsc_id, effect->rsc_id) == 0
            && (kind == COX_REIGN_FORGET
                || (strcmp(waiter->task, effect->task) == 0 && waiter->interval_ms == effect->interval_ms))) {
            g_ptr_array_remove_index(node->exec->waiters, i - 1);
            sim_post(sim, node, SIM_CONTROL, &call);
        }
    }
}

static void
refuse(struct sim *sim, struct sim_node *node, const struct cox_exec_effect *effect)
{
    node->exec->is_refused = true;
    sim_say(sim, node, "execd refuses %s %s: obeys n%u", effect->rsc_id, effect->task, effect->term.coordinator);
}

static void
carry_out(struct sim *sim, struct sim_node *node, const struct cox_exec_effect *effect)
{
    struct sim_agent *agent = NULL;

    switch (effect->kind) {
        case COX_EXEC_DO_RUN:
            begin(sim, node, effect);
            break;
        case COX_EXEC_DO_KILL:
            agent = find_agent(node, effect->run);
            if (agent != NULL) {
                sim_agent_kill(sim, agent);
            }
            break;
        case COX_EXEC_DO_REPORT:
            report(sim, node, effect);
            break;
        case COX_EXEC_DO_REFUSE:
            refuse(sim, node, effect);
            break;
        case COX_EXEC_DO_CANCELLED:
        case COX_EXEC_DO_FORGOTTEN:
            answer_waiters(sim, node, effect);
            break;
        case COX_EXEC_DO_WAKE:
            sim_timer(sim, &node->process[SIM_EXEC], TIMER_WAKE, effect->at);
            break;
    }
}

static void
step(struct sim *sim, struct sim_node *node, const struct cox_exec_event *event)
{
    struct cox_exec_effects out;

    cox_exec_effects_init(&out);
    cox_exec_step(node->exec->engine, event, sim->now, &out);
    for (guint i = 0; i < cox_exec_effects_count(&out); i++) {
        carry_out(sim, node, cox_exec_effects_get(&out, i));
    }
    cox_exec_effects_clear(&out);
}

/* ---- calls ---- */

/* The planted bug of SIM_LAW_REIGN: the executor does not hear who reigns. */
static void
note_term(struct sim *sim, struct sim_node *node, const struct cox_exec_term *term)
{
    struct cox_exec_event event = { .kind = COX_EXEC_ON_TERM };

    sim_laws_on_obeyed(sim, node, term);
    if (term->generation > node->run->term.generation) {
        node->run->term = *term;
    }
    if (sim->bug != SIM_LAW_REIGN) {
        event.term = *term;
        step(sim, node, &event);
    }
}

void
sim_exec_on_term(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    const struct cox_exec_term *term = call->data;
    const struct sim_call refused = { .fn = sim_control_on_refused, .number = term->generation };

    if (term->generation < node->run->term.generation) {
        sim_post(sim, node, SIM_CONTROL, &refused);
    } else {
        note_term(sim, node, term);
    }
}

/* The planted bug of SIM_LAW_FOLLOWS: the executor does not wait. */
static struct cox_exec_order
order_of(const struct sim *sim, const struct sim_errand *errand)
{
    struct cox_exec_order order = { errand->rsc_id, errand->task, errand->key, errand->interval_ms, errand->timeout_ms,
                                    errand->start_delay_ms, errand->term, errand->after,
                                    sim->bug == SIM_LAW_FOLLOWS ? 0 : errand->n_after };

    if (sim->bug == SIM_LAW_REIGN) {
        order.term = (struct cox_exec_term) { 1, 1 };
    }
    return order;
}

static bool
has_result(const struct sim_run *run, const struct sim_errand *errand)
{
    for (guint i = 0; i < run->results->len; i++) {
        const struct sim_result *result = run->results->pdata[i];

        if (g_strcmp0(result->key, errand->key) == 0 && result->rsc == sim_rsc_index(errand->rsc_id)) {
            return true;
        }
    }
    return false;
}

/* A recurring operation that was ordered anew: of its older order nothing comes any more. */
static void
drop_older(const struct sim_run *run, const struct sim_errand *errand)
{
    for (guint i = run->orders->len; errand->interval_ms > 0 && i > 0; i--) {
        const struct sim_errand *order = run->orders->pdata[i - 1];

        if (order != errand && order->interval_ms == errand->interval_ms && strcmp(order->task, errand->task) == 0
            && strcmp(order->rsc_id, errand->rsc_id) == 0) {
            g_ptr_array_remove_index(run->orders, i - 1);
        }
    }
}

void
sim_exec_on_errand(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_errand *errand = call->data;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_ORDER };
    struct sim_call answer = { .fn = sim_control_on_gone, .data = errand };

    event.order = order_of(sim, errand);
    node->exec->is_refused = false;
    if (errand->kind == COX_REIGN_RUN) {
        if (has_result(node->run, errand)) { /* given again: its result waits to be taken */
            answer.number = SIM_ERRAND_DONE;
            sim_post(sim, node, SIM_CONTROL, &answer);
            return;
        }
        if (find_order(node->run, errand->rsc_id, errand->key) == NULL) {
            g_ptr_array_add(node->run->orders, errand);
        }
    } else if (errand->kind == COX_REIGN_WITHDRAW) {
        event.kind = COX_EXEC_ON_WITHDRAW;
    } else {
        event.kind = errand->kind == COX_REIGN_FORGET ? COX_EXEC_ON_FORGET : COX_EXEC_ON_CANCEL;
        g_ptr_array_add(node->exec->waiters, errand);
    }
    step(sim, node, &event);
    if (node->exec->is_refused) {
        g_ptr_array_remove(node->run->orders, errand);
        g_ptr_array_remove(node->exec->waiters, errand);
        answer.number = SIM_ERRAND_REFUSED;
        sim_post(sim, node, SIM_CONTROL, &answer);
        return;
    }
    sim_laws_on_obeyed(sim, node, &errand->term);
    if (errand->term.generation > node->run->term.generation) {
        node->run->term = errand->term;
    }
    if (errand->kind == COX_REIGN_RUN) {
        drop_older(node->run, errand);
    }
    if (errand->kind == COX_REIGN_RUN || errand->kind == COX_REIGN_WITHDRAW) {
        answer.number = SIM_ERRAND_DONE;
        sim_post(sim, node, SIM_CONTROL, &answer);
    }
}

void
sim_exec_on_query(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct cox_inflight *copy = NULL;
    struct sim_call answer = { .fn = sim_control_on_inflight };

    (void) call;
    cox_exec_inflight(node->exec->engine, list);
    copy = cox_arena_memdup(sim->arena, list->data, list->len, sizeof(*copy));
    for (guint i = 0; i < list->len; i++) {
        copy[i].rsc_id = cox_arena_intern(sim->arena, copy[i].rsc_id);
        copy[i].task = cox_arena_intern(sim->arena, copy[i].task);
        copy[i].key = cox_arena_strdup(sim->arena, copy[i].key);
    }
    answer.data = copy;
    answer.number = list->len;
    g_array_unref(list);
    sim_post(sim, node, SIM_CONTROL, &answer);
}

void
sim_exec_on_taken(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) sim;
    for (guint i = node->run->results->len; i > 0; i--) {
        if (((const struct sim_result *) node->run->results->pdata[i - 1])->call_id <= (gint64) call->number) {
            g_ptr_array_remove_index(node->run->results, i - 1);
        }
    }
}

void
sim_exec_tell(struct sim *sim, struct sim_node *node)
{
    for (guint i = 0; i < node->run->results->len; i++) {
        const struct sim_call call = { .fn = sim_control_on_result, .data = node->run->results->pdata[i] };

        sim_post(sim, node, SIM_CONTROL, &call);
    }
}

void
sim_exec_on_ended(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_agent *agent = call->data;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_RESULT, .run = agent->run };

    if (!g_ptr_array_remove(node->run->working, agent)) {
        return;
    }
    event.ended.result = agent->result;
    step(sim, node, &event);
}

void
sim_exec_wake(struct sim *sim, struct sim_node *node, guint timer)
{
    (void) timer;
    step(sim, node, &(struct cox_exec_event) { .kind = COX_EXEC_ON_WAKE });
}

/* ---- life ---- */

/* The planted bug of SIM_LAW_OVERLAP: the new executor does not look for what its predecessor has begun. */
static void
recover(struct sim *sim, struct sim_node *node)
{
    for (guint i = 0; i < node->run->working->len && sim->bug != SIM_LAW_OVERLAP; i++) {
        const struct sim_agent *agent = node->run->working->pdata[i];
        struct cox_exec_event event = { .kind = COX_EXEC_ON_RECOVERED, .run = agent->run };

        event.is_probe = agent->probes != NULL;
        event.begun_at = agent->begun_at;
        event.order = (struct cox_exec_order) { .rsc_id = sim_rsc_names[agent->rsc],
                                                .task = event.is_probe ? agent->probes : agent->task, .key = agent->key,
                                                .interval_ms = agent->interval_ms, .timeout_ms = agent->timeout_ms,
                                                .term = agent->term };
        step(sim, node, &event);
    }
}

/* An order that has a result is over; the others go on. */
static void
tell_rearmed(struct sim *sim, struct sim_node *node)
{
    for (guint i = node->run->orders->len; i > 0; i--) {
        const struct sim_errand *order = node->run->orders->pdata[i - 1];

        if (order->interval_ms == 0 && has_result(node->run, order)) {
            g_ptr_array_remove_index(node->run->orders, i - 1);
        }
    }
    for (guint i = 0; i < node->run->orders->len; i++) {
        const struct sim_errand *order = node->run->orders->pdata[i];
        struct cox_exec_event event = { .kind = COX_EXEC_ON_REARMED, .last = order->has_last ? &order->last : NULL };

        event.order = order_of(sim, order);
        step(sim, node, &event);
    }
}

/* What has ended meanwhile; now and then nobody saw how. */
static void
tell_ended(struct sim *sim, struct sim_node *node)
{
    for (guint i = node->run->working->len; i > 0; i--) {
        struct sim_agent *agent = node->run->working->pdata[i - 1];
        struct cox_exec_event event = { .kind = sim_pick(sim, 4) == 0 ? COX_EXEC_ON_LOST : COX_EXEC_ON_RESULT, .run = agent->run };

        if (agent->is_over) {
            event.ended.result = agent->result;
            g_ptr_array_remove_index(node->run->working, i - 1);
            step(sim, node, &event);
        }
    }
}

void
sim_exec_start(struct sim *sim, struct sim_node *node)
{
    const struct cox_exec_config config = { .seed = node->id, .pending_ms = 2000, .probe_timeout_ms = 20000 };
    const struct sim_call up = { .fn = sim_control_on_exec_up };

    node->exec = g_new0(struct sim_exec, 1);
    node->exec->engine = cox_exec_new(&config);
    node->exec->waiters = g_ptr_array_new();
    step(sim, node, &(struct cox_exec_event) { .kind = COX_EXEC_ON_LIMIT, .limit = cox_reign_action_limit(0, sim->action_limit, SIM_CORES) });
    if (node->run->term.generation != 0) {
        note_term(sim, node, &node->run->term);
    }
    tell_rearmed(sim, node);
    recover(sim, node);
    step(sim, node, &(struct cox_exec_event) { .kind = COX_EXEC_ON_READY });
    tell_ended(sim, node);
    sim_post(sim, node, SIM_CONTROL, &up);
    sim_exec_tell(sim, node);
}

void
sim_exec_stop(struct sim *sim, struct sim_node *node)
{
    (void) sim;
    cox_exec_free(node->exec->engine);
    g_ptr_array_unref(node->exec->waiters);
    g_clear_pointer(&node->exec, g_free);
}
