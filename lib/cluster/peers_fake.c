/* lib/cluster/peers_fake.c - several nodes in one process, for tests.  Layer 3, adapter. */
#include "cluster/peers_fake.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"

/* What a node has not dispatched yet: a message, or the members that it has from there on. */
struct event {
    GBytes *bytes;
    guint32 from;
    guint32 nodes[COX_PEERS_MAX_NODES];
    size_t n_nodes;
    guint32 lost[COX_PEERS_MAX_NODES];
    size_t n_lost;
    guint32 ring[COX_PEERS_MAX_NODES]; /* nodes, with or without a process that has joined */
    size_t n_ring;
    bool is_quorate;
};

struct peers_fake {
    struct cox_peers peers;
    struct cox_peers_bus *bus;
    GQueue events;
    bool is_dead;
};

struct cox_peers_bus {
    unsigned n;
    unsigned component[COX_PEERS_MAX_NODES];
    struct peers_fake *nodes[COX_PEERS_MAX_NODES]; /* NULL: not joined */
    bool is_up[COX_PEERS_MAX_NODES];               /* it has joined once, and was not killed since */
};

static void
event_free(gpointer data)
{
    struct event *event = data;

    g_clear_pointer(&event->bytes, g_bytes_unref);
    g_free(event);
}

static void
wake(struct peers_fake *fake)
{
    guint64 one = 1;

    while (write(fake->peers.fd, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
}

static void
push(struct peers_fake *fake, struct event *event)
{
    g_queue_push_tail(&fake->events, event);
    wake(fake);
}

static bool
is_there(const struct cox_peers_bus *bus, unsigned i)
{
    return bus->nodes[i] != NULL && !bus->nodes[i]->is_dead;
}

/* Tell the members of @component who they are; @lost: for each node whether it is gone for them, or NULL. */
static void
announce(struct cox_peers_bus *bus, unsigned component, const bool *lost)
{
    struct event view = { .n_nodes = 0 };

    for (unsigned i = 0; i < bus->n; i++) {
        if (is_there(bus, i) && bus->component[i] == component) {
            view.nodes[view.n_nodes++] = i + 1;
        }
        if (lost != NULL && lost[i]) {
            view.lost[view.n_lost++] = i + 1;
        }
        if (bus->is_up[i] && bus->component[i] == component) {
            view.ring[view.n_ring++] = i + 1;
        }
    }
    view.is_quorate = view.n_nodes > bus->n / 2;
    for (size_t i = 0; i < view.n_nodes; i++) {
        push(bus->nodes[view.nodes[i] - 1], g_memdup2(&view, sizeof(view)));
    }
}

struct cox_peers_bus *
cox_peers_bus_new(unsigned n_nodes)
{
    struct cox_peers_bus *bus = g_new0(struct cox_peers_bus, 1);

    COX_BUG_ON(n_nodes > COX_PEERS_MAX_NODES);
    bus->n = n_nodes;
    return bus;
}

void
cox_peers_bus_free(struct cox_peers_bus *bus)
{
    g_free(bus);
}

void
cox_peers_bus_split(struct cox_peers_bus *bus, const unsigned *component)
{
    unsigned before[COX_PEERS_MAX_NODES];

    memcpy(before, bus->component, sizeof(before));
    memcpy(bus->component, component, bus->n * sizeof(*component));
    for (unsigned i = 0; i < bus->n; i++) {
        bool is_first = true, has_changed = false, lost[COX_PEERS_MAX_NODES];

        for (unsigned j = 0; j < bus->n; j++) {
            lost[j] = component[j] != component[i] && before[j] == before[i];
            is_first = is_first && (j >= i || component[j] != component[i]);
            has_changed = has_changed || (component[j] == component[i]) != (before[j] == before[i]);
        }
        if (is_first && has_changed) {
            announce(bus, component[i], lost);
        }
    }
}

void
cox_peers_bus_kill(struct cox_peers_bus *bus, guint32 node)
{
    bool lost[COX_PEERS_MAX_NODES] = { false };

    if (is_there(bus, node - 1)) {
        bus->nodes[node - 1]->is_dead = true;
        bus->is_up[node - 1] = false;
        wake(bus->nodes[node - 1]);
        lost[node - 1] = true;
        announce(bus, bus->component[node - 1], lost);
    }
}

static bool
fake_dispatch(struct cox_peers *peers, GError **error)
{
    struct peers_fake *fake = (struct peers_fake *) peers;
    guint64 count;
    guint n;

    while (read(peers->fd, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
    if (fake->is_dead) {
        g_set_error(error, COX_ERROR, COX_ERROR_DISCONNECTED, "node %u: the membership service is gone", peers->self);
        return false;
    }
    for (n = fake->events.length; n > 0; n--) {
        struct event *event = g_queue_pop_head(&fake->events);

        if (event->bytes != NULL) {
            peers->handler.deliver(peers->handler.context, event->from, event->bytes);
        } else {
            const struct cox_peers_quorum quorum = {
                .is_quorate = event->is_quorate, .quorum_votes = fake->bus->n / 2 + 1, .own_votes = 1,
            };

            peers->handler.quorum(peers->handler.context, &quorum);
            peers->handler.view(peers->handler.context, event->nodes, event->n_nodes);
            if (event->n_lost > 0 && peers->handler.lost != NULL) {
                peers->handler.lost(peers->handler.context, event->lost, event->n_lost);
            }
            if (peers->handler.nodes != NULL) {
                peers->handler.nodes(peers->handler.context, event->ring, event->n_ring);
            }
        }
        event_free(event);
    }
    return true;
}

static void
fake_send(struct cox_peers *peers, GBytes *bytes)
{
    struct peers_fake *fake = (struct peers_fake *) peers;
    struct cox_peers_bus *bus = fake->bus;

    for (unsigned i = 0; i < bus->n && !fake->is_dead; i++) {
        if (is_there(bus, i) && bus->component[i] == bus->component[peers->self - 1]) {
            struct event *event = g_new0(struct event, 1);

            event->bytes = g_bytes_ref(bytes);
            event->from = peers->self;
            push(bus->nodes[i], event);
        }
    }
}

static size_t
fake_waiting_bytes(const struct cox_peers *peers)
{
    (void) peers;
    return 0;
}

static char *
fake_name(struct cox_peers *peers, guint32 node)
{
    const struct peers_fake *fake = (const struct peers_fake *) peers;

    return node >= 1 && node <= fake->bus->n ? g_strdup_printf("n%u", node) : NULL;
}

static char *
fake_silence(struct cox_peers *peers)
{
    const struct peers_fake *fake = (const struct peers_fake *) peers;

    return fake->bus->n > 1 ? g_strdup_printf("%u others are silent", fake->bus->n - 1) : NULL;
}

static char *
fake_cluster_name(struct cox_peers *peers)
{
    (void) peers;
    return g_strdup("fake");
}

static void
fake_free(struct cox_peers *peers)
{
    struct peers_fake *fake = (struct peers_fake *) peers;

    fake->bus->nodes[peers->self - 1] = NULL;
    if (!fake->is_dead) {
        announce(fake->bus, fake->bus->component[peers->self - 1], NULL);
    }
    g_queue_clear_full(&fake->events, event_free);
    (void) close(peers->fd);
    g_free(fake);
}

static const struct cox_peers_ops fake_ops = {
    .dispatch = fake_dispatch, .send = fake_send, .waiting_bytes = fake_waiting_bytes, .name = fake_name,
    .silence = fake_silence, .cluster_name = fake_cluster_name, .free = fake_free,
};

struct cox_peers *
cox_peers_fake_new(struct cox_peers_bus *bus, guint32 self, const struct cox_peers_handler *handler)
{
    struct peers_fake *fake = g_new0(struct peers_fake, 1);

    COX_BUG_ON(self < 1 || self > bus->n || bus->nodes[self - 1] != NULL);
    fake->peers = (struct cox_peers) {
        .ops = &fake_ops, .handler = *handler, .self = self, .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
    };
    COX_BUG_ON(fake->peers.fd < 0);
    fake->bus = bus;
    bus->nodes[self - 1] = fake;
    bus->is_up[self - 1] = true;
    announce(bus, bus->component[self - 1], NULL);
    return &fake->peers;
}
