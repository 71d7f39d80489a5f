/* lib/codec/load_tag.h - tags and templates as names for several resources; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_TAG_H
#define COX_CODEC_LOAD_TAG_H

#include "codec/context.h"

G_BEGIN_DECLS

/** Fill config.tags from the configuration element: its tags, then the templates in resources. */
void cox_codec_tags(struct cox_context *context, const struct cox_xml *configuration);

/** The tag or template called @id, or NULL. */
const struct cox_tag *cox_codec_tag_find(const struct cox_context *context, const char *id);

G_END_DECLS

#endif
