/* lib/admin/docdiff.h - the difference of two configurations: as a patch that only fits the first, and as lines for people.  Layer 4. */
#ifndef COX_ADMIN_DOCDIFF_H
#define COX_ADMIN_DOCDIFF_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** What happened to an object, or to one of its attributes. */
struct cox_docdiff_line {
    char sign;         /**< '+' added, '-' removed, '~' changed, '>' moved among its siblings */
    char *kind;        /**< name of the element */
    char *id;          /**< NULL: it has none */
    char *owner;       /**< id of the nearest object around it that has one; NULL: none */
    char *detail;      /**< added, removed: attributes that say most ("ocf:heartbeat:nginx"); changed: the attribute; NULL: nothing to say */
    char *from, *to;   /**< changed: its values; NULL: it was, or is, not there */
};

/**
 * Compare the configurations of two documents.
 *
 * @param before, after  roots (`<cib>`); what is neither in configuration nor a ticket (status/tickets) is not looked at
 * @param patch          receives a patch (format 2) that leads from one to the other and fits documents with the admin_epoch and epoch of
 *                       @before, whatever their status is; the caller owns it; NULL when they are equal
 * @return array of struct cox_docdiff_line, cleared by the array; the caller unrefs it; NULL with COX_ERROR_SYNTAX when they cannot be compared
 */
GArray *cox_docdiff_make(const struct cox_xml *before, const struct cox_xml *after, struct cox_xmldoc **patch, GError **error);

G_END_DECLS

#endif
