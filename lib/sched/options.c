/* lib/sched/options.c - cluster options as values.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <string.h>

#include "model/option.h"
#include "sched/rsc_priv.h"

/* ---- values: what does not parse is reported and replaced by the default of the table ---- */

static gint64
value_of(struct sched_work *work, enum cox_option_id id)
{
    const char *text = cox_option_get(id, &work->opt.raw);
    const struct cox_option *option = cox_option(id);
    g_autoptr(GError) error = NULL;

    if (text != NULL && !cox_option_parse(option, text, NULL, &error)) {
        cox_diags_add(work->diags, COX_SEVERITY_WARNING, option->name, "Correct or remove the cluster option.",
                      "Using default value for cluster option %s because '%s' is invalid", option->name, text);
    }
    return cox_option_number(id, text);
}

/* The word chosen, as the table spells it. */
static const char *
word_of(struct sched_work *work, enum cox_option_id id)
{
    const char *text = cox_option_get(id, &work->opt.raw);
    g_autofree char *lower = NULL;

    (void) value_of(work, id);
    if (text == NULL || !cox_option_parse(cox_option(id), text, NULL, NULL)) {
        return cox_option(id)->fallback;
    }
    lower = g_ascii_strdown(text, -1);
    return cox_arena_strdup(work->arena, lower);
}

/* ---- groups of options ---- */

/* New names for what is set under an old one, unless the new one is set too. */
static void
add_new_names(struct sched_work *work)
{
    struct cox_nvlist *raw = &work->opt.raw;
    size_t n = raw->n_pairs;

    for (size_t i = 0; i < n; i++) {
        const struct cox_option *option = cox_option_find(COX_OPTION_CLUSTER, raw->pairs[i].name);

        if (option != NULL) {
            cox_nvlist_add(raw, option->name, raw->pairs[i].value);
        }
    }
}

static void
read_fencing(struct sched_work *work)
{
    struct sched_options *opt = &work->opt;

    opt->fencing_enabled = value_of(work, COX_OPT_CLUSTER_FENCING_ENABLED) != 0;
    opt->startup_fencing = opt->fencing_enabled && value_of(work, COX_OPT_CLUSTER_STARTUP_FENCING) != 0;
    opt->concurrent_fencing = value_of(work, COX_OPT_CLUSTER_CONCURRENT_FENCING) != 0;
    opt->fence_remote_without_quorum = value_of(work, COX_OPT_CLUSTER_FENCE_REMOTE_WITHOUT_QUORUM) != 0;
    opt->fencing_action = value_of(work, COX_OPT_CLUSTER_FENCING_ACTION) == 0 ? "reboot" : "off";
    opt->fencing_timeout_ms = value_of(work, COX_OPT_CLUSTER_FENCING_TIMEOUT);
    opt->watchdog_timeout_ms = value_of(work, COX_OPT_CLUSTER_FENCING_WATCHDOG_TIMEOUT);
    opt->priority_fencing_delay_ms = value_of(work, COX_OPT_CLUSTER_PRIORITY_FENCING_DELAY);
    opt->node_pending_timeout_ms = value_of(work, COX_OPT_CLUSTER_NODE_PENDING_TIMEOUT);
    opt->have_watchdog = value_of(work, COX_OPT_CLUSTER_HAVE_WATCHDOG) != 0;
    if (work->input->watchdog != COX_UNSET) {
        opt->have_watchdog = work->input->watchdog == COX_TRUE;
    }
}

static void
read_quorum(struct sched_work *work)
{
    struct sched_options *opt = &work->opt;
    gint64 policy = value_of(work, COX_OPT_CLUSTER_NO_QUORUM_POLICY);

    work->has_quorum = work->config->header.has_quorum_attribute && work->config->header.has_quorum;
    if (work->input->quorum != COX_UNSET) {
        work->has_quorum = work->input->quorum == COX_TRUE;
    }
    /* The table has the order of enum sched_no_quorum; "suicide", the last, is what "fence" was called. */
    opt->no_quorum_policy = policy > SCHED_NO_QUORUM_FENCE ? SCHED_NO_QUORUM_FENCE : (enum sched_no_quorum) policy;
    if (opt->no_quorum_policy == SCHED_NO_QUORUM_FENCE && !opt->fencing_enabled) {
        cox_diags_add(work->diags, COX_SEVERITY_ERROR, "no-quorum-policy",
                      "Enable fencing, or choose another no-quorum-policy.",
                      "Resetting no-quorum-policy to 'stop' because fencing is disabled");
        opt->no_quorum_policy = SCHED_NO_QUORUM_STOP;
    }
    /* A partition that never had quorum must not fence itself: it would do so at every start. */
    if (opt->no_quorum_policy == SCHED_NO_QUORUM_FENCE && !work->has_quorum
        && !work->config->header.no_quorum_panic) {
        opt->no_quorum_policy = SCHED_NO_QUORUM_STOP;
    }
}

static void
read_placement(struct sched_work *work)
{
    struct sched_options *opt = &work->opt;

    opt->symmetric = value_of(work, COX_OPT_CLUSTER_SYMMETRIC_CLUSTER) != 0;
    opt->placement_strategy = word_of(work, COX_OPT_CLUSTER_PLACEMENT_STRATEGY);
    opt->health_strategy = word_of(work, COX_OPT_CLUSTER_NODE_HEALTH_STRATEGY);
    opt->health_base = (cox_score) value_of(work, COX_OPT_CLUSTER_NODE_HEALTH_BASE);
    opt->health_green = (cox_score) value_of(work, COX_OPT_CLUSTER_NODE_HEALTH_GREEN);
    opt->health_yellow = (cox_score) value_of(work, COX_OPT_CLUSTER_NODE_HEALTH_YELLOW);
    opt->health_red = (cox_score) value_of(work, COX_OPT_CLUSTER_NODE_HEALTH_RED);
    if (strcmp(opt->health_strategy, "migrate-on-red") == 0) {
        opt->health_red = -COX_SCORE_INFINITY;
        opt->health_yellow = opt->health_green = 0;
    } else if (strcmp(opt->health_strategy, "only-green") == 0) {
        opt->health_red = opt->health_yellow = -COX_SCORE_INFINITY;
        opt->health_green = 0;
    }
}

static void
read_resources(struct sched_work *work)
{
    struct sched_options *opt = &work->opt;

    opt->maintenance_mode = value_of(work, COX_OPT_CLUSTER_MAINTENANCE_MODE) != 0;
    opt->stop_all = value_of(work, COX_OPT_CLUSTER_STOP_ALL_RESOURCES) != 0;
    opt->stop_orphans = value_of(work, COX_OPT_CLUSTER_STOP_REMOVED_RESOURCES) != 0;
    opt->cancel_orphan_actions = value_of(work, COX_OPT_CLUSTER_CANCEL_REMOVED_ACTIONS) != 0;
    opt->start_failure_fatal = value_of(work, COX_OPT_CLUSTER_START_FAILURE_IS_FATAL) != 0;
    opt->startup_probes = value_of(work, COX_OPT_CLUSTER_ENABLE_STARTUP_PROBES) != 0;
    opt->shutdown_lock = value_of(work, COX_OPT_CLUSTER_SHUTDOWN_LOCK) != 0;
    opt->shutdown_lock_limit_ms = value_of(work, COX_OPT_CLUSTER_SHUTDOWN_LOCK_LIMIT);
    opt->cluster_delay_ms = value_of(work, COX_OPT_CLUSTER_CLUSTER_DELAY);
    opt->batch_limit = (int) value_of(work, COX_OPT_CLUSTER_BATCH_LIMIT);
    opt->migration_limit = (int) value_of(work, COX_OPT_CLUSTER_MIGRATION_LIMIT);
}

void
sched_options_run(struct sched_work *work)
{
    const struct cox_rule_input input = { .now = work->input->now };

    cox_nvsets_resolve(&work->config->properties, "cib-bootstrap-options", &input, &work->opt.raw, &work->recheck_by);
    add_new_names(work);
    sched_attrs_freeze(work, &work->opt.raw);
    read_fencing(work);
    read_quorum(work);
    read_placement(work);
    read_resources(work);
    work->opt.cluster_name = cox_option_get(COX_OPT_CLUSTER_CLUSTER_NAME, &work->opt.raw);
    work->opt.dc_version = cox_option_get(COX_OPT_CLUSTER_DC_VERSION, &work->opt.raw);
    work->opt.stack = cox_option_get(COX_OPT_CLUSTER_CLUSTER_INFRASTRUCTURE, &work->opt.raw);
}
