/* lib/admin/dochistory.c - the versions of a configuration, from the records that cibd keeps of it.  Layer 4. */
#include "admin/dochistory.h"

#include <string.h>

#include "base/error.h"
#include "cib/cib.h"
#include "cib/patch.h"

struct cox_dochistory {
    GPtrArray *records; /* GBytes */
    GArray *entries;    /* struct cox_dochistory_entry */
    bool leads_on;           /* the patches since the last entry have led from it to: */
    struct cox_version last; /* num_updates does not count */
};

/* ---- records ---------------------------------------------------------------------------------------------- */

/* What a record says; NULL: it is none.  *@reason is borrowed from it. */
static struct cox_xmldoc *
parse(GBytes *record, const char **reason)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(record, &size);
    const char *end = (size == 0) ? NULL : memchr(data, '\0', size);

    *reason = (end == NULL || end == data) ? NULL : data;
    return (end == NULL) ? NULL : cox_xmldoc_parse_text(end + 1, size - (gsize) (end + 1 - data), NULL, NULL);
}

static bool
is_whole(const struct cox_xmldoc *doc)
{
    return cox_xml_is(cox_xmldoc_root(doc), "cib");
}

/* Is the change one of the configuration?  Erasing makes a new one, which is a change of what it is in. */
static bool
is_of_configuration(const struct cox_xml *change)
{
    static const char path[] = "/cib/configuration";
    const char *where = cox_xml_get(change, "path");
    bool is_creation = g_strcmp0(cox_xml_get(change, "operation"), "create") == 0;

    if (is_creation && g_strcmp0(where, "/cib") == 0) {
        return cox_xml_child(change, "configuration") != NULL;
    }
    return where != NULL && g_str_has_prefix(where, path) && (where[strlen(path)] == '\0' || strchr("/[", where[strlen(path)]) != NULL);
}

/* The element of the document with its attributes as they are after the patch; NULL: the patch does not touch it. */
static const struct cox_xml *
root_after(const struct cox_xml *patch)
{
    for (const struct cox_xml *change = cox_xml_child(patch, "change"); change != NULL; change = cox_xml_next_named(change, "change")) {
        if (g_strcmp0(cox_xml_get(change, "operation"), "modify") == 0 && g_strcmp0(cox_xml_get(change, "path"), "/cib") == 0) {
            return cox_xml_child(cox_xml_child(change, "change-result"), "cib");
        }
    }
    return NULL;
}

/* ---- entries ---------------------------------------------------------------------------------------------- */

static void
clear_entry(gpointer data)
{
    struct cox_dochistory_entry *entry = data;

    g_free(entry->user);
    g_free(entry->client);
    g_free(entry->origin);
    g_free(entry->written);
    g_free(entry->reason);
}

static bool
is_same(const struct cox_version *a, const struct cox_version *b)
{
    return a->admin_epoch == b->admin_epoch && a->epoch == b->epoch;
}

/*
 * Is this the configuration that is the last one already, from the end of another life of the daemon?  Two parts of a cluster can reach the
 * same numbers, but not with the same change.
 */
static bool
is_known(const struct cox_dochistory *history, const struct cox_dochistory_entry *entry)
{
    const struct cox_dochistory_entry *last = (history->entries->len == 0) ? NULL : cox_dochistory_entry(history, history->entries->len - 1);

    return last != NULL && is_same(&last->version, &entry->version) && g_strcmp0(last->user, entry->user) == 0
           && g_strcmp0(last->client, entry->client) == 0 && g_strcmp0(last->origin, entry->origin) == 0
           && g_strcmp0(last->written, entry->written) == 0;
}

/* Is the record a version of the configuration that is not in the history?  Learn where the patches have led. */
static bool
is_new(struct cox_dochistory *history, bool is_whole_one, const struct cox_version *source, struct cox_dochistory_entry *entry)
{
    bool is_one = is_whole_one ? !is_known(history, entry) : entry->n_changes > 0;
    bool leads_on = !is_whole_one && history->leads_on && is_same(source, &history->last);

    entry->follows = is_one && leads_on;
    history->leads_on = is_one || is_whole_one || leads_on;
    history->last = entry->version;
    return is_one;
}

static void
add_record(struct cox_dochistory *history, guint number)
{
    const char *reason = NULL;
    g_autoptr(cox_xmldoc) doc = parse(g_ptr_array_index(history->records, number), &reason);
    const struct cox_xml *root = (doc == NULL) ? NULL : is_whole(doc) ? cox_xmldoc_root(doc) : root_after(cox_xmldoc_root(doc));
    struct cox_dochistory_entry entry = { .record = number };
    struct cox_version source = { 0, 0, 0 };

    if (doc == NULL) {
        return;
    }
    if (is_whole(doc)) {
        entry.version = cox_version_of(root);
    } else if (!cox_patch_versions(cox_xmldoc_root(doc), &source, &entry.version)) {
        return;
    }
    for (const struct cox_xml *change = cox_xml_child(cox_xmldoc_root(doc), "change"); change != NULL && !is_whole(doc);
         change = cox_xml_next_named(change, "change")) {
        entry.n_changes += is_of_configuration(change) ? 1 : 0;
    }
    if (root != NULL) {
        entry.user = g_strdup(cox_xml_get(root, "update-user"));
        entry.client = g_strdup(cox_xml_get(root, "update-client"));
        entry.origin = g_strdup(cox_xml_get(root, "update-origin"));
        entry.written = g_strdup(cox_xml_get(root, "cib-last-written"));
    }
    entry.reason = g_strdup(reason);
    if (is_new(history, is_whole(doc), &source, &entry)) {
        g_array_append_val(history->entries, entry);
    } else {
        clear_entry(&entry);
    }
}

struct cox_dochistory *
cox_dochistory_new(GPtrArray *records)
{
    struct cox_dochistory *history = g_new0(struct cox_dochistory, 1);

    history->records = g_ptr_array_ref(records);
    history->entries = g_array_new(FALSE, FALSE, sizeof(struct cox_dochistory_entry));
    g_array_set_clear_func(history->entries, clear_entry);
    for (guint i = 0; i < records->len; i++) {
        add_record(history, i);
    }
    return history;
}

void
cox_dochistory_free(struct cox_dochistory *history)
{
    if (history != NULL) {
        g_ptr_array_unref(history->records);
        g_array_unref(history->entries);
        g_free(history);
    }
}

guint
cox_dochistory_size(const struct cox_dochistory *history)
{
    return history->entries->len;
}

const struct cox_dochistory_entry *
cox_dochistory_entry(const struct cox_dochistory *history, guint i)
{
    return &g_array_index(history->entries, struct cox_dochistory_entry, i);
}

/* ---- looking ---------------------------------------------------------------------------------------------- */

/* "12" is 0.12. */
static bool
parse_version(const char *text, struct cox_version *version)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 3);
    guint n = g_strv_length(parts);

    version->admin_epoch = 0;
    return n >= 1 && n <= 2 && g_ascii_string_to_signed(parts[n - 1], 10, 0, G_MAXINT64, &version->epoch, NULL)
           && (n == 1 || g_ascii_string_to_signed(parts[0], 10, 0, G_MAXINT64, &version->admin_epoch, NULL));
}

bool
cox_dochistory_find(const struct cox_dochistory *history, const char *version, guint *i, GError **error)
{
    struct cox_version wanted = { 0, 0, 0 };
    const struct cox_dochistory_entry *first = (history->entries->len == 0) ? NULL : cox_dochistory_entry(history, 0);

    if (!parse_version(version, &wanted)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no version: use what cox history shows, such as 0.12", version);
        return false;
    }
    for (guint k = history->entries->len; k > 0; k--) {
        const struct cox_dochistory_entry *entry = cox_dochistory_entry(history, k - 1);

        if (entry->version.admin_epoch == wanted.admin_epoch && entry->version.epoch == wanted.epoch) {
            *i = k - 1;
            return true;
        }
    }
    if (first == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "version %s is not in the history of this node, which is empty", version);
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "version %s is not in the history of this node, which begins with %" G_GINT64_FORMAT
                    ".%" G_GINT64_FORMAT " (cox history)", version, first->version.admin_epoch, first->version.epoch);
    }
    return false;
}

/* ---- documents -------------------------------------------------------------------------------------------- */

/* Carry the patch on in @cib: the configuration, and the counters. */
static bool
carry_on(struct cox_cib *cib, const struct cox_xmldoc *patch)
{
    g_autoptr(cox_xmldoc) part = cox_xmldoc_new_copy(cox_xmldoc_root(patch));
    struct cox_version now = cox_version_of(cox_cib_root(cib)), source, target;
    struct cox_xml *next = NULL;
    bool is_applied = false;

    if (!cox_patch_versions(cox_xmldoc_root(patch), &source, &target) || source.admin_epoch != now.admin_epoch || source.epoch != now.epoch) {
        return false;
    }
    for (struct cox_xml *change = cox_xml_child(cox_xmldoc_root(part), "change"); change != NULL; change = next) {
        next = cox_xml_next_named(change, "change");
        if (!is_of_configuration(change)) {
            cox_xml_free(change);
        }
    }
    cox_cib_begin(cib);
    is_applied = cox_patch_apply(cib, cox_xmldoc_root(part), NULL);
    if (is_applied) {
        cox_cib_set_number(cib, cox_cib_root(cib), "admin_epoch", target.admin_epoch);
        cox_cib_set_number(cib, cox_cib_root(cib), "epoch", target.epoch);
        cox_cib_keep(cib);
    } else {
        cox_cib_rollback(cib);
    }
    return is_applied;
}

struct cox_xmldoc *
cox_dochistory_document(const struct cox_dochistory *history, guint i, GError **error)
{
    const struct cox_dochistory_entry *entry = cox_dochistory_entry(history, i);
    struct cox_cib *cib = NULL; /* NULL: nothing whole yet, or what follows does not fit */
    struct cox_xmldoc *doc = NULL;

    for (guint k = 0; k <= entry->record; k++) {
        const char *reason = NULL;
        g_autoptr(cox_xmldoc) record = parse(g_ptr_array_index(history->records, k), &reason);

        if (record != NULL && is_whole(record)) {
            cox_cib_free(cib);
            cib = cox_cib_new(g_steal_pointer(&record));
        } else if (cib != NULL && (record == NULL || !carry_on(cib, record))) {
            g_clear_pointer(&cib, cox_cib_free);
        }
    }
    if (cib == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "version %" G_GINT64_FORMAT ".%" G_GINT64_FORMAT " cannot be made again: the history of this "
                    "node has a gap before it", entry->version.admin_epoch, entry->version.epoch);
        return NULL;
    }
    doc = cox_xmldoc_new_copy(cox_cib_root(cib));
    cox_cib_free(cib);
    return doc;
}
