/* lib/view/verdict.c - what is wrong with a cluster, why, and what to do about it: for people.  Layer 4. */
#include "view/verdict.h"

#include <string.h>

#include "model/duel.h"
#include "view/explain_words.h"
#include "view/names.h"
#include "view/node_view.h"
#include "view/rsc_view.h"

/* The findings so far. */
struct findings {
    const struct cox_verdict_input *input;
    GPtrArray *list;
};

static void
verdict_free(gpointer data)
{
    struct cox_verdict *verdict = data;

    g_free(verdict->subject);
    g_free(verdict->text);
    g_free(verdict->remedy);
    g_free(verdict);
}

/* Takes @text and @remedy. */
static void
add(struct findings *findings, enum cox_verdict_weight weight, const char *subject, char *text, char *remedy)
{
    struct cox_verdict *verdict = g_new0(struct cox_verdict, 1);

    verdict->weight = weight;
    verdict->subject = g_strdup(subject);
    verdict->text = text;
    verdict->remedy = remedy;
    g_ptr_array_add(findings->list, verdict);
}

const char *
cox_verdict_weight_text(enum cox_verdict_weight weight)
{
    static const char *const texts[] = { "note", "warning", "problem" };

    return texts[weight];
}

static bool
has_configured_device(const struct cox_cluster *cluster)
{
    for (size_t i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];

        if (rsc->variant == COX_PRIMITIVE && g_strcmp0(rsc->standard, "stonith") == 0 && !rsc->is_orphan
            && rsc->target_role != COX_ROLE_STOPPED) {
            return true;
        }
    }
    return false;
}

bool
cox_verdict_has_device(const struct cox_cluster *cluster)
{
    return cluster->has_watchdogs || has_configured_device(cluster);
}

/* ---- the cluster as a whole ---- */

static bool
has_resources(const struct cox_cluster *cluster)
{
    for (size_t i = 0; i < cluster->n_rscs; i++) {
        if (cluster->rscs[i].variant == COX_PRIMITIVE && g_strcmp0(cluster->rscs[i].standard, "stonith") != 0) {
            return true;
        }
    }
    return false;
}

static void
check_fencing(struct findings *findings)
{
    const struct cox_cluster *cluster = findings->input->cluster;

    if (cluster->fencing_enabled && !cox_verdict_has_device(cluster) && has_resources(cluster)) {
        add(findings, COX_VERDICT_PROBLEM, "cluster",
            g_strdup("fencing is enabled, but there is no fencing device: no resource is started, because a lost node could not be "
                     "kept from running the same"),
            g_strdup("add a device: a primitive of class stonith (crm_resource --list-agents stonith), or give up that safety with "
                     "crm_attribute --name fencing-enabled --update false"));
    } else if (!cluster->fencing_enabled && cluster->n_nodes > 1) {
        add(findings, COX_VERDICT_WARNING, "cluster",
            g_strdup("fencing is disabled: when a node is lost, resources may run twice, and data may be damaged"),
            g_strdup("add a fencing device and set fencing-enabled to true"));
    }
}

/* Nothing but watchdogs: do they prove anything? */
static void
check_watchdogs(struct findings *findings)
{
    const struct cox_cluster *cluster = findings->input->cluster;
    size_t n_members = 0;

    if (!cluster->fencing_enabled || !cluster->has_watchdogs || has_configured_device(cluster)) {
        return;
    }
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        n_members += cluster->nodes[i].is_remote || cluster->nodes[i].is_guest || cluster->nodes[i].is_ping ? 0 : 1;
    }
    if (cluster->watchdog_timeout_ms == 0) {
        add(findings, COX_VERDICT_PROBLEM, "cluster",
            g_strdup("there is no fencing device but the nodes' watchdogs, and these do not count: a lost node is never taken for fenced, and what ran there "
                     "is not started elsewhere"),
            g_strdup("say how long the watchdogs may take, e.g. twice SBD_WATCHDOG_TIMEOUT: crm_attribute --name fencing-watchdog-timeout --update -1"));
    } else if (n_members == 2) {
        add(findings, COX_VERDICT_WARNING, "cluster",
            g_strdup("there are two nodes and no fencing device but their watchdogs: where corosync lets each node keep quorum alone (two_node), the watchdog of "
                     "a lost node does not strike, and it is never taken for fenced"),
            g_strdup("give the cluster a quorum device (corosync-qdevice), or add a fencing device"));
    }
}

static void
check_duel(struct findings *findings)
{
    struct cox_duel duel;

    if (cox_duel_is_possible(findings->input->config, findings->input->now, &duel)) {
        add(findings, COX_VERDICT_WARNING, "cluster",
            g_strdup_printf("%s and %s have a fencing device each (%s, %s) and neither waits: when they do not see each other, both may go down",
                            duel.nodes[0], duel.nodes[1], duel.devices[0], duel.devices[1]),
            g_strdup(COX_DUEL_REMEDY));
    }
}

static const char *
policy_effect(const char *policy)
{
    static const struct {
        const char *policy, *effect;
    } rows[] = {
        { "stop", "all resources are stopped" },
        { "freeze", "what runs goes on, nothing is recovered" },
        { "demote", "promoted resources are demoted, all others are stopped" },
        { "fence", "the nodes of this partition are fenced" },
        { "ignore", "resources run all the same, perhaps twice" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_strcmp0(rows[i].policy, policy) == 0) {
            return rows[i].effect;
        }
    }
    return "resources are stopped";
}

static void
check_quorum(struct findings *findings)
{
    const struct cox_verdict_input *input = findings->input;
    bool has_quorum = input->has_controller ? input->has_quorum : input->cluster->has_quorum;
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    g_autofree char *names = NULL;

    for (size_t i = 0; i < input->cluster->n_nodes; i++) {
        const struct cox_node_state *node = &input->cluster->nodes[i];

        if (!node->is_online && !node->is_remote && !node->is_ping) {
            g_ptr_array_add(missing, (gpointer) (guintptr) node->name);
        }
    }
    names = cox_names_join(missing);
    if (!has_quorum) {
        add(findings, COX_VERDICT_PROBLEM, "cluster",
            g_strdup_printf("this partition has no quorum (no-quorum-policy is %s): %s%s%s", input->cluster->no_quorum_policy,
                            policy_effect(input->cluster->no_quorum_policy), (missing->len > 0) ? "; missing: " : "", names),
            g_strdup("bring the missing nodes back, or look at the network between them (corosync-quorumtool)"));
    }
}

static void
check_modes(struct findings *findings)
{
    const struct cox_verdict_input *input = findings->input;

    if (input->cluster->maintenance_mode) {
        add(findings, COX_VERDICT_NOTE, "cluster", g_strdup("maintenance mode: nothing is started, stopped or watched"),
            g_strdup("crm_attribute --name maintenance-mode --delete"));
    }
    if (input->cluster->stop_all) {
        add(findings, COX_VERDICT_NOTE, "cluster", g_strdup("stop-all-resources is set: everything is stopped"),
            g_strdup("crm_attribute --name stop-all-resources --delete"));
    }
    if (input->is_live && input->has_controller && input->coordinator == NULL) {
        add(findings, COX_VERDICT_PROBLEM, "cluster", g_strdup("no node leads: nothing is started or recovered until one is elected"), NULL);
    }
    if (input->waiting_for != NULL && *input->waiting_for != '\0') {
        add(findings, COX_VERDICT_NOTE, "cluster", g_strdup_printf("is waiting for %s", input->waiting_for), NULL);
    }
}

static void
check_versions(struct findings *findings)
{
    const struct cox_cluster *cluster = findings->input->cluster;
    g_autoptr(GString) text = g_string_new("nodes have different feature sets");
    const char *separator = ": ";

    if (!cox_node_view_is_mixed(cluster)) {
        return;
    }
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        const char *features = cox_node_view_features(&cluster->nodes[i]);

        if (features != NULL) {
            g_string_append_printf(text, "%s%s %s", separator, cluster->nodes[i].name, features);
            separator = ", ";
        }
    }
    add(findings, COX_VERDICT_NOTE, "cluster", g_strdup(text->str), g_strdup("update the others to the newest version, one after the other"));
}

/* ---- daemons ---- */

/* What all daemons have in common (the cluster layer) is told once, by the first that says it. */
static bool
is_said(const struct cox_verdict_input *input, size_t before, const char *complaint)
{
    for (size_t i = 0; i < before; i++) {
        for (size_t k = 0; k < input->daemons[i].n_complaints; k++) {
            if (strcmp(input->daemons[i].complaints[k], complaint) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void
check_daemons(struct findings *findings)
{
    for (size_t i = 0; i < findings->input->n_daemons; i++) {
        const struct cox_verdict_daemon *daemon = &findings->input->daemons[i];

        if (!daemon->is_running) {
            add(findings, COX_VERDICT_PROBLEM, daemon->name,
                g_strdup_printf("does not answer%s%s", (daemon->problem != NULL) ? ": " : "",
                                (daemon->problem != NULL) ? daemon->problem : ""),
                g_strdup("systemctl status pacemaker; the log of this daemon says why"));
        }
        for (size_t k = 0; k < daemon->n_complaints; k++) {
            if (!is_said(findings->input, i, daemon->complaints[k])) {
                add(findings, COX_VERDICT_WARNING, daemon->name, g_strdup(daemon->complaints[k]), NULL);
            }
        }
        if (daemon->restarts > 0) {
            add(findings, COX_VERDICT_NOTE, daemon->name,
                g_strdup_printf("had to be started anew %" G_GUINT64_FORMAT " time%s", daemon->restarts, (daemon->restarts == 1) ? "" : "s"),
                NULL);
        }
    }
}

/* ---- nodes ---- */

static void
check_node(struct findings *findings, const struct cox_node_state *node)
{
    const struct cox_cluster *cluster = findings->input->cluster;

    if (node->is_unclean && !cluster->fencing_enabled) {
        add(findings, COX_VERDICT_PROBLEM, node->name,
            g_strdup("its state is not known, and fencing is disabled: what ran there may run twice"), NULL);
    } else if (node->is_unclean) {
        add(findings, COX_VERDICT_PROBLEM, node->name,
            g_strdup_printf("%s and not fenced yet: what ran there is not started elsewhere before that is proven%s",
                            node->is_online ? "failed to stop a resource" : "lost",
                            cox_verdict_has_device(cluster) ? "" : ", and there is no fencing device"),
            g_strdup_printf("when you know that it is off: stonith_admin --confirm %s", node->name));
    } else if (!node->is_online && node->is_pending) {
        add(findings, COX_VERDICT_WARNING, node->name, g_strdup("is joining"), NULL);
    } else if (!node->is_online && !node->is_guest) {
        add(findings, COX_VERDICT_WARNING, node->name, g_strdup("is offline"), NULL);
    } else if (node->is_online && node->is_standby) {
        add(findings, COX_VERDICT_NOTE, node->name, g_strdup("is in standby: it runs nothing"),
            g_strdup_printf("crm_standby --node %s --delete", node->name));
    } else if (node->is_online && node->is_maintenance) {
        add(findings, COX_VERDICT_NOTE, node->name, g_strdup("is in maintenance: what runs there is left alone"), NULL);
    }
    if (node->is_online && node->health < 0) {
        add(findings, COX_VERDICT_WARNING, node->name, g_strdup("is not healthy (red): see its #health attributes"), NULL);
    }
}

/* ---- resources ---- */

/* An agent that is missing where the resource need not run is no failure. */
static bool
is_missing_agent(const struct cox_op_history *op)
{
    return op->interval_ms == 0 && g_strcmp0(op->operation, "monitor") == 0 && op->rc == 5;
}

static const struct cox_failure *
failure_of(const struct cox_cluster *cluster, const struct cox_rsc_state *rsc)
{
    for (size_t i = cluster->n_failures; i > 0; i--) {
        const struct cox_failure *failure = &cluster->failures[i - 1];

        if (is_missing_agent(failure->op) && rsc->n_running_on > 0) {
            continue;
        }
        if (g_strcmp0(failure->rsc_id, rsc->id) == 0 || g_strcmp0(failure->rsc_id, rsc->short_id) == 0) {
            return failure;
        }
    }
    return NULL;
}

static char *
ago(cox_wall now, gint64 then_s)
{
    gint64 seconds = cox_wall_seconds(now) - then_s;

    if (then_s <= 0 || seconds < 0) {
        return g_strdup("");
    }
    if (seconds < 120) {
        return g_strdup_printf(", %" G_GINT64_FORMAT " seconds ago", seconds);
    }
    if (seconds < 2 * 3600) {
        return g_strdup_printf(", %" G_GINT64_FORMAT " minutes ago", seconds / 60);
    }
    if (seconds < 2 * 86400) {
        return g_strdup_printf(", %" G_GINT64_FORMAT " hours ago", seconds / 3600);
    }
    return g_strdup_printf(", %" G_GINT64_FORMAT " days ago", seconds / 86400);
}

/* "start failed on n1: no such file (Not installed), 3 minutes ago" */
static char *
failure_text(const struct cox_verdict_input *input, const struct cox_failure *failure)
{
    const struct cox_op_history *op = failure->op;
    const char *what = (op->status == COX_OP_STATUS_DONE) ? cox_names_result(op->rc) : cox_names_status(op->status);
    bool has_reason = op->exit_reason != NULL && *op->exit_reason != '\0';
    g_autofree char *when = ago(input->now, op->last_rc_change_s);

    return g_strdup_printf("%s failed on %s: %s%s%s%s%s", op->operation, input->cluster->nodes[failure->node].name,
                           has_reason ? op->exit_reason : what, has_reason ? " (" : "", has_reason ? what : "", has_reason ? ")" : "", when);
}

static bool
is_target_stopped(const struct cox_cluster *cluster, guint32 rsc)
{
    while (rsc != COX_RSC_NONE) {
        if (cluster->rscs[rsc].target_role == COX_ROLE_STOPPED) {
            return true;
        }
        rsc = cluster->rscs[rsc].parent;
    }
    return false;
}

/* Is there a reason, told already, why nothing at all is started? */
static bool
starts_nothing(const struct cox_verdict_input *input)
{
    const struct cox_cluster *cluster = input->cluster;
    bool has_quorum = input->has_controller ? input->has_quorum : cluster->has_quorum;

    return cluster->maintenance_mode || cluster->stop_all || (cluster->fencing_enabled && !cox_verdict_has_device(cluster))
           || (!has_quorum && g_strcmp0(cluster->no_quorum_policy, "ignore") != 0);
}

/* Instances that a clone could have and does not need are no news. */
static bool
should_run(const struct cox_cluster *cluster, guint32 rsc)
{
    guint32 parent = cluster->rscs[rsc].parent;

    while (parent != COX_RSC_NONE) {
        if (cluster->rscs[parent].variant == COX_CLONE || cluster->rscs[parent].variant == COX_BUNDLE) {
            return false;
        }
        parent = cluster->rscs[parent].parent;
    }
    return !cluster->rscs[rsc].is_implicit;
}

/* The constraint that keeps the outermost resource around @rsc off a node for good, or NULL. */
static const struct cox_location *
ban_of(const struct cox_verdict_input *input, const struct cox_rsc_state *rsc, const char *node)
{
    const struct cox_config *config = input->config;

    for (size_t i = 0; i < config->n_locations; i++) {
        const struct cox_location *location = &config->locations[i];

        if (location->node == NULL || strcmp(location->node, node) != 0 || !location->has_score
            || location->score > -COX_SCORE_INFINITY || location->role == COX_ROLE_PROMOTED) {
            continue;
        }
        for (size_t k = 0; k < location->n_rscs; k++) {
            cox_rsc_id inner = (cox_rsc_id) (rsc->def - config->resources);

            for (; inner != COX_RSC_NONE; inner = config->resources[inner].parent) {
                if (inner == location->rscs[k]) {
                    return location;
                }
            }
        }
    }
    return NULL;
}

/* "it is kept off n1 by cli-ban-r-on-n1, and off n2 by x", when no node is left that it could run on; else NULL.  Caller frees. */
static char *
bans_text(const struct cox_verdict_input *input, const struct cox_rsc_state *rsc)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < input->cluster->n_nodes && rsc->def != NULL; i++) {
        const struct cox_node_state *node = &input->cluster->nodes[i];
        const struct cox_location *ban = NULL;

        if (!node->is_online || node->is_standby || node->is_ping || node->is_guest) {
            continue;
        }
        ban = ban_of(input, rsc, node->name);
        if (ban == NULL) {
            return NULL;
        }
        g_string_append_printf(text, "%s %s by %s", (text->len > 0) ? ", and off" : "it is kept off", node->name, ban->id);
    }
    return (text->len == 0) ? NULL : g_string_free(g_steal_pointer(&text), FALSE);
}

/* Why the scheduler does not run it, or that it is about to; NULL when nobody asked it.  Caller frees. */
static char *
reason_text(const struct cox_verdict_input *input, const struct cox_rsc_state *rsc)
{
    const struct cox_rsc_explanation *reasons
        = (input->plan != NULL) ? cox_explanation_find(input->plan->explanation, rsc->id) : NULL;

    if (reasons == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < reasons->n_actions; i++) {
        if (strcmp(reasons->actions[i].task, "start") == 0) {
            return reasons->actions[i].is_blocked ? cox_explain_words_action(&reasons->actions[i])
                                                  : g_strdup_printf("it is about to be started on %s", reasons->actions[i].node);
        }
    }
    return (reasons->node == COX_NODE_NONE) ? cox_explain_words_choice(input->plan, reasons) : NULL;
}

/* A resource that does not run and has not failed. */
static void
add_stopped(struct findings *findings, const struct cox_rsc_state *rsc)
{
    g_autofree char *bans = bans_text(findings->input, rsc);
    g_autofree char *reason = (bans == NULL) ? reason_text(findings->input, rsc) : NULL;
    const char *why = (bans != NULL) ? bans : reason;
    char *remedy = NULL;

    if (bans != NULL && strstr(bans, " by cli-") != NULL) {
        remedy = g_strdup_printf("crm_resource --clear --resource %s", rsc->short_id);
    } else if (reason != NULL) {
        remedy = g_strdup_printf("cox explain %s", rsc->short_id);
    } else {
        remedy = g_strdup_printf("crm_resource --constraints --resource %s", rsc->short_id);
    }
    add(findings, COX_VERDICT_PROBLEM, rsc->id, (why != NULL) ? g_strdup_printf("is stopped: %s", why) : g_strdup("is stopped"), remedy);
}

static void
check_rsc(struct findings *findings, guint32 index)
{
    const struct cox_verdict_input *input = findings->input;
    const struct cox_cluster *cluster = input->cluster;
    const struct cox_rsc_state *rsc = &cluster->rscs[index];
    const struct cox_failure *failure = failure_of(cluster, rsc);
    bool is_stopped = !cox_rsc_view_active(cluster, index, false) && !rsc->is_orphan;
    g_autofree char *why = (failure != NULL) ? failure_text(input, failure) : NULL;

    if (rsc->is_blocked) {
        add(findings, COX_VERDICT_PROBLEM, rsc->id,
            g_strdup_printf("is blocked: nothing is done with it until somebody looks at it%s%s", (why != NULL) ? "; " : "",
                            (why != NULL) ? why : ""),
            g_strdup_printf("repair what is wrong, then crm_resource --cleanup --resource %s", rsc->short_id));
    } else if (is_stopped && is_target_stopped(cluster, index)) {
        if (should_run(cluster, index)) {
            add(findings, COX_VERDICT_NOTE, rsc->id, g_strdup("is stopped because the configuration says so (target-role)"), NULL);
        }
    } else if (is_stopped && why == NULL && starts_nothing(input)) {
        return;
    } else if (is_stopped && should_run(cluster, index) && rsc->pending_task == NULL) {
        if (why == NULL) {
            add_stopped(findings, rsc);
        } else {
            add(findings, COX_VERDICT_PROBLEM, rsc->id, g_strdup_printf("is stopped: %s", why),
                g_strdup_printf("repair what is wrong, then crm_resource --cleanup --resource %s", rsc->short_id));
        }
    } else if (rsc->is_failed || (why != NULL && !is_missing_agent(failure->op))) {
        add(findings, rsc->is_failed ? COX_VERDICT_PROBLEM : COX_VERDICT_WARNING, rsc->id,
            (why != NULL) ? g_strdup(why) : g_strdup("has failed"),
            g_strdup_printf("when you have seen to it: crm_resource --cleanup --resource %s", rsc->short_id));
    }
    if (rsc->is_orphan && !is_stopped && rsc->n_running_on > 0) {
        add(findings, COX_VERDICT_WARNING, rsc->id, g_strdup("still runs although it is not configured any more"), NULL);
    }
    if (rsc->n_running_on > 1) {
        add(findings, COX_VERDICT_PROBLEM, rsc->id, g_strdup_printf("runs on %zu nodes at once", rsc->n_running_on), NULL);
    }
    if (!rsc->is_managed && !cluster->maintenance_mode && should_run(cluster, index)) {
        add(findings, COX_VERDICT_NOTE, rsc->id, g_strdup("is not managed: the cluster leaves it alone"), NULL);
    }
}

/* ---- all of it ---- */

GPtrArray *
cox_verdict_find(const struct cox_verdict_input *input)
{
    struct findings findings = { input, g_ptr_array_new_with_free_func(verdict_free) };
    GPtrArray *sorted = NULL;

    check_daemons(&findings);
    check_quorum(&findings);
    check_fencing(&findings);
    check_watchdogs(&findings);
    check_duel(&findings);
    check_modes(&findings);
    check_versions(&findings);
    for (size_t i = 0; i < input->cluster->n_nodes; i++) {
        if (!input->cluster->nodes[i].is_ping) {
            check_node(&findings, &input->cluster->nodes[i]);
        }
    }
    for (guint32 i = 0; i < input->cluster->n_rscs; i++) {
        if (input->cluster->rscs[i].variant == COX_PRIMITIVE) {
            check_rsc(&findings, i);
        }
    }
    /* Equal ones stay in the order in which they were found: what they depend on comes first. */
    sorted = g_ptr_array_new_with_free_func(verdict_free);
    for (int weight = COX_VERDICT_PROBLEM; weight >= COX_VERDICT_NOTE; weight--) {
        for (guint i = 0; i < findings.list->len; i++) {
            struct cox_verdict *verdict = findings.list->pdata[i];

            if ((int) verdict->weight == weight) {
                g_ptr_array_add(sorted, verdict);
            }
        }
    }
    g_ptr_array_set_free_func(findings.list, NULL);
    g_ptr_array_unref(findings.list);
    return sorted;
}
