/* cts/fuzz/fuzz_proto.c - libFuzzer target: any bytes as a frame, any payload as each message.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "proto/frame.h"
#include "proto/marshal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was accepted must come out the same after writing and reading again. */
static void
round_trip(const struct cox_schema *schema, const uint8_t *payload, size_t size)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(cox_arena) arena_again = cox_arena_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) first = g_byte_array_new();
    g_autoptr(GByteArray) second = g_byte_array_new();
    const void *body = cox_unmarshal(schema, payload, size, arena, &error);

    COX_BUG_ON((body == NULL) != (error != NULL));
    COX_BUG_ON(cox_arena_used_bytes(arena) > 2 * COX_MARSHAL_MEMORY_BYTES);
    if (body == NULL) {
        return;
    }
    cox_marshal(schema, body, first);
    body = cox_unmarshal(schema, first->data, first->len, arena_again, NULL);
    COX_BUG_ON(body == NULL);
    cox_marshal(schema, body, second);
    COX_BUG_ON(first->len != second->len || (first->len > 0 && memcmp(first->data, second->data, first->len) != 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cox_frame frame;

    if (cox_frame_parse(data, size, &frame, NULL)) {
        g_autoptr(GBytes) again = cox_frame_build(&frame);

        COX_BUG_ON(g_bytes_get_size(again) != size || memcmp(g_bytes_get_data(again, NULL), data, size) != 0);
        if (frame.kind == COX_FRAME_ERROR) {
            g_autoptr(GError) error = cox_frame_error(&frame);

            COX_BUG_ON(error == NULL);
        }
    }
    for (unsigned int number = 0; size > 0 && number < COX_MSG_END; number++) {
        if (cox_messages_schema(number) != NULL && number % 16 == data[0] % 16) {
            round_trip(cox_messages_schema(number), data + 1, size - 1);
        }
    }
    return 0;
}
