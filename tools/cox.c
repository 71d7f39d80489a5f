/* tools/cox.c - the one command for people: verbs from a table.  Layer 6. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "tools/cox_priv.h"

/* A row is a verb; what stands in it is documented in verbs.def. */
static const struct cox_verb verbs[] = {
#define COX_VERB(name, arguments, group, summary, function, command) { name, arguments, group, summary, function, command },
#include "tools/verbs.def"
#undef COX_VERB
};

static const struct cox_opt options[] = {
    { "json", 0, COX_OPT_FLAG, NULL, "Output Options", "The same as --output-as=json", offsetof(struct cox_settings, is_json) },
    { "node", 'N', COX_OPT_STRING, "NODE", "Options of explain", "Only why not, or what would move it, to this node", offsetof(struct cox_settings, node) },
    { "cib", 0, COX_OPT_STRING, "FILE", "Options of explain", "The document in this file, which may be compressed (\"-\": standard input)", offsetof(struct cox_settings, cib) },
    { "transition", 0, COX_OPT_STRING, "ID", "Options of explain", "A saved input of the scheduler: a number, or a name such as pe-warn-3", offsetof(struct cox_settings, transition) },
    { "quiet", 'Q', COX_OPT_QUIET, NULL, NULL, "Only what is essential" },
};

const struct cox_verb *
cox_verbs(size_t *n)
{
    *n = G_N_ELEMENTS(verbs);
    return verbs;
}

void
cox_verb_count(const struct cox_verb *verb, guint *least, guint *most)
{
    g_auto(GStrv) words = g_strsplit_set(verb->arguments, " ", -1);

    *least = 0;
    *most = 0;
    for (guint i = 0; words[i] != NULL; i++) {
        if (*words[i] != '\0') {
            *most += 1;
            *least += (*words[i] != '[') ? 1 : 0;
        }
    }
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
    guint n_given = MIN(g_strv_length(arguments), n_expected);
    guint part = 0; /* length of what was made when the bracket opened */
    bool is_optional = false;
    bool is_missing = false;

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

static const struct cox_verb *
find_verb(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

/* The verb that begins as the unknown one does, or has its letters in another order: what was probably meant. */
static const char *
nearest(const char *name)
{
    for (size_t length = strlen(name); length > 1; length--) {
        for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
            if (strncmp(verbs[i].name, name, length) == 0) {
                return verbs[i].name;
            }
        }
    }
    return "help";
}

static int
run(struct cox_tool_ctx *ctx)
{
    const char *name = (ctx->words[0] != NULL) ? ctx->words[0] : "status";
    char **arguments = (ctx->words[0] != NULL) ? ctx->words + 1 : ctx->words;
    const struct cox_verb *verb = find_verb(name);
    guint n = g_strv_length(arguments);
    guint least = 0;
    guint most = 0;

    if (verb == NULL) {
        return cox_tool_usage(ctx, "'%s' is no verb; did you mean '%s'? (cox help)", name, nearest(name));
    }
    cox_verb_count(verb, &least, &most);
    if (n < least || (n > most && verb->run != NULL)) {
        return cox_tool_usage(ctx, "%s: %s arguments: cox %s %s", name, (n < least) ? "too few" : "too many", name, verb->arguments);
    }
    return (verb->run != NULL) ? verb->run(ctx, arguments) : run_command(ctx, verb, arguments);
}

static const int statuses[] = { 0, 1, 64, 65, 66, 72, 78, 102, 105, -1 };

static const struct cox_tool tool = {
    .name = "cox",
    .summary = "look at the cluster and steer it",
    .synopsis = "[VERB] [ARGUMENT]... [OPTION]...",
    .description = "Without a verb, the status is shown.  cox status ends with 1 when there are problems, so that it can be used in "
                   "scripts.  Verbs that are a classic tool hand on the options that follow their arguments.\n\nThe verbs:"
#define COX_VERB(name, arguments, group, summary, function, command) "\n\n" name " " arguments " - " summary
#include "tools/verbs.def"
#undef COX_VERB
    ,
    .examples = "What is wrong, and what runs where?\n\tcox status\nMove a resource away, and let it go where it wants later:\n"
                "\tcox move web\n\tcox clear web\nWhy does web run where it does, why not on n2, and what would change that?\n\tcox explain web --node n2\nLet the shell complete verbs:\n\tsource <(cox completion bash)\n",
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
    for (char **word = argv; *word != NULL; word++) {
        if (strcmp(*word, "--json") == 0) {
            *word = (char *) (guintptr) "--output-as=json"; /* words are only read */
        }
    }
}

int
main(int argc, char **argv)
{
    struct cox_settings settings = { false };

    (void) argc;
    lengthen(argv);
    return cox_tool_main(&tool, argv, &settings);
}
