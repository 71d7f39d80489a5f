/* daemons/controld/wire.c - structs of the engines to and from messages.  Layer 6. */
#include "daemons/controld/controld.h"

static struct cox_msg_control_vote
vote_to(const struct cox_vote *vote)
{
    return (struct cox_msg_control_vote) {
        .voter = vote->voter,
        .features = vote->features,
        .required = vote->required,
        .seen_generation = vote->seen.generation,
        .seen_coordinator = vote->seen.coordinator,
        .term_generation = vote->term.generation,
        .term_coordinator = vote->term.coordinator,
        .is_leaving = vote->is_leaving,
    };
}

static struct cox_vote
vote_from(const struct cox_msg_control_vote *vote)
{
    return (struct cox_vote) {
        .voter = (guint32) vote->voter,
        .features = vote->features,
        .required = vote->required,
        .seen = { (guint32) vote->seen_coordinator, vote->seen_generation },
        .term = { (guint32) vote->term_coordinator, vote->term_generation },
        .is_leaving = vote->is_leaving != 0,
    };
}

void
controld_wire_election(const struct cox_election_message *message, const struct cox_msg_control_election *extra,
                       void (*send)(void *context, const struct cox_msg_control_election *body), void *context)
{
    static const struct cox_msg_control_election nothing;
    struct cox_msg_control_election body = extra == NULL ? nothing : *extra;
    g_autofree struct cox_msg_control_id *excluded = g_new0(struct cox_msg_control_id, message->n_excluded + 1);
    struct cox_msg_control_vote vote = vote_to(&message->vote);

    for (size_t i = 0; i < message->n_excluded; i++) {
        excluded[i].id = message->excluded[i];
    }
    body.kind = message->kind;
    body.target = message->target;
    body.join_id = message->join_id;
    body.generation = message->generation;
    body.round_caller = message->round_caller;
    body.round_serial = message->round_serial;
    body.n_excluded = message->n_excluded;
    body.excluded = excluded;
    if (message->kind == COX_ELECTION_VOTE || message->kind == COX_ELECTION_REQUEST) {
        body.n_vote = 1;
        body.vote = &vote;
    }
    send(context, &body);
}

bool
controld_wire_election_read(const struct cox_msg_control_election *body, struct cox_election_message *message,
                            GArray *excluded)
{
    static const struct cox_election_message nothing;

    if (body->kind > COX_ELECTION_CONFIRM) {
        return false;
    }
    for (gsize i = 0; i < body->n_excluded; i++) {
        guint32 id = (guint32) body->excluded[i].id;

        g_array_append_val(excluded, id);
    }
    *message = nothing;
    message->kind = (enum cox_election_message_kind) body->kind;
    message->target = (guint32) body->target;
    message->join_id = (guint32) body->join_id;
    message->generation = body->generation;
    message->round_caller = (guint32) body->round_caller;
    message->round_serial = body->round_serial;
    message->excluded = (const guint32 *) (const void *) excluded->data;
    message->n_excluded = excluded->len;
    if (body->n_vote > 0) {
        message->vote = vote_from(&body->vote[0]);
    }
    return true;
}

struct cox_msg_cib_state
controld_wire_state(const struct cox_version *version)
{
    return (struct cox_msg_cib_state) {
        .admin_epoch = version->admin_epoch, .epoch = version->epoch, .num_updates = version->num_updates
    };
}

struct cox_version
controld_wire_version(const struct cox_msg_cib_state *state)
{
    return (struct cox_version) { state->admin_epoch, state->epoch, state->num_updates };
}
