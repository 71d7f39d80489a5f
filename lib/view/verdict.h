/* lib/view/verdict.h - what is wrong with a cluster, why, and what to do about it: for people.  Layer 4. */
#ifndef COX_VIEW_VERDICT_H
#define COX_VIEW_VERDICT_H

#include <stdbool.h>
#include <glib.h>

#include "base/walltime.h"
#include "model/cluster.h"
#include "model/config.h"
#include "model/plan.h"

G_BEGIN_DECLS

/** What a daemon of this node says of itself. */
struct cox_verdict_daemon {
    const char *name;              /**< "cox-fenced" */
    bool is_running;
    const char *problem;           /**< why it does not answer, or NULL */
    const char *const *complaints; /**< what it finds wrong */
    size_t n_complaints;
    guint64 restarts;              /**< how often it had to be started anew, as far as known */
};

/** What is known; NULL and 0 where it is not. */
struct cox_verdict_input {
    const struct cox_cluster *cluster;
    const struct cox_config *config;
    const struct cox_plan *plan; /**< with an explanation: says why what is stopped is stopped; may be NULL */
    cox_wall now;
    bool is_live;               /**< the running cluster, not a file */
    const char *node;           /**< on which this is asked */
    const char *coordinator;    /**< live: who leads, or NULL */
    const char *waiting_for;    /**< live: what the controller waits for ("the scheduler"), or NULL */
    bool has_controller;        /**< live: the controller answered */
    bool has_quorum;            /**< live: of this partition, as the controller says */
    const struct cox_verdict_daemon *daemons;
    size_t n_daemons;
};

enum cox_verdict_weight {
    COX_VERDICT_NOTE = 0, /**< as somebody wanted it */
    COX_VERDICT_WARNING,  /**< may need attention */
    COX_VERDICT_PROBLEM,  /**< something does not run, or is not protected */
};

/** One finding; all texts are owned. */
struct cox_verdict {
    enum cox_verdict_weight weight;
    char *subject; /**< node, resource, daemon or "cluster" */
    char *text;    /**< what and why */
    char *remedy;  /**< what to do, or NULL */
};

/** The findings, worst first; an array of struct cox_verdict * that frees its members. */
GPtrArray *cox_verdict_find(const struct cox_verdict_input *input);

/** "note", "warning", "problem". */
const char *cox_verdict_weight_text(enum cox_verdict_weight weight);

/** Is there a fencing device in the configuration that is not switched off, or do watchdogs take lost nodes down? */
bool cox_verdict_has_device(const struct cox_cluster *cluster);

G_END_DECLS

#endif
