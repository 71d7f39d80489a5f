/* lib/sched/node_state.c - which nodes are up, and which must be fenced.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <stdlib.h>
#include <string.h>

#include "model/option.h"
#include "sched/rsc_priv.h"

/* What a node_state says of a cluster node, old (flags) and new (times) spellings alike. */
struct presence {
    const char *join, *expected;
    bool has_member;     /**< in_ccm is there */
    gint64 member_since; /**< -1: not a member; 0: since an unknown time */
    gint64 online_since; /**< -1: its controller is not in the process group; 0: since an unknown time */
    bool is_terminated;  /**< somebody asked for its fencing */
};

/* A flag or a time: -1 for "no", 0 for "yes", else since when. */
static gint64
since_of(const char *text, const char *yes)
{
    char *end = NULL;
    gint64 since;
    bool flag;

    if (text == NULL) {
        return -1;
    }
    if (yes != NULL && strcmp(text, yes) == 0) {
        return 0;
    }
    if (yes == NULL && strcmp(text, "1") != 0 && strcmp(text, "0") != 0 && cox_bool_parse(text, &flag)) {
        return flag ? 0 : -1;
    }
    since = g_ascii_strtoll(text, &end, 10);
    if (end == text || since <= 0) {
        return -1;
    }
    return since == 1 ? 0 : since;
}

static bool
is_terminated(const struct sched_node *node)
{
    const char *text = cox_option_get(COX_OPT_NODE_TERMINATE, &node->attrs);
    bool flag;

    if (text == NULL) {
        return false;
    }
    return cox_bool_parse(text, &flag) ? flag : strtoll(text, NULL, 10) > 0;
}

static struct presence
presence_of(const struct sched_node *node)
{
    const struct cox_node_status *status = node->status;

    return (struct presence) {
        .join = status->join,
        .expected = status->expected != NULL ? status->expected : "down",
        .has_member = status->in_ccm != NULL,
        .member_since = since_of(status->in_ccm, NULL),
        .online_since = since_of(status->crmd, "online"),
        .is_terminated = is_terminated(node),
    };
}

/* Without fencing a lost node is believed to be down, unless its controller vanished while it was to stay. */
static bool
judge_without_fencing(struct sched_work *work, struct sched_node *node, const struct presence *presence)
{
    if (presence->member_since < 0) {
        return false;
    }
    if (presence->online_since >= 0) {
        return g_strcmp0(presence->join, "member") == 0;
    }
    if (node->is_expected_up) {
        sched_node_fence(work, node, "peer is unexpectedly down", false);
    }
    return false;
}

/* Member of the cluster for too long without its controller joining the others. */
static bool
pending_too_long(struct sched_work *work, const struct presence *presence)
{
    gint64 timeout_s = work->opt.node_pending_timeout_ms / 1000;
    gint64 deadline_s;

    if (timeout_s <= 0 || presence->member_since <= 0 || presence->online_since >= 0) {
        return false;
    }
    deadline_s = presence->member_since + timeout_s;
    if (work->now_s >= deadline_s) {
        return true;
    }
    work->recheck_by = cox_wall_min(work->recheck_by, cox_wall_from_seconds(deadline_s));
    return false;
}

static void
mark_pending(struct sched_node *node)
{
    node->is_standby = true;
    node->is_pending = true;
}

/* It never was part of the cluster, or left it in peace; what it is on its way to? */
static void
judge_expected_down(struct sched_work *work, struct sched_node *node, const struct presence *presence)
{
    if (pending_too_long(work, presence)) {
        sched_node_fence(work, node, "peer pending timed out on joining the process group", false);
    } else if (presence->member_since >= 0 || presence->online_since >= 0) {
        mark_pending(node);
    }
}

static bool
judge_with_fencing(struct sched_work *work, struct sched_node *node, const struct presence *presence)
{
    const bool is_member = presence->member_since >= 0, is_online = presence->online_since >= 0;
    const bool is_join_down = g_strcmp0(presence->join, "down") == 0;

    if (node->is_shutdown) {
        return is_online;
    }
    if (!presence->has_member) {
        sched_node_fence(work, node, "peer has not been seen by the cluster", false);
    } else if (g_strcmp0(presence->join, "banned") == 0) {
        sched_node_fence(work, node, "peer failed Pacemaker membership criteria", false);
    } else if (!presence->is_terminated && strcmp(presence->expected, "down") == 0) {
        judge_expected_down(work, node, presence);
    } else if (presence->is_terminated && is_join_down && !is_member && !is_online) {
        return false; /* just fenced as asked for */
    } else if (!is_member) {
        sched_node_fence(work, node, "peer is no longer part of the cluster", true);
    } else if (!is_online) {
        sched_node_fence(work, node, "peer process is no longer available", false);
    } else if (presence->is_terminated) {
        sched_node_fence(work, node, "fencing was requested", false);
    } else if (g_strcmp0(presence->join, "member") == 0) {
        return true;
    } else if (g_strcmp0(presence->join, "pending") == 0 || is_join_down) {
        mark_pending(node);
    } else {
        sched_node_fence(work, node, "peer was in an unknown state", false);
    }
    return is_member;
}

static void
judge_member(struct sched_work *work, struct sched_node *node)
{
    const char *shutdown = cox_option_get(COX_OPT_NODE_SHUTDOWN, &node->attrs);
    struct presence presence = presence_of(node);

    node->is_unseen = false;
    node->is_unclean = false;
    node->is_shutdown = shutdown != NULL && strcmp(shutdown, "0") != 0;
    node->is_expected_up = strcmp(presence.expected, "member") == 0;
    if (node->kind == SCHED_NODE_PING) {
        return;
    }
    node->is_online = work->opt.fencing_enabled ? judge_with_fencing(work, node, &presence)
                                                : judge_without_fencing(work, node, &presence);
    if (!work->has_quorum && node->is_online && work->opt.no_quorum_policy == SCHED_NO_QUORUM_FENCE) {
        sched_node_fence(work, node, "cluster does not have quorum", false);
    }
}

void
sched_node_read_discovery(struct sched_node *node)
{
    if (node->kind == SCHED_NODE_REMOTE && cox_option_of(COX_OPT_NODE_RESOURCE_DISCOVERY_ENABLED, &node->attrs) == 0) {
        node->discovery_enabled = false;
        node->resources_disallowed = true;
    }
}

static void
read_flags(struct sched_node *node)
{
    if (cox_option_of(COX_OPT_NODE_STANDBY, &node->attrs) != 0) {
        node->is_standby = true;
    }
    node->is_maintenance = node->is_maintenance || cox_option_of(COX_OPT_NODE_MAINTENANCE, &node->attrs) != 0;
    sched_node_read_discovery(node);
}

void
sched_node_read_remote(struct sched_node *node)
{
    const struct sched_rsc *connection = node->remote_rsc;
    const char *shutdown = cox_option_get(COX_OPT_NODE_SHUTDOWN, &node->attrs);

    if (!node->remote_requires_reset) {
        node->is_unclean = false;
        node->is_unseen = false;
    }
    if (shutdown != NULL && strcmp(shutdown, "0") != 0) {
        node->is_shutdown = true;
    }
    read_flags(node);
    if (connection != NULL && !connection->is_managed) {
        node->is_maintenance = true;
    }
}

/* A flag that is a number for some writers. */
static bool
is_set(const char *text)
{
    return text != NULL && (sched_attrs_bool(text, false) || strtoll(text, NULL, 10) > 0);
}

void
sched_node_state_run(struct sched_work *work)
{
    for (guint32 i = 0; i < work->n_nodes; i++) {
        struct sched_node *node = g_ptr_array_index(work->nodes, i);

        if (node->status != NULL && node->kind == SCHED_NODE_REMOTE) {
            node->remote_was_fenced = is_set(node->status->node_fenced);
            node->remote_maintenance = is_set(node->status->node_in_maintenance);
        } else if (node->status != NULL) {
            read_flags(node);
            judge_member(work, node);
        }
        sched_health_read(work, node);
    }
}
