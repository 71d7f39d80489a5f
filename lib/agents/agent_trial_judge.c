/* lib/agents/agent_trial_judge.c - what is wrong with a description, and with all actions taken together.  Layer 3, pure. */
#include <string.h>

#include "agents/agent_result.h"
#include "agents/agent_trial_priv.h"
#include "base/interval.h"

/* ---- the description --------------------------------------------------------------------------------------- */

bool
cox_agent_trial_judge_metadata(const struct cox_agent_trial *trial, GString *why)
{
    const struct cox_agent_trial_input *input = trial->input;

    if (input->metadata_seen.exit_status != 0) {
        g_string_printf(why, input->metadata_seen.is_timed_out ? "meta-data did not end in time" : "meta-data ended with %d instead of 0",
                        input->metadata_seen.exit_status);
    } else if (input->metadata == NULL) {
        g_string_assign(why, input->metadata_problem);
    }
    return why->len == 0;
}

bool
cox_agent_trial_judge_schema(const struct cox_agent_trial *trial, GString *why)
{
    g_string_assign(why, (trial->input->schema_problem != NULL) ? trial->input->schema_problem : "");
    return why->len == 0;
}

bool
cox_agent_trial_judge_name(const struct cox_agent_trial *trial, GString *why)
{
    const char *name = trial->input->metadata->name;

    if (g_strcmp0(name, trial->input->type) != 0) {
        g_string_printf(why, "it is called '%s' there, and its file '%s'", (name != NULL) ? name : "", trial->input->type);
    }
    return why->len == 0;
}

static void
append(GString *why, const char *text)
{
    g_string_append_printf(why, "%s%s", (why->len > 0) ? ", " : "", text);
}

bool
cox_agent_trial_judge_actions(const struct cox_agent_trial *trial, GString *why)
{
    static const char *const needed[] = { "start", "stop", "monitor", "meta-data", "validate-all" };

    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (cox_agent_metadata_action(trial->input->metadata, needed[i]) == NULL) {
            append(why, needed[i]);
        }
    }
    if (why->len > 0) {
        g_string_append(why, " not advertised");
    }
    return why->len == 0;
}

bool
cox_agent_trial_judge_limits(const struct cox_agent_trial *trial, GString *why)
{
    const struct cox_agent_metadata *metadata = trial->input->metadata;

    for (size_t i = 0; i < metadata->n_actions; i++) {
        if (metadata->actions[i].timeout_ms <= 0) {
            append(why, metadata->actions[i].name);
        }
    }
    if (why->len > 0) {
        g_string_append(why, " without a timeout that is a length of time");
    }
    return why->len == 0;
}

bool
cox_agent_trial_judge_pairs(const struct cox_agent_trial *trial, GString *why)
{
    static const char *const pairs[][2] = { { "promote", "demote" }, { "migrate_to", "migrate_from" } };
    const struct cox_agent_metadata *metadata = trial->input->metadata;

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        bool has_first = cox_agent_metadata_action(metadata, pairs[i][0]) != NULL;

        if (has_first != (cox_agent_metadata_action(metadata, pairs[i][1]) != NULL)) {
            g_string_append_printf(why, "%s%s without %s", (why->len > 0) ? ", " : "", pairs[i][has_first ? 0 : 1], pairs[i][has_first ? 1 : 0]);
        }
    }
    if (!metadata->is_ocf_1_1 && cox_agent_metadata_action(metadata, "reload-agent") != NULL) {
        append(why, "reload-agent, and the version is below 1.1: nobody will call it");
    }
    for (size_t i = 0; metadata->is_ocf_1_1 && i < metadata->n_params; i++) {
        if (metadata->params[i].is_reloadable && cox_agent_metadata_action(metadata, "reload-agent") == NULL) {
            g_string_append_printf(why, "%sparameter %s is reloadable without reload-agent", (why->len > 0) ? ", " : "", metadata->params[i].name);
        }
    }
    return why->len == 0;
}

static bool
is_identifier(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    return name[0] != '\0' && !g_ascii_isdigit(name[0]) && strspn(name, letters) == strlen(name);
}

bool
cox_agent_trial_judge_params(const struct cox_agent_trial *trial, GString *why)
{
    static const char *const types[] = { "string", "integer", "int", "boolean", "select", "second", "time", "timeout", "duration", "percentage", NULL };
    const struct cox_agent_metadata *metadata = trial->input->metadata;

    for (size_t i = 0; i < metadata->n_params; i++) {
        const struct cox_agent_param *param = &metadata->params[i];
        const char *comma = (why->len > 0) ? ", " : "";

        if (!is_identifier(param->name)) {
            g_string_append_printf(why, "%s'%s' is no name of a variable", comma, param->name);
        } else if (cox_agent_metadata_param(metadata, param->name) != param) {
            g_string_append_printf(why, "%s%s is there twice", comma, param->name);
        } else if (param->type == NULL) {
            g_string_append_printf(why, "%s%s has no type", comma, param->name);
        } else if (!g_strv_contains(types, param->type)) {
            g_string_append_printf(why, "%s%s has the type '%s', which is none", comma, param->name, param->type);
        }
    }
    return why->len == 0;
}

static bool
is_number(const char *text)
{
    const char *digits = text + ((*text == '-' || *text == '+') ? 1 : 0);

    return *digits != '\0' && strspn(digits, "0123456789") == strlen(digits);
}

bool
cox_agent_trial_fits(const char *type, const char *value)
{
    static const char *const truths[] = { "1", "0", "true", "false", "yes", "no", "on", "off", "y", "n", NULL };
    static const char *const lengths[] = { "second", "time", "timeout", "duration", NULL };
    gint64 ms = 0;

    if (strcmp(type, "integer") == 0 || strcmp(type, "int") == 0) {
        return is_number(value);
    }
    if (strcmp(type, "boolean") == 0) {
        g_autofree char *lower = g_ascii_strdown(value, -1);

        return g_strv_contains(truths, lower);
    }
    if (strcmp(type, "percentage") == 0) {
        g_autofree char *number = g_strndup(value, strlen(value) - (g_str_has_suffix(value, "%") ? 1 : 0));

        return is_number(number);
    }
    return !g_strv_contains(lengths, type) || cox_interval_parse(value, &ms, NULL);
}

bool
cox_agent_trial_judge_defaults(const struct cox_agent_trial *trial, GString *why)
{
    const struct cox_agent_metadata *metadata = trial->input->metadata;

    for (size_t i = 0; i < metadata->n_params; i++) {
        const struct cox_agent_param *param = &metadata->params[i];

        /* An empty default says that there is none. */
        if (param->type != NULL && param->fallback != NULL && *param->fallback != '\0' && !cox_agent_trial_fits(param->type, param->fallback)) {
            g_string_append_printf(why, "%sthe default '%s' of %s is no %s", (why->len > 0) ? ", " : "", param->fallback, param->name, param->type);
        }
    }
    return why->len == 0;
}

unsigned int
cox_agent_trial_bit(int exit_status)
{
    return (exit_status >= 0 && exit_status <= 9) ? TRIAL_CODE(exit_status) : (exit_status == 190 || exit_status == 191) ? TRIAL_CODE(exit_status - 180) : 0;
}

/* ---- all actions ------------------------------------------------------------------------------------------- */

/* The first run that is not @fits; NULL: all are. */
static const struct trial_run *
first_not(const struct cox_agent_trial *trial, bool (*fits)(const struct trial_run *run))
{
    for (guint i = 0; i < trial->runs->len; i++) {
        const struct trial_run *run = &g_array_index(trial->runs, struct trial_run, i);

        if (!fits(run)) {
            return run;
        }
    }
    return NULL;
}

/* The role and the degraded states are answers to a monitor only. */
static bool
has_fit_code(const struct trial_run *run)
{
    unsigned int bit = cox_agent_trial_bit(run->exit_status);

    return run->is_timed_out || (bit != 0 && (bit < TRIAL_CODE(8) || strcmp(run->action, "monitor") == 0));
}

bool
cox_agent_trial_judge_codes(const struct cox_agent_trial *trial, GString *why)
{
    const struct trial_run *run = first_not(trial, has_fit_code);

    if (run == NULL) {
        return true;
    }
    if (run->signo != 0) {
        g_string_printf(why, "%s was ended by signal %d", run->action, run->signo);
    } else {
        g_string_printf(why, "%s ended with %d, which is no answer to it", run->action, run->exit_status);
    }
    return false;
}

static bool
is_in_time(const struct trial_run *run)
{
    return !run->is_timed_out && run->exec_ms <= run->timeout_ms;
}

bool
cox_agent_trial_judge_timeouts(const struct cox_agent_trial *trial, GString *why)
{
    const struct trial_run *run = first_not(trial, is_in_time);

    if (run != NULL) {
        g_string_printf(why, "%s took more than the %.3g s that it advertises", run->action, (double) run->timeout_ms / 1000.0);
    }
    return run == NULL;
}

/* "Not running", "not implemented" and the roles are answers, not failures. */
static bool
is_failure(const struct trial_run *run)
{
    static const int failures[] = { 1, 2, 4, 5, 6, 9 };

    for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
        if (run->exit_status == failures[i]) {
            return true;
        }
    }
    return false;
}

static bool
says_reason(const struct trial_run *run)
{
    return !is_failure(run) || run->has_reason;
}

bool
cox_agent_trial_judge_reasons(const struct cox_agent_trial *trial, GString *why)
{
    const struct trial_run *run = first_not(trial, says_reason);
    bool has_failed = false;

    if (run != NULL) {
        g_string_printf(why, "%s ended with %d %s", run->action, run->exit_status,
                        run->has_reason_outside ? "and wrote its reason to standard output, where nobody looks for it" : "and gave no reason");
        return false;
    }
    for (guint i = 0; i < trial->runs->len; i++) {
        has_failed = has_failed || is_failure(&g_array_index(trial->runs, struct trial_run, i));
    }
    g_string_assign(why, has_failed ? "" : "no action has failed");
    return true;
}

bool
cox_agent_trial_judge_files(const struct cox_agent_trial *trial, GString *why)
{
    if (trial->files == NULL) {
        g_string_assign(why, "no action was tried");
        return true;
    }
    for (char **file = trial->files; *file != NULL; file++) {
        append(why, *file);
    }
    return why->len == 0;
}
