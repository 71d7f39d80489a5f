/* lib/attr/tests/attrbus.c - attribute engines on a fake totally ordered bus.  For tests only. */
#include "base/testkit.h"

#include "attrbus.h"

enum { MAX_ENTRIES = 64 };

const char *const bus_names[BUS_MAX] = { NULL, "n1", "n2", "n3", "n4", "n5" };

/* A message on its way; texts are interned for the life of the test program. */
struct bus_item {
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
    cox_testbus_init(&bus->net, seed, g_free);
    for (guint i = 0; i < BUS_PARTS; i++) {
        bus->documents[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    }
    for (guint i = 1; i < BUS_MAX; i++) {
        bus->nodes[i].batch = g_ptr_array_new_with_free_func(g_free);
    }
}

void
bus_clear(struct bus *bus)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        cox_attr_free(bus->nodes[i].engine);
        g_ptr_array_unref(bus->nodes[i].batch);
    }
    for (guint i = 0; i < BUS_PARTS; i++) {
        g_hash_table_unref(bus->documents[i]);
    }
    cox_testbus_clear(&bus->net);
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
    item->message.excluded = item->excluded;
    item->message.side.nodes = item->side;
    item->message.side.entries = item->entries;
    cox_testbus_send(&bus->net, node, item);
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
    cox_attr_step(n->engine, event, bus->net.now, &out);
    for (guint i = 0; i < cox_attr_effects_count(&out); i++) {
        const struct cox_attr_effect *effect = cox_attr_effects_get(&out, i);

        switch (effect->kind) {
            case COX_ATTR_DO_SEND:
                push_message(bus, node, &effect->message);
                break;
            case COX_ATTR_DO_WAKE:
                bus->net.wake_at[node] = effect->at;
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
            g_hash_table_remove(bus->documents[bus->net.part[node]], key);
            g_free(key);
        } else {
            g_hash_table_insert(bus->documents[bus->net.part[node]], key, g_strdup(n->batch->pdata[i + 2]));
        }
    }
    n->writing = 0;
    bus_step_node(bus, node, &event);
}

void
bus_start(struct bus *bus, guint node)
{
    bus->nodes[node].engine = cox_attr_new(&bus->config, node, bus->n_starts++ * 10000);
    cox_testbus_join(&bus->net, node);
}

void
bus_crash(struct bus *bus, guint node, bool is_lost)
{
    g_clear_pointer(&bus->nodes[node].engine, cox_attr_free);
    bus->nodes[node].writing = 0;
    cox_testbus_leave(&bus->net, node, is_lost);
}

void
bus_move(struct bus *bus, guint node, guint part)
{
    guint n_rings = bus->net.rings->len;

    if (bus->net.part[node] == part) {
        return;
    }
    cox_testbus_move(&bus->net, node, part);
    for (guint i = 1; i < BUS_MAX; i++) { /* the joining node gets the other document */
        if (bus->net.part[i] == part) {
            bus->nodes[i].replaced_at = n_rings + 1;
        }
    }
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
take_view(struct bus *bus, guint node, const struct cox_testbus_view *view)
{
    struct cox_attr_event event = { .kind = COX_ATTR_ON_VIEW };
    struct cox_attr_member members[BUS_MAX];
    const char *lost[BUS_MAX];

    for (size_t i = 0; i < view->n_members; i++) {
        members[i] = (struct cox_attr_member) { view->members[i], bus_names[view->members[i]] };
    }
    for (size_t i = 0; i < view->n_lost; i++) {
        lost[i] = bus_names[view->lost[i]];
    }
    event.view.members = members;
    event.view.n_members = view->n_members;
    event.view.lost = lost;
    event.view.n_lost = view->n_lost;
    bus_step_node(bus, node, &event);
    if (bus->nodes[node].replaced_at != 0 && view->serial >= bus->nodes[node].replaced_at) {
        bus->nodes[node].replaced_at = 0;
        bus_step_node(bus, node, &(struct cox_attr_event) { .kind = COX_ATTR_ON_REPLACED });
    }
}

static void
on_mail(void *test, guint node, const struct cox_testbus_mail *mail)
{
    const struct bus_item *item = mail->message;
    struct cox_attr_event event = { .kind = COX_ATTR_ON_MESSAGE };

    if (mail->view != NULL) {
        take_view(test, node, mail->view);
        return;
    }
    event.message.sender = mail->sender;
    event.message.message = &item->message;
    bus_step_node(test, node, &event);
}

static void
on_wake(void *test, guint node)
{
    bus_step_node(test, node, &(struct cox_attr_event) { .kind = COX_ATTR_ON_WAKE });
}

/* Documents that have not answered yet, by node. */
static guint
look(void *test, guint *work, guint room)
{
    const struct bus *bus = test;
    guint n = 0;

    for (guint i = 1; i < BUS_MAX && n < room; i++) {
        if (bus->nodes[i].engine != NULL && !bus->net.is_stopped[i] && bus->nodes[i].writing != 0 && !bus->writes_hang) {
            work[n++] = i;
        }
    }
    return n;
}

static void
answer_write_of(void *test, guint node)
{
    answer_write(test, node);
}

static const struct cox_testbus_calls calls = { on_mail, on_wake, look, answer_write_of };

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

const char *
bus_get(const struct bus *bus, guint at, const char *name, guint of)
{
    return cox_attr_get(bus->nodes[at].engine, name, bus_names[of]);
}

const char *
bus_document(const struct bus *bus, guint at, const char *name, guint of)
{
    g_autofree char *key = g_strdup_printf("%s\n%s", name, bus_names[of]);

    return g_hash_table_lookup(bus->documents[bus->net.part[at]], key);
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
                shown = g_hash_table_lookup(bus->documents[bus->net.part[node]], key);
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

            if (a->engine == NULL || b->engine == NULL || bus->net.part[i] != bus->net.part[j]) {
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
