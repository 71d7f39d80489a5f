/* lib/sched/options.c - cluster options as values.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <stdlib.h>
#include <string.h>

#include "model/option.h"
#include "sched/rsc_priv.h"

/* ---- values: what does not parse is reported and replaced by the default of the table ---- */

static void
complain(struct sched_work *work, const struct cox_option *option, const char *value)
{
    cox_diags_add(work->diags, COX_SEVERITY_WARNING, option->name, "Correct or remove the cluster option.",
                  "Using default value for cluster option %s because '%s' is invalid", option->name, value);
}

/* Value of an option, its default if it is not set or not valid. */
static const char *
text_of(struct sched_work *work, const char *name)
{
    const struct cox_option *option = cox_option_find(COX_OPTION_CLUSTER, name);
    const char *value = cox_nvlist_get(&work->opt.raw, name);

    if (value == NULL) {
        return option->fallback;
    }
    if (!cox_option_accepts(option, value)) {
        complain(work, option, value);
        return option->fallback;
    }
    return value;
}

static bool
bool_of(struct sched_work *work, const char *name)
{
    return sched_attrs_bool(text_of(work, name), false);
}

static gint64
msec_of(struct sched_work *work, const char *name)
{
    return sched_attrs_msec(text_of(work, name), 0);
}

static int
int_of(struct sched_work *work, const char *name)
{
    const char *text = text_of(work, name);

    return text == NULL ? 0 : (int) CLAMP(strtoll(text, NULL, 10), G_MININT, G_MAXINT);
}

static cox_score
score_of(struct sched_work *work, const char *name)
{
    cox_score score = 0;

    (void) cox_score_parse(text_of(work, name), &score, NULL);
    return score;
}

/* Index of the option's value in @words, which end with NULL; 0 if it is none of them. */
static int
select_of(struct sched_work *work, const char *name, const char *const *words)
{
    const char *value = text_of(work, name);

    for (int i = 0; value != NULL && words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(value, words[i]) == 0) {
            return i;
        }
    }
    return 0;
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
    static const char *const actions[] = { "reboot", "off", "poweroff", NULL };
    struct sched_options *opt = &work->opt;

    opt->fencing_enabled = bool_of(work, "fencing-enabled");
    opt->startup_fencing = opt->fencing_enabled && bool_of(work, "startup-fencing");
    opt->concurrent_fencing = bool_of(work, "concurrent-fencing");
    opt->fence_remote_without_quorum = bool_of(work, "fence-remote-without-quorum");
    opt->fencing_action = select_of(work, "fencing-action", actions) == 0 ? "reboot" : "off";
    opt->fencing_timeout_ms = msec_of(work, "fencing-timeout");
    opt->watchdog_timeout_ms = msec_of(work, "fencing-watchdog-timeout");
    opt->priority_fencing_delay_ms = msec_of(work, "priority-fencing-delay");
    opt->node_pending_timeout_ms = msec_of(work, "node-pending-timeout");
    opt->have_watchdog = bool_of(work, "have-watchdog");
    if (work->input->watchdog != COX_UNSET) {
        opt->have_watchdog = work->input->watchdog == COX_TRUE;
    }
}

static void
read_quorum(struct sched_work *work)
{
    /* In the order of enum sched_no_quorum; "suicide" is what "fence" was called. */
    static const char *const policies[] = { "stop", "freeze", "ignore", "demote", "fence", "suicide", NULL };
    struct sched_options *opt = &work->opt;
    int policy = select_of(work, "no-quorum-policy", policies);

    work->has_quorum = work->config->header.has_quorum_attribute && work->config->header.has_quorum;
    if (work->input->quorum != COX_UNSET) {
        work->has_quorum = work->input->quorum == COX_TRUE;
    }
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
    static const char *const strategies[] = { "none", "migrate-on-red", "only-green", "progressive", "custom", NULL };
    static const char *const placements[] = { "default", "utilization", "minimal", "balanced", NULL };
    struct sched_options *opt = &work->opt;

    opt->symmetric = bool_of(work, "symmetric-cluster");
    opt->placement_strategy = placements[select_of(work, "placement-strategy", placements)];
    opt->health_strategy = strategies[select_of(work, "node-health-strategy", strategies)];
    opt->health_base = score_of(work, "node-health-base");
    opt->health_green = score_of(work, "node-health-green");
    opt->health_yellow = score_of(work, "node-health-yellow");
    opt->health_red = score_of(work, "node-health-red");
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

    opt->maintenance_mode = bool_of(work, "maintenance-mode");
    opt->stop_all = bool_of(work, "stop-all-resources");
    opt->stop_orphans = bool_of(work, "stop-removed-resources");
    opt->cancel_orphan_actions = bool_of(work, "cancel-removed-actions");
    opt->start_failure_fatal = bool_of(work, "start-failure-is-fatal");
    opt->startup_probes = bool_of(work, "enable-startup-probes");
    opt->shutdown_lock = bool_of(work, "shutdown-lock");
    opt->shutdown_lock_limit_ms = msec_of(work, "shutdown-lock-limit");
    opt->cluster_delay_ms = msec_of(work, "cluster-delay");
    opt->batch_limit = int_of(work, "batch-limit");
    opt->migration_limit = int_of(work, "migration-limit");
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
    work->opt.cluster_name = cox_nvlist_get(&work->opt.raw, "cluster-name");
    work->opt.dc_version = cox_nvlist_get(&work->opt.raw, "dc-version");
    work->opt.stack = cox_nvlist_get(&work->opt.raw, "cluster-infrastructure");
}
