/* lib/admin/tests/test_lint.c - on models made by hand; whole documents are in tools/tests/test_cox_verify.sh */
#include "admin/lint.h"

#include "base/testkit.h"

enum { A, B, C, N_RSCS };

struct world {
    struct cox_rsc_def rscs[N_RSCS];
    struct cox_node_def nodes[2];
    struct cox_config config;
};

static void
world_init(struct world *world)
{
    static const char *const ids[] = { "a", "b", "c" };

    *world = (struct world) { .nodes = { { .id = "1", .uname = "n1" }, { .id = "2", .uname = "n2" } } };
    for (cox_rsc_id i = 0; i < N_RSCS; i++) {
        world->rscs[i] = (struct cox_rsc_def) { .id = ids[i], .variant = COX_PRIMITIVE, .parent = COX_RSC_NONE, .end = i + 1, .standard = "ocf", .type = "T" };
    }
    world->config = (struct cox_config) { .resources = world->rscs, .n_resources = N_RSCS, .nodes = world->nodes, .n_nodes = 2,
                                          .rsc_by_id = g_hash_table_new(g_str_hash, g_str_equal) };
}

/* All texts that are found, a line each; the caller frees them. */
static char *
found(const struct world *world, const struct cox_lint *more)
{
    struct cox_lint lint = (more != NULL) ? *more : (struct cox_lint) { NULL };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GString) text = g_string_new(NULL);

    lint.config = &world->config;
    lint.now = cox_wall_from_seconds(1000000);
    lint.has_watchdogs = true;
    cox_lint_run(&lint, diags);
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        assert_non_null(cox_diags_get(diags, i)->remedy);
        assert_non_null(cox_diags_get(diags, i)->object);
        g_string_append_printf(text, "%s\n", cox_diags_get(diags, i)->text);
    }
    g_hash_table_unref(world->config.rsc_by_id);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
nothing_is_found_where_nothing_is_wrong(void **state)
{
    struct world world;
    g_autofree char *text = NULL;
    struct cox_order orders[] = { { .id = "o1", .first = A, .then = B }, { .id = "o2", .first = B, .then = C } };

    (void) state;
    world_init(&world);
    world.config.orders = orders;
    world.config.n_orders = 2;
    text = found(&world, NULL);
    assert_string_equal(text, "");
}

static void
loops_of_orders_are_found_once_and_optional_ones_are_none(void **state)
{
    struct world world;
    g_autofree char *text = NULL;
    g_autofree char *without = NULL;
    struct cox_order orders[] = { { .id = "o1", .first = A, .then = B }, { .id = "o2", .first = B, .then = C }, { .id = "o3", .first = C, .then = A } };

    (void) state;
    world_init(&world);
    world.config.orders = orders;
    world.config.n_orders = 3;
    text = found(&world, NULL);
    assert_string_equal(text, "constraint 'o1' closes a loop: 'b' starts after 'a', which starts after it\n");
    orders[2].kind = "Optional";
    world_init(&world);
    world.config.orders = orders;
    world.config.n_orders = 3;
    without = found(&world, NULL);
    assert_string_equal(without, "");
}

static void
opposite_colocations_are_found_in_either_direction(void **state)
{
    struct world world;
    g_autofree char *text = NULL;
    struct cox_colocation both[] = { { .id = "c1", .dependent = A, .primary = B, .score = COX_SCORE_INFINITY },
                                     { .id = "c2", .dependent = B, .primary = A, .score = -COX_SCORE_INFINITY },
                                     { .id = "c3", .dependent = A, .primary = C, .score = -COX_SCORE_INFINITY } };

    (void) state;
    world_init(&world);
    world.config.colocations = both;
    world.config.n_colocations = 3;
    text = found(&world, NULL);
    assert_string_equal(text, "constraints 'c1' and 'c2' contradict each other: 'b' must be where 'a' is, and must not\n");
}

static const struct cox_lint_agent *
agent(void *context, const struct cox_rsc_def *rsc)
{
    static const struct cox_lint_param params[] = { { "size", "integer", "1", NULL, false }, { "old", "string", NULL, "new", false },
                                                    { "new", "string", NULL, NULL, true } };
    static const struct cox_lint_action actions[] = { { "start", 40000 }, { "monitor", 10000 }, { "monitor", 99000 } };
    static const struct cox_lint_agent one = { params, 3, actions, 3 };

    (void) context;
    return (strcmp(rsc->id, "a") == 0) ? &one : NULL;
}

static void
resources_are_held_against_their_agents(void **state)
{
    struct world world;
    g_autofree char *text = NULL;
    struct cox_nvpair pairs[] = { { "1", "size", "big" }, { "2", "old", "x" }, { "3", "zise", "1" } };
    struct cox_nvset set = { .id = "s", .pairs = pairs, .n_pairs = 3 };

    (void) state;
    world_init(&world);
    world.rscs[A].params = (struct cox_nvsets) { &set, 1 };
    text = found(&world, &(struct cox_lint) { .agent = agent });
    assert_string_equal(text, "resource 'a': size='big' is no integer, which agent 'T' wants\n"
                              "resource 'a' has parameter 'zise', which agent 'T' does not know; did you mean 'size'?\n"
                              "resource 'a': start may take 20 s (the default), its agent 'T' advises 40 s\n");
}

COX_TEST_MAIN(cmocka_unit_test(nothing_is_found_where_nothing_is_wrong), cmocka_unit_test(loops_of_orders_are_found_once_and_optional_ones_are_none),
              cmocka_unit_test(opposite_colocations_are_found_in_either_direction), cmocka_unit_test(resources_are_held_against_their_agents))
