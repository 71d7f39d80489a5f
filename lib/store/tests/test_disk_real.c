/* lib/store/tests/test_disk_real.c - the operations on a directory of this machine do what their table says. */
#include "base/testkit.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "store/disk.h"

static char *
contents(struct cox_disk *disk, const char *name)
{
    g_autoptr(GBytes) bytes = NULL;
    gsize size = 0;
    const char *data;

    assert_true(disk->ops->read(disk, name, 100, &bytes, NULL));
    data = bytes == NULL ? NULL : g_bytes_get_data(bytes, &size);
    return data == NULL ? NULL : g_strndup(data, size);
}

static void
expect(struct cox_disk *disk, const char *name, const char *expected)
{
    g_autofree char *got = contents(disk, name);

    if (g_strcmp0(got, expected) != 0) {
        fail_msg("%s: %s instead of %s", name, got, expected);
    }
}

static void
files_are_written_appended_renamed_and_removed(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("cox-disk-XXXXXX", NULL);
    g_autoptr(cox_disk) disk = cox_disk_real_new(dir, NULL);
    g_autofree char *path = g_build_filename(dir, "b", NULL);
    struct stat info;

    (void) state;
    assert_non_null(disk);
    expect(disk, "a", NULL);
    assert_true(disk->ops->append(disk, "a", "one", 3, NULL));
    assert_true(disk->ops->append(disk, "a", "two", 3, NULL));
    assert_true(disk->ops->sync(disk, "a", NULL));
    expect(disk, "a", "onetwo");
    assert_true(disk->ops->truncate(disk, "a", 2, NULL));
    assert_true(disk->ops->append(disk, "a", "!", 1, NULL));
    expect(disk, "a", "on!");
    assert_true(disk->ops->write(disk, "a", "new", 3, NULL));
    assert_true(disk->ops->append(disk, "a", "er", 2, NULL));
    assert_true(disk->ops->rename(disk, "a", "b", NULL));
    assert_true(disk->ops->append(disk, "a", "other", 5, NULL)); /* not the file that is called b now */
    expect(disk, "b", "newer");
    assert_true(disk->ops->link(disk, "b", "c", NULL));
    assert_true(disk->ops->link(disk, "a", "c", NULL));
    expect(disk, "c", "other");
    assert_true(disk->ops->sync(disk, "b", NULL));
    assert_true(disk->ops->sync_dir(disk, NULL));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    for (const char *name = "abc"; *name != '\0'; name++) {
        const char one[2] = { *name, '\0' };

        assert_true(disk->ops->remove(disk, one, NULL));
        assert_true(disk->ops->remove(disk, one, NULL));
    }
    assert_int_equal(g_rmdir(dir), 0);
}

static void
errors_name_the_file_and_links_are_not_followed(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("cox-disk-XXXXXX", NULL);
    g_autoptr(cox_disk) disk = cox_disk_real_new(dir, NULL);
    g_autofree char *link = g_build_filename(dir, "link", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;

    (void) state;
    assert_null(cox_disk_real_new("/nonexistent/dir", &error));
    assert_non_null(strstr(error->message, "/nonexistent/dir"));
    g_clear_error(&error);
    assert_false(disk->ops->rename(disk, "no", "yes", &error));
    assert_non_null(strstr(error->message, "/no"));
    g_clear_error(&error);
    assert_int_equal(symlink("/etc/hostname", link), 0);
    assert_false(disk->ops->read(disk, "link", 1000, &bytes, &error));
    g_clear_error(&error);
    assert_false(disk->ops->write(disk, "link", "x", 1, &error));
    g_clear_error(&error);
    assert_true(disk->ops->write(disk, "big", "12345", 5, NULL));
    assert_false(disk->ops->read(disk, "big", 4, &bytes, &error));
    assert_non_null(strstr(error->message, "big"));
    assert_true(disk->ops->remove(disk, "link", NULL));
    assert_true(disk->ops->remove(disk, "big", NULL));
    assert_int_equal(g_rmdir(dir), 0);
}

COX_TEST_MAIN(cmocka_unit_test(files_are_written_appended_renamed_and_removed),
              cmocka_unit_test(errors_name_the_file_and_links_are_not_followed))
