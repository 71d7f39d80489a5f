/* lib/admin/tests/test_formtable.c */
#include "admin/form_priv.h"

#include "admin/tests/treekit.h"

/* All elements that a part names, one after the other. */
static void
check_part(const struct cox_form_part *part)
{
    g_auto(GStrv) names = g_strsplit(part->elements, " ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        const struct cox_form_row *row = cox_form_row(names[i]);
        bool needs_key = part->kind == COX_FORM_LIST || part->kind == COX_FORM_WRAP || part->kind == COX_FORM_ONE;

        if (part->kind == COX_FORM_SETS || part->kind == COX_FORM_REFS) {
            continue;
        }
        if (row == NULL || (needs_key && (row->key == NULL || row->name == NULL))) {
            fail_msg("%s of %s: no row, or no key", names[i], part->key);
        }
        for (size_t k = 0; k < COX_FORM_MOST_PARTS && row->parts[k].key != NULL; k++) {
            if (cox_form_has_word(row->attributes, row->parts[k].key) || g_strcmp0(row->key, row->parts[k].key) == 0) {
                fail_msg("%s: the key %s means two things", row->element, row->parts[k].key);
            }
            if (row->parts[k].elements != part->elements) { /* rules are in rules */
                check_part(&row->parts[k]);
            }
        }
        assert_int_equal(row->id == COX_FORM_ID_JOIN || row->id == COX_FORM_ID_CHILD, row->id_part != NULL);
    }
}

static void
every_element_that_can_be_in_a_file_has_a_row_and_keys_that_differ(void **state)
{
    guint n = 0;

    (void) state;
    for (; cox_form_section(n) != NULL; n++) {
        check_part(&cox_form_section(n)->part);
    }
    assert_int_equal(n, 10);
}

static void
words_are_found_whole(void **state)
{
    (void) state;
    assert_true(cox_form_has_word("id id-ref", "id"));
    assert_true(cox_form_has_word("id id-ref", "id-ref"));
    assert_false(cox_form_has_word("id-ref", "id"));
    assert_false(cox_form_has_word("", "id"));
    assert_false(cox_form_has_word("a b", ""));
}

COX_TEST_MAIN(cmocka_unit_test(every_element_that_can_be_in_a_file_has_a_row_and_keys_that_differ), cmocka_unit_test(words_are_found_whole))
