/* tools/lintrun.c - everything that can be found wrong with a document, in one list.  Layer 6. */
#include "tools/lintrun.h"

#include <string.h>

#include "admin/lint.h"
#include "agents/agent_meta.h"
#include "sched/verify.h"
#include "tools/agent_call.h"

/* ---- agents ----------------------------------------------------------------------------------------------- */

/* What one agent has said; the texts are the metadata's. */
struct known {
    struct cox_agent_metadata *metadata;
    GArray *params, *actions; /* struct cox_lint_param, struct cox_lint_action */
    struct cox_lint_agent agent;
};

static void
known_free(gpointer data)
{
    struct known *known = data;

    if (known != NULL) {
        cox_agent_metadata_free(known->metadata);
        g_array_unref(known->params);
        g_array_unref(known->actions);
        g_free(known);
    }
}

static struct cox_agent_metadata *
ask(const struct cox_rsc_def *rsc)
{
    g_autoptr(cox_agent_name) name = cox_agent_name_new(rsc->standard, rsc->provider, rsc->type, NULL);
    struct cox_agent_outcome outcome = { 0 };
    struct cox_agent_metadata *metadata = NULL;

    if (name == NULL || (name->standard != COX_AGENT_OCF && name->standard != COX_AGENT_STONITH)) {
        return NULL;
    }
    cox_agent_call_metadata(name, &outcome);
    if (outcome.result.code == 0) {
        metadata = cox_agent_metadata_parse(outcome.out, strlen(outcome.out), NULL);
    }
    cox_agent_outcome_clear(&outcome);
    return metadata;
}

static struct known *
learn(const struct cox_rsc_def *rsc)
{
    struct cox_agent_metadata *metadata = ask(rsc);
    struct known *known = NULL;

    if (metadata == NULL) {
        return NULL;
    }
    known = g_new0(struct known, 1);
    known->metadata = metadata;
    known->params = g_array_new(FALSE, FALSE, sizeof(struct cox_lint_param));
    known->actions = g_array_new(FALSE, FALSE, sizeof(struct cox_lint_action));
    for (size_t i = 0; i < metadata->n_params; i++) {
        const struct cox_agent_param *from = &metadata->params[i];
        const struct cox_lint_param param = { from->name, from->type, from->fallback, from->replaced_with, from->is_required };

        g_array_append_val(known->params, param);
    }
    for (size_t i = 0; i < metadata->n_actions; i++) {
        const struct cox_lint_action action = { metadata->actions[i].name, metadata->actions[i].timeout_ms };

        g_array_append_val(known->actions, action);
    }
    known->agent = (struct cox_lint_agent) { (const struct cox_lint_param *) (gpointer) known->params->data, known->params->len,
                                             (const struct cox_lint_action *) (gpointer) known->actions->data, known->actions->len };
    return known;
}

static const struct cox_lint_agent *
find_agent(void *context, const struct cox_rsc_def *rsc)
{
    GHashTable *all = context;
    g_autofree char *key = g_strdup_printf("%s:%s:%s", rsc->standard, (rsc->provider != NULL) ? rsc->provider : "", rsc->type);
    struct known *known = NULL;

    if (rsc->standard == NULL || rsc->type == NULL) {
        return NULL;
    }
    if (!g_hash_table_contains(all, key)) {
        g_hash_table_insert(all, g_strdup(key), learn(rsc));
    }
    known = g_hash_table_lookup(all, key);
    return (known == NULL) ? NULL : &known->agent;
}

/* ---- all -------------------------------------------------------------------------------------------------- */

struct cox_diags *
cox_lintrun(const struct cox_state *state, bool asks_agents)
{
    struct cox_diags *diags = cox_diags_new();
    g_autoptr(GHashTable) agents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free);
    const struct cox_lint lint = { .config = state->input.config, .now = state->now, .has_watchdogs = state->plan->cluster.has_watchdogs,
                                   .agent = asks_agents ? find_agent : NULL, .context = agents };

    for (size_t i = 0; i < cox_diags_count(state->diags); i++) {
        cox_diags_add_at(diags, cox_diags_get(state->diags, i));
    }
    cox_verify_config(state->input.config, state->now, diags);
    cox_verify_cluster(state->input.config, &state->plan->cluster, diags);
    cox_lint_run(&lint, diags);
    return diags;
}

struct cox_diags *
cox_lintrun_new(const struct cox_xml *before, const struct cox_xml *after)
{
    g_autoptr(cox_state) new_state = cox_state_new_trusted(after, NULL);
    g_autoptr(cox_diags) new = (new_state == NULL) ? NULL : cox_lintrun(new_state, false);
    /* What was wrong before is worth a plan only when there is something to compare it with. */
    bool is_wrong = new != NULL && cox_diags_has(new, COX_SEVERITY_WARNING);
    g_autoptr(cox_state) old_state = is_wrong ? cox_state_new_trusted(before, NULL) : NULL;
    g_autoptr(cox_diags) old = (old_state == NULL) ? NULL : cox_lintrun(old_state, false);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal); /* texts of old */
    struct cox_diags *added = NULL;

    if (new == NULL || (is_wrong && old == NULL)) {
        return NULL;
    }
    for (size_t i = 0; old != NULL && i < cox_diags_count(old); i++) {
        g_hash_table_add(known, (gpointer) (guintptr) cox_diags_get(old, i)->text);
    }
    added = cox_diags_new();
    for (size_t i = 0; i < cox_diags_count(new); i++) {
        const struct cox_diag *diag = cox_diags_get(new, i);

        if (diag->severity != COX_SEVERITY_INFO && !g_hash_table_contains(known, diag->text)) {
            cox_diags_add_at(added, diag);
        }
    }
    return added;
}
