/* daemons/vrrpd/vrrpsock.h - raw sockets of protocol 112: one to receive per interface and family, one to send per family.  Layer 6. */
#ifndef COX_DAEMONS_VRRPSOCK_H
#define COX_DAEMONS_VRRPSOCK_H

#include <stdbool.h>
#include <glib.h>

#include "base/ipaddr.h"
#include "runtime/runtime.h"
#include "vrrp/vrrpevent.h"

G_BEGIN_DECLS

/** IANA's number of the protocol, and the TTL that its packets must have. */
enum { COX_VRRPSOCK_PROTOCOL = 112, COX_VRRPSOCK_TTL = 255 };

struct cox_vrrpsock;

/** A datagram came in; everything is borrowed for the call. */
typedef void (*cox_vrrpsock_fn)(void *context, const struct cox_vrrp_packet *packet);

/** No sockets yet. */
struct cox_vrrpsock *cox_vrrpsock_new(struct cox_runtime *runtime, cox_vrrpsock_fn fn, void *context);
void cox_vrrpsock_free(struct cox_vrrpsock *sockets);

/** Where to listen. */
struct cox_vrrpsock_place {
    gint32 ifindex;       /**< 0: on all interfaces (unicast without an interface) */
    gint32 base;          /**< what its packets are said to come from: the interface below a virtual one, or itself */
    guint8 vrid;          /**< other routers' adverts are dropped by the kernel; 0: all are wanted */
    const char *name;     /**< of the interface */
    guint8 family;
    struct cox_ip group;  /**< to join; COX_IP_NONE: none */
    guint64 room_bytes;   /**< receive buffer; 0: ours */
};

/** One more router listens here; undone by as many calls of leave. */
bool cox_vrrpsock_join(struct cox_vrrpsock *sockets, const struct cox_vrrpsock_place *place, GError **error);
void cox_vrrpsock_leave(struct cox_vrrpsock *sockets, const struct cox_vrrpsock_place *place);

/**
 * Where more than 200 packets come in a second, a socket is not looked at for half a millisecond after each reading, or there would be a wake-up for each of
 * them.  Before a deadline counts that they may have moved: read what has come meanwhile.
 */
void cox_vrrpsock_catch_up(struct cox_vrrpsock *sockets);

/** What is to be sent. */
struct cox_vrrpsock_packet {
    gint32 ifindex; /**< out of which; 0: as the routes say */
    struct cox_ip source, destination;
    guint8 ttl;
    const guint8 *data; /**< must stay until flush */
    gsize size;
};

/** Queue a packet; all go with one call per family at the flush, in order. */
void cox_vrrpsock_send(struct cox_vrrpsock *sockets, const struct cox_vrrpsock_packet *packet);
void cox_vrrpsock_flush(struct cox_vrrpsock *sockets);

/** Packets that the kernel did not take, since the beginning, and why the last one. */
guint64 cox_vrrpsock_unsent(const struct cox_vrrpsock *sockets, int *error_number);

G_END_DECLS

#endif
