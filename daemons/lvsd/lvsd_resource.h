/* daemons/lvsd/lvsd_resource.h - resources of a cluster that are started here: VirtualServer and IPVSsync (ADR 083).  Layer 6.
 *
 * What is in force is the file of --config and the resources, joined.  They stand in RUNDIR/lvs-resources, so that a daemon that was killed
 * has them in force again at once.
 */
#ifndef COX_DAEMONS_LVSD_RESOURCE_H
#define COX_DAEMONS_LVSD_RESOURCE_H

#include <stdbool.h>
#include <glib.h>

#include "lvs/lvs.h"
#include "service/service.h"

G_BEGIN_DECLS

struct cox_lvsd;
struct cox_lvsd_resources;

/** Those that an earlier life has kept; what cannot be understood any more is said and left out. */
struct cox_lvsd_resources *cox_lvsd_resources_new(struct cox_lvsd *lvsd);
void cox_lvsd_resources_free(struct cox_lvsd_resources *resources);

/** None of them is in force any more. */
void cox_lvsd_resources_forget(struct cox_lvsd_resources *resources);

/** How many are started. */
guint cox_lvsd_resources_count(const struct cox_lvsd_resources *resources);

/** Is this virtual server a resource's? */
bool cox_lvsd_resources_has(const struct cox_lvsd_resources *resources, const char *name);

/**
 * The resources with @file (borrowed; NULL: none) as one configuration, which the caller owns; NULL with COX_ERROR_CONFIG naming everything
 * that does not go together.
 */
struct cox_lvs_config *cox_lvsd_resources_join(const struct cox_lvsd_resources *resources, struct cox_lvs_config *file, GError **error);

/** Is this the name under which a resource gives synchronization its role, and no virtual router's? */
bool cox_lvsd_resources_have_role(const struct cox_lvsd_resources *resources, const char *name);

/** Tell the engine of the roles that resources have. */
void cox_lvsd_resources_tell_roles(const struct cox_lvsd_resources *resources);

/** Handler of NET_ACT. */
bool cox_lvsd_on_act(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/** The kernel's table is as wanted now: who waits for that is answered. */
void cox_lvsd_resources_settled(struct cox_lvsd_resources *resources);

G_END_DECLS

#endif
