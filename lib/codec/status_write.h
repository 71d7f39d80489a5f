/* lib/codec/status_write.h - what is known of the nodes, as status element.  Layer 3. */
#ifndef COX_CODEC_STATUS_WRITE_H
#define COX_CODEC_STATUS_WRITE_H

#include <glib.h>

#include "model/status.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** Replace everything inside the status element @xml by what @status holds. */
void cox_codec_status_write(const struct cox_status *status, struct cox_xml *xml);

G_END_DECLS

#endif
