/* cts/sim/simstory.c - what goes wrong, when it ends, and what must be so then.  For tests only. */
#include "cts/sim/simdaemon.h"

#include <string.h>

#include "cts/sim/simdoc.h"
#include "xml/xmlwrite.h"

enum { CALM_LIMIT_S = 900, CALM_STEP_S = 5, BEGIN_S = 8 };

/* ---- trouble ---- */

static void
split(struct sim *sim, bool is_heal)
{
    guint parts[COX_TESTBUS_MAX] = { 0 };
    GString *text = g_string_new(NULL);

    for (guint i = 1; i <= sim->n; i++) {
        parts[i] = is_heal ? 0 : sim_pick(sim, 2);
        g_string_append_printf(text, " %s:%u", sim->nodes[i].name, parts[i]);
    }
    sim_say(sim, NULL, "the network is now%s", text->str);
    g_string_free(text, TRUE);
    for (guint g = 0; g < SIM_GROUPS; g++) {
        cox_testbus_split(&sim->bus[g], parts);
    }
}

static void
start_again(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    sim_start(sim, node, (enum sim_daemon) call->number);
}

static void
go_on(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct sim_process *process = &node->process[call->number];

    if (process->life == call->life && process->is_stopped) {
        sim_say(sim, node, "daemon %u goes on", (guint) call->number);
        process->is_stopped = false;
        if (call->number < SIM_GROUPS) {
            sim->bus[call->number].is_stopped[node->id] = false;
        }
    }
}

static void
boot(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) call;
    sim_power_on(sim, node);
}

static void
crash_daemon(struct sim *sim, struct sim_node *node, enum sim_daemon daemon)
{
    const struct sim_call again = { .fn = start_again, .number = daemon };

    if (node->process[daemon].is_up) {
        sim_kill(sim, node, daemon);
        sim_after(sim, node, SIM_DAEMONS, sim_between(sim, 50000, 1500000), &again);
    }
}

static void
stop_daemon(struct sim *sim, struct sim_node *node, enum sim_daemon daemon)
{
    struct sim_call call = { .fn = go_on, .number = daemon };

    if (node->process[daemon].is_up && !node->process[daemon].is_stopped) {
        sim_say(sim, node, "daemon %u is stopped", (guint) daemon);
        node->process[daemon].is_stopped = true;
        sim_after(sim, node, SIM_DAEMONS, sim_between(sim, 200000, 9000000), &call);
        ((struct sim_call *) sim->later->pdata[sim->later->len - 1])->life = node->process[daemon].life;
    }
}

static void
crash_node(struct sim *sim, struct sim_node *node)
{
    const struct sim_call call = { .fn = boot };

    if (node->is_on) {
        sim_power_off(sim, node, false);
        sim_after(sim, node, SIM_DAEMONS, sim_between(sim, 1, 20) * COX_USEC_PER_S, &call);
    }
}

/* A service dies by itself. */
static void
break_service(struct sim *sim, struct sim_node *node)
{
    guint rsc = 1 + sim_pick(sim, SIM_RSCS - 1); /* nobody looks after the fence device */

    if (node->is_active[rsc]) {
        sim_say(sim, node, "%s breaks", sim_rsc_names[rsc]);
        node->is_active[rsc] = false;
        node->is_promoted = node->is_promoted && rsc != SIM_RSC_CLONE;
    }
}

static void
cause_trouble(struct sim *sim)
{
    struct sim_node *node = &sim->nodes[1 + sim_pick(sim, sim->n)];
    enum sim_daemon daemon = (enum sim_daemon) sim_pick(sim, SIM_DAEMONS);

    sim->n_troubles++;
    switch (sim_pick(sim, 19)) {
        case 0:
        case 1:
        case 2:
            crash_daemon(sim, node, daemon);
            break;
        case 3:
        case 4:
            stop_daemon(sim, node, daemon);
            break;
        case 5:
        case 6:
            crash_node(sim, node);
            break;
        case 7:
        case 8:
            split(sim, false);
            break;
        case 9:
        case 10:
            split(sim, true);
            break;
        case 11:
            for (guint i = 1; i <= sim->n; i++) {
                crash_daemon(sim, &sim->nodes[i], daemon);
            }
            break;
        case 12:
            if (sim_pick(sim, 3) == 0) {
                for (guint i = 1; i <= sim->n; i++) {
                    crash_node(sim, &sim->nodes[i]);
                }
            }
            break;
        case 13:
            break_service(sim, node);
            break;
        case 14:
        case 15:
            sim_leave(sim, node);
            break;
        case 16:
            sim_move_store(sim, node);
            break;
        default:
            sim_change_note(sim, node);
            break;
    }
}

/* ---- the end ---- */

static void
end_trouble(struct sim *sim)
{
    sim_say(sim, NULL, "the trouble is over");
    sim->is_calm = true;
    split(sim, true);
    sim->n_troubles++;
    for (guint i = 1; i <= sim->n; i++) {
        sim->nodes[i].unpowered = sim->nodes[i].is_on ? sim->nodes[i].unpowered : 0; /* a fencing may be under way */
        sim_power_on(sim, &sim->nodes[i]);
        for (guint d = 0; d < SIM_DAEMONS; d++) {
            struct sim_call call = { .number = d, .life = sim->nodes[i].process[d].life };

            go_on(sim, &sim->nodes[i], &call);
        }
    }
    for (guint i = 0; i < sim->agents->len; i++) {
        struct sim_agent *agent = sim->agents->pdata[i];

        if (!agent->is_over && agent->hangs) { /* it is the executor's to end it */
            sim_say(sim, &sim->nodes[agent->node], "agent %s %s still hangs", sim_rsc_names[agent->rsc], agent->task);
        }
    }
}

/*
 * Where nodes are graded a plan that recovers a failed promoted instance promotes another one, and the next plan, if there is one, takes
 * that back.  The field does the same; so at rest somebody asks once for a plan.
 */
static bool
ask_once(struct sim *sim)
{
    const struct sim_call call = { .fn = sim_control_on_want };
    guint32 coordinator = sim_control_term(&sim->nodes[1]).coordinator;

    if (!sim->shape.is_graded || coordinator == 0 || !sim_control_is_idle(&sim->nodes[coordinator])) {
        return false;
    }
    sim_post(sim, &sim->nodes[coordinator], SIM_CONTROL, &call);
    return true;
}

bool
sim_tell(struct sim *sim)
{
    char *why = NULL;
    cox_usec end = 0;
    guint troubles = 0;
    bool has_asked = false;

    for (guint i = 1; i <= sim->n; i++) {
        sim_power_on(sim, &sim->nodes[i]);
    }
    sim_run(sim, sim->now + COX_USEC_PER_S);
    sim_configure(sim);
    sim_run(sim, sim->now + sim_between(sim, 1, BEGIN_S) * COX_USEC_PER_S);
    troubles = 2 + sim_pick(sim, 6);
    for (guint t = 0; t < troubles && sim_violation(sim, NULL) == NULL; t++) {
        cause_trouble(sim);
        sim_run(sim, sim->now + (sim_pick(sim, 2) == 0 ? sim_between(sim, 0, 500000) : sim_between(sim, 0, 12000000)));
    }
    end_trouble(sim);
    end = sim->now + CALM_LIMIT_S * COX_USEC_PER_S;
    while (sim_violation(sim, NULL) == NULL) {
        sim_run(sim, sim->now + CALM_STEP_S * COX_USEC_PER_S);
        g_clear_pointer(&why, g_free);
        if (sim_violation(sim, NULL) == NULL && sim_laws_is_settled(sim, &why)) {
            break;
        }
        has_asked = has_asked || ask_once(sim);
        if (sim->now >= end) {
            sim_violate(sim, SIM_LAW_SETTLES, "%d s after the trouble: %s", CALM_LIMIT_S, why == NULL ? "" : why);
        }
    }
    g_free(why);
    if (sim->trace != NULL && sim_violation(sim, NULL) != NULL && sim->nodes[1].doc != NULL) {
        g_autofree char *text = cox_xmlwrite_text(sim_state_root(sim->docs, sim->nodes[1].doc), COX_XMLWRITE_FORMATTED);

        fputs(text, sim->trace);
    }
    sim_say(sim, NULL, "the end, after %u steps", sim->n_steps);
    return sim_violation(sim, NULL) == NULL;
}
