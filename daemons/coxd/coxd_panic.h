/* daemons/coxd/coxd_panic.h - take this node down at once.  Layer 6. */
#ifndef COX_DAEMONS_COXD_PANIC_H
#define COX_DAEMONS_COXD_PANIC_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** How. */
struct cox_coxd_panic {
    enum cox_coxd_panic_kind {
        COX_COXD_PANIC_REBOOT = 0,
        COX_COXD_PANIC_OFF,
        COX_COXD_PANIC_CRASH, /**< so that the kernel's dump tools have their turn; else as reboot */
    } kind;
    bool syncs; /**< file systems first, which may take for ever */
};

/** The setting panic_action: reboot, off, crash, or one of them after "sync-"; anything else and NULL is reboot. */
struct cox_coxd_panic cox_coxd_panic_parse(const char *setting);

/** Do it.  Returns only when the kernel refuses. */
void cox_coxd_panic_now(const struct cox_coxd_panic *how);

G_END_DECLS

#endif
