/* lib/admin/rscedit.h - resources in a configuration that is one's own: find, put into and out of groups and clones, remove.  Layer 4. */
#ifndef COX_ADMIN_RSCEDIT_H
#define COX_ADMIN_RSCEDIT_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/*
 * All of these work on a tree that the caller may throw away: when one fails, what it did before is still there.  @root is the root of a
 * document (`<cib>`).
 */

/** The element of the resource, template included; COX_ERROR_NOT_FOUND names it and the one that was probably meant. */
struct cox_xml *cox_rscedit_find(const struct cox_xml *root, const char *id, GError **error);

/** Is there nothing yet in the configuration with this id, and is it a good one?  COX_ERROR_EXISTS, COX_ERROR_USAGE. */
bool cox_rscedit_is_free(const struct cox_xml *root, const char *id, GError **error);

/** The section of the configuration with this name ("resources", "constraints", "tags" ...), made when there is none. */
struct cox_xml *cox_rscedit_section(struct cox_xml *root, const char *name);

/** Where in a group: behind or before one of its members; both NULL: last. */
struct cox_rscedit_place {
    const char *group;
    const char *after, *before;
};

/**
 * Put resources, in this order, into a group, which is made in the place of the first of them when there is none.  What they were in
 * before is left; a group or clone that is empty then goes, with all that refers to it.
 *
 * @param ids    NULL-terminated, at least one
 * @param error  COX_ERROR_NOT_FOUND; COX_ERROR_USAGE: no primitive, named twice, or @place names what is no group, or no member of it
 */
bool cox_rscedit_group(struct cox_xml *root, const struct cox_rscedit_place *place, char *const *ids, GError **error);

/** Take resources out of their group; NULL @ids: all of them, and the group goes.  In a cloned group the last may not leave. */
bool cox_rscedit_ungroup(struct cox_xml *root, const char *group, char *const *ids, GError **error);

/** Put a primitive or a group into a clone called @clone (NULL: "ID-clone"); the clone's element. */
struct cox_xml *cox_rscedit_clone(struct cox_xml *root, const char *id, const char *clone, GError **error);

/** Take what is in the clone (named itself, or by what is in it) out of it, and the clone away; what refers to the clone means the resource then. */
bool cox_rscedit_unclone(struct cox_xml *root, const char *id, GError **error);

/**
 * Remove a resource with all that is in it, what is around it and would be empty, and all that refers to any of these: constraints, sets,
 * tags, permissions, levels of fencing.
 */
bool cox_rscedit_delete(struct cox_xml *root, const char *id, GError **error);

/** Remove all that refers to the object @id, which is gone: as above. */
void cox_rscedit_forget(struct cox_xml *root, const char *id);

G_END_DECLS

#endif
