/* lib/exec/execrsc.h - resources of a node and the operations that wait or run for each.  Layer 3, pure. */
#ifndef COX_EXEC_EXECRSC_H
#define COX_EXEC_EXECRSC_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"
#include "exec/execresult.h"

G_BEGIN_DECLS

enum cox_execop_state {
    COX_EXECOP_QUEUED = 0, /**< one-shot: its turn has not come; recurring: until the next run */
    COX_EXECOP_RUNNING,    /**< the agent works */
    COX_EXECOP_PENDING,    /**< the service says that it is on its way: asked again later */
    COX_EXECOP_PROBING,    /**< its end was not seen: a probe finds out */
};

struct cox_execop {
    /* The order; texts owned. */
    char *key;               /**< transition key */
    char *task;
    gint64 interval_ms;      /**< 0: one-shot */
    gint64 timeout_ms;       /**< 0: none */
    guint64 generation;
    guint64 seq;             /**< in the order of acceptance */
    bool is_recovered;       /**< was running before this executor began */
    GArray *after;           /**< struct cox_opname, texts owned: what it still waits for (execwait.h); NULL: nothing */
    gint64 start_delay_ms;   /**< from when it waits for nothing */
    /* How far it is. */
    enum cox_execop_state state;
    guint64 run;             /**< number of the run under way; 0: none */
    cox_usec queued_at;      /**< accepted, or due: for the queue time */
    cox_usec due_at;         /**< not to begin before; COX_USEC_NEVER while it waits for others */
    cox_usec begun_at;
    cox_usec deadline;       /**< of the run; COX_USEC_NEVER: none */
    cox_usec again_at;       /**< PENDING: when to ask again */
    bool is_counted;         /**< the run counts against the limit */
    bool is_timed_out;       /**< killed, and reported already; the process is not gone yet */
    bool is_cancelled;       /**< to be removed when the run is over */
    bool is_killed;          /**< the run was cancelled: how it ends tells nothing, also when the operation was ordered anew since */
    guint64 n_runs;
    bool has_reported;       /**< the result below is known to the coordinator */
    struct cox_exec_result last; /**< its reason is the one below */
    char *last_reason;
};

struct cox_execrsc {
    char *id;
    GPtrArray *ops;          /**< struct cox_execop, in the order of acceptance */
    struct cox_execop *busy; /**< the one that is not QUEUED, or NULL: one at a time */
    GArray *others;          /**< guint64: runs of a second process that was found at start; busy until they end */
    struct {
        char *task;          /**< NULL: there is none */
        bool is_ok;
    } ended;                 /**< the last operation that is done once and is over, in the present reign */
    bool is_forgotten;       /**< removed when nothing runs any more */
};

/** All resources, ascending by id; struct cox_execrsc. */
GPtrArray *cox_execrscs_new(void);

struct cox_execrsc *cox_execrscs_find(const GPtrArray *rscs, const char *id);

/** The resource, made if necessary. */
struct cox_execrsc *cox_execrscs_need(GPtrArray *rscs, const char *id);

void cox_execrscs_remove(GPtrArray *rscs, struct cox_execrsc *rsc);

/** The operation with this identity, the oldest first, or NULL. */
struct cox_execop *cox_execrsc_find(const struct cox_execrsc *rsc, const char *task, gint64 interval_ms);

/** A new operation at the end of the list, owned by @rsc. */
struct cox_execop *cox_execrsc_add(struct cox_execrsc *rsc, const char *task, gint64 interval_ms);

/** Remove an operation that is not busy. */
void cox_execrsc_drop(struct cox_execrsc *rsc, struct cox_execop *op);

/** Remember @result as reported. */
void cox_execop_note(struct cox_execop *op, const struct cox_exec_result *result);

/** The oldest one-shot operation, be it due or not, or NULL. */
struct cox_execop *cox_execrsc_first(const struct cox_execrsc *rsc);

/**
 * What may begin next for this resource: nothing while one is busy; the oldest one-shot operation that is due (a delayed
 * one holds up later ones, but no recurring one); else the recurring one that is due longest or first.
 *
 * @return the operation, or NULL; check its due_at
 */
struct cox_execop *cox_execrsc_next(const struct cox_execrsc *rsc, cox_usec now);

G_END_DECLS

#endif
