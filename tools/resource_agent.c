/* tools/resource_agent.c - crm_resource: agents of this machine, and their actions called by hand.  Layer 6. */
#include <string.h>

#include "admin/param.h"
#include "agents/agent_find.h"
#include "agents/agent_secret.h"
#include "base/error.h"
#include "runtime/environment.h"
#include "tools/agent_call.h"
#include "tools/net_call.h"
#include "tools/resource_priv.h"
#include "view/names.h"
#include "view/option_view.h"


/* ---- lists ---- */

static void
print_items(struct cox_out *out, const GPtrArray *names, const char *element)
{
    for (guint i = 0; i < names->len; i++) {
        cox_out_value(out, element, names->pdata[i]);
        cox_out_line(out, "%s", (const char *) names->pdata[i]);
    }
}

int
cox_resource_standards(struct cox_resource_call *call)
{
    static const char *const standards[] = { "lsb", "ocf", "service", "stonith", "systemd" };
    struct cox_out *out = call->ctx->out;

    cox_out_begin(out, "list", "name", "standards", NULL);
    cox_out_attrf(out, "count", "%zu", G_N_ELEMENTS(standards));
    for (size_t i = 0; i < G_N_ELEMENTS(standards); i++) {
        cox_out_value(out, "item", standards[i]);
        cox_out_line(out, "%s", standards[i]);
    }
    cox_out_end(out);
    return 0;
}

int
cox_resource_providers(struct cox_resource_call *call)
{
    g_autofree char *directory = NULL;
    struct cox_agent_paths paths = cox_agent_call_paths(&directory);
    g_autoptr(GPtrArray) names = cox_agent_providers(&paths);
    struct cox_out *out = call->ctx->out;

    cox_out_begin(out, "providers", "standard", "ocf", NULL);
    print_items(out, names, "provider");
    cox_out_end(out);
    return (names->len > 0) ? 0 : cox_resource_fail(call, COX_ERROR_NOT_FOUND, "No ocf providers found: install resource agents");
}

int
cox_resource_alternatives(struct cox_resource_call *call)
{
    const char *agent = call->settings->argument;
    g_autofree char *directory = NULL;
    struct cox_agent_paths paths = cox_agent_call_paths(&directory);
    g_autoptr(GPtrArray) names = cox_agent_providers(&paths);
    struct cox_out *out = call->ctx->out;
    guint n = 0;

    cox_out_begin(out, "providers", "standard", "ocf", "agent", agent, NULL);
    for (guint i = 0; i < names->len; i++) {
        g_autoptr(cox_agent_name) name = cox_agent_name_new("ocf", names->pdata[i], agent, NULL);
        g_autofree char *path = (name == NULL) ? NULL : cox_agent_find(&paths, name, NULL);

        if (path != NULL) {
            cox_out_value(out, "provider", names->pdata[i]);
            cox_out_line(out, "%s", (const char *) names->pdata[i]);
            n++;
        }
    }
    cox_out_end(out);
    return (n > 0) ? 0 : cox_resource_fail(call, COX_ERROR_NOT_FOUND, "No ocf providers found for %s", agent);
}

/* Unit files, which nobody but systemd knows all of; these are the ones that come from packages and administrators. */
static GPtrArray *
systemd_units(void)
{
    static const char *const directories[] = { "/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system" };
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(directories); i++) {
        GDir *dir = g_dir_open(directories[i], 0, NULL);
        const char *file = NULL;

        while (dir != NULL && (file = g_dir_read_name(dir)) != NULL) {
            g_autofree char *name = g_strndup(file, strlen(file) - MIN(strlen(file), strlen(".service")));

            if (g_str_has_suffix(file, ".service") && !g_hash_table_contains(seen, name)) {
                g_hash_table_add(seen, name);
                g_ptr_array_add(names, g_steal_pointer(&name));
            }
        }
        if (dir != NULL) {
            g_dir_close(dir);
        }
    }
    cox_names_sort(names);
    return names;
}

static GPtrArray *
agents_of(const struct cox_agent_paths *paths, const char *standard, const char *provider)
{
    if (strcmp(standard, "ocf") == 0) {
        return cox_agent_types(paths, COX_AGENT_OCF, provider);
    }
    if (strcmp(standard, "lsb") == 0) {
        return cox_agent_types(paths, COX_AGENT_LSB, NULL);
    }
    if (strcmp(standard, "stonith") == 0) {
        return cox_agent_types(paths, COX_AGENT_STONITH, NULL);
    }
    if (strcmp(standard, "systemd") == 0) {
        return systemd_units();
    }
    if (strcmp(standard, "service") == 0) {
        GPtrArray *all = systemd_units();
        g_autoptr(GPtrArray) scripts = cox_agent_types(paths, COX_AGENT_LSB, NULL);

        for (guint i = 0; i < scripts->len; i++) {
            g_ptr_array_add(all, g_strdup(scripts->pdata[i]));
        }
        cox_names_sort(all);
        return all;
    }
    return NULL;
}

int
cox_resource_agents(struct cox_resource_call *call)
{
    g_auto(GStrv) parts = g_strsplit(call->settings->argument, ":", 2);
    g_autofree char *directory = NULL;
    struct cox_agent_paths paths = cox_agent_call_paths(&directory);
    g_autoptr(GPtrArray) names = (parts[0] == NULL) ? NULL : agents_of(&paths, parts[0], parts[1]);
    struct cox_out *out = call->ctx->out;

    if (names == NULL) {
        return cox_tool_usage(call->ctx, "--list-agents: '%s' is no standard: use ocf, lsb, service, systemd or stonith",
                              call->settings->argument);
    }
    cox_out_begin(out, "agents", "standard", parts[0], "provider", parts[1], NULL);
    print_items(out, names, "agent");
    cox_out_end(out);
    return (names->len > 0) ? 0
                            : cox_resource_fail(call, COX_ERROR_NOT_FOUND, "No agents found for standard '%s'", call->settings->argument);
}

const char *
cox_resource_option_list(const char *type)
{
    return strcmp(type, "primitive") == 0 ? "primitive-meta" : strcmp(type, "fencing") == 0 ? "fence-attributes" : NULL;
}

int
cox_resource_list_options(struct cox_resource_call *call)
{
    const char *list = cox_resource_option_list(call->settings->argument);

    cox_option_view(call->ctx->out, cox_option_list_find(list), COX_COMPAT_VERSION, call->settings->lists_all);
    return 0;
}

/* ---- metadata ---- */

/* Standards without metadata of their own get some that says what can be said of all of them. */
static char *
made_metadata(const struct cox_agent_name *name)
{
    const char *standard = cox_agent_standard_text(name->standard);
    g_autofree char *type = g_markup_escape_text(name->type, -1);

    return g_strdup_printf("<?xml version=\"1.0\"?>\n<resource-agent name=\"%s\" version=\"0.1\">\n  <version>1.1</version>\n"
                           "  <longdesc lang=\"en\">%s service %s</longdesc>\n  <shortdesc lang=\"en\">%s %s</shortdesc>\n"
                           "  <parameters/>\n  <actions>\n    <action name=\"start\" timeout=\"100s\"/>\n"
                           "    <action name=\"stop\" timeout=\"100s\"/>\n    <action name=\"status\" timeout=\"100s\"/>\n"
                           "    <action name=\"monitor\" interval=\"60s\" timeout=\"100s\"/>\n"
                           "    <action name=\"meta-data\" timeout=\"5s\"/>\n  </actions>\n</resource-agent>\n",
                           type, standard, type, standard, type);
}

int
cox_resource_metadata(struct cox_resource_call *call)
{
    GError *error = NULL;
    g_autoptr(cox_agent_name) name = cox_agent_name_parse(call->settings->argument, &error);
    struct cox_agent_outcome outcome = { 0 };
    bool is_program = false;
    int status = 0;

    if (name == NULL) {
        return cox_resource_error(call, error);
    }
    is_program = name->standard == COX_AGENT_OCF || name->standard == COX_AGENT_STONITH;
    if (is_program) {
        cox_agent_call_metadata(name, &outcome);
    } else {
        outcome.out = made_metadata(name);
    }
    if (is_program && (outcome.result.code != 0 || *outcome.out == '\0')) {
        status = cox_resource_fail(call, COX_ERROR_NOT_INSTALLED, "Metadata query for %s failed: %s%s%s", call->settings->argument,
                                   cox_names_result(outcome.result.code), (outcome.result.exit_reason != NULL) ? ": " : "",
                                   (outcome.result.exit_reason != NULL) ? outcome.result.exit_reason : "");
    } else {
        cox_out_cdata(call->ctx->out, "metadata", outcome.out);
        cox_out_raw(call->ctx->out, outcome.out);
    }
    cox_agent_outcome_clear(&outcome);
    return status;
}

/* ---- actions ---- */

/* What an agent is called with by hand. */
struct by_hand {
    struct cox_agent_name *name;
    const char *action, *rsc;
    GArray *params; /* struct cox_agent_pair */
    GPtrArray *texts;   /* owns what the pairs borrow */
    GPtrArray *secrets; /* the same, and is not to be printed */
};

static void
add_param(struct by_hand *hand, const char *name, const char *value)
{
    struct cox_agent_pair pair = { g_strdup(name), g_strdup(value) };

    g_ptr_array_add(hand->texts, (gpointer) (guintptr) pair.name);
    g_ptr_array_add(hand->texts, (gpointer) (guintptr) pair.value);
    g_array_append_val(hand->params, pair);
}

static void
add_options(struct by_hand *hand, const GPtrArray *options)
{
    for (guint i = 0; options != NULL && i < options->len; i++) {
        g_auto(GStrv) parts = g_strsplit(options->pdata[i], "=", 2);

        if (parts[0] != NULL && parts[1] != NULL) {
            add_param(hand, parts[0], parts[1]);
        }
    }
}

/* The agent and the parameters of a configured resource. */
static int
from_configuration(struct cox_resource_call *call, struct by_hand *hand)
{
    const struct cox_cib_access_settings where = { .tool = "crm_resource" };
    const struct cox_rule_input input = { .now = cox_tool_now() };
    struct cox_nvlist params = COX_NVLIST_INIT;
    const struct cox_rsc_def *def = NULL;
    cox_rsc_id rsc = COX_RSC_NONE;
    GError *error = NULL;

    call->access = cox_cib_access_open(&where, &error);
    call->root = (call->access == NULL) ? NULL : cox_cib_access_visible(call->access, &error);
    call->state = (call->root == NULL) ? NULL : cox_state_new(call->root, &error);
    if (call->state == NULL) {
        return cox_resource_error(call, error);
    }
    rsc = cox_config_find_rsc(call->state->input.config, call->settings->rsc);
    if (rsc == COX_RSC_NONE) {
        return cox_resource_fail(call, COX_ERROR_NOT_FOUND, "Resource '%s' not found", call->settings->rsc);
    }
    def = &call->state->input.config->resources[rsc];
    if (def->variant != COX_PRIMITIVE) {
        return cox_resource_fail(call, COX_ERROR_UNIMPLEMENTED, "The --%s option does not support group, clone or bundle resources: %s",
                                 hand->action, def->id);
    }
    hand->name = cox_agent_name_new(def->standard, def->provider, def->type, &error);
    if (hand->name == NULL) {
        return cox_resource_error(call, error);
    }
    if (hand->name->standard == COX_AGENT_STONITH) {
        return cox_resource_fail(call, COX_ERROR_UNIMPLEMENTED, "The --%s option does not support stonith resources: %s", hand->action,
                                 def->id);
    }
    cox_nvsets_resolve(&def->params, NULL, &input, &params, NULL);
    for (size_t i = 0; i < params.n_pairs; i++) {
        add_param(hand, params.pairs[i].name, params.pairs[i].value);
    }
    cox_nvlist_clear(&params);
    if (!cox_secret_fill(hand->rsc, hand->params, hand->secrets, &error) && strcmp(hand->action, "stop") != 0) {
        return cox_resource_error(call, error); /* a stop may do without */
    }
    g_clear_error(&error);
    return 0;
}

static int
prepare(struct cox_resource_call *call, struct by_hand *hand)
{
    const struct cox_resource_settings *settings = call->settings;
    GError *error = NULL;

    if (settings->agent == NULL && settings->rsc == NULL) {
        return cox_tool_usage(call->ctx, "Must specify either a resource with -r, or --class and --agent");
    }
    if (settings->agent == NULL) {
        return from_configuration(call, hand);
    }
    hand->name = cox_agent_name_new((settings->standard != NULL) ? settings->standard : "ocf", settings->provider, settings->agent, &error);
    return (hand->name == NULL) ? cox_resource_error(call, error) : 0;
}

static const char *
action_of(const struct cox_opt *options, size_t n_options, int command)
{
    static const struct {
        const char *option, *action;
    } rows[] = {
        { "validate", "validate-all" }, { "force-demote", "demote" },   { "force-stop", "stop" },
        { "force-start", "start" },     { "force-promote", "promote" }, { "force-check", "monitor" },
    };

    for (size_t i = 0; i < n_options; i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
            if (options[i].value == command && g_strcmp0(options[i].long_name, rows[k].option) == 0) {
                return rows[k].action;
            }
        }
    }
    return "monitor";
}

static void
print_outcome(struct cox_resource_call *call, const struct by_hand *hand, const struct cox_agent_outcome *outcome)
{
    struct cox_out *out = call->ctx->out;
    const char *standard = cox_agent_standard_text(hand->name->standard);
    g_autofree char *agent = cox_agent_name_text(hand->name);
    g_autofree char *code = g_strdup_printf("%d", outcome->result.code);
    g_autofree char *status = g_strdup_printf("%d", (int) outcome->result.status);

    cox_out_begin(out, "resource-agent-action", "action", hand->action, "rsc", hand->rsc, "class", standard, "type", hand->name->type,
                  "provider", hand->name->provider, NULL);
    cox_out_leaf(out, "agent-status", "code", code, "message", cox_names_result(outcome->result.code), "execution_code", status,
                 "execution_message", cox_names_status((int) outcome->result.status), "reason", outcome->result.exit_reason, NULL);
    cox_out_begin(out, "command", "code", code, NULL);
    for (int i = 0; i < 2; i++) {
        const char *text = (i == 0) ? outcome->out : outcome->err;

        if (*text != '\0') {
            cox_out_begin(out, "output", "source", (i == 0) ? "stdout" : "stderr", NULL);
            cox_out_text_cdata(out, text);
            cox_out_end(out);
        }
    }
    cox_out_end(out);
    cox_out_end(out);
    cox_out_line(out, "Operation %s%s%s (%s) returned: '%s' (%d)%s%s", hand->action, (hand->rsc != NULL) ? " for " : "",
                 (hand->rsc != NULL) ? hand->rsc : "", agent, cox_names_result(outcome->result.code), outcome->result.code,
                 (outcome->result.exit_reason != NULL) ? ": " : "",
                 (outcome->result.exit_reason != NULL) ? outcome->result.exit_reason : "");
    if (call->ctx->verbosity > 0 || outcome->result.code != 0) {
        cox_out_raw(out, outcome->out);
        cox_out_raw(out, outcome->err);
    }
}

/* What is printed is kept by clients, and shown to others. */
static void
hide_secrets(struct cox_agent_outcome *outcome, const GPtrArray *secrets)
{
    char **const texts[] = { &outcome->out, &outcome->err, &outcome->result.exit_reason };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        char *text = *texts[i];

        *texts[i] = cox_secret_mask(text, secrets);
        g_free(text);
    }
}

int
cox_resource_force(struct cox_resource_call *call)
{
    struct by_hand hand = {
        .action = action_of(call->ctx->tool->options, call->ctx->tool->n_options, call->settings->command),
        .rsc = call->settings->rsc,
        .params = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair)),
        .texts = g_ptr_array_new_with_free_func(g_free),
        .secrets = g_ptr_array_new_with_free_func(g_free),
    };
    struct cox_agent_outcome outcome = { 0 };
    gint64 timeout_ms = 0;
    int status = cox_resource_timeout(call, 0, &timeout_ms) ? prepare(call, &hand) : cox_error_exit_status(COX_ERROR_USAGE);

    if (status == 0) {
        struct cox_agent_env env = { .agent = hand.name, .rsc_id = (hand.rsc != NULL) ? hand.rsc : "test", .service = "crm_resource" };

        add_options(&hand, call->settings->options);
        if (call->settings->argument != NULL) {
            add_param(&hand, "OCF_CHECK_LEVEL", call->settings->argument);
        }
        env.params = (const struct cox_agent_pair *) (gpointer) hand.params->data;
        env.n_params = hand.params->len;
        if (!cox_net_call(&env, hand.action, timeout_ms, &outcome)) {
            cox_agent_call(&env, hand.action, timeout_ms, &outcome);
        }
        hide_secrets(&outcome, hand.secrets);
        print_outcome(call, &hand, &outcome);
        status = outcome.result.code;
        cox_agent_outcome_clear(&outcome);
    }
    cox_agent_name_free(hand.name);
    g_array_unref(hand.params);
    g_ptr_array_unref(hand.texts);
    g_ptr_array_unref(hand.secrets);
    return status;
}
