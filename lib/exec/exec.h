/* lib/exec/exec.h - which operation runs when on this node: the engine.  Layer 3, pure.
 *
 *     order ---> QUEUED --its turn--> RUNNING --result--> reported (one-shot: gone; recurring: QUEUED again)
 *     (refused if   |                  | ^  |
 *      of an older  | cancelled        | |  '--time is up--> killed; reported at once, busy until the process is gone
 *      reign)       v                  | '-- asked again
 *                 gone                 '---> PENDING: the service is on its way
 *
 *     found running at start ---> RUNNING --its end was not seen--> PROBING --result--> what the probe allows to conclude
 *     kept from the last life --> QUEUED
 *
 * One operation at a time for each resource, whatever the source of the orders, also over a restart of the executor:
 * nothing begins before everything that still runs has been recovered.  An order may name operations of other resources that it
 * comes after: it waits for them, and when one of them is not there, or has another end than success, the order is cancelled.  Orders carry the reign of their coordinator; those
 * of an older one are refused, and those that have not begun when a younger one is met are dropped.  Recurring operations
 * report their first result and then only changes; one that is cancelled while it runs is killed.
 */
#ifndef COX_EXEC_EXEC_H
#define COX_EXEC_EXEC_H

#include <stdbool.h>
#include <glib.h>

#include "base/effects.h"
#include "base/monotime.h"
#include "exec/execresult.h"
#include "model/inflight.h"

G_BEGIN_DECLS

struct cox_exec_config {
    guint64 seed;         /**< of the jitter; differs from node to node */
    gint64 pending_ms;    /**< pause before a service that is on its way is asked again, if no signal comes first */
    gint64 probe_timeout_ms; /**< of probes that this engine makes itself */
};

/** Whose orders count. */
struct cox_exec_term {
    guint64 generation;
    guint32 coordinator; /**< cluster node id */
};

/** One order.  Texts are borrowed; what else the agent needs stays with the caller, by key. */
struct cox_exec_order {
    const char *rsc_id, *task;
    const char *key;           /**< transition key: the same order sent again has the same key */
    gint64 interval_ms, timeout_ms, start_delay_ms;
    struct cox_exec_term term;
    const struct cox_opname *after; /**< it begins when each of these, ordered before it, has ended with success; else it is cancelled */
    size_t n_after;
};

enum cox_exec_event_kind {
    COX_EXEC_ON_REARMED = 0,   /**< accepted in the last life of the executor and not over; before RECOVERED */
    COX_EXEC_ON_RECOVERED,     /**< this operation was still running when the executor began; it is run @run now */
    COX_EXEC_ON_READY,         /**< everything that was running has been told */
    COX_EXEC_ON_TERM,          /**< whose orders count from now on */
    COX_EXEC_ON_LIMIT,         /**< so many operations may run at a time, not counting recurring ones after their first run; 0: any number */
    COX_EXEC_ON_ORDER,
    COX_EXEC_ON_CANCEL,        /**< end this recurring operation, or take this one out of the queue */
    COX_EXEC_ON_WITHDRAW,      /**< if it has not begun, it is not wanted any more: it is reported as cancelled; else nothing happens */
    COX_EXEC_ON_FORGET,        /**< cancel everything of the resource and forget it */
    COX_EXEC_ON_RESULT,        /**< the run is over */
    COX_EXEC_ON_LOST,          /**< the run is over, and its result is not known */
    COX_EXEC_ON_PENDING,       /**< the run is over: the service is starting or stopping */
    COX_EXEC_ON_SIGNAL,        /**< the service of this resource has changed its state: ask again, or monitor, at once */
    COX_EXEC_ON_WAKE,
};

struct cox_exec_event {
    enum cox_exec_event_kind kind;
    union {
        struct cox_exec_order order; /**< ORDER, CANCEL and WITHDRAW (rsc_id, task, interval_ms, term), FORGET (rsc_id, term),
                                          REARMED, RECOVERED (all but start_delay_ms), SIGNAL (rsc_id) */
        struct cox_exec_term term;
        guint limit;
        struct {
            struct cox_exec_result result; /**< RESULT */
        } ended;
    };
    guint64 run;                     /**< RECOVERED, RESULT, LOST, PENDING */
    /** REARMED: what the coordinator knows of a recurring operation, NULL if nothing yet; borrowed. */
    const struct cox_exec_result *last;
    cox_usec begun_at;               /**< RECOVERED: when it began, on the same clock; not after now */
    bool is_reported;                /**< RECOVERED: its result is known already, only its process is not gone */
    bool is_probe;                   /**< RECOVERED: it is the probe of an operation whose end was not seen */
};

enum cox_exec_effect_kind {
    COX_EXEC_DO_RUN = 0,   /**< run the agent; answer with ON_RESULT, ON_LOST or ON_PENDING */
    COX_EXEC_DO_KILL,      /**< kill the process group of the run */
    COX_EXEC_DO_REPORT,    /**< tell the coordinator and the history */
    COX_EXEC_DO_REFUSE,    /**< the order, or cancellation, is of an older reign */
    COX_EXEC_DO_CANCELLED, /**< the operation is not there any more (also if it never was) */
    COX_EXEC_DO_FORGOTTEN, /**< nothing of the resource is left, or it was ordered anew and stays */
    COX_EXEC_DO_WAKE,
};

struct cox_exec_effect {
    enum cox_exec_effect_kind kind;
    guint64 run;                   /**< RUN, KILL, REPORT (0: none) */
    const char *rsc_id, *task;     /**< all but WAKE */
    const char *key;               /**< RUN, REPORT, REFUSE, CANCELLED (NULL: it never was) */
    bool is_probe;                 /**< RUN: of this engine's own, to learn how the operation with this key ended */
    bool is_first;                 /**< REPORT: nothing was reported for this order before */
    gint64 interval_ms, timeout_ms;
    struct cox_exec_term term;     /**< REFUSE: whose orders count */
    struct cox_exec_result result; /**< REPORT */
    gint64 queue_ms, exec_ms;      /**< REPORT */
    cox_usec at;                   /**< WAKE */
};

COX_EFFECTS_DEFINE(exec)

struct cox_exec;

/** An engine without resources that is not ready yet.  @config is copied. */
struct cox_exec *cox_exec_new(const struct cox_exec_config *config);

/** Free.  NULL is allowed. */
void cox_exec_free(struct cox_exec *exec);

/** One step.  Total: results of unknown runs are ignored. */
void cox_exec_step(struct cox_exec *exec, const struct cox_exec_event *event, cox_usec now, struct cox_exec_effects *out);

/** Append a struct cox_inflight for each one-shot operation, and each recurring one before its first result, to @list. */
void cox_exec_inflight(const struct cox_exec *exec, GArray *list);

/** Agents that work now. */
guint cox_exec_running(const struct cox_exec *exec);

/** Is nothing known of @rsc_id, or nothing running for it? */
bool cox_exec_is_idle(const struct cox_exec *exec, const char *rsc_id);

typedef struct cox_exec cox_exec; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_exec, cox_exec_free)

G_END_DECLS

#endif
