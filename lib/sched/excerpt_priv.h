/* lib/sched/excerpt_priv.h - a configuration and a status of some units only, which share what they can with the whole.
 * Layer 3, private. */
#ifndef COX_SCHED_EXCERPT_PRIV_H
#define COX_SCHED_EXCERPT_PRIV_H

#include "base/arena.h"
#include "model/status.h"
#include "sched/units_priv.h"

/** It must not outlive the whole, nor any change of it. */
struct sched_excerpt {
    struct cox_arena *arena;
    struct cox_config config;
    struct cox_status status;
    cox_rsc_id *whole_ids; /**< [config.n_resources] what they are in the whole */
    guint32 weight;        /**< resources in it */
};

/** Where a node's status has the history of each id, so that some are found without a look at all. */
struct sched_places;

struct sched_places *sched_places_new(void);
void sched_places_free(struct sched_places *places);

/**
 * The configuration of the units with @wanted.  Constraints between units of which some are wanted (locations, tickets) keep what is
 * wanted; those that name nothing are kept.
 */
struct sched_excerpt *sched_excerpt_new(const struct sched_units *units, const bool *wanted);
void sched_excerpt_free(struct sched_excerpt *excerpt);

/**
 * The histories that belong to it, and those of nothing that is configured.
 * @return false when that cannot be told: a node has two histories of one name
 */
bool sched_excerpt_status(struct sched_excerpt *excerpt, struct sched_places *places, const struct sched_units *units,
                          const struct cox_status *status, const bool *wanted);

#endif
