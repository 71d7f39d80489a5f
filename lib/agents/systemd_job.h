/* lib/agents/systemd_job.h - start, stop and watch systemd units through D-Bus.  Layer 3, adapter.
 *
 *     run --> connect, Subscribe --> LoadUnit --> start: drop-in, StartUnit --> JobRemoved --> ActiveState --> result
 *             (once for all)                      stop: StopUnit --> JobRemoved, drop-in goes --> ActiveState --> result
 *                                                 monitor: ActiveState --> result, or: it is on its way
 */
#ifndef COX_AGENTS_SYSTEMD_JOB_H
#define COX_AGENTS_SYSTEMD_JOB_H

#include <stdbool.h>
#include <glib.h>

#include "agents/agent_result.h"

G_BEGIN_DECLS

/** The unit exists: code OK; else NOT_INSTALLED.  An action of cox_systemd_run() beside start, stop and monitor. */
#define COX_SYSTEMD_EXISTS "exists"

/** A connection to the service manager, made when it is first needed and again when it was lost. */
struct cox_systemd;

struct cox_systemd_settings {
    const char *address;      /**< of the bus; NULL: the system bus */
    const char *drop_in_root; /**< NULL: /run/systemd/system */
    bool has_systemd;         /**< systemd is the init here: what cannot be asked is unknown, not absent */
    /** The state of a unit that was asked for before has changed.  @type as given to cox_systemd_run(). */
    void (*changed)(void *context, const char *type);
    void *context;
};

/** A running action; freed by itself after its callback. */
struct cox_systemd_job;

/** The end of an action; @result is borrowed.  @is_pending: the unit is starting or stopping, ask again (@result says nothing). */
typedef void (*cox_systemd_fn)(void *context, const struct cox_agent_result *result, bool is_pending);

/** Is systemd the init of this machine? */
bool cox_systemd_is_init(void);

/** Callbacks come from glib's default main context.  Texts are copied. */
struct cox_systemd *cox_systemd_new(const struct cox_systemd_settings *settings);

/** Ends the connection; jobs must be forgotten or over.  NULL is allowed. */
void cox_systemd_free(struct cox_systemd *systemd);

/**
 * Begin start, stop, monitor or COX_SYSTEMD_EXISTS for the unit @type (".service" is added when it has no suffix).  @fn is called
 * exactly once, never from inside this call, unless the job is forgotten.  There is no time limit: that is the caller's.
 */
struct cox_systemd_job *cox_systemd_run(struct cox_systemd *systemd, const char *type, const char *action, cox_systemd_fn fn,
                                        void *context);

/** Take no more interest; what systemd was told to do goes on. */
void cox_systemd_forget(struct cox_systemd_job *job);

/** "nginx" is "nginx.service", "data.mount" stays; the caller frees it. */
char *cox_systemd_unit_name(const char *type);

G_END_DECLS

#endif
