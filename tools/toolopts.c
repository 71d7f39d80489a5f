/* tools/toolopts.c - the parser behind every tool's option table.  Layer 6. */
#include "tools/toolopts.h"

#include <string.h>

#include "base/error.h"

#define OUTPUT_GROUP "Output Options"
#define APP_GROUP "Application Options"
#define HELP_GROUP "Help Options"

static const struct cox_opt common_options[] = {
    { "help", 'h', COX_OPT_HELP, .group = HELP_GROUP, .help = "Show help options", .value = 0 },
    { NULL, '?', COX_OPT_HELP, .group = HELP_GROUP, .value = 0, .flags = COX_OPT_HIDDEN },
    { "help-all", 0, COX_OPT_HELP, .group = HELP_GROUP, .help = "Show all help options", .value = 1 },
    { "man", 0, COX_OPT_HELP, .group = HELP_GROUP, .value = 2, .flags = COX_OPT_HIDDEN },
    { "output-as", 0, COX_OPT_OUTPUT_AS, "FORMAT", OUTPUT_GROUP,
      "Specify output format as one of: text (default), xml, json, none" },
    { "output-to", 0, COX_OPT_OUTPUT_TO, "DEST", OUTPUT_GROUP, "Specify file name for output (or \"-\" for stdout)" },
    { "text-fancy", 0, COX_OPT_IGNORED, .group = OUTPUT_GROUP, .flags = COX_OPT_HIDDEN },
    { "xml-simple-list", 0, COX_OPT_IGNORED, .group = OUTPUT_GROUP, .flags = COX_OPT_HIDDEN },
    { "xml-substitute", 0, COX_OPT_IGNORED, .group = OUTPUT_GROUP, .flags = COX_OPT_HIDDEN },
    { "version", '$', COX_OPT_VERSION, .group = APP_GROUP, .help = "Display software version and exit" },
    { "extended-version", '!', COX_OPT_VERSION, .group = APP_GROUP, .flags = COX_OPT_HIDDEN }, /* older clients ask so */
    { "verbose", 'V', COX_OPT_VERBOSE, .group = APP_GROUP,
      .help = "Increase debug output (may be specified multiple times)" },
    { 0 },
};

const struct cox_opt *
cox_opt_common(void)
{
    return common_options;
}

void
cox_opt_result_clear(struct cox_opt_result *result)
{
    g_clear_pointer(&result->output_as, g_free);
    g_clear_pointer(&result->output_to, g_free);
    g_clear_pointer(&result->words, g_ptr_array_unref);
}

void
cox_opt_settings_clear(const struct cox_tool *tool, void *settings)
{
    for (size_t i = 0; i < tool->n_options; i++) {
        const struct cox_opt *opt = &tool->options[i];
        bool is_pair = opt->kind == COX_OPT_SET_STRING;
        void *field = (char *) settings + (is_pair ? opt->offset2 : opt->offset);

        if (is_pair || opt->kind == COX_OPT_STRING) {
            g_clear_pointer((char **) field, g_free);
        } else if (opt->kind == COX_OPT_STRINGS) {
            g_clear_pointer((GPtrArray **) field, g_ptr_array_unref);
        }
    }
}

/* ---- look up ---------------------------------------------------------------------------------------------- */

/* "--help-commands" asks for one group: accepted like --help. */
static bool
is_long_match(const struct cox_opt *opt, const char *name, size_t length)
{
    if (opt->long_name != NULL && strlen(opt->long_name) == length && strncmp(opt->long_name, name, length) == 0) {
        return true;
    }
    return opt->kind == COX_OPT_HELP && opt->value == 0 && opt->long_name != NULL && length > 5
           && strncmp(name, "help-", 5) == 0 && strncmp(name, "help-all", length) != 0;
}

static const struct cox_opt *
find_long(const struct cox_tool *tool, const char *name, size_t length)
{
    for (size_t i = 0; i < tool->n_options; i++) {
        if (is_long_match(&tool->options[i], name, length)) {
            return &tool->options[i];
        }
    }
    for (const struct cox_opt *opt = common_options; opt->long_name != NULL || opt->short_name != 0; opt++) {
        if (is_long_match(opt, name, length)) {
            return opt;
        }
    }
    return NULL;
}

static const struct cox_opt *
find_short(const struct cox_tool *tool, char name)
{
    for (size_t i = 0; i < tool->n_options; i++) {
        if (tool->options[i].short_name == name) {
            return &tool->options[i];
        }
    }
    for (const struct cox_opt *opt = common_options; opt->long_name != NULL || opt->short_name != 0; opt++) {
        if (opt->short_name == name) {
            return opt;
        }
    }
    return NULL;
}

/* ---- store ------------------------------------------------------------------------------------------------ */

static void
replace_string(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

static bool
store_int(int *field, const struct cox_opt_seen *seen, GError **error)
{
    gint64 value = 0;

    if (!g_ascii_string_to_signed(seen->argument, 10, G_MININT, G_MAXINT, &value, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Cannot parse integer value '%s' for %s", seen->argument,
                    seen->spelling);
        return false;
    }
    *field = (int) value;
    return true;
}

static bool
store(const struct cox_opt_seen *seen, struct cox_opt_result *result, GError **error)
{
    const struct cox_opt *opt = seen->opt;
    void *field = (char *) seen->settings + opt->offset;

    switch (opt->kind) {
    case COX_OPT_FLAG:
        *(bool *) field = true;
        return true;
    case COX_OPT_SET_STRING:
        replace_string((char **) (void *) ((char *) seen->settings + opt->offset2), seen->argument);
        *(int *) field = opt->value;
        return true;
    case COX_OPT_SET:
        *(int *) field = opt->value;
        return true;
    case COX_OPT_STRING:
        replace_string(field, seen->argument);
        return true;
    case COX_OPT_STRINGS: {
        GPtrArray **list = field;

        if (*list == NULL) {
            *list = g_ptr_array_new_with_free_func(g_free);
        }
        g_ptr_array_add(*list, g_strdup(seen->argument));
        return true;
    }
    case COX_OPT_INT:
        return store_int(field, seen, error);
    case COX_OPT_CALLBACK:
        return opt->callback(seen, error);
    case COX_OPT_IGNORED:
        return true;
    case COX_OPT_VERBOSE:
        result->verbosity++;
        return true;
    case COX_OPT_QUIET:
        result->is_quiet = true;
        return true;
    case COX_OPT_OUTPUT_AS:
        replace_string(&result->output_as, seen->argument);
        return true;
    case COX_OPT_OUTPUT_TO:
        replace_string(&result->output_to, seen->argument);
        return true;
    case COX_OPT_HELP:
        result->help = opt;
        return true;
    case COX_OPT_VERSION:
        result->wants_version = true;
        return true;
    }
    return true;
}

/* ---- scan ------------------------------------------------------------------------------------------------- */

/* The command line being read. */
struct scan {
    const struct cox_tool *tool;
    char **next; /* first word not yet looked at */
    void *settings;
    struct cox_opt_result *result;
};

/* @inline_argument is what is glued to the option, or NULL. */
static bool
take(struct scan *scan, const struct cox_opt *opt, const char *spelling, const char *inline_argument, GError **error)
{
    struct cox_opt_seen seen = { .opt = opt, .spelling = spelling, .argument = inline_argument,
                                 .settings = scan->settings };

    if (opt->arg_name != NULL && seen.argument == NULL && *scan->next != NULL) {
        if (!(opt->flags & COX_OPT_OPTIONAL) || (*scan->next)[0] != '-') {
            seen.argument = *scan->next++;
        }
    }
    if (opt->arg_name != NULL && seen.argument == NULL && !(opt->flags & COX_OPT_OPTIONAL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Missing argument for %s", spelling);
        return false;
    }
    if (opt->arg_name == NULL && inline_argument != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Option %s takes no argument, got '%s'", spelling,
                    inline_argument);
        return false;
    }
    return store(&seen, scan->result, error);
}

static bool
take_long(struct scan *scan, const char *word, GError **error)
{
    const char *equals = strchr(word, '=');
    size_t length = (equals != NULL) ? (size_t) (equals - word) : strlen(word);
    const struct cox_opt *opt = find_long(scan->tool, word + 2, length - 2);
    g_autofree char *spelling = g_strndup(word, length);

    if (opt == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Unknown option %s", word);
        return false;
    }
    return take(scan, opt, spelling, (equals != NULL) ? equals + 1 : NULL, error);
}

static bool
take_short(struct scan *scan, const char *word, GError **error)
{
    for (const char *p = word + 1; *p != '\0'; p++) {
        const struct cox_opt *opt = find_short(scan->tool, *p);
        const char spelling[] = { '-', *p, '\0' };

        if (opt == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Unknown option %s", spelling);
            return false;
        }
        if (opt->arg_name != NULL) {
            return take(scan, opt, spelling, (p[1] != '\0') ? p + 1 : NULL, error);
        }
        if (!take(scan, opt, spelling, NULL, error)) {
            return false;
        }
    }
    return true;
}

static bool
take_word(struct scan *scan, char *word, GError **error)
{
    if (!(scan->tool->flags & COX_TOOL_POSITIONAL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Unexpected argument '%s'", word);
        return false;
    }
    g_ptr_array_add(scan->result->words, word);
    return true;
}

bool
cox_opt_parse(const struct cox_tool *tool, char **argv, void *settings, struct cox_opt_result *result, GError **error)
{
    struct scan scan = { .tool = tool, .next = argv, .settings = settings, .result = result };
    bool only_words = false;

    result->words = g_ptr_array_new();
    if (*scan.next != NULL) {
        scan.next++; /* our own name */
    }
    while (*scan.next != NULL) {
        char *word = *scan.next++;
        bool ok;

        if (!only_words && g_str_equal(word, "--")) {
            only_words = true;
            continue;
        }
        if (only_words || word[0] != '-' || word[1] == '\0') {
            ok = take_word(&scan, word, error);
        } else if (word[1] == '-') {
            ok = take_long(&scan, word, error);
        } else {
            ok = take_short(&scan, word, error);
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}
