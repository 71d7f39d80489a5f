/* tools/crm_mon.c - show the state of the cluster.  Layer 6. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/interval.h"
#include "follow/follow.h"
#include "tools/cib_access.h"
#include "tools/daemon.h"
#include "tools/state.h"
#include "tools/tool.h"
#include "view/fencing_view.h"
#include "view/html_page.h"
#include "view/monitor_view.h"

enum {
    INTERVAL_MS = 5000,
    FENCING_MS = 2000,      /* for an answer of the fencer: without it the rest is shown all the same */
    SETTLE_USEC = 50 * 1000, /* changes seldom come alone */
};

/* A section asked for or not wanted, in the order of the command line. */
struct choice {
    bool is_wanted;
    char *words;
};

struct settings {
    GArray *choices; /* struct choice */
    char *file, *node, *rsc, *ban_prefix, *interval, *title, *stylesheet;
    int reload_s;
    bool is_html, is_cgi;
    bool once, is_by_node, with_inactive, with_timing, with_details, with_descriptions, is_brief, is_old_xml;
};

#define FIELD(name) offsetof(struct settings, name)

static void
choose(struct settings *settings, bool is_wanted, const char *words)
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
    struct settings *settings = seen->settings;

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
    struct settings *settings = seen->settings;

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

#define SECTION(long_name, short_name, help)                                                                             \
    {                                                                                                                    \
        long_name, short_name, COX_OPT_CALLBACK, NULL, "Display Options", help, .callback = on_section                   \
    }

static const struct cox_opt options[] = {
    { "interval", 'i', COX_OPT_STRING, "TIMESPEC", "Modes", "Update at least this often, even when nothing changes (default 5s)",
      FIELD(interval) },
    { "one-shot", '1', COX_OPT_FLAG, NULL, "Modes", "Display the cluster status once and exit", FIELD(once) },
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
    { "pid-file", 'p', COX_OPT_IGNORED, "FILE", NULL, NULL, .flags = COX_OPT_HIDDEN },
    { "disable-ncurses", 'N', COX_OPT_IGNORED, NULL, NULL, NULL, .flags = COX_OPT_HIDDEN },
    { "quiet", 'Q', COX_OPT_QUIET, NULL, NULL, "Display only essential output" },
};

/* ---- what to show ----------------------------------------------------------------------------------------- */

static bool
apply_word(const char *word, bool is_wanted, bool is_xml, struct cox_monitor_view *view, GError **error)
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
        view->sections = is_wanted ? 0 : COX_MONITOR_ALL;
    } else if (strcmp(parts[0], "default") == 0) {
        view->sections = sections;
    } else if (is_wanted) {
        view->sections |= sections;
    } else {
        view->sections &= ~sections;
    }
    return true;
}

static bool
find_sections(struct cox_tool_ctx *ctx, struct cox_monitor_view *view, GError **error)
{
    const struct settings *settings = ctx->settings;
    bool is_xml = !cox_out_is_text(ctx->out);

    view->sections = is_xml ? COX_MONITOR_DEFAULT_XML : COX_MONITOR_DEFAULT;
    for (guint i = 0; settings->choices != NULL && i < settings->choices->len; i++) {
        const struct choice *choice = &g_array_index(settings->choices, struct choice, i);
        g_auto(GStrv) words = g_strsplit_set(choice->words, ", ", -1);

        for (guint k = 0; words[k] != NULL; k++) {
            if (*words[k] != '\0' && !apply_word(words[k], choice->is_wanted, is_xml, view, error)) {
                return false;
            }
        }
    }
    return true;
}

/* One showing: the state, what else is known, and where it goes. */
struct showing {
    struct cox_tool_ctx *ctx;
    struct cox_out *out;
    const struct cox_state *state;
    struct cox_monitor_view view;
};

static void
show(struct showing *showing)
{
    const struct settings *settings = showing->ctx->settings;
    const struct cox_state *state = showing->state;
    const struct cox_cluster *cluster = &state->plan->cluster;
    const struct cox_config *config = state->input.config;
    bool is_xml = !cox_out_is_text(showing->out);
    g_autofree bool *rscs = (settings->rsc == NULL) ? NULL : cox_view_how_select_rscs(cluster, config, settings->rsc);
    g_autofree bool *named = (settings->rsc == NULL) ? NULL : cox_view_how_name_rscs(cluster, config, settings->rsc);
    g_autofree bool *nodes = (settings->node == NULL) ? NULL : cox_view_how_select_nodes(cluster, config, settings->node);
    struct cox_view_how how = {
        .with_inactive = settings->with_inactive || is_xml,
        .with_details = settings->with_details,
        .with_descriptions = settings->with_descriptions || (settings->with_details && !is_xml),
        .is_brief = settings->is_brief,
        .is_by_node = settings->is_by_node,
        .rscs = rscs,
        .named = named,
        .nodes = nodes,
        .zone = state->zone,
    };

    showing->view.cluster = cluster;
    showing->view.config = config;
    showing->view.status = state->input.status;
    showing->view.now = state->now;
    showing->view.how = &how;
    showing->view.ban_prefix = settings->ban_prefix;
    showing->view.with_timing = settings->with_timing;
    cox_monitor_view(showing->out, &showing->view);
}

/* ---- fencing ---------------------------------------------------------------------------------------------- */

/* As enum cox_fence_action numbers them. */
static const char *
action_text(guint64 action)
{
    static const char *const texts[] = { "reboot", "off", "on" };

    return (action < G_N_ELEMENTS(texts)) ? texts[action] : "fence";
}

static gint
compare_events(gconstpointer a, gconstpointer b)
{
    const struct cox_fencing_event *first = a;
    const struct cox_fencing_event *second = b;

    return (first->completed_s < second->completed_s) - (first->completed_s > second->completed_s);
}

/* The history of fencing as the fencer of this node has it; texts live in @arena.  NULL: it does not answer. */
static GArray *
ask_fencing(struct cox_runtime *runtime, struct cox_arena *arena)
{
    static const struct cox_msg_fence_history_query query = { 0 };
    const struct cox_daemon_question question
        = { COX_DAEMON_FENCE, "crm_mon", COX_MSG_FENCE_HISTORY_QUERY, &query, COX_MSG_FENCE_HISTORY, FENCING_MS };
    const struct cox_msg_fence_history *history = cox_daemon_ask(runtime, &question, arena, NULL);
    GArray *events = (history == NULL) ? NULL : g_array_new(FALSE, FALSE, sizeof(struct cox_fencing_event));

    for (size_t i = 0; events != NULL && i < history->n_events; i++) {
        const struct cox_msg_fence_event *event = &history->events[i];
        struct cox_fencing_event shown = { .target = event->target, .action = action_text(event->action), .client = event->client,
                                           .origin = event->origin, .delegate = event->delegate, .reason = event->reason,
                                           .state = (enum cox_fencing_state) MIN(event->state, COX_FENCING_PENDING),
                                           .completed_s = event->done_at_us / G_USEC_PER_SEC };

        g_array_append_val(events, shown);
    }
    if (events != NULL) {
        g_array_sort(events, compare_events);
    }
    return events;
}

/* Show the state, with what a running cluster knows besides. */
static void
show_state(struct showing *showing, const struct cox_state *state, struct cox_runtime *runtime)
{
    struct cox_arena *arena = cox_arena_new();
    g_autoptr(GArray) events = NULL;

    events = (runtime == NULL) ? NULL : ask_fencing(runtime, arena);
    showing->view.has_fencing = events != NULL;
    showing->view.fencing = (events == NULL) ? NULL : (const struct cox_fencing_event *) (gpointer) events->data;
    showing->view.n_fencing = (events == NULL) ? 0 : events->len;
    showing->state = state;
    show(showing);
    cox_arena_free(arena);
}

/* ---- following -------------------------------------------------------------------------------------------- */

/* What has happened since it was shown last. */
struct following {
    bool is_new;    /* the document is another one */
    bool is_due;    /* time to show it */
    bool is_waiting; /* a timer will say when it is due */
    bool is_lost;
    char *problem;
    struct cox_runtime *runtime;
};

static void
on_due(void *context)
{
    struct following *following = context;

    following->is_due = true;
    following->is_waiting = false;
}

static void
on_changed(void *context, const struct cox_follow_news *news)
{
    struct following *following = context;

    (void) news;
    following->is_new = true;
    following->is_lost = false;
    if (!following->is_waiting) { /* what comes in one go is shown in one go */
        following->is_waiting = true;
        (void) cox_runtime_timer(following->runtime, cox_runtime_now(following->runtime) + SETTLE_USEC, on_due, following);
    }
}

static void
on_lost(void *context, const GError *problem)
{
    struct following *following = context;

    following->is_lost = true;
    following->is_due = true;
    g_free(following->problem);
    following->problem = g_strdup(problem->message);
}

/* A terminal is cleared; what goes into a file or a pipe is one page after the other. */
static void
begin_page(FILE *file)
{
    if (isatty(fileno(file))) {
        fputs("\033[H\033[2J", file);
    } else {
        fputs("\f", file);
    }
}

static bool
show_page(struct cox_tool_ctx *ctx, const struct cox_monitor_view *view, const struct following *following, struct cox_follow *follow)
{
    const struct cox_out_options plain = { .format = COX_OUT_TEXT, .file = stdout, .error_file = stderr };
    g_autoptr(cox_out) out = cox_out_new(&plain);
    struct showing showing = { .ctx = ctx, .out = out, .view = *view };
    struct cox_cib *cib = cox_follow_cib(follow);
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_state) state = (cib == NULL) ? NULL : cox_state_new_trusted(cox_cib_root(cib), &error);

    begin_page(stdout);
    if (following->is_lost) {
        cox_out_line(out, "Not connected to the cluster: %s; waiting for it to come back", following->problem);
    }
    if (state != NULL) {
        show_state(&showing, state, following->runtime);
    } else if (error != NULL) {
        cox_out_line(out, "The document cannot be understood: %s", error->message);
    }
    return cox_out_finish(out, 0, NULL, NULL);
}

/* Until somebody interrupts it, or nobody reads any more. */
static int
follow_cluster(struct cox_tool_ctx *ctx, const struct cox_monitor_view *view, struct cox_runtime *runtime, gint64 interval_ms)
{
    struct following following = { .runtime = runtime };
    const struct cox_follow_settings settings
        = { .program = "crm_mon", .changed = on_changed, .lost = on_lost, .context = &following };
    struct cox_follow *follow = cox_follow_new(runtime, &settings);
    bool is_read = true;

    while (is_read) {
        (void) cox_runtime_step(runtime, true);
        if (following.is_due) {
            following.is_due = false;
            following.is_new = false;
            is_read = show_page(ctx, view, &following, follow);
            if (!following.is_waiting) { /* ages and outcomes change with time, too */
                following.is_waiting = true;
                (void) cox_runtime_timer(runtime, cox_runtime_now(runtime) + interval_ms * 1000, on_due, &following);
            }
        }
    }
    cox_follow_free(follow);
    g_free(following.problem);
    return 0;
}

/* ---- run -------------------------------------------------------------------------------------------------- */

/* The text, made into a page. */
static void
print_page(struct cox_tool_ctx *ctx, struct cox_out *text)
{
    const struct settings *settings = ctx->settings;
    const struct cox_html_page page = { .title = settings->title, .stylesheet = settings->stylesheet, .reload_s = settings->reload_s,
                                        .is_cgi = settings->is_cgi };
    g_autofree char *html = cox_html_page_make(cox_out_content(text), &page);

    cox_out_raw(ctx->out, html);
}

static int
show_once(struct cox_tool_ctx *ctx, const struct cox_monitor_view *view, struct cox_cib_access *access)
{
    const struct settings *settings = ctx->settings;
    const struct cox_out_options kept = { .format = COX_OUT_TEXT };
    g_autoptr(cox_out) text = settings->is_html ? cox_out_new(&kept) : NULL;
    struct showing showing = { .ctx = ctx, .out = (text != NULL) ? text : ctx->out, .view = *view };
    GError *error = NULL;
    g_autoptr(cox_state) state = cox_state_of(access, &error);

    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    show_state(&showing, state, cox_cib_access_is_live(access) ? cox_cib_access_runtime(access) : NULL);
    if (text != NULL) {
        print_page(ctx, text);
    }
    return 0;
}

/* The hidden way to name a file. */
static int
show_file(struct cox_tool_ctx *ctx, const struct cox_monitor_view *view)
{
    const struct settings *settings = ctx->settings;
    GError *error = NULL;
    g_autoptr(cox_state) state = cox_state_open(settings->file, &error);
    struct showing showing = { .ctx = ctx, .out = ctx->out, .state = state, .view = *view };

    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    show(&showing);
    return 0;
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    const struct cox_cib_access_settings where = { .tool = "crm_mon" };
    struct cox_monitor_view view = { 0 };
    g_autoptr(cox_cib_access) access = NULL;
    gint64 interval_ms = INTERVAL_MS;
    GError *error = NULL;

    if (settings->is_old_xml) { /* XML as it was before there were envelopes */
        const struct cox_out_options old = { .format = COX_OUT_XML, .file = stdout, .error_file = stderr, .root = "crm_mon" };

        cox_out_free(ctx->out);
        ctx->out = cox_out_new(&old);
        cox_out_attr(ctx->out, "version", COX_TOOL_COMPAT_VERSION);
    }
    if (!find_sections(ctx, &view, &error)
        || (settings->interval != NULL && !cox_interval_parse(settings->interval, &interval_ms, &error))) {
        return cox_tool_fail(ctx, error);
    }
    if (settings->file != NULL) {
        return show_file(ctx, &view);
    }
    access = cox_cib_access_open(&where, &error);
    if (access == NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (settings->once || settings->is_html || !cox_out_is_text(ctx->out) || !cox_cib_access_is_live(access)) {
        return show_once(ctx, &view, access);
    }
    return follow_cluster(ctx, &view, cox_cib_access_runtime(access), MAX(interval_ms, 1000));
}

static const int statuses[] = { 0, 1, 64, 65, 66, 78, 102, 105, -1 };

static const struct cox_tool tool = {
    .name = "crm_mon",
    .summary = "Provides a summary of cluster's current state",
    .synopsis = "[OPTION]...",
    .description = "Shows which nodes are there, what runs where, and what failed.  Without --one-shot it goes on and shows the state "
                   "again whenever it changes.  XML and JSON are printed once.",
    .examples = "Display the cluster status:\n\tcrm_mon --one-shot\n"
                "Display it with everything that does not run:\n\tcrm_mon --one-shot --inactive\n"
                "Group resources by node:\n\tcrm_mon --one-shot --group-by-node\n"
                "As XML, for programs:\n\tcrm_mon --output-as=xml\n",
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
    for (char **word = argv; *word != NULL; word++) {
        if (strcmp(*word, "--output-as=html") == 0) {
            *word = (char *) (guintptr) "--html"; /* words are only read */
        }
    }
}

int
main(int argc, char **argv)
{
    struct settings settings = { 0 };
    int status;

    (void) argc;
    find_html(argv);
    status = cox_tool_main(&tool, argv, &settings);
    g_free(settings.ban_prefix);
    for (guint i = 0; settings.choices != NULL && i < settings.choices->len; i++) {
        g_free(g_array_index(settings.choices, struct choice, i).words);
    }
    g_clear_pointer(&settings.choices, g_array_unref);
    return status;
}
