/* tools/report.c - a report of the whole cluster: this node's part, the others' over ssh, and the archive.  Layer 6. */
#include "config.h"

#include "tools/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/datetime.h"
#include "base/error.h"
#include "runtime/loop.h"
#include "tools/cox_remote.h"
#include "tools/daemon.h"
#include "tools/guard.h"
#include "xml/textfile.h"

enum { NODE_S = 300, ARCHIVE_S = 300, ASK_MS = 10000, ERROR_BYTES = 64 * 1024 };

/* A report in the making. */
struct making {
    struct cox_tool_ctx *ctx;
    const struct cox_report *report;
    char *top;       /* directory that everything is in: PARENT/NAME */
    char *parent, *name;
    char *path;      /* of the archive; NULL: there is to be none */
    char *half;      /* and what it is called until it is whole; NULL: it is in PARENT */
    GString *said;   /* what could not be had */
};

/* What another node has, on its way. */
struct fetch {
    const struct making *making;
    const char *node;
    char *archive;
    GString *reason; /* why it did not come */
    guint *left;     /* how many are on their way */
    bool is_here;
};

static char *
utc(gint64 at_us)
{
    const cox_wall wall = { at_us };
    struct cox_datetime when;
    char *text = cox_datetime_from_wall(wall, 0, &when) ? cox_datetime_strftime(&when, "%Y-%m-%dT%H:%M:%SZ") : NULL;

    return (text != NULL) ? text : g_strdup("1970-01-01T00:00:00Z");
}

static bool
is_piped(const struct cox_report *report)
{
    return g_strcmp0(report->dest, "-") == 0;
}

/* ---- nodes ------------------------------------------------------------------------------------------------ */

/* Is any node named?  Empty names are none. */
static bool
names_nodes(const struct cox_report *report)
{
    bool names_any = false;

    for (gsize i = 0; report->nodes != NULL && report->nodes[i] != NULL; i++) {
        names_any = names_any || report->nodes[i][0] != '\0';
    }
    return names_any;
}

/* The others, by name, NULL-terminated; @has_own: this node is wanted as well. */
static char **
others_of(const struct making *making, char **own, bool *has_own)
{
    static const struct cox_msg_control_query nothing = { 0 };
    const struct cox_daemon_question question = { COX_DAEMON_CONTROL, "cox", COX_MSG_CONTROL_QUERY, &nothing, COX_MSG_CONTROL_STATE, ASK_MS };
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_control_state *state = cox_daemon_ask(NULL, &question, arena, NULL);
    GPtrArray *names = g_ptr_array_new();

    *has_own = !names_nodes(making->report) || making->report->is_single;
    *own = g_strdup((state != NULL && state->node != NULL) ? state->node : g_get_host_name());
    for (gsize i = 0; !names_nodes(making->report) && state != NULL && i < state->n_nodes; i++) {
        if (state->nodes[i].name != NULL && g_strcmp0(state->nodes[i].name, *own) != 0) {
            g_ptr_array_add(names, g_strdup(state->nodes[i].name));
        }
    }
    for (gsize i = 0; making->report->nodes != NULL && making->report->nodes[i] != NULL; i++) {
        if (strcmp(making->report->nodes[i], *own) == 0) {
            *has_own = true;
        } else if (making->report->nodes[i][0] != '\0') {
            g_ptr_array_add(names, g_strdup(making->report->nodes[i]));
        }
    }
    if (state == NULL && !names_nodes(making->report) && !making->report->is_single) {
        g_string_append(making->said, "no controller runs on this node: name the other nodes with --nodes\n");
    }
    g_ptr_array_add(names, NULL);
    return (char **) g_ptr_array_free(names, FALSE);
}

static bool
is_file_name(const char *name)
{
    return *name != '\0' && *name != '-' && *name != '.' && strchr(name, '/') == NULL;
}

/* What the other node is to do: its archive on standard output. */
static char *
order_for(const struct making *making)
{
    const struct cox_report *report = making->report;
    g_autofree char *from = utc(report->from_us), *to = utc(report->to_us);
    GString *order = g_string_new("cox report - --local");

    g_string_append_printf(order, " --since %s --until %s%s", from, to, report->has_no_logs ? " --no-logs" : "");
    for (gsize i = 0; report->patterns != NULL && report->patterns[i] != NULL; i++) {
        g_autofree char *quoted = g_shell_quote(report->patterns[i]);

        g_string_append_printf(order, " --mask %s", quoted);
    }
    if (report->max_depth > 0) {
        g_string_append_printf(order, " --max-depth %d", report->max_depth);
    }
    for (gsize i = 0; report->logs != NULL && report->logs[i] != NULL; i++) {
        g_autofree char *quoted = g_shell_quote(report->logs[i]);

        g_string_append_printf(order, " --log %s", quoted);
    }
    return g_string_free(order, FALSE);
}

/* Everything from @argv on with its output in a file. */
static bool
run_into(const char *file, const char *const *argv, guint limit_s, GString *said)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    int status = 0;

    g_ptr_array_add(words, (gpointer) (gsize) "sh");
    g_ptr_array_add(words, (gpointer) (gsize) "-c");
    g_ptr_array_add(words, (gpointer) (gsize) "exec \"$@\" >\"$0\" </dev/null");
    g_ptr_array_add(words, (gpointer) (gsize) file);
    for (gsize i = 0; argv[i] != NULL; i++) {
        g_ptr_array_add(words, (gpointer) (gsize) argv[i]);
    }
    g_ptr_array_add(words, NULL);
    text = cox_report_command((const char *const *) (gconstpointer) words->pdata, limit_s, &length, &status, &error);
    if (text == NULL || status != 0) {
        g_string_append(said, (text == NULL) ? error->message : (status == 124) ? "no answer" : g_strstrip(text));
        return false;
    }
    return true;
}

/* The command for another node: ssh with its options, or what was given instead, in words; NULL: it is none. */
static char **
login_command(const struct cox_report *report, GError **error)
{
    g_autofree char *program = NULL;
    char **words = NULL;

    if (report->shell == NULL) {
        return g_strsplit(COX_SSH_USUAL, " ", -1);
    }
    if (!g_shell_parse_argv(report->shell, NULL, &words, error)) {
        return NULL;
    }
    program = g_path_get_basename(words[0]);
    if (strcmp(program, "ssh") == 0) {
        g_auto(GStrv) given = words;
        g_auto(GStrv) usual = g_strsplit(COX_SSH_USUAL, " ", -1);
        g_autoptr(GStrvBuilder) made = g_strv_builder_new();

        g_strv_builder_add(made, given[0]);
        g_strv_builder_addv(made, (const char **) (guintptr) (given + 1)); /* what is given first counts */
        g_strv_builder_addv(made, (const char **) (guintptr) (usual + 1));
        return g_strv_builder_end(made);
    }
    return words;
}

static void
on_fetched(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct fetch *fetch = context;

    (void) id;
    *fetch->left -= 1;
    fetch->is_here = result->end == COX_CHILD_EXITED && result->exit_status == 0;
    if (fetch->is_here) {
        return;
    }
    if (result->end == COX_CHILD_TIMED_OUT) {
        g_string_append(fetch->reason, "no answer");
    } else if (result->end == COX_CHILD_NOT_STARTED) {
        g_string_append(fetch->reason, g_strerror(result->start_errno));
    } else {
        g_string_append(fetch->reason, result->err);
        (void) g_strchomp(fetch->reason->str);
    }
}

/* Ask a node for its archive, which is put beside the others'. */
static void
begin_fetch(struct cox_runtime *runtime, struct fetch *fetch)
{
    const struct cox_report *report = fetch->making->report;
    g_autofree char *order = order_for(fetch->making);
    g_autofree char *login = (report->user == NULL) ? g_strdup(fetch->node) : g_strdup_printf("%s@%s", report->user, fetch->node);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) command = login_command(report, &error);
    g_auto(GStrv) envp = g_get_environ();
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_auto(GStrv) argv = NULL;
    struct cox_child_spec spec = { .envp = (const char *const *) envp, .err_limit_bytes = ERROR_BYTES, .timeout_ms = NODE_S * 1000 };

    if (command == NULL) {
        g_string_append_printf(fetch->reason, "'%s' is no command: %s", report->shell, error->message);
        return;
    }
    g_strv_builder_add_many(words, "/bin/sh", "-c", "exec \"$@\" >\"$0\" </dev/null", fetch->archive, NULL);
    g_strv_builder_addv(words, (const char **) (guintptr) command);
    g_strv_builder_add_many(words, login, order, NULL);
    argv = g_strv_builder_end(words);
    spec.argv = (const char *const *) argv;
    *fetch->left += 1;
    (void) cox_runtime_spawn(runtime, &spec, on_fetched, fetch);
}

/* Into the report with it, or with why it is not here. */
static void
end_fetch(struct fetch *fetch)
{
    const struct making *making = fetch->making;
    const char *const unpack[] = { "tar", "--force-local", "-xzf", fetch->archive, "-C", making->top, "--strip-components=1", "--no-same-owner",
                                   "--no-same-permissions", NULL };

    if (!fetch->is_here || !run_into("/dev/null", unpack, ARCHIVE_S, fetch->reason)) {
        g_string_append_printf(making->said, "%s: %s\n", fetch->node, fetch->reason->str);
    }
    (void) g_unlink(fetch->archive);
    g_free(fetch->archive);
    g_string_free(fetch->reason, TRUE);
}

/* What the other nodes have: all are asked at once. */
static void
take_others(const struct making *making, char **others)
{
    GMainContext *context = g_main_context_new();
    struct cox_runtime *runtime = cox_loop_new(context);
    g_autofree struct fetch *fetches = g_new0(struct fetch, g_strv_length(others) + 1);
    guint n = 0, left = 0;

    for (gsize i = 0; others[i] != NULL; i++) {
        if (!is_file_name(others[i])) {
            g_string_append_printf(making->said, "%s: is no name of a node\n", others[i]);
            continue;
        }
        fetches[n] = (struct fetch) { making, others[i], g_strdup_printf("%s/.%s.tar.gz", making->top, others[i]), g_string_new(NULL), &left, false };
        begin_fetch(runtime, &fetches[n++]);
    }
    while (left > 0) {
        (void) cox_runtime_step(runtime, true);
    }
    for (guint i = 0; i < n; i++) {
        end_fetch(&fetches[i]);
    }
    cox_runtime_free(runtime);
    g_main_context_unref(context);
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

/* For people: what it is, and what is missing. */
static bool
write_head(const struct making *making, const char *own, GError **error)
{
    g_autofree char *from = utc(making->report->from_us), *to = utc(making->report->to_us), *now = utc(g_get_real_time());
    g_autofree char *path = g_build_filename(making->top, making->report->is_single ? own : "report.txt", NULL);
    g_autofree char *file = making->report->is_single ? g_build_filename(path, "report.txt", NULL) : g_strdup(path);
    g_autofree char *text = g_strdup_printf("Coxswain %s, report of %s\nMade:  %s\nFrom:  %s\nTo:    %s\n\nSecrets are replaced by %s; look through it all the "
                                            "same before you give it away.\n\nWhat could not be had:\n%s",
                                            PACKAGE_VERSION, own, now, from, to, COX_MASK_INSTEAD, (making->said->len == 0) ? "nothing\n" : making->said->str);

    return cox_textfile_put(file, text, strlen(text), error);
}

static bool
fill(const struct making *making, GError **error)
{
    g_autofree char *own = NULL;
    bool has_own = true;
    g_auto(GStrv) others = others_of(making, &own, &has_own);
    g_autofree char *here = g_build_filename(making->top, own, NULL);

    if (has_own && (!is_file_name(own) || g_mkdir(here, 0700) != 0)) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: %s", here, g_strerror(errno));
        return false;
    }
    if (has_own && !cox_report_collect(making->report, here, making->said, error)) {
        return false;
    }
    if (!making->report->is_single) {
        take_others(making, others);
    }
    if (!making->report->has_no_logs && !cox_report_look(making->report, making->top, error)) {
        return false;
    }
    return write_head(making, own, error);
}

static int
say_done(const struct making *making, const char *path)
{
    g_auto(GStrv) lines = g_strsplit(making->said->str, "\n", -1);

    cox_out_leaf(making->ctx->out, "report", "path", path, NULL);
    cox_out_line(making->ctx->out, "%s", path);
    for (gsize i = 0; lines[i] != NULL && cox_out_is_text(making->ctx->out); i++) {
        if (*lines[i] != '\0') {
            cox_out_error(making->ctx->out, "%s: not in the report: %s", making->ctx->tool->name, lines[i]);
        }
    }
    return 0;
}

/* For a node that asks over ssh. */
static int
pipe_out(const struct making *making, const char *path)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;
    GError *error = NULL;

    if (!g_file_get_contents(path, &bytes, &length, &error)) {
        return cox_tool_fail(making->ctx, error);
    }
    if (fwrite(bytes, 1, length, stdout) != length || fflush(stdout) != 0) {
        return cox_tool_error(making->ctx, COX_ERROR_IO, "standard output: %s", g_strerror(errno));
    }
    return 0;
}

/* Pack it, and give the archive its name when it is whole and on the disk. */
static bool
pack(const struct making *making, GString *reason)
{
    const char *file = making->half != NULL ? making->half : making->path;
    const char *const argv[] = { "tar", "--force-local", making->report->is_bzip ? "-cjf" : "-czf", file, "-C", making->parent, "--", making->name, NULL };
    bool is_done = run_into("/dev/null", argv, ARCHIVE_S, reason);
    int fd = is_done ? open(file, O_RDWR | O_CLOEXEC) : -1;

    if (is_done && (fd < 0 || fsync(fd) != 0 || (making->half != NULL && g_rename(making->half, making->path) != 0))) {
        g_string_append(reason, g_strerror(errno));
        is_done = false;
    }
    if (fd >= 0) {
        close(fd);
    }
    return is_done;
}

static int
archive(const struct making *making)
{
    g_autoptr(GString) reason = g_string_new(NULL);

    if (!pack(making, reason)) {
        return cox_tool_error(making->ctx, COX_ERROR_CANNOT_CREATE, "%s: %s", making->path, reason->str);
    }
    return is_piped(making->report) ? pipe_out(making, making->path) : say_done(making, making->path);
}

/* A place for a while: TMPDIR, else /var/tmp, which has more room than /tmp. */
static char *
place_for_a_while(void)
{
    const char *given = g_getenv("TMPDIR");

    return g_build_filename((given != NULL && given[0] == '/') ? given : "/var/tmp", "cox-report-XXXXXX", NULL);
}

static bool
cannot(const char *path, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: %s", path, g_strerror(errno));
    return false;
}

/* The archive's place, under another name of ours, for us only. */
static bool
begin_archive(struct making *making, GError **error)
{
    const struct cox_report *report = making->report;
    int fd = -1;

    if (is_piped(report)) {
        making->path = g_build_filename(making->parent, "piped.tar.gz", NULL);
        return true;
    }
    making->path = g_strconcat(report->dest, report->is_bzip ? ".tar.bz2" : ".tar.gz", NULL);
    making->half = g_strconcat(making->path, ".XXXXXX", NULL);
    fd = g_mkstemp_full(making->half, O_RDWR | O_CLOEXEC, 0600); /* O_EXCL is of it */
    if (fd < 0) {
        g_clear_pointer(&making->half, g_free);
        return cannot(making->path, error);
    }
    close(fd);
    return true;
}

/* Where it is made: the place itself, or a place for a while. */
static bool
begin(struct making *making, GError **error)
{
    const struct cox_report *report = making->report;

    making->name = is_piped(report) ? g_strdup("report") : g_path_get_basename(report->dest);
    making->parent = report->is_directory ? g_path_get_dirname(report->dest) : place_for_a_while();
    if (!report->is_directory && g_mkdtemp_full(making->parent, 0700) == NULL) {
        (void) cannot(making->parent, error);
        g_clear_pointer(&making->parent, g_free);
        return false;
    }
    making->top = g_build_filename(making->parent, making->name, NULL);
    if (g_mkdir(making->top, 0700) != 0) {
        (void) cannot(making->top, error);
        g_clear_pointer(&making->top, g_free);
        return false;
    }
    return report->is_directory || begin_archive(making, error);
}

/* Remove what is not to stay: all but a directory that was wanted and is whole. */
static void
clean(void *context, bool is_done)
{
    const struct making *making = context;
    const char *rest = making->report->is_directory ? (is_done ? NULL : making->top) : making->parent;
    const char *const argv[] = { "rm", "-rf", "--", rest, NULL };
    gsize length = 0;
    int status = 0;

    if (rest != NULL) {
        g_free(cox_report_command(argv, ARCHIVE_S, &length, &status, NULL));
    }
    if (making->half != NULL) {
        (void) g_unlink(making->half); /* if it has not got its name */
    }
}

static void
forget(struct making *making)
{
    g_free(making->top);
    g_free(making->parent);
    g_free(making->name);
    g_free(making->path);
    g_free(making->half);
    g_string_free(making->said, TRUE);
}

/* In a child: what is begun is gone when it is interrupted. */
static int
make(struct making *making)
{
    GError *error = NULL;

    if (!begin(making, &error)) {
        clean(making, false);
        return cox_tool_fail(making->ctx, error);
    }
    if (!cox_guard_begin(clean, making)) {
        clean(making, false);
        return cox_tool_error(making->ctx, COX_ERROR_OS_FILE, "no process can be made: %s", g_strerror(errno));
    }
    if (!fill(making, &error)) {
        return cox_tool_fail(making->ctx, error);
    }
    return making->report->is_directory ? say_done(making, making->top) : archive(making);
}

int
cox_report_run(struct cox_tool_ctx *ctx, const struct cox_report *report)
{
    g_autofree char *now = utc(g_get_real_time());
    g_autofree char *usual = g_strdup_printf("cox-report-%s", g_strdelimit(now, ":", '-'));
    struct cox_report mine = *report;
    struct making making = { .ctx = ctx, .report = &mine, .said = g_string_new(NULL) };
    int status = 0;

    mine.dest = (report->dest != NULL) ? report->dest : usual;
    mine.to_us = MIN(mine.to_us, g_get_real_time());
    if (is_piped(&mine)) {
        mine.from_us = MIN(mine.from_us, mine.to_us);
    }
    status = mine.from_us > mine.to_us ? cox_tool_usage(ctx, "the report would end before it begins") : make(&making);
    forget(&making);
    return status;
}
