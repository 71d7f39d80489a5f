/* lib/service/tests/testd.c - a daemon for tests: does what the message `note` says, over real IPC.  Not installed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "service/service.h"

static const char *const topics[] = { "news", "closed", NULL };

/* An answer that comes later. */
struct later {
    struct cox_ctx *ctx;
    cox_ticket ticket;
    guint64 number;
};

static void
on_later(void *context)
{
    struct later *later = context;
    const struct cox_msg_note note = { .topic = "later", .number = later->number };

    cox_ticket_answer(later->ctx, later->ticket, COX_MSG_NOTE, &note, NULL);
    g_free(later);
}

/* A body that is made up: byte n is n / 256. */
struct made_up {
    guint64 done, total;
};

static gssize
make_up(void *context, guint8 *buffer, gsize max, GError **error)
{
    struct made_up *body = context;
    gsize n = (gsize) MIN((guint64) max, body->total - body->done);

    (void) error;
    for (gsize i = 0; i < n; i++) {
        buffer[i] = (guint8) ((body->done + i) / 256);
    }
    body->done += n;
    return (gssize) n;
}

/* Counts the bytes of a request's body. */
static bool
on_data(void *context, const guint8 *data, gsize size, GError **error)
{
    struct later *later = context;

    (void) data;
    later->number += size;
    if (later->number > 50 * 1024 * 1024) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_SYNTAX, "body: more than 50 MiB");
        return false;
    }
    return true;
}

static void
on_end(void *context, const GError *problem)
{
    struct later *later = context;

    if (problem != NULL) {
        cox_ticket_fail(later->ctx, later->ticket, problem);
        g_free(later);
    } else {
        on_later(later);
    }
}

static bool
on_body(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply)
{
    struct later *later = g_new0(struct later, 1);
    const struct cox_sink sink = { on_data, on_end, later };

    later->ctx = ctx;
    later->ticket = cox_reply_defer(reply);
    cox_request_receive(ctx, request, &sink);
    return true;
}

static void
publish(struct cox_ctx *ctx, const struct cox_msg_note *order)
{
    g_autofree char *text = g_strnfill(1000, 'n');

    for (guint64 i = 1; i <= order->number; i++) {
        const struct cox_msg_note note = { .topic = "news", .number = i, .text = text };

        cox_service_publish(ctx, "news", COX_MSG_NOTE, &note, NULL);
    }
}

static void
publish_large(struct cox_ctx *ctx, const struct cox_msg_note *order)
{
    g_autoptr(GBytes) large = g_bytes_new_take(g_malloc0(order->number), order->number);
    const struct cox_msg_note before = { .topic = "news", .number = 1, .text = "large" };
    const struct cox_msg_note after = { .topic = "news", .number = 2, .text = "after it" };

    cox_service_publish(ctx, "news", COX_MSG_NOTE, &before, large);
    cox_service_publish(ctx, "news", COX_MSG_NOTE, &after, NULL);
}

/* Bytes, then a message; both come back as events. */
static void
tell_group(struct cox_ctx *ctx, const struct cox_msg_note *order)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("bytes", 5);
    const struct cox_msg_done done = { .number = order->number };

    (void) cox_service_send_bytes(ctx, bytes);
    (void) cox_service_send(ctx, COX_MSG_DONE, &done);
}

static void
on_bytes(struct cox_ctx *ctx, guint32 node, GBytes *bytes)
{
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    const struct cox_msg_note note = { .topic = "news", .text = text, .number = node };

    cox_service_publish(ctx, "news", COX_MSG_NOTE, &note, NULL);
}

static bool
on_done(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_done *done = request->body;
    const struct cox_msg_note note = { .topic = "news", .text = cox_service_node_name(ctx, request->node), .number = done->number };

    (void) reply;
    (void) error;
    cox_service_publish(ctx, "news", COX_MSG_NOTE, &note, NULL);
    return true;
}

static bool
on_note(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_note *note = request->body;
    const char *order = note->topic == NULL ? "" : note->topic;

    if (request->has_body) {
        return strcmp(order, "ignore body") == 0 || on_body(ctx, request, reply);
    }
    if (strcmp(order, "later") == 0 || strcmp(order, "at once") == 0) {
        struct later *later = g_new0(struct later, 1);

        *later = (struct later) { ctx, cox_reply_defer(reply), note->number };
        if (order[0] == 'a') {
            on_later(later);
        } else {
            cox_runtime_timer(cox_service_runtime(ctx),
                              cox_usec_after_ms(cox_runtime_now(cox_service_runtime(ctx)), (gint64) note->number), on_later, later);
        }
    } else if (strcmp(order, "never") == 0) {
        (void) cox_reply_defer(reply);
    } else if (strcmp(order, "large") == 0) {
        struct made_up *body = g_new0(struct made_up, 1);
        struct cox_source source = { make_up, g_free, body };

        body->total = note->number;
        cox_reply_set(reply, COX_MSG_NOTE, note);
        cox_reply_set_source(reply, &source);
    } else if (strcmp(order, "publish") == 0) {
        publish(ctx, note);
    } else if (strcmp(order, "publish large") == 0) {
        publish_large(ctx, note);
    } else if (strcmp(order, "tell the group") == 0) {
        tell_group(ctx, note);
    } else if (strcmp(order, "echo") == 0) {
        cox_reply_set(reply, COX_MSG_NOTE, note);
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "order '%s': unknown; try another", order);
        return false;
    }
    return true;
}

static bool
on_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error)
{
    (void) ctx;
    (void) request;
    if (strcmp(topic, "closed") == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_PERMISSION, "topic '%s': not for you", topic);
        return false;
    }
    return true;
}

static void
add_health(struct cox_ctx *ctx)
{
    cox_service_add_stat(ctx, "answer", 42);
    cox_service_add_complaint(ctx, "the %s is slow", "disk");
}

/* A line in the diary that the test reads, if it wants one. */
static void
note_down(const char *what, enum cox_daemon daemon)
{
    const char *path = getenv("TESTD_DIARY");
    FILE *diary = path == NULL ? NULL : fopen(path, "ae");

    if (diary != NULL) {
        fprintf(diary, "%s %s\n", what, cox_daemon_row(daemon)->socket);
        fclose(diary);
    }
}

static enum cox_daemon
who_am_i(const char *program)
{
    g_autofree char *name = g_path_get_basename(program);
    enum cox_daemon daemon = COX_DAEMON_ATTR;

    (void) cox_daemon_find(name, &daemon);
    return daemon;
}

static bool
on_leave(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    (void) ctx;
    (void) request;
    (void) error;
    note_down("leave", COX_DAEMON_CONTROL);
    if (getenv("TESTD_DIES_LEAVING") != NULL && access(getenv("TESTD_DIES_LEAVING"), F_OK) != 0) {
        fclose(fopen(getenv("TESTD_DIES_LEAVING"), "we")); /* only once */
        raise(SIGKILL);
    }
    if (getenv("TESTD_NEVER_LEAVES") != NULL) {
        (void) cox_reply_defer(reply);
    }
    return true;
}

static const char *
param(const struct cox_msg_net_act *act, const char *name)
{
    for (gsize i = 0; i < act->n_params; i++) {
        if (strcmp(act->params[i].name, name) == 0) {
            return act->params[i].value;
        }
    }
    return NULL;
}

/* Does what the parameters say: code, reason, output; with a gate that is no file it never answers. */
static bool
on_act(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_net_act *act = request->body;
    const char *gate = param(act, "gate"), *code = param(act, "code");
    const struct cox_msg_net_acted acted = { .code = code == NULL ? 0 : atoi(code), .reason = param(act, "reason"), .output = param(act, "output") };
    const enum cox_daemon *self = cox_service_data(ctx);
    g_autofree char *line = g_strdup_printf("%s %s %s", act->action, act->rsc_id, act->type);

    (void) error;
    note_down(line, *self);
    if (gate != NULL && access(gate, F_OK) != 0) {
        (void) cox_reply_defer(reply);
    } else {
        cox_reply_set(reply, COX_MSG_NET_ACTED, &acted);
    }
    return true;
}

static bool
on_need(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_supervisor_need *need = request->body;
    const char *missing = getenv("TESTD_MISSING");
    g_autofree char *line = g_strconcat("need ", need->daemon, NULL);

    (void) ctx;
    (void) reply;
    note_down(line, COX_DAEMON_SUPERVISOR);
    if (g_strcmp0(missing, need->daemon) == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "program '%s' cannot be run: install it on this node", need->daemon);
        return false;
    }
    return true;
}

static void
on_stop(struct cox_ctx *ctx)
{
    const enum cox_daemon *self = cox_service_data(ctx);

    note_down("stop", *self);
    cox_service_stopped(ctx);
}

static bool
on_start(struct cox_ctx *ctx, GError **error)
{
    static const enum cox_daemon all[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
    g_autofree char *program = g_strdup(getenv("TESTD_PROGRAM"));
    enum cox_daemon self = who_am_i(program == NULL ? "" : program);
    const char *fatal = getenv("TESTD_FATAL");

    cox_service_set_data(ctx, (void *) (guintptr) &all[self]);
    if (g_strcmp0(fatal, cox_daemon_row(self)->socket) == 0) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_FATAL, "configuration: hopeless");
        return false;
    }
    note_down("start", self);
    return true;
}

static const struct cox_op ops[] = {
    { COX_MSG_NOTE, on_note, COX_FROM_LOCAL, COX_ROLE_WRITE },
    { COX_MSG_CONTROL_LEAVE, on_leave, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_NET_ACT, on_act, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_SUPERVISOR_NEED, on_need, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_DONE, on_done, COX_FROM_PEER, COX_ROLE_READ },
};

static const struct cox_service testd = {
    .daemon = COX_DAEMON_ATTR,
    .ops = ops,
    .n_ops = G_N_ELEMENTS(ops),
    .topics = topics,
    .start = on_start,
    .stop = on_stop,
    .subscribed = on_subscribed,
    .health = add_health,
    .needs = COX_NEED_CLUSTER,
    .delivered = on_bytes,
};

int
main(int argc, char **argv)
{
    /* Little room, so that tests are short; patience for tests on a busy machine unless they are about the lack of it. */
    bool is_hasty = getenv("TESTD_HASTY") != NULL;
    const struct cox_limits limits = {
        .connections = 400, .connections_per_uid = 300, .unsent_per_client = 1024 * 1024, .unsent_per_uid = 4 * 1024 * 1024,
        .events_unsent = 256 * 1024, .events_waiting = 16, .requests_per_client = 64, .bodies_per_client = 4,
        .body_bytes = 64 * 1024 * 1024, .hello_ms = is_hasty ? 500 : 300000, .stall_ms = is_hasty ? 800 : 300000,
        .stall_trusted_ms = is_hasty ? 1200 : 300000,
    };
    struct cox_service service = testd;

    service.limits = &limits;
    service.daemon = who_am_i(argv[0]);
    (void) setenv("TESTD_PROGRAM", argv[0], 1);
    if (getenv("TESTD_LIFE_S") != NULL) { /* of one whose test may be killed */
        (void) alarm((unsigned int) atoi(getenv("TESTD_LIFE_S")));
    }
    return cox_service_main(&service, argc, argv);
}
