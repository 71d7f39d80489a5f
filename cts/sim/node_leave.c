/* cts/sim/node_leave.c - stands for coxd when its node leaves in order: asks the controller, then stops the daemons.  For tests only. */
#include "cts/sim/simdaemon.h"

/* Those that need others end first (daemons/coxd/coxd_handlers.c). */
static const enum sim_daemon order[SIM_DAEMONS] = { SIM_CONTROL, SIM_EXEC, SIM_FENCE, SIM_ATTR, SIM_CIB };

static void
come_back(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    if (!node->is_on) {
        sim_power_on(sim, node);
    } else if (node->is_released && node->n_boots == call->number) {
        sim_say(sim, node, "comes back");
        node->is_leaving = node->is_released = false;
        sim_laws_on_boot(sim, node->id);
        sim_boot_daemons(sim, node);
    }
}

static void
stop_next(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_call next = { .fn = stop_next, .data = call->data, .number = call->number + 1 };
    const struct sim_call back = { .fn = come_back, .number = node->n_boots };

    if (!node->is_on || !node->is_released || GPOINTER_TO_UINT(call->data) != node->n_boots) {
        return; /* something else came between */
    }
    if (call->number < SIM_DAEMONS) {
        sim_kill(sim, node, order[call->number]);
        sim_after(sim, node, SIM_DAEMONS, sim_between(sim, 5000, 100000), &next);
        return;
    }
    sim_laws_on_left(sim, node);
    if (node->goes_off) {
        sim_power_off(sim, node, false);
    } else {
        sim_agents_end(sim, node);
        sim_run_free(node->run);
        node->run = sim_run_new();
        node->doc = NULL;
    }
    sim_after(sim, node, SIM_DAEMONS, sim_between(sim, 1, 15) * COX_USEC_PER_S, &back);
}

void
sim_leave_now(struct sim *sim, struct sim_node *node)
{
    const struct sim_call first = { .fn = stop_next, .data = GUINT_TO_POINTER(node->n_boots) };

    if (!node->is_leaving || node->is_released) {
        return;
    }
    sim_say(sim, node, "may leave");
    node->is_released = true;
    sim_laws_on_released(sim, node);
    sim_after(sim, node, SIM_DAEMONS, sim_between(sim, 1000, 20000), &first);
}

/* The planted bug of SIM_LAW_LEAVES: it does not wait for an answer. */
void
sim_leave_again(struct sim *sim, struct sim_node *node)
{
    const struct sim_call call = { .fn = sim_control_on_leave };

    if (!node->is_leaving || node->is_released) {
        return;
    }
    sim_post(sim, node, SIM_CONTROL, &call);
    if (sim->bug == SIM_LAW_LEAVES) {
        sim_leave_now(sim, node);
    }
}

void
sim_leave(struct sim *sim, struct sim_node *node)
{
    if (node->is_on && !node->is_leaving) {
        node->is_leaving = true;
        node->goes_off = sim_pick(sim, 2) == 0;
        sim_say(sim, node, "is asked to leave in order%s", node->goes_off ? " and to go off" : "");
        sim_leave_again(sim, node);
    }
}
