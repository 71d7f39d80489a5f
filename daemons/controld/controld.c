/* daemons/controld/controld.c - the daemon: what it answers, beginning and end.  Layer 6. */
#include "config.h"

#include "daemons/controld/chronicle.h"

#include <unistd.h>

#include "daemons/controld/wishes.h"
#include "runtime/environment.h"
#include "service/bootmark.h"
#include "view/option_view.h"

static bool
start(struct cox_ctx *ctx, GError **error)
{
    struct controld *controld = g_new0(struct controld, 1);
    const struct controld_neighbours_setup setup = { cox_service_runtime(ctx),  cox_service_run_directory(ctx),
                                                     controld_duty_on_result,   controld_realm_on_fencing,
                                                     controld_duty_on_exec,     controld_leave_on_attr,
                                                     controld };

    g_autoptr(GError) problem = NULL;

    (void) error;
    controld->ctx = ctx;
    controld->runtime = cox_service_runtime(ctx);
    controld->log = cox_service_log(ctx);
    controld->uuid = g_uuid_string_random();
    controld->incarnation = (guint64) cox_runtime_wall(controld->runtime).usec;
    controld->barred = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    controld->view = g_array_new(FALSE, FALSE, sizeof(guint32));
    controld->members = g_array_new(FALSE, FALSE, sizeof(guint32));
    cox_service_set_data(ctx, controld);
    if (!cox_bootmark_get(cox_service_run_directory(ctx), &controld->life, &problem)) { /* then proofs of fencing count less easily */
        cox_log_line(controld->log, COX_LOG_NOTICE, "%s", problem->message);
    }
    controld->cores = (guint) MAX(sysconf(_SC_NPROCESSORS_ONLN), 0);
    if (cox_environment_setting("node_action_limit") != NULL) {
        controld->action_limit = (guint) CLAMP(g_ascii_strtoll(cox_environment_setting("node_action_limit"), NULL, 10), 0, COX_REIGN_MOST_ACTIONS);
    }
    controld_chronicle_start(controld);
    controld->told_limit = cox_reign_action_limit(controld->action_limit, 0, controld->cores);
    controld_neighbours_connect(&controld->neighbours, &setup);
    controld_handlers_start(controld);
    controld_duty_start(controld);
    controld_wishes_start(controld);
    controld_papers_start(controld);
    return true;
}

static void
destroy(struct cox_ctx *ctx)
{
    struct controld *controld = cox_service_data(ctx);

    if (controld == NULL) {
        return;
    }
    cox_runtime_cancel(controld->runtime, controld->election_timer);
    cox_runtime_cancel(controld->runtime, controld->reign_timer);
    cox_runtime_cancel(controld->runtime, controld->errand_timer);
    controld_papers_stop(controld);
    controld_neighbours_clear(&controld->neighbours);
    controld_duty_stop(controld);
    controld_wishes_stop(controld);
    controld_realm_stop(controld);
    controld_handlers_stop(controld);
    controld_chronicle_stop(controld);
    cox_election_free(controld->election);
    g_hash_table_unref(controld->barred);
    g_array_unref(controld->view);
    g_array_unref(controld->members);
    g_free(controld->uuid);
    g_free(controld);
}

static void
health(struct cox_ctx *ctx)
{
    const struct controld *controld = cox_service_data(ctx);
    const char *waits_for = controld->reign == NULL ? NULL : cox_reign_waits_for(controld->reign);

    cox_service_add_stat(ctx, "transition", (gint64) controld->transition);
    cox_service_add_stat(ctx, "members", controld->view->len);
    cox_service_add_stat(ctx, "results-recorded", controld->recorded);
    if (controld->election == NULL || cox_election_term(controld->election).coordinator == 0) {
        cox_service_add_complaint(ctx, "there is no coordinator");
    }
    if (!cox_follow_is_current(controld->follow)) {
        cox_service_add_complaint(ctx, "the document does not come: cox-cibd is away");
    }
    if (waits_for != NULL) {
        cox_service_add_complaint(ctx, "waiting for %s", waits_for);
    }
}

static const struct cox_op ops[] = {
    { COX_MSG_CONTROL_QUERY, controld_on_query, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_CONTROL_REFRESH, controld_on_refresh, COX_FROM_LOCAL | COX_FROM_PEER, COX_ROLE_WRITE },
    { COX_MSG_CONTROL_FAIL, controld_on_fail, COX_FROM_LOCAL | COX_FROM_PEER, COX_ROLE_WRITE },
    { COX_MSG_CONTROL_LEAVE, controld_on_leave, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_CONTROL_REMOVE_NODE, controld_on_remove_node, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_CONTROL_ELECTION, controld_crew_on_message, COX_FROM_PEER, COX_ROLE_ADMIN },
    { COX_MSG_CONTROL_ORDER, controld_duty_on_order, COX_FROM_PEER, COX_ROLE_ADMIN },
    { COX_MSG_CONTROL_RESULT, controld_realm_on_result, COX_FROM_PEER, COX_ROLE_ADMIN },
    { COX_MSG_CONTROL_RECORDED, controld_realm_on_recorded, COX_FROM_PEER, COX_ROLE_ADMIN },
    { COX_MSG_CONTROL_TOLD, controld_chronicle_on_told, COX_FROM_PEER, COX_ROLE_ADMIN },
    { COX_MSG_CONTROL_TIMELINE_QUERY, controld_chronicle_on_query, COX_FROM_LOCAL | COX_FROM_PEER, COX_ROLE_READ },
    { COX_MSG_CONTROL_TIMELINE, controld_chronicle_on_answer, COX_FROM_PEER, COX_ROLE_ADMIN },
};
static const char *const topics[] = { CONTROLD_CHRONICLE_TOPIC, "transitions", NULL };

static char *
metadata(void)
{
    return cox_option_view_metadata(cox_option_list_find("pacemaker-controld"), PACKAGE_VERSION);
}

const struct cox_service controld_service = {
    .daemon = COX_DAEMON_CONTROL,
    .watches_supervisor = true,
    .needs = COX_NEED_CLUSTER,
    .ops = ops,
    .n_ops = G_N_ELEMENTS(ops),
    .topics = topics,
    .subscribed = controld_chronicle_subscribed,
    .start = start,
    .destroy = destroy,
    .health = health,
    .view = controld_crew_view,
    .nodes_lost = controld_crew_lost,
    .nodes = controld_crew_nodes,
    .metadata = metadata,
};
