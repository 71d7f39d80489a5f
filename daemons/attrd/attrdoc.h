/* daemons/attrd/attrdoc.h - values in the document: where they are, and the changes that bring them there.  Layer 6. */
#ifndef COX_DAEMONS_ATTRDOC_H
#define COX_DAEMONS_ATTRDOC_H

#include <stdbool.h>
#include <glib.h>

#include "attr/attr.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** The document, and members that it may not know yet; all borrowed. */
struct cox_attrdoc {
    const struct cox_xml *root; /**< cib element */
    const struct cox_attr_member *members;
    size_t n_members;
};

/**
 * Id of @node in the document: a member's or a node's of the configuration or status; a remote or guest node's is its name.
 *
 * @param is_remote set on success; may be NULL
 * @return the caller frees it; NULL: nobody knows this node
 */
char *cox_attrdoc_node_id(const struct cox_attrdoc *doc, const char *node, bool *is_remote);

/** The element that holds the value of @entry's attribute (permanent: in the configuration, else in the status), or NULL. */
const struct cox_xml *cox_attrdoc_find(const struct cox_attrdoc *doc, const struct cox_attr_entry *entry);

/** The value that the document has for @entry's attribute (permanent: of the configuration, else of the status), or NULL. */
const char *cox_attrdoc_get(const struct cox_attrdoc *doc, const struct cox_attr_entry *entry);

/** What has to be asked of the document: one modification, then deletions; both repeat without harm. */
struct cox_attrdoc_changes {
    struct cox_xmldoc *sets; /**< a cib element to modify (with creation), or NULL */
    GPtrArray *deletions;    /**< char *: XPath expressions of what to delete; in the second place */
    GPtrArray *unknown;      /**< const char *: nodes that nobody knows, borrowed from the entries, which have a value; it is left out */
};

/**
 * Changes that bring @entries into the document.  What it has already is left out if @is_current, i.e. if @doc shows all that we have written.
 * A missing node_state is created with id and uname (and remote_node); its other attributes are the coordinator's.
 */
void cox_attrdoc_changes(const struct cox_attrdoc *doc, const struct cox_attr_entry *entries, size_t n_entries,
                         bool is_current, struct cox_attrdoc_changes *changes);
void cox_attrdoc_changes_clear(struct cox_attrdoc_changes *changes);

/** May @patch (NULL: anything may have happened) have touched values in the document? */
bool cox_attrdoc_touches(const struct cox_xml *patch);

G_END_DECLS

#endif
