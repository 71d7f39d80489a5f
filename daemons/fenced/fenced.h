/* daemons/fenced/fenced.h - what the parts of this daemon share.  Layer 6. */
#ifndef COX_DAEMONS_FENCED_H
#define COX_DAEMONS_FENCED_H

#include <stdbool.h>
#include <glib.h>

#include "agents/agent_run.h"
#include "fence/fence.h"
#include "fence/fencebuild.h"
#include "follow/follow.h"
#include "service/service.h"

G_BEGIN_DECLS

/** Topic of operations that are over, and of nodes that must not be admitted. */
#define COX_FENCED_TOPIC "fencing"

/** Bytes of a reason that are kept: agents may be talkative. */
#define COX_FENCED_REASON_BYTES 200

struct cox_fenced {
    struct cox_ctx *ctx;
    struct cox_follow *follow;
    struct cox_client *supervisor; /**< coxd; NULL until it is needed */
    struct cox_fence *engine;      /**< NULL before the first membership */
    GArray *members;               /**< struct cox_fence_member; names are the skeleton's */
    bool is_connected, has_quorum, is_two_node;
    guint64 incarnation;           /**< of this boot */
    gint64 patience_ms;            /**< a fenced node that is a member for so long after that is alive */
    cox_source_id timer, telling;
    /* configuration */
    struct cox_fencebuild *build;  /**< NULL: none yet */
    bool is_dirty;                 /**< the document is another one */
    cox_source_id rebuild_timer;
    gint64 rebuild_took_ms;        /**< the last time */
    GHashTable *agents;            /**< type -> struct cox_fenced_agent */
    struct cox_fenced_registry *registry; /**< devices and levels that were added at run time */
    struct cox_agent_paths paths;
    /* work */
    GPtrArray *runs;               /**< struct cox_fenced_run */
    GPtrArray *waits;              /**< struct cox_fenced_wait */
    struct cox_fenced_wait *accepting; /**< whose request the engine names in this step */
    guint64 generation;            /**< of the coordinator whose orders count */
    guint32 coordinator;
    bool has_reacted;
};

/** A client that waits for the end of an operation, or for a confirmation to be known. */
struct cox_fenced_wait {
    cox_ticket ticket;
    struct cox_fence_id id;        /**< of the operation; serial 0: a confirmation */
    char *target;
};

/** The end of an agent. */
struct cox_fenced_end {
    int exit_status;               /**< negative: killed, or not started */
    const char *output;            /**< never NULL */
    char *reason;                  /**< what it complained about, without secrets, or NULL; borrowed */
    const GError *error;           /**< it was not started; else NULL */
    bool is_timed_out;
};

typedef void (*cox_fenced_end_fn)(struct cox_fenced *fenced, void *context, const struct cox_fenced_end *end);

/** What to run: a device, or an agent with no parameters for its meta-data.  Borrowed. */
struct cox_fenced_order {
    const struct cox_fencebuilt *device; /**< NULL: agent */
    const char *agent;
    const char *command;
    const char *target, *port;           /**< NULL: none */
    gint64 timeout_ms;
    guint64 number;                      /**< for cox_fenced_kill(); 0: not to be killed */
    cox_fenced_end_fn fn;                /**< called once, from the loop */
    void *context;
};

/* fenced_effects.c */

/** One step of the engine, and everything that it asks for.  The event's wall time is filled here. */
void cox_fenced_step(struct cox_fenced *fenced, struct cox_fence_event *event);

/** All who wait are told that nobody knows what has become of it. */
void cox_fenced_fail_waits(struct cox_fenced *fenced, const char *why);

/** A record as clients see it; texts are borrowed. */
struct cox_msg_fence_event cox_fenced_event(const struct cox_fenced *fenced, const struct cox_fence_record *record, struct cox_arena *arena);

/* fenced_runs.c */
void cox_fenced_run(struct cox_fenced *fenced, const struct cox_fenced_order *order);
void cox_fenced_kill(struct cox_fenced *fenced, guint64 number);
void cox_fenced_forget_runs(struct cox_fenced *fenced);

/* fenced_conf.c */
void cox_fenced_on_document(void *context, const struct cox_follow_news *news);

/** Let the engine have the devices and levels of the present document, if it does not have them. */
void cox_fenced_refresh(struct cox_fenced *fenced);

/** How long changes of the document are gathered before that is done, when nobody is in a hurry and it took so long the last time. */
gint64 cox_fenced_rebuild_wait_ms(gint64 last_took_ms);
void cox_fenced_agent_free(gpointer agent);

/** Has the agent told what it can do?  Ask it (@at_once: although it has failed not long ago); registry_on_agent() hears how it ended. */
bool cox_fenced_knows_agent(const struct cox_fenced *fenced, const char *type);
void cox_fenced_ask_agent(struct cox_fenced *fenced, const char *type, bool at_once);

/* fenced_registry.c */
struct cox_fenced_registry *cox_fenced_registry_new(void);
void cox_fenced_registry_free(struct cox_fenced_registry *registry);

/** What was added, for the next build; texts are the registry's or @arena's. */
void cox_fenced_registry_add_to(const struct cox_fenced_registry *registry, struct cox_fencebuild_input *input, struct cox_arena *arena);

/** An agent has said what it can do; @failure: why it has not, or NULL. */
void cox_fenced_registry_on_agent(struct cox_fenced *fenced, const char *agent, const char *failure);

/** Tell all, because somebody has joined. */
void cox_fenced_registry_tell(struct cox_fenced *fenced);

/** All who wait are told that nobody knows what has become of it. */
void cox_fenced_registry_fail(struct cox_fenced *fenced, const char *why);
bool cox_fenced_on_register(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/* fenced_react.c */

/** This node was fenced and is alive: fencing-reaction. */
void cox_fenced_react(struct cox_fenced *fenced);

/** This node is to be fenced by its own watchdog: down at once. */
void cox_fenced_panic(struct cox_fenced *fenced);

/* fenced_handlers.c */
bool cox_fenced_on_ask(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_fenced_on_confirm(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_fenced_on_withdraw(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_fenced_on_history(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_fenced_on_term(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_fenced_on_peer(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_fenced_on_forget(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
void cox_fenced_view(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
/* Who subscribes is told, after its answer, which nodes are barred. */
bool cox_fenced_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error);
void cox_fenced_tell_barred(struct cox_fenced *fenced);

void cox_fenced_nodes_lost(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
void cox_fenced_quorum(struct cox_ctx *ctx, const struct cox_peers_quorum *quorum);

/* fenced_devices.c */
bool cox_fenced_on_devices(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_fenced_on_try(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/** The whole daemon, for main() and for tests. */
extern const struct cox_service cox_fenced_service;

G_END_DECLS

#endif
