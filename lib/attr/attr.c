/* lib/attr/attr.c - node attributes shared by all nodes: the engine.  Layer 3, pure. */
#include "attr/attr.h"

#include "attr/attrbatch.h"
#include "attr/attrvalue.h"
#include "attr/attrwait.h"
#include "base/error.h"

/* A change that may wait for others is written alone after so long. */
enum { PATIENCE_MS = 100 };

struct member {
    guint32 id;
    char *name;
};

struct cox_attr {
    struct cox_attr_config config;
    guint32 self;
    struct cox_attrtable shared, permanent;
    GArray *view;           /* struct member */
    GArray *side;           /* guint32: members whose tables equal this one's */
    bool is_syncing;
    guint32 writer;
    guint32 round_caller;   /* the open round; 0: none */
    guint64 round_serial, serial;
    GArray *excluded;       /* guint32 */
    GArray *spoken;         /* guint32 */
    guint32 claimed_writer; /* of the first side in this round that has one */
    GPtrArray *right;       /* names: whose values are right here, grows in a round */
    GPtrArray *deferred;    /* struct cox_attrlater, in the order of the bus */
    GPtrArray *patient;  /* names: changed, and to be written with the next change that may not wait */
    cox_usec retry_at;      /* end of patience with a round */
    struct cox_attrbatch batch;
    struct cox_attrwait wait;
    cox_usec wake_at;
};

static void
clear_member(gpointer data)
{
    g_free(((struct member *) data)->name);
}

struct cox_attr *
cox_attr_new(const struct cox_attr_config *config, guint32 self, guint64 incarnation)
{
    struct cox_attr *attr = g_new0(struct cox_attr, 1);

    COX_BUG_ON(self == 0);
    attr->config = *config;
    attr->self = self;
    attr->serial = incarnation;
    cox_attrtable_init(&attr->shared);
    cox_attrtable_init(&attr->permanent);
    attr->view = g_array_new(FALSE, TRUE, sizeof(struct member));
    g_array_set_clear_func(attr->view, clear_member);
    attr->side = g_array_new(FALSE, FALSE, sizeof(guint32));
    attr->excluded = g_array_new(FALSE, FALSE, sizeof(guint32));
    attr->spoken = g_array_new(FALSE, FALSE, sizeof(guint32));
    attr->right = g_ptr_array_new_with_free_func(g_free);
    attr->deferred = g_ptr_array_new_with_free_func(cox_attrlater_free);
    attr->patient = g_ptr_array_new_with_free_func(g_free);
    attr->retry_at = attr->wake_at = COX_USEC_NEVER;
    cox_attrwait_init(&attr->wait);
    cox_attrbatch_init(&attr->batch, config->retry_ms, config->retry_max_ms);
    attr->is_syncing = true;
    return attr;
}

void
cox_attr_free(struct cox_attr *attr)
{
    if (attr == NULL) {
        return;
    }
    cox_attrtable_clear(&attr->shared);
    cox_attrtable_clear(&attr->permanent);
    g_array_unref(attr->view);
    g_array_unref(attr->side);
    g_array_unref(attr->excluded);
    g_array_unref(attr->spoken);
    g_ptr_array_unref(attr->right);
    g_ptr_array_unref(attr->deferred);
    g_ptr_array_unref(attr->patient);
    cox_attrbatch_clear(&attr->batch);
    cox_attrwait_clear(&attr->wait);
    g_free(attr);
}

const struct cox_attrtable *
cox_attr_table(const struct cox_attr *attr)
{
    return &attr->shared;
}

static const struct cox_attr_value *
find_value(const struct cox_attrtable *table, const char *name, const char *node)
{
    const struct cox_attribute *attribute = cox_attrtable_find(table, name);

    return attribute == NULL ? NULL : cox_attribute_find(attribute, node);
}

const char *
cox_attr_get(const struct cox_attr *attr, const char *name, const char *node)
{
    const struct cox_attr_value *value = find_value(&attr->shared, name, node);

    return value == NULL ? NULL : value->value;
}

guint32
cox_attr_writer(const struct cox_attr *attr)
{
    return attr->writer;
}

/* ---- small helpers ---- */

static bool
has_id(const GArray *ids, guint32 id)
{
    guint i = 0;

    while (i < ids->len && g_array_index(ids, guint32, i) != id) {
        i++;
    }
    return i < ids->len;
}

static const struct member *
member_at(const struct cox_attr *attr, guint i)
{
    return &g_array_index(attr->view, struct member, i);
}

static bool
is_member(const struct cox_attr *attr, guint32 id)
{
    guint i = 0;

    while (i < attr->view->len && member_at(attr, i)->id != id) {
        i++;
    }
    return i < attr->view->len;
}

static struct cox_attr_effect *
add(struct cox_attr_effects *out, enum cox_attr_effect_kind kind)
{
    struct cox_attr_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    return effect;
}

static struct cox_attr_message *
send(struct cox_attr_effects *out, enum cox_attr_message_kind kind)
{
    struct cox_attr_message *message = &add(out, COX_ATTR_DO_SEND)->message;

    message->kind = kind;
    return message;
}

/* ---- what has to be written when ---- */

static void
schedule(struct cox_attribute *attribute, cox_usec now)
{
    if (attribute->kind != COX_ATTR_PRIVATE) {
        attribute->write_at = cox_usec_min(attribute->write_at, cox_usec_after_ms(now, attribute->dampening_ms));
    }
}

/* A new writer, or one whose document was replaced, does not know what the document has. */
static void
schedule_everything(struct cox_attr *attr, cox_usec now)
{
    cox_attrbatch_doubt(&attr->batch, &attr->shared);
    for (guint a = 0; a < attr->shared.attributes->len; a++) {
        struct cox_attribute *attribute = g_ptr_array_index(attr->shared.attributes, a);

        attribute->write_at = attribute->kind == COX_ATTR_PRIVATE ? COX_USEC_NEVER : now;
        for (guint v = 0; v < attribute->values->len; v++) {
            ((struct cox_attr_value *) g_ptr_array_index(attribute->values, v))->is_stored_known = false;
        }
    }
}

static void
set_writer(struct cox_attr *attr, guint32 writer, struct cox_attr_effects *out)
{
    if (attr->writer != writer) {
        attr->writer = writer;
        add(out, COX_ATTR_DO_WRITER)->writer = writer;
    }
}

/* Whoever has left may have been writer once and have overwritten something after its time: write everything again. */
static void
begin_to_write(struct cox_attr *attr, guint32 writer, cox_usec now, struct cox_attr_effects *out)
{
    set_writer(attr, writer, out);
    if (writer == attr->self) {
        schedule_everything(attr, now);
    }
}

/* ---- changes ---- */

/* Its texts live as long as @out. */
static struct cox_attr_entry
entry_of(const struct cox_attribute *attribute, const struct cox_attr_value *value, struct cox_attr_effects *out)
{
    return (struct cox_attr_entry) {
        cox_effects_text(&out->list, attribute->name), cox_effects_text(&out->list, value->node),
        cox_effects_text(&out->list, value->value), attribute->kind, attribute->dampening_ms, value->seq,
        cox_effects_text(&out->list, attribute->set_name), attribute->is_utilization,
    };
}

static void
tell_change(const struct cox_attribute *attribute, const struct cox_attr_value *value, struct cox_attr_effects *out)
{
    add(out, COX_ATTR_DO_CHANGED)->changed = entry_of(attribute, value, out);
}

static void
apply_set(struct cox_attrtable *table, const struct cox_attr_change *change, const char *current, cox_usec now,
          struct cox_attr_effects *out)
{
    struct cox_attribute *attribute = cox_attrtable_need(table, change->name);
    struct cox_attr_value *value = cox_attribute_need(attribute, change->node);
    g_autofree char *text = cox_attrvalue_expand(change->value, change->name, current);

    if (change->dampening_ms >= 0) {
        attribute->dampening_ms = change->dampening_ms;
    }
    attribute->kind = change->value_kind;
    cox_attribute_place(attribute, change->set_name, change->is_utilization);
    value->seq++;
    if (cox_attr_value_set(value, text)) {
        tell_change(attribute, value, out);
    }
    if (cox_attr_value_is_dirty(value)) {
        schedule(attribute, now);
    }
}

/* What would be written now may wait for others; with one that may not all are written. */
static void
be_patient(struct cox_attr *attr, const struct cox_attr_change *change, cox_usec now)
{
    struct cox_attribute *attribute = cox_attrtable_find(&attr->shared, change->name);

    if (change->may_wait && cox_usec_is_due(attribute->write_at, now)) {
        attribute->write_at = cox_usec_after_ms(now, PATIENCE_MS);
        g_ptr_array_add(attr->patient, g_strdup(change->name));
    }
    for (guint i = 0; !change->may_wait && i < attr->patient->len; i++) {
        attribute = cox_attrtable_find(&attr->shared, attr->patient->pdata[i]);
        if (attribute != NULL && cox_usec_is_set(attribute->write_at)) {
            attribute->write_at = cox_usec_min(attribute->write_at, now);
        }
    }
    if (!change->may_wait) {
        g_ptr_array_set_size(attr->patient, 0);
    }
}

static void
apply_remove(struct cox_attr *attr, const char *node, cox_usec now, struct cox_attr_effects *out)
{
    for (guint a = 0; a < attr->shared.attributes->len; a++) {
        struct cox_attribute *attribute = g_ptr_array_index(attr->shared.attributes, a);
        struct cox_attr_value *value = cox_attribute_find(attribute, node);

        if (value != NULL && value->value != NULL) {
            value->seq++;
            cox_attr_value_set(value, NULL);
            tell_change(attribute, value, out);
            /* What is gone with its node needs no dampening. */
            attribute->write_at = attribute->kind == COX_ATTR_PRIVATE ? COX_USEC_NEVER : now;
        }
    }
}

static void
collect_members(const struct cox_attr *attr, GArray *ids)
{
    for (guint i = 0; i < attr->view->len; i++) {
        g_array_append_val(ids, member_at(attr, i)->id);
    }
}

/* Who asked hears that it is in this table, and, if it wants to, that it is in all. */
static void
tell_applied(struct cox_attr *attr, guint32 sender, const struct cox_attr_change *change, struct cox_attr_effects *out)
{
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct cox_attr_message *confirm = NULL;

    if (change->request == 0) {
        return;
    }
    if (sender == attr->self) {
        add(out, COX_ATTR_DO_APPLIED)->request = change->request;
    }
    if (!change->wants_all) {
        return;
    }
    if (sender == attr->self) {
        collect_members(attr, members);
        cox_attrwait_add(&attr->wait, change->request, members);
    }
    confirm = send(out, COX_ATTR_CONFIRM);
    confirm->origin = sender;
    confirm->change.request = change->request;
}

static void
apply(struct cox_attr *attr, guint32 sender, const struct cox_attr_change *change, cox_usec now,
      struct cox_attr_effects *out)
{
    struct cox_attribute *attribute = NULL;

    switch (change->kind) {
        case COX_ATTR_SET:
            apply_set(&attr->shared, change, cox_attr_get(attr, change->name, change->node), now, out);
            be_patient(attr, change, now);
            break;
        case COX_ATTR_DAMPEN:
            attribute = cox_attrtable_need(&attr->shared, change->name);
            attribute->dampening_ms = MAX(change->dampening_ms, 0);
            if (cox_usec_is_set(attribute->write_at)) {
                schedule(attribute, now);
            }
            break;
        case COX_ATTR_REMOVE:
            apply_remove(attr, change->node, now, out);
            break;
        case COX_ATTR_REFRESH:
            if (attr->writer == attr->self) {
                schedule_everything(attr, now);
            }
            break;
    }
    tell_applied(attr, sender, change, out);
}

static void
apply_deferred(struct cox_attr *attr, cox_usec now, struct cox_attr_effects *out)
{
    for (guint i = 0; i < attr->deferred->len; i++) {
        const struct cox_attrlater *later = g_ptr_array_index(attr->deferred, i);

        apply(attr, later->sender, &later->change, now, out);
    }
    g_ptr_array_set_size(attr->deferred, 0);
}

/* ---- rounds ---- */

static void
call(struct cox_attr *attr, const GArray *mute, cox_usec now, struct cox_attr_effects *out)
{
    struct cox_attr_message *message = send(out, COX_ATTR_CALL);

    message->round_caller = attr->self;
    message->round_serial = ++attr->serial;
    if (mute != NULL) {
        message->excluded = cox_effects_array(&out->list, mute->data, mute->len, sizeof(guint32));
        message->n_excluded = mute->len;
    }
    attr->retry_at = cox_usec_after_ms(now, attr->config.sync_ms);
}

/* The member that sends the table for this side: the writer if it can, else the lowest id. */
static guint32
speaker_of(const struct cox_attr *attr)
{
    guint32 speaker = 0;

    if (attr->side->len == 0) {
        return attr->self;
    }
    for (guint i = 0; i < attr->side->len; i++) {
        guint32 id = g_array_index(attr->side, guint32, i);

        if (!has_id(attr->excluded, id) && (speaker == 0 || id < speaker || id == attr->writer)) {
            speaker = id;
            if (id == attr->writer) {
                break;
            }
        }
    }
    return speaker;
}

static void
fill_side(const struct cox_attr *attr, struct cox_attr_side *side, struct cox_attr_effects *out)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(struct cox_attr_entry));
    g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(const char *));

    for (guint i = 0; i < attr->view->len; i++) {
        if (has_id(attr->side, member_at(attr, i)->id)) {
            const char *name = cox_effects_text(&out->list, member_at(attr, i)->name);

            g_array_append_val(names, name);
        }
    }
    for (guint a = 0; a < attr->shared.attributes->len; a++) {
        const struct cox_attribute *attribute = attr->shared.attributes->pdata[a];

        for (guint v = 0; v < attribute->values->len; v++) {
            struct cox_attr_entry entry = entry_of(attribute, g_ptr_array_index(attribute->values, v), out);

            g_array_append_val(entries, entry);
        }
    }
    side->nodes = cox_effects_array(&out->list, names->data, names->len, sizeof(const char *));
    side->n_nodes = names->len;
    side->entries = cox_effects_array(&out->list, entries->data, entries->len, sizeof(struct cox_attr_entry));
    side->n_entries = entries->len;
}

static void
speak(struct cox_attr *attr, struct cox_attr_effects *out)
{
    struct cox_attr_message *message = send(out, COX_ATTR_WORD);

    message->round_caller = attr->round_caller;
    message->round_serial = attr->round_serial;
    if (speaker_of(attr) == attr->self) {
        message->writer = attr->side->len == 0 ? 0 : attr->self;
        fill_side(attr, &message->side, out);
    }
}

static bool
excludes_somebody_new(const struct cox_attr *attr, const struct cox_attr_message *message)
{
    for (size_t i = 0; i < message->n_excluded; i++) {
        if (!has_id(attr->excluded, message->excluded[i])) {
            return true;
        }
    }
    return false;
}

static void
on_call(struct cox_attr *attr, const struct cox_attr_message *message, cox_usec now, struct cox_attr_effects *out)
{
    if (attr->round_caller != 0 && !excludes_somebody_new(attr, message)) {
        return;
    }
    attr->is_syncing = true;
    attr->round_caller = message->round_caller;
    attr->round_serial = message->round_serial;
    attr->claimed_writer = 0;
    g_array_set_size(attr->spoken, 0);
    g_array_set_size(attr->excluded, 0);
    g_array_append_vals(attr->excluded, message->excluded, (guint) message->n_excluded);
    g_ptr_array_set_size(attr->right, 0);
    for (guint i = 0; i < attr->view->len; i++) {
        if (has_id(attr->side, member_at(attr, i)->id)) {
            g_ptr_array_add(attr->right, g_strdup(member_at(attr, i)->name));
        }
    }
    attr->retry_at = cox_usec_after_ms(now, attr->config.sync_ms);
    if (!has_id(attr->excluded, attr->self)) {
        speak(attr, out);
    }
}

/* Everybody has spoken: the tables are equal now. */
static void
finish_round(struct cox_attr *attr, cox_usec now, struct cox_attr_effects *out)
{
    bool was_mute = has_id(attr->excluded, attr->self);
    guint32 writer = attr->claimed_writer;

    g_array_set_size(attr->side, 0);
    for (guint i = 0; i < attr->view->len; i++) {
        guint32 id = member_at(attr, i)->id;

        if (!has_id(attr->excluded, id)) {
            writer = writer == 0 ? id : writer;
            if (!was_mute) {
                g_array_append_val(attr->side, id);
            }
        }
    }
    attr->is_syncing = false;
    attr->round_caller = 0;
    attr->retry_at = COX_USEC_NEVER;
    apply_deferred(attr, now, out);
    begin_to_write(attr, writer, now, out);
    if (was_mute) { /* the others do not know what only this node knows */
        g_array_append_val(attr->side, attr->self);
        call(attr, NULL, now, out);
    }
}

static void
merge_word(struct cox_attr *attr, const struct cox_attr_side *side)
{
    cox_attrtable_merge(&attr->shared, side, attr->right);
    for (size_t i = 0; i < side->n_nodes; i++) {
        if (!cox_attr_has_name((const char *const *) attr->right->pdata, attr->right->len, side->nodes[i])) {
            g_ptr_array_add(attr->right, g_strdup(side->nodes[i]));
        }
    }
}

static void
on_word(struct cox_attr *attr, guint32 sender, const struct cox_attr_message *message, cox_usec now,
        struct cox_attr_effects *out)
{
    if (attr->round_caller == 0 || message->round_caller != attr->round_caller
        || message->round_serial != attr->round_serial || has_id(attr->excluded, sender) || has_id(attr->spoken, sender)) {
        return;
    }
    g_array_append_val(attr->spoken, sender);
    merge_word(attr, &message->side);
    if (attr->claimed_writer == 0 && is_member(attr, message->writer)) {
        attr->claimed_writer = message->writer;
    }
    for (guint i = 0; i < attr->view->len; i++) {
        guint32 id = member_at(attr, i)->id;

        if (!has_id(attr->excluded, id) && !has_id(attr->spoken, id)) {
            return;
        }
    }
    finish_round(attr, now, out);
}

/* ---- events ---- */

static gint
compare_members(gconstpointer a, gconstpointer b)
{
    guint32 first = ((const struct member *) a)->id;
    guint32 second = ((const struct member *) b)->id;

    return (first > second) - (first < second);
}

static void
take_view(struct cox_attr *attr, const struct cox_attr_event *event)
{
    g_array_set_size(attr->view, 0);
    for (size_t i = 0; i < event->view.n_members; i++) {
        struct member member = { event->view.members[i].id, g_strdup(event->view.members[i].name) };

        g_array_append_val(attr->view, member);
    }
    g_array_sort(attr->view, compare_members);
    for (guint i = attr->side->len; i > 0; i--) {
        if (!is_member(attr, g_array_index(attr->side, guint32, i - 1))) {
            g_array_remove_index(attr->side, i - 1);
        }
    }
}

static void
on_view(struct cox_attr *attr, const struct cox_attr_event *event, cox_usec now, struct cox_attr_effects *out)
{
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(guint32));

    apply_deferred(attr, now, out); /* all who saw the old view do so, and none who did not */
    take_view(attr, event);
    collect_members(attr, members);
    cox_attrwait_keep_members(&attr->wait, members);
    for (size_t i = 0; i < event->view.n_lost; i++) {
        apply_remove(attr, event->view.lost[i], now, out);
    }
    attr->round_caller = 0;
    attr->is_syncing = false;
    attr->retry_at = COX_USEC_NEVER;
    if (attr->view->len == 1 && attr->side->len == 0) {
        g_array_append_val(attr->side, attr->self); /* alone: whatever it knows is right */
    }
    if (attr->side->len != attr->view->len) {
        attr->is_syncing = true;
        if (!is_member(attr, attr->writer)) {
            set_writer(attr, 0, out);
        }
        call(attr, NULL, now, out);
    } else {
        begin_to_write(attr, is_member(attr, attr->writer) ? attr->writer : member_at(attr, 0)->id, now, out);
    }
}

static void
on_request(struct cox_attr *attr, const struct cox_attr_change *change, cox_usec now, struct cox_attr_effects *out)
{
    struct cox_attr_message *message = NULL;

    if (change->kind == COX_ATTR_SET && change->value_kind == COX_ATTR_PERMANENT) {
        const struct cox_attr_value *pending = find_value(&attr->permanent, change->name, change->node);

        apply_set(&attr->permanent, change, pending == NULL ? change->current : pending->value, now, out);
        if (change->request != 0) {
            add(out, COX_ATTR_DO_APPLIED)->request = change->request;
        }
        return;
    }
    message = send(out, COX_ATTR_CHANGE);
    message->change = *change;
    message->change.name = cox_effects_text(&out->list, change->name);
    message->change.node = cox_effects_text(&out->list, change->node);
    message->change.value = cox_effects_text(&out->list, change->value);
    message->change.set_name = cox_effects_text(&out->list, change->set_name);
    message->change.current = NULL;
}

static void
on_message(struct cox_attr *attr, guint32 sender, const struct cox_attr_message *message, cox_usec now,
           struct cox_attr_effects *out)
{
    if (!is_member(attr, sender)) {
        return;
    }
    switch (message->kind) {
        case COX_ATTR_CALL:
            on_call(attr, message, now, out);
            break;
        case COX_ATTR_WORD:
            on_word(attr, sender, message, now, out);
            break;
        case COX_ATTR_CONFIRM:
            if (message->origin == attr->self) {
                cox_attrwait_confirm(&attr->wait, message->change.request, sender);
            }
            break;
        case COX_ATTR_CHANGE:
            if (!cox_attr_change_is_sane(&message->change)) {
                break;
            }
            if (attr->is_syncing) {
                g_ptr_array_add(attr->deferred, cox_attrlater_new(sender, &message->change));
            } else {
                apply(attr, sender, &message->change, now, out);
            }
            break;
    }
}

static void
on_wake(struct cox_attr *attr, cox_usec now, struct cox_attr_effects *out)
{
    attr->wake_at = COX_USEC_NEVER;
    if (!cox_usec_is_due(attr->retry_at, now)) {
        return;
    }
    if (attr->round_caller == 0) {
        call(attr, NULL, now, out);
    } else {
        g_autoptr(GArray) mute = g_array_new(FALSE, FALSE, sizeof(guint32));

        for (guint i = 0; i < attr->view->len; i++) {
            guint32 id = member_at(attr, i)->id;

            if (id != attr->self && (has_id(attr->excluded, id) || !has_id(attr->spoken, id))) {
                g_array_append_val(mute, id);
            }
        }
        call(attr, mute, now, out);
    }
}

/* ---- writing ---- */

/* What a writer of before has written after its time may have overwritten younger values: the present one corrects it. */
static void
on_written(struct cox_attr *attr, const struct cox_attr_event *event, cox_usec now, struct cox_attr_effects *out)
{
    bool was_shared = cox_attrbatch_has_table(&attr->batch, &attr->shared);

    if (cox_attrbatch_end(&attr->batch, event->written.batch, event->written.is_ok, now) && was_shared
        && attr->writer != attr->self) {
        send(out, COX_ATTR_CHANGE)->change.kind = COX_ATTR_REFRESH;
    }
}

static bool
may_write_shared(const struct cox_attr *attr)
{
    return attr->writer == attr->self && !attr->is_syncing;
}

static void
write_due(struct cox_attr *attr, cox_usec now, struct cox_attr_effects *out)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(struct cox_attr_entry));
    struct cox_attr_effect *effect = NULL;

    if (!cox_attrbatch_may_begin(&attr->batch, now)) {
        return;
    }
    if (may_write_shared(attr)) {
        cox_attrbatch_collect(&attr->batch, &attr->shared, now, entries);
    }
    cox_attrbatch_collect(&attr->batch, &attr->permanent, now, entries);
    if (entries->len == 0) {
        return;
    }
    effect = add(out, COX_ATTR_DO_WRITE);
    effect->write.batch = cox_attrbatch_begin(&attr->batch);
    effect->write.n_entries = entries->len;
    for (guint i = 0; i < entries->len; i++) { /* the texts are the tables' own */
        struct cox_attr_entry *entry = &g_array_index(entries, struct cox_attr_entry, i);

        entry->name = cox_effects_text(&out->list, entry->name);
        entry->node = cox_effects_text(&out->list, entry->node);
        entry->value = cox_effects_text(&out->list, entry->value);
        entry->set_name = cox_effects_text(&out->list, entry->set_name);
    }
    effect->write.entries = cox_effects_array(&out->list, entries->data, entries->len, sizeof(struct cox_attr_entry));
}

static cox_usec
first_due(const struct cox_attrtable *table)
{
    cox_usec at = COX_USEC_NEVER;

    for (guint a = 0; a < table->attributes->len; a++) {
        at = cox_usec_min(at, ((const struct cox_attribute *) table->attributes->pdata[a])->write_at);
    }
    return at;
}

static void
ask_to_be_woken(struct cox_attr *attr, struct cox_attr_effects *out)
{
    cox_usec at = COX_USEC_NEVER;

    if (!cox_attrbatch_is_open(&attr->batch)) {
        at = first_due(&attr->permanent);
        if (may_write_shared(attr)) {
            at = cox_usec_min(at, first_due(&attr->shared));
        }
        if (cox_usec_is_set(at)) {
            at = MAX(at, attr->batch.pause_until);
        }
    }
    at = cox_usec_min(at, attr->retry_at);
    if (at != attr->wake_at) {
        attr->wake_at = at;
        add(out, COX_ATTR_DO_WAKE)->at = at;
    }
}

void
cox_attr_step(struct cox_attr *attr, const struct cox_attr_event *event, cox_usec now, struct cox_attr_effects *out)
{
    guint64 request = 0;

    switch (event->kind) {
        case COX_ATTR_ON_VIEW:
            on_view(attr, event, now, out);
            break;
        case COX_ATTR_ON_REQUEST:
            on_request(attr, event->request, now, out);
            break;
        case COX_ATTR_ON_MESSAGE:
            on_message(attr, event->message.sender, event->message.message, now, out);
            break;
        case COX_ATTR_ON_WAKE:
            on_wake(attr, now, out);
            break;
        case COX_ATTR_ON_WRITTEN:
            on_written(attr, event, now, out);
            break;
        case COX_ATTR_ON_REPLACED:
            schedule_everything(attr, now);
            break;
    }
    while ((request = cox_attrwait_take_complete(&attr->wait)) != 0) {
        add(out, COX_ATTR_DO_CONFIRMED)->request = request;
    }
    write_due(attr, now, out);
    ask_to_be_woken(attr, out);
}
