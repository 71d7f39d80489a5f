/* lib/netlink/net_fake.h - a network in memory, for tests.  Layer 3, adapter. */
#ifndef COX_NETLINK_NET_FAKE_H
#define COX_NETLINK_NET_FAKE_H

#include "netlink/net.h"

G_BEGIN_DECLS

/** Without interfaces.  What happens is told at the next cox_net_dispatch(), as with the kernel. */
struct cox_net *cox_net_fake_new(const struct cox_net_handler *handler);

/** Somebody makes or changes an interface. */
void cox_net_fake_link(struct cox_net *net, const struct cox_net_link *link);

/** Somebody removes it. */
void cox_net_fake_link_gone(struct cox_net *net, gint32 ifindex);

/** Somebody, not through cox_net_apply(), adds or removes an address. */
void cox_net_fake_address(struct cox_net *net, const struct cox_net_address *address, bool is_there);

/** Somebody takes a route or a rule (the other one NULL) away; told at once if it is watched. */
void cox_net_fake_item_gone(struct cox_net *net, const struct cox_net_route *route, const struct cox_net_rule *rule);

/** From now on the kernel refuses this kind of change with this errno; 0: no more. */
void cox_net_fake_refuse(struct cox_net *net, enum cox_net_kind kind, int number);

/** What was asked for, a line each as of cox_net_change_text(), "sysctl KEY=VALUE" and "frame to NAME"; the caller frees it.  @clears: begin anew. */
char *cox_net_fake_text(struct cox_net *net, bool clears);

/** How many calls of cox_net_apply() there were. */
guint cox_net_fake_batches(const struct cox_net *net);

G_END_DECLS

#endif
