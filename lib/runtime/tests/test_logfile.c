/* Tests of lib/runtime/logread.c, and of the bound of lib/runtime/logfile.c. */
#include "runtime/logfile.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/testkit.h"
#include "runtime/logread.h"

struct world {
    char *directory, *path, *former;
};

static int
setup(void **state)
{
    struct world *w = g_new0(struct world, 1);

    w->directory = g_dir_make_tmp("logfile-XXXXXX", NULL);
    w->path = g_build_filename(w->directory, "file", NULL);
    w->former = g_strconcat(w->path, ".1", NULL);
    *state = w;
    return 0;
}

static int
teardown(void **state)
{
    struct world *w = *state;

    (void) g_unlink(w->path);
    (void) g_unlink(w->former);
    (void) g_rmdir(w->former);
    assert_int_equal(g_rmdir(w->directory), 0);
    g_free(w->directory);
    g_free(w->path);
    g_free(w->former);
    g_free(w);
    return 0;
}

/* Each text is on the disk before the next one comes. */
static void
write_each(const struct world *w, gsize most_bytes, const char *const *texts)
{
    for (gsize i = 0; texts[i] != NULL; i++) {
        struct cox_logfile *file = cox_logfile_open_bounded(w->path, 0640, most_bytes, NULL);

        assert_non_null(file);
        assert_true(cox_logfile_write(file, texts[i], strlen(texts[i])));
        cox_logfile_close(file);
    }
}

static void
expect_file(const char *path, const char *wanted)
{
    g_autofree char *text = NULL;

    assert_int_equal(g_file_get_contents(path, &text, NULL, NULL), wanted != NULL);
    if (wanted != NULL) {
        assert_string_equal(text, wanted);
    }
}

static void
a_full_file_becomes_the_former_one_and_there_are_never_more_than_two(void **state)
{
    const struct world *w = *state;
    struct stat found;

    write_each(w, 10, (const char *const[]) { "1111\n", "2222\n", "3333\n", "4444\n", NULL });
    expect_file(w->path, "3333\n4444\n");
    expect_file(w->former, "1111\n2222\n");
    write_each(w, 10, (const char *const[]) { "5555\n", NULL });
    expect_file(w->path, "5555\n");
    expect_file(w->former, "3333\n4444\n");
    assert_int_equal(g_stat(w->path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0640);
}

static void
what_is_larger_than_the_bound_is_written_all_the_same(void **state)
{
    const struct world *w = *state;

    write_each(w, 3, (const char *const[]) { "11111\n", "2\n", NULL });
    expect_file(w->former, "11111\n");
    expect_file(w->path, "2\n");
}

static void
a_file_that_cannot_become_the_former_one_keeps_its_bound(void **state)
{
    const struct world *w = *state;
    struct cox_logfile *file;

    assert_int_equal(g_mkdir(w->former, 0700), 0);
    write_each(w, 10, (const char *const[]) { "1111\n", "2222\n", "3333\n", NULL });
    expect_file(w->path, "3333\n");
    file = cox_logfile_open_bounded(w->path, 0640, 10, NULL);
    assert_int_equal(cox_logfile_failures(file), 0);
    assert_true(cox_logfile_write(file, "444444\n", 7));
    for (int i = 0; i < 10000 && cox_logfile_failures(file) == 0; i++) {
        g_usleep(1000);
    }
    assert_int_equal(cox_logfile_failures(file), 1);
    cox_logfile_close(file);
}

static void
a_full_disk_is_counted_and_ends_nothing(void **state)
{
    struct cox_logfile *file = cox_logfile_open("/dev/full", 0640, NULL);

    (void) state;
    if (file == NULL) {
        skip();
    }
    assert_true(cox_logfile_write(file, "1111\n", 5));
    for (int i = 0; i < 10000 && cox_logfile_failures(file) == 0; i++) {
        g_usleep(1000);
    }
    assert_int_equal(cox_logfile_failures(file), 1);
    assert_true(cox_logfile_write(file, "2222\n", 5));
    cox_logfile_close(file);
}

/* ---- reading ---- */

static char *
read_on(const struct world *w, struct cox_logread_place *place, gsize most, bool *has_more)
{
    GString *out = g_string_new(NULL);

    *has_more = cox_logread(w->path, place, most, out);
    return g_string_free(out, FALSE);
}

/* All of it, in pieces. */
static void
expect_all(const struct world *w, gsize most, const char *wanted)
{
    struct cox_logread_place place = { 0, 0 };
    g_autoptr(GString) out = g_string_new(NULL);
    int n = 0;

    while (cox_logread(w->path, &place, most, out)) {
        assert_true(++n < 100);
    }
    assert_string_equal(out->str, wanted);
}

static void
the_former_file_is_read_before_the_present_one(void **state)
{
    const struct world *w = *state;

    expect_all(w, 100, "");
    write_each(w, 10, (const char *const[]) { "1111\n", "2222\n", "3333\n", "44", NULL });
    expect_all(w, 100, "1111\n2222\n3333\n");
    expect_all(w, 5, "1111\n2222\n3333\n");
    expect_all(w, 7, "1111\n2222\n3333\n");
}

static void
a_reader_goes_on_where_it_was_although_the_file_has_become_the_former_one(void **state)
{
    const struct world *w = *state;
    struct cox_logread_place place = { 0, 0 };
    g_autofree char *first = NULL, *second = NULL, *third = NULL, *fourth = NULL;
    bool has_more;

    write_each(w, 12, (const char *const[]) { "1111\n", NULL });
    first = read_on(w, &place, 100, &has_more);
    assert_string_equal(first, "1111\n");
    assert_false(has_more);
    write_each(w, 12, (const char *const[]) { "2222\n", "3333\n", NULL });
    second = read_on(w, &place, 100, &has_more);
    assert_string_equal(second, "2222\n");
    assert_true(has_more);
    third = read_on(w, &place, 100, &has_more);
    assert_string_equal(third, "3333\n");
    fourth = read_on(w, &place, 100, &has_more);
    assert_string_equal(fourth, "");
    assert_false(has_more);
}

static void
a_place_that_is_gone_is_the_beginning(void **state)
{
    const struct world *w = *state;
    struct cox_logread_place place = { 1, 77 };
    g_autofree char *text = NULL;
    bool has_more;

    write_each(w, 0, (const char *const[]) { "1111\n", NULL });
    text = read_on(w, &place, 100, &has_more);
    assert_string_equal(text, "1111\n");
}

static void
a_line_that_is_too_long_is_passed_over(void **state)
{
    const struct world *w = *state;

    write_each(w, 0, (const char *const[]) { "123456789012345678\n", "ok\n", NULL });
    expect_all(w, 6, "\nok\n");
}

#define IN_A_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

COX_TEST_MAIN(IN_A_DIRECTORY(a_full_file_becomes_the_former_one_and_there_are_never_more_than_two),
              IN_A_DIRECTORY(what_is_larger_than_the_bound_is_written_all_the_same),
              IN_A_DIRECTORY(a_file_that_cannot_become_the_former_one_keeps_its_bound),
              cmocka_unit_test(a_full_disk_is_counted_and_ends_nothing),
              IN_A_DIRECTORY(the_former_file_is_read_before_the_present_one),
              IN_A_DIRECTORY(a_reader_goes_on_where_it_was_although_the_file_has_become_the_former_one),
              IN_A_DIRECTORY(a_place_that_is_gone_is_the_beginning),
              IN_A_DIRECTORY(a_line_that_is_too_long_is_passed_over))
