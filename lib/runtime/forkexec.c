/* lib/runtime/forkexec.c - between fork and exec only calls that signal handlers may make.  Layer 1. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pipe2, dup3, setresuid */
#endif
#include "runtime/forkexec.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_FD = 3 };

/* The child's ends of the pipes and what it was told. */
struct plan {
    const struct cox_child_spec *spec;
    const struct cox_forkexec_defaults *defaults;
    int in[2], out[2], err[2], status[2];
    pid_t parent;
};

void
cox_forkexec_defaults_read(struct cox_forkexec_defaults *defaults)
{
    char text[32] = "";
    int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        (void) !read(fd, text, sizeof text - 1);
        close(fd);
    }
    defaults->oom_score_adj = MAX(atoi(text), 0);
    for (int i = 0; i < (int) RLIM_NLIMITS; i++) {
        if (getrlimit((__rlimit_resource_t) i, &defaults->limits[i]) != 0) {
            defaults->limits[i] = (struct rlimit) { RLIM_INFINITY, RLIM_INFINITY };
        }
    }
}

/*
 * By the kernel's own calls: the C library keeps signals 32 and 33 for itself and lets nobody set them, but what started us may have left
 * them ignored or blocked, and agents would inherit that.  All zeros is the default action in the kernel's struct, and the empty mask.
 */
static void
reset_signals(void)
{
    static const unsigned long zeros[8] = { 0 };
    const size_t set_bytes = (NSIG - 1) / 8;

    for (int signo = 1; signo < NSIG; signo++) {
        (void) syscall(SYS_rt_sigaction, signo, zeros, NULL, set_bytes);
    }
    (void) syscall(SYS_rt_sigprocmask, SIG_SETMASK, zeros, NULL, set_bytes);
}

/* Write a small number without stdio. */
static void
write_oom_score(int score)
{
    char text[16];
    size_t at = sizeof text;
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    do {
        text[--at] = (char) ('0' + score % 10);
        score /= 10;
    } while (score > 0 && at > 0);
    if (fd >= 0) {
        (void) !write(fd, text + at, sizeof text - at);
        close(fd);
    }
}

static void
reset_priority(const struct cox_forkexec_defaults *defaults)
{
    const struct sched_param none = { 0 };

    (void) sched_setscheduler(0, SCHED_OTHER, &none);
    if (getpriority(PRIO_PROCESS, 0) < 0) {
        (void) setpriority(PRIO_PROCESS, 0, 0);
    }
    (void) syscall(SYS_ioprio_set, 1 /* this process */, 0, 0 /* by nice value */);
    write_oom_score(defaults->oom_score_adj);
    for (int i = 0; i < (int) RLIM_NLIMITS; i++) {
        (void) setrlimit((__rlimit_resource_t) i, &defaults->limits[i]);
    }
}

static void
close_from(int first)
{
    if (syscall(SYS_close_range, (unsigned int) first, ~0U, 0U) != 0) { /* Linux before 5.9 */
        for (int fd = first; fd < 65536; fd++) {
            close(fd);
        }
    }
}

/* Move the child's ends to 0, 1, 2 and 3.  All ends are above 3 (see open_pipes), so none overwrites another. */
static bool
place_descriptors(const struct plan *plan)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool shares = plan->spec->shares_output;

    return dup2(plan->in[0] >= 0 ? plan->in[0] : null, STDIN_FILENO) >= 0
           && (shares || dup2(plan->out[1], STDOUT_FILENO) >= 0) && (shares || dup2(plan->err[1], STDERR_FILENO) >= 0)
           && dup3(plan->status[1], STATUS_FD, O_CLOEXEC) >= 0;
}

static bool
become(const struct cox_child_user *user)
{
    return user == NULL
           || (setgroups(user->n_groups, user->groups) == 0 && setresgid(user->gid, user->gid, user->gid) == 0
               && setresuid(user->uid, user->uid, user->uid) == 0);
}

/* execve() promises not to write to the texts, but its type does not say so. */
static char *const *
as_exec_wants(const char *const *list)
{
    char *const *same;

    memcpy(&same, &list, sizeof same);
    return same;
}

/* After the change of user, which takes the bond away.  The parent may have died before it was made. */
static void
bind_to_parent(const struct plan *plan)
{
    if (plan->spec->dies_with_us) {
        (void) prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (getppid() != plan->parent) {
            _exit(127);
        }
    }
}

static void G_GNUC_NORETURN
run_child(const struct plan *plan)
{
    int failure;

    (void) setpgid(0, 0);
    if (place_descriptors(plan)) {
        close_from(STATUS_FD + 1);
        reset_priority(plan->defaults);
        umask(022);
        if (chdir("/") == 0 && become(plan->spec->user)) {
            reset_signals();
            bind_to_parent(plan);
            (void) execve(plan->spec->argv[0], as_exec_wants(plan->spec->argv), as_exec_wants(plan->spec->envp));
        }
    }
    failure = errno;
    (void) !write(STATUS_FD, &failure, sizeof failure);
    _exit(127);
}

static void
close_pair(int fds[2])
{
    for (int i = 0; i < 2; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
            fds[i] = -1;
        }
    }
}

static void
close_all(struct plan *plan)
{
    int saved = errno;

    close_pair(plan->in);
    close_pair(plan->out);
    close_pair(plan->err);
    close_pair(plan->status);
    errno = saved;
}

/* A pipe whose ends are both above STATUS_FD; our end, @ours, does not block. */
static bool
open_pipe(int fds[2], int ours)
{
    if (pipe2(fds, O_CLOEXEC) != 0) {
        fds[0] = fds[1] = -1;
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (fds[i] <= STATUS_FD) {
            int moved = fcntl(fds[i], F_DUPFD_CLOEXEC, STATUS_FD + 1);

            if (moved < 0) {
                return false;
            }
            close(fds[i]);
            fds[i] = moved;
        }
    }
    return fcntl(fds[ours], F_SETFL, O_NONBLOCK) == 0;
}

static bool
open_pipes(struct plan *plan)
{
    return open_pipe(plan->status, 0) && (plan->spec->input == NULL || open_pipe(plan->in, 1))
           && (plan->spec->shares_output || (open_pipe(plan->out, 0) && open_pipe(plan->err, 0)));
}

static int
take(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

/* The parent's half: keep our ends.  A pidfd of a child that nobody has waited for can always be had. */
static pid_t
keep_ends(struct plan *plan, pid_t pid, struct cox_forkexec_fds *fds)
{
    int pidfd = (int) syscall(SYS_pidfd_open, pid, 0);

    if (pidfd < 0) { /* out of descriptors: there must not be a child that nobody watches */
        int failure = errno;

        kill(pid, SIGKILL);
        (void) TEMP_FAILURE_RETRY(waitpid(pid, NULL, 0));
        return -failure;
    }
    (void) setpgid(pid, pid); /* the child does it too; whoever comes first */
    *fds = (struct cox_forkexec_fds) {
        pidfd, take(&plan->in[1]), take(&plan->out[0]), take(&plan->err[0]), take(&plan->status[0])
    };
    return pid;
}

pid_t
cox_forkexec_start(const struct cox_child_spec *spec, const struct cox_forkexec_defaults *defaults,
                   struct cox_forkexec_fds *fds)
{
    struct plan plan = { spec, defaults, { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 }, getpid() };
    sigset_t all, before;
    pid_t pid = -1;

    if (open_pipes(&plan)) {
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before); /* no handler of ours may run in the child */
        pid = fork();
        if (pid == 0) {
            run_child(&plan);
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    if (pid < 0) {
        pid = -errno;
    } else {
        pid = keep_ends(&plan, pid, fds);
    }
    close_all(&plan);
    return pid;
}
