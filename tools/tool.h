/* tools/tool.h - the skeleton of every command line tool: options, output, errors, exit status.  Layer 6. */
#ifndef COX_TOOLS_TOOL_H
#define COX_TOOLS_TOOL_H

#include "base/diag.h"
#include "base/walltime.h"
#include "tools/toolopts.h"
#include "view/out.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/*
 * A tool is written like this:
 *
 *     struct settings { int command; char *file; };
 *     static const struct cox_opt options[] = {
 *         { "query", 'Q', COX_OPT_SET, .group = "Commands", .help = "...", .offset = offsetof(struct settings, command),
 *           .value = QUERY },
 *         { "xml-file", 'x', COX_OPT_STRING, "FILE", "Data", "...", offsetof(struct settings, file) },
 *     };
 *     static const struct cox_tool tool = { .name = "x", .summary = "...", .options = options,
 *         .n_options = G_N_ELEMENTS(options), .run = run };
 *     COX_TOOL_MAIN(tool, struct settings, 0)
 */

/** What run() gets. */
struct cox_tool_ctx {
    const struct cox_tool *tool;
    void *settings;       /**< the tool's struct, filled from the command line */
    struct cox_out *out;  /**< finished by cox_tool_main() */
    const char *request;  /**< the command line, as the envelope repeats it */
    const char *output_to; /**< path that was given for the output, or NULL */
    char **words;         /**< positional arguments, NULL-terminated */
    int verbosity;        /**< number of -V */
    bool is_quiet;
};

/** Parse, run, print errors and status, free what the options put into @settings.  Returns what main() returns. */
int cox_tool_main(const struct cox_tool *tool, char **argv, void *settings);

/** The main function of @tool, whose settings are of this type and begin with these values; what callbacks of options make is not freed. */
#define COX_TOOL_MAIN(tool, type, ...)                                                                               \
    int main(int argc, char **argv)                                                                                  \
    {                                                                                                                \
        type settings = { __VA_ARGS__ };                                                                             \
                                                                                                                     \
        (void) argc;                                                                                                 \
        return cox_tool_main(&(tool), argv, &settings);                                                              \
    }

/** Print "NAME: message" and return the exit status of @error, which is freed. */
int cox_tool_fail(struct cox_tool_ctx *ctx, GError *error);

/** Print "NAME: ..." and return 64. */
int cox_tool_usage(struct cox_tool_ctx *ctx, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Text only: what is wrong with a document, and what to do about it, below the error of which it is the reason. */
void cox_tool_print_diags(struct cox_tool_ctx *ctx, const struct cox_diags *diags);

/** Does somebody read errors as they come?  Clients that collect them know the field's words by heart, people want the reason, too. */
bool cox_tool_has_reader(void);

/** The reason of an error that clients know by other words: for people, and for those who ask for it (--verbose); text only. */
void cox_tool_reason(struct cox_tool_ctx *ctx, const char *text);

/** Print "NAME: ..." and return the exit status of @code. */
int cox_tool_error(struct cox_tool_ctx *ctx, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** Now, by the system's clock: the only place where a tool reads it. */
cox_wall cox_tool_now(void);

/** Where a document argument comes from: exactly one of them is used, in this order. */
struct cox_tool_source {
    const char *text; /**< the document itself */
    const char *file; /**< a path, or "-" for standard input */
    bool from_stdin;
};

/**
 * Bounds of documents: the usual ones, but for the size that COX_LIMIT_BYTES gives (bytes, or with k, M or G).
 * @param error  COX_ERROR_USAGE quoting the variable; @limits is untouched then
 */
bool cox_tool_limits(struct cox_xml_limits *limits, GError **error);

/**
 * Read and parse a document argument within the bounds of cox_tool_limits().
 * @return the document, the caller owns it; NULL with COX_ERROR_USAGE when no source was given, else as
 *         cox_xmldoc_parse_file()
 */
struct cox_xmldoc *cox_tool_load(const struct cox_tool_source *source, GError **error);

/**
 * Path of the configuration that tools work on when no cluster is asked: the shadow copy that CIB_shadow names, else the
 * file that CIB_file names.  Caller frees; NULL with COX_ERROR_DISCONNECTED when neither is set.
 */
char *cox_tool_cib_path(GError **error);

/** Path of the shadow copy @name: CIB_shadow_dir, or the usual directory, and "shadow.NAME".  Caller frees. */
char *cox_tool_shadow_path(const char *name);

G_END_DECLS

#endif
