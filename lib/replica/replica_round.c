/* lib/replica/replica_round.c - who has what, and whose wins.  Layer 3, pure. */
#include "replica/replica_parts_priv.h"

#include <string.h>

static guint64
name_members(const struct replica_view *view)
{
    guint64 name = COX_BYTES_FNV;

    for (guint32 i = 0; i < view->n; i++) {
        name = cox_bytes_fnv(name, &view->members[i].id, sizeof(view->members[i].id));
    }
    return name;
}

/* One that is on its way to the same members says all that is to be said: the document does not change meanwhile. */
static bool
is_state_under_way(const struct cox_replica *r)
{
    return r->state_returned < r->state_number && r->state_members == name_members(&r->view);
}

static void
send_state(struct cox_replica *r)
{
    struct cox_replica_message state = {
        .kind = COX_REPLICA_MSG_STATE, .nonce = r->options.nonce, .number = r->promised, .stamp = r->stamp,
        .document = r->document, .quorum = r->quorum, .n_members = r->view.n, .offset = ++r->state_number,
        .flags = r->coordinator == r->options.node_id ? COX_REPLICA_FLAG_COORDINATOR : 0,
    };

    for (guint32 i = 0; i < r->view.n; i++) {
        state.members[i] = r->view.members[i].id;
    }
    r->state_members = name_members(&r->view);
    cox_replica_send(r, &state);
}

/*
 * What waited in the last view has no place in this one: new members never saw it.  It is not sent again either, as a member
 * that has left may have come further, applied it, and come back with it.
 */
static void
empty_queue(struct cox_replica *r)
{
    struct replica_queued *queued;

    while ((queued = g_queue_pop_head(&r->queue)) != NULL) {
        cox_replica_give_up(r, queued);
        cox_replica_queued_free(queued);
    }
}

void
cox_replica_start_round(struct cox_replica *r)
{
    empty_queue(r);
    cox_replica_hold_no_more(r);
    cox_replica_donor_clear(r);
    cox_replica_fetch_clear(r);
    for (guint32 i = 0; i < r->view.n; i++) {
        r->view.members[i] = (struct replica_member) { .id = r->view.members[i].id };
    }
    r->view.is_decided = r->view.is_reading = r->view.is_established = false;
    r->ack_in_flight = r->check_sent = false;
    r->view.is_collecting = true;
    r->phase = PHASE_STATES;
    r->state_deadline = cox_usec_after_ms(r->now, r->options.state_ms);
    if (!is_state_under_way(r)) {
        send_state(r);
    }
}

static int
by_id(gconstpointer a, gconstpointer b)
{
    guint32 x = ((const struct replica_member *) a)->id, y = ((const struct replica_member *) b)->id;

    return x < y ? -1 : x > y;
}

void
cox_replica_on_view(struct cox_replica *r, const guint32 *nodes, size_t n_nodes)
{
    bool is_member = false;

    for (size_t i = 0; i < n_nodes; i++) {
        is_member = is_member || nodes[i] == r->options.node_id;
    }
    if (!is_member) {
        empty_queue(r);
        cox_replica_hold_no_more(r);
        g_queue_clear_full(&r->own, g_free);
        r->are_changes_sent = false;
        r->state_returned = r->state_number;
        cox_replica_give_up_applied(r, true);
        cox_replica_donor_clear(r);
        cox_replica_fetch_clear(r);
        r->view = (struct replica_view) { 0 };
        r->phase = PHASE_IDLE;
        return;
    }
    r->view.n = (guint32) MIN(n_nodes, COX_REPLICA_MAX_NODES);
    for (guint32 i = 0; i < r->view.n; i++) {
        r->view.members[i] = (struct replica_member) { .id = nodes[i] };
    }
    qsort(r->view.members, r->view.n, sizeof(r->view.members[0]), by_id);
    cox_replica_start_round(r);
}

/* ---- whose wins ---- */

/* Votes of those who have the same document as @member. */
static guint32
votes_for(const struct replica_view *view, const struct replica_member *member)
{
    guint32 sum = 0;

    for (guint32 i = 0; i < view->n; i++) {
        const struct replica_member *other = &view->members[i];

        if (!other->is_excused && cox_stamp_is_same(&other->stamp, &member->stamp)
            && strcmp(other->document.digest, member->document.digest) == 0) {
            sum += other->quorum.own_votes;
        }
    }
    return sum;
}

static int
compare_numbers(guint32 a, guint32 b)
{
    return a < b ? -1 : a > b;
}

/* Above 0 when the document of @a goes before that of @b (doc/adr/043-replica.md, "whose document wins"). */
static int
compare_members(const struct replica_view *view, const struct replica_member *a, const struct replica_member *b)
{
    int votes = compare_numbers(votes_for(view, a), votes_for(view, b));
    int order = cox_stamp_compare(&a->stamp, &b->stamp);

    if (order == 0) {
        order = (int) b->document.is_blank - (int) a->document.is_blank;
    }
    if (order == 0 && cox_stamp_is_same(&a->stamp, &b->stamp) && a->stamp.term > 0 && cox_stamp_is_agreed(&a->stamp)) {
        order = votes; /* the same history and another digest: one of them has gone wrong */
    }
    if (order == 0) {
        order = cox_version_compare(&a->document.version, &b->document.version);
    }
    if (order == 0) {
        order = votes;
    }
    if (order == 0) {
        order = (int) a->is_coordinator - (int) b->is_coordinator;
    }
    return order != 0 ? order : compare_numbers(b->id, a->id);
}

static bool
is_part_of_round(const struct replica_member *member)
{
    return !member->is_excused;
}

static struct replica_member *
choose(struct replica_view *view)
{
    struct replica_member *best = NULL;

    for (guint32 i = 0; i < view->n; i++) {
        struct replica_member *member = &view->members[i];

        if (is_part_of_round(member) && (best == NULL || compare_members(view, member, best) > 0)) {
            best = member;
        }
    }
    return best;
}

/* A number that names this round to all its members and to no other round. */
static guint64
name_round(const struct replica_view *view)
{
    guint64 name = COX_BYTES_FNV;

    for (guint32 i = 0; i < view->n; i++) {
        const struct replica_member *member = &view->members[i];

        name = cox_bytes_fnv(name, &member->id, sizeof(member->id));
        name = cox_bytes_fnv(name, &member->nonce, sizeof(member->nonce));
        name = cox_bytes_fnv(name, &member->promised, sizeof(member->promised));
        name = cox_bytes_fnv(name, &member->stamp, sizeof(member->stamp));
    }
    return name;
}

/* All that are not excused have said what they have. */
static void
decide(struct cox_replica *r)
{
    struct replica_view *view = &r->view;
    const struct replica_member *winner = choose(view), *own = cox_replica_member(r, r->options.node_id);
    guint64 promised = 0;

    for (guint32 i = 0; i < view->n; i++) {
        if (is_part_of_round(&view->members[i])) {
            promised = MAX(promised, MAX(view->members[i].promised, view->members[i].stamp.term));
        }
    }
    view->is_decided = true;
    view->term_next = promised + 1;
    view->winner = winner->id;
    view->round = name_round(view);
    if (own->is_excused) {
        return;
    }
    if (own->state_number != r->state_number) {
        /*
         * The others took an earlier STATE of this node, which an earlier membership of the same members left behind.  It is
         * still true, and stays so, as the document does not change before the last one has been delivered.
         */
        cox_replica_go_outside(r);
        return;
    }
    if (cox_stamp_is_same(&winner->stamp, &own->stamp) && strcmp(winner->document.digest, own->document.digest) == 0) {
        cox_replica_become_active(r);
    } else {
        cox_replica_fetch_begin(r);
    }
    cox_replica_consider_quorum(r);
    if (winner->id == r->options.node_id) {
        cox_replica_donor_begin(r);
    }
}

static void
decide_when_complete(struct cox_replica *r)
{
    bool any = false;

    for (guint32 i = 0; i < r->view.n; i++) {
        if (is_part_of_round(&r->view.members[i])) {
            any = true;
            if (!r->view.members[i].has_state) {
                return;
            }
        }
    }
    r->view.is_collecting = false;
    if (any) {
        decide(r);
    }
}

/* Was the message written for the membership as it is now? */
static bool
is_for_these_members(const struct replica_view *view, const struct cox_replica_message *m)
{
    bool is_same = m->n_members == view->n;

    for (guint32 i = 0; is_same && i < view->n; i++) {
        is_same = m->members[i] == view->members[i].id;
    }
    return is_same;
}

void
cox_replica_on_state(struct cox_replica *r, struct replica_member *from, const struct cox_replica_message *m)
{
    if (from->id == r->options.node_id && m->nonce == r->options.nonce) {
        r->state_returned = m->offset;
    }
    if (!r->view.is_collecting || from->is_excused || !is_for_these_members(&r->view, m)) {
        /* late, or of another membership: what it says of the document is settled, but its word on quorum is its last */
        cox_replica_on_quorum_word(r, from, m);
        return;
    }
    from->has_state = true;
    from->nonce = m->nonce;
    from->promised = m->number;
    from->state_number = m->offset;
    from->is_coordinator = (m->flags & COX_REPLICA_FLAG_COORDINATOR) != 0;
    from->stamp = m->stamp;
    from->document = m->document;
    from->quorum = m->quorum;
    decide_when_complete(r);
}

void
cox_replica_on_excuse(struct cox_replica *r, const struct cox_replica_message *m)
{
    struct replica_member *member = cox_replica_member(r, m->node);

    if (!r->view.is_collecting || member == NULL || member->has_state || member->is_excused) {
        return;
    }
    member->is_excused = true;
    if (member->id == r->options.node_id) {
        cox_replica_note(r, COX_REPLICA_LEFT_OUT, 0, 0);
        cox_replica_go_outside(r);
    } else {
        cox_replica_note(r, COX_REPLICA_EXCUSED, member->id, 0);
    }
    decide_when_complete(r);
}

/* Time is up for those who have not said what they have. */
void
cox_replica_excuse_silent(struct cox_replica *r)
{
    for (guint32 i = 0; i < r->view.n; i++) {
        const struct replica_member *member = &r->view.members[i];

        if (!member->has_state && !member->is_excused && member->id != r->options.node_id) {
            const struct cox_replica_message excuse = { .kind = COX_REPLICA_MSG_EXCUSE, .node = member->id };

            cox_replica_send(r, &excuse);
        }
    }
    r->state_deadline = cox_usec_after_ms(r->now, r->options.state_ms);
}
