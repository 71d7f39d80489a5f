/* lib/service/overseer.c - who watches a daemon is watched in turn.  Layer 5. */
#include "service/overseer.h"

#include <unistd.h>

#include "service/sdnotify.h"

struct cox_overseer {
    struct cox_runtime *runtime;
    struct cox_log *log;
    cox_source_id silence, beat;
    bool is_missed;
    const char *socket;
    gint64 beat_usec;
};

struct cox_overseer *
cox_overseer_new(struct cox_runtime *runtime, struct cox_log *log)
{
    struct cox_overseer *overseer = g_new0(struct cox_overseer, 1);

    overseer->runtime = runtime;
    overseer->log = log;
    return overseer;
}

void
cox_overseer_free(struct cox_overseer *overseer)
{
    if (overseer != NULL) {
        cox_runtime_cancel(overseer->runtime, overseer->silence);
        cox_runtime_cancel(overseer->runtime, overseer->beat);
        g_free(overseer);
    }
}

/* ---- the supervisor ---- */

static void
on_silence(void *context)
{
    struct cox_overseer *overseer = context;

    overseer->silence = 0;
    overseer->is_missed = true;
    cox_log_event(overseer->log, COX_EVENT_SUPERVISOR_AWAY, "silent_ms=%d", COX_OVERSEER_SILENCE_MS);
}

void
cox_overseer_heard(struct cox_overseer *overseer)
{
    struct cox_runtime *runtime = overseer->runtime;

    if (overseer->is_missed) {
        overseer->is_missed = false;
        cox_log_line(overseer->log, COX_LOG_NOTICE, "the supervisor is back");
    }
    cox_runtime_cancel(runtime, overseer->silence);
    overseer->silence = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), COX_OVERSEER_SILENCE_MS), on_silence,
                                          overseer);
}

void
cox_overseer_rest(struct cox_overseer *overseer)
{
    cox_runtime_cancel(overseer->runtime, overseer->silence);
    overseer->silence = 0;
    overseer->is_missed = false;
}

bool
cox_overseer_is_missed(const struct cox_overseer *overseer)
{
    return overseer->is_missed;
}

/* ---- systemd ---- */

static void
on_beat(void *context)
{
    struct cox_overseer *overseer = context;

    (void) cox_sdnotify(overseer->socket, "WATCHDOG=1");
    overseer->beat = cox_runtime_timer(overseer->runtime, cox_runtime_now(overseer->runtime) + overseer->beat_usec, on_beat, overseer);
}

bool
cox_overseer_watchdog(struct cox_overseer *overseer, const char *socket, const char *watchdog_usec, const char *watchdog_pid)
{
    gint64 usec = 0, pid = getpid();

    if (socket == NULL || watchdog_usec == NULL
        || !g_ascii_string_to_signed(watchdog_usec, 10, 2 * COX_USEC_PER_MS, G_MAXINT64 / 2, &usec, NULL)
        || (watchdog_pid != NULL
            && (!g_ascii_string_to_signed(watchdog_pid, 10, 1, G_MAXINT32, &pid, NULL) || pid != getpid()))) {
        return false;
    }
    cox_runtime_cancel(overseer->runtime, overseer->beat);
    overseer->socket = socket;
    overseer->beat_usec = usec / 2;
    on_beat(overseer);
    return true;
}
