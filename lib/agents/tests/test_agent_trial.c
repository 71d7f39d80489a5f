/* Tests of lib/agents/agent_trial.c, agent_trial_judge.c and agent_trial_table.c: a well-behaved agent, and one fault in it after the other. */
#include "agents/agent_trial.h"

#include <stdio.h>

#include "agents/agent_trial_priv.h"
#include "base/testkit.h"

#define PARAMS                                                                                                                                       \
    "<parameter name='ip' required='1'><content type='string'/></parameter>"                                                                         \
    "<parameter name='port' reloadable='1'><content type='integer' default='80'/></parameter>"                                                       \
    "<parameter name='fast' reloadable='1'><content type='boolean' default='yes'/></parameter>"                                                      \
    "<parameter name='name' reloadable='1'><content type='string' default='here'/></parameter>"                                                      \
    "<parameter name='key' reloadable='1'><content type='string' default=''/></parameter>"
#define ACTIONS                                                                                                                                      \
    "<action name='start' timeout='20s'/><action name='stop' timeout='20s'/><action name='monitor' timeout='20s' depth='0'/>"                        \
    "<action name='monitor' timeout='5s' depth='10'/><action name='meta-data' timeout='5s'/><action name='validate-all' timeout='5s'/>"
#define ROLES "<action name='promote' timeout='10s'/><action name='demote' timeout='10s'/><action name='notify' timeout='10s'/>"
#define MORE                                                                                                                                         \
    "<action name='reload-agent' timeout='10s'/><action name='reload' timeout='10s'/><action name='migrate_to' timeout='10s'/>"                      \
    "<action name='migrate_from' timeout='10s'/><action name='status' timeout='10s'/><action name='dance' timeout='10s'/>"
#define DOCUMENT(version, params, actions)                                                                                                           \
    "<resource-agent name='Thing'><version>" version "</version><parameters>" params "</parameters><actions>" actions "</actions></resource-agent>"

/* A fault: @action, called as @how (-1: however) for the @nth time (0: each), ends with @code, or has the other faults. */
struct fault {
    const char *check; /* the one that finds it */
    const char *action;
    int how, nth, code;
    bool is_late, has_no_reason, changes_text;
    const char *process, *file;
    bool has_restarted, keeps_process;
    int signo;
};

/* An agent that keeps its contract but for one fault. */
struct world {
    const struct fault *fault;
    enum trial_state state;
    bool has_daemon, is_given_up;
    unsigned int called;
    const char *const *processes;
    GString *log;
};

static int
monitor_code(const struct world *world)
{
    return (world->state == TRIAL_RUNNING) ? 0 : (world->state == TRIAL_PROMOTED) ? 8 : 7;
}

static int
validate_code(const struct cox_agent_trial_step *step)
{
    bool is_missing = step->how == COX_AGENT_TRIAL_WITHOUT && strcmp(step->param, "ip") == 0;
    bool is_wrong = step->how == COX_AGENT_TRIAL_WITH && strcmp(step->param, "port") == 0 && !g_ascii_isdigit(*step->value);

    return (is_missing || is_wrong) ? 6 : (step->how == COX_AGENT_TRIAL_BARE) ? 5
           : (step->how == COX_AGENT_TRIAL_WITH && strcmp(step->param, "name") == 0) ? 2
                                                                                     : 0;
}

static int
right_code(struct world *world, const struct cox_agent_trial_step *step)
{
    static const char *const quiet[] = { "meta-data", "notify", "status", "reload", "reload-agent", NULL };

    if (strcmp(step->action, "monitor") == 0) {
        return monitor_code(world);
    }
    if (strcmp(step->action, "validate-all") == 0) {
        return validate_code(step);
    }
    if (strcmp(step->action, "start") == 0 || strcmp(step->action, "migrate_from") == 0) {
        world->state = (world->state == TRIAL_PROMOTED) ? TRIAL_PROMOTED : TRIAL_RUNNING;
        world->has_daemon = true;
        return 0;
    }
    if (strcmp(step->action, "stop") == 0 || strcmp(step->action, "migrate_to") == 0) {
        world->state = TRIAL_STOPPED;
        world->has_daemon = false;
        return 0;
    }
    if (strcmp(step->action, "promote") == 0 || strcmp(step->action, "demote") == 0) {
        if (world->state == TRIAL_STOPPED) {
            return 7;
        }
        world->state = (*step->action == 'p') ? TRIAL_PROMOTED : TRIAL_RUNNING;
        return 0;
    }
    return g_strv_contains(quiet, step->action) ? 0 : 3;
}

static void
act(struct world *world, const struct cox_agent_trial_step *step, struct cox_agent_trial_seen *seen)
{
    static const char *const none[] = { NULL };
    static const char *const own[] = { "10 thing", NULL };
    static const char *const other[] = { "20 thing", NULL };
    const struct fault *fault = world->fault;
    bool is_hit = fault->action != NULL && strcmp(fault->action, step->action) == 0 && (fault->how < 0 || fault->how == (int) step->how);

    *seen = (struct cox_agent_trial_seen) { .exit_status = right_code(world, step), .exec_ms = 10, .out = "", .files = none };
    if (strcmp(step->action, "meta-data") == 0) {
        seen->out = "text";
    }
    is_hit = is_hit && (++world->called == (unsigned int) fault->nth || fault->nth == 0);
    if (!world->has_daemon && !(fault->keeps_process && world->called > 0)) {
        world->processes = none;
    } else if (world->processes == none || world->processes == NULL) {
        world->processes = own;
    }
    if (is_hit) {
        seen->exit_status = (fault->code >= 0) ? fault->code : seen->exit_status;
        seen->exec_ms = fault->is_late ? 600000 : seen->exec_ms;
        seen->out = fault->changes_text ? "other" : seen->out;
        seen->signo = fault->signo;
        seen->exit_status = (fault->signo != 0) ? -1 : seen->exit_status;
        world->processes = (fault->has_restarted) ? other : world->processes;
    }
    if (fault->file != NULL) {
        static const char *const files[] = { "left.tmp", NULL };

        seen->files = files;
    }
    seen->processes = world->processes;
    if (is_hit && fault->process != NULL) {
        static const char *const more[] = { "10 thing", "30 child", NULL };

        seen->processes = more;
    }
    seen->reason = (seen->exit_status > 0 && seen->exit_status != 7 && !(is_hit && fault->has_no_reason)) ? "because" : NULL;
}

/* Try it; the names of the checks that have failed. */
static char *
play(struct world *world, const char *text, struct cox_agent_trial_input *input, GString *whole)
{
    g_autoptr(cox_agent_metadata) metadata = cox_agent_metadata_parse(text, strlen(text), NULL);
    static const char letters[] = { '+', '!', '-', '.' };
    GString *failed = g_string_new(NULL);
    struct cox_agent_trial *trial = NULL;
    const struct cox_agent_trial_step *step = NULL;

    input->metadata = metadata;
    input->type = (input->type != NULL) ? input->type : "Thing";
    input->metadata_text = "text";
    trial = cox_agent_trial_new(input);
    world->state = (world->state == TRIAL_ANY) ? TRIAL_STOPPED : world->state;
    while ((step = cox_agent_trial_next(trial)) != NULL) {
        struct cox_agent_trial_seen seen;

        assert_true(step->timeout_ms > 0);
        act(world, step, &seen);
        cox_agent_trial_see(trial, &seen);
    }
    for (guint i = 0; i < cox_agent_trial_lines(trial)->len; i++) {
        const struct cox_agent_trial_line *line = cox_agent_trial_lines(trial)->pdata[i];

        if (whole != NULL) {
            g_string_append_printf(whole, "%c%s%s%s\n", letters[line->verdict], line->check, (line->about != NULL) ? " " : "",
                                   (line->about != NULL) ? line->about : "");
        }
        if (line->verdict == COX_AGENT_TRIAL_FAILED) {
            assert_non_null(line->why);
            g_string_append_printf(failed, "%s%s", (failed->len > 0) ? " " : "", line->check);
        }
        if (line->verdict == COX_AGENT_TRIAL_SKIPPED) {
            assert_non_null(line->why);
        }
    }
    cox_agent_trial_free(trial);
    return g_string_free(failed, FALSE);
}

static const struct fault no_fault = { .code = -1 };
static const char whole_agent[] = DOCUMENT("1.1", PARAMS, ACTIONS ROLES MORE);

static void
an_agent_that_keeps_its_contract_has_no_fault(void **state)
{
    struct world world = { .fault = &no_fault };
    struct cox_agent_trial_input input = { 0 };
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autofree char *failed = play(&world, whole_agent, &input, whole);

    (void) state;
    assert_string_equal(failed, "");
    assert_non_null(strstr(whole->str, "+validate-missing ip\n"));
    assert_non_null(strstr(whole->str, "+validate-invalid port\n"));
    assert_non_null(strstr(whole->str, "+validate-bare\n"));
    assert_non_null(strstr(whole->str, "-unadvertised\n"));
    assert_non_null(strstr(whole->str, "+monitor-depth 10\n"));
    assert_non_null(strstr(whole->str, "+reload-agent port\n+reload-agent fast\n+reload-agent-same\n"));
    assert_non_null(strstr(whole->str, "-reload-value name\n")); /* the other value that was thought of is refused */
    assert_non_null(strstr(whole->str, "-reload-value key\n"));  /* no other value is known */
    assert_non_null(strstr(whole->str, "+advertised status\n-advertised dance\n"));
    assert_non_null(strstr(whole->str, "+stop-promoted-monitor\n+start-after-promoted\n+migrate-to\n"));
    assert_non_null(strstr(whole->str, "+exit-codes\n+timeouts\n+exit-reasons\n+files-left\n"));
    assert_int_equal(world.state, TRIAL_STOPPED);
}

static void
values_for_a_reload_can_be_given(void **state)
{
    const struct cox_agent_pair changes[] = { { "key", "secret" }, { "name", "there" } };
    struct world world = { .fault = &no_fault };
    struct cox_agent_trial_input input = { .changes = changes, .n_changes = 2 };
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autofree char *failed = play(&world, whole_agent, &input, whole);

    (void) state;
    assert_string_equal(failed, "");
    assert_non_null(strstr(whole->str, "+reload-agent key\n"));
}

static void
what_is_not_advertised_is_not_tried_and_said_once(void **state)
{
    struct world world = { .fault = &no_fault };
    struct cox_agent_trial_input input = { 0 };
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autofree char *failed = play(&world, DOCUMENT("1.0", "", ACTIONS), &input, whole);

    (void) state;
    /* The agent does what it does not advertise: migrate_from has started it. */
    assert_string_equal(failed, "unadvertised unadvertised unadvertised unadvertised unadvertised unadvertised unadvertised probe-bare");
    assert_non_null(strstr(whole->str, "-notify\n-reload-value\n-reload\n"));
    assert_null(strstr(whole->str, "promote-again"));
    assert_null(strstr(whole->str, "migrate-from"));
    assert_non_null(strstr(whole->str, "-validate-missing\n-validate-invalid\n"));
    assert_int_equal(world.state, TRIAL_STOPPED);
}

/* One fault each; how -1 is however it is called. */
static const struct fault faults[] = {
    { .check = "metadata-steady", .action = "meta-data", .how = -1, .code = -1, .changes_text = true },
    { .check = "metadata-steady", .action = "meta-data", .how = -1, .code = 1 },
    { .check = "validate", .action = "validate-all", .how = -1, .nth = 1, .code = 6 },
    { .check = "validate-missing", .action = "validate-all", .how = COX_AGENT_TRIAL_WITHOUT, .code = 0 },
    { .check = "validate-missing", .action = "validate-all", .how = COX_AGENT_TRIAL_WITHOUT, .code = 1 },
    { .check = "validate-invalid", .action = "validate-all", .how = COX_AGENT_TRIAL_WITH, .nth = 1, .code = 0 },
    { .check = "validate-bare", .action = "validate-all", .how = COX_AGENT_TRIAL_BARE, .code = 1 },
    { .check = "probe-bare", .action = "monitor", .how = COX_AGENT_TRIAL_BARE, .code = 1 },
    { .check = "probe-stopped", .action = "monitor", .how = COX_AGENT_TRIAL_PROBE, .nth = 1, .code = 1 },
    { .check = "monitor-stopped", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 1, .code = 0 },
    { .check = "monitor-stopped-strange", .action = "monitor", .how = COX_AGENT_TRIAL_STRANGE, .nth = 1, .code = 1 },
    { .check = "unknown-action", .action = "cox-no-such-action", .how = -1, .code = 0 },
    { .check = "unknown-action", .action = "cox-no-such-action", .how = -1, .code = 1 },
    { .check = "stop-stopped", .action = "stop", .how = -1, .nth = 1, .code = 7 },
    { .check = "stop-stopped-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 2, .code = 0 },
    { .check = "promote-stopped", .action = "promote", .how = -1, .nth = 1, .code = 0 },
    { .check = "promote-stopped-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 3, .code = 8 },
    { .check = "start", .action = "start", .how = -1, .nth = 1, .code = 1 },
    { .check = "start", .action = "start", .how = -1, .nth = 1, .code = 3 },
    { .check = "monitor-running", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 4, .code = 7 },
    { .check = "probe-running", .action = "monitor", .how = COX_AGENT_TRIAL_PROBE, .nth = 2, .code = 7 },
    { .check = "monitor-running-strange", .action = "monitor", .how = COX_AGENT_TRIAL_STRANGE, .nth = 2, .code = 7 },
    { .check = "monitor-depth", .action = "monitor", .how = COX_AGENT_TRIAL_DEPTH, .code = 3 },
    { .check = "start-again", .action = "start", .how = -1, .nth = 2, .code = 1 },
    { .check = "start-again", .action = "start", .how = -1, .nth = 2, .code = -1, .process = "another" },
    { .check = "start-again-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 5, .code = 7 },
    { .check = "monitor-running", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 4, .code = -1, .process = "left" },
    { .check = "notify", .action = "notify", .how = -1, .code = 1 },
    { .check = "reload-agent", .action = "reload-agent", .how = COX_AGENT_TRIAL_WITH, .code = 1 },
    { .check = "reload-agent", .action = "reload-agent", .how = COX_AGENT_TRIAL_WITH, .nth = 1, .code = -1, .has_restarted = true },
    { .check = "reload-agent-same", .action = "reload-agent", .how = COX_AGENT_TRIAL_USUAL, .code = 3 },
    { .check = "reload-agent-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 6, .code = 7 },
    { .check = "reload", .action = "reload", .how = -1, .code = 3 },
    { .check = "reload-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 7, .code = 1 },
    { .check = "promote", .action = "promote", .how = -1, .nth = 2, .code = 1 },
    { .check = "monitor-promoted", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 8, .code = 0 },
    { .check = "probe-promoted", .action = "monitor", .how = COX_AGENT_TRIAL_PROBE, .nth = 3, .code = 0 },
    { .check = "promote-again", .action = "promote", .how = -1, .nth = 3, .code = 1 },
    { .check = "promote-again-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 9, .code = 9 },
    { .check = "demote", .action = "demote", .how = -1, .nth = 1, .code = 1 },
    { .check = "demote-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 10, .code = 8 },
    { .check = "demote-again", .action = "demote", .how = -1, .nth = 2, .code = 7 },
    { .check = "demote-again-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 11, .code = 7 },
    { .check = "promote-anew", .action = "promote", .how = -1, .nth = 4, .code = 1 },
    { .check = "stop-promoted", .action = "stop", .how = -1, .nth = 2, .code = 1 },
    { .check = "stop-promoted-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 12, .code = 0 },
    { .check = "start-after-promoted", .action = "start", .how = -1, .nth = 3, .code = 1 },
    { .check = "migrate-to", .action = "migrate_to", .how = -1, .code = 3 },
    { .check = "migrate-to", .action = "migrate_to", .how = -1, .code = 1, .has_no_reason = true },
    { .check = "migrate-from", .action = "migrate_from", .how = -1, .code = 1 },
    { .check = "migrate-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 13, .code = 7 },
    { .check = "stop", .action = "stop", .how = -1, .nth = 3, .code = 1 },
    { .check = "stop-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 14, .code = 1 },
    { .check = "stop-again", .action = "stop", .how = -1, .nth = 4, .code = 1 },
    { .check = "stop-again-probe", .action = "monitor", .how = COX_AGENT_TRIAL_PROBE, .nth = 4, .code = 0 },
    { .check = "start-anew", .action = "start", .how = -1, .nth = 4, .code = 1 },
    { .check = "start-anew-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 15, .code = 7 },
    { .check = "stop-anew", .action = "stop", .how = -1, .nth = 5, .code = 1 },
    { .check = "stop-anew-monitor", .action = "monitor", .how = COX_AGENT_TRIAL_USUAL, .nth = 16, .code = 0 },
    { .check = "advertised", .action = "status", .how = -1, .code = 3 },
    { .check = "stop", .action = "stop", .how = -1, .nth = 3, .code = -1, .process = "left" },
    { .check = "exit-codes", .action = "start", .how = -1, .nth = 1, .code = 42 },
    { .check = "exit-codes", .action = "start", .how = -1, .nth = 1, .code = -1, .signo = 9 },
    { .check = "exit-codes", .action = "promote", .how = -1, .nth = 1, .code = 8 },
    { .check = "timeouts", .action = "notify", .how = -1, .code = -1, .is_late = true },
    { .check = "exit-reasons", .action = "validate-all", .how = COX_AGENT_TRIAL_WITHOUT, .code = 6, .has_no_reason = true },
    { .check = "files-left", .how = -1, .code = -1, .file = "left.tmp" },
};

static void
each_fault_is_found_by_its_check(void **state)
{
    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        struct world world = { .fault = &faults[i] };
        struct cox_agent_trial_input input = { 0 };
        g_autofree char *failed = play(&world, whole_agent, &input, NULL);
        g_auto(GStrv) names = g_strsplit(failed, " ", -1);

        if (!g_strv_contains((const char *const *) names, faults[i].check)) {
            fail_msg("fault %zu is not found by %s but by: %s", i, faults[i].check, failed);
        }
    }
}

/* Each check is in the table of faults here, or in the tests of descriptions. */
static void
each_check_has_a_fault_that_it_finds(void **state)
{
    static const char *const elsewhere[] = { "metadata", "metadata-schema", "metadata-name", "metadata-actions", "metadata-timeouts", "metadata-pairs",
                                             "metadata-parameters", "metadata-defaults", "unadvertised", "reload-value", NULL };

    (void) state;
    for (size_t i = 0; i < cox_agent_trial_n_rows; i++) {
        const char *check = cox_agent_trial_rows[i].check;
        bool is_there = g_strv_contains(elsewhere, check);

        for (size_t k = 0; k < G_N_ELEMENTS(faults) && !is_there; k++) {
            is_there = strcmp(faults[k].check, check) == 0;
        }
        if (!is_there) {
            fail_msg("no fault for %s", check);
        }
    }
}

static const struct {
    const char *check, *text;
} descriptions[] = {
    { "metadata-name", "<resource-agent name='Other'><version>1.1</version><actions>" ACTIONS "</actions></resource-agent>" },
    { "metadata-actions", DOCUMENT("1.1", "", "<action name='start' timeout='1s'/><action name='stop' timeout='1s'/><action name='monitor' timeout='1s'/>") },
    { "metadata-timeouts", DOCUMENT("1.1", "", ACTIONS "<action name='notify'/>") },
    { "metadata-timeouts", DOCUMENT("1.1", "", ACTIONS "<action name='notify' timeout='soon'/>") },
    { "metadata-pairs", DOCUMENT("1.1", "", ACTIONS "<action name='promote' timeout='1s'/>") },
    { "metadata-pairs", DOCUMENT("1.1", "", ACTIONS "<action name='migrate_from' timeout='1s'/>") },
    { "metadata-pairs", DOCUMENT("1.0", "", ACTIONS "<action name='reload-agent' timeout='1s'/>") },
    { "metadata-pairs", DOCUMENT("1.1", "<parameter name='a' reloadable='1'><content type='string'/></parameter>", ACTIONS) },
    { "metadata-parameters", DOCUMENT("1.1", "<parameter name='a-b'><content type='string'/></parameter>", ACTIONS) },
    { "metadata-parameters", DOCUMENT("1.1", "<parameter name='a'><content type='text'/></parameter>", ACTIONS) },
    { "metadata-parameters", DOCUMENT("1.1", "<parameter name='a'><content/></parameter>", ACTIONS) },
    { "metadata-parameters", DOCUMENT("1.1", "<parameter name='a'><content type='string'/></parameter><parameter name='a'><content type='string'/></parameter>", ACTIONS) },
    { "metadata-defaults", DOCUMENT("1.1", "<parameter name='a'><content type='integer' default='many'/></parameter>", ACTIONS) },
    { "metadata-defaults", DOCUMENT("1.1", "<parameter name='a'><content type='boolean' default='perhaps'/></parameter>", ACTIONS) },
    { "metadata-defaults", DOCUMENT("1.1", "<parameter name='a'><content type='second' default='x'/></parameter>", ACTIONS) },
    { "metadata-defaults", DOCUMENT("1.1", "<parameter name='a'><content type='percentage' default='%'/></parameter>", ACTIONS) },
};

static void
a_bad_description_is_found(void **state)
{
    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(descriptions); i++) {
        struct world world = { .fault = &no_fault };
        struct cox_agent_trial_input input = { 0 };
        g_autofree char *failed = play(&world, descriptions[i].text, &input, NULL);
        g_auto(GStrv) names = g_strsplit(failed, " ", -1);

        if (!g_strv_contains((const char *const *) names, descriptions[i].check)) {
            fail_msg("description %zu is not found by %s but by: %s", i, descriptions[i].check, failed);
        }
    }
}

static void
without_a_description_nothing_is_tried(void **state)
{
    struct world world = { .fault = &no_fault };
    struct cox_agent_trial_input input = { .metadata_problem = "no XML" };
    struct cox_agent_trial_input ended = { .metadata_seen.exit_status = 3 };
    struct cox_agent_trial_input late = { .metadata_seen = { .exit_status = -1, .is_timed_out = true } };
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autofree char *failed = play(&world, "<nothing", &input, whole);
    g_autofree char *other = play(&world, "<nothing", &ended, NULL);
    g_autofree char *third = play(&world, "<nothing", &late, NULL);

    (void) state;
    assert_string_equal(whole->str, "!metadata\n");
    assert_string_equal(other, "metadata");
    assert_string_equal(third, "metadata");
    assert_string_equal(failed, "metadata");
}

static void
what_the_schema_says_is_a_fault(void **state)
{
    struct world world = { .fault = &no_fault };
    struct cox_agent_trial_input input = { .schema_problem = "line 3: no longdesc" };
    g_autofree char *failed = play(&world, whole_agent, &input, NULL);

    (void) state;
    assert_string_equal(failed, "metadata-schema");
}

static void
what_runs_already_is_left_alone_unless_forced(void **state)
{
    const char *const own[] = { "10 thing", NULL };
    struct world world = { .fault = &no_fault, .state = TRIAL_RUNNING, .has_daemon = true };
    struct cox_agent_trial_input input = { .metadata_seen.processes = own };
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autofree char *failed = play(&world, whole_agent, &input, whole);

    (void) state;
    assert_string_equal(failed, "probe-stopped");
    assert_int_equal(world.state, TRIAL_RUNNING);
    assert_non_null(strstr(whole->str, "-stop\n"));
    input.is_forced = true;
    g_free(failed);
    failed = play(&world, whole_agent, &input, NULL);
    assert_string_equal(failed, "probe-stopped");
    assert_int_equal(world.state, TRIAL_STOPPED);
}

static void
an_agent_may_refuse_to_migrate_to_its_own_node(void **state)
{
    const struct fault refuses = { .action = "migrate_to", .how = -1, .code = 1 };
    struct world world = { .fault = &refuses };
    struct cox_agent_trial_input input = { 0 };
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autofree char *failed = NULL;

    (void) state;
    failed = play(&world, whole_agent, &input, whole);
    assert_non_null(strstr(whole->str, "-migrate-to\n"));
    assert_non_null(strstr(whole->str, "-migrate-from\n"));
}

static void
the_states_of_being_degraded_stand_for_those_of_being_well(void **state)
{
    const struct fault degraded = { .action = "monitor", .how = COX_AGENT_TRIAL_PROBE, .nth = 2, .code = 190 };
    const struct fault promoted = { .action = "monitor", .how = COX_AGENT_TRIAL_PROBE, .nth = 3, .code = 191 };
    struct cox_agent_trial_input input = { 0 };
    struct world world = { .fault = &degraded };
    g_autofree char *first = play(&world, whole_agent, &input, NULL);
    g_autofree char *second = NULL;

    (void) state;
    world = (struct world) { .fault = &promoted };
    second = play(&world, whole_agent, &input, NULL);
    assert_string_equal(first, "");
    assert_string_equal(second, "");
}

static void
between_start_and_stop_it_may_run(void **state)
{
    g_autoptr(cox_agent_metadata) metadata = cox_agent_metadata_parse(whole_agent, strlen(whole_agent), NULL);
    const struct cox_agent_trial_input input = { .type = "Thing", .metadata = metadata, .metadata_text = "text" };
    g_autoptr(cox_agent_trial) trial = cox_agent_trial_new(&input);
    struct world world = { .fault = &no_fault, .state = TRIAL_STOPPED };
    const struct cox_agent_trial_step *step = NULL;
    bool has_begun = false;

    (void) state;
    while ((step = cox_agent_trial_next(trial)) != NULL) {
        struct cox_agent_trial_seen seen;

        act(&world, step, &seen);
        cox_agent_trial_see(trial, &seen);
        assert_true(cox_agent_trial_has_begun(trial) || world.state == TRIAL_STOPPED); /* what runs has been begun by us */
        has_begun = has_begun || cox_agent_trial_has_begun(trial);
    }
    assert_true(has_begun);
    assert_false(cox_agent_trial_has_begun(trial));
}

static void
a_plan_runs_nothing(void **state)
{
    g_autoptr(cox_agent_metadata) metadata = cox_agent_metadata_parse(whole_agent, strlen(whole_agent), NULL);
    const struct cox_agent_trial_input input = { .type = "Thing", .metadata = metadata };
    g_autoptr(cox_agent_trial) trial = cox_agent_trial_new(&input);
    guint n_planned = 0;

    (void) state;
    cox_agent_trial_plan(trial);
    assert_null(cox_agent_trial_next(trial));
    for (guint i = 0; i < cox_agent_trial_lines(trial)->len; i++) {
        const struct cox_agent_trial_line *line = cox_agent_trial_lines(trial)->pdata[i];

        assert_true(line->verdict == COX_AGENT_TRIAL_PLANNED || line->verdict == COX_AGENT_TRIAL_SKIPPED);
        n_planned += (line->verdict == COX_AGENT_TRIAL_PLANNED) ? 1 : 0;
    }
    assert_true(n_planned > 50);
}

COX_TEST_MAIN(cmocka_unit_test(an_agent_that_keeps_its_contract_has_no_fault),
              cmocka_unit_test(values_for_a_reload_can_be_given),
              cmocka_unit_test(what_is_not_advertised_is_not_tried_and_said_once),
              cmocka_unit_test(each_fault_is_found_by_its_check),
              cmocka_unit_test(each_check_has_a_fault_that_it_finds),
              cmocka_unit_test(a_bad_description_is_found),
              cmocka_unit_test(without_a_description_nothing_is_tried),
              cmocka_unit_test(what_the_schema_says_is_a_fault),
              cmocka_unit_test(what_runs_already_is_left_alone_unless_forced),
              cmocka_unit_test(an_agent_may_refuse_to_migrate_to_its_own_node),
              cmocka_unit_test(the_states_of_being_degraded_stand_for_those_of_being_well),
              cmocka_unit_test(between_start_and_stop_it_may_run),
              cmocka_unit_test(a_plan_runs_nothing))
