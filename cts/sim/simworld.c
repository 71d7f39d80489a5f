/* cts/sim/simworld.c - time, processes and calls between them.  For tests only. */
#include "cts/sim/sim.h"

#include <string.h>

#include "cts/sim/simdaemon.h"
#include "cts/sim/simdoc.h"

enum { STEP_USEC = 150, MAX_WORK = 512 };

/* 2026-11-26 00:00:00 UTC */
static const gint64 wall_start = G_GINT64_CONSTANT(1795651200000000);

struct daemon {
    const char *name;
    void (*start)(struct sim *sim, struct sim_node *node);
    void (*stop)(struct sim *sim, struct sim_node *node);
    void (*mail)(struct sim *sim, struct sim_node *node, const struct cox_testbus_mail *mail);
    void (*wake)(struct sim *sim, struct sim_node *node, guint timer);
};

static const struct daemon daemons[SIM_DAEMONS] = {
    [SIM_CIB] = { "cibd", sim_cib_start, sim_cib_stop, sim_cib_mail, sim_cib_wake },
    [SIM_CONTROL] = { "controld", sim_control_start, sim_control_stop, sim_control_mail, sim_control_wake },
    [SIM_FENCE] = { "fenced", sim_fence_start, sim_fence_stop, sim_fence_mail, sim_fence_wake },
    [SIM_ATTR] = { "attrd", sim_attr_start, sim_attr_stop, sim_attr_mail, sim_attr_wake },
    [SIM_EXEC] = { "execd", sim_exec_start, sim_exec_stop, NULL, sim_exec_wake },
};

/* Messages lie in the arena of the sim. */
static void
keep_message(gpointer message)
{
    (void) message;
}

static void
keep_bytes(gpointer message)
{
    g_bytes_unref(message);
}

static const char *const names[SIM_MAX] = { NULL, "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8" };

/* Each shape with each number of nodes (cox_sim.c); what is dear comes in few of them. */
static struct sim_shape
shape_of(guint32 seed, guint n)
{
    switch ((seed + seed / 16) % 8) {
        case 1:
            return (struct sim_shape) { .n_clones = MIN(n, 3), .is_promotable = true };
        case 2:
            return (struct sim_shape) { .migrates = true };
        case 3:
            return (struct sim_shape) { .n_clones = 2 };
        case 4:
            return (struct sim_shape) { .has_levels = true };
        case 5:
            return (struct sim_shape) { .n_clones = 2, .is_promotable = true, .is_graded = true, .migrates = true };
        case 6:
            return (struct sim_shape) { .is_unique = true };
        case 7:
            return (struct sim_shape) { .migrates = true, .has_levels = true };
        default:
            return (struct sim_shape) { .n_clones = 0 };
    }
}

void
sim_init(struct sim *sim, guint32 seed, guint n)
{
    struct cox_schemas *schemas = sim->schemas;
    FILE *trace = sim->trace;
    enum sim_law bug = sim->bug;

    memset(sim, 0, sizeof(*sim));
    sim->schemas = schemas;
    sim->trace = trace;
    sim->bug = bug;
    sim->seed = seed;
    sim->action_limit = seed % 2;
    sim->n = n;
    sim->shape = shape_of(seed, n);
    sim->random = g_rand_new_with_seed(seed);
    sim->now = 1000 * COX_USEC_PER_S;
    sim->arena = cox_arena_new();
    sim->later = g_ptr_array_new_with_free_func(g_free);
    sim->agents = g_ptr_array_new();
    sim->owned_bytes = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
    sim->timers_from = sim->later_from = COX_USEC_NEVER;
    sim->next_life = sim->next_change = sim->next_order = 1;
    for (guint g = 0; g < SIM_GROUPS; g++) {
        cox_testbus_init(&sim->bus[g], 0, g == SIM_CIB ? keep_bytes : keep_message);
        sim->bus[g].random = sim->random;
    }
    for (guint i = 1; i <= n; i++) {
        sim->nodes[i].id = i;
        sim->nodes[i].name = names[i];
    }
    sim->docs = sim_docs_new(sim->schemas);
    sim_laws_init(sim);
}

static void
free_node(struct sim *sim, struct sim_node *node)
{
    for (guint d = 0; d < SIM_DAEMONS; d++) {
        if (node->process[d].is_up) {
            daemons[d].stop(sim, node);
        }
        g_queue_clear_full(&node->process[d].inbox, g_free);
    }
    sim_disk_free(node->disk);
    sim_run_free(node->run);
}

void
sim_clear(struct sim *sim)
{
    for (guint i = 1; i <= sim->n; i++) {
        free_node(sim, &sim->nodes[i]);
    }
    for (guint g = 0; g < SIM_GROUPS; g++) {
        sim->bus[g].random = NULL;
        cox_testbus_clear(&sim->bus[g]);
    }
    g_ptr_array_unref(sim->later);
    g_ptr_array_unref(sim->agents);
    g_ptr_array_unref(sim->owned_bytes);
    sim_laws_clear(sim);
    sim_docs_free(sim->docs);
    g_rand_free(sim->random);
    cox_arena_free(sim->arena);
}

guint
sim_pick(struct sim *sim, guint n)
{
    return (guint) g_rand_int_range(sim->random, 0, (gint32) n);
}

gint64
sim_between(struct sim *sim, gint64 from, gint64 to)
{
    return from + g_rand_int_range(sim->random, 0, (gint32) (to - from + 1));
}

cox_wall
sim_wall(const struct sim *sim)
{
    return (cox_wall) { wall_start + sim->now };
}

void
sim_say(struct sim *sim, const struct sim_node *node, const char *format, ...)
{
    va_list args;

    if (sim->trace == NULL) {
        return;
    }
    fprintf(sim->trace, "%4" G_GINT64_FORMAT ".%06d %s ", sim->now / COX_USEC_PER_S - 1000, (int) (sim->now % COX_USEC_PER_S),
            node == NULL ? "--" : node->name);
    va_start(args, format);
    vfprintf(sim->trace, format, args);
    va_end(args);
    fputc('\n', sim->trace);
}

struct sim_node *
sim_node_named(struct sim *sim, const char *name)
{
    for (guint i = 1; i <= sim->n; i++) {
        if (g_strcmp0(sim->nodes[i].name, name) == 0) {
            return &sim->nodes[i];
        }
    }
    return NULL;
}

/* ---- processes ---- */

void
sim_start(struct sim *sim, struct sim_node *node, enum sim_daemon daemon)
{
    struct sim_process *process = &node->process[daemon];

    if (process->is_up || !node->is_on) {
        return;
    }
    sim_say(sim, node, "%s starts", daemons[daemon].name);
    process->is_up = true;
    process->is_stopped = false;
    process->life = sim->next_life++;
    for (guint t = 0; t < SIM_TIMERS; t++) {
        process->timer[t] = COX_USEC_NEVER;
    }
    daemons[daemon].start(sim, node);
    if ((guint) daemon < (guint) SIM_GROUPS) {
        cox_testbus_join(&sim->bus[daemon], node->id);
    }
}

void
sim_kill(struct sim *sim, struct sim_node *node, enum sim_daemon daemon)
{
    struct sim_process *process = &node->process[daemon];

    if (!process->is_up) {
        return;
    }
    sim_say(sim, node, "%s dies", daemons[daemon].name);
    process->is_up = process->is_stopped = false;
    process->life = 0;
    daemons[daemon].stop(sim, node);
    g_queue_clear_full(&process->inbox, g_free);
    if ((guint) daemon < (guint) SIM_GROUPS) {
        cox_testbus_leave(&sim->bus[daemon], node->id, !node->is_on);
    }
}

void
sim_post(struct sim *sim, struct sim_node *node, enum sim_daemon daemon, const struct sim_call *call)
{
    (void) sim;
    if (node->process[daemon].is_up) {
        g_queue_push_tail(&node->process[daemon].inbox, g_memdup2(call, sizeof(*call)));
    }
}

void
sim_after(struct sim *sim, struct sim_node *node, enum sim_daemon daemon, gint64 usec, const struct sim_call *call)
{
    struct sim_call *later = g_memdup2(call, sizeof(*call));

    later->at = sim->now + usec;
    later->daemon = daemon;
    later->node = node == NULL ? 0 : node->id;
    sim->later_from = cox_usec_min(sim->later_from, later->at);
    later->life = daemon == SIM_DAEMONS ? 0 : node->process[daemon].life;
    g_ptr_array_add(sim->later, later);
}

void
sim_timer(struct sim *sim, struct sim_process *process, guint timer, cox_usec at)
{
    process->timer[timer] = at;
    sim->timers_from = cox_usec_min(sim->timers_from, at);
}

/* ---- steps ---- */

enum { WORK_ORDER = 0, WORK_MAIL, WORK_CALL, WORK_TIMER, WORK_LATER };

struct work {
    guint8 kind, node, daemon, timer;
    guint index;
};

static guint
find_process_work(struct sim *sim, guint i, guint d, struct work *work)
{
    const struct sim_process *process = &sim->nodes[i].process[d];
    guint n = 0;

    if (!process->is_up) {
        return 0;
    }
    if (d < SIM_GROUPS && sim->bus[d].outbox[i].length > 0) {
        work[n++] = (struct work) { WORK_ORDER, (guint8) i, (guint8) d, 0, 0 };
    }
    if (process->is_stopped) {
        return n;
    }
    if (d < SIM_GROUPS && cox_testbus_has_mail(&sim->bus[d], i)) {
        work[n++] = (struct work) { WORK_MAIL, (guint8) i, (guint8) d, 0, 0 };
    }
    if (process->inbox.length > 0) {
        work[n++] = (struct work) { WORK_CALL, (guint8) i, (guint8) d, 0, 0 };
    }
    for (guint t = 0; t < SIM_TIMERS && sim->timers_from <= sim->now; t++) {
        if (process->timer[t] <= sim->now) {
            work[n++] = (struct work) { WORK_TIMER, (guint8) i, (guint8) d, (guint8) t, 0 };
        }
    }
    return n;
}

static guint
find_work(struct sim *sim, struct work *work)
{
    guint n = 0;

    for (guint i = 1; i <= sim->n; i++) {
        for (guint d = 0; sim->nodes[i].is_on && d < SIM_DAEMONS; d++) {
            n += find_process_work(sim, i, d, work + n);
        }
    }
    for (guint i = 0; sim->later_from <= sim->now && i < sim->later->len && n < MAX_WORK; i++) {
        if (((const struct sim_call *) sim->later->pdata[i])->at <= sim->now) {
            work[n++] = (struct work) { WORK_LATER, 0, 0, 0, i };
        }
    }
    return n;
}

static cox_usec
next_time(struct sim *sim)
{
    cox_usec at = COX_USEC_NEVER;

    sim->timers_from = sim->later_from = COX_USEC_NEVER;
    for (guint i = 1; i <= sim->n; i++) {
        for (guint d = 0; d < SIM_DAEMONS; d++) {
            for (guint t = 0; t < SIM_TIMERS && sim->nodes[i].process[d].is_up; t++) {
                cox_usec timer = sim->nodes[i].process[d].timer[t];

                sim->timers_from = cox_usec_min(sim->timers_from, timer);
                at = cox_usec_min(at, sim->nodes[i].process[d].is_stopped ? COX_USEC_NEVER : timer);
            }
        }
    }
    for (guint i = 0; i < sim->later->len; i++) {
        sim->later_from = cox_usec_min(sim->later_from, ((const struct sim_call *) sim->later->pdata[i])->at);
    }
    return cox_usec_min(at, sim->later_from);
}

static void
do_later(struct sim *sim, guint index)
{
    struct sim_call *call = g_ptr_array_steal_index_fast(sim->later, index);
    struct sim_node *node = call->node == 0 ? NULL : &sim->nodes[call->node];

    if (call->daemon == SIM_DAEMONS) {
        call->fn(sim, node, call);
    } else if (node->process[call->daemon].life == call->life) {
        sim_post(sim, node, call->daemon, call);
    }
    g_free(call);
}

static void
do_call(struct sim *sim, struct sim_node *node, enum sim_daemon daemon)
{
    struct sim_call *call = g_queue_pop_head(&node->process[daemon].inbox);

    call->fn(sim, node, call);
    g_free(call);
}

static void
do_work(struct sim *sim, const struct work *work)
{
    struct sim_node *node = &sim->nodes[work->node];
    struct cox_testbus_mail mail;

    switch (work->kind) {
        case WORK_ORDER:
            (void) cox_testbus_order(&sim->bus[work->daemon], work->node);
            break;
        case WORK_MAIL:
            if (cox_testbus_take(&sim->bus[work->daemon], work->node, &mail)) {
                daemons[work->daemon].mail(sim, node, &mail);
            }
            break;
        case WORK_CALL:
            do_call(sim, node, work->daemon);
            break;
        case WORK_TIMER:
            node->process[work->daemon].timer[work->timer] = COX_USEC_NEVER;
            daemons[work->daemon].wake(sim, node, work->timer);
            break;
        default:
            do_later(sim, work->index);
            break;
    }
}

bool
sim_step(struct sim *sim, cox_usec until)
{
    struct work work[MAX_WORK + SIM_MAX * SIM_DAEMONS * (SIM_TIMERS + 3)];
    guint n = find_work(sim, work);

    if (n == 0) {
        cox_usec at = next_time(sim);

        if (at > until) {
            sim->now = MAX(sim->now, until);
            return false;
        }
        sim->now = MAX(sim->now, at);
        return true;
    }
    sim->n_steps++;
    sim->now += STEP_USEC;
    do_work(sim, &work[sim_pick(sim, n)]);
    return true;
}

void
sim_run(struct sim *sim, cox_usec until)
{
    while (sim->now < until && sim_violation(sim, NULL) == NULL && sim_step(sim, until)) {
        sim_laws_check_time(sim);
    }
}
