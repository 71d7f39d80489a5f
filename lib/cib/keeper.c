/* lib/cib/keeper.c - the document as a machine that is fed orders: the same orders give the same document everywhere.  Layer 2. */
#include "cib/keeper.h"

#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "cib/amend.h"
#include "cib/blank.h"
#include "xml/xmlwrite.h"

enum { MAX_REMARKS = 20, HEAD_BYTES = 12 };

struct cox_keeper {
    struct cox_cib *cib;
    struct cox_schemas *schemas;
    guint64 generation;
    guint32 coordinator;
};

struct cox_keeper *
cox_keeper_new(struct cox_schemas *schemas)
{
    struct cox_keeper *keeper = g_new0(struct cox_keeper, 1);

    keeper->schemas = schemas;
    keeper->cib = cox_cib_new(cox_blank_new(NULL));
    return keeper;
}

void
cox_keeper_free(struct cox_keeper *keeper)
{
    if (keeper != NULL) {
        cox_cib_free(keeper->cib);
        g_free(keeper);
    }
}

struct cox_cib *
cox_keeper_cib(const struct cox_keeper *keeper)
{
    return keeper->cib;
}

guint64
cox_keeper_generation(const struct cox_keeper *keeper, guint32 *coordinator)
{
    *coordinator = keeper->coordinator;
    return keeper->generation;
}

void
cox_keeper_put(struct cox_keeper *keeper, struct cox_xmldoc *doc)
{
    cox_cib_exchange(keeper->cib, doc);
}

void
cox_keeper_result_clear(struct cox_keeper_result *result)
{
    g_clear_error(&result->error);
    g_clear_pointer(&result->patch, cox_xmldoc_free);
    g_clear_pointer(&result->remarks, g_free);
}

/* ---- orders ---- */

/* Generations are equal on both sides of a split until they have met: then the higher coordinator's counts, as in lib/election. */
static bool
is_old(const struct cox_keeper *keeper, const struct cox_ciborder *order)
{
    return order->generation != 0
           && (order->generation < keeper->generation
               || (order->generation == keeper->generation && order->coordinator < keeper->coordinator));
}

static bool
may_order(const struct cox_keeper *keeper, const struct cox_ciborder *order, GError **error)
{
    if (is_old(keeper, order)) {
        g_set_error(error, COX_ERROR, COX_ERROR_OLD,
                    "order of coordinator %u, generation %" G_GUINT64_FORMAT ", is too old: node %u coordinates since generation %" G_GUINT64_FORMAT,
                    order->coordinator, order->generation, keeper->coordinator, keeper->generation);
        return false;
    }
    return true;
}

static bool
parse(const struct cox_ciborder *order, struct cox_xmldoc **doc, GError **error)
{
    if (order->xml == NULL) {
        return true;
    }
    *doc = cox_xmldoc_parse_text(order->xml, order->xml_size, NULL, error);
    return *doc != NULL;
}

/* What a person has to know beside the first error, a line each. */
static char *
text_of(const struct cox_diags *diags)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < cox_diags_count(diags) && i < MAX_REMARKS; i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        g_string_append_printf(text, "%s%s%s%s", text->len == 0 ? "" : "\n", diag->text, diag->remedy == NULL ? "" : "; ",
                               diag->remedy == NULL ? "" : diag->remedy);
    }
    if (text->len == 0) {
        g_string_free(text, TRUE);
        return NULL;
    }
    return g_string_free(text, FALSE);
}

static bool
amend(struct cox_keeper *keeper, const struct cox_ciborder *order, struct cox_amend *request, struct cox_keeper_result *result)
{
    struct cox_xml *root = cox_cib_root(keeper->cib);
    g_autoptr(cox_acl) acl = cox_acl_applies(root, order->user) ? cox_acl_new(root, order->user, order->groups) : NULL;
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_amend_result amended = { 0 };
    char number[16];

    g_snprintf(number, sizeof number, "%u", order->coordinator);
    request->acl = acl;
    request->schemas = keeper->schemas;
    request->coordinator = order->generation == 0 ? NULL : number;
    result->is_done = cox_amend_run(keeper->cib, request, &amended, diags, &result->error);
    result->is_changed = amended.is_changed;
    result->patch = amended.patch;
    result->remarks = text_of(diags);
    if (!result->is_done && result->remarks != NULL) {
        g_autofree char *first = g_steal_pointer(&result->error->message);

        result->error->message = g_strconcat(first, "\n", result->remarks, NULL);
    }
    return result->is_done;
}

static bool
carry_out(struct cox_keeper *keeper, const struct cox_ciborder *order, struct cox_patchtext *patch, struct cox_keeper_result *result)
{
    g_autoptr(cox_xmldoc) input = NULL;
    struct cox_edit edit = { .section = order->section, .xpath = order->xpath, .allows_creation = order->allows_creation,
                             .counts = order->counts };
    struct cox_amend request = { .upgrade_to = order->upgrade_to, .origin = order->origin, .client = order->client, .user = order->user,
                                 .written = order->written, .text = patch };

    if (!may_order(keeper, order, &result->error) || !parse(order, &input, &result->error)) {
        return false;
    }
    if (cox_amend_kind(order->command, &edit.kind)) {
        request.edit = &edit;
        edit.input = input == NULL ? NULL : cox_xmldoc_root(input);
    } else if (g_strcmp0(order->command, COX_AMEND_UPGRADE) != 0) {
        g_set_error(&result->error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "command '%s': unknown", order->command == NULL ? "" : order->command);
        return false;
    }
    return amend(keeper, order, &request, result);
}

void
cox_keeper_apply(struct cox_keeper *keeper, const struct cox_ciborder *order, struct cox_patchtext *patch, struct cox_keeper_result *result)
{
    *result = (struct cox_keeper_result) { 0 };
    /* Only what is done, and so in every journal, may raise the generation. */
    if (carry_out(keeper, order, patch, result) && order->generation != 0) {
        keeper->generation = order->generation;
        keeper->coordinator = order->coordinator;
    }
}

void
cox_keeper_apply_bytes(struct cox_keeper *keeper, GBytes *bytes, struct cox_keeper_result *result)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_ciborder order;

    *result = (struct cox_keeper_result) { 0 };
    if (cox_ciborder_unpack(bytes, &order, arena, &result->error)) {
        cox_keeper_apply(keeper, &order, NULL, result);
    }
}

/* ---- the whole ---- */

void
cox_keeper_digest(const struct cox_keeper *keeper, char digest[COX_KEEPER_DIGEST_ROOM])
{
    g_autofree char *text = cox_cib_digest(keeper->cib);
    guint64 order = cox_bytes_fnv(COX_BYTES_FNV, &keeper->generation, sizeof keeper->generation);

    order = cox_bytes_fnv(order, &keeper->coordinator, sizeof keeper->coordinator);
    if (keeper->generation == 0) {
        g_strlcpy(digest, text, COX_KEEPER_DIGEST_ROOM);
    } else {
        g_snprintf(digest, COX_KEEPER_DIGEST_ROOM, "%s/%016" G_GINT64_MODIFIER "x", text, order);
    }
}

static void
put_head(const struct cox_keeper *keeper, GByteArray *out)
{
    cox_bytes_put_u64(out, keeper->generation);
    cox_bytes_put_u32(out, keeper->coordinator);
}

/* The generation, and what follows it. */
static GBytes *
get_head(GBytes *bytes, guint64 *generation, guint32 *coordinator)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    struct cox_bytes_reader in;

    cox_bytes_reader_init(&in, data, size);
    *generation = cox_bytes_get_u64(&in);
    *coordinator = cox_bytes_get_u32(&in);
    return in.is_bad ? NULL : g_bytes_new_from_bytes(bytes, HEAD_BYTES, size - HEAD_BYTES);
}

GBytes *
cox_keeper_capture(const struct cox_keeper *keeper)
{
    g_autoptr(GString) text = g_string_new(NULL);
    GByteArray *out = g_byte_array_new();

    cox_xmlwrite_element(text, cox_cib_root(keeper->cib), COX_XMLWRITE_PLAIN);
    put_head(keeper, out);
    g_byte_array_append(out, (const guint8 *) text->str, (guint) text->len);
    return g_byte_array_free_to_bytes(out);
}

bool
cox_keeper_install(struct cox_keeper *keeper, GBytes *bytes, GError **error)
{
    guint64 generation = 0;
    guint32 coordinator = 0;
    g_autoptr(GBytes) xml = get_head(bytes, &generation, &coordinator);
    g_autoptr(cox_xmldoc) doc = NULL;
    gsize size = 0;
    const char *data = xml == NULL ? NULL : g_bytes_get_data(xml, &size);

    doc = data == NULL ? NULL : cox_xmldoc_parse_text(data, size, NULL, error);
    if (doc == NULL || !cox_xml_is(cox_xmldoc_root(doc), "cib")) {
        if (error != NULL && *error == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "%" G_GSIZE_FORMAT " bytes: no document of a cluster", g_bytes_get_size(bytes));
        }
        return false;
    }
    cox_cib_exchange(keeper->cib, g_steal_pointer(&doc));
    keeper->generation = generation;
    keeper->coordinator = coordinator;
    return true;
}

GBytes *
cox_keeper_wrap(const struct cox_keeper *keeper, GBytes *meta)
{
    GByteArray *out = g_byte_array_new();
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(meta, &size);

    put_head(keeper, out);
    g_byte_array_append(out, data, (guint) size);
    return g_byte_array_free_to_bytes(out);
}

GBytes *
cox_keeper_unwrap(struct cox_keeper *keeper, GBytes *wrapped, GError **error)
{
    guint64 generation = 0;
    guint32 coordinator = 0;
    GBytes *meta = get_head(wrapped, &generation, &coordinator);

    if (meta == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "%" G_GSIZE_FORMAT " bytes beside a snapshot: too short", g_bytes_get_size(wrapped));
        return NULL;
    }
    keeper->generation = generation;
    keeper->coordinator = coordinator;
    return meta;
}
