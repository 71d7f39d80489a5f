/* lib/agents/agent_trial.c - try an agent: make the steps of the table, and judge each end.  Layer 3, pure. */
#include "agents/agent_trial.h"

#include <string.h>

#include "agents/agent_trial_priv.h"

/* A row, for one of what it is repeated for. */
struct trial_step {
    const struct trial_row *row;
    const char *action; /* borrowed of the table or the metadata */
    const char *about;  /* the same, or NULL */
    char *value;        /* owned, or NULL */
};

/* Actions of OCF 1.1 that an agent may have. */
static const char *const known[]
    = { "start", "stop", "monitor", "promote", "demote", "notify", "migrate_to", "migrate_from", "reload", "reload-agent", "validate-all", "meta-data" };
/* Those that agents often have besides, and that do no harm. */
static const char *const harmless[] = { "status", "usage", "help", "methods", NULL };

/* The advertised action, for its time limit; NULL: it is not advertised. */
static const struct cox_agent_meta_action *
advertised(const struct cox_agent_trial *trial, const char *action, const char *depth)
{
    const struct cox_agent_metadata *metadata = trial->input->metadata;

    for (size_t i = 0; depth != NULL && i < metadata->n_actions; i++) {
        if (strcmp(metadata->actions[i].name, action) == 0 && g_strcmp0(metadata->actions[i].depth, depth) == 0) {
            return &metadata->actions[i];
        }
    }
    return cox_agent_metadata_action(metadata, action);
}

/* ---- the steps --------------------------------------------------------------------------------------------- */

static const char *
given_value(const struct cox_agent_pair *pairs, size_t n_pairs, const char *name)
{
    for (size_t i = 0; i < n_pairs; i++) {
        if (strcmp(pairs[i].name, name) == 0) {
            return pairs[i].value;
        }
    }
    return NULL;
}

/* Another truth in the same words. */
static char *
other_truth(const char *value)
{
    static const char *const pairs[][2] = { { "true", "false" }, { "yes", "no" }, { "on", "off" }, { "1", "0" } };

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(pairs); i++) {
        if (g_ascii_strcasecmp(value, pairs[i / 2][i % 2]) == 0) {
            return g_strdup(pairs[i / 2][1 - i % 2]);
        }
    }
    return NULL;
}

/* A value that is not the one that it has; NULL: none is known that may be right. */
static char *
other_value(const struct cox_agent_trial_input *input, const struct cox_agent_param *param)
{
    const char *wanted = given_value(input->changes, input->n_changes, param->name);
    const char *given = given_value(input->params, input->n_params, param->name);
    const char *value = (given != NULL) ? given : param->fallback;
    const char *type = (param->type != NULL) ? param->type : "string";

    if (wanted != NULL || value == NULL || *value == '\0') {
        return g_strdup(wanted);
    }
    if (strcmp(type, "boolean") == 0) {
        return other_truth(value);
    }
    if (strcmp(type, "integer") == 0 && strlen(value) < 10 && cox_agent_trial_fits(type, value)) {
        return g_strdup_printf("%" G_GINT64_FORMAT, g_ascii_strtoll(value, NULL, 10) + 1);
    }
    return (strcmp(type, "string") == 0) ? g_strdup_printf("%s2", value) : NULL;
}

/* A value that no agent can take for one of @type; NULL: every text is one. */
static const char *
unfit_value(const char *type)
{
    static const char *const types[] = { "integer", "int", "second", "time", "timeout", "duration", "percentage", "select", NULL };

    return (type != NULL && g_strv_contains(types, type)) ? "cox-no-such-value" : NULL;
}

static void
add_step(struct cox_agent_trial *trial, const struct trial_row *row, const char *about, char *value)
{
    const struct trial_step step = { row, (row->action != NULL) ? row->action : about, about, value };

    g_array_append_val(trial->steps, step);
}

static void
add_for_params(struct cox_agent_trial *trial, const struct trial_row *row)
{
    const struct cox_agent_metadata *metadata = trial->input->metadata;

    for (size_t i = 0; i < metadata->n_params; i++) {
        const struct cox_agent_param *param = &metadata->params[i];
        bool is_current = param->replaced_with == NULL;

        if (row->each == TRIAL_EACH_REQUIRED && param->is_required && is_current) {
            add_step(trial, row, param->name, NULL);
        } else if (row->each == TRIAL_EACH_TYPED && unfit_value(param->type) != NULL && is_current) {
            add_step(trial, row, param->name, g_strdup(unfit_value(param->type)));
        } else if (row->each == TRIAL_EACH_RELOADABLE && param->is_reloadable && is_current) {
            add_step(trial, row, param->name, other_value(trial->input, param));
        }
    }
}

static bool
is_known(const char *action)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(known[i], action) == 0) {
            return true;
        }
    }
    return false;
}

static void
add_for_actions(struct cox_agent_trial *trial, const struct trial_row *row)
{
    const struct cox_agent_metadata *metadata = trial->input->metadata;

    for (size_t i = 0; row->each == TRIAL_EACH_UNADVERTISED && i < G_N_ELEMENTS(known); i++) {
        if (cox_agent_metadata_action(metadata, known[i]) == NULL) {
            add_step(trial, row, known[i], NULL);
        }
    }
    for (size_t i = 0; row->each != TRIAL_EACH_UNADVERTISED && i < metadata->n_actions; i++) {
        const struct cox_agent_meta_action *action = &metadata->actions[i];
        const char *depth = action->depth;

        if (row->each == TRIAL_EACH_OTHER && !is_known(action->name)) {
            add_step(trial, row, action->name, NULL);
        } else if (row->each == TRIAL_EACH_DEPTH && strcmp(action->name, "monitor") == 0 && depth != NULL && strcmp(depth, "0") != 0) {
            add_step(trial, row, depth, g_strdup(depth));
        }
    }
}

static void
add_row(struct cox_agent_trial *trial, const struct trial_row *row)
{
    guint before = trial->steps->len;
    bool is_fit = row->iff == NULL || cox_agent_metadata_action(trial->input->metadata, row->iff) != NULL;

    switch (is_fit ? row->each : TRIAL_ONCE) {
    case TRIAL_ONCE:
        add_step(trial, row, NULL, NULL);
        return;
    case TRIAL_EACH_REQUIRED:
    case TRIAL_EACH_TYPED:
    case TRIAL_EACH_RELOADABLE:
        add_for_params(trial, row);
        break;
    case TRIAL_EACH_DEPTH:
    case TRIAL_EACH_UNADVERTISED:
    case TRIAL_EACH_OTHER:
        add_for_actions(trial, row);
        break;
    }
    if (trial->steps->len == before && row->each != TRIAL_EACH_DEPTH && row->each != TRIAL_EACH_OTHER) {
        add_step(trial, row, NULL, NULL); /* to say that there was nothing to try */
    }
}

static void
step_clear(gpointer data)
{
    g_free(((struct trial_step *) data)->value);
}

static void
line_free(gpointer data)
{
    struct cox_agent_trial_line *line = data;

    g_free(line->why);
    g_free(line);
}

struct cox_agent_trial *
cox_agent_trial_new(const struct cox_agent_trial_input *input)
{
    struct cox_agent_trial *trial = g_new0(struct cox_agent_trial, 1);

    trial->input = input;
    trial->state = TRIAL_UNKNOWN;
    trial->processes = g_strdupv((char **) (guintptr) input->metadata_seen.processes);
    trial->steps = g_array_new(FALSE, FALSE, sizeof(struct trial_step));
    g_array_set_clear_func(trial->steps, step_clear);
    trial->runs = g_array_new(FALSE, FALSE, sizeof(struct trial_run));
    trial->lines = g_ptr_array_new_with_free_func(line_free);
    trial->refused = g_hash_table_new(g_str_hash, g_str_equal);
    trial->said = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < cox_agent_trial_n_rows && (input->metadata != NULL || i == 0); i++) {
        add_row(trial, &cox_agent_trial_rows[i]);
    }
    return trial;
}

void
cox_agent_trial_free(struct cox_agent_trial *trial)
{
    if (trial != NULL) {
        g_array_unref(trial->steps);
        g_array_unref(trial->runs);
        g_ptr_array_unref(trial->lines);
        g_hash_table_unref(trial->refused);
        g_hash_table_unref(trial->said);
        g_strfreev(trial->processes);
        g_strfreev(trial->files);
        g_free(trial);
    }
}

const GPtrArray *
cox_agent_trial_lines(const struct cox_agent_trial *trial)
{
    return trial->lines;
}

/* ---- one after the other ----------------------------------------------------------------------------------- */

static struct cox_agent_trial_line *
say(struct cox_agent_trial *trial, const struct trial_step *step, enum cox_agent_trial_verdict verdict, const char *why)
{
    struct cox_agent_trial_line *line = g_new0(struct cox_agent_trial_line, 1);

    *line = (struct cox_agent_trial_line) { step->row->check, step->about, step->row->sentence, step->action, verdict, g_strdup(why), -1 };
    g_ptr_array_add(trial->lines, line);
    return line;
}

/* Why it cannot be tried at all, whatever has happened; NULL: it can. */
static char *
unfit(const struct cox_agent_trial *trial, const struct trial_step *step)
{
    const struct trial_row *row = step->row;

    if (row->iff != NULL && cox_agent_metadata_action(trial->input->metadata, row->iff) == NULL) {
        return g_strdup_printf("%s is not advertised", row->iff);
    }
    if (row->each != TRIAL_ONCE && step->about == NULL) {
        return g_strdup("there is none");
    }
    if (row->each == TRIAL_EACH_RELOADABLE && step->value == NULL) {
        return g_strdup_printf("no other value is known: --change %s=VALUE", step->about);
    }
    if (row->each == TRIAL_EACH_OTHER && !g_strv_contains(harmless, step->about)) {
        return g_strdup("it is no action of OCF, and nobody knows what it does");
    }
    return NULL;
}

/* Why it cannot be tried now. */
static char *
hindrance(const struct cox_agent_trial *trial, const struct trial_step *step)
{
    static const char *const states[] = { [TRIAL_ANY] = "", [TRIAL_STOPPED] = "stopped", [TRIAL_RUNNING] = "running", [TRIAL_PROMOTED] = "promoted",
                                          [TRIAL_AWAY] = "migrated", [TRIAL_UNKNOWN] = "" };

    if (trial->is_over) {
        return g_strdup("something above must be right before it is tried");
    }
    if (step->row->needs != TRIAL_ANY && step->row->needs != trial->state) {
        return g_strdup_printf("it is not known to be %s", states[step->row->needs]);
    }
    return NULL;
}

/* Is it one of those that say only once that they have nothing to do? */
static bool
is_said(struct cox_agent_trial *trial, const struct trial_step *step)
{
    return step->row->iff != NULL && cox_agent_metadata_action(trial->input->metadata, step->row->iff) == NULL
           && !g_hash_table_add(trial->said, (gpointer) (guintptr) step->row->iff);
}

static const struct cox_agent_trial_step *
prepare(struct cox_agent_trial *trial, const struct trial_step *step)
{
    const char *depth = (step->row->how == COX_AGENT_TRIAL_DEPTH) ? step->value : NULL;
    const struct cox_agent_meta_action *action = advertised(trial, step->action, depth);
    bool is_param = step->row->how == COX_AGENT_TRIAL_WITH || step->row->how == COX_AGENT_TRIAL_WITHOUT;

    trial->step = (struct cox_agent_trial_step) {
        .action = step->action,
        .how = step->row->how,
        .param = is_param ? step->about : NULL,
        .value = step->value,
        .timeout_ms = (action != NULL && action->timeout_ms > 0) ? action->timeout_ms : COX_AGENT_TRIAL_TIMEOUT_MS,
    };
    return &trial->step;
}

static void
judge(struct cox_agent_trial *trial, const struct trial_step *step)
{
    g_autoptr(GString) why = g_string_new(NULL);
    bool is_kept = step->row->judge(trial, why);

    say(trial, step, !is_kept ? COX_AGENT_TRIAL_FAILED : (why->len > 0) ? COX_AGENT_TRIAL_SKIPPED : COX_AGENT_TRIAL_OK, (why->len > 0) ? why->str : NULL);
}

const struct cox_agent_trial_step *
cox_agent_trial_next(struct cox_agent_trial *trial)
{
    for (; trial->at < trial->steps->len; trial->at++) {
        const struct trial_step *step = &g_array_index(trial->steps, struct trial_step, trial->at);
        bool is_refused = step->row->each == TRIAL_EACH_RELOADABLE && step->about != NULL && g_hash_table_contains(trial->refused, step->about);
        g_autofree char *why = NULL;

        if (step->row->judge != NULL) {
            judge(trial, step);
            continue;
        }
        if (is_said(trial, step) || is_refused) {
            continue;
        }
        why = unfit(trial, step);
        if (why != NULL && step->row->each == TRIAL_EACH_RELOADABLE && step->about != NULL) {
            g_hash_table_add(trial->refused, (gpointer) (guintptr) step->about);
        }
        why = (why != NULL) ? why : hindrance(trial, step);
        if (why == NULL) {
            return prepare(trial, step);
        }
        say(trial, step, COX_AGENT_TRIAL_SKIPPED, why);
    }
    return NULL;
}

/* ---- what an end means ------------------------------------------------------------------------------------- */

static void
add_codes(GString *text, unsigned int codes)
{
    const char *between = "";

    for (int code = 0; code <= 9; code++) {
        if ((codes & TRIAL_CODE(code)) != 0) {
            g_string_append_printf(text, "%s%d", between, code);
            between = " or ";
        }
    }
}

/* An exit code that is not one of those of the row; false: it is. */
static bool
is_wrong_code(const struct trial_row *row, const struct cox_agent_trial_step *step, const struct cox_agent_trial_seen *seen, GString *why)
{
    unsigned int bit = cox_agent_trial_bit(seen->exit_status);
    bool is_ok = !seen->is_timed_out && bit != 0 && (row->codes & bit) != 0;
    /* The states of being degraded stand for those of being well. */
    bool is_degraded = strcmp(step->action, "monitor") == 0
                       && ((seen->exit_status == 190 && (row->codes & TRIAL_CODE(0)) != 0) || (seen->exit_status == 191 && (row->codes & TRIAL_CODE(8)) != 0));

    if (is_ok || is_degraded) {
        return false;
    }
    if (seen->is_timed_out) {
        g_string_printf(why, "%s did not end within %.3g s", step->action, (double) step->timeout_ms / 1000.0);
    } else if (seen->exit_status < 0) {
        g_string_printf(why, "%s was ended by signal %d", step->action, seen->signo);
    } else if (__builtin_popcount(row->codes) > 3) {
        g_string_printf(why, "%s ended with %d", step->action, seen->exit_status);
    } else {
        g_string_printf(why, "%s ended with %d instead of ", step->action, seen->exit_status);
        add_codes(why, row->codes);
    }
    if (seen->reason != NULL) {
        g_string_append_printf(why, ": %s", seen->reason);
    }
    return true;
}

/* The first of @all that @others do not have; NULL: none. */
static const char *
one_more(const char *const *all, const char *const *others)
{
    for (; all != NULL && *all != NULL; all++) {
        if (others == NULL || !g_strv_contains(others, *all)) {
            return *all;
        }
    }
    return NULL;
}

static bool
has_wrong_processes(const struct cox_agent_trial *trial, const struct trial_step *step, const struct cox_agent_trial_seen *seen, GString *why)
{
    const char *const *before = (const char *const *) trial->processes;
    const char *begun = one_more(seen->processes, before);

    switch (step->row->processes) {
    case TRIAL_NO_NEW:
        if (begun != NULL) {
            g_string_printf(why, "%s has left process %s", step->action, begun);
        }
        break;
    case TRIAL_SAME:
        if (begun != NULL) {
            g_string_printf(why, "%s has started process %s", step->action, begun);
        }
        break;
    case TRIAL_NONE:
        if (seen->processes != NULL && seen->processes[0] != NULL) {
            g_string_printf(why, "process %s runs on after %s", seen->processes[0], step->action);
        }
        break;
    case TRIAL_MAY_BEGIN:
        break;
    }
    return why->len > 0;
}

/* What else the end must be. */
static bool
is_otherwise_wrong(const struct cox_agent_trial *trial, const struct trial_step *step, const struct cox_agent_trial_seen *seen, GString *why)
{
    if (step->row->how == COX_AGENT_TRIAL_NAKED && g_strcmp0(seen->out, trial->input->metadata_text) != 0) {
        g_string_assign(why, "meta-data prints something else without parameters, in another language, or where programs are missing");
        return true;
    }
    return has_wrong_processes(trial, step, seen, why);
}

static enum trial_state
state_of_code(int exit_status)
{
    switch (exit_status) {
    case 0:
    case 190:
        return TRIAL_RUNNING;
    case 8:
    case 191:
        return TRIAL_PROMOTED;
    case 7:
        return TRIAL_STOPPED;
    default:
        return TRIAL_UNKNOWN;
    }
}

static void
note(struct cox_agent_trial *trial, const struct cox_agent_trial_seen *seen)
{
    const struct trial_run run = {
        .action = trial->step.action,
        .exit_status = seen->exit_status,
        .signo = seen->signo,
        .is_timed_out = seen->is_timed_out,
        .has_reason = seen->reason != NULL,
        .has_reason_outside = seen->out != NULL && strstr(seen->out, "ocf-exit-reason:") != NULL,
        .exec_ms = seen->exec_ms,
        .timeout_ms = trial->step.timeout_ms,
    };

    g_array_append_val(trial->runs, run);
    g_strfreev(trial->processes);
    g_strfreev(trial->files);
    trial->processes = g_strdupv((char **) (guintptr) seen->processes);
    trial->files = g_strdupv((char **) (guintptr) seen->files);
}

/* A code that is no fault but leaves nothing to try. */
static bool
is_excused(struct cox_agent_trial *trial, const struct trial_step *step, const struct cox_agent_trial_seen *seen, GString *why)
{
    const struct trial_row *row = step->row;

    if (row->is_asking && cox_agent_trial_bit(seen->exit_status) != 0) {
        g_string_printf(why, "'%s' is no valid value: --change %s=VALUE", step->value, step->about);
        g_hash_table_add(trial->refused, (gpointer) (guintptr) step->about);
        return true;
    }
    if (row->how == COX_AGENT_TRIAL_BARE && strcmp(row->check, "validate-bare") == 0 && seen->exit_status == 0) {
        g_string_assign(why, "it looks for no program that could be missing");
        return true;
    }
    return row->may_refuse && seen->reason != NULL && seen->exit_status != 3 && seen->exit_status > 0;
}

void
cox_agent_trial_see(struct cox_agent_trial *trial, const struct cox_agent_trial_seen *seen)
{
    const struct trial_step *step = &g_array_index(trial->steps, struct trial_step, trial->at);
    const struct trial_row *row = step->row;
    enum cox_agent_trial_verdict verdict = COX_AGENT_TRIAL_OK;
    g_autoptr(GString) why = g_string_new(NULL);
    bool is_excusable = is_wrong_code(row, &trial->step, seen, why);

    if (is_excusable && is_excused(trial, step, seen, why)) {
        verdict = COX_AGENT_TRIAL_SKIPPED;
    } else if (why->len > 0 || is_otherwise_wrong(trial, step, seen, why)) {
        verdict = COX_AGENT_TRIAL_FAILED;
        trial->is_over = trial->is_over || (row->is_vital && !trial->input->is_forced);
        trial->state = (row->leads == TRIAL_ANY) ? trial->state : row->is_vital ? state_of_code(seen->exit_status) : TRIAL_UNKNOWN;
    } else if (row->leads != TRIAL_ANY) {
        trial->state = row->leads;
    }
    note(trial, seen);
    say(trial, step, verdict, (why->len > 0) ? why->str : NULL)->exec_ms = seen->exec_ms;
    trial->at++;
}

bool
cox_agent_trial_has_begun(const struct cox_agent_trial *trial)
{
    static const char *const beginning[] = { "start", "promote", "migrate_from", NULL };
    bool has_begun = false;

    for (guint i = 0; i < trial->runs->len; i++) {
        const struct trial_run *run = &g_array_index(trial->runs, struct trial_run, i);

        has_begun = (has_begun || g_strv_contains(beginning, run->action)) && !(strcmp(run->action, "stop") == 0 && run->exit_status == 0);
    }
    return has_begun;
}

void
cox_agent_trial_plan(struct cox_agent_trial *trial)
{
    for (; trial->at < trial->steps->len; trial->at++) {
        const struct trial_step *step = &g_array_index(trial->steps, struct trial_step, trial->at);
        g_autofree char *why = is_said(trial, step) ? NULL : unfit(trial, step);

        if (why != NULL || step->row->iff == NULL || cox_agent_metadata_action(trial->input->metadata, step->row->iff) != NULL) {
            say(trial, step, (why == NULL) ? COX_AGENT_TRIAL_PLANNED : COX_AGENT_TRIAL_SKIPPED, why);
        }
    }
}
