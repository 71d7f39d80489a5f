/* lib/codec/load_bundle.h - what a bundle has besides its child; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_BUNDLE_H
#define COX_CODEC_LOAD_BUNDLE_H

#include "codec/context.h"

G_BEGIN_DECLS

/** Container, network and storage of the bundle element @xml. */
const struct cox_bundle_def *cox_codec_bundle(struct cox_context *context, const struct cox_xml *xml);

G_END_DECLS

#endif
