/* lib/sched/planner_priv.h - what the files that make and relate actions offer each other.  Layer 3, private. */
#ifndef COX_SCHED_PLANNER_PRIV_H
#define COX_SCHED_PLANNER_PRIV_H

#include "sched/action_priv.h"

/* internal.c: orderings that follow from what a resource is */
void sched_internal_orders(struct sched_work *work, struct sched_rsc *rsc);
/** What may not be together on a node: one leaves before the other comes. */
void sched_internal_apart(struct sched_work *work);

/* order_held.c */
/** Will @rsc, which is down, not start because of mandatory constraints, whatever is decided?  Not all are found of which that is so. */
bool sched_order_holds(const struct sched_work *work, const struct sched_rsc *rsc);
/** By index: the primitives that run and are blocked, and those that orders let stop only after such.  Not all are found.  g_free it. */
bool *sched_order_kept(const struct sched_work *work);
/* primitive_actions.c */
void sched_primitive_actions(struct sched_work *work, struct sched_rsc *rsc);
void sched_primitive_cleanup(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, bool optional);
/* collective_actions.c */
void sched_rsc_actions(struct sched_work *work, struct sched_rsc *rsc);
/* migrate.c */
void sched_migrate_actions(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *source);
/* recurring.c */
void sched_recurring_actions(struct sched_work *work, struct sched_rsc *rsc);
struct sched_action *sched_recurring_cancel(struct sched_work *work, struct sched_rsc *rsc, const char *task,
                                            gint64 interval_ms, struct sched_node *node);
/* probe.c */
void sched_probes(struct sched_work *work);
void sched_probe_orders(struct sched_work *work);
/* cancel.c: what a changed configuration asks for */
/** Recurring operations that go on, also those that watch a stopped resource; @ops is scratch. */
void sched_recurring_known(struct sched_work *work, const struct sched_wish *wish, GPtrArray *ops);
void sched_config_changes(struct sched_work *work);
/* digest.c */
enum sched_digest_result {
    SCHED_DIGEST_SAME = 0,
    SCHED_DIGEST_RELOAD, /**< differs, or unknown */
    SCHED_DIGEST_RESTART,
};
/** Are the parameters those that it ran with?  @is_exact: also where secrets were blanked out, perhaps. */
enum sched_digest_result sched_digest_compare(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                                              const struct cox_op_history *op, bool is_exact);
/** Digest of those of the parameters @all that are for the agent and not in the list of words @secrets (or NULL); caller frees. */
char *sched_digest_public(const struct sched_rsc *rsc, const struct cox_nvlist *all, const char *secrets);
/* opmeta.c */
/** The op element for this task and interval, or NULL; for migrate_* also "migrate". */
const struct cox_op_def *sched_op_find(const struct sched_rsc *rsc, const char *task, gint64 interval_ms,
                                       bool with_disabled);
bool sched_op_is_enabled(const struct cox_op_def *op);
const char *sched_op_attr(const struct cox_op_def *op, const char *name);
/** The operation that the action runs, or, a cancel, the one that it ends. */
const char *sched_action_op_name(const struct sched_action *action);
/** Meta-attributes of an operation as configured; caller clears. */
void sched_op_meta(struct sched_work *work, const struct sched_action *action, struct cox_nvlist *list);
void sched_op_params(struct sched_work *work, const struct sched_action *action, const struct cox_op_def *op,
                     struct cox_nvlist *list);
gint64 sched_op_interval(const struct cox_op_def *op);
/* fencing.c */
struct sched_action *sched_fence_action(struct sched_work *work, struct sched_node *node, const char *what,
                                        bool optional, const char *reason);
void sched_fencing_actions(struct sched_work *work);
void sched_unfence_order(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                         struct sched_action *action, guint32 flags);
/* remote_actions.c */
void sched_remote_orders(struct sched_work *work);
/** Is the connection to this remote node lost, and not to be had again? */
bool sched_remote_is_failed(const struct sched_node *node);
struct sched_node *sched_remote_router(const struct sched_action *action);
/* notify.c */
void sched_notify_pseudo(struct sched_work *work, struct sched_rsc *clone);
void sched_notify_pseudo_promotable(struct sched_work *work, struct sched_rsc *clone);
void sched_notify_fenced(struct sched_work *work, struct sched_rsc *rsc, struct sched_action *fencing);
void sched_notify_fill(struct sched_work *work);
struct sched_notice *sched_notice(struct sched_work *work, const struct sched_rsc *rsc, enum sched_task task);
/* flags.c: what collective actions are, given those of their members */
guint32 sched_flags_of(struct sched_work *work, struct sched_action *action, const struct sched_node *node);
guint32 sched_flags_for_ordering(struct sched_work *work, struct sched_action *action, const struct sched_node *node);
enum sched_task sched_flags_base_task(const struct sched_action *action);
/** Where it happens; the start of a group happens where its first member goes.  NULL: in no one place. */
const struct sched_node *sched_action_place(const struct sched_action *action);
/* relation.c */
/** Apply one edge; bits say which side changed, or was only seen to have changed: an event, given what its members are. */
enum { SCHED_CHANGED_FIRST = 1, SCHED_CHANGED_THEN = 2, SCHED_CHANGED_PARTLY = 4 /* to be applied again */,
       SCHED_SEEN_FIRST = 8, SCHED_SEEN_THEN = 16 };
guint32 sched_relation_apply(struct sched_work *work, struct sched_action *first, struct sched_action *then,
                             guint32 flags);
/* worklist.c */
void sched_propagate_enqueue(struct sched_work *work, struct sched_action *action);
void sched_propagate_late(struct sched_work *work, struct sched_action *action); /**< look at it at the end */
/** @action changed: look again at it and what follows it, and at the end at the events of what it is part of. */
void sched_propagate_touch(struct sched_work *work, struct sched_action *action);
/** The same for the first of a relation, which is looked at again only after what waits for it. */
void sched_propagate_touch_first(struct sched_work *work, struct sched_action *action);
/** Look at it once more when what has been asked for last is settled, before its event would be. */
void sched_propagate_again(struct sched_work *work, struct sched_action *action);
/** Look at the end at what follows @action. */
void sched_propagate_touch_late(struct sched_work *work, struct sched_action *action);
/* graph_order.c */
/** Sort what is in the graph in the order in which it is listed, and number it. */
void sched_graph_order(const struct sched_work *work, GPtrArray *actions);
/* summary.c */
void sched_summary_fill(struct sched_work *work, struct cox_plan *plan);

#endif
