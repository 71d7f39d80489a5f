/* tools/crm_simulate.c - what would the cluster do?  Plan from a file, perhaps with pretended events, and try it out.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "codec/graphwrite.h"
#include "tools/schemadir.h"
#include "tools/simulate_priv.h"
#include "tools/state.h"
#include "view/cluster_view.h"
#include "view/plan_view.h"

#define FIELD(name) offsetof(struct cox_simulate_settings, name)

static const struct cox_opt options[] = {
    { "run", 'R', COX_OPT_FLAG, NULL, "Operations", "Process the supplied input and show what actions the cluster will take",
      FIELD(run) },
    { "simulate", 'S', COX_OPT_FLAG, NULL, "Operations",
      "Like --run, but also simulate taking those actions and show the resulting new status", FIELD(simulate) },
    { "in-place", 'X', COX_OPT_FLAG, NULL, "Operations", "Like --simulate, but also store the results back to the input file",
      FIELD(in_place) },
    { "show-attrs", 'A', COX_OPT_FLAG, NULL, "Operations", "Show node attributes", FIELD(show_attrs) },
    { "show-failcounts", 'c', COX_OPT_FLAG, NULL, "Operations", "Show resource fail counts", FIELD(show_failcounts) },
    { "show-scores", 's', COX_OPT_FLAG, NULL, "Operations", "Show allocation scores", FIELD(show_scores) },
    { "show-utilization", 'U', COX_OPT_FLAG, NULL, "Operations", "Show utilization information", FIELD(show_utilization) },
    { "profile", 'P', COX_OPT_STRING, "DIR", "Operations", "Plan from all the XML files in the named directory and print how long it takes",
      FIELD(profile) },
    { "repeat", 'N', COX_OPT_INT, "N", "Operations", "With --profile, repeat each input N times (default 1)", FIELD(repeat) },
    { "pending", 'j', COX_OPT_IGNORED, NULL, "Operations", "Pending operations are always shown", .flags = COX_OPT_HIDDEN },
    { "node-up", 'u', COX_OPT_STRINGS, "NODE", "Synthetic Cluster Events", "Simulate bringing a node online", FIELD(up) },
    { "node-down", 'd', COX_OPT_STRINGS, "NODE", "Synthetic Cluster Events", "Simulate taking a node offline", FIELD(down) },
    { "node-fail", 'f', COX_OPT_STRINGS, "NODE", "Synthetic Cluster Events", "Simulate a node failing", FIELD(fail) },
    { "op-inject", 'i', COX_OPT_STRINGS, "OPSPEC", "Synthetic Cluster Events",
      "Generate a failure for the cluster to react to: RSC_TASK_INTERVAL-IN-MS@NODE=RC", FIELD(inject) },
    { "op-fail", 'F', COX_OPT_STRINGS, "OPSPEC", "Synthetic Cluster Events",
      "If the specified task occurs during the simulation, have it fail with the given return code", FIELD(op_fail) },
    { "set-datetime", 't', COX_OPT_STRING, "DATETIME", "Synthetic Cluster Events", "Set date/time (ISO 8601 format)",
      FIELD(date) },
    { "quorum", 'q', COX_OPT_STRING, "QUORUM", "Synthetic Cluster Events", "Set to '1' (or 'true') to indicate cluster has quorum",
      FIELD(quorum) },
    { "watchdog", 'w', COX_OPT_STRING, "DEVICE", "Synthetic Cluster Events",
      "Set to '1' (or 'true') to indicate cluster has an active watchdog device", FIELD(watchdog) },
    { "ticket-grant", 'g', COX_OPT_STRINGS, "TICKET", "Synthetic Cluster Events", "Simulate granting a ticket", FIELD(grant) },
    { "ticket-revoke", 'r', COX_OPT_STRINGS, "TICKET", "Synthetic Cluster Events", "Simulate revoking a ticket", FIELD(revoke) },
    { "ticket-standby", 'b', COX_OPT_STRINGS, "TICKET", "Synthetic Cluster Events", "Simulate making a ticket standby",
      FIELD(standby) },
    { "ticket-activate", 'e', COX_OPT_STRINGS, "TICKET", "Synthetic Cluster Events", "Simulate activating a ticket",
      FIELD(activate) },
    { "save-input", 'I', COX_OPT_STRING, "FILE", "Artifact Options", "Save the input configuration to the named file",
      FIELD(save_input) },
    { "save-output", 'O', COX_OPT_STRING, "FILE", "Artifact Options", "Save the output configuration to the named file",
      FIELD(save_output) },
    { "save-graph", 'G', COX_OPT_STRING, "FILE", "Artifact Options", "Save the transition graph (XML format) to the named file",
      FIELD(save_graph) },
    { "save-dotfile", 'D', COX_OPT_STRING, "FILE", "Artifact Options", "Save the transition graph (DOT format) to the named file",
      FIELD(save_dot) },
    { "all-actions", 'a', COX_OPT_FLAG, NULL, "Artifact Options",
      "Display all possible actions in DOT graph (even if not part of transition)", FIELD(all_actions) },
    { "live-check", 'L', COX_OPT_SET, NULL, "Data Source", "Connect to CIB manager and use the current CIB contents as input",
      FIELD(source), .value = COX_SIMULATE_LIVE },
    { "xml-file", 'x', COX_OPT_SET_STRING, "FILE", "Data Source", "Retrieve XML from the named file", FIELD(source), FIELD(file),
      COX_SIMULATE_FILE },
    { "xml-pipe", 'p', COX_OPT_SET, NULL, "Data Source", "Retrieve XML from stdin", FIELD(source), .value = COX_SIMULATE_PIPE },
    { "quiet", 'Q', COX_OPT_QUIET, NULL, NULL, "Display only essential output" },
};

static bool
wants_plan(const struct cox_simulate_settings *settings)
{
    return settings->run || settings->simulate || settings->in_place || settings->save_graph != NULL
           || settings->save_dot != NULL || settings->show_scores;
}

static void
print_cluster(struct cox_simulation *sim, const struct cox_cluster *cluster, const char *heading, const char *element)
{
    struct cox_cluster_view_options view = {
        .heading = heading,
        .element = element,
        .with_attributes = sim->settings->show_attrs,
        .with_fail_counts = sim->settings->show_failcounts,
    };

    if (!sim->ctx->is_quiet) {
        cox_cluster_view(sim->ctx->out, cluster, &view);
    }
}

static bool
save_graphs(const struct cox_simulation *sim, const struct cox_plan *plan, GError **error)
{
    const struct cox_simulate_settings *settings = sim->settings;

    return (settings->save_dot == NULL || cox_codec_graph_save(&plan->graph, true, settings->save_dot, error))
           && (settings->save_graph == NULL || cox_codec_graph_save(&plan->graph, false, settings->save_graph, error));
}

static bool
print_plan(struct cox_simulation *sim, const struct cox_plan *plan, GError **error)
{
    const struct cox_simulate_settings *settings = sim->settings;
    struct cox_out *out = sim->ctx->out;

    cox_plan_view_scores(out, plan, settings->show_scores, settings->show_utilization,
                         !sim->ctx->is_quiet);
    if (!sim->ctx->is_quiet
        && (settings->run || settings->simulate || settings->in_place || settings->show_utilization)) {
        cox_out_spacer(out);
        cox_plan_view_changes(out, plan);
    }
    return save_graphs(sim, plan, error);
}

static bool
go(struct cox_simulation *sim, GError **error)
{
    const struct cox_simulate_settings *settings = sim->settings;
    g_autoptr(cox_plan) plan = NULL;
    bool simulate = settings->simulate || settings->in_place;

    {
        g_autoptr(cox_plan) before = cox_simulate_plan(sim, true);

        if (!sim->ctx->is_quiet && g_strcmp0(sim->input.config->header.validate_with, COX_SCHEMAS_NONE) == 0) {
            cox_out_error(sim->ctx->out, "Schema validation of configuration is disabled (support for validate-with set to "
                                         "\"none\" is deprecated and will be removed in a future release)");
        }
        if (!sim->ctx->is_quiet) {
            cox_cluster_view_banner(sim->ctx->out, &before->cluster);
        }
        print_cluster(sim, &before->cluster, "Current cluster status", "cluster_status");
    }
    if (!cox_simulate_modify(sim, error)
        || (settings->save_input != NULL && !cox_simulate_save(sim, settings->save_input, error))) {
        return false;
    }
    if (!wants_plan(settings) && !settings->show_utilization) {
        return true;
    }
    plan = cox_simulate_plan(sim, false);
    if (!print_plan(sim, plan, error)) {
        return false;
    }
    if (simulate) {
        if (!cox_simulate_execute(sim, plan, error)) {
            return false;
        }
        g_autoptr(cox_plan) after = cox_simulate_plan(sim, true);

        cox_simulate_print_time(sim);
        if (!sim->ctx->is_quiet) {
            cox_out_spacer(sim->ctx->out);
        }
        print_cluster(sim, &after->cluster, "Revised Cluster Status", "revised_cluster_status");
        if (settings->in_place && !cox_simulate_save(sim, sim->path, error)) {
            return false;
        }
    }
    return settings->save_output == NULL || cox_simulate_save(sim, settings->save_output, error);
}

static bool
find_input(struct cox_simulation *sim, GError **error)
{
    switch ((enum cox_simulate_source) sim->settings->source) {
    case COX_SIMULATE_FILE:
        sim->path = g_strdup(sim->settings->file);
        return true;
    case COX_SIMULATE_PIPE:
        sim->path = g_strdup("-");
        return true;
    case COX_SIMULATE_NONE:
    case COX_SIMULATE_LIVE:
        break;
    }
    if (!cox_state_find_live("crm_simulate", &sim->path, &sim->text, error)) {
        return false;
    }
    if (sim->path == NULL && sim->settings->in_place) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--in-place: the running cluster is not changed; give a file with --xml-file");
        return false;
    }
    return true;
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct cox_simulate_settings *settings = ctx->settings;
    g_autofree char *directory = cox_schemadir_find();
    struct cox_simulation sim = { .ctx = ctx, .settings = settings };
    GError *error = NULL;
    int status = 0;

    if (settings->profile != NULL) {
        return cox_simulate_profile(ctx);
    }
    sim.schemas = cox_schemas_new(directory);
    sim.diags = cox_diags_new();
    if (!cox_simulate_check(settings, &error) || !find_input(&sim, &error)) {
        status = cox_tool_fail(ctx, error);
    } else if (!cox_simulate_load(&sim, &error)) {
        status = cox_tool_fail(ctx, error);
        cox_tool_print_diags(ctx, sim.diags);
    } else if (!go(&sim, &error)) {
        status = cox_tool_fail(ctx, error);
    }
    for (size_t i = 0; status == 0 && ctx->verbosity > 0 && i < cox_diags_count(sim.diags); i++) {
        cox_out_error(ctx->out, "%s", cox_diags_get(sim.diags, i)->text);
    }
    cox_codec_result_clear(&sim.input);
    cox_schemas_free(sim.schemas);
    cox_diags_free(sim.diags);
    g_free(sim.path);
    g_free(sim.text);
    return status;
}

static const int statuses[] = { 0, 2, 64, 65, 66, 73, 74, 78, 102, 105, -1 };

static const struct cox_tool tool = {
    .name = "crm_simulate",
    .summary = "simulate a cluster's response to events",
    .synopsis = "{-L | -x FILE | -p} [OPTION]...",
    .description = "Plans from a configuration with its status what the cluster would do, and tries the plan out in memory if asked to. "
                   "Events may be pretended first: nodes that fail, results of operations, tickets, another time.",
    .examples = "What would happen now?\n\tcrm_simulate --xml-file cib.xml --simulate\n"
                "What if node n1 failed?\n\tcrm_simulate --xml-file cib.xml --simulate --node-fail n1\n"
                "Why is it placed like this?\n\tcrm_simulate --xml-file cib.xml --show-scores\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

COX_TOOL_MAIN(tool, struct cox_simulate_settings, .repeat = 1)
