/* lib/cib/blank.h - the document that a cluster begins with.  Layer 2. */
#ifndef COX_CIB_BLANK_H
#define COX_CIB_BLANK_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** What new documents say about the features of their writer. */
#define COX_BLANK_FEATURE_SET "3.19.6"

/** An empty document for the schema @schema (NULL: the initial one) with version 0.0.0; the caller owns it. */
struct cox_xmldoc *cox_blank_new(const char *schema);

/** Has the document of @root never been changed: version 0.0.0? */
bool cox_blank_is(const struct cox_xml *root);

G_END_DECLS

#endif
