/* lib/admin/remedy.c - which changes may let a resource run on a node.  Layer 4. */
#include "admin/remedy.h"

#include <string.h>

/** The search for candidates of one question. */
struct search {
    const struct cox_remedy_question *question;
    const struct cox_cluster *cluster;
    const struct cox_rsc_explanation *rsc;
    GArray *found;
};

static void
add(struct search *search, struct cox_remedy remedy)
{
    for (guint i = 0; i < search->found->len; i++) {
        const struct cox_remedy *other = &g_array_index(search->found, struct cox_remedy, i);

        if (other->kind == remedy.kind && g_strcmp0(other->id, remedy.id) == 0 && g_strcmp0(other->node, remedy.node) == 0
            && g_strcmp0(other->name, remedy.name) == 0) {
            return;
        }
    }
    g_array_append_val(search->found, remedy);
}

static guint32
find_rsc(const struct cox_cluster *cluster, const char *id)
{
    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        if (strcmp(cluster->rscs[i].id, id) == 0) {
            return i;
        }
    }
    return COX_RSC_NONE;
}

/* Does the definition set it itself? */
static bool
has_own_meta(const struct cox_rsc_state *rsc, const char *name)
{
    for (size_t s = 0; rsc->def != NULL && s < rsc->def->meta.n_sets; s++) {
        const struct cox_nvset *set = &rsc->def->meta.sets[s];

        if (cox_nvpairs_get(set->pairs, set->n_pairs, name) != NULL) {
            return true;
        }
    }
    return false;
}

/* The configured resource, it or one around it, that has @name set; else the innermost. */
static const char *
owner_of(const struct cox_cluster *cluster, guint32 rsc, const char *name)
{
    for (guint32 i = rsc; i != COX_RSC_NONE; i = cluster->rscs[i].parent) {
        if (has_own_meta(&cluster->rscs[i], name)) {
            return cluster->rscs[i].short_id;
        }
    }
    return cluster->rscs[rsc].short_id;
}

static const char *
top_of(const struct cox_cluster *cluster, guint32 rsc)
{
    while (cluster->rscs[rsc].parent != COX_RSC_NONE) {
        rsc = cluster->rscs[rsc].parent;
    }
    return cluster->rscs[rsc].id;
}

static void
add_meta(struct search *search, guint32 rsc, const char *name, const char *value)
{
    add(search, (struct cox_remedy) { .kind = COX_REMEDY_META, .id = owner_of(search->cluster, rsc, name), .name = name, .value = value });
}

/* What another resource that is nowhere would need to run: only the plainest reasons. */
static void
add_for_peer(struct search *search, const char *id)
{
    guint32 peer = id == NULL ? COX_RSC_NONE : find_rsc(search->cluster, id);
    guint32 end = peer == COX_RSC_NONE ? 0 : search->cluster->rscs[peer].end;

    for (guint32 i = peer; i < end; i++) {
        const struct cox_rsc_state *state = &search->cluster->rscs[i];

        if (state->target_role == COX_ROLE_STOPPED) {
            add_meta(search, i, "target-role", "Started");
        }
        for (guint32 n = 0; state->variant == COX_PRIMITIVE && state->is_failed && n < search->cluster->n_nodes; n++) {
            add(search, (struct cox_remedy) { .kind = COX_REMEDY_CLEANUP, .id = state->short_id, .node = search->cluster->nodes[n].name });
        }
    }
}

static void
add_constraint(struct search *search, const struct cox_score_term *term)
{
    if (term->id != NULL && term->id[0] != '#') {
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_REMOVE, .id = term->id });
    }
}

static void
add_capacity(struct search *search)
{
    const struct cox_cluster *cluster = search->cluster;
    const struct cox_nvlist *need = cluster->rscs[search->question->rsc].utilization;

    for (size_t i = 0; i < need->n_pairs; i++) {
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_CAPACITY, .node = cluster->nodes[search->question->node].name,
                                          .name = need->pairs[i].name, .value = need->pairs[i].value });
    }
}

static void
add_limit(struct search *search, const struct cox_score_term *term, const char *name)
{
    const char *value = cox_arena_printf(search->question->plan->arena, "%" G_GINT64_FORMAT, term->limit + 1);

    add(search, (struct cox_remedy) { .kind = COX_REMEDY_META, .id = term->peer, .name = name, .value = value });
}

/* What failed somewhere may keep it from running anywhere. */
static void
add_cleanups(struct search *search)
{
    const struct cox_rsc_state *state = &search->cluster->rscs[search->question->rsc];

    for (size_t i = 0; i < search->cluster->n_failures; i++) {
        const struct cox_failure *failure = &search->cluster->failures[i];

        if (strcmp(failure->rsc_id, state->id) == 0) {
            add(search, (struct cox_remedy) { .kind = COX_REMEDY_CLEANUP, .id = state->short_id,
                                              .node = search->cluster->nodes[failure->node].name });
        }
    }
}

/* What takes away a term that speaks against the node. */
static void
add_against(struct search *search, const struct cox_score_term *term)
{
    const guint32 rsc = search->question->rsc;
    const char *node = search->cluster->nodes[search->question->node].name;

    switch (term->kind) {
    case COX_TERM_LOCATION:
    case COX_TERM_COLOCATION:
    case COX_TERM_DEPENDENT:
        add_constraint(search, term);
        add_for_peer(search, term->peer);
        break;
    case COX_TERM_TICKET:
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_GRANT, .id = term->peer });
        add_constraint(search, term);
        break;
    case COX_TERM_ON_FAIL:
        add_cleanups(search);
        break;
    case COX_TERM_FAILURES:
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_CLEANUP, .id = search->cluster->rscs[rsc].short_id, .node = node });
        break;
    case COX_TERM_SHUTDOWN_LOCK:
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_PROPERTY, .name = "shutdown-lock", .value = "false" });
        break;
    case COX_TERM_HEALTH:
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_HEALTHY, .node = node });
        break;
    case COX_TERM_TARGET_ROLE:
        add_meta(search, rsc, "target-role", "Started");
        break;
    case COX_TERM_UTILIZATION:
        add_capacity(search);
        break;
    case COX_TERM_NODE_MAX:
        add_limit(search, term, "clone-node-max");
        break;
    case COX_TERM_TOTAL_MAX:
        add_limit(search, term, "clone-max");
        break;
    case COX_TERM_COLLECTIVE: {
        const struct cox_rsc_explanation *whole = cox_explanation_find(search->question->plan->explanation, term->peer);

        for (size_t i = 0; whole != NULL && i < whole->placings[search->question->node].terms.n; i++) {
            const struct cox_score_term *inner = &whole->placings[search->question->node].terms.items[i];

            if (inner->score < 0 && inner->kind != COX_TERM_COLLECTIVE) {
                add_against(search, inner); /* once: the terms of a clone do not point to another */
            }
        }
        break;
    }
    default: /* nothing that an administrator could change with one command */
        break;
    }
}

/* What takes away a term that speaks for the node where it is instead. */
static void
add_for_other(struct search *search, const struct cox_score_term *term)
{
    const struct cox_placing *here = &search->rsc->placings[search->rsc->node], *there = &search->rsc->placings[search->question->node];

    if (term->kind == COX_TERM_STICKINESS) {
        gint64 left = (gint64) term->score - ((gint64) here->decisive - there->decisive) - 1;

        add(search, (struct cox_remedy) { .kind = COX_REMEDY_META, .id = search->cluster->rscs[search->question->rsc].short_id,
                                          .name = "resource-stickiness",
                                          .value = cox_arena_printf(search->question->plan->arena, "%" G_GINT64_FORMAT, MAX(left, 0)) });
    } else if (term->kind == COX_TERM_LOCATION || term->kind == COX_TERM_COLOCATION || term->kind == COX_TERM_DEPENDENT) {
        add_constraint(search, term);
    }
}

static void
add_for_node(struct search *search)
{
    const char *node = search->cluster->nodes[search->question->node].name;

    switch (search->rsc->placings[search->question->node].obstacle) {
    case COX_NODE_STANDBY:
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_UNSTANDBY, .node = node });
        break;
    case COX_NODE_STANDBY_ON_FAIL:
        for (size_t i = 0; i < search->cluster->n_failures; i++) {
            const struct cox_failure *failure = &search->cluster->failures[i];

            if (failure->node == search->question->node) {
                add(search, (struct cox_remedy) { .kind = COX_REMEDY_CLEANUP, .id = failure->rsc_id, .node = node });
            }
        }
        break;
    case COX_NODE_MAINTENANCE:
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_UNMAINTAIN, .node = node });
        break;
    case COX_NODE_OFFLINE:
    case COX_NODE_UNCLEAN:
    case COX_NODE_PENDING:
    case COX_NODE_SHUTTING_DOWN:
        if (!search->cluster->nodes[search->question->node].is_remote) {
            add(search, (struct cox_remedy) { .kind = COX_REMEDY_BACK, .node = node });
        }
        break;
    case COX_NODE_USABLE:
        break;
    }
}

/* What holds its actions back. */
static void
add_for_actions(struct search *search)
{
    for (size_t i = 0; i < search->rsc->n_actions; i++) {
        const struct cox_reasoned_action *action = &search->rsc->actions[i];

        for (size_t k = 0; action->is_blocked && k < action->n_waits; k++) {
            if (action->waits[k].is_blocked && action->waits[k].constraint != NULL) {
                add(search, (struct cox_remedy) { .kind = COX_REMEDY_REMOVE, .id = action->waits[k].constraint });
            }
            if (action->waits[k].is_blocked) {
                add_for_peer(search, action->waits[k].rsc);
            }
        }
    }
}

static void
add_for_choice(struct search *search)
{
    const guint32 rsc = search->question->rsc;

    if (!search->cluster->has_quorum) {
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_QUORUM });
    }
    if (search->rsc->choice == COX_CHOICE_STOP_ALL) {
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_PROPERTY, .name = "stop-all-resources", .value = "false" });
    }
    if (search->rsc->choice == COX_CHOICE_UNMANAGED && search->rsc->node != COX_NODE_NONE && search->cluster->rscs[rsc].is_failed) {
        add(search, (struct cox_remedy) { .kind = COX_REMEDY_CLEANUP, .id = search->cluster->rscs[rsc].short_id,
                                          .node = search->cluster->nodes[search->rsc->node].name });
    }
    if (search->rsc->choice == COX_CHOICE_UNMANAGED) {
        if (search->cluster->maintenance_mode) {
            add(search, (struct cox_remedy) { .kind = COX_REMEDY_PROPERTY, .name = "maintenance-mode", .value = "false" });
        }
        if (search->rsc->node != COX_NODE_NONE && search->cluster->nodes[search->rsc->node].is_maintenance) {
            add(search, (struct cox_remedy) { .kind = COX_REMEDY_UNMAINTAIN, .node = search->cluster->nodes[search->rsc->node].name });
        }
        add_meta(search, rsc, "maintenance", "false");
        add_meta(search, rsc, "is-managed", "true");
    }
    if (search->rsc->choice == COX_CHOICE_BOUND || search->rsc->choice == COX_CHOICE_PARTNER) {
        if (search->rsc->bound_id != NULL) {
            add(search, (struct cox_remedy) { .kind = COX_REMEDY_REMOVE, .id = search->rsc->bound_id });
        }
        add_for_peer(search, search->rsc->bound_to);
    }
}

static gint
by_kind(gconstpointer a, gconstpointer b)
{
    return (int) ((const struct cox_remedy *) a)->kind - (int) ((const struct cox_remedy *) b)->kind;
}

GArray *
cox_remedy_candidates(const struct cox_remedy_question *question)
{
    const struct cox_cluster *cluster = &question->plan->cluster;
    struct search search = { .question = question, .cluster = cluster, .found = g_array_new(FALSE, FALSE, sizeof(struct cox_remedy)) };
    const struct cox_terms *terms = NULL;

    search.rsc = cox_explanation_find(question->plan->explanation, cluster->rscs[question->rsc].id);
    terms = question->is_promotion ? &search.rsc->promotion_terms : &search.rsc->placings[question->node].terms;
    add_for_node(&search);
    for (size_t i = 0; i < terms->n; i++) {
        if (terms->items[i].score < 0) {
            add_against(&search, &terms->items[i]);
        }
    }
    if (search.rsc->node != COX_NODE_NONE && search.rsc->node != question->node) {
        const struct cox_terms *others = &search.rsc->placings[search.rsc->node].terms;

        for (size_t i = 0; i < others->n; i++) {
            if (others->items[i].score > 0) {
                add_for_other(&search, &others->items[i]);
            }
        }
    }
    add_for_choice(&search);
    add_for_actions(&search);
    g_array_sort(search.found, by_kind);
    return search.found;
}

struct cox_remedy
cox_remedy_prefer(const struct cox_remedy_question *question, cox_score score)
{
    return (struct cox_remedy) { .kind = question->is_promotion ? COX_REMEDY_PREFER_PROMOTED : COX_REMEDY_PREFER,
                                 .id = top_of(&question->plan->cluster, question->rsc),
                                 .node = question->plan->cluster.nodes[question->node].name,
                                 .score = score };
}
