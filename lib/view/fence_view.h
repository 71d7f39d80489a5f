/* lib/view/fence_view.h - fencing operations, for people and programs.  Layer 4. */
#ifndef COX_VIEW_FENCE_VIEW_H
#define COX_VIEW_FENCE_VIEW_H

#include "view/out.h"

G_BEGIN_DECLS

enum cox_fence_view_state {
    COX_FENCE_VIEW_FAILED = 0,
    COX_FENCE_VIEW_SUCCESS,
    COX_FENCE_VIEW_PENDING,
};

/** One operation.  Texts are borrowed; NULL: not known. */
struct cox_fence_view {
    const char *action, *target, *client, *origin, *delegate, *reason;
    const char *completed; /**< time as it is to be printed; NULL while it is pending */
    enum cox_fence_view_state state;
};

/** Element fence_event, or one line. */
void cox_fence_view_event(struct cox_out *out, const struct cox_fence_view *event);

G_END_DECLS

#endif
