/* lib/admin/step.h - one change of the document that an administrator's command asks for.  Layer 4. */
#ifndef COX_ADMIN_STEP_H
#define COX_ADMIN_STEP_H

#include <glib.h>

#include "cib/edit.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** A change that is worked out and not yet made. */
struct cox_step {
    enum cox_edit_kind kind;
    const char *section; /**< static; NULL: the whole document */
    bool allows_creation, counts;
    struct cox_xmldoc *input; /**< owned */
};

/** A step with an input whose root is called @root and has the id @id (NULL: none); the caller owns it. */
struct cox_step *cox_step_new(enum cox_edit_kind kind, const char *section, const char *root, const char *id);
void cox_step_free(struct cox_step *step);

/** The step as what lib/cib carries out; borrows from @step. */
struct cox_edit cox_step_edit(const struct cox_step *step);

/** Root of the input, to be filled. */
struct cox_xml *cox_step_root(const struct cox_step *step);

typedef struct cox_step cox_step; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_step, cox_step_free)

G_END_DECLS

#endif
