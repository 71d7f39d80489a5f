/* cts/sim/cox_sim.c - tell the stories of seeds: cox-sim --seed N --trace, or --seeds FIRST:NUMBER -j PROCESSES. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <glib.h>

#include "cib/schemas.h"
#include "cts/shares.h"
#include "cts/sim/sim.h"
#include "cts/sim/simdaemon.h"

struct totals {
    guint64 steps, seeds;
    guint bad[SIM_LAWS];
    guint n_bad;
};

/* Three to seven; small clusters more often, since they tell most and cost least. */
static guint
nodes_of(guint32 seed)
{
    static const guint nodes[] = { 3, 4, 3, 5, 3, 4, 5, 3, 6, 3, 4, 5, 3, 7, 4, 3 };

    return nodes[seed % G_N_ELEMENTS(nodes)];
}

struct task {
    struct cox_schemas *schemas;
    FILE *trace;
    enum sim_law bug;
    guint32 first, number;
    bool stops;
};

static void
tell(const struct task *task, guint32 seed, struct totals *totals)
{
    struct sim sim = { .schemas = task->schemas, .trace = task->trace, .bug = task->bug };
    enum sim_law law = SIM_LAW_NONE;

    sim_init(&sim, seed, nodes_of(seed));
    if (!sim_tell(&sim)) {
        printf("# seed %u: law %s: %s\n", seed, (sim_violation(&sim, &law), sim_law_names[law]), sim_violation(&sim, NULL));
        totals->bad[law]++;
        totals->n_bad++;
    }
    totals->steps += sim.n_steps;
    totals->seeds++;
    sim_clear(&sim);
}

/* Has what --first waits for been seen: a violation, or that of the law whose bug is planted (it may break others, too)? */
static bool
is_enough(const struct task *task, const struct totals *totals)
{
    return task->stops && (task->bug == SIM_LAW_NONE ? totals->n_bad > 0 : totals->bad[task->bug] > 0);
}

static bool
tell_share(void *data, guint32 at, guint32 every, void *part)
{
    const struct task *task = data;

    for (guint32 i = at; i < task->number && !is_enough(task, part); i += every) {
        tell(task, task->first + i, part);
    }
    return true;
}

static void
add_totals(void *sum_data, const void *part_data)
{
    struct totals *sum = sum_data;
    const struct totals *part = part_data;

    sum->steps += part->steps;
    sum->seeds += part->seeds;
    sum->n_bad += part->n_bad;
    for (guint i = 0; i < SIM_LAWS; i++) {
        sum->bad[i] += part->bad[i];
    }
}

static enum sim_law
law_named(const char *name)
{
    for (guint i = 0; name != NULL && i < SIM_LAWS; i++) {
        if (strcmp(name, sim_law_names[i]) == 0) {
            return (enum sim_law) i;
        }
    }
    return SIM_LAW_NONE;
}

static int
report(const struct task *task, const struct totals *totals, gdouble seconds)
{
    printf("1..%d\n", (int) SIM_LAWS);
    for (guint i = 0; i < SIM_LAWS; i++) {
        printf("%s %u - law %s: seeds %u to %u\n", totals->bad[i] == 0 ? "ok" : "not ok", i + 1, sim_law_names[i], task->first,
               task->first + task->number - 1);
    }
    printf("# %" G_GUINT64_FORMAT " seeds, %" G_GUINT64_FORMAT " steps, %u violations%s%s\n", totals->seeds, totals->steps,
           totals->n_bad, task->bug == SIM_LAW_NONE ? "" : ", planted bug: ", task->bug == SIM_LAW_NONE ? "" : sim_law_names[task->bug]);
    if (seconds > 0) {
        printf("# %.0f s, %.1f ms a seed\n", seconds, seconds * 1000 / (gdouble) MAX(totals->seeds, 1));
    }
    return totals->n_bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

struct wishes {
    gint seed, n_processes;
    gboolean has_trace, stops, has_time;
    char *range, *bug_name;
};

static bool
read_wishes(int *argc, char ***argv, struct wishes *wishes, GError **error)
{
    const GOptionEntry entries[] = {
        { "seed", 0, 0, G_OPTION_ARG_INT, &wishes->seed, "Tell the story of this seed", "N" },
        { "seeds", 0, 0, G_OPTION_ARG_STRING, &wishes->range, "Tell so many stories, from this seed on", "FIRST:NUMBER" },
        { "trace", 0, 0, G_OPTION_ARG_NONE, &wishes->has_trace, "Print what happens", NULL },
        { "bug", 0, 0, G_OPTION_ARG_STRING, &wishes->bug_name, "Plant the bug that this law must find", "LAW" },
        { "first", 0, 0, G_OPTION_ARG_NONE, &wishes->stops, "Stop at the first violation (with --bug: of that law)", NULL },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &wishes->n_processes, "Share the seeds among so many processes", "N" },
        { "time", 0, 0, G_OPTION_ARG_NONE, &wishes->has_time, "Print how long it has taken", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- clusters in one process, driven by seeds");

    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

static bool
task_of(const struct wishes *wishes, struct task *task)
{
    *task = (struct task) { .trace = wishes->has_trace ? stdout : NULL, .bug = law_named(wishes->bug_name),
                            .first = (guint32) wishes->seed, .number = 1, .stops = wishes->stops };
    if (wishes->range != NULL) {
        return sscanf(wishes->range, "%u:%u", &task->first, &task->number) == 2;
    }
    return wishes->seed > 0;
}

int
main(int argc, char **argv)
{
    const char *directory = g_getenv("COX_SCHEMA_DIRECTORY");
    struct wishes wishes = { .n_processes = 1 };
    g_autoptr(GError) error = NULL;
    struct totals totals = { 0 };
    struct task task;
    gint64 began = g_get_monotonic_time();
    bool is_done;

    if (!read_wishes(&argc, &argv, &wishes, &error) || !task_of(&wishes, &task)
        || (wishes.bug_name != NULL && task.bug == SIM_LAW_NONE) || wishes.n_processes < 1 || wishes.n_processes > 256) {
        fprintf(stderr, "cox-sim: %s\n", error != NULL ? error->message : "give --seed N or --seeds FIRST:NUMBER; see --help");
        return EXIT_FAILURE;
    }
    directory = directory == NULL ? "schemas" : directory;
    if (!g_file_test(directory, G_FILE_TEST_IS_DIR)) {
        fprintf(stderr, "cox-sim: '%s' is no folder of schemas: set COX_SCHEMA_DIRECTORY\n", directory);
        return EXIT_FAILURE;
    }
    (void) setvbuf(stdout, NULL, _IOLBF, 0);
    task.schemas = cox_schemas_new(directory);
    is_done = cox_shares_run(&(struct cox_shares) { tell_share, add_totals, &task, sizeof(totals) }, (guint32) wishes.n_processes, &totals)
              && (task.stops || totals.seeds == task.number);
    cox_schemas_free(task.schemas);
    if (!is_done) {
        fprintf(stderr, "cox-sim: a process ended before its stories were told\n");
        return EXIT_FAILURE;
    }
    g_free(wishes.range);
    g_free(wishes.bug_name);
    return report(&task, &totals, wishes.has_time ? (gdouble) (g_get_monotonic_time() - began) / G_USEC_PER_SEC : 0);
}
