/* lib/xml/source_priv.h - bytes of a document from file, descriptor, stream or memory; for files in lib/xml only. */
#ifndef COX_XML_SOURCE_PRIV_H
#define COX_XML_SOURCE_PRIV_H

#include <stdio.h>
#include <glib.h>

struct cox_source;

/** Open a source; the caller closes it.  NULL with COX_ERROR_NO_INPUT when it cannot be read.  "-" is standard input. */
struct cox_source *cox_source_open(const char *path, size_t limit_bytes, GError **error);
struct cox_source *cox_source_from_fd(int fd, const char *name, size_t limit_bytes, GError **error);
struct cox_source *cox_source_from_stdio(FILE *stream, const char *name, size_t limit_bytes);
struct cox_source *cox_source_from_text(const char *text, size_t length, size_t limit_bytes);

void cox_source_close(struct cox_source *source);

/** For messages; borrowed. */
const char *cox_source_name(const struct cox_source *source);

/** Read up to @size bytes (decompressed): their number, 0 at the end, -1 on error, which cox_source_error() tells. */
int cox_source_read(struct cox_source *source, char *buffer, int size);

/**
 * All bytes at once, when the source is a text that is neither compressed nor refused and nothing was read yet; it counts as read then.
 * NULL: read it.  Borrowed as long as the text.
 */
const char *cox_source_whole(struct cox_source *source, size_t *size);

/** Move the pending error, if any, to @error; was there one? */
gboolean cox_source_error(struct cox_source *source, GError **error);

typedef struct cox_source cox_source;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_source, cox_source_close)

#endif
