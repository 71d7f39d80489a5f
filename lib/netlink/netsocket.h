/* lib/netlink/netsocket.h - a netlink socket that asks many questions at once.  Layer 3, adapter. */
#ifndef COX_NETLINK_NETSOCKET_H
#define COX_NETLINK_NETSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

/** Room for what the kernel says in one piece; it never says more at once to who reads with so much room. */
#define COX_NETSOCKET_ROOM_BYTES (64 * 1024)

/** A socket, and room for what it reads. */
struct cox_netsocket {
    int fd; /**< -1: not open */
    guint8 *room;
};

/**
 * Open a socket of this netlink protocol that hears these groups (bits of nl_groups).  Its buffers are as large as we may make them.
 * @return false with COX_ERROR_OS
 */
bool cox_netsocket_open(struct cox_netsocket *socket, int protocol, guint32 groups, GError **error);
void cox_netsocket_close(struct cox_netsocket *socket);

/** Send messages, which must fit into one piece of the kernel's (COX_NETSOCKET_ROOM_BYTES are fine).  0 or an errno. */
int cox_netsocket_send(struct cox_netsocket *socket, const GByteArray *messages);

/**
 * Read one piece into the room, from the kernel only; what others send is dropped.
 * @param may_wait  for a second at most, since the kernel answers inside of our system call
 * @return the length; 0 when there is nothing; negative: an errno (ENOBUFS: something was lost)
 */
gssize cox_netsocket_receive(struct cox_netsocket *socket, bool may_wait);

G_END_DECLS

#endif
