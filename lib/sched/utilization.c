/* lib/sched/utilization.c - which nodes have room for a resource and all that must be with it.  Layer 3, pure. */
#include <string.h>

#include "sched/assign_priv.h"
#include "sched/bundle_priv.h"
#include "sched/explain_priv.h"

/* Resources that must be together, found from one of them. */
struct company {
    struct sched_work *work;
    const struct sched_rsc *origin;
    GPtrArray *list;
    GHashTable *seen;
};

static void gather(struct company *company, struct sched_rsc *rsc);

static void
gather_neighbours(struct company *company, struct sched_rsc *rsc)
{
    const GPtrArray *list = sched_colocation_this_with(company->work, rsc);

    for (guint i = 0; list != NULL && i < list->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(list, i);

        if (row->primary != company->origin && row->score >= COX_SCORE_INFINITY
            && sched_colocation_effect(rsc, row->primary, row, true) == SCHED_COLOC_LOCATION) {
            gather(company, row->primary);
        }
    }
    list = sched_colocation_with_this(company->work, rsc);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(list, i);

        /* Nobody knows which instance of a clone will be the one beside the dependent. */
        if (row->dependent == company->origin || (rsc->variant == COX_CLONE && row->dependent->variant != COX_CLONE)) {
            continue;
        }
        if (row->score >= COX_SCORE_INFINITY
            && sched_colocation_effect(row->dependent, rsc, row, true) == SCHED_COLOC_LOCATION) {
            gather(company, row->dependent);
        }
    }
}

static void
gather(struct company *company, struct sched_rsc *rsc)
{
    if (!g_hash_table_add(company->seen, rsc)) {
        return;
    }
    g_ptr_array_add(company->list, rsc);
    if (rsc->variant == COX_GROUP) {
        for (guint i = 0; i < sched_n_children(rsc); i++) {
            gather(company, sched_child(rsc, i));
        }
    }
    gather_neighbours(company, rsc);
}

static bool
is_counted(const struct company *company, struct sched_rsc *rsc)
{
    if (g_hash_table_contains(company->seen, rsc)) {
        return true;
    }
    for (guint i = 0; rsc->variant == COX_GROUP && i < sched_n_children(rsc); i++) {
        if (g_hash_table_contains(company->seen, sched_child(rsc, i))) {
            return true;
        }
    }
    return false;
}

/* A bundle counts as one container, unless one of its own is in the company by itself. */
static void
add_bundle_need(const struct company *company, const struct sched_rsc *rsc, gint64 *sum)
{
    const struct sched_bundle *bundle = sched_bundle_of(rsc);
    const struct sched_rsc *first = NULL;

    for (int i = 0; bundle != NULL && i < bundle->n_replicas; i++) {
        if (g_hash_table_contains(company->seen, bundle->replicas[i].container)) {
            return;
        }
        first = first == NULL ? bundle->replicas[i].container : first;
    }
    if (first != NULL) {
        sched_capacity_add_need(company->work, first, sum);
    }
}

/* A clone counts as one instance, unless one of them is in the company by itself. */
static void
add_clone_need(const struct company *company, const struct sched_rsc *clone, gint64 *sum)
{
    const struct sched_rsc *first = NULL;

    for (guint i = 0; i < sched_n_children(clone); i++) {
        if (is_counted(company, sched_child(clone, i))) {
            return;
        }
    }
    first = sched_n_children(clone) > 0 ? sched_child(clone, 0) : NULL;
    if (first == NULL || first->is_assigned) {
        return;
    }
    sched_capacity_add_need(company->work, first, sum);
    for (guint i = 0; i < sched_n_children(first); i++) {
        sched_capacity_add_need(company->work, sched_child(first, i), sum);
    }
}

static gint64 *
sum_of_needs(const struct company *company)
{
    gint64 *sum = g_new0(gint64, company->work->n_utilization + 1);

    for (guint i = 0; i < company->list->len; i++) {
        const struct sched_rsc *rsc = g_ptr_array_index(company->list, i);

        if (rsc->variant == COX_PRIMITIVE) {
            sched_capacity_add_need(company->work, rsc, sum);
        } else if (rsc->variant == COX_CLONE && !rsc->is_assigned) {
            add_clone_need(company, rsc, sum);
        } else if (rsc->variant == COX_BUNDLE && !rsc->is_assigned) {
            add_bundle_need(company, rsc, sum);
        }
    }
    return sum;
}

/* Has some usable node room? */
static bool
anyone_has_room(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_want *want)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (sched_row_allows(work, rsc->cells, i) && sched_capacity_has_room(work, sched_node_at(work, i), want)) {
            return true;
        }
    }
    return false;
}

/* The usable node with the most room, of equal ones the first by name; none for what may stay where it runs. */
static struct sched_node *
roomiest(const struct sched_work *work, const struct sched_rsc *rsc)
{
    struct sched_node *best = NULL;

    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = sched_node_at(work, i);
        int order = best == NULL ? -1 : sched_capacity_compare(work, node, best);

        if (!sched_row_allows(work, rsc->cells, i)) {
            continue;
        }
        if (sched_rsc_is_active_on(rsc, node)) {
            return NULL;
        }
        if (order < 0 || (order == 0 && strcmp(node->name, best->name) < 0)) {
            best = node;
        }
    }
    return best;
}

/* May it go there, be it that a guest is not up yet? */
static bool
is_choice(const struct sched_work *work, const struct sched_rsc *rsc, guint32 i)
{
    const struct sched_node *node = sched_node_at(work, i);

    return sched_row_allows(work, rsc->cells, i) || (node->is_guest && !node->is_standby && rsc->cells[i].is_present && rsc->cells[i].score >= 0);
}

static void
ban(struct sched_work *work, struct sched_rsc *rsc, const struct sched_want *want)
{
    sched_explain_cause(work, COX_TERM_UTILIZATION, NULL, NULL);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (is_choice(work, rsc, i) && !sched_capacity_has_room(work, sched_node_at(work, i), want)) {
            sched_row_add(work, rsc, i, -COX_SCORE_INFINITY);
        }
    }
}

/* Ban @rsc where the company has no room; false and no ban if that is everywhere. */
static bool
ban_together(const struct company *company, struct sched_rsc *rsc)
{
    g_autofree gint64 *sum = sum_of_needs(company);
    const struct sched_want want = { sum, (struct sched_rsc *const *) company->list->pdata, company->list->len };

    if (!anyone_has_room(company->work, rsc, &want)) {
        return false;
    }
    ban(company->work, rsc, &want);
    return true;
}

static bool
is_room_for(const struct company *company, const struct sched_rsc *rsc)
{
    g_autofree gint64 *sum = sum_of_needs(company);

    return anyone_has_room(company->work, rsc, &(const struct sched_want) { sum, (struct sched_rsc *const *) company->list->pdata, company->list->len });
}

static void
take_first(struct company *company, const GPtrArray *members, guint n)
{
    g_ptr_array_set_size(company->list, 0);
    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(company->list, g_ptr_array_index(members, i));
    }
}

/*
 * Ban @rsc where its group has no room or, if that is everywhere, as many of its first members as there is room for somewhere: the others stay down.
 * What was placed between the members must not make the first ones leave the rest.
 */
static bool
ban_with_group(struct company *company, struct sched_rsc *rsc, const struct sched_rsc *group)
{
    g_autoptr(GPtrArray) members = g_ptr_array_new();
    guint least = 0, most;

    for (guint i = 0; i < sched_n_children(group); i++) {
        if (!sched_colocation_stays_down(sched_child(group, i))) {
            g_ptr_array_add(members, sched_child(group, i));
        }
    }
    most = members->len + 1;
    for (guint n = members->len; n > least; n = least + (most - least) / 2) {
        take_first(company, members, n);
        *(is_room_for(company, rsc) ? &least : &most) = n;
    }
    take_first(company, members, least);
    return g_ptr_array_find(company->list, rsc, NULL) && ban_together(company, rsc);
}

/* Is it one more instance of what runs? */
static bool
is_more(const struct sched_rsc *rsc)
{
    return rsc->instance >= 0 && rsc->running_on.n == 0 && rsc->parent != NULL && rsc->parent->variant == COX_CLONE && rsc->parent->running_on.n > 0;
}

/* One more instance of what runs takes no room that others have, which may be placed later. */
static void
ban_crowded(struct sched_work *work, struct sched_rsc *rsc)
{
    const bool is_new = is_more(rsc);

    sched_explain_cause(work, COX_TERM_UTILIZATION, NULL, NULL);
    for (guint32 i = 0; is_new && i < work->n_nodes; i++) {
        if (sched_row_allows(work, rsc->cells, i) && sched_capacity_crowds(work, sched_node_at(work, i), rsc)) {
            sched_row_add(work, rsc, i, -COX_SCORE_INFINITY);
        }
    }
}

struct sched_node *
sched_utilization_ban(struct sched_work *work, struct sched_rsc *rsc)
{
    struct company company = { .work = work, .origin = rsc };
    const struct sched_rsc *group = rsc->parent != NULL && rsc->parent->variant == COX_GROUP ? rsc->parent : NULL;
    bool fits, fits_in_group = false;

    if (!sched_capacity_counts(work)) {
        return NULL;
    }
    ban_crowded(work, rsc);
    company.list = g_ptr_array_new();
    company.seen = g_hash_table_new(NULL, NULL);
    gather(&company, rsc);
    fits = ban_together(&company, rsc);
    if (!fits && group != NULL) {
        fits_in_group = ban_with_group(&company, rsc, group);
    }
    if (!fits && !fits_in_group) {
        ban(work, rsc, &(const struct sched_want) { rsc->need, &rsc, 1 });
    }
    g_ptr_array_free(company.list, TRUE);
    g_hash_table_destroy(company.seen);
    return fits ? NULL : roomiest(work, rsc);
}
