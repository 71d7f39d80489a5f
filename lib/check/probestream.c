/* lib/check/probestream.c - probes over a connection of TCP: connect alone, SMTP, send and expect.  Layer 4. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check/probe_priv.h"
#include "check/sockets.h"
#include "lvs/lvstalk.h"

/* More than is ever expected: nothing beyond is read. */
enum { ANSWER_MAX = 64 * 1024, PIECE = 4096 };

struct stream {
    enum cox_lvs_check_kind kind;
    int fd;
    cox_source_id watch;
    bool is_connected;
    GByteArray *out;             /* what is still to be sent */
    GByteArray *in;              /* TALK: all that has come */
    struct cox_lvs_smtp smtp;
    char *helo;
    struct cox_lvs_talk talk;    /* expect is a copy */
};

static void
want(struct cox_probe *probe, unsigned int events)
{
    const struct stream *stream = probe->own;

    cox_runtime_watch_set(probe->probes->config.runtime, stream->watch, events);
}

/* As much as goes now; false: the connection is broken, and the probe has answered. */
static bool
send_some(struct cox_probe *probe)
{
    struct stream *stream = probe->own;
    ssize_t n = 0;

    while (stream->out->len > 0 && (n = send(stream->fd, stream->out->data, stream->out->len, MSG_NOSIGNAL)) > 0) {
        g_byte_array_remove_range(stream->out, 0, (guint) n);
    }
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        cox_probe_fail(probe, "%s", g_strerror(errno));
        return false;
    }
    want(probe, stream->out->len > 0 ? COX_WATCH_READ | COX_WATCH_WRITE : COX_WATCH_READ);
    return true;
}

static bool
say(struct cox_probe *probe, const void *data, size_t size)
{
    struct stream *stream = probe->own;

    g_byte_array_append(stream->out, data, (guint) size);
    return send_some(probe);
}

static void
hear_mail(struct cox_probe *probe, const char *data, size_t size)
{
    struct stream *stream = probe->own;
    struct cox_lvs_answer answer;

    while (size > 0) {
        switch (cox_lvs_smtp_feed(&stream->smtp, &data, &size, &answer)) {
            case COX_LVS_TALK_WAIT:
                break;
            case COX_LVS_TALK_SEND: {
                g_autofree char *helo = cox_lvs_smtp_say(stream->helo);

                if (!say(probe, helo, strlen(helo))) {
                    return;
                }
                break;
            }
            case COX_LVS_TALK_END:
                (void) send(stream->fd, "QUIT\r\n", 6, MSG_NOSIGNAL);
                cox_probe_answer(probe, &answer);
                return;
        }
    }
}

static void
hear_talk(struct cox_probe *probe, const void *data, size_t size, bool is_closed)
{
    struct stream *stream = probe->own;
    struct cox_lvs_answer answer;

    g_byte_array_append(stream->in, data, (guint) MIN(size, ANSWER_MAX - stream->in->len));
    if (cox_lvs_talk_answer(&stream->talk, stream->in->data, stream->in->len, is_closed || stream->in->len >= ANSWER_MAX, &answer)
        == COX_LVS_TALK_END) {
        cox_probe_answer(probe, &answer);
    }
}

/* One piece for each turn of the loop: a server that never stops keeps nobody else waiting. */
static void
receive(struct cox_probe *probe)
{
    struct stream *stream = probe->own;
    char piece[PIECE];
    const ssize_t n = recv(stream->fd, piece, sizeof piece, 0);

    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            cox_probe_fail(probe, "%s", g_strerror(errno));
        }
    } else if (stream->kind == COX_LVS_CHECK_TALK) {
        hear_talk(probe, piece, (size_t) n, n == 0);
    } else if (n == 0) {
        cox_probe_fail(probe, "closed in the middle");
    } else {
        hear_mail(probe, piece, (size_t) n);
    }
}

static void
connected(struct cox_probe *probe)
{
    struct stream *stream = probe->own;
    const int error = cox_socket_error(stream->fd);

    stream->is_connected = true;
    if (error != 0) {
        cox_probe_fail(probe, "cannot connect: %s", g_strerror(error));
    } else if (stream->kind == COX_LVS_CHECK_TCP) {
        cox_probe_answer(probe, &(struct cox_lvs_answer) { .is_good = true });
    } else {
        (void) send_some(probe);
    }
}

static void
on_ready(void *context, int fd, unsigned int events)
{
    struct cox_probe *probe = context;
    struct stream *stream = probe->own;

    (void) fd;
    if (!stream->is_connected) {
        connected(probe);
    } else if (events & COX_WATCH_WRITE && stream->out->len > 0) {
        (void) send_some(probe);
    } else {
        receive(probe);
    }
}

static void
begin(struct cox_probe *probe, const struct cox_lvs_check *check)
{
    struct stream *stream = g_new0(struct stream, 1);
    int error;

    probe->own = stream;
    stream->kind = check->kind;
    stream->out = g_byte_array_new();
    stream->in = g_byte_array_new();
    if (check->kind == COX_LVS_CHECK_SMTP) {
        cox_lvs_smtp_init(&stream->smtp);
        stream->helo = g_strdup(check->helo != NULL ? check->helo : probe->probes->node);
    } else if (check->kind == COX_LVS_CHECK_TALK) {
        stream->talk = check->talk;
        stream->talk.expect = g_memdup2(check->talk.expect, check->talk.expect != NULL ? check->talk.expect_bytes : 0);
        g_byte_array_append(stream->out, check->talk.send, check->talk.send != NULL ? (guint) check->talk.send_bytes : 0);
    }
    stream->fd = cox_socket_open(&check->path, SOCK_STREAM, IPPROTO_TCP);
    error = stream->fd < 0 ? errno : cox_socket_connect(stream->fd, &check->path);
    if (error != 0) {
        cox_probe_fail(probe, "cannot connect: %s", g_strerror(error));
        return;
    }
    stream->watch = cox_runtime_watch(probe->probes->config.runtime, stream->fd, COX_WATCH_WRITE, on_ready, probe);
}

/* A connection that only tried the door is reset: it leaves nothing behind in TIME-WAIT. */
static void
end(struct cox_probe *probe)
{
    struct stream *stream = probe->own;
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

    cox_runtime_cancel(probe->probes->config.runtime, stream->watch);
    if (stream->fd >= 0) {
        if (stream->kind == COX_LVS_CHECK_TCP) {
            (void) setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
        close(stream->fd);
    }
    g_byte_array_unref(stream->out);
    g_byte_array_unref(stream->in);
    g_free((gpointer) (guintptr) stream->talk.expect);
    g_free(stream->helo);
    g_free(stream);
}

const struct cox_probe_kind cox_probe_stream = { .begin = begin, .end = end };
