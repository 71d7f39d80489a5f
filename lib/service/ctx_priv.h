/* lib/service/ctx_priv.h - a running daemon from the inside.  Layer 5. */
#ifndef COX_SERVICE_CTX_PRIV_H
#define COX_SERVICE_CTX_PRIV_H

#include "runtime/spare.h"
#include "service/group.h"
#include "service/grumble.h"
#include "service/overseer.h"
#include "service/server.h"
#include "service/service.h"
#include "service/tickets.h"

enum cox_ctx_state { COX_CTX_STARTING = 0, COX_CTX_RUNNING, COX_CTX_STOPPING };

/* Takes what would go to clients where there is no socket. */
struct cox_ctx_tap {
    void (*answer)(void *context, guint32 id, GBytes *frame, struct cox_source *source); /* takes what is in @source; NULL: none */
    void (*receive)(void *context, guint32 id, const struct cox_sink *sink);
    void (*publish)(void *context, const char *topic, enum cox_message message, GBytes *payload, GBytes *large);
    void *context;
};

struct cox_ctx {
    const struct cox_service *service;
    struct cox_runtime *runtime;
    struct cox_log *log;
    struct cox_server *server;
    const struct cox_ctx_tap *tap; /* NULL: there is a server */
    struct cox_tickets *tickets;
    struct cox_group *group; /* NULL: none */
    char *group_name;
    struct cox_limits limits;
    const char *run_directory;
    const char *config; /* of --config; NULL: none */
    const char *config_id; /* of --config-id; NULL: none */
    void *data;
    enum cox_ctx_state state;
    bool has_stopped, keeps_user;
    int exit_status;
    cox_usec started;
    struct cox_overseer *overseer;
    struct cox_spare spare;
    guint64 boot;
    struct cox_grumble *peer_failures; /* messages of members that failed */
    guint64 n_requests, n_failed, n_events, n_from_peers;
    GArray *stats;       /* struct cox_msg_stat, while a health request is answered */
    GPtrArray *complaints;
};

/* An answer on its way from a handler to the client. */
struct cox_reply {
    struct cox_ctx *ctx;
    const struct cox_request *request;
    GBytes *frame;
    GError *error; /* it could not be encoded */
    struct cox_source source;
    cox_ticket ticket;
    bool is_deferred;
};

/* A context without socket; the rest is borrowed. */
struct cox_ctx *cox_ctx_new(const struct cox_service *service, struct cox_runtime *runtime, struct cox_log *log,
                            const char *run_directory);

/* Open the socket. */
bool cox_ctx_listen(struct cox_ctx *ctx, GError **error);

/* A request of a client, from its frame to its answer; who asks is in @request. */
void cox_ctx_serve(struct cox_ctx *ctx, struct cox_request *request, const struct cox_frame *frame);

/* A client has gone. */
void cox_ctx_client_gone(struct cox_ctx *ctx, guint64 client);

/* Give a request to its handler after the checks that all have in common. */
bool cox_ctx_handle(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/* Name of the service's group, or NULL; caller frees. */
char *cox_ctx_group_name(const struct cox_service *service);

/* Begin to join the service's group (it must have one); @join as in group.h. */
void cox_ctx_join(struct cox_ctx *ctx, cox_group_join_fn join, void *join_context);

/* Leave it, if there is one; before cox_ctx_free(). */
void cox_ctx_leave(struct cox_ctx *ctx);

void cox_ctx_free(struct cox_ctx *ctx);

#endif
