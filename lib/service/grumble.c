/* lib/service/grumble.c - the same complaint about the same node at most once a minute, with the number of those left out.  Layer 5. */
#include "service/grumble.h"

struct entry {
    cox_usec next;
    guint64 more;
};

struct cox_grumble {
    GHashTable *entries; /* what and node -> struct entry; as many as there are nodes and kinds of complaints */
};

struct cox_grumble *
cox_grumble_new(void)
{
    struct cox_grumble *grumble = g_new0(struct cox_grumble, 1);

    grumble->entries = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return grumble;
}

void
cox_grumble_free(struct cox_grumble *grumble)
{
    if (grumble != NULL) {
        g_hash_table_destroy(grumble->entries);
        g_free(grumble);
    }
}

bool
cox_grumble_is_due(struct cox_grumble *grumble, guint what, guint32 node, cox_usec now, guint64 *more)
{
    const gint64 key = (gint64) ((guint64) what << 32 | node);
    struct entry *entry = g_hash_table_lookup(grumble->entries, &key);

    if (entry == NULL) {
        entry = g_new0(struct entry, 1);
        g_hash_table_insert(grumble->entries, g_memdup2(&key, sizeof key), entry);
    } else if (now < entry->next) {
        entry->more++;
        return false;
    }
    *more = entry->more;
    entry->more = 0;
    entry->next = cox_usec_after_ms(now, COX_GRUMBLE_PAUSE_S * 1000);
    return true;
}
