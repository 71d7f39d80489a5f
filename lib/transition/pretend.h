/* lib/transition/pretend.h - changes of the status as if something had happened: results, nodes, tickets.  Layer 3, pure. */
#ifndef COX_TRANSITION_PRETEND_H
#define COX_TRANSITION_PRETEND_H

#include "base/walltime.h"
#include "model/graph.h"
#include "model/status.h"

G_BEGIN_DECLS

/** A resource as its history has to know it. */
struct cox_pretend_rsc {
    const char *id;      /**< preferred when neither name is known */
    const char *long_id; /**< with the instance number, or NULL */
    const char *standard, *provider, *type;
    bool is_short;    /**< another node's history has the short name */
    bool is_recorded; /**< a history has it by @id: the one of the node, if it has such a one */
};

/** A result to be written into the history of a node. */
struct cox_pretend_result {
    const char *task;
    gint64 interval_ms;
    int rc;
    int target_rc;
    int status; /**< enum cox_op_status */
    const char *migrate_source, *migrate_target; /**< or NULL */
    const char *digest; /**< of the parameters (cox_param_digest), or NULL when they are not known */
    cox_wall now;
};

/** The name by which @node's history knows @rsc: the one that is recorded, else the long one if it is there (with entries, if the short one has some), else the
 * short one if that is there or known elsewhere (is_short), else the long one. */
const char *cox_pretend_history_name(const struct cox_node_status *node, const struct cox_pretend_rsc *rsc);

/**
 * Write the result.
 * @return the name under which it was written; lives as long as @status
 */
const char *cox_pretend_result(struct cox_status *status, struct cox_node_status *node,
                               const struct cox_pretend_rsc *rsc, const struct cox_pretend_result *result);

/** The node joins (state member and online), leaves in order, which ends all that was known of it, or is lost without having left. */
void cox_pretend_node_up(struct cox_status *status, const char *id, const char *uname);
void cox_pretend_node_down(struct cox_status *status, const char *id, const char *uname);
void cox_pretend_node_lost(struct cox_status *status, const char *id, const char *uname);

/** The node was fenced: it is down and what was known of it is forgotten. */
void cox_pretend_node_fenced(struct cox_status *status, const char *id, const char *uname);

/** What was known of the node is forgotten, and nothing else: a guest node is as it was when its container stopped. */
void cox_pretend_node_forgotten(struct cox_node_status *node);

/** What an unfencing leaves behind. */
struct cox_pretend_unfencing {
    const char *digests_all, *digests_secure; /**< of the devices that took part, or NULL */
    cox_wall now;
};

/** The node was unfenced: transient attributes say when and by which devices. */
void cox_pretend_node_unfenced(struct cox_status *status, const char *id, const char *uname,
                               const struct cox_pretend_unfencing *unfencing);

/** Count a failure: transient attributes fail-count-RSC#op_interval and last-failure-... */
void cox_pretend_failure(struct cox_status *status, struct cox_node_status *node, const char *rsc,
                         const struct cox_pretend_result *result);

/** Forget how often @rsc has failed there, and its last failure. */
void cox_pretend_failures_cleared(struct cox_status *status, struct cox_node_status *node, const struct cox_pretend_rsc *rsc);

G_END_DECLS

#endif
