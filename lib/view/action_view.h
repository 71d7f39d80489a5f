/* lib/view/action_view.h - an action that is carried out, as printed.  Layer 4. */
#ifndef COX_VIEW_ACTION_VIEW_H
#define COX_VIEW_ACTION_VIEW_H

#include "model/graph.h"
#include "view/out.h"

G_BEGIN_DECLS

/**
 * Print "Resource action: ...", "Pseudo action: ...", "Fencing NODE (off)" or "Cluster action: ...".
 *
 * @param rsc_name  what the node's history calls the resource; NULL: as the graph does
 */
void cox_action_view(struct cox_out *out, const struct cox_action *action, const char *rsc_name);

G_END_DECLS

#endif
