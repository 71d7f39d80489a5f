/* lib/sched/bundle.c - expansion of bundles to replicas.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <stdlib.h>
#include <string.h>

#include "model/option.h"
#include "sched/bundle_priv.h"
#include "sched/rsc_priv.h"

struct sched_replica *
sched_bundle_replica(const struct sched_rsc *rsc)
{
    struct sched_bundle *bundle = sched_bundle_of(rsc->top);

    return (bundle == NULL || rsc->replica < 0) ? NULL : &bundle->replicas[rsc->replica];
}

/* ---- numbers and addresses ---- */

static int
number_of(const struct cox_bundle_def *def, enum cox_option_id id)
{
    return (int) cox_option_number(id, cox_nvpairs_get(def->container_attrs, def->n_container_attrs, cox_option(id)->name));
}

/* What promoted-max was called in older schemas. */
static int
old_masters(const struct cox_bundle_def *def)
{
    return (int) cox_option_number(COX_OPT_BUNDLE_PROMOTED_MAX,
                                   cox_nvpairs_get(def->container_attrs, def->n_container_attrs, "masters"));
}

/* The IPv4 address @n after @first; NULL for other addresses and beyond the range. */
static const char *
address_after(struct sched_work *work, const char *first, int n)
{
    g_auto(GStrv) parts = g_strsplit(first, ".", -1);
    int c, d;

    if (g_strv_length(parts) != 4) {
        return n == 0 ? first : NULL;
    }
    c = atoi(parts[2]);
    d = atoi(parts[3]);
    for (; n > 0; n--) {
        if (d <= 253) {
            d++;
        } else if (c <= 253) {
            c++;
            d = 1;
        } else {
            return NULL;
        }
    }
    return cox_arena_printf(work->arena, "%s.%s.%d.%d", parts[0], parts[1], c, d);
}

/* ---- definitions of what the bundle implies ---- */

static struct cox_rsc_def *
made_up(struct sched_work *work, const char *id, const char *type)
{
    struct cox_rsc_def *def = cox_arena_new_array(work->arena, struct cox_rsc_def, 1);
    struct cox_op_def *op = cox_arena_new_array(work->arena, struct cox_op_def, 1);

    def->id = id;
    def->variant = COX_PRIMITIVE;
    def->parent = COX_RSC_NONE;
    def->standard = "ocf";
    def->provider = "heartbeat";
    def->type = type;
    op->name = "monitor";
    op->interval_spec = "60s";
    op->interval_ms = 60000;
    op->id = cox_arena_printf(work->arena, "%s-monitor-60s", id);
    def->ops = op;
    def->n_ops = 1;
    return def;
}

static const char *
number_text(struct sched_work *work, int number)
{
    return cox_arena_printf(work->arena, "%d", number);
}

static struct cox_rsc_def *
clone_def(struct sched_work *work, const struct sched_bundle *bundle)
{
    struct cox_rsc_def *def = cox_arena_new_array(work->arena, struct cox_rsc_def, 1);
    const struct cox_nvpair metas[] = {
        { NULL, "ordered", "true" },
        { NULL, "clone-max", number_text(work, bundle->n_replicas) },
        { NULL, "clone-node-max", number_text(work, bundle->replicas_per_host) },
        { NULL, "globally-unique", bundle->replicas_per_host > 1 ? "true" : "false" },
        { NULL, "promotable", "true" },
        { NULL, "promoted-max", number_text(work, bundle->promoted_max) },
    };

    def->id = cox_arena_printf(work->arena, "%s-%s", bundle->rsc->id, bundle->promoted_max > 0 ? "master" : "clone");
    def->variant = COX_CLONE;
    def->parent = COX_RSC_NONE;
    def->meta = sched_made_up_set(work, metas, bundle->promoted_max > 0 ? 6 : 4); /* else the bundle's own count */
    return def;
}

/* ---- parts ---- */

static struct sched_rsc *
part_new(struct sched_work *work, const struct sched_bundle *bundle, const struct cox_rsc_def *def, int replica)
{
    const struct sched_rsc_spec spec = {
        .def = def, .parent = bundle->rsc, .instance = -1, .replica = replica, .is_implicit = true,
    };

    return sched_rsc_new(work, &spec);
}

static void
expand_child(struct sched_work *work, struct sched_bundle *bundle, const struct cox_rsc_def *child)
{
    bundle->child = part_new(work, bundle, clone_def(work, bundle), -1);
    bundle->has_promotable_child = bundle->child->meta.is_promotable;
    for (int i = 0; i < bundle->n_replicas; i++) {
        const struct sched_rsc_spec spec = {
            .def = child,
            .id = cox_arena_printf(work->arena, "%s:%d", child->id, i),
            .parent = bundle->child,
            .instance = i,
            .replica = i,
        };

        bundle->replicas[i].child = sched_rsc_new(work, &spec);
        bundle->replicas[i].child->external_address = bundle->replicas[i].address;
    }
}

/* The guest node of the replica is for its child alone. */
static void
dedicate_node(struct sched_work *work, const struct sched_bundle *bundle, struct sched_replica *replica)
{
    struct sched_node *node = replica->node;

    memset(replica->child->cells, 0, sizeof(*replica->child->cells) * work->n_nodes);
    sched_rsc_allow(replica->child, node, 500);
    replica->child->cells[node->idx].discovery = COX_DISCOVERY_EXCLUSIVE;
    sched_rsc_allow(bundle->child, node, -COX_SCORE_INFINITY);
    for (guint32 i = 0; i < work->n_nodes; i++) {
        const struct sched_node *other = g_ptr_array_index(work->nodes, i);

        /* Connections are made by cluster nodes only. */
        if (other->kind == SCHED_NODE_REMOTE && replica->remote->cells[i].is_present) {
            replica->remote->cells[i].score = -COX_SCORE_INFINITY;
        }
    }
}

static void
expand_connection(struct sched_work *work, struct sched_bundle *bundle, struct sched_replica *replica)
{
    const struct sched_connection connection = {
        .name = cox_arena_printf(work->arena, "%s-%d", bundle->rsc->id, replica->number),
        .container = replica->container->id,
        .address = replica->address != NULL ? replica->address : "#uname",
        .port = sched_bundle_port(bundle),
    };

    replica->remote = part_new(work, bundle, sched_connection_def(work, &connection), replica->number);
    sched_connection_link(work, replica->remote);
    replica->node = replica->remote->remote_node;
    sched_list_add(&replica->container->fillers, replica->child);
    if (replica->node != NULL) {
        dedicate_node(work, bundle, replica);
    }
}

/* What is inside needs its room where the container is: the guest node offers none of its own. */
static void
move_needs(struct sched_rsc *child, struct sched_rsc *container)
{
    container->utilization = child->utilization;
    child->utilization = (struct cox_nvlist) { 0 };
}

static void
expand_replica(struct sched_work *work, struct sched_bundle *bundle, struct sched_replica *replica)
{
    const char *id = bundle->rsc->id;
    struct cox_rsc_def *def = made_up(
        work, cox_arena_printf(work->arena, "%s-%s-%d", id, bundle->container_type, replica->number),
        bundle->container_type);

    def->params = sched_bundle_container_params(work, bundle, replica);
    replica->container = part_new(work, bundle, def, replica->number);
    if (replica->address != NULL) {
        def = made_up(work, cox_arena_printf(work->arena, "%s-ip-%s", id, replica->address), "IPaddr2");
        def->params = sched_bundle_address_params(work, bundle, replica);
        replica->ip = part_new(work, bundle, def, replica->number);
    }
    if (replica->child != NULL) {
        move_needs(replica->child, replica->container);
        expand_connection(work, bundle, replica);
    }
}

void
sched_bundle_expand(struct sched_work *work, struct sched_rsc *rsc)
{
    struct sched_bundle *bundle = cox_arena_new_array(work->arena, struct sched_bundle, 1);
    const struct cox_bundle_def *def = rsc->def->bundle;
    const struct cox_rsc_def *child = sched_rsc_child_def(work, rsc->def);
    const char *first;

    bundle->rsc = rsc;
    bundle->def = def;
    bundle->container_type = def->container != NULL ? def->container : "podman";
    bundle->n_replicas = sched_bundle_count(def);
    first = cox_nvpairs_get(def->network_attrs, def->n_network_attrs,
                            cox_option(COX_OPT_BUNDLE_IP_RANGE_START)->name);
    /* Without addresses of their own, the remote daemons inside would listen on the same port of the host. */
    bundle->replicas_per_host = (first == NULL && child != NULL) ? 1 : MAX(number_of(def, COX_OPT_BUNDLE_REPLICAS_PER_HOST), 1);
    bundle->promoted_max = MAX(number_of(def, COX_OPT_BUNDLE_PROMOTED_MAX), old_masters(def));
    bundle->replicas = cox_arena_new_array(work->arena, struct sched_replica, bundle->n_replicas);
    rsc->bundle = bundle;
    for (int i = 0; i < bundle->n_replicas; i++) {
        bundle->replicas[i].number = i;
        bundle->replicas[i].address = first == NULL ? NULL : address_after(work, first, i);
    }
    if (child != NULL) {
        expand_child(work, bundle, child);
        /* It was needed first, but stands last. */
        g_ptr_array_remove(rsc->children, bundle->child);
    }
    for (int i = 0; i < bundle->n_replicas; i++) {
        expand_replica(work, bundle, &bundle->replicas[i]);
    }
    if (child != NULL) {
        g_ptr_array_add(rsc->children, bundle->child);
    }
}
