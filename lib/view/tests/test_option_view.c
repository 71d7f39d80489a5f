/* Tests of lib/view/option_view.c. */
#include "view/option_view.h"

#include "base/testkit.h"

static void
lists_have_the_names_that_clients_use(void **state)
{
    static const char *const names[] = { "cluster-options",    "primitive-meta",       "fence-attributes", "pacemaker-based",
                                         "pacemaker-controld", "pacemaker-schedulerd", "pacemaker-fenced" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_string_equal(cox_option_list_find(names[i])->name, names[i]);
    }
    assert_null(cox_option_list_find("pacemaker-execd"));
}

static void
metadata_of_a_daemon_has_the_words_that_older_clients_know(void **state)
{
    g_autofree char *text = cox_option_view_metadata(cox_option_list_find("pacemaker-based"), "1.2.3");

    (void) state;
    assert_string_equal(
        text,
        "<?xml version=\"1.0\"?>\n"
        "<resource-agent name=\"pacemaker-based\" version=\"1.2.3\">\n"
        "  <version>1.1</version>\n"
        "  <longdesc lang=\"en\">Cluster options that concern access to the CIB.</longdesc>\n"
        "  <shortdesc lang=\"en\">Options of the CIB manager</shortdesc>\n"
        "  <parameters>\n"
        "    <parameter name=\"enable-acl\">\n"
        "      <longdesc lang=\"en\">Turn on ACL checking for CIB access</longdesc>\n"
        "      <shortdesc lang=\"en\">Turn on ACL checking for CIB access</shortdesc>\n"
        "      <content type=\"boolean\" default=\"false\"/>\n"
        "    </parameter>\n"
        "    <parameter name=\"cluster-ipc-limit\">\n"
        "      <longdesc lang=\"en\">Accepted but without effect since 3.0.2</longdesc>\n"
        "      <shortdesc lang=\"en\">Accepted but without effect since 3.0.2</shortdesc>\n"
        "      <content type=\"integer\"/>\n"
        "    </parameter>\n"
        "  </parameters>\n"
        "</resource-agent>\n");
}

static void
old_names_are_parameters_of_their_own(void **state)
{
    g_autofree char *text = cox_option_view_metadata(cox_option_list_find("pacemaker-schedulerd"), "1");

    (void) state;
    assert_non_null(strstr(text, "<parameter name=\"fencing-action\">"));
    assert_non_null(strstr(text, "<parameter name=\"stonith-action\">"));
    assert_null(strstr(text, "deprecated"));
    assert_null(strstr(text, "poweroff"));
    assert_null(strstr(text, "dc-deadtime"));
}

/* What print gives for the list, without the envelope's first line. */
static char *
printed(enum cox_out_format format, const char *list, bool all)
{
    const struct cox_out_options options = { .format = format };
    g_autoptr(cox_out) out = cox_out_new(&options);

    cox_option_view(out, cox_option_list_find(list), "1", all);
    (void) cox_out_finish(out, 0, NULL, NULL);
    return g_strdup(cox_out_content(out));
}

static void
the_newer_form_says_what_is_advanced_generated_and_deprecated(void **state)
{
    g_autofree char *text = printed(COX_OUT_XML, "cluster-options", false);

    (void) state;
    assert_non_null(strstr(text, "<resource-agent name=\"cluster-options\" version=\"1\">"));
    assert_non_null(strstr(text, "<parameter name=\"dc-version\" advanced=\"0\" generated=\"1\">"));
    assert_non_null(strstr(text, "<parameter name=\"stonith-enabled\" advanced=\"1\" generated=\"0\">\n"
                                 "        <deprecated>\n"
                                 "          <replaced-with name=\"fencing-enabled\"/>\n"
                                 "        </deprecated>"));
    assert_non_null(strstr(text, "<content type=\"select\" default=\"stop\">\n"
                                 "          <option value=\"stop\"/>"));
}

static void
text_leaves_out_what_few_need_unless_asked(void **state)
{
    g_autofree char *some = printed(COX_OUT_TEXT, "cluster-options", false);
    g_autofree char *all = printed(COX_OUT_TEXT, "cluster-options", true);

    (void) state;
    assert_non_null(strstr(some, "  * batch-limit:\n    * Parallel jobs cluster-wide; 0 = adaptive\n"
                                 "    * Possible values: integer (default: 0)\n"));
    assert_non_null(strstr(some, "    * Possible values: reboot, off (default: reboot)\n    * Older name: stonith-action\n"));
    assert_null(strstr(some, "election-timeout"));
    assert_non_null(strstr(all, "  * election-timeout (advanced):\n"));
    assert_non_null(strstr(all, "  * have-watchdog (written by the cluster):\n"));
    assert_non_null(strstr(all, "  * concurrent-fencing (deprecated):\n"));
    assert_non_null(strstr(all, "Possible values: version (no default)"));
}

COX_TEST_MAIN(cmocka_unit_test(lists_have_the_names_that_clients_use),
              cmocka_unit_test(metadata_of_a_daemon_has_the_words_that_older_clients_know),
              cmocka_unit_test(old_names_are_parameters_of_their_own),
              cmocka_unit_test(the_newer_form_says_what_is_advanced_generated_and_deprecated),
              cmocka_unit_test(text_leaves_out_what_few_need_unless_asked))
