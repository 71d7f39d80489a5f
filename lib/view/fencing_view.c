/* lib/view/fencing_view.c - who was fenced, by whom, and how it ended.  Layer 4. */
#include "view/fencing_view.h"

#include "view/names.h"

static const char *
or_empty(const char *text)
{
    return (text != NULL) ? text : "";
}

static guint32
section_of(enum cox_fencing_state state)
{
    static const guint32 sections[] = { COX_MONITOR_FENCING_FAILED, COX_MONITOR_FENCING_SUCCEEDED, COX_MONITOR_FENCING_PENDING };

    return sections[state];
}

static const char *
state_text(enum cox_fencing_state state)
{
    static const char *const texts[] = { "failed", "success", "pending" };

    return texts[state];
}

static bool
is_asked_for(const struct cox_fencing_event *event, guint32 sections)
{
    return (section_of(event->state) & sections) != 0;
}

static void
print_line(struct cox_out *out, const struct cox_fencing_event *event, GTimeZone *zone)
{
    g_autofree char *when = (event->completed_s > 0) ? cox_names_clock(event->completed_s, zone) : NULL;

    switch (event->state) {
    case COX_FENCING_PENDING:
        cox_out_line(out, "%s of %s pending: client=%s, origin=%s", or_empty(event->action), or_empty(event->target),
                     or_empty(event->client), or_empty(event->origin));
        break;
    case COX_FENCING_SUCCEEDED:
        cox_out_line(out, "%s of %s successful: delegate=%s, client=%s, origin=%s, completed='%s'", or_empty(event->action),
                     or_empty(event->target), or_empty(event->delegate), or_empty(event->client), or_empty(event->origin), or_empty(when));
        break;
    case COX_FENCING_FAILED:
        cox_out_line(out, "%s of %s failed%s%s%s: delegate=%s, client=%s, origin=%s, last-failed='%s'", or_empty(event->action),
                     or_empty(event->target), (event->reason != NULL) ? " (" : "", or_empty(event->reason),
                     (event->reason != NULL) ? ")" : "", or_empty(event->delegate), or_empty(event->client), or_empty(event->origin),
                     or_empty(when));
        break;
    }
}

/* What is printed. */
struct shown {
    const struct cox_fencing_event *events;
    size_t n_events;
    GTimeZone *zone;
};

/* The events of @sections under a heading, if there are any. */
static void
print_section(struct cox_out *out, const struct shown *shown, const char *heading, guint32 sections)
{
    bool is_open = false;

    for (size_t i = 0; i < shown->n_events; i++) {
        if (!is_asked_for(&shown->events[i], sections)) {
            continue;
        }
        if (!is_open) {
            cox_out_spacer(out);
            cox_out_list_begin(out, "%s", heading);
            is_open = true;
        }
        print_line(out, &shown->events[i], shown->zone);
    }
    if (is_open) {
        cox_out_list_end(out);
    }
}

static void
print_element(struct cox_out *out, const struct cox_fencing_event *event)
{
    g_autofree char *when = (event->completed_s > 0) ? cox_names_time(event->completed_s, true) : NULL;

    cox_out_leaf(out, "fence_event", "status", state_text(event->state), "extended-status",
                 (event->state == COX_FENCING_PENDING) ? "pending" : NULL, "exit-reason",
                 (event->state == COX_FENCING_FAILED) ? event->reason : NULL, "delegate", event->delegate, "action", event->action,
                 "target", event->target, "client", or_empty(event->client), "origin", or_empty(event->origin), "completed", when, NULL);
}

void
cox_fencing_view_event(struct cox_out *out, const struct cox_fencing_event *event, GTimeZone *zone)
{
    print_element(out, event);
    print_line(out, event, zone);
}

void
cox_fencing_view(struct cox_out *out, const struct cox_fencing_event *events, size_t n_events, guint32 sections,
                 const struct cox_view_how *how)
{
    const struct shown shown = { events, n_events, how->zone };

    cox_out_begin(out, "fence_history", "status", "0", NULL);
    for (size_t i = 0; i < n_events; i++) {
        if (is_asked_for(&events[i], sections)) {
            print_element(out, &events[i]);
        }
    }
    cox_out_end(out);
    if ((sections & COX_MONITOR_FENCING_SUCCEEDED) != 0) {
        print_section(out, &shown, "Fencing History", sections);
        return;
    }
    print_section(out, &shown, "Failed Fencing Actions", sections & COX_MONITOR_FENCING_FAILED);
    print_section(out, &shown, "Pending Fencing Actions", sections & COX_MONITOR_FENCING_PENDING);
}
