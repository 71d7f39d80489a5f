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

/** What does it: the system's own, or a test's. */
struct cox_coxd_panic_port {
    const char *root;            /**< of the machine, as in service/machine.h */
    void (*sync)(void);
    int (*restart)(int command); /**< reboot(2) */
};

/** The kernel. */
extern const struct cox_coxd_panic_port cox_coxd_panic_kernel;

/**
 * Do it: with reboot(2), which in a process namespace of our own ends that only, and for a crash, on a whole machine, with the kernel's key c first.
 * Nothing is done where it would hit others.  Returns only when that is so or the kernel refuses.
 */
void cox_coxd_panic_now(const struct cox_coxd_panic *how, const struct cox_coxd_panic_port *port);

G_END_DECLS

#endif
