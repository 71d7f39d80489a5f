/* lib/service/ctx_priv.h - a running daemon from the inside.  Layer 5. */
#ifndef COX_SERVICE_CTX_PRIV_H
#define COX_SERVICE_CTX_PRIV_H

#include "service/server.h"
#include "service/service.h"
#include "service/tickets.h"

enum cox_ctx_state { COX_CTX_STARTING = 0, COX_CTX_RUNNING, COX_CTX_STOPPING };

struct cox_ctx {
    const struct cox_service *service;
    struct cox_runtime *runtime;
    struct cox_log *log;
    struct cox_server *server;
    struct cox_tickets *tickets;
    struct cox_limits limits;
    const char *run_directory;
    void *data;
    enum cox_ctx_state state;
    bool has_stopped;
    int exit_status;
    cox_usec started;
    guint64 boot;
    guint64 n_requests, n_failed, n_events;
    GArray *stats;       /* struct cox_msg_stat, while a health request is answered */
    GPtrArray *complaints;
};

/* A context without socket; the rest is borrowed. */
struct cox_ctx *cox_ctx_new(const struct cox_service *service, struct cox_runtime *runtime, struct cox_log *log,
                            const char *run_directory);

/* Open the socket. */
bool cox_ctx_listen(struct cox_ctx *ctx, GError **error);

void cox_ctx_free(struct cox_ctx *ctx);

#endif
