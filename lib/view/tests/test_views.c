/*
 * lib/view/tests/test_views.c - tests of what is printed of clusters and plans.  What the documents in lib/view/tests/data come
 * to is printed as NAME.txt says, and as XML as NAME.out says.
 *
 * After a wanted change write the files anew with COX_TEST_UPDATE=1, and read the difference before it is committed.
 */
#include "base/testkit.h"

#include "codec/load.h"
#include "sched/sched.h"
#include "view/cluster_view.h"
#include "view/names.h"

static char *
data_path(const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);

    return g_build_filename(g_getenv("top_srcdir"), "lib", "view", "tests", "data", file, NULL);
}

static void
print(struct cox_out *out, const struct cox_plan *plan)
{
    struct cox_cluster_view_options options = { .heading = "State", .element = "state", .with_attributes = true,
                                                .with_fail_counts = true };

    cox_cluster_view_banner(out, &plan->cluster);
    cox_cluster_view(out, &plan->cluster, &options);
}

static void
assert_printed(const struct cox_plan *plan, enum cox_out_format format, const char *path)
{
    struct cox_out_options options = { .format = format, .request = "test" };
    g_autoptr(cox_out) out = cox_out_new(&options);
    g_autofree char *expected = NULL;

    print(out, plan);
    assert_true(cox_out_finish(out, 0, NULL, NULL));
    if (g_getenv("COX_TEST_UPDATE") != NULL) {
        assert_true(g_file_set_contents(path, cox_out_content(out), -1, NULL));
    }
    assert_true(g_file_get_contents(path, &expected, NULL, NULL));
    if (!g_str_equal(cox_out_content(out), expected)) {
        print_error("%s is not what is printed:\n%s\n", path, cox_out_content(out));
        fail();
    }
}

static void
document_is_printed_as_its_files_say(void **state)
{
    const char *name = *state;
    g_autofree char *path = data_path(name, ".xml");
    g_autofree char *text = data_path(name, ".txt");
    g_autofree char *xml = data_path(name, ".out");
    struct cox_stream_input input = { .path = path };
    struct cox_codec_result read = { NULL, NULL, NULL };
    struct cox_sched_input planned = { .now = cox_wall_from_seconds(1769601600), .state_only = true };
    g_autoptr(GError) error = NULL;
    struct cox_plan *plan = NULL;

    if (!cox_codec_load(&input, NULL, &read, NULL, &error)) {
        fail_msg("%s", error->message);
    }
    planned.config = read.config;
    planned.status = read.status;
    plan = cox_sched_run(&planned, NULL);
    assert_printed(plan, COX_OUT_TEXT, text);
    assert_printed(plan, COX_OUT_XML, xml);
    cox_plan_free(plan);
    cox_codec_result_clear(&read);
}

static void
an_empty_cluster_is_printed_as_such(void **state)
{
    static const struct cox_plan nothing = { 0 };
    struct cox_out_options options = { .format = COX_OUT_TEXT };
    g_autoptr(cox_out) out = cox_out_new(&options);

    (void) state;
    print(out, &nothing);
    assert_true(cox_out_finish(out, 0, NULL, NULL));
    assert_non_null(strstr(cox_out_content(out), "No resources"));
    assert_null(strstr(cox_out_content(out), "Node List"));
}

static void
names_are_in_the_order_of_their_numbers(void **state)
{
    static const struct {
        const char *first, *second;
    } cases[] = { { "n2", "n10" }, { "a", "b" }, { "A1", "a2" }, { "n", "n1" }, { "n1a", "n1b" }, { "1", "a" }, { "n9x2", "n9x11" } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_true(cox_names_compare(cases[i].first, cases[i].second) < 0);
        assert_true(cox_names_compare(cases[i].second, cases[i].first) > 0);
        assert_int_equal(cox_names_compare(cases[i].first, cases[i].first), 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        { "nodes_are_printed_by_their_state", document_is_printed_as_its_files_say, NULL, NULL, (char[]) { "nodes" } },
        { "resources_are_printed_with_what_is_special", document_is_printed_as_its_files_say, NULL, NULL, (char[]) { "resources" } },
        { "bundles_and_clones_are_printed_by_instance", document_is_printed_as_its_files_say, NULL, NULL, (char[]) { "bundle" } },
        cmocka_unit_test(an_empty_cluster_is_printed_as_such), cmocka_unit_test(names_are_in_the_order_of_their_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
