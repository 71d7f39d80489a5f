/* lib/cluster/tests/peer_node.c - a member of a group of corosync that does what it reads, for the live test and the benchmark. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "cluster/peers.h"

/*
 * Commands, one a line:    send SIZE COUNT | bench COUNT OUTSTANDING SIZE | state | name NODE | quit
 * Answers and events:      up ID, view N..., quorum YES NEEDED OWN OTHER, state COUNT HASH WAITING, bench COUNT OUT SIZE USEC,
 *                          trouble KIND NODE VERSION, name TEXT, gone N..., nodes N..., lost TEXT
 */
struct peer {
    struct cox_peers *peers;
    guint64 count, hash;
    guint32 seed;
    /* benchmark */
    guint64 to_send, to_come, size, n, outstanding;
    gint64 begun;
    char line[256];
    size_t length;
};

static GBytes *
content(struct peer *peer, size_t size)
{
    guint8 *data = g_malloc(MAX(size, 1));

    for (size_t i = 0; i < size; i++) {
        peer->seed = peer->seed * 1103515245u + 12345u;
        data[i] = (guint8) (peer->seed >> 24 & (size % 2 == 0 ? 0x0f : 0xff)); /* even sizes can be compressed */
    }
    return g_bytes_new_take(data, size);
}

static void
send_some(struct peer *peer, size_t size, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        g_autoptr(GBytes) bytes = content(peer, size);

        cox_peers_send(peer->peers, bytes);
    }
}

static void
print_nodes(const char *what, const guint32 *nodes, size_t n)
{
    printf("%s", what);
    for (size_t i = 0; i < n; i++) {
        printf(" %u", nodes[i]);
    }
    printf("\n");
}

static void
on_view(void *context, const guint32 *nodes, size_t n)
{
    (void) context;
    print_nodes("view", nodes, n);
}

static void
on_lost(void *context, const guint32 *nodes, size_t n)
{
    (void) context;
    print_nodes("gone", nodes, n);
}

static void
on_nodes(void *context, const guint32 *nodes, size_t n)
{
    (void) context;
    print_nodes("nodes", nodes, n);
}

static void
on_deliver(void *context, guint32 node, GBytes *bytes)
{
    struct peer *peer = context;
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    guint32 parts[3] = { node, (guint32) size, peer->n > 0 ? 0 : cox_bytes_crc32c(0, data, size) };

    peer->count++;
    peer->hash = cox_bytes_fnv(peer->hash, parts, sizeof(parts));
    if (peer->n > 0 && node == cox_peers_self(peer->peers)) {
        if (peer->to_send > 0) {
            peer->to_send--;
            send_some(peer, peer->size, 1);
        }
        if (--peer->to_come == 0) {
            printf("bench %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT "\n", peer->n,
                   peer->outstanding, peer->size, g_get_monotonic_time() - peer->begun);
            peer->n = 0;
        }
    }
}

static void
on_quorum(void *context, const struct cox_peers_quorum *quorum)
{
    (void) context;
    printf("quorum %d %u %u %u\n", quorum->is_quorate, quorum->quorum_votes, quorum->own_votes, quorum->other_votes);
}

static void
on_trouble(void *context, enum cox_peers_trouble trouble, guint32 node, unsigned int version)
{
    (void) context;
    printf("trouble %d %u %u\n", (int) trouble, node, version);
}

static bool
obey(struct peer *peer, const char *line)
{
    unsigned long a, b, c;

    if (sscanf(line, "send %lu %lu", &a, &b) == 2) {
        send_some(peer, a, (unsigned) b);
    } else if (sscanf(line, "bench %lu %lu %lu", &a, &b, &c) == 3) {
        peer->n = a;
        peer->outstanding = b;
        peer->size = c;
        peer->to_come = a;
        peer->to_send = a - MIN(a, b);
        peer->begun = g_get_monotonic_time();
        send_some(peer, c, (unsigned) MIN(a, b));
    } else if (sscanf(line, "name %lu", &a) == 1) {
        g_autofree char *name = cox_peers_name(peer->peers, (guint32) a);

        printf("name %s\n", name == NULL ? "-" : name);
    } else if (strcmp(line, "state") == 0) {
        printf("state %" G_GUINT64_FORMAT " %016" G_GINT64_MODIFIER "x %zu\n", peer->count, peer->hash,
               cox_peers_waiting_bytes(peer->peers));
    } else {
        return false;
    }
    return true;
}

/* Read commands as they come; false at the end of them. */
static bool
read_commands(struct peer *peer)
{
    ssize_t n = read(STDIN_FILENO, peer->line + peer->length, sizeof(peer->line) - peer->length - 1);
    char *end;

    if (n <= 0) {
        return n < 0 && errno == EINTR;
    }
    peer->length += (size_t) n;
    peer->line[peer->length] = '\0';
    while ((end = strchr(peer->line, '\n')) != NULL) {
        *end = '\0';
        if (!obey(peer, peer->line)) {
            return false;
        }
        peer->length -= (size_t) (end + 1 - peer->line);
        memmove(peer->line, end + 1, peer->length + 1);
    }
    return true;
}

int
main(int argc, char **argv)
{
    struct peer peer = { .hash = COX_BYTES_FNV };
    const struct cox_peers_handler handler = {
        .view = on_view, .deliver = on_deliver, .quorum = on_quorum, .trouble = on_trouble, .lost = on_lost,
        .nodes = on_nodes,
        .context = &peer,
    };
    g_autoptr(GError) error = NULL;
    bool goes_on = true;

    setvbuf(stdout, NULL, _IOLBF, 0);
    peer.peers = cox_peers_corosync_new(argc > 1 ? argv[1] : "cox-test", &handler, &error);
    if (peer.peers == NULL) {
        printf("lost %s\n", error->message);
        return 1;
    }
    peer.seed = cox_peers_self(peer.peers) * 7919;
    printf("up %u\n", cox_peers_self(peer.peers));
    while (goes_on) {
        struct pollfd fds[2] = {
            { .fd = cox_peers_fd(peer.peers), .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN },
        };

        if (poll(fds, 2, -1) < 0 && errno != EINTR) {
            break;
        }
        if (fds[1].revents != 0) {
            goes_on = read_commands(&peer);
        }
        if (goes_on && fds[0].revents != 0 && !cox_peers_dispatch(peer.peers, &error)) {
            printf("lost %s\n", error->message);
            goes_on = false;
        }
    }
    cox_peers_free(peer.peers);
    return 0;
}
