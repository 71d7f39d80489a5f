/* lib/admin/tests/test_lint.c - on models made by hand; whole documents are in tools/tests/test_cox_verify.sh */
#include "admin/lint.h"

#include <unistd.h>

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

/* ---- orders ----------------------------------------------------------------------------------------------- */

enum { LONG = 3000 };

/* Each of many resources starts after the one before it, and with @is_closed the first after the last; @is_reversed: written last to first. */
static char *
found_in_chain(bool is_reversed, bool is_closed)
{
    g_autofree struct cox_rsc_def *rscs = g_new0(struct cox_rsc_def, LONG);
    g_autofree struct cox_order *orders = g_new0(struct cox_order, LONG);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    struct world world;

    world_init(&world);
    for (cox_rsc_id i = 0; i < LONG; i++) {
        g_ptr_array_add(ids, g_strdup_printf("r%u", i));
        rscs[i] = (struct cox_rsc_def) { .id = ids->pdata[i], .variant = COX_PRIMITIVE, .parent = COX_RSC_NONE, .end = i + 1, .standard = "ocf", .type = "T" };
        orders[is_reversed ? LONG - 1 - i : i] = (struct cox_order) { .id = ids->pdata[i], .first = i, .then = (i + 1) % LONG, .kind = (i == LONG - 1 && !is_closed) ? "Optional" : NULL };
    }
    world.config.resources = rscs;
    world.config.n_resources = LONG;
    world.config.orders = orders;
    world.config.n_orders = LONG;
    return found(&world, NULL);
}

static void
a_long_chain_of_orders_takes_no_longer_than_a_look_at_each(void **state)
{
    g_autofree char *open = NULL;
    g_autofree char *open_backwards = NULL;
    g_autofree char *closed = NULL;
    g_autofree char *closed_backwards = NULL;

    (void) state;
    alarm(20); /* looking at all orders for each step of a way from each order takes minutes, this milliseconds */
    open = found_in_chain(false, false);
    open_backwards = found_in_chain(true, false);
    closed = found_in_chain(false, true);
    closed_backwards = found_in_chain(true, true);
    alarm(0);
    assert_string_equal(open, "");
    assert_string_equal(open_backwards, "");
    assert_string_equal(closed, "constraint 'r0' closes a loop: 'r1' starts after 'r0', which starts after it\n");
    assert_string_equal(closed_backwards, "constraint 'r2999' closes a loop: 'r0' starts after 'r2999', which starts after it\n");
}

static void
what_comes_together_twice_is_no_loop_and_a_resource_after_itself_is_one(void **state)
{
    struct cox_order orders[] = { { .id = "o1", .first = A, .then = B }, { .id = "o2", .first = A, .then = C }, { .id = "o3", .first = B, .then = C },
                                  { .id = "o4", .first = COX_RSC_NONE, .then = A } };
    struct world world;
    g_autofree char *twice = NULL;
    g_autofree char *itself = NULL;

    (void) state;
    world_init(&world);
    world.config.orders = orders;
    world.config.n_orders = 4;
    twice = found(&world, NULL);
    assert_string_equal(twice, "");
    orders[2].then = B;
    world_init(&world);
    world.config.orders = orders;
    world.config.n_orders = 4;
    itself = found(&world, NULL);
    assert_string_equal(itself, "constraint 'o3' closes a loop: 'b' starts after 'b', which starts after it\n");
}

static void
a_group_against_an_order_is_a_loop(void **state)
{
    struct cox_order order = { .id = "o", .first = C, .then = B };
    struct world world;
    g_autofree char *text = NULL;

    (void) state;
    world_init(&world);
    world.rscs[A].variant = COX_GROUP;
    world.rscs[A].end = N_RSCS;
    world.rscs[B].parent = world.rscs[C].parent = A;
    world.config.orders = &order;
    world.config.n_orders = 1;
    text = found(&world, NULL);
    assert_string_equal(text, "constraint 'o' closes a loop: 'b' starts after 'c', which starts after it\n");
}

static char *
found_in_sets(struct cox_order *orders, size_t n_orders)
{
    struct world world;

    world_init(&world);
    world.config.orders = orders;
    world.config.n_orders = n_orders;
    return found(&world, NULL);
}

static void
sets_of_orders_close_loops_as_the_scheduler_reads_them(void **state)
{
    static const cox_rsc_id a_b[] = { A, B }, c_only[] = { C }, b_a[] = { B, A }, a_only[] = { A };
    static const struct {
        struct cox_rsc_set first, second;
        const char *kind;
        const char *text;
    } rows[] = {
        /* "o1" beside the sets: b before a */
        { { .members = a_b, .n_members = 2 }, { .members = c_only, .n_members = 1 }, NULL, "constraint 'o1' closes a loop: 'a' starts after 'b', which starts after it\n" },
        { { .members = a_b, .n_members = 2, .sequential = COX_FALSE }, { .members = c_only, .n_members = 1 }, NULL, "" },
        { { .members = a_b, .n_members = 2 }, { .members = c_only, .n_members = 1 }, "Optional", "" },
        { { .members = a_b, .n_members = 2, .kind = "Optional" }, { .members = c_only, .n_members = 1 }, NULL, "" },
        { { .members = a_b, .n_members = 2, .action = "promote" }, { .members = c_only, .n_members = 1 }, NULL, "" },
        { { .members = b_a, .n_members = 2 }, { .members = c_only, .n_members = 1 }, NULL, "" },
        /* from one set to the next: all of the first before the second where they have no order of their own, or else its last one */
        { { .members = a_b, .n_members = 2, .sequential = COX_FALSE }, { .members = a_only, .n_members = 1 }, NULL,
          "constraint 's' closes a loop: 'a' starts after 'a', which starts after it\n" },
        { { .members = c_only, .n_members = 1 }, { .members = a_b, .n_members = 2, .sequential = COX_FALSE }, NULL, "" },
        { { .members = a_only, .n_members = 1 }, { .members = b_a, .n_members = 2, .sequential = COX_FALSE }, NULL,
          "constraint 'o1' closes a loop: 'a' starts after 'b', which starts after it\n" },
        /* one of several is enough, and b does not wait */
        { { .members = a_b, .n_members = 2, .sequential = COX_FALSE, .require_all = COX_FALSE }, { .members = b_a, .n_members = 2 }, NULL, "" },
        { { .members = a_only, .n_members = 1, .require_all = COX_FALSE }, { .members = b_a, .n_members = 2 }, NULL,
          "constraint 'o1' closes a loop: 'a' starts after 'b', which starts after it\n" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct cox_rsc_set sets[] = { rows[i].first, rows[i].second };
        struct cox_order orders[] = { { .id = "o1", .first = B, .then = A },
                                      { .id = "s", .first = COX_RSC_NONE, .then = COX_RSC_NONE, .kind = rows[i].kind, .sets = sets, .n_sets = 2 } };
        g_autofree char *text = found_in_sets(orders, 2);

        assert_string_equal(text, rows[i].text);
    }
}

static void
a_member_that_nobody_knows_closes_no_loop(void **state)
{
    static const cox_rsc_id members[] = { A, COX_RSC_NONE, A };
    struct cox_rsc_set set = { .members = members, .n_members = 3 };
    struct cox_order order = { .id = "s", .first = COX_RSC_NONE, .then = COX_RSC_NONE, .sets = &set, .n_sets = 1 };
    g_autofree char *text = found_in_sets(&order, 1);

    (void) state;
    assert_string_equal(text, "");
}

/* ---- locations -------------------------------------------------------------------------------------------- */

static const cox_rsc_id only_a[] = { A };

static struct cox_location
ban(const char *id, const char *node)
{
    return (struct cox_location) { .id = id, .rscs = only_a, .n_rscs = 1, .node = node, .has_score = true, .score = -COX_SCORE_INFINITY };
}

/* 'a' is kept off n1, twice, and n2 in a world where @change was made. */
static char *
found_banned(void (*change)(struct world *world))
{
    const struct cox_location bans[] = { ban("l1", "n1"), ban("l2", "n1"), ban("l3", "n2"), ban("l4", "r1") };
    struct world world;

    world_init(&world);
    world.config.locations = bans;
    world.config.n_locations = 3;
    change(&world);
    return found(&world, NULL);
}

static void
as_it_is(struct world *world)
{
    (void) world;
}

static void
has_remote(struct world *world)
{
    world->rscs[B].type = "remote";
}

static void
is_remote(struct world *world)
{
    world->rscs[A].type = "remote";
}

static void
has_guest(struct world *world)
{
    static const struct cox_nvpair pair = { "p", "remote-node", "r1" };
    static const struct cox_nvset set = { .id = "s", .pairs = &pair, .n_pairs = 1 };

    world->rscs[B].meta = (struct cox_nvsets) { &set, 1 };
}

static void
has_banned_guest(struct world *world)
{
    has_guest(world);
    world->config.n_locations = 4;
}

static void
has_bundle(struct world *world)
{
    static const struct cox_bundle_def bundle = { .container = "podman" };

    world->rscs[B].variant = COX_BUNDLE;
    world->rscs[B].bundle = &bundle;
    world->rscs[B].end = N_RSCS;
    world->rscs[C].parent = B;
}

static void
a_resource_may_run_nowhere_when_it_is_kept_off_guests_and_remote_nodes_too(void **state)
{
    static const struct {
        void (*change)(struct world *world);
        const char *wanted;
    } cases[] = {
        { as_it_is, "resource 'a' may run nowhere: constraints keep it off all 2 nodes\n" },
        { has_remote, "" },
        { is_remote, "resource 'a' may run nowhere: constraints keep it off all 2 nodes\n" }, /* no connection is made from a remote node */
        { has_guest, "" },
        { has_banned_guest, "resource 'a' may run nowhere: constraints keep it off all 3 nodes\n" },
        { has_bundle, "" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = found_banned(cases[i].change);

        assert_string_equal(text, cases[i].wanted);
    }
}

/* ---- levels ----------------------------------------------------------------------------------------------- */

static void
the_remedy_for_a_level_has_the_words_that_the_verb_wants(void **state)
{
    static const char *const devices[] = { "none" };
    static const struct cox_fencing_level levels[] = {
        { "l1", COX_LEVEL_BY_NAME, "n1", NULL, 1, devices, 1 },
        { "l2", COX_LEVEL_BY_PATTERN, "n[0-9]$", NULL, 2, devices, 1 },
        { "l3", COX_LEVEL_BY_ATTRIBUTE, "rack", "left", 3, devices, 1 },
        { "l4", COX_LEVEL_BY_ATTRIBUTE, "rack", "it's", 4, devices, 1 },
    };
    static const char *const remedies[] = { "cox fence level remove n1 1", "cox fence level remove 'regexp%n[0-9]$' 2", "cox fence level remove attrib%rack=left 3",
                                            "cox fence level remove 'attrib%rack=it'\\''s' 4" };
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct world world;

    (void) state;
    world_init(&world);
    world.config.levels = levels;
    world.config.n_levels = G_N_ELEMENTS(levels);
    cox_lint_run(&(struct cox_lint) { .config = &world.config, .has_watchdogs = true }, diags);
    assert_int_equal(cox_diags_count(diags), G_N_ELEMENTS(remedies));
    for (size_t i = 0; i < G_N_ELEMENTS(remedies); i++) {
        assert_string_equal(cox_diags_get(diags, i)->remedy, remedies[i]);
    }
    g_hash_table_unref(world.config.rsc_by_id);
}

/* ---- room ------------------------------------------------------------------------------------------------- */

/* Two or three nodes with @size each; 'a' is a clone of 'b', which needs 3; 'c' needs 4. */
static char *
found_without_room(size_t n_nodes, const char *size, const char *clone_max)
{
    struct cox_nvpair strategy = { "p", "placement-strategy", "balanced" }, has = { "h", "cpu", size }, three = { "t", "cpu", "3" }, four = { "f", "cpu", "4" },
                      max = { "m", "clone-max", clone_max };
    const struct cox_nvset properties = { .id = "cib-bootstrap-options", .pairs = &strategy, .n_pairs = 1 }, node = { .id = "n", .pairs = &has, .n_pairs = 1 },
                           of_b = { .id = "b", .pairs = &three, .n_pairs = 1 }, of_c = { .id = "c", .pairs = &four, .n_pairs = 1 },
                           meta = { .id = "m", .pairs = &max, .n_pairs = 1 };
    struct cox_node_def nodes[] = { { .id = "1", .uname = "n1" }, { .id = "2", .uname = "n2" }, { .id = "3", .uname = "n3" } };
    struct world world;

    world_init(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++) {
        nodes[i].utilization = (struct cox_nvsets) { &node, 1 };
    }
    world.config.nodes = nodes;
    world.config.n_nodes = n_nodes;
    world.config.properties = (struct cox_nvsets) { &properties, 1 };
    world.rscs[A].variant = COX_CLONE;
    world.rscs[A].end = C;
    world.rscs[B].parent = A;
    world.rscs[B].utilization = (struct cox_nvsets) { &of_b, 1 };
    world.rscs[C].utilization = (struct cox_nvsets) { &of_c, 1 };
    if (clone_max != NULL) {
        world.rscs[A].meta = (struct cox_nvsets) { &meta, 1 };
    }
    return found(&world, NULL);
}

static void
a_clone_takes_room_as_often_as_it_runs(void **state)
{
    static const struct {
        size_t n_nodes;
        const char *size, *clone_max;
        const char *needed; /* NULL: there is room */
    } cases[] = {
        { 3, "5", NULL, NULL }, /* 4 in twice 5 - 3 */
        { 3, "4", NULL, "4 is needed, the others have 2" },
        { 3, "4", "1", NULL }, /* 3 + 4 in 8 */
        { 3, "3", "1", "7 is needed, the others have 6" },
        { 3, "4", "2", "4 is needed, the others have 2" }, /* on each of the two that are left */
        { 3, "4", "0", NULL },
        { 2, "6", "1", "7 is needed, the others have 6" },
        { 2, "6", "5", "4 is needed, the others have 3" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = found_without_room(cases[i].n_nodes, cases[i].size, cases[i].clone_max);

        if (cases[i].needed == NULL) {
            assert_string_equal(text, "");
        } else {
            assert_non_null(strstr(text, cases[i].needed));
        }
    }
}

/* ---- rules ------------------------------------------------------------------------------------------------ */

static void
a_wrong_rule_costs_the_set_under_it_nothing(void **state)
{
    const struct cox_expr both[] = {
        { .kind = COX_EXPR_ATTRIBUTE, .attribute = { .name = "x", .compare = COX_COMPARE_EQ, .value = "1" } },
        { .kind = COX_EXPR_ATTRIBUTE, .attribute = { .name = "x", .compare = COX_COMPARE_EQ, .value = "2" } },
    };
    const struct cox_rule rule = { .id = "r", .exprs = both, .n_exprs = 2 };
    const struct cox_rule *const rules[] = { &rule };
    const struct cox_nvset set = { .id = "s", .rule = &rule };
    const struct cox_location location = { .id = "l", .rscs = only_a, .n_rscs = 1, .rules = rules, .n_rules = 1 };
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct world world;

    (void) state;
    world_init(&world);
    world.config.properties = (struct cox_nvsets) { &set, 1 };
    world.config.locations = &location;
    world.config.n_locations = 1;
    cox_lint_run(&(struct cox_lint) { .config = &world.config, .has_watchdogs = true }, diags);
    assert_int_equal(cox_diags_count(diags), 2);
    assert_string_equal(cox_diags_get(diags, 0)->remedy, "correct the rule, or take it away when what is in the set is always to count");
    assert_string_equal(cox_diags_get(diags, 1)->remedy, "cibadmin --delete --xpath \"//*[@id='l']\"");
    g_hash_table_unref(world.config.rsc_by_id);
}

COX_TEST_MAIN(cmocka_unit_test(nothing_is_found_where_nothing_is_wrong), cmocka_unit_test(loops_of_orders_are_found_once_and_optional_ones_are_none),
              cmocka_unit_test(opposite_colocations_are_found_in_either_direction), cmocka_unit_test(resources_are_held_against_their_agents),
              cmocka_unit_test(a_long_chain_of_orders_takes_no_longer_than_a_look_at_each),
              cmocka_unit_test(what_comes_together_twice_is_no_loop_and_a_resource_after_itself_is_one), cmocka_unit_test(a_group_against_an_order_is_a_loop),
              cmocka_unit_test(sets_of_orders_close_loops_as_the_scheduler_reads_them), cmocka_unit_test(a_member_that_nobody_knows_closes_no_loop),
              cmocka_unit_test(a_resource_may_run_nowhere_when_it_is_kept_off_guests_and_remote_nodes_too),
              cmocka_unit_test(the_remedy_for_a_level_has_the_words_that_the_verb_wants), cmocka_unit_test(a_clone_takes_room_as_often_as_it_runs),
              cmocka_unit_test(a_wrong_rule_costs_the_set_under_it_nothing))
