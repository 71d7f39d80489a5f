/* lib/admin/tests/test_formid.c */
#include "admin/form_priv.h"

#include "admin/tests/formkit.h"

static void
ids_are_made_of_names(void **state)
{
    (void) state;
    formkit_becomes("",
                    "constraints:\n- location:\n  rsc: a\n  node: n1\n  score: 5\n- order:\n  first: a\n  then: b\n- order:\n  first: a\n  then: b\n  kind: Optional\n"
                    "- colocation:\n  sets: [{set: , resources: [a, b]}, {set: , resources: [c]}]\n",
                    "<constraints><rsc_location rsc='a' node='n1' score='5' id='location-a-n1-5'/><rsc_order first='a' then='b' id='order-a-b'/>"
                    "<rsc_order first='a' then='b' kind='Optional' id='order-a-b-1'/>"
                    "<rsc_colocation id='colocation-a-b-c'><resource_set id='colocation-a-b-c-set'><resource_ref id='a'/><resource_ref id='b'/></resource_set>"
                    "<resource_set id='colocation-a-b-c-set-1'><resource_ref id='c'/></resource_set></rsc_colocation></constraints>");
}

static void
an_id_that_something_else_has_is_passed_over(void **state)
{
    (void) state;
    formkit_becomes("<tags><tag id='order-a-b'/></tags>", "constraints: [{order: , first: a, then: b}]\n",
                    "<tags><tag id='order-a-b'/></tags><constraints><rsc_order first='a' then='b' id='order-a-b-1'/></constraints>");
    formkit_becomes("", "constraints: [{order: , first: a, then: b}, {order: order-a-b, first: c, then: d}]\n",
                    "<constraints><rsc_order first='a' then='b' id='order-a-b-1'/><rsc_order id='order-a-b' first='c' then='d'/></constraints>");
}

static void
what_is_there_keeps_its_id(void **state)
{
    const char *live = "<crm_config><cluster_property_set id='own'><nvpair id='odd' name='a' value='1'/></cluster_property_set></crm_config>"
                       "<resources><primitive id='p' class='lsb' type='x'><operations><op id='m' name='monitor' interval='9s' timeout='5s'/></operations>"
                       "</primitive></resources><constraints><rsc_location id='mine' rsc='p' node='n1' score='5'/></constraints>";

    (void) state;
    formkit_becomes(live, "options: {a: 2, b: 3}\n"
                          "resources: [{primitive: p, agent: 'lsb:x', operations: [{op: monitor, interval: 9s, timeout: 6s}, {op: monitor, interval: 8s}]}]\n"
                          "constraints: [{location: , rsc: p, node: n1, score: 5}]\n",
                    "<crm_config><cluster_property_set id='own'><nvpair name='a' value='2' id='odd'/><nvpair name='b' value='3' id='own-b'/>"
                    "</cluster_property_set></crm_config>"
                    "<resources><primitive id='p' class='lsb' type='x'><operations><op name='monitor' interval='9s' timeout='6s' id='m'/>"
                    "<op name='monitor' interval='8s' id='p-monitor-interval-8s'/></operations></primitive></resources>"
                    "<constraints><rsc_location rsc='p' node='n1' score='5' id='mine'/></constraints>");
}

static void
an_id_that_the_file_gives_to_another_is_not_kept(void **state)
{
    (void) state;
    formkit_becomes("<constraints><rsc_order id='x' first='a' then='b'/></constraints>",
                    "constraints: [{order: , first: a, then: b}, {order: x, first: c, then: d}]\n",
                    "<constraints><rsc_order first='a' then='b' id='order-a-b'/><rsc_order id='x' first='c' then='d'/></constraints>");
}

static void
many_without_an_id_take_no_time(void **state)
{
    g_autoptr(GString) yaml = g_string_new("constraints:\n");
    g_autoptr(cox_xmldoc) doc = treekit_doc("");
    gint64 before = 0;

    (void) state;
    for (int i = 0; i < 50000; i++) {
        g_string_append(yaml, "- {order: , first: a, then: b}\n");
    }
    before = g_get_monotonic_time();
    assert_true(formkit_read(doc, yaml->str, NULL));
    assert_in_range(g_get_monotonic_time() - before, 0, 60 * G_USEC_PER_SEC); /* numbers tried from 1 each time would take hours */
    assert_string_equal(cox_xml_id(cox_xml_last(cox_xml_child(cox_xml_first(cox_xmldoc_root(doc)), "constraints"))), "order-a-b-49999");
}

COX_TEST_MAIN(cmocka_unit_test(ids_are_made_of_names), cmocka_unit_test(an_id_that_something_else_has_is_passed_over),
              cmocka_unit_test(what_is_there_keeps_its_id), cmocka_unit_test(an_id_that_the_file_gives_to_another_is_not_kept),
              cmocka_unit_test(many_without_an_id_take_no_time))
