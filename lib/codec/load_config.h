/* lib/codec/load_config.h - a cib tree to a frozen configuration.  Layer 3. */
#ifndef COX_CODEC_LOAD_CONFIG_H
#define COX_CODEC_LOAD_CONFIG_H

#include <glib.h>

#include "base/diag.h"
#include "model/config.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/**
 * Translate the configuration below the cib element @cib (its status is not looked at).  Nothing in it makes this
 * fail: what is broken is left out or gets its documented default, and is told to @diags.
 *
 * @param zone   of dates without an offset; NULL: UTC
 * @param diags  may be NULL
 * @return the configuration, which shares nothing with the tree; the caller frees it with cox_config_free
 */
struct cox_config *cox_codec_config(const struct cox_xml *cib, GTimeZone *zone, struct cox_diags *diags);

G_END_DECLS

#endif
