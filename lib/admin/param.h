/* lib/admin/param.h - which object's setting is meant when a resource's is to be set, got or deleted.  Layer 4. */
#ifndef COX_ADMIN_PARAM_H
#define COX_ADMIN_PARAM_H

#include <stdbool.h>
#include <glib.h>

#include "admin/setting.h"

G_BEGIN_DECLS

/** A setting of a resource; NULL members do not matter. */
struct cox_param_request {
    const char *rsc;      /**< id in the configuration */
    const char *set_type; /**< "instance_attributes", "meta_attributes" or "utilization" */
    const char *name, *set_id, *id;
    bool is_forced;       /**< of this very object, not of the clone around it or the resource in it */
};

/** Whose setting it is. */
enum cox_param_owner {
    COX_PARAM_OWN = 0,   /**< of the resource itself */
    COX_PARAM_OF_PARENT, /**< meta-attributes of a cloned resource belong to the clone, unless the resource has one */
    COX_PARAM_OF_CHILD,  /**< the resource in the clone has one, which wins */
};

/** What was found; borrowed from the document but for @matches. */
struct cox_param_choice {
    enum cox_param_owner owner;
    const struct cox_xml *rsc;  /**< element of the resource whose setting it is */
    const struct cox_xml *pair; /**< the setting, or NULL: not there yet */
    GPtrArray *matches;         /**< everything that could have been meant, in the order of the document */
};

/** The element of the resource with this id in the document of @root, or NULL. */
struct cox_xml *cox_param_rsc(const struct cox_xml *root, const char *id);

/**
 * Choose.
 * @return false with COX_ERROR_NOT_FOUND when there is no such resource
 */
bool cox_param_choose(const struct cox_xml *root, const struct cox_param_request *request, struct cox_param_choice *choice, GError **error);
void cox_param_choice_clear(struct cox_param_choice *choice);

/**
 * Give the setting a value, making it and its set when they are not there; the caller owns the step.
 * @param set_id  receives the id of the set when it was made or added to, else NULL; @pair_id that of the pair; the caller frees both
 */
struct cox_step *cox_param_set(const struct cox_param_request *request, const struct cox_param_choice *choice, const char *value,
                               char **set_id, char **pair_id);

/** Set (or with a NULL @value remove) an attribute of the resource's element; the caller owns the step. */
struct cox_step *cox_param_set_element(const struct cox_xml *rsc, const char *name, const char *value);

/** The definition of a resource with its template's in it: an element of a document that the caller owns. */
struct cox_xmldoc *cox_param_expand(const struct cox_xml *root, const struct cox_xml *rsc);

G_END_DECLS

#endif
