/* lib/fence/fenceop.h - one fencing operation: who can do what, and which way is tried next.  Layer 3, pure. */
#ifndef COX_FENCE_FENCEOP_H
#define COX_FENCE_FENCEOP_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/monotime.h"
#include "fence/fencelevel.h"
#include "fence/fencemsg.h"

G_BEGIN_DECLS

enum cox_fenceop_state {
    COX_FENCEOP_QUEUED = 0, /**< another one for this target is under way */
    COX_FENCEOP_ASKING,     /**< who can? */
    COX_FENCEOP_WORKING,
    COX_FENCEOP_STALLED,    /**< was working, and quorum is away: for a moment, perhaps (fencequorum.c) */
    COX_FENCEOP_DOUBTED,    /**< done, says the device, but the node is still in the ring */
    COX_FENCEOP_OVER,       /**< DONE is on its way */
};

struct cox_fenceop {
    struct cox_fence_id id;
    guint32 leader;          /**< who works through it: the origin, but for its own fencing another member */
    char *target, *client;
    enum cox_fence_action action;
    gint64 delay_ms;
    bool is_unfencing;
    GArray *merged;          /**< struct cox_fence_id: equal requests that wait for this one */
    enum cox_fenceop_state state;
    bool is_old;             /**< it was under way, here or where it is led, when somebody joined last */
    bool is_withdrawn;       /**< who wanted it does not any more: what is asked for from now on is another one */
    /* The rest is of interest at the leader only. */
    GArray *answered;        /**< guint32: members whose answer is complete */
    GPtrArray *able;         /**< struct cox_fenceable: devices and the members that can use them */
    cox_usec grace_until, asking_until, deadline;
    GPtrArray *ways;         /**< GPtrArray of char * (device ids): sets of devices, tried in this order */
    GPtrArray *failed;       /**< char *: ways that have failed, "id,id"; they are not planned again */
    guint way, step, n_required;
    GArray *steps;           /**< struct cox_fencestep of the present way */
    GArray *tried;           /**< guint32: executors that failed at the present step */
    guint32 executor;
    guint64 attempt;
    guint64 life;            /**< incarnation of the target when a device was told to act last; 0: not known */
    bool is_delayed;         /**< the delay was served */
    guint64 incarnation;     /**< of the target: the life that is to end; 0: not known.  What it proves, it proves of no later one */
    char *delegate, *reason;
};

/** A device and who can use it for the target. */
struct cox_fenceable {
    char *device;
    GArray *nodes;           /**< guint32, ascending */
};

/** A new operation that member @leader works through. */
struct cox_fenceop *cox_fenceop_new(struct cox_fence_id id, guint32 leader, const struct cox_fence_request *request);

/**
 * Is a request for this the same as @op?  One that does not name a life is content with any; one that does, only with an operation that ends
 * the same.
 */
bool cox_fenceop_is_equal(const struct cox_fenceop *op, enum cox_fence_action action, bool is_unfencing, guint64 life);

/** Free; the argument is a struct cox_fenceop (for GPtrArray). */
void cox_fenceop_free(gpointer op);

/** The operation of this name among @ops (struct cox_fenceop), or the first one for @target; or NULL. */
struct cox_fenceop *cox_fenceop_find(const GPtrArray *ops, struct cox_fence_id id);
struct cox_fenceop *cox_fenceop_find_target(const GPtrArray *ops, const char *target);

/** The operation of this name, or the one with which the request of this name has merged; or NULL. */
struct cox_fenceop *cox_fenceop_find_merged(const GPtrArray *ops, struct cox_fence_id id);

/** Member @node can use these devices. */
void cox_fenceop_note_able(struct cox_fenceop *op, guint32 node, const char *const *devices, size_t n);

/** Member @node is gone. */
void cox_fenceop_forget_node(struct cox_fenceop *op, guint32 node);

/**
 * Work out the ways, from what is known so far: levels that apply to the target (@levels: struct cox_fencelevel *, already
 * matched), else each single device by priority; a way that lacks an executor for one of its devices is left out.
 *
 * @param devices struct cox_fencedevice
 * @return the number of ways
 */
guint cox_fenceop_plan(struct cox_fenceop *op, const GPtrArray *devices, const GPtrArray *levels);

/**
 * Can the first way be gone without member @node (the target, which would rather be spared: whoever cuts its own power cannot tell)?  Devices
 * that must run on their target do not count.  Call it after a plan that has found a way.
 */
bool cox_fenceop_can_spare(const struct cox_fenceop *op, const GPtrArray *devices, guint32 node);

/** Can this device do what @action means (reboot: or off)? */
bool cox_fenceop_is_usable(const struct cox_fencedevice *device, enum cox_fence_action action, bool is_unfencing);

/** The present way has failed: enter the next one.  false when there is none (until a plan with more answers finds one). */
bool cox_fenceop_next_way(struct cox_fenceop *op, const GPtrArray *devices);

/** Begin with way number @way. */
void cox_fenceop_enter_way(struct cox_fenceop *op, guint way, const GPtrArray *devices);

/** Device of the present step, or NULL when it has been removed from the configuration. */
struct cox_fencedevice *cox_fenceop_device(const struct cox_fenceop *op, const GPtrArray *devices);

/**
 * Who does the present step: not one that has failed at it; not the target, unless it must be, or is the only one, or has a watchdog for
 * it; the leader itself rather than another; else the lowest id.
 *
 * @param target the target's id if it is a member, else 0
 * @return 0 when nobody is left
 */
guint32 cox_fenceop_pick(const struct cox_fenceop *op, const struct cox_fencedevice *device, guint32 target);

G_END_DECLS

#endif
