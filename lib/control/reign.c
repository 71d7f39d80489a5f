/* lib/control/reign.c - what the coordinator of a cluster does while it reigns: the engine.  Layer 4, pure. */
#include "control/reigncause_priv.h"

#include "base/error.h"
#include "model/score.h"

/* So many plans in a row may be thrown away because something changed meanwhile; then one is used all the same. */
enum { MAX_DISCARDS = 3 };

struct cox_reign *
cox_reign_new(const struct cox_reign_config *config)
{
    struct cox_reign *reign = g_new0(struct cox_reign, 1);
    struct cox_conduct_config conduct = { config->cluster_delay_ms };
    struct cox_planguard_config guard = { config->crash_limit, config->retry_ms, 60000 };

    COX_BUG_ON(config->self == 0);
    reign->config = *config;
    reign->nodes = g_ptr_array_new_with_free_func(cox_reign_node_free);
    reign->barred = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    reign->conduct = cox_conduct_new(&conduct);
    reign->causes = cox_reign_causes_new();
    reign->guard = cox_planguard_new(&guard);
    cox_planguard_effects_init(&reign->guard_effects);
    cox_fenceretry_init(&reign->retry, 10, 1000, 60000);
    reign->fencing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reign->unanswered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    reign->unfencing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, cox_reign_mark_free);
    reign->own_removal_until = COX_USEC_NEVER;
    reign->values = g_ptr_array_new_with_free_func(cox_reign_value_free);
    reign->values_until = COX_USEC_NEVER;
    reign->fences = g_ptr_array_new_with_free_func(cox_reign_fence_free);
    reign->write_retry_at = reign->plan_retry_at = reign->attributes_until = reign->list_until = reign->recheck_at = COX_USEC_NEVER;
    reign->recheck_by_at = reign->guard_at = reign->conduct_at = reign->wake_at = COX_USEC_NEVER;
    return reign;
}

void
cox_reign_free(struct cox_reign *reign)
{
    if (reign == NULL) {
        return;
    }
    g_ptr_array_unref(reign->nodes);
    g_hash_table_unref(reign->barred);
    cox_conduct_free(reign->conduct);
    cox_planguard_free(reign->guard);
    cox_reign_causes_free(reign->causes);
    cox_planguard_effects_clear(&reign->guard_effects);
    cox_fenceretry_clear(&reign->retry);
    g_ptr_array_unref(reign->fences);
    g_ptr_array_unref(reign->values);
    g_hash_table_unref(reign->fencing);
    g_hash_table_unref(reign->unanswered);
    g_hash_table_unref(reign->unfencing);
    g_free(reign);
}

/* ---- plans ---- */

static void
run_guard(struct cox_reign *reign, const struct cox_planguard_event *event, cox_usec now, struct cox_reign_effects *out)
{
    cox_planguard_effects_reset(&reign->guard_effects);
    cox_planguard_step(reign->guard, event, now, &reign->guard_effects);
    for (guint i = 0; i < cox_planguard_effects_count(&reign->guard_effects); i++) {
        const struct cox_planguard_effect *effect = cox_planguard_effects_get(&reign->guard_effects, i);
        struct cox_reign_effect *mine = NULL;

        switch (effect->kind) {
            case COX_PLANGUARD_DO_PLAN:
                reign->is_planning = true;
                reign->is_stale = reign->wants_plan = false;
                cox_reign_cause_asked(reign);
                reign->is_fallback = effect->is_fallback;
                cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_ASKED }, now, out);
                mine = cox_reign_add(out, COX_REIGN_DO_PLAN);
                mine->plan.version = reign->asked = cox_reign_needed(reign);
                mine->plan.is_fallback = effect->is_fallback;
                continue;
            case COX_PLANGUARD_DO_WAKE:
                reign->guard_at = effect->at;
                continue;
            case COX_PLANGUARD_DO_SAVE:
                mine = cox_reign_add(out, COX_REIGN_DO_SAVE);
                break;
            case COX_PLANGUARD_DO_SAY:
                mine = cox_reign_add(out, COX_REIGN_DO_SAY);
                break;
            case COX_PLANGUARD_DO_CLEAR:
                mine = cox_reign_add(out, COX_REIGN_DO_CLEAR);
                break;
        }
        if (mine != NULL) {
            mine->guard.config = cox_effects_text(&out->list, effect->config);
            mine->guard.object = cox_effects_text(&out->list, effect->object);
            mine->guard.fallback = cox_effects_text(&out->list, effect->fallback);
        }
    }
}

static bool
must_wait(const struct cox_reign *reign, cox_usec now)
{
    return reign->is_planning || (reign->batch_pending != 0 && !reign->is_batch_seen) || cox_usec_is_set(reign->write_retry_at)
           || !cox_reign_facts_suffice(reign) || cox_reign_nodes_unheard(reign)
           || (cox_usec_is_set(reign->attributes_until) && !cox_usec_is_due(reign->attributes_until, now))
           || (cox_usec_is_set(reign->list_until) && !cox_usec_is_due(reign->list_until, now))
           || (cox_usec_is_set(reign->plan_retry_at) && !cox_usec_is_due(reign->plan_retry_at, now));
}

static void
plan_if_wanted(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    if (!reign->may_plan || !reign->wants_plan || must_wait(reign, now)) {
        return;
    }
    reign->attributes_until = reign->plan_retry_at = reign->list_until = COX_USEC_NEVER;
    run_guard(reign, &(struct cox_planguard_event) { .kind = COX_PLANGUARD_ON_ASK }, now, out);
}

/* The plan waits for a document that a node told of that is gone since, or that was replaced: it may never come. */
static void
ask_again(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    const struct cox_version needed = cox_reign_needed(reign);
    struct cox_reign_effect *effect = NULL;

    if (reign->is_planning && cox_version_compare(&reign->asked, &needed) > 0) {
        reign->asked = needed;
        reign->is_stale = false;
        cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_ASKED }, now, out);
        effect = cox_reign_add(out, COX_REIGN_DO_PLAN);
        effect->plan.version = needed;
        effect->plan.is_fallback = reign->is_fallback;
    }
}

static void
on_plan(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    gint64 left_ms = 0;

    if (!reign->is_planning) {
        return;
    }
    reign->is_planning = false;
    run_guard(reign, &(struct cox_planguard_event) { .kind = COX_PLANGUARD_ON_PLANNED }, now, out);
    if (reign->is_stale && reign->n_discards < MAX_DISCARDS) {
        reign->n_discards++;
        reign->wants_plan = true;
        return;
    }
    reign->n_discards = 0;
    reign->recheck_by_at = COX_USEC_NEVER;
    if (cox_wall_is_set(event->plan.recheck_by)) {
        left_ms = (event->plan.recheck_by.usec - event->plan.wall.usec) / COX_USEC_PER_MS;
        reign->recheck_by_at = cox_usec_after_ms(now, MAX(left_ms, 1000));
    }
    if (reign->recheck_ms > 0) {
        reign->recheck_at = cox_usec_after_ms(now, reign->recheck_ms);
    }
    reign->wants_plan = reign->is_stale;
    reign->is_stale = false;
    cox_reign_work_on_graph(reign, event, now, out);
    cox_reign_cause_forget(reign);
}

static void
on_no_plan(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    if (!reign->is_planning) {
        return;
    }
    reign->is_planning = false;
    reign->wants_plan = true;
    if (event->plan.has_crashed) {
        run_guard(reign, &(struct cox_planguard_event) { .kind = COX_PLANGUARD_ON_CRASHED }, now, out);
    } else {
        reign->plan_retry_at = cox_usec_after_ms(now, reign->config.retry_ms);
        /* The guard is told that nothing bad has happened; it would wait for an answer for ever. */
        run_guard(reign, &(struct cox_planguard_event) { .kind = COX_PLANGUARD_ON_PLANNED }, now, out);
    }
}

/* ---- who reigns ---- */

static void
end_reign(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    bool was_planning = reign->is_planning;

    reign->wants_plan = true; /* what is left of it is planned anew, by whoever reigns then */
    cox_reign_work_end(reign, out);
    reign->may_plan = reign->wants_plan = reign->is_planning = reign->is_stale = false;
    reign->wants_look = false;
    cox_reign_cause_asked(reign);
    cox_reign_cause_forget(reign);
    reign->own_removal_until = COX_USEC_NEVER;
    g_hash_table_remove_all(reign->fencing);
    g_hash_table_remove_all(reign->unfencing);
    reign->graph = NULL;
    reign->batch_pending = 0;
    reign->is_batch_seen = false;
    reign->needed = reign->document; /* who plans next must not know less than we do; what others said may be of another document */
    g_ptr_array_set_size(reign->fences, 0);
    cox_reign_facts_forget_values(reign);
    reign->write_retry_at = reign->plan_retry_at = reign->attributes_until = reign->list_until = COX_USEC_NEVER;
    reign->recheck_at = reign->recheck_by_at = COX_USEC_NEVER;
    for (guint i = 0; i < reign->nodes->len; i++) {
        struct reign_node *node = reign->nodes->pdata[i];

        node->phase = COX_JOIN_UNKNOWN;
        node->heard = node->blind = 0;
        node->needed = (struct cox_version) { 0, 0, 0 };
        g_ptr_array_set_size(node->histories, 0);
        node->is_leaving = node->has_reported = node->is_mute = node->is_unsure = false;
    }
    cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_RESET }, now, out);
    if (was_planning) {
        run_guard(reign, &(struct cox_planguard_event) { .kind = COX_PLANGUARD_ON_PLANNED }, now, out);
    }
}

/* Another one reigns: it asks for the fencing that it wants itself. */
static void
spare_for_another(struct cox_reign *reign, struct cox_reign_effects *out)
{
    if (reign->coordinator != 0 && !cox_reign_is_coordinator(reign)) {
        cox_reign_work_spare(reign, out);
    }
}

static void
on_term(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    bool goes_on = event->node == reign->coordinator && event->generation == reign->generation;

    reign->coordinator = event->node;
    reign->generation = event->generation;
    if (!goes_on) {
        end_reign(reign, now, out);
    }
    spare_for_another(reign, out);
}

/* A member has joined: what it reports is all that is in flight there. */
static void
take_report(struct cox_reign *reign, const struct reign_node *node, const struct cox_reign_event *event, cox_usec now,
            struct cox_reign_effects *out)
{
    cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_REPORT, .node = { node->name, 0 } }, now,
                    out);
    for (size_t i = 0; i < event->join.n_inflight; i++) {
        struct cox_inflight inflight = event->join.inflight[i];

        inflight.node = inflight.node == NULL ? node->name : inflight.node;
        cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_INFLIGHT, .inflight = &inflight }, now,
                        out);
    }
    cox_reign_want(reign, now, out);
}

static void
on_phase(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    struct reign_node *node = cox_reign_node_find(reign, event->node);

    if (node == NULL || !cox_reign_is_coordinator(reign)) {
        return;
    }
    if (event->join.phase == COX_JOIN_JOINED && node->name != NULL) {
        take_report(reign, node, event, now, out);
        node->has_reported = true;
    }
    node->phase = event->join.phase;
}

/*
 * What a node says last of its history holds: when another document was taken over there, or here, the one that it told of before may be gone and its
 * numbers are never reached; and what it has written anew since then a plan need not have seen.
 */
static void
take_word(struct cox_reign *reign, struct reign_node *node, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    bool is_anew = node->is_unsure && cox_version_compare(&event->done.version, &reign->asked) > 0;

    node->said = MAX(node->said, event->done.call_id);
    node->needed = event->done.version;
    node->is_unsure = false;
    if (is_anew) {
        cox_reign_want(reign, now, out);
    }
}

/* Who does not reign yet notes it as well: the document may be faster than the word of the result. */
static void
on_recorded(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    struct reign_node *node = cox_reign_node_find(reign, event->node);

    if (node == NULL) {
        return;
    }
    node->recorded = MAX(node->recorded, event->done.call_id);
    if (event->done.is_seen) {
        cox_reign_need(&node->needed, &event->done.version);
    } else {
        take_word(reign, node, event, now, out);
    }
    if (event->done.is_seen || !node->is_leaving) { /* who leaves may have told a document that others never get to see */
        cox_reign_facts_recorded(node, event->done.call_id);
    }
    node->unrecorded_until = cox_usec_after_ms(now, reign->config.record_grace_ms);
    if (node->is_mute && node->recorded >= node->heard) {
        node->is_mute = false;
        cox_reign_want(reign, now, out);
    }
}

/* What we have erased ourselves is no news, but worth a look when there is time. */
static unsigned int
without_own_removal(struct cox_reign *reign, unsigned int changes, cox_usec now)
{
    if ((changes & COX_REIGN_HISTORY_GONE) == 0 || !cox_usec_is_set(reign->own_removal_until)) {
        return changes;
    }
    if (!cox_usec_is_due(reign->own_removal_until, now)) {
        changes &= ~(unsigned int) (COX_REIGN_HISTORY_GONE | COX_REIGN_ATTRIBUTES);
        reign->wants_look = true;
    }
    reign->own_removal_until = COX_USEC_NEVER;
    return changes;
}

/* What was seen in a document that is not there any more. */
static void
forget_seen(struct cox_reign *reign)
{
    reign->needed = (struct cox_version) { 0, 0, 0 };
    for (guint i = 0; i < reign->nodes->len; i++) {
        struct reign_node *node = reign->nodes->pdata[i];

        node->needed = (struct cox_version) { 0, 0, 0 };
        node->is_unsure = true;
        cox_reign_facts_unseen(node);
    }
}

static void
on_document(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    unsigned int changes = without_own_removal(reign, event->document.changes, now);

    if (event->document.is_another) {
        forget_seen(reign);
    }
    reign->document = event->document.version;
    cox_reign_need(&reign->needed, &event->document.version);
    cox_reign_nodes_look(reign, event->document.is_another, event->document.has_quorum);
    if ((changes & COX_REIGN_ATTRIBUTES) != 0 && cox_reign_facts_confirm(reign, event)) {
        changes &= ~(unsigned int) COX_REIGN_ATTRIBUTES; /* planned with already */
    }
    if ((changes & COX_REIGN_ATTRIBUTES) != 0 && cox_usec_is_set(reign->attributes_until)) {
        reign->attributes_until = COX_USEC_NEVER; /* what we have asked for, and no news: the plan that waits for it sees it */
        reign->wants_plan = cox_reign_is_coordinator(reign);
        changes &= ~(unsigned int) COX_REIGN_ATTRIBUTES;
    }
    if ((changes & ~(unsigned int) COX_REIGN_RESULTS) != 0) {
        cox_reign_want(reign, now, out);
    }
    if (event->document.config != NULL) {
        run_guard(reign, &(struct cox_planguard_event) { .kind = COX_PLANGUARD_ON_CONFIG, .config = event->document.config,
                                                         .object = event->document.object },
                  now, out);
    }
}

/*
 * Members that the document does not list are no nodes in a plan, and what they run would be started elsewhere: it waits until they are back
 * in the list, but not for ever, as that may be refused.
 */
static void
on_list(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now)
{
    if (event->done.is_ok || !cox_reign_is_coordinator(reign)) {
        reign->list_until = COX_USEC_NEVER;
    } else if (!cox_usec_is_set(reign->list_until)) {
        reign->list_until = cox_usec_after_ms(now, reign->config.settle_ms);
    }
}

/* ---- time ---- */

/* What else has to be waited for must not make us wake again and again for this. */
static void
forget_due(cox_usec *at, cox_usec now)
{
    if (cox_usec_is_due(*at, now)) {
        *at = COX_USEC_NEVER;
    }
}

static void
on_wake(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    reign->wake_at = COX_USEC_NEVER;
    if (cox_usec_is_due(reign->guard_at, now)) {
        reign->guard_at = COX_USEC_NEVER;
        run_guard(reign, &(struct cox_planguard_event) { .kind = COX_PLANGUARD_ON_WAKE }, now, out);
    }
    if (cox_usec_is_due(reign->recheck_at, now) || cox_usec_is_due(reign->recheck_by_at, now)) {
        reign->recheck_at = reign->recheck_by_at = COX_USEC_NEVER;
        cox_reign_want(reign, now, out);
    }
    if (cox_usec_is_due(reign->values_until, now)) { /* whatever became of them, the document is right */
        cox_reign_facts_forget_values(reign);
        cox_reign_want(reign, now, out);
    }
    forget_due(&reign->attributes_until, now);
    forget_due(&reign->list_until, now);
    forget_due(&reign->plan_retry_at, now);
    forget_due(&reign->write_retry_at, now);
    cox_reign_nodes_on_wake(reign, now, out);
    cox_reign_work_on_wake(reign, now, out);
}

static void
ask_for_wake(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    cox_usec at = cox_usec_min(reign->guard_at, reign->conduct_at);

    at = cox_usec_min(at, cox_usec_min(reign->recheck_at, reign->recheck_by_at));
    at = cox_usec_min(at, cox_usec_min(reign->write_retry_at, reign->plan_retry_at));
    at = cox_usec_min(at, cox_usec_min(reign->values_until, cox_usec_min(reign->attributes_until, cox_reign_nodes_deadline(reign))));
    at = cox_usec_min(at, reign->list_until);
    for (guint i = 0; i < reign->fences->len; i++) {
        at = cox_usec_min(at, ((const struct reign_fence *) reign->fences->pdata[i])->at);
    }
    (void) now;
    if (at != reign->wake_at) {
        reign->wake_at = at;
        cox_reign_add(out, COX_REIGN_DO_WAKE)->at = at;
    }
}

/* ---- events ---- */

static void
on_options(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    struct cox_conduct_event config = { .kind = COX_CONDUCT_ON_CONFIG };

    reign->node_action_limit = event->options.node_action_limit;
    config.config.cluster_delay_ms = event->options.cluster_delay_ms > 0 ? event->options.cluster_delay_ms
                                                                         : reign->config.cluster_delay_ms;
    cox_reign_work_step(reign, &config, now, out);
    cox_reign_nodes_limit(reign, now, out);
    reign->retry.max_attempts = event->options.fence_attempts;
    reign->forgives_start = event->options.forgives_start;
    if (reign->recheck_ms != event->options.recheck_ms) {
        reign->recheck_ms = event->options.recheck_ms;
        reign->recheck_at = reign->recheck_ms > 0 && reign->may_plan ? cox_usec_after_ms(now, reign->recheck_ms)
                                                                     : COX_USEC_NEVER;
    }
}

static void
dispatch(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    switch (event->kind) {
        case COX_REIGN_ON_VIEW:
            cox_reign_nodes_on_view(reign, event, now, out);
            break;
        case COX_REIGN_ON_NODE:
            cox_reign_nodes_on_node(reign, event, now, out);
            break;
        case COX_REIGN_ON_LIFE:
            cox_reign_nodes_on_life(reign, event, now, out);
            spare_for_another(reign, out);
            break;
        case COX_REIGN_ON_TERM:
            on_term(reign, event, now, out);
            break;
        case COX_REIGN_ON_PHASE:
            on_phase(reign, event, now, out);
            break;
        case COX_REIGN_ON_MAY_PLAN:
            reign->may_plan = cox_reign_is_coordinator(reign);
            cox_reign_want(reign, now, out);
            break;
        case COX_REIGN_ON_RESULT:
            cox_reign_work_on_result(reign, event, now, out);
            break;
        case COX_REIGN_ON_RECORDED:
            on_recorded(reign, event, now, out);
            break;
        case COX_REIGN_ON_WRITTEN:
            cox_reign_nodes_on_written(reign, event, now);
            break;
        case COX_REIGN_ON_DOCUMENT:
            on_document(reign, event, now, out);
            break;
        case COX_REIGN_ON_LIST:
            on_list(reign, event, now);
            break;
        case COX_REIGN_ON_PLAN:
            on_plan(reign, event, now, out);
            break;
        case COX_REIGN_ON_NO_PLAN:
            on_no_plan(reign, event, now, out);
            break;
        case COX_REIGN_ON_FENCED:
        case COX_REIGN_ON_FENCE_NEWS:
            cox_reign_work_on_fenced(reign, event, now, out);
            break;
        case COX_REIGN_ON_BARRED:
            cox_reign_nodes_on_barred(reign, event, now, out);
            break;
        case COX_REIGN_ON_OPTIONS:
            on_options(reign, event, now, out);
            break;
        case COX_REIGN_ON_WANT:
            cox_reign_want(reign, now, out);
            break;
        case COX_REIGN_ON_WAKE:
            on_wake(reign, now, out);
            break;
    }
}

void
cox_reign_step(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now,
               struct cox_reign_effects *out)
{
    g_autofree char *cause = cox_reign_is_coordinator(reign) ? cox_reign_cause_of(reign, event) : NULL;
    guint wants = reign->n_wants;
    bool wanted = reign->wants_plan;

    dispatch(reign, event, now, out);
    if (reign->n_wants != wants || (reign->wants_plan && !wanted)) {
        cox_reign_cause_note(reign, cause);
    }
    cox_reign_nodes_write(reign, now, out);
    if (reign->wants_look && !reign->is_working && !reign->is_planning) {
        reign->wants_look = false;
        reign->wants_plan = true;
    }
    ask_again(reign, now, out);
    plan_if_wanted(reign, now, out);
    ask_for_wake(reign, now, out);
}

/* ---- questions ---- */

enum cox_reign_phase
cox_reign_phase(const struct cox_reign *reign)
{
    if (!cox_reign_is_coordinator(reign)) {
        return COX_REIGN_SUBJECT;
    }
    if (!reign->may_plan) {
        return COX_REIGN_GATHERING;
    }
    if (reign->is_working) {
        return COX_REIGN_WORKING;
    }
    return reign->is_planning || reign->wants_plan ? COX_REIGN_PLANNING : COX_REIGN_IDLE;
}

const struct cox_graph *
cox_reign_graph(const struct cox_reign *reign)
{
    return reign->graph;
}

void
cox_reign_inflight(const struct cox_reign *reign, GArray *list)
{
    cox_conduct_inflight(reign->conduct, list);
}

const char *
cox_reign_waits_for(const struct cox_reign *reign)
{
    if (!cox_reign_is_coordinator(reign)) {
        return NULL;
    }
    if (!reign->may_plan) {
        return "members that have not reported what they are running";
    }
    if (reign->fences->len > 0) {
        return "the pause after fencing that failed";
    }
    if (reign->is_planning) {
        return "the scheduler";
    }
    if (!reign->wants_plan) {
        return NULL;
    }
    if (reign->batch_pending != 0 || cox_usec_is_set(reign->write_retry_at)) {
        return "the document to take the states of the nodes";
    }
    if (cox_usec_is_set(reign->list_until)) {
        return "the document to list all members";
    }
    if (cox_reign_nodes_unheard(reign)) {
        return "a controller that is away, and that has not reported what it is running";
    }
    return cox_usec_is_set(reign->guard_at) ? "the pause after a crash of the scheduler" : "results to be in the document";
}

const char *
cox_reign_node_name(const struct cox_reign *reign, guint32 node)
{
    const struct reign_node *found = cox_reign_node_find(reign, node);

    return found == NULL ? NULL : found->name;
}

guint32
cox_reign_node_id(const struct cox_reign *reign, const char *name)
{
    const struct reign_node *found = cox_reign_node_named(reign, name);

    return found == NULL ? 0 : found->id;
}
