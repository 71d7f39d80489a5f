/* lib/sched/explain_priv.h - the recorder of reasons: hooks of one line where scores change and choices are made.
 *
 * work->explain is NULL unless the input asks for an explanation: then each hook is a look at that pointer and nothing else.
 * Hooks that say a score changes are called before it does.  A row that is copied and restored loses what was recorded in
 * between.  A promotion score is recorded as one more node of the instance: SCHED_PROMOTION.  Layer 3, private.
 */
#ifndef COX_SCHED_EXPLAIN_PRIV_H
#define COX_SCHED_EXPLAIN_PRIV_H

#include "model/explanation.h"
#include "sched/work_priv.h"

/** The place of the promotion score in the record of an instance. */
#define SCHED_PROMOTION(work) ((work)->n_nodes)

void sched_explain_begin(struct sched_work *work); /**< before the pass "rscs" is over: what is there counts as given */
void sched_explain_end(struct sched_work *work);   /**< frees what is not in the arena */
/** Turn the record into data for the plan; after sched_graph_fill. */
void sched_explain_fill(struct sched_work *work, struct cox_plan *plan);

/* explain.c: what the hooks below do when somebody asked */
void sched_explain_do_cause(struct sched_explain *explain, enum cox_term_kind kind, const char *id, const char *peer);
void sched_explain_do_limit(struct sched_explain *explain, gint64 count, gint64 limit);
void sched_explain_do_rule(struct sched_explain *explain, const char *rule);
void sched_explain_do_change(const struct sched_work *work, struct sched_rsc *rsc, guint32 idx, cox_score score, bool is_set);
void sched_explain_do_settle(const struct sched_work *work, struct sched_rsc *rsc);
void sched_explain_do_promotion(struct sched_work *work, struct sched_rsc *rsc, const struct sched_rsc *clone, const struct sched_node *node);
void sched_explain_do_copied(const struct sched_work *work, const struct sched_cell *cells, const struct sched_cell *copy);
void sched_explain_do_restored(const struct sched_work *work, const struct sched_cell *cells, const struct sched_cell *copy);
void sched_explain_do_choice(struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *chosen, enum cox_choice why);
void sched_explain_do_bound(struct sched_work *work, struct sched_rsc *rsc, const struct sched_colocation *row);
void sched_explain_do_partner(struct sched_work *work, struct sched_rsc *rsc, const struct sched_rsc *of);
void sched_explain_do_name(const struct sched_work *work, const void *thing, const char *name);
void sched_explain_do_name_now(const struct sched_work *work, const void *thing);
void sched_explain_do_naming(struct sched_work *work, const void *thing);
void sched_explain_do_naming_text(struct sched_work *work, const char *name);
const char *sched_explain_name_of(const struct sched_work *work, const void *thing);

#define SCHED_EXPLAIN(work, call)                                                                                      \
    do {                                                                                                               \
        if (G_UNLIKELY((work)->explain != NULL)) {                                                                     \
            sched_explain_do_##call;                                                                                   \
        }                                                                                                              \
    } while (0)

/** What changes next changes because of this; texts must live as long as the plan. */
#define sched_explain_cause(work, kind, id, peer) SCHED_EXPLAIN(work, cause((work)->explain, kind, id, peer))
/** More about that cause. */
#define sched_explain_limit(work, n, most) SCHED_EXPLAIN(work, limit((work)->explain, n, most))
#define sched_explain_rule(work, text) SCHED_EXPLAIN(work, rule((work)->explain, text))
/** @score is about to be added to the cell. */
#define sched_explain_add(work, rsc, idx, score) SCHED_EXPLAIN(work, change(work, rsc, idx, score, false))
/** The cell is about to become @score. */
#define sched_explain_set(work, rsc, idx, score) SCHED_EXPLAIN(work, change(work, rsc, idx, score, true))
/** The row has changed in ways that were not recorded: what came of them is due to the cause. */
#define sched_explain_settle(work, rsc) SCHED_EXPLAIN(work, settle(work, rsc))
/** The promotion score of @rsc on @node is settled, with what @clone's row there has in it. */
#define sched_explain_promotion(work, rsc, clone, node) SCHED_EXPLAIN(work, promotion(work, rsc, clone, node))
#define sched_explain_copied(work, cells, copy) SCHED_EXPLAIN(work, copied(work, cells, copy))
#define sched_explain_restored(work, cells, copy) SCHED_EXPLAIN(work, restored(work, cells, copy))
/** @rsc is about to be put on @chosen (may be NULL); @why COX_CHOICE_NONE: find out by looking at the row. */
#define sched_explain_choice(work, rsc, chosen, why) SCHED_EXPLAIN(work, choice(work, rsc, chosen, why))
/** @rsc cannot run at all, by this colocation. */
#define sched_explain_bound(work, rsc, row) SCHED_EXPLAIN(work, bound(work, rsc, row))
/** @rsc has lost its place, as there is no instance of @of (may be NULL) beside it; the order is the one that names are of. */
#define sched_explain_partner(work, rsc, of) SCHED_EXPLAIN(work, partner(work, rsc, of))
/** Remember a name for @thing: the rule of a location, the constraint of an ordering. */
#define sched_explain_name(work, thing, text) SCHED_EXPLAIN(work, name(work, thing, text))

/** What is named next has the name of @thing (NULL: none), or this name. */
#define sched_explain_naming(work, thing) SCHED_EXPLAIN(work, naming(work, thing))
#define sched_explain_naming_text(work, text) SCHED_EXPLAIN(work, naming_text(work, text))
#define sched_explain_name_now(work, thing) SCHED_EXPLAIN(work, name_now(work, thing))

/** The record of one resource. */
struct sched_note {
    struct cox_score_term term;
    cox_score after;          /**< the score with it */
    struct sched_note *prev;  /**< the one before; NULL: the first */
};

struct sched_record {
    struct sched_rsc *rsc;
    struct sched_note **last; /**< [n_nodes + 1] */
    enum cox_choice choice;
    const char *bound_id, *bound_to;
    guint32 chosen, runner_up;
    guint32 *load;            /**< [n_nodes] when the choice was made; NULL: there was none */
    guint8 *obstacles;        /**< [n_nodes] enum cox_node_obstacle, likewise */
};

/** What is recorded of @rsc; begun if need be. */
struct sched_record *sched_explain_record(const struct sched_work *work, struct sched_rsc *rsc);
enum cox_node_obstacle sched_explain_obstacle(const struct sched_node *node);

#endif
