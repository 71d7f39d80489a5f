/* lib/sched/colocation_apply.c - what a colocation does to a dependent once its primary is placed.  Layer 3, pure. */
#include "sched/assign_priv.h"
#include "sched/bundle_priv.h"
#include "sched/explain_priv.h"
#include "sched/footprint_priv.h"

static bool
same_value(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && g_ascii_strcasecmp(a, b) == 0);
}

/* The role of a bundle's container is that of what it holds. */
static const struct sched_rsc *
role_bearer(const struct sched_rsc *rsc)
{
    const struct sched_replica *replica = rsc->top == rsc ? NULL : sched_bundle_replica(rsc);

    return replica != NULL && replica->container == rsc && replica->child != NULL ? replica->child : rsc;
}

static bool
is_blocked(const struct sched_rsc *rsc)
{
    if (rsc->is_blocked) {
        return true;
    }
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        if (is_blocked(sched_child(rsc, i))) {
            return true;
        }
    }
    return false;
}

/* Has it no place, although it is in the middle of being placed?  Colocations may lead round in a circle. */
static bool
will_be_nowhere(const struct sched_rsc *rsc)
{
    return rsc->is_assigning && sched_colocation_stays_down(rsc);
}

enum sched_coloc_effect
sched_colocation_effect(const struct sched_rsc *dependent, const struct sched_rsc *primary,
                        const struct sched_colocation *row, bool preview)
{
    const struct sched_rsc *bearer = role_bearer(dependent);

    if (!preview && !primary->is_assigned && !will_be_nowhere(primary)) {
        return SCHED_COLOC_NOTHING;
    }
    if (row->dependent_role >= COX_ROLE_UNPROMOTED && bearer->parent != NULL && bearer->parent->meta.is_promotable
        && bearer->is_assigned) {
        return SCHED_COLOC_ROLE;
    }
    if (!preview && dependent->is_assigned) {
        return SCHED_COLOC_NOTHING;
    }
    if (row->dependent_role != COX_ROLE_UNKNOWN && row->dependent_role != bearer->next_role) {
        return SCHED_COLOC_NOTHING;
    }
    if (row->primary_role != COX_ROLE_UNKNOWN && row->primary_role != role_bearer(primary)->next_role) {
        return SCHED_COLOC_NOTHING;
    }
    return SCHED_COLOC_LOCATION;
}

static void
explain_rank(struct sched_work *work, struct sched_rsc *dependent, const struct sched_colocation *row, cox_score score)
{
    sched_explain_cause(work, COX_TERM_COLOCATION, row->id, row->primary->id);
    sched_explain_add(work, dependent, SCHED_PROMOTION(work), score);
}

/* The dependent is placed already; what is left to decide is its role. */
static void
apply_to_rank(struct sched_work *work, struct sched_rsc *dependent, const struct sched_rsc *primary,
              const struct sched_colocation *row)
{
    const struct sched_node *here = sched_place_of(dependent), *there = sched_place_of(primary);
    int sign = row->dependent_role == COX_ROLE_UNPROMOTED ? -1 : 1;

    if (here != NULL && there == NULL && row->score >= COX_SCORE_INFINITY
        && row->dependent_role == COX_ROLE_PROMOTED) {
        explain_rank(work, dependent, row, -COX_SCORE_INFINITY);
        dependent->rank = -COX_SCORE_INFINITY;
    }
    if (here == NULL || there == NULL) {
        return;
    }
    if (row->primary_role != COX_ROLE_UNKNOWN && row->primary_role != role_bearer(primary)->next_role) {
        return;
    }
    if (!same_value(sched_colocation_value(work, row, here), sched_colocation_value(work, row, there))) {
        if (row->score >= COX_SCORE_INFINITY && row->dependent_role == COX_ROLE_PROMOTED) {
            explain_rank(work, dependent, row, -COX_SCORE_INFINITY);
            dependent->rank = -COX_SCORE_INFINITY;
        }
        return;
    }
    explain_rank(work, dependent, row, cox_score_mul(row->score, sign));
    dependent->rank = cox_score_add(cox_score_mul(row->score, sign), dependent->rank);
}

static void
apply_to_row(struct sched_work *work, struct sched_rsc *dependent, const struct sched_rsc *primary,
             const struct sched_colocation *row)
{
    g_autofree struct sched_cell *saved = NULL;
    const char *value = NULL;

    if (primary->assigned == NULL && row->score < 0) {
        return;
    }
    if (primary->assigned != NULL) {
        value = sched_colocation_value(work, row, primary->assigned);
    }
    if (!sched_is_mandatory(row) && row->score > 0) { /* that to be apart leaves no node is seen when all instances have been looked at */
        saved = sched_row_copy(work, dependent->cells);
    }
    sched_explain_cause(work, COX_TERM_COLOCATION, row->id, primary->id);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_cell *cell = &dependent->cells[i];

        if (!cell->is_present) {
            continue;
        }
        if (primary->assigned == NULL) {
            sched_explain_add(work, dependent, i, -row->score);
            cell->score = cox_score_add(-row->score, cell->score);
        } else if (same_value(sched_colocation_value(work, row, sched_node_at(work, i)), value)) {
            /* A mandatory one only forbids the other nodes. */
            sched_explain_add(work, dependent, i, row->score < COX_SCORE_INFINITY ? row->score : 0);
            cell->score = row->score < COX_SCORE_INFINITY ? cox_score_add(row->score, cell->score) : cell->score;
        } else if (row->score >= COX_SCORE_INFINITY) {
            sched_explain_add(work, dependent, i, -row->score);
            cell->score = cox_score_add(-row->score, cell->score);
        }
    }
    if (saved != NULL && !sched_row_any(work, dependent->cells)) {
        sched_row_restore(work, dependent->cells, saved);
    }
}

static void
apply_to_primitive(struct sched_work *work, struct sched_rsc *dependent, struct sched_rsc *primary,
                   const struct sched_colocation *row)
{
    switch (sched_colocation_effect(dependent, primary, row, false)) {
        case SCHED_COLOC_LOCATION:
            apply_to_row(work, dependent, primary, row);
            break;
        case SCHED_COLOC_ROLE:
            apply_to_rank(work, dependent, primary, row);
            break;
        case SCHED_COLOC_NOTHING:
            break;
    }
}

/* Ban @dependent from nodes without a counterpart in @hosts; with @scores also add those of the counterparts. */
static void
intersect(struct sched_work *work, struct sched_rsc *dependent, const struct sched_colocation *row,
          const GPtrArray *hosts, const cox_score *scores)
{
    sched_explain_cause(work, COX_TERM_COLOCATION, row->id, row->primary->id);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_cell *cell = &dependent->cells[i];
        const struct sched_node *match = NULL;

        if (!cell->is_present) {
            continue;
        }
        for (guint h = 0; h < hosts->len && match == NULL; h++) {
            const struct sched_node *host = g_ptr_array_index(hosts, h);

            if (row->node_attribute == NULL
                    ? sched_colocation_host(host) == sched_colocation_host(sched_node_at(work, i))
                    : same_value(sched_colocation_value(work, row, sched_node_at(work, i)),
                                                         sched_colocation_value(work, row, host))) {
                match = host;
            }
        }
        if (match == NULL) {
            sched_explain_add(work, dependent, i, -COX_SCORE_INFINITY);
            cell->score = -COX_SCORE_INFINITY;
        } else if (scores != NULL) {
            sched_explain_add(work, dependent, i, scores[match->idx]);
            cell->score = cox_score_add(cell->score, scores[match->idx]);
        }
    }
}

/* Pairs of instances are made of those that are to be together; an instance that is to be elsewhere avoids all of the primary's. */
static bool
can_interleave(const struct sched_rsc *primary, const struct sched_colocation *row)
{
    return row->score >= 0 && (row->dependent->variant == COX_CLONE || row->dependent->variant == COX_BUNDLE)
           && row->dependent->meta.is_interleaved
           && row->dependent->meta.clone_node_max == primary->meta.clone_node_max;
}

static bool
is_beside(const struct sched_node *a, const struct sched_node *b)
{
    return a == b || (a != NULL && b != NULL && sched_colocation_host(a) == sched_colocation_host(b));
}

static struct sched_rsc *
instance_on(const struct sched_rsc *collective, const struct sched_node *node, enum cox_role role)
{
    struct sched_bundle *bundle = sched_bundle_of(collective);
    guint n = bundle != NULL ? (guint) bundle->n_replicas : sched_n_children(collective);

    for (guint i = 0; i < n; i++) {
        struct sched_rsc *instance = bundle != NULL ? bundle->replicas[i].container : sched_child(collective, i);

        if (is_beside(sched_place_of(instance), node) && !is_blocked(instance)
            && (role == COX_ROLE_UNKNOWN || role == sched_place_role(instance, false))) {
            return instance;
        }
    }
    return NULL;
}

/* The instance of @collective that stands beside @rsc: on its node or else on the best node that it may go to. */
static struct sched_rsc *
instance_beside(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_rsc *collective,
                enum cox_role role)
{
    const struct sched_node *node = sched_place_of(rsc);
    g_autofree guint32 *order = NULL;
    struct sched_rsc *found = NULL;
    guint32 n = 0;

    if (node != NULL) {
        return instance_on(collective, node, role);
    }
    order = g_new(guint32, work->n_nodes + 1);
    n = sched_node_order(work, rsc->cells, NULL, order);
    sched_footprint_tie(work);
    for (guint32 i = 0; i < n && found == NULL; i++) {
        found = instance_on(collective, sched_node_at(work, order[i]), role);
    }
    return found;
}

/* What an instance's row says of the node that it was put on; the first member speaks for a group. */
static cox_score
score_of_place(const struct sched_rsc *instance, const struct sched_node *node)
{
    while (sched_n_children(instance) > 0) {
        instance = sched_child(instance, 0);
    }
    return instance->cells[node->idx].score;
}

/* The primary's role counts: its instances in that role are what the dependent is placed with. */
static void
apply_promotable(struct sched_work *work, struct sched_rsc *dependent, struct sched_rsc *primary,
                 const struct sched_colocation *row)
{
    g_autoptr(GPtrArray) hosts = g_ptr_array_new();
    g_autofree cox_score *scores = g_new0(cox_score, work->n_nodes + 1);

    sched_explain_cause(work, COX_TERM_COLOCATION, row->id, primary->id);
    for (guint i = 0; i < sched_n_children(primary); i++) {
        struct sched_rsc *instance = sched_child(primary, i);
        struct sched_node *node = sched_place_of(instance);

        if (node == NULL || sched_place_role(instance, false) != row->primary_role) {
            continue;
        }
        g_ptr_array_add(hosts, node);
        scores[node->idx] = score_of_place(instance, node);
        for (guint32 n = 0; row->score < COX_SCORE_INFINITY && n < work->n_nodes; n++) {
            struct sched_cell *cell = &dependent->cells[n];

            if (cell->is_present && same_value(sched_colocation_value(work, row, sched_node_at(work, n)),
                                               sched_colocation_value(work, row, node))) {
                sched_explain_add(work, dependent, n, row->score);
                cell->score = cox_score_add(cell->score, row->score);
            }
        }
    }
    if (row->score >= COX_SCORE_INFINITY
        && (row->dependent_role != COX_ROLE_PROMOTED || row->primary_role != COX_ROLE_PROMOTED)) {
        intersect(work, dependent, row, hosts, scores);
    }
}

static void
apply_promotable_rank(struct sched_work *work, struct sched_rsc *dependent, const struct sched_rsc *primary,
                      const struct sched_colocation *row)
{
    if (instance_beside(work, dependent, primary, row->primary_role) != NULL) {
        explain_rank(work, dependent, row, row->score);
        dependent->rank = cox_score_add(dependent->rank, row->score);
    } else if (row->score >= COX_SCORE_INFINITY) {
        explain_rank(work, dependent, row, -COX_SCORE_INFINITY);
        dependent->rank = -COX_SCORE_INFINITY;
    }
}

static void
apply_interleaved(struct sched_work *work, struct sched_rsc *dependent, struct sched_rsc *primary,
                  const struct sched_colocation *row)
{
    struct sched_rsc *instance = instance_beside(work, dependent, primary, COX_ROLE_UNKNOWN);

    if (instance != NULL) {
        sched_colocation_apply(work, dependent, instance, row);
    } else if (row->score >= COX_SCORE_INFINITY && dependent->is_assigned
               && row->dependent_role >= COX_ROLE_UNPROMOTED) {
        explain_rank(work, dependent, row, row->dependent_role == COX_ROLE_PROMOTED ? -COX_SCORE_INFINITY : 0);
        dependent->rank = (row->dependent_role == COX_ROLE_PROMOTED) ? -COX_SCORE_INFINITY : dependent->rank;
    } else if (row->score >= COX_SCORE_INFINITY) {
        sched_explain_bound(work, dependent, row);
        sched_place_set(work, dependent, NULL, true, true);
    }
}

static void
apply_clone(struct sched_work *work, struct sched_rsc *dependent, struct sched_rsc *primary,
            const struct sched_colocation *row)
{
    g_autoptr(GPtrArray) hosts = g_ptr_array_new();

    if (!primary->is_assigned) {
        return;
    }
    if (primary->meta.is_promotable && row->primary_role != COX_ROLE_UNKNOWN) {
        if (dependent->parent != NULL && dependent->parent->meta.is_promotable && dependent->is_assigned
            && row->dependent_role >= COX_ROLE_UNPROMOTED) {
            apply_promotable_rank(work, dependent, primary, row);
        } else if (!dependent->is_assigned
                   && (row->dependent_role == COX_ROLE_UNKNOWN || row->dependent_role == dependent->next_role)) {
            apply_promotable(work, dependent, primary, row);
        }
        return;
    }
    if (can_interleave(primary, row)) {
        apply_interleaved(work, dependent, primary, row);
        return;
    }
    for (guint i = 0; i < sched_n_children(primary); i++) {
        struct sched_rsc *instance = sched_child(primary, i);
        struct sched_node *node = sched_place_of(instance);

        if (row->score < COX_SCORE_INFINITY) {
            sched_colocation_apply(work, dependent, instance, row);
        } else if (node != NULL && !is_blocked(instance)) {
            g_ptr_array_add(hosts, node);
        }
    }
    if (row->score >= COX_SCORE_INFINITY) {
        intersect(work, dependent, row, hosts, NULL);
    }
}

static void
apply_bundle(struct sched_work *work, struct sched_rsc *dependent, struct sched_rsc *primary,
             const struct sched_colocation *row)
{
    g_autoptr(GPtrArray) hosts = g_ptr_array_new();
    const struct sched_bundle *bundle = sched_bundle_of(primary);

    if (!primary->is_assigned) {
        return;
    }
    if (row->dependent->variant > COX_GROUP && row->score >= 0) {
        apply_interleaved(work, dependent, primary, row);
        return;
    }
    for (int i = 0; i < bundle->n_replicas; i++) {
        const struct sched_replica *replica = &bundle->replicas[i];

        if (row->score < COX_SCORE_INFINITY) {
            sched_colocation_apply(work, dependent, replica->container, row);
        } else if (replica->container->assigned != NULL && !is_blocked(replica->container)
                   && (row->primary_role < COX_ROLE_PROMOTED
                       || (replica->child != NULL && replica->child->next_role == COX_ROLE_PROMOTED))) {
            g_ptr_array_add(hosts, replica->container->assigned);
        }
    }
    if (row->score >= COX_SCORE_INFINITY) {
        intersect(work, dependent, row, hosts, NULL);
    }
}

void
sched_colocation_apply(struct sched_work *work, struct sched_rsc *dependent, struct sched_rsc *primary,
                       const struct sched_colocation *row)
{
    guint n = sched_n_children(primary);

    /* An instance that is a group is promoted as a whole; to be placed, its first member leads it. */
    if (dependent->variant == COX_GROUP
        && !(dependent->is_assigned && row->dependent_role >= COX_ROLE_UNPROMOTED && dependent->parent != NULL
             && dependent->parent->meta.is_promotable)) {
        if (sched_n_children(dependent) > 0) {
            sched_colocation_apply(work, sched_child(dependent, 0), primary, row);
        }
        return;
    }
    switch (primary->variant) {
        case COX_PRIMITIVE:
            apply_to_primitive(work, dependent, primary, row);
            break;
        case COX_GROUP: /* all of it must be up for a mandatory one, its start is enough for a wish */
            for (guint i = 1; primary->is_assigned && i < n && row->score < 0 && !sched_rsc_is_collocated(primary); i++) {
                sched_colocation_apply(work, dependent, sched_child(primary, i), row);
            }
            if (primary->is_assigned && n > 0) {
                sched_colocation_apply(work, dependent,
                                       sched_child(primary, row->score >= COX_SCORE_INFINITY ? n - 1 : 0), row);
            }
            break;
        case COX_CLONE:
            apply_clone(work, dependent, primary, row);
            break;
        case COX_BUNDLE:
            apply_bundle(work, dependent, primary, row);
            break;
    }
}
