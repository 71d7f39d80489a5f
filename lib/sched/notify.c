/* lib/sched/notify.c - clones that want to be told: events and notify actions around changes.  Layer 3, pure. */
#include <string.h>

#include "model/option.h"
#include "sched/planner_priv.h"

enum list_kind {
    LIST_ACTIVE,
    LIST_INACTIVE,
    LIST_START,
    LIST_STOP,
    LIST_PROMOTE,
    LIST_DEMOTE,
    LIST_PROMOTED,
    LIST_UNPROMOTED,
    N_LISTS
};

static const char *const list_names[N_LISTS] = { "active", "inactive", "start",    "stop",
                                                 "promote", "demote",  "promoted", "unpromoted" };

struct entry {
    const struct sched_rsc *rsc;
    const struct sched_node *node;
};

struct lists {
    GArray *of[N_LISTS]; /* struct entry */
    const char *resources[N_LISTS], *unames[N_LISTS];
    const char *available, *all, *hosts;
};

static const enum sched_task slots[4] = { SCHED_TASK_START, SCHED_TASK_STOP, SCHED_TASK_PROMOTE, SCHED_TASK_DEMOTE };

static int
slot_of(enum sched_task task)
{
    for (int i = 0; i < 4; i++) {
        if (slots[i] == task) {
            return i;
        }
    }
    return -1;
}

struct sched_notice *
sched_notice(struct sched_work *work, const struct sched_rsc *rsc, enum sched_task task)
{
    struct sched_order_data *data = sched_order_data(work);
    int slot = slot_of(task);

    if (data->notices == NULL || slot < 0 || rsc->idx >= data->n_rscs) {
        return NULL;
    }
    return &data->notices[rsc->idx][slot];
}

static struct sched_action *
event(struct sched_work *work, struct sched_action *about, enum sched_task task, const char *type, bool optional)
{
    struct sched_rsc *rsc = about->rsc;
    const char *key =
        cox_arena_printf(work->arena, "%s_%s_notify_%s_0", rsc->id, type, about->text);
    struct sched_action *action = sched_action_new(work, rsc, task, key, NULL);

    action->flags |= SCHED_PSEUDO;
    if (!optional) {
        action->flags &= ~(guint32) SCHED_OPTIONAL;
    }
    sched_action_set_meta(work, action, "notify_key_type", type);
    sched_action_set_meta(work, action, "notify_key_operation", about->text);
    return action;
}

static void
set_type(struct sched_work *work, struct sched_action *action, const char *type, enum sched_task task)
{
    sched_action_set_meta(work, action, "notify_type", type);
    sched_action_set_meta(work, action, "notify_operation", sched_task_text(task));
}

/* The four events around @action .. @complete; either may be NULL. */
static void
make_events(struct sched_work *work, struct sched_notice *notice, struct sched_action *action,
            struct sched_action *complete)
{
    enum sched_task task = notice->task;

    if (action != NULL) {
        notice->pre = event(work, action, SCHED_TASK_NOTIFY, "pre", sched_is_optional(action));
        notice->pre_done = event(work, action, SCHED_TASK_NOTIFIED, "confirmed-pre", sched_is_optional(action));
        set_type(work, notice->pre, "pre", task);
        set_type(work, notice->pre_done, "pre", task);
        sched_edge_add(work, notice->pre, notice->pre_done, SCHED_R_ORDERED);
        sched_edge_add(work, notice->pre_done, action, SCHED_R_ORDERED);
    }
    if (complete != NULL) {
        struct sched_action *events[2];

        notice->post = event(work, complete, SCHED_TASK_NOTIFY, "post", sched_is_optional(complete));
        notice->post_done = event(work, complete, SCHED_TASK_NOTIFIED, "confirmed-post", sched_is_optional(complete));
        events[0] = notice->post;
        events[1] = notice->post_done;
        for (int i = 0; i < 2; i++) {
            events[i]->priority = COX_SCORE_INFINITY;
            set_type(work, events[i], "post", task);
            if (!sched_is_runnable(complete)) {
                events[i]->flags &= ~(guint32) SCHED_RUNNABLE;
            }
        }
        sched_edge_add(work, complete, notice->post, SCHED_R_REQUIRES_THEN);
        sched_edge_add(work, notice->post, notice->post_done, SCHED_R_REQUIRES_THEN);
    }
    if (action != NULL && complete != NULL) {
        sched_edge_add(work, notice->pre_done, notice->post, SCHED_R_ORDERED);
    }
}

static void
add_slot(struct sched_work *work, struct sched_rsc *clone, enum sched_task task, enum sched_task after)
{
    struct sched_notice *notice = sched_notice(work, clone, task);

    notice->task = task;
    make_events(work, notice, sched_action_find(clone, task, NULL), sched_action_find(clone, after, NULL));
}

void
sched_notify_pseudo(struct sched_work *work, struct sched_rsc *clone)
{
    struct sched_order_data *data = sched_order_data(work);

    if (!clone->meta.notify) {
        return;
    }
    if (data->notices == NULL) {
        data->notices = cox_arena_alloc(work->arena, sizeof(data->notices[0]) * data->n_rscs);
    }
    add_slot(work, clone, SCHED_TASK_START, SCHED_TASK_RUNNING);
    add_slot(work, clone, SCHED_TASK_STOP, SCHED_TASK_STOPPED);
    sched_edge_add(work, sched_notice(work, clone, SCHED_TASK_STOP)->post_done,
                   sched_notice(work, clone, SCHED_TASK_START)->pre, SCHED_R_ORDERED);
}

void
sched_notify_pseudo_promotable(struct sched_work *work, struct sched_rsc *clone)
{
    struct sched_notice *start, *stop, *promote, *demote;

    if (!clone->meta.notify) {
        return;
    }
    add_slot(work, clone, SCHED_TASK_PROMOTE, SCHED_TASK_PROMOTED);
    add_slot(work, clone, SCHED_TASK_DEMOTE, SCHED_TASK_DEMOTED);
    start = sched_notice(work, clone, SCHED_TASK_START);
    stop = sched_notice(work, clone, SCHED_TASK_STOP);
    promote = sched_notice(work, clone, SCHED_TASK_PROMOTE);
    demote = sched_notice(work, clone, SCHED_TASK_DEMOTE);
    sched_edge_add(work, start->post_done, promote->pre, SCHED_R_ORDERED);
    sched_edge_add(work, stop->post_done, promote->pre, SCHED_R_ORDERED);
    sched_edge_add(work, demote->post_done, promote->pre, SCHED_R_ORDERED);
    sched_edge_add(work, demote->post_done, start->pre, SCHED_R_ORDERED);
    sched_edge_add(work, demote->post_done, stop->pre, SCHED_R_ORDERED);
}

static void
list_add(struct lists *lists, enum list_kind kind, const struct sched_rsc *rsc, const struct sched_node *node)
{
    g_array_append_val(lists->of[kind], ((struct entry) { .rsc = rsc, .node = node }));
}

static void
collect(struct lists *lists, const struct sched_rsc *rsc, bool only_active)
{
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        collect(lists, g_ptr_array_index(rsc->children, i), only_active);
    }
    if (rsc->variant != COX_PRIMITIVE) {
        return;
    }
    switch (rsc->role) {
    case COX_ROLE_UNKNOWN:
    case COX_ROLE_STOPPED:
        list_add(lists, LIST_INACTIVE, rsc, NULL);
        break;
    case COX_ROLE_PROMOTED:
    case COX_ROLE_UNPROMOTED:
    case COX_ROLE_STARTED:
        if (rsc->role == COX_ROLE_PROMOTED) {
            list_add(lists, LIST_PROMOTED, rsc, rsc->running_on.n > 0 ? rsc->running_on.items[0] : NULL);
        } else if (rsc->role == COX_ROLE_UNPROMOTED) {
            list_add(lists, LIST_UNPROMOTED, rsc, rsc->running_on.n > 0 ? rsc->running_on.items[0] : NULL);
        }
        list_add(lists, LIST_ACTIVE, rsc, rsc->running_on.n > 0 ? rsc->running_on.items[0] : NULL);
        break;
    }
    for (guint i = 0; i < rsc->actions.n; i++) {
        const struct sched_action *action = rsc->actions.items[i];

        if (sched_is_optional(action) || action->node == NULL) {
            continue;
        }
        if (action->task == SCHED_TASK_STOP && (action->flags & SCHED_RUNNABLE)) {
            list_add(lists, LIST_STOP, rsc, action->node);
        } else if (action->task == SCHED_TASK_START && (action->flags & SCHED_RUNNABLE)) {
            list_add(lists, LIST_START, rsc, action->node);
        } else if (action->task == SCHED_TASK_PROMOTE && (action->flags & SCHED_RUNNABLE)) {
            list_add(lists, LIST_PROMOTE, rsc, action->node);
        } else if (action->task == SCHED_TASK_DEMOTE && (action->flags & SCHED_RUNNABLE)) {
            list_add(lists, LIST_DEMOTE, rsc, action->node);
        }
    }
}

static int
by_name(const void *a, const void *b)
{
    const struct entry *first = a, *second = b;
    int order = strcmp(first->rsc->id, second->rsc->id);

    if (order == 0 && first->node != NULL && second->node != NULL) {
        order = strcmp(first->node->name, second->node->name);
    }
    return order;
}

static const char *
instance_name(struct sched_work *work, const struct sched_rsc *rsc)
{
    (void) work;
    return rsc->id;
}

static const char *
freeze(struct sched_work *work, GString *text)
{
    return cox_arena_strdup(work->arena, (text->len == 0) ? " " : text->str);
}

static void
append_word(GString *text, const char *word)
{
    g_string_append_printf(text, "%s%s", (text->len > 0) ? " " : "", word);
}

static void
render(struct sched_work *work, struct lists *lists, enum list_kind kind)
{
    g_autoptr(GString) rscs = g_string_new(NULL);
    g_autoptr(GString) unames = g_string_new(NULL);
    const struct sched_rsc *last = NULL;
    GArray *list = lists->of[kind];

    g_array_sort(list, by_name);
    for (guint i = 0; i < list->len; i++) {
        const struct entry *entry = &g_array_index(list, struct entry, i);

        if (kind != LIST_INACTIVE && entry->node == NULL) {
            continue;
        }
        if (last != NULL && strcmp(last->id, entry->rsc->id) == 0) {
            continue;
        }
        last = entry->rsc;
        append_word(rscs, instance_name(work, entry->rsc));
        if (entry->node != NULL) {
            append_word(unames, entry->node->name);
        }
    }
    lists->resources[kind] = freeze(work, rscs);
    lists->unames[kind] = freeze(work, unames);
}

/* A node that the clone knows, whatever its score and the node's state; where discovery is exclusive, one that a constraint names. */
static bool
is_known_to(const struct sched_rsc *clone, guint32 idx)
{
    return clone->cells[idx].is_present
           && (!clone->has_exclusive_discovery || clone->cells[idx].discovery == COX_DISCOVERY_EXCLUSIVE);
}

static void
render_nodes(struct sched_work *work, struct lists *lists, const struct sched_rsc *clone)
{
    g_autoptr(GString) available = g_string_new(NULL);
    g_autoptr(GString) all = g_string_new(NULL);
    g_autoptr(GString) hosts = g_string_new(NULL);
    const char *target = cox_option_get(COX_OPT_META_CONTAINER_ATTRIBUTE_TARGET, &clone->meta_raw);

    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *node = g_ptr_array_index(work->nodes, i);

        if (node->kind == SCHED_NODE_PING) {
            continue;
        }
        append_word(all, node->name);
        if (is_known_to(clone, i)) {
            append_word(available, node->name);
        }
        if (target != NULL && strcmp(target, "host") == 0) {
            const struct sched_node *host = node;

            if (node->is_guest && node->remote_rsc != NULL && node->remote_rsc->container->running_on.n > 0) {
                host = node->remote_rsc->container->running_on.items[0];
            }
            append_word(hosts, host->name);
        }
    }
    lists->available = freeze(work, available);
    lists->all = freeze(work, all);
    lists->hosts = (target != NULL && strcmp(target, "host") == 0) ? freeze(work, hosts) : NULL;
}

static void
set_lists(struct sched_work *work, struct sched_action *action, const struct lists *lists)
{
    for (int i = 0; i < N_LISTS; i++) {
        const char *name = list_names[i];

        sched_action_set_meta(work, action, cox_arena_intern(work->arena, cox_arena_printf(work->arena, "notify_%s_resource", name)),
                              lists->resources[i]);
        if (i != LIST_INACTIVE) {
            sched_action_set_meta(work, action, cox_arena_intern(work->arena, cox_arena_printf(work->arena, "notify_%s_uname", name)),
                                  lists->unames[i]);
        }
    }
    sched_action_set_meta(work, action, "notify_master_resource", lists->resources[LIST_PROMOTED]);
    sched_action_set_meta(work, action, "notify_master_uname", lists->unames[LIST_PROMOTED]);
    sched_action_set_meta(work, action, "notify_slave_resource", lists->resources[LIST_UNPROMOTED]);
    sched_action_set_meta(work, action, "notify_slave_uname", lists->unames[LIST_UNPROMOTED]);
    sched_action_set_meta(work, action, "notify_available_uname", lists->available);
    sched_action_set_meta(work, action, "notify_all_uname", lists->all);
    if (lists->hosts != NULL) {
        sched_action_set_meta(work, action, "notify_all_hosts", lists->hosts);
    }
}

struct teller {
    struct sched_work *work;
    struct sched_notice *notice;
    struct lists *lists;
};

/* What a fencing has said already is not said again; it only waits for one more event. */
static struct sched_action *
find_notify(const struct sched_rsc *rsc, const char *key, const struct sched_node *node)
{
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *action = rsc->actions.items[i];

        if (action->task == SCHED_TASK_NOTIFY && action->node == node && strcmp(action->key, key) == 0) {
            return action;
        }
    }
    return NULL;
}

static struct sched_action *
tell(const struct teller *t, struct sched_rsc *rsc, struct sched_node *node, bool is_post)
{
    struct sched_action *before = is_post ? t->notice->post : t->notice->pre;
    struct sched_action *done = is_post ? t->notice->post_done : t->notice->pre_done;
    struct sched_action *action;
    const char *key;

    if (before == NULL || done == NULL || node == NULL || !node->is_online || !sched_is_runnable(before)) {
        return NULL;
    }
    key = cox_arena_printf(t->work->arena, "%s_%s_notify_%s_0", rsc->id, sched_action_meta(before, "notify_type"),
                           sched_action_meta(before, "notify_operation"));
    action = find_notify(rsc, key, node);
    if (action == NULL) {
        action = sched_action_new(t->work, rsc, SCHED_TASK_NOTIFY, key, node);
        for (guint32 i = 0; i < before->n_meta; i++) {
            sched_action_set_meta(t->work, action, before->meta[i].name, before->meta[i].value);
        }
        set_lists(t->work, action, t->lists);
    }
    if (!sched_is_optional(before)) {
        action->flags &= ~(guint32) SCHED_OPTIONAL;
    }
    sched_action_check(t->work, action);
    sched_edge_add(t->work, before, action, SCHED_R_ORDERED);
    sched_edge_add(t->work, action, done, SCHED_R_ORDERED);
    return action;
}

static void
tell_after(const struct teller *t, struct sched_rsc *rsc, struct sched_node *node)
{
    struct sched_action *action = tell(t, rsc, node, true);

    if (action != NULL) {
        action->priority = COX_SCORE_INFINITY;
    }
    for (guint i = 0; t->notice->post_done != NULL && i < rsc->actions.n; i++) {
        struct sched_action *mon = rsc->actions.items[i];

        if (mon->interval_ms > 0 && mon->task != SCHED_TASK_CANCEL) {
            sched_edge_add(t->work, t->notice->post_done, mon, SCHED_R_ORDERED);
        }
    }
}

static void
tell_down(const struct teller *t, struct sched_rsc *rsc)
{
    for (guint i = 0; i < rsc->running_on.n; i++) {
        struct sched_node *node = rsc->running_on.items[i];
        struct sched_action *stop = sched_action_find(rsc, SCHED_TASK_STOP, node);

        if ((t->notice->task == SCHED_TASK_STOP && stop != NULL && (stop->flags & SCHED_PSEUDO) && node->is_unclean)
            || (node->is_guest && !node->was_online)) {
            continue; /* lost, also if another guest will have its name after that */
        }
        tell(t, rsc, node, false);
        if (t->notice->task == SCHED_TASK_DEMOTE || stop == NULL || sched_is_optional(stop)) {
            tell_after(t, rsc, node);
        }
    }
}

static void
tell_members(const struct teller *t, struct sched_rsc *rsc)
{
    enum sched_task task = t->notice->task;

    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        tell_members(t, g_ptr_array_index(rsc->children, i));
    }
    if (rsc->variant != COX_PRIMITIVE) {
        return;
    }
    for (guint i = 0; i < rsc->actions.n; i++) {
        struct sched_action *op = rsc->actions.items[i];

        /* What a fencing had told was said when less was known. */
        if ((!sched_is_optional(op) && op->node != NULL && slot_of(op->task) >= 0) || (op->task == SCHED_TASK_NOTIFY && task == SCHED_TASK_STOP)) {
            set_lists(t->work, op, t->lists);
        }
    }
    if ((task == SCHED_TASK_START && t->lists->of[LIST_START]->len == 0)
        || (task == SCHED_TASK_PROMOTE && t->lists->of[LIST_PROMOTE]->len == 0)
        || (task == SCHED_TASK_DEMOTE && t->lists->of[LIST_DEMOTE]->len == 0)) {
        return;
    }
    if (rsc->role > COX_ROLE_STOPPED && (task == SCHED_TASK_STOP || task == SCHED_TASK_DEMOTE)) {
        tell_down(t, rsc);
    }
    if (rsc->next_role > COX_ROLE_STOPPED && (task == SCHED_TASK_START || task == SCHED_TASK_PROMOTE)) {
        struct sched_action *start = sched_action_find(rsc, SCHED_TASK_START, NULL);

        if (rsc->assigned == NULL || (start != NULL && !sched_is_runnable(start))) {
            return; /* it will not be there to be told */
        }
        if (task != SCHED_TASK_START || start == NULL || sched_is_optional(start)) {
            tell(t, rsc, rsc->assigned, false);
        }
        tell_after(t, rsc, rsc->assigned);
    }
}

static void
fill_one(struct sched_work *work, struct sched_notice *notice, struct sched_rsc *clone, const struct sched_rsc *rsc)
{
    struct lists lists = { 0 };
    struct teller teller = { .work = work, .notice = notice, .lists = &lists };

    for (int i = 0; i < N_LISTS; i++) {
        lists.of[i] = g_array_new(FALSE, FALSE, sizeof(struct entry));
    }
    collect(&lists, clone, false);
    for (int i = 0; i < N_LISTS; i++) {
        render(work, &lists, (enum list_kind) i);
    }
    render_nodes(work, &lists, rsc);
    tell_members(&teller, clone);
    for (int i = 0; i < N_LISTS; i++) {
        g_array_free(lists.of[i], TRUE);
    }
}

static struct sched_rsc *
outer_clone(struct sched_rsc *rsc)
{
    struct sched_rsc *up = rsc;

    while (up != NULL && up->variant != COX_CLONE) {
        up = up->parent;
    }
    return up;
}

/* All instances are told of the one that fencing took, by events of that instance. */
void
sched_notify_fenced(struct sched_work *work, struct sched_rsc *rsc, struct sched_action *fencing)
{
    struct sched_action about = { .rsc = rsc, .text = fencing->text };
    const bool optional = sched_is_optional(fencing);
    struct sched_rsc *clone = outer_clone(rsc);
    struct sched_notice notice = { .task = SCHED_TASK_STOP };

    if (!rsc->meta.notify) {
        return;
    }
    notice.post = event(work, &about, SCHED_TASK_NOTIFY, "post", optional);
    notice.post_done = event(work, &about, SCHED_TASK_NOTIFIED, "confirmed-post", optional);
    notice.post->priority = notice.post_done->priority = COX_SCORE_INFINITY;
    set_type(work, notice.post, "post", SCHED_TASK_STOP);
    set_type(work, notice.post_done, "post", SCHED_TASK_STOP);
    sched_edge_add(work, fencing, notice.post, SCHED_R_REQUIRES_THEN);
    sched_edge_add(work, notice.post, notice.post_done, SCHED_R_REQUIRES_THEN);
    if (clone != NULL) {
        fill_one(work, &notice, clone, clone);
    }
}

void
sched_notify_fill(struct sched_work *work)
{
    struct sched_order_data *data = sched_order_data(work);

    for (guint32 i = 0; data->notices != NULL && i < data->n_rscs; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        if (rsc->variant != COX_CLONE || !rsc->meta.notify) {
            continue;
        }
        for (int k = 0; k < 4; k++) {
            struct sched_notice *notice = &data->notices[i][k];

            if (notice->task != SCHED_TASK_NONE) {
                fill_one(work, notice, rsc, rsc);
            }
        }
    }
}
