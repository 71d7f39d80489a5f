/* lib/service/sbd.c - is this node watched by sbd?  Layer 5. */
#include "service/sbd.h"

#include <errno.h>
#include <signal.h>
#include <sys/types.h>

#include "runtime/environment.h"

#define PID_FILE "/run/sbd.pid"

enum { MAX_SECONDS = 100000 };

gint64
cox_sbd_timeout_ms(void)
{
    const char *text = cox_environment_get("SBD_WATCHDOG_TIMEOUT");
    guint64 seconds = 0;

    return text != NULL && g_ascii_string_to_unsigned(text, 10, 0, MAX_SECONDS, &seconds, NULL) ? (gint64) seconds * 1000 : 0;
}

bool
cox_sbd_is_running(void)
{
    const char *path = cox_environment_get("SBD_PIDFILE");
    g_autofree char *text = NULL;
    gint64 pid = 0;

    return cox_sbd_timeout_ms() > 0 && g_file_get_contents(path != NULL ? path : PID_FILE, &text, NULL, NULL)
           && g_ascii_string_to_signed(g_strstrip(text), 10, 1, G_MAXINT32, &pid, NULL)
           && (kill((pid_t) pid, 0) == 0 || errno == EPERM);
}
