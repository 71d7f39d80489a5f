/* lib/sched/capacity_priv.h - room on nodes.  Layer 3, private. */
#ifndef COX_SCHED_CAPACITY_PRIV_H
#define COX_SCHED_CAPACITY_PRIV_H

#include "sched/work_priv.h"

/** What is to be placed, and for whom: some of them may have their room where they are already. */
struct sched_want {
    const gint64 *need; /**< [n_utilization] or NULL */
    struct sched_rsc *const *rscs;
    guint n;
};

bool sched_capacity_counts(const struct sched_work *work); /**< a strategy other than default */
/** <0 when @a has more left than @b */
int sched_capacity_compare(const struct sched_work *work, const struct sched_node *a, const struct sched_node *b);
void sched_capacity_take(const struct sched_work *work, struct sched_node *node, const struct sched_rsc *rsc, int sign);
void sched_capacity_keep(const struct sched_work *work); /**< take the room of what nobody can stop where it is */
/** Take (@sign 1) or give back (-1) what @rsc keeps where it is; nothing if it keeps none. */
void sched_capacity_lend(const struct sched_work *work, const struct sched_rsc *rsc, int sign);
/** Lines "Original: ..." and "Remaining: ...". */
void sched_capacity_show(struct sched_work *work, const char *title);
void sched_capacity_show_rsc(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node);
bool sched_capacity_has_room(const struct sched_work *work, const struct sched_node *node, const struct sched_want *want);
/** What has no place yet of both, to be cleared.  A bundle needs that of one container, what is not known, as for clones, none. */
struct sched_want sched_want_both(const struct sched_work *work, struct sched_rsc *one, struct sched_rsc *other);
void sched_want_clear(struct sched_want *want);
/** Would @rsc, a primitive that is not there, take the room on @node of what runs there, is not of lower priority, has no place yet and fits? */
bool sched_capacity_crowds(const struct sched_work *work, const struct sched_node *node, struct sched_rsc *rsc);
/** Add what @rsc needs, if it has no place yet, to @sum [n_utilization]. */
void sched_capacity_add_need(const struct sched_work *work, const struct sched_rsc *rsc, gint64 *sum);

#endif
