/* lib/lvs/lvs.h - virtual servers: health of servers, and what is to be in the kernel's table: the engine.  Layer 3, pure.
 *
 *   ON_CONFIG --> (first time: DO_READ --> ON_TABLE) --> DO_OPS          the table is as wanted; from then on each change is a few operations
 *   DO_PROBE  --> ON_ANSWER --> health --> DO_OPS, DO_RUN (hooks), DO_SAY
 *
 * Everything that is wanted of the table is derived from configuration, health and orders; the table itself is read at the start, when an
 * operation has failed, and every few seconds while somebody is leaving or watched; what differs then from what is wanted is mended.
 * A new configuration keeps health, orders, checks and connections of all that it still names.
 */
#ifndef COX_LVS_LVS_H
#define COX_LVS_LVS_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/effects.h"
#include "base/monotime.h"
#include "lvs/checker.h"
#include "lvs/lvsconf.h"
#include "lvs/lvspool.h"
#include "lvs/lvstable.h"

G_BEGIN_DECLS

enum cox_lvs_role {
    COX_LVS_ROLE_NONE = 0, /**< faulty, or not there */
    COX_LVS_ROLE_BACKUP,
    COX_LVS_ROLE_MASTER,
};

enum cox_lvs_event_kind {
    COX_LVS_ON_CONFIG = 0, /**< this is wanted from now on; a valid one */
    COX_LVS_ON_TABLE,      /**< answer to DO_READ */
    COX_LVS_ON_FAILED,     /**< the kernel has refused an operation */
    COX_LVS_ON_DOUBT,      /**< the table is seen not to be as wanted: read it now */
    COX_LVS_ON_ANSWER,     /**< answer to DO_PROBE; at the latest at its timeout */
    COX_LVS_ON_ROUTER,     /**< a virtual router has a new role */
    COX_LVS_ON_ADDRESS,    /**< an address has come to this node, or gone */
    COX_LVS_ON_ORDER,
    COX_LVS_ON_WAKE,
    COX_LVS_ON_STOP,       /**< give everything back as configured */
};

struct cox_lvs_event {
    enum cox_lvs_event_kind kind;
    struct cox_lvs_config *config;              /**< CONFIG; the engine takes it */
    const struct cox_lvs_table *table;          /**< TABLE; there until the effects are reset, which point into it */
    const struct cox_lvs_table *owned;          /**< TABLE: what an earlier life of ours has put there (keys count), or NULL */
    guint64 number;                             /**< TABLE: of the DO_READ; ANSWER: of the probe */
    const struct cox_lvs_answer *answer;
    const char *name;                           /**< ROUTER, ORDER: the router's, the virtual server's */
    enum cox_lvs_role role;                     /**< ROUTER */
    struct cox_ip address;                      /**< ADDRESS, ORDER: the server's */
    bool is_here;                               /**< ADDRESS */
    guint16 port;                               /**< ORDER */
    enum cox_lvs_order order;
    gint weight;                                /**< ORDER_WEIGHT */
    gint64 drain_ms;                            /**< ORDER_DRAIN; below 0: as configured, and where that says nothing without a limit */
};

enum cox_lvs_effect_kind {
    COX_LVS_DO_READ = 0,   /**< read the kernel's table, after the operations before it */
    COX_LVS_DO_FLUSH,      /**< empty the kernel's table */
    COX_LVS_DO_OPS,        /**< change the kernel's table, in this order */
    COX_LVS_DO_PROBE,      /**< begin; copy what is needed of @check, which may be gone after the next step */
    COX_LVS_DO_CANCEL,     /**< end this probe; it is not to answer */
    COX_LVS_DO_RUN,        /**< run a hook */
    COX_LVS_DO_SAY,
    COX_LVS_DO_SYNC_START, /**< connection synchronization in this role */
    COX_LVS_DO_SYNC_STOP,
    COX_LVS_DO_TIMEOUTS,   /**< set those of connections; 0: leave */
    COX_LVS_DO_WAKE,
    COX_LVS_DO_DONE,       /**< stopped */
};

enum cox_lvs_notice {
    COX_LVS_NOTICE_UP = 0,  /**< a server came back */
    COX_LVS_NOTICE_DOWN,    /**< @text: why */
    COX_LVS_NOTICE_FAILURE, /**< failed, but is still good; only if all are to be told */
    COX_LVS_NOTICE_QUORUM,
    COX_LVS_NOTICE_NO_QUORUM,
    COX_LVS_NOTICE_PANIC,   /**< so few look good that all are used */
    COX_LVS_NOTICE_NO_PANIC,
    COX_LVS_NOTICE_DRAINED, /**< nothing is left of a server */
    COX_LVS_NOTICE_SUSPECT, /**< it gets connections and answers none: it is checked at once */
    COX_LVS_NOTICE_UNKNOWN, /**< an order names a virtual server or server that is not there */
};

struct cox_lvs_effect {
    enum cox_lvs_effect_kind kind;
    guint64 number;                      /**< READ, PROBE, CANCEL */
    const struct cox_lvs_op *ops;        /**< OPS */
    guint n_ops;
    const struct cox_lvs_check *check;   /**< PROBE */
    struct cox_lvs_script script;        /**< RUN */
    enum cox_lvs_notice notice;          /**< SAY, and RUN: why */
    const char *service;                 /**< SAY, RUN; NULL only for UNKNOWN */
    struct cox_ip address;               /**< SAY, RUN: of the server, if it is about one */
    guint16 port;
    const char *text;                    /**< SAY: more words, or NULL */
    bool has_mail;                       /**< SAY: by mail, too */
    enum cox_lvs_role role;              /**< SYNC_* */
    const struct cox_lvs_sync *sync;     /**< SYNC_START */
    guint tcp_s, fin_s, udp_s;           /**< TIMEOUTS */
    cox_usec at;                         /**< WAKE */
};

COX_EFFECTS_DEFINE(lvs)

struct cox_lvs;

/** An engine that wants nothing yet.  @seed: for warm-up and jitter; nodes take different ones. */
struct cox_lvs *cox_lvs_new(guint64 seed);

/** Free.  NULL is allowed. */
void cox_lvs_free(struct cox_lvs *lvs);

/** One step.  Total: answers and tables that nobody waits for are ignored. */
void cox_lvs_step(struct cox_lvs *lvs, const struct cox_lvs_event *event, cox_usec now, struct cox_lvs_effects *out);

/** For status reports: number @i of the virtual servers, NULL beyond the last one; borrowed until the next step. */
const struct cox_lvs_pool *cox_lvs_pool_at(const struct cox_lvs *lvs, guint i);

/**
 * Append the virtual servers (keys count) that are ours: those that are wanted, and those that were removed and may be there still.
 */
void cox_lvs_own(const struct cox_lvs *lvs, struct cox_lvs_table *out);

/** Has the kernel's table been read, so that operations follow each change? */
bool cox_lvs_is_synced(const struct cox_lvs *lvs);

/** Why this check failed last; NULL: it has not, or is good from the beginning.  Borrowed until the next step. */
const char *cox_lvs_check_words(const struct cox_lvs_checker *checker);

/** Do the checks of number @i rest, since its address is not on this node? */
bool cox_lvs_pool_is_suspended(const struct cox_lvs *lvs, guint i);

/** How many checks there are; servers with the same check share one. */
guint cox_lvs_count_checkers(const struct cox_lvs *lvs);

typedef struct cox_lvs cox_lvs; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_lvs, cox_lvs_free)

G_END_DECLS

#endif
