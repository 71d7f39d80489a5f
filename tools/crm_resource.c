/* tools/crm_resource.c - everything about single resources: look, set, move, clean up.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "base/interval.h"
#include "tools/resource_priv.h"
#include "tools/settle.h"

#define FIELD(field) offsetof(struct cox_resource_settings, field)

enum {
    LIST = 0,
    LIST_RAW,
    LIST_CTS,
    LIST_OPERATIONS,
    LIST_ALL_OPERATIONS,
    LIST_OPTIONS,
    LIST_STANDARDS,
    LIST_PROVIDERS,
    LIST_AGENTS,
    LIST_ALTERNATIVES,
    SHOW_METADATA,
    QUERY_XML,
    QUERY_RAW,
    GET_PARAM,
    LOCATE,
    CONSTRAINTS,
    STACK,
    WHY,
    VALIDATE,
    CLEANUP,
    REFRESH,
    FAIL,
    SET_PARAM,
    DELETE_PARAM,
    MOVE,
    BAN,
    CLEAR,
    DELETE,
    RESTART,
    WAIT,
    DIGESTS,
    FORCE_DEMOTE,
    FORCE_STOP,
    FORCE_START,
    FORCE_PROMOTE,
    FORCE_CHECK,
    N_COMMANDS,
};

#define DOC COX_RESOURCE_DOCUMENT
#define STATE (COX_RESOURCE_DOCUMENT | COX_RESOURCE_STATE)
#define ID COX_RESOURCE_ID

static const struct cox_resource_command commands[N_COMMANDS] = {
    [LIST] = { cox_resource_list, STATE },
    [LIST_RAW] = { cox_resource_list_raw, STATE },
    [LIST_CTS] = { cox_resource_list_raw, STATE },
    [LIST_OPERATIONS] = { cox_resource_list_operations, STATE },
    [LIST_ALL_OPERATIONS] = { cox_resource_list_operations, STATE },
    [LIST_OPTIONS] = { cox_resource_list_options, 0 },
    [LIST_STANDARDS] = { cox_resource_standards, 0 },
    [LIST_PROVIDERS] = { cox_resource_providers, 0 },
    [LIST_AGENTS] = { cox_resource_agents, 0 },
    [LIST_ALTERNATIVES] = { cox_resource_alternatives, 0 },
    [SHOW_METADATA] = { cox_resource_metadata, 0 },
    [QUERY_XML] = { cox_resource_query, STATE | ID },
    [QUERY_RAW] = { cox_resource_query_raw, STATE | ID },
    [GET_PARAM] = { cox_resource_get, DOC | ID },
    [LOCATE] = { cox_resource_locate, STATE | ID },
    [CONSTRAINTS] = { cox_resource_constraints, STATE | ID },
    [STACK] = { cox_resource_stack, STATE | ID },
    [WHY] = { cox_resource_why, STATE },
    [VALIDATE] = { cox_resource_force, COX_RESOURCE_AGENT },
    [CLEANUP] = { cox_resource_cleanup, STATE },
    [REFRESH] = { cox_resource_refresh, STATE },
    [FAIL] = { cox_resource_declare_failed, STATE | ID | COX_RESOURCE_NODE },
    [SET_PARAM] = { cox_resource_set, DOC | ID },
    [DELETE_PARAM] = { cox_resource_unset, DOC | ID },
    [MOVE] = { cox_resource_move, STATE | ID },
    [BAN] = { cox_resource_ban, STATE | ID },
    [CLEAR] = { cox_resource_clear, STATE },
    [DELETE] = { cox_resource_delete, DOC | ID },
    [RESTART] = { cox_resource_restart, STATE | ID },
    [WAIT] = { cox_resource_wait, 0 },
    [DIGESTS] = { cox_resource_digests, STATE | ID | COX_RESOURCE_NODE },
    [FORCE_DEMOTE] = { cox_resource_force, COX_RESOURCE_AGENT },
    [FORCE_STOP] = { cox_resource_force, COX_RESOURCE_AGENT },
    [FORCE_START] = { cox_resource_force, COX_RESOURCE_AGENT },
    [FORCE_PROMOTE] = { cox_resource_force, COX_RESOURCE_AGENT },
    [FORCE_CHECK] = { cox_resource_force, COX_RESOURCE_AGENT },
};

#define COMMAND(name, letter, what, group, text) { name, letter, COX_OPT_SET, NULL, group, text, FIELD(command), .value = what }
#define COMMAND_WITH(name, letter, what, arg, group, text)                                                                \
    {                                                                                                                     \
        name, letter, COX_OPT_SET_STRING, arg, group, text, FIELD(command), FIELD(argument), what                         \
    }

/* A type that there is not ends the reading: what follows on the command line, such as a format, is not heeded any more. */
static bool
on_list_options(const struct cox_opt_seen *seen, GError **error)
{
    struct cox_resource_settings *settings = seen->settings;

    if (cox_resource_option_list(seen->argument) == NULL) {
        g_autofree char *reason = g_strdup_printf(": '%s' is none of primitive, fencing", seen->argument);

        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Error parsing option --list-options%s", cox_tool_has_reader() ? reason : "");
        return false;
    }
    settings->command = LIST_OPTIONS;
    g_free(settings->argument);
    settings->argument = g_strdup(seen->argument);
    return true;
}

static const struct cox_opt options[] = {
    COMMAND("list", 'L', LIST, "Queries", "List all cluster resources with status"),
    COMMAND("list-raw", 'l', LIST_RAW, "Queries", "List IDs of all instantiated resources (individual members rather than groups etc.)"),
    { "list-cts", 'c', COX_OPT_SET, NULL, NULL, NULL, FIELD(command), .value = LIST_CTS, .flags = COX_OPT_HIDDEN },
    COMMAND("list-operations", 'O', LIST_OPERATIONS, "Queries",
            "List active resource operations, optionally filtered by --resource and/or --node"),
    COMMAND("list-all-operations", 'o', LIST_ALL_OPERATIONS, "Queries",
            "List all resource operations, optionally filtered by --resource and/or --node"),
    { "list-options", 0, COX_OPT_CALLBACK, "TYPE", "Queries", "List all available options of the given type; allowed: primitive, fencing",
      .callback = on_list_options },
    COMMAND("list-standards", 0, LIST_STANDARDS, "Queries", "List supported standards"),
    COMMAND("list-ocf-providers", 0, LIST_PROVIDERS, "Queries", "List all available OCF providers"),
    COMMAND_WITH("list-agents", 0, LIST_AGENTS, "STD:PROV", "Queries", "List all agents available for the named standard and/or provider"),
    COMMAND_WITH("list-ocf-alternatives", 0, LIST_ALTERNATIVES, "AGENT", "Queries", "List all available providers for the named OCF agent"),
    COMMAND_WITH("show-metadata", 0, SHOW_METADATA, "SPEC", "Queries", "Show the metadata for the named class:provider:agent"),
    COMMAND("query-xml", 'q', QUERY_XML, "Queries", "Show XML configuration of resource (after any template expansion)"),
    COMMAND("query-xml-raw", 'w', QUERY_RAW, "Queries", "Show XML configuration of resource (before any template expansion)"),
    COMMAND_WITH("get-parameter", 'g', GET_PARAM, "PARAM", "Queries",
                 "Display named parameter for resource (use instance attribute unless --element, --meta, or --utilization is specified)"),
    COMMAND("locate", 'W', LOCATE, "Queries", "Show node(s) currently running resource"),
    COMMAND("constraints", 'a', CONSTRAINTS, "Queries", "Display the location and colocation constraints that apply to a resource"),
    COMMAND("stack", 'A', STACK, "Queries", "As --constraints, and those of the resources that it is colocated with, and so on"),
    COMMAND("why", 'Y', WHY, "Queries", "Show why resources are not running, optionally filtered by --resource and/or --node"),
    { "validate", 0, COX_OPT_SET_STRING, "LEVEL", "Commands",
      "Validate resource configuration by calling agent's validate-all action, given by --resource or --class, --agent and --option",
      FIELD(command), FIELD(argument), VALIDATE, COX_OPT_OPTIONAL },
    COMMAND("cleanup", 'C', CLEANUP, "Commands",
            "If resource has any past failures, clear its history and fail count; optionally of --node, --operation and --interval"),
    COMMAND("refresh", 'R', REFRESH, "Commands", "Delete resource's history (including failures) so its current state is rechecked"),
    COMMAND_WITH("set-parameter", 'p', SET_PARAM, "PARAM", "Commands", "Set named parameter for resource (requires --parameter-value)"),
    COMMAND_WITH("delete-parameter", 'd', DELETE_PARAM, "PARAM", "Commands", "Delete named parameter for resource"),
    COMMAND("move", 'M', MOVE, "Commands",
            "Create a constraint to move resource: to --node, or away from where it is; see --lifetime and --clear"),
    COMMAND("ban", 'B', BAN, "Commands", "Create a constraint to keep resource off a node; see --lifetime and --clear"),
    COMMAND("clear", 'U', CLEAR, "Commands", "Remove all constraints created by the --ban and/or --move commands"),
    COMMAND("delete", 'D', DELETE, "Commands", "(Advanced) Delete resource object from CIB (requires --resource-type)"),
    COMMAND("fail", 'F', FAIL, "Commands", "(Advanced) Tell the cluster this resource has failed (requires --node)"),
    COMMAND("restart", 0, RESTART, "Commands", "(Advanced) Tell the cluster to restart this resource and anything that depends on it"),
    COMMAND("wait", 0, WAIT, "Commands", "(Advanced) Wait until the cluster settles into a stable state"),
    COMMAND("digests", 0, DIGESTS, "Commands", "(Advanced) Show parameter hashes that the cluster uses to detect configuration changes"),
    COMMAND("force-demote", 0, FORCE_DEMOTE, "Commands", "(Advanced) Bypass the cluster and demote a resource on the local node"),
    COMMAND("force-stop", 0, FORCE_STOP, "Commands", "(Advanced) Bypass the cluster and stop a resource on the local node"),
    COMMAND("force-start", 0, FORCE_START, "Commands", "(Advanced) Bypass the cluster and attempt to start a resource on the local node"),
    COMMAND("force-promote", 0, FORCE_PROMOTE, "Commands", "(Advanced) Bypass the cluster and promote a resource on the local node"),
    { "force-check", 0, COX_OPT_SET_STRING, "LEVEL", "Commands",
      "(Advanced) Bypass the cluster and check the state of a resource on the local node", FIELD(command), FIELD(argument), FORCE_CHECK,
      COX_OPT_OPTIONAL },
    { "resource", 'r', COX_OPT_STRING, "ID", NULL, "Resource ID", FIELD(rsc) },
    { "node", 'N', COX_OPT_STRING, "NAME", NULL, "Node name", FIELD(node) },
    { "recursive", 0, COX_OPT_FLAG, NULL, NULL, "Follow colocation chains when using --set-parameter or --constraints", FIELD(is_recursive) },
    { "resource-type", 't', COX_OPT_STRING, "ELEMENT", NULL, "Resource XML element (primitive, group, etc.) (with -D)", FIELD(type) },
    { "parameter-value", 'v', COX_OPT_STRING, "PARAM", NULL, "Value to use with -p", FIELD(value) },
    { "meta", 'm', COX_OPT_FLAG, NULL, NULL, "Use resource meta-attribute instead of instance attribute (with -p, -g, -d)", FIELD(is_meta) },
    { "utilization", 'z', COX_OPT_FLAG, NULL, NULL, "Use resource utilization attribute instead of instance attribute (with -p, -g, -d)",
      FIELD(is_utilization) },
    { "element", 0, COX_OPT_FLAG, NULL, NULL, "Use resource element attribute instead of instance attribute (with -p, -g, -d)",
      FIELD(is_element) },
    { "operation", 'n', COX_OPT_STRING, "OPERATION", NULL, "Operation to clear instead of all (with -C -r)", FIELD(operation) },
    { "interval", 'I', COX_OPT_STRING, "N", NULL, "Interval of operation to clear (default 0s) (with -C -r -n)", FIELD(interval) },
    { "class", 0, COX_OPT_STRING, "CLASS", NULL, "The standard the resource agent conforms to (for example, ocf); with --validate, --force-*",
      FIELD(standard) },
    { "agent", 0, COX_OPT_STRING, "AGENT", NULL, "The agent to use (for example, IPaddr); with --validate, --force-*", FIELD(agent) },
    { "provider", 0, COX_OPT_STRING, "PROVIDER", NULL, "The vendor that supplies the resource agent; with --validate, --force-*",
      FIELD(provider) },
    { "option", 0, COX_OPT_STRINGS, "PARAM", NULL, "Specify a device configuration parameter as NAME=VALUE (may be given several times)",
      FIELD(options) },
    { "set-name", 's', COX_OPT_STRING, "ID", NULL, "(Advanced) XML ID of attributes element to use (with -p, -d)", FIELD(set_id) },
    { "nvpair", 'i', COX_OPT_STRING, "ID", NULL, "(Advanced) XML ID of nvpair element to use (with -p, -d)", FIELD(pair_id) },
    { "lifetime", 'u', COX_OPT_STRING, "TIMESPEC", NULL, "Lifespan (as ISO 8601 duration) of created constraints (with -B, -M)",
      FIELD(lifetime) },
    { "promoted", 0, COX_OPT_FLAG, NULL, NULL, "Limit scope of command to promoted role (with -B, -M, -U)", FIELD(is_promoted) },
    { "master", 0, COX_OPT_FLAG, NULL, NULL, "Deprecated: use --promoted instead", FIELD(is_promoted), .flags = COX_OPT_HIDDEN },
    { "expired", 'e', COX_OPT_FLAG, NULL, NULL, "Only clear expired constraints (with -U)", FIELD(only_expired) },
    { "timeout", 'T', COX_OPT_STRING, "N", NULL, "(Advanced) Abort if command does not finish in this time (with --restart, --wait, --force-*)",
      FIELD(timeout) },
    { "all", 0, COX_OPT_FLAG, NULL, NULL, "List all options, including advanced and deprecated (with --list-options)", FIELD(lists_all) },
    { "force", 'f', COX_OPT_FLAG, NULL, NULL, "Force the action to be performed, whatever the checks say", FIELD(is_forced) },
    { "host-uname", 'H', COX_OPT_STRING, "NODE", NULL, NULL, FIELD(node), .flags = COX_OPT_HIDDEN },
    { "xml-file", 'x', COX_OPT_STRING, "FILE", NULL, NULL, FIELD(file), .flags = COX_OPT_HIDDEN },
    { "quiet", 'Q', COX_OPT_QUIET, NULL, NULL, "Be less descriptive in results" },
};

/* ---- errors ----------------------------------------------------------------------------------------------- */

int
cox_resource_fail(struct cox_resource_call *call, int code, const char *format, ...)
{
    va_list args;
    g_autofree char *text = NULL;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    cox_out_error(call->ctx->out, "crm_resource: %s", text);
    if (cox_out_is_text(call->ctx->out)) {
        cox_out_error(call->ctx->out, "Error performing operation: %s", cox_error_text((enum cox_error) code));
    }
    return cox_error_exit_status((enum cox_error) code);
}

int
cox_resource_error(struct cox_resource_call *call, GError *error)
{
    int status = cox_resource_fail(call, error->code, "%s", error->message);

    g_error_free(error);
    return status;
}

int
cox_resource_make(struct cox_resource_call *call, struct cox_step *step)
{
    const struct cox_edit edit = cox_step_edit(step);
    g_autoptr(cox_diags) diags = cox_diags_new();
    GError *error = NULL;
    int status = 0;

    if (!cox_cib_access_edit(call->access, &edit, diags, &error)) {
        status = cox_resource_error(call, error);
        cox_tool_print_diags(call->ctx, diags);
    }
    call->root = NULL; /* what was read is gone */
    cox_step_free(step);
    return status;
}

bool
cox_resource_timeout(struct cox_resource_call *call, gint64 fallback_ms, gint64 *timeout_ms)
{
    GError *error = NULL;

    *timeout_ms = fallback_ms;
    if (call->settings->timeout != NULL && !cox_interval_parse(call->settings->timeout, timeout_ms, &error)) {
        (void) cox_tool_fail(call->ctx, error);
        return false;
    }
    return true;
}

/* ---- what commands need ----------------------------------------------------------------------------------- */

static guint32
find_rsc(const struct cox_cluster *cluster, const char *id)
{
    guint32 by_short = COX_RSC_NONE;

    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        if (strcmp(cluster->rscs[i].id, id) == 0) {
            return i;
        }
        if (by_short == COX_RSC_NONE
            && (g_strcmp0(cluster->rscs[i].short_id, id) == 0
                || (cluster->rscs[i].def != NULL && strcmp(cluster->rscs[i].def->id, id) == 0))) {
            by_short = i;
        }
    }
    return by_short;
}

static guint32
find_node(const struct cox_cluster *cluster, const char *name)
{
    for (guint32 i = 0; i < cluster->n_nodes; i++) {
        if (g_strcmp0(cluster->nodes[i].name, name) == 0) {
            return i;
        }
    }
    return COX_NODE_NONE;
}

const struct cox_rsc_def *
cox_resource_def(const struct cox_resource_call *call)
{
    return (call->rsc == COX_RSC_NONE) ? NULL : call->state->plan->cluster.rscs[call->rsc].def;
}

static int
find_names(struct cox_resource_call *call, unsigned int needs)
{
    const struct cox_resource_settings *settings = call->settings;

    if ((needs & COX_RESOURCE_STATE) == 0) {
        return 0;
    }
    if (settings->rsc != NULL) {
        call->rsc = find_rsc(&call->state->plan->cluster, settings->rsc);
        if (call->rsc == COX_RSC_NONE) {
            return cox_resource_fail(call, COX_ERROR_NOT_FOUND, "Resource '%s' not found", settings->rsc);
        }
    }
    if (settings->node != NULL) {
        call->node = find_node(&call->state->plan->cluster, settings->node);
        if (call->node == COX_NODE_NONE) {
            return cox_resource_fail(call, COX_ERROR_NOT_FOUND, "Node '%s' not found", settings->node);
        }
    }
    return 0;
}

static int
prepare(struct cox_resource_call *call, unsigned int needs)
{
    const struct cox_cib_access_settings where = { .tool = "crm_resource" };
    GError *error = NULL;

    if ((needs & COX_RESOURCE_DOCUMENT) == 0) {
        return 0;
    }
    call->access = cox_cib_access_open(&where, &error);
    call->root = (call->access == NULL) ? NULL : cox_cib_access_visible(call->access, &error);
    if (call->root != NULL && (needs & COX_RESOURCE_STATE) != 0) {
        call->state = cox_state_of(call->access, &error);
    }
    if (error != NULL) {
        return cox_resource_error(call, error);
    }
    return find_names(call, needs);
}

int
cox_resource_read_anew(struct cox_resource_call *call)
{
    GError *error = NULL;

    if (!cox_cib_access_is_live(call->access)) {
        return 0;
    }
    cox_settle_write(cox_cib_access_runtime(call->access), "crm_resource");
    cox_cib_access_again(call->access);
    g_clear_pointer(&call->state, cox_state_free);
    call->root = cox_cib_access_visible(call->access, &error);
    call->state = call->root == NULL ? NULL : cox_state_of(call->access, &error);
    return error != NULL ? cox_resource_error(call, error) : find_names(call, COX_RESOURCE_STATE);
}

static int
check(const struct cox_resource_call *call)
{
    const struct cox_resource_settings *settings = call->settings;
    unsigned int needs = commands[settings->command].needs;

    if ((needs & COX_RESOURCE_AGENT) == 0
        && (settings->standard != NULL || settings->agent != NULL || settings->provider != NULL)) {
        return cox_tool_usage(call->ctx, "--class, --agent, and --provider can only be used with --validate and --force-*");
    }
    if ((needs & COX_RESOURCE_ID) != 0 && settings->rsc == NULL) {
        return cox_tool_usage(call->ctx, "Must supply a resource ID with -r/--resource");
    }
    if (settings->command == CLEAR && settings->rsc == NULL && !settings->only_expired) {
        return cox_tool_usage(call->ctx, "Must supply a resource ID with -r/--resource, or --expired");
    }
    if ((needs & COX_RESOURCE_NODE) != 0 && settings->node == NULL) {
        return cox_tool_usage(call->ctx, "Must supply a node name with -N/--node");
    }
    if (settings->is_meta + settings->is_utilization + settings->is_element > 1) {
        return cox_tool_usage(call->ctx, "--meta, --utilization and --element exclude each other: give one of them");
    }
    if (settings->command != DIGESTS && call->ctx->words[0] != NULL) {
        return cox_tool_usage(call->ctx, "non-option ARGV-elements: %s: only --digests takes NAME=VALUE", call->ctx->words[0]);
    }
    return 0;
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct cox_resource_settings *settings = ctx->settings;
    struct cox_resource_call call = { .ctx = ctx, .settings = settings, .rsc = COX_RSC_NONE, .node = COX_NODE_NONE };
    const struct cox_resource_command *command = &commands[settings->command];
    int status = check(&call);

    if (status == 0) {
        status = prepare(&call, command->needs);
    }
    if (status == 0) {
        status = command->run(&call);
    }
    cox_state_free(call.state);
    cox_cib_access_free(call.access);
    return status;
}

static const int statuses[] = { 0, 2, 4, 5, 64, 65, 66, 78, 102, 105, 108, 124, -1 };

static const struct cox_tool tool = {
    .name = "crm_resource",
    .summary = "perform tasks related to cluster resources",
    .synopsis = "COMMAND [OPTION]...",
    .description = "Without a command, the resources are listed.",
    .examples = "List the available OCF agents:\n\tcrm_resource --list-agents ocf\n"
                "Move 'myResource' to a specific node:\n\tcrm_resource --resource myResource --move --node altNode\n"
                "Allow (but not force) 'myResource' to move back to its original location:\n\tcrm_resource --resource myResource --clear\n"
                "Stop 'myResource' (and anything that depends on it):\n"
                "\tcrm_resource --resource myResource --set-parameter target-role --meta --parameter-value Stopped\n"
                "Tell the cluster not to manage 'myResource' (the cluster will not attempt to start or stop it):\n"
                "\tcrm_resource --resource myResource --set-parameter is-managed --meta --parameter-value false\n"
                "Forget that 'aResource' failed on 'aNode', so that it may run there again:\n"
                "\tcrm_resource --cleanup --resource aResource --node aNode\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS | COX_TOOL_POSITIONAL,
    .run = run,
};

COX_TOOL_MAIN(tool, struct cox_resource_settings, 0)
