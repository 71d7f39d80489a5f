/* tools/guard.c - leave nothing behind, whatever ends a tool.  Layer 6. */
#include "tools/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP_US = 10000, KILL_US = 5000000 };

/* Kill what the child has left, which is ours now; what cannot end, such as one that waits for a disk, is not waited for for ever. */
static void
kill_rest(void)
{
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int) getpid());

    for (int waited = 0; waited < KILL_US; waited += STEP_US) {
        g_autofree char *list = NULL;
        g_auto(GStrv) words = NULL;

        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
        if (!g_file_get_contents(path, &list, NULL, NULL) || *list == '\0') {
            return;
        }
        words = g_strsplit(list, " ", -1);
        for (char **word = words; *word != NULL; word++) {
            pid_t pid = (pid_t) g_ascii_strtoll(*word, NULL, 10);

            if (pid > 0) {
                (void) kill(pid, SIGKILL);
            }
        }
        g_usleep(STEP_US);
    }
}

/* Until the child has ended; a signal for us is for it, too. */
static int
wait_for(pid_t child, const sigset_t *signals)
{
    int status = 0, signo = 0;

    while (waitpid(child, &status, WNOHANG) == 0) {
        signo = sigwaitinfo(signals, NULL);
        if (signo > 0 && signo != SIGCHLD) {
            (void) kill(child, signo);
        }
    }
    return status;
}

static void
end_as(int status)
{
    if (WIFSIGNALED(status)) {
        sigset_t own;

        (void) sigemptyset(&own);
        (void) sigaddset(&own, WTERMSIG(status));
        (void) signal(WTERMSIG(status), SIG_DFL);
        (void) sigprocmask(SIG_UNBLOCK, &own, NULL);
        (void) raise(WTERMSIG(status));
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

bool
cox_guard_begin(cox_guard_fn clean, void *context)
{
    sigset_t signals, before;
    pid_t child;
    int status;

    (void) sigemptyset(&signals);
    (void) sigaddset(&signals, SIGINT);
    (void) sigaddset(&signals, SIGTERM);
    (void) sigaddset(&signals, SIGHUP);
    (void) sigaddset(&signals, SIGCHLD);
    (void) sigprocmask(SIG_BLOCK, &signals, &before);
    (void) prctl(PR_SET_CHILD_SUBREAPER, 1);
    (void) fflush(stdout);
    child = fork();
    if (child <= 0) {
        int problem = errno;

        (void) sigprocmask(SIG_SETMASK, &before, NULL);
        errno = problem;
        return child == 0;
    }
    status = wait_for(child, &signals);
    kill_rest();
    clean(context, WIFEXITED(status) && WEXITSTATUS(status) == 0);
    end_as(status);
    return false;
}
