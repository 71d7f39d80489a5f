/* lib/sched/assign_priv.h - what the files of the pass "assign" share: rows of scores, merging, placing.  Layer 3, private.
 *
 * A row is the array rsc->cells, one cell for each node.  Whoever may have to take something back copies the row first.
 */
#ifndef COX_SCHED_ASSIGN_PRIV_H
#define COX_SCHED_ASSIGN_PRIV_H

#include "sched/capacity_priv.h"
#include "sched/work_priv.h"

/** How one kind of resource is assigned; indexed by enum cox_variant, so that the files of the kinds need not know each other. */
struct sched_placer {
    /** @return the node when there is just one; @stop_if_fail false: a try that leaves no trace when it fails */
    struct sched_node *(*assign)(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer,
                                 bool stop_if_fail);
};

static inline struct sched_node *
sched_place(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer, bool stop_if_fail)
{
    return work->placers[rsc->variant].assign(work, rsc, prefer, stop_if_fail);
}

static inline struct sched_node *
sched_node_at(const struct sched_work *work, guint32 idx)
{
    return (struct sched_node *) g_ptr_array_index(work->nodes, idx);
}

static inline struct sched_rsc *
sched_child(const struct sched_rsc *rsc, guint i)
{
    return (struct sched_rsc *) g_ptr_array_index(rsc->children, i);
}

static inline guint
sched_n_children(const struct sched_rsc *rsc)
{
    return rsc->children == NULL ? 0 : rsc->children->len;
}

/* row.c: rows of scores */
/** A node may be used now: online, clean, not in standby or maintenance, not leaving. */
static inline bool
sched_node_usable(const struct sched_node *node)
{
    return node->is_online && !node->is_unclean && !node->is_standby && !node->is_shutdown && !node->is_maintenance;
}

/** Usable, and the resource is not banned there. */
bool sched_row_allows(const struct sched_work *work, const struct sched_cell *cells, guint32 idx);
/** Is there any node that the row allows? */
bool sched_row_any(const struct sched_work *work, const struct sched_cell *cells);
struct sched_cell *sched_row_copy(const struct sched_work *work, const struct sched_cell *cells); /**< g_free it */
void sched_row_restore(const struct sched_work *work, struct sched_cell *cells, const struct sched_cell *saved);
/** Add @score to the cell of @rsc and all below it; the node becomes known to them. */
void sched_row_add(const struct sched_work *work, struct sched_rsc *rsc, guint32 idx, cox_score score);
/** As above for every node. */
void sched_row_add_all(const struct sched_work *work, struct sched_rsc *rsc, cox_score score);
/** Rows of all resources as they are before any constraint. */
void sched_row_init(struct sched_work *work);

/* node_order.c */
/** Node indices of the row, best first, written to @order [n_nodes]; @current may be NULL.  @return how many */
guint32 sched_node_order(const struct sched_work *work, const struct sched_cell *cells, const struct sched_node *current,
                         guint32 *order);
/** The best node of the row, or NULL. */
struct sched_node *sched_node_best(const struct sched_work *work, const struct sched_cell *cells,
                                   const struct sched_node *current);

/* score_trace.c */
/** Record the row of @rsc and of all below it under the name @where, when scores are wanted. */
void sched_score_trace(struct sched_work *work, const struct sched_rsc *rsc, const char *where);
void sched_score_trace_promotion(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node);

/* colocation.c: lists and merging */
void sched_colocation_add(struct sched_work *work, const struct sched_colocation *row);
/** Drop wishes that a must forbids, of the same two or of others of their groups (colocation_set.c). */
void sched_colocation_drop_void(struct sched_work *work);
/** Sort each resource's lists; after this only sched_colocation_add_late may add. */
void sched_colocation_sort(struct sched_work *work);
void sched_colocation_add_late(struct sched_work *work, const struct sched_colocation *row);
/** Colocations in which @rsc is the dependent, those of its ancestors that concern it included, in order of processing. */
const GPtrArray *sched_colocation_this_with(struct sched_work *work, struct sched_rsc *rsc);
const GPtrArray *sched_colocation_with_this(struct sched_work *work, struct sched_rsc *rsc);
/** The same as sched_colocation_this_with(), but a reference, for whoever places resources meanwhile: that may let go of the list. */
GPtrArray *sched_colocation_hold_this_with(struct sched_rsc *rsc);
bool sched_colocation_influences(const struct sched_colocation *row);
/** Roles of @clone are about to be chosen: what a bundle around it is colocated with concerns it from now on. */
void sched_colocation_roles_begin(struct sched_rsc *clone);
/** The node beside which things are that run on @node: itself, or the host of a bundle's guest node (may be NULL). */
const struct sched_node *sched_colocation_host(const struct sched_node *node);
/** Value of the colocation's attribute on @node (or its host); may be NULL. */
const char *sched_colocation_value(const struct sched_work *work, const struct sched_colocation *row, const struct sched_node *node);
bool sched_is_mandatory(const struct sched_colocation *row);
bool sched_colocation_stays_down(const struct sched_rsc *rsc); /**< a primitive that is disabled, or down and not managed? */
/** Is @rsc, for which @row counts, to be placed before the primary: bound to it by what counts more, or in need of room that it would take? */
bool sched_colocation_is_turned(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_colocation *row);

enum sched_merge_flags {
    SCHED_MERGE_DEFAULT = 0,
    SCHED_MERGE_ACTIVE = 1 << 0,      /**< give up when no node is left */
    SCHED_MERGE_NONNEGATIVE = 1 << 1, /**< do not let scores fall below zero */
    SCHED_MERGE_THIS_WITH = 1 << 2,   /**< follow to primaries, not to dependents */
};

/** One merge of the wishes of @source (and, through it, of others) into a row. */
struct sched_merge {
    struct sched_work *work;
    struct sched_rsc *target;  /**< whose row it is */
    double factor;
    unsigned flags;            /**< enum sched_merge_flags */
    bool all_usable;           /**< every node is usable, and none stands for the host of a bundle: no look at it is needed */
};

/** Merge the scores of @source into @cells; @row is the colocation that leads there (NULL: the row is @source's own). */
void sched_merge_scores(const struct sched_merge *merge, struct sched_rsc *source, const struct sched_colocation *row,
                        struct sched_cell *cells);
/** Merge the wishes of the dependent of @row into the row of @target. */
void sched_merge_dependent(struct sched_work *work, const struct sched_colocation *row, struct sched_rsc *target);

/* colocation_apply.c */
enum sched_coloc_effect {
    SCHED_COLOC_NOTHING = 0,
    SCHED_COLOC_LOCATION,
    SCHED_COLOC_ROLE,
};
enum sched_coloc_effect sched_colocation_effect(const struct sched_rsc *dependent, const struct sched_rsc *primary,
                                                const struct sched_colocation *row, bool preview);
/** What @row does to @dependent now that @primary is assigned. */
void sched_colocation_apply(struct sched_work *work, struct sched_rsc *dependent, struct sched_rsc *primary,
                            const struct sched_colocation *row);

/* utilization.c */
/** Ban @rsc where it has no room with all that must be with it; if it has nowhere, with its group, or alone: then prefer what is returned. */
struct sched_node *sched_utilization_ban(struct sched_work *work, struct sched_rsc *rsc);

/* place.c */
/** Put @rsc (all below it) on @node; NULL: nowhere.  @force: even where it is banned. */
void sched_place_set(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, bool force,
                     bool stop_if_fail);
void sched_place_unset(struct sched_work *work, struct sched_rsc *rsc);
/** The one node that @rsc is assigned to; NULL for none and for several. */
struct sched_node *sched_place_of(const struct sched_rsc *rsc);
/** Role of an instance, for groups the highest of a member; next or current. */
enum cox_role sched_place_role(const struct sched_rsc *rsc, bool current);
void sched_place_role_set(struct sched_rsc *rsc, enum cox_role role, const char *reason);

/* instances.c */
struct sched_instances {
    GPtrArray *list; /**< struct sched_rsc *, in order of assignment */
    int max_total, max_per_node;
};
/** Sort instances into the order in which they are assigned (@by_promotion: promotion order). */
void sched_instances_sort(struct sched_work *work, GPtrArray *list, bool by_promotion);
/** Distribute instances over nodes. */
void sched_instances_assign(struct sched_work *work, struct sched_rsc *collective, const struct sched_instances *what);

/* promotable.c */
void sched_promotable_add_scores(struct sched_work *work, struct sched_rsc *clone);
void sched_promotable_choose(struct sched_work *work, struct sched_rsc *clone);

/* rsc_order.c */
/** Order top-level resources by priority, then (strategies with utilization) by scores. */
void sched_rsc_order(struct sched_work *work, GPtrArray *rscs);

/* location.c */
void sched_location_expand(struct sched_work *work);
void sched_location_add(struct sched_work *work, struct sched_location *location);
/** What is recorded next is due to @location. */
void sched_location_cause(const struct sched_work *work, const struct sched_location *location);
/** Add all location constraints to the rows. */
void sched_location_apply(struct sched_work *work);

/* colocation_set.c, ticket_use.c, colocation_internal.c */
/** Resource that a constraint means by a configured resource: the whole clone for what is inside one. */
struct sched_rsc *sched_constraint_rsc(const struct sched_work *work, cox_rsc_id id);
void sched_colocation_expand(struct sched_work *work);
void sched_colocation_internal(struct sched_work *work);
void sched_ticket_expand(struct sched_work *work);
void sched_ticket_apply(struct sched_work *work);

/* the kinds */
struct sched_node *sched_primitive_assign(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer,
                                          bool stop_if_fail);
struct sched_node *sched_group_assign(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer,
                                      bool stop_if_fail);
struct sched_node *sched_clone_assign(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer,
                                      bool stop_if_fail);
struct sched_node *sched_bundle_assign(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer,
                                       bool stop_if_fail);

#endif
