/* lib/cluster/peers.c - what all implementations have in common.  Layer 3, adapter. */
#include "cluster/peers.h"

bool
cox_peers_quorum_equal(const struct cox_peers_quorum *a, const struct cox_peers_quorum *b)
{
    return a->is_quorate == b->is_quorate && a->quorum_votes == b->quorum_votes && a->own_votes == b->own_votes
           && a->other_votes == b->other_votes && a->is_two_node == b->is_two_node;
}

guint32
cox_peers_self(const struct cox_peers *peers)
{
    return peers->self;
}

int
cox_peers_fd(const struct cox_peers *peers)
{
    return peers->fd;
}

bool
cox_peers_dispatch(struct cox_peers *peers, GError **error)
{
    return peers->ops->dispatch(peers, error);
}

void
cox_peers_send(struct cox_peers *peers, GBytes *bytes)
{
    peers->ops->send(peers, bytes);
}

size_t
cox_peers_waiting_bytes(const struct cox_peers *peers)
{
    return peers->ops->waiting_bytes(peers);
}

char *
cox_peers_name(struct cox_peers *peers, guint32 node)
{
    return peers->ops->name(peers, node);
}

char *
cox_peers_cluster_name(struct cox_peers *peers)
{
    return peers->ops->cluster_name == NULL ? NULL : peers->ops->cluster_name(peers);
}

char *
cox_peers_silence(struct cox_peers *peers)
{
    return peers->ops->silence == NULL ? NULL : peers->ops->silence(peers);
}

void
cox_peers_free(struct cox_peers *peers)
{
    if (peers != NULL) {
        peers->ops->free(peers);
    }
}
