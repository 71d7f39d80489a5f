/* lib/lvs/lvsserver.c - the state of one real server in one virtual server, and the weight that comes of it.  Layer 3, pure. */
#include "lvs/lvsserver.h"

#include <string.h>

/* A slow start has so many steps; the first one is made at once. */
enum { STEPS = 10 };

void
cox_lvs_backend_init(struct cox_lvs_backend *backend, const struct cox_lvs_server *conf)
{
    memset(backend, 0, sizeof *backend);
    backend->conf = conf;
    backend->slow_from = backend->drain_until = COX_USEC_NEVER;
}

bool
cox_lvs_backend_is_good(const struct cox_lvs_backend *backend)
{
    for (size_t i = 0; i < backend->conf->n_checks; i++) {
        if (!backend->checkers[i]->is_good) {
            return false;
        }
    }
    return true;
}

gint
cox_lvs_backend_full_weight(const struct cox_lvs_backend *backend)
{
    const gint configured = backend->conf->weight;
    gint64 weight = backend->order == COX_LVS_ORDER_WEIGHT ? backend->ordered_weight : configured;

    for (size_t i = 0; i < backend->conf->n_checks; i++) {
        weight = cox_lvs_checker_weigh(backend->checkers[i], configured, weight);
    }
    return (gint) CLAMP(weight, 0, COX_LVS_WEIGHT_MAX);
}

static bool
takes_none(const struct cox_lvs_backend *backend)
{
    return backend->order == COX_LVS_ORDER_QUIESCE || backend->order == COX_LVS_ORDER_DRAIN
           || (backend->conf->is_quiesced && backend->order != COX_LVS_ORDER_WEIGHT);
}

/* The step of the slow start at @now, from 1 to STEPS. */
static gint64
step_of(const struct cox_lvs_backend *backend, cox_usec now)
{
    const gint64 whole = backend->conf->slow_start_ms * COX_USEC_PER_MS;

    if (!cox_usec_is_set(backend->slow_from) || whole <= 0 || now - backend->slow_from >= whole) {
        return STEPS;
    }
    return MIN(STEPS, 1 + (now - backend->slow_from) * STEPS / whole);
}

gint
cox_lvs_backend_weight(const struct cox_lvs_backend *backend, cox_usec now)
{
    const gint64 full = takes_none(backend) ? 0 : cox_lvs_backend_full_weight(backend);

    return full == 0 ? 0 : (gint) MAX(1, full * step_of(backend, now) / STEPS);
}

cox_usec
cox_lvs_backend_next(const struct cox_lvs_backend *backend, cox_usec now)
{
    const gint64 step = step_of(backend, now), whole = backend->conf->slow_start_ms * COX_USEC_PER_MS;
    cox_usec next = backend->order == COX_LVS_ORDER_DRAIN && !backend->is_drained ? backend->drain_until : COX_USEC_NEVER;

    if (step < STEPS) {
        next = cox_usec_min(next, backend->slow_from + (whole * step + STEPS - 1) / STEPS);
    }
    return next;
}

void
cox_lvs_backend_pass(struct cox_lvs_backend *backend, cox_usec now)
{
    if (step_of(backend, now) == STEPS) {
        backend->slow_from = COX_USEC_NEVER;
    }
    if (backend->order == COX_LVS_ORDER_DRAIN && cox_usec_is_due(backend->drain_until, now)) {
        backend->is_drained = true;
    }
}

bool
cox_lvs_backend_is_suspect(struct cox_lvs_backend *backend, const struct cox_lvs_use *use)
{
    const struct cox_lvs_use before = backend->use;

    backend->use = *use;
    return backend->conf->passive_conns != 0 && backend->conf->forward.method == COX_LVS_NAT && use->conns >= before.conns
           && use->conns - before.conns >= backend->conf->passive_conns && use->in_bytes != before.in_bytes
           && use->out_bytes == before.out_bytes;
}
