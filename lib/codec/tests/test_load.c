/* Tests of lib/codec/load.c and, over whole documents, of all that it calls.
 *
 * The corpus test reads every CIB in scheduler-corpus/xml below $COX_SHARED or, without that variable, ../shared
 * beside the source tree; it skips when there is none.
 */
#include "codec/load.h"

#include "base/error.h"
#include "base/testkit.h"

static const char text[] =
    "<cib validate-with='pacemaker-3.9' crm_feature_set='3.16.2' epoch='7' num_updates='3' admin_epoch='1'\n"
    "     have-quorum='1' dc-uuid='1'>\n"
    "<configuration>\n"
    "<crm_config><cluster_property_set id='cib-bootstrap-options'>\n"
    "<nvpair id='o1' name='stonith-enabled' value='false'/></cluster_property_set></crm_config>\n"
    "<nodes><node id='1' uname='n1'><utilization id='u1'><nvpair id='u1c' name='cpu' value='4'/></utilization></node>\n"
    "<node id='2' uname='n2' type='remote' score='5'/><node id='3'/></nodes>\n"
    "<resources>\n"
    "<template id='t' class='ocf' provider='heartbeat' type='Dummy'>\n"
    "<meta_attributes id='tm'><nvpair id='tm1' name='priority' value='1'/></meta_attributes>\n"
    "<operations><op id='tmon' name='monitor' interval='10s'/><op id='tstart' name='start' interval='0' timeout='9'/>\n"
    "</operations></template>\n"
    "<primitive id='p1' template='t'><meta_attributes id='pm'><nvpair id='pm1' name='priority' value='2'/>\n"
    "</meta_attributes><operations><op id='pmon' name='monitor' interval='PT20S' role='Started' on-fail='block'/>\n"
    "</operations></primitive>\n"
    "<clone id='c'><meta_attributes id-ref='pm'/><group id='g'><primitive id='p2' template='t'/>\n"
    "<primitive id='p3' class='systemd' type='x'/></group></clone>\n"
    "<bundle id='b'><podman image='i' replicas='2'/><network control-port='99'><port-mapping id='pp' port='80'/>\n"
    "</network><storage><storage-mapping id='sm' source-dir='/a' target-dir='/b'/></storage>\n"
    "<primitive id='p4' class='ocf' provider='heartbeat' type='x'/></bundle>\n"
    "<master id='m'><primitive id='p5' class='ocf' provider='heartbeat' type='x'/></master>\n"
    "</resources>\n"
    "<constraints>\n"
    "<rsc_location id='l1' rsc='p1' node='n1' score='INFINITY' resource-discovery='never'/>\n"
    "<rsc_location id='l2' rsc-pattern='!^p(.*)' role='Master'><rule id='l2r' score='-7' boolean-op='or'>\n"
    "<expression id='l2e' attribute='#uname' operation='eq' value='n1'/>\n"
    "<date_expression id='l2d' operation='date_spec'><date_spec id='l2s' hours='9-16' weekdays='6-'/></date_expression>\n"
    "</rule></rsc_location>\n"
    "<rsc_location id='l3' rsc='gone' node='n1' score='1'/>\n"
    "<rsc_location id='l4' rsc='tag1' node='n1' score='many'/>\n"
    "<rsc_colocation id='k1' rsc='t' with-rsc='c' score='-INFINITY' rsc-role='Slave'/>\n"
    "<rsc_order id='o2' first='p1' then='c' kind='Optional' symmetrical='false'/>\n"
    "<rsc_order id='o3'><resource_set id='s1' require-all='false'><resource_ref id='tag1'/></resource_set>\n"
    "<resource_set id='s2'><resource_ref id='c'/></resource_set></rsc_order>\n"
    "<rsc_ticket id='k' ticket='T' rsc='p1' loss-policy='fence'/>\n"
    "</constraints>\n"
    "<fencing-topology><fencing-level id='f1' target='n1' index='1' devices='a, b'/>\n"
    "<fencing-level id='f2' target-attribute='rack' target-value='2' index='10' devices='a'/></fencing-topology>\n"
    "<tags><tag id='tag1'><obj_ref id='p1'/><obj_ref id='c'/></tag></tags>\n"
    "</configuration>\n"
    "<status>\n"
    "<node_state id='1' uname='n1' in_ccm='true' crmd='online' join='member' expected='member' future='x'>\n"
    "<transient_attributes id='1'><instance_attributes id='status-1'><nvpair id='s1a' name='fail-count-p1' value='2'/>\n"
    "</instance_attributes><unknown><nvpair id='s1b' name='not' value='seen'/></unknown></transient_attributes>\n"
    "<lrm id='1'><lrm_resources><lrm_resource id='p1' class='ocf' provider='heartbeat' type='Dummy'>\n"
    "<lrm_rsc_op id='p1_last_0' operation='start' operation_key='p1_start_0' call-id='7' rc-code='0' op-status='0'\n"
    " transition-key='3:4:0:abc' transition-magic='0:0;3:4:0:abc' interval='0' last-rc-change='1600000000'\n"
    " exec-time='12' op-digest='d'/>\n"
    "<lrm_rsc_op id='p1_monitor_0' operation='monitor' transition-magic='4:1;9:4:7:abc' interval='10000'/>\n"
    "</lrm_resource></lrm_resources></lrm></node_state>\n"
    "<tickets><ticket_state id='T' granted='true' standby='false' last-granted='1'/>\n"
    "<instance_attributes id='old'><nvpair id='oldn' name='granted-ticket-U' value='true'/></instance_attributes>\n"
    "</tickets></status></cib>\n";

static void
load_text(const char *xml, struct cox_codec_result *result, struct cox_diags *diags)
{
    const struct cox_stream_input input = { .text = xml, .length = strlen(xml) };
    g_autoptr(GError) error = NULL;

    if (!cox_codec_load(&input, NULL, result, diags, &error)) {
        fail_msg("%s", error->message);
    }
}

static const struct cox_rsc_def *
rsc_of(const struct cox_config *config, const char *id)
{
    cox_rsc_id index = cox_config_find_rsc(config, id);

    if (index == COX_RSC_NONE) {
        fail_msg("no resource '%s'", id);
    }
    return &config->resources[index];
}

static void
resources_stand_in_pre_order_with_templates_merged(void **state)
{
    struct cox_codec_result result = { 0 };
    const struct cox_rsc_def *rsc;

    (void) state;
    load_text(text, &result, NULL);
    assert_int_equal(result.config->n_resources, 9);
    rsc = rsc_of(result.config, "p1");
    assert_string_equal(rsc->type, "Dummy");
    assert_int_equal(rsc->meta.n_sets, 2);
    assert_string_equal(rsc->meta.sets[1].pairs[0].value, "2");
    assert_int_equal(rsc->n_ops, 2);
    assert_int_equal(rsc->ops[0].interval_ms, 20000);
    assert_string_equal(cox_nvpairs_get(rsc->ops[0].attrs, rsc->ops[0].n_attrs, "on-fail"), "block");
    assert_string_equal(rsc->ops[1].id, "tstart");
    rsc = rsc_of(result.config, "c");
    assert_int_equal(rsc->end, rsc_of(result.config, "b") - result.config->resources);
    assert_string_equal(rsc->meta.sets[0].id, "pm");
    assert_int_equal(rsc_of(result.config, "p3")->parent, cox_config_find_rsc(result.config, "g"));
    rsc = rsc_of(result.config, "b");
    assert_string_equal(rsc->bundle->container, "podman");
    assert_string_equal(rsc->bundle->ports[0].port, "80");
    assert_string_equal(rsc->bundle->storages[0].target_dir, "/b");
    assert_true(rsc_of(result.config, "m")->is_master);
    cox_codec_result_clear(&result);
}

static void
constraints_know_their_resources(void **state)
{
    struct cox_codec_result result = { 0 };
    const struct cox_config *config;

    (void) state;
    load_text(text, &result, NULL);
    config = result.config;
    assert_int_equal(config->n_locations, 3);
    assert_int_equal(config->locations[0].score, COX_SCORE_INFINITY);
    assert_int_equal(config->locations[0].discovery, COX_DISCOVERY_NEVER);
    assert_string_equal(config->locations[1].pattern, "^p(.*)");
    assert_true(config->locations[1].is_inverted);
    assert_int_equal(config->locations[1].role, COX_ROLE_PROMOTED);
    assert_int_equal(config->locations[1].rules[0]->n_exprs, 2);
    assert_int_equal(config->locations[1].rules[0]->exprs[1].date.spec->fields[COX_DATE_HOURS].high, 16);
    assert_int_equal(config->locations[1].rules[0]->exprs[1].date.spec->fields[COX_DATE_WEEKDAYS].high, G_MAXUINT32);
    assert_int_equal(config->locations[2].n_rscs, 2);
    assert_int_equal(config->n_colocations, 1);
    assert_int_equal(config->colocations[0].n_sets, 2);
    assert_int_equal(config->colocations[0].sets[0].n_members, 2);
    assert_int_equal(config->colocations[0].sets[0].role, COX_ROLE_UNPROMOTED);
    assert_int_equal(config->n_orders, 2);
    assert_int_equal(config->orders[0].symmetrical, COX_FALSE);
    assert_int_equal(config->orders[1].sets[0].n_members, 2);
    assert_int_equal(config->orders[1].sets[0].require_all, COX_FALSE);
    assert_int_equal(config->n_tickets, 1);
    assert_int_equal(config->n_levels, 1);
    assert_string_equal(config->levels[0].devices[1], "b");
    assert_int_equal(config->n_nodes, 2);
    assert_int_equal(config->nodes[1].score, 5);
    assert_int_equal(config->n_tags, 2);
    cox_codec_result_clear(&result);
}

static void
problems_are_told_with_object_and_remedy(void **state)
{
    static const struct {
        const char *object;
        const char *part;
    } expected[] = {
        { "3", "lacks id or uname" },
        { "l3", "no resource or tag 'gone'" },
        { "l4", "'many' is not a score" },
        { "f2", "index 10 is out of range" },
    };
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_codec_result result = { 0 };

    (void) state;
    load_text(text, &result, diags);
    assert_int_equal(cox_diags_count(diags), G_N_ELEMENTS(expected));
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        assert_string_equal(diag->object, expected[i].object);
        assert_non_null(strstr(diag->text, expected[i].part));
        assert_non_null(diag->remedy);
        assert_true(diag->line > 1);
    }
    cox_codec_result_clear(&result);
}

static void
check_status(const struct cox_status *status)
{
    const struct cox_node_status *node = cox_status_node(status, NULL, "n1");
    const struct cox_op_history *op;

    assert_non_null(node);
    assert_int_equal(node->attr_sets->len, 1);
    assert_string_equal(g_array_index(node->attr_sets, struct cox_nvset, 0).pairs[0].name, "fail-count-p1");
    assert_string_equal(node->crmd, "online");
    assert_true(node->has_lrm);
    assert_int_equal(cox_status_rsc(node, "p1")->n_ops, 2);
    op = &cox_status_rsc(node, "p1")->ops[0];
    assert_int_equal(op->call_id, 7);
    assert_int_equal(op->target_rc, 0);
    assert_true(op->has_last_rc_change && op->last_rc_change_s == 1600000000);
    assert_true(op->has_exec_time && !op->has_queue_time);
    op = &cox_status_rsc(node, "p1")->ops[1];
    assert_int_equal(op->status, COX_OP_STATUS_ERROR);
    assert_int_equal(op->rc, 1);
    assert_int_equal(op->target_rc, 7);
    assert_int_equal(op->interval_ms, 10000);
    assert_true(cox_status_ticket(status, "T")->is_granted);
    assert_true(cox_status_ticket(status, "U")->is_granted);
}

static void
status_is_the_same_from_stream_and_tree(void **state)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
    struct cox_codec_result result = { 0 };

    (void) state;
    load_text(text, &result, NULL);
    check_status(result.status);
    assert_null(cox_xml_first(cox_xml_child(cox_xmldoc_root(result.doc), "status")));
    cox_codec_result_clear(&result);
    assert_true(cox_codec_load_tree(cox_xmldoc_root(doc), NULL, &result, NULL, NULL));
    check_status(result.status);
    cox_codec_result_clear(&result);
}

static bool
refuse(struct cox_xmldoc **doc, void *data, struct cox_diags *diags, GError **error)
{
    (void) doc;
    (void) diags;
    g_set_error_literal(error, COX_ERROR, COX_ERROR_SYNTAX, data);
    return false;
}

static void
what_is_no_cib_or_is_refused_fails(void **state)
{
    const struct cox_stream_input other = { .text = "<bic/>", .length = 6 };
    const struct cox_stream_input good = { .text = "<cib/>", .length = 6 };
    char reason[] = "not this one";
    const struct cox_codec_options options = { .prepare = refuse, .prepare_data = reason };
    struct cox_codec_result result = { 0 };
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_false(cox_codec_load(&other, NULL, &result, NULL, &error));
    assert_non_null(strstr(error->message, "'bic'"));
    g_clear_error(&error);
    assert_false(cox_codec_load(&good, &options, &result, NULL, &error));
    assert_string_equal(error->message, "not this one");
    assert_null(result.config);
}

static void
rules_that_refer_in_circles_are_refused(void **state)
{
    static const char circle[] =
        "<cib><configuration><rsc_defaults><meta_attributes id='m'>"
        "<rule id='a'><rule id-ref='b'/><rule id-ref='b'/></rule><nvpair id='n' name='x' value='y'/></meta_attributes>"
        "<meta_attributes id='m2'><rule id='b'><rule id-ref='a'/><rule id-ref='gone'/></rule></meta_attributes>"
        "</rsc_defaults></configuration></cib>";
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_codec_result result = { 0 };

    (void) state;
    load_text(circle, &result, diags);
    assert_int_equal(cox_diags_count(diags), 2);
    assert_int_equal(result.config->rsc_defaults.sets[0].rule->n_exprs, 2);
    cox_codec_result_clear(&result);
}

static void
the_corpus_loads(void **state)
{
    const char *shared = g_getenv("COX_SHARED");
    const char *top = g_getenv("top_srcdir");
    g_autofree char *folder = shared != NULL ? g_build_filename(shared, "scheduler-corpus", "xml", NULL)
                                             : g_build_filename(top == NULL ? "." : top, "..", "shared",
                                                                "scheduler-corpus", "xml", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    (void) state;
    if (dir == NULL) {
        print_message("# skipped: no corpus in %s\n", folder);
        return;
    }
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        const struct cox_stream_input input = { .path = path };
        struct cox_codec_result result = { 0 };
        g_autoptr(cox_diags) diags = cox_diags_new();
        g_autoptr(GError) error = NULL;

        if (!cox_codec_load(&input, NULL, &result, diags, &error)) {
            fail_msg("%s: %s", name, error->message);
        }
        for (size_t i = 0; g_getenv("COX_VERBOSE") != NULL && i < cox_diags_count(diags); i++) {
            print_message("# %s: %s\n", name, cox_diags_get(diags, i)->text);
        }
        cox_codec_result_clear(&result);
    }
}

static void
alerts_are_read_with_selection_and_recipients(void **state)
{
    static const char xml[] =
        "<cib><configuration><alerts>"
        "<alert id='a' path='/bin/a'><meta_attributes id='am'><nvpair id='am1' name='timeout' value='5s'/></meta_attributes>"
        "<recipient id='r1' value='one'/>"
        "<recipient id='r2' value='two'><instance_attributes id='ri'><nvpair id='ri1' name='x' value='y'/></instance_attributes></recipient>"
        "</alert>"
        "<alert id='b' path='/bin/b'><select><select_fencing/><select_attributes><attribute id='s1' name='pingd'/>"
        "<attribute id='s2' name='load'/></select_attributes></select></alert>"
        "<alert id='c' path='c'/></alerts></configuration><status/></cib>";
    struct cox_codec_result result = { 0 };
    g_autoptr(cox_diags) diags = cox_diags_new();
    const struct cox_alert *alert;

    (void) state;
    load_text(xml, &result, diags);
    assert_int_equal(result.config->n_alerts, 2);
    alert = &result.config->alerts[0];
    assert_string_equal(alert->path, "/bin/a");
    assert_int_equal(alert->kinds, COX_ALERT_USUAL);
    assert_int_equal(alert->meta.n_sets, 1);
    assert_int_equal(alert->n_recipients, 2);
    assert_string_equal(alert->recipients[1].value, "two");
    assert_string_equal(alert->recipients[1].params.sets[0].pairs[0].name, "x");
    alert = &result.config->alerts[1];
    assert_int_equal(alert->kinds, COX_ALERT_FENCING | COX_ALERT_ATTRIBUTE);
    assert_int_equal(alert->n_attributes, 2);
    assert_string_equal(alert->attributes[1], "load");
    assert_int_equal(alert->n_recipients, 0);
    assert_int_equal(cox_diags_count(diags), 1);
    assert_non_null(strstr(cox_diags_get(diags, 0)->text, "alert 'c'"));
    cox_codec_result_clear(&result);
}

COX_TEST_MAIN(cmocka_unit_test(alerts_are_read_with_selection_and_recipients), cmocka_unit_test(resources_stand_in_pre_order_with_templates_merged),
              cmocka_unit_test(constraints_know_their_resources),
              cmocka_unit_test(problems_are_told_with_object_and_remedy),
              cmocka_unit_test(status_is_the_same_from_stream_and_tree),
              cmocka_unit_test(what_is_no_cib_or_is_refused_fails),
              cmocka_unit_test(rules_that_refer_in_circles_are_refused), cmocka_unit_test(the_corpus_loads))
