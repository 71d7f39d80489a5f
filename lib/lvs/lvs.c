/* lib/lvs/lvs.c - virtual servers: health of servers, and what is to be in the kernel's table: the engine.  Layer 3, pure. */
#include "lvs/lvs.h"

#include "lvs/lvs_priv.h"

/* After an operation has failed the table is read so much later. */
enum { FAILED_MS = 5000 };

/* ---- probes ---- */

static void
dirty_pools_of(struct cox_lvs *lvs, const struct watch *watch)
{
    for (guint i = 0; i < watch->pools->len; i++) {
        cox_lvs_dirty(lvs, watch->pools->pdata[i]);
    }
}

/* A failure of a server that is still good; said for the first one who has the check. */
static void
say_failure(const struct watch *watch, struct cox_lvs_effects *out)
{
    struct cox_lvs_effect *effect = cox_lvs_say(watch->pools->pdata[0], NULL, COX_LVS_NOTICE_FAILURE, out);

    effect->address = watch->checker.check->path.to;
    effect->port = watch->checker.check->path.to_port;
    effect->has_mail = false;
    effect->text = cox_effects_text(&out->list, watch->why);
}

/* What an answer means to all who have the check. */
static void
take_answer(struct cox_lvs *lvs, struct watch *watch, const struct cox_lvs_answer *answer, cox_usec now, struct cox_lvs_effects *out)
{
    const enum cox_lvs_change change = cox_lvs_checker_answer(&watch->checker, answer, now, cox_lvs_random(lvs));

    cox_lvs_queue(lvs, &watch->due, watch->checker.next_at);
    if (!answer->is_good) {
        g_free(watch->why);
        watch->why = g_strdup(answer->text);
    }
    switch (change) {
        case COX_LVS_CHANGE_NONE:
            break;
        case COX_LVS_CHANGE_FAILURE:
            if (watch->checker.check->logs_all) {
                say_failure(watch, out);
            }
            break;
        case COX_LVS_CHANGE_VALUE:
        case COX_LVS_CHANGE_UP:
        case COX_LVS_CHANGE_DOWN:
            dirty_pools_of(lvs, watch);
            break;
    }
}

/* Is there a virtual server for whose sake the check is made now? */
static bool
is_watched(const struct watch *watch)
{
    for (guint i = 0; i < watch->pools->len; i++) {
        if (!((const struct pool *) watch->pools->pdata[i])->is_suspended) {
            return true;
        }
    }
    return false;
}

static void
wake_watch(struct cox_lvs *lvs, struct watch *watch, cox_usec now, struct cox_lvs_effects *out)
{
    static const struct cox_lvs_answer late = { .text = "no answer in time" };
    struct cox_lvs_effect *effect;

    if (watch->checker.probe == 0 && !is_watched(watch)) {
        cox_lvs_queue(lvs, &watch->due, COX_USEC_NEVER);
        return;
    }
    switch (cox_lvs_checker_wake(&watch->checker, lvs->last_number + 1, now)) {
        case COX_LVS_TURN_NOTHING:
            break;
        case COX_LVS_TURN_BEGIN:
            lvs->last_number++;
            g_hash_table_insert(lvs->probes, &watch->checker.probe, watch);
            effect = cox_lvs_add(out, COX_LVS_DO_PROBE);
            effect->number = watch->checker.probe;
            effect->check = watch->checker.check;
            break;
        case COX_LVS_TURN_LATE:
            cox_lvs_cancel(lvs, watch, out);
            take_answer(lvs, watch, &late, now, out);
            return;
    }
    cox_lvs_queue(lvs, &watch->due, watch->checker.next_at);
}

static void
on_answer(struct cox_lvs *lvs, const struct cox_lvs_event *event, cox_usec now, struct cox_lvs_effects *out)
{
    struct watch *watch = g_hash_table_lookup(lvs->probes, &event->number);

    if (watch != NULL) {
        g_hash_table_remove(lvs->probes, &event->number);
        take_answer(lvs, watch, event->answer, now, out);
    }
}

/* ---- what comes from outside ---- */

static void
on_address(struct cox_lvs *lvs, const struct cox_lvs_event *event, cox_usec now)
{
    if (event->is_here) {
        g_hash_table_add(lvs->addresses, g_memdup2(&event->address, sizeof event->address));
    } else {
        g_hash_table_remove(lvs->addresses, &event->address);
    }
    for (guint i = 0; i < lvs->pools->len; i++) {
        struct pool *pool = lvs->pools->pdata[i];
        const bool was_suspended = pool->is_suspended;

        pool->is_suspended = cox_lvs_is_suspended(lvs, pool->pool.conf);
        for (size_t j = 0; was_suspended && !pool->is_suspended && j < pool->pool.conf->n_servers; j++) {
            for (size_t k = 0; k < pool->pool.conf->servers[j].n_checks; k++) {
                struct watch *watch = (struct watch *) pool->pool.backends[j].checkers[k];

                cox_lvs_checker_hurry(&watch->checker, now);
                cox_lvs_queue(lvs, &watch->due, watch->checker.next_at);
            }
        }
    }
}

static struct pool *
find_pool(const struct cox_lvs *lvs, const char *name)
{
    for (guint i = 0; i < lvs->pools->len; i++) {
        struct pool *pool = lvs->pools->pdata[i];

        if (g_strcmp0(pool->pool.conf->name, name) == 0) {
            return pool;
        }
    }
    return NULL;
}

static void
say_unknown(const struct cox_lvs_event *event, struct cox_lvs_effects *out)
{
    struct cox_lvs_effect *effect = cox_lvs_add(out, COX_LVS_DO_SAY);

    effect->notice = COX_LVS_NOTICE_UNKNOWN;
    effect->service = cox_effects_text(&out->list, event->name);
    effect->address = event->address;
    effect->port = event->port;
}

static void
on_order(struct cox_lvs *lvs, const struct cox_lvs_event *event, cox_usec now, struct cox_lvs_effects *out)
{
    struct pool *pool = find_pool(lvs, event->name);
    struct cox_lvs_backend *backend = pool == NULL ? NULL : cox_lvs_pool_find(&pool->pool, &event->address, event->port);

    if (backend == NULL) {
        say_unknown(event, out);
        return;
    }
    backend->order = event->order;
    backend->ordered_weight = CLAMP(event->weight, 0, COX_LVS_WEIGHT_MAX);
    backend->is_drained = false;
    backend->drain_until = COX_USEC_NEVER;
    if (event->order == COX_LVS_ORDER_DRAIN) {
        gint64 limit_ms = event->drain_ms >= 0 ? event->drain_ms : backend->conf->drain_ms > 0 ? backend->conf->drain_ms : -1;

        backend->drain_until = limit_ms >= 0 ? cox_usec_after_ms(now, limit_ms) : COX_USEC_NEVER;
        lvs->read_at = cox_usec_min(lvs->read_at, now);
    }
    cox_lvs_dirty(lvs, pool);
}

/* ---- the end ---- */

static void
omega_hooks(const struct pool *pool, struct cox_lvs_effects *out)
{
    for (size_t i = 0; i < pool->pool.conf->n_servers; i++) {
        if (pool->pool.backends[i].is_up) {
            cox_lvs_hook(pool, &pool->pool.backends[i], COX_LVS_NOTICE_DOWN, out);
        }
    }
    if (pool->pool.has_quorum) {
        cox_lvs_hook(pool, NULL, COX_LVS_NOTICE_NO_QUORUM, out);
    }
}

/* The kernel looks for a server that comes among those that have gone, from the last one on: a start after a stop finds each at once. */
static void
turn_round(GArray *ops)
{
    for (guint i = 0; i < ops->len / 2; i++) {
        struct cox_lvs_op *one = &g_array_index(ops, struct cox_lvs_op, i), *other = &g_array_index(ops, struct cox_lvs_op, ops->len - 1 - i);
        const struct cox_lvs_op kept = *one;

        *one = *other;
        *other = kept;
    }
}

static void
give_back(struct cox_lvs *lvs, struct cox_lvs_effects *out)
{
    g_autoptr(cox_lvs_table) none = cox_lvs_table_new();
    struct cox_lvs_table *ours = cox_lvs_table_new();
    GArray *ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));

    for (guint i = 0; i < lvs->pools->len; i++) {
        cox_lvs_wanted(lvs->pools->pdata[i], ours);
    }
    cox_lvs_table_diff(none, ours, ours, ops);
    turn_round(ops);
    cox_lvs_operate(lvs, ops, out);
    cox_lvs_keep(ours, out);
}

static void
on_stop(struct cox_lvs *lvs, struct cox_lvs_effects *out)
{
    GHashTableIter iter;
    gpointer watch;

    g_hash_table_iter_init(&iter, lvs->watches);
    while (g_hash_table_iter_next(&iter, NULL, &watch)) {
        cox_lvs_cancel(lvs, watch, out);
    }
    lvs->is_stopped = true;
    if (lvs->config != NULL) {
        cox_lvs_sync(lvs, false, out);
        if (lvs->config->flush_stop == COX_LVS_FLUSH_ALL) {
            cox_lvs_add(out, COX_LVS_DO_FLUSH);
        } else if (lvs->is_synced) {
            give_back(lvs, out);
        }
    }
    for (guint i = 0; i < lvs->pools->len; i++) {
        const struct pool *pool = lvs->pools->pdata[i];

        if (pool->pool.conf->is_omega) {
            omega_hooks(pool, out);
        }
    }
    cox_lvs_add(out, COX_LVS_DO_DONE);
}

/* ---- the step ---- */

static void
handle(struct cox_lvs *lvs, const struct cox_lvs_event *event, cox_usec now, struct cox_lvs_effects *out)
{
    switch (event->kind) {
        case COX_LVS_ON_CONFIG:
            cox_lvs_on_config(lvs, event->config, now, out);
            break;
        case COX_LVS_ON_TABLE:
            cox_lvs_on_table(lvs, event, now, out);
            break;
        case COX_LVS_ON_FAILED:
            lvs->read_at = cox_usec_min(lvs->read_at, cox_usec_after_ms(now, FAILED_MS));
            break;
        case COX_LVS_ON_DOUBT:
            lvs->read_at = cox_usec_min(lvs->read_at, now);
            break;
        case COX_LVS_ON_ANSWER:
            on_answer(lvs, event, now, out);
            break;
        case COX_LVS_ON_ROUTER:
            g_hash_table_insert(lvs->roles, g_strdup(event->name), GUINT_TO_POINTER((guint) event->role));
            if (lvs->config != NULL) {
                cox_lvs_sync(lvs, false, out);
            }
            break;
        case COX_LVS_ON_ADDRESS:
            on_address(lvs, event, now);
            break;
        case COX_LVS_ON_ORDER:
            on_order(lvs, event, now, out);
            break;
        case COX_LVS_ON_WAKE:
            break;
        case COX_LVS_ON_STOP:
            on_stop(lvs, out);
            break;
    }
}

static struct cox_lvs_due *
first_due(const struct cox_lvs *lvs)
{
    GTreeNode *node = g_tree_node_first(lvs->queue);

    return node == NULL ? NULL : g_tree_node_key(node);
}

static void
run_queue(struct cox_lvs *lvs, cox_usec now, struct cox_lvs_effects *out)
{
    for (struct cox_lvs_due *due = first_due(lvs); due != NULL && cox_usec_is_due(due->at, now); due = first_due(lvs)) {
        if (due->is_pool) {
            struct pool *pool = (struct pool *) (void *) ((char *) due - offsetof(struct pool, due));

            cox_lvs_queue(lvs, due, COX_USEC_NEVER);
            cox_lvs_dirty(lvs, pool);
        } else {
            wake_watch(lvs, (struct watch *) (void *) ((char *) due - offsetof(struct watch, due)), now, out);
        }
    }
    if (cox_usec_is_due(lvs->read_at, now)) {
        cox_lvs_read(lvs, out);
    }
}

void
cox_lvs_step(struct cox_lvs *lvs, const struct cox_lvs_event *event, cox_usec now, struct cox_lvs_effects *out)
{
    const struct cox_lvs_due *first;
    cox_usec wake_at;

    if (lvs->is_stopped) {
        if (event->kind == COX_LVS_ON_CONFIG) {
            cox_lvs_config_free(event->config);
        }
        return;
    }
    handle(lvs, event, now, out);
    if (lvs->is_stopped) {
        return;
    }
    run_queue(lvs, now, out);
    cox_lvs_settle(lvs, lvs->is_synced, now, out);
    first = first_due(lvs);
    wake_at = cox_usec_min(lvs->read_at, first == NULL ? COX_USEC_NEVER : first->at);
    if (cox_usec_is_set(wake_at) && (wake_at != lvs->wake_at || event->kind == COX_LVS_ON_WAKE)) {
        cox_lvs_add(out, COX_LVS_DO_WAKE)->at = wake_at;
    }
    lvs->wake_at = wake_at;
}

struct cox_lvs *
cox_lvs_new(guint64 seed)
{
    struct cox_lvs *lvs = g_new0(struct cox_lvs, 1);

    lvs->seed = seed;
    lvs->watches = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    lvs->pools = g_ptr_array_new();
    lvs->queue = g_tree_new_full(cox_lvs_by_due, NULL, NULL, NULL);
    lvs->probes = g_hash_table_new(g_int64_hash, g_int64_equal);
    lvs->dirty = g_ptr_array_new();
    lvs->gone = cox_lvs_table_new();
    lvs->read_at = lvs->wake_at = COX_USEC_NEVER;
    lvs->roles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    lvs->addresses = g_hash_table_new_full(cox_ip_hash, cox_ip_equal_key, g_free, NULL);
    return lvs;
}

void
cox_lvs_free(struct cox_lvs *lvs)
{
    GHashTableIter iter;
    gpointer watch;

    if (lvs == NULL) {
        return;
    }
    g_hash_table_iter_init(&iter, lvs->watches);
    while (g_hash_table_iter_next(&iter, NULL, &watch)) {
        cox_lvs_watch_free(watch);
    }
    g_hash_table_unref(lvs->watches);
    g_ptr_array_foreach(lvs->pools, (GFunc) (void (*)(void)) cox_lvs_pool_free, NULL);
    g_ptr_array_unref(lvs->pools);
    g_tree_unref(lvs->queue);
    g_hash_table_unref(lvs->probes);
    g_ptr_array_unref(lvs->dirty);
    cox_lvs_table_free(lvs->gone);
    g_hash_table_unref(lvs->roles);
    g_hash_table_unref(lvs->addresses);
    cox_lvs_config_free(lvs->config);
    g_free(lvs);
}

const struct cox_lvs_pool *
cox_lvs_pool_at(const struct cox_lvs *lvs, guint i)
{
    return i < lvs->pools->len ? lvs->pools->pdata[i] : NULL;
}

guint
cox_lvs_count_checkers(const struct cox_lvs *lvs)
{
    return g_hash_table_size(lvs->watches);
}

void
cox_lvs_own(const struct cox_lvs *lvs, struct cox_lvs_table *out)
{
    for (guint i = 0; i < lvs->pools->len; i++) {
        const struct cox_lvs_service *conf = ((const struct pool *) lvs->pools->pdata[i])->pool.conf;

        for (size_t k = 0; k < conf->n_fronts; k++) {
            for (guint32 n = 0; n < MAX(conf->fronts[k].count, 1); n++) {
                const struct cox_lvs_vs vs = cox_lvs_pool_vs(conf, &conf->fronts[k], n);

                cox_lvs_table_add_vs(out, &vs);
            }
        }
    }
    for (size_t i = 0; i < cox_lvs_table_count(lvs->gone); i++) {
        cox_lvs_table_add_vs(out, cox_lvs_table_vs(lvs->gone, i));
    }
}

bool
cox_lvs_is_synced(const struct cox_lvs *lvs)
{
    return lvs->is_synced;
}

const char *
cox_lvs_check_words(const struct cox_lvs_checker *checker)
{
    return ((const struct watch *) checker)->why;
}

bool
cox_lvs_pool_is_suspended(const struct cox_lvs *lvs, guint i)
{
    return i < lvs->pools->len && ((const struct pool *) lvs->pools->pdata[i])->is_suspended;
}
