/* lib/sched/verify.c - configurations that fit the schema and make no sense.  Layer 3, pure. */
#include "sched/verify.h"

#include <string.h>

#include "model/duel.h"
#include "model/option.h"

/* What is looked at, and where findings go. */
struct verify {
    const struct cox_config *config;
    struct cox_rule_input input;
    struct cox_diags *diags;
};

static bool
is_true(const char *text)
{
    static const char *const words[] = { "true", "yes", "on", "y", "1" };

    for (size_t i = 0; text != NULL && i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Own meta-attributes and the defaults for resources; the caller clears @list. */
static void
resolve_meta(const struct verify *verify, const struct cox_rsc_def *rsc, struct cox_nvlist *list)
{
    struct cox_rule_input input = verify->input;

    input.has_resource = rsc->variant == COX_PRIMITIVE;
    input.rsc_standard = rsc->standard;
    input.rsc_provider = rsc->provider;
    input.rsc_type = rsc->type;
    cox_nvsets_resolve(&rsc->meta, NULL, &input, list, NULL);
    cox_nvsets_resolve(&verify->config->rsc_defaults, NULL, &input, list, NULL);
}

/* ---- clones: only OCF agents know promotion, only OCF agents and fence devices can tell instances apart ---- */

static void
verify_promotable(const struct verify *verify, const struct cox_rsc_def *clone, const struct cox_rsc_def *primitive)
{
    if (strcmp(primitive->standard, "ocf") == 0) {
        return;
    }
    cox_diags_add(verify->diags, COX_SEVERITY_ERROR, primitive->id, NULL,
                  "Resource %s:0 is of type %s and therefore cannot be used as a promotable clone resource",
                  primitive->id, primitive->standard);
    cox_diags_add(verify->diags, COX_SEVERITY_ERROR, clone->id, NULL,
                  "Ignoring <%s> resource '%s' because configuration is invalid", clone->is_master ? "master" : "clone",
                  clone->id);
}

static void
verify_unique(const struct verify *verify, const struct cox_rsc_def *clone, const struct cox_rsc_def *primitive)
{
    if (strcmp(primitive->standard, "ocf") != 0 && strcmp(primitive->standard, "stonith") != 0) {
        cox_diags_add(verify->diags, COX_SEVERITY_WARNING, clone->id, NULL,
                      "Ignoring globally-unique of %s because %s resources such as %s can be used only as anonymous "
                      "clones", clone->id, primitive->standard, primitive->id);
    }
}

static void
verify_clone(const struct verify *verify, cox_rsc_id id)
{
    const struct cox_rsc_def *clone = &verify->config->resources[id];
    struct cox_nvlist meta = COX_NVLIST_INIT;
    bool is_promotable;
    bool is_unique;

    resolve_meta(verify, clone, &meta);
    is_promotable = clone->is_master || is_true(cox_nvlist_get(&meta, "promotable"));
    is_unique = is_true(cox_nvlist_get(&meta, "globally-unique"));
    for (cox_rsc_id child = id + 1; child < clone->end; child++) {
        const struct cox_rsc_def *primitive = &verify->config->resources[child];

        if (primitive->variant != COX_PRIMITIVE || primitive->standard == NULL) {
            continue;
        }
        if (is_promotable) {
            verify_promotable(verify, clone, primitive);
        }
        if (is_unique) {
            verify_unique(verify, clone, primitive);
        }
    }
    cox_nvlist_clear(&meta);
}

/* ---- bundles: without addresses of their own, the remote daemons in the containers share the ports of the host ---- */

static void
verify_bundle(const struct verify *verify, const struct cox_rsc_def *rsc)
{
    const struct cox_bundle_def *bundle = rsc->bundle;
    const char *per_host = cox_nvpairs_get(bundle->container_attrs, bundle->n_container_attrs,
                                           cox_option(COX_OPT_BUNDLE_REPLICAS_PER_HOST)->name);

    if (rsc->end > (cox_rsc_id) (rsc - verify->config->resources) + 1 && cox_option_number(COX_OPT_BUNDLE_REPLICAS_PER_HOST, per_host) > 1
        && cox_nvpairs_get(bundle->network_attrs, bundle->n_network_attrs, cox_option(COX_OPT_BUNDLE_IP_RANGE_START)->name) == NULL) {
        cox_diags_add(verify->diags, COX_SEVERITY_ERROR, rsc->id, "set it to 1, or set ip-range-start",
                      "Replicas of %s share a port of their host without ip-range-start, therefore replicas-per-host=%s counts as 1", rsc->id, per_host);
    }
}

/* ---- operations and roles ---- */

/* Of operations that do not recur the field lets the last one win without a word. */
static void
verify_operations(const struct verify *verify, const struct cox_rsc_def *rsc)
{
    for (size_t i = 0; i < rsc->n_ops; i++) {
        for (size_t k = 0; k < i; k++) {
            if (rsc->ops[i].interval_ms > 0 && rsc->ops[i].interval_ms == rsc->ops[k].interval_ms
                && g_strcmp0(rsc->ops[i].name, rsc->ops[k].name) == 0) {
                cox_diags_add(verify->diags, COX_SEVERITY_ERROR, rsc->ops[i].id, NULL,
                              "Operation %s is duplicate of %s (do not use same name and interval combination more "
                              "than once per resource)", rsc->ops[i].id, rsc->ops[k].id);
                break;
            }
        }
    }
}

static void
verify_target_role(const struct verify *verify, const struct cox_rsc_def *rsc)
{
    struct cox_nvlist meta = COX_NVLIST_INIT;
    const char *role = NULL;

    resolve_meta(verify, rsc, &meta);
    role = cox_nvlist_get(&meta, "target-role");
    if (role != NULL && cox_role_parse(role) == COX_ROLE_UNKNOWN && g_ascii_strcasecmp(role, "default") != 0) {
        cox_diags_add(verify->diags, COX_SEVERITY_ERROR, rsc->id, NULL,
                      "Ignoring 'target-role' for %s because '%s' is not valid", rsc->id, role);
    }
    cox_nvlist_clear(&meta);
}

/* ---- two nodes ---- */

static void
verify_duel(const struct verify *verify)
{
    struct cox_duel duel;

    if (cox_duel_is_possible(verify->config, verify->input.now, &duel)) {
        cox_diags_add(verify->diags, COX_SEVERITY_WARNING, duel.devices[0], COX_DUEL_REMEDY,
                      "Nodes %s and %s have a fencing device each (%s, %s) and neither waits: when they do not see each other, both "
                      "may go down", duel.nodes[0], duel.nodes[1], duel.devices[0], duel.devices[1]);
    }
}

void
cox_verify_config(const struct cox_config *config, cox_wall now, struct cox_diags *diags)
{
    const struct verify verify = { .config = config, .input = { .now = now }, .diags = diags };

    for (cox_rsc_id id = 0; id < config->n_resources; id++) {
        verify_target_role(&verify, &config->resources[id]);
        verify_operations(&verify, &config->resources[id]);
        if (config->resources[id].variant == COX_CLONE) {
            verify_clone(&verify, id);
        } else if (config->resources[id].variant == COX_BUNDLE) {
            verify_bundle(&verify, &config->resources[id]);
        }
    }
    verify_duel(&verify);
}

/* ---- fencing ---- */

static bool
can_fence(const struct cox_config *config, const struct cox_cluster *cluster)
{
    if (cluster->has_watchdogs) {
        return true;
    }
    for (cox_rsc_id id = 0; id < config->n_resources; id++) {
        if (g_strcmp0(config->resources[id].standard, "stonith") == 0) {
            return true;
        }
    }
    return false;
}

/* A guest goes away with what contains it; another node needs a device, and a cluster that may use it. */
static bool
can_be_fenced(const struct cox_node_state *node, const struct cox_cluster *cluster, bool has_device)
{
    if (node->is_guest || node->is_bundle_node) {
        return true;
    }
    return has_device && cluster->fencing_enabled
           && (cluster->has_quorum || g_strcmp0(cluster->no_quorum_policy, "ignore") == 0 || node->is_online);
}

void
cox_verify_cluster(const struct cox_config *config, const struct cox_cluster *cluster, struct cox_diags *diags)
{
    bool has_device = can_fence(config, cluster);

    if (cluster->fencing_enabled && !has_device) {
        cox_diags_add(diags, COX_SEVERITY_ERROR, "fencing-enabled", NULL,
                      "Resource start-up disabled since no fencing resources have been defined. Either configure some "
                      "or disable fencing with the fencing-enabled option. NOTE: Clusters with shared data need "
                      "fencing to ensure data integrity.");
    }
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        const struct cox_node_state *node = &cluster->nodes[i];

        if (node->is_unclean && !can_be_fenced(node, cluster, has_device)) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, node->name, NULL, "Node %s is unclean but cannot be fenced",
                          node->name);
        }
    }
}
