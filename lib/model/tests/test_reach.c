/* Tests of lib/model/reach.c: which device can end which node */
#include "model/reach.h"

#include "base/testkit.h"

/* What a device with one or two parameters says of node "n1". */
static enum cox_reach
reach(const char *name, const char *value, const char *name2, const char *value2)
{
    struct cox_nvpair pairs[2] = { { "i", name, value }, { "j", name2, value2 } };
    struct cox_nvset set = { .id = "s", .pairs = pairs, .n_pairs = (name2 != NULL) ? 2 : (name != NULL) ? 1 : 0 };
    struct cox_rsc_def device = { .id = "d", .standard = "stonith", .variant = COX_PRIMITIVE, .parent = COX_RSC_NONE,
                                  .params = { .sets = &set, .n_sets = 1 } };

    return cox_reach_of(&device, "n1", cox_wall_from_seconds(1));
}

static void
a_list_or_a_map_says_who(void **state)
{
    (void) state;
    assert_int_equal(reach("pcmk_host_list", "n2, n1", NULL, NULL), COX_REACH_YES);
    assert_int_equal(reach("pcmk_host_list", "N1", NULL, NULL), COX_REACH_YES);
    assert_int_equal(reach("pcmk_host_list", "n2 n11", NULL, NULL), COX_REACH_NO);
    assert_int_equal(reach("pcmk_host_map", "n2:1;n1:2,3", NULL, NULL), COX_REACH_YES);
    assert_int_equal(reach("pcmk_host_map", "n2:n1", NULL, NULL), COX_REACH_NO);
}

static void
the_kind_of_check_goes_before_the_list(void **state)
{
    (void) state;
    assert_int_equal(reach(NULL, NULL, NULL, NULL), COX_REACH_ASKS);
    assert_int_equal(reach("pcmk_host_check", "none", NULL, NULL), COX_REACH_YES);
    assert_int_equal(reach("pcmk_host_check", "static-list", NULL, NULL), COX_REACH_NO);
    assert_int_equal(reach("pcmk_host_check", "status", "pcmk_host_list", "n2"), COX_REACH_ASKS);
    assert_int_equal(reach("pcmk_host_check", "none", "pcmk_host_list", "n2"), COX_REACH_YES);
}

static void
the_best_device_that_is_not_stopped_counts(void **state)
{
    struct cox_nvpair stopped = { "i", "target-role", "Stopped" }, list = { "j", "pcmk_host_list", "n1" };
    struct cox_nvset meta = { .id = "m", .pairs = &stopped, .n_pairs = 1 }, params = { .id = "p", .pairs = &list, .n_pairs = 1 };
    struct cox_rsc_def rscs[] = {
        { .id = "web", .standard = "ocf", .variant = COX_PRIMITIVE, .parent = COX_RSC_NONE },
        { .id = "asks", .standard = "stonith", .variant = COX_PRIMITIVE, .parent = COX_RSC_NONE },
        { .id = "list", .standard = "stonith", .variant = COX_PRIMITIVE, .parent = COX_RSC_NONE, .params = { .sets = &params, .n_sets = 1 } },
    };
    struct cox_config config = { .resources = rscs, .n_resources = 1 };
    const cox_wall now = cox_wall_from_seconds(1);

    (void) state;
    assert_int_equal(cox_reach_any(&config, "n1", now), COX_REACH_NO);
    config.n_resources = 2;
    assert_int_equal(cox_reach_any(&config, "n1", now), COX_REACH_ASKS);
    config.n_resources = 3;
    assert_int_equal(cox_reach_any(&config, "n1", now), COX_REACH_YES);
    rscs[2].meta = (struct cox_nvsets) { .sets = &meta, .n_sets = 1 };
    assert_int_equal(cox_reach_any(&config, "n1", now), COX_REACH_ASKS);
}

COX_TEST_MAIN(cmocka_unit_test(a_list_or_a_map_says_who), cmocka_unit_test(the_kind_of_check_goes_before_the_list),
              cmocka_unit_test(the_best_device_that_is_not_stopped_counts))
