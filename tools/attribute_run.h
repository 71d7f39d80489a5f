/* tools/attribute_run.h - query, set and delete attributes: what crm_attribute and its relatives share.  Layer 6. */
#ifndef COX_TOOLS_ATTRIBUTE_RUN_H
#define COX_TOOLS_ATTRIBUTE_RUN_H

#include "admin/attrpath.h"
#include "tools/cib_access.h"
#include "tools/tool.h"

enum cox_attribute_command {
    COX_ATTRIBUTE_QUERY = 0,
    COX_ATTRIBUTE_UPDATE,
    COX_ATTRIBUTE_DELETE,
};

/** What to do.  Texts are borrowed. */
struct cox_attribute_task {
    enum cox_attribute_command command;
    struct cox_attrpath_request request;
    const char *value;    /**< UPDATE; may be "value++" or "value+=5" */
    const char *fallback; /**< QUERY: printed when it is not set; NULL: an error then */
    const char *gap;      /**< between scope and name; NULL: one blank */
    bool is_at_once;      /**< UPDATE of a transient one: do not wait until it is done */
    bool waits_for_all;   /**< UPDATE of a transient one: until all nodes have it */
};

/**
 * Do it on what @access opened, and print the result.  Transient attributes of a running cluster are changed by attrd, others by cibd.
 * A node that is not named is the one of the agent's environment, else this one.
 * @return exit status; problems are printed
 */
int cox_attribute_run(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_attribute_task *task);

/** Value of an attribute, copied, or NULL with COX_ERROR_NOT_FOUND. */
char *cox_attribute_value(struct cox_cib_access *access, const struct cox_attrpath_request *request, GError **error);

/** Name of the node that is meant when none is given: that of the agent's environment, else this machine's.  Caller frees. */
char *cox_attribute_local_node(struct cox_cib_access *access);

/** Print what went wrong as these tools do, and return its exit status; frees @error. */
int cox_attribute_fail(struct cox_tool_ctx *ctx, GError *error);

#endif
