/* Tests of tools/crm_verify.c: bad input of every kind, and what comes of it. */
#include <sys/wait.h>
#include <glib/gstdio.h>

#include "base/testkit.h"

#define HEAD "<cib validate-with='pacemaker-3.9' admin_epoch='0' epoch='1' num_updates='0'><configuration><crm_config>" \
             "<cluster_property_set id='o'><nvpair id='o1' name='fencing-enabled' value='false'/>"                   \
             "</cluster_property_set></crm_config><nodes/>"
#define TAIL "</configuration><status/></cib>"
#define GOOD HEAD "<resources><primitive id='a' class='ocf' provider='p' type='t'/></resources><constraints/>" TAIL

struct outcome {
    int status;
    char *out;
    char *errors;
};

static void
outcome_clear(struct outcome *outcome)
{
    g_free(outcome->out);
    g_free(outcome->errors);
}

/* Run the tool with up to three arguments, without a cluster or a file in the environment. */
static struct outcome
run(const char *a, const char *b, const char *c)
{
    g_autofree char *program = g_build_filename(g_getenv("top_builddir"), "tools", "crm_verify", NULL);
    char *argv[] = { program, g_strdup(a), g_strdup(b), g_strdup(c), NULL };
    struct outcome outcome = { 0 };
    g_auto(GStrv) environment = g_environ_unsetenv(g_environ_unsetenv(g_get_environ(), "CIB_file"), "CIB_shadow");
    int wait_status = 0;
    g_autoptr(GError) error = NULL;

    if (!g_spawn_sync(NULL, argv, environment, G_SPAWN_DEFAULT, NULL, NULL, &outcome.out, &outcome.errors, &wait_status,
                      &error)) {
        fail_msg("%s", error->message);
    }
    outcome.status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
    g_free(argv[1]);
    g_free(argv[2]);
    g_free(argv[3]);
    return outcome;
}

static void
each_kind_of_input_has_its_status_and_words(void **state)
{
    static const struct {
        const char *why;
        const char *a, *b;
        int status;
        const char *part; /* of the errors; NULL: there are none */
    } cases[] = {
        { "good", "-X", GOOD, 0, NULL },
        { "no source", NULL, NULL, 64, "No configuration source specified" },
        { "no such option", "--no-such", NULL, 64, "no-such" },
        { "no cluster", "-L", NULL, 102, "Not connected" },
        { "no file", "-x", "/nonexistent/cib.xml", 66, "/nonexistent/cib.xml" },
        { "a directory", "-x", "/", 66, "directory" },
        { "truncated", "-X", "<cib><configuration>", 65, "line 1" },
        { "not UTF-8", "-X", "<cib a='\xff'/>", 65, "UTF-8" },
        { "entities", "-X", "<!DOCTYPE cib [<!ENTITY a 'b'>]><cib>&a;</cib>", 65, "document type" },
        { "another root", "-X", "<bic/>", 65, "'bic'" },
        { "no schema", "-X", "<cib/>", 78, "validate-with" },
        { "unknown schema", "-X", "<cib validate-with='pacemaker-9.9'/>", 78, "'pacemaker-9.9'" },
        { "duplicate id", "-X",
          HEAD "<resources><primitive id='a' class='lsb' type='t'/><primitive id='a' class='lsb' type='t'/></resources>"
               "<constraints/>" TAIL,
          78, "id 'a' is used twice" },
        { "dangling reference", "-X",
          HEAD "<resources/><constraints><rsc_ticket id='c' rsc='gone' ticket='t'/></constraints>" TAIL, 78,
          "refers to 'gone', which does not exist" },
        { "not a score", "-X",
          HEAD "<resources><primitive id='a' class='lsb' type='t'/></resources><constraints><rsc_location id='c' rsc='a' "
               "node='n' score='12q'/></constraints>" TAIL,
          78, "attribute score has the invalid value '12q'" },
        { "no sense", "-X",
          HEAD "<resources><clone id='c'><meta_attributes id='m'><nvpair id='m1' name='promotable' value='true'/>"
               "</meta_attributes><primitive id='a' class='lsb' type='t'/></clone></resources><constraints/>" TAIL,
          78, "error: Resource a:0 is of type lsb and therefore cannot be used as a promotable clone resource" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct outcome outcome = run(cases[i].a, cases[i].b, NULL);

        if (outcome.status != cases[i].status) {
            fail_msg("%s: status %d: %s", cases[i].why, outcome.status, outcome.errors);
        }
        if (cases[i].part == NULL ? outcome.errors[0] != '\0' : strstr(outcome.errors, cases[i].part) == NULL) {
            fail_msg("%s: said '%s'", cases[i].why, outcome.errors);
        }
        outcome_clear(&outcome);
    }
}

static void
quiet_is_quiet_and_programs_get_the_list(void **state)
{
    static const char bad[] = HEAD "<resources><foo/></resources><constraints/>" TAIL;
    struct outcome quiet = run("-q", "-X", bad);
    struct outcome xml = run("--output-as=xml", "-X", bad);

    (void) state;
    assert_int_equal(quiet.status, 78);
    assert_string_equal(quiet.errors, "");
    assert_string_equal(quiet.out, "");
    assert_int_equal(xml.status, 78);
    assert_non_null(strstr(xml.out, "<status code=\"78\" message=\"Invalid configuration\">"));
    assert_non_null(strstr(xml.out, "<error>Entity: line 1: element foo: Relax-NG validity error : "));
    assert_non_null(strstr(xml.out, "<error>Configuration invalid</error>"));
    outcome_clear(&quiet);
    outcome_clear(&xml);
}

static void
what_was_checked_can_be_saved(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("verify-XXXXXX", NULL);
    g_autofree char *option = g_strdup_printf("-S%s/saved.xml", folder);
    g_autofree char *path = g_build_filename(folder, "saved.xml", NULL);
    struct outcome saved = run(option, "-X", GOOD);
    struct outcome again = run("-x", path, NULL);
    struct outcome nowhere = run("-S/nonexistent/saved.xml", "-X", GOOD);

    (void) state;
    assert_int_equal(saved.status, 0);
    assert_int_equal(again.status, 0);
    assert_int_equal(nowhere.status, 73);
    assert_non_null(strstr(nowhere.errors, "/nonexistent/saved.xml"));
    assert_int_equal(g_unlink(path), 0);
    assert_int_equal(g_rmdir(folder), 0);
    outcome_clear(&saved);
    outcome_clear(&again);
    outcome_clear(&nowhere);
}

COX_TEST_MAIN(cmocka_unit_test(each_kind_of_input_has_its_status_and_words),
              cmocka_unit_test(quiet_is_quiet_and_programs_get_the_list), cmocka_unit_test(what_was_checked_can_be_saved))
