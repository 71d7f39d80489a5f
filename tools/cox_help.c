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
        { "GROUP-OF", "" }, { "GROUP", "$(crm_resource --list-raw --quiet 2>/dev/null)" },    { "NODE", "$(crmadmin --nodes --quiet 2>/dev/null)" },
        { "ALERT", "$(cibadmin --query --scope alerts 2>/dev/null | sed -n 's/^ *<alert .*id=\"\\([^\"]*\\)\".*/\\1/p')" },
        { "RECIPIENT", "$(cibadmin --query --scope alerts 2>/dev/null | sed -n 's/^ *<recipient .*id=\"\\([^\"]*\\)\".*/\\1/p')" },
        { "ROLE", "$(cibadmin --query --scope acls 2>/dev/null | sed -n 's/^ *<acl_role .*id=\"\\([^\"]*\\)\".*/\\1/p')" },
        { "DEVICE", "$(cibadmin --query --scope resources 2>/dev/null | sed -n 's/^ *<primitive .*id=\"\\([^\"]*\\)\".* class=\"stonith\".*/\\1/p')" },
        { "TICKET", "$(crm_ticket --raw 2>/dev/null)" },
        { "TARGET", "$(crmadmin --nodes --quiet 2>/dev/null)" },
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
            g_string_append_printf(script, "        %s) words=\"$words %s\" ;;\n", place, choice);
        }
    }
    g_string_append(script, "        esac ;;\n");
}

/* The words that may follow the first words @begin ("", "alert ", "alert recipient ") of verbs. */
static void
add_words(GString *script, const char *begin)
{
    size_t n = 0;
    const struct cox_verb *verbs = cox_verbs(&n);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < n; i++) {
        if (g_str_has_prefix(verbs[i].name, begin)) {
            const char *rest = verbs[i].name + strlen(begin);
            g_autofree char *word = g_strndup(rest, strcspn(rest, " "));

            if (g_hash_table_add(seen, g_strdup(word))) {
                g_string_append_printf(script, " %s", word);
            }
        }
    }
}

static guint
count_words(const char *name)
{
    guint n = 1;

    for (; *name != '\0'; name++) {
        n += (*name == ' ') ? 1 : 0;
    }
    return n;
}

/* Which verb is it, and how many of its arguments are there?  The longest verb wins. */
static void
add_search(GString *script)
{
    size_t n = 0;
    const struct cox_verb *verbs = cox_verbs(&n);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint most = 1;

    for (size_t i = 0; i < n; i++) {
        most = MAX(most, count_words(verbs[i].name));
    }
    g_string_append(script, "    case \"${given[*]} \" in\n");
    for (guint length = most; length > 0; length--) {
        for (size_t i = 0; i < n; i++) {
            if (count_words(verbs[i].name) == length) {
                g_string_append_printf(script, "    \"%s \"*) verb=\"%s\" n=$((${#given[@]} - %u)) ;;\n", verbs[i].name, verbs[i].name, length);
            }
        }
    }
    g_string_append(script, "    esac\n    case \"${given[*]}\" in\n    \"\") words=\"$verbs\" ;;\n");
    for (size_t i = 0; i < n; i++) {
        for (const char *space = strchr(verbs[i].name, ' '); space != NULL; space = strchr(space + 1, ' ')) {
            g_autofree char *begin = g_strndup(verbs[i].name, (gsize) (space - verbs[i].name) + 1);

            if (g_hash_table_add(seen, g_strdup(begin))) {
                g_string_append_printf(script, "    \"%.*s\") words=\"", (int) (space - verbs[i].name), begin);
                add_words(script, begin);
                g_string_append(script, "\" ;;\n");
            }
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
    add_words(script, "");
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
