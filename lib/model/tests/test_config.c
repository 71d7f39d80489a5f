/* Tests of lib/model/config.c and plan.c. */
#include "model/config.h"

#include "base/testkit.h"
#include "model/plan.h"

static struct cox_config *
example(bool with_index)
{
    static const struct cox_node_def nodes[] = {
        { .id = "1", .uname = "alpha" }, { .id = "2", .uname = "beta" }, { .id = "3" },
    };
    static const struct cox_rsc_def resources[] = { { .id = "a" }, { .id = "b" } };
    struct cox_arena *arena = cox_arena_new();
    struct cox_config *config = cox_arena_new_array(arena, struct cox_config, 1);

    config->arena = arena;
    config->nodes = nodes;
    config->n_nodes = G_N_ELEMENTS(nodes);
    config->resources = resources;
    config->n_resources = G_N_ELEMENTS(resources);
    if (with_index) {
        config->rsc_by_id = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < G_N_ELEMENTS(resources); i++) {
            g_hash_table_insert(config->rsc_by_id, (gpointer) (guintptr) resources[i].id, GUINT_TO_POINTER(i + 1));
        }
    }
    return config;
}

static void
resources_are_found_by_id(void **state)
{
    g_autoptr(cox_config) config = example(true);

    (void) state;
    assert_int_equal(cox_config_find_rsc(config, "a"), 0);
    assert_int_equal(cox_config_find_rsc(config, "b"), 1);
    assert_int_equal(cox_config_find_rsc(config, "c"), COX_RSC_NONE);
    assert_int_equal(cox_config_find_rsc(config, NULL), COX_RSC_NONE);
}

static void
nodes_are_found_by_id_or_by_name_in_any_case(void **state)
{
    g_autoptr(cox_config) config = example(true);

    (void) state;
    assert_int_equal(cox_config_find_node(config, "2", false), 1);
    assert_int_equal(cox_config_find_node(config, "BETA", true), 1);
    assert_int_equal(cox_config_find_node(config, "3", false), 2);
    assert_int_equal(cox_config_find_node(config, "3", true), COX_NODE_NONE);
    assert_int_equal(cox_config_find_node(config, "beta", false), COX_NODE_NONE);
    assert_int_equal(cox_config_find_node(config, NULL, true), COX_NODE_NONE);
}

static void
pairs_are_found_by_name(void **state)
{
    static const struct cox_nvpair pairs[] = { { NULL, "a", "1" }, { NULL, "b", "2" } };

    (void) state;
    assert_string_equal(cox_nvpairs_get(pairs, 2, "b"), "2");
    assert_null(cox_nvpairs_get(pairs, 1, "b"));
    assert_null(cox_nvpairs_get(NULL, 0, "a"));
}

static void
ends_take_nothing_too(void **state)
{
    struct cox_arena *arena = cox_arena_new();
    struct cox_plan *plan = cox_arena_new_array(arena, struct cox_plan, 1);

    (void) state;
    plan->arena = arena;
    cox_plan_free(plan);
    cox_plan_free(NULL);
    cox_config_free(NULL);
    cox_config_free(example(false));
}

COX_TEST_MAIN(cmocka_unit_test(resources_are_found_by_id),
              cmocka_unit_test(nodes_are_found_by_id_or_by_name_in_any_case), cmocka_unit_test(pairs_are_found_by_name),
              cmocka_unit_test(ends_take_nothing_too))
