/*
 * cts/bench/bench_conduct.c - many actions at once: what the coordinator's engine costs for each, whose results come one by one.
 *
 * usage: bench_conduct [NODES [LIMIT]]      (default 3 nodes with 4 actions at a time)
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/error.h"
#include "transition/conduct.h"

struct bench {
    struct cox_conduct *conduct;
    struct cox_action *actions;
    guint n;
    GQueue *begun; /* GUINT_TO_POINTER(index + 1) */
    cox_usec now;
};

static double
cpu_s(void)
{
    struct rusage usage;

    (void) getrusage(RUSAGE_SELF, &usage);
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
step(struct bench *bench, const struct cox_conduct_event *event)
{
    struct cox_conduct_effects out;

    cox_conduct_effects_init(&out);
    cox_conduct_step(bench->conduct, event, ++bench->now, &out);
    for (guint i = 0; i < cox_conduct_effects_count(&out); i++) {
        const struct cox_conduct_effect *effect = cox_conduct_effects_get(&out, i);

        if (effect->kind == COX_CONDUCT_DO_START) {
            g_queue_push_tail(bench->begun, GUINT_TO_POINTER(effect->action + 1));
        }
    }
    cox_conduct_effects_clear(&out);
}

/* Results come in the order of the orders. */
static void
finish(struct bench *bench)
{
    for (guint done = 0; done < bench->n; done++) {
        guint index = GPOINTER_TO_UINT(g_queue_pop_head(bench->begun));
        struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_RESULT };
        const struct cox_action *action = NULL;

        COX_BUG_ON(index == 0);
        action = &bench->actions[index - 1];
        event.result.identity = (struct cox_conduct_identity) { action->rsc_id, action->task, 0, action->node_name };
        step(bench, &event);
    }
}

static void
measure(guint n, guint n_nodes, guint limit)
{
    const struct cox_conduct_config config = { .cluster_delay_ms = 60000 };
    struct bench bench = { cox_conduct_new(&config), g_new0(struct cox_action, n), n, g_queue_new(), 0 };
    struct cox_graph graph = { .actions = bench.actions, .n_actions = n };
    struct cox_conduct_event event = { .kind = COX_CONDUCT_ON_LIMIT };
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    double begin = cpu_s();

    for (guint i = 0; i < n_nodes; i++) {
        g_ptr_array_add(texts, g_strdup_printf("node-%u", i));
        event.node.name = texts->pdata[i];
        event.node.limit = limit;
        step(&bench, &event);
    }
    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(texts, g_strdup_printf("resource-%u", i));
        bench.actions[i] = (struct cox_action) { .id = i + 1, .kind = COX_ACTION_RSC, .task = "monitor", .key = "monitor",
                                                 .rsc_id = texts->pdata[n_nodes + i], .node_name = texts->pdata[i % n_nodes] };
    }
    event = (struct cox_conduct_event) { .kind = COX_CONDUCT_ON_GRAPH };
    event.graph.graph = &graph;
    event.graph.migration_limit = -1;
    step(&bench, &event);
    finish(&bench);
    printf("%6u actions on %u nodes, %u at a time on each: %8.1f us of CPU each\n", n, n_nodes, limit, (cpu_s() - begin) * 1e6 / n);
    cox_conduct_free(bench.conduct);
    g_queue_free(bench.begun);
    g_free(bench.actions);
}

int
main(int argc, char **argv)
{
    guint n_nodes = argc > 1 ? (guint) MAX(1, atoi(argv[1])) : 3, limit = argc > 2 ? (guint) MAX(0, atoi(argv[2])) : 4;

    for (guint n = 500; n <= 8000; n *= 4) {
        measure(n, n_nodes, limit);
    }
    return EXIT_SUCCESS;
}
