/* tools/crm_verify.c - check a whole configuration: is it well-formed, does it fit its schema, does it make sense?  Layer 6. */
#include "base/error.h"
#include "cib/schemas.h"
#include "tools/cib_file.h"
#include "tools/schemadir.h"
#include "tools/tool.h"

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

/* The document named by the command line; *@name is what messages call it, NULL when it has no name.  Caller frees it. */
static struct cox_xmldoc *
load(const struct settings *settings, char **name, GError **error)
{
    struct cox_tool_source source = { .text = NULL };

    switch ((enum source) settings->source) {
        case SOURCE_NONE:
            g_set_error_literal(error, COX_ERROR, COX_ERROR_USAGE,
                                "No configuration source specified. Use --help for usage information.");
            return NULL;
        case SOURCE_LIVE:
            *name = cox_tool_cib_path(error);
            if (*name == NULL) {
                g_prefix_error_literal(error, "CIB query failed: ");
                return NULL;
            }
            break;
        case SOURCE_FILE:
            *name = g_strdup(settings->argument);
            break;
        case SOURCE_PIPE:
            source.from_stdin = true;
            break;
        case SOURCE_TEXT:
            source.text = settings->argument;
            break;
    }
    source.file = *name;
    return cox_tool_load(&source, error);
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

/* Against the schema it names; false when it does not fit, which has been said then.  @error: it cannot be told. */
static bool
check_form(struct cox_tool_ctx *ctx, struct cox_xmldoc *doc, const char *name, GError **error)
{
    g_autofree char *directory = cox_schemadir_find();
    g_autoptr(cox_schemas) schemas = cox_schemas_new(directory);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GError) problem = NULL;

    if (cox_schemas_validate(schemas, doc, diags, &problem)) {
        return true;
    }
    if (!g_error_matches(problem, COX_ERROR, COX_ERROR_CONFIG)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    if (is_silent(ctx)) {
        return false;
    }
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        print_schema_problem(ctx, name, cox_diags_get(diags, i));
    }
    if (cox_diags_count(diags) == 0) {
        cox_out_error(ctx->out, "error: %s", problem->message);
    }
    return false;
}

/* The last words, which clients know: the first of them is said whatever was wrong. */
static int
conclude(struct cox_tool_ctx *ctx, bool is_valid)
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
    g_autofree char *name = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_xmldoc) doc = load(settings, &name, &error);
    bool is_valid;

    if (doc == NULL) {
        return cox_tool_fail(ctx, g_steal_pointer(&error));
    }
    if (!cox_xml_is(cox_xmldoc_root(doc), "cib")) {
        return cox_tool_error(ctx, COX_ERROR_PROTOCOL,
                              "This tool can only check complete configurations (i.e. those starting with <cib>).");
    }
    if (settings->save != NULL && !cox_cib_file_write(settings->save, cox_xmldoc_root(doc), &error)) {
        return cox_tool_fail(ctx, g_steal_pointer(&error));
    }
    is_valid = check_form(ctx, doc, name, &error);
    if (error != NULL) {
        return cox_tool_fail(ctx, g_steal_pointer(&error));
    }
    return conclude(ctx, is_valid);
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
