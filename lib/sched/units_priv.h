/* lib/sched/units_priv.h - what of a configuration is tied together, so that it is planned together.  Layer 3, private. */
#ifndef COX_SCHED_UNITS_PRIV_H
#define COX_SCHED_UNITS_PRIV_H

#include <stdbool.h>
#include <glib.h>

#include "model/config.h"

/** Units of a configuration, numbered from 0. */
struct sched_units {
    const struct cox_config *config; /**< borrowed */
    guint32 *of;           /**< [config->n_resources] unit of each resource */
    guint32 n;
    guint32 *weights;      /**< [n] resources in it */
    bool *is_constant;     /**< [n] in each excerpt: a fencing device is in it, or something with a date */
    GHashTable *watched;   /**< names of node attributes that rules and constraints look at */
    bool is_any_watched;   /**< a rule puts such a name together, so that it may be any */
    const char *obstacle;  /**< why nothing of this configuration can be planned alone, a text for people; or NULL */
};

struct sched_units *sched_units_new(const struct cox_config *config);
void sched_units_free(struct sched_units *units);

enum { SCHED_UNIT_NONE = -1 };

/**
 * Unit of the primitive whose history, or whose part of an attribute's name, is @id ("p", "p:0"); SCHED_UNIT_NONE when there is none.
 * Names of what bundles are made of are of none.
 */
gint64 sched_units_find(const struct sched_units *units, const char *id, size_t length);

/** Of which resource is the attribute, if it is one of those that belong to one?  As above. */
gint64 sched_units_of_attribute(const struct sched_units *units, const char *name);

#endif
