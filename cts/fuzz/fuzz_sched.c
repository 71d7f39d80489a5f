/* cts/fuzz/fuzz_sched.c - libFuzzer target: any bytes as a CIB; planned, the plan written, carried out, planned again.  Layer 6. */
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/error.h"
#include "codec/graphwrite.h"
#include "codec/load.h"
#include "codec/load_status.h"
#include "codec/status_write.h"
#include "sched/sched.h"
#include "transition/rehearsal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The work grows with the product of instances, nodes and history: more of one kind shows nothing new, only later. */
enum { MAX_INSTANCES = 6, MAX_NODES = 8, MAX_RESOURCES = 24, MAX_CONSTRAINTS = 24 };

/* What takes longer is a hang.  Seconds of processor, because others may use the machine, or stop us for a while; libFuzzer's -timeout
 * counts the seconds that pass. */
enum { MAX_CPU_SECONDS = 5 };

/* libFuzzer keeps the input of what aborts. */
static void
on_hang(int number)
{
    (void) number;
    abort();
}

static void
limit_time(int seconds)
{
    const struct itimerval timer = { .it_value = { .tv_sec = seconds } };

    COX_BUG_ON(signal(SIGPROF, on_hang) == SIG_ERR);
    COX_BUG_ON(setitimer(ITIMER_PROF, &timer, NULL) != 0);
}

static bool
is_many(const struct cox_nvpair *pairs, size_t n, const char *const *names)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; names[k] != NULL; k++) {
            if (g_strcmp0(pairs[i].name, names[k]) == 0 && pairs[i].value != NULL && atol(pairs[i].value) > MAX_INSTANCES) {
                return true;
            }
        }
    }
    return false;
}

static bool
asks_for_many(const struct cox_nvsets *sets)
{
    static const char *const names[] = { "clone-max", "clone-node-max", "promoted-max", "promoted-node-max", NULL };

    for (size_t i = 0; i < sets->n_sets; i++) {
        if (is_many(sets->sets[i].pairs, sets->sets[i].n_pairs, names)) {
            return true;
        }
    }
    return false;
}

static bool
is_large(const struct cox_config *config, const struct cox_status *status)
{
    static const char *const names[] = { "replicas", "replicas-per-host", "promoted-max", "masters", NULL };

    if (config->n_resources > MAX_RESOURCES || config->n_nodes > MAX_NODES || status->nodes->len > MAX_NODES
        || config->n_locations + config->n_colocations + config->n_orders + config->n_tickets > MAX_CONSTRAINTS
        || asks_for_many(&config->rsc_defaults)) {
        return true;
    }
    for (size_t i = 0; i < config->n_resources; i++) {
        const struct cox_rsc_def *def = &config->resources[i];

        if (asks_for_many(&def->meta)
            || (def->bundle != NULL && is_many(def->bundle->container_attrs, def->bundle->n_container_attrs, names))) {
            return true;
        }
    }
    return false;
}

/* Plan twice: the same input must give the same graph, whether or not somebody wants to know why. */
static struct cox_plan *
plan_of(const struct cox_codec_result *cib)
{
    struct cox_sched_input input = { .config = cib->config, .status = cib->status, .with_scores = true,
                                     .with_utilization = true, .now = cox_wall_from_seconds(1769598000) };
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_plan *plan = cox_sched_run(&input, diags);
    struct cox_sched_input explained = { .config = cib->config, .status = cib->status, .with_explanation = true, .now = input.now };
    g_autoptr(cox_plan) again = cox_sched_run(&explained, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) text_again = g_string_new(NULL);
    g_autoptr(GString) dot = g_string_new(NULL);

    cox_codec_graph_write(&plan->graph, text);
    cox_codec_graph_write(&again->graph, text_again);
    COX_BUG_ON(!g_string_equal(text, text_again));
    cox_codec_graph_dot(&plan->graph, dot);
    return plan;
}

/* Everything an agent would be asked to do succeeds; the new status must survive being written, and can be planned for. */
static void
carry_out(struct cox_codec_result *cib, const struct cox_plan *plan)
{
    const struct cox_rehearsal_input input = { .graph = &plan->graph, .status = cib->status,
                                               .now = cox_wall_from_seconds(1769598000) };
    g_autoptr(cox_rehearsal) G_GNUC_UNUSED done = cox_rehearsal_run(&input);
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("status");
    g_autoptr(cox_status) again = cox_status_new();
    g_autoptr(cox_plan) G_GNUC_UNUSED next = NULL;

    cox_codec_status_write(cib->status, cox_xmldoc_root(doc));
    cox_codec_status(cox_xmldoc_root(doc), again);
    COX_BUG_ON(again->nodes->len != cib->status->nodes->len);
    next = plan_of(cib);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cox_xml_limits limits = { .bytes = 32768, .depth = 64, .nodes = 2000 };
    const struct cox_codec_options options = { .limits = &limits };
    const struct cox_stream_input input = { .text = (const char *) data, .length = size };
    struct cox_codec_result cib = { 0 };
    g_autoptr(cox_diags) diags = cox_diags_new();

    limit_time(MAX_CPU_SECONDS);
    if (size > 0 && cox_codec_load(&input, &options, &cib, diags, NULL) && !is_large(cib.config, cib.status)) {
        struct cox_plan *plan = plan_of(&cib);

        /* What was carried out changes the status, which the plan borrows: it goes first. */
        carry_out(&cib, plan);
        cox_plan_free(plan);
    }
    cox_codec_result_clear(&cib);
    limit_time(0);
    return 0;
}
