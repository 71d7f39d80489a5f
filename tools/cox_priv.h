/* tools/cox_priv.h - what the files of cox share.  Layer 6. */
#ifndef COX_TOOLS_COX_PRIV_H
#define COX_TOOLS_COX_PRIV_H

#include "tools/tool.h"

/** What the command line says besides the words. */
struct cox_settings {
    bool is_json;
    char *node, *cib, *transition; /**< explain */
};

/** A row of verbs.def. */
struct cox_verb {
    const char *name, *arguments, *group, *summary;
    int (*run)(struct cox_tool_ctx *ctx, char **arguments); /**< NULL: run @command */
    const char *command;
};

/** All verbs; *@n of them. */
const struct cox_verb *cox_verbs(size_t *n);

/** How many arguments a verb must and may have. */
void cox_verb_count(const struct cox_verb *verb, guint *least, guint *most);

int cox_verb_status(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_explain(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_maintenance(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_help(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_completion(struct cox_tool_ctx *ctx, char **arguments);

/**
 * The command of a verb with its arguments put in; what is left of them is added.  NULL-terminated; the caller frees with g_strfreev.
 */
char **cox_verb_command(const char *template, char **arguments, guint n_expected);

#endif
