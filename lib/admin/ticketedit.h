/* lib/admin/ticketedit.h - what this site knows of tickets, in a document that is one's own.  Layer 4. */
#ifndef COX_ADMIN_TICKETEDIT_H
#define COX_ADMIN_TICKETEDIT_H

#include <stdbool.h>
#include <glib.h>

#include "base/walltime.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** What is to become of a ticket here. */
enum cox_ticketedit_act {
    COX_TICKETEDIT_GRANT = 0, /**< this site has it, from @now on */
    COX_TICKETEDIT_REVOKE,    /**< it has it no more: loss-policies apply */
    COX_TICKETEDIT_STANDBY,   /**< what depends on it stops in order, while the site still has it */
    COX_TICKETEDIT_ACTIVATE,  /**< no standby */
    COX_TICKETEDIT_FORGET,    /**< all that is known of it goes */
};

/** The act that @word is ("grant", "revoke" ...); false: none. */
bool cox_ticketedit_parse(const char *word, enum cox_ticketedit_act *act);

/** The element of what is known of the ticket, or NULL. */
struct cox_xml *cox_ticketedit_state(const struct cox_xml *root, const char *ticket);

/** Names of tickets that constraints name or of which something is known, sorted; the caller unrefs the array, which owns them. */
GPtrArray *cox_ticketedit_names(const struct cox_xml *root);

/** What is to be done, and how sure the one is who says so. */
struct cox_ticketedit {
    enum cox_ticketedit_act act;
    const char *ticket;
    cox_wall now;
    bool is_forced; /**< it is certain that no other site has it; loss-policies may apply; nothing knows it yet */
};

/**
 * Change it in the document of @root.
 *
 * @param error  COX_ERROR_NOT_FOUND: no such ticket, with the one that was probably meant; COX_ERROR_PRIVILEGE: that needs to be forced, with
 *               the reason; COX_ERROR_USAGE: it cannot be a name
 */
bool cox_ticketedit_run(struct cox_xml *root, const struct cox_ticketedit *edit, GError **error);

G_END_DECLS

#endif
