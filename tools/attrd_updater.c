/* tools/attrd_updater.c - query and set node attributes at the attribute daemon.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "base/interval.h"
#include "tools/daemon.h"
#include "tools/tool.h"

/* Numbers of the messages' fields: enum cox_attr_change_kind and cox_attr_kind (lib/attr). */
enum { CHANGE_SET = 0, CHANGE_DAMPEN = 1, CHANGE_REFRESH = 3, KIND_TRANSIENT = 0, KIND_PRIVATE = 1 };

enum { DAEMON_TIMEOUT_MS = 60000 };

enum command { COMMAND_NONE = 0, COMMAND_UPDATE, COMMAND_UPDATE_BOTH, COMMAND_DELAY, COMMAND_QUERY, COMMAND_DELETE, COMMAND_REFRESH };

struct settings {
    int command;
    char *name, *pattern, *value, *delay, *set, *node, *wait;
    bool is_private, is_utilization, asks_all;
};

#define FIELD(field) offsetof(struct settings, field)
#define IGNORED(long_name, letter, arg, help, more_flags) { long_name, letter, COX_OPT_IGNORED, arg, NULL, help, .flags = (more_flags) }

static const struct cox_opt options[] = {
    { "name", 'n', COX_OPT_STRING, "NAME", NULL, "The attribute's name", FIELD(name) },
    { "pattern", 'P', COX_OPT_STRING, "PATTERN", NULL,
      "Operate on all attributes matching this pattern (with -U, -B, -Y or -D)", FIELD(pattern) },
    { "update", 'U', COX_OPT_SET_STRING, "VALUE", "Commands", "Update attribute's value (with -d, its dampening too)", FIELD(command),
      FIELD(value), COMMAND_UPDATE },
    { "update-both", 'B', COX_OPT_SET_STRING, "VALUE", "Commands", "Update attribute's value and its dampening (requires -d)",
      FIELD(command), FIELD(value), COMMAND_UPDATE_BOTH },
    { "update-delay", 'Y', COX_OPT_SET, NULL, "Commands", "Update attribute's dampening (requires -d)", FIELD(command),
      .value = COMMAND_DELAY },
    { "query", 'Q', COX_OPT_SET, NULL, "Commands", "Query attribute's value", FIELD(command), .value = COMMAND_QUERY },
    { "delete", 'D', COX_OPT_SET, NULL, "Commands", "Unset attribute", FIELD(command), .value = COMMAND_DELETE },
    { "refresh", 'R', COX_OPT_SET, NULL, "Commands", "Write all values to the document again", FIELD(command),
      .value = COMMAND_REFRESH },
    { "delay", 'd', COX_OPT_STRING, "SECONDS", NULL, "The time to wait (dampening) for further changes before writing", FIELD(delay) },
    { "set", 's', COX_OPT_STRING, "SET", NULL, "Name of the attribute set in which to store the value", FIELD(set) },
    { "node", 'N', COX_OPT_STRING, "NODE", NULL, "Set the attribute for the named node (instead of the local one)", FIELD(node) },
    { "all", 'A', COX_OPT_FLAG, NULL, NULL, "Show values of the attribute for all nodes (query only)", FIELD(asks_all) },
    { "private", 'p', COX_OPT_FLAG, NULL, NULL, "If this creates a new attribute, never write it to the document", FIELD(is_private) },
    { "wait", 'W', COX_OPT_STRING, "UNTIL", NULL,
      "Wait for the change to be: no (default, do not wait), local (known on this node), cluster (known on all nodes)", FIELD(wait) },
    { "utilization", 'z', COX_OPT_FLAG, NULL, NULL, "When creating a new attribute, create it as a node utilization attribute",
      FIELD(is_utilization) },
    IGNORED("lifetime", 'l', "SECTION", "(Deprecated) Ignored: values go with the node", 0),
    IGNORED("section", 'S', "SECTION", "Old name of --lifetime", COX_OPT_HIDDEN),
    IGNORED("quiet", 'q', NULL, "Ignored", COX_OPT_HIDDEN),
    { NULL, 'v', COX_OPT_SET_STRING, "VALUE", "Commands", "Old name of -U", FIELD(command), FIELD(value), COMMAND_UPDATE, COX_OPT_HIDDEN },
};

/* Without a name, "auto" and "localhost": where the resource agent that calls us works, else NULL for the daemon's own node. */
static const char *
target_node(const struct settings *settings)
{
    const char *place = g_getenv("OCF_RESKEY_CRM_meta_container_attribute_target");
    const char *node = NULL;

    if (settings->node != NULL && strcmp(settings->node, "auto") != 0 && strcmp(settings->node, "localhost") != 0) {
        return settings->node;
    }
    node = g_getenv(g_strcmp0(place, "host") == 0 ? "OCF_RESKEY_CRM_meta_physical_host" : "OCF_RESKEY_CRM_meta_on_node");
    return node != NULL && node[0] != '\0' ? node : NULL;
}

/* A question to the daemon. */
static struct cox_daemon_question
question_of(const struct cox_tool_ctx *ctx, enum cox_message message, const void *body, enum cox_message expected)
{
    return (struct cox_daemon_question) { COX_DAEMON_ATTR, ctx->tool->name, message, body, expected, DAEMON_TIMEOUT_MS };
}

static const void *
ask(const struct cox_daemon_question question, struct cox_arena *arena, GError **error)
{
    return cox_daemon_ask(NULL, &question, arena, error);
}

/* ---- query ---- */

static void
print_value(struct cox_tool_ctx *ctx, const struct cox_msg_attr_value *value)
{
    cox_out_leaf(ctx->out, "attribute", "name", value->name, "value", value->value, "host", value->node, NULL);
    cox_out_line(ctx->out, "name=\"%s\" host=\"%s\" value=\"%s\"", value->name, value->node, value->value);
}

static int
query(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_msg_attr_query asked = { .name = settings->name, .node = settings->asks_all ? "*" : target_node(settings) };
    const struct cox_msg_attr_values *values = NULL;
    GError *error = NULL;

    do {
        values = ask(question_of(ctx, COX_MSG_ATTR_QUERY, &asked, COX_MSG_ATTR_VALUES), arena, &error);
        if (values == NULL) {
            break;
        }
        for (gsize i = 0; i < values->n_values; i++) {
            print_value(ctx, &values->values[i]);
        }
        asked.skip += values->n_values;
    } while (values->more != 0);
    if (error != NULL && error->code == COX_ERROR_NOT_FOUND) {
        g_error_free(error);
        return cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "Could not query value of %s: attribute does not exist", settings->name);
    }
    return error == NULL ? 0 : cox_tool_fail(ctx, error);
}

/* ---- changes ---- */

static bool
check(struct cox_tool_ctx *ctx, int *status)
{
    const struct settings *settings = ctx->settings;
    bool needs_delay = settings->command == COMMAND_UPDATE_BOTH || settings->command == COMMAND_DELAY;

    if (settings->command == COMMAND_NONE) {
        *status = cox_tool_usage(ctx, "Must specify one of --update, --update-both, --update-delay, --query, --delete, --refresh");
    } else if (settings->command != COMMAND_REFRESH && settings->name == NULL && settings->pattern == NULL) {
        *status = cox_tool_usage(ctx, "Command requires --name or --pattern argument");
    } else if (settings->name != NULL && settings->pattern != NULL) {
        *status = cox_tool_usage(ctx, "--name and --pattern exclude each other");
    } else if (settings->command == COMMAND_QUERY && settings->pattern != NULL) {
        *status = cox_tool_usage(ctx, "--query requires --name");
    } else if (needs_delay && settings->delay == NULL) {
        *status = cox_tool_usage(ctx, "--update-both and --update-delay require --delay");
    } else if (settings->name != NULL && settings->name[0] == '\0') {
        *status = cox_tool_usage(ctx, "--name must not be empty");
    } else if (settings->wait != NULL && strcmp(settings->wait, "no") != 0 && strcmp(settings->wait, "local") != 0
               && strcmp(settings->wait, "cluster") != 0) {
        *status = cox_tool_usage(ctx, "--wait '%s': one of no, local, cluster", settings->wait);
    } else {
        return true;
    }
    return false;
}

static int
change(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(cox_arena) arena = cox_arena_new();
    gint64 delay_ms = 0;
    struct cox_msg_attr_update update = {
        .change = settings->command == COMMAND_DELAY ? CHANGE_DAMPEN : settings->command == COMMAND_REFRESH ? CHANGE_REFRESH : CHANGE_SET,
        .name = settings->name, .pattern = settings->pattern, .node = target_node(settings), .set_name = settings->set,
        .value = settings->command == COMMAND_DELETE ? NULL : settings->value,
        .kind = settings->is_private ? KIND_PRIVATE : KIND_TRANSIENT, .has_dampening = settings->delay != NULL,
        .is_utilization = settings->is_utilization, .wants_all = g_strcmp0(settings->wait, "cluster") == 0,
        .at_once = settings->wait == NULL || strcmp(settings->wait, "no") == 0,
    };
    GError *error = NULL;

    if (settings->delay != NULL && !cox_interval_parse(settings->delay, &delay_ms, &error)) {
        return cox_tool_fail(ctx, error);
    }
    update.dampening_ms = delay_ms;
    if (settings->command == COMMAND_REFRESH) {
        update.name = update.pattern = update.node = NULL;
    }
    if (ask(question_of(ctx, COX_MSG_ATTR_UPDATE, &update, COX_MSG_DONE), arena, &error) == NULL) {
        return cox_tool_fail(ctx, error);
    }
    return 0;
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    int status = 0;

    if (!check(ctx, &status)) {
        return status;
    }
    return settings->command == COMMAND_QUERY ? query(ctx) : change(ctx);
}

static const int statuses[] = { 0, 2, 4, 64, 75, 77, 102, 105, 124, -1 };

static const struct cox_tool tool = {
    .name = "attrd_updater",
    .summary = "query and update node attributes",
    .synopsis = "COMMAND [OPTION]...",
    .description = "Values are shared by all nodes at once and written to the status of the cluster's document; they go with the node.\n\n"
                   "With -W no, success means that the change was accepted; the other choices wait until it is known where they say. "
                   "A value of a node that the cluster does not know yet is kept, and written when the node is known; crm_attribute refuses it.",
    .examples = "Set attribute ping of this node, and write it when it has not changed for five seconds:\n"
                "\tattrd_updater --name ping --update-both 100 --delay 5s\n"
                "Query it on all nodes:\n"
                "\tattrd_updater --name ping --query --all\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
