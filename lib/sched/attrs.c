/* lib/sched/attrs.c - meta-attributes, parameters and node attributes with rules resolved.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/interval.h"
#include "model/option.h"
#include "model/param_digest.h"
#include "sched/attr_index_priv.h"
#include "sched/rsc_priv.h"

bool
sched_attrs_bool(const char *text, bool fallback)
{
    bool value = fallback;

    (void) cox_bool_parse(text, &value);
    return value;
}

gint64
sched_attrs_msec(const char *text, gint64 fallback_ms)
{
    gint64 value = fallback_ms;

    if (text != NULL) {
        (void) cox_interval_parse(text, &value, NULL);
    }
    return value;
}

void
sched_attrs_freeze(struct sched_work *work, struct cox_nvlist *list)
{
    struct cox_nvpair *pairs = cox_arena_memdup(work->arena, list->pairs, list->n_pairs, sizeof(*pairs));
    size_t n_pairs = list->n_pairs;

    cox_nvlist_clear(list);
    *list = (struct cox_nvlist) { pairs, n_pairs, n_pairs };
}

const char *
sched_node_attr(const struct sched_work *work, const struct sched_node *node, const char *name)
{
    const char *value;

    if (strcmp(name, "#uname") == 0) {
        return node->name;
    }
    if (strcmp(name, "#id") == 0) {
        return node->id;
    }
    if (strcmp(name, "#is_dc") == 0) {
        return node->is_dc ? "true" : "false";
    }
    if (strcmp(name, "#cluster-name") == 0) {
        return work->opt.cluster_name;
    }
    value = sched_attr_get(node, name);
    if (value == NULL && strcmp(name, "#kind") == 0) {
        return node->kind != SCHED_NODE_REMOTE ? "cluster" : node->is_guest ? "container" : "remote";
    }
    if (value == NULL && strcmp(name, "#site-name") == 0) {
        value = cox_option_get(COX_OPT_NODE_SITE_NAME, &node->attrs);
        return value != NULL ? value : work->opt.cluster_name;
    }
    return value;
}

/* ---- instance parameters ---- */

struct node_lookup {
    const struct sched_work *work;
    const struct sched_node *node;
};

static const char *
lookup_node(const void *data, const char *name)
{
    const struct node_lookup *lookup = data;

    return sched_node_attr(lookup->work, lookup->node, name);
}

/* A replica without an address of its own is reached at its host: known only once the container has a place. */
static void
put_host(const struct sched_rsc *rsc, struct cox_nvlist *list)
{
    const char *address = cox_nvlist_get(list, "addr");
    const struct sched_rsc *container = rsc->container;
    const struct sched_node *host;

    if (!rsc->is_implicit || container == NULL || g_strcmp0(address, "#uname") != 0) {
        return;
    }
    host = container->assigned;
    if (host == NULL && container->running_on.n > 0) {
        host = container->running_on.items[0];
    }
    if (host != NULL) {
        cox_nvlist_set(list, "addr", host->name);
    }
}

void
sched_attrs_params(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node,
                   struct cox_nvlist *list)
{
    struct node_lookup lookup = { work, node };
    struct cox_rule_input input = { .now = work->input->now };

    if (node != NULL) {
        input.node_attribute = lookup_node;
        input.node_data = &lookup;
    }
    for (const struct sched_rsc *each = rsc; each != NULL; each = each->parent) {
        if (each->param_sets != NULL) {
            cox_nvsets_resolve(each->param_sets, NULL, &input, list, &work->recheck_by);
        }
    }
    put_host(rsc, list);
    if (rsc->external_address != NULL) { /* case: bundle-replicas-change */
        cox_nvlist_set(list, COX_PARAM_EXTERNAL_ADDRESS, rsc->external_address);
    }
}

/* ---- meta-attributes as typed values ---- */

static bool
is_remote_agent(const struct sched_rsc *rsc)
{
    return rsc->variant == COX_PRIMITIVE && g_strcmp0(rsc->standard, "ocf") == 0
           && g_strcmp0(rsc->provider, "pacemaker") == 0 && g_strcmp0(rsc->type, "remote") == 0;
}

static enum sched_requires
default_requires(const struct sched_work *work, const struct sched_rsc *rsc)
{
    if (rsc->is_fence_device || is_remote_agent(rsc)) {
        return SCHED_REQUIRES_QUORUM;
    }
    if (work->has_unfencing_device) {
        return SCHED_REQUIRES_UNFENCING;
    }
    if (work->opt.fencing_enabled) {
        return SCHED_REQUIRES_FENCING;
    }
    return work->opt.no_quorum_policy == SCHED_NO_QUORUM_IGNORE ? SCHED_REQUIRES_NOTHING : SCHED_REQUIRES_QUORUM;
}

static void
complain(const struct sched_work *work, const struct sched_rsc *rsc, const GError *error)
{
    cox_diags_add(work->diags, COX_SEVERITY_WARNING, rsc->id, "Correct or remove the meta-attribute.",
                  "Resource %s: using the default, because %s", rsc->id, error->message);
}

static enum sched_requires
requires_of(const struct sched_work *work, const struct sched_rsc *rsc)
{
    const char *text = cox_option_get(COX_OPT_META_REQUIRES, &rsc->meta_raw);
    g_autoptr(GError) error = NULL;
    gint64 value = 0; /* the table has the order of the enum */

    if (text == NULL) {
        return default_requires(work, rsc);
    }
    if (!cox_option_parse(cox_option(COX_OPT_META_REQUIRES), text, &value, &error)) {
        complain(work, rsc, error);
        return default_requires(work, rsc);
    }
    if (value == SCHED_REQUIRES_UNFENCING && (rsc->is_fence_device || !work->opt.fencing_enabled)) {
        cox_diags_add(work->diags, COX_SEVERITY_WARNING, rsc->id, "Use another value of requires.",
                      "Resetting requires of resource %s from unfencing because %s", rsc->id,
                      rsc->is_fence_device ? "it is a fencing device" : "fencing is disabled");
        return rsc->is_fence_device ? SCHED_REQUIRES_QUORUM : default_requires(work, rsc);
    }
    return (enum sched_requires) value;
}

/* What is set, or the default; what is not valid is reported. */
static gint64
checked(const struct sched_work *work, const struct sched_rsc *rsc, enum cox_option_id id)
{
    const char *text = cox_option_get(id, &rsc->meta_raw);
    g_autoptr(GError) error = NULL;

    if (text != NULL && !cox_option_parse(cox_option(id), text, NULL, &error)) {
        complain(work, rsc, error);
    }
    return cox_option_number(id, text);
}

/* Nodes known when the clone is read: those of bundles further down do not count. */
static int
count_nodes(const struct sched_work *work)
{
    int n = 0;

    for (guint i = 0; i < work->nodes->len; i++) {
        const struct sched_node *node = g_ptr_array_index(work->nodes, i);

        if ((!node->is_bundle_node && !node->is_removed) || node->remote_rsc != NULL) {
            n++;
        }
    }
    return MAX(n, 1);
}

/* A primitive below @clone whose agents cannot tell instances apart, or NULL. */
static const struct cox_rsc_def *
anonymous_only(const struct sched_work *work, const struct cox_rsc_def *clone)
{
    const struct cox_rsc_def *end = work->config->resources + clone->end;

    if (clone < work->config->resources || clone >= work->config->resources + work->config->n_resources) {
        return NULL; /* made up */
    }
    for (const struct cox_rsc_def *def = clone + 1; def < end; def++) {
        if (def->variant == COX_PRIMITIVE && g_strcmp0(def->standard, "ocf") != 0
            && g_strcmp0(def->standard, "stonith") != 0) {
            return def;
        }
    }
    return NULL;
}

static void
force_anonymous(struct sched_work *work, struct sched_rsc *rsc)
{
    const struct cox_rsc_def *agent = rsc->meta.is_unique ? anonymous_only(work, rsc->def) : NULL;

    if (agent == NULL) {
        return;
    }
    cox_diags_add(work->diags, COX_SEVERITY_WARNING, rsc->id, "Remove globally-unique.",
                  "Ignoring globally-unique for %s because %s resources such as %s can be used only as anonymous "
                  "clones",
                  rsc->id, agent->standard, agent->id);
    rsc->meta.is_unique = false;
    rsc->meta.clone_node_max = 1;
    rsc->meta.clone_max = MIN(rsc->meta.clone_max, count_nodes(work));
}

/* Without the option, or with one that is no number, there are as many as nodes. */
static int
clone_max_of(const struct sched_work *work, const struct sched_rsc *rsc)
{
    const char *text = cox_option_get(COX_OPT_CLONE_CLONE_MAX, &rsc->meta_raw);
    gint64 value = checked(work, rsc, COX_OPT_CLONE_CLONE_MAX);

    return (text != NULL && cox_option_parse(cox_option(COX_OPT_CLONE_CLONE_MAX), text, NULL, NULL)) ? (int) value
                                                                                                     : count_nodes(work);
}

static void
read_clone(struct sched_work *work, struct sched_rsc *rsc)
{
    const struct cox_nvlist *raw = &rsc->meta_raw;
    struct sched_meta *meta = &rsc->meta;

    meta->is_promotable = cox_option_of(COX_OPT_CLONE_PROMOTABLE, raw) != 0 || rsc->def->is_master;
    meta->clone_max = clone_max_of(work, rsc);
    meta->clone_node_max = (int) checked(work, rsc, COX_OPT_CLONE_CLONE_NODE_MAX);
    meta->clone_min = (int) checked(work, rsc, COX_OPT_CLONE_CLONE_MIN);
    if (meta->is_promotable) {
        meta->promoted_max = (int) checked(work, rsc, COX_OPT_CLONE_PROMOTED_MAX);
        meta->promoted_node_max = (int) checked(work, rsc, COX_OPT_CLONE_PROMOTED_NODE_MAX);
    }
    meta->is_unique = sched_attrs_bool(cox_option_get(COX_OPT_CLONE_GLOBALLY_UNIQUE, raw), meta->clone_node_max > 1);
    if (!meta->is_unique && meta->clone_node_max > 1) {
        cox_diags_add(work->diags, COX_SEVERITY_WARNING, rsc->id, "Remove clone-node-max, or set globally-unique.",
                      "Ignoring clone-node-max of %s because only globally unique clones can have more than one "
                      "instance on a node",
                      rsc->id);
        meta->clone_node_max = 1;
    }
    force_anonymous(work, rsc);
    meta->is_ordered = cox_option_of(COX_OPT_CLONE_ORDERED, raw) != 0;
    meta->is_interleaved = cox_option_of(COX_OPT_CLONE_INTERLEAVE, raw) != 0;
}

/* The clone that @rsc is an instance of, or NULL. */
static const struct sched_rsc *
clone_of(const struct sched_rsc *rsc)
{
    for (rsc = rsc->parent; rsc != NULL; rsc = rsc->parent) {
        if (rsc->variant == COX_CLONE) {
            return rsc;
        }
    }
    return NULL;
}

/* Replicas are told apart only if a host may have several. */
static bool
is_bundle_unique(const struct sched_rsc *rsc)
{
    const struct cox_bundle_def *def = rsc->def->bundle;
    const enum cox_option_id id = COX_OPT_BUNDLE_REPLICAS_PER_HOST;

    return cox_option_number(id, cox_nvpairs_get(def->container_attrs, def->n_container_attrs, cox_option(id)->name)) > 1;
}

static gint64
reconnect_of(struct sched_work *work, const struct sched_rsc *rsc)
{
    struct cox_nvlist params = { 0 };
    gint64 interval_ms;

    sched_attrs_params(work, rsc, NULL, &params);
    interval_ms = sched_attrs_msec(cox_nvlist_get(&params, "reconnect_interval"), 0);
    cox_nvlist_clear(&params);
    return interval_ms;
}

static void
read_common(struct sched_work *work, struct sched_rsc *rsc)
{
    const struct cox_nvlist *raw = &rsc->meta_raw;
    const struct sched_rsc *clone = clone_of(rsc);
    const char *stickiness = cox_option_get(COX_OPT_META_RESOURCE_STICKINESS, raw);
    struct sched_meta *meta = &rsc->meta;

    meta->priority = (cox_score) checked(work, rsc, COX_OPT_META_PRIORITY);
    meta->has_stickiness = stickiness != NULL;
    meta->stickiness = (stickiness == NULL && clone != NULL) ? 1 : (cox_score) checked(work, rsc, COX_OPT_META_RESOURCE_STICKINESS);
    meta->migration_threshold = (cox_score) checked(work, rsc, COX_OPT_META_MIGRATION_THRESHOLD);
    if (meta->migration_threshold < 0) {
        cox_diags_add(work->diags, COX_SEVERITY_WARNING, rsc->id, "Use a number that is not negative.",
                      "Resource %s has a negative migration-threshold; using INFINITY", rsc->id);
        meta->migration_threshold = COX_SCORE_INFINITY;
    }
    meta->failure_timeout_ms = checked(work, rsc, COX_OPT_META_FAILURE_TIMEOUT);
    if (is_remote_agent(rsc)) {
        meta->reconnect_ms = reconnect_of(work, rsc);
        meta->failure_timeout_ms = meta->reconnect_ms > 0 ? meta->reconnect_ms : meta->failure_timeout_ms;
    }
    meta->target_role = cox_role_parse(cox_option_get(COX_OPT_META_TARGET_ROLE, raw));
    meta->requires_ = requires_of(work, rsc);
    meta->multiple_active = (enum sched_multiple_active) checked(work, rsc, COX_OPT_META_MULTIPLE_ACTIVE);
    meta->is_managed = cox_option_of(COX_OPT_META_IS_MANAGED, raw) != 0;
    meta->is_maintenance = cox_option_of(COX_OPT_META_MAINTENANCE, raw) != 0;
    meta->is_critical = cox_option_of(COX_OPT_META_CRITICAL, raw) != 0;
    meta->allow_migrate = sched_attrs_bool(cox_option_get(COX_OPT_META_ALLOW_MIGRATE, raw), is_remote_agent(rsc));
    meta->allow_unhealthy = cox_option_of(COX_OPT_META_ALLOW_UNHEALTHY_NODES, raw) != 0;
    meta->notify = cox_option_of(COX_OPT_CLONE_NOTIFY, raw) != 0;
    meta->is_unique = rsc->variant == COX_BUNDLE ? is_bundle_unique(rsc) : clone == NULL || clone->meta.is_unique;
}

void
sched_attrs_meta(struct sched_work *work, struct sched_rsc *rsc)
{
    struct cox_rule_input input = { .now = work->input->now };

    input.has_resource = rsc->variant == COX_PRIMITIVE;
    input.rsc_standard = rsc->standard;
    input.rsc_provider = rsc->provider;
    input.rsc_type = rsc->type;
    for (const struct sched_rsc *each = rsc; each != NULL; each = each->parent) {
        cox_nvsets_resolve(&each->def->meta, NULL, &input, &rsc->meta_raw, &work->recheck_by);
    }
    cox_nvsets_resolve(&work->config->rsc_defaults, NULL, &input, &rsc->meta_raw, &work->recheck_by);
    sched_attrs_freeze(work, &rsc->meta_raw);
    read_common(work, rsc);
    if (rsc->variant == COX_CLONE) {
        read_clone(work, rsc);
    }
}
