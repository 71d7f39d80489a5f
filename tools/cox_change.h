/* tools/cox_change.h - how every verb of cox changes the configuration: try it on a copy, show it, make it at once, wait.  Layer 6. */
#ifndef COX_TOOLS_COX_CHANGE_H
#define COX_TOOLS_COX_CHANGE_H

#include <stdbool.h>
#include <glib.h>

#include "tools/cib_access.h"
#include "tools/tool.h"

G_BEGIN_DECLS

/**
 * Make the change in a copy of the document, of which only the configuration counts.  Called again with a newer one when somebody else
 * has changed the configuration meanwhile.
 *
 * @param root  of the copy (`<cib>`): read and change it as you like; it is thrown away when this fails
 */
typedef bool (*cox_change_fn)(struct cox_xml *root, const void *what, GError **error);

/** Told of a change that is about to be made, and of its end: each once, and only when there is something to change and it is no dry run. */
struct cox_change_hooks {
    /** @before, @after: roots of the documents; @plan: its name.  false with an error: the change is not made. */
    bool (*begin)(void *context, const struct cox_xml *before, const struct cox_xml *after, const char *plan, GError **error);
    void (*end)(void *context, bool is_made); /**< true also when nobody knows */
    void *context;
};

/** What the command line says of how to do it. */
struct cox_change_settings {
    bool is_dry;     /**< only show what would change and what the cluster would do */
    bool waits;      /**< until the cluster has nothing left to do */
    char *timeout;   /**< of the wait, as written; NULL: an hour */
    const char *cib; /**< the document in this file ("-": standard input) instead of the one that the environment names; NULL: that one */
    char *reason;    /**< for the history; NULL: none is given */
    bool is_exact;   /**< this change or none: never worked out again */
    bool names_plan; /**< a dry run tells the name of the plan */
    const char *plan; /**< only the plan of this name: that is made of the change and the configuration that it is made in; NULL: any */
    const struct cox_change_hooks *hooks; /**< with is_exact; may be NULL */
};

/**
 * Do it: the difference becomes one patch that fits only the configuration that was read, so that all of it is made, or nothing.  What
 * changed is printed, and with a wait each action that ends.
 *
 * @return exit status: 0 also when there is nothing to change; with a wait that of the first action that failed (1), or of the time-out
 */
int cox_change_run(struct cox_tool_ctx *ctx, const struct cox_change_settings *settings, cox_change_fn edit, const void *what);

/**
 * Do something with the running cluster that is no change of the configuration.
 *
 * @param access  the document; of the running cluster unless it is a dry run
 * @return exit status
 */
typedef int (*cox_change_act_fn)(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const void *what);

/** Do it, and wait as the settings say.  A dry run is @act's to see to, and waits for nothing. */
int cox_change_act(struct cox_tool_ctx *ctx, const struct cox_change_settings *settings, cox_change_act_fn act, const void *what);

/** Print what changes, as cox_change_run() does; @lines: struct cox_docdiff_line. */
void cox_change_print_lines(struct cox_tool_ctx *ctx, const GArray *lines);

/** Print what the cluster would do with this document, which is not checked; exit status. */
int cox_change_show_plan(struct cox_tool_ctx *ctx, const struct cox_xml *root);

/**
 * Make a change in the document that the environment names without a word to anybody: for a process of its own.
 * @param error  that of @edit, or why it could not be made
 */
bool cox_change_quietly(cox_change_fn edit, const void *what, GError **error);

G_END_DECLS

#endif
