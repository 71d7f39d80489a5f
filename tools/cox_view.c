/* tools/cox_view.c - what verbs of cox that only look begin and end with.  Layer 6. */
#include "tools/cox_priv.h"

bool
cox_verb_view_open(struct cox_tool_ctx *ctx, struct cox_verb_view *view)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    GError *error = NULL;

    *view = (struct cox_verb_view) { .access = cox_cib_access_open(&where, &error) };
    view->root = (view->access == NULL) ? NULL : cox_cib_access_visible(view->access, &error);
    if (view->root == NULL) {
        view->status = cox_tool_fail(ctx, error);
        cox_verb_view_close(view);
    }
    return view->root != NULL;
}

void
cox_verb_view_close(struct cox_verb_view *view)
{
    g_clear_pointer(&view->access, cox_cib_access_free);
}
