/* daemons/execd/handlers.c - messages become events of the engine.  Layer 6. */
#include "execd.h"

#include <string.h>

#include "base/error.h"

/* One step; false with COX_ERROR_OLD when the engine refused. */
static bool
step_or_refuse(struct execd *execd, const struct cox_exec_event *event, GError **error)
{
    execd->is_refused = false;
    execd_step(execd, event);
    if (execd->is_refused) {
        g_set_error(error, COX_ERROR, COX_ERROR_OLD,
                    "resource '%s': the order is of generation %" G_GUINT64_FORMAT " of node %u; since generation %" G_GUINT64_FORMAT
                    " node %u gives orders",
                    event->order.rsc_id, event->order.term.generation, (unsigned int) event->order.term.coordinator,
                    execd->refused_by.generation, (unsigned int) execd->refused_by.coordinator);
        return false;
    }
    return true;
}

static void
answer_number(struct cox_reply *reply, guint64 number)
{
    const struct cox_msg_done done = { .number = number };

    cox_reply_set(reply, COX_MSG_DONE, &done);
}

/* Take it, unless it is known already; it is freed or kept. */
static bool
accept(struct execd *execd, struct execd_order *order, struct cox_reply *reply, GError **error)
{
    struct cox_exec_event event = { .kind = COX_EXEC_ON_ORDER, .order = execd_order_told(order) };
    const struct execd_order *known = execd_order_find(execd, event.order.rsc_id, event.order.key);
    guint64 number = known != NULL ? known->id : execd_result_of_key(execd, event.order.rsc_id, event.order.key);
    struct execd_order *older = execd_order_find_same(execd, order);

    if (number != 0) { /* sent again: it is under way, or its result is */
        execd_order_free(order);
        answer_number(reply, number);
        return true;
    }
    number = order->id;
    execd_term_note(execd, event.order.term);
    execd_order_keep(execd, order);
    if (!step_or_refuse(execd, &event, error)) {
        execd_order_drop(execd, order);
        return false;
    }
    if (older != NULL) {
        execd_order_drop(execd, older);
    }
    answer_number(reply, number);
    return true;
}

bool
execd_on_order(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct execd *execd = cox_service_data(ctx);
    struct execd_order *order = execd_order_new(execd, request->body, error);

    return order != NULL && accept(execd, order, reply, error);
}

bool
execd_on_follow(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct execd *execd = cox_service_data(ctx);
    struct execd_order *order = execd_order_follow(execd, request->body, error);

    return order != NULL && accept(execd, order, reply, error);
}

static void
add_waiter(struct execd *execd, struct cox_reply *reply, const struct cox_exec_order *order)
{
    struct execd_waiter *waiter = g_new0(struct execd_waiter, 1);

    waiter->ticket = cox_reply_defer(reply);
    waiter->rsc_id = g_strdup(order->rsc_id);
    waiter->task = g_strdup(order->task);
    waiter->interval_ms = order->interval_ms;
    g_ptr_array_add(execd->waiters, waiter);
}

/* A step that answers when something is gone. */
static bool
wait_for(struct execd *execd, const struct cox_exec_event *event, struct cox_reply *reply, GError **error)
{
    execd_term_note(execd, event->order.term);
    add_waiter(execd, reply, &event->order);
    if (!step_or_refuse(execd, event, error)) {
        g_ptr_array_remove_index(execd->waiters, execd->waiters->len - 1);
        return false;
    }
    return true;
}

static bool
is_under_way(const struct execd *execd, const struct cox_exec_order *order)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));

    cox_exec_inflight(execd->engine, list);
    for (guint i = 0; i < list->len; i++) {
        const struct cox_inflight *inflight = &g_array_index(list, struct cox_inflight, i);

        if (inflight->is_running && inflight->interval_ms == 0 && strcmp(inflight->rsc_id, order->rsc_id) == 0
            && strcmp(inflight->task, order->task) == 0) {
            return true;
        }
    }
    return false;
}

bool
execd_on_cancel(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct execd *execd = cox_service_data(ctx);
    const struct cox_msg_exec_cancel *body = request->body;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_CANCEL };

    if (body->rsc_id == NULL || body->task == NULL || body->interval_ms < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "cancellation: it names no resource, no task, or a negative interval");
        return false;
    }
    event.order = (struct cox_exec_order) { .rsc_id = body->rsc_id, .task = body->task, .interval_ms = body->interval_ms,
                                            .term = { body->generation, (guint32) body->coordinator } };
    if (body->interval_ms == 0 && is_under_way(execd, &event.order)) {
        g_set_error(error, COX_ERROR, COX_ERROR_UNSAFE, "resource '%s', task '%s': it has begun and is not undone; wait for its result",
                    body->rsc_id, body->task);
        return false;
    }
    return wait_for(execd, &event, reply, error);
}

bool
execd_on_withdraw(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct execd *execd = cox_service_data(ctx);
    const struct cox_msg_exec_withdraw *body = request->body;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_WITHDRAW };

    (void) reply;
    if (body->rsc_id == NULL || body->task == NULL || body->interval_ms < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "withdrawal: it names no resource, no task, or a negative interval");
        return false;
    }
    event.order = (struct cox_exec_order) { .rsc_id = body->rsc_id, .task = body->task, .interval_ms = body->interval_ms,
                                            .term = { body->generation, (guint32) body->coordinator } };
    execd_term_note(execd, event.order.term);
    return step_or_refuse(execd, &event, error);
}

bool
execd_on_limit(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_exec_limit *body = request->body;

    (void) reply;
    (void) error;
    execd_step(cox_service_data(ctx), &(struct cox_exec_event) { .kind = COX_EXEC_ON_LIMIT, .limit = (guint) MIN(body->limit, EXECD_MOST_ACTIONS) });
    return true;
}

bool
execd_on_forget(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct execd *execd = cox_service_data(ctx);
    const struct cox_msg_exec_forget *body = request->body;
    struct cox_exec_event event = { .kind = COX_EXEC_ON_FORGET };

    if (body->rsc_id == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "nothing to forget: name a resource");
        return false;
    }
    event.order = (struct cox_exec_order) { .rsc_id = body->rsc_id, .term = { body->generation, (guint32) body->coordinator } };
    return wait_for(execd, &event, reply, error);
}

bool
execd_on_term(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct execd *execd = cox_service_data(ctx);
    const struct cox_msg_exec_term *body = request->body;
    const struct cox_exec_event event = { .kind = COX_EXEC_ON_TERM, .term = { body->generation, (guint32) body->coordinator } };

    (void) reply;
    if (body->generation < execd->term.generation) {
        g_set_error(error, COX_ERROR, COX_ERROR_OLD, "generation %" G_GUINT64_FORMAT ": generation %" G_GUINT64_FORMAT " of node %u counts already",
                    body->generation, execd->term.generation, (unsigned int) execd->term.coordinator);
        return false;
    }
    execd_term_note(execd, event.term);
    execd_step(execd, &event);
    return true;
}

bool
execd_on_taken(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_exec_taken *body = request->body;

    (void) reply;
    (void) error;
    execd_results_taken(cox_service_data(ctx), body->call_id);
    return true;
}

/* The value of a parameter of an order, or NULL; either may be missing. */
static const char *
param_of(const struct execd_order *order, const char *name)
{
    for (gsize i = 0; order != NULL && i < order->order->n_params; i++) {
        if (strcmp(order->order->params[i].name, name) == 0) {
            return order->order->params[i].value;
        }
    }
    return NULL;
}

bool
execd_on_inflight_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct execd *execd = cox_service_data(ctx);
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    g_autoptr(GArray) actions = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_exec_flying));
    struct cox_msg_exec_inflight body = { 0 };

    (void) request;
    (void) error;
    cox_exec_inflight(execd->engine, list);
    for (guint i = 0; i < list->len; i++) {
        const struct cox_inflight *inflight = &g_array_index(list, struct cox_inflight, i);
        const struct execd_order *order = execd_order_find(execd, inflight->rsc_id, inflight->key);
        const struct cox_msg_exec_flying action = { inflight->rsc_id, inflight->task, inflight->interval_ms, inflight->key,
                                                    inflight->generation, inflight->is_running,
                                                    param_of(order, "CRM_meta_migrate_source"),
                                                    param_of(order, "CRM_meta_migrate_target") };

        g_array_append_val(actions, action);
    }
    body.n_actions = actions->len;
    body.actions = (const struct cox_msg_exec_flying *) actions->data;
    cox_reply_set(reply, COX_MSG_EXEC_INFLIGHT, &body);
    return true;
}

/* ---- results ---- */

struct telling {
    struct execd *execd;
    gint64 since;
};

static void
on_tell(void *context)
{
    struct telling *telling = context;

    execd_results_tell(telling->execd, telling->since);
    g_free(telling);
}

bool
execd_on_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error)
{
    struct telling telling = { cox_service_data(ctx), (gint64) ((const struct cox_msg_subscribe *) request->body)->since };

    if (request->role < COX_ROLE_ADMIN) {
        g_set_error(error, COX_ERROR, COX_ERROR_PERMISSION, "topic '%s': for root and " COX_DAEMON_CLUSTER_USER " only", topic);
        return false;
    }
    /* The answer goes first. */
    (void) cox_runtime_defer(telling.execd->runtime, on_tell, g_memdup2(&telling, sizeof telling));
    return true;
}

void
execd_on_health(struct cox_ctx *ctx)
{
    const struct execd *execd = cox_service_data(ctx);

    cox_service_add_stat(ctx, "orders", execd->orders->len);
    cox_service_add_stat(ctx, "running", cox_exec_running(execd->engine));
    cox_service_add_stat(ctx, "results-waiting", execd->results->len);
    cox_service_add_stat(ctx, "actions-begun", execd->n_begun);
    cox_service_add_stat(ctx, "actions-recovered", execd->n_recovered);
}
