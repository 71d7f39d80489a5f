/* lib/admin/lint_fence.c - nodes that nobody can fence, and levels that do nothing.  Layer 4. */
#include <string.h>

#include "admin/lint_priv.h"
#include "base/nearest.h"
#include "model/option.h"
#include "model/reach.h"
#include "model/rule.h"

/* A device to name in a remedy, or NULL. */
static const char *
any_device(const struct cox_config *config)
{
    for (cox_rsc_id id = 0; id < config->n_resources; id++) {
        if (cox_reach_is_device(&config->resources[id])) {
            return config->resources[id].id;
        }
    }
    return NULL;
}

static void
check_nodes(const struct cox_lint *lint, struct cox_diags *diags)
{
    const char *device = any_device(lint->config);

    for (size_t i = 0; device != NULL && i < lint->config->n_nodes; i++) {
        const struct cox_node_def *node = &lint->config->nodes[i];
        g_autofree char *remedy = g_strdup_printf("cox fence update %s pcmk_host_list='... %s', or cox fence create for it", device, node->uname);

        if (node->kind == COX_NODE_MEMBER && node->uname != NULL && cox_reach_any(lint->config, node->uname, lint->now) == COX_REACH_NO) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, node->uname, remedy, "node '%s' is reached by no fence device: when it is lost, what it has is not started elsewhere",
                          node->uname);
        }
    }
}

/* Whose level it is, as the verbs about levels want it; the caller frees it. */
static char *
target_of(const struct cox_fencing_level *level)
{
    switch (level->target_kind) {
    case COX_LEVEL_BY_PATTERN:
        return g_strconcat("regexp%", level->target, NULL);
    case COX_LEVEL_BY_ATTRIBUTE:
        return g_strdup_printf("attrib%%%s=%s", level->target, (level->target_value != NULL) ? level->target_value : "");
    case COX_LEVEL_BY_NAME:
        break;
    }
    return g_strdup(level->target);
}

/* For a shell, and in quotes only when it needs them; the caller frees it. */
static char *
shell_word(const char *text)
{
    const char *c = text;

    while (g_ascii_isalnum(*c) || (*c != '\0' && strchr("._-%=:/@+,", *c) != NULL)) {
        c++;
    }
    return (*c == '\0' && c != text) ? g_strdup(text) : g_shell_quote(text);
}

static void
check_device(const struct cox_lint *lint, const struct cox_fencing_level *level, const char *device, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;
    cox_rsc_id id = cox_config_find_rsc(config, device);
    g_autofree char *target = target_of(level);
    g_autofree char *word = shell_word((target != NULL) ? target : "");
    g_autofree char *remedy = g_strdup_printf("cox fence level remove %s %d", word, level->index);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *hint = NULL;

    if (id != COX_RSC_NONE && cox_reach_is_device(&config->resources[id])) {
        if (level->target_kind == COX_LEVEL_BY_NAME && cox_reach_of(&config->resources[id], level->target, lint->now) == COX_REACH_NO) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, level->id, remedy, "level %d of node '%s' has device '%s', which does not reach it", level->index, level->target,
                          device);
        }
        return;
    }
    for (cox_rsc_id each = 0; each < config->n_resources; each++) {
        if (cox_reach_is_device(&config->resources[each])) {
            g_ptr_array_add(names, (gpointer) (guintptr) config->resources[each].id);
        }
    }
    hint = cox_nearest_hint(device, (const char *const *) names->pdata, names->len);
    cox_diags_add(diags, COX_SEVERITY_WARNING, level->id, remedy, "level %d of '%s' has device '%s', which %s%s", level->index, (target != NULL) ? target : "", device,
                  (id == COX_RSC_NONE) ? "does not exist" : "is no fence device", hint);
}

void
cox_lint_fencing(const struct cox_lint *lint, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;
    const struct cox_rule_input rule = { .now = lint->now };
    struct cox_nvlist options = COX_NVLIST_INIT;
    bool is_enabled = false;

    cox_nvsets_resolve(&config->properties, "cib-bootstrap-options", &rule, &options, NULL);
    is_enabled = cox_option_of(COX_OPT_CLUSTER_FENCING_ENABLED, &options) != 0;
    cox_nvlist_clear(&options);
    if (is_enabled && !lint->has_watchdogs) {
        check_nodes(lint, diags);
    }
    for (size_t i = 0; i < config->n_levels; i++) {
        for (size_t k = 0; k < config->levels[i].n_devices; k++) {
            check_device(lint, &config->levels[i], config->levels[i].devices[k], diags);
        }
    }
}
