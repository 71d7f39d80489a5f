/* cts/fuzz/fuzz_journal.c - libFuzzer target: any bytes as a journal file.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "store/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read, written again, is what was whole. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) file = g_bytes_new(data, size);
    struct cox_journal journal;

    if (cox_journal_read(&journal, file)) {
        g_autoptr(GBytes) begin = cox_journal_begin(journal.base, journal.meta);
        g_autoptr(GByteArray) again = g_byte_array_new();

        g_byte_array_append(again, g_bytes_get_data(begin, NULL), (guint) g_bytes_get_size(begin));
        for (guint i = 0; i < journal.records->len; i++) {
            cox_journal_put(again, g_ptr_array_index(journal.records, i));
        }
        COX_BUG_ON(again->len != journal.good_bytes || memcmp(again->data, data, again->len) != 0);
        cox_journal_clear(&journal);
    }
    return 0;
}
