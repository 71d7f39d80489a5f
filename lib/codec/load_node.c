/* lib/codec/load_node.c - configured nodes.  Layer 3. */
#include "codec/load_node.h"

#include "codec/load_nvset.h"

static enum cox_node_kind
kind_of(struct cox_context *context, const struct cox_xml *xml)
{
    const char *text = cox_xml_get(xml, "type");

    if (text == NULL || g_ascii_strcasecmp(text, "member") == 0 || g_ascii_strcasecmp(text, "normal") == 0) {
        return COX_NODE_MEMBER;
    }
    if (g_ascii_strcasecmp(text, "remote") == 0) {
        return COX_NODE_REMOTE;
    }
    if (g_ascii_strcasecmp(text, "ping") != 0) {
        cox_context_problem(context, xml, "write member, remote or ping",
                            "node '%s': type '%s' is unknown, it is not used for resources", cox_xml_id(xml), text);
    }
    return COX_NODE_PING;
}

void
cox_codec_nodes(struct cox_context *context, const struct cox_xml *nodes)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct cox_node_def));

    for (struct cox_xml *xml = cox_xml_child(nodes, "node"); xml != NULL; xml = cox_xml_next_named(xml, "node")) {
        struct cox_node_def node = {
            .id = cox_context_text(context, xml, "id"),
            .uname = cox_context_text(context, xml, "uname"),
            .kind = kind_of(context, xml),
            .attributes = cox_codec_nvsets(context, xml, "instance_attributes"),
            .utilization = cox_codec_nvsets(context, xml, "utilization"),
        };

        cox_context_score(context, xml, "score", &node.score);
        if (node.id == NULL || node.uname == NULL) {
            cox_context_problem(context, xml, "add the attributes 'id' and 'uname'",
                                "node '%s' lacks id or uname, it is ignored", node.id == NULL ? "" : node.id);
            continue;
        }
        g_array_append_val(list, node);
    }
    context->config->nodes = cox_context_freeze(context, list, &context->config->n_nodes);
}
