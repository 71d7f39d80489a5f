/* tools/simulate_priv.h - what the files of crm_simulate share.  Layer 6. */
#ifndef COX_TOOLS_SIMULATE_PRIV_H
#define COX_TOOLS_SIMULATE_PRIV_H

#include "codec/load.h"
#include "cib/schemas.h"
#include "model/plan.h"
#include "model/status.h"
#include "tools/tool.h"

enum cox_simulate_source {
    COX_SIMULATE_NONE = 0,
    COX_SIMULATE_LIVE,
    COX_SIMULATE_FILE,
    COX_SIMULATE_PIPE,
};

struct cox_simulate_settings {
    int source;
    char *file;
    bool run, simulate, in_place, show_attrs, show_failcounts, show_scores, show_utilization, all_actions;
    char *profile;
    int repeat;
    char *date, *quorum, *watchdog;
    GPtrArray *up, *down, *fail, *inject, *op_fail, *grant, *revoke, *standby, *activate;
    char *save_input, *save_output, *save_graph, *save_dot;
};

/** The input and what is needed to plan from it. */
struct cox_simulation {
    struct cox_tool_ctx *ctx;
    const struct cox_simulate_settings *settings;
    struct cox_schemas *schemas;
    struct cox_codec_result input;
    struct cox_diags *diags;
    char *path; /**< file that the input comes from; NULL: the running cluster */
    char *text; /**< its document then */
    cox_wall now;
    guint64 n_updates; /**< changes of the status since the document was read, or since a node was made in it: what num_updates counts */
    bool is_executed; /**< a plan has been carried out: what is there now is an outcome, with nothing under way */
};

/** Are the settings what they should be?  False with @error (COX_ERROR_USAGE) set. */
bool cox_simulate_check(const struct cox_simulate_settings *settings, GError **error);

/** Read the input from path or text. @return false with @error set */
bool cox_simulate_load(struct cox_simulation *sim, GError **error);

/** Apply -u -d -f -i -g -r -b -e and -q to the status and say so.  False with @error set. */
bool cox_simulate_modify(struct cox_simulation *sim, GError **error);

/**
 * Make the nodes called @names (NULL: none) that the configuration does not know, in the document and the configuration in memory.
 * False with @error set when the document cannot be read any more.
 */
bool cox_simulate_make_nodes(struct cox_simulation *sim, const GPtrArray *names, GError **error);

/** Say which time the plan is for, unless it is now.  The field's tool says it again before the new status. */
void cox_simulate_print_time(const struct cox_simulation *sim);

/** A plan (or with @state_only just the state) from what is there now; the caller frees it. */
struct cox_plan *cox_simulate_plan(struct cox_simulation *sim, bool state_only);

/** Carry out @plan on the status in memory and print what is done.  False with @error set. */
bool cox_simulate_execute(struct cox_simulation *sim, const struct cox_plan *plan, GError **error);

/** Write document and status to @path, by way of a file beside it. */
bool cox_simulate_save(const struct cox_simulation *sim, const char *path, GError **error);

/** --profile. @return exit status */
int cox_simulate_profile(struct cox_tool_ctx *ctx);

#endif
