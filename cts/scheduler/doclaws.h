/* cts/scheduler/doclaws.h - the laws of a whole document: configuration and status in one.  For tests. */
#ifndef COX_CTS_DOCLAWS_H
#define COX_CTS_DOCLAWS_H

#include "codec/load.h"
#include "sched/sched.h"
#include "xml/xmldoc.h"

/** How a document is tried. */
struct doclaws_how {
    cox_wall now;
    unsigned max_rounds; /**< of laws_of_outcome */
};

/**
 * Check laws_of_plan, laws_of_explanation, laws_of_outcome, and that the order in which lists are written down that
 * mean the same in any order changes nothing.  The document is of the newest schema.
 *
 * @param problems  gets what is broken, as the laws say it
 * @param error     set when the document cannot be read at all
 */
bool doclaws_check(const struct cox_xmldoc *doc, const struct doclaws_how *how, GString *problems, GError **error);

#endif
