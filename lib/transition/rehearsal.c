/* lib/transition/rehearsal.c - a graph carried out on a copy of the status, as if every agent did its duty.  Layer 3, pure. */
#include "transition/rehearsal.h"

#include <string.h>

#include "model/config.h"
#include "model/param_digest.h"
#include "transition/pretend.h"
#include "transition/transition.h"

struct stage {
    const struct cox_rehearsal_input *input;
    GArray *done; /* struct cox_rehearsed */
};

static const char *
attribute(const struct cox_action *action, const char *name)
{
    return cox_nvpairs_get(action->attributes, action->n_attributes, name);
}

static int
int_attribute(const struct cox_action *action, const char *name)
{
    const char *text = attribute(action, name);
    gint64 value = 0;

    if (text != NULL) {
        (void) g_ascii_string_to_signed(text, 10, G_MININT, G_MAXINT, &value, NULL);
    }
    return (int) value;
}

/* Is the action one that is to fail?  The name may be the one in the configuration or that of the instance. */
static const struct cox_opspec *
planned_failure(const struct stage *stage, const struct cox_action *action, const char *name)
{
    for (size_t i = 0; i < stage->input->n_failures; i++) {
        const struct cox_opspec *spec = &stage->input->failures[i];
        bool is_rsc = g_strcmp0(spec->rsc, name) == 0 || g_strcmp0(spec->rsc, action->rsc_id) == 0
                      || g_strcmp0(spec->rsc, action->rsc_long_id) == 0;

        if (is_rsc && g_strcmp0(spec->task, action->task) == 0 && spec->interval_ms == action->interval_ms
            && g_strcmp0(spec->node, action->node_name) == 0) {
            return spec;
        }
    }
    return NULL;
}

/* These leave no trace in the history of the field's simulator: its next plan sees what was there before. */
static bool
leaves_no_history(const char *task)
{
    static const char *const tasks[] = { "delete", "meta-data", "notify", "cancel", "lrm_delete" };

    for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++) {
        if (g_strcmp0(task, tasks[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The digest that the next plan compares with: parameters, and of recurring operations also the timeout.  g_free it. */
static char *
param_digest(const struct cox_action *action)
{
    g_autofree struct cox_nvpair *params = g_new(struct cox_nvpair, action->n_attributes + 1);
    size_t n = 0;

    for (size_t i = 0; i < action->n_attributes; i++) {
        const struct cox_nvpair *pair = &action->attributes[i];

        if (g_strcmp0(pair->name, "crm_feature_set") != 0
            && (!g_str_has_prefix(pair->name, "CRM_meta_")
                || (action->interval_ms > 0 && strcmp(pair->name, "CRM_meta_timeout") == 0))) {
            params[n++] = *pair;
        }
    }
    return cox_param_digest(params, n);
}

static void
do_rsc_action(const struct stage *stage, const struct cox_action *action, struct cox_rehearsed *record)
{
    struct cox_status *status = stage->input->status;
    /* An anonymous instance is called as those that other nodes know; short keys were taken from a history, too. */
    struct cox_pretend_rsc rsc = { action->rsc_id, action->rsc_long_id, action->rsc_standard, action->rsc_provider,
                                   action->rsc_type, action->internal_key != NULL,
                                   action->internal_key != NULL };
    struct cox_node_status *node = cox_status_node(status, action->node_uuid, action->node_name);
    struct cox_pretend_result result = { .task = action->task, .interval_ms = action->interval_ms,
                                         .status = COX_OP_STATUS_DONE, .now = stage->input->now };
    const struct cox_opspec *failure = NULL;
    g_autofree char *digest = NULL;

    if (action->rsc_id == NULL || action->node_name == NULL) {
        return;
    }
    rsc.is_short = rsc.is_short || (rsc.long_id != NULL && cox_status_rsc_was_known(status, rsc.id));
    if (leaves_no_history(action->task)) {
        record->rsc_name = (node != NULL) ? cox_pretend_history_name(node, &rsc) : rsc.id;
        return;
    }
    if (node == NULL) {
        node = cox_status_node_ensure(status, action->node_uuid, action->node_name);
    }
    result.target_rc = int_attribute(action, "CRM_meta_op_target_rc");
    result.rc = result.target_rc;
    digest = param_digest(action);
    result.digest = digest;
    if (g_str_has_prefix(action->task, "migrate_")) {
        result.migrate_source = attribute(action, "CRM_meta_migrate_source");
        result.migrate_target = attribute(action, "CRM_meta_migrate_target");
    }
    record->rsc_name = cox_pretend_history_name(node, &rsc);
    failure = planned_failure(stage, action, record->rsc_name);
    if (failure != NULL) {
        result.rc = failure->rc;
        record->has_failed = (result.rc != result.target_rc);
    }
    record->rc = result.rc;
    record->rsc_name = cox_pretend_result(status, node, &rsc, &result);
    if (record->has_failed) {
        cox_pretend_failure(status, node, action->rsc_id, &result);
    }
}

static void
do_crm_action(const struct stage *stage, const struct cox_action *action)
{
    const char *how = NULL;

    if (g_strcmp0(action->task, "stonith") != 0) {
        return;
    }
    how = attribute(action, "CRM_meta_stonith_action");
    if (g_strcmp0(how, "on") != 0) {
        cox_pretend_node_fenced(stage->input->status, action->node_uuid, action->node_name);
        if (stage->input->is_thorough) {
            /* of remote nodes, which nothing else tells of */
            cox_status_node_ensure(stage->input->status, action->node_uuid, action->node_name)->node_fenced = "1";
        }
        return;
    }
    cox_pretend_node_unfenced(stage->input->status, action->node_uuid, action->node_name,
                              &(struct cox_pretend_unfencing) { attribute(action, "CRM_meta_digests_all"),
                                                                attribute(action, "CRM_meta_digests_secure"), stage->input->now });
}

/* A remote node that wanted to go has gone with its connection. */
static void
let_go(struct cox_status *status, const struct cox_action *action)
{
    struct cox_node_status *left = NULL;

    if (g_strcmp0(action->rsc_provider, "pacemaker") != 0 || g_strcmp0(action->rsc_type, "remote") != 0) {
        return;
    }
    left = cox_status_node(status, action->rsc_id, action->rsc_id);
    if (left != NULL) {
        cox_status_attr_set(status, left, "shutdown", NULL);
    }
}

/* What the field's simulator leaves out. */
static void
do_rest(const struct stage *stage, const struct cox_action *action)
{
    struct cox_status *status = stage->input->status;
    struct cox_node_status *node = action->node_name != NULL ? cox_status_node(status, action->node_uuid, action->node_name) : NULL;
    const struct cox_pretend_rsc rsc = { .id = action->rsc_id, .long_id = action->rsc_long_id };

    if (node == NULL) {
        return;
    }
    if (action->kind == COX_ACTION_PSEUDO && g_strcmp0(action->task, "stonith") == 0) {
        cox_pretend_node_forgotten(node);
    } else if (action->rsc_id != NULL && g_strcmp0(action->task, "clear_failcount") == 0) {
        cox_pretend_failures_cleared(status, node, &rsc);
    } else if (action->rsc_id != NULL && (g_strcmp0(action->task, "delete") == 0 || g_strcmp0(action->task, "lrm_delete") == 0)) {
        cox_status_rsc_remove(node, cox_pretend_history_name(node, &rsc));
    } else if (action->rsc_id != NULL && g_strcmp0(action->task, "stop") == 0) {
        let_go(status, action);
    } else if (action->rsc_id != NULL && g_strcmp0(action->task, "cancel") == 0) {
        const char *name = cox_pretend_history_name(node, &rsc);
        struct cox_rsc_history *history = cox_status_rsc(node, name);
        g_autofree char *id = g_strdup_printf("%s_%s_%s", name, attribute(action, "CRM_meta_operation"), attribute(action, "CRM_meta_interval"));

        (void) (history != NULL && cox_status_op_remove(status, history, id));
    }
}

static bool
do_action(struct stage *stage, guint32 index)
{
    const struct cox_action *action = &stage->input->graph->actions[index];
    struct cox_rehearsed record = { .action = index };

    if (stage->input->is_thorough) {
        do_rest(stage, action);
    }
    switch (action->kind) {
        case COX_ACTION_PSEUDO:
            break;
        case COX_ACTION_RSC:
            do_rsc_action(stage, action, &record);
            break;
        case COX_ACTION_CRM:
            do_crm_action(stage, action);
            break;
    }
    g_array_append_val(stage->done, record);
    return !record.has_failed;
}

/* The first startable action after @cursor, else the first of the next pass; taken out of @startable. */
static guint32
take_next(GTree *startable, guint32 cursor)
{
    GTreeNode *node = g_tree_upper_bound(startable, GUINT_TO_POINTER(cursor));
    guint32 action = 0;

    if (node == NULL) {
        node = g_tree_node_first(startable);
    }
    action = GPOINTER_TO_UINT(g_tree_node_key(node)) - 1;
    g_tree_remove(startable, GUINT_TO_POINTER(action + 1));
    return action;
}

static gint
compare_keys(gconstpointer a, gconstpointer b)
{
    guint first = GPOINTER_TO_UINT(a);
    guint second = GPOINTER_TO_UINT(b);

    return (first > second) - (first < second);
}

struct cox_rehearsal *
cox_rehearsal_run(const struct cox_rehearsal_input *input)
{
    struct cox_rehearsal *rehearsal = g_new0(struct cox_rehearsal, 1);
    struct stage stage = { input, g_array_new(FALSE, FALSE, sizeof(struct cox_rehearsed)) };
    struct cox_transition_event event = { .kind = COX_TRANSITION_RUN };
    g_autoptr(cox_transition) transition = cox_transition_new(input->graph, 0);
    struct cox_transition_effects effects = { g_array_new(FALSE, FALSE, sizeof(guint32)), false };
    GTree *startable = g_tree_new(compare_keys); /* keys are index + 1 */
    guint32 cursor = 0;

    cox_transition_step(transition, &event, &effects);
    for (;;) {
        for (guint i = 0; i < effects.start->len; i++) {
            gpointer key = GUINT_TO_POINTER(g_array_index(effects.start, guint32, i) + 1);

            g_tree_insert(startable, key, key);
        }
        g_array_set_size(effects.start, 0);
        if (g_tree_nnodes(startable) == 0) {
            break;
        }
        event.kind = COX_TRANSITION_RESULT;
        event.action = take_next(startable, cursor);
        cursor = event.action + 1;
        event.is_expected = do_action(&stage, event.action);
        cox_transition_step(transition, &event, &effects);
    }
    rehearsal->is_complete = cox_transition_count(transition).n_done == input->graph->n_actions;
    rehearsal->n_actions = stage.done->len;
    rehearsal->actions = (struct cox_rehearsed *) (void *) g_array_free(stage.done, FALSE);
    g_array_free(effects.start, TRUE);
    g_tree_destroy(startable);
    return rehearsal;
}

void
cox_rehearsal_free(struct cox_rehearsal *rehearsal)
{
    if (rehearsal != NULL) {
        g_free(rehearsal->actions);
        g_free(rehearsal);
    }
}
