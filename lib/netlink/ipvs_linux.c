/* lib/netlink/ipvs_linux.c - IPVS of this network namespace, through a socket.  Layer 3, adapter. */
#include "netlink/ipvs.h"

#include <linux/netlink.h>

#include "netlink/netsocket.h"

struct socket_wire {
    struct cox_ipvs_wire base;
    struct cox_netsocket netsocket;
};

static int
socket_send(struct cox_ipvs_wire *wire, const GByteArray *messages)
{
    return cox_netsocket_send(&((struct socket_wire *) wire)->netsocket, messages);
}

static gssize
socket_receive(struct cox_ipvs_wire *base, const guint8 **data)
{
    struct socket_wire *wire = (struct socket_wire *) base;

    *data = wire->netsocket.room;
    return cox_netsocket_receive(&wire->netsocket, true);
}

static void
socket_free(struct cox_ipvs_wire *base)
{
    struct socket_wire *wire = (struct socket_wire *) base;

    cox_netsocket_close(&wire->netsocket);
    g_free(wire);
}

struct cox_ipvs *
cox_ipvs_new(GError **error)
{
    struct socket_wire *wire = g_new0(struct socket_wire, 1);

    wire->base = (struct cox_ipvs_wire) { socket_send, socket_receive, socket_free };
    if (!cox_netsocket_open(&wire->netsocket, NETLINK_GENERIC, 0, error)) {
        g_free(wire);
        return NULL;
    }
    return cox_ipvs_new_over(&wire->base, error);
}
