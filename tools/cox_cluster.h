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

/** The cluster that this node's corosync.conf describes: ring and nodes, all chosen.  COX_ERROR_NOT_CONFIGURED without one. */
bool cox_cluster_load(struct cox_cluster_work *work, GError **error);

/** Let the next steps be run on the node of this name (NULL: on all), or no more. */
void cox_cluster_choose(struct cox_cluster_work *work, const char *name, bool is_chosen);

/** A line for each node on which the step has ended, @done or why not; exit status. */
int cox_cluster_tell(struct cox_cluster_work *work, const char *done);

/* Each carries out a verb and returns the exit status; @arguments are as many as the row of verbs.def says. */
int cox_verb_cluster_create(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_start(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_stop(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_destroy(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_remove(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_convert_pacemaker(struct cox_tool_ctx *ctx, char **arguments); /* cox_convert.c */
int cox_verb_convert_keepalived(struct cox_tool_ctx *ctx, char **arguments); /* cox_lbconvert.c */

#endif
