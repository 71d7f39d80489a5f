/* lib/codec/load_nvset.h - sets of names and values; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_NVSET_H
#define COX_CODEC_LOAD_NVSET_H

#include "codec/context.h"

G_BEGIN_DECLS

/** The sets called @name (meta_attributes, ...) directly inside @xml, references resolved.  NULL @xml: none. */
struct cox_nvsets cox_codec_nvsets(struct cox_context *context, const struct cox_xml *xml, const char *name);

/** The sets of a resource with a template: the template's first, so that the resource's win. */
struct cox_nvsets cox_codec_nvsets_merged(struct cox_context *context, const struct cox_xml *base,
                                          const struct cox_xml *xml, const char *name);

G_END_DECLS

#endif
