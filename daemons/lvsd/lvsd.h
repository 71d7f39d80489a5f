/* daemons/lvsd/lvsd.h - what the parts of this daemon share.  Layer 6. */
#ifndef COX_DAEMONS_LVSD_H
#define COX_DAEMONS_LVSD_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "check/probes.h"
#include "daemons/lvsd/lvsd_attr.h"
#include "daemons/lvsd/lvsd_orders.h"
#include "daemons/lvsd/lvsd_owned.h"
#include "daemons/lvsd/lvsd_resource.h"
#include "daemons/lvsd/lvsd_router.h"
#include "lvs/lvs.h"
#include "netlink/ipvs.h"
#include "netlink/net.h"
#include "service/service.h"

G_BEGIN_DECLS

struct cox_lvsd {
    struct cox_ctx *ctx;
    struct cox_runtime *runtime;
    struct cox_log *log;
    struct cox_ipvs *ipvs;
    struct cox_net *net;              /**< for the addresses of this node */
    struct cox_lvs *engine;
    struct cox_lvs_effects effects;
    struct cox_probes *probes;
    struct cox_lvsd_owned *owned;
    struct cox_lvsd_orders *orders;
    struct cox_lvs_config *file;      /**< of --config, the last good one; NULL: none */
    struct cox_lvsd_resources *resources;
    struct cox_lvsd_attrs *attrs;
    struct cox_lvsd_router *router;   /**< whose role synchronization has */
    struct cox_lvsd_reading *reading; /**< the table is being read; NULL: it is not */
    GPtrArray *ops;                   /**< const struct cox_lvs_op, of the effects: asked for and not made yet */
    cox_source_id wake_timer;
    bool is_stepping, is_stopping;
    bool has_news;                    /**< attributes of this node may have to change */
    bool has_failed;                  /**< an operation of this step; the engine is told after it */
    bool has_left;                    /**< something of ours may be in the kernel after the stop */
    guint64 n_ops, n_failed, n_probes, n_readings;
    char *refusal;                    /**< what the kernel has refused last; NULL: nothing yet */
};

/** The kernel that a daemon of this program changes; the program itself says which (main.c, or the fake one of a test). */
struct cox_ipvs *cox_lvsd_open_kernel(GError **error);

/** This is wanted from now on; taken. */
void cox_lvsd_use(struct cox_lvsd *lvsd, struct cox_lvs_config *config);

/** One step of the engine, and all that it asks for; not from inside of another. */
void cox_lvsd_step(struct cox_lvsd *lvsd, const struct cox_lvs_event *event);

/** What the engine asked for (lvsd_effects.c). */
void cox_lvsd_carry_out(struct cox_lvsd *lvsd);

/** The kernel's table (lvsd_kernel.c): make the operations that wait. */
void cox_lvsd_apply(struct cox_lvsd *lvsd);

/** Read the whole table, some of it at a time; the engine is told when that is done. */
void cox_lvsd_read(struct cox_lvsd *lvsd, guint64 number);
void cox_lvsd_reading_free(struct cox_lvsd *lvsd);

/** Does the kernel have all servers of a virtual server?  false with COX_ERROR_NOT_RUNNING naming what is not there. */
bool cox_lvsd_is_in_kernel(const struct cox_lvsd *lvsd, const struct cox_lvs_pool *pool, GError **error);

void cox_lvsd_flush(struct cox_lvsd *lvsd);
void cox_lvsd_set_timeouts(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect);
void cox_lvsd_start_sync(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect);
void cox_lvsd_stop_sync(struct cox_lvsd *lvsd, enum cox_lvs_role role);

/** Stop what an earlier life has left running. */
void cox_lvsd_stop_old_sync(struct cox_lvsd *lvsd);

/** A virtual server as the kernel is told of it: only what tells it from others. */
struct cox_ipvs_service cox_lvsd_service_of(const struct cox_lvs_vs *vs);

/** Hooks and words (lvsd_hooks.c). */
void cox_lvsd_run(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect);
void cox_lvsd_say(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect);

/**
 * Read the file of --config (lvsd_config.c): a configuration that the caller owns, or NULL with an error that holds every complaint, each
 * with its place.
 */
struct cox_lvs_config *cox_lvsd_read_config(const char *path, const char *config_id, GPtrArray *warnings, GError **error);

/** Say what the language has and this daemon does not do. */
void cox_lvsd_check_limits(const struct cox_lvs_config *config, struct cox_diags *diags);

/** "192.0.2.1:80", "[2001:db8::1]:80"; the caller frees. */
char *cox_lvsd_endpoint(const struct cox_ip *address, guint16 port);

/** What all virtual servers are now, as text for people (lvsd_report.c). */
char *cox_lvsd_report(const struct cox_lvsd *lvsd);

/** Handlers of LB_QUERY and LB_ORDER (lvsd_status.c). */
bool cox_lvsd_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_lvsd_on_order(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/** The whole daemon, for main() and for tests. */
extern const struct cox_service cox_lvsd_service;

G_END_DECLS

#endif
