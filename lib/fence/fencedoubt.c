/* lib/fence/fencedoubt.c - is a node down because its device says so?  Layer 3, pure.
 *
 *     a device says: done -+- the node is not in corosync's ring, or is there in another life ---------> proven
 *                          |
 *                          '- it is: wait a little, then DOUBT 1, and when that is heard DOUBT 2 to all
 *                                 the node leaves the ring (beside the view, before any later message) --> proven
 *                                 DOUBT 2 is heard and the node is still in the ring ---------------------> a lie
 *
 * Messages go round with the ring's token, so nothing is heard any more from the moment in which a member dies until the ring is made
 * anew without it.  DOUBT 2, sent after DOUBT 1 was heard, has therefore gone through the corosync of the doubted node after the
 * device's word: no clock is needed to tell life from death, and a proof is never later than the next message could be.  The
 * wait before is for devices that cut the power a moment after they say so.
 */
#include "fence/fence_priv.h"

static bool
is_same_life(const struct cox_fence *fence, const char *target, guint64 incarnation)
{
    return cox_fencewatch_is_in_ring(&fence->watch, target)
           && cox_fencewatch_incarnation(&fence->watch, target) == incarnation;
}

void
cox_fence_conclude(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out)
{
    if (op->action == COX_FENCE_ON || !is_same_life(fence, op->target, op->life)) {
        cox_fence_finish(fence, op, true, NULL, out);
        return;
    }
    op->state = COX_FENCEOP_DOUBTED;
    op->deadline = cox_usec_after_ms(now, fence->config.doubt_ms);
}

static void
send_doubt(struct cox_fence_id id, const char *target, guint64 incarnation, guint64 number, struct cox_fence_effects *out)
{
    struct cox_fence_message *message = cox_fence_send(out, COX_FENCE_DOUBT, id);

    message->request.target = cox_effects_text(&out->list, target);
    message->incarnation = incarnation;
    message->attempt = number;
}

void
cox_fence_doubt_on_message(struct cox_fence *fence, const struct cox_fence_message *message, struct cox_fence_effects *out)
{
    const char *target = message->request.target;
    struct cox_fenceop *op = cox_fenceop_find(fence->ops, message->id);
    bool is_ours = op != NULL && op->leader == fence->self && op->state == COX_FENCEOP_DOUBTED;

    if (!is_same_life(fence, target, message->incarnation)) {
        return;
    }
    if (message->attempt == 1) {
        if (g_str_equal(target, fence->name) && message->incarnation == fence->config.incarnation) {
            cox_fence_add(out, COX_FENCE_DO_REACT);
        }
        if (is_ours) {
            send_doubt(op->id, target, op->life, 2, out);
        }
        return;
    }
    if (!g_str_equal(target, fence->name)) {
        cox_fencewatch_note_alive(&fence->watch, target);
    }
    if (is_ours) {
        cox_fence_finish(fence, op, false, "the device says that it is done, but the node is still there", out);
    }
}

/* End, as proven or not, what is doubted about @target (NULL: about anybody). */
static void
end_doubts(struct cox_fence *fence, const char *target, bool is_ok, const char *reason, struct cox_fence_effects *out)
{
    for (guint i = 0; i < fence->ops->len; i++) {
        struct cox_fenceop *op = fence->ops->pdata[i];

        if (op->leader == fence->self && op->state == COX_FENCEOP_DOUBTED
            && (target == NULL || g_str_equal(op->target, target))) {
            cox_fence_finish(fence, op, is_ok, reason, out);
        }
    }
}

void
cox_fence_doubt_on_hello(struct cox_fence *fence, const struct cox_fence_message *message, struct cox_fence_effects *out)
{
    for (guint i = 0; i < fence->ops->len; i++) {
        const struct cox_fenceop *op = fence->ops->pdata[i];

        if (g_str_equal(op->target, message->name) && op->life != message->incarnation) {
            end_doubts(fence, op->target, true, NULL, out);
            return;
        }
    }
}

void
cox_fence_doubt_on_lost(struct cox_fence *fence, const guint32 *nodes, size_t n, cox_usec now, struct cox_fence_effects *out)
{
    for (size_t i = 0; i < n; i++) {
        const char *name = cox_fencewatch_ring_name(&fence->watch, nodes[i]);

        if (name != NULL) {
            end_doubts(fence, name, true, NULL, out);
            cox_fencewatchdog_note_lost(&fence->local, fence->conf.devices, name, now);
            cox_fencewatch_note_lost(&fence->watch, nodes[i]);
        }
    }
}

/* Alone and without quorum there may be no ring any more that could tell. */
void
cox_fence_doubt_on_view(struct cox_fence *fence, struct cox_fence_effects *out)
{
    if (!fence->has_quorum && fence->watch.ids->len == 1) {
        end_doubts(fence, NULL, false, "this partition has no quorum", out);
    }
}

void
cox_fence_doubt_on_wake(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out)
{
    for (guint i = 0; i < fence->ops->len; i++) {
        struct cox_fenceop *op = fence->ops->pdata[i];

        if (op->leader == fence->self && op->state == COX_FENCEOP_DOUBTED && cox_usec_is_due(op->deadline, now)) {
            op->deadline = COX_USEC_NEVER;
            send_doubt(op->id, op->target, op->life, 1, out);
        }
    }
}

void
cox_fence_deal_with_liars(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out)
{
    const char *node = NULL;

    while ((node = cox_fencewatch_next_liar(&fence->watch, now)) != NULL) {
        struct cox_fence_effect *effect = cox_fence_add(out, COX_FENCE_DO_BAR);
        bool is_spokesman = cox_fencewatch_speaker(&fence->watch, node) == fence->self;

        effect->bar.node = cox_effects_text(&out->list, node);
        effect->bar.life = cox_fencewatch_incarnation(&fence->watch, node);
        effect->bar.is_ours_to_say = fence->has_quorum && is_spokesman;
        if (is_spokesman) { /* so that it takes itself down before anything else */
            send_doubt((struct cox_fence_id) { 0, 0 }, node, cox_fencewatch_incarnation(&fence->watch, node), 1, out);
        }
    }
    while (fence->has_quorum && (node = cox_fencewatch_next_refence(&fence->watch, now)) != NULL) {
        struct cox_fence_request request = { node, COX_FENCE_REBOOT, "the fencer", -1, 0, false, 0 };

        cox_fence_ask(fence, &request, now, out); /* merges with what is under way */
    }
}
