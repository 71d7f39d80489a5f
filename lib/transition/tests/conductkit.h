/* lib/transition/tests/conductkit.h - graphs by hand, and the engine that carries them out, which answers in words; for tests. */
#ifndef COX_TRANSITION_TESTS_CONDUCTKIT_H
#define COX_TRANSITION_TESTS_CONDUCTKIT_H

#include "base/testkit.h"
#include "transition/conduct.h"

#define MS(n) ((cox_usec) (n) * COX_USEC_PER_MS)

enum { MAX_ACTIONS = 24 };

/* A graph by hand. */
struct plan {
    struct cox_action actions[MAX_ACTIONS];
    guint32 inputs[MAX_ACTIONS][MAX_ACTIONS];
    struct cox_nvpair attributes[MAX_ACTIONS][2];
    struct cox_graph graph;
};

static inline guint32
add_action(struct plan *plan, const char *rsc, const char *task, const char *node)
{
    guint32 index = (guint32) plan->graph.n_actions++;

    plan->attributes[index][0] = (struct cox_nvpair) { NULL, "CRM_meta_timeout", "20000" };
    plan->actions[index] = (struct cox_action) { .id = index + 1, .kind = rsc == NULL ? COX_ACTION_CRM : COX_ACTION_RSC,
                                                 .task = task, .key = task, .rsc_id = rsc, .node_name = node,
                                                 .inputs = plan->inputs[index], .attributes = plan->attributes[index],
                                                 .n_attributes = 1 };
    plan->graph.actions = plan->actions;
    return index;
}

static inline void
order(struct plan *plan, guint32 first, guint32 then)
{
    plan->inputs[then][plan->actions[then].n_inputs++] = first;
}

struct world {
    struct cox_conduct *conduct;
    const struct cox_graph *graph;
    cox_usec now, wake_at;
    GString *log;
};

static inline void
setup(struct world *w)
{
    struct cox_conduct_config config = { .cluster_delay_ms = 60000 };

    memset(w, 0, sizeof(*w));
    w->conduct = cox_conduct_new(&config);
    w->now = MS(1000);
    w->wake_at = COX_USEC_NEVER;
    w->log = g_string_new(NULL);
}

static inline void
teardown(struct world *w)
{
    cox_conduct_free(w->conduct);
    g_string_free(w->log, TRUE);
}

static inline const char *
feed(struct world *w, const struct cox_conduct_event *event)
{
    struct cox_conduct_effects out;

    g_string_truncate(w->log, 0);
    cox_conduct_effects_init(&out);
    cox_conduct_step(w->conduct, event, w->now, &out);
    for (guint i = 0; i < cox_conduct_effects_count(&out); i++) {
        const struct cox_conduct_effect *e = cox_conduct_effects_get(&out, i);
        const struct cox_action *action = w->graph == NULL ? NULL : &w->graph->actions[e->action];

        switch (e->kind) {
            case COX_CONDUCT_DO_START:
            case COX_CONDUCT_DO_LOST:
                g_string_append_printf(w->log, "%s %s %s %s", e->kind == COX_CONDUCT_DO_START ? "start" : "lost",
                                       action->rsc_id ? action->rsc_id : "-", action->task, action->node_name);
                for (size_t k = 0; k < e->n_after; k++) {
                    g_string_append_printf(w->log, " after %s %s", e->after[k].rsc_id, e->after[k].task);
                }
                g_string_append_c(w->log, ';');
                break;
            case COX_CONDUCT_DO_WITHDRAW:
                g_string_append_printf(w->log, "withdraw %s %s %s;", e->identity.rsc_id, e->identity.task, e->identity.node);
                assert_string_equal(e->place, e->identity.node);
                break;
            case COX_CONDUCT_DO_REPLAN:
                g_string_append(w->log, "replan;");
                break;
            case COX_CONDUCT_DO_COMPLETE:
                g_string_append(w->log, "complete;");
                break;
            case COX_CONDUCT_DO_WAKE:
                w->wake_at = e->at;
                break;
        }
    }
    cox_conduct_effects_clear(&out);
    return w->log->str;
}

static inline const char *
begin_limited(struct world *w, const struct plan *plan, guint batch_limit, gint migration_limit)
{
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_GRAPH };

    w->graph = &plan->graph;
    event.graph.graph = &plan->graph;
    event.graph.batch_limit = batch_limit;
    event.graph.migration_limit = migration_limit;
    return feed(w, &event);
}

static inline const char *
begin(struct world *w, const struct plan *plan)
{
    return begin_limited(w, plan, 0, -1);
}

static inline const char *
result(struct world *w, const char *rsc, const char *task, const char *node, int rc)
{
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_RESULT };

    event.result.identity = (struct cox_conduct_identity) { rsc, task, 0, node };
    event.result.rc = rc;
    return feed(w, &event);
}

static inline const char *
about_node(struct world *w, enum cox_conduct_event_kind kind, const char *node, guint limit)
{
    struct cox_conduct_event event = { .kind = kind };

    event.node.name = node;
    event.node.limit = limit;
    return feed(w, &event);
}

static inline const char *
not_begun(struct world *w, const char *rsc, const char *task, const char *node)
{
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_RESULT };

    event.result.identity = (struct cox_conduct_identity) { rsc, task, 0, node };
    event.result.has_not_begun = true;
    return feed(w, &event);
}

static inline void
expect_inflight(const struct world *w, guint n)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));

    cox_conduct_inflight(w->conduct, list);
    assert_int_equal(list->len, n);
}

#endif
