/* lib/codec/load_constraint.h - location, colocation, order and ticket constraints; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_CONSTRAINT_H
#define COX_CODEC_LOAD_CONSTRAINT_H

#include "codec/context.h"

G_BEGIN_DECLS

/**
 * Fill the constraints of the configuration from the constraints element (NULL: none); resources and tags must be
 * there already.  Constraints that name what does not exist are left out with a diagnostic.
 */
void cox_codec_constraints(struct cox_context *context, const struct cox_xml *constraints);

G_END_DECLS

#endif
