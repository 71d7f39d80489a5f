/* lib/admin/lint_room.c - is there room for everything when any one node is lost?  Layer 4. */
#include <string.h>

#include "admin/lint_priv.h"
#include "model/option.h"
#include "model/reach.h"
#include "model/rule.h"

/* Amount of a name in sets; 0: not said. */
static gint64
amount(const struct cox_lint *lint, const struct cox_nvsets *sets, const char *name)
{
    const struct cox_rule_input rule = { .now = lint->now };
    struct cox_nvlist list = COX_NVLIST_INIT;
    const char *text = NULL;
    gint64 value = 0;

    cox_nvsets_resolve(sets, NULL, &rule, &list, NULL);
    text = cox_nvlist_get(&list, name);
    value = (text == NULL) ? 0 : g_ascii_strtoll(text, NULL, 10);
    cox_nvlist_clear(&list);
    return value;
}

/* Is it in a clone?  Then each node that is left has its own. */
static bool
is_cloned(const struct cox_config *config, cox_rsc_id rsc)
{
    for (rsc = config->resources[rsc].parent; rsc != COX_RSC_NONE; rsc = config->resources[rsc].parent) {
        if (config->resources[rsc].variant == COX_CLONE || config->resources[rsc].variant == COX_BUNDLE) {
            return true;
        }
    }
    return false;
}

/* Sums of what is needed once in the cluster, and on each node. */
static void
sum_needs(const struct cox_lint *lint, const char *name, gint64 *once, gint64 *each)
{
    const struct cox_config *config = lint->config;

    *once = 0;
    *each = 0;
    for (cox_rsc_id rsc = 0; rsc < config->n_resources; rsc++) {
        if (config->resources[rsc].variant == COX_PRIMITIVE && !cox_reach_is_stopped(config, rsc, lint->now)) {
            *(is_cloned(config, rsc) ? each : once) += amount(lint, &config->resources[rsc].utilization, name);
        }
    }
}

/* What the others have when @lost is gone, less what each needs for itself. */
static gint64
room_without(const struct cox_lint *lint, size_t lost, const char *name, gint64 each)
{
    gint64 room = 0;

    for (size_t i = 0; i < lint->config->n_nodes; i++) {
        if (i != lost && lint->config->nodes[i].kind != COX_NODE_PING) {
            room += MAX(amount(lint, &lint->config->nodes[i].utilization, name) - each, 0);
        }
    }
    return room;
}

static void
check_name(const struct cox_lint *lint, const char *name, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;
    gint64 once = 0, each = 0;

    sum_needs(lint, name, &once, &each);
    for (size_t i = 0; once > 0 && i < config->n_nodes; i++) {
        gint64 room = room_without(lint, i, name, each);
        g_autofree char *remedy = g_strdup_printf("cox node utilization NODE %s=..., or cox resource utilization RESOURCE %s=...", name, name);

        if (config->nodes[i].kind == COX_NODE_MEMBER && room < once) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, config->nodes[i].uname, remedy,
                          "when node '%s' is lost there is too little %s: %" G_GINT64_FORMAT " is needed, the others have %" G_GINT64_FORMAT, config->nodes[i].uname, name,
                          once, room);
        }
    }
}

static void
add_names(const struct cox_nvsets *sets, GPtrArray *names)
{
    for (size_t i = 0; i < sets->n_sets; i++) {
        for (size_t k = 0; k < sets->sets[i].n_pairs; k++) {
            const char *name = sets->sets[i].pairs[k].name;

            if (name != NULL && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) {
                g_ptr_array_add(names, (gpointer) (guintptr) name);
            }
        }
    }
}

void
cox_lint_capacity(const struct cox_lint *lint, struct cox_diags *diags)
{
    const struct cox_rule_input rule = { .now = lint->now };
    struct cox_nvlist options = COX_NVLIST_INIT;
    const char *strategy = NULL;
    bool counts = false;
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    cox_nvsets_resolve(&lint->config->properties, "cib-bootstrap-options", &rule, &options, NULL);
    strategy = cox_nvlist_get(&options, "placement-strategy");
    counts = strategy != NULL && strcmp(strategy, "default") != 0;
    cox_nvlist_clear(&options);
    for (size_t i = 0; counts && i < lint->config->n_nodes; i++) {
        add_names(&lint->config->nodes[i].utilization, names);
    }
    for (guint i = 0; i < names->len; i++) {
        check_name(lint, names->pdata[i], diags);
    }
}
