/* lib/attr/tests/attrbus.c - attribute engines on a fake totally ordered bus.  For tests only. */
#include "base/testkit.h"

#include "attrbus.h"

enum { MAX_ENTRIES = 64 };

const char *const bus_names[BUS_MAX] = { NULL, "n1", "n2", "n3", "n4", "n5" };

/* Texts are interned for the life of the test program, so that copies of an item can share them. */
struct bus_item {
    bool is_view;
    struct cox_attr_member members[BUS_MAX];
    size_t n_members;
    const char *lost[BUS_MAX];
    size_t n_lost;
    guint32 sender;
    struct cox_attr_message message;
    guint32 excluded[BUS_MAX];
    const char *side[BUS_MAX];
    struct cox_attr_entry entries[MAX_ENTRIES];
};

static const struct cox_attr_config config = { .sync_ms = 2000, .retry_ms = 1000, .retry_max_ms = 8000 };

void
bus_init(struct bus *bus, guint32 seed)
{
    memset(bus, 0, sizeof(*bus));
    bus->config = config;
    bus->now = 1000000;
    bus->random = seed == 0 ? NULL : g_rand_new_with_seed(seed);
    for (guint i = 0; i < BUS_PARTS; i++) {
        bus->documents[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    }
    for (guint i = 1; i < BUS_MAX; i++) {
        bus->nodes[i].inbox = g_queue_new();
        bus->nodes[i].outbox = g_queue_new();
        bus->nodes[i].wake_at = COX_USEC_NEVER;
        bus->nodes[i].batch = g_ptr_array_new_with_free_func(g_free);
    }
}

void
bus_clear(struct bus *bus)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        cox_attr_free(bus->nodes[i].engine);
        g_queue_free_full(bus->nodes[i].inbox, g_free);
        g_queue_free_full(bus->nodes[i].outbox, g_free);
        g_ptr_array_unref(bus->nodes[i].batch);
    }
    for (guint i = 0; i < BUS_PARTS; i++) {
        g_hash_table_unref(bus->documents[i]);
    }
    g_clear_pointer(&bus->random, g_rand_free);
}

static guint
pick(struct bus *bus, guint n)
{
    return bus->random == NULL ? 0 : (guint) g_rand_int_range(bus->random, 0, (gint32) n);
}

static void
fix_pointers(struct bus_item *item)
{
    item->message.excluded = item->excluded;
    item->message.side.nodes = item->side;
    item->message.side.entries = item->entries;
}

static void
deliver(struct bus *bus, guint part, const struct bus_item *item)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        if (bus->nodes[i].engine != NULL && bus->nodes[i].part == part) {
            struct bus_item *copy = g_memdup2(item, sizeof(*item));

            fix_pointers(copy);
            g_queue_push_tail(bus->nodes[i].inbox, copy);
        }
    }
}

static void
announce(struct bus *bus, guint part, guint lost)
{
    struct bus_item item = { .is_view = true };

    for (guint i = 1; i < BUS_MAX; i++) {
        if (bus->nodes[i].engine != NULL && bus->nodes[i].part == part) {
            item.members[item.n_members++] = (struct cox_attr_member) { i, bus_names[i] };
        }
    }
    if (lost != 0) {
        item.lost[item.n_lost++] = bus_names[lost];
    }
    deliver(bus, part, &item);
}

static const char *
keep(const char *text)
{
    return text == NULL ? NULL : g_intern_string(text);
}

static void
push_message(struct bus *bus, guint node, const struct cox_attr_message *message)
{
    struct bus_item *item = g_new0(struct bus_item, 1);

    item->sender = node;
    item->message = *message;
    item->message.change.name = keep(message->change.name);
    item->message.change.node = keep(message->change.node);
    item->message.change.value = keep(message->change.value);
    item->message.change.set_name = keep(message->change.set_name);
    assert_true(message->side.n_entries <= MAX_ENTRIES);
    for (size_t i = 0; i < message->n_excluded; i++) {
        item->excluded[i] = message->excluded[i];
    }
    for (size_t i = 0; i < message->side.n_nodes; i++) {
        item->side[i] = keep(message->side.nodes[i]);
    }
    for (size_t i = 0; i < message->side.n_entries; i++) {
        item->entries[i] = message->side.entries[i];
        item->entries[i].name = keep(item->entries[i].name);
        item->entries[i].node = keep(item->entries[i].node);
        item->entries[i].value = keep(item->entries[i].value);
        item->entries[i].set_name = keep(item->entries[i].set_name);
    }
    fix_pointers(item);
    g_queue_push_tail(bus->nodes[node].outbox, item);
}

static void
begin_write(struct bus_node *n, const struct cox_attr_effect *effect)
{
    assert_int_equal(n->writing, 0); /* one change at a time */
    n->writing = effect->write.batch;
    n->n_writes++;
    g_ptr_array_set_size(n->batch, 0);
    for (size_t i = 0; i < effect->write.n_entries; i++) {
        assert_int_not_equal(effect->write.entries[i].kind, COX_ATTR_PRIVATE);
        g_ptr_array_add(n->batch, g_strdup(effect->write.entries[i].name));
        g_ptr_array_add(n->batch, g_strdup(effect->write.entries[i].node));
        g_ptr_array_add(n->batch, g_strdup(effect->write.entries[i].value));
        n->n_written_values++;
    }
}

void
bus_step_node(struct bus *bus, guint node, const struct cox_attr_event *event)
{
    struct bus_node *n = &bus->nodes[node];
    struct cox_attr_effects out;

    cox_attr_effects_init(&out);
    cox_attr_step(n->engine, event, bus->now, &out);
    for (guint i = 0; i < cox_attr_effects_count(&out); i++) {
        const struct cox_attr_effect *effect = cox_attr_effects_get(&out, i);

        switch (effect->kind) {
            case COX_ATTR_DO_SEND:
                push_message(bus, node, &effect->message);
                break;
            case COX_ATTR_DO_WAKE:
                n->wake_at = effect->at;
                break;
            case COX_ATTR_DO_WRITE:
                begin_write(n, effect);
                break;
            case COX_ATTR_DO_APPLIED:
                n->n_applied++;
                n->last_request = effect->request;
                break;
            case COX_ATTR_DO_CONFIRMED:
                n->n_confirmed++;
                break;
            case COX_ATTR_DO_CHANGED:
                n->n_changed++;
                break;
            case COX_ATTR_DO_WRITER:
                break;
        }
    }
    cox_attr_effects_clear(&out);
}

/* The document answers the write of @node, by doing or by refusing it. */
static void
answer_write(struct bus *bus, guint node)
{
    struct bus_node *n = &bus->nodes[node];
    struct cox_attr_event event = { .kind = COX_ATTR_ON_WRITTEN };

    event.written.batch = n->writing;
    event.written.is_ok = bus->failing_writes == 0;
    if (bus->failing_writes > 0) {
        bus->failing_writes--;
    }
    for (guint i = 0; event.written.is_ok && i < n->batch->len; i += 3) {
        char *key = g_strdup_printf("%s\n%s", (char *) n->batch->pdata[i], (char *) n->batch->pdata[i + 1]);

        if (n->batch->pdata[i + 2] == NULL) {
            g_hash_table_remove(bus->documents[n->part], key);
            g_free(key);
        } else {
            g_hash_table_insert(bus->documents[n->part], key, g_strdup(n->batch->pdata[i + 2]));
        }
    }
    n->writing = 0;
    bus_step_node(bus, node, &event);
}

void
bus_start(struct bus *bus, guint node)
{
    bus->nodes[node].engine = cox_attr_new(&bus->config, node, bus->n_starts++ * 10000);
    bus->nodes[node].wake_at = COX_USEC_NEVER;
    bus->nodes[node].is_stopped = false;
    announce(bus, bus->nodes[node].part, 0);
}

void
bus_crash(struct bus *bus, guint node, bool is_lost)
{
    struct bus_node *n = &bus->nodes[node];

    g_clear_pointer(&n->engine, cox_attr_free);
    n->writing = 0;
    g_queue_clear_full(n->inbox, g_free);
    g_queue_clear_full(n->outbox, g_free);
    announce(bus, n->part, is_lost ? node : 0);
}

void
bus_move(struct bus *bus, guint node, guint part)
{
    struct bus_item replaced = { .sender = 0 };
    guint before = bus->nodes[node].part;

    if (before == part) {
        return;
    }
    bus->nodes[node].part = part;
    announce(bus, before, node); /* a node that cannot be seen counts as lost */
    announce(bus, part, 0);
    deliver(bus, part, &replaced); /* the joining node gets the other document */
}

void
bus_request(struct bus *bus, guint at, const struct cox_attr_change *change)
{
    struct cox_attr_event event = { .kind = COX_ATTR_ON_REQUEST };

    event.request = change;
    bus_step_node(bus, at, &event);
}

void
bus_set(struct bus *bus, guint at, const char *name, guint of, const char *value)
{
    struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = name, .node = bus_names[of], .value = value,
                                      .dampening_ms = -1 };

    bus_request(bus, at, &change);
}

static void
process(struct bus *bus, guint node)
{
    g_autofree struct bus_item *item = g_queue_pop_head(bus->nodes[node].inbox);
    struct cox_attr_event event = { .kind = COX_ATTR_ON_REPLACED };

    if (item->is_view) {
        event.kind = COX_ATTR_ON_VIEW;
        event.view.members = item->members;
        event.view.n_members = item->n_members;
        event.view.lost = item->lost;
        event.view.n_lost = item->n_lost;
    } else if (item->sender != 0) {
        event.kind = COX_ATTR_ON_MESSAGE;
        event.message.sender = item->sender;
        event.message.message = &item->message;
    }
    bus_step_node(bus, node, &event);
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
    bus_step_node(bus, next, &(struct cox_attr_event) { .kind = COX_ATTR_ON_WAKE });
    return true;
}

bool
bus_step(struct bus *bus, cox_usec until)
{
    guint work[3 * BUS_MAX];
    guint n = 0;
    guint chosen = 0;

    for (guint i = 1; i < BUS_MAX; i++) {
        const struct bus_node *node = &bus->nodes[i];

        if (node->engine == NULL) {
            continue;
        }
        if (node->outbox->length > 0) {
            work[n++] = i;
        }
        if (!node->is_stopped && node->inbox->length > 0) {
            work[n++] = i + BUS_MAX;
        }
        if (!node->is_stopped && node->writing != 0 && !bus->writes_hang) {
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
        answer_write(bus, chosen - 2 * BUS_MAX);
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

const char *
bus_get(const struct bus *bus, guint at, const char *name, guint of)
{
    return cox_attr_get(bus->nodes[at].engine, name, bus_names[of]);
}

const char *
bus_document(const struct bus *bus, guint at, const char *name, guint of)
{
    g_autofree char *key = g_strdup_printf("%s\n%s", name, bus_names[of]);

    return g_hash_table_lookup(bus->documents[bus->nodes[at].part], key);
}

static char *
dump(const struct bus *bus, guint node, bool as_document)
{
    const struct cox_attrtable *table = cox_attr_table(bus->nodes[node].engine);
    GString *text = g_string_new(NULL);

    for (guint a = 0; a < table->attributes->len; a++) {
        const struct cox_attribute *attribute = g_ptr_array_index(table->attributes, a);

        for (guint v = 0; v < attribute->values->len; v++) {
            const struct cox_attr_value *value = g_ptr_array_index(attribute->values, v);
            g_autofree char *key = g_strdup_printf("%s\n%s", attribute->name, value->node);
            const char *shown = value->value;

            if (as_document && attribute->kind != COX_ATTR_PRIVATE) {
                shown = g_hash_table_lookup(bus->documents[bus->nodes[node].part], key);
            }
            if (shown != NULL) {
                g_string_append_printf(text, "%s %s %s\n", attribute->name, value->node, shown);
            }
        }
    }
    return g_string_free(text, FALSE);
}

void
bus_check_equal(const struct bus *bus)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        for (guint j = i; j < BUS_MAX; j++) {
            const struct bus_node *a = &bus->nodes[i];
            const struct bus_node *b = &bus->nodes[j];
            g_autofree char *table = NULL, *other = NULL;

            if (a->engine == NULL || b->engine == NULL || a->part != b->part) {
                continue;
            }
            table = dump(bus, i, false);
            other = dump(bus, j, i == j);
            if (!g_str_equal(table, other)) {
                fail_msg("n%u:\n%sn%u%s:\n%s", i, table, j, i == j ? " document" : "", other);
            }
            assert_int_not_equal(cox_attr_writer(a->engine), 0);
            assert_int_equal(cox_attr_writer(a->engine), cox_attr_writer(b->engine));
        }
    }
}
