/* lib/admin/tests/test_rscspec.c */
#include "admin/rscspec.h"

#include "admin/tests/treekit.h"

static const struct cox_rscspec_agent dummy = { "a", "ocf", "heartbeat", "Dummy" };

static struct cox_rscspec *
parse(const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    return cox_rscspec_parse(words, error);
}

/* The document after creating "a" as @text says. */
static struct cox_xmldoc *
create(const char *text, const GArray *advice)
{
    struct cox_xmldoc *doc = treekit_doc("");
    g_autoptr(cox_rscspec) spec = parse(text, NULL);

    assert_non_null(spec);
    assert_non_null(cox_rscspec_add(cox_xml_first(cox_xmldoc_root(doc)), &dummy, spec, advice, NULL));
    return doc;
}

#define HEAD "<primitive id='a' class='ocf' provider='heartbeat' type='Dummy'>"

static void
words_become_parameters_operations_and_sets(void **state)
{
    g_autoptr(cox_xmldoc) doc = create("x=1 op monitor interval=10s timeout=20s OCF_CHECK_LEVEL=10 start timeout=5s meta priority=3 utilization cpu=2 op "
                                       "stop on-fail=block", NULL);

    (void) state;
    treekit_is(doc, HEAD "<instance_attributes id='a-instance_attributes'><nvpair id='a-instance_attributes-x' name='x' value='1'/>"
                         "</instance_attributes><meta_attributes id='a-meta_attributes'><nvpair id='a-meta_attributes-priority' name='priority' "
                         "value='3'/></meta_attributes><utilization id='a-utilization'><nvpair id='a-utilization-cpu' name='cpu' value='2'/>"
                         "</utilization><operations><op id='a-monitor-interval-10s' name='monitor' interval='10s' timeout='20s'>"
                         "<instance_attributes id='a-monitor-interval-10s-instance_attributes'><nvpair "
                         "id='a-monitor-interval-10s-instance_attributes-OCF_CHECK_LEVEL' name='OCF_CHECK_LEVEL' value='10'/></instance_attributes>"
                         "</op><op id='a-start-interval-0s' name='start' interval='0s' timeout='5s'/><op id='a-stop-interval-0s' name='stop' "
                         "interval='0s' on-fail='block'/></operations></primitive>");
}

static void
bad_words_are_told(void **state)
{
    static const struct {
        const char *text, *part;
    } rows[] = {
        { "x", "'x' is not NAME=VALUE" },
        { "op timeout=1s", "'timeout=1s': name the operation first" },
        { "meta x", "'x' is not NAME=VALUE" },
    };
    GError *error = NULL;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_null(parse(rows[i].text, &error));
        treekit_failed(&error, COX_ERROR_USAGE, rows[i].part);
    }
}

static void
operations_have_no_other_attributes_and_good_times(void **state)
{
    static const struct {
        const char *text, *part;
        int code;
    } rows[] = {
        { "op monitor intervall=10s", "did you mean 'interval'?", COX_ERROR_USAGE },
        { "op monitor interval=soon", "operation 'monitor': interval: ", COX_ERROR_INVALID_PARAM },
    };
    GError *error = NULL;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(cox_xmldoc) doc = treekit_doc("<primitive id='b'/>");
        g_autoptr(cox_rscspec) spec = parse(rows[i].text, NULL);

        assert_null(cox_rscspec_add(cox_xml_first(cox_xmldoc_root(doc)), &dummy, spec, NULL, &error));
        treekit_failed(&error, rows[i].code, rows[i].part);
        treekit_is(doc, "<primitive id='b'/>");
        assert_false(cox_rscspec_update(cox_xml_first(cox_xml_first(cox_xmldoc_root(doc))), spec, &error));
        treekit_failed(&error, rows[i].code, rows[i].part);
        treekit_is(doc, "<primitive id='b'/>");
    }
}

static void
advice_fills_what_the_words_leave_open(void **state)
{
    const struct cox_rscspec_advice rows[] = {
        { "start", 0, 30000, NULL, NULL },           { "stop", 0, 40000, NULL, NULL },
        { "monitor", 10000, 20000, "Master", "0" },  { "monitor", 10000, 20000, "Slave", NULL },
        { "monitor", 30000, -1, NULL, "10" },        { "meta-data", 0, 5000, NULL, NULL },
        { "promote", 0, -1, NULL, NULL },
    };
    g_autoptr(GArray) advice = g_array_new(FALSE, FALSE, sizeof(rows[0]));
    g_autoptr(cox_xmldoc) all = NULL;
    g_autoptr(cox_xmldoc) some = NULL;

    (void) state;
    g_array_append_vals(advice, rows, G_N_ELEMENTS(rows));
    all = create("op stop timeout=1s", advice);
    treekit_is(all, HEAD "<operations><op id='a-stop-interval-0s' name='stop' interval='0s' timeout='1s'/>"
                         "<op id='a-start-interval-0s' name='start' interval='0s' timeout='30s'/>"
                         "<op id='a-monitor-interval-10s' name='monitor' interval='10s' timeout='20s' role='Promoted'/>"
                         "<op id='a-monitor-interval-11s' name='monitor' interval='11s' timeout='20s' role='Unpromoted'/>"
                         "<op id='a-monitor-interval-30s' name='monitor' interval='30s'>"
                         "<instance_attributes id='a-monitor-interval-30s-instance_attributes'><nvpair "
                         "id='a-monitor-interval-30s-instance_attributes-OCF_CHECK_LEVEL' name='OCF_CHECK_LEVEL' value='10'/></instance_attributes>"
                         "</op></operations></primitive>");
    some = create("op monitor interval=5s", advice);
    treekit_is(some, HEAD "<operations><op id='a-monitor-interval-5s' name='monitor' interval='5s'/>"
                          "<op id='a-start-interval-0s' name='start' interval='0s' timeout='30s'/>"
                          "<op id='a-stop-interval-0s' name='stop' interval='0s' timeout='40s'/></operations></primitive>");
}

static void
without_a_monitor_there_is_one_a_minute(void **state)
{
    g_autoptr(cox_xmldoc) doc = create("op start timeout=1s", NULL);

    (void) state;
    treekit_is(doc, HEAD "<operations><op id='a-start-interval-0s' name='start' interval='0s' timeout='1s'/>"
                         "<op id='a-monitor-interval-60s' name='monitor' interval='60s'/></operations></primitive>");
}

static void
an_update_replaces_the_operation_that_repeats_as_often(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<primitive id='a'><operations><op id='o1' name='monitor' interval='10'/>"
                                            "<op id='o2' name='monitor' interval='20s'/></operations></primitive>");
    g_autoptr(cox_rscspec) spec = parse("y=2 op monitor interval=10s timeout=7s", NULL);

    (void) state;
    assert_true(cox_rscspec_update(cox_xml_first(cox_xml_first(cox_xmldoc_root(doc))), spec, NULL));
    treekit_is(doc, "<primitive id='a'><instance_attributes id='a-instance_attributes'><nvpair id='a-instance_attributes-y' name='y' value='2'/>"
                    "</instance_attributes><operations><op id='o2' name='monitor' interval='20s'/><op id='a-monitor-interval-10s' name='monitor' "
                    "interval='10s' timeout='7s'/></operations></primitive>");
}

COX_TEST_MAIN(cmocka_unit_test(words_become_parameters_operations_and_sets), cmocka_unit_test(bad_words_are_told),
              cmocka_unit_test(operations_have_no_other_attributes_and_good_times), cmocka_unit_test(advice_fills_what_the_words_leave_open),
              cmocka_unit_test(without_a_monitor_there_is_one_a_minute),
              cmocka_unit_test(an_update_replaces_the_operation_that_repeats_as_often))
