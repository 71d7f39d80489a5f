/* lib/admin/tests/test_formread.c */
#include "admin/form_priv.h"

#include "admin/tests/formkit.h"

static void
what_is_wrong_is_told_with_its_place_and_what_was_meant(void **state)
{
    static const struct {
        const char *yaml, *message;
    } cases[] = {
        { "resources:\n- primitve: a\n", "line 2, column 3: there must be a map that says of what kind it is, with a key that is one of: primitive, group, "
                                         "clone, master, bundle, template; did you mean 'primitive'?" },
        { "resources:\n- a\n", "line 2, column 3: there must be a map that says of what kind it is" },
        { "resources:\n- {}\n", "line 2, column 3: there must be a map that says of what kind it is" },
        { "resources:\n- primitive: a\n  agent: lsb:x\n  parametres: {}\n", "line 4, column 3: 'parametres' is no key of primitive 'a'; did you mean 'parameters'?" },
        { "resources:\n- primitive: a\n  rsc: b\n", "line 3, column 3: 'rsc' is no key of primitive 'a'" },
        { "resources:\n- primitive:\n  agent: lsb:x\n", "line 2, column 13: primitive: it needs a name" },
        { "resources:\n- primitive: [a]\n", "line 2, column 14: primitive: is a list, and must be a value" },
        { "resources:\n- primitive: a\n", "line 2, column 3: primitive 'a' needs an agent or a template" },
        { "resources:\n- primitive: a\n  agent: ocf:x\n", "line 3, column 10: agent: 'ocf:x' must be ocf:PROVIDER:TYPE" },
        { "resources:\n- primitive: a\n  agent: ocf::x\n", "agent: 'ocf::x' must be ocf:PROVIDER:TYPE" },
        { "resources:\n- primitive: a\n  agent: x\n", "line 3, column 10: agent: 'x' must be CLASS:TYPE, or ocf:PROVIDER:TYPE" },
        { "resources:\n- primitive: a\n  agent: lsb:x\n  class: lsb\n", "line 2, column 3: primitive 'a': agent says what class" },
        { "resources:\n- primitive: a\n  agent:\n", "line 3, column 9: agent: is nothing, and must be a value" },
        { "resources:\n- primitive: a\n  agent: lsb:x\n  operations:\n  - op: monitor\n", "line 5, column 5: the operation 'monitor' needs an interval" },
        { "resources:\n- primitive: a\n  agent: lsb:x\n  operations: x\n", "line 4, column 15: there must be a list ([] for none)" },
        { "resources:\n- primitive: a\n  agent: lsb:x\n  operations: {idd: x}\n", "'idd' is no key of operations: it has id, id-ref and list" },
        { "resources:\n- clone: a\n  of: [b]\n", "line 3, column 7: there must be a map that says of what kind it is, with a key that is one of: primitive, group" },
        { "resources:\n- bundle: a\n  podman: x\n", "line 3, column 11: podman: there must be a map" },
        { "tags:\n- tag: t\n  objects: x\n", "line 3, column 12: there must be a list of names" },
        { "nodes:\n- node: n1\n- node: n1\n", "line 3, column 9: 'n1' is in the list already" },
        { "tags:\n- tag: t\n  objects: [a, b, a]\n", "line 3, column 19: 'a' is in the list already" },
        { "tags:\n- tag: t\n  objects: [[a]]\n", "line 3, column 13: a name: is a list, and must be a value" },
        { "resources:\n- xml: <primitive id='a'\n", "line 2, column 8: xml: " },
        { "resources:\n- xml: text\n", "line 2, column 8: xml: there must be one element, or one comment, and nothing else" },
        { "resources:\n- xml: <group id='a'/><group id='b'/>\n", "xml: there must be one element" },
        { "resources:\n- xml: </x><x>\n", "line 2, column 8: xml: " },
        { "resources:\n- xml: <node id='1'/>\n", "line 2, column 8: xml: 'node' cannot be here: use one of: primitive group" },
        { "resources:\n- xml: [a]\n", "line 2, column 8: xml: is a list" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        formkit_refused(cases[i].yaml, cases[i].message);
    }
}

static void
the_order_of_keys_means_nothing_where_the_document_has_one(void **state)
{
    const char *live = "<resources><primitive id='a' class='lsb' type='x'><operations><op name='monitor' id='a-monitor-interval-1s' interval='1s'/></operations>"
                       "<meta_attributes id='a-meta_attributes'><nvpair id='a-meta_attributes-m' name='m' value='1'/></meta_attributes></primitive></resources>";

    (void) state;
    formkit_becomes(live, "resources:\n- operations: [{interval: 1s, op: monitor}]\n  meta: {m: 1}\n  agent: lsb:x\n  primitive: a\n", live);
    formkit_becomes(live, "resources:\n- meta: {m: 1}\n  operations: [{interval: 1s, op: monitor}]\n  primitive: a\n  agent: lsb:x\n", live);
}

static void
constraints_are_ordered_as_the_schema_wants_them(void **state)
{
    (void) state;
    formkit_becomes("", "constraints:\n- location: l\n  rules: [{rule: r, id-ref: q}]\n  sets: [{set: s, resources: [a]}]\n",
                    "<constraints><rsc_location id='l'><resource_set id='s'><resource_ref id='a'/></resource_set><rule id='r' id-ref='q'/></rsc_location>"
                    "</constraints>");
}

static void
what_is_left_out_is_filled_in(void **state)
{
    (void) state;
    formkit_becomes("", "nodes: [{node: n1}]\nresources: [{primitive: a, agent: 'lsb:x', operations: [{op: start, timeout: 9s}]}]\n",
                    "<nodes><node uname='n1' id='n1'/></nodes><resources><primitive id='a' class='lsb' type='x'><operations>"
                    "<op name='start' timeout='9s' interval='0s' id='a-start-interval-0s'/></operations></primitive></resources>");
}

static void
wrong_values_are_told(void **state)
{
    static const struct {
        const char *yaml, *message;
    } cases[] = {
        { "options: x\n", "line 1, column 10: options: there must be a map of names and values ({} for none)" },
        { "options:\n  a: [1]\n", "line 2, column 6: a: there must be a value, or a map of value and id" },
        { "options:\n  a: {val: 1}\n", "line 2, column 7: 'val' is no key of a value: it has value id id-ref" },
        { "options:\n  a: {value: [1]}\n", "line 2, column 14: value: is a list, and must be a value" },
        { "options:\n- a\n", "line 2, column 3: a set is a map of id, score, rule and values" },
        { "options:\n- value: {a: 1}\n", "line 2, column 3: 'value' is no key of a set: it has id, id-ref, score, rule and values" },
        { "options:\n- values: a\n", "line 2, column 11: there must be a map of names and values" },
        { "options:\n- values: [a]\n", "line 2, column 12: values: there must be a value, or a map of value and id" },
        { "options:\n- values: [{nam: a}]\n", "'nam' is no key of a value: it has name value id id-ref" },
        { "options:\n- rule: a\n", "line 2, column 9: rule: there must be a map" },
        { "options:\n- rule: {scor: 1}\n", "line 2, column 10: 'scor' is no key of rule; did you mean 'score'?" },
        { "options:\n- id: [1]\n", "line 2, column 7: id: is a list" },
        { "options:\n- xml: <nvpair/>\n", "line 2, column 8: xml: 'nvpair' cannot be here: use one of: cluster_property_set" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        formkit_refused(cases[i].yaml, cases[i].message);
    }
}

static void
values_may_be_called_anything(void **state)
{
    (void) state;
    formkit_becomes("", "options: {xml: 1, id: 2, 'a b': 3}\n",
                    "<crm_config><cluster_property_set id='cib-bootstrap-options'><nvpair name='xml' value='1' id='cib-bootstrap-options-xml'/>"
                    "<nvpair name='id' value='2' id='cib-bootstrap-options-id'/><nvpair name='a b' value='3' id='cib-bootstrap-options-a.b'/>"
                    "</cluster_property_set></crm_config>");
}

COX_TEST_MAIN(cmocka_unit_test(what_is_wrong_is_told_with_its_place_and_what_was_meant),
              cmocka_unit_test(the_order_of_keys_means_nothing_where_the_document_has_one),
              cmocka_unit_test(constraints_are_ordered_as_the_schema_wants_them), cmocka_unit_test(what_is_left_out_is_filled_in),
              cmocka_unit_test(wrong_values_are_told), cmocka_unit_test(values_may_be_called_anything))
