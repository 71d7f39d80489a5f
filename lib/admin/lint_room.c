/* lib/admin/lint_room.c - is there room for everything when any one node is lost?  Layer 4. */
#include <string.h>

#include "admin/lint_priv.h"
#include "model/option.h"
#include "model/reach.h"
#include "model/rule.h"

/* Amount of a name in sets; 0: not said.  What is out of bounds is its bound, so that sums stay numbers. */
static gint64
amount(const struct cox_lint *lint, const struct cox_nvsets *sets, const char *name)
{
    const struct cox_rule_input rule = { .now = lint->now };
    struct cox_nvlist list = COX_NVLIST_INIT;
    const char *text = NULL;
    gint64 value = 0;

    cox_nvsets_resolve(sets, NULL, &rule, &list, NULL);
    text = cox_nvlist_get(&list, name);
    value = (text == NULL) ? 0 : CLAMP(g_ascii_strtoll(text, NULL, 10), G_MININT32, G_MAXINT32);
    cox_nvlist_clear(&list);
    return value;
}

gint64
cox_lint_replicas(const struct cox_bundle_def *bundle)
{
    const char *replicas = cox_nvpairs_get(bundle->container_attrs, bundle->n_container_attrs, cox_option(COX_OPT_BUNDLE_REPLICAS)->name);
    const char *promoted = cox_nvpairs_get(bundle->container_attrs, bundle->n_container_attrs, cox_option(COX_OPT_BUNDLE_PROMOTED_MAX)->name);

    return MAX(cox_option_number(COX_OPT_BUNDLE_REPLICAS, (replicas != NULL) ? replicas : promoted), 1);
}

/* How many instances a clone has at most; without a word of that, one for each node. */
static gint64
clone_max(const struct cox_lint *lint, const struct cox_rsc_def *clone)
{
    const struct cox_rule_input rule = { .now = lint->now };
    struct cox_nvlist list = COX_NVLIST_INIT;
    const char *text = NULL;
    gint64 max = G_MAXINT64;

    cox_nvsets_resolve(&clone->meta, NULL, &rule, &list, NULL);
    cox_nvsets_resolve(&lint->config->rsc_defaults, NULL, &rule, &list, NULL);
    text = cox_option_get(COX_OPT_CLONE_CLONE_MAX, &list);
    if (text != NULL && cox_option_parse(cox_option(COX_OPT_CLONE_CLONE_MAX), text, NULL, NULL)) {
        max = cox_option_number(COX_OPT_CLONE_CLONE_MAX, text);
    }
    cox_nvlist_clear(&list);
    return max;
}

/* How often it runs: once, or as often as the clone or bundle that it is in; G_MAXINT64: on each node. */
static gint64
instances(const struct cox_lint *lint, cox_rsc_id rsc)
{
    for (rsc = lint->config->resources[rsc].parent; rsc != COX_RSC_NONE; rsc = lint->config->resources[rsc].parent) {
        const struct cox_rsc_def *outer = &lint->config->resources[rsc];

        if (outer->variant == COX_CLONE) {
            return clone_max(lint, outer);
        }
        if (outer->variant == COX_BUNDLE) {
            return (outer->bundle != NULL) ? cox_lint_replicas(outer->bundle) : 1;
        }
    }
    return 1;
}

/* Sums of what is needed once in the cluster, and on each node, when @n_left nodes are left.  What has fewer instances than that is needed anywhere. */
static void
sum_needs(const struct cox_lint *lint, const char *name, gint64 n_left, gint64 *once, gint64 *each)
{
    const struct cox_config *config = lint->config;

    *once = 0;
    *each = 0;
    for (cox_rsc_id rsc = 0; rsc < config->n_resources; rsc++) {
        if (config->resources[rsc].variant == COX_PRIMITIVE && !cox_reach_is_stopped(config, rsc, lint->now)) {
            gint64 n = instances(lint, rsc);
            gint64 need = amount(lint, &config->resources[rsc].utilization, name);
            bool is_anywhere = n < n_left || n == 1;

            *once += is_anywhere ? need * n : 0;
            *each += is_anywhere ? 0 : need;
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

/* How many nodes are left when one is lost. */
static gint64
count_left(const struct cox_config *config)
{
    gint64 n = -1;

    for (size_t i = 0; i < config->n_nodes; i++) {
        n += (config->nodes[i].kind != COX_NODE_PING) ? 1 : 0;
    }
    return MAX(n, 0);
}

static void
check_name(const struct cox_lint *lint, const char *name, struct cox_diags *diags)
{
    const struct cox_config *config = lint->config;
    gint64 once = 0, each = 0;

    sum_needs(lint, name, count_left(config), &once, &each);
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
