/* lib/fence/fencequorum.c - quorum that is away for a moment.  Layer 3, pure.
 *
 * The members and quorum are told one after the other: after each change there is a moment in which quorum is not known of the new members, which
 * counts as having none.  What is under way then waits (config.quorum_ms) instead of failing, on both sides: the operation (STALLED), and the
 * executor's job (held).  Quorum that stays away ends it as before.
 */
#include "fence/fence_priv.h"

void
cox_fence_set_quorum(struct cox_fence *fence, bool has_quorum, cox_usec now)
{
    if (fence->has_quorum && !has_quorum) {
        fence->quorum_until = cox_usec_after_ms(now, fence->config.quorum_ms);
    }
    fence->has_quorum = has_quorum;
    if (has_quorum) {
        cox_fencelocal_let_go(&fence->local, now);
    }
}

bool
cox_fence_is_patient(const struct cox_fence *fence, cox_usec now)
{
    return !fence->has_quorum && !cox_usec_is_due(fence->quorum_until, now);
}

void
cox_fence_stall(const struct cox_fence *fence, struct cox_fenceop *op)
{
    op->state = COX_FENCEOP_STALLED;
    op->executor = 0;
    op->deadline = fence->quorum_until;
}

struct cox_fenceop *
cox_fence_next_unstalled(struct cox_fence *fence, cox_usec now)
{
    for (guint i = 0; i < fence->ops->len && !cox_fence_is_patient(fence, now); i++) {
        struct cox_fenceop *op = fence->ops->pdata[i];

        if (op->state == COX_FENCEOP_STALLED) { /* which only its leader knows */
            op->state = COX_FENCEOP_WORKING;
            return op;
        }
    }
    return NULL;
}
