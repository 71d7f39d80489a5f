/* lib/admin/tests/test_remedy.c - tests of the candidates for a change, and of making changes in a document. */
#include "admin/remedy.h"
#include "admin/tests/test_admin.h"

/* ---- making them ---- */

static struct cox_cib *
changed(const struct cox_remedy *remedy)
{
    struct cox_cib *cib = test_cib();

    assert_true(cox_remedy_apply(cox_cib_root(cib), remedy));
    return cib;
}

static void
a_meta_attribute_wins_over_what_was_there(void **state)
{
    const struct cox_remedy remedy = { .kind = COX_REMEDY_META, .id = "p", .name = "target-role", .value = "Started" };
    g_autoptr(cox_cib) cib = changed(&remedy);

    (void) state;
    assert_string_equal(test_value(cib, "//primitive[@id='p']/meta_attributes[@score='INFINITY']/nvpair", "value"), "Started");
}

static void
a_cleanup_forgets_counts_of_that_resource_only(void **state)
{
    const struct cox_remedy remedy = { .kind = COX_REMEDY_CLEANUP, .id = "r", .node = "n1" };
    g_autoptr(cox_cib) cib = changed(&remedy);

    (void) state;
    assert_null(cox_xpath_first(cox_cib_root(cib), "//nvpair[@name='fail-count-r']"));
    assert_non_null(cox_xpath_first(cox_cib_root(cib), "//nvpair[@name='fail-count-s']"));
}

static void
a_node_that_comes_back_is_a_member(void **state)
{
    const struct cox_remedy remedy = { .kind = COX_REMEDY_BACK, .node = "n2" };
    g_autoptr(cox_cib) cib = changed(&remedy);

    (void) state;
    assert_string_equal(test_value(cib, "//node_state[@uname='n2']", "id"), "2");
    assert_string_equal(test_value(cib, "//node_state[@uname='n2']", "join"), "member");
}

static void
a_ticket_is_granted_though_nobody_knew_it(void **state)
{
    const struct cox_remedy remedy = { .kind = COX_REMEDY_GRANT, .id = "T" };
    g_autoptr(cox_cib) cib = changed(&remedy);

    (void) state;
    assert_string_equal(test_value(cib, "//ticket_state[@id='T']", "granted"), "true");
}

static void
an_option_has_one_value(void **state)
{
    const struct cox_remedy remedy = { .kind = COX_REMEDY_PROPERTY, .name = "double", .value = "3" };
    g_autoptr(cox_cib) cib = changed(&remedy);
    g_autoptr(GPtrArray) found = cox_xpath_find(cox_cib_root(cib), "//nvpair[@name='double']", NULL);

    (void) state;
    assert_int_equal(found->len, 1);
    assert_string_equal(test_value(cib, "//nvpair[@name='double']", "value"), "3");
}

static void
a_preference_for_the_promoted_role_names_it(void **state)
{
    const struct cox_remedy remedy = { .kind = COX_REMEDY_PREFER_PROMOTED, .id = "c", .node = "n2", .score = 7 };
    g_autoptr(cox_cib) cib = changed(&remedy);

    (void) state;
    assert_string_equal(test_value(cib, "//rsc_location", "score"), "7");
    assert_string_equal(test_value(cib, "//rsc_location", "role"), "Promoted");
}

static void
capacity_is_added_to_what_a_node_has(void **state)
{
    const struct cox_remedy remedy = { .kind = COX_REMEDY_CAPACITY, .node = "n1", .name = "cpu", .value = "2" };
    g_autoptr(cox_cib) cib = changed(&remedy);

    (void) state;
    assert_true(cox_remedy_apply(cox_cib_root(cib), &remedy));
    assert_string_equal(test_value(cib, "//node[@uname='n1']/utilization/nvpair", "value"), "4");
}

static void
what_is_not_there_cannot_be_changed(void **state)
{
    static const struct cox_remedy remedies[] = {
        { .kind = COX_REMEDY_REMOVE, .id = "none" },
        { .kind = COX_REMEDY_META, .id = "none", .name = "a", .value = "b" },
        { .kind = COX_REMEDY_UNSTANDBY, .node = "n1" },
        { .kind = COX_REMEDY_CLEANUP, .id = "r", .node = "n2" },
        { .kind = COX_REMEDY_CAPACITY, .node = "n9", .name = "cpu", .value = "1" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(remedies); i++) {
        g_autoptr(cox_cib) cib = test_cib();

        assert_false(cox_remedy_apply(cox_cib_root(cib), &remedies[i]));
    }
}

/* ---- finding them ---- */

/* One resource, r, on node a (0) with a preference for it, banned from b (1), which is in standby. */
static GArray *
candidates_of_a_ban(struct cox_plan *plan)
{
    static const struct cox_node_state nodes[] = { { .name = "a" }, { .name = "b" } };
    static const struct cox_rsc_state rscs[] = { { .id = "r", .short_id = "r", .parent = COX_RSC_NONE, .end = 1 } };
    static const struct cox_score_term here[] = { { .kind = COX_TERM_LOCATION, .score = 10, .id = "wish" },
                                                  { .kind = COX_TERM_STICKINESS, .score = 5 } };
    static const struct cox_score_term there[] = { { .kind = COX_TERM_LOCATION, .score = -COX_SCORE_INFINITY, .id = "ban" },
                                                   { .kind = COX_TERM_LOCATION, .score = -COX_SCORE_INFINITY, .id = "ban" } };
    static const struct cox_placing placings[]
        = { { .is_known = true, .score = 15, .decisive = 15, .terms = { here, 2 } },
            { .is_known = true, .obstacle = COX_NODE_STANDBY, .terms = { there, 2 } } };
    static const struct cox_rsc_explanation reasons[] = { { .id = "r", .placings = placings, .node = 0 } };
    static const struct cox_explanation explanation = { .rscs = reasons, .n_rscs = 1 };
    const struct cox_remedy_question question = { .plan = plan, .rsc = 0, .node = 1 };

    plan->cluster = (struct cox_cluster) { .nodes = nodes, .n_nodes = 2, .rscs = rscs, .n_rscs = 1, .has_quorum = true };
    plan->explanation = &explanation;
    return cox_remedy_candidates(&question);
}

static void
candidates_come_once_and_the_least_intrusive_first(void **state)
{
    static const struct cox_remedy expected[] = {
        { .kind = COX_REMEDY_UNSTANDBY, .node = "b" },
        { .kind = COX_REMEDY_META, .id = "r", .name = "resource-stickiness", .value = "0" },
        { .kind = COX_REMEDY_REMOVE, .id = "ban" },
        { .kind = COX_REMEDY_REMOVE, .id = "wish" },
    };
    struct cox_plan plan = { .arena = cox_arena_new() };
    g_autoptr(GArray) found = candidates_of_a_ban(&plan);

    (void) state;
    assert_int_equal(found->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < found->len; i++) {
        const struct cox_remedy *remedy = &g_array_index(found, struct cox_remedy, i);

        assert_int_equal(remedy->kind, expected[i].kind);
        assert_int_equal(g_strcmp0(remedy->id, expected[i].id), 0);
        assert_int_equal(g_strcmp0(remedy->node, expected[i].node), 0);
        assert_int_equal(g_strcmp0(remedy->value, expected[i].value), 0);
    }
    cox_arena_free(plan.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_meta_attribute_wins_over_what_was_there),
        cmocka_unit_test(a_cleanup_forgets_counts_of_that_resource_only),
        cmocka_unit_test(a_node_that_comes_back_is_a_member),
        cmocka_unit_test(a_ticket_is_granted_though_nobody_knew_it),
        cmocka_unit_test(an_option_has_one_value),
        cmocka_unit_test(a_preference_for_the_promoted_role_names_it),
        cmocka_unit_test(capacity_is_added_to_what_a_node_has),
        cmocka_unit_test(what_is_not_there_cannot_be_changed),
        cmocka_unit_test(candidates_come_once_and_the_least_intrusive_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
