/* tools/resource_priv.h - what the files of crm_resource share.  Layer 6. */
#ifndef COX_TOOLS_RESOURCE_PRIV_H
#define COX_TOOLS_RESOURCE_PRIV_H

#include "admin/step.h"
#include "tools/cib_access.h"
#include "tools/state.h"
#include "tools/tool.h"

struct cox_resource_call;

/** What a command needs. */
enum cox_resource_need {
    COX_RESOURCE_DOCUMENT = 1 << 0, /**< the document: call->root */
    COX_RESOURCE_STATE = 1 << 1,    /**< and what it means: call->state */
    COX_RESOURCE_ID = 1 << 2,       /**< a resource that exists (call->rsc with the state) */
    COX_RESOURCE_NODE = 1 << 3,     /**< a node that exists */
    COX_RESOURCE_AGENT = 1 << 4,    /**< may be given --class, --agent, --provider instead of a resource */
};

/** A command of the table in crm_resource.c. */
struct cox_resource_command {
    int (*run)(struct cox_resource_call *call); /**< returns the exit status */
    unsigned int needs;
};

struct cox_resource_settings {
    int command;
    char *argument; /**< of the command: parameter, standard, agent ... */
    char *rsc, *node, *value, *set_id, *pair_id, *lifetime, *operation, *interval, *timeout, *type;
    char *standard, *provider, *agent, *file;
    GPtrArray *options; /**< NAME=VALUE for --validate */
    bool is_meta, is_utilization, is_element, is_recursive, is_forced, is_promoted, only_expired, lists_all;
};

/** One call of the tool. */
struct cox_resource_call {
    struct cox_tool_ctx *ctx;
    const struct cox_resource_settings *settings;
    struct cox_cib_access *access;
    const struct cox_xml *root; /**< the part of the document that the user may see */
    struct cox_state *state;
    guint32 rsc;                /**< index into the state's resources, or COX_RSC_NONE */
    guint32 node;               /**< index into the state's nodes, or COX_NODE_NONE */
};

/** Print "crm_resource: TEXT" and what the status means; return the exit status of @code. */
int cox_resource_fail(struct cox_resource_call *call, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** The same for an error, which is freed. */
int cox_resource_error(struct cox_resource_call *call, GError *error);

/** Make one change of the document, or print why it was not made.  Frees @step.  @return exit status */
int cox_resource_make(struct cox_resource_call *call, struct cox_step *step);

/** The configured resource that is meant: of an instance that of its clone.  NULL when it is not in the configuration. */
const struct cox_rsc_def *cox_resource_def(const struct cox_resource_call *call);

/**
 * Have what has been done written into the document of a running cluster, and read it anew: root, state, resource and node of @call.  0, or the exit
 * status with a message printed.
 */
int cox_resource_read_anew(struct cox_resource_call *call);

/** Milliseconds of --timeout or @fallback_ms; false with a message printed when it is no length of time. */
bool cox_resource_timeout(struct cox_resource_call *call, gint64 fallback_ms, gint64 *timeout_ms);

/* resource_query.c: commands that only look */
int cox_resource_list(struct cox_resource_call *call);
int cox_resource_list_raw(struct cox_resource_call *call);
int cox_resource_list_operations(struct cox_resource_call *call);
int cox_resource_query(struct cox_resource_call *call);
int cox_resource_query_raw(struct cox_resource_call *call);
int cox_resource_locate(struct cox_resource_call *call);
int cox_resource_constraints(struct cox_resource_call *call);
int cox_resource_stack(struct cox_resource_call *call);
int cox_resource_digests(struct cox_resource_call *call);

/* resource_why.c */
int cox_resource_why(struct cox_resource_call *call);

/* resource_param.c: parameters and meta-attributes */
int cox_resource_get(struct cox_resource_call *call);
int cox_resource_set(struct cox_resource_call *call);
int cox_resource_unset(struct cox_resource_call *call);
int cox_resource_delete(struct cox_resource_call *call);

/* resource_move.c */
int cox_resource_move(struct cox_resource_call *call);
int cox_resource_ban(struct cox_resource_call *call);
int cox_resource_clear(struct cox_resource_call *call);

/* resource_live.c: what needs a running cluster */
int cox_resource_cleanup(struct cox_resource_call *call);
int cox_resource_refresh(struct cox_resource_call *call);
int cox_resource_declare_failed(struct cox_resource_call *call);
int cox_resource_wait(struct cox_resource_call *call);
int cox_resource_restart(struct cox_resource_call *call);

/* resource_agent.c: agents on this machine */
int cox_resource_standards(struct cox_resource_call *call);
int cox_resource_providers(struct cox_resource_call *call);
int cox_resource_alternatives(struct cox_resource_call *call);
int cox_resource_agents(struct cox_resource_call *call);
int cox_resource_metadata(struct cox_resource_call *call);
/** The list of options that a word of the command line means; NULL: none. */
const char *cox_resource_option_list(const char *type);
int cox_resource_list_options(struct cox_resource_call *call);
int cox_resource_force(struct cox_resource_call *call);

#endif
