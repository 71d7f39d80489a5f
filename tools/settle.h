/* tools/settle.h - wait until the running cluster has nothing left to do.  Layer 6. */
#ifndef COX_TOOLS_SETTLE_H
#define COX_TOOLS_SETTLE_H

#include <stdbool.h>
#include <glib.h>

#include "proto/messages.h"
#include "runtime/runtime.h"
#include "tools/results.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** How to wait; borrowed. */
struct cox_settle {
    struct cox_runtime *runtime;
    const char *program;  /**< who waits, for logs */
    gint64 timeout_ms;
    gint64 monitors_ms;   /**< how long first results of recurring monitors are waited for where nothing else is left, all in all: they tell at once
                               whether what was started works, but may take long, or fail again and again */
    struct cox_results *results; /**< who is told of results has heard all of them before the wait ends; NULL: nobody */
};

/**
 * Wait until nothing is left to do (but recurring monitors, after a while) and all nodes whose controllers are there have joined.  Results that the daemons have and the document has
 * not yet are written first.  Who is not let in is not waited for.
 *
 * @param pending  receives what is still to be done when the time is up, a line each ("\tAction N: KEY\ton NODE\n", "\tNode NAME: ...\n"); the
 *                 caller frees it
 * @param error    COX_ERROR_TIMEOUT; COX_ERROR_DISCONNECTED when there is no cluster, or the document cannot be read
 */
bool cox_settle_wait(const struct cox_settle *settle, char **pending, GError **error);

/**
 * What has been done is in the document a moment later: have it written, by the controllers of all nodes, and wait for that (a few seconds at most).  A controller
 * that is away has nothing to write.  @program: who asks, for logs.
 */
void cox_settle_write(struct cox_runtime *runtime, const char *program);

/**
 * What is still to be done according to the document of @root, as above; NULL with @error unset: nothing.  The caller frees it.
 *
 * @param are_monitors  receives whether these are recurring monitors, and nothing else; NULL: nobody asks
 */
char *cox_settle_pending(const struct cox_xml *root, bool *are_monitors, GError **error);

/** Is everybody part of the cluster who is there? */
enum cox_settle_crew {
    COX_SETTLE_COMPLETE = 0,
    COX_SETTLE_JOINING, /**< there is no coordinator, or it says that somebody is joining, or this node is not part of the cluster */
    COX_SETTLE_UNSAID,  /**< a controller is there and the document does not say so: it will in a moment, or the coordinator does not let it in */
};

/** Hold what a controller says of the nodes against the document of @root; who is missing is appended to @text, a line each. */
enum cox_settle_crew cox_settle_crew(const struct cox_xml *root, const struct cox_msg_control_state *state, GString *text);

G_END_DECLS

#endif
