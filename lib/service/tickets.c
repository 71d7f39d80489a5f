/* lib/service/tickets.c - a table by number.  Layer 5. */
#include "service/tickets.h"

struct cox_tickets {
    GHashTable *table; /* number -> struct cox_tickets_entry */
    guint64 last;
};

struct cox_tickets *
cox_tickets_new(void)
{
    struct cox_tickets *tickets = g_new0(struct cox_tickets, 1);

    tickets->table = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return tickets;
}

void
cox_tickets_free(struct cox_tickets *tickets)
{
    if (tickets != NULL) {
        g_hash_table_destroy(tickets->table);
        g_free(tickets);
    }
}

guint64
cox_tickets_issue(struct cox_tickets *tickets, const struct cox_tickets_entry *entry)
{
    tickets->last++;
    g_hash_table_insert(tickets->table, g_memdup2(&tickets->last, sizeof tickets->last), g_memdup2(entry, sizeof *entry));
    return tickets->last;
}

bool
cox_tickets_take(struct cox_tickets *tickets, guint64 ticket, struct cox_tickets_entry *entry)
{
    const struct cox_tickets_entry *found = g_hash_table_lookup(tickets->table, &ticket);

    if (found == NULL) {
        return false;
    }
    *entry = *found;
    return g_hash_table_remove(tickets->table, &ticket);
}

bool
cox_tickets_is_wanted(const struct cox_tickets *tickets, guint64 ticket)
{
    const struct cox_tickets_entry *found = g_hash_table_lookup(tickets->table, &ticket);

    return found != NULL && found->client != 0;
}

static gsize
abandon(struct cox_tickets *tickets, guint64 client, bool is_any, guint32 id)
{
    GHashTableIter iter;
    gpointer value;
    gsize n = 0;

    g_hash_table_iter_init(&iter, tickets->table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct cox_tickets_entry *entry = value;

        if (entry->client == client && (is_any || entry->id == id)) {
            entry->client = 0;
            n++;
        }
    }
    return n;
}

gsize
cox_tickets_abandon(struct cox_tickets *tickets, guint64 client)
{
    return abandon(tickets, client, true, 0);
}

gsize
cox_tickets_abandon_one(struct cox_tickets *tickets, guint64 client, guint32 id)
{
    return abandon(tickets, client, false, id);
}

gsize
cox_tickets_count(const struct cox_tickets *tickets)
{
    return g_hash_table_size(tickets->table);
}
