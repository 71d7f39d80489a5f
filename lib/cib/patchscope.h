/* lib/cib/patchscope.h - what a patch touches, so that readers know what of theirs is old.  Layer 2. */
#ifndef COX_CIB_PATCHSCOPE_H
#define COX_CIB_PATCHSCOPE_H

#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

enum cox_patchscope {
    COX_PATCHSCOPE_CONFIGURATION = 1, /**< anything below configuration */
    COX_PATCHSCOPE_ROOT = 2,          /**< attributes of the root: quorum, coordinator, ... (the counters are none) */
    COX_PATCHSCOPE_NODES = 4,         /**< node states: made, removed, or their attributes */
    COX_PATCHSCOPE_ATTRIBUTES = 8,    /**< transient attributes */
    COX_PATCHSCOPE_HISTORY = 16,      /**< operations, made, changed or removed */
    COX_PATCHSCOPE_HISTORY_GONE = 32, /**< the history of a resource or of a node was removed, as a whole */
    COX_PATCHSCOPE_OTHER = 64,        /**< other parts of the status, such as tickets */
};

/**
 * @param object  set to the id in the configuration that was changed last, or NULL; the caller frees it; may be NULL itself
 * @return enum cox_patchscope, or-ed; @patch is a `<diff>` element of format 2
 */
unsigned int cox_patchscope(const struct cox_xml *patch, char **object);

/** Of one change: @operation at @path; @made: what "create" makes.  Not for a change of the root's attributes. */
unsigned int cox_patchscope_of(const char *path, const char *operation, const struct cox_xml *made);

/** Of a change of attribute @name of the root. */
unsigned int cox_patchscope_of_root(const char *name);

G_END_DECLS

#endif
