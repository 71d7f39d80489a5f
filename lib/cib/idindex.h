/* lib/cib/idindex.h - elements of a document by name and id.  Layer 2. */
#ifndef COX_CIB_IDINDEX_H
#define COX_CIB_IDINDEX_H

#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

struct cox_idindex;

/** Index everything below and including @root that has an id. */
struct cox_idindex *cox_idindex_new(struct cox_xml *root);
void cox_idindex_free(struct cox_idindex *index);

/** @xml and what is below it were added to the tree. */
void cox_idindex_add(struct cox_idindex *index, struct cox_xml *xml);

/** @xml and what is below it are leaving the tree. */
void cox_idindex_remove(struct cox_idindex *index, struct cox_xml *xml);

/**
 * One after the other, in no particular order: the elements called @name with id @id.
 *
 * @param at  where we are; 0 for the first; not to be used after a change
 * @return NULL when there are no more
 */
struct cox_xml *cox_idindex_next(const struct cox_idindex *index, const char *name, const char *id, guint32 *at);

G_END_DECLS

#endif
