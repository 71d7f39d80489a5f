/* Tests of lib/fence/fencelevel.c */
#include "fence/fencelevel.h"

#include "base/testkit.h"

static void
a_level_applies_by_name_pattern_or_attribute(void **state)
{
    struct cox_fencelevel level = { .kind = COX_FENCE_TARGET_NAME, .target = "n1" };

    (void) state;
    assert_true(cox_fencelevel_matches(&level, "N1", NULL));
    assert_false(cox_fencelevel_matches(&level, "n11", NULL));
    level.kind = COX_FENCE_TARGET_PATTERN;
    level.target = "^db[0-9]+$";
    assert_true(cox_fencelevel_matches(&level, "db12", NULL));
    assert_false(cox_fencelevel_matches(&level, "web1", NULL));
    level.target = "("; /* no pattern at all */
    assert_false(cox_fencelevel_matches(&level, "(", NULL));
    level = (struct cox_fencelevel) { .kind = COX_FENCE_TARGET_ATTRIBUTE, .target = "rack", .value = "1" };
    assert_true(cox_fencelevel_matches(&level, "n1", "1"));
    assert_false(cox_fencelevel_matches(&level, "n1", "2"));
    assert_false(cox_fencelevel_matches(&level, "n1", NULL));
}

static const char *
steps_text(const struct cox_fencedevice *const *devices, guint n, enum cox_fence_action action, guint *n_required)
{
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(struct cox_fencestep));
    g_autoptr(GString) text = g_string_new(NULL);

    *n_required = cox_fencelevel_steps(devices, n, action, steps);
    for (guint i = 0; i < steps->len; i++) {
        const struct cox_fencestep *step = &g_array_index(steps, struct cox_fencestep, i);

        g_string_append_printf(text, "%u %s;", step->device, cox_fence_action_text(step->action));
    }
    return g_intern_string(text->str);
}

static void
several_devices_are_off_at_one_moment(void **state)
{
    static const struct cox_fencedevice good = { .def = { .can = { true, true, true } } };
    static const struct cox_fencedevice old = { .def = { .can = { false, true, true } } };
    static const struct cox_fencedevice fabric = { .def = { .can = { true, true, true }, .is_automatic = true } };
    static const struct cox_fencedevice off_only = { .def = { .can = { false, true, false } } };
    guint n = 0;

    (void) state;
    assert_string_equal(steps_text((const struct cox_fencedevice *const[]) { &good }, 1, COX_FENCE_REBOOT, &n), "0 reboot;");
    assert_int_equal(n, 1);
    assert_string_equal(steps_text((const struct cox_fencedevice *const[]) { &old }, 1, COX_FENCE_REBOOT, &n), "0 off;0 on;");
    assert_int_equal(n, 1);
    assert_string_equal(steps_text((const struct cox_fencedevice *const[]) { &off_only }, 1, COX_FENCE_REBOOT, &n), "0 off;");
    assert_string_equal(steps_text((const struct cox_fencedevice *const[]) { &good, &fabric, &old }, 3, COX_FENCE_REBOOT, &n),
                        "0 off;1 off;2 off;0 on;2 on;");
    assert_int_equal(n, 3);
    assert_string_equal(steps_text((const struct cox_fencedevice *const[]) { &good, &old }, 2, COX_FENCE_OFF, &n), "0 off;1 off;");
    assert_int_equal(n, 2);
    assert_string_equal(steps_text((const struct cox_fencedevice *const[]) { &good, &old }, 2, COX_FENCE_ON, &n), "0 on;1 on;");
}

COX_TEST_MAIN(cmocka_unit_test(a_level_applies_by_name_pattern_or_attribute),
              cmocka_unit_test(several_devices_are_off_at_one_moment))
