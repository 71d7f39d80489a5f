/* lib/admin/lapse.h - settings that end by themselves: a set of their own with a rule that counts until a time.  Layer 4. */
#ifndef COX_ADMIN_LAPSE_H
#define COX_ADMIN_LAPSE_H

#include <stdbool.h>
#include <glib.h>

#include "admin/nvedit.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** A setting that may end; all members are needed. */
struct cox_lapse {
    struct cox_nvedit_home home; /**< whose it is; its set_id is that of the set that has no end */
    const char *base;            /**< what the ids of the set with an end begin with: "BASE-NAME-until" */
    const char *name, *value;
};

/**
 * Let the setting count until @until ("2026-01-31 12:00:00Z"), or (NULL) for good.  What it was before, with an end or without, is
 * forgotten but for other values in sets without an end, which count again then; those of cluster options go, because they would win.
 */
void cox_lapse_set(const struct cox_lapse *lapse, const char *until);

/** Take it away, with an end or without. */
void cox_lapse_clear(const struct cox_lapse *lapse);

/** When the setting in the set of this pair ends, as written; NULL: it does not.  Borrowed. */
const char *cox_lapse_end(const struct cox_xml *pair);

G_END_DECLS

#endif
