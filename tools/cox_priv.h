/* tools/cox_priv.h - what the files of cox share.  Layer 6. */
#ifndef COX_TOOLS_COX_PRIV_H
#define COX_TOOLS_COX_PRIV_H

#include "tools/cox_change.h"
#include "tools/tool.h"

/** What the command line says besides the words. */
struct cox_settings {
    bool is_json;
    char *node, *cib, *transition;                 /**< explain; verify */
    char *plan, *confirm_within;                   /**< apply */
    struct cox_change_settings change;             /**< every verb that changes something */
    bool is_forced, is_disabled, is_clone, is_promoted;
    char *group, *after, *before;                  /**< where in a group */
    char *id, *role, *score, *kind, *symmetrical, *loss_policy; /**< constraints */
    char *until;                                   /**< move, ban, maintenance */
    char *provider, *language, *directory;         /**< agent new */
    GPtrArray *parameters, *changes;               /**< agent test: NAME=VALUE */
    bool is_all, is_local, follows, is_directory, has_no_logs, is_live; /**< timeline, report; lb weight: an order, not the configuration */
    char *since, *resource, *nodes, *max_depth, *within; /**< the last: lb drain */
    GPtrArray *masks, *logs;
    char *token, *pacemaker_tools, *authority, *config_id; /**< cluster create, convert */
    bool starts, goes_back;                        /**< cluster create and add, convert */
    char *path, *select, *value, *description;     /**< alerts, recipients, roles */
};

/** A row of verbs.def. */
struct cox_verb {
    const char *name, *arguments, *options, *group, *summary;
    int (*run)(struct cox_tool_ctx *ctx, char **arguments); /**< NULL: run @command */
    const char *command;
};

/** All verbs; *@n of them. */
const struct cox_verb *cox_verbs(size_t *n);

/** How many arguments a verb must and may have; G_MAXUINT: any number. */
void cox_verb_count(const struct cox_verb *verb, guint *least, guint *most);

/** The verb that the first of @words are, the longest one; *@n_words of them.  NULL: there is none. */
const struct cox_verb *cox_verb_find(char *const *words, guint *n_words);

/** Does the verb take the option of this name? */
bool cox_verb_takes(const struct cox_verb *verb, const char *option);

/** The rows of all options of cox, for completion; *@n of them. */
const struct cox_opt *cox_verb_options(size_t *n);

/* Each carries out a verb and returns the exit status; @arguments are as many as the row says. */
int cox_verb_status(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_explain(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_help(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_completion(struct cox_tool_ctx *ctx, char **arguments);

/* cox_resource.c */
int cox_verb_resource_create(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_resource_update(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_resource_delete(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_group_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_group_remove(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_clone_create(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_clone_remove(struct cox_tool_ctx *ctx, char **arguments);

/* cox_steer.c */
int cox_verb_start(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_stop(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_move(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_ban(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_clear(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_standby(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_unstandby(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_node_attribute(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_node_utilization(struct cox_tool_ctx *ctx, char **arguments);

/* cox_maintenance.c */
int cox_verb_maintenance(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_maintenance_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_node_maintenance(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_resource_maintenance(struct cox_tool_ctx *ctx, char **arguments);

/**
 * What --until says: an ISO 8601 date, or a length from now on ("PT1H", "30min"), as rules have it.
 * @param text   NULL: no end, and @until is left alone
 * @param until  the caller frees it
 * @param error  COX_ERROR_SYNTAX; COX_ERROR_USAGE when it has passed
 */
bool cox_verb_end(const char *text, char **until, GError **error);

/**
 * What --since says: an ISO 8601 date (of this node without an offset), or a length until now ("PT1H", "30min").
 * @param since_us  microseconds since 1970
 * @param error     COX_ERROR_SYNTAX; COX_ERROR_USAGE when it is to come
 */
bool cox_verb_since(const char *text, gint64 *since_us, GError **error);
bool cox_verb_moment(const char *text, gint64 *at_us, GError **error); /**< the same, which may be to come */

int cox_verb_timeline(struct cox_tool_ctx *ctx, char **arguments); /* cox_timeline.c */
int cox_verb_report(struct cox_tool_ctx *ctx, char **arguments); /* cox_report.c */
/* cox_plan.c */
int cox_verb_export(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_plan(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_apply(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_confirm(struct cox_tool_ctx *ctx, char **arguments);

/* cox_history.c */
int cox_verb_history(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_undo(struct cox_tool_ctx *ctx, char **arguments);

/* cox_config.c */
int cox_verb_location(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_order(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_colocation(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_ticket_constraint(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_constraint_delete(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_property_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_property_set(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_defaults_resource(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_defaults_operation(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_tag_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_tag_remove(struct cox_tool_ctx *ctx, char **arguments);

/* cox_access.c */
int cox_verb_alert_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_alert_create(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_alert_update(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_alert_delete(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_recipient_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_recipient_update(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_recipient_delete(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_acl_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_acl_role_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_acl_role_remove(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_acl_user_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_acl_user_remove(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_acl_group_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_acl_group_remove(struct cox_tool_ctx *ctx, char **arguments);

int cox_verb_fence_create(struct cox_tool_ctx *ctx, char **arguments); /* cox_resource.c */
int cox_verb_fence_update(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_fence_delete(struct cox_tool_ctx *ctx, char **arguments);

/* cox_fence.c */
int cox_verb_fence_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_fence_level_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_fence_level_add(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_fence_level_remove(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_fence_off(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_fence_on(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_fence_reboot(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_fence_confirm(struct cox_tool_ctx *ctx, char **arguments);

int cox_verb_verify(struct cox_tool_ctx *ctx, char **arguments); /* cox_verify.c */

/* cox_quorum.c */
int cox_verb_quorum_status(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_quorum_expect(struct cox_tool_ctx *ctx, char **arguments);

/* cox_debug.c */
int cox_verb_resource_history(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_debug(struct cox_tool_ctx *ctx, char **arguments);

struct cox_state;

/** May a @what ("start", "test") of the resource be done by hand?  Not while the cluster manages it: COX_ERROR_UNSAFE. */
bool cox_verb_check_managed(const struct cox_state *state, const char *id, const char *what, GError **error);

/* cox_agent.c */
int cox_verb_agent_new(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_agent_test(struct cox_tool_ctx *ctx, char **arguments);

/* cox_ticket.c */
int cox_verb_ticket_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_ticket_grant(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_ticket_revoke(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_ticket_standby(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_ticket_activate(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_ticket_forget(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_utilization_list(struct cox_tool_ctx *ctx, char **arguments);
int cox_verb_resource_utilization(struct cox_tool_ctx *ctx, char **arguments);

/* cox_view.c: what verbs that only look begin and end with. */

/** The document that a verb looks at. */
struct cox_verb_view {
    struct cox_cib_access *access;
    const struct cox_xml *root; /**< as the user may see it; borrowed from @access */
    int status;                 /**< when it cannot be read */
};

/** Read it; false when that fails, which is said, and @view has nothing to be closed then. */
bool cox_verb_view_open(struct cox_tool_ctx *ctx, struct cox_verb_view *view);
void cox_verb_view_close(struct cox_verb_view *view);

/**
 * The command of a verb with its arguments put in; what is left of them is added.  NULL-terminated; the caller frees with g_strfreev.
 */
char **cox_verb_command(const char *template, char **arguments, guint n_expected);

#endif
