/* lib/sched/history_active.c - where a resource is active, and what a failure means for it.  Layer 3, pure. */
#include "sched/history_priv.h"
#include "sched/explain_priv.h"

#include <string.h>

void
sched_history_set_active(struct sched_rsc *rsc)
{
    bool promotable = rsc->parent != NULL && (rsc->parent->meta.is_promotable
                                              || (rsc->parent->parent != NULL && rsc->parent->parent->meta.is_promotable));

    rsc->role = promotable ? COX_ROLE_UNPROMOTED : COX_ROLE_STARTED;
}

void
sched_history_ban(struct sched_work *work, struct sched_rsc *rsc, const struct sched_node *node)
{
    for (guint i = 0; rsc->children != NULL && i < rsc->children->len; i++) {
        sched_history_ban(work, g_ptr_array_index(rsc->children, i), node); /* as deep as resources nest */
    }
    for (guint32 n = (node == NULL) ? 0 : node->idx; n < ((node == NULL) ? work->n_nodes : node->idx + 1); n++) {
        sched_explain_add(work, rsc, n, -COX_SCORE_INFINITY);
        rsc->cells[n].is_present = true;
        rsc->cells[n].score = -COX_SCORE_INFINITY;
    }
}

static void
block(struct sched_rsc *rsc)
{
    rsc->is_managed = false;
    rsc->is_blocked = true;
}

static void
handle_multiple(struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_rsc *parent = rsc->parent;

    rsc->detected_multiple = true;
    switch (rsc->meta.multiple_active) {
    case SCHED_MULTIPLE_STOP_ONLY:
        sched_explain_cause(work, COX_TERM_TARGET_ROLE, "multiple-active", NULL);
        sched_history_ban(work, rsc, NULL);
        break;
    case SCHED_MULTIPLE_BLOCK:
        block(rsc);
        if (parent != NULL && (parent->variant == COX_GROUP || parent->variant == COX_BUNDLE)
            && parent->meta.multiple_active == SCHED_MULTIPLE_BLOCK) {
            for (guint i = 0; i < parent->children->len; i++) {
                block(g_ptr_array_index(parent->children, i));
            }
        }
        break;
    case SCHED_MULTIPLE_STOP_START:
    case SCHED_MULTIPLE_STOP_UNEXPECTED:
        break;
    }
}

void
sched_history_add_running(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node)
{
    struct sched_rsc *top = rsc;

    if (!sched_rsc_note_active(work, rsc, node)) {
        return;
    }
    if (rsc->variant == COX_PRIMITIVE) {
        sched_list_add(&node->running, rsc);
        node->priority += MAX(rsc->meta.priority, 0) + (rsc->role == COX_ROLE_PROMOTED && rsc->meta.priority > 0 ? 1 : 0);
        if (node->is_maintenance) {
            rsc->is_managed = false;
            rsc->is_maintenance = true;
        }
    }
    if (!rsc->is_managed) {
        /* It stays where it is, whatever else is wanted. */
        sched_explain_cause(work, COX_TERM_UNMANAGED, NULL, NULL);
        sched_explain_add(work, rsc, node->idx, COX_SCORE_INFINITY);
        rsc->cells[node->idx].is_present = true;
        rsc->cells[node->idx].score = cox_score_add(rsc->cells[node->idx].score, COX_SCORE_INFINITY);
        for (top = rsc->parent; top != NULL && node->is_online; top = top->parent) {
            sched_rsc_note_active(work, top, node);
        }
        return;
    }
    if (rsc->variant == COX_PRIMITIVE && rsc->running_on.n > 1) {
        handle_multiple(work, rsc);
    }
    for (top = rsc->parent; top != NULL; top = top->parent) {
        sched_rsc_note_active(work, top, node);
    }
}

static void
note_known(struct sched_rsc *rsc, const struct sched_node *node)
{
    for (struct sched_rsc *up = rsc; up != NULL; up = up->parent) {
        sched_rsc_note_known(up, node);
        if (up->parent != NULL && up->instance >= 0 && strcmp(up->history_id, up->id) == 0) {
            break; /* a unique instance says nothing of its siblings */
        }
    }
}

static void
lost_node(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node)
{
    const char *reason = cox_arena_printf(work->arena, "%s is thought to be active there", rsc->id);

    if (node->is_guest) {
        rsc->is_failed = true;
        rsc->has_stop_needed = true;
        sched_node_fence(work, node, reason, false);
        return;
    }
    if (!work->opt.fencing_enabled) {
        return;
    }
    if (node->kind == SCHED_NODE_REMOTE && node->remote_rsc != NULL && !node->remote_rsc->is_failed) {
        /* If its connection comes back elsewhere the remote node need not be fenced. */
        node->is_unseen = true;
        reason = cox_arena_printf(work->arena, "%s is active there (fencing will be revoked if remote connection can be "
                                  "re-established elsewhere)", rsc->id);
    }
    sched_node_fence(work, node, reason, false);
}

/* A connection that broke for good takes its node down with it. */
static void
reset_remote(struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_node *node = rsc->remote_node;

    rsc->is_failed = true;
    rsc->has_stop_needed = true;
    if (work->opt.fencing_enabled && node != NULL && !node->remote_was_fenced) {
        sched_node_fence(work, node, "remote connection is unrecoverable", false);
    }
}

static void
wish_of_container(struct sched_work *work, enum sched_wish_kind kind, const struct sched_rsc *filler, struct sched_node *node)
{
    const struct sched_wish wish = { .kind = kind, .rsc = filler->container, .node = node, .filler = filler };

    g_array_append_val(work->wishes, wish);
}

static void
apply_on_fail(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node, enum sched_on_fail on_fail)
{
    bool active = rsc->role > COX_ROLE_STOPPED;

    switch (on_fail) {
    case SCHED_ON_FAIL_IGNORE:
        break;
    case SCHED_ON_FAIL_DEMOTE:
        rsc->is_failed = true;
        rsc->has_demote_needed = true;
        sched_wish(work, SCHED_WISH_DEMOTE, rsc, node);
        break;
    case SCHED_ON_FAIL_FENCE:
        sched_node_fence(work, node, cox_arena_printf(work->arena, "%s failed there", rsc->id), false);
        break;
    case SCHED_ON_FAIL_STANDBY:
        node->is_standby = true;
        node->is_standby_onfail = true;
        break;
    case SCHED_ON_FAIL_BLOCK:
        block(rsc);
        break;
    case SCHED_ON_FAIL_BAN:
        sched_explain_cause(work, COX_TERM_ON_FAIL, NULL, NULL);
        sched_history_ban(work, rsc, node);
        break;
    case SCHED_ON_FAIL_STOP:
        rsc->next_role = COX_ROLE_STOPPED;
        rsc->next_role_reason = "on-fail=stop";
        break;
    case SCHED_ON_FAIL_RESTART:
        rsc->is_failed = rsc->has_stop_needed = active || rsc->is_failed;
        if (active) {
            sched_wish(work, SCHED_WISH_STOP, rsc, node);
        }
        break;
    case SCHED_ON_FAIL_RESTART_CONTAINER:
        if (rsc->container != NULL && rsc->replica >= 0) {
            rsc->is_failed = rsc->has_stop_needed = active || rsc->is_failed;
            wish_of_container(work, SCHED_WISH_FAIL, rsc, node);
            break;
        }
        rsc->is_failed_inactive = !active && !rsc->is_failed;
        rsc->is_failed = rsc->has_stop_needed = active || rsc->running_on.n == 0 || rsc->is_failed;
        if (rsc->container != NULL) {
            wish_of_container(work, SCHED_WISH_STOP_ACTIVE, rsc, node);
        } else if (active) {
            sched_wish(work, SCHED_WISH_STOP, rsc, node);
        }
        break;
    case SCHED_ON_FAIL_RESET_REMOTE:
        reset_remote(work, rsc);
        if (active) {
            sched_wish(work, SCHED_WISH_STOP, rsc, node);
        }
        break;
    }
}

void
sched_history_process(struct sched_work *work, struct sched_rsc *rsc, struct sched_node *node,
                      const struct sched_verdict *verdict)
{
    enum sched_on_fail on_fail = verdict->on_fail;
    bool is_lost = false;

    if (verdict->is_stuck) {
        block(rsc); /* neither stopping it nor fencing can help */
    }
    is_lost = rsc->role > COX_ROLE_STOPPED && !node->is_online && !node->is_maintenance && rsc->is_managed;
    if (rsc->role != COX_ROLE_UNKNOWN) {
        note_known(rsc, node);
    }
    if (is_lost) {
        lost_node(work, rsc, node);
    }
    /*
     * A node that is to be fenced anyway needs no further measures; it may start again after that.  What other resources there
     * ask for does not count: the order in which they are read must not.
     */
    on_fail = node->was_unclean || (is_lost && node->is_unclean) ? SCHED_ON_FAIL_IGNORE : on_fail;
    apply_on_fail(work, rsc, node, on_fail);
    if (rsc->is_failed && rsc->remote_node != NULL && rsc->remote_node->is_unclean) {
        rsc->remote_node->is_unseen = false;
    }
    if (rsc->role > COX_ROLE_STOPPED && on_fail == SCHED_ON_FAIL_IGNORE && rsc->is_failed_inactive) {
        rsc->is_failed = rsc->has_stop_needed = rsc->is_failed_inactive = false; /* what failed was no reason to stop it here */
    }
    if (rsc->role > COX_ROLE_STOPPED) {
        sched_history_add_running(work, rsc, node);
        if (on_fail != SCHED_ON_FAIL_IGNORE) {
            rsc->is_failed = true;
            rsc->has_stop_needed = rsc->has_stop_needed
                                   || (on_fail != SCHED_ON_FAIL_BLOCK && on_fail != SCHED_ON_FAIL_DEMOTE);
        }
    }
    /* Stopped at the source does not mean stopped: a half-done migration has it at the target. */
    if (rsc->role == COX_ROLE_STOPPED && rsc->partial_migration_source == node && rsc->partial_migration_target != NULL) {
        rsc->role = COX_ROLE_STARTED;
    }
}
