/* Tests of tools/toolopts.c, toolhelp.c and the reading part of tool.c. */
#include "base/error.h"
#include "base/testkit.h"
#include "tools/tool.h"
#include "tools/toolhelp.h"

struct settings {
    bool force;
    int command;
    int count;
    char *file;
    char *target;
    GPtrArray *rules;
    int calls;
    char *level;
};

static bool
level_given(const struct cox_opt_seen *seen, GError **error)
{
    struct settings *settings = seen->settings;

    if (g_strcmp0(seen->argument, "bad") == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "%s: bad level", seen->spelling);
        return false;
    }
    settings->calls++;
    g_free(settings->level);
    settings->level = g_strdup(seen->argument);
    return true;
}

static const struct cox_opt options[] = {
    { "query", 'Q', COX_OPT_SET, .group = "Commands", .help = "Ask", .offset = offsetof(struct settings, command), .value = 1 },
    { "delete", 'D', COX_OPT_SET_STRING, "NAME", "Commands", "Delete NAME", .offset = offsetof(struct settings, command),
      .offset2 = offsetof(struct settings, target), .value = 2 },
    { "force", 'f', COX_OPT_FLAG, .help = "Do it", .offset = offsetof(struct settings, force) },
    { "count", 'c', COX_OPT_INT, "N", "Data", "How many", offsetof(struct settings, count) },
    { "xml-file", 'x', COX_OPT_STRING, "FILE", "Data", "Read FILE", offsetof(struct settings, file) },
    { "a-rather-long-option-name", 0, COX_OPT_STRING, "FILE", "Data",
      "A text that is long enough to be wrapped in the column of explanations, because it goes on and on and on",
      offsetof(struct settings, file) },
    { "rule", 'r', COX_OPT_STRINGS, "ID", "Data", "May be repeated", offsetof(struct settings, rules) },
    { "level", 'l', COX_OPT_CALLBACK, "LEVEL", "Data", "Optional", .flags = COX_OPT_OPTIONAL, .callback = level_given },
    { "old", 'o', COX_OPT_IGNORED, "X", .flags = COX_OPT_HIDDEN },
    { "quiet", 'q', COX_OPT_QUIET, .help = "Less", .flags = COX_OPT_ADVANCED },
};

static const struct cox_tool tool = {
    .name = "sample", .summary = "a sample - tool", .options = options, .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_POSITIONAL, .examples = "Ask:\n\n\tsample -Q\n", .description = ".one\n\ntwo\\",
};

/* What options fill is given back by the parser, what the callback made by us. */
static void
settings_clear(struct settings *settings)
{
    cox_opt_settings_clear(&tool, settings);
    assert_null(settings->file);
    assert_null(settings->target);
    assert_null(settings->rules);
    g_free(settings->level);
}

static void
every_spelling_is_understood(void **state)
{
    const char *words[] = { "sample", "-QfVV", "-c-5", "--xml-file=", "-r", "a", "-rb", "--rule", "c", "-l", "-l7",
                                         "--level", "9", "-o", "x", "w1", "-q", "--output-as", "xml", "--output-to=f", "-",
                                         "-D", "t", "--text-fancy", "--", "-w2", NULL };
    struct settings settings = { 0 };
    struct cox_opt_result result = { 0 };
    g_autoptr(GError) error = NULL;
    char *argv[G_N_ELEMENTS(words)] = { NULL };

    (void) state;
    for (size_t i = 0; words[i] != NULL; i++) {
        argv[i] = g_strdup(words[i]);
    }
    assert_true(cox_opt_parse(&tool, argv, &settings, &result, &error));
    assert_true(settings.force);
    assert_int_equal(settings.command, 2);
    assert_string_equal(settings.target, "t");
    assert_int_equal(settings.count, -5);
    assert_string_equal(settings.file, "");
    assert_int_equal(settings.rules->len, 3);
    assert_string_equal(g_ptr_array_index(settings.rules, 2), "c");
    assert_int_equal(settings.calls, 3);
    assert_string_equal(settings.level, "9");
    assert_int_equal(result.verbosity, 2);
    assert_true(result.is_quiet);
    assert_string_equal(result.output_as, "xml");
    assert_string_equal(result.output_to, "f");
    assert_int_equal(result.words->len, 3);
    assert_string_equal(g_ptr_array_index(result.words, 2), "-w2");
    cox_opt_result_clear(&result);
    settings_clear(&settings);
    for (size_t i = 0; argv[i] != NULL; i++) {
        g_free(argv[i]);
    }
}

static void
usage_errors_name_the_option(void **state)
{
    static const struct {
        const char *word, *expected;
        unsigned int flags;
    } cases[] = {
        { "--bogus", "Unknown option --bogus", 0 },     { "-fz", "Unknown option -z", 0 },
        { "--xml-file", "Missing argument for --xml-file", 0 }, { "-x", "Missing argument for -x", 0 },
        { "-cq", "Cannot parse integer value 'q' for -c", 0 },  { "--force=1", "Option --force takes no argument, got '1'", 0 },
        { "word", "Unexpected argument 'word'", COX_TOOL_PLAIN_LISTS },   { "-lbad", "-l: bad level", 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct settings settings = { 0 };
        struct cox_opt_result result = { 0 };
        g_autoptr(GError) error = NULL;
        struct cox_tool other = tool;
        g_autofree char *name = g_strdup("sample");
        g_autofree char *word = g_strdup(cases[i].word);
        char *argv[] = { name, word, NULL };

        other.flags = cases[i].flags;
        assert_false(cox_opt_parse(&other, argv, &settings, &result, &error));
        assert_string_equal(error->message, cases[i].expected);
        assert_int_equal(cox_error_status_of(error), 64);
        cox_opt_result_clear(&result);
        settings_clear(&settings);
    }
}

static void
help_and_version_are_noticed(void **state)
{
    static const struct {
        const char *word;
        int help;
        bool version;
    } cases[] = { { "-h", 0, false },          { "-?", 0, false },    { "--help", 0, false }, { "--help-all", 1, false },
                  { "--help-commands", 0, false }, { "--man", 2, false }, { "-$", -1, true },     { "--version", -1, true } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct settings settings = { 0 };
        struct cox_opt_result result = { 0 };
        g_autofree char *name = g_strdup("sample");
        g_autofree char *word = g_strdup(cases[i].word);
        char *argv[] = { name, word, NULL };

        assert_true(cox_opt_parse(&tool, argv, &settings, &result, NULL));
        assert_int_equal(result.help != NULL ? result.help->value : -1, cases[i].help);
        assert_int_equal(result.wants_version, cases[i].version);
        cox_opt_result_clear(&result);
    }
}

static void
help_shows_what_the_table_says(void **state)
{
    g_autofree char *text = cox_toolhelp_text(&tool, false);
    g_autofree char *all = cox_toolhelp_text(&tool, true);

    (void) state;
    assert_non_null(strstr(text, "\nCommands:\n  -Q, --query                   Ask\n"));
    assert_non_null(strstr(text, "  -l, --level[=LEVEL]           Optional\n"));
    assert_non_null(strstr(text, "  --a-rather-long-option-name=FILE\n                                A text"));
    assert_null(strstr(text, "--old"));
    assert_null(strstr(text, "--quiet"));
    assert_non_null(strstr(all, "--quiet"));
    assert_non_null(strstr(all, "Examples:"));
    assert_non_null(strstr(text, "--version"));
}

static void
the_manual_page_has_the_usual_sections(void **state)
{
    g_autofree char *text = cox_toolhelp_man(&tool);
    static const char *const sections[] = { ".SH NAME\nsample \\- a sample \\- tool\n", ".SH SYNOPSIS", ".SH DESCRIPTION\n.PP\n\\&.one\n.PP\ntwo\\e\n",
                                            ".SH OPTIONS", ".SS Commands", ".B \\-Q, \\-\\-query\nAsk\n", ".SH EXIT STATUS",
                                            ".B 64\nIncorrect usage.\n", ".SH EXAMPLES" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        assert_non_null(strstr(text, sections[i]));
    }
}

static void
documents_come_from_text_or_file(void **state)
{
    struct cox_tool_source text = { .text = "<x id='1'/>" }, missing = { .file = "/nonexistent" }, dir = { .file = "/" },
                           nothing = { 0 }, empty = { .file = "/dev/null" };
    g_autoptr(cox_xmldoc) doc = cox_tool_load(&text, NULL);
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_string_equal(cox_xml_id(cox_xmldoc_root(doc)), "1");
    assert_null(cox_tool_load(&missing, &error));
    assert_int_equal(cox_error_status_of(error), 66);
    g_clear_error(&error);
    assert_null(cox_tool_load(&dir, &error));
    assert_int_equal(cox_error_status_of(error), 66);
    g_clear_error(&error);
    assert_null(cox_tool_load(&empty, &error));
    assert_int_equal(cox_error_status_of(error), 65);
    g_clear_error(&error);
    assert_null(cox_tool_load(&nothing, &error));
    assert_int_equal(cox_error_status_of(error), 64);
}

static void
the_configuration_is_found_through_the_environment(void **state)
{
    g_autofree char *shadow = NULL, *file = NULL;
    g_autoptr(GError) error = NULL;

    (void) state;
    g_unsetenv("CIB_shadow");
    g_unsetenv("CIB_file");
    assert_null(cox_tool_cib_path(&error));
    assert_int_equal(cox_error_status_of(error), 102);
    g_setenv("CIB_file", "/f.xml", TRUE);
    file = cox_tool_cib_path(NULL);
    assert_string_equal(file, "/f.xml");
    g_setenv("CIB_shadow", "x", TRUE);
    g_setenv("CIB_shadow_dir", "/d", TRUE);
    shadow = cox_tool_cib_path(NULL);
    assert_string_equal(shadow, "/d/shadow.x");
}

COX_TEST_MAIN(cmocka_unit_test(every_spelling_is_understood), cmocka_unit_test(usage_errors_name_the_option),
              cmocka_unit_test(help_and_version_are_noticed), cmocka_unit_test(help_shows_what_the_table_says),
              cmocka_unit_test(the_manual_page_has_the_usual_sections), cmocka_unit_test(documents_come_from_text_or_file),
              cmocka_unit_test(the_configuration_is_found_through_the_environment))
