/* cts/scheduler/explainlaws.c - what holds for every explanation.  For tests. */
#include "explainlaws.h"

#include "laws.h"
#include "planted.h"

static void
check_terms(const struct cox_rsc_explanation *rsc, const char *node, const struct cox_terms *terms, cox_score score, GString *problems)
{
    cox_score sum = cox_terms_sum(terms, true);

    if (sum != score) {
        g_string_append_printf(problems, "sum: %s on %s: terms come to %d, the score is %d\n", rsc->id, node, sum, score);
    }
    for (size_t i = 0; i < terms->n; i++) {
        if (terms->items[i].kind == COX_TERM_UNEXPLAINED) {
            g_string_append_printf(problems, "explained: %s on %s: %d has no source\n", rsc->id, node, terms->items[i].score);
        }
    }
}

/* The score when the row was shown: utilization and later terms come after that. */
static cox_score
shown(const struct cox_terms *terms)
{
    cox_score sum = 0;

    for (size_t i = 0; i < terms->n; i++) {
        const struct cox_score_term *term = &terms->items[i];

        if (!term->is_late && term->kind != COX_TERM_UTILIZATION) {
            sum = term->is_set ? term->score : cox_score_add(sum, term->score);
        }
    }
    return sum;
}

/* What was shown last of a resource on a node. */
static GHashTable *
shown_scores(const struct cox_plan *plan)
{
    GHashTable *scores = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < plan->n_scores; i++) {
        const struct cox_score_entry *entry = &plan->scores[i];

        if (!entry->is_promotion && entry->node != NULL && g_strcmp0(entry->where, "pcmk__primitive_assign") == 0) {
            g_hash_table_insert(scores, g_strdup_printf("%s %s", entry->rsc_id, entry->node), GINT_TO_POINTER(entry->score));
        }
    }
    return scores;
}

/* What only the history knows may have the name of a bundle's instance; scores are shown by name, so of these nothing can be told. */
static void
forget_namesakes(const struct cox_plan *plan, GHashTable *scores)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < plan->explanation->n_rscs; i++) {
        const char *id = plan->explanation->rscs[i].id;

        for (size_t n = 0; !g_hash_table_add(seen, (gpointer) (guintptr) id) && n < plan->cluster.n_nodes; n++) {
            g_autofree char *where = g_strdup_printf("%s %s", id, plan->cluster.nodes[n].name);

            g_hash_table_remove(scores, where);
        }
    }
}

static void
check_rsc(const struct cox_plan *plan, const struct cox_rsc_explanation *rsc, GHashTable *scores, GString *problems)
{
    for (size_t n = 0; n < plan->cluster.n_nodes; n++) {
        const struct cox_placing *placing = &rsc->placings[n];
        const char *node = plan->cluster.nodes[n].name;
        g_autofree char *where = g_strdup_printf("%s %s", rsc->id, node);
        gpointer score = NULL;

        check_terms(rsc, node, &placing->terms, placing->score, problems);
        if (g_hash_table_lookup_extended(scores, where, NULL, &score) && GPOINTER_TO_INT(score) != shown(&placing->terms)) {
            g_string_append_printf(problems, "sum: %s: terms of the decision come to %d, %d was shown\n", where,
                                   shown(&placing->terms), GPOINTER_TO_INT(score));
        }
    }
    if (rsc->has_promotion) {
        check_terms(rsc, "promotion", &rsc->promotion_terms, rsc->promotion, problems);
    }
    if (rsc->node != COX_NODE_NONE && (rsc->choice == COX_CHOICE_NONE || rsc->choice == COX_CHOICE_NOWHERE)) {
        g_string_append_printf(problems, "choice: %s has a place, but no reason\n", rsc->id);
    }
}

void
laws_of_explanation(const struct cox_sched_input *input, const struct cox_plan *plain, const char *bug, GString *problems)
{
    struct cox_sched_input asked = *input;
    g_autoptr(cox_plan) plan = NULL;
    g_autofree char *plain_text = laws_plan_text(plain);
    g_autofree char *text = NULL;
    GHashTable *scores = NULL;

    asked.with_scores = true;
    asked.with_explanation = true;
    plan = planted_run(&asked, bug, PLANTED_EXPLAINED);
    text = laws_plan_text(plan);
    if (plain->explanation != NULL || plan->explanation == NULL || !g_str_equal(plain_text, text)) {
        g_string_append(problems, "free: an explanation changes the plan, or comes without being asked for\n");
    }
    scores = shown_scores(plan);
    forget_namesakes(plan, scores);
    for (size_t i = 0; i < plan->explanation->n_rscs; i++) {
        check_rsc(plan, &plan->explanation->rscs[i], scores, problems);
    }
    g_hash_table_destroy(scores);
}
