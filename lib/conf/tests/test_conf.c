/* lib/conf/tests/test_conf.c */
#include "conf/conf.h"

#include "base/testkit.h"

static void
maps_are_asked_by_key_and_lists_by_number(void **state)
{
    g_autoptr(cox_conf) map = cox_conf_new(COX_CONF_MAP);
    struct cox_conf *list = cox_conf_put(map, "list", cox_conf_new(COX_CONF_LIST));

    (void) state;
    cox_conf_add(list, cox_conf_new_text("a"));
    cox_conf_add(list, cox_conf_new(COX_CONF_NULL));
    cox_conf_put(map, "word", cox_conf_new(COX_CONF_TEXT));
    assert_int_equal(cox_conf_size(map), 2);
    assert_int_equal(cox_conf_size(list), 2);
    assert_ptr_equal(cox_conf_get(map, "list"), list);
    assert_string_equal(cox_conf_item(list, 0)->text, "a");
    assert_int_equal(cox_conf_item(list, 1)->kind, COX_CONF_NULL);
    assert_string_equal(cox_conf_get(map, "word")->text, "");
    assert_string_equal(cox_conf_key(map, 1)->text, "word");
}

static void
what_is_not_there_is_nothing(void **state)
{
    g_autoptr(cox_conf) text = cox_conf_new_text("x");
    g_autoptr(cox_conf) map = cox_conf_new(COX_CONF_MAP);

    (void) state;
    assert_null(cox_conf_get(map, "x"));
    assert_null(cox_conf_get(text, "x"));
    assert_int_equal(cox_conf_size(text), 0);
}

static void
a_deep_tree_is_freed(void **state)
{
    struct cox_conf *top = cox_conf_new(COX_CONF_LIST);
    struct cox_conf *at = top;

    (void) state;
    for (int i = 0; i < 200000; i++) {
        at = cox_conf_add(at, cox_conf_new(COX_CONF_LIST));
    }
    cox_conf_free(top);
    cox_conf_free(NULL);
}

COX_TEST_MAIN(cmocka_unit_test(maps_are_asked_by_key_and_lists_by_number), cmocka_unit_test(what_is_not_there_is_nothing),
              cmocka_unit_test(a_deep_tree_is_freed))
