/* lib/netlink/ipvs.h - the kernel's table of virtual servers through generic netlink.  Layer 3, adapter. */
#ifndef COX_NETLINK_IPVS_H
#define COX_NETLINK_IPVS_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/ipaddr.h"
#include "netlink/ipvstypes.h"

G_BEGIN_DECLS

/** How messages get to a kernel and back: a socket, or a fake kernel in a test. */
struct cox_ipvs_wire {
    /** Hand over whole messages.  0 or an errno. */
    int (*send)(struct cox_ipvs_wire *wire, const GByteArray *messages);
    /** The next piece of what the kernel says, at *@data until the next call: its length; 0: nothing; negative: an errno. */
    gssize (*receive)(struct cox_ipvs_wire *wire, const guint8 **data);
    void (*free)(struct cox_ipvs_wire *wire);
};

struct cox_ipvs;

/** The kernel of this network namespace.  NULL with COX_ERROR_NOT_INSTALLED when it has no IPVS, COX_ERROR_OS for anything else. */
struct cox_ipvs *cox_ipvs_new(GError **error);

/** The same over @wire, which it takes. */
struct cox_ipvs *cox_ipvs_new_over(struct cox_ipvs_wire *wire, GError **error);

void cox_ipvs_free(struct cox_ipvs *ipvs);
typedef struct cox_ipvs cox_ipvs; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_ipvs, cox_ipvs_free)

/**
 * Make all changes in their order, many in one system call; one that fails does not keep the others from being made.  To add what is
 * there (EEXIST) and to remove what is not (ENOENT, ESRCH) is said in the result and does not count as a failure.
 * @return how many failed
 */
size_t cox_ipvs_apply(struct cox_ipvs *ipvs, struct cox_ipvs_change *changes, size_t n);

/** Append all services (struct cox_ipvs_service) to @out. */
bool cox_ipvs_services(struct cox_ipvs *ipvs, GArray *out, GError **error);

/** Append the servers (struct cox_ipvs_dest) of a service to @out. */
bool cox_ipvs_dests(struct cox_ipvs *ipvs, const struct cox_ipvs_service *service, GArray *out, GError **error);

/** Lifetimes of connections. */
bool cox_ipvs_timeouts(struct cox_ipvs *ipvs, struct cox_ipvs_timeouts *out, GError **error);
bool cox_ipvs_set_timeouts(struct cox_ipvs *ipvs, const struct cox_ipvs_timeouts *timeouts, GError **error);

/** Append the synchronization daemons that run (struct cox_ipvs_daemon, two at most) to @out. */
bool cox_ipvs_daemons(struct cox_ipvs *ipvs, GArray *out, GError **error);

/** Start or stop one; of the latter only the role and id count. */
bool cox_ipvs_set_daemon(struct cox_ipvs *ipvs, const struct cox_ipvs_daemon *daemon, bool runs, GError **error);

/** Remove everything, whoever has made it. */
bool cox_ipvs_flush(struct cox_ipvs *ipvs, GError **error);

G_END_DECLS

#endif
