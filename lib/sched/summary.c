/* lib/sched/summary.c - what a plan changes, resource by resource, and why.  Layer 3, pure. */
#include <string.h>

#include "sched/planner_priv.h"
#include "sched/bundle_priv.h"

struct rows {
    struct sched_work *work;
    GArray *list; /* struct cox_change */
};

static bool
is_managed_deeply(const struct sched_rsc *rsc)
{
    return rsc->is_managed;
}

static const char *
role_text(const struct sched_rsc *rsc, enum cox_role role)
{
    (void) rsc;
    return cox_role_text(role);
}

struct line {
    const char *verb;
    const struct sched_rsc *rsc;
    const struct sched_node *from, *to;
    bool with_role;
    const struct sched_action *cause, *terminus;
};

static const char *
details_of(struct sched_work *work, const struct line *line, bool same_host, bool same_role)
{
    const struct sched_rsc *rsc = line->rsc;
    const char *from = (line->from != NULL) ? line->from->name : NULL;
    const char *to = (line->to != NULL) ? line->to->name : NULL;
    const char *role = role_text(rsc, rsc->role), *next = role_text(rsc, rsc->next_role);

    if (from == NULL && to != NULL) {
        return line->with_role ? cox_arena_printf(work->arena, "%s -> %s %s", role, next, to) : to;
    }
    if (to == NULL) {
        return line->with_role ? cox_arena_printf(work->arena, "%s %s", role, from) : from;
    }
    if (line->with_role && same_role && same_host) {
        return cox_arena_printf(work->arena, "%s %s", role, from);
    }
    if (line->with_role && same_role) {
        return cox_arena_printf(work->arena, "%s %s -> %s", role, from, to);
    }
    if (line->with_role && same_host) {
        return cox_arena_printf(work->arena, "%s -> %s %s", role, next, from);
    }
    if (line->with_role) {
        return cox_arena_printf(work->arena, "%s %s -> %s %s", role, from, next, to);
    }
    return same_host ? from : cox_arena_printf(work->arena, "%s -> %s", from, to);
}

static void
add_line(const struct rows *rows, const struct line *line)
{
    struct sched_work *work = rows->work;
    const struct sched_rsc *rsc = line->rsc;
    bool same_role = rsc->role == rsc->next_role
                     || (rsc->role == COX_ROLE_STARTED && rsc->next_role == COX_ROLE_UNPROMOTED)
                     || (rsc->role == COX_ROLE_UNPROMOTED && rsc->next_role == COX_ROLE_STARTED);
    struct cox_change change = { .verb = line->verb, .name = rsc->id, .rsc = COX_RSC_NONE };

    change.from = (line->from != NULL) ? line->from->name : NULL;
    change.to = (line->to != NULL) ? line->to->name : NULL;
    change.details = details_of(work, line, line->from == line->to, same_role);
    if (line->with_role) {
        change.role = role_text(rsc, rsc->role);
        change.next_role = role_text(rsc, rsc->next_role);
    }
    if (line->cause != NULL && line->cause->reason != NULL) {
        change.reason = line->cause->reason;
    }
    if (line->terminus != NULL && !sched_is_runnable(line->terminus)) {
        if (change.reason == NULL && line->terminus->reason != NULL) {
            change.reason = line->terminus->reason;
        }
        change.is_blocked = true;
    }
    g_array_append_val(rows->list, change);
}

static struct sched_action *
find(const struct sched_rsc *rsc, enum sched_task task, const struct sched_node *node)
{
    return sched_action_find(rsc, task, node);
}

struct found {
    struct sched_node *current, *next;
    struct sched_action *start, *stop, *promote, *demote;
    bool is_moving;
};

static void
staying_role(const struct rows *rows, const struct sched_rsc *rsc, const struct found *f)
{
    struct sched_node *current = f->current, *next = f->next;
    struct sched_action *migrate = find(rsc, SCHED_TASK_MIGRATE_TO, NULL);
    struct line line = { .rsc = rsc, .from = current, .to = next, .with_role = rsc->role > COX_ROLE_STARTED };
    struct sched_action *reload = find(rsc, SCHED_TASK_RELOAD, next);

    line.cause = f->start;
    line.terminus = f->start;
    if (migrate == NULL) {
        migrate = find(rsc, SCHED_TASK_MIGRATE_FROM, next);
    }
    if (migrate != NULL && sched_is_runnable(migrate) && !sched_is_optional(migrate) && f->start != NULL
        && (f->start->flags & SCHED_PSEUDO)) {
        line.verb = "Migrate";
    } else if (reload != NULL && !sched_is_optional(reload)) {
        line.verb = "Reload";
        line.terminus = reload;
    } else if (f->start == NULL || sched_is_optional(f->start)) {
        if (f->demote != NULL && f->promote != NULL && !sched_is_optional(f->demote)
            && !sched_is_optional(f->promote)) {
            line.verb = "Re-promote";
            line.with_role = true;
            line.cause = f->promote;
            line.terminus = f->demote;
        } else {
            return;
        }
    } else if (!sched_is_runnable(f->start)) {
        line.verb = "Stop";
        line.to = NULL;
        line.cause = (f->stop != NULL && f->stop->reason != NULL) ? f->stop : f->start;
        if (f->stop == NULL || f->stop->reason == NULL) {
            line.cause = f->start;
        }
        line.terminus = NULL;
        if (f->stop != NULL && !sched_is_runnable(f->stop)) {
            line.terminus = f->stop;
        }
    } else if (f->is_moving && current != NULL) {
        line.verb = rsc->is_failed ? "Recover" : "Move";
        line.cause = (f->stop != NULL && f->stop->reason != NULL) ? f->stop : f->start;
    } else if (rsc->is_failed) {
        line.verb = "Recover";
        line.cause = line.terminus = f->stop;
    } else {
        line.verb = "Restart";
    }
    add_line(rows, &line);
}

/* Where nothing says why it stops, tell why it does not start, if anything says that. */
static void
stopping(const struct rows *rows, const struct sched_rsc *rsc, const struct sched_action *start)
{
    bool was_role = rsc->role == COX_ROLE_PROMOTED || rsc->role == COX_ROLE_UNPROMOTED;

    for (guint i = 0; i < rsc->running_on.n; i++) {
        struct sched_node *node = rsc->running_on.items[i];
        struct sched_action *stop = find(rsc, SCHED_TASK_STOP, node);
        struct line line = { .verb = "Stop", .rsc = rsc, .from = node, .with_role = was_role, .cause = stop };

        if (stop != NULL && !(sched_is_optional(stop))) {
            line.cause = (stop->reason != NULL || start == NULL) ? stop : start;
            line.terminus = stop;
            add_line(rows, &line);
        }
    }
}

static void
describe(const struct rows *rows, struct sched_rsc *rsc, struct found *f)
{
    struct line line = { .rsc = rsc, .from = f->current, .to = f->next };

    if (rsc->role == rsc->next_role
        || (rsc->role == COX_ROLE_STARTED && rsc->next_role == COX_ROLE_UNPROMOTED)
        || (rsc->role == COX_ROLE_UNPROMOTED && rsc->next_role == COX_ROLE_STARTED)) {
        staying_role(rows, rsc, f);
        return;
    }
    if (f->stop != NULL && (rsc->next_role == COX_ROLE_STOPPED || (f->start != NULL && !sched_is_runnable(f->start)))) {
        stopping(rows, rsc, f->start);
        return;
    }
    if (f->stop != NULL && !sched_is_optional(f->stop) && rsc->is_failed) {
        line.verb = "Recover";
        line.with_role = true;
        line.cause = line.terminus = f->stop;
        add_line(rows, &line);
        return;
    }
    if (f->is_moving && f->current != NULL) {
        line.verb = "Move";
        line.with_role = true;
        line.cause = f->stop;
        line.terminus = f->start;
        add_line(rows, &line);
        return;
    }
    if (rsc->role > COX_ROLE_UNPROMOTED && rsc->next_role < COX_ROLE_PROMOTED
        && rsc->next_role > COX_ROLE_STOPPED) {
        line.verb = "Demote";
        line.with_role = true;
        line.cause = line.terminus = f->demote;
        if (f->demote != NULL) {
            add_line(rows, &line);
        }
        return;
    }
    if (rsc->next_role == COX_ROLE_PROMOTED) {
        line.verb = "Promote";
        line.with_role = true;
        line.cause = line.terminus = f->promote;
        if (f->promote != NULL) {
            add_line(rows, &line);
        }
        return;
    }
    if (rsc->role <= COX_ROLE_STOPPED && rsc->next_role > COX_ROLE_STOPPED && f->start != NULL) {
        line.verb = "Start";
        line.from = NULL;
        line.cause = line.terminus = f->start;
        add_line(rows, &line);
    }
}

static void rsc_lines(const struct rows *rows, struct sched_rsc *rsc);

/* A bundle is told replica by replica, from the outside in. */
static void
bundle_lines(const struct rows *rows, const struct sched_bundle *bundle)
{
    for (int i = 0; i < bundle->n_replicas; i++) {
        const struct sched_replica *replica = &bundle->replicas[i];
        struct sched_rsc *const parts[] = { replica->ip, replica->container, replica->remote, replica->child };

        for (size_t p = 0; p < G_N_ELEMENTS(parts); p++) {
            if (parts[p] != NULL) {
                rsc_lines(rows, parts[p]);
            }
        }
    }
    for (guint i = 0; bundle->child != NULL && bundle->child->children != NULL && i < bundle->child->children->len; i++) {
        struct sched_rsc *child = g_ptr_array_index(bundle->child->children, i);

        if (sched_bundle_replica(child) == NULL) {
            rsc_lines(rows, child); /* one too many, left by a larger number of replicas */
        }
    }
}

static void
rsc_lines(const struct rows *rows, struct sched_rsc *rsc)
{
    struct found f = { 0 };

    if (sched_bundle_of(rsc) != NULL) {
        bundle_lines(rows, sched_bundle_of(rsc));
        return;
    }
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        rsc_lines(rows, g_ptr_array_index(rsc->children, i));
    }
    if (rsc->variant != COX_PRIMITIVE) {
        return;
    }
    f.next = rsc->assigned;
    if (rsc->running_on.n > 0) {
        f.current = sched_rsc_active_node(rsc, NULL, NULL);
        if (rsc->role == COX_ROLE_STOPPED) {
            rsc->role = COX_ROLE_STARTED; /* the agent's failure left it in doubt */
        }
    }
    if (f.current == NULL && (rsc->is_orphan || f.next == NULL)) {
        return;
    }
    if (!is_managed_deeply(rsc) || (f.current == NULL && f.next == NULL)) {
        return;
    }
    f.is_moving = f.current != NULL && f.next != NULL && f.current != f.next;
    f.start = (f.next != NULL) ? find(rsc, SCHED_TASK_START, f.next) : NULL;
    f.stop = find(rsc, SCHED_TASK_STOP, f.current);
    if (f.stop == NULL && f.next != NULL && (f.start != NULL && sched_is_optional(f.start))) {
        f.stop = NULL;
    }
    f.promote = (f.next != NULL) ? find(rsc, SCHED_TASK_PROMOTE, f.next) : NULL;
    f.demote = find(rsc, SCHED_TASK_DEMOTE, f.current != NULL ? f.current : f.next);
    describe(rows, rsc, &f);
}

static void
node_lines(const struct rows *rows)
{
    for (guint i = 0; i < rows->work->actions->len; i++) {
        const struct sched_action *action = g_ptr_array_index(rows->work->actions, i);
        struct cox_change change = { .rsc = COX_RSC_NONE, .is_node = true };
        const struct sched_node *node = action->node;

        if (sched_is_optional(action) || action->task != SCHED_TASK_STONITH) {
            continue;
        }
        change.verb = cox_arena_printf(rows->work->arena, "Fence (%s)", sched_action_meta(action, "stonith_action"));
        change.name = node->name;
        if (node->is_guest && node->remote_rsc != NULL && node->remote_rsc->container != NULL) {
            change.name = cox_arena_printf(rows->work->arena, "%s (resource: %s)", node->name,
                                           node->remote_rsc->container->id);
        }
        change.reason = action->reason;
        g_array_prepend_val(rows->list, change);
    }
}

void
sched_summary_fill(struct sched_work *work, struct cox_plan *plan)
{
    struct rows rows = { .work = work, .list = g_array_new(FALSE, FALSE, sizeof(struct cox_change)) };

    node_lines(&rows);
    for (guint i = 0; i < work->tops->len; i++) {
        rsc_lines(&rows, g_ptr_array_index(work->tops, i));
    }
    plan->n_changes = rows.list->len;
    plan->changes = cox_arena_memdup(work->arena, rows.list->data, rows.list->len, sizeof(struct cox_change));
    g_array_free(rows.list, TRUE);
}
