/* lib/cib/patchcalls.h - which results of operations a patch brings into the document.  Layer 2. */
#ifndef COX_CIB_PATCHCALLS_H
#define COX_CIB_PATCHCALLS_H

#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** What a patch writes into the history of one node. */
struct cox_patchcall {
    guint32 node;   /**< cluster id; nodes that have none (remote ones) are left out */
    gint64 call_id; /**< the highest of the operations that were made or changed */
};

/** Append to @calls (struct cox_patchcall) one for each change of @patch, a `<diff>` element of format 2, that has a call id. */
void cox_patchcalls(const struct cox_xml *patch, GArray *calls);

G_END_DECLS

#endif
