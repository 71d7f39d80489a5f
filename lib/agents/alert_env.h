/* lib/agents/alert_env.h - which alert agents are run for an event, and what they are told.  Layer 3, adapter. */
#ifndef COX_AGENTS_ALERT_ENV_H
#define COX_AGENTS_ALERT_ENV_H

#include <stdbool.h>
#include <glib.h>

#include "base/walltime.h"
#include "model/alert.h"

G_BEGIN_DECLS

/** Something that has happened; texts are borrowed, NULL where they mean nothing. */
struct cox_alert_event {
    enum cox_alert_kind kind;
    cox_wall happened;
    const char *node;            /**< name: of the node, the target, where the operation ran, whose attribute it is */
    guint64 nodeid;              /**< node and attribute; 0: not told */
    const char *desc;            /**< node: member, lost; fencing and resource: the result in words */
    const char *task;            /**< fencing: reboot, ...; resource: start, ... */
    const char *rsc;
    gint64 interval_ms, exec_ms; /**< resource */
    int rc;                      /**< fencing: 0 is success; resource: exit code */
    int target_rc, status;       /**< resource */
    const char *attribute_name, *attribute_value;
};

/** One run of an alert agent. */
struct cox_alert_run {
    const char *path;     /**< of the alert, borrowed */
    char **envp;          /**< owned */
    gint64 timeout_ms;
    GPtrArray *refused;   /**< names of settings that it does not get, char *; owned */
};

/** Does @alert select this event?  Results of probes that say what was expected are no news to anybody. */
bool cox_alert_wants(const struct cox_alert *alert, const struct cox_alert_event *event);

/**
 * What the agent of @alert gets for its @recipient (NULL: it has none): CRM_alert_*, and the instance attributes as they are, unless
 * their names steer the linker or the shell (agent_env.h).  Values of the recipient win.
 *
 * @param sequence  number of the event on this node
 * @param run       filled anew; cox_alert_run_clear() frees it
 * @return false when the alert is switched off (meta attribute enabled)
 */
bool cox_alert_prepare(const struct cox_alert *alert, const struct cox_alert_recipient *recipient,
                       const struct cox_alert_event *event, guint64 sequence, struct cox_alert_run *run);

void cox_alert_run_clear(struct cox_alert_run *run);

G_END_DECLS

#endif
