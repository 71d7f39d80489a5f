/* lib/view/tests/test_verdict.c - tests of what is found wrong with a cluster, and of the one screen that says so. */
#include "base/testkit.h"

#include "codec/load.h"
#include "sched/sched.h"
#include "view/status_view.h"

#define CIB(attributes, options, more)                                                                                    \
    "<cib validate-with=\"pacemaker-3.10\" " attributes "><configuration><crm_config><cluster_property_set id=\"o\">"      \
    "<nvpair id=\"o-name\" name=\"cluster-name\" value=\"shop\"/>" options "</cluster_property_set></crm_config>"           \
    "<nodes><node id=\"1\" uname=\"n1\"/><node id=\"2\" uname=\"n2\"/></nodes>" more "</configuration><status>"             \
    "<node_state id=\"1\" uname=\"n1\" in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\"/>"              \
    "<node_state id=\"2\" uname=\"n2\" in_ccm=\"false\" crmd=\"offline\" join=\"down\" expected=\"down\"/></status></cib>"
#define WEB "<resources><primitive id=\"web\" class=\"ocf\" provider=\"p\" type=\"T\"/></resources><constraints/>"
#define WEB_AND_FENCE                                                                                                     \
    "<resources><primitive id=\"f\" class=\"stonith\" type=\"fence_x\"/><primitive id=\"web\" class=\"ocf\" provider=\"p\" " \
    "type=\"T\"/></resources><constraints/>"
#define BANNED                                                                                                            \
    "<resources><primitive id=\"f\" class=\"stonith\" type=\"fence_x\"/><group id=\"g\"><primitive id=\"web\" class=\"ocf\" " \
    "provider=\"p\" type=\"T\"/></group></resources><constraints><rsc_location id=\"cli-ban-g-on-n1\" rsc=\"g\" node=\"n1\" "   \
    "score=\"-INFINITY\"/></constraints>"
#define DUELIST(node)                                                                                                     \
    "<primitive id=\"f" node "\" class=\"stonith\" type=\"fence_x\"><instance_attributes id=\"a" node "\"><nvpair id=\"b" node "\" "   \
    "name=\"pcmk_host_list\" value=\"n" node "\"/></instance_attributes></primitive>"
#define DUEL "<resources>" DUELIST("1") DUELIST("2") "</resources><constraints/>"
#define QUORATE "have-quorum=\"1\" dc-uuid=\"1\""
#define WATCHDOGS(timeout)                                                                                                \
    "<nvpair id=\"o-y\" name=\"have-watchdog\" value=\"true\"/><nvpair id=\"o-z\" name=\"fencing-watchdog-timeout\" value=\"" timeout "\"/>"
#define OPTION(name, value) "<nvpair id=\"o-x\" name=\"" name "\" value=\"" value "\"/>"

/* A document, what it comes to, and what is found. */
struct found {
    struct cox_codec_result read;
    struct cox_plan *plan;
    GPtrArray *verdicts;
};

static void
look(struct found *found, const char *cib, struct cox_verdict_input *input)
{
    struct cox_stream_input source = { .text = cib, .length = strlen(cib) };
    struct cox_sched_input planned = { .now = cox_wall_from_seconds(1769601600), .state_only = true };
    g_autoptr(GError) error = NULL;

    if (!cox_codec_load(&source, NULL, &found->read, NULL, &error)) {
        fail_msg("%s", error->message);
    }
    planned.config = found->read.config;
    planned.status = found->read.status;
    found->plan = cox_sched_run(&planned, NULL);
    input->cluster = &found->plan->cluster;
    input->config = found->read.config;
    input->now = planned.now;
    found->verdicts = cox_verdict_find(input);
}

static void
look_away(struct found *found)
{
    g_ptr_array_unref(found->verdicts);
    cox_plan_free(found->plan);
    cox_codec_result_clear(&found->read);
}

/* Number of findings of this weight about @subject that say @text. */
static guint
count(const struct found *found, enum cox_verdict_weight weight, const char *subject, const char *text)
{
    guint n = 0;

    for (guint i = 0; i < found->verdicts->len; i++) {
        const struct cox_verdict *verdict = found->verdicts->pdata[i];

        n += (verdict->weight == weight && strcmp(verdict->subject, subject) == 0 && strstr(verdict->text, text) != NULL) ? 1 : 0;
    }
    return n;
}

/* What stops it is known to the scheduler only: a colocation with something that is disabled. */
static void
the_scheduler_says_why_it_is_stopped(void **state)
{
    static const char cib[]
        = CIB(QUORATE, "",
              "<resources><primitive id=\"f\" class=\"stonith\" type=\"fence_x\"/><primitive id=\"db\" class=\"ocf\" provider=\"p\" "
              "type=\"T\"><meta_attributes id=\"m\"><nvpair id=\"m-t\" name=\"target-role\" value=\"Stopped\"/></meta_attributes>"
              "</primitive><primitive id=\"web\" class=\"ocf\" provider=\"p\" type=\"T\"/></resources><constraints>"
              "<rsc_colocation id=\"beside\" rsc=\"web\" with-rsc=\"db\" score=\"INFINITY\"/></constraints>");
    struct cox_verdict_input input = { 0 };
    struct found found = { 0 }, again = { 0 };
    struct cox_sched_input asked = { .now = cox_wall_from_seconds(1769601600), .with_explanation = true };
    g_autoptr(cox_plan) plan = NULL;

    (void) state;
    look(&found, cib, &input);
    assert_int_equal(count(&found, COX_VERDICT_PROBLEM, "web", "beside"), 0);
    asked.config = found.read.config;
    asked.status = found.read.status;
    plan = cox_sched_run(&asked, NULL);
    input.plan = plan;
    look(&again, cib, &input);
    assert_int_equal(count(&again, COX_VERDICT_PROBLEM, "web", "is stopped: colocation beside with db"), 1);
    look_away(&found);
    look_away(&again);
}

static void
the_whole_cluster_is_judged(void **state)
{
    static const struct {
        const char *cib;
        enum cox_verdict_weight weight;
        const char *subject, *text;
    } cases[] = {
        { CIB(QUORATE, "", WEB), COX_VERDICT_PROBLEM, "cluster", "there is no fencing device" },
        { CIB(QUORATE, OPTION("fencing-enabled", "false"), WEB), COX_VERDICT_WARNING, "cluster", "fencing is disabled" },
        { CIB(QUORATE, WATCHDOGS("0"), WEB), COX_VERDICT_PROBLEM, "cluster", "a lost node is never taken for fenced" },
        { CIB(QUORATE, WATCHDOGS("10s"), WEB), COX_VERDICT_WARNING, "cluster", "two nodes and no fencing device but their watchdogs" },
        { CIB(QUORATE, WATCHDOGS("10s"), WEB), COX_VERDICT_PROBLEM, "web", "is stopped" },
        { CIB(QUORATE, "", DUEL), COX_VERDICT_WARNING, "cluster", "both may go down" },
        { CIB("have-quorum=\"0\"", "", WEB_AND_FENCE), COX_VERDICT_PROBLEM, "cluster", "no quorum (no-quorum-policy is stop)" },
        { CIB("have-quorum=\"0\"", OPTION("no-quorum-policy", "freeze"), WEB_AND_FENCE), COX_VERDICT_PROBLEM, "cluster",
          "nothing is recovered; missing: n2" },
        { CIB(QUORATE, OPTION("maintenance-mode", "true"), WEB_AND_FENCE), COX_VERDICT_NOTE, "cluster", "maintenance mode" },
        { CIB(QUORATE, OPTION("stop-all-resources", "true"), WEB_AND_FENCE), COX_VERDICT_NOTE, "cluster", "stop-all-resources" },
        { CIB(QUORATE, "", WEB_AND_FENCE), COX_VERDICT_PROBLEM, "web", "is stopped" },
        { CIB(QUORATE, "", WEB_AND_FENCE), COX_VERDICT_WARNING, "n2", "is offline" },
        { CIB(QUORATE, "", BANNED), COX_VERDICT_PROBLEM, "web", "is stopped: it is kept off n1 by cli-ban-g-on-n1" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct found found = { 0 };
        struct cox_verdict_input input = { 0 };

        look(&found, cases[i].cib, &input);
        if (count(&found, cases[i].weight, cases[i].subject, cases[i].text) != 1) {
            fail_msg("case %zu: '%s' is not found once", i, cases[i].text);
        }
        look_away(&found);
    }
}

static void
what_keeps_everything_from_starting_is_told_once(void **state)
{
    struct found found = { 0 };
    struct cox_verdict_input input = { 0 };

    (void) state;
    look(&found, CIB(QUORATE, "", WEB), &input);
    assert_int_equal(count(&found, COX_VERDICT_PROBLEM, "web", ""), 0);
    look_away(&found);
}

static void
the_controller_knows_better_than_the_document(void **state)
{
    struct found found = { 0 };
    struct cox_verdict_input input = { .is_live = true, .has_controller = true, .has_quorum = false, .waiting_for = "the scheduler" };

    (void) state;
    look(&found, CIB(QUORATE, "", WEB_AND_FENCE), &input);
    assert_int_equal(count(&found, COX_VERDICT_PROBLEM, "cluster", "no quorum"), 1);
    assert_int_equal(count(&found, COX_VERDICT_PROBLEM, "cluster", "no node leads"), 1);
    assert_int_equal(count(&found, COX_VERDICT_NOTE, "cluster", "is waiting for the scheduler"), 1);
    look_away(&found);
}

#define FEATURES(node, value)                                                                                             \
    "<node_state id=\"" node "\" uname=\"n" node "\" in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\">"       \
    "<transient_attributes id=\"" node "\"><instance_attributes id=\"status-" node "\"><nvpair id=\"status-" node "-f\" "          \
    "name=\"#feature-set\" value=\"" value "\"/></instance_attributes></transient_attributes></node_state>"
#define TWO(first, second)                                                                                                \
    "<cib validate-with=\"pacemaker-3.10\" " QUORATE "><configuration><crm_config/><nodes><node id=\"1\" uname=\"n1\"/>"      \
    "<node id=\"2\" uname=\"n2\"/></nodes><resources/><constraints/></configuration><status>" FEATURES("1", first)           \
        FEATURES("2", second) "</status></cib>"

static void
nodes_of_another_version_are_named(void **state)
{
    struct found found = { 0 };
    struct cox_verdict_input input = { 0 };

    (void) state;
    look(&found, TWO("3.20.5", "3.17.4"), &input);
    assert_int_equal(count(&found, COX_VERDICT_NOTE, "cluster", "nodes have different feature sets: n1 3.20.5, n2 3.17.4"), 1);
    look_away(&found);
    found = (struct found) { 0 };
    look(&found, TWO("3.20.5", "3.20.5"), &input);
    assert_int_equal(count(&found, COX_VERDICT_NOTE, "cluster", "feature sets"), 0);
    look_away(&found);
}

static void
daemons_are_asked_how_they_are(void **state)
{
    static const char *const complaints[] = { "the disk is full", "nobody is heard" };
    static const struct cox_verdict_daemon daemons[] = {
        { .name = "cox-fenced", .is_running = false, .problem = "no such socket" },
        { .name = "cox-cibd", .is_running = true, .complaints = complaints, .n_complaints = 2, .restarts = 2 },
        { .name = "cox-attrd", .is_running = true, .complaints = complaints + 1, .n_complaints = 1 },
    };
    struct found found = { 0 };
    struct cox_verdict_input input = { .daemons = daemons, .n_daemons = 3 };
    const struct cox_verdict *first = NULL;

    (void) state;
    look(&found, CIB(QUORATE, "", WEB_AND_FENCE), &input);
    assert_int_equal(count(&found, COX_VERDICT_PROBLEM, "cox-fenced", "no such socket"), 1);
    assert_int_equal(count(&found, COX_VERDICT_WARNING, "cox-cibd", "the disk is full"), 1);
    assert_int_equal(count(&found, COX_VERDICT_WARNING, "cox-cibd", "nobody is heard"), 1);
    assert_int_equal(count(&found, COX_VERDICT_WARNING, "cox-attrd", "nobody is heard"), 0); /* said already */
    assert_int_equal(count(&found, COX_VERDICT_NOTE, "cox-cibd", "2 times"), 1);
    first = found.verdicts->pdata[0];
    assert_int_equal(first->weight, COX_VERDICT_PROBLEM); /* the worst stands first */
    look_away(&found);
}

static void
one_screen_says_it_all(void **state)
{
    g_autofree char *path = g_build_filename(g_getenv("top_srcdir"), "lib/view/tests/data/monitor.xml", NULL);
    g_autofree char *text = NULL;
    struct found found = { 0 };
    struct cox_verdict_input input = { 0 };
    struct cox_out_options options = { .format = COX_OUT_TEXT };
    g_autoptr(cox_out) out = cox_out_new(&options);

    (void) state;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    look(&found, text, &input);
    assert_true(cox_status_view(out, &input));
    assert_true(cox_out_finish(out, 0, NULL, NULL));
    assert_non_null(strstr(cox_out_content(out), "3 problems"));
    assert_non_null(strstr(cox_out_content(out), "! db: stop failed on n2: stop timed out (Timed Out)"));
    assert_non_null(strstr(cox_out_content(out), "stonith_admin --confirm n2"));
    assert_non_null(strstr(cox_out_content(out), "online, leads: fence, web, ping, gone"));
    look_away(&found);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scheduler_says_why_it_is_stopped),
        cmocka_unit_test(the_whole_cluster_is_judged),
        cmocka_unit_test(what_keeps_everything_from_starting_is_told_once),
        cmocka_unit_test(the_controller_knows_better_than_the_document),
        cmocka_unit_test(nodes_of_another_version_are_named),
        cmocka_unit_test(daemons_are_asked_how_they_are),
        cmocka_unit_test(one_screen_says_it_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
