/* daemons/coxd/coxd_panic.c - take this node down at once.  Layer 6. */
#include "daemons/coxd/coxd_panic.h"

#include <fcntl.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

/* Inode of the first process namespace; elsewhere reboot(2) ends the namespace only, and the kernel's own crash would hit others. */
enum { FIRST_PID_NAMESPACE = 0xEFFFFFFC };

struct cox_coxd_panic
cox_coxd_panic_parse(const char *setting)
{
    struct cox_coxd_panic how = { COX_COXD_PANIC_REBOOT, false };

    if (setting != NULL && strncmp(setting, "sync-", 5) == 0) {
        how.syncs = true;
        setting += 5;
    }
    if (g_strcmp0(setting, "off") == 0) {
        how.kind = COX_COXD_PANIC_OFF;
    } else if (g_strcmp0(setting, "crash") == 0) {
        how.kind = COX_COXD_PANIC_CRASH;
    }
    return how;
}

static void
crash(void)
{
    struct stat space;
    int fd;

    if (stat("/proc/self/ns/pid", &space) == 0 && space.st_ino == (ino_t) (guint32) FIRST_PID_NAMESPACE) {
        fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
        if (fd >= 0) {
            (void) !write(fd, "c", 1);
            close(fd);
        }
    }
}

void
cox_coxd_panic_now(const struct cox_coxd_panic *how)
{
    if (how->syncs) {
        sync();
    }
    if (how->kind == COX_COXD_PANIC_CRASH) {
        crash();
    }
    (void) reboot(how->kind == COX_COXD_PANIC_OFF ? RB_POWER_OFF : RB_AUTOBOOT);
}
