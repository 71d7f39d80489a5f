/* lib/transition/conduct.c - carry out graph after graph in a live cluster: the engine.  Layer 3, pure. */
#include "transition/conduct_priv.h"

#include "model/graphattr.h"
#include "model/score.h"

static void
free_flight(gpointer data)
{
    struct flight *flight = data;

    g_free(flight->rsc_id);
    g_free(flight->task);
    g_free(flight->node);
    g_free(flight->key);
    g_free(flight->migrate_source);
    g_free(flight->migrate_target);
    g_free(flight->place);
    if (flight->after != NULL) {
        g_ptr_array_unref(flight->after);
    }
    g_free(flight);
}

static void
free_sent(gpointer data)
{
    struct sent *sent = data;

    g_free(sent->rsc_id);
    g_free(sent->source);
    g_free(sent->target);
    g_free(sent);
}

struct cox_conduct *
cox_conduct_new(const struct cox_conduct_config *config)
{
    struct cox_conduct *conduct = g_new0(struct cox_conduct, 1);

    conduct->config = *config;
    conduct->waiting = g_array_new(FALSE, FALSE, sizeof(guint32));
    conduct->flights = g_ptr_array_new_with_free_func(free_flight);
    conduct->sent = g_ptr_array_new_with_free_func(free_sent);
    conduct->news = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    conduct->unknown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    conduct->limits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    conduct->takers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    conduct->balking = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    conduct->is_complete = true;
    conduct->wake_at = COX_USEC_NEVER;
    return conduct;
}

void
cox_conduct_free(struct cox_conduct *conduct)
{
    if (conduct == NULL) {
        return;
    }
    cox_transition_free(conduct->transition);
    g_array_unref(conduct->waiting);
    g_ptr_array_unref(conduct->flights);
    g_ptr_array_unref(conduct->sent);
    g_hash_table_unref(conduct->news);
    g_hash_table_unref(conduct->unknown);
    g_hash_table_unref(conduct->limits);
    g_hash_table_unref(conduct->takers);
    g_hash_table_unref(conduct->balking);
    g_free(conduct);
}

static struct cox_conduct_effect *
add(struct cox_conduct_effects *out, enum cox_conduct_effect_kind kind)
{
    struct cox_conduct_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    return effect;
}

/* ---- what is in flight ---- */

static bool
is_flight_of(const struct flight *flight, const struct cox_conduct_identity *identity)
{
    return g_strcmp0(flight->rsc_id, identity->rsc_id) == 0 && g_str_equal(flight->task, identity->task)
           && flight->interval_ms == identity->interval_ms && g_strcmp0(flight->node, identity->node) == 0;
}

static struct flight *
find_flight(const struct cox_conduct *conduct, const struct cox_conduct_identity *identity)
{
    for (guint i = 0; i < conduct->flights->len; i++) {
        if (is_flight_of(conduct->flights->pdata[i], identity)) {
            return conduct->flights->pdata[i];
        }
    }
    return NULL;
}

/* ---- what is on its way ---- */

static void
note_sent(struct cox_conduct *conduct, const struct flight *flight)
{
    struct sent *sent = NULL;

    if (!g_str_equal(flight->task, "migrate_to") || flight->node == NULL || flight->migrate_target == NULL) {
        return;
    }
    for (guint i = conduct->sent->len; i > 0; i--) {
        sent = conduct->sent->pdata[i - 1];
        if (!sent->is_orphaned && g_strcmp0(sent->rsc_id, flight->rsc_id) == 0) {
            g_ptr_array_remove_index(conduct->sent, i - 1);
        }
    }
    sent = g_new(struct sent, 1);
    *sent = (struct sent) { g_strdup(flight->rsc_id), g_strdup(flight->node), g_strdup(flight->migrate_target), false };
    g_ptr_array_add(conduct->sent, sent);
}

/* From now on the history of the target tells; and what starts anywhere was proven not to be elsewhere. */
static void
settle_sent(struct cox_conduct *conduct, const struct cox_conduct_identity *identity)
{
    bool is_start = g_str_equal(identity->task, "start");
    bool is_end = g_str_equal(identity->task, "stop") || g_str_equal(identity->task, "migrate_from");

    for (guint i = conduct->sent->len; i > 0; i--) {
        const struct sent *sent = conduct->sent->pdata[i - 1];

        if (g_strcmp0(sent->rsc_id, identity->rsc_id) == 0
            && (is_start || (is_end && g_strcmp0(sent->target, identity->node) == 0))) {
            g_ptr_array_remove_index(conduct->sent, i - 1);
        }
    }
}

static void
orphan_sent(struct cox_conduct *conduct, const char *source)
{
    for (guint i = 0; i < conduct->sent->len; i++) {
        struct sent *sent = conduct->sent->pdata[i];

        sent->is_orphaned = sent->is_orphaned || g_strcmp0(sent->source, source) == 0;
    }
}

void
cox_conduct_inflight(const struct cox_conduct *conduct, GArray *list)
{
    for (guint i = 0; i < conduct->flights->len; i++) {
        const struct flight *flight = conduct->flights->pdata[i];
        struct cox_inflight inflight = { flight->rsc_id, flight->task, flight->interval_ms, flight->node, flight->key,
                                         flight->generation, true, flight->migrate_source, flight->migrate_target };

        g_array_append_val(list, inflight);
    }
    for (guint i = 0; i < conduct->sent->len; i++) {
        const struct sent *sent = conduct->sent->pdata[i];
        struct cox_inflight inflight = { sent->rsc_id, "migrate_from", 0, sent->target, NULL, 0, false, sent->source, sent->target };
        const struct cox_conduct_identity identity = { sent->rsc_id, "migrate_from", 0, sent->target };

        if (sent->is_orphaned && find_flight(conduct, &identity) == NULL) {
            g_array_append_val(list, inflight);
        }
    }
}

static struct cox_conduct_identity
identity_of(const struct cox_action *action)
{
    return (struct cox_conduct_identity) { action->rsc_id, action->task, action->interval_ms, action->node_name };
}

/* A migration to, or from, somewhere else is another action.  Where its report does not say, it counts as the same. */
static bool
has_ends_of(const struct flight *flight, const struct cox_action *action)
{
    const char *source = cox_action_attribute(action, "CRM_meta_migrate_source");
    const char *target = cox_action_attribute(action, "CRM_meta_migrate_target");

    return (flight->migrate_source == NULL || source == NULL || g_str_equal(flight->migrate_source, source))
           && (flight->migrate_target == NULL || target == NULL || g_str_equal(flight->migrate_target, target));
}

/* Its result comes before what @action does with the resource on its node and, when one of the two sends it, where it goes to. */
static bool
is_in_the_way(const struct flight *flight, const struct cox_action *action)
{
    const char *target = g_str_equal(action->task, "migrate_to") ? cox_action_attribute(action, "CRM_meta_migrate_target") : NULL;
    bool is_here = g_strcmp0(flight->node, action->node_name) == 0, is_there = target != NULL && g_strcmp0(flight->node, target) == 0;
    bool is_coming = g_str_equal(flight->task, "migrate_to") && flight->migrate_target != NULL && g_strcmp0(flight->migrate_target, action->node_name) == 0;

    if (g_str_equal(flight->task, "stonith")) {
        return is_here;
    }
    return action->rsc_id != NULL && g_strcmp0(flight->rsc_id, action->rsc_id) == 0 && (is_here || is_there || is_coming);
}

/*
 * But no migration: its target expects it, and there are few.  And no stop or demotion: executors begin with these, and where a resource may have got to
 * that was to be stopped there, it is better to know that it is not than to plan once more with what may be.  But one that waits for another has not begun,
 * and may not for long.
 */
static bool
is_kept(const struct flight *flight)
{
    bool is_end = g_str_equal(flight->task, "stop") || g_str_equal(flight->task, "demote");

    return cox_conduct_is_migration(flight->task) || (is_end && !cox_conduct_is_follower(flight));
}

static void
withdraw(struct flight *flight, struct cox_conduct_effects *out)
{
    struct cox_conduct_effect *effect = NULL;

    if (!flight->may_wait || flight->is_withdrawn || flight->action != NO_ACTION || is_kept(flight)) {
        return;
    }
    flight->is_withdrawn = true;
    effect = add(out, COX_CONDUCT_DO_WITHDRAW);
    effect->identity = (struct cox_conduct_identity) { cox_effects_text(&out->list, flight->rsc_id), cox_effects_text(&out->list, flight->task),
                                                       flight->interval_ms, cox_effects_text(&out->list, flight->node) };
    effect->place = cox_effects_text(&out->list, flight->place);
}

/*
 * What no action of this graph stands for, and is in the way.  And a node does not leave while anything is under way there, or on its way
 * there: of a stop that has not ended the scheduler only knows that it has to ask.
 */
static bool
has_foreign_flight(const struct cox_conduct *conduct, const struct cox_action *action, struct cox_conduct_effects *out)
{
    bool leaves = action->kind == COX_ACTION_CRM && g_str_equal(action->task, "do_shutdown"), is_any = false;

    for (guint i = 0; i < conduct->flights->len; i++) {
        struct flight *flight = conduct->flights->pdata[i];
        bool is_where_it_leaves = leaves && flight->rsc_id != NULL
                                  && (g_strcmp0(flight->place, action->node_name) == 0 || g_strcmp0(flight->migrate_target, action->node_name) == 0);

        if (is_where_it_leaves || (flight->action == NO_ACTION && is_in_the_way(flight, action))) {
            withdraw(flight, out);
            is_any = true;
        }
    }
    return is_any;
}

/*
 * A graph may be older than results: it is used all the same when there is always something new.  What it wants of a resource that had a
 * result meanwhile may be done, or wrong: that waits for the next graph.
 */
static char *
name_of_news(const char *rsc_id, const char *node)
{
    return rsc_id != NULL ? g_strdup(rsc_id) : g_strconcat("/", node, NULL);
}

static void
note_news(struct cox_conduct *conduct, const struct cox_conduct_identity *identity)
{
    if (conduct->is_asked && (identity->rsc_id != NULL || identity->node != NULL)) {
        g_hash_table_add(conduct->news, name_of_news(identity->rsc_id, identity->node));
    }
}

static bool
is_outdated(const struct cox_conduct *conduct, const struct cox_action *action)
{
    g_autofree char *name = NULL;

    if (g_hash_table_size(conduct->unknown) == 0 || action->kind == COX_ACTION_PSEUDO
        || (action->rsc_id == NULL && action->node_name == NULL)) {
        return false;
    }
    name = name_of_news(action->rsc_id, action->node_name);
    return g_hash_table_contains(conduct->unknown, name);
}

/* ---- the graph ---- */

/* Tell the transition, and collect what it releases. */
static void
step_transition(struct cox_conduct *conduct, const struct cox_transition_event *event)
{
    struct cox_transition_effects effects = { conduct->waiting, false };

    cox_transition_step(conduct->transition, event, &effects);
}

/*
 * What is asked of a node's controller takes no time but that of messages; it may die over it, or not do it.  A fencing ends when the
 * fencer says so.
 */
static gint64
time_of(const struct cox_conduct *conduct, const struct cox_action *action)
{
    gint64 timeout_ms = cox_action_number(action, "CRM_meta_timeout");
    bool is_asked = action->kind == COX_ACTION_CRM && !g_str_equal(action->task, "stonith");

    if (timeout_ms <= 0 && !is_asked) {
        return -1;
    }
    return MAX(timeout_ms, 0) + cox_action_number(action, "CRM_meta_start_delay") + conduct->config.cluster_delay_ms;
}

/* The names of what it comes after. */
static void
tell_after(const struct flight *flight, struct cox_conduct_effects *out, struct cox_conduct_effect *effect)
{
    g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(struct cox_opname));

    for (guint i = 0; flight->after != NULL && i < flight->after->len; i++) {
        const struct flight *before = flight->after->pdata[i];
        const struct cox_opname name = { cox_effects_text(&out->list, before->rsc_id), cox_effects_text(&out->list, before->task) };

        g_array_append_val(names, name);
    }
    effect->after = cox_effects_array(&out->list, names->data, names->len, sizeof(struct cox_opname));
    effect->n_after = names->len;
}

/* @after: NULL, or flights that it comes after. */
static void
begin(struct cox_conduct *conduct, guint32 index, const GPtrArray *after, const struct conduct_now *now)
{
    const struct cox_action *action = &conduct->graph->actions[index];
    struct flight *flight = g_new0(struct flight, 1);
    struct cox_conduct_effect *effect = add(now->out, COX_CONDUCT_DO_START);

    flight->rsc_id = g_strdup(action->rsc_id);
    flight->task = g_strdup(action->task);
    flight->node = g_strdup(action->node_name);
    flight->key = g_strdup(action->key);
    flight->migrate_source = g_strdup(cox_action_attribute(action, "CRM_meta_migrate_source"));
    flight->migrate_target = g_strdup(cox_action_attribute(action, "CRM_meta_migrate_target"));
    flight->place = g_strdup(cox_conduct_place_of(action));
    flight->interval_ms = action->interval_ms;
    flight->action = index;
    flight->is_limited = action->kind == COX_ACTION_RSC;
    flight->time_ms = time_of(conduct, action);
    for (guint i = 0; after != NULL && i < after->len; i++) {
        flight->after = flight->after == NULL ? g_ptr_array_new() : flight->after;
        g_ptr_array_add(flight->after, after->pdata[i]);
    }
    g_ptr_array_add(conduct->flights, flight);
    cox_conduct_set_deadline(conduct, flight, now->now);
    cox_conduct_room_add(now->room, flight);
    note_sent(conduct, flight);
    effect->action = index;
    tell_after(flight, now->out, effect);
}

/* Begin what waits and may; pseudo actions are done at once and may release more. */
/* What waits is much more than what is in flight, so looking at one that has to wait must not cost a look at all of that. */
static bool
take_waiting(struct cox_conduct *conduct, guint32 index, const struct conduct_now *now)
{
    const struct cox_action *action = &conduct->graph->actions[index];
    struct cox_conduct_identity identity = identity_of(action);
    bool has_room = cox_conduct_has_room(conduct, now->room, action), is_sought = has_room || now->room->n_foreign > 0;
    struct flight *same = is_sought ? find_flight(conduct, &identity) : NULL;

    if (action->kind == COX_ACTION_PSEUDO) {
        step_transition(conduct, &(struct cox_transition_event) { COX_TRANSITION_RESULT, index, true, 0 });
    } else if (same != NULL && same->action == NO_ACTION && has_ends_of(same, action)) {
        same->action = index;
        now->room->n_foreign--;
    } else if (is_outdated(conduct, action) || (is_sought && has_foreign_flight(conduct, action, now->out)) || same != NULL || !has_room) {
        return false;
    } else {
        begin(conduct, index, NULL, now);
    }
    return true;
}

static bool
begin_after(struct cox_conduct *conduct, guint32 index, const GPtrArray *after, const struct conduct_now *now)
{
    const struct cox_action *action = &conduct->graph->actions[index];
    struct cox_conduct_identity identity = identity_of(action);
    struct flight *same = find_flight(conduct, &identity);

    if (same != NULL && same->action == NO_ACTION && !same->is_withdrawn && cox_conduct_waits_for(same, after)) {
        same->action = index;
        now->room->n_foreign--;
        return true;
    }
    if (same != NULL || is_outdated(conduct, action) || !cox_conduct_has_room_behind(conduct, now->room, action)
        || has_foreign_flight(conduct, action, now->out)) {
        return false;
    }
    begin(conduct, index, after, now);
    return true;
}

/* What begins now of the waiting; what does not stays.  @has_recurring: also what recurs. */
static void
begin_some(struct cox_conduct *conduct, bool has_recurring, const struct conduct_now *now)
{
    guint kept = 0;

    for (guint i = 0; i < conduct->waiting->len; i++) {
        guint32 index = g_array_index(conduct->waiting, guint32, i);
        const struct cox_action *action = &conduct->graph->actions[index];
        bool waits = !has_recurring && action->interval_ms > 0 && g_strcmp0(action->task, "cancel") != 0;

        if (action->priority >= conduct->abort_priority && (waits || !take_waiting(conduct, index, now))) {
            g_array_index(conduct->waiting, guint32, kept++) = index;
        }
    }
    g_array_set_size(conduct->waiting, kept);
}

/* What is done once, the end of a monitor too, is ordered first: others wait for it, as the members of a group do, and nobody for a monitor. */
static void
begin_waiting(struct cox_conduct *conduct, cox_usec at, struct cox_conduct_effects *out)
{
    struct conduct_room room;
    const struct conduct_now now = { at, &room, out };

    cox_conduct_room_init(&room, conduct);
    begin_some(conduct, false, &now);
    cox_conduct_begin_followers(conduct, begin_after, &now);
    begin_some(conduct, true, &now);
    cox_conduct_room_clear(&room);
}

static char *
name_of_flight(const char *rsc_id, const char *task, gint64 interval_ms, const char *node)
{
    return g_strdup_printf("%s\n%s\n%" G_GINT64_FORMAT "\n%s", rsc_id, task, interval_ms, node);
}

/* What this graph does not have. */
static void
withdraw_unwanted(struct cox_conduct *conduct, struct cox_conduct_effects *out)
{
    g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < conduct->graph->n_actions; i++) {
        const struct cox_action *action = &conduct->graph->actions[i];

        if (action->kind == COX_ACTION_RSC) {
            g_hash_table_add(wanted, name_of_flight(action->rsc_id, action->task, action->interval_ms, action->node_name));
        }
    }
    for (guint i = 0; i < conduct->flights->len; i++) {
        struct flight *flight = conduct->flights->pdata[i];
        g_autofree char *name = name_of_flight(flight->rsc_id, flight->task, flight->interval_ms, flight->node);

        if (!g_hash_table_contains(wanted, name)) {
            withdraw(flight, out);
        }
    }
}

/* What waits for something that it does not wait for in this graph, although it waits there, too. */
static void
withdraw_strayed(struct cox_conduct *conduct, struct cox_conduct_effects *out)
{
    for (guint i = 0; i < conduct->flights->len; i++) {
        struct flight *flight = conduct->flights->pdata[i];

        if (cox_conduct_is_follower(flight)) {
            withdraw(flight, out);
        }
    }
}

static bool
may_any_wait(const struct cox_conduct *conduct)
{
    for (guint i = 0; i < conduct->flights->len; i++) {
        if (((const struct flight *) conduct->flights->pdata[i])->may_wait) {
            return true;
        }
    }
    return false;
}

static void
on_graph(struct cox_conduct *conduct, const struct cox_conduct_event *event, struct cox_conduct_effects *out)
{
    GHashTable *swap = NULL;

    g_clear_pointer(&conduct->transition, cox_transition_free);
    conduct->graph = event->graph.graph;
    conduct->batch_limit = event->graph.batch_limit;
    conduct->migration_limit = event->graph.migration_limit;
    conduct->abort_priority = G_MININT32;
    conduct->is_complete = conduct->wants_replan = false;
    g_hash_table_remove_all(conduct->unknown);
    swap = conduct->unknown;
    conduct->unknown = conduct->news;
    conduct->news = swap;
    conduct->is_asked = false;
    g_array_set_size(conduct->waiting, 0);
    for (guint i = 0; i < conduct->flights->len; i++) {
        ((struct flight *) conduct->flights->pdata[i])->action = NO_ACTION;
    }
    if (may_any_wait(conduct)) {
        withdraw_unwanted(conduct, out);
    }
    conduct->transition = cox_transition_new(conduct->graph, 0);
    step_transition(conduct, &(struct cox_transition_event) { .kind = COX_TRANSITION_RUN });
}

static void
on_abort(struct cox_conduct *conduct, gint32 priority)
{
    conduct->abort_priority = MAX(conduct->abort_priority, priority);
    if (conduct->transition != NULL) {
        step_transition(conduct, &(struct cox_transition_event) { COX_TRANSITION_ABORT, 0, false, conduct->abort_priority });
    }
}

/* An action of this graph is over, one way or the other. */
static void
end_action(struct cox_conduct *conduct, guint32 index, bool is_expected)
{
    step_transition(conduct, &(struct cox_transition_event) { COX_TRANSITION_RESULT, index, is_expected, 0 });
    if (!is_expected) {
        conduct->wants_replan = true;
        conduct->abort_priority = MAX(conduct->abort_priority, COX_SCORE_INFINITY);
    }
}

static void
on_result(struct cox_conduct *conduct, const struct cox_conduct_event *event, cox_usec now)
{
    const struct cox_conduct_identity *identity = &event->result.identity;
    struct flight *flight = find_flight(conduct, identity);
    guint32 index = flight == NULL ? NO_ACTION : flight->action;
    g_autofree char *place = flight == NULL ? NULL : g_strdup(flight->place);
    bool has_begun = !event->result.has_not_begun;

    if (!has_begun && flight == NULL) {
        return; /* nothing has changed */
    }
    if (has_begun) {
        settle_sent(conduct, identity);
    }
    note_news(conduct, identity);
    if (flight != NULL) {
        if (!has_begun) {
            cox_conduct_note_return(conduct, flight);
        }
        cox_conduct_forget_flight(conduct, flight, has_begun && event->result.rc == 0);
        cox_conduct_set_deadlines(conduct, place, now);
    }
    if (index == NO_ACTION) { /* the plan was made without it */
        conduct->wants_replan = true;
        on_abort(conduct, COX_SCORE_INFINITY);
        return;
    }
    end_action(conduct, index, has_begun && event->result.rc == cox_action_number(&conduct->graph->actions[index], "CRM_meta_op_target_rc"));
}

static void
on_inflight(struct cox_conduct *conduct, const struct cox_inflight *inflight)
{
    struct cox_conduct_identity identity = { inflight->rsc_id, inflight->task, inflight->interval_ms, inflight->node };
    struct flight *flight = NULL;

    if (find_flight(conduct, &identity) != NULL) {
        return;
    }
    flight = g_new0(struct flight, 1);
    flight->rsc_id = g_strdup(inflight->rsc_id);
    flight->task = g_strdup(inflight->task);
    flight->node = g_strdup(inflight->node);
    flight->place = g_strdup(inflight->node);
    flight->key = g_strdup(inflight->key);
    flight->migrate_source = g_strdup(inflight->migrate_source);
    flight->migrate_target = g_strdup(inflight->migrate_target);
    flight->interval_ms = inflight->interval_ms;
    flight->generation = inflight->generation;
    flight->action = NO_ACTION;
    flight->is_limited = true;
    flight->may_wait = !inflight->is_running;
    flight->time_ms = -1;
    flight->deadline = COX_USEC_NEVER; /* its executor watches the time */
    g_ptr_array_add(conduct->flights, flight);
    note_sent(conduct, flight);
}

static void
drop_flights(struct cox_conduct *conduct, const char *node)
{
    for (guint i = conduct->flights->len; i > 0; i--) {
        struct flight *flight = conduct->flights->pdata[i - 1];
        guint32 index = flight->action;

        bool is_shutdown = g_str_equal(flight->task, "do_shutdown");

        /* Its fencing goes on: other nodes do that. */
        if (g_str_equal(flight->task, "stonith")
            || (g_strcmp0(flight->place, node) != 0 && g_strcmp0(flight->node, node) != 0)) {
            continue;
        }
        cox_conduct_forget_flight(conduct, flight, false);
        if (index != NO_ACTION) {
            end_action(conduct, index, is_shutdown); /* who was asked to leave has done so */
        }
        if (!is_shutdown) { /* and what waited for it does not begin on a node that is gone */
            conduct->wants_replan = true;
            on_abort(conduct, COX_SCORE_INFINITY);
        }
    }
}

static void
on_wake(struct cox_conduct *conduct, cox_usec now, struct cox_conduct_effects *out)
{
    conduct->wake_at = COX_USEC_NEVER;
    for (guint i = 0; i < conduct->flights->len; i++) {
        struct flight *flight = conduct->flights->pdata[i];

        if (!cox_usec_is_due(flight->deadline, now)) {
            continue;
        }
        flight->deadline = COX_USEC_NEVER;
        if (flight->action != NO_ACTION) { /* it may run all the same: it stays in flight until its result or its node's end */
            add(out, COX_CONDUCT_DO_LOST)->action = flight->action;
            end_action(conduct, flight->action, false);
            flight->action = NO_ACTION;
        }
    }
}

static void
note_taker(struct cox_conduct *conduct, const char *node, bool takes_followers)
{
    if (takes_followers) {
        g_hash_table_add(conduct->takers, g_strdup(node));
    } else {
        g_hash_table_remove(conduct->takers, node);
    }
}

static void
on_reset(struct cox_conduct *conduct)
{
    g_clear_pointer(&conduct->transition, cox_transition_free);
    conduct->graph = NULL;
    conduct->is_complete = true;
    conduct->is_asked = conduct->wants_replan = false;
    g_hash_table_remove_all(conduct->news);
    g_hash_table_remove_all(conduct->unknown);
    g_array_set_size(conduct->waiting, 0);
    g_ptr_array_set_size(conduct->flights, 0);
    g_ptr_array_set_size(conduct->sent, 0);
    g_hash_table_remove_all(conduct->balking);
}

/* Is an action of the present graph in flight? */
static bool
has_own_flight(const struct cox_conduct *conduct)
{
    for (guint i = 0; i < conduct->flights->len; i++) {
        if (((const struct flight *) conduct->flights->pdata[i])->action != NO_ACTION) {
            return true;
        }
    }
    return false;
}

static void
conclude(struct cox_conduct *conduct, struct cox_conduct_effects *out)
{
    cox_usec at = COX_USEC_NEVER;

    if (conduct->wants_replan) {
        conduct->wants_replan = false;
        add(out, COX_CONDUCT_DO_REPLAN);
    }
    if (!conduct->is_complete && conduct->waiting->len == 0 && !has_own_flight(conduct)) {
        conduct->is_complete = true;
        if (conduct->abort_priority < COX_SCORE_INFINITY) {
            g_hash_table_remove_all(conduct->balking);
        }
        add(out, COX_CONDUCT_DO_COMPLETE);
    }
    for (guint i = 0; i < conduct->flights->len; i++) {
        at = cox_usec_min(at, ((const struct flight *) conduct->flights->pdata[i])->deadline);
    }
    if (at != conduct->wake_at) {
        conduct->wake_at = at;
        add(out, COX_CONDUCT_DO_WAKE)->at = at;
    }
}

void
cox_conduct_step(struct cox_conduct *conduct, const struct cox_conduct_event *event, cox_usec now,
                 struct cox_conduct_effects *out)
{
    switch (event->kind) {
        case COX_CONDUCT_ON_GRAPH:
            on_graph(conduct, event, out);
            break;
        case COX_CONDUCT_ON_ASKED:
            g_hash_table_remove_all(conduct->news);
            conduct->is_asked = true;
            break;
        case COX_CONDUCT_ON_RESULT:
            on_result(conduct, event, now);
            break;
        case COX_CONDUCT_ON_INFLIGHT:
            on_inflight(conduct, event->inflight);
            break;
        case COX_CONDUCT_ON_ABORT:
            on_abort(conduct, event->priority);
            break;
        case COX_CONDUCT_ON_NODE_LOST:
            orphan_sent(conduct, event->node.name);
            drop_flights(conduct, event->node.name);
            break;
        case COX_CONDUCT_ON_REPORT: /* its history is still there, and says where it was sending anything */
            drop_flights(conduct, event->node.name);
            break;
        case COX_CONDUCT_ON_CONFIG:
            conduct->config = event->config;
            break;
        case COX_CONDUCT_ON_LIMIT:
            note_taker(conduct, event->node.name, event->node.takes_followers);
            cox_conduct_set_limit(conduct, event->node.name, event->node.limit, now);
            break;
        case COX_CONDUCT_ON_WAKE:
            on_wake(conduct, now, out);
            break;
        case COX_CONDUCT_ON_RESET:
            on_reset(conduct);
            break;
    }
    if (conduct->graph != NULL) {
        begin_waiting(conduct, now, out);
    }
    if (event->kind == COX_CONDUCT_ON_GRAPH) {
        withdraw_strayed(conduct, out);
    }
    conclude(conduct, out);
}
