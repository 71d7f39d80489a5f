/* lib/vrrp/tests/test_vrrpset.c */
#include "vrrp/vrrpset.h"

#include "base/testkit.h"

static void
a_set_begins_empty_with_the_defaults_of_the_process(void **state)
{
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_new();

    assert_int_equal(set->n_instances + set->n_groups + set->n_scripts + set->n_debounces, 0);
    assert_string_equal(set->global.vmac_prefix, "vrrp");
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

COX_TEST_MAIN(cmocka_unit_test(a_set_begins_empty_with_the_defaults_of_the_process), cmocka_unit_test(a_router_has_the_defaults_of_its_family))
