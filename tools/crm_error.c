/* tools/crm_error.c - name and describe exit statuses and return codes.  Layer 6. */
#include "config.h"

#include "base/error.h"
#include "tools/tool.h"

#include <stdlib.h>
#include <string.h>

/* Highest number that the system may use for an error. */
#define SYSTEM_MAX 200

enum kind {
    KIND_LEGACY = 0,
    KIND_EXIT,
    KIND_RETURN,
};

struct settings {
    int kind;
    bool shows_name;
    bool lists_all;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct cox_opt options[] = {
    { "name", 'n', COX_OPT_FLAG, NULL, NULL,
      "Show error's name with its description (useful for looking for sources of the error in source code)",
      FIELD(shows_name) },
    { "list", 'l', COX_OPT_FLAG, NULL, NULL, "Show all known errors (enabled by default if no rc is specified)",
      FIELD(lists_all) },
    { "exit", 'X', COX_OPT_SET, NULL, NULL, "Interpret as exit code rather than legacy function return value", FIELD(kind),
      .value = KIND_EXIT },
    { "rc", 'r', COX_OPT_SET, NULL, NULL, "Interpret as return code rather than legacy function return value", FIELD(kind),
      .value = KIND_RETURN },
};

/* A code explained; @name is NULL when the code is not known. */
struct result {
    int code;
    const char *name;
    const char *text;
};

static const struct result return_codes[] = {
#define COX_RETURN_CODE(code, name, text) { code, name, text },
#include "tools/returncodes.def"
#undef COX_RETURN_CODE
};

static const struct result *
find_return_code(int code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(return_codes); i++) {
        if (return_codes[i].code == code) {
            return &return_codes[i];
        }
    }
    return NULL;
}

static struct result
explain_exit(int code)
{
    enum cox_error error = cox_error_from_status(code);

    if (cox_error_exit_status(error) != code || error == COX_ERROR_MAX) {
        return (struct result) { code, NULL, "Unknown exit status" };
    }
    return (struct result) { code, cox_error_name(error), cox_error_text(error) };
}

static struct result
explain_return(int code)
{
    const struct result *row = (code < 0) ? find_return_code(code) : NULL;

    if (code == 0) {
        return (struct result) { code, "pcmk_rc_ok", "OK" };
    }
    if (row != NULL) {
        return *row;
    }
    return (struct result) { code, (code > 0) ? strerrorname_np(code) : NULL, (code > 0) ? g_strerror(code) : "Error" };
}

static struct result
explain_legacy(int code)
{
    int positive = (code == G_MININT) ? G_MAXINT : ABS(code);
    const struct result *row = (positive > SYSTEM_MAX) ? find_return_code(positive) : NULL;

    if (code == 0) {
        return (struct result) { code, "pcmk_rc_ok", "OK" };
    }
    if (row != NULL) {
        return (struct result) { code, row->name, row->text };
    }
    return (struct result) { code, strerrorname_np(positive), g_strerror(positive) };
}

static struct result
explain(const struct settings *settings, int code)
{
    switch ((enum kind) settings->kind) {
    case KIND_LEGACY:
        break;
    case KIND_EXIT:
        return explain_exit(code);
    case KIND_RETURN:
        return explain_return(code);
    }
    return explain_legacy(code);
}

static void
print_structure(struct cox_tool_ctx *ctx, const struct result *result)
{
    const struct settings *settings = ctx->settings;
    const char *unknown = (settings->kind == KIND_EXIT) ? "CRM_EX_UNKNOWN" : "Unknown";

    cox_out_begin(ctx->out, "result-code", NULL);
    cox_out_attrf(ctx->out, "code", "%d", result->code);
    if (settings->shows_name) {
        cox_out_attr(ctx->out, "name", (result->name != NULL) ? result->name : unknown);
    }
    cox_out_attr(ctx->out, "description", result->text);
    cox_out_end(ctx->out);
}

static void
print_one(struct cox_tool_ctx *ctx, const struct result *result)
{
    const struct settings *settings = ctx->settings;
    const char *unknown = (settings->kind == KIND_EXIT) ? "CRM_EX_UNKNOWN" : "Unknown";

    print_structure(ctx, result);
    if (settings->shows_name) {
        cox_out_line(ctx->out, "%s - %s", (result->name != NULL) ? result->name : unknown, result->text);
    } else {
        cox_out_line(ctx->out, "%s", result->text);
    }
}

static void
list_all(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    int first = (settings->kind == KIND_RETURN) ? return_codes[0].code : 0;
    int last = (settings->kind == KIND_RETURN) ? SYSTEM_MAX : 255;

    for (int code = first; code <= last; code++) {
        struct result result = explain(settings, code);

        if (result.name == NULL) {
            continue;
        }
        print_structure(ctx, &result);
        if (settings->shows_name) {
            cox_out_line(ctx->out, "%5d: %-26s  %s", code, result.name, result.text);
        } else {
            cox_out_line(ctx->out, "%5d: %s", code, result.text);
        }
    }
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;

    if (settings->lists_all || ctx->words[0] == NULL) {
        list_all(ctx);
        return 0;
    }
    for (char **word = ctx->words; *word != NULL; word++) {
        gint64 code = 0;
        struct result result;

        if (!g_ascii_string_to_signed(*word, 10, G_MININT, G_MAXINT, &code, NULL)) {
            return cox_tool_usage(ctx, "'%s' is not a code: give a number", *word);
        }
        result = explain(settings, (int) code);
        print_one(ctx, &result);
    }
    return 0;
}

static const int statuses[] = { 0, 64, -1 };

static const struct cox_tool tool = {
    .name = "crm_error",
    .summary = "display name or description of a cluster error code",
    .synopsis = "[OPTION]... [-- <rc> [<rc>...]]",
    .description = "Says what a number means that a cluster tool exited with, or that a log shows as a return code.",
    .examples = "What does exit status 105 mean?\n\tcrm_error -X 105\nAll exit statuses with their names:\n\tcrm_error -l -n -X\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_POSITIONAL,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, .kind = KIND_LEGACY)
