/* tools/cox_verify.c - cox verify: what is wrong with the configuration, where, and what to do about it.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "cib/schemas.h"
#include "tools/cox_priv.h"
#include "tools/lintrun.h"
#include "tools/schemadir.h"

static const char *const words[] = { [COX_SEVERITY_INFO] = "advice", [COX_SEVERITY_WARNING] = "warning", [COX_SEVERITY_ERROR] = "error" };

static void
print_problem(struct cox_out *out, const struct cox_diag *diag)
{
    g_autofree char *line = (diag->line > 0) ? g_strdup_printf("%d", diag->line) : NULL;

    cox_out_leaf(out, "problem", "severity", words[diag->severity], "object", diag->object, "line", line, "text", diag->text, "fix", diag->remedy,
                 NULL);
    cox_out_rawf(out, "%s: %s\n", words[diag->severity], diag->text);
    if (diag->object != NULL || line != NULL) {
        cox_out_rawf(out, "    at: %s%s%s\n", (diag->object != NULL) ? diag->object : "", (line != NULL) ? (diag->object != NULL) ? ", line " : "line " : "",
                     (line != NULL) ? line : "");
    }
    if (diag->remedy != NULL) {
        cox_out_rawf(out, "    fix: %s\n", diag->remedy);
    }
}

static int
conclude(struct cox_tool_ctx *ctx, const struct cox_diags *diags)
{
    guint n[] = { 0, 0, 0 };

    cox_out_begin(ctx->out, "problems", NULL);
    for (int severity = COX_SEVERITY_ERROR; severity >= COX_SEVERITY_INFO; severity--) { /* the worst first */
        for (size_t i = 0; i < cox_diags_count(diags); i++) {
            if ((int) cox_diags_get(diags, i)->severity == severity) {
                print_problem(ctx->out, cox_diags_get(diags, i));
                n[severity]++;
            }
        }
    }
    cox_out_end(ctx->out);
    if (!ctx->is_quiet) {
        cox_out_line(ctx->out, "%u error%s, %u warning%s, %u piece%s of advice", n[2], (n[2] == 1) ? "" : "s", n[1], (n[1] == 1) ? "" : "s", n[0],
                     (n[0] == 1) ? "" : "s");
    }
    return (n[1] + n[2] == 0) ? 0 : cox_error_exit_status(COX_ERROR_CONFIG);
}

/* The document: that of --cib, or what the environment names; and is its form right? */
static struct cox_xmldoc *
load(const struct cox_settings *settings, struct cox_diags *diags, GError **error)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    const struct cox_tool_source source = { .file = settings->cib };
    g_autoptr(cox_cib_access) access = (settings->cib != NULL) ? NULL : cox_cib_access_open(&where, error);
    const struct cox_xml *root = (access == NULL) ? NULL : cox_cib_access_visible(access, error);
    g_autofree char *directory = cox_schemadir_find();
    struct cox_schemas *schemas = cox_schemas_new(directory);
    g_autoptr(cox_xmldoc) doc = (settings->cib != NULL) ? cox_tool_load(&source, error) : (root != NULL) ? cox_xmldoc_new_copy(root) : NULL;
    bool is_valid = doc != NULL && cox_schemas_validate(schemas, doc, diags, error);

    cox_schemas_free(schemas);
    return is_valid ? g_steal_pointer(&doc) : NULL;
}

int
cox_verb_verify(struct cox_tool_ctx *ctx, char **arguments)
{
    g_autoptr(cox_diags) form = cox_diags_new();
    g_autoptr(cox_diags) diags = NULL;
    GError *error = NULL;
    g_autoptr(cox_xmldoc) doc = load(ctx->settings, form, &error);
    g_autoptr(cox_state) state = (doc == NULL) ? NULL : cox_state_new(cox_xmldoc_root(doc), &error);

    (void) arguments;
    if (doc == NULL && cox_diags_count(form) > 0) {
        g_clear_error(&error);
        return conclude(ctx, form);
    }
    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    diags = cox_lintrun(state, true);
    return conclude(ctx, diags);
}
