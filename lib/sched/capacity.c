/* lib/sched/capacity.c - room on nodes: compared, taken, shown.  Layer 3, pure. */
#include <string.h>

#include "sched/assign_priv.h"
#include "sched/bundle_priv.h"
#include "sched/planner_priv.h"

bool
sched_capacity_counts(const struct sched_work *work)
{
    return work->opt.placement_strategy != NULL && strcmp(work->opt.placement_strategy, "default") != 0;
}

int
sched_capacity_compare(const struct sched_work *work, const struct sched_node *a, const struct sched_node *b)
{
    int more = 0;

    for (guint32 i = 0; a->capacity != NULL && b->capacity != NULL && i < work->n_utilization; i++) {
        more += (a->capacity[i] > b->capacity[i]) - (a->capacity[i] < b->capacity[i]);
    }
    return more > 0 ? -1 : more < 0;
}

static void
take(const struct sched_work *work, struct sched_node *node, const struct sched_rsc *rsc, int sign)
{
    for (guint32 i = 0; rsc->need != NULL && node->capacity != NULL && i < work->n_utilization; i++) {
        node->capacity[i] -= sign * rsc->need[i];
    }
}

void
sched_capacity_take(const struct sched_work *work, struct sched_node *node, const struct sched_rsc *rsc, int sign)
{
    if (!rsc->keeps_room || !sched_rsc_is_active_on(rsc, node)) {
        take(work, node, rsc, sign);
    }
}

void
sched_capacity_lend(const struct sched_work *work, const struct sched_rsc *rsc, int sign)
{
    for (guint32 n = 0; rsc->keeps_room && n < rsc->running_on.n; n++) {
        take(work, rsc->running_on.items[n], rsc, sign);
    }
}

void
sched_capacity_keep(const struct sched_work *work)
{
    g_autofree bool *is_kept = sched_order_kept(work);

    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        rsc->keeps_room = rsc->need != NULL && (is_kept[rsc->idx] || sched_rsc_stays(rsc));
        sched_capacity_lend(work, rsc, 1);
    }
}

/* How much of column @i do they have on @node already? */
static gint64
kept_on(const struct sched_want *want, const struct sched_node *node, guint32 i)
{
    gint64 sum = 0;

    for (guint k = 0; k < want->n; k++) {
        const struct sched_rsc *rsc = want->rscs[k];

        sum += rsc->keeps_room && !rsc->is_assigned && sched_rsc_is_active_on(rsc, node) ? rsc->need[i] : 0;
    }
    return sum;
}

bool
sched_capacity_has_room(const struct sched_work *work, const struct sched_node *node, const struct sched_want *want)
{
    for (guint32 i = 0; want->need != NULL && i < work->n_utilization; i++) {
        if (want->need[i] > 0 && (node->capacity == NULL || node->capacity[i] + kept_on(want, node, i) < want->need[i])) {
            return false;
        }
    }
    return true;
}

void
sched_capacity_add_need(const struct sched_work *work, const struct sched_rsc *rsc, gint64 *sum)
{
    for (guint32 i = 0; rsc->need != NULL && !rsc->is_assigned && i < work->n_utilization; i++) {
        sum[i] += rsc->need[i];
    }
}

static void
add_part(const struct sched_work *work, struct sched_rsc *rsc, GPtrArray *list, gint64 *sum)
{
    if (rsc->variant == COX_PRIMITIVE) {
        g_ptr_array_add(list, rsc);
        sched_capacity_add_need(work, rsc, sum);
    }
    for (guint i = 0; rsc->variant == COX_GROUP && i < sched_n_children(rsc); i++) {
        add_part(work, sched_child(rsc, i), list, sum);
    }
    if (rsc->variant == COX_BUNDLE && sched_bundle_of(rsc) != NULL && sched_bundle_of(rsc)->n_replicas > 0) {
        add_part(work, sched_bundle_of(rsc)->replicas[0].container, list, sum);
    }
}

struct sched_want
sched_want_both(const struct sched_work *work, struct sched_rsc *one, struct sched_rsc *other)
{
    GPtrArray *list = g_ptr_array_new();
    gint64 *sum = g_new0(gint64, work->n_utilization + 1);
    guint n;

    add_part(work, one, list, sum);
    add_part(work, other, list, sum);
    n = list->len;
    return (struct sched_want) { sum, (struct sched_rsc *const *) g_ptr_array_free(list, FALSE), n };
}

void
sched_want_clear(struct sched_want *want)
{
    g_free((gpointer) (gsize) want->need);
    g_free((gpointer) (gsize) want->rscs);
    *want = (struct sched_want) { NULL, NULL, 0 };
}

bool
sched_capacity_crowds(const struct sched_work *work, const struct sched_node *node, struct sched_rsc *rsc)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autofree gint64 *sum = g_new0(gint64, work->n_utilization + 1);

    for (guint i = 0; rsc->need != NULL && i < node->running->len; i++) {
        struct sched_rsc *running = g_ptr_array_index(node->running, i);

        if (running->variant == COX_PRIMITIVE && running->top->meta.priority >= rsc->top->meta.priority
            && sched_capacity_has_room(work, node, &(const struct sched_want) { running->need, &running, 1 })) {
            add_part(work, running, list, sum);
        }
    }
    if (list->len == 0) {
        return false;
    }
    add_part(work, rsc, list, sum);
    for (guint32 i = 0; i < work->n_utilization; i++) {
        sum[i] = (rsc->need[i] > 0) ? sum[i] : 0; /* of what it does not need it takes nothing */
    }
    return !sched_capacity_has_room(work, node, &(const struct sched_want) { sum, (struct sched_rsc *const *) list->pdata, list->len });
}

static void
append_amounts(const struct sched_work *work, const struct cox_nvlist *names, const gint64 *amounts, GString *text)
{
    for (size_t n = 0; n < names->n_pairs; n++) {
        for (guint32 i = 0; amounts != NULL && i < work->n_utilization; i++) {
            if (strcmp(work->utilization_names[i], names->pairs[n].name) == 0) {
                g_string_append_printf(text, " %s=%" G_GINT64_FORMAT, work->utilization_names[i], amounts[i]);
            }
        }
    }
}

static void
keep_line(struct sched_work *work, GString *text)
{
    g_ptr_array_add(work->utilization_lines, cox_arena_memdup(work->arena, text->str, text->len + 1, 1));
    g_string_free(text, TRUE);
}

void
sched_capacity_show(struct sched_work *work, const char *title)
{
    if (!work->input->with_utilization) {
        return;
    }
    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *node = sched_node_at(work, i);
        GString *text = NULL;

        if (node->is_bundle_node) {
            continue; /* only what is inside its bundle can be there */
        }
        text = g_string_new(NULL);
        g_string_printf(text, "%s: %s capacity:", title, node->name);
        append_amounts(work, &node->utilization, node->capacity, text);
        keep_line(work, text);
    }
}

void
sched_capacity_show_rsc(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node)
{
    GString *text = NULL;

    if (!work->input->with_utilization) {
        return;
    }
    text = g_string_new(NULL);
    g_string_printf(text, "pcmk__assign_resource: %s utilization on %s:", rsc->id, node->name);
    append_amounts(work, &rsc->utilization, rsc->need, text);
    keep_line(work, text);
}
