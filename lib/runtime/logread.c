/* lib/runtime/logread.c - read a file that is kept within a bound, and its former one.  Layer 1. */
#include "runtime/logread.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

enum { N_FILES = 2, HEAD_BYTES = 256 };

struct file {
    int fd; /* -1: there is none, or none with a line */
    guint64 number, size;
};

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

/* The inode alone may soon be that of another file; with how the first line begins, it is this one.  0: it has no line yet. */
static guint64
number_of(int fd, const struct stat *found)
{
    char head[HEAD_BYTES];
    gsize n = read_some(fd, 0, head, sizeof head);
    const char *end = memchr(head, '\n', n);
    guint64 number = cox_bytes_fnv(COX_BYTES_FNV, &found->st_ino, sizeof found->st_ino);

    if (end == NULL && n < sizeof head) {
        return 0;
    }
    return MAX(cox_bytes_fnv(number, head, end == NULL ? n : (gsize) (end - head)), 1);
}

static struct file
open_one(const char *path)
{
    struct file file = { open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK), 0, 0 };
    struct stat found;

    if (file.fd >= 0 && fstat(file.fd, &found) == 0 && S_ISREG(found.st_mode)) {
        file.number = number_of(file.fd, &found);
        file.size = (guint64) found.st_size;
    }
    if (file.fd >= 0 && file.number == 0) {
        close(file.fd);
        file.fd = -1;
    }
    return file;
}

/* Is it what the place names, and has it what was read?  Else it was cut, and is read from its beginning. */
static bool
is_at(const struct file *file, const struct cox_logread_place *place)
{
    return file->fd >= 0 && file->number == place->file && place->offset <= file->size;
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
    struct file files[N_FILES] = { { -1, 0, 0 }, { -1, 0, 0 } };
    bool is_more = false;
    gsize i = 0;

    files[1] = open_one(path); /* first: when it becomes the former one now, both are the same, and nothing is left out */
    files[0] = open_one(former);
    if (files[0].fd >= 0 && files[0].number == files[1].number) {
        close(files[1].fd);
        files[1].fd = -1;
    }
    while (i < N_FILES && !is_at(&files[i], place)) {
        i++;
    }
    if (i == N_FILES) { /* the oldest there is */
        i = 0;
        *place = (struct cox_logread_place) { 0, 0 };
    }
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
