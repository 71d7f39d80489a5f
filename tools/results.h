/* tools/results.h - be told of actions that end in the running cluster.  Layer 6. */
#ifndef COX_TOOLS_RESULTS_H
#define COX_TOOLS_RESULTS_H

#include <stdbool.h>
#include <glib.h>

#include "cib/version.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** Somebody who is told. */
struct cox_results;

/** An action that has ended; borrowed for the call. */
struct cox_result_news {
    const char *rsc, *task, *node;
    gint64 interval_ms;
    gint64 exec_ms;          /**< how long it took; -1: not said */
    int rc;                  /**< OCF */
    bool is_failed;          /**< it did not come out as it was to, or did not come to an end */
    const char *exit_reason; /**< NULL: none */
};

typedef void (*cox_results_fn)(void *context, const struct cox_result_news *result);

/**
 * Begin to listen: every result that comes into the document after this call is told once, from the loop of @runtime.  Waits until there is
 * a document to begin with.
 *
 * @param program  who listens, for logs; borrowed until cox_results_free()
 * @return the caller frees it before @runtime; NULL with COX_ERROR_DISCONNECTED
 */
struct cox_results *cox_results_new(struct cox_runtime *runtime, const char *program, cox_results_fn fn, void *context, GError **error);
void cox_results_free(struct cox_results *results);

/** Run the loop until what came with all versions up to @version was told, or the connection is lost. */
void cox_results_catch_up(struct cox_results *results, struct cox_version version);

typedef struct cox_results cox_results; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_results, cox_results_free)

G_END_DECLS

#endif
