/* lib/cib/aclview.h - a document with the access of a user marked in it.  Layer 2. */
#ifndef COX_CIB_ACLVIEW_H
#define COX_CIB_ACLVIEW_H

#include <glib.h>

#include "cib/acl.h"

G_BEGIN_DECLS

enum cox_aclview_style {
    COX_ACLVIEW_COLOR = 0, /**< terminal colours: green writable, blue readable, red denied */
    COX_ACLVIEW_TEXT,      /**< a line before each element where access changes */
    COX_ACLVIEW_NAMESPACE, /**< a name space on each element where access changes */
};

/** The document as text with the access of @user marked; the caller frees it with g_free. */
char *cox_aclview_text(const struct cox_acl *acl, struct cox_xml *root, const char *user, enum cox_aclview_style style);

G_END_DECLS

#endif
