/* lib/cib/edit.h - what clients ask the document to do: create, modify, replace, delete ...  Layer 2. */
#ifndef COX_CIB_EDIT_H
#define COX_CIB_EDIT_H

#include <stdbool.h>
#include <glib.h>

#include "cib/cib.h"

G_BEGIN_DECLS

enum cox_edit_kind {
    COX_EDIT_CREATE = 0, /**< add objects; an error when one is there */
    COX_EDIT_MODIFY,     /**< change attributes of objects and add what they contain */
    COX_EDIT_REPLACE,    /**< an object or section becomes what is given */
    COX_EDIT_DELETE,     /**< remove the first match, if there is one */
    COX_EDIT_DELETE_ALL, /**< remove every match */
    COX_EDIT_PATCH,      /**< apply a patch made for this version */
    COX_EDIT_ERASE,      /**< empty the document */
    COX_EDIT_BUMP,       /**< make it look newer */
};

struct cox_edit {
    enum cox_edit_kind kind;
    const struct cox_xml *input; /**< what to create, ...; NULL where none is needed */
    const char *section;         /**< NULL: the whole document */
    const char *xpath;           /**< NULL: none; goes before the section */
    bool allows_creation;        /**< MODIFY: create what is not there */
    bool counts;                 /**< MODIFY: "name++" and "name+=5" are computed for every attribute, not only counters */
};

/**
 * Do it inside the open transaction of @cib, version counters included.  On error the caller rolls back.
 *
 * @return false with COX_ERROR_EXISTS, COX_ERROR_NOT_FOUND (object or section), COX_ERROR_OLD (older than the document),
 *         COX_ERROR_SYNTAX (XPath, patch), COX_ERROR_DIGEST (patch), COX_ERROR_USAGE (input missing)
 */
bool cox_edit_run(struct cox_cib *cib, const struct cox_edit *edit, GError **error);

/**
 * Raise the counters for what was touched since begin: a change of the configuration raises epoch and resets
 * num_updates, any other change raises num_updates.  A separate step so that access can be checked before.
 */
void cox_edit_count(struct cox_cib *cib, bool was_changed);

G_END_DECLS

#endif
