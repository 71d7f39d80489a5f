/* lib/sched/ticket_use.c - resources that need tickets, and what happens when they lack them.  Layer 3, pure. */
#include <string.h>

#include "sched/assign_priv.h"
#include "sched/bundle_priv.h"
#include "sched/explain_priv.h"

static struct sched_ticket *
ticket_of(struct sched_work *work, const char *id)
{
    struct sched_ticket *ticket = NULL;

    for (guint i = 0; i < work->tickets->len; i++) {
        ticket = g_ptr_array_index(work->tickets, i);
        if (strcmp(ticket->id, id) == 0) {
            return ticket;
        }
    }
    ticket = cox_arena_new_array(work->arena, struct sched_ticket, 1);
    ticket->id = id;
    g_ptr_array_add(work->tickets, ticket);
    return ticket;
}

static enum sched_loss_policy
loss_policy(const struct sched_work *work, const char *text, enum cox_role role)
{
    if (text == NULL) {
        return role == COX_ROLE_PROMOTED ? SCHED_LOSS_DEMOTE : SCHED_LOSS_STOP;
    }
    if (g_ascii_strcasecmp(text, "demote") == 0) {
        return SCHED_LOSS_DEMOTE;
    }
    if (g_ascii_strcasecmp(text, "freeze") == 0) {
        return SCHED_LOSS_FREEZE;
    }
    if (g_ascii_strcasecmp(text, "fence") == 0 && work->opt.fencing_enabled) {
        return SCHED_LOSS_FENCE;
    }
    return SCHED_LOSS_STOP;
}

static void
add(struct sched_work *work, const struct cox_ticket_constraint *def, cox_rsc_id id, enum cox_role role)
{
    struct sched_rsc *rsc = sched_constraint_rsc(work, id);
    struct sched_ticket_use *use = NULL;

    if (rsc == NULL) {
        return;
    }
    use = cox_arena_new_array(work->arena, struct sched_ticket_use, 1);
    use->id = def->id;
    use->ticket = ticket_of(work, def->ticket);
    use->rsc = rsc;
    use->role = role;
    use->loss_policy = loss_policy(work, def->loss_policy, role);
    sched_list_add(&rsc->ticket_constraints, use);
}

void
sched_ticket_expand(struct sched_work *work)
{
    for (size_t i = 0; i < work->config->n_tickets; i++) {
        const struct cox_ticket_constraint *def = &work->config->tickets[i];

        if (def->ticket == NULL) {
            continue;
        }
        add(work, def, def->rsc, def->role);
        for (size_t s = 0; s < def->n_sets; s++) {
            for (size_t m = 0; m < def->sets[s].n_members; m++) {
                add(work, def, def->sets[s].members[m], def->sets[s].role);
            }
        }
    }
}

/* Has it got the role of the constraint?  Of a bundle only what it holds has roles, whatever the history of its other parts tells. */
static bool
is_concerned(const struct sched_rsc *rsc, const struct sched_ticket_use *use)
{
    const struct sched_replica *replica = sched_bundle_replica(rsc);

    return use->role == COX_ROLE_UNKNOWN || (use->role == rsc->role && (replica == NULL || replica->child == rsc));
}

static void
lose(struct sched_work *work, struct sched_rsc *rsc, const struct sched_ticket_use *use)
{
    bool concerns = is_concerned(rsc, use);

    switch (use->loss_policy) {
        case SCHED_LOSS_DEMOTE:
            if (use->role != COX_ROLE_PROMOTED) {
                sched_row_add_all(work, rsc, -COX_SCORE_INFINITY);
            }
            break;
        case SCHED_LOSS_FREEZE:
            rsc->is_managed = rsc->is_managed && !concerns;
            rsc->is_blocked = rsc->is_blocked || concerns;
            break;
        case SCHED_LOSS_FENCE:
            if (!concerns) {
                break;
            }
            sched_row_add_all(work, rsc, -COX_SCORE_INFINITY);
            for (guint i = 0; i < rsc->running_on.n; i++) {
                sched_node_fence(work, rsc->running_on.items[i], "deadman ticket was lost", false);
            }
            break;
        case SCHED_LOSS_STOP:
            sched_row_add_all(work, rsc, -COX_SCORE_INFINITY);
            break;
    }
}

static void
apply(struct sched_work *work, struct sched_rsc *rsc, const struct sched_ticket_use *use)
{
    if (sched_n_children(rsc) > 0) {
        for (guint i = 0; i < sched_n_children(rsc); i++) {
            apply(work, sched_child(rsc, i), use);
        }
        return;
    }
    sched_explain_cause(work, COX_TERM_TICKET, use->id, use->ticket->id);
    if (!use->ticket->is_granted && rsc->running_on.n > 0) {
        lose(work, rsc, use);
    } else if ((!use->ticket->is_granted || use->ticket->is_standby)
               && (use->role != COX_ROLE_PROMOTED || use->loss_policy == SCHED_LOSS_STOP)) {
        sched_row_add_all(work, rsc, -COX_SCORE_INFINITY);
    }
}

void
sched_ticket_apply(struct sched_work *work)
{
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);

        for (guint u = 0; rsc->ticket_constraints != NULL && u < rsc->ticket_constraints->len; u++) {
            apply(work, rsc, g_ptr_array_index(rsc->ticket_constraints, u));
        }
    }
}
