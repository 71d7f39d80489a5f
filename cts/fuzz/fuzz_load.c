/* cts/fuzz/fuzz_load.c - libFuzzer target: a CIB from any bytes, to the model and back.  Layer 6. */
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "codec/load.h"
#include "codec/load_status.h"
#include "codec/status_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cox_xml_limits limits = { .bytes = 1024 * 1024, .depth = 64, .nodes = 100000 };
    const struct cox_codec_options options = { .limits = &limits };
    const struct cox_stream_input input = { .text = (const char *) data, .length = size };
    struct cox_codec_result result = { 0 };
    g_autoptr(cox_diags) diags = cox_diags_new();

    if (size > 0 && cox_codec_load(&input, &options, &result, diags, NULL)) {
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("status");
        g_autoptr(cox_status) again = cox_status_new();

        cox_codec_status_write(result.status, cox_xmldoc_root(doc));
        cox_codec_status(cox_xmldoc_root(doc), again);
        COX_BUG_ON(again->nodes->len != result.status->nodes->len);
        cox_codec_result_clear(&result);
    }
    return 0;
}
