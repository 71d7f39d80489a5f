/* lib/cib/ciborder.c - a change of the document as bytes, with all that its result depends on.  Layer 2. */
#include "cib/ciborder.h"

#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

/*
 *  version (1)  flags (1)  generation (8)  coordinator (4)  number of texts (4)  texts  number of groups (4)  groups  XML
 *
 * Texts are in the order of texts_of(); an absent one is empty.  A reader takes the texts that it knows and skips the rest.
 */
enum { VERSION = 1, FLAG_CREATES = 1, FLAG_COUNTS = 2, N_TEXTS = 9, MAX_TEXTS = 64, MAX_GROUPS = 65536, MAX_TEXT = 1024 * 1024 };

static void
texts_of(struct cox_ciborder *order, const char **texts[N_TEXTS])
{
    const char **all[N_TEXTS] = {
        &order->command, &order->section, &order->xpath,   &order->upgrade_to, &order->user,
        &order->client,  &order->origin,  &order->written, &order->id,
    };

    memcpy(texts, all, sizeof all);
}

GBytes *
cox_ciborder_pack(const struct cox_ciborder *order)
{
    GByteArray *out = g_byte_array_sized_new((guint) MIN(order->xml_size, (size_t) G_MAXINT32) + 400);
    struct cox_ciborder copy = *order;
    const char **texts[N_TEXTS];
    guint32 n_groups = 0;

    while (order->groups != NULL && order->groups[n_groups] != NULL) {
        n_groups++;
    }
    texts_of(&copy, texts);
    cox_bytes_put_u8(out, VERSION);
    cox_bytes_put_u8(out, (guint8) ((order->allows_creation ? FLAG_CREATES : 0) | (order->counts ? FLAG_COUNTS : 0)));
    cox_bytes_put_u64(out, order->generation);
    cox_bytes_put_u32(out, order->coordinator);
    cox_bytes_put_u32(out, N_TEXTS);
    for (size_t i = 0; i < N_TEXTS; i++) {
        cox_bytes_put_text(out, *texts[i] == NULL ? "" : *texts[i]);
    }
    cox_bytes_put_u32(out, n_groups);
    for (guint32 i = 0; i < n_groups; i++) {
        cox_bytes_put_text(out, order->groups[i]);
    }
    cox_bytes_put_blob(out, order->xml, order->xml == NULL ? 0 : order->xml_size);
    return g_byte_array_free_to_bytes(out);
}

/* NULL for an empty text. */
static const char *
get_text(struct cox_bytes_reader *in, struct cox_arena *arena)
{
    size_t size = 0;
    const guint8 *data = cox_bytes_get_blob(in, MAX_TEXT, &size);

    if (size > 0 && memchr(data, '\0', size) != NULL) {
        in->is_bad = true;
    }
    return size == 0 ? NULL : cox_arena_strndup(arena, (const char *) data, size);
}

static void
get_texts(struct cox_bytes_reader *in, struct cox_ciborder *order, struct cox_arena *arena)
{
    guint32 n = cox_bytes_get_u32(in);
    const char **texts[N_TEXTS];

    texts_of(order, texts);
    in->is_bad = in->is_bad || n > MAX_TEXTS;
    for (guint32 i = 0; i < n && !in->is_bad; i++) {
        const char *text = get_text(in, arena);

        if (i < N_TEXTS) {
            *texts[i] = text;
        }
    }
}

static void
get_groups(struct cox_bytes_reader *in, struct cox_ciborder *order, struct cox_arena *arena)
{
    guint32 n = cox_bytes_get_u32(in);
    const char **groups;

    in->is_bad = in->is_bad || n > MAX_GROUPS || n > in->left / 4;
    if (n == 0 || in->is_bad) {
        return;
    }
    groups = cox_arena_new_array(arena, const char *, n + 1);
    for (guint32 i = 0; i < n && !in->is_bad; i++) {
        groups[i] = get_text(in, arena);
        in->is_bad = in->is_bad || groups[i] == NULL;
    }
    order->groups = groups;
}

bool
cox_ciborder_unpack(GBytes *bytes, struct cox_ciborder *order, struct cox_arena *arena, GError **error)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    struct cox_bytes_reader in;
    struct cox_ciborder read = { 0 };
    guint8 version, flags;

    cox_bytes_reader_init(&in, data, size);
    version = cox_bytes_get_u8(&in);
    flags = cox_bytes_get_u8(&in);
    read.allows_creation = (flags & FLAG_CREATES) != 0;
    read.counts = (flags & FLAG_COUNTS) != 0;
    read.generation = cox_bytes_get_u64(&in);
    read.coordinator = cox_bytes_get_u32(&in);
    get_texts(&in, &read, arena);
    get_groups(&in, &read, arena);
    read.xml = (const char *) cox_bytes_get_blob(&in, G_MAXUINT32, &read.xml_size);
    if (version != VERSION || !cox_bytes_reader_is_done(&in)) {
        g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL,
                    "change of %" G_GSIZE_FORMAT " bytes, version %d: cannot be read; do all nodes run the same version?", size, version);
        return false;
    }
    read.xml = read.xml_size == 0 ? NULL : read.xml;
    *order = read;
    return true;
}
