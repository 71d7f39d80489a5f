/* lib/fence/fence.h - fencing of nodes by all fencers of a cluster together: the engine.  Layer 3, pure.
 *
 * An operation, at the member that leads it (messages: fence/fencemsg.h):
 *
 *     QUEUED --no other one for this target--> ASKING --answers suffice--> WORKING --+--> over: DONE to all
 *                                                                           |   ^    |
 *                                   step done: next step; step failed: ask    |   |    | last step done,
 *                                   another executor, then the next level     '---'    | or nothing left to try
 *
 * Equal requests merge, different ones for one target wait for each other.  A partition without quorum fences nobody.  Who
 * asks leads the operation, but for the own fencing another member does: it has to live on to give the power back and to say that it
 * is done.  The operation of a leader that leaves is over, failed.  Nothing but the success of all steps that matter and the absence of the
 * node from the ring (fencedoubt.c), or the word of a human, counts as fenced; and a node that is said to be down and is still there, or
 * comes back without having booted, is barred and fenced again, with growing pauses.
 */
#ifndef COX_FENCE_FENCE_H
#define COX_FENCE_FENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/effects.h"
#include "base/monotime.h"
#include "fence/fencelevel.h"
#include "fence/fencemsg.h"
#include "fence/fenceop.h"
#include "fence/fencewatch.h"

G_BEGIN_DECLS

struct cox_fence_config {
    const char *name;        /**< of this node; copied */
    guint64 incarnation;     /**< of this boot, not 0 */
    guint64 first_serial;    /**< above those of all earlier requests of this node, e.g. the wall time of the start in us */
    guint64 seed;            /**< of random delays; differs from node to node */
    gint64 fencing_timeout_ms;
    gint64 grace_ms;         /**< wait for slow answers although the fast ones suffice */
    gint64 asking_ms;        /**< wait for answers at most */
    gint64 slack_ms;         /**< for messages, besides an executor's own limits */
    gint64 greet_ms;         /**< who joins waits so long at most to hear what is under way */
    gint64 quorum_ms;        /**< a change of members may be told before it is told that quorum is still there: wait so long for that */
    gint64 lie_ms;           /**< a node that a human called down and that is in the ring for so long after that is alive */
    gint64 doubt_ms;         /**< how long after its device's word a node may still be in the ring: for devices that are late */
    gint64 refence_ms, refence_max_ms; /**< pauses between fencings of a node whose device lies */
};

enum cox_fence_event_kind {
    COX_FENCE_ON_VIEW = 0,
    COX_FENCE_ON_LOST,       /**< nodes have left the ring; beside the view without them, before any later message */
    COX_FENCE_ON_QUORUM,
    COX_FENCE_ON_DEVICES,    /**< all devices, and fencing-timeout, as configured now */
    COX_FENCE_ON_LEVELS,     /**< all levels */
    COX_FENCE_ON_ATTRIBUTE,  /**< a node attribute that some level asks for */
    COX_FENCE_ON_ASKED,      /**< a client's request */
    COX_FENCE_ON_CONFIRMED,  /**< a client says that the target of the request is down */
    COX_FENCE_ON_WITHDRAWN,  /**< a client does not want any more what it has asked for here (target, client), if no agent has begun with it */
    COX_FENCE_ON_MESSAGE,
    COX_FENCE_ON_ENDED,      /**< an agent that DO_RUN wanted has ended */
    COX_FENCE_ON_WAKE,
};

struct cox_fence_event {
    enum cox_fence_event_kind kind;
    cox_wall wall;                       /**< wall time, for the history */
    union {
        struct {
            const struct cox_fence_member *members; /**< this node included */
            size_t n;
        } view;
        struct {
            const guint32 *nodes;
            size_t n;
        } lost;
        bool has_quorum;
        struct {
            const struct cox_fencedevice_def *defs;
            size_t n;
            gint64 timeout_ms;               /**< fencing-timeout; 0: as it was configured in the beginning */
            bool is_partial;                 /**< some agent has not said yet what it can do: no answer is complete before it has */
        } devices;
        struct {
            const struct cox_fencelevel *levels;
            size_t n;
        } levels;
        struct {
            const char *node, *name, *value;
        } attribute;
        const struct cox_fence_request *request; /**< ASKED, CONFIRMED, WITHDRAWN */
        struct {
            guint32 sender;
            const struct cox_fence_message *message;
        } message;
        struct {
            guint64 run;
            int exit_status;             /**< 0: success; negative: killed */
            const char *output;          /**< LIST: what it printed */
            const char *reason;          /**< what it complained about, or NULL */
        } ended;
    };
};

enum cox_fence_effect_kind {
    COX_FENCE_DO_SEND = 0,
    COX_FENCE_DO_WAKE,
    COX_FENCE_DO_RUN,      /**< run the agent of the device; answer with ON_ENDED */
    COX_FENCE_DO_KILL,
    COX_FENCE_DO_ACCEPTED, /**< a client's request has this name */
    COX_FENCE_DO_FINISHED, /**< a request of this node is over */
    COX_FENCE_DO_RECORD,   /**< all nodes: an operation is over; success of reboot, off or a confirmation is the proof */
    COX_FENCE_DO_REACT,    /**< this node was reported down and is still alive: fencing-reaction */
    COX_FENCE_DO_PANIC,    /**< this node is to be fenced by its own watchdog: take it down at once */
    COX_FENCE_DO_BAR,      /**< critical: this node was reported down and is alive; do not admit it */
};

struct cox_fence_effect {
    enum cox_fence_effect_kind kind;
    union {
        struct cox_fence_message message;
        cox_usec at;
        struct {
            guint64 run;
            const char *device, *command, *target, *port; /**< target and port: NULL for list */
            gint64 timeout_ms;
        } run;                                            /**< RUN, KILL */
        struct {
            struct cox_fence_id id;
            bool is_ok;
            const char *reason;
            guint64 life;                                 /**< of the target, that was ended; 0: not known */
        } finished;                                       /**< ACCEPTED: id only */
        struct cox_fence_record record;
        struct {
            const char *node;
            guint64 life;                                 /**< in which it is alive */
            bool is_ours_to_say;                          /**< one of the members raises the alert for all */
        } bar;
    };
};

COX_EFFECTS_DEFINE(fence)

struct cox_fence;

/** An engine without devices and quorum.  @config is copied; @self is the cluster node id, not 0. */
struct cox_fence *cox_fence_new(const struct cox_fence_config *config, guint32 self);

/** Free.  NULL is allowed. */
void cox_fence_free(struct cox_fence *fence);

/** One step.  Total: what belongs to no known operation is ignored. */
void cox_fence_step(struct cox_fence *fence, const struct cox_fence_event *event, cox_usec now,
                    struct cox_fence_effects *out);

/** Record @i of the history, oldest first, or NULL beyond the end; borrowed until the next step. */
const struct cox_fence_record *cox_fence_history(const struct cox_fence *fence, guint i);

/** Operations that are not over, and number @i of them (NULL beyond the end); borrowed until the next step. */
guint cox_fence_pending(const struct cox_fence *fence);
const struct cox_fenceop *cox_fence_op(const struct cox_fence *fence, guint i);

/** The devices, struct cox_fencedevice; borrowed until the next step. */
const GPtrArray *cox_fence_devices(const struct cox_fence *fence);

/** Forget the history of @target (NULL: of all).  Call it at the same place of the order on all members. */
void cox_fence_forget(struct cox_fence *fence, const char *target);

/** Is @node reported down and known to be alive? */
bool cox_fence_is_barred(const struct cox_fence *fence, const char *node);

/** Name of barred node number @i, with the life that it goes on in (0: not known), or NULL beyond the last; borrowed until the next step. */
const char *cox_fence_barred(const struct cox_fence *fence, guint i, guint64 *life);

typedef struct cox_fence cox_fence; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_fence, cox_fence_free)

G_END_DECLS

#endif
