/* lib/vrrp/tests/test_keepalived.c */
#include "vrrp/tests/confkit.h"

#include <string.h>

static void
a_router_has_what_the_file_says_and_the_rest_from_the_defaults(void **state)
{
    g_autoptr(cox_vrrp_set) set = good("vrrp_instance VI_1 {\n state MASTER\n interface eth0\n virtual_router_id 51\n priority 150\n"
                                       " advert_int 2\n authentication {\n auth_type PASS\n auth_pass 1234\n }\n"
                                       " virtual_ipaddress {\n 192.168.200.16\n 192.168.200.17/24 dev eth1 label eth1:1\n }\n smtp_alert\n"
                                       " notify_master \"/bin/x 'a b' c\" root\n}\n");
    const struct cox_vrrp_instance *router = &set->instances[0];

    (void) state;
    assert_int_equal(set->n_instances, 1);
    assert_string_equal(router->name, "VI_1");
    assert_string_equal(router->where, "k:1");
    assert_string_equal(router->interface, "eth0");
    assert_true(router->is_master_first && router->is_preempting && router->is_accepting && router->answers_lower);
    assert_int_equal(router->vrid, 51);
    assert_int_equal(router->priority, 150);
    assert_int_equal(router->version, 2);
    assert_int_equal(router->advert, 2 * COX_USEC_PER_S);
    assert_int_equal(router->auth.kind, COX_VRRP_AUTH_PASS);
    assert_string_equal(router->auth.keys[0].secret, "1234");
    assert_int_equal(router->items.n_addresses, 2);
    assert_int_equal(router->items.addresses[0].prefix, 32);
    assert_int_equal(router->items.addresses[1].prefix, 24);
    assert_string_equal(router->items.addresses[1].interface, "eth1");
    assert_string_equal(router->items.addresses[1].label, "eth1:1");
    assert_true(router->notify.has_mail);
    assert_string_equal(router->notify.master.argv[1], "a b");
    assert_string_equal(router->notify.master.user, "root");
    assert_int_equal(router->garp.lower_repeat, 5);
    assert_int_equal(router->garp.lower_delay, 5 * COX_USEC_PER_S);
}

static void
an_ipv6_router_has_version_3_and_its_group(void **state)
{
    g_autoptr(cox_vrrp_set) set = good("global_defs { vrrp_mcast_group6 ff02::15\n vrrp_version 2 }\nvrrp_instance V6 {\n interface eth0\n"
                                       " virtual_router_id 1\n advert_int 0.01\n virtual_ipaddress {\n fe80::1/64\n 2001:db8::1\n }\n"
                                       " virtual_ipaddress_excluded { 10.0.0.1/24 brd + }\n}\n");
    const struct cox_vrrp_instance *router = &set->instances[0];
    char text[COX_IP_TEXT_SIZE];

    (void) state;
    assert_int_equal(router->family, COX_IP_V6);
    assert_int_equal(router->version, 3);
    assert_int_equal(router->advert, 10 * COX_USEC_PER_MS);
    assert_string_equal(cox_ip_format(&router->group, text), "ff02::15");
    assert_int_equal(router->items.addresses[0].preferred_s, -1);
    assert_int_equal(router->items.addresses[1].preferred_s, 0); /* /128: not used as source */
    assert_string_equal(cox_ip_format(&router->excluded[0].broadcast, text), "10.0.0.255");
}

static void
global_values_hold_unless_a_router_says_its_own(void **state)
{
    g_autoptr(cox_vrrp_set) set = good("vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress { 10.0.0.1\n }\n"
                                       " garp_master_repeat 3\n lower_prio_no_advert off\n}\n"
                                       "vrrp_instance B {\n interface eth0\n virtual_router_id 2\n virtual_ipaddress { 10.0.0.2\n }\n}\n"
                                       "global_defs {\n vrrp_garp_master_repeat 2\n vrrp_garp_master_delay 1.5\n vrrp_lower_prio_no_advert\n"
                                       " vrrp_down_timer_adverts 4\n smtp_alert on\n vrrp_garp_interval 0.001\n router_id me\n}\n");

    (void) state;
    assert_int_equal(set->instances[0].garp.repeat, 3);
    assert_int_equal(set->instances[0].garp.lower_repeat, 3);
    assert_int_equal(set->instances[1].garp.repeat, 2);
    assert_int_equal(set->instances[1].garp.delay, 1500 * COX_USEC_PER_MS);
    assert_true(set->instances[0].answers_lower);
    assert_false(set->instances[1].answers_lower);
    assert_int_equal(set->instances[1].down_adverts, 4);
    assert_true(set->instances[1].notify.has_mail);
    assert_string_equal(set->global.router_id, "me");
    assert_int_equal(set->n_paces, 1);
    assert_int_equal(set->paces[0].arp, 1000);
}

static void
what_is_left_out_is_in_the_set_and_not_written(void **state)
{
    g_autoptr(cox_vrrp_set) set = good("static_ipaddress { 10.0.0.7/24\n }\n" ROUTER("A", "use_vmac")
                                       "vrrp_instance B {\n interface eth0\n virtual_router_id 5\n use_vmac\n virtual_ipaddress { fe80::5\n }\n}\n"
                                       "vrrp_instance C {\n interface eth1\n virtual_router_id 5\n use_vmac\n virtual_ipaddress { 10.1.0.1\n }\n}\n");
    g_autoptr(GString) text = g_string_new(NULL);

    (void) state;
    assert_string_equal(set->statics.addresses[0].interface, "eth0");
    assert_string_equal(set->instances[0].vmac.name, "vrrp.5");
    assert_string_equal(set->instances[1].vmac.name, "vrrp6.5");
    assert_string_equal(set->instances[2].vmac.name, "vrrp.5.eth1");
    cox_vrrp_set_write(set, text);
    assert_null(strstr(text->str, "vrrp.5"));
    assert_non_null(strstr(text->str, "use_vmac\n"));
}

static void
strict_mode_decides_what_is_not_said(void **state)
{
    g_autoptr(cox_vrrp_set) set = good("global_defs { vrrp_strict\n vrrp_min_garp }\n" ROUTER("A", "") "vrrp_instance B {\n state MASTER\n"
                                       " interface eth1\n virtual_router_id 5\n priority 255\n virtual_ipaddress { 10.0.1.1 }\n}\n");

    (void) state;
    assert_true(set->instances[0].is_strict && !set->instances[0].is_accepting && !set->instances[0].answers_lower);
    assert_true(set->instances[1].is_accepting);
    assert_int_equal(set->instances[0].garp.repeat, 1);
    assert_int_equal(set->instances[0].garp.delay, 0);
}

/* As keepalived(8) does, seen in cts/keepalived/check-tables. */
static void
what_is_not_said_is_as_in_keepalived(void **state)
{
    g_autoptr(cox_vrrp_set) set = good("static_rules {\n from 10.1.0.0/16 table 1\n from 10.2.0.0/16 table 1 priority 9\n from 10.3.0.0/16 table 1\n"
                                       " to 2001:db8::/48 table 1\n}\n"
                                       "vrrp_instance B {\n state MASTER\n interface eth1\n virtual_router_id 5\n virtual_ipaddress { 10.0.1.1 }\n"
                                       " virtual_rules {\n iif eth1 goto 32766\n }\n}\n" ROUTER("A", "state MASTER\n priority 7"));
    const struct cox_vrrp_rule *rules = set->statics.rules;

    (void) state;
    assert_int_equal(set->instances[0].priority, 255);
    assert_int_equal(set->instances[1].priority, 7);
    assert_int_equal(rules[0].preference, 16384);
    assert_int_equal(rules[1].preference, 9);
    assert_int_equal(rules[2].preference, 16383);
    assert_int_equal(rules[3].preference, 16384);
    assert_int_equal(set->instances[0].items.rules[0].preference, 16382);
}

static void
followed_things_have_their_own_weight_or_that_of_the_line(void **state)
{
    g_autoptr(cox_vrrp_set) set = good(ROUTER("A", "track_script {\n s1\n s2 weight 5 reverse\n}\ntrack_interface { eth1 weight -20\n eth2\n}\n"
                                                   "track_file { f }\n track_process { p }")
                                       "vrrp_script s1 {\n script \"/usr/bin/killall -0 haproxy\"\n interval 2\n timeout 1\n weight -10\n rise 2\n fall 3\n"
                                       " user nobody\n init_fail\n}\nvrrp_script s2 { script /bin/true -x 'a b'\n }\n"
                                       "track_file f { file /run/f\n weight 2\n init_file 7 overwrite }\n"
                                       "vrrp_track_process p { process haproxy -f /etc/x\n quorum 2\n delay 0.5 }\n");
    const struct cox_vrrp_track *tracks = set->instances[0].tracks;

    (void) state;
    assert_int_equal(set->instances[0].n_tracks, 6);
    assert_int_equal(tracks[0].weight.value, -10);
    assert_true(tracks[1].weight.value == 5 && tracks[1].weight.is_reversed);
    assert_int_equal(tracks[2].weight.value, -20);
    assert_int_equal(tracks[2].kind, COX_VRRP_TRACK_INTERFACE);
    assert_int_equal(tracks[4].weight.value, 2);
    assert_int_equal(tracks[5].weight.value, 1);
    assert_string_equal(set->scripts[0].command.argv[1], "-0");
    assert_string_equal(set->scripts[0].command.user, "nobody");
    assert_string_equal(set->scripts[1].command.argv[2], "a b");
    assert_true(set->scripts[0].is_down_first && set->scripts[0].fall == 3 && set->scripts[1].interval == COX_USEC_PER_S);
    assert_true(set->files[0].is_made && set->files[0].is_overwritten && set->files[0].first_value == 7);
    assert_int_equal(set->processes[0].match, COX_VRRP_PARAMS_EXACT);
    assert_int_equal(set->processes[0].terminate_delay, 500 * COX_USEC_PER_MS);
}

static void
groups_name_their_routers(void **state)
{
    g_autoptr(cox_vrrp_set) set = good("vrrp_sync_group G {\n group {\n A\n B\n}\n notify_fault \"/bin/f x\"\n}\n"
                                       "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress { 10.0.0.1\n }\n}\n"
                                       "vrrp_instance B {\n interface eth0\n virtual_router_id 2\n virtual_ipaddress { 10.0.0.2\n }\n}\n"
                                       "track_group T { group { A } }\nstatic_ipaddress { 10.1.0.1/24 dev eth3 track_group T }\n");

    (void) state;
    assert_int_equal(set->groups[0].n_members, 2);
    assert_string_equal(set->groups[0].members[1], "B");
    assert_string_equal(set->groups[0].notify.fault.argv[1], "x");
    assert_string_equal(set->track_groups[0].members[0], "A");
    assert_string_equal(set->statics.addresses[0].track_group, "T");
}

static void
what_is_not_known_or_wrong_is_said_with_its_place(void **state)
{
    (void) state;
    says(ROUTER("A", "priorty 5"), "k:4:1: keyword 'priorty' is not known in 'vrrp_instance'\n");
    says("bogus {\n a\n}\n", "k:1:1: keyword 'bogus' is not known in 'top'\n");
    says(ROUTER("A", "priority 256"), "ERROR k:4:10: '256' of 'priority' is not a number from 1 to 255\n");
    says(ROUTER("A", "priority"), "ERROR k:4:1: 'priority' needs a number from 1 to 255 behind it\n");
    says(ROUTER("A", "priority 1e2 5"), "ERROR k:4:10: '1e2' of 'priority' is not a number from 1 to 255\n"
                                        "k:4:14: '5' behind 'priority' is not read\n");
    says(ROUTER("A", "advert_int 0.005"), "ERROR k:4:12: '0.005' of 'advert_int' is not a number of seconds from 0.01 to 255\n");
    says(ROUTER("A", "state FOO"), "ERROR k:4:7: 'FOO' does not mean anything in 'state'\n");
    says(ROUTER("A", "smtp_alert maybe"), "ERROR k:4:12: 'maybe' of 'smtp_alert' is not on or off\n");
    says(ROUTER("A", "nopreempt yes"), "k:4:11: 'yes' behind 'nopreempt' is not read\n");
    says(ROUTER("A", "track_bfd { b }"), "k:4:1: keyword 'track_bfd' is not carried over: there is no BFD\n");
    says(ROUTER("A", "native_ipv6"), "k:4:1: keyword 'native_ipv6' has no meaning any more: the addresses say the family\n");
    says(ROUTER("A", "track_interface { eth1 weight 300 }"), "ERROR k:4:31: '300' of 'eth1' is not a number from -254 to 254\n");
    says(ROUTER("A", "virtual_ipaddress_excluded { 10.0.0.300\n 10.0.0.3 foo\n }"),
         "ERROR k:4:30: '10.0.0.300' is no address\nERROR k:5:11: 'foo' is not known here\n");
    says(ROUTER("A", "authentication { auth_type AH }"), "ERROR k:4:28: authentication with IPSec AH is not supported\n");
    says("global_defs { enable_dbus }\n", "k:1:15: keyword 'enable_dbus' is not carried over: there is no D-Bus interface\n");
    says("virtual_server 10.0.0.1 80 { bla }\n", "");
    says("vrrp_instance {\n}\n", "ERROR k:1:1: 'vrrp_instance' is a block with one name\n");
}

COX_TEST_MAIN(cmocka_unit_test(a_router_has_what_the_file_says_and_the_rest_from_the_defaults),
              cmocka_unit_test(an_ipv6_router_has_version_3_and_its_group), cmocka_unit_test(global_values_hold_unless_a_router_says_its_own),
              cmocka_unit_test(what_is_left_out_is_in_the_set_and_not_written), cmocka_unit_test(strict_mode_decides_what_is_not_said),
              cmocka_unit_test(what_is_not_said_is_as_in_keepalived),
              cmocka_unit_test(followed_things_have_their_own_weight_or_that_of_the_line), cmocka_unit_test(groups_name_their_routers),
              cmocka_unit_test(what_is_not_known_or_wrong_is_said_with_its_place))
