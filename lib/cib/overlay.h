/* lib/cib/overlay.h - what is on its way into the document, laid over it for a while.  Layer 2.
 *
 * Who plans does not wait for results and counts of failures to arrive: it begins a transaction, lays over the document what will be
 * in it, reads, and rolls back (doc/adr/040-live-flows.md, rule 3).
 */
#ifndef COX_CIB_OVERLAY_H
#define COX_CIB_OVERLAY_H

#include <stdbool.h>
#include <glib.h>

#include "cib/cib.h"

G_BEGIN_DECLS

/** A transient attribute of a node, by its name; a node that the status does not know is left out, as the owner of values does. */
struct cox_overlay_value {
    const char *node, *name, *value;
};

/**
 * Inside the open transaction of @cib: what its node knows of some resources becomes what the document says of them.
 *
 * @param status  a status element as the node's controller writes it: node_state, lrm, resources with all their operations; operations
 *                that it does not name are taken away
 * @return false with the error of cox_edit_run(): roll back
 */
bool cox_overlay_history(struct cox_cib *cib, const struct cox_xml *status, GError **error);

/** Inside the open transaction of @cib: the attribute has this value. */
void cox_overlay_value(struct cox_cib *cib, const struct cox_overlay_value *value);

/** What the document @root says of a transient attribute of a node, by its name: borrowed, or NULL. */
const char *cox_overlay_now(const struct cox_xml *root, const char *node, const char *name);

/** Both, from texts; empty lists are allowed.  false as above, or with COX_ERROR_SYNTAX. */
struct cox_overlay {
    const char *const *histories; /**< status elements */
    size_t n_histories;
    const struct cox_overlay_value *values;
    size_t n_values;
};
bool cox_overlay_put(struct cox_cib *cib, const struct cox_overlay *overlay, GError **error);

G_END_DECLS

#endif
