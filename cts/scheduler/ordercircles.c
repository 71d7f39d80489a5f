/* cts/scheduler/ordercircles.c - orders that cannot all be kept.  For tests. */
#include "ordercircles.h"

#include "model/option.h"

/** Who comes before whom: [first * n + then], of everything in the configuration. */
struct orders {
    const struct cox_config *config;
    size_t n;
    bool *is_before;
};

/* Everything in @first before everything in @then; what is in both would be before itself. */
static void
add(struct orders *orders, cox_rsc_id first, cox_rsc_id then)
{
    for (size_t f = first; f < orders->config->resources[first].end; f++) {
        for (size_t t = then; t < orders->config->resources[then].end; t++) {
            orders->is_before[f * orders->n + t] = true;
        }
    }
}

static void
add_set(struct orders *orders, const struct cox_rsc_set *set, const struct cox_rsc_set *next)
{
    for (size_t i = 0; i < set->n_members; i++) {
        if (i + 1 < set->n_members && set->sequential != COX_FALSE) {
            add(orders, set->members[i], set->members[i + 1]);
        }
        for (size_t k = 0; next != NULL && k < next->n_members; k++) {
            add(orders, set->members[i], next->members[k]);
        }
    }
}

static void
add_orders(struct orders *orders)
{
    for (size_t i = 0; i < orders->config->n_orders; i++) {
        const struct cox_order *order = &orders->config->orders[i];

        if (order->n_sets == 0 && order->first != COX_RSC_NONE && order->then != COX_RSC_NONE) {
            add(orders, order->first, order->then);
        }
        for (size_t s = 0; s < order->n_sets; s++) {
            add_set(orders, &order->sets[s], s + 1 < order->n_sets ? &order->sets[s + 1] : NULL);
        }
    }
}

static bool
is_guest(const struct cox_rsc_def *def)
{
    for (size_t s = 0; s < def->meta.n_sets; s++) {
        for (size_t i = 0; i < def->meta.sets[s].n_pairs; i++) {
            if (g_str_equal(def->meta.sets[s].pairs[i].name, cox_option(COX_OPT_META_REMOTE_NODE)->name)) {
                return true;
            }
        }
    }
    return false;
}

static void
add_resources(struct orders *orders)
{
    for (cox_rsc_id r = 0; r < orders->n; r++) {
        const struct cox_rsc_def *def = &orders->config->resources[r];

        for (cox_rsc_id m = r + 2; def->variant == COX_GROUP && m < def->end; m++) {
            add(orders, m - 1, m);
        }
        for (cox_rsc_id other = 0; is_guest(def) && other < orders->n; other++) {
            if (other != r && orders->config->resources[other].variant == COX_PRIMITIVE && !is_guest(&orders->config->resources[other])) {
                orders->is_before[r * orders->n + other] = true;
            }
        }
    }
}

bool *
ordercircles_who_waits(const struct cox_config *config)
{
    struct orders orders = { config, config->n_resources, g_new0(bool, config->n_resources * config->n_resources + 1) };

    add_orders(&orders);
    add_resources(&orders);
    for (size_t via = 0; via < orders.n; via++) {
        for (size_t f = 0; f < orders.n; f++) {
            for (size_t t = 0; orders.is_before[f * orders.n + via] && t < orders.n; t++) {
                orders.is_before[f * orders.n + t] = orders.is_before[f * orders.n + t] || orders.is_before[via * orders.n + t];
            }
        }
    }
    return orders.is_before;
}

bool
ordercircles_are_there(const struct cox_config *config)
{
    g_autofree bool *is_before = ordercircles_who_waits(config);
    bool is_there = false;

    for (size_t r = 0; r < config->n_resources; r++) {
        is_there = is_there || is_before[r * (config->n_resources + 1)];
    }
    return is_there;
}
