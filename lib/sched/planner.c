/* lib/sched/planner.c - full plan or excerpt, and whether the excerpt may stand for the whole.  Layer 3, pure. */
#include "config.h"

#include "sched/planner.h"

#include <string.h>

#include "base/error.h"
#include "sched/excerpt_priv.h"
#include "sched/footprint_priv.h"

/* An excerpt of more of a hundred resources is not worth it. */
enum { WORTH = 25 };

/** What is known of the last full plan. */
struct base {
    struct sched_footprint *footprint; /* steps name resources of the whole configuration */
    bool *speaks;                      /* [units->n] */
    cox_wall now, recheck_by;
    enum cox_tristate quorum, watchdog;
};

struct cox_planner {
    struct sched_units *units; /* NULL: not found yet */
    struct sched_places *places;
    struct base *base;         /* NULL: none that can be used */
    bool *touched;             /* [units->n] since base */
    bool is_all_touched;
    bool is_base_tried;
    unsigned limit;            /* percent of all resources */
    const char *obstacle;      /* what was found to stand in the way of excerpts, with this configuration and base */
    struct sched_excerpt *excerpt; /* what the last plan borrows from */
    struct cox_planner_stats stats;
};

static void
base_free(struct base *base)
{
    if (base != NULL) {
        sched_footprint_free(base->footprint);
        g_free(base->speaks);
        g_free(base);
    }
}

struct cox_planner *
cox_planner_new(void)
{
    struct cox_planner *planner = g_new0(struct cox_planner, 1);

    planner->limit = WORTH;
    return planner;
}

void
cox_planner_limit(struct cox_planner *planner, unsigned percent)
{
    planner->limit = percent;
}

static void
drop_base(struct cox_planner *planner)
{
    g_clear_pointer(&planner->base, base_free);
    g_clear_pointer(&planner->places, sched_places_free);
}

void
cox_planner_forget(struct cox_planner *planner)
{
    drop_base(planner);
    g_clear_pointer(&planner->excerpt, sched_excerpt_free);
    g_clear_pointer(&planner->units, sched_units_free);
    g_clear_pointer(&planner->touched, g_free);
}

void
cox_planner_free(struct cox_planner *planner)
{
    if (planner != NULL) {
        cox_planner_forget(planner);
        g_free(planner);
    }
}

const struct cox_planner_stats *
cox_planner_stats(const struct cox_planner *planner)
{
    return &planner->stats;
}

/* ---- what has changed ---- */

void
cox_planner_touch_all(struct cox_planner *planner)
{
    planner->is_all_touched = true;
}

/* What is of no unit is in each excerpt. */
void
cox_planner_touch_history(struct cox_planner *planner, const char *id)
{
    gint64 unit = planner->units == NULL ? SCHED_UNIT_NONE : sched_units_find(planner->units, id, strlen(id));

    if (unit != SCHED_UNIT_NONE) {
        planner->touched[unit] = true;
    }
}

void
cox_planner_touch_attribute(struct cox_planner *planner, const char *name)
{
    const struct sched_units *units = planner->units;
    gint64 unit;

    if (units == NULL) {
        return;
    }
    unit = sched_units_of_attribute(units, name);
    if (unit == SCHED_UNIT_NONE || units->is_any_watched || g_hash_table_contains(units->watched, name)) {
        cox_planner_touch_all(planner);
    } else {
        planner->touched[unit] = true;
    }
}

/* ---- the excerpt ---- */

/* How many resources nodes have by the time that each top-level resource of the excerpt is assigned, those of the excerpt not counted. */
static const guint32 **
loads_of_others(const struct cox_planner *planner, struct sched_excerpt *excerpt, const bool *wanted)
{
    const struct sched_footprint *base = planner->base->footprint;
    guint32 n_nodes = base->marks->len;
    const guint32 **others = cox_arena_new_array(excerpt->arena, const guint32 *, excerpt->config.n_resources + 1);
    guint32 *now = cox_arena_new_array(excerpt->arena, guint32, n_nodes + 1);
    g_autofree guint32 *new_ids = g_new0(guint32, planner->units->config->n_resources + 1);

    for (size_t i = 0; i < excerpt->config.n_resources; i++) {
        new_ids[excerpt->whole_ids[i]] = (guint32) i;
    }
    for (guint i = 0; i < base->steps->len; i++) {
        const struct sched_step *step = &g_array_index(base->steps, struct sched_step, i);

        if (step->def == COX_RSC_NONE) {
            continue;
        }
        if (wanted[planner->units->of[step->def]]) {
            others[new_ids[step->def]] = cox_arena_memdup(excerpt->arena, now, n_nodes + 1, sizeof(now[0]));
            continue;
        }
        for (guint32 k = 0; k < step->n_loads; k++) {
            const struct sched_load *load = &g_array_index(base->loads, struct sched_load, step->first_load + k);

            now[load->node] += (guint32) load->change;
        }
    }
    return others;
}

static bool
same_loads(const struct sched_footprint *a, const struct sched_step *one, const struct sched_footprint *b, const struct sched_step *two)
{
    if (one->n_loads != two->n_loads) {
        return false;
    }
    for (guint32 i = 0; i < one->n_loads; i++) {
        const struct sched_load *first = &g_array_index(a->loads, struct sched_load, one->first_load + i);
        const struct sched_load *second = &g_array_index(b->loads, struct sched_load, two->first_load + i);

        if (first->node != second->node || first->change != second->change) {
            return false;
        }
    }
    return true;
}

/* Was everything assigned in the order of the base?  @moved: out, is anything elsewhere than there? */
static bool
same_order(const struct cox_planner *planner, const struct sched_footprint *part, const bool *wanted, bool *moved)
{
    const struct sched_footprint *base = planner->base->footprint;
    guint at = 0;

    *moved = false;
    for (guint i = 0; i < part->steps->len; i++) {
        const struct sched_step *step = &g_array_index(part->steps, struct sched_step, i);
        const struct sched_step *old = NULL;

        if (step->def == COX_RSC_NONE) {
            *moved = *moved || step->n_loads > 0;
            continue;
        }
        for (; at < base->steps->len; at++) {
            old = &g_array_index(base->steps, struct sched_step, at);
            if (old->def != COX_RSC_NONE && wanted[planner->units->of[old->def]]) {
                break;
            }
        }
        if (at++ >= base->steps->len || planner->excerpt->whole_ids[step->def] != old->def) {
            return false;
        }
        *moved = *moved || !same_loads(base, old, part, step);
    }
    return true;
}

/* Does the place of anything outside hang on how many resources nodes have?  What only the history knew may have had a place, too. */
static bool
depends_on_load(const struct cox_planner *planner, const bool *wanted)
{
    const struct sched_footprint *base = planner->base->footprint;

    for (guint i = 0; i < base->steps->len; i++) {
        const struct sched_step *step = &g_array_index(base->steps, struct sched_step, i);

        if (step->def != COX_RSC_NONE && step->depends_on_load && !wanted[planner->units->of[step->def]]) {
            return true;
        }
    }
    return false;
}

/* Why the excerpt may not stand for the whole, or NULL. */
static const char *
judge(const struct cox_planner *planner, const struct sched_footprint *part, const bool *wanted)
{
    bool moved = false;

    if (!part->is_local) {
        return "an action of the cluster as such, or nodes or resources inside of others";
    }
    if (!sched_footprint_same_nodes(planner->base->footprint, part)) {
        return "nodes are in another state";
    }
    if (!same_order(planner, part, wanted, &moved)) {
        return "another order of assignment";
    }
    for (guint i = 0; i < part->steps->len; i++) {
        const struct sched_step *step = &g_array_index(part->steps, struct sched_step, i);

        if (step->def == COX_RSC_NONE && step->depends_on_load) { /* how many others there are by then is not counted */
            return "something that was removed goes where there is little";
        }
    }
    return moved && depends_on_load(planner, wanted) ? "others go where there is little" : NULL;
}

static bool *
wanted_units(const struct cox_planner *planner, guint64 *weight)
{
    const struct sched_units *units = planner->units;
    bool *wanted = g_new0(bool, units->n + 1);

    *weight = 0;
    for (guint32 i = 0; i < units->n; i++) {
        wanted[i] = units->is_constant[i] || planner->base->speaks[i] || planner->touched[i];
        *weight += wanted[i] ? units->weights[i] : 0;
    }
    return wanted;
}

static void
mark_counted(const struct sched_units *units, const struct cox_nvset *sets, size_t n, bool *marks)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sets[i].n_pairs; k++) {
            const char *name = sets[i].pairs[k].name;
            gint64 unit = g_str_has_prefix(name, "fail-count-") ? sched_units_of_attribute(units, name) : SCHED_UNIT_NONE;

            if (unit != SCHED_UNIT_NONE) {
                marks[unit] = true;
            }
        }
    }
}

/* Failures that are counted may expire. */
static void
mark_failed(const struct sched_units *units, const struct cox_status *status, bool *marks)
{
    for (guint i = 0; i < status->nodes->len; i++) {
        const GArray *sets = ((const struct cox_node_status *) g_ptr_array_index(status->nodes, i))->attr_sets;

        mark_counted(units, (const struct cox_nvset *) (const void *) sets->data, sets->len, marks);
    }
    for (size_t i = 0; i < units->config->n_nodes; i++) {
        mark_counted(units, units->config->nodes[i].attributes.sets, units->config->nodes[i].attributes.n_sets, marks);
    }
}

/* What was removed but has the name of an instance of something that is there is in the excerpts that this is in: it must stay. */
static void
keep_removed(const struct cox_planner *planner, const struct sched_step *step, bool *marks)
{
    gint64 unit = sched_units_find(planner->units, step->removed, strlen(step->removed));

    if (unit != SCHED_UNIT_NONE) {
        marks[unit] = true;
    }
}

/*
 * Who has been planned again, says nothing, does not depend on time and is where the base has it, is at rest: the base holds for it as it
 * is now.  The order is known to be that of the base.
 */
static void
let_rest(struct cox_planner *planner, const struct sched_footprint *part, const struct cox_status *status, const bool *wanted)
{
    const struct sched_footprint *base = planner->base->footprint;
    g_autofree bool *awake = g_new0(bool, planner->units->n + 1);
    guint at = 0;

    mark_failed(planner->units, status, awake);
    for (guint i = 0; i < part->steps->len; i++) {
        const struct sched_step *step = &g_array_index(part->steps, struct sched_step, i);
        struct sched_step *old = NULL;

        if (step->def == COX_RSC_NONE) {
            keep_removed(planner, step, awake);
            continue;
        }
        do {
            old = &g_array_index(base->steps, struct sched_step, at++);
        } while (old->def != planner->excerpt->whole_ids[step->def]);
        old->depends_on_load = old->depends_on_load || step->depends_on_load;
        if (step->speaks || !same_loads(base, old, part, step)) {
            awake[planner->units->of[old->def]] = true;
        }
    }
    for (guint32 i = 0; i < planner->units->n; i++) {
        if (wanted[i]) {
            planner->touched[i] = awake[i];
            planner->base->speaks[i] = false;
        }
    }
}

/* NULL with an obstacle when only a full plan will do; problems go to @diags only if not. */
static struct cox_plan *
run_excerpt(struct cox_planner *planner, const struct cox_sched_input *input, struct cox_diags *diags)
{
    guint64 weight = 0;
    g_autofree bool *wanted = wanted_units(planner, &weight);
    struct sched_footprint *part = NULL;
    struct cox_sched_input cut = *input;
    struct cox_plan *plan = NULL;

    if (weight * 100 > (guint64) planner->limit * planner->units->config->n_resources) {
        planner->obstacle = "much has changed";
        return NULL;
    }
    g_clear_pointer(&planner->excerpt, sched_excerpt_free);
    planner->excerpt = sched_excerpt_new(planner->units, wanted);
    if (!sched_excerpt_status(planner->excerpt, planner->places, planner->units, input->status, wanted)) {
        planner->obstacle = "two histories of one name";
        return NULL;
    }
    part = sched_footprint_new(loads_of_others(planner, planner->excerpt, wanted), planner->base->footprint->marks->len);
    cut.config = &planner->excerpt->config;
    cut.status = &planner->excerpt->status;
    plan = sched_run_traced(&cut, diags, part);
    planner->obstacle = judge(planner, part, wanted);
    if (planner->obstacle != NULL) {
        g_clear_pointer(&plan, cox_plan_free);
    } else if (planner->is_base_tried && cox_diags_count(diags) == 0) { /* whose problems they are, is not always said */
        let_rest(planner, part, input->status, wanted);
    }
    planner->stats.n_planned = planner->excerpt->weight;
    sched_footprint_free(part);
    return plan;
}

/* ---- the full plan ---- */

static void
speak_by_problems(const struct cox_planner *planner, const struct cox_diags *diags)
{
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const char *object = cox_diags_get(diags, i)->object;
        gint64 unit = object == NULL ? SCHED_UNIT_NONE : sched_units_find(planner->units, object, strlen(object));

        if (unit != SCHED_UNIT_NONE) {
            planner->base->speaks[unit] = true;
        }
    }
}

/* Takes @footprint. */
static void
set_base(struct cox_planner *planner, const struct cox_sched_input *input, const struct cox_plan *plan, struct sched_footprint *footprint)
{
    struct base *base = g_new0(struct base, 1);

    planner->base = base;
    planner->places = sched_places_new();
    base->footprint = footprint;
    base->speaks = g_new0(bool, planner->units->n + 1);
    base->now = input->now;
    base->recheck_by = plan->recheck_by;
    base->quorum = input->quorum;
    base->watchdog = input->watchdog;
    for (guint i = 0; i < footprint->steps->len; i++) {
        const struct sched_step *step = &g_array_index(footprint->steps, struct sched_step, i);

        if (step->def == COX_RSC_NONE) {
            keep_removed(planner, step, base->speaks);
        } else if (step->speaks) {
            base->speaks[planner->units->of[step->def]] = true;
        }
    }
    memset(planner->touched, 0, planner->units->n * sizeof(bool));
    planner->is_all_touched = false;
}

/* The excerpt of those that speak must be the whole plan; if not, something speaks that this does not know of. */
static void
try_base(struct cox_planner *planner, const struct cox_sched_input *input, const struct cox_plan *plan, const struct cox_diags *diags)
{
    g_autoptr(cox_diags) part_diags = cox_diags_new();
    g_autoptr(cox_plan) part = NULL;
    g_autofree char *text = NULL, *part_text = NULL;

    planner->is_base_tried = false;
    part = run_excerpt(planner, input, part_diags);
    planner->is_base_tried = true;
    if (part != NULL) {
        text = cox_planner_text(plan, diags);
        part_text = cox_planner_text(part, part_diags);
        if (!g_str_equal(text, part_text)) {
            planner->obstacle = "something speaks that nobody knows of";
        }
    }
    if (planner->obstacle != NULL) {
        drop_base(planner);
    }
}

static void
pass_on(const struct cox_diags *from, struct cox_diags *to)
{
    for (size_t i = 0; to != NULL && i < cox_diags_count(from); i++) {
        cox_diags_add_at(to, cox_diags_get(from, i));
    }
}

static struct cox_plan *
run_full(struct cox_planner *planner, const struct cox_sched_input *input, struct cox_diags *diags)
{
    g_autoptr(cox_diags) own = cox_diags_new();
    struct sched_footprint *footprint = sched_footprint_new(NULL, 0);
    struct cox_plan *plan = sched_run_traced(input, own, footprint);

    drop_base(planner);
    planner->obstacle = planner->units->obstacle;
    if (planner->obstacle == NULL && !footprint->is_local) {
        planner->obstacle = "an action of the cluster as such, or nodes or resources inside of others, or utilization";
    }
    if (planner->obstacle == NULL) {
        set_base(planner, input, plan, footprint);
        mark_failed(planner->units, input->status, planner->base->speaks);
        speak_by_problems(planner, own);
        try_base(planner, input, plan, own);
    } else {
        sched_footprint_free(footprint);
    }
    pass_on(own, diags);
    planner->stats.n_planned = (guint32) input->config->n_resources;
    return plan;
}

/* ---- which of both ---- */

static const char *
obstacle_of(const struct cox_planner *planner, const struct cox_sched_input *input)
{
    const struct base *base = planner->base;

    if (base == NULL) {
        return planner->obstacle != NULL ? planner->obstacle : "it is the first";
    }
    if (planner->is_all_touched) {
        return "nodes, attributes or tickets have changed";
    }
    if (base->quorum != input->quorum || base->watchdog != input->watchdog) {
        return "other conditions";
    }
    if (cox_wall_before(input->now, base->now) || (cox_wall_is_set(base->recheck_by) && !cox_wall_before(input->now, base->recheck_by))) {
        return "time has changed something";
    }
    return NULL;
}

static void
compare_with_full(const struct cox_sched_input *input, const struct cox_plan *plan, const struct cox_diags *diags)
{
    g_autoptr(cox_diags) own = cox_diags_new();
    g_autoptr(cox_plan) full = sched_run_traced(input, own, NULL);
    g_autofree char *text = cox_planner_text(plan, diags), *wanted = cox_planner_text(full, own);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1), wanted_lines = g_strsplit(wanted, "\n", -1);

    for (guint i = 0; lines[i] != NULL || wanted_lines[i] != NULL; i++) {
        if (g_strcmp0(lines[i], wanted_lines[i]) != 0) {
            g_autofree char *problem = g_strdup_printf("the incremental plan is another one than the full plan:\n%s\ninstead of\n%s\n",
                                                       lines[i] == NULL ? "(nothing)" : lines[i],
                                                       wanted_lines[i] == NULL ? "(nothing)" : wanted_lines[i]);

            cox_error_bug(problem, __FILE__, __LINE__);
        }
        if (lines[i] == NULL || wanted_lines[i] == NULL) {
            break;
        }
    }
}

static struct cox_plan *
try_excerpt(struct cox_planner *planner, const struct cox_sched_input *input, struct cox_diags *diags)
{
    g_autoptr(cox_diags) own = cox_diags_new();
    struct cox_plan *plan = NULL;

    planner->obstacle = obstacle_of(planner, input);
    if (planner->obstacle == NULL) {
        plan = run_excerpt(planner, input, own);
    }
    if (plan != NULL) {
        if (COX_DEBUG) {
            compare_with_full(input, plan, own);
        }
        pass_on(own, diags);
    }
    return plan;
}

struct cox_plan *
cox_planner_run(struct cox_planner *planner, const struct cox_sched_input *input, struct cox_diags *diags)
{
    struct cox_sched_input numbered = *input;
    struct cox_plan *plan = NULL;

    numbered.is_numbered_by_list = true;
    if (input->state_only || input->is_settled || input->with_scores || input->with_utilization || input->with_explanation) {
        return cox_sched_run(&numbered, diags);
    }
    if (planner->units == NULL) {
        planner->units = sched_units_new(input->config);
        planner->touched = g_new0(bool, planner->units->n + 1);
    }
    plan = try_excerpt(planner, &numbered, diags);
    planner->stats.obstacle = planner->obstacle;
    if (plan != NULL) {
        planner->stats.n_incremental++;
        return plan;
    }
    planner->stats.n_full++;
    return run_full(planner, &numbered, diags);
}
