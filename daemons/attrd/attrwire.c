/* daemons/attrd/attrwire.c - messages of the attribute engine as messages of the catalogue.  Layer 6. */
#include "daemons/attrd/attrwire.h"

/* Values of one sender that wait for the last piece. */
struct table {
    struct cox_arena *arena;
    GArray *entries; /* struct cox_attr_entry */
};

struct cox_attrwire {
    GHashTable *tables; /* sender -> struct table */
    struct table *last; /* that was whole: what was read points there */
};

/* ---- writing ---- */

static struct cox_msg_attr_entry
entry_to_wire(const struct cox_attr_entry *entry)
{
    return (struct cox_msg_attr_entry) {
        .name = entry->name, .node = entry->node, .value = entry->value, .kind = entry->kind,
        .dampening_ms = entry->dampening_ms, .seq = entry->seq, .set_name = entry->set_name,
        .is_utilization = entry->is_utilization,
    };
}

static void
write_table(struct cox_msg_attr_peer *piece, const struct cox_attr_side *side, cox_attrwire_fn fn, void *context)
{
    struct cox_msg_attr_entry entries[COX_ATTRWIRE_PIECE];
    size_t done = 0;

    piece->side_nodes = side->nodes;
    piece->n_side_nodes = side->n_nodes;
    piece->entries = entries;
    do {
        piece->n_entries = MIN(side->n_entries - done, COX_ATTRWIRE_PIECE);
        for (size_t i = 0; i < piece->n_entries; i++) {
            entries[i] = entry_to_wire(&side->entries[done + i]);
        }
        done += piece->n_entries;
        piece->more = done < side->n_entries;
        fn(context, piece);
    } while (piece->more != 0);
}

static void
write_change(struct cox_msg_attr_peer *piece, const struct cox_attr_change *change, cox_attrwire_fn fn, void *context)
{
    const struct cox_msg_attr_entry entry = {
        .name = change->name, .node = change->node, .value = change->value, .kind = change->value_kind,
        .dampening_ms = change->dampening_ms, .set_name = change->set_name, .is_utilization = change->is_utilization,
    };

    piece->change = change->kind;
    piece->entries = &entry;
    piece->n_entries = 1;
    fn(context, piece);
}

void
cox_attrwire_write(const struct cox_attr_message *message, cox_attrwire_fn fn, void *context)
{
    g_autofree struct cox_msg_attr_id *excluded = g_new0(struct cox_msg_attr_id, message->n_excluded);
    struct cox_msg_attr_peer piece = {
        .kind = message->kind, .round_caller = message->round_caller, .round_serial = message->round_serial,
        .writer = message->writer, .request = message->change.request, .wants_all = message->change.wants_all,
        .origin = message->origin, .may_wait = message->change.may_wait,
    };

    for (size_t i = 0; i < message->n_excluded; i++) {
        excluded[i].id = message->excluded[i];
    }
    piece.excluded = excluded;
    piece.n_excluded = message->n_excluded;
    switch (message->kind) {
        case COX_ATTR_WORD:
            write_table(&piece, &message->side, fn, context);
            break;
        case COX_ATTR_CHANGE:
            write_change(&piece, &message->change, fn, context);
            break;
        case COX_ATTR_CALL:
        case COX_ATTR_CONFIRM:
            fn(context, &piece);
            break;
    }
}

/* ---- reading ---- */

static void
free_table(gpointer data)
{
    struct table *table = data;

    cox_arena_free(table->arena);
    g_array_unref(table->entries);
    g_free(table);
}

struct cox_attrwire *
cox_attrwire_new(void)
{
    struct cox_attrwire *wire = g_new0(struct cox_attrwire, 1);

    wire->tables = g_hash_table_new_full(NULL, NULL, NULL, free_table);
    return wire;
}

void
cox_attrwire_free(struct cox_attrwire *wire)
{
    if (wire != NULL) {
        g_hash_table_unref(wire->tables);
        g_clear_pointer(&wire->last, free_table);
        g_free(wire);
    }
}

void
cox_attrwire_reset(struct cox_attrwire *wire)
{
    g_hash_table_remove_all(wire->tables);
}

static struct table *
need_table(struct cox_attrwire *wire, guint32 sender)
{
    struct table *table = g_hash_table_lookup(wire->tables, GUINT_TO_POINTER(sender));

    if (table == NULL) {
        table = g_new0(struct table, 1);
        table->arena = cox_arena_new();
        table->entries = g_array_new(FALSE, FALSE, sizeof(struct cox_attr_entry));
        g_hash_table_insert(wire->tables, GUINT_TO_POINTER(sender), table);
    }
    return table;
}

/* An unknown kind is that of a later version: treated as the one that does the least, never written to the document. */
static enum cox_attr_kind
kind_of(guint64 kind)
{
    return kind <= COX_ATTR_PERMANENT ? (enum cox_attr_kind) kind : COX_ATTR_PRIVATE;
}

static void
keep_entries(struct table *table, const struct cox_msg_attr_peer *piece)
{
    for (gsize i = 0; i < piece->n_entries; i++) {
        const struct cox_msg_attr_entry *from = &piece->entries[i];
        const struct cox_attr_entry entry = {
            .name = cox_arena_strdup(table->arena, from->name), .node = cox_arena_strdup(table->arena, from->node),
            .value = cox_arena_strdup(table->arena, from->value), .kind = kind_of(from->kind),
            .dampening_ms = from->dampening_ms, .seq = from->seq,
            .set_name = cox_arena_strdup(table->arena, from->set_name), .is_utilization = from->is_utilization != 0,
        };

        if (entry.name != NULL && entry.node != NULL) {
            g_array_append_val(table->entries, entry);
        }
    }
}

static bool
read_table(struct cox_attrwire *wire, guint32 sender, const struct cox_msg_attr_peer *piece,
           struct cox_attr_message *message)
{
    struct table *table = need_table(wire, sender);

    keep_entries(table, piece);
    if (piece->more != 0) {
        return false;
    }
    message->side.nodes = piece->side_nodes;
    message->side.n_nodes = piece->n_side_nodes;
    message->side.entries = (const struct cox_attr_entry *) table->entries->data;
    message->side.n_entries = table->entries->len;
    g_clear_pointer(&wire->last, free_table);
    g_hash_table_steal(wire->tables, GUINT_TO_POINTER(sender));
    wire->last = table;
    return true;
}

static bool
read_change(const struct cox_msg_attr_peer *piece, struct cox_attr_change *change)
{
    static const struct cox_msg_attr_entry nothing = { .dampening_ms = -1 };
    const struct cox_msg_attr_entry *entry = piece->n_entries > 0 ? &piece->entries[0] : &nothing;

    if (piece->change > COX_ATTR_REFRESH) {
        return false;
    }
    *change = (struct cox_attr_change) {
        .kind = (enum cox_attr_change_kind) piece->change, .name = entry->name, .node = entry->node, .value = entry->value,
        .value_kind = kind_of(entry->kind), .dampening_ms = entry->dampening_ms, .request = piece->request,
        .wants_all = piece->wants_all != 0, .set_name = entry->set_name, .is_utilization = entry->is_utilization != 0,
        .may_wait = piece->may_wait != 0,
    };
    return true;
}

bool
cox_attrwire_read(struct cox_attrwire *wire, guint32 sender, const struct cox_msg_attr_peer *piece, struct cox_arena *arena,
                  struct cox_attr_message *message)
{
    guint32 *excluded = cox_arena_new_array(arena, guint32, piece->n_excluded);

    if (piece->kind > COX_ATTR_CONFIRM) {
        return false;
    }
    for (gsize i = 0; i < piece->n_excluded; i++) {
        excluded[i] = (guint32) piece->excluded[i].id;
    }
    *message = (struct cox_attr_message) {
        .kind = (enum cox_attr_message_kind) piece->kind, .round_caller = (guint32) piece->round_caller,
        .round_serial = piece->round_serial, .excluded = excluded, .n_excluded = piece->n_excluded,
        .writer = (guint32) piece->writer, .origin = (guint32) piece->origin, .change = { .request = piece->request },
    };
    switch (message->kind) {
        case COX_ATTR_WORD:
            return read_table(wire, sender, piece, message);
        case COX_ATTR_CHANGE:
            return read_change(piece, &message->change);
        case COX_ATTR_CALL:
        case COX_ATTR_CONFIRM:
            break;
    }
    return true;
}
