/* lib/fence/fencewatchdog.c - nodes that take themselves down: fencing without a device.  Layer 3, pure. */
#include "fence/fencewatchdog.h"

gint64
cox_fencewatchdog_wait_ms(gint64 option_ms, gint64 sbd_ms)
{
    gint64 wait_ms = option_ms < 0 ? 2 * sbd_ms : option_ms;

    return wait_ms > sbd_ms ? wait_ms : 0;
}

void
cox_fencewatchdog_note_lost(const struct cox_fencelocal *local, const GPtrArray *devices, const char *target, cox_usec now)
{
    for (guint i = 0; i < local->jobs->len; i++) {
        struct cox_fencejob *job = local->jobs->pdata[i];
        const struct cox_fencedevice *device = cox_fencelocal_device(devices, job->device);

        if (job->attempt != 0 && device != NULL && device->def.watchdog_ms != 0 && g_str_equal(job->target, target)) {
            job->is_held = false; /* whatever it waited for: not that long */
            job->due_at = cox_usec_after_ms(now, device->def.watchdog_ms);
        }
    }
}
