/* lib/fence/fencelocal.c - runs of fence agents on this node: delays, queues, retries, time limits.  Layer 3, pure. */
#include "fence/fencelocal.h"

static void
free_job(gpointer data)
{
    struct cox_fencejob *job = data;

    g_free(job->device);
    g_free(job->target);
    g_free(job);
}

void
cox_fencelocal_init(struct cox_fencelocal *local)
{
    local->jobs = g_ptr_array_new_with_free_func(free_job);
    local->runs = 0;
}

void
cox_fencelocal_clear(struct cox_fencelocal *local)
{
    g_clear_pointer(&local->jobs, g_ptr_array_unref);
}

struct cox_fencedevice *
cox_fencelocal_device(const GPtrArray *devices, const char *id)
{
    for (guint i = 0; i < devices->len; i++) {
        struct cox_fencedevice *device = devices->pdata[i];

        if (g_str_equal(device->def.id, id)) {
            return device;
        }
    }
    return NULL;
}

void
cox_fencelocal_add(struct cox_fencelocal *local, const struct cox_fencejob *job)
{
    struct cox_fencejob *copy = g_memdup2(job, sizeof(*job));

    copy->device = g_strdup(job->device);
    copy->target = g_strdup(job->target);
    copy->deadline = COX_USEC_NEVER;
    copy->tries = 0;
    copy->run = 0;
    copy->is_timed_out = copy->is_held = false;
    g_ptr_array_add(local->jobs, copy);
}

static bool
has_room(const struct cox_fencelocal *local, const struct cox_fencedevice *device)
{
    int n_running = 0;

    for (guint i = 0; i < local->jobs->len; i++) {
        const struct cox_fencejob *job = local->jobs->pdata[i];

        n_running += job->run != 0 && g_str_equal(job->device, device->def.id);
    }
    return device->def.action_limit < 1 || n_running < device->def.action_limit;
}

struct cox_fencejob *
cox_fencelocal_begin(struct cox_fencelocal *local, const GPtrArray *devices, cox_usec now)
{
    for (guint i = 0; i < local->jobs->len; i++) {
        struct cox_fencejob *job = local->jobs->pdata[i];
        const struct cox_fencedevice *device = cox_fencelocal_device(devices, job->device);

        if (job->run != 0 || job->due_at > now || device == NULL || !has_room(local, device)) {
            continue;
        }
        if (job->tries == 0) {
            job->deadline = cox_usec_after_ms(now, device->def.timeout_ms[job->action]);
        }
        job->tries++;
        job->run = ++local->runs;
        return job;
    }
    return NULL;
}

struct cox_fencejob *
cox_fencelocal_find(const struct cox_fencelocal *local, guint64 run)
{
    for (guint i = 0; i < local->jobs->len && run != 0; i++) {
        if (((struct cox_fencejob *) local->jobs->pdata[i])->run == run) {
            return local->jobs->pdata[i];
        }
    }
    return NULL;
}

bool
cox_fencelocal_is_asking(const struct cox_fencelocal *local, struct cox_fence_id id)
{
    for (guint i = 0; i < local->jobs->len; i++) {
        const struct cox_fencejob *job = local->jobs->pdata[i];

        if (job->attempt == 0 && job->id.origin == id.origin && job->id.serial == id.serial) {
            return true;
        }
    }
    return false;
}

struct cox_fencejob *
cox_fencelocal_waiting(const struct cox_fencelocal *local, struct cox_fence_id id)
{
    for (guint i = 0; i < local->jobs->len; i++) {
        struct cox_fencejob *job = local->jobs->pdata[i];

        if (job->attempt != 0 && job->tries == 0 && job->id.origin == id.origin && job->id.serial == id.serial) {
            return job;
        }
    }
    return NULL;
}

struct cox_fencejob *
cox_fencelocal_overdue(struct cox_fencelocal *local, cox_usec now)
{
    for (guint i = 0; i < local->jobs->len; i++) {
        struct cox_fencejob *job = local->jobs->pdata[i];

        if (job->run != 0 && !job->is_timed_out && cox_usec_is_due(job->deadline, now)) {
            job->is_timed_out = true;
            return job;
        }
    }
    return NULL;
}

bool
cox_fencelocal_retry(struct cox_fencejob *job, const GPtrArray *devices, cox_usec now)
{
    const struct cox_fencedevice *device = cox_fencelocal_device(devices, job->device);

    if (device == NULL || job->tries >= device->def.retries[job->action] || cox_usec_is_due(job->deadline, now)) {
        return false;
    }
    job->run = 0;
    return true;
}

void
cox_fencelocal_hold(struct cox_fencejob *job, cox_usec until)
{
    job->is_held = true;
    job->due_at = until;
    job->run = 0;
    job->tries--;
}

void
cox_fencelocal_let_go(struct cox_fencelocal *local, cox_usec now)
{
    for (guint i = 0; i < local->jobs->len; i++) {
        struct cox_fencejob *job = local->jobs->pdata[i];

        if (job->is_held) {
            job->is_held = false;
            job->due_at = now;
        }
    }
}

void
cox_fencelocal_drop(struct cox_fencelocal *local, struct cox_fencejob *job)
{
    g_ptr_array_remove(local->jobs, job);
}

cox_usec
cox_fencelocal_wake_at(const struct cox_fencelocal *local, cox_usec now)
{
    cox_usec at = COX_USEC_NEVER;

    for (guint i = 0; i < local->jobs->len; i++) {
        const struct cox_fencejob *job = local->jobs->pdata[i];

        if (job->run != 0 && !job->is_timed_out) {
            at = cox_usec_min(at, job->deadline);
        } else if (job->run == 0 && job->due_at > now) {
            at = cox_usec_min(at, job->due_at);
        }
    }
    return at;
}
