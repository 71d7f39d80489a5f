/* cts/sim/node_control.c - stands for controld's crew: election and messages of the group (lib/election).  For tests only. */
#include "cts/sim/simcontrol.h"

#include <string.h>

#include "base/error.h"
#include "control/failure.h"

static void election_step(struct sim *sim, struct sim_node *node, const struct cox_election_event *event);

struct control_message *
control_keep(struct sim *sim, const struct control_message *message)
{
    struct control_message *copy = cox_arena_memdup(sim->arena, message, 1, sizeof(*message));

    copy->rsc_id = cox_arena_intern(sim->arena, message->rsc_id);
    copy->task = cox_arena_intern(sim->arena, message->task);
    copy->key = cox_arena_strdup(sim->arena, message->key);
    copy->history = cox_arena_strdup(sim->arena, message->history);
    copy->election.excluded = cox_arena_memdup(sim->arena, message->election.excluded, message->election.n_excluded,
                                               sizeof(guint32));
    return copy;
}

void
control_send(struct sim *sim, struct sim_node *node, const struct control_message *message)
{
    cox_testbus_send(&sim->bus[SIM_CONTROL], node->id, control_keep(sim, message));
}

/* ---- the document ---- */

static void
tell_expected(struct sim *sim, struct sim_node *node)
{
    const struct cox_xml *xml = cox_xml_child(cox_xml_child(control_section(sim, node, "configuration"), "nodes"), "node");
    struct cox_election_event event = { .kind = COX_ELECTION_ON_EXPECTED };
    guint32 ids[SIM_MAX];

    event.nodes.nodes = ids;
    for (; xml != NULL && event.nodes.n < SIM_MAX; xml = cox_xml_next_named(xml, "node")) {
        ids[event.nodes.n++] = (guint32) g_ascii_strtoull(cox_xml_id(xml), NULL, 10);
    }
    election_step(sim, node, &event);
}

/* The document is there for the first time, or its configuration has changed. */
void
control_crew_document(struct sim *sim, struct sim_node *node)
{
    if (node->control->election != NULL && node->doc != NULL) {
        control_duty_document(sim, node);
        tell_expected(sim, node);
        sim_leave_again(sim, node);
    }
}

/* ---- election ---- */

static void
tell_election(struct sim *sim, struct sim_node *node)
{
    struct cox_election_event event = { .kind = COX_ELECTION_ON_VIEW };

    event.nodes.nodes = (const guint32 *) (const void *) node->control->view->data;
    event.nodes.n = node->control->view->len;
    election_step(sim, node, &event);
}

static void
send_election(struct sim *sim, struct sim_node *node, const struct cox_election_message *message)
{
    struct control_message mine = { .kind = CONTROL_ELECTION, .election = *message, .boot = node->incarnation };

    if (message->kind == COX_ELECTION_CONFIRM) { /* first find out what is running here */
        node->control->confirm = *message;
        node->control->has_confirm = true;
        control_report(sim, node);
        return;
    }
    control_send(sim, node, &mine);
}

void
control_confirm(struct sim *sim, struct sim_node *node, const struct cox_inflight *inflight, size_t n)
{
    struct sim_control *control = node->control;
    const struct control_message message = { .kind = CONTROL_ELECTION, .election = control->confirm, .boot = node->incarnation, .inflight = inflight,
                                             .n_inflight = n, .call_id = control->recorded,
                                             .version = control->recorded_version };

    if (control->has_confirm) {
        control->has_confirm = false;
        control_duty_tell(sim, node);
        control_send(sim, node, &message);
    }
}

static void
settle(struct sim *sim, struct sim_node *node, const struct cox_ballot_result *result)
{
    struct cox_exec_term *term = cox_arena_new_array(sim->arena, struct cox_exec_term, 1);
    const struct sim_call call = { .fn = sim_exec_on_term, .data = term };

    *sim_run_control_term(node->run) = result->term;
    node->control->is_dismissed = node->control->is_dismissed && result->term.coordinator == node->control->dismissed.coordinator
                                  && result->term.generation == node->control->dismissed.generation;
    sim_say(sim, node, "controld obeys n%u, generation %" G_GUINT64_FORMAT, result->term.coordinator, result->term.generation);
    *term = (struct cox_exec_term) { result->term.generation, result->term.coordinator };
    sim_post(sim, node, SIM_EXEC, &call);
    control_reign(sim, node, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = result->term.coordinator,
                                                         .generation = result->term.generation });
}

static void
tell_phase(struct sim *sim, struct sim_node *node, const struct cox_election_effect *effect)
{
    const struct control_message *report = effect->phase.phase == COX_JOIN_JOINED ? node->control->report : NULL;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_PHASE, .node = effect->phase.node };
    struct cox_reign_event recorded = { .kind = COX_REIGN_ON_RECORDED, .node = effect->phase.node };

    event.join.phase = effect->phase.phase;
    if (report != NULL) {
        recorded.done.call_id = report->call_id;
        recorded.done.version = report->version;
        control_reign(sim, node, &recorded);
        event.join.inflight = report->inflight;
        event.join.n_inflight = report->n_inflight;
    }
    control_reign(sim, node, &event);
}

/* As cox-controld does: who leads now, and a new keeper of attributes, hears it, whatever has become of the attribute. */
void
control_leave_still(struct sim *sim, struct sim_node *node)
{
    g_autofree char *since = g_strdup_printf("%" G_GINT64_FORMAT, node->control->leaving_since_s);

    if (node->control->wants_to_leave && !node->control->is_dismissed) {
        control_set_attribute(sim, node, &(struct sim_attr_wish) { node->name, "shutdown", since, false, false });
    }
}

static void
run_election(struct sim *sim, struct sim_node *node, const struct cox_election_effect *effect)
{
    switch (effect->kind) {
        case COX_ELECTION_DO_SEND:
            send_election(sim, node, &effect->message);
            break;
        case COX_ELECTION_DO_WAKE:
            sim_timer(sim, &node->process[SIM_CONTROL], CONTROL_TIMER_ELECTION, effect->at);
            break;
        case COX_ELECTION_DO_SETTLE:
            settle(sim, node, &effect->settle);
            break;
        case COX_ELECTION_DO_UNSETTLE:
            node->control->has_confirm = false;
            control_reign(sim, node, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM });
            break;
        case COX_ELECTION_DO_PHASE:
            tell_phase(sim, node, effect);
            break;
        case COX_ELECTION_DO_PLAN:
            control_reign(sim, node, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
            break;
        case COX_ELECTION_DO_ADMIT:
            control_leave_still(sim, node);
            break;
        case COX_ELECTION_DO_REFUSE:
            break;
    }
}

static void
election_step(struct sim *sim, struct sim_node *node, const struct cox_election_event *event)
{
    struct cox_election_effects effects;

    if (node->control->election == NULL) {
        return;
    }
    cox_election_effects_init(&effects);
    cox_election_step(node->control->election, event, sim->now, &effects);
    for (guint i = 0; i < cox_election_effects_count(&effects); i++) {
        run_election(sim, node, cox_election_effects_get(&effects, i));
    }
    cox_election_effects_clear(&effects);
}

void
control_outdated(struct sim *sim, struct sim_node *node, guint64 generation)
{
    struct cox_election_event event = { .kind = COX_ELECTION_ON_SEEN };
    struct cox_term term = sim_control_term(node);

    if (generation == term.generation && term.coordinator != 0) {
        event.seen = (struct cox_term) { term.coordinator, 2 * term.generation + 1 };
        election_step(sim, node, &event);
    }
}

void
sim_control_on_refused(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    control_outdated(sim, node, call->number);
}

bool
control_obeys(const struct sim_node *node, guint32 sender, guint64 generation)
{
    return node->control->election != NULL && cox_election_accepts(node->control->election, sender, generation);
}

struct cox_term
sim_control_term(const struct sim_node *node)
{
    return node->control == NULL || node->control->election == NULL ? (struct cox_term) { 0, 0 }
                                                                    : cox_election_term(node->control->election);
}

bool
sim_control_is_idle(const struct sim_node *node)
{
    return node->control != NULL && cox_reign_phase(node->control->reign) == COX_REIGN_IDLE;
}

const char *
sim_control_waits_for(const struct sim_node *node)
{
    return node->control == NULL ? "its controller" : cox_reign_waits_for(node->control->reign);
}

/* ---- messages ---- */

static bool
has(const GArray *ids, guint32 id)
{
    for (guint i = 0; i < ids->len; i++) {
        if (g_array_index(ids, guint32, i) == id) {
            return true;
        }
    }
    return false;
}

/* Before the document says which nodes are expected, somebody is missing: this node votes when it is called, but calls nobody. */
static void
begin(struct sim *sim, struct sim_node *node)
{
    static const guint32 somebody = G_MAXUINT32;
    const struct cox_election_config config = { .dc_deadtime_ms = 20000, .vote_ms = 2000, .beacon_ms = 1000, .silence_ms = 5000,
                                                .integration_ms = 180000, .finalization_ms = 1800000 };
    struct cox_election_event event = { .kind = COX_ELECTION_ON_EXPECTED, .nodes = { &somebody, 1 } };
    cox_feature_set features = 0;

    COX_BUG_ON(!cox_feature_set_parse("3.20.5", &features));
    node->control->election = cox_election_new(&config, node->id, features, (guint64) sim->now);
    election_step(sim, node, &event);
    if (sim_run_control_term(node->run)->generation != 0) {
        event = (struct cox_election_event) { .kind = COX_ELECTION_ON_SEEN };
        event.seen = *sim_run_control_term(node->run);
        election_step(sim, node, &event);
    }
    tell_election(sim, node);
    control_tell_reign(sim, node);
    if (node->doc != NULL) {
        control_tell_document(sim, node, ~0U, NULL);
    }
}

static void
take_view(struct sim *sim, struct sim_node *node, const struct cox_testbus_view *view)
{
    struct sim_control *control = node->control;

    g_array_set_size(control->view, 0);
    g_array_append_vals(control->view, view->members, (guint) view->n_members);
    for (guint i = control->members->len; i > 0; i--) {
        for (size_t k = 0; k < view->n_lost; k++) {
            if (g_array_index(control->members, guint32, i - 1) == view->lost[k]) {
                g_array_remove_index(control->members, i - 1);
                break;
            }
        }
    }
    for (size_t i = 0; i < view->n_nodes && control->election == NULL; i++) { /* those whose controllers are away */
        g_array_append_val(control->members, view->nodes[i]);
    }
    for (size_t i = 0; i < view->n_members; i++) {
        if (!has(control->members, view->members[i])) {
            g_array_append_val(control->members, view->members[i]);
        }
    }
    if (control->election == NULL) {
        begin(sim, node);
    } else {
        tell_election(sim, node);
        control_tell_reign(sim, node);
    }
}

/* The planted bug of SIM_LAW_ENDS: results of starts get lost, and time does not pass for the coordinator. */
static void
on_result(struct sim *sim, struct sim_node *node, guint32 sender, const struct control_message *message)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_RESULT, .node = sender };
    g_autofree char *count_name = NULL, *time_name = NULL;

    if (sim->bug == SIM_LAW_ENDS && g_str_equal(message->task, "start")) {
        return;
    }
    event.result.order = message->order;
    event.result.rsc_id = message->rsc_id;
    event.result.task = message->task;
    event.result.interval_ms = message->interval_ms;
    event.result.rc = message->rc;
    event.result.status = message->status;
    event.result.target_rc = cox_oplog_target_rc(message->key);
    event.result.call_id = message->call_id;
    event.result.began = message->began;
    event.result.history = message->history;
    count_name = cox_failure_count_name(message->rsc_id, message->task, message->interval_ms);
    time_name = cox_failure_time_name(message->rsc_id, message->task, message->interval_ms);
    event.result.has_counts = node->doc != NULL;
    if (node->doc != NULL) {
        const struct cox_xml *root = sim_state_root(sim->docs, node->doc);

        event.result.count_now = cox_overlay_now(root, sim->nodes[sender].name, count_name);
        event.result.time_now = cox_overlay_now(root, sim->nodes[sender].name, time_name);
    }
    control_reign(sim, node, &event);
}

void
sim_control_mail(struct sim *sim, struct sim_node *node, const struct cox_testbus_mail *mail)
{
    const struct control_message *message = mail->message;
    struct cox_election_event event = { .kind = COX_ELECTION_ON_MESSAGE };
    struct cox_reign_event recorded = { .kind = COX_REIGN_ON_RECORDED, .node = mail->sender };

    if (mail->view != NULL) {
        take_view(sim, node, mail->view);
        return;
    }
    switch (message->kind) {
        case CONTROL_ELECTION:
            control_reign(sim, node, &(struct cox_reign_event) { .kind = COX_REIGN_ON_LIFE, .node = mail->sender, .life = { .boot = message->boot, .cores = SIM_CORES, .takes_followers = control_takes_followers(sim, mail->sender) } });
            event.message.sender = mail->sender;
            event.message.message = &message->election;
            node->control->report = message->election.kind == COX_ELECTION_CONFIRM ? message : NULL;
            election_step(sim, node, &event);
            node->control->report = NULL;
            break;
        case CONTROL_ORDER:
            control_on_order(sim, node, mail->sender, message);
            break;
        case CONTROL_RESULT:
            on_result(sim, node, mail->sender, message);
            break;
        case CONTROL_RECORDED:
            recorded.done.call_id = message->call_id;
            recorded.done.version = message->version;
            control_reign(sim, node, &recorded);
            break;
    }
}

void
sim_control_on_want(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) call;
    control_reign(sim, node, &(struct cox_reign_event) { .kind = COX_REIGN_ON_WANT });
}

void
sim_control_on_leave(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) call;
    if (node->control->election == NULL && !sim_run_mark(node->run)->is_set) { /* it never was part of it */
        sim_leave_now(sim, node);
    }
    if (node->control->election == NULL || node->control->oplog == NULL || node->control->wants_to_leave) {
        return; /* asked for again when it is */
    }
    node->control->wants_to_leave = true;
    node->control->leaving_since_s = cox_wall_seconds(sim_wall(sim));
    control_leave_still(sim, node);
    election_step(sim, node, &(struct cox_election_event) { .kind = COX_ELECTION_ON_LEAVING });
}

void
sim_control_wake(struct sim *sim, struct sim_node *node, guint timer)
{
    if (timer == CONTROL_TIMER_ELECTION) {
        election_step(sim, node, &(struct cox_election_event) { .kind = COX_ELECTION_ON_WAKE });
    } else if (timer == CONTROL_TIMER_REIGN && sim->bug != SIM_LAW_ENDS) {
        control_reign(sim, node, &(struct cox_reign_event) { .kind = COX_REIGN_ON_WAKE });
    } else if (timer == CONTROL_TIMER_DUTY) {
        control_duty_retry(sim, node);
    } else if (timer == CONTROL_TIMER_RECORD) {
        control_duty_record(sim, node);
    } else if (timer == CONTROL_TIMER_HOLD) {
        control_duty_tell(sim, node);
    }
}

/* ---- life ---- */

void
sim_control_start(struct sim *sim, struct sim_node *node)
{
    const struct cox_reign_config config = { .self = node->id, .cluster_delay_ms = 60000, .process_grace_ms = 10000,
                                             .settle_ms = 2000, .record_grace_ms = 30000, .retry_ms = 1000, .crash_limit = 3 };
    struct sim_control *control = g_new0(struct sim_control, 1);

    node->control = control;
    control->reign = cox_reign_new(&config);
    control->view = g_array_new(FALSE, FALSE, sizeof(guint32));
    control->members = g_array_new(FALSE, FALSE, sizeof(guint32));
    control->states = g_string_new(NULL);
    control->erased = g_ptr_array_new_with_free_func(g_free);
    control->fencings = g_ptr_array_new();
    control->errands = g_ptr_array_new();
    control->wishes = g_ptr_array_new();
    control->said_after = g_ptr_array_new();
    control->held = g_ptr_array_new();
    control->said_now = g_ptr_array_new();
    sim_leave_again(sim, node);
}

void
sim_control_stop(struct sim *sim, struct sim_node *node)
{
    struct sim_control *control = node->control;

    sim_laws_on_transition(sim, node->id, false);
    cox_election_free(control->election);
    cox_reign_free(control->reign);
    cox_oplog_free(control->oplog);
    sim_plan_free(control->plan);
    g_array_unref(control->view);
    g_array_unref(control->members);
    g_string_free(control->states, TRUE);
    g_ptr_array_unref(control->erased);
    g_ptr_array_unref(control->fencings);
    g_ptr_array_unref(control->errands);
    g_ptr_array_unref(control->wishes);
    g_ptr_array_unref(control->said_after);
    g_ptr_array_unref(control->held);
    g_ptr_array_unref(control->said_now);
    g_clear_pointer(&node->control, g_free);
}
