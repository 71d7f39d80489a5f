/* lib/admin/lint_agent.c - resources against what their agents say of themselves.  Layer 4. */
#include <string.h>

#include "admin/lint_priv.h"
#include "base/interval.h"
#include "base/nearest.h"
#include "model/option.h"
#include "model/reach.h"
#include "model/rule.h"

enum { DEFAULT_TIMEOUT_MS = 20000 };

static const struct cox_lint_param *
find_param(const struct cox_lint_agent *agent, const char *name)
{
    for (size_t i = 0; i < agent->n_params; i++) {
        if (strcmp(agent->params[i].name, name) == 0) {
            return &agent->params[i];
        }
    }
    return NULL;
}

/* ---- parameters ------------------------------------------------------------------------------------------- */

static bool
fits(const char *type, const char *value)
{
    gint64 number = 0;
    bool flag = false;

    if (g_strcmp0(type, "integer") == 0) {
        return g_ascii_string_to_signed(g_str_has_prefix(value, "+") ? value + 1 : value, 10, G_MININT64, G_MAXINT64, &number, NULL);
    }
    return g_strcmp0(type, "boolean") != 0 || cox_bool_parse(value, &flag);
}

/* What the fencer reads itself, and what every agent may have. */
static bool
is_common(const struct cox_rsc_def *rsc, const char *name)
{
    return g_str_has_prefix(name, "CRM_meta_") || strcmp(name, "OCF_CHECK_LEVEL") == 0 || strcmp(name, "trace_ra") == 0 || strcmp(name, "trace_file") == 0
           || (cox_reach_is_device(rsc) && (g_str_has_prefix(name, "pcmk_") || cox_option_find(COX_OPTION_DEVICE, name) != NULL));
}

static void
check_given(const struct cox_rsc_def *rsc, const struct cox_lint_agent *agent, const struct cox_nvpair *pair, struct cox_diags *diags)
{
    const struct cox_lint_param *param = find_param(agent, pair->name);
    g_autofree char *remedy = NULL;

    if (param == NULL && !is_common(rsc, pair->name)) {
        g_autoptr(GPtrArray) known = g_ptr_array_new();
        g_autofree char *hint = NULL;

        for (size_t i = 0; i < agent->n_params; i++) {
            g_ptr_array_add(known, (gpointer) (guintptr) agent->params[i].name);
        }
        hint = cox_nearest_hint(pair->name, (const char *const *) known->pdata, known->len);
        remedy = g_strdup_printf("cox resource update %s %s=", rsc->id, pair->name);
        cox_diags_add(diags, COX_SEVERITY_WARNING, rsc->id, remedy, "resource '%s' has parameter '%s', which agent '%s' does not know%s", rsc->id, pair->name,
                      rsc->type, hint);
    } else if (param != NULL && pair->value != NULL && !fits(param->type, pair->value)) {
        remedy = g_strdup_printf("cox resource update %s %s=%s", rsc->id, pair->name, (param->fallback != NULL) ? param->fallback : "VALUE");
        cox_diags_add(diags, COX_SEVERITY_WARNING, rsc->id, remedy, "resource '%s': %s='%.80s' is no %s, which agent '%s' wants", rsc->id, pair->name,
                      pair->value, param->type, rsc->type);
    }
}

/* Given itself, or by the name that it had before, or the one that it has now. */
static bool
is_given(const struct cox_lint_agent *agent, const struct cox_nvlist *params, const struct cox_lint_param *wanted)
{
    for (size_t i = 0; i < params->n_pairs; i++) {
        const struct cox_lint_param *param = find_param(agent, params->pairs[i].name);

        if (strcmp(params->pairs[i].name, wanted->name) == 0 || (param != NULL && g_strcmp0(param->replaced_with, wanted->name) == 0)) {
            return true;
        }
    }
    return false;
}

static void
check_params(const struct cox_lint *lint, const struct cox_rsc_def *rsc, const struct cox_lint_agent *agent, struct cox_diags *diags)
{
    const struct cox_rule_input rule = { .now = lint->now };
    struct cox_nvlist params = COX_NVLIST_INIT;

    cox_nvsets_resolve(&rsc->params, NULL, &rule, &params, NULL);
    for (size_t i = 0; i < params.n_pairs; i++) {
        check_given(rsc, agent, &params.pairs[i], diags);
    }
    for (size_t i = 0; i < agent->n_params; i++) {
        const struct cox_lint_param *param = &agent->params[i];
        bool is_fencers = cox_reach_is_device(rsc) && (strcmp(param->name, "port") == 0 || strcmp(param->name, "plug") == 0
                                                       || strcmp(param->name, "action") == 0);
        g_autofree char *remedy = g_strdup_printf("cox resource update %s %s=VALUE", rsc->id, param->name);

        if (param->is_required && param->replaced_with == NULL && (param->fallback == NULL || *param->fallback == '\0') && !is_fencers
            && !is_given(agent, &params, param)) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, rsc->id, remedy, "resource '%s' lacks parameter '%s', which agent '%s' needs", rsc->id, param->name, rsc->type);
        }
    }
    cox_nvlist_clear(&params);
}

/* ---- time limits ------------------------------------------------------------------------------------------ */

static gint64
parse_ms(const char *text, gint64 fallback)
{
    gint64 ms = 0;

    return (text != NULL && cox_interval_parse(text, &ms, NULL)) ? ms : fallback;
}

/* The limit of an operation: its own, else that of its sets, else the default of the cluster. */
static gint64
limit_of(const struct cox_lint *lint, const struct cox_op_def *op)
{
    const struct cox_rule_input rule = { .now = lint->now };
    struct cox_nvlist list = COX_NVLIST_INIT;
    const char *own = (op == NULL) ? NULL : cox_nvpairs_get(op->attrs, op->n_attrs, "timeout");
    gint64 ms = 0;

    if (op != NULL) {
        cox_nvsets_resolve(&op->meta, NULL, &rule, &list, NULL);
    }
    cox_nvsets_resolve(&lint->config->op_defaults, NULL, &rule, &list, NULL);
    ms = parse_ms((own != NULL) ? own : cox_nvlist_get(&list, "timeout"), DEFAULT_TIMEOUT_MS);
    cox_nvlist_clear(&list);
    return ms;
}

static void
tell_limit(const struct cox_rsc_def *rsc, const struct cox_op_def *op, const struct cox_lint_action *action, gint64 ms, struct cox_diags *diags)
{
    g_autofree char *every = (op != NULL && op->interval_ms > 0) ? g_strdup_printf(" interval=%s", op->interval_spec) : g_strdup("");
    g_autofree char *remedy = g_strdup_printf("cox resource update %s op %s%s timeout=%" G_GINT64_FORMAT "s", rsc->id, action->name, every,
                                              (action->timeout_ms + 999) / 1000);

    cox_diags_add(diags, COX_SEVERITY_INFO, rsc->id, remedy,
                  "resource '%s': %s may take %.3g s%s, its agent '%s' advises %.3g s", rsc->id, action->name, (double) ms / 1000.0,
                  (op == NULL) ? " (the default)" : "", rsc->type, (double) action->timeout_ms / 1000.0);
}

static void
check_limits(const struct cox_lint *lint, const struct cox_rsc_def *rsc, const struct cox_lint_agent *agent, struct cox_diags *diags)
{
    static const char *const used[] = { "start", "stop", "promote", "demote", "monitor", "migrate_to", "migrate_from", NULL };

    for (size_t i = 0; i < agent->n_actions; i++) {
        const struct cox_lint_action *action = &agent->actions[i];
        bool is_defined = false;
        bool is_repeated = false;

        for (size_t k = 0; k < i; k++) {
            is_repeated = is_repeated || strcmp(agent->actions[k].name, action->name) == 0; /* a monitor for each role: the first will do */
        }
        if (action->timeout_ms <= 0 || is_repeated || !g_strv_contains(used, action->name)) {
            continue;
        }
        for (size_t k = 0; k < rsc->n_ops; k++) {
            if (g_strcmp0(rsc->ops[k].name, action->name) == 0) {
                gint64 ms = limit_of(lint, &rsc->ops[k]);

                is_defined = true;
                if (ms < action->timeout_ms) {
                    tell_limit(rsc, &rsc->ops[k], action, ms, diags);
                }
            }
        }
        if (!is_defined && limit_of(lint, NULL) < action->timeout_ms && strcmp(action->name, "monitor") != 0) {
            tell_limit(rsc, NULL, action, limit_of(lint, NULL), diags);
        }
    }
}

void
cox_lint_agents(const struct cox_lint *lint, struct cox_diags *diags)
{
    for (cox_rsc_id id = 0; id < lint->config->n_resources; id++) {
        const struct cox_rsc_def *rsc = &lint->config->resources[id];
        const struct cox_lint_agent *agent = (rsc->variant == COX_PRIMITIVE) ? lint->agent(lint->context, rsc) : NULL;

        if (agent != NULL) {
            check_params(lint, rsc, agent, diags);
            check_limits(lint, rsc, agent, diags);
        }
    }
}
