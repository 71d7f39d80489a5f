/* lib/runtime/runtime.c - hands each call to the implementation behind it.  Layer 1. */
#include "runtime/runtime.h"

#include "runtime/runtime_priv.h"

void
cox_runtime_free(struct cox_runtime *runtime)
{
    if (runtime != NULL) {
        runtime->ops->free(runtime);
    }
}

cox_usec
cox_runtime_now(const struct cox_runtime *runtime)
{
    return runtime->ops->now(runtime);
}

cox_wall
cox_runtime_wall(const struct cox_runtime *runtime)
{
    return runtime->ops->wall(runtime);
}

cox_source_id
cox_runtime_timer(struct cox_runtime *runtime, cox_usec when, cox_timer_fn fn, void *context)
{
    cox_source_id id;

    if (!cox_usec_is_set(when)) {
        return 0;
    }
    id = ++runtime->last_id;
    runtime->ops->timer(runtime, id, when, fn, context);
    return id;
}

cox_source_id
cox_runtime_defer(struct cox_runtime *runtime, cox_timer_fn fn, void *context)
{
    return cox_runtime_timer(runtime, cox_runtime_now(runtime), fn, context);
}

cox_source_id
cox_runtime_watch(struct cox_runtime *runtime, int fd, unsigned int events, cox_watch_fn fn, void *context)
{
    const struct cox_watch_request request = { fd, events, fn, context };
    cox_source_id id = ++runtime->last_id;

    runtime->ops->watch(runtime, id, &request);
    return id;
}

void
cox_runtime_watch_set(struct cox_runtime *runtime, cox_source_id id, unsigned int events)
{
    runtime->ops->watch_set(runtime, id, events);
}

cox_source_id
cox_runtime_signal(struct cox_runtime *runtime, int signo, cox_signal_fn fn, void *context)
{
    cox_source_id id = ++runtime->last_id; /* the implementation makes sources of its own, so keep it */

    runtime->ops->signal(runtime, id, signo, fn, context);
    return id;
}

void
cox_runtime_cancel(struct cox_runtime *runtime, cox_source_id id)
{
    if (id != 0) {
        runtime->ops->cancel(runtime, id);
    }
}

cox_source_id
cox_runtime_spawn(struct cox_runtime *runtime, const struct cox_child_spec *spec, cox_child_fn fn, void *context)
{
    cox_source_id id = ++runtime->last_id;

    runtime->ops->spawn(runtime, id, spec, fn, context);
    return id;
}

cox_source_id
cox_runtime_adopt(struct cox_runtime *runtime, pid_t pid, cox_child_fn fn, void *context)
{
    cox_source_id id = ++runtime->last_id;

    return runtime->ops->adopt(runtime, id, pid, fn, context) ? id : 0;
}

pid_t
cox_runtime_child_pid(const struct cox_runtime *runtime, cox_source_id id)
{
    return runtime->ops->child_pid(runtime, id);
}

bool
cox_runtime_child_signal(struct cox_runtime *runtime, cox_source_id id, int signo)
{
    return runtime->ops->child_signal(runtime, id, signo);
}

void
cox_runtime_child_stop(struct cox_runtime *runtime, cox_source_id id, gint64 kill_after_ms)
{
    runtime->ops->child_stop(runtime, id, kill_after_ms);
}

void
cox_runtime_child_forget(struct cox_runtime *runtime, cox_source_id id)
{
    runtime->ops->child_forget(runtime, id);
}

void
cox_runtime_run(struct cox_runtime *runtime)
{
    runtime->ops->run(runtime);
}

void
cox_runtime_quit(struct cox_runtime *runtime)
{
    runtime->ops->quit(runtime);
}

bool
cox_runtime_step(struct cox_runtime *runtime, bool may_block)
{
    return runtime->ops->step(runtime, may_block);
}
