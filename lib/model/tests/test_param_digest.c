/* lib/model/tests/test_param_digest.c - tests of lib/model/param_digest.c. */
#include "model/param_digest.h"

#include "base/testkit.h"

static void
digest_is_that_of_the_sorted_parameters(void **state)
{
    struct cox_nvpair one[] = { { .name = "b", .value = "2" }, { .name = "a", .value = "1" } };
    struct cox_nvpair two[] = { { .name = "a", .value = "1" }, { .name = "b", .value = "2" } };
    g_autofree char *first = cox_param_digest(one, 2);
    g_autofree char *second = cox_param_digest(two, 2);
    g_autofree char *known = g_compute_checksum_for_string(G_CHECKSUM_MD5, " <parameters a=\"1\" b=\"2\"/>\n", -1);

    (void) state;
    assert_string_equal(first, second);
    assert_string_equal(first, known);
}

static void
digest_of_no_parameters_is_the_known_one(void **state)
{
    g_autofree char *digest = cox_param_digest(NULL, 0);

    (void) state;
    assert_string_equal(digest, "f2317cad3d54cec5d7d7aa7d0bf35cf8");
}

static void
digest_escapes_what_xml_would(void **state)
{
    struct cox_nvpair pairs[] = { { .name = "a", .value = "<&>\"\t\n\r" } };
    g_autofree char *digest = cox_param_digest(pairs, 1);
    g_autofree char *known = g_compute_checksum_for_string(
        G_CHECKSUM_MD5, " <parameters a=\"&lt;&amp;&gt;&quot;&#9;&#10;&#13;\"/>\n", -1);

    (void) state;
    assert_string_equal(digest, known);
}

static void
parameters_without_value_and_made_up_ones_are_left_out(void **state)
{
    struct cox_nvpair pairs[] = { { .name = "a", .value = NULL }, { .name = COX_PARAM_EXTERNAL_ADDRESS, .value = "10.0.0.1" } };
    g_autofree char *digest = cox_param_digest(pairs, 2);

    (void) state;
    assert_string_equal(digest, "f2317cad3d54cec5d7d7aa7d0bf35cf8");
}

COX_TEST_MAIN(cmocka_unit_test(digest_is_that_of_the_sorted_parameters),
              cmocka_unit_test(digest_of_no_parameters_is_the_known_one), cmocka_unit_test(digest_escapes_what_xml_would),
              cmocka_unit_test(parameters_without_value_and_made_up_ones_are_left_out))
