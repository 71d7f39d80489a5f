/* lib/cib/patch.h - apply a patch of format 2 to a document.  Layer 2. */
#ifndef COX_CIB_PATCH_H
#define COX_CIB_PATCH_H

#include <stdbool.h>
#include <glib.h>

#include "cib/cib.h"
#include "cib/version.h"

G_BEGIN_DECLS

/** Has @patch (a `<diff>` element) the shape that cox_patch_apply needs?  COX_ERROR_SYNTAX names what is wrong. */
bool cox_patch_check(const struct cox_xml *patch, GError **error);

/**
 * The versions that @patch leads from and to.
 * @return false when it has none; @source and @target are untouched then
 */
bool cox_patch_versions(const struct cox_xml *patch, struct cox_version *source, struct cox_version *target);

/**
 * Is the document what @patch starts from?  A patch without versions fits every document; one whose source has no num_updates and that
 * has no target (our own, no other program makes such) fits every document with this admin_epoch and epoch: this configuration.
 * @return false with COX_ERROR_OLD when the document is newer than the patch or the patch leads to nothing newer,
 *         COX_ERROR_NOT_FOUND when updates between are missing; all name the versions
 */
bool cox_patch_fits(const struct cox_xml *patch, const struct cox_xml *root, GError **error);

/**
 * Do what @patch says inside the open transaction of @cib.  On error the caller rolls back.
 * @return false with COX_ERROR_SYNTAX (malformed, see cox_patch_check) or COX_ERROR_NOT_FOUND (something that is to be
 *         changed is not there; quotes its path)
 */
bool cox_patch_apply(struct cox_cib *cib, const struct cox_xml *patch, GError **error);

/** The same with a slim document (slim.h), @patch being one of the whole document: what concerns histories only is left out. */
bool cox_patch_apply_slim(struct cox_cib *cib, const struct cox_xml *patch, GError **error);

G_END_DECLS

#endif
