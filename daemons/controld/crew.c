/* daemons/controld/crew.c - membership, election and join: lib/election to and from the group.  Layer 6. */
#include "daemons/controld/chronicle.h"

#include "base/error.h"
#include "cib/section.h"
#include "daemons/controld/alerts.h"
#include "daemons/controld/ledger.h"
#include "daemons/controld/wishes.h"
#include "election/feature_set.h"
#include "model/option.h"

static void step(struct controld *controld, const struct cox_election_event *event);

static void
on_timer(void *context)
{
    struct controld *controld = context;

    controld->election_timer = 0;
    step(controld, &(struct cox_election_event) { .kind = COX_ELECTION_ON_WAKE });
}

/* ---- effects ---- */

static void
send_body(void *context, const struct cox_msg_control_election *body)
{
    (void) cox_service_send(context, COX_MSG_CONTROL_ELECTION, body);
}

static void
send(struct controld *controld, const struct cox_election_message *message)
{
    const struct cox_msg_control_election extra = { .name = cox_service_node_name(controld->ctx, controld->self),
                                                    .life = controld->life, .cores = controld->cores,
                                                    .action_limit = controld->action_limit, .takes_followers = 1 };

    if (message->kind == COX_ELECTION_CONFIRM) { /* first find out what is running here */
        controld->confirm = *message;
        controld->has_confirm = true;
        controld_ledger_report(controld);
        return;
    }
    controld_wire_election(message, &extra, send_body, controld->ctx);
}

void
controld_crew_confirm(struct controld *controld, const struct cox_msg_exec_inflight *inflight)
{
    const struct cox_msg_cib_state state = controld_wire_state(&controld->recorded_version);
    const struct cox_msg_control_election extra = { .name = cox_service_node_name(controld->ctx, controld->self),
                                                    .life = controld->life, .cores = controld->cores,
                                                    .action_limit = controld->action_limit, .takes_followers = 1,
                                                    .n_inflight = inflight->n_actions,
                                                    .inflight = inflight->actions,
                                                    .n_state = 1,
                                                    .state = &state,
                                                    .recorded = controld->recorded };

    if (controld->has_confirm) {
        controld->has_confirm = false;
        controld_duty_tell(controld);
        controld_wire_election(&controld->confirm, &extra, send_body, controld->ctx);
    }
}

/* The highest generation that was ever obeyed here, for a controller that comes after this one: executors remember it, too. */
static char *
term_path(const struct controld *controld)
{
    return g_build_filename(cox_service_run_directory(controld->ctx), "control.term", NULL);
}

static void
keep_term(const struct controld *controld, struct cox_term term)
{
    g_autofree char *path = term_path(controld);
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT " %u\n", term.generation, (unsigned int) term.coordinator);

    (void) g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0640, NULL); /* else the executor tells */
}

static void
recall_term(struct controld *controld)
{
    g_autofree char *path = term_path(controld);
    g_autofree char *text = NULL;
    char *end = NULL;
    struct cox_election_event event = { .kind = COX_ELECTION_ON_SEEN };

    if (g_file_get_contents(path, &text, NULL, NULL)) {
        event.seen.generation = g_ascii_strtoull(text, &end, 10);
        event.seen.coordinator = (guint32) g_ascii_strtoull(end, NULL, 10);
        step(controld, &event);
    }
}

/* An order, or a change of the document, was refused: somebody here obeys a younger reign, and does not say which. */
void
controld_crew_outdated(struct controld *controld, guint64 generation)
{
    struct cox_election_event event = { .kind = COX_ELECTION_ON_SEEN };
    struct cox_term term = controld->election == NULL ? (struct cox_term) { 0, 0 } : cox_election_term(controld->election);

    if (generation == term.generation && term.coordinator != 0) {
        event.seen = (struct cox_term) { term.coordinator, 2 * term.generation + 1 };
        cox_log_line(controld->log, COX_LOG_NOTICE, "a younger reign was obeyed here: calling for another one");
        step(controld, &event);
    }
}

static void
settle(struct controld *controld, const struct cox_ballot_result *result)
{
    const char *name = cox_service_node_name(controld->ctx, result->term.coordinator);

    cox_log_line(controld->log, COX_LOG_NOTICE, "coordinator elected node=%s generation=%" G_GUINT64_FORMAT " confirmed=%d",
                 name == NULL ? "?" : name, result->term.generation, (int) result->is_confirmed);
    keep_term(controld, result->term);
    controld_chronicle_coordinator(controld, result->term);
    controld->is_dismissed = controld->is_dismissed && result->term.coordinator == controld->dismissed.coordinator
                             && result->term.generation == controld->dismissed.generation; /* else the new one does not know */
    controld_duty_term(controld, result->term);
    controld->is_founder = controld->is_founder && result->term.coordinator == controld->self;
    if (result->term.coordinator == controld->self) {
        controld_realm_elected(controld, result->term);
    }
    controld_realm_step(controld, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM, .node = result->term.coordinator,
                                                              .generation = result->term.generation });
}

static void
unsettle(struct controld *controld)
{
    controld->has_confirm = controld->is_founder = false;
    cox_log_line(controld->log, COX_LOG_NOTICE, "no coordinator for now");
    controld_realm_step(controld, &(struct cox_reign_event) { .kind = COX_REIGN_ON_TERM });
}

/* What a member reports when it joins comes with the news that it has. */
static void
tell_phase(struct controld *controld, guint32 node, enum cox_join_phase phase)
{
    const struct cox_msg_control_election *report = phase == COX_JOIN_JOINED ? controld->report : NULL;
    g_autoptr(GArray) inflight = g_array_new(FALSE, FALSE, sizeof(struct cox_inflight));
    struct cox_reign_event event = { .kind = COX_REIGN_ON_PHASE, .node = node, .join = { .phase = phase } };
    struct cox_reign_event recorded = { .kind = COX_REIGN_ON_RECORDED, .node = node };

    cox_log_line(controld->log, COX_LOG_INFO, "member has come further node=%u phase=%s", (unsigned int) node,
                 cox_join_phase_text(phase));
    for (gsize i = 0; report != NULL && i < report->n_inflight; i++) {
        const struct cox_msg_exec_flying *flying = &report->inflight[i];
        const struct cox_inflight one = { flying->rsc_id, flying->task == NULL ? "" : flying->task, flying->interval_ms, NULL,
                                          flying->key, flying->generation, flying->is_running != 0,
                                          flying->migrate_source, flying->migrate_target };

        g_array_append_val(inflight, one);
    }
    if (report != NULL && report->n_state > 0) {
        recorded.done.call_id = report->recorded;
        recorded.done.version = controld_wire_version(&report->state[0]);
        controld_realm_step(controld, &recorded);
    }
    event.join.inflight = (const struct cox_inflight *) (const void *) inflight->data;
    event.join.n_inflight = inflight->len;
    controld_realm_step(controld, &event);
}

static void
run(struct controld *controld, const struct cox_election_effect *effect)
{
    switch (effect->kind) {
        case COX_ELECTION_DO_SEND:
            send(controld, &effect->message);
            break;
        case COX_ELECTION_DO_WAKE:
            cox_runtime_cancel(controld->runtime, controld->election_timer);
            controld->election_timer = cox_runtime_timer(controld->runtime, effect->at, on_timer, controld);
            break;
        case COX_ELECTION_DO_SETTLE:
            settle(controld, &effect->settle);
            break;
        case COX_ELECTION_DO_UNSETTLE:
            unsettle(controld);
            break;
        case COX_ELECTION_DO_PHASE:
            tell_phase(controld, effect->phase.node, effect->phase.phase);
            break;
        case COX_ELECTION_DO_PLAN:
            controld->is_founder = true;
            controld_papers_bootstrap(controld);
            controld_realm_step(controld, &(struct cox_reign_event) { .kind = COX_REIGN_ON_MAY_PLAN });
            break;
        case COX_ELECTION_DO_ADMIT:
            cox_log_line(controld->log, COX_LOG_NOTICE, "admitted by the coordinator");
            controld->is_admitted = true;
            controld_wish_introduction(controld);
            controld_leave_still(controld);
            break;
        case COX_ELECTION_DO_REFUSE:
            cox_log_event(controld->log, COX_EVENT_NODE_REFUSED, "features=" COX_FEATURE_SET_OURS);
            controld_chronicle_trouble(controld, "not admitted", "the software of this node is too old for the cluster's document");
            break;
    }
}

static void
step(struct controld *controld, const struct cox_election_event *event)
{
    struct cox_election_effects effects;

    if (controld->election == NULL) {
        return;
    }
    cox_election_effects_init(&effects);
    cox_election_step(controld->election, event, cox_runtime_now(controld->runtime), &effects);
    for (guint i = 0; i < cox_election_effects_count(&effects); i++) {
        run(controld, cox_election_effects_get(&effects, i));
    }
    cox_election_effects_clear(&effects);
}

/* ---- membership ---- */

static bool
has(const GArray *nodes, guint32 node)
{
    for (guint i = 0; i < nodes->len; i++) {
        if (g_array_index(nodes, guint32, i) == node) {
            return true;
        }
    }
    return false;
}

static void
tell_reign(struct controld *controld)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_VIEW };

    event.view.controllers = (const guint32 *) (const void *) controld->view->data;
    event.view.n_controllers = controld->view->len;
    event.view.nodes = (const guint32 *) (const void *) controld->members->data;
    event.view.n_nodes = controld->members->len;
    controld_realm_step(controld, &event);
    controld_papers_names(controld);
}

static void
tell_election(struct controld *controld)
{
    struct cox_election_event event = { .kind = COX_ELECTION_ON_VIEW };

    event.nodes.nodes = (const guint32 *) (const void *) controld->view->data;
    event.nodes.n = controld->view->len;
    step(controld, &event);
}

/* ---- the document ---- */

static gint64
option_ms(const struct controld *controld, enum cox_option_id id)
{
    return cox_option_number(id, controld_papers_option(controld, cox_option(id)->name));
}

static struct cox_election_config
config_of(const struct controld *controld)
{
    return (struct cox_election_config) {
        .dc_deadtime_ms = option_ms(controld, COX_OPT_CLUSTER_DC_DEADTIME),
        .vote_ms = MIN(2000, option_ms(controld, COX_OPT_CLUSTER_ELECTION_TIMEOUT)),
        .beacon_ms = 1000,
        .silence_ms = 5000,
        .integration_ms = option_ms(controld, COX_OPT_CLUSTER_JOIN_INTEGRATION_TIMEOUT),
        .finalization_ms = option_ms(controld, COX_OPT_CLUSTER_JOIN_FINALIZATION_TIMEOUT),
    };
}

static void
tell_expected(struct controld *controld)
{
    const struct cox_xml *nodes = cox_xml_child(cox_xml_child(cox_cib_root(cox_follow_cib(controld->follow)), "configuration"),
                                                "nodes");
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct cox_election_event event = { .kind = COX_ELECTION_ON_EXPECTED };

    for (const struct cox_xml *node = cox_xml_child(nodes, "node"); node != NULL; node = cox_xml_next_named(node, "node")) {
        guint32 id = (guint32) g_ascii_strtoull(cox_xml_id(node) == NULL ? "" : cox_xml_id(node), NULL, 10);

        if (id != 0 && cox_section_is_member(node)) {
            g_array_append_val(ids, id);
        }
    }
    event.nodes.nodes = (const guint32 *) (const void *) ids->data;
    event.nodes.n = ids->len;
    step(controld, &event);
}

void
controld_crew_document(struct controld *controld)
{
    struct cox_election_config config = config_of(controld);

    if (controld->election != NULL && cox_follow_cib(controld->follow) != NULL) {
        cox_election_configure(controld->election, &config);
        controld_duty_document(controld);
        tell_expected(controld);
        controld_leave_if_asked(controld);
    }
}

/*
 * This node has a number: now the engines can be made, and told what is there already.  Before the document says which nodes are
 * expected, somebody is missing: this node votes when it is called, but calls nobody.
 */
static void
begin(struct controld *controld)
{
    static const guint32 somebody = G_MAXUINT32;
    const struct cox_election_config config = config_of(controld);
    struct cox_election_event event = { .kind = COX_ELECTION_ON_EXPECTED, .nodes = { &somebody, 1 } };
    cox_feature_set features = 0;

    COX_BUG_ON(!cox_feature_set_parse(COX_FEATURE_SET_OURS, &features));
    controld->self = cox_service_self(controld->ctx);
    controld_realm_start(controld);
    controld->election = cox_election_new(&config, controld->self, features, controld->incarnation);
    step(controld, &event);
    recall_term(controld);
    tell_election(controld);
    tell_reign(controld);
    controld_papers_retell(controld);
}

/* ---- the group ---- */

void
controld_crew_view(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    struct controld *controld = cox_service_data(ctx);

    g_array_set_size(controld->view, 0);
    g_array_append_vals(controld->view, nodes, (guint) n_nodes);
    for (gsize i = 0; i < n_nodes; i++) {
        if (!has(controld->members, nodes[i])) {
            g_array_append_val(controld->members, nodes[i]);
            if (controld->self != 0) { /* else it was there before this controller */
                controld_alert_node(&controld->neighbours, cox_service_node_name(ctx, nodes[i]), nodes[i], true);
                controld_chronicle_member(controld, nodes[i], "joined");
            }
        }
    }
    if (n_nodes == 0) { /* the membership service is gone: nobody is there any more, as far as we can see */
        g_array_set_size(controld->members, 0);
        controld->knows_nodes = false;
    }
    if (controld->self == 0 && n_nodes > 0) {
        begin(controld);
    } else if (controld->reign != NULL) {
        tell_election(controld);
        tell_reign(controld);
    }
    controld_refreshed(controld, 0, NULL);
    controld_chronicle_view(controld);
    controld_leave_if_asked(controld);
}

void
controld_crew_lost(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    struct controld *controld = cox_service_data(ctx);

    for (gsize k = 0; k < n_nodes; k++) {
        for (guint i = controld->members->len; i > 0; i--) {
            if (g_array_index(controld->members, guint32, i - 1) == nodes[k]) {
                controld_alert_node(&controld->neighbours, cox_service_node_name(ctx, nodes[k]), nodes[k], false);
                controld_chronicle_member(controld, nodes[k], "lost");
                g_array_remove_index(controld->members, i - 1);
            }
        }
        for (guint i = controld->view->len; i > 0; i--) {
            if (g_array_index(controld->view, guint32, i - 1) == nodes[k]) {
                g_array_remove_index(controld->view, i - 1);
            }
        }
    }
    if (controld->reign != NULL) {
        tell_reign(controld);
    }
    controld_refreshed(controld, 0, NULL);
}

/*
 * Nodes whose controllers are away are there as well: who has just begun hears it here only.  One that comes later is booting, and counts
 * when its controller is there: until then what it was before it was lost is all that there is to say.
 */
void
controld_crew_nodes(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    struct controld *controld = cox_service_data(ctx);
    bool has_changed = false;

    for (gsize i = 0; i < n_nodes && !controld->knows_nodes; i++) {
        if (!has(controld->members, nodes[i])) {
            g_array_append_val(controld->members, nodes[i]);
            has_changed = true;
        }
    }
    controld->knows_nodes = true;
    if (has_changed && controld->reign != NULL) {
        tell_reign(controld);
    }
}

void
controld_crew_leave(struct controld *controld)
{
    controld->is_leaving = true;
    controld->leaving_since_s = cox_wall_seconds(cox_runtime_wall(controld->runtime));
    controld_leave_still(controld);
    controld_chronicle_member(controld, controld->self, "leaving");
    step(controld, &(struct cox_election_event) { .kind = COX_ELECTION_ON_LEAVING });
}

bool
controld_crew_is_obeyed(const struct controld *controld, guint32 sender, guint64 generation)
{
    return controld->election != NULL && cox_election_accepts(controld->election, sender, generation);
}

/* ---- messages ---- */

bool
controld_crew_on_message(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_election *body = request->body;
    g_autoptr(GArray) excluded = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct cox_election_message message;
    struct cox_election_event event = { .kind = COX_ELECTION_ON_MESSAGE };

    (void) reply;
    (void) error;
    if (controld->election == NULL || !controld_wire_election_read(body, &message, excluded)) {
        return true;
    }
    if (body->name != NULL && controld->reign != NULL && cox_reign_node_name(controld->reign, request->node) == NULL) {
        controld_papers_names(controld);
    }
    if (controld->reign != NULL) {
        controld_realm_step(controld, &(struct cox_reign_event) {
                                          .kind = COX_REIGN_ON_LIFE, .node = request->node,
                                          .life = { body->life, (guint) MIN(body->cores, COX_REIGN_MOST_ACTIONS), (guint) MIN(body->action_limit, COX_REIGN_MOST_ACTIONS), body->takes_followers != 0 } });
    }
    event.message.sender = request->node;
    event.message.message = &message;
    controld->report = message.kind == COX_ELECTION_CONFIRM ? body : NULL;
    step(controld, &event);
    controld->report = NULL;
    return true;
}
