/* lib/view/action_view.c - an action that is carried out, as printed.  Layer 4. */
#include "view/action_view.h"

#include "model/config.h"

static void
pseudo(struct cox_out *out, const struct cox_action *action)
{
    const char *name = (action->key != NULL) ? action->key : action->task;

    cox_out_leaf(out, "pseudo_action", "task", name, "node", action->node_name, NULL);
    if (action->node_name != NULL) {
        cox_out_line(out, "Pseudo action:   %s on %s", name, action->node_name);
    } else {
        cox_out_line(out, "Pseudo action:   %s", name);
    }
}

static void
rsc_action(struct cox_out *out, const struct cox_action *action, const char *rsc)
{
    const char *node = (action->node_name != NULL) ? action->node_name : "";

    cox_out_begin(out, "rsc_action", "resource", rsc, "op", action->task, "node", node, NULL);
    if (action->interval_ms > 0) {
        cox_out_attrf(out, "interval", "%" G_GINT64_FORMAT, action->interval_ms);
        cox_out_line(out, "Resource action: %-15s %s=%" G_GINT64_FORMAT " on %s", rsc, action->task,
                     action->interval_ms, node);
    } else {
        cox_out_line(out, "Resource action: %-15s %s on %s", rsc, action->task, node);
    }
    cox_out_end(out);
}

static void
cluster_action(struct cox_out *out, const struct cox_action *action)
{
    const char *node = (action->node_name != NULL) ? action->node_name : "";
    const char *rsc = (action->rsc_id != NULL) ? action->rsc_id : action->display_id;

    if (g_strcmp0(action->task, "stonith") == 0) {
        const char *how = cox_nvpairs_get(action->attributes, action->n_attributes, "CRM_meta_stonith_action");

        if (how == NULL) {
            how = cox_nvpairs_get(action->attributes, action->n_attributes, "CRM_meta_fencing_action");
        }
        cox_out_leaf(out, "fencing_action", "target", node, "op", how, NULL);
        cox_out_line(out, "Fencing %s (%s)", node, (how != NULL) ? how : "reboot");
        return;
    }
    cox_out_leaf(out, "cluster_action", "task", action->task, "node", node, "id", rsc, NULL);
    if (rsc != NULL) {
        cox_out_line(out, "Cluster action:  %s for %s on %s", action->task, rsc, node);
    } else {
        cox_out_line(out, "Cluster action:  %s on %s", action->task, node);
    }
}

void
cox_action_view(struct cox_out *out, const struct cox_action *action, const char *rsc_name)
{
    if (rsc_name == NULL) {
        rsc_name = (action->rsc_id != NULL) ? action->rsc_id : "";
    }
    switch (action->kind) {
        case COX_ACTION_PSEUDO:
            pseudo(out, action);
            break;
        case COX_ACTION_RSC:
            rsc_action(out, action, rsc_name);
            break;
        case COX_ACTION_CRM:
            cluster_action(out, action);
            break;
    }
}
