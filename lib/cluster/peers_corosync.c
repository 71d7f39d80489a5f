/* lib/cluster/peers_corosync.c - a group of corosync 3: cpg, quorum, votequorum and cmap.  Layer 3, adapter. */
#include "cluster/peers.h"

#include <corosync/cpg.h>
#include <corosync/quorum.h>
#include <corosync/votequorum.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/error.h"
#include "cluster/accord.h"
#include "cluster/cmapnames.h"
#include "cluster/outbox.h"
#include "cluster/peerframe.h"
#include "cluster/silence.h"

enum {
    PIECES_AT_A_TIME = 32,     /* sent before the loop gets its turn */
    DELIVERED_AT_A_TIME = 16,  /* the same for what comes: each may cost the daemon milliseconds, and clients wait, the supervisor among them */
    RETRY_NSEC = 1000 * 1000,
    PATIENCE_NSEC = 500 * 1000 * 1000, /* members and quorum wait so long for each other; usual is 1 ms, a quorum device may take 30 s */
};

/* Of the connection, each with a descriptor of its own. */
enum { PART_TIMER = 0, PART_QUORUM, PART_VOTES, PART_MESSAGES, PART_PATIENCE, N_PARTS, ALL_PARTS = (1 << N_PARTS) - 1 };

struct member {
    guint32 node, pid;
    bool is_barred; /* speaks another version: neither heard nor in the view, until members change */
    struct cox_assembly assembly;
};

/* What the group was told: its members and who has left; or a ring. */
struct change {
    struct cpg_address *list, *left;
    size_t n, n_left;
    guint32 *nodes; /* of the ring */
    size_t n_nodes;
};

struct peers_corosync {
    struct cox_peers peers;
    cpg_handle_t cpg;
    quorum_handle_t quorum;
    votequorum_handle_t votes;
    bool has_cpg, has_quorum, has_votes, is_joined, is_lost, is_held;
    int timer, patience, messages;
    struct cpg_name group;
    guint32 pid;
    struct member members[COX_PEERS_MAX_NODES]; /* sorted by node */
    size_t n_members;
    struct cox_accord accord;
    bool is_patient; /* the end of patience is set */
    GQueue changes;  /* struct change that wait for the accord */
    guint32 ring_nodes[COX_PEERS_MAX_NODES]; /* of the ring that cpg speaks of */
    size_t n_ring_nodes;
    struct cox_peers_quorum told;
    struct votequorum_info whole; /* that it was told from */
    bool is_told;
    struct cox_outbox outbox;
    GError *problem;
};

static void
lose(struct peers_corosync *c, const char *what, cs_error_t code)
{
    if (!c->is_lost) {
        c->is_lost = true;
        g_set_error(&c->problem, COX_ERROR, COX_ERROR_DISCONNECTED, "corosync: %s: %s: is it running, and may this user talk to it (uidgid)?",
                    what, cs_strerror(code));
    }
}

static bool
check(struct peers_corosync *c, const char *what, cs_error_t code)
{
    if (code != CS_OK) {
        lose(c, what, code);
    }
    return code == CS_OK;
}

/* ---- sending ---- */

static void
arm(struct peers_corosync *c, long nsec)
{
    const struct itimerspec once = { .it_value.tv_nsec = nsec };

    (void) timerfd_settime(c->timer, 0, &once, NULL);
}

static cs_error_t
send_piece(struct peers_corosync *c, struct cox_outbox_piece *piece)
{
    struct iovec parts[2] = {
        { .iov_base = piece->head, .iov_len = sizeof(piece->head) },
        { .iov_base = (void *) (guintptr) piece->data, .iov_len = piece->size }, /* it is only read */
    };

    return cpg_mcast_joined(c->cpg, CPG_TYPE_AGREED, parts, 2);
}

static void
flush(struct peers_corosync *c)
{
    unsigned budget = PIECES_AT_A_TIME;
    struct cox_outbox_piece piece;

    while (c->is_joined && !c->is_lost && cox_outbox_next(&c->outbox, &piece)) {
        cs_error_t code;

        if (budget-- == 0) {
            arm(c, 1);
            return;
        }
        code = send_piece(c, &piece);
        if (code == CS_ERR_TRY_AGAIN) {
            arm(c, RETRY_NSEC);
            return;
        }
        if (!check(c, "sending", code)) {
            return;
        }
        cox_outbox_sent(&c->outbox);
    }
}

static void
corosync_send(struct cox_peers *peers, GBytes *bytes)
{
    struct peers_corosync *c = (struct peers_corosync *) peers;

    cox_outbox_add(&c->outbox, bytes);
    flush(c);
}

static size_t
corosync_waiting_bytes(const struct cox_peers *peers)
{
    return ((const struct peers_corosync *) peers)->outbox.waiting_bytes;
}

/* ---- quorum ---- */

/*
 * Are those that are heard enough?  Who speaks another version bars us as we bar it, and has quorum of the same corosync: both must not act.
 */
static bool
are_enough(struct peers_corosync *c, const struct votequorum_info *whole)
{
    guint32 votes = whole->total_votes;
    size_t n_barred = 0;

    for (size_t i = 0; i < c->n_members; i++) {
        struct votequorum_info info;

        if (c->members[i].is_barred) {
            n_barred++;
            votes -= votequorum_getinfo(c->votes, c->members[i].node, &info) == CS_OK ? MIN(info.node_votes, votes) : MIN(1, votes);
        }
    }
    return n_barred == 0 || (votes >= whole->quorum && c->n_members - n_barred > n_barred);
}

/* What is said of quorum counts when it is about the same ring as the members; until then what was told does, but for who is barred since. */
static void
consider_quorum(struct peers_corosync *c)
{
    struct votequorum_info info;
    struct cox_peers_quorum now = c->told;
    bool waits = cox_accord_quorum_waits(&c->accord);
    cs_error_t code = waits ? CS_OK : votequorum_getinfo(c->votes, c->peers.self, &info);

    if (waits) {
        now.is_quorate = now.is_quorate && are_enough(c, &c->whole);
    } else if (code == CS_OK) {
        c->whole = info;
        now.is_quorate = cox_accord_is_quorate(&c->accord) && are_enough(c, &info);
        now.quorum_votes = info.quorum;
        now.own_votes = info.node_votes;
        now.other_votes = (info.flags & VOTEQUORUM_INFO_QDEVICE_CAST_VOTE) != 0 ? info.qdevice_votes : 0;
        now.is_two_node = (info.flags & VOTEQUORUM_INFO_TWONODE) != 0;
    } else if (code == CS_ERR_TRY_AGAIN) {
        arm(c, RETRY_NSEC);
        now.is_quorate = false;
    } else if (!check(c, "asking for votes", code)) {
        return;
    }
    if ((!waits && !c->is_told) || !cox_peers_quorum_equal(&now, &c->told)) {
        c->is_told = true;
        c->told = now;
        c->peers.handler.quorum(c->peers.handler.context, &now);
    }
}

/* ---- members and messages ---- */

static struct peers_corosync *
of_handle(cpg_handle_t handle)
{
    void *context = NULL;

    return cpg_context_get(handle, &context) == CS_OK ? context : NULL;
}

static struct member *
find_member(struct peers_corosync *c, guint32 node)
{
    for (size_t i = 0; i < c->n_members; i++) {
        if (c->members[i].node == node) {
            return &c->members[i];
        }
    }
    return NULL;
}

static void
tell_view(struct peers_corosync *c)
{
    guint32 nodes[COX_PEERS_MAX_NODES];
    size_t n = 0;

    for (size_t i = 0; i < c->n_members; i++) {
        if (!c->members[i].is_barred) {
            nodes[n++] = c->members[i].node;
        }
    }
    c->peers.handler.view(c->peers.handler.context, nodes, n);
}

/* At the place of its first frame of another version, so that all who speak ours go on with the same view. */
static void
bar(struct peers_corosync *c, struct member *member, unsigned int version)
{
    member->is_barred = true;
    cox_assembly_clear(&member->assembly);
    c->peers.handler.trouble(c->peers.handler.context, COX_PEERS_OTHER_VERSION, member->node, version);
    tell_view(c);
    consider_quorum(c);
}

static int
by_node_and_pid(const void *a, const void *b)
{
    const struct cpg_address *x = a, *y = b;

    if (x->nodeid != y->nodeid) {
        return x->nodeid < y->nodeid ? -1 : 1;
    }
    return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Of several processes of a node the one with the lowest number counts: so all members agree without a word. */
static size_t
choose_members(struct peers_corosync *c, const struct cpg_address *list, size_t n, struct member *chosen)
{
    g_autofree struct cpg_address *sorted = g_memdup2(list, n * sizeof(*list));
    size_t n_chosen = 0;

    if (n > 0) {
        qsort(sorted, n, sizeof(*sorted), by_node_and_pid);
    }
    for (size_t i = 0; i < n && n_chosen < COX_PEERS_MAX_NODES; i++) {
        if (i > 0 && sorted[i].nodeid == sorted[i - 1].nodeid) {
            c->peers.handler.trouble(c->peers.handler.context, COX_PEERS_STRANGER, sorted[i].nodeid, 0);
            continue;
        }
        chosen[n_chosen++] = (struct member) { .node = sorted[i].nodeid, .pid = sorted[i].pid };
    }
    return n_chosen;
}

static bool
are_same(const struct peers_corosync *c, const struct member *chosen, size_t n)
{
    bool is_same = n == c->n_members;

    for (size_t i = 0; is_same && i < n; i++) {
        is_same = chosen[i].node == c->members[i].node && chosen[i].pid == c->members[i].pid;
    }
    return is_same;
}

static bool
has_node(const guint32 *nodes, size_t n, guint32 node)
{
    for (size_t i = 0; i < n; i++) {
        if (nodes[i] == node) {
            return true;
        }
    }
    return false;
}

/*
 * Members whose node has gone.  The next ring may have the node again, when it restarts faster than its silence is noticed: then a look
 * at the rings alone would miss that it was away.
 */
static void
tell_gone(struct peers_corosync *c, const struct cpg_address *left, size_t n_left)
{
    guint32 gone[COX_PEERS_MAX_NODES];
    size_t n_gone = 0;

    for (size_t i = 0; i < n_left; i++) {
        bool is_node = left[i].reason == CPG_REASON_NODEDOWN;

        for (size_t k = c->n_ring_nodes; is_node && k > 0; k--) {
            if (c->ring_nodes[k - 1] == left[i].nodeid) { /* told once: not by the change of the ring as well */
                c->ring_nodes[k - 1] = c->ring_nodes[--c->n_ring_nodes];
                gone[n_gone++] = left[i].nodeid;
            }
        }
    }
    if (n_gone > 0 && c->peers.handler.lost != NULL) {
        c->peers.handler.lost(c->peers.handler.context, gone, n_gone);
    }
}

static void
take_members(struct peers_corosync *c, const struct change *change)
{
    struct member chosen[COX_PEERS_MAX_NODES], *self;
    size_t n_chosen = choose_members(c, change->list, change->n, chosen);

    if (are_same(c, chosen, n_chosen)) {
        return;
    }
    for (size_t i = 0; i < c->n_members; i++) {
        cox_assembly_clear(&c->members[i].assembly);
    }
    memcpy(c->members, chosen, n_chosen * sizeof(chosen[0]));
    c->n_members = n_chosen;
    self = find_member(c, c->peers.self);
    if (self != NULL && self->pid != c->pid) {
        lose(c, "another process of this node is in the group", CS_ERR_EXIST);
        return;
    }
    cox_outbox_begin_anew(&c->outbox);
    tell_view(c);
    tell_gone(c, change->left, change->n_left);
}

/* Nodes that were in the last ring and are not in this one. */
static void
tell_lost(struct peers_corosync *c, const guint32 *nodes, size_t n)
{
    guint32 lost[COX_PEERS_MAX_NODES];
    size_t n_lost = 0;

    for (size_t i = 0; i < c->n_ring_nodes; i++) {
        if (!has_node(nodes, n, c->ring_nodes[i])) {
            lost[n_lost++] = c->ring_nodes[i];
        }
    }
    c->n_ring_nodes = MIN(n, COX_PEERS_MAX_NODES);
    memcpy(c->ring_nodes, nodes, c->n_ring_nodes * sizeof(nodes[0]));
    if (n_lost > 0 && c->peers.handler.lost != NULL) {
        c->peers.handler.lost(c->peers.handler.context, lost, n_lost);
    }
}

static void
take_ring(struct peers_corosync *c, const struct change *change)
{
    tell_lost(c, change->nodes, change->n_nodes);
    if (c->peers.handler.nodes != NULL) {
        c->peers.handler.nodes(c->peers.handler.context, c->ring_nodes, c->n_ring_nodes);
    }
}

/* ---- members and quorum of one ring ---- */

static void
change_free(gpointer data)
{
    struct change *change = data;

    g_free(change->list);
    g_free(change->left);
    g_free(change->nodes);
    g_free(change);
}

/* While the quorum of a ring is missing, what the group is told after it stays where it is. */
static void
hold(struct peers_corosync *c)
{
    bool is_held = !c->accord.awaits_ring && cox_accord_members_wait(&c->accord);
    struct epoll_event event = { .events = is_held ? 0 : EPOLLIN, .data.u32 = PART_MESSAGES };

    if (is_held != c->is_held && epoll_ctl(c->peers.fd, EPOLL_CTL_MOD, c->messages, &event) == 0) {
        c->is_held = is_held;
        arm(c, 1);
    }
}

static void
watch_patience(struct peers_corosync *c)
{
    bool waits = cox_accord_quorum_waits(&c->accord);
    const struct itimerspec once = { .it_value.tv_nsec = waits ? PATIENCE_NSEC : 0 };

    if (waits != c->is_patient && timerfd_settime(c->patience, 0, &once, NULL) == 0) {
        c->is_patient = waits;
    }
}

/* Hand on what may be told now.  With new members nobody may have the quorum of old ones. */
static void
settle(struct peers_corosync *c)
{
    struct change *change;

    if (!g_queue_is_empty(&c->changes) && c->told.is_quorate && !cox_accord_is_quorate(&c->accord)) {
        consider_quorum(c);
    }
    while (!c->is_lost && !cox_accord_members_wait(&c->accord) && (change = g_queue_pop_head(&c->changes)) != NULL) {
        (change->nodes == NULL ? take_members : take_ring)(c, change);
        change_free(change);
    }
    hold(c);
    watch_patience(c);
    if (!c->is_lost) {
        consider_quorum(c);
        flush(c);
    }
}

static bool
is_of_node(const struct cpg_address *list, size_t n, cpg_reason_t reason)
{
    size_t i = 0;

    while (i < n && list[i].reason != (uint32_t) reason) {
        i++;
    }
    return i < n;
}

static void
on_members(cpg_handle_t handle, const struct cpg_name *group, const struct cpg_address *list, size_t n,
           const struct cpg_address *left, size_t n_left, const struct cpg_address *joined, size_t n_joined)
{
    struct peers_corosync *c = of_handle(handle);
    struct change *change;

    (void) group;
    if (c != NULL) {
        change = g_new0(struct change, 1);
        *change = (struct change) { .list = g_memdup2(list, n * sizeof(*list)), .n = n, .left = g_memdup2(left, n_left * sizeof(*left)),
                                    .n_left = n_left };
        g_queue_push_tail(&c->changes, change);
        if (is_of_node(left, n_left, CPG_REASON_NODEDOWN) || is_of_node(joined, n_joined, CPG_REASON_NODEUP)) {
            cox_accord_on_nodes(&c->accord);
        }
        settle(c);
    }
}

static void
on_deliver(cpg_handle_t handle, const struct cpg_name *group, uint32_t node, uint32_t pid, void *data, size_t size)
{
    struct peers_corosync *c = of_handle(handle);
    struct member *member = c == NULL ? NULL : find_member(c, node);
    const struct cox_peers_handler *handler;
    struct cox_peerframe frame;
    unsigned int version;
    g_autoptr(GBytes) bytes = NULL;

    (void) group;
    if (c != NULL && !g_queue_is_empty(&c->changes)) { /* the ring that should have followed does not */
        cox_accord_on_patience_end(&c->accord);
        settle(c);
        member = find_member(c, node);
    }
    if (member == NULL || member->pid != pid || member->is_barred) {
        return;
    }
    version = cox_peerframe_version(data, size);
    if (version != 0 && version != COX_PEERFRAME_VERSION && node != c->peers.self) {
        bar(c, member, version);
        return;
    }
    handler = &c->peers.handler;
    if (!cox_peerframe_read(&frame, data, size)
        || !cox_assembly_add(&member->assembly, &frame, handler->max_message == 0 ? COX_PEERS_MAX_MESSAGE : handler->max_message, &bytes)) {
        handler->trouble(handler->context, COX_PEERS_BAD_FRAME, node, 0);
        return;
    }
    if (bytes != NULL) {
        handler->deliver(handler->context, node, bytes);
    }
    if (node == c->peers.self && cox_outbox_came_back(&c->outbox, &frame)) {
        flush(c);
    }
}

static void
on_ring(cpg_handle_t handle, struct cpg_ring_id ring_id, uint32_t n, const uint32_t *nodes)
{
    struct peers_corosync *c = of_handle(handle);
    struct change *change;

    if (c != NULL && n > 0) {
        change = g_new0(struct change, 1);
        *change = (struct change) { .nodes = g_memdup2(nodes, n * sizeof(*nodes)), .n_nodes = n };
        g_queue_push_tail(&c->changes, change);
        cox_accord_on_ring(&c->accord, ring_id.seq);
        settle(c);
    }
}

static void
on_quorum(quorum_handle_t handle, uint32_t quorate, struct quorum_ring_id ring_id, uint32_t n, const uint32_t *nodes)
{
    const void *context = NULL;

    (void) n;
    (void) nodes;
    if (quorum_context_get(handle, &context) == CS_OK) {
        struct peers_corosync *c = (struct peers_corosync *) (gintptr) context;

        cox_accord_on_quorum(&c->accord, ring_id.seq, quorate != 0);
        settle(c);
    }
}

static void
on_quorum_nodes(quorum_handle_t handle, struct quorum_ring_id ring_id, uint32_t n, const uint32_t *nodes, uint32_t n_joined,
                const uint32_t *joined, uint32_t n_left, const uint32_t *left)
{
    (void) handle;
    (void) ring_id;
    (void) n;
    (void) nodes;
    (void) n_joined;
    (void) joined;
    (void) n_left;
    (void) left;
}

static void
on_expected_votes(votequorum_handle_t handle, uint64_t context, uint32_t expected)
{
    void *pointer = NULL;

    (void) context;
    (void) expected;
    if (votequorum_context_get(handle, &pointer) == CS_OK) {
        consider_quorum(pointer);
    }
}

/* ---- the adapter ---- */

static void
join(struct peers_corosync *c)
{
    cs_error_t code = c->is_joined ? CS_OK : cpg_join(c->cpg, &c->group);

    if (code == CS_ERR_TRY_AGAIN) {
        arm(c, RETRY_NSEC);
    } else if (check(c, "joining the group", code)) {
        c->is_joined = true;
    }
}

/* Nothing to do is no error; a queue that is full for the moment comes again. */
static void
dispatched(struct peers_corosync *c, const char *what, cs_error_t code)
{
    if (code != CS_OK && code != CS_ERR_TRY_AGAIN) {
        lose(c, what, code);
    }
}

/* The rest keeps the descriptor readable; the timer is there in case it does not. */
static void
deliver(struct peers_corosync *c)
{
    cs_error_t code = CS_OK;

    for (int i = 0; i < DELIVERED_AT_A_TIME && code == CS_OK && !c->is_lost && !c->is_held; i++) {
        code = cpg_dispatch(c->cpg, CS_DISPATCH_ONE_NONBLOCKING);
    }
    if (code == CS_OK && !c->is_held) {
        arm(c, 1);
    }
    dispatched(c, "messages", code);
}

/* Which descriptors have something?  To ask each library costs a system call or more; after the timer all are asked nevertheless. */
static unsigned
ready_parts(struct peers_corosync *c)
{
    struct epoll_event events[N_PARTS];
    int n = epoll_wait(c->peers.fd, events, N_PARTS, 0);
    unsigned ready = n < 0 ? ALL_PARTS : 0;

    for (int i = 0; i < n; i++) {
        ready |= events[i].data.u32 == PART_TIMER ? ALL_PARTS : 1U << events[i].data.u32;
    }
    return ready;
}

static bool
corosync_dispatch(struct cox_peers *peers, GError **error)
{
    struct peers_corosync *c = (struct peers_corosync *) peers;
    unsigned ready = ready_parts(c);
    guint64 expirations;

    if ((ready & 1U << PART_TIMER) != 0 && read(c->timer, &expirations, sizeof(expirations)) == (ssize_t) sizeof(expirations)) {
        join(c);
        consider_quorum(c);
    }
    if (!c->is_lost && (ready & 1U << PART_QUORUM) != 0) {
        dispatched(c, "quorum", quorum_dispatch(c->quorum, CS_DISPATCH_ALL));
    }
    if (!c->is_lost && (ready & 1U << PART_VOTES) != 0) {
        dispatched(c, "votes", votequorum_dispatch(c->votes, CS_DISPATCH_ALL));
    }
    if (!c->is_lost && (ready & 1U << PART_MESSAGES) != 0) {
        deliver(c);
    }
    if (!c->is_lost && (ready & 1U << PART_PATIENCE) != 0 && read(c->patience, &expirations, sizeof(expirations)) > 0) {
        cox_accord_on_patience_end(&c->accord);
        settle(c);
    }
    watch_patience(c);
    flush(c);
    if (c->is_lost) {
        g_propagate_error(error, g_error_copy(c->problem));
    }
    return !c->is_lost;
}

static char *
corosync_name(struct cox_peers *peers, guint32 node)
{
    (void) peers;
    return cox_cmapnames_node(node);
}

static char *
corosync_silence(struct cox_peers *peers)
{
    (void) peers;
    return cox_silence_reason();
}

static char *
corosync_cluster_name(struct cox_peers *peers)
{
    (void) peers;
    return cox_cmapnames_cluster();
}

static void
corosync_free(struct cox_peers *peers)
{
    struct peers_corosync *c = (struct peers_corosync *) peers;

    if (c->has_cpg) {
        (void) cpg_finalize(c->cpg);
    }
    if (c->has_quorum) {
        (void) quorum_finalize(c->quorum);
    }
    if (c->has_votes) {
        (void) votequorum_finalize(c->votes);
    }
    if (c->timer >= 0) {
        (void) close(c->timer);
    }
    if (c->patience >= 0) {
        (void) close(c->patience);
    }
    if (c->peers.fd >= 0) {
        (void) close(c->peers.fd);
    }
    for (size_t i = 0; i < c->n_members; i++) {
        cox_assembly_clear(&c->members[i].assembly);
    }
    cox_outbox_clear(&c->outbox);
    g_queue_clear_full(&c->changes, change_free);
    g_clear_error(&c->problem);
    g_free(c);
}

static const struct cox_peers_ops corosync_ops = {
    .dispatch = corosync_dispatch, .send = corosync_send, .waiting_bytes = corosync_waiting_bytes,
    .name = corosync_name, .silence = corosync_silence, .cluster_name = corosync_cluster_name, .free = corosync_free,
};

static void
connect_cpg(struct peers_corosync *c)
{
    cpg_model_v1_data_t model = {
        .model = CPG_MODEL_V1, .cpg_deliver_fn = on_deliver, .cpg_confchg_fn = on_members, .cpg_totem_confchg_fn = on_ring,
        .flags = CPG_MODEL_V1_DELIVER_INITIAL_TOTEM_CONF,
    };
    unsigned int id = 0;

    c->has_cpg = check(c, "connecting", cpg_model_initialize(&c->cpg, CPG_MODEL_V1, (cpg_model_data_t *) &model, c));
    if (c->has_cpg && check(c, "asking for the node's id", cpg_local_get(c->cpg, &id))) {
        c->peers.self = id;
    }
}

static void
connect_quorum(struct peers_corosync *c)
{
    quorum_model_v1_data_t model = {
        .model = QUORUM_MODEL_V1, .quorum_notify_fn = on_quorum, .nodelist_notify_fn = on_quorum_nodes,
    };
    votequorum_callbacks_t callbacks = { .votequorum_expectedvotes_notify_fn = on_expected_votes };
    uint32_t type = QUORUM_FREE;

    c->has_quorum = !c->is_lost
                    && check(c, "connecting to quorum", quorum_model_initialize(&c->quorum, QUORUM_MODEL_V1,
                                                                                 (quorum_model_data_t *) &model, &type, c));
    if (c->has_quorum && type != QUORUM_SET) {
        lose(c, "quorum has no provider: corosync.conf needs corosync_votequorum", CS_ERR_NOT_SUPPORTED);
    }
    c->has_votes = !c->is_lost && check(c, "connecting to votes", votequorum_initialize(&c->votes, &callbacks));
    if (c->has_votes && check(c, "connecting to votes", votequorum_context_set(c->votes, c))) {
        check(c, "following votes", votequorum_trackstart(c->votes, 0, CS_TRACK_CHANGES));
        check(c, "following quorum", quorum_trackstart(c->quorum, CS_TRACK_CURRENT | CS_TRACK_CHANGES));
    }
}

static void
watch_fd(struct peers_corosync *c, int fd, unsigned part)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = part };

    if (!c->is_lost && epoll_ctl(c->peers.fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        lose(c, "watching a descriptor", CS_ERR_LIBRARY);
    }
}

static void
watch_all(struct peers_corosync *c)
{
    int fd = -1;

    if (!c->is_lost && check(c, "descriptor", cpg_fd_get(c->cpg, &c->messages))) {
        watch_fd(c, c->messages, PART_MESSAGES);
    }
    if (!c->is_lost && check(c, "descriptor", quorum_fd_get(c->quorum, &fd))) {
        watch_fd(c, fd, PART_QUORUM);
    }
    if (!c->is_lost && check(c, "descriptor", votequorum_fd_get(c->votes, &fd))) {
        watch_fd(c, fd, PART_VOTES);
    }
    watch_fd(c, c->timer, PART_TIMER);
    watch_fd(c, c->patience, PART_PATIENCE);
}

struct cox_peers *
cox_peers_corosync_new(const char *group, const struct cox_peers_handler *handler, GError **error)
{
    struct peers_corosync *c = g_new0(struct peers_corosync, 1);

    COX_BUG_ON(strlen(group) >= sizeof(c->group.value));
    c->peers = (struct cox_peers) {
        .ops = &corosync_ops, .handler = *handler, .fd = epoll_create1(EPOLL_CLOEXEC),
    };
    c->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    c->patience = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    c->group.length = (uint32_t) strlen(group);
    memcpy(c->group.value, group, strlen(group));
    c->pid = (guint32) getpid();
    cox_outbox_init(&c->outbox);
    if (c->peers.fd < 0 || c->timer < 0 || c->patience < 0) {
        lose(c, "making descriptors", CS_ERR_NO_RESOURCES);
    } else {
        connect_cpg(c);
        connect_quorum(c);
        watch_all(c);
    }
    if (!c->is_lost) {
        join(c);
    }
    if (c->is_lost) {
        g_propagate_error(error, g_steal_pointer(&c->problem));
        corosync_free(&c->peers);
        return NULL;
    }
    arm(c, 1); /* what has come while connecting is handed out at the first dispatch */
    return &c->peers;
}
