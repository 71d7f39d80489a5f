/* lib/model/reach.h - which fence devices can end which nodes, as far as the configuration says.  Layer 1, pure. */
#ifndef COX_MODEL_REACH_H
#define COX_MODEL_REACH_H

#include <stdbool.h>
#include <glib.h>

#include "base/walltime.h"
#include "model/config.h"

G_BEGIN_DECLS

/** How sure it is. */
enum cox_reach {
    COX_REACH_NO = 0,
    COX_REACH_ASKS, /**< its agent has to be asked (pcmk_host_check "dynamic-list" or "status", or nothing said) */
    COX_REACH_YES,
};

/** Is the resource a fence device? */
bool cox_reach_is_device(const struct cox_rsc_def *rsc);

/** Is the resource, or what it is in, meant to be stopped (target-role)? */
bool cox_reach_is_stopped(const struct cox_config *config, cox_rsc_id rsc, cox_wall now);

/**
 * Can the device fence the node?  By pcmk_host_list and pcmk_host_map, unless pcmk_host_check says otherwise; names are compared without
 * regard to case, as agents do.
 *
 * @param now  for rules in its parameters
 */
enum cox_reach cox_reach_of(const struct cox_rsc_def *device, const char *node, cox_wall now);

/** The best answer of all devices that are not meant to be stopped. */
enum cox_reach cox_reach_any(const struct cox_config *config, const char *node, cox_wall now);

G_END_DECLS

#endif
