/* lib/vrrp/vrrpset.c - all that is configured for a process with virtual routers.  Layer 3, pure. */
#include "vrrp/vrrpset.h"

struct cox_vrrp_set *
cox_vrrp_set_new(void)
{
    struct cox_arena *arena = cox_arena_new();
    struct cox_vrrp_set *set = cox_arena_new_array(arena, struct cox_vrrp_set, 1);

    set->arena = arena;
    set->global.startup_limit = set->global.shutdown_limit = 10 * COX_USEC_PER_S;
    set->global.sched.rt_late = COX_USEC_PER_S;
    set->global.sched.rt_limit = 10 * COX_USEC_PER_MS;
    set->global.vmac_prefix = set->global.vmac_address_prefix = "vrrp";
    set->global.nft_table = "coxswain";
    set->global.nft_priority = -1;
    set->global.umask = -1;
    return set;
}

void
cox_vrrp_set_free(struct cox_vrrp_set *set)
{
    if (set != NULL) {
        cox_arena_free(set->arena); /* the set is in it */
    }
}

void
cox_vrrp_instance_defaults(struct cox_vrrp_instance *instance, enum cox_ip_family family)
{
    *instance = (struct cox_vrrp_instance) {
        .family = (guint8) family,
        .version = family == COX_IP_V6 ? 3 : 2,
        .priority = 100,
        .advert = COX_USEC_PER_S,
        .down_adverts = 3,
        .is_preempting = true,
        .is_accepting = true,
        .answers_lower = true,
        .answers_higher = true,
        .auth = { .window = 60 * COX_USEC_PER_S },
        .unicast_ttl = -1,
        .garp = { .repeat = 5, .delay = 5 * COX_USEC_PER_S, .lower_repeat = 5, .lower_delay = 5 * COX_USEC_PER_S, .refresh_repeat = 1 },
    };
    cox_ip_parse(family == COX_IP_V6 ? "ff02::12" : "224.0.0.18", &instance->group);
}
