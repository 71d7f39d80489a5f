/* tools/crm_attribute.c - cluster options, defaults, node attributes and promotion scores.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "runtime/environment.h"
#include "tools/attribute_run.h"
#include "view/option_view.h"

struct settings {
    int command;
    char *name, *pattern, *value, *fallback, *node, *type, *lifetime, *set_id, *id, *promotion, *list, *wait;
    bool has_promotion, is_utilization, lists_all, is_listing;
};

#define FIELD(field) offsetof(struct settings, field)

static bool
on_promotion(const struct cox_opt_seen *seen, GError **error)
{
    struct settings *settings = seen->settings;

    (void) error;
    settings->has_promotion = true;
    g_free(settings->promotion);
    settings->promotion = g_strdup(seen->argument);
    return true;
}

static const struct cox_opt options[] = {
    { "all", 'a', COX_OPT_FLAG, NULL, "Additional Options", "With -L/--list-options, include advanced and deprecated options",
      FIELD(lists_all) },
    { "id", 'i', COX_OPT_STRING, "XML_ID", "Selecting attributes", "(Advanced) Operate on instance of specified attribute with this XML ID",
      FIELD(id) },
    { "name", 'n', COX_OPT_STRING, "NAME", "Selecting attributes", "Operate on attribute or option with this name", FIELD(name) },
    { "pattern", 'P', COX_OPT_STRING, "PATTERN", "Selecting attributes",
      "Operate on all attributes matching this pattern (with -v, -D, or -G)", FIELD(pattern) },
    { "promotion", 'p', COX_OPT_CALLBACK, "RESOURCE", "Selecting attributes",
      "Operate on node attribute used as promotion score for specified resource, or resource given in OCF_RESOURCE_INSTANCE "
      "environment variable if none is specified; this also defaults -l/--lifetime to reboot",
      .callback = on_promotion, .flags = COX_OPT_OPTIONAL },
    { "set-name", 's', COX_OPT_STRING, "NAME", "Selecting attributes",
      "(Advanced) Operate on instance of specified attribute that is within set with this XML ID", FIELD(set_id) },
    { "list-options", 'L', COX_OPT_STRING, "TYPE", "Commands", "List all available options of the given type; allowed: cluster",
      FIELD(list) },
    { "delete", 'D', COX_OPT_SET, NULL, "Commands", "Delete the attribute/option", FIELD(command), .value = COX_ATTRIBUTE_DELETE },
    { "query", 'G', COX_OPT_SET, NULL, "Commands", "Query the current value of the attribute/option", FIELD(command),
      .value = COX_ATTRIBUTE_QUERY },
    { "update", 'v', COX_OPT_SET_STRING, "VALUE", "Commands", "Update the value of the attribute/option", FIELD(command), FIELD(value),
      COX_ATTRIBUTE_UPDATE },
    { "default", 'd', COX_OPT_STRING, "VALUE", "Additional Options", "(Advanced) Default value to display if no value is found",
      FIELD(fallback) },
    { "lifetime", 'l', COX_OPT_STRING, "LIFETIME", "Additional Options",
      "Lifetime of the node attribute: reboot or forever", FIELD(lifetime) },
    { "node", 'N', COX_OPT_STRING, "NODE", "Additional Options", "Set a node attribute for named node (instead of a cluster option)",
      FIELD(node) },
    { "type", 't', COX_OPT_STRING, "SECTION", "Additional Options",
      "Which part of the configuration: crm_config, nodes, status, rsc_defaults, op_defaults", FIELD(type) },
    { "score", 0, COX_OPT_IGNORED, NULL, "Additional Options", "Values like value++ and value+=N count (always)" },
    { "wait", 'W', COX_OPT_STRING, "UNTIL", "Additional Options",
      "Wait for a transient attribute to be set: no, local (default), cluster", FIELD(wait) },
    { "utilization", 'z', COX_OPT_FLAG, NULL, "Additional Options", "Set a utilization attribute for the node",
      FIELD(is_utilization) },
    { "attr-id", 0, COX_OPT_STRING, "ID", NULL, NULL, FIELD(id), .flags = COX_OPT_HIDDEN },
    { "attr-name", 0, COX_OPT_STRING, "NAME", NULL, NULL, FIELD(name), .flags = COX_OPT_HIDDEN },
    { "attr-value", 0, COX_OPT_SET_STRING, "VALUE", NULL, NULL, FIELD(command), FIELD(value), COX_ATTRIBUTE_UPDATE, COX_OPT_HIDDEN },
    { "delete-attr", 0, COX_OPT_SET, NULL, NULL, NULL, FIELD(command), .value = COX_ATTRIBUTE_DELETE, .flags = COX_OPT_HIDDEN },
    { "get-value", 0, COX_OPT_SET, NULL, NULL, NULL, FIELD(command), .value = COX_ATTRIBUTE_QUERY, .flags = COX_OPT_HIDDEN },
    { "node-uname", 'U', COX_OPT_STRING, "NODE", NULL, NULL, FIELD(node), .flags = COX_OPT_HIDDEN },
    { "inhibit-policy-engine", '!', COX_OPT_IGNORED, NULL, NULL, NULL, .flags = COX_OPT_HIDDEN },
    { "quiet", 'q', COX_OPT_QUIET, NULL, "Additional Options", "Print only the value on stdout" },
    { NULL, 'Q', COX_OPT_QUIET, NULL, NULL, NULL, .flags = COX_OPT_HIDDEN },
};

/* The attribute that holds the promotion score of a resource, of which instances of clones have one together. */
static char *
promotion_name(const struct settings *settings)
{
    const char *rsc = settings->promotion;

    if (rsc == NULL) {
        rsc = g_getenv("OCF_RESOURCE_INSTANCE");
    }
    if (rsc == NULL || *rsc == '\0') {
        return NULL;
    }
    return g_strdup_printf("master-%.*s", (int) strcspn(rsc, ":"), rsc);
}

static bool
find_scope(const struct settings *settings, struct cox_attrpath_request *request, GError **error)
{
    const char *words[] = { settings->type, settings->lifetime };
    bool is_found = false;

    request->scope = (settings->node != NULL || settings->has_promotion || settings->is_utilization) ? COX_ATTRPATH_NODE
                                                                                                     : COX_ATTRPATH_CLUSTER;
    if (settings->has_promotion) {
        request->scope = COX_ATTRPATH_TRANSIENT;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(words) && !is_found; i++) {
        if (words[i] == NULL) {
            continue;
        }
        if (!cox_attrpath_scope_parse(words[i], &request->scope)) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--%s: '%s' is not known: %s", (i == 0) ? "type" : "lifetime", words[i],
                        (i == 0) ? "use crm_config, nodes, status, rsc_defaults or op_defaults" : "use reboot or forever");
            return false;
        }
        is_found = true;
    }
    return true;
}

static bool
check(const struct settings *settings, GError **error)
{
    static const char *const waits[] = { "no", "local", "cluster", NULL };

    if (settings->name == NULL && settings->pattern == NULL && settings->id == NULL && !settings->has_promotion) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Need attribute name or ID (-n, -P, -i, or -p)");
        return false;
    }
    if (settings->name != NULL && settings->pattern != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Error: pattern can only be used with delete, query, or update, without a name");
        return false;
    }
    if (settings->command == COX_ATTRIBUTE_UPDATE && settings->value == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--update: a value is needed");
        return false;
    }
    if (settings->wait != NULL && !g_strv_contains(waits, settings->wait)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--wait '%s': one of no, local, cluster", settings->wait);
        return false;
    }
    return true;
}

static int
list_options(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;

    if (strcmp(settings->list, "cluster") != 0) {
        return cox_tool_usage(ctx, "Invalid --list-options value '%s'. Allowed values: cluster", settings->list);
    }
    cox_option_view(ctx->out, cox_option_list_find("cluster-options"), COX_COMPAT_VERSION, settings->lists_all);
    return 0;
}

static int
run_on(struct cox_tool_ctx *ctx, struct cox_cib_access *access, struct cox_attribute_task *task)
{
    const struct settings *settings = ctx->settings;

    task->command = (enum cox_attribute_command) settings->command;
    task->value = settings->value;
    task->fallback = settings->fallback;
    task->is_at_once = g_strcmp0(settings->wait, "no") == 0;
    task->waits_for_all = g_strcmp0(settings->wait, "cluster") == 0;
    return cox_attribute_run(ctx, access, task);
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    const struct cox_cib_access_settings where = { .tool = "crm_attribute" };
    g_autoptr(cox_cib_access) access = NULL;
    g_autoptr(GRegex) pattern = NULL;
    g_autofree char *promotion = settings->has_promotion ? promotion_name(settings) : NULL;
    struct cox_attribute_task task = { .request = { .node = settings->node, .set_id = settings->set_id, .id = settings->id,
                                                    .is_utilization = settings->is_utilization, .name = settings->name } };
    GError *error = NULL;

    if (settings->list != NULL) {
        return list_options(ctx);
    }
    if (settings->has_promotion && promotion == NULL) {
        return cox_tool_usage(ctx, "-p/--promotion must be called from an OCF resource agent or with a resource ID specified");
    }
    if (!check(settings, &error) || !find_scope(settings, &task.request, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (settings->pattern != NULL) {
        pattern = g_regex_new(settings->pattern, 0, 0, &error);
        if (pattern == NULL) {
            return cox_tool_fail(ctx, g_error_new(COX_ERROR, COX_ERROR_USAGE, "--pattern: %s", error->message));
        }
        task.request.pattern = pattern;
    }
    if (promotion != NULL) {
        task.request.name = promotion;
    }
    access = cox_cib_access_open(&where, &error);
    return (access == NULL) ? cox_tool_fail(ctx, error) : run_on(ctx, access, &task);
}

static const int statuses[] = { 0, 4, 64, 65, 66, 78, 102, 105, 109, -1 };

static const struct cox_tool tool = {
    .name = "crm_attribute",
    .summary = "query and update attributes, cluster options and defaults",
    .synopsis = "{-n NAME | -P PATTERN | -p [RESOURCE]} [COMMAND] [OPTION]...",
    .description = "Without a command, the value is queried.  With a node, an attribute of the node is meant, else a cluster option.",
    .examples = "Add new node attribute called 'location' with the value of 'office' for host 'myhost':\n"
                "\tcrm_attribute --node myhost --name location --update office\n"
                "Query the value of the 'location' node attribute for host 'myhost':\n"
                "\tcrm_attribute --node myhost --name location --query\n"
                "Delete the 'location' node attribute for host 'myhost':\n"
                "\tcrm_attribute --node myhost --name location --delete\n"
                "Query the value of the 'cluster-delay' cluster option, printing only the value:\n"
                "\tcrm_attribute --type crm_config --name cluster-delay --query --quiet\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

int
main(int argc, char **argv)
{
    struct settings settings = { 0 };
    int status;

    (void) argc;
    status = cox_tool_main(&tool, argv, &settings);
    g_free(settings.promotion);
    return status;
}
