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
    const struct cox_planning_input input = { cox_xmldoc_root(doc), inflight, n, cox_wall_from_seconds(1000000), false };
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

/* ---- a document that is followed ---- */

/* Resources r0, r1, ... that run on n1, without fencing. */
static struct cox_cib *
running_cib(int n)
{
    GString *rscs = g_string_new(NULL), *histories = g_string_new(NULL);
    g_autofree char *text = NULL;

    for (int i = 0; i < n; i++) {
        g_string_append_printf(rscs, "<primitive id='r%d' class='ocf' provider='coxswain' type='Dummy'/>", i);
        g_string_append_printf(histories, "<lrm_resource id='r%d' class='ocf' provider='coxswain' type='Dummy'><lrm_rsc_op id='r%d_last_0'"
                               " operation='start' operation_key='r%d_start_0' call-id='%d' rc-code='0' op-status='0' interval='0'"
                               " op-digest='f2317cad3d54cec5d7d7aa7d0bf35cf8' transition-key='1:1:0:x' transition-magic='0:0;1:1:0:x'/></lrm_resource>", i, i, i, i + 1);
    }
    text = g_strdup_printf("<cib validate-with='pacemaker-4.0' admin_epoch='0' epoch='1' num_updates='0' have-quorum='1'><configuration>"
                           "<crm_config><cluster_property_set id='o'><nvpair id='o-s' name='stonith-enabled' value='false'/>"
                           "</cluster_property_set></crm_config><nodes><node id='1' uname='n1'/></nodes><resources>%s</resources>"
                           "<constraints/></configuration><status><node_state id='1' uname='n1' in_ccm='true' crmd='online' join='member'"
                           " expected='member'><lrm id='1'><lrm_resources>%s</lrm_resources></lrm></node_state></status></cib>",
                           rscs->str, histories->str);
    g_string_free(rscs, TRUE);
    g_string_free(histories, TRUE);
    return cox_cib_new(cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL));
}

static char *
plan_cib(struct cox_planning *planning, const struct cox_cib *cib, const struct cox_inflight *inflight, bool is_followed)
{
    const struct cox_planning_input input = { cox_cib_root(cib), inflight, inflight != NULL, cox_wall_from_seconds(1000000), is_followed };
    struct cox_planning_result result = { NULL, NULL, NULL, NULL };
    GString *keys = g_string_new(NULL);

    assert_true(cox_planning_run(planning, &input, &result, NULL));
    for (size_t i = 0; i < result.plan->graph.n_actions; i++) {
        g_string_append_printf(keys, "%s ", result.plan->graph.actions[i].key);
    }
    cox_plan_free(result.plan);
    cox_diags_free(result.diags);
    return g_string_free(keys, FALSE);
}

/* The resource has stopped, in the open transaction. */
static void
stop_in(struct cox_cib *cib, const char *rsc)
{
    struct cox_xml *op = cox_xml_first(cox_cib_find(cib, rsc, 0));

    cox_cib_set(cib, op, "operation", "stop");
    cox_cib_set(cib, op, "operation_key", "r3_stop_0");
}

#define R3 "/cib/status/node_state[@id='1']/lrm[@id='1']/lrm_resources/lrm_resource[@id='r3']"

static void
a_patch_is_planned_from_without_reading_all_again(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_planning) planning = cox_planning_new(schemas);
    g_autoptr(cox_cib) cib = running_cib(12);
    g_autoptr(cox_xmldoc) patch = NULL;
    g_autofree char *before = NULL, *after = NULL, *later = NULL;

    (void) state;
    cox_planning_compare(planning); /* ends the test when one differs */
    before = plan_cib(planning, cib, NULL, true);
    assert_string_equal(before, "");
    cox_cib_begin(cib);
    stop_in(cib, R3);
    patch = cox_cib_commit(cib);
    cox_planning_patched(planning, cib, cox_xmldoc_root(patch));
    after = plan_cib(planning, cib, NULL, true);
    assert_string_equal(after, "r3_start_0 ");
    assert_int_equal(cox_planning_stats(planning)->n_full, 1);
    assert_int_equal(cox_planning_stats(planning)->n_incremental, 1);
    assert_int_equal(cox_planning_stats(planning)->n_planned, 1);
    cox_cib_begin(cib);
    cox_cib_set(cib, cox_cib_find(cib, "/cib/status/node_state[@id='1']", 0), "crmd", "offline");
    cox_xmldoc_free(patch);
    patch = cox_cib_commit(cib);
    cox_planning_patched(planning, cib, cox_xmldoc_root(patch));
    later = plan_cib(planning, cib, NULL, true);
    assert_int_equal(cox_planning_stats(planning)->n_full, 2); /* a node is in another state */
}

/* The same as above, and nothing of the plan before is used. */
static void
full_plans_only_see_patches_and_what_is_laid_over_as_well(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_planning) planning = cox_planning_new(schemas);
    g_autoptr(cox_cib) cib = running_cib(12);
    g_autoptr(cox_xmldoc) patch = NULL;
    const struct cox_overlay_value value = { "n1", "fail-count-r5", "INFINITY" };
    const struct cox_overlay overlay = { NULL, 0, &value, 1 };
    g_autofree char *before = NULL, *after = NULL, *during = NULL, *at_last = NULL;

    (void) state;
    cox_planning_full_only(planning);
    before = plan_cib(planning, cib, NULL, true);
    assert_string_equal(before, "");
    cox_cib_begin(cib);
    stop_in(cib, R3);
    patch = cox_cib_commit(cib);
    cox_planning_patched(planning, cib, cox_xmldoc_root(patch));
    after = plan_cib(planning, cib, NULL, true);
    assert_string_equal(after, "r3_start_0 ");
    cox_cib_begin(cib);
    assert_true(cox_overlay_put(cib, &overlay, NULL));
    cox_planning_overlaid(planning, cib, &overlay);
    during = plan_cib(planning, cib, NULL, true);
    cox_cib_rollback(cib);
    cox_planning_restored(planning, cib);
    assert_non_null(strstr(during, "r5_stop_0"));
    at_last = plan_cib(planning, cib, NULL, true);
    assert_string_equal(at_last, "r3_start_0 ");
    assert_int_equal(cox_planning_stats(planning)->n_full, 4);
    assert_int_equal(cox_planning_stats(planning)->n_incremental, 0);
}

static void
what_is_laid_over_the_document_counts_for_one_plan(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_planning) planning = cox_planning_new(schemas), other = cox_planning_new(schemas);
    g_autoptr(cox_cib) cib = running_cib(16);
    static const char history[] =
        "<status><node_state id='1' uname='n1'><lrm id='1'><lrm_resources><lrm_resource id='r3' class='ocf' provider='coxswain' type='Dummy'>"
        "<lrm_rsc_op id='r3_last_0' operation='stop' operation_key='r3_stop_0' call-id='99' rc-code='0' op-status='0' interval='0'"
        " transition-key='1:1:0:x' transition-magic='0:0;1:1:0:x'/></lrm_resource></lrm_resources></lrm></node_state></status>";
    const char *const histories[] = { history };
    const struct cox_overlay_value value = { "n1", "fail-count-r5", "INFINITY" };
    const struct cox_overlay overlay = { histories, 1, &value, 1 };
    const struct cox_inflight flying = { "r3", "stop", 0, "n1", "2:1:0:x", 1, true, NULL, NULL };
    g_autofree char *before = NULL, *during = NULL, *after = NULL, *wanted = NULL;

    (void) state;
    cox_planning_compare(planning);
    before = plan_cib(planning, cib, NULL, true);
    assert_string_equal(before, "");
    cox_cib_begin(cib);
    assert_true(cox_overlay_put(cib, &overlay, NULL));
    cox_planning_overlaid(planning, cib, &overlay);
    during = plan_cib(planning, cib, &flying, true);
    wanted = plan_cib(other, cib, &flying, false);
    cox_cib_rollback(cib);
    cox_planning_restored(planning, cib);
    assert_string_equal(during, wanted);
    assert_string_equal(during, "r3_start_0 r3_monitor_0 r5_stop_0 "); /* it is on its way down: a plan asks first */
    after = plan_cib(planning, cib, NULL, true);
    assert_string_equal(after, "");
    assert_int_equal(cox_planning_stats(planning)->n_full, 1);
    assert_int_equal(cox_planning_stats(planning)->n_incremental, 2);
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
        cmocka_unit_test(a_patch_is_planned_from_without_reading_all_again),
        cmocka_unit_test(full_plans_only_see_patches_and_what_is_laid_over_as_well),
        cmocka_unit_test(what_is_laid_over_the_document_counts_for_one_plan),
        cmocka_unit_test(a_document_that_conforms_to_nothing_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
