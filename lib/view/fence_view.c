/* lib/view/fence_view.c - fencing operations, for people and programs.  Layer 4. */
#include "view/fence_view.h"

static const char *
or_unknown(const char *text)
{
    return text == NULL ? "(unknown)" : text;
}

static void
print_text(struct cox_out *out, const struct cox_fence_view *event)
{
    g_autofree char *reason = event->reason == NULL ? NULL : g_strdup_printf(" (%s)", event->reason);
    g_autofree char *delegate = event->delegate == NULL ? NULL : g_strdup_printf("delegate=%s, ", event->delegate);

    switch (event->state) {
    case COX_FENCE_VIEW_PENDING:
        cox_out_line(out, "%s of %s pending: client=%s, origin=%s", event->action, event->target, or_unknown(event->client),
                     or_unknown(event->origin));
        break;
    case COX_FENCE_VIEW_SUCCESS:
        cox_out_line(out, "%s of %s successful: %sclient=%s, origin=%s, completed='%s'", event->action, event->target,
                     delegate == NULL ? "" : delegate, or_unknown(event->client), or_unknown(event->origin), or_unknown(event->completed));
        break;
    case COX_FENCE_VIEW_FAILED:
        cox_out_line(out, "%s of %s failed%s: %sclient=%s, origin=%s, last-failed='%s'", event->action, event->target,
                     reason == NULL ? "" : reason, delegate == NULL ? "" : delegate, or_unknown(event->client),
                     or_unknown(event->origin), or_unknown(event->completed));
        break;
    }
}

void
cox_fence_view_event(struct cox_out *out, const struct cox_fence_view *event)
{
    static const char *const states[] = { "failed", "success", "pending" };

    cox_out_leaf(out, "fence_event", "status", states[event->state], "extended-status",
                 event->state == COX_FENCE_VIEW_PENDING ? "pending" : NULL, "exit-reason", event->reason, "delegate",
                 event->delegate, "action", event->action, "target", event->target, "client", or_unknown(event->client), "origin",
                 or_unknown(event->origin), "completed", event->completed, NULL);
    print_text(out, event);
}
