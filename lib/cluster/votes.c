/* lib/cluster/votes.c - how many votes there are, asked once: for people.  Layer 3, adapter. */
#include "cluster/votes.h"

#include <corosync/votequorum.h>

#include "base/error.h"

static bool
begin(votequorum_handle_t *handle, GError **error)
{
    votequorum_callbacks_t none = { NULL, NULL, NULL };
    cs_error_t code = votequorum_initialize(handle, &none);

    if (code != CS_OK) {
        g_set_error(error, COX_ERROR, COX_ERROR_DISCONNECTED, "corosync on this node does not tell of votes (%s): is it running?",
                    cs_strerror(code));
    }
    return code == CS_OK;
}

bool
cox_votes_read(guint32 node, struct cox_votes *votes, GError **error)
{
    votequorum_handle_t handle = 0;
    struct votequorum_info info = { 0 };
    cs_error_t code;

    if (!begin(&handle, error)) {
        return false;
    }
    code = votequorum_getinfo(handle, node, &info);
    (void) votequorum_finalize(handle);
    if (code != CS_OK) {
        g_set_error(error, COX_ERROR, COX_ERROR_DISCONNECTED, "corosync on this node does not tell of votes: %s", cs_strerror(code));
        return false;
    }
    votes->own = info.node_votes;
    votes->expected = info.node_expected_votes;
    votes->highest_expected = info.highest_expected;
    votes->total = info.total_votes;
    votes->quorum = info.quorum;
    votes->is_quorate = (info.flags & VOTEQUORUM_INFO_QUORATE) != 0;
    votes->is_two_node = (info.flags & VOTEQUORUM_INFO_TWONODE) != 0;
    votes->waits_for_all = (info.flags & VOTEQUORUM_INFO_WAIT_FOR_ALL) != 0;
    votes->is_last_man_standing = (info.flags & VOTEQUORUM_INFO_LAST_MAN_STANDING) != 0;
    votes->breaks_ties = (info.flags & VOTEQUORUM_INFO_AUTO_TIE_BREAKER) != 0;
    votes->has_device = (info.flags & VOTEQUORUM_INFO_QDEVICE_REGISTERED) != 0;
    return true;
}

bool
cox_votes_expect(guint32 expected, GError **error)
{
    votequorum_handle_t handle = 0;
    cs_error_t code;

    if (!begin(&handle, error)) {
        return false;
    }
    code = votequorum_setexpected(handle, expected);
    (void) votequorum_finalize(handle);
    if (code != CS_OK) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "corosync does not take %u expected votes (%s): not less than make a quorum, nor fewer than "
                    "there are", expected, cs_strerror(code));
    }
    return code == CS_OK;
}
