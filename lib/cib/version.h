/* lib/cib/version.h - the three counters that say how new a document is.  Layer 2. */
#ifndef COX_CIB_VERSION_H
#define COX_CIB_VERSION_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** Compared in this order. */
struct cox_version {
    gint64 admin_epoch; /**< set by people only */
    gint64 epoch;       /**< grows with each change of the configuration */
    gint64 num_updates; /**< grows with each change of the status, 0 after a change of the configuration */
};

/** The counters that are attributes of @xml; missing or unreadable ones are 0. */
struct cox_version cox_version_of(const struct cox_xml *xml);

/** Below, equal to or above 0 as @a is older than, as old as or newer than @b. */
int cox_version_compare(const struct cox_version *a, const struct cox_version *b);

/** "admin_epoch.epoch.num_updates"; the caller frees it with g_free. */
char *cox_version_text(const struct cox_version *version);

/** Is @name one of the three attributes? */
bool cox_version_is_counter(const char *name);

G_END_DECLS

#endif
