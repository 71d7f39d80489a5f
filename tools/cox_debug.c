/* tools/cox_debug.c - verbs of cox about single actions: what was done with a resource, and doing one by hand with a full trace.  Layer 6. */
#include <string.h>

#include "admin/nvedit.h"
#include "admin/rscedit.h"
#include "base/error.h"
#include "base/interval.h"
#include "base/nearest.h"
#include "model/option.h"
#include "model/rule.h"
#include "runtime/environment.h"
#include "tools/agent_call.h"
#include "tools/cox_priv.h"
#include "tools/net_call.h"
#include "tools/state.h"
#include "view/names.h"

enum { TIMEOUT_MS = 5 * 60 * 1000 };

/* ---- what was done ---------------------------------------------------------------------------------------- */

struct entry {
    const struct cox_node_status *node;
    const struct cox_rsc_history *rsc;
    const struct cox_op_history *op;
};

static gint
compare(gconstpointer a, gconstpointer b)
{
    const struct entry *first = a;
    const struct entry *second = b;

    if (first->op->last_rc_change_s != second->op->last_rc_change_s) {
        return (first->op->last_rc_change_s < second->op->last_rc_change_s) ? -1 : 1;
    }
    return (first->op->call_id < second->op->call_id) ? -1 : (first->op->call_id > second->op->call_id) ? 1 : 0;
}

/* "web" is also instance 1 of it ("web:1"). */
static bool
is_of(const struct cox_rsc_history *history, const char *id)
{
    size_t length = strlen(id);

    return strcmp(history->id, id) == 0 || (strncmp(history->id, id, length) == 0 && history->id[length] == ':');
}

/* The entries of all the named resource is: itself, or what is in it. */
static GArray *
collect(const struct cox_state *state, const char *id)
{
    const struct cox_config *config = state->input.config;
    cox_rsc_id rsc = (id == NULL) ? COX_RSC_NONE : cox_config_find_rsc(config, id);
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct entry));

    for (guint i = 0; i < state->input.status->nodes->len; i++) {
        const struct cox_node_status *node = state->input.status->nodes->pdata[i];

        for (guint k = 0; k < node->resources->len; k++) {
            const struct cox_rsc_history *history = node->resources->pdata[k];
            bool is_meant = id == NULL;

            for (cox_rsc_id each = rsc; rsc != COX_RSC_NONE && each < config->resources[rsc].end && !is_meant; each++) {
                is_meant = is_of(history, config->resources[each].id);
            }
            for (guint32 n = 0; is_meant && n < history->n_ops; n++) {
                struct entry entry = { node, history, &history->ops[n] };

                g_array_append_val(entries, entry);
            }
        }
    }
    g_array_sort(entries, compare);
    return entries;
}

static void
print_entry(struct cox_out *out, const struct entry *entry)
{
    const struct cox_op_history *op = entry->op;
    const char *name = (op->operation != NULL) ? op->operation : "?";
    const char *node = (entry->node->uname != NULL) ? entry->node->uname : entry->node->id;
    const char *reason = (op->exit_reason != NULL && *op->exit_reason != '\0') ? op->exit_reason : NULL;
    bool is_pending = op->rc == 193 || op->status < 0;
    bool is_unexpected = !is_pending && op->target_rc >= 0 && op->rc != op->target_rc;
    g_autofree char *when = op->has_last_rc_change ? cox_names_time(op->last_rc_change_s, true) : g_strdup("at an unknown time");
    g_autofree char *took = op->has_exec_time ? g_strdup_printf("%" G_GINT64_FORMAT, op->exec_time_ms) : NULL;
    g_autofree char *waited = op->has_queue_time ? g_strdup_printf("%" G_GINT64_FORMAT, op->queue_time_ms) : NULL;
    g_autofree char *every = (op->interval_ms > 0) ? g_strdup_printf("%" G_GINT64_FORMAT, op->interval_ms) : NULL;
    g_autofree char *rc = g_strdup_printf("%d", op->rc);
    g_autofree char *seconds = op->has_exec_time ? g_strdup_printf(" in %.3f s", (double) op->exec_time_ms / 1000.0) : NULL;
    g_autofree char *interval = (op->interval_ms > 0) ? g_strdup_printf(" every %.3g s", (double) op->interval_ms / 1000.0) : NULL;

    cox_out_leaf(out, "operation", "resource", entry->rsc->id, "node", node, "task", name, "interval-ms", every, "rc", rc, "text",
                 is_pending ? "pending" : cox_names_result(op->rc), "failed", is_unexpected ? "true" : "false", "when", when, "exec-ms", took,
                 "queue-ms", waited, "reason", reason, NULL);
    cox_out_line(out, "%s  %s on %s: %s%s: %s (%s)%s%s%s%s", when, entry->rsc->id, node, name, (interval != NULL) ? interval : "",
                 is_pending ? "under way" : cox_names_result(op->rc), rc, (seconds != NULL) ? seconds : "", is_unexpected ? ", not as expected" : "",
                 (reason != NULL) ? ": " : "", (reason != NULL) ? reason : "");
}

int
cox_verb_resource_history(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, &error);
    g_autoptr(cox_state) state = (access == NULL) ? NULL : cox_state_of(access, &error);
    const struct cox_xml *root = (state == NULL) ? NULL : cox_cib_access_visible(access, &error);
    g_autoptr(GArray) entries = NULL;

    if (root == NULL || (arguments[0] != NULL && cox_rscedit_find(root, arguments[0], &error) == NULL)) {
        return cox_tool_fail(ctx, error);
    }
    entries = collect(state, arguments[0]);
    cox_out_begin(ctx->out, "operations", NULL);
    for (guint i = 0; i < entries->len; i++) {
        print_entry(ctx->out, &g_array_index(entries, struct entry, i));
    }
    cox_out_end(ctx->out);
    if (entries->len == 0 && !ctx->is_quiet) {
        cox_out_line(ctx->out, "Nothing was done%s%s.", (arguments[0] != NULL) ? " with " : "", (arguments[0] != NULL) ? arguments[0] : "");
    }
    return 0;
}

/* ---- by hand ---------------------------------------------------------------------------------------------- */

/* An agent and what it is called with. */
struct by_hand {
    struct cox_agent_name *name;
    const char *rsc, *action;
    GArray *pairs; /* struct cox_nvedit */
};

static void
add_pair(struct by_hand *hand, const char *name, const char *value)
{
    struct cox_nvedit pair = { g_strdup(name), g_strdup(value) };

    for (guint i = 0; i < hand->pairs->len; i++) {
        struct cox_nvedit *old = &g_array_index(hand->pairs, struct cox_nvedit, i);

        if (strcmp(old->name, name) == 0) {
            g_free(old->value);
            old->value = pair.value;
            g_free(pair.name);
            return;
        }
    }
    g_array_append_val(hand->pairs, pair);
}

static bool
changes_something(const char *action)
{
    static const char *const words[] = { "start", "stop", "promote", "demote", "migrate_to", "migrate_from", "on", "off", "reboot", NULL };

    return g_strv_contains(words, action);
}

static bool
check_action(const char *action, GError **error)
{
    static const char *const known[] = { "start", "stop", "monitor", "promote", "demote", "notify", "migrate_to", "migrate_from", "reload",
                                         "reload-agent", "validate-all", "meta-data", "metadata", "status", "list", "on", "off", "reboot" };
    g_autofree char *hint = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(known[i], action) == 0) {
            return true;
        }
    }
    hint = cox_nearest_hint(action, known, G_N_ELEMENTS(known));
    g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no action of agents%s", action, hint);
    return false;
}

bool
cox_verb_check_managed(const struct cox_state *state, const char *id, const char *what, GError **error)
{
    const struct cox_cluster *cluster = &state->plan->cluster;

    for (size_t i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];

        if (g_strcmp0(rsc->short_id, id) == 0 && rsc->is_managed) {
            g_set_error(error, COX_ERROR, COX_ERROR_UNSAFE, "the cluster manages '%s' and would take a %s for a failure, or do it elsewhere as well: "
                        "cox resource maintenance %s on (--force does it all the same)", id, what, id);
            return false;
        }
    }
    return true;
}

/* Agent and parameters of a configured resource. */
static bool
from_configuration(struct cox_tool_ctx *ctx, struct by_hand *hand, GError **error)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    const struct cox_rule_input input = { .now = cox_tool_now() };
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, error);
    g_autoptr(cox_state) state = (access == NULL) ? NULL : cox_state_of(access, error);
    const struct cox_xml *root = (state == NULL) ? NULL : cox_cib_access_visible(access, error);
    const struct cox_xml *xml = (root == NULL) ? NULL : cox_rscedit_find(root, hand->rsc, error);
    cox_rsc_id rsc = (xml == NULL) ? COX_RSC_NONE : cox_config_find_rsc(state->input.config, hand->rsc);
    const struct cox_rsc_def *def = (rsc == COX_RSC_NONE) ? NULL : &state->input.config->resources[rsc];
    struct cox_nvlist params = COX_NVLIST_INIT;

    if (xml == NULL) {
        return false;
    }
    if (def == NULL || def->variant != COX_PRIMITIVE) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is a %s: actions are of single resources, name one that is in it", hand->rsc,
                    cox_xml_name(xml));
        return false;
    }
    hand->name = cox_agent_name_new(def->standard, def->provider, def->type, error);
    if (hand->name == NULL || (!((const struct cox_settings *) ctx->settings)->is_forced && changes_something(hand->action)
                               && !cox_verb_check_managed(state, hand->rsc, hand->action, error))) {
        return false;
    }
    cox_nvsets_resolve(&def->params, NULL, &input, &params, NULL);
    for (size_t i = 0; i < params.n_pairs; i++) {
        if (hand->name->standard != COX_AGENT_STONITH || cox_option_find(COX_OPTION_DEVICE, params.pairs[i].name) == NULL) {
            add_pair(hand, params.pairs[i].name, params.pairs[i].value);
        }
    }
    cox_nvlist_clear(&params);
    return true;
}

static bool
prepare(struct cox_tool_ctx *ctx, struct by_hand *hand, char **arguments, GError **error)
{
    g_autoptr(GArray) given = cox_nvedit_parse_all(arguments + 2, error);

    hand->rsc = arguments[0];
    hand->action = arguments[1];
    if (given == NULL || !check_action(hand->action, error)) {
        return false;
    }
    if (strchr(arguments[0], ':') != NULL) {
        hand->name = cox_agent_name_parse(arguments[0], error);
        hand->rsc = "debug";
    } else if (!from_configuration(ctx, hand, error)) {
        return false;
    }
    if (hand->name == NULL) {
        return false;
    }
    if (hand->name->standard == COX_AGENT_SYSTEMD || hand->name->standard == COX_AGENT_SERVICE) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is a unit, which has no actions that can be traced: systemctl status %s", arguments[0],
                    hand->name->type);
        return false;
    }
    for (guint i = 0; i < given->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(given, struct cox_nvedit, i);

        add_pair(hand, pair->name, (pair->value != NULL) ? pair->value : "");
    }
    return true;
}

/* The shell that the agent's first line names, told to say each command: "sh -x"; NULL: it is no shell script. */
static char **
tracer_of(const struct cox_agent_name *name)
{
    g_autofree char *directory = NULL;
    const struct cox_agent_paths paths = cox_agent_call_paths(&directory);
    g_autofree char *path = NULL;
    g_autofree char *content = NULL;
    gsize length = 0;

    path = cox_agent_find(&paths, name, NULL);
    if (path == NULL || !g_file_get_contents(path, &content, &length, NULL) || !g_str_has_prefix(content, "#!")) {
        return NULL;
    } else {
        g_autofree char *line = g_strstrip(g_strndup(content + 2, strcspn(content + 2, "\n")));
        g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
        g_autofree char *shell = (words[0] == NULL) ? g_strdup("") : g_path_get_basename(words[0]); /* "#!" and nothing else names none */
        const char *const made[] = { words[0], "-x", NULL };

        return (g_str_equal(shell, "sh") || g_str_equal(shell, "bash") || g_str_equal(shell, "dash")) ? g_strdupv((char **) (guintptr) made) : NULL;
    }
}

static void
print_text(struct cox_out *out, const char *title, const char *element, const char *text)
{
    if (*text != '\0') {
        cox_out_cdata(out, element, text);
        cox_out_rawf(out, "%s:\n%s%s", title, text, g_str_has_suffix(text, "\n") ? "" : "\n");
    }
}

static bool
is_secret(const char *name)
{
    return strstr(name, "passw") != NULL || strstr(name, "secret") != NULL || strstr(name, "token") != NULL;
}

static void
print_outcome(struct cox_tool_ctx *ctx, const struct by_hand *hand, const struct cox_agent_outcome *outcome)
{
    struct cox_out *out = ctx->out;
    g_autofree char *agent = cox_agent_name_text(hand->name);
    g_autofree char *code = g_strdup_printf("%d", outcome->result.code);
    g_autofree char *ms = g_strdup_printf("%" G_GINT64_FORMAT, outcome->result.exec_ms);
    const char *reason = outcome->result.exit_reason;

    cox_out_begin(out, "action", "resource", hand->rsc, "agent", agent, "task", hand->action, "rc", code, "text", cox_names_result(outcome->result.code),
                  "exec-ms", ms, "reason", reason, NULL);
    for (guint i = 0; i < hand->pairs->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(hand->pairs, struct cox_nvedit, i);
        const char *value = is_secret(pair->name) ? "(not shown)" : pair->value;

        cox_out_leaf(out, "parameter", "name", pair->name, "value", value, NULL);
        if (!ctx->is_quiet) {
            cox_out_line(out, "parameter %s=%s", pair->name, value);
        }
    }
    if (!ctx->is_quiet) {
        print_text(out, "trace and messages", "stderr", outcome->err);
    }
    print_text(out, "output", "stdout", outcome->out);
    cox_out_end(out);
    cox_out_line(out, "%s of %s (%s) ended after %.3f s: %s (%s)%s%s", hand->action, hand->rsc, agent, (double) outcome->result.exec_ms / 1000.0,
                 cox_names_result(outcome->result.code), code, (reason != NULL) ? ": " : "", (reason != NULL) ? reason : "");
}

static int
call_agent(struct cox_tool_ctx *ctx, struct by_hand *hand, gint64 timeout_ms)
{
    g_auto(GStrv) tracer = tracer_of(hand->name);
    g_autofree char *timeout = g_strdup_printf("%" G_GINT64_FORMAT, timeout_ms);
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair));
    struct cox_agent_outcome outcome = { 0 };
    struct cox_agent_call call = { .env = { .agent = hand->name, .rsc_id = hand->rsc, .service = "pacemaker-execd" },
                                   .action = hand->action,
                                   .timeout_ms = timeout_ms,
                                   .before = (const char *const *) tracer };
    int code = 0;
    bool is_fence = hand->name->standard == COX_AGENT_STONITH;

    if (is_fence) {
        add_pair(hand, "action", hand->action);
        call.env.service = "pacemaker-fenced";
    } else {
        add_pair(hand, "CRM_meta_timeout", timeout);
        add_pair(hand, "CRM_meta_interval", "0");
        add_pair(hand, "CRM_meta_name", hand->action);
        add_pair(hand, "crm_feature_set", COX_AGENT_CALL_FEATURES);
    }
    for (guint i = 0; i < hand->pairs->len; i++) {
        const struct cox_nvedit *given = &g_array_index(hand->pairs, struct cox_nvedit, i);
        const struct cox_agent_pair pair = { given->name, given->value };

        g_array_append_val(pairs, pair);
    }
    call.env.params = (const struct cox_agent_pair *) (gpointer) pairs->data;
    call.env.n_params = pairs->len;
    if (!cox_net_call(&call.env, call.action, timeout_ms, &outcome)) {
        cox_agent_call_as(&call, &outcome);
    }
    print_outcome(ctx, hand, &outcome);
    code = outcome.result.code;
    cox_agent_outcome_clear(&outcome);
    return code;
}

int
cox_verb_debug(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    struct by_hand hand = { .pairs = cox_nvedit_list_new() };
    gint64 timeout_ms = TIMEOUT_MS;
    GError *error = NULL;
    int status = 0;

    if (settings->change.timeout != NULL && !cox_interval_parse(settings->change.timeout, &timeout_ms, &error)) {
        status = cox_tool_usage(ctx, "--timeout: %s", error->message);
        g_error_free(error);
    } else if (!prepare(ctx, &hand, arguments, &error)) {
        status = cox_tool_fail(ctx, error);
    } else {
        status = call_agent(ctx, &hand, timeout_ms);
    }
    cox_agent_name_free(hand.name);
    g_array_unref(hand.pairs);
    return status;
}
