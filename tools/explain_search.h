/* tools/explain_search.h - small changes that move a resource, each tried by planning again.  Layer 6. */
#ifndef COX_TOOLS_EXPLAIN_SEARCH_H
#define COX_TOOLS_EXPLAIN_SEARCH_H

#include "admin/remedy.h"
#include "codec/load.h"
#include "model/outlook.h"

G_BEGIN_DECLS

/** What is planned from, and the plan that there is. */
struct cox_explain_search {
    const struct cox_xml *root;  /**< whole document, newest schema */
    cox_wall now;
    struct cox_plan *plan;       /**< with an explanation; answers live in its arena */
};

/** Does the resource (any instance with its short id) run on the node of the question in @plan? */
bool cox_explain_search_holds(const struct cox_remedy_question *question, const struct cox_plan *plan);

/** What would let it: each group was tried, and needs all that is in it. */
struct cox_outlook cox_explain_search_run(const struct cox_explain_search *search, const struct cox_remedy_question *question);

/** The plan of @root at that time, with an explanation; the caller frees it after @read is no longer needed.  NULL: it cannot be read. */
struct cox_plan *cox_explain_search_plan(const struct cox_xml *root, cox_wall now, struct cox_codec_result *read, GError **error);

G_END_DECLS

#endif
