/* lib/sched/graph.c - what remains to be done, as a frozen graph without cycles.  Layer 3, pure. */
#include <string.h>

#include "model/option.h"
#include "sched/planner_priv.h"

static bool
is_wanted(const struct sched_action *action)
{
    if (!sched_is_runnable(action) || (sched_is_optional(action) && !(action->flags & SCHED_ALWAYS))) {
        return false;
    }
    if (action->rsc != NULL && !action->rsc->is_managed && action->rsc->variant == COX_PRIMITIVE
        && action->task != SCHED_TASK_MONITOR && action->task != SCHED_TASK_CANCEL
        && action->task != SCHED_TASK_CLEAR_FAILCOUNT && action->interval_ms == 0) {
        return false;
    }
    if ((action->flags & SCHED_PSEUDO) || action->task == SCHED_TASK_STONITH || action->task == SCHED_TASK_SHUTDOWN
        || action->task == SCHED_TASK_LRM_DELETE) {
        return true;
    }
    if (action->node == NULL) {
        return false;
    }
    if (action->node->is_guest && !action->node->remote_requires_reset) {
        return true;
    }
    return action->node->is_online;
}

static bool
is_plain(guint32 flags)
{
    return (flags
            & ~(guint32) (SCHED_R_ORDERED | SCHED_R_SHOWS_FIRST | SCHED_R_SHOWS_THEN | SCHED_R_GUEST
                          | SCHED_R_IF_SAME_NODE | SCHED_R_SERIALIZE))
           == 0;
}

/* Does this relation hold @edge->then back in the graph? */
static bool
is_input(const struct sched_edge *edge)
{
    const struct sched_action *first = edge->first, *then = edge->then;

    if (edge->flags == SCHED_R_NONE || !(first->flags & SCHED_IN_GRAPH)) {
        return false;
    }
    if ((edge->flags & SCHED_R_UNLESS_MIGRATABLE) && (first->flags & SCHED_MIGRATABLE)) {
        return false;
    }
    if (is_plain(edge->flags) && (first->flags & SCHED_MIGRATABLE) && first->task == SCHED_TASK_STOP
        && !(first->flags & SCHED_PSEUDO) && edge->flags == SCHED_R_ORDERED && first->rsc != then->rsc) {
        return false;
    }
    if (edge->flags == SCHED_R_LOAD) {
        if (then->rsc != NULL && then->task == SCHED_TASK_MIGRATE_TO) {
            return then->rsc->assigned == first->node;
        }
        return first->node == then->node && !sched_is_optional(first);
    }
    if (edge->flags == SCHED_R_ANTI || edge->flags == SCHED_R_SERIALIZE) {
        return !sched_is_optional(first)
               && (edge->flags == SCHED_R_SERIALIZE || first->node == NULL || then->node == NULL
                   || first->node == then->node);
    }
    if (first->rsc != NULL && first->rsc != then->rsc && first->rsc->is_failed && !first->rsc->is_managed
        && first->task == SCHED_TASK_STOP && then->rsc != NULL && then->rsc->variant == COX_CLONE) {
        return false;
    }
    return true;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct cox_nvpair *) a)->name, ((const struct cox_nvpair *) b)->name);
}

static const char *
meta_name(struct sched_work *work, const char *name)
{
    g_autofree char *copy = g_strconcat("CRM_meta_", name, NULL);

    g_strdelimit(copy, "-", '_');
    return cox_arena_intern(work->arena, copy);
}

static void
add_meta(struct sched_work *work, struct cox_nvlist *list, const char *name, const char *value)
{
    if (value != NULL && strchr(name, '#') == NULL) {
        cox_nvlist_set(list, meta_name(work, name), value);
    }
}

static void
add_int(struct sched_work *work, struct cox_nvlist *list, const char *name, int value)
{
    cox_nvlist_set(list, name, cox_arena_printf(work->arena, "%d", value));
}

static void
add_clone_meta(struct sched_work *work, const struct sched_rsc *clone, struct cox_nvlist *list)
{
    const struct sched_meta *meta = &clone->meta;

    cox_nvlist_set(list, "CRM_meta_globally_unique", meta->is_unique ? "true" : "false");
    cox_nvlist_set(list, "CRM_meta_notify", meta->notify ? "true" : "false");
    add_int(work, list, "CRM_meta_clone_max", meta->clone_max);
    add_int(work, list, "CRM_meta_clone_node_max", meta->clone_node_max);
    if (meta->is_promotable) {
        add_int(work, list, "CRM_meta_promoted_max", meta->promoted_max);
        add_int(work, list, "CRM_meta_promoted_node_max", meta->promoted_node_max);
        add_int(work, list, "CRM_meta_master_max", meta->promoted_max);
        add_int(work, list, "CRM_meta_master_node_max", meta->promoted_node_max);
    }
}

static void
add_rsc_meta(struct sched_work *work, const struct sched_rsc *rsc, struct cox_nvlist *list)
{
    if (rsc->instance >= 0) {
        add_int(work, list, "CRM_meta_clone", rsc->instance);
    }
    if (rsc->variant == COX_PRIMITIVE) {
        add_meta(work, list, "remote-node", cox_option_get(COX_OPT_META_REMOTE_NODE, &rsc->meta_raw));
        add_meta(work, list, "external-ip", cox_nvlist_get(&rsc->meta_raw, "external-ip"));
    }
    for (const struct sched_rsc *r = rsc; r != NULL; r = r->parent) {
        if (r->variant == COX_CLONE) {
            add_clone_meta(work, r, list);
        }
        if (r != rsc && r->instance >= 0) {
            add_int(work, list, "CRM_meta_clone", r->instance);
        }
        if (r->container != NULL && r->container != rsc) {
            cox_nvlist_set(list, "CRM_meta_container", r->container->id);
        }
    }
}

static void
add_guest_meta(const struct sched_action *action, struct cox_nvlist *list)
{
    const struct sched_node *guest = action->node, *host;
    const struct sched_rsc *container;
    const char *target;

    if (action->task == SCHED_TASK_CANCEL || action->task == SCHED_TASK_DELETE || guest == NULL || !guest->is_guest || guest->remote_rsc == NULL || guest->remote_rsc->container == NULL) {
        return;
    }
    container = guest->remote_rsc->container;
    target = cox_option_get(COX_OPT_META_CONTAINER_ATTRIBUTE_TARGET, &action->rsc->meta_raw);
    if (action->task == SCHED_TASK_STOP || action->task == SCHED_TASK_DEMOTE
        || (action->task == SCHED_TASK_NOTIFY
            && (g_strcmp0(sched_action_meta(action, "notify_operation"), "stop") == 0
                || g_strcmp0(sched_action_meta(action, "notify_operation"), "demote") == 0))) {
        host = sched_rsc_active_node(container, NULL, NULL);
    } else {
        host = container->assigned;
    }
    if (host != NULL) {
        if (target != NULL) {
            cox_nvlist_set(list, "CRM_meta_container_attribute_target", target);
        }
        cox_nvlist_set(list, "CRM_meta_physical_host", host->name);
    }
}

static void
fill_attributes(struct sched_work *work, const struct sched_action *action, struct cox_nvlist *list)
{
    const struct sched_rsc *rsc = action->rsc;
    bool has_params = rsc != NULL && action->task != SCHED_TASK_LRM_DELETE;

    if (has_params && rsc->variant == COX_PRIMITIVE) {
        sched_op_params(work, action, sched_op_find(rsc, sched_action_op_name(action), action->interval_ms, true), list);
        sched_attrs_params(work, rsc, (action->flags & SCHED_PSEUDO) && action->node == NULL ? NULL : action->node,
                           list);
    }
    if (rsc != NULL) {
        struct cox_nvlist meta = { 0 };

        sched_op_meta(work, action, &meta);
        for (size_t i = 0; i < meta.n_pairs; i++) {
            if (strcmp(meta.pairs[i].name, "id") != 0) {
                add_meta(work, list, meta.pairs[i].name, meta.pairs[i].value);
            }
        }
        cox_nvlist_clear(&meta);
    }
    for (guint32 i = 0; i < action->n_meta; i++) {
        add_meta(work, list, action->meta[i].name, action->meta[i].value);
    }
    if (rsc != NULL) {
        add_rsc_meta(work, rsc, list);
        add_guest_meta(action, list);
    }
    if (action->node != NULL && (!(action->flags & SCHED_PSEUDO) || rsc == NULL)) {
        if (!(rsc == NULL && action->task == SCHED_TASK_NONE)) {
            cox_nvlist_set(list, "CRM_meta_on_node", action->node->name);
            cox_nvlist_set(list, "CRM_meta_on_node_uuid", action->node->id);
        }
    }
}

static bool
is_migrating_away(const struct sched_action *stop)
{
    for (guint32 i = 0; i < stop->before.n; i++) {
        const struct sched_action *first = ((struct sched_edge *) stop->before.items[i])->first;

        if (first->rsc == stop->rsc && first->task == SCHED_TASK_MIGRATE_FROM && (first->flags & SCHED_IN_GRAPH)) {
            return true;
        }
    }
    return false;
}

static void
fill_downed(struct sched_work *work, const struct sched_action *action, struct cox_action *out)
{
    const char *down = NULL;
    const char *how = sched_action_meta(action, "stonith_action");

    if (action->task == SCHED_TASK_SHUTDOWN
        || (action->task == SCHED_TASK_STONITH && how != NULL && strcmp(how, "on") != 0)) {
        down = action->node->id;
    } else if (action->task == SCHED_TASK_STOP && action->rsc != NULL && !(action->flags & SCHED_PSEUDO)
               && !is_migrating_away(action)) {
        if (action->rsc->remote_node != NULL) {
            down = action->rsc->id;
        }
    }
    if (down != NULL) {
        struct cox_nvpair *pair = cox_arena_new_array(work->arena, struct cox_nvpair, 1);

        pair->name = down;
        out->downed = pair;
        out->n_downed = 1;
    }
}

/* The key under which the executor knows it.  Of an instance's own events it tells what they are for, not what made them. */
static const char *
recorded_key(struct sched_work *work, const struct sched_action *action)
{
    const struct sched_rsc *rsc = action->rsc;

    if (action->task == SCHED_TASK_NOTIFIED) {
        return sched_action_key(work, rsc->recorded_id, action->text, 0);
    }
    if (action->task == SCHED_TASK_NOTIFY) {
        return cox_arena_printf(work->arena, "%s_%s_notify_%s_0", rsc->recorded_id, sched_action_meta(action, "notify_type"),
                                sched_action_meta(action, "notify_operation"));
    }
    return cox_arena_printf(work->arena, "%s%s", rsc->recorded_id, action->key + strlen(rsc->id));
}

static void
fill_rsc(struct sched_work *work, const struct sched_action *action, struct cox_action *out)
{
    const struct sched_rsc *rsc = action->rsc;
    const char *short_id = rsc->id;

    out->display_id = rsc->id;
    if (rsc->variant != COX_PRIMITIVE) {
        return;
    }
    out->rsc_standard = rsc->standard;
    out->rsc_provider = rsc->provider;
    out->rsc_type = rsc->type;
    if (rsc->recorded_id != NULL && strcmp(rsc->recorded_id, rsc->id) != 0) {
        short_id = rsc->recorded_id;
        if (g_str_has_prefix(action->key, rsc->id)) {
            out->internal_key = action->key;
            out->key = recorded_key(work, action);
        }
    } else if (rsc->history_id != NULL) {
        short_id = rsc->history_id;
    }
    out->rsc_id = short_id;
    out->rsc_long_id = (strcmp(short_id, rsc->id) != 0) ? rsc->id : NULL;
    if (rsc->recorded_id != NULL && strchr(rsc->recorded_id, ':') != NULL && rsc->history_id != NULL) {
        /* Old histories write anonymous instances with a number: that is how the executor knows them. */
        out->rsc_id = rsc->history_id;
        out->rsc_long_id = rsc->recorded_id;
    }
}

static void
fill_action(struct sched_work *work, const struct sched_action *action, struct cox_action *out)
{
    struct cox_nvlist list = { 0 };
    const struct sched_node *router = sched_remote_router(action);

    out->id = action->id;
    out->task = action->text;
    out->key = action->key;
    out->interval_ms = action->interval_ms;
    out->priority = action->priority;
    if (action->flags & SCHED_PSEUDO) {
        out->kind = COX_ACTION_PSEUDO;
    } else if (action->rsc == NULL || action->task == SCHED_TASK_CLEAR_FAILCOUNT
               || action->task == SCHED_TASK_LRM_DELETE) {
        out->kind = COX_ACTION_CRM;
    } else {
        out->kind = COX_ACTION_RSC;
    }
    if (action->node != NULL
        && (!(action->flags & SCHED_PSEUDO) || action->task == SCHED_TASK_STONITH)) {
        out->node_name = action->node->name;
        out->node_uuid = action->node->id;
        out->router_node = (router != NULL && !(action->flags & SCHED_PSEUDO)) ? router->name : NULL;
    }
    if (action->rsc != NULL) {
        fill_rsc(work, action, out);
    }
    fill_attributes(work, action, &list);
    if (list.n_pairs > 1) {
        qsort(list.pairs, list.n_pairs, sizeof(list.pairs[0]), by_name);
    }
    for (size_t i = 0; i < list.n_pairs; i++) {
        const char *value = list.pairs[i].value;

        list.pairs[i].value = (value != NULL) ? cox_arena_strdup(work->arena, value) : "";
    }
    out->attributes = cox_arena_memdup(work->arena, list.pairs, list.n_pairs, sizeof(list.pairs[0]));
    out->n_attributes = list.n_pairs;
    cox_nvlist_clear(&list);
    fill_downed(work, action, out);
}

/* ---- cycles ---- */

/* Number the actions that can be reached in order; those left over sit in or behind a cycle. */
static guint
sort_out(GPtrArray *actions, guint32 *waiting, GPtrArray *ready)
{
    guint done = 0;

    g_ptr_array_set_size(ready, 0);
    for (guint i = 0; i < actions->len; i++) {
        struct sched_action *action = g_ptr_array_index(actions, i);

        waiting[i] = 0;
        for (guint32 k = 0; k < action->before.n; k++) {
            waiting[i] += is_input(action->before.items[k]);
        }
        if (waiting[i] == 0) {
            g_ptr_array_add(ready, action);
        }
    }
    for (; done < ready->len; done++) {
        const struct sched_action *action = g_ptr_array_index(ready, done);

        for (guint32 k = 0; k < action->after.n; k++) {
            const struct sched_edge *edge = action->after.items[k];

            if ((edge->then->flags & SCHED_IN_GRAPH) && is_input(edge) && --waiting[edge->then->graph_index] == 0) {
                g_ptr_array_add(ready, edge->then);
            }
        }
    }
    return done;
}

/* Between the event of a group or clone and what is in it: without that the event would tell nothing to who waits for it. */
static bool
is_enclosing(const struct sched_edge *edge)
{
    const struct sched_rsc *first = edge->first->rsc, *then = edge->then->rsc;
    enum sched_task task = edge->then->task;

    if (first == NULL || then == NULL || first == then) {
        return false;
    }
    return sched_rsc_is_inside(then, first)
           || (sched_rsc_is_inside(first, then)
               && (task == SCHED_TASK_RUNNING || task == SCHED_TASK_STOPPED || task == SCHED_TASK_PROMOTED || task == SCHED_TASK_DEMOTED));
}

/*
 * That a probe comes before a way down, or is done when all is down, spares a restart that it may forbid, no more.  Behind a connection
 * that waits for the rest of the circle nothing runs yet.
 */
static bool
is_for_caution(const struct sched_edge *edge)
{
    enum sched_task then = edge->then->task;

    return edge->first->task == SCHED_TASK_MONITOR && edge->first->interval_ms == 0
           && (then == SCHED_TASK_STOP || then == SCHED_TASK_STOPPED || then == SCHED_TASK_DEMOTE || then == SCHED_TASK_DEMOTED
               || edge->first->node->kind == SCHED_NODE_REMOTE);
}

/* Does it keep a resource from beginning before it has ended elsewhere?  Nothing runs twice for an order that cannot be kept. */
static bool
is_for_one_place(const struct sched_edge *edge)
{
    const struct sched_action *first = edge->first, *then = edge->then;

    return then->task == SCHED_TASK_START
           && (first->task == SCHED_TASK_STONITH || (first->task == SCHED_TASK_STOP && first->rsc != NULL && first->rsc == then->rsc));
}

/* Does it bring up a machine or a connection for what is done behind it?  Before that nothing can be done there. */
static bool
is_for_way_there(const struct sched_edge *edge)
{
    const struct sched_node *node = edge->then->node;
    const struct sched_rsc *first = edge->first->rsc, *then = edge->then->rsc;
    const struct sched_rsc *connection = node != NULL && node->kind == SCHED_NODE_REMOTE ? node->remote_rsc
                                         : then != NULL && then->remote_node != NULL    ? then
                                                                                        : NULL;

    return edge->first->task == SCHED_TASK_START && first != NULL && connection != NULL
           && ((first == connection && then != connection) || first == connection->container);
}

/* What is given up last in a cycle has the highest. */
static int
strength(const struct sched_edge *edge)
{
    if (edge->flags == SCHED_R_LOAD) {
        return 0;
    }
    if (is_for_caution(edge)) {
        return 1;
    }
    if (is_for_one_place(edge) || is_for_way_there(edge)) {
        return 5;
    }
    return is_enclosing(edge) ? 4 : is_plain(edge->flags) ? 2 : 3;
}

/* Follow unfinished predecessors until one comes twice; the edge dropped is the weakest of that cycle. */
static void
break_cycle(struct sched_work *work, GPtrArray *actions, const guint32 *waiting)
{
    g_autoptr(GPtrArray) path = g_ptr_array_new();
    struct sched_action *at = NULL;
    struct sched_edge *weakest = NULL;

    for (guint i = 0; i < actions->len && at == NULL; i++) {
        at = (waiting[i] > 0) ? g_ptr_array_index(actions, i) : NULL;
    }
    while (at != NULL && !(at->flags & SCHED_MARK)) {
        struct sched_edge *next = NULL;

        at->flags |= SCHED_MARK;
        for (guint32 k = 0; k < at->before.n && next == NULL; k++) {
            struct sched_edge *edge = at->before.items[k];

            next = (is_input(edge) && waiting[edge->first->graph_index] > 0) ? edge : NULL;
        }
        g_ptr_array_add(path, next);
        at = (next != NULL) ? next->first : NULL;
    }
    for (guint i = path->len; i > 0; i--) {
        struct sched_edge *edge = g_ptr_array_index(path, i - 1);

        if (edge == NULL) {
            continue;
        }
        edge->then->flags &= ~(guint32) SCHED_MARK;
        weakest = weakest == NULL || strength(edge) < strength(weakest) ? edge : weakest;
        if (edge->then == at) {
            break;
        }
    }
    for (guint i = 0; i < actions->len; i++) {
        ((struct sched_action *) g_ptr_array_index(actions, i))->flags &= ~(guint32) SCHED_MARK;
    }
    if (weakest != NULL) {
        if (strength(weakest) > 1) {
            cox_diags_add(work->diags, COX_SEVERITY_WARNING, weakest->first->key, "look for contradicting constraints",
                          "order of %s before %s is part of a cycle and ignored", weakest->first->key,
                          weakest->then->key);
        }
        sched_edge_drop(weakest);
    }
}

static void
make_acyclic(struct sched_work *work, GPtrArray *actions)
{
    g_autofree guint32 *waiting = g_new0(guint32, actions->len + 1);
    g_autoptr(GPtrArray) ready = g_ptr_array_new();

    for (guint guard = 0; guard < actions->len; guard++) {
        if (sort_out(actions, waiting, ready) == actions->len) {
            return;
        }
        break_cycle(work, actions, waiting);
    }
}

static void
fill_inputs(struct sched_work *work, const struct sched_action *action, struct cox_action *out, GArray *scratch)
{
    g_array_set_size(scratch, 0);
    for (guint32 k = 0; k < action->before.n; k++) {
        const struct sched_edge *edge = action->before.items[k];
        bool is_new = is_input(edge);

        if (is_new && !(edge->first->flags & SCHED_MARK)) {
            edge->first->flags |= SCHED_MARK;
            g_array_append_val(scratch, edge->first->graph_index);
        }
    }
    for (guint32 k = 0; k < action->before.n; k++) {
        ((struct sched_edge *) action->before.items[k])->first->flags &= ~(guint32) SCHED_MARK;
    }
    out->n_inputs = scratch->len;
    out->inputs = cox_arena_memdup(work->arena, scratch->data, scratch->len, sizeof(guint32));
}

static void
fill_header(struct sched_work *work, struct cox_graph *graph)
{
    const struct cox_nvlist *raw = &work->opt.raw;
    const char *delay = cox_option_get(COX_OPT_CLUSTER_CLUSTER_DELAY, raw);
    const char *timeout = cox_option_get(COX_OPT_CLUSTER_FENCING_TIMEOUT, raw);

    graph->header.cluster_delay = delay != NULL ? delay : cox_option(COX_OPT_CLUSTER_CLUSTER_DELAY)->fallback;
    graph->header.fencing_timeout = timeout != NULL ? timeout : cox_option(COX_OPT_CLUSTER_FENCING_TIMEOUT)->fallback;
    graph->header.failed_stop_offset = "INFINITY";
    graph->header.failed_start_offset = work->opt.start_failure_fatal ? "INFINITY" : "1";
    graph->header.batch_limit = cox_option_get(COX_OPT_CLUSTER_BATCH_LIMIT, raw);
    graph->header.migration_limit = (work->opt.migration_limit > 0) ? cox_option_get(COX_OPT_CLUSTER_MIGRATION_LIMIT, raw) : NULL;
}

void
sched_graph_fill(struct sched_work *work, struct cox_plan *plan)
{
    g_autoptr(GPtrArray) actions = g_ptr_array_new();
    g_autoptr(GArray) scratch = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct cox_action *out;

    sched_notify_fill(work);
    for (guint i = 0; i < work->actions->len; i++) {
        struct sched_action *action = g_ptr_array_index(work->actions, i);

        if (is_wanted(action)) {
            action->flags |= SCHED_IN_GRAPH;
            action->graph_index = actions->len;
            g_ptr_array_add(actions, action);
        }
    }
    make_acyclic(work, actions);
    sched_graph_order(work, actions);
    out = cox_arena_new_array(work->arena, struct cox_action, actions->len + 1);
    for (guint i = 0; i < actions->len; i++) {
        const struct sched_action *action = g_ptr_array_index(actions, i);

        fill_action(work, action, &out[i]);
        out[i].id = work->input->is_numbered_by_list ? i + 1 : out[i].id;
        fill_inputs(work, action, &out[i], scratch);
    }
    plan->graph.actions = out;
    plan->graph.n_actions = actions->len;
    fill_header(work, &plan->graph);
    sched_summary_fill(work, plan);
}
