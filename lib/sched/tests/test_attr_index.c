/* lib/sched/tests/test_attr_index.c - tests of lib/sched/attr_index.c. */
#include "base/testkit.h"

#include <string.h>

#include "sched/attr_index_priv.h"

struct world {
    struct cox_arena *arena;
    struct sched_work work;
    struct sched_node node;
};

static struct cox_nvpair some_attributes[] = {
    { NULL, "site", "left" },          { NULL, "fail-count-db2", "1" },  { NULL, "fail-count-db#monitor_10000", "2" },
    { NULL, "fail-count-db", "3" },    { NULL, "master-db:7", "10" },    { NULL, "fail-count-d", "4" },
    { NULL, "fail-count-db:1", "5" },  { NULL, "\xc3\xa9tage", "2" },
};

static void
world_init(struct world *world, struct cox_nvpair *pairs, size_t n)
{
    *world = (struct world) { .arena = cox_arena_new() };
    world->work.arena = world->arena;
    world->node.attrs = (struct cox_nvlist) { .pairs = pairs, .n_pairs = n, .allocated = n };
    sched_attr_index(&world->work, &world->node);
}

static void
every_attribute_is_found_and_nothing_else(void **state)
{
    static const char *const unknown[] = { "", "a", "fail-count-", "fail-count-db3", "sit", "site2", "\xff" };
    struct world world;

    (void) state;
    world_init(&world, some_attributes, G_N_ELEMENTS(some_attributes));
    for (size_t i = 0; i < G_N_ELEMENTS(some_attributes); i++) {
        assert_ptr_equal(sched_attr_get(&world.node, some_attributes[i].name), some_attributes[i].value);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        assert_null(sched_attr_get(&world.node, unknown[i]));
    }
    cox_arena_free(world.arena);
}

static void
a_range_holds_all_names_that_begin_so_the_exact_one_first(void **state)
{
    static const char *const expected[] = { "3", "2", "1", "5" };
    struct sched_attr_range range;
    struct world world;
    unsigned seen = 0;

    (void) state;
    world_init(&world, some_attributes, G_N_ELEMENTS(some_attributes));
    range = sched_attr_range(&world.node, "fail-count-", "db");
    assert_int_equal(range.n, G_N_ELEMENTS(expected));
    assert_string_equal(range.pairs[range.order[0]].value, "3");
    for (guint32 i = 0; i < range.n; i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(expected); k++) {
            seen |= strcmp(range.pairs[range.order[i]].value, expected[k]) == 0 ? 1u << k : 0;
        }
    }
    assert_int_equal(seen, 0xf);
    assert_int_equal(sched_attr_range(&world.node, "fail-count-", "").n, 5);
    assert_int_equal(sched_attr_range(&world.node, "", "").n, G_N_ELEMENTS(some_attributes));
    assert_int_equal(sched_attr_range(&world.node, "last-failure-", "db").n, 0);
    cox_arena_free(world.arena);
}

static void
a_node_without_attributes_has_none(void **state)
{
    struct world world;

    (void) state;
    world_init(&world, NULL, 0);
    assert_null(sched_attr_get(&world.node, "site"));
    assert_int_equal(sched_attr_range(&world.node, "fail-count-", "db").n, 0);
    cox_arena_free(world.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attribute_is_found_and_nothing_else),
        cmocka_unit_test(a_range_holds_all_names_that_begin_so_the_exact_one_first),
        cmocka_unit_test(a_node_without_attributes_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
