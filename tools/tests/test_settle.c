/* Tests of tools/settle.c: who is there and not part of the cluster yet, and what is left to do. */
#include "tools/settle.h"

#include "base/testkit.h"
#include "xml/xmldoc.h"

#define STATE(id, crmd, join) "<node_state id='" id "' in_ccm='true' crmd='" crmd "' join='" join "'/>"

struct row {
    const char *status, *coordinator, *second; /* state of the second node: what the controller says */
    enum cox_settle_crew crew;
    const char *text;
};

static void
who_is_on_the_way_is_waited_for(void **state)
{
    static const struct row rows[] = {
        { STATE("1", "online", "member") STATE("2", "online", "member"), "n1", "member", COX_SETTLE_COMPLETE, "" },
        { STATE("1", "online", "member") STATE("2", "online", "pending"), "n1", "member", COX_SETTLE_JOINING, "\tNode n2: has not joined\n" },
        { STATE("1", "online", "pending") STATE("2", "offline", "down"), "n1", "member", COX_SETTLE_JOINING,
          "\tNode n1: has not joined\n\tNode n2: has not joined\n" },
        { STATE("1", "offline", "down") STATE("2", "online", "member"), "n2", "member", COX_SETTLE_JOINING, "\tNode n1: has not joined\n" }, /* this one */
        { "", "n2", "member", COX_SETTLE_JOINING, "\tNode n1: has not joined\n\tNode n2: has not joined\n" },
        { STATE("1", "offline", "down") STATE("2", "online", "pending"), "n1", "member", COX_SETTLE_JOINING,
          "\tNode n1: has not joined\n\tNode n2: has not joined\n" },
        { STATE("1", "online", "member"), "n1", "member", COX_SETTLE_UNSAID, "\tNode n2: has not joined\n" },
        { STATE("1", "online", "member") STATE("2", "offline", "down"), "n1", "member", COX_SETTLE_UNSAID, "\tNode n2: has not joined\n" },
        { STATE("1", "online", "member") STATE("2", "offline", "down"), "n1", "lost", COX_SETTLE_COMPLETE, "" },  /* it has no controller */
        { STATE("1", "online", "member") STATE("2", "online", "banned"), "n1", "member", COX_SETTLE_COMPLETE, "" }, /* nor will it join */
        { STATE("1", "online", "member") STATE("2", "online", "member"), NULL, "member", COX_SETTLE_JOINING, "\tElection of a coordinator\n" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("<cib><status>%s</status></cib>", rows[i].status);
        struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);
        const struct cox_msg_control_node nodes[] = { { 1, "n1", "member" }, { 2, "n2", rows[i].second } };
        const struct cox_msg_control_state said = { .id = 1, .coordinator = rows[i].coordinator, .nodes = nodes, .n_nodes = G_N_ELEMENTS(nodes) };
        g_autoptr(GString) missing = g_string_new(NULL);

        assert_non_null(doc);
        assert_int_equal(cox_settle_crew(cox_xmldoc_root(doc), &said, missing), rows[i].crew);
        assert_string_equal(missing->str, rows[i].text);
        cox_xmldoc_free(doc);
    }
}

#define MAGIC " transition-key='1:1:0:0' transition-magic='0:0;1:1:0:0' on_node='n1' exit-reason='' op-status='0' rc-code='0'"
/* Digests of an operation without parameters, and of one with a timeout of 20 s. */
#define RAN(rsc, task, ms, digest) "<lrm_rsc_op id='" rsc "_" task "_" ms "' operation_key='" rsc "_" task "_" ms "' operation='" task "' interval='" ms "'" \
    " call-id='5' crm_feature_set='3.19.0' op-digest='" digest "'" MAGIC "/>"
#define STARTED(rsc) RAN(rsc, "start", "0", "f2317cad3d54cec5d7d7aa7d0bf35cf8")
#define CHECKED(rsc) RAN(rsc, "monitor", "10000", "4811cef7f7f94e3a35a70be7916cb2fd")
#define HISTORY(rsc, ops) "<lrm_resource id='" rsc "' class='ocf' provider='test' type='Thing'>" ops "</lrm_resource>"
#define THING(rsc, ops) "<primitive id='" rsc "' class='ocf' provider='test' type='Thing'><operations>" ops "</operations></primitive>"
#define EVERY(rsc, s) "<op id='" rsc "-" s "' name='monitor' interval='" s "s'/>"

static void
monitors_that_are_left_are_told_from_all_else(void **state)
{
    static const struct {
        const char *rscs, *history;
        bool are_monitors;
        const char *first; /* NULL: nothing is left */
    } rows[] = {
        { THING("a", EVERY("a", "10")), HISTORY("a", STARTED("a") CHECKED("a")), false, NULL },
        { THING("a", EVERY("a", "10")), HISTORY("a", STARTED("a")), true, "a_monitor_10000" },
        { THING("a", EVERY("a", "10") EVERY("a", "60")), HISTORY("a", STARTED("a")), true, "a_monitor_10000" },
        { THING("a", EVERY("a", "10")), "", false, "a_monitor_0" }, /* a probe, a start and a monitor */
        { THING("a", EVERY("a", "10")) THING("b", ""), HISTORY("a", STARTED("a")), false, "a_monitor_10000" },
        { THING("a", ""), HISTORY("a", STARTED("a") CHECKED("a")), false, "a_monitor_10000" }, /* it is to be cancelled */
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            "<cib validate-with='pacemaker-3.9' admin_epoch='0' epoch='1' num_updates='0' have-quorum='1'><configuration><crm_config>"
            "<cluster_property_set id='o'><nvpair id='o-f' name='stonith-enabled' value='false'/></cluster_property_set></crm_config>"
            "<nodes><node id='1' uname='n1'/></nodes><resources>%s</resources><constraints/></configuration><status>"
            "<node_state id='1' uname='n1' in_ccm='true' crmd='online' join='member' expected='member'><lrm id='1'><lrm_resources>%s</lrm_resources></lrm>"
            "</node_state></status></cib>", rows[i].rscs, rows[i].history);
        struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);
        bool are_monitors = true;
        GError *error = NULL;
        g_autofree char *pending = cox_settle_pending(cox_xmldoc_root(doc), &are_monitors, &error);

        assert_null(error);
        assert_int_equal(are_monitors, rows[i].are_monitors);
        assert_int_equal(pending == NULL, rows[i].first == NULL);
        assert_true(pending == NULL || strstr(pending, rows[i].first) != NULL);
        cox_xmldoc_free(doc);
    }
}

COX_TEST_MAIN(cmocka_unit_test(who_is_on_the_way_is_waited_for), cmocka_unit_test(monitors_that_are_left_are_told_from_all_else))
