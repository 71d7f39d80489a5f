/*
 * cts/scheduler/random_laws.c - do the laws hold for random clusters?  random-laws --seed N, or --seeds FIRST:NUMBER -j PROCESSES.
 *
 * Prints a line for each law, and one for each seed and round that breaks one.  What is listed in the file of --known, with a
 * reason, is no failure; what is listed and holds is one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib.h>

#include "laws.h"
#include "randomlife.h"

enum { MAX_LAWS = 24, MAX_PROCESSES = 256 };

struct totals {
    guint64 n_seeds, n_plans;
    guint n_bad[MAX_LAWS], n_known[MAX_LAWS];
    guint n_gone; /* known violations that are none any more */
};

struct task {
    struct randomlife life;
    guint32 first, number;
    const char *bug;
    bool stops, is_verbose, is_valid;
    GHashTable *known;  /* "SEED ROUND LAW", of those not met yet */
    GHashTable *met;    /* of those met */
    struct totals *totals;
    bool is_broken;
};

static guint
n_laws(void)
{
    guint n = 0;

    while (laws_names[n] != NULL) {
        n++;
    }
    return n;
}

/* ---- what is known ---- */

/* A line: SEED ROUND LAW: REASON.  Empty ones and those that begin with # are for people. */
static bool
read_known(const char *path, GHashTable *known, GError **error)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, error)) {
        return false;
    }
    lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        const char *colon = strchr(lines[i], ':');

        if (lines[i][0] == '#' || lines[i][0] == '\0') {
            continue;
        }
        if (colon == NULL || strlen(colon) < 4) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: line %zu is not SEED ROUND LAW: REASON", path, i + 1);
            return false;
        }
        g_hash_table_add(known, g_strndup(lines[i], (gsize) (colon - lines[i])));
    }
    return true;
}

/* Known ones of the share of this process that were not met. */
static void
count_gone(const struct task *task, guint32 at, guint32 every)
{
    GHashTableIter iter;
    gpointer key = NULL;

    g_hash_table_iter_init(&iter, task->known);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        guint32 seed = (guint32) g_ascii_strtoull(key, NULL, 10);

        if (seed >= task->first && seed - task->first < task->number && (seed - task->first) % every == at
            && !g_hash_table_contains(task->met, key)) {
            printf("# %s: is listed as known, but holds\n", (const char *) key);
            task->totals->n_gone++;
        }
    }
}

/* ---- lives ---- */

static char *
first_line(const char *law, const GString *problems)
{
    g_autofree char *start = g_strconcat(law, ":", NULL);
    const char *line = problems->str;

    while (line != NULL && !g_str_has_prefix(line, start)) {
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return line == NULL ? NULL : g_strndup(line, strcspn(line, "\n"));
}

static void
tell(void *data, guint32 seed, int round, const GString *problems)
{
    struct task *task = data;

    for (guint i = 0; laws_names[i] != NULL; i++) {
        g_autofree char *key = g_strdup_printf("%u %d %s", seed, round, laws_names[i]);
        g_autofree char *line = laws_is_broken(laws_names[i], problems) ? first_line(laws_names[i], problems) : NULL;

        if (line == NULL) {
            continue;
        }
        if (g_hash_table_contains(task->known, key)) {
            g_hash_table_add(task->met, g_steal_pointer(&key));
            task->totals->n_known[i]++;
            continue;
        }
        printf("# seed %u round %d: %s\n", seed, round, line);
        task->totals->n_bad[i]++;
        task->is_broken = task->is_broken || task->bug == NULL || g_str_equal(task->bug, laws_names[i]);
    }
    if (task->is_verbose) {
        printf("%s", problems->str);
    }
}

/* Every @every-th seed from the @at-th on. */
static bool
live_share(struct task *task, guint32 at, guint32 every, struct totals *totals)
{
    g_autoptr(GError) error = NULL;

    task->totals = totals;
    task->life.data = task;
    for (guint32 i = at; i < task->number && !(task->stops && task->is_broken); i += every) {
        if (!randomlife_live(&task->life, task->first + i, &error)) {
            printf("# seed %u: %s\n", task->first + i, error->message);
            return false;
        }
        totals->n_seeds++;
    }
    totals->n_plans = task->life.n_plans;
    if (!task->stops) {
        count_gone(task, at, every);
    }
    return true;
}

static void
add_totals(struct totals *sum, const struct totals *part)
{
    sum->n_seeds += part->n_seeds;
    sum->n_plans += part->n_plans;
    sum->n_gone += part->n_gone;
    for (guint i = 0; i < MAX_LAWS; i++) {
        sum->n_bad[i] += part->n_bad[i];
        sum->n_known[i] += part->n_known[i];
    }
}

/* Seeds know nothing of each other: each process takes a share, and sends its totals when it is done. */
static bool
live_in_processes(struct task *task, guint32 n, struct totals *totals)
{
    int ends[2] = { -1, -1 };
    bool is_ok = pipe(ends) == 0;

    (void) fflush(stdout);
    for (guint32 p = 0; is_ok && p < n; p++) {
        struct totals part = { 0 };
        pid_t pid = fork();

        if (pid == 0) {
            bool is_told = live_share(task, p, n, &part);

            (void) fflush(stdout);
            _exit(is_told && write(ends[1], &part, sizeof(part)) == sizeof(part) ? EXIT_SUCCESS : EXIT_FAILURE);
        }
        is_ok = pid > 0;
    }
    (void) close(ends[1]);
    for (guint32 p = 0; is_ok && p < n; p++) {
        struct totals part = { 0 };
        int status = 0;

        is_ok = read(ends[0], &part, sizeof(part)) == sizeof(part) && wait(&status) > 0 && status == 0;
        add_totals(totals, &part);
    }
    (void) close(ends[0]);
    return is_ok && (task->stops || totals->n_seeds == task->number);
}

/* ---- what was asked for ---- */

struct wishes {
    gint64 seed;
    gint n_processes;
    gboolean is_verbose, stops, has_time, is_valid;
    char *range, *bug, *known, *folder;
};

static bool
read_wishes(int *argc, char ***argv, struct wishes *wishes, GError **error)
{
    const GOptionEntry entries[] = {
        { "seed", 0, 0, G_OPTION_ARG_INT64, &wishes->seed, "The life of this seed", "N" },
        { "seeds", 0, 0, G_OPTION_ARG_STRING, &wishes->range, "So many lives, from this seed on", "FIRST:NUMBER" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &wishes->n_processes, "Share the seeds among so many processes", "N" },
        { "known", 0, 0, G_OPTION_ARG_FILENAME, &wishes->known, "What is no failure: SEED ROUND LAW: REASON", "FILE" },
        { "save", 0, 0, G_OPTION_ARG_FILENAME, &wishes->folder, "Where documents go whose plans break a law", "FOLDER" },
        { "bug", 0, 0, G_OPTION_ARG_STRING, &wishes->bug, "Plant the fault that this law must find", "LAW" },
        { "first", 0, 0, G_OPTION_ARG_NONE, &wishes->stops, "Stop at the first violation (with --bug: of that law)", NULL },
        { "validate", 0, 0, G_OPTION_ARG_NONE, &wishes->is_valid, "Hold the documents against the schema", NULL },
        { "verbose", 0, 0, G_OPTION_ARG_NONE, &wishes->is_verbose, "Print the plans that break laws", NULL },
        { "time", 0, 0, G_OPTION_ARG_NONE, &wishes->has_time, "Print how long it has taken", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- laws of plans for random clusters, driven by seeds");

    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

static bool
task_of(const struct wishes *wishes, struct task *task, GError **error)
{
    task->first = (guint32) wishes->seed;
    task->number = 1;
    task->bug = task->life.bug = wishes->bug;
    task->life.folder = wishes->folder;
    task->stops = wishes->stops;
    task->is_verbose = wishes->is_verbose;
    if (wishes->range == NULL ? wishes->seed <= 0 : sscanf(wishes->range, "%u:%u", &task->first, &task->number) != 2) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "give --seed N or --seeds FIRST:NUMBER; see --help");
    } else if (wishes->bug != NULL && !g_strv_contains(laws_names, wishes->bug)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "'%s' is no law", wishes->bug);
    } else if (wishes->n_processes < 1 || wishes->n_processes > MAX_PROCESSES) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "-j %d: give 1 to %d", wishes->n_processes, (int) MAX_PROCESSES);
    } else {
        return wishes->known == NULL || read_known(wishes->known, task->known, error);
    }
    return false;
}

static int
report(const struct task *task, const struct totals *totals, gdouble seconds)
{
    guint n_bad = 0, n_known = 0, last = task->first + task->number - 1;

    printf("1..%u\n", n_laws());
    for (guint i = 0; laws_names[i] != NULL; i++) {
        printf("%s %u - law %s: seeds %u to %u", totals->n_bad[i] == 0 ? "ok" : "not ok", i + 1, laws_names[i], task->first, last);
        printf(totals->n_bad[i] + totals->n_known[i] > 0 ? ", %u broken, %u known\n" : "\n", totals->n_bad[i], totals->n_known[i]);
        n_bad += totals->n_bad[i];
        n_known += totals->n_known[i];
    }
    printf("# %" G_GUINT64_FORMAT " clusters, seeds %u to %u, %" G_GUINT64_FORMAT " plans, %u violations, %u known, %u listed that hold%s%s\n",
           totals->n_seeds, task->first, last, totals->n_plans, n_bad, n_known, totals->n_gone,
           task->bug == NULL ? "" : ", planted fault: ", task->bug == NULL ? "" : task->bug);
    if (seconds > 0) {
        printf("# %.0f s, %.2f ms a cluster\n", seconds, seconds * 1000 / (gdouble) MAX(totals->n_seeds, 1));
    }
    return n_bad + totals->n_gone == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    struct wishes wishes = { .n_processes = 1 };
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct task task = { .life = { .tell = tell }, .known = known, .met = met };
    g_autoptr(GError) error = NULL;
    struct totals totals = { 0 };
    gint64 began = g_get_monotonic_time();
    bool is_done = false;

    if (!read_wishes(&argc, &argv, &wishes, &error) || !task_of(&wishes, &task, &error)) {
        fprintf(stderr, "random-laws: %s\n", error->message);
        return EXIT_FAILURE;
    }
    (void) setvbuf(stdout, NULL, _IOLBF, 0);
    if (wishes.is_valid) {
        task.life.schemas = cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY"));
    }
    is_done = wishes.n_processes == 1 ? live_share(&task, 0, 1, &totals)
                                      : live_in_processes(&task, (guint32) wishes.n_processes, &totals);
    cox_schemas_free(task.life.schemas);
    g_free(wishes.range);
    if (!is_done) {
        fprintf(stderr, "random-laws: a process ended before its lives were\n");
        return EXIT_FAILURE;
    }
    return report(&task, &totals, wishes.has_time ? (gdouble) (g_get_monotonic_time() - began) / G_USEC_PER_SEC : 0);
}
