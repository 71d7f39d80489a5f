/* lib/sched/history_priv.h - what the files that read the history share.  Layer 3, private. */
#ifndef COX_SCHED_HISTORY_PRIV_H
#define COX_SCHED_HISTORY_PRIV_H

#include "sched/work_priv.h"

/** One entry while it is looked at, as it is to be understood (which may differ from what was written). */
struct sched_entry {
    const struct cox_op_history *op;
    struct sched_rsc *rsc;
    struct sched_node *node;
    int rc;          /**< degraded results turned into plain ones */
    int status;      /**< enum cox_op_status, after looking at the result */
    bool is_probe;
};

/** What the entries of one resource on one node have come to so far. */
struct sched_verdict {
    enum sched_on_fail on_fail;
    const struct cox_op_history *last_failure;
    bool is_stuck; /**< it could not be stopped for a reason that stays, on a node that nobody can fence */
};

/* ---- on_fail.c ---- */

/** What to do when this operation fails. @role: out, the role the resource may have afterwards. */
enum sched_on_fail sched_on_fail_of(const struct sched_work *work, const struct sched_rsc *rsc, const char *task,
                                    gint64 interval_ms, enum cox_role *role);

/* ---- history_active.c ---- */

/** Note that @rsc is active on @node; handles more than one place and what is not managed. */
void sched_history_add_running(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node);
/** Take the verdict over: roles, blocks, bans, fencing. */
void sched_history_process(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                           const struct sched_verdict *verdict);
/** It is active in its lowest active role. */
void sched_history_set_active(struct sched_rsc *rsc);
/** Ban from one node, or from all when @node is NULL, with all that belongs to @rsc. */
void sched_history_ban(struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *node);

/* ---- history_op.c ---- */

/** Look at one entry. */
void sched_history_op(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                      const struct cox_op_history *op, struct sched_verdict *verdict);
/** Is it a failure that is older than failures are remembered, and that no count keeps alive? */
bool sched_history_is_forgiven(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                               const struct cox_op_history *op);

/* ---- history_migrate.c ---- */

void sched_migrate_to_done(struct sched_work *work, const struct sched_entry *entry);
void sched_migrate_to_failed(struct sched_work *work, const struct sched_entry *entry);
void sched_migrate_from_failed(struct sched_work *work, const struct sched_entry *entry);
void sched_migrate_from_pending(struct sched_work *work, const struct sched_entry *entry);
/** Does what @source sends come to an end, by itself or by fencing?  As long as it does not, a stop at its target says nothing. */
bool sched_migrate_can_end(const struct sched_work *work, const struct sched_node *source);
/** It may be left on @node, where it must be stopped. */
void sched_migrate_leftover(struct sched_rsc *rsc, struct sched_node *node);
/** It is known not to run on @node any more: nothing is left there by a migration. */
void sched_migrate_over(struct sched_rsc *rsc, struct sched_node *node);

/* ---- history_find.c ---- */

/**
 * Does @node know the anonymous instance of @history, which has a number, by its name alone as well, and nothing newer under the number?  Whatever is
 * done there is written without the number then, so that the other entry would stay as it is for ever.
 */
bool sched_history_is_overtaken(const struct sched_work *work, const struct sched_node *node, const struct cox_rsc_history *history);

/** The instance that an entry for @history_id on @node belongs to; made up when there is none. */
struct sched_rsc *sched_history_find(struct sched_work *work, struct sched_node *node,
                                     const struct cox_rsc_history *history);
/**
 * In which order the resources of a node are read, as places in its history: as they are written, but if there are two entries of a member of an
 * anonymous clone, of that clone's the one with the latest operation is first, then that with the lowest number, then as in the cloned group.  Which instance is which hangs on
 * that.  g_free it.
 */
guint *sched_history_order(const struct sched_work *work, const struct sched_node *node);
/** Entries by call id, pending ones last, in place of what @into (which is there to be used again) held. */
void sched_history_sorted(const struct cox_rsc_history *history, GPtrArray *into);

#endif
