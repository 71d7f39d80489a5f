/* tools/settle.h - wait until the running cluster has nothing left to do, and tell what it does meanwhile.  Layer 6. */
#ifndef COX_TOOLS_SETTLE_H
#define COX_TOOLS_SETTLE_H

#include <stdbool.h>
#include <glib.h>

#include "runtime/runtime.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** An action that has ended; borrowed for the call. */
struct cox_settle_result {
    const char *rsc, *task, *node;
    gint64 interval_ms;
    gint64 exec_ms;          /**< how long it took; -1: not said */
    int rc;                  /**< OCF */
    bool is_failed;          /**< it did not come out as it was to, or did not come to an end */
    const char *exit_reason; /**< NULL: none */
};

struct cox_settle {
    struct cox_runtime *runtime;
    const char *program;  /**< who waits, for logs */
    gint64 timeout_ms;
    void (*ended)(void *context, const struct cox_settle_result *result); /**< NULL: nobody wants to know */
    void *context;
};

/**
 * Wait.  Results that the daemons have and the document has not yet are written first.
 *
 * @param pending  receives what is still to be done when the time is up, a line each ("\tAction N: KEY\ton NODE\n"); the caller frees it
 * @param error    COX_ERROR_TIMEOUT; COX_ERROR_DISCONNECTED when there is no cluster, or the document cannot be read
 */
bool cox_settle_wait(const struct cox_settle *settle, char **pending, GError **error);

/** What is still to be done according to the document of @root, as above; NULL with @error unset: nothing.  The caller frees it. */
char *cox_settle_pending(const struct cox_xml *root, GError **error);

G_END_DECLS

#endif
