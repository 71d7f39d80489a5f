/* lib/codec/rscset.h - references to resources and sets of them; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_RSCSET_H
#define COX_CODEC_RSCSET_H

#include "codec/context.h"

G_BEGIN_DECLS

/**
 * Append the resource called @id, or the resources that the tag or template called @id stands for, to @members
 * (of cox_rsc_id).  False with a diagnostic naming the constraint @xml when there is none.
 */
bool cox_codec_rsc_refs(struct cox_context *context, const struct cox_xml *xml, const char *id, GArray *members);

/** Is @id a tag or template and not a resource? */
bool cox_codec_is_tag(const struct cox_context *context, const char *id);

/** Append the resource_set elements of constraint @xml to @sets (of cox_rsc_set).  False when a reference dangles. */
bool cox_codec_rsc_sets(struct cox_context *context, const struct cox_xml *xml, GArray *sets);

/** Append a set in place of the resource, tag or template called @id: members in no order among themselves. */
bool cox_codec_rsc_set_of(struct cox_context *context, const struct cox_xml *xml, const char *id, GArray *sets);

G_END_DECLS

#endif
