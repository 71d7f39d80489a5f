/* lib/admin/tests/test_formwrite.c */
#include "admin/form.h"

#include "admin/tests/formkit.h"

static void
sections_are_keys_and_empty_ones_are_empty_lists(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<crm_config/><nodes/><resources/><constraints/>");
    g_autoptr(cox_conf) conf = cox_form_write(cox_xmldoc_root(doc));
    g_autofree char *text = cox_yamlwrite_text(conf);

    (void) state;
    assert_string_equal(text, "options: []\nnodes: []\nresources: []\nconstraints: []\n");
}

static void
nodes_are_called_by_their_names(void **state)
{
    (void) state;
    formkit_both("<nodes><node id='1' uname='n1'><instance_attributes id='nodes-1'><nvpair id='nodes-1-standby' name='standby' value='on'/>"
                 "</instance_attributes><utilization id='nodes-1-utilization'><nvpair id='nodes-1-utilization-cpu' name='cpu' value='8'/></utilization>"
                 "</node><node id='r' uname='r' type='remote'/></nodes>",
                 "nodes:\n- node: n1\n  id: 1\n  attributes:\n    standby: 'on'\n  utilization:\n    cpu: 8\n- node: r\n  type: remote\n");
}

static void
primitives_have_agents_values_and_operations(void **state)
{
    (void) state;
    formkit_both("<resources><primitive id='a' class='ocf' provider='p' type='T' description='d e'><instance_attributes id='a-instance_attributes'>"
                 "<nvpair id='a-instance_attributes-x' name='x' value='1'/><nvpair id='other' name='y' value=''/></instance_attributes>"
                 "<operations><op name='monitor' id='a-monitor-interval-10s' interval='10s' timeout='20s'/><op name='start' id='mine' interval='0s'/>"
                 "</operations><meta_attributes id='a-meta_attributes'/></primitive>"
                 "<primitive id='b' class='systemd' type='x@1:2'/><primitive id='c' template='t'/><template id='t' class='lsb' type='x'/></resources>",
                 "resources:\n- primitive: a\n  agent: ocf:p:T\n  description: d e\n  parameters:\n    x: 1\n    'y':\n      value: ''\n      id: other\n"
                 "  operations:\n  - op: monitor\n    interval: 10s\n    timeout: 20s\n  - op: start\n    id: mine\n    interval: 0s\n  meta: {}\n"
                 "- primitive: b\n  agent: systemd:x@1:2\n- primitive: c\n  template: t\n- template: t\n  agent: lsb:x\n");
}

static void
groups_clones_and_bundles_have_what_is_in_them(void **state)
{
    (void) state;
    formkit_both("<resources><group id='g'><meta_attributes id='g-meta_attributes'><nvpair id='g-meta_attributes-priority' name='priority' value='1'/>"
                 "</meta_attributes><primitive id='a' class='lsb' type='x'/><primitive id='b' class='lsb' type='y'/></group>"
                 "<clone id='c'><primitive id='d' class='lsb' type='x'/><meta_attributes id='c-meta_attributes'/></clone>"
                 "<bundle id='e'><podman image='i' replicas='2'/><network ip-range-start='192.0.2.1'><port-mapping id='e-port-map' port='80'/></network>"
                 "<storage><storage-mapping id='e-storage-map' source-dir='/a' target-dir='/b'/></storage><primitive id='f' class='lsb' type='x'/></bundle>"
                 "</resources>",
                 "resources:\n- group: g\n  meta:\n    priority: 1\n  members:\n  - primitive: a\n    agent: lsb:x\n  - primitive: b\n    agent: lsb:y\n"
                 "- clone: c\n  of:\n    primitive: d\n    agent: lsb:x\n  meta: {}\n"
                 "- bundle: e\n  podman:\n    image: i\n    replicas: 2\n  network:\n    ip-range-start: '192.0.2.1'\n    ports:\n    - mapping: e-port-map\n"
                 "      port: 80\n  storage:\n  - mapping: e-storage-map\n    source-dir: /a\n    target-dir: /b\n  of:\n    primitive: f\n    agent: lsb:x\n");
}

static void
constraints_have_sets_and_rules(void **state)
{
    (void) state;
    formkit_both("<constraints><rsc_location id='l' rsc='a' node='n1' score='-INFINITY'/><rsc_colocation id='c' rsc='a' with-rsc='b' score='5'/>"
                 "<rsc_order id='o'><resource_set id='o-set' sequential='false'><resource_ref id='a'/><resource_ref id='b'/></resource_set></rsc_order>"
                 "<rsc_ticket id='t' ticket='T' rsc='a' loss-policy='stop'/>"
                 "<rsc_location id='m' rsc='a'><rule id='m-rule' score='7' boolean-op='or'><expression id='m-rule-expr' attribute='x' operation='eq' value='1'/>"
                 "<date_expression id='d' operation='date_spec'><date_spec id='d-datespec' hours='9-16'/></date_expression>"
                 "<rule id='n' score='1'><op_expression id='p' name='start'/></rule></rule></rsc_location></constraints>",
                 "constraints:\n- location: l\n  rsc: a\n  node: n1\n  score: -INFINITY\n- colocation: c\n  rsc: a\n  with-rsc: b\n  score: 5\n"
                 "- order: o\n  sets:\n  - set: o-set\n    sequential: false\n    resources:\n    - a\n    - b\n"
                 "- rsc-ticket: t\n  ticket: T\n  rsc: a\n  loss-policy: stop\n"
                 "- location: m\n  rsc: a\n  rules:\n  - rule: m-rule\n    score: 7\n    boolean-op: or\n    expressions:\n    - expression: m-rule-expr\n"
                 "      attribute: x\n      operation: eq\n      value: 1\n    - date_expression: d\n      operation: date_spec\n      date_spec:\n        hours: '9-16'\n"
                 "    - rule: 'n'\n      score: 1\n      expressions:\n      - op_expression: p\n        name: start\n");
}

static void
what_else_there_is_has_its_keys(void **state)
{
    (void) state;
    formkit_both("<fencing-topology><fencing-level id='f' target='n1' index='1' devices='a,b'/></fencing-topology>"
                 "<acls><acl_role id='r'><acl_permission id='p' kind='read' xpath='/cib'/></acl_role><acl_target id='joe'><role id='r'/></acl_target></acls>"
                 "<tags><tag id='t'><obj_ref id='a'/><obj_ref id='b'/></tag></tags>"
                 "<alerts><alert id='al' path='/x'><select><select_nodes/><select_attributes><attribute id='q' name='z'/></select_attributes></select>"
                 "<recipient id='al-recipient' value='me'/></alert></alerts>",
                 "fencing-levels:\n- level: f\n  target: n1\n  index: 1\n  devices: a,b\n"
                 "acls:\n- role: r\n  permissions:\n  - permission: p\n    kind: read\n    xpath: /cib\n- user: joe\n  roles:\n  - r\n"
                 "tags:\n- tag: t\n  objects:\n  - a\n  - b\n"
                 "alerts:\n- alert: al\n  path: /x\n  select:\n    select_nodes: {}\n    select_attributes:\n    - attribute: q\n      name: z\n"
                 "  recipients:\n  - recipient: al-recipient\n    value: me\n");
}

static void
what_has_no_short_form_is_carried_as_xml(void **state)
{
    (void) state;
    formkit_both("<resources><!-- note --><primitive id='a' class='lsb' type='x' odd='1'/></resources><odd id='1'/>",
                 "resources:\n- xml: |\n    <!-- note -->\n- xml: |\n    <primitive id=\"a\" class=\"lsb\" type=\"x\" odd=\"1\"/>\n"
                 "others:\n- xml: |\n    <odd id=\"1\"/>\n");
    formkit_both("<resources><primitive id='a'/></resources>", "resources:\n- xml: |\n    <primitive id=\"a\"/>\n");
    formkit_both("<resources><primitive id='a' class='lsb' type='x'><operations id='o' id-ref='p'/></primitive>"
                 "<primitive id='b' class='lsb' type='x'><operations other='p'/></primitive></resources>",
                 "resources:\n- primitive: a\n  agent: lsb:x\n  operations:\n    id: o\n    id-ref: p\n    list: []\n"
                 "- primitive: b\n  agent: lsb:x\n  operations:\n    xml: |\n      <operations other=\"p\"/>\n");
    formkit_both("<resources><primitive id='a' class='ocf' type='x'/><primitive id='b' class='lsb' provider='p' type='x'/></resources>",
                 "resources:\n- primitive: a\n  class: ocf\n  type: x\n- primitive: b\n  class: lsb\n  provider: p\n  type: x\n");
}

static void
rules_in_rules_become_xml_when_they_are_deep(void **state)
{
    g_autoptr(GString) xml = g_string_new("<constraints><rsc_location id='l' rsc='a'>");
    g_autoptr(cox_xmldoc) doc = NULL;
    g_autoptr(cox_conf) conf = NULL;
    g_autofree char *text = NULL;

    (void) state;
    for (int i = 0; i < 100; i++) {
        g_string_append_printf(xml, "<rule id='r%d' score='1'>", i);
    }
    g_string_append(xml, "<expression id='e' attribute='x' operation='defined'/>");
    for (int i = 0; i < 100; i++) {
        g_string_append(xml, "</rule>");
    }
    g_string_append(xml, "</rsc_location></constraints>");
    doc = treekit_doc(xml->str);
    conf = cox_form_write(cox_xmldoc_root(doc));
    text = cox_yamlwrite_text(conf);
    assert_non_null(strstr(text, "xml: |"));
    assert_non_null(strstr(text, "- rule: r5\n"));
    assert_true(formkit_read(doc, text, NULL));
    treekit_is(doc, xml->str);
}

static void
one_set_with_the_usual_ids_is_a_map(void **state)
{
    (void) state;
    formkit_both("<crm_config><cluster_property_set id='cib-bootstrap-options'><nvpair id='cib-bootstrap-options-a' name='a' value='1'/>"
                 "<nvpair id='cib-bootstrap-options-b' name='b'/></cluster_property_set></crm_config>"
                 "<rsc_defaults><meta_attributes id='rsc_defaults-options'/></rsc_defaults>",
                 "options:\n  a: 1\n  b: null\nresource-defaults: {}\n");
}

static void
several_sets_or_one_of_its_own_are_a_list(void **state)
{
    (void) state;
    formkit_both("<op_defaults><meta_attributes id='x' score='5'><rule id='x-rule' score='1'><op_expression id='x-rule-op' name='start'/></rule>"
                 "<nvpair id='x-timeout' name='timeout' value='9s'/></meta_attributes><meta_attributes id-ref='y'/></op_defaults>",
                 "operation-defaults:\n- id: x\n  score: 5\n  rule:\n    score: 1\n    expressions:\n    - op_expression: x-rule-op\n      name: start\n"
                 "  values:\n    timeout: 9s\n- id-ref: 'y'\n  values: {}\n");
}

static void
the_same_name_twice_is_a_list_of_values(void **state)
{
    (void) state;
    formkit_both("<rsc_defaults><meta_attributes id='rsc_defaults-options'><nvpair id='a' name='x' value='1'/><nvpair id='b' name='x' value='2'/>"
                 "<nvpair id-ref='c'/></meta_attributes></rsc_defaults>",
                 "resource-defaults:\n- id: rsc_defaults-options\n  values:\n  - name: x\n    value: 1\n    id: a\n  - name: x\n    value: 2\n    id: b\n"
                 "  - id-ref: c\n");
}

static void
a_set_with_a_comment_or_a_late_rule_is_xml(void **state)
{
    (void) state;
    formkit_both("<rsc_defaults><meta_attributes id='r'><!--c--></meta_attributes></rsc_defaults>",
                 "resource-defaults:\n- xml: |\n    <meta_attributes id=\"r\">\n      <!--c-->\n    </meta_attributes>\n");
    formkit_both("<rsc_defaults><meta_attributes id='r'><nvpair id='n' name='n'/><rule id-ref='q'/></meta_attributes></rsc_defaults>",
                 "resource-defaults:\n- xml: |\n    <meta_attributes id=\"r\">\n      <nvpair id=\"n\" name=\"n\"/>\n      <rule id-ref=\"q\"/>\n    </meta_attributes>\n");
}

static void
an_id_that_another_has_too_is_told(void **state)
{
    (void) state;
    formkit_both("<rsc_defaults><meta_attributes id='rsc_defaults-options'><nvpair id='rsc_defaults-options-x' name='x' value='1'/></meta_attributes>"
                 "</rsc_defaults><op_defaults><meta_attributes id='rsc_defaults-options-x'/></op_defaults>",
                 "resource-defaults:\n  x:\n    value: 1\n    id: rsc_defaults-options-x\noperation-defaults:\n- id: rsc_defaults-options-x\n  values: {}\n");
}

COX_TEST_MAIN(cmocka_unit_test(sections_are_keys_and_empty_ones_are_empty_lists), cmocka_unit_test(nodes_are_called_by_their_names),
              cmocka_unit_test(primitives_have_agents_values_and_operations), cmocka_unit_test(groups_clones_and_bundles_have_what_is_in_them),
              cmocka_unit_test(constraints_have_sets_and_rules), cmocka_unit_test(what_else_there_is_has_its_keys),
              cmocka_unit_test(what_has_no_short_form_is_carried_as_xml), cmocka_unit_test(rules_in_rules_become_xml_when_they_are_deep),
              cmocka_unit_test(one_set_with_the_usual_ids_is_a_map), cmocka_unit_test(several_sets_or_one_of_its_own_are_a_list),
              cmocka_unit_test(the_same_name_twice_is_a_list_of_values), cmocka_unit_test(a_set_with_a_comment_or_a_late_rule_is_xml),
              cmocka_unit_test(an_id_that_another_has_too_is_told))
