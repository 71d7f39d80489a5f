/* lib/vrrp/tests/test_vrrp_random.c - what holds for virtual routers on a network where things go wrong, whatever the seed. */
#include "vrrp/vrrp.h"

#include <string.h>

#include "base/testkit.h"
#include "vrrplan.h"

#define MS COX_USEC_PER_MS
#define S COX_USEC_PER_S
#define ADVERT (100 * MS)
#define SEEDS 300

static guint32 seed;
static bool is_quiet; /* nothing goes wrong any more: one holder at most */

static void
wrong(const char *what, const char *seen)
{
    fail_msg("seed %u: %s: %s", seed, what, seen);
}

static void
at_most_one(struct lan *lan)
{
    if (is_quiet && strlen(lan_holders(lan, "10.0.0.100")) > 1) {
        wrong("two hold the address", lan_holders(lan, "10.0.0.100"));
    }
}

struct plan {
    guint8 priority[LAN_NODES_MOST];
    bool has_group, is_preempting;
};

static struct cox_vrrp_set *
set_of(const struct plan *plan, guint node)
{
    struct cox_vrrp_set *set = plan->has_group ? lan_group_set(plan->priority[node], ADVERT) : lan_set(plan->priority[node], ADVERT);

    for (size_t i = 0; i < set->n_instances; i++) {
        lan_first(set)[i].is_preempting = plan->is_preempting;
    }
    return set;
}

static gint
number(struct lan *lan, gint n)
{
    return g_rand_int_range(lan->rand, 0, n);
}

/* One thing goes wrong, or right. */
static void
disturb(struct lan *lan, const struct plan *plan)
{
    guint node = (guint) number(lan, (gint) lan->n), segment = (guint) number(lan, LAN_SEGMENTS);
    struct lan_node *self = &lan->nodes[node];

    switch (number(lan, 6)) {
        case 0:
            self->is_cut[segment] = !self->is_cut[segment];
            break;
        case 1:
            self->is_down[segment] = !self->is_down[segment];
            lan_link(lan, node, segment);
            break;
        case 2:
            if (self->vrrp != NULL) {
                lan_crash(lan, node);
                break;
            }
            lan_give(lan, node, set_of(plan, node));
            break;
        case 3:
            if (self->vrrp != NULL) {
                lan_stop(lan, node);
            }
            break;
        case 4:
            if (self->vrrp != NULL) {
                lan_give(lan, node, set_of(plan, node)); /* the same again */
            }
            break;
        default:
            lan->loss_percent = (guint) number(lan, 30);
            break;
    }
}

static void
mend(struct lan *lan, const struct plan *plan)
{
    lan->loss_percent = 0;
    for (guint i = 0; i < lan->n; i++) {
        for (guint segment = 0; segment < LAN_SEGMENTS; segment++) {
            lan->nodes[i].is_cut[segment] = lan->nodes[i].is_down[segment] = false;
            lan_link(lan, i, segment);
        }
        if (lan->nodes[i].vrrp == NULL) {
            lan_give(lan, i, set_of(plan, i));
        }
    }
}

static struct plan
any_plan(struct lan *lan)
{
    struct plan plan = { .has_group = number(lan, 2) == 0, .is_preempting = number(lan, 4) != 0 };

    for (guint i = 0; i < lan->n; i++) {
        plan.priority[i] = (guint8) (number(lan, 3) == 0 ? 100 : 1 + number(lan, 254));
    }
    return plan;
}

/* Of equal ones the one with the higher address need not win: who is master first stays. */
static void
the_best_holds_it(const struct lan *lan, const struct plan *plan)
{
    const char *holder = lan_holders(lan, "10.0.0.100");
    guint8 best = 0;

    for (guint i = 0; i < lan->n; i++) {
        best = MAX(best, plan->priority[i]);
    }
    if (strlen(holder) != 1 || holder[0] == '-' || (plan->is_preempting && plan->priority[holder[0] - 'a'] != best)) {
        wrong("after all is well the holder is", holder);
    }
    if (lan_client(lan, 0, "10.0.0.100") != holder[0]) {
        wrong("clients go elsewhere than to", holder);
    }
    if (plan->has_group) {
        g_autofree char *first = g_strdup(holder);

        if (strcmp(lan_holders(lan, "10.1.0.100"), first) != 0) {
            wrong("the group is not together", lan_holders(lan, "10.1.0.100"));
        }
    }
}

static void
after_all_is_well_the_best_holds_the_address_alone(void **state)
{
    for (seed = 1; seed <= SEEDS; seed++) {
        struct lan *lan = lan_new(2 + seed % 4, seed);
        struct plan plan = any_plan(lan);

        is_quiet = false;
        lan->every = at_most_one;
        lan->jitter = 150;
        for (guint i = 0; i < 30; i++) {
            disturb(lan, &plan);
            lan_run(lan, number(lan, 600) * MS);
        }
        mend(lan, &plan);
        lan_run(lan, 3 * S);
        is_quiet = true;
        lan_run(lan, 5 * S);
        the_best_holds_it(lan, &plan);
        is_quiet = false;
        lan_free(lan);
    }
    (void) state;
}

/* ---- takeover ---- */

static void
the_next_best_takes_over_alone_and_in_time(void **state)
{
    for (seed = 1; seed <= SEEDS; seed++) {
        struct lan *lan = lan_new(5, seed);
        struct plan plan = { .is_preempting = true };
        cox_usec begin;

        is_quiet = false;
        lan->every = at_most_one;
        for (guint i = 0; i < lan->n; i++) {
            plan.priority[i] = (guint8) (250 - 2 * i - (guint) number(lan, 2));
            lan_give(lan, i, set_of(&plan, i));
        }
        lan_run(lan, 2 * S + number(lan, 100) * MS);
        is_quiet = true;
        for (guint i = 0; i + 1 < lan->n; i++) {
            char next[2] = { (char) ('b' + i) };

            if (number(lan, 2) == 0) {
                lan_crash(lan, i);
            } else {
                lan_stop(lan, i);
            }
            for (begin = lan->now; strcmp(lan_holders(lan, "10.0.0.100"), next) != 0; lan_run(lan, MS / 2)) {
                if (lan->now - begin > 4 * ADVERT) {
                    wrong("nobody takes over, the holder is", lan_holders(lan, "10.0.0.100"));
                }
            }
            lan_run(lan, S);
        }
        is_quiet = false;
        lan_free(lan);
    }
    (void) state;
}

/* ---- bad packets ---- */

static void
spoil(struct lan *lan, GByteArray *bytes, struct cox_vrrp_packet *packet)
{
    switch (number(lan, 6)) {
        case 0:
            packet->ttl = (guint8) number(lan, 255);
            break;
        case 1:
            bytes->data[number(lan, (gint) bytes->len)] ^= (guint8) (1 + number(lan, 255)); /* the checksum finds one changed byte */
            break;
        case 2:
            packet->size = (size_t) number(lan, (gint) bytes->len);
            break;
        case 3:
            bytes->data[0] = (guint8) number(lan, 0x31);
            break;
        case 4:
            packet->source = lan_ip("10.0.0.1");
            break;
        default:
            for (guint i = 0; i < bytes->len; i++) {
                bytes->data[i] = (guint8) number(lan, 256);
            }
            bytes->data[0] = 0x31;
            bytes->data[1] = 77;
            break;
    }
}

static void
a_refused_packet_changes_no_timer_and_no_state(void **state)
{
    for (seed = 1; seed <= SEEDS; seed++) {
        struct lan *lan = lan_new(2, seed);
        struct plan plan = { .priority = { 200, 100 }, .is_preempting = true };

        lan_give(lan, 0, set_of(&plan, 0));
        lan_give(lan, 1, set_of(&plan, 1));
        lan_run(lan, S);
        for (guint i = 0; i < 200; i++) {
            g_autoptr(cox_vrrp_set) set = lan_set((guint8) number(lan, 256), ADVERT);
            g_autoptr(GByteArray) bytes = g_byte_array_new();
            struct cox_vrrp_outgoing outgoing = { lan_ip("10.0.0.3"), lan_first(set)->group, lan_first(set)->priority, 0 };
            struct cox_vrrp_packet packet = { .interface = 1, .source = outgoing.source, .destination = outgoing.destination, .ttl = 255 };
            guint node = packet.source.family == COX_IP_V4 ? (guint) number(lan, 2) : 0;
            struct cox_vrrp_status before, after;
            cox_usec wake;

            lan_run(lan, number(lan, 30) * MS);
            cox_vrrp_advert_build(lan_first(set), &outgoing, bytes);
            packet.data = bytes->data;
            packet.size = bytes->len;
            spoil(lan, bytes, &packet);
            node = cox_ip_equal(&packet.source, &outgoing.source) ? node : 0;
            wake = lan->nodes[node].wake_at;
            before = lan_status(lan, node, "V1");
            guint64 received = before.stats->received;
            lan_event(lan, node, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_PACKET, .packet = &packet });
            after = lan_status(lan, node, "V1");
            if (after.stats->received != received) {
                wrong("it was accepted", "");
            }
            if (lan->nodes[node].wake_at != wake || after.state != before.state || !cox_ip_equal(&after.master, &before.master)) {
                wrong("it changed something", "");
            }
        }
        lan_free(lan);
    }
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(after_all_is_well_the_best_holds_the_address_alone), cmocka_unit_test(the_next_best_takes_over_alone_and_in_time),
              cmocka_unit_test(a_refused_packet_changes_no_timer_and_no_state))
