/* lib/xml/schemaexplain_priv.h - why a document does not fit a grammar, in words; for files in lib/xml only. */
#ifndef COX_XML_SCHEMAEXPLAIN_PRIV_H
#define COX_XML_SCHEMAEXPLAIN_PRIV_H

#include "base/diag.h"
#include "xml/grammar_priv.h"

/**
 * Compare @root and everything in it with @grammar, element by element: unknown, missing and contradictory attributes
 * and elements, values that do not fit, what may be there only once.  Order is not looked at; after some
 * hundred problems it stops.
 *
 * libxml2 says that a document is invalid, but seldom why: it gives up a branch of a choice without a word.
 *
 * @return number of problems found and added to @diags as errors
 */
size_t cox_schemaexplain(const struct cox_grammar *grammar, xmlNode *root, struct cox_diags *diags);

#endif
