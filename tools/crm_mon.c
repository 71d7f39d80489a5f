/* tools/crm_mon.c - show the state of the cluster.  Layer 6. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/interval.h"
#include "runtime/environment.h"
#include "runtime/loop.h"
#include "tools/cib_access.h"
#include "tools/mon_priv.h"
#include "view/monitor_view.h"
#include "xml/textfile.h"

enum { INTERVAL_MS = 5000 };

/* A section asked for or not wanted, in the order of the command line. */
struct choice {
    bool is_wanted;
    char *words;
};

#define FIELD(name) offsetof(struct cox_mon_settings, name)

static void
choose(struct cox_mon_settings *settings, bool is_wanted, const char *words)
{
    struct choice choice = { is_wanted, g_strdup(words) };

    if (settings->choices == NULL) {
        settings->choices = g_array_new(FALSE, FALSE, sizeof(struct choice));
    }
    g_array_append_val(settings->choices, choice);
}

static bool
on_include(const struct cox_opt_seen *seen, GError **error)
{
    (void) error;
    choose(seen->settings, seen->opt->value != 0, seen->argument);
    return true;
}

/* An option that stands for a section. */
static bool
on_section(const struct cox_opt_seen *seen, GError **error)
{
    static const struct {
        char option;
        const char *words;
    } rows[] = {
        { 'f', "failcounts" }, { 'o', "operations" }, { 't', "operations" }, { 'c', "tickets" }, { 'A', "attributes" },
    };
    struct cox_mon_settings *settings = seen->settings;

    (void) error;
    settings->with_timing = settings->with_timing || seen->opt->short_name == 't';
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].option == seen->opt->short_name) {
            choose(settings, true, rows[i].words);
        }
    }
    if (seen->opt->short_name == 'D') {
        choose(settings, false, "summary");
    }
    return true;
}

static bool
on_bans(const struct cox_opt_seen *seen, GError **error)
{
    struct cox_mon_settings *settings = seen->settings;

    (void) error;
    g_free(settings->ban_prefix);
    settings->ban_prefix = g_strdup(seen->argument);
    choose(settings, true, "bans");
    return true;
}

/* How much of the history of fencing: 0 nothing, 1 what failed or goes on, 2 also the rest, 3 all of it. */
static bool
on_fencing(const struct cox_opt_seen *seen, GError **error)
{
    char *end = NULL;
    guint64 level = (seen->argument == NULL) ? 2 : g_ascii_strtoull(seen->argument, &end, 10);

    if (end != NULL && (end == seen->argument || *end != '\0' || level > 3)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Fence history must be 0-3, not '%s'", seen->argument);
        return false;
    }
    if (level == 0) {
        choose(seen->settings, false, "fencing");
    } else {
        choose(seen->settings, true, (level == 1) ? "fencing-failed,fencing-pending" : "fencing");
    }
    return true;
}

/* As older clients ask for a page in a file. */
static bool
on_as_html(const struct cox_opt_seen *seen, GError **error)
{
    struct cox_mon_settings *settings = seen->settings;

    if (seen->argument == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "%s: name the file for the page; --help for help", seen->spelling);
        return false;
    }
    g_free(settings->html_file);
    settings->html_file = g_strdup(seen->argument);
    settings->is_html = true;
    return true;
}

#define SECTION(long_name, short_name, help)                                                                             \
    {                                                                                                                    \
        long_name, short_name, COX_OPT_CALLBACK, NULL, "Display Options", help, .callback = on_section                   \
    }

static const struct cox_opt options[] = {
    { "interval", 'i', COX_OPT_STRING, "TIMESPEC", "Modes", "Update at least this often, even when nothing changes (default 5s)",
      FIELD(interval) },
    { "one-shot", '1', COX_OPT_FLAG, NULL, "Modes", "Display the cluster status once and exit", FIELD(once) },
    { "daemonize", 'd', COX_OPT_FLAG, NULL, "Modes", "Run in the background: keep the file of --output-to up to date, run the program of --external-agent, or both", FIELD(is_daemon) },
    { "pid-file", 'p', COX_OPT_STRING, "FILE", "Modes", "(with -d) Write the process id here; only one process can have the file",
      FIELD(pid_file) },
    { "external-agent", 'E', COX_OPT_STRING, "FILE", "Modes", "Run this program for each result of a resource operation", FIELD(agent) },
    { "external-recipient", 'e', COX_OPT_STRING, "RCPT", "Modes", "(with -E) Tell it this as CRM_notify_recipient", FIELD(recipient) },
    { "watch-fencing", 'W', COX_OPT_FLAG, NULL, "Modes", "(with -E) Run it for each fencing, too", FIELD(watches_fencing) },
    { "disable-ncurses", 'N', COX_OPT_FLAG, NULL, "Modes", "Print page after page, also on a terminal", FIELD(without_screen) },
    { "xml-file", 'x', COX_OPT_STRING, "FILE", "Modes", NULL, FIELD(file), .flags = COX_OPT_HIDDEN },
    { "include", 'I', COX_OPT_CALLBACK, "SECTION(s)", "Display Options",
      "A list of sections to include in the output: all, none, default, attributes, bans, counts, dc, failcounts, failures, "
      "fencing, nodes, operations, options, resources, stack, summary, tickets, times",
      .callback = on_include, .value = 1 },
    { "exclude", 'U', COX_OPT_CALLBACK, "SECTION(s)", "Display Options", "A list of sections to exclude from the output",
      .callback = on_include, .value = 0 },
    { "node", 0, COX_OPT_STRING, "NODE", "Display Options", "Show only what concerns this node, or the nodes of this tag", FIELD(node) },
    { "resource", 0, COX_OPT_STRING, "RSC", "Display Options", "Show only this resource, or the resources of this tag", FIELD(rsc) },
    { "group-by-node", 'n', COX_OPT_FLAG, NULL, "Display Options", "Group resources by node", FIELD(is_by_node) },
    { "inactive", 'r', COX_OPT_FLAG, NULL, "Display Options", "Display inactive resources", FIELD(with_inactive) },
    SECTION("failcounts", 'f', "Display resource fail counts"),
    SECTION("operations", 'o', "Display resource operation history"),
    SECTION("timing-details", 't', "Display resource operation history with timing details"),
    SECTION("tickets", 'c', "Display cluster tickets"),
    { "fence-history", 'm', COX_OPT_CALLBACK, "LEVEL", "Display Options",
      "Show fence history: 0=off, 1=failures and pending (default without option), 2=all, 3=all without shortening",
      .callback = on_fencing, .flags = COX_OPT_OPTIONAL },
    { "neg-locations", 'L', COX_OPT_CALLBACK, "PREFIX", "Display Options",
      "Display negative location constraints (optionally only those whose id begins with PREFIX)", .callback = on_bans,
      .flags = COX_OPT_OPTIONAL },
    SECTION("show-node-attributes", 'A', "Display node attributes"),
    SECTION("hide-headers", 'D', "Hide the summary"),
    { "show-detail", 'R', COX_OPT_FLAG, NULL, "Display Options", "Show more details (node IDs, individual clone instances)",
      FIELD(with_details) },
    { "show-description", 0, COX_OPT_FLAG, NULL, "Display Options", "Show resource descriptions", FIELD(with_descriptions) },
    { "brief", 'b', COX_OPT_FLAG, NULL, "Display Options", "Brief output", FIELD(is_brief) },
    { "html", 0, COX_OPT_FLAG, NULL, "Output Options", "A page for a browser, once; the same as --output-as=html", FIELD(is_html) },
    { "html-cgi", 0, COX_OPT_FLAG, NULL, "Output Options", "(HTML) Add the header that a web server wants", FIELD(is_cgi) },
    { "html-reload", 0, COX_OPT_INT, "SECONDS", "Output Options", "(HTML) Let the browser load the page again", FIELD(reload_s) },
    { "html-stylesheet", 0, COX_OPT_STRING, "URI", "Output Options", "(HTML) Link to a style sheet", FIELD(stylesheet) },
    { "html-title", 0, COX_OPT_STRING, "TITLE", "Output Options", "(HTML) Title of the page", FIELD(title) },
    { "as-xml", 'X', COX_OPT_FLAG, NULL, NULL, NULL, FIELD(is_old_xml), .flags = COX_OPT_HIDDEN },
    { "pending", 'j', COX_OPT_IGNORED, NULL, NULL, NULL, .flags = COX_OPT_HIDDEN },
    { "as-html", 'h', COX_OPT_CALLBACK, "FILE", NULL, NULL, .callback = on_as_html, .flags = COX_OPT_HIDDEN | COX_OPT_OPTIONAL },
    { "quiet", 'Q', COX_OPT_QUIET, NULL, NULL, "Display only essential output" },
};

/* ---- what to show ----------------------------------------------------------------------------------------- */

static bool
apply_word(const char *word, bool is_wanted, bool is_xml, guint32 *shown, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(word, ":", 2);
    guint32 sections = cox_monitor_section_parse(parts[0], is_xml);

    if (sections == 0) {
        g_autofree char *known = cox_monitor_section_names();

        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--%s: '%s' is not a section: %s", is_wanted ? "include" : "exclude", word,
                    known);
        return false;
    }
    if (strcmp(parts[0], "none") == 0) {
        *shown = is_wanted ? 0 : COX_MONITOR_ALL;
    } else if (strcmp(parts[0], "default") == 0) {
        *shown = sections;
    } else if (is_wanted) {
        *shown |= sections;
    } else {
        *shown &= ~sections;
    }
    return true;
}

static bool
find_sections(struct cox_tool_ctx *ctx, GError **error)
{
    struct cox_mon_settings *settings = ctx->settings;
    bool is_xml = !cox_out_is_text(ctx->out);

    settings->sections = is_xml ? COX_MONITOR_DEFAULT_XML : COX_MONITOR_DEFAULT;
    for (guint i = 0; settings->choices != NULL && i < settings->choices->len; i++) {
        const struct choice *choice = &g_array_index(settings->choices, struct choice, i);
        g_auto(GStrv) words = g_strsplit_set(choice->words, ", ", -1);

        for (guint k = 0; words[k] != NULL; k++) {
            if (*words[k] != '\0' && !apply_word(words[k], choice->is_wanted, is_xml, &settings->sections, error)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- run -------------------------------------------------------------------------------------------------- */

static int
show_once(struct cox_tool_ctx *ctx, struct cox_cib_access *access)
{
    const struct cox_mon_settings *settings = ctx->settings;
    const struct cox_out_options kept = { .format = COX_OUT_TEXT };
    g_autoptr(cox_out) text = settings->is_html ? cox_out_new(&kept) : NULL;
    g_autofree char *html = NULL;
    GError *error = NULL;
    g_autoptr(cox_state) state = cox_state_of(access, &error);

    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_mon_show(settings, (text != NULL) ? text : ctx->out, state,
                 cox_cib_access_is_live(access) ? cox_cib_access_runtime(access) : NULL);
    html = (text == NULL) ? NULL : cox_mon_html(settings, text);
    if (settings->html_file == NULL) {
        cox_out_raw(ctx->out, (html != NULL) ? html : "");
    } else if (!cox_textfile_put(settings->html_file, html, strlen(html), &error)) {
        return cox_tool_error(ctx, COX_ERROR_CANNOT_CREATE, "%s", error->message);
    }
    return 0;
}

/* The hidden way to name a file. */
static int
show_file(struct cox_tool_ctx *ctx)
{
    const struct cox_mon_settings *settings = ctx->settings;
    GError *error = NULL;
    g_autoptr(cox_state) state = cox_state_open(settings->file, &error);

    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_mon_show(settings, ctx->out, state, NULL);
    return 0;
}

/* The program is there, and called by its whole name from now on; what it is used for makes sense. */
static bool
find_agent(struct cox_mon_settings *settings, GError **error)
{
    g_autofree char *program = settings->agent == NULL ? NULL : g_find_program_in_path(settings->agent);

    if (settings->agent == NULL && (settings->recipient != NULL || settings->watches_fencing)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--%s needs a program to be run: --external-agent",
                    settings->watches_fencing ? "watch-fencing" : "external-recipient");
        return false;
    }
    if (settings->agent != NULL && (settings->once || settings->is_html || settings->file != NULL) && !settings->is_daemon) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--external-agent is for a crm_mon that goes on, which this one does not");
        return false;
    }
    if (settings->agent != NULL && program == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "--external-agent: '%s' is no program that can be run", settings->agent);
        return false;
    }
    if (program != NULL) {
        g_free(settings->agent);
        settings->agent = g_canonicalize_filename(program, NULL);
    }
    return true;
}

/* In the background there is nobody to be told that the cluster is away: the file says so, until it is back. */
static int
run_daemon(struct cox_tool_ctx *ctx, gint64 interval_ms)
{
    const struct cox_mon_settings *settings = ctx->settings;
    const char *output = (settings->html_file != NULL) ? settings->html_file : ctx->output_to;
    g_autofree char *path = NULL;
    g_autofree char *pid_file = (settings->pid_file == NULL) ? NULL : g_canonicalize_filename(settings->pid_file, NULL);
    GMainContext *context = NULL;
    struct cox_runtime *runtime = NULL;
    GError *error = NULL;
    int lock = -1;
    int status = 0;

    if ((output == NULL && settings->agent == NULL) || g_strcmp0(output, "-") == 0) {
        return cox_tool_usage(ctx, "--daemonize requires --output-to with the name of a file, or --external-agent");
    }
    path = (output == NULL) ? NULL : g_canonicalize_filename(output, NULL);
    if (!cox_mon_daemon_begin(pid_file, &lock, &error)) {
        return cox_tool_fail(ctx, error);
    }
    context = g_main_context_new();
    runtime = cox_loop_new(context);
    status = cox_mon_follow(ctx, runtime, interval_ms, path);
    cox_runtime_free(runtime);
    g_main_context_unref(context);
    cox_mon_daemon_end(pid_file, lock);
    return status;
}

static int
run(struct cox_tool_ctx *ctx)
{
    struct cox_mon_settings *settings = ctx->settings;
    const struct cox_cib_access_settings where = { .tool = "crm_mon" };
    g_autoptr(cox_cib_access) access = NULL;
    gint64 interval_ms = INTERVAL_MS;
    GError *error = NULL;

    if (settings->is_old_xml) { /* XML as it was before there were envelopes */
        const struct cox_out_options old = { .format = COX_OUT_XML, .file = stdout, .error_file = stderr, .root = "crm_mon" };

        cox_out_free(ctx->out);
        ctx->out = cox_out_new(&old);
        cox_out_attr(ctx->out, "version", COX_COMPAT_VERSION);
    }
    if (!find_sections(ctx, &error) || !find_agent(settings, &error)
        || (settings->interval != NULL && !cox_interval_parse(settings->interval, &interval_ms, &error))) {
        return cox_tool_fail(ctx, error);
    }
    interval_ms = MAX(interval_ms, 1000);
    if (settings->is_daemon) {
        return run_daemon(ctx, interval_ms);
    }
    if (settings->file != NULL) {
        return show_file(ctx);
    }
    access = cox_cib_access_open(&where, &error);
    if (access == NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (settings->once || settings->is_html || !cox_out_is_text(ctx->out) || !cox_cib_access_is_live(access)) {
        return show_once(ctx, access);
    }
    return cox_mon_follow(ctx, cox_cib_access_runtime(access), interval_ms, NULL);
}

static const int statuses[] = { 0, 1, 64, 65, 66, 73, 78, 102, 105, 108, -1 };

static const struct cox_tool tool = {
    .name = "crm_mon",
    .summary = "Provides a summary of cluster's current state",
    .synopsis = "[OPTION]...",
    .description = "Shows which nodes are there, what runs where, and what failed.  Without --one-shot it goes on and shows the state "
                   "again whenever it changes.  XML and JSON are printed once, and so are pages for browsers, unless it is told to go "
                   "into the background.\n\n"
                   "On a terminal it takes the whole screen, where keys turn on and off what is shown: A attributes, D summary, L bans, "
                   "R details, b brief, c tickets, f counts of failures, m history of fencing, n by node, o operations, r inactive "
                   "resources, t times. ? lists them, arrows and page keys scroll, Ctrl-L draws again, q ends. With --disable-ncurses, "
                   "into a pipe, or where it was built without ncurses, it prints one page after the other.\n\n"
                   "In the background (--daemonize) it writes the file that --output-to names, again whenever something changes; readers "
                   "see the old page or the new one, never half of one.\n\n"
                   "The program of --external-agent gets CRM_notify_recipient, CRM_notify_node, CRM_notify_rsc, CRM_notify_task, "
                   "CRM_notify_desc, CRM_notify_rc, CRM_notify_target_rc and CRM_notify_status in its environment, for a fencing without "
                   "CRM_notify_rsc and with the node that was fenced. Probes that find nothing where nothing is expected are not told. Up to "
                   "20 run at a time, each for at most a minute. It needs root or hacluster. A result that is followed by another one of "
                   "the same resource within a tenth of a second may never be in the document, and is not told; alerts of the configuration "
                   "tell all, and need no crm_mon.",
    .examples = "Display the cluster status:\n\tcrm_mon --one-shot\n"
                "Display it with everything that does not run:\n\tcrm_mon --one-shot --inactive\n"
                "Group resources by node:\n\tcrm_mon --one-shot --group-by-node\n"
                "As XML, for programs:\n\tcrm_mon --output-as=xml\n"
                "Keep a page for browsers up to date:\n\tcrm_mon --daemonize --output-as=html --output-to=/var/www/html/cluster.html "
                "--pid-file=/run/crm_mon.pid\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

/* The skeleton knows formats for programs; a page is this tool's own. */
static void
find_html(char **argv)
{
    static const char *const html = "--html"; /* words are only read */

    for (char **word = argv; *word != NULL; word++) {
        if (strcmp(*word, "--output-as=html") == 0) {
            *word = (char *) (guintptr) html;
        } else if (strcmp(*word, "--output-as") == 0 && g_strcmp0(word[1], "html") == 0) {
            word[0] = word[1] = (char *) (guintptr) html;
        }
    }
}

int
main(int argc, char **argv)
{
    struct cox_mon_settings settings = { 0 };
    int status;

    (void) argc;
    find_html(argv);
    status = cox_tool_main(&tool, argv, &settings);
    g_free(settings.ban_prefix);
    g_free(settings.html_file);
    for (guint i = 0; settings.choices != NULL && i < settings.choices->len; i++) {
        g_free(g_array_index(settings.choices, struct choice, i).words);
    }
    g_clear_pointer(&settings.choices, g_array_unref);
    return status;
}
