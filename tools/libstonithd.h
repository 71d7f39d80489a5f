/* tools/libstonithd.h - the two calls that dlm_stonith, dlm_controld's fence agent, looks up in libstonithd.so.26.  Layer 6. */
#ifndef COX_TOOLS_LIBSTONITHD_H
#define COX_TOOLS_LIBSTONITHD_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#pragma GCC visibility push(default)

/**
 * Fence a node through cox-fenced of this node, and wait for the end.
 *
 * @param nodeid   corosync's number of the node; used when @uname is NULL
 * @param uname    name of the node, or NULL
 * @param timeout  seconds to wait; 0 or less: 120
 * @param off      off, else reboot
 * @return 0: proven; else a negative errno: -EINVAL no node named, -ENOTCONN no fencer, -ETIME no end in time, -EACCES not allowed,
 *         -EAGAIN not part of a cluster yet, -EHOSTUNREACH fencing has failed
 */
int stonith_api_kick(uint32_t nodeid, const char *uname, int timeout, bool off);

/**
 * When was a node fenced (reboot or off, with success)?
 *
 * @param in_progress  ask instead whether it is being fenced
 * @return seconds since 1970 of the last time; with @in_progress the present time; 0: never, not now, or nobody knows
 */
time_t stonith_api_time(uint32_t nodeid, const char *uname, bool in_progress);

#pragma GCC visibility pop

#endif
