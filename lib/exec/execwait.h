/* lib/exec/execwait.h - operations that wait for others of the same node.  Layer 3, pure.
 *
 * An order may name operations that it comes after.  They were ordered before it, under the same coordinator: each of them is in hand, or is the last that
 * was done of its resource in this reign.  What is neither will not be waited for, as nobody knows how it ended.
 */
#ifndef COX_EXEC_EXECWAIT_H
#define COX_EXEC_EXECWAIT_H

#include <stdbool.h>
#include <glib.h>

#include "exec/execrsc.h"
#include "model/inflight.h"

G_BEGIN_DECLS

/** @op waits for these; texts are copied.  It is not due until cox_execwait_vain() finds that they have ended with success. */
void cox_execwait_begin(struct cox_execop *op, const struct cox_opname *after, size_t n);

/** @op of @rsc is over; @result NULL: it was cancelled.  What recurs is not remembered. */
void cox_execwait_note(struct cox_execrsc *rsc, const struct cox_execop *op, const struct cox_exec_result *result);

/** Another reign begins: its coordinator knows nothing of what has ended before. */
void cox_execwait_forget(const GPtrArray *rscs);

/**
 * Let what waits for nothing any more be due, after its start delay; and find one that waits in vain.
 *
 * @param[out] rsc its resource
 * @return one that waits for what has not ended with success, or is not known: it must not begin; NULL: there is none
 */
struct cox_execop *cox_execwait_vain(const GPtrArray *rscs, cox_usec now, struct cox_execrsc **rsc);

G_END_DECLS

#endif
