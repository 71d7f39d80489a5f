/* lib/proto/frame.c - header in front, message behind.  Layer 4. */
#include "proto/frame.h"

#include <string.h>

#include "base/error.h"
#include "proto/marshal.h"

static guint32
get_le(const guint8 *at, unsigned int bytes)
{
    guint32 value = 0;

    for (unsigned int i = 0; i < bytes; i++) {
        value |= (guint32) at[i] << 8 * i;
    }
    return value;
}

static void
put_le(guint8 *at, unsigned int bytes, guint32 value)
{
    for (unsigned int i = 0; i < bytes; i++) {
        at[i] = (guint8) (value >> 8 * i);
    }
}

bool
cox_frame_parse(const guint8 *data, gsize size, struct cox_frame *frame, GError **error)
{
    const char *why = NULL;

    if (size < COX_FRAME_HEADER_BYTES) {
        why = "too short";
    } else if (size > COX_FRAME_MAX_BYTES) {
        why = "too long";
    } else if (data[0] != 'C' || data[1] != 'x') {
        why = "not one of ours";
    } else if (data[2] != COX_FRAME_VERSION) {
        why = "unknown version";
    } else if (data[3] >= COX_FRAME_N_KINDS) {
        why = "unknown kind";
    } else if (get_le(data + 12, 4) != size - COX_FRAME_HEADER_BYTES) {
        why = "wrong length";
    }
    if (why != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "frame of %" G_GSIZE_FORMAT " bytes: %s", size, why);
        return false;
    }
    *frame = (struct cox_frame) {
        .kind = (enum cox_frame_kind) data[3],
        .message = (guint16) get_le(data + 4, 2),
        .flags = (guint16) get_le(data + 6, 2),
        .id = get_le(data + 8, 4),
        .payload = data + COX_FRAME_HEADER_BYTES,
        .payload_size = size - COX_FRAME_HEADER_BYTES,
    };
    return true;
}

static void
put_header(guint8 *at, const struct cox_frame *frame, gsize payload_size)
{
    at[0] = 'C';
    at[1] = 'x';
    at[2] = COX_FRAME_VERSION;
    at[3] = (guint8) frame->kind;
    put_le(at + 4, 2, frame->message);
    put_le(at + 6, 2, frame->flags);
    put_le(at + 8, 4, frame->id);
    put_le(at + 12, 4, (guint32) payload_size);
}

GBytes *
cox_frame_build(const struct cox_frame *frame)
{
    guint8 *data = g_malloc(COX_FRAME_HEADER_BYTES + frame->payload_size);

    COX_BUG_ON(frame->payload_size > COX_FRAME_MAX_BYTES - COX_FRAME_HEADER_BYTES);
    put_header(data, frame, frame->payload_size);
    if (frame->payload_size > 0) {
        memcpy(data + COX_FRAME_HEADER_BYTES, frame->payload, frame->payload_size);
    }
    return g_bytes_new_take(data, COX_FRAME_HEADER_BYTES + frame->payload_size);
}

GBytes *
cox_frame_build_message(const struct cox_frame *frame, const void *body, GError **error)
{
    const struct cox_schema *schema = cox_messages_schema(frame->message);
    GByteArray *out = g_byte_array_sized_new(128);

    COX_BUG_ON(schema == NULL);
    g_byte_array_set_size(out, COX_FRAME_HEADER_BYTES);
    cox_marshal(schema, body, out);
    if (out->len > COX_FRAME_MAX_BYTES) {
        g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "message '%s': %u bytes do not fit into a frame; stream its body",
                    schema->name, out->len);
        g_byte_array_unref(out);
        return NULL;
    }
    put_header(out->data, frame, out->len - COX_FRAME_HEADER_BYTES);
    return g_byte_array_free_to_bytes(out);
}

const void *
cox_frame_message(const struct cox_frame *frame, struct cox_arena *arena, GError **error)
{
    const struct cox_schema *schema = cox_messages_schema(frame->message);

    if (schema == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "message '%u': not known here", frame->message);
        return NULL;
    }
    return cox_unmarshal(schema, frame->payload, frame->payload_size, arena, error);
}

GBytes *
cox_frame_build_error(guint32 id, const GError *problem)
{
    struct cox_frame frame = { .kind = COX_FRAME_ERROR, .message = COX_MSG_FAILURE, .id = id };
    g_autofree char *valid = g_utf8_make_valid(problem->message, (gssize) MIN(strlen(problem->message), 4096));
    struct cox_msg_failure failure = { .status = (guint64) cox_error_status_of(problem), .text = valid };

    return cox_frame_build_message(&frame, &failure, NULL);
}

GError *
cox_frame_error(const struct cox_frame *frame)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    GError *problem = NULL;
    const struct cox_msg_failure *failure = frame->message != COX_MSG_FAILURE ? NULL : cox_frame_message(frame, arena, &problem);

    if (failure != NULL) {
        return g_error_new_literal(COX_ERROR, (int) cox_error_from_status((int) MIN(failure->status, 255)),
                                   failure->text == NULL ? "no reason given" : failure->text);
    }
    return problem != NULL ? problem : g_error_new_literal(COX_ERROR, COX_ERROR_PROTOCOL, "an error that says nothing");
}
