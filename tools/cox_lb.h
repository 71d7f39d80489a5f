/* tools/cox_lb.h - verbs of cox about virtual routers and virtual servers, and what the daemon of virtual servers of this node says.  Layer 6. */
#ifndef COX_TOOLS_COX_LB_H
#define COX_TOOLS_COX_LB_H

#include "proto/messages.h"
#include "runtime/runtime.h"
#include "tools/cox_priv.h"

/** One virtual server with all its servers, in how many answers they ever came. */
struct cox_lb_service {
    const struct cox_msg_lb_service *head;
    GPtrArray *servers; /**< const struct cox_msg_lb_server */
};

struct cox_lb_found {
    GPtrArray *arenas;   /**< of the answers */
    GPtrArray *services; /**< struct cox_lb_service */
};

void cox_lb_found_init(struct cox_lb_found *found);
void cox_lb_found_clear(struct cox_lb_found *found);

/** Ask for those of this node; @service NULL: all.  @runtime may be NULL.  COX_ERROR_NOT_FOUND when there is no such service. */
bool cox_lb_find(struct cox_runtime *runtime, const char *service, struct cox_lb_found *found, GError **error);

/** "10.0.0.1:80", "[2001:db8::1]:80" for a server; the caller frees. */
char *cox_lb_place(const struct cox_msg_lb_server *server);

/* Each carries out a verb and returns the exit status; @arguments are as many as the row of verbs.def says. */

/* cox_router.c */
int cox_verb_router_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_router_show(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_router_watch(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_router_promote(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_router_demote(struct cox_tool_ctx *ctx, char **arguments);

/* cox_lb.c */
int cox_verb_lb_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_show(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_stats(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_watch(struct cox_tool_ctx *ctx, char **arguments);

/* cox_lbchange.c */
int cox_verb_lb_service_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_service_remove(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_server_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_server_remove(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_weight(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_drain(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_undrain(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_enable(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_lb_disable(struct cox_tool_ctx *ctx, char **arguments);

#endif
