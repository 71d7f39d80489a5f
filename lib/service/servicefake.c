/* lib/service/servicefake.c - a daemon's handlers without process, socket or time: for tests.  Layer 5. */
#include "service/servicefake.h"

#include <poll.h>

#include "base/error.h"
#include "proto/marshal.h"
#include "runtime/fake.h"
#include "service/ctx_priv.h"

enum { PIECE_BYTES = 64 * 1024 };

struct cox_service_fake {
    struct cox_service_fake_setup setup;
    struct cox_log *log;
    struct cox_ctx *ctx;
    struct cox_ctx_tap tap;
    struct cox_arena *arena; /* answers live here */
    struct cox_arena *event_arena;
    GHashTable *answers; /* id -> struct cox_service_fake_answer, owns them */
    GArray *events;      /* struct cox_service_fake_event */
    guint32 last_id;
    struct cox_sink sink; /* that the request under way gives its body to */
    int peers_fd;         /* of the group; -1: not joined */
};

static void
free_answer(gpointer data)
{
    struct cox_service_fake_answer *answer = data;

    g_clear_error(&answer->error);
    g_clear_pointer(&answer->large, g_bytes_unref);
    g_free(answer);
}

static void
clear_event(gpointer data)
{
    struct cox_service_fake_event *event = data;

    g_clear_pointer(&event->topic, g_free);
    g_clear_pointer(&event->large, g_bytes_unref);
}

/* All of a source, or its error. */
static GBytes *
drain(struct cox_source *source, GError **error)
{
    GByteArray *all = g_byte_array_new();
    guint8 buffer[4096];
    gssize n;

    while ((n = source->read(source->context, buffer, sizeof buffer, error)) > 0) {
        g_byte_array_append(all, buffer, (guint) n);
    }
    cox_source_clear(source);
    return g_byte_array_free_to_bytes(all);
}

static void
on_answer(void *context, guint32 id, GBytes *frame, struct cox_source *source)
{
    struct cox_service_fake *fake = context;
    struct cox_service_fake_answer *answer = g_new0(struct cox_service_fake_answer, 1);
    struct cox_frame parts;
    gsize size;
    const guint8 *data = g_bytes_get_data(frame, &size);

    COX_BUG_ON(!cox_frame_parse(data, size, &parts, NULL) || g_hash_table_contains(fake->answers, GUINT_TO_POINTER(id)));
    if (parts.kind == COX_FRAME_ERROR) {
        answer->error = cox_frame_error(&parts);
    } else {
        answer->message = (enum cox_message) parts.message;
        answer->body = cox_frame_message(&parts, fake->arena, &answer->error);
    }
    if (source != NULL && source->read != NULL) {
        answer->large = drain(source, answer->error == NULL ? &answer->error : NULL);
    }
    g_hash_table_insert(fake->answers, GUINT_TO_POINTER(id), answer);
}

static void
on_receive(void *context, guint32 id, const struct cox_sink *sink)
{
    struct cox_service_fake *fake = context;

    (void) id;
    COX_BUG_ON(fake->sink.end != NULL);
    fake->sink = *sink;
}

static void
on_publish(void *context, const char *topic, enum cox_message message, GBytes *payload, GBytes *large)
{
    struct cox_service_fake *fake = context;
    gsize size;
    const guint8 *data = g_bytes_get_data(payload, &size);
    const struct cox_service_fake_event event = {
        .topic = g_strdup(topic), .message = message, .large = large == NULL ? NULL : g_bytes_ref(large),
        .body = cox_unmarshal(cox_messages_schema((unsigned int) message), data, size, fake->event_arena, NULL),
    };

    g_array_append_val(fake->events, event);
}

static struct cox_peers *
join(void *context, const struct cox_peers_handler *handler, GError **error)
{
    struct cox_service_fake *fake = context;
    struct cox_peers *peers;

    if (fake->setup.bus == NULL) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_DISCONNECTED, "no bus: there is none in this test");
        return NULL;
    }
    peers = cox_peers_fake_new(fake->setup.bus, fake->setup.node, handler);
    fake->peers_fd = cox_peers_fd(peers);
    return peers;
}

struct cox_service_fake *
cox_service_fake_new(const struct cox_service_fake_setup *setup, GError **error)
{
    struct cox_service_fake *fake = g_new0(struct cox_service_fake, 1);
    g_autofree char *group = cox_ctx_group_name(setup->service);

    fake->setup = *setup;
    fake->peers_fd = -1;
    fake->arena = cox_arena_new();
    fake->event_arena = cox_arena_new();
    fake->answers = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_answer);
    fake->events = g_array_new(FALSE, FALSE, sizeof(struct cox_service_fake_event));
    g_array_set_clear_func(fake->events, clear_event);
    fake->tap = (struct cox_ctx_tap) { on_answer, on_receive, on_publish, fake };
    fake->log = cox_log_new_captured(setup->runtime);
    fake->ctx = cox_ctx_new(setup->service, setup->runtime, fake->log,
                            setup->run_directory == NULL ? "/nonexistent" : setup->run_directory);
    fake->ctx->tap = &fake->tap;
    if (setup->service->start != NULL && !setup->service->start(fake->ctx, error)) {
        cox_service_fake_free(fake);
        return NULL;
    }
    if (fake->ctx->state == COX_CTX_STARTING) {
        fake->ctx->state = COX_CTX_RUNNING;
    }
    if (group != NULL) {
        cox_ctx_join(fake->ctx, join, fake);
        (void) cox_runtime_step(setup->runtime, false);
    }
    return fake;
}

void
cox_service_fake_free(struct cox_service_fake *fake)
{
    if (fake != NULL) {
        cox_ctx_leave(fake->ctx);
        cox_ctx_free(fake->ctx);
        cox_log_free(fake->log);
        g_hash_table_destroy(fake->answers);
        g_array_unref(fake->events);
        cox_arena_free(fake->arena);
        cox_arena_free(fake->event_arena);
        g_free(fake);
    }
}

struct cox_ctx *
cox_service_fake_ctx(struct cox_service_fake *fake)
{
    return fake->ctx;
}

bool
cox_service_fake_pump(struct cox_service_fake *fake)
{
    bool has_done = cox_runtime_step(fake->setup.runtime, false);
    struct pollfd ready = { .fd = fake->peers_fd, .events = POLLIN };

    if (fake->ctx->group != NULL && cox_group_is_joined(fake->ctx->group) && poll(&ready, 1, 0) == 1) {
        has_done |= cox_fake_ready(fake->setup.runtime, fake->peers_fd, COX_WATCH_READ);
    }
    return has_done;
}

static void
feed(struct cox_service_fake *fake, GBytes *large)
{
    struct cox_sink sink = fake->sink;
    g_autoptr(GError) problem = NULL;
    gsize size;
    const guint8 *data = g_bytes_get_data(large, &size);
    bool is_wanted = true;

    fake->sink = (struct cox_sink) { 0 };
    for (gsize done = 0; done < size && is_wanted && sink.data != NULL; done += PIECE_BYTES) {
        is_wanted = sink.data(sink.context, data + done, MIN(size - done, PIECE_BYTES), &problem);
    }
    if (sink.end != NULL) {
        sink.end(sink.context, problem);
    }
}

guint32
cox_service_fake_ask(struct cox_service_fake *fake, const struct cox_service_fake_call *call)
{
    const struct cox_frame head = {
        .kind = COX_FRAME_REQUEST, .message = (guint16) call->message, .id = ++fake->last_id,
        .flags = call->large != NULL ? COX_FRAME_HAS_BODY : 0,
    };
    struct cox_request request = {
        .origin = COX_FROM_LOCAL, .role = call->role == COX_ROLE_NONE ? COX_ROLE_ADMIN : call->role, .uid = call->uid,
        .program = "fake", .client = call->client == 0 ? 1 : call->client,
    };
    g_autoptr(GBytes) bytes = cox_frame_build_message(&head, call->body, NULL);
    struct cox_frame frame;
    gsize size;
    const guint8 *data;

    COX_BUG_ON(bytes == NULL);
    data = g_bytes_get_data(bytes, &size);
    COX_BUG_ON(!cox_frame_parse(data, size, &frame, NULL));
    cox_ctx_serve(fake->ctx, &request, &frame);
    if (call->large != NULL) {
        feed(fake, call->large);
    }
    return fake->last_id;
}

const struct cox_service_fake_answer *
cox_service_fake_answer(const struct cox_service_fake *fake, guint32 id)
{
    return g_hash_table_lookup(fake->answers, GUINT_TO_POINTER(id));
}

const void *
cox_service_fake_get(struct cox_service_fake *fake, enum cox_message message, const void *body, enum cox_message expected,
                     GError **error)
{
    const struct cox_service_fake_call call = { .message = message, .body = body };
    const struct cox_service_fake_answer *answer = cox_service_fake_answer(fake, cox_service_fake_ask(fake, &call));

    if (answer == NULL) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_TIMEOUT, "the answer comes later");
    } else if (answer->error != NULL) {
        g_propagate_error(error, g_error_copy(answer->error));
    } else if (answer->message != expected) {
        g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "answer '%d': another message than expected", (int) answer->message);
    } else {
        return answer->body;
    }
    return NULL;
}

guint
cox_service_fake_n_events(const struct cox_service_fake *fake)
{
    return fake->events->len;
}

const struct cox_service_fake_event *
cox_service_fake_event(const struct cox_service_fake *fake, guint i)
{
    COX_BUG_ON(i >= fake->events->len);
    return &g_array_index(fake->events, struct cox_service_fake_event, i);
}

void
cox_service_fake_forget_events(struct cox_service_fake *fake)
{
    g_array_set_size(fake->events, 0);
    cox_arena_free(fake->event_arena);
    fake->event_arena = cox_arena_new();
}

void
cox_service_fake_hang_up(struct cox_service_fake *fake, guint64 client)
{
    cox_ctx_client_gone(fake->ctx, client);
}

bool
cox_service_fake_has_stopped(const struct cox_service_fake *fake)
{
    return fake->ctx->has_stopped;
}

const char *
cox_service_fake_log(const struct cox_service_fake *fake)
{
    return cox_log_text(fake->log);
}
