/* lib/codec/graphread.h - a transition graph from its XML: what an executor of plans gets from the scheduler.  Layer 3. */
#ifndef COX_CODEC_GRAPHREAD_H
#define COX_CODEC_GRAPHREAD_H

#include <stddef.h>
#include <glib.h>

#include "model/graph.h"

G_BEGIN_DECLS

enum {
    COX_CODEC_GRAPH_MAX_BYTES = 256 * 1024 * 1024, /**< of the XML */
};

/** A graph with the memory that it lives in. */
struct cox_codec_graph {
    struct cox_arena *arena;
    struct cox_graph graph; /**< nothing blocked: that is not in the XML */
};

/**
 * Read what cox_codec_graph_write() wrote, or another scheduler of the field.  The interval of an action comes from its
 * CRM_meta_interval, else from its key.
 *
 * @param length in bytes, or (size_t) -1 for a string
 * @return the caller frees it with cox_codec_graph_free(); NULL with COX_ERROR_SYNTAX naming the action when it is no graph: no
 *         XML, an unknown kind of action, an id that is missing or comes twice, an input that is not in the graph, or a cycle
 */
struct cox_codec_graph *cox_codec_graph_read(const char *text, size_t length, GError **error);

/** Free.  NULL is allowed. */
void cox_codec_graph_free(struct cox_codec_graph *graph);

typedef struct cox_codec_graph cox_codec_graph; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_codec_graph, cox_codec_graph_free)

G_END_DECLS

#endif
