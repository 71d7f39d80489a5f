/* tools/tool.c - the skeleton of every command line tool: options, output, errors, exit status.  Layer 6. */
#include "tools/tool.h"

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/environment.h"
#include "tools/toolhelp.h"


cox_wall
cox_tool_now(void)
{
    return (cox_wall) { g_get_real_time() };
}

/* ---- errors ----------------------------------------------------------------------------------------------- */

int
cox_tool_error(struct cox_tool_ctx *ctx, int code, const char *format, ...)
{
    va_list args;
    g_autofree char *text = NULL;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    cox_out_error(ctx->out, "%s: %s", ctx->tool->name, text);
    return cox_error_exit_status((enum cox_error) code);
}

int
cox_tool_usage(struct cox_tool_ctx *ctx, const char *format, ...)
{
    va_list args;
    g_autofree char *text = NULL;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return cox_tool_error(ctx, COX_ERROR_USAGE, "%s", text);
}

int
cox_tool_fail(struct cox_tool_ctx *ctx, GError *error)
{
    int status = cox_error_status_of(error);

    cox_out_error(ctx->out, "%s: %s", ctx->tool->name, error->message);
    g_error_free(error);
    return status;
}

bool
cox_tool_has_reader(void)
{
    return isatty(STDERR_FILENO) != 0;
}

void
cox_tool_reason(struct cox_tool_ctx *ctx, const char *text)
{
    if (cox_out_is_text(ctx->out) && (ctx->verbosity > 0 || cox_tool_has_reader())) {
        cox_out_error(ctx->out, "%s", text);
    }
}

void
cox_tool_print_diags(struct cox_tool_ctx *ctx, const struct cox_diags *diags)
{
    for (size_t i = 0; i < cox_diags_count(diags) && cox_out_is_text(ctx->out); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        cox_out_error(ctx->out, "%s%s%s", diag->text, diag->remedy == NULL ? "" : "; ",
                      diag->remedy == NULL ? "" : diag->remedy);
    }
}

bool
cox_tool_limits(struct cox_xml_limits *limits, GError **error)
{
    static const char units[] = "kMG";
    const char *text = g_getenv("COX_LIMIT_BYTES");
    char *end = NULL;
    guint64 bytes = 0;

    if (text == NULL || *text == '\0') {
        *limits = (struct cox_xml_limits) { 0 };
        return true;
    }
    bytes = g_ascii_strtoull(text, &end, 10);
    for (size_t i = 0; i < strlen(units); i++) {
        if (*end == units[i] && bytes <= (guint64) G_MAXINT64 >> (10 * (i + 1))) {
            bytes <<= 10 * (i + 1);
            end++;
            break;
        }
    }
    if (end == text || *end != '\0' || !g_ascii_isdigit(*text) || bytes == 0 || bytes > (guint64) G_MAXINT64) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE,
                    "COX_LIMIT_BYTES: '%s' is no size: give a number of bytes, or one with k, M or G", text);
        return false;
    }
    *limits = (struct cox_xml_limits) { .bytes = (size_t) bytes };
    return true;
}

struct cox_xmldoc *
cox_tool_load(const struct cox_tool_source *source, GError **error)
{
    struct cox_xml_limits limits;

    if (!cox_tool_limits(&limits, error)) {
        return NULL;
    }
    if (source->text != NULL) {
        return cox_xmldoc_parse_text(source->text, strlen(source->text), &limits, error);
    }
    if (source->from_stdin || g_strcmp0(source->file, "-") == 0) {
        return cox_xmldoc_parse_fd(STDIN_FILENO, "standard input", &limits, error);
    }
    if (source->file == NULL) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_USAGE, "No input given: name a file, a text or standard input");
        return NULL;
    }
    return cox_xmldoc_parse_file(source->file, &limits, error);
}

char *
cox_tool_shadow_path(const char *name)
{
    const char *directory = g_getenv("CIB_shadow_dir");
    const char *home = g_getenv("HOME");
    g_autofree char *file = g_strconcat("shadow.", name, NULL);

    if (directory == NULL && geteuid() != 0 && home != NULL) {
        return g_build_filename(home, ".cib", file, NULL); /* only root can write where the cluster keeps its own */
    }
    return g_build_filename((directory != NULL) ? directory : COX_STATEDIR "/cib", file, NULL);
}

char *
cox_tool_cib_path(GError **error)
{
    const char *shadow = g_getenv("CIB_shadow");
    const char *file = g_getenv("CIB_file");

    if (shadow != NULL && *shadow != '\0') {
        return cox_tool_shadow_path(shadow);
    }
    if (file != NULL && *file != '\0') {
        return g_strdup(file);
    }
    g_set_error_literal(error, COX_ERROR, COX_ERROR_DISCONNECTED,
                        "Not connected: start the cluster, or name a file with CIB_file");
    return NULL;
}

/* ---- main ------------------------------------------------------------------------------------------------- */

/* The word that must not be repeated, or NULL. */
static const char *
secret_of(const struct cox_tool *tool, const struct cox_opt_result *parsed)
{
    return tool->secret_word == 0 || tool->secret_word > parsed->words->len ? NULL : parsed->words->pdata[tool->secret_word - 1];
}

/* The command line as the envelope repeats it: words that a shell would take apart are quoted, and the one at @secret is hidden. */
static char *
request_text(char **argv, const char *secret)
{
    GString *text = g_string_new(NULL);

    for (char **word = argv; *word != NULL; word++) {
        bool is_plain = (**word != '\0') && strpbrk(*word, " \t\n\"'\\$&|;<>()*?[]#~`{}!") == NULL;

        if (word == argv) {
            g_autofree char *name = g_path_get_basename(*word);

            g_string_append(text, name);
        } else if (*word == secret) {
            g_string_append(text, " ***");
        } else if (is_plain) {
            g_string_append_printf(text, " %s", *word);
        } else {
            g_autofree char *quoted = g_shell_quote(*word);

            g_string_append_printf(text, " %s", quoted);
        }
    }
    return g_string_free(text, FALSE);
}

static void
print_version(struct cox_tool_ctx *ctx)
{
    cox_out_begin(ctx->out, "version", "program", "Pacemaker", "version", COX_COMPAT_VERSION, "author",
                  "the Coxswain authors", "build", PACKAGE_VERSION, "features", "coxswain", NULL);
    cox_out_end(ctx->out);
    cox_out_line(ctx->out, "Pacemaker %s", COX_COMPAT_VERSION);
    cox_out_line(ctx->out, "Coxswain %s: %s of a free high-availability cluster manager", PACKAGE_VERSION,
                 ctx->tool->name);
}

static void
print_help(struct cox_tool_ctx *ctx, int kind)
{
    g_autofree char *text = (kind == 2) ? cox_toolhelp_man(ctx->tool) : cox_toolhelp_text(ctx->tool, kind == 1);

    cox_out_cdata(ctx->out, "help", text);
    cox_out_raw(ctx->out, text);
}

/* What the command line said, run. */
static int
run_parsed(struct cox_tool_ctx *ctx, const struct cox_opt_result *parsed, GError *parse_error)
{
    if (parse_error != NULL) {
        return cox_tool_fail(ctx, parse_error);
    }
    if (parsed->help != NULL) {
        print_help(ctx, parsed->help->value);
        return 0;
    }
    if (parsed->wants_version) {
        print_version(ctx);
        return 0;
    }
    return ctx->tool->run(ctx);
}

static FILE *
open_output(const struct cox_opt_result *parsed, GError **error)
{
    FILE *file = stdout;

    if (parsed->output_to != NULL && !g_str_equal(parsed->output_to, "-")) {
        file = fopen(parsed->output_to, "we");
        if (file == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "Could not create output file '%s': %s",
                        parsed->output_to, g_strerror(errno));
        }
    }
    return file;
}

static int
finish(struct cox_tool_ctx *ctx, int status, FILE *file)
{
    g_autoptr(GError) error = NULL;
    bool ok = cox_out_finish(ctx->out, status, NULL, &error);

    if (file != stdout && fclose(file) != 0 && ok) {
        ok = false;
        g_set_error(&error, COX_ERROR, COX_ERROR_IO, "Could not close the output file: %s", g_strerror(errno));
    }
    if (!ok) {
        fprintf(stderr, "%s: %s\n", ctx->tool->name, error->message);
        return (status != 0) ? status : cox_error_status_of(error);
    }
    return status;
}

int
cox_tool_main(const struct cox_tool *tool, char **argv, void *settings)
{
    struct cox_opt_result parsed = { 0 };
    struct cox_out_options output = { .error_file = stderr };
    GError *error = NULL;
    g_autofree char *request = NULL;
    struct cox_tool_ctx ctx = { .tool = tool, .settings = settings };
    int status;

    (void) signal(SIGPIPE, SIG_IGN);
    if (cox_opt_parse(tool, argv, settings, &parsed, &error) && parsed.output_as != NULL) {
        (void) cox_out_format_parse(parsed.output_as, &output.format, &error);
    } else if (parsed.output_as != NULL) {
        (void) cox_out_format_parse(parsed.output_as, &output.format, NULL);
    }
    output.file = open_output(&parsed, (error == NULL) ? &error : NULL);
    if (output.file == NULL) {
        output.file = stdout;
    }
    if (error != NULL && tool->secret_word != 0) {
        request = g_strdup(tool->name); /* which word it is nobody knows */
    } else {
        request = request_text(argv, secret_of(tool, &parsed));
    }
    output.request = request;
    output.plain_lists = (tool->flags & COX_TOOL_PLAIN_LISTS) != 0;
    g_ptr_array_add(parsed.words, NULL);
    ctx.words = (char **) parsed.words->pdata;
    ctx.request = request;
    ctx.output_to = parsed.output_to;
    ctx.verbosity = parsed.verbosity;
    ctx.is_quiet = parsed.is_quiet;
    ctx.out = cox_out_new(&output);
    status = run_parsed(&ctx, &parsed, error);
    status = finish(&ctx, status, output.file);
    cox_out_free(ctx.out);
    cox_opt_result_clear(&parsed);
    cox_opt_settings_clear(tool, settings);
    return status;
}
