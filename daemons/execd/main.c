/* daemons/execd/main.c - cox-execd: runs the agents of this node.  Layer 6. */
#include "execd.h"

static const struct cox_op ops[] = {
    { COX_MSG_EXEC_ORDER, execd_on_order, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_FOLLOW, execd_on_follow, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_CANCEL, execd_on_cancel, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_WITHDRAW, execd_on_withdraw, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_LIMIT, execd_on_limit, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_FORGET, execd_on_forget, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_TERM, execd_on_term, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_TAKEN, execd_on_taken, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_ALERT, execd_on_alert, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_EXEC_INFLIGHT_QUERY, execd_on_inflight_query, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_EXEC_METADATA_QUERY, execd_on_metadata_query, COX_FROM_LOCAL, COX_ROLE_READ },
};

static const char *const topics[] = { EXECD_TOPIC_RESULTS, NULL };

static const struct cox_service execd = {
    .daemon = COX_DAEMON_EXEC,
    .watches_supervisor = true,
    .ops = ops,
    .n_ops = G_N_ELEMENTS(ops),
    .topics = topics,
    .start = execd_start,
    .stop = execd_stop,
    .destroy = execd_destroy,
    .subscribed = execd_on_subscribed,
    .health = execd_on_health,
};

int
main(int argc, char **argv)
{
    return cox_service_main(&execd, argc, argv);
}
