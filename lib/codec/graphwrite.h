/* lib/codec/graphwrite.h - a transition graph as XML and as a picture (dot).  Layer 3. */
#ifndef COX_CODEC_GRAPHWRITE_H
#define COX_CODEC_GRAPHWRITE_H

#include <stdbool.h>
#include <glib.h>

#include "model/graph.h"

G_BEGIN_DECLS

/** Append the transition_graph element, as executors and tools read it, with a newline at its end. */
void cox_codec_graph_write(const struct cox_graph *graph, GString *out);

/** Append the graph in the language of dot(1), as crm_simulate -D does: what is blocked is dashed and red. */
void cox_codec_graph_dot(const struct cox_graph *graph, GString *out);

/**
 * Write either (@as_dot) to a file.
 * @param error  COX_ERROR_CANNOT_CREATE or COX_ERROR_IO (no room) naming @path, which stays as it was
 */
bool cox_codec_graph_save(const struct cox_graph *graph, bool as_dot, const char *path, GError **error);

G_END_DECLS

#endif
