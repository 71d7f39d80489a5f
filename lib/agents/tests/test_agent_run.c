/* Tests of lib/agents/agent_run.c with real processes, and with the fake runtime. */
#include "agents/agent_run.h"

#include <signal.h>
#include <unistd.h>

#include "agents/tests/agentkit.h"
#include "runtime/fake.h"
#include "runtime/loop.h"

struct world {
    struct cox_runtime *runtime;
    GMainContext *context;
    char *dir;
    struct cox_agent_paths paths;
    unsigned int n_ends;
    int code;
    enum cox_op_status status;
    char *reason, *out;
    guint n_refused;
    bool has_child;
};

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    world->context = g_main_context_new();
    world->runtime = cox_loop_new(world->context);
    world->dir = agentkit_new();
    world->paths = (struct cox_agent_paths) { .ocf = world->dir, .lsb = world->dir, .fence = world->dir };
    agentkit_put(world->dir, "p/agent",
                 "#!/bin/sh\ncase $1 in\n"
                 "start) echo \"$OCF_RESKEY_ip $OCF_RESOURCE_INSTANCE\"; echo 'ocf-exit-reason:all good' >&2; exit 0;;\n"
                 "sleep) sleep 60 & wait;;\nkillme) kill -9 $$;;\nmonitor) exit 7;;\nesac\nexit 3\n",
                 0755);
    agentkit_put(world->dir, "service", "#!/bin/sh\n[ \"$1\" = status ] && exit 3\nexit 0\n", 0755);
    agentkit_put(world->dir, "fence_x", "#!/bin/sh\n[ $# = 0 ] || exit 9\ncat\nexit 1\n", 0755);
    agentkit_put(world->dir, "p/binary", "\x01\x02not a program", 0755);
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
    g_free(world->reason);
    g_free(world->out);
    g_free(world);
    return 0;
}

static void
on_end(void *context, const struct cox_agent_result *result, const struct cox_child_result *child, const GPtrArray *refused)
{
    struct world *world = context;

    world->n_ends++;
    world->code = result->code;
    world->status = result->status;
    g_free(world->reason);
    world->reason = g_strdup(result->exit_reason);
    g_free(world->out);
    world->out = g_strdup(child == NULL ? NULL : child->out);
    world->has_child = child != NULL;
    world->n_refused = refused->len;
}

static struct cox_agent_job *
begin(struct world *world, const char *agent, const char *action, gint64 timeout_ms)
{
    static const struct cox_agent_pair params[] = { { "action", "off" }, { "ip", "10.0.0.1" }, { "no-id", "x" } };
    g_autoptr(cox_agent_name) name = cox_agent_name_parse(agent, NULL);
    const struct cox_agent_action what = {
        .paths = &world->paths,
        .env = { .agent = name, .rsc_id = "r1", .params = params, .n_params = G_N_ELEMENTS(params), .service = "pacemaker-execd" },
        .action = action,
        .timeout_ms = timeout_ms,
    };
    struct cox_agent_job *job = cox_agent_run(world->runtime, &what, on_end, world);

    assert_non_null(job);
    return job;
}

static void
run(struct world *world, const char *agent, const char *action, gint64 timeout_ms)
{
    unsigned int before = world->n_ends;

    (void) begin(world, agent, action, timeout_ms);
    assert_int_equal(world->n_ends, before); /* never from inside the call */
    while (world->n_ends == before) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_int_equal(world->n_ends, before + 1);
}

static void
an_ocf_agent_gets_its_action_and_parameters(void **state)
{
    struct world *world = *state;

    run(world, "ocf:p:agent", "start", 20000);
    assert_int_equal(world->code, 0);
    assert_int_equal(world->status, COX_OP_STATUS_DONE);
    assert_string_equal(world->out, "10.0.0.1 r1\n");
    assert_string_equal(world->reason, "all good");
    assert_int_equal(world->n_refused, 1);
    run(world, "ocf:p:agent", "monitor", 20000);
    assert_int_equal(world->code, 7);
    run(world, "ocf:p:agent", "dance", 20000);
    assert_int_equal(world->code, 3);
}

static void
an_lsb_script_is_asked_for_its_status(void **state)
{
    struct world *world = *state;

    run(world, "lsb:service", "monitor", 20000);
    assert_int_equal(world->code, 7);
    run(world, "lsb:service", "start", 20000);
    assert_int_equal(world->code, 0);
}

static void
a_fence_agent_reads_its_parameters_and_gets_no_argument(void **state)
{
    struct world *world = *state;

    run(world, "stonith:fence_x", "off", 20000);
    assert_int_equal(world->code, 1);
    assert_string_equal(world->out, "action=off\nip=10.0.0.1\nno-id=x\n");
}

static void
a_fence_agent_that_is_told_no_action_gets_the_one_that_is_run(void **state)
{
    struct world *world = *state;
    g_autoptr(cox_agent_name) name = cox_agent_name_parse("stonith:fence_x", NULL);
    const struct cox_agent_action what
        = { .paths = &world->paths, .env = { .agent = name, .service = "pacemaker-execd" }, .action = "metadata", .timeout_ms = 20000 };

    (void) cox_agent_run(world->runtime, &what, on_end, world);
    while (world->n_ends == 0) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_string_equal(world->out, "action=metadata\n");
}

static void
a_timeout_kills_the_whole_group(void **state)
{
    struct world *world = *state;

    run(world, "ocf:p:agent", "sleep", 100);
    assert_int_equal(world->code, 1);
    assert_int_equal(world->status, COX_OP_STATUS_TIMEOUT);
    assert_non_null(strstr(world->reason, "100ms"));
}

static void
an_agent_that_cannot_be_run_ends_with_a_reason(void **state)
{
    struct world *world = *state;

    run(world, "ocf:p:missing", "start", 100);
    assert_int_equal(world->code, 5);
    assert_int_equal(world->status, COX_OP_STATUS_NOT_INSTALLED);
    assert_false(world->has_child);
    run(world, "ocf:p:binary", "start", 20000);
    assert_int_equal(world->code, 5);
    run(world, "ocf:p:agent", "killme", 20000);
    assert_int_equal(world->code, 1);
    assert_int_equal(world->status, COX_OP_STATUS_ERROR);
}

static void
an_action_can_be_killed_or_forgotten(void **state)
{
    struct world *world = *state;
    struct cox_agent_job *job = begin(world, "ocf:p:agent", "sleep", 0);
    pid_t pid = cox_agent_job_pid(job);

    assert_true(pid > 0);
    cox_agent_kill(job);
    while (world->n_ends == 0) {
        (void) cox_runtime_step(world->runtime, true);
    }
    assert_int_equal(world->status, COX_OP_STATUS_ERROR);
    job = begin(world, "ocf:p:agent", "sleep", 0);
    pid = cox_agent_job_pid(job);
    cox_agent_forget(job);
    assert_int_equal(kill(-pid, 0), 0); /* it runs on */
    assert_int_equal(kill(-pid, SIGKILL), 0);
    job = begin(world, "ocf:p:missing", "start", 0);
    assert_int_equal(cox_agent_job_pid(job), 0);
    cox_agent_kill(job);
    cox_agent_forget(job);
    while (cox_runtime_step(world->runtime, false)) {
    }
    assert_int_equal(world->n_ends, 1);
}

static void
time_on_paper_runs_out_as_well(void **state)
{
    struct world *world = *state;
    struct cox_runtime *real = world->runtime;

    world->runtime = cox_fake_new(0, cox_wall_from_seconds(1700000000));
    (void) begin(world, "ocf:p:agent", "start", 20000);
    cox_fake_advance(world->runtime, 19999 * COX_USEC_PER_MS);
    assert_int_equal(world->n_ends, 0);
    cox_fake_advance(world->runtime, 10 * COX_USEC_PER_MS);
    assert_int_equal(world->n_ends, 1);
    assert_int_equal(world->status, COX_OP_STATUS_TIMEOUT);
    cox_runtime_free(world->runtime);
    world->runtime = real;
}

#define AGENT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

COX_TEST_MAIN(AGENT_TEST(an_ocf_agent_gets_its_action_and_parameters), AGENT_TEST(an_lsb_script_is_asked_for_its_status),
              AGENT_TEST(a_fence_agent_reads_its_parameters_and_gets_no_argument),
              AGENT_TEST(a_fence_agent_that_is_told_no_action_gets_the_one_that_is_run), AGENT_TEST(a_timeout_kills_the_whole_group),
              AGENT_TEST(an_agent_that_cannot_be_run_ends_with_a_reason), AGENT_TEST(an_action_can_be_killed_or_forgotten),
              AGENT_TEST(time_on_paper_runs_out_as_well))
