/* lib/codec/load_node.h - configured nodes; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_NODE_H
#define COX_CODEC_LOAD_NODE_H

#include "codec/context.h"

G_BEGIN_DECLS

/** Fill config.nodes from the nodes element (NULL: none). */
void cox_codec_nodes(struct cox_context *context, const struct cox_xml *nodes);

G_END_DECLS

#endif
