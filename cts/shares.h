#ifndef COX_CTS_SHARES_H
#define COX_CTS_SHARES_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

/** Work on many seeds that know nothing of each other, in one process or in several that send what they counted. */
struct cox_shares {
    /** Work on every @p every-th seed from the @p at-th on and count in @p part, which is zeroed before; false: the whole has failed. */
    bool (*work)(void *data, guint32 at, guint32 every, void *part);
    void (*add)(void *sum, const void *part); /**< add the counts of a share to those of all */
    void *data;                               /**< for work; borrowed */
    size_t size;                              /**< of the counts: plain numbers, without pointers; no more than a pipe takes at once (PIPE_BUF) */
};

/**
 * Do the work in @p n_processes (1: in this one), and add up what was counted in @p sum.
 *
 * What the shares print is not ordered among processes.
 *
 * @return false if a share failed, or a process ended before its share was done
 */
bool cox_shares_run(const struct cox_shares *shares, guint32 n_processes, void *sum);

G_END_DECLS

#endif
