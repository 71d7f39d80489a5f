/* Tests of lib/runtime/logread.c, and of the bound of lib/runtime/logfile.c. */
#include "runtime/logfile.h"

#include <stdio.h>
#include <sys/resource.h>
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

/* Until the thread has dealt with @n pieces. */
static struct cox_logfile_counts
wait_for(struct cox_logfile *file, guint64 n)
{
    struct cox_logfile_counts counts = cox_logfile_counts(file);

    for (int i = 0; i < 10000 && counts.written + counts.failures < n; i++) {
        g_usleep(1000);
        counts = cox_logfile_counts(file);
    }
    assert_int_equal(counts.written + counts.failures, n);
    return counts;
}

static void
a_file_that_cannot_become_the_former_one_keeps_what_it_has_and_its_bound(void **state)
{
    const struct world *w = *state;
    struct cox_logfile *file;

    assert_int_equal(g_mkdir(w->former, 0700), 0);
    file = cox_logfile_open_bounded(w->path, 0640, 10, NULL);
    assert_true(cox_logfile_write(file, "1111\n", 5));
    assert_int_equal(wait_for(file, 1).failures, 0);
    assert_true(cox_logfile_write(file, "222222\n", 7));
    assert_int_equal(wait_for(file, 2).failures, 1);
    assert_true(cox_logfile_write(file, "333333\n", 7));
    assert_int_equal(wait_for(file, 3).failures, 2);
    expect_file(w->path, "1111\n");
    assert_int_equal(g_rmdir(w->former), 0);
    assert_true(cox_logfile_write(file, "444444\n", 7));
    assert_int_equal(wait_for(file, 4).failures, 2);
    cox_logfile_close(file);
    expect_file(w->former, "1111\n");
    expect_file(w->path, "444444\n");
}

static void
without_a_new_file_the_former_one_does_not_grow(void **state)
{
    const struct world *w = *state;
    struct cox_logfile *file = cox_logfile_open_bounded(w->path, 0640, 10, NULL);
    struct rlimit usual, none;

    assert_true(cox_logfile_write(file, "1111\n2222\n", 10));
    assert_int_equal(wait_for(file, 1).failures, 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
    none = (struct rlimit) { 0, usual.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0); /* what is open stays so, and can be renamed */
    assert_true(cox_logfile_write(file, "3333\n", 5));
    assert_int_equal(wait_for(file, 2).failures, 1);
    assert_true(cox_logfile_write(file, "4444\n", 5));
    assert_int_equal(wait_for(file, 3).failures, 2);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
    expect_file(w->former, "1111\n2222\n");
    expect_file(w->path, NULL);
    assert_true(cox_logfile_write(file, "5555\n", 5));
    assert_int_equal(wait_for(file, 4).failures, 2);
    cox_logfile_close(file);
    expect_file(w->former, "1111\n2222\n");
    expect_file(w->path, "5555\n");
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
    assert_int_equal(wait_for(file, 1).failures, 1);
    assert_true(cox_logfile_write(file, "2222\n", 5));
    assert_int_equal(wait_for(file, 2).failures, 2);
    cox_logfile_close(file);
}

static void
that_lines_are_lost_is_news_once_until_one_is_written(void **state)
{
    static const struct {
        struct cox_logfile_counts counts;
        bool was_queued, is_news;
    } steps[] = {
        { { 0, 0 }, true, false },  { { 1, 0 }, true, false }, { { 1, 1 }, true, true },  { { 1, 1 }, true, false }, /* the thread has not come to it */
        { { 1, 2 }, true, false },  { { 1, 2 }, true, false }, { { 1, 3 }, true, false }, { { 2, 3 }, true, false }, /* one was written */
        { { 2, 4 }, true, true },   { { 3, 5 }, true, false }, { { 4, 5 }, true, false }, { { 4, 5 }, false, true }, /* the queue is full */
        { { 4, 5 }, true, false },  { { 4, 5 }, false, false },
    };
    struct cox_logfile_watch watch = { 0 };

    (void) state;
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (cox_logfile_lost(&watch, &steps[i].counts, steps[i].was_queued) != steps[i].is_news) {
            fail_msg("step %zu", i);
        }
    }
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
another_file_with_the_same_inode_is_read_from_its_beginning(void **state)
{
    const struct world *w = *state;
    struct cox_logread_place place = { 0, 0 };
    g_autofree char *first = NULL, *second = NULL, *third = NULL;
    bool has_more;

    write_each(w, 0, (const char *const[]) { "1111\n", "2222\n", NULL });
    first = read_on(w, &place, 100, &has_more);
    assert_string_equal(first, "1111\n2222\n");
    assert_int_equal(truncate(w->path, 0), 0);
    write_each(w, 0, (const char *const[]) { "3333\n", "4444\n", "5555\n", NULL });
    second = read_on(w, &place, 100, &has_more);
    assert_string_equal(second, "3333\n4444\n5555\n");
    assert_int_equal(truncate(w->path, 0), 0);
    write_each(w, 0, (const char *const[]) { "3333\n", "6\n", NULL }); /* begins the same, and has not what was read */
    third = read_on(w, &place, 100, &has_more);
    assert_string_equal(third, "3333\n6\n");
}

static void
a_file_without_a_line_is_waited_for_and_nothing_comes_twice(void **state)
{
    const struct world *w = *state;
    struct cox_logread_place place = { 0, 0 };
    g_autofree char *first = NULL, *second = NULL, *third = NULL;
    bool has_more;

    write_each(w, 5, (const char *const[]) { "1111\n", "22", NULL });
    first = read_on(w, &place, 100, &has_more);
    assert_string_equal(first, "1111\n");
    second = read_on(w, &place, 100, &has_more);
    assert_string_equal(second, "");
    write_each(w, 5, (const char *const[]) { "22\n", NULL });
    third = read_on(w, &place, 100, &has_more);
    assert_string_equal(third, "2222\n");
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
              IN_A_DIRECTORY(a_file_that_cannot_become_the_former_one_keeps_what_it_has_and_its_bound),
              IN_A_DIRECTORY(without_a_new_file_the_former_one_does_not_grow),
              cmocka_unit_test(a_full_disk_is_counted_and_ends_nothing),
              cmocka_unit_test(that_lines_are_lost_is_news_once_until_one_is_written),
              IN_A_DIRECTORY(the_former_file_is_read_before_the_present_one),
              IN_A_DIRECTORY(a_reader_goes_on_where_it_was_although_the_file_has_become_the_former_one),
              IN_A_DIRECTORY(a_place_that_is_gone_is_the_beginning),
              IN_A_DIRECTORY(another_file_with_the_same_inode_is_read_from_its_beginning),
              IN_A_DIRECTORY(a_file_without_a_line_is_waited_for_and_nothing_comes_twice),
              IN_A_DIRECTORY(a_line_that_is_too_long_is_passed_over))
