/* daemons/attrd/attrd.c - the daemon as a whole: what it is made of, its beginning and end, its health.  Layer 6. */
#include "daemons/attrd/attrd.h"

static bool
start(struct cox_ctx *ctx, GError **error)
{
    struct cox_attrd *attrd = g_new0(struct cox_attrd, 1);
    const struct cox_follow_settings settings = {
        .program = "cox-attrd", .run_directory = cox_service_run_directory(ctx), .later = COX_ATTRD_LATER, .is_slim = true,
        .changed = cox_attrd_on_document, .context = attrd,
    };

    (void) error;
    attrd->ctx = ctx;
    attrd->wire = cox_attrwire_new();
    attrd->members = g_array_new(FALSE, FALSE, sizeof(struct cox_attr_member));
    attrd->unknown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    attrd->waits = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    attrd->follow = cox_follow_new(cox_service_runtime(ctx), &settings);
    cox_attrd_access_start(attrd);
    attrd->alerts = cox_attrd_alerts_new(cox_service_runtime(ctx), cox_service_run_directory(ctx), NULL, NULL);
    cox_service_set_data(ctx, attrd);
    return true;
}

static void
destroy(struct cox_ctx *ctx)
{
    struct cox_attrd *attrd = cox_service_data(ctx);

    if (attrd == NULL) {
        return;
    }
    cox_attrd_fail_waits(attrd, "the daemon stops");
    cox_runtime_cancel(cox_service_runtime(ctx), attrd->timer);
    cox_attrd_access_stop(attrd);
    cox_attrd_alerts_free(attrd->alerts);
    cox_follow_free(attrd->follow);
    cox_attr_free(attrd->engine);
    cox_attrwire_free(attrd->wire);
    g_array_unref(attrd->members);
    g_hash_table_unref(attrd->unknown);
    g_hash_table_unref(attrd->waits);
    g_free(attrd);
    cox_service_set_data(ctx, NULL);
}

static void
health(struct cox_ctx *ctx)
{
    const struct cox_attrd *attrd = cox_service_data(ctx);

    cox_service_add_stat(ctx, "attributes", attrd->engine == NULL ? 0 : cox_attr_table(attrd->engine)->attributes->len);
    cox_service_add_stat(ctx, "members", attrd->members->len);
    cox_service_add_stat(ctx, "writer", attrd->engine == NULL ? 0 : cox_attr_writer(attrd->engine));
    cox_service_add_stat(ctx, "waiting", g_hash_table_size(attrd->waits));
    if (!attrd->is_connected) {
        cox_service_add_complaint(ctx, "no connection to the cluster layer");
    }
    if (!cox_follow_is_current(attrd->follow)) {
        cox_service_add_complaint(ctx, "no connection to the document: values are not written");
    }
}

static const struct cox_op ops[] = {
    { COX_MSG_ATTR_UPDATE, cox_attrd_on_update, COX_FROM_LOCAL, COX_ROLE_WRITE },
    { COX_MSG_ATTR_QUERY, cox_attrd_on_query, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_ATTR_PEER, cox_attrd_on_peer, COX_FROM_PEER, COX_ROLE_ADMIN },
};

static const char *const topics[] = { COX_ATTRD_TOPIC, NULL };

const struct cox_service cox_attrd_service = {
    .daemon = COX_DAEMON_ATTR,
    .group = "cox-attr",
    .ops = ops,
    .n_ops = G_N_ELEMENTS(ops),
    .topics = topics,
    .subscribed = cox_attrd_subscribed,
    .start = start,
    .destroy = destroy,
    .view = cox_attrd_view,
    .nodes_lost = cox_attrd_nodes_lost,
    .health = health,
};
