/* lib/cib/patchvalues.h - which values of transient attributes a patch brings into the document.  Layer 2. */
#ifndef COX_CIB_PATCHVALUES_H
#define COX_CIB_PATCHVALUES_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** A value that a node's attribute has after the patch.  Texts but @id are borrowed from the patch. */
struct cox_patchvalue {
    char *id;                /**< of the node's state; owned by the array: cox_patchvalues_new() */
    const char *name, *value;
};

/** An array of struct cox_patchvalue, empty. */
GArray *cox_patchvalues_new(void);

/**
 * Append to @values what @patch, a `<diff>` element of format 2, sets.
 * @return true: that is all it does to transient attributes; false: some are gone as well, or something cannot be told
 */
bool cox_patchvalues(const struct cox_xml *patch, GArray *values);

G_END_DECLS

#endif
