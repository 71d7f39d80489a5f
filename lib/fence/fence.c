/* lib/fence/fence.c - fencing of nodes by all fencers of a cluster together: the engine.  Layer 3, pure. */
#include "fence/fence_priv.h"

#include "base/error.h"

struct cox_fence *
cox_fence_new(const struct cox_fence_config *config, guint32 self)
{
    struct cox_fence *fence = g_new0(struct cox_fence, 1);

    COX_BUG_ON(self == 0 || config->incarnation == 0);
    fence->config = *config;
    fence->config.name = fence->name = g_strdup(config->name);
    fence->self = self;
    fence->serial = config->first_serial;
    fence->ops = g_ptr_array_new_with_free_func(cox_fenceop_free);
    fence->wake_at = COX_USEC_NEVER;
    fence->quorum_until = G_MININT64;
    cox_fenceconf_init(&fence->conf);
    cox_fencehistory_init(&fence->history);
    cox_fencelocal_init(&fence->local);
    cox_fencegreet_init(&fence->greet);
    cox_fencewatch_init(&fence->watch, self, config->lie_ms, config->refence_ms, config->refence_max_ms);
    return fence;
}

void
cox_fence_free(struct cox_fence *fence)
{
    if (fence == NULL) {
        return;
    }
    cox_fenceconf_clear(&fence->conf);
    g_ptr_array_unref(fence->ops);
    cox_fencehistory_clear(&fence->history);
    cox_fencelocal_clear(&fence->local);
    cox_fencegreet_clear(&fence->greet);
    cox_fencewatch_clear(&fence->watch);
    g_free(fence->name);
    g_free(fence);
}

const struct cox_fence_record *
cox_fence_history(const struct cox_fence *fence, guint i)
{
    return i < fence->history.records->len ? fence->history.records->pdata[i] : NULL;
}

guint
cox_fence_pending(const struct cox_fence *fence)
{
    return fence->ops->len;
}

const struct cox_fenceop *
cox_fence_op(const struct cox_fence *fence, guint i)
{
    return i < fence->ops->len ? fence->ops->pdata[i] : NULL;
}

const GPtrArray *
cox_fence_devices(const struct cox_fence *fence)
{
    return fence->conf.devices;
}

void
cox_fence_forget(struct cox_fence *fence, const char *target)
{
    cox_fencehistory_forget(&fence->history, target);
}

bool
cox_fence_is_barred(const struct cox_fence *fence, const char *node)
{
    return cox_fencewatch_is_barred(&fence->watch, node);
}

const char *
cox_fence_barred(const struct cox_fence *fence, guint i, guint64 *life)
{
    const char *name = cox_fencewatch_barred(&fence->watch, i);

    *life = name == NULL ? 0 : cox_fencewatch_incarnation(&fence->watch, name);
    return name;
}

/* ---- at the leader: work through steps and ways ---- */

static void
order_step(struct cox_fence *fence, struct cox_fenceop *op, const struct cox_fencedevice *device, cox_usec now,
           struct cox_fence_effects *out)
{
    struct cox_fence_message *message = cox_fence_send(out, COX_FENCE_EXEC, op->id);
    enum cox_fence_action action = g_array_index(op->steps, struct cox_fencestep, op->step).action;
    bool with_delay = !op->is_delayed && action != COX_FENCE_ON && op->delay_ms >= 0;
    gint64 limit_ms = device->def.timeout_ms[action] + fence->config.slack_ms;

    if (with_delay) {
        limit_ms += op->delay_ms + cox_fencedevice_delay_limit_ms(device, op->target);
    }
    op->is_delayed = true;
    op->attempt = ++fence->attempts;
    op->life = cox_fencewatch_incarnation(&fence->watch, op->target);
    op->deadline = cox_usec_after_ms(now, limit_ms);
    message->attempt = op->attempt;
    message->executor = op->executor;
    message->device = cox_effects_text(&out->list, device->def.id);
    message->action = action;
    message->with_delay = with_delay;
    message->request.target = cox_effects_text(&out->list, op->target);
    message->request.delay_ms = op->delay_ms;
}

static void check_answers(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out);

/* Nothing that was planned helps: perhaps an answer does that came meanwhile, or comes. */
static void
wait_for_more(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out)
{
    op->state = COX_FENCEOP_ASKING;
    op->grace_until = now;
    op->deadline = op->asking_until;
    check_answers(fence, op, now, out);
}

/* The life that a reboot was to end is over, and the node says so itself: whoever ended it.  Half a reboot is gone on with, for the power's sake. */
static bool
is_satisfied(const struct cox_fence *fence, const struct cox_fenceop *op)
{
    return op->action == COX_FENCE_REBOOT && op->incarnation != 0 && op->step == 0
           && cox_fencewatch_has_new_life(&fence->watch, op->target, op->incarnation);
}

/* Go on from the present step: with another executor, the next step, the next way, or to the end. */
static void
do_step(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out)
{
    for (;;) {
        bool has_step = op->step < op->steps->len;
        const struct cox_fencedevice *device = has_step ? cox_fenceop_device(op, fence->conf.devices) : NULL;

        if (is_satisfied(fence, op)) {
            cox_fence_finish(fence, op, true, NULL, out);
            return;
        }
        if (op->steps->len > 0 && !has_step) {
            cox_fence_conclude(fence, op, now, out);
            return;
        }
        if (!fence->has_quorum && !(has_step && op->step >= op->n_required)) { /* but what is off may get its power back */
            if (cox_fence_is_patient(fence, now)) {
                cox_fence_stall(fence, op);
                return;
            }
            cox_fence_finish(fence, op, false, "this partition has no quorum", out);
            return;
        }
        op->executor = device == NULL ? 0 : cox_fenceop_pick(op, device, cox_fencewatch_member(&fence->watch, op->target));
        if (op->executor != 0) {
            order_step(fence, op, device, now, out);
            return;
        }
        if (op->step >= op->n_required) { /* the node is off: what follows is a favour */
            op->step++;
            g_array_set_size(op->tried, 0);
        } else if (!cox_fenceop_next_way(op, fence->conf.devices)) {
            wait_for_more(fence, op, now, out);
            return;
        }
    }
}

static void
fail_step(struct cox_fence *fence, struct cox_fenceop *op, const char *reason, cox_usec now,
          struct cox_fence_effects *out)
{
    g_free(op->reason);
    op->reason = g_strdup(reason);
    g_array_append_val(op->tried, op->executor);
    do_step(fence, op, now, out);
}

/* Do the answers suffice?  All, or some after the grace, or whatever there is when the time is over. */
static void
check_answers(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out)
{
    g_autoptr(GPtrArray) levels = g_ptr_array_new();
    bool has_all = cox_fencewatch_has_all(&fence->watch, op->answered);
    guint32 target = cox_fencewatch_member(&fence->watch, op->target);
    bool is_enough = false;

    cox_fenceconf_levels_of(&fence->conf, op->target, levels);
    is_enough = cox_fenceop_plan(op, fence->conf.devices, levels) > 0;
    if (!has_all && !cox_usec_is_due(op->deadline, now)
        && !(is_enough && cox_usec_is_due(op->grace_until, now) && cox_fenceop_can_spare(op, fence->conf.devices, target))) {
        return;
    }
    op->grace_until = COX_USEC_NEVER;
    if (!is_enough) {
        cox_fence_finish(fence, op, false, op->reason != NULL ? op->reason : "no member has a device that can do this for the node", out);
        return;
    }
    op->state = COX_FENCEOP_WORKING;
    cox_fenceop_enter_way(op, 0, fence->conf.devices);
    do_step(fence, op, now, out);
}

/* ---- the end of an operation ---- */

static void
begin_next(struct cox_fence *fence, const char *target, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fenceop *next = cox_fenceop_find_target(fence->ops, target);

    if (next != NULL && next->state == COX_FENCEOP_QUEUED) {
        cox_fence_begin_asking(fence, next, now, out);
    }
}

/*
 * Who joined in between, or was away, may not know that this request merged with @op.  Who asked says so; but a target that asked does no work itself,
 * and hears the end of it from who did the work.
 */
static bool
must_close(const struct cox_fence *fence, const struct cox_fenceop *op, struct cox_fence_id merged)
{
    return merged.origin == fence->self
           || (op->leader == fence->self && cox_fencewatch_member(&fence->watch, op->target) == merged.origin);
}

/* All who wait for @op hear its end. */
static void
end_op(struct cox_fence *fence, struct cox_fenceop *op, const struct cox_fence_end *end, struct cox_fence_effects *out)
{
    cox_fence_tell_finished(fence, op->id, end, out);
    for (guint i = 0; i < op->merged->len; i++) {
        struct cox_fence_id id = g_array_index(op->merged, struct cox_fence_id, i);

        cox_fence_tell_finished(fence, id, end, out);
        if (must_close(fence, op, id)) {
            struct cox_fence_message *message = cox_fence_send(out, COX_FENCE_CLOSED, id);

            message->is_ok = end->is_ok;
            message->reason = cox_effects_text(&out->list, end->reason);
        }
    }
    g_ptr_array_remove(fence->ops, op);
}

/*
 * What is over is written down, and believed if it is a success.  Who boots fast may be there again before it is said, and has nothing
 * to do with it.
 */
static void
take_record(struct cox_fence *fence, const struct cox_fence_record *record, cox_usec now, struct cox_fence_effects *out)
{
    if (!cox_fencehistory_add(&fence->history, record)) {
        return;
    }
    cox_fence_add(out, COX_FENCE_DO_RECORD)->record = cox_fence_record_copy(record, &out->list);
    if (record->action == COX_FENCE_ON) {
        return;
    }
    if (!record->is_ok) {
        cox_fencewatch_note_failure(&fence->watch, record->target, now);
        return;
    }
    if (!g_str_equal(record->target, fence->name)) {
        cox_fencewatch_note_fenced(&fence->watch, record->target, record->incarnation, now);
    } else if (record->incarnation == fence->config.incarnation) { /* else it was the life before */
        cox_fence_add(out, COX_FENCE_DO_REACT);
    }
}

/*
 * Who is off, or was rebooted for a request that was withdrawn too late, has had what a reboot of the same life is for; power that somebody has cut on
 * purpose is not given back for it.
 */
static void
end_satisfied(struct cox_fence *fence, const struct cox_fence_record *record, struct cox_fence_effects *out)
{
    if (!record->is_ok || record->action == COX_FENCE_ON || record->incarnation == 0) {
        return;
    }
    for (guint i = fence->ops->len; i > 0; i--) {
        struct cox_fenceop *op = fence->ops->pdata[i - 1];

        if (g_str_equal(op->target, record->target) && op->state == COX_FENCEOP_QUEUED && op->action == COX_FENCE_REBOOT
            && op->incarnation == record->incarnation) {
            end_op(fence, op, &(struct cox_fence_end) { true, NULL, record->incarnation }, out);
        }
    }
}

/* Who joined meanwhile may know the operation by the name of another request. */
static void
on_done(struct cox_fence *fence, const struct cox_fence_message *message, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fenceop *op = cox_fenceop_find_merged(fence->ops, message->id);

    take_record(fence, &message->record, now, out);
    if (op != NULL) {
        const struct cox_fence_end end = { message->record.is_ok, message->record.reason, message->record.incarnation };

        end_op(fence, op, &end, out);
        end_satisfied(fence, &message->record, out);
        begin_next(fence, message->record.target, now, out);
    }
}

/* Who is at work itself goes on: half a reboot would leave the node without power. */
static void
on_closed(struct cox_fence *fence, const struct cox_fence_message *message, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fenceop *op = cox_fenceop_find(fence->ops, message->id);
    bool is_at_work = op != NULL && op->leader == fence->self && op->state != COX_FENCEOP_QUEUED && op->state != COX_FENCEOP_ASKING
                      && !(op->state == COX_FENCEOP_OVER && op->is_withdrawn);

    if (op != NULL && !is_at_work) {
        g_autofree char *target = g_strdup(op->target);

        end_op(fence, op, &(struct cox_fence_end) { message->is_ok, message->reason, op->incarnation }, out);
        begin_next(fence, target, now, out);
    }
}

/* A human has looked: everything that was to take the node down has reached its aim. */
static void
on_confirm(struct cox_fence *fence, const struct cox_fence_message *message, cox_usec now, struct cox_fence_effects *out)
{
    const char *target = message->request.target;
    struct cox_fence_record record = { .id = message->id, .target = target, .client = message->request.client,
                                       .action = COX_FENCE_OFF, .is_ok = true, .is_confirmed = true, .done_at = fence->wall,
                                       .incarnation = message->request.life };

    take_record(fence, &record, now, out);
    for (guint i = fence->ops->len; i > 0; i--) {
        struct cox_fenceop *op = fence->ops->pdata[i - 1];

        if (g_str_equal(op->target, target) && op->action != COX_FENCE_ON) {
            end_op(fence, op, &(struct cox_fence_end) { true, NULL, message->request.life }, out);
        }
    }
    begin_next(fence, target, now, out);
}

/* ---- messages ---- */

/*
 * Who does it: who asks, but not for its own fencing.  It would not live to give itself the power back, nor to say that it is down.  All
 * hear a request in the same view, so all come to the same member.
 */
static guint32
leader_of(const struct cox_fence *fence, const struct cox_fence_message *message)
{
    guint32 other = 0;

    if (message->request.action != COX_FENCE_ON && cox_fencewatch_member(&fence->watch, message->request.target) == message->id.origin) {
        other = cox_fencewatch_speaker(&fence->watch, message->request.target);
    }
    return other != 0 ? other : message->id.origin;
}

static void
on_request(struct cox_fence *fence, const struct cox_fence_message *message, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fenceop *first = cox_fenceop_find_target(fence->ops, message->request.target);
    struct cox_fenceop *op = NULL;

    for (guint i = 0; i < fence->ops->len; i++) {
        struct cox_fenceop *other = fence->ops->pdata[i];

        if (g_str_equal(other->target, message->request.target)
            && cox_fenceop_is_equal(other, message->request.action, message->request.is_unfencing, message->request.life)) {
            g_array_append_val(other->merged, message->id);
            return;
        }
    }
    op = cox_fenceop_new(message->id, leader_of(fence, message), &message->request);
    g_ptr_array_add(fence->ops, op);
    if (first == NULL) {
        cox_fence_begin_asking(fence, op, now, out);
    }
}

static void
on_can(struct cox_fence *fence, guint32 sender, const struct cox_fence_message *message, cox_usec now,
       struct cox_fence_effects *out)
{
    struct cox_fenceop *op = cox_fenceop_find(fence->ops, message->id);

    if (op == NULL || op->leader != fence->self || op->state == COX_FENCEOP_OVER) {
        return;
    }
    cox_fenceop_note_able(op, sender, message->devices, message->n_devices);
    if (message->is_ok) {
        g_array_append_val(op->answered, sender);
    }
    if (op->state == COX_FENCEOP_ASKING) {
        check_answers(fence, op, now, out);
    }
}

static void
send_result(const struct cox_fencejob *job, bool is_ok, const char *reason, struct cox_fence_effects *out)
{
    struct cox_fence_message *message = cox_fence_send(out, COX_FENCE_RESULT, job->id);

    message->attempt = job->attempt;
    message->is_ok = is_ok;
    message->reason = cox_effects_text(&out->list, reason);
}

static void
on_exec(struct cox_fence *fence, guint32 sender, const struct cox_fence_message *message, cox_usec now,
        struct cox_fence_effects *out)
{
    const struct cox_fenceop *op = cox_fenceop_find(fence->ops, message->id);
    const struct cox_fencedevice *device = NULL;
    struct cox_fencejob job = { .id = message->id, .attempt = message->attempt, .action = message->action, .due_at = now,
                                .device = (gpointer) (guintptr) message->device,
                                .target = (gpointer) (guintptr) message->request.target };

    if (message->executor != fence->self || (op != NULL && sender != op->leader)) {
        return;
    }
    device = cox_fencelocal_device(fence->conf.devices, message->device);
    if (device == NULL) {
        send_result(&job, false, "this member does not know the device", out);
        return;
    }
    if (message->with_delay) {
        job.due_at = cox_usec_after_ms(
            now, message->request.delay_ms
                     + cox_fencedevice_delay_ms(device, job.target, fence->config.seed ^ message->id.serial));
    }
    if (device->def.watchdog_ms != 0 && !g_str_equal(job.target, fence->name)) {
        job.due_at = cox_usec_after_ms(job.due_at, device->def.watchdog_ms);
    }
    cox_fencelocal_add(&fence->local, &job);
}

static void
on_result(struct cox_fence *fence, guint32 sender, const struct cox_fence_message *message, cox_usec now,
          struct cox_fence_effects *out)
{
    struct cox_fenceop *op = cox_fenceop_find(fence->ops, message->id);

    if (op == NULL || op->leader != fence->self || op->state != COX_FENCEOP_WORKING || op->executor != sender
        || op->attempt != message->attempt) {
        return;
    }
    if (!message->is_ok) {
        fail_step(fence, op, message->reason, now, out);
        return;
    }
    g_free(op->delegate);
    op->delegate = g_strdup(cox_fencewatch_name(&fence->watch, sender));
    op->step++;
    g_array_set_size(op->tried, 0);
    do_step(fence, op, now, out);
}

static void
on_message(struct cox_fence *fence, guint32 sender, const struct cox_fence_message *message, cox_usec now,
           struct cox_fence_effects *out)
{
    if (!cox_fence_message_is_sane(message)) {
        return;
    }
    switch (message->kind) {
        case COX_FENCE_REQUEST:
            on_request(fence, message, now, out);
            break;
        case COX_FENCE_CAN:
            on_can(fence, sender, message, now, out);
            break;
        case COX_FENCE_EXEC:
            on_exec(fence, sender, message, now, out);
            break;
        case COX_FENCE_RESULT:
            on_result(fence, sender, message, now, out);
            break;
        case COX_FENCE_DONE:
            on_done(fence, message, now, out);
            break;
        case COX_FENCE_CLOSED:
            on_closed(fence, message, now, out);
            break;
        case COX_FENCE_CONFIRM:
            on_confirm(fence, message, now, out);
            break;
        case COX_FENCE_HELLO:
            cox_fence_on_hello(fence, sender, message, out);
            break;
        case COX_FENCE_UNDERWAY:
            cox_fence_on_underway(fence, sender, message, now, out);
            break;
        case COX_FENCE_LIFE:
            cox_fencewatch_note_life(&fence->watch, message->name, message->incarnation);
            break;
        case COX_FENCE_DOUBT:
            cox_fence_doubt_on_message(fence, message, out);
            break;
        case COX_FENCE_WITHDRAW:
            cox_fence_on_withdraw(fence, message, out);
            break;
        case COX_FENCE_HISTORY:
            for (size_t i = 0; i < message->n_records; i++) {
                cox_fencehistory_add(&fence->history, &message->records[i]);
            }
            break;
    }
}

/* ---- membership ---- */

/* A step of it that has not begun here does not: whoever asks anew would have the node cut twice. */
static void
drop_orphan(struct cox_fence *fence, struct cox_fenceop *op, cox_usec now, struct cox_fence_effects *out)
{
    g_autofree char *target = g_strdup(op->target);
    struct cox_fence_record record = { .id = op->id, .target = op->target, .client = op->client, .action = op->action,
                                       .reason = op->leader == op->id.origin ? "its origin has left" : "the member that did it has left",
                                       .done_at = fence->wall };
    struct cox_fencejob *waiting = cox_fencelocal_waiting(&fence->local, op->id);

    if (waiting != NULL) {
        cox_fencelocal_drop(&fence->local, waiting);
    }
    take_record(fence, &record, now, out);
    end_op(fence, op, &(struct cox_fence_end) { false, record.reason, op->incarnation }, out);
    begin_next(fence, target, now, out);
}

static void
on_view(struct cox_fence *fence, const struct cox_fence_event *event, cox_usec now, struct cox_fence_effects *out)
{
    bool is_spokesman = false;

    if (cox_fencewatch_set_members(&fence->watch, event->view.members, event->view.n, &is_spokesman)) {
        cox_fence_greet(fence, is_spokesman, now, out);
    } else {
        cox_fencegreet_shrink(&fence->greet, fence->watch.ids);
    }
    for (guint i = fence->ops->len; i > 0; i--) {
        struct cox_fenceop *op = fence->ops->pdata[i - 1];

        if (cox_fencewatch_name(&fence->watch, op->leader) == NULL) {
            drop_orphan(fence, op, now, out);
            i = fence->ops->len + 1; /* others may have begun or gone with it */
        }
    }
    for (guint i = 0; i < fence->ops->len; i++) {
        struct cox_fenceop *op = fence->ops->pdata[i];

        if (op->leader != fence->self || op->state == COX_FENCEOP_QUEUED || op->state == COX_FENCEOP_OVER) {
            continue;
        }
        for (guint a = 0; a < op->able->len; a++) {
            cox_fencewatch_keep_members(&fence->watch, ((struct cox_fenceable *) op->able->pdata[a])->nodes);
        }
        if (op->state == COX_FENCEOP_ASKING) {
            check_answers(fence, op, now, out);
        } else if (op->state == COX_FENCEOP_WORKING && cox_fencewatch_name(&fence->watch, op->executor) == NULL) {
            fail_step(fence, op, "the executor has left", now, out);
        }
    }
    cox_fence_doubt_on_view(fence, out);
}

/* ---- agents on this node ---- */

static void
on_ended(struct cox_fence *fence, const struct cox_fence_event *event, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fencejob *job = cox_fencelocal_find(&fence->local, event->ended.run);
    struct cox_fencedevice *device = NULL;
    struct cox_fenceop *op = NULL;
    bool is_ok = event->ended.exit_status == 0 && job != NULL && !job->is_timed_out;
    struct cox_fence_id id;

    if (job == NULL) {
        return;
    }
    device = cox_fencelocal_device(fence->conf.devices, job->device);
    if (job->attempt == 0 && job->action == COX_FENCE_STATUS && event->ended.exit_status >= 0) {
        is_ok = true; /* "I do not know it" is an answer */
    }
    if (!is_ok && !job->is_timed_out && cox_fencelocal_retry(job, fence->conf.devices, now)) {
        return;
    }
    if (job->attempt != 0) {
        send_result(job, is_ok, job->is_timed_out ? "timed out" : event->ended.reason, out);
        cox_fencelocal_drop(&fence->local, job);
        return;
    }
    if (is_ok && device != NULL && job->action == COX_FENCE_LIST) {
        cox_fencedevice_take_list(device, event->ended.output);
    } else if (is_ok && device != NULL) {
        cox_fencedevice_take_status(device, job->target, event->ended.exit_status);
    }
    id = job->id;
    cox_fencelocal_drop(&fence->local, job);
    op = cox_fenceop_find(fence->ops, id);
    if (op != NULL) {
        cox_fence_answer(fence, op, out);
    }
}

/*
 * The order may be older than the split.  But who cuts off so many that quorum is lost must not leave them without power for ever: the
 * second half of a reboot by several devices harms nobody.
 */
static bool
may_run(const struct cox_fence *fence, const struct cox_fencejob *job)
{
    const struct cox_fenceop *op = cox_fenceop_find(fence->ops, job->id);

    return job->attempt == 0 || fence->has_quorum || (job->action == COX_FENCE_ON && op != NULL && op->action == COX_FENCE_REBOOT);
}

/* The wait is over; or this node is the target. */
static void
end_watchdog(struct cox_fence *fence, struct cox_fencejob *job, struct cox_fence_effects *out)
{
    bool is_there = cox_fencewatch_is_in_ring(&fence->watch, job->target);

    if (g_str_equal(job->target, fence->name)) {
        cox_fence_add(out, COX_FENCE_DO_PANIC);
    } else {
        send_result(job, !is_there, is_there ? "the node is still a member, its watchdog has not struck" : NULL, out);
    }
    cox_fencelocal_drop(&fence->local, job);
}

static void
run_jobs(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fencejob *job = NULL;

    while ((job = cox_fencelocal_begin(&fence->local, fence->conf.devices, now)) != NULL) {
        const struct cox_fencedevice *device = cox_fencelocal_device(fence->conf.devices, job->device);
        struct cox_fence_effect *effect = NULL;

        if (!may_run(fence, job) && cox_fence_is_patient(fence, now)) {
            cox_fencelocal_hold(job, fence->quorum_until);
            continue;
        }
        if (!may_run(fence, job)) {
            send_result(job, false, "the executor's partition has no quorum", out);
            cox_fencelocal_drop(&fence->local, job);
            continue;
        }
        if (device->def.watchdog_ms != 0) {
            end_watchdog(fence, job, out);
            continue;
        }
        effect = cox_fence_add(out, COX_FENCE_DO_RUN);
        effect->run.run = job->run;
        effect->run.device = cox_effects_text(&out->list, job->device);
        effect->run.command = cox_effects_text(&out->list, device->def.action_names[job->action]);
        effect->run.timeout_ms = MAX((job->deadline - now) / COX_USEC_PER_MS, 1);
        if (job->action != COX_FENCE_LIST) {
            effect->run.target = cox_effects_text(&out->list, job->target);
            effect->run.port = cox_effects_text(&out->list, cox_fencedevice_port(device, job->target));
        }
    }
}

/* ---- clients and configuration ---- */

static void
on_confirmed(struct cox_fence *fence, const struct cox_fence_request *request, struct cox_fence_effects *out)
{
    struct cox_fence_message *message = cox_fence_send(out, COX_FENCE_CONFIRM, (struct cox_fence_id) { fence->self, ++fence->serial });

    message->request = *request;
    message->request.life = cox_fencewatch_incarnation(&fence->watch, request->target);
    message->request.target = cox_effects_text(&out->list, request->target);
    message->request.client = cox_effects_text(&out->list, request->client);
}

/* ---- time ---- */

static void
on_wake(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fencejob *job = NULL;

    fence->wake_at = COX_USEC_NEVER;
    while ((job = cox_fencelocal_overdue(&fence->local, now)) != NULL) {
        struct cox_fence_effect *effect = cox_fence_add(out, COX_FENCE_DO_KILL);

        effect->run.run = job->run;
        effect->run.device = cox_effects_text(&out->list, job->device);
    }
    for (guint i = 0; i < fence->ops->len; i++) {
        struct cox_fenceop *op = fence->ops->pdata[i];

        if (op->leader != fence->self) {
            continue;
        }
        if (op->state == COX_FENCEOP_ASKING && (cox_usec_is_due(op->deadline, now) || cox_usec_is_due(op->grace_until, now))) {
            check_answers(fence, op, now, out);
        } else if (op->state == COX_FENCEOP_WORKING && cox_usec_is_due(op->deadline, now)) {
            fail_step(fence, op, "the executor does not answer", now, out);
        }
    }
    cox_fence_doubt_on_wake(fence, now, out);
}

/* What waited for quorum. */
static void
go_on(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out)
{
    struct cox_fenceop *op = NULL;

    while ((op = cox_fence_next_unstalled(fence, now)) != NULL) {
        do_step(fence, op, now, out);
    }
}

static void
ask_to_be_woken(struct cox_fence *fence, cox_usec now, struct cox_fence_effects *out)
{
    cox_usec at = cox_usec_min(cox_fencelocal_wake_at(&fence->local, now), cox_fencewatch_wake_at(&fence->watch, fence->has_quorum));

    at = fence->greet.held->len > 0 ? cox_usec_min(at, fence->greet.until) : at;
    for (guint i = 0; i < fence->ops->len; i++) {
        const struct cox_fenceop *op = fence->ops->pdata[i];

        if (op->leader == fence->self) {
            at = cox_usec_min(at, op->deadline);
            at = op->grace_until > now ? cox_usec_min(at, op->grace_until) : at;
        }
    }
    if (at != fence->wake_at) {
        fence->wake_at = at;
        cox_fence_add(out, COX_FENCE_DO_WAKE)->at = at;
    }
}

void
cox_fence_step(struct cox_fence *fence, const struct cox_fence_event *event, cox_usec now,
               struct cox_fence_effects *out)
{
    fence->wall = event->wall;
    switch (event->kind) {
        case COX_FENCE_ON_VIEW:
            on_view(fence, event, now, out);
            break;
        case COX_FENCE_ON_LOST:
            cox_fence_doubt_on_lost(fence, event->lost.nodes, event->lost.n, now, out);
            break;
        case COX_FENCE_ON_QUORUM:
            cox_fence_set_quorum(fence, event->has_quorum, now);
            break;
        case COX_FENCE_ON_DEVICES:
            cox_fenceconf_set_devices(&fence->conf, event->devices.defs, event->devices.n,
                                      event->devices.timeout_ms ?: fence->config.fencing_timeout_ms);
            cox_fence_learn(fence, event->devices.is_partial, now, out);
            break;
        case COX_FENCE_ON_LEVELS:
            cox_fenceconf_set_levels(&fence->conf, event->levels.levels, event->levels.n);
            break;
        case COX_FENCE_ON_ATTRIBUTE:
            cox_fenceconf_set_attribute(&fence->conf, event->attribute.node, event->attribute.name, event->attribute.value);
            break;
        case COX_FENCE_ON_ASKED:
            cox_fence_ask(fence, event->request, now, out);
            break;
        case COX_FENCE_ON_CONFIRMED:
            on_confirmed(fence, event->request, out);
            break;
        case COX_FENCE_ON_WITHDRAWN:
            cox_fence_withdraw(fence, event->request, out);
            break;
        case COX_FENCE_ON_MESSAGE:
            on_message(fence, event->message.sender, event->message.message, now, out);
            break;
        case COX_FENCE_ON_ENDED:
            on_ended(fence, event, now, out);
            break;
        case COX_FENCE_ON_WAKE:
            on_wake(fence, now, out);
            break;
    }
    go_on(fence, now, out);
    cox_fence_release(fence, now, out);
    run_jobs(fence, now, out);
    cox_fence_deal_with_liars(fence, now, out);
    ask_to_be_woken(fence, now, out);
}
