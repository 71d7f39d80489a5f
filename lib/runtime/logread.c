/* lib/runtime/logread.c - read a file that is kept within a bound, and its former one.  Layer 1. */
#include "runtime/logread.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { N_FILES = 2 };

struct file {
    int fd; /* -1: there is none */
    guint64 number;
};

static struct file
open_one(const char *path)
{
    struct file file = { open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK), 0 };
    struct stat found;

    if (file.fd >= 0 && (fstat(file.fd, &found) != 0 || !S_ISREG(found.st_mode))) {
        close(file.fd);
        file.fd = -1;
    }
    file.number = file.fd < 0 ? 0 : (guint64) found.st_ino;
    return file;
}

static gsize
read_some(int fd, guint64 offset, char *buffer, gsize size)
{
    gsize n = 0;

    while (n < size) {
        ssize_t got = pread(fd, buffer + n, size - n, (off_t) (offset + n));

        if (got == 0 || (got < 0 && errno != EINTR)) {
            break;
        }
        n += got > 0 ? (gsize) got : 0;
    }
    return n;
}

/* Whole lines of one file; true: there may be more of it. */
static bool
read_file(const struct file *file, struct cox_logread_place *place, gsize most_bytes, GString *out)
{
    g_autofree char *buffer = g_malloc(most_bytes);
    gsize n = read_some(file->fd, place->offset, buffer, most_bytes);
    gsize whole = n;

    while (whole > 0 && buffer[whole - 1] != '\n') {
        whole--;
    }
    if (whole == 0 && n == most_bytes) { /* a line that is longer than it may be: pass over it, the rest of it is no line either */
        place->offset += n;
        return true;
    }
    g_string_append_len(out, buffer, (gssize) whole);
    place->offset += whole;
    return n == most_bytes;
}

bool
cox_logread(const char *path, struct cox_logread_place *place, gsize most_bytes, GString *out)
{
    g_autofree char *former = g_strconcat(path, ".1", NULL);
    struct file files[N_FILES] = { { -1, 0 }, { -1, 0 } };
    bool is_more = false;
    gsize i = 0;

    files[1] = open_one(path); /* first: when it becomes the former one now, both are the same, and nothing is left out */
    files[0] = open_one(former);
    if (files[0].fd >= 0 && files[0].number == files[1].number) {
        close(files[1].fd);
        files[1].fd = -1;
    }
    while (i < N_FILES && (files[i].fd < 0 || files[i].number != place->file)) {
        i++;
    }
    i = i == N_FILES ? 0 : i;
    for (gsize begun = out->len; i < N_FILES && !is_more && out->len == begun; i++) { /* of one file at a time */
        if (files[i].fd < 0) {
            continue;
        }
        if (place->file != files[i].number) {
            *place = (struct cox_logread_place) { files[i].number, 0 };
        }
        is_more = read_file(&files[i], place, most_bytes, out) || (out->len > begun && i == 0 && files[1].fd >= 0);
    }
    for (gsize k = 0; k < N_FILES; k++) {
        if (files[k].fd >= 0) {
            close(files[k].fd);
        }
    }
    return is_more;
}
