/* lib/transition/tests/test_opspec.c - tests of lib/transition/opspec.c. */
#include "transition/opspec.h"

#include "base/error.h"
#include "base/testkit.h"

static void
an_operation_is_split_into_its_parts(void **state)
{
    static const struct {
        const char *text, *rsc, *task, *node;
        gint64 interval_ms;
        int rc;
    } cases[] = {
        { "web_start_0@n1=1", "web", "start", "n1", 0, 1 },
        { "my_web_monitor_10000@n1=7", "my_web", "monitor", "n1", 10000, 7 },
        { "web_migrate_to_0@n1=1", "web", "migrate_to", "n1", 0, 1 },
        { "web_migrate_from_0@node.with@sign=0", NULL, NULL, NULL, 0, 0 },
        { "a_b_migrate_from_0@n=1=0", "a_b", "migrate_from", "n=1", 0, 0 },
        { "migrate_to_0@n1=0", "migrate", "to", "n1", 0, 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_opspec spec = { 0 };
        g_autoptr(GError) error = NULL;

        if (cases[i].rsc == NULL) {
            assert_false(cox_opspec_parse(cases[i].text, &spec, &error));
            continue;
        }
        assert_true(cox_opspec_parse(cases[i].text, &spec, &error));
        assert_string_equal(spec.rsc, cases[i].rsc);
        assert_string_equal(spec.task, cases[i].task);
        assert_string_equal(spec.node, cases[i].node);
        assert_int_equal(spec.interval_ms, cases[i].interval_ms);
        assert_int_equal(spec.rc, cases[i].rc);
        cox_opspec_clear(&spec);
        assert_null(spec.rsc);
    }
}

static void
what_is_no_operation_is_refused_by_name(void **state)
{
    static const char *const texts[] = {
        "", "web", "web_start_0", "web_start_0@n1", "web_start_0@=1", "web_start_0@n1=", "web_start_0@n1=x", "web_start_0@n1=-1",
        "web_start_x@n1=1", "web_start_-5@n1=1", "web_0@n1=1", "_start_0@n1=1", "web__0@n1=1", "_0@n1=1",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct cox_opspec spec = { .rc = 17 };
        g_autoptr(GError) error = NULL;
        g_autofree char *quoted = g_strdup_printf("'%s'", texts[i]);

        if (cox_opspec_parse(texts[i], &spec, &error)) {
            fail_msg("'%s' was accepted", texts[i]);
        }
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_USAGE));
        assert_non_null(strstr(error->message, quoted));
        assert_null(spec.rsc);
        assert_int_equal(spec.rc, 17);
    }
}

COX_TEST_MAIN(cmocka_unit_test(an_operation_is_split_into_its_parts),
              cmocka_unit_test(what_is_no_operation_is_refused_by_name))
