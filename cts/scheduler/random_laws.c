/*
 * cts/scheduler/random_laws.c - do the laws hold for random clusters?  random-laws --seed N, or --seeds FIRST:NUMBER -j PROCESSES.
 *
 * Prints a line for each law, and one for each seed and round that breaks one.  What the file of --known lists, by law, kind of cluster and
 * seed, is no failure, but has to break its law; see there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <glib.h>

#include "cts/shares.h"
#include "laws.h"
#include "planted.h"
#include "randomlife.h"

enum { MAX_LAWS = 24, MAX_PROCESSES = 256 };

/** A violation that is known: the cluster of this seed breaks this law. */
struct known {
    const char *law, *kind; /* of laws_names and randomlife_kinds */
    guint64 seed;
    bool is_seen;           /* it does */
};

struct totals {
    guint64 n_seeds, n_plans;
    guint n_bad[MAX_LAWS];
    guint n_known, n_mended;  /* listed violations: seen again, and not */
};

struct task {
    struct randomlife life;
    guint32 first, number;
    const char *bug, *law; /* what is planted, and which law has to find it; NULL: nothing */
    bool stops, is_verbose, is_valid;
    GArray *known; /* struct known */
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

static const char *
name_of(const char *text, const char *const names[])
{
    for (guint i = 0; names[i] != NULL; i++) {
        if (g_str_equal(names[i], text)) {
            return names[i];
        }
    }
    return NULL;
}

/* "LAW KIND: REASON"; the name of a law may have spaces. */
static bool
read_head(const char *line, struct known *head)
{
    const char *colon = strchr(line, ':');
    g_autofree char *law = colon == NULL ? NULL : g_strndup(line, (gsize) (colon - line));
    char *kind = law == NULL ? NULL : strrchr(law, ' ');

    if (kind == NULL || strlen(colon) < 10) {
        return false;
    }
    *kind++ = '\0';
    head->law = name_of(law, laws_names);
    head->kind = name_of(kind, randomlife_kinds);
    return head->law != NULL && head->kind != NULL;
}

/* " SEED SEED ...", below the head that they belong to. */
static bool
read_seeds(const char *line, struct known *head, GArray *list)
{
    g_auto(GStrv) seeds = g_strsplit(line + 1, " ", -1);

    for (guint i = 0; seeds[i] != NULL; i++) {
        if (head->law == NULL || !g_ascii_string_to_unsigned(seeds[i], 10, 1, G_MAXUINT32, &head->seed, NULL)) {
            return false;
        }
        g_array_append_val(list, *head);
    }
    return true;
}

static bool
read_known(const char *path, GArray *list, GError **error)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    struct known head = { .seed = 0 };

    if (!g_file_get_contents(path, &text, NULL, error)) {
        return false;
    }
    lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        bool is_good = lines[i][0] == ' ' ? read_seeds(lines[i], &head, list) : lines[i][0] == '#' || lines[i][0] == '\0' || read_head(lines[i], &head);

        if (!is_good) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: line %zu is not LAW KIND: REASON, nor seeds below such a line", path, i + 1);
            return false;
        }
    }
    return true;
}

static struct known *
find_known(const struct task *task, const char *law, const struct randomlife_event *event)
{
    for (guint i = 0; i < task->known->len; i++) {
        struct known *known = &g_array_index(task->known, struct known, i);

        if (known->seed == event->seed && g_str_equal(known->law, law) && g_str_equal(known->kind, event->kind)) {
            return known;
        }
    }
    return NULL;
}

/* What is listed of a cluster whose life is over has been seen, or does not belong into the list any more. */
static void
count_known(const struct task *task, guint32 seed)
{
    for (guint i = 0; i < task->known->len; i++) {
        const struct known *known = &g_array_index(task->known, struct known, i);

        if (known->seed == seed && known->is_seen) {
            task->totals->n_known++;
        } else if (known->seed == seed) {
            printf("# seed %u (%s): law %s holds, though it is listed as known to be broken: take it out\n", seed, known->kind, known->law);
            task->totals->n_mended++;
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
tell(void *data, const struct randomlife_event *event)
{
    struct task *task = data;

    for (guint i = 0; laws_names[i] != NULL; i++) {
        g_autofree char *line = laws_is_broken(laws_names[i], event->problems) ? first_line(laws_names[i], event->problems) : NULL;
        struct known *known = line == NULL ? NULL : find_known(task, laws_names[i], event);

        if (line == NULL) {
            continue;
        }
        printf("# seed %u round %d (%s%s): %s\n", event->seed, event->round, event->kind, known != NULL ? ", known" : "", line);
        if (known != NULL) {
            known->is_seen = true;
        } else {
            task->totals->n_bad[i]++;
            task->is_broken = task->is_broken || task->law == NULL || g_str_equal(task->law, laws_names[i]);
        }
    }
    if (task->is_verbose) {
        printf("%s", event->problems->str);
    }
}

static bool
live_share(void *data, guint32 at, guint32 every, void *part)
{
    struct task *task = data;
    struct totals *totals = part;
    g_autoptr(GError) error = NULL;

    task->totals = totals;
    task->life.data = task;
    for (guint32 i = at; i < task->number && !(task->stops && task->is_broken); i += every) {
        if (!randomlife_live(&task->life, task->first + i, &error)) {
            printf("# seed %u: %s\n", task->first + i, error->message);
            return false;
        }
        totals->n_seeds++;
        count_known(task, task->first + i);
    }
    totals->n_plans = task->life.n_plans;
    return true;
}

static void
add_totals(void *sum_data, const void *part_data)
{
    struct totals *sum = sum_data;
    const struct totals *part = part_data;

    sum->n_seeds += part->n_seeds;
    sum->n_plans += part->n_plans;
    for (guint i = 0; i < MAX_LAWS; i++) {
        sum->n_bad[i] += part->n_bad[i];
    }
    sum->n_known += part->n_known;
    sum->n_mended += part->n_mended;
}

/* ---- what was asked for ---- */

struct wishes {
    gint64 seed;
    gint n_processes;
    gboolean is_verbose, stops, has_time, is_valid;
    char *range, *bug, *known, *folder;
};

static void
wishes_clear(struct wishes *wishes)
{
    g_free(wishes->range);
    g_free(wishes->bug);
    g_free(wishes->known);
    g_free(wishes->folder);
}

static bool
read_wishes(int *argc, char ***argv, struct wishes *wishes, GError **error)
{
    const GOptionEntry entries[] = {
        { "seed", 0, 0, G_OPTION_ARG_INT64, &wishes->seed, "The life of this seed", "N" },
        { "seeds", 0, 0, G_OPTION_ARG_STRING, &wishes->range, "So many lives, from this seed on", "FIRST:NUMBER" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &wishes->n_processes, "Share the seeds among so many processes", "N" },
        { "known", 0, 0, G_OPTION_ARG_FILENAME, &wishes->known, "What is no failure: LAW KIND: REASON, and below it seeds", "FILE" },
        { "save", 0, 0, G_OPTION_ARG_FILENAME, &wishes->folder, "Where documents go whose plans break a law", "FOLDER" },
        { "bug", 0, 0, G_OPTION_ARG_STRING, &wishes->bug, "Plant the fault that this law must find, or 'no stop', 'unfencing'", "LAW" },
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
    task->law = wishes->bug == NULL ? NULL : planted_law(wishes->bug);
    if (wishes->range == NULL ? wishes->seed <= 0 : sscanf(wishes->range, "%u:%u", &task->first, &task->number) != 2) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "give --seed N or --seeds FIRST:NUMBER; see --help");
    } else if (wishes->bug != NULL && task->law == NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--bug: '%s' is neither a law nor 'no stop' nor 'unfencing'", wishes->bug);
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
    guint last = task->first + task->number - 1, n_bad = 0;

    printf("1..%u\n", n_laws() + 1);
    printf("%s 1 - what is known to be broken still is\n", totals->n_mended == 0 ? "ok" : "not ok");
    for (guint i = 0; laws_names[i] != NULL; i++) {
        printf("%s %u - law %s: seeds %u to %u\n", totals->n_bad[i] == 0 ? "ok" : "not ok", i + 2, laws_names[i], task->first, last);
        n_bad += totals->n_bad[i];
    }
    printf("# %" G_GUINT64_FORMAT " clusters, seeds %u to %u, %" G_GUINT64_FORMAT " plans, %u violations, %u known%s%s\n",
           totals->n_seeds, task->first, last, totals->n_plans, n_bad, totals->n_known, task->bug == NULL ? "" : ", planted fault: ",
           task->bug == NULL ? "" : task->bug);
    if (seconds > 0) {
        printf("# %.0f s, %.2f ms a cluster\n", seconds, seconds * 1000 / (gdouble) MAX(totals->n_seeds, 1));
    }
    return n_bad == 0 && totals->n_mended == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    struct wishes wishes = { .n_processes = 1 };
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(struct known));
    struct task task = { .life = { .tell = tell }, .known = known };
    g_autoptr(GError) error = NULL;
    struct totals totals = { 0 };
    gint64 began = g_get_monotonic_time();
    bool is_done = false;
    int status = EXIT_FAILURE;

    if (!read_wishes(&argc, &argv, &wishes, &error) || !task_of(&wishes, &task, &error)) {
        fprintf(stderr, "random-laws: %s\n", error->message);
        wishes_clear(&wishes);
        return EXIT_FAILURE;
    }
    (void) setvbuf(stdout, NULL, _IOLBF, 0);
    if (wishes.is_valid) {
        task.life.schemas = cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY"));
    }
    is_done = cox_shares_run(&(struct cox_shares) { live_share, add_totals, &task, sizeof(totals) }, (guint32) wishes.n_processes, &totals)
              && (task.stops || totals.n_seeds == task.number);
    cox_schemas_free(task.life.schemas);
    if (is_done) {
        status = report(&task, &totals, wishes.has_time ? (gdouble) (g_get_monotonic_time() - began) / G_USEC_PER_SEC : 0);
    } else {
        fprintf(stderr, "random-laws: a process ended before its lives were\n");
    }
    wishes_clear(&wishes);
    return status;
}
