/* tools/crm_standby.c - is a node in standby?  Layer 6. */
#include "base/error.h"
#include "tools/attribute_run.h"

struct settings {
    int command;
    char *value, *node, *lifetime, *id;
};

#define FIELD(field) offsetof(struct settings, field)

static const struct cox_opt options[] = {
    { "query", 'G', COX_OPT_SET, NULL, "Commands", "Query the current value of standby mode (on/off)", FIELD(command),
      .value = COX_ATTRIBUTE_QUERY },
    { "update", 'v', COX_OPT_SET_STRING, "VALUE", "Commands", "Update the value of standby mode (on/off)", FIELD(command), FIELD(value),
      COX_ATTRIBUTE_UPDATE },
    { "delete", 'D', COX_OPT_SET, NULL, "Commands", "Let standby mode use the default value", FIELD(command),
      .value = COX_ATTRIBUTE_DELETE },
    { "node", 'N', COX_OPT_STRING, "NODE", NULL, "Operate on the named node instead of the current one", FIELD(node) },
    { NULL, 'U', COX_OPT_STRING, "NODE", NULL, NULL, FIELD(node), .flags = COX_OPT_HIDDEN },
    { "lifetime", 'l', COX_OPT_STRING, "LIFETIME", NULL, "Until when should the setting take effect: reboot or forever",
      FIELD(lifetime) },
    { "id", 'i', COX_OPT_STRING, "ID", NULL, "(Advanced) XML ID used to identify the attribute", FIELD(id) },
    { "quiet", 'q', COX_OPT_QUIET, NULL, NULL, "Print only the value on stdout" },
    { NULL, 'Q', COX_OPT_QUIET, NULL, NULL, NULL, .flags = COX_OPT_HIDDEN },
};

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    const struct cox_cib_access_settings where = { .tool = "crm_standby" };
    struct cox_attribute_task task = { .command = (enum cox_attribute_command) settings->command,
                                       .request = { .scope = COX_ATTRPATH_NODE, .name = "standby", .id = settings->id, .node = settings->node },
                                       .value = settings->value,
                                       .fallback = "off" };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = NULL;

    if (settings->lifetime != NULL && !cox_attrpath_scope_parse(settings->lifetime, &task.request.scope)) {
        return cox_tool_usage(ctx, "--lifetime: '%s' is not known: use reboot or forever", settings->lifetime);
    }
    access = cox_cib_access_open(&where, &error);
    if (access == NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (task.command == COX_ATTRIBUTE_QUERY && settings->lifetime == NULL) {
        g_autofree char *value = cox_attribute_value(access, &task.request, NULL);

        if (value == NULL) { /* not for ever, but perhaps until the node goes */
            task.request.scope = COX_ATTRPATH_TRANSIENT;
        }
    }
    return cox_attribute_run(ctx, access, &task);
}

static const int statuses[] = { 0, 4, 64, 65, 66, 78, 102, 105, 109, -1 };

static const struct cox_tool tool = {
    .name = "crm_standby",
    .summary = "query, enable, or disable standby mode for a node",
    .synopsis = "[COMMAND] [OPTION]...",
    .description = "Nodes in standby mode may not run cluster resources.",
    .examples = "Put the local node into standby:\n\tcrm_standby --update on\n"
                "Put another one into standby until it is started anew:\n\tcrm_standby --node n2 --update on --lifetime reboot\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
