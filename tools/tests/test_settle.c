/* Tests of tools/settle.c: who is there and not part of the cluster yet. */
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

COX_TEST_MAIN(cmocka_unit_test(who_is_on_the_way_is_waited_for))
