/* tools/cox_cluster.h - verbs of cox about the cluster as a whole.  Layer 6. */
#ifndef COX_TOOLS_COX_CLUSTER_H
#define COX_TOOLS_COX_CLUSTER_H

#include "tools/tool.h"

/* Each carries out a verb and returns the exit status; @arguments are as many as the row of verbs.def says. */
int cox_verb_cluster_create(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_start(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_stop(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_destroy(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_cluster_remove(struct cox_tool_ctx *ctx, char **arguments);

#endif
