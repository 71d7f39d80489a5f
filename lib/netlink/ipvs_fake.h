/* lib/netlink/ipvs_fake.h - a kernel with IPVS in memory, which answers messages, for tests.  Layer 3, adapter. */
#ifndef COX_NETLINK_IPVS_FAKE_H
#define COX_NETLINK_IPVS_FAKE_H

#include "netlink/ipvs.h"

G_BEGIN_DECLS

/** A kernel whose table is empty. */
struct cox_ipvs_wire *cox_ipvs_fake_new(void);

/** How many sends there were, and how many messages in them. */
guint cox_ipvs_fake_sends(const struct cox_ipvs_wire *wire);
guint cox_ipvs_fake_messages(const struct cox_ipvs_wire *wire);

/** What clients do: the counters of the server with this address and port, in all services, become those of @use. */
void cox_ipvs_fake_use(struct cox_ipvs_wire *wire, const struct cox_ipvs_dest *use);

/** From now on it is another kernel: without IPVS (its number is not known), or one that loses answers. */
void cox_ipvs_fake_set_absent(struct cox_ipvs_wire *wire);
void cox_ipvs_fake_set_deaf(struct cox_ipvs_wire *wire);

G_END_DECLS

#endif
