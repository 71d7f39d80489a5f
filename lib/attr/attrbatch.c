/* lib/attr/attrbatch.c - values on their way into the document: one change at a time.  Layer 3, pure. */
#include "attr/attrbatch.h"

struct sent_value {
    struct cox_attrtable *table;
    char *name, *node, *value;
};

static void
free_sent(gpointer data)
{
    struct sent_value *sent = data;

    g_free(sent->name);
    g_free(sent->node);
    g_free(sent->value);
    g_free(sent);
}

void
cox_attrbatch_init(struct cox_attrbatch *batch, gint64 retry_ms, gint64 retry_max_ms)
{
    *batch = (struct cox_attrbatch) { .retry_ms = retry_ms, .retry_max_ms = retry_max_ms, .pause_until = G_MININT64 };
    batch->values = g_ptr_array_new_with_free_func(free_sent);
}

void
cox_attrbatch_clear(struct cox_attrbatch *batch)
{
    g_clear_pointer(&batch->values, g_ptr_array_unref);
}

bool
cox_attrbatch_is_open(const struct cox_attrbatch *batch)
{
    return batch->is_open;
}

bool
cox_attrbatch_may_begin(const struct cox_attrbatch *batch, cox_usec now)
{
    return !batch->is_open && now >= batch->pause_until;
}

static void
collect_attribute(struct cox_attrbatch *batch, struct cox_attrtable *table, const struct cox_attribute *attribute,
                  GArray *entries)
{
    for (guint v = 0; v < attribute->values->len; v++) {
        const struct cox_attr_value *value = g_ptr_array_index(attribute->values, v);
        struct cox_attr_entry entry = { attribute->name, value->node, value->value, attribute->kind,
                                        attribute->dampening_ms, value->seq, attribute->set_name,
                                        attribute->is_utilization };
        struct sent_value *sent = NULL;

        if (!cox_attr_value_is_dirty(value)) {
            continue;
        }
        g_array_append_val(entries, entry);
        sent = g_new0(struct sent_value, 1);
        sent->table = table;
        sent->name = g_strdup(attribute->name);
        sent->node = g_strdup(value->node);
        sent->value = g_strdup(value->value);
        g_ptr_array_add(batch->values, sent);
    }
}

void
cox_attrbatch_collect(struct cox_attrbatch *batch, struct cox_attrtable *table, cox_usec now, GArray *entries)
{
    for (guint a = 0; a < table->attributes->len; a++) {
        struct cox_attribute *attribute = g_ptr_array_index(table->attributes, a);

        if (cox_usec_is_due(attribute->write_at, now)) {
            attribute->write_at = COX_USEC_NEVER;
            collect_attribute(batch, table, attribute, entries);
        }
    }
}

bool
cox_attrbatch_has_table(const struct cox_attrbatch *batch, const struct cox_attrtable *table)
{
    for (guint i = 0; i < batch->values->len; i++) {
        if (((const struct sent_value *) g_ptr_array_index(batch->values, i))->table == table) {
            return true;
        }
    }
    return false;
}

void
cox_attrbatch_doubt(struct cox_attrbatch *batch, const struct cox_attrtable *table)
{
    batch->doubted = batch->is_open ? table : NULL;
}

guint64
cox_attrbatch_begin(struct cox_attrbatch *batch)
{
    batch->is_open = true;
    batch->doubted = NULL;
    return ++batch->number;
}

static void
note_stored(const struct sent_value *sent, struct cox_attribute *attribute)
{
    struct cox_attr_value *value = cox_attribute_find(attribute, sent->node);

    cox_attr_value_note_stored(value, sent->value);
    if (attribute->kind == COX_ATTR_PERMANENT && !cox_attr_value_is_dirty(value)) {
        cox_attribute_forget(attribute, sent->node);
    }
}

bool
cox_attrbatch_end(struct cox_attrbatch *batch, guint64 number, bool is_ok, cox_usec now)
{
    if (!batch->is_open || number != batch->number) {
        return false;
    }
    for (guint i = 0; i < batch->values->len; i++) {
        const struct sent_value *sent = g_ptr_array_index(batch->values, i);
        struct cox_attribute *attribute = cox_attrtable_find(sent->table, sent->name);

        if (is_ok && sent->table != batch->doubted) {
            note_stored(sent, attribute);
        } else {
            attribute->write_at = now;
        }
    }
    g_ptr_array_set_size(batch->values, 0);
    batch->is_open = false;
    batch->pause_ms = is_ok ? 0 : CLAMP(batch->pause_ms * 2, batch->retry_ms, batch->retry_max_ms);
    batch->pause_until = cox_usec_after_ms(now, batch->pause_ms);
    return true;
}
