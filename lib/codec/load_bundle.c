/* lib/codec/load_bundle.c - what a bundle has besides its child.  Layer 3. */
#include "codec/load_bundle.h"

#include <string.h>

static const char *const no_names[] = { NULL };
static const char *const only_id[] = { "id", NULL };

static void
read_container(struct cox_context *context, const struct cox_xml *xml, struct cox_bundle_def *bundle)
{
    static const char *const kinds[] = { "docker", "podman", "rkt" };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const struct cox_xml *container = cox_xml_child(xml, kinds[i]);

        if (container != NULL) {
            bundle->container = kinds[i];
            bundle->container_attrs = cox_context_attrs(context, container, no_names, &bundle->n_container_attrs);
            return;
        }
    }
    cox_context_problem(context, xml, "add a podman or docker element", "bundle '%s' has no container element",
                        cox_xml_id(xml));
}

static void
read_network(struct cox_context *context, const struct cox_xml *network, struct cox_bundle_def *bundle)
{
    GArray *ports = g_array_new(FALSE, FALSE, sizeof(struct cox_port_def));

    for (struct cox_xml *xml = cox_xml_child(network, "port-mapping"); xml != NULL;
         xml = cox_xml_next_named(xml, "port-mapping")) {
        struct cox_port_def port = {
            .id = cox_context_text(context, xml, "id"),
            .port = cox_context_text(context, xml, "port"),
            .internal_port = cox_context_text(context, xml, "internal-port"),
            .range = cox_context_text(context, xml, "range"),
        };

        g_array_append_val(ports, port);
    }
    bundle->has_network = network != NULL;
    if (network != NULL) {
        bundle->network_attrs = cox_context_attrs(context, network, only_id, &bundle->n_network_attrs);
    }
    bundle->ports = cox_context_freeze(context, ports, &bundle->n_ports);
}

static void
read_storage(struct cox_context *context, const struct cox_xml *storage, struct cox_bundle_def *bundle)
{
    GArray *storages = g_array_new(FALSE, FALSE, sizeof(struct cox_storage_def));

    for (struct cox_xml *xml = cox_xml_child(storage, "storage-mapping"); xml != NULL;
         xml = cox_xml_next_named(xml, "storage-mapping")) {
        struct cox_storage_def mapping = {
            .id = cox_context_text(context, xml, "id"),
            .source_dir = cox_context_text(context, xml, "source-dir"),
            .source_dir_root = cox_context_text(context, xml, "source-dir-root"),
            .target_dir = cox_context_text(context, xml, "target-dir"),
            .options = cox_context_text(context, xml, "options"),
        };

        g_array_append_val(storages, mapping);
    }
    bundle->storages = cox_context_freeze(context, storages, &bundle->n_storages);
}

const struct cox_bundle_def *
cox_codec_bundle(struct cox_context *context, const struct cox_xml *xml)
{
    struct cox_bundle_def *bundle = cox_arena_new_array(context->arena, struct cox_bundle_def, 1);

    read_container(context, xml, bundle);
    read_network(context, cox_xml_child(xml, "network"), bundle);
    read_storage(context, cox_xml_child(xml, "storage"), bundle);
    return bundle;
}
