/* Tests of daemons/coxd with real processes: testd plays the six daemons below a real coxd. */
#include "client/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "client/client.h"
#include "proto/stopflag.h"
#include "runtime/loop.h"
#include "service/instance.h"

/* Nothing here takes as long; it ends what hangs.  The daemons end themselves then. */
enum { LIMIT_S = 300 };

static const char *const programs[] = { "cox-cibd", "cox-execd", "cox-fenced", "cox-attrd", "cox-schedd", "cox-controld" };
static const char *const sockets[] = { "cib", "exec", "fence", "attr", "sched", "control" };

struct node {
    GMainContext *context;
    struct cox_runtime *runtime;
    char *directory, *programs, *diary, *coxd;
    cox_source_id child;
    pid_t pid;
    bool has_ended;
    struct cox_child_result end;
    struct cox_client *client;
};

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct node *node = context;

    (void) id;
    node->has_ended = true;
    node->end = *result;
}

static void
start_coxd(struct node *node, const char *extra)
{
    const struct cox_client_settings settings = {
        .daemon = COX_DAEMON_SUPERVISOR, .program = "test", .run_directory = node->directory, .reconnects = true,
    };
    g_autofree char *where = g_strconcat("COX_DAEMON_DIRECTORY=", node->programs, NULL);
    g_autofree char *diary = g_strconcat("TESTD_DIARY=", node->diary, NULL);
    g_autofree char *log = g_strconcat("PCMK_logfile=", node->directory, "/log", NULL);
    g_autofree char *life = g_strdup_printf("TESTD_LIFE_S=%d", LIMIT_S);
    const char *const envp[] = { where, diary, log, life, "PCMK_logfacility=none", "COX_CLUSTER=local",
                                 extra == NULL ? "TESTD=1" : extra, NULL };
    const char *const argv[] = { node->coxd, "--keep-user", "--run-directory", node->directory, NULL };
    const struct cox_child_spec spec = { .argv = argv, .envp = envp, .shares_output = true };

    node->has_ended = false;
    node->child = cox_runtime_spawn(node->runtime, &spec, on_end, node);
    node->pid = cox_runtime_child_pid(node->runtime, node->child);
    if (node->client == NULL) {
        node->client = cox_client_new(node->runtime, &settings);
    }
}

static int
setup(void **state)
{
    struct node *node = g_new0(struct node, 1);
    const char *top = g_getenv("top_builddir");
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = g_path_get_dirname(self);
    g_autofree char *root = top != NULL ? g_strdup(top) : g_build_filename(here, "../../..", NULL);
    g_autofree char *testd = g_build_filename(root, "lib/service/tests/testd", NULL);

    alarm(LIMIT_S);
    (void) prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); /* daemons of a coxd that was killed become ours */
    node->context = g_main_context_new();
    node->runtime = cox_loop_new(node->context);
    node->directory = g_dir_make_tmp("cox-XXXXXX", NULL);
    node->programs = g_build_filename(node->directory, "programs", NULL);
    node->diary = g_build_filename(node->directory, "diary", NULL);
    node->coxd = g_build_filename(root, "daemons/coxd/coxd", NULL);
    if (g_mkdir(node->programs, 0755) != 0) {
        return 1;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autofree char *path = g_build_filename(node->programs, programs[i], NULL);

        if (symlink(testd, path) != 0) {
            return 1;
        }
    }
    *state = node;
    return 0;
}

static void
remove_all(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        if (g_unlink(file) != 0) {
            remove_all(file);
        }
    }
    if (dir != NULL) {
        g_dir_close(dir);
    }
    (void) g_rmdir(path);
}

static pid_t
pid_of(const struct node *node, size_t i)
{
    return cox_instance_holder(node->directory, sockets[i]);
}

/* End what the dead coxd has left to us, whether it has a lock or not, and what that leaves in turn. */
static void
end_orphans(void)
{
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int) getpid());

    do {
        g_autofree char *children = NULL;
        g_auto(GStrv) pids = NULL;

        assert_true(g_file_get_contents(path, &children, NULL, NULL));
        pids = g_strsplit(children, " ", -1);
        for (gsize i = 0; pids[i] != NULL; i++) {
            pid_t pid = (pid_t) g_ascii_strtoll(pids[i], NULL, 10);

            if (pid > 0) {
                (void) kill(pid, SIGKILL);
            }
        }
    } while (waitpid(-1, NULL, 0) > 0);
}

static int
teardown(void **state)
{
    struct node *node = *state;

    cox_client_free(node->client);
    if (!node->has_ended && node->pid != 0) {
        cox_runtime_child_signal(node->runtime, node->child, SIGKILL);
        while (!node->has_ended) {
            (void) cox_runtime_step(node->runtime, true);
        }
    }
    end_orphans();
    remove_all(node->directory);
    cox_runtime_free(node->runtime);
    g_main_context_unref(node->context);
    g_free(node->directory);
    g_free(node->programs);
    g_free(node->diary);
    g_free(node->coxd);
    g_free(node);
    return 0;
}

/* What coxd says of itself; lives in @arena. */
static const struct cox_msg_supervisor_state *
query(struct node *node, struct cox_arena *arena)
{
    const struct cox_msg_supervisor_query nothing = { 0 };
    struct cox_ask ask = { .call = { .message = COX_MSG_SUPERVISOR_QUERY, .body = &nothing }, .expected = COX_MSG_SUPERVISOR_STATE,
                           .arena = arena };
    const struct cox_msg_supervisor_state *state;

    do { /* a coxd that has just been killed takes the question with it */
        state = cox_ask(node->runtime, node->client, &ask, NULL);
    } while (state == NULL && !node->has_ended);
    if (state == NULL) {
        g_autofree char *path = g_build_filename(node->directory, "log", NULL);
        g_autofree char *log = NULL;

        (void) g_file_get_contents(path, &log, NULL, NULL);
        fail_msg("coxd has ended: status %d\n%s", node->end.exit_status, log);
    }
    return state;
}

static bool
all_run(const struct cox_msg_supervisor_state *state)
{
    for (gsize i = 0; i < state->n_daemons; i++) {
        if (strcmp(state->daemons[i].state, "running") != 0) {
            return false;
        }
    }
    return strcmp(state->state, "running") == 0 && state->n_daemons == G_N_ELEMENTS(programs);
}

/* Ask until all run and the daemon with the index has been started again @restarts times. */
static void
wait_until_all_run(struct node *node, size_t i, guint64 restarts)
{
    for (;;) {
        g_autoptr(cox_arena) arena = cox_arena_new();
        const struct cox_msg_supervisor_state *state = query(node, arena);

        if (all_run(state) && state->daemons[i].restarts >= restarts) {
            assert_string_equal(state->daemons[i].name, programs[i]);
            assert_int_equal(state->daemons[i].restarts, restarts);
            assert_int_equal(state->daemons[i].pid, pid_of(node, i));
            return;
        }
        g_usleep(5000);
    }
}

static void
wait_until_ended(struct node *node)
{
    while (!node->has_ended) {
        (void) cox_runtime_step(node->runtime, true);
    }
}

static char *
contents(const struct node *node, const char *name)
{
    g_autofree char *path = g_build_filename(node->directory, name, NULL);
    char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* Where a line stands in the diary; it must be there. */
static const char *
place_of(const char *diary, const char *line)
{
    const char *found = strstr(diary, line);

    if (found == NULL) {
        fail_msg("no '%s' in: %s", line, diary);
    }
    return found;
}

static void
daemons_start_in_order_and_stop_in_reverse_after_the_leave(void **state)
{
    struct node *node = *state;
    g_autofree char *diary = NULL;
    g_autofree char *log = NULL;

    start_coxd(node, NULL);
    wait_until_all_run(node, 0, 0);
    cox_runtime_child_signal(node->runtime, node->child, SIGTERM);
    wait_until_ended(node);
    assert_int_equal(node->end.end, COX_CHILD_EXITED);
    assert_int_equal(node->end.exit_status, 0);
    diary = contents(node, "diary");
    assert_ptr_equal(place_of(diary, "start cib\n"), diary);
    assert_true(place_of(diary, "start attr\n") < place_of(diary, "start control\n"));
    assert_true(place_of(diary, "start control\n") < place_of(diary, "leave control\n"));
    assert_true(place_of(diary, "leave control\n") < place_of(diary, "stop control\n"));
    assert_true(place_of(diary, "stop control\n") < place_of(diary, "stop exec\n"));
    assert_true(place_of(diary, "stop fence\n") < place_of(diary, "stop cib\n"));
    assert_true(place_of(diary, "stop sched\n") < place_of(diary, "stop cib\n"));
    for (size_t i = 0; i < G_N_ELEMENTS(sockets); i++) {
        assert_int_equal(pid_of(node, i), 0);
    }
    log = contents(node, "log");
    assert_non_null(strstr(log, "all daemons are running"));
    assert_null(strstr(log, "CX")); /* no warning, no error */
}

static void
a_client_may_ask_for_the_stop(void **state)
{
    struct node *node = *state;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_supervisor_stop stop = { 0 };
    struct cox_ask ask = { .call = { .message = COX_MSG_SUPERVISOR_STOP, .body = &stop }, .expected = COX_MSG_DONE, .arena = arena };

    start_coxd(node, NULL);
    wait_until_all_run(node, 0, 0);
    assert_non_null(cox_ask(node->runtime, node->client, &ask, NULL));
    wait_until_ended(node);
    assert_int_equal(node->end.exit_status, 0);
}

static void
ask_to_stop_at_once(struct node *node)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_supervisor_stop stop = { .flags = COX_STOP_AT_ONCE };
    struct cox_ask ask = { .call = { .message = COX_MSG_SUPERVISOR_STOP, .body = &stop }, .expected = COX_MSG_DONE, .arena = arena };

    assert_non_null(cox_ask(node->runtime, node->client, &ask, NULL));
    wait_until_ended(node);
    assert_int_equal(node->end.end, COX_CHILD_EXITED);
    assert_int_equal(node->end.exit_status, 100); /* the unit does not start it again */
    for (size_t i = 0; i < G_N_ELEMENTS(sockets); i++) {
        assert_int_equal(pid_of(node, i), 0);
    }
}

static void
a_stop_at_once_moves_nothing_and_stays_down(void **state)
{
    struct node *node = *state;
    g_autofree char *diary = NULL;

    start_coxd(node, NULL);
    wait_until_all_run(node, 0, 0);
    ask_to_stop_at_once(node);
    diary = contents(node, "diary");
    assert_null(strstr(diary, "leave control\n"));
    assert_true(place_of(diary, "stop control\n") < place_of(diary, "stop exec\n"));
    assert_true(place_of(diary, "stop exec\n") < place_of(diary, "stop cib\n"));
}

/* Run until the file has the text; coxd must be alive meanwhile. */
static void
wait_until_written(struct node *node, const char *name, const char *text)
{
    for (;;) {
        g_autofree char *all = contents(node, name);

        if (strstr(all, text) != NULL) {
            return;
        }
        (void) cox_runtime_step(node->runtime, false);
        assert_false(node->has_ended);
        g_usleep(5000);
    }
}

static void
a_stop_at_once_does_not_wait_for_the_leave_that_is_under_way(void **state)
{
    struct node *node = *state;
    g_autofree char *diary = NULL;

    start_coxd(node, "TESTD_NEVER_LEAVES=1");
    wait_until_all_run(node, 0, 0);
    cox_runtime_child_signal(node->runtime, node->child, SIGTERM);
    wait_until_written(node, "diary", "leave control\n");
    ask_to_stop_at_once(node);
    diary = contents(node, "diary");
    assert_true(place_of(diary, "leave control\n") < place_of(diary, "stop control\n"));
}

static void
one_that_is_killed_comes_back_and_the_others_do_not_notice(void **state)
{
    struct node *node = *state;
    pid_t before[G_N_ELEMENTS(sockets)];
    g_autofree char *log = NULL;

    start_coxd(node, NULL);
    wait_until_all_run(node, 0, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(sockets); i++) {
        before[i] = pid_of(node, i);
        assert_true(before[i] > 0);
    }
    assert_int_equal(kill(before[3], SIGKILL), 0);
    wait_until_all_run(node, 3, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(sockets); i++) {
        if (i == 3) {
            assert_int_not_equal(pid_of(node, i), before[i]);
        } else {
            assert_int_equal(pid_of(node, i), before[i]);
        }
    }
    log = contents(node, "log");
    assert_non_null(strstr(log, "daemon ended daemon=cox-attrd"));
    assert_non_null(strstr(log, "signal=9"));
}

static void
one_that_stands_still_is_killed_and_comes_back(void **state)
{
    struct node *node = *state;
    g_autofree char *log = NULL;
    pid_t before;

    start_coxd(node, "COX_LIVENESS_MS=1000");
    wait_until_all_run(node, 4, 0);
    before = pid_of(node, 4);
    assert_int_equal(kill(before, SIGSTOP), 0);
    for (;;) { /* a machine that is slower than the patience may have cost others a restart, too */
        g_autoptr(cox_arena) arena = cox_arena_new();
        const struct cox_msg_supervisor_state *now = query(node, arena);

        if (all_run(now) && now->daemons[4].restarts > 0) {
            break;
        }
        g_usleep(20000);
    }
    assert_int_not_equal(pid_of(node, 4), before);
    log = contents(node, "log");
    assert_non_null(strstr(log, "a daemon does not answer and is killed daemon=cox-schedd"));
}

static void
a_new_supervisor_takes_over_what_the_killed_one_started(void **state)
{
    struct node *node = *state;
    pid_t before[G_N_ELEMENTS(sockets)];
    g_autofree char *log = NULL;
    g_autofree char *diary = NULL;

    start_coxd(node, NULL);
    wait_until_all_run(node, 0, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(sockets); i++) {
        before[i] = pid_of(node, i);
    }
    cox_runtime_child_signal(node->runtime, node->child, SIGKILL);
    wait_until_ended(node);
    start_coxd(node, NULL);
    wait_until_all_run(node, 0, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(sockets); i++) {
        assert_int_equal(pid_of(node, i), before[i]);
    }
    log = contents(node, "log");
    assert_non_null(strstr(log, "daemon taken over daemon=cox-controld"));
    /* It watches them as if it had started them ... */
    assert_int_equal(kill(before[1], SIGKILL), 0);
    wait_until_all_run(node, 1, 1);
    /* ... and stops them. */
    cox_runtime_child_signal(node->runtime, node->child, SIGTERM);
    wait_until_ended(node);
    assert_int_equal(node->end.exit_status, 0);
    diary = contents(node, "diary");
    assert_true(place_of(diary, "leave control\n") < place_of(diary, "stop cib\n"));
}

/* An attrd that nobody below coxd has started; returns when it serves the socket.  Its end is noted in @other. */
static cox_source_id
start_stranger(struct node *node, struct node *other)
{
    g_autofree char *path = g_build_filename(node->programs, "cox-attrd", NULL);
    g_autofree char *socket = g_build_filename(node->directory, "attr.sock", NULL);
    const char *const envp[] = { "TESTD_LIFE_S=300", "PCMK_logfacility=none", "COX_CLUSTER=local", NULL };
    const char *const argv[] = { path, "--keep-user", "--run-directory", node->directory, NULL };
    const struct cox_child_spec spec = { .argv = argv, .envp = envp, .shares_output = true };
    cox_source_id stranger = cox_runtime_spawn(node->runtime, &spec, on_end, other);
    pid_t pid = cox_runtime_child_pid(node->runtime, stranger);

    while (pid_of(node, 3) != pid || access(socket, F_OK) != 0) {
        (void) cox_runtime_step(node->runtime, false);
        assert_false(other->has_ended);
        g_usleep(2000);
    }
    return stranger;
}

static void
one_that_was_started_by_somebody_else_is_not_trusted(void **state)
{
    struct node *node = *state;
    struct node other = { 0 };
    cox_source_id stranger = start_stranger(node, &other);
    pid_t pid = cox_runtime_child_pid(node->runtime, stranger);
    g_autofree char *log = NULL;

    start_coxd(node, NULL);
    for (bool is_said = false; !is_said;) {
        g_autoptr(cox_arena) arena = cox_arena_new();
        const struct cox_msg_supervisor_state *now = query(node, arena);

        is_said = now->daemons[3].restarts > 0; /* ours could not start beside it */
        assert_true(now->daemons[3].pid != (guint64) pid);
        assert_string_not_equal(now->daemons[3].state, "running");
        g_usleep(5000);
    }
    log = contents(node, "log");
    assert_non_null(strstr(log, "CXE061"));
    cox_runtime_child_signal(node->runtime, stranger, SIGKILL);
    while (!other.has_ended) {
        (void) cox_runtime_step(node->runtime, true);
    }
    for (bool runs = false; !runs;) { /* now there is room for ours */
        g_autoptr(cox_arena) arena = cox_arena_new();

        runs = all_run(query(node, arena));
        g_usleep(5000);
    }
}

static void
an_answer_of_somebody_who_has_the_socket_does_not_count(void **state)
{
    struct node *node = *state;
    g_autofree char *program = g_build_filename(node->programs, "cox-attrd", NULL);
    struct node other = { 0 };
    cox_source_id stranger = start_stranger(node, &other);

    assert_int_equal(g_unlink(program), 0); /* ours lives, and never gets to its socket */
    assert_true(g_file_set_contents(program, "#!/bin/sh\nexec sleep 300\n", -1, NULL));
    assert_int_equal(g_chmod(program, 0755), 0);
    start_coxd(node, NULL);
    for (bool is_seen = false; !is_seen;) {
        g_autoptr(cox_arena) arena = cox_arena_new();
        const struct cox_msg_supervised *attr = &query(node, arena)->daemons[3];
        g_autofree char *log = contents(node, "log");

        assert_string_not_equal(attr->state, "running");
        is_seen = strstr(log, " answers_instead=") != NULL;
        g_usleep(5000);
    }
    cox_runtime_child_signal(node->runtime, stranger, SIGKILL);
    while (!other.has_ended) {
        (void) cox_runtime_step(node->runtime, true);
    }
}

/* ---- on demand ---- */

static bool
need(struct node *node, const char *daemon, GError **error)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_supervisor_need body = { .daemon = daemon };
    struct cox_ask ask = { .call = { .message = COX_MSG_SUPERVISOR_NEED, .body = &body }, .expected = COX_MSG_DONE, .arena = arena };

    return cox_ask(node->runtime, node->client, &ask, error) != NULL;
}

/* Ask until the supervisor has a router that runs and is not process @before; its pid. */
static pid_t
wait_for_router(struct node *node, pid_t before)
{
    for (;;) {
        g_autoptr(cox_arena) arena = cox_arena_new();
        const struct cox_msg_supervisor_state *state = query(node, arena);

        for (gsize i = 0; i < state->n_daemons; i++) {
            const struct cox_msg_supervised *one = &state->daemons[i];

            if (strcmp(one->name, "cox-vrrpd") == 0 && strcmp(one->state, "running") == 0 && (pid_t) one->pid != before) {
                assert_int_equal(one->pid, cox_instance_holder(node->directory, "vrrp"));
                return (pid_t) one->pid;
            }
        }
        g_usleep(5000);
    }
}

static void
add_router(const struct node *node)
{
    g_autofree char *path = g_build_filename(node->programs, "cox-vrrpd", NULL);
    g_autofree char *same = g_build_filename(node->programs, "cox-attrd", NULL);
    g_autofree char *testd = g_file_read_link(same, NULL);

    assert_int_equal(symlink(testd, path), 0);
}

static void
one_on_demand_runs_from_the_time_when_it_is_wanted(void **state)
{
    struct node *node = *state;
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) unknown = NULL;
    g_autofree char *diary = NULL;
    pid_t pid;

    start_coxd(node, NULL);
    wait_until_all_run(node, 0, 0); /* six of them */
    assert_false(need(node, "cox-attrd", &unknown));
    assert_true(g_error_matches(unknown, COX_ERROR, COX_ERROR_INVALID_PARAM));
    assert_false(need(node, "cox-vrrpd", &missing));
    assert_true(g_error_matches(missing, COX_ERROR, COX_ERROR_NOT_INSTALLED));
    assert_non_null(strstr(missing->message, "cox-vrrpd' cannot be run"));
    add_router(node);
    assert_true(need(node, "cox-vrrpd", NULL));
    pid = wait_for_router(node, 0);
    assert_true(need(node, "cox-vrrpd", NULL)); /* once is enough */
    assert_int_equal(wait_for_router(node, 0), pid);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_not_equal(wait_for_router(node, pid), pid);
    cox_runtime_child_signal(node->runtime, node->child, SIGTERM);
    wait_until_ended(node);
    assert_int_equal(node->end.exit_status, 0);
    diary = contents(node, "diary");
    assert_true(place_of(diary, "stop exec\n") < place_of(diary, "stop vrrp\n"));
    /* Whoever starts next does not want it any more. */
    start_coxd(node, NULL);
    wait_until_all_run(node, 0, 0);
}

static void
the_next_supervisor_knows_what_is_wanted(void **state)
{
    struct node *node = *state;
    pid_t pid;

    add_router(node);
    start_coxd(node, NULL);
    wait_until_all_run(node, 0, 0);
    assert_true(need(node, "cox-vrrpd", NULL));
    pid = wait_for_router(node, 0);
    cox_runtime_child_signal(node->runtime, node->child, SIGKILL);
    wait_until_ended(node);
    start_coxd(node, NULL);
    assert_int_equal(wait_for_router(node, 0), pid);
    cox_runtime_child_signal(node->runtime, node->child, SIGKILL);
    wait_until_ended(node);
    assert_int_equal(kill(pid, SIGKILL), 0); /* with it */
    while (cox_instance_holder(node->directory, "vrrp") != 0) {
        g_usleep(1000);
    }
    start_coxd(node, NULL);
    assert_int_not_equal(wait_for_router(node, 0), pid);
    cox_runtime_child_signal(node->runtime, node->child, SIGTERM);
    wait_until_ended(node);
    assert_int_equal(node->end.exit_status, 0);
}

static void
a_controller_that_dies_while_leaving_is_asked_again(void **state)
{
    struct node *node = *state;
    g_autofree char *once = g_strconcat("TESTD_DIES_LEAVING=", node->directory, "/once", NULL);
    g_autofree char *diary = NULL;
    const char *first;

    start_coxd(node, once);
    wait_until_all_run(node, 5, 0);
    cox_runtime_child_signal(node->runtime, node->child, SIGTERM);
    wait_until_ended(node);
    assert_int_equal(node->end.exit_status, 0);
    diary = contents(node, "diary");
    first = place_of(diary, "leave control\n");
    assert_true(place_of(first + 1, "start control\n") < place_of(first + 1, "leave control\n"));
    assert_true(place_of(first + 1, "leave control\n") < place_of(diary, "stop control\n"));
}

static void
one_that_cannot_work_stops_the_node_for_good(void **state)
{
    struct node *node = *state;
    g_autofree char *log = NULL;

    start_coxd(node, "TESTD_FATAL=fence");
    wait_until_ended(node);
    assert_int_equal(node->end.exit_status, 100); /* the unit does not start it again */
    for (size_t i = 0; i < G_N_ELEMENTS(sockets); i++) {
        assert_int_equal(pid_of(node, i), 0);
    }
    log = contents(node, "log");
    assert_non_null(strstr(log, "CXE062"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(daemons_start_in_order_and_stop_in_reverse_after_the_leave), TEST(a_client_may_ask_for_the_stop),
              TEST(a_stop_at_once_moves_nothing_and_stays_down), TEST(a_stop_at_once_does_not_wait_for_the_leave_that_is_under_way),
              TEST(one_that_is_killed_comes_back_and_the_others_do_not_notice), TEST(one_that_stands_still_is_killed_and_comes_back),
              TEST(a_new_supervisor_takes_over_what_the_killed_one_started),
              TEST(one_that_was_started_by_somebody_else_is_not_trusted),
              TEST(an_answer_of_somebody_who_has_the_socket_does_not_count), TEST(a_controller_that_dies_while_leaving_is_asked_again),
              TEST(one_on_demand_runs_from_the_time_when_it_is_wanted), TEST(the_next_supervisor_knows_what_is_wanted),
              TEST(one_that_cannot_work_stops_the_node_for_good))
