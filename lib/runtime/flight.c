/* lib/runtime/flight.c - header and ring in one mapped file.  Layer 1. */
#include "runtime/flight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

/*
 *  0        8       16               24
 *  | magic  | size  | bytes written  | text, a ring of `size` bytes: byte n is at n % size
 */
#define MAGIC "COXFLY1\n"

struct ring {
    char magic[8];
    guint64 size_bytes;
    guint64 written; /* ever; raised after the text is there */
    char text[];
};

struct cox_flight {
    struct ring *ring;
    gsize mapped_bytes;
};

struct cox_flight *
cox_flight_open(const char *path, GError **error)
{
    g_autofree char *old = g_strconcat(path, ".old", NULL);
    gsize mapped = sizeof(struct ring) + COX_FLIGHT_SIZE_BYTES;
    struct cox_flight *flight;
    void *memory = MAP_FAILED;
    int fd;

    (void) rename(path, old);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        errno = posix_fallocate(fd, 0, (off_t) mapped); /* room now, or writing could end in SIGBUS */
        memory = errno != 0 ? MAP_FAILED : mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    if (memory == MAP_FAILED) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "cannot create flight recorder '%s': %s", path,
                    g_strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    close(fd);
    flight = g_new(struct cox_flight, 1);
    flight->ring = memory;
    flight->mapped_bytes = mapped;
    flight->ring->size_bytes = COX_FLIGHT_SIZE_BYTES;
    memcpy(flight->ring->magic, MAGIC, sizeof flight->ring->magic);
    return flight;
}

void
cox_flight_close(struct cox_flight *flight)
{
    if (flight != NULL) {
        munmap(flight->ring, flight->mapped_bytes);
        g_free(flight);
    }
}

static void
put(struct ring *ring, guint64 at, const char *data, gsize length)
{
    gsize begin = (gsize) (at % ring->size_bytes);
    gsize head = MIN(length, (gsize) ring->size_bytes - begin);

    memcpy(ring->text + begin, data, head);
    memcpy(ring->text, data + head, length - head);
}

void
cox_flight_write(struct cox_flight *flight, const char *line, gsize length)
{
    struct ring *ring = flight->ring;

    length = MIN(length, (gsize) COX_FLIGHT_SIZE_BYTES / 4);
    put(ring, ring->written, line, length);
    put(ring, ring->written + length, "\n", 1);
    __atomic_store_n(&ring->written, ring->written + length + 1, __ATOMIC_RELEASE);
}

char *
cox_flight_read(const char *path, GError **error)
{
    g_autofree char *content = NULL;
    gsize length = 0, size;
    const struct ring *ring;
    GString *text;
    char *newline;

    if (!g_file_get_contents(path, &content, &length, error)) {
        return NULL;
    }
    ring = (const struct ring *) (const void *) content;
    if (length <= sizeof *ring || memcmp(ring->magic, MAGIC, sizeof ring->magic) != 0
        || ring->size_bytes != length - sizeof *ring) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "'%s' is not a flight recorder", path);
        return NULL;
    }
    size = (gsize) ring->size_bytes;
    if (ring->written <= size) {
        return g_strndup(ring->text, (gsize) ring->written);
    }
    text = g_string_new_len(ring->text + ring->written % size, (gssize) (size - ring->written % size));
    g_string_append_len(text, ring->text, (gssize) (ring->written % size));
    newline = memchr(text->str, '\n', text->len);
    g_string_erase(text, 0, newline == NULL ? 0 : newline - text->str + 1);
    return g_string_free(text, FALSE);
}
