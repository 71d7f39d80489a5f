/* lib/fence/fencelocal.h - runs of fence agents on this node: delays, queues, retries, time limits.  Layer 3, pure.
 *
 *     DELAYED --time--> QUEUED --room at the device--> RUNNING --success--> over
 *                         ^                              |   '-- time is up: killed --> over
 *                         '---- failed, tries and time left'---- else --> over
 */
#ifndef COX_FENCE_FENCELOCAL_H
#define COX_FENCE_FENCELOCAL_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"
#include "fence/fencemsg.h"

G_BEGIN_DECLS

/** One action of one device for one target. */
struct cox_fencejob {
    struct cox_fence_id id;       /**< whose it is */
    guint64 attempt;              /**< of the operation; 0: list or status, to find out what the device can do */
    char *device, *target;        /**< owned */
    enum cox_fence_action action;
    cox_usec due_at;              /**< end of the delay */
    cox_usec deadline;            /**< of all tries; COX_USEC_NEVER before the first */
    guint tries;
    guint64 run;                  /**< of the agent at work; 0: none */
    bool is_timed_out;
    bool is_held;                 /**< its time has come, but not quorum's */
};

struct cox_fencelocal {
    GPtrArray *jobs;              /**< struct cox_fencejob, in the order of acceptance */
    guint64 runs;
};

void cox_fencelocal_init(struct cox_fencelocal *local);
void cox_fencelocal_clear(struct cox_fencelocal *local);

/** A new job; its texts are copied. */
void cox_fencelocal_add(struct cox_fencelocal *local, const struct cox_fencejob *job);

/** The next job that may begin now on @devices (struct cox_fencedevice), marked as begun; NULL: none. */
struct cox_fencejob *cox_fencelocal_begin(struct cox_fencelocal *local, const GPtrArray *devices, cox_usec now);

/** The job whose agent is run @run, or NULL. */
struct cox_fencejob *cox_fencelocal_find(const struct cox_fencelocal *local, guint64 run);

/** Is an agent still asked (attempt 0) what it knows, for operation @id? */
bool cox_fencelocal_is_asking(const struct cox_fencelocal *local, struct cox_fence_id id);

/** A step of operation @id with which no agent has begun, or NULL. */
struct cox_fencejob *cox_fencelocal_waiting(const struct cox_fencelocal *local, struct cox_fence_id id);

/** The next job whose time is up and whose agent still works, marked as timed out; NULL: none. */
struct cox_fencejob *cox_fencelocal_overdue(struct cox_fencelocal *local, cox_usec now);

/** The agent of @job ended badly: is it tried once more (then it is queued)?  Else the caller drops it. */
bool cox_fencelocal_retry(struct cox_fencejob *job, const GPtrArray *devices, cox_usec now);

/** @job, just begun, has not: it may begin at @until, or when those that are held are let go. */
void cox_fencelocal_hold(struct cox_fencejob *job, cox_usec until);
void cox_fencelocal_let_go(struct cox_fencelocal *local, cox_usec now);

void cox_fencelocal_drop(struct cox_fencelocal *local, struct cox_fencejob *job);

/** When something happens by itself next. */
cox_usec cox_fencelocal_wake_at(const struct cox_fencelocal *local, cox_usec now);

/** The device with this id among @devices, or NULL. */
struct cox_fencedevice *cox_fencelocal_device(const GPtrArray *devices, const char *id);

G_END_DECLS

#endif
