/* daemons/controld/mark.h - fingerprints of the history that was written of this node, in this life of it.  Layer 6. */
#ifndef COX_CONTROLD_MARK_H
#define COX_CONTROLD_MARK_H

#include "daemons/controld/controld.h"

G_BEGIN_DECLS

/* @next is about to be written, or, when it is the same as before, has been. */
bool controld_mark_set(const struct controld *controld, guint64 next);

/* Is this one of the histories that were written in this life of the node? */
bool controld_mark_matches(const struct controld *controld, guint64 fingerprint);

/* Has a controller been part of the cluster in this life of the node, so that something may be running? */
bool controld_mark_exists(const struct controld *controld);
void controld_mark_remove(const struct controld *controld);

G_END_DECLS

#endif
