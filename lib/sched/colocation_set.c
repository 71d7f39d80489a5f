/* lib/sched/colocation_set.c - colocation constraints, sets among them, turned into pairs of resources.  Layer 3, pure. */
#include <string.h>

#include "sched/assign_priv.h"

struct sched_rsc *
sched_constraint_rsc(const struct sched_work *work, cox_rsc_id id)
{
    struct sched_rsc *rsc = NULL;

    if (id == COX_RSC_NONE || id >= work->config->n_resources) {
        return NULL;
    }
    rsc = work->rsc_of_def[id];
    if (rsc == NULL || strcmp(rsc->id, work->config->resources[id].id) == 0) {
        return rsc;
    }
    while (rsc->parent != NULL && rsc->parent->variant != COX_BUNDLE) {
        rsc = rsc->parent;
    }
    return rsc;
}

/* In a group what comes later is brought along by what is before it, with or without influence. */
static bool
influence_of(const struct cox_colocation *def, const struct sched_colocation *row)
{
    const struct sched_rsc *dependent = row->dependent, *group = dependent == NULL ? NULL : dependent->parent;

    if (group != NULL && group->variant == COX_GROUP && row->primary != NULL && row->primary->parent == group && row->primary->idx > dependent->idx
        && sched_rsc_is_collocated(group)) {
        return true;
    }
    return def->influence != COX_UNSET ? def->influence == COX_TRUE : dependent != NULL && dependent->meta.is_critical;
}

static const struct sched_rsc *
group_of(const struct sched_rsc *rsc)
{
    return rsc->variant == COX_GROUP ? rsc : rsc->parent != NULL && rsc->parent->variant == COX_GROUP ? rsc->parent : NULL;
}

/* Are the two to be apart though they are in one group, or one in the other?  They would be moved to and fro for ever. */
static bool
is_senseless(const struct sched_colocation *row)
{
    const struct sched_rsc *a = row->dependent, *b = row->primary;

    return row->score < 0 && a != NULL && b != NULL
           && (sched_rsc_is_inside(a, b) || sched_rsc_is_inside(b, a) || (group_of(a) != NULL && group_of(a) == group_of(b)));
}

/* Are the two together anyway, as a group and its member?  A circle of that leads nowhere. */
static bool
is_needless(const struct sched_colocation *row)
{
    const struct sched_rsc *a = row->dependent, *b = row->primary;
    const struct sched_rsc *group = a != NULL && b != NULL && a->parent == b ? b : a != NULL && b != NULL && b->parent == a ? a : NULL;

    return row->score > 0 && group != NULL && group->variant == COX_GROUP && sched_rsc_is_collocated(group);
}

static void
add(struct sched_work *work, const struct cox_colocation *def, const struct sched_colocation *row)
{
    struct sched_colocation copy = *row;

    if (is_needless(row)) {
        return;
    }
    if (is_senseless(row)) {
        cox_diags_add(work->diags, COX_SEVERITY_WARNING, def->id, "Remove the constraint, or take the resource out of the group.",
                      "Ignoring colocation %s because %s cannot be apart from %s, with which it is grouped", def->id, row->dependent->id, row->primary->id);
        return;
    }
    copy.node_attribute = def->node_attribute;
    copy.influence = influence_of(def, row);
    sched_colocation_add(work, &copy);
}

/* Any other word for the order of a colocation set than the default one turns it around. */
static bool
is_turned(const struct cox_rsc_set *set, cox_score score)
{
    return score > 0 && set->ordering != NULL && strcmp(set->ordering, "group") != 0;
}

/* Members of one set: each with the one before; those that must be apart, each with all before.  Turned: with the next. */
static void
expand_set(struct sched_work *work, const struct cox_colocation *def, const struct cox_rsc_set *set)
{
    cox_score score = set->has_score ? set->score : def->score;
    bool turned = is_turned(set, score);

    if (set->sequential == COX_FALSE) {
        return;
    }
    for (size_t i = 1; i < set->n_members; i++) {
        for (size_t j = score > 0 ? i - 1 : 0; j < i; j++) {
            struct sched_colocation row = {
                .id = set->id != NULL ? set->id : def->id,
                .score = score,
                .dependent = sched_constraint_rsc(work, set->members[turned ? j : i]),
                .primary = sched_constraint_rsc(work, set->members[turned ? i : j]),
                .dependent_role = set->role,
                .primary_role = set->role,
            };

            add(work, def, &row);
        }
    }
}

/* A sequential set is represented by its first member as dependent, by its last as primary; others by all members. */
static void
expand_pair(struct sched_work *work, const struct cox_colocation *def, const struct cox_rsc_set *set,
            const struct cox_rsc_set *with)
{
    size_t n_set = set->sequential == COX_FALSE ? set->n_members : MIN(set->n_members, 1);
    size_t first_with = with->sequential == COX_FALSE || with->n_members == 0 ? 0 : with->n_members - 1;

    for (size_t i = 0; i < n_set; i++) {
        for (size_t j = first_with; j < with->n_members; j++) {
            struct sched_colocation row = {
                .id = def->id,
                .score = def->score,
                .dependent = sched_constraint_rsc(work, set->members[i]),
                .primary = sched_constraint_rsc(work, with->members[j]),
                .dependent_role = set->role,
                .primary_role = with->role,
            };

            add(work, def, &row);
        }
    }
}

static void
expand(struct sched_work *work, const struct cox_colocation *def)
{
    struct sched_colocation row = {
        .id = def->id,
        .score = def->score,
        .dependent = sched_constraint_rsc(work, def->dependent),
        .primary = sched_constraint_rsc(work, def->primary),
        .dependent_role = def->dependent_role,
        .primary_role = def->primary_role,
    };

    if (def->n_sets == 0) {
        add(work, def, &row);
        return;
    }
    for (size_t i = 0; i < def->n_sets; i++) {
        expand_set(work, def, &def->sets[i]);
        if (i > 0) {
            expand_pair(work, def, &def->sets[i - 1], &def->sets[i]);
        }
    }
}

void
sched_colocation_expand(struct sched_work *work)
{
    for (size_t i = 0; i < work->config->n_colocations; i++) {
        const struct cox_colocation *def = &work->config->colocations[i];
        struct cox_rule_input input = { .now = work->input->now };

        if (def->lifetime == NULL
            || cox_rule_eval(def->lifetime, &input, &work->recheck_by) == COX_RULE_IN_EFFECT) {
            expand(work, def);
        }
    }
}

/* ---- wishes that cannot be ---- */

/* What goes where it goes: the members of a group are where that is. */
static struct sched_rsc *
whole_of(struct sched_rsc *rsc)
{
    struct sched_rsc *group = rsc->parent;

    return group != NULL && group->variant == COX_GROUP && sched_rsc_is_collocated(group) ? group : rsc;
}

/* Are they between the same two, in the same roles, beside the same attribute, and both for or both against? */
static gboolean
is_alike(gconstpointer a_data, gconstpointer b_data)
{
    const struct sched_colocation *a = a_data, *b = b_data;

    return whole_of(a->primary) == whole_of(b->primary) && whole_of(a->dependent) == whole_of(b->dependent) && (a->score > 0) == (b->score > 0)
           && a->dependent_role == b->dependent_role && a->primary_role == b->primary_role && g_strcmp0(a->node_attribute, b->node_attribute) == 0;
}

static guint
hash_of_primary(gconstpointer row)
{
    return g_direct_hash(whole_of(((const struct sched_colocation *) row)->primary));
}

/* Those of which one may forbid the other: what it, or all of its group, is colocated with; NULL when there are not two. */
static GPtrArray *
rows_of(struct sched_rsc *rsc)
{
    bool is_whole = rsc->variant == COX_GROUP && sched_rsc_is_collocated(rsc);
    GPtrArray *rows = NULL;

    if (!is_whole) {
        return rsc->this_with != NULL && rsc->this_with->len > 1 && whole_of(rsc) == rsc ? g_ptr_array_ref(rsc->this_with) : NULL;
    }
    rows = g_ptr_array_new();
    for (guint i = 0; i <= sched_n_children(rsc); i++) {
        const GPtrArray *list = i == 0 ? rsc->this_with : sched_child(rsc, i - 1)->this_with;

        for (guint k = 0; list != NULL && k < list->len; k++) {
            g_ptr_array_add(rows, g_ptr_array_index(list, k));
        }
    }
    return rows;
}

/* A wish that a must of the same two, or of members of the same group, forbids is none: it would pull at what the must has brought together. */
static void
find_void(struct sched_rsc *rsc)
{
    g_autoptr(GPtrArray) rows = rows_of(rsc);
    g_autoptr(GHashTable) musts = NULL;

    for (guint i = 0; rows != NULL && i < rows->len; i++) {
        struct sched_colocation *row = g_ptr_array_index(rows, i);

        if (sched_is_mandatory(row) && !sched_colocation_stays_down(row->dependent)) {
            musts = musts == NULL ? g_hash_table_new(hash_of_primary, is_alike) : musts;
            g_hash_table_add(musts, row);
        }
    }
    for (guint i = 0; musts != NULL && i < rows->len; i++) {
        struct sched_colocation *row = g_ptr_array_index(rows, i);
        struct sched_colocation contrary = *row;

        contrary.score = -row->score;
        row->is_void = !sched_is_mandatory(row) && g_hash_table_contains(musts, &contrary);
    }
}

static void
drop_void(GPtrArray *list)
{
    guint n = 0;

    for (guint i = 0; list != NULL && i < list->len; i++) {
        struct sched_colocation *row = g_ptr_array_index(list, i);

        if (!row->is_void) {
            list->pdata[n++] = row;
        }
    }
    if (list != NULL) {
        g_ptr_array_set_size(list, (gint) n);
    }
}

void
sched_colocation_drop_void(struct sched_work *work)
{
    for (guint i = 0; i < work->rscs->len; i++) {
        find_void(g_ptr_array_index(work->rscs, i));
    }
    for (guint i = 0; i < work->rscs->len; i++) {
        const struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        drop_void(rsc->this_with);
        drop_void(rsc->with_this);
    }
}
