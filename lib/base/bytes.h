/* lib/base/bytes.h - numbers and strings of bytes in messages and records: little-endian, read within bounds.  Layer 0. */
#ifndef COX_BASE_BYTES_H
#define COX_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

/* ---- writing ---- */

void cox_bytes_put_u8(GByteArray *out, guint8 value);
void cox_bytes_put_u32(GByteArray *out, guint32 value);
void cox_bytes_put_u64(GByteArray *out, guint64 value);

/** Length (32 bits), then the bytes.  @data may be NULL when @size is 0. */
void cox_bytes_put_blob(GByteArray *out, const void *data, size_t size);

/** As a blob, without the terminating zero. */
void cox_bytes_put_text(GByteArray *out, const char *text);

/* ---- reading ---- */

/** Where reading has come to.  Once something was missing or too long every later read gives zero, and is_bad stays. */
struct cox_bytes_reader {
    const guint8 *at;
    size_t left;
    bool is_bad;
};

/** Read @size bytes at @data, borrowed as long as the reader is used. */
void cox_bytes_reader_init(struct cox_bytes_reader *reader, const void *data, size_t size);

guint8 cox_bytes_get_u8(struct cox_bytes_reader *reader);
guint32 cox_bytes_get_u32(struct cox_bytes_reader *reader);
guint64 cox_bytes_get_u64(struct cox_bytes_reader *reader);

/**
 * A blob; the pointer is into the input.
 * @param max   longest that is acceptable
 * @param size  set always, 0 when there is none
 */
const guint8 *cox_bytes_get_blob(struct cox_bytes_reader *reader, size_t max, size_t *size);

/** A text into @out, which has room for @room bytes with the terminating zero; bytes of zero inside are bad. */
void cox_bytes_get_text(struct cox_bytes_reader *reader, char *out, size_t room);

/** Was everything there, and has everything been read? */
bool cox_bytes_reader_is_done(const struct cox_bytes_reader *reader);

/* ---- checksum ---- */

/** CRC-32C (Castagnoli) of @size bytes, continuing from @before (0 at the beginning). */
guint32 cox_bytes_crc32c(guint32 before, const void *data, size_t size);

/** FNV-1a of 64 bits, continuing from @before (COX_BYTES_FNV at the beginning). */
guint64 cox_bytes_fnv(guint64 before, const void *data, size_t size);

#define COX_BYTES_FNV G_GUINT64_CONSTANT(0xcbf29ce484222325)

G_END_DECLS

#endif
