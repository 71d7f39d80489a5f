/* tools/cox_plan.c - verbs of cox about declarative files: write one, see what it would change.  Layer 6. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "admin/form.h"
#include "base/error.h"
#include "cib/version.h"
#include "conf/yamlread.h"
#include "conf/yamlwrite.h"
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
    struct cox_change_settings change = { .is_dry = true, .cib = settings->cib };
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
