/* tools/crm_mon.c - show the state of the cluster.  Layer 6. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tools/cib_access.h"
#include "tools/state.h"
#include "tools/tool.h"
#include "view/monitor_view.h"

/* A section asked for or not wanted, in the order of the command line. */
struct choice {
    bool is_wanted;
    char *words;
};

struct settings {
    GArray *choices; /* struct choice */
    char *file, *node, *rsc, *ban_prefix, *interval, *html_file, *title, *stylesheet;
    int reload_s;
    bool once, is_by_node, with_inactive, with_timing, with_details, with_descriptions, is_brief, is_old_xml, is_daemon;
    char *agent, *recipient;
    bool watches_fencing;
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
    { "daemonize", 'd', COX_OPT_FLAG, NULL, "Modes", "Run in the background (requires --output-to or --external-agent)",
      FIELD(is_daemon) },
    { "external-agent", 'E', COX_OPT_STRING, "FILE", "Modes", "A program to run when resource operations take place", FIELD(agent) },
    { "external-recipient", 'e', COX_OPT_STRING, "RCPT", "Modes", "A recipient for your program", FIELD(recipient) },
    { "watch-fencing", 'W', COX_OPT_FLAG, NULL, "Modes", "Listen for fencing events, for --external-agent", FIELD(watches_fencing) },
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

static void
show(struct cox_tool_ctx *ctx, const struct cox_state *state, struct cox_monitor_view *view)
{
    const struct settings *settings = ctx->settings;
    const struct cox_cluster *cluster = &state->plan->cluster;
    bool is_xml = !cox_out_is_text(ctx->out);
    g_autofree bool *rscs = (settings->rsc == NULL) ? NULL
                                                    : cox_view_how_select_rscs(cluster, state->input.config, settings->rsc);
    g_autofree bool *named = (settings->rsc == NULL) ? NULL
                                                     : cox_view_how_name_rscs(cluster, state->input.config, settings->rsc);
    g_autofree bool *nodes = (settings->node == NULL) ? NULL
                                                      : cox_view_how_select_nodes(cluster, state->input.config, settings->node);
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

    view->cluster = cluster;
    view->config = state->input.config;
    view->status = state->input.status;
    view->now = state->now;
    view->how = &how;
    view->ban_prefix = settings->ban_prefix;
    view->with_timing = settings->with_timing;
    cox_monitor_view(ctx->out, view);
}

/* ---- run -------------------------------------------------------------------------------------------------- */

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    struct cox_monitor_view view = { 0 };
    g_autoptr(cox_state) state = NULL;
    GError *error = NULL;

    if (!find_sections(ctx, &view, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (settings->file != NULL) {
        state = cox_state_open(settings->file, &error);
    } else {
        const struct cox_cib_access_settings where = { .tool = "crm_mon" };
        g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, &error);
        const struct cox_xml *root = (access == NULL) ? NULL : cox_cib_access_visible(access, &error);

        state = (root == NULL) ? NULL : cox_state_new(root, &error);
    }
    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    show(ctx, state, &view);
    return 0;
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

static void
clear(struct settings *settings)
{
    char *texts[] = { settings->file, settings->node, settings->rsc, settings->ban_prefix, settings->interval, settings->html_file,
                      settings->title, settings->stylesheet, settings->agent, settings->recipient };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_free(texts[i]);
    }
    for (guint i = 0; settings->choices != NULL && i < settings->choices->len; i++) {
        g_free(g_array_index(settings->choices, struct choice, i).words);
    }
    if (settings->choices != NULL) {
        g_array_unref(settings->choices);
    }
}

int
main(int argc, char **argv)
{
    struct settings settings = { 0 };
    int status;

    (void) argc;
    status = cox_tool_main(&tool, argv, &settings);
    clear(&settings);
    return status;
}
