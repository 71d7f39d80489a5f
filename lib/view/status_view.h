/* lib/view/status_view.h - the whole cluster on one screen, in the words of its users.  Layer 4. */
#ifndef COX_VIEW_STATUS_VIEW_H
#define COX_VIEW_STATUS_VIEW_H

#include <glib.h>

#include "view/out.h"
#include "view/verdict.h"

G_BEGIN_DECLS

/** Print what is wrong, what the nodes do and where resources run. @return are there problems? */
bool cox_status_view(struct cox_out *out, const struct cox_verdict_input *input);

G_END_DECLS

#endif
