/* lib/sched/action_priv.h - the table of actions and the relations between them while a plan is made.  Layer 3, private.
 *
 * Actions have dense ids.  A relation (edge) says how the state of its first action bears on that of its then action;
 * propagate.c carries the consequences through until nothing changes any more.
 */
#ifndef COX_SCHED_ACTION_PRIV_H
#define COX_SCHED_ACTION_PRIV_H

#include "sched/work_priv.h"

enum sched_task {
    SCHED_TASK_NONE = 0, /**< none of those below; see the action's task text */
    SCHED_TASK_MONITOR,
    SCHED_TASK_START,
    SCHED_TASK_RUNNING,
    SCHED_TASK_STOP,
    SCHED_TASK_STOPPED,
    SCHED_TASK_PROMOTE,
    SCHED_TASK_PROMOTED,
    SCHED_TASK_DEMOTE,
    SCHED_TASK_DEMOTED,
    SCHED_TASK_MIGRATE_TO,
    SCHED_TASK_MIGRATE_FROM,
    SCHED_TASK_RELOAD,
    SCHED_TASK_DELETE,
    SCHED_TASK_LRM_DELETE,
    SCHED_TASK_CLEAR_FAILCOUNT,
    SCHED_TASK_CANCEL,
    SCHED_TASK_NOTIFY,
    SCHED_TASK_NOTIFIED,
    SCHED_TASK_STONITH,
    SCHED_TASK_SHUTDOWN,
    SCHED_N_TASKS
};

enum sched_action_flag {
    SCHED_OPTIONAL = 1 << 0,   /**< nothing asks for it so far */
    SCHED_RUNNABLE = 1 << 1,   /**< nothing forbids it so far */
    SCHED_PSEUDO = 1 << 2,     /**< an event, nothing to execute */
    SCHED_MIGRATABLE = 1 << 3, /**< part of a live migration that is still possible */
    SCHED_ALWAYS = 1 << 4,     /**< in the graph even when optional */
    SCHED_RESCHEDULE = 1 << 5, /**< a recurring action that must be scheduled again */
    SCHED_MIN_RUNNABLE = 1 << 6, /**< runnable once need_runnable of its predecessors are */
    SCHED_DANGLING = 1 << 7,   /**< cleans up after a broken migration */
    SCHED_QUEUED = 1 << 8,     /**< in the worklist */
    SCHED_IN_GRAPH = 1 << 9,
    SCHED_MARK = 1 << 10,      /**< scratch of walks over the edges */
    SCHED_IS_KNOWN = 1 << 11,  /**< recurring: it is active in the history */
    SCHED_BLOCKED_OTHERS = 1 << 12, /**< what depends on it has been told */
    SCHED_QUEUED_LATE = 1 << 13, /**< in the worklist of what can wait */
};

enum sched_relation {
    SCHED_R_NONE = 0,
    SCHED_R_ORDERED = 1 << 0,           /**< if both happen, in this order */
    SCHED_R_REQUIRES_THEN = 1 << 1,     /**< a required first makes then required */
    SCHED_R_REQUIRES_FIRST = 1 << 2,    /**< a required then makes first required */
    SCHED_R_BLOCKS = 1 << 3,            /**< an unrunnable first makes then unrunnable */
    SCHED_R_RESTART = 1 << 4,           /**< first is the way down, then the way up of one restart */
    SCHED_R_PROMOTED_FIRST = 1 << 5,    /**< as REQUIRES_FIRST if the resource is promoted now */
    SCHED_R_THEN_UNMIGRATABLE = 1 << 6, /**< a then that cannot migrate takes first away */
    SCHED_R_FIRST_OR_THEN = 1 << 7,     /**< an unrunnable first makes the pseudo then a real action */
    SCHED_R_MIN_RUNNABLE = 1 << 8,
    SCHED_R_ASYMMETRIC = 1 << 9,
    SCHED_R_UNFENCES_THEN = 1 << 10,    /**< as REQUIRES_THEN while first, an unfencing, can run; else what needs it waits */
    SCHED_R_IF_SAME_NODE = 1 << 11,     /**< only between actions on one node */
    SCHED_R_LOAD = 1 << 12,             /**< only if on one node, or towards the migration's target */
    SCHED_R_ANTI = 1 << 13,             /**< only if first is required and on the same node */
    SCHED_R_GUEST = 1 << 14,            /**< fine between a guest node and what makes it */
    SCHED_R_CANCELS_FIRST = 1 << 15,    /**< a required then makes first needless */
    SCHED_R_SHOWS_THEN = 1 << 16,       /**< a required first puts then in the graph */
    SCHED_R_SHOWS_FIRST = 1 << 17,      /**< a required then puts first in the graph */
    SCHED_R_UNLESS_MIGRATABLE = 1 << 18, /**< not when first is part of a live migration */
    SCHED_R_SERIALIZE = 1 << 19,
    SCHED_R_NESTED_PROBE = 1 << 20,
};

struct sched_action;

struct sched_edge {
    struct sched_action *first, *then;
    guint32 flags;
    guint32 dropped; /**< flags of before it was found not to hold, so that it is not added again */
};

struct sched_action {
    guint32 id;
    enum sched_task task;
    const char *text; /**< task's name */
    const char *key;
    struct sched_rsc *rsc;
    struct sched_node *node;
    gint64 interval_ms;
    guint32 flags;
    enum sched_requires needs;
    int priority;
    const char *reason;
    struct cox_nvpair *meta; /**< own meta-attributes, without prefix */
    guint32 n_meta, meta_room;
    struct sched_vec before, after; /**< struct sched_edge * */
    guint32 n_runnable, need_runnable;
    guint32 graph_index;
};

/** An operation of an agent: its name, and how often it runs (0: once). */
struct sched_op_name {
    const char *text;
    gint64 interval_ms;
};

/** Notifications around one kind of action of a clone. */
struct sched_notice {
    enum sched_task task;
    struct sched_action *pre, *pre_done, *post, *post_done;
};

/** An ordering by task, expanded once all actions are there. */
struct sched_ordering {
    struct sched_rsc *first_rsc, *then_rsc;
    enum sched_task first_task, then_task;
    struct sched_action *first, *then;
    guint32 flags;
};

/** Data of this part of the room: work->order_data. */
struct sched_order_data {
    struct sched_vec orderings;       /**< struct sched_ordering *; the first n_configured are of constraints */
    struct sched_notice (*notices)[4]; /**< [n_rscs]: start, stop, promote, demote; NULL without clones that notify */
    struct sched_vec queue;           /**< worklist of propagate.c */
    struct sched_vec events;          /**< the same, of what has members: looked at when these have settled */
    struct sched_vec late;            /**< the same, what can wait until the end */
    guint32 n_rscs, n_configured;
    bool is_late;                     /**< what could wait is looked at now */
    guint64 n_changes;                /**< how often flags of an action changed while they were settled */
    struct sched_flags_memo *memos;   /**< of flags.c */
};

/* action.c */
const char *sched_task_text(enum sched_task task);
enum sched_task sched_task_parse(const char *text);
struct sched_order_data *sched_order_data(struct sched_work *work);
/** The action of @rsc, found or made; @node may be NULL.  A required request makes a found one required. */
struct sched_action *sched_action_get(struct sched_work *work, struct sched_rsc *rsc, enum sched_task task,
                                      struct sched_node *node, bool optional);
/** As above for a recurring (or otherwise named) action. */
struct sched_action *sched_action_get_recurring(struct sched_work *work, struct sched_rsc *rsc,
                                                struct sched_op_name op, struct sched_node *node, bool optional);
void sched_action_check(struct sched_work *work, struct sched_action *action); /**< SCHED_RUNNABLE by node, quorum */
/** A new action with its own key, never merged with another. */
struct sched_action *sched_action_new(struct sched_work *work, struct sched_rsc *rsc, enum sched_task task,
                                      const char *key, struct sched_node *node);
/** Pseudo action of the whole cluster by its key (task and key are the same). */
struct sched_action *sched_action_event(struct sched_work *work, const char *key);
struct sched_action *sched_action_pseudo(struct sched_work *work, struct sched_rsc *rsc, enum sched_task task,
                                         bool optional, bool runnable);
/** First action of @rsc with this task and interval 0; @node NULL: any. */
struct sched_action *sched_action_find(const struct sched_rsc *rsc, enum sched_task task,
                                       const struct sched_node *node);
void sched_action_set_meta(struct sched_work *work, struct sched_action *action, const char *name, const char *value);
const char *sched_action_meta(const struct sched_action *action, const char *name);
void sched_action_reason(struct sched_action *action, const char *reason, bool overwrite);
const char *sched_action_key(struct sched_work *work, const char *rsc_id, const char *task, gint64 interval_ms);
/** Set (or clear) flags while they are settled: everything that does so then goes through here. */
void sched_action_flags(struct sched_work *work, struct sched_action *action, guint32 flags, bool set);
/** Text for a reason that is another action: "required rsc start". */
void sched_action_because(struct sched_work *work, struct sched_action *action, guint32 cleared,
                          const struct sched_action *cause);

static inline bool
sched_is_optional(const struct sched_action *action)
{
    return (action->flags & SCHED_OPTIONAL) != 0;
}

static inline bool
sched_is_runnable(const struct sched_action *action)
{
    return (action->flags & SCHED_RUNNABLE) != 0;
}

static inline bool
sched_is_collective(const struct sched_rsc *rsc) { return rsc->variant == COX_CLONE || rsc->variant == COX_BUNDLE; }

/* edges.c */
/** Relate two actions; was it new? */
bool sched_edge_add(struct sched_work *work, struct sched_action *first, struct sched_action *then, guint32 flags);
void sched_edge_drop(struct sched_edge *edge); /**< it does not hold; adding it again changes nothing */
/** Order tasks of resources; taken up by sched_orderings_expand. */
void sched_ordering_add(struct sched_work *work, const struct sched_ordering *ordering);
void sched_order_tasks(struct sched_work *work, struct sched_rsc *first_rsc, enum sched_task first_task,
                       struct sched_rsc *then_rsc, guint64 task_and_flags);
#define SCHED_THEN(task, flags) (((guint64) (task) << 32) | (guint64) (flags))
void sched_order_task_action(struct sched_work *work, struct sched_rsc *rsc, enum sched_task task,
                             struct sched_action *then, guint32 flags);
void sched_order_action_task(struct sched_work *work, struct sched_action *first, struct sched_rsc *rsc,
                             enum sched_task task, guint32 flags);
/** Turn orderings from @from on into edges. */
void sched_orderings_expand(struct sched_work *work, guint32 from);

#endif
