/* lib/codec/load_op.h - operations of a resource; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_OP_H
#define COX_CODEC_LOAD_OP_H

#include "codec/context.h"

G_BEGIN_DECLS

/** The operations of @xml and, where it has none of the same name and role, those of its template @base (or NULL). */
const struct cox_op_def *cox_codec_ops(struct cox_context *context, const struct cox_xml *base,
                                       const struct cox_xml *xml, size_t *n);

G_END_DECLS

#endif
