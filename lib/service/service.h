/* lib/service/service.h - what a daemon is made of: a descriptor and handlers.  Layer 5. */
#ifndef COX_SERVICE_SERVICE_H
#define COX_SERVICE_SERVICE_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#include "cluster/peers.h"
#include "proto/daemons.h"
#include "proto/inflow.h"
#include "proto/messages.h"
#include "proto/outflow.h"
#include "runtime/log.h"
#include "runtime/runtime.h"
#include "service/limits.h"

G_BEGIN_DECLS

/** A running daemon. */
struct cox_ctx;

/** Where a request comes from. */
enum cox_origin {
    COX_FROM_LOCAL = 1, /**< a process of this node */
    COX_FROM_PEER = 2,  /**< the same daemon on a node of the cluster, this one included */
};

/** A request as a handler sees it; borrowed for the call. */
struct cox_request {
    enum cox_message message;
    const void *body; /**< struct cox_msg_X of the message */
    enum cox_origin origin;
    enum cox_access_role role; /**< what the client may do; ADMIN for peers */
    uid_t uid;          /**< of the client; 0 for peers */
    pid_t pid;
    const char *program; /**< what it calls itself; for logs only */
    guint64 client;      /**< number of its connection; 0 for peers */
    guint32 id;          /**< of the request, as the client chose it */
    guint32 node;        /**< of a peer: the sender, which may be this node; else 0 */
    bool has_body;       /**< a large body follows: see cox_request_receive() */
};

/** The answer to a request, filled by its handler. */
struct cox_reply;

/** An answer that comes later; 0 is none.  It may be used after the client has gone. */
typedef guint64 cox_ticket;

/**
 * Handle a request.  Fill @reply or defer it, and return true; or return false with @error, whose code and text go to the
 * client.  Neither sends nor logs the outcome: the skeleton does.  A handler that does neither answers `done`.
 */
typedef bool (*cox_op_fn)(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/** What a daemon does with one message. */
struct cox_op {
    enum cox_message message;
    cox_op_fn handler;
    unsigned int from;  /**< enum cox_origin, or-ed */
    enum cox_access_role role; /**< the least that a client must be */
    bool also_stopping;        /**< handled while the daemon stops, too, as all that only reads is */
};

/** What a daemon needs from the skeleton. */
enum cox_need {
    COX_NEED_CLUSTER = 1, /**< a group of its kind; the same as a group "cox-" and the name of its socket */
};

/** A daemon. */
struct cox_service {
    enum cox_daemon daemon; /**< its names and its user */
    unsigned int needs;     /**< enum cox_need, or-ed */
    const char *group;      /**< of processes of its kind on all nodes, e.g. "cox-control"; NULL: see needs */
    const struct cox_op *ops;
    gsize n_ops;
    const char *const *topics; /**< that clients may subscribe to; NULL at the end; NULL: none */
    /** Set up, with everything of the skeleton running but the socket.  false: the daemon ends with the error. */
    bool (*start)(struct cox_ctx *ctx, GError **error);
    /** Stop was asked for: finish, then call cox_service_stopped() at once or later.  NULL: nothing to do. */
    void (*stop)(struct cox_ctx *ctx);
    /** Free what start made; the loop does not run any more.  NULL: nothing to do. */
    void (*destroy)(struct cox_ctx *ctx);
    /** Members of the group, sorted by id, in order with what is delivered; none: the connection is gone (another comes later). */
    void (*view)(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
    /** These nodes, not only their processes in the group, are gone; beside the view without them.  NULL if nobody cares. */
    void (*nodes_lost)(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
    /** The nodes that are there, whether or not their process is in the group; after each view and change of nodes.  NULL if nobody cares. */
    void (*nodes)(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
    void (*quorum)(struct cox_ctx *ctx, const struct cox_peers_quorum *quorum); /**< NULL if nobody cares */
    /** What a member gave to cox_service_send_bytes().  Messages come to ops that are COX_FROM_PEER. */
    void (*delivered)(struct cox_ctx *ctx, guint32 node, GBytes *bytes);
    /** A client subscribed: publish or complain.  NULL: every topic of the list is open to whoever may read. */
    bool (*subscribed)(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error);
    /** Add to the answer of the health request.  NULL: nothing to add. */
    void (*health)(struct cox_ctx *ctx);
    /** The client with this number is gone.  NULL if nobody cares. */
    void (*client_gone)(struct cox_ctx *ctx, guint64 client);
    const struct cox_limits *limits; /**< NULL: cox_limits_default() */
    gint64 stop_limit_ms; /**< how long stop() may take; 0: 30 s; negative: for ever, and clients are served until it is over */
    bool watches_supervisor; /**< says so when the supervisor's liveness requests stay away; not all need to say it */
    bool has_config;      /**< takes --config FILE: see cox_service_config() */
    /** SIGHUP came, and the log was opened again.  NULL: nothing else to do. */
    void (*reload)(struct cox_ctx *ctx);
    char *(*metadata)(void); /**< what `NAME metadata` prints, freed by the caller; NULL: nothing beyond the name */
};

/** The whole main() of a daemon. */
int cox_service_main(const struct cox_service *service, int argc, char **argv);

/* What handlers use. */

struct cox_runtime *cox_service_runtime(const struct cox_ctx *ctx);
struct cox_log *cox_service_log(const struct cox_ctx *ctx);

/** RUNDIR; borrowed. */
const char *cox_service_run_directory(const struct cox_ctx *ctx);

/** The file of --config, NULL when it was not given; borrowed. */
const char *cox_service_config(const struct cox_ctx *ctx);

/** The word of --config-id, which goes with --config; NULL when it was not given; borrowed. */
const char *cox_service_config_id(const struct cox_ctx *ctx);

/** Was it started with --keep-user? */
bool cox_service_keeps_user(const struct cox_ctx *ctx);

/** What the daemon keeps between calls; it frees it in destroy(). */
void *cox_service_data(const struct cox_ctx *ctx);
void cox_service_set_data(struct cox_ctx *ctx, void *data);

/** Answer with a message (copied). */
void cox_reply_set(struct cox_reply *reply, enum cox_message message, const void *body);

/** Send a large body behind the message; takes what is in @source. */
void cox_reply_set_source(struct cox_reply *reply, struct cox_source *source);

/** Answer later. */
cox_ticket cox_reply_defer(struct cox_reply *reply);

/** Give the answer now; @source may be NULL.  Nothing happens when the client is gone or gave up (the source is freed). */
void cox_ticket_answer(struct cox_ctx *ctx, cox_ticket ticket, enum cox_message message, const void *body,
                       struct cox_source *source);

/** The answer is an error (borrowed). */
void cox_ticket_fail(struct cox_ctx *ctx, cox_ticket ticket, const GError *error);

/** Is anybody still waiting for this answer? */
bool cox_ticket_is_wanted(const struct cox_ctx *ctx, cox_ticket ticket);

/** Take the large body of a request, in its handler.  Without this call it is dropped. */
void cox_request_receive(struct cox_ctx *ctx, const struct cox_request *request, const struct cox_sink *sink);

/** Tell all subscribers of a topic; @large (NULL: none) goes behind the message and is shared, not copied. */
void cox_service_publish(struct cox_ctx *ctx, const char *topic, enum cox_message message, const void *body, GBytes *large);

/** In health(): add a number, or something that is wrong. */
void cox_service_add_stat(struct cox_ctx *ctx, const char *name, gint64 value);
void cox_service_add_complaint(struct cox_ctx *ctx, const char *format, ...) G_GNUC_PRINTF(2, 3);

/**
 * Send a message, or bytes as they are, to all members of the group, this node included; everything sent arrives in one order at all.
 * Never waits.  false when there is no connection (view() has said so), or (logged) when a message is longer than 512 KiB.
 */
bool cox_service_send(struct cox_ctx *ctx, enum cox_message message, const void *body);
bool cox_service_send_bytes(struct cox_ctx *ctx, GBytes *bytes);

/** Bytes that wait to be sent; when it grows the others are slower than this node. */
gsize cox_service_waiting_bytes(const struct cox_ctx *ctx);

/** Id of this node, known before the first view(); 0: not yet. */
guint32 cox_service_self(const struct cox_ctx *ctx);

/** Name of the whole cluster, NULL if it has none (or is not reached); the caller frees it. */
char *cox_service_cluster_name(const struct cox_ctx *ctx);

/** Name of a node, NULL if it was never known; lives as long as the daemon. */
const char *cox_service_node_name(const struct cox_ctx *ctx, guint32 node);

/** stop() has finished its work. */
void cox_service_stopped(struct cox_ctx *ctx);

/** End the daemon as SIGTERM does, with @exit_status.  When it is ending already only the status counts, if it was 0 until now. */
void cox_service_quit(struct cox_ctx *ctx, int exit_status);

G_END_DECLS

#endif
