/* lib/model/constraint.h - location, colocation, order and ticket constraints as configured.  Layer 1, pure. */
#ifndef COX_MODEL_CONSTRAINT_H
#define COX_MODEL_CONSTRAINT_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "model/ids.h"
#include "model/rule.h"

G_BEGIN_DECLS

enum cox_tristate {
    COX_UNSET = 0,
    COX_FALSE,
    COX_TRUE,
};

/**
 * One resource_set, tags and templates in it already expanded (members in document order).
 * Unset members of the struct mean: as the constraint or the default says.
 */
struct cox_rsc_set {
    const char *id;
    const cox_rsc_id *members;
    size_t n_members;
    enum cox_tristate sequential;
    enum cox_tristate require_all;
    enum cox_role role;
    const char *action; /**< orders, or NULL */
    const char *kind;   /**< orders, or NULL */
    const char *ordering; /**< colocations: "group" (as NULL) or "listed" */
    bool has_score;
    cox_score score;
};

enum cox_discovery {
    COX_DISCOVERY_ALWAYS = 0,
    COX_DISCOVERY_NEVER,
    COX_DISCOVERY_EXCLUSIVE,
};

/** rsc_location.  Exactly one of rsc, pattern, sets; and either node + score or rules. */
struct cox_location {
    const char *id;
    const cox_rsc_id *rscs; /**< several when a tag or template is named */
    size_t n_rscs;
    const char *pattern; /**< regular expression on resource ids, or NULL */
    bool is_inverted;    /**< pattern began with "!" */
    enum cox_role role;  /**< UNKNOWN = any */
    const char *node;    /**< or NULL */
    bool has_score;
    cox_score score;
    bool has_discovery;
    enum cox_discovery discovery;
    const struct cox_rule *const *rules; /**< top-level rules; the first of them that ... see sched */
    size_t n_rules;
    const struct cox_rule *lifetime; /**< old lifetime element, or NULL */
    const struct cox_rsc_set *sets;
    size_t n_sets;
};

/** rsc_colocation.  Tags and templates in rsc/with-rsc are turned into sets, as when sets were written. */
struct cox_colocation {
    const char *id;
    cox_rsc_id dependent, primary;          /**< COX_RSC_NONE when sets are used */
    enum cox_role dependent_role, primary_role; /**< UNKNOWN when not given */
    bool has_score;
    cox_score score;
    const char *node_attribute; /**< NULL means #uname */
    enum cox_tristate influence;
    const struct cox_rule *lifetime;
    const struct cox_rsc_set *sets;
    size_t n_sets;
};

/** rsc_order. */
struct cox_order {
    const char *id;
    cox_rsc_id first, then; /**< COX_RSC_NONE when sets are used */
    const char *first_action, *then_action; /**< NULL when not given */
    const char *kind;                       /**< Optional, Mandatory, Serialize or NULL */
    bool has_score;
    cox_score score;
    enum cox_tristate symmetrical;
    enum cox_tristate require_all;
    const struct cox_rule *lifetime;
    const struct cox_rsc_set *sets;
    size_t n_sets;
};

/** rsc_ticket; one resource with a role, or sets. */
struct cox_ticket_constraint {
    const char *id;
    const char *ticket;
    const char *loss_policy; /**< stop, demote, fence, freeze or NULL */
    cox_rsc_id rsc;          /**< COX_RSC_NONE when sets are used */
    enum cox_role role;
    const struct cox_rsc_set *sets;
    size_t n_sets;
};

G_END_DECLS

#endif
