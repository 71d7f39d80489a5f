/* lib/election/election.c - which member coordinates, and when it may plan: the engine.  Layer 3, pure. */
#include "election/election.h"

#include "base/error.h"

enum state { ALONE = 0, CALLING, VOTING, SETTLED };

enum answer { ANSWER_GOOD = 0, ANSWER_KNOWN, ANSWER_TOO_OLD };

struct cox_election {
    struct cox_election_config config;
    guint32 self;
    cox_feature_set features, required;
    bool is_leaving;
    enum state state;
    GArray *view, *expected;      /* guint32, as the last event gave them */
    struct cox_term term;         /* whom this node obeys; survives an open round */
    struct cox_term seen;         /* highest generation met */
    cox_feature_set agreed;       /* of the last result */
    bool had_term;                /* ever since the start: no more waiting for missing nodes */
    cox_usec cold_since;          /* the first view */
    cox_usec cold_until;          /* end of dc-deadtime; COX_USEC_NEVER before the first view */
    guint64 serial;               /* of this node's last call */
    bool has_called;
    guint32 round_caller;         /* the open round; 0: none */
    guint64 round_serial;
    GArray *votes;                /* struct cox_vote, one per voter of the open round */
    GArray *excluded;             /* guint32, of the open round */
    cox_usec retry_at;            /* CALLING, VOTING: end of patience */
    cox_usec beacon_at, silence_at;
    struct cox_join join;         /* used while coordinator */
    guint32 next_join_id;
    bool has_all_reports;         /* since this node's reign began */
    bool is_complete;             /* DO_PLAN was said for the present members */
    cox_usec wake_at;             /* asked for last */
};

struct cox_election *
cox_election_new(const struct cox_election_config *config, guint32 self, cox_feature_set features,
                 guint64 incarnation)
{
    struct cox_election *election = g_new0(struct cox_election, 1);

    COX_BUG_ON(self == 0);
    election->config = *config;
    election->self = self;
    election->serial = incarnation;
    election->features = features;
    election->view = g_array_new(FALSE, FALSE, sizeof(guint32));
    election->expected = g_array_new(FALSE, FALSE, sizeof(guint32));
    election->excluded = g_array_new(FALSE, FALSE, sizeof(guint32));
    election->votes = g_array_new(FALSE, FALSE, sizeof(struct cox_vote));
    election->cold_until = election->retry_at = election->beacon_at = COX_USEC_NEVER;
    election->silence_at = election->wake_at = COX_USEC_NEVER;
    cox_join_init(&election->join);
    return election;
}

void
cox_election_configure(struct cox_election *election, const struct cox_election_config *config)
{
    if (cox_usec_is_set(election->cold_until)) {
        election->cold_until = cox_usec_after_ms(election->cold_since, config->dc_deadtime_ms);
        if (election->state == CALLING && !election->has_called) {
            election->retry_at = election->cold_until;
        }
    }
    election->config = *config;
}

void
cox_election_free(struct cox_election *election)
{
    if (election == NULL) {
        return;
    }
    g_array_unref(election->view);
    g_array_unref(election->expected);
    g_array_unref(election->excluded);
    g_array_unref(election->votes);
    cox_join_clear(&election->join);
    g_free(election);
}

struct cox_term
cox_election_term(const struct cox_election *election)
{
    return election->term;
}

bool
cox_election_accepts(const struct cox_election *election, guint32 sender, guint64 generation)
{
    return election->term.coordinator != 0 && election->term.coordinator == sender
           && election->term.generation == generation;
}

static bool
is_coordinator(const struct cox_election *election)
{
    return election->state == SETTLED && election->term.coordinator == election->self;
}

bool
cox_election_may_act(const struct cox_election *election)
{
    return is_coordinator(election) && election->has_all_reports;
}

enum cox_join_phase
cox_election_phase(const struct cox_election *election, guint32 node)
{
    const struct cox_join_member *member = cox_join_find(&election->join, node);

    return member == NULL ? COX_JOIN_UNKNOWN : member->phase;
}

/* ---- small helpers ---- */

static bool
has_node(const GArray *nodes, guint32 node)
{
    for (guint i = 0; i < nodes->len; i++) {
        if (g_array_index(nodes, guint32, i) == node) {
            return true;
        }
    }
    return false;
}

static bool
has_all(const GArray *nodes, const GArray *wanted)
{
    for (guint i = 0; i < wanted->len; i++) {
        if (!has_node(nodes, g_array_index(wanted, guint32, i))) {
            return false;
        }
    }
    return true;
}

static struct cox_election_effect *
add(struct cox_election_effects *out, enum cox_election_effect_kind kind)
{
    struct cox_election_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    return effect;
}

static struct cox_election_message *
send(struct cox_election_effects *out, enum cox_election_message_kind kind)
{
    struct cox_election_effect *effect = add(out, COX_ELECTION_DO_SEND);

    effect->message.kind = kind;
    return &effect->message;
}

static struct cox_vote
vote_of(const struct cox_election *election)
{
    return (struct cox_vote) { election->self, election->features, election->required, election->seen, election->term,
                               election->is_leaving };
}

/* Does who has obeyed @term refuse the orders of the present reign?  Reigns of equal numbers, too, exclude each other. */
static bool
is_refused_by(const struct cox_election *election, struct cox_term term)
{
    return term.generation > election->term.generation
           || (term.generation != 0 && term.generation == election->term.generation
               && term.coordinator != election->term.coordinator);
}

static void
note_seen(struct cox_election *election, struct cox_term term)
{
    if (term.generation > election->seen.generation
        || (term.generation == election->seen.generation && is_refused_by(election, term))) {
        election->seen = term;
    }
}

/* ---- rounds ---- */

static bool
has_voted(const struct cox_election *election, guint32 node)
{
    for (guint i = 0; i < election->votes->len; i++) {
        if (g_array_index(election->votes, struct cox_vote, i).voter == node) {
            return true;
        }
    }
    return false;
}

/* Ask for a round without the @mute members (NULL: with all). */
static void
call(struct cox_election *election, const GArray *mute, cox_usec now, struct cox_election_effects *out)
{
    struct cox_election_message *message = send(out, COX_ELECTION_CALL);

    message->round_caller = election->self;
    message->round_serial = ++election->serial;
    election->has_called = true;
    if (mute != NULL) {
        message->excluded = cox_effects_array(&out->list, mute->data, mute->len, sizeof(guint32));
        message->n_excluded = mute->len;
    }
    if (election->state != VOTING) {
        election->state = CALLING;
    }
    election->retry_at = cox_usec_after_ms(now, election->config.vote_ms);
    election->beacon_at = election->silence_at = COX_USEC_NEVER;
}

/* Voters of the open round that are still waited for. */
static void
collect_mute(const struct cox_election *election, GArray *mute)
{
    for (guint i = 0; i < election->view->len; i++) {
        guint32 node = g_array_index(election->view, guint32, i);

        if (node != election->self && (has_node(election->excluded, node) || !has_voted(election, node))) {
            g_array_append_val(mute, node);
        }
    }
}

/* A fresh start, when not all expected nodes are there, is the only thing that waits for a time. */
static void
call_or_wait(struct cox_election *election, cox_usec now, struct cox_election_effects *out)
{
    if (election->had_term || has_all(election->view, election->expected)
        || cox_usec_is_due(election->cold_until, now)) {
        call(election, NULL, now, out);
    } else {
        election->state = CALLING;
        election->retry_at = election->cold_until;
    }
}

static void
unsettle(struct cox_election *election, struct cox_election_effects *out)
{
    if (election->term.coordinator == 0) {
        return;
    }
    election->term = (struct cox_term) { 0, 0 };
    add(out, COX_ELECTION_DO_UNSETTLE);
}

static void
offer(struct cox_election *election, struct cox_join_member *member, cox_usec now, struct cox_election_effects *out)
{
    struct cox_election_message *message = send(out, COX_ELECTION_OFFER);

    member->phase = COX_JOIN_OFFERED;
    member->join_id = ++election->next_join_id;
    member->silent_at = cox_usec_after_ms(now, election->config.integration_ms);
    message->target = member->node;
    message->join_id = member->join_id;
    message->generation = election->term.generation;
}

static void
set_phase(struct cox_join_member *member, enum cox_join_phase phase, cox_usec silent_at, struct cox_election_effects *out)
{
    struct cox_election_effect *effect = add(out, COX_ELECTION_DO_PHASE);

    member->phase = phase;
    member->silent_at = silent_at;
    effect->phase.node = member->node;
    effect->phase.phase = phase;
}

/* Coordinator: the member is good enough, which it may know already, or too old for the document. */
static void
answer_request(struct cox_election *election, struct cox_join_member *member, enum answer answer, cox_usec now, struct cox_election_effects *out)
{
    if (answer != ANSWER_KNOWN) {
        struct cox_election_message *message = send(out, answer == ANSWER_TOO_OLD ? COX_ELECTION_NACK : COX_ELECTION_ACK);

        message->target = member->node;
        message->join_id = member->join_id;
        message->generation = election->term.generation;
    }
    if (answer == ANSWER_TOO_OLD) {
        set_phase(member, COX_JOIN_REFUSED, COX_USEC_NEVER, out);
    } else {
        set_phase(member, COX_JOIN_ACKED, cox_usec_after_ms(now, election->config.finalization_ms), out);
    }
}

/* What @node has said of itself in the round that was counted just now, or NULL. */
static const struct cox_vote *
find_vote(const struct cox_election *election, guint32 node)
{
    for (guint i = 0; i < election->votes->len; i++) {
        const struct cox_vote *vote = &g_array_index(election->votes, struct cox_vote, i);

        if (vote->voter == node) {
            return vote;
        }
    }
    return NULL;
}

/*
 * Who has voted has said all that a request says; two messages one after the other less before there can be a plan.  When a reign begins
 * all begin anew, and each that has voted knows by itself that it is one of the crew: there need not be an ACK, either.
 */
static void
invite(struct cox_election *election, struct cox_join_member *member, bool is_new, cox_usec now, struct cox_election_effects *out)
{
    const struct cox_vote *vote = find_vote(election, member->node);

    if (vote == NULL) {
        offer(election, member, now, out);
        return;
    }
    member->join_id = is_new ? (guint32) election->round_serial : ++election->next_join_id;
    answer_request(election, member, vote->features < election->required ? ANSWER_TOO_OLD : is_new ? ANSWER_KNOWN : ANSWER_GOOD, now, out);
}

static void
confirm(guint32 join_id, guint64 generation, struct cox_election_effects *out)
{
    struct cox_election_message *message = send(out, COX_ELECTION_CONFIRM);

    message->join_id = join_id;
    message->generation = generation;
    add(out, COX_ELECTION_DO_ADMIT);
}

/* A reign begins, and this node was heard: the coordinator counts on it, as invite() says. */
static void
confirm_unasked(struct cox_election *election, const struct cox_ballot_result *result, struct cox_election_effects *out)
{
    const struct cox_vote *vote = find_vote(election, election->self);

    if (!result->is_confirmed && vote != NULL && vote->features >= result->required) {
        confirm((guint32) election->round_serial, result->term.generation, out);
    }
}

/* Coordinator: say so when the last answer is in, or nobody is left to answer. */
static void
check_complete(struct cox_election *election, struct cox_election_effects *out)
{
    bool is_complete = cox_join_is_complete(&election->join);

    if (is_complete && !election->is_complete) {
        election->has_all_reports = true;
        add(out, COX_ELECTION_DO_PLAN);
    }
    election->is_complete = is_complete;
}

static void
settle(struct cox_election *election, const struct cox_ballot_result *result, cox_usec now,
       struct cox_election_effects *out)
{
    bool is_new = !result->is_confirmed || election->term.coordinator != result->term.coordinator;

    election->state = SETTLED;
    election->round_caller = 0;
    election->term = result->term;
    election->had_term = true;
    election->agreed = result->features;
    election->required = result->required;
    election->retry_at = election->cold_until = COX_USEC_NEVER;
    note_seen(election, result->term);
    add(out, COX_ELECTION_DO_SETTLE)->settle = *result;
    if (election->term.coordinator != election->self) {
        election->has_all_reports = false;
        if (election->config.beacon_ms > 0) {
            election->silence_at = cox_usec_after_ms(now, election->config.silence_ms);
        }
        confirm_unasked(election, result, out);
        return;
    }
    if (is_new) {
        cox_join_restart(&election->join);
        election->has_all_reports = false;
    }
    election->is_complete = false;
    if (election->config.beacon_ms > 0) {
        election->beacon_at = cox_usec_after_ms(now, election->config.beacon_ms);
    }
    for (guint i = 0; i < election->join.members->len; i++) {
        struct cox_join_member *member = &g_array_index(election->join.members, struct cox_join_member, i);

        /* Answers that came while the round was open were not heard: ask again. */
        if (member->phase != COX_JOIN_JOINED && member->phase != COX_JOIN_REFUSED) {
            invite(election, member, !result->is_confirmed, now, out);
        }
    }
    confirm_unasked(election, result, out);
    check_complete(election, out);
}

/* All votes that are waited for are in: count.  Every member does so at the same message. */
static void
count(struct cox_election *election, cox_usec now, struct cox_election_effects *out)
{
    struct cox_ballot_result result;

    for (guint i = 0; i < election->view->len; i++) {
        guint32 node = g_array_index(election->view, guint32, i);

        if (!has_node(election->excluded, node) && !has_voted(election, node)) {
            return;
        }
    }
    result = cox_ballot_count((const struct cox_vote *) (void *) election->votes->data, election->votes->len);
    if (result.term.generation < election->seen.generation
        || (result.term.generation == election->seen.generation
            && result.term.coordinator != election->seen.coordinator)) {
        /* The others counted without this node's vote; what it has seen makes the new orders look old. */
        election->round_caller = 0;
        unsettle(election, out);
        election->state = CALLING;
        call(election, NULL, now, out);
        return;
    }
    settle(election, &result, now, out);
}

static bool
excludes_somebody_new(const struct cox_election *election, const struct cox_election_message *message)
{
    for (size_t i = 0; i < message->n_excluded; i++) {
        if (!has_node(election->excluded, message->excluded[i])) {
            return true;
        }
    }
    return false;
}

static void
on_call(struct cox_election *election, const struct cox_election_message *message, cox_usec now,
        struct cox_election_effects *out)
{
    if (election->round_caller != 0 && !excludes_somebody_new(election, message)) {
        return; /* the same question is being answered */
    }
    election->state = VOTING;
    election->round_caller = message->round_caller;
    election->round_serial = message->round_serial;
    g_array_set_size(election->votes, 0);
    g_array_set_size(election->excluded, 0);
    g_array_append_vals(election->excluded, message->excluded, (guint) message->n_excluded);
    if (has_node(election->excluded, election->term.coordinator)) {
        unsettle(election, out);
    }
    election->retry_at = cox_usec_after_ms(now, election->config.vote_ms);
    election->beacon_at = election->silence_at = COX_USEC_NEVER;
    if (!has_node(election->excluded, election->self)) {
        struct cox_election_message *vote = send(out, COX_ELECTION_VOTE);

        vote->round_caller = election->round_caller;
        vote->round_serial = election->round_serial;
        vote->vote = vote_of(election);
    }
}

static void
on_vote(struct cox_election *election, guint32 sender, const struct cox_election_message *message, cox_usec now,
        struct cox_election_effects *out)
{
    struct cox_vote vote = message->vote;

    if (election->round_caller == 0 || message->round_caller != election->round_caller
        || message->round_serial != election->round_serial || has_voted(election, sender)
        || has_node(election->excluded, sender)) {
        return;
    }
    vote.voter = sender;
    g_array_append_val(election->votes, vote);
    count(election, now, out);
}

/* ---- joining ---- */

static void
on_offer(struct cox_election *election, const struct cox_election_message *message, struct cox_election_effects *out)
{
    struct cox_election_message *request = NULL;

    if (message->target != 0 && message->target != election->self) {
        return;
    }
    request = send(out, COX_ELECTION_REQUEST);
    request->join_id = message->join_id;
    request->generation = message->generation;
    request->vote = vote_of(election);
}

static void
on_request(struct cox_election *election, struct cox_join_member *member, const struct cox_election_message *message,
           cox_usec now, struct cox_election_effects *out)
{
    bool is_too_old = message->vote.features < election->required;

    if (member->phase != COX_JOIN_OFFERED && member->phase != COX_JOIN_SILENT) {
        return;
    }
    if (!is_too_old && message->vote.features < election->agreed) {
        call(election, NULL, now, out); /* it was mute when the others voted: older software leads */
        return;
    }
    answer_request(election, member, is_too_old ? ANSWER_TOO_OLD : ANSWER_GOOD, now, out);
    election->is_complete = election->is_complete && is_too_old;
    check_complete(election, out);
}

static void
on_answer_to_coordinator(struct cox_election *election, guint32 sender, const struct cox_election_message *message,
                         cox_usec now, struct cox_election_effects *out)
{
    struct cox_join_member *member = cox_join_find(&election->join, sender);

    if (!is_coordinator(election) || member == NULL || message->generation != election->term.generation
        || message->join_id != member->join_id) {
        return;
    }
    if (message->kind == COX_ELECTION_REQUEST) {
        on_request(election, member, message, now, out);
    } else if (member->phase == COX_JOIN_ACKED || member->phase == COX_JOIN_SILENT) {
        set_phase(member, COX_JOIN_JOINED, COX_USEC_NEVER, out);
        election->is_complete = false;
        check_complete(election, out);
    }
}

static void
on_word_of_coordinator(struct cox_election *election, guint32 sender, const struct cox_election_message *message,
                       cox_usec now, struct cox_election_effects *out)
{
    if (!cox_election_accepts(election, sender, message->generation)) {
        return;
    }
    if (election->silence_at != COX_USEC_NEVER) {
        election->silence_at = cox_usec_after_ms(now, election->config.silence_ms);
    }
    if (message->kind == COX_ELECTION_OFFER) {
        on_offer(election, message, out);
    } else if (message->kind != COX_ELECTION_BEACON && message->target == election->self) {
        if (message->kind == COX_ELECTION_ACK) {
            confirm(message->join_id, message->generation, out);
        } else {
            add(out, COX_ELECTION_DO_REFUSE);
        }
    }
}

/* ---- events ---- */

static void
on_message(struct cox_election *election, guint32 sender, const struct cox_election_message *message, cox_usec now,
           struct cox_election_effects *out)
{
    if (!has_node(election->view, sender)) {
        return;
    }
    switch (message->kind) {
        case COX_ELECTION_CALL:
            on_call(election, message, now, out);
            break;
        case COX_ELECTION_VOTE:
            on_vote(election, sender, message, now, out);
            break;
        case COX_ELECTION_BEACON:
        case COX_ELECTION_OFFER:
        case COX_ELECTION_ACK:
        case COX_ELECTION_NACK:
            on_word_of_coordinator(election, sender, message, now, out);
            break;
        case COX_ELECTION_REQUEST:
        case COX_ELECTION_CONFIRM:
            on_answer_to_coordinator(election, sender, message, now, out);
            break;
    }
}

static void
on_view(struct cox_election *election, const guint32 *nodes, size_t n, cox_usec now, struct cox_election_effects *out)
{
    bool somebody_joined = false;
    bool was_open = election->round_caller != 0;

    for (size_t i = 0; i < n; i++) {
        somebody_joined = somebody_joined || !has_node(election->view, nodes[i]);
    }
    g_array_set_size(election->view, 0);
    g_array_append_vals(election->view, nodes, (guint) n);
    cox_join_set_nodes(&election->join, nodes, n);
    election->round_caller = 0;
    if (election->cold_until == COX_USEC_NEVER && !election->had_term) {
        election->cold_since = now;
        election->cold_until = cox_usec_after_ms(now, election->config.dc_deadtime_ms);
    }
    if (election->term.coordinator != 0 && !has_node(election->view, election->term.coordinator)) {
        unsettle(election, out);
    }
    if (somebody_joined || was_open || election->term.coordinator == 0 || election->state != SETTLED) {
        election->state = CALLING;
        call_or_wait(election, now, out);
    } else if (is_coordinator(election)) {
        check_complete(election, out); /* the one that was waited for may have left */
    }
}

static void
give_up_on_silent(struct cox_election *election, cox_usec now, struct cox_election_effects *out)
{
    for (guint i = 0; i < election->join.members->len; i++) {
        struct cox_join_member *member = &g_array_index(election->join.members, struct cox_join_member, i);

        if (cox_usec_is_due(member->silent_at, now)) {
            set_phase(member, COX_JOIN_SILENT, COX_USEC_NEVER, out);
        }
    }
    check_complete(election, out);
}

/*
 * A deadline noticed much too late means that this process itself was stopped: what the others have said meanwhile is
 * still in its queue and comes first.
 */
static bool
is_due_in_time(cox_usec *deadline, gint64 grace_ms, cox_usec now)
{
    if (!cox_usec_is_due(*deadline, now)) {
        return false;
    }
    if (now <= cox_usec_after_ms(*deadline, grace_ms)) {
        return true;
    }
    *deadline = cox_usec_after_ms(now, grace_ms);
    return false;
}

static void
on_wake(struct cox_election *election, cox_usec now, struct cox_election_effects *out)
{
    gint64 grace_ms = election->config.vote_ms / 2;

    election->wake_at = COX_USEC_NEVER;
    if (is_coordinator(election)) {
        if (cox_usec_is_due(election->beacon_at, now)) {
            send(out, COX_ELECTION_BEACON)->generation = election->term.generation;
            election->beacon_at = cox_usec_after_ms(now, election->config.beacon_ms);
        }
        give_up_on_silent(election, now, out);
    }
    if (is_due_in_time(&election->silence_at, grace_ms, now)) {
        g_autoptr(GArray) mute = g_array_new(FALSE, FALSE, sizeof(guint32));

        g_array_append_val(mute, election->term.coordinator);
        call(election, mute, now, out);
    }
    if (election->state == CALLING && cox_usec_is_due(election->retry_at, now)) {
        call(election, NULL, now, out);
    } else if (election->state == VOTING && is_due_in_time(&election->retry_at, grace_ms, now)) {
        g_autoptr(GArray) mute = g_array_new(FALSE, FALSE, sizeof(guint32));

        collect_mute(election, mute);
        call(election, mute, now, out);
    }
}

static void
ask_to_be_woken(struct cox_election *election, struct cox_election_effects *out)
{
    cox_usec at = cox_usec_min(election->retry_at, cox_usec_min(election->beacon_at, election->silence_at));

    if (is_coordinator(election)) {
        at = cox_usec_min(at, cox_join_deadline(&election->join));
    }
    if (at != election->wake_at) {
        election->wake_at = at;
        add(out, COX_ELECTION_DO_WAKE)->at = at;
    }
}

void
cox_election_step(struct cox_election *election, const struct cox_election_event *event, cox_usec now,
                  struct cox_election_effects *out)
{
    switch (event->kind) {
        case COX_ELECTION_ON_VIEW:
            on_view(election, event->nodes.nodes, event->nodes.n, now, out);
            break;
        case COX_ELECTION_ON_EXPECTED:
            g_array_set_size(election->expected, 0);
            g_array_append_vals(election->expected, event->nodes.nodes, (guint) event->nodes.n);
            if (election->state == CALLING && !election->has_called && election->view->len > 0) {
                call_or_wait(election, now, out);
            }
            break;
        case COX_ELECTION_ON_MESSAGE:
            on_message(election, event->message.sender, event->message.message, now, out);
            break;
        case COX_ELECTION_ON_WAKE:
            on_wake(election, now, out);
            break;
        case COX_ELECTION_ON_LEAVING:
            election->is_leaving = true;
            break;
        case COX_ELECTION_ON_REQUIRED:
            election->required = MAX(election->required, event->required);
            break;
        case COX_ELECTION_ON_SEEN:
            note_seen(election, event->seen);
            if (election->state == SETTLED && is_refused_by(election, event->seen)) {
                call(election, NULL, now, out); /* this node's executor refuses the present reign: it must become younger */
            }
            break;
    }
    ask_to_be_woken(election, out);
}
