/* lib/base/tests/test_text.c */
#include "base/text.h"

#include <string.h>

#include "base/testkit.h"

static void
a_text_is_cut_between_characters(void **state)
{
    static const struct {
        const char *text;
        size_t most;
        const char *cut;
    } rows[] = {
        { "", 3, "" }, { "abc", 3, "abc" }, { "abcd", 3, "abc" }, { "a\xc3\xa4", 3, "a\xc3\xa4" }, { "\xff", 3, "\xef\xbf\xbd" }, { "\xff\xff", 4, "\xef\xbf\xbd" },
    };

    (void) state;
    assert_null(cox_text_cut(NULL, 3));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *cut = cox_text_cut(rows[i].text, rows[i].most);

        assert_string_equal(cut, rows[i].cut);
    }
}

static void
whatever_it_is_it_is_valid_and_short_enough(void **state)
{
    static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xff\xc3";

    (void) state;
    for (size_t most = 0; most < 2 * sizeof text; most++) {
        g_autofree char *cut = cox_text_cut(text, most);

        assert_true(strlen(cut) <= most);
        assert_true(g_utf8_validate(cut, -1, NULL));
    }
}

COX_TEST_MAIN(cmocka_unit_test(a_text_is_cut_between_characters), cmocka_unit_test(whatever_it_is_it_is_valid_and_short_enough))
