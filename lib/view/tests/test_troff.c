/* Tests of lib/view/troff.c. */
#include "view/troff.h"

#include "base/testkit.h"

static void
text_is_printed_as_it_is(void **state)
{
    g_autoptr(GString) out = g_string_new(NULL);

    (void) state;
    cox_troff_append(out, ".x -y\n'z a\\b .c");
    assert_string_equal(out->str, "\\&.x \\-y\n\\&'z a\\eb .c");
}

COX_TEST_MAIN(cmocka_unit_test(text_is_printed_as_it_is))
