/* lib/netlink/ipvsmsg.h - messages of IPVS, to the kernel and from it.  Layer 3, adapter. */
#ifndef COX_NETLINK_IPVSMSG_H
#define COX_NETLINK_IPVSMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "netlink/ipvstypes.h"

G_BEGIN_DECLS

/** Where a message goes: the number that this kernel has for IPVS, and which question it is. */
struct cox_ipvsmsg_to {
    guint16 family;
    guint32 seq;
    bool is_quiet; /**< of a change: it is answered only when it fails */
};

/** Append the question for the number of IPVS. */
void cox_ipvsmsg_family(GByteArray *out, guint32 seq);

/** Append a change. */
void cox_ipvsmsg_change(GByteArray *out, const struct cox_ipvsmsg_to *to, const struct cox_ipvs_change *change);

/** Append the question for all services, or (@service not NULL) for its servers. */
void cox_ipvsmsg_dump(GByteArray *out, const struct cox_ipvsmsg_to *to, const struct cox_ipvs_service *service);

/** Append the question for the timeouts, or (not NULL) the order to set them. */
void cox_ipvsmsg_timeouts(GByteArray *out, const struct cox_ipvsmsg_to *to, const struct cox_ipvs_timeouts *timeouts);

/** Append the question for the daemons (NULL), or the order to start or stop one. */
void cox_ipvsmsg_daemon(GByteArray *out, const struct cox_ipvsmsg_to *to, const struct cox_ipvs_daemon *daemon, bool runs);

/** Append the order to remove everything. */
void cox_ipvsmsg_flush(GByteArray *out, const struct cox_ipvsmsg_to *to);

/** Any message, read; also what goes to the kernel, for a fake one. */
struct cox_ipvsmsg {
    bool is_answer;          /**< error is 0, or an errno */
    bool is_done;            /**< the end of a dump; error as above */
    bool is_dump;            /**< it asks for all */
    bool is_quiet;           /**< it wants an answer only when it fails */
    int error;
    guint16 type;            /**< of the message: the family */
    guint32 seq;
    guint8 command;          /**< IPVS_CMD_*, or CTRL_CMD_* */
    guint16 family;          /**< told in an answer to cox_ipvsmsg_family(); 0: not told */
    bool has_service, has_dest, has_daemon, has_timeouts;
    struct cox_ipvs_service service;
    struct cox_ipvs_dest dest;
    struct cox_ipvs_daemon daemon;
    struct cox_ipvs_timeouts timeouts;
};

/** Read the message at *@at of @data and move *@at behind it; nothing outside is read, whatever the bytes are.  false: there is no more. */
bool cox_ipvsmsg_next(const guint8 *data, size_t size, size_t *at, struct cox_ipvsmsg *out);

G_END_DECLS

#endif
