/* lib/codec/load_alert.c - the alerts section.  Layer 3. */
#include "codec/load_alert.h"

#include "codec/load_nvset.h"
#include "model/alert.h"

/* The last `select` counts, as only one makes sense. */
static void
read_select(struct cox_context *context, const struct cox_xml *select, struct cox_alert *alert)
{
    static const struct {
        const char *name;
        enum cox_alert_kind kind;
    } rows[] = {
        { "select_nodes", COX_ALERT_NODE },
        { "select_fencing", COX_ALERT_FENCING },
        { "select_resources", COX_ALERT_RESOURCE },
        { "select_attributes", COX_ALERT_ATTRIBUTE },
    };
    const struct cox_xml *attributes = cox_xml_child(select, "select_attributes");
    GArray *names = g_array_new(FALSE, FALSE, sizeof(const char *));

    alert->kinds = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (cox_xml_child(select, rows[i].name) != NULL) {
            alert->kinds |= rows[i].kind;
        }
    }
    for (const struct cox_xml *xml = attributes == NULL ? NULL : cox_xml_child(attributes, "attribute"); xml != NULL;
         xml = cox_xml_next_named(xml, "attribute")) {
        const char *name = cox_context_text(context, xml, "name");

        if (name != NULL) {
            g_array_append_val(names, name);
        }
    }
    alert->attributes = cox_context_freeze(context, names, &alert->n_attributes);
}

static void
read_recipients(struct cox_context *context, const struct cox_xml *xml, struct cox_alert *alert)
{
    GArray *recipients = g_array_new(FALSE, FALSE, sizeof(struct cox_alert_recipient));

    for (const struct cox_xml *child = cox_xml_child(xml, "recipient"); child != NULL; child = cox_xml_next_named(child, "recipient")) {
        const struct cox_alert_recipient recipient = {
            .id = cox_context_text(context, child, "id"),
            .value = cox_context_text(context, child, "value"),
            .meta = cox_codec_nvsets(context, child, "meta_attributes"),
            .params = cox_codec_nvsets(context, child, "instance_attributes"),
        };

        g_array_append_val(recipients, recipient);
    }
    alert->recipients = cox_context_freeze(context, recipients, &alert->n_recipients);
}

void
cox_codec_alerts(struct cox_context *context, const struct cox_xml *section)
{
    GArray *alerts = g_array_new(FALSE, FALSE, sizeof(struct cox_alert));

    for (const struct cox_xml *xml = section == NULL ? NULL : cox_xml_child(section, "alert"); xml != NULL;
         xml = cox_xml_next_named(xml, "alert")) {
        struct cox_alert alert = {
            .id = cox_context_text(context, xml, "id"),
            .path = cox_context_text(context, xml, "path"),
            .kinds = COX_ALERT_USUAL,
            .meta = cox_codec_nvsets(context, xml, "meta_attributes"),
            .params = cox_codec_nvsets(context, xml, "instance_attributes"),
        };

        if (alert.path == NULL || alert.path[0] != '/') {
            cox_context_problem(context, xml, "write the whole path of the alert agent",
                                "alert '%s': path '%s' does not begin with '/', it is ignored", alert.id == NULL ? "" : alert.id,
                                alert.path == NULL ? "" : alert.path);
            continue;
        }
        for (const struct cox_xml *select = cox_xml_child(xml, "select"); select != NULL; select = cox_xml_next_named(select, "select")) {
            read_select(context, select, &alert);
        }
        read_recipients(context, xml, &alert);
        g_array_append_val(alerts, alert);
    }
    context->config->alerts = cox_context_freeze(context, alerts, &context->config->n_alerts);
}
