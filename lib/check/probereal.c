/* lib/check/probereal.c - real probes: which kind each check is, programs and files.  Layer 4. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "check/probepage.h"
#include "check/probe_priv.h"
#include "lvs/lvstalk.h"
#include "runtime/environment.h"

enum {
    OUTPUT_MAX = 4096,   /* bytes of what a program prints, or of what stands in a file, that are looked at */
};

static const struct cox_probe_kind *
kind_of(const struct cox_lvs_check *check)
{
    switch (check->kind) {
        case COX_LVS_CHECK_TCP:
        case COX_LVS_CHECK_SMTP:
        case COX_LVS_CHECK_TALK:
            return &cox_probe_stream;
        case COX_LVS_CHECK_UDP:
        case COX_LVS_CHECK_DNS:
        case COX_LVS_CHECK_PING:
            return &cox_probe_datagram;
        case COX_LVS_CHECK_HTTP:
            return &cox_probe_page;
        case COX_LVS_CHECK_PROGRAM:
            return &cox_probe_program;
        case COX_LVS_CHECK_FILE:
            break;
    }
    return &cox_probe_file;
}

struct cox_probes *
cox_probes_new(const struct cox_probe_config *config)
{
    static const struct cox_probe_ways ways = { kind_of, cox_pages_free };

    return cox_probes_make(config, &ways);
}

static void
end_nothing(struct cox_probe *probe)
{
    (void) probe;
}

/* ---- files ---- */

/* Without waiting, also for what is no plain file (a pipe that nobody writes to). */
static char *
read_some(const char *path)
{
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    char *content = fd < 0 ? NULL : g_malloc0(OUTPUT_MAX + 1);
    const ssize_t size = fd < 0 ? -1 : read(fd, content, OUTPUT_MAX);

    if (fd >= 0) {
        close(fd);
    }
    if (size < 0) {
        g_free(content);
        return NULL;
    }
    return content;
}

static void
begin_file(struct cox_probe *probe, const struct cox_lvs_check *check)
{
    g_autofree char *content = read_some(check->file.path);
    struct cox_lvs_answer answer;

    cox_lvs_file_answer(&check->file, content, &answer);
    cox_probe_answer(probe, &answer);
}

const struct cox_probe_kind cox_probe_file = { .begin = begin_file, .end = end_nothing };

/* ---- programs ---- */

struct run {
    struct cox_probe *probe;        /* NULL: nobody waits for its end any more */
    struct cox_lvs_program program; /* its texts are not used after the begin */
    cox_source_id child;
};

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct run *run = context;
    struct cox_probe *probe = run->probe;
    struct cox_lvs_answer answer;

    (void) id;
    run->child = 0;
    if (probe == NULL) {
        g_free(run);
        return;
    }
    switch (result->end) {
        case COX_CHILD_EXITED:
            cox_lvs_program_answer(&run->program, result->exit_status, result->out, &answer);
            if (!answer.is_good && result->exit_status > 0) {
                cox_probe_fail(probe, "exit status %d", result->exit_status);
            } else {
                cox_probe_answer(probe, &answer);
            }
            break;
        case COX_CHILD_SIGNALED:
            cox_probe_fail(probe, "ended by signal %d", result->signo);
            break;
        case COX_CHILD_NOT_STARTED:
            cox_probe_fail(probe, "cannot be started: %s", g_strerror(result->start_errno));
            break;
        case COX_CHILD_TIMED_OUT:
        case COX_CHILD_VANISHED:
            cox_probe_fail(probe, "no answer in time");
            break;
    }
}

static void
begin_program(struct cox_probe *probe, const struct cox_lvs_check *check)
{
    static const char *const envp[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL };
    const struct cox_probe_config *config = &probe->probes->config;
    const struct cox_lvs_script *script = &check->program.script;
    struct run *run = g_new0(struct run, 1);
    struct cox_child_spec spec = { .envp = envp, .out_limit_bytes = OUTPUT_MAX, .dies_with_us = true };
    struct cox_child_user user;
    bool is_other = false;
    g_auto(GStrv) argv = NULL;
    g_autoptr(GError) error = NULL;

    run->program = check->program;
    run->probe = probe;
    probe->own = run;
    if (!g_shell_parse_argv(script->command, NULL, &argv, &error)) {
        cox_probe_fail(probe, "'%s': %s", script->command, error->message);
        return;
    }
    if (!cox_environment_script_user(script->user, script->group, &user, &is_other)) {
        cox_probe_fail(probe, "there is no user '%s', or no such group, to run it", script->user);
        return;
    }
    spec.argv = (const char *const *) argv;
    spec.user = is_other ? &user : NULL;
    run->child = cox_runtime_spawn(config->runtime, &spec, on_end, run);
}

/* One that still runs is killed, and reaped by the runtime when it has ended. */
static void
end_program(struct cox_probe *probe)
{
    struct run *run = probe->own;

    if (run->child == 0) {
        g_free(run);
        return;
    }
    run->probe = NULL;
    (void) cox_runtime_child_signal(probe->probes->config.runtime, run->child, SIGKILL);
}

const struct cox_probe_kind cox_probe_program = { .begin = begin_program, .end = end_program };
