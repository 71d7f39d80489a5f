/* Tests of lib/cib/ciborder.c. */
#include "cib/ciborder.h"

#include "base/error.h"
#include "base/testkit.h"

static const char *const groups[] = { "haclient", "users", NULL };
static const struct cox_ciborder full = {
    .command = "modify", .section = "status", .xpath = "//x", .allows_creation = true, .counts = true, .upgrade_to = "pacemaker-3.9",
    .user = "tony", .groups = groups, .client = "cibadmin", .origin = "n1", .written = "now", .id = "n1.3", .generation = 7,
    .coordinator = 2, .xml = "<a/>", .xml_size = 4,
};

static void
what_is_packed_comes_out(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GBytes) bytes = cox_ciborder_pack(&full);
    g_autoptr(GBytes) again = NULL;
    struct cox_ciborder order;

    (void) state;
    assert_true(cox_ciborder_unpack(bytes, &order, arena, NULL));
    assert_string_equal(order.command, "modify");
    assert_string_equal(order.groups[1], "users");
    assert_null(order.groups[2]);
    assert_string_equal(order.id, "n1.3");
    assert_int_equal(order.generation, 7);
    assert_memory_equal(order.xml, "<a/>", 4);
    again = cox_ciborder_pack(&order);
    assert_true(g_bytes_equal(bytes, again));
}

static void
nothing_is_nothing(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_ciborder empty = { 0 };
    g_autoptr(GBytes) bytes = cox_ciborder_pack(&empty);
    struct cox_ciborder order;

    (void) state;
    assert_true(cox_ciborder_unpack(bytes, &order, arena, NULL));
    assert_null(order.command);
    assert_null(order.groups);
    assert_null(order.xml);
}

static void
what_is_cut_off_or_longer_or_changed_is_refused_or_read_within_bounds(void **state)
{
    g_autoptr(GBytes) bytes = cox_ciborder_pack(&full);
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    (void) state;
    for (gsize n = 0; n < size; n++) {
        g_autoptr(cox_arena) arena = cox_arena_new();
        g_autoptr(GBytes) cut = g_bytes_new(data, n);
        struct cox_ciborder order;
        g_autoptr(GError) error = NULL;

        assert_false(cox_ciborder_unpack(cut, &order, arena, &error));
        assert_int_equal(error->code, COX_ERROR_PROTOCOL);
    }
    for (gsize n = 0; n < size * 3; n++) { /* the sanitizers see whether it stays within bounds */
        g_autoptr(cox_arena) arena = cox_arena_new();
        guint8 *other = g_malloc(size);
        g_autoptr(GBytes) changed = NULL;
        struct cox_ciborder order;

        memcpy(other, data, size);
        other[n % size] ^= (guint8) (n < size ? 0xff : n < 2 * size ? 1 : 0x80);
        changed = g_bytes_new_take(other, size);
        (void) cox_ciborder_unpack(changed, &order, arena, NULL);
    }
}

COX_TEST_MAIN(cmocka_unit_test(what_is_packed_comes_out), cmocka_unit_test(nothing_is_nothing),
              cmocka_unit_test(what_is_cut_off_or_longer_or_changed_is_refused_or_read_within_bounds))
