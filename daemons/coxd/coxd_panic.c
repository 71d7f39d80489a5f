/* daemons/coxd/coxd_panic.c - take this node down at once.  Layer 6. */
#include "daemons/coxd/coxd_panic.h"

#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "service/machine.h"

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

const struct cox_coxd_panic_port cox_coxd_panic_kernel = { "", sync, reboot };

void
cox_coxd_panic_now(const struct cox_coxd_panic *how, const struct cox_coxd_panic_port *port)
{
    if (cox_machine_look(port->root) == COX_MACHINE_PART) {
        return;
    }
    if (how->syncs) {
        port->sync();
    }
    if (how->kind == COX_COXD_PANIC_CRASH) {
        (void) cox_machine_press(port->root, 'c');
    }
    (void) port->restart(how->kind == COX_COXD_PANIC_OFF ? RB_POWER_OFF : RB_AUTOBOOT);
}
