/* Tests of lib/service/bootmark.c: one number for a boot */
#include "service/bootmark.h"

#include "base/testkit.h"

#include <glib/gstdio.h>

static char *
new_directory(void)
{
    g_autoptr(GError) error = NULL;
    char *directory = g_dir_make_tmp("cox-bootmark-XXXXXX", &error);

    assert_non_null(directory);
    return directory;
}

static void
remove_directory(char *directory)
{
    g_autofree char *path = g_build_filename(directory, "boot.mark", NULL);

    (void) g_unlink(path);
    assert_int_equal(g_rmdir(directory), 0); /* nothing else is left in it */
    g_free(directory);
}

static void
all_who_ask_get_the_same_number(void **state)
{
    char *directory = new_directory();
    guint64 first = 0, second = 0;

    (void) state;
    assert_true(cox_bootmark_get(directory, &first, NULL));
    assert_true(cox_bootmark_get(directory, &second, NULL));
    assert_true(first != 0 && first == second);
    remove_directory(directory);
}

static void
another_boot_has_another_number(void **state)
{
    char *directory = new_directory();
    g_autofree char *path = g_build_filename(directory, "boot.mark", NULL);
    guint64 first = 0, second = 0;

    (void) state;
    assert_true(cox_bootmark_get(directory, &first, NULL));
    assert_int_equal(g_unlink(path), 0);
    assert_true(cox_bootmark_get(directory, &second, NULL));
    assert_true(first != second);
    remove_directory(directory);
}

static void
a_file_of_another_boot_or_without_a_number_is_replaced(void **state)
{
    static const char *const texts[] = { "17 another-boot\n", "", "x", "0 -\n", "99\n" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        char *directory = new_directory();
        g_autofree char *path = g_build_filename(directory, "boot.mark", NULL);
        guint64 first = 0, second = 0;

        assert_true(g_file_set_contents(path, texts[i], -1, NULL));
        assert_true(cox_bootmark_get(directory, &first, NULL));
        assert_true(cox_bootmark_get(directory, &second, NULL));
        assert_true(first == second && first != 0 && first != 17 && first != 99);
        remove_directory(directory);
    }
}

static void
a_directory_that_is_not_there_is_named(void **state)
{
    g_autoptr(GError) error = NULL;
    guint64 mark = 5;

    (void) state;
    assert_false(cox_bootmark_get("/nonexistent/run", &mark, &error));
    assert_non_null(strstr(error->message, "/nonexistent/run"));
    assert_int_equal(mark, 5);
}

COX_TEST_MAIN(cmocka_unit_test(all_who_ask_get_the_same_number), cmocka_unit_test(another_boot_has_another_number),
              cmocka_unit_test(a_file_of_another_boot_or_without_a_number_is_replaced),
              cmocka_unit_test(a_directory_that_is_not_there_is_named))
