/* lib/sched/bundle_params.c - what the container and the address of a replica are started with.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <string.h>

#include "model/option.h"
#include "sched/bundle_priv.h"
#include "sched/rsc_priv.h"

static const char *
container_attr(const struct sched_bundle *bundle, enum cox_option_id id)
{
    return cox_nvpairs_get(bundle->def->container_attrs, bundle->def->n_container_attrs, cox_option(id)->name);
}

static const char *
network_attr(const struct sched_bundle *bundle, enum cox_option_id id)
{
    return cox_nvpairs_get(bundle->def->network_attrs, bundle->def->n_network_attrs, cox_option(id)->name);
}

const char *
sched_bundle_port(const struct sched_bundle *bundle)
{
    const char *port = network_attr(bundle, COX_OPT_BUNDLE_CONTROL_PORT);

    return port != NULL ? port : cox_option(COX_OPT_BUNDLE_CONTROL_PORT)->fallback;
}

/* One -v option; a source below a root is a directory of the replica's own, which is made before (@mounts). */
static void
add_mount(const struct sched_bundle *bundle, const struct sched_replica *replica, const struct cox_storage_def *storage,
          GString *options, GString *mounts)
{
    g_autofree char *source = storage->source_dir_root == NULL
                                  ? g_strdup(storage->source_dir)
                                  : g_strdup_printf("%s/%s-%d", storage->source_dir_root, bundle->rsc->id,
                                                    replica->number);

    if (storage->source_dir_root != NULL) {
        g_string_append_printf(mounts, "%s%s", mounts->len > 0 ? "," : "", source);
    }
    g_string_append_printf(options, " -v %s:%s", source, storage->target_dir);
    if (storage->options != NULL) {
        g_string_append_printf(options, ":%s", storage->options);
    }
}

static void
add_mounts(const struct sched_bundle *bundle, const struct sched_replica *replica, GString *options, GString *mounts)
{
    /* What the remote daemon inside needs: the key, and somewhere to log. */
    static const struct cox_storage_def own[] = {
        { .source_dir = "/etc/pacemaker/authkey", .target_dir = "/etc/pacemaker/authkey" },
        { .source_dir_root = "/var/log/pacemaker/bundles", .target_dir = "/var/log" },
    };

    for (size_t i = 0; i < bundle->def->n_storages; i++) {
        add_mount(bundle, replica, &bundle->def->storages[i], options, mounts);
    }
    for (size_t i = 0; bundle->child != NULL && i < G_N_ELEMENTS(own); i++) {
        add_mount(bundle, replica, &own[i], options, mounts);
    }
}

static void
add_port(const struct sched_bundle *bundle, const struct sched_replica *replica, const struct cox_port_def *port,
         GString *options)
{
    const char *source = port->port != NULL ? port->port : port->range;
    const char *target = port->internal_port != NULL ? port->internal_port : source;

    if (replica->address != NULL) {
        g_string_append_printf(options, " -p %s:%s:%s", replica->address, source, target);
    } else if (g_strcmp0(container_attr(bundle, COX_OPT_BUNDLE_NETWORK), "host") != 0) {
        g_string_append_printf(options, " -p %s:%s", source, target);
    }
}

static void
add_ports(const struct sched_bundle *bundle, const struct sched_replica *replica, GString *options)
{
    const struct cox_port_def control = { .port = sched_bundle_port(bundle) };

    for (size_t i = 0; i < bundle->def->n_ports; i++) {
        add_port(bundle, replica, &bundle->def->ports[i], options);
    }
    if (bundle->child != NULL) {
        add_port(bundle, replica, &control, options);
    }
}

/* Names of all replicas for the hosts file of each. */
static void
add_hosts(const struct sched_bundle *bundle, GString *options)
{
    g_string_append_c(options, ' ');
    if (cox_option_number(COX_OPT_BUNDLE_ADD_HOST, network_attr(bundle, COX_OPT_BUNDLE_ADD_HOST)) == 0) {
        return;
    }
    for (int i = 0; i < bundle->n_replicas; i++) {
        if (bundle->replicas[i].address != NULL) {
            g_string_append_printf(options, " --add-host=%s-%d:%s", bundle->rsc->id, i, bundle->replicas[i].address);
        }
    }
}

static const char *
run_options(struct sched_work *work, const struct sched_bundle *bundle, const struct sched_replica *replica,
            GString *mounts)
{
    g_autoptr(GString) options = g_string_new(NULL);
    const char *network = container_attr(bundle, COX_OPT_BUNDLE_NETWORK);
    const char *more = container_attr(bundle, COX_OPT_BUNDLE_OPTIONS);

    if (strcmp(bundle->container_type, "docker") == 0) {
        g_string_append(options, " --restart=no");
    }
    if (network_attr(bundle, COX_OPT_BUNDLE_IP_RANGE_START) != NULL) {
        g_string_append_printf(options, " -h %s-%d", bundle->rsc->id, replica->number);
    }
    g_string_append(options, " -e PCMK_stderr=1");
    if (network != NULL) {
        g_string_append_printf(options, " --net=%s", network);
    }
    g_string_append_printf(options, " -e PCMK_remote_port=%s", sched_bundle_port(bundle));
    add_mounts(bundle, replica, options, mounts);
    add_ports(bundle, replica, options);
    if (more != NULL) {
        g_string_append_printf(options, " %s", more);
    }
    add_hosts(bundle, options);
    return cox_arena_strdup(work->arena, options->str);
}

struct cox_nvsets
sched_bundle_container_params(struct sched_work *work, const struct sched_bundle *bundle,
                              const struct sched_replica *replica)
{
    g_autoptr(GString) mounts = g_string_new(NULL);
    const char *options = run_options(work, bundle, replica, mounts);
    const char *command = container_attr(bundle, COX_OPT_BUNDLE_RUN_COMMAND);
    struct cox_nvpair pairs[9] = {
        { NULL, "image", container_attr(bundle, COX_OPT_BUNDLE_IMAGE) },
        { NULL, "allow_pull", "true" },
        { NULL, "force_kill", "false" },
        { NULL, "reuse", "false" },
        { NULL, "run_opts", options },
        { NULL, "mount_points", cox_arena_strdup(work->arena, mounts->str) },
        { NULL, "monitor_cmd", "/bin/true" },
    };
    size_t n = 7;

    if (command == NULL && bundle->child != NULL) {
        command = "/usr/sbin/pacemaker-remoted";
    }
    if (command != NULL) {
        pairs[n++] = (struct cox_nvpair) { NULL, "run_cmd", command };
    }
    return sched_made_up_set(work, pairs, n);
}

struct cox_nvsets
sched_bundle_address_params(struct sched_work *work, const struct sched_bundle *bundle,
                            const struct sched_replica *replica)
{
    const char *netmask = network_attr(bundle, COX_OPT_BUNDLE_HOST_NETMASK), *interface = network_attr(bundle, COX_OPT_BUNDLE_HOST_INTERFACE);
    const struct cox_nvpair pairs[] = {
        { NULL, "ip", replica->address },
        { NULL, "cidr_netmask", netmask != NULL ? netmask : cox_option(COX_OPT_BUNDLE_HOST_NETMASK)->fallback },
        { NULL, "nic", interface },
    };

    return sched_made_up_set(work, pairs, interface == NULL ? 2 : 3);
}
