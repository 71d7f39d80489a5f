/* lib/lvs/lvsreload.c - another configuration: what it still names keeps its health, orders and connections.  Layer 3, pure. */
#include "lvs/lvs_priv.h"

void
cox_lvs_pool_free(struct pool *pool)
{
    for (size_t i = 0; i < pool->pool.conf->n_servers; i++) {
        g_free(pool->pool.backends[i].checkers);
    }
    cox_lvs_pool_clear(&pool->pool);
    g_free(pool);
}

void
cox_lvs_watch_free(struct watch *watch)
{
    g_bytes_unref(watch->key);
    g_ptr_array_unref(watch->pools);
    g_free(watch->why);
    g_free(watch);
}

bool
cox_lvs_is_suspended(const struct cox_lvs *lvs, const struct cox_lvs_service *service)
{
    if (!service->is_suspended_alone) {
        return false;
    }
    for (size_t i = 0; i < service->n_fronts; i++) {
        if (service->fronts[i].mark != 0) { /* whose addresses nobody says */
            return false;
        }
        for (guint32 n = 0; n < MAX(service->fronts[i].count, 1); n++) {
            const struct cox_lvs_vs vs = cox_lvs_pool_vs(service, &service->fronts[i], n);

            if (g_hash_table_contains(lvs->addresses, &vs.key.address)) {
                return false;
            }
        }
    }
    return true;
}

/* What the engine had before, while the new is made. */
struct before {
    GPtrArray *pools;
    GHashTable *by_name;          /* name to struct pool */
    GHashTable *watches;
    struct cox_lvs_config *config;
};

/* Do both ask the same thing, whatever their rhythm, so that an answer to one is an answer to the other? */
static bool
is_same_question(const struct cox_lvs_check *a, const struct cox_lvs_check *b)
{
    if (a->kind != b->kind || a->path.to_port != b->path.to_port || !cox_ip_equal(&a->path.to, &b->path.to)) {
        return false;
    }
    if (a->kind == COX_LVS_CHECK_PROGRAM) {
        return a->program.weigh == b->program.weigh && g_strcmp0(a->program.script.command, b->program.script.command) == 0;
    }
    return a->kind != COX_LVS_CHECK_FILE || g_strcmp0(a->file.path, b->file.path) == 0;
}

/* A check with another rhythm than before knows what the one before knew; a weight that came of it is asked for at once. */
static void
inherit(struct watch *watch, const struct cox_lvs_backend *old, cox_usec now)
{
    struct cox_lvs_checker *checker = &watch->checker;

    for (size_t i = 0; i < old->conf->n_checks; i++) {
        const struct watch *was = (const struct watch *) old->checkers[i];

        if (!is_same_question(was->checker.check, checker->check)) {
            continue;
        }
        checker->has_value = was->checker.has_value;
        checker->value = was->checker.value;
        checker->is_answered = was->checker.is_answered;
        watch->why = g_strdup(was->why);
        if (checker->has_value) {
            cox_lvs_checker_hurry(checker, now);
        }
        return;
    }
}

/* The check @check, which another server may have, too; one that was made before goes on.  @old: the server before, or NULL. */
static struct watch *
watch_of(struct cox_lvs *lvs, struct before *before, const struct cox_lvs_check *check, const struct cox_lvs_backend *old, cox_usec now)
{
    GBytes *key = cox_lvs_check_key(check);
    struct watch *watch = g_hash_table_lookup(lvs->watches, key);

    if (watch != NULL) {
        g_bytes_unref(key);
        return watch;
    }
    watch = g_hash_table_lookup(before->watches, key);
    if (watch != NULL) {
        g_hash_table_remove(before->watches, key);
        g_bytes_unref(key);
        g_ptr_array_set_size(watch->pools, 0);
        watch->checker.check = check;
    } else {
        watch = g_new0(struct watch, 1);
        watch->key = key;
        watch->pools = g_ptr_array_new();
        watch->due.at = COX_USEC_NEVER;
        cox_lvs_checker_init(&watch->checker, check, old != NULL ? old->is_up : !check->is_alpha, now, cox_lvs_random(lvs));
        if (old != NULL) {
            inherit(watch, old, now);
        }
    }
    g_hash_table_insert(lvs->watches, watch->key, watch);
    return watch;
}

/* A server of a new configuration; @old is the same one in the old, or NULL. */
static void
make_backend(struct cox_lvs *lvs, struct before *before, struct pool *pool, size_t i, cox_usec now)
{
    struct pool *was = g_hash_table_lookup(before->by_name, pool->pool.conf->name);
    struct cox_lvs_backend *backend = &pool->pool.backends[i];
    const struct cox_lvs_server *conf = backend->conf;
    const struct cox_lvs_backend *old = was == NULL ? NULL : cox_lvs_pool_find(&was->pool, &conf->address, conf->port);

    if (old != NULL) {
        const struct cox_lvs_backend fresh = *backend;

        *backend = *old;
        backend->conf = fresh.conf;
    }
    backend->checkers = g_new(struct cox_lvs_checker *, conf->n_checks);
    for (size_t j = 0; j < conf->n_checks; j++) {
        struct watch *watch = watch_of(lvs, before, &conf->checks[j], old, now);

        g_ptr_array_add(watch->pools, pool);
        backend->checkers[j] = &watch->checker;
        cox_lvs_queue(lvs, &watch->due, watch->checker.next_at);
    }
    if (old == NULL) {
        backend->is_up = cox_lvs_backend_is_good(backend);
    }
}

static bool
is_placed(const struct cox_lvs_pool *pool, const struct cox_lvs_rs *rs)
{
    for (guint i = 0; i < pool->placed->len; i++) {
        if (cox_lvs_rs_compare(&g_array_index(pool->placed, struct cox_lvs_rs, i), rs) == 0) {
            return true;
        }
    }
    return false;
}

/* Servers of @was that @pool does not name: those that may keep their connections for a while. */
static void
keep_leavers(struct pool *pool, const struct pool *was, cox_usec now)
{
    for (guint i = 0; i < was->pool.leavers->len; i++) {
        const struct cox_lvs_leaver leaver = g_array_index(was->pool.leavers, struct cox_lvs_leaver, i);

        if (cox_lvs_pool_find(&pool->pool, &leaver.rs.address, leaver.rs.port) == NULL) {
            g_array_append_val(pool->pool.leavers, leaver);
        }
    }
    for (size_t i = 0; i < was->pool.conf->n_servers; i++) {
        const struct cox_lvs_server *conf = &was->pool.conf->servers[i];
        const struct cox_lvs_leaver leaver = { cox_lvs_pool_rs(conf, 0), cox_usec_after_ms(now, conf->drain_ms) };

        if (conf->drain_ms > 0 && is_placed(&was->pool, &leaver.rs) && cox_lvs_pool_find(&pool->pool, &conf->address, conf->port) == NULL) {
            g_array_append_val(pool->pool.leavers, leaver);
        }
    }
}

static struct pool *
make_pool(struct cox_lvs *lvs, struct before *before, const struct cox_lvs_service *conf, cox_usec now)
{
    struct pool *pool = g_new0(struct pool, 1), *was = g_hash_table_lookup(before->by_name, conf->name);

    cox_lvs_pool_init(&pool->pool, conf);
    pool->due.is_pool = true;
    pool->due.at = COX_USEC_NEVER;
    pool->is_suspended = cox_lvs_is_suspended(lvs, conf);
    for (size_t i = 0; i < conf->n_servers; i++) {
        make_backend(lvs, before, pool, i, now);
    }
    if (was != NULL) {
        pool->pool.is_begun = was->pool.is_begun;
        pool->pool.has_quorum = was->pool.has_quorum;
        pool->is_told_panic = was->is_told_panic;
        keep_leavers(pool, was, now);
    }
    return pool;
}

/* Put what there is aside, and begin anew. */
static struct before
set_aside(struct cox_lvs *lvs)
{
    struct before before = { lvs->pools, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), lvs->watches, lvs->config };

    for (guint i = 0; i < before.pools->len; i++) {
        struct pool *pool = before.pools->pdata[i];

        cox_lvs_queue(lvs, &pool->due, COX_USEC_NEVER);
        g_hash_table_insert(before.by_name, g_strdup(pool->pool.conf->name), pool);
    }
    g_ptr_array_set_size(lvs->dirty, 0);
    lvs->pools = g_ptr_array_new();
    lvs->watches = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    return before;
}

static void
clear_before(struct cox_lvs *lvs, struct before *before, struct cox_lvs_effects *out)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, before->watches);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct watch *watch = value;

        cox_lvs_cancel(lvs, watch, out);
        cox_lvs_queue(lvs, &watch->due, COX_USEC_NEVER);
        cox_lvs_watch_free(watch);
    }
    g_hash_table_unref(before->watches);
    g_hash_table_unref(before->by_name);
    g_ptr_array_foreach(before->pools, (GFunc) (void (*)(void)) cox_lvs_pool_free, NULL);
    g_ptr_array_unref(before->pools);
    cox_lvs_config_free(before->config);
}

static struct cox_lvs_table *
wanted_of(const GPtrArray *pools)
{
    struct cox_lvs_table *table = cox_lvs_table_new();

    for (guint i = 0; i < pools->len; i++) {
        cox_lvs_wanted(pools->pdata[i], table);
    }
    return table;
}

/* What the kernel must do about the new configuration: against what it has been told so far (@old, taken), or after its table has been read. */
static void
go_over(struct cox_lvs *lvs, struct cox_lvs_table *old, struct cox_lvs_effects *out)
{
    cox_lvs_keep(old, out);
    if (lvs->is_synced) {
        g_autoptr(cox_lvs_table) had = lvs->gone;
        struct cox_lvs_table *new = wanted_of(lvs->pools);
        GArray *ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));

        for (size_t i = 0; i < cox_lvs_table_count(old); i++) {
            cox_lvs_table_add_vs(had, cox_lvs_table_vs(old, i));
        }
        lvs->gone = cox_lvs_table_surplus(new, had, had);
        cox_lvs_table_diff(new, old, old, ops);
        cox_lvs_operate(lvs, ops, out);
        cox_lvs_keep(new, out);
    } else {
        cox_lvs_read(lvs, out);
    }
}

static void
set_timeouts(const struct cox_lvs_config *new, const struct cox_lvs_config *old, struct cox_lvs_effects *out)
{
    const guint tcp_s = old != NULL ? old->timeout_tcp_s : 0, fin_s = old != NULL ? old->timeout_fin_s : 0,
                udp_s = old != NULL ? old->timeout_udp_s : 0;
    struct cox_lvs_effect *effect;

    if (new->timeout_tcp_s == tcp_s && new->timeout_fin_s == fin_s && new->timeout_udp_s == udp_s) {
        return;
    }
    effect = cox_lvs_add(out, COX_LVS_DO_TIMEOUTS);
    effect->tcp_s = new->timeout_tcp_s;
    effect->fin_s = new->timeout_fin_s;
    effect->udp_s = new->timeout_udp_s;
}

void
cox_lvs_on_config(struct cox_lvs *lvs, struct cox_lvs_config *config, cox_usec now, struct cox_lvs_effects *out)
{
    struct cox_lvs_table *old = wanted_of(lvs->pools);
    struct before before = set_aside(lvs);

    lvs->config = config;
    if (before.config == NULL && config->flush_start == COX_LVS_FLUSH_ALL) {
        cox_lvs_add(out, COX_LVS_DO_FLUSH);
    }
    set_timeouts(config, before.config, out);
    for (size_t i = 0; i < config->n_services; i++) {
        struct pool *pool = make_pool(lvs, &before, &config->services[i], now);

        g_ptr_array_add(lvs->pools, pool);
        cox_lvs_dirty(lvs, pool);
    }
    cox_lvs_settle(lvs, false, now, out);
    go_over(lvs, old, out);
    cox_lvs_sync(lvs, before.config != NULL && !cox_lvs_sync_equal(&config->sync, &before.config->sync), out);
    if (lvs->is_synced) {
        lvs->read_at = cox_usec_min(lvs->read_at, cox_lvs_next_reading(lvs, now));
    }
    clear_before(lvs, &before, out);
}
