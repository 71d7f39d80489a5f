/* tools/cox_cluster.h - verbs of cox about the cluster as a whole.  Layer 6. */
#ifndef COX_TOOLS_COX_CLUSTER_H
#define COX_TOOLS_COX_CLUSTER_H

#include "admin/ring.h"
#include "tools/cox_priv.h"
#include "tools/cox_remote.h"

/** What a verb works with. */
struct cox_cluster_work {
    struct cox_tool_ctx *ctx;
    const struct cox_settings *settings;
    struct cox_ring *ring; /**< owned */
    GPtrArray *nodes;      /**< struct cox_remote; owned */
    const char *again;     /**< the cluster to which a node belongs already, when "add" goes on where it ended; or NULL */
};

void cox_cluster_work_clear(struct cox_cluster_work *work);
typedef struct cox_cluster_work cox_cluster_work; /* for g_auto only */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(cox_cluster_work, cox_cluster_work_clear)

/** COX_CLUSTER_STEP_MS: what a step may take on a node that answers; COX_CLUSTER_TOKEN_MS: how long a node may be silent, if nothing else is asked for. */
enum { COX_CLUSTER_STEP_MS = 60000, COX_CLUSTER_TOKEN_MS = 3000 };

/** The cluster that this node's corosync.conf describes: ring and nodes, all chosen.  COX_ERROR_NOT_CONFIGURED without one. */
bool cox_cluster_load(struct cox_cluster_work *work, GError **error);

/** Let the next steps be run on the node of this name (NULL: on all), or no more. */
void cox_cluster_choose(struct cox_cluster_work *work, const char *name, bool is_chosen);
void cox_cluster_choose_only(struct cox_cluster_work *work, const char *name);

/** The node of this name, or NULL. */
struct cox_remote *cox_cluster_find(const struct cox_cluster_work *work, const char *name);

/** A line for each node on which the step has ended, @done or why not; exit status. */
int cox_cluster_tell(struct cox_cluster_work *work, const char *done);

/** Run a step on the nodes that are chosen and say how it ended; exit status. */
int cox_cluster_step(struct cox_cluster_work *work, const char *name, const char *done, gint64 timeout_ms);

/** Look at the nodes that are chosen: the step "check" and nothing said; with cox_cluster_check() also, what it found is no obstacle, to @are_new. */
void cox_cluster_look(struct cox_cluster_work *work);
int cox_cluster_check(struct cox_cluster_work *work, bool are_new);

/** Does corosync or a cluster manager run there, of a node that was looked at and has answered? */
bool cox_cluster_is_running(const struct cox_remote *node);

/** All were looked at: would nodes go on without quorum, when those that are chosen stop?  Exit status, and it is said. */
int cox_cluster_keep_quorum(struct cox_cluster_work *work, const struct cox_ring *ring);

/** End what the package of corosync began on new nodes: on all, or the one that is named; all are chosen then. */
int cox_cluster_clear_fresh(struct cox_cluster_work *work, const char *name);

/** The ring as the new corosync.conf on all nodes that are chosen, or on none of them.  @key in base64; "-": they keep theirs. */
int cox_cluster_distribute(struct cox_cluster_work *work, const char *key);

/** What --dry-run says instead. */
void cox_cluster_tell_dry(struct cox_cluster_work *work, const char *action);

/** Start or stop cluster manager and corosync on the nodes that are chosen. */
int cox_cluster_start(struct cox_cluster_work *work);
int cox_cluster_stop(struct cox_cluster_work *work);

/* Each carries out a verb and returns the exit status; @arguments are as many as the row of verbs.def says. */
int cox_verb_cluster_create(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_start(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_stop(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_destroy(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_add(struct cox_tool_ctx *ctx, char **arguments);    /* cox_cluster_nodes.c */
int cox_verb_cluster_remove(struct cox_tool_ctx *ctx, char **arguments); /* the same */
int cox_verb_convert_pacemaker(struct cox_tool_ctx *ctx, char **arguments); /* cox_convert.c */
int cox_verb_convert_keepalived(struct cox_tool_ctx *ctx, char **arguments); /* cox_lbconvert.c */
int cox_verb_convert_lvs(struct cox_tool_ctx *ctx, char **arguments);        /* cox_lbconvert.c */

#endif
