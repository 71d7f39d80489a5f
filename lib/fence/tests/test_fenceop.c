/* Tests of lib/fence/fenceop.c */
#include "fence/fenceop.h"

#include "base/testkit.h"

#define CAN_ALL { true, true, true, true, true, true }

struct world {
    GPtrArray *devices, *levels;
    struct cox_fenceop *op;
};

static void
free_device(gpointer device)
{
    cox_fencedevice_free(device);
}

static void
setup(struct world *w, enum cox_fence_action action, bool is_unfencing)
{
    static const struct cox_fencedevice_def defs[] = {
        { .id = "low", .can = CAN_ALL },
        { .id = "high", .can = CAN_ALL, .priority = 9 },
        { .id = "also-low", .can = CAN_ALL },
        { .id = "off-only", .can = { false, true }, .priority = -1 },
        { .id = "target", .can = { false, false, true }, .is_automatic = true, .is_on_target = true },
    };
    struct cox_fence_request request = { .target = "n9", .action = action, .client = "c", .is_unfencing = is_unfencing };

    w->devices = g_ptr_array_new_with_free_func(free_device);
    w->levels = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(defs); i++) {
        g_ptr_array_add(w->devices, cox_fencedevice_new(&defs[i], 1000));
    }
    w->op = cox_fenceop_new((struct cox_fence_id) { 2, 1 }, 2, &request);
}

static void
teardown(struct world *w)
{
    cox_fenceop_free(w->op);
    g_ptr_array_unref(w->devices);
    g_ptr_array_unref(w->levels);
}

/* The ways as text: "a b|c" */
static const char *
ways(struct world *w)
{
    g_autoptr(GString) text = g_string_new(NULL);

    cox_fenceop_plan(w->op, w->devices, w->levels);
    for (guint i = 0; i < w->op->ways->len; i++) {
        GPtrArray *way = w->op->ways->pdata[i];

        for (guint d = 0; d < way->len; d++) {
            g_string_append_printf(text, "%s%s", d > 0 ? " " : i > 0 ? "|" : "", (char *) way->pdata[d]);
        }
    }
    return g_intern_string(text->str);
}

static void
single_devices_go_by_priority_and_then_by_name(void **state)
{
    static const char *const all[] = { "low", "high", "also-low", "off-only", "target", "unknown" };
    struct world w;

    (void) state;
    setup(&w, COX_FENCE_REBOOT, false);
    assert_string_equal(ways(&w), "");
    cox_fenceop_note_able(w.op, 2, all, 1);
    assert_string_equal(ways(&w), "low");
    cox_fenceop_note_able(w.op, 1, all, 6);
    assert_string_equal(ways(&w), "high|also-low|low|off-only");
    cox_fenceop_forget_node(w.op, 1);
    assert_string_equal(ways(&w), "low");
    teardown(&w);
}

static void
levels_come_in_order_and_incomplete_ones_are_left_out(void **state)
{
    static const char *const all[] = { "low", "high", "off-only", "target" };
    static const char *const two[] = { "low", "high" };
    static const char *const missing[] = { "low", "also-low" };
    static const char *const wrong[] = { "target" };
    static const struct cox_fencelevel levels[] = {
        { .index = 4, .devices = two, .n_devices = 2 },     { .index = 2, .devices = missing, .n_devices = 2 },
        { .index = 1, .devices = all, .n_devices = 1 },     { .index = 3, .devices = wrong, .n_devices = 1 },
        { .index = 5, .devices = NULL, .n_devices = 0 },
    };
    struct world w;

    (void) state;
    setup(&w, COX_FENCE_REBOOT, false);
    cox_fenceop_note_able(w.op, 1, all, 4);
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        g_ptr_array_add(w.levels, (gpointer) (guintptr) &levels[i]);
    }
    assert_string_equal(ways(&w), "low|low high");
    teardown(&w);
}

static void
unfencing_takes_all_devices_that_unfence_together(void **state)
{
    static const char *const all[] = { "low", "target" };
    struct world w;

    (void) state;
    setup(&w, COX_FENCE_ON, true);
    assert_string_equal(ways(&w), "");
    cox_fenceop_note_able(w.op, 9, all, 2);
    assert_string_equal(ways(&w), "target");
    teardown(&w);
}

static void
the_origin_acts_rather_than_others_and_the_target_last(void **state)
{
    static const char *const both[] = { "low", "target" };
    struct world w;
    guint32 id = 0;

    (void) state;
    setup(&w, COX_FENCE_ON, false);
    for (id = 1; id <= 4; id++) {
        cox_fenceop_note_able(w.op, 5 - id, both, 2);
    }
    ways(&w);
    cox_fenceop_enter_way(w.op, 0, w.devices);
    assert_int_equal(cox_fenceop_pick(w.op, w.devices->pdata[0], 1), 2);
    id = 2;
    g_array_append_val(w.op->tried, id);
    assert_int_equal(cox_fenceop_pick(w.op, w.devices->pdata[0], 1), 3);
    id = 3;
    g_array_append_val(w.op->tried, id);
    id = 4;
    g_array_append_val(w.op->tried, id);
    assert_int_equal(cox_fenceop_pick(w.op, w.devices->pdata[0], 1), 1);
    id = 1;
    g_array_append_val(w.op->tried, id);
    assert_int_equal(cox_fenceop_pick(w.op, w.devices->pdata[0], 1), 0);
    g_array_set_size(w.op->tried, 0);
    assert_int_equal(cox_fenceop_pick(w.op, w.devices->pdata[0], 2), 1); /* the origin is the target */
    assert_int_equal(cox_fenceop_pick(w.op, w.devices->pdata[4], 4), 4); /* must run there */
    assert_int_equal(cox_fenceop_pick(w.op, w.devices->pdata[4], 0), 0);
    assert_ptr_equal(cox_fenceop_device(w.op, w.devices), w.devices->pdata[0]);
    g_ptr_array_set_size(w.devices, 0);
    assert_null(cox_fenceop_device(w.op, w.devices));
    cox_fenceop_enter_way(w.op, 0, w.devices);
    assert_int_equal(w.op->steps->len, 0);
    teardown(&w);
}

static void
a_way_that_only_the_target_can_go_is_told_apart(void **state)
{
    static const char *const low[] = { "low" }, *const target[] = { "target" };
    struct world w;

    (void) state;
    setup(&w, COX_FENCE_OFF, false);
    cox_fenceop_note_able(w.op, 3, low, 1);
    assert_string_equal(ways(&w), "low");
    assert_false(cox_fenceop_can_spare(w.op, w.devices, 3));
    assert_true(cox_fenceop_can_spare(w.op, w.devices, 1));
    cox_fenceop_note_able(w.op, 2, low, 1);
    ways(&w);
    assert_true(cox_fenceop_can_spare(w.op, w.devices, 3));
    teardown(&w);
    setup(&w, COX_FENCE_ON, true); /* it has to be there */
    cox_fenceop_note_able(w.op, 3, target, 1);
    ways(&w);
    assert_true(cox_fenceop_can_spare(w.op, w.devices, 3));
    teardown(&w);
}

static void
a_way_that_failed_is_not_planned_again(void **state)
{
    static const char *const low[] = { "low" }, *const high[] = { "high" };
    struct world w;

    (void) state;
    setup(&w, COX_FENCE_OFF, false);
    cox_fenceop_note_able(w.op, 2, low, 1);
    assert_string_equal(ways(&w), "low");
    cox_fenceop_enter_way(w.op, 0, w.devices);
    assert_false(cox_fenceop_next_way(w.op, w.devices));
    assert_string_equal(ways(&w), "");
    cox_fenceop_note_able(w.op, 2, high, 1); /* a slow answer */
    assert_string_equal(ways(&w), "high");
    teardown(&w);
}

COX_TEST_MAIN(cmocka_unit_test(a_way_that_failed_is_not_planned_again),
              cmocka_unit_test(a_way_that_only_the_target_can_go_is_told_apart),
              cmocka_unit_test(single_devices_go_by_priority_and_then_by_name),
              cmocka_unit_test(levels_come_in_order_and_incomplete_ones_are_left_out),
              cmocka_unit_test(unfencing_takes_all_devices_that_unfence_together),
              cmocka_unit_test(the_origin_acts_rather_than_others_and_the_target_last))
