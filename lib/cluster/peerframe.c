/* lib/cluster/peerframe.c - messages in pieces that the group accepts, large ones compressed.  Layer 3. */
#include "cluster/peerframe.h"

#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/error.h"

enum { FLAG_COMPRESSED = 1, COMPRESS_FROM = 16 * 1024, COMPRESS_LEVEL = 1 };

static const char magic[4] = { 'C', 'O', 'X', 'F' };

guint8
cox_peerframe_version(const void *data, size_t size)
{
    return size > sizeof(magic) + 1 && memcmp(data, magic, sizeof(magic)) == 0 ? ((const guint8 *) data)[sizeof(magic)] : 0;
}

bool
cox_peerframe_read(struct cox_peerframe *frame, const void *data, size_t size)
{
    struct cox_bytes_reader in;
    guint8 version, flags;

    if (size < COX_PEERFRAME_HEAD || memcmp(data, magic, sizeof(magic)) != 0) {
        return false;
    }
    cox_bytes_reader_init(&in, (const guint8 *) data + sizeof(magic), size - sizeof(magic));
    version = cox_bytes_get_u8(&in);
    flags = cox_bytes_get_u8(&in);
    (void) cox_bytes_get_u8(&in);
    (void) cox_bytes_get_u8(&in);
    *frame = (struct cox_peerframe) { .is_compressed = (flags & FLAG_COMPRESSED) != 0 };
    frame->message = cox_bytes_get_u64(&in);
    frame->index = cox_bytes_get_u32(&in);
    frame->n_pieces = cox_bytes_get_u32(&in);
    frame->wire_size = cox_bytes_get_u64(&in);
    frame->raw_size = cox_bytes_get_u64(&in);
    frame->piece = in.at;
    frame->piece_size = in.left;
    return !in.is_bad && version == COX_PEERFRAME_VERSION && frame->index < frame->n_pieces
           && frame->piece_size <= frame->wire_size && (frame->is_compressed || frame->wire_size == frame->raw_size);
}

void
cox_peerframe_write_head(const struct cox_peerframe *frame, guint8 *head)
{
    g_autoptr(GByteArray) out = g_byte_array_sized_new(COX_PEERFRAME_HEAD);

    g_byte_array_append(out, (const guint8 *) magic, sizeof(magic));
    cox_bytes_put_u8(out, COX_PEERFRAME_VERSION);
    cox_bytes_put_u8(out, frame->is_compressed ? FLAG_COMPRESSED : 0);
    cox_bytes_put_u8(out, 0);
    cox_bytes_put_u8(out, 0);
    cox_bytes_put_u64(out, frame->message);
    cox_bytes_put_u32(out, frame->index);
    cox_bytes_put_u32(out, frame->n_pieces);
    cox_bytes_put_u64(out, frame->wire_size);
    cox_bytes_put_u64(out, frame->raw_size);
    COX_BUG_ON(out->len != COX_PEERFRAME_HEAD);
    memcpy(head, out->data, out->len);
}

GBytes *
cox_peerframe_pack(GBytes *bytes, bool *is_compressed)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    uLongf packed_size = compressBound(size);
    guint8 *packed;

    *is_compressed = false;
    if (size < COMPRESS_FROM) {
        return g_bytes_ref(bytes);
    }
    packed = g_malloc(packed_size);
    if (compress2(packed, &packed_size, data, size, COMPRESS_LEVEL) != Z_OK || packed_size > size / 8 * 7) {
        g_free(packed);
        return g_bytes_ref(bytes);
    }
    *is_compressed = true;
    return g_bytes_new_take(packed, packed_size);
}

void
cox_assembly_clear(struct cox_assembly *assembly)
{
    g_clear_pointer(&assembly->buffer, g_byte_array_unref);
    assembly->next = 0;
}

/* Deflate cannot make data more than some thousand times smaller: a size beyond that is a lie that would cost memory. */
static GBytes *
unpack(GBytes *wire, guint64 raw_size)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(wire, &size);
    uLongf got = (uLongf) raw_size;
    guint8 *raw;

    if (raw_size > (guint64) size * 1100 + 64) {
        return NULL;
    }
    raw = g_malloc(MAX(raw_size, 1));
    if (uncompress(raw, &got, data, size) != Z_OK || got != raw_size) {
        g_free(raw);
        return NULL;
    }
    return g_bytes_new_take(raw, got);
}

static GBytes *
finish(struct cox_assembly *assembly, const struct cox_peerframe *frame)
{
    g_autoptr(GBytes) wire = g_byte_array_free_to_bytes(g_steal_pointer(&assembly->buffer));

    assembly->next = 0;
    return frame->is_compressed ? unpack(wire, frame->raw_size) : g_steal_pointer(&wire);
}

bool
cox_assembly_add(struct cox_assembly *assembly, const struct cox_peerframe *frame, size_t max, GBytes **out)
{
    bool is_last = frame->index + 1 == frame->n_pieces, fits;

    *out = NULL;
    if (frame->index == 0) {
        cox_assembly_clear(assembly);
        assembly->message = frame->message;
        assembly->wire_size = frame->wire_size;
        assembly->raw_size = frame->raw_size;
        assembly->buffer = g_byte_array_new();
    } else if (assembly->buffer == NULL || assembly->message != frame->message) {
        cox_assembly_clear(assembly);
        return true;
    }
    fits = frame->index == assembly->next && frame->wire_size == assembly->wire_size
           && frame->raw_size == assembly->raw_size && frame->raw_size <= max && frame->wire_size <= max
           && frame->piece_size <= frame->wire_size - assembly->buffer->len
           && is_last == (assembly->buffer->len + frame->piece_size == frame->wire_size);
    if (!fits) {
        cox_assembly_clear(assembly);
        return false;
    }
    g_byte_array_append(assembly->buffer, frame->piece, (guint) frame->piece_size);
    assembly->next++;
    if (is_last) {
        *out = finish(assembly, frame);
        return *out != NULL;
    }
    return true;
}
