/* Tests of lib/fence/fenceconf.c */
#include "fence/fenceconf.h"

#include "base/testkit.h"

static void
levels_are_copied_and_found_by_name_and_attribute(void **state)
{
    char name[] = "n1";
    const char *devices[] = { name };
    struct cox_fencelevel levels[] = {
        { COX_FENCE_TARGET_NAME, name, NULL, 1, devices, 1 },
        { COX_FENCE_TARGET_ATTRIBUTE, "rack", "2", 1, devices, 1 },
    };
    struct cox_fencedevice_def def = { .id = "d" };
    struct cox_fenceconf conf;
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    (void) state;
    cox_fenceconf_init(&conf);
    cox_fenceconf_set_levels(&conf, levels, 2);
    cox_fenceconf_set_devices(&conf, &def, 1, 1000);
    name[0] = 'X';
    cox_fenceconf_set_attribute(&conf, "n2", "rack", "2");
    cox_fenceconf_set_attribute(&conf, "n1", "rack", "3");
    cox_fenceconf_levels_of(&conf, "n1", found);
    assert_int_equal(found->len, 1);
    assert_string_equal(((struct cox_fencelevel *) found->pdata[0])->devices[0], "n1");
    g_ptr_array_set_size(found, 0);
    cox_fenceconf_levels_of(&conf, "n2", found);
    assert_int_equal(found->len, 1);
    cox_fenceconf_set_attribute(&conf, "n2", "rack", NULL);
    g_ptr_array_set_size(found, 0);
    cox_fenceconf_levels_of(&conf, "n2", found);
    assert_int_equal(found->len, 0);
    cox_fenceconf_set_levels(&conf, levels, 0);
    cox_fenceconf_set_devices(&conf, NULL, 0, 1000);
    assert_int_equal(conf.levels->len + conf.devices->len, 0);
    cox_fenceconf_clear(&conf);
}

static void
what_agents_have_said_survives_a_change_of_the_configuration(void **state)
{
    const struct cox_fencedevice_def defs[] = { { .id = "a", .can = { [COX_FENCE_LIST] = true } }, { .id = "b" } };
    struct cox_fenceconf conf;

    (void) state;
    cox_fenceconf_init(&conf);
    cox_fenceconf_set_devices(&conf, defs, 2, 1000);
    cox_fencedevice_take_list(conf.devices->pdata[0], "n3");
    cox_fenceconf_set_devices(&conf, defs, 2, 1000);
    assert_int_equal(cox_fencedevice_knows(conf.devices->pdata[0], "n3"), COX_FENCE_YES);
    cox_fenceconf_set_devices(&conf, defs, 0, 1000);
    cox_fenceconf_set_devices(&conf, defs, 1, 1000);
    assert_int_equal(cox_fencedevice_knows(conf.devices->pdata[0], "n3"), COX_FENCE_ASK_AGENT);
    cox_fenceconf_clear(&conf);
}

COX_TEST_MAIN(cmocka_unit_test(what_agents_have_said_survives_a_change_of_the_configuration),
              cmocka_unit_test(levels_are_copied_and_found_by_name_and_attribute))
