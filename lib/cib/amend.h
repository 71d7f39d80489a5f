/* lib/cib/amend.h - one change of the document from beginning to end: access, edit, counters, schema, who and when.  Layer 2. */
#ifndef COX_CIB_AMEND_H
#define COX_CIB_AMEND_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "cib/acl.h"
#include "cib/cib.h"
#include "cib/edit.h"
#include "cib/schemas.h"

G_BEGIN_DECLS

/**
 * What to do.  Everything that the result depends on is in here, so that every node that does the same with the same document
 * comes to the same one.  Texts that are NULL leave the attribute of the root as it is.
 */
struct cox_amend {
    const struct cox_edit *edit;  /**< NULL: upgrade the schema */
    struct cox_schemas *schemas;  /**< to validate and upgrade with; borrowed */
    const char *upgrade_to;       /**< upgrade: NULL: the newest */
    const struct cox_acl *acl;    /**< of the author; NULL: may do everything */
    const char *origin;           /**< node that the change comes from, for a change of the configuration: update-origin */
    const char *client;           /**< the same: update-client */
    const char *user;             /**< the same: update-user */
    const char *written;          /**< the same, as ctime() gives it: cib-last-written */
    const char *coordinator;      /**< of any change: dc-uuid */
    struct cox_patchtext *text;   /**< gets the patch as text, instead of a tree in the result; NULL: the tree */
};

/** What came of it. */
struct cox_amend_result {
    bool is_changed;
    struct cox_xmldoc *patch; /**< from the document before to this one, the caller owns it; NULL: it is another tree (upgrade), or the same */
};

/**
 * Do it: access is checked, the counters raised, a changed configuration validated.  The document stays as it was when anything fails.
 *
 * @param result  set on success only
 * @param diags   gets what is wrong when the result does not conform, and what an upgrade had to drop; may be NULL
 * @param error   as cox_edit_run(), cox_acl_check(), cox_schemas_validate() or cox_schemas_upgrade()
 */
bool cox_amend_run(struct cox_cib *cib, const struct cox_amend *amend, struct cox_amend_result *result, struct cox_diags *diags,
                   GError **error);

/** The command ("create", "modify", "replace", "delete", "delete-all", "patch", "erase", "bump") of an edit; never NULL. */
const char *cox_amend_command(enum cox_edit_kind kind);

/** The edit of a command; false when there is none with this name ("upgrade" is no edit). */
bool cox_amend_kind(const char *command, enum cox_edit_kind *kind);

#define COX_AMEND_UPGRADE "upgrade" /**< the command that is no edit */

G_END_DECLS

#endif
