/* lib/model/outlook.h - single changes that may let a resource run somewhere.  Layer 1, pure. */
#ifndef COX_MODEL_OUTLOOK_H
#define COX_MODEL_OUTLOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "model/score.h"

G_BEGIN_DECLS

enum cox_remedy_kind {
    COX_REMEDY_CLEANUP = 0,     /**< forget the failures of resource id on node */
    COX_REMEDY_UNSTANDBY,       /**< node is not in standby */
    COX_REMEDY_UNMAINTAIN,      /**< node is not in maintenance */
    COX_REMEDY_BACK,            /**< node is a healthy member again */
    COX_REMEDY_GRANT,           /**< ticket id is granted, and not in standby */
    COX_REMEDY_HEALTHY,         /**< the health attributes of node are green */
    COX_REMEDY_META,            /**< meta-attribute name of resource id is value; value NULL: not set */
    COX_REMEDY_PROPERTY,        /**< cluster option name is value */
    COX_REMEDY_QUORUM,          /**< the partition has quorum */
    COX_REMEDY_REMOVE,          /**< constraint id is gone */
    COX_REMEDY_CAPACITY,        /**< capacity name of node is value higher */
    COX_REMEDY_PREFER,          /**< a new location constraint: resource id has score on node */
    COX_REMEDY_PREFER_PROMOTED, /**< the same for its promoted role */
    COX_REMEDY_KIND_N
};

/** One change; members that its kind does not name are NULL. */
struct cox_remedy {
    enum cox_remedy_kind kind;
    const char *id, *node, *name, *value;
    cox_score score;
};

/** Changes that do it together, and of which none can be left out. */
struct cox_remedy_group {
    const struct cox_remedy *items;
    size_t n;
};

/** What would let a resource run on a node; each group was tried. */
struct cox_outlook {
    guint32 node;
    bool is_promotion; /**< what would promote it where it is */
    const struct cox_remedy_group *groups; /**< the smallest first; none: nothing that was tried does it */
    size_t n_groups;
};

G_END_DECLS

#endif
