/* lib/cluster/peers_fake.h - several nodes in one process, for tests: partitions, deaths, one order each.  Layer 3, adapter. */
#ifndef COX_CLUSTER_PEERS_FAKE_H
#define COX_CLUSTER_PEERS_FAKE_H

#include "cluster/peers.h"

G_BEGIN_DECLS

struct cox_peers_bus;

/** A bus that @n_nodes nodes with ids from 1 may join; each has one vote.  Free it after all of them. */
struct cox_peers_bus *cox_peers_bus_new(unsigned n_nodes);
void cox_peers_bus_free(struct cox_peers_bus *bus);

/** Node @self joins; it leaves when it is freed. */
struct cox_peers *cox_peers_fake_new(struct cox_peers_bus *bus, guint32 self, const struct cox_peers_handler *handler);

/** From now on nodes reach each other whose entries are equal; @component has an entry for each node. */
void cox_peers_bus_split(struct cox_peers_bus *bus, const unsigned *component);

/** The membership service of @node is gone: its next dispatch fails, the others see it leave. */
void cox_peers_bus_kill(struct cox_peers_bus *bus, guint32 node);

typedef struct cox_peers_bus cox_peers_bus; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_peers_bus, cox_peers_bus_free)

G_END_DECLS

#endif
