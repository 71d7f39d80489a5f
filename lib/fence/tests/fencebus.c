/* lib/fence/tests/fencebus.c - fencers on a fake totally ordered bus.  For tests only. */
#include "base/testkit.h"

#include "fencebus.h"

enum { MAX_TEXTS = 16, MAX_RECORDS = 256 };

const char *const bus_names[BUS_MAX] = { NULL, "n1", "n2", "n3", "n4", "n5" };

/* A message on its way; texts are interned. */
struct bus_item {
    struct cox_fence_message message;
    const char *devices[MAX_TEXTS];
    struct cox_fence_record records[MAX_RECORDS];
};

void
bus_init(struct bus *bus, const struct cox_fencedevice_def *devices, size_t n_devices, guint32 seed)
{
    memset(bus, 0, sizeof(*bus));
    bus->config = (struct cox_fence_config) { .fencing_timeout_ms = 60000, .grace_ms = 500, .asking_ms = 20000,
                                              .slack_ms = 5000, .greet_ms = 3000, .quorum_ms = 500, .lie_ms = 3000, .doubt_ms = 400, .refence_ms = 60000,
                                              .refence_max_ms = 600000 };
    bus->devices = devices;
    bus->n_devices = n_devices;
    bus->wall_usec = G_GINT64_CONSTANT(1800000000000000);
    bus->log = g_string_new(NULL);
    bus->successes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bus->list_output = "";
    cox_testbus_init(&bus->net, seed, g_free);
    for (guint i = 1; i < BUS_MAX; i++) {
        bus->nodes[i].incarnation = 100 + i;
    }
}

void
bus_clear(struct bus *bus)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        cox_fence_free(bus->nodes[i].engine);
    }
    g_hash_table_unref(bus->successes);
    g_string_free(bus->log, TRUE);
    cox_testbus_clear(&bus->net);
}

static const char *
keep(const char *text)
{
    return text == NULL ? NULL : g_intern_string(text);
}

static struct cox_fence_record
keep_record(struct cox_fence_record record)
{
    record.target = keep(record.target);
    record.client = keep(record.client);
    record.delegate = keep(record.delegate);
    record.reason = keep(record.reason);
    return record;
}

static void
push_message(struct bus *bus, guint node, const struct cox_fence_message *message)
{
    struct bus_item *item = g_new0(struct bus_item, 1);

    item->message = *message;
    item->message.request.target = keep(message->request.target);
    item->message.request.client = keep(message->request.client);
    item->message.device = keep(message->device);
    item->message.reason = keep(message->reason);
    item->message.name = keep(message->name);
    item->message.record = keep_record(message->record);
    assert_true(message->n_devices <= MAX_TEXTS && message->n_records <= MAX_RECORDS);
    for (size_t i = 0; i < message->n_devices; i++) {
        item->devices[i] = keep(message->devices[i]);
    }
    for (size_t i = 0; i < message->n_records; i++) {
        item->records[i] = keep_record(message->records[i]);
    }
    item->message.devices = item->devices;
    item->message.records = item->records;
    cox_testbus_send(&bus->net, node, item);
}

static void
begin_run(struct bus *bus, guint node, const struct cox_fence_effect *effect)
{
    struct bus_run *free_run = NULL;

    for (guint i = 0; i < BUS_RUNS && free_run == NULL; i++) {
        free_run = bus->runs[i].node == 0 ? &bus->runs[i] : NULL;
    }
    assert_non_null(free_run);
    *free_run = (struct bus_run) { .node = node, .run = effect->run.run };
    g_strlcpy(free_run->device, effect->run.device, sizeof(free_run->device));
    g_strlcpy(free_run->command, effect->run.command, sizeof(free_run->command));
    g_strlcpy(free_run->target, effect->run.target == NULL ? "" : effect->run.target, sizeof(free_run->target));
    if (!g_str_equal(free_run->command, "list") && !g_str_equal(free_run->command, "status")) {
        assert_true(bus->nodes[node].has_quorum || g_str_equal(free_run->command, "on")); /* whatever was ordered before */
        g_string_append_printf(bus->log, "n%u:%s %s %s;", node, free_run->device, free_run->command, effect->run.port);
    }
}

/* When an operation is said to have succeeded, the life that it names is over; only a cut of the power ends one. */
static void
count_success(struct bus *bus, const struct cox_fence_record *record)
{
    g_autofree char *key = g_strdup_printf("%u/%" G_GUINT64_FORMAT, record->id.origin, record->id.serial);

    if (!record->is_ok || record->is_confirmed || record->action == COX_FENCE_ON) {
        return;
    }
    for (guint i = 1; i < BUS_MAX; i++) {
        const struct bus_node *node = &bus->nodes[i];

        if (!g_str_equal(bus_names[i], record->target) || !g_hash_table_add(bus->successes, g_steal_pointer(&key))) {
            continue;
        }
        bus->nodes[i].n_successes++;
        if (bus->agent != AGENT_LIES && bus->is_honest) {
            assert_true(record->incarnation == 0 ? node->n_fenced > 0 : node->incarnation != record->incarnation);
        }
    }
}

static void
carry_out(struct bus *bus, guint node, const struct cox_fence_effect *effect)
{
    struct bus_node *n = &bus->nodes[node];

    switch (effect->kind) {
        case COX_FENCE_DO_SEND:
            push_message(bus, node, &effect->message);
            break;
        case COX_FENCE_DO_WAKE:
            bus->net.wake_at[node] = effect->at;
            break;
        case COX_FENCE_DO_RUN:
            begin_run(bus, node, effect);
            break;
        case COX_FENCE_DO_KILL:
            for (guint i = 0; i < BUS_RUNS; i++) {
                bus->runs[i].is_killed |= bus->runs[i].node == node && bus->runs[i].run == effect->run.run;
            }
            break;
        case COX_FENCE_DO_ACCEPTED:
            n->n_accepted++;
            break;
        case COX_FENCE_DO_FINISHED:
            n->n_ok += effect->finished.is_ok;
            n->n_failed += !effect->finished.is_ok;
            g_strlcpy(n->reason, effect->finished.reason == NULL ? "" : effect->finished.reason, sizeof(n->reason));
            break;
        case COX_FENCE_DO_RECORD:
            n->n_records++;
            count_success(bus, &effect->record);
            break;
        case COX_FENCE_DO_REACT:
            n->n_reacts++;
            break;
        case COX_FENCE_DO_PANIC:
            n->n_panics++;
            break;
        case COX_FENCE_DO_BAR:
            n->n_bars++;
            n->n_bars_to_say += effect->bar.is_ours_to_say;
            break;
    }
}

void
bus_feed(struct bus *bus, guint node, struct cox_fence_event *event)
{
    struct cox_fence_effects out;

    event->wall.usec = bus->wall_usec + bus->net.now;
    cox_fence_effects_init(&out);
    cox_fence_step(bus->nodes[node].engine, event, bus->net.now, &out);
    for (guint i = 0; i < cox_fence_effects_count(&out); i++) {
        carry_out(bus, node, cox_fence_effects_get(&out, i));
    }
    cox_fence_effects_clear(&out);
}

void
bus_quorum(struct bus *bus, guint node, bool has_quorum)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_QUORUM };

    event.has_quorum = bus->nodes[node].has_quorum = has_quorum;
    bus_feed(bus, node, &event);
}

void
bus_start(struct bus *bus, guint node)
{
    struct bus_node *n = &bus->nodes[node];
    struct cox_fence_config config = bus->config;
    struct cox_fence_event event = { .kind = COX_FENCE_ON_DEVICES };

    n->n_accepted = n->n_ok = n->n_failed = 0;
    config.name = bus_names[node];
    config.incarnation = n->incarnation;
    config.first_serial = (guint64) bus->net.now;
    config.seed = node;
    n->engine = cox_fence_new(&config, node);
    bus->net.is_stopped[node] = false;
    bus->net.wake_at[node] = COX_USEC_NEVER;
    event.devices.defs = bus->devices;
    event.devices.n = bus->n_devices;
    bus_feed(bus, node, &event);
    event.kind = COX_FENCE_ON_LEVELS;
    event.levels.levels = bus->levels;
    event.levels.n = bus->n_levels;
    bus_feed(bus, node, &event);
    bus_quorum(bus, node, true);
    cox_testbus_join(&bus->net, node);
}

void
bus_start_many(struct bus *bus, guint n)
{
    for (guint i = 1; i <= n; i++) {
        bus_start(bus, i);
    }
    bus_run(bus, bus->net.now + 1000);
}

void
bus_crash(struct bus *bus, guint node)
{
    g_clear_pointer(&bus->nodes[node].engine, cox_fence_free);
    for (guint i = 0; i < BUS_RUNS; i++) {
        bus->runs[i].node = bus->runs[i].node == node ? 0 : bus->runs[i].node;
    }
    cox_testbus_leave(&bus->net, node, true);
}

void
bus_move(struct bus *bus, guint node, guint part)
{
    cox_testbus_move(&bus->net, node, part);
}

void
bus_ask(struct bus *bus, guint at, guint target, enum cox_fence_action action)
{
    struct cox_fence_request request = { .target = bus_names[target], .action = action, .client = "test" };
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ASKED };

    event.request = &request;
    bus_feed(bus, at, &event);
}

static void
on_mail(void *test, guint node, const struct cox_testbus_mail *mail)
{
    const struct bus_item *item = mail->message;
    struct cox_fence_event event = { .kind = COX_FENCE_ON_MESSAGE };
    struct cox_fence_member members[BUS_MAX];

    if (mail->view != NULL) {
        for (size_t i = 0; i < mail->view->n_members; i++) {
            members[i] = (struct cox_fence_member) { mail->view->members[i], bus_names[mail->view->members[i]] };
        }
        event.kind = COX_FENCE_ON_VIEW;
        event.view.members = members;
        event.view.n = mail->view->n_members;
    } else {
        event.message.sender = mail->sender;
        event.message.message = &item->message;
    }
    bus_feed(test, node, &event);
    if (mail->view != NULL && mail->view->n_lost > 0) {
        event = (struct cox_fence_event) { .kind = COX_FENCE_ON_LOST };
        event.lost.nodes = mail->view->lost;
        event.lost.n = mail->view->n_lost;
        bus_feed(test, node, &event);
    }
}

static void
cut_power(struct bus *bus, const char *target, bool is_reboot)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        if (!g_str_equal(bus_names[i], target)) {
            continue;
        }
        bus->nodes[i].n_fenced++;
        bus->nodes[i].incarnation += 100;
        if (bus->nodes[i].engine != NULL) {
            bus_crash(bus, i);
        }
        if (is_reboot && !bus->no_reboot) {
            bus->net.part[i] = 0;
            bus_start(bus, i);
        }
    }
}

static enum bus_agent
behaviour(const struct bus *bus, const struct bus_run *run)
{
    if (bus->odd_device != NULL && g_str_equal(bus->odd_device, run->device)) {
        return bus->odd_agent;
    }
    return run->node == bus->fails_on ? AGENT_FAILS : bus->agent;
}

static void
end_run(struct bus *bus, struct bus_run *run)
{
    struct cox_fence_event event = { .kind = COX_FENCE_ON_ENDED };
    struct bus_run ended = *run;
    enum bus_agent agent = behaviour(bus, run);

    run->node = 0;
    event.ended.run = ended.run;
    event.ended.exit_status = ended.is_killed ? -9 : agent == AGENT_FAILS ? 1 : 0;
    event.ended.output = bus->list_output;
    event.ended.reason = event.ended.exit_status != 0 ? "no light" : NULL;
    bus_feed(bus, ended.node, &event);
    if (event.ended.exit_status == 0 && agent == AGENT_WORKS
        && (g_str_equal(ended.command, "off") || g_str_equal(ended.command, "reboot"))) {
        cut_power(bus, ended.target, g_str_equal(ended.command, "reboot"));
    }
}

static void
on_wake(void *test, guint node)
{
    bus_feed(test, node, &(struct cox_fence_event) { .kind = COX_FENCE_ON_WAKE });
}

/* Agents that may end now, by number of their run. */
static guint
look(void *test, guint *work, guint room)
{
    const struct bus *bus = test;
    guint n = 0;

    for (guint i = 0; i < BUS_RUNS && n < room; i++) {
        const struct bus_run *run = &bus->runs[i];

        if (run->node != 0 && !bus->net.is_stopped[run->node] && (behaviour(bus, run) != AGENT_HANGS || run->is_killed)) {
            work[n++] = i;
        }
    }
    return n;
}

static void
end_numbered_run(void *test, guint number)
{
    struct bus *bus = test;

    end_run(bus, &bus->runs[number]);
}

static const struct cox_testbus_calls calls = { on_mail, on_wake, look, end_numbered_run };

bool
bus_step(struct bus *bus, cox_usec until)
{
    return cox_testbus_step(&bus->net, &calls, bus, until);
}

void
bus_run(struct bus *bus, cox_usec until)
{
    if (!cox_testbus_run(&bus->net, &calls, bus, until)) {
        fail_msg("no rest");
    }
}
