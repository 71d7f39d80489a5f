/* lib/cluster/peers_local.c - a cluster of one node: what is sent comes back.  Layer 3, adapter. */
#include "cluster/peers.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"

struct peers_local {
    struct cox_peers peers;
    char *name;
    bool is_told;
    GQueue queue; /* GBytes */
    size_t bytes;
};

static void
wake(struct peers_local *local)
{
    guint64 one = 1;

    while (write(local->peers.fd, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
}

static bool
local_dispatch(struct cox_peers *peers, GError **error)
{
    struct peers_local *local = (struct peers_local *) peers;
    static const struct cox_peers_quorum quorum = { .is_quorate = true, .quorum_votes = 1, .own_votes = 1 };
    guint64 count;
    guint n;

    (void) error;
    while (read(peers->fd, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
    if (!local->is_told) {
        local->is_told = true;
        peers->handler.quorum(peers->handler.context, &quorum);
        peers->handler.view(peers->handler.context, &peers->self, 1);
        if (peers->handler.nodes != NULL) {
            peers->handler.nodes(peers->handler.context, &peers->self, 1);
        }
    }
    /* what is sent meanwhile gets its turn the next time, so that the loop comes to other things */
    for (n = local->queue.length; n > 0; n--) {
        g_autoptr(GBytes) bytes = g_queue_pop_head(&local->queue);

        local->bytes -= g_bytes_get_size(bytes);
        peers->handler.deliver(peers->handler.context, peers->self, bytes);
    }
    return true;
}

static void
local_send(struct cox_peers *peers, GBytes *bytes)
{
    struct peers_local *local = (struct peers_local *) peers;

    g_queue_push_tail(&local->queue, g_bytes_ref(bytes));
    local->bytes += g_bytes_get_size(bytes);
    wake(local);
}

static size_t
local_waiting_bytes(const struct cox_peers *peers)
{
    return ((const struct peers_local *) peers)->bytes;
}

static char *
local_name(struct cox_peers *peers, guint32 node)
{
    return node == peers->self ? g_strdup(((struct peers_local *) peers)->name) : NULL;
}

static void
local_free(struct cox_peers *peers)
{
    struct peers_local *local = (struct peers_local *) peers;

    g_queue_clear_full(&local->queue, (GDestroyNotify) g_bytes_unref);
    (void) close(peers->fd);
    g_free(local->name);
    g_free(local);
}

static const struct cox_peers_ops local_ops = {
    .dispatch = local_dispatch, .send = local_send, .waiting_bytes = local_waiting_bytes, .name = local_name,
    .free = local_free,
};

struct cox_peers *
cox_peers_local_new(guint32 self, const char *name, const struct cox_peers_handler *handler, GError **error)
{
    struct peers_local *local;
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (fd < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "no event descriptor: %s: raise the limit of open files",
                    g_strerror(errno));
        return NULL;
    }
    local = g_new0(struct peers_local, 1);
    local->peers = (struct cox_peers) { .ops = &local_ops, .handler = *handler, .self = self, .fd = fd };
    local->name = g_strdup(name);
    wake(local);
    return &local->peers;
}
