/* daemons/execd/agent_keeper.c - runs one agent, outlives the executor, and leaves a file that says how the agent ended.
 *
 *     cox-agent-keeper RECORD TIMEOUT_MS PROGRAM [ARGUMENT ...]
 *
 *     executor --starts--> keeper --locks RECORD, writes the agent's pid there, then lets it begin--> agent
 *                            '--<-- output, end --'
 *                            '--> RECORD.end (renamed into place, doc/adr/060), end of the keeper
 *
 * The agent never runs without a line in RECORD, and RECORD is locked as long as the keeper lives; if the record was
 * removed, or somebody else holds the lock, the agent is not started.  SIGTERM kills the agent's process group, and so
 * does the timeout.  No library but the C library: one of these lives beside each running agent.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    TAIL_BYTES = 16384,      /* of each output that is kept: the end of it */
    REASON_BYTES = 2048,     /* of a reason, with its prefix */
    READ_BYTES = 16384,
    DRAIN_BYTES = 1024 * 1024, /* read after its end: a pipe holds no more */
    NOT_WANTED = 3,          /* exit status: the record is gone or held by somebody else */
    FAILED = 4,
};

/* What comes out of one pipe: its end, and from standard error the last reason. */
struct stream {
    int fd; /* -1: ended */
    char tail[TAIL_BYTES];
    size_t used;  /* of tail; it is a ring when full */
    size_t start; /* oldest byte */
    unsigned long long total;
    size_t matched;     /* bytes of the prefix that were just seen */
    bool is_in_reason;  /* and its line has not ended */
    char reason[REASON_BYTES];
    size_t reason_used;
};

struct keeper {
    const char *record;
    long long timeout_ms;
    char **argv; /* of the agent */
    int record_fd, agent_fd /* pidfd */, signal_fd;
    int go[2], status[2], out[2], err[2];
    pid_t agent;
    long long began_ms;
    bool is_timed_out, is_killed;
    struct stream streams[2]; /* out, err */
};

static long long
now_ms(void)
{
    struct timespec now = { 0, 0 };

    (void) clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return;
        }
        data += n;
        size -= (size_t) n;
    }
}

/* ---- output ---- */

static const char prefix[] = "ocf-exit-reason:";

/* The last reason counts, wherever in the output it begins; it goes to the end of its line. */
static void
look_for_reason(struct stream *stream, char c)
{
    if (c == '\n') {
        stream->is_in_reason = false;
    }
    if (stream->is_in_reason && stream->reason_used < REASON_BYTES && c != '\0') {
        stream->reason[stream->reason_used++] = c;
    }
    while (stream->matched > 0 && prefix[stream->matched] != c) {
        stream->matched = stream->matched == 14 ? 1 : 0; /* what was seen then ends in "o", with which the prefix begins */
    }
    stream->matched += prefix[stream->matched] == c;
    if (stream->matched == sizeof prefix - 1) {
        memcpy(stream->reason, prefix, stream->matched);
        stream->reason_used = stream->matched;
        stream->matched = 0;
        stream->is_in_reason = true;
    }
}

static void
take(struct stream *stream, const char *data, size_t size)
{
    stream->total += size;
    for (size_t i = 0; i < size; i++) {
        stream->tail[(stream->start + stream->used) % TAIL_BYTES] = data[i];
        if (stream->used < TAIL_BYTES) {
            stream->used++;
        } else {
            stream->start = (stream->start + 1) % TAIL_BYTES;
        }
        look_for_reason(stream, data[i]);
    }
}

/* Read what is there, up to @max; an end or failure closes it. */
static void
drain(struct stream *stream, size_t max)
{
    char data[READ_BYTES];

    for (size_t total = 0; stream->fd >= 0 && total < max;) {
        ssize_t n = read(stream->fd, data, sizeof data);

        if (n > 0) {
            take(stream, data, (size_t) n);
            total += (size_t) n;
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
            close(stream->fd);
            stream->fd = -1;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

/* ---- the record ---- */

static bool
hold_record(struct keeper *keeper)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    struct stat ours, theirs;

    keeper->record_fd = open(keeper->record, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    return keeper->record_fd >= 0 && fcntl(keeper->record_fd, F_SETLK, &lock) == 0
           && fstat(keeper->record_fd, &ours) == 0 && stat(keeper->record, &theirs) == 0 && ours.st_ino == theirs.st_ino;
}

/* Clock ticks after boot at which a process began: field 22 of its stat, counted after the name in parentheses. */
static unsigned long long
start_ticks(pid_t pid)
{
    char path[64], text[1024];
    const char *at;
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/stat", (int) pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) {
        close(fd);
    }
    if (n <= 0) {
        return 0;
    }
    text[n] = '\0';
    at = strrchr(text, ')');
    for (int field = 2; at != NULL && field < 22; field++) {
        at = strchr(at + 1, ' ');
    }
    return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

static bool
note_agent(const struct keeper *keeper)
{
    char line[96];
    int n = snprintf(line, sizeof line, "agent %d %llu\n", (int) keeper->agent, start_ticks(keeper->agent));

    return write(keeper->record_fd, line, (size_t) n) == n;
}

static void
put_tail(int fd, const char *name, const struct stream *stream)
{
    char head[64];
    size_t first = TAIL_BYTES - stream->start < stream->used ? TAIL_BYTES - stream->start : stream->used;

    snprintf(head, sizeof head, "%s %llu %zu\n", name, stream->total, stream->used);
    write_all(fd, head, strlen(head));
    write_all(fd, stream->tail + stream->start, first);
    write_all(fd, stream->tail, stream->used - first);
    write_all(fd, "\n", 1);
}

/* "end HOW NUMBER", "ran MS", then "NAME TOTAL SIZE" and bytes for reason, out and err. */
static bool
leave_end(const struct keeper *keeper, const char *how, int number)
{
    char path[4096], final[4096], head[128];
    const struct stream *err = &keeper->streams[1];
    int fd;

    snprintf(final, sizeof final, "%s.end", keeper->record);
    snprintf(path, sizeof path, "%s.end.new", keeper->record);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return false;
    }
    snprintf(head, sizeof head, "end %s %d\nran %lld\nreason %zu %zu\n", how, number, now_ms() - keeper->began_ms,
             err->reason_used, err->reason_used);
    write_all(fd, head, strlen(head));
    write_all(fd, err->reason, err->reason_used);
    write_all(fd, "\n", 1);
    put_tail(fd, "out", &keeper->streams[0]);
    put_tail(fd, "err", err);
    return close(fd) == 0 && rename(path, final) == 0;
}

/* ---- the agent ---- */

static void
be_agent(const struct keeper *keeper)
{
    sigset_t none;
    char go;
    int failure;

    (void) setpgid(0, 0);
    if (read(keeper->go[0], &go, 1) == 1 && dup2(keeper->out[1], STDOUT_FILENO) >= 0
        && dup2(keeper->err[1], STDERR_FILENO) >= 0) {
        sigemptyset(&none);
        (void) sigprocmask(SIG_SETMASK, &none, NULL);
        (void) execv(keeper->argv[0], keeper->argv);
    }
    failure = errno;
    (void) !write(keeper->status[1], &failure, sizeof failure);
    _exit(127);
}

static bool
open_all(struct keeper *keeper)
{
    sigset_t handled;

    sigemptyset(&handled);
    sigaddset(&handled, SIGTERM);
    (void) sigprocmask(SIG_BLOCK, &handled, NULL);
    (void) signal(SIGPIPE, SIG_IGN);
    keeper->signal_fd = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
    return keeper->signal_fd >= 0 && pipe2(keeper->go, O_CLOEXEC) == 0 && pipe2(keeper->status, O_CLOEXEC) == 0
           && pipe2(keeper->out, O_CLOEXEC) == 0 && pipe2(keeper->err, O_CLOEXEC) == 0
           && fcntl(keeper->out[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(keeper->err[0], F_SETFL, O_NONBLOCK) == 0;
}

static bool
begin(struct keeper *keeper)
{
    keeper->agent = fork();
    if (keeper->agent == 0) {
        (void) signal(SIGPIPE, SIG_DFL);
        be_agent(keeper);
    }
    if (keeper->agent < 0) {
        return false;
    }
    (void) setpgid(keeper->agent, keeper->agent);
    close(keeper->out[1]);
    close(keeper->err[1]);
    close(keeper->status[1]);
    close(keeper->go[0]);
    keeper->agent_fd = (int) syscall(SYS_pidfd_open, keeper->agent, 0);
    if (keeper->agent_fd < 0 || !note_agent(keeper)) {
        kill(keeper->agent, SIGKILL);
        return false;
    }
    write_all(keeper->go[1], "g", 1);
    close(keeper->go[1]);
    return true;
}

/* Nobody else can have the number while the agent has not been waited for. */
static void
kill_agent(struct keeper *keeper)
{
    keeper->is_killed = true;
    (void) kill(-keeper->agent, SIGKILL);
    (void) kill(keeper->agent, SIGKILL); /* it may have left its group */
}

static void
watch(struct keeper *keeper)
{
    for (;;) {
        struct pollfd fds[] = { { keeper->agent_fd, POLLIN, 0 },
                                { keeper->signal_fd, POLLIN, 0 },
                                { keeper->streams[0].fd, POLLIN, 0 },
                                { keeper->streams[1].fd, POLLIN, 0 } };
        long long left_ms = keeper->began_ms + keeper->timeout_ms - now_ms();
        int wait_ms = keeper->timeout_ms <= 0 || keeper->is_killed ? -1 : left_ms > 3600000 ? 3600000 : left_ms < 0 ? 0 : (int) left_ms;
        int n = poll(fds, 4, wait_ms);
        struct signalfd_siginfo info;

        if (n < 0 && errno != EINTR) {
            return;
        }
        if (n == 0 && left_ms <= 0) {
            keeper->is_timed_out = true;
            kill_agent(keeper);
        }
        if (n <= 0) {
            continue;
        }
        if (fds[1].revents != 0 && read(keeper->signal_fd, &info, sizeof info) > 0) {
            kill_agent(keeper);
        }
        for (int i = 0; i < 2; i++) {
            if (fds[2 + i].revents != 0) {
                drain(&keeper->streams[i], READ_BYTES);
            }
        }
        if (fds[0].revents != 0) {
            return;
        }
    }
}

static int
finish(struct keeper *keeper)
{
    siginfo_t info;
    int failure = 0;
    bool is_left;

    memset(&info, 0, sizeof info);
    if (keeper->is_killed) {
        (void) kill(-keeper->agent, SIGKILL); /* those that it left behind in its group */
    }
    for (int i = 0; i < 2; i++) {
        drain(&keeper->streams[i], DRAIN_BYTES);
    }
    if (TEMP_FAILURE_RETRY(waitid(P_PID, (id_t) keeper->agent, &info, WEXITED)) != 0) {
        return FAILED;
    }
    if (read(keeper->status[0], &failure, sizeof failure) == (ssize_t) sizeof failure) {
        is_left = leave_end(keeper, "not-started", failure);
    } else if (keeper->is_timed_out) {
        is_left = leave_end(keeper, "timed-out", info.si_status);
    } else if (info.si_code == CLD_EXITED) {
        is_left = leave_end(keeper, "exited", info.si_status);
    } else {
        is_left = leave_end(keeper, "signaled", info.si_status);
    }
    return is_left ? 0 : FAILED;
}

int
main(int argc, char **argv)
{
    static struct keeper keeper; /* some 40 KiB: not on the stack */

    if (argc < 4) {
        fputs("usage: cox-agent-keeper RECORD TIMEOUT_MS PROGRAM [ARGUMENT ...]\nStarted by cox-execd; see cox-execd(8).\n", stderr);
        return 64;
    }
    keeper.record = argv[1];
    keeper.timeout_ms = atoll(argv[2]);
    keeper.argv = argv + 3;
    if (!hold_record(&keeper)) {
        return NOT_WANTED;
    }
    if (!open_all(&keeper) || !begin(&keeper)) {
        return FAILED;
    }
    keeper.began_ms = now_ms();
    keeper.streams[0].fd = keeper.out[0];
    keeper.streams[1].fd = keeper.err[0];
    watch(&keeper);
    return finish(&keeper);
}
