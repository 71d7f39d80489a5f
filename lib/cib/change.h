/* lib/cib/change.h - write the single changes that a patch of format 2 consists of.  Layer 2. */
#ifndef COX_CIB_CHANGE_H
#define COX_CIB_CHANGE_H

#include <stdbool.h>
#include <glib.h>

#include "cib/version.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** A patch without changes: `<diff format="2"/>`. */
struct cox_xmldoc *cox_change_new_patch(void);

/** Put the two versions into a patch as its first element, replacing what was there. */
void cox_change_set_versions(struct cox_xmldoc *patch, const struct cox_version *before, const struct cox_version *after);

/** Add a deletion; @position is written when it is not below 0 (comments need it). */
void cox_change_add_delete(struct cox_xmldoc *patch, const char *path, int position);

/** Add the creation of @xml, all below it included, at @position below its parent. */
void cox_change_add_create(struct cox_xmldoc *patch, struct cox_xml *xml, size_t position);

/** Add the move of @xml to @position below its parent. */
void cox_change_add_move(struct cox_xmldoc *patch, struct cox_xml *xml, size_t position);

/** Name and value of each attribute of an element in turn: two texts for each. */
struct cox_attrs {
    guint len;            /**< texts */
    const char *texts[];  /**< in the same piece of memory */
};

/** The attributes of @xml as they are now; free with g_free. */
struct cox_attrs *cox_change_attrs(const struct cox_xml *xml);

/**
 * Add the change of the attributes of @xml from what cox_change_attrs() said before.
 *
 * @param by_place  an attribute that only changed its place counts as changed
 * @return false when nothing differs and nothing was added
 */
bool cox_change_add_modify(struct cox_xmldoc *patch, const struct cox_xml *xml, const struct cox_attrs *before, bool by_place);

G_END_DECLS

#endif
