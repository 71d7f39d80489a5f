/* tools/cox_convert.c - cox convert pacemaker: one cluster manager for the other on nodes that keep what they run.  Layer 6. */
#include <string.h>

#include "admin/convert.h"
#include "base/error.h"
#include "model/reach.h"
#include "tools/cox_cluster.h"
#include "tools/lintrun.h"
#include "tools/state.h"

enum { STEP_MS = 60000, STOP_MS = 600000, WAIT_MS = 300000, PAUSE_MS = 500 };

/* A conv, forth or back. */
struct conversion {
    struct cox_cluster_work work;
    enum cox_stack from, to;
    const char *tools;              /* of Pacemaker, or "" */
    struct cox_convert_node *found; /* as many as work.nodes; texts are in @texts */
    GPtrArray *texts;
    struct cox_convert_note *note; /* NULL: not read yet */
};

static void
conversion_clear(struct conversion *conv)
{
    g_free(conv->found);
    g_clear_pointer(&conv->texts, g_ptr_array_unref);
    cox_convert_note_free(conv->note);
    cox_cluster_work_clear(&conv->work);
}
typedef struct conversion conversion; /* for g_auto only */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(conversion, conversion_clear)

/* The document of a node, and what it means. */
struct sight {
    struct cox_xmldoc *doc;
    struct cox_state *state;
    struct cox_plan *plan;
};

static void
sight_clear(struct sight *seen)
{
    g_clear_pointer(&seen->plan, cox_plan_free);
    g_clear_pointer(&seen->state, cox_state_free);
    g_clear_pointer(&seen->doc, cox_xmldoc_free);
}
typedef struct sight sight; /* for g_auto only */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sight, sight_clear)

/* ---- nodes ------------------------------------------------------------------------------------------------ */

static void
say(struct conversion *conv, const char *text)
{
    cox_out_leaf(conv->work.ctx->out, "progress", "text", text, NULL);
    cox_out_line(conv->work.ctx->out, "%s", text);
}

static const char *
kept(struct conversion *conv, const struct cox_remote *node, const char *key)
{
    char *value = cox_remote_value(node, key);

    if (value != NULL) {
        g_ptr_array_add(conv->texts, value);
    }
    return value;
}

/* Only the nodes that run this. */
static guint
choose_running(struct conversion *conv, enum cox_stack stack)
{
    guint n = 0;

    for (guint i = 0; i < conv->work.nodes->len; i++) {
        struct cox_remote *node = conv->work.nodes->pdata[i];

        node->is_chosen = conv->found[i].runs == stack;
        n += node->is_chosen ? 1 : 0;
    }
    return n;
}

/* A step on the nodes that are chosen; a word behind it, and the directory of Pacemaker's tools. */
static bool
run_step(struct conversion *conv, const char *name, const char *word, gint64 timeout_ms)
{
    g_autofree char *step = g_strdup_printf("%s %s %s", name, word, conv->tools);

    for (char *c = strstr(step, "  "); c != NULL; c = strstr(step, "  ")) { /* a word that is empty is none */
        memmove(c, c + 1, strlen(c));
    }
    return cox_remote_run(conv->work.nodes, g_strchomp(step), NULL, timeout_ms);
}

/* What runs on each node now; false when not all could be asked. */
static bool
look(struct conversion *conv)
{
    bool is_ok = false;

    cox_cluster_choose(&conv->work, NULL, true);
    is_ok = run_step(conv, "stack", "", STEP_MS);
    for (guint i = 0; i < conv->work.nodes->len; i++) {
        const struct cox_remote *node = conv->work.nodes->pdata[i];

        conv->found[i] = (struct cox_convert_node) { .name = node->name,
                                                           .runs = cox_stack_parse(kept(conv, node, "runs")),
                                                           .is_joined = kept(conv, node, "joined") != NULL,
                                                           .corosync = kept(conv, node, "corosync"),
                                                           .note = kept(conv, node, "note") };
        conv->found[i].version[COX_STACK_PACEMAKER] = kept(conv, node, "pacemaker");
        conv->found[i].version[COX_STACK_COXSWAIN] = kept(conv, node, "coxswain");
    }
    return is_ok;
}

static struct cox_convert
facts(const struct conversion *conv)
{
    return (struct cox_convert) { conv->found, conv->work.nodes->len, conv->to };
}

/* Nodes that do not answer in the middle: nothing goes on without them, because what runs there is not known. */
static void
tell_missing(struct conversion *conv)
{
    for (guint i = 0; i < conv->work.nodes->len; i++) {
        const struct cox_remote *node = conv->work.nodes->pdata[i];

        if (!node->is_ok) {
            cox_out_error(conv->work.ctx->out, "%s: when it has lost power, what it ran has ended with it, and nothing is started elsewhere now; give it power, start corosync there, "
                                               "and run the same command again; when it does not come back: see that it is off, take it out of the nodelist of "
                                               "corosync.conf on all others, corosync-cfgtool -R, and the same command goes on without it", node->name);
        }
    }
}

/* As far as the nodes that answer can tell. */
static bool
is_under_way(const struct conversion *conv)
{
    struct cox_convert now = facts(conv);

    return cox_convert_is_noted(&now);
}

/* Where each node is, and how to go on: after something has failed in the middle. */
static int
tell_where(struct conversion *conv, int status)
{
    struct cox_out *out = conv->work.ctx->out;

    (void) look(conv);
    for (guint i = 0; i < conv->work.nodes->len; i++) {
        const struct cox_remote *node = conv->work.nodes->pdata[i];
        const char *runs = node->is_ok ? cox_stack_text(conv->found[i].runs) : "unknown";

        cox_out_leaf(out, "node", "name", node->name, "runs", runs, NULL);
        cox_out_line(out, "%s: %s%s", node->name, node->is_ok ? "runs " : node->problem, node->is_ok ? runs : "");
    }
    tell_missing(conv);
    cox_out_error(out, "no resource was stopped, and none is watched now: the cluster is in maintenance mode; to go on: the same command again; to go back: "
                       "cox convert pacemaker --back");
    return status;
}

/* ---- looking ---------------------------------------------------------------------------------------------- */

static bool
understand(const struct cox_remote *node, struct sight *seen, GError **error)
{
    sight_clear(seen);
    if (!node->is_ok) {
        g_set_error(error, COX_ERROR, COX_ERROR_DISCONNECTED, "%s: %s", node->name, node->problem);
        return false;
    }
    seen->doc = cox_xmldoc_parse_text(node->out, strlen(node->out), NULL, error);
    seen->state = seen->doc != NULL ? cox_state_new(cox_xmldoc_root(seen->doc), error) : NULL;
    seen->plan = seen->state != NULL ? cox_state_plan(seen->state) : NULL;
    return seen->plan != NULL;
}

/* The cluster as the first node of those that run @stack sees it. */
static bool
see(struct conversion *conv, enum cox_stack stack, struct sight *seen, GError **error)
{
    for (guint i = 0; i < conv->work.nodes->len; i++) {
        struct cox_remote *node = conv->work.nodes->pdata[i];

        if (conv->found[i].runs == stack) {
            cox_cluster_choose(&conv->work, NULL, false);
            node->is_chosen = true;
            (void) run_step(conv, "stack-cib", "", STEP_MS);
            return understand(node, seen, error);
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_RUNNING, "%s runs on no node", cox_stack_text(stack));
    return false;
}

/* Is everything at rest on the nodes that run @stack? */
static void
check_rest(const struct conversion *conv, enum cox_stack stack, const struct sight *seen, struct cox_diags *diags)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < conv->work.nodes->len; i++) {
        if (conv->found[i].runs == stack) {
            g_ptr_array_add(names, (gpointer) (guintptr) conv->found[i].name);
        }
    }
    g_ptr_array_add(names, NULL);
    cox_convert_check(seen->plan, (const char *const *) names->pdata, diags);
}

/* What is as bad as @least or worse, and what that means. */
static int
tell_diags(struct conversion *conv, const struct cox_diags *diags, enum cox_severity least, const char *what)
{
    struct cox_tool_ctx *ctx = conv->work.ctx;

    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        if (diag->severity >= least) {
            cox_out_error(ctx->out, "%s%s%s", diag->text, diag->remedy != NULL ? "; remedy: " : "", diag->remedy != NULL ? diag->remedy : "");
        }
    }
    return cox_tool_error(ctx, COX_ERROR_UNSAFE, "%s", what);
}

/* Is there something that time may mend? */
static bool
may_pass(const struct cox_diags *diags)
{
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        if (cox_diags_get(diags, i)->severity == COX_SEVERITY_WARNING) {
            return true;
        }
    }
    return false;
}

/* Wait until the cluster is at rest; what is in the way is told when that takes too long. */
static int
wait_for_rest(struct conversion *conv, enum cox_stack stack, struct sight *seen)
{
    gint64 end = g_get_monotonic_time() + (gint64) WAIT_MS * 1000;

    for (;;) {
        g_autoptr(cox_diags) diags = cox_diags_new();
        GError *error = NULL;
        bool is_seen = see(conv, stack, seen, &error);

        if (is_seen) {
            check_rest(conv, stack, seen, diags);
        }
        if (is_seen && !cox_diags_has(diags, COX_SEVERITY_WARNING)) {
            return 0;
        }
        if (g_get_monotonic_time() > end || (is_seen && !may_pass(diags))) {
            return is_seen ? tell_diags(conv, diags, COX_SEVERITY_WARNING, "the cluster has not come to rest") : cox_tool_fail(conv->work.ctx, error);
        }
        g_clear_error(&error);
        g_usleep((gulong) PAUSE_MS * 1000);
    }
}

/* ---- the note --------------------------------------------------------------------------------------------- */

static int
read_note(struct conversion *conv)
{
    GError *error = NULL;

    for (guint i = 0; i < conv->work.nodes->len && conv->note == NULL; i++) {
        struct cox_remote *node = conv->work.nodes->pdata[i];

        if (conv->found[i].note == NULL) {
            continue;
        }
        cox_cluster_choose(&conv->work, NULL, false);
        node->is_chosen = true;
        if (!cox_remote_run(conv->work.nodes, "noted", NULL, STEP_MS)) {
            return cox_cluster_tell(&conv->work, "");
        }
        conv->note = cox_convert_note_parse(node->out, &error);
        if (conv->note == NULL) {
            g_prefix_error(&error, "%s: ", node->name);
            return cox_tool_fail(conv->work.ctx, error);
        }
    }
    return 0;
}

static int
write_note(struct conversion *conv, const struct sight *seen)
{
    g_autofree char *text = NULL;

    conv->note = g_new0(struct cox_convert_note, 1);
    conv->note->maintenance = g_strdup(cox_convert_maintenance(cox_xmldoc_root(seen->doc)));
    conv->note->places = cox_convert_places(&seen->plan->cluster);
    text = cox_convert_note_text(conv->note);
    cox_cluster_choose(&conv->work, NULL, true);
    (void) cox_remote_run(conv->work.nodes, "note", text, STEP_MS);
    return cox_cluster_tell(&conv->work, "has a note of what runs where");
}

/* Does everything run where it did?  What differs is told. */
static bool
is_same(struct conversion *conv, const struct sight *seen)
{
    g_autoptr(GPtrArray) now = cox_convert_places(&seen->plan->cluster);
    g_autoptr(GPtrArray) differences = cox_convert_differences(conv->note->places, now);

    for (guint i = 0; i < differences->len; i++) {
        cox_out_error(conv->work.ctx->out, "%s", (const char *) differences->pdata[i]);
    }
    return differences->len == 0;
}

/* ---- phases ----------------------------------------------------------------------------------------------- */

/* Maintenance on (NULL: as it was before), through one node that runs @stack. */
static int
set_maintenance(struct conversion *conv, enum cox_stack stack, const char *value, const char *done)
{
    bool is_chosen = false;

    (void) choose_running(conv, stack);
    for (guint i = 0; i < conv->work.nodes->len; i++) {
        struct cox_remote *node = conv->work.nodes->pdata[i];

        node->is_chosen = node->is_chosen && !is_chosen;
        is_chosen = is_chosen || node->is_chosen;
    }
    (void) run_step(conv, "stack-maintenance", value != NULL ? value : "-", STEP_MS);
    return cox_cluster_tell(&conv->work, done);
}

static int
check_agents(struct conversion *conv, const struct cox_config *config)
{
    g_autoptr(GString) step = g_string_new("agents");

    for (size_t i = 0; i < config->n_resources; i++) {
        if (cox_reach_is_device(&config->resources[i]) && config->resources[i].type != NULL) {
            g_string_append_printf(step, " %s", config->resources[i].type);
        }
    }
    cox_cluster_choose(&conv->work, NULL, true);
    (void) cox_remote_run(conv->work.nodes, step->str, NULL, STEP_MS);
    return cox_cluster_tell(&conv->work, "has all fence agents");
}

/* All that must be so before anything is changed. */
static int
check_all(struct conversion *conv, struct sight *seen)
{
    struct cox_convert now = facts(conv);
    g_autoptr(cox_diags) rest = cox_diags_new();
    g_autoptr(cox_diags) lint = NULL;
    GError *error = NULL;

    if (!see(conv, conv->from, seen, &error)) {
        return cox_tool_fail(conv->work.ctx, error);
    }
    lint = cox_lintrun(seen->state, false);
    if (cox_diags_has(lint, COX_SEVERITY_ERROR)) {
        return tell_diags(conv, lint, COX_SEVERITY_ERROR, "the configuration is not valid; cox verify says more; nothing was changed");
    }
    say(conv, "the configuration is valid");
    check_rest(conv, conv->from, seen, rest);
    if (cox_diags_has(rest, COX_SEVERITY_WARNING)) {
        return tell_diags(conv, rest, COX_SEVERITY_WARNING, "the cluster is not at rest; nothing was changed");
    }
    say(conv, "the cluster is at rest, and Coxswain would do nothing either");
    if (!cox_convert_check_installed(&now, &error)) { /* it may come when Pacemaker is stopped */
        cox_out_line(conv->work.ctx->out, "later: %s", error->message);
        g_clear_error(&error);
    }
    return check_agents(conv, seen->state->input.config);
}

static int
begin(struct conversion *conv)
{
    g_auto(sight) seen = { NULL, NULL, NULL };
    int status = check_all(conv, &seen);

    if (status != 0 || conv->work.settings->change.is_dry) {
        return status;
    }
    status = write_note(conv, &seen);
    if (status != 0) {
        cox_out_error(conv->work.ctx->out, "nothing else was changed on any node");
        return status;
    }
    return set_maintenance(conv, conv->from, "true", "maintenance mode is set");
}

/* Has every node that is to be stopped heard of maintenance, and come to rest in it?  @error: why not. */
static bool
is_held(struct conversion *conv, GError **error)
{
    (void) choose_running(conv, conv->from);
    (void) run_step(conv, "stack-cib", "", STEP_MS);
    for (guint i = 0; i < conv->work.nodes->len; i++) {
        const struct cox_remote *node = conv->work.nodes->pdata[i];
        g_auto(sight) seen = { NULL, NULL, NULL };

        if (!node->is_chosen) {
            continue;
        }
        if (!understand(node, &seen, error)) {
            return false;
        }
        if (!seen.plan->cluster.maintenance_mode) {
            g_set_error(error, COX_ERROR, COX_ERROR_UNSAFE, "%s: maintenance mode does not hold there: does a rule or another set of options say otherwise?", node->name);
            return false;
        }
    }
    return true;
}

static int
wait_for_maintenance(struct conversion *conv)
{
    gint64 end = g_get_monotonic_time() + (gint64) STEP_MS * 1000;
    GError *error = NULL;

    while (!is_held(conv, &error)) {
        if (g_get_monotonic_time() > end) {
            return cox_tool_fail(conv->work.ctx, error);
        }
        g_clear_error(&error);
        g_usleep((gulong) PAUSE_MS * 1000);
    }
    return cox_cluster_tell(&conv->work, "maintenance mode holds");
}

/* Nothing is stopped unless it is certain that it stops no resource. */
static int
check_stop(struct conversion *conv, guint n_running)
{
    g_auto(sight) seen = { NULL, NULL, NULL };
    GError *error = NULL;
    int status = 0;

    if (!see(conv, conv->from, &seen, &error)) {
        return cox_tool_fail(conv->work.ctx, error);
    }
    if (!seen.plan->cluster.maintenance_mode) {
        status = set_maintenance(conv, conv->from, "true", "maintenance mode is set");
    }
    if (status == 0) {
        status = wait_for_maintenance(conv);
    }
    if (status == 0 && conv->from == COX_STACK_PACEMAKER) {
        status = wait_for_rest(conv, conv->from, &seen);
    }
    if (status == 0 && conv->from == COX_STACK_PACEMAKER && n_running == conv->work.nodes->len && !is_same(conv, &seen)) {
        return cox_tool_error(conv->work.ctx, COX_ERROR_UNSAFE, "something has moved since the note was written: go back (--back), and begin again");
    }
    return status;
}

static int
stop(struct conversion *conv)
{
    g_autofree char *done = g_strdup_printf("%s is stopped, resources run on", cox_stack_text(conv->from));
    guint n = choose_running(conv, conv->from);
    int status = check_stop(conv, n);

    /* A Coxswain that does not answer must not bar the way back. */
    if (status != 0 && !(conv->work.settings->is_forced && conv->from == COX_STACK_COXSWAIN)) {
        return status;
    }
    (void) choose_running(conv, conv->from);
    (void) cox_remote_run(conv->work.nodes, "stop-manager", NULL, STOP_MS);
    return cox_cluster_tell(&conv->work, done);
}

static int
start(struct conversion *conv)
{
    struct cox_convert now = facts(conv);
    g_autofree char *done = g_strdup_printf("%s is started", cox_stack_text(conv->to));
    GError *error = NULL;

    if (!cox_convert_check_installed(&now, &error)) {
        return cox_tool_fail(conv->work.ctx, error);
    }
    (void) choose_running(conv, COX_STACK_NONE);
    (void) run_step(conv, "stack-start", conv->to == COX_STACK_COXSWAIN ? "coxswain" : "pacemaker", STOP_MS);
    return cox_cluster_tell(&conv->work, done);
}

/* What the end of maintenance would do to resources; told.  NULL with @error: it cannot be known. */
static GPtrArray *
disturbances(struct conversion *conv, const struct sight *seen, GError **error)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new_copy(cox_xmldoc_root(seen->doc));
    g_autoptr(cox_state) state = NULL;
    g_autoptr(cox_plan) plan = NULL;
    GPtrArray *found = NULL;

    cox_convert_set_maintenance(cox_xmldoc_root(doc), conv->note->maintenance);
    state = cox_state_new(cox_xmldoc_root(doc), error);
    plan = state != NULL ? cox_state_plan(state) : NULL;
    found = plan != NULL ? cox_convert_disturbances(plan) : NULL;
    for (guint i = 0; found != NULL && i < found->len; i++) {
        cox_out_error(conv->work.ctx->out, "without maintenance mode the cluster would %s", (const char *) found->pdata[i]);
    }
    return found;
}

static int
tell_kept(struct conversion *conv, bool has_only_ended)
{
    return cox_tool_error(conv->work.ctx, COX_ERROR_UNSAFE,
                          "the cluster stays in maintenance mode: put right what is told above (what is a difference and meant: start or stop it by hand, or "
                          "crm_resource --refresh when the probe was wrong), and run this again; or go back: cox convert pacemaker --back%s",
                          has_only_ended ? "; or, as things have only ended: --force, and the cluster starts them when maintenance mode ends" : "");
}

/* Maintenance mode as it was before, and what that led to: nothing, unless it is to start what has ended (@starts). */
static int
end_maintenance(struct conversion *conv, struct sight *seen, bool starts)
{
    const char *before = conv->note->maintenance;
    int status = set_maintenance(conv, conv->to, before, before != NULL ? "maintenance mode is what it was before" : "maintenance mode has ended");

    if (status == 0) {
        status = wait_for_rest(conv, conv->to, seen);
    }
    if (status == 0 && !starts && !is_same(conv, seen)) {
        status = cox_tool_error(conv->work.ctx, COX_ERROR_UNSAFE, "that has changed since maintenance mode ended; cox explain and cox timeline say why");
    }
    return status;
}

/* In maintenance mode: is all as it was, so that this may end?  @starts: not all, but it is wanted that the cluster starts what has ended. */
static int
compare(struct conversion *conv, const struct sight *seen, bool *starts)
{
    GError *error = NULL;
    bool is_as_before = is_same(conv, seen), has_only_ended = false;
    g_autoptr(GPtrArray) now = cox_convert_places(&seen->plan->cluster);
    g_autoptr(GPtrArray) found = disturbances(conv, seen, &error);

    if (found == NULL) {
        return cox_tool_fail(conv->work.ctx, error);
    }
    has_only_ended = cox_convert_has_only_ended(conv->note->places, now, found);
    *starts = !is_as_before || found->len > 0;
    if (*starts && !(conv->work.settings->is_forced && has_only_ended)) {
        return tell_kept(conv, has_only_ended);
    }
    say(conv, *starts ? "what is told above has ended, and is the cluster's to start" : "every resource is where it was");
    return 0;
}

static int
verify(struct conversion *conv)
{
    g_auto(sight) seen = { NULL, NULL, NULL };
    int forgotten = 0, status = wait_for_rest(conv, conv->to, &seen);
    bool starts = false;

    if (status != 0) {
        (void) tell_kept(conv, false);
        return status;
    }
    if (!seen.plan->cluster.maintenance_mode) { /* only the notes were left, or somebody has ended it by hand */
        say(conv, "maintenance mode has ended already");
    } else if ((status = compare(conv, &seen, &starts)) != 0) {
        return status;
    } else {
        status = end_maintenance(conv, &seen, starts);
    }
    cox_cluster_choose(&conv->work, NULL, true);
    (void) cox_remote_run(conv->work.nodes, "unnote", NULL, STEP_MS);
    forgotten = cox_cluster_tell(&conv->work, "done");
    return status != 0 ? status : forgotten;
}

/* ---- the verb --------------------------------------------------------------------------------------------- */

static int (*const phases[])(struct conversion *) = {
    [COX_CONVERT_BEGIN] = begin, [COX_CONVERT_STOP] = stop, [COX_CONVERT_START] = start, [COX_CONVERT_VERIFY] = verify
};

/* What would be done from here on, as one would do it by hand. */
static void
tell_steps(struct conversion *conv, enum cox_convert_phase phase)
{
    const char *to = conv->to == COX_STACK_COXSWAIN ? "coxswain" : "pacemaker";
    const char *before = conv->note != NULL ? conv->note->maintenance : NULL;
    g_autofree char *start_text = g_strdup_printf("all nodes, when the one before runs nowhere: install the package of %s, cox-cluster-node stack-start %s", to, to);
    g_autofree char *end_text = g_strdup_printf("one node: compare what the probes found with the note; as it was: cox-cluster-node stack-maintenance %s",
                                                before != NULL ? before : "-");
    const char *const lines[] = {
        "all nodes: a note of what runs where (cox-cluster-node note); then maintenance mode, on one node: cox-cluster-node stack-maintenance true",
        "all nodes, once maintenance mode holds on each: cox-cluster-node stop-manager", start_text, end_text,
    };

    for (guint i = phase; i < G_N_ELEMENTS(lines); i++) {
        cox_out_leaf(conv->work.ctx->out, "step", "text", lines[i], NULL);
        cox_out_line(conv->work.ctx->out, "would do: %s", lines[i]);
    }
}

/* What is next, and the note that it needs; @after: the phase that has just ended, or NULL. */
static int
find_phase(struct conversion *conv, const enum cox_convert_phase *after, enum cox_convert_phase *phase)
{
    struct cox_convert now = facts(conv);
    GError *error = NULL;

    if (!look(conv)) {
        int status = cox_cluster_tell(&conv->work, "reached");

        if (after == NULL && is_under_way(conv)) {
            tell_missing(conv);
        }
        return status;
    }
    if (!cox_convert_next(&now, phase, &error)) {
        return cox_tool_fail(conv->work.ctx, error);
    }
    if (after != NULL && *phase <= *after) {
        return cox_tool_error(conv->work.ctx, COX_ERROR_UNSAFE, "something works against this: it was done on all nodes, and is not any more");
    }
    return *phase != COX_CONVERT_BEGIN && conv->note == NULL ? read_note(conv) : 0;
}

/* One phase after the other, each after another look. */
static int
carry_out(struct conversion *conv)
{
    enum cox_convert_phase done = COX_CONVERT_BEGIN;
    enum cox_convert_phase phase = COX_CONVERT_BEGIN;
    int status = find_phase(conv, NULL, &phase);

    if (status != 0) {
        cox_out_error(conv->work.ctx->out, "nothing was changed on any node%s", is_under_way(conv) ? " now; a conversion has begun and waits" : "");
        return status;
    }
    if (conv->work.settings->change.is_dry) {
        status = phase == COX_CONVERT_BEGIN ? begin(conv) : 0;
        if (status == 0) {
            tell_steps(conv, phase);
        }
        return status;
    }
    for (;;) {
        status = phases[phase](conv);
        if (phase == COX_CONVERT_VERIFY || (phase == COX_CONVERT_BEGIN && status != 0)) {
            return status;
        }
        done = phase;
        status = status != 0 ? status : find_phase(conv, &done, &phase);
        if (status != 0) {
            return tell_where(conv, status);
        }
    }
}

/* It becomes a word of a shell's command on each node. */
static bool
is_plain_path(const char *path)
{
    return path[0] == '/' && strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-") == strlen(path);
}

int
cox_verb_convert_pacemaker(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    g_auto(conversion) conv = { .work = { .ctx = ctx, .settings = settings }, .from = COX_STACK_PACEMAKER, .to = COX_STACK_COXSWAIN,
                                      .tools = settings->pacemaker_tools != NULL ? settings->pacemaker_tools : "" };
    GError *error = NULL;

    (void) arguments;
    if (settings->goes_back) {
        conv.from = COX_STACK_COXSWAIN;
        conv.to = COX_STACK_PACEMAKER;
    }
    if (*conv.tools != '\0' && !is_plain_path(conv.tools)) {
        return cox_tool_usage(ctx, "--pacemaker-tools '%s' is no absolute path of letters, digits and /._+-", conv.tools);
    }
    if (!cox_cluster_load(&conv.work, &error)) {
        return cox_tool_fail(ctx, error);
    }
    conv.texts = g_ptr_array_new_with_free_func(g_free);
    conv.found = g_new0(struct cox_convert_node, conv.work.nodes->len);
    return carry_out(&conv);
}
