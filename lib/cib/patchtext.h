/* lib/cib/patchtext.h - a patch of format 2 written as text at once, without a tree in between.  Layer 2. */
#ifndef COX_CIB_PATCHTEXT_H
#define COX_CIB_PATCHTEXT_H

#include <stdbool.h>
#include <glib.h>

#include "cib/change.h"
#include "cib/version.h"

G_BEGIN_DECLS

/**
 * What is written is to the byte what cox_xmlwrite_text() makes of the same changes written with cib/change.h.  cibd does it for every
 * change on every node: the tree was a third of what a change costs.
 */
struct cox_patchtext {
    GString *text;       /**< the caller's; what is in it stays in front */
    unsigned int scope;  /**< enum cox_patchscope of what has been written, or-ed */
    bool has_changes;
};

void cox_patchtext_begin(struct cox_patchtext *patch, const struct cox_version *before, const struct cox_version *after);
void cox_patchtext_end(struct cox_patchtext *patch);

/** The deletion of what was at @path. */
void cox_patchtext_delete(struct cox_patchtext *patch, const char *path);

/** The creation of @xml, all below it included, where it is. */
void cox_patchtext_create(struct cox_patchtext *patch, const struct cox_xml *xml);

/** The change of the attributes of @xml from @before; nothing when nothing differs.  One that changed its place has changed. */
void cox_patchtext_modify(struct cox_patchtext *patch, const struct cox_xml *xml, const struct cox_attrs *before);

G_END_DECLS

#endif
