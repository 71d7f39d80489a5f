/* lib/exec/execresult.h - results of operations: when two are the same, and what a lost one must have been.  Layer 3, pure. */
#ifndef COX_EXEC_EXECRESULT_H
#define COX_EXEC_EXECRESULT_H

#include <stdbool.h>
#include <glib.h>

#include "model/status.h"

G_BEGIN_DECLS

/** Exit codes of agents that this room knows by name (OCF 1.1). */
enum cox_exec_rc {
    COX_EXEC_RC_OK = 0,
    COX_EXEC_RC_ERROR = 1,
    COX_EXEC_RC_NOT_RUNNING = 7,
    COX_EXEC_RC_PROMOTED = 8,
};

struct cox_exec_result {
    enum cox_op_status status;
    int rc;
    const char *reason; /**< exit reason or NULL; borrowed */
};

/** Is there nothing new in @b for somebody who knows @a? */
bool cox_exec_result_is_same(const struct cox_exec_result *a, const struct cox_exec_result *b);

/**
 * The result of an operation whose end nobody has seen, from a probe that came after it.
 *
 * @param task  start, stop, promote, demote, migrate_to, migrate_from or another
 * @param probe what the probe said
 * @return the state that @task wants was reached: success; else a failure that says why
 */
struct cox_exec_result cox_exec_result_from_probe(const char *task, const struct cox_exec_result *probe);

/**
 * How much shorter than its interval the next pause of a recurring operation is: up to a tenth, at most 5 s, spread
 * evenly over operations and runs, the same for the same arguments.  So many operations ordered at once do not stay
 * in step for ever.
 */
gint64 cox_exec_jitter_ms(guint64 seed, const char *rsc_id, gint64 interval_ms, guint64 n_runs);

/** A pause between 0 and @interval_ms, spread evenly over resources, the same for the same arguments. */
gint64 cox_exec_spread_ms(guint64 seed, const char *rsc_id, gint64 interval_ms);

G_END_DECLS

#endif
