/* lib/attr/attrtable.c - the attributes of all nodes, and how two histories of them become one.  Layer 3, pure. */
#include "attr/attrtable.h"

#include <string.h>

static void
free_value(gpointer data)
{
    struct cox_attr_value *value = data;

    g_free(value->node);
    g_free(value->value);
    g_free(value->stored);
    g_free(value);
}

static void
free_attribute(gpointer data)
{
    struct cox_attribute *attribute = data;

    g_free(attribute->name);
    g_free(attribute->set_name);
    g_ptr_array_unref(attribute->values);
    g_free(attribute);
}

void
cox_attrtable_init(struct cox_attrtable *table)
{
    table->attributes = g_ptr_array_new_with_free_func(free_attribute);
}

void
cox_attrtable_clear(struct cox_attrtable *table)
{
    g_clear_pointer(&table->attributes, g_ptr_array_unref);
}

/* Both structures begin with their key. */
static const char *
key_at(const GPtrArray *array, guint i)
{
    return *(char *const *) g_ptr_array_index(array, i);
}

/* Index of the first element whose key is not below @key. */
static guint
lower_bound(const GPtrArray *array, const char *key)
{
    guint low = 0;
    guint high = array->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (strcmp(key_at(array, middle), key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static gpointer
find(const GPtrArray *array, const char *key)
{
    guint i = lower_bound(array, key);

    return i < array->len && g_str_equal(key_at(array, i), key) ? g_ptr_array_index(array, i) : NULL;
}

struct cox_attribute *
cox_attrtable_find(const struct cox_attrtable *table, const char *name)
{
    return find(table->attributes, name);
}

struct cox_attribute *
cox_attrtable_need(struct cox_attrtable *table, const char *name)
{
    struct cox_attribute *attribute = find(table->attributes, name);

    if (attribute == NULL) {
        attribute = g_new0(struct cox_attribute, 1);
        attribute->name = g_strdup(name);
        attribute->write_at = COX_USEC_NEVER;
        attribute->values = g_ptr_array_new_with_free_func(free_value);
        g_ptr_array_insert(table->attributes, (gint) lower_bound(table->attributes, name), attribute);
    }
    return attribute;
}

void
cox_attribute_place(struct cox_attribute *attribute, const char *set_name, bool is_utilization)
{
    if (attribute->set_name == NULL) {
        attribute->set_name = g_strdup(set_name);
    }
    attribute->is_utilization = attribute->is_utilization || is_utilization;
}

struct cox_attr_value *
cox_attribute_find(const struct cox_attribute *attribute, const char *node)
{
    return find(attribute->values, node);
}

struct cox_attr_value *
cox_attribute_need(struct cox_attribute *attribute, const char *node)
{
    struct cox_attr_value *value = find(attribute->values, node);

    if (value == NULL) {
        value = g_new0(struct cox_attr_value, 1);
        value->node = g_strdup(node);
        g_ptr_array_insert(attribute->values, (gint) lower_bound(attribute->values, node), value);
    }
    return value;
}

void
cox_attribute_forget(struct cox_attribute *attribute, const char *node)
{
    guint i = lower_bound(attribute->values, node);

    if (i < attribute->values->len && g_str_equal(key_at(attribute->values, i), node)) {
        g_ptr_array_remove_index(attribute->values, i);
    }
}

bool
cox_attr_value_set(struct cox_attr_value *value, const char *text)
{
    if (g_strcmp0(value->value, text) == 0) {
        return false;
    }
    g_free(value->value);
    value->value = g_strdup(text);
    return true;
}

bool
cox_attr_value_is_dirty(const struct cox_attr_value *value)
{
    return !value->is_stored_known || g_strcmp0(value->value, value->stored) != 0;
}

void
cox_attr_value_note_stored(struct cox_attr_value *value, const char *text)
{
    g_free(value->stored);
    value->stored = g_strdup(text);
    value->is_stored_known = true;
}

bool
cox_attr_has_name(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (g_str_equal(names[i], name)) {
            return true;
        }
    }
    return false;
}

static bool
is_right_here(const GPtrArray *ours, const char *node)
{
    return cox_attr_has_name((const char *const *) ours->pdata, ours->len, node);
}

static void
merge_entry(struct cox_attrtable *table, const struct cox_attr_side *theirs, const GPtrArray *ours,
            const struct cox_attr_entry *entry)
{
    struct cox_attribute *attribute = cox_attrtable_find(table, entry->name);
    struct cox_attr_value *value = NULL;
    bool is_ours = is_right_here(ours, entry->node);
    bool is_theirs = cox_attr_has_name(theirs->nodes, theirs->n_nodes, entry->node);
    bool take = is_theirs && !is_ours;

    if (attribute == NULL) {
        attribute = cox_attrtable_need(table, entry->name);
        attribute->kind = entry->kind;
    }
    attribute->kind = MIN(attribute->kind, entry->kind);
    if (g_strcmp0(entry->set_name, attribute->set_name) > 0) { /* two sides that named different ones come to the same */
        g_free(attribute->set_name);
        attribute->set_name = g_strdup(entry->set_name);
    }
    attribute->is_utilization = attribute->is_utilization || entry->is_utilization;
    attribute->dampening_ms = MAX(attribute->dampening_ms, entry->dampening_ms);
    value = cox_attribute_need(attribute, entry->node);
    if (is_theirs == is_ours) {
        take = entry->seq > value->seq || (entry->seq == value->seq && g_strcmp0(entry->value, value->value) > 0);
    }
    if (take) {
        cox_attr_value_set(value, entry->value);
    }
    value->seq = MAX(value->seq, entry->seq);
}

/* The entries of @theirs as a set of "name\nnode". */
static GHashTable *
mentioned_by(const struct cox_attr_side *theirs)
{
    GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < theirs->n_entries; i++) {
        g_hash_table_add(set, g_strconcat(theirs->entries[i].name, "\n", theirs->entries[i].node, NULL));
    }
    return set;
}

/* Where they are right, silence means that there is no such value. */
static void
delete_what_they_do_not_know(struct cox_attrtable *table, const struct cox_attr_side *theirs, const GPtrArray *ours)
{
    g_autoptr(GHashTable) mentioned = mentioned_by(theirs);

    for (guint a = 0; a < table->attributes->len; a++) {
        struct cox_attribute *attribute = g_ptr_array_index(table->attributes, a);

        for (guint v = 0; v < attribute->values->len; v++) {
            struct cox_attr_value *value = g_ptr_array_index(attribute->values, v);
            g_autofree char *key = g_strconcat(attribute->name, "\n", value->node, NULL);

            if (value->value != NULL && cox_attr_has_name(theirs->nodes, theirs->n_nodes, value->node)
                && !is_right_here(ours, value->node) && !g_hash_table_contains(mentioned, key)) {
                cox_attr_value_set(value, NULL);
            }
        }
    }
}

void
cox_attrtable_merge(struct cox_attrtable *table, const struct cox_attr_side *theirs, const GPtrArray *ours)
{
    delete_what_they_do_not_know(table, theirs, ours);
    for (size_t i = 0; i < theirs->n_entries; i++) {
        merge_entry(table, theirs, ours, &theirs->entries[i]);
    }
}
