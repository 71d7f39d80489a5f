/* lib/transition/conduct.h - carry out graph after graph in a live cluster: the engine.  Layer 3, pure.
 *
 * lib/transition/transition.h knows when the inputs of an action are done; this engine adds what a live cluster needs:
 *
 *     released --room (batch, node, migration)--> in flight --result--> done; unexpected or no result: plan again
 *        |                                         ^     |
 *        | the same is in flight already: adopt ---'     | a new graph comes
 *        |                                               v
 *        '--- something else of the resource, or     adopted by the new graph when it releases the same action,
 *             the node's fencing, is in flight:      else waited for; its result is a reason to plan again
 *             wait for its result
 *
 * The identity of an action is resource, task, interval and node, and of a migration its other end.  What is in flight is never dropped: it ends by its
 * result, or with its node.  How much is ordered at a time depends on this engine's own actions only, never on the load of a
 * machine; fencing is not held back by any limit.
 *
 * How much runs at a time on a node its executor sees to, which has a queue: orders are sent ahead, a bounded multiple of that, so that neither an order nor
 * a result has to travel by itself.  An action whose open inputs are all in flight at its own executor is ordered with their names, so that it begins there when they
 * have ended, and a chain is one order after the other without a result between.  What may still wait there is withdrawn when the next graph does not have it, or when it is in the way of an action
 * of that graph; the executor answers with a result that says that it has not begun.  It does not count as lost while it waits, as long as there are results.
 */
#ifndef COX_TRANSITION_CONDUCT_H
#define COX_TRANSITION_CONDUCT_H

#include <stdbool.h>
#include <glib.h>

#include "base/effects.h"
#include "base/monotime.h"
#include "model/graph.h"
#include "model/inflight.h"

G_BEGIN_DECLS

struct cox_conduct_config {
    gint64 cluster_delay_ms; /**< cluster-delay: what messages may take, besides an action's own timeout */
};

/** Names an action; texts borrowed. */
struct cox_conduct_identity {
    const char *rsc_id; /**< NULL for actions about a node */
    const char *task;
    gint64 interval_ms;
    const char *node;
};

enum cox_conduct_event_kind {
    COX_CONDUCT_ON_GRAPH = 0, /**< a new plan replaces the present one */
    COX_CONDUCT_ON_ASKED,     /**< a plan was asked for: it will not know of results that come from now on */
    COX_CONDUCT_ON_RESULT,    /**< an action has ended */
    COX_CONDUCT_ON_INFLIGHT,  /**< an executor reports what it is running, e.g. for an earlier coordinator */
    COX_CONDUCT_ON_ABORT,     /**< a better plan is on its way: begin nothing below this priority */
    COX_CONDUCT_ON_NODE_LOST, /**< no result will come from there */
    COX_CONDUCT_ON_REPORT,    /**< a node begins to tell all that it is running: what else was in flight there is not; INFLIGHT follows */
    COX_CONDUCT_ON_CONFIG,    /**< cluster-delay has changed: for what begins from now on */
    COX_CONDUCT_ON_LIMIT,     /**< so many resource actions run at a time on this node; 0: any number */
    COX_CONDUCT_ON_WAKE,
    COX_CONDUCT_ON_RESET,     /**< not the coordinator any more: forget everything */
};

struct cox_conduct_event {
    enum cox_conduct_event_kind kind;
    union {
        struct {
            const struct cox_graph *graph; /**< borrowed until the next GRAPH or RESET; indices in effects refer to it */
            guint batch_limit;             /**< 0: any number */
            gint migration_limit;          /**< live migrations at a time for each node; negative: any number */
        } graph;
        struct cox_conduct_config config;
        struct {
            struct cox_conduct_identity identity;
            int rc;
            bool has_not_begun;            /**< it was taken out of the queue of its executor: nothing was done, rc says nothing */
        } result;
        const struct cox_inflight *inflight;
        gint32 priority;
        struct {
            const char *name;
            guint limit;                   /**< LIMIT: that run at a time; 0, as before the first such event: any number */
            bool takes_followers;          /**< LIMIT: its executor waits for what an order comes after */
        } node;
    };
};

enum cox_conduct_effect_kind {
    COX_CONDUCT_DO_START = 0, /**< give the order; answer with ON_RESULT */
    COX_CONDUCT_DO_WITHDRAW,  /**< if it has not begun, it is not wanted any more; answered by ON_RESULT in both cases */
    COX_CONDUCT_DO_LOST,      /**< its time is long over and no result has come: it counts as failed */
    COX_CONDUCT_DO_REPLAN,    /**< the plan does not fit any more */
    COX_CONDUCT_DO_COMPLETE,  /**< nothing is in flight and nothing more can begin */
    COX_CONDUCT_DO_WAKE,
};

struct cox_conduct_effect {
    enum cox_conduct_effect_kind kind;
    guint32 action;           /**< START, LOST: index in the present graph */
    const struct cox_opname *after; /**< START: operations at the same executor that have to end with success before it begins */
    size_t n_after;
    struct cox_conduct_identity identity; /**< WITHDRAW */
    const char *place;        /**< WITHDRAW: node whose executor has it */
    cox_usec at;              /**< WAKE */
};

COX_EFFECTS_DEFINE(conduct)

struct cox_conduct;

/** An engine without a graph.  @config is copied. */
struct cox_conduct *cox_conduct_new(const struct cox_conduct_config *config);

/** Free.  NULL is allowed. */
void cox_conduct_free(struct cox_conduct *conduct);

/** One step.  Total: a result nobody waits for is a reason to plan again, as it changes the state of the cluster. */
void cox_conduct_step(struct cox_conduct *conduct, const struct cox_conduct_event *event, cox_usec now,
                      struct cox_conduct_effects *out);

/**
 * Append what is in flight to @list (struct cox_inflight, texts borrowed until the next step): input of the next plan.  A resource
 * that was sent by a node that is lost since is told as a migrate_from that has not begun, until its target has said something of it
 * (or it was started anywhere): with the source goes the history that says where it may have got to, and that of the target, which
 * expects it (control/oplog.h), may be on its way into the document.
 */
void cox_conduct_inflight(const struct cox_conduct *conduct, GArray *list);

typedef struct cox_conduct cox_conduct; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_conduct, cox_conduct_free)

G_END_DECLS

#endif
