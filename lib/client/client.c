/* lib/client/client.c - the protocol as a client speaks it.  Layer 5. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "client/client.h"

#include <string.h>

#include "base/error.h"
#include "client/dial.h"
#include "runtime/channel.h"

enum { PUMP_BELOW_BYTES = 128 * 1024, RETRY_FIRST_MS = 50, RETRY_MAX_MS = 2000, HELLO_LIMIT_MS = 10000 };

/* Id of the hello; requests begin above it. */
enum { HELLO_ID = 0 };

enum state { STATE_DOWN = 0, STATE_GREETING, STATE_UP };

struct call {
    struct cox_client *client;
    guint32 id;
    GBytes *frame; /* NULL: could not be built, see error */
    GError *error;
    struct cox_source source;
    cox_client_reply_fn fn;
    void *context;
    cox_source_id timer;
    bool is_sent;
};

struct subscription {
    guint32 id;
    char *topic;
    cox_client_event_fn fn;
    void *context;
};

struct cox_client {
    struct cox_runtime *runtime;
    struct cox_client_settings settings;
    char *program, *run_directory;
    enum state state;
    struct cox_channel *channel;
    struct cox_outflows *out;
    struct cox_inflows *in;
    GHashTable *calls;         /* id -> struct call, owns them */
    GHashTable *subscriptions; /* id -> struct subscription, owns them */
    guint32 last_id;
    gint64 retry_ms;
    cox_source_id timer; /* next attempt, or limit of the greeting */
    guint64 boot;
    pid_t peer_pid; /* 0: no connection */
    enum cox_access_role role;
};

static void dial(void *context);

static void
free_call(gpointer data)
{
    struct call *call = data;

    cox_runtime_cancel(call->client->runtime, call->timer);
    cox_source_clear(&call->source);
    g_clear_pointer(&call->frame, g_bytes_unref);
    g_clear_error(&call->error);
    g_free(call);
}

static void
free_subscription(gpointer data)
{
    struct subscription *subscription = data;

    g_free(subscription->topic);
    g_free(subscription);
}

static struct call *
find_call(const struct cox_client *client, guint32 id)
{
    return g_hash_table_lookup(client->calls, GUINT_TO_POINTER(id));
}

/* Give a call its answer and forget it. */
static void
answer(struct call *call, struct cox_client_reply *reply)
{
    g_hash_table_steal(call->client->calls, GUINT_TO_POINTER(call->id));
    reply->id = call->id;
    if (call->fn != NULL) {
        call->fn(call->context, reply);
    }
    free_call(call);
}

static void
fail(struct call *call, const GError *error)
{
    struct cox_client_reply reply = { .error = error };

    answer(call, &reply);
}

static void
fail_calls(struct cox_client *client, const GError *error, bool also_unsent)
{
    GList *all = g_hash_table_get_keys(client->calls);

    for (GList *link = all; link != NULL; link = link->next) {
        struct call *call = find_call(client, GPOINTER_TO_UINT(link->data)); /* a callback may have cancelled it */

        if (call != NULL && (call->is_sent || also_unsent)) {
            fail(call, error);
        }
    }
    g_list_free(all);
}

static void
send_frame(void *context, GBytes *frame)
{
    struct cox_client *client = context;

    if (client->channel != NULL) {
        cox_channel_send(client->channel, frame);
    }
}

static void
pump(struct cox_client *client)
{
    while (client->channel != NULL && cox_channel_queued_bytes(client->channel) < PUMP_BELOW_BYTES
           && cox_outflows_pump(client->out)) {
    }
}

/* The connection is no more: what was sent fails, what was not sent waits for the next one if there will be one. */
static void
lose(struct cox_client *client, const GError *reason)
{
    g_autoptr(GError) problem = g_error_copy(reason);
    struct cox_outflows *out = client->out;
    struct cox_inflows *in = client->in;
    bool was_up = client->state == STATE_UP;

    cox_channel_free(client->channel);
    client->channel = NULL;
    client->state = STATE_DOWN;
    client->peer_pid = 0;
    cox_runtime_cancel(client->runtime, client->timer);
    client->timer = 0;
    client->out = cox_outflows_new(send_frame, client);
    client->in = cox_inflows_new(send_frame, client);
    cox_outflows_free(out);
    cox_inflows_free(in); /* tells the sinks, which may use the client */
    if (client->settings.reconnects) {
        cox_usec now = cox_runtime_now(client->runtime);

        client->timer = cox_runtime_timer(client->runtime, cox_usec_after_ms(now, client->retry_ms), dial, client);
        client->retry_ms = MIN(client->retry_ms * 2, RETRY_MAX_MS);
    }
    fail_calls(client, problem, !client->settings.reconnects);
    if (client->settings.changed != NULL && (was_up || !client->settings.reconnects)) {
        client->settings.changed(client->settings.context, false, problem);
    }
}

static void
transmit(struct call *call)
{
    struct cox_client *client = call->client;

    call->is_sent = true;
    send_frame(client, call->frame);
    if (call->source.read != NULL) {
        cox_outflows_add(client->out, call->id, &call->source);
        call->source = (struct cox_source) { 0 };
        pump(client);
    }
}

static void
send_subscription(struct cox_client *client, const struct subscription *subscription)
{
    const struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_SUBSCRIBE, .id = subscription->id };
    const struct cox_msg_subscribe subscribe = { .topic = subscription->topic };
    g_autoptr(GBytes) bytes = cox_frame_build_message(&frame, &subscribe, NULL);

    if (bytes != NULL) {
        send_frame(client, bytes);
    }
}

static gint
by_id(gconstpointer a, gconstpointer b)
{
    guint32 x = GPOINTER_TO_UINT(a), y = GPOINTER_TO_UINT(b);

    return x < y ? -1 : x > y;
}

/* Before the calls, which may cause what is subscribed to. */
static void
send_subscriptions(struct cox_client *client)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, client->subscriptions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        send_subscription(client, value);
    }
}

/* The calls that are not sent yet, in the order in which they were made. */
static void
send_waiting(struct cox_client *client)
{
    GList *waiting = g_list_sort(g_hash_table_get_keys(client->calls), by_id);

    for (GList *link = waiting; link != NULL; link = link->next) {
        struct call *call = find_call(client, GPOINTER_TO_UINT(link->data));

        if (call != NULL && !call->is_sent && call->frame != NULL) { /* NULL: sending another one has lost the connection */
            transmit(call);
        }
    }
    g_list_free(waiting);
}

/*
 * May calls be sent?  Who does not connect again need not wait for the greeting: frames arrive in their order, and what is sent has the level of
 * our hello, which a daemon of a lower one reads as well (proto/messages.def).  Who does connect again waits, so that a call that no daemon
 * has taken goes to the next one.
 */
static bool
may_send(const struct cox_client *client)
{
    return client->state == STATE_UP || (client->state == STATE_GREETING && !client->settings.reconnects);
}

static void
on_welcome(struct cox_client *client, const struct cox_frame *frame)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    const struct cox_msg_welcome *welcome = NULL;
    bool has_sent = may_send(client);

    if (frame->kind == COX_FRAME_ERROR) {
        error = cox_frame_error(frame);
    } else if (frame->kind == COX_FRAME_REPLY && frame->message == COX_MSG_WELCOME) {
        welcome = cox_frame_message(frame, arena, &error);
    }
    if (welcome == NULL) {
        if (error == NULL) {
            error = g_error_new_literal(COX_ERROR, COX_ERROR_PROTOCOL, "the daemon did not greet us");
        }
        lose(client, error);
        return;
    }
    client->state = STATE_UP;
    client->boot = welcome->boot;
    client->role = (enum cox_access_role) MIN(welcome->role, COX_ROLE_ADMIN);
    client->retry_ms = RETRY_FIRST_MS;
    cox_runtime_cancel(client->runtime, client->timer);
    client->timer = 0;
    if (!has_sent) {
        send_subscriptions(client);
        send_waiting(client);
    }
    if (client->settings.changed != NULL) {
        client->settings.changed(client->settings.context, true, NULL);
    }
}

static bool
open_body(struct cox_client *client, const struct cox_frame *frame)
{
    return (frame->flags & COX_FRAME_HAS_BODY) != 0 && cox_inflows_open(client->in, frame->id, G_MAXUINT64);
}

static void
tell(const struct subscription *subscription, struct cox_client_event *event)
{
    event->id = subscription->id;
    subscription->fn(subscription->context, event);
}

/* The answer to SUBSCRIBE. */
static void
on_subscribed(struct cox_client *client, const struct subscription *subscription, const struct cox_frame *frame)
{
    struct cox_client_event event = { .kind = COX_CLIENT_SUBSCRIBED };
    g_autoptr(GError) error = NULL;

    (void) client;
    if (frame->kind == COX_FRAME_ERROR) {
        error = cox_frame_error(frame);
        event.kind = COX_CLIENT_FAILED;
        event.error = error;
    }
    tell(subscription, &event);
}

static void
on_answer(struct cox_client *client, const struct cox_frame *frame)
{
    const struct subscription *subscription = g_hash_table_lookup(client->subscriptions, GUINT_TO_POINTER(frame->id));
    struct call *call = find_call(client, frame->id);
    g_autoptr(cox_arena) arena = NULL;
    g_autoptr(GError) error = NULL;
    struct cox_client_reply reply = { .message = (enum cox_message) frame->message, .frame = frame };

    if (frame->kind == COX_FRAME_ERROR) {
        error = cox_frame_error(frame);
        if (cox_inflows_has(client->in, frame->id)) { /* after the message: its body cannot be finished */
            cox_inflows_fail(client->in, frame->id, error);
            return;
        }
    }
    if (subscription != NULL) {
        on_subscribed(client, subscription, frame);
        return;
    }
    reply.has_body = frame->kind == COX_FRAME_REPLY && open_body(client, frame);
    if (call == NULL) {
        return; /* cancelled */
    }
    if (frame->kind == COX_FRAME_REPLY) {
        arena = cox_arena_new();
        reply.body = cox_frame_message(frame, arena, &error);
    }
    cox_outflows_cancel(client->out, frame->id); /* answered before it had our whole body: it wants no more of it */
    reply.error = error;
    answer(call, &reply);
}

static void
on_event(struct cox_client *client, const struct cox_frame *frame)
{
    const struct subscription *subscription = g_hash_table_lookup(client->subscriptions, GUINT_TO_POINTER(frame->id));
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    struct cox_client_event event = { .kind = COX_CLIENT_EVENT, .message = (enum cox_message) frame->message };

    event.has_body = open_body(client, frame);
    if (subscription == NULL) {
        return;
    }
    event.body = cox_frame_message(frame, arena, &error);
    if (event.body == NULL) { /* from a newer daemon: whoever waits has to ask again */
        event.kind = COX_CLIENT_LOST;
        event.lost = 1;
    } else if (frame->message == COX_MSG_NOTE && ((const struct cox_msg_note *) event.body)->lost > 0) {
        event.kind = COX_CLIENT_LOST;
        event.lost = ((const struct cox_msg_note *) event.body)->lost;
    }
    tell(subscription, &event);
}

static bool
on_frame(struct cox_client *client, const struct cox_frame *frame, GError **error)
{
    g_autoptr(cox_arena) arena = NULL;
    const struct cox_msg_credit *credit;

    switch (frame->kind) {
    case COX_FRAME_REPLY:
    case COX_FRAME_ERROR:
        on_answer(client, frame);
        break;
    case COX_FRAME_EVENT:
        on_event(client, frame);
        break;
    case COX_FRAME_DATA:
        return cox_inflows_data(client->in, frame, error);
    case COX_FRAME_CREDIT:
        arena = cox_arena_new();
        credit = frame->message == COX_MSG_CREDIT ? cox_frame_message(frame, arena, error) : NULL;
        if (credit == NULL || !cox_outflows_credit(client->out, frame->id, credit->bytes, error)) {
            if (error != NULL && *error == NULL) {
                g_set_error_literal(error, COX_ERROR, COX_ERROR_PROTOCOL, "credit: another message");
            }
            return false;
        }
        pump(client);
        break;
    case COX_FRAME_CANCEL:
        cox_outflows_cancel(client->out, frame->id);
        break;
    case COX_FRAME_REQUEST:
    case COX_FRAME_N_KINDS:
        g_set_error_literal(error, COX_ERROR, COX_ERROR_PROTOCOL, "the daemon sent a request");
        return false;
    }
    return true;
}

static void
on_received(void *context, const guint8 *data, gsize size)
{
    struct cox_client *client = context;
    g_autoptr(GError) error = NULL;
    struct cox_frame frame;

    if (!cox_frame_parse(data, size, &frame, &error)) {
        lose(client, error);
    } else if (client->state == STATE_GREETING) {
        on_welcome(client, &frame);
    } else if (!on_frame(client, &frame, &error)) {
        lose(client, error);
    }
}

static void
on_closed(void *context, const GError *reason)
{
    lose(context, reason);
}

static void
on_progressed(void *context)
{
    pump(context);
}

static const struct cox_channel_handlers channel_handlers = { on_received, on_closed, on_progressed };

static void
on_hello_limit(void *context)
{
    struct cox_client *client = context;
    g_autoptr(GError) error = g_error_new_literal(COX_ERROR, COX_ERROR_TIMEOUT, "the daemon did not greet us in time");

    client->timer = 0;
    lose(client, error);
}

/* One attempt to connect. */
static void
dial(void *context)
{
    struct cox_client *client = context;
    const struct cox_frame frame = { .kind = COX_FRAME_REQUEST, .message = COX_MSG_HELLO, .id = HELLO_ID };
    const struct cox_msg_hello hello = { .level = COX_FRAME_LEVEL, .program = client->program };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    struct cox_channel_peer server;
    int fd;

    client->timer = 0;
    fd = cox_dial(client->run_directory, client->settings.daemon, &error);
    if (fd < 0) {
        lose(client, error);
        return;
    }
    client->state = STATE_GREETING;
    client->peer_pid = cox_channel_peer_of(fd, &server) ? server.pid : 0;
    client->channel = cox_channel_new(client->runtime, fd, &channel_handlers, client);
    client->timer = cox_runtime_timer(client->runtime, cox_usec_after_ms(cox_runtime_now(client->runtime), HELLO_LIMIT_MS),
                                      on_hello_limit, client);
    bytes = cox_frame_build_message(&frame, &hello, NULL);
    cox_channel_send(client->channel, bytes);
    if (may_send(client)) {
        send_subscriptions(client);
        send_waiting(client);
    }
}

struct cox_client *
cox_client_new(struct cox_runtime *runtime, const struct cox_client_settings *settings)
{
    struct cox_client *client = g_new0(struct cox_client, 1);

    client->runtime = runtime;
    client->settings = *settings;
    client->program = g_utf8_make_valid(settings->program == NULL ? "?" : settings->program, -1);
    client->run_directory = g_strdup(settings->run_directory);
    client->calls = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_call);
    client->subscriptions = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_subscription);
    client->out = cox_outflows_new(send_frame, client);
    client->in = cox_inflows_new(send_frame, client);
    client->last_id = HELLO_ID;
    client->retry_ms = RETRY_FIRST_MS;
    client->timer = cox_runtime_defer(runtime, dial, client);
    return client;
}

void
cox_client_free(struct cox_client *client)
{
    if (client == NULL) {
        return;
    }
    cox_runtime_cancel(client->runtime, client->timer);
    g_hash_table_destroy(client->calls);
    g_hash_table_destroy(client->subscriptions);
    cox_outflows_free(client->out);
    cox_channel_free(client->channel);
    client->channel = NULL;
    cox_inflows_free(client->in);
    g_free(client->program);
    g_free(client->run_directory);
    g_free(client);
}

bool
cox_client_is_up(const struct cox_client *client)
{
    return client->state == STATE_UP;
}

bool
cox_client_is_reached(const struct cox_client *client)
{
    return client->state != STATE_DOWN;
}

guint64
cox_client_boot(const struct cox_client *client)
{
    return client->boot;
}

pid_t
cox_client_peer_pid(const struct cox_client *client)
{
    return client->peer_pid;
}

enum cox_access_role
cox_client_role(const struct cox_client *client)
{
    return client->role;
}

static guint32
next_id(struct cox_client *client)
{
    do {
        client->last_id++;
    } while (client->last_id == HELLO_ID || find_call(client, client->last_id) != NULL
             || g_hash_table_contains(client->subscriptions, GUINT_TO_POINTER(client->last_id)));
    return client->last_id;
}

static void
on_timeout(void *context)
{
    struct call *call = context;
    struct cox_client *client = call->client;
    g_autoptr(GError) error = NULL;
    guint32 id = call->id;

    call->timer = 0;
    if (call->error != NULL) {
        fail(call, call->error);
        return;
    }
    error = g_error_new(COX_ERROR, COX_ERROR_TIMEOUT, "%s: no answer in time", cox_daemon_row(client->settings.daemon)->process);
    if (call->is_sent) {
        const struct cox_frame frame = { .kind = COX_FRAME_CANCEL, .id = id };
        g_autoptr(GBytes) bytes = cox_frame_build(&frame);

        send_frame(client, bytes);
        cox_outflows_cancel(client->out, id);
    }
    fail(call, error);
}

guint32
cox_client_send(struct cox_client *client, struct cox_client_call *given)
{
    struct call *call = g_new0(struct call, 1);
    const struct cox_frame frame = {
        .kind = COX_FRAME_REQUEST, .message = (guint16) given->message, .id = next_id(client),
        .flags = given->source.read != NULL ? COX_FRAME_HAS_BODY : 0,
    };
    cox_usec now = cox_runtime_now(client->runtime);

    call->client = client;
    call->id = frame.id;
    call->frame = cox_frame_build_message(&frame, given->body, &call->error);
    call->source = given->source;
    given->source = (struct cox_source) { 0 };
    call->fn = given->fn;
    call->context = given->context;
    g_hash_table_insert(client->calls, GUINT_TO_POINTER(call->id), call);
    if (call->frame == NULL || (client->state == STATE_DOWN && client->timer == 0)) {
        if (call->error == NULL) {
            call->error = g_error_new(COX_ERROR, COX_ERROR_DISCONNECTED, "%s: there is no connection",
                                      cox_daemon_row(client->settings.daemon)->process);
        }
        call->timer = cox_runtime_defer(client->runtime, on_timeout, call);
        return 0;
    }
    if (given->timeout_ms > 0) {
        call->timer = cox_runtime_timer(client->runtime, cox_usec_after_ms(now, given->timeout_ms), on_timeout, call);
    }
    if (may_send(client)) {
        transmit(call);
    }
    return frame.id;
}

void
cox_client_cancel(struct cox_client *client, guint32 id)
{
    const struct cox_frame frame = { .kind = COX_FRAME_CANCEL, .id = id };
    g_autoptr(GBytes) bytes = cox_frame_build(&frame);
    g_autoptr(GError) error = g_error_new_literal(COX_ERROR, COX_ERROR_DISCONNECTED, "cancelled");

    if (id != 0) {
        if (may_send(client)) {
            send_frame(client, bytes);
        }
        cox_outflows_cancel(client->out, id);
        cox_inflows_abandon(client->in, id, error); /* until the daemon has heard of it, more may come */
        g_hash_table_remove(client->calls, GUINT_TO_POINTER(id));
    }
}

void
cox_client_receive(struct cox_client *client, guint32 id, const struct cox_sink *sink)
{
    cox_inflows_attach(client->in, id, sink);
}

guint32
cox_client_subscribe(struct cox_client *client, const char *topic, cox_client_event_fn fn, void *context)
{
    struct subscription *subscription = g_new0(struct subscription, 1);

    subscription->id = next_id(client);
    subscription->topic = g_strdup(topic);
    subscription->fn = fn;
    subscription->context = context;
    g_hash_table_insert(client->subscriptions, GUINT_TO_POINTER(subscription->id), subscription);
    if (may_send(client)) {
        send_subscription(client, subscription);
    }
    return subscription->id;
}

void
cox_client_unsubscribe(struct cox_client *client, guint32 id)
{
    const struct cox_msg_unsubscribe body = { .id = id };
    struct cox_client_call call = { .message = COX_MSG_UNSUBSCRIBE, .body = &body };

    if (g_hash_table_remove(client->subscriptions, GUINT_TO_POINTER(id)) && may_send(client)) {
        (void) cox_client_send(client, &call);
    }
}

gsize
cox_client_waiting(const struct cox_client *client)
{
    return g_hash_table_size(client->calls);
}
