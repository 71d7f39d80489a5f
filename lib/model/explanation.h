/* lib/model/explanation.h - why the scheduler decided as it did: terms of scores, choices, actions.  Layer 1, pure. */
#ifndef COX_MODEL_EXPLANATION_H
#define COX_MODEL_EXPLANATION_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "model/ids.h"
#include "model/score.h"

G_BEGIN_DECLS

/* What a term of a score, or a ban (a term of -INFINITY), comes from; the text is what JSON calls it. */
#define COX_TERM_KINDS(X)                                                                                              \
    X(COX_TERM_NODE, "node-score")            /* attribute score of the node element; id: the node's name */           \
    X(COX_TERM_LOCATION, "location")          /* id: constraint; rule: its rule, or NULL */                            \
    X(COX_TERM_HEALTH, "node-health")         /* id: node-health-strategy */                                           \
    X(COX_TERM_STICKINESS, "stickiness")      /* it runs there */                                                      \
    X(COX_TERM_FAILURES, "failures")          /* migration-threshold reached; count, limit */                          \
    X(COX_TERM_ON_FAIL, "on-fail")            /* a failed operation banned or stopped it; id: the operation or NULL */ \
    X(COX_TERM_UNMANAGED, "unmanaged")        /* it runs there and must be left alone */                               \
    X(COX_TERM_SHUTDOWN_LOCK, "shutdown-lock") /* peer: the node that it waits for */                                  \
    X(COX_TERM_DISCOVERY, "resource-discovery") /* exclusive for other nodes */                                        \
    X(COX_TERM_COLOCATION, "colocation")      /* id: constraint; peer: what it is placed with or apart from */         \
    X(COX_TERM_DEPENDENT, "dependent")        /* id: constraint; peer: whose wishes count, as it is placed with this */ \
    X(COX_TERM_TICKET, "ticket")              /* id: constraint; peer: the ticket, which is not granted */             \
    X(COX_TERM_UTILIZATION, "utilization")    /* the node has no room for it and what must be with it */               \
    X(COX_TERM_TARGET_ROLE, "stopped")        /* it is to be stopped everywhere; id: why */                            \
    X(COX_TERM_CLUSTER_NODE, "cluster-node")  /* fence devices and connections run on cluster nodes only */            \
    X(COX_TERM_CONTAINER, "container")        /* peer: the guest whose container holds it */                           \
    X(COX_TERM_BUNDLE, "bundle")              /* what is in a bundle runs on the replica's own node */                 \
    X(COX_TERM_NODE_STATE, "node-state")      /* instances: the node cannot run anything; id: its state */             \
    X(COX_TERM_COLLECTIVE, "collective")      /* instances: the clone or bundle may not run there; peer: it */         \
    X(COX_TERM_NODE_MAX, "node-max")          /* instances: as many as are allowed run there already; limit */         \
    X(COX_TERM_TOTAL_MAX, "total-max")        /* instances: as many as are wanted run elsewhere; limit */              \
    X(COX_TERM_PROMOTION, "promotion-score")  /* what its agent thinks of promoting it there */                        \
    X(COX_TERM_UNEXPLAINED, "unexplained")    /* a fault of the recorder: tests hold it against it */

enum cox_term_kind {
#define COX_TERM_ENUM(name, text) name,
    COX_TERM_KINDS(COX_TERM_ENUM)
#undef COX_TERM_ENUM
    COX_TERM_KIND_N
};

/** One step on the way to a score: the next score is cox_score_add(score so far, score), or with is_set this one. */
struct cox_score_term {
    enum cox_term_kind kind;
    cox_score score;
    bool is_set;
    bool is_late; /**< came when the resource was placed already: part of its final score, but did not decide */
    const char *id, *rule, *peer; /**< see the kinds; NULL where there is none */
    gint64 count, limit;          /**< see the kinds */
};

/** A list of terms in the order in which they counted. */
struct cox_terms {
    const struct cox_score_term *items;
    size_t n;
};

enum cox_node_obstacle {
    COX_NODE_USABLE = 0,
    COX_NODE_OFFLINE,
    COX_NODE_UNCLEAN,
    COX_NODE_PENDING,
    COX_NODE_STANDBY,
    COX_NODE_STANDBY_ON_FAIL, /**< put in standby by a failure */
    COX_NODE_SHUTTING_DOWN,
    COX_NODE_MAINTENANCE,
};

/** One resource on one node. */
struct cox_placing {
    bool is_known;   /**< may be considered; false: opt-in cluster and nothing mentions the node */
    cox_score score; /**< in the end */
    cox_score decisive; /**< when it was placed */
    enum cox_node_obstacle obstacle;
    guint32 load;    /**< primitives that were on the node when the choice was made */
    struct cox_terms terms;
};

/** What decided between the node that was taken and the next best one. */
enum cox_choice {
    COX_CHOICE_NONE = 0,   /**< not placed, or of several parts: see those */
    COX_CHOICE_ONLY,       /**< no other node was possible */
    COX_CHOICE_SCORE,
    COX_CHOICE_ROOM,       /**< equal scores: more capacity left (balanced, or not enough anywhere for all that must be together) */
    COX_CHOICE_LOAD,       /**< equal scores: fewer resources */
    COX_CHOICE_STAYS,      /**< equal otherwise: it runs there */
    COX_CHOICE_NAME,       /**< equal in everything: the first by name */
    COX_CHOICE_ASKED,      /**< another decision asked for this node: an instance stays, a migration is finished */
    COX_CHOICE_UNMANAGED,  /**< left where it is */
    COX_CHOICE_STOP_ALL,   /**< stop-all-resources */
    COX_CHOICE_NOWHERE,    /**< no node is possible */
    COX_CHOICE_BOUND,      /**< must be with something that is nowhere it could go; see bound_id, bound_to */
    COX_CHOICE_PARTNER,    /**< interleaved: nothing of bound_to is beside it, as order bound_id wants; either may be NULL */
};

/** An action that the plan wants. */
struct cox_reasoned_action {
    const char *task, *node; /**< node may be NULL */
    bool is_blocked;         /**< wanted, but impossible now */
    const char *reason;      /**< as the scheduler gives it: "required rsc start", "no quorum" ...; or NULL */
    const struct cox_reasoned_wait {
        const char *task, *rsc, *node; /**< what comes first; rsc NULL: of the cluster or a node */
        const char *constraint;        /**< the order that says so; NULL: it follows from what both are */
        bool is_blocked;               /**< it is impossible, and so is what waits for it */
    } *waits;
    size_t n_waits;
};

/** Everything about one resource, instance or collective. */
struct cox_rsc_explanation {
    const char *id, *parent; /**< parent NULL at the top */
    const struct cox_placing *placings; /**< [n_nodes of the cluster] */
    guint32 node, runner_up;            /**< COX_NODE_NONE for none; runner_up: next best that was possible */
    enum cox_choice choice;
    const char *bound_id, *bound_to;
    enum cox_role next_role;
    const char *role_reason;      /**< as the scheduler gives it, or NULL */
    bool has_promotion;           /**< instances of promotable clones that have a place */
    cox_score promotion;          /**< its score; below 0: may not be promoted */
    struct cox_terms promotion_terms;
    const struct cox_reasoned_action *actions;
    size_t n_actions;
};

/** A node that must be fenced. */
struct cox_fence_reason {
    guint32 node;
    const char *reason;
    bool is_possible; /**< the cluster may and can do it */
};

/** The whole record, part of a plan that was asked for it; owned by the plan's arena. */
struct cox_explanation {
    const struct cox_rsc_explanation *rscs; /**< parents before children */
    size_t n_rscs;
    const struct cox_fence_reason *fences;
    size_t n_fences;
};

/** The name of a kind, as JSON has it. */
const char *cox_term_kind_text(enum cox_term_kind kind);

/** The score that @terms come to; @with_late false: when the resource was placed. */
cox_score cox_terms_sum(const struct cox_terms *terms, bool with_late);

/** What is known of resource @id (instances by "rsc:1"), or NULL. */
const struct cox_rsc_explanation *cox_explanation_find(const struct cox_explanation *explanation, const char *id);

G_END_DECLS

#endif
