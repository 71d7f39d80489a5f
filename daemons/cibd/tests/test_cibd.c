/* Tests of daemons/cibd: the real daemon of one node alone, its real files, and lib/follow/follow_live.c against it. */
#define _GNU_SOURCE 1 /* prlimit */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "admin/attrpath.h"
#include "admin/dochistory.h"
#include "base/error.h"
#include "base/testkit.h"
#include "cib/patchscope.h"
#include "daemons/cibd/tests/cibplace.h"
#include "store/storefiles.h"
#include "xml/xpath.h"

#define DUMMY(id) "<primitive id=\"" id "\" class=\"ocf\" provider=\"heartbeat\" type=\"Dummy\"/>"

static const struct cox_xml *
find(struct cibplace *place, const char *xpath)
{
    return cox_xpath_first(cox_cib_root(cox_follow_cib(place->follow)), xpath);
}

static bool
has_new(struct cibplace *place)
{
    return find(place, "//primitive[@id='new']") != NULL;
}

static bool
has_upgraded(struct cibplace *place)
{
    return g_strcmp0(cox_xml_get(cox_cib_root(cox_follow_cib(place->follow)), "validate-with"), "pacemaker-3.9") == 0;
}

static bool
has_quorum_in_it(struct cibplace *place)
{
    return g_strcmp0(cox_xml_get(cox_cib_root(cox_follow_cib(place->follow)), "have-quorum"), "1") == 0;
}

static void
a_change_is_kept_and_followed_and_survives_kill(void **state)
{
    struct cibplace *place = *state;
    struct cox_follow_stats stats;
    struct cox_version version;

    cibplace_start(place, NULL);
    cibplace_wait(place, has_quorum_in_it, "have-quorum=1 in the document");
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("new")), 0);
    assert_int_equal(place->outcome, COX_CIB_KEPT);
    cibplace_wait(place, has_new, "the patch has come");
    for (int i = 0; i < 50; i++) {
        g_autofree char *xml = g_strdup_printf("<node_state id='%d' uname='n%d'/>", i % 7, i);

        assert_int_equal(cibplace_modify(place, "status", xml), 0);
    }
    stats = cox_follow_stats(place->follow);
    assert_true(stats.n_patches >= 50);
    assert_int_equal(stats.n_mismatches, 0);
    version = cox_follow_version(place->follow);
    cibplace_end(place, SIGKILL);
    cibplace_start(place, NULL);
    assert_true(place->n_losses > 0);
    assert_true(has_new(place));
    assert_true(cox_follow_version(place->follow).num_updates >= version.num_updates || cox_follow_version(place->follow).epoch > version.epoch);
    assert_non_null(find(place, "//node_state[@uname='n49']"));
    assert_string_equal(cox_xml_get(cox_cib_root(cox_follow_cib(place->follow)), "update-client"), "test");
}

/* What the daemon has noted; the caller frees it. */
static struct cox_dochistory *
history_of(const struct cibplace *place)
{
    g_autoptr(cox_disk) disk = cox_disk_real_new(place->cib_directory, NULL);
    g_autoptr(GPtrArray) records = cox_storefiles_history(disk, 1024 * 1024, NULL);

    assert_non_null(records);
    return cox_dochistory_new(records);
}

static void
each_version_of_the_configuration_is_noted(void **state)
{
    struct cibplace *place = *state;
    const struct cox_follow_change change = { .kind = COX_EDIT_PATCH,
                                              .text = "<diff format=\"2\" reason=\"it was time\"><change operation=\"create\" "
                                                      "path=\"/cib/configuration/resources\" position=\"0\">" DUMMY("second") "</change></diff>" };
    g_autoptr(cox_dochistory) history = NULL;
    g_autoptr(cox_xmldoc) last = NULL, before = NULL;
    guint n = 0;

    cibplace_start(place, NULL);
    cibplace_wait(place, has_quorum_in_it, "have-quorum=1 in the document");
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("new")), 0);
    assert_int_equal(cibplace_modify(place, "status", "<node_state id='1' uname='n1'/>"), 0);
    assert_int_equal(cibplace_change(place, &change), 0);
    cibplace_end(place, SIGTERM); /* all is written then */
    cibplace_start(place, NULL);
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("third")), 0);
    cibplace_end(place, SIGTERM);
    history = history_of(place);
    n = cox_dochistory_size(history);
    assert_true(n >= 4);
    assert_string_equal(cox_dochistory_entry(history, n - 2)->reason, "it was time");
    assert_string_equal(cox_dochistory_entry(history, n - 2)->client, "test");
    assert_int_equal(cox_dochistory_entry(history, n - 2)->n_changes, 1);
    assert_null(cox_dochistory_entry(history, n - 1)->reason);
    last = cox_dochistory_document(history, n - 2, NULL);
    assert_non_null(cox_xpath_first(cox_xmldoc_root(last), "//primitive[@id='second']"));
    assert_null(cox_xpath_first(cox_xmldoc_root(last), "//primitive[@id='third']"));
    assert_null(cox_xpath_first(cox_xmldoc_root(last), "//node_state"));
    before = cox_dochistory_document(history, n - 3, NULL);
    assert_non_null(cox_xpath_first(cox_xmldoc_root(before), "//primitive[@id='new']"));
    assert_null(cox_xpath_first(cox_xmldoc_root(before), "//primitive[@id='second']"));
}

static void
count_news(void *context, const struct cox_follow_news *news)
{
    *(unsigned int *) context += news->patch != NULL;
}

static bool
has_both(struct cibplace *place)
{
    return cox_follow_is_current(place->other) && has_new(place)
           && cox_xpath_first(cox_cib_root(cox_follow_cib(place->other)), "//primitive[@id='new']") != NULL;
}

/* Its patch is here when the answer is: both come over one connection, in this order. */
static int
modify_by_other(struct cibplace *place, const char *section, const char *xml)
{
    struct cox_follow *usual = place->follow;
    int code = 0;

    place->follow = place->other;
    code = cibplace_modify(place, section, xml);
    place->follow = usual;
    return code;
}

static void
patches_may_wait_for_one_that_matters_or_until_they_are_asked_for(void **state)
{
    struct cibplace *place = *state;
    unsigned int n = 0, before = 0;
    const struct cox_follow_settings settings = { .program = "patient", .run_directory = place->directory,
                                                  .later = COX_PATCHSCOPE_NODES, .changed = count_news, .context = &n };
    const struct cox_xml *lazy = NULL;

    cibplace_start(place, NULL);
    cibplace_wait(place, has_quorum_in_it, "have-quorum=1 in the document");
    place->other = cox_follow_new(place->runtime, &settings);
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("new")), 0);
    cibplace_wait(place, has_both, "both have the document");
    before = n;
    assert_int_equal(modify_by_other(place, "status", "<node_state id='1' uname='n1'/>"), 0);
    assert_int_equal(modify_by_other(place, "status", "<node_state id='2' uname='n2'/>"), 0);
    lazy = cox_cib_root(cox_follow_cib(place->other));
    assert_null(cox_xpath_first(lazy, "//node_state[@uname='n2']"));
    assert_int_equal(n, before);
    cox_follow_catch_up(place->other, COX_PATCHSCOPE_NODES);
    assert_non_null(cox_xpath_first(lazy, "//node_state[@uname='n2']"));
    assert_int_equal(n, before + 2);
    assert_int_equal(modify_by_other(place, "status", "<node_state id='3' uname='n3'/>"), 0);
    assert_int_equal(modify_by_other(place, "resources", "<primitive id='new' description='d'/>"), 0);
    assert_non_null(cox_xpath_first(lazy, "//node_state[@uname='n3']"));
    assert_int_equal(n, before + 4);
    for (int i = 0; i < 300; i++) { /* more than may wait */
        g_autofree char *xml = g_strdup_printf("<node_state id='%d' uname='m%d'/>", 4 + i % 7, i);

        assert_int_equal(modify_by_other(place, "status", xml), 0);
    }
    assert_true(n >= before + 4 + 256 && n < before + 4 + 300);
    cox_follow_catch_up(place->other, 0);
    assert_int_equal(cox_follow_stats(place->other).n_mismatches, 0);
    assert_non_null(cox_xpath_first(lazy, "//node_state[@uname='m299']"));
}

/* Each patch goes to followers with its reason, in one frame. */
static void
a_reason_without_end_is_cut(void **state)
{
    struct cibplace *place = *state;
    g_autofree char *reason = g_strnfill(200000, 'x');
    g_autofree char *patch = g_strconcat("<diff format=\"2\" reason=\"", reason, "\"><change operation=\"create\" "
                                         "path=\"/cib/configuration/resources\" position=\"0\">" DUMMY("new") "</change></diff>", NULL);
    const struct cox_follow_change change = { .kind = COX_EDIT_PATCH, .text = patch };

    cibplace_start(place, NULL);
    assert_int_equal(cibplace_change(place, &change), 0);
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("old")), 0); /* it lives */
    assert_true(has_new(place));
}

static void
refusals_name_their_reason(void **state)
{
    struct cibplace *place = *state;
    struct cox_follow_change order = { .kind = COX_EDIT_MODIFY, .section = "status", .text = "<node_state id='1'/>", .allows_creation = true,
                                       .generation = 5, .coordinator = 1 };
    struct cox_follow_change create = { .kind = COX_EDIT_CREATE, .section = "resources", .text = DUMMY("new") };

    cibplace_start(place, NULL);
    assert_int_equal(cibplace_change(place, &create), 0);
    assert_int_equal(cibplace_change(place, &create), COX_ERROR_EXISTS);
    create.text = "<primitive id='x' class='moon'/>";
    assert_int_equal(cibplace_change(place, &create), COX_ERROR_CONFIG);
    assert_non_null(strstr(place->text, "moon"));
    create.text = "<primitive id=";
    assert_int_equal(cibplace_change(place, &create), COX_ERROR_SYNTAX);
    assert_int_equal(cibplace_change(place, &order), 0);
    order.generation = 4;
    assert_int_equal(cibplace_change(place, &order), COX_ERROR_OLD);
    assert_non_null(strstr(place->text, "generation 5"));
    order.generation = 0;
    assert_int_equal(cibplace_change(place, &order), 0);
    assert_string_equal(cox_xml_get(cox_cib_root(cox_follow_cib(place->follow)), "dc-uuid"), "1");
}

static void
long_changes_and_patches_go_in_bodies(void **state)
{
    struct cibplace *place = *state;
    g_autoptr(GString) xml = g_string_new("<resources>");

    for (int i = 0; i < 3000; i++) {
        g_string_append_printf(xml, "<primitive id=\"r%d\" class=\"ocf\" provider=\"heartbeat\" type=\"Dummy\"/>", i);
    }
    g_string_append(xml, DUMMY("new") "</resources>");
    cibplace_start(place, NULL);
    assert_int_equal(cibplace_modify(place, NULL, xml->str), 0);
    cibplace_wait(place, has_new, "the long patch has come");
    assert_int_equal(cox_follow_stats(place->follow).n_mismatches, 0);
    assert_int_equal(cox_follow_stats(place->follow).n_fetches, 1);
    assert_non_null(find(place, "//primitive[@id='r2999']"));
}

static void
queries_give_what_the_user_may_see(void **state)
{
    static const char rules[]
        = "<cib><configuration><crm_config><cluster_property_set id='s'><nvpair id='e' name='enable-acl' value='true'/>"
          "</cluster_property_set></crm_config><resources>" DUMMY("a") DUMMY("new") "</resources><acls><acl_role id='r'>"
          "<acl_permission id='p' kind='read' xpath='//primitive[@id=&apos;a&apos;]'/></acl_role><acl_target id='tony'/>"
          "<acl_group id='ops'><role id='r'/></acl_group></acls></configuration></cib>";
    static const char *const ops[] = { "ops" };
    struct cibplace *place = *state;
    const struct cox_msg_cib_query section = { .section = "resources" }, path = { .xpath = "//primitive[@id='a']" };
    const struct cox_msg_cib_query wrong = { .xpath = "//moon" };
    const struct cox_msg_cib_query tony = { .user = "tony" }, tony_ops = { .user = "tony", .groups = ops, .n_groups = 1 };
    g_autofree char *resources = NULL, *a = NULL, *seen = NULL;

    cibplace_start(place, NULL);
    assert_int_equal(cibplace_modify(place, NULL, rules), 0);
    resources = cibplace_query(place, &section);
    a = cibplace_query(place, &path);
    assert_true(g_str_has_prefix(resources, "<resources>"));
    assert_string_equal(a, DUMMY("a"));
    assert_null(cibplace_query(place, &wrong));
    assert_int_equal(place->code, COX_ERROR_NOT_FOUND);
    assert_null(cibplace_query(place, &tony));
    assert_int_equal(place->code, COX_ERROR_PRIVILEGE);
    seen = cibplace_query(place, &tony_ops);
    assert_non_null(strstr(seen, "id=\"a\""));
    assert_null(strstr(seen, "id=\"new\""));
}

/* Set or (value NULL) delete an attribute; what was there before must be @before. */
static void
set(struct cibplace *place, const struct cox_msg_cib_choice *choice, const char *value, const char *before)
{
    const struct cox_msg_cib_set message = { .n_choice = 1, .choice = choice, .value = value };
    g_autofree char *found = cibplace_pairs(place, COX_MSG_CIB_SET, &message);

    assert_int_equal(place->code, 0);
    assert_string_equal(found, before);
}

/* What there is of an attribute; the caller frees it. */
static char *
ask_pairs(struct cibplace *place, const struct cox_msg_cib_choice *choice, const char *user)
{
    const struct cox_msg_cib_pairs_query message = { .n_choice = 1, .choice = choice, .user = user };

    return cibplace_pairs(place, COX_MSG_CIB_PAIRS_QUERY, &message);
}

static void
an_attribute_is_found_and_set_with_one_message(void **state)
{
    static const struct cox_msg_cib_choice option = { .scope = COX_ATTRPATH_CLUSTER, .name = "color" };
    static const struct cox_msg_cib_choice rack = { .scope = COX_ATTRPATH_NODE, .name = "rack", .node = "n7" };
    static const struct cox_msg_cib_choice nobody = { .scope = COX_ATTRPATH_NODE, .name = "rack", .node = "n8" };
    struct cibplace *place = *state;
    g_autofree char *none = NULL, *seven = NULL;

    cibplace_start(place, NULL);
    cibplace_wait(place, has_quorum_in_it, "have-quorum=1 in the document");
    assert_int_equal(cibplace_modify(place, "nodes", "<node id='7' uname='n7'/>"), 0);
    set(place, &option, "1", "");
    assert_int_equal(place->outcome, COX_CIB_KEPT);
    set(place, &option, "value++", "cib-bootstrap-options-color color=1\n");
    set(place, &option, NULL, "cib-bootstrap-options-color color=2\n");
    none = ask_pairs(place, &option, NULL);
    assert_string_equal(none, "");
    set(place, &option, NULL, ""); /* nothing is there to be deleted, which is no error */
    set(place, &rack, "7", "");
    seven = ask_pairs(place, &rack, NULL);
    assert_string_equal(seven, "nodes-7-rack rack=7\n");
    assert_null(ask_pairs(place, &nobody, NULL));
    assert_int_equal(place->code, COX_ERROR_NOT_FOUND);
}

static void
of_several_attributes_none_is_set(void **state)
{
    static const struct cox_msg_cib_choice any = { .scope = COX_ATTRPATH_CLUSTER, .name = "color" };
    static const struct cox_msg_cib_choice other = { .scope = COX_ATTRPATH_CLUSTER, .name = "color", .id = "b" };
    struct cibplace *place = *state;
    g_autofree char *both = NULL;

    cibplace_start(place, NULL);
    assert_int_equal(cibplace_modify(place, "crm_config", "<cluster_property_set id='s'><nvpair id='a' name='color' value='red'/></cluster_property_set>"),
                     0);
    assert_int_equal(cibplace_modify(place, "crm_config", "<cluster_property_set id='t'><nvpair id='b' name='color' value='blue'/></cluster_property_set>"),
                     0);
    set(place, &any, "green", "a color=red\nb color=blue\n");
    set(place, &any, NULL, "a color=red\nb color=blue\n");
    set(place, &other, "green", "b color=blue\n");
    both = ask_pairs(place, &any, NULL);
    assert_string_equal(both, "a color=red\nb color=green\n");
}

/* Neither a choice too few, nor one of a scope that a later version may have, nor the rights of others. */
static void
attributes_that_cannot_be_meant_are_refused(void **state)
{
    static const struct cox_msg_cib_choice later = { .scope = 99, .name = "color" }, option = { .scope = COX_ATTRPATH_CLUSTER, .name = "color" };
    static const struct cox_msg_cib_set empty = { .value = "x" }, unknown = { .n_choice = 1, .choice = &later, .value = "x" };
    static const struct cox_msg_cib_set by_tony = { .n_choice = 1, .choice = &option, .value = "x", .user = "tony" };
    struct cibplace *place = *state;

    cibplace_start(place, NULL);
    assert_null(cibplace_pairs(place, COX_MSG_CIB_SET, &empty));
    assert_int_equal(place->code, COX_ERROR_PROTOCOL);
    assert_null(cibplace_pairs(place, COX_MSG_CIB_SET, &unknown));
    assert_int_equal(place->code, COX_ERROR_PROTOCOL);
    assert_int_equal(cibplace_modify(place, "crm_config", "<cluster_property_set id='s'><nvpair id='e' name='enable-acl' value='true'/>"
                                                          "</cluster_property_set>"), 0);
    assert_int_equal(cibplace_modify(place, NULL, "<cib><configuration><acls><acl_role id='r'><acl_permission id='p' kind='read' xpath='//crm_config'/>"
                                                  "</acl_role><acl_target id='tony'><role id='r'/></acl_target></acls></configuration></cib>"), 0);
    assert_null(cibplace_pairs(place, COX_MSG_CIB_SET, &by_tony));
    assert_int_equal(place->code, COX_ERROR_PRIVILEGE);
    assert_null(ask_pairs(place, &option, "mary")); /* who may read nothing */
    assert_int_equal(place->code, COX_ERROR_PRIVILEGE);
}

static void
an_orderly_stop_leaves_the_files_complete_and_an_edited_file_counts(void **state)
{
    struct cibplace *place = *state;
    g_autofree char *xml = cibplace_file(place, "cib.xml"), *sig = cibplace_file(place, "cib.xml.sig");
    g_autofree char *text = NULL, *edited = NULL;
    g_auto(GStrv) parts = NULL;

    cibplace_start(place, NULL);
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("old")), 0);
    cibplace_end(place, SIGTERM);
    assert_int_equal(place->exit_status, 0);
    assert_true(g_file_get_contents(xml, &text, NULL, NULL));
    assert_non_null(strstr(text, "id=\"old\""));
    assert_true(g_file_test(sig, G_FILE_TEST_EXISTS));
    parts = g_strsplit(text, "id=\"old\"", 2);
    edited = g_strjoinv("id=\"new\"", parts);
    assert_true(g_file_set_contents(xml, edited, -1, NULL));
    assert_int_equal(g_unlink(sig), 0);
    cibplace_start(place, NULL);
    assert_true(has_new(place));
    assert_null(find(place, "//primitive[@id='old']"));
}

/* What clients read beside the daemon: cib.xml has the new one, and a numbered copy the one before. */
static bool
has_files_of_both(struct cibplace *place)
{
    g_autofree char *xml = cibplace_file(place, "cib.xml");
    g_autofree char *now = NULL;
    g_autoptr(GDir) folder = g_dir_open(place->cib_directory, 0, NULL);
    bool has_old = false;

    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_autofree char *path = cibplace_file(place, name), *text = NULL;

        has_old = has_old || (g_str_has_suffix(name, ".raw") && g_file_get_contents(path, &text, NULL, NULL) && strstr(text, "id=\"old\"") != NULL
                              && strstr(text, "id=\"new\"") == NULL);
    }
    return g_file_get_contents(xml, &now, NULL, NULL) && strstr(now, "id=\"new\"") != NULL && has_old;
}

static bool
has_file_of_old(struct cibplace *place)
{
    g_autofree char *xml = cibplace_file(place, "cib.xml"), *now = NULL;

    return g_file_get_contents(xml, &now, NULL, NULL) && strstr(now, "id=\"old\"") != NULL;
}

static void
the_files_follow_the_configuration_while_it_runs(void **state)
{
    struct cibplace *place = *state;

    cibplace_start(place, NULL);
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("old")), 0);
    cibplace_wait(place, has_file_of_old, "cib.xml has the configuration");
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("new")), 0);
    cibplace_wait(place, has_files_of_both, "cib.xml and a numbered copy have the configuration");
    cibplace_end(place, SIGKILL);
    cibplace_start(place, NULL);
    assert_true(has_new(place));
}

static void
what_is_no_document_is_set_aside(void **state)
{
    struct cibplace *place = *state;
    g_autofree char *xml = cibplace_file(place, "cib.xml");
    const char *name;
    bool is_kept = false;
    GDir *dir;

    assert_int_equal(g_mkdir(place->cib_directory, 0700), 0);
    assert_true(g_file_set_contents(xml, "<cib><configuration>", -1, NULL));
    cibplace_start(place, NULL);
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("new")), 0);
    dir = g_dir_open(place->cib_directory, 0, NULL);
    while ((name = g_dir_read_name(dir)) != NULL) {
        is_kept |= strstr(name, ".aside-") != NULL;
    }
    g_dir_close(dir);
    assert_true(is_kept);
}

static void
an_old_format_is_upgraded_once_the_document_counts(void **state)
{
    static const char old[] = "<cib admin_epoch='0' epoch='7' num_updates='0' validate-with='pacemaker-2.0'><configuration><crm_config/><nodes/>"
                              "<resources>" DUMMY("new") "</resources><constraints/></configuration><status/></cib>";
    struct cibplace *place = *state;
    g_autofree char *xml = cibplace_file(place, "cib.xml");

    assert_int_equal(g_mkdir(place->cib_directory, 0700), 0);
    assert_true(g_file_set_contents(xml, old, -1, NULL));
    cibplace_start(place, NULL);
    cibplace_wait(place, has_upgraded, "the format is the one that all clients read");
    assert_true(has_new(place));
}

static void
without_a_directory_it_works_in_memory_and_says_so(void **state)
{
    struct cibplace *place = *state;
    g_autofree char *complaints = NULL;

    g_free(place->cib_directory);
    place->cib_directory = g_strdup("/proc/none/cib");
    cibplace_start(place, NULL);
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("new")), 0);
    assert_int_equal(place->outcome, COX_CIB_UNCERTAIN); /* nothing is on a disk */
    complaints = cibplace_complaints(place);
    assert_non_null(strstr(complaints, "/proc/none/cib"));
}

static bool
disk_works_again(struct cibplace *place)
{
    g_autofree char *complaints = cibplace_complaints(place);

    return strstr(complaints, "disk") == NULL;
}

static void
a_full_disk_is_told_and_does_not_stop_anything(void **state)
{
    struct cibplace *place = *state;
    struct rlimit limit;
    pid_t pid;
    g_autofree char *complaints = NULL;

    cibplace_start(place, "trap '' XFSZ; exec");
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("a")), 0);
    assert_int_equal(place->outcome, COX_CIB_KEPT);
    pid = cox_runtime_child_pid(place->runtime, place->daemon);
    assert_int_equal(prlimit(pid, RLIMIT_FSIZE, NULL, &limit), 0);
    limit.rlim_cur = 16; /* as if there were no space */
    assert_int_equal(prlimit(pid, RLIMIT_FSIZE, &limit, NULL), 0);
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("b")), 0);
    assert_int_equal(place->outcome, COX_CIB_UNCERTAIN);
    complaints = cibplace_complaints(place);
    assert_non_null(strstr(complaints, "disk"));
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(prlimit(pid, RLIMIT_FSIZE, &limit, NULL), 0);
    cibplace_wait(place, disk_works_again, "the disk is used again");
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("new")), 0);
    assert_int_equal(place->outcome, COX_CIB_KEPT);
    cibplace_end(place, SIGKILL);
    cibplace_start(place, NULL);
    assert_non_null(find(place, "//primitive[@id='b']"));
    assert_true(has_new(place));
}

static void
garbage_on_the_socket_harms_nobody(void **state)
{
    struct cibplace *place = *state;
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    cibplace_start(place, NULL);
    g_snprintf(address.sun_path, sizeof address.sun_path, "%s/cib.sock", place->directory);
    for (guint i = 0; i < 40; i++) {
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        guint8 bytes[700];

        for (guint j = 0; j < sizeof bytes; j++) {
            bytes[j] = (guint8) (i * 31 + j * j);
        }
        memcpy(bytes, "Cx\1", 3);
        assert_int_equal(connect(fd, (const struct sockaddr *) &address, sizeof address), 0);
        (void) send(fd, bytes, i < 20 ? i : sizeof bytes, MSG_NOSIGNAL);
        close(fd);
    }
    assert_int_equal(cibplace_modify(place, "resources", DUMMY("new")), 0);
    cibplace_end(place, SIGTERM);
    assert_int_equal(place->exit_status, 0); /* with sanitizers: no leak either */
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, cibplace_setup, cibplace_teardown)

COX_TEST_MAIN(LIVE(a_change_is_kept_and_followed_and_survives_kill), LIVE(each_version_of_the_configuration_is_noted), LIVE(a_reason_without_end_is_cut), LIVE(refusals_name_their_reason),
              LIVE(patches_may_wait_for_one_that_matters_or_until_they_are_asked_for),
              LIVE(long_changes_and_patches_go_in_bodies), LIVE(queries_give_what_the_user_may_see),
              LIVE(an_attribute_is_found_and_set_with_one_message), LIVE(of_several_attributes_none_is_set),
              LIVE(attributes_that_cannot_be_meant_are_refused),
              LIVE(an_orderly_stop_leaves_the_files_complete_and_an_edited_file_counts), LIVE(the_files_follow_the_configuration_while_it_runs),
              LIVE(what_is_no_document_is_set_aside),
              LIVE(an_old_format_is_upgraded_once_the_document_counts), LIVE(without_a_directory_it_works_in_memory_and_says_so),
              LIVE(a_full_disk_is_told_and_does_not_stop_anything), LIVE(garbage_on_the_socket_harms_nobody))
