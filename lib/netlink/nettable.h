/* lib/netlink/nettable.h - interfaces and their addresses as they were told last.  Layer 3, adapter. */
#ifndef COX_NETLINK_NETTABLE_H
#define COX_NETLINK_NETTABLE_H

#include "netlink/net.h"

G_BEGIN_DECLS

struct cox_nettable;

struct cox_nettable *cox_nettable_new(void);
void cox_nettable_free(struct cox_nettable *table);

/** Put in or change an interface; @handler (NULL: nobody) hears it if it is new or differs. */
void cox_nettable_put_link(struct cox_nettable *table, const struct cox_net_link *link, const struct cox_net_handler *handler);

/** Take out an interface, after its addresses. */
void cox_nettable_drop_link(struct cox_nettable *table, gint32 ifindex, const struct cox_net_handler *handler);

/** The same for an address; of an interface that is not there it is passed over.  An address whose flags changed is told anew. */
void cox_nettable_put_address(struct cox_nettable *table, const struct cox_net_address *address, const struct cox_net_handler *handler);
void cox_nettable_drop_address(struct cox_nettable *table, const struct cox_net_address *address, const struct cox_net_handler *handler);

/** Make @table what @fresh is; @handler hears the differences, first what is gone. */
void cox_nettable_become(struct cox_nettable *table, const struct cox_nettable *fresh, const struct cox_net_handler *handler);

/** As in net.h. */
const struct cox_net_link *cox_nettable_link(const struct cox_nettable *table, gint32 ifindex);
const struct cox_net_link *cox_nettable_link_named(const struct cox_nettable *table, const char *name);
const struct cox_net_link *cox_nettable_link_after(const struct cox_nettable *table, gint32 ifindex);
const struct cox_net_address *cox_nettable_address(const struct cox_nettable *table, gint32 ifindex, size_t number);
bool cox_nettable_has(const struct cox_nettable *table, gint32 ifindex, const struct cox_ip *ip);

G_END_DECLS

#endif
