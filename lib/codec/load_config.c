/* lib/codec/load_config.c - a cib tree to a frozen configuration.  Layer 3. */
#include "codec/load_config.h"

#include "codec/load_alert.h"
#include "codec/load_constraint.h"
#include "codec/context.h"
#include "codec/load_fencing.h"
#include "codec/load_node.h"
#include "codec/load_nvset.h"
#include "codec/load_resource.h"
#include "codec/load_tag.h"

static void
read_header(struct cox_context *context, const struct cox_xml *cib)
{
    enum cox_tristate quorum = cox_context_bool(context, cib, "have-quorum");

    context->config->header = (struct cox_cib_header) {
        .validate_with = cox_context_text(context, cib, "validate-with"),
        .crm_feature_set = cox_context_text(context, cib, "crm_feature_set"),
        .dc_uuid = cox_context_text(context, cib, "dc-uuid"),
        .execution_date = cox_context_text(context, cib, "execution-date"),
        .last_written = cox_context_text(context, cib, "cib-last-written"),
        .update_origin = cox_context_text(context, cib, "update-origin"),
        .update_client = cox_context_text(context, cib, "update-client"),
        .update_user = cox_context_text(context, cib, "update-user"),
        .admin_epoch = cox_context_number(context, cib, "admin_epoch", 0),
        .epoch = cox_context_number(context, cib, "epoch", 0),
        .num_updates = cox_context_number(context, cib, "num_updates", 0),
        .has_quorum_attribute = quorum != COX_UNSET,
        .has_quorum = quorum == COX_TRUE,
        .no_quorum_panic = cox_context_bool(context, cib, "no-quorum-panic") == COX_TRUE,
    };
}

struct cox_config *
cox_codec_config(const struct cox_xml *cib, GTimeZone *zone, struct cox_diags *diags)
{
    struct cox_arena *arena = cox_arena_new();
    struct cox_config *config = cox_arena_new_array(arena, struct cox_config, 1);
    const struct cox_xml *configuration = cox_xml_child(cib, "configuration");
    struct cox_context context = {
        .arena = arena,
        .config = config,
        .diags = diags,
        .top = cib,
        .zone = zone,
        .tag_by_id = g_hash_table_new(g_str_hash, g_str_equal),
        .rule_by_xml = g_hash_table_new(NULL, NULL),
    };

    config->arena = arena;
    read_header(&context, cib);
    config->properties = cox_codec_nvsets(&context, cox_xml_child(configuration, "crm_config"),
                                          "cluster_property_set");
    config->rsc_defaults = cox_codec_nvsets(&context, cox_xml_child(configuration, "rsc_defaults"), "meta_attributes");
    config->op_defaults = cox_codec_nvsets(&context, cox_xml_child(configuration, "op_defaults"), "meta_attributes");
    cox_codec_nodes(&context, cox_xml_child(configuration, "nodes"));
    cox_codec_resources(&context, cox_xml_child(configuration, "resources"));
    cox_codec_tags(&context, configuration);
    cox_codec_constraints(&context, cox_xml_child(configuration, "constraints"));
    cox_codec_fencing(&context, cox_xml_child(configuration, "fencing-topology"));
    cox_codec_alerts(&context, cox_xml_child(configuration, "alerts"));

    g_hash_table_destroy(context.tag_by_id);
    g_hash_table_destroy(context.rule_by_xml);
    if (context.by_id != NULL) {
        g_hash_table_destroy(context.by_id);
    }
    return config;
}
