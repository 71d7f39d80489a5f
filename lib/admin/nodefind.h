/* lib/admin/nodefind.h - the nodes that a configuration knows: cluster nodes, remote nodes, guests.  Layer 4. */
#ifndef COX_ADMIN_NODEFIND_H
#define COX_ADMIN_NODEFIND_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/**
 * Names of all nodes in the document of @root, each once: those with an element, then remote nodes (called as their connection), then
 * guests (as "remote-node" of a resource, or a replica of a bundle, says).
 *
 * @return array of texts that it owns; the caller unrefs it
 */
GPtrArray *cox_nodefind_names(const struct cox_xml *root);

/** Is there such a node?  COX_ERROR_NOT_FOUND names it and the one that was probably meant. */
bool cox_nodefind_check(const struct cox_xml *root, const char *name, GError **error);

/** The element that keeps what is set for the node; a remote node or guest gets one when it has none yet.  NULL with the error above. */
struct cox_xml *cox_nodefind_element(struct cox_xml *root, const char *name, GError **error);

/** The same where nothing may be made: NULL with @error unset when it has none. */
const struct cox_xml *cox_nodefind_look(const struct cox_xml *root, const char *name, GError **error);

G_END_DECLS

#endif
