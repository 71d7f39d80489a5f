/* Tests of lib/agents/agent_keep.c with real processes and the real keeper. */
#include "agents/agent_keep.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "agents/tests/agentkit.h"
#include "runtime/loop.h"

struct world {
    struct cox_runtime *runtime;
    GMainContext *context;
    char *dir, *keeper, *trace;
    struct cox_agent_paths paths;
    struct cox_agent_keep keep;
    unsigned int n_ends;
    enum cox_agent_keep_end end;
    int code;
    enum cox_op_status status;
    char *reason, *err;
    gsize out_size;
    guint64 out_total;
};

static char *
keeper_path(void)
{
    const char *top = g_getenv("top_builddir");
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = g_path_get_dirname(self);

    return top != NULL ? g_build_filename(top, "daemons/execd/cox-agent-keeper", NULL)
                       : g_build_filename(here, "../../../daemons/execd/cox-agent-keeper", NULL);
}

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    world->context = g_main_context_new();
    world->runtime = cox_loop_new(world->context);
    world->dir = agentkit_new();
    world->keeper = keeper_path();
    world->trace = g_build_filename(world->dir, "trace", NULL);
    world->paths = (struct cox_agent_paths) { .ocf = world->dir, .lsb = world->dir, .fence = world->dir };
    world->keep = (struct cox_agent_keep) { world->runtime, world->dir, world->keeper };
    agentkit_put(world->dir, "p/agent",
                 "#!/bin/sh\necho begin $1 $$ >>$OCF_RESKEY_trace\ncase $1 in\n"
                 "start) echo hello; echo 'ocf-exit-reason:first' >&2; echo 'xocf-exit-reaocf-exit-reasocf-exit-reason:all good' >&2; rc=0;;\n"
                 "slow) sleep 0.6; rc=7;;\n"
                 "hang) sleep 60 & wait; sleep 60;;\n"
                 "flood) i=0; while [ $i -lt 300 ]; do i=$((i+1)); printf '%010000d\\n' 1; done; echo 'ocf-exit-reason:wet' >&2\n"
                 "  i=0; while [ $i -lt 300 ]; do i=$((i+1)); printf '%010000d\\n' 1 >&2; done; rc=1;;\n"
                 "dies) kill -SEGV $$;;\n"
                 "look) grep -E '^(SigBlk|SigIgn)' /proc/self/status; umask; pwd; rc=0\n"
                 "  for f in 0 1 2 3 4 5 6 7 8 9 11 12 13 14; do [ ! -e /proc/$$/fd/$f ] || printf '%s ' $f >&2; done;;\n" /* 10: the shell's own */
                 "esac\necho end $1 >>$OCF_RESKEY_trace\nexit ${rc:-3}\n",
                 0755);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_runtime_free(world->runtime);
    g_main_context_unref(world->context);
    agentkit_remove(world->dir);
    g_free(world->keeper);
    g_free(world->trace);
    g_free(world->reason);
    g_free(world->err);
    g_free(world);
    return 0;
}

static void
on_end(void *context, const struct cox_agent_keep_result *result)
{
    struct world *world = context;

    world->n_ends++;
    world->end = result->end;
    world->code = result->result.code;
    world->status = result->result.status;
    g_free(world->reason);
    world->reason = g_strdup(result->result.exit_reason);
    g_free(world->err);
    world->err = g_strndup(result->err, result->err_size);
    world->out_size = result->out_size;
    world->out_total = result->out_total;
}

static struct cox_agent_keep_job *
do_it(struct world *world, guint64 run, const char *action, bool is_new)
{
    const struct cox_agent_pair params[] = { { "trace", world->trace } };
    g_autoptr(cox_agent_name) name = cox_agent_name_parse("ocf:p:agent", NULL);
    g_autoptr(GBytes) note = g_bytes_new_static("\n b", 3);
    const struct cox_agent_kept kept = { run, note };
    const struct cox_agent_action what = {
        .paths = &world->paths,
        .env = { .agent = name, .rsc_id = "r1", .params = params, .n_params = G_N_ELEMENTS(params), .service = "pacemaker-execd" },
        .action = action,
        .timeout_ms = strcmp(action, "hang") == 0 ? 100 : 20000,
    };

    return is_new ? cox_agent_keep_run(&world->keep, &kept, &what, on_end, world)
                  : cox_agent_keep_adopt(&world->keep, run, &what, on_end, world);
}

static void
wait_end(struct world *world)
{
    unsigned int before = world->n_ends;

    while (world->n_ends == before) {
        (void) cox_runtime_step(world->runtime, true);
    }
}

/* Wait until the agent has written this line; its text. */
static char *
wait_trace(struct world *world, const char *line)
{
    for (;;) {
        char *text = NULL;

        if (g_file_get_contents(world->trace, &text, NULL, NULL) && strstr(text, line) != NULL) {
            return text;
        }
        g_free(text);
        g_usleep(2000);
    }
}

static guint
count_files(const struct world *world, const char *prefix)
{
    GDir *dir = g_dir_open(world->dir, 0, NULL);
    const char *name;
    guint n = 0;

    while ((name = g_dir_read_name(dir)) != NULL) {
        n += g_str_has_prefix(name, prefix);
    }
    g_dir_close(dir);
    return n;
}

static void
an_agent_that_ends_gives_code_last_reason_and_output(void **state)
{
    struct world *world = *state;

    do_it(world, 5, "start", true);
    assert_int_equal(world->n_ends, 0);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_ENDED);
    assert_int_equal(world->code, 0);
    assert_int_equal(world->status, COX_OP_STATUS_DONE);
    assert_string_equal(world->reason, "all good");
    assert_int_equal(world->out_size, 6);
    assert_non_null(strstr(world->err, "first"));
    assert_int_equal(count_files(world, "run-"), 2);
    cox_agent_keep_clear(&world->keep, 5);
    assert_int_equal(count_files(world, "run-"), 0);
}

static void
an_agent_has_clean_surroundings_below_its_keeper(void **state)
{
    struct world *world = *state;

    do_it(world, 5, "look", true);
    wait_end(world);
    assert_int_equal(world->code, 0);
    assert_string_equal(world->err, "0 1 2 ");
    assert_int_equal(count_files(world, "run-5.end"), 1);
    {
        g_autofree char *path = g_build_filename(world->dir, "run-5.end", NULL);
        g_autofree char *text = NULL;

        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        assert_non_null(strstr(text, "SigBlk:\t0000000000000000"));
        assert_non_null(strstr(text, "SigIgn:\t"));
        assert_int_equal(g_ascii_strtoull(strstr(text, "SigIgn:\t") + 8, NULL, 16) & ~AGENTKIT_LIBC_SIGNALS, 0);
        assert_non_null(strstr(text, "0022\n/\n"));
    }
}

static void
a_result_survives_whoever_ordered_it(void **state)
{
    struct world *world = *state;
    g_autoptr(GPtrArray) list = NULL;
    const struct cox_agent_kept *kept;
    g_autofree char *text = NULL;

    cox_agent_keep_forget(do_it(world, 7, "slow", true)); /* as if we had died */
    list = cox_agent_keep_list(&world->keep);
    assert_int_equal(list->len, 1);
    kept = list->pdata[0];
    assert_int_equal(kept->run, 7);
    assert_memory_equal(g_bytes_get_data(kept->note, NULL), "\n b", 3);
    text = wait_trace(world, "begin slow");
    do_it(world, 7, "slow", false);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_ENDED);
    assert_int_equal(world->code, 7);
    /* And once more, long after its end. */
    do_it(world, 7, "slow", false);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_ENDED);
    assert_int_equal(world->code, 7);
}

/* The pid of the keeper: parent of the agent. */
static pid_t
keeper_of(const char *trace)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", atoi(strstr(trace, " ") + strlen(" slow ")));
    g_autofree char *text = NULL;
    int pid = 0;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_int_equal(sscanf(strrchr(text, ')') + 1, " %*c %d", &pid), 1);
    return pid;
}

static void
an_agent_whose_keeper_was_killed_is_waited_for_and_its_result_is_lost(void **state)
{
    struct world *world = *state;
    g_autofree char *begun = NULL;
    g_autofree char *ended = NULL;

    do_it(world, 8, "slow", true);
    begun = wait_trace(world, "begin slow");
    assert_int_equal(kill(keeper_of(begun), SIGKILL), 0);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_LOST);
    assert_true(g_file_get_contents(world->trace, &ended, NULL, NULL));
    assert_non_null(strstr(ended, "end slow")); /* it was not cut short, and it was over before we heard */
}

static void
an_agent_whose_keeper_was_killed_can_be_killed_with_its_group(void **state)
{
    struct world *world = *state;
    g_autofree char *begun = NULL;
    struct cox_agent_keep_job *job = do_it(world, 8, "hang", true);

    begun = wait_trace(world, "begin hang");
    assert_int_equal(kill(keeper_of(begun), SIGKILL), 0);
    for (int i = 0; i < 20; i++) {
        (void) cox_runtime_step(world->runtime, false);
        g_usleep(5000);
    }
    assert_int_equal(world->n_ends, 0);
    cox_agent_keep_kill(job);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_LOST);
}

static void
a_killed_agent_takes_its_group_with_it(void **state)
{
    struct world *world = *state;
    struct cox_agent_keep_job *job = do_it(world, 9, "hang", true);
    g_autofree char *begun = wait_trace(world, "begin hang");
    pid_t pid = atoi(strstr(begun, "hang ") + 5);

    cox_agent_keep_kill(job);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_ENDED);
    assert_int_equal(world->status, COX_OP_STATUS_ERROR);
    assert_string_equal(world->reason, "The agent was ended by signal 9");
    for (int i = 0; kill(-pid, 0) == 0 && i < 1000; i++) {
        g_usleep(2000); /* zombies of the group wait for init */
    }
    assert_int_not_equal(kill(-pid, 0), 0);
}

static void
the_keeper_ends_an_agent_when_nobody_else_does(void **state)
{
    struct world *world = *state;

    do_it(world, 10, "hang", true);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_ENDED);
    assert_int_equal(world->status, COX_OP_STATUS_TIMEOUT);
    assert_string_equal(world->reason, "The agent did not finish within 100ms");
}

static void
a_flood_of_output_is_cut_and_its_reason_found(void **state)
{
    struct world *world = *state;

    do_it(world, 11, "flood", true);
    wait_end(world);
    assert_int_equal(world->code, 1);
    assert_string_equal(world->reason, "wet");
    assert_int_equal(world->out_size, 16384);
    assert_int_equal(world->out_total, 300 * 10001);
    assert_int_equal(strlen(world->err), 16384);
}

static void
death_by_signal_is_told(void **state)
{
    struct world *world = *state;

    do_it(world, 12, "dies", true);
    wait_end(world);
    assert_int_equal(world->code, 1);
    assert_string_equal(world->reason, "The agent was ended by signal 11");
}

static void
without_a_keeper_nothing_begins_and_the_reason_names_it(void **state)
{
    struct world *world = *state;

    world->keep.keeper = "/nonexistent/keeper";
    do_it(world, 13, "start", true);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_ENDED);
    assert_int_equal(world->code, 1);
    assert_non_null(strstr(world->reason, "/nonexistent/keeper"));
    assert_false(g_file_test(world->trace, G_FILE_TEST_EXISTS));
}

static void
what_was_recorded_and_not_begun_never_begins_later(void **state)
{
    struct world *world = *state;
    g_autofree char *record = g_build_filename(world->dir, "run-14", NULL);
    g_autofree char *agent = g_build_filename(world->dir, "p/agent", NULL);
    char timeout[] = "0", action[] = "start";
    char *argv[] = { world->keeper, record, timeout, agent, action, NULL };
    int status = 0;

    assert_true(g_file_set_contents(record, "note 3\na\nb\n", -1, NULL));
    do_it(world, 14, "start", false);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_NEVER);
    cox_agent_keep_clear(&world->keep, 14);
    assert_true(g_spawn_sync(NULL, argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL)); /* a late keeper */
    assert_int_equal(WEXITSTATUS(status), 3);
    assert_false(g_file_test(world->trace, G_FILE_TEST_EXISTS));
    do_it(world, 14, "start", false);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_NEVER);
}

static void
a_keeper_that_is_late_and_an_executor_that_is_early_agree(void **state)
{
    struct world *world = *state;
    g_autofree char *record = g_build_filename(world->dir, "run-16", NULL);
    g_autofree char *agent = g_build_filename(world->dir, "p/agent", NULL);
    g_autofree char *variable = g_strconcat("OCF_RESKEY_trace=", world->trace, NULL);
    char timeout[] = "0", action[] = "start", path[] = "PATH=/usr/bin:/bin", instance[] = "OCF_RESOURCE_INSTANCE=r";
    char *argv[] = { world->keeper, record, timeout, agent, action, NULL };
    char *envp[] = { path, variable, instance, NULL };

    for (guint i = 0; i < 150; i++) {
        GPid pid = 0;
        int status = 0;
        bool has_begun;

        assert_true(g_file_set_contents(record, "note 0\n\n", -1, NULL));
        (void) unlink(world->trace);
        assert_true(g_spawn_async(NULL, argv, envp, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL));
        g_usleep((gulong) (i % 50) * 40);
        do_it(world, 16, "start", false);
        wait_end(world);
        (void) waitpid(pid, &status, 0); /* may have been seen to end already */
        has_begun = g_file_test(world->trace, G_FILE_TEST_EXISTS);
        if (has_begun != (world->end == COX_AGENT_KEEP_ENDED)) {
            fail_msg("round %u: the agent has %s, and we were told %d", i, has_begun ? "begun" : "not begun", (int) world->end);
        }
        cox_agent_keep_clear(&world->keep, 16);
    }
}

static void
files_that_make_no_sense_are_removed_or_count_as_lost(void **state)
{
    struct world *world = *state;
    static const char *const ends[] = { "", "end exited", "end odd 1\nran 5\n", "end exited 0\nran 5\n",
                                        "end exited 0\nran 5\nreason 9 9\nshort\n",
                                        "end exited 0\nran 5\nreason 0 0\n\nout 0 0\n\nerr 5 99999999999\nx\n" };
    g_autofree char *record = g_build_filename(world->dir, "run-15", NULL);
    g_autofree char *end = g_build_filename(world->dir, "run-15.end", NULL);
    static const char *const records[] = { "", "note 50\nshort", "note 99999999\n", "garbage" };

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        assert_true(g_file_set_contents(end, ends[i], -1, NULL));
        do_it(world, 15, "start", false);
        wait_end(world);
        assert_int_equal(world->end, COX_AGENT_KEEP_LOST);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(records); i++) {
        g_autoptr(GPtrArray) list = NULL;

        assert_true(g_file_set_contents(record, records[i], -1, NULL));
        list = cox_agent_keep_list(&world->keep);
        assert_int_equal(list->len, 0);
        assert_int_equal(count_files(world, "run-15"), 0);
    }
    /* What was left of an older run of this number is not the end of a new one. */
    assert_true(g_file_set_contents(end, "end exited 9\nran 5\nreason 0 0\n\nout 0 0\n\nerr 0 0\n\n", -1, NULL));
    {
        g_autofree char *begun = NULL;

        do_it(world, 15, "slow", true);
        begun = wait_trace(world, "begin slow");
        assert_int_equal(kill(keeper_of(begun), SIGKILL), 0);
        wait_end(world);
        assert_int_equal(world->end, COX_AGENT_KEEP_LOST);
    }
    /* An agent of this number that began at another time is somebody else. */
    assert_true(g_file_set_contents(record, "note 0\n\nagent 1 5\n", -1, NULL));
    do_it(world, 15, "start", false);
    wait_end(world);
    assert_int_equal(world->end, COX_AGENT_KEEP_LOST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

COX_TEST_MAIN(TEST(an_agent_that_ends_gives_code_last_reason_and_output), TEST(an_agent_has_clean_surroundings_below_its_keeper),
              TEST(a_result_survives_whoever_ordered_it),
              TEST(an_agent_whose_keeper_was_killed_is_waited_for_and_its_result_is_lost),
              TEST(an_agent_whose_keeper_was_killed_can_be_killed_with_its_group), TEST(a_killed_agent_takes_its_group_with_it),
              TEST(the_keeper_ends_an_agent_when_nobody_else_does), TEST(a_flood_of_output_is_cut_and_its_reason_found),
              TEST(death_by_signal_is_told), TEST(without_a_keeper_nothing_begins_and_the_reason_names_it),
              TEST(what_was_recorded_and_not_begun_never_begins_later),
              TEST(a_keeper_that_is_late_and_an_executor_that_is_early_agree), TEST(files_that_make_no_sense_are_removed_or_count_as_lost))
