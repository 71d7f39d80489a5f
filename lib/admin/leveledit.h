/* lib/admin/leveledit.h - levels of fencing in a configuration that is one's own: which devices, one after the other.  Layer 4. */
#ifndef COX_ADMIN_LEVELEDIT_H
#define COX_ADMIN_LEVELEDIT_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/*
 * A target is a node's "NAME", "regexp%PATTERN" for all nodes whose names match, or "attrib%NAME=VALUE" for all nodes with that attribute,
 * as pcs writes them.  Each works on a tree that the caller may throw away.  Errors are COX_ERROR_NOT_FOUND with the name that was probably
 * meant, COX_ERROR_USAGE that quotes the word, and COX_ERROR_EXISTS.
 */

/** All of these devices, which must exist, together are the level @index ("1" to "9") of the target; there must be none yet. */
bool cox_leveledit_add(struct cox_xml *root, const char *target, const char *index, char *const *devices, GError **error);

/** Remove a level of the target, or (@index NULL) all of them. */
bool cox_leveledit_remove(struct cox_xml *root, const char *target, const char *index, GError **error);

/** The target of a level as above; the caller frees it. */
char *cox_leveledit_target(const struct cox_xml *level);

/** The element of the fence device, or NULL: COX_ERROR_NOT_FOUND with the device that was probably meant; COX_ERROR_USAGE: it is a resource of another kind. */
struct cox_xml *cox_leveledit_device(const struct cox_xml *root, const char *id, GError **error);

G_END_DECLS

#endif
