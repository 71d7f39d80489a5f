/* Tests of lib/runtime/childrun.c and forkexec.c with real processes. */
#include "runtime/childrun.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testkit.h"
#include "runtime/forkexec.h"
#include "runtime/loop.h"

struct world {
    struct cox_runtime *runtime;
    GMainContext *context;
    unsigned int n_ends;
    struct cox_child_result last;
    GString *out, *err;
};

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    alarm(60);
    world->context = g_main_context_new();
    world->runtime = cox_loop_new(world->context);
    world->out = g_string_new(NULL);
    world->err = g_string_new(NULL);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_runtime_free(world->runtime);
    g_main_context_unref(world->context);
    g_string_free(world->out, TRUE);
    g_string_free(world->err, TRUE);
    g_free(world);
    return 0;
}

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct world *world = context;

    assert_true(id != 0);
    world->n_ends++;
    world->last = *result;
    g_string_truncate(world->out, 0);
    g_string_append_len(world->out, result->out, (gssize) result->out_size);
    g_string_truncate(world->err, 0);
    g_string_append_len(world->err, result->err, (gssize) result->err_size);
}

static const char *const no_environment[] = { NULL };

static cox_source_id
spawn(struct world *world, const char *command, struct cox_child_spec spec)
{
    const char *const argv[] = { "/bin/sh", "-c", command, NULL };

    spec.argv = argv;
    spec.envp = spec.envp == NULL ? no_environment : spec.envp;
    return cox_runtime_spawn(world->runtime, &spec, on_end, world);
}

static void
wait_ends(struct world *world, unsigned int n)
{
    while (world->n_ends < n) {
        (void) cox_runtime_step(world->runtime, true);
    }
}

static const struct cox_child_spec plain = { .out_limit_bytes = 65536, .err_limit_bytes = 65536, .timeout_ms = 20000 };

static void
output_and_status_come_back(void **state)
{
    struct world *world = *state;

    spawn(world, "echo out; echo err >&2; exit 7", plain);
    assert_int_equal(world->n_ends, 0);
    wait_ends(world, 1);
    assert_int_equal(world->last.end, COX_CHILD_EXITED);
    assert_int_equal(world->last.exit_status, 7);
    assert_string_equal(world->out->str, "out\n");
    assert_string_equal(world->err->str, "err\n");
    assert_false(world->last.out_is_cut);
    assert_true(world->last.ended > world->last.started);
}

static void
the_environment_is_exactly_the_one_given(void **state)
{
    static const char *const envp[] = { "ONLY=this", NULL };
    const char *const argv[] = { "/usr/bin/env", NULL };
    struct world *world = *state;
    struct cox_child_spec spec = plain;

    spec.argv = argv;
    spec.envp = envp;
    cox_runtime_spawn(world->runtime, &spec, on_end, world);
    wait_ends(world, 1);
    assert_string_equal(world->out->str, "ONLY=this\n");
}

/* Signals 32 and 33 belong to the C library, which lets nobody set them; what started us may have left them ignored or blocked. */
static void
set_library_signals(bool is_ignored)
{
    const unsigned long action[8] = { is_ignored ? 1 : 0 }; /* the kernel's struct begins with the handler; 1 is SIG_IGN */
    const guint64 both = G_GUINT64_CONSTANT(3) << 31;

    assert_int_equal(syscall(SYS_rt_sigaction, 32, action, NULL, 8), 0);
    assert_int_equal(syscall(SYS_rt_sigaction, 33, action, NULL, 8), 0);
    assert_int_equal(syscall(SYS_rt_sigprocmask, is_ignored ? SIG_BLOCK : SIG_UNBLOCK, &both, NULL, 8), 0);
}

static void
a_child_starts_in_a_clean_state(void **state)
{
    struct world *world = *state;
    sigset_t usr1;
    int fd = open("/dev/null", O_RDONLY); /* not close-on-exec: must not be seen all the same */
    g_autofree char *expected = NULL;

    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    signal(SIGHUP, SIG_IGN);
    umask(077);
    set_library_signals(true);
    spawn(world,
          "umask; pwd; for f in /proc/$$/fd/*; do printf '%s ' ${f##*/}; done; echo;"
          "while read k v; do case $k in SigBlk:|SigIgn:) echo $k $v;; esac; done </proc/$$/status; read x </proc/$$/stat; set -- $x; [ $5 = $1 ] && echo leader;"
          "cat /proc/$$/oom_score_adj; [ -r /dev/stdin ] && cat",
          plain);
    wait_ends(world, 1);
    sigprocmask(SIG_UNBLOCK, &usr1, NULL);
    signal(SIGHUP, SIG_DFL);
    umask(022);
    close(fd);
    set_library_signals(false);
    /* 3 is the shell itself, which reads the directory */
    expected = g_strdup_printf("0022\n/\n0 1 2 3 \nSigBlk: %016x\nSigIgn: %016x\nleader\n", 0, 0);
    if (strncmp(world->out->str, expected, strlen(expected)) != 0) {
        fail_msg("got '%s'", world->out->str);
    }
    assert_true(atoi(world->out->str + strlen(expected)) >= 0);
}

static void
limits_and_nice_value_are_those_from_before_the_daemon_changed_its_own(void **state)
{
    struct world *world = *state;
    struct rlimit limit, raised;
    g_autofree char *expected = NULL;

    getrlimit(RLIMIT_NOFILE, &limit);
    raised = limit;
    raised.rlim_cur = limit.rlim_cur - 1;
    setrlimit(RLIMIT_NOFILE, &raised);
    spawn(world, "ulimit -n", plain);
    wait_ends(world, 1);
    setrlimit(RLIMIT_NOFILE, &limit);
    /* 3 is the shell itself, which reads the directory */
    expected = g_strdup_printf("%llu\n", (unsigned long long) limit.rlim_cur);
    assert_string_equal(world->out->str, limit.rlim_cur == RLIM_INFINITY ? "unlimited\n" : expected);
}

static void
large_input_goes_in_while_large_output_comes_out(void **state)
{
    struct world *world = *state;
    g_autofree char *input = g_strnfill(300000, 'i');
    struct cox_child_spec spec = plain;

    spec.input = input;
    spec.input_size = 300000;
    spec.out_limit_bytes = 1000000;
    spawn(world, "cat", spec);
    wait_ends(world, 1);
    assert_int_equal(world->out->len, 300000);
    assert_memory_equal(world->out->str, input, 300000);
}

static void
a_child_that_does_not_read_its_input_hurts_nobody(void **state)
{
    struct world *world = *state;
    g_autofree char *input = g_strnfill(300000, 'i');
    struct cox_child_spec spec = plain;

    spec.input = input;
    spec.input_size = 300000;
    spawn(world, "exec 0<&-; exit 4", spec);
    wait_ends(world, 1);
    assert_int_equal(world->last.exit_status, 4);
}

static void
a_flood_is_cut_at_the_limit_and_does_not_block_the_child(void **state)
{
    struct world *world = *state;
    struct cox_child_spec spec = plain;

    spec.out_limit_bytes = 100;
    spawn(world, "head -c 3000000 /dev/zero; exit 3", spec);
    wait_ends(world, 1);
    assert_int_equal(world->last.exit_status, 3);
    assert_int_equal(world->last.out_size, 100);
    assert_true(world->last.out_is_cut);
}

static void
a_program_that_does_not_exist_is_reported_with_its_errno(void **state)
{
    static const char *const argv[] = { "/nonexistent/agent", NULL };
    struct world *world = *state;
    struct cox_child_spec spec = plain;

    spec.argv = argv;
    spec.envp = no_environment;
    cox_runtime_spawn(world->runtime, &spec, on_end, world);
    wait_ends(world, 1);
    assert_int_equal(world->last.end, COX_CHILD_NOT_STARTED);
    assert_int_equal(world->last.start_errno, ENOENT);
}

static void
no_process_at_all_is_reported_from_the_loop(void **state)
{
    struct world *world = *state;
    struct rlimit limit, none;
    cox_source_id id;

    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    id = spawn(world, "true", plain);
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_true(id != 0);
    assert_int_equal(cox_runtime_child_pid(world->runtime, id), 0);
    wait_ends(world, 1);
    assert_int_equal(world->last.end, COX_CHILD_NOT_STARTED);
    assert_int_equal(world->last.start_errno, EMFILE);
}

static void
a_timeout_ends_the_whole_group(void **state)
{
    struct world *world = *state;
    struct cox_child_spec spec = plain;
    pid_t grandchild;

    spec.timeout_ms = 300;
    spawn(world, "trap 'exit 9' TERM; sleep 100 & echo $!; wait", spec);
    wait_ends(world, 1);
    assert_int_equal(world->last.end, COX_CHILD_TIMED_OUT);
    assert_int_equal(world->last.exit_status, 9);
    grandchild = (pid_t) atoi(world->out->str);
    assert_true(grandchild > 1);
    for (int i = 0; i < 500 && kill(grandchild, 0) == 0; i++) {
        g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int) grandchild);
        g_autofree char *stat = NULL;

        if (g_file_get_contents(path, &stat, NULL, NULL) && strstr(stat, ") Z") != NULL) {
            return; /* dead; whoever is init here has not looked at it yet */
        }
        g_usleep(10000);
    }
    assert_int_not_equal(kill(grandchild, 0), 0);
}

static void
one_that_ignores_term_is_killed(void **state)
{
    struct world *world = *state;
    struct cox_child_spec spec = plain;

    spec.timeout_ms = 200;
    spec.kill_after_ms = 100;
    spawn(world, "trap '' TERM; while :; do sleep 1; done", spec);
    wait_ends(world, 1);
    assert_int_equal(world->last.end, COX_CHILD_TIMED_OUT);
    assert_int_equal(world->last.signo, SIGKILL);
}

static void
a_grandchild_that_keeps_the_pipe_does_not_delay_the_result(void **state)
{
    struct world *world = *state;
    pid_t grandchild;
    cox_usec begin = cox_runtime_now(world->runtime);

    spawn(world, "sleep 30 & echo $!", plain);
    wait_ends(world, 1);
    assert_int_equal(world->last.end, COX_CHILD_EXITED);
    assert_true(cox_runtime_now(world->runtime) - begin < 25 * COX_USEC_PER_S);
    grandchild = (pid_t) atoi(world->out->str);
    assert_int_equal(kill(grandchild, SIGKILL), 0); /* left alone: it belongs to the resource */
}

static void
children_can_be_signalled_stopped_and_forgotten(void **state)
{
    struct world *world = *state;
    cox_source_id id = spawn(world, "exec sleep 100", plain);
    pid_t pid;

    assert_true(cox_runtime_child_signal(world->runtime, id, SIGINT));
    wait_ends(world, 1);
    assert_int_equal(world->last.end, COX_CHILD_SIGNALED);
    assert_int_equal(world->last.signo, SIGINT);
    assert_false(cox_runtime_child_signal(world->runtime, id, SIGINT));
    id = spawn(world, "kill -STOP $$; sleep 100", plain);
    cox_runtime_child_stop(world->runtime, id, 200);
    wait_ends(world, 2);
    assert_int_equal(world->last.end, COX_CHILD_SIGNALED);
    id = spawn(world, "exec sleep 100", plain);
    pid = cox_runtime_child_pid(world->runtime, id);
    cox_runtime_child_forget(world->runtime, id);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(world->n_ends, 2);
}

static void
a_process_of_somebody_else_can_be_watched(void **state)
{
    struct world *world = *state;
    struct world other = { .runtime = world->runtime, .out = g_string_new(NULL), .err = g_string_new(NULL) };
    cox_source_id id, adopted;

    spawn(world, "setsid sleep 100 >/dev/null 2>&1 & echo $!", plain);
    wait_ends(world, 1);
    adopted = cox_runtime_adopt(world->runtime, (pid_t) atoi(world->out->str), on_end, &other);
    assert_true(adopted != 0);
    assert_true(cox_runtime_child_signal(world->runtime, adopted, SIGKILL));
    wait_ends(&other, 1);
    assert_int_equal(other.last.end, COX_CHILD_VANISHED);
    id = spawn(world, "exit 0", plain);
    wait_ends(world, 2);
    assert_int_equal(cox_runtime_adopt(world->runtime, 0x3ffffff, on_end, world), 0);
    assert_int_equal(cox_runtime_child_pid(world->runtime, id), 0);
    g_string_free(other.out, TRUE);
    g_string_free(other.err, TRUE);
}

static void
a_child_can_be_somebody_else(void **state)
{
    static const gid_t groups[] = { 65533 };
    static const struct cox_child_user nobody = { 65534, 65534, groups, 1 };
    struct world *world = *state;
    struct cox_child_spec spec = plain;

    spec.user = &nobody;
    spawn(world, "id -u; id -G", spec);
    wait_ends(world, 1);
    if (geteuid() == 0) {
        assert_string_equal(world->out->str, "65534\n65534 65533\n");
    } else {
        assert_int_equal(world->last.end, COX_CHILD_NOT_STARTED);
        assert_int_equal(world->last.start_errno, EPERM);
    }
}

/* A process that starts a child as told, says its number, and waits to be killed. */
static void G_GNUC_NORETURN
be_parent(int says, bool dies_with_us)
{
    static const char *const argv[] = { "/bin/sleep", "50", NULL };
    struct cox_child_spec spec = { .argv = argv, .envp = no_environment, .shares_output = true, .dies_with_us = dies_with_us };
    struct cox_forkexec_defaults defaults;
    struct cox_forkexec_fds fds;
    int failure = 0;
    pid_t pid;

    cox_forkexec_defaults_read(&defaults);
    pid = cox_forkexec_start(&spec, &defaults, &fds);
    (void) fcntl(fds.status, F_SETFL, 0);
    (void) !read(fds.status, &failure, sizeof failure); /* the end of file: it has become the program */
    (void) !write(says, &pid, sizeof pid);
    for (;;) {
        pause();
    }
}

static void
one_that_shall_not_outlive_us_is_killed_with_us_and_others_are_not(void **state)
{
    (void) state;
    for (int dies = 0; dies < 2; dies++) {
        int says[2];
        pid_t child = 0, parent;
        struct pollfd end = { .events = POLLIN };

        assert_int_equal(pipe(says), 0);
        parent = fork();
        if (parent == 0) {
            be_parent(says[1], dies == 1);
        }
        assert_int_equal(read(says[0], &child, sizeof child), sizeof child);
        end.fd = (int) syscall(SYS_pidfd_open, child, 0);
        assert_true(end.fd >= 0);
        kill(parent, SIGKILL);
        assert_int_equal(waitpid(parent, NULL, 0), parent);
        assert_int_equal(poll(&end, 1, dies == 1 ? 30000 : 200), dies);
        kill(child, SIGKILL);
        close(end.fd);
        close(says[0]);
        close(says[1]);
    }
}

static void
a_hundred_children_at_once_all_come_back(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < 100; i++) {
        spawn(world, "exit 5", plain);
    }
    wait_ends(world, 100);
    assert_int_equal(world->last.exit_status, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(output_and_status_come_back), TEST(the_environment_is_exactly_the_one_given),
              TEST(a_child_starts_in_a_clean_state),
              TEST(limits_and_nice_value_are_those_from_before_the_daemon_changed_its_own),
              TEST(large_input_goes_in_while_large_output_comes_out), TEST(a_child_that_does_not_read_its_input_hurts_nobody),
              TEST(a_flood_is_cut_at_the_limit_and_does_not_block_the_child),
              TEST(a_program_that_does_not_exist_is_reported_with_its_errno),
              TEST(no_process_at_all_is_reported_from_the_loop), TEST(a_timeout_ends_the_whole_group),
              TEST(one_that_ignores_term_is_killed), TEST(a_grandchild_that_keeps_the_pipe_does_not_delay_the_result),
              TEST(children_can_be_signalled_stopped_and_forgotten), TEST(a_process_of_somebody_else_can_be_watched),
              TEST(a_child_can_be_somebody_else), TEST(one_that_shall_not_outlive_us_is_killed_with_us_and_others_are_not),
 TEST(a_hundred_children_at_once_all_come_back))
