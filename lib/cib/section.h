/* lib/cib/section.h - the sections of the document that clients address by name.  Layer 2. */
#ifndef COX_CIB_SECTION_H
#define COX_CIB_SECTION_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** Is @name a section ("cib" and "all" mean the whole)? */
bool cox_section_is_known(const char *name);

/** Does @name mean the whole document?  So does NULL. */
bool cox_section_is_whole(const char *name);

/** Name of the parent of a section: "cib" or "configuration"; NULL for the whole and for unknown names. */
const char *cox_section_parent(const char *name);

/** The element of a section below @root, or NULL when it is absent or unknown. */
struct cox_xml *cox_section_find(const struct cox_xml *root, const char *name);

/** Is this element of the section "nodes" a node of the cluster itself, not a remote one? */
bool cox_section_is_member(const struct cox_xml *node);

G_END_DECLS

#endif
