/* tools/cibsecret.c - parameters of resources whose values are not in the document but in files of each node.  Layer 6. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/param.h"
#include "agents/agent_secret.h"
#include "base/error.h"
#include "cib/section.h"
#include "tools/cib_access.h"
#include "tools/cox_remote.h"
#include "tools/daemon.h"
#include "tools/tool.h"

enum { ASK_MS = 10000, NODE_MS = 60000 };

struct settings {
    bool has_no_cib, is_local;
    GPtrArray *nodes;
};

#define FIELD(field) offsetof(struct settings, field)

static const struct cox_opt options[] = {
    { NULL, 'C', COX_OPT_FLAG, NULL, NULL, "Neither read nor change the configuration", FIELD(has_no_cib) },
    { "local", 'l', COX_OPT_FLAG, NULL, NULL, "Only the files of this node", FIELD(is_local) },
    { "node", 'N', COX_OPT_STRINGS, "NODE", NULL, "This node besides the local one, instead of all that the cluster knows (may be given several times)", FIELD(nodes) },
};

/* One call of the tool. */
struct call {
    struct cox_tool_ctx *ctx;
    const struct settings *settings;
    struct cox_secret_name name;
    struct cox_cib_access *access; /* NULL with -C, and for sync without a cluster */
    GPtrArray *others;             /* nodes besides this one; NULL: not asked yet */
    GHashTable *away;              /* set: names of those that are no members now */
    char *value;                   /* what is to be kept */
};

/* ---- the configuration ------------------------------------------------------------------------------------ */

static struct cox_param_request
request_of(const struct call *call)
{
    return (struct cox_param_request) { .rsc = call->name.rsc, .set_type = "instance_attributes", .name = call->name.param };
}

/* Its value in the configuration, the caller frees it; NULL without an error: it has none. */
static char *
configured(struct call *call, GError **error)
{
    const struct cox_param_request request = request_of(call);
    const struct cox_xml *root = cox_cib_access_visible(call->access, error);
    struct cox_param_choice choice = { 0 };
    char *value = NULL;

    if (root == NULL || !cox_param_choose(root, &request, &choice, error)) {
        return NULL;
    }
    value = choice.pair == NULL ? NULL : g_strdup(cox_xml_get(choice.pair, "value"));
    cox_param_choice_clear(&choice);
    return value;
}

/* Give it this value in the configuration; NULL: it has none any more.  Returns the exit status. */
static int
configure(struct call *call, const char *value)
{
    const struct cox_param_request request = request_of(call);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_step) step = NULL;
    g_autofree char *set_id = NULL, *pair_id = NULL;
    struct cox_param_choice choice = { 0 };
    GError *error = NULL;
    const struct cox_xml *root = cox_cib_access_visible(call->access, &error);
    struct cox_edit edit;

    if (root == NULL || !cox_param_choose(root, &request, &choice, &error)) {
        return cox_tool_fail(call->ctx, error);
    }
    step = value != NULL ? cox_param_set(&request, &choice, value, &set_id, &pair_id) : cox_setting_delete(choice.pair, NULL);
    cox_param_choice_clear(&choice);
    edit = cox_step_edit(step);
    if (!cox_cib_access_edit(call->access, &edit, diags, &error)) {
        int status = cox_tool_fail(call->ctx, error);

        cox_tool_print_diags(call->ctx, diags);
        return status;
    }
    return 0;
}

/* ---- files of nodes --------------------------------------------------------------------------------------- */

static void
warn(const struct call *call, const char *what)
{
    cox_out_error(call->ctx->out, "%s: %s", call->ctx->tool->name, what);
}

/* One that is no member now need not be reached. */
static void
add_away(struct call *call, const char *name)
{
    if (g_hash_table_add(call->away, g_strdup(name))) {
        (void) cox_remote_add(call->others, name, name);
    }
}

/* Nodes of the configuration that are not among @known, the members: the ring has lost them, or they were never started. */
static void
add_configured(struct call *call, GHashTable *known)
{
    g_autoptr(GError) error = NULL;
    const struct cox_xml *root = call->access == NULL ? NULL : cox_cib_access_visible(call->access, &error);
    const struct cox_xml *nodes = root == NULL ? NULL : cox_section_find(root, "nodes");

    if (error != NULL) {
        g_autofree char *text = g_strdup_printf("nodes that are no members now are not known: %s", error->message);

        warn(call, text);
    }
    for (const struct cox_xml *node = nodes == NULL ? NULL : cox_xml_first(nodes); node != NULL; node = cox_xml_next(node)) {
        const char *name = cox_xml_get(node, "uname");

        if (cox_section_is_member(node) && name != NULL && !g_hash_table_contains(known, name)) {
            add_away(call, name);
        }
    }
}

/* All that the cluster knows, but for this one. */
static void
ask_for_others(struct call *call)
{
    static const struct cox_msg_control_query nothing = { 0 };
    const struct cox_daemon_question question = { COX_DAEMON_CONTROL, "cibsecret", COX_MSG_CONTROL_QUERY, &nothing, COX_MSG_CONTROL_STATE, ASK_MS };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_control_state *state = cox_daemon_ask(NULL, &question, arena, NULL);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

    if (state == NULL) {
        warn(call, "no cluster runs on this node, which alone is meant: name the others with --node, or run cibsecret sync here later");
        return;
    }
    if (state->node != NULL) {
        g_hash_table_add(known, (gpointer) (guintptr) state->node);
    }
    for (gsize i = 0; i < state->n_nodes; i++) {
        const char *name = state->nodes[i].name;

        if (name == NULL) {
            continue;
        }
        g_hash_table_add(known, (gpointer) (guintptr) name);
        if (g_strcmp0(name, state->node) == 0) {
            continue;
        }
        if (g_strcmp0(state->nodes[i].state, "lost") == 0) {
            add_away(call, name);
        } else {
            (void) cox_remote_add(call->others, name, name);
        }
    }
    add_configured(call, known);
}

/* The other nodes: those that are named, or all that the cluster knows. */
static void
find_others(struct call *call)
{
    const GPtrArray *named = call->settings->nodes;

    call->others = cox_remotes_new();
    call->away = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; named != NULL && i < named->len; i++) {
        (void) cox_remote_add(call->others, named->pdata[i], named->pdata[i]);
    }
    if (named == NULL) {
        ask_for_others(call);
    }
}

/* Those where it was not done, with the reasons.  Who is no member now need not be reached: it is told of, and not asked again. */
static char *
failures_of(struct call *call)
{
    GString *failed = g_string_new(NULL);

    for (guint i = 0; i < call->others->len; i++) {
        struct cox_remote *node = call->others->pdata[i];
        g_autofree char *why = g_strdup_printf("%s: %s", node->name, node->problem != NULL ? node->problem : "no reason told");

        if (!node->is_chosen || node->is_ok) {
            continue;
        }
        if (g_hash_table_contains(call->away, node->name)) {
            g_autofree char *text = g_strdup_printf("%s; before the cluster is started on it, run cibsecret sync on a node that has the right values", why);

            warn(call, text);
            node->is_chosen = false;
        } else {
            g_string_append_printf(failed, "%s%s", failed->len > 0 ? "; " : "", why);
        }
    }
    return g_string_free(failed, FALSE);
}

/* The step of cox-cluster-node on all other nodes; the value goes through standard input, where nobody else sees it.  Returns the exit status. */
static int
spread(struct call *call, const char *step, const struct cox_secret_name *name, const char *value)
{
    g_autofree char *words = g_strdup_printf("%s %s %s", step, name->rsc, name->param);
    g_autofree char *failed = NULL;

    if (call->others == NULL && !call->settings->is_local) {
        find_others(call);
    }
    if (call->others == NULL || cox_remote_run(call->others, words, value, NODE_MS)) {
        return 0;
    }
    failed = failures_of(call);
    return *failed == '\0' ? 0 : cox_tool_error(call->ctx, COX_ERROR_GENERIC, "not done on all nodes, do it again when they are reached: %s", failed);
}

static int
put_everywhere(struct call *call)
{
    GError *error = NULL;

    return cox_secret_put(&call->name, call->value, &error) ? spread(call, "secret-set", &call->name, call->value) : cox_tool_fail(call->ctx, error);
}

/* Here last: while it is here, somebody who does it again is known to mean it. */
static int
remove_everywhere(struct call *call)
{
    GError *error = NULL;
    int status = spread(call, "secret-delete", &call->name, NULL);

    return status != 0 || cox_secret_remove(&call->name, &error) ? status : cox_tool_fail(call->ctx, error);
}

/* Are nodes named, or has this one a value still, whatever the configuration says?  Then what was begun is done again. */
static bool
is_again(const struct call *call)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *value = cox_secret_get(call->name.rsc, call->name.param, &error);

    return call->settings->is_local || call->settings->nodes != NULL || value != NULL || g_error_matches(error, COX_ERROR, COX_ERROR_DIGEST);
}

/* ---- commands --------------------------------------------------------------------------------------------- */

/* Is it secret in the configuration?  Without one it is taken to be. */
static bool
is_secret(struct call *call, int *status)
{
    GError *error = NULL;
    g_autofree char *value = call->access == NULL ? NULL : configured(call, &error);

    if (error != NULL) {
        *status = cox_tool_fail(call->ctx, error);
        return false;
    }
    if (call->access != NULL && g_strcmp0(value, COX_SECRET_MARK) != 0) {
        *status = cox_tool_error(call->ctx, COX_ERROR_NOT_FOUND, "parameter '%s' of resource '%s' is not secret in the configuration%s", call->name.param,
                                 call->name.rsc, value == NULL ? ": it has no value there" : "");
        return false;
    }
    return true;
}

/* The value from standard input, without its line break; NULL with the error: it cannot be one. */
static char *
value_from_input(GError **error)
{
    enum { MOST = COX_SECRET_BYTES + 2 }; /* the line break, and one that is too many */
    g_autofree char *text = g_malloc(MOST + 1);
    gsize length = isatty(STDIN_FILENO) ? 0 : fread(text, 1, MOST, stdin);

    if (ferror(stdin)) {
        g_set_error(error, COX_ERROR, COX_ERROR_IO, "standard input cannot be read: %s", g_strerror(errno));
        return NULL;
    }
    if (memchr(text, '\0', length) != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "a secret value is text: on standard input it has a byte 0");
        return NULL;
    }
    text[length] = '\0';
    if (length > 0 && text[length - 1] == '\n') {
        text[length - 1] = '\0';
    }
    return g_steal_pointer(&text);
}

static int
run_set(struct call *call)
{
    GError *error = NULL;
    g_autofree char *old = call->access == NULL ? NULL : configured(call, &error);
    int status = 0;

    if (error != NULL) {
        return cox_tool_fail(call->ctx, error);
    }
    call->value = call->ctx->words[3] != NULL ? g_strdup(call->ctx->words[3]) : value_from_input(&error);
    if (call->value == NULL || !cox_secret_is_value(call->value, &error)) {
        return cox_tool_fail(call->ctx, error);
    }
    if (old != NULL && strcmp(old, COX_SECRET_MARK) != 0 && strcmp(old, call->value) != 0) {
        return cox_tool_error(call->ctx, COX_ERROR_EXISTS, "parameter '%s' of resource '%s' has another value in the configuration: stash or delete that first",
                              call->name.param, call->name.rsc);
    }
    status = put_everywhere(call);
    return status != 0 || call->access == NULL || g_strcmp0(old, COX_SECRET_MARK) == 0 ? status : configure(call, COX_SECRET_MARK);
}

static int
run_get(struct call *call)
{
    GError *error = NULL;
    int status = 0;

    if (!is_secret(call, &status)) {
        return status;
    }
    call->value = cox_secret_get(call->name.rsc, call->name.param, &error);
    if (call->value == NULL) {
        return cox_tool_fail(call->ctx, error);
    }
    cox_out_leaf(call->ctx->out, "attribute", "name", call->name.param, "value", call->value, NULL);
    cox_out_line(call->ctx->out, "%s", call->value);
    return 0;
}

static int
run_check(struct call *call)
{
    GError *error = NULL;
    int status = 0;

    if (!is_secret(call, &status)) {
        return status;
    }
    call->value = cox_secret_get(call->name.rsc, call->name.param, &error);
    return call->value == NULL ? cox_tool_fail(call->ctx, error) : 0;
}

static int
run_stash(struct call *call)
{
    GError *error = NULL;
    int status = 0;

    call->value = configured(call, &error);
    if (error != NULL) {
        return cox_tool_fail(call->ctx, error);
    }
    if (call->value == NULL || strcmp(call->value, COX_SECRET_MARK) == 0) {
        return cox_tool_error(call->ctx, COX_ERROR_NOT_FOUND, "parameter '%s' of resource '%s' %s: there is nothing to stash", call->name.param, call->name.rsc,
                              call->value == NULL ? "has no value in the configuration" : "is secret already");
    }
    if (!cox_secret_is_value(call->value, &error)) {
        return cox_tool_fail(call->ctx, error);
    }
    status = put_everywhere(call);
    return status != 0 ? status : configure(call, COX_SECRET_MARK);
}

/* Again after it was not done on all nodes: the configuration has the value already. */
static int
run_unstash(struct call *call)
{
    GError *error = NULL;
    g_autofree char *now = configured(call, &error);
    int status = 0;

    if (error != NULL) {
        return cox_tool_fail(call->ctx, error);
    }
    if (now == NULL || strcmp(now, COX_SECRET_MARK) == 0 || !is_again(call)) {
        status = run_check(call);
        status = status != 0 ? status : configure(call, call->value);
    }
    return status != 0 ? status : remove_everywhere(call);
}

/* First the configuration: an action that begins meanwhile must not miss what that promises.  Again: that has no value already. */
static int
run_delete(struct call *call)
{
    GError *error = NULL;
    g_autofree char *now = call->access == NULL ? NULL : configured(call, &error);
    int status = 0;

    if (error != NULL) {
        return cox_tool_fail(call->ctx, error);
    }
    if (call->access != NULL && (now != NULL || !is_again(call))) {
        if (!is_secret(call, &status)) {
            return status;
        }
        status = configure(call, NULL);
    }
    return status != 0 ? status : remove_everywhere(call);
}

static int
run_sync(struct call *call)
{
    GError *problem = NULL;
    g_autoptr(GPtrArray) names = cox_secret_list(&problem);
    int worst = 0;

    if (names == NULL) {
        return cox_tool_fail(call->ctx, problem);
    }
    for (guint i = 0; i < names->len; i++) {
        const struct cox_secret_name *name = names->pdata[i];
        GError *error = NULL;
        g_autofree char *value = cox_secret_get(name->rsc, name->param, &error);
        int status = value == NULL ? cox_tool_fail(call->ctx, error) : spread(call, "secret-set", name, value);

        worst = MAX(worst, status);
    }
    return worst;
}

static const struct command {
    const char *name;
    int (*run)(struct call *call);
    guint least, most; /* words behind it */
    bool needs_cib, changes;
} commands[] = {
    { "set", run_set, 2, 3, false, true },     { "get", run_get, 2, 2, false, false },     { "check", run_check, 2, 2, false, false },
    { "stash", run_stash, 2, 2, true, true },  { "unstash", run_unstash, 2, 2, true, true },  { "delete", run_delete, 2, 2, false, true },
    { "sync", run_sync, 0, 0, false, false },
};

/* A document that is not the cluster's says nothing of the files of its nodes. */
static bool
is_meant(const struct call *call)
{
    return call->access == NULL || cox_cib_access_is_live(call->access) || call->settings->is_local || call->settings->nodes != NULL;
}

static int
run_command(struct call *call, const struct command *command)
{
    const bool is_sync = command->least == 0; /* it concerns no document: that only names nodes, if there is a cluster */
    const struct cox_cib_access_settings where = { .tool = "cibsecret", .ignores_shadow = is_sync, .ignores_files = is_sync };
    GError *error = NULL;

    if (call->settings->has_no_cib && command->needs_cib) {
        return cox_tool_usage(call->ctx, "%s moves a value out of or into the configuration, which -C forbids", command->name);
    }
    if (!is_sync && !cox_secret_is_name(call->name.rsc, call->name.param)) {
        return cox_tool_usage(call->ctx, "'%s' and '%s' are no names of a resource and a parameter", call->name.rsc, call->name.param);
    }
    if (!call->settings->has_no_cib) {
        call->access = cox_cib_access_open(&where, is_sync ? NULL : &error);
        if (error != NULL) {
            return cox_tool_fail(call->ctx, error);
        }
    }
    if (command->changes && !is_meant(call)) {
        return cox_tool_usage(call->ctx, "CIB_shadow or CIB_file names a document that is not the cluster's, whose files %s would change: say which with --local or "
                              "--node, leave the document alone with -C, or unset the variable", command->name);
    }
    return command->run(call);
}

static int
run(struct cox_tool_ctx *ctx)
{
    char **words = ctx->words;
    guint n = g_strv_length(words);
    struct call call = { .ctx = ctx, .settings = ctx->settings };
    int status = 0;

    for (gsize i = 0; n > 0 && i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(words[0], commands[i].name) != 0) {
            continue;
        }
        if (n - 1 < commands[i].least || n - 1 > commands[i].most) {
            return cox_tool_usage(ctx, "%s takes %s", commands[i].name, commands[i].least == 0 ? "nothing" : commands[i].most == 3 ? "RESOURCE PARAMETER [VALUE]" : "RESOURCE PARAMETER");
        }
        if (n > 1) {
            call.name = (struct cox_secret_name) { words[1], words[2] };
        }
        umask(077);
        status = run_command(&call, &commands[i]);
        g_free(call.value);
        cox_cib_access_free(call.access);
        g_clear_pointer(&call.others, g_ptr_array_unref);
        g_clear_pointer(&call.away, g_hash_table_unref);
        return status;
    }
    return cox_tool_usage(ctx, "%s%s%s is no command: use set, get, check, stash, unstash, delete or sync", n > 0 ? "'" : "", n > 0 ? words[0] : "nothing", n > 0 ? "'" : "");
}

static const int statuses[] = { 0, 1, 2, 64, 73, 102, 104, 105, 108, -1 };

static const struct cox_tool tool = {
    .name = "cibsecret",
    .summary = "keep the values of secret parameters out of the configuration",
    .synopsis = "[OPTION]... set|get|check|stash|unstash|delete|sync [RESOURCE PARAMETER [VALUE]]",
    .description
    = "The configuration is read by many, copied and kept in old versions. The value of a parameter that is secret stands in a file of each node instead, which only "
      "root can read; the configuration has \"" COX_SECRET_MARK "\" in its place. Agents of resources and of fence devices get the value from there.\n\n"
      "set RESOURCE PARAMETER [VALUE]: keep a value; without VALUE it is read from standard input, where nobody sees it among the processes.\n\n"
      "get RESOURCE PARAMETER: print the value of this node.\n\n"
      "check RESOURCE PARAMETER: has it the digest that is kept beside it?\n\n"
      "stash RESOURCE PARAMETER: make a value secret that is in the configuration. Its old versions (cox history) still have it: change it afterwards.\n\n"
      "unstash RESOURCE PARAMETER: put the value into the configuration again.\n\n"
      "delete RESOURCE PARAMETER: the parameter has no value any more. When the configuration has none already, the files are removed if this node has one, or with "
      "--local or --node.\n\n"
      "sync: give all values of this node to all other nodes, whatever they have. Run it on a node that has the right ones.\n\n"
      "What is changed is changed on all nodes that the cluster knows, through ssh as root with keys. A member that cannot be reached is named, and the exit status is "
      "1: set and stash then leave the configuration as it was; unstash and delete have changed it already, and only remove the files that are left when they are run "
      "again. A node that is no member and not reached is named, too, and has old values: before the cluster is started on it, run cibsecret sync on a node that has "
      "the right ones. A node does not notice that it missed a change. What is not there or does not have its digest makes operations fail, but for stops. A value "
      "that changes restarts nothing.\n\n"
      "When CIB_shadow or CIB_file names another document, nothing is changed without --local, --node or -C. A value is one line of at most 64 KiB.",
    .examples = "A password of a fence device, from a file:\n\tcibsecret set power1 password < password.txt\n"
                "Make the password secret that is in the configuration:\n\tcibsecret stash power1 password\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS | COX_TOOL_POSITIONAL,
    .secret_word = 4,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
