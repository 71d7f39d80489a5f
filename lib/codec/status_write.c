/* lib/codec/status_write.c - what is known of the nodes, as status element.  Layer 3. */
#include "codec/status_write.h"

#include "codec/statusfield.h"

static void
write_set(struct cox_xml *parent, const char *name, const struct cox_nvset *set)
{
    struct cox_xml *xml = cox_xml_new_child(parent, name);

    cox_xml_set(xml, "id", set->id);
    for (size_t i = 0; i < set->n_pairs; i++) {
        struct cox_xml *pair = cox_xml_new_child(xml, "nvpair");

        cox_xml_set(pair, "id", set->pairs[i].id);
        cox_xml_set(pair, "name", set->pairs[i].name);
        cox_xml_set(pair, "value", set->pairs[i].value);
    }
}

static void
write_transient(struct cox_xml *parent, const struct cox_node_status *node)
{
    struct cox_xml *xml;

    if (node->attr_sets->len == 0 && node->utilization_sets->len == 0) {
        return;
    }
    xml = cox_xml_new_child(parent, "transient_attributes");
    cox_xml_set(xml, "id", node->id);
    for (guint i = 0; i < node->attr_sets->len; i++) {
        write_set(xml, "instance_attributes", &g_array_index(node->attr_sets, struct cox_nvset, i));
    }
    for (guint i = 0; i < node->utilization_sets->len; i++) {
        write_set(xml, "utilization", &g_array_index(node->utilization_sets, struct cox_nvset, i));
    }
}

static void
write_rsc(struct cox_xml *parent, const struct cox_rsc_history *rsc)
{
    struct cox_xml *xml = cox_xml_new_child(parent, "lrm_resource");

    cox_status_fields_write(cox_status_rsc_fields(), rsc, xml);
    for (guint32 i = 0; i < rsc->n_ops; i++) {
        cox_status_fields_write(cox_status_op_fields(), &rsc->ops[i], cox_xml_new_child(xml, "lrm_rsc_op"));
    }
}

static void
write_node(struct cox_xml *parent, const struct cox_node_status *node)
{
    struct cox_xml *xml = cox_xml_new_child(parent, "node_state");
    struct cox_xml *resources;

    cox_status_fields_write(cox_status_node_fields(), node, xml);
    if (node->has_lrm || node->resources->len > 0) {
        struct cox_xml *lrm = cox_xml_new_child(xml, "lrm");

        cox_xml_set(lrm, "id", node->id);
        resources = cox_xml_new_child(lrm, "lrm_resources");
        for (guint i = 0; i < node->resources->len; i++) {
            write_rsc(resources, g_ptr_array_index(node->resources, i));
        }
    }
    write_transient(xml, node);
}

static void
write_ticket(struct cox_xml *parent, const struct cox_ticket_state *ticket)
{
    struct cox_xml *xml = cox_xml_new_child(parent, "ticket_state");

    cox_xml_set(xml, "id", ticket->id);
    for (guint i = 0; i < ticket->attrs->len; i++) {
        const struct cox_nvpair *pair = &g_array_index(ticket->attrs, struct cox_nvpair, i);

        cox_xml_set(xml, pair->name, pair->value);
    }
}

void
cox_codec_status_write(const struct cox_status *status, struct cox_xml *xml)
{
    cox_xml_clear(xml);
    if (status->tickets->len > 0) {
        struct cox_xml *tickets = cox_xml_new_child(xml, "tickets");

        for (guint i = 0; i < status->tickets->len; i++) {
            write_ticket(tickets, g_ptr_array_index(status->tickets, i));
        }
    }
    for (guint i = 0; i < status->nodes->len; i++) {
        write_node(xml, g_ptr_array_index(status->nodes, i));
    }
}
