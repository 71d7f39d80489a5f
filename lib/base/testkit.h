/* lib/base/testkit.h - what every cmocka test program includes.  For tests only. */
#ifndef COX_BASE_TESTKIT_H
#define COX_BASE_TESTKIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <glib.h>

#include <cmocka.h>

/** Run the tests of one source file; @tests is an array of cmocka_unit_test(). */
#define COX_TEST_MAIN(...)                                                                                           \
    int main(void)                                                                                                   \
    {                                                                                                                \
        const struct CMUnitTest tests[] = { __VA_ARGS__ };                                                           \
                                                                                                                     \
        return cmocka_run_group_tests(tests, NULL, NULL);                                                            \
    }

#endif
