/* lib/store/journal.c - the journal file as bytes.  Layer 3. */
#include "store/journal.h"

#include <string.h>

#include "base/bytes.h"

static const char magic[8] = { 'C', 'O', 'X', 'J', 'R', 'N', 'L', '1' };

static guint32
checksum(const void *payload, size_t size)
{
    guint32 length = GUINT32_TO_LE((guint32) size);

    return cox_bytes_crc32c(cox_bytes_crc32c(0, &length, sizeof(length)), payload, size);
}

void
cox_journal_put(GByteArray *out, GBytes *record)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(record, &size);

    cox_bytes_put_u32(out, (guint32) size);
    cox_bytes_put_u32(out, checksum(data, size));
    if (size > 0) {
        g_byte_array_append(out, data, (guint) size);
    }
}

GBytes *
cox_journal_begin(const char *base, GBytes *meta)
{
    GByteArray *out = g_byte_array_new(), *first = g_byte_array_new();
    g_autoptr(GBytes) record = NULL;
    gsize size = 0;
    const void *data = g_bytes_get_data(meta, &size);

    cox_bytes_put_text(first, base);
    cox_bytes_put_blob(first, data, size);
    record = g_byte_array_free_to_bytes(first);
    g_byte_array_append(out, (const guint8 *) magic, sizeof(magic));
    cox_journal_put(out, record);
    return g_byte_array_free_to_bytes(out);
}

/* The record at the reader, or NULL when it is not whole. */
static GBytes *
next_record(struct cox_bytes_reader *in, GBytes *file)
{
    const guint8 *start = g_bytes_get_data(file, NULL), *payload;
    size_t size = cox_bytes_get_u32(in);
    guint32 sum = cox_bytes_get_u32(in);

    if (in->is_bad || size > COX_JOURNAL_MAX_RECORD || size > in->left || checksum(in->at, size) != sum) {
        return NULL;
    }
    payload = in->at;
    in->at += size;
    in->left -= size;
    return g_bytes_new_from_bytes(file, (gsize) (payload - start), size);
}

static bool
read_first(struct cox_journal *journal, GBytes *record)
{
    struct cox_bytes_reader in;
    gsize size = 0;
    const void *data = g_bytes_get_data(record, &size);
    const guint8 *meta;
    size_t meta_size = 0;

    cox_bytes_reader_init(&in, data, size);
    cox_bytes_get_text(&in, journal->base, sizeof(journal->base));
    meta = cox_bytes_get_blob(&in, in.left, &meta_size);
    if (!cox_bytes_reader_is_done(&in)) {
        return false;
    }
    journal->meta = g_bytes_new(meta, meta_size);
    return true;
}

bool
cox_journal_read(struct cox_journal *journal, GBytes *file)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(file, &size);
    struct cox_bytes_reader in;
    g_autoptr(GBytes) first = NULL;
    GBytes *record;

    *journal = (struct cox_journal) { .good_bytes = 0 };
    if (size < sizeof(magic) || memcmp(data, magic, sizeof(magic)) != 0) {
        return false;
    }
    cox_bytes_reader_init(&in, data + sizeof(magic), size - sizeof(magic));
    first = next_record(&in, file);
    if (first == NULL || !read_first(journal, first)) {
        return false;
    }
    journal->records = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
    journal->good_bytes = size - in.left;
    while (in.left > 0 && (record = next_record(&in, file)) != NULL) {
        g_ptr_array_add(journal->records, record);
        journal->good_bytes = size - in.left;
    }
    journal->is_torn = journal->good_bytes < size;
    return true;
}

void
cox_journal_clear(struct cox_journal *journal)
{
    g_clear_pointer(&journal->meta, g_bytes_unref);
    g_clear_pointer(&journal->records, g_ptr_array_unref);
}
