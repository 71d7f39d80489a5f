/* tools/cox_change.c - how every verb of cox changes the configuration: try it on a copy, show it, make it at once, wait.  Layer 6. */
#include "tools/cox_change.h"

#include <string.h>

#include "admin/docdiff.h"
#include "base/error.h"
#include "base/interval.h"
#include "cib/section.h"
#include "tools/lintrun.h"
#include "tools/settle.h"
#include "tools/state.h"
#include "view/plan_view.h"
#include "xml/xmlwrite.h"

/* MONITORS_MS: the default timeout of an operation. */
enum { MOST_TRIES = 20, PAUSE_MS = 10, PLAN_LETTERS = 12, WAIT_MS = 60 * 60 * 1000, MONITORS_MS = 20000 };

/* What is to be done to the document. */
struct work {
    cox_change_fn edit;
    const void *what;
};

/* What has been told while the cluster did what follows. */
struct progress {
    struct cox_tool_ctx *ctx;
    guint n_failed;
};

/* A change under way. */
struct attempt {
    struct cox_tool_ctx *ctx;
    const struct cox_change_settings *settings;
    struct cox_cib_access *access;
    struct cox_xmldoc *after; /* the document with the changed configuration */
    struct cox_xmldoc *patch; /* NULL: nothing changes */
    GArray *lines;            /* struct cox_docdiff_line */
    struct progress progress;
    struct cox_results *results; /* NULL: nobody waits */
};

static void
attempt_clear(struct attempt *attempt)
{
    g_clear_pointer(&attempt->after, cox_xmldoc_free);
    g_clear_pointer(&attempt->patch, cox_xmldoc_free);
    g_clear_pointer(&attempt->lines, g_array_unref);
}

/* ---- show ------------------------------------------------------------------------------------------------- */

static const char *
word_of(char sign)
{
    return (sign == '+') ? "add" : (sign == '-') ? "remove" : (sign == '>') ? "move" : "change";
}

static void
print_line(struct cox_out *out, const struct cox_docdiff_line *line)
{
    bool is_changed = line->sign == '~';

    cox_out_leaf(out, "change", "operation", word_of(line->sign), "object", line->kind, "id", line->id, "owner", line->owner, "detail",
                 line->detail, "from", line->from, "to", line->to, NULL);
    if (is_changed) {
        cox_out_rawf(out, "  ~ %s '%s'%s%s%s: %s: %s -> %s\n", line->kind, (line->id != NULL) ? line->id : "",
                     (line->owner != NULL) ? " of '" : "", (line->owner != NULL) ? line->owner : "", (line->owner != NULL) ? "'" : "",
                     line->detail, (line->from != NULL) ? line->from : "(none)", (line->to != NULL) ? line->to : "(none)");
    } else {
        cox_out_rawf(out, "  %c %s '%s'%s%s%s%s%s\n", line->sign, line->kind, (line->id != NULL) ? line->id : "",
                     (line->owner != NULL) ? " of '" : "", (line->owner != NULL) ? line->owner : "", (line->owner != NULL) ? "'" : "",
                     (line->detail != NULL) ? ": " : "", (line->detail != NULL) ? line->detail : "");
    }
}

void
cox_change_print_lines(struct cox_tool_ctx *ctx, const GArray *lines)
{
    if (ctx->is_quiet) {
        return;
    }
    cox_out_begin(ctx->out, "changes", NULL);
    for (guint i = 0; i < lines->len; i++) {
        print_line(ctx->out, &g_array_index(lines, struct cox_docdiff_line, i));
    }
    cox_out_end(ctx->out);
}

int
cox_change_show_plan(struct cox_tool_ctx *ctx, const struct cox_xml *root)
{
    GError *error = NULL;
    g_autoptr(cox_state) state = cox_state_new(root, &error);
    g_autoptr(cox_plan) plan = (state == NULL) ? NULL : cox_state_plan(state);

    if (plan == NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (!ctx->is_quiet) {
        cox_out_spacer(ctx->out);
        cox_plan_view_changes(ctx->out, plan);
    }
    return 0;
}

/* Would it conform, and what would the cluster do? */
static int
show(struct attempt *attempt)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    GError *error = NULL;

    if (!cox_schemas_validate(cox_cib_access_schemas(attempt->access), attempt->after, diags, &error)) {
        int status = cox_tool_fail(attempt->ctx, error);

        cox_tool_print_diags(attempt->ctx, diags);
        return status;
    }
    return cox_change_show_plan(attempt->ctx, cox_xmldoc_root(attempt->after));
}

/* ---- wait ------------------------------------------------------------------------------------------------- */

static void
on_ended(void *context, const struct cox_result_news *result)
{
    struct progress *progress = context;
    g_autofree char *took = (result->exec_ms < 0) ? NULL : g_strdup_printf(" (%.2f s)", (double) result->exec_ms / 1000.0);
    g_autofree char *every = (result->interval_ms == 0) ? NULL : g_strdup_printf(" every %.3g s", (double) result->interval_ms / 1000.0);
    g_autofree char *rc = g_strdup_printf("%d", result->rc);
    const char *reason = (result->exit_reason != NULL && *result->exit_reason != '\0') ? result->exit_reason : NULL;
    bool is_probe = strcmp(result->task, "monitor") == 0 && result->interval_ms == 0;

    progress->n_failed += result->is_failed && !is_probe ? 1 : 0;
    cox_out_leaf(progress->ctx->out, "result", "resource", result->rsc, "task", result->task, "node", result->node, "rc", rc, "failed",
                 result->is_failed ? "true" : "false", "reason", reason, NULL);
    if (!progress->ctx->is_quiet && !is_probe) {
        cox_out_rawf(progress->ctx->out, "%s: %s of %s%s: %s%s%s%s\n", (result->node != NULL) ? result->node : "?", result->task, result->rsc,
                     (every != NULL) ? every : "", result->is_failed ? "failed" : "done", (took != NULL) ? took : "",
                     (reason != NULL) ? ": " : "", (reason != NULL) ? reason : "");
    }
}

static int
wait_for(const struct attempt *attempt, gint64 timeout_ms)
{
    const struct cox_settle settle = { .runtime = cox_cib_access_runtime(attempt->access), .program = "cox", .timeout_ms = timeout_ms,
                                       .monitors_ms = MONITORS_MS, .results = attempt->results };
    g_autofree char *pending = NULL;
    GError *error = NULL;
    int status = 0;

    if (!cox_settle_wait(&settle, &pending, &error)) {
        status = cox_tool_fail(attempt->ctx, error);
        if (pending != NULL && cox_out_is_text(attempt->ctx->out)) {
            cox_out_error(attempt->ctx->out, "Still to be done:\n%s", pending);
        }
        return status;
    }
    if (attempt->progress.n_failed > 0) {
        return cox_tool_error(attempt->ctx, COX_ERROR_GENERIC, "%u action%s failed; cox status shows the failures", attempt->progress.n_failed,
                              (attempt->progress.n_failed == 1) ? "" : "s");
    }
    return 0;
}

/* ---- run -------------------------------------------------------------------------------------------------- */

/* Work out what changes in the document as it is now. */
static bool
work_out(struct attempt *attempt, cox_change_fn edit, const void *what, GError **error)
{
    const struct cox_xml *before = cox_cib_access_visible(attempt->access, error);

    attempt_clear(attempt);
    if (before == NULL) {
        return false;
    }
    attempt->after = cox_xmldoc_new_copy(before);
    if (!edit(cox_xmldoc_root(attempt->after), what, error)) {
        return false;
    }
    attempt->lines = cox_docdiff_make(before, cox_xmldoc_root(attempt->after), &attempt->patch, error);
    return attempt->lines != NULL;
}

/* Was it refused only because the configuration is another one by now? */
static bool
is_overtaken(const GError *error)
{
    return g_error_matches(error, COX_ERROR, COX_ERROR_OLD) || g_error_matches(error, COX_ERROR, COX_ERROR_TRY_AGAIN);
}

/* The name of what would be made: the same only for the same change of the same configuration. */
static char *
plan_name(const struct attempt *attempt)
{
    g_autofree char *text = cox_xmlwrite_text(cox_xmldoc_root(attempt->patch), COX_XMLWRITE_PLAIN);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    return g_strndup(sum, PLAN_LETTERS);
}

/* Is it the change that was looked at?  @first: the one that was tried before, NULL: none was. */
static bool
is_meant(struct attempt *attempt, const char *first, GError **error)
{
    const char *wanted = (first != NULL) ? first : attempt->settings->plan;
    g_autofree char *name = NULL;

    if (!attempt->settings->is_exact || attempt->patch == NULL || wanted == NULL) {
        return true;
    }
    name = plan_name(attempt);
    if (strcmp(name, wanted) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OLD, "plan '%s' is out of date, the configuration or the file has changed: nothing is made; see what it "
                    "comes to now with cox plan", wanted);
        return false;
    }
    return true;
}

/* Let those know who want to, before the first try. */
static bool
begin(struct attempt *attempt, GError **error)
{
    const struct cox_change_hooks *hooks = attempt->settings->hooks;
    const struct cox_xml *before = (hooks == NULL) ? NULL : cox_cib_access_visible(attempt->access, error);
    g_autofree char *name = (hooks == NULL) ? NULL : plan_name(attempt);

    return hooks == NULL || (before != NULL && hooks->begin(hooks->context, before, cox_xmldoc_root(attempt->after), name, error));
}

/* May it have been made all the same? */
static bool
is_doubtful(const GError *error)
{
    return g_error_matches(error, COX_ERROR, COX_ERROR_INDETERMINATE) || g_error_matches(error, COX_ERROR, COX_ERROR_TIMEOUT)
           || g_error_matches(error, COX_ERROR, COX_ERROR_DISCONNECTED);
}

/* Try what was worked out: has it an end, good or bad? */
static bool
try_once(struct attempt *attempt, struct cox_diags *diags, GError **error)
{
    struct cox_edit patch = { .kind = COX_EDIT_PATCH, .input = cox_xmldoc_root(attempt->patch) };

    cox_xml_set(cox_xmldoc_root(attempt->patch), "reason", attempt->settings->reason); /* cibd keeps it with the version */
    if (cox_cib_access_edit(attempt->access, &patch, diags, error)) {
        return true;
    }
    cox_cib_access_again(attempt->access);
    return !is_overtaken(*error);
}

/* What would be wrong then and is not now: said before it is made. */
static void
warn(const struct attempt *attempt)
{
    const struct cox_xml *before = (attempt->ctx == NULL) ? NULL : cox_cib_access_visible(attempt->access, NULL);
    g_autoptr(cox_diags) new = (before == NULL) ? NULL : cox_lintrun_new(before, cox_xmldoc_root(attempt->after));

    for (size_t i = 0; new != NULL && i < cox_diags_count(new); i++) {
        const struct cox_diag *diag = cox_diags_get(new, i);

        cox_out_error(attempt->ctx->out, "cox: warning: %s%s%s", diag->text, (diag->remedy != NULL) ? "; fix: " : "",
                      (diag->remedy != NULL) ? diag->remedy : "");
    }
}

static bool
make_it(struct attempt *attempt, const struct work *work, struct cox_diags *diags, GError **error)
{
    const struct cox_change_hooks *hooks = attempt->settings->hooks;
    g_autofree char *first = NULL;
    bool is_over = false;

    for (guint i = 0; i < MOST_TRIES && !is_over; i++) {
        g_clear_error(error);
        if (!work_out(attempt, work->edit, work->what, error) || !is_meant(attempt, first, error)) {
            break;
        }
        if (attempt->patch != NULL && i == 0) {
            warn(attempt);
        }
        if (attempt->patch == NULL || attempt->settings->is_dry) {
            if (hooks != NULL && first != NULL) {
                hooks->end(hooks->context, false); /* somebody else has made it meanwhile */
            }
            return true;
        }
        if (first == NULL && !begin(attempt, error)) {
            return false;
        }
        first = (first != NULL) ? first : plan_name(attempt);
        is_over = try_once(attempt, diags, error);
        if (!is_over) {
            g_usleep(PAUSE_MS * 1000 * (i + 1)); /* somebody else is at it, or nobody could keep a change just now */
        }
    }
    if (hooks != NULL && first != NULL) {
        hooks->end(hooks->context, is_over && (*error == NULL || is_doubtful(*error)));
    }
    return *error == NULL;
}

static int
make(struct attempt *attempt, cox_change_fn edit, const void *what)
{
    const struct work work = { edit, what };
    g_autoptr(cox_diags) diags = cox_diags_new();
    GError *error = NULL;
    int status = 0;

    if (make_it(attempt, &work, diags, &error)) {
        return 0;
    }
    status = cox_tool_fail(attempt->ctx, error);
    cox_tool_print_diags(attempt->ctx, diags);
    return status;
}

bool
cox_change_quietly(cox_change_fn edit, const void *what, GError **error)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    const struct cox_change_settings settings = { .is_dry = false };
    const struct work work = { edit, what };
    struct attempt attempt = { .settings = &settings, .access = cox_cib_access_open(&where, error) };
    GError *problem = NULL;
    bool is_made = attempt.access != NULL && make_it(&attempt, &work, NULL, &problem);

    if (problem != NULL) {
        g_propagate_error(error, problem);
    }
    attempt_clear(&attempt);
    cox_cib_access_free(attempt.access);
    return is_made;
}

/* A dry run: what would be done, and how the plan is called. */
static int
show_all(struct attempt *attempt)
{
    int status = show(attempt);
    g_autofree char *name = (attempt->settings->names_plan && status == 0) ? plan_name(attempt) : NULL;

    if (name != NULL && !attempt->ctx->is_quiet) {
        cox_out_leaf(attempt->ctx->out, "plan", "name", name, NULL);
        cox_out_rawf(attempt->ctx->out, "\nThis and nothing else: cox apply FILE --plan %s\n", name);
    }
    return status;
}

/* Made, or worked out: say so. */
static int
finish(struct attempt *attempt, gint64 timeout_ms)
{
    if (attempt->patch == NULL) {
        if (!attempt->ctx->is_quiet) {
            cox_out_line(attempt->ctx->out, "Nothing to change: it is so already.");
        }
    } else {
        cox_change_print_lines(attempt->ctx, attempt->lines);
    }
    if (attempt->settings->is_dry) {
        return (attempt->patch == NULL) ? 0 : show_all(attempt);
    }
    if (attempt->patch != NULL && cox_cib_access_outcome(attempt->access) == COX_CIB_PROVISIONAL) {
        cox_out_error(attempt->ctx->out, "cox: made without quorum: it may be lost when the cluster is whole again");
    }
    return attempt->settings->waits ? wait_for(attempt, timeout_ms) : 0;
}

/* Open the document, and listen if there is to be a wait; 0, or the exit status with nothing to be closed. */
static int
open_attempt(struct attempt *attempt, gint64 *timeout_ms)
{
    const struct cox_cib_access_settings where = { .tool = "cox", .file = attempt->settings->cib };
    const struct cox_change_settings *settings = attempt->settings;
    GError *error = NULL;
    int status = 0;

    if (settings->timeout != NULL && !cox_interval_parse(settings->timeout, timeout_ms, &error)) {
        status = cox_tool_usage(attempt->ctx, "--timeout: %s", error->message);
        g_error_free(error);
        return status;
    }
    attempt->access = cox_cib_access_open(&where, &error);
    if (attempt->access == NULL) {
        return cox_tool_fail(attempt->ctx, error);
    }
    if (settings->waits && !cox_cib_access_is_live(attempt->access)) {
        cox_cib_access_free(attempt->access);
        return cox_tool_usage(attempt->ctx,
                              "--wait: a document in a file has no cluster that could do anything; unset CIB_file and CIB_shadow");
    }
    attempt->results = settings->waits
                           ? cox_results_new(cox_cib_access_runtime(attempt->access), "cox", on_ended, &attempt->progress, &error)
                           : NULL;
    if (error != NULL) {
        cox_cib_access_free(attempt->access);
        return cox_tool_fail(attempt->ctx, error);
    }
    return 0;
}

static void
close_attempt(struct attempt *attempt)
{
    attempt_clear(attempt);
    cox_results_free(attempt->results);
    cox_cib_access_free(attempt->access);
}

int
cox_change_run(struct cox_tool_ctx *ctx, const struct cox_change_settings *settings, cox_change_fn edit, const void *what)
{
    struct attempt attempt = { .ctx = ctx, .settings = settings, .progress = { .ctx = ctx } };
    gint64 timeout_ms = WAIT_MS;
    int status = open_attempt(&attempt, &timeout_ms);

    if (status != 0) {
        return status;
    }
    status = make(&attempt, edit, what);
    status = (status == 0) ? finish(&attempt, timeout_ms) : status;
    close_attempt(&attempt);
    return status;
}

int
cox_change_act(struct cox_tool_ctx *ctx, const struct cox_change_settings *settings, cox_change_act_fn act, const void *what)
{
    struct attempt attempt = { .ctx = ctx, .settings = settings, .progress = { .ctx = ctx } };
    gint64 timeout_ms = WAIT_MS;
    int status = open_attempt(&attempt, &timeout_ms);

    if (status != 0) {
        return status;
    }
    if (!settings->is_dry && !cox_cib_access_is_live(attempt.access)) {
        status = cox_tool_usage(ctx, "a document in a file has no cluster that could do this; unset CIB_file and CIB_shadow, or try with --dry-run");
    } else {
        status = act(ctx, attempt.access, what);
    }
    if (status == 0 && settings->waits && !settings->is_dry) {
        status = wait_for(&attempt, timeout_ms);
    }
    close_attempt(&attempt);
    return status;
}
