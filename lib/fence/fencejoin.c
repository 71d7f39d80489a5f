/* lib/fence/fencejoin.c - the engine greets who joins, and learns what is under way when it joins itself (fencegreet.h).  Layer 3, pure. */
#include "fence/fence_priv.h"

/* ---- to tell ---- */

static void
tell_op(const struct cox_fenceop *op, struct cox_fence_effects *out)
{
    struct cox_fence_message *message = cox_fence_send(out, COX_FENCE_UNDERWAY, op->id);
    const struct cox_fence_record record = { .id = op->id, .target = op->target, .client = op->client, .action = op->action,
                                             .incarnation = op->incarnation };
    g_autofree struct cox_fence_record *merged = g_new0(struct cox_fence_record, op->merged->len + 1);

    message->record = cox_fence_record_copy(&record, &out->list);
    for (guint i = 0; i < op->merged->len; i++) {
        merged[i] = (struct cox_fence_record) { .id = g_array_index(op->merged, struct cox_fence_id, i),
                                                .target = message->record.target, .action = op->action };
    }
    message->records = cox_effects_array(&out->list, merged, op->merged->len, sizeof(*merged));
    message->n_records = op->merged->len;
    message->request.is_unfencing = op->is_unfencing;
    message->request.delay_ms = op->delay_ms;
    message->is_ok = op->state != COX_FENCEOP_QUEUED;
}

static void
tell_lives(const struct cox_fence *fence, struct cox_fence_effects *out)
{
    const char *name = NULL;

    for (guint i = 0; (name = cox_fencewatch_known(&fence->watch, i)) != NULL; i++) {
        struct cox_fence_message *message = NULL;

        if (cox_fencewatch_member(&fence->watch, name) != 0 || cox_fencewatch_incarnation(&fence->watch, name) == 0) {
            continue; /* a member speaks for itself */
        }
        message = cox_fence_send(out, COX_FENCE_LIFE, (struct cox_fence_id) { 0, 0 });
        message->name = cox_effects_text(&out->list, name);
        message->incarnation = cox_fencewatch_incarnation(&fence->watch, name);
    }
}

static void
tell_history(const struct cox_fence *fence, struct cox_fence_effects *out)
{
    struct cox_fence_message *message = NULL;

    if (fence->history.records->len > 0) {
        message = cox_fence_send(out, COX_FENCE_HISTORY, (struct cox_fence_id) { 0, 0 });
        message->records = cox_fencehistory_copy(&fence->history, &out->list);
        message->n_records = fence->history.records->len;
    }
}

void
cox_fence_greet(struct cox_fence *fence, bool is_spokesman, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fence_message *message = NULL;

    cox_fencegreet_begin(&fence->greet, fence->watch.ids, cox_usec_after_ms(now, fence->config.greet_ms));
    for (guint i = 0; i < fence->ops->len; i++) {
        struct cox_fenceop *op = fence->ops->pdata[i];

        op->is_old = true;
        if (op->leader == fence->self && op->state != COX_FENCEOP_OVER) { /* else DONE is before what is said here */
            tell_op(op, out);
        }
    }
    if (is_spokesman) {
        tell_lives(fence, out);
        tell_history(fence, out);
    }
    message = cox_fence_send(out, COX_FENCE_HELLO, (struct cox_fence_id) { 0, 0 });
    message->name = cox_effects_text(&out->list, fence->name);
    message->incarnation = fence->config.incarnation;
    message->attempt = fence->greet.mark;
}

void
cox_fence_release(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out)
{
    if (cox_fencegreet_is_waiting(&fence->greet, now)) {
        return;
    }
    g_array_set_size(fence->greet.silent, 0);
    fence->greet.until = COX_USEC_NEVER;
    for (guint i = 0; i < fence->greet.held->len; i++) {
        const struct cox_fence_held *held = fence->greet.held->pdata[i];

        cox_fence_request_all(fence, held->id, &held->request, out);
    }
    g_ptr_array_set_size(fence->greet.held, 0);
}

/* ---- to hear ---- */

static bool
is_over(const struct cox_fence *fence, struct cox_fence_id id)
{
    for (guint i = 0; i < fence->history.records->len; i++) {
        if (cox_fence_id_equal(((const struct cox_fence_record *) fence->history.records->pdata[i])->id, id)) {
            return true;
        }
    }
    return false;
}

/* What was told goes before what was asked for since; what is being done, before what waits. */
static guint
place_of(const struct cox_fence *fence, const char *target, bool is_begun)
{
    for (guint i = 0; i < fence->ops->len; i++) {
        const struct cox_fenceop *op = fence->ops->pdata[i];

        if (g_str_equal(op->target, target) && (!op->is_old || (is_begun && op->state == COX_FENCEOP_QUEUED))) {
            return i;
        }
    }
    return fence->ops->len;
}

/* The others have merged with @told, or queued behind it, what this member believed to be the first. */
static void
set_right(struct cox_fence *fence, struct cox_fenceop *told)
{
    for (guint i = fence->ops->len; i > 0; i--) {
        struct cox_fenceop *op = fence->ops->pdata[i - 1];
        bool is_ours = op->leader == fence->self;

        if (op == told || op->is_old || !g_str_equal(op->target, told->target)
            || (is_ours && op->state != COX_FENCEOP_QUEUED && op->state != COX_FENCEOP_ASKING)) {
            continue;
        }
        if (cox_fenceop_is_equal(told, op->action, op->is_unfencing, op->incarnation)) {
            g_array_append_val(told->merged, op->id);
            g_array_append_vals(told->merged, op->merged->data, op->merged->len);
            g_ptr_array_remove_index(fence->ops, i - 1);
        } else if (!is_ours) {
            op->state = COX_FENCEOP_QUEUED;
        }
    }
}

void
cox_fence_on_underway(struct cox_fence *fence, guint32 sender, const struct cox_fence_message *message, cox_usec now,
                      struct cox_fence_effects *out)
{
    const struct cox_fence_record *record = &message->record;
    const struct cox_fence_request request = { .target = record->target, .action = record->action, .client = record->client,
                                               .delay_ms = message->request.delay_ms, .is_unfencing = message->request.is_unfencing,
                                               .life = record->incarnation };
    struct cox_fenceop *op = NULL;

    if (sender == fence->self) {
        if (cox_fenceop_find(fence->ops, record->id) == NULL && !is_over(fence, record->id)) { /* confirmed since it was told */
            cox_fence_send(out, COX_FENCE_CLOSED, record->id)->reason = "it is over";
        }
        return;
    }
    if (cox_fencewatch_name(&fence->watch, sender) == NULL
        || cox_fenceop_find(fence->ops, record->id) != NULL || is_over(fence, record->id)) {
        return;
    }
    op = cox_fenceop_new(record->id, sender, &request);
    op->is_old = true;
    for (size_t i = 0; i < message->n_records; i++) {
        if (message->records[i].id.origin != fence->self) { /* else the fencer before this one has asked for it */
            g_array_append_val(op->merged, message->records[i].id);
        }
    }
    g_ptr_array_insert(fence->ops, (gint) place_of(fence, op->target, message->is_ok), op);
    set_right(fence, op);
    if (message->is_ok) {
        cox_fence_begin_asking(fence, op, now, out); /* it may be that this member is needed */
    }
}

void
cox_fence_on_hello(struct cox_fence *fence, guint32 sender, const struct cox_fence_message *message, struct cox_fence_effects *out)
{
    cox_fence_doubt_on_hello(fence, message, out);
    cox_fencewatch_note_hello(&fence->watch, message->name, message->incarnation);
    cox_fencegreet_note_hello(&fence->greet, sender, message->attempt);
}
