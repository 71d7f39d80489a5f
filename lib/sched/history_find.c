/* lib/sched/history_find.c - whose history is it?  Instances of clones, removed resources.  Layer 3, pure. */
#include "sched/history_priv.h"
#include "sched/rsc_priv.h"

#include <stdlib.h>
#include <string.h>

enum { NO_TRANSITION = -2, PRETENDED = -1 };
enum { STOPPED = 7 }; /* result of a monitor */

/* The number of the transition that asked for it, and by whom that was counted. */
static int
transition_of(const struct cox_op_history *op, const char **uuid)
{
    const char *key = op->transition_key, *colon;
    long transition = NO_TRANSITION;

    if (key == NULL && op->transition_magic != NULL && (key = strchr(op->transition_magic, ';')) != NULL) {
        key++;
    }
    colon = (key == NULL) ? NULL : strchr(key, ':');
    if (colon != NULL) {
        char *end = NULL;

        transition = strtol(colon + 1, &end, 10);
        *uuid = (*end == ':') ? strchr(end + 1, ':') : NULL;
    }
    return (colon == NULL || *uuid == NULL) ? NO_TRANSITION : (int) CLAMP(transition, NO_TRANSITION, G_MAXINT);
}

/* Is the pending operation one of before the other, which has a result?  A later transition of the same coordinator tells. */
static bool
is_overtaken(const struct cox_op_history *pending, const struct cox_op_history *other)
{
    const char *pending_uuid = NULL, *other_uuid = NULL;
    int before = transition_of(pending, &pending_uuid), after = transition_of(other, &other_uuid);

    return before >= 0 && (after > before || after == PRETENDED) && strcmp(pending_uuid, other_uuid) == 0;
}

static gint
by_call(gconstpointer a, gconstpointer b)
{
    const struct cox_op_history *one = *(struct cox_op_history *const *) a;
    const struct cox_op_history *two = *(struct cox_op_history *const *) b;
    gint64 one_key = (one->call_id < 0) ? G_MAXINT64 : one->call_id;
    gint64 two_key = (two->call_id < 0) ? G_MAXINT64 : two->call_id;

    if (one->call_id < 0 && two->call_id >= 0 && is_overtaken(one, two)) {
        return -1;
    }
    if (two->call_id < 0 && one->call_id >= 0 && is_overtaken(two, one)) {
        return 1;
    }
    if (one_key != two_key) {
        return (one_key < two_key) ? -1 : 1;
    }
    if (one->has_last_rc_change && two->has_last_rc_change && one->last_rc_change_s != two->last_rc_change_s) {
        return (one->last_rc_change_s < two->last_rc_change_s) ? -1 : 1;
    }
    /* The same call twice: as the last operation and as the last failure; the failure is looked at first. */
    if (one->id != NULL && two->id != NULL && one->is_last_failure != two->is_last_failure) {
        return one->is_last_failure ? -1 : 1;
    }
    return 0;
}

void
sched_history_sorted(const struct cox_rsc_history *history, GPtrArray *into)
{
    g_ptr_array_set_size(into, 0);
    for (guint32 i = 0; i < history->n_ops; i++) {
        struct cox_op_history *op = &history->ops[i];

        if (op->operation != NULL) {
            g_ptr_array_add(into, op);
        }
    }
    if (into->len > 1) {
        g_ptr_array_sort(into, by_call);
    }
}

/* The member of @instance (itself, or a member of a cloned group) whose history is written as @id. */
static struct sched_rsc *
member_called(struct sched_rsc *instance, const char *id)
{
    if (instance->variant == COX_PRIMITIVE) {
        return strcmp(instance->history_id, id) == 0 ? instance : NULL;
    }
    for (guint i = 0; instance->children != NULL && i < instance->children->len; i++) {
        struct sched_rsc *member = g_ptr_array_index(instance->children, i);

        if (strcmp(member->history_id, id) == 0) {
            return member;
        }
    }
    return NULL;
}

/* Is one of its members active, on @node if that is given?  A group is not told of a member that is not managed and on a lost node. */
static bool
is_active(const struct sched_rsc *instance, const struct sched_node *node)
{
    if (instance->running_on.n > 0 && (node == NULL || sched_rsc_is_active_on(instance, node))) {
        return true;
    }
    for (guint i = 0; instance->children != NULL && i < instance->children->len; i++) {
        if (is_active(g_ptr_array_index(instance->children, i), node)) {
            return true;
        }
    }
    return false;
}

/* Instances of a universal clone (one for every node) need not be saved for other nodes. */
static bool
has_one_for_each_node(const struct sched_work *work, const struct sched_rsc *clone)
{
    return (guint32) clone->meta.clone_max >= work->n_nodes;
}

/* Has an entry of the node that was read before said that the instance cannot be there?  It was of another one then. */
static bool
is_banned(const struct sched_rsc *rsc, const struct sched_node *node)
{
    return rsc->cells[node->idx].is_present && rsc->cells[node->idx].score <= -COX_SCORE_INFINITY;
}

/*
 * QUIRK 26: an entry of an anonymous clone belongs to the first instance that fits.
 * case: clone-order-16instances, failed-probe-clone
 */
static struct sched_rsc *
find_anonymous(struct sched_work *work, struct sched_node *node, struct sched_rsc *clone, const char *id)
{
    struct sched_rsc *found = NULL, *inactive = NULL;
    bool skip_inactive = false;

    for (guint i = 0; found == NULL && i < clone->children->len; i++) {
        struct sched_rsc *child = g_ptr_array_index(clone->children, i);
        struct sched_rsc *member = member_called(child, id);

        if (member == NULL) {
            continue;
        }
        if (is_active(child, node)) {
            if (member->running_on.n > 0) {
                skip_inactive = true; /* a second history entry on this node: surplus */
            } else {
                found = member;
            }
        } else if ((inactive == NULL || (is_banned(inactive, node) && !is_banned(member, node))) && !skip_inactive && !is_active(child, NULL)
                   && !child->is_blocked && (member->pending_node == NULL || member->pending_node == node)) {
            inactive = member;
        }
    }
    if (found == NULL && !skip_inactive) {
        found = inactive;
    }
    /* What needs no fencing and sits on a lost node should not use up an instance that could start elsewhere. */
    if (found != NULL && found->meta.requires_ < SCHED_REQUIRES_FENCING && (!node->was_online || node->was_unclean)
        && !node->is_guest && !has_one_for_each_node(work, clone)) {
        found = NULL;
    }
    if (found == NULL) {
        struct sched_rsc *surplus = sched_rsc_add_instance(work, clone);

        found = surplus == NULL ? NULL : member_called(surplus, id);
    }
    return found;
}

static struct sched_rsc *
anonymous_parent(struct sched_rsc *rsc)
{
    struct sched_rsc *clone = rsc->parent;

    while (clone != NULL && clone->variant != COX_CLONE) {
        clone = clone->parent;
    }
    return (clone != NULL && !clone->meta.is_unique) ? clone : NULL;
}

/* In a bundle the instance is the one whose guest node this is. */
static struct sched_rsc *
find_in_bundle(const struct sched_rsc *clone, const struct sched_node *node, const char *id)
{
    for (guint i = 0; i < clone->children->len; i++) {
        struct sched_rsc *child = g_ptr_array_index(clone->children, i);
        const struct sched_rsc *connection = node->remote_rsc;

        if (connection != NULL && connection->replica >= 0 && connection->top == clone->top
            && child->replica == connection->replica) {
            return member_called(child, id);
        }
    }
    return NULL;
}

/* A copy of @id without the instance's number, or NULL when it has none. */
static char *
without_instance(const char *id)
{
    const char *colon = strrchr(id, ':');

    return (colon != NULL && colon[1] != '\0' && strspn(colon + 1, "0123456789") == strlen(colon + 1))
               ? g_strndup(id, (gsize) (colon - id))
               : NULL;
}

static struct sched_rsc *
find_by_name(struct sched_work *work, struct sched_node *node, const struct cox_rsc_history *history)
{
    g_autofree char *stem = without_instance(history->id);
    const char *base = (stem != NULL) ? stem : history->id;
    struct sched_rsc *rsc = sched_rsc_find(work, history->id);
    struct sched_rsc *clone;

    if (rsc == NULL && stem != NULL) {
        /* Old entries of anonymous instances carry a number. */
        rsc = sched_rsc_find(work, base);
        if (rsc != NULL && anonymous_parent(rsc) == NULL) {
            rsc = NULL;
        }
    }
    if (rsc == NULL || rsc->variant != COX_PRIMITIVE) {
        return NULL;
    }
    clone = anonymous_parent(rsc);
    if (clone == NULL) {
        /* An entry without a number is of no instance whose history has one. */
        return strcmp(rsc->history_id, history->id) == 0 ? rsc : NULL;
    }
    if (clone->top->variant == COX_BUNDLE) {
        return find_in_bundle(clone, node, base);
    }
    return find_anonymous(work, node, clone, base);
}

/*
 * No instance among others: it is this one on every node.  Such a name leads to the same resource for the rest of the run,
 * as orphans only take over names that led to none.
 */
static bool
is_named_by(const struct sched_rsc *rsc, const char *id)
{
    return rsc->history_id == rsc->id && strcmp(rsc->id, id) == 0;
}

struct sched_rsc *
sched_history_find(struct sched_work *work, struct sched_node *node, const struct cox_rsc_history *history)
{
    struct sched_rsc **known = &work->rsc_of_history[history->id_index];
    struct sched_rsc *rsc = *known;

    if (rsc != NULL) {
        return rsc;
    }
    rsc = find_by_name(work, node, history);
    if (rsc != NULL && is_named_by(rsc, history->id)) {
        *known = rsc;
    } else if (rsc != NULL && strcmp(rsc->id, history->id) != 0) {
        rsc->recorded_id = history->id;
    }
    return rsc;
}

static bool
is_result(const struct cox_op_history *op)
{
    return op->operation != NULL && op->status != COX_OP_STATUS_PENDING && op->status != COX_OP_STATUS_CANCELLED;
}

static gint64
last_change_s(const struct cox_rsc_history *history)
{
    gint64 last = G_MININT64;

    for (guint32 i = 0; i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (is_result(op)) {
            last = MAX(last, op->has_last_rc_change ? op->last_rc_change_s : 0);
        }
    }
    return last;
}

bool
sched_history_is_overtaken(const struct sched_work *work, const struct sched_node *node, const struct cox_rsc_history *history)
{
    g_autofree char *stem = without_instance(history->id);
    struct sched_rsc *rsc = stem == NULL || !cox_status_rsc_was_known(work->status, stem) ? NULL : sched_rsc_find(work, stem);
    const struct sched_rsc *clone = rsc == NULL || rsc->variant != COX_PRIMITIVE ? NULL : anonymous_parent(rsc);
    const struct cox_rsc_history *current = clone == NULL ? NULL : cox_status_rsc(node->status, stem);

    return current != NULL && last_change_s(current) > G_MININT64 && last_change_s(current) >= last_change_s(history);
}

/* ---- in which order ---- */

/** An entry of an anonymous clone. */
struct numbered {
    const struct sched_rsc *clone;
    gint64 last;   /* call of its last operation; 0: that left it stopped, or another entry of the clone is stopped */
    gint64 number; /* -1: written without one */
    guint member;  /* place in the cloned group */
    guint at;      /* in the node's history */
};

static int
by_last(const void *a_data, const void *b_data)
{
    const struct numbered *a = a_data, *b = b_data;

    if (a->clone != b->clone) {
        return a->clone < b->clone ? -1 : 1; /* which of them comes first does not matter */
    }
    if (a->last != b->last) {
        return a->last > b->last ? -1 : 1;
    }
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    return (a->member > b->member) - (a->member < b->member);
}

static int
by_place(const void *a_data, const void *b_data)
{
    const struct numbered *a = a_data, *b = b_data;

    if (a->clone != b->clone) {
        return a->clone < b->clone ? -1 : 1;
    }
    return (a->at > b->at) - (a->at < b->at);
}

static gint64
last_call(const struct cox_rsc_history *history)
{
    const struct cox_op_history *last = NULL;

    for (guint32 i = 0; i < history->n_ops; i++) {
        const struct cox_op_history *op = &history->ops[i];

        if (op->operation != NULL && (last == NULL || (last->call_id >= 0 && (op->call_id < 0 || op->call_id > last->call_id)))) {
            last = op;
        }
    }
    if (last == NULL || strcmp(last->operation, "stop") == 0 || last->rc == STOPPED) {
        return 0;
    }
    return last->call_id < 0 ? G_MAXINT64 : last->call_id;
}

static bool
is_numbered(const struct sched_work *work, const struct cox_rsc_history *history, struct numbered *entry)
{
    const char *id = history->id;
    g_autofree char *stem = without_instance(id);
    struct sched_rsc *rsc = sched_rsc_find(work, stem != NULL ? stem : id);

    entry->clone = rsc == NULL || rsc->variant != COX_PRIMITIVE ? NULL : anonymous_parent(rsc);
    if (entry->clone == NULL || entry->clone->top->variant == COX_BUNDLE) {
        return false;
    }
    entry->last = last_call(history);
    entry->number = stem == NULL ? -1 : g_ascii_strtoll(strrchr(id, ':') + 1, NULL, 10);
    entry->member = 0;
    for (guint i = 0; rsc->parent->variant == COX_GROUP && i < rsc->parent->children->len; i++) {
        if (g_ptr_array_index(rsc->parent->children, i) == rsc) {
            entry->member = i;
        }
    }
    return true;
}

static bool
has_numbers(const GPtrArray *resources)
{
    for (guint i = 0; i < resources->len; i++) {
        if (strchr(((const struct cox_rsc_history *) g_ptr_array_index(resources, i))->id, ':') != NULL) {
            return true;
        }
    }
    return false;
}

/* Where some entries are of what is stopped, the numbers alone count. */
static void
forget_calls(struct numbered *entries, guint n)
{
    g_autoptr(GHashTable) stopped = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < n; i++) {
        if (entries[i].last == 0) {
            g_hash_table_add(stopped, (gpointer) (guintptr) entries[i].clone);
        }
    }
    for (guint i = 0; i < n; i++) {
        if (g_hash_table_contains(stopped, entries[i].clone)) {
            entries[i].last = 0;
        }
    }
}

/* Are there two entries of one member? */
static bool
has_twice(const struct numbered *entries, guint n)
{
    for (guint i = 0; i < n; i++) {
        for (guint k = 0; k < i; k++) {
            if (entries[k].member == entries[i].member) {
                return true;
            }
        }
    }
    return false;
}

guint *
sched_history_order(const struct sched_work *work, const struct sched_node *node)
{
    const GPtrArray *resources = node->status->resources;
    guint *order = g_new(guint, resources->len + 1);
    g_autofree struct numbered *sorted = NULL, *placed = NULL;
    guint n = 0;

    for (guint i = 0; i < resources->len; i++) {
        order[i] = i;
    }
    if (!has_numbers(resources)) {
        return order;
    }
    sorted = g_new0(struct numbered, resources->len + 1);
    for (guint i = 0; i < resources->len; i++) {
        sorted[n].at = i;
        n += is_numbered(work, g_ptr_array_index(resources, i), &sorted[n]);
    }
    forget_calls(sorted, n);
    placed = g_memdup2(sorted, sizeof(struct numbered) * (n + 1));
    qsort(sorted, n, sizeof(struct numbered), by_last);
    qsort(placed, n, sizeof(struct numbered), by_place);
    for (guint i = 0, end; i < n; i = end) {
        for (end = i; end < n && sorted[end].clone == sorted[i].clone; end++) {
        }
        for (guint k = has_twice(&sorted[i], end - i) ? i : end; k < end; k++) {
            order[placed[k].at] = sorted[k].at;
        }
    }
    return order;
}
