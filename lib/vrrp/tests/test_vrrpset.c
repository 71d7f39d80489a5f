/* lib/vrrp/tests/test_vrrpset.c */
#include "vrrp/vrrpset.h"

#include <string.h>

#include "base/testkit.h"

static void
an_interface_has_the_space_of_its_group_or_of_all_others(void **state)
{
    const char *const names[] = { "eth1", "eth2" };
    const struct cox_vrrp_pace paces[] = { { names, 2, 5, 0 }, { NULL, 0, 7, 9 } };
    const struct cox_vrrp_set set = { .paces = paces, .n_paces = 2 }, without = { .paces = paces, .n_paces = 1 };

    (void) state;
    assert_ptr_equal(cox_vrrp_set_pace(&set, "eth2"), &paces[0]);
    assert_ptr_equal(cox_vrrp_set_pace(&set, "eth0"), &paces[1]);
    assert_null(cox_vrrp_set_pace(&without, "eth0"));
}

static void
a_set_begins_empty_with_the_defaults_of_the_process(void **state)
{
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_new();

    assert_int_equal(set->n_instances + set->n_groups + set->n_scripts + set->n_debounces, 0);
    assert_null(set->global.vmac_prefix);
    assert_int_equal(set->global.umask, -1);
    assert_int_equal(set->global.startup_limit, 10 * COX_USEC_PER_S);
    cox_vrrp_set_free(NULL);
    (void) state;
}

static void
a_router_has_the_defaults_of_its_family(void **state)
{
    struct cox_vrrp_instance four, six;
    char text[COX_IP_TEXT_SIZE];

    cox_vrrp_instance_defaults(&four, COX_IP_V4);
    cox_vrrp_instance_defaults(&six, COX_IP_V6);
    assert_int_equal(four.version, 2);
    assert_int_equal(six.version, 3);
    assert_string_equal(cox_ip_format(&four.group, text), "224.0.0.18");
    assert_string_equal(cox_ip_format(&six.group, text), "ff02::12");
    assert_int_equal(four.priority, 100);
    assert_int_equal(four.advert, COX_USEC_PER_S);
    assert_true(six.is_preempting && six.is_accepting && six.answers_lower && six.answers_higher);
    (void) state;
}

static struct cox_vrrp_instance
macvlan(const char *name, enum cox_ip_family family, const char *interface)
{
    struct cox_vrrp_instance router;

    cox_vrrp_instance_defaults(&router, family);
    router.name = name;
    router.vrid = 255;
    router.interface = interface;
    router.vmac.kind = COX_VRRP_VMAC_MACVLAN;
    return router;
}

/* The names that routers get, in their order. */
static char *
names(const struct cox_vrrp_instance *routers, size_t n, const char *prefix)
{
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_new();
    GString *text = g_string_new(NULL);

    set->global.vmac_prefix = prefix;
    set->instances = cox_arena_memdup(set->arena, routers, n, sizeof *routers);
    set->n_instances = n;
    cox_vrrp_set_finish(set);
    for (size_t i = 0; i < n; i++) {
        const struct cox_vrrp_vmac *vmac = &set->instances[i].vmac;

        g_string_append_printf(text, "%s%s ", vmac->name != NULL ? vmac->name : "-", vmac->is_name_made ? "*" : "");
        assert_true(vmac->name == NULL || strlen(vmac->name) <= 15);
    }
    return g_string_free(text, FALSE);
}

static void
expect(char *text, const char *wanted)
{
    assert_string_equal(text, wanted);
    g_free(text);
}

static void
virtual_interfaces_have_names_of_their_own(void **state)
{
    struct cox_vrrp_instance routers[] = {
        macvlan("a", COX_IP_V4, "eth0"), macvlan("b", COX_IP_V6, "eth0"), macvlan("c", COX_IP_V4, "eth1"), macvlan("d", COX_IP_V6, "eth1"),
        macvlan("e", COX_IP_V4, "enp94s0f1np1"), macvlan("f", COX_IP_V4, "enp94s0f1np2"), macvlan("g", COX_IP_V4, "eth0"),
        macvlan("h", COX_IP_V4, "eth2"),
    };

    routers[6].group.bytes[3] = 19; /* as a, and on its interface */
    routers[7].vmac.kind = COX_VRRP_VMAC_NONE;
    expect(names(routers, 8, NULL), "vrrp.255* vrrp6.255* vrrp.255.eth1* vrrp6.255.eth1* vrrp.255.2* vrrp.255.3* vrrp.255* - ");
    expect(names(routers, 4, "v"), "v.255* v6.255* v.255.eth1* v6.255.eth1* ");
    expect(names(routers, 4, "a_long_prefix"), "a_long_pref.255* a_long_pre6.255* a_long_pre.255* a_lo.255.2* ");
    expect(names(routers + 1, 3, NULL), "vrrp.255* vrrp.255.eth1* vrrp6.255* "); /* the first one has the short name, as in keepalived */
    routers[3].vmac.name = "vrrp.255";
    expect(names(routers, 4, NULL), "vrrp.255.eth0* vrrp6.255* vrrp.255.eth1* vrrp.255 ");
    (void) state;
}

static struct cox_vrrp_set *
set_with(const struct cox_vrrp_instance *routers, size_t n)
{
    struct cox_vrrp_set *set = cox_vrrp_set_new();

    set->instances = cox_arena_memdup(set->arena, routers, n, sizeof *routers);
    set->n_instances = n;
    cox_vrrp_set_finish(set);
    return set;
}

static void
who_comes_or_goes_changes_nobodys_virtual_interface(void **state)
{
    struct cox_vrrp_instance routers[] = { macvlan("b", COX_IP_V4, "eth0"), macvlan("a", COX_IP_V4, "eth1"), macvlan("c", COX_IP_V4, "eth1") };
    g_autoptr(cox_vrrp_set) alone = set_with(routers + 1, 1), both = set_with(routers, 3), less = set_with(routers + 2, 1), other = set_with(routers, 3);

    assert_string_equal(alone->instances[0].vmac.name, "vrrp.255");
    assert_string_equal(both->instances[0].vmac.name, "vrrp.255");
    cox_vrrp_set_keep_names(both, alone);
    assert_string_equal(both->instances[0].vmac.name, "vrrp.255.eth1");
    assert_string_equal(both->instances[1].vmac.name, "vrrp.255");
    assert_string_equal(both->instances[2].vmac.name, "vrrp.255"); /* it shares that of a */
    cox_vrrp_set_keep_names(less, both);
    assert_string_equal(less->instances[0].vmac.name, both->instances[2].vmac.name);
    other->global.vmac_prefix = "v";
    cox_vrrp_set_keep_names(other, both);
    assert_string_equal(other->instances[0].vmac.name, "vrrp.255"); /* another prefix is asked for */
    (void) state;
}

static void
static_addresses_are_on_the_default_interface(void **state)
{
    struct cox_vrrp_address addresses[2] = { { .prefix = 24 }, { .prefix = 24, .interface = "eth7" } };
    static const char *const usual[] = { NULL, "lan" };

    for (guint i = 0; i < 2; i++) {
        g_autoptr(cox_vrrp_set) set = cox_vrrp_set_new();

        set->global.default_interface = usual[i];
        set->statics.addresses = cox_arena_memdup(set->arena, addresses, 2, sizeof *addresses);
        set->statics.n_addresses = 2;
        cox_vrrp_set_finish(set);
        assert_string_equal(set->statics.addresses[0].interface, i == 0 ? "eth0" : "lan");
        assert_string_equal(set->statics.addresses[1].interface, "eth7");
    }
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(virtual_interfaces_have_names_of_their_own), cmocka_unit_test(who_comes_or_goes_changes_nobodys_virtual_interface),
              cmocka_unit_test(static_addresses_are_on_the_default_interface),
              cmocka_unit_test(an_interface_has_the_space_of_its_group_or_of_all_others),
              cmocka_unit_test(a_set_begins_empty_with_the_defaults_of_the_process), cmocka_unit_test(a_router_has_the_defaults_of_its_family))
