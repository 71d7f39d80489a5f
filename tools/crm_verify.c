/* tools/crm_verify.c - check a whole configuration: is it well-formed, does it fit its schema, does it make sense?  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "cib/schemas.h"
#include "codec/load.h"
#include "sched/sched.h"
#include "sched/verify.h"
#include "tools/cib_file.h"
#include "tools/schemadir.h"
#include "tools/state.h"
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

/* What one check needs from end to end. */
struct check {
    struct cox_tool_ctx *ctx;
    struct cox_schemas *schemas;
    char *name;          /* of the document in messages, or NULL */
    char *text;          /* the document of the running cluster, or NULL */
    bool is_silent;      /* quiet concerns people: a program asked for the list */
    bool has_wrong_form; /* it does not fit its schema, which has been said */
};

/* Where to read from; @check keeps the name.  False with @error set. */
static bool
choose_input(struct check *check, struct cox_stream_input *input, GError **error)
{
    const struct settings *settings = check->ctx->settings;

    switch ((enum source) settings->source) {
        case SOURCE_NONE:
            g_set_error_literal(error, COX_ERROR, COX_ERROR_USAGE,
                                "No configuration source specified. Use --help for usage information.");
            return false;
        case SOURCE_LIVE:
            if (!cox_state_find_live("crm_verify", &check->name, &check->text, error)) {
                g_prefix_error_literal(error, "CIB query failed: ");
                return false;
            }
            input->text = check->text;
            input->length = (check->text == NULL) ? 0 : strlen(check->text);
            break;
        case SOURCE_FILE:
            check->name = g_strdup(settings->argument);
            break;
        case SOURCE_PIPE:
            input->path = "-";
            return true;
        case SOURCE_TEXT:
            input->text = settings->argument;
            input->length = strlen(input->text);
            return true;
    }
    input->path = check->name;
    return true;
}

/* In the form that editors of the configuration pick apart. */
static void
print_form_problem(const struct check *check, const struct cox_diag *diag)
{
    g_autofree char *place = check->name != NULL ? g_strdup_printf("%s:%d", check->name, diag->line)
                                                 : g_strdup_printf("Entity: line %d", diag->line);

    if (diag->remedy != NULL) {
        cox_out_error(check->ctx->out, "%s: %s (%s)", place, diag->text, diag->remedy);
    } else {
        cox_out_error(check->ctx->out, "%s: %s", place, diag->text);
    }
}

/* The document against the schema it names; then in the words of the newest one. */
static bool
check_form(struct cox_xmldoc **doc, void *data, struct cox_diags *diags, GError **error)
{
    struct check *check = data;
    g_autoptr(cox_diags) problems = cox_diags_new();

    if (!cox_schemas_validate(check->schemas, *doc, problems, error)) {
        check->has_wrong_form = cox_diags_count(problems) > 0;
        for (size_t i = 0; i < cox_diags_count(problems) && !check->is_silent; i++) {
            print_form_problem(check, cox_diags_get(problems, i));
        }
        return false;
    }
    return cox_schemas_upgrade(check->schemas, doc, NULL, diags, error);
}

/* With the status in the tree, because it is to be saved. */
static bool
load_and_save(struct check *check, const struct cox_stream_input *input, struct cox_codec_result *result,
              struct cox_diags *diags, GError **error)
{
    const struct settings *settings = check->ctx->settings;
    const struct cox_tool_source source = { .text = input->text, .file = input->path };
    struct cox_xmldoc *doc = cox_tool_load(&source, error);
    bool is_loaded = doc != NULL && cox_cib_file_write(settings->save, cox_xmldoc_root(doc), error)
                     && check_form(&doc, check, diags, error)
                     && cox_codec_load_tree(cox_xmldoc_root(doc), NULL, result, diags, error);

    cox_xmldoc_free(doc);
    return is_loaded;
}

/* What the configuration says, and what the cluster would do with it. */
static bool
check_meaning(struct check *check, struct cox_diags *diags, GError **error)
{
    const struct settings *settings = check->ctx->settings;
    struct cox_xml_limits limits;
    const struct cox_codec_options reading = { .limits = &limits, .prepare = check_form, .prepare_data = check };
    struct cox_stream_input input = { .path = NULL };
    struct cox_codec_result result = { 0 };
    struct cox_sched_input sched = { .now = cox_tool_now() };
    g_autoptr(cox_plan) plan = NULL;

    if (!cox_tool_limits(&limits, error) || !choose_input(check, &input, error)
        || !(settings->save != NULL ? load_and_save(check, &input, &result, diags, error)
                                    : cox_codec_load(&input, &reading, &result, diags, error))) {
        return false;
    }
    sched.config = result.config;
    sched.status = result.status;
    cox_verify_config(result.config, sched.now, diags);
    plan = cox_sched_run(&sched, diags);
    cox_verify_cluster(result.config, &plan->cluster, diags);
    g_clear_pointer(&plan, cox_plan_free);
    cox_codec_result_clear(&result);
    return true;
}

static void
print_problems(const struct check *check, const struct cox_diags *diags)
{
    static const char *const labels[] = { "info", "warning", "error" };

    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        if (diag->severity == COX_SEVERITY_INFO && check->ctx->verbosity == 0) {
            continue;
        }
        if (diag->remedy != NULL) {
            cox_out_error(check->ctx->out, "%s: %s (%s)", labels[diag->severity], diag->text, diag->remedy);
        } else {
            cox_out_error(check->ctx->out, "%s: %s", labels[diag->severity], diag->text);
        }
    }
}

/* The last words, which clients know: the first of them is said whatever the errors were. */
static int
conclude(const struct check *check, bool has_errors)
{
    struct cox_tool_ctx *ctx = check->ctx;

    if (has_errors && !check->is_silent) {
        cox_out_error(ctx->out, "error: CIB did not pass schema validation");
    }
    if (!ctx->is_quiet) {
        cox_out_error(ctx->out, cox_out_is_text(ctx->out) ? "crm_verify: %s" : "%s", "Configuration invalid");
    }
    return cox_error_exit_status(COX_ERROR_CONFIG);
}

/* Warnings make a configuration invalid, too: scripts of the field rely on it. */
static int
run_check(struct check *check)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GError) error = NULL;

    if (!check_meaning(check, diags, &error)) {
        if (check->has_wrong_form) {
            return conclude(check, true);
        }
        return cox_tool_fail(check->ctx, g_steal_pointer(&error));
    }
    if (!check->is_silent) {
        print_problems(check, diags);
    }
    return cox_diags_has(diags, COX_SEVERITY_WARNING) ? conclude(check, cox_diags_has(diags, COX_SEVERITY_ERROR)) : 0;
}

static int
run(struct cox_tool_ctx *ctx)
{
    g_autofree char *directory = cox_schemadir_find();
    struct check check = { .ctx = ctx,
                           .schemas = cox_schemas_new(directory),
                           .is_silent = ctx->is_quiet && cox_out_is_text(ctx->out) };
    int status = run_check(&check);

    cox_schemas_free(check.schemas);
    g_free(check.name);
    g_free(check.text);
    return status;
}

static const int statuses[] = { 0, 64, 65, 66, 73, 78, 102, -1 };

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
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, .source = SOURCE_NONE)
