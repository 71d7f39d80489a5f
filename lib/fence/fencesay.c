/* lib/fence/fencesay.c - what several files of the engine have to say: effects, the end of an operation, a request.  Layer 3, pure. */
#include "fence/fence_priv.h"

struct cox_fence_effect *
cox_fence_add(struct cox_fence_effects *out, enum cox_fence_effect_kind kind)
{
    struct cox_fence_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    return effect;
}

struct cox_fence_message *
cox_fence_send(struct cox_fence_effects *out, enum cox_fence_message_kind kind, struct cox_fence_id id)
{
    struct cox_fence_effect *effect = cox_fence_add(out, COX_FENCE_DO_SEND);

    effect->message.kind = kind;
    effect->message.id = id;
    return &effect->message;
}

void
cox_fence_tell_finished(const struct cox_fence *fence, struct cox_fence_id id, const struct cox_fence_end *end,
                        struct cox_fence_effects *out)
{
    if (id.origin == fence->self && id.serial > fence->config.first_serial) { /* else the fencer before this one has asked */
        struct cox_fence_effect *effect = cox_fence_add(out, COX_FENCE_DO_FINISHED);

        effect->finished.id = id;
        effect->finished.is_ok = end->is_ok;
        effect->finished.reason = cox_effects_text(&out->list, end->reason);
        effect->finished.life = end->life;
    }
}

void
cox_fence_finish(struct cox_fence *fence, struct cox_fenceop *op, bool is_ok, const char *reason, struct cox_fence_effects *out)
{
    struct cox_fence_record record = { op->id, op->target, op->client, op->delegate, is_ok ? NULL : reason, op->action,
                                       is_ok, false, fence->wall, op->incarnation };
    struct cox_fence_message *message = cox_fence_send(out, COX_FENCE_DONE, op->id);

    message->record = cox_fence_record_copy(&record, &out->list);
    op->state = COX_FENCEOP_OVER;
    op->deadline = COX_USEC_NEVER;
}

void
cox_fence_request_all(const struct cox_fence *fence, struct cox_fence_id id, const struct cox_fence_request *request,
                      struct cox_fence_effects *out)
{
    struct cox_fence_message *message = cox_fence_send(out, COX_FENCE_REQUEST, id);

    message->request = *request;
    message->request.life = request->life != 0 ? request->life : cox_fencewatch_incarnation(&fence->watch, request->target);
    message->request.target = cox_effects_text(&out->list, request->target);
    message->request.client = cox_effects_text(&out->list, request->client);
}

void
cox_fence_ask(struct cox_fence *fence, const struct cox_fence_request *request, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fence_id id = { fence->self, ++fence->serial };
    guint64 life = request->life != 0 ? request->life : cox_fencewatch_incarnation(&fence->watch, request->target);

    cox_fence_add(out, COX_FENCE_DO_ACCEPTED)->finished.id = id;
    if (cox_fencehistory_has_success(&fence->history, request, life, fence->wall)) {
        cox_fence_tell_finished(fence, id, &(struct cox_fence_end) { true, NULL, life }, out);
    } else if (cox_fencegreet_is_waiting(&fence->greet, now)) {
        cox_fencegreet_hold(&fence->greet, id, request);
    } else {
        cox_fence_request_all(fence, id, request, out);
    }
}
