/* lib/admin/tests/test_nodefind.c */
#include "admin/nodefind.h"

#include "admin/tests/treekit.h"

#define NODES "<nodes><node id='1' uname='n1'/><node id='2' uname='n2'/><node id='far' type='remote' uname='far'/></nodes>"
#define REMOTES                                                                                                                            \
    "<resources><primitive id='far' class='ocf' provider='pacemaker' type='remote'/>"                                                      \
    "<primitive id='away' class='ocf' provider='coxswain' type='remote'/><primitive id='remote' class='systemd' type='remote'/>"           \
    "<group id='g'><primitive id='vm' class='ocf' provider='x' type='VM'><meta_attributes id='m'>"                                         \
    "<nvpair id='p' name='remote-node' value='guest'/></meta_attributes></primitive></group>"                                              \
    "<bundle id='box'><podman image='i' replicas='2'/><network/><primitive id='in'/></bundle><bundle id='empty'><docker image='i'/></bundle>" \
    "<bundle id='one'><docker image='i'/><primitive id='in2'/></bundle></resources>"

static void
cluster_nodes_remote_nodes_guests_and_replicas_are_nodes(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(NODES REMOTES);
    g_autoptr(GPtrArray) names = cox_nodefind_names(cox_xmldoc_root(doc));
    g_autofree char *joined = NULL;

    (void) state;
    g_ptr_array_add(names, NULL);
    joined = g_strjoinv(" ", (char **) names->pdata);
    assert_string_equal(joined, "n1 n2 far away guest box-0 box-1 one-0");
    for (guint i = 0; names->pdata[i] != NULL; i++) {
        assert_true(cox_nodefind_check(cox_xmldoc_root(doc), names->pdata[i], NULL));
    }
}

static void
a_resource_that_is_no_connection_is_no_node(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(NODES REMOTES);
    GError *error = NULL;

    (void) state;
    assert_false(cox_nodefind_check(cox_xmldoc_root(doc), "vm", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "node 'vm' does not exist");
    assert_false(cox_nodefind_check(cox_xmldoc_root(doc), "remote", NULL));
    assert_null(cox_nodefind_element(cox_xmldoc_root(doc), "empty-0", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "node 'empty-0' does not exist; use one of n1, n2, far, away, guest, box-0 ...");
}

static void
an_unknown_name_is_answered_with_the_nearest_of_all_kinds(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(NODES REMOTES);
    g_autoptr(cox_xmldoc) none = treekit_doc("");
    GError *error = NULL;

    (void) state;
    assert_null(cox_nodefind_look(cox_xmldoc_root(doc), "gest", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "node 'gest' does not exist; did you mean 'guest'?");
    assert_null(cox_nodefind_look(cox_xmldoc_root(none), "n1", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "node 'n1' does not exist; the configuration has none yet");
}

static void
a_remote_node_gets_an_element_when_it_needs_one(void **state)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(REMOTES);
    GError *error = NULL;

    (void) state;
    assert_null(cox_nodefind_look(cox_xmldoc_root(doc), "guest", &error));
    assert_null(error);
    assert_non_null(cox_nodefind_element(cox_xmldoc_root(doc), "guest", NULL));
    treekit_is(doc, REMOTES "<nodes><node id='guest' type='remote' uname='guest'/></nodes>");
    assert_ptr_equal(cox_nodefind_element(cox_xmldoc_root(doc), "guest", NULL), cox_nodefind_look(cox_xmldoc_root(doc), "guest", NULL));
}

COX_TEST_MAIN(cmocka_unit_test(cluster_nodes_remote_nodes_guests_and_replicas_are_nodes),
              cmocka_unit_test(a_resource_that_is_no_connection_is_no_node),
              cmocka_unit_test(an_unknown_name_is_answered_with_the_nearest_of_all_kinds),
              cmocka_unit_test(a_remote_node_gets_an_element_when_it_needs_one))
