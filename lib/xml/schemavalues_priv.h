/* lib/xml/schemavalues_priv.h - which values an attribute may have, wherever it is; for files in lib/xml only. */
#ifndef COX_XML_SCHEMAVALUES_PRIV_H
#define COX_XML_SCHEMAVALUES_PRIV_H

#include <stdbool.h>

#include "xml/grammar_priv.h"

/** What all patterns of a grammar say of each attribute of each element, without regard to where the element is. */
struct cox_schemavalues;

/** Collect it from @grammar, which is borrowed and must outlive it. */
struct cox_schemavalues *cox_schemavalues_new(const struct cox_grammar *grammar);
void cox_schemavalues_free(struct cox_schemavalues *values);

/**
 * Does the attribute @name of an element @element certainly fit every pattern of the grammar that it could be held against with the value
 * @value?  Then it makes no difference which of such values it has.  False is no answer: never said yes to are ids and references, what no pattern
 * names, and types that are not plain numbers, truth values, lists of words or text.
 */
bool cox_schemavalues_fits(const struct cox_schemavalues *values, const char *element, const char *name, const char *value);

#endif
