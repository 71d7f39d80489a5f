/* lib/model/nvset.h - sets of names and values, each perhaps under a rule, and what they come to.  Layer 1, pure. */
#ifndef COX_MODEL_NVSET_H
#define COX_MODEL_NVSET_H

#include <stddef.h>
#include <glib.h>

#include "model/rule.h"
#include "model/score.h"

G_BEGIN_DECLS

struct cox_nvpair {
    const char *id;    /**< XML id, may be NULL */
    const char *name;
    const char *value; /**< NULL or "#default": takes out what was found before, see cox_nvsets_resolve() */
};

/** One meta_attributes, instance_attributes, utilization, cluster_property_set ... element (id-refs resolved). */
struct cox_nvset {
    const char *id;
    cox_score score;             /**< sets with higher ones are looked at first */
    const struct cox_rule *rule; /**< NULL = always counts */
    const struct cox_nvpair *pairs;
    size_t n_pairs;
};

/** Sets of one kind of one object, in document order. */
struct cox_nvsets {
    const struct cox_nvset *sets;
    size_t n_sets;
};

/** A resolved list: names are unique, order is that of first appearance. */
struct cox_nvlist {
    struct cox_nvpair *pairs;
    size_t n_pairs;
    size_t allocated;
};

/** An empty list. */
#define COX_NVLIST_INIT { NULL, 0, 0 }

/** Empty the list and give its memory back (the strings are borrowed). */
void cox_nvlist_clear(struct cox_nvlist *list);

/** Empty the list but keep its memory, for the next object. */
void cox_nvlist_reset(struct cox_nvlist *list);

/** Value of @name, or NULL. */
const char *cox_nvlist_get(const struct cox_nvlist *list, const char *name);

/** Set @name unless it is there.  Strings are borrowed and must outlive the list. */
void cox_nvlist_add(struct cox_nvlist *list, const char *name, const char *value);

/** Set @name, replacing what was there. */
void cox_nvlist_set(struct cox_nvlist *list, const char *name, const char *value);

/**
 * Add what @sets come to.  Names that @list has already keep their value, so call it for the strongest source first.
 * Sets are looked at by score, highest first; of equal ones the later in the document first.  A value "#default" takes
 * the name out again if it was found before, and leaves it to lower sets if not: that is how the field does it.
 *
 * @param first_id  id of a set to be looked at before all others (cib-bootstrap-options), or NULL
 * @param next      as for cox_rule_eval; may be NULL
 */
void cox_nvsets_resolve(const struct cox_nvsets *sets, const char *first_id, const struct cox_rule_input *input,
                        struct cox_nvlist *list, cox_wall *next);

G_END_DECLS

#endif
