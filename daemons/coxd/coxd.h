/* daemons/coxd/coxd.h - what the parts of this daemon share.  Layer 6. */
#ifndef COX_DAEMONS_COXD_H
#define COX_DAEMONS_COXD_H

#include <stdbool.h>
#include <glib.h>

#include "client/client.h"
#include "service/service.h"
#include "supervise/supervise.h"

G_BEGIN_DECLS

/** A daemon below the supervisor. */
struct cox_coxd_child {
    struct cox_coxd *coxd;
    enum cox_daemon daemon;
    guint index;
    char *path;                /**< of its program */
    cox_source_id child;       /**< 0: does not run */
    pid_t pid;                 /**< 0: does not run */
    guint64 start_ticks;       /**< with the pid: which process */
    struct cox_client *client; /**< as long as it runs */
    guint64 ping;              /**< number of the open liveness request */
    gint64 ran_before_ms, starved_before_ms; /**< how long it had run, and been kept from it, by then; -1: not known */
    cox_source_id inspection;  /**< it is looked at soon */
    cox_usec asked_at;         /**< when it was sent */
    gint64 slowest_ms;         /**< the longest that an answer to one has taken, all processes of this daemon */
    guint n_late;              /**< answers that came when the next request was due already; a request without any answer kills */
    cox_source_id reconnect;   /**< somebody else answered: the pause before the next connection */
    bool is_imitated;          /**< and that was said, for this process */
    bool is_unmonitored;       /**< has been away for too long */
    bool is_wanted;            /**< one that runs only where it is wanted is wanted here */
};

enum { COX_COXD_CHILDREN = 8 };

struct cox_coxd {
    struct cox_ctx *ctx;
    struct cox_supervise *engine;
    struct cox_coxd_child children[COX_COXD_CHILDREN]; /**< in the order of the engine's */
    GQueue events;             /**< struct cox_supervise_event *, that came during a step */
    bool is_stepping;
    cox_source_id timer;
    char **environment;        /**< of the children */
    char *records;             /**< file that says what was started */
    gint64 late_ms;            /**< an answer that takes longer is late */
    bool fails_fast;           /**< a daemon that crashes takes the node down */
    bool is_ready, is_leaving, is_stopping, is_done;
    bool stays_down;           /**< nothing is moved away, and the unit must not start us again */
    cox_source_id leave_timer; /**< limit of the leave */
};

/** One step of the engine, and everything that it asks for. */
void cox_coxd_step(struct cox_coxd *coxd, const struct cox_supervise_event *event);

/** Ask controld to leave the cluster, which moves away what runs here; cox_coxd_left() follows. */
void cox_coxd_leave(struct cox_coxd *coxd);

/** What runs here has gone, or nobody can do anything about it: stop the daemons. */
void cox_coxd_left(struct cox_coxd *coxd);

/** Take the machine down, as the setting panic_action says.  Returns only when the kernel refuses. */
void cox_coxd_take_down(const struct cox_coxd *coxd, const char *why);

/** Write down what runs and what is wanted; a failure is said. */
void cox_coxd_note(const struct cox_coxd *coxd);

/** Child processes of daemons that died become ours: let them go when they end. */
void cox_coxd_reap(struct cox_coxd *coxd);

/** The whole daemon. */
extern const struct cox_service cox_coxd_service;

/** Does it run only where it is wanted? */
bool cox_coxd_is_on_demand(const struct cox_coxd_child *child);

G_END_DECLS

#endif
