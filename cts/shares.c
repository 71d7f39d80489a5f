/* cts/shares.c - each process takes a share of the seeds. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cts/shares.h"

static bool
run_one(const struct cox_shares *shares, guint32 at, guint32 every, void *sum)
{
    g_autofree void *part = g_malloc0(shares->size);
    bool is_ok = shares->work(shares->data, at, every, part);

    shares->add(sum, part);
    return is_ok;
}

static void G_GNUC_NORETURN
run_child(const struct cox_shares *shares, guint32 at, guint32 every, int pipe_end)
{
    void *part = g_malloc0(shares->size);
    bool is_ok = shares->work(shares->data, at, every, part);

    (void) fflush(stdout);
    is_ok = write(pipe_end, part, shares->size) == (ssize_t) shares->size && is_ok;
    _exit(is_ok ? EXIT_SUCCESS : EXIT_FAILURE);
}

bool
cox_shares_run(const struct cox_shares *shares, guint32 n_processes, void *sum)
{
    g_autofree void *part = g_malloc0(shares->size);
    int ends[2] = { -1, -1 };
    guint32 n_begun = 0;
    bool is_ok;

    g_assert(shares->size <= PIPE_BUF);
    if (n_processes == 1) {
        return run_one(shares, 0, 1, sum);
    }
    (void) fflush(stdout);
    is_ok = pipe(ends) == 0;
    for (; is_ok && n_begun < n_processes; n_begun++) {
        pid_t pid = fork();

        if (pid == 0) {
            run_child(shares, n_begun, n_processes, ends[1]);
        }
        is_ok = pid > 0;
    }
    (void) close(ends[1]);
    while (read(ends[0], part, shares->size) == (ssize_t) shares->size) {
        shares->add(sum, part);
    }
    (void) close(ends[0]);
    for (guint32 i = 0; i < n_begun; i++) {
        int status = 0;

        is_ok = wait(&status) > 0 && status == 0 && is_ok;
    }
    return is_ok;
}
