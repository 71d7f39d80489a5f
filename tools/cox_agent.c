/* tools/cox_agent.c - verbs of cox for who writes agents: one to begin with, and whether one keeps its contract.  Layer 6. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/nvedit.h"
#include "agents/agent_trial.h"
#include "base/error.h"
#include "client/dial.h"
#include "model/rule.h"
#include "runtime/environment.h"
#include "tools/agent_box.h"
#include "tools/agent_call.h"
#include "tools/cox_priv.h"
#include "tools/schemadir.h"
#include "tools/state.h"
#include "xml/schemarng.h"

/* ---- new --------------------------------------------------------------------------------------------------- */

static const char *
ocf_root(void)
{
    const char *root = cox_environment_get("COX_OCF_ROOT");

    return (root != NULL) ? root : COX_OCFDIR;
}

static char *
replaced(const char *text, const char *name, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(text, name, -1);

    return g_strjoinv(value, parts);
}

/* The file becomes what it is to be at once, or is not there; never is one replaced. */
static bool
put_new(const char *path, const char *text, GError **error)
{
    g_autofree char *temporary = g_strdup_printf("%s.XXXXXX", path);
    size_t length = strlen(text);
    int fd = g_mkstemp_full(temporary, O_WRONLY, 0600);
    bool is_done = fd >= 0 && write(fd, text, length) == (ssize_t) length && fchmod(fd, 0755) == 0 && fsync(fd) == 0 && link(temporary, path) == 0;
    int saved = errno;

    if (fd >= 0) {
        (void) close(fd);
        (void) unlink(temporary);
    }
    if (!is_done) {
        g_set_error(error, COX_ERROR, (saved == EEXIST) ? COX_ERROR_EXISTS : COX_ERROR_CANNOT_CREATE, "%s: %s", path,
                    (saved == EEXIST) ? "is there already: remove it, or choose another name" : g_strerror(saved));
    }
    return is_done;
}

static bool
is_plain_word(const char *word)
{
    size_t length = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    return g_ascii_isalpha(word[0]) && word[length] == '\0' && length <= 64;
}

static char *
template_for(const char *provider, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(ocf_root(), "lib", "coxswain", "agent.template", NULL);
    g_autofree char *text = NULL;
    g_autofree char *named = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "%s: cannot be read: is Coxswain installed whole?", path);
        return NULL;
    }
    named = replaced(text, "@NAME@", name);
    return replaced(named, "@PROVIDER@", provider);
}

int
cox_verb_agent_new(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    const char *provider = (settings->provider != NULL) ? settings->provider : "local";
    const char *name = arguments[0];
    g_autofree char *usual = g_build_filename(ocf_root(), "resource.d", provider, NULL);
    const char *directory = (settings->directory != NULL) ? settings->directory : usual;
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *text = NULL;
    GError *error = NULL;

    if (!is_plain_word(name) || !is_plain_word(provider)) {
        return cox_tool_usage(ctx, "agent new: '%s' is no name: use up to 64 letters, digits, '_' and '-', a letter first", is_plain_word(name) ? provider : name);
    }
    if (settings->language != NULL && strcmp(settings->language, "sh") != 0) {
        return cox_tool_usage(ctx, "agent new: there is no library for '%s': use sh", settings->language);
    }
    text = template_for(provider, name, &error);
    if (text == NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (g_mkdir_with_parents(directory, 0755) != 0) {
        return cox_tool_error(ctx, COX_ERROR_CANNOT_CREATE, "%s: cannot be made: %s", directory, g_strerror(errno));
    }
    if (!put_new(path, text, &error)) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_leaf(ctx->out, "agent", "path", path, "provider", provider, "type", name, NULL);
    if (!ctx->is_quiet) {
        cox_out_line(ctx->out, "Written: %s", path);
        if (settings->directory == NULL) {
            cox_out_line(ctx->out, "Try it: cox agent test ocf:%s:%s", provider, name);
        } else {
            cox_out_line(ctx->out, "Try it: cox agent test %s", path);
        }
    }
    return 0;
}

/* ---- what is to be tested ---------------------------------------------------------------------------------- */

struct test {
    const struct cox_settings *settings;
    struct cox_agent_name *name;
    char *directory;     /* where PROVIDER/TYPE lies; NULL: where the cluster finds it */
    GArray *params;      /* struct cox_nvedit */
    GArray *changes;     /* the same */
    GArray *usual;       /* struct cox_agent_pair: the parameters, borrowed of params */
    GArray *other;       /* the same of changes */
    struct cox_agent_box *box;
    const char *id;      /* of the resource, as the agent is told */
    bool is_clone;
};

/* A path is an agent wherever it lies: its directory stands for the provider. */
static bool
find_file(struct test *test, const char *path, GError **error)
{
    char *real = realpath(path, NULL);
    g_autofree char *type = (real != NULL) ? g_path_get_basename(real) : NULL;
    g_autofree char *near = (real != NULL) ? g_path_get_dirname(real) : NULL;
    g_autofree char *provider = (near != NULL) ? g_path_get_basename(near) : NULL;

    if (real == NULL || !g_file_test(real, G_FILE_TEST_IS_REGULAR)) {
        free(real);
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "%s: is no file", path);
        return false;
    }
    free(real);
    test->directory = g_path_get_dirname(near);
    test->name = cox_agent_name_new("ocf", provider, type, error);
    return test->name != NULL;
}

static bool
find_agent(struct test *test, const char *word, GError **error)
{
    g_autofree char *ocf_directory = NULL;
    struct cox_agent_paths paths = cox_agent_call_paths(&ocf_directory);
    g_autofree char *path = NULL;

    if (strchr(word, '/') != NULL) {
        if (!find_file(test, word, error)) {
            return false;
        }
    } else {
        test->name = cox_agent_name_parse(word, error);
        if (test->name != NULL && test->name->standard != COX_AGENT_OCF) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no OCF agent: use ocf:PROVIDER:TYPE, or the path of a file", word);
            return false;
        }
    }
    paths.ocf = (test->directory != NULL) ? test->directory : paths.ocf;
    path = (test->name == NULL) ? NULL : cox_agent_find(&paths, test->name, error);
    return path != NULL;
}

/* The pairs of words, with "" for what has no value. */
static bool
read_pairs(GArray **list, GArray *pairs, char *const *words, GError **error)
{
    *list = cox_nvedit_parse_all(words, error);
    for (guint i = 0; *list != NULL && i < (*list)->len; i++) {
        const struct cox_nvedit *each = &g_array_index(*list, struct cox_nvedit, i);
        const struct cox_agent_pair pair = { each->name, (each->value != NULL) ? each->value : "" };

        g_array_append_val(pairs, pair);
    }
    return *list != NULL;
}

static char **
words_of(const GPtrArray *first, char *const *second)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (guint i = 0; first != NULL && i < first->len; i++) {
        g_ptr_array_add(words, g_strdup(first->pdata[i]));
    }
    for (; *second != NULL; second++) {
        g_ptr_array_add(words, g_strdup(*second));
    }
    g_ptr_array_add(words, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

static const char *
value_of(const GArray *pairs, const char *name)
{
    for (guint i = 0; i < pairs->len; i++) {
        const struct cox_agent_pair *pair = &g_array_index(pairs, struct cox_agent_pair, i);

        if (strcmp(pair->name, name) == 0) {
            return pair->value;
        }
    }
    return NULL;
}

/* Does a parameter tell two resources apart?  Those that are unique do; any does where none is. */
static bool
tells_apart(const struct cox_agent_metadata *metadata, const struct cox_agent_param *param)
{
    bool has_unique = false;

    for (size_t i = 0; i < metadata->n_params; i++) {
        has_unique = has_unique || metadata->params[i].is_unique;
    }
    return param->is_unique || !has_unique;
}

/* Might the resource be what is to be tested?  Not when a parameter that tells them apart is another one. */
static bool
is_alike(const struct test *test, const struct cox_rsc_def *def, const struct cox_agent_metadata *metadata)
{
    const struct cox_rule_input input = { .now = cox_tool_now() };
    struct cox_nvlist params = COX_NVLIST_INIT;
    bool is_other = def->variant != COX_PRIMITIVE || g_strcmp0(def->standard, "ocf") != 0 || g_strcmp0(def->provider, test->name->provider) != 0
                    || g_strcmp0(def->type, test->name->type) != 0;

    if (!is_other) {
        cox_nvsets_resolve(&def->params, NULL, &input, &params, NULL);
    }
    for (size_t i = 0; i < metadata->n_params && !is_other; i++) {
        const struct cox_agent_param *param = &metadata->params[i];
        const char *mine = value_of(test->usual, param->name);
        const char *other = param->fallback;

        for (size_t k = 0; k < params.n_pairs; k++) {
            other = (strcmp(params.pairs[k].name, param->name) == 0) ? params.pairs[k].value : other;
        }
        is_other = tells_apart(metadata, param) && g_strcmp0((mine != NULL) ? mine : param->fallback, other) != 0;
    }
    cox_nvlist_clear(&params);
    return !is_other;
}

static bool
check_document(const struct test *test, const struct cox_agent_metadata *metadata, bool is_running_one, GError **error)
{
    const struct cox_cib_access_settings where = { .tool = "cox", .ignores_files = is_running_one };
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, error);
    g_autoptr(cox_state) state = (access == NULL) ? NULL : cox_state_of(access, error);

    if (state == NULL) {
        return false;
    }
    for (size_t i = 0; i < state->input.config->n_resources; i++) {
        const struct cox_rsc_def *def = &state->input.config->resources[i];

        if (is_alike(test, def, metadata) && !cox_verb_check_managed(state, def->id, "test", error)) {
            return false;
        }
    }
    return true;
}

/* Does any daemon of the cluster run?  Whose socket we may not reach does. */
static bool
runs_cluster(void)
{
    for (int daemon = 0; daemon < COX_DAEMON_EVERY_N; daemon++) {
        g_autoptr(GError) error = NULL;
        int fd = cox_dial(NULL, (enum cox_daemon) daemon, &error);

        if (fd >= 0) {
            close(fd);
        }
        if (fd >= 0 || g_error_matches(error, COX_ERROR, COX_ERROR_PERMISSION)) {
            return true;
        }
    }
    return false;
}

/* What the running cluster manages, whatever the environment names, and what a file has that it names; where no cluster runs nobody manages anything. */
static bool
check_cluster(const struct test *test, const struct cox_agent_metadata *metadata, GError **error)
{
    g_autoptr(GError) why = NULL;
    bool names_file = g_getenv("CIB_file") != NULL || g_getenv("CIB_shadow") != NULL;

    if (!check_document(test, metadata, true, &why)) {
        bool is_lost = g_error_matches(why, COX_ERROR, COX_ERROR_DISCONNECTED);

        if (!is_lost || runs_cluster()) {
            g_propagate_error(error, g_steal_pointer(&why));
            if (is_lost) {
                g_prefix_error(error, "the cluster runs here, and cannot be asked whether it manages the resource (--force to test all the same): ");
            }
            return false;
        }
    }
    return !names_file || check_document(test, metadata, false, error);
}

/* ---- one action -------------------------------------------------------------------------------------------- */

static void
put(GArray *pairs, const char *name, const char *value)
{
    const struct cox_agent_pair pair = { name, value };

    for (guint i = 0; i < pairs->len; i++) {
        if (strcmp(g_array_index(pairs, struct cox_agent_pair, i).name, name) == 0) {
            g_array_index(pairs, struct cox_agent_pair, i) = pair;
            return;
        }
    }
    g_array_append_val(pairs, pair);
}

/* What the cluster tells of a clone and its notifications; lists that are empty are one blank. */
static void
put_clone(GArray *pairs, const char *id)
{
    static const struct cox_agent_pair clone[] = {
        { "CRM_meta_clone", "0" }, { "CRM_meta_clone_max", "1" }, { "CRM_meta_clone_node_max", "1" }, { "CRM_meta_globally_unique", "false" },
        { "CRM_meta_promotable", "true" }, { "CRM_meta_promoted_max", "1" }, { "CRM_meta_promoted_node_max", "1" }, { "CRM_meta_master_max", "1" },
        { "CRM_meta_master_node_max", "1" }, { "CRM_meta_notify", "true" }, { "CRM_meta_notify_type", "post" }, { "CRM_meta_notify_operation", "start" },
        { "CRM_meta_notify_stop_resource", " " }, { "CRM_meta_notify_stop_uname", " " }, { "CRM_meta_notify_promote_resource", " " },
        { "CRM_meta_notify_promote_uname", " " }, { "CRM_meta_notify_demote_resource", " " }, { "CRM_meta_notify_demote_uname", " " },
        { "CRM_meta_notify_promoted_resource", " " }, { "CRM_meta_notify_promoted_uname", " " }, { "CRM_meta_notify_master_resource", " " },
        { "CRM_meta_notify_master_uname", " " }, { "CRM_meta_notify_inactive_resource", " " } };
    static const char *const of_resource[] = { "CRM_meta_notify_start_resource", "CRM_meta_notify_active_resource",
                                               "CRM_meta_notify_unpromoted_resource", "CRM_meta_notify_slave_resource" };
    static const char *const of_node[] = { "CRM_meta_notify_start_uname", "CRM_meta_notify_active_uname", "CRM_meta_notify_unpromoted_uname",
                                           "CRM_meta_notify_slave_uname", "CRM_meta_notify_available_uname", "CRM_meta_notify_all_uname" };

    for (size_t i = 0; i < G_N_ELEMENTS(clone); i++) {
        put(pairs, clone[i].name, clone[i].value);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(of_resource); i++) {
        put(pairs, of_resource[i], id);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(of_node); i++) {
        put(pairs, of_node[i], g_get_host_name());
    }
}

/* The parameters of a step, and what the cluster says besides.  @timeout is borrowed. */
static GArray *
pairs_of(const struct test *test, const struct cox_agent_trial_step *step, const char *timeout)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair));
    bool is_recurring = strcmp(step->action, "monitor") == 0 && step->how != COX_AGENT_TRIAL_PROBE && step->how != COX_AGENT_TRIAL_BARE;

    for (guint i = 0; i < test->usual->len && step->how != COX_AGENT_TRIAL_NAKED; i++) {
        const struct cox_agent_pair *pair = &g_array_index(test->usual, struct cox_agent_pair, i);

        if (step->how != COX_AGENT_TRIAL_WITHOUT || strcmp(pair->name, step->param) != 0) {
            put(pairs, pair->name, pair->value);
        }
    }
    if (step->how == COX_AGENT_TRIAL_WITH) {
        put(pairs, step->param, step->value);
    } else if (step->how == COX_AGENT_TRIAL_DEPTH) {
        put(pairs, "OCF_CHECK_LEVEL", step->value);
    }
    put(pairs, "crm_feature_set", COX_AGENT_CALL_FEATURES);
    put(pairs, "CRM_meta_timeout", timeout);
    put(pairs, "CRM_meta_interval", is_recurring ? "10000" : "0");
    put(pairs, "CRM_meta_name", step->action);
    put(pairs, "CRM_meta_on_node", g_get_host_name());
    if (test->is_clone) {
        put_clone(pairs, test->id);
    }
    if (g_str_has_prefix(step->action, "migrate_")) {
        put(pairs, "CRM_meta_migrate_source", g_get_host_name());
        put(pairs, "CRM_meta_migrate_target", g_get_host_name());
    }
    return pairs;
}

static void
run_step(const struct test *test, const struct cox_agent_trial_step *step, struct cox_agent_outcome *outcome, struct cox_agent_trial_seen *seen)
{
    g_autofree char *timeout = g_strdup_printf("%" G_GINT64_FORMAT, step->timeout_ms);
    g_autoptr(GArray) pairs = pairs_of(test, step, timeout);
    bool is_naked = step->how == COX_AGENT_TRIAL_NAKED;
    struct cox_agent_call call = {
        .env = { .agent = test->name,
                 .rsc_id = test->id,
                 .service = "pacemaker-execd",
                 .params = (const struct cox_agent_pair *) (gpointer) pairs->data,
                 .n_params = pairs->len },
        .action = step->action,
        .timeout_ms = step->timeout_ms,
        .before = cox_agent_box_before(test->box, is_naked || step->how == COX_AGENT_TRIAL_BARE, is_naked || step->how == COX_AGENT_TRIAL_STRANGE),
        .directory = test->directory,
        .tick = cox_agent_box_bury,
        .context = test->box,
    };

    cox_agent_call_as(&call, outcome);
    *seen = (struct cox_agent_trial_seen) {
        .exit_status = outcome->result.raw_status,
        .is_timed_out = outcome->result.status == COX_OP_STATUS_TIMEOUT,
        .signo = outcome->signo,
        .exec_ms = outcome->result.exec_ms,
        .reason = (outcome->result.status == COX_OP_STATUS_DONE) ? outcome->result.exit_reason : NULL,
        .out = outcome->out,
        .processes = cox_agent_box_processes(test->box, strcmp(step->action, "stop") == 0),
        .files = cox_agent_box_files(test->box),
    };
}

/* ---- the whole --------------------------------------------------------------------------------------------- */

static const char *const verdicts[] = {
    [COX_AGENT_TRIAL_OK] = "ok", [COX_AGENT_TRIAL_FAILED] = "failed", [COX_AGENT_TRIAL_SKIPPED] = "skipped", [COX_AGENT_TRIAL_PLANNED] = "planned" };

static void
print_line(struct cox_tool_ctx *ctx, const struct cox_agent_trial_line *line)
{
    g_autofree char *ms = (line->exec_ms >= 0) ? g_strdup_printf("%" G_GINT64_FORMAT, line->exec_ms) : NULL;

    cox_out_leaf(ctx->out, "check", "name", line->check, "about", line->about, "text", line->sentence, "action", line->action, "verdict",
                 verdicts[line->verdict], "why", line->why, "exec-ms", ms, NULL);
    if (!ctx->is_quiet || line->verdict == COX_AGENT_TRIAL_FAILED) {
        cox_out_line(ctx->out, "%-7s  %s%s%s: %s%s%s", verdicts[line->verdict], line->check, (line->about != NULL) ? " " : "",
                     (line->about != NULL) ? line->about : "", line->sentence, (line->why != NULL) ? " - " : "", (line->why != NULL) ? line->why : "");
    }
}

/* Has somebody asked us to end?  Signals wait until an action is over (block_signals()): what has begun must be stopped. */
static bool
is_interrupted(const sigset_t *signals)
{
    const struct timespec none = { 0, 0 };

    return sigtimedwait(signals, NULL, &none) > 0;
}

static void
block_signals(sigset_t *signals)
{
    static const int ending[] = { SIGINT, SIGTERM, SIGHUP };

    (void) sigemptyset(signals);
    for (size_t i = 0; i < G_N_ELEMENTS(ending); i++) {
        (void) sigaddset(signals, ending[i]);
    }
    (void) sigprocmask(SIG_BLOCK, signals, NULL);
}

static void
stop_now(const struct test *test)
{
    const struct cox_agent_trial_step stop = { .action = "stop", .timeout_ms = COX_AGENT_TRIAL_TIMEOUT_MS };
    struct cox_agent_outcome outcome = { 0 };
    struct cox_agent_trial_seen seen;

    run_step(test, &stop, &outcome, &seen);
    cox_agent_outcome_clear(&outcome);
}

/* Lines that are new are printed as they come: an agent may be slow.  false: it was interrupted. */
static bool
try_all(struct cox_tool_ctx *ctx, const struct test *test, const struct cox_agent_trial_input *input, guint counts[])
{
    g_autoptr(cox_agent_trial) trial = cox_agent_trial_new(input);
    const GPtrArray *lines = cox_agent_trial_lines(trial);
    const struct cox_agent_trial_step *step = NULL;
    guint printed = 0;
    bool is_over = false;
    sigset_t signals;

    block_signals(&signals);
    if (test->settings->change.is_dry) {
        cox_agent_trial_plan(trial);
    }
    do {
        step = cox_agent_trial_next(trial);
        if (step != NULL) {
            struct cox_agent_outcome outcome = { 0 };
            struct cox_agent_trial_seen seen;

            run_step(test, step, &outcome, &seen);
            cox_agent_trial_see(trial, &seen);
            cox_agent_outcome_clear(&outcome);
        }
        for (; printed < lines->len; printed++) {
            const struct cox_agent_trial_line *line = lines->pdata[printed];

            print_line(ctx, line);
            counts[line->verdict]++;
        }
        is_over = step != NULL && is_interrupted(&signals);
    } while (step != NULL && !is_over);
    if (is_over && cox_agent_trial_has_begun(trial)) {
        stop_now(test);
    }
    return !is_over;
}

/* What the schema says of the description; NULL: nothing. */
static char *
schema_problem(const char *text, GError **error)
{
    g_autofree char *directory = cox_schemadir_find();
    g_autofree char *path = g_build_filename(directory, "resource-agent.rng", NULL);
    g_autoptr(cox_schemarng) schema = cox_schemarng_load(path, error);
    g_autoptr(cox_xmldoc) doc = cox_agent_metadata_document(text, strlen(text), NULL);
    g_autoptr(cox_diags) diags = cox_diags_new();
    const struct cox_diag *first = NULL;

    if (schema == NULL || doc == NULL || cox_schemarng_validate(schema, doc, NULL, diags)) {
        return NULL;
    }
    first = (cox_diags_count(diags) > 0) ? cox_diags_get(diags, 0) : NULL;
    return (first == NULL) ? g_strdup("it is not valid") : g_strdup_printf("line %d: %s", first->line, first->text);
}

static int
conclude(struct cox_tool_ctx *ctx, const guint counts[])
{
    if (counts[COX_AGENT_TRIAL_PLANNED] > 0) {
        cox_out_line(ctx->out, "%u checks planned, nothing but meta-data was run", counts[COX_AGENT_TRIAL_PLANNED]);
    } else {
        cox_out_line(ctx->out, "%u ok, %u failed, %u skipped", counts[COX_AGENT_TRIAL_OK], counts[COX_AGENT_TRIAL_FAILED], counts[COX_AGENT_TRIAL_SKIPPED]);
    }
    return (counts[COX_AGENT_TRIAL_FAILED] == 0) ? 0 : cox_error_exit_status(COX_ERROR_GENERIC);
}

/* Read the description, then try all that it makes one expect. */
static int
run_test(struct cox_tool_ctx *ctx, struct test *test)
{
    const struct cox_agent_trial_step describe = { .action = "meta-data", .timeout_ms = COX_AGENT_TRIAL_TIMEOUT_MS };
    struct cox_agent_outcome outcome = { 0 };
    struct cox_agent_trial_input input = { .type = test->name->type,
                                           .params = (const struct cox_agent_pair *) (gpointer) test->usual->data,
                                           .n_params = test->usual->len,
                                           .changes = (const struct cox_agent_pair *) (gpointer) test->other->data,
                                           .n_changes = test->other->len,
                                           .is_forced = test->settings->is_forced };
    guint counts[] = { 0, 0, 0, 0 };
    g_autofree char *agent = cox_agent_name_text(test->name);
    g_autoptr(GError) why = NULL;
    GError *error = NULL;
    g_autoptr(cox_agent_metadata) metadata = NULL;
    g_autofree char *problem = NULL;
    bool is_whole = false;

    run_step(test, &describe, &outcome, &input.metadata_seen);
    metadata = cox_agent_metadata_parse(outcome.out, strlen(outcome.out), &why);
    problem = schema_problem(outcome.out, &error);
    if (error != NULL || (metadata != NULL && !test->settings->is_forced && !test->settings->change.is_dry && !check_cluster(test, metadata, &error))) {
        cox_agent_outcome_clear(&outcome);
        return cox_tool_fail(ctx, error);
    }
    input.metadata = metadata;
    input.metadata_text = outcome.out;
    input.metadata_problem = (why != NULL) ? why->message : NULL;
    input.schema_problem = problem;
    test->is_clone = metadata != NULL && (cox_agent_metadata_action(metadata, "promote") != NULL || cox_agent_metadata_action(metadata, "notify") != NULL);
    cox_out_begin(ctx->out, "agent-test", "agent", agent, NULL);
    is_whole = try_all(ctx, test, &input, counts);
    cox_out_end(ctx->out);
    cox_agent_outcome_clear(&outcome);
    return is_whole ? conclude(ctx, counts) : cox_tool_error(ctx, COX_ERROR_GENERIC, "interrupted: what was begun is stopped, and the rest not tried");
}

static bool
prepare(struct test *test, char **arguments, GError **error)
{
    const struct cox_settings *settings = test->settings;
    char *none[] = { NULL };
    g_auto(GStrv) given = words_of(settings->parameters, arguments + 1);
    g_auto(GStrv) changes = words_of(settings->changes, none);

    return read_pairs(&test->params, test->usual, given, error) && read_pairs(&test->changes, test->other, changes, error)
           && find_agent(test, arguments[0], error) && (test->box = cox_agent_box_new(error)) != NULL;
}

int
cox_verb_agent_test(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    struct test test = { .settings = settings,
                         .id = (settings->id != NULL) ? settings->id : "cox-test",
                         .usual = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair)),
                         .other = g_array_new(FALSE, FALSE, sizeof(struct cox_agent_pair)) };
    GError *error = NULL;
    int status = prepare(&test, arguments, &error) ? run_test(ctx, &test) : cox_tool_fail(ctx, error);

    cox_agent_box_free(test.box);
    cox_agent_name_free(test.name);
    g_free(test.directory);
    g_clear_pointer(&test.params, g_array_unref);
    g_clear_pointer(&test.changes, g_array_unref);
    g_array_unref(test.usual);
    g_array_unref(test.other);
    return status;
}
