/* lib/store/disk_real.c - a directory of this machine.  Layer 3, adapter. */
#include "store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

struct disk_real {
    struct cox_disk disk;
    char *directory;
    int dir;
    char *open_name; /* the file that was appended to last, kept open */
    int open_fd;
};

static bool
failed(const struct disk_real *real, const char *what, const char *name, enum cox_error code, GError **error)
{
    int number = errno;

    g_set_error(error, COX_ERROR, code, "cannot %s %s/%s: %s: check space, permissions and the disk", what, real->directory,
                name, g_strerror(number));
    return false;
}

static void
close_cached(struct disk_real *real)
{
    if (real->open_fd >= 0) {
        (void) close(real->open_fd);
    }
    real->open_fd = -1;
    g_clear_pointer(&real->open_name, g_free);
}

static bool
write_all(int fd, const guint8 *data, size_t size)
{
    while (size > 0) {
        ssize_t done = write(fd, data, size);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        data += done;
        size -= (size_t) done;
    }
    return true;
}

static bool
read_all(int fd, GByteArray *into, size_t size)
{
    g_byte_array_set_size(into, (guint) size);
    for (size_t at = 0; at < size;) {
        ssize_t done = read(fd, into->data + at, size - at);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            errno = done == 0 ? EIO : errno;
            return false;
        }
        at += (size_t) done;
    }
    return true;
}

static bool
real_read(struct cox_disk *disk, const char *name, size_t max, GBytes **out, GError **error)
{
    struct disk_real *real = (struct disk_real *) disk;
    int fd = openat(real->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat info;
    GByteArray *into;
    bool is_ok;

    *out = NULL;
    if (fd < 0) {
        return errno == ENOENT || failed(real, "open", name, COX_ERROR_OS_FILE, error);
    }
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || (guint64) info.st_size > MIN(max, G_MAXUINT32)) {
        errno = S_ISREG(info.st_mode) ? EFBIG : EINVAL;
        (void) close(fd);
        return failed(real, "read", name, COX_ERROR_OS_FILE, error);
    }
    into = g_byte_array_new();
    is_ok = read_all(fd, into, (size_t) info.st_size) || failed(real, "read", name, COX_ERROR_IO, error);
    (void) close(fd);
    *out = g_byte_array_free_to_bytes(into);
    if (!is_ok) {
        g_clear_pointer(out, g_bytes_unref);
    }
    return is_ok;
}

static bool
real_write(struct cox_disk *disk, const char *name, const void *data, size_t size, GError **error)
{
    struct disk_real *real = (struct disk_real *) disk;
    int fd;
    bool is_ok;

    if (g_strcmp0(real->open_name, name) == 0) {
        close_cached(real);
    }
    fd = openat(real->dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return failed(real, "create", name, COX_ERROR_CANNOT_CREATE, error);
    }
    is_ok = write_all(fd, data, size) || failed(real, "write", name, COX_ERROR_IO, error);
    if (close(fd) != 0 && is_ok) {
        return failed(real, "write", name, COX_ERROR_IO, error);
    }
    return is_ok;
}

/* Open @name for appending, or keep it open. */
static bool
open_cached(struct disk_real *real, const char *name, GError **error)
{
    if (g_strcmp0(real->open_name, name) == 0) {
        return true;
    }
    close_cached(real);
    real->open_fd = openat(real->dir, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (real->open_fd < 0) {
        return failed(real, "open", name, COX_ERROR_CANNOT_CREATE, error);
    }
    real->open_name = g_strdup(name);
    return true;
}

static bool
real_append(struct cox_disk *disk, const char *name, const void *data, size_t size, GError **error)
{
    struct disk_real *real = (struct disk_real *) disk;

    return open_cached(real, name, error)
           && (write_all(real->open_fd, data, size) || failed(real, "append to", name, COX_ERROR_IO, error));
}

static bool
real_truncate(struct cox_disk *disk, const char *name, size_t size, GError **error)
{
    struct disk_real *real = (struct disk_real *) disk;

    return open_cached(real, name, error)
           && (ftruncate(real->open_fd, (off_t) size) == 0 || failed(real, "shorten", name, COX_ERROR_IO, error));
}

static bool
real_sync(struct cox_disk *disk, const char *name, GError **error)
{
    struct disk_real *real = (struct disk_real *) disk;
    int fd;
    bool is_ok;

    if (g_strcmp0(real->open_name, name) == 0) {
        return fdatasync(real->open_fd) == 0 || failed(real, "sync", name, COX_ERROR_IO, error);
    }
    fd = openat(real->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return failed(real, "open", name, COX_ERROR_OS_FILE, error);
    }
    is_ok = fsync(fd) == 0 || failed(real, "sync", name, COX_ERROR_IO, error);
    (void) close(fd);
    return is_ok;
}

static bool
real_rename(struct cox_disk *disk, const char *from, const char *to, GError **error)
{
    struct disk_real *real = (struct disk_real *) disk;

    close_cached(real);
    return renameat(real->dir, from, real->dir, to) == 0 || failed(real, "rename", from, COX_ERROR_CANNOT_CREATE, error);
}

static bool
real_link(struct cox_disk *disk, const char *from, const char *to, GError **error)
{
    struct disk_real *real = (struct disk_real *) disk;

    (void) unlinkat(real->dir, to, 0);
    return linkat(real->dir, from, real->dir, to, 0) == 0 || failed(real, "make", to, COX_ERROR_CANNOT_CREATE, error);
}

static bool
real_remove(struct cox_disk *disk, const char *name, GError **error)
{
    struct disk_real *real = (struct disk_real *) disk;

    if (g_strcmp0(real->open_name, name) == 0) {
        close_cached(real);
    }
    return unlinkat(real->dir, name, 0) == 0 || errno == ENOENT || failed(real, "remove", name, COX_ERROR_OS_FILE, error);
}

static bool
real_sync_dir(struct cox_disk *disk, GError **error)
{
    struct disk_real *real = (struct disk_real *) disk;

    return fsync(real->dir) == 0 || failed(real, "sync", ".", COX_ERROR_IO, error);
}

static void
real_free(struct cox_disk *disk)
{
    struct disk_real *real = (struct disk_real *) disk;

    close_cached(real);
    (void) close(real->dir);
    g_free(real->directory);
    g_free(real);
}

static const struct cox_disk_ops real_ops = {
    .read = real_read, .write = real_write, .append = real_append, .truncate = real_truncate, .sync = real_sync,
    .rename = real_rename, .link = real_link, .remove = real_remove, .sync_dir = real_sync_dir, .free = real_free,
};

struct cox_disk *
cox_disk_real_new(const char *directory, GError **error)
{
    struct disk_real *real;
    int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (dir < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS_FILE, "cannot open directory '%s': %s: create it, owned by this user",
                    directory, g_strerror(errno));
        return NULL;
    }
    real = g_new0(struct disk_real, 1);
    real->disk.ops = &real_ops;
    real->directory = g_strdup(directory);
    real->dir = dir;
    real->open_fd = -1;
    return &real->disk;
}

void
cox_disk_free(struct cox_disk *disk)
{
    if (disk != NULL) {
        disk->ops->free(disk);
    }
}
