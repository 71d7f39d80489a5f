/*
 * The table of options has everything that the reference list of options has: name, type, default, allowed values, place,
 * status and old name.  The list (compat/options.tsv) is found through COX_SHARED or beside the source tree; without it:
 * skipped.
 */
#include "model/option.h"

#include <stdio.h>

#include "base/testkit.h"

enum { NAME = 0, TYPE, FALLBACK, ALLOWED, SCOPE, STATUS, OLD_NAME, N_COLUMNS };

static const struct {
    const char *text;
    enum cox_option_scope scope;
} scopes[] = {
    { "cluster-property", COX_OPTION_CLUSTER },
    { "fencing-device-param", COX_OPTION_DEVICE },
    { "fencing-device-meta", COX_OPTION_DEVICE_META },
    { "primitive-meta", COX_OPTION_META },
    { "clone-meta", COX_OPTION_CLONE },
    { "operation", COX_OPTION_OP },
    { "node-attr", COX_OPTION_NODE },
    { "rule-attr", COX_OPTION_RULE },
    { "alert-meta", COX_OPTION_ALERT },
    { "ocf:pacemaker:remote-param", COX_OPTION_REMOTE },
    { "bundle", COX_OPTION_BUNDLE },
};

/* Types of the list that are no types of clients: what they are written as. */
static const struct {
    const char *text, *type;
} types[] = {
    { "epoch seconds", "epoch_time" }, { "id", "string" },       { "ipaddr", "string" },
    { "iso8601", "string" },           { "strftime", "string" }, { "time", "duration" },
};

static enum cox_option_scope
scope_of(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);

    for (size_t i = 0; i < G_N_ELEMENTS(scopes); i++) {
        if (strcmp(parts[0], scopes[i].text) == 0) {
            return scopes[i].scope;
        }
    }
    return COX_OPTION_N_SCOPES;
}

static const char *
type_of(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (strcmp(text, types[i].text) == 0) {
            return types[i].type;
        }
    }
    return text;
}

/* "false (true if ...)": the part before the bracket; words that are no value must be in what the option means. */
static bool
fits_fallback(const struct cox_option *option, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, " (", 2);

    if (*text == '\0') {
        return option->fallback == NULL;
    }
    return option->fallback == NULL ? strstr(option->meaning, text) != NULL : strcmp(option->fallback, parts[0]) == 0;
}

/* All that are allowed must be accepted by the parser, and shown. */
static bool
fits_allowed(const struct cox_option *option, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, " (", 2);
    g_auto(GStrv) words = g_strsplit(*text == '\0' ? "" : parts[0], "|", -1);

    if (option->type != COX_OPTION_SELECT) {
        return *text == '\0' || g_strcmp0(option->allowed, text) == 0;
    }
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *hidden = strstr(option->allowed, "||");
        const char *word = strstr(option->allowed, words[i]);

        if (word == NULL || (hidden != NULL && word > hidden) || !cox_option_parse(option, words[i], NULL, NULL)) {
            return false;
        }
    }
    return true;
}

static bool
fits_place(const struct cox_option *option, const char *scope)
{
    const char *slash = strchr(scope, '/');

    return g_strcmp0(option->part, slash == NULL ? NULL : slash + 1) == 0;
}

static const char *
status_of(const struct cox_option *option)
{
    switch (option->status) {
    case COX_OPTION_NORMAL:
        return "-";
    case COX_OPTION_GENERATED:
        return "generated";
    case COX_OPTION_ADVANCED:
        return "advanced";
    case COX_OPTION_DEPRECATED:
        return "deprecated";
    }
    return NULL;
}

/* The first column that differs, or NULL. */
static const char *
difference(char *const *row)
{
    const struct cox_option *option = cox_option_find(scope_of(row[SCOPE]), row[NAME]);

    if (option == NULL) {
        return "name";
    }
    if (g_str_has_suffix(row[SCOPE], "/legacy-name")) {
        return strcmp(option->name, row[OLD_NAME]) == 0 ? NULL : "alias";
    }
    return strcmp(cox_option_type_name(option->type, false), type_of(row[TYPE])) != 0 ? "type"
           : !fits_fallback(option, row[FALLBACK])                                    ? "default"
           : !fits_allowed(option, row[ALLOWED])                                      ? "allowed"
           : !fits_place(option, row[SCOPE])                                          ? "scope"
           : strcmp(status_of(option), row[STATUS]) != 0                              ? "status"
           : g_strcmp0(option->old_name, strcmp(row[OLD_NAME], "-") == 0 ? NULL : row[OLD_NAME]) != 0 ? "alias"
                                                                                                       : NULL;
}

static char *
reference_list(void)
{
    const char *shared = g_getenv("COX_SHARED");
    g_autofree char *path = shared != NULL ? g_build_filename(shared, "compat/options.tsv", NULL)
                                           : g_build_filename(g_getenv("top_srcdir"), "../shared/compat/options.tsv", NULL);
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

static void
every_option_of_the_corpus_is_in_the_table_as_it_is_there(void **state)
{
    g_autofree char *text = reference_list();
    g_auto(GStrv) lines = text == NULL ? NULL : g_strsplit(g_strchomp(text), "\n", -1);
    g_autoptr(GString) wrong = g_string_new(NULL);
    guint n = 0;

    (void) state;
    assert_non_null(text);
    for (char **line = lines + 1; *line != NULL; line++) {
        g_auto(GStrv) row = g_strsplit(*line, "\t", -1);
        const char *column;

        assert_true(g_strv_length(row) >= N_COLUMNS);
        column = difference(row);
        if (column != NULL) {
            g_string_append_printf(wrong, "%s (%s): %s; ", row[NAME], row[SCOPE], column);
        }
        n++;
    }
    if (wrong->len > 0) {
        fail_msg("%s", wrong->str);
    }
    assert_true(n > 100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_option_of_the_corpus_is_in_the_table_as_it_is_there) };
    g_autofree char *text = reference_list();

    if (text == NULL) {
        /* cmocka's own skip counts as a failure for automake. */
        puts("1..0 # SKIP no corpus: compat/options.tsv is not there (COX_SHARED)");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
