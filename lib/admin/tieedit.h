/* lib/admin/tieedit.h - constraints in a configuration that is one's own: made from the words of a command.  Layer 4. */
#ifndef COX_ADMIN_TIEEDIT_H
#define COX_ADMIN_TIEEDIT_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** What a constraint may say besides what it ties; NULL members do not matter. */
struct cox_tieedit {
    const char *id;          /**< NULL: one that says what it is, and is not taken yet */
    const char *score;       /**< of a colocation; NULL: INFINITY */
    const char *kind;        /**< of an order: Optional, Mandatory, Serialize */
    const char *symmetrical; /**< of an order: "true" or "false" */
    const char *role;        /**< of a location: Started, Promoted, ... */
    const char *loss_policy; /**< of a ticket: stop, demote, freeze, fence */
};

/*
 * Each makes one constraint (a location one for each node).  Resources are named "NAME" or "NAME:ACTION" (order) or "NAME:ROLE"
 * (colocation, ticket); they, tags included, must exist.  Errors are COX_ERROR_NOT_FOUND with the name that was probably meant,
 * COX_ERROR_USAGE that quotes the word, and COX_ERROR_EXISTS when there is a constraint that says the same.
 */

/** Prefer (or with a negative score avoid) nodes: words "NODE" (INFINITY) or "NODE=SCORE". */
bool cox_tieedit_location(struct cox_xml *root, const char *rsc, char *const *nodes, const struct cox_tieedit *tie, GError **error);

/** The first before the second, that before the third and so on; at least two words. */
bool cox_tieedit_order(struct cox_xml *root, char *const *rscs, const struct cox_tieedit *tie, GError **error);

/** @rsc where @with is. */
bool cox_tieedit_colocation(struct cox_xml *root, const char *rsc, const char *with, const struct cox_tieedit *tie, GError **error);

/** @rsc only with the ticket. */
bool cox_tieedit_ticket(struct cox_xml *root, const char *ticket, const char *rsc, const struct cox_tieedit *tie, GError **error);

/** Remove constraints by their ids. */
bool cox_tieedit_delete(struct cox_xml *root, char *const *ids, GError **error);

G_END_DECLS

#endif
