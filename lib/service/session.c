/* lib/service/session.c - the protocol as a daemon speaks it with one client.  Layer 5. */
#include "service/session.h"

#include <string.h>

#include "config.h"
#include "base/error.h"
#include "base/text.h"
#include "service/subscriber.h"

/* While more than this waits in the socket's queue, large bodies pause: other frames come first. */
enum { PUMP_BELOW_BYTES = 128 * 1024, PROGRAM_BYTES = 100 };

struct cox_session {
    const struct cox_session_setup *setup;
    struct cox_channel *channel;
    struct cox_channel_peer peer;
    enum cox_access_role role;
    guint64 serial;
    char *program; /* NULL: has not said hello */
    cox_usec since;
    gsize n_busy;
    bool is_gone; /* the owner has been told; nothing is read or sent any more */
    struct cox_outflows *out;
    struct cox_inflows *in;
    struct cox_subscriber *subscriber;
    struct cox_subscriber_port port;
};

static void
go(struct cox_session *connection, const GError *reason)
{
    if (!connection->is_gone) {
        connection->is_gone = true;
        cox_channel_pause(connection->channel, true);
        connection->setup->handlers->gone(connection->setup->context, connection, reason);
    }
}

static void G_GNUC_PRINTF(3, 4)
evict(struct cox_session *connection, enum cox_error code, const char *format, ...)
{
    g_autoptr(GError) reason = NULL;
    va_list args;

    va_start(args, format);
    reason = g_error_new_valist(COX_ERROR, (int) code, format, args);
    va_end(args);
    go(connection, reason);
}

static void
send_frame(void *context, GBytes *frame)
{
    struct cox_session *connection = context;

    if (connection->is_gone) {
        return;
    }
    cox_channel_send(connection->channel, frame);
    if (!connection->setup->handlers->may_queue(connection->setup->context, connection)) {
        cox_session_evict(connection);
    }
}

void
cox_session_evict(struct cox_session *connection)
{
    evict(connection, COX_ERROR_TIMEOUT, "does not read what it asked for: %" G_GSIZE_FORMAT " bytes wait", cox_channel_queued_bytes(connection->channel));
}

static gsize
unsent_bytes(void *context)
{
    return cox_session_unsent_bytes(context);
}

static void
pump(struct cox_session *connection)
{
    while (!connection->is_gone && cox_channel_queued_bytes(connection->channel) < PUMP_BELOW_BYTES
           && cox_outflows_pump(connection->out)) {
    }
}

/* Bodies go on, then the events that waited for them, then the bodies of these. */
static void
go_on(struct cox_session *connection)
{
    pump(connection);
    if (!connection->is_gone) {
        cox_subscriber_progress(connection->subscriber);
        pump(connection);
    }
}

static void
on_hello(struct cox_session *connection, const struct cox_frame *frame)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) answer = NULL;
    const struct cox_frame head = { .kind = COX_FRAME_REPLY, .message = COX_MSG_WELCOME, .id = frame->id };
    const struct cox_msg_hello *hello = NULL;
    struct cox_msg_welcome welcome = { .daemon = connection->setup->daemon, .version = PACKAGE_VERSION,
                                       .boot = connection->setup->boot, .role = connection->role };

    if (frame->kind == COX_FRAME_REQUEST && frame->message == COX_MSG_HELLO) {
        hello = cox_frame_message(frame, arena, &error);
    }
    if (hello == NULL) {
        evict(connection, COX_ERROR_PROTOCOL, "did not say hello: %s", error == NULL ? "another frame" : error->message);
        return;
    }
    connection->program = cox_text_cut(hello->program == NULL ? "?" : hello->program, PROGRAM_BYTES);
    welcome.level = MIN(hello->level, COX_FRAME_LEVEL);
    answer = cox_frame_build_message(&head, &welcome, NULL);
    send_frame(connection, answer);
}

static void
on_credit(struct cox_session *connection, const struct cox_frame *frame)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    const struct cox_msg_credit *credit = cox_frame_message(frame, arena, &error);

    if (frame->message != COX_MSG_CREDIT || credit == NULL
        || !cox_outflows_credit(connection->out, frame->id, credit->bytes, &error)) {
        evict(connection, COX_ERROR_PROTOCOL, "credit: %s", error == NULL ? "another message" : error->message);
        return;
    }
    go_on(connection);
}

static void
on_cancel(struct cox_session *connection, const struct cox_frame *frame)
{
    g_autoptr(GError) problem = g_error_new_literal(COX_ERROR, COX_ERROR_DISCONNECTED, "the client gave up");

    cox_outflows_cancel(connection->out, frame->id);
    cox_inflows_fail(connection->in, frame->id, problem);
    connection->setup->handlers->cancelled(connection->setup->context, connection, frame->id);
    go_on(connection); /* events may have waited for this body to end */
}

static void
on_request(struct cox_session *connection, const struct cox_frame *frame)
{
    const struct cox_limits *limits = connection->setup->limits;

    if (frame->flags & COX_FRAME_HAS_BODY) {
        if (cox_inflows_count(connection->in) >= limits->bodies_per_client
            || !cox_inflows_open(connection->in, frame->id, limits->body_bytes)) {
            evict(connection, COX_ERROR_PROTOCOL, "too many bodies at once, or one id for two");
            return;
        }
    }
    if (cox_outflows_has(connection->out, frame->id)) {
        evict(connection, COX_ERROR_PROTOCOL, "request '%u': the answer to this id is still under way", frame->id);
        return;
    }
    connection->setup->handlers->request(connection->setup->context, connection, frame);
}

static void
on_frame(struct cox_session *connection, const struct cox_frame *frame)
{
    g_autoptr(GError) error = NULL;

    switch (frame->kind) {
    case COX_FRAME_REQUEST:
        on_request(connection, frame);
        break;
    case COX_FRAME_DATA:
        if (!cox_inflows_data(connection->in, frame, &error)) {
            go(connection, error);
        }
        break;
    case COX_FRAME_CREDIT:
        on_credit(connection, frame);
        break;
    case COX_FRAME_CANCEL:
        on_cancel(connection, frame);
        break;
    case COX_FRAME_ERROR: /* the client cannot finish a body */
        error = cox_frame_error(frame);
        cox_inflows_fail(connection->in, frame->id, error);
        break;
    case COX_FRAME_REPLY:
    case COX_FRAME_EVENT:
    case COX_FRAME_N_KINDS:
        evict(connection, COX_ERROR_PROTOCOL, "sent what only a daemon may send");
        break;
    }
}

static void
on_received(void *context, const guint8 *data, gsize size)
{
    struct cox_session *connection = context;
    g_autoptr(GError) error = NULL;
    struct cox_frame frame;

    if (connection->is_gone) {
        return;
    }
    if (!cox_frame_parse(data, size, &frame, &error)) {
        go(connection, error);
    } else if (connection->program == NULL) {
        on_hello(connection, &frame);
    } else {
        on_frame(connection, &frame);
    }
}

static void
on_closed(void *context, const GError *reason)
{
    go(context, reason);
}

static void
on_progressed(void *context)
{
    go_on(context);
}

static const struct cox_channel_handlers channel_handlers = { on_received, on_closed, on_progressed };

struct cox_session *
cox_session_new(const struct cox_session_setup *setup, int fd, const struct cox_channel_peer *peer, enum cox_access_role role,
                   guint64 serial)
{
    struct cox_session *connection = g_new0(struct cox_session, 1);

    connection->setup = setup;
    connection->peer = *peer;
    connection->role = role;
    connection->serial = serial;
    connection->since = cox_runtime_now(setup->runtime);
    connection->channel = cox_channel_new(setup->runtime, fd, &channel_handlers, connection);
    connection->out = cox_outflows_new(send_frame, connection);
    connection->in = cox_inflows_new(send_frame, connection);
    connection->port = (struct cox_subscriber_port) { send_frame, unsent_bytes, connection };
    connection->subscriber = cox_subscriber_new(setup->limits, connection->out, &connection->port);
    return connection;
}

void
cox_session_free(struct cox_session *connection)
{
    if (connection != NULL) {
        connection->is_gone = true;
        cox_inflows_free(connection->in);
        cox_subscriber_free(connection->subscriber);
        cox_outflows_free(connection->out);
        cox_channel_free(connection->channel);
        g_free(connection->program);
        g_free(connection);
    }
}

guint64
cox_session_serial(const struct cox_session *connection)
{
    return connection->serial;
}

const struct cox_channel_peer *
cox_session_peer(const struct cox_session *connection)
{
    return &connection->peer;
}

enum cox_access_role
cox_session_role(const struct cox_session *connection)
{
    return connection->role;
}

const char *
cox_session_program(const struct cox_session *connection)
{
    return connection->program == NULL ? "?" : connection->program;
}

gsize
cox_session_unsent_bytes(const struct cox_session *connection)
{
    return cox_channel_queued_bytes(connection->channel);
}

void
cox_session_answer(struct cox_session *connection, guint32 id, GBytes *frame, struct cox_source *source)
{
    bool has_body = source != NULL && source->read != NULL;

    if (has_body && (connection->is_gone || cox_outflows_has(connection->out, id))) {
        cox_source_clear(source);
        has_body = false;
    }
    if (has_body) {
        cox_outflows_add(connection->out, id, source);
        *source = (struct cox_source) { 0 };
    }
    send_frame(connection, frame);
    if (has_body && cox_outflows_count(connection->out) > connection->setup->limits->bodies_per_client) {
        evict(connection, COX_ERROR_PROTOCOL, "asked for too many large answers at once");
    }
    pump(connection);
}

void
cox_session_busy(struct cox_session *connection, int change)
{
    connection->n_busy = (gsize) ((gssize) connection->n_busy + change);
    if (!connection->is_gone) {
        cox_channel_pause(connection->channel, connection->n_busy >= connection->setup->limits->requests_per_client);
    }
}

void
cox_session_receive(struct cox_session *connection, guint32 id, const struct cox_sink *sink)
{
    cox_inflows_attach(connection->in, id, sink);
}

bool
cox_session_subscribe(struct cox_session *connection, guint32 id, const char *topic)
{
    return cox_subscriber_count(connection->subscriber) < connection->setup->limits->requests_per_client
           && cox_subscriber_add(connection->subscriber, id, topic);
}

bool
cox_session_unsubscribe(struct cox_session *connection, guint32 id)
{
    return cox_subscriber_remove(connection->subscriber, id);
}

bool
cox_session_follows(const struct cox_session *connection, const char *topic)
{
    return !connection->is_gone && cox_subscriber_has(connection->subscriber, topic);
}

void
cox_session_publish(struct cox_session *connection, const char *topic, enum cox_message message, GBytes *payload,
                       GBytes *large)
{
    if (!connection->is_gone) {
        cox_subscriber_publish(connection->subscriber, topic, message, payload, large);
        pump(connection);
    }
}

void
cox_session_check(struct cox_session *connection, cox_usec now)
{
    const struct cox_limits *limits = connection->setup->limits;
    gint64 stall_ms = connection->role == COX_ROLE_ADMIN ? limits->stall_trusted_ms : limits->stall_ms;

    if (connection->program == NULL && now >= cox_usec_after_ms(connection->since, limits->hello_ms)) {
        evict(connection, COX_ERROR_TIMEOUT, "did not say hello in time");
    } else if (cox_channel_queued_bytes(connection->channel) > 0
               && now >= cox_usec_after_ms(cox_channel_last_progress(connection->channel), stall_ms)) {
        evict(connection, COX_ERROR_TIMEOUT, "has not read anything for %" G_GINT64_FORMAT " ms", stall_ms);
    }
}

void
cox_session_refuse(struct cox_session *connection, const GError *reason)
{
    g_autoptr(GBytes) frame = cox_frame_build_error(0, reason);

    cox_channel_send(connection->channel, frame);
    go(connection, reason);
}
