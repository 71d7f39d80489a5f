/* lib/codec/load_resource.h - resources with templates merged; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_RESOURCE_H
#define COX_CODEC_LOAD_RESOURCE_H

#include "codec/context.h"

G_BEGIN_DECLS

/** Fill config.resources and rsc_by_id from the resources element (NULL: none). */
void cox_codec_resources(struct cox_context *context, const struct cox_xml *resources);

G_END_DECLS

#endif
