/* lib/base/bytes.c - numbers and strings of bytes in messages and records.  Layer 0. */
#include "base/bytes.h"

#include <string.h>

void
cox_bytes_put_u8(GByteArray *out, guint8 value)
{
    g_byte_array_append(out, &value, 1);
}

void
cox_bytes_put_u32(GByteArray *out, guint32 value)
{
    guint32 wire = GUINT32_TO_LE(value);

    g_byte_array_append(out, (const guint8 *) &wire, sizeof(wire));
}

void
cox_bytes_put_u64(GByteArray *out, guint64 value)
{
    guint64 wire = GUINT64_TO_LE(value);

    g_byte_array_append(out, (const guint8 *) &wire, sizeof(wire));
}

void
cox_bytes_put_blob(GByteArray *out, const void *data, size_t size)
{
    cox_bytes_put_u32(out, (guint32) size);
    if (size > 0) {
        g_byte_array_append(out, data, (guint) size);
    }
}

void
cox_bytes_put_text(GByteArray *out, const char *text)
{
    cox_bytes_put_blob(out, text, strlen(text));
}

void
cox_bytes_reader_init(struct cox_bytes_reader *reader, const void *data, size_t size)
{
    *reader = (struct cox_bytes_reader) { .at = data, .left = size };
}

/* The next @size bytes, or NULL for ever. */
static const guint8 *
take(struct cox_bytes_reader *reader, size_t size)
{
    const guint8 *at = reader->at;

    if (reader->is_bad || size > reader->left) {
        reader->is_bad = true;
        return NULL;
    }
    if (size > 0) {
        reader->at += size;
        reader->left -= size;
    }
    return at;
}

guint8
cox_bytes_get_u8(struct cox_bytes_reader *reader)
{
    const guint8 *at = take(reader, 1);

    return at == NULL ? 0 : *at;
}

guint32
cox_bytes_get_u32(struct cox_bytes_reader *reader)
{
    guint32 wire = 0;
    const guint8 *at = take(reader, sizeof(wire));

    if (at != NULL) {
        memcpy(&wire, at, sizeof(wire));
    }
    return GUINT32_FROM_LE(wire);
}

guint64
cox_bytes_get_u64(struct cox_bytes_reader *reader)
{
    guint64 wire = 0;
    const guint8 *at = take(reader, sizeof(wire));

    if (at != NULL) {
        memcpy(&wire, at, sizeof(wire));
    }
    return GUINT64_FROM_LE(wire);
}

const guint8 *
cox_bytes_get_blob(struct cox_bytes_reader *reader, size_t max, size_t *size)
{
    size_t length = cox_bytes_get_u32(reader);
    const guint8 *at = NULL;

    if (length > max) {
        reader->is_bad = true;
    }
    at = take(reader, length);
    *size = at == NULL ? 0 : length;
    return at;
}

void
cox_bytes_get_text(struct cox_bytes_reader *reader, char *out, size_t room)
{
    size_t length = 0;
    const guint8 *at = cox_bytes_get_blob(reader, room - 1, &length);

    if (length > 0 && memchr(at, '\0', length) != NULL) {
        reader->is_bad = true;
        length = 0;
    }
    if (length > 0) {
        memcpy(out, at, length);
    }
    out[length] = '\0';
}

bool
cox_bytes_reader_is_done(const struct cox_bytes_reader *reader)
{
    return !reader->is_bad && reader->left == 0;
}

/* Four bits at a time: a table of 16 instead of a mutable one of 256. */
guint32
cox_bytes_crc32c(guint32 before, const void *data, size_t size)
{
    static const guint32 table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    const guint8 *bytes = data;
    guint32 crc = ~before;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return ~crc;
}

guint64
cox_bytes_fnv(guint64 before, const void *data, size_t size)
{
    const guint8 *bytes = data;
    guint64 hash = before;

    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT(0x100000001b3);
    }
    return hash;
}
