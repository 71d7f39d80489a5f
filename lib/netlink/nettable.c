/* lib/netlink/nettable.c - interfaces and their addresses as they were told last.  Layer 3, adapter. */
#include "netlink/nettable.h"

#include <string.h>

struct entry {
    struct cox_net_link link;
    GArray *addresses; /* struct cox_net_address, in the kernel's order */
};

struct cox_nettable {
    GHashTable *entries; /* number of the interface -> struct entry */
};

static void
free_entry(gpointer data)
{
    struct entry *entry = data;

    g_array_unref(entry->addresses);
    g_free(entry);
}

struct cox_nettable *
cox_nettable_new(void)
{
    struct cox_nettable *table = g_new0(struct cox_nettable, 1);

    table->entries = g_hash_table_new_full(NULL, NULL, NULL, free_entry);
    return table;
}

void
cox_nettable_free(struct cox_nettable *table)
{
    if (table != NULL) {
        g_hash_table_destroy(table->entries);
        g_free(table);
    }
}

static struct entry *
find(const struct cox_nettable *table, gint32 ifindex)
{
    return g_hash_table_lookup(table->entries, GINT_TO_POINTER(ifindex));
}

static bool
is_same_link(const struct cox_net_link *a, const struct cox_net_link *b)
{
    return a->parent == b->parent && strcmp(a->name, b->name) == 0 && memcmp(a->mac, b->mac, sizeof a->mac) == 0 && a->has_mac == b->has_mac
           && a->is_up == b->is_up && a->has_carrier == b->has_carrier && a->is_macvlan == b->is_macvlan && a->mtu == b->mtu;
}

void
cox_nettable_put_link(struct cox_nettable *table, const struct cox_net_link *link, const struct cox_net_handler *handler)
{
    struct entry *entry = find(table, link->ifindex);

    if (entry != NULL && is_same_link(&entry->link, link)) {
        return;
    }
    if (entry == NULL) {
        entry = g_new0(struct entry, 1);
        entry->addresses = g_array_new(FALSE, FALSE, sizeof(struct cox_net_address));
        g_hash_table_insert(table->entries, GINT_TO_POINTER(link->ifindex), entry);
    } else if (strcmp(entry->link.name, link->name) != 0 && handler != NULL && handler->link_gone != NULL) {
        handler->link_gone(handler->context, &entry->link); /* who knows it by its name has it no more */
    }
    entry->link = *link;
    if (handler != NULL && handler->link != NULL) {
        handler->link(handler->context, &entry->link);
    }
}

static void
tell_address(const struct cox_net_handler *handler, const struct cox_net_address *address, bool is_there)
{
    if (handler != NULL && handler->address != NULL) {
        handler->address(handler->context, address, is_there);
    }
}

void
cox_nettable_drop_link(struct cox_nettable *table, gint32 ifindex, const struct cox_net_handler *handler)
{
    struct entry *entry = find(table, ifindex);
    struct cox_net_link link;

    if (entry == NULL) {
        return;
    }
    while (entry->addresses->len > 0) {
        struct cox_net_address address = g_array_index(entry->addresses, struct cox_net_address, entry->addresses->len - 1);

        g_array_set_size(entry->addresses, entry->addresses->len - 1);
        tell_address(handler, &address, false);
    }
    link = entry->link;
    g_hash_table_remove(table->entries, GINT_TO_POINTER(ifindex));
    if (handler != NULL && handler->link_gone != NULL) {
        handler->link_gone(handler->context, &link);
    }
}

/* The same address may be there with several prefixes and peers: each is one of its own. */
static gint
find_address(const struct entry *entry, const struct cox_net_address *address)
{
    for (guint i = 0; i < entry->addresses->len; i++) {
        const struct cox_net_address *other = &g_array_index(entry->addresses, struct cox_net_address, i);

        if (other->local.bits == address->local.bits && cox_ip_equal(&other->local.ip, &address->local.ip)
            && cox_ip_equal(&other->peer, &address->peer)) {
            return (gint) i;
        }
    }
    return -1;
}

void
cox_nettable_put_address(struct cox_nettable *table, const struct cox_net_address *address, const struct cox_net_handler *handler)
{
    struct entry *entry = find(table, address->ifindex);
    gint at = entry == NULL ? -1 : find_address(entry, address);
    struct cox_net_address copy = *address; /* it may be of a table itself */

    if (entry == NULL) {
        return;
    }
    if (at >= 0) {
        struct cox_net_address *known = &g_array_index(entry->addresses, struct cox_net_address, at);
        bool is_same = known->flags == copy.flags;

        *known = copy;
        if (is_same) {
            return;
        }
    } else {
        g_array_append_val(entry->addresses, copy);
    }
    tell_address(handler, &copy, true);
}

void
cox_nettable_drop_address(struct cox_nettable *table, const struct cox_net_address *address, const struct cox_net_handler *handler)
{
    struct entry *entry = find(table, address->ifindex);
    gint at = entry == NULL ? -1 : find_address(entry, address);

    if (at >= 0) {
        struct cox_net_address gone = g_array_index(entry->addresses, struct cox_net_address, at);

        g_array_remove_index(entry->addresses, (guint) at);
        tell_address(handler, &gone, false);
    }
}

static void
drop_missing(struct cox_nettable *table, const struct cox_nettable *fresh, const struct cox_net_handler *handler)
{
    g_autofree gpointer *numbers = NULL;
    guint n = 0;

    numbers = g_hash_table_get_keys_as_array(table->entries, &n);
    for (guint i = 0; i < n; i++) {
        const struct entry *now = find(fresh, GPOINTER_TO_INT(numbers[i]));
        struct entry *entry = find(table, GPOINTER_TO_INT(numbers[i]));

        if (now == NULL) {
            cox_nettable_drop_link(table, GPOINTER_TO_INT(numbers[i]), handler);
            continue;
        }
        for (guint k = entry->addresses->len; k > 0; k--) {
            struct cox_net_address address = g_array_index(entry->addresses, struct cox_net_address, k - 1);

            if (find_address(now, &address) < 0) {
                cox_nettable_drop_address(table, &address, handler);
            }
        }
    }
}

void
cox_nettable_become(struct cox_nettable *table, const struct cox_nettable *fresh, const struct cox_net_handler *handler)
{
    GHashTableIter iter;
    gpointer value;

    drop_missing(table, fresh, handler);
    g_hash_table_iter_init(&iter, fresh->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct entry *entry = value;

        cox_nettable_put_link(table, &entry->link, handler);
        for (guint i = 0; i < entry->addresses->len; i++) {
            cox_nettable_put_address(table, &g_array_index(entry->addresses, struct cox_net_address, i), handler);
        }
    }
}

const struct cox_net_link *
cox_nettable_link(const struct cox_nettable *table, gint32 ifindex)
{
    const struct entry *entry = find(table, ifindex);

    return entry == NULL ? NULL : &entry->link;
}

const struct cox_net_link *
cox_nettable_link_named(const struct cox_nettable *table, const char *name)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (strcmp(((struct entry *) value)->link.name, name) == 0) {
            return &((struct entry *) value)->link;
        }
    }
    return NULL;
}

const struct cox_net_link *
cox_nettable_link_after(const struct cox_nettable *table, gint32 ifindex)
{
    const struct cox_net_link *best = NULL;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct cox_net_link *link = &((struct entry *) value)->link;

        if (link->ifindex > ifindex && (best == NULL || link->ifindex < best->ifindex)) {
            best = link;
        }
    }
    return best;
}

const struct cox_net_address *
cox_nettable_address(const struct cox_nettable *table, gint32 ifindex, size_t number)
{
    const struct entry *entry = find(table, ifindex);

    return entry == NULL || number >= entry->addresses->len ? NULL : &g_array_index(entry->addresses, struct cox_net_address, number);
}

static bool
entry_has(const struct entry *entry, const struct cox_ip *ip)
{
    for (guint i = 0; entry != NULL && i < entry->addresses->len; i++) {
        if (cox_ip_equal(&g_array_index(entry->addresses, struct cox_net_address, i).local.ip, ip)) {
            return true;
        }
    }
    return false;
}

bool
cox_nettable_has(const struct cox_nettable *table, gint32 ifindex, const struct cox_ip *ip)
{
    GHashTableIter iter;
    gpointer value;

    if (ifindex != 0) {
        return entry_has(find(table, ifindex), ip);
    }
    g_hash_table_iter_init(&iter, table->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (entry_has(value, ip)) {
            return true;
        }
    }
    return false;
}
