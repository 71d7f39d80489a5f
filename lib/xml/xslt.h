/* lib/xml/xslt.h - a transformation of documents that knows when it is needed.  Layer 1. */
#ifndef COX_XML_XSLT_H
#define COX_XML_XSLT_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/**
 * An XSLT 1.0 stylesheet with a table at its top that says which documents it changes.  Rows are elements of the name
 * space "urn:coxswain:upgrade": `when` (there is something to do) and `blocker` (something that cannot be translated),
 * with these attributes, all of which must hold:
 *
 *     element    name of an element, required
 *     attribute  it has this attribute, and when value is given, with that value
 *     child      it has a child element of that name
 *     repeats    it has two child elements of that name or more
 *     what       words for a message about a blocker
 */
struct cox_xslt;

/**
 * Read a stylesheet; compiled when first applied.
 * @return it, the caller owns it; NULL with COX_ERROR_NO_INPUT (cannot be read) or COX_ERROR_SYNTAX (not XML)
 */
struct cox_xslt *cox_xslt_load(const char *path, GError **error);
void cox_xslt_free(struct cox_xslt *xslt);

/** Does a row of kind `when` hold anywhere in @doc outside its status? */
bool cox_xslt_is_needed(const struct cox_xslt *xslt, const struct cox_xmldoc *doc);

/** Does a row of kind `blocker` hold?  Each place is reported to @diags (may be NULL) as a warning. */
bool cox_xslt_is_blocked(const struct cox_xslt *xslt, const struct cox_xmldoc *doc, struct cox_diags *diags);

/**
 * Transform @doc into a new document, which the caller owns.  Nothing is read but the stylesheet, nothing is written.
 *
 * @param diags  gets what the stylesheet has to say (xsl:message) as warnings; may be NULL
 * @return NULL with COX_ERROR_SOFTWARE when the stylesheet is wrong or does not yield a document
 */
struct cox_xmldoc *cox_xslt_apply(struct cox_xslt *xslt, const struct cox_xmldoc *doc, struct cox_diags *diags,
                                  GError **error);

typedef struct cox_xslt cox_xslt; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_xslt, cox_xslt_free)

G_END_DECLS

#endif
