/* lib/codec/load_fencing.h - levels of the fencing topology; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_FENCING_H
#define COX_CODEC_LOAD_FENCING_H

#include "codec/context.h"

G_BEGIN_DECLS

/** Fill config.levels from the fencing-topology element (NULL: none). */
void cox_codec_fencing(struct cox_context *context, const struct cox_xml *topology);

G_END_DECLS

#endif
