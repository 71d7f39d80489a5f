/* tools/toolopts.h - what a command line tool is: a table of options plus a run function; and the parser of that table.  Layer 6. */
#ifndef COX_TOOLS_TOOLOPTS_H
#define COX_TOOLS_TOOLOPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

struct cox_tool_ctx;
struct cox_opt_seen;

/** What an option does with the field at its offset in the tool's own struct of settings. */
enum cox_opt_kind {
    COX_OPT_FLAG = 0, /**< bool: becomes true */
    COX_OPT_SET,      /**< int: becomes .value (commands, modes; the last one given wins) */
    COX_OPT_SET_STRING, /**< int at .offset becomes .value, char * at .offset2 becomes the argument */
    COX_OPT_STRING,   /**< char *: copy of the argument */
    COX_OPT_STRINGS,  /**< GPtrArray * of char *: created when first given */
    COX_OPT_INT,      /**< int */
    COX_OPT_CALLBACK, /**< .callback is called in the order of the command line */
    COX_OPT_IGNORED,  /**< accepted and without effect (old options) */
    COX_OPT_VERBOSE,  /**< counts; every tool has it */
    COX_OPT_QUIET,    /**< sets ctx->is_quiet */
    COX_OPT_OUTPUT_AS,
    COX_OPT_OUTPUT_TO,
    COX_OPT_HELP, /**< prints help (.value tells which) */
    COX_OPT_VERSION,
};

enum cox_opt_flags {
    COX_OPT_HIDDEN = 1 << 0,   /**< old spelling or internal: accepted, not in help */
    COX_OPT_OPTIONAL = 1 << 1, /**< the argument may be left out; it is NULL then */
    COX_OPT_ADVANCED = 1 << 2, /**< only in --help-all */
};

/** One option; a row of a tool's table. */
struct cox_opt {
    const char *long_name; /**< without dashes; NULL when there is only a short one */
    char short_name;       /**< 0 when there is only a long one */
    enum cox_opt_kind kind;
    const char *arg_name; /**< NULL: takes no argument */
    const char *group;    /**< heading in help, such as "Commands"; NULL: "Additional Options" */
    const char *help;
    size_t offset; /**< offsetof the field in the tool's settings */
    size_t offset2;
    int value;
    unsigned int flags;
    bool (*callback)(const struct cox_opt_seen *seen, GError **error);
};

/** One option as given, for callbacks. */
struct cox_opt_seen {
    const struct cox_opt *opt;
    const char *spelling; /**< as on the command line: "-x" or "--xml-file" */
    const char *argument; /**< NULL when none was given */
    void *settings;       /**< the tool's own struct */
};

enum cox_tool_flags {
    COX_TOOL_POSITIONAL = 1 << 0, /**< words that are no options are kept; else they are a usage error */
    COX_TOOL_PLAIN_LISTS = 1 << 1, /**< lists in text without "  * " */
    COX_TOOL_READS_DOCUMENTS = 1 << 2, /**< what concerns documents belongs to its manual page */
};

/** A tool: everything help, manual page and main need to know. */
struct cox_tool {
    const char *name;
    const char *summary;     /**< one line, for NAME and the head of --help */
    const char *synopsis;    /**< what follows the name, such as "COMMAND [OPTION]..." */
    const char *description; /**< paragraphs separated by an empty line; may be NULL */
    const char *examples;    /**< lines "text\n\tcommand\n"; may be NULL */
    const int *statuses;     /**< exit statuses to document, ended by -1; NULL: 0, 1 and 64 */
    const struct cox_opt *options;
    size_t n_options;
    unsigned int flags;
    unsigned int secret_word; /**< this positional argument (1 is the first) is shown to nobody: the envelope has "***" in its place; 0: none */
    int (*run)(struct cox_tool_ctx *ctx); /**< returns the exit status */
};

/** What parsing found besides the tool's own settings. */
struct cox_opt_result {
    int verbosity;
    bool is_quiet;
    bool wants_version;
    const struct cox_opt *help; /**< the help option that was given, or NULL */
    char *output_as;            /**< owned */
    char *output_to;            /**< owned */
    GPtrArray *words;           /**< positional arguments, borrowed from argv */
};

void cox_opt_result_clear(struct cox_opt_result *result);

/** Options that every tool has (help, version, verbose, output); ended by a row without names. */
const struct cox_opt *cox_opt_common(void);

/**
 * Parse a command line as getopt_long does (bundles, "-xVALUE", "--name=VALUE", "--"), with optional arguments, which
 * are taken from the next word unless that begins with '-'.
 *
 * @param settings  the tool's struct; fields are set in the order of the command line
 * @param error     COX_ERROR_USAGE; what was parsed before stays set
 */
bool cox_opt_parse(const struct cox_tool *tool, char **argv, void *settings, struct cox_opt_result *result,
                   GError **error);

/** Free what cox_opt_parse() put into @settings, and set it to NULL.  What callbacks made is theirs. */
void cox_opt_settings_clear(const struct cox_tool *tool, void *settings);

G_END_DECLS

#endif
