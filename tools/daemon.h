/* tools/daemon.h - ask a daemon of this node one thing.  Layer 6. */
#ifndef COX_TOOLS_DAEMON_H
#define COX_TOOLS_DAEMON_H

#include <glib.h>

#include "base/arena.h"
#include "proto/daemons.h"
#include "proto/messages.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** A question. */
struct cox_daemon_question {
    enum cox_daemon daemon;
    const char *program;       /**< who asks, for the daemon's log */
    enum cox_message message;
    const void *body;          /**< struct cox_msg_X */
    enum cox_message expected; /**< message of the answer */
    gint64 timeout_ms;         /**< 0: 30 s */
};

/**
 * Connect, ask, wait for the answer, and hang up.
 *
 * @param runtime  the loop that waits; NULL: one of its own
 * @param arena    the answer lives here
 * @return the answer's struct; NULL with COX_ERROR_DISCONNECTED when the daemon does not run, or its error
 */
const void *cox_daemon_ask(struct cox_runtime *runtime, const struct cox_daemon_question *question, struct cox_arena *arena,
                           GError **error);

/** The same for an answer that comes in pieces: each gets an arena of its own, for what one may hold is bounded, at the end of @arenas. */
const void *cox_daemon_ask_more(struct cox_runtime *runtime, const struct cox_daemon_question *question, GPtrArray *arenas, GError **error);

G_END_DECLS

#endif
