/* lib/admin/acledit.h - who may see and change what: roles and who has them, in a configuration that is one's own.  Layer 4. */
#ifndef COX_ADMIN_ACLEDIT_H
#define COX_ADMIN_ACLEDIT_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** Who has roles. */
enum cox_acledit_subject {
    COX_ACLEDIT_USER = 0, /**< acl_target */
    COX_ACLEDIT_GROUP,    /**< acl_group */
};

/*
 * Each works on a tree that the caller may throw away.  Errors are COX_ERROR_NOT_FOUND with the name that was probably meant, COX_ERROR_USAGE
 * that quotes the word, and COX_ERROR_EXISTS.
 */

/**
 * Give a role permissions; it is made when there is none.
 *
 * @param words        "read|write|deny xpath QUERY", "... id ID", "... type ELEMENT", any number one after the other
 * @param description  of the role; NULL: it stays
 */
bool cox_acledit_role_add(struct cox_xml *root, const char *role, char *const *words, const char *description, GError **error);

/** Take permissions (ids) from a role; none named: the role goes, and users and groups lose it. */
bool cox_acledit_role_remove(struct cox_xml *root, const char *role, char *const *permissions, GError **error);

/** Give a user or group roles; what it is called by is made when it has none yet. */
bool cox_acledit_grant(struct cox_xml *root, enum cox_acledit_subject subject, const char *name, char *const *roles, GError **error);

/** Take roles from a user or group; none named: all, and it goes.  What has no role left goes, too. */
bool cox_acledit_revoke(struct cox_xml *root, enum cox_acledit_subject subject, const char *name, char *const *roles, GError **error);

G_END_DECLS

#endif
