/* lib/lvs/lvsread.c - the kernel's table has been read: counters, and what is not as wanted.  Layer 3, pure. */
#include "lvs/lvs_priv.h"

/* How often the table is read while somebody leaves, and while servers are watched or virtual servers have been removed. */
enum { LEAVING_MS = 1000, WATCHED_MS = 5000 };

static void
add_use(struct cox_lvs_use *sum, const struct cox_lvs_use *use)
{
    sum->active += use->active;
    sum->inactive += use->inactive;
    sum->persistent += use->persistent;
    sum->conns += use->conns;
    sum->in_bytes += use->in_bytes;
    sum->out_bytes += use->out_bytes;
}

static guint
hash_key(gconstpointer data)
{
    const struct cox_lvs_key *key = data;

    return cox_ip_hash(&key->address) * 31 + key->port * 7U + key->protocol + key->mark * 131 + key->family;
}

static gboolean
equal_key(gconstpointer a, gconstpointer b)
{
    return cox_lvs_key_compare(a, b) == 0;
}

/* Keys to number + 1 in the table. */
static GHashTable *
index_of(const struct cox_lvs_table *table)
{
    GHashTable *index = g_hash_table_new_full(hash_key, equal_key, g_free, NULL);

    for (size_t i = 0; i < cox_lvs_table_count(table); i++) {
        const struct cox_lvs_key *key = &cox_lvs_table_vs(table, i)->key;

        g_hash_table_insert(index, g_memdup2(key, sizeof *key), GSIZE_TO_POINTER(i + 1));
    }
    return index;
}

/* A table that was read, and when. */
struct sight {
    const struct cox_lvs_table *table;
    GHashTable *index;
    cox_usec now;
};

/* The counters of the server at @address and @port (0: that of the front) in all fronts; false when it is in none of them. */
static bool
use_of(const struct pool *pool, const struct cox_lvs_rs *who, const struct sight *sight, struct cox_lvs_use *sum)
{
    const struct cox_lvs_service *conf = pool->pool.conf;
    bool is_there = false;

    for (size_t i = 0; i < conf->n_fronts; i++) {
        const struct cox_lvs_rs wanted = { .address = who->address, .port = who->port != 0 ? who->port : conf->fronts[i].port };

        for (guint32 n = 0; n < MAX(conf->fronts[i].count, 1); n++) {
            const struct cox_lvs_vs vs = cox_lvs_pool_vs(conf, &conf->fronts[i], n);
            const size_t row = GPOINTER_TO_SIZE(g_hash_table_lookup(sight->index, &vs.key));
            size_t n_servers = 0;
            const struct cox_lvs_rs *servers = row == 0 ? NULL : cox_lvs_table_rs(sight->table, row - 1, &n_servers);

            for (size_t j = 0; j < n_servers; j++) {
                if (cox_lvs_rs_compare(&servers[j], &wanted) == 0) {
                    const struct cox_lvs_use use = cox_lvs_table_use(sight->table, row - 1, j);

                    add_use(sum, &use);
                    is_there = true;
                }
            }
        }
    }
    return is_there;
}

static bool
has_connections(const struct cox_lvs_use *use)
{
    return use->active > 0 || use->inactive > 0;
}

static void
see_backend(struct cox_lvs *lvs, struct pool *pool, size_t i, const struct sight *sight, struct cox_lvs_effects *out)
{
    struct cox_lvs_backend *backend = &pool->pool.backends[i];
    const struct cox_lvs_rs who = cox_lvs_pool_rs(backend->conf, 0);
    struct cox_lvs_use use = { 0 };

    if (!use_of(pool, &who, sight, &use)) {
        return;
    }
    if (cox_lvs_backend_is_suspect(backend, &use)) {
        cox_lvs_say(pool, backend, COX_LVS_NOTICE_SUSPECT, out);
        for (size_t j = 0; j < backend->conf->n_checks; j++) {
            struct watch *watch = (struct watch *) backend->checkers[j];

            cox_lvs_checker_hurry(&watch->checker, sight->now);
            cox_lvs_queue(lvs, &watch->due, watch->checker.next_at);
        }
    }
    if (backend->order == COX_LVS_ORDER_DRAIN && !backend->is_drained && !has_connections(&use)) {
        backend->drain_until = sight->now;
        cox_lvs_dirty(lvs, pool);
    }
}

static void
see_leavers(struct cox_lvs *lvs, struct pool *pool, const struct sight *sight)
{
    for (guint i = 0; i < pool->pool.leavers->len; i++) {
        struct cox_lvs_leaver *leaver = &g_array_index(pool->pool.leavers, struct cox_lvs_leaver, i);
        struct cox_lvs_use use = { 0 };

        (void) use_of(pool, &leaver->rs, sight, &use);
        if (!has_connections(&use)) {
            leaver->until = sight->now;
            cox_lvs_dirty(lvs, pool);
        }
    }
}

static void
see_pools(struct cox_lvs *lvs, const struct sight *sight, struct cox_lvs_effects *out)
{
    for (guint i = 0; i < lvs->pools->len; i++) {
        struct pool *pool = lvs->pools->pdata[i];

        if (!cox_lvs_pool_wants_use(&pool->pool)) {
            continue;
        }
        for (size_t j = 0; j < pool->pool.conf->n_servers; j++) {
            see_backend(lvs, pool, j, sight, out);
        }
        see_leavers(lvs, pool, sight);
    }
}

/* One operation for each thing that is not as wanted. */
static void
mend(struct cox_lvs *lvs, const struct cox_lvs_event *event, struct cox_lvs_effects *out)
{
    struct cox_lvs_table *wanted = cox_lvs_table_new(), *gone;
    GArray *ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));

    for (guint i = 0; i < lvs->pools->len; i++) {
        cox_lvs_wanted(lvs->pools->pdata[i], wanted);
    }
    for (size_t i = 0; event->owned != NULL && i < cox_lvs_table_count(event->owned); i++) {
        cox_lvs_table_add_vs(lvs->gone, cox_lvs_table_vs(event->owned, i));
    }
    cox_lvs_table_diff(wanted, event->table, lvs->gone, ops);
    cox_lvs_operate(lvs, ops, out);
    gone = cox_lvs_table_surplus(wanted, event->table, lvs->gone);
    cox_lvs_table_free(lvs->gone);
    lvs->gone = gone;
    cox_lvs_keep(wanted, out);
}

cox_usec
cox_lvs_next_reading(const struct cox_lvs *lvs, cox_usec now)
{
    cox_usec at = cox_lvs_table_count(lvs->gone) > 0 ? cox_usec_after_ms(now, WATCHED_MS) : COX_USEC_NEVER;

    for (guint i = 0; i < lvs->pools->len; i++) {
        const struct cox_lvs_pool *pool = lvs->pools->pdata[i];

        if (cox_lvs_pool_is_leaving(pool)) {
            return cox_usec_after_ms(now, LEAVING_MS);
        }
        at = cox_lvs_pool_wants_use(pool) ? cox_usec_after_ms(now, WATCHED_MS) : at;
    }
    return at;
}

void
cox_lvs_on_table(struct cox_lvs *lvs, const struct cox_lvs_event *event, cox_usec now, struct cox_lvs_effects *out)
{
    struct sight sight = { .table = event->table, .now = now };

    if (event->number != lvs->reading || lvs->reading == 0) {
        return;
    }
    lvs->reading = 0;
    if (lvs->is_stale) {
        cox_lvs_read(lvs, out);
        return;
    }
    sight.index = index_of(event->table);
    see_pools(lvs, &sight, out);
    g_hash_table_unref(sight.index);
    cox_lvs_settle(lvs, false, now, out);
    mend(lvs, event, out);
    lvs->is_synced = true;
    lvs->read_at = cox_lvs_next_reading(lvs, now);
}
