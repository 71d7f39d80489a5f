/* cts/sim/cox_sim.c - tell the stories of seeds: cox-sim --seed N --trace, or --seeds FIRST:NUMBER. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <glib.h>

#include "cib/schemas.h"
#include "cts/sim/sim.h"
#include "cts/sim/simdaemon.h"

struct totals {
    guint64 steps;
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

static void
tell(struct cox_schemas *schemas, guint32 seed, FILE *trace, enum sim_law bug, struct totals *totals)
{
    struct sim sim = { .schemas = schemas, .trace = trace, .bug = bug };
    enum sim_law law = SIM_LAW_NONE;

    sim_init(&sim, seed, nodes_of(seed));
    if (!sim_tell(&sim)) {
        printf("# seed %u: law %s: %s\n", seed, (sim_violation(&sim, &law), sim_law_names[law]), sim_violation(&sim, NULL));
        totals->bad[law]++;
        totals->n_bad++;
    }
    totals->steps += sim.n_steps;
    sim_clear(&sim);
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

/* Has what --first waits for been seen: a violation, or that of the law whose bug is planted (it may break others, too)? */
static bool
is_enough(const struct totals *totals, enum sim_law bug)
{
    return bug == SIM_LAW_NONE ? totals->n_bad > 0 : totals->bad[bug] > 0;
}

static int
report(const struct totals *totals, guint32 first, guint32 number, enum sim_law bug)
{
    printf("1..%d\n", (int) SIM_LAWS);
    for (guint i = 0; i < SIM_LAWS; i++) {
        printf("%s %u - law %s: seeds %u to %u\n", totals->bad[i] == 0 ? "ok" : "not ok", i + 1, sim_law_names[i], first,
               first + number - 1);
    }
    printf("# %u seeds, %" G_GUINT64_FORMAT " steps, %u violations%s%s\n", number, totals->steps, totals->n_bad,
           bug == SIM_LAW_NONE ? "" : ", planted bug: ", bug == SIM_LAW_NONE ? "" : sim_law_names[bug]);
    return totals->n_bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    const char *directory = g_getenv("COX_SCHEMA_DIRECTORY");
    gint seed = 0;
    gboolean has_trace = FALSE, stops = FALSE;
    g_autofree char *range = NULL, *bug_name = NULL;
    const GOptionEntry entries[] = {
        { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Tell the story of this seed", "N" },
        { "seeds", 0, 0, G_OPTION_ARG_STRING, &range, "Tell so many stories, from this seed on", "FIRST:NUMBER" },
        { "trace", 0, 0, G_OPTION_ARG_NONE, &has_trace, "Print what happens", NULL },
        { "bug", 0, 0, G_OPTION_ARG_STRING, &bug_name, "Plant the bug that this law must find", "LAW" },
        { "first", 0, 0, G_OPTION_ARG_NONE, &stops, "Stop at the first violation (with --bug: of that law)", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- clusters in one process, driven by seeds");
    g_autoptr(GError) error = NULL;
    struct totals totals = { 0 };
    guint32 first = 1, number = 1;
    struct cox_schemas *schemas = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)
        || (range != NULL && sscanf(range, "%u:%u", &first, &number) != 2) || (range == NULL && seed <= 0)
        || (bug_name != NULL && law_named(bug_name) == SIM_LAW_NONE)) {
        fprintf(stderr, "cox-sim: %s\n", error != NULL ? error->message : "give --seed N or --seeds FIRST:NUMBER; see --help");
        return EXIT_FAILURE;
    }
    first = range == NULL ? (guint32) seed : first;
    directory = directory == NULL ? "schemas" : directory;
    if (!g_file_test(directory, G_FILE_TEST_IS_DIR)) {
        fprintf(stderr, "cox-sim: '%s' is no folder of schemas: set COX_SCHEMA_DIRECTORY\n", directory);
        return EXIT_FAILURE;
    }
    (void) setvbuf(stdout, NULL, _IOLBF, 0);
    schemas = cox_schemas_new(directory);
    for (guint32 s = first; s < first + number && !(stops && is_enough(&totals, law_named(bug_name))); s++) {
        tell(schemas, s, has_trace ? stdout : NULL, law_named(bug_name), &totals);
    }
    cox_schemas_free(schemas);
    return report(&totals, first, number, law_named(bug_name));
}
