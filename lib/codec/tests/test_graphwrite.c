/* Tests of lib/codec/graphwrite.c. */
#include "codec/graphwrite.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"

static const guint32 two[] = { 1, 0 };
static const guint32 first[] = { 0 };
static const struct cox_nvpair how[] = { { NULL, "CRM_meta_stonith_action", "off" } };
static const struct cox_nvpair meta[] = { { NULL, "CRM_meta_timeout", "20000" }, { NULL, "x", "\"<&" } };
static const struct cox_nvpair down[] = { { NULL, "2", NULL } };

static const struct cox_action actions[] = {
    { .id = 7, .kind = COX_ACTION_CRM, .task = "stonith", .key = "stonith-n2-off", .node_name = "n2",
      .node_uuid = "2", .attributes = how, .n_attributes = 1, .downed = down, .n_downed = 1 },
    { .id = 3, .kind = COX_ACTION_PSEUDO, .task = "start", .key = "c_start_0", .node_name = "n1", .node_uuid = "1",
      .priority = 1000000 },
    { .id = 9, .kind = COX_ACTION_RSC, .task = "start", .key = "r_start_0", .internal_key = "r:1_start_0",
      .node_name = "n1", .node_uuid = "1", .router_node = "n3", .rsc_id = "r", .rsc_long_id = "r:1",
      .rsc_standard = "ocf", .rsc_provider = "heartbeat", .rsc_type = "Dummy", .attributes = meta, .n_attributes = 2,
      .inputs = two, .n_inputs = 2, .shutdown_lock_s = 5 },
    { .id = 10, .kind = COX_ACTION_CRM, .task = "lrm_delete", .key = "r_lrm_delete_0", .node_name = "n1",
      .node_uuid = "1", .rsc_id = "r", .rsc_standard = "systemd", .rsc_type = "x", .inputs = first, .n_inputs = 1 },
};

static const struct cox_action blocked[] = {
    { .id = 11, .kind = COX_ACTION_RSC, .task = "cancel", .key = "r_monitor_10000", .node_name = "n1",
      .node_uuid = "1", .rsc_id = "r", .inputs = two, .n_inputs = 1 },
    { .id = 12, .kind = COX_ACTION_CRM, .task = "do_shutdown", .key = "do_shutdown-n1", .node_name = "n1" },
    { .id = 13, .kind = COX_ACTION_PSEUDO, .task = "all_stopped", .key = "all:x_stopped" },
};

static const struct cox_graph graph = {
    .header = { .cluster_delay = "60s", .fencing_timeout = "90s", .failed_stop_offset = "INFINITY",
                .failed_start_offset = "1", .transition_id = 4, .recheck_by = "1578348740" },
    .actions = actions,
    .n_actions = G_N_ELEMENTS(actions),
    .blocked = blocked,
    .n_blocked = G_N_ELEMENTS(blocked),
};

static void
graphs_look_as_executors_expect(void **state)
{
    g_autoptr(GString) out = g_string_new(NULL);

    (void) state;
    cox_codec_graph_write(&graph, out);
    assert_string_equal(
        out->str,
        "<transition_graph cluster-delay=\"60s\" fencing-timeout=\"90s\" failed-stop-offset=\"INFINITY\""
        " failed-start-offset=\"1\" transition_id=\"4\" recheck-by=\"1578348740\">\n"
        "  <synapse id=\"0\">\n"
        "    <action_set>\n"
        "      <crm_event id=\"7\" operation=\"stonith\" operation_key=\"stonith-n2-off\" on_node=\"n2\""
        " on_node_uuid=\"2\">\n"
        "        <attributes CRM_meta_stonith_action=\"off\"/>\n"
        "        <downed>\n"
        "          <node id=\"2\"/>\n"
        "        </downed>\n"
        "      </crm_event>\n"
        "    </action_set>\n"
        "    <inputs/>\n"
        "  </synapse>\n"
        "  <synapse id=\"1\" priority=\"1000000\">\n"
        "    <action_set>\n"
        "      <pseudo_event id=\"3\" operation=\"start\" operation_key=\"c_start_0\">\n"
        "        <attributes/>\n"
        "      </pseudo_event>\n"
        "    </action_set>\n"
        "    <inputs/>\n"
        "  </synapse>\n"
        "  <synapse id=\"2\">\n"
        "    <action_set>\n"
        "      <rsc_op id=\"9\" operation=\"start\" operation_key=\"r_start_0\" internal_operation_key=\"r:1_start_0\""
        " on_node=\"n1\" on_node_uuid=\"1\" router_node=\"n3\" shutdown-lock=\"5\">\n"
        "        <primitive id=\"r\" long-id=\"r:1\" class=\"ocf\" provider=\"heartbeat\" type=\"Dummy\"/>\n"
        "        <attributes CRM_meta_timeout=\"20000\" x=\"&quot;&lt;&amp;\"/>\n"
        "      </rsc_op>\n"
        "    </action_set>\n"
        "    <inputs>\n"
        "      <trigger>\n"
        "        <pseudo_event id=\"3\" operation=\"start\" operation_key=\"c_start_0\"/>\n"
        "      </trigger>\n"
        "      <trigger>\n"
        "        <crm_event id=\"7\" operation=\"stonith\" operation_key=\"stonith-n2-off\" on_node=\"n2\""
        " on_node_uuid=\"2\"/>\n"
        "      </trigger>\n"
        "    </inputs>\n"
        "  </synapse>\n"
        "  <synapse id=\"3\">\n"
        "    <action_set>\n"
        "      <crm_event mode=\"cib\" id=\"10\" operation=\"lrm_delete\" operation_key=\"r_lrm_delete_0\""
        " on_node=\"n1\" on_node_uuid=\"1\">\n"
        "        <primitive id=\"r\" class=\"systemd\" type=\"x\"/>\n"
        "        <attributes/>\n"
        "      </crm_event>\n"
        "    </action_set>\n"
        "    <inputs>\n"
        "      <trigger>\n"
        "        <crm_event id=\"7\" operation=\"stonith\" operation_key=\"stonith-n2-off\" on_node=\"n2\""
        " on_node_uuid=\"2\"/>\n"
        "      </trigger>\n"
        "    </inputs>\n"
        "  </synapse>\n"
        "</transition_graph>\n");
}

static void
an_empty_graph_is_one_element(void **state)
{
    const struct cox_graph empty = { .header = { .batch_limit = "0", .migration_limit = "2" } };
    g_autoptr(GString) out = g_string_new(NULL);

    (void) state;
    cox_codec_graph_write(&empty, out);
    assert_string_equal(out->str, "<transition_graph batch-limit=\"0\" transition_id=\"0\" migration-limit=\"2\"/>\n");
}

static void
pictures_name_actions_as_people_do(void **state)
{
    g_autoptr(GString) out = g_string_new(NULL);

    (void) state;
    cox_codec_graph_dot(&graph, out);
    assert_string_equal(out->str,
                        " digraph \"g\" {\n"
                        "\"stonith 'off' n2\" [ style=bold color=\"green\" fontcolor=\"black\"]\n"
                        "\"c_start_0 n1\" [ style=bold color=\"green\" fontcolor=\"orange\"]\n"
                        "\"r_start_0 n1\" [ style=bold color=\"green\" fontcolor=\"black\"]\n"
                        "\"r_lrm_delete_0 n1\" [ style=bold color=\"green\" fontcolor=\"black\"]\n"
                        "\"Cancel r_monitor_10000 n1\" [ style=dashed color=\"red\" fontcolor=\"black\"]\n"
                        "\"do_shutdown n1\" [ style=dashed color=\"red\" fontcolor=\"black\"]\n"
                        "\"all:x_stopped\" [ style=dashed color=\"red\" fontcolor=\"orange\"]\n"
                        "\"c_start_0 n1\" -> \"r_start_0 n1\" [ style = bold]\n"
                        "\"stonith 'off' n2\" -> \"r_start_0 n1\" [ style = bold]\n"
                        "\"stonith 'off' n2\" -> \"r_lrm_delete_0 n1\" [ style = bold]\n"
                        "\"c_start_0 n1\" -> \"Cancel r_monitor_10000 n1\" [ style = dashed]\n"
                        "}\n");
}

static void
graphs_are_saved_or_the_path_is_named(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("graphXXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "g", NULL);
    g_autofree char *missing = g_build_filename(dir, "no", "g", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_true(cox_codec_graph_save(&graph, false, path, NULL));
    assert_true(cox_codec_graph_save(&graph, true, path, NULL));
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_true(g_str_has_prefix(text, " digraph"));
    assert_false(cox_codec_graph_save(&graph, false, missing, &error));
    assert_int_equal(error->code, COX_ERROR_CANNOT_CREATE);
    assert_non_null(strstr(error->message, missing));
    g_unlink(path);
    g_rmdir(dir);
}

COX_TEST_MAIN(cmocka_unit_test(graphs_look_as_executors_expect), cmocka_unit_test(an_empty_graph_is_one_element),
              cmocka_unit_test(pictures_name_actions_as_people_do),
              cmocka_unit_test(graphs_are_saved_or_the_path_is_named))
