/* lib/service/ctx.c - from frames to handlers and from their answers to frames.  Layer 5. */
#include "config.h"

#include "service/service.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "proto/marshal.h"
#include "service/ctx_priv.h"

enum { PAYLOAD_BYTES = 2000 }; /* most events are shorter */

static bool on_ping(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
static bool on_health(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
static bool on_subscribe(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
static bool on_unsubscribe(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
static bool on_log_level(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/* What every daemon answers. */
static const struct cox_op common_ops[] = {
    { COX_MSG_PING, on_ping, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_HEALTH_QUERY, on_health, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_SUBSCRIBE, on_subscribe, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_UNSUBSCRIBE, on_unsubscribe, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_LOG_LEVEL, on_log_level, COX_FROM_LOCAL, COX_ROLE_ADMIN },
};

struct cox_runtime *
cox_service_runtime(const struct cox_ctx *ctx)
{
    return ctx->runtime;
}

struct cox_log *
cox_service_log(const struct cox_ctx *ctx)
{
    return ctx->log;
}

const char *
cox_service_run_directory(const struct cox_ctx *ctx)
{
    return ctx->run_directory;
}

const char *
cox_service_config(const struct cox_ctx *ctx)
{
    return ctx->config;
}

const char *
cox_service_config_id(const struct cox_ctx *ctx)
{
    return ctx->config_id;
}

bool
cox_service_keeps_user(const struct cox_ctx *ctx)
{
    return ctx->keeps_user;
}

void *
cox_service_data(const struct cox_ctx *ctx)
{
    return ctx->data;
}

void
cox_service_set_data(struct cox_ctx *ctx, void *data)
{
    ctx->data = data;
}

static struct cox_session *
find_session(const struct cox_ctx *ctx, guint64 client)
{
    return ctx->server == NULL ? NULL : cox_server_find(ctx->server, client);
}

static void
set_busy(const struct cox_ctx *ctx, guint64 client, int change)
{
    struct cox_session *connection = find_session(ctx, client);

    if (connection != NULL) {
        cox_session_busy(connection, change);
    }
}

/* Replies. */

static GBytes *
build_reply(guint32 id, enum cox_message message, const void *body, bool has_body, GError **error)
{
    const struct cox_frame frame = {
        .kind = COX_FRAME_REPLY, .message = (guint16) message, .id = id, .flags = has_body ? COX_FRAME_HAS_BODY : 0
    };

    return cox_frame_build_message(&frame, body, error);
}

void
cox_reply_set(struct cox_reply *reply, enum cox_message message, const void *body)
{
    g_clear_pointer(&reply->frame, g_bytes_unref);
    g_clear_error(&reply->error);
    reply->frame = build_reply(reply->request->id, message, body, false, &reply->error);
}

void
cox_reply_set_source(struct cox_reply *reply, struct cox_source *source)
{
    cox_source_clear(&reply->source);
    reply->source = *source;
    *source = (struct cox_source) { 0 };
}

cox_ticket
cox_reply_defer(struct cox_reply *reply)
{
    const struct cox_tickets_entry entry = {
        .client = reply->request->client, .id = reply->request->id, .message = (guint16) reply->request->message,
        .since = cox_runtime_now(reply->ctx->runtime),
    };

    COX_BUG_ON(reply->is_deferred);
    reply->is_deferred = true;
    set_busy(reply->ctx, reply->request->client, 1);
    reply->ticket = cox_tickets_issue(reply->ctx->tickets, &entry);
    return reply->ticket;
}

static void
mark_body(GBytes **frame)
{
    gsize size;
    guint8 *data = g_bytes_unref_to_data(*frame, &size);

    data[6] |= COX_FRAME_HAS_BODY; /* see frame.h */
    *frame = g_bytes_new_take(data, size);
}

static void
log_outcome(struct cox_ctx *ctx, enum cox_message message, guint64 client, const GError *error, cox_usec since)
{
    const struct cox_schema *schema = cox_messages_schema(message);
    const struct cox_session *connection;

    ctx->n_failed += error != NULL;
    if (message == COX_MSG_PING || !cox_log_wants(ctx->log, COX_LOG_DEBUG)) { /* pings would push all else out of the recorder */
        return;
    }
    connection = find_session(ctx, client);
    if (connection != NULL) {
        cox_log_line(ctx->log, COX_LOG_DEBUG,
                     "request message=%s client=%s pid=%d uid=%u usec=%" G_GINT64_FORMAT " result=%s",
                     schema == NULL ? "?" : schema->name, cox_session_program(connection),
                     (int) cox_session_peer(connection)->pid, (unsigned int) cox_session_peer(connection)->uid,
                     cox_runtime_now(ctx->runtime) - since, error == NULL ? "ok" : error->message);
    }
}

/* Takes what is in @source, also when nobody is there any more. */
static void
give_answer(struct cox_ctx *ctx, guint64 client, guint32 id, GBytes *frame, struct cox_source *source)
{
    struct cox_session *connection = find_session(ctx, client);

    if (connection != NULL) {
        cox_session_answer(connection, id, frame, source);
    } else if (ctx->tap != NULL) {
        ctx->tap->answer(ctx->tap->context, id, frame, source);
    } else {
        cox_source_clear(source);
    }
}

/* Send the answer of a handler that has not deferred it. */
static void
send_reply(struct cox_reply *reply, const GError *error)
{
    const struct cox_msg_done done = { 0 };
    const GError *problem = error != NULL ? error : reply->error;
    g_autoptr(GBytes) frame = NULL;

    if (problem != NULL) {
        cox_source_clear(&reply->source);
        frame = cox_frame_build_error(reply->request->id, problem);
    } else if (reply->frame != NULL) {
        frame = g_steal_pointer(&reply->frame);
    } else {
        frame = build_reply(reply->request->id, COX_MSG_DONE, &done, false, NULL);
    }
    if (reply->source.read != NULL) {
        mark_body(&frame);
    }
    give_answer(reply->ctx, reply->request->client, reply->request->id, frame, &reply->source);
}

void
cox_ticket_answer(struct cox_ctx *ctx, cox_ticket ticket, enum cox_message message, const void *body,
                  struct cox_source *source)
{
    struct cox_tickets_entry entry = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) frame = NULL;

    if (!cox_tickets_take(ctx->tickets, ticket, &entry) || entry.client == 0) {
        cox_source_clear(source);
        return;
    }
    frame = build_reply(entry.id, message, body, source != NULL && source->read != NULL, &error);
    if (frame == NULL) {
        cox_source_clear(source);
        frame = cox_frame_build_error(entry.id, error);
    }
    log_outcome(ctx, (enum cox_message) entry.message, entry.client, error, entry.since);
    set_busy(ctx, entry.client, -1);
    give_answer(ctx, entry.client, entry.id, frame, source);
}

void
cox_ticket_fail(struct cox_ctx *ctx, cox_ticket ticket, const GError *error)
{
    struct cox_tickets_entry entry = { 0 };
    g_autoptr(GBytes) frame = NULL;

    if (cox_tickets_take(ctx->tickets, ticket, &entry) && entry.client != 0) {
        frame = cox_frame_build_error(entry.id, error);
        log_outcome(ctx, (enum cox_message) entry.message, entry.client, error, entry.since);
        set_busy(ctx, entry.client, -1);
        give_answer(ctx, entry.client, entry.id, frame, NULL);
    }
}

bool
cox_ticket_is_wanted(const struct cox_ctx *ctx, cox_ticket ticket)
{
    return cox_tickets_is_wanted(ctx->tickets, ticket);
}

void
cox_request_receive(struct cox_ctx *ctx, const struct cox_request *request, const struct cox_sink *sink)
{
    struct cox_session *connection = find_session(ctx, request->client);

    COX_BUG_ON(!request->has_body);
    if (connection != NULL) {
        cox_session_receive(connection, request->id, sink);
    } else if (ctx->tap != NULL) {
        ctx->tap->receive(ctx->tap->context, request->id, sink);
    }
}

/* Requests. */

static const struct cox_op *
find_op(const struct cox_service *service, unsigned int message)
{
    for (gsize i = 0; i < service->n_ops; i++) {
        if ((unsigned int) service->ops[i].message == message) {
            return &service->ops[i];
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(common_ops); i++) {
        if ((unsigned int) common_ops[i].message == message) {
            return &common_ops[i];
        }
    }
    return NULL;
}

bool
cox_ctx_handle(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_op *op = find_op(ctx->service, (unsigned int) request->message);
    const char *name = cox_daemon_row(ctx->service->daemon)->process;

    ctx->n_requests++;
    if (op == NULL || (op->from & (unsigned int) request->origin) == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "message '%d': %s does not know what to do with it",
                    (int) request->message, name);
        return false;
    }
    if (request->role < op->role) {
        g_set_error(error, COX_ERROR, COX_ERROR_PERMISSION, "message '%s': not allowed for user '%u'; ask as %s",
                    cox_messages_schema((unsigned int) request->message)->name, (unsigned int) request->uid,
                    op->role == COX_ROLE_ADMIN ? "root or " COX_DAEMON_CLUSTER_USER : "a member of " COX_DAEMON_CLUSTER_GROUP);
        return false;
    }
    if (ctx->state == COX_CTX_STOPPING && op->role > COX_ROLE_READ && !op->also_stopping) {
        g_set_error(error, COX_ERROR, COX_ERROR_UNAVAILABLE, "%s: is stopping; ask again when it is back", name);
        return false;
    }
    return op->handler(ctx, request, reply, error);
}

void
cox_ctx_serve(struct cox_ctx *ctx, struct cox_request *request, const struct cox_frame *frame)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    cox_usec since = cox_runtime_now(ctx->runtime);
    struct cox_reply reply = { .ctx = ctx, .request = request };
    bool is_good;

    request->message = (enum cox_message) frame->message;
    request->id = frame->id;
    request->has_body = (frame->flags & COX_FRAME_HAS_BODY) != 0;
    request->body = cox_frame_message(frame, arena, &error);
    is_good = request->body != NULL && cox_ctx_handle(ctx, request, &reply, &error);
    if (is_good && reply.is_deferred) {
        return;
    }
    if (reply.is_deferred) { /* deferred, then failed: the failure counts */
        cox_ticket_fail(ctx, reply.ticket, error);
        return;
    }
    log_outcome(ctx, request->message, request->client, error, since);
    send_reply(&reply, is_good ? NULL : error);
    g_clear_pointer(&reply.frame, g_bytes_unref);
    g_clear_error(&reply.error);
}

static void
on_request(void *context, struct cox_session *connection, const struct cox_frame *frame)
{
    struct cox_request request = {
        .origin = COX_FROM_LOCAL,
        .role = cox_session_role(connection),
        .uid = cox_session_peer(connection)->uid,
        .pid = cox_session_peer(connection)->pid,
        .program = cox_session_program(connection),
        .client = cox_session_serial(connection),
    };

    cox_ctx_serve(context, &request, frame);
}

static void
on_cancelled(void *context, struct cox_session *connection, guint32 id)
{
    struct cox_ctx *ctx = context;
    gsize n = cox_tickets_abandon_one(ctx->tickets, cox_session_serial(connection), id);

    cox_session_busy(connection, -(int) n);
}

void
cox_ctx_client_gone(struct cox_ctx *ctx, guint64 serial)
{
    (void) cox_tickets_abandon(ctx->tickets, serial);
    if (ctx->service->client_gone != NULL) {
        ctx->service->client_gone(ctx, serial);
    }
}

static void
on_gone(void *context, guint64 serial)
{
    cox_ctx_client_gone(context, serial);
}

/* Common requests. */

static bool
on_ping(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_ping *ping = request->body;
    const struct cox_msg_pong pong = { ping->token, ping->padding };

    (void) error;
    if (ctx->service->watches_supervisor && request->role == COX_ROLE_ADMIN
        && g_strcmp0(request->program, cox_daemon_row(COX_DAEMON_SUPERVISOR)->process) == 0) {
        cox_overseer_heard(ctx->overseer);
    }
    (void) cox_spare_release(&ctx->spare, cox_runtime_now(ctx->runtime));
    cox_reply_set(reply, COX_MSG_PONG, &pong);
    return true;
}

void
cox_service_add_stat(struct cox_ctx *ctx, const char *name, gint64 value)
{
    const struct cox_msg_stat stat = { name, value, NULL };

    COX_BUG_ON(ctx->stats == NULL);
    g_array_append_val(ctx->stats, stat);
}

void
cox_service_add_complaint(struct cox_ctx *ctx, const char *format, ...)
{
    va_list args;

    COX_BUG_ON(ctx->complaints == NULL);
    va_start(args, format);
    g_ptr_array_add(ctx->complaints, g_strdup_vprintf(format, args));
    va_end(args);
}

static void
add_group_complaints(struct cox_ctx *ctx)
{
    g_autoptr(GPtrArray) complaints = cox_group_complaints(ctx->group);

    for (guint i = 0; i < complaints->len; i++) {
        cox_service_add_complaint(ctx, "%s", (const char *) complaints->pdata[i]);
    }
}

static void
collect_stats(struct cox_ctx *ctx)
{
    struct cox_server_stats server = { 0 };

    if (ctx->server != NULL) {
        server = cox_server_stats(ctx->server);
    }
    cox_service_add_stat(ctx, "requests", (gint64) ctx->n_requests);
    cox_service_add_stat(ctx, "requests_failed", (gint64) ctx->n_failed);
    cox_service_add_stat(ctx, "requests_waiting", (gint64) cox_tickets_count(ctx->tickets));
    cox_service_add_stat(ctx, "events", (gint64) ctx->n_events);
    cox_service_add_stat(ctx, "clients", server.n_clients);
    cox_service_add_stat(ctx, "clients_accepted", server.n_accepted);
    cox_service_add_stat(ctx, "clients_refused", server.n_refused);
    cox_service_add_stat(ctx, "clients_evicted", server.n_evicted);
    cox_service_add_stat(ctx, "unsent_bytes", server.unsent_bytes);
    if (ctx->group != NULL) {
        cox_service_add_stat(ctx, "peer_messages", (gint64) ctx->n_from_peers);
        cox_service_add_stat(ctx, "peer_unsent_bytes", (gint64) cox_group_waiting_bytes(ctx->group));
        cox_service_add_stat(ctx, "peer_troubles", (gint64) cox_group_troubles(ctx->group));
        add_group_complaints(ctx);
    }
    cox_service_add_stat(ctx, "log_lines", (gint64) cox_log_count(ctx->log));
    cox_service_add_stat(ctx, "log_lines_lost", (gint64) cox_log_lost(ctx->log));
    if (cox_log_lost(ctx->log) > 0) {
        cox_service_add_complaint(ctx, "%" G_GUINT64_FORMAT " log lines were lost", cox_log_lost(ctx->log));
    }
    if (cox_overseer_is_missed(ctx->overseer)) {
        cox_service_add_complaint(ctx, "the supervisor is silent: daemons of this node that die are not started again");
    }
    if (ctx->service->health != NULL) {
        ctx->service->health(ctx);
    }
}

static bool
on_health(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    static const char *const states[] = { "starting", "running", "stopping" };
    struct cox_msg_health health = {
        .daemon = cox_daemon_row(ctx->service->daemon)->process, .version = PACKAGE_VERSION, .pid = (guint64) getpid(),
        .uptime_ms = (guint64) ((cox_runtime_now(ctx->runtime) - ctx->started) / COX_USEC_PER_MS), .state = states[ctx->state],
    };

    (void) request;
    (void) error;
    ctx->stats = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_stat));
    ctx->complaints = g_ptr_array_new_with_free_func(g_free);
    collect_stats(ctx);
    health.stats = (const struct cox_msg_stat *) (void *) ctx->stats->data;
    health.n_stats = ctx->stats->len;
    health.complaints = (const char *const *) ctx->complaints->pdata;
    health.n_complaints = ctx->complaints->len;
    cox_reply_set(reply, COX_MSG_HEALTH, &health);
    g_clear_pointer(&ctx->stats, g_array_unref);
    g_clear_pointer(&ctx->complaints, g_ptr_array_unref);
    return true;
}

static bool
on_subscribe(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_subscribe *subscribe = request->body;
    struct cox_session *connection = find_session(ctx, request->client);
    const char *topic = subscribe->topic == NULL ? "" : subscribe->topic;

    (void) reply;
    if (ctx->service->topics == NULL || !g_strv_contains(ctx->service->topics, topic)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "topic '%s': %s has none of that name", topic,
                    cox_daemon_row(ctx->service->daemon)->process);
        return false;
    }
    if (ctx->service->subscribed != NULL && !ctx->service->subscribed(ctx, request, topic, error)) {
        return false;
    }
    if (ctx->tap != NULL) {
        return true;
    }
    if (connection == NULL || !cox_session_subscribe(connection, request->id, topic)) {
        g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "subscription '%u': exists already, or there are too many", request->id);
        return false;
    }
    return true;
}

static bool
on_unsubscribe(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_unsubscribe *unsubscribe = request->body;
    struct cox_session *connection = find_session(ctx, request->client);

    (void) reply;
    if (connection == NULL || !cox_session_unsubscribe(connection, (guint32) unsubscribe->id)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "subscription '%" G_GUINT64_FORMAT "': there is none", unsubscribe->id);
        return false;
    }
    return true;
}

static bool
on_log_level(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_log_level *wish = request->body;

    (void) reply;
    if (wish->level > COX_LOG_TRACE) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "level '%" G_GUINT64_FORMAT "': the highest is %d", wish->level,
                    COX_LOG_TRACE);
        return false;
    }
    cox_log_set_level(ctx->log, (enum cox_log_level) wish->level);
    cox_log_line(ctx->log, COX_LOG_NOTICE, "log level changed level=%d pid=%d", (int) wish->level, (int) request->pid);
    return true;
}

void
cox_service_publish(struct cox_ctx *ctx, const char *topic, enum cox_message message, const void *body, GBytes *large)
{
    GByteArray *payload;
    g_autoptr(GBytes) bytes = NULL;

    ctx->n_events++;
    if (ctx->server != NULL && !cox_server_has_subscriber(ctx->server, topic)) {
        return;
    }
    payload = g_byte_array_sized_new(PAYLOAD_BYTES);
    cox_marshal(cox_messages_schema((unsigned int) message), body, payload);
    bytes = g_byte_array_free_to_bytes(payload);
    if (g_bytes_get_size(bytes) > COX_FRAME_MAX_BYTES - COX_FRAME_HEADER_BYTES) { /* large things go into @large */
        cox_log_line(ctx->log, COX_LOG_ERR, "bug: news that fits no frame are lost topic=%s bytes=%" G_GSIZE_FORMAT, topic, g_bytes_get_size(bytes));
        return;
    }
    if (ctx->server != NULL) {
        cox_server_publish(ctx->server, topic, message, bytes, large);
    } else if (ctx->tap != NULL) {
        ctx->tap->publish(ctx->tap->context, topic, message, bytes, large);
    }
}

/* Life and death. */

struct cox_ctx *
cox_ctx_new(const struct cox_service *service, struct cox_runtime *runtime, struct cox_log *log, const char *run_directory)
{
    struct cox_ctx *ctx = g_new0(struct cox_ctx, 1);

    ctx->service = service;
    ctx->runtime = runtime;
    ctx->log = log;
    ctx->run_directory = run_directory;
    ctx->limits = service->limits != NULL ? *service->limits : cox_limits_default();
    ctx->tickets = cox_tickets_new();
    ctx->peer_failures = cox_grumble_new();
    ctx->overseer = cox_overseer_new(runtime, log);
    ctx->started = cox_runtime_now(runtime);
    ctx->boot = (guint64) cox_runtime_wall(runtime).usec;
    return ctx;
}

bool
cox_ctx_listen(struct cox_ctx *ctx, GError **error)
{
    const struct cox_server_setup setup = {
        .runtime = ctx->runtime, .log = ctx->log, .limits = &ctx->limits,
        .name = cox_daemon_row(ctx->service->daemon)->socket, .run_directory = ctx->run_directory, .boot = ctx->boot,
        .request = on_request, .cancelled = on_cancelled, .gone = on_gone, .context = ctx,
    };

    ctx->server = cox_server_new(&setup, error);
    return ctx->server != NULL;
}

void
cox_ctx_free(struct cox_ctx *ctx)
{
    cox_server_free(ctx->server);
    ctx->server = NULL;
    if (ctx->service->destroy != NULL) {
        ctx->service->destroy(ctx);
    }
    cox_tickets_free(ctx->tickets);
    cox_overseer_free(ctx->overseer);
    cox_grumble_free(ctx->peer_failures);
    g_free(ctx->group_name);
    g_free(ctx);
}
