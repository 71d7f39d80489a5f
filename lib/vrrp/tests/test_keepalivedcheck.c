/* lib/vrrp/tests/test_keepalivedcheck.c */
#include "vrrp/tests/confkit.h"

static void
a_vrid_is_once_on_an_interface(void **state)
{
    (void) state;
    says(ROUTER("A", "") ROUTER("B", ""), "ERROR k:8: router 'B': VRID 5 is on this interface already, of router 'A'\n");
    says(ROUTER("A", "") "vrrp_instance B {\n interface eth1\n virtual_router_id 5\n virtual_ipaddress { 10.0.0.9 }\n}\n", "");
    says(ROUTER("A", "") "vrrp_instance B {\n interface eth0\n virtual_router_id 5\n virtual_ipaddress { fe80::9/64 }\n}\n", "");
    says(ROUTER("A", "") ROUTER("B", "mcast_dst_ip 224.0.0.19"), "");
    says(ROUTER("A", "unicast_peer { 10.1.1.1\n}") ROUTER("B", "unicast_peer { 10.1.1.2\n}"), "");
    says(ROUTER("A", "unicast_peer { 10.1.1.1\n}") ROUTER("B", "unicast_peer { 10.1.1.1\n}"),
         "ERROR k:9: router 'B': VRID 5 is on this interface already, of router 'A'\n");
    says(ROUTER("A", "") ROUTER("A", "mcast_dst_ip 224.0.0.19"), "ERROR k:8: router 'A': another router has this name\n");
}

static void
a_router_needs_vrid_interface_and_addresses(void **state)
{
    (void) state;
    says("vrrp_instance A { }\n", "ERROR k:1: router 'A': it has no VRID\n"
                                  "ERROR k:1: router 'A': it has neither interface nor unicast peers\nERROR k:1: router 'A': it has no virtual address\n");
    says("global_defs { vrrp_strict\n }\nvrrp_instance A { interface a\n virtual_router_id 1\n }\n",
         "ERROR k:3: router 'A': it has no virtual address\n");
    says(ROUTER("A", "virtual_ipaddress { 10.0.0.1 }"), "ERROR k:1: router 'A': an address is there twice\n");
    says(ROUTER("A", "virtual_ipaddress { 10.0.0.1/24 }"), "k:5:22: '10.0.0.1/24' is there twice: once is enough\n");
}

static void
families_are_not_mixed(void **state)
{
    (void) state;
    says(ROUTER("A", "virtual_ipaddress { 2001:db8::1\n }"),
         "ERROR k:1: router 'A': its virtual addresses are of both families\n");
    says(ROUTER("A", "unicast_peer { fe80::1\n}"), "ERROR k:1: router 'A': its peers and its addresses are of two families\n");
    says(ROUTER("A", "mcast_src_ip fe80::1"), "ERROR k:1: router 'A': its source or group is of another family than its addresses\n");
    says("vrrp_instance A { interface e\n virtual_router_id 1\n version 2\n virtual_ipaddress { fe80::1 }\n}\n",
         "ERROR k:1: router 'A': version 2 has no IPv6\n");
}

static void
an_interval_is_what_the_version_carries(void **state)
{
    (void) state;
    says(ROUTER("A", "advert_int 0.5"), "ERROR k:1: router 'A': version 2 cannot carry parts of a second in adverts\n");
    says(ROUTER("A", "version 3\n advert_int 0.5"), "");
    says(ROUTER("A", "version 3\n advert_int 41"), "ERROR k:1: router 'A': version 3 cannot carry so long an advert interval\n");
    says(ROUTER("A", "version 3\n advert_int 0.025"), "k:1: router 'A': version 3 carries advert intervals in steps of 0.01 seconds: others are told the next longer one\n");
    says(ROUTER("A", "advert_int 255"), "");
}

static void
passwords_are_of_version_2(void **state)
{
    (void) state;
    says(ROUTER("A", "version 3\n authentication { auth_type PASS\n auth_pass x }"),
         "k:1: router 'A': version 3 has no password: it is not sent\n");
    says(ROUTER("A", "authentication { auth_type PASS }"), "ERROR k:1: router 'A': it has authentication and no password\n");
    says(ROUTER("A", "version 3\n authentication { auth_type HASH\n auth_key 2 new\n auth_key 1 old }"), "");
    says(ROUTER("A", "authentication { auth_type HASH }"), "ERROR k:1: router 'A': its adverts are to be signed and it has no key\n");
    says(ROUTER("A", "authentication { auth_type HASH\n auth_pass x }"), "ERROR k:1: router 'A': its password or key is not of its auth_type\n");
    says(ROUTER("A", "authentication { auth_type PASS\n auth_key 1 x }"), "ERROR k:1: router 'A': its password or key is not of its auth_type\n");
    says(ROUTER("A", "authentication { auth_type HASH\n auth_key 1 x\n auth_key 1 y }"), "ERROR k:1: router 'A': two of its keys have the same number\n");
    says(ROUTER("A", "authentication { auth_type PASS\n auth_pass 123456789 }"), "k:5:12: of the password only 8 characters count\n");
}

static void
preemption_goes_with_state_backup(void **state)
{
    (void) state;
    says(ROUTER("A", "state MASTER\n priority 100\n nopreempt"), "k:1: router 'A': nopreempt and preempt_delay do not go with state MASTER\n");
    says(ROUTER("A", "nopreempt\n preempt_delay 5"), "k:1: router 'A': preempt_delay means nothing with nopreempt\n");
}

static void
strict_mode_refuses_what_the_rfc_forbids(void **state)
{
    (void) state;
    says(ROUTER("A", "strict_mode\n unicast_peer { 10.9.9.9\n }"), "ERROR k:1: router 'A': strict mode has no unicast\n");
    says(ROUTER("A", "strict_mode\n preempt_delay 3"), "ERROR k:1: router 'A': strict mode has no preempt_delay\n");
    says(ROUTER("A", "strict_mode\n state MASTER\n priority 100"), "k:1: router 'A': in strict mode the owner, and only it, is MASTER first\n");
    says(ROUTER("A", "strict_mode\n authentication { auth_type PASS\n auth_pass x }"), "ERROR k:1: router 'A': strict mode has no authentication\n");
}

static void
virtual_macs_need_an_interface_and_unicast_the_one_below(void **state)
{
    (void) state;
    says(ROUTER("A", "use_vmac v1\n unicast_peer { 10.9.9.9\n }"), "k:1: router 'A': unicast peers are reached from the interface below only\n");
    says("vrrp_instance A {\n virtual_router_id 1\n use_vmac\n vmac_xmit_base\n unicast_peer { 10.9.9.9\n }\n virtual_ipaddress { 10.0.0.1\n }\n}\n",
         "ERROR k:1: router 'A': use_vmac needs an interface\n");
}

static void
a_virtual_interface_of_a_name_is_one(void **state)
{
    (void) state;
    says("vrrp_instance A {\n virtual_router_id 1\n interface eth0\n use_vmac v\n virtual_ipaddress { 10.0.0.1\n }\n}\n"
         "vrrp_instance B {\n virtual_router_id 2\n interface eth0\n use_vmac v\n virtual_ipaddress { 10.0.0.2\n }\n}\n",
         "ERROR k:8: router 'B': the virtual interface 'v' is that of router 'A' already\n");
    says("vrrp_instance A {\n virtual_router_id 1\n interface eth0\n use_vmac v\n virtual_ipaddress { 10.0.0.1\n }\n}\n"
         "vrrp_instance B {\n virtual_router_id 1\n interface eth0\n use_vmac v\n mcast_dst_ip 224.0.0.19\n virtual_ipaddress { 10.0.0.2\n }\n}\n", "");
}

static void
names_are_of_things_that_are_defined(void **state)
{
    (void) state;
    says(ROUTER("A", "track_script { s\n }\n track_interface { e\n e\n }"),
         "ERROR k:1: 's' is followed and not defined\nk:1: 'e' is followed twice\n");
    says("vrrp_sync_group G { group {\n A\n A\n B\n}\n}\n" ROUTER("A", ""),
         "ERROR k:1: router 'A' is in a sync group already\nERROR k:1: sync group 'G' names the router 'B', which is not defined\n");
    says("vrrp_sync_group G {\n}\n", "k:1:1: sync group 'G' has no routers: left out\n");
    says("track_group T { group { X } }\n", "ERROR T: the track group names the router 'X', which is not defined\n");
    says(ROUTER("A", "priority 255\n track_interface { e weight 5 }"),
         "k:1: router 'A': the priority of the owner of the addresses does not change\n");
}

COX_TEST_MAIN(cmocka_unit_test(a_vrid_is_once_on_an_interface), cmocka_unit_test(a_router_needs_vrid_interface_and_addresses),
              cmocka_unit_test(families_are_not_mixed), cmocka_unit_test(an_interval_is_what_the_version_carries),
              cmocka_unit_test(passwords_are_of_version_2), cmocka_unit_test(preemption_goes_with_state_backup),
              cmocka_unit_test(strict_mode_refuses_what_the_rfc_forbids),
              cmocka_unit_test(a_virtual_interface_of_a_name_is_one), cmocka_unit_test(virtual_macs_need_an_interface_and_unicast_the_one_below),
              cmocka_unit_test(names_are_of_things_that_are_defined))
