/* tools/cox.c - the one command for people: verbs from a table.  Layer 6. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/nearest.h"
#include "tools/cox_cluster.h"
#include "tools/cox_lb.h"
#include "tools/cox_priv.h"

/* What every verb takes that changes something. */
#define COX_CHANGES "dry-run wait timeout reason"

/* A row is a verb; what stands in it is documented in verbs.def. */
static const struct cox_verb verbs[] = {
#define COX_VERB(name, arguments, options, group, summary, function, command) { name, arguments, options, group, summary, function, command },
#include "tools/verbs.def"
#undef COX_VERB
};

#define FIELD(name) offsetof(struct cox_settings, name)

static const struct cox_opt options[] = {
    { "json", 0, COX_OPT_FLAG, NULL, "Output Options", "The same as --output-as=json", FIELD(is_json) },
    { "dry-run", 'n', COX_OPT_FLAG, NULL, "Changes", "Only show what would change and what the cluster would do", FIELD(change.is_dry) },
    { "wait", 'w', COX_OPT_FLAG, NULL, "Changes", "Wait until the cluster has done all that follows, with a line for each action",
      FIELD(change.waits) },
    { "reason", 0, COX_OPT_STRING, "TEXT", "Changes", "Why: for cox history", FIELD(change.reason) },
    { "timeout", 't', COX_OPT_STRING, "TIME", "Changes", "Wait no longer than this (default 1 hour)", FIELD(change.timeout) },
    { "force", 'f', COX_OPT_FLAG, NULL, "Changes", "Also what is not known (agents, parameters, options), and what may do harm (fencing, tickets)", FIELD(is_forced) },
    { "disabled", 0, COX_OPT_FLAG, NULL, "Resources", "Create it stopped", FIELD(is_disabled) },
    { "in-group", 0, COX_OPT_STRING, "GROUP", "Resources", "Create it in this group", FIELD(group) },
    { "after", 0, COX_OPT_STRING, "RESOURCE", "Resources", "Behind this member of the group", FIELD(after) },
    { "before", 0, COX_OPT_STRING, "RESOURCE", "Resources", "Before this member of the group", FIELD(before) },
    { "clone", 0, COX_OPT_FLAG, NULL, "Resources", "Create it as a clone", FIELD(is_clone) },
    { "until", 0, COX_OPT_STRING, "TIME", "Resources", "Ends at this time, or after this time (ISO 8601: \"PT1H\"; \"30min\")", FIELD(until) },
    { "promoted", 0, COX_OPT_FLAG, NULL, "Resources", "Only what is promoted", FIELD(is_promoted) },
    { "since", 0, COX_OPT_STRING, "TIME", "Timeline", "From this time on, or for this length of time (ISO 8601: \"PT1H\"; \"30min\"; default 1d)", FIELD(since) },
    { "resource", 'r', COX_OPT_STRING, "RESOURCE", "Timeline", "Only its actions, with the transitions and fencing that they were part of", FIELD(resource) },
    { "follow", 0, COX_OPT_FLAG, NULL, "Timeline", "Go on with what happens, until it is interrupted", FIELD(follows) },
    { "all", 0, COX_OPT_FLAG, NULL, "Timeline", "With --follow: also probes and monitors that find what was expected, and notifications, which no timeline keeps", FIELD(is_all) },
    { "local", 0, COX_OPT_FLAG, NULL, "Timeline", "What this node has, without asking the others", FIELD(is_local) },
    { "nodes", 0, COX_OPT_STRING, "NODES", "Reports", "Only from these nodes, with commas between", FIELD(nodes) },
    { "as-directory", 0, COX_OPT_FLAG, NULL, "Reports", "Leave a directory instead of an archive", FIELD(is_directory) },
    { "mask", 0, COX_OPT_STRINGS, "PATTERN", "Reports", "Values of further names are secret: a regular expression; may be given several times", FIELD(masks) },
    { "log", 0, COX_OPT_STRINGS, "FILE", "Reports", "A further log file, or a directory of them; may be given several times", FIELD(logs) },
    { "max-depth", 0, COX_OPT_STRING, "N", "Reports", "Where --log names a directory: logs in it and N levels below (default 0)", FIELD(max_depth) },
    { "no-logs", 0, COX_OPT_FLAG, NULL, "Reports", "Without logs", FIELD(has_no_logs) },
    { "path", 0, COX_OPT_STRING, "PATH", "Alerts and permissions", "Another agent", FIELD(path) },
    { "select", 0, COX_OPT_STRING, "KINDS", "Alerts and permissions",
      "Which events: nodes, fencing, resources, attributes, attributes:NAME, with commas between; empty for the usual ones", FIELD(select) },
    { "value", 0, COX_OPT_STRING, "VALUE", "Alerts and permissions", "Who is told instead", FIELD(value) },
    { "description", 0, COX_OPT_STRING, "TEXT", "Alerts and permissions", "What it is for", FIELD(description) },
    { "within", 0, COX_OPT_STRING, "TIME", "Load balancing", "Connections that are there still after this time are cut (\"30s\", \"5min\")", FIELD(within) },
    { "live", 0, COX_OPT_FLAG, NULL, "Load balancing", "Only on this node and until another order, not in the configuration", FIELD(is_live) },
    { "id", 0, COX_OPT_STRING, "ID", "Constraints", "Id of what is made", FIELD(id) },
    { "role", 0, COX_OPT_STRING, "ROLE", "Constraints", "In this role only", FIELD(role) },
    { "score", 0, COX_OPT_STRING, "SCORE", "Constraints", "How much it is wanted (default INFINITY: must be)", FIELD(score) },
    { "kind", 0, COX_OPT_STRING, "KIND", "Constraints", "Optional, Mandatory or Serialize", FIELD(kind) },
    { "symmetrical", 0, COX_OPT_STRING, "BOOLEAN", "Constraints", "Stop in the reverse order (true) or in any", FIELD(symmetrical) },
    { "loss-policy", 0, COX_OPT_STRING, "POLICY", "Constraints", "When the ticket is lost: stop, demote, freeze or fence",
      FIELD(loss_policy) },
    { "token", 0, COX_OPT_STRING, "MS", "Cluster", "Milliseconds that a node may be silent before it counts as lost (default 3000)", FIELD(token) },
    { "start", 0, COX_OPT_FLAG, NULL, "Cluster", "Start it, too", FIELD(starts) },
    { "back", 0, COX_OPT_FLAG, NULL, "Cluster", "The way back to Pacemaker, as long as the conversion has not ended", FIELD(goes_back) },
    { "authority", 0, COX_OPT_STRING, "WHO", "Cluster", "Who decides which router is master: cluster (default) or vrrp", FIELD(authority) },
    { "config-id", 0, COX_OPT_STRING, "ID", "Cluster", "What @ID before a line is compared with, instead of this node's name", FIELD(config_id) },
    { "pacemaker-tools", 0, COX_OPT_STRING, "DIRECTORY", "Cluster", "Where pacemakerd and its tools are on all nodes, if not in PATH", FIELD(pacemaker_tools) },
    { "node", 'N', COX_OPT_STRING, "NODE", "Explanations", "Only why not, or what would move it, to this node", FIELD(node) },
    { "cib", 0, COX_OPT_STRING, "FILE", "Plans", "The document in this file, which may be compressed (\"-\": standard input)", FIELD(cib) },
    { "plan", 0, COX_OPT_STRING, "PLAN", "Plans", "Only if it comes to what cox plan has shown under this name", FIELD(plan) },
    { "confirm-within", 0, COX_OPT_STRING, "TIME", "Plans", "Taken back unless cox confirm is called on this node within this time",
      FIELD(confirm_within) },
    { "transition", 0, COX_OPT_STRING, "ID", "Explanations", "A saved input of the scheduler: a number, or a name such as pe-warn-3", FIELD(transition) },
    { "provider", 0, COX_OPT_STRING, "PROVIDER", "Agents", "Who provides the agent (default local): ocf:PROVIDER:NAME", FIELD(provider) },
    { "language", 0, COX_OPT_STRING, "LANGUAGE", "Agents", "What it is written in: sh", FIELD(language) },
    { "directory", 0, COX_OPT_STRING, "DIRECTORY", "Agents", "Where it is put, instead of where the cluster finds it", FIELD(directory) },
    { "parameter", 'o', COX_OPT_STRINGS, "NAME=VALUE", "Agents", "A parameter of the agent, as ocf-tester takes them", FIELD(parameters) },
    { "change", 0, COX_OPT_STRINGS, "NAME=VALUE", "Agents", "Another valid value of a parameter, for reload-agent", FIELD(changes) },
    { "quiet", 'Q', COX_OPT_QUIET, NULL, NULL, "Only what is essential" },
};

const struct cox_verb *
cox_verbs(size_t *n)
{
    *n = G_N_ELEMENTS(verbs);
    return verbs;
}

const struct cox_opt *
cox_verb_options(size_t *n)
{
    *n = G_N_ELEMENTS(options);
    return options;
}

void
cox_verb_count(const struct cox_verb *verb, guint *least, guint *most)
{
    g_auto(GStrv) words = g_strsplit_set(verb->arguments, " ", -1);

    *least = 0;
    *most = 0;
    for (guint i = 0; words[i] != NULL; i++) {
        if (*words[i] != '\0') {
            *least += (*words[i] != '[') ? 1 : 0;
            *most = (g_str_has_suffix(words[i], "...") || *most == G_MAXUINT) ? G_MAXUINT : *most + 1;
        }
    }
}

bool
cox_verb_takes(const struct cox_verb *verb, const char *option)
{
    g_auto(GStrv) names = g_strsplit(verb->options, " ", -1);

    return g_strv_contains((const char *const *) names, option);
}

const struct cox_verb *
cox_verb_find(char *const *words, guint *n_words)
{
    const struct cox_verb *found = NULL;

    *n_words = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_auto(GStrv) parts = g_strsplit(verbs[i].name, " ", -1);
        guint n = 0;

        while (parts[n] != NULL && words[n] != NULL && strcmp(parts[n], words[n]) == 0) {
            n++;
        }
        if (parts[n] == NULL && n > *n_words) {
            found = &verbs[i];
            *n_words = n;
        }
    }
    return found;
}

/* ---- verbs that are classic tools ------------------------------------------------------------------------- */

/* One word of the template; NULL: its argument was not given. */
static char *
expand(const char *word, char **arguments, guint n_given)
{
    guint number = 0;

    if (word[0] != '%') {
        return g_strdup(word);
    }
    number = (guint) g_ascii_strtoull(word + 1, NULL, 10);
    return (number >= 1 && number <= n_given) ? g_strdup(arguments[number - 1]) : NULL;
}

char **
cox_verb_command(const char *template, char **arguments, guint n_expected)
{
    g_auto(GStrv) words = g_strsplit(template, " ", -1);
    g_autoptr(GPtrArray) made = g_ptr_array_new();
    guint n_given = 0; /* options end the arguments */
    guint part = 0; /* length of what was made when the bracket opened */
    bool is_optional = false;
    bool is_missing = false;

    while (n_given < n_expected && arguments[n_given] != NULL && arguments[n_given][0] != '-') {
        n_given++;
    }
    for (guint i = 0; words[i] != NULL; i++) {
        const char *word = words[i];
        g_autofree char *bare = NULL;
        char *value = NULL;

        if (word[0] == '[') {
            is_optional = true;
            is_missing = false;
            part = made->len;
            word++;
        }
        bare = g_strndup(word, strcspn(word, "]"));
        value = expand(bare, arguments, n_given);
        is_missing = is_missing || value == NULL;
        if (value != NULL) {
            g_ptr_array_add(made, value);
        }
        if (is_optional && strchr(word, ']') != NULL) {
            while (is_missing && made->len > part) {
                g_free(g_ptr_array_steal_index(made, made->len - 1));
            }
            is_optional = false;
        }
    }
    for (guint i = n_given; arguments[i] != NULL; i++) {
        g_ptr_array_add(made, g_strdup(arguments[i]));
    }
    g_ptr_array_add(made, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&made), FALSE);
}

/* The tools lie beside this one, in a build as well as when installed. */
static int
run_command(struct cox_tool_ctx *ctx, const struct cox_verb *verb, char **arguments)
{
    guint least = 0;
    guint most = 0;
    g_auto(GStrv) command = NULL;
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *directory = g_path_get_dirname((self != NULL) ? self : "/usr/sbin/cox");
    g_autofree char *path = NULL;

    cox_verb_count(verb, &least, &most);
    command = cox_verb_command(verb->command, arguments, most);
    path = g_build_filename(directory, command[0], NULL);
    execv(path, command);
    return cox_tool_error(ctx, COX_ERROR_OS_FILE, "%s: cannot be run: %s", path, g_strerror(errno));
}

/* ---- run -------------------------------------------------------------------------------------------------- */

static bool
is_given(const struct cox_opt *option, const struct cox_settings *settings)
{
    const char *field = (const char *) settings + option->offset;

    if (option->kind == COX_OPT_FLAG) {
        return *(const bool *) (gconstpointer) field;
    }
    return (option->kind == COX_OPT_STRING || option->kind == COX_OPT_STRINGS) && *(char *const *) (gconstpointer) field != NULL;
}

/* An option that the verb does nothing with is an error: whoever gave it expects something of it. */
static const struct cox_opt *
unfit_option(const struct cox_verb *verb, const struct cox_settings *settings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (strcmp(options[i].long_name, "json") != 0 && is_given(&options[i], settings) && !cox_verb_takes(verb, options[i].long_name)) {
            return &options[i];
        }
    }
    return NULL;
}

/* Words that begin verbs and are none ("resource"): the verbs, else what was probably meant. */
static int
unknown(struct cox_tool_ctx *ctx, char **words)
{
    const char *names[2 * G_N_ELEMENTS(verbs)]; /* whole, and their first words */
    g_auto(GStrv) firsts = g_new0(char *, G_N_ELEMENTS(verbs) + 1);
    g_autofree char *joined = NULL;
    g_autofree char *hint = NULL;
    g_autofree char *begin = g_strconcat(words[0], " ", NULL);
    bool is_begin = false;

    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        firsts[i] = g_strndup(verbs[i].name, strcspn(verbs[i].name, " "));
        names[i] = verbs[i].name;
        names[G_N_ELEMENTS(verbs) + i] = firsts[i];
        is_begin = is_begin || g_str_has_prefix(verbs[i].name, begin);
    }
    if (is_begin && words[1] == NULL) {
        (void) cox_verb_help(ctx, words);
        return cox_tool_usage(ctx, "%s: what about it? Above is what there is", words[0]);
    }
    joined = (words[1] == NULL) ? g_strdup(words[0]) : g_strdup_printf("%s %s", words[0], words[1]);
    hint = cox_nearest_hint(joined, names, G_N_ELEMENTS(names));
    if (*hint == '\0') {
        g_free(hint);
        hint = cox_nearest_hint(words[0], names, G_N_ELEMENTS(names)); /* what follows may be an argument */
    }
    return cox_tool_usage(ctx, "'%s' is no verb%s (cox help)", joined, hint);
}

static int
run(struct cox_tool_ctx *ctx)
{
    char status[] = "status";
    char *const usual[] = { status, NULL };
    guint n_words = 0, least = 0, most = 0, n = 0;
    const struct cox_verb *verb = cox_verb_find((ctx->words[0] != NULL) ? ctx->words : usual, &n_words);
    const struct cox_opt *unfit = (verb == NULL) ? NULL : unfit_option(verb, ctx->settings);
    char **arguments = (ctx->words[0] != NULL) ? ctx->words + n_words : ctx->words;

    if (verb == NULL) {
        return unknown(ctx, ctx->words);
    }
    if (unfit != NULL) {
        return cox_tool_usage(ctx, "%s: does nothing with --%s (cox help %s)", verb->name, unfit->long_name, verb->name);
    }
    n = g_strv_length(arguments);
    cox_verb_count(verb, &least, &most);
    if (n < least || (n > most && verb->run != NULL)) {
        return cox_tool_usage(ctx, "%s: %s arguments: cox %s %s", verb->name, (n < least) ? "too few" : "too many", verb->name, verb->arguments);
    }
    return (verb->run != NULL) ? verb->run(ctx, arguments) : run_command(ctx, verb, arguments);
}

static const int statuses[] = { 0, 1, 2, 4, 5, 64, 65, 66, 72, 78, 102, 103, 105, 107, 108, 109, 112, 124, -1 };

static const struct cox_tool tool = {
    .name = "cox",
    .summary = "look at the cluster and steer it",
    .synopsis = "[VERB] [ARGUMENT]... [OPTION]...",
    .description = "Without a verb, the status is shown.  cox status ends with 1 when there are problems, so that it can be used in "
                   "scripts.  Verbs that are a classic tool hand on the options that follow them.\n\nA verb that changes something makes all "
                   "of the change at once, or nothing: when somebody else has changed the configuration meanwhile, it is worked out again from "
                   "what is there then.  It prints what changes (+ added, - removed, ~ changed, > moved).  With --dry-run nothing is changed, "
                   "and the actions that the cluster would take are shown; with --wait it ends when the cluster has done them, with a line "
                   "for each, and with 1 when one failed (first results of recurring monitors are waited for 20 s at most).\n\nThe verbs:"
#define COX_VERB(name, arguments, options, group, summary, function, command) "\n\n" name " " arguments " - " summary
#include "tools/verbs.def"
#undef COX_VERB
    ,
    .examples = "What is wrong, and what runs where?\n\tcox status\nMove a resource away, and let it go where it wants later:\n"
                "\tcox move web\n\tcox clear web\n"
                "A web server, in a group with its address; first try what would happen:\n"
                "\tcox resource create ip ocf:heartbeat:IPaddr2 ip=192.0.2.10 --in-group site\n"
                "\tcox resource create web ocf:heartbeat:nginx op monitor interval=10s --in-group site --dry-run\n"
                "\tcox resource create web ocf:heartbeat:nginx op monitor interval=10s --in-group site --wait\nWhy does web run where it does, why not on n2, and what would change that?\n\tcox explain web --node n2\nLet the shell complete verbs:\n\tsource <(cox completion bash)\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_POSITIONAL,
    .run = run,
};

/* The short way to ask for JSON becomes the long one, which the skeleton knows. */
static void
lengthen(char **argv)
{
    for (char **word = argv; *word != NULL && strcmp(*word, "--") != 0; word++) {
        if (strcmp(*word, "--json") == 0) {
            *word = (char *) (guintptr) "--output-as=json"; /* words are only read */
        }
    }
}

/* What follows a verb that is a classic tool is that tool's: keep the options among it from being taken for ours. */
static char **
hand_on(int argc, char **argv)
{
    guint n_words = 0;
    const struct cox_verb *verb = (argc > 1) ? cox_verb_find(argv + 1, &n_words) : NULL;
    char **made = g_new0(char *, (gsize) argc + 2);
    int n = 0;

    for (int i = 0; i < argc; i++) {
        made[n++] = argv[i];
        if (verb != NULL && verb->run == NULL && i == (int) n_words) {
            made[n++] = (char *) (guintptr) "--"; /* words are only read */
        }
    }
    return made;
}

int
main(int argc, char **argv)
{
    struct cox_settings settings = { false };
    g_autofree char **words = hand_on(argc, argv);

    lengthen(words);
    return cox_tool_main(&tool, words, &settings);
}
