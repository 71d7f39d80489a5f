/* lib/cib/patchview.h - a patch as lines for people.  Layer 2. */
#ifndef COX_CIB_PATCHVIEW_H
#define COX_CIB_PATCHVIEW_H

#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** The changes of @patch, one per line or more, each ended by a newline; the caller frees the text with g_free. */
char *cox_patchview_text(const struct cox_xml *patch);

G_END_DECLS

#endif
