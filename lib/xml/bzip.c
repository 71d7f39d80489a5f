/* lib/xml/bzip.c - text to the compressed form that documents are kept in.  Layer 1. */
#include "xml/bzip.h"

#include <bzlib.h>
#include <string.h>

#include "base/error.h"

/* Blocks of 500,000 bytes: the field's choice, and bigger ones hardly save more. */
enum { BLOCK_100K = 5, PIECE_BYTES = 64 * 1024 };

GBytes *
cox_bzip_pack(const char *text, size_t length)
{
    bz_stream stream = { .next_in = NULL };
    GByteArray *out = g_byte_array_new();
    g_autofree char *piece = g_malloc(PIECE_BYTES);
    g_autofree char *input = g_malloc(MAX(length, 1)); /* the library wants it writable */
    int rc = BZ2_bzCompressInit(&stream, BLOCK_100K, 0, 0);

    COX_BUG_ON(rc != BZ_OK || length > G_MAXUINT32);
    if (length > 0) {
        memcpy(input, text, length);
    }
    stream.next_in = input;
    stream.avail_in = (unsigned int) length;
    do {
        stream.next_out = piece;
        stream.avail_out = PIECE_BYTES;
        rc = BZ2_bzCompress(&stream, BZ_FINISH);
        COX_BUG_ON(rc != BZ_FINISH_OK && rc != BZ_STREAM_END);
        g_byte_array_append(out, (const guint8 *) piece, (guint) (PIECE_BYTES - stream.avail_out));
    } while (rc != BZ_STREAM_END);
    BZ2_bzCompressEnd(&stream);
    return g_byte_array_free_to_bytes(out);
}
