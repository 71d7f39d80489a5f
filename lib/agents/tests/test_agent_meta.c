/* Tests of lib/agents/agent_meta.c. */
#include "agents/agent_meta.h"

#include "base/error.h"
#include "base/testkit.h"

static struct cox_agent_metadata *
parse(const char *text, GError **error)
{
    return cox_agent_metadata_parse(text, strlen(text), error);
}

static void
an_ocf_1_1_agent_tells_its_parameters_and_actions(void **state)
{
    g_autoptr(cox_agent_metadata) meta = parse(
        "<resource-agent name='web' version='3'><version> 1.1 </version><parameters>"
        "<parameter name='port' required='1' unique-group='addr'><content type='integer' default='80'/></parameter>"
        "<parameter name='level' reloadable='1'><content type='string'/></parameter>"
        "<parameter name='old'><deprecated><replaced-with name='port'/></deprecated></parameter>"
        "<parameter name='gone'><deprecated/></parameter>"
        "<parameter name='key' private='1'/><parameter name='passwd'/><parameter/>"
        "</parameters><actions><action name='start' timeout='20s'/><action name='monitor' timeout='20' interval='10' depth='0' "
        "role='Promoted'/><action name='monitor' interval='11'/><action name='reload-agent'/><action name='reload'/></actions>"
        "</resource-agent>",
        NULL);

    (void) state;
    assert_string_equal(meta->name, "web");
    assert_true(meta->is_ocf_1_1);
    assert_int_equal(meta->n_params, 6);
    assert_true(cox_agent_metadata_param(meta, "port")->is_required);
    assert_true(cox_agent_metadata_param(meta, "port")->is_unique);
    assert_false(cox_agent_metadata_param(meta, "port")->is_reloadable);
    assert_string_equal(cox_agent_metadata_param(meta, "port")->fallback, "80");
    assert_string_equal(cox_agent_metadata_param(meta, "port")->type, "integer");
    assert_true(cox_agent_metadata_param(meta, "level")->is_reloadable);
    assert_string_equal(cox_agent_metadata_param(meta, "old")->replaced_with, "port");
    assert_string_equal(cox_agent_metadata_param(meta, "gone")->replaced_with, "");
    assert_true(cox_agent_metadata_param(meta, "key")->is_private);
    assert_false(cox_agent_metadata_param(meta, "passwd")->is_private); /* the agent says itself what is private */
    assert_null(cox_agent_metadata_param(meta, "none"));
    assert_int_equal(cox_agent_metadata_action(meta, "start")->timeout_ms, 20000);
    assert_int_equal(cox_agent_metadata_action(meta, "monitor")->interval_ms, 10000);
    assert_string_equal(cox_agent_metadata_action(meta, "monitor")->role, "Promoted");
    assert_string_equal(cox_agent_metadata_reload(meta), "reload-agent");
    assert_null(cox_agent_metadata_action(meta, "promote"));
}

static void
an_older_agent_says_with_unique_what_can_be_reloaded(void **state)
{
    g_autoptr(cox_agent_metadata) meta = parse(
        "<resource-agent name='old'><parameters><parameter name='a' unique='0'/><parameter name='b' unique='1'/>"
        "<parameter name='c'/><parameter name='user'/></parameters><actions><action name='reload' timeout='nonsense'/>"
        "<action name='reload-agent'/></actions></resource-agent>",
        NULL);

    (void) state;
    assert_false(meta->is_ocf_1_1);
    assert_true(cox_agent_metadata_param(meta, "a")->is_reloadable);
    assert_false(cox_agent_metadata_param(meta, "b")->is_reloadable);
    assert_true(cox_agent_metadata_param(meta, "b")->is_unique);
    assert_false(cox_agent_metadata_param(meta, "c")->is_reloadable);
    assert_true(cox_agent_metadata_param(meta, "user")->is_private);
    assert_string_equal(cox_agent_metadata_reload(meta), "reload");
    assert_int_equal(cox_agent_metadata_action(meta, "reload")->timeout_ms, -1);
}

static void
fence_agents_mark_where_and_when_on_is_needed(void **state)
{
    g_autoptr(cox_agent_metadata) meta = parse(
        "<resource-agent name='fence_x'><actions><action name='on' on_target='1' automatic='1'/><action name='off'/></actions>"
        "</resource-agent>",
        NULL);

    (void) state;
    assert_true(cox_agent_metadata_action(meta, "on")->is_on_target);
    assert_true(cox_agent_metadata_action(meta, "on")->is_automatic);
    assert_false(cox_agent_metadata_action(meta, "off")->is_automatic);
    assert_null(cox_agent_metadata_reload(meta));
    assert_int_equal(meta->n_params, 0);
}

static void
fence_agents_say_of_new_names_what_they_were(void **state)
{
    g_autoptr(cox_agent_metadata) meta = parse(
        "<resource-agent name='fence_x'><parameters><parameter name='ip' required='1' obsoletes='ipaddr'/>"
        "<parameter name='ipaddr' required='1' deprecated='1'/><parameter name='self' obsoletes='self'/><parameter name='a' obsoletes='gone'/>"
        "<parameter name='old'><deprecated><replaced-with name='said'/></deprecated></parameter><parameter name='new' obsoletes='old'/>"
        "<parameter obsoletes='ip'/></parameters></resource-agent>",
        NULL);

    (void) state;
    assert_string_equal(cox_agent_metadata_param(meta, "ipaddr")->replaced_with, "ip");
    assert_null(cox_agent_metadata_param(meta, "ip")->replaced_with);
    assert_null(cox_agent_metadata_param(meta, "self")->replaced_with);
    assert_string_equal(cox_agent_metadata_param(meta, "old")->replaced_with, "said"); /* the old one knows best */
}

/* The agents of resource-agents begin like this, those of OCF 1.1 that ocf-tester shall accept like the second. */
static void
a_document_type_is_passed_over(void **state)
{
    static const char *const cases[] = {
        "<?xml version='1.0'?>\n<!-- an <!agent> -->\n<!DOCTYPE resource-agent SYSTEM \"ra-api-1.dtd\">\n",
        "<!DOCTYPE resource-agent SYSTEM \"ra>api\" [\n<!-- it's 1.1 -->\n<!ATTLIST parameter reloadable (0|1) #IMPLIED>\n]>\n",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(cases[i], "<resource-agent name='x'><version>1.1</version></resource-agent>", NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(cox_agent_metadata) meta = parse(text, &error);

        if (meta == NULL) {
            fail_msg("case %zu: %s", i, error->message);
        }
        assert_string_equal(meta->name, "x");
        assert_true(meta->is_ocf_1_1);
    }
}

static void
what_is_no_metadata_is_refused_with_its_reason(void **state)
{
    static const char *const cases[] = {
        "", "no xml at all", "<cib/>", "<resource-agent", "<!DOCTYPE x [<!ENTITY a 'b'>]><resource-agent>&a;</resource-agent>",
        "<!DOCTYPE x [<!ENTITY % a 'b'>]><resource-agent/>", "<!DOCTYPE x [", "<!DOCTYPE x 'y", "<!DOCTYPE x [<!-- ", "<!-- ", "<?x", "<!DOCTYPE x>",
        "<!DOCTYPE x [<!ATTLIST y [<!ENTITY a 'b'>]>]><resource-agent/>",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(parse(cases[i], &error));
        assert_non_null(strstr(error->message, "meta-data"));
    }
    cox_agent_metadata_free(NULL);
}

static void
a_flood_of_parameters_is_refused(void **state)
{
    g_autoptr(GString) text = g_string_new("<resource-agent><parameters>");
    g_autoptr(GError) error = NULL;

    (void) state;
    for (int i = 0; i < 30000; i++) {
        g_string_append(text, "<p n='1'/>");
    }
    g_string_append(text, "</parameters></resource-agent>");
    assert_null(parse(text->str, &error));
    assert_non_null(error);
}

COX_TEST_MAIN(cmocka_unit_test(an_ocf_1_1_agent_tells_its_parameters_and_actions),
              cmocka_unit_test(an_older_agent_says_with_unique_what_can_be_reloaded),
              cmocka_unit_test(a_document_type_is_passed_over),
              cmocka_unit_test(fence_agents_mark_where_and_when_on_is_needed), cmocka_unit_test(fence_agents_say_of_new_names_what_they_were),
              cmocka_unit_test(what_is_no_metadata_is_refused_with_its_reason), cmocka_unit_test(a_flood_of_parameters_is_refused))
