/* lib/xml/textfile.c - a text that a user wants in a file.  Layer 1. */
#include "xml/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static bool
write_into(const char *path, const char *text, gsize size, GError **error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    bool is_open = fd >= 0;

    while (fd >= 0 && size > 0) {
        ssize_t done = write(fd, text, size);

        if (done > 0) {
            text += done;
            size -= (gsize) done;
        } else if (errno != EINTR) {
            break;
        }
    }
    if (!is_open || size > 0) {
        g_set_error(error, COX_ERROR, is_open ? COX_ERROR_IO : COX_ERROR_CANNOT_CREATE, "%s: cannot be written: %s", path, g_strerror(errno));
    }
    if (is_open) {
        close(fd);
    }
    return is_open && size == 0;
}

static bool
is_empty(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == 0;
}

bool
cox_textfile_put(const char *path, const char *text, gsize size, GError **error)
{
    g_autoptr(GError) problem = NULL;
    bool is_full;
    struct stat info;

    if (is_empty(path) || (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))) {
        return write_into(path, text, size, error);
    }
    if (g_file_set_contents(path, text, (gssize) size, &problem)) {
        return true;
    }
    is_full = g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOSPC) || g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_IO);
    g_set_error(error, COX_ERROR, is_full ? COX_ERROR_IO : COX_ERROR_CANNOT_CREATE, "%s: cannot be written, it stays as it was: %s", path, problem->message);
    return false;
}
