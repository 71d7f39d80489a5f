/* lib/sched/history_migrate.c - live migrations in the history: done, half done, failed.  Layer 3, pure. */
#include "sched/history_priv.h"

#include <string.h>

/* That of an instance may be written with its number: as it was, or as it is now. */
static const struct cox_rsc_history *
history_on(const struct sched_work *work, const struct sched_rsc *rsc, const char *node_name)
{
    const struct sched_node *node = sched_node_find(work, node_name);
    const char *const ids[] = { rsc->history_id, rsc->recorded_id != NULL ? rsc->recorded_id : rsc->id };
    const struct cox_rsc_history *history = NULL;

    for (size_t i = 0; history == NULL && node != NULL && node->status != NULL && i < G_N_ELEMENTS(ids); i++) {
        history = cox_status_rsc(node->status, ids[i]);
    }
    return history;
}

/* Two nodes, one second: the same coordinator counts its plans ("action:plan:result:coordinator"). */
static bool
is_of_later_plan(const struct cox_op_history *a, const struct cox_op_history *b)
{
    char **parts_a = g_strsplit(a->transition_key == NULL ? "" : a->transition_key, ":", 4);
    char **parts_b = g_strsplit(b->transition_key == NULL ? "" : b->transition_key, ":", 4);
    bool is_later = g_strv_length(parts_a) == 4 && g_strv_length(parts_b) == 4 && g_str_equal(parts_a[3], parts_b[3])
                    && g_ascii_strtoll(parts_a[1], NULL, 10) > g_ascii_strtoll(parts_b[1], NULL, 10);

    g_strfreev(parts_a);
    g_strfreev(parts_b);
    return is_later;
}

static bool
is_later(const struct cox_op_history *a, const struct cox_op_history *b, bool same_node)
{
    if (same_node && a->call_id >= 0 && b->call_id >= 0) {
        return a->call_id > b->call_id;
    }
    if (a->has_last_rc_change && b->has_last_rc_change) {
        return a->last_rc_change_s == b->last_rc_change_s ? is_of_later_plan(a, b) : a->last_rc_change_s > b->last_rc_change_s;
    }
    return a->call_id > b->call_id;
}

/* The last migrate_from there from this source, or NULL. */
static const struct cox_op_history *
last_from(const struct cox_rsc_history *history, const char *source)
{
    for (guint32 i = 0; history != NULL && i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (op->operation != NULL && strcmp(op->operation, "migrate_from") == 0 && op->migrate_source != NULL
            && g_ascii_strcasecmp(op->migrate_source, source) == 0) {
            return op;
        }
    }
    return NULL;
}

/* Anything but a monitor: it says, or changes, where the resource is. */
static bool
is_change(const struct cox_op_history *op)
{
    static const char *const tasks[] = { "start", "stop", "promote", "demote", "migrate_to", "migrate_from" };

    for (size_t t = 0; op->operation != NULL && t < G_N_ELEMENTS(tasks); t++) {
        if (strcmp(op->operation, tasks[t]) == 0) {
            return true;
        }
    }
    return false;
}

/* Has anything but monitors happened there after @than? */
static bool
changed_after(const struct sched_work *work, const struct sched_rsc *rsc, const char *node_name,
              const struct cox_op_history *than, bool same_node)
{
    const struct cox_rsc_history *history = history_on(work, rsc, node_name);

    for (guint32 i = 0; history != NULL && i < history->n_ops; i++) {
        if (&history->ops[i] != than && is_change(&history->ops[i]) && is_later(&history->ops[i], than, same_node)) {
            return true;
        }
    }
    return false;
}

/*
 * The migrate_from at the target that belongs to a migrate_to, or NULL.  When the target has done something since, and all of that
 * before the resource was sent, then its entry is of an earlier migration.
 */
static const struct cox_op_history *
find_from(const struct sched_work *work, const struct sched_entry *entry)
{
    const struct cox_rsc_history *history = history_on(work, entry->rsc, entry->op->migrate_target);
    const struct cox_op_history *from = last_from(history, entry->op->migrate_source);
    bool is_of_another = false;

    for (guint32 i = 0; from != NULL && i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (op != from && is_change(op) && is_later(op, from, true)) {
            if (!is_later(entry->op, op, false)) {
                return from;
            }
            is_of_another = true;
        }
    }
    return is_of_another ? NULL : from;
}

/* Has a monitor found it not running there after @than? */
static bool
seen_stopped_after(const struct sched_work *work, const struct sched_rsc *rsc, const char *node_name,
                   const struct cox_op_history *than, bool same_node)
{
    const struct cox_rsc_history *history = history_on(work, rsc, node_name);

    for (guint32 i = 0; history != NULL && i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (op->operation != NULL && strcmp(op->operation, "monitor") == 0 && op->rc == 7
            && is_later(op, than, same_node)) {
            return true;
        }
    }
    return false;
}

/* Has anything but monitors ended there after @than?  While it goes on the resource is still there. */
static bool
ended_after(const struct sched_work *work, const struct sched_rsc *rsc, const char *node_name, const struct cox_op_history *than,
            bool same_node)
{
    const struct cox_rsc_history *history = history_on(work, rsc, node_name);

    for (guint32 i = 0; history != NULL && i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (op != than && op->status != COX_OP_STATUS_PENDING && is_change(op) && is_later(op, than, same_node)) {
            return true;
        }
    }
    return false;
}

/*
 * Does the target have news that make the migrate_to (and migrate_from, if any) a thing of the past?  Without a migrate_from that has ended nothing else
 * tells that it is there, so what goes on there is none.
 */
static bool
newer_at_target(const struct sched_work *work, const struct sched_entry *entry, const struct cox_op_history *from)
{
    const struct cox_op_history *than = (from != NULL) ? from : entry->op;
    const char *target = entry->op->migrate_target;

    bool is_half_done = from == NULL || from->status == COX_OP_STATUS_PENDING;

    return (is_half_done ? ended_after : changed_after)(work, entry->rsc, target, than, from != NULL)
           || seen_stopped_after(work, entry->rsc, target, than, from != NULL);
}

bool
sched_migrate_can_end(const struct sched_work *work, const struct sched_node *source)
{
    return !source->is_unclean || sched_node_can_fence(work, source);
}

void
sched_migrate_leftover(struct sched_rsc *rsc, struct sched_node *node)
{
    sched_list_add(&rsc->dangling_migrations, node);
}

static void
add_dangling(struct sched_rsc *rsc, struct sched_node *node)
{
    rsc->role = COX_ROLE_STOPPED; /* at the source it only has to be stopped */
    sched_migrate_leftover(rsc, node);
}

void
sched_migrate_over(struct sched_rsc *rsc, struct sched_node *node)
{
    bool is_under_way;

    if (rsc->dangling_migrations == NULL) {
        return;
    }
    is_under_way = g_strcmp0(rsc->pending_task, "migrate_to") == 0 && rsc->pending_node != node;
    if (!is_under_way) { /* what the target knew before says nothing */
        (void) g_ptr_array_remove(rsc->dangling_migrations, node);
    }
}

static void
half_done(struct sched_work *work, const struct sched_entry *entry, struct sched_node *source, struct sched_node *target,
          bool is_newer)
{
    struct sched_rsc *rsc = entry->rsc;

    if (target != NULL && target->is_online) {
        if (!is_newer) {
            sched_history_add_running(work, rsc, target);
            if (source != NULL && source->is_online) {
                /* It may go on from here if the same target is chosen again. */
                rsc->partial_migration_target = target;
                rsc->partial_migration_source = source;
            }
        }
    } else if (!changed_after(work, rsc, entry->op->migrate_source, entry->op, true)) {
        rsc->is_failed = true;
        rsc->has_stop_needed = true;
    }
}

static bool
is_stopped_after(const struct cox_rsc_history *history, const struct cox_op_history *than)
{
    for (guint32 i = 0; i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (g_strcmp0(op->operation, "stop") == 0 && op->status == COX_OP_STATUS_DONE && op->rc == 0 && op->has_last_rc_change
            && op->last_rc_change_s > than->last_rc_change_s) {
            return true;
        }
    }
    return false;
}

/* Was an anonymous instance stopped at the source under another number since it was sent?  Nothing is left there then. */
static bool
stopped_as_another(const struct sched_entry *entry)
{
    const struct sched_rsc *rsc = entry->rsc;
    const struct sched_rsc *clone = rsc->instance >= 0 ? rsc->parent : NULL;
    const GPtrArray *resources = entry->node->status->resources;
    size_t length = strcspn(rsc->id, ":");

    for (guint i = 0; clone != NULL && !clone->meta.is_unique && i < resources->len; i++) {
        const struct cox_rsc_history *history = g_ptr_array_index(resources, i);

        if (strncmp(history->id, rsc->id, length) == 0 && strcspn(history->id, ":") == length && is_stopped_after(history, entry->op)) {
            return true;
        }
    }
    return false;
}

void
sched_migrate_to_done(struct sched_work *work, const struct sched_entry *entry)
{
    struct sched_rsc *rsc = entry->rsc;
    struct sched_node *source = sched_node_find(work, entry->op->migrate_source);
    struct sched_node *target = sched_node_find(work, entry->op->migrate_target);
    const struct cox_op_history *from;
    bool is_newer, has_arrived;

    if (entry->op->migrate_source == NULL || entry->op->migrate_target == NULL) {
        return;
    }
    if (target != NULL && target->is_online && history_on(work, rsc, entry->op->migrate_target) == NULL) {
        return; /* its history there was cleaned up: a probe will tell */
    }
    from = find_from(work, entry);
    is_newer = newer_at_target(work, entry, from);
    if (is_newer && from != NULL && changed_after(work, rsc, entry->op->migrate_source, entry->op, true)) {
        return;
    }
    has_arrived = from != NULL && from->rc == 0 && from->status == COX_OP_STATUS_DONE;
    if ((has_arrived || target == NULL || !target->is_online) && stopped_as_another(entry)) {
        rsc->role = COX_ROLE_STOPPED;
        return;
    }
    rsc->role = COX_ROLE_STARTED; /* clones do not migrate by role */
    if (has_arrived) {
        if (source != NULL && source->is_online) {
            add_dangling(rsc, source);
        }
    } else if (from != NULL && from->status != COX_OP_STATUS_PENDING) {
        if (target != NULL && target->is_online && !is_newer) {
            sched_history_add_running(work, rsc, target);
        } else if (!changed_after(work, rsc, entry->op->migrate_source, entry->op, true)) {
            rsc->is_failed = true;
            rsc->has_stop_needed = true;
        }
    } else {
        half_done(work, entry, source, target, is_newer);
    }
}

void
sched_migrate_to_failed(struct sched_work *work, const struct sched_entry *entry)
{
    struct sched_node *target = sched_node_find(work, entry->op->migrate_target);
    const struct cox_op_history *from;

    entry->rsc->role = COX_ROLE_STARTED;
    if (target == NULL || entry->op->migrate_source == NULL) {
        return;
    }
    from = find_from(work, entry);
    if (!newer_at_target(work, entry, from)) {
        if (target->is_online && history_on(work, entry->rsc, entry->op->migrate_target) != NULL) {
            sched_history_add_running(work, entry->rsc, target);
        }
    } else if (!changed_after(work, entry->rsc, entry->op->migrate_source, entry->op, true)) {
        struct sched_node *source = sched_node_find(work, entry->op->migrate_source);

        if (source != NULL) {
            add_dangling(entry->rsc, source);
            entry->rsc->role = COX_ROLE_STARTED;
        }
    }
}

/*
 * Has the source done something else since its half of the migration?  Its own call ids tell; the times of two nodes, in whole seconds,
 * may be the same although one was after the other.  What it has done without telling of its half it has done since, in another life.
 */
static bool
left_migration(const struct sched_work *work, const struct sched_rsc *rsc, const char *source)
{
    const struct cox_rsc_history *history = history_on(work, rsc, source);
    bool is_told = false;

    for (guint32 i = 0; history != NULL && i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];
        bool is_half = g_strcmp0(op->operation, "migrate_to") == 0;

        if (is_half && changed_after(work, rsc, source, op, true)) {
            return true;
        }
        is_told = is_told || is_half;
    }
    return history != NULL && history->n_ops > 0 && !is_told;
}

void
sched_migrate_from_failed(struct sched_work *work, const struct sched_entry *entry)
{
    struct sched_node *source = sched_node_find(work, entry->op->migrate_source);
    const char *name = entry->op->migrate_source;

    entry->rsc->role = COX_ROLE_STARTED;
    if (source == NULL || !source->is_online) {
        return;
    }
    if (!changed_after(work, entry->rsc, name, entry->op, false) && !left_migration(work, entry->rsc, name)
        && !seen_stopped_after(work, entry->rsc, name, entry->op, false)) {
        sched_history_add_running(work, entry->rsc, source);
    }
}

/*
 * As long as the source tells that it has sent it, and is read (history.c), that decides.  Where it is gone with all that it knew, or lost before it
 * could tell, it may have arrived already: it is stopped here before it starts anywhere.
 */
void
sched_migrate_from_pending(struct sched_work *work, const struct sched_entry *entry)
{
    const struct cox_rsc_history *history = NULL;
    const struct sched_node *source = sched_node_find(work, entry->op->migrate_source);

    if (entry->op->migrate_source == NULL || (source != NULL && !sched_migrate_can_end(work, source))) {
        return;
    }
    history = source != NULL && (source->is_online || work->opt.fencing_enabled) ? history_on(work, entry->rsc, source->name) : NULL;
    for (guint32 i = 0; history != NULL && i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (g_strcmp0(op->operation, "migrate_to") == 0 && op->migrate_target != NULL
            && g_ascii_strcasecmp(op->migrate_target, entry->node->name) == 0) {
            return;
        }
    }
    sched_migrate_leftover(entry->rsc, entry->node);
}
