/* lib/fence/fencewithdraw.c - what was asked for and is not wanted any more, while no agent has begun with it.  Layer 3, pure.
 *
 * Who has asked may learn better: a node that was lost is back, has told what it did, and is needed as it is.  As long as the operation waits - for
 * another one, for answers, for a delay - it can end without having done anything; once an agent has begun it goes on as any.  All hear the
 * withdrawal at the same place of the order: somebody else's request that has merged with it by then keeps it going, one that comes later is another one.
 */
#include "fence/fence_priv.h"

void
cox_fence_withdraw(const struct cox_fence *fence, const struct cox_fence_request *request, struct cox_fence_effects *out)
{
    for (guint i = 0; i < fence->ops->len; i++) {
        const struct cox_fenceop *op = fence->ops->pdata[i];

        if (op->id.origin == fence->self && op->action != COX_FENCE_ON && g_str_equal(op->target, request->target)
            && g_strcmp0(op->client, request->client) == 0) {
            (void) cox_fence_send(out, COX_FENCE_WITHDRAW, op->id);
        }
    }
}

/* No failure, nothing for the history. */
static void
close_op(struct cox_fenceop *op, struct cox_fence_effects *out)
{
    cox_fence_send(out, COX_FENCE_CLOSED, op->id)->reason = COX_FENCE_WITHDRAWN_TEXT;
    op->state = COX_FENCEOP_OVER;
    op->deadline = COX_USEC_NEVER;
}

/* At the executor: drop what waits, and tell the leader. */
static void
drop_waiting(struct cox_fence *fence, struct cox_fence_id id, struct cox_fence_effects *out)
{
    struct cox_fencejob *job = cox_fencelocal_waiting(&fence->local, id);

    if (job != NULL) {
        cox_fence_send(out, COX_FENCE_WITHDRAW, id)->attempt = job->attempt;
        cox_fencelocal_drop(&fence->local, job);
    }
}

void
cox_fence_on_withdraw(struct cox_fence *fence, const struct cox_fence_message *message, struct cox_fence_effects *out)
{
    struct cox_fenceop *op = cox_fenceop_find(fence->ops, message->id);
    bool is_leader = op != NULL && op->leader == fence->self;

    if (op == NULL || (message->attempt == 0 && op->merged->len > 0)) {
        return;
    }
    if (message->attempt != 0) {
        if (is_leader && op->state == COX_FENCEOP_WORKING && op->attempt == message->attempt) {
            close_op(op, out);
        }
        return;
    }
    op->is_withdrawn = true;
    drop_waiting(fence, op->id, out);
    if (is_leader && (op->state == COX_FENCEOP_QUEUED || op->state == COX_FENCEOP_ASKING)) {
        close_op(op, out);
    }
}
