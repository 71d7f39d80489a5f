/* lib/admin/setting.h - names with values in the document: find them, set them, delete them.  Layer 4. */
#ifndef COX_ADMIN_SETTING_H
#define COX_ADMIN_SETTING_H

#include <stdbool.h>
#include <glib.h>

#include "admin/step.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** Which pairs are meant; NULL members do not matter. */
struct cox_setting_query {
    const char *set_type; /**< element around the pairs: "meta_attributes", "cluster_property_set" ... */
    const char *set_id;
    const char *id;        /**< of the pair */
    const char *name;
    const GRegex *pattern; /**< of the name: found anywhere in it */
};

/**
 * The pairs that @query means in the sets of @home (an object, a section), in the order of the document; sets that are
 * defined elsewhere and referenced by id-ref count.
 *
 * @param deep  also in the sets of what is inside @home (the members of a group)
 * @return array of borrowed `struct cox_xml *`; the caller frees it
 */
GPtrArray *cox_setting_find(const struct cox_xml *home, const struct cox_setting_query *query, bool deep);

/** Where a pair goes that is not there yet. */
struct cox_setting_place {
    const char *section;         /**< "crm_config", "nodes", "resources", "status" ...; static */
    const struct cox_xml *owner; /**< the object in the section that has the set; NULL: the section itself */
    const char *owner_name, *owner_id; /**< instead of @owner: an object that need not be there, made with it; NULL: none */
    const char *middle;          /**< an element between the two, with the id of the owner ("transient_attributes"); or NULL */
    const char *set_type;        /**< "instance_attributes" ... */
    const char *set_id;
};

/** Give an existing pair another value ("value++" and "value+=5" count); the caller owns the step. */
struct cox_step *cox_setting_change(const struct cox_xml *pair, const char *section, const char *value);

/** Add a pair, its set included when it is not there; @id NULL: from set and name.  The caller owns the step. */
struct cox_step *cox_setting_add(const struct cox_setting_place *place, const char *id, const char *name, const char *value);

/** Delete a pair; the caller owns the step. */
struct cox_step *cox_setting_delete(const struct cox_xml *pair, const char *section);

/** The set in @owner that new pairs go to: the first of @set_type that has no rule and is defined there, or NULL. */
const struct cox_xml *cox_setting_default_set(const struct cox_xml *owner, const char *set_type);

/** "SET-NAME", as an id may be written: other characters become dots.  The caller frees. */
char *cox_setting_id(const char *set_id, const char *name);

G_END_DECLS

#endif
