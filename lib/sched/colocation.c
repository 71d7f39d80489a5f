/* lib/sched/colocation.c - who is placed with whom, and the merging of their scores.  Layer 3, pure. */
#include <string.h>

#include "sched/assign_priv.h"
#include "sched/bundle_priv.h"
#include "sched/explain_priv.h"

/* In a merge that must not fall below zero: a node that would have; it becomes 1 in the end. */
#define SPOILT (-100 * COX_SCORE_INFINITY)

/*
 * A merge follows colocations as far as they go.  Through a crowd in which each is colocated with each there are more ways than can be
 * gone (10! through ten): it ends after four steps for each colocation of the cluster, and these.
 */
enum { LEAST_MERGES = 1000 };

bool
sched_is_mandatory(const struct sched_colocation *row)
{
    return row->score >= COX_SCORE_INFINITY || row->score <= -COX_SCORE_INFINITY;
}

bool
sched_colocation_stays_down(const struct sched_rsc *rsc)
{
    return rsc->variant == COX_PRIMITIVE && (rsc->is_managed ? rsc->next_role == COX_ROLE_STOPPED : rsc->running_on.n == 0);
}

void
sched_colocation_add(struct sched_work *work, const struct sched_colocation *row)
{
    struct sched_colocation *copy = NULL;

    if (row->score == 0 || row->dependent == NULL || row->primary == NULL || row->dependent == row->primary) {
        return;
    }
    copy = cox_arena_memdup(work->arena, row, 1, sizeof(*row));
    copy->idx = work->colocations->len;
    if (copy->dependent_role == COX_ROLE_STARTED) {
        copy->dependent_role = COX_ROLE_UNKNOWN;
    }
    if (copy->primary_role == COX_ROLE_STARTED) {
        copy->primary_role = COX_ROLE_UNKNOWN;
    }
    if (copy->node_attribute != NULL && strcmp(copy->node_attribute, "#uname") == 0) {
        copy->node_attribute = NULL;
    }
    g_ptr_array_add(work->colocations, copy);
    sched_list_add(&copy->dependent->this_with, copy);
    sched_list_add(&copy->primary->with_this, copy);
}

/* Who comes first: priority, then clones before groups before primitives, promotable ones first, then the id. */
static int
compare(const struct sched_rsc *a, const struct sched_rsc *b, const char *a_id, const char *b_id)
{
    if (a->meta.priority != b->meta.priority) {
        return a->meta.priority > b->meta.priority ? -1 : 1;
    }
    if (a->variant != b->variant) {
        return a->variant > b->variant ? -1 : 1;
    }
    if (a->variant == COX_CLONE && a->meta.is_promotable != b->meta.is_promotable) {
        return a->meta.is_promotable ? -1 : 1;
    }
    /* QUIRK 16: colocations of peers count in the order of their ids.  case: coloc-many-one */
    return strcmp(a_id, b_id);
}

static int
compare_primaries(const void *a_data, const void *b_data)
{
    const struct sched_colocation *a = *(struct sched_colocation *const *) a_data;
    const struct sched_colocation *b = *(struct sched_colocation *const *) b_data;

    return compare(a->primary, b->primary, a->id, b->id);
}

static int
compare_dependents(const void *a_data, const void *b_data)
{
    const struct sched_colocation *a = *(struct sched_colocation *const *) a_data;
    const struct sched_colocation *b = *(struct sched_colocation *const *) b_data;

    return compare(a->dependent, b->dependent, a->id, b->id);
}

/*
 * g_ptr_array_sort is stable.
 * QUIRK 2: of rows that compare equal, primaries stay in the order of the configuration, dependents are in the opposite
 * one.  case: template-coloc-2, bug-lf-2435
 */
static void
sort_list(GPtrArray *list, GCompareFunc by)
{
    if (list == NULL || list->len < 2) {
        return;
    }
    if (by == compare_dependents) {
        for (guint i = 0; i < list->len / 2; i++) {
            gpointer other = list->pdata[list->len - 1 - i];

            list->pdata[list->len - 1 - i] = list->pdata[i];
            list->pdata[i] = other;
        }
    }
    g_ptr_array_sort(list, by);
}

void
sched_colocation_sort(struct sched_work *work)
{
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        sort_list(rsc->this_with, compare_primaries);
        sort_list(rsc->with_this, compare_dependents);
    }
}

static void
forget_lists(struct sched_rsc *rsc)
{
    g_clear_pointer(&rsc->all_this_with, g_ptr_array_unref);
    g_clear_pointer(&rsc->all_with_this, g_ptr_array_unref);
}

void
sched_colocation_add_late(struct sched_work *work, const struct sched_colocation *row)
{
    sched_colocation_add(work, row);
    forget_lists(row->dependent);
    forget_lists(row->primary);
}

static void
append(GPtrArray *all, const GPtrArray *list)
{
    for (guint i = 0; list != NULL && i < list->len; i++) {
        g_ptr_array_add(all, g_ptr_array_index(list, i));
    }
}

static void
append_mandatory(GPtrArray *all, const GPtrArray *list)
{
    for (guint i = 0; list != NULL && i < list->len; i++) {
        struct sched_colocation *row = g_ptr_array_index(list, i);

        if (sched_is_mandatory(row)) {
            g_ptr_array_add(all, row);
        }
    }
}

/* Where the first member goes all others that are not to stay down must go, so it has to know what they cannot do without. */
static void
append_of_members(GPtrArray *all, const struct sched_rsc *group)
{
    for (guint m = 1; sched_rsc_is_collocated(group) && m < sched_n_children(group); m++) {
        const GPtrArray *list = sched_child(group, m)->this_with;

        for (guint i = 0; list != NULL && !sched_colocation_stays_down(sched_child(group, m)) && i < list->len; i++) {
            struct sched_colocation *row = g_ptr_array_index(list, i);

            if (sched_is_mandatory(row) && row->primary->parent != group) {
                g_ptr_array_add(all, row);
            }
        }
    }
}

/*
 * What a bundle is colocated with is for its containers; once they have their places and roles are chosen, it is for
 * what they hold as well.
 */
static bool
is_for_part(const struct sched_bundle *bundle, const struct sched_rsc *origin)
{
    const struct sched_replica *replica = sched_bundle_replica(origin);

    return (replica != NULL && replica->container == origin)
           || (bundle->child != NULL && bundle->child->is_choosing_roles && sched_rsc_is_inside(origin, bundle->child));
}

void
sched_colocation_roles_begin(struct sched_rsc *clone)
{
    clone->is_choosing_roles = true;
    forget_lists(clone);
    for (guint i = 0; i < sched_n_children(clone); i++) {
        forget_lists(sched_child(clone, i));
    }
}

/* What an ancestor hands down to @origin: the whole to every instance, a group's own to its first (last) member. */
static void
inherit(const struct sched_rsc *rsc, const struct sched_rsc *origin, bool this_with, GPtrArray *all)
{
    const GPtrArray *own = this_with ? rsc->this_with : rsc->with_this;
    bool concerns = true;

    if (rsc->variant == COX_GROUP && rsc != origin && sched_n_children(rsc) > 0) {
        concerns = origin == sched_child(rsc, this_with ? 0 : rsc->children->len - 1);
        if (!concerns) {
            /* An unmanaged first member does not lead the others to a good place. */
            if (this_with && !sched_child(rsc, 0)->is_managed) {
                append_mandatory(all, own);
            }
            return;
        }
    }
    if (rsc->variant == COX_BUNDLE && rsc != origin && !is_for_part(sched_bundle_of(rsc), origin)) {
        return;
    }
    append(all, own);
    if (rsc->variant == COX_GROUP && this_with) {
        append_of_members(all, rsc);
    }
    if (rsc->parent != NULL) {
        inherit(rsc->parent, origin, this_with, all);
    }
}

static GPtrArray *
list_of(struct sched_rsc *rsc, bool this_with)
{
    GPtrArray *own = this_with ? rsc->this_with : rsc->with_this;
    GPtrArray **all = this_with ? &rsc->all_this_with : &rsc->all_with_this;

    if (*all != NULL) {
        return *all;
    }
    if (rsc->parent == NULL) {
        return own;
    }
    *all = g_ptr_array_new();
    inherit(rsc, rsc, this_with, *all);
    if (own == NULL || (*all)->len != own->len) {
        g_ptr_array_sort(*all, this_with ? compare_primaries : compare_dependents);
    }
    return *all;
}

const GPtrArray *
sched_colocation_this_with(struct sched_work *work, struct sched_rsc *rsc)
{
    (void) work;
    return list_of(rsc, true);
}

const GPtrArray *
sched_colocation_with_this(struct sched_work *work, struct sched_rsc *rsc)
{
    (void) work;
    return list_of(rsc, false);
}

GPtrArray *
sched_colocation_hold_this_with(struct sched_rsc *rsc)
{
    GPtrArray *list = list_of(rsc, true);

    return list == NULL ? NULL : g_ptr_array_ref(list);
}

static bool
is_active(const struct sched_rsc *rsc)
{
    if (rsc->running_on.n > 0) {
        return true;
    }
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        if (is_active(sched_child(rsc, i))) {
            return true;
        }
    }
    return false;
}

/*
 * Is @b, which leads the other way, met where @a is?  Those on one node have its attributes in common, and those that are together in a role are
 * together; for what is to be apart it is the other way round.
 */
static bool
implies(const struct sched_colocation *a, const struct sched_colocation *b)
{
    const struct sched_colocation *narrow = a->score > 0 ? a : b, *wide = a->score > 0 ? b : a;
    bool has_same_roles = a->dependent_role == b->primary_role && a->primary_role == b->dependent_role;
    bool is_for_any_role = wide->dependent_role == COX_ROLE_UNKNOWN && wide->primary_role == COX_ROLE_UNKNOWN;

    return (a->score > 0) == (b->score > 0) && (is_for_any_role || has_same_roles)
           && (narrow->node_attribute == NULL || g_strcmp0(narrow->node_attribute, wide->node_attribute) == 0);
}

/*
 * Of two that lead to each other exactly one counts more, in whichever order they are looked at: that with the higher score; else that which is
 * met only if the other is; else the earlier one.
 */
static bool
counts_more(const struct sched_colocation *back, const struct sched_colocation *row)
{
    cox_score a = ABS(back->score), b = ABS(row->score);

    if (a != b) {
        return a > b;
    }
    if (implies(back, row) != implies(row, back)) {
        return implies(back, row);
    }
    return back->idx < row->idx;
}

enum { MOST_IN_CIRCLE = 200 }; /* resources that are looked at; what is bound together by more is no circle that anybody meant */

/* Is one the other, or a member of it? */
static bool
is_of(const struct sched_rsc *a, const struct sched_rsc *b)
{
    return sched_rsc_is_inside(a, b) || sched_rsc_is_inside(b, a);
}

static bool
counts_in_circle(const struct sched_colocation *other, const struct sched_colocation *row)
{
    cox_score a = ABS(other->score), b = ABS(row->score);

    if (other->dependent == row->primary && other->primary == row->dependent) {
        return counts_more(other, row);
    }
    return a > b || (a == b && other->idx < row->idx);
}

/* Does the primary go where the dependent of @row is: that, its group, a member of it, or what comes after it in its group? */
static bool
is_met(const struct sched_colocation *other, const struct sched_colocation *row)
{
    const struct sched_rsc *primary = other->primary, *dependent = row->dependent, *group = dependent->parent;
    bool is_in_group = group != NULL && group->variant == COX_GROUP && primary->parent == group && sched_rsc_is_collocated(group);

    return is_of(primary, dependent) || (is_in_group && primary->idx > dependent->idx);
}

/* Do colocations that count more than @row lead from @from, its group or its members to the dependent of that? */
static bool
leads_back(const struct sched_rsc *from, const struct sched_colocation *row, GHashTable *seen)
{
    if (g_hash_table_contains(seen, from) || g_hash_table_size(seen) > MOST_IN_CIRCLE) {
        return false;
    }
    g_hash_table_add(seen, (gpointer) (gsize) from);
    for (guint i = 0; from->this_with != NULL && i < from->this_with->len; i++) {
        const struct sched_colocation *other = g_ptr_array_index(from->this_with, i);

        if (!other->is_internal && counts_in_circle(other, row) && (is_met(other, row) || leads_back(other->primary, row, seen))) {
            return true;
        }
    }
    for (guint i = 0; from->variant == COX_GROUP && i < sched_n_children(from); i++) {
        if (leads_back(sched_child(from, i), row, seen)) {
            return true;
        }
    }
    return from->parent != NULL && from->parent->variant == COX_GROUP && leads_back(from->parent, row, seen);
}

static bool
is_wish_for_room(const struct sched_work *work, const struct sched_colocation *row)
{
    return sched_capacity_counts(work) && row->score > 0 && !sched_is_mandatory(row) && row->node_attribute == NULL;
}

/* Has none of the nodes where @rsc may be room for both? */
static bool
is_without_room(const struct sched_work *work, const struct sched_rsc *rsc, struct sched_rsc *dependent, struct sched_rsc *primary)
{
    struct sched_want both = sched_want_both(work, dependent, primary);
    bool is_any = false, fits = false;

    for (guint32 i = 0; !fits && i < work->n_nodes; i++) {
        const struct sched_node *node = sched_node_at(work, i);

        if (sched_node_usable(node) && rsc->cells[i].is_present && rsc->cells[i].score > -COX_SCORE_INFINITY) {
            is_any = true;
            fits = sched_capacity_has_room(work, node, &both);
        }
    }
    sched_want_clear(&both);
    return is_any && !fits;
}

/* Is it down, and would it take the room of what runs and has no place yet? */
static bool
is_crowding(const struct sched_work *work, struct sched_rsc *rsc)
{
    for (guint32 i = 0; rsc->variant == COX_PRIMITIVE && rsc->running_on.n == 0 && i < work->n_nodes; i++) {
        const struct sched_node *node = sched_node_at(work, i);

        if (sched_node_usable(node) && sched_row_allows(work, rsc->cells, i) && sched_capacity_crowds(work, node, rsc)) {
            return true;
        }
    }
    return false;
}

/*
 * Where room counts, what runs is placed before what does not.  If that meant that its primary comes first, which wants to be with it in turn,
 * itself or by way of others, or which would take its room or that of others, the one would take the other's place with every plan.
 */
bool
sched_colocation_is_turned(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_colocation *row)
{
    g_autoptr(GHashTable) seen = NULL;

    if (!sched_capacity_counts(work)) {
        return false;
    }
    if (is_wish_for_room(work, row)
        && ((rsc->running_on.n > 0 && is_without_room(work, rsc, row->dependent, row->primary))
            || (row->dependent->running_on.n > 0 && is_crowding(work, row->primary)))) {
        return true;
    }
    seen = g_hash_table_new(NULL, NULL);
    return leads_back(row->primary, row, seen);
}

bool
sched_colocation_influences(const struct sched_colocation *row)
{
    const struct sched_rsc *primary = row->primary;

    /* Moving a connection is cheap, moving the container that it leads to is not. */
    if (row->is_internal && row->dependent->remote_node != NULL && row->dependent->container == primary
        && row->dependent->replica >= 0 && !primary->is_failed && primary->running_on.n == 1) {
        return false;
    }
    return row->influence || !is_active(primary);
}

/* Nothing can be beside what runs on a bundle's guest node but on the host of that. */
const struct sched_node *
sched_colocation_host(const struct sched_node *node)
{
    return (node->is_bundle_node && node->remote_rsc != NULL) ? node->remote_rsc->container->assigned : node;
}

/* Members of a group are on the very same node. */
static const struct sched_node *
place_beside(const struct sched_colocation *row, const struct sched_node *node)
{
    const struct sched_rsc *group = row != NULL && row->is_internal ? row->dependent->parent : NULL;

    return group != NULL && group->variant == COX_GROUP && row->primary->parent == group ? node : sched_colocation_host(node);
}

const char *
sched_colocation_value(const struct sched_work *work, const struct sched_colocation *row, const struct sched_node *node)
{
    node = place_beside(row, node);
    if (node == NULL) {
        return NULL;
    }
    return row == NULL || row->node_attribute == NULL ? node->name : sched_node_attr(work, node, row->node_attribute);
}

static bool
same_value(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && g_ascii_strcasecmp(a, b) == 0);
}

/* The best score that @source has on a usable node with the same value as @node. */
static cox_score
best_matching(const struct sched_work *work, const struct sched_rsc *source, const struct sched_colocation *row,
              const struct sched_node *node)
{
    cox_score best = -COX_SCORE_INFINITY;
    const char *value = NULL;

    if (row == NULL || row->node_attribute == NULL) {
        const struct sched_node *host = place_beside(row, node);
        const struct sched_cell *cell = (host != NULL) ? &source->cells[host->idx] : NULL;

        return cell != NULL && cell->is_present && sched_node_usable(host) ? MAX(cell->score, best) : best;
    }
    value = sched_colocation_value(work, row, node);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *other = sched_node_at(work, i);

        if (source->cells[i].is_present && source->cells[i].score > best && sched_node_usable(other)
            && same_value(value, sched_colocation_value(work, row, other))) {
            best = source->cells[i].score;
        }
    }
    return best;
}

/* Is there just one node that it may run on? */
static bool
has_one_choice(const struct sched_work *work, const struct sched_rsc *rsc)
{
    guint n = 0;

    for (guint32 i = 0; i < work->n_nodes && n < 2; i++) {
        n += rsc->cells[i].is_present && rsc->cells[i].score >= 0;
    }
    return n == 1;
}

static void
add_matching(const struct sched_merge *merge, const struct sched_rsc *source, const struct sched_colocation *row,
             struct sched_cell *cells)
{
    bool nonnegative = (merge->flags & SCHED_MERGE_NONNEGATIVE) != 0;
    bool one_choice = merge->factor < 0 && has_one_choice(merge->work, source);
    bool is_plain = merge->all_usable && row->node_attribute == NULL;

    for (guint32 i = 0; i < merge->work->n_nodes; i++) {
        cox_score score = 0, sum = 0;
        double wish = 0;
        int delta = 0;

        if (is_plain && source->cells[i].is_present && source->cells[i].score == 0) {
            continue; /* as below, for most cells of most clusters */
        }
        if (!cells[i].is_present || cells[i].score == SPOILT) {
            continue;
        }
        score = best_matching(merge->work, source, row, sched_node_at(merge->work, i));
        if (score == 0) {
            continue;
        }
        /* That a dependent which is to be elsewhere avoids a node does not recommend the node, unless it has no choice. */
        if (merge->factor < 0 && score < 0 && !one_choice) {
            continue;
        }
        wish = merge->factor * score;
        delta = (int) (wish < 0 ? wish - 0.5 : wish + 0.5);
        if (delta == 0 && merge->factor != 0) {
            delta = merge->factor > 0 ? 1 : -1; /* small factors must not make a preference vanish */
        }
        sum = cox_score_add(delta, cells[i].score);
        if (nonnegative && sum < 0 && cells[i].score >= 0) {
            cells[i].score = cells[i].score > 0 ? SPOILT : 0;
            continue;
        }
        cells[i].score = sum;
    }
}

static void merge_scores(const struct sched_merge *merge, struct sched_rsc *source, const struct sched_colocation *row, struct sched_cell *cells);

/* It is down and not managed, and has been looked at: what its row says now are others' wishes, and it has none. */
static bool
nobody_starts(const struct sched_rsc *rsc)
{
    return rsc->variant == COX_PRIMITIVE && !rsc->is_managed && rsc->running_on.n == 0 && rsc->is_assigned;
}

/* Nothing need be apart from what stays down. */
static bool
is_apart_from_nowhere(const struct sched_colocation *row, const struct sched_rsc *source)
{
    return row->score < 0 && sched_colocation_stays_down(source);
}

/*
 * Follow the colocations of @source with a factor that shrinks at each step.  Down a chain of mere wishes it vanishes
 * (each divides it by what INFINITY is to the wish, so after some eighty the double is 0): what is further away changes
 * nothing, and a chain costs its length instead of the square of it.
 */
static void
merge_neighbours(const struct sched_merge *merge, struct sched_rsc *source, struct sched_cell *cells)
{
    guint most = LEAST_MERGES + 4 * merge->work->colocations->len;
    bool to_primaries = (merge->flags & SCHED_MERGE_THIS_WITH) != 0;
    const GPtrArray *list = merge->factor == 0 ? NULL : list_of(source, to_primaries);

    for (guint i = 0; list != NULL && i < list->len && merge->work->n_merges < most; i++) {
        const struct sched_colocation *row = g_ptr_array_index(list, i);
        struct sched_merge next = *merge;

        if (!to_primaries && (!sched_colocation_influences(row) || is_apart_from_nowhere(row, source))) {
            continue;
        }
        next.factor = merge->factor * row->score / (double) COX_SCORE_INFINITY;
        next.flags |= SCHED_MERGE_ACTIVE;
        merge_scores(&next, to_primaries ? row->primary : row->dependent, row, cells);
    }
}

/*
 * Does a circle lead back to the target, or to its group, with the sign turned round?  Nothing is to avoid what it is drawn to itself: it would leave
 * where it wants to stay, with every plan.
 */
static bool
avoids_itself(const struct sched_merge *merge, const struct sched_rsc *source)
{
    const struct sched_rsc *target = merge->target, *group = target->parent;

    return merge->factor < 0
           && (source == target || (group != NULL && group->variant == COX_GROUP && sched_rsc_is_collocated(group) && source->parent == group));
}

/* By way of others, what is to be apart and has its place has no more wishes: its row says what it avoided for others, and that may be the target. */
static bool
is_settled(const struct sched_merge *merge, const struct sched_rsc *source, const struct sched_colocation *row)
{
    return row->score < 0 && (merge->flags & SCHED_MERGE_THIS_WITH) == 0 && row->primary != merge->target && source->is_assigned;
}

static void
merge_scores(const struct sched_merge *merge, struct sched_rsc *source, const struct sched_colocation *row, struct sched_cell *cells)
{
    g_autofree struct sched_cell *saved = NULL;

    merge->work->n_merges++;
    if (source->is_merging || avoids_itself(merge, source) || (row != NULL && (merge->flags & SCHED_MERGE_THIS_WITH) == 0 && nobody_starts(source))) {
        return;
    }
    if (source->variant == COX_GROUP) {
        guint n = sched_n_children(source);

        if (n > 0) {
            source->is_merging = true;
            /*
             * QUIRK 17: a merge that begins with a group reads its last member, one that comes to it the first.
             * case: failed-sticky-group, coloc-group, group-dependents
             */
            merge_scores(merge, sched_child(source, row == NULL ? n - 1 : 0), row, cells);
            source->is_merging = false;
        }
        return;
    }
    if (row != NULL && is_settled(merge, source, row)) {
        return;
    }
    source->is_merging = true;
    if (row == NULL) {
        memcpy(cells, source->cells, sizeof(struct sched_cell) * merge->work->n_nodes);
    } else {
        saved = (merge->flags & SCHED_MERGE_ACTIVE) != 0 ? sched_row_copy(merge->work, cells) : NULL;
        add_matching(merge, source, row, cells);
    }
    if (sched_row_any(merge->work, cells)) {
        merge_neighbours(merge, source, cells);
    } else if (saved != NULL) {
        sched_row_restore(merge->work, cells, saved);
        source->is_merging = false;
        return;
    }
    for (guint32 i = 0; (merge->flags & SCHED_MERGE_NONNEGATIVE) != 0 && i < merge->work->n_nodes; i++) {
        if (cells[i].score == SPOILT) {
            cells[i].score = 1;
        }
    }
    source->is_merging = false;
}

void
sched_merge_scores(const struct sched_merge *merge, struct sched_rsc *source, const struct sched_colocation *row, struct sched_cell *cells)
{
    merge->work->n_merges = 0;
    merge_scores(merge, source, row, cells);
}

static bool
are_all_usable(const struct sched_work *work)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *node = sched_node_at(work, i);

        if (!sched_node_usable(node) || sched_colocation_host(node) != node) {
            return false;
        }
    }
    return true;
}

/*
 * Once the primary is active a dependent without influence does not count: it does not bring it to where it would be stopped then.
 */
static void
keep_bans(struct sched_work *work, struct sched_rsc *target, const struct sched_cell *before)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (before[i].is_present && before[i].score < 0) {
            target->cells[i].score = MIN(target->cells[i].score, before[i].score);
        }
    }
}

static bool
has_room_for_both(const struct sched_work *work, const struct sched_node *node, struct sched_rsc *dependent, struct sched_rsc *primary)
{
    struct sched_want both = sched_want_both(work, dependent, primary);
    const bool has_room = sched_capacity_has_room(work, node, &both);

    sched_want_clear(&both);
    return has_room;
}

/* Would the dependent be with it, though that cannot be, for want of room? */
static bool
is_vain(const struct sched_work *work, const struct sched_colocation *row, struct sched_rsc *target)
{
    const struct sched_node *place = sched_place_of(row->dependent);

    return is_wish_for_room(work, row)
           && (place != NULL ? !has_room_for_both(work, place, row->dependent, target) : is_without_room(work, row->dependent, row->dependent, target));
}

/* That a dependent would be with it brings it to no node without room for both: the dependent would have to leave that. */
static void
drop_without_room(const struct sched_work *work, const struct sched_colocation *row, struct sched_rsc *target, const struct sched_cell *before)
{
    struct sched_want both = sched_want_both(work, row->dependent, target);

    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (before[i].is_present && target->cells[i].score > before[i].score && !sched_capacity_has_room(work, sched_node_at(work, i), &both)) {
            target->cells[i].score = before[i].score;
        }
    }
    sched_want_clear(&both);
}

void
sched_merge_dependent(struct sched_work *work, const struct sched_colocation *row, struct sched_rsc *target)
{
    bool wants_room = is_wish_for_room(work, row);
    g_autofree struct sched_cell *before = NULL;
    struct sched_merge merge = { .work = work, .target = target, .flags = SCHED_MERGE_ACTIVE, .all_usable = are_all_usable(work) };

    if (!sched_colocation_influences(row) || is_vain(work, row, target)) {
        return;
    }
    if (target->variant == COX_CLONE) {
        merge.flags |= SCHED_MERGE_NONNEGATIVE;
    }
    /* QUIRK 31: no guest inside a guest, even if that leaves the container no node.  case: bug-cl-5247 */
    if (row->is_internal && row->score >= COX_SCORE_INFINITY && row->dependent->remote_node != NULL) {
        merge.flags &= ~(guint32) SCHED_MERGE_ACTIVE;
    }
    merge.factor = row->score / (double) COX_SCORE_INFINITY;
    before = row->influence && !wants_room ? NULL : sched_row_copy(work, target->cells);
    sched_explain_cause(work, COX_TERM_DEPENDENT, row->id, row->dependent->id);
    sched_merge_scores(&merge, row->dependent, row, target->cells);
    if (!row->influence) {
        keep_bans(work, target, before);
    }
    if (wants_room) {
        drop_without_room(work, row, target, before);
    }
    sched_explain_settle(work, target);
}
