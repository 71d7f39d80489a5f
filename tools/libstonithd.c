/* tools/libstonithd.c - fencing for the distributed lock manager.  Layer 6. */
#include "tools/libstonithd.h"

#include <errno.h>
#include <glib.h>

#include "base/error.h"
#include "fence/fencedevice.h"
#include "proto/messages.h"
#include "tools/daemon.h"

enum { TIMEOUT_S = 120, HISTORY_MS = 10000, STATE_DONE = 1, STATE_PENDING = 2 };

static const char client_name[] = "stonith-api";

/* cox-fenced knows nodes by name and by number; NULL: no node was named. */
static char *
target_of(uint32_t nodeid, const char *uname)
{
    if (uname != NULL && *uname != '\0') {
        return g_strdup(uname);
    }
    return nodeid == 0 ? NULL : g_strdup_printf("%u", nodeid);
}

static int
errno_of(const GError *error)
{
    switch (error->code) {
    case COX_ERROR_DISCONNECTED:
        return -ENOTCONN;
    case COX_ERROR_TIMEOUT:
        return -ETIME;
    case COX_ERROR_PRIVILEGE:
    case COX_ERROR_PERMISSION:
        return -EACCES;
    case COX_ERROR_TRY_AGAIN:
        return -EAGAIN;
    case COX_ERROR_INVALID_PARAM:
        return -EINVAL;
    default:
        return -EHOSTUNREACH;
    }
}

int
stonith_api_kick(uint32_t nodeid, const char *uname, int timeout, bool off)
{
    g_autofree char *target = target_of(nodeid, uname);
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    const struct cox_msg_fence_ask wanted = { .target = target, .action = off ? COX_FENCE_OFF : COX_FENCE_REBOOT, .client = client_name };
    const struct cox_daemon_question question
        = { .daemon = COX_DAEMON_FENCE, .program = client_name, .message = COX_MSG_FENCE_ASK, .body = &wanted,
            .expected = COX_MSG_FENCE_FINISHED, .timeout_ms = (gint64) (timeout > 0 ? timeout : TIMEOUT_S) * 1000 };
    const struct cox_msg_fence_finished *answer = NULL;

    if (target == NULL) {
        return -EINVAL;
    }
    answer = cox_daemon_ask(NULL, &question, arena, &error);
    if (answer == NULL) {
        return errno_of(error);
    }
    return answer->is_ok != 0 ? 0 : -EHOSTUNREACH;
}

time_t
stonith_api_time(uint32_t nodeid, const char *uname, bool in_progress)
{
    g_autofree char *target = target_of(nodeid, uname);
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_fence_history_query wanted = { .target = target };
    const struct cox_daemon_question question
        = { .daemon = COX_DAEMON_FENCE, .program = client_name, .message = COX_MSG_FENCE_HISTORY_QUERY, .body = &wanted,
            .expected = COX_MSG_FENCE_HISTORY, .timeout_ms = HISTORY_MS };
    const struct cox_msg_fence_history *answer = target == NULL ? NULL : cox_daemon_ask(NULL, &question, arena, NULL);
    gint64 last_us = 0;

    for (size_t i = 0; answer != NULL && i < answer->n_events; i++) {
        const struct cox_msg_fence_event *event = &answer->events[i];

        if (event->action != COX_FENCE_REBOOT && event->action != COX_FENCE_OFF) {
            continue;
        }
        if (in_progress && event->state == STATE_PENDING) {
            return time(NULL);
        }
        if (!in_progress && event->state == STATE_DONE) {
            last_us = MAX(last_us, event->done_at_us);
        }
    }
    return (time_t) (last_us / G_USEC_PER_SEC);
}
