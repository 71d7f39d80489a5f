/* tools/stonith_admin.c - fence nodes, and ask the fencer about devices and what was fenced.  Layer 6. */
#include <string.h>
#include <unistd.h>

#include "agents/agent_find.h"
#include "base/error.h"
#include "base/interval.h"
#include "fence/fencedevice.h"
#include "proto/registration.h"
#include "runtime/environment.h"
#include "tools/agent_call.h"
#include "tools/daemon.h"
#include "tools/tool.h"
#include "view/fencing_view.h"

enum command {
    COMMAND_NONE = 0, COMMAND_LIST, COMMAND_REGISTERED, COMMAND_INSTALLED, COMMAND_TARGETS, COMMAND_METADATA, COMMAND_QUERY, COMMAND_HISTORY,
    COMMAND_LAST, COMMAND_VALIDATE, COMMAND_FENCE, COMMAND_UNFENCE, COMMAND_REBOOT, COMMAND_CONFIRM, COMMAND_REGISTER, COMMAND_DEREGISTER,
    COMMAND_REGISTER_LEVEL, COMMAND_DEREGISTER_LEVEL,
};

struct settings {
    int command;
    char *subject; /* host or device of the command */
    char *agent, *tag;
    GPtrArray *params, *env_params, *devices;
    char *timeout, *delay, *tolerance, *index;
    gint64 timeout_ms, delay_ms, tolerance_ms; /* of these texts */
    bool cleans, broadcasts, is_node_id;
};

#define FIELD(field) offsetof(struct settings, field)
#define COMMAND_OF(long_name, letter, arg, which, help) \
    { long_name, letter, COX_OPT_SET_STRING, arg, "Commands", help, FIELD(command), FIELD(subject), which }
#define PLAIN(long_name, letter, which, help) { long_name, letter, COX_OPT_SET, NULL, "Commands", help, FIELD(command), .value = (which) }

static const struct cox_opt options[] = {
    PLAIN("list-registered", 'L', COMMAND_REGISTERED, "List all devices registered on this node"),
    COMMAND_OF("list", 'l', "HOST", COMMAND_LIST, "List devices that can terminate the specified host"),
    PLAIN("list-installed", 'I', COMMAND_INSTALLED, "List all installed fence agents"),
    COMMAND_OF("list-targets", 's', "DEVICE", COMMAND_TARGETS, "List the targets that can be fenced by the named device"),
    PLAIN("metadata", 'M', COMMAND_METADATA, "Show agent metadata (requires --agent)"),
    COMMAND_OF("query", 'Q', "DEVICE", COMMAND_QUERY, "Check the named device's status"),
    COMMAND_OF("history", 'H', "NODE", COMMAND_HISTORY,
               "Show last successful fencing operation and pending and failed ones for named node (or '*' for all nodes)"),
    COMMAND_OF("last", 'h', "NODE", COMMAND_LAST, "Indicate when the named node was last fenced"),
    PLAIN("validate", 'K', COMMAND_VALIDATE, "Validate a fence device configuration (requires --agent)"),
    COMMAND_OF("fence", 'F', "HOST", COMMAND_FENCE, "Fence the named host: power it off"),
    COMMAND_OF("unfence", 'U', "HOST", COMMAND_UNFENCE, "Unfence the named host"),
    COMMAND_OF("reboot", 'B', "HOST", COMMAND_REBOOT, "Reboot the named host"),
    COMMAND_OF("confirm", 'C', "HOST", COMMAND_CONFIRM, "Tell cluster that named host is now safely down"),
    COMMAND_OF("register", 'R', "DEVICE", COMMAND_REGISTER,
               "Register the named fence device until it is deregistered or all fencers have ended (requires --agent, takes --option)"),
    COMMAND_OF("deregister", 'D', "DEVICE", COMMAND_DEREGISTER, "Deregister the named fence device"),
    COMMAND_OF("register-level", 'r', "TARGET", COMMAND_REGISTER_LEVEL,
               "Register a fencing level for the target: NAME, @PATTERN or ATTRIBUTE=VALUE (requires --index and --device)"),
    COMMAND_OF("deregister-level", 'd', "TARGET", COMMAND_DEREGISTER_LEVEL,
               "Deregister a fencing level of the target (all of it that were registered without --index)"),
    { "cleanup", 'c', COX_OPT_FLAG, NULL, NULL, "Clean up the fencing history (with --history; a node is meant by its name, not its id)", FIELD(cleans) },
    { "broadcast", 'b', COX_OPT_FLAG, NULL, NULL, "Accepted: the history is the same on all nodes (with --history)", FIELD(broadcasts) },
    { "agent", 'a', COX_OPT_STRING, "AGENT", NULL, "The agent to use (for example, fence_xvm)", FIELD(agent) },
    { "option", 'o', COX_OPT_STRINGS, "NAME=VALUE", NULL, "Specify a device configuration parameter (with --validate and --register)", FIELD(params) },
    { "env-option", 'e', COX_OPT_STRINGS, "NAME", NULL,
      "Take a device configuration parameter from the environment variable OCF_RESKEY_NAME", FIELD(env_params) },
    { "tag", 'T', COX_OPT_STRING, "TAG", NULL, "Identify fencing operations in logs with the specified tag", FIELD(tag) },
    { "device", 'v', COX_OPT_STRINGS, "DEVICE", NULL, "Name of the device to validate, or of one of a level", FIELD(devices) },
    { "index", 'i', COX_OPT_STRING, "LEVEL", NULL, "Number of the level, 1 to 9: lower ones are tried first", FIELD(index) },
    { "timeout", 't', COX_OPT_STRING, "SECONDS", NULL, "How long to wait for the answer (default 120s)", FIELD(timeout) },
    { "as-node-id", 'n', COX_OPT_FLAG, NULL, NULL, "The supplied node is the corosync node ID (with --last)", FIELD(is_node_id) },
    { "tolerance", 0, COX_OPT_STRING, "SECONDS", NULL, "Do nothing if an equivalent fencing request succeeded less than this ago",
      FIELD(tolerance) },
    { "delay", 'y', COX_OPT_STRING, "SECONDS", NULL,
      "Wait this long before the first device, besides its own delays; -1: no delay at all", FIELD(delay) },
    { "quiet", 'q', COX_OPT_QUIET, NULL, NULL, "Be less descriptive in output" },
};

/* ---- asking ---- */

/* A question to the daemon. */
static struct cox_daemon_question
question_of(const struct cox_tool_ctx *ctx, enum cox_message message, const void *body, enum cox_message expected)
{
    return (struct cox_daemon_question) { COX_DAEMON_FENCE, ctx->tool->name, message, body, expected,
                                          ((const struct settings *) ctx->settings)->timeout_ms };
}

static const void *
ask(const struct cox_daemon_question question, struct cox_arena *arena, GError **error)
{
    return cox_daemon_ask(NULL, &question, arena, error);
}

static int
failed(struct cox_tool_ctx *ctx, GError *error)
{
    if (error->code == COX_ERROR_NOT_FOUND) {
        cox_out_error(ctx->out, "%s: %s", ctx->tool->name, error->message);
        g_error_free(error);
        return cox_error_exit_status(COX_ERROR_NOT_FOUND);
    }
    return cox_tool_fail(ctx, error);
}

/* ---- lists ---- */

static void
print_list(struct cox_tool_ctx *ctx, const char *heading, const char *noun, char **items, guint n)
{
    g_autofree char *count = g_strdup_printf("%u", n);

    cox_out_begin(ctx->out, "list", "name", heading, "count", count, NULL);
    for (guint i = 0; i < n; i++) {
        cox_out_value(ctx->out, "item", items[i]);
        cox_out_line(ctx->out, "%s", items[i]);
    }
    cox_out_end(ctx->out);
    if (!ctx->is_quiet) {
        cox_out_line(ctx->out, "%u %s%s found", n, noun, n == 1 ? "" : "s");
    }
}

static int
list_devices(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_fence_devices_query query = { .target = settings->command == COMMAND_LIST ? settings->subject : NULL };
    GError *error = NULL;
    const struct cox_msg_fence_devices *answer = ask(question_of(ctx, COX_MSG_FENCE_DEVICES_QUERY, &query, COX_MSG_FENCE_DEVICES), arena, &error);

    if (answer == NULL) {
        return failed(ctx, error);
    }
    print_list(ctx, "Registered fence devices", "fence device", (char **) (guintptr) answer->devices, (guint) answer->n_devices);
    return 0;
}

static int
list_installed(struct cox_tool_ctx *ctx)
{
    const struct cox_agent_paths paths = { .fence = cox_environment_get("COX_FENCE_DIRECTORY") };
    g_autoptr(GPtrArray) agents = cox_agent_types(&paths, COX_AGENT_STONITH, NULL);

    print_list(ctx, "Installed fence devices", "fence device", (char **) agents->pdata, agents->len);
    return 0;
}

/* Run a device's action; its answer, or NULL with *status set. */
static const struct cox_msg_fence_finished *
try_device(struct cox_tool_ctx *ctx, const char *command, struct cox_arena *arena, int *status)
{
    const struct settings *settings = ctx->settings;
    const struct cox_msg_fence_try wanted = { .device = settings->subject, .command = command };
    GError *error = NULL;
    const struct cox_msg_fence_finished *answer = ask(question_of(ctx, COX_MSG_FENCE_TRY, &wanted, COX_MSG_FENCE_FINISHED), arena, &error);

    if (answer == NULL) {
        *status = failed(ctx, error);
        return NULL;
    }
    if (answer->is_ok == 0) {
        *status = cox_tool_error(ctx, COX_ERROR_GENERIC, "%s of device '%s' failed: %s", command, settings->subject,
                                 answer->reason == NULL ? "no reason told" : answer->reason);
        return NULL;
    }
    return answer;
}

static int
list_targets(struct cox_tool_ctx *ctx)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GPtrArray) targets = g_ptr_array_new();
    int status = 0;
    const struct cox_msg_fence_finished *answer = try_device(ctx, "list", arena, &status);
    struct cox_fencedevice *device = NULL;

    if (answer == NULL) {
        return status;
    }
    device = cox_fencedevice_new(&(struct cox_fencedevice_def) { .id = "device" }, 0); /* it knows how to read a list */
    cox_fencedevice_take_list(device, answer->output == NULL ? "" : answer->output);
    for (guint i = 0; i < device->listed->len; i++) { /* agents list a name and its aliases, which may be the same */
        if (!g_ptr_array_find_with_equal_func(targets, device->listed->pdata[i], g_str_equal, NULL)) {
            g_ptr_array_add(targets, device->listed->pdata[i]);
        }
    }
    print_list(ctx, "Fence Targets", "fence target", (char **) targets->pdata, targets->len);
    cox_fencedevice_free(device);
    return 0;
}

static int
query_device(struct cox_tool_ctx *ctx)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    int status = 0;

    (void) try_device(ctx, "monitor", arena, &status);
    return status;
}

/* ---- agents of this machine ---- */

/* "name=value" into pairs that borrow from @params after splitting them. */
static void
add_pairs(GPtrArray *params, GArray *pairs)
{
    for (guint i = 0; params != NULL && i < params->len; i++) {
        char *at = strchr(params->pdata[i], '=');
        struct cox_agent_pair pair = { params->pdata[i], at == NULL ? "" : at + 1 };

        if (at != NULL) {
            *at = '\0';
        }
        g_array_append_val(pairs, pair);
    }
}

static void
add_from_environment(const GPtrArray *names, GArray *pairs)
{
    for (guint i = 0; names != NULL && i < names->len; i++) {
        g_autofree char *variable = g_strconcat("OCF_RESKEY_", names->pdata[i], NULL);
        const struct cox_agent_pair pair = { names->pdata[i], g_getenv(variable) };

        if (pair.value != NULL) {
            g_array_append_val(pairs, pair);
        }
    }
}

static bool
call_agent(struct cox_tool_ctx *ctx, const char *action, struct cox_agent_outcome *outcome, GError **error)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(cox_agent_name) name = NULL;
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair));
    const struct cox_agent_pair first = { "action", action };
    struct cox_agent_env env = { .service = "pacemaker-fenced" };

    if (settings->agent == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Please specify an agent to use with --agent");
        return false;
    }
    name = cox_agent_name_new("stonith", NULL, settings->agent, error);
    if (name == NULL) {
        return false;
    }
    g_array_append_val(pairs, first);
    add_pairs(settings->params, pairs);
    add_from_environment(settings->env_params, pairs);
    env.agent = name;
    env.params = (const struct cox_agent_pair *) pairs->data;
    env.n_params = pairs->len;
    cox_agent_call(&env, action, settings->timeout_ms, outcome);
    return true;
}

static int
show_metadata(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    struct cox_agent_outcome outcome = { .out = NULL };
    GError *error = NULL;
    int status = 0;

    if (!call_agent(ctx, "metadata", &outcome, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (outcome.result.code != 0) {
        status = cox_tool_error(ctx, outcome.result.code == COX_AGENT_CODE_NOT_INSTALLED ? COX_ERROR_NOT_INSTALLED : COX_ERROR_GENERIC,
                                "Can not get fence agent metadata of '%s': %s", settings->agent,
                                outcome.result.exit_reason == NULL ? "it failed" : outcome.result.exit_reason);
    } else {
        cox_out_cdata(ctx->out, "metadata", outcome.out);
        cox_out_raw(ctx->out, outcome.out);
    }
    cox_agent_outcome_clear(&outcome);
    return status;
}

static void
print_output(struct cox_tool_ctx *ctx, const char *source, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        cox_out_begin(ctx->out, "output", "source", source, NULL);
        cox_out_text(ctx->out, text);
        cox_out_end(ctx->out);
        cox_out_raw(ctx->out, text);
    }
}

static int
validate(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    const char *device = settings->devices == NULL ? NULL : settings->devices->pdata[0];
    struct cox_agent_outcome outcome = { .out = NULL };
    GError *error = NULL;
    bool is_valid;
    g_autofree char *code = NULL;

    if (!call_agent(ctx, "validate-all", &outcome, &error)) {
        return cox_tool_fail(ctx, error);
    }
    is_valid = outcome.result.code == 0;
    code = g_strdup_printf("%d", is_valid ? 0 : -201);
    cox_out_begin(ctx->out, "validate", "agent", settings->agent, "valid", is_valid ? "true" : "false", "device", device, NULL);
    cox_out_begin(ctx->out, "command", "code", code, NULL);
    cox_out_line(ctx->out, "Validation of %s%s%s %s", settings->agent, device == NULL ? "" : " with device id ", device == NULL ? "" : device,
                 is_valid ? "succeeded" : "failed");
    print_output(ctx, "stdout", outcome.out);
    print_output(ctx, "stderr", outcome.err);
    if (!is_valid && outcome.err[0] == '\0' && outcome.result.exit_reason != NULL) {
        print_output(ctx, "stderr", outcome.result.exit_reason);
    }
    cox_out_end(ctx->out);
    cox_out_end(ctx->out);
    cox_agent_outcome_clear(&outcome);
    return is_valid ? 0 : cox_error_exit_status(COX_ERROR_GENERIC);
}

/* ---- fencing ---- */

static int
fence(struct cox_tool_ctx *ctx, enum cox_fence_action action)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autofree char *client = g_strdup_printf("%s.%d%s%s", ctx->tool->name, (int) getpid(), settings->tag == NULL ? "" : ".",
                                              settings->tag == NULL ? "" : settings->tag);
    const struct cox_msg_fence_ask wanted = { .target = settings->subject, .action = action, .delay_ms = settings->delay_ms,
                                              .tolerance_ms = settings->tolerance_ms, .client = client };
    GError *error = NULL;
    const struct cox_msg_fence_finished *answer = ask(question_of(ctx, COX_MSG_FENCE_ASK, &wanted, COX_MSG_FENCE_FINISHED), arena, &error);

    if (answer == NULL) {
        return failed(ctx, error);
    }
    if (answer->is_ok == 0) {
        return cox_tool_error(ctx, COX_ERROR_GENERIC, "%s of '%s' failed: %s", cox_fence_action_text(action), settings->subject,
                              answer->reason == NULL ? "no reason told" : answer->reason);
    }
    return 0;
}

static int
confirm(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_fence_confirm said = { .target = settings->subject };
    GError *error = NULL;

    return ask(question_of(ctx, COX_MSG_FENCE_CONFIRM, &said, COX_MSG_DONE), arena, &error) == NULL ? failed(ctx, error) : 0;
}

/* ---- devices and levels at run time ---- */

static int
send_registration(struct cox_tool_ctx *ctx, struct cox_msg_fence_register *wanted)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(cox_arena) arena = cox_arena_new();
    GError *error = NULL;

    wanted->name = settings->subject;
    return ask(question_of(ctx, COX_MSG_FENCE_REGISTER, wanted, COX_MSG_DONE), arena, &error) == NULL ? failed(ctx, error) : 0;
}

static int
register_device(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(GPtrArray) params = g_ptr_array_new_with_free_func(g_free);
    struct cox_msg_fence_register wanted = { .what = COX_REGISTRATION_ADD_DEVICE, .agent = settings->agent };

    if (settings->agent == NULL) {
        return cox_tool_usage(ctx, "Please specify an agent to use with --agent");
    }
    for (guint i = 0; settings->params != NULL && i < settings->params->len; i++) {
        g_ptr_array_add(params, g_strdup(settings->params->pdata[i]));
    }
    for (guint i = 0; settings->env_params != NULL && i < settings->env_params->len; i++) {
        const char *name = settings->env_params->pdata[i];
        g_autofree char *variable = g_strconcat("OCF_RESKEY_", name, NULL);

        if (g_getenv(variable) == NULL) {
            return cox_tool_error(ctx, COX_ERROR_INVALID_PARAM, "%s: there is no variable %s in the environment", settings->subject, variable);
        }
        g_ptr_array_add(params, g_strdup_printf("%s=%s", name, g_getenv(variable)));
    }
    wanted.params = (const char *const *) params->pdata;
    wanted.n_params = params->len;
    return send_registration(ctx, &wanted);
}

static int
register_level(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    bool is_removal = settings->command == COMMAND_DEREGISTER_LEVEL;
    struct cox_msg_fence_register wanted = { .what = is_removal ? COX_REGISTRATION_REMOVE_LEVEL : COX_REGISTRATION_ADD_LEVEL };

    if (settings->index != NULL && !g_ascii_string_to_unsigned(settings->index, 10, 1, 9, &wanted.level, NULL)) {
        return cox_tool_usage(ctx, "--index %s: a level is a number from 1 to 9", settings->index);
    }
    if (!is_removal && (settings->index == NULL || settings->devices == NULL)) {
        return cox_tool_usage(ctx, "Please specify a level with --index, and its devices with --device");
    }
    if (!is_removal) {
        wanted.devices = (const char *const *) settings->devices->pdata;
        wanted.n_devices = settings->devices->len;
    }
    return send_registration(ctx, &wanted);
}

/* ---- history ---- */

static char *
local_time(gint64 usec, const char *format)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(usec / G_USEC_PER_SEC);

    return time == NULL ? g_strdup("(unknown)") : g_date_time_format(time, format);
}

static void
print_event(struct cox_tool_ctx *ctx, const struct cox_msg_fence_event *event)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    const struct cox_fencing_event view = {
        .action = event->action < COX_FENCE_N_ACTIONS ? cox_fence_action_text((enum cox_fence_action) event->action) : "(unknown)",
        .target = event->target, .client = event->client, .origin = event->origin,
        .delegate = event->is_confirmed != 0 ? "a human" : event->delegate, .reason = event->reason,
        .completed_s = event->state == COX_FENCING_PENDING ? 0 : event->done_at_us / G_USEC_PER_SEC,
        .state = (enum cox_fencing_state) MIN(event->state, COX_FENCING_PENDING),
    };

    cox_fencing_view_event(ctx->out, &view, zone);
}

static const struct cox_msg_fence_history *
get_history(struct cox_tool_ctx *ctx, const char *target, struct cox_arena *arena, GError **error)
{
    const struct settings *settings = ctx->settings;
    const struct cox_msg_fence_history_query query = { .target = target, .clean = settings->cleans };

    return ask(question_of(ctx, COX_MSG_FENCE_HISTORY_QUERY, &query, COX_MSG_FENCE_HISTORY), arena, error);
}

/* Without --verbose only what is of interest now: the latest success, and what is pending or has failed, of each node. */
static bool
is_shown(const struct cox_tool_ctx *ctx, const struct cox_msg_fence_event *event, GHashTable *succeeded)
{
    return ctx->verbosity > 0 || event->state != COX_FENCING_SUCCEEDED || g_hash_table_add(succeeded, g_strdup(event->target));
}

static int
history(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    bool is_all = strcmp(settings->subject, "*") == 0 || settings->subject[0] == '\0';
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GHashTable) succeeded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    g_autofree char *count = NULL;
    GError *error = NULL;
    const struct cox_msg_fence_history *answer = get_history(ctx, is_all ? NULL : settings->subject, arena, &error);

    if (answer == NULL) {
        return failed(ctx, error);
    }
    if (settings->cleans) {
        cox_out_line(ctx->out, "cleaning up fencing-history%s%s", is_all ? "" : " for node ", is_all ? "" : settings->subject);
        return 0;
    }
    for (gsize i = 0; i < answer->n_events; i++) {
        if (is_shown(ctx, &answer->events[i], succeeded)) {
            g_ptr_array_add(shown, (gpointer) (guintptr) &answer->events[i]);
        }
    }
    count = g_strdup_printf("%u", shown->len);
    cox_out_begin(ctx->out, "list", "name", "Fencing history", "count", count, NULL);
    for (guint i = 0; i < shown->len; i++) {
        print_event(ctx, shown->pdata[i]);
    }
    cox_out_end(ctx->out);
    if (!ctx->is_quiet) {
        cox_out_line(ctx->out, "%u event%s found", shown->len, shown->len == 1 ? "" : "s");
    }
    return 0;
}

/* The name of the node with this id: the fencer knows both. */
static char *
name_of_id(const struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_control_query query = { 0 };
    const struct cox_daemon_question question = { COX_DAEMON_CONTROL, ctx->tool->name, COX_MSG_CONTROL_QUERY, &query, COX_MSG_CONTROL_STATE, 0 };
    const struct cox_msg_control_state *state = settings->is_node_id ? cox_daemon_ask(NULL, &question, arena, NULL) : NULL;
    guint64 id = g_ascii_strtoull(settings->subject, NULL, 10);

    for (gsize i = 0; state != NULL && i < state->n_nodes; i++) {
        if (state->nodes[i].id == id && state->nodes[i].name != NULL) {
            return g_strdup(state->nodes[i].name);
        }
    }
    return g_strdup(settings->subject);
}

static int
last(struct cox_tool_ctx *ctx)
{
    g_autofree char *name = name_of_id(ctx);
    g_autoptr(cox_arena) arena = cox_arena_new();
    GError *error = NULL;
    const struct cox_msg_fence_history *answer = get_history(ctx, name, arena, &error);

    if (answer == NULL) {
        return failed(ctx, error);
    }
    for (gsize i = 0; i < answer->n_events; i++) {
        if (answer->events[i].state == COX_FENCING_SUCCEEDED && answer->events[i].action != COX_FENCE_ON) {
            g_autofree char *when = local_time(answer->events[i].done_at_us, "%a %b %e %H:%M:%S %Y");

            cox_out_leaf(ctx->out, "last-fenced", "target", name, "when", when, NULL);
            cox_out_line(ctx->out, "Node %s last fenced at: %s", name, when);
            return 0;
        }
    }
    cox_out_line(ctx->out, "Node %s has never been fenced", name);
    return 0;
}

/* ---- run ---- */

static bool
read_time(struct cox_tool_ctx *ctx, const char *option, const char *text, gint64 *ms)
{
    g_autoptr(GError) error = NULL;

    if (text == NULL || cox_interval_parse(text, ms, &error)) {
        return true;
    }
    cox_tool_usage(ctx, "--%s: %s", option, error->message);
    return false;
}

/* Before anything is done: a time that is not understood must not become another one. */
static bool
read_times(struct cox_tool_ctx *ctx)
{
    struct settings *settings = ctx->settings;
    bool has_no_delay = g_strcmp0(settings->delay, "-1") == 0;

    if (!read_time(ctx, "timeout", settings->timeout, &settings->timeout_ms) || !read_time(ctx, "tolerance", settings->tolerance, &settings->tolerance_ms)
        || !read_time(ctx, "delay", has_no_delay ? NULL : settings->delay, &settings->delay_ms)) {
        return false;
    }
    settings->delay_ms = has_no_delay ? -1000 : settings->delay_ms;
    settings->timeout_ms = settings->timeout_ms == 0 ? 120000 : settings->timeout_ms;
    return true;
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;

    if (!read_times(ctx)) {
        return cox_error_exit_status(COX_ERROR_USAGE);
    }
    switch ((enum command) settings->command) {
    case COMMAND_NONE:
        break;
    case COMMAND_LIST:
    case COMMAND_REGISTERED:
        return list_devices(ctx);
    case COMMAND_INSTALLED:
        return list_installed(ctx);
    case COMMAND_TARGETS:
        return list_targets(ctx);
    case COMMAND_METADATA:
        return show_metadata(ctx);
    case COMMAND_QUERY:
        return query_device(ctx);
    case COMMAND_HISTORY:
        return history(ctx);
    case COMMAND_LAST:
        return last(ctx);
    case COMMAND_VALIDATE:
        return validate(ctx);
    case COMMAND_FENCE:
        return fence(ctx, COX_FENCE_OFF);
    case COMMAND_UNFENCE:
        return fence(ctx, COX_FENCE_ON);
    case COMMAND_REBOOT:
        return fence(ctx, COX_FENCE_REBOOT);
    case COMMAND_CONFIRM:
        return confirm(ctx);
    case COMMAND_REGISTER:
        return register_device(ctx);
    case COMMAND_DEREGISTER:
        return send_registration(ctx, &(struct cox_msg_fence_register) { .what = COX_REGISTRATION_REMOVE_DEVICE });
    case COMMAND_REGISTER_LEVEL:
    case COMMAND_DEREGISTER_LEVEL:
        return register_level(ctx);
    }
    return cox_tool_usage(ctx, "Please specify a command");
}

static const int statuses[] = { 0, 1, 3, 4, 5, 64, 75, 102, 105, 124, -1 };

static const struct cox_tool tool = {
    .name = "stonith_admin",
    .summary = "fence nodes, and ask about fence devices and the history of fencing",
    .synopsis = "COMMAND [OPTION]...",
    .description = "Fencing is done by all fencers of the cluster together, by devices of the configuration and those that were registered at run time, and only with "
                   "quorum. What is registered is known on all nodes and is no part of the configuration; a device or level of the same name there goes before it.\n\n"
                   "The history is the same on all nodes; it is lost when all fencers have ended.",
    .examples = "Switch a node off, with whatever device can do it:\n"
                "\tstonith_admin --fence node2\n"
                "Say that a node is certainly off, after having looked at it:\n"
                "\tstonith_admin --confirm node2\n"
                "What was fenced, newest first:\n"
                "\tstonith_admin --history '*' --verbose\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_PLAIN_LISTS,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
