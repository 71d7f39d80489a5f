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

/** The elements called @name with id @id in no particular order; NULL when there is none; borrowed until a change. */
const GPtrArray *cox_idindex_find(const struct cox_idindex *index, const char *name, const char *id);

G_END_DECLS

#endif
