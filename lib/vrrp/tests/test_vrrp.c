/* lib/vrrp/tests/test_vrrp.c */
#include "vrrp/vrrp.h"

#include <string.h>

#include "base/testkit.h"
#include "vrrplan.h"

#define MS COX_USEC_PER_MS
#define S COX_USEC_PER_S
#define VIP "10.0.0.100"

/* Two nodes with these sets; both start at once and have 4 s. */
static struct lan *
pair(struct cox_vrrp_set *a, struct cox_vrrp_set *b)
{
    struct lan *lan = lan_new(2, 1);

    lan_give(lan, 0, a);
    lan_give(lan, 1, b);
    lan_run(lan, 4 * S);
    return lan;
}

static void
the_higher_one_is_master_and_comes_back(void **state)
{
    struct lan *lan = pair(lan_set(200, 200 * MS), lan_set(100, 200 * MS));

    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_stop(lan, 0);
    assert_string_equal(lan_holders(lan, VIP), "-");
    lan_run(lan, 130 * MS); /* skew: 156/256 of 200 ms */
    assert_string_equal(lan_holders(lan, VIP), "b");
    assert_int_equal(lan_client(lan, 0, VIP), 'b');
    lan_give(lan, 0, lan_set(200, 200 * MS));
    lan_run(lan, 700 * MS);
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan->nodes[1].told->str, "V1:BACKUP V1:MASTER V1:BACKUP ");
    lan_free(lan);
    (void) state;
}

static void
each_family_has_its_own_router_ids(void **state)
{
    struct cox_vrrp_set *sets[2];
    struct lan *lan = lan_new(2, 1);
    struct cox_ip source;

    for (guint i = 0; i < 2; i++) {
        struct cox_vrrp_instance *six;

        sets[i] = lan_set(i == 0 ? 200 : 100, 200 * MS);
        six = lan_add(sets[i], "V6", "eth0", 77, "fe80::77:100");
        lan_add_address(sets[i], six, "fd77::100");
        six->priority = i == 0 ? 50 : 100;
        six->advert = 200 * MS;
        lan_give(lan, i, sets[i]);
    }
    lan_run(lan, 2 * S);
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan_holders(lan, "fd77::100"), "b");
    source = lan_status(lan, 1, "V6").source;
    assert_true(cox_ip_is_link_local(&source));
    lan_free(lan);
    (void) state;
}

/* ---- orders ---- */

static struct cox_vrrp_set *
ordered_set(void)
{
    struct cox_vrrp_set *set = lan_set(100, 200 * MS);

    lan_first(set)->authority = COX_VRRP_AUTHORITY_CLUSTER;
    return set;
}

static void
order(struct lan *lan, guint node, enum cox_vrrp_order what)
{
    struct cox_vrrp_event event = { .kind = COX_VRRP_ON_ORDER, .order = { "V1", what } };

    lan_event(lan, node, &event);
}

static void
with_authority_of_the_cluster_only_an_order_makes_a_master(void **state)
{
    struct lan *lan = pair(ordered_set(), ordered_set());

    assert_string_equal(lan_holders(lan, VIP), "-");
    order(lan, 0, COX_VRRP_ORDER_PROMOTE);
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_run(lan, S);
    assert_int_equal(lan_status(lan, 1, "V1").master.bytes[3], 1);
    lan_crash(lan, 0);
    lan_run(lan, 10 * S);
    assert_string_equal(lan_holders(lan, VIP), "-"); /* silence is no reason */
    order(lan, 1, COX_VRRP_ORDER_PROMOTE);
    assert_string_equal(lan_holders(lan, VIP), "b");
    order(lan, 1, COX_VRRP_ORDER_DEMOTE);
    assert_string_equal(lan_holders(lan, VIP), "-");
    lan_run(lan, 10 * S);
    assert_string_equal(lan_holders(lan, VIP), "-");
    lan_free(lan);
    (void) state;
}

static void
a_promoted_router_does_not_yield_and_says_that_there_is_a_rival(void **state)
{
    struct lan *lan = pair(ordered_set(), lan_set(200, 200 * MS));

    order(lan, 0, COX_VRRP_ORDER_PROMOTE);
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, VIP), "ab");
    assert_non_null(strstr(lan->nodes[0].said->str, "V1:5"));
    lan_free(lan);
    (void) state;
}

static void
an_order_waits_for_the_end_of_a_fault(void **state)
{
    struct lan *lan = pair(ordered_set(), ordered_set());

    order(lan, 0, COX_VRRP_ORDER_PROMOTE);
    lan->nodes[0].is_down[0] = true;
    lan_link(lan, 0, 0);
    assert_string_equal(lan_holders(lan, VIP), "-");
    assert_int_equal(lan_status(lan, 0, "V1").state, COX_VRRP_FAULT);
    lan->nodes[0].is_down[0] = false;
    lan_link(lan, 0, 0);
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan->nodes[0].is_down[0] = true;
    lan_link(lan, 0, 0);
    order(lan, 0, COX_VRRP_ORDER_DEMOTE);
    lan->nodes[0].is_down[0] = false;
    lan_link(lan, 0, 0);
    assert_string_equal(lan_holders(lan, VIP), "-");
    lan_free(lan);
    (void) state;
}

/* The end of the daemon is not that of its resources. */
static void
the_end_of_the_process_leaves_who_was_ordered(void **state)
{
    struct lan *lan = pair(ordered_set(), ordered_set());

    (void) state;
    order(lan, 0, COX_VRRP_ORDER_PROMOTE);
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_STOP });
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan->nodes[0].told->str, "V1:BACKUP V1:MASTER ");
    assert_true(lan->nodes[0].wake_at == COX_USEC_NEVER);
    lan_free(lan);
}

static void
an_order_is_for_the_whole_group(void **state)
{
    struct cox_vrrp_set *set = lan_group_set(100, 200 * MS);
    struct lan *lan;

    lan_first(set)[0].authority = lan_first(set)[1].authority = COX_VRRP_AUTHORITY_CLUSTER;
    lan = pair(set, ordered_set());
    order(lan, 0, COX_VRRP_ORDER_PROMOTE);
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_string_equal(lan_holders(lan, "10.1.0.100"), "a");
    order(lan, 0, COX_VRRP_ORDER_DEMOTE);
    assert_string_equal(lan_holders(lan, "10.1.0.100"), "-");
    assert_string_equal(lan->nodes[0].told->str, "V1:BACKUP V2:BACKUP G:BACKUP V1:MASTER V2:MASTER G:MASTER V1:BACKUP V2:BACKUP G:BACKUP ");
    lan_free(lan);
    (void) state;
}

static void
an_order_to_a_router_of_its_own_is_not_heard(void **state)
{
    struct lan *lan = pair(lan_set(100, 200 * MS), lan_set(200, 200 * MS));

    order(lan, 0, COX_VRRP_ORDER_PROMOTE);
    assert_string_equal(lan_holders(lan, VIP), "b");
    lan_free(lan);
    (void) state;
}

/* ---- what is lost ---- */

static void
lose(struct lan *lan)
{
    struct cox_ip ip = lan_ip(VIP);

    g_hash_table_remove(lan->nodes[0].held, &ip);
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LOST, .lost = "V1" });
}

static void
a_lost_address_is_set_at_once_and_then_once_an_interval(void **state)
{
    struct lan *lan = pair(lan_set(200, 200 * MS), lan_set(100, 200 * MS));
    guint before = lan->nodes[0].installs;

    lose(lan);
    assert_string_equal(lan_holders(lan, VIP), "a");
    for (guint i = 0; i < 50; i++) {
        lose(lan);
        lan_run(lan, MS);
    }
    assert_int_equal(lan->nodes[0].installs, before + 1);
    assert_string_equal(lan_holders(lan, VIP), "-");
    lan_run(lan, 200 * MS);
    assert_int_equal(lan->nodes[0].installs, before + 2);
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_event(lan, 1, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LOST, .lost = "V1" });
    lan_event(lan, 1, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LOST, .lost = "nobody" });
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_free(lan);
    (void) state;
}

/* ---- announcements ---- */

static void
addresses_are_announced_again_and_refreshed(void **state)
{
    struct cox_vrrp_set *set = lan_set(200, 200 * MS);
    struct lan *lan = lan_new(1, 1);

    lan_first(set)->garp = (struct cox_vrrp_garp) { .repeat = 3, .delay = S, .refresh = S, .refresh_repeat = 2 };
    lan_give(lan, 0, set);
    lan_run(lan, 700 * MS);
    assert_int_equal(lan->announcements, 3);
    lan_run(lan, S);
    assert_int_equal(lan->announcements, 3 + 3 + 2);
    lan_run(lan, 3 * S);
    assert_int_equal(lan->announcements, 3 + 3 + 4 * 2);
    lan_free(lan);
    (void) state;
}

/* One with an address on another interface. */
static struct cox_vrrp_set *
set_elsewhere(bool has_all, bool has_vmac)
{
    struct cox_vrrp_set *set = lan_set(200, 200 * MS);
    struct cox_vrrp_address *address;

    lan_add_address(set, lan_first(set), "10.1.0.100");
    address = (struct cox_vrrp_address *) (guintptr) &lan_first(set)->items.addresses[1];
    address->interface = "eth1";
    address->has_vmac = has_vmac;
    lan_first(set)->garp = (struct cox_vrrp_garp) { .repeat = 1, .extra_if = S, .has_extra_all = has_all };
    return set;
}

static void
addresses_on_other_interfaces_are_announced_again_and_again(void **state)
{
    struct lan *lan = lan_new(1, 1);

    lan_give(lan, 0, set_elsewhere(true, false));
    lan_run(lan, 700 * MS);
    assert_int_equal(lan->announcements, 1);
    g_hash_table_remove_all(lan->client[0]);
    lan_run(lan, 3 * S);
    assert_int_equal(lan->announcements, 1 + 3);
    assert_int_equal(lan_client(lan, 0, "10.1.0.100"), 'a');
    assert_int_equal(lan_client(lan, 0, VIP), '-');
    lan_give(lan, 0, set_elsewhere(false, false)); /* it is no virtual interface */
    lan_run(lan, 3 * S);
    assert_int_equal(lan->announcements, 1 + 3);
    lan_give(lan, 0, set_elsewhere(false, true));
    lan_run(lan, 3 * S);
    assert_true(lan->announcements > 1 + 3);
    lan_stop(lan, 0);
    lan->announcements = 0;
    lan_run(lan, 3 * S);
    assert_int_equal(lan->announcements, 0);
    lan_free(lan);
    (void) state;
}

static void
a_lower_master_does_not_end_the_announcements_that_were_planned(void **state)
{
    struct cox_vrrp_set *set = lan_set(200, 200 * MS);
    struct lan *lan = lan_new(2, 1);

    lan_give(lan, 1, lan_set(100, 200 * MS));
    lan_run(lan, 2 * S);
    lan->announcements = 0;
    lan_first(set)->garp = (struct cox_vrrp_garp) { .repeat = 3, .delay = S };
    lan_first(set)->answers_lower = false;
    lan->nodes[0].is_cut[0] = true;
    lan_give(lan, 0, set);
    lan_run(lan, 700 * MS);
    assert_int_equal(lan->announcements, 3);
    lan->nodes[0].is_cut[0] = false;
    lan_run(lan, 2 * S);
    assert_non_null(strstr(lan->nodes[0].said->str, "V1:3 ")); /* it heard the lower one */
    assert_int_equal(lan->announcements, 6);
    lan_free(lan);
    (void) state;
}

/* ---- stamps ---- */

static void
stamps_follow_a_clock_that_is_set_forward(void **state)
{
    struct cox_vrrp *vrrp = cox_vrrp_new(1000, 0);
    struct cox_vrrp_effects out;

    (void) state;
    cox_vrrp_effects_init(&out);
    assert_int_equal(cox_vrrp_stamp(vrrp, 5), 1005);
    cox_vrrp_step(vrrp, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_CLOCK, .clock = 5000 }, 10, &out);
    assert_int_equal(cox_vrrp_stamp(vrrp, 10), 5000);
    cox_vrrp_step(vrrp, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_CLOCK, .clock = 3000 }, 20, &out);
    assert_int_equal(cox_vrrp_stamp(vrrp, 20), 5010);
    cox_vrrp_effects_clear(&out);
    cox_vrrp_free(vrrp);
}

/* ---- reload ---- */

static void
no_advert_is_lost_by_a_reload(void **state)
{
    struct lan *lan = pair(lan_set(200, 200 * MS), lan_set(100, 200 * MS));

    lan->nodes[0].longest_gap = 0;
    for (guint i = 0; i < 50; i++) {
        struct cox_vrrp_set *set = lan_set((guint8) (190 + i), 200 * MS);

        if (i % 2 == 0) {
            lan_add_address(set, lan_first(set), "10.0.0.101");
        }
        lan_give(lan, 0, set);
        lan_run(lan, 70 * MS);
        assert_string_equal(lan_holders(lan, VIP), "a");
        assert_string_equal(lan_holders(lan, "10.0.0.101"), i % 2 == 0 ? "a" : "-");
    }
    assert_true(lan->nodes[0].longest_gap <= 200 * MS);
    assert_int_equal(lan_status(lan, 0, "V1").stats->became_master, 1);
    lan_free(lan);
    (void) state;
}

static void
an_address_may_go_from_one_router_to_another(void **state)
{
    struct cox_vrrp_set *before = lan_set(200, 200 * MS), *after = lan_set(200, 200 * MS);
    struct lan *lan;

    lan_add(before, "V2", "eth0", 78, "10.0.0.101");
    lan_add_address(before, &lan_first(before)[1], "10.0.0.102");
    lan_add_address(after, lan_first(after), "10.0.0.102");
    lan_add(after, "V2", "eth0", 78, "10.0.0.101");
    lan = pair(before, lan_set(100, 200 * MS));
    assert_string_equal(lan_holders(lan, "10.0.0.102"), "a");
    lan_give(lan, 0, after);
    assert_string_equal(lan_holders(lan, "10.0.0.102"), "a");
    lan_free(lan);
    (void) state;
}

static void
an_interval_changes_without_a_gap(void **state)
{
    struct lan *lan = pair(lan_set(200, 5 * S), lan_set(100, 5 * S));

    lan_run(lan, 20 * S);
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_give(lan, 0, lan_set(200, 100 * MS));
    lan->nodes[0].longest_gap = 0;
    lan_give(lan, 1, lan_set(100, 100 * MS));
    lan_run(lan, 20 * S);
    assert_string_equal(lan->nodes[1].told->str, "V1:BACKUP ");
    lan_crash(lan, 0);
    lan_run(lan, 400 * MS);
    assert_string_equal(lan_holders(lan, VIP), "b");
    lan_give(lan, 1, lan_set(100, 50 * MS));
    lan_give(lan, 0, lan_set(200, 10 * S));
    lan_run(lan, 100 * MS);
    lan_give(lan, 0, lan_set(200, 100 * MS)); /* a backup that waited long waits less now */
    lan_run(lan, 400 * MS);
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_free(lan);
    (void) state;
}

static void
a_router_that_is_removed_says_so(void **state)
{
    struct cox_vrrp_set *set = lan_set(200, 200 * MS);
    struct lan *lan;

    lan_add(set, "V2", "eth0", 78, "10.0.0.101");
    lan = pair(set, lan_set(100, 200 * MS));
    g_string_truncate(lan->nodes[0].told, 0);
    lan_give(lan, 0, lan_set(200, 200 * MS));
    assert_string_equal(lan->nodes[0].told->str, "V2:INITx ");
    assert_string_equal(lan_holders(lan, "10.0.0.101"), "-");
    assert_int_equal(cox_vrrp_count(lan->nodes[0].vrrp), 1);
    lan_free(lan);
    (void) state;
}

static void
what_is_always_there_follows_the_set(void **state)
{
    struct cox_vrrp_set *set = lan_set(200, 200 * MS), *none = lan_set(200, 200 * MS);
    struct lan *lan = lan_new(1, 1);
    struct cox_vrrp_address *address = cox_arena_new_array(set->arena, struct cox_vrrp_address, 1);

    address->ip = lan_ip("10.0.0.50");
    set->statics.addresses = address;
    set->statics.n_addresses = 1;
    lan_give(lan, 0, set);
    assert_string_equal(lan_holders(lan, "10.0.0.50"), "a");
    lan_give(lan, 0, none);
    assert_string_equal(lan_holders(lan, "10.0.0.50"), "-");
    set = lan_set(200, 200 * MS);
    address = cox_arena_new_array(set->arena, struct cox_vrrp_address, 1);
    address->ip = lan_ip("10.0.0.50");
    set->statics.addresses = address;
    set->statics.n_addresses = 1;
    lan_give(lan, 0, set);
    lan_stop(lan, 0); /* checks that nothing is left */
    lan_free(lan);
    (void) state;
}

/* ---- many ---- */

#define MANY 20

static void
adverts_of_routers_that_began_nearly_together_gather(void **state)
{
    struct lan *lan = lan_new(1, 1);
    guint wakes = 0;

    for (guint n = 1; n <= MANY; n++) {
        struct cox_vrrp_set *set = lan_set(100, S);

        for (guint i = 1; i < n; i++) {
            g_autofree char *name = g_strdup_printf("M%u", i), *address = g_strdup_printf("10.9.0.%u", i);

            lan_add(set, name, "eth1", (guint8) i, address);
        }
        lan_give(lan, 0, set);
        lan_run(lan, MS);
    }
    lan_run(lan, 60 * S);
    for (cox_usec end = lan->now + S; lan->nodes[0].wake_at < end; wakes++) {
        lan_run(lan, lan->nodes[0].wake_at - lan->now);
    }
    assert_in_range(wakes, 1, MANY / 2);
    for (guint i = 0; i < MANY; i++) {
        struct cox_vrrp_status status = cox_vrrp_status_at(lan->nodes[0].vrrp, i);

        assert_int_equal(status.state, COX_VRRP_MASTER);
        assert_true(status.stats->longest_gap <= S && status.stats->sent >= 56);
    }
    lan_free(lan);
    (void) state;
}

#define HUNDREDS 200
#define TOGETHER_MOST 32

static void
adverts_of_many_that_begin_at_once_go_in_small_groups_in_their_order(void **state)
{
    struct lan *lan = lan_new(1, 1);
    struct cox_vrrp_set *set = lan_set(100, S);
    guint64 most = 0;

    for (guint i = 2; i <= HUNDREDS; i++) {
        g_autofree char *name = g_strdup_printf("M%u", i), *address = g_strdup_printf("10.9.0.%u", i);

        lan_add(set, name, "eth1", (guint8) i, address);
    }
    lan_give(lan, 0, set);
    lan_run(lan, 10 * S);
    for (cox_usec end = lan->now + 10 * S; lan->nodes[0].wake_at < end;) {
        guint64 before = 0, after = 0;

        for (guint i = 0; i < HUNDREDS; i++) {
            before += cox_vrrp_status_at(lan->nodes[0].vrrp, i).stats->sent;
        }
        lan_run(lan, lan->nodes[0].wake_at - lan->now);
        for (guint i = 0; i < HUNDREDS; i++) {
            const struct cox_vrrp_stats *stats = cox_vrrp_status_at(lan->nodes[0].vrrp, i).stats;

            after += stats->sent;
            assert_true(stats->longest_gap <= S);
        }
        most = MAX(most, after - before);
    }
    assert_int_equal(most, TOGETHER_MOST);
    for (guint i = 0; i < HUNDREDS; i++) {
        assert_in_range(cox_vrrp_status_at(lan->nodes[0].vrrp, i).stats->sent, 15, 20);
    }
    lan_free(lan);
    (void) state;
}

/* ---- words ---- */

static void
changes_are_told_once_and_in_order(void **state)
{
    struct lan *lan = pair(lan_set(200, 200 * MS), lan_set(100, 200 * MS));

    lan_stop(lan, 0);
    assert_string_equal(lan->nodes[0].told->str, "V1:BACKUP V1:MASTER V1:INIT! ");
    lan_run(lan, S);
    lan->nodes[1].is_down[0] = true;
    lan_link(lan, 1, 0);
    lan_link(lan, 1, 0);
    lan_event(lan, 1, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_STOP });
    lan_event(lan, 1, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_STOP });
    lan_event(lan, 1, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_WAKE });
    assert_string_equal(lan->nodes[1].told->str, "V1:BACKUP V1:MASTER V1:FAULT V1:INIT! ");
    assert_non_null(strstr(lan->nodes[1].said->str, "interface eth0 is down"));
    assert_true(lan->nodes[1].wake_at == COX_USEC_NEVER);
    lan_free(lan);
    (void) state;
}

static void
priorities_are_told_to_who_wants_it(void **state)
{
    static const struct cox_vrrp_track file = { COX_VRRP_TRACK_FILE, "f", { 1, false } };
    struct cox_vrrp_set *set = lan_set(200, 200 * MS);
    struct lan *lan;

    lan_first(set)->tracks = &file;
    lan_first(set)->n_tracks = 1;
    lan_first(set)->notify.has_priority = true;
    lan = pair(set, lan_set(100, 200 * MS));
    lan_track(lan, 0, COX_VRRP_TRACK_FILE, "f", 100);
    assert_int_equal(lan_status(lan, 0, "V1").priority, 254); /* 255 is the owner's */
    assert_non_null(strstr(lan->nodes[0].told->str, "V1:MASTERp"));
    lan_track(lan, 0, COX_VRRP_TRACK_FILE, "f", -253);
    assert_int_equal(lan_status(lan, 0, "V1").priority, 1);
    lan_free(lan);
    (void) state;
}

static void
a_thing_is_said_once_a_minute(void **state)
{
    struct cox_vrrp_set *other = lan_set(100, 200 * MS);
    struct lan *lan;

    lan_add_address(other, lan_first(other), "10.0.0.101");
    lan = pair(lan_set(200, 200 * MS), other);
    assert_string_equal(lan->nodes[1].said->str, "V1:1 V1:6 ");
    lan_run(lan, 50 * S);
    assert_string_equal(lan->nodes[1].said->str, "V1:1 V1:6 ");
    lan_run(lan, 10 * S);
    assert_string_equal(lan->nodes[1].said->str, "V1:1 V1:6 V1:1 ");
    assert_int_equal(lan_status(lan, 1, "V1").stats->differing, lan_status(lan, 1, "V1").stats->received);
    lan_free(lan);
    (void) state;
}

static void
refusals_are_counted_by_reason(void **state)
{
    struct cox_vrrp_set *old = lan_set(200, S);
    struct lan *lan;
    struct cox_vrrp_packet stray = { .interface = 1, .source = lan_ip("10.0.0.9"), .destination = lan_ip("224.0.0.18"), .ttl = 255 };

    lan_first(old)->version = 2;
    lan = pair(old, lan_set(100, S));
    assert_true(lan_status(lan, 1, "V1").stats->refused[COX_VRRP_REFUSED_VERSION] > 0);
    assert_non_null(strstr(lan->nodes[1].said->str, "V1:0version"));
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_PACKET, .packet = &stray });
    assert_int_equal(cox_vrrp_refused(lan->nodes[0].vrrp)[COX_VRRP_REFUSED_LENGTH], 1);
    stray.data = (const guint8 *) "\x31\x63\x64\x01\x00\x64\x00\x00\x0a\x00\x00\x64";
    stray.size = 12;
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_PACKET, .packet = &stray });
    assert_int_equal(cox_vrrp_refused(lan->nodes[0].vrrp)[COX_VRRP_REFUSED_VRID], 1);
    assert_int_equal(cox_vrrp_set_of(lan->nodes[0].vrrp)->n_instances, 1);
    lan_free(lan);
    (void) state;
}

static void
all_states_and_refusals_have_names(void **state)
{
    assert_string_equal(cox_vrrp_state_name(COX_VRRP_INIT), "INIT");
    assert_string_equal(cox_vrrp_state_name(COX_VRRP_FAULT), "FAULT");
    assert_string_equal(cox_vrrp_refusal_name(COX_VRRP_REFUSED_TTL), "ttl");
    assert_string_equal(cox_vrrp_refusal_name(COX_VRRP_REFUSED_SLEEPING), "sleeping");
    for (guint i = 0; i < COX_VRRP_REFUSAL_N; i++) {
        for (guint k = 0; k < i; k++) {
            assert_string_not_equal(cox_vrrp_refusal_name(i), cox_vrrp_refusal_name(k));
        }
        assert_true(strlen(cox_vrrp_refusal_text(i)) > 10);
    }
    (void) state;
}

/* ---- signed adverts ---- */

static struct cox_vrrp_set *
signed_set(guint8 priority)
{
    static const struct cox_vrrp_key key = { 1, "secret" };
    struct cox_vrrp_set *set = lan_set(priority, 200 * MS);

    lan_first(set)->auth.kind = COX_VRRP_AUTH_HASH;
    lan_first(set)->auth.keys = &key;
    lan_first(set)->auth.n_keys = 1;
    return set;
}

static void
a_signed_advert_counts_once(void **state)
{
    struct lan *lan = pair(signed_set(200), signed_set(100));
    g_autoptr(GByteArray) recorded = g_byte_array_new();
    struct cox_vrrp_packet packet = { .interface = 1, .source = lan_ip("10.0.0.1"), .destination = lan_ip("224.0.0.18"), .ttl = 255 };

    g_byte_array_append(recorded, lan->last->data, lan->last->len);
    packet.data = recorded->data;
    packet.size = recorded->len;
    lan_crash(lan, 0);
    for (guint i = 0; i < 20; i++) {
        lan_inject(lan, 0, &packet);
        lan_run(lan, 100 * MS);
    }
    assert_string_equal(lan_holders(lan, VIP), "b");
    assert_int_equal(lan_status(lan, 1, "V1").stats->refused[COX_VRRP_REFUSED_REPLAY], 20);
    lan_give(lan, 0, signed_set(200)); /* its stamps go on */
    lan_run(lan, 2 * S);
    assert_string_equal(lan_holders(lan, VIP), "a");
    assert_true(cox_vrrp_stamp(lan->nodes[0].vrrp, lan->now) >= (guint64) lan->now);
    lan_free(lan);
    (void) state;
}

/* ---- what cannot be ---- */

static void
open_says(struct lan *lan, guint node, const char *name, const char *reason)
{
    struct cox_vrrp_event event = { .kind = COX_VRRP_ON_OPEN, .open = { name, reason } };

    lan_event(lan, node, &event);
}

static void
a_router_that_is_not_open_is_in_fault_until_it_is(void **state)
{
    struct lan *lan = pair(lan_set(200, 200 * MS), lan_set(100, 200 * MS));
    struct cox_vrrp_set *other = lan_set(200, 200 * MS);

    open_says(lan, 0, "V9", "no such router");
    assert_string_equal(lan_holders(lan, VIP), "a");
    open_says(lan, 0, "V1", "interface vrrp.77 cannot be made: Operation not permitted");
    assert_int_equal(lan_status(lan, 0, "V1").state, COX_VRRP_FAULT);
    assert_non_null(strstr(lan->nodes[0].said->str, "V1:8interface vrrp.77 cannot be made: Operation not permitted"));
    assert_string_equal(lan_status(lan, 0, "V1").fault, "interface vrrp.77 cannot be made: Operation not permitted");
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, VIP), "b");
    lan_give(lan, 0, lan_set(200, 200 * MS)); /* it goes on, and is no more open than before */
    assert_int_equal(lan_status(lan, 0, "V1").state, COX_VRRP_FAULT);
    open_says(lan, 0, "V1", NULL);
    lan_run(lan, S);
    assert_string_equal(lan_holders(lan, VIP), "a");
    open_says(lan, 0, "V1", "group 224.0.0.18 cannot be joined on eth0");
    lan_first(other)->vrid = 99; /* another router: it is opened anew */
    lan_give(lan, 0, other);
    assert_int_equal(lan_status(lan, 0, "V1").state, COX_VRRP_BACKUP);
    lan_free(lan);
    (void) state;
}

static void
what_is_not_known_is_ignored(void **state)
{
    struct lan *lan = pair(lan_set(200, 200 * MS), lan_set(100, 200 * MS));
    struct cox_vrrp_link link = { .name = "nothing0", .index = 9 };
    struct cox_vrrp_event event = { .kind = COX_VRRP_ON_ORDER, .order = { "nobody", COX_VRRP_ORDER_PROMOTE } };
    struct cox_vrrp_status status;

    lan_event(lan, 0, &event);
    lan_event(lan, 0, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LINK, .link = &link });
    lan_track(lan, 0, COX_VRRP_TRACK_SCRIPT, "nothing", 1);
    lan_track(lan, 0, COX_VRRP_TRACK_RESOURCE, "nothing", 1);
    assert_false(cox_vrrp_status_of(lan->nodes[0].vrrp, "nobody", &status));
    assert_string_equal(lan_holders(lan, VIP), "a");
    lan_free(lan);
    cox_vrrp_free(NULL);
    (void) state;
}

/* A daemon that was killed, or a router that a reload makes anew: the order was given before. */
static void
a_router_that_is_promoted_already_is_no_backup_first(void **state)
{
    struct lan *lan = lan_new(1, 1);

    for (guint i = 0; i < 2; i++) {
        struct cox_vrrp_set *set = lan_set(100, 200 * MS);

        lan_first(set)->is_promoted = true; /* which means nothing where adverts decide */
        lan_first(set)->authority = i == 0 ? COX_VRRP_AUTHORITY_CLUSTER : COX_VRRP_AUTHORITY_VRRP;
        lan_give(lan, 0, set);
        assert_int_equal(lan_status(lan, 0, "V1").state, i == 0 ? COX_VRRP_MASTER : COX_VRRP_BACKUP);
        assert_string_equal(lan->nodes[0].told->str, i == 0 ? "V1:MASTER " : "V1:MASTER V1:BACKUP ");
    }
    lan_free(lan);
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(a_router_that_is_promoted_already_is_no_backup_first), cmocka_unit_test(the_higher_one_is_master_and_comes_back), cmocka_unit_test(each_family_has_its_own_router_ids),
              cmocka_unit_test(with_authority_of_the_cluster_only_an_order_makes_a_master),
              cmocka_unit_test(a_promoted_router_does_not_yield_and_says_that_there_is_a_rival),
              cmocka_unit_test(an_order_waits_for_the_end_of_a_fault), cmocka_unit_test(the_end_of_the_process_leaves_who_was_ordered),
              cmocka_unit_test(an_order_is_for_the_whole_group),
              cmocka_unit_test(an_order_to_a_router_of_its_own_is_not_heard), cmocka_unit_test(a_lost_address_is_set_at_once_and_then_once_an_interval),
              cmocka_unit_test(addresses_are_announced_again_and_refreshed), cmocka_unit_test(addresses_on_other_interfaces_are_announced_again_and_again), cmocka_unit_test(a_lower_master_does_not_end_the_announcements_that_were_planned), cmocka_unit_test(stamps_follow_a_clock_that_is_set_forward), cmocka_unit_test(no_advert_is_lost_by_a_reload),
              cmocka_unit_test(an_address_may_go_from_one_router_to_another), cmocka_unit_test(an_interval_changes_without_a_gap),
              cmocka_unit_test(a_router_that_is_removed_says_so), cmocka_unit_test(what_is_always_there_follows_the_set),
              cmocka_unit_test(adverts_of_routers_that_began_nearly_together_gather),
              cmocka_unit_test(adverts_of_many_that_begin_at_once_go_in_small_groups_in_their_order), cmocka_unit_test(changes_are_told_once_and_in_order),
              cmocka_unit_test(priorities_are_told_to_who_wants_it), cmocka_unit_test(a_thing_is_said_once_a_minute),
              cmocka_unit_test(refusals_are_counted_by_reason), cmocka_unit_test(all_states_and_refusals_have_names),
              cmocka_unit_test(a_signed_advert_counts_once), cmocka_unit_test(a_router_that_is_not_open_is_in_fault_until_it_is),
              cmocka_unit_test(what_is_not_known_is_ignored))
