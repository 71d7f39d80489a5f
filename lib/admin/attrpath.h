/* lib/admin/attrpath.h - cluster options, defaults and node attributes: which part of the document is meant.  Layer 4. */
#ifndef COX_ADMIN_ATTRPATH_H
#define COX_ADMIN_ATTRPATH_H

#include <stdbool.h>
#include <glib.h>

#include "admin/setting.h"

G_BEGIN_DECLS

/** What an attribute belongs to. */
enum cox_attrpath_scope {
    COX_ATTRPATH_CLUSTER = 0,  /**< crm_config */
    COX_ATTRPATH_NODE,         /**< nodes: stays */
    COX_ATTRPATH_TRANSIENT,    /**< status: goes with the node */
    COX_ATTRPATH_RSC_DEFAULTS,
    COX_ATTRPATH_OP_DEFAULTS,
};

/** Which attributes; NULL members do not matter. */
struct cox_attrpath_request {
    enum cox_attrpath_scope scope;
    bool is_utilization;   /**< of a node */
    const char *node;      /**< NODE and TRANSIENT only: name */
    const char *set_id, *id, *name;
    const GRegex *pattern; /**< instead of @name */
};

/** Name of the section: "crm_config", "nodes", "status" ... */
const char *cox_attrpath_section(enum cox_attrpath_scope scope);

/**
 * The scope that a word of the command line means (section or lifetime: "forever", "reboot").
 * @return false when it means none; "tickets" is left to crm_ticket
 */
bool cox_attrpath_scope_parse(const char *word, enum cox_attrpath_scope *scope);

/** Id of the node called @name in the document of @root: of a remote node its name; NULL: there is none. */
const char *cox_attrpath_node_id(const struct cox_xml *root, const char *name);

/** What a request comes to in a document. */
struct cox_attrpath_match {
    GPtrArray *pairs;               /**< struct cox_xml *, borrowed from the document */
    struct cox_setting_place place; /**< where a new one would go */
    char *set_id;
};

/**
 * Look the request up in the document of @root.
 * @param error  COX_ERROR_NOT_FOUND: no such node
 */
bool cox_attrpath_find(const struct cox_xml *root, const struct cox_attrpath_request *request, struct cox_attrpath_match *match,
                        GError **error);
void cox_attrpath_match_clear(struct cox_attrpath_match *match);

/**
 * Steps that give the attributes (all that the pattern finds, or the one, made when it is not there) the value @value.
 * @param steps  gets struct cox_step *, owned by the array's free function
 * @param error  COX_ERROR_MULTIPLE: several sets have it and the request does not tell which; COX_ERROR_NOT_FOUND: a pattern found none
 */
bool cox_attrpath_update(const struct cox_attrpath_request *request, const struct cox_attrpath_match *match, const char *value,
                          GPtrArray *steps, GError **error);

/** Steps that delete them; nothing there: no steps.  Errors as above. */
bool cox_attrpath_delete(const struct cox_attrpath_request *request, const struct cox_attrpath_match *match, GPtrArray *steps,
                          GError **error);

G_END_DECLS

#endif
