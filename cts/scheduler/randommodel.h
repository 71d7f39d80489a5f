/* cts/scheduler/randommodel.h - random clusters, and random things that happen to them.  For tests. */
#ifndef COX_CTS_RANDOMMODEL_H
#define COX_CTS_RANDOMMODEL_H

#include <glib.h>

#include "model/config.h"
#include "model/graph.h"
#include "model/status.h"
#include "transition/opspec.h"

/** A number from the environment, or @fallback; what is no number fails the test. */
guint32 random_setting(const char *variable, guint32 fallback);

/**
 * A document without status.  @shape decides which nodes and resources there are, @detail their settings and
 * constraints: with the same shape and another detail it is the same cluster, configured anew.  The caller frees it
 * with g_free.
 */
char *random_model(GRand *shape, GRand *detail);

/** All cluster nodes of @config are up and nothing was ever done. */
void random_status_begin(const struct cox_config *config, struct cox_status *status);

/** Something happens: nodes come and go, attributes and tickets change, operations fail or never end. */
void random_events(GRand *rand, const struct cox_config *config, struct cox_status *status, cox_wall now);

/** Choose actions of the graph that are to fail.  @return up to @max of them, filled; clear each with cox_opspec_clear */
size_t random_failures(GRand *rand, const struct cox_graph *graph, struct cox_opspec *specs, size_t max);

#endif
