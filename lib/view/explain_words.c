/* lib/view/explain_words.c - reasons of the scheduler in sentences.  Layer 4. */
#include "view/explain_words.h"

#include <string.h>

/* ---- terms ---- */

/* Colocations that nobody configured. */
static char *
inner_colocation(const struct cox_score_term *term)
{
    if (strcmp(term->id, "#group-members") == 0) {
        return g_strdup_printf("it is in a group with %s", term->peer);
    }
    if (strcmp(term->id, "#ip-with-container") == 0) {
        return g_strdup_printf("it is the address of %s", term->peer);
    }
    return g_strdup_printf("it runs inside %s", term->peer);
}

static char *
colocation_words(const struct cox_score_term *term)
{
    const bool is_dependent = term->kind == COX_TERM_DEPENDENT;

    if (term->id == NULL) {
        return g_strdup("wishes of what is placed with it");
    }
    if (term->id[0] == '#') {
        return is_dependent ? g_strdup_printf("wishes of %s, which belongs to it", term->peer) : inner_colocation(term);
    }
    return is_dependent ? g_strdup_printf("wishes of %s (colocation %s)", term->peer, term->id)
                        : g_strdup_printf("colocation %s with %s", term->id, term->peer);
}

static char *
failure_words(const struct cox_score_term *term)
{
    if (term->count >= COX_SCORE_INFINITY) {
        return g_strdup_printf("it failed there for good (migration-threshold %" G_GINT64_FORMAT ")", term->limit);
    }
    return g_strdup_printf("it failed there %" G_GINT64_FORMAT " time%s (migration-threshold %" G_GINT64_FORMAT ")", term->count,
                           term->count == 1 ? "" : "s", term->limit);
}

static char *
stop_words(const char *id)
{
    if (g_strcmp0(id, "multiple-active") == 0) {
        return g_strdup("it is active on several nodes (multiple-active)");
    }
    if (g_strcmp0(id, "stop-orphan-resources") == 0) {
        return g_strdup("it is not configured any more");
    }
    return g_strdup_printf("it is to be stopped (%s)", id != NULL ? id : "configured so");
}

/* Terms that have a name or number in them. */
static char *
named_words(const struct cox_score_term *term)
{
    switch (term->kind) {
    case COX_TERM_LOCATION:
        return term->rule == NULL ? g_strdup_printf("location %s", term->id)
                                  : g_strdup_printf("location %s, rule %s", term->id, term->rule);
    case COX_TERM_HEALTH:
        return g_strdup_printf("health of the node (node-health-strategy=%s)", term->id);
    case COX_TERM_FAILURES:
        return failure_words(term);
    case COX_TERM_ON_FAIL:
        return term->id == NULL ? g_strdup("a failure banned it (on-fail)") : g_strdup_printf("its %s failed", term->id);
    case COX_TERM_SHUTDOWN_LOCK:
        return g_strdup_printf("it waits for %s, which was shut down (shutdown-lock)", term->peer);
    case COX_TERM_COLOCATION:
    case COX_TERM_DEPENDENT:
        return colocation_words(term);
    case COX_TERM_TICKET:
        return g_strdup_printf("ticket %s is not granted (%s)", term->peer, term->id);
    case COX_TERM_TARGET_ROLE:
        return stop_words(term->id);
    case COX_TERM_CONTAINER:
        return g_strdup_printf("it belongs on guest node %s", term->peer);
    case COX_TERM_COLLECTIVE:
        return g_strdup_printf("%s may not run there", term->peer);
    case COX_TERM_NODE_MAX:
        return g_strdup_printf("enough instances of %s run there (%" G_GINT64_FORMAT ")", term->peer, term->limit);
    case COX_TERM_TOTAL_MAX:
        return g_strdup_printf("enough instances of %s run elsewhere (%" G_GINT64_FORMAT ")", term->peer, term->limit);
    default: /* the others are fixed texts */
        return NULL;
    }
}

char *
cox_explain_words_term(const struct cox_score_term *term)
{
    static const char *const texts[COX_TERM_KIND_N] = {
        [COX_TERM_NODE] = "score of the node",
        [COX_TERM_STICKINESS] = "it runs there (stickiness)",
        [COX_TERM_UNMANAGED] = "it runs there and is not managed",
        [COX_TERM_DISCOVERY] = "resource-discovery=exclusive names other nodes",
        [COX_TERM_UTILIZATION] = "no room for it (utilization)",
        [COX_TERM_CLUSTER_NODE] = "only cluster nodes can run it",
        [COX_TERM_BUNDLE] = "its place in the bundle",
        [COX_TERM_NODE_STATE] = "the node can run nothing",
        [COX_TERM_PROMOTION] = "promotion score",
        [COX_TERM_UNEXPLAINED] = "unknown",
    };

    return texts[term->kind] != NULL ? g_strdup(texts[term->kind]) : named_words(term);
}

char *
cox_explain_words_terms(const struct cox_terms *terms)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < terms->n; i++) {
        const struct cox_score_term *term = &terms->items[i];
        g_autofree char *words = cox_explain_words_term(term);
        char score[COX_SCORE_TEXT_BYTES];

        if (!term->is_late && (term->score > -COX_SCORE_INFINITY || strstr(text->str, words) == NULL)) { /* a ban is told once */
            g_string_append_printf(text, "%s%s (%s)", text->len > 0 ? ", " : "", words, cox_score_format(term->score, score));
        }
    }
    return g_string_free(text, FALSE);
}

const char *
cox_explain_words_obstacle(enum cox_node_obstacle obstacle)
{
    static const char *const texts[] = {
        [COX_NODE_USABLE] = NULL,
        [COX_NODE_OFFLINE] = "is offline",
        [COX_NODE_UNCLEAN] = "is unclean and must be fenced",
        [COX_NODE_PENDING] = "is joining",
        [COX_NODE_STANDBY] = "is in standby",
        [COX_NODE_STANDBY_ON_FAIL] = "is in standby since something failed there",
        [COX_NODE_SHUTTING_DOWN] = "is shutting down",
        [COX_NODE_MAINTENANCE] = "is in maintenance",
    };

    return texts[obstacle];
}

/* ---- choices ---- */

static const char *const choices[][2] = {
    [COX_CHOICE_NONE] = { "none", "" },
    [COX_CHOICE_ONLY] = { "only", "no other node is possible" },
    [COX_CHOICE_SCORE] = { "score", "" },
    [COX_CHOICE_ROOM] = { "room", "has more capacity left" },
    [COX_CHOICE_LOAD] = { "load", "has fewer resources" },
    [COX_CHOICE_STAYS] = { "stays", "is where it runs" },
    [COX_CHOICE_NAME] = { "name", "is the first by name" },
    [COX_CHOICE_ASKED] = { "asked", "another decision asked for this node" },
    [COX_CHOICE_UNMANAGED] = { "unmanaged", "it is not managed" },
    [COX_CHOICE_STOP_ALL] = { "stop-all", "stop-all-resources is set" },
    [COX_CHOICE_NOWHERE] = { "nowhere", "no node is possible" },
    [COX_CHOICE_BOUND] = { "bound", "" },
    [COX_CHOICE_PARTNER] = { "partner", "" },
};

const char *
cox_explain_words_choice_kind(enum cox_choice choice)
{
    return choices[choice][0];
}

/* When the same thing bans it everywhere, that is the reason. */
static char *
ban_everywhere(const struct cox_plan *plan, const struct cox_rsc_explanation *rsc)
{
    const struct cox_terms *first = plan->cluster.n_nodes > 0 ? &rsc->placings[0].terms : NULL;

    for (size_t i = 0; first != NULL && i < first->n; i++) {
        const struct cox_score_term *term = &first->items[i];
        bool is_everywhere = term->score <= -COX_SCORE_INFINITY;

        for (size_t n = 1; n < plan->cluster.n_nodes && is_everywhere; n++) {
            const struct cox_terms *terms = &rsc->placings[n].terms;
            bool is_there = false;

            for (size_t k = 0; k < terms->n && !is_there; k++) {
                is_there = terms->items[k].kind == term->kind && terms->items[k].score <= -COX_SCORE_INFINITY
                           && g_strcmp0(terms->items[k].id, term->id) == 0 && g_strcmp0(terms->items[k].peer, term->peer) == 0;
            }
            is_everywhere = is_there;
        }
        if (is_everywhere) {
            return cox_explain_words_term(term);
        }
    }
    return NULL;
}

static const struct cox_rsc_state *
state_of(const struct cox_plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->cluster.n_rscs; i++) {
        if (strcmp(plan->cluster.rscs[i].id, id) == 0) {
            return &plan->cluster.rscs[i];
        }
    }
    return NULL;
}

/* Why it is where another decision wants it. */
static const char *
asked_words(const struct cox_plan *plan, const struct cox_rsc_explanation *rsc)
{
    const struct cox_rsc_state *state = state_of(plan, rsc->id);

    for (size_t i = 0; state != NULL && i < state->n_running_on; i++) {
        if (state->running_on[i] == rsc->node) {
            return "it runs there and can stay";
        }
    }
    return state != NULL && state->is_container_child ? "that is its place in the bundle" : choices[COX_CHOICE_ASKED][1];
}

static bool
has_fence_device(const struct cox_plan *plan)
{
    if (plan->cluster.has_watchdogs) {
        return true;
    }
    for (size_t i = 0; i < plan->cluster.n_rscs; i++) {
        if (g_strcmp0(plan->cluster.rscs[i].standard, "stonith") == 0) {
            return true;
        }
    }
    return false;
}

static const char *
unmanaged_words(const struct cox_plan *plan, const struct cox_rsc_explanation *rsc)
{
    const struct cox_rsc_state *state = state_of(plan, rsc->id);

    if (state != NULL && state->is_blocked) {
        return state->is_failed ? "it has failed, and nothing may be done before somebody has looked (cleanup)" : "it is blocked";
    }
    if (state != NULL && plan->cluster.fencing_enabled && !has_fence_device(plan)) {
        return "nothing may move while fencing is enabled and there is no fence device";
    }
    if (plan->cluster.maintenance_mode) {
        return "the cluster is in maintenance mode";
    }
    return state != NULL && state->is_maintenance ? "it is in maintenance" : choices[COX_CHOICE_UNMANAGED][1];
}

char *
cox_explain_words_choice(const struct cox_plan *plan, const struct cox_rsc_explanation *rsc)
{
    const struct cox_node_state *nodes = plan->cluster.nodes;
    const char *text = choices[rsc->choice][1];
    char score[COX_SCORE_TEXT_BYTES], other[COX_SCORE_TEXT_BYTES];
    char *ban = NULL;
    const bool has_rival = rsc->node != COX_NODE_NONE && rsc->runner_up != COX_NODE_NONE;

    if (!has_rival && rsc->choice >= COX_CHOICE_SCORE && rsc->choice <= COX_CHOICE_NAME) {
        return g_strdup("it lost its place later"); /* to what other decisions brought about */
    }
    switch (rsc->choice) {
    case COX_CHOICE_SCORE:
        return g_strdup_printf("%s has score %s, the next best node %s has %s", nodes[rsc->node].name,
                               cox_score_format(rsc->placings[rsc->node].decisive, score), nodes[rsc->runner_up].name,
                               cox_score_format(rsc->placings[rsc->runner_up].decisive, other));
    case COX_CHOICE_ROOM:
    case COX_CHOICE_LOAD:
    case COX_CHOICE_STAYS:
    case COX_CHOICE_NAME:
        return g_strdup_printf("%s and %s have the same score %s; %s %s", nodes[rsc->node].name, nodes[rsc->runner_up].name,
                               cox_score_format(rsc->placings[rsc->node].decisive, score), nodes[rsc->node].name, text);
    case COX_CHOICE_ASKED:
        return g_strdup(asked_words(plan, rsc));
    case COX_CHOICE_UNMANAGED:
        return g_strdup(unmanaged_words(plan, rsc));
    case COX_CHOICE_NOWHERE:
        ban = ban_everywhere(plan, rsc);
        return ban != NULL ? ban : g_strdup(text);
    case COX_CHOICE_BOUND:
        return g_strdup_printf("it must be with %s (%s), which has no place for it", rsc->bound_to, rsc->bound_id);
    case COX_CHOICE_PARTNER:
        return g_strdup_printf("no instance of %s is beside it (order %s)", rsc->bound_to != NULL ? rsc->bound_to : "what comes first",
                               rsc->bound_id != NULL ? rsc->bound_id : "of the cluster");
    default: /* the rest needs no names */
        return g_strdup(text);
    }
}

/* ---- actions ---- */

static void
append_wait(GString *text, const struct cox_reasoned_wait *wait)
{
    g_string_append_printf(text, "%s", wait->task);
    if (wait->rsc != NULL) {
        g_string_append_printf(text, " of %s", wait->rsc);
    }
    if (wait->node != NULL) {
        g_string_append_printf(text, " on %s", wait->node);
    }
    if (wait->constraint != NULL) {
        g_string_append_printf(text, " (order %s)", wait->constraint);
    }
    if (wait->is_blocked) {
        g_string_append(text, ", which is impossible");
    }
}

char *
cox_explain_words_action(const struct cox_reasoned_action *action)
{
    GString *text = g_string_new(action->task);

    if (action->node != NULL) {
        g_string_append_printf(text, " on %s", action->node);
    }
    if (action->is_blocked) {
        g_string_append(text, " is impossible now");
    }
    if (action->reason != NULL) {
        g_string_append_printf(text, ": %s", action->reason);
    }
    for (size_t i = 0; i < action->n_waits; i++) {
        g_string_append(text, i == 0 ? "; after " : ", ");
        append_wait(text, &action->waits[i]);
    }
    return g_string_free(text, FALSE);
}

/* ---- remedies ---- */

const char *
cox_explain_words_remedy_kind(enum cox_remedy_kind kind)
{
    static const char *const texts[COX_REMEDY_KIND_N] = {
        [COX_REMEDY_CLEANUP] = "cleanup",     [COX_REMEDY_UNSTANDBY] = "unstandby", [COX_REMEDY_UNMAINTAIN] = "end-maintenance",
        [COX_REMEDY_BACK] = "node-back",      [COX_REMEDY_GRANT] = "grant-ticket",  [COX_REMEDY_HEALTHY] = "node-healthy",
        [COX_REMEDY_META] = "set-meta",       [COX_REMEDY_PROPERTY] = "set-option", [COX_REMEDY_QUORUM] = "quorum",
        [COX_REMEDY_REMOVE] = "remove",       [COX_REMEDY_CAPACITY] = "capacity",   [COX_REMEDY_PREFER] = "prefer",
        [COX_REMEDY_PREFER_PROMOTED] = "prefer-promoted",
    };

    return texts[kind];
}

char *
cox_explain_words_remedy(const struct cox_remedy *remedy)
{
    char score[COX_SCORE_TEXT_BYTES];

    switch (remedy->kind) {
    case COX_REMEDY_CLEANUP:
        return g_strdup_printf("forget the failures of %s on %s (cox cleanup %s)", remedy->id, remedy->node, remedy->id);
    case COX_REMEDY_UNSTANDBY:
        return g_strdup_printf("end standby of %s (cox node unstandby %s)", remedy->node, remedy->node);
    case COX_REMEDY_UNMAINTAIN:
        return g_strdup_printf("end maintenance of %s", remedy->node);
    case COX_REMEDY_BACK:
        return g_strdup_printf("bring %s back into the cluster", remedy->node);
    case COX_REMEDY_GRANT:
        return g_strdup_printf("grant ticket %s", remedy->id);
    case COX_REMEDY_HEALTHY:
        return g_strdup_printf("make %s healthy again", remedy->node);
    case COX_REMEDY_META:
        return remedy->value == NULL ? g_strdup_printf("remove %s of %s", remedy->name, remedy->id)
                                     : g_strdup_printf("set %s=%s of %s", remedy->name, remedy->value, remedy->id);
    case COX_REMEDY_PROPERTY:
        return g_strdup_printf("set the cluster option %s=%s", remedy->name, remedy->value);
    case COX_REMEDY_QUORUM:
        return g_strdup("gain quorum");
    case COX_REMEDY_REMOVE:
        return g_strdup_printf("remove constraint %s", remedy->id);
    case COX_REMEDY_CAPACITY:
        return g_strdup_printf("give %s %s more %s (utilization)", remedy->node, remedy->value, remedy->name);
    case COX_REMEDY_PREFER:
        return g_strdup_printf("add a location for %s on %s with a score of at least %s", remedy->id, remedy->node,
                               cox_score_format(remedy->score, score));
    case COX_REMEDY_PREFER_PROMOTED:
        return g_strdup_printf("add a location for the promoted role of %s on %s with a score of at least %s", remedy->id,
                               remedy->node, cox_score_format(remedy->score, score));
    case COX_REMEDY_KIND_N:
        break;
    }
    return NULL;
}
