/* lib/fence/fenceanswer.c - at every member: which devices can do it from here?  Layer 3, pure. */
#include "fence/fence_priv.h"

void
cox_fence_answer(struct cox_fence *fence, const struct cox_fenceop *op, struct cox_fence_effects *out)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(const char *));
    struct cox_fence_message *message = NULL;

    for (guint i = 0; i < fence->conf.devices->len; i++) {
        const struct cox_fencedevice *device = fence->conf.devices->pdata[i];

        if (!device->def.is_banned_here && cox_fenceop_is_usable(device, op->action, op->is_unfencing)
            && cox_fencedevice_knows(device, op->target) == COX_FENCE_YES) {
            const char *id = cox_effects_text(&out->list, device->def.id);

            g_array_append_val(ids, id);
        }
    }
    message = cox_fence_send(out, COX_FENCE_CAN, op->id);
    message->devices = cox_effects_array(&out->list, ids->data, ids->len, sizeof(const char *));
    message->n_devices = ids->len;
    message->is_ok = !fence->conf.is_partial && !cox_fencelocal_is_asking(&fence->local, op->id); /* the answer is complete */
}

/* Is the device's agent being asked for the sake of @op? */
static bool
is_asked(const struct cox_fence *fence, const struct cox_fenceop *op, const char *device)
{
    for (guint i = 0; i < fence->local.jobs->len; i++) {
        const struct cox_fencejob *job = fence->local.jobs->pdata[i];

        if (job->attempt == 0 && job->id.origin == op->id.origin && job->id.serial == op->id.serial && g_str_equal(job->device, device)) {
            return true;
        }
    }
    return false;
}

/* Ask the agents that alone know whether they can. */
static void
ask_agents(struct cox_fence *fence, const struct cox_fenceop *op, cox_usec now)
{
    for (guint i = 0; i < fence->conf.devices->len; i++) {
        const struct cox_fencedevice *device = fence->conf.devices->pdata[i];
        struct cox_fencejob job = { .id = op->id, .device = (gpointer) (guintptr) device->def.id, .target = op->target,
                                    .due_at = now };

        if (!device->def.is_banned_here && cox_fenceop_is_usable(device, op->action, op->is_unfencing)
            && cox_fencedevice_knows(device, op->target) == COX_FENCE_ASK_AGENT && !is_asked(fence, op, device->def.id)) {
            job.action = device->check == COX_FENCE_CHECK_LIST ? COX_FENCE_LIST : COX_FENCE_STATUS;
            cox_fencelocal_add(&fence->local, &job);
        }
    }
}

void
cox_fence_learn(struct cox_fence *fence, bool is_partial, cox_usec now, struct cox_fence_effects *out)
{
    bool was_partial = fence->conf.is_partial;

    fence->conf.is_partial = is_partial;
    for (guint i = 0; was_partial && i < fence->ops->len; i++) {
        const struct cox_fenceop *op = fence->ops->pdata[i];

        if (op->state == COX_FENCEOP_ASKING) {
            ask_agents(fence, op, now);
            cox_fence_answer(fence, op, out);
        }
    }
}

void
cox_fence_begin_asking(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out)
{
    op->state = COX_FENCEOP_ASKING;
    if (op->leader == fence->self) {
        if (!fence->has_quorum) {
            cox_fence_finish(fence, op, false, "this partition has no quorum", out);
            return;
        }
        op->grace_until = cox_usec_after_ms(now, fence->config.grace_ms);
        op->deadline = op->asking_until = cox_usec_after_ms(now, fence->config.asking_ms);
    }
    for (guint i = 0; i < fence->conf.devices->len; i++) {
        cox_fencedevice_forget(fence->conf.devices->pdata[i], op->target); /* what an agent said before may be out of date */
    }
    ask_agents(fence, op, now);
    cox_fence_answer(fence, op, out);
}
