/* Tests of lib/attr/attrmsg.c */
#include "attr/attrmsg.h"

#include "base/testkit.h"

static void
each_kind_of_change_has_to_name_what_it_is_about(void **state)
{
    static const struct {
        struct cox_attr_change change;
        bool is_sane;
    } cases[] = {
        { { .kind = COX_ATTR_SET, .name = "a", .node = "n1" }, true },
        { { .kind = COX_ATTR_SET, .name = "a" }, false },
        { { .kind = COX_ATTR_SET, .node = "n1" }, false },
        { { .kind = COX_ATTR_DAMPEN, .name = "a" }, true },
        { { .kind = COX_ATTR_DAMPEN, .node = "n1" }, false },
        { { .kind = COX_ATTR_REMOVE, .node = "n1" }, true },
        { { .kind = COX_ATTR_REMOVE, .name = "a" }, false },
        { { .kind = COX_ATTR_REFRESH }, true },
        { { .kind = (enum cox_attr_change_kind) 99, .name = "a", .node = "n1" }, false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cox_attr_change_is_sane(&cases[i].change) != cases[i].is_sane) {
            fail_msg("case %zu", i);
        }
    }
}

static void
a_change_that_waits_has_texts_of_its_own(void **state)
{
    char name[] = "a", node[] = "n1", value[] = "7", set_name[] = "mine";
    const struct cox_attr_change change = { .kind = COX_ATTR_SET, .name = name, .node = node, .value = value,
                                            .set_name = set_name, .current = "8", .request = 5, .wants_all = true };
    struct cox_attrlater *later = cox_attrlater_new(3, &change);

    (void) state;
    name[0] = node[0] = value[0] = set_name[0] = '?';
    assert_int_equal(later->sender, 3);
    assert_string_equal(later->change.name, "a");
    assert_string_equal(later->change.node, "n1");
    assert_string_equal(later->change.value, "7");
    assert_string_equal(later->change.set_name, "mine");
    assert_null(later->change.current);
    assert_int_equal(later->change.request, 5);
    assert_true(later->change.wants_all);
    cox_attrlater_free(later);
}

COX_TEST_MAIN(cmocka_unit_test(each_kind_of_change_has_to_name_what_it_is_about),
              cmocka_unit_test(a_change_that_waits_has_texts_of_its_own))
