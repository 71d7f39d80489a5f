/* tools/cox_plan.c - verbs of cox about declarative files: write one, see what it would change, make it so.  Layer 6. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "admin/docundo.h"
#include "admin/form.h"
#include "base/error.h"
#include "base/interval.h"
#include "cib/version.h"
#include "conf/yamlread.h"
#include "conf/yamlwrite.h"
#include "tools/confirm.h"
#include "tools/cox_priv.h"

/* ---- the file --------------------------------------------------------------------------------------------- */

/* All of the file, or of standard input, but never more than is read anyway. */
static GString *
read_whole(const char *path, GError **error)
{
    bool is_input = strcmp(path, "-") == 0;
    FILE *stream = is_input ? stdin : fopen(path, "re");
    g_autoptr(GString) text = g_string_new(NULL);
    char block[16384];
    size_t n = 0;

    while (stream != NULL && text->len <= COX_YAMLREAD_MOST_BYTES && (n = fread(block, 1, sizeof(block), stream)) > 0) {
        g_string_append_len(text, block, (gssize) n);
    }
    if (stream == NULL || ferror(stream)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "%s: cannot be read: %s", path, g_strerror(errno));
        g_string_set_size(text, 0);
    }
    if (stream != NULL && !is_input) {
        (void) fclose(stream);
    }
    return (*error == NULL) ? g_steal_pointer(&text) : NULL;
}

static struct cox_conf *
read_file(const char *path, GError **error)
{
    g_autoptr(GString) text = read_whole(path, error);
    struct cox_conf *conf = (text == NULL) ? NULL : cox_yamlread_parse(text->str, text->len, error);

    if (text != NULL && conf == NULL) {
        g_prefix_error(error, "%s: ", path);
    }
    return conf;
}

/* What the file says, and where that comes from; borrowed. */
struct wish {
    const char *path;
    const struct cox_conf *conf;
};

static bool
edit_form(struct cox_xml *root, const void *what, GError **error)
{
    const struct wish *wish = what;

    if (!cox_form_read(root, wish->conf, error)) {
        g_prefix_error(error, "%s: ", wish->path);
        return false;
    }
    return true;
}

/* ---- verbs ------------------------------------------------------------------------------------------------ */

int
cox_verb_export(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    const struct cox_cib_access_settings where = { .tool = "cox", .file = settings->cib };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, &error);
    const struct cox_xml *root = (access == NULL) ? NULL : cox_cib_access_visible(access, &error);
    g_autoptr(cox_conf) conf = NULL;
    g_autofree char *text = NULL;
    struct cox_version version;

    (void) arguments;
    if (root == NULL) {
        return cox_tool_fail(ctx, error);
    }
    conf = cox_form_write(root);
    text = cox_yamlwrite_text(conf);
    version = cox_version_of(root);
    cox_out_leaf(ctx->out, "configuration", "yaml", text, NULL);
    cox_out_rawf(ctx->out, "# The configuration of the cluster, version %" G_GINT64_FORMAT ".%" G_GINT64_FORMAT ".  What it would be after a change: cox plan FILE\n%s", version.admin_epoch,
                 version.epoch, text);
    return 0;
}

int
cox_verb_plan(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    struct cox_change_settings change = { .is_dry = true, .cib = settings->cib, .is_exact = true, .names_plan = true };
    GError *error = NULL;
    g_autoptr(cox_conf) conf = NULL;
    struct wish wish = { arguments[0], NULL };

    if (g_strcmp0(settings->cib, "-") == 0 && strcmp(arguments[0], "-") == 0) {
        return cox_tool_usage(ctx, "plan: the file and --cib cannot both be standard input");
    }
    conf = read_file(arguments[0], &error);
    if (conf == NULL) {
        return cox_tool_fail(ctx, error);
    }
    wish.conf = conf;
    return cox_change_run(ctx, &change, edit_form, &wish);
}

/* ---- apply ------------------------------------------------------------------------------------------------ */

/* A change that is taken back unless it is confirmed. */
struct trial {
    struct cox_tool_ctx *ctx;
    gint64 within_ms;
    struct cox_confirm *confirm; /* NULL: not begun, or over */
    struct cox_xmldoc *undo;
    char *plan;
};

static bool
edit_undo(struct cox_xml *root, const void *what, GError **error)
{
    const struct trial *trial = what;

    return cox_docundo_apply(root, cox_xmldoc_root(trial->undo), error);
}

/* In the process of its own. */
static bool
take_back(void *context, GError **error)
{
    return cox_change_quietly(edit_undo, context, error);
}

static bool
begin_trial(void *context, const struct cox_xml *before, const struct cox_xml *after, const char *plan, GError **error)
{
    struct trial *trial = context;
    struct cox_confirm_settings settings = { .within_ms = trial->within_ms, .take_back = take_back, .context = trial };

    trial->plan = g_strdup(plan);
    settings.id = trial->plan;
    trial->undo = cox_docundo_make(before, after, error);
    trial->confirm = (trial->undo == NULL) ? NULL : cox_confirm_arm(&settings, error);
    return trial->confirm != NULL;
}

static void
end_trial(void *context, bool is_made)
{
    struct trial *trial = context;
    gint64 pid = cox_confirm_pid(trial->confirm);
    g_autofree char *seconds = g_strdup_printf("%.3g", (double) trial->within_ms / 1000.0);
    g_autofree char *process = g_strdup_printf("%" G_GINT64_FORMAT, pid);

    cox_confirm_made(g_steal_pointer(&trial->confirm), is_made);
    if (is_made) {
        cox_out_leaf(trial->ctx->out, "trial", "plan", trial->plan, "seconds", seconds, "process", process, NULL);
        cox_out_rawf(trial->ctx->out, "Within %s seconds, on this node: cox confirm %s\nElse it is taken back, by process %s.\n", seconds, trial->plan, process);
    }
}

int
cox_verb_apply(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    struct cox_change_settings change = settings->change;
    struct trial trial = { .ctx = ctx };
    const struct cox_change_hooks hooks = { begin_trial, end_trial, &trial };
    GError *error = NULL;
    g_autoptr(cox_conf) conf = NULL;
    struct wish wish = { arguments[0], NULL };
    int status = 0;

    if (settings->confirm_within != NULL && (!cox_interval_parse(settings->confirm_within, &trial.within_ms, NULL) || trial.within_ms <= 0)) {
        return cox_tool_usage(ctx, "--confirm-within: '%s' is no time above 0, such as \"60s\"", settings->confirm_within);
    }
    conf = read_file(arguments[0], &error);
    if (conf == NULL) {
        return cox_tool_fail(ctx, error);
    }
    wish.conf = conf;
    change.is_exact = true;
    change.names_plan = true;
    change.plan = settings->plan;
    change.hooks = (settings->confirm_within != NULL) ? &hooks : NULL;
    status = cox_change_run(ctx, &change, edit_form, &wish);
    cox_xmldoc_free(trial.undo);
    g_free(trial.plan);
    return status;
}

int
cox_verb_confirm(struct cox_tool_ctx *ctx, char **arguments)
{
    GError *error = NULL;

    return cox_confirm_send(arguments[0], &error) ? 0 : cox_tool_fail(ctx, error);
}
