/* cts/fuzz/fuzz_peerframe.c - libFuzzer target: any bytes as frames of one sender.  Layer 6. */
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "cluster/peerframe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_BYTES = 1024 * 1024 };

/* A frame is: length (2 bytes), bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cox_assembly assembly = { 0 };

    while (size >= 2) {
        size_t length = MIN((size_t) data[0] | (size_t) data[1] << 8, size - 2);
        struct cox_peerframe frame;
        g_autoptr(GBytes) out = NULL;

        if (cox_peerframe_read(&frame, data + 2, length)) {
            (void) cox_assembly_add(&assembly, &frame, MAX_BYTES, &out);
            COX_BUG_ON(out != NULL && g_bytes_get_size(out) > MAX_BYTES);
            COX_BUG_ON(assembly.buffer != NULL && assembly.buffer->len > MAX_BYTES);
        }
        data += 2 + length;
        size -= 2 + length;
    }
    cox_assembly_clear(&assembly);
    return 0;
}
