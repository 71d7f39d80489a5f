/* lib/replica/stamp.c - how a history was written, and which of two goes before the other.  Layer 3, pure. */
#include "replica/stamp.h"

int
cox_stamp_compare(const struct cox_stamp *a, const struct cox_stamp *b)
{
    if (a->term != b->term) {
        return a->term < b->term ? -1 : 1;
    }
    /* Same number, other tag: both sides of a split had quorum (two nodes that may go on alone).  No order between them. */
    if (a->tag != b->tag || a->base == b->base) {
        return 0;
    }
    return a->base < b->base ? -1 : 1;
}

bool
cox_stamp_is_same(const struct cox_stamp *a, const struct cox_stamp *b)
{
    return a->term == b->term && a->tag == b->tag && a->base == b->base && a->position == b->position;
}

bool
cox_stamp_is_agreed(const struct cox_stamp *stamp)
{
    return stamp->position == stamp->base;
}

char *
cox_stamp_text(const struct cox_stamp *stamp)
{
    if (cox_stamp_is_agreed(stamp)) {
        return g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, stamp->term, stamp->base);
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT, stamp->term, stamp->base,
                           stamp->position - stamp->base);
}

GArray *
cox_lineage_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(struct cox_stamp_term));
}

void
cox_lineage_extend(GArray *lineage, guint64 term, guint64 tag, guint64 end)
{
    const struct cox_stamp_term entry = { .term = term, .tag = tag, .end = end };

    if (lineage->len > 0) {
        struct cox_stamp_term *last = &g_array_index(lineage, struct cox_stamp_term, lineage->len - 1);

        if (last->term == term && last->tag == tag) {
            last->end = end;
            return;
        }
    }
    if (lineage->len == COX_STAMP_MAX_TERMS) {
        g_array_remove_index(lineage, 0);
    }
    g_array_append_val(lineage, entry);
}

bool
cox_lineage_contains(const GArray *lineage, const struct cox_stamp *stamp)
{
    if (!cox_stamp_is_agreed(stamp)) {
        return false;
    }
    if (stamp->position == 0) {
        return true;
    }
    for (guint i = 0; i < lineage->len; i++) {
        const struct cox_stamp_term *entry = &g_array_index(lineage, struct cox_stamp_term, i);

        if (entry->term == stamp->term && entry->tag == stamp->tag) {
            return stamp->base <= entry->end;
        }
    }
    return false;
}

void
cox_stamp_put(GByteArray *out, const struct cox_stamp *stamp)
{
    cox_bytes_put_u64(out, stamp->term);
    cox_bytes_put_u64(out, stamp->tag);
    cox_bytes_put_u64(out, stamp->base);
    cox_bytes_put_u64(out, stamp->position);
}

struct cox_stamp
cox_stamp_get(struct cox_bytes_reader *in)
{
    struct cox_stamp stamp = { 0 };

    stamp.term = cox_bytes_get_u64(in);
    stamp.tag = cox_bytes_get_u64(in);
    stamp.base = cox_bytes_get_u64(in);
    stamp.position = cox_bytes_get_u64(in);
    if (stamp.base > stamp.position) {
        in->is_bad = true;
    }
    return stamp;
}

void
cox_lineage_put(GByteArray *out, const GArray *lineage)
{
    cox_bytes_put_u32(out, lineage->len);
    for (guint i = 0; i < lineage->len; i++) {
        const struct cox_stamp_term *entry = &g_array_index(lineage, struct cox_stamp_term, i);

        cox_bytes_put_u64(out, entry->term);
        cox_bytes_put_u64(out, entry->tag);
        cox_bytes_put_u64(out, entry->end);
    }
}

void
cox_lineage_get(struct cox_bytes_reader *in, GArray *lineage)
{
    guint32 n = cox_bytes_get_u32(in);

    g_array_set_size(lineage, 0);
    if (n > COX_STAMP_MAX_TERMS) {
        in->is_bad = true;
    }
    for (guint32 i = 0; i < n && !in->is_bad; i++) {
        struct cox_stamp_term entry = { .term = cox_bytes_get_u64(in) };

        entry.tag = cox_bytes_get_u64(in);
        entry.end = cox_bytes_get_u64(in);
        g_array_append_val(lineage, entry);
    }
}
