/* lib/runtime/channel.c - one socket, one queue.  Layer 1. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* struct ucred */
#endif
#include "runtime/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

/* Datagrams read before other sources have their turn. */
enum { READ_ROUND = 16 };

struct cox_channel {
    struct cox_runtime *runtime;
    int fd;
    cox_source_id watch, close_timer;
    const struct cox_channel_handlers *handlers;
    void *context;
    GQueue queue; /* GBytes */
    gsize queued_bytes;
    cox_usec last_progress;
    GError *reason;
    bool is_paused, is_closed, is_in_handler, is_freed;
};

static void
destroy(struct cox_channel *channel)
{
    g_queue_clear_full(&channel->queue, (GDestroyNotify) g_bytes_unref);
    g_clear_error(&channel->reason);
    g_free(channel);
}

void
cox_channel_free(struct cox_channel *channel)
{
    if (channel == NULL) {
        return;
    }
    cox_runtime_cancel(channel->runtime, channel->watch);
    cox_runtime_cancel(channel->runtime, channel->close_timer);
    close(channel->fd);
    channel->is_freed = channel->is_closed = true;
    if (!channel->is_in_handler) {
        destroy(channel);
    }
}

static void
on_close_timer(void *context)
{
    struct cox_channel *channel = context;

    channel->close_timer = 0;
    channel->is_in_handler = true;
    channel->handlers->closed(channel->context, channel->reason);
    channel->is_in_handler = false;
    if (channel->is_freed) {
        destroy(channel);
    }
}

/* The end is told from the loop, never from inside a call of the owner. */
static void
end(struct cox_channel *channel, enum cox_error code, const char *text)
{
    if (!channel->is_closed) {
        channel->is_closed = true;
        channel->reason = g_error_new_literal(COX_ERROR, (int) code, text);
        cox_runtime_cancel(channel->runtime, channel->watch);
        channel->watch = 0;
        channel->close_timer = cox_runtime_defer(channel->runtime, on_close_timer, channel);
    }
}

static void
set_events(struct cox_channel *channel)
{
    cox_runtime_watch_set(channel->runtime, channel->watch,
                          (channel->is_paused ? 0U : COX_WATCH_READ) | (channel->queue.length > 0 ? COX_WATCH_WRITE : 0U));
}

/* Send one datagram: 1 sent, 0 no room, -1 the other side is gone. */
static int
send_one(struct cox_channel *channel, GBytes *datagram)
{
    gsize size;
    const void *data = g_bytes_get_data(datagram, &size);

    if (send(channel->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
        return 1;
    }
    return errno == EAGAIN || errno == ENOBUFS || errno == EINTR ? 0 : -1;
}

static void
flush(struct cox_channel *channel)
{
    bool has_progressed = false;

    while (channel->queue.length > 0) {
        GBytes *first = g_queue_peek_head(&channel->queue);
        int sent = send_one(channel, first);

        if (sent < 0) {
            end(channel, COX_ERROR_DISCONNECTED, "the other side is gone");
        }
        if (sent <= 0) {
            break;
        }
        channel->queued_bytes -= g_bytes_get_size(first);
        g_bytes_unref(g_queue_pop_head(&channel->queue));
        channel->last_progress = cox_runtime_now(channel->runtime);
        has_progressed = true;
    }
    set_events(channel);
    if (has_progressed && channel->handlers->progressed != NULL) {
        channel->handlers->progressed(channel->context);
    }
}

static void
read_round(struct cox_channel *channel)
{
    guint8 buffer[COX_CHANNEL_MAX_BYTES + 1];

    for (int i = 0; i < READ_ROUND && !channel->is_closed && !channel->is_paused; i++) {
        ssize_t n = recv(channel->fd, buffer, sizeof buffer, MSG_DONTWAIT | MSG_TRUNC);

        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (n <= 0) {
            end(channel, COX_ERROR_DISCONNECTED, n == 0 ? "the other side has closed" : g_strerror(errno));
        } else if (n > COX_CHANNEL_MAX_BYTES) {
            end(channel, COX_ERROR_PROTOCOL, "a frame longer than allowed");
        } else {
            channel->handlers->received(channel->context, buffer, (gsize) n);
        }
    }
}

static void
on_ready(void *context, int fd, unsigned int events)
{
    struct cox_channel *channel = context;

    (void) fd;
    channel->is_in_handler = true;
    if ((events & COX_WATCH_READ) || ((events & COX_WATCH_HANGUP) && !channel->is_paused)) {
        read_round(channel);
    } else if (events & COX_WATCH_HANGUP) {
        end(channel, COX_ERROR_DISCONNECTED, "the other side has closed");
    }
    if ((events & COX_WATCH_WRITE) && !channel->is_closed) {
        flush(channel);
    }
    channel->is_in_handler = false;
    if (channel->is_freed) {
        destroy(channel);
    }
}

struct cox_channel *
cox_channel_new(struct cox_runtime *runtime, int fd, const struct cox_channel_handlers *handlers, void *context)
{
    struct cox_channel *channel = g_new0(struct cox_channel, 1);

    channel->runtime = runtime;
    channel->fd = fd;
    channel->handlers = handlers;
    channel->context = context;
    g_queue_init(&channel->queue);
    (void) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    channel->watch = cox_runtime_watch(runtime, fd, COX_WATCH_READ, on_ready, channel);
    return channel;
}

void
cox_channel_send(struct cox_channel *channel, GBytes *datagram)
{
    int sent = 0;

    if (channel->is_closed) {
        return;
    }
    if (channel->queue.length == 0) {
        channel->last_progress = cox_runtime_now(channel->runtime);
        sent = send_one(channel, datagram);
    }
    if (sent < 0) {
        /* What the peer sent before it left may still be read: let the watch find the end. */
        return;
    }
    if (sent == 0) {
        g_queue_push_tail(&channel->queue, g_bytes_ref(datagram));
        channel->queued_bytes += g_bytes_get_size(datagram);
        set_events(channel);
    }
}

gsize
cox_channel_queued_bytes(const struct cox_channel *channel)
{
    return channel->queued_bytes;
}

cox_usec
cox_channel_last_progress(const struct cox_channel *channel)
{
    return channel->last_progress;
}

void
cox_channel_pause(struct cox_channel *channel, bool is_paused)
{
    channel->is_paused = is_paused;
    set_events(channel);
}

bool
cox_channel_peer_of(int fd, struct cox_channel_peer *peer)
{
    struct ucred cred;
    socklen_t size = sizeof cred;
    socklen_t groups_size = sizeof peer->groups;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) != 0) {
        return false;
    }
    *peer = (struct cox_channel_peer) { .pid = cred.pid, .uid = cred.uid, .gid = cred.gid };
#ifdef SO_PEERGROUPS
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &groups_size) == 0) {
        peer->n_groups = groups_size / sizeof(gid_t);
    }
#endif
    return true;
}
