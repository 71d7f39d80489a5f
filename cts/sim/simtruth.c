/* cts/sim/simtruth.c - power, agents and fence devices: what is really so.  For tests only. */
#include "cts/sim/simdaemon.h"

#include <string.h>

#include "cts/sim/simdoc.h"

const char *const sim_rsc_names[SIM_RSCS] = { "device", "web", "ip", "store", "db", "tap:0", "tap:1", "app" };

guint
sim_rsc_index(const char *id)
{
    for (guint i = 0; i < SIM_RSCS; i++) {
        if (g_strcmp0(id, sim_rsc_names[i]) == 0) {
            return i;
        }
    }
    return SIM_RSCS;
}

/* ---- power ---- */

enum { ALL_SUPPLIES = 3 };

static void
start_daemon(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    if (node->is_on && node->n_boots == call->life) {
        sim_start(sim, node, (enum sim_daemon) call->number);
    }
}

void
sim_power_on(struct sim *sim, struct sim_node *node)
{
    if (node->is_on || node->unpowered == ALL_SUPPLIES) {
        return;
    }
    node->is_on = true;
    node->n_boots++;
    node->incarnation = 1000 + node->n_boots;
    node->run = sim_run_new();
    node->is_leaving = node->is_released = false;
    sim_say(sim, node, "boots");
    sim_laws_on_boot(sim, node->id);
    for (guint g = 0; g < SIM_GROUPS; g++) {
        cox_testbus_boot(&sim->bus[g], node->id);
    }
    sim_boot_daemons(sim, node);
}

void
sim_boot_daemons(struct sim *sim, struct sim_node *node)
{
    for (guint d = 0; d < SIM_DAEMONS; d++) {
        struct sim_call call = { .fn = start_daemon, .number = d };

        sim_after(sim, node, SIM_DAEMONS, sim_between(sim, 1000, 300000), &call);
        ((struct sim_call *) sim->later->pdata[sim->later->len - 1])->life = node->n_boots;
    }
}

void
sim_agents_end(struct sim *sim, const struct sim_node *node)
{
    for (guint i = 0; i < sim->agents->len; i++) {
        struct sim_agent *agent = sim->agents->pdata[i];

        agent->is_over = agent->is_over || agent->node == node->id;
    }
}

void
sim_power_off(struct sim *sim, struct sim_node *node, bool by_device)
{
    if (!node->is_on) {
        if (by_device) {
            for (guint r = 0; r < SIM_RSCS; r++) {
                sim_laws_on_inactive(sim, node->id, r);
            }
        }
        return;
    }
    sim_say(sim, node, by_device ? "loses its power through the device" : node->is_released ? "goes off" : "crashes");
    node->is_on = false;
    for (guint d = 0; d < SIM_DAEMONS; d++) {
        if (node->process[d].is_up) {
            sim_kill(sim, node, (enum sim_daemon) d);
        } else if (d < SIM_GROUPS) {
            cox_testbus_leave(&sim->bus[d], node->id, true);
        }
    }
    sim_agents_end(sim, node);
    node->is_promoted = false;
    for (guint r = 0; r < SIM_RSCS; r++) {
        node->is_active[r] = false;
        if (by_device) {
            sim_laws_on_inactive(sim, node->id, r);
        }
    }
    node->doc = NULL;
    g_clear_pointer(&node->run, sim_run_free);
}

/* ---- agents ---- */

static void
set_active(struct sim *sim, struct sim_node *node, guint rsc, bool is_active)
{
    node->is_active[rsc] = is_active;
    node->is_promoted = node->is_promoted && (rsc != SIM_RSC_CLONE || is_active);
    if (is_active) {
        sim_laws_on_active(sim);
    }
}

static int
state_of(const struct sim_node *node, guint rsc)
{
    if (!node->is_active[rsc]) {
        return COX_EXEC_RC_NOT_RUNNING;
    }
    return rsc == SIM_RSC_CLONE && node->is_promoted ? COX_EXEC_RC_PROMOTED : COX_EXEC_RC_OK;
}

/* From the success of migrate_to the service is there already; the stop on its old node takes what is left there. */
static bool
migrate_to(struct sim *sim, struct sim_node *node, const struct sim_agent *agent)
{
    struct sim_node *target = &sim->nodes[agent->peer];

    if (!node->is_active[agent->rsc] || agent->peer == 0 || !target->is_on || target->n_boots != agent->peer_life) {
        return false; /* a connection to a life that is over reaches nobody */
    }
    set_active(sim, target, agent->rsc, true);
    return true;
}

/* The planted bugs of SIM_LAW_ONCE, _INSTANCES and _MIGRATES: a stop that does not stop. */
static bool
is_deaf_stop(const struct sim *sim, const struct sim_agent *agent)
{
    return (sim->bug == SIM_LAW_ONCE && agent->rsc != SIM_RSC_STORE && agent->rsc != SIM_RSC_CLONE)
           || (sim->bug == SIM_LAW_INSTANCES && agent->rsc == SIM_RSC_CLONE) || (sim->bug == SIM_LAW_MIGRATES && agent->rsc == SIM_RSC_STORE);
}

/* What the agent has done to the service, and what it says; the planted bug of SIM_LAW_PROMOTED: a demotion that does not demote. */
static struct cox_exec_result
work_of(struct sim *sim, struct sim_node *node, struct sim_agent *agent)
{
    struct cox_exec_result result = { .status = COX_OP_STATUS_DONE, .rc = COX_EXEC_RC_OK };
    bool reaches = !agent->fails || sim_pick(sim, 2) == 0;

    if (g_str_equal(agent->task, "monitor")) {
        result.rc = agent->fails ? COX_EXEC_RC_ERROR : state_of(node, agent->rsc);
        return result;
    }
    if (g_str_equal(agent->task, "start") && reaches) {
        set_active(sim, node, agent->rsc, true);
    } else if (g_str_equal(agent->task, "stop") && reaches && !is_deaf_stop(sim, agent)) {
        set_active(sim, node, agent->rsc, false);
    } else if (g_str_equal(agent->task, "migrate_to") && reaches) {
        agent->fails = !migrate_to(sim, node, agent) || agent->fails;
    } else if (g_str_equal(agent->task, "migrate_from")) {
        agent->fails = agent->fails || !node->is_active[agent->rsc];
    } else if (g_str_equal(agent->task, "promote") && reaches) {
        node->is_promoted = node->is_active[agent->rsc];
        sim_laws_on_promoted(sim);
    } else if (g_str_equal(agent->task, "demote") && reaches && sim->bug != SIM_LAW_PROMOTED) {
        node->is_promoted = false;
    }
    result.rc = agent->fails ? COX_EXEC_RC_ERROR : COX_EXEC_RC_OK;
    return result;
}

static void
agent_ends(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_agent *agent = call->data;
    const struct sim_call ended = { .fn = sim_exec_on_ended, .data = agent };

    if (agent->is_over) { /* with its node, or killed before */
        return;
    }
    agent->is_over = true;
    agent->result = work_of(sim, node, agent);
    if (agent->is_killed) {
        agent->result = (struct cox_exec_result) { .status = COX_OP_STATUS_TIMEOUT, .rc = COX_EXEC_RC_ERROR };
    } else if (agent->result.rc == 0 && (g_str_equal(agent->task, "stop"))) {
        sim_laws_on_inactive(sim, node->id, agent->rsc);
    } else if (g_str_equal(agent->task, "monitor") && agent->result.rc == COX_EXEC_RC_NOT_RUNNING) {
        sim_laws_on_inactive(sim, node->id, agent->rsc);
    } else if (agent->result.rc == 0 && agent->rsc == SIM_RSC_CLONE && !g_str_equal(agent->task, "promote")) {
        sim_laws_on_demoted(sim, node->id); /* demoted, just started, or a monitor found it unpromoted */
    }
    sim_say(sim, node, "agent %s %s ends: rc %d%s", sim_rsc_names[agent->rsc], agent->task, agent->result.rc,
            agent->is_killed ? ", killed" : "");
    sim_post(sim, node, SIM_EXEC, &ended);
}

static gint64
time_it_takes(struct sim *sim, const struct sim_agent *agent)
{
    if (agent->hangs) {
        return 3600 * COX_USEC_PER_S;
    }
    if (!sim->is_calm && sim_pick(sim, 30) == 0) {
        return sim_between(sim, 1, 8) * COX_USEC_PER_S;
    }
    return g_str_equal(agent->task, "monitor") ? sim_between(sim, 2000, 30000) : sim_between(sim, 5000, 300000);
}

struct sim_agent *
sim_agent_begin(struct sim *sim, struct sim_node *node, const struct sim_agent *model)
{
    struct sim_agent *agent = cox_arena_memdup(sim->arena, model, 1, sizeof(*model));
    struct sim_call call = { .fn = agent_ends, .data = agent };
    gint64 usec = 0;

    agent->node = node->id;
    agent->peer_life = sim->nodes[agent->peer].n_boots;
    agent->begun_at = sim->now;
    agent->fails = !sim->is_calm && sim_pick(sim, 40) == 0;
    agent->hangs = !sim->is_calm && sim_pick(sim, 150) == 0;
    usec = time_it_takes(sim, agent);
    agent->ends_at = sim->now + usec;
    sim_say(sim, node, "agent %s %s begins (%s)", sim_rsc_names[agent->rsc], agent->task, agent->key == NULL ? "-" : agent->key);
    sim_laws_on_begin(sim, agent);
    g_ptr_array_add(sim->agents, agent);
    sim_after(sim, node, SIM_DAEMONS, usec, &call);
    return agent;
}

void
sim_agent_kill(struct sim *sim, struct sim_agent *agent)
{
    struct sim_call call = { .fn = agent_ends, .data = agent };

    agent->is_killed = true;
    sim_after(sim, &sim->nodes[agent->node], SIM_DAEMONS, sim_between(sim, 100, 20000), &call);
}

/* ---- the fence device ---- */

static void
boot_again(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) call;
    sim_power_on(sim, node);
}

/* Of a node with two supplies: are both without power now, or has it got some back? */
static void
switch_supply(struct sim *sim, struct sim_node *target, const struct sim_fencing *fencing)
{
    guint bit = g_str_equal(fencing->device, "left") ? 1 : 2;
    const struct sim_call boot = { .fn = boot_again };

    if (g_str_equal(fencing->command, "on")) {
        target->unpowered &= ~bit;
        sim_after(sim, target, SIM_DAEMONS, sim_between(sim, 1, 6) * COX_USEC_PER_S, &boot);
        return;
    }
    target->unpowered |= bit;
    if (target->unpowered == ALL_SUPPLIES) {
        sim_power_off(sim, target, true);
    }
}

static void
switch_device(struct sim *sim, struct sim_node *target, const struct sim_fencing *fencing)
{
    const struct sim_call boot = { .fn = boot_again };

    if (!g_str_equal(fencing->device, sim_rsc_names[SIM_RSC_DEVICE])) {
        switch_supply(sim, target, fencing);
        return;
    }
    if (!g_str_equal(fencing->command, "on")) {
        sim_power_off(sim, target, true);
    }
    if (!g_str_equal(fencing->command, "off")) {
        if (sim->is_calm) { /* both supplies had been cut by what was given up in the middle: somebody has looked after them */
            target->unpowered = 0;
        }
        sim_after(sim, target, SIM_DAEMONS, sim_between(sim, 1, 6) * COX_USEC_PER_S, &boot);
    }
}

/*
 * The trouble is over: agents that began before say what they have done, and end with their node, or with the fencer that would hear it.  Else the
 * last cuts may be such that nobody knows of, and in which quorum is lost; only a human helps then.  (Of three nodes n1 has n2 fenced and its fencer dies;
 * n2, which has still got one supply, has n3 fenced; n3 is down when the agent that nobody hears cuts the other supply of n2.)  Before, it does so.
 */
static bool
is_gone(const struct sim *sim, const struct sim_node *node, struct sim_fencing *fencing)
{
    fencing->is_ok = fencing->is_ok || (sim->is_calm && fencing->cuts);
    return sim->is_calm && (!node->is_on || node->n_boots != fencing->n_boots || node->process[SIM_FENCE].life != fencing->life);
}

/* The planted bug of SIM_LAW_PROOF: the device says that it has cut the power and has not. */
static void
device_ends(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_fencing *fencing = call->data;
    struct sim_node *target = sim_node_named(sim, fencing->target);
    const struct sim_call ended = { .fn = sim_fence_on_ended, .data = fencing };

    if (is_gone(sim, node, fencing) || (fencing->hangs && !fencing->is_killed)) {
        return;
    }
    if (target != NULL && fencing->cuts && !fencing->is_killed && sim->bug != SIM_LAW_PROOF) {
        switch_device(sim, target, fencing);
    }
    sim_say(sim, node, "%s %s %s ends: %s", fencing->device, fencing->command, fencing->target == NULL ? "" : fencing->target,
            fencing->is_ok && !fencing->is_killed ? "done" : "failed");
    sim_post(sim, node, SIM_FENCE, &ended);
}

void
sim_device_run(struct sim *sim, struct sim_node *node, struct sim_fencing *fencing)
{
    const struct sim_call call = { .fn = device_ends, .data = fencing };
    guint luck = sim->is_calm ? 100 : sim_pick(sim, 20);

    fencing->n_boots = node->n_boots;
    fencing->life = node->process[SIM_FENCE].life;
    fencing->is_ok = luck >= 4;
    fencing->cuts = luck > 1 && (g_str_equal(fencing->command, "off") || g_str_equal(fencing->command, "reboot")
                                 || g_str_equal(fencing->command, "on")); /* 2, 3: done, and said to have failed */
    fencing->hangs = !sim->is_calm && luck == 1;
    sim_say(sim, node, "%s %s %s begins", fencing->device, fencing->command, fencing->target == NULL ? "" : fencing->target);
    if (fencing->target != NULL && (g_str_equal(fencing->command, "off") || g_str_equal(fencing->command, "reboot"))) {
        sim_laws_on_fencing(sim, sim_node_named(sim, fencing->target));
    }
    sim_after(sim, node, SIM_DAEMONS, sim_between(sim, 50000, 1500000), &call);
}

void
sim_device_kill(struct sim *sim, struct sim_node *node, struct sim_fencing *fencing)
{
    const struct sim_call call = { .fn = device_ends, .data = fencing };

    if (!fencing->is_killed) {
        fencing->is_killed = true;
        sim_after(sim, node, SIM_DAEMONS, 1000, &call);
    }
}
