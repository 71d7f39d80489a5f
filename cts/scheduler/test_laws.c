/*
 * cts/scheduler/test_laws.c - the laws hold for the plan of every small case in the tree, and it does not depend on the
 * order in which what is known was written down.
 *
 * usage: test_laws [FILE...]   checks documents instead, which may be bzip2-compressed, and prints what is broken
 */
#include "base/testkit.h"

#include <stdio.h>

#include "base/datetime.h"
#include "cib/schemas.h"
#include "codec/load.h"
#include "doclaws.h"
#include "explainlaws.h"

enum { FILE_ROUNDS = 5 };

/* Cases that are settled after more than one plan. */
static const struct {
    const char *name;
    unsigned rounds;
    const char *why;
} patient[] = {
    { "failure-multiple-active-stop-only", 2, "once it is stopped everywhere, nothing keeps it from starting" },
    { "on-fail-beside-a-fencing", 2, "what was blocked on the node may start once that has been fenced" },
    { "guest-stop-failed-in-maintenance", 2, "what was in maintenance on the node may start once that has been fenced" },
    { "on-fail-promote-restart", 2, "what failed to promote comes back unpromoted, and may be promoted by the next plan" },
    { "on-fail-promoted-demote", 2, "its monitor is started by the plan after that which promotes it again" },
    { "on-fail-demote", 2, "an instance that failed is demoted first, and may be promoted by the next plan" },
    { "shutdown-lock", 2, "a rehearsal takes no note of locks, so that its next plan starts what was locked" },
    { "guest-connection-worn-out", 3, "the machine is stopped, its failures are forgotten with that, and it starts anew" },
    { "guest-moves-unprobed", 2, "a guest node that moves is probed where it is then" },
    { "guest-disabled-stop-failed", 2, "a guest node is probed once it is there" },
    { "guest-in-group", 2, "a guest node is probed once it is there" },
    { "guest-in-a-crowd", 2, "a guest node is probed once it is there" },
    { "unfencing-before-a-probe", 2, "a guest node is probed once it is there" },
    { "unfencing-before-a-probe-turned", 2, "a guest node is probed once it is there" },
    { "remote-rsc-stop-failed", 2, "a remote node that was fenced is probed once its connection is made again" },
    { "remote-lost", 2, "a remote node that is connected anew is probed before anything is moved there" },
    { "remote-leaves", 2, "a remote node that has gone is connected anew" },
    { "migration-sent-on", 2, "a rehearsal leaves the entry of a migrate_from that never began, as no executor does" },
    { "migration-stopped-before-it-went-on", 2, "a rehearsal leaves the entry of a migrate_from that never began, as no executor does" },
    { "replica-beside-a-failed-one", 2, "once the container is stopped, nothing keeps it from starting" },
    { "failcount-of-removed", 2, "the history of what failed is deleted once it has been stopped" },
    { "guest-removed", 2, "the history of what failed is deleted once it has been stopped" },
};

static struct cox_schemas *schemas;

static struct cox_xmldoc *
document(const char *path)
{
    g_autoptr(GError) error = NULL;
    struct cox_xmldoc *doc = cox_xmldoc_parse_file(path, NULL, &error);

    if (doc == NULL || !cox_schemas_prepare(&doc, schemas, NULL, &error)) {
        fail_msg("%s: %s", path, error->message);
    }
    return doc;
}

static struct cox_codec_result
load(const struct cox_xmldoc *doc)
{
    struct cox_codec_result read = { NULL, NULL, NULL };
    g_autoptr(GError) error = NULL;

    if (!cox_codec_load_tree(cox_xmldoc_root(doc), NULL, &read, NULL, &error)) {
        fail_msg("%s", error->message);
    }
    return read;
}

static void
check_document(const char *path, cox_wall now, unsigned rounds, GString *problems)
{
    g_autoptr(cox_xmldoc) doc = document(path);
    struct doclaws_how how = { now, rounds };
    g_autoptr(GError) error = NULL;

    if (!doclaws_check(doc, &how, problems, &error)) {
        fail_msg("%s: %s", path, error->message);
    }
}

/* ---- the cases in the tree ---- */

static char *cases;

static cox_wall
time_of_case(const char *name)
{
    g_autofree char *path = g_build_filename(cases, name, "args", NULL);
    g_autofree char *args = NULL;
    const char *option = g_file_get_contents(path, &args, NULL, NULL) ? strstr(args, "-t ") : NULL;
    g_autofree char *text = option != NULL ? g_strndup(option + 3, strcspn(option + 3, " \n")) : NULL;
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    struct cox_datetime_context context = { .zone = zone };
    struct cox_datetime when;

    if (text == NULL || !cox_datetime_parse(text, &context, &when, NULL)) {
        fail_msg("%s: the case names no time (-t)", name);
    }
    return cox_datetime_to_wall(&when);
}

static unsigned
rounds_of_case(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(patient); i++) {
        if (g_str_equal(patient[i].name, name)) {
            return patient[i].rounds;
        }
    }
    return 1;
}

static void
every_case_obeys_the_laws(void **state)
{
    GDir *dir = g_dir_open(cases, 0, NULL);
    g_autoptr(GString) problems = g_string_new(NULL);
    unsigned n_cases = 0;

    (void) state;
    assert_non_null(dir);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(cases, name, "input.xml", NULL);
        g_autoptr(GString) found = g_string_new(NULL);

        check_document(path, time_of_case(name), rounds_of_case(name), found);
        n_cases++;
        if (found->len > 0) {
            g_string_append_printf(problems, "%s\n%s\n", name, found->str);
        }
    }
    g_dir_close(dir);
    assert_true(n_cases > 100);
    if (problems->len > 0) {
        fprintf(stderr, "%s", problems->str); /* cmocka would cut it off */
        fail_msg("laws are broken, see above");
    }
}

static char *
corpus(void)
{
    const char *shared = g_getenv("COX_SHARED");
    g_autofree char *beside = g_build_filename(g_getenv("top_srcdir"), "..", "shared", NULL);

    return g_build_filename(shared != NULL ? shared : beside, "scheduler-corpus", "xml", NULL);
}

/* The reference cases, where they are: their plans must be explained as completely as those of our own. */
static void
every_case_of_the_corpus_is_explained(void **state)
{
    g_autofree char *folder = corpus();
    GDir *dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GString) problems = g_string_new(NULL);

    (void) state;
    assert_non_null(dir);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autoptr(cox_xmldoc) doc = document(path);
        struct cox_codec_result read = load(doc);
        struct cox_sched_input input = { .config = read.config, .status = read.status, .now = cox_wall_from_seconds(1769601600) };
        g_autoptr(cox_plan) plan = cox_sched_run(&input, NULL);
        g_autoptr(GString) found = g_string_new(NULL);

        laws_of_explanation(&input, plan, NULL, found);
        if (found->len > 0) {
            g_string_append_printf(problems, "%s\n%s\n", name, found->str);
        }
        cox_codec_result_clear(&read);
    }
    g_dir_close(dir);
    if (problems->len > 0) {
        fprintf(stderr, "%s", problems->str);
        fail_msg("laws of explanations are broken, see above");
    }
}

static int
check_files(int argc, char **argv)
{
    int n_bad = 0;

    for (int i = 1; i < argc; i++) {
        g_autoptr(GString) problems = g_string_new(NULL);

        check_document(argv[i], cox_wall_from_seconds(1769601600), FILE_ROUNDS, problems);
        if (problems->len > 0) {
            printf("%s\n%s\n", argv[i], problems->str);
            n_bad++;
        }
    }
    printf("%d of %d break a law\n", n_bad, argc - 1);
    return n_bad > 0;
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_case_obeys_the_laws) };
    const struct CMUnitTest all_tests[] = { cmocka_unit_test(every_case_obeys_the_laws),
                                            cmocka_unit_test(every_case_of_the_corpus_is_explained) };
    g_autofree char *folder = corpus();
    int status = 0;

    schemas = cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY"));
    cases = g_build_filename(g_getenv("top_srcdir"), "cts", "scheduler", "cases", NULL);
    if (argc > 1) {
        status = check_files(argc, argv);
    } else if (g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        status = cmocka_run_group_tests(all_tests, NULL, NULL);
    } else { /* cmocka's own skip counts as a failure for automake */
        printf("# no corpus in %s: its cases are not tried\n", folder);
        status = cmocka_run_group_tests(tests, NULL, NULL);
    }
    g_free(cases);
    cox_schemas_free(schemas);
    return status;
}
