/* daemons/coxd/coxd_record.h - which processes this supervisor, or the one before it, has started.  Layer 6. */
#ifndef COX_DAEMONS_COXD_RECORD_H
#define COX_DAEMONS_COXD_RECORD_H

#include "daemons/coxd/coxd.h"

G_BEGIN_DECLS

/** Write down what runs now; false when that is impossible (the next supervisor will not know its children). */
bool cox_coxd_record_write(const struct cox_coxd *coxd, GError **error);

/**
 * Is there a process that holds the name of this daemon, and is it ours?  Sets pid and start time of @child when there is one.
 * Trusted is only what the kernel says: the holder of the lock, its user, its program, its start time.
 */
void cox_coxd_record_look(struct cox_coxd_child *child, struct cox_supervise_event *event);

G_END_DECLS

#endif
