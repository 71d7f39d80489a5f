/* lib/xml/textfile.c - a text that a user wants in a file.  Layer 1. */
#include "xml/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static bool
write_all(int fd, const char *text, gsize size)
{
    while (size > 0) {
        ssize_t done = write(fd, text, size);

        if (done > 0) {
            text += done;
            size -= (gsize) done;
        } else if (done == 0 || errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* The text is in what is open, on the disk if that is a file, or the file is as empty as it was.  Closes it. */
static bool
fill(int fd, const char *path, const char *text, gsize size, GError **error)
{
    struct stat info;
    bool is_file = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    bool is_done = write_all(fd, text, size) && (!is_file || fsync(fd) == 0);

    if (!is_done) {
        g_set_error(error, COX_ERROR, COX_ERROR_IO, "%s: cannot be written: %s", path, g_strerror(errno));
        if (is_file && ftruncate(fd, 0) != 0) {
            g_prefix_error_literal(error, "part of the text is in the file: ");
        }
    }
    close(fd);
    return is_done;
}

/* A file with nothing in it, of this user: not one that somebody else put there, or had a link lead to. */
static bool
is_own_empty(const struct stat *info)
{
    return S_ISREG(info->st_mode) && info->st_size == 0 && info->st_uid == geteuid();
}

/* -1: it is none. */
static int
open_own_empty(const char *path)
{
    struct stat info;
    int fd = lstat(path, &info) == 0 && is_own_empty(&info) ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK) : -1;

    if (fd >= 0 && (fstat(fd, &info) != 0 || !is_own_empty(&info))) {
        close(fd);
        return -1;
    }
    return fd;
}

bool
cox_textfile_put(const char *path, const char *text, gsize size, GError **error)
{
    g_autoptr(GError) problem = NULL;
    int fd = open_own_empty(path);
    struct stat info;
    bool is_full;

    if (fd < 0 && stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
        fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be written: %s", path, g_strerror(errno));
            return false;
        }
    }
    if (fd >= 0) {
        return fill(fd, path, text, size, error);
    }
    if (g_file_set_contents(path, text, (gssize) size, &problem)) {
        return true;
    }
    is_full = g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOSPC) || g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_IO);
    g_set_error(error, COX_ERROR, is_full ? COX_ERROR_IO : COX_ERROR_CANNOT_CREATE, "%s: cannot be written, it stays as it was: %s", path, problem->message);
    return false;
}
