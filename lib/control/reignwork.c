/* lib/control/reignwork.c - the plan is carried out: orders, fencing, results and what they mean.  Layer 4, pure. */
#include "control/failure.h"
#include "control/reigncause_priv.h"
#include "model/graphattr.h"
#include "model/score.h"
#include "model/status.h"

/* The fencer was asked for a node. */
struct reign_asked {
    guint64 life;   /* that is to end; 0: not known */
    bool is_spared; /* it was told that it is not wanted any more */
};

static void run_effects(struct cox_reign *reign, struct cox_conduct_effects *effects, cox_usec now,
                        struct cox_reign_effects *out);

void
cox_reign_work_step(struct cox_reign *reign, const struct cox_conduct_event *event, cox_usec now,
                struct cox_reign_effects *out)
{
    struct cox_conduct_effects effects;

    /* A plan that is being made knows of no result from now on, be it of an operation or of a fencing. */
    reign->is_stale = reign->is_stale || (reign->is_planning && event->kind == COX_CONDUCT_ON_RESULT);
    /* What an effect answers at once is a step inside a step: each has its own list. */
    cox_conduct_effects_init(&effects);
    cox_conduct_step(reign->conduct, event, now, &effects);
    run_effects(reign, &effects, now, out);
    cox_conduct_effects_clear(&effects);
}

void
cox_reign_want(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    if (!cox_reign_is_coordinator(reign)) {
        return;
    }
    reign->n_wants++;
    reign->wants_plan = true;
    reign->is_stale = reign->is_stale || reign->is_planning;
    if (reign->is_working) {
        cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_ABORT, .priority = COX_SCORE_INFINITY },
                        now, out);
    }
}

static void
finish(struct cox_reign *reign, const struct cox_action *action, int rc, cox_usec now, struct cox_reign_effects *out)
{
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_RESULT,
                                       .result = { { action->rsc_id, action->task, action->interval_ms, action->node_name },
                                                   rc } };

    cox_reign_work_step(reign, &event, now, out);
}

/* ---- orders ---- */

static struct cox_reign_effect *
add_order(struct cox_reign *reign, const struct cox_action *action, enum cox_reign_order kind, struct cox_reign_effects *out)
{
    const char *place = action->router_node != NULL ? action->router_node : action->node_name;
    struct reign_node *node = cox_reign_node_named(reign, place);
    struct cox_reign_effect *effect = NULL;

    if (node == NULL || !node->is_member) { /* its time will be up */
        return NULL;
    }
    effect = cox_reign_add(out, COX_REIGN_DO_ORDER);
    effect->node = node->id;
    effect->name = cox_effects_text(&out->list, node->name);
    effect->order.kind = kind;
    effect->order.action = action;
    return effect;
}

static bool
order(struct cox_reign *reign, const struct cox_action *action, enum cox_reign_order kind, struct cox_reign_effects *out)
{
    return add_order(reign, action, kind, out) != NULL;
}

static void
order_run(struct cox_reign *reign, const struct cox_action *action, const struct cox_conduct_effect *asked, struct cox_reign_effects *out)
{
    struct cox_reign_effect *effect = add_order(reign, action, COX_REIGN_RUN, out);
    g_autofree struct cox_opname *after = g_new0(struct cox_opname, asked->n_after);

    for (size_t i = 0; effect != NULL && i < asked->n_after; i++) {
        after[i] = (struct cox_opname) { cox_effects_text(&out->list, asked->after[i].rsc_id), cox_effects_text(&out->list, asked->after[i].task) };
    }
    if (effect != NULL) {
        effect->order.after = cox_effects_array(&out->list, after, asked->n_after, sizeof(struct cox_opname));
        effect->order.n_after = asked->n_after;
    }
}

/*
 * One sees it leave; each plan until then tells it again.  It is told when the document says so, and the plan after the write does it: who
 * leads next would otherwise see a member that has gone, and fence it.
 */
static void
dismiss(struct cox_reign *reign, const struct cox_action *action, struct cox_reign_effects *out)
{
    struct reign_node *node = cox_reign_node_named(reign, action->node_name);

    if (node != NULL && node->is_member) {
        node->is_leaving = true;
        if (cox_reign_state_is_written(reign, node)) {
            (void) order(reign, action, COX_REIGN_SHUTDOWN, out);
        }
    }
}

static void
note_asked(struct cox_reign *reign, const char *target, const struct reign_node *node)
{
    struct reign_asked *asked = g_new(struct reign_asked, 1);

    *asked = (struct reign_asked) { node == NULL ? 0 : node->life, false };
    g_hash_table_insert(reign->unanswered, g_strdup(target), asked);
}

static void
fence(struct cox_reign *reign, const struct cox_action *action, cox_usec now, struct cox_reign_effects *out)
{
    const char *how = cox_action_attribute(action, "CRM_meta_stonith_action");
    cox_usec at = cox_fenceretry_at(&reign->retry, action->node_name);
    struct reign_node *node = cox_reign_node_named(reign, action->node_name);
    struct cox_reign_effect *effect = NULL;

    if (at > now) { /* it has failed so often that it has to pause */
        struct reign_fence *later = g_new(struct reign_fence, 1);

        *later = (struct reign_fence) { g_strdup(action->node_name), at };
        g_ptr_array_add(reign->fences, later);
        return;
    }
    if (node != NULL) {
        node->fence_asked_at = now;
    }
    g_hash_table_add(reign->fencing, g_strdup(action->node_name));
    note_asked(reign, action->node_name, node);
    if (g_strcmp0(how, "on") == 0) {
        struct reign_mark *mark = g_new(struct reign_mark, 1);

        mark->all = g_strdup(cox_action_attribute(action, "CRM_meta_digests_all"));
        mark->secure = g_strdup(cox_action_attribute(action, "CRM_meta_digests_secure"));
        g_hash_table_insert(reign->unfencing, g_strdup(action->node_name), mark);
    }
    effect = cox_reign_add(out, COX_REIGN_DO_FENCE);
    effect->name = cox_effects_text(&out->list, action->node_name);
    effect->fence.action = action;
    effect->fence.how = how == NULL ? "reboot" : how;
    effect->fence.life = node == NULL ? 0 : node->life;
}

static void
set_attribute(const char *node, const struct cox_reign_attribute *attribute, struct cox_reign_effects *out)
{
    struct cox_reign_effect *effect = cox_reign_add(out, COX_REIGN_DO_ATTRIBUTE);

    effect->name = cox_effects_text(&out->list, node);
    effect->attribute = *attribute;
    effect->attribute.attribute = cox_effects_text(&out->list, attribute->attribute);
    effect->attribute.value = cox_effects_text(&out->list, attribute->value);
}

static void
start_event(struct cox_reign *reign, guint32 index, cox_usec now, struct cox_reign_effects *out)
{
    const struct cox_action *action = &reign->graph->actions[index];

    if (g_str_equal(action->task, "stonith")) {
        fence(reign, action, now, out);
    } else if (g_str_equal(action->task, "do_shutdown")) {
        dismiss(reign, action, out);
        finish(reign, action, 0, now, out);
    } else if (g_str_equal(action->task, "lrm_delete")) {
        (void) order(reign, action, COX_REIGN_FORGET, out);
    } else if (g_str_equal(action->task, "clear_failcount") && action->rsc_id != NULL && action->node_name != NULL) {
        g_autofree char *pattern = cox_failure_pattern(action->rsc_id);

        set_attribute(action->node_name, &(struct cox_reign_attribute) { .attribute = pattern, .is_pattern = true }, out);
        if (!order(reign, action, COX_REIGN_CLEAR, out)) {
            finish(reign, action, 0, now, out); /* the history goes when the node comes back */
        }
    } else { /* nothing that a daemon would have to do */
        finish(reign, action, 0, now, out);
    }
}

static void
start(struct cox_reign *reign, const struct cox_conduct_effect *asked, cox_usec now, struct cox_reign_effects *out)
{
    const struct cox_action *action = &reign->graph->actions[asked->action];

    if (action->kind == COX_ACTION_CRM) {
        start_event(reign, asked->action, now, out);
    } else if (g_str_equal(action->task, "delete")) { /* looks like an agent's action in the graph, and is none: what was removed is forgotten */
        (void) order(reign, action, COX_REIGN_FORGET, out);
    } else if (g_str_equal(action->task, "cancel")) {
        (void) order(reign, action, COX_REIGN_CANCEL, out);
    } else {
        order_run(reign, action, asked, out);
    }
}

void
cox_reign_work_end(struct cox_reign *reign, struct cox_reign_effects *out)
{
    struct cox_reign_effect *effect = NULL;

    if (!reign->is_working) {
        return;
    }
    reign->is_working = false;
    effect = cox_reign_add(out, COX_REIGN_DO_END);
    effect->transition.n_actions = reign->graph == NULL ? 0 : (guint32) reign->graph->n_actions;
    effect->transition.n_failed = reign->n_failed;
    effect->transition.is_aborted = reign->wants_plan;
}

static void
withdraw(struct cox_reign *reign, const struct cox_conduct_effect *asked, struct cox_reign_effects *out)
{
    const struct reign_node *node = cox_reign_node_named(reign, asked->place);
    struct cox_reign_effect *effect = NULL;

    if (node != NULL && node->is_member) {
        effect = cox_reign_add(out, COX_REIGN_DO_WITHDRAW);
        effect->node = node->id;
        effect->name = cox_effects_text(&out->list, node->name);
        effect->withdraw = (struct cox_conduct_identity) { cox_effects_text(&out->list, asked->identity.rsc_id),
                                                           cox_effects_text(&out->list, asked->identity.task),
                                                           asked->identity.interval_ms, effect->name };
    }
}

static void
run_effects(struct cox_reign *reign, struct cox_conduct_effects *effects, cox_usec now, struct cox_reign_effects *out)
{
    const struct cox_graph *graph = reign->graph;

    for (guint i = 0; i < cox_conduct_effects_count(effects); i++) {
        struct cox_conduct_effect effect = *cox_conduct_effects_get(effects, i);

        switch (effect.kind) {
            case COX_CONDUCT_DO_START:
                if (graph == reign->graph) {
                    start(reign, &effect, now, out);
                }
                break;
            case COX_CONDUCT_DO_WITHDRAW:
                withdraw(reign, &effect, out);
                break;
            case COX_CONDUCT_DO_LOST:
                reign->n_failed++;
                break;
            case COX_CONDUCT_DO_REPLAN:
                cox_reign_want(reign, now, out);
                break;
            case COX_CONDUCT_DO_COMPLETE:
                cox_reign_work_end(reign, out);
                break;
            case COX_CONDUCT_DO_WAKE:
                reign->conduct_at = effect.at;
                break;
        }
    }
}

/* ---- graph ---- */

static guint
limit_of(const char *text)
{
    gint64 limit = text == NULL ? 0 : g_ascii_strtoll(text, NULL, 10);

    return (guint) CLAMP(limit, 0, G_MAXINT32);
}

static const struct cox_action *
fencing_in(const struct cox_graph *graph, const char *target)
{
    for (size_t i = 0; graph != NULL && i < graph->n_actions; i++) {
        const struct cox_action *action = &graph->actions[i];

        if (g_str_equal(action->task, "stonith") && g_strcmp0(action->node_name, target) == 0) {
            return action;
        }
    }
    return NULL;
}

/* Fencing that pauses after failures, and that the new plan does not want any more: what is planned there need not wait for it. */
static void
forget_pauses(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    for (guint i = reign->fences->len; i > 0; i--) {
        struct reign_fence *later = reign->fences->pdata[i - 1];
        const struct cox_action gone = { .task = "stonith", .node_name = later->target };

        if (fencing_in(reign->graph, later->target) == NULL) {
            (void) g_ptr_array_steal_index(reign->fences, i - 1);
            finish(reign, &gone, 1, now, out);
            cox_reign_fence_free(later);
        }
    }
}

/*
 * A node that is back is needed, or leaves in order; if it is back in another life, the fencer says in a moment that the one before is over.  The heal that
 * brings it back mostly begins another reign: ours, and then the plan decides once all is known, or another one's, who asks anew if he wants it fenced.
 */
static bool
may_spare(const struct cox_reign *reign, const char *name, const struct reign_asked *asked)
{
    const struct reign_node *node = cox_reign_node_named(reign, name);

    if (node == NULL || !node->is_controller || node->life == 0 || node->life != asked->life || g_hash_table_contains(reign->unfencing, name)) {
        return false;
    }
    return !cox_reign_is_coordinator(reign) || (node->has_reported && fencing_in(reign->graph, name) == NULL);
}

void
cox_reign_work_spare(struct cox_reign *reign, struct cox_reign_effects *out)
{
    GHashTableIter iter;
    gpointer name = NULL, value = NULL;

    g_hash_table_iter_init(&iter, reign->unanswered);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        struct reign_asked *asked = value;

        if (!asked->is_spared && may_spare(reign, name, asked)) {
            asked->is_spared = true;
            cox_reign_add(out, COX_REIGN_DO_SPARE)->name = cox_effects_text(&out->list, name);
        }
    }
}

/* Who is still there and does not want to leave any more. */
static void
forget_leavers(struct cox_reign *reign, const struct cox_graph *graph)
{
    for (guint i = 0; i < reign->nodes->len; i++) {
        struct reign_node *node = reign->nodes->pdata[i];
        bool leaves = false;

        for (size_t k = 0; k < graph->n_actions && node->is_leaving && node->is_controller; k++) {
            leaves = leaves || (g_str_equal(graph->actions[k].task, "do_shutdown")
                                && g_strcmp0(graph->actions[k].node_name, node->name) == 0);
        }
        node->is_leaving = node->is_leaving && (leaves || !node->is_controller);
    }
}

void
cox_reign_work_on_graph(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now,
                    struct cox_reign_effects *out)
{
    const struct cox_graph *graph = event->plan.graph;
    const char *migrations = graph->header.migration_limit;
    bool wants_plan = reign->wants_plan;
    struct cox_reign_effect *effect = NULL;

    reign->wants_plan = wants_plan || reign->is_working; /* the one before was not done */
    cox_reign_work_end(reign, out);
    reign->wants_plan = wants_plan;
    forget_leavers(reign, graph);
    reign->graph = graph;
    reign->n_failed = 0;
    if (graph->n_actions > 0) {
        effect = cox_reign_add(out, COX_REIGN_DO_BEGIN);
        effect->transition.n_actions = (guint32) graph->n_actions;
        effect->transition.cause = cox_effects_text(&out->list, cox_reign_cause_text(reign));
        reign->is_working = true;
    }
    cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_GRAPH,
                                                         .graph = { graph, limit_of(graph->header.batch_limit),
                                                                    migrations == NULL ? -1 : (gint) limit_of(migrations) } },
                    now, out);
    forget_pauses(reign, now, out);
    cox_reign_work_spare(reign, out);
}

/* ---- results ---- */

static void
count_failure(struct cox_reign *reign, const char *node, const struct cox_reign_event *event, cox_usec now,
              struct cox_reign_effects *out)
{
    struct cox_failed failure = { event->result.rsc_id, event->result.task, event->result.interval_ms,
                                   event->result.rc,     event->result.status, event->result.target_rc };
    const struct cox_graph *graph = reign->graph;
    const char *start_offset = reign->forgives_start ? "1" : "INFINITY"; /* what another one ordered may fail before we have a plan */
    struct cox_failure_count count = { NULL, NULL, NULL, NULL };
    bool is_known;

    start_offset = graph == NULL || graph->header.failed_start_offset == NULL ? start_offset : graph->header.failed_start_offset;
    if (event->result.order != COX_REIGN_RUN
        || !cox_failure_count(&failure, start_offset, graph == NULL ? NULL : graph->header.failed_stop_offset, event->result.began,
                              &count)) {
        return;
    }
    is_known = cox_reign_facts_count(reign, node, &count, event, now);
    if (!is_known) { /* a plan that does not know of the failure would do the same again */
        reign->attributes_until = cox_usec_after_ms(now, reign->config.settle_ms);
    }
    set_attribute(node, &(struct cox_reign_attribute) { count.count_name, count.count, .may_wait = true }, out);
    set_attribute(node, &(struct cox_reign_attribute) { count.time_name, count.time, .may_wait = is_known }, out);
    cox_failure_clear(&count);
}

void
cox_reign_work_on_result(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now,
                     struct cox_reign_effects *out)
{
    struct reign_node *node = cox_reign_node_find(reign, event->node);
    const char *name = event->name != NULL ? event->name : node == NULL ? NULL : node->name;
    const char *task = event->result.task;
    int rc = event->result.rc;
    bool has_begun = event->result.order != COX_REIGN_RUN || event->result.status != COX_OP_STATUS_CANCELLED;

    if (node == NULL || name == NULL || !cox_reign_is_coordinator(reign)) {
        return;
    }
    if (event->result.call_id > node->heard) {
        if (node->heard <= node->recorded) {
            node->unrecorded_until = cox_usec_after_ms(now, reign->config.record_grace_ms);
        }
        node->heard = event->result.call_id;
    }
    if (event->result.order == COX_REIGN_RUN && has_begun) {
        cox_reign_facts_note(node, event);
    }
    count_failure(reign, name, event, now, out);
    if (event->result.order == COX_REIGN_CANCEL) {
        task = "cancel";
    } else if (event->result.order == COX_REIGN_FORGET) {
        cox_reign_facts_forget_rsc(reign, node, name, event->result.rsc_id);
        task = g_strcmp0(event->result.task, "delete") == 0 ? "delete" : "lrm_delete"; /* as the graph calls it */
    } else if (event->result.order == COX_REIGN_CLEAR) {
        task = "clear_failcount";
    } else if (event->result.status != 0 && event->result.target_rc == rc) {
        rc = -1; /* not done, whatever the code */
    }
    cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_RESULT,
                                                         .result = { { event->result.rsc_id, task, event->result.interval_ms,
                                                                       name },
                                                                     rc, !has_begun } },
                    now, out);
}

/* ---- fencing ---- */

/*
 * Is the proof about another life of the node than the one in which we know it to be, or to have been last?  Lives are compared by their
 * numbers.  When one of them is not known our own fencing counts if nobody came since we asked for it, and that of others if
 * nobody ever came: clocks of other nodes say nothing.
 */
static bool
is_of_another_life(const struct reign_node *node, const struct cox_reign_event *event)
{
    if (node->life != 0 && event->done.life != 0) {
        return node->life != event->done.life;
    }
    return node->joined_at > (event->kind == COX_REIGN_ON_FENCED ? node->fence_asked_at : 0);
}

void
cox_reign_mark_free(gpointer data)
{
    struct reign_mark *mark = data;

    g_free(mark->all);
    g_free(mark->secure);
    g_free(mark);
}

/* Plans see by attributes that go with the node's membership that it was unfenced, and by which devices; the next one must not repeat it. */
static void
mark_unfenced(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    const struct reign_mark *mark = g_hash_table_lookup(reign->unfencing, event->name);

    if (mark != NULL && event->done.is_ok) {
        g_autofree char *when = g_strdup_printf("%" G_GINT64_FORMAT, cox_wall_seconds(event->done.at));

        set_attribute(event->name, &(struct cox_reign_attribute) { .attribute = "#digests-all", .value = mark->all, .may_wait = true }, out);
        set_attribute(event->name, &(struct cox_reign_attribute) { .attribute = "#digests-secure", .value = mark->secure, .may_wait = true }, out);
        set_attribute(event->name, &(struct cox_reign_attribute) { .attribute = "#node-unfenced", .value = when }, out);
        reign->attributes_until = cox_usec_after_ms(now, reign->config.settle_ms);
    }
    g_hash_table_remove(reign->unfencing, event->name);
}

/*
 * The news that a node was fenced and the answer that our fencing is done come one after the other; the first proof counts.  A node
 * that speaks is down only on our own word: its leaving is on its way to us.  But when the proof is about the life before, it is
 * fenced once more, even if it has left again meanwhile.
 */
void
cox_reign_work_on_fenced(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now,
                         struct cox_reign_effects *out)
{
    struct reign_node *node = cox_reign_node_named(reign, event->name);
    bool is_answer = event->kind == COX_REIGN_ON_FENCED, is_ok = event->done.is_ok;
    bool is_awaited = g_hash_table_contains(reign->fencing, event->name);
    bool speaks = node != NULL && node->is_controller;
    bool is_of_life_before = node != NULL && is_of_another_life(node, event);
    const struct reign_asked *asked = g_hash_table_lookup(reign->unanswered, event->name);
    bool is_spared = is_answer && asked != NULL && asked->is_spared;

    if (is_answer) {
        g_hash_table_remove(reign->unanswered, event->name);
    }
    if (is_answer && !is_awaited) {
        return; /* the news was first, or another one reigned when it was asked */
    }
    if (is_ok && node != NULL && !event->done.is_unfencing && !is_of_life_before && (is_awaited || !speaks)) {
        cox_reign_node_down(reign, node);
    } else if (!is_ok && is_answer && !is_spared) {
        cox_fenceretry_note_failure(&reign->retry, event->name, now);
    }
    if (!cox_reign_is_coordinator(reign)) {
        return;
    }
    if (is_awaited && (is_answer || (is_ok && !is_of_life_before))) {
        g_hash_table_remove(reign->fencing, event->name);
        mark_unfenced(reign, event, now, out);
        cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_RESULT,
                                                                 .result = { { NULL, "stonith", 0, event->name }, is_ok ? 0 : 1 } },
                            now, out);
    } else {
        cox_reign_want(reign, now, out);
    }
}

/* ---- time ---- */

void
cox_reign_fence_free(gpointer fence)
{
    g_free(((struct reign_fence *) fence)->target);
    g_free(fence);
}

void
cox_reign_work_on_wake(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    if (cox_usec_is_due(reign->conduct_at, now)) {
        reign->conduct_at = COX_USEC_NEVER;
        cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_WAKE }, now, out);
    }
    for (guint i = reign->fences->len; i > 0; i--) {
        const struct reign_fence *later = reign->fences->pdata[i - 1];

        if (cox_usec_is_due(later->at, now)) {
            const struct cox_action *action = fencing_in(reign->graph, later->target); /* forget_pauses keeps none without */

            g_ptr_array_remove_index(reign->fences, i - 1);
            fence(reign, action, now, out);
        }
    }
}
