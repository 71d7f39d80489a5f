/* cts/fuzz/fuzz_timeline.c - libFuzzer target: any bytes as the timelines of two nodes, with a zero between them.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "timeline/merge.h"
#include "timeline/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read comes out the same after writing and reading again, and can be said. */
static void
round_trip(const struct cox_timeline_record *record, struct cox_arena *arena)
{
    g_autofree char *first = cox_timeline_write(record);
    g_autofree char *second = NULL;
    g_autofree G_GNUC_UNUSED char *words = cox_timeline_words(record);
    struct cox_timeline_record again;

    COX_BUG_ON(strlen(first) >= COX_TIMELINE_LINE_BYTES);
    COX_BUG_ON(!cox_timeline_read(first, strlen(first) - 1, arena, &again));
    second = cox_timeline_write(&again);
    COX_BUG_ON(strcmp(first, second) != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_record));
    g_autoptr(GArray) two = g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_record));
    g_autoptr(GArray) entries = NULL;
    g_autofree char *copy = g_memdup2(data, size);
    const uint8_t *middle = size == 0 ? NULL : memchr(data, 0, size);
    size_t first = middle == NULL ? size : (size_t) (middle - data);
    const struct cox_timeline_source sources[] = { { "n1", one, 0 }, { "n2", two, 1000000 } };
    const struct cox_timeline_filter filter = { .since_us = 10, .resource = "r" };

    (void) cox_timeline_read_all((const char *) data, first, arena, one);
    if (first < size) {
        (void) cox_timeline_read_all((const char *) data + first + 1, size - first - 1, arena, two);
    }
    for (guint i = 0; i < one->len; i++) {
        round_trip(&g_array_index(one, struct cox_timeline_record, i), arena);
    }
    entries = cox_timeline_merge(sources, G_N_ELEMENTS(sources));
    COX_BUG_ON(entries->len > one->len + two->len);
    for (guint i = 1; i < entries->len; i++) {
        COX_BUG_ON(g_array_index(entries, struct cox_timeline_entry, i).at_us < g_array_index(entries, struct cox_timeline_entry, i - 1).at_us);
    }
    cox_timeline_select(entries, &filter);
    if (size > 0) {
        COX_BUG_ON(cox_timeline_since(copy, size, 10) > size);
    }
    return 0;
}
