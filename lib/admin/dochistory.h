/* lib/admin/dochistory.h - the versions of a configuration, from the records that cibd keeps of it.  Layer 4. */
#ifndef COX_ADMIN_DOCHISTORY_H
#define COX_ADMIN_DOCHISTORY_H

#include <stdbool.h>
#include <glib.h>

#include "cib/version.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** One version of the configuration; texts may be NULL: not known. */
struct cox_dochistory_entry {
    struct cox_version version; /**< num_updates does not count */
    char *user, *client, *origin, *written, *reason;
    guint n_changes;            /**< in the configuration; 0: it is here as a whole, what led to it is not known */
    bool follows;               /**< it was made of the version of the entry before it: nothing is missing between the two */
    guint record;               /**< number of its record */
};

/** All that is known, the oldest first. */
struct cox_dochistory;

/**
 * @param records  GBytes in order, borrowed as long as the history lives: a reason with a zero at its end, and XML (a patch of format 2, or
 *                 `<cib>` with the whole configuration); what is none of these is passed over
 */
struct cox_dochistory *cox_dochistory_new(GPtrArray *records);
void cox_dochistory_free(struct cox_dochistory *history);

guint cox_dochistory_size(const struct cox_dochistory *history);
const struct cox_dochistory_entry *cox_dochistory_entry(const struct cox_dochistory *history, guint i);

/**
 * The last entry with this version ("12" or "0.12").
 * @param error  COX_ERROR_USAGE: it is no version; COX_ERROR_NOT_FOUND, saying which there are
 */
bool cox_dochistory_find(const struct cox_dochistory *history, const char *version, guint *i, GError **error);

/**
 * The document (`<cib>`) with the configuration of entry @i and without a status; the caller owns it.
 * @param error  COX_ERROR_NOT_FOUND: something is missing before it
 */
struct cox_xmldoc *cox_dochistory_document(const struct cox_dochistory *history, guint i, GError **error);

typedef struct cox_dochistory cox_dochistory; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_dochistory, cox_dochistory_free)

G_END_DECLS

#endif
