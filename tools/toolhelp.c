/* tools/toolhelp.c - help text and manual page from a tool's option table.  Layer 6. */
#include "tools/toolhelp.h"

#include <string.h>

#include "base/error.h"
#include "view/troff.h"

#define DEFAULT_GROUP "Additional Options"
#define HELP_COLUMN 32
#define HELP_WIDTH 110

static const int usual_statuses[] = { 0, 1, 64, -1 };

static const char *
group_of(const struct cox_opt *opt)
{
    return (opt->group != NULL) ? opt->group : DEFAULT_GROUP;
}

static bool
is_shown(const struct cox_opt *opt, bool all)
{
    return !(opt->flags & COX_OPT_HIDDEN) && (all || !(opt->flags & COX_OPT_ADVANCED));
}

/* Options to show and the headings they stand under, in order. */
struct listing {
    GArray *options; /* const struct cox_opt * */
    GArray *groups;  /* const char * */
};

static const struct cox_opt *
option_at(const struct listing *list, guint i)
{
    return g_array_index(list->options, const struct cox_opt *, i);
}

static const char *
group_at(const struct listing *list, guint i)
{
    return g_array_index(list->groups, const char *, i);
}

static void
listing_add(struct listing *list, const struct cox_opt *opt)
{
    const char *group = group_of(opt);

    g_array_append_val(list->options, opt);
    for (guint i = 0; i < list->groups->len; i++) {
        if (g_str_equal(group_at(list, i), group)) {
            return;
        }
    }
    g_array_append_val(list->groups, group);
}

static bool
comes_first(const struct cox_opt *opt)
{
    return opt->kind == COX_OPT_HELP || opt->kind == COX_OPT_OUTPUT_AS || opt->kind == COX_OPT_OUTPUT_TO;
}

static void
add_common(struct listing *list, bool first, bool all)
{
    for (const struct cox_opt *opt = cox_opt_common(); opt->long_name != NULL || opt->short_name != 0; opt++) {
        if (comes_first(opt) == first && is_shown(opt, all)) {
            listing_add(list, opt);
        }
    }
}

/* Help and output, then the tool's own, then what concerns every program. */
static struct listing
listing_new(const struct cox_tool *tool, bool all)
{
    struct listing list = { g_array_new(FALSE, FALSE, sizeof(const struct cox_opt *)),
                            g_array_new(FALSE, FALSE, sizeof(const char *)) };

    add_common(&list, true, all);
    for (size_t i = 0; i < tool->n_options; i++) {
        if (is_shown(&tool->options[i], all)) {
            listing_add(&list, &tool->options[i]);
        }
    }
    add_common(&list, false, all);
    return list;
}

static void
listing_clear(struct listing *list)
{
    g_array_free(list->options, TRUE);
    g_array_free(list->groups, TRUE);
}

/* "-x, --xml-file=FILE" */
static char *
spelling_of(const struct cox_opt *opt)
{
    GString *text = g_string_new(NULL);
    bool is_optional = (opt->flags & COX_OPT_OPTIONAL) != 0;

    if (opt->short_name != 0) {
        g_string_append_printf(text, "-%c", opt->short_name);
    }
    if (opt->long_name != NULL) {
        g_string_append_printf(text, "%s--%s", (opt->short_name != 0) ? ", " : "", opt->long_name);
    }
    if (opt->arg_name != NULL) {
        const char *join = (opt->long_name != NULL) ? "=" : (is_optional ? "" : " ");

        g_string_append_printf(text, is_optional ? "[%s%s]" : "%s%s", join, opt->arg_name);
    }
    return g_string_free(text, FALSE);
}

/* Words of @text, wrapped; lines after the first are indented to the help column. */
static void
append_wrapped(GString *out, const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
    size_t column = HELP_COLUMN;

    for (char **word = words; *word != NULL; word++) {
        size_t length = strlen(*word);

        if (length == 0) {
            continue;
        }
        if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
            g_string_append_printf(out, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, *word);
        column += length;
    }
    g_string_append_c(out, '\n');
}

char *
cox_toolhelp_text(const struct cox_tool *tool, bool all)
{
    GString *out = g_string_new(NULL);
    struct listing list = listing_new(tool, all);

    g_string_append_printf(out, "%s - %s\n\nUsage:\n  %s %s\n", tool->name, tool->summary, tool->name,
                           tool->synopsis != NULL ? tool->synopsis : "[OPTION]...");
    for (guint g = 0; g < list.groups->len; g++) {
        g_string_append_printf(out, "\n%s:\n", group_at(&list, g));
        for (guint i = 0; i < list.options->len; i++) {
            const struct cox_opt *opt = option_at(&list, i);
            g_autofree char *spelling = spelling_of(opt);

            if (!g_str_equal(group_of(opt), group_at(&list, g))) {
                continue;
            }
            if (strlen(spelling) + 3 > HELP_COLUMN) {
                g_string_append_printf(out, "  %s\n%*s", spelling, HELP_COLUMN, "");
            } else {
                g_string_append_printf(out, "  %-*s", HELP_COLUMN - 2, spelling);
            }
            append_wrapped(out, opt->help != NULL ? opt->help : "");
        }
    }
    if (tool->examples != NULL && all) {
        g_string_append_printf(out, "\nExamples:\n\n%s", tool->examples);
    }
    listing_clear(&list);
    return g_string_free(out, FALSE);
}

/* ---- manual page ------------------------------------------------------------------------------------------ */

static void
append_paragraphs(GString *out, const char *text)
{
    g_auto(GStrv) paragraphs = g_strsplit(text, "\n\n", -1);

    for (char **paragraph = paragraphs; *paragraph != NULL; paragraph++) {
        g_string_append(out, ".PP\n");
        cox_troff_append(out, g_strchomp(*paragraph));
        g_string_append_c(out, '\n');
    }
}

static void
append_man_options(GString *out, const struct cox_tool *tool)
{
    struct listing list = listing_new(tool, true);

    for (guint g = 0; g < list.groups->len; g++) {
        g_string_append_printf(out, ".SS %s\n", group_at(&list, g));
        for (guint i = 0; i < list.options->len; i++) {
            const struct cox_opt *opt = option_at(&list, i);
            g_autofree char *spelling = spelling_of(opt);

            if (!g_str_equal(group_of(opt), group_at(&list, g))) {
                continue;
            }
            g_string_append(out, ".TP\n.B ");
            cox_troff_append(out, spelling);
            g_string_append_c(out, '\n');
            cox_troff_append(out, opt->help != NULL ? opt->help : "");
            g_string_append_c(out, '\n');
        }
    }
    listing_clear(&list);
}

static void
append_man_statuses(GString *out, const struct cox_tool *tool)
{
    g_string_append(out, ".SH EXIT STATUS\n");
    for (const int *status = (tool->statuses != NULL) ? tool->statuses : usual_statuses; *status >= 0; status++) {
        g_string_append_printf(out, ".TP\n.B %d\n", *status);
        cox_troff_append(out, cox_error_text(cox_error_from_status(*status)));
        g_string_append(out, ".\n");
    }
}

static void
append_man_environment(GString *out)
{
    g_string_append(out, ".SH ENVIRONMENT\n.TP\n.B COX_LIMIT_BYTES\n");
    cox_troff_append(out, "The largest document that is read, in bytes, or with k, M or G; 512M if it is not set.\n");
}

/* Lines that begin with a tab are commands. */
static void
append_man_examples(GString *out, const char *examples)
{
    g_auto(GStrv) lines = g_strsplit(examples, "\n", -1);

    g_string_append(out, ".SH EXAMPLES\n");
    for (char **line = lines; *line != NULL; line++) {
        if (**line == '\0') {
            continue;
        }
        g_string_append(out, (**line == '\t') ? ".PP\n.RS 4\n.nf\n" : ".PP\n");
        cox_troff_append(out, (**line == '\t') ? *line + 1 : *line);
        g_string_append(out, (**line == '\t') ? "\n.fi\n.RE\n" : "\n");
    }
}

char *
cox_toolhelp_man(const struct cox_tool *tool)
{
    GString *out = g_string_new(NULL);
    g_autofree char *upper = g_ascii_strup(tool->name, -1);

    g_string_append_printf(out, ".\\\" Generated from the option table of %s: do not edit.\n", tool->name);
    g_string_append_printf(out, ".TH %s 8 \"\" \"Coxswain\" \"System Administration\"\n.SH NAME\n%s \\- ", upper,
                           tool->name);
    cox_troff_append(out, tool->summary);
    g_string_append_printf(out, "\n.SH SYNOPSIS\n.B %s\n", tool->name);
    cox_troff_append(out, tool->synopsis != NULL ? tool->synopsis : "[OPTION]...");
    g_string_append(out, "\n.SH DESCRIPTION\n");
    append_paragraphs(out, tool->description != NULL ? tool->description : tool->summary);
    g_string_append(out, ".SH OPTIONS\n");
    append_man_options(out, tool);
    append_man_statuses(out, tool);
    if ((tool->flags & COX_TOOL_READS_DOCUMENTS) != 0) {
        append_man_environment(out);
    }
    if (tool->examples != NULL) {
        append_man_examples(out, tool->examples);
    }
    return g_string_free(out, FALSE);
}
