/* lib/lvs/lvspool.c - the servers of one virtual server together: quorum, panic, sorry server, and who is in the table.  Layer 3, pure. */
#include "lvs/lvspool.h"

#include <string.h>

void
cox_lvs_pool_init(struct cox_lvs_pool *pool, const struct cox_lvs_service *conf)
{
    memset(pool, 0, sizeof *pool);
    pool->conf = conf;
    pool->backends = g_new(struct cox_lvs_backend, conf->n_servers);
    for (size_t i = 0; i < conf->n_servers; i++) {
        cox_lvs_backend_init(&pool->backends[i], &conf->servers[i]);
    }
    pool->leavers = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_leaver));
    pool->placed = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_rs));
    pool->next_at = COX_USEC_NEVER;
}

void
cox_lvs_pool_clear(struct cox_lvs_pool *pool)
{
    g_free(pool->backends);
    g_array_unref(pool->leavers);
    g_array_unref(pool->placed);
}

/* May it get new connections, as far as people have a say? */
static bool
is_member(const struct cox_lvs_backend *backend)
{
    return backend->order != COX_LVS_ORDER_DRAIN && backend->order != COX_LVS_ORDER_QUIESCE
           && !(backend->conf->is_quiesced && backend->order != COX_LVS_ORDER_WEIGHT);
}

void
cox_lvs_pool_judge(struct cox_lvs_pool *pool)
{
    const gint64 quorum = pool->conf->quorum, margin = pool->conf->hysteresis;

    pool->good_weight = pool->whole_weight = 0;
    for (size_t i = 0; i < pool->conf->n_servers; i++) {
        const struct cox_lvs_backend *backend = &pool->backends[i];
        const gint weight = is_member(backend) ? cox_lvs_backend_full_weight(backend) : 0;

        pool->whole_weight += weight;
        pool->good_weight += backend->is_up ? weight : 0;
    }
    if (!pool->is_begun) {
        pool->has_quorum = pool->good_weight >= quorum;
    } else if (pool->has_quorum) {
        pool->has_quorum = pool->good_weight >= MAX(1, quorum - margin);
    } else {
        pool->has_quorum = pool->good_weight >= quorum + margin;
    }
    pool->is_panic = pool->good_weight * 100 < pool->whole_weight * pool->conf->panic_percent
                     && (pool->has_quorum || pool->conf->sorry == NULL);
}

void
cox_lvs_pool_pass(struct cox_lvs_pool *pool, cox_usec now)
{
    pool->next_at = COX_USEC_NEVER;
    for (size_t i = 0; i < pool->conf->n_servers; i++) {
        cox_lvs_backend_pass(&pool->backends[i], now);
        pool->next_at = cox_usec_min(pool->next_at, cox_lvs_backend_next(&pool->backends[i], now));
    }
    for (guint i = pool->leavers->len; i > 0; i--) {
        const cox_usec until = g_array_index(pool->leavers, struct cox_lvs_leaver, i - 1).until;

        if (cox_usec_is_due(until, now)) {
            g_array_remove_index(pool->leavers, i - 1);
        } else {
            pool->next_at = cox_usec_min(pool->next_at, until);
        }
    }
}

struct cox_lvs_rs
cox_lvs_pool_rs(const struct cox_lvs_server *conf, gint weight)
{
    return (struct cox_lvs_rs) { .address = conf->address, .port = conf->port, .weight = weight, .forward = conf->forward,
                                 .upper = conf->upper, .lower = conf->lower };
}

static void
place(GArray *out, const struct cox_lvs_server *conf, gint weight)
{
    const struct cox_lvs_rs rs = cox_lvs_pool_rs(conf, weight);

    g_array_append_val(out, rs);
}

void
cox_lvs_pool_place(const struct cox_lvs_pool *pool, cox_usec now, GArray *out)
{
    const struct cox_lvs_server *sorry = pool->conf->sorry;
    const bool is_sorry = sorry != NULL && !pool->has_quorum;

    for (size_t i = 0; i < pool->conf->n_servers; i++) {
        const struct cox_lvs_backend *backend = &pool->backends[i];

        if (backend->is_drained) {
            continue;
        }
        if (!is_sorry && (backend->is_up || pool->is_panic)) {
            place(out, backend->conf, cox_lvs_backend_weight(backend, now));
        } else if (backend->conf->is_inhibited || (backend->is_up && !is_member(backend))) { /* an order keeps connections */
            place(out, backend->conf, 0);
        }
    }
    if (sorry != NULL && (is_sorry || sorry->is_inhibited)) {
        place(out, sorry, is_sorry ? sorry->weight : 0);
    }
    for (guint i = 0; i < pool->leavers->len; i++) {
        g_array_append_val(out, g_array_index(pool->leavers, struct cox_lvs_leaver, i).rs);
    }
}

bool
cox_lvs_pool_is_leaving(const struct cox_lvs_pool *pool)
{
    for (size_t i = 0; i < pool->conf->n_servers; i++) {
        if (pool->backends[i].order == COX_LVS_ORDER_DRAIN && !pool->backends[i].is_drained) {
            return true;
        }
    }
    return pool->leavers->len > 0;
}

bool
cox_lvs_pool_wants_use(const struct cox_lvs_pool *pool)
{
    for (size_t i = 0; i < pool->conf->n_servers; i++) {
        if (pool->conf->servers[i].passive_conns != 0) {
            return true;
        }
    }
    return cox_lvs_pool_is_leaving(pool);
}

struct cox_lvs_backend *
cox_lvs_pool_find(const struct cox_lvs_pool *pool, const struct cox_ip *address, guint16 port)
{
    for (size_t i = 0; i < pool->conf->n_servers; i++) {
        if (pool->conf->servers[i].port == port && cox_ip_equal(&pool->conf->servers[i].address, address)) {
            return &pool->backends[i];
        }
    }
    return NULL;
}

gint
cox_lvs_pool_placed_weight(const struct cox_lvs_pool *pool, const struct cox_ip *address, guint16 port)
{
    for (guint i = 0; i < pool->placed->len; i++) {
        const struct cox_lvs_rs *rs = &g_array_index(pool->placed, struct cox_lvs_rs, i);

        if (rs->port == port && cox_ip_equal(&rs->address, address)) {
            return rs->weight;
        }
    }
    return -1;
}

/* The address @n after @first, within its family. */
static struct cox_ip
address_after(const struct cox_ip *first, guint32 n)
{
    struct cox_ip address = *first;
    guint64 carry = n;

    for (size_t i = cox_ip_size(&address); i > 0 && carry != 0; i--) {
        carry += address.bytes[i - 1];
        address.bytes[i - 1] = (guint8) carry;
        carry >>= 8;
    }
    return address;
}

struct cox_lvs_vs
cox_lvs_pool_vs(const struct cox_lvs_service *conf, const struct cox_lvs_front *front, guint32 i)
{
    struct cox_lvs_vs vs = { .flags = conf->flags, .persist_s = conf->persist_s };

    vs.key.mark = front->mark;
    vs.key.family = front->mark != 0 ? front->family : front->address.family;
    if (front->mark == 0) {
        vs.key.address = address_after(&front->address, i);
        vs.key.port = front->port;
        vs.key.protocol = (guint8) conf->protocol;
    }
    vs.flags |= conf->persist_s != 0 ? COX_LVS_PERSISTENT : 0;
    vs.persist_bits = conf->persist_bits != 0 ? conf->persist_bits : vs.key.family == COX_IP_V6 ? 128 : 32;
    g_strlcpy(vs.scheduler, conf->scheduler, sizeof vs.scheduler);
    g_strlcpy(vs.engine, conf->persist_engine != NULL ? conf->persist_engine : "", sizeof vs.engine);
    return vs;
}
