/* lib/lvs/lvsjudge.c - from health to hooks and operations: the virtual servers that something has changed for.  Layer 3, pure. */
#include "lvs/lvs_priv.h"

struct cox_lvs_effect *
cox_lvs_say(const struct pool *pool, const struct cox_lvs_backend *backend, enum cox_lvs_notice notice, struct cox_lvs_effects *out)
{
    struct cox_lvs_effect *effect = cox_lvs_add(out, COX_LVS_DO_SAY);

    effect->notice = notice;
    effect->service = cox_effects_text(&out->list, pool->pool.conf->name);
    effect->has_mail = backend != NULL ? backend->conf->has_mail : pool->pool.conf->has_mail;
    if (backend != NULL) {
        effect->address = backend->conf->address;
        effect->port = backend->conf->port;
    }
    return effect;
}

static const struct cox_lvs_script *
script_of(const struct pool *pool, const struct cox_lvs_backend *backend, enum cox_lvs_notice why)
{
    if (backend != NULL) {
        return why == COX_LVS_NOTICE_UP ? &backend->conf->notify_up : &backend->conf->notify_down;
    }
    return why == COX_LVS_NOTICE_QUORUM ? &pool->pool.conf->quorum_up : &pool->pool.conf->quorum_down;
}

void
cox_lvs_hook(const struct pool *pool, const struct cox_lvs_backend *backend, enum cox_lvs_notice why, struct cox_lvs_effects *out)
{
    const struct cox_lvs_script *script = script_of(pool, backend, why);
    struct cox_lvs_effect *effect;

    if (script->command == NULL) {
        return;
    }
    effect = cox_lvs_add(out, COX_LVS_DO_RUN);
    effect->notice = why;
    effect->service = cox_effects_text(&out->list, pool->pool.conf->name);
    effect->script.command = cox_effects_text(&out->list, script->command);
    effect->script.user = cox_effects_text(&out->list, script->user);
    effect->script.group = cox_effects_text(&out->list, script->group);
    if (backend != NULL) {
        effect->address = backend->conf->address;
        effect->port = backend->conf->port;
    }
}

/* What the first of its checks that is bad has said. */
static const char *
why_bad(const struct cox_lvs_backend *backend)
{
    for (size_t i = 0; i < backend->conf->n_checks; i++) {
        if (!backend->checkers[i]->is_good) {
            return ((const struct watch *) backend->checkers[i])->why;
        }
    }
    return NULL;
}

/* Servers whose health is another one than it was. */
static void
judge_servers(struct pool *pool, cox_usec now, struct cox_lvs_effects *out)
{
    for (size_t i = 0; i < pool->pool.conf->n_servers; i++) {
        struct cox_lvs_backend *backend = &pool->pool.backends[i];
        const bool is_up = cox_lvs_backend_is_good(backend);
        const enum cox_lvs_notice notice = is_up ? COX_LVS_NOTICE_UP : COX_LVS_NOTICE_DOWN;

        if (is_up == backend->is_up) {
            continue;
        }
        backend->is_up = is_up;
        backend->slow_from = is_up && backend->conf->slow_start_ms > 0 ? now : COX_USEC_NEVER;
        cox_lvs_say(pool, backend, notice, out)->text = cox_effects_text(&out->list, why_bad(backend));
        cox_lvs_hook(pool, backend, notice, out);
    }
}

static void
judge_quorum(struct pool *pool, struct cox_lvs_effects *out)
{
    const bool had_quorum = pool->pool.is_begun && pool->pool.has_quorum, is_first = !pool->pool.is_begun;

    cox_lvs_pool_judge(&pool->pool);
    pool->pool.is_begun = true;
    if (pool->pool.has_quorum != had_quorum) {
        const enum cox_lvs_notice notice = pool->pool.has_quorum ? COX_LVS_NOTICE_QUORUM : COX_LVS_NOTICE_NO_QUORUM;

        if (!is_first) {
            cox_lvs_say(pool, NULL, notice, out);
        }
        cox_lvs_hook(pool, NULL, notice, out);
    }
    if (pool->pool.is_panic != pool->is_told_panic) {
        pool->is_told_panic = pool->pool.is_panic;
        cox_lvs_say(pool, NULL, pool->pool.is_panic ? COX_LVS_NOTICE_PANIC : COX_LVS_NOTICE_NO_PANIC, out);
    }
}

/* Who goes when the drain is over. */
static void
say_drained(const struct pool *pool, const bool *was_drained, struct cox_lvs_effects *out)
{
    for (size_t i = 0; i < pool->pool.conf->n_servers; i++) {
        if (pool->pool.backends[i].is_drained && !was_drained[i]) {
            cox_lvs_say(pool, &pool->pool.backends[i], COX_LVS_NOTICE_DRAINED, out);
        }
    }
}

static void
pass_time(struct pool *pool, cox_usec now, struct cox_lvs_effects *out)
{
    g_autofree bool *was_drained = g_new(bool, pool->pool.conf->n_servers);

    for (size_t i = 0; i < pool->pool.conf->n_servers; i++) {
        was_drained[i] = pool->pool.backends[i].is_drained;
    }
    cox_lvs_pool_pass(&pool->pool, now);
    say_drained(pool, was_drained, out);
}

/* @servers, or a copy in which the port that is left open is @port; the caller unrefs. */
static GArray *
with_port(GArray *servers, guint16 port)
{
    GArray *copy = NULL;

    for (guint i = 0; i < servers->len; i++) {
        if (g_array_index(servers, struct cox_lvs_rs, i).port == 0) {
            copy = copy == NULL ? g_array_copy(servers) : copy;
            g_array_index(copy, struct cox_lvs_rs, i).port = port;
        }
    }
    return copy == NULL ? g_array_ref(servers) : copy;
}

static void
free_array(gpointer array)
{
    g_array_unref(array);
}

static void
keep_array(GArray *array, struct cox_lvs_effects *out)
{
    cox_effects_keep(&out->list, array, free_array);
}

void
cox_lvs_operate(struct cox_lvs *lvs, GArray *ops, struct cox_lvs_effects *out)
{
    struct cox_lvs_effect *effect = ops->len == 0 ? NULL : cox_lvs_add(out, COX_LVS_DO_OPS);

    if (effect == NULL) {
        g_array_unref(ops);
        return;
    }
    effect->ops = (const struct cox_lvs_op *) (const void *) ops->data;
    effect->n_ops = ops->len;
    keep_array(ops, out);
    lvs->is_stale = true;
}

static void
free_table(gpointer table)
{
    cox_lvs_table_free(table);
}

void
cox_lvs_keep(struct cox_lvs_table *table, struct cox_lvs_effects *out)
{
    cox_effects_keep(&out->list, table, free_table);
}

static void
operate_fronts(struct cox_lvs *lvs, const struct pool *pool, GArray *wanted, struct cox_lvs_effects *out)
{
    GArray *ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));
    const struct cox_lvs_service *conf = pool->pool.conf;

    for (size_t i = 0; i < conf->n_fronts; i++) {
        GArray *want = with_port(wanted, conf->fronts[i].port), *have = with_port(pool->pool.placed, conf->fronts[i].port);

        for (guint32 n = 0; n < MAX(conf->fronts[i].count, 1); n++) {
            const struct cox_lvs_vs vs = cox_lvs_pool_vs(conf, &conf->fronts[i], n);

            cox_lvs_servers_diff(cox_effects_array(&out->list, &vs, 1, sizeof vs), want, have, ops);
        }
        keep_array(want, out);
        keep_array(have, out);
    }
    cox_lvs_operate(lvs, ops, out);
}

void
cox_lvs_wanted(const struct pool *pool, struct cox_lvs_table *table)
{
    const struct cox_lvs_service *conf = pool->pool.conf;

    for (size_t i = 0; i < conf->n_fronts; i++) {
        g_autoptr(GArray) servers = with_port(pool->pool.placed, conf->fronts[i].port);

        for (guint32 n = 0; n < MAX(conf->fronts[i].count, 1); n++) {
            const struct cox_lvs_vs vs = cox_lvs_pool_vs(conf, &conf->fronts[i], n);

            cox_lvs_table_add_all(table, &vs, servers);
        }
    }
}

void
cox_lvs_settle(struct cox_lvs *lvs, bool has_ops, cox_usec now, struct cox_lvs_effects *out)
{
    for (guint i = 0; i < lvs->dirty->len; i++) {
        struct pool *pool = lvs->dirty->pdata[i];
        GArray *wanted = g_array_sized_new(FALSE, FALSE, sizeof(struct cox_lvs_rs), (guint) pool->pool.conf->n_servers);

        pool->is_dirty = false;
        judge_servers(pool, now, out);
        judge_quorum(pool, out);
        pass_time(pool, now, out);
        cox_lvs_pool_place(&pool->pool, now, wanted);
        if (has_ops) {
            operate_fronts(lvs, pool, wanted, out);
        }
        g_array_unref(pool->pool.placed);
        pool->pool.placed = wanted;
        cox_lvs_queue(lvs, &pool->due, pool->pool.next_at);
    }
    g_ptr_array_set_size(lvs->dirty, 0);
}
