/* lib/control/reignstate.c - what the document is to say of a node, whether it does, and what a change of it means.  Layer 4, pure. */
#include "control/reign_priv.h"

#include "cib/patchscope.h"

static bool
is_barred(const struct reign_node *node)
{
    return node->barred != 0 && node->barred == node->life;
}

/*
 * Its controller is away for a moment, or is back and has not reported yet, while what runs there runs on: it stays what it was, else
 * a plan would start its resources elsewhere.
 */
bool
cox_reign_state_is_kept(const struct reign_node *node)
{
    bool was_member = g_strcmp0(node->doc.join, "member") == 0 && g_strcmp0(node->doc.crmd, "online") == 0;

    return was_member && (node->is_controller ? node->phase != COX_JOIN_SILENT : cox_usec_is_set(node->away_until));
}

struct cox_reign_state
cox_reign_state_wanted(const struct reign_node *node)
{
    static const struct cox_reign_state down = { "false", "offline", "down", "down" };
    /* A document that was taken over meanwhile need not know that it may leave. */
    const char *expected = node->is_leaving || node->doc.expected == NULL ? "down" : node->doc.expected;

    if (node->is_down) {
        return down;
    }
    if (node->is_mute || is_barred(node)) { /* not fit to be a member; the plan fences it if it was one */
        return (struct cox_reign_state) { "true", "offline", "down", expected };
    }
    if (node->is_controller && node->phase == COX_JOIN_JOINED) {
        return (struct cox_reign_state) { "true", "online", "member", node->is_leaving ? "down" : "member" };
    }
    if (node->is_controller && node->phase == COX_JOIN_REFUSED) {
        return (struct cox_reign_state) { "true", "online", "banned", expected };
    }
    if (cox_reign_state_is_kept(node)) {
        return (struct cox_reign_state) { node->doc.in_ccm, node->doc.crmd, node->doc.join, node->doc.expected };
    }
    if (node->is_controller) {
        return (struct cox_reign_state) { "true", "online", "pending", expected };
    }
    return (struct cox_reign_state) { node->is_member ? "true" : "false", "offline", "down", expected };
}

bool
cox_reign_state_is_said(const struct reign_node *node, const struct cox_reign_state *state)
{
    return g_strcmp0(node->doc.in_ccm, state->in_ccm) == 0 && g_strcmp0(node->doc.crmd, state->crmd) == 0
           && g_strcmp0(node->doc.join, state->join) == 0 && g_strcmp0(node->doc.expected, state->expected) == 0;
}

bool
cox_reign_state_is_written(const struct cox_reign *reign, const struct reign_node *node)
{
    struct cox_reign_state state = cox_reign_state_wanted(node);

    return reign->batch_pending == 0 && !cox_usec_is_set(reign->write_retry_at) && cox_reign_state_is_said(node, &state);
}

unsigned int
cox_reign_changes(unsigned int scope)
{
    unsigned int changes = 0;

    if ((scope & (COX_PATCHSCOPE_CONFIGURATION | COX_PATCHSCOPE_ROOT | COX_PATCHSCOPE_OTHER)) != 0) {
        changes |= COX_REIGN_CONFIGURATION;
    }
    changes |= (scope & COX_PATCHSCOPE_ATTRIBUTES) != 0 ? (unsigned int) COX_REIGN_ATTRIBUTES : 0;
    changes |= (scope & COX_PATCHSCOPE_HISTORY_GONE) != 0 ? (unsigned int) COX_REIGN_HISTORY_GONE : 0;
    changes |= (scope & COX_PATCHSCOPE_HISTORY) != 0 ? (unsigned int) COX_REIGN_RESULTS : 0;
    return changes;
}
