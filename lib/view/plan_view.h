/* lib/view/plan_view.h - a plan as printed: what changes, placement scores, utilization.  Layer 4. */
#ifndef COX_VIEW_PLAN_VIEW_H
#define COX_VIEW_PLAN_VIEW_H

#include "model/plan.h"
#include "view/out.h"

G_BEGIN_DECLS

/** Print the section "Transition Summary". */
void cox_plan_view_changes(struct cox_out *out, const struct cox_plan *plan);

/** Print placement scores and/or utilization, whichever the plan has and is asked for; as a list or bare lines. */
void cox_plan_view_scores(struct cox_out *out, const struct cox_plan *plan, bool with_scores, bool with_utilization,
                          bool with_heading);

G_END_DECLS

#endif
