/* Tests of daemons/schedd/planning.c. */
#include "daemons/schedd/planning.h"

#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "xml/xmldoc.h"

#define NODE(id, history)                                                                                            \
    "<node_state id='" id "' uname='n" id "' in_ccm='true' crmd='online' join='member' expected='member'>"             \
    "<lrm id='" id "'><lrm_resources>" history "</lrm_resources></lrm></node_state>"
#define PROBED                                                                                                       \
    "<lrm_resource id='r' class='ocf' provider='coxswain' type='Dummy'><lrm_rsc_op id='r_last_0' operation='monitor'"  \
    " operation_key='r_monitor_0' call-id='1' rc-code='7' op-status='0' interval='0' transition-key='1:1:7:x'"         \
    " transition-magic='0:7;1:1:7:x'/></lrm_resource>"
#define CIB(schema, history)                                                                                         \
    "<cib validate-with='" schema "' admin_epoch='0' epoch='1' num_updates='0' have-quorum='1'><configuration>"         \
    "<crm_config><cluster_property_set id='o'><nvpair id='o-s' name='stonith-enabled' value='false'/>"                  \
    "</cluster_property_set></crm_config><nodes><node id='1' uname='n1'/></nodes><resources>"                           \
    "<primitive id='r' class='ocf' provider='coxswain' type='Dummy'/></resources><constraints/></configuration>"        \
    "<status>" NODE("1", history) "</status></cib>"

static struct cox_schemas *
schemas_new(void)
{
    const char *directory = g_getenv("COX_SCHEMA_DIRECTORY");

    return cox_schemas_new(directory == NULL ? "schemas" : directory);
}

/* The tasks of the plan's agent actions, in its order. */
static char *
plan(struct cox_planning *planning, const char *text, const struct cox_inflight *inflight, size_t n)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
    const struct cox_planning_input input = { cox_xmldoc_root(doc), inflight, n, cox_wall_from_seconds(1000000) };
    struct cox_planning_result result = { NULL, NULL, NULL, NULL };
    GString *tasks = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (!cox_planning_run(planning, &input, &result, &error)) {
        g_string_append(tasks, error->message);
        return g_string_free(tasks, FALSE);
    }
    for (size_t i = 0; i < result.plan->graph.n_actions; i++) {
        if (result.plan->graph.actions[i].kind == COX_ACTION_RSC) {
            g_string_append_printf(tasks, "%s ", result.plan->graph.actions[i].key);
        }
    }
    cox_plan_free(result.plan);
    cox_diags_free(result.diags);
    return g_string_free(tasks, FALSE);
}

static void
a_document_of_any_version_is_planned_from(void **state)
{
    static const char *const documents[] = { CIB("pacemaker-4.0", PROBED), CIB("pacemaker-3.0", PROBED), CIB("none", PROBED) };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autoptr(cox_schemas) schemas = schemas_new();
        g_autoptr(cox_planning) planning = cox_planning_new(schemas);
        g_autofree char *tasks = plan(planning, documents[i], NULL, 0);

        if (!g_str_has_prefix(tasks, "r_start_0 ")) {
            fail_msg("document %zu: %s", i, tasks);
        }
    }
}

static void
the_status_is_read_each_time_and_the_configuration_when_told(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_planning) planning = cox_planning_new(schemas);
    g_autofree char *first = plan(planning, CIB("pacemaker-4.0", ""), NULL, 0);
    g_autofree char *second = plan(planning, CIB("pacemaker-4.0", PROBED), NULL, 0);
    g_autofree char *third = NULL, *fourth = NULL;
    static const char empty[] = "<cib validate-with='pacemaker-4.0' admin_epoch='0' epoch='1' num_updates='0'><configuration>"
                                "<crm_config/><nodes/><resources/><constraints/></configuration><status/></cib>";

    (void) state;
    assert_string_equal(first, "r_start_0 r_monitor_0 ");
    assert_string_equal(second, "r_start_0 ");
    third = plan(planning, CIB("pacemaker-4.0", PROBED), NULL, 0);
    assert_string_equal(third, second);
    cox_planning_forget(planning);
    fourth = plan(planning, empty, NULL, 0);
    assert_string_equal(fourth, "");
}

/* r was started on n1, and its migrate_to from there to n2 is done. */
#define OP(task, call, more)                                                                                         \
    "<lrm_rsc_op id='r_" task "_0' operation='" task "' operation_key='r_" task "_0' call-id='" call "' rc-code='0'"      \
    " op-status='0' interval='0' transition-key='1:1:0:x' transition-magic='0:0;1:1:0:x' last-rc-change='99" call "' " more "/>"
#define HALF_WAY                                                                                                     \
    "<cib validate-with='pacemaker-4.0' admin_epoch='0' epoch='1' num_updates='0' have-quorum='1'><configuration>"      \
    "<crm_config><cluster_property_set id='o'><nvpair id='o-s' name='stonith-enabled' value='false'/>"                  \
    "</cluster_property_set></crm_config><nodes><node id='1' uname='n1'/><node id='2' uname='n2'/></nodes><resources>"  \
    "<primitive id='r' class='ocf' provider='coxswain' type='Dummy'><meta_attributes id='m'><nvpair id='m-a'"           \
    " name='allow-migrate' value='true'/></meta_attributes></primitive></resources><constraints><rsc_location id='l'"  \
    " rsc='r' node='n2' score='INFINITY'/></constraints></configuration><status>"                                      \
    NODE("1", "<lrm_resource id='r' class='ocf' provider='coxswain' type='Dummy'>" OP("start", "2", "")                \
              OP("migrate_to", "3", "migrate_source='n1' migrate_target='n2'") "</lrm_resource>") NODE("2", PROBED)    \
    "</status></cib>"

static void
a_migration_in_flight_is_not_begun_anew(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_planning) planning = cox_planning_new(schemas);
    const struct cox_inflight from = { "r", "migrate_from", 0, "n2", "2:1:0:x", 1, true, "n1", "n2" };
    g_autofree char *quiet = plan(planning, HALF_WAY, NULL, 0);
    g_autofree char *flying = plan(planning, HALF_WAY, &from, 1);

    (void) state;
    assert_string_equal(quiet, "r_migrate_from_0 r_stop_0 ");
    assert_string_equal(flying, quiet); /* the same action: it is adopted */
}

static void
a_preserved_configuration_is_planned_from_with_the_present_status(void **state)
{
    g_autoptr(cox_xmldoc) before = cox_xmldoc_parse_text(CIB("pacemaker-4.0", ""), (size_t) -1, NULL, NULL);
    g_autoptr(cox_xmldoc) now = cox_xmldoc_parse_text(
        "<cib have-quorum='0'><configuration/><status><node_state id='9'/></status></cib>", (size_t) -1, NULL, NULL);
    g_autofree char *text = cox_planning_preserve(cox_xmldoc_root(before)), *path = NULL;
    g_autoptr(cox_xmldoc) revived = NULL;
    g_autoptr(GError) error = NULL;
    int fd = g_file_open_tmp("cox-good-XXXXXX", &path, NULL);

    (void) state;
    assert_true(fd >= 0);
    (void) close(fd);
    assert_null(strstr(text, "node_state"));
    assert_true(g_file_set_contents(path, text, -1, NULL));
    revived = cox_planning_revive(path, cox_xmldoc_root(now), NULL);
    assert_non_null(cox_xml_child(cox_xml_child(cox_xmldoc_root(revived), "configuration"), "resources"));
    assert_string_equal(cox_xml_id(cox_xml_child(cox_xml_child(cox_xmldoc_root(revived), "status"), NULL)), "9");
    assert_string_equal(cox_xml_get(cox_xmldoc_root(revived), "have-quorum"), "0");
    g_unlink(path);
    assert_null(cox_planning_revive(path, cox_xmldoc_root(now), &error));
    assert_non_null(error);
}

static void
a_document_that_conforms_to_nothing_is_refused(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_planning) planning = cox_planning_new(schemas);
    g_autofree char *message = plan(planning, CIB("pacemaker-99", ""), NULL, 0);

    (void) state;
    assert_non_null(strstr(message, "pacemaker-99"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_of_any_version_is_planned_from),
        cmocka_unit_test(the_status_is_read_each_time_and_the_configuration_when_told),
        cmocka_unit_test(a_migration_in_flight_is_not_begun_anew),
        cmocka_unit_test(a_preserved_configuration_is_planned_from_with_the_present_status),
        cmocka_unit_test(a_document_that_conforms_to_nothing_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
