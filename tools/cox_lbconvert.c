/* tools/cox_lbconvert.c - cox convert keepalived, lvs: a keepalived.conf or lvs.cf as a declarative file.  Layer 6. */
#include <string.h>

#include "admin/lbconvert.h"
#include "admin/lvscf.h"
#include "base/error.h"
#include "conf/blockfile.h"
#include "conf/yamlwrite.h"
#include "lvs/lvskeepalived.h"
#include "tools/cox_cluster.h"

/* What is wrong or was not carried over; returns how many errors there are. */
static guint
tell(struct cox_tool_ctx *ctx, const struct cox_diags *diags)
{
    static const char *const words[] = { "info", "warning", "error" };
    guint n = 0;

    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        n += (diag->severity == COX_SEVERITY_ERROR) ? 1 : 0;
        cox_out_error(ctx->out, "%s: %s%s%s (%s)", words[diag->severity], diag->object != NULL ? diag->object : "", diag->object != NULL ? ": " : "",
                      diag->text, diag->remedy != NULL ? diag->remedy : "");
    }
    return n;
}

/* The statements of a file as a declarative file; they are wrong or were wrong before: @diags says it. */
static int
print_resources(struct cox_tool_ctx *ctx, const struct cox_block *root, const char *name, struct cox_diags *diags)
{
    const struct cox_settings *settings = ctx->settings;
    const char *authority = (settings->authority == NULL) ? "cluster" : settings->authority;
    g_autoptr(cox_conf) conf = NULL;
    g_autofree char *text = NULL;

    if (strcmp(authority, "cluster") != 0 && strcmp(authority, "vrrp") != 0) {
        return cox_tool_usage(ctx, "--authority '%s' must be cluster or vrrp", authority);
    }
    conf = cox_lbconvert(root, strcmp(authority, "cluster") == 0, diags);
    if (tell(ctx, diags) > 0 || conf == NULL) {
        return cox_error_exit_status(COX_ERROR_CONFIG);
    }
    text = cox_yamlwrite_text(conf);
    cox_out_leaf(ctx->out, "configuration", "yaml", text, NULL);
    cox_out_rawf(ctx->out, "# Of %s.  What the cluster would do with it: cox plan FILE\n%s", name, text);
    return 0;
}

int
cox_verb_convert_keepalived(struct cox_tool_ctx *ctx, char **arguments)
{
    g_autofree char *file = g_canonicalize_filename(arguments[0], NULL);
    const struct cox_settings *settings = ctx->settings;
    const struct cox_block_source source = cox_blockfile_source(settings->config_id);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read(file, &source, diags);

    cox_lvs_say_protocols(&tree->root, diags);
    return print_resources(ctx, &tree->root, arguments[0], diags);
}

int
cox_verb_convert_lvs(struct cox_tool_ctx *ctx, char **arguments)
{
    static const struct cox_block_source none = { .config_id = "" };
    g_autofree char *file = g_canonicalize_filename(arguments[0], NULL);
    const struct cox_block_source source = cox_blockfile_source("");
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read(file, &source, diags);
    g_autoptr(cox_block_tree) converted = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    if (!cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        cox_lvscf_write(&tree->root, text, diags);
    }
    converted = cox_block_read_text(file, text->str, &none, diags);
    return print_resources(ctx, &converted->root, arguments[0], diags);
}
