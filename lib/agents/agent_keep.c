/* lib/agents/agent_keep.c - run an action so that its result survives the death of the executor.  Layer 3, adapter. */
#include "agents/agent_keep.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/process.h"

enum {
    NOTE_BYTES_MAX = 1024 * 1024,
    KEEPER_GRACE_MS = 1000, /* the executor's own timeout comes first */
    AGAIN_MS = 5,           /* before a record in motion is looked at again */
};

struct cox_agent_keep_job {
    const struct cox_agent_keep *keep;
    guint64 run;
    enum cox_agent_standard standard;
    char *action;
    gint64 timeout_ms;
    cox_agent_keep_fn fn;
    void *context;
    cox_source_id child; /* keeper, or the agent itself when its keeper is gone */
    cox_source_id timer;
    bool is_orphan;      /* child is the agent */
    pid_t agent;         /* when is_orphan: leader of its group */
    GPtrArray *refused;
    GError *error;       /* why nothing was started */
};

static char *
path_of(const struct cox_agent_keep *keep, guint64 run, const char *suffix)
{
    return g_strdup_printf("%s/run-%" G_GUINT64_FORMAT "%s", keep->directory, run, suffix);
}

/* ---- the end of a job ---- */

static void
job_free(struct cox_agent_keep_job *job)
{
    cox_runtime_cancel(job->keep->runtime, job->timer);
    g_free(job->action);
    g_clear_error(&job->error);
    g_clear_pointer(&job->refused, g_ptr_array_unref);
    g_free(job);
}

static void
give(struct cox_agent_keep_job *job, struct cox_agent_keep_result *result)
{
    result->refused = job->refused;
    result->out = result->out == NULL ? "" : result->out;
    result->err = result->err == NULL ? "" : result->err;
    job->fn(job->context, result);
    cox_agent_result_clear(&result->result);
    job_free(job);
}

static void
give_end(struct cox_agent_keep_job *job, enum cox_agent_keep_end end)
{
    struct cox_agent_keep_result result = { .end = end };

    give(job, &result);
}

/* ---- the keeper's file ---- */

/* "NAME TOTAL SIZE\n", SIZE bytes, "\n".  NULL when the text does not go on like that. */
static const char *
read_part(const char *at, const char *end, const char *name, guint64 *total, gsize *size)
{
    const char *line_end = memchr(at, '\n', (gsize) (end - at));
    g_autofree char *line = line_end == NULL ? NULL : g_strndup(at, (gsize) (line_end - at));
    g_auto(GStrv) words = line == NULL ? NULL : g_strsplit(line, " ", 0);

    if (words == NULL || g_strv_length(words) != 3 || strcmp(words[0], name) != 0) {
        return NULL;
    }
    *total = g_ascii_strtoull(words[1], NULL, 10);
    *size = (gsize) g_ascii_strtoull(words[2], NULL, 10);
    return *size < (gsize) (end - line_end - 1) ? line_end + 1 : NULL;
}

static bool
read_how(const char *how, int number, struct cox_child_result *child)
{
    child->exit_status = -1;
    if (strcmp(how, "exited") == 0) {
        child->end = COX_CHILD_EXITED;
        child->exit_status = number;
    } else if (strcmp(how, "signaled") == 0) {
        child->end = COX_CHILD_SIGNALED;
        child->signo = number;
    } else if (strcmp(how, "timed-out") == 0) {
        child->end = COX_CHILD_TIMED_OUT;
    } else if (strcmp(how, "not-started") == 0) {
        child->end = COX_CHILD_NOT_STARTED;
        child->start_errno = number;
    } else {
        return false;
    }
    return true;
}

static bool
parse_end(struct cox_agent_keep_job *job, const char *text, gsize size, struct cox_agent_keep_result *result)
{
    const char *end = text + size;
    struct cox_child_result child = { 0 };
    char how[16] = "";
    const char *at = text;
    guint64 reason_total = 0;
    gsize reason_size = 0;
    int number = 0, head = 0;

    if (sscanf(text, "end %15s %d\nran %" G_GINT64_FORMAT "\n%n", how, &number, &child.ended, &head) != 3 || head == 0
        || !read_how(how, number, &child)) {
        return false;
    }
    child.ended *= 1000;
    at = read_part(at + head, end, "reason", &reason_total, &reason_size);
    child.err = at;
    child.err_size = reason_size;
    child.out = "";
    result->out = at == NULL ? NULL : read_part(at + reason_size + 1, end, "out", &result->out_total, &result->out_size);
    result->err = result->out == NULL
                      ? NULL
                      : read_part(result->out + result->out_size + 1, end, "err", &result->err_total, &result->err_size);
    if (result->err == NULL) {
        return false;
    }
    cox_agent_result_from(job->standard, job->action, &child, job->timeout_ms, &result->result);
    return true;
}

/* Give the result if the keeper has left one. */
static bool
give_kept(struct cox_agent_keep_job *job)
{
    g_autofree char *path = path_of(job->keep, job->run, ".end");
    g_autofree char *text = NULL;
    struct cox_agent_keep_result result = { .end = COX_AGENT_KEEP_ENDED };
    gsize size = 0;

    if (!g_file_get_contents(path, &text, &size, NULL)) {
        return false;
    }
    if (!parse_end(job, text, size, &result)) {
        result = (struct cox_agent_keep_result) { .end = COX_AGENT_KEEP_LOST };
    }
    give(job, &result);
    return true;
}

/* ---- the record ---- */

/* "note SIZE\n", SIZE bytes, "\n", and from the keeper "agent PID TICKS\n".  NULL when it is not that. */
static GBytes *
read_note(const char *text, gsize size, const char **behind)
{
    const char *line_end = memchr(text, '\n', size);
    unsigned int note_size = 0;

    if (line_end == NULL || sscanf(text, "note %u", &note_size) != 1 || note_size > NOTE_BYTES_MAX
        || note_size + 1 > (gsize) (text + size - line_end - 1)) {
        return NULL;
    }
    *behind = line_end + 1 + note_size + 1;
    return g_bytes_new(line_end + 1, note_size);
}

static int
by_run(gconstpointer a, gconstpointer b)
{
    const struct cox_agent_kept *left = *(const struct cox_agent_kept *const *) a;
    const struct cox_agent_kept *right = *(const struct cox_agent_kept *const *) b;

    return left->run < right->run ? -1 : left->run > right->run;
}

static void
kept_free(gpointer data)
{
    struct cox_agent_kept *kept = data;

    g_bytes_unref(kept->note);
    g_free(kept);
}

GPtrArray *
cox_agent_keep_list(const struct cox_agent_keep *keep)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(kept_free);
    GDir *dir = g_dir_open(keep->directory, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(keep->directory, name, NULL);
        g_autofree char *text = NULL;
        const char *behind = NULL;
        guint64 run = 0;
        gsize size = 0;
        GBytes *note = NULL;

        if (!g_str_has_prefix(name, "run-") || !g_ascii_string_to_unsigned(name + 4, 10, 1, G_MAXUINT64, &run, NULL)) {
            continue;
        }
        if (g_file_get_contents(path, &text, &size, NULL)) {
            note = read_note(text, size, &behind);
        }
        if (note != NULL) {
            struct cox_agent_kept *kept = g_new0(struct cox_agent_kept, 1);

            kept->run = run;
            kept->note = note;
            g_ptr_array_add(list, kept);
        } else {
            cox_agent_keep_clear(keep, run); /* cut off before its keeper was started */
        }
    }
    if (dir != NULL) {
        g_dir_close(dir);
    }
    g_ptr_array_sort(list, by_run);
    return list;
}

static bool
write_record(const struct cox_agent_keep *keep, const struct cox_agent_kept *kept, GError **error)
{
    g_autofree char *path = path_of(keep, kept->run, "");
    g_autoptr(GString) text = g_string_new(NULL);
    int fd;
    bool is_ok;

    cox_agent_keep_clear(keep, kept->run); /* an end that was left behind would be taken for that of this run */
    g_string_append_printf(text, "note %u\n", (unsigned int) g_bytes_get_size(kept->note));
    g_string_append_len(text, g_bytes_get_data(kept->note, NULL), (gssize) g_bytes_get_size(kept->note));
    g_string_append_c(text, '\n');
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    is_ok = fd >= 0 && write(fd, text->str, text->len) == (ssize_t) text->len;
    if (!is_ok) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "record '%s': %m; look at the space that is left there", path);
    }
    if (fd >= 0) {
        close(fd);
    }
    return is_ok;
}

/* Who holds the record?  0: nobody, and now we do, until @fd is closed. */
static pid_t
holder(int fd)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (fcntl(fd, F_SETLK, &lock) == 0) {
        return 0;
    }
    lock.l_type = F_WRLCK;
    return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? lock.l_pid : -1;
}

static void look(void *context);

static void
look_again(struct cox_agent_keep_job *job)
{
    struct cox_runtime *runtime = job->keep->runtime;

    job->timer = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), AGAIN_MS), look, job);
}

static void
on_adopted_end(void *context, cox_source_id id, const struct cox_child_result *child)
{
    struct cox_agent_keep_job *job = context;

    (void) id;
    (void) child;
    job->child = 0;
    if (job->is_orphan) {
        give_end(job, COX_AGENT_KEEP_LOST);
    } else {
        look(job);
    }
}

/* All of a file.  Not by its name: to close another descriptor of a file that we have locked would end the lock. */
static GString *
read_locked(int fd)
{
    GString *text = g_string_new(NULL);
    char chunk[4096];
    ssize_t n;

    while ((n = pread(fd, chunk, sizeof chunk, (off_t) text->len)) > 0) {
        g_string_append_len(text, chunk, n);
    }
    return text;
}

/* The keeper is gone and has left no result: what of the agent?  The record is ours as long as @fd is open. */
static void
look_for_agent(struct cox_agent_keep_job *job, int fd)
{
    g_autoptr(GString) text = read_locked(fd);
    const char *behind = NULL;
    g_autoptr(GBytes) note = read_note(text->str, text->len, &behind);
    struct cox_process process = { 0 };
    guint64 ticks = 0;
    int pid = 0;
    bool is_alive;

    if (note == NULL || sscanf(behind, "agent %d %" G_GUINT64_FORMAT, &pid, &ticks) != 2) {
        cox_agent_keep_clear(job->keep, job->run); /* while the lock is ours: a keeper that is late finds no record */
        give_end(job, COX_AGENT_KEEP_NEVER);
        return;
    }
    is_alive = cox_process_read(pid, &process, NULL) && process.start_ticks == ticks && process.state != 'Z' && process.state != 'X';
    cox_process_clear(&process);
    if (is_alive) {
        job->is_orphan = true;
        job->agent = pid;
        job->child = cox_runtime_adopt(job->keep->runtime, pid, on_adopted_end, job);
    }
    if (!is_alive || job->child == 0) {
        give_end(job, COX_AGENT_KEEP_LOST);
    }
}

/* Where is it now: over with a result, with a keeper, without one, or over without a word? */
static void
look(void *context)
{
    struct cox_agent_keep_job *job = context;
    g_autofree char *path = path_of(job->keep, job->run, "");
    pid_t pid = 0;
    int fd;

    job->timer = 0;
    if (give_kept(job)) {
        return;
    }
    fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        give_end(job, COX_AGENT_KEEP_NEVER);
        return;
    }
    pid = holder(fd);
    if (pid > 0) {
        job->child = cox_runtime_adopt(job->keep->runtime, pid, on_adopted_end, job);
        if (job->child != 0 && holder(fd) != pid) { /* another process may have its number by now */
            cox_runtime_child_forget(job->keep->runtime, job->child);
            job->child = 0;
        }
        if (job->child == 0) {
            look_again(job);
        }
    } else if (pid < 0) {
        look_again(job);
    } else if (!give_kept(job)) { /* it may have ended since the first look */
        look_for_agent(job, fd);
    }
    close(fd);
}

/* ---- start ---- */

static void
on_refusal(void *context)
{
    struct cox_agent_keep_job *job = context;
    struct cox_agent_keep_result result = { .end = COX_AGENT_KEEP_ENDED };

    job->timer = 0;
    cox_agent_result_from_error(job->error, &result.result);
    give(job, &result);
}

static void
on_keeper_end(void *context, cox_source_id id, const struct cox_child_result *child)
{
    struct cox_agent_keep_job *job = context;

    (void) id;
    job->child = 0;
    if (child->end == COX_CHILD_NOT_STARTED) {
        g_set_error(&job->error, COX_ERROR, COX_ERROR_OS_FILE, "could not run '%s': %s; is the installation complete?",
                    job->keep->keeper, g_strerror(child->start_errno));
        on_refusal(job);
    } else {
        look(job);
    }
}

static bool
start(struct cox_agent_keep_job *job, const struct cox_agent_kept *kept, const struct cox_agent_action *action, GError **error)
{
    g_autofree char *program = cox_agent_find(action->paths, action->env.agent, error);
    g_autofree char *record = path_of(job->keep, job->run, "");
    g_autofree char *timeout = NULL;
    g_auto(GStrv) envp = NULL;
    bool is_status = job->standard == COX_AGENT_LSB && strcmp(job->action, "monitor") == 0;
    const char *argv[6] = { job->keep->keeper, record, NULL, program, is_status ? "status" : job->action, NULL };

    if (program == NULL || !write_record(job->keep, kept, error)) {
        return false;
    }
    timeout = g_strdup_printf("%" G_GINT64_FORMAT, action->timeout_ms > 0 ? action->timeout_ms + KEEPER_GRACE_MS : 0);
    argv[2] = timeout;
    envp = cox_agent_env_new(&action->env, job->refused);
    job->child = cox_runtime_spawn(job->keep->runtime,
                                   &(struct cox_child_spec) {
                                       .argv = argv,
                                       .envp = (const char *const *) envp,
                                       .out_limit_bytes = 1024, /* what the agent writes goes to the keeper */
                                       .err_limit_bytes = 1024,
                                       .user = action->user,
                                   },
                                   on_keeper_end, job);
    return true;
}

static struct cox_agent_keep_job *
job_new(const struct cox_agent_keep *keep, guint64 run, const struct cox_agent_action *action)
{
    struct cox_agent_keep_job *job = g_new0(struct cox_agent_keep_job, 1);

    job->keep = keep;
    job->run = run;
    job->standard = action->env.agent->standard;
    job->action = g_strdup(action->action);
    job->timeout_ms = action->timeout_ms;
    return job;
}

struct cox_agent_keep_job *
cox_agent_keep_run(const struct cox_agent_keep *keep, const struct cox_agent_kept *kept, const struct cox_agent_action *action,
                   cox_agent_keep_fn fn, void *context)
{
    struct cox_agent_keep_job *job = job_new(keep, kept->run, action);

    job->fn = fn;
    job->context = context;
    job->refused = g_ptr_array_new_with_free_func(g_free);
    if (!start(job, kept, action, &job->error)) {
        job->timer = cox_runtime_defer(keep->runtime, on_refusal, job);
    }
    return job;
}

struct cox_agent_keep_job *
cox_agent_keep_adopt(const struct cox_agent_keep *keep, guint64 run, const struct cox_agent_action *action, cox_agent_keep_fn fn,
                     void *context)
{
    struct cox_agent_keep_job *job = job_new(keep, run, action);

    job->fn = fn;
    job->context = context;
    job->timer = cox_runtime_defer(keep->runtime, look, job);
    return job;
}

/* ---- the rest ---- */

void
cox_agent_keep_kill(struct cox_agent_keep_job *job)
{
    if (job->child == 0) {
        return;
    }
    if (job->is_orphan && cox_runtime_child_signal(job->keep->runtime, job->child, 0)) {
        (void) kill(-job->agent, SIGKILL); /* it is still there, so the group's number is its own */
    }
    (void) cox_runtime_child_signal(job->keep->runtime, job->child, job->is_orphan ? SIGKILL : SIGTERM);
}

void
cox_agent_keep_forget(struct cox_agent_keep_job *job)
{
    if (job->child != 0) {
        cox_runtime_child_forget(job->keep->runtime, job->child);
    }
    job_free(job);
}

void
cox_agent_keep_clear(const struct cox_agent_keep *keep, guint64 run)
{
    static const char *const suffixes[] = { ".end.new", ".end", "" }; /* the record last: it says that there is something */

    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *path = path_of(keep, run, suffixes[i]);

        (void) unlink(path);
    }
}
