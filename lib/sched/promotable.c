/* lib/sched/promotable.c - which instances of a promotable clone are to be promoted.  Layer 3, pure. */
#include <string.h>

#include "model/option.h"
#include "sched/assign_priv.h"
#include "sched/attr_index_priv.h"
#include "sched/explain_priv.h"

/* The member of @instance that corresponds to @rsc, which is itself an instance or a member of one. */
static const struct sched_rsc *
counterpart(const struct sched_rsc *instance, const struct sched_rsc *rsc)
{
    for (guint i = 0; i < sched_n_children(instance); i++) {
        if (sched_child(instance, i)->def == rsc->def) {
            return sched_child(instance, i);
        }
    }
    return instance;
}

/* Is the promotion attribute of @node about this instance?  Anonymous instances share one attribute. */
static bool
score_applies(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_rsc *clone,
              const struct sched_node *node)
{
    const struct sched_cell *cell = &rsc->cells[node->idx];
    bool is_allowed = cell->is_present && cell->score >= 0;
    bool is_known = sched_rsc_is_known_on(rsc, node);
    bool is_known_anywhere = rsc->running_on.n > 0;

    if (!is_allowed) {
        return false;
    }
    if (!clone->meta.is_unique) {
        bool is_active = false;

        for (guint i = 0; i < sched_n_children(clone); i++) {
            const struct sched_rsc *other = counterpart(sched_child(clone, i), rsc);

            if (sched_rsc_is_active_on(other, node)) {
                if (other == rsc) {
                    return true;
                }
                is_active = true;
            }
        }
        for (guint i = 0; !is_active && i < sched_n_children(clone); i++) {
            const struct sched_rsc *other = counterpart(sched_child(clone, i), rsc);

            if (sched_rsc_is_known_on(other, node)) {
                return true;
            }
        }
    }
    for (guint32 i = 0; !is_known_anywhere && i < work->n_nodes; i++) {
        is_known_anywhere = sched_rsc_is_known_on(rsc, g_ptr_array_index(work->nodes, i));
    }
    return !is_known_anywhere || is_known || sched_rsc_is_active_on(rsc, node);
}

/* The node whose attributes count: the host, where the resource's container wants that. */
static const struct sched_node *
attribute_node(const struct sched_rsc *rsc, const struct sched_node *node)
{
    const char *target = cox_option_get(COX_OPT_META_CONTAINER_ATTRIBUTE_TARGET, &rsc->meta_raw);
    const struct sched_rsc *container = node->is_guest && node->remote_rsc != NULL ? node->remote_rsc->container : NULL;

    if (container == NULL || target == NULL || g_ascii_strcasecmp(target, "host") != 0) {
        return node;
    }
    if (rsc->is_assigned) {
        return container->assigned;
    }
    return sched_rsc_active_node(container, NULL, NULL);
}

static const char prefix[] = "master-";

static const char *
promotion_attribute(const struct sched_node *holder, const char *name)
{
    const struct sched_attr_range range = sched_attr_range(holder, prefix, name);
    const struct cox_nvpair *first = range.n > 0 ? &range.pairs[range.order[0]] : NULL;

    return first != NULL && first->name[strlen(prefix) + strlen(name)] == '\0' ? first->value : NULL;
}

/*
 * Agents set the attribute by the name that they were started under, which may end in any instance's number.  Of several
 * the first in the node's list counts.
 */
static const char *
numbered_attribute(const struct sched_rsc *rsc, const struct sched_node *node, const struct sched_node *holder)
{
    const char *text = promotion_attribute(holder, rsc->recorded_id != NULL ? rsc->recorded_id : rsc->id);
    const struct sched_attr_range range = sched_attr_range(holder, prefix, rsc->history_id);
    guint32 first = G_MAXUINT32;

    if (text != NULL || !sched_rsc_is_active_on(rsc, node)) {
        return text;
    }
    for (guint32 i = 0; i < range.n; i++) {
        if (range.pairs[range.order[i]].name[strlen(prefix) + strlen(rsc->history_id)] == ':') {
            first = MIN(first, range.order[i]);
        }
    }
    return first == G_MAXUINT32 ? NULL : range.pairs[first].value;
}

static const char *
attribute_for(const struct sched_rsc *rsc, const struct sched_rsc *clone, const struct sched_node *node)
{
    const struct sched_node *holder = attribute_node(rsc, node);
    const char *text = holder == NULL ? NULL : promotion_attribute(holder, rsc->history_id);

    if (text == NULL && holder != NULL && !clone->meta.is_unique) {
        text = numbered_attribute(rsc, node, holder);
    }
    return text;
}

static cox_score
promotion_score(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_rsc *clone,
                const struct sched_node *node, bool *is_default)
{
    const char *text = NULL;
    cox_score score = 0;

    if (sched_n_children(rsc) > 0) {
        for (guint i = 0; i < sched_n_children(rsc); i++) {
            bool none = true;
            cox_score part = promotion_score(work, sched_child(rsc, i), clone, node, &none);

            *is_default = *is_default && none;
            score = cox_score_add(score, part);
        }
        return score;
    }
    text = attribute_for(rsc, clone, node);
    if (text == NULL || !score_applies(work, rsc, clone, node)) {
        return 0;
    }
    *is_default = false;
    return cox_score_parse(text, &score, NULL) ? score : 0;
}

void
sched_promotable_add_scores(struct sched_work *work, struct sched_rsc *clone)
{
    if (clone->has_promotion_added) {
        return;
    }
    clone->has_promotion_added = true;
    for (guint32 n = 0; n < work->n_nodes; n++) {
        struct sched_node *node = sched_node_at(work, n);

        for (guint i = 0; sched_node_usable(node) && i < sched_n_children(clone); i++) {
            struct sched_rsc *rsc = sched_child(clone, i);
            struct sched_cell *cell = &rsc->cells[n];
            bool is_default = true;
            cox_score score = cell->is_present ? promotion_score(work, rsc, clone, node, &is_default) : 0;

            if (score > 0) {
                sched_explain_cause(work, COX_TERM_PROMOTION, NULL, NULL);
                sched_explain_add(work, rsc, n, score);
                cell->score = cox_score_add(cell->score, score);
            }
            rsc->rank = MAX(rsc->rank, score);
        }
    }
}

static inline void
explain_location(const struct sched_work *work, struct sched_rsc *rsc, const struct sched_location *location, guint32 idx)
{
    if (G_UNLIKELY(work->explain != NULL)) {
        sched_location_cause(work, location);
        sched_explain_add(work, rsc, SCHED_PROMOTION(work), location->scores[idx]);
    }
}

static void
add_promoted_locations(const struct sched_work *work, struct sched_rsc *rsc, const GPtrArray *locations, const struct sched_node *node)
{
    for (guint i = 0; locations != NULL && i < locations->len; i++) {
        const struct sched_location *location = g_ptr_array_index(locations, i);

        if (location->role_filter == COX_ROLE_PROMOTED && location->listed[node->idx]) {
            explain_location(work, rsc, location, node->idx);
            rsc->rank = cox_score_add(rsc->rank, location->scores[node->idx]);
        }
    }
}

static void
make_unpromoted(struct sched_rsc *rsc)
{
    if (rsc->role == COX_ROLE_STARTED) {
        rsc->role = COX_ROLE_UNPROMOTED;
    }
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        make_unpromoted(sched_child(rsc, i));
    }
}

/* How much speaks for promoting @rsc where it has been placed; below zero it must not be. */
static void
rank_instance(struct sched_work *work, struct sched_rsc *rsc, const struct sched_rsc *clone)
{
    const struct sched_node *node = sched_place_of(rsc);
    enum cox_role next_role = sched_place_role(rsc, false);
    const GPtrArray *list = NULL;

    if (sched_place_role(rsc, true) == COX_ROLE_STARTED) {
        make_unpromoted(rsc);
    }
    switch (next_role) {
        case COX_ROLE_STARTED:
        case COX_ROLE_UNKNOWN: {
            bool is_default = true;

            if (node == NULL) {
                break;
            }
            rsc->rank = promotion_score(work, rsc, clone, node, &is_default);
            rsc->rank = is_default ? -1 : rsc->rank; /* then only a constraint can promote it */
            break;
        }
        case COX_ROLE_UNPROMOTED:
        case COX_ROLE_STOPPED:
            rsc->rank = -COX_SCORE_INFINITY;
            break;
        case COX_ROLE_PROMOTED:
            break;
    }
    sched_explain_cause(work, COX_TERM_PROMOTION, NULL, NULL);
    sched_explain_set(work, rsc, SCHED_PROMOTION(work), rsc->rank);
    if (node != NULL) {
        add_promoted_locations(work, rsc, rsc->locations, node);
        add_promoted_locations(work, rsc, clone->locations, node);
        if (clone->parent != NULL) {
            add_promoted_locations(work, rsc, clone->parent->locations, node); /* a bundle's */
        }
    }
    list = sched_colocation_this_with(work, rsc);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(list, i);

        sched_colocation_apply(work, rsc, row->primary, row);
    }
    rsc->sort_index = next_role == COX_ROLE_PROMOTED ? COX_SCORE_INFINITY : rsc->rank;
}

static void
merge_promoted_colocations(struct sched_work *work, struct sched_rsc *clone)
{
    const GPtrArray *list = sched_colocation_this_with(work, clone);

    for (guint i = 0; list != NULL && i < list->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(list, i);
        struct sched_merge merge = { .work = work, .target = clone, .factor = 1, .flags = SCHED_MERGE_DEFAULT };

        /* Wishes are in the ranks of the instances already. */
        if (row->dependent_role == COX_ROLE_PROMOTED && row->score >= COX_SCORE_INFINITY) {
            sched_explain_cause(work, COX_TERM_COLOCATION, row->id, row->primary->id);
            sched_merge_scores(&merge, row->primary, row, clone->cells);
            sched_explain_settle(work, clone);
        }
    }
    list = sched_colocation_with_this(work, clone);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(list, i);
        struct sched_merge merge = { .work = work, .target = clone };

        merge.flags = SCHED_MERGE_ACTIVE | SCHED_MERGE_NONNEGATIVE;
        merge.factor = row->score / (double) COX_SCORE_INFINITY;
        if (row->primary_role == COX_ROLE_PROMOTED && sched_colocation_influences(row)) {
            sched_explain_cause(work, COX_TERM_DEPENDENT, row->id, row->dependent->id);
            sched_merge_scores(&merge, row->dependent, row, clone->cells);
            sched_explain_settle(work, clone);
        }
    }
}

/* Those of @rsc, which is the clone or the bundle around it. */
static void
require_tickets(struct sched_work *work, struct sched_rsc *clone, const struct sched_rsc *rsc)
{
    for (guint i = 0; rsc != NULL && rsc->ticket_constraints != NULL && i < rsc->ticket_constraints->len; i++) {
        const struct sched_ticket_use *use = g_ptr_array_index(rsc->ticket_constraints, i);

        if (use->role == COX_ROLE_PROMOTED && (!use->ticket->is_granted || use->ticket->is_standby)) {
            sched_explain_cause(work, COX_TERM_TICKET, use->id, use->ticket->id);
            for (guint32 n = 0; n < work->n_nodes; n++) {
                sched_explain_add(work, clone, n, -COX_SCORE_INFINITY);
                clone->cells[n].score = -COX_SCORE_INFINITY;
            }
        }
    }
}

/* The clone's row becomes the scores of promotion, node by node, with everything that is colocated with promotion. */
static void
sort_for_promotion(struct sched_work *work, struct sched_rsc *clone)
{
    g_autofree struct sched_cell *saved = sched_row_copy(work, clone->cells);
    for (guint i = 0; i < sched_n_children(clone); i++) {
        struct sched_rsc *rsc = sched_child(clone, i);
        const struct sched_node *node = sched_place_of(rsc);

        if (rsc->sort_index >= 0 && node != NULL) {
            clone->cells[node->idx].score = cox_score_add(rsc->sort_index, clone->cells[node->idx].score);
        }
    }
    sched_explain_cause(work, COX_TERM_PROMOTION, NULL, NULL);
    sched_explain_settle(work, clone);
    clone->is_merging = true;
    merge_promoted_colocations(work, clone);
    clone->is_merging = false;
    require_tickets(work, clone, clone);
    require_tickets(work, clone, clone->parent);
    for (guint i = 0; i < sched_n_children(clone); i++) {
        struct sched_rsc *rsc = sched_child(clone, i);
        const struct sched_node *node = sched_place_of(rsc);

        if (!rsc->is_managed && sched_place_role(rsc, false) == COX_ROLE_PROMOTED) {
            rsc->sort_index = COX_SCORE_INFINITY;
        } else if (node != NULL && rsc->sort_index >= 0) {
            rsc->sort_index = clone->cells[node->idx].score;
        }
        sched_explain_promotion(work, rsc, clone, node);
    }
    sched_row_restore(work, clone->cells, saved);
    sched_instances_sort(work, clone->children, true);
}

/* Can it be promoted where it is? */
static bool
is_promotable(const struct sched_rsc *rsc, const struct sched_rsc *clone)
{
    const struct sched_node *node = sched_place_of(rsc);

    for (guint i = 0; i < sched_n_children(rsc); i++) {
        if (!is_promotable(sched_child(rsc, i), clone)) {
            return false;
        }
    }
    if (node == NULL) {
        return false;
    }
    if (!rsc->is_managed && sched_n_children(rsc) == 0) {
        return rsc->role == COX_ROLE_PROMOTED;
    }
    return rsc->rank >= 0 && sched_node_usable(node) && clone->cells[node->idx].is_present
           && ((int) clone->counts[node->idx] < clone->meta.promoted_node_max || !rsc->is_managed);
}

static void
set_role(struct sched_rsc *rsc, enum cox_role role, bool is_promoted)
{
    if (is_promoted) {
        if (rsc->next_role == COX_ROLE_UNKNOWN) {
            sched_place_role_set(rsc, COX_ROLE_PROMOTED, "promoted instance");
        }
    } else if (sched_place_of(rsc) == NULL) {
        sched_place_role_set(rsc, COX_ROLE_STOPPED, "stopped instance");
    } else {
        sched_place_role_set(rsc, COX_ROLE_UNPROMOTED, "unpromoted instance");
    }
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        set_role(sched_child(rsc, i), role, is_promoted);
    }
}

void
sched_promotable_choose(struct sched_work *work, struct sched_rsc *clone)
{
    int promoted = 0;

    sched_colocation_roles_begin(clone);
    memset(clone->counts, 0, sizeof(guint32) * (work->n_nodes + 1));
    for (guint i = 0; i < sched_n_children(clone); i++) {
        rank_instance(work, sched_child(clone, i), clone);
    }
    sort_for_promotion(work, clone);
    for (guint i = 0; i < sched_n_children(clone); i++) {
        struct sched_rsc *rsc = sched_child(clone, i);
        struct sched_node *node = sched_place_of(rsc);

        sched_score_trace_promotion(work, rsc, node);
        rsc->promotion_score = rsc->sort_index;
        rsc->has_promotion_score = true;
        if (rsc->sort_index < 0 || (promoted >= clone->meta.promoted_max && clone->is_managed)
            || !is_promotable(rsc, clone)
            || (rsc->role < COX_ROLE_PROMOTED && !work->has_quorum
                && work->opt.no_quorum_policy == SCHED_NO_QUORUM_FREEZE)) {
            set_role(rsc, COX_ROLE_UNPROMOTED, false);
            continue;
        }
        clone->counts[node->idx]++;
        set_role(rsc, COX_ROLE_PROMOTED, true);
        promoted++;
    }
    clone->promoted_count = promoted;
}
