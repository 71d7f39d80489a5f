/* lib/view/explain_view.c - why a resource is where it is, and what would change that.  Layer 4. */
#include "view/explain_view.h"

#include <string.h>

#include "view/explain_words.h"

enum { NAME_WIDTH = 14, SCORE_WIDTH = 9 };

static const struct cox_rsc_explanation *
subject(const struct cox_explain_view *view)
{
    return cox_explanation_find(view->plan->explanation, view->plan->cluster.rscs[view->rsc].id);
}

/* The action of this name that the plan wants, or NULL. */
static const struct cox_reasoned_action *
wanted(const struct cox_rsc_explanation *rsc, const char *task)
{
    for (size_t i = 0; i < rsc->n_actions; i++) {
        if (strcmp(rsc->actions[i].task, task) == 0) {
            return &rsc->actions[i];
        }
    }
    return NULL;
}

/* What happens to it, in a few words. */
static char *
fate(const struct cox_explain_view *view, const struct cox_rsc_explanation *rsc)
{
    const struct cox_cluster *cluster = &view->plan->cluster;
    const struct cox_rsc_state *state = &cluster->rscs[view->rsc];
    const char *from = state->n_running_on > 0 ? cluster->nodes[state->running_on[0]].name : NULL;
    const char *to = rsc->node != COX_NODE_NONE ? cluster->nodes[rsc->node].name : NULL;
    const struct cox_reasoned_action *start = wanted(rsc, "start");

    if (rsc->choice == COX_CHOICE_UNMANAGED) {
        return to != NULL ? g_strdup_printf("is left alone on %s", to) : g_strdup("is left alone, stopped");
    }
    if (to != NULL && start != NULL && start->is_blocked) {
        return g_strdup_printf("should be on %s, but its start is impossible now", to);
    }
    if (from != NULL && to != NULL && g_strcmp0(from, to) != 0) {
        return g_strdup_printf("moves from %s to %s", from, to);
    }
    if (from != NULL && to != NULL) {
        return g_strdup_printf(start != NULL ? "restarts on %s" : "stays on %s", to);
    }
    if (to != NULL) {
        return g_strdup_printf("starts on %s", to);
    }
    if (from != NULL) {
        const struct cox_reasoned_action *stop = wanted(rsc, "stop");

        return g_strdup_printf(stop != NULL && stop->is_blocked ? "should stop on %s, but cannot now" : "stops on %s", from);
    }
    return g_strdup("stays stopped");
}

static void
print_head(const struct cox_explain_view *view, const struct cox_rsc_explanation *rsc, struct cox_out *out)
{
    g_autofree char *what = fate(view, rsc);
    g_autofree char *why = cox_explain_words_choice(view->plan, rsc);
    const bool has_role = rsc->next_role >= COX_ROLE_UNPROMOTED;

    cox_out_attr(out, "id", rsc->id);
    cox_out_attr(out, "part-of", rsc->parent);
    cox_out_attr(out, "node", rsc->node == COX_NODE_NONE ? NULL : view->plan->cluster.nodes[rsc->node].name);
    cox_out_attr(out, "role", cox_role_text(rsc->next_role));
    cox_out_attr(out, "runner-up", rsc->runner_up == COX_NODE_NONE ? NULL : view->plan->cluster.nodes[rsc->runner_up].name);
    cox_out_attr(out, "choice", cox_explain_words_choice_kind(rsc->choice));
    cox_out_attr(out, "what", what);
    cox_out_attr(out, "why", why);
    cox_out_line(out, "%s %s%s%s: %s.", rsc->id, what, has_role ? " as " : "", has_role ? cox_role_text(rsc->next_role) : "", why);
}

/* ---- nodes ---- */

struct line {
    const struct cox_placing *placing;
    const struct cox_node_state *node;
    bool is_chosen;
};

static int
by_score(const void *a_data, const void *b_data)
{
    const struct line *a = a_data, *b = b_data;
    const bool a_usable = a->placing->obstacle == COX_NODE_USABLE, b_usable = b->placing->obstacle == COX_NODE_USABLE;

    if (a->is_chosen != b->is_chosen) {
        return a->is_chosen ? -1 : 1;
    }
    if (a->placing->is_known != b->placing->is_known) {
        return a->placing->is_known ? -1 : 1;
    }
    if (a_usable != b_usable) {
        return a_usable ? -1 : 1;
    }
    if (a->placing->decisive != b->placing->decisive) {
        return a->placing->decisive > b->placing->decisive ? -1 : 1;
    }
    return strcmp(a->node->name, b->node->name);
}

static void
print_term(struct cox_out *out, const struct cox_score_term *term)
{
    g_autofree char *words = cox_explain_words_term(term);
    char score[COX_SCORE_TEXT_BYTES];

    cox_out_begin(out, "term", "kind", cox_term_kind_text(term->kind), "score", cox_score_format(term->score, score), "id", term->id, "rule",
                  term->rule, "with", term->peer, NULL);
    if (term->limit != 0 || term->count != 0) {
        cox_out_attrf(out, "count", "%" G_GINT64_FORMAT, term->count);
        cox_out_attrf(out, "limit", "%" G_GINT64_FORMAT, term->limit);
    }
    cox_out_attr(out, "replaces", term->is_set ? "true" : NULL);
    cox_out_attr(out, "late", term->is_late ? "true" : NULL);
    cox_out_attr(out, "sentence", words);
    cox_out_end(out);
}

static void
print_terms(struct cox_out *out, const struct cox_terms *terms)
{
    for (size_t i = 0; i < terms->n; i++) {
        print_term(out, &terms->items[i]);
    }
}

static void
print_node(struct cox_out *out, const struct line *line, bool is_symmetric)
{
    g_autofree char *terms = cox_explain_words_terms(&line->placing->terms);
    const char *obstacle = cox_explain_words_obstacle(line->placing->obstacle);
    char score[COX_SCORE_TEXT_BYTES], final[COX_SCORE_TEXT_BYTES];

    cox_score_format(line->placing->decisive, score);
    cox_out_begin(out, "node", "name", line->node->name, "score", score, NULL);
    cox_out_attr(out, "final-score", cox_score_format(line->placing->score, final));
    cox_out_attr_bool(out, "chosen", line->is_chosen);
    cox_out_attr_bool(out, "possible", line->placing->is_known && obstacle == NULL && line->placing->decisive >= 0);
    cox_out_attr(out, "known", line->placing->is_known ? NULL : "false");
    cox_out_attr(out, "obstacle", obstacle);
    print_terms(out, &line->placing->terms);
    cox_out_end(out);
    if (!line->placing->is_known) {
        cox_out_line(out, "%c %-*s %*s  %s", line->is_chosen ? '>' : ' ', NAME_WIDTH, line->node->name, SCORE_WIDTH, "-",
                     is_symmetric ? "is not among the nodes that it may use" : "the cluster is opt-in, and no location names this node");
        return;
    }
    cox_out_line(out, "%c %-*s %*s  %s%s%s", line->is_chosen ? '>' : ' ', NAME_WIDTH, line->node->name, SCORE_WIDTH, score,
                 obstacle != NULL ? obstacle : "", obstacle != NULL && terms[0] != '\0' ? "; " : "",
                 terms[0] != '\0' || obstacle != NULL ? terms : "nothing speaks for or against it");
}

static void
print_nodes(const struct cox_explain_view *view, const struct cox_rsc_explanation *rsc, struct cox_out *out)
{
    const struct cox_cluster *cluster = &view->plan->cluster;
    g_autofree struct line *lines = g_new0(struct line, cluster->n_nodes + 1);
    size_t n = 0;

    for (guint32 i = 0; i < cluster->n_nodes; i++) {
        const struct cox_node_state *node = &cluster->nodes[i];

        if (node->is_ping || (node->is_bundle_node && !rsc->placings[i].is_known)) {
            continue; /* what is in other bundles is nobody's business */
        }
        if (view->node == COX_NODE_NONE || view->node == i || rsc->node == i) {
            lines[n++] = (struct line) { &rsc->placings[i], &cluster->nodes[i], rsc->node == i };
        }
    }
    qsort(lines, n, sizeof(lines[0]), by_score);
    cox_out_begin(out, "nodes", NULL);
    for (size_t i = 0; i < n; i++) {
        print_node(out, &lines[i], cluster->symmetric);
    }
    cox_out_end(out);
}

/* ---- promotion, actions, changes ---- */

static void
print_promotion(const struct cox_rsc_explanation *rsc, struct cox_out *out)
{
    g_autofree char *terms = cox_explain_words_terms(&rsc->promotion_terms);
    const bool is_promoted = rsc->next_role == COX_ROLE_PROMOTED;
    char score[COX_SCORE_TEXT_BYTES];
    const char *why = "others have a better one";

    if (!rsc->has_promotion || rsc->node == COX_NODE_NONE) {
        return;
    }
    if (rsc->promotion < 0) {
        why = rsc->promotion == -1 && rsc->promotion_terms.n == 1 ? "its agent has set none" : "below 0 it must not be";
    }
    cox_score_format(rsc->promotion, score);
    cox_out_begin(out, "promotion", "score", score, NULL);
    cox_out_attr_bool(out, "promoted", is_promoted);
    print_terms(out, &rsc->promotion_terms);
    cox_out_end(out);
    cox_out_line(out, "  %s, promotion score %s%s%s (%s)", is_promoted ? "promoted" : "not promoted", score, is_promoted ? "" : ": ",
                 is_promoted ? "" : why, terms);
}

static void
print_actions(const struct cox_rsc_explanation *rsc, struct cox_out *out)
{
    cox_out_begin(out, "actions", NULL);
    for (size_t i = 0; i < rsc->n_actions; i++) {
        const struct cox_reasoned_action *action = &rsc->actions[i];
        g_autofree char *words = cox_explain_words_action(action);

        cox_out_begin(out, "action", "task", action->task, "node", action->node, "reason", action->reason, "sentence", words, NULL);
        cox_out_attr_bool(out, "blocked", action->is_blocked);
        for (size_t k = 0; k < action->n_waits; k++) {
            const struct cox_reasoned_wait *wait = &action->waits[k];

            cox_out_begin(out, "after", "task", wait->task, "resource", wait->rsc, "node", wait->node, "order", wait->constraint, NULL);
            cox_out_attr_bool(out, "blocked", wait->is_blocked);
            cox_out_end(out);
        }
        cox_out_end(out);
        if (strcmp(action->task, "monitor") != 0 && strcmp(action->task, "cancel") != 0) {
            cox_out_line(out, "  to do: %s", words);
        }
    }
    cox_out_end(out);
}

static void
print_group(struct cox_out *out, const struct cox_remedy_group *group, const char *where, bool is_first)
{
    g_autoptr(GString) text = g_string_new(NULL);

    cox_out_begin(out, "change", NULL);
    cox_out_attr_bool(out, "smallest", is_first);
    for (size_t i = 0; i < group->n; i++) {
        const struct cox_remedy *remedy = &group->items[i];
        g_autofree char *words = cox_explain_words_remedy(remedy);

        cox_out_begin(out, "step", "kind", cox_explain_words_remedy_kind(remedy->kind), "id", remedy->id, "node", remedy->node, "name",
                      remedy->name, "value", remedy->value, NULL);
        if (remedy->score != 0) {
            char score[COX_SCORE_TEXT_BYTES];

            cox_out_attr(out, "score", cox_score_format(remedy->score, score));
        }
        cox_out_attr(out, "sentence", words);
        cox_out_end(out);
        g_string_append_printf(text, "%s%s", i > 0 ? ", and " : "", words);
    }
    cox_out_end(out);
    cox_out_line(out, "  %s %s: %s", is_first ? "to have it" : "        or", where, text->str);
}

static void
print_outlooks(const struct cox_explain_view *view, struct cox_out *out)
{
    cox_out_begin(out, "changes", NULL);
    for (size_t i = 0; i < view->n_outlooks; i++) {
        const struct cox_outlook *outlook = &view->outlooks[i];
        const char *node = view->plan->cluster.nodes[outlook->node].name;
        g_autofree char *where = g_strdup_printf(outlook->is_promotion ? "promoted on %s" : "on %s", node);

        cox_out_begin(out, "goal", "node", node, "role", outlook->is_promotion ? "Promoted" : NULL, NULL);
        for (size_t k = 0; k < outlook->n_groups; k++) {
            print_group(out, &outlook->groups[k], where, k == 0);
        }
        cox_out_end(out);
        if (outlook->n_groups == 0) {
            cox_out_line(out, "  to have it %s: no small change does it", where);
        }
    }
    cox_out_end(out);
}

void
cox_explain_view(struct cox_out *out, const struct cox_explain_view *view)
{
    const struct cox_rsc_explanation *rsc = subject(view);

    cox_out_begin(out, "resource", NULL);
    print_head(view, rsc, out);
    print_nodes(view, rsc, out);
    print_promotion(rsc, out);
    print_actions(rsc, out);
    print_outlooks(view, out);
    cox_out_end(out);
}

void
cox_explain_view_fences(struct cox_out *out, const struct cox_plan *plan)
{
    const struct cox_explanation *explanation = plan->explanation;

    cox_out_begin(out, "fencing", NULL);
    for (size_t i = 0; i < explanation->n_fences; i++) {
        const struct cox_fence_reason *fence = &explanation->fences[i];
        const char *name = plan->cluster.nodes[fence->node].name;

        cox_out_begin(out, "fence", "node", name, "reason", fence->reason, NULL);
        cox_out_attr_bool(out, "possible", fence->is_possible);
        cox_out_end(out);
        cox_out_line(out, "%s must be fenced: %s%s.", name, fence->reason, fence->is_possible ? "" : "; this cannot be done now");
    }
    cox_out_end(out);
}
