/* daemons/vrrpd/vrrpd_query.c - what all routers are now, for programs: the answer to ROUTER_QUERY.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "daemons/vrrpd/vrrpd.h"

/* An answer stays well below COX_FRAME_MAX_BYTES: a router without its addresses takes less than ROUTER_BYTES, an address less than ADDRESS_BYTES. */
enum { ANSWER_BYTES = 64 * 1024, ROUTER_BYTES = 2048, ADDRESS_BYTES = 80, MOST_ADDRESSES = 1000 };

/* A list that the answer has of refused adverts. */
static const struct cox_msg_stat *
refused_of(struct cox_arena *arena, const guint64 *counters, gsize *n)
{
    struct cox_msg_stat *stats = cox_arena_new_array(arena, struct cox_msg_stat, COX_VRRP_REFUSAL_N);

    *n = 0;
    for (guint i = COX_VRRP_ACCEPTED + 1; i < COX_VRRP_REFUSAL_N; i++) {
        if (counters[i] > 0) {
            stats[(*n)++] = (struct cox_msg_stat) { .name = cox_vrrp_refusal_name((enum cox_vrrp_refusal) i), .value = (gint64) counters[i] };
        }
    }
    return stats;
}

static const char *
address_text(struct cox_arena *arena, const struct cox_vrrp_address *address)
{
    char text[COX_IP_TEXT_SIZE];

    return cox_arena_printf(arena, "%s/%u%s%s", cox_ip_format(&address->ip, text), address->prefix, address->interface != NULL ? " dev " : "",
                            address->interface != NULL ? address->interface : "");
}

/* Those of the adverts, then the others. */
static void
put_addresses(struct cox_arena *arena, const struct cox_vrrp_instance *instance, struct cox_msg_router *router)
{
    gsize n = instance->items.n_addresses;
    const char **texts = NULL;

    router->n_all = n + instance->n_excluded;
    router->n_addresses = MIN(n + instance->n_excluded, (gsize) MOST_ADDRESSES);
    texts = cox_arena_new_array(arena, const char *, router->n_addresses);
    for (gsize i = 0; i < router->n_addresses; i++) {
        texts[i] = address_text(arena, i < n ? &instance->items.addresses[i] : &instance->excluded[i - n]);
    }
    router->addresses = texts;
}

static const char *
group_of(const struct cox_vrrp_set *set, const char *name)
{
    for (gsize i = 0; i < set->n_groups; i++) {
        for (gsize k = 0; k < set->groups[i].n_members; k++) {
            if (strcmp(set->groups[i].members[k], name) == 0) {
                return set->groups[i].name;
            }
        }
    }
    return NULL;
}

static const char *
ip_text(struct cox_arena *arena, const struct cox_ip *ip)
{
    char text[COX_IP_TEXT_SIZE];

    return ip->family == COX_IP_NONE ? NULL : cox_arena_strdup(arena, cox_ip_format(ip, text));
}

static struct cox_msg_router
router_of(const struct cox_vrrpd *vrrpd, struct cox_arena *arena, const struct cox_vrrp_status *status)
{
    const struct cox_vrrp_instance *instance = status->instance;
    const struct cox_vrrp_stats *stats = status->stats;
    struct cox_msg_router router = {
        .name = instance->name,
        .state = cox_vrrp_state_name(status->state),
        .since_us = cox_runtime_now(vrrpd->runtime) - status->since,
        .authority = instance->authority == COX_VRRP_AUTHORITY_CLUSTER ? "cluster" : "vrrp",
        .interface = instance->interface,
        .vrid = instance->vrid,
        .family = instance->family,
        .version = instance->version,
        .priority = status->priority,
        .configured = instance->priority,
        .advert_us = instance->advert,
        .group = group_of(cox_vrrp_set_of(vrrpd->engine), instance->name),
        .source = ip_text(arena, &status->source),
        .master = ip_text(arena, &status->master),
        .master_priority = status->master.family == COX_IP_NONE ? 0 : status->master_priority,
        .master_us = status->master.family == COX_IP_NONE ? 0 : status->master_interval,
        .sent = stats->sent,
        .received = stats->received,
        .zero_sent = stats->zero_sent,
        .zero_received = stats->zero_received,
        .became_master = stats->became_master,
        .left_master = stats->left_master,
        .announcements = stats->announcements,
        .differing = stats->differing,
        .longest_gap_us = stats->longest_gap,
    };

    router.refused = refused_of(arena, stats->refused, &router.n_refused);
    put_addresses(arena, instance, &router);
    return router;
}

/* From router number @from on, as many as fit. */
static struct cox_msg_router_state
state_from(const struct cox_vrrpd *vrrpd, struct cox_arena *arena, gsize from)
{
    const gsize n = cox_vrrp_count(vrrpd->engine);
    struct cox_msg_router *routers = cox_arena_new_array(arena, struct cox_msg_router, n > from ? MIN(n - from, (gsize) ANSWER_BYTES / ROUTER_BYTES) : 1);
    struct cox_msg_router_state state = { .routers = routers };
    gsize bytes = 0;

    for (gsize i = from; i < n && state.n_routers < ANSWER_BYTES / ROUTER_BYTES && (i == from || bytes < ANSWER_BYTES); i++) {
        const struct cox_vrrp_status status = cox_vrrp_status_at(vrrpd->engine, i);

        routers[state.n_routers] = router_of(vrrpd, arena, &status);
        bytes += ROUTER_BYTES + routers[state.n_routers++].n_addresses * ADDRESS_BYTES;
    }
    state.next = from + state.n_routers < n ? from + state.n_routers : 0;
    return state;
}

bool
cox_vrrpd_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_vrrpd *vrrpd = cox_service_data(ctx);
    const struct cox_msg_router_query *query = request->body;
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_msg_router_state state = { 0 };
    struct cox_vrrp_status status;
    struct cox_msg_router one;

    if (query->name == NULL) {
        state = state_from(vrrpd, arena, (gsize) query->from);
    } else if (cox_vrrp_status_of(vrrpd->engine, query->name, &status)) {
        one = router_of(vrrpd, arena, &status);
        state.routers = &one;
        state.n_routers = 1;
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "router '%s' is not on this node: cox router list shows those that are", query->name);
        return false;
    }
    state.refused = refused_of(arena, cox_vrrp_refused(vrrpd->engine), &state.n_refused);
    cox_reply_set(reply, COX_MSG_ROUTER_STATE, &state);
    return true;
}
