/* lib/view/constraint_view.h - what constrains a resource's place: locations and colocations, perhaps with their chains.  Layer 4. */
#ifndef COX_VIEW_CONSTRAINT_VIEW_H
#define COX_VIEW_CONSTRAINT_VIEW_H

#include <stdbool.h>
#include <glib.h>

#include "model/config.h"
#include "view/out.h"

G_BEGIN_DECLS

/**
 * Print where resource @rsc must or must not be: constraints of the outermost resource that it belongs to.
 *
 * @param follows  also what constrains those with which it is colocated, and so on; a loop is said to be one
 */
void cox_constraint_view(struct cox_out *out, const struct cox_config *config, cox_rsc_id rsc, bool follows);

/**
 * The resources that must be where @rsc is, those that depend on these, and so on, in order of depth.
 * @return array of cox_rsc_id beginning with @rsc; the caller frees it
 */
GArray *cox_constraint_view_dependents(const struct cox_config *config, cox_rsc_id rsc);

G_END_DECLS

#endif
