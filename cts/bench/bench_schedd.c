/* cts/bench/bench_schedd.c - how long a whole question to cox-schedd takes, after a change of the status: bench-schedd runs the daemons.  Layer 6. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cib/version.h"
#include "client/ask.h"
#include "follow/follow.h"
#include "runtime/loop.h"
#include "xml/xml.h"

enum { PATIENCE_MS = 60000, PAUSE_MS = 400 };

struct bench {
    struct cox_runtime *runtime;
    struct cox_follow *follow;
    struct cox_client *schedd;
    GPtrArray *changes; /* owned texts: a failed monitor each */
    bool is_answered;
    guint64 n_bytes;
};

G_GNUC_NORETURN static void
die(const char *what, const GError *error)
{
    fprintf(stderr, "bench_schedd: %s%s%s\n", what, error == NULL ? "" : ": ", error == NULL ? "" : error->message);
    exit(1);
}

static void
on_tick(void *context)
{
    *(bool *) context = true;
}

/* Run the loop for so long. */
static void
pause_ms(struct bench *bench, gint64 ms)
{
    bool is_over = false;

    (void) cox_runtime_timer(bench->runtime, cox_usec_after_ms(cox_runtime_now(bench->runtime), ms), on_tick, &is_over);
    while (!is_over) {
        (void) cox_runtime_step(bench->runtime, true);
    }
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

static char *
failed_monitor(const struct cox_xml *state, const struct cox_xml *rsc)
{
    const char *id = cox_xml_id(rsc), *node = cox_xml_id(state);

    return g_strdup_printf("<node_state id='%s'><lrm id='%s'><lrm_resources><lrm_resource id='%s'><lrm_rsc_op id='%s_last_failure_0' operation='monitor' "
                           "operation_key='%s_monitor_10000' interval='10000' call-id='999999' rc-code='7' op-status='0' last-rc-change='1782899999' "
                           "transition-key='1:1:0:x' transition-magic='0:7;1:1:0:x' on_node='%s'/></lrm_resource></lrm_resources></lrm></node_state>",
                           node, node, id, id, id, cox_xml_get(state, "uname"));
}

static void
find_changes(struct bench *bench)
{
    const struct cox_xml *status = cox_xml_child(cox_cib_root(cox_follow_cib(bench->follow)), "status");

    for (const struct cox_xml *state = cox_xml_child(status, "node_state"); state != NULL; state = cox_xml_next_named(state, "node_state")) {
        const struct cox_xml *rscs = cox_xml_child(cox_xml_child(state, "lrm"), "lrm_resources");

        for (const struct cox_xml *rsc = cox_xml_child(rscs, "lrm_resource"); rsc != NULL; rsc = cox_xml_next_named(rsc, "lrm_resource")) {
            if (is_active(rsc) && g_strcmp0(cox_xml_get(rsc, "class"), "stonith") != 0) {
                g_ptr_array_add(bench->changes, failed_monitor(state, rsc));
            }
        }
    }
}

static void
on_change(void *context, const struct cox_follow_answer *answer)
{
    struct bench *bench = context;

    if (answer->error != NULL) {
        die("change", answer->error);
    }
    bench->is_answered = true;
}

static bool
on_graph(void *context, const guint8 *data, gsize size, GError **error)
{
    (void) data;
    (void) error;
    ((struct bench *) context)->n_bytes += size;
    return true;
}

static void
on_graph_end(void *context, const GError *problem)
{
    (void) context;
    if (problem != NULL) {
        die("graph", problem);
    }
}

/* @return microseconds from the question to the last byte of the graph */
static double
ask(struct bench *bench, guint64 *plan_us)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_version version = cox_follow_version(bench->follow);
    const struct cox_msg_sched_ask body = { .admin_epoch = version.admin_epoch, .epoch = version.epoch, .num_updates = version.num_updates };
    const struct cox_sink sink = { on_graph, on_graph_end, bench };
    struct cox_ask question = { .call = { .message = COX_MSG_SCHED_ASK, .body = &body, .timeout_ms = PATIENCE_MS },
                                .expected = COX_MSG_SCHED_PLAN, .arena = arena, .sink = &sink };
    g_autoptr(GError) error = NULL;
    gint64 began = g_get_monotonic_time();
    const struct cox_msg_sched_plan *plan = cox_ask(bench->runtime, bench->schedd, &question, &error);

    if (plan == NULL) {
        die("question", error);
    }
    *plan_us = plan->plan_us;
    return (double) (g_get_monotonic_time() - began);
}

static int
by_size(const void *a, const void *b)
{
    double one = *(const double *) a, two = *(const double *) b;

    return (one > two) - (one < two);
}

static void
run(struct bench *bench, guint n)
{
    g_autofree double *times = g_new0(double, n + 1), *plans = g_new0(double, n + 1);
    guint64 plan_us = 0;
    double first_us = ask(bench, &plan_us);

    for (guint i = 0; i < n; i++) {
        const struct cox_follow_change change = { .kind = COX_EDIT_MODIFY, .section = "status", .allows_creation = true, .fn = on_change, .context = bench,
                                                  .text = g_ptr_array_index(bench->changes, (guint) ((guint64) i * bench->changes->len / n)) };

        pause_ms(bench, PAUSE_MS); /* agents take longer than that */
        bench->is_answered = false;
        cox_follow_change(bench->follow, &change);
        while (!bench->is_answered) {
            (void) cox_runtime_step(bench->runtime, true);
        }
        times[i] = ask(bench, &plan_us);
        plans[i] = (double) plan_us;
    }
    qsort(times, n, sizeof(times[0]), by_size);
    qsort(plans, n, sizeof(plans[0]), by_size);
    printf("the first, in full: %.1f ms; %u questions after a failed monitor each, from the question to the whole graph: lowest %.1f ms, half of them below %.1f ms, "
           "highest %.1f ms; of it between question and answer in the scheduler: half below %.1f ms\n",
           first_us / 1000, n, times[0] / 1000, times[n / 2] / 1000, times[n - 1] / 1000, plans[n / 2] / 1000);
}

int
main(int argc, char **argv)
{
    struct bench bench = { .changes = g_ptr_array_new_with_free_func(g_free) };
    struct cox_follow_settings settings = { .program = "bench_schedd", .run_directory = argc > 1 ? argv[1] : NULL };
    const struct cox_client_settings client = { .daemon = COX_DAEMON_SCHED, .program = "bench_schedd", .run_directory = settings.run_directory, .reconnects = true };

    if (argc < 3) {
        die("usage: bench_schedd RUN-DIRECTORY HOW-MANY", NULL);
    }
    bench.runtime = cox_loop_new(NULL);
    bench.follow = cox_follow_new(bench.runtime, &settings);
    while (!cox_follow_is_current(bench.follow)) {
        pause_ms(&bench, 50);
    }
    find_changes(&bench);
    bench.schedd = cox_client_new(bench.runtime, &client);
    if (bench.changes->len > 0 && atoi(argv[2]) > 0) {
        run(&bench, (guint) atoi(argv[2]));
    }
    cox_client_free(bench.schedd);
    cox_follow_free(bench.follow);
    cox_runtime_free(bench.runtime);
    g_ptr_array_unref(bench.changes);
    return 0;
}
