/* lib/cib/acl.h - who may read and write which parts of the document.  Layer 2. */
#ifndef COX_CIB_ACL_H
#define COX_CIB_ACL_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** Permissions of one user as a document grants them. */
struct cox_acl;

/** What a user may do with an element. */
enum cox_acl_access {
    COX_ACL_DENIED = 0,
    COX_ACL_READABLE,
    COX_ACL_WRITABLE,
};

/**
 * Is @user subject to permissions in this document: is enable-acl set, and is he neither root nor hacluster?
 * A NULL user is not.
 */
bool cox_acl_applies(const struct cox_xml *root, const char *user);

/**
 * Collect the permissions of @user and of his @groups (NULL-terminated, may be NULL) from the section acls of the
 * document: roles, targets and groups of the present syntax, users with their own entries of the old one.
 */
struct cox_acl *cox_acl_new(const struct cox_xml *root, const char *user, const char *const *groups);
void cox_acl_free(struct cox_acl *acl);

/**
 * Evaluate the permissions on the document of @root: element -> enum cox_acl_access + 1 for every element.  The nearest
 * element upwards that a permission names decides; a denial there wins over a grant; what none names is denied.
 */
GHashTable *cox_acl_evaluate(const struct cox_acl *acl, struct cox_xml *root);

/** Access to @xml in the result of cox_acl_evaluate(). */
enum cox_acl_access cox_acl_access(GHashTable *evaluated, const struct cox_xml *xml);

/**
 * The part of the document that the user may read: an element that he may not read stays, with its id only, when
 * something below it is readable.
 * @return a copy, the caller owns it; NULL when nothing is readable
 */
struct cox_xmldoc *cox_acl_filter(const struct cox_acl *acl, const struct cox_xml *root);

/**
 * May the user turn @before into @after?  Elements that have nothing but an id may always be created (outside of acls).
 * @return false with COX_ERROR_PRIVILEGE naming user and path
 */
bool cox_acl_check(const struct cox_acl *acl, struct cox_xml *before, struct cox_xml *after, GError **error);

typedef struct cox_acl cox_acl; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_acl, cox_acl_free)

G_END_DECLS

#endif
