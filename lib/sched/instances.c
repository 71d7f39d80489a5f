/* lib/sched/instances.c - distribution of the instances of a clone or bundle over nodes.  Layer 3, pure. */
#include <string.h>

#include "sched/assign_priv.h"
#include "sched/explain_priv.h"

/** What the order of instances depends on, worked out once for each. */
struct entry {
    struct sched_rsc *rsc;
    struct sched_node *node; /**< where it is active and may stay, or NULL */
    guint32 n_active;
    bool is_allowed, is_usable, is_failed;
    bool is_displaced; /**< one too many, and not where it could stay */
    guint32 count;
    bool has_wish;
    cox_score wish; /**< score of the current node with colocations counted; valid if has_wish */
    enum cox_role role;
};

struct order {
    struct sched_work *work;
    bool by_promotion;
};

static void
active_on(const struct sched_rsc *rsc, struct sched_node **node, guint32 *n)
{
    if (sched_n_children(rsc) == 0) {
        *node = sched_rsc_active_node(rsc, n, NULL);
        *n = rsc->running_on.n;
        return;
    }
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        struct sched_node *other = NULL;
        guint32 others = 0;

        active_on(sched_child(rsc, i), &other, &others);
        *node = *node == NULL ? other : *node;
        *n = MAX(*n, others);
    }
}

static bool
has_failed(const struct sched_rsc *rsc)
{
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        if (has_failed(sched_child(rsc, i))) {
            return true;
        }
    }
    return rsc->is_failed;
}

static void
describe(struct sched_rsc *rsc, struct entry *entry)
{
    struct sched_rsc *parent = rsc->parent;

    *entry = (struct entry) { .rsc = rsc };
    active_on(rsc, &entry->node, &entry->n_active);
    entry->is_allowed = true;
    if (entry->node != NULL
        && (!parent->cells[entry->node->idx].is_present || parent->cells[entry->node->idx].score < 0)) {
        entry->is_allowed = false;
        entry->node = NULL;
    }
    entry->is_failed = has_failed(rsc);
    entry->role = sched_place_role(rsc, true);
    if (entry->node != NULL) {
        entry->is_usable = sched_node_usable(entry->node);
        entry->count = parent->counts == NULL ? 0 : parent->counts[entry->node->idx];
    }
    entry->is_displaced = rsc->is_orphan && !entry->is_usable;
}

/* Score of the current node alone, when everything colocated with the instance has had its say. */
static cox_score
wish_of(struct sched_work *work, struct entry *entry)
{
    g_autofree struct sched_cell *cells = NULL;
    const GPtrArray *list = NULL;
    struct sched_rsc *rsc = entry->rsc;

    if (entry->has_wish) {
        return entry->wish;
    }
    entry->has_wish = true;
    cells = g_new0(struct sched_cell, work->n_nodes + 1);
    cells[entry->node->idx].is_present = true;
    list = sched_colocation_this_with(work, rsc);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(list, i);
        struct sched_merge merge = { .work = work, .target = rsc, .flags = SCHED_MERGE_DEFAULT };

        merge.factor = row->score / (double) COX_SCORE_INFINITY;
        sched_merge_scores(&merge, row->primary, row, cells);
    }
    list = sched_colocation_with_this(work, rsc);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const struct sched_colocation *row = g_ptr_array_index(list, i);
        struct sched_merge merge = { .work = work, .target = rsc, .flags = SCHED_MERGE_NONNEGATIVE };

        merge.factor = row->score / (double) COX_SCORE_INFINITY;
        if (sched_colocation_influences(row)) {
            sched_merge_scores(&merge, row->dependent, row, cells);
        }
    }
    entry->wish = cells[entry->node->idx].score;
    return entry->wish;
}

#define FIRST(condition_a, condition_b)                                                                                \
    if ((condition_a) != (condition_b)) {                                                                              \
        return (condition_a) ? -1 : 1;                                                                                 \
    }

static int
compare_promotion(const struct entry *a, const struct entry *b)
{
    if (a->rsc->sort_index != b->rsc->sort_index) {
        return a->rsc->sort_index > b->rsc->sort_index ? -1 : 1;
    }
    /* QUIRK 5: of instances equally good to promote, one with a higher role is first.  case: bug-lf-2358 */
    return a->role != b->role ? (a->role > b->role ? -1 : 1) : 0;
}

static int
compare(const void *a_data, const void *b_data, gpointer data)
{
    struct entry *a = *(struct entry *const *) a_data, *b = *(struct entry *const *) b_data;
    const struct order *order = data;
    int rc = order->by_promotion ? compare_promotion(a, b) : 0;

    if (rc != 0) {
        return rc;
    }
    if (a->n_active > 0 && b->n_active > 0 && a->n_active != b->n_active) {
        return a->n_active < b->n_active ? -1 : 1;
    }
    FIRST(!a->is_displaced, !b->is_displaced)
    /* QUIRK 6: instances that may stay where they are come before those that may not.  case: clone-no-shuffle */
    FIRST(a->is_allowed, b->is_allowed)
    /* QUIRK 7: the better one is to promote, the earlier it is placed.  case: inc11, promoted-2 */
    FIRST(a->rsc->rank > b->rsc->rank, b->rsc->rank > a->rsc->rank)
    if (a->node == NULL && b->node == NULL) {
        return 0; /* QUIRK 8: inactive instances come by rising number.  case: clone-anon-probe-1, bug-lf-2361 */
    }
    /* QUIRK 23: active instances come before inactive ones.  case: migrate-stop_start, bug-cl-5170 */
    FIRST(a->node != NULL, b->node != NULL)
    FIRST(a->is_usable, b->is_usable)
    FIRST(a->count < b->count, b->count < a->count)
    /* QUIRK 9: of active instances those that have not failed come first.  case: promoted-demote-2 */
    FIRST(!a->is_failed, !b->is_failed)
    FIRST(wish_of(order->work, a) > wish_of(order->work, b), wish_of(order->work, b) > wish_of(order->work, a))
    /* QUIRK 10: active instances that nothing else tells apart come by rising number.  case: inc2, cloned-group */
    return a->rsc->instance - b->rsc->instance;
}

void
sched_instances_sort(struct sched_work *work, GPtrArray *list, bool by_promotion)
{
    struct order order = { .work = work, .by_promotion = by_promotion };
    g_autofree struct entry *entries = g_new(struct entry, list->len + 1);
    g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(list->len + 1);

    for (guint i = 0; i < list->len; i++) {
        describe(g_ptr_array_index(list, i), &entries[i]);
        g_ptr_array_add(sorted, &entries[i]);
    }
    g_ptr_array_sort_with_data(sorted, compare, &order);
    for (guint i = 0; i < list->len; i++) {
        list->pdata[i] = ((struct entry *) g_ptr_array_index(sorted, i))->rsc;
    }
}

/* Rows of an instance and of what is below it, to be put back after a try. */
struct backup {
    struct sched_rsc *rsc;
    struct sched_cell *cells;
};

static void
save_rows(const struct sched_work *work, struct sched_rsc *rsc, GArray *backups)
{
    struct backup backup = { rsc, sched_row_copy(work, rsc->cells) };

    g_array_append_val(backups, backup);
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        save_rows(work, sched_child(rsc, i), backups);
    }
}

static void
restore_rows(const struct sched_work *work, const GArray *backups)
{
    for (guint i = 0; i < backups->len; i++) {
        const struct backup *backup = &g_array_index(backups, struct backup, i);

        sched_row_restore(work, backup->rsc->cells, backup->cells);
    }
}

static void
free_rows(GArray *backups)
{
    for (guint i = 0; i < backups->len; i++) {
        g_free(g_array_index(backups, struct backup, i).cells);
    }
    g_array_free(backups, TRUE);
}

/* Does anything of it stay on the node, whatever is decided? */
static bool
is_kept_on(const struct sched_rsc *rsc, const struct sched_node *node)
{
    for (guint i = 0; i < sched_n_children(rsc); i++) {
        if (is_kept_on(sched_child(rsc, i), node)) {
            return true;
        }
    }
    return rsc->variant == COX_PRIMITIVE && sched_rsc_is_active_on(rsc, node) && sched_rsc_stays(rsc);
}

/* Of an instance without a place: where it stays is taken all the same. */
static void
count_kept(const struct sched_work *work, const struct sched_rsc *rsc)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        rsc->parent->kept[i] += is_kept_on(rsc, sched_node_at(work, i));
    }
}

/* It has its place there, and is counted; or has not after all. */
static void
move_count(const struct sched_rsc *rsc, const struct sched_node *node, bool is_placed)
{
    guint32 *kept = &rsc->parent->kept[node->idx];

    if (!is_kept_on(rsc, node)) {
        return;
    }
    *kept = is_placed ? MAX(*kept, 1) - 1 : *kept + 1; /* while nobody can be fenced, nothing is managed from now on */
}

/* How many instances but this one are there, or will be?  What is not managed itself takes nobody's place. */
static guint32
others_on(const struct sched_work *work, const struct sched_rsc *rsc, guint32 idx)
{
    const struct sched_rsc *parent = rsc->parent;
    guint32 kept = rsc->variant == COX_PRIMITIVE && !rsc->is_managed ? 0 : parent->kept[idx];

    return parent->counts[idx] + (kept > 0 && is_kept_on(rsc, sched_node_at(work, idx)) ? kept - 1 : kept);
}

/* Why an instance may not go to a node. */
static void
explain_away(struct sched_work *work, struct sched_rsc *rsc, guint32 idx, int max_per_node)
{
    const struct sched_rsc *parent = rsc->parent;

    if (G_LIKELY(work->explain == NULL)) {
        return;
    }
    if (!sched_node_usable(sched_node_at(work, idx))) {
        sched_explain_cause(work, COX_TERM_NODE_STATE, NULL, NULL);
    } else if (!parent->cells[idx].is_present || parent->cells[idx].score < 0) {
        sched_explain_cause(work, COX_TERM_COLLECTIVE, NULL, parent->id);
    } else {
        sched_explain_cause(work, COX_TERM_NODE_MAX, NULL, parent->id);
        sched_explain_limit(work, others_on(work, rsc, idx), max_per_node);
    }
    sched_explain_add(work, rsc, idx, -COX_SCORE_INFINITY);
    for (guint c = 0; c < sched_n_children(rsc); c++) {
        sched_explain_add(work, sched_child(rsc, c), idx, -COX_SCORE_INFINITY);
    }
}

static struct sched_node *
assign_one(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *prefer, bool stop_if_fail, int max_per_node)
{
    const struct sched_rsc *parent = rsc->parent;
    struct sched_node *node = NULL;

    if (rsc->is_assigning) {
        return NULL;
    }
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (rsc->cells[i].is_present
            && (!sched_node_usable(sched_node_at(work, i)) || !parent->cells[i].is_present
                || parent->cells[i].score < 0 || (int) others_on(work, rsc, i) >= max_per_node)) {
            explain_away(work, rsc, i, max_per_node);
            rsc->cells[i].score = -COX_SCORE_INFINITY;
            for (guint c = 0; c < sched_n_children(rsc); c++) {
                sched_child(rsc, c)->cells[i].score = -COX_SCORE_INFINITY;
            }
        }
    }
    node = sched_place(work, rsc, prefer, stop_if_fail);
    if (node != NULL) {
        parent->counts[node->idx]++;
        move_count(rsc, node, true);
    }
    return node;
}

/*
 * The node where it is, if it may well stay there.
 * QUIRK 3: a ban from there counts now, colocations only when it is tried.  case: ticket-clone-14, enforce-colo1
 */
static struct sched_node *
node_to_keep(const struct sched_rsc *rsc, guint32 optimal_per_node)
{
    struct sched_node *node = NULL;
    guint32 n = 0;

    active_on(rsc, &node, &n);
    if (node == NULL || rsc->is_assigned || has_failed(rsc) || !sched_node_usable(node)
        || (sched_n_children(rsc) == 0 && rsc->cells[node->idx].score < 0) || rsc->parent->counts[node->idx] >= optimal_per_node) {
        return NULL;
    }
    return node;
}

/*
 * Try to leave an instance where it is.  When it would rather go elsewhere, suppose that another instance takes that
 * place, and try again, as long as there are instances left to do so.
 * QUIRK 11: it is tried more than once.  case: bug-n-387749, clone-recover-no-shuffle-4
 */
static bool
assign_early(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *current, int max_per_node,
             int available)
{
    GArray *backups = g_array_new(FALSE, FALSE, sizeof(struct backup));
    g_autofree guint32 *reserved = g_new0(guint32, work->n_nodes + 1);
    bool stays = false;

    save_rows(work, rsc, backups);
    for (int tries = 0; tries < available; tries++) {
        struct sched_node *chosen = assign_one(work, rsc, current, false, max_per_node);

        if (chosen == current) {
            stays = true;
            break;
        }
        restore_rows(work, backups);
        sched_place_unset(work, rsc);
        if (chosen == NULL) {
            break;
        }
        reserved[chosen->idx]++; /* the count of the node stays raised for the next try */
        move_count(rsc, chosen, false);
    }
    for (guint32 i = 0; i < work->n_nodes; i++) {
        rsc->parent->counts[i] -= reserved[i];
    }
    free_rows(backups);
    return stays;
}

/* Has its own row, which colocations have not been counted in yet, a higher score for the node than for every other? */
static bool
prefers(const struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        if (i != node->idx && rsc->cells[i].is_present && rsc->cells[i].score >= rsc->cells[node->idx].score && sched_node_usable(sched_node_at(work, i))) {
            return false;
        }
    }
    return true;
}

/* Try whether it chooses the node where it is. */
static bool
assign_where_it_is(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *current, int max_per_node)
{
    GArray *backups = g_array_new(FALSE, FALSE, sizeof(struct backup));
    struct sched_node *chosen = NULL;

    save_rows(work, rsc, backups);
    chosen = assign_one(work, rsc, NULL, false, max_per_node);
    if (chosen != current) {
        restore_rows(work, backups);
        sched_place_unset(work, rsc);
    }
    if (chosen != current && chosen != NULL) {
        rsc->parent->counts[chosen->idx]--;
        move_count(rsc, chosen, false);
    }
    free_rows(backups);
    return chosen == current;
}

static guint32
optimal_per_node(const struct sched_work *work, const struct sched_rsc *collective, int max_total)
{
    guint32 n = 0;

    for (guint32 i = 0; i < work->n_nodes; i++) {
        n += collective->cells[i].is_present && sched_node_usable(sched_node_at(work, i));
    }
    return n == 0 ? 1 : MAX((guint32) MAX(max_total, 0) / n, 1);
}

/* An instance too many, made for a second history entry on one node, that does not run: there is no place for it. */
static bool
is_idle_surplus(const struct sched_rsc *rsc)
{
    struct sched_node *node = NULL;
    guint32 n = 0;

    if (!rsc->is_orphan) {
        return false;
    }
    active_on(rsc, &node, &n);
    return n == 0;
}

void
sched_instances_assign(struct sched_work *work, struct sched_rsc *collective, const struct sched_instances *what)
{
    guint32 optimal = optimal_per_node(work, collective, what->max_total);
    int assigned = 0;

    collective->counts = cox_arena_new_array(work->arena, guint32, work->n_nodes + 1);
    collective->kept = cox_arena_new_array(work->arena, guint32, work->n_nodes + 1);
    for (guint i = 0; i < what->list->len; i++) {
        count_kept(work, g_ptr_array_index(what->list, i));
    }
    /* QUIRK 12: all instances that can stay where they are, are placed before any other.  case: 797, bug-lf-1852 */
    for (guint i = 0; i < what->list->len && assigned < what->max_total; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(what->list, i);
        struct sched_node *node = node_to_keep(rsc, optimal);

        if (node != NULL && assign_early(work, rsc, node, what->max_per_node, what->max_total - assigned)) {
            assigned++;
        }
    }
    /* Of the others those that would rather be where they are: else one takes the place of another, and gives it back with the next plan. */
    for (guint i = 0; what->max_per_node > 1 && i < what->list->len && assigned < what->max_total; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(what->list, i);
        struct sched_node *node = node_to_keep(rsc, (guint32) what->max_per_node);

        if (node != NULL && prefers(work, rsc, node) && assign_where_it_is(work, rsc, node, what->max_per_node)) {
            assigned++;
        }
    }
    for (guint i = 0; i < what->list->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(what->list, i);

        if (rsc->is_assigned) {
            continue;
        }
        if (assigned >= what->max_total || is_idle_surplus(rsc)) {
            sched_explain_cause(work, COX_TERM_TOTAL_MAX, NULL, collective->id);
            sched_explain_limit(work, assigned, what->max_total);
            sched_row_add_all(work, rsc, -COX_SCORE_INFINITY);
        }
        if (assign_one(work, rsc, NULL, true, what->max_per_node) != NULL) {
            assigned++;
        }
    }
}
