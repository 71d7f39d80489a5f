/* cts/sim/node_fence.c - stands for fenced: lib/fence over the group, one device that reaches every node.  For tests only. */
#include "cts/sim/simdaemon.h"

#include <string.h>

enum { TIMER_WAKE = 0, TIMER_QUORUM };

static const struct cox_fencedevice_def devices[] = {
    { .id = "device", .host_check = "none", .can = { true, true, true, true, true, true }, .delay_max = "1s", .is_banned_here = false },
    { .id = "left", .host_check = "none", .can = { true, true, true, true, true, true }, .is_banned_here = false },
    { .id = "right", .host_check = "none", .can = { true, true, true, true, true, true }, .is_banned_here = false },
};
static const char *const supplies[] = { "left", "right" };
static const char *const device[] = { "device" };
static const struct cox_fencelevel levels[] = {
    { .kind = COX_FENCE_TARGET_PATTERN, .target = "^n", .index = 1, .devices = supplies, .n_devices = 2 },
    { .kind = COX_FENCE_TARGET_PATTERN, .target = "^n", .index = 2, .devices = device, .n_devices = 1 },
};

struct wanted {
    struct cox_fence_id id;
    const char *target;
};

struct sim_fence {
    struct cox_fence *engine;
    GPtrArray *runs;    /* struct sim_fencing */
    GArray *wanted;     /* struct wanted: of controld */
    const char *asking; /* while a request is handed in */
};

static struct cox_fence_record
keep_record(struct sim *sim, struct cox_fence_record record)
{
    record.target = cox_arena_intern(sim->arena, record.target);
    record.client = cox_arena_intern(sim->arena, record.client);
    record.delegate = cox_arena_intern(sim->arena, record.delegate);
    record.reason = cox_arena_intern(sim->arena, record.reason);
    return record;
}

static void
send(struct sim *sim, struct sim_node *node, const struct cox_fence_message *message)
{
    struct cox_arena *arena = sim->arena;
    struct cox_fence_message *copy = cox_arena_memdup(arena, message, 1, sizeof(*message));
    const char **texts = cox_arena_new_array(arena, const char *, message->n_devices + 1);
    struct cox_fence_record *records = cox_arena_new_array(arena, struct cox_fence_record, message->n_records + 1);

    copy->request.target = cox_arena_intern(arena, message->request.target);
    copy->request.client = cox_arena_intern(arena, message->request.client);
    copy->device = cox_arena_intern(arena, message->device);
    copy->reason = cox_arena_intern(arena, message->reason);
    copy->name = cox_arena_intern(arena, message->name);
    copy->record = keep_record(sim, message->record);
    for (size_t i = 0; i < message->n_devices; i++) {
        texts[i] = cox_arena_intern(arena, message->devices[i]);
    }
    for (size_t i = 0; i < message->n_records; i++) {
        records[i] = keep_record(sim, message->records[i]);
    }
    copy->devices = texts;
    copy->records = records;
    cox_testbus_send(&sim->bus[SIM_FENCE], node->id, copy);
}

static void
run_device(struct sim *sim, struct sim_node *node, const struct cox_fence_effect *effect)
{
    struct sim_fencing *fencing = cox_arena_new_array(sim->arena, struct sim_fencing, 1);

    *fencing = (struct sim_fencing) { .node = node->id, .run = effect->run.run };
    fencing->device = cox_arena_intern(sim->arena, effect->run.device);
    fencing->command = cox_arena_intern(sim->arena, effect->run.command);
    fencing->target = cox_arena_intern(sim->arena, effect->run.target);
    g_ptr_array_add(node->fence->runs, fencing);
    sim_device_run(sim, node, fencing);
}

static void
tell_finished(struct sim *sim, struct sim_node *node, const struct cox_fence_effect *effect)
{
    for (guint i = node->fence->wanted->len; i > 0; i--) {
        const struct wanted *wanted = &g_array_index(node->fence->wanted, struct wanted, i - 1);
        const struct sim_call call = { .fn = sim_control_on_fenced, .data = (gpointer) (gsize) wanted->target,
                                       .number = effect->finished.is_ok, .boot = effect->finished.life };

        if (wanted->id.origin == effect->finished.id.origin && wanted->id.serial == effect->finished.id.serial) {
            sim_say(sim, node, "fenced: fencing of %s %s (%s)", wanted->target, effect->finished.is_ok ? "is proven" : "has failed",
                    effect->finished.reason == NULL ? "" : effect->finished.reason);
            sim_post(sim, node, SIM_CONTROL, &call);
            g_array_remove_index(node->fence->wanted, i - 1);
        }
    }
}

static void
tell_record(struct sim *sim, struct sim_node *node, const struct cox_fence_record *record)
{
    const struct sim_call call = { .fn = sim_control_on_fence_news, .boot = record->incarnation,
                                   .data = (gpointer) (gsize) cox_arena_intern(sim->arena, record->target) };

    if (record->is_ok && record->action != COX_FENCE_ON) {
        sim_post(sim, node, SIM_CONTROL, &call);
    }
}

static void
tell_barred(struct sim *sim, struct sim_node *node, const struct cox_fence_effect *effect)
{
    const struct sim_call call = { .fn = sim_control_on_barred, .boot = effect->bar.life,
                                   .data = (gpointer) (gsize) cox_arena_intern(sim->arena, effect->bar.node) };

    sim_post(sim, node, SIM_CONTROL, &call);
}

static void
power_off(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) call;
    sim_power_off(sim, node, false);
}

static void
carry_out(struct sim *sim, struct sim_node *node, const struct cox_fence_effect *effect)
{
    struct wanted wanted = { { 0, 0 }, node->fence->asking };
    const struct sim_call suicide = { .fn = power_off };

    switch (effect->kind) {
        case COX_FENCE_DO_SEND:
            send(sim, node, &effect->message);
            break;
        case COX_FENCE_DO_WAKE:
            sim_timer(sim, &node->process[SIM_FENCE], TIMER_WAKE, effect->at);
            break;
        case COX_FENCE_DO_RUN:
            run_device(sim, node, effect);
            break;
        case COX_FENCE_DO_KILL:
            for (guint i = 0; i < node->fence->runs->len; i++) {
                struct sim_fencing *fencing = node->fence->runs->pdata[i];

                if (fencing->run == effect->run.run) {
                    sim_device_kill(sim, node, fencing);
                }
            }
            break;
        case COX_FENCE_DO_ACCEPTED:
            wanted.id = effect->finished.id;
            g_array_append_val(node->fence->wanted, wanted);
            break;
        case COX_FENCE_DO_FINISHED:
            tell_finished(sim, node, effect);
            break;
        case COX_FENCE_DO_RECORD:
            tell_record(sim, node, &effect->record);
            break;
        case COX_FENCE_DO_PANIC: /* there is no watchdog here */
        case COX_FENCE_DO_REACT:
            sim_say(sim, node, "fenced hears that this node was fenced: stop at once");
            sim_after(sim, node, SIM_DAEMONS, 100, &suicide);
            break;
        case COX_FENCE_DO_BAR:
            sim_say(sim, node, "fenced bars %s: it was reported down and is alive", effect->bar.node);
            tell_barred(sim, node, effect);
            break;
    }
}

static void
feed(struct sim *sim, struct sim_node *node, struct cox_fence_event *event)
{
    struct cox_fence_effects out;

    event->wall = sim_wall(sim);
    cox_fence_effects_init(&out);
    cox_fence_step(node->fence->engine, event, sim->now, &out);
    for (guint i = 0; i < cox_fence_effects_count(&out); i++) {
        carry_out(sim, node, cox_fence_effects_get(&out, i));
    }
    cox_fence_effects_clear(&out);
}

static void
tell_quorum(struct sim *sim, struct sim_node *node, bool has_quorum)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_QUORUM };

    event.has_quorum = has_quorum;
    feed(sim, node, &event);
}

void
sim_fence_mail(struct sim *sim, struct sim_node *node, const struct cox_testbus_mail *mail)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_MESSAGE };
    struct cox_fence_member members[SIM_MAX];
    bool has_quorum = false, is_late = false;

    if (mail->view == NULL) {
        event.message.sender = mail->sender;
        event.message.message = mail->message;
        feed(sim, node, &event);
        return;
    }
    has_quorum = mail->view->n_nodes * 2 > sim->n;
    is_late = sim_pick(sim, 2) == 0;
    tell_quorum(sim, node, has_quorum && !is_late);
    for (size_t i = 0; i < mail->view->n_members; i++) {
        members[i] = (struct cox_fence_member) { mail->view->members[i], sim->nodes[mail->view->members[i]].name };
    }
    event.kind = COX_FENCE_ON_VIEW;
    event.view.members = members;
    event.view.n = mail->view->n_members;
    feed(sim, node, &event);
    if (mail->view->n_lost > 0) {
        event = (struct cox_fence_event) { .kind = COX_FENCE_ON_LOST };
        event.lost.nodes = mail->view->lost;
        event.lost.n = mail->view->n_lost;
        feed(sim, node, &event);
    }
    sim_timer(sim, &node->process[SIM_FENCE], TIMER_QUORUM, has_quorum && is_late ? sim->now + sim_between(sim, 0, 50000) : COX_USEC_NEVER);
}

void
sim_fence_wake(struct sim *sim, struct sim_node *node, guint timer)
{
    if (timer == TIMER_QUORUM) {
        tell_quorum(sim, node, true);
    } else {
        feed(sim, node, &(struct cox_fence_event) { .kind = COX_FENCE_ON_WAKE });
    }
}

void
sim_fence_on_asked(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct cox_fence_request request = { .target = call->data, .action = (enum cox_fence_action) call->number,
                                         .client = "controld", .life = call->boot };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ASKED };

    event.request = &request;
    node->fence->asking = call->data;
    feed(sim, node, &event);
}

void
sim_fence_on_unwanted(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct cox_fence_request request = { .target = call->data, .client = "controld" };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_WITHDRAWN };

    event.request = &request;
    feed(sim, node, &event);
}

void
sim_fence_on_ended(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_fencing *fencing = call->data;
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ENDED };

    if (!g_ptr_array_remove(node->fence->runs, fencing)) {
        return;
    }
    event.ended.run = fencing->run;
    event.ended.exit_status = fencing->is_killed ? -9 : fencing->is_ok ? 0 : 1;
    event.ended.output = "";
    event.ended.reason = event.ended.exit_status == 0 ? NULL : "no answer";
    feed(sim, node, &event);
}

void
sim_fence_start(struct sim *sim, struct sim_node *node)
{
    const struct cox_fence_config config = {
        .name = node->name, .incarnation = node->incarnation, .first_serial = (guint64) sim->now, .seed = node->id,
        .fencing_timeout_ms = 10000, .grace_ms = 200, .asking_ms = 5000, .slack_ms = 2000, .greet_ms = 2000, .quorum_ms = 1000, .lie_ms = 3000, .doubt_ms = 400, .refence_ms = 20000,
        .refence_max_ms = 60000,
    };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_DEVICES };
    const struct sim_call up = { .fn = sim_control_on_fence_up };

    node->fence = g_new0(struct sim_fence, 1);
    node->fence->engine = cox_fence_new(&config, node->id);
    node->fence->runs = g_ptr_array_new();
    node->fence->wanted = g_array_new(FALSE, FALSE, sizeof(struct wanted));
    event.devices.defs = devices;
    event.devices.n = sim->shape.has_levels ? G_N_ELEMENTS(devices) : 1;
    feed(sim, node, &event);
    if (sim->shape.has_levels) {
        event = (struct cox_fence_event) { .kind = COX_FENCE_ON_LEVELS };
        event.levels.levels = levels;
        event.levels.n = G_N_ELEMENTS(levels);
        feed(sim, node, &event);
    }
    sim_laws_on_life(sim, node->id);
    sim_post(sim, node, SIM_CONTROL, &up);
}

void
sim_fence_stop(struct sim *sim, struct sim_node *node)
{
    (void) sim;
    cox_fence_free(node->fence->engine);
    g_ptr_array_unref(node->fence->runs);
    g_array_unref(node->fence->wanted);
    g_clear_pointer(&node->fence, g_free);
}
