/*
 * lib/view/tests/test_monitor_view.c - tests of what crm_mon prints.  Each document of lib/view/tests/data is printed in several
 * ways; text is as NAME.mon says, XML as NAME.monx.  After a wanted change write the files anew with COX_TEST_UPDATE=1.
 */
#include "base/testkit.h"

#include "codec/load.h"
#include "sched/sched.h"
#include "view/monitor_view.h"

/* One way of looking at a cluster. */
struct look {
    const char *title;
    struct cox_view_how how;
    guint32 sections;
    const char *rsc, *node, *ban_prefix;
    bool with_timing;
};

static const struct look looks[] = {
    { "as it is", { 0 }, COX_MONITOR_DEFAULT, NULL, NULL, NULL, false },
    { "everything in detail", { .with_inactive = true, .with_details = true, .with_descriptions = true }, COX_MONITOR_ALL, NULL, NULL,
      NULL, true },
    { "by node", { .is_by_node = true, .with_inactive = true }, COX_MONITOR_NODES | COX_MONITOR_RESOURCES, NULL, NULL, NULL, false },
    { "by node, brief", { .is_by_node = true, .is_brief = true }, COX_MONITOR_NODES, NULL, NULL, NULL, false },
    { "brief", { .is_brief = true, .with_inactive = true }, COX_MONITOR_RESOURCES, NULL, NULL, NULL, false },
    { "fail counts", { 0 }, COX_MONITOR_FAILCOUNTS, NULL, NULL, NULL, false },
    { "one resource", { .with_inactive = true }, COX_MONITOR_ALL, "web", NULL, NULL, false },
    { "a tag", { .with_inactive = true }, COX_MONITOR_RESOURCES | COX_MONITOR_FAILURES | COX_MONITOR_BANS, "both", NULL, NULL, false },
    { "a member", { 0 }, COX_MONITOR_RESOURCES | COX_MONITOR_OPERATIONS, "g1", NULL, NULL, false },
    { "one node", { .with_inactive = true }, COX_MONITOR_ALL, NULL, "n1", NULL, false },
    { "some nodes", { 0 }, COX_MONITOR_ALL, NULL, "outer", NULL, false },
    { "bans made by tools", { 0 }, COX_MONITOR_BANS, NULL, NULL, "cli-", false },
    { "nothing", { 0 }, 0, NULL, NULL, NULL, false },
};

static void
print_look(struct cox_out *out, const struct look *look, const struct cox_plan *plan, const struct cox_codec_result *read)
{
    g_autofree bool *rscs = (look->rsc == NULL) ? NULL : cox_view_how_select_rscs(&plan->cluster, read->config, look->rsc);
    g_autofree bool *named = (look->rsc == NULL) ? NULL : cox_view_how_name_rscs(&plan->cluster, read->config, look->rsc);
    g_autofree bool *nodes = (look->node == NULL) ? NULL : cox_view_how_select_nodes(&plan->cluster, read->config, look->node);
    struct cox_view_how how = look->how;
    struct cox_monitor_view view = { .cluster = &plan->cluster, .config = read->config, .status = read->status, .how = &how,
                                     .now = cox_wall_from_seconds(1769601600), .sections = look->sections,
                                     .ban_prefix = look->ban_prefix, .with_timing = look->with_timing, .origin = "n1" };

    how.rscs = rscs;
    how.named = named;
    how.nodes = nodes;
    cox_monitor_view(out, &view);
}

/* All looks, one after the other; text with a heading, XML as documents of their own. */
static GString *
print_all(const struct cox_plan *plan, const struct cox_codec_result *read, enum cox_out_format format)
{
    GString *all = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        struct cox_out_options options = { .format = format };
        g_autoptr(cox_out) out = cox_out_new(&options);

        print_look(out, &looks[i], plan, read);
        assert_true(cox_out_finish(out, 0, NULL, NULL));
        g_string_append_printf(all, "======== %s\n%s", looks[i].title, cox_out_content(out));
    }
    return all;
}

static void
assert_file(const GString *text, const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    g_autofree char *path = g_build_filename(g_getenv("top_srcdir"), "lib", "view", "tests", "data", file, NULL);
    g_autofree char *expected = NULL;

    if (g_getenv("COX_TEST_UPDATE") != NULL) {
        assert_true(g_file_set_contents(path, text->str, -1, NULL));
    }
    assert_true(g_file_get_contents(path, &expected, NULL, NULL));
    if (!g_str_equal(text->str, expected)) {
        print_error("%s is not what is printed:\n%s\n", path, text->str);
        fail();
    }
}

static void
document_is_shown_as_its_files_say(void **state)
{
    const char *name = *state;
    g_autofree char *file = g_strconcat(name, ".xml", NULL);
    g_autofree char *path = g_build_filename(g_getenv("top_srcdir"), "lib", "view", "tests", "data", file, NULL);
    struct cox_stream_input input = { .path = path };
    struct cox_codec_result read = { NULL, NULL, NULL };
    struct cox_sched_input planned = { .now = cox_wall_from_seconds(1769601600), .state_only = true };
    g_autoptr(cox_plan) plan = NULL;
    g_autoptr(GString) text = NULL;
    g_autoptr(GString) xml = NULL;

    assert_true(cox_codec_load(&input, NULL, &read, NULL, NULL));
    planned.config = read.config;
    planned.status = read.status;
    plan = cox_sched_run(&planned, NULL);
    text = print_all(plan, &read, COX_OUT_TEXT);
    xml = print_all(plan, &read, COX_OUT_XML);
    assert_file(text, name, ".mon");
    assert_file(xml, name, ".monx");
    cox_codec_result_clear(&read);
}

static void
sections_have_names(void **state)
{
    g_autofree char *names = cox_monitor_section_names();
    g_auto(GStrv) words = g_strsplit(names, ", ", -1);

    (void) state;
    for (guint i = 0; words[i] != NULL; i++) {
        assert_int_not_equal(cox_monitor_section_parse(words[i], true), 0);
    }
    assert_int_equal(cox_monitor_section_parse("node", true), 0);
    assert_int_equal(cox_monitor_section_parse("default", false), COX_MONITOR_DEFAULT);
    assert_int_equal(cox_monitor_section_parse("all", false) & COX_MONITOR_OPTIONS, 0);
    assert_int_equal(cox_monitor_section_parse("fencing", false), COX_MONITOR_FENCING);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        { "failures_counts_bans_and_tickets_are_shown", document_is_shown_as_its_files_say, NULL, NULL, (char[]) { "monitor" } },
        { "bundles_are_shown_by_part", document_is_shown_as_its_files_say, NULL, NULL, (char[]) { "bundle" } },
        cmocka_unit_test(sections_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
