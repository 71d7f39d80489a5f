/* tools/cox_history.c - verbs of cox about former versions of the configuration, which cibd keeps on each node.  Layer 6. */
#include <string.h>

#include "admin/docdiff.h"
#include "admin/dochistory.h"
#include "base/error.h"
#include "cib/section.h"
#include "store/storefiles.h"
#include "tools/cox_priv.h"

enum { MOST_BYTES = 512 * 1024 * 1024 };

/* ---- reading ---------------------------------------------------------------------------------------------- */

/* Where the cibd of this node keeps its files. */
static const char *
directory_of(void)
{
    const char *given = g_getenv("COX_CIB_DIRECTORY");

    return (given == NULL || *given == '\0') ? COX_STATEDIR "/cib" : given;
}

static struct cox_dochistory *
read_history(GError **error)
{
    g_autoptr(cox_disk) disk = cox_disk_real_new(directory_of(), error);
    g_autoptr(GPtrArray) records = (disk == NULL) ? NULL : cox_storefiles_history(disk, MOST_BYTES, error);

    if (records == NULL) {
        g_prefix_error(error, "the history is kept on each node for root and hacluster: ");
        return NULL;
    }
    return cox_dochistory_new(records);
}

static char *
version_text(const struct cox_dochistory_entry *entry)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, entry->version.admin_epoch, entry->version.epoch);
}

/* ---- history ---------------------------------------------------------------------------------------------- */

/* For a terminal, which is not to obey what somebody has written: the caller frees it. */
static char *
shown(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid((text != NULL && *text != '\0') ? text : "?", -1);
    GString *out = g_string_new(NULL);

    for (char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);

        if (g_unichar_iscntrl(letter)) {
            g_string_append_printf(out, "\\x%02x", letter);
        } else {
            g_string_append_unichar(out, letter);
        }
    }
    return g_string_free(out, FALSE);
}

static void
print_entry(struct cox_out *out, const struct cox_dochistory_entry *entry)
{
    g_autofree char *version = version_text(entry);
    g_autofree char *changes = g_strdup_printf("%u", entry->n_changes);
    g_autofree char *written = shown(entry->written), *user = shown(entry->user), *client = shown(entry->client), *origin = shown(entry->origin);
    g_autofree char *reason = shown(entry->reason);
    g_autofree char *what = (entry->n_changes == 0) ? g_strdup("as a whole") : g_strdup_printf("%s change%s", changes, (entry->n_changes == 1) ? "" : "s");

    cox_out_leaf(out, "version", "version", version, "written", entry->written, "user", entry->user, "client", entry->client, "origin", entry->origin,
                 "changes", changes, "reason", entry->reason, NULL);
    cox_out_rawf(out, "%-8s %s  %s with %s on %s: %s\n", version, written, user, client, origin, what);
    if (entry->reason != NULL) {
        cox_out_rawf(out, "%-8s %s\n", "", reason);
    }
}

/* What has made version @i of the one before it. */
static int
print_changes(struct cox_tool_ctx *ctx, const struct cox_dochistory *history, guint i)
{
    GError *error = NULL;
    g_autoptr(cox_xmldoc) before = NULL, after = NULL, patch = NULL;
    g_autoptr(GArray) lines = NULL;

    if (!cox_dochistory_entry(history, i)->follows) {
        return cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "%s: what was before is not known",
                              (i == 0) ? "the history of this node begins here" : "the history of this node has a gap before this version");
    }
    before = cox_dochistory_document(history, i - 1, &error);
    after = (before == NULL) ? NULL : cox_dochistory_document(history, i, &error);
    lines = (after == NULL) ? NULL : cox_docdiff_make(cox_xmldoc_root(before), cox_xmldoc_root(after), &patch, &error);
    if (lines == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_change_print_lines(ctx, lines);
    return 0;
}

int
cox_verb_history(struct cox_tool_ctx *ctx, char **arguments)
{
    GError *error = NULL;
    g_autoptr(cox_dochistory) history = read_history(&error);
    guint found = 0;

    if (history == NULL || (arguments[0] != NULL && !cox_dochistory_find(history, arguments[0], &found, &error))) {
        return cox_tool_fail(ctx, error);
    }
    if (arguments[0] != NULL) {
        print_entry(ctx->out, cox_dochistory_entry(history, found));
        return print_changes(ctx, history, found);
    }
    cox_out_begin(ctx->out, "history", NULL);
    for (guint i = 0; i < cox_dochistory_size(history); i++) {
        print_entry(ctx->out, cox_dochistory_entry(history, i));
    }
    cox_out_end(ctx->out);
    return 0;
}

/* ---- undo ------------------------------------------------------------------------------------------------- */

/* Back to where. */
struct aim {
    const struct cox_dochistory *history;
    const char *version; /* NULL: before the last change */
};

/* The version before the one that the cluster has now. */
static bool
find_last(const struct cox_dochistory *history, const struct cox_xml *root, guint *i, GError **error)
{
    struct cox_version now = cox_version_of(root);
    g_autofree char *version = g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, now.admin_epoch, now.epoch);

    if (!cox_dochistory_find(history, version, i, error)) {
        g_prefix_error(error, "name a version (cox history): ");
        return false;
    }
    if (!cox_dochistory_entry(history, *i)->follows) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "what was before version %s is not known here; name a version: cox undo VERSION (cox history "
                    "lists them)", version);
        return false;
    }
    (*i)--;
    return true;
}

static bool
edit_back(struct cox_xml *root, const void *what, GError **error)
{
    const struct aim *aim = what;
    g_autoptr(cox_xmldoc) then = NULL;
    struct cox_xml *now = cox_section_find(root, "configuration");
    guint i = 0;

    if (!(aim->version != NULL ? cox_dochistory_find(aim->history, aim->version, &i, error) : find_last(aim->history, root, &i, error))) {
        return false;
    }
    then = cox_dochistory_document(aim->history, i, error);
    if (then == NULL) {
        return false;
    }
    if (now == NULL || cox_section_find(cox_xmldoc_root(then), "configuration") == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "there is no configuration to go back to");
        return false;
    }
    cox_xml_swap(now, cox_xml_copy(cox_section_find(cox_xmldoc_root(then), "configuration"), root));
    cox_xml_free(now);
    return true;
}

int
cox_verb_undo(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    struct cox_change_settings change = settings->change;
    GError *error = NULL;
    g_autoptr(cox_dochistory) history = read_history(&error);
    g_autofree char *reason = (arguments[0] == NULL) ? g_strdup("undo") : g_strdup_printf("undo: as in version %s", arguments[0]);
    const struct aim aim = { history, arguments[0] };

    if (history == NULL) {
        return cox_tool_fail(ctx, error);
    }
    change.reason = (change.reason != NULL) ? change.reason : reason;
    change.is_exact = true; /* what is the last change is another question after another change */
    return cox_change_run(ctx, &change, edit_back, &aim);
}
