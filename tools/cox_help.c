/* tools/cox_help.c - cox help and cox completion, from the table of verbs; and verbs too small for a file.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "tools/attribute_run.h"
#include "tools/cox_priv.h"

static void
print_verb(struct cox_out *out, const struct cox_verb *verb)
{
    g_autofree char *call = g_strdup_printf("%s %s", verb->name, verb->arguments);

    cox_out_leaf(out, "verb", "name", verb->name, "arguments", verb->arguments, "group", verb->group, "summary", verb->summary, NULL);
    cox_out_rawf(out, "  %-26s %s\n", call, verb->summary);
}

int
cox_verb_help(struct cox_tool_ctx *ctx, char **arguments)
{
    size_t n = 0;
    const struct cox_verb *verbs = cox_verbs(&n);
    const char *group = NULL;
    bool is_found = arguments[0] == NULL;

    cox_out_begin(ctx->out, "verbs", NULL);
    for (size_t i = 0; i < n; i++) {
        if (arguments[0] != NULL && strcmp(arguments[0], verbs[i].name) != 0) {
            continue;
        }
        is_found = true;
        if (arguments[0] == NULL && g_strcmp0(group, verbs[i].group) != 0) {
            cox_out_rawf(ctx->out, "%s%s\n", (group == NULL) ? "" : "\n", verbs[i].group);
        }
        group = verbs[i].group;
        print_verb(ctx->out, &verbs[i]);
        if (arguments[0] != NULL && verbs[i].command != NULL) {
            cox_out_rawf(ctx->out, "\n  is: %s\n", verbs[i].command);
        }
    }
    cox_out_end(ctx->out);
    return is_found ? 0 : cox_tool_usage(ctx, "help: '%s' is no verb; cox help lists them", arguments[0]);
}

/* How names that an argument stands for are found; what is none of these is a choice of words. */
static char *
completion_of(const char *argument)
{
    if (strstr(argument, "RESOURCE") != NULL) {
        return g_strdup("$(crm_resource --list-raw --quiet 2>/dev/null)");
    }
    if (strstr(argument, "NODE") != NULL) {
        return g_strdup("$(crmadmin --nodes --quiet 2>/dev/null)");
    }
    if (strstr(argument, "VERB") != NULL) {
        return g_strdup("$verbs");
    }
    return g_strdelimit(g_strdup(argument), "[]|", ' ');
}

int
cox_verb_completion(struct cox_tool_ctx *ctx, char **arguments)
{
    size_t n = 0;
    const struct cox_verb *verbs = cox_verbs(&n);
    g_autoptr(GString) script = g_string_new("# completion of cox for bash, made by: cox completion bash\n_cox() {\n    local verbs=\"");

    if (strcmp(arguments[0], "bash") != 0) {
        return cox_tool_usage(ctx, "completion: '%s' is not known: use bash", arguments[0]);
    }
    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(script, "%s%s", (i == 0) ? "" : " ", verbs[i].name);
    }
    g_string_append(script, "\"\n    local words=\"--json --output-as= --help --version\"\n"
                            "    if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"$verbs $words\"; else\n"
                            "        case \"${COMP_WORDS[1]} $COMP_CWORD\" in\n");
    for (size_t i = 0; i < n; i++) {
        g_auto(GStrv) names = g_strsplit(verbs[i].arguments, " ", -1);

        for (guint k = 0; names[k] != NULL && *names[k] != '\0'; k++) {
            g_autofree char *choice = completion_of(names[k]);

            g_string_append_printf(script, "        \"%s %u\") words=\"%s\" ;;\n", verbs[i].name, k + 2, choice);
        }
    }
    g_string_append(script, "        esac\n    fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
                            "complete -F _cox cox\n");
    cox_out_cdata(ctx->out, "completion", script->str);
    cox_out_raw(ctx->out, script->str);
    return 0;
}

int
cox_verb_maintenance(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    bool is_on = strcmp(arguments[0], "on") == 0;
    const struct cox_attribute_task task = { .command = is_on ? COX_ATTRIBUTE_UPDATE : COX_ATTRIBUTE_DELETE,
                                             .request = { .scope = COX_ATTRPATH_CLUSTER, .name = "maintenance-mode" },
                                             .value = "true" };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = NULL;

    if (!is_on && strcmp(arguments[0], "off") != 0) {
        return cox_tool_usage(ctx, "maintenance: '%s' is not known: use on or off", arguments[0]);
    }
    access = cox_cib_access_open(&where, &error);
    return (access == NULL) ? cox_tool_fail(ctx, error) : cox_attribute_run(ctx, access, &task);
}
