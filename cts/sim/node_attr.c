/* cts/sim/node_attr.c - stands for attrd: lib/attr over the group, values into the document as daemons/attrd does.  For tests only. */
#include "cts/sim/simdaemon.h"

#include <string.h>

#include "cts/sim/simdoc.h"
#include "daemons/attrd/attrdoc.h"
#include "xml/xmlwrite.h"

enum { TIMER_WAKE = 0 };

struct sim_attr {
    struct cox_attr *engine;
    struct cox_attr_member members[SIM_MAX];
    size_t n_members;
    GHashTable *requests; /* number -> struct sim_attr_wish */
    guint64 n_requests;
};

static void step(struct sim *sim, struct sim_node *node, const struct cox_attr_event *event);

static struct cox_attr_entry
keep_entry(struct sim *sim, struct cox_attr_entry entry)
{
    entry.name = cox_arena_intern(sim->arena, entry.name);
    entry.node = cox_arena_intern(sim->arena, entry.node);
    entry.value = cox_arena_intern(sim->arena, entry.value);
    entry.set_name = cox_arena_intern(sim->arena, entry.set_name);
    return entry;
}

static void
send(struct sim *sim, struct sim_node *node, const struct cox_attr_message *message)
{
    struct cox_arena *arena = sim->arena;
    struct cox_attr_message *copy = cox_arena_memdup(arena, message, 1, sizeof(*message));
    struct cox_attr_entry *entries = cox_arena_new_array(arena, struct cox_attr_entry, message->side.n_entries + 1);
    const char **nodes = cox_arena_new_array(arena, const char *, message->side.n_nodes + 1);

    copy->change.name = cox_arena_intern(arena, message->change.name);
    copy->change.node = cox_arena_intern(arena, message->change.node);
    copy->change.value = cox_arena_intern(arena, message->change.value);
    copy->change.set_name = cox_arena_intern(arena, message->change.set_name);
    copy->excluded = cox_arena_memdup(arena, message->excluded, message->n_excluded, sizeof(guint32));
    for (size_t i = 0; i < message->side.n_nodes; i++) {
        nodes[i] = cox_arena_intern(arena, message->side.nodes[i]);
    }
    for (size_t i = 0; i < message->side.n_entries; i++) {
        entries[i] = keep_entry(sim, message->side.entries[i]);
    }
    copy->side.nodes = nodes;
    copy->side.entries = entries;
    cox_testbus_send(&sim->bus[SIM_ATTR], node->id, copy);
}

/* ---- the document ---- */

static void
on_written(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    const struct sim_answer *answer = call->data;
    struct cox_attr_event event = { .kind = COX_ATTR_ON_WRITTEN };

    event.written.batch = call->number;
    event.written.is_ok = answer->is_ok;
    step(sim, node, &event);
}

static void
write_values(struct sim *sim, struct sim_node *node, const struct cox_attr_effect *effect)
{
    const struct cox_attrdoc doc = { node->doc == NULL ? NULL : sim_state_root(sim->docs, node->doc), node->attr->members,
                                     node->attr->n_members };
    struct cox_attrdoc_changes changes = { NULL, NULL, NULL };
    struct sim_ask ask = { .asker = SIM_ATTR, .answer = on_written, .number = effect->write.batch };
    struct sim_answer *failed = cox_arena_new_array(sim->arena, struct sim_answer, 1);
    const struct sim_call later = { .fn = on_written, .data = failed, .number = effect->write.batch };

    if (node->doc == NULL) {
        sim_after(sim, node, SIM_ATTR, 50000, &later);
        return;
    }
    cox_attrdoc_changes(&doc, effect->write.entries, effect->write.n_entries, false, &changes);
    ask.change = sim_change_new(sim->next_change++);
    if (changes.sets != NULL) {
        g_autofree char *text = cox_xmlwrite_text(cox_xmldoc_root(changes.sets), COX_XMLWRITE_PLAIN);

        sim_change_modify(ask.change, "cib", text);
    }
    for (guint i = 0; i < changes.deletions->len; i++) {
        sim_change_delete(ask.change, changes.deletions->pdata[i]);
    }
    cox_attrdoc_changes_clear(&changes);
    sim_cib_ask(sim, node, &ask);
}

/* ---- the engine ---- */

/* A wish that takes several requests is answered with the last. */
static void
answer(struct sim *sim, struct sim_node *node, guint64 request)
{
    const struct sim_call done = { .fn = sim_control_on_attr_done, .data = g_hash_table_lookup(node->attr->requests, &request) };

    if (done.data != NULL) {
        sim_post(sim, node, SIM_CONTROL, &done);
    }
}

static void
step(struct sim *sim, struct sim_node *node, const struct cox_attr_event *event)
{
    struct cox_attr_effects out;

    cox_attr_effects_init(&out);
    cox_attr_step(node->attr->engine, event, sim->now, &out);
    for (guint i = 0; i < cox_attr_effects_count(&out); i++) {
        const struct cox_attr_effect *effect = cox_attr_effects_get(&out, i);

        switch (effect->kind) {
            case COX_ATTR_DO_SEND:
                send(sim, node, &effect->message);
                break;
            case COX_ATTR_DO_WAKE:
                sim_timer(sim, &node->process[SIM_ATTR], TIMER_WAKE, effect->at);
                break;
            case COX_ATTR_DO_WRITE:
                write_values(sim, node, effect);
                break;
            case COX_ATTR_DO_CHANGED:
                if (event->kind == COX_ATTR_ON_MESSAGE && event->message.sender == node->id) {
                    sim_say(sim, node, "attrd: %s of %s is %s", effect->changed.name, effect->changed.node,
                            effect->changed.value == NULL ? "gone" : effect->changed.value);
                }
                break;
            case COX_ATTR_DO_APPLIED:
                answer(sim, node, effect->request);
                break;
            case COX_ATTR_DO_CONFIRMED:
            case COX_ATTR_DO_WRITER:
                break;
        }
    }
    cox_attr_effects_clear(&out);
}

void
sim_attr_mail(struct sim *sim, struct sim_node *node, const struct cox_testbus_mail *mail)
{
    struct cox_attr_event event = { .kind = COX_ATTR_ON_MESSAGE };
    const char *lost[SIM_MAX];

    if (mail->view == NULL) {
        event.message.sender = mail->sender;
        event.message.message = mail->message;
        step(sim, node, &event);
        return;
    }
    node->attr->n_members = mail->view->n_members;
    for (size_t i = 0; i < mail->view->n_members; i++) {
        node->attr->members[i] = (struct cox_attr_member) { mail->view->members[i], sim->nodes[mail->view->members[i]].name };
    }
    for (size_t i = 0; i < mail->view->n_lost; i++) {
        lost[i] = sim->nodes[mail->view->lost[i]].name;
    }
    event.kind = COX_ATTR_ON_VIEW;
    event.view.members = node->attr->members;
    event.view.n_members = node->attr->n_members;
    event.view.lost = lost;
    event.view.n_lost = mail->view->n_lost;
    step(sim, node, &event);
}

void
sim_attr_wake(struct sim *sim, struct sim_node *node, guint timer)
{
    (void) timer;
    step(sim, node, &(struct cox_attr_event) { .kind = COX_ATTR_ON_WAKE });
}

/* @whole: answered when this is done, NULL: not yet. */
static void
set(struct sim *sim, struct sim_node *node, const struct sim_attr_wish *wish, struct sim_attr_wish *whole)
{
    const struct cox_attr_change change = { .kind = wish->node == NULL   ? COX_ATTR_REFRESH
                                                    : wish->name == NULL ? COX_ATTR_REMOVE
                                                                         : COX_ATTR_SET,
                                            .name = wish->name,
                                            .node = wish->node, .value = wish->value, .value_kind = COX_ATTR_TRANSIENT,
                                            .dampening_ms = -1, .may_wait = wish->may_wait,
                                            .request = ++node->attr->n_requests };
    struct cox_attr_event event = { .kind = COX_ATTR_ON_REQUEST };

    if (whole != NULL) {
        g_hash_table_insert(node->attr->requests, g_memdup2(&change.request, sizeof(change.request)), whole);
    }
    event.request = &change;
    step(sim, node, &event);
}

void
sim_attr_on_request(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_attr_wish *wish = call->data;
    const struct cox_attrtable *table = cox_attr_table(node->attr->engine);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const struct sim_call done = { .fn = sim_control_on_attr_done, .data = wish };

    if (!wish->is_pattern) {
        set(sim, node, wish, wish);
        return;
    }
    for (guint a = 0; a < table->attributes->len; a++) {
        const struct cox_attribute *attribute = table->attributes->pdata[a];

        if (g_regex_match_simple(wish->name, attribute->name, 0, 0)
            && cox_attr_get(node->attr->engine, attribute->name, wish->node) != NULL) {
            g_ptr_array_add(names, (gpointer) (gsize) cox_arena_intern(sim->arena, attribute->name));
        }
    }
    for (guint i = 0; i < names->len; i++) {
        const struct sim_attr_wish one = { wish->node, names->pdata[i], NULL, false, i + 1 < names->len };

        set(sim, node, &one, i + 1 < names->len ? NULL : wish);
    }
    if (names->len == 0) {
        sim_post(sim, node, SIM_CONTROL, &done);
    }
}

void
sim_attr_on_replaced(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) call;
    step(sim, node, &(struct cox_attr_event) { .kind = COX_ATTR_ON_REPLACED });
}

void
sim_attr_start(struct sim *sim, struct sim_node *node)
{
    const struct cox_attr_config config = { .sync_ms = 2000, .retry_ms = 1000, .retry_max_ms = 8000 };
    const struct sim_call up = { .fn = sim_control_on_attr_up };

    node->attr = g_new0(struct sim_attr, 1);
    node->attr->requests = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    node->attr->engine = cox_attr_new(&config, node->id, (guint64) sim->now);
    sim_post(sim, node, SIM_CONTROL, &up);
}

void
sim_attr_stop(struct sim *sim, struct sim_node *node)
{
    (void) sim;
    cox_attr_free(node->attr->engine);
    g_hash_table_unref(node->attr->requests);
    g_clear_pointer(&node->attr, g_free);
}
