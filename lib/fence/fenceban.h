/* lib/fence/fenceban.h - may a node use a fence device, by the location constraints?  Layer 3, pure. */
#ifndef COX_FENCE_FENCEBAN_H
#define COX_FENCE_FENCEBAN_H

#include <stdbool.h>
#include <glib.h>

#include "model/config.h"

G_BEGIN_DECLS

/**
 * Do location constraints keep resource @rsc, or a group or clone that it is part of, from node @node?  They do when the scores that name
 * the node come to less than 0, and in a cluster that is not symmetric when none names it.  Where the resource runs is of no interest:
 * a device can be used from every node that may use it.
 *
 * @param rule  time, and the attributes of @node, for rules; parameters and meta-attributes in rules are not known
 * @param next  lowered to the time at which the answer may change; may be NULL
 */
bool cox_fenceban_is_banned(const struct cox_config *config, cox_rsc_id rsc, const char *node, const struct cox_rule_input *rule,
                            cox_wall *next);

G_END_DECLS

#endif
