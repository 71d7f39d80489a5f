/* lib/fence/fencemsg.h - what fencers tell each other, in total order.  Layer 3, pure.
 *
 *     leader               every member                  executor of a step
 *       | --- REQUEST -------> | looks at its devices     (from its origin: the leader, or the target)
 *       | <------ CAN -------- |
 *       | --- EXEC ------------------------------------------> | delay, agent, retries
 *       | <------------------------------------- RESULT ------ |      (again for each step, and for each other way)
 *       | --- DOUBT (twice) -> | when the target is still in the ring
 *       | --- DONE ----------> | history, proof
 *
 * When somebody joins: UNDERWAY, LIFE, HISTORY, HELLO (fencegreet.h).
 */
#ifndef COX_FENCE_FENCEMSG_H
#define COX_FENCE_FENCEMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/walltime.h"
#include "fence/fencedevice.h"

G_BEGIN_DECLS

/** Name of a request. */
struct cox_fence_id {
    guint32 origin;  /**< cluster node id */
    guint64 serial;  /**< greater with each request, over restarts as well */
};

enum cox_fence_message_kind {
    COX_FENCE_REQUEST = 0,
    COX_FENCE_CAN,
    COX_FENCE_EXEC,
    COX_FENCE_RESULT,
    COX_FENCE_DONE,
    COX_FENCE_CLOSED,  /**< a request that merged with another one is over with it: for members who do not know the other; or it was withdrawn */
    COX_FENCE_CONFIRM, /**< a human says that the node is down */
    COX_FENCE_HELLO,
    COX_FENCE_HISTORY,
    COX_FENCE_DOUBT,   /**< a node that was reported down is still in the ring: is it alive? */
    COX_FENCE_UNDERWAY, /**< for who joins: an operation of the sender that is not over */
    COX_FENCE_LIFE,    /**< for who joins: the life in which a node was that is away now */
    COX_FENCE_WITHDRAW, /**< nobody wants this request any more; with an attempt: its executor, that has not begun, will not (fencewithdraw.c) */
};

/** Why a request that was withdrawn has not succeeded. */
#define COX_FENCE_WITHDRAWN_TEXT "it is not wanted any more"

/** What somebody wants.  Texts borrowed. */
struct cox_fence_request {
    const char *target;
    enum cox_fence_action action; /**< REBOOT, OFF or ON */
    const char *client;           /**< who asks, for the history */
    gint64 delay_ms;              /**< before the first device, besides the device's own; negative: no delay at all */
    gint64 tolerance_ms;          /**< done already if it was done so recently; 0: never */
    bool is_unfencing;            /**< ON by all devices that unfence */
    guint64 life;                 /**< incarnation of the target that is to end (see fencegreet.h); 0: not known */
};

/** An operation that is over. */
struct cox_fence_record {
    struct cox_fence_id id;
    const char *target, *client, *delegate, *reason; /**< delegate: node whose device did it, or NULL */
    enum cox_fence_action action;
    bool is_ok, is_confirmed;     /**< confirmed: by a human */
    cox_wall done_at;
    guint64 incarnation;          /**< of the target: the life that it ended, if it did; 0: not known */
};

struct cox_fence_message {
    enum cox_fence_message_kind kind;
    struct cox_fence_id id;             /**< REQUEST, CAN, EXEC, RESULT */
    struct cox_fence_request request;   /**< REQUEST; CONFIRM: target, client; DOUBT: target */
    const char *const *devices;         /**< CAN: ids of devices that can fence the target from there */
    size_t n_devices;
    guint64 attempt;                    /**< EXEC, RESULT, WITHDRAW: number of this attempt among the leader's; DOUBT: 1, 2; HELLO: mark of the view */
    const char *device;                 /**< EXEC */
    enum cox_fence_action action;       /**< EXEC */
    guint32 executor;                   /**< EXEC */
    bool with_delay;                    /**< EXEC: the first step of the operation */
    bool is_ok;                         /**< RESULT, CLOSED; CAN: the answer is complete; UNDERWAY: it has begun */
    const char *reason;                 /**< RESULT, CLOSED; or NULL */
    struct cox_fence_record record;     /**< DONE; UNDERWAY: id, target, client, action and life, the rest in the request */
    const char *name;                   /**< HELLO, LIFE */
    guint64 incarnation;                /**< HELLO, LIFE: differs after each boot, is the same after a restart of the daemon;
                                             DOUBT: of the target when its device was told; 0: not known */
    const struct cox_fence_record *records; /**< HISTORY; UNDERWAY: requests that have merged, of which only the id counts */
    size_t n_records;
};

/** Has the message all parts that its kind needs, and only actions that may be asked for?  Others are ignored. */
bool cox_fence_message_is_sane(const struct cox_fence_message *message);

G_END_DECLS

#endif
