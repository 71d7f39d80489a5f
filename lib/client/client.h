/* lib/client/client.h - talk to a daemon of this node: requests, large bodies, subscriptions.  Layer 5; installed. */
#ifndef COX_CLIENT_CLIENT_H
#define COX_CLIENT_CLIENT_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#include "proto/daemons.h"
#include "proto/frame.h"
#include "proto/inflow.h"
#include "proto/messages.h"
#include "proto/outflow.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** A connection to one daemon, which comes back when the daemon does. */
struct cox_client;

/** How to connect.  Texts are copied. */
struct cox_client_settings {
    enum cox_daemon daemon;
    const char *program;       /**< who we are, for the daemon's log */
    const char *run_directory; /**< NULL: as cox_environment_run_directory() says */
    bool reconnects;           /**< else the first loss is the last word */
    /** The connection came up, or went down because of @problem (borrowed; NULL when up).  NULL if nobody cares. */
    void (*changed)(void *context, bool is_up, const GError *problem);
    void *context;
};

/** The answer to a request; borrowed for the call. */
struct cox_client_reply {
    const GError *error;       /**< NULL: success.  COX_ERROR_DISCONNECTED: nobody knows whether it was done */
    enum cox_message message;
    const void *body;          /**< struct cox_msg_X of the message; NULL on error */
    bool has_body;             /**< a large body follows: cox_client_receive() now, or it is dropped */
    guint32 id;                /**< of the request */
    const struct cox_frame *frame; /**< as it came; NULL when nothing came */
};

typedef void (*cox_client_reply_fn)(void *context, const struct cox_client_reply *reply);

/** A request. */
struct cox_client_call {
    enum cox_message message;
    const void *body;          /**< struct cox_msg_X; borrowed */
    struct cox_source source;  /**< large body behind it; taken; all 0: none */
    gint64 timeout_ms;         /**< COX_ERROR_TIMEOUT after that, also while there is no connection; 0: wait for ever */
    cox_client_reply_fn fn;    /**< called exactly once, from the loop, unless cancelled; NULL: nobody waits */
    void *context;
};

enum cox_client_event_kind {
    COX_CLIENT_SUBSCRIBED = 0, /**< begins, or begins again after a loss: ask for the whole state now */
    COX_CLIENT_EVENT,          /**< one event */
    COX_CLIENT_LOST,           /**< events were lost because we did not read: ask for the whole state */
    COX_CLIENT_FAILED,         /**< the daemon refused; no more will come */
};

/** Something about a subscription; borrowed for the call. */
struct cox_client_event {
    enum cox_client_event_kind kind;
    enum cox_message message;
    const void *body;
    bool has_body;
    guint32 id;
    guint64 lost;
    const GError *error;
};

typedef void (*cox_client_event_fn)(void *context, const struct cox_client_event *event);

/** A client that begins to connect at once; @runtime must outlive it. */
struct cox_client *cox_client_new(struct cox_runtime *runtime, const struct cox_client_settings *settings);

/** End it; callbacks that wait are not called.  NULL is allowed; not from inside one of its callbacks. */
void cox_client_free(struct cox_client *client);
typedef struct cox_client cox_client; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_client, cox_client_free)

bool cox_client_is_up(const struct cox_client *client);

/** Has a daemon taken the connection, whether it has greeted us or not yet? */
bool cox_client_is_reached(const struct cox_client *client);

/** Greeting of the daemon: changes when the daemon was started anew; 0 before the first. */
guint64 cox_client_boot(const struct cox_client *client);

/**
 * The process that serves the connection, as the kernel knows it (SO_PEERCRED: who called listen()); 0 when there is no connection or
 * the process is not in our pid namespace.  In a callback with an answer: who gave it.
 */
pid_t cox_client_peer_pid(const struct cox_client *client);

/** What the daemon lets us do; NONE before it has said so. */
enum cox_access_role cox_client_role(const struct cox_client *client);

/**
 * Send a request, or keep it until there is a connection: without reconnects until a daemon has taken it, else until it has greeted us, too.
 *
 * @return its id, for cox_client_cancel(); 0 with the callback following from the loop when it cannot be encoded
 */
guint32 cox_client_send(struct cox_client *client, struct cox_client_call *call);

/** We do not wait for this answer any more (nor for its body).  What the daemon does is not undone. */
void cox_client_cancel(struct cox_client *client, guint32 id);

/** In a callback with has_body: hand the body to @sink. */
void cox_client_receive(struct cox_client *client, guint32 id, const struct cox_sink *sink);

/** Subscribe to a topic, and again after each reconnection.  Returns an id for cox_client_unsubscribe(). */
guint32 cox_client_subscribe(struct cox_client *client, const char *topic, cox_client_event_fn fn, void *context);
void cox_client_unsubscribe(struct cox_client *client, guint32 id);

/** Requests that wait for their answers. */
gsize cox_client_waiting(const struct cox_client *client);

G_END_DECLS

#endif
