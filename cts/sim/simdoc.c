/* cts/sim/simdoc.c - the document of a node: a real lib/cib document, changed by texts.  For tests only. */
#include "cts/sim/simdoc.h"

#include <string.h>

#include "cib/amend.h"
#include "cib/blank.h"
#include "cib/patchscope.h"
#include "cib/version.h"
#include "xml/xmlwrite.h"

/* ---- changes ---- */

static void
put(GString *change, const char *text)
{
    g_string_append_len(change, text, (gssize) strlen(text) + 1);
}

GString *
sim_change_new(guint64 number)
{
    GString *change = g_string_new(NULL);

    g_string_append_printf(change, "%" G_GUINT64_FORMAT, number);
    g_string_append_c(change, '\0');
    return change;
}

void
sim_change_modify(GString *change, const char *section, const char *xml)
{
    g_autofree char *head = g_strdup_printf("modify %s", section);

    put(change, head);
    put(change, xml);
}

void
sim_change_delete(GString *change, const char *xpath)
{
    put(change, "delete-all");
    put(change, xpath);
}

guint64
sim_change_number(GBytes *change)
{
    return g_ascii_strtoull(g_bytes_get_data(change, NULL), NULL, 10);
}

bool
sim_change_mentions(GBytes *change, const char *word)
{
    gsize size = 0;
    const char *at = g_bytes_get_data(change, &size), *end = at + size;

    for (; at < end; at += strlen(at) + 1) {
        if (strstr(at, word) != NULL) {
            return true;
        }
    }
    return false;
}

/* ---- document ---- */

static struct sim_doc *
doc_of(struct cox_xmldoc *xml)
{
    struct sim_doc *doc = g_new0(struct sim_doc, 1);

    doc->cib = cox_cib_new(xml);
    doc->changes = g_array_new(FALSE, FALSE, sizeof(guint64));
    return doc;
}

struct sim_doc *
sim_doc_new(void)
{
    return doc_of(cox_blank_new(cox_schemas_newest()));
}

void
sim_doc_free(struct sim_doc *doc)
{
    if (doc != NULL) {
        cox_cib_free(doc->cib);
        g_array_unref(doc->changes);
        g_free(doc);
    }
}

/* ---- what a change says, read once for all nodes ---- */

struct edit {
    char *section, *xpath;     /* one of them */
    struct cox_xmldoc *input;  /* with a section */
};

struct reading {
    GPtrArray *edits;
    bool is_known;             /* it has been done once: */
    unsigned int scope;
};

struct sim_readings {
    GHashTable *by_number;
    struct cox_schemas *schemas;
};

static void
free_edit(gpointer data)
{
    struct edit *edit = data;

    g_free(edit->section);
    g_free(edit->xpath);
    cox_xmldoc_free(edit->input);
    g_free(edit);
}

static void
free_reading(gpointer data)
{
    struct reading *reading = data;

    g_ptr_array_unref(reading->edits);
    g_free(reading);
}

struct sim_readings *
sim_readings_new(struct cox_schemas *schemas)
{
    struct sim_readings *readings = g_new0(struct sim_readings, 1);

    readings->schemas = schemas;
    readings->by_number = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_reading);
    return readings;
}

void
sim_readings_free(struct sim_readings *readings)
{
    g_hash_table_unref(readings->by_number);
    g_free(readings);
}

static struct reading *
read_change(struct sim_readings *readings, GBytes *change)
{
    gsize size = 0;
    const char *at = g_bytes_get_data(change, &size), *end = at + size;
    guint64 number = sim_change_number(change);
    struct reading *reading = g_hash_table_lookup(readings->by_number, &number);

    if (reading != NULL) {
        return reading;
    }
    reading = g_new0(struct reading, 1);
    reading->edits = g_ptr_array_new_with_free_func(free_edit);
    for (at += strlen(at) + 1; at < end;) {
        const char *text = at + strlen(at) + 1;
        struct edit *edit = g_new0(struct edit, 1);

        if (g_str_has_prefix(at, "modify ")) {
            edit->section = g_strdup(at + strlen("modify "));
            edit->input = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
            g_assert(edit->input != NULL);
        } else {
            edit->xpath = g_strdup(text);
        }
        g_ptr_array_add(reading->edits, edit);
        at = text + strlen(text) + 1;
    }
    g_hash_table_insert(readings->by_number, g_memdup2(&number, sizeof(number)), reading);
    return reading;
}

static struct cox_edit
edit_of(const struct edit *edit)
{
    if (edit->input == NULL) {
        return (struct cox_edit) { .kind = COX_EDIT_DELETE_ALL, .xpath = edit->xpath };
    }
    return (struct cox_edit) { .kind = COX_EDIT_MODIFY, .input = cox_xmldoc_root(edit->input), .allows_creation = true,
                               .section = g_str_equal(edit->section, "cib") ? NULL : edit->section };
}

/* As cibd does it: access, counters, schema, and a patch that says what was touched. */
static bool
amend(struct sim_doc *doc, const struct cox_edit *edit, struct sim_readings *readings, struct reading *reading, bool *is_changed)
{
    const struct cox_amend amend = { .edit = edit, .schemas = readings->schemas };
    struct cox_amend_result result = { false, NULL };
    bool is_done = cox_amend_run(doc->cib, &amend, &result, NULL, NULL);

    *is_changed = *is_changed || result.is_changed;
    if (is_done && result.patch != NULL) {
        reading->scope |= cox_patchscope(cox_xmldoc_root(result.patch), NULL);
        cox_xmldoc_free(result.patch);
    }
    return is_done;
}

/* The same without asking again what the first node has found out: it saves half of the time; the digests are compared. */
static bool
repeat(struct sim_doc *doc, const struct cox_edit *edit, bool *is_changed)
{
    bool is_done = false, touches = false;

    cox_cib_begin(doc->cib);
    is_done = cox_edit_run(doc->cib, edit, NULL);
    touches = cox_cib_touched(doc->cib) != COX_CIB_UNTOUCHED;
    if (is_done) {
        cox_edit_count(doc->cib, touches);
        cox_cib_keep(doc->cib);
    } else {
        cox_cib_rollback(doc->cib);
    }
    *is_changed = *is_changed || touches;
    return is_done;
}

bool
sim_doc_apply(struct sim_doc *doc, GBytes *change, struct sim_readings *readings, unsigned int *scope)
{
    struct reading *reading = read_change(readings, change);
    guint64 number = sim_change_number(change);
    bool is_done = true, is_changed = false, is_first = !reading->is_known;

    for (guint i = 0; i < reading->edits->len; i++) {
        const struct cox_edit edit = edit_of(reading->edits->pdata[i]);

        is_done = (is_first ? amend(doc, &edit, readings, reading, &is_changed) : repeat(doc, &edit, &is_changed)) && is_done;
    }
    reading->is_known = true;
    *scope = reading->scope;
    if (is_done && is_changed) {
        g_array_append_val(doc->changes, number);
    }
    return is_done;
}

bool
sim_doc_has(const struct sim_doc *doc, guint64 change)
{
    for (guint i = doc->changes->len; i > 0; i--) {
        if (g_array_index(doc->changes, guint64, i - 1) == change) {
            return true;
        }
    }
    return false;
}

GBytes *
sim_doc_write(const struct sim_doc *doc)
{
    GString *out = g_string_new(NULL);
    guint32 n = doc->changes->len;
    gsize size = 0;

    g_string_append_len(out, (const char *) &n, sizeof(n));
    g_string_append_len(out, doc->changes->data, (gssize) (n * sizeof(guint64)));
    cox_xmlwrite_element(out, cox_cib_root(doc->cib), COX_XMLWRITE_PLAIN);
    size = out->len;
    return g_bytes_new_take(g_string_free(out, FALSE), size);
}

struct sim_doc *
sim_doc_read(GBytes *bytes)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    struct cox_xmldoc *xml = NULL;
    struct sim_doc *doc = NULL;
    guint32 n = 0;

    if (size < sizeof(n)) {
        return NULL;
    }
    memcpy(&n, data, sizeof(n));
    if (size < sizeof(n) + n * sizeof(guint64)) {
        return NULL;
    }
    xml = cox_xmldoc_parse_text(data + sizeof(n) + n * sizeof(guint64), size - sizeof(n) - n * sizeof(guint64), NULL, NULL);
    if (xml == NULL) {
        return NULL;
    }
    doc = doc_of(xml);
    g_array_append_vals(doc->changes, data + sizeof(n), n);
    return doc;
}

struct cox_replica_document
sim_doc_described(const struct sim_doc *doc)
{
    struct cox_replica_document described = { .version = cox_version_of(cox_cib_root(doc->cib)),
                                              .is_blank = cox_blank_is(cox_cib_root(doc->cib)) };
    g_autofree char *digest = cox_cib_digest(doc->cib);

    g_strlcpy(described.digest, digest, sizeof(described.digest));
    return described;
}
