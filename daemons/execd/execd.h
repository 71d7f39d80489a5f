/* daemons/execd/execd.h - what the files of cox-execd share.  Layer 6. */
#ifndef COX_DAEMONS_EXECD_H
#define COX_DAEMONS_EXECD_H

#include <stdbool.h>
#include <glib.h>

#include "agents/agent_env.h"
#include "agents/agent_find.h"
#include "agents/agent_keep.h"
#include "agents/agent_name.h"
#include "agents/systemd_job.h"
#include "client/client.h"
#include "client/netact.h"
#include "exec/exec.h"
#include "proto/messages.h"
#include "service/service.h"

#define EXECD_TOPIC_RESULTS "results"

enum {
    EXECD_MOST_ACTIONS = 1000000, /**< at a time: more makes no difference */
};

/** One accepted order. */
struct execd_order {
    guint64 id;
    GBytes *bytes;                         /**< EXEC_ORDER as it came, or EXEC_FOLLOW when it comes after others */
    struct cox_arena *arena;               /**< @order lies here */
    const struct cox_msg_exec_order *order;
    const struct cox_opname *after;        /**< there as well */
    gsize n_after;
    struct cox_agent_name *name;           /**< NULL: not to be run, @problem says why */
    char *problem;
    bool has_last;                         /**< recurring: what the coordinator knows */
    int last_rc;
    enum cox_op_status last_status;
    char *last_reason;
};

/** One result that nobody has taken. */
struct execd_result {
    gint64 call_id;
    guint64 order; /**< number of its order */
    char *key;     /**< "RSC KEY" of a one-shot order, else NULL */
    GBytes *bytes; /**< EXEC_RESULT */
};

/** A request that is answered when something is gone. */
struct execd_waiter {
    cox_ticket ticket;
    char *rsc_id, *task; /**< task is NULL for FORGET */
    gint64 interval_ms;
};

struct execd_metadata;
struct execd_alerts;

/** Everything of the daemon. */
struct execd {
    struct cox_ctx *ctx;
    struct cox_runtime *runtime;
    struct cox_log *log;
    char *directory;              /**< RUNDIR/exec */
    struct cox_exec *engine;
    struct cox_exec_term term;    /**< as the engine has it, for the file */
    cox_source_id wake;
    guint64 serial, serial_limit; /**< numbers of orders and results; the limit is in a file */
    GPtrArray *orders;            /**< struct execd_order, ascending by id */
    GPtrArray *results;           /**< struct execd_result, ascending by call id */
    GHashTable *result_by_key;    /**< "RSC KEY" -> those of one-shot orders, not owned */
    GHashTable *runs;             /**< guint64 -> struct execd_run */
    GHashTable *started;          /**< ids of stonith resources that are started here */
    GPtrArray *waiters;           /**< struct execd_waiter */
    bool is_refused;              /**< the last step refused what it was asked */
    struct cox_exec_term refused_by;
    struct cox_agent_keep keep;
    char *keeper;
    struct cox_agent_paths paths;
    char *ocf_directories, *ocf_root;
    GArray *inherited;            /**< struct cox_agent_pair: settings of logs for agents */
    struct cox_client *fenced;    /**< NULL until it is needed */
    struct cox_netacts *net;      /**< what cox-vrrpd and cox-lvsd do for us */
    struct cox_systemd *systemd;
    struct execd_metadata *metadata;
    struct execd_alerts *alerts;
    gint64 n_begun, n_recovered;
};

/* execdfiles.c: files below RUNDIR/exec. */

/** Save a file whole or not at all; false with COX_ERROR_CANNOT_CREATE. */
bool execd_file_save(const struct execd *execd, const char *name, const void *data, gsize size, GError **error);
/** Read a file, NULL when there is none. */
GBytes *execd_file_load(const struct execd *execd, const char *name);
void execd_file_remove(const struct execd *execd, const char *name);
/** Files called PREFIX-NUMBER, ascending by number; a GArray of guint64 that the caller unrefs. */
GArray *execd_file_list(const struct execd *execd, const char *prefix);
/** A number that was never given before, also not by a former process of ours. */
guint64 execd_serial(struct execd *execd);
void execd_serial_load(struct execd *execd);
void execd_term_load(struct execd *execd);
/** Save whose orders count, if it is news. */
void execd_term_note(struct execd *execd, struct cox_exec_term term);

/* execdorders.c: accepted orders, in memory and in files. */

void execd_order_free(struct execd_order *order);
/** A new order of a request, not kept yet; NULL with COX_ERROR_INVALID_PARAM when it names nothing that could be done. */
struct execd_order *execd_order_new(struct execd *execd, const struct cox_msg_exec_order *message, GError **error);
struct execd_order *execd_order_follow(struct execd *execd, const struct cox_msg_exec_follow *message, GError **error);
/** What the engine has to know of it; borrowed from @order. */
struct cox_exec_order execd_order_told(const struct execd_order *order);
/** Take @order into the table and its file. */
void execd_order_keep(struct execd *execd, struct execd_order *order);
/** Write its file (again). */
void execd_order_save(struct execd *execd, const struct execd_order *order);
/** Drop from table and files. */
void execd_order_drop(struct execd *execd, struct execd_order *order);
struct execd_order *execd_order_find(const struct execd *execd, const char *rsc_id, const char *key);
/** The recurring operation's other order, or NULL. */
struct execd_order *execd_order_find_same(const struct execd *execd, const struct execd_order *order);
void execd_orders_load(struct execd *execd);

/* execdresults.c: results that nobody has taken. */

void execd_results_init(struct execd *execd);
void execd_results_free(struct execd *execd);
void execd_result_report(struct execd *execd, const struct cox_exec_effect *effect);
/** Is a result of this order kept that nobody took?  Its order's number, or 0. */
guint64 execd_result_of_key(const struct execd *execd, const char *rsc_id, const char *key);
/** Tell all kept results above @since to the subscribers. */
void execd_results_tell(struct execd *execd, gint64 since);
void execd_results_taken(struct execd *execd, gint64 call_id);
/** Read those of the last life; orders that have a result are over, or know it.  Call after execd_orders_load(). */
void execd_results_load(struct execd *execd);

/* execdruns.c: actions at work. */

void execd_runs_init(struct execd *execd);
void execd_run_begin(struct execd *execd, const struct cox_exec_effect *effect);
void execd_run_kill(struct execd *execd, guint64 run);
/** What a former process of ours has begun: tell the engine, and wait for its end.  Call after execd_orders_load(). */
void execd_runs_recover(struct execd *execd);
/** The state of a systemd unit has changed: its resources' monitors do not wait for their time. */
void execd_unit_changed(void *context, const char *type);
/** Leave all that runs alone: it goes on without us. */
void execd_runs_forget(struct execd *execd);

/* execdstonith.c: stonith resources, through cox-fenced. */

/** Is the resource started here? */
bool execd_stonith_is_started(const struct execd *execd, const char *rsc_id);
void execd_stonith_set_started(struct execd *execd, const char *rsc_id, bool is_started);
void execd_stonith_load(struct execd *execd);
/** Ask cox-fenced to try @rsc_id's device; the answer goes to the reply function.  The id is for cox_client_cancel(). */
guint32 execd_stonith_try(struct execd *execd, const char *rsc_id, gint64 timeout_ms, cox_client_reply_fn fn, void *context);
/** What its answer means; @result is filled anew. */
void execd_stonith_result(const struct cox_client_reply *reply, struct cox_agent_result *result);

/* execdmetadata.c */

struct execd_metadata *execd_metadata_new(struct execd *execd);
void execd_metadata_free(struct execd_metadata *metadata);
bool execd_on_metadata_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/* execdalerts.c */

struct execd_alerts *execd_alerts_new(struct execd *execd);
void execd_alerts_free(struct execd_alerts *alerts);
/** Know the alerts of this section (`<alerts>...</alerts>`). */
bool execd_alerts_configure(struct execd_alerts *alerts, const char *section, gsize size, GError **error);
/** An operation is over. */
void execd_alerts_result(struct execd_alerts *alerts, const struct cox_msg_exec_result *result);
bool execd_on_alert(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/* handlers.c, one for each message; effects.c. */

bool execd_on_order(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool execd_on_follow(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool execd_on_cancel(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool execd_on_withdraw(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool execd_on_limit(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool execd_on_forget(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool execd_on_term(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool execd_on_taken(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool execd_on_inflight_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool execd_on_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error);
void execd_on_health(struct cox_ctx *ctx);
bool execd_start(struct cox_ctx *ctx, GError **error);
void execd_stop(struct cox_ctx *ctx);
void execd_destroy(struct cox_ctx *ctx);

/** One step of the engine, with all that it asks for. */
void execd_step(struct execd *execd, const struct cox_exec_event *event);

#endif
