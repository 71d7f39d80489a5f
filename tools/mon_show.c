/* tools/mon_show.c - crm_mon: the state of the cluster into a writer.  Layer 6. */
#include "tools/mon_priv.h"

#include "tools/daemon.h"
#include "view/fencing_view.h"
#include "view/html_page.h"
#include "view/monitor_view.h"

enum { FENCING_MS = 2000 }; /* for an answer of the fencer: without it the rest is shown all the same */

/* ---- fencing ---------------------------------------------------------------------------------------------- */

const char *
cox_mon_action_text(guint64 action)
{
    static const char *const texts[] = { "reboot", "off", "on" };

    return (action < G_N_ELEMENTS(texts)) ? texts[action] : "fence";
}

static gint
compare_events(gconstpointer a, gconstpointer b)
{
    const struct cox_fencing_event *first = a;
    const struct cox_fencing_event *second = b;

    return (first->completed_s < second->completed_s) - (first->completed_s > second->completed_s);
}

/* The history of fencing as the fencer of this node has it; texts live in @arena.  NULL: it does not answer. */
static GArray *
ask_fencing(struct cox_runtime *runtime, struct cox_arena *arena)
{
    static const struct cox_msg_fence_history_query query = { 0 };
    const struct cox_daemon_question question
        = { COX_DAEMON_FENCE, "crm_mon", COX_MSG_FENCE_HISTORY_QUERY, &query, COX_MSG_FENCE_HISTORY, FENCING_MS };
    const struct cox_msg_fence_history *history = cox_daemon_ask(runtime, &question, arena, NULL);
    GArray *events = (history == NULL) ? NULL : g_array_new(FALSE, FALSE, sizeof(struct cox_fencing_event));

    for (size_t i = 0; events != NULL && i < history->n_events; i++) {
        const struct cox_msg_fence_event *event = &history->events[i];
        struct cox_fencing_event shown = { .target = event->target, .action = cox_mon_action_text(event->action), .client = event->client,
                                           .origin = event->origin, .delegate = event->delegate, .reason = event->reason,
                                           .state = (enum cox_fencing_state) MIN(event->state, COX_FENCING_PENDING),
                                           .completed_s = event->done_at_us / G_USEC_PER_SEC };

        g_array_append_val(events, shown);
    }
    if (events != NULL) {
        g_array_sort(events, compare_events);
    }
    return events;
}

/* ---- the state -------------------------------------------------------------------------------------------- */

void
cox_mon_show(const struct cox_mon_settings *settings, struct cox_out *out, const struct cox_state *state, struct cox_runtime *runtime)
{
    struct cox_arena *arena = cox_arena_new();
    const struct cox_cluster *cluster = &state->plan->cluster;
    const struct cox_config *config = state->input.config;
    bool is_xml = !cox_out_is_text(out);
    g_autoptr(GArray) events = (runtime == NULL) ? NULL : ask_fencing(runtime, arena);
    g_autofree bool *rscs = (settings->rsc == NULL) ? NULL : cox_view_how_select_rscs(cluster, config, settings->rsc);
    g_autofree bool *named = (settings->rsc == NULL) ? NULL : cox_view_how_name_rscs(cluster, config, settings->rsc);
    g_autofree bool *nodes = (settings->node == NULL) ? NULL : cox_view_how_select_nodes(cluster, config, settings->node);
    const struct cox_view_how how = {
        .with_inactive = settings->with_inactive || is_xml,
        .with_details = settings->with_details,
        .with_descriptions = settings->with_descriptions || (settings->with_details && !is_xml),
        .is_brief = settings->is_brief,
        .is_by_node = settings->is_by_node,
        .rscs = rscs,
        .named = named,
        .nodes = nodes,
        .zone = state->zone,
    };
    const struct cox_monitor_view view = {
        .cluster = cluster,
        .config = config,
        .status = state->input.status,
        .now = state->now,
        .how = &how,
        .sections = settings->sections,
        .ban_prefix = settings->ban_prefix,
        .with_timing = settings->with_timing,
        .has_fencing = events != NULL,
        .fencing = (events == NULL) ? NULL : (const struct cox_fencing_event *) (gpointer) events->data,
        .n_fencing = (events == NULL) ? 0 : events->len,
    };

    cox_monitor_view(out, &view);
    cox_arena_free(arena);
}

char *
cox_mon_html(const struct cox_mon_settings *settings, struct cox_out *text)
{
    const struct cox_html_page page = { .title = settings->title, .stylesheet = settings->stylesheet, .reload_s = settings->reload_s,
                                        .is_cgi = settings->is_cgi };

    return cox_html_page_make(cox_out_content(text), &page);
}
