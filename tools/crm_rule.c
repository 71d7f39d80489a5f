/* tools/crm_rule.c - tell whether a rule of the configuration is in effect at a time.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "codec/rulecheck.h"
#include "tools/cib_access.h"
#include "tools/tool.h"

struct settings {
    bool checks;
    char *xml_text;
    char *date;
    GPtrArray *rules;
    GTimeZone *zone; /* of the user */
};

#define FIELD(name) offsetof(struct settings, name)

static const struct cox_opt options[] = {
    { "check", 'c', COX_OPT_FLAG, NULL, "Modes (mutually exclusive)", "Check whether a rule is in effect", FIELD(checks) },
    { "xml-text", 'X', COX_OPT_STRING, "XML", "Data", "Use argument for XML (or stdin if '-')", FIELD(xml_text) },
    { "date", 'd', COX_OPT_STRING, "DATE", NULL, "Whether the rule is in effect on a given date", FIELD(date) },
    { "rule", 'r', COX_OPT_STRINGS, "ID", NULL, "The ID of the rule to check (may be specified multiple times)",
      FIELD(rules) },
};

/* ---- one rule --------------------------------------------------------------------------------------------- */

static void
print_verdict(struct cox_tool_ctx *ctx, const char *id, const struct cox_rulecheck *check)
{
    switch (check->result) {
    case COX_RULE_IN_EFFECT:
        cox_out_line(ctx->out, "Rule %s %s", id, check->repeats ? "satisfies conditions" : "is still in effect");
        return;
    case COX_RULE_BEFORE:
        cox_out_line(ctx->out, "Rule %s has not yet taken effect", id);
        return;
    case COX_RULE_AFTER:
        cox_out_line(ctx->out, "Rule %s is expired", id);
        return;
    case COX_RULE_NOT_IN_EFFECT:
        cox_out_line(ctx->out, "Rule %s does not satisfy conditions", id);
        return;
    case COX_RULE_INVALID:
        cox_out_error(ctx->out, "Could not determine whether rule %s is in effect: Error parsing rule", id);
        return;
    }
}

static int
status_of(enum cox_rule_result result)
{
    switch (result) {
    case COX_RULE_IN_EFFECT:
        return 0;
    case COX_RULE_BEFORE:
        return cox_error_exit_status(COX_ERROR_NOT_YET);
    case COX_RULE_AFTER:
        return cox_error_exit_status(COX_ERROR_EXPIRED);
    case COX_RULE_NOT_IN_EFFECT:
        return cox_error_exit_status(COX_ERROR_UNSATISFIED);
    case COX_RULE_INVALID:
        break;
    }
    return cox_error_exit_status(COX_ERROR_INDETERMINATE);
}

static int
check_rule(struct cox_tool_ctx *ctx, const struct cox_xml *top, const char *id, const struct cox_rule_input *input)
{
    struct cox_rulecheck check = { .result = COX_RULE_INVALID };
    g_autoptr(GError) error = NULL;
    int status;

    if (cox_rulecheck_run(top, id, input, &check, &error)) {
        status = status_of(check.result);
        print_verdict(ctx, id, &check);
    } else {
        status = cox_error_status_of(error);
        cox_out_error(ctx->out, "Could not determine whether rule %s is in effect: %s", id, error->message);
    }
    cox_out_begin(ctx->out, "rule-check", "rule-id", id, NULL);
    cox_out_attrf(ctx->out, "rc", "%d", status);
    cox_out_end(ctx->out);
    return status;
}

/* ---- input ------------------------------------------------------------------------------------------------ */

/* Where rules come from: a document that is given, or the configuration. */
struct source {
    struct cox_xmldoc *doc;
    struct cox_cib_access *access;
};

static void
source_clear(struct source *source)
{
    if (source->doc != NULL) {
        cox_xmldoc_free(source->doc);
    }
    cox_cib_access_free(source->access);
}

/* The configuration's root, borrowed from @source; on failure a message was printed and *@status is set. */
static const struct cox_xml *
query(struct cox_tool_ctx *ctx, struct source *source, int *status)
{
    const struct cox_cib_access_settings where = { .tool = "crm_rule" };
    g_autoptr(GError) error = NULL;
    const struct cox_xml *root = NULL;

    source->access = cox_cib_access_open(&where, &error);
    root = source->access == NULL ? NULL : cox_cib_access_visible(source->access, &error);
    if (root == NULL) {
        cox_out_error(ctx->out, "CIB query failed: %s", error->message);
        *status = cox_error_status_of(error);
    }
    return root;
}

/* The root of what --xml-text gives, in the same way. */
static const struct cox_xml *
parse(struct cox_tool_ctx *ctx, struct source *source, int *status)
{
    const char *given = ((const struct settings *) ctx->settings)->xml_text;
    bool is_stdin = strcmp(given, "-") == 0;
    const struct cox_tool_source from = { .text = is_stdin ? NULL : given, .from_stdin = is_stdin };
    g_autoptr(GError) error = NULL;

    source->doc = cox_tool_load(&from, &error);
    if (source->doc != NULL) {
        return cox_xmldoc_root(source->doc);
    }
    if (cox_out_is_text(ctx->out)) {
        cox_out_error(ctx->out, "%s", error->message); /* programs get the line below only */
    }
    *status = is_stdin ? cox_tool_error(ctx, COX_ERROR_SYNTAX, "Couldn't parse input from STDIN")
                       : cox_tool_error(ctx, COX_ERROR_SYNTAX, "Couldn't parse input string: %s", given);
    return NULL;
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    const struct cox_datetime_context dates = { settings->zone, cox_tool_now() };
    struct cox_rule_input input = { .now = dates.now, .zone = settings->zone };
    struct cox_datetime moment;
    struct source source = { 0 };
    const struct cox_xml *root = NULL;
    int status = 0;

    if (!settings->checks) {
        return cox_tool_usage(ctx, "No mode operation given");
    }
    if (settings->rules == NULL) {
        return cox_tool_usage(ctx, "--check requires use of --rule=");
    }
    if (settings->date != NULL) {
        if (!cox_datetime_parse(settings->date, &dates, &moment, NULL)) {
            return cox_tool_error(ctx, COX_ERROR_SYNTAX, "Invalid date specified: '%s'", settings->date);
        }
        input.now = cox_datetime_to_wall(&moment);
    }
    root = settings->xml_text == NULL ? query(ctx, &source, &status) : parse(ctx, &source, &status);
    for (guint i = 0; root != NULL && i < settings->rules->len; i++) {
        status = check_rule(ctx, root, g_ptr_array_index(settings->rules, i), &input);
    }
    source_clear(&source);
    return status;
}

static const int statuses[] = { 0, 3, 64, 65, 66, 102, 105, 109, 110, 111, 112, -1 };

static const struct cox_tool tool = {
    .name = "crm_rule",
    .summary = "evaluate rules from the cluster configuration",
    .synopsis = "--check --rule ID [--rule ID]... [OPTION]...",
    .description = "Tells whether a rule is in effect now or on a given date, or is not yet, or is expired. The exit status "
                   "says it too; with several rules it is that of the last one.\n\n"
                   "Only rules with exactly one date expression can be checked; a date specification must name years. The "
                   "configuration is that of CIB_file or CIB_shadow, of the running cluster, or what --xml-text gives.",
    .examples = "Is the rule that a move left behind expired?\n\tcrm_rule --check --rule cli-prefer-rule-web\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

int
main(int argc, char **argv)
{
    struct settings settings = { .zone = g_time_zone_new_local() };
    int status;

    (void) argc;
    status = cox_tool_main(&tool, argv, &settings);
    g_time_zone_unref(settings.zone);
    return status;
}
