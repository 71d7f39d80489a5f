/* lib/view/explain_view.h - why a resource is where it is, and what would change that.  Layer 4. */
#ifndef COX_VIEW_EXPLAIN_VIEW_H
#define COX_VIEW_EXPLAIN_VIEW_H

#include "model/plan.h"
#include "model/outlook.h"
#include "view/out.h"

G_BEGIN_DECLS

/** What is to be told. */
struct cox_explain_view {
    const struct cox_plan *plan; /**< with an explanation */
    guint32 rsc;                 /**< a primitive: index into its cluster.rscs */
    guint32 node;                /**< only this node; COX_NODE_NONE: all */
    const struct cox_outlook *outlooks;
    size_t n_outlooks;
};

/** A block about one resource. */
void cox_explain_view(struct cox_out *out, const struct cox_explain_view *view);

/** Nodes that must be fenced, and why. */
void cox_explain_view_fences(struct cox_out *out, const struct cox_plan *plan);

G_END_DECLS

#endif
