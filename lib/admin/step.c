/* lib/admin/step.c - one change of the document that an administrator's command asks for.  Layer 4. */
#include "admin/step.h"

struct cox_step *
cox_step_new(enum cox_edit_kind kind, const char *section, const char *root, const char *id)
{
    struct cox_step *step = g_new0(struct cox_step, 1);

    step->kind = kind;
    step->section = section;
    step->allows_creation = kind == COX_EDIT_MODIFY;
    step->input = cox_xmldoc_new(root);
    if (id != NULL) {
        cox_xml_set(cox_xmldoc_root(step->input), "id", id);
    }
    return step;
}

void
cox_step_free(struct cox_step *step)
{
    if (step != NULL) {
        cox_xmldoc_free(step->input);
        g_free(step);
    }
}

struct cox_edit
cox_step_edit(const struct cox_step *step)
{
    return (struct cox_edit) {
        .kind = step->kind,
        .input = cox_xmldoc_root(step->input),
        .section = step->section,
        .allows_creation = step->allows_creation,
        .counts = step->counts,
    };
}

struct cox_xml *
cox_step_root(const struct cox_step *step)
{
    return cox_xmldoc_root(step->input);
}
