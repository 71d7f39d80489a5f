/* lib/runtime/fakechild.c - children that exist only on paper, with the same timeouts and signals as real ones.  Layer 1. */
#include "runtime/fakechild.h"

#include <signal.h>
#include <string.h>

#include "base/error.h"

struct script {
    struct cox_fake_script given;
    char *path, *out, *err;
};

struct child {
    cox_source_id id;
    struct cox_fakechild *owner;
    cox_child_fn fn;
    void *context;
    pid_t pid;
    struct script *script;
    char *command, *environment, *input;
    size_t out_limit_bytes, err_limit_bytes;
    gint64 kill_after_ms;
    cox_usec started;
    cox_source_id end_timer, kill_timer;
    bool is_timed_out, is_adopted;
};

struct cox_fakechild {
    struct cox_runtime *runtime;
    GHashTable *children; /* id -> struct child, owns them */
    GQueue scripts;       /* struct script */
    GHashTable *processes;
    pid_t last_pid;
};

static void
free_script(gpointer data)
{
    struct script *script = data;

    if (script != NULL) {
        g_free(script->path);
        g_free(script->out);
        g_free(script->err);
        g_free(script);
    }
}

static void
free_child(gpointer data)
{
    struct child *child = data;

    cox_runtime_cancel(child->owner->runtime, child->end_timer);
    cox_runtime_cancel(child->owner->runtime, child->kill_timer);
    free_script(child->script);
    g_free(child->command);
    g_free(child->environment);
    g_free(child->input);
    g_free(child);
}

struct cox_fakechild *
cox_fakechild_new(struct cox_runtime *runtime)
{
    struct cox_fakechild *children = g_new0(struct cox_fakechild, 1);

    children->runtime = runtime;
    children->children = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_child);
    children->processes = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_queue_init(&children->scripts);
    children->last_pid = 1000;
    return children;
}

void
cox_fakechild_free(struct cox_fakechild *children)
{
    g_hash_table_destroy(children->children);
    g_hash_table_destroy(children->processes);
    g_queue_clear_full(&children->scripts, free_script);
    g_free(children);
}

static struct child *
find(const struct cox_fakechild *children, cox_source_id id)
{
    return g_hash_table_lookup(children->children, &id);
}

void
cox_fakechild_script_add(struct cox_fakechild *children, const struct cox_fake_script *script)
{
    struct script *own = g_new0(struct script, 1);

    own->given = *script;
    own->path = g_strdup(script->path);
    own->out = g_strdup(script->out);
    own->err = g_strdup(script->err);
    g_queue_push_tail(&children->scripts, own);
}

static struct script *
take_script(struct cox_fakechild *children, const char *path)
{
    for (GList *link = children->scripts.head; link != NULL; link = link->next) {
        struct script *script = link->data;

        if (script->path == NULL || strcmp(script->path, path) == 0) {
            g_queue_delete_link(&children->scripts, link);
            return script;
        }
    }
    return NULL;
}

static void
set_output(const char *text, size_t limit_bytes, const char **kept, size_t *size)
{
    *kept = text == NULL ? "" : text;
    *size = MIN(strlen(*kept), limit_bytes);
}

/* Tell the end to whoever waits for it; @result has all but the times. */
static void
finish(struct child *child, struct cox_child_result *result)
{
    if (result->out == NULL) {
        set_output(NULL, 0, &result->out, &result->out_size);
    }
    if (result->err == NULL) {
        set_output(NULL, 0, &result->err, &result->err_size);
    }
    result->started = child->started;
    result->ended = cox_runtime_now(child->owner->runtime);
    if (child->is_timed_out) {
        result->end = COX_CHILD_TIMED_OUT;
    }
    g_hash_table_steal(child->owner->children, &child->id);
    child->fn(child->context, child->id, result);
    free_child(child);
}

static void
finish_with(struct child *child, int exit_status, const char *out, const char *err)
{
    g_autofree char *kept_out = g_strndup(out == NULL ? "" : out, child->out_limit_bytes);
    g_autofree char *kept_err = g_strndup(err == NULL ? "" : err, child->err_limit_bytes);
    struct cox_child_result result = { .end = COX_CHILD_EXITED, .exit_status = exit_status };

    set_output(kept_out, child->out_limit_bytes, &result.out, &result.out_size);
    set_output(kept_err, child->err_limit_bytes, &result.err, &result.err_size);
    result.out_is_cut = out != NULL && strlen(out) > child->out_limit_bytes;
    result.err_is_cut = err != NULL && strlen(err) > child->err_limit_bytes;
    if (child->is_adopted) {
        result.end = COX_CHILD_VANISHED;
        result.exit_status = -1;
    }
    finish(child, &result);
}

static void
on_end(void *context)
{
    struct child *child = context;
    struct script *script = child->script;

    child->end_timer = 0;
    if (script->given.start_errno != 0) {
        struct cox_child_result result = {
            .end = COX_CHILD_NOT_STARTED, .exit_status = -1, .start_errno = script->given.start_errno
        };

        finish(child, &result);
    } else {
        finish_with(child, script->given.exit_status, script->out, script->err);
    }
}

static void
die(struct child *child, int signo)
{
    struct cox_child_result result = { .end = COX_CHILD_SIGNALED, .exit_status = -1, .signo = signo };

    if (child->is_adopted) {
        result.end = COX_CHILD_VANISHED;
        result.signo = 0;
    }
    finish(child, &result);
}

static void
on_term(void *context)
{
    struct child *child = context;

    child->end_timer = 0;
    die(child, SIGTERM);
}

static void
on_killed(void *context)
{
    struct child *child = context;

    child->kill_timer = 0;
    die(child, SIGKILL);
}

/* Death comes from the loop, as with real children, never inside the call that sends the signal. */
static void
deadly(struct child *child, int signo)
{
    struct cox_runtime *runtime = child->owner->runtime;

    if (signo == SIGKILL) {
        cox_runtime_cancel(runtime, child->kill_timer);
        child->kill_timer = cox_runtime_defer(runtime, on_killed, child);
    } else if (signo != 0 && signo != SIGCONT && signo != SIGSTOP
               && (child->script == NULL || !child->script->given.ignores_term)) {
        cox_runtime_cancel(runtime, child->end_timer);
        child->end_timer = cox_runtime_defer(runtime, on_term, child);
    }
}

static void
stop(struct child *child, gint64 kill_after_ms)
{
    struct cox_runtime *runtime = child->owner->runtime;

    deadly(child, SIGTERM);
    cox_runtime_cancel(runtime, child->kill_timer);
    child->kill_timer = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), kill_after_ms),
                                          on_killed, child);
}

static void
on_timeout(void *context)
{
    struct child *child = context;

    child->kill_timer = 0;
    child->is_timed_out = true;
    stop(child, child->kill_after_ms);
}

static char *
join(const char *const *list)
{
    GString *joined = g_string_new(NULL);

    for (size_t i = 0; list[i] != NULL; i++) {
        g_string_append_printf(joined, "%s%s", i == 0 ? "" : " ", list[i]);
    }
    return g_string_free(joined, FALSE);
}

static struct child *
new_child(struct cox_fakechild *children, cox_source_id id, cox_child_fn fn, void *context)
{
    struct child *child = g_new0(struct child, 1);

    child->id = id;
    child->owner = children;
    child->fn = fn;
    child->context = context;
    child->started = cox_runtime_now(children->runtime);
    child->pid = ++children->last_pid;
    g_hash_table_insert(children->children, &child->id, child);
    return child;
}

void
cox_fakechild_spawn(struct cox_fakechild *children, cox_source_id id, const struct cox_child_spec *spec, cox_child_fn fn,
                    void *context)
{
    struct child *child = new_child(children, id, fn, context);

    child->command = join(spec->argv);
    child->environment = join(spec->envp);
    child->input = spec->input == NULL ? NULL : g_strndup(spec->input, spec->input_size);
    child->out_limit_bytes = spec->out_limit_bytes;
    child->err_limit_bytes = spec->err_limit_bytes;
    child->kill_after_ms = spec->kill_after_ms > 0 ? spec->kill_after_ms : COX_CHILD_KILL_AFTER_MS;
    child->script = take_script(children, spec->argv[0]);
    if (child->script != NULL) {
        cox_usec duration = child->script->given.start_errno != 0 ? 0 : child->script->given.duration;

        child->end_timer = cox_runtime_timer(
            children->runtime, cox_usec_is_set(duration) ? child->started + duration : COX_USEC_NEVER, on_end, child);
    }
    if (spec->timeout_ms > 0) {
        child->kill_timer = cox_runtime_timer(children->runtime, cox_usec_after_ms(child->started, spec->timeout_ms),
                                              on_timeout, child);
    }
}

bool
cox_fakechild_adopt(struct cox_fakechild *children, cox_source_id id, pid_t pid, cox_child_fn fn, void *context)
{
    struct child *child;

    if (!g_hash_table_contains(children->processes, GINT_TO_POINTER(pid))) {
        return false;
    }
    child = new_child(children, id, fn, context);
    child->pid = pid;
    child->is_adopted = true;
    child->command = g_strdup("");
    return true;
}

void
cox_fakechild_process_add(struct cox_fakechild *children, pid_t pid)
{
    g_hash_table_add(children->processes, GINT_TO_POINTER(pid));
}

pid_t
cox_fakechild_pid(const struct cox_fakechild *children, cox_source_id id)
{
    const struct child *child = find(children, id);

    return child == NULL ? 0 : child->pid;
}

bool
cox_fakechild_signal(struct cox_fakechild *children, cox_source_id id, int signo)
{
    struct child *child = find(children, id);

    if (child != NULL) {
        deadly(child, signo);
    }
    return child != NULL;
}

void
cox_fakechild_stop(struct cox_fakechild *children, cox_source_id id, gint64 kill_after_ms)
{
    struct child *child = find(children, id);

    if (child != NULL) {
        stop(child, kill_after_ms);
    }
}

void
cox_fakechild_forget(struct cox_fakechild *children, cox_source_id id)
{
    g_hash_table_remove(children->children, &id);
}

cox_source_id
cox_fakechild_last(const struct cox_fakechild *children)
{
    GHashTableIter iter;
    gpointer value;
    cox_source_id last = 0;

    g_hash_table_iter_init(&iter, children->children);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        last = MAX(last, ((struct child *) value)->id);
    }
    return last;
}

size_t
cox_fakechild_count(const struct cox_fakechild *children)
{
    return g_hash_table_size(children->children);
}

const char *
cox_fakechild_command(const struct cox_fakechild *children, cox_source_id id)
{
    const struct child *child = find(children, id);

    return child == NULL ? NULL : child->command;
}

const char *
cox_fakechild_environment(const struct cox_fakechild *children, cox_source_id id)
{
    const struct child *child = find(children, id);

    return child == NULL ? NULL : child->environment;
}

const char *
cox_fakechild_input(const struct cox_fakechild *children, cox_source_id id)
{
    const struct child *child = find(children, id);

    return child == NULL ? NULL : child->input;
}

void
cox_fakechild_end(struct cox_fakechild *children, cox_source_id id, int exit_status, const char *out)
{
    struct child *child = find(children, id);

    COX_BUG_ON(child == NULL);
    finish_with(child, exit_status, out, NULL);
}
