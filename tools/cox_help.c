/* tools/cox_help.c - cox help and cox completion, from the table of verbs.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "tools/cox_priv.h"

static void
print_verb(struct cox_out *out, const struct cox_verb *verb)
{
    g_autofree char *call = g_strdup_printf("%s %s", verb->name, verb->arguments);

    cox_out_leaf(out, "verb", "name", verb->name, "arguments", verb->arguments, "options", verb->options, "group", verb->group, "summary",
                 verb->summary, NULL);
    cox_out_rawf(out, (strlen(call) > 38) ? "  %s\n%41s%s\n" : "  %-38s %s%s\n", call, "", verb->summary);
}

/* All that is known of one verb. */
static void
print_details(struct cox_out *out, const struct cox_verb *verb)
{
    size_t n = 0;
    const struct cox_opt *options = cox_verb_options(&n);

    if (verb->command != NULL) {
        cox_out_rawf(out, "\n  is: %s\n", verb->command);
    }
    for (size_t i = 0; i < n; i++) {
        if (cox_verb_takes(verb, options[i].long_name)) {
            g_autofree char *call = g_strdup_printf("--%s%s%s", options[i].long_name, (options[i].arg_name != NULL) ? "=" : "",
                                                    (options[i].arg_name != NULL) ? options[i].arg_name : "");

            cox_out_rawf(out, "    %-24s %s\n", call, options[i].help);
        }
    }
}

int
cox_verb_help(struct cox_tool_ctx *ctx, char **arguments)
{
    size_t n = 0;
    const struct cox_verb *verbs = cox_verbs(&n);
    g_autofree char *wanted = g_strjoinv(" ", arguments);
    g_autofree char *begin = g_strconcat(wanted, " ", NULL);
    const char *group = NULL;
    bool is_found = false;

    cox_out_begin(ctx->out, "verbs", NULL);
    for (size_t i = 0; i < n; i++) {
        bool is_it = strcmp(wanted, verbs[i].name) == 0;

        if (*wanted != '\0' && !is_it && !g_str_has_prefix(verbs[i].name, begin)) {
            continue;
        }
        if (*wanted == '\0' && g_strcmp0(group, verbs[i].group) != 0) {
            cox_out_rawf(ctx->out, "%s%s\n", (group == NULL) ? "" : "\n", verbs[i].group);
        }
        is_found = true;
        group = verbs[i].group;
        print_verb(ctx->out, &verbs[i]);
        if (is_it) {
            print_details(ctx->out, &verbs[i]);
        }
    }
    cox_out_end(ctx->out);
    return is_found ? 0 : cox_tool_usage(ctx, "help: '%s' is no verb; cox help lists them", wanted);
}

/* ---- completion ------------------------------------------------------------------------------------------- */

/* How names that an argument stands for are found; what is none of these is a choice of words. */
static char *
completion_of(const char *argument)
{
    static const struct {
        const char *part, *found_by;
    } rows[] = {
        { "RESOURCE", "$(crm_resource --list-raw --quiet 2>/dev/null)" }, { "FIRST", "$(crm_resource --list-raw --quiet 2>/dev/null)" },
        { "THEN", "$(crm_resource --list-raw --quiet 2>/dev/null)" },     { "WITH", "$(crm_resource --list-raw --quiet 2>/dev/null)" },
        { "GROUP", "$(crm_resource --list-raw --quiet 2>/dev/null)" },    { "NODE", "$(crmadmin --nodes --quiet 2>/dev/null)" },
        { "CONSTRAINT", "$(cibadmin --query --scope constraints 2>/dev/null | sed -n 's/^ *<rsc_[a-z]* .*id=\"\\([^\"]*\\)\".*/\\1/p')" },
        { "AGENT", "$(crm_resource --list-agents ocf 2>/dev/null | sed 's/^/ocf:/')" },
        { "VERB", "$verbs" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strstr(argument, rows[i].part) != NULL) {
            return g_strdup(rows[i].found_by);
        }
    }
    return (strpbrk(argument, "=.") != NULL || g_ascii_isupper(argument[strspn(argument, "[")])) ? g_strdup("")
                                                                                                : g_strdelimit(g_strdup(argument), "[]|", ' ');
}

/* One verb: its options, and what its arguments may be, one after the other; the last may be many. */
static void
add_verb(GString *script, const struct cox_verb *verb)
{
    g_auto(GStrv) names = g_strsplit(verb->arguments, " ", -1);
    size_t n = 0;
    const struct cox_opt *options = cox_verb_options(&n);

    g_string_append_printf(script, "    \"%s\")\n        options=\"--json --help", verb->name);
    for (size_t i = 0; i < n; i++) {
        if (cox_verb_takes(verb, options[i].long_name)) {
            g_string_append_printf(script, " --%s%s", options[i].long_name, (options[i].arg_name != NULL) ? "=" : "");
        }
    }
    g_string_append(script, "\"\n        case $n in\n");
    for (guint k = 0; names[k] != NULL && *names[k] != '\0'; k++) {
        g_autofree char *choice = completion_of(names[k]);
        g_autofree char *place = (g_str_has_suffix(names[k], "...") && names[k + 1] == NULL) ? g_strdup("*") : g_strdup_printf("%u", k);

        if (*choice != '\0') {
            g_string_append_printf(script, "        %s) words=\"%s\" ;;\n", place, choice);
        }
    }
    g_string_append(script, "        esac ;;\n");
}

/* The first words of all verbs, or (@first not NULL) the second words of those that begin so. */
static void
add_words(GString *script, const char *first)
{
    size_t n = 0;
    const struct cox_verb *verbs = cox_verbs(&n);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < n; i++) {
        g_auto(GStrv) parts = g_strsplit(verbs[i].name, " ", 2);
        const char *word = (first == NULL) ? parts[0] : (strcmp(first, parts[0]) == 0) ? parts[1] : NULL;

        if (word != NULL && g_hash_table_add(seen, g_strdup(word))) {
            g_string_append_printf(script, " %s", word);
        }
    }
}

/* Which verb is it, and how many of its arguments are there? */
static void
add_search(GString *script)
{
    size_t n = 0;
    const struct cox_verb *verbs = cox_verbs(&n);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    g_string_append(script, "    case \"${given[0]} ${given[1]}\" in\n");
    for (size_t i = 0; i < n; i++) {
        if (strchr(verbs[i].name, ' ') != NULL) {
            g_string_append_printf(script, "    \"%s\") verb=\"%s\" n=$((${#given[@]} - 2)) ;;\n", verbs[i].name, verbs[i].name);
        } else {
            g_string_append_printf(script, "    \"%s \"*) verb=\"%s\" n=$((${#given[@]} - 1)) ;;\n", verbs[i].name, verbs[i].name);
        }
    }
    g_string_append(script, "    esac\n    case \"$verb:${#given[@]}:${given[0]}\" in\n    :0:*) words=\"$verbs\" ;;\n");
    for (size_t i = 0; i < n; i++) {
        g_auto(GStrv) parts = g_strsplit(verbs[i].name, " ", 2);

        if (parts[1] != NULL && g_hash_table_add(seen, g_strdup(parts[0]))) {
            g_string_append_printf(script, "    :1:%s) words=\"", parts[0]);
            add_words(script, parts[0]);
            g_string_append(script, "\" ;;\n");
        }
    }
    g_string_append(script, "    esac\n");
}

int
cox_verb_completion(struct cox_tool_ctx *ctx, char **arguments)
{
    size_t n = 0;
    const struct cox_verb *verbs = cox_verbs(&n);
    bool is_zsh = strcmp(arguments[0], "zsh") == 0;
    g_autoptr(GString) script = g_string_new(NULL);

    if (strcmp(arguments[0], "bash") != 0 && !is_zsh) {
        return cox_tool_usage(ctx, "completion: '%s' is not known: use bash or zsh", arguments[0]);
    }
    g_string_append_printf(script, "# completion of cox for %s, made by: cox completion %s\n", arguments[0], arguments[0]);
    g_string_append(script, is_zsh ? "autoload -U +X bashcompinit && bashcompinit\n" : "");
    g_string_append(script, "_cox() {\n    local cur=\"${COMP_WORDS[COMP_CWORD]}\" verb= n=0 i words= options=\"--json --help --version\"\n"
                            "    local -a given=()\n    local verbs=\"");
    add_words(script, NULL);
    g_string_append(script, "\"\n    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                            "        [[ ${COMP_WORDS[i]} == -* ]] || given+=(\"${COMP_WORDS[i]}\")\n    done\n");
    add_search(script);
    g_string_append(script, "    case \"$verb\" in\n");
    for (size_t i = 0; i < n; i++) {
        add_verb(script, &verbs[i]);
    }
    g_string_append(script, "    esac\n    [[ $cur == -* ]] && words=$options\n"
                            "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -F _cox cox\n");
    cox_out_cdata(ctx->out, "completion", script->str);
    cox_out_raw(ctx->out, script->str);
    return 0;
}
