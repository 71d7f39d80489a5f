/* daemons/cibd/main.c - the daemon that keeps configuration and status equal on all nodes.  Layer 6. */
#include "config.h"

#include "daemons/cibd/cibd.h"
#include "view/option_view.h"

static bool
start(struct cox_ctx *ctx, GError **error)
{
    struct cibd *cibd = cibd_new(ctx);

    cox_service_set_data(ctx, cibd);
    return cibd_files_open(cibd, error);
}

static void
stop(struct cox_ctx *ctx)
{
    cibd_files_finish(cox_service_data(ctx));
}

static void
destroy(struct cox_ctx *ctx)
{
    cibd_free(cox_service_data(ctx));
}

static const char *const topics[] = { COX_CIBFLAG_TOPIC, COX_CIBFLAG_NEWS, NULL };

static char *
metadata(void)
{
    return cox_option_view_metadata(cox_option_list_find("pacemaker-based"), PACKAGE_VERSION);
}

int
main(int argc, char **argv)
{
    const struct cox_service cibd = {
        .daemon = COX_DAEMON_CIB,
        .needs = COX_NEED_CLUSTER,
        .ops = cibd_ops,
        .n_ops = cibd_n_ops,
        .topics = topics,
        .start = start,
        .stop = stop,
        .destroy = destroy,
        .view = cibd_view,
        .quorum = cibd_quorum,
        .delivered = cibd_delivered,
        .subscribed = cibd_subscribed,
        .health = cibd_health,
        .metadata = metadata,
    };

    return cox_service_main(&cibd, argc, argv);
}
