/* tools/explain_search.c - small changes that move a resource, each tried by planning again.  Layer 6. */
#include "tools/explain_search.h"

#include <string.h>

#include "sched/sched.h"

enum { MOST_GROUPS = 3, MOST_STEPS = 8 };

struct cox_plan *
cox_explain_search_plan(const struct cox_xml *root, cox_wall now, struct cox_codec_result *read, GError **error)
{
    struct cox_sched_input input = { .now = now, .with_explanation = true };

    if (!cox_codec_load_tree(root, NULL, read, NULL, error)) {
        return NULL;
    }
    input.config = read->config;
    input.status = read->status;
    return cox_sched_run(&input, NULL);
}

static bool
can_start(const struct cox_rsc_explanation *rsc)
{
    for (size_t i = 0; i < rsc->n_actions; i++) {
        if (rsc->actions[i].is_blocked && strcmp(rsc->actions[i].task, "monitor") != 0) {
            return false;
        }
    }
    return true;
}

bool
cox_explain_search_holds(const struct cox_remedy_question *question, const struct cox_plan *plan)
{
    const struct cox_cluster *cluster = &question->plan->cluster;
    const char *id = cluster->rscs[question->rsc].short_id, *node = cluster->nodes[question->node].name;

    for (size_t i = 0; i < plan->cluster.n_rscs; i++) {
        const struct cox_rsc_explanation *rsc = NULL;

        if (plan->cluster.rscs[i].variant != COX_PRIMITIVE || strcmp(plan->cluster.rscs[i].short_id, id) != 0) {
            continue;
        }
        rsc = cox_explanation_find(plan->explanation, plan->cluster.rscs[i].id);
        if (rsc != NULL && rsc->node != COX_NODE_NONE && strcmp(plan->cluster.nodes[rsc->node].name, node) == 0
            && (question->is_promotion ? rsc->next_role == COX_ROLE_PROMOTED : rsc->next_role > COX_ROLE_STOPPED) && can_start(rsc)) {
            return true;
        }
    }
    return false;
}

/* One question under way. */
struct attempt {
    const struct cox_explain_search *search;
    const struct cox_remedy_question *question;
    GArray *groups; /* struct cox_remedy_group */
};

static bool
does_it(const struct attempt *attempt, const struct cox_remedy *items, size_t n)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new_copy(attempt->search->root);
    struct cox_codec_result read = { NULL, NULL, NULL };
    struct cox_plan *plan = NULL;
    bool holds = true;

    for (size_t i = 0; i < n && holds; i++) {
        holds = cox_remedy_apply(cox_xmldoc_root(doc), &items[i]);
    }
    plan = holds ? cox_explain_search_plan(cox_xmldoc_root(doc), attempt->search->now, &read, NULL) : NULL;
    holds = plan != NULL && cox_explain_search_holds(attempt->question, plan);
    cox_plan_free(plan);
    cox_codec_result_clear(&read);
    return holds;
}

static void
keep(const struct attempt *attempt, const struct cox_remedy *items, size_t n)
{
    struct cox_remedy_group group = { cox_arena_memdup(attempt->search->plan->arena, items, n, sizeof(items[0])), n };

    g_array_append_val(attempt->groups, group);
}

/* What speaks for where the resource is now, or what it is placed with, against the node asked about: a preference of one more may do. */
static cox_score
gap(const struct cox_remedy_question *question)
{
    const struct cox_plan *plan = question->plan;
    const char *top = cox_remedy_prefer(question, 0).id;
    cox_score most = 0;
    guint32 end = 0;

    for (guint32 i = 0; i < plan->cluster.n_rscs; i++) {
        const struct cox_rsc_state *rsc = &plan->cluster.rscs[i];
        const struct cox_rsc_explanation *reasons = NULL;

        if (strcmp(rsc->short_id, top) == 0) {
            end = MAX(end, rsc->end);
        }
        reasons = i < end && rsc->variant == COX_PRIMITIVE ? cox_explanation_find(plan->explanation, rsc->id) : NULL;
        if (reasons != NULL && reasons->node != COX_NODE_NONE) {
            cox_score here = reasons->placings[reasons->node].decisive, there = reasons->placings[question->node].decisive;

            most = MAX(most, here - (there > -COX_SCORE_INFINITY ? there : 0));
        }
    }
    return most;
}

/** The lowest score that does it is above @low and not above @high. */
struct bounds {
    cox_score low, high;
};

static void
narrow(const struct attempt *attempt, struct cox_remedy *items, size_t n, struct bounds *bounds, cox_score guess)
{
    if (guess <= bounds->low || guess >= bounds->high) {
        return; /* known */
    }
    items[n - 1].score = guess;
    *(does_it(attempt, items, n) ? &bounds->high : &bounds->low) = guess;
}

/* The lowest score of the preference, the last of @items, with which they do it: one less does not.  Each try is a plan of the whole cluster. */
static void
lower_preference(const struct attempt *attempt, struct cox_remedy *items, size_t n)
{
    struct bounds bounds = { 0, COX_SCORE_INFINITY };
    cox_score likely = gap(attempt->question);

    narrow(attempt, items, n, &bounds, likely + 1);
    narrow(attempt, items, n, &bounds, likely);
    for (cox_score guess = 1; guess < COX_SCORE_INFINITY && bounds.high == COX_SCORE_INFINITY; guess *= 10) {
        narrow(attempt, items, n, &bounds, guess); /* most scores are small */
    }
    while (bounds.high - bounds.low > 1) {
        narrow(attempt, items, n, &bounds, bounds.low + (bounds.high - bounds.low) / 2);
    }
    items[n - 1].score = bounds.high;
}

static void
try_preference(const struct attempt *attempt)
{
    struct cox_remedy remedy = cox_remedy_prefer(attempt->question, COX_SCORE_INFINITY);

    if (does_it(attempt, &remedy, 1)) {
        lower_preference(attempt, &remedy, 1);
        keep(attempt, &remedy, 1);
    }
}

/* All at once, then without each that is not needed. */
static void
try_together(const struct attempt *attempt, const GArray *candidates)
{
    struct cox_remedy items[MOST_STEPS] = { 0 };
    size_t n = 0;

    for (guint i = 0; i < candidates->len && n < MOST_STEPS - 1; i++) {
        items[n++] = g_array_index(candidates, struct cox_remedy, i);
    }
    if (!does_it(attempt, items, n)) {
        items[n++] = cox_remedy_prefer(attempt->question, COX_SCORE_INFINITY);
        if (!does_it(attempt, items, n)) {
            return;
        }
    }
    for (size_t i = n; i > 0 && n > 1; i--) {
        struct cox_remedy fewer[MOST_STEPS];

        memcpy(fewer, items, sizeof(items));
        memmove(&fewer[i - 1], &fewer[i], (n - i) * sizeof(fewer[0]));
        if (does_it(attempt, fewer, n - 1)) {
            memcpy(items, fewer, sizeof(items));
            n--;
        }
    }
    if (items[n - 1].kind == COX_REMEDY_PREFER || items[n - 1].kind == COX_REMEDY_PREFER_PROMOTED) {
        lower_preference(attempt, items, n);
    }
    keep(attempt, items, n);
}

struct cox_outlook
cox_explain_search_run(const struct cox_explain_search *search, const struct cox_remedy_question *question)
{
    g_autoptr(GArray) candidates = cox_remedy_candidates(question);
    const struct attempt attempt = { search, question, g_array_new(FALSE, FALSE, sizeof(struct cox_remedy_group)) };
    struct cox_outlook outlook = { .node = question->node, .is_promotion = question->is_promotion };

    for (guint i = 0; i < candidates->len && attempt.groups->len < MOST_GROUPS; i++) {
        const struct cox_remedy *candidate = &g_array_index(candidates, struct cox_remedy, i);

        if (does_it(&attempt, candidate, 1)) {
            keep(&attempt, candidate, 1);
        }
    }
    if (attempt.groups->len < MOST_GROUPS) {
        try_preference(&attempt);
    }
    if (attempt.groups->len == 0 && candidates->len > 0) {
        try_together(&attempt, candidates);
    }
    outlook.n_groups = attempt.groups->len;
    outlook.groups = cox_arena_memdup(search->plan->arena, attempt.groups->data, attempt.groups->len, sizeof(struct cox_remedy_group));
    g_array_free(attempt.groups, TRUE);
    return outlook;
}
