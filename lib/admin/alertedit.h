/* lib/admin/alertedit.h - alerts and their recipients in a configuration that is one's own.  Layer 4. */
#ifndef COX_ADMIN_ALERTEDIT_H
#define COX_ADMIN_ALERTEDIT_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** What is said of an alert or recipient; NULL members: nothing. */
struct cox_alertedit {
    const char *id;     /**< of what is made; NULL: one that is free */
    const char *path;   /**< of an alert: the agent, from "/" on */
    const char *select; /**< of an alert: "nodes", "fencing", "resources", "attributes", "attributes:NAME", with commas between; "" for what is usual */
    char *const *words; /**< "NAME=VALUE... [meta NAME=VALUE...]"; "NAME=" takes one away */
};

/*
 * Each works on a tree that the caller may throw away.  Errors are COX_ERROR_NOT_FOUND with the name that was probably meant, COX_ERROR_USAGE
 * that quotes the word, COX_ERROR_SYNTAX for a meta-attribute with a wrong value, and COX_ERROR_EXISTS.
 */

/** A new alert, which needs a path. */
bool cox_alertedit_create(struct cox_xml *root, const struct cox_alertedit *edit, GError **error);

/** Change an alert: what @edit says nothing of stays. */
bool cox_alertedit_update(struct cox_xml *root, const char *alert, const struct cox_alertedit *edit, GError **error);

/** Remove alerts with their recipients. */
bool cox_alertedit_delete(struct cox_xml *root, char *const *alerts, GError **error);

/** Another recipient of an alert. */
bool cox_alertedit_add_recipient(struct cox_xml *root, const char *alert, const char *value, const struct cox_alertedit *edit, GError **error);

/** Change a recipient; @value NULL: it stays. */
bool cox_alertedit_update_recipient(struct cox_xml *root, const char *recipient, const char *value, const struct cox_alertedit *edit,
                                    GError **error);

/** Remove recipients. */
bool cox_alertedit_delete_recipients(struct cox_xml *root, char *const *recipients, GError **error);

G_END_DECLS

#endif
