/* lib/base/tests/test_late.c */
#include "base/late.h"

#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testkit.h"

/* What is said on standard error by a process that looks for the function, and its exit status. */
static char *
said(const char *soname, const char *name, int *status)
{
    char text[512] = "";
    int ends[2];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        (void) cox_late_find(soname, name);
        _exit(0);
    }
    close(ends[1]);
    assert_true(read(ends[0], text, sizeof text - 1) >= 0);
    close(ends[0]);
    assert_int_equal(waitpid(child, status, 0), child);
    return g_strdup(text);
}

static void
a_function_is_found_in_a_library_that_was_not_linked(void **state)
{
    double (*found)(double) = (double (*)(double)) cox_late_find("libm.so.6", "cbrt");

    (void) state;
    assert_true(fabs(found(27.0) - 3.0) < 1e-9);
    assert_ptr_equal(cox_late_find("libm.so.6", "cbrt"), found);
}

static void
without_the_library_the_process_ends_and_says_what_is_missing(void **state)
{
    int status = 0;
    g_autofree char *text = said("libnobody.so.1", "nothing", &status);

    (void) state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 5);
    assert_non_null(strstr(text, "nothing(): libnobody.so.1: "));
    assert_non_null(strstr(text, "install the package"));
}

static void
without_the_function_too(void **state)
{
    int status = 0;
    g_autofree char *text = said("libm.so.6", "no_such_function", &status);

    (void) state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 5);
    assert_non_null(strstr(text, "no_such_function"));
}

COX_TEST_MAIN(cmocka_unit_test(a_function_is_found_in_a_library_that_was_not_linked),
              cmocka_unit_test(without_the_library_the_process_ends_and_says_what_is_missing), cmocka_unit_test(without_the_function_too))
