/* Tests of lib/xml/textfile.c: files are replaced, what is no file is written into. */
#include "xml/textfile.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/testkit.h"

static char *folder;

static int
make_folder(void **state)
{
    (void) state;
    folder = g_dir_make_tmp("cox-textfile-XXXXXX", NULL);
    return folder == NULL;
}

static int
remove_folder(void **state)
{
    static const char *const names[] = { "file", "pipe", "link" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        unlink(path);
    }
    rmdir(folder);
    g_free(folder);
    return 0;
}

static void
a_file_is_made_and_replaced(void **state)
{
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    g_autofree char *text = NULL;

    (void) state;
    assert_true(cox_textfile_put(path, "one", 3, NULL));
    assert_true(cox_textfile_put(path, "second", 6, NULL));
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, "second");
}

static void
an_empty_file_is_written_into_for_whoever_has_it_open(void **state)
{
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    char got[16] = "";
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);

    (void) state;
    assert_true(fd >= 0);
    assert_true(cox_textfile_put(path, "one", 3, NULL));
    assert_int_equal(read(fd, got, sizeof got - 1), 3);
    assert_string_equal(got, "one");
    assert_true(cox_textfile_put(path, "two", 3, NULL));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_int_equal(read(fd, got, sizeof got - 1), 3);
    assert_string_equal(got, "one"); /* replaced: who has the old one open keeps it */
    close(fd);
}

static void
an_empty_file_is_empty_again_when_not_all_could_be_written(void **state)
{
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    g_autoptr(GError) error = NULL;
    struct rlimit usual, little;
    struct stat info;
    bool is_put;

    (void) state;
    assert_true(g_file_set_contents(path, "", 0, NULL));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    little = (struct rlimit) { 4, usual.rlim_max };
    (void) signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    is_put = cox_textfile_put(path, "longer than four", 16, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
    assert_false(is_put);
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_IO));
    assert_non_null(strstr(error->message, path));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 0);
}

static void
an_empty_file_behind_a_link_is_left_alone(void **state)
{
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    g_autofree char *link_path = g_build_filename(folder, "link", NULL);
    g_autofree char *text = NULL;
    struct stat info;

    (void) state;
    assert_true(g_file_set_contents(path, "", 0, NULL));
    assert_int_equal(symlink(path, link_path), 0);
    assert_true(cox_textfile_put(link_path, "one", 3, NULL));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 0);
    assert_int_equal(lstat(link_path, &info), 0);
    assert_true(S_ISREG(info.st_mode));
    assert_true(g_file_get_contents(link_path, &text, NULL, NULL));
    assert_string_equal(text, "one");
}

static void
an_empty_file_of_another_user_is_replaced(void **state)
{
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    struct stat info;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0666);

    (void) state;
    assert_true(fd >= 0);
    if (fchown(fd, 65534, 65534) != 0) { /* only root can make one */
        close(fd);
        skip();
    }
    assert_true(cox_textfile_put(path, "one", 3, NULL));
    assert_int_equal(fstat(fd, &info), 0);
    assert_int_equal(info.st_size, 0);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 3);
    close(fd);
}

static void
a_pipe_is_written_into_and_stays_one_through_a_link_too(void **state)
{
    g_autofree char *path = g_build_filename(folder, "pipe", NULL);
    g_autofree char *link_path = g_build_filename(folder, "link", NULL);
    char got[16] = "";
    struct stat info;
    int fd;

    (void) state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(symlink(path, link_path), 0);
    fd = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    assert_true(cox_textfile_put(path, "one ", 4, NULL));
    assert_true(cox_textfile_put(link_path, "two", 3, NULL));
    assert_int_equal(read(fd, got, sizeof got - 1), 7);
    assert_string_equal(got, "one two");
    close(fd);
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    assert_int_equal(lstat(link_path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
}

static void
a_device_stays_one_and_what_it_cannot_take_is_told(void **state)
{
    g_autoptr(GError) full = NULL, nowhere = NULL;
    struct stat info;

    (void) state;
    assert_true(cox_textfile_put("/dev/null", "text", 4, NULL));
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
    assert_false(cox_textfile_put("/dev/full", "text", 4, &full));
    assert_true(g_error_matches(full, COX_ERROR, COX_ERROR_IO));
    assert_false(cox_textfile_put("/nowhere/file", "text", 4, &nowhere));
    assert_true(g_error_matches(nowhere, COX_ERROR, COX_ERROR_CANNOT_CREATE));
    assert_non_null(strstr(nowhere->message, "/nowhere/file"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_made_and_replaced, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_empty_file_is_written_into_for_whoever_has_it_open, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_empty_file_is_empty_again_when_not_all_could_be_written, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_empty_file_behind_a_link_is_left_alone, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_empty_file_of_another_user_is_replaced, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_pipe_is_written_into_and_stays_one_through_a_link_too, make_folder, remove_folder),
        cmocka_unit_test(a_device_stays_one_and_what_it_cannot_take_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
