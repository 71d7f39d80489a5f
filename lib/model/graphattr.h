/* lib/model/graphattr.h - what an action of a graph carries, by name.  Layer 1, pure. */
#ifndef COX_MODEL_GRAPHATTR_H
#define COX_MODEL_GRAPHATTR_H

#include "model/graph.h"

G_BEGIN_DECLS

/** The attribute @name of an action, or NULL; lives as long as the action. */
const char *cox_action_attribute(const struct cox_action *action, const char *name);

/** The same as a number; 0 without one. */
gint64 cox_action_number(const struct cox_action *action, const char *name);

G_END_DECLS

#endif
