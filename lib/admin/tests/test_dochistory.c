/* lib/admin/tests/test_dochistory.c */
#include "admin/dochistory.h"

#include "admin/tests/formkit.h"

#define WHOLE(epoch, tags)                                                                                                                    \
    "<cib admin_epoch='0' epoch='" epoch "' update-user='root' update-client='c' update-origin='n1' cib-last-written='then'><configuration>" tags \
    "</configuration></cib>"
#define PATCH(from, to, change)                                                                                                            \
    "<diff format='2'><version><source admin_epoch='0' epoch='" from "' num_updates='3'/><target admin_epoch='0' epoch='" to "' num_updates='0'/></version>" change \
    "<change operation='modify' path='/cib'><change-list><change-attr name='update-user' operation='set' value='joe'/></change-list>"           \
    "<change-result><cib update-user='joe' cib-last-written='now'/></change-result></change>"                                               \
    "<change operation='create' path='/cib/status' position='0'><node_state id='1'/></change></diff>"
#define ADD(tag) "<change operation='create' path='/cib/configuration/tags' position='9'><tag id='" tag "'/></change>"

static void
add(GPtrArray *records, const char *reason, const char *xml)
{
    GByteArray *record = g_byte_array_new();
    g_autofree char *text = g_strdelimit(g_strdup(xml), "'", '"');

    g_byte_array_append(record, (const guint8 *) reason, (guint) strlen(reason) + 1);
    g_byte_array_append(record, (const guint8 *) text, (guint) strlen(text));
    g_ptr_array_add(records, g_byte_array_free_to_bytes(record));
}

static GPtrArray *
records_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
}

static void
each_version_has_who_when_and_why_and_can_be_made_again(void **state)
{
    g_autoptr(GPtrArray) records = records_new();
    g_autoptr(cox_dochistory) history = NULL;
    g_autoptr(cox_xmldoc) first = NULL, second = NULL, third = NULL;
    const struct cox_dochistory_entry *entry = NULL;

    (void) state;
    add(records, "", WHOLE("4", "<tags/>"));
    add(records, "because", PATCH("4", "5", ADD("a")));
    add(records, "", PATCH("5", "6", ADD("b") ADD("c")));
    history = cox_dochistory_new(records);
    assert_int_equal(cox_dochistory_size(history), 3);
    entry = cox_dochistory_entry(history, 0);
    assert_int_equal(entry->version.epoch, 4);
    assert_int_equal(entry->n_changes, 0);
    assert_string_equal(entry->user, "root");
    assert_string_equal(entry->origin, "n1");
    assert_null(entry->reason);
    entry = cox_dochistory_entry(history, 1);
    assert_int_equal(entry->version.epoch, 5);
    assert_int_equal(entry->n_changes, 1);
    assert_string_equal(entry->user, "joe");
    assert_string_equal(entry->written, "now");
    assert_string_equal(entry->reason, "because");
    assert_int_equal(cox_dochistory_entry(history, 2)->n_changes, 2);
    first = cox_dochistory_document(history, 0, NULL);
    second = cox_dochistory_document(history, 1, NULL);
    third = cox_dochistory_document(history, 2, NULL);
    formkit_is(first, "<tags/>");
    formkit_is(second, "<tags><tag id='a'/></tags>");
    formkit_is(third, "<tags><tag id='a'/><tag id='b'/><tag id='c'/></tags>");
}

static void
another_life_of_the_daemon_is_no_version_but_a_new_beginning(void **state)
{
    g_autoptr(GPtrArray) records = records_new();
    g_autoptr(cox_dochistory) history = NULL;
    g_autoptr(cox_xmldoc) doc = NULL;

    (void) state;
    add(records, "", WHOLE("4", "<tags/>"));
    add(records, "", WHOLE("4", "<tags/>"));
    add(records, "", PATCH("4", "5", ""));
    add(records, "", WHOLE("9", "<tags><tag id='x'/></tags>"));
    history = cox_dochistory_new(records);
    assert_int_equal(cox_dochistory_size(history), 2);
    doc = cox_dochistory_document(history, 1, NULL);
    formkit_is(doc, "<tags><tag id='x'/></tags>");
}

static void
after_a_gap_nothing_is_made_up_until_there_is_a_whole_again(void **state)
{
    g_autoptr(GPtrArray) records = records_new();
    g_autoptr(cox_dochistory) history = NULL;
    g_autoptr(cox_xmldoc) doc = NULL;
    GError *error = NULL;

    (void) state;
    add(records, "", PATCH("1", "2", ADD("z")));
    add(records, "", WHOLE("4", "<tags/>"));
    add(records, "", PATCH("5", "6", ADD("b")));
    add(records, "", PATCH("6", "7", ADD("c")));
    add(records, "", "no XML");
    g_ptr_array_add(records, g_bytes_new("no zero", 7));
    g_ptr_array_add(records, g_bytes_new("", 0));
    add(records, "", WHOLE("8", "<tags><tag id='x'/></tags>"));
    history = cox_dochistory_new(records);
    assert_int_equal(cox_dochistory_size(history), 5);
    assert_null(cox_dochistory_document(history, 0, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "version 0.2 cannot be made again");
    assert_null(cox_dochistory_document(history, 3, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "version 0.7 cannot be made again");
    doc = cox_dochistory_document(history, 4, &error);
    assert_non_null(doc);
}

static void
an_entry_follows_the_one_before_it_only_when_nothing_is_missing(void **state)
{
    static const bool wanted[] = { false, true, true, true, false, false, false, true };
    g_autoptr(GPtrArray) records = records_new();
    g_autoptr(cox_dochistory) history = NULL;

    (void) state;
    add(records, "", WHOLE("4", "<tags/>"));
    add(records, "", WHOLE("4", "<tags/>")); /* another life */
    add(records, "", PATCH("4", "5", ADD("a")));
    add(records, "", PATCH("5", "6", ""));   /* of no configuration */
    add(records, "", PATCH("6", "7", ADD("b")));
    add(records, "", PATCH("7", "8", ADD("c")));
    add(records, "", PATCH("9", "10", ""));  /* 9 is missing */
    add(records, "", PATCH("10", "11", ADD("d")));
    add(records, "", PATCH("12", "13", ADD("e"))); /* 12 is missing */
    add(records, "", WHOLE("14", "<tags/>"));
    add(records, "", PATCH("14", "15", ADD("f")));
    history = cox_dochistory_new(records);
    assert_int_equal(cox_dochistory_size(history), G_N_ELEMENTS(wanted));
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        assert_int_equal(cox_dochistory_entry(history, i)->follows, wanted[i]);
    }
}

static void
another_configuration_with_the_same_numbers_is_another_version(void **state)
{
    g_autoptr(GPtrArray) records = records_new();
    g_autoptr(cox_dochistory) history = NULL;
    g_autoptr(cox_xmldoc) doc = NULL;
    guint i = 0;

    (void) state;
    add(records, "", WHOLE("4", "<tags/>"));
    add(records, "", PATCH("4", "5", ADD("lost"))); /* on the side of the cluster that has lost */
    add(records, "", WHOLE("5", "<tags><tag id='x'/></tags>"));
    history = cox_dochistory_new(records);
    assert_int_equal(cox_dochistory_size(history), 3);
    assert_true(cox_dochistory_find(history, "5", &i, NULL));
    assert_int_equal(i, 2);
    assert_false(cox_dochistory_entry(history, i)->follows);
    doc = cox_dochistory_document(history, i, NULL);
    formkit_is(doc, "<tags><tag id='x'/></tags>");
}

static void
what_was_erased_is_a_version_and_so_is_what_follows(void **state)
{
    g_autoptr(GPtrArray) records = records_new();
    g_autoptr(cox_dochistory) history = NULL;
    g_autoptr(cox_xmldoc) erased = NULL, after = NULL;

    (void) state;
    add(records, "", WHOLE("4", "<tags><tag id='a'/></tags>"));
    add(records, "", PATCH("4", "5", "<change operation='delete' path='/cib/configuration'/><change operation='delete' path='/cib/status'/>"
                                     "<change operation='create' path='/cib' position='0'><configuration><tags/></configuration></change>"
                                     "<change operation='create' path='/cib' position='1'><status/></change>"));
    add(records, "", PATCH("5", "6", ADD("b")));
    history = cox_dochistory_new(records);
    assert_int_equal(cox_dochistory_size(history), 3);
    assert_int_equal(cox_dochistory_entry(history, 1)->n_changes, 2);
    erased = cox_dochistory_document(history, 1, NULL);
    formkit_is(erased, "<tags/>");
    after = cox_dochistory_document(history, 2, NULL);
    formkit_is(after, "<tags><tag id='b'/></tags>");
}

static void
versions_are_found_by_what_people_write(void **state)
{
    g_autoptr(GPtrArray) records = records_new();
    g_autoptr(cox_dochistory) history = NULL;
    GError *error = NULL;
    guint i = 77;

    (void) state;
    history = cox_dochistory_new(records);
    assert_false(cox_dochistory_find(history, "0.4", &i, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "which is empty");
    cox_dochistory_free(history);
    add(records, "", WHOLE("4", "<tags/>"));
    add(records, "", PATCH("4", "5", ADD("a")));
    history = cox_dochistory_new(records);
    assert_true(cox_dochistory_find(history, "0.5", &i, &error));
    assert_int_equal(i, 1);
    assert_true(cox_dochistory_find(history, "4", &i, &error));
    assert_int_equal(i, 0);
    assert_false(cox_dochistory_find(history, "0.9", &i, &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "version 0.9 is not in the history of this node, which begins with 0.4");
    assert_false(cox_dochistory_find(history, "0.5.1", &i, &error));
    treekit_failed(&error, COX_ERROR_USAGE, "'0.5.1' is no version");
    assert_false(cox_dochistory_find(history, "-1", &i, &error));
    treekit_failed(&error, COX_ERROR_USAGE, "'-1' is no version");
}

COX_TEST_MAIN(cmocka_unit_test(each_version_has_who_when_and_why_and_can_be_made_again),
              cmocka_unit_test(another_life_of_the_daemon_is_no_version_but_a_new_beginning),
              cmocka_unit_test(an_entry_follows_the_one_before_it_only_when_nothing_is_missing),
              cmocka_unit_test(another_configuration_with_the_same_numbers_is_another_version),
              cmocka_unit_test(what_was_erased_is_a_version_and_so_is_what_follows),
              cmocka_unit_test(after_a_gap_nothing_is_made_up_until_there_is_a_whole_again),
              cmocka_unit_test(versions_are_found_by_what_people_write))
