/* lib/client/ask.h - for tools: one request, and wait for its answer.  Layer 5; installed. */
#ifndef COX_CLIENT_ASK_H
#define COX_CLIENT_ASK_H

#include <glib.h>

#include "base/arena.h"
#include "client/client.h"

G_BEGIN_DECLS

/** What to ask, and where to put the answer. */
struct cox_ask {
    struct cox_client_call call; /**< message, body, source and timeout; the callback is not used */
    enum cox_message expected;   /**< message that the answer must be */
    struct cox_arena *arena;     /**< the answer lives here */
    const struct cox_sink *sink; /**< takes the large body of the answer; NULL: dropped */
};

/**
 * Send a request and run @runtime until the answer is there, with its large body if a sink wants it.
 *
 * @return the answer's struct, or NULL with the daemon's error, COX_ERROR_DISCONNECTED, COX_ERROR_TIMEOUT, or
 *         COX_ERROR_PROTOCOL for another message than expected
 */
const void *cox_ask(struct cox_runtime *runtime, struct cox_client *client, struct cox_ask *ask, GError **error);

G_END_DECLS

#endif
