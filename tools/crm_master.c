/* tools/crm_master.c - the promotion score of a resource on a node, as agents set it.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "tools/attribute_run.h"

struct settings {
    int command;
    char *value, *node, *lifetime, *id, *rsc, *fallback;
};

#define FIELD(field) offsetof(struct settings, field)

static const struct cox_opt options[] = {
    { "query", 'G', COX_OPT_SET, NULL, "Commands", "Query the current promotion score", FIELD(command), .value = COX_ATTRIBUTE_QUERY },
    { "update", 'v', COX_OPT_SET_STRING, "SCORE", "Commands", "Update the promotion score", FIELD(command), FIELD(value),
      COX_ATTRIBUTE_UPDATE },
    { "delete", 'D', COX_OPT_SET, NULL, "Commands", "Delete the promotion score", FIELD(command), .value = COX_ATTRIBUTE_DELETE },
    { "node", 'N', COX_OPT_STRING, "NODE", NULL, "Operate on the named node instead of the current one", FIELD(node) },
    { NULL, 'U', COX_OPT_STRING, "NODE", NULL, NULL, FIELD(node), .flags = COX_OPT_HIDDEN },
    { "resource", 'r', COX_OPT_STRING, "ID", NULL, "The resource, unless OCF_RESOURCE_INSTANCE names it", FIELD(rsc) },
    { "lifetime", 'l', COX_OPT_STRING, "LIFETIME", NULL, "Until when should the setting take effect: reboot (default) or forever",
      FIELD(lifetime) },
    { "default", 'd', COX_OPT_STRING, "VALUE", NULL, "Value to print when there is no score", FIELD(fallback) },
    { "id", 'i', COX_OPT_STRING, "ID", NULL, "(Advanced) XML ID used to identify the attribute", FIELD(id) },
    { "quiet", 'q', COX_OPT_QUIET, NULL, NULL, "Print only the value on stdout" },
    { NULL, 'Q', COX_OPT_QUIET, NULL, NULL, NULL, .flags = COX_OPT_HIDDEN },
};

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    const struct cox_cib_access_settings where = { .tool = "crm_master" };
    const char *rsc = (settings->rsc != NULL) ? settings->rsc : g_getenv("OCF_RESOURCE_INSTANCE");
    struct cox_attribute_task task = { .command = (enum cox_attribute_command) settings->command,
                                       .request = { .scope = COX_ATTRPATH_TRANSIENT, .id = settings->id, .node = settings->node },
                                       .value = settings->value,
                                       .fallback = settings->fallback };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = NULL;
    g_autofree char *name = NULL;

    if (rsc == NULL || *rsc == '\0') {
        return cox_tool_usage(ctx, "name the resource with --resource, or call this from an agent (OCF_RESOURCE_INSTANCE is not set)");
    }
    name = g_strdup_printf("master-%.*s", (int) strcspn(rsc, ":"), rsc);
    task.request.name = name;
    if (settings->lifetime != NULL && !cox_attrpath_scope_parse(settings->lifetime, &task.request.scope)) {
        return cox_tool_usage(ctx, "--lifetime: '%s' is not known: use reboot or forever", settings->lifetime);
    }
    access = cox_cib_access_open(&where, &error);
    if (access == NULL) {
        return cox_tool_fail(ctx, error);
    }
    return cox_attribute_run(ctx, access, &task);
}

static const int statuses[] = { 0, 4, 64, 65, 66, 78, 102, 105, 109, -1 };

static const struct cox_tool tool = {
    .name = "crm_master",
    .summary = "query, update, or delete a resource's promotion score",
    .synopsis = "[COMMAND] [OPTION]...",
    .description = "Agents of promotable resources call this to tell on which node they would rather be promoted.",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
