/* daemons/fenced/fenced.c - the daemon as a whole: what it is made of, its beginning and end, its health.  Layer 6. */
#include "config.h"

#include "daemons/fenced/fenced.h"

#include <errno.h>
#include <string.h>

#include "cib/patchscope.h"
#include "client/client.h"
#include "runtime/environment.h"
#include "service/bootmark.h"
#include "view/option_view.h"

/* Longer than corosync takes to miss a node with its default token (3 s, and as much again to agree): a node that is rightly off must not be
 * fenced twice.  Whoever has a shorter token may say so. */
enum { PATIENCE_MS = 10000 };

static gint64
patience_ms(void)
{
    const char *text = cox_environment_get("COX_FENCE_PATIENCE_MS");
    guint64 ms = 0;

    return text != NULL && g_ascii_string_to_unsigned(text, 10, 100, 600000, &ms, NULL) ? (gint64) ms : PATIENCE_MS;
}

static void
free_wait(gpointer data)
{
    struct cox_fenced_wait *wait = data;

    g_free(wait->target);
    g_free(wait);
}

static bool
start(struct cox_ctx *ctx, GError **error)
{
    struct cox_fenced *fenced = g_new0(struct cox_fenced, 1);
    const struct cox_follow_settings settings = { .program = "cox-fenced", .run_directory = cox_service_run_directory(ctx),
                                                  .later = COX_PATCHSCOPE_HISTORY | COX_PATCHSCOPE_HISTORY_GONE,
                                                  .is_slim = true, .changed = cox_fenced_on_document, .context = fenced };

    cox_service_set_data(ctx, fenced);
    fenced->ctx = ctx;
    fenced->members = g_array_new(FALSE, FALSE, sizeof(struct cox_fence_member));
    fenced->agents = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, cox_fenced_agent_free);
    fenced->registry = cox_fenced_registry_new();
    fenced->runs = g_ptr_array_new();
    fenced->waits = g_ptr_array_new_with_free_func(free_wait);
    fenced->patience_ms = patience_ms();
    fenced->paths.fence = cox_environment_get("COX_FENCE_DIRECTORY");
    if (!cox_bootmark_get(cox_service_run_directory(ctx), &fenced->incarnation, error)) {
        return false;
    }
    fenced->follow = cox_follow_new(cox_service_runtime(ctx), &settings);
    return true;
}

static void
destroy(struct cox_ctx *ctx)
{
    struct cox_fenced *fenced = cox_service_data(ctx);
    struct cox_runtime *runtime = cox_service_runtime(ctx);

    if (fenced == NULL) {
        return;
    }
    cox_fenced_fail_waits(fenced, "the daemon stops");
    cox_fenced_forget_runs(fenced);
    cox_runtime_cancel(runtime, fenced->timer);
    cox_runtime_cancel(runtime, fenced->telling);
    cox_runtime_cancel(runtime, fenced->rebuild_timer);
    cox_follow_free(fenced->follow);
    cox_client_free(fenced->supervisor);
    cox_fence_free(fenced->engine);
    cox_fencebuild_free(fenced->build);
    cox_fenced_registry_free(fenced->registry);
    g_array_unref(fenced->members);
    g_hash_table_unref(fenced->agents);
    g_ptr_array_unref(fenced->runs);
    g_ptr_array_unref(fenced->waits);
    g_free(fenced);
    cox_service_set_data(ctx, NULL);
}

static void
health(struct cox_ctx *ctx)
{
    const struct cox_fenced *fenced = cox_service_data(ctx);

    cox_service_add_stat(ctx, "devices", fenced->build == NULL ? 0 : (gint64) fenced->build->n_devices);
    cox_service_add_stat(ctx, "members", fenced->members->len);
    cox_service_add_stat(ctx, "operations", fenced->engine == NULL ? 0 : cox_fence_pending(fenced->engine));
    cox_service_add_stat(ctx, "agents", fenced->runs->len);
    cox_service_add_stat(ctx, "generation", (gint64) fenced->generation);
    if (!fenced->is_connected) {
        cox_service_add_complaint(ctx, "no connection to the cluster layer");
    } else if (!fenced->has_quorum) {
        cox_service_add_complaint(ctx, "no quorum: nobody is fenced from here");
    }
    if (fenced->build == NULL) {
        cox_service_add_complaint(ctx, "the configuration is not known: no device");
    }
    if (fenced->build != NULL && fenced->build->has_idle_watchdogs) {
        cox_service_add_complaint(ctx, "watchdogs fence nobody: with two_node each of the two nodes keeps quorum alone, and its watchdog does not strike");
    }
    for (size_t i = 0; fenced->build != NULL && i < fenced->build->n_unknown_agents; i++) {
        cox_service_add_complaint(ctx, "agent %s does not tell what it can do", fenced->build->unknown_agents[i]);
    }
}

static const struct cox_op ops[] = {
    { COX_MSG_FENCE_ASK, cox_fenced_on_ask, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_FENCE_CONFIRM, cox_fenced_on_confirm, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_FENCE_WITHDRAW, cox_fenced_on_withdraw, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_FENCE_HISTORY_QUERY, cox_fenced_on_history, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_FENCE_DEVICES_QUERY, cox_fenced_on_devices, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_FENCE_TRY, cox_fenced_on_try, COX_FROM_LOCAL, COX_ROLE_ADMIN },
    { COX_MSG_FENCE_REGISTER, cox_fenced_on_register, COX_FROM_LOCAL | COX_FROM_PEER, COX_ROLE_ADMIN },
    { COX_MSG_FENCE_TERM, cox_fenced_on_term, COX_FROM_LOCAL | COX_FROM_PEER, COX_ROLE_ADMIN },
    { COX_MSG_FENCE_PEER, cox_fenced_on_peer, COX_FROM_PEER, COX_ROLE_ADMIN },
    { COX_MSG_FENCE_FORGET, cox_fenced_on_forget, COX_FROM_PEER, COX_ROLE_ADMIN },
};

static const char *const topics[] = { COX_FENCED_TOPIC, NULL };

static char *
metadata(void)
{
    return cox_option_view_metadata(cox_option_list_find("pacemaker-fenced"), PACKAGE_VERSION);
}

const struct cox_service cox_fenced_service = {
    .daemon = COX_DAEMON_FENCE,
    .group = "cox-fence",
    .ops = ops,
    .n_ops = G_N_ELEMENTS(ops),
    .topics = topics,
    .start = start,
    .destroy = destroy,
    .view = cox_fenced_view,
    .subscribed = cox_fenced_subscribed,
    .nodes_lost = cox_fenced_nodes_lost,
    .quorum = cox_fenced_quorum,
    .health = health,
    .metadata = metadata,
};
