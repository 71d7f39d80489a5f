/* tools/crm_verify.c - check a whole configuration: is it well-formed, does it fit its schema, does it make sense?  Layer 6. */
#include "base/error.h"
#include "cib/schemas.h"
#include "tools/schemadir.h"
#include "tools/tool.h"
#include "xml/xmlwrite.h"

/* Where the configuration comes from; the last one named on the command line wins. */
enum source {
    SOURCE_NONE = 0,
    SOURCE_LIVE,
    SOURCE_FILE,
    SOURCE_PIPE,
    SOURCE_TEXT,
};

struct settings {
    int source;
    char *argument; /* of the source */
    char *save;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct cox_opt options[] = {
    { "live-check", 'L', COX_OPT_SET, NULL, "Data sources", "Check the configuration used by the running cluster",
      FIELD(source), .value = SOURCE_LIVE },
    { "xml-file", 'x', COX_OPT_SET_STRING, "FILE", "Data sources", "Check the configuration in the named file",
      FIELD(source), FIELD(argument), SOURCE_FILE },
    { "xml-pipe", 'p', COX_OPT_SET, NULL, "Data sources", "Check the configuration piped in via stdin", FIELD(source),
      .value = SOURCE_PIPE },
    { "xml-text", 'X', COX_OPT_SET_STRING, "XML", "Data sources", "Check the configuration in the supplied string",
      FIELD(source), FIELD(argument), SOURCE_TEXT },
    { "save-xml", 'S', COX_OPT_STRING, "FILE", NULL, "Save verified XML to named file (most useful with -L)",
      FIELD(save) },
    { "quiet", 'q', COX_OPT_QUIET, NULL, NULL, "Don't print verify information" },
};

/* The document named by the command line; *@name is what messages call it, NULL when it has no name. */
static struct cox_xmldoc *
load(const struct settings *settings, const char **name, GError **error)
{
    struct cox_tool_source source = { .text = NULL };

    *name = NULL;
    switch ((enum source) settings->source) {
        case SOURCE_NONE:
            g_set_error_literal(error, COX_ERROR, COX_ERROR_USAGE,
                                "No configuration source specified. Use --help for usage information.");
            return NULL;
        case SOURCE_LIVE:
            source.file = g_getenv("CIB_file");
            if (source.file == NULL) {
                g_set_error_literal(error, COX_ERROR, COX_ERROR_DISCONNECTED,
                                    "CIB query failed: Not connected; start the cluster, or name a file with -x");
                return NULL;
            }
            break;
        case SOURCE_FILE:
            source.file = settings->argument;
            break;
        case SOURCE_PIPE:
            source.from_stdin = true;
            break;
        case SOURCE_TEXT:
            source.text = settings->argument;
            break;
    }
    *name = source.file;
    return cox_tool_load(&source, error);
}

/* Written whole or not at all. */
static bool
save(const struct cox_xmldoc *doc, const char *path, GError **error)
{
    g_autofree char *text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_FORMATTED);
    g_autoptr(GError) problem = NULL;

    if (!g_file_set_contents(path, text, -1, &problem)) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "Could not save XML to '%s': %s", path,
                    problem->message);
        return false;
    }
    return true;
}

/* Quiet concerns people: a program asked for the list. */
static bool
is_silent(const struct cox_tool_ctx *ctx)
{
    return ctx->is_quiet && cox_out_is_text(ctx->out);
}

/* In the form that editors of the configuration pick apart. */
static void
print_schema_problem(struct cox_tool_ctx *ctx, const char *name, const struct cox_diag *diag)
{
    g_autofree char *place = name != NULL ? g_strdup_printf("%s:%d", name, diag->line)
                                          : g_strdup_printf("Entity: line %d", diag->line);

    if (diag->remedy != NULL) {
        cox_out_error(ctx->out, "%s: %s (%s)", place, diag->text, diag->remedy);
    } else {
        cox_out_error(ctx->out, "%s: %s", place, diag->text);
    }
}

/* Against the schema it names; false when it does not fit, which has been said then. */
static bool
check_form(struct cox_tool_ctx *ctx, struct cox_schemas *schemas, struct cox_xmldoc *doc, const char *name)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GError) error = NULL;

    if (cox_schemas_validate(schemas, doc, diags, &error)) {
        return true;
    }
    if (is_silent(ctx)) {
        return false;
    }
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        print_schema_problem(ctx, name, cox_diags_get(diags, i));
    }
    if (cox_diags_count(diags) == 0) {
        cox_out_error(ctx->out, "error: %s", error->message);
    }
    return false;
}

static int
finish(struct cox_tool_ctx *ctx, bool is_valid)
{
    if (is_valid) {
        return 0;
    }
    if (!is_silent(ctx)) {
        cox_out_error(ctx->out, "error: CIB did not pass schema validation");
    }
    if (!ctx->is_quiet) {
        cox_out_error(ctx->out, cox_out_is_text(ctx->out) ? "crm_verify: %s" : "%s", "Configuration invalid");
    }
    return cox_error_exit_status(COX_ERROR_CONFIG);
}

static int
run(struct cox_tool_ctx *ctx)
{
    struct settings *settings = ctx->settings;
    const char *name = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_xmldoc) doc = load(settings, &name, &error);
    g_autofree char *directory = cox_schemadir_find();
    g_autoptr(cox_schemas) schemas = cox_schemas_new(directory);

    if (doc == NULL) {
        return cox_tool_fail(ctx, g_steal_pointer(&error));
    }
    if (!cox_xml_is(cox_xmldoc_root(doc), "cib")) {
        return cox_tool_error(ctx, COX_ERROR_PROTOCOL,
                              "This tool can only check complete configurations (i.e. those starting with <cib>).");
    }
    if (settings->save != NULL && !save(doc, settings->save, &error)) {
        return cox_tool_fail(ctx, g_steal_pointer(&error));
    }
    return finish(ctx, check_form(ctx, schemas, doc, name));
}

static const int statuses[] = { 0, 64, 65, 66, 73, 76, 78, 102, -1 };

static const struct cox_tool tool = {
    .name = "crm_verify",
    .summary = "check a cluster configuration for errors",
    .synopsis = "{-L | -x FILE | -p | -X XML} [OPTION]...",
    .description = "Checks that a whole configuration is well-formed XML, that it conforms to the schema it names, and "
                   "that what it says makes sense. Problems reported as errors must be corrected before the cluster "
                   "works as wanted; warnings are for the administrator to judge.",
    .examples = "Check the configuration of the running cluster:\n\tcrm_verify --live-check\n"
                "Check a file and say more about it:\n\tcrm_verify --xml-file file.xml --verbose\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};

int
main(int argc, char **argv)
{
    struct settings settings = { .source = SOURCE_NONE };
    int status;

    (void) argc;
    status = cox_tool_main(&tool, argv, &settings);
    g_free(settings.argument);
    g_free(settings.save);
    return status;
}
