/* lib/cib/diff.h - the patch that turns one document into another.  Layer 2. */
#ifndef COX_CIB_DIFF_H
#define COX_CIB_DIFF_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xmldoc.h"

G_BEGIN_DECLS

/**
 * Compare two documents and describe the changes as a patch of format 2: deletions first, then, in the order of the new
 * document, changed attributes, new elements and moves.
 *
 * Law: applied to @old_root (cox_patch_apply) it gives @new_root; with @by_place the order of attributes is the same, too.
 *
 * @param by_place  the order of attributes counts
 * @return a document `<diff format="2">` without version part, the caller owns it; it has no changes when the documents
 *         are equal.  NULL with COX_ERROR_SYNTAX when the roots have different names: no patch can say that
 */
struct cox_xmldoc *cox_diff_make(struct cox_xml *old_root, struct cox_xml *new_root, bool by_place, GError **error);

G_END_DECLS

#endif
