/* lib/sched/explain_fill.c - the record of reasons as data of the plan.  Layer 3, pure. */
#include "sched/action_priv.h"
#include "sched/assign_priv.h"
#include "sched/explain_priv.h"

static struct cox_terms
terms_of(const struct sched_work *work, const struct sched_note *last)
{
    struct cox_terms terms = { NULL, 0 };
    struct cox_score_term *items = NULL;
    size_t i = 0;

    for (const struct sched_note *note = last; note != NULL; note = note->prev) {
        terms.n++;
    }
    items = cox_arena_new_array(work->arena, struct cox_score_term, terms.n + 1);
    i = terms.n;
    for (const struct sched_note *note = last; note != NULL; note = note->prev) {
        items[--i] = note->term;
    }
    terms.items = items;
    return terms;
}

static void
fill_placings(const struct sched_work *work, const struct sched_record *record, struct cox_rsc_explanation *out)
{
    struct cox_placing *placings = cox_arena_new_array(work->arena, struct cox_placing, work->n_nodes + 1);

    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *node = sched_node_at(work, i);

        placings[i].is_known = record->rsc->cells[i].is_present;
        placings[i].score = record->rsc->cells[i].score;
        placings[i].terms = terms_of(work, record->last[i]);
        placings[i].decisive = cox_terms_sum(&placings[i].terms, false);
        placings[i].obstacle = record->obstacles != NULL ? (enum cox_node_obstacle) record->obstacles[i]
                                                         : sched_explain_obstacle(node);
        placings[i].load = record->load != NULL ? record->load[i] : node->n_assigned;
    }
    out->placings = placings;
}

/* Does @edge hold back what comes after it? */
static bool
holds_back(const struct sched_edge *edge)
{
    const struct sched_action *first = edge->first;
    const bool is_blocking = (edge->flags & (SCHED_R_BLOCKS | SCHED_R_MIN_RUNNABLE)) != 0 && !sched_is_runnable(first);

    if (edge->flags == SCHED_R_NONE || first->rsc == edge->then->rsc
        || (first->rsc == NULL && (first->flags & SCHED_PSEUDO) != 0)) {
        return false;
    }
    return is_blocking || (first->flags & SCHED_IN_GRAPH) != 0;
}

static void
add_wait(const struct sched_work *work, const struct sched_edge *edge, GArray *waits)
{
    struct cox_reasoned_wait wait = { .task = edge->first->text, .constraint = sched_explain_name_of(work, edge) };

    wait.rsc = edge->first->rsc == NULL ? NULL : edge->first->rsc->id;
    wait.node = edge->first->node == NULL ? NULL : edge->first->node->name;
    wait.is_blocked = !sched_is_runnable(edge->first);
    g_array_append_val(waits, wait);
}

/* What a group or clone as a whole waits for, its parts wait for: that of the whole itself is no news. */
static void
collect_waits(const struct sched_work *work, const struct sched_action *action, const struct sched_rsc *part, GArray *waits)
{
    for (guint32 i = 0; i < action->before.n; i++) {
        const struct sched_edge *edge = action->before.items[i];
        const struct sched_rsc *whole = edge->first->rsc;

        if (!holds_back(edge)) {
            continue;
        }
        if (whole != NULL && whole != part && (edge->first->flags & SCHED_PSEUDO) != 0 && sched_rsc_is_inside(part, whole)) {
            collect_waits(work, edge->first, whole, waits); /* as deep as resources nest */
        } else if (whole == NULL || !sched_rsc_is_inside(whole, part)) {
            add_wait(work, edge, waits);
        }
    }
}

static void
fill_waits(const struct sched_work *work, const struct sched_action *action, struct cox_reasoned_action *out)
{
    GArray *waits = g_array_new(FALSE, FALSE, sizeof(struct cox_reasoned_wait));

    collect_waits(work, action, action->rsc, waits);
    out->n_waits = waits->len;
    out->waits = cox_arena_memdup(work->arena, waits->data, waits->len, sizeof(struct cox_reasoned_wait));
    g_array_free(waits, TRUE);
}

static void
fill_actions(const struct sched_work *work, const struct sched_rsc *rsc, struct cox_rsc_explanation *out)
{
    struct cox_reasoned_action *actions = cox_arena_new_array(work->arena, struct cox_reasoned_action, rsc->actions.n + 1);

    for (guint32 i = 0; i < rsc->actions.n; i++) {
        const struct sched_action *action = rsc->actions.items[i];
        struct cox_reasoned_action *made = &actions[out->n_actions];

        if (sched_is_optional(action) || (action->flags & SCHED_PSEUDO) != 0 || action->node == NULL) {
            continue;
        }
        *made = (struct cox_reasoned_action) { .task = action->text, .reason = action->reason };
        made->node = action->node == NULL ? NULL : action->node->name;
        made->is_blocked = !sched_is_runnable(action);
        fill_waits(work, action, made);
        out->n_actions++;
    }
    out->actions = actions;
}

static void
fill_rsc(const struct sched_work *work, struct sched_rsc *rsc, struct cox_rsc_explanation *out)
{
    const struct sched_record *record = sched_explain_record(work, rsc);

    out->id = rsc->id;
    out->parent = rsc->parent == NULL ? NULL : rsc->parent->id;
    out->node = rsc->assigned == NULL ? COX_NODE_NONE : rsc->assigned->idx;
    out->runner_up = record->runner_up;
    out->choice = record->choice;
    out->bound_id = record->bound_id;
    out->bound_to = record->bound_to;
    out->next_role = rsc->next_role;
    out->role_reason = rsc->next_role_reason;
    out->has_promotion = rsc->has_promotion_score;
    out->promotion = rsc->promotion_score;
    out->promotion_terms = terms_of(work, record->last[SCHED_PROMOTION(work)]);
    fill_placings(work, record, out);
    fill_actions(work, rsc, out);
}

static void
fill_fences(const struct sched_work *work, struct cox_explanation *out)
{
    struct cox_fence_reason *fences = cox_arena_new_array(work->arena, struct cox_fence_reason, work->n_nodes + 1);

    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *node = sched_node_at(work, i);

        if (node->fence_reason != NULL) {
            fences[out->n_fences++]
                = (struct cox_fence_reason) { i, node->fence_reason, sched_node_can_fence(work, node) };
        }
    }
    out->fences = fences;
}

void
sched_explain_fill(struct sched_work *work, struct cox_plan *plan)
{
    struct cox_explanation *out = NULL;
    struct cox_rsc_explanation *rscs = NULL;

    if (work->explain == NULL) {
        return;
    }
    sched_explain_do_cause(work->explain, COX_TERM_UNEXPLAINED, NULL, NULL);
    out = cox_arena_new_array(work->arena, struct cox_explanation, 1);
    rscs = cox_arena_new_array(work->arena, struct cox_rsc_explanation, work->rscs->len + 1);
    for (guint i = 0; i < work->rscs->len; i++) {
        sched_explain_do_settle(work, g_ptr_array_index(work->rscs, i));
        fill_rsc(work, g_ptr_array_index(work->rscs, i), &rscs[i]);
    }
    out->rscs = rscs;
    out->n_rscs = work->rscs->len;
    fill_fences(work, out);
    plan->explanation = out;
}
