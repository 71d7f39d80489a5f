/* lib/admin/remedy.h - which changes may let a resource run on a node, and making them in a document.  Layer 4. */
#ifndef COX_ADMIN_REMEDY_H
#define COX_ADMIN_REMEDY_H

#include "model/plan.h"
#include "model/outlook.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** Whether a resource could be on a node. */
struct cox_remedy_question {
    const struct cox_plan *plan; /**< with an explanation; texts of the answer live as long as it */
    guint32 rsc;                 /**< a primitive: index into its cluster.rscs */
    guint32 node;
    bool is_promotion;           /**< could it be promoted there (where it is)? */
};

/**
 * Changes that take away what speaks against it or what speaks for another node, each once, the least intrusive kind first.
 * Whether they do it is not known: plan again with each.  Preferences (COX_REMEDY_PREFER) are not among them.
 *
 * @return array of struct cox_remedy; the caller frees it
 */
GArray *cox_remedy_candidates(const struct cox_remedy_question *question);

/** A preference for the node of that score. */
struct cox_remedy cox_remedy_prefer(const struct cox_remedy_question *question, cox_score score);

/** Make the change in the document of @root, configuration and status; false when there is nothing to change. */
bool cox_remedy_apply(struct cox_xml *root, const struct cox_remedy *remedy);

G_END_DECLS

#endif
