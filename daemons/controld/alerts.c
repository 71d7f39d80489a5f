/* daemons/controld/alerts.c - what the cluster does to nodes is told to the alert agents of this node.  Layer 6. */
#include "daemons/controld/alerts.h"

#include "fence/fencedevice.h"

enum { ALERT_LIMIT_MS = 60000, STATE_DONE = 1, STATE_UNDER_WAY = 2 };

static void
tell(const struct controld_neighbours *neighbours, const struct cox_msg_exec_alert *alert)
{
    struct cox_client_call call = { .message = COX_MSG_EXEC_ALERT, .body = alert, .timeout_ms = ALERT_LIMIT_MS };

    (void) controld_neighbours_ask(neighbours, COX_DAEMON_EXEC, &call);
}

void
controld_alert_node(const struct controld_neighbours *neighbours, const char *name, guint32 id, bool is_member)
{
    g_autofree char *number = g_strdup_printf("%u", (unsigned int) id);
    const struct cox_msg_exec_alert alert = { .kind = "node", .node = name != NULL ? name : number, .nodeid = id,
                                              .desc = is_member ? "member" : "lost" };

    tell(neighbours, &alert);
}

static const char *
or_nobody(const char *text)
{
    return text == NULL ? "<no-one>" : text;
}

void
controld_alert_fencing(const struct controld_neighbours *neighbours, const struct cox_msg_fence_event *event)
{
    const char *action = cox_fence_action_text((enum cox_fence_action) event->action);
    bool is_ok = event->state == STATE_DONE;
    g_autofree char *desc = NULL;
    struct cox_msg_exec_alert alert = { .kind = "fencing", .node = event->target, .task = action, .rc = is_ok ? 0 : 1,
                                        .happened_us = event->done_at_us };

    if (event->target == NULL || event->state == STATE_UNDER_WAY) {
        return;
    }
    desc = g_strdup_printf("Operation %s of %s by %s for %s@%s: %s%s (ref=%s)", action, event->target, or_nobody(event->delegate),
                           or_nobody(event->client), or_nobody(event->origin), is_ok ? "OK" : event->reason != NULL ? event->reason : "failed",
                           event->is_confirmed != 0 ? " (a human says so)" : "", or_nobody(event->id));
    alert.desc = desc;
    tell(neighbours, &alert);
}

void
controld_alert_barred(const struct controld_neighbours *neighbours, const char *name)
{
    g_autofree char *desc = g_strdup_printf("CRITICAL: %s was reported down and is alive: it is not admitted, and is fenced again; "
                                            "look at its fence device", name);
    const struct cox_msg_exec_alert alert = { .kind = "fencing", .node = name, .task = "reboot", .rc = 1, .desc = desc };

    tell(neighbours, &alert);
}
