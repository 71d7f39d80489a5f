/* lib/codec/load_alert.h - the alerts section; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_ALERT_H
#define COX_CODEC_LOAD_ALERT_H

#include "codec/context.h"

G_BEGIN_DECLS

/** Fill config.alerts from the alerts element (NULL: none). */
void cox_codec_alerts(struct cox_context *context, const struct cox_xml *alerts);

G_END_DECLS

#endif
