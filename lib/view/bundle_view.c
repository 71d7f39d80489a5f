/* lib/view/bundle_view.c - a bundle as printed: a line per replica.  Layer 4. */
#include "view/bundle_view.h"

#include <string.h>

#include "view/names.h"
#include "view/rsc_view.h"

static struct cox_bundle_parts *
parts_of(GArray *replicas, int number)
{
    struct cox_bundle_parts fresh = { number, COX_RSC_NONE, COX_RSC_NONE, COX_RSC_NONE, COX_RSC_NONE };
    guint at = 0;

    while (at < replicas->len && g_array_index(replicas, struct cox_bundle_parts, at).number < number) {
        at++;
    }
    if (at == replicas->len || g_array_index(replicas, struct cox_bundle_parts, at).number != number) {
        g_array_insert_val(replicas, at, fresh);
    }
    return &g_array_index(replicas, struct cox_bundle_parts, at);
}

GArray *
cox_bundle_view_replicas(const struct cox_cluster *cluster, guint32 rsc)
{
    GArray *replicas = g_array_new(FALSE, FALSE, sizeof(struct cox_bundle_parts));
    guint32 end = cox_rsc_view_next(cluster, rsc);

    for (guint32 i = rsc + 1; i < end; i++) {
        const struct cox_rsc_state *part = &cluster->rscs[i];
        struct cox_bundle_parts *parts = NULL;

        if (part->variant != COX_PRIMITIVE || part->replica < 0) {
            continue;
        }
        parts = parts_of(replicas, part->replica);
        if (!part->is_implicit) {
            parts->child = i;
        } else if (g_strcmp0(part->type, "IPaddr2") == 0) {
            parts->address = i;
        } else if (g_strcmp0(part->type, "remote") == 0) {
            parts->connection = i;
        } else {
            parts->container = i;
        }
    }
    return replicas;
}

/* The address is the end of its resource's id: BUNDLE-ip-192.168.122.131. */
static const char *
address_text(const struct cox_cluster *cluster, const struct cox_rsc_state *bundle, guint32 address)
{
    const char *id = NULL;
    size_t length = strlen(bundle->id);

    if (address == COX_RSC_NONE) {
        return NULL;
    }
    id = cluster->rscs[address].id;
    if (strncmp(id, bundle->id, length) == 0 && g_str_has_prefix(id + length, "-ip-")) {
        return id + length + strlen("-ip-");
    }
    return NULL;
}

static void
print_replica(struct cox_out *out, const struct cox_cluster *cluster, guint32 bundle,
              const struct cox_bundle_parts *parts, const struct cox_view_how *how)
{
    guint32 shown = (parts->child != COX_RSC_NONE) ? parts->child : parts->container;
    guint32 named = (parts->connection != COX_RSC_NONE) ? parts->connection : parts->container;
    const char *address = address_text(cluster, &cluster->rscs[bundle], parts->address);
    guint32 node = COX_NODE_NONE;
    g_autofree char *name = NULL;
    g_autofree char *line = NULL;

    if (shown == COX_RSC_NONE || named == COX_RSC_NONE) {
        return;
    }
    name = (address != NULL) ? g_strdup_printf("%s (%s)", cluster->rscs[named].id, address)
                             : g_strdup(cluster->rscs[named].id);
    if (parts->container != COX_RSC_NONE && cluster->rscs[parts->container].n_running_on > 0) {
        node = cluster->rscs[parts->container].running_on[0];
    }
    line = cox_rsc_view_line(cluster, shown, name, node, how);
    cox_out_line(out, "%s", line);
}

/* Every part of a replica that is asked for, in text as lines of their own. */
static void
print_parts(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_bundle_parts *parts,
            const struct cox_view_how *how)
{
    const guint32 in_order[] = { parts->address, parts->child, parts->container, parts->connection };

    cox_out_begin(out, "replica", NULL);
    cox_out_attrf(out, "id", "%d", parts->number);
    for (size_t i = 0; i < G_N_ELEMENTS(in_order); i++) {
        if (in_order[i] != COX_RSC_NONE && cox_view_how_has_rsc(how, in_order[i])) {
            cox_rsc_view_primitive(out, cluster, in_order[i], how);
        }
    }
    cox_out_end(out);
}

/* The container's node counts for the whole replica. */
static bool
wants_replica(const struct cox_cluster *cluster, const struct cox_bundle_parts *parts, const struct cox_view_how *how)
{
    const guint32 all[] = { parts->address, parts->child, parts->container, parts->connection };
    bool is_named = false;

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        is_named = is_named || (all[i] != COX_RSC_NONE && cox_view_how_has_rsc(how, all[i]));
    }
    if (!is_named || how->nodes == NULL || parts->container == COX_RSC_NONE) {
        return is_named;
    }
    if (cluster->rscs[parts->container].n_running_on == 0) {
        return how->with_inactive;
    }
    return how->nodes[cluster->rscs[parts->container].running_on[0]];
}

/* Is only a part of some replica asked for? */
static bool
is_part_named(const struct cox_cluster *cluster, guint32 rsc, const struct cox_view_how *how)
{
    guint32 end = cox_rsc_view_next(cluster, rsc);

    for (guint32 i = rsc + 1; i < end && how->rscs != NULL; i++) {
        if (!how->rscs[i]) {
            return true;
        }
    }
    return false;
}

static void
begin_bundle(struct cox_out *out, const struct cox_rsc_state *rsc, guint n_replicas, const struct cox_view_how *how)
{
    const struct cox_bundle_def *def = (rsc->def != NULL) ? rsc->def->bundle : NULL;
    const char *image = (def != NULL) ? cox_nvpairs_get(def->container_attrs, def->n_container_attrs, "image") : NULL;
    g_autoptr(GString) flags = g_string_new(NULL);

    if (rsc->is_unique) {
        cox_names_flag(flags, "unique");
    }
    if (rsc->is_maintenance) {
        cox_names_flag(flags, "maintenance");
    } else if (!rsc->is_managed) {
        cox_names_flag(flags, "unmanaged");
    }
    cox_names_flags_close(flags);
    cox_out_begin(out, "bundle", "id", rsc->id, "type", (def != NULL) ? def->container : NULL, "image", image, NULL);
    cox_out_attr_bool(out, "unique", rsc->is_unique);
    cox_out_attr_bool(out, "maintenance", rsc->is_maintenance);
    cox_out_attr(out, "description", (how->with_descriptions && rsc->def != NULL) ? rsc->def->description : NULL);
    cox_out_attr_bool(out, "managed", rsc->is_managed);
    cox_out_attr_bool(out, "failed", rsc->is_failed);
    cox_out_list_begin(out, "Container bundle%s: %s [%s]%s", (n_replicas > 1) ? " set" : "", rsc->id,
                       (image != NULL) ? image : "", flags->str);
}

void
cox_bundle_view(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc, const struct cox_view_how *how)
{
    g_autoptr(GArray) replicas = cox_bundle_view_replicas(cluster, rsc);
    bool has_parts = how->with_details || is_part_named(cluster, rsc, how);

    begin_bundle(out, &cluster->rscs[rsc], replicas->len, how);
    for (guint i = 0; i < replicas->len; i++) {
        const struct cox_bundle_parts *parts = &g_array_index(replicas, struct cox_bundle_parts, i);

        if (!wants_replica(cluster, parts, how)) {
            continue;
        }
        if (cox_out_is_text(out) && !has_parts) {
            print_replica(out, cluster, rsc, parts, how);
            continue;
        }
        if (replicas->len > 1) {
            cox_out_line(out, "Replica[%d]", parts->number);
        }
        cox_out_list_begin(out, NULL);
        print_parts(out, cluster, parts, how);
        cox_out_list_end(out);
    }
    cox_out_list_end(out);
    cox_out_end(out);
}
