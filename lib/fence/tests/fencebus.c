/* lib/fence/tests/fencebus.c - fencers on a fake totally ordered bus.  For tests only. */
#include "base/testkit.h"

#include "fencebus.h"

enum { MAX_TEXTS = 16, MAX_RECORDS = 256 };

const char *const bus_names[BUS_MAX] = { NULL, "n1", "n2", "n3", "n4", "n5" };

/* Texts are interned, so that copies of an item can share them. */
struct bus_item {
    bool is_view;
    struct cox_fence_member members[BUS_MAX];
    size_t n_members;
    guint32 sender;
    struct cox_fence_message message;
    const char *devices[MAX_TEXTS];
    struct cox_fence_record records[MAX_RECORDS];
};

void
bus_init(struct bus *bus, const struct cox_fencedevice_def *devices, size_t n_devices, guint32 seed)
{
    memset(bus, 0, sizeof(*bus));
    bus->config = (struct cox_fence_config) { .fencing_timeout_ms = 60000, .grace_ms = 500, .asking_ms = 20000,
                                              .slack_ms = 5000, .lie_ms = 3000, .refence_ms = 60000,
                                              .refence_max_ms = 600000 };
    bus->devices = devices;
    bus->n_devices = n_devices;
    bus->now = 1000000;
    bus->wall_usec = G_GINT64_CONSTANT(1800000000000000);
    bus->log = g_string_new(NULL);
    bus->successes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bus->list_output = "";
    bus->random = seed == 0 ? NULL : g_rand_new_with_seed(seed);
    for (guint i = 1; i < BUS_MAX; i++) {
        bus->nodes[i].inbox = g_queue_new();
        bus->nodes[i].outbox = g_queue_new();
        bus->nodes[i].wake_at = COX_USEC_NEVER;
        bus->nodes[i].incarnation = 100 + i;
    }
}

void
bus_clear(struct bus *bus)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        cox_fence_free(bus->nodes[i].engine);
        g_queue_free_full(bus->nodes[i].inbox, g_free);
        g_queue_free_full(bus->nodes[i].outbox, g_free);
    }
    g_hash_table_unref(bus->successes);
    g_string_free(bus->log, TRUE);
    g_clear_pointer(&bus->random, g_rand_free);
}

static guint
pick(struct bus *bus, guint n)
{
    return bus->random == NULL ? 0 : (guint) g_rand_int_range(bus->random, 0, (gint32) n);
}

static void
deliver(struct bus *bus, guint part, const struct bus_item *item)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        if (bus->nodes[i].engine != NULL && bus->nodes[i].part == part) {
            struct bus_item *copy = g_memdup2(item, sizeof(*item));

            copy->message.devices = copy->devices;
            copy->message.records = copy->records;
            g_queue_push_tail(bus->nodes[i].inbox, copy);
        }
    }
}

static void
announce(struct bus *bus, guint part)
{
    struct bus_item item = { .is_view = true };

    for (guint i = 1; i < BUS_MAX; i++) {
        if (bus->nodes[i].engine != NULL && bus->nodes[i].part == part) {
            item.members[item.n_members++] = (struct cox_fence_member) { i, bus_names[i] };
        }
    }
    deliver(bus, part, &item);
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

    item->sender = node;
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
    g_queue_push_tail(bus->nodes[node].outbox, item);
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
        assert_true(bus->nodes[node].has_quorum); /* whatever was ordered before */
        g_string_append_printf(bus->log, "n%u:%s %s %s;", node, free_run->device, free_run->command, effect->run.port);
    }
}

/* For each operation that is said to have succeeded, the power must have been cut once. */
static void
count_success(struct bus *bus, const struct cox_fence_record *record)
{
    g_autofree char *key = g_strdup_printf("%u/%" G_GUINT64_FORMAT, record->id.origin, record->id.serial);

    if (!record->is_ok || record->is_confirmed || record->action == COX_FENCE_ON) {
        return;
    }
    for (guint i = 1; i < BUS_MAX; i++) {
        if (g_str_equal(bus_names[i], record->target) && g_hash_table_add(bus->successes, g_steal_pointer(&key))) {
            bus->nodes[i].n_successes++;
        }
        if (bus->agent != AGENT_LIES && bus->is_honest) {
            assert_true(bus->nodes[i].n_successes <= bus->nodes[i].n_fenced);
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
            n->wake_at = effect->at;
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

    event->wall.usec = bus->wall_usec + bus->now;
    cox_fence_effects_init(&out);
    cox_fence_step(bus->nodes[node].engine, event, bus->now, &out);
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
    config.first_serial = (guint64) bus->now;
    config.seed = node;
    n->engine = cox_fence_new(&config, node);
    n->is_stopped = false;
    n->wake_at = COX_USEC_NEVER;
    event.devices.defs = bus->devices;
    event.devices.n = bus->n_devices;
    bus_feed(bus, node, &event);
    event.kind = COX_FENCE_ON_LEVELS;
    event.levels.levels = bus->levels;
    event.levels.n = bus->n_levels;
    bus_feed(bus, node, &event);
    bus_quorum(bus, node, true);
    announce(bus, n->part);
}

void
bus_start_many(struct bus *bus, guint n)
{
    for (guint i = 1; i <= n; i++) {
        bus_start(bus, i);
    }
    bus_run(bus, bus->now + 1000);
}

void
bus_crash(struct bus *bus, guint node)
{
    struct bus_node *n = &bus->nodes[node];

    g_clear_pointer(&n->engine, cox_fence_free);
    g_queue_clear_full(n->inbox, g_free);
    g_queue_clear_full(n->outbox, g_free);
    for (guint i = 0; i < BUS_RUNS; i++) {
        bus->runs[i].node = bus->runs[i].node == node ? 0 : bus->runs[i].node;
    }
    announce(bus, n->part);
}

void
bus_move(struct bus *bus, guint node, guint part)
{
    guint before = bus->nodes[node].part;

    bus->nodes[node].part = part;
    announce(bus, before);
    announce(bus, part);
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
process(struct bus *bus, guint node)
{
    g_autofree struct bus_item *item = g_queue_pop_head(bus->nodes[node].inbox);
    struct cox_fence_event event = { .kind = COX_FENCE_ON_MESSAGE };

    if (item->is_view) {
        event.kind = COX_FENCE_ON_VIEW;
        event.view.members = item->members;
        event.view.n = item->n_members;
    } else {
        event.message.sender = item->sender;
        event.message.message = &item->message;
    }
    bus_feed(bus, node, &event);
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
            bus->nodes[i].part = 0;
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

static bool
wake_next(struct bus *bus, cox_usec until)
{
    guint next = 0;

    for (guint i = 1; i < BUS_MAX; i++) {
        const struct bus_node *node = &bus->nodes[i];

        if (node->engine != NULL && !node->is_stopped && node->wake_at <= until
            && (next == 0 || node->wake_at < bus->nodes[next].wake_at)) {
            next = i;
        }
    }
    if (next == 0) {
        return false;
    }
    bus->now = MAX(bus->now, bus->nodes[next].wake_at);
    bus->nodes[next].wake_at = COX_USEC_NEVER;
    bus->n_steps++;
    bus_feed(bus, next, &(struct cox_fence_event) { .kind = COX_FENCE_ON_WAKE });
    return true;
}

bool
bus_step(struct bus *bus, cox_usec until)
{
    guint work[2 * BUS_MAX + BUS_RUNS];
    guint n = 0;
    guint chosen = 0;

    for (guint i = 1; i < BUS_MAX; i++) {
        const struct bus_node *node = &bus->nodes[i];

        if (node->engine != NULL && node->outbox->length > 0) {
            work[n++] = i;
        }
        if (node->engine != NULL && !node->is_stopped && node->inbox->length > 0) {
            work[n++] = i + BUS_MAX;
        }
    }
    for (guint i = 0; i < BUS_RUNS; i++) {
        const struct bus_run *run = &bus->runs[i];

        if (run->node != 0 && !bus->nodes[run->node].is_stopped
            && (behaviour(bus, run) != AGENT_HANGS || run->is_killed)) {
            work[n++] = i + 2 * BUS_MAX;
        }
    }
    if (n == 0) {
        return wake_next(bus, until);
    }
    bus->n_steps++;
    bus->now += 100;
    chosen = work[pick(bus, n)];
    if (chosen < BUS_MAX) {
        g_autofree struct bus_item *item = g_queue_pop_head(bus->nodes[chosen].outbox);

        deliver(bus, bus->nodes[chosen].part, item);
    } else if (chosen < 2 * BUS_MAX) {
        process(bus, chosen - BUS_MAX);
    } else {
        end_run(bus, &bus->runs[chosen - 2 * BUS_MAX]);
    }
    return true;
}

void
bus_run(struct bus *bus, cox_usec until)
{
    guint limit = bus->n_steps + 20000;

    while (bus_step(bus, until)) {
        if (bus->n_steps > limit) {
            fail_msg("no rest after 20000 steps");
        }
    }
    bus->now = MAX(bus->now, until);
}
