/* lib/base/tests/test_nearest.c */
#include "base/nearest.h"

#include "base/testkit.h"

static const char *const names[] = { "start", "stop", NULL, "status", "standby", "resource create", "restart" };

static void
distance_counts_letters_put_in_left_out_changed_and_exchanged(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        { "", "", 0 },          { "", "abc", 3 },       { "abc", "", 3 },         { "start", "start", 0 },    { "START", "start", 0 },
        { "strat", "start", 1 }, { "statr", "start", 1 }, { "tsart", "start", 1 }, { "stop", "stopp", 1 },     { "stop", "sop", 1 },
        { "stop", "step", 1 },  { "kitten", "sitting", 3 }, { "ca", "abc", 3 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(cox_nearest_distance(rows[i].a, rows[i].b), rows[i].distance);
        assert_int_equal(cox_nearest_distance(rows[i].b, rows[i].a), rows[i].distance);
    }
}

static void
words_of_more_than_255_bytes_are_as_far_apart_as_they_are_long(void **state)
{
    g_autofree char *longest = g_strnfill(255, 'a'), *too_long = g_strnfill(256, 'a');

    (void) state;
    assert_int_equal(cox_nearest_distance(longest, longest), 0);
    assert_int_equal(cox_nearest_distance(longest, "b"), 255);
    assert_int_equal(cox_nearest_distance(too_long, longest), 256);
    assert_int_equal(cox_nearest_distance("b", too_long), 256);
}

static void
the_nearest_is_found_and_a_word_that_is_something_else_is_not(void **state)
{
    static const struct {
        const char *word, *found;
    } rows[] = {
        { "strat", "start" }, { "stauts", "status" }, { "stp", "stop" },   { "resource craete", "resource create" },
        { "stand", "standby" }, { "rest", "restart" }, { "xyz", NULL },      { "", NULL },
        { "s", NULL },         { "stap", "stop" },  { "ztzpq", NULL },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *found = cox_nearest(rows[i].word, names, G_N_ELEMENTS(names));

        if (rows[i].found == NULL) {
            assert_null(found);
        } else {
            assert_string_equal(found, rows[i].found);
        }
    }
    assert_null(cox_nearest("start", names, 0));
}

static void
the_hint_is_the_end_of_a_sentence(void **state)
{
    g_autofree char *hint = cox_nearest_hint("strat", names, G_N_ELEMENTS(names));
    g_autofree char *none = cox_nearest_hint("xyzzy", names, G_N_ELEMENTS(names));

    (void) state;
    assert_string_equal(hint, "; did you mean 'start'?");
    assert_string_equal(none, "");
}

COX_TEST_MAIN(cmocka_unit_test(distance_counts_letters_put_in_left_out_changed_and_exchanged),
              cmocka_unit_test(words_of_more_than_255_bytes_are_as_far_apart_as_they_are_long),
              cmocka_unit_test(the_nearest_is_found_and_a_word_that_is_something_else_is_not),
              cmocka_unit_test(the_hint_is_the_end_of_a_sentence))
