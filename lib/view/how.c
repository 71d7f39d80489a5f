/* lib/view/how.c - how much of a cluster is printed: which nodes, which resources, with what detail.  Layer 4. */
#include "view/how.h"

#include <string.h>

const struct cox_view_how *
cox_view_how_full(void)
{
    static const struct cox_view_how full = { .with_inactive = true };

    return &full;
}

bool
cox_view_how_has_node(const struct cox_view_how *how, guint32 node)
{
    return how->nodes == NULL || how->nodes[node];
}

bool
cox_view_how_has_rsc(const struct cox_view_how *how, guint32 rsc)
{
    return how->rscs == NULL || how->rscs[rsc];
}

bool
cox_view_how_wants(const struct cox_view_how *how, const struct cox_cluster *cluster, guint32 rsc)
{
    const struct cox_rsc_state *state = &cluster->rscs[rsc];

    if (!cox_view_how_has_rsc(how, rsc)) {
        return false;
    }
    if (how->nodes == NULL) {
        return true;
    }
    for (size_t i = 0; i < state->n_running_on; i++) {
        if (how->nodes[state->running_on[i]]) {
            return true;
        }
    }
    return state->n_running_on == 0 && how->with_inactive;
}

bool
cox_view_how_wants_any(const struct cox_view_how *how, const struct cox_cluster *cluster, guint32 rsc)
{
    guint32 end = MAX(cluster->rscs[rsc].end, rsc + 1);
    bool is_group = cluster->rscs[rsc].variant == COX_GROUP;
    bool runs = false;

    for (guint32 i = rsc; i < end && is_group; i++) {
        runs = runs || cluster->rscs[i].n_running_on > 0;
    }
    for (guint32 i = rsc; i < end; i++) {
        if (is_group && runs && how->nodes != NULL && cluster->rscs[i].n_running_on == 0) {
            continue;
        }
        if (cluster->rscs[i].variant == COX_PRIMITIVE && cox_view_how_wants(how, cluster, i)) {
            return true;
        }
    }
    return false;
}

/* ---- selection by name ---- */

static const struct cox_tag *
find_tag(const struct cox_config *config, const char *name)
{
    for (size_t i = 0; i < config->n_tags; i++) {
        if (!config->tags[i].is_template && strcmp(config->tags[i].id, name) == 0) {
            return &config->tags[i];
        }
    }
    return NULL;
}

/* "web:1" is that instance; "web" is every instance, also of a clone around it. */
static bool
is_called(const struct cox_rsc_state *rsc, const char *name)
{
    return strcmp(rsc->id, name) == 0 || g_strcmp0(rsc->short_id, name) == 0
           || (rsc->def != NULL && strcmp(rsc->def->id, name) == 0);
}

static void
name_rsc(const struct cox_cluster *cluster, const char *name, bool *flags)
{
    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        flags[i] = flags[i] || is_called(&cluster->rscs[i], name);
    }
}

static void
select_rsc(const struct cox_cluster *cluster, const char *name, bool *flags)
{
    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        guint32 end = MAX(cluster->rscs[i].end, i + 1);
        guint32 parent = cluster->rscs[i].parent;

        if (!is_called(&cluster->rscs[i], name)) {
            continue;
        }
        for (guint32 k = i; k < end; k++) {
            flags[k] = true;
        }
        for (; parent != COX_RSC_NONE; parent = cluster->rscs[parent].parent) {
            flags[parent] = true;
        }
    }
}

/* Apply @mark to the name, and to those that it is a tag of. */
static bool *
mark_rscs(const struct cox_cluster *cluster, const struct cox_config *config, const char *name,
          void (*mark)(const struct cox_cluster *cluster, const char *name, bool *flags))
{
    bool *flags = g_new0(bool, cluster->n_rscs + 1);
    const struct cox_tag *tag = find_tag(config, name);

    mark(cluster, name, flags);
    for (size_t i = 0; tag != NULL && i < tag->n_refs; i++) {
        mark(cluster, tag->refs[i], flags);
    }
    return flags;
}

bool *
cox_view_how_select_rscs(const struct cox_cluster *cluster, const struct cox_config *config, const char *name)
{
    return mark_rscs(cluster, config, name, select_rsc);
}

bool *
cox_view_how_name_rscs(const struct cox_cluster *cluster, const struct cox_config *config, const char *name)
{
    return mark_rscs(cluster, config, name, name_rsc);
}

bool *
cox_view_how_select_nodes(const struct cox_cluster *cluster, const struct cox_config *config, const char *name)
{
    bool *flags = g_new0(bool, cluster->n_nodes + 1);
    const struct cox_tag *tag = find_tag(config, name);

    for (guint32 i = 0; i < cluster->n_nodes; i++) {
        const struct cox_node_state *node = &cluster->nodes[i];

        flags[i] = g_strcmp0(node->name, name) == 0;
        for (size_t k = 0; tag != NULL && k < tag->n_refs; k++) {
            flags[i] = flags[i] || g_strcmp0(node->name, tag->refs[k]) == 0 || g_strcmp0(node->id, tag->refs[k]) == 0;
        }
    }
    return flags;
}
