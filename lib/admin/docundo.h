/* lib/admin/docundo.h - taking a change of the configuration back, also when others have changed other things since.  Layer 4. */
#ifndef COX_ADMIN_DOCUNDO_H
#define COX_ADMIN_DOCUNDO_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xmldoc.h"

G_BEGIN_DECLS

/**
 * The patch that takes back what leads from @before to @after, in any document that has what it changes.
 *
 * @param before, after  roots (`<cib>`); only the configurations count
 * @return the caller owns it; NULL when they are equal, or with COX_ERROR_SYNTAX when they cannot be compared
 */
struct cox_xmldoc *cox_docundo_make(const struct cox_xml *before, const struct cox_xml *after, GError **error);

/**
 * Do what such a patch says in the configuration of the document of @root: what it does not name stays, what it names becomes what it was.
 *
 * @param error  COX_ERROR_NOT_FOUND: something that is to be taken back is not there any more; the document is as it was then
 */
bool cox_docundo_apply(struct cox_xml *root, const struct cox_xml *patch, GError **error);

G_END_DECLS

#endif
