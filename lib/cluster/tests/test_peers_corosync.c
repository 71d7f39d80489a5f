/* Tests of lib/cluster/peers_corosync.c over a corosync that is pretended: what it tells, in an order that a real one does not keep to. */
#include "cluster/peers.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <corosync/cpg.h>
#include <corosync/quorum.h>
#include <corosync/votequorum.h>

#include "base/testkit.h"
#include "cluster/peerframe.h"

enum { SELF = 1, CPG = 0, QUORUM, VOTES, OTHER_VERSION = 99 };

/* Of three nodes with a vote each; this program is node 1. */
struct pretended {
    cpg_model_v1_data_t cpg;
    quorum_model_v1_data_t quorum;
    void *cpg_context, *votes_context;
    const void *quorum_context;
    guint32 total_votes;
    int fds[3]; /* by handle */
};

static struct pretended corosync;

/* ---- the libraries ---- */

cs_error_t
cpg_model_initialize(cpg_handle_t *handle, cpg_model_t model, cpg_model_data_t *data, void *context)
{
    assert_int_equal(model, CPG_MODEL_V1);
    *handle = CPG;
    memcpy(&corosync.cpg, data, sizeof(corosync.cpg));
    corosync.cpg_context = context;
    return CS_OK;
}

cs_error_t
cpg_context_get(cpg_handle_t handle, void **context)
{
    (void) handle;
    *context = corosync.cpg_context;
    return CS_OK;
}

cs_error_t
cpg_local_get(cpg_handle_t handle, unsigned int *node)
{
    (void) handle;
    *node = SELF;
    return CS_OK;
}

cs_error_t
cpg_fd_get(cpg_handle_t handle, int *fd)
{
    *fd = corosync.fds[handle] = eventfd(0, EFD_CLOEXEC);
    return CS_OK;
}

cs_error_t
cpg_join(cpg_handle_t handle, const struct cpg_name *group)
{
    (void) handle;
    (void) group;
    return CS_OK;
}

cs_error_t
cpg_dispatch(cpg_handle_t handle, cs_dispatch_flags_t flags)
{
    (void) handle;
    (void) flags;
    return CS_ERR_TRY_AGAIN;
}

cs_error_t
cpg_mcast_joined(cpg_handle_t handle, cpg_guarantee_t guarantee, const struct iovec *parts, unsigned int n)
{
    (void) handle;
    (void) guarantee;
    (void) parts;
    (void) n;
    return CS_OK;
}

cs_error_t
cpg_finalize(cpg_handle_t handle)
{
    (void) close(corosync.fds[handle]);
    return CS_OK;
}

cs_error_t
quorum_model_initialize(quorum_handle_t *handle, quorum_model_t model, quorum_model_data_t *data, uint32_t *type, void *context)
{
    assert_int_equal(model, QUORUM_MODEL_V1);
    *handle = QUORUM;
    *type = QUORUM_SET;
    memcpy(&corosync.quorum, data, sizeof(corosync.quorum));
    corosync.quorum_context = context;
    return CS_OK;
}

cs_error_t
quorum_context_get(quorum_handle_t handle, const void **context)
{
    (void) handle;
    *context = corosync.quorum_context;
    return CS_OK;
}

cs_error_t
quorum_trackstart(quorum_handle_t handle, unsigned int flags)
{
    (void) handle;
    (void) flags;
    return CS_OK;
}

cs_error_t
quorum_fd_get(quorum_handle_t handle, int *fd)
{
    *fd = corosync.fds[handle] = eventfd(0, EFD_CLOEXEC);
    return CS_OK;
}

cs_error_t
quorum_dispatch(quorum_handle_t handle, cs_dispatch_flags_t flags)
{
    (void) handle;
    (void) flags;
    return CS_OK;
}

cs_error_t
quorum_finalize(quorum_handle_t handle)
{
    (void) close(corosync.fds[handle]);
    return CS_OK;
}

cs_error_t
votequorum_initialize(votequorum_handle_t *handle, votequorum_callbacks_t *callbacks)
{
    (void) callbacks;
    *handle = VOTES;
    return CS_OK;
}

cs_error_t
votequorum_context_set(votequorum_handle_t handle, void *context)
{
    (void) handle;
    corosync.votes_context = context;
    return CS_OK;
}

cs_error_t
votequorum_context_get(votequorum_handle_t handle, void **context)
{
    (void) handle;
    *context = corosync.votes_context;
    return CS_OK;
}

cs_error_t
votequorum_trackstart(votequorum_handle_t handle, uint64_t context, unsigned int flags)
{
    (void) handle;
    (void) context;
    (void) flags;
    return CS_OK;
}

cs_error_t
votequorum_fd_get(votequorum_handle_t handle, int *fd)
{
    *fd = corosync.fds[handle] = eventfd(0, EFD_CLOEXEC);
    return CS_OK;
}

cs_error_t
votequorum_dispatch(votequorum_handle_t handle, cs_dispatch_flags_t flags)
{
    (void) handle;
    (void) flags;
    return CS_OK;
}

cs_error_t
votequorum_getinfo(votequorum_handle_t handle, unsigned int node, struct votequorum_info *info)
{
    (void) handle;
    *info = (struct votequorum_info) { .node_id = node, .node_votes = 1, .total_votes = corosync.total_votes, .quorum = 2 };
    return CS_OK;
}

cs_error_t
votequorum_finalize(votequorum_handle_t handle)
{
    (void) close(corosync.fds[handle]);
    return CS_OK;
}

/* ---- what is heard ---- */

static void
on_view(void *context, const guint32 *nodes, size_t n)
{
    g_string_append(context, "view");
    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(context, " %u", nodes[i]);
    }
    g_string_append(context, "; ");
}

static void
on_quorum(void *context, const struct cox_peers_quorum *quorum)
{
    g_string_append_printf(context, "quorum %d; ", quorum->is_quorate);
}

static void
on_trouble(void *context, enum cox_peers_trouble trouble, guint32 node, unsigned int version)
{
    (void) trouble;
    g_string_append_printf(context, "%u speaks %u; ", node, version);
}

static void
on_message(void *context, guint32 node, GBytes *bytes)
{
    (void) bytes;
    g_string_append_printf(context, "message of %u; ", node);
}

static void
expect(GString *heard, const char *text)
{
    assert_string_equal(heard->str, text);
    g_string_truncate(heard, 0);
}

/* ---- what corosync tells ---- */

/* Node 3 is gone, or there; members are told with the number of their ring. */
static void
tell_members(guint64 ring, guint32 n)
{
    const struct cpg_address gone = { .nodeid = 3, .pid = 30, .reason = CPG_REASON_NODEDOWN };
    const struct cpg_ring_id id = { .nodeid = SELF, .seq = ring };
    struct cpg_address members[3] = { { .nodeid = 1, .pid = (uint32_t) getpid() }, { .nodeid = 2, .pid = 20 }, { .nodeid = 3, .pid = 30 } };
    const guint32 nodes[3] = { 1, 2, 3 };

    corosync.cpg.cpg_confchg_fn(CPG, NULL, members, n, &gone, n < 3 ? 1 : 0, NULL, 0);
    corosync.cpg.cpg_totem_confchg_fn(CPG, id, n, nodes);
}

static void
tell_quorum(guint64 ring, guint32 votes)
{
    corosync.total_votes = votes;
    corosync.quorum.quorum_notify_fn(QUORUM, votes >= 2, (struct quorum_ring_id) { .nodeid = SELF, .seq = ring }, 0, NULL);
}

static void
speak_another_version(guint32 node)
{
    guint8 frame[COX_PEERFRAME_HEAD] = { 'C', 'O', 'X', 'F', OTHER_VERSION };

    corosync.cpg.cpg_deliver_fn(CPG, NULL, node, node * 10, frame, sizeof(frame));
}

/* Three members with quorum in ring 4. */
static struct cox_peers *
begin(GString *heard)
{
    const struct cox_peers_handler handler = { .view = on_view, .quorum = on_quorum, .trouble = on_trouble, .deliver = on_message, .context = heard };
    struct cox_peers *peers = cox_peers_corosync_new("group", &handler, NULL);

    assert_non_null(peers);
    tell_members(4, 3);
    tell_quorum(4, 3);
    expect(heard, "view 1 2 3; quorum 1; ");
    return peers;
}

/* ---- tests ---- */

static void
who_speaks_another_version_takes_quorum_along(void **state)
{
    g_autoptr(GString) heard = g_string_new(NULL);
    struct cox_peers *peers = begin(heard);

    (void) state;
    speak_another_version(3);
    expect(heard, "3 speaks 99; view 1 2; ");
    speak_another_version(2);
    expect(heard, "2 speaks 99; view 1; quorum 0; ");
    cox_peers_free(peers);
}

static void
also_while_the_quorum_of_the_next_ring_waits_for_its_members(void **state)
{
    g_autoptr(GString) heard = g_string_new(NULL);
    struct cox_peers *peers = begin(heard);

    (void) state;
    tell_quorum(8, 2);
    expect(heard, "");
    speak_another_version(3);
    expect(heard, "3 speaks 99; view 1 2; ");
    speak_another_version(2);
    expect(heard, "2 speaks 99; view 1; quorum 0; ");
    tell_quorum(12, 2);
    expect(heard, ""); /* its return waits */
    tell_members(12, 2);
    expect(heard, "view 1 2; quorum 1; ");
    cox_peers_free(peers);
}

/* The votes of the next ring are not counted against members that it does not have. */
static void
a_ring_without_who_was_barred_before_costs_no_quorum(void **state)
{
    g_autoptr(GString) heard = g_string_new(NULL);
    struct cox_peers *peers = begin(heard);

    (void) state;
    speak_another_version(3);
    expect(heard, "3 speaks 99; view 1 2; ");
    tell_quorum(8, 2);
    assert_true(cox_peers_dispatch(peers, NULL)); /* as its timer has it */
    expect(heard, "");
    tell_members(8, 2);
    expect(heard, "view 1 2; ");
    cox_peers_free(peers);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_speaks_another_version_takes_quorum_along),
        cmocka_unit_test(also_while_the_quorum_of_the_next_ring_waits_for_its_members),
        cmocka_unit_test(a_ring_without_who_was_barred_before_costs_no_quorum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
