/*
 * cts/bench/bench_incremental.c - what a plan costs after one failed monitor, in full and of what it touches.
 *
 * usage: bench_incremental DOCUMENT [HOW-MANY]
 *
 * For HOW-MANY resources (default 100) that are active, spread evenly over all: its monitor fails (an entry of the history, a count and
 * a time as attributes), which comes as a patch; then all is well again.  Costs are CPU of what cox-schedd does between the patch and the
 * text of the graph.  In full that is: the status is read, everything is planned, the graph is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cib/cib.h"
#include "codec/graphwrite.h"
#include "daemons/schedd/planning.h"
#include "xml/xmlwrite.h"

struct bench {
    struct cox_cib *cib;
    struct cox_planning *planning, *full; /* full: is told nothing, and reads all each time */
    GPtrArray *histories;                 /* struct cox_xml *, lrm_resource elements of what is active */
    cox_wall now;
};

static double
cpu_s(void)
{
    struct rusage usage;

    (void) getrusage(RUSAGE_SELF, &usage);
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The graph as text. */
static char *
plan(const struct bench *bench, struct cox_planning *planning, bool is_followed)
{
    const struct cox_planning_input input = { .cib = cox_cib_root(bench->cib), .now = bench->now, .is_followed = is_followed };
    struct cox_planning_result result = { NULL, NULL, NULL, NULL };
    GString *text = g_string_new(NULL);
    GError *error = NULL;

    if (!cox_planning_run(planning, &input, &result, &error)) {
        fprintf(stderr, "bench_incremental: %s\n", error->message);
        exit(1);
    }
    cox_codec_graph_write(&result.plan->graph, text);
    cox_plan_free(result.plan);
    cox_diags_free(result.diags);
    return g_string_free(text, FALSE);
}

static bool
is_active(const struct cox_xml *rsc)
{
    for (const struct cox_xml *op = cox_xml_child(rsc, "lrm_rsc_op"); op != NULL; op = cox_xml_next_named(op, "lrm_rsc_op")) {
        if (g_strcmp0(cox_xml_get(op, "operation"), "monitor") == 0 && g_strcmp0(cox_xml_get(op, "rc-code"), "0") == 0
            && g_strcmp0(cox_xml_get(op, "interval"), "0") != 0) {
            return true;
        }
    }
    return false;
}

static void
find_histories(struct bench *bench)
{
    const struct cox_xml *status = cox_xml_child(cox_cib_root(bench->cib), "status");

    for (const struct cox_xml *state = cox_xml_child(status, "node_state"); state != NULL; state = cox_xml_next_named(state, "node_state")) {
        const struct cox_xml *rscs = cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources");

        for (struct cox_xml *rsc = cox_xml_child(rscs, "lrm_resource"); rsc != NULL; rsc = cox_xml_next_named(rsc, "lrm_resource")) {
            if (is_active(rsc) && g_strcmp0(cox_xml_get(rsc, "class"), "stonith") != 0) {
                g_ptr_array_add(bench->histories, rsc);
            }
        }
    }
}

/* Text below @parent, in an open transaction. */
static struct cox_xml *
add(const struct bench *bench, struct cox_xml *parent, const char *text)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);
    struct cox_xml *added = cox_cib_add(bench->cib, parent, cox_xmldoc_root(doc), NULL);

    cox_xmldoc_free(doc);
    return added;
}

static struct cox_xml *
need(const struct bench *bench, struct cox_xml *parent, const char *name, const char *id)
{
    struct cox_xml *child = cox_xml_child(parent, name);
    g_autofree char *text = g_strdup_printf("<%s id='%s'/>", name, id);

    return child != NULL ? child : add(bench, parent, text);
}

/* @added: out, what is to be removed when all is well. */
static struct cox_xmldoc *
fail_monitor(const struct bench *bench, struct cox_xml *rsc, GPtrArray *added)
{
    const char *id = cox_xml_id(rsc);
    struct cox_xml *state = cox_xml_parent(cox_xml_parent(cox_xml_parent(rsc))), *set = NULL;
    gint64 then = cox_wall_seconds(bench->now) - 1;
    g_autofree char *op = g_strdup_printf("<lrm_rsc_op id='%s_last_failure_0' operation='monitor' operation_key='%s_monitor_10000' interval='10000' "
                                          "call-id='999999' rc-code='7' op-status='0' last-rc-change='%" G_GINT64_FORMAT "' transition-key='1:1:0:x' "
                                          "transition-magic='0:7;1:1:0:x' on_node='%s'/>", id, id, then, cox_xml_get(state, "uname"));
    g_autofree char *count = g_strdup_printf("<nvpair id='b-c' name='fail-count-%s#monitor_10000' value='1'/>", id);
    g_autofree char *time = g_strdup_printf("<nvpair id='b-t' name='last-failure-%s#monitor_10000' value='%" G_GINT64_FORMAT "'/>", id, then);

    cox_cib_begin(bench->cib);
    g_ptr_array_add(added, add(bench, rsc, op));
    set = need(bench, need(bench, state, "transient_attributes", cox_xml_id(state)), "instance_attributes", "b-s");
    g_ptr_array_add(added, add(bench, set, count));
    g_ptr_array_add(added, add(bench, set, time));
    return cox_cib_commit(bench->cib);
}

static struct cox_xmldoc *
clean_up(const struct bench *bench, GPtrArray *added)
{
    cox_cib_begin(bench->cib);
    for (guint i = 0; i < added->len; i++) {
        cox_cib_remove(bench->cib, g_ptr_array_index(added, i));
    }
    return cox_cib_commit(bench->cib);
}

static char *
follow(const struct bench *bench, struct cox_xmldoc *patch, double *cost_s)
{
    double began = cpu_s();
    char *text = NULL;

    cox_planning_patched(bench->planning, bench->cib, cox_xmldoc_root(patch));
    text = plan(bench, bench->planning, true);
    *cost_s += cpu_s() - began;
    cox_xmldoc_free(patch);
    return text;
}

static int
by_size(const void *a, const void *b)
{
    double one = *(const double *) a, two = *(const double *) b;

    return (one > two) - (one < two);
}

static void
run(struct bench *bench, guint how_many)
{
    double failed_s = 0, well_s = 0, full_s = 0, began;
    guint n = MIN(how_many, bench->histories->len), n_full = MAX(n / 10, 1), n_other = 0;
    const struct cox_planner_stats *stats = cox_planning_stats(bench->planning);
    guint64 n_before, n_planned = 0;
    const char *obstacle = NULL;
    g_autofree double *costs = g_new0(double, n + 1);

    free(plan(bench, bench->planning, true));
    free(plan(bench, bench->full, false));
    n_before = stats->n_full;
    for (guint i = 0; i < n; i++) {
        struct cox_xml *rsc = g_ptr_array_index(bench->histories, (guint) ((guint64) i * bench->histories->len / n));
        g_autoptr(GPtrArray) added = g_ptr_array_new();
        g_autofree char *text = NULL, *well = NULL;

        text = follow(bench, fail_monitor(bench, rsc, added), &costs[i]);
        failed_s += costs[i];
        n_planned += stats->n_planned;
        if (stats->obstacle != NULL && obstacle == NULL) {
            obstacle = stats->obstacle;
        }
        if (i < n_full) {
            g_autofree char *wanted = NULL;

            began = cpu_s();
            wanted = plan(bench, bench->full, false);
            full_s += cpu_s() - began;
            n_other += !g_str_equal(text, wanted);
        }
        well = follow(bench, clean_up(bench, added), &well_s);
    }
    printf("%u failed monitors: full %.4f s, incremental %.4f s (%.0f resources on average), %.1f times less; %" G_GUINT64_FORMAT
           " full plans among them (%s); all well again %.4f s; %u of %u compared were others than the full plan\n",
           n, full_s / n_full, failed_s / n, (double) n_planned / n, full_s / n_full / (failed_s / n), stats->n_full - n_before, obstacle == NULL ? "no obstacle" : obstacle, well_s / n, n_other, n_full);
    qsort(costs, n, sizeof(costs[0]), by_size);
    began = cpu_s();
    free(cox_xmlwrite_text(cox_cib_root(bench->cib), COX_XMLWRITE_FORMATTED));
    printf("incremental: lowest %.4f s, half of them below %.4f s, highest %.4f s; besides, the text of the document for the input that is saved: %.4f s\n",
           costs[0], costs[n / 2], costs[n - 1], cpu_s() - began);
}

int
main(int argc, char **argv)
{
    const char *directory = g_getenv("COX_SCHEMA_DIRECTORY");
    struct cox_schemas *schemas = cox_schemas_new(directory == NULL ? "schemas" : directory);
    struct bench bench = { .planning = cox_planning_new(schemas), .full = cox_planning_new(schemas), .histories = g_ptr_array_new(),
                           .now = cox_wall_from_seconds(1782900000) };
    GError *error = NULL;
    struct cox_xmldoc *doc = argc < 2 ? NULL : cox_xmldoc_parse_file(argv[1], NULL, &error);

    if (doc == NULL) {
        fprintf(stderr, "usage: bench_incremental DOCUMENT [HOW-MANY]%s%s\n", error == NULL ? "" : ": ", error == NULL ? "" : error->message);
        return 1;
    }
    bench.cib = cox_cib_new(doc);
    find_histories(&bench);
    if (bench.histories->len > 0) {
        run(&bench, argc > 2 ? (guint) atoi(argv[2]) : 100);
    }
    g_ptr_array_unref(bench.histories);
    cox_planning_free(bench.planning);
    cox_planning_free(bench.full);
    cox_cib_free(bench.cib);
    cox_schemas_free(schemas);
    return 0;
}
