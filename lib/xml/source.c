/* lib/xml/source.c - bytes of a document from file, descriptor, stream or memory, decompressed.  Layer 1. */
#include "xml/source_priv.h"

#include <bzlib.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

enum { LOOK_BYTES = 512, HEAD_BYTES = 64 * 1024, WHOLE_BYTES = 1024 * 1024 /* libxml2 copies it */ };

struct cox_source {
    char *name;
    int fd; /* -1 when the bytes come from elsewhere */
    gboolean owns_fd;
    FILE *stream;
    const char *text;
    size_t text_left;
    size_t limit_bytes;
    size_t given_bytes;
    gboolean is_started;
    gboolean is_bzip2;
    gboolean is_bzip2_end;
    bz_stream bzip2;
    char *head; /* raw bytes read ahead: to look at the first ones, and input of the decompressor */
    size_t head_size;
    size_t head_at;
    size_t head_length;
    GError *error;
};

static struct cox_source *
source_new(const char *name, size_t limit_bytes)
{
    struct cox_source *source = g_new0(struct cox_source, 1);

    source->name = g_strdup(name == NULL ? "input" : name);
    source->fd = -1;
    source->limit_bytes = limit_bytes;
    return source;
}

struct cox_source *
cox_source_from_fd(int fd, const char *name, size_t limit_bytes, GError **error)
{
    struct cox_source *source;
    struct stat info;

    if (fstat(fd, &info) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "%s: cannot be read: %s", name == NULL ? "input" : name,
                    g_strerror(errno));
        return NULL;
    }
    if (S_ISDIR(info.st_mode)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "%s: is a directory; give an XML file",
                    name == NULL ? "input" : name);
        return NULL;
    }
    if (S_ISREG(info.st_mode) && info.st_size > 0 && (size_t) info.st_size > limit_bytes) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX,
                    "%s: has %" G_GINT64_FORMAT " bytes, more than the limit of %zu; make it smaller or raise the limit (COX_LIMIT_BYTES)",
                    name == NULL ? "input" : name, (gint64) info.st_size, limit_bytes);
        return NULL;
    }
    source = source_new(name, limit_bytes);
    source->fd = fd;
    return source;
}

struct cox_source *
cox_source_open(const char *path, size_t limit_bytes, GError **error)
{
    struct cox_source *source;
    int fd;

    if (strcmp(path, "-") == 0) {
        return cox_source_from_fd(STDIN_FILENO, "standard input", limit_bytes, error);
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "%s: cannot be opened: %s", path, g_strerror(errno));
        return NULL;
    }
    source = cox_source_from_fd(fd, path, limit_bytes, error);
    if (source == NULL) {
        close(fd);
        return NULL;
    }
    source->owns_fd = TRUE;
    return source;
}

struct cox_source *
cox_source_from_stdio(FILE *stream, const char *name, size_t limit_bytes)
{
    struct cox_source *source = source_new(name, limit_bytes);

    source->stream = stream;
    return source;
}

struct cox_source *
cox_source_from_text(const char *text, size_t length, size_t limit_bytes)
{
    struct cox_source *source = source_new("text", limit_bytes);

    source->text = text;
    source->text_left = length;
    return source;
}

void
cox_source_close(struct cox_source *source)
{
    if (source == NULL) {
        return;
    }
    if (source->is_bzip2) {
        BZ2_bzDecompressEnd(&source->bzip2);
    }
    if (source->owns_fd) {
        close(source->fd);
    }
    g_clear_error(&source->error);
    g_free(source->head);
    g_free(source->name);
    g_free(source);
}

const char *
cox_source_name(const struct cox_source *source)
{
    return source->name;
}

gboolean
cox_source_error(struct cox_source *source, GError **error)
{
    if (source->error == NULL) {
        return FALSE;
    }
    g_propagate_error(error, g_steal_pointer(&source->error));
    return TRUE;
}

static int
fail(struct cox_source *source, enum cox_error code, const char *text)
{
    if (source->error == NULL) {
        g_set_error(&source->error, COX_ERROR, (int) code, "%s: %s", source->name, text);
    }
    return -1;
}

static gssize
raw_read(struct cox_source *source, char *buffer, size_t size)
{
    gssize got;

    if (source->text != NULL) {
        got = (gssize) MIN(size, source->text_left);
        memcpy(buffer, source->text, (size_t) got);
        source->text += got;
        source->text_left -= (size_t) got;
        return got;
    }
    if (source->stream != NULL) {
        got = (gssize) fread(buffer, 1, size, source->stream);
        return got == 0 && ferror(source->stream) ? fail(source, COX_ERROR_NO_INPUT, "cannot be read") : got;
    }
    do {
        got = read(source->fd, buffer, size);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? fail(source, COX_ERROR_NO_INPUT, g_strerror(errno)) : got;
}

/* The declaration, if there is one, must not name another encoding. */
static gboolean
has_other_encoding(const char *head, size_t length)
{
    g_autofree char *start = g_strndup(head, MIN(length, LOOK_BYTES));
    const char *end = strstr(start, "?>");
    const char *at = strstr(start, "encoding");

    if (!g_str_has_prefix(start, "<?xml") || end == NULL || at == NULL || at > end) {
        return FALSE;
    }
    at += strlen("encoding");
    at += strspn(at, " \t\r\n=\"'");
    return g_ascii_strncasecmp(at, "utf-8", 5) != 0 && g_ascii_strncasecmp(at, "us-ascii", 8) != 0
           && g_ascii_strncasecmp(at, "ascii", 5) != 0;
}

static int
start_source(struct cox_source *source)
{
    source->is_started = TRUE;
    /* A short text is parsed for each change of a document: what is taken for it should be short, too. */
    source->head_size = source->text == NULL ? (size_t) HEAD_BYTES : CLAMP(source->text_left, (size_t) LOOK_BYTES, (size_t) HEAD_BYTES);
    source->head = g_malloc(source->head_size);
    while (source->head_length < LOOK_BYTES) {
        gssize got = raw_read(source, source->head + source->head_length, source->head_size - source->head_length);

        if (got < 0) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        source->head_length += (size_t) got;
    }
    if (source->head_length >= 4 && memcmp(source->head, "BZh", 3) == 0) {
        source->is_bzip2 = BZ2_bzDecompressInit(&source->bzip2, 0, 0) == BZ_OK;
        return source->is_bzip2 ? 0 : fail(source, COX_ERROR_OS, "decompressor does not start");
    }
    return 0;
}

static int
read_plain(struct cox_source *source, char *buffer, size_t size)
{
    size_t ahead = source->head_length - source->head_at;

    if (ahead > 0) {
        ahead = MIN(ahead, size);
        memcpy(buffer, source->head + source->head_at, ahead);
        source->head_at += ahead;
        return (int) ahead;
    }
    return (int) raw_read(source, buffer, size);
}

static gboolean
refill(struct cox_source *source)
{
    gssize got;

    if (source->head_at < source->head_length) {
        return TRUE;
    }
    got = raw_read(source, source->head, source->head_size);
    source->head_at = 0;
    source->head_length = got > 0 ? (size_t) got : 0;
    if (got == 0) {
        fail(source, COX_ERROR_SYNTAX, "compressed data ends too early; the file is truncated");
    }
    return got > 0;
}

static int
read_bzip2(struct cox_source *source, char *buffer, size_t size)
{
    bz_stream *z = &source->bzip2;

    z->next_out = buffer;
    z->avail_out = (unsigned) size;
    while (z->avail_out == size && !source->is_bzip2_end) {
        int rc;

        if (!refill(source)) {
            return -1;
        }
        z->next_in = source->head + source->head_at;
        z->avail_in = (unsigned) (source->head_length - source->head_at);
        rc = BZ2_bzDecompress(z);
        source->head_at = source->head_length - z->avail_in;
        source->is_bzip2_end = rc == BZ_STREAM_END;
        if (rc != BZ_OK && rc != BZ_STREAM_END) {
            return fail(source, COX_ERROR_SYNTAX, "compressed data is damaged");
        }
    }
    return (int) (size - z->avail_out);
}

/* Of the first bytes that are given to the parser. */
static gboolean
is_utf8_beginning(struct cox_source *source, const char *text, size_t size)
{
    if (size >= 2 && ((guchar) text[0] >= 0xfe || text[0] == '\0' || text[1] == '\0')) {
        return fail(source, COX_ERROR_SYNTAX, "is not UTF-8; convert it with iconv") >= 0;
    }
    if (has_other_encoding(text, size)) {
        return fail(source, COX_ERROR_SYNTAX, "declares an encoding other than UTF-8; convert it with iconv") >= 0;
    }
    return TRUE;
}

const char *
cox_source_whole(struct cox_source *source, size_t *size)
{
    const char *text = source->text;

    *size = source->text_left;
    if (text == NULL || source->is_started || *size == 0 || *size > MIN(source->limit_bytes, (size_t) WHOLE_BYTES)
        || (*size >= 4 && memcmp(text, "BZh", 3) == 0) || !is_utf8_beginning(source, text, *size)) {
        return NULL;
    }
    source->is_started = TRUE;
    source->given_bytes = *size;
    source->text += *size;
    source->text_left = 0;
    return text;
}

int
cox_source_read(struct cox_source *source, char *buffer, int size)
{
    gboolean is_first = source->given_bytes == 0;
    int got;

    if (source->error != NULL || (!source->is_started && start_source(source) < 0)) {
        return -1;
    }
    got = source->is_bzip2 ? read_bzip2(source, buffer, (size_t) size) : read_plain(source, buffer, (size_t) size);
    if (got < 0) {
        return -1;
    }
    source->given_bytes += (size_t) got;
    if (source->given_bytes > source->limit_bytes) {
        g_autofree char *text = g_strdup_printf("has more than the limit of %zu bytes; make it smaller or raise the limit (COX_LIMIT_BYTES)",
                                                source->limit_bytes);

        return fail(source, COX_ERROR_SYNTAX, text);
    }
    return is_first && !is_utf8_beginning(source, buffer, (size_t) got) ? -1 : got;
}
