/* lib/service/ctx_group.c - between a daemon's handlers and its group.  Layer 5. */
#include "service/service.h"

#include "base/error.h"
#include "proto/marshal.h"
#include "service/ctx_priv.h"

static void
on_view(void *context, const guint32 *nodes, gsize n_nodes)
{
    struct cox_ctx *ctx = context;

    cox_log_line(ctx->log, COX_LOG_INFO, "members of the group changed n=%" G_GSIZE_FORMAT, n_nodes);
    if (ctx->service->view != NULL) {
        ctx->service->view(ctx, nodes, n_nodes);
    }
}

static void
on_lost(void *context, const guint32 *nodes, gsize n_nodes)
{
    struct cox_ctx *ctx = context;

    if (ctx->service->nodes_lost != NULL) {
        ctx->service->nodes_lost(ctx, nodes, n_nodes);
    }
}

static void
on_nodes(void *context, const guint32 *nodes, gsize n_nodes)
{
    struct cox_ctx *ctx = context;

    if (ctx->service->nodes != NULL) {
        ctx->service->nodes(ctx, nodes, n_nodes);
    }
}

static void
on_quorum(void *context, const struct cox_peers_quorum *quorum)
{
    struct cox_ctx *ctx = context;

    if (ctx->service->quorum != NULL) {
        ctx->service->quorum(ctx, quorum);
    }
}

/* Peers are answered by messages of their own: what a handler puts into the reply goes nowhere. */
static void
on_message(void *context, guint32 node, unsigned int message, const guint8 *payload, gsize size)
{
    struct cox_ctx *ctx = context;
    const struct cox_schema *schema = cox_messages_schema(message);
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    struct cox_request request = {
        .message = (enum cox_message) message, .origin = COX_FROM_PEER, .role = COX_ROLE_ADMIN, .program = "peer", .node = node,
    };
    struct cox_reply reply = { .ctx = ctx, .request = &request };
    guint64 more = 0;

    ctx->n_from_peers++;
    if (schema == NULL) {
        g_set_error(&error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "message '%u': unknown here; update this node", message);
    } else {
        request.body = cox_unmarshal(schema, payload, size, arena, &error);
        if (request.body != NULL) {
            (void) cox_ctx_handle(ctx, &request, &reply, &error);
        }
    }
    if (error != NULL) {
        ctx->n_failed++;
        if (cox_grumble_is_due(ctx->peer_failures, schema == NULL ? G_MAXUINT : message, node, cox_runtime_now(ctx->runtime), &more)) {
            cox_log_line(ctx->log, COX_LOG_INFO, "message of a member failed message=%s node=%u error=\"%s\" left_out=%" G_GUINT64_FORMAT,
                         schema == NULL ? "?" : schema->name, (unsigned int) node, error->message, more);
        }
    }
    g_clear_pointer(&reply.frame, g_bytes_unref);
    g_clear_error(&reply.error);
    cox_source_clear(&reply.source);
}

static void
on_bytes(void *context, guint32 node, GBytes *bytes)
{
    struct cox_ctx *ctx = context;

    ctx->n_from_peers++;
    ctx->service->delivered(ctx, node, bytes);
}

static const struct cox_group_handlers group_handlers = { on_view, on_lost, on_nodes, on_quorum, on_message, NULL };
static const struct cox_group_handlers bytes_handlers = { on_view, on_lost, on_nodes, on_quorum, on_message, on_bytes };

char *
cox_ctx_group_name(const struct cox_service *service)
{
    if (service->group != NULL) {
        return g_strdup(service->group);
    }
    return (service->needs & COX_NEED_CLUSTER) != 0 ? g_strconcat("cox-", cox_daemon_row(service->daemon)->socket, NULL) : NULL;
}

void
cox_ctx_join(struct cox_ctx *ctx, cox_group_join_fn join, void *join_context)
{
    struct cox_group_setup setup = {
        .runtime = ctx->runtime, .log = ctx->log, .join = join, .join_context = join_context, .context = ctx,
        .handlers = ctx->service->delivered == NULL ? &group_handlers : &bytes_handlers,
    };

    ctx->group_name = cox_ctx_group_name(ctx->service);
    COX_BUG_ON(ctx->group_name == NULL);
    setup.name = ctx->group_name;
    ctx->group = cox_group_new(&setup);
}

void
cox_ctx_leave(struct cox_ctx *ctx)
{
    g_clear_pointer(&ctx->group, cox_group_free);
}

bool
cox_service_send(struct cox_ctx *ctx, enum cox_message message, const void *body)
{
    return ctx->group != NULL && cox_group_send(ctx->group, message, body);
}

bool
cox_service_send_bytes(struct cox_ctx *ctx, GBytes *bytes)
{
    return ctx->group != NULL && cox_group_send_bytes(ctx->group, bytes);
}

gsize
cox_service_waiting_bytes(const struct cox_ctx *ctx)
{
    return ctx->group == NULL ? 0 : cox_group_waiting_bytes(ctx->group);
}

guint32
cox_service_self(const struct cox_ctx *ctx)
{
    return ctx->group == NULL ? 0 : cox_group_self(ctx->group);
}

char *
cox_service_cluster_name(const struct cox_ctx *ctx)
{
    return ctx->group == NULL ? NULL : cox_group_cluster_name(ctx->group);
}

const char *
cox_service_node_name(const struct cox_ctx *ctx, guint32 node)
{
    return ctx->group == NULL ? NULL : cox_group_node_name(ctx->group, node);
}
