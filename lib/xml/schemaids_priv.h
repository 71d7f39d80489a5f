/* lib/xml/schemaids_priv.h - ids are unique and references lead somewhere; for files in lib/xml only. */
#ifndef COX_XML_SCHEMAIDS_PRIV_H
#define COX_XML_SCHEMAIDS_PRIV_H

#include "base/diag.h"
#include "xml/grammar_priv.h"
#include "xml/xml.h"

/** Which attributes of which elements are ids or references, according to a grammar. */
struct cox_schemaids;

/**
 * Collect them from @grammar, and turn their types there into plain names: libxml2's own bookkeeping of ids costs as
 * much as all other checks together, and keeps pointers into a document that may change later.
 */
struct cox_schemaids *cox_schemaids_take(struct cox_grammar *grammar);
void cox_schemaids_free(struct cox_schemaids *ids);

/**
 * Check the document around @root, but for what is inside @except (may be NULL).
 * @param diags  gets one error per id used twice and per reference to nothing; NULL: stop at the first
 * @return true when there is none
 */
bool cox_schemaids_check(const struct cox_schemaids *ids, const struct cox_xml *root, const struct cox_xml *except,
                         struct cox_diags *diags);

#endif
