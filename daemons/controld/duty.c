/* daemons/controld/duty.c - the node: orders to the executor, results to the group and to its history.  Layer 6. */
#include "daemons/controld/ledger.h"

#include <string.h>

#include "base/error.h"
#include "control/failure.h"
#include "daemons/controld/mark.h"
#include "daemons/controld/wishes.h"
#include "election/feature_set.h"
#include "proto/marshal.h"

/* Nothing is run for it: it only waits for what runs of that resource. */
enum { FAIL_MS = 20000 };

static void
tell_limit(const struct controld *controld)
{
    const struct cox_msg_exec_limit body = { controld->told_limit };
    struct cox_client_call call = { .message = COX_MSG_EXEC_LIMIT, .body = &body, .timeout_ms = 30000 };

    (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_EXEC, &call);
}

void
controld_duty_limit(struct controld *controld, guint option)
{
    guint limit = cox_reign_action_limit(controld->action_limit, option, controld->cores);

    if (controld->told_limit != limit) {
        controld->told_limit = limit;
        tell_limit(controld);
    }
}

/* A new executor does not know yet whose orders count, and what the cluster says of the number of actions. */
void
controld_duty_on_exec(void *context, bool is_up, const GError *problem)
{
    struct controld *controld = context;

    (void) problem;
    if (is_up) {
        tell_limit(controld);
    }
    if (is_up && controld->election != NULL && cox_election_term(controld->election).coordinator != 0) {
        controld_duty_term(controld, cox_election_term(controld->election));
    }
}

/* A reign that the executor has been told of. */
struct told {
    struct controld *controld;
    guint64 generation;
};

static void
on_told(void *context, const struct cox_client_reply *reply)
{
    struct told *told = context;

    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_OLD)) {
        controld_crew_outdated(told->controld, told->generation);
    }
    g_free(told);
}

void
controld_duty_term(struct controld *controld, struct cox_term term)
{
    const struct cox_msg_exec_term body = { .generation = term.generation, .coordinator = term.coordinator };
    struct told *told = g_new(struct told, 1);
    struct cox_client_call call = { .message = COX_MSG_EXEC_TERM, .body = &body, .timeout_ms = 30000, .fn = on_told, .context = told };

    *told = (struct told) { controld, term.generation };
    (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_EXEC, &call);
}

/* ---- results ---- */

/*
 * Each message by itself makes the ring of the cluster layer go round for some ten milliseconds, with priority over all agents.  So a result that is as
 * expected waits for others, for so long, while the executor has enough to do: it is not idle meanwhile, and what is told next releases more at a time.
 */
enum { HOLD_MS = 50 };

/* A result that waits for others owns its texts. */
static void
free_held(gpointer data)
{
    struct cox_msg_control_result *held = data;

    g_free((char *) (gsize) held->rsc_id);
    g_free((char *) (gsize) held->task);
    g_free((char *) (gsize) held->key);
    g_free((char *) (gsize) held->reason);
    g_free((char *) (gsize) held->history);
    g_free(held);
}

static char *
name_of_order(const char *rsc_id, const char *key_or_task)
{
    return g_strdup_printf("%s %s", rsc_id, key_or_task == NULL ? "" : key_or_task);
}

/* No result of this order is to come any more. */
static void
end_order(struct controld *controld, const char *rsc_id, const char *key)
{
    g_autofree char *name = name_of_order(rsc_id, key);

    (void) g_hash_table_remove(controld->ordered, name);
}

/*
 * Has the executor enough to do without what comes of this result?  So it has when an order that it has comes after it.  But the coordinator has to learn in
 * time that there is room for the next ones of a chain: it orders up to eight times the limit of these.
 */
static bool
is_busy_without(struct controld *controld, const char *rsc_id, const char *task)
{
    g_autofree char *name = name_of_order(rsc_id, task);
    guint n = g_hash_table_size(controld->ordered);

    if (n == 0) { /* what was followed by an order that came too late for it */
        g_hash_table_remove_all(controld->followed);
        return false;
    }
    if (g_hash_table_remove(controld->followed, name)) {
        return n != 4 * controld->told_limit;
    }
    return controld->told_limit > 0 && n >= 2 * controld->told_limit;
}

void
controld_duty_tell(struct controld *controld)
{
    cox_runtime_cancel(controld->runtime, controld->hold_timer);
    controld->hold_timer = 0;
    for (guint i = 0; i < controld->held->len; i++) {
        (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_RESULT, controld->held->pdata[i]);
    }
    g_ptr_array_set_size(controld->held, 0);
}

static void
on_hold_timer(void *context)
{
    struct controld *controld = context;

    controld->hold_timer = 0;
    controld_duty_tell(controld);
}

static void
hold(struct controld *controld, const struct cox_msg_control_result *result)
{
    struct cox_msg_control_result *held = g_memdup2(result, sizeof *result);

    held->rsc_id = g_strdup(result->rsc_id);
    held->task = g_strdup(result->task);
    held->key = g_strdup(result->key);
    held->reason = g_strdup(result->reason);
    held->history = g_strdup(result->history);
    g_ptr_array_add(controld->held, held);
    if (controld->hold_timer == 0) {
        controld->hold_timer = cox_runtime_timer(controld->runtime, cox_usec_after_ms(cox_runtime_now(controld->runtime), HOLD_MS), on_hold_timer,
                                                 controld);
    }
}

/* Results are told in the order in which they have come. */
static void
tell(struct controld *controld, const struct cox_msg_control_result *result, bool is_busy)
{
    bool is_expected = result->status == COX_OP_STATUS_DONE && result->rc == cox_oplog_target_rc(result->key);

    if (is_busy && is_expected) {
        hold(controld, result);
    } else {
        controld_duty_tell(controld);
        (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_RESULT, result);
    }
}

static GArray *
params_of(const struct cox_msg_pair *told, gsize n)
{
    GArray *params = g_array_new(FALSE, FALSE, sizeof(struct cox_nvpair));

    for (gsize i = 0; i < n; i++) {
        const struct cox_nvpair pair = { NULL, told[i].name, told[i].value };

        if (pair.name != NULL) {
            g_array_append_val(params, pair);
        }
    }
    return params;
}

static void
note(struct controld *controld, const struct cox_msg_exec_result *result)
{
    g_autoptr(GArray) params = params_of(result->params, result->n_params);
    struct controld_trait trait = controld_traits_of(controld->traits, result->standard, result->provider, result->type);
    struct cox_oplog_result mine = { .rsc_id = result->rsc_id, .standard = result->standard, .provider = result->provider,
                                     .type = result->type, .task = result->task, .key = result->key, .reason = result->reason,
                                     .feature_set = COX_FEATURE_SET_OURS, .interval_ms = result->interval_ms,
                                     .queue_ms = result->queue_ms, .exec_ms = result->exec_ms, .call_id = result->call_id,
                                     .rc = (int) result->rc, .status = (int) result->status,
                                     .began = cox_wall_from_seconds(result->began_at) };

    mine.params = (const struct cox_nvpair *) (const void *) params->data;
    mine.n_params = params->len;
    mine.restart_params = trait.restart_params;
    mine.secure_params = trait.secure_params;
    cox_oplog_note(controld->oplog, &mine);
}

static void
take_result(void *context, const struct cox_msg_exec_result *result)
{
    struct controld *controld = context;
    struct cox_msg_control_result news = { .rsc_id = result->rsc_id, .task = result->task, .interval_ms = result->interval_ms,
                                                 .rc = result->rc, .status = result->status, .key = result->key,
                                                 .call_id = result->call_id, .reason = result->reason, .kind = COX_REIGN_RUN,
                                                 .began_at = result->began_at, .exec_ms = result->exec_ms, .queue_ms = result->queue_ms };

    g_autofree char *history = NULL;
    bool is_busy = false;

    end_order(controld, result->rsc_id, result->key);
    is_busy = is_busy_without(controld, result->rsc_id, result->interval_ms == 0 ? result->task : NULL);
    if (result->call_id <= controld->recorded) { /* it has not heard that we have it */
        controld_ledger_say_recorded(controld);
        return;
    }
    cox_log_line(controld->log, COX_LOG_NOTICE, "result rsc=%s task=%s interval_ms=%" G_GINT64_FORMAT " rc=%d status=%d exec_ms=%d reason=\"%s\"",
                 result->rsc_id, result->task, result->interval_ms, (int) result->rc, (int) (gint64) result->status,
                 (int) result->exec_ms, result->reason == NULL ? "" : result->reason);
    note(controld, result);
    controld->noted = MAX(controld->noted, result->call_id);
    news.history = history = controld_ledger_history(controld, result->rsc_id);
    tell(controld, &news, is_busy);
    controld_ledger_write_soon(controld);
}

void
controld_duty_on_result(void *context, const struct cox_client_event *event)
{
    struct controld *controld = context;
    const struct cox_msg_exec_result *result = event->body;

    if (event->kind == COX_CLIENT_EVENT && event->message == COX_MSG_EXEC_RESULT && result->rsc_id != NULL && result->task != NULL
        && !controld_traits_hold(controld->traits, result)) {
        take_result(controld, result);
    }
}

/* ---- orders ---- */

/* An order on its way to the executor; kept, to be given again when the executor dies over it. */
struct errand {
    struct controld *controld;
    GByteArray *bytes;       /* EXEC_ORDER; EXEC_FOLLOW of kind FOLLOW */
    enum cox_reign_order kind;
    guint64 generation;      /* of the coordinator that ordered; 0: a client did */
    guint64 given;           /* the reign under which the executor was told */
    struct cox_msg_control_result result; /* CANCEL, FORGET: what to tell; texts are owned */
};

static void
free_errand(struct errand *errand)
{
    g_free((char *) (gsize) errand->result.rsc_id);
    g_free((char *) (gsize) errand->result.task);
    g_free((char *) (gsize) errand->result.key);
    if (errand->bytes != NULL) {
        g_byte_array_unref(errand->bytes);
    }
    g_free(errand);
}

static void on_errand(void *context, const struct cox_client_reply *reply);

static void
give(struct errand *errand)
{
    struct controld *controld = errand->controld;
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_term term = cox_election_term(controld->election);
    const struct cox_msg_exec_cancel cancel = { .rsc_id = errand->result.rsc_id, .task = errand->result.task,
                                                .interval_ms = errand->result.interval_ms, .generation = term.generation,
                                                .coordinator = term.coordinator };
    const struct cox_msg_exec_withdraw withdrawal = { errand->result.rsc_id, errand->result.task, errand->result.interval_ms, term.generation,
                                                      term.coordinator };
    const struct cox_msg_exec_forget forget = { .rsc_id = errand->result.rsc_id, .generation = term.generation,
                                                .coordinator = term.coordinator };
    struct cox_client_call call = { .fn = on_errand, .context = errand };
    struct cox_msg_exec_order order;

    bool is_run = errand->kind == COX_REIGN_RUN || errand->kind == COX_REIGN_FOLLOW;

    errand->given = errand->generation != 0 && is_run ? errand->generation : term.generation;
    if (errand->kind == COX_REIGN_CANCEL) {
        call.message = COX_MSG_EXEC_CANCEL;
        call.body = &cancel;
    } else if (errand->kind == COX_REIGN_WITHDRAW) {
        call.message = COX_MSG_EXEC_WITHDRAW;
        call.body = &withdrawal;
    } else if (errand->kind == COX_REIGN_FORGET) {
        call.message = COX_MSG_EXEC_FORGET;
        call.body = &forget;
    } else if (errand->kind == COX_REIGN_FOLLOW) {
        call.message = COX_MSG_EXEC_FOLLOW;
        call.body = cox_unmarshal(cox_messages_schema(COX_MSG_EXEC_FOLLOW), errand->bytes->data, errand->bytes->len, arena, NULL);
    } else {
        order = *(const struct cox_msg_exec_order *) cox_unmarshal(cox_messages_schema(COX_MSG_EXEC_ORDER), errand->bytes->data,
                                                                   errand->bytes->len, arena, NULL);
        if (errand->generation == 0) {
            order.generation = term.generation;
            order.coordinator = term.coordinator;
        }
        call.message = COX_MSG_EXEC_ORDER;
        call.body = &order;
    }
    (void) controld_neighbours_ask(&controld->neighbours, COX_DAEMON_EXEC, &call);
}

static void
on_errand_timer(void *context)
{
    struct controld *controld = context;
    g_autoptr(GPtrArray) errands = g_steal_pointer(&controld->errands);

    controld->errand_timer = 0;
    controld->errands = g_ptr_array_new();
    for (guint i = 0; i < errands->len; i++) {
        give(errands->pdata[i]);
    }
}

/* After a pause: an executor that is stopping answers at once. */
static void
give_later(struct errand *errand)
{
    struct controld *controld = errand->controld;

    g_ptr_array_add(controld->errands, errand);
    if (controld->errand_timer == 0) {
        controld->errand_timer = cox_runtime_timer(controld->runtime, cox_usec_after_ms(cox_runtime_now(controld->runtime), 200),
                                                   on_errand_timer, controld);
    }
}

/*
 * The executor obeys a younger reign.  What was ordered has not been done, and has not failed either: the next reign finds out what
 * there is.  What a client wants is asked for again, in the name of the next one.
 */
static void
on_refused(struct errand *errand)
{
    struct controld *controld = errand->controld;
    guint64 given = errand->given;

    if (errand->generation == 0) {
        give_later(errand);
    } else {
        end_order(controld, errand->result.rsc_id, errand->result.key);
        free_errand(errand);
    }
    controld_crew_outdated(controld, given);
}

static void
on_errand(void *context, const struct cox_client_reply *reply)
{
    struct errand *errand = context;
    struct controld *controld = errand->controld;

    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_DISCONNECTED)) {
        give(errand); /* the same order has the same key: it is never done twice */
        return;
    }
    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_UNAVAILABLE)) { /* it is stopping; its successor is asked */
        give_later(errand);
        return;
    }
    if (reply->error != NULL) {
        cox_log_line(controld->log, COX_LOG_NOTICE, "order was not taken rsc=%s task=%s reason=\"%s\"",
                     errand->result.rsc_id, errand->result.task, reply->error->message);
    }
    if (g_error_matches(reply->error, COX_ERROR, COX_ERROR_OLD)) {
        on_refused(errand);
        return;
    }
    if (errand->kind == COX_REIGN_CANCEL) {
        cox_oplog_cancelled(controld->oplog, errand->result.rsc_id, errand->result.task, errand->result.interval_ms);
        controld_ledger_tell_later(controld, &errand->result);
    } else if (errand->kind == COX_REIGN_FORGET) {
        cox_oplog_forget(controld->oplog, errand->result.rsc_id);
        controld_ledger_tell_later(controld, &errand->result);
    } else if (reply->error != NULL && errand->kind != COX_REIGN_WITHDRAW) { /* no result will come: say so */
        end_order(controld, errand->result.rsc_id, errand->result.key);
        controld_duty_tell(controld);
        errand->result.rc = 1; /* an executor that does not know how to wait, as it is an older one, has not begun either */
        errand->result.status = errand->kind == COX_REIGN_FOLLOW ? COX_OP_STATUS_CANCELLED : COX_OP_STATUS_ERROR;
        (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_RESULT, &errand->result);
    }
    free_errand(errand);
}

static struct errand *
errand_new(struct controld *controld, const struct cox_msg_control_order *order)
{
    struct errand *errand = g_new0(struct errand, 1);

    errand->controld = controld;
    errand->kind = (enum cox_reign_order) order->kind;
    errand->generation = order->generation;
    errand->result.kind = order->kind == COX_REIGN_FOLLOW ? COX_REIGN_RUN : order->kind;
    errand->result.rsc_id = g_strdup(order->rsc_id);
    errand->result.task = g_strdup(order->task);
    errand->result.key = g_strdup(order->key);
    errand->result.interval_ms = order->interval_ms;
    return errand;
}

static void
run_order(struct controld *controld, guint32 sender, const struct cox_msg_control_order *order)
{
    const struct cox_msg_exec_order body = { .rsc_id = order->rsc_id, .standard = order->standard, .provider = order->provider,
                                             .type = order->type, .task = order->task, .key = order->key,
                                             .interval_ms = order->interval_ms, .timeout_ms = order->timeout_ms,
                                             .start_delay_ms = order->start_delay_ms, .generation = order->generation,
                                             .coordinator = sender, .n_params = order->n_params, .params = order->params };
    const struct cox_msg_exec_follow follow = { order->n_after, order->after, 1, &body };
    enum cox_message message = order->kind == COX_REIGN_FOLLOW ? COX_MSG_EXEC_FOLLOW : COX_MSG_EXEC_ORDER;
    struct errand *errand = errand_new(controld, order);

    for (gsize i = 0; i < order->n_after && order->kind == COX_REIGN_FOLLOW; i++) {
        (void) g_hash_table_add(controld->followed, name_of_order(order->after[i].rsc_id, order->after[i].task));
    }
    controld_ledger_stir(controld);
    controld_traits_want(controld->traits, order->standard, order->provider, order->type);
    (void) g_hash_table_add(controld->ordered, name_of_order(order->rsc_id, order->key));
    errand->bytes = g_byte_array_new();
    cox_marshal(cox_messages_schema(message), message == COX_MSG_EXEC_FOLLOW ? (const void *) &follow : &body, errand->bytes);
    give(errand);
}

static const char *
param_of(const struct cox_msg_control_order *order, const char *name)
{
    for (gsize i = 0; i < order->n_params; i++) {
        if (g_strcmp0(order->params[i].name, name) == 0) {
            return order->params[i].value;
        }
    }
    return NULL;
}

/* An order for another node.  When it sends a resource here, the history of this node tells so from now on: that of its source may get lost. */
static void
overhear(struct controld *controld, guint32 sender, const struct cox_msg_control_order *order)
{
    const char *name = cox_service_node_name(controld->ctx, controld->self);
    g_autoptr(GArray) params = NULL;
    struct cox_oplog_result expected = { .rsc_id = order->rsc_id, .standard = order->standard, .provider = order->provider,
                                         .type = order->type, .key = order->key, .feature_set = COX_FEATURE_SET_OURS,
                                         .began = cox_runtime_wall(controld->runtime) };

    if (order->kind != COX_REIGN_RUN || order->rsc_id == NULL || g_strcmp0(order->task, "migrate_to") != 0 || name == NULL
        || g_strcmp0(param_of(order, "CRM_meta_migrate_target"), name) != 0 || controld->oplog == NULL
        || !controld_crew_is_obeyed(controld, sender, order->generation)) {
        return;
    }
    params = params_of(order->params, order->n_params);
    expected.params = (const struct cox_nvpair *) (const void *) params->data;
    expected.n_params = params->len;
    cox_oplog_expect(controld->oplog, &expected);
    controld_ledger_write_soon(controld);
}

bool
controld_duty_on_order(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_order *order = request->body;

    (void) reply;
    if (order->target != controld->self) {
        overhear(controld, request->node, order);
        return true;
    }
    if (!controld_crew_is_obeyed(controld, request->node, order->generation) || controld->oplog == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_OLD, "order of node %u, generation %" G_GUINT64_FORMAT ": not the coordinator's",
                    (unsigned int) request->node, order->generation);
        return false;
    }
    if (order->kind == COX_REIGN_SHUTDOWN && !controld->is_leaving) {
        /* The wish is of a life before this one: its attribute outlived it, and would be obeyed again and again. */
        cox_log_line(controld->log, COX_LOG_NOTICE, "this node may leave, and nobody here has asked for that: the wish is taken back");
        controld_wish_attribute(controld, cox_service_node_name(controld->ctx, controld->self), &(struct cox_reign_attribute) { .attribute = "shutdown" });
        return true;
    }
    if (order->kind == COX_REIGN_SHUTDOWN) { /* but the others must know that nothing runs here any more */
        controld->is_dismissed = true;
        controld->dismissed = cox_election_term(controld->election);
        controld_ledger_write(controld);
        return true;
    }
    if (order->rsc_id == NULL || order->task == NULL) {
        return true;
    }
    switch ((enum cox_reign_order) order->kind) {
        case COX_REIGN_RUN:
        case COX_REIGN_FOLLOW:
            run_order(controld, request->node, order);
            break;
        case COX_REIGN_CANCEL:
        case COX_REIGN_WITHDRAW:
        case COX_REIGN_FORGET:
            give(errand_new(controld, order));
            break;
        case COX_REIGN_CLEAR: {
            const struct cox_msg_control_result result = { .rsc_id = order->rsc_id, .task = order->task, .key = order->key,
                                                           .interval_ms = order->interval_ms, .kind = COX_REIGN_CLEAR };

            cox_oplog_clear_failure(controld->oplog, order->rsc_id);
            controld_ledger_tell_later(controld, &result);
            break;
        }
        case COX_REIGN_SHUTDOWN:
            break;
    }
    return true;
}

/* ---- refresh ---- */

static void
refresh_one(struct controld *controld, const char *rsc_id, const char *key)
{
    const char *name = cox_service_node_name(controld->ctx, controld->self);
    g_autofree char *pattern = cox_failure_pattern(rsc_id);
    const struct cox_msg_control_order order = { .kind = COX_REIGN_FORGET, .rsc_id = rsc_id, .task = "lrm_delete", .key = key };

    controld_wish_attribute(controld, name, &(struct cox_reign_attribute) { .attribute = pattern, .is_pattern = true });
    give(errand_new(controld, &order));
}

/* Does the resource have a failure that this is about? */
static bool
has_failed(const struct cox_rsc_history *rsc, const struct cox_msg_control_refresh *refresh)
{
    for (guint32 i = 0; i < rsc->n_ops; i++) {
        const struct cox_op_history *op = &rsc->ops[i];

        if (g_str_has_suffix(op->id, "_last_failure_0")
            && (refresh->task == NULL || (g_strcmp0(refresh->task, op->operation) == 0 && refresh->interval_ms == op->interval_ms))) {
            return true;
        }
    }
    return false;
}

void
controld_duty_refresh(struct controld *controld, const struct cox_msg_control_refresh *refresh, const char *key)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    const struct cox_node_status *node = controld->oplog == NULL ? NULL : cox_oplog_node(controld->oplog);
    const struct cox_msg_control_result done = { .rsc_id = "", .task = "refresh", .key = key, .kind = COX_REIGN_FORGET };

    for (guint i = 0; node != NULL && i < node->resources->len; i++) {
        const struct cox_rsc_history *rsc = node->resources->pdata[i];
        gsize length = refresh->rsc_id == NULL ? 0 : strlen(refresh->rsc_id);
        bool is_meant = refresh->rsc_id == NULL || g_str_equal(rsc->id, refresh->rsc_id)
                        || (g_str_has_prefix(rsc->id, refresh->rsc_id) && rsc->id[length] == ':');

        if (is_meant && (!refresh->only_failed || has_failed(rsc, refresh))) {
            g_ptr_array_add(ids, g_strdup(rsc->id));
        }
    }
    for (guint i = 0; i < ids->len; i++) {
        refresh_one(controld, ids->pdata[i], i + 1 == ids->len ? key : NULL);
    }
    if (ids->len == 0 && controld->oplog != NULL) {
        controld_ledger_tell_later(controld, &done);
    }
}

/* ---- failures that clients want ---- */

/* The executor makes the result, so that it has its place among the others. */
void
controld_duty_fail(struct controld *controld, const struct cox_msg_control_fail *fail)
{
    const struct cox_rsc_history *rsc
        = controld->oplog == NULL || fail->rsc_id == NULL ? NULL : cox_status_rsc(cox_oplog_node(controld->oplog), fail->rsc_id);
    struct cox_msg_control_order order = { .kind = COX_REIGN_RUN, .rsc_id = fail->rsc_id, .task = "asyncmon", .key = fail->key,
                                           .timeout_ms = FAIL_MS };
    g_autofree char *reason = g_strdup_printf("resource '%s' has no history on node '%s'", fail->rsc_id, fail->node);
    const struct cox_msg_control_result refusal
        = { .rsc_id = "", .task = "asyncmon", .key = fail->key, .kind = COX_REIGN_FORGET, .rc = 1, .reason = reason };

    if (rsc == NULL) {
        (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_RESULT, &refusal);
        return;
    }
    order.standard = rsc->standard;
    order.provider = rsc->provider;
    order.type = rsc->type;
    run_order(controld, 0, &order);
}

/* ---- life ---- */

void
controld_duty_document(struct controld *controld)
{
    g_autofree char *id = NULL;
    const char *name = cox_service_node_name(controld->ctx, controld->self);

    if (controld->oplog == NULL && name != NULL && cox_follow_cib(controld->follow) != NULL) {
        id = g_strdup_printf("%u", (unsigned int) controld->self);
        controld->oplog = cox_oplog_new(id, name);
        controld_ledger_take_over(controld);
        if (!controld_mark_exists(controld)) {
            controld_wish_forgotten(controld, name); /* others may still know what was set in the life before */
        }
        controld_wish_introduction(controld);
        controld_neighbours_listen(&controld->neighbours);
    }
    controld_ledger_report(controld);
}

void
controld_duty_start(struct controld *controld)
{
    controld_ledger_start(controld);
    controld->errands = g_ptr_array_new();
    controld->held = g_ptr_array_new_with_free_func(free_held);
    controld->ordered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    controld->followed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    controld->traits = controld_traits_new(controld->runtime, &controld->neighbours, take_result, controld);
}

void
controld_duty_stop(struct controld *controld)
{
    controld_traits_free(controld->traits);
    controld_ledger_stop(controld);
    cox_oplog_free(controld->oplog);
    if (controld->errands != NULL) {
        for (guint i = 0; i < controld->errands->len; i++) {
            free_errand(controld->errands->pdata[i]);
        }
        g_ptr_array_unref(controld->errands);
        controld_duty_tell(controld);
        g_ptr_array_unref(controld->held);
        g_hash_table_unref(controld->ordered);
        g_hash_table_unref(controld->followed);
    }
}
