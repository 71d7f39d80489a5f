/* lib/control/reignnode.c - the nodes as the coordinator sees them, and what the document is to say of each.  Layer 4, pure. */
#include "control/reign_priv.h"

/* ---- who is there ---- */

static bool
has(const guint32 *ids, size_t n, guint32 id)
{
    for (size_t i = 0; i < n; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* Nothing that was ordered there will be answered. */
static void
lose(struct cox_reign *reign, const struct reign_node *node, cox_usec now, struct cox_reign_effects *out)
{
    if (cox_reign_is_coordinator(reign) && node->name != NULL) {
        cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_NODE_LOST, .node = { .name = node->name } },
                        now, out);
        cox_reign_want(reign, now, out);
    }
}

/*
 * Its controller is another one, or none: call ids of before say nothing.  Of a node that has left in order what the document does not
 * have is still true, and nobody else will tell it: a plan that does not know of its last stops would have it fenced.  While one waits for the next
 * controller of a node it is true as well: a plan that does not know what was started there would start it elsewhere.
 */
static void
forget_results(struct reign_node *node, bool is_awaited)
{
    bool is_over = node->is_controller || !node->is_leaving || node->is_down;

    node->blind = is_awaited && node->blind > node->recorded ? node->blind : 0;
    node->heard = node->recorded = node->said = 0;
    node->needed = (struct cox_version) { 0, 0, 0 };
    if (is_over && !is_awaited) {
        g_ptr_array_set_size(node->histories, 0);
    }
}

/*
 * Its controller was there a moment ago.  Or nobody here knows, as this controller has just begun: both may have died together, and
 * what the document says of it still holds for a while.
 */
static bool
has_patience(const struct reign_node *node, bool was_controller, bool was_seen)
{
    return node->is_member && (was_controller ? !node->is_leaving : !was_seen);
}

static void
judge(struct cox_reign *reign, struct reign_node *node, const struct cox_reign_event *event, cox_usec now,
      struct cox_reign_effects *out)
{
    bool was_controller = node->is_controller, was_member = node->is_member, was_seen = node->is_seen, begins_to_wait = false;

    node->is_mute = node->is_mute && has(event->view.controllers, event->view.n_controllers, node->id);
    node->is_controller = has(event->view.controllers, event->view.n_controllers, node->id);
    node->is_member = node->is_controller || has(event->view.nodes, event->view.n_nodes, node->id);
    node->is_seen = node->is_seen || node->is_member;
    if (node->is_member && !was_member) {
        node->is_down = node->is_erased = false;
    }
    if (node->is_controller) {
        node->away_until = COX_USEC_NEVER;
        if (!was_controller) {
            reign->may_plan = false; /* until it has reported as well */
            node->joined_at = now;
            node->life = 0; /* until it says */
            node->is_down = node->is_erased = false;
            node->is_leaving = false;
            forget_results(node, false);
        }
        return;
    }
    node->phase = COX_JOIN_UNKNOWN;
    begins_to_wait = has_patience(node, was_controller, was_seen);
    forget_results(node, begins_to_wait || (node->is_member && cox_usec_is_set(node->away_until)));
    if (begins_to_wait) {
        node->away_until = cox_usec_after_ms(now, reign->config.process_grace_ms);
        return;
    }
    if (!node->is_member) {
        node->away_until = COX_USEC_NEVER;
    }
    if (was_controller || (was_member && !node->is_member)) {
        lose(reign, node, now, out);
    }
}

void
cox_reign_nodes_on_view(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now,
                    struct cox_reign_effects *out)
{
    for (size_t i = 0; i < event->view.n_controllers; i++) {
        (void) cox_reign_node_ensure(reign, event->view.controllers[i]);
    }
    for (size_t i = 0; i < event->view.n_nodes; i++) {
        (void) cox_reign_node_ensure(reign, event->view.nodes[i]);
    }
    for (guint i = 0; i < reign->nodes->len; i++) {
        judge(reign, reign->nodes->pdata[i], event, now, out);
    }
}

void
cox_reign_nodes_on_wake(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    for (guint i = 0; i < reign->nodes->len; i++) {
        struct reign_node *node = reign->nodes->pdata[i];

        if (cox_usec_is_due(node->away_until, now)) {
            node->away_until = COX_USEC_NEVER;
            forget_results(node, false);
            lose(reign, node, now, out);
        }
        if (node->heard > node->recorded && !node->is_mute && cox_usec_is_due(node->unrecorded_until, now)) {
            node->is_mute = true; /* what happens there nobody can plan with: it will be fenced */
            cox_reign_want(reign, now, out);
        }
    }
}

/* Histories are erased after the state is written: that has not been seen with it. */
static bool
is_as_written(const struct reign_node *node, const struct cox_reign_state *state)
{
    return !node->is_down && g_strcmp0(node->doc.in_ccm, state->in_ccm) == 0 && g_strcmp0(node->doc.crmd, state->crmd) == 0
           && g_strcmp0(node->doc.join, state->join) == 0
           && (node->is_expected_left || g_strcmp0(node->doc.expected, state->expected) == 0);
}

/* ---- how much a node can carry ---- */

guint
cox_reign_action_limit(guint host, guint option, guint cores)
{
    return host != 0 ? host : option != 0 ? option : 2 * cores;
}

static void
limit_node(struct cox_reign *reign, const struct reign_node *node, cox_usec now, struct cox_reign_effects *out)
{
    guint limit = cox_reign_action_limit(node->action_limit, reign->node_action_limit, node->cores);

    if (node->name != NULL) {
        cox_reign_work_step(reign, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_LIMIT, .node = { node->name, limit, node->takes_followers } },
                            now, out);
    }
}

void
cox_reign_nodes_limit(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    for (guint i = 0; i < reign->nodes->len; i++) {
        limit_node(reign, reign->nodes->pdata[i], now, out);
    }
}

void
cox_reign_nodes_on_life(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    struct reign_node *node = cox_reign_node_ensure(reign, event->node);

    if (event->life.boot != 0) {
        node->life = event->life.boot;
    }
    if (node->cores != event->life.cores || node->action_limit != event->life.action_limit || node->takes_followers != event->life.takes_followers) {
        node->takes_followers = event->life.takes_followers;
        node->cores = event->life.cores;
        node->action_limit = event->life.action_limit;
        limit_node(reign, node, now, out);
    }
}

/* ---- nodes that are alive although they were reported down ---- */

static void
take_bar(struct cox_reign *reign, struct reign_node *node, cox_usec now, struct cox_reign_effects *out)
{
    const guint64 *life = g_hash_table_lookup(reign->barred, node->name);

    if (life != NULL) {
        node->barred = *life;
        g_hash_table_remove(reign->barred, node->name);
        cox_reign_want(reign, now, out);
    }
}

void
cox_reign_nodes_on_barred(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    struct reign_node *node = cox_reign_node_named(reign, event->name);
    const guint64 life = event->done.life;

    if (node == NULL) {
        g_hash_table_replace(reign->barred, g_strdup(event->name), g_memdup2(&life, sizeof life));
    } else if (node->barred != life) {
        node->barred = life;
        cox_reign_want(reign, now, out);
    }
}

/* ---- what the document says ---- */

void
cox_reign_nodes_on_node(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now, struct cox_reign_effects *out)
{
    struct reign_node *node = cox_reign_node_ensure(reign, event->node);

    if (event->name != NULL && g_strcmp0(node->name, event->name) != 0) {
        g_free(node->name);
        node->name = g_strdup(event->name);
        limit_node(reign, node, now, out);
        take_bar(reign, node, now, out);
    }
    if (reign->batch_pending == 0 || node->batch <= reign->batch_answered) {
        cox_reign_texts_set(&node->doc, &event->state);
    } else if (is_as_written(node, &event->state)) {
        cox_reign_texts_set(&node->doc, &event->state);
        node->is_seen_written = true;
    } /* else it is about to be overwritten */
}

/*
 * A plan may be made as soon as the document shows what we have written, while it is on its way to the disks: what it orders is carried out by
 * those who have seen the same.  Not without quorum: then the document may not say so yet, as that is a change like any other.
 */
void
cox_reign_nodes_look(struct cox_reign *reign, bool is_another, bool has_quorum)
{
    bool is_any = false, are_all = true;

    for (guint i = 0; i < reign->nodes->len; i++) {
        struct reign_node *node = reign->nodes->pdata[i];

        node->is_seen_written = node->is_seen_written && !is_another;
        if (node->batch != 0 && node->batch == reign->batch_pending) {
            is_any = true;
            are_all = are_all && node->is_seen_written;
        }
    }
    reign->is_batch_seen = has_quorum && is_any && are_all && reign->batch_pending == reign->batch_answered + 1;
}

/* ---- what the document is to say ---- */

/* A node that nobody has seen and that the document knows nothing of is none of our business: the plan knows what to do. */
static bool
is_known(const struct reign_node *node)
{
    return node->name != NULL && (node->is_member || node->is_down || node->doc.in_ccm != NULL);
}

/*
 * Does this say nothing new of what is expected of the node?  Then it is left alone: the document that we have seen may be an old one, and
 * what another coordinator has written since - that it may leave - must not be undone.
 */
static bool
leaves_expected(const struct reign_node *node, const struct cox_reign_state *state)
{
    bool is_ours_to_say = node->is_down || node->is_leaving || (node->is_controller && node->phase == COX_JOIN_JOINED);

    return !is_ours_to_say && node->doc.expected != NULL && g_strcmp0(node->doc.expected, state->expected) == 0;
}

static bool
write_node(const struct cox_reign *reign, struct reign_node *node, struct cox_reign_effects *out)
{
    struct cox_reign_state state = cox_reign_state_wanted(node);
    bool differs = !cox_reign_state_is_said(node, &state), erases = node->is_down && !node->is_erased;
    struct cox_reign_effect *effect = NULL;
    bool has_left = false;

    if (!is_known(node) || (!differs && !erases)) {
        return false;
    }
    has_left = node->is_member && g_str_equal(state.expected, "down") && g_str_equal(state.crmd, "offline");
    if (has_left && g_strcmp0(node->doc.crmd, "online") == 0) { /* who went down with his cluster layer, everybody forgets by himself */
        cox_reign_add(out, COX_REIGN_DO_FORGET)->name = cox_effects_text(&out->list, node->name);
    }
    node->is_expected_left = leaves_expected(node, &state);
    cox_reign_texts_set(&node->doc, &state);
    node->batch = reign->batch + 1;
    node->is_seen_written = false;
    effect = cox_reign_add(out, COX_REIGN_DO_NODE);
    effect->node = node->id;
    effect->name = cox_effects_text(&out->list, node->name);
    effect->state = (struct cox_reign_state) {
        cox_effects_text(&out->list, node->doc.in_ccm), cox_effects_text(&out->list, node->doc.crmd),
        cox_effects_text(&out->list, node->doc.join), node->is_expected_left ? NULL : cox_effects_text(&out->list, node->doc.expected)
    };
    if (erases) {
        node->is_erased = true;
        effect = cox_reign_add(out, COX_REIGN_DO_ERASE);
        effect->node = node->id;
        effect->name = cox_effects_text(&out->list, node->name);
    }
    return true;
}

/*
 * It was a member and is none any more: nothing that the others are going to report changes that, and a plan need not wait then until it is
 * written.  Whether that was expected the document may know better than a coordinator that has just begun.
 */
static bool
is_gone(const struct reign_node *node)
{
    return node->is_seen && !node->is_member && !node->is_down;
}

void
cox_reign_nodes_write(struct cox_reign *reign, cox_usec now, struct cox_reign_effects *out)
{
    bool is_any = false;

    if (!cox_reign_is_coordinator(reign) || (cox_usec_is_set(reign->write_retry_at) && !cox_usec_is_due(reign->write_retry_at, now))) {
        return;
    }
    reign->write_retry_at = COX_USEC_NEVER;
    for (guint i = 0; i < reign->nodes->len; i++) {
        struct reign_node *node = reign->nodes->pdata[i];

        if (!reign->may_plan && !is_gone(node)) {
            continue;
        }
        if (node->is_down && !node->is_erased) {
            reign->own_removal_until = cox_usec_after_ms(now, reign->config.settle_ms);
        }
        is_any = write_node(reign, node, out) || is_any;
    }
    if (is_any) {
        reign->batch_pending = ++reign->batch; /* as write_node() has noted */
        reign->is_batch_seen = false;
        cox_reign_add(out, COX_REIGN_DO_WRITE)->batch = reign->batch;
        reign->wants_look = true;
    }
}

void
cox_reign_nodes_on_written(struct cox_reign *reign, const struct cox_reign_event *event, cox_usec now)
{
    if (event->done.is_ok) {
        cox_reign_need(&reign->needed, &event->done.version);
        for (guint i = 0; i < reign->nodes->len; i++) {
            const struct reign_node *node = reign->nodes->pdata[i];

            reign->wants_plan = reign->wants_plan || (node->is_leaving && node->is_controller); /* which tells it so */
        }
    } else { /* nobody knows what the document says: all of it again */
        reign->write_retry_at = cox_usec_after_ms(now, reign->config.retry_ms);
        for (guint i = 0; i < reign->nodes->len; i++) {
            struct reign_node *node = reign->nodes->pdata[i];

            g_clear_pointer(&node->doc.crmd, g_free);
            node->is_erased = false;
        }
    }
    reign->batch_answered = MAX(reign->batch_answered, event->done.batch);
    if (event->done.batch == reign->batch_pending) {
        reign->batch_pending = 0;
    }
}

/*
 * Its executor may be in the middle of what another coordinator, or it itself as one, has ordered; when its controller is back it
 * reports that, and when its patience is over it is fenced.
 */
bool
cox_reign_nodes_unheard(const struct cox_reign *reign)
{
    for (guint i = 0; i < reign->nodes->len; i++) {
        const struct reign_node *node = reign->nodes->pdata[i];

        if (!node->has_reported && !node->is_controller && cox_reign_state_is_kept(node)) {
            return true;
        }
    }
    return false;
}

cox_usec
cox_reign_nodes_deadline(const struct cox_reign *reign)
{
    cox_usec at = COX_USEC_NEVER;

    for (guint i = 0; i < reign->nodes->len; i++) {
        const struct reign_node *node = reign->nodes->pdata[i];

        at = cox_usec_min(at, node->away_until);
        at = cox_usec_min(at, node->heard > node->recorded && !node->is_mute ? node->unrecorded_until : COX_USEC_NEVER);
    }
    return at;
}
