/* daemons/controld/wishes.h - what the controller wants of attributes, until cox-attrd has it.  Layer 6. */
#ifndef COX_CONTROLD_WISHES_H
#define COX_CONTROLD_WISHES_H

#include "daemons/controld/controld.h"

G_BEGIN_DECLS

void controld_wishes_start(struct controld *controld);
void controld_wishes_stop(struct controld *controld);

/* Asked for until cox-attrd has it. */
void controld_wish_attribute(struct controld *controld, const char *node, const struct cox_reign_attribute *attribute);

/*
 * What this node says of itself when a coordinator has admitted it: the feature set, which tools show, and whether all nodes have the same.
 * Before its history is there it says nothing: what was set in its life before is forgotten first.
 */
void controld_wish_introduction(struct controld *controld);

/* All values of the node belong to a life of it that is over. */
void controld_wish_forgotten(struct controld *controld, const char *node);

/* Attributes were removed from the document: those that cox-attrd knows of are written again. */
void controld_wish_written(struct controld *controld);

G_END_DECLS

#endif
