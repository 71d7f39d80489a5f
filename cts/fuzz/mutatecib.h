/* cts/fuzz/mutatecib.h - change a CIB at random so that it mostly stays a valid one.  For tests. */
#ifndef COX_CTS_MUTATECIB_H
#define COX_CTS_MUTATECIB_H

#include <glib.h>

#include "xml/xml.h"

/** Change something: an element copied, moved, removed or put in, a reference, an attribute, an option, a history. */
void mutatecib_step(struct cox_xml *root, GRand *rand);

/** Put something of @other where @root has the like: a resource, a constraint, a node's status. */
void mutatecib_cross(struct cox_xml *root, const struct cox_xml *other, GRand *rand);

/** Mend what changes may break: ids that are there twice, names of what is not there, elements that must not be empty. */
void mutatecib_mend(struct cox_xml *root, GRand *rand);

#endif
