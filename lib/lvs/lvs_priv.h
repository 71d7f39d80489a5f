/* lib/lvs/lvs_priv.h - the inside of the engine of virtual servers.  Layer 3, pure. */
#ifndef COX_LVS_LVS_PRIV_H
#define COX_LVS_LVS_PRIV_H

#include "lvs/lvs.h"

G_BEGIN_DECLS

/** Something in the queue: by time, then by number. */
struct cox_lvs_due {
    cox_usec at; /**< COX_USEC_NEVER: not in the queue */
    guint64 number;
    bool is_pool; /**< in a struct pool, else in a struct watch */
};

/** A virtual server of the engine. */
struct pool {
    struct cox_lvs_pool pool; /**< first: cox_lvs_pool_at() */
    struct cox_lvs_due due;
    bool is_dirty;            /**< in lvs->dirty */
    bool is_suspended;        /**< its address is not here: no checks for its sake */
    bool is_told_panic;
};

/** A check that is made, for all who have it. */
struct watch {
    struct cox_lvs_checker checker; /**< first: struct cox_lvs_backend points to it */
    struct cox_lvs_due due;
    GBytes *key;
    char *why;                      /**< it failed last, or NULL */
    GPtrArray *pools;               /**< struct pool, borrowed; each once for each server that has the check */
};

struct cox_lvs {
    guint64 seed;
    struct cox_lvs_config *config;  /**< NULL: none yet */
    GHashTable *watches;            /**< of struct watch by its key */
    GPtrArray *pools;               /**< of struct pool, as in the configuration */
    GTree *queue;                   /**< of struct cox_lvs_due */
    GHashTable *probes;             /**< number to struct watch */
    GPtrArray *dirty;               /**< struct pool */
    guint64 last_number;            /**< of probes, readings, entries of the queue */
    struct cox_lvs_table *gone;     /**< virtual servers that we have removed and a reading has not shown to be gone */
    bool is_synced;                 /**< the table has been read, and is as the pools say */
    bool is_stopped;
    guint64 reading;                /**< number of the DO_READ under way; 0: none */
    bool is_stale;                  /**< operations, or a wish to read again, came after it */
    cox_usec read_at;
    GHashTable *roles;              /**< name of a virtual router to enum cox_lvs_role */
    GHashTable *addresses;          /**< struct cox_ip, here */
    bool runs[COX_LVS_ROLE_MASTER + 1];
    cox_usec wake_at;
};

/* ---- lvsparts.c ---- */

guint32 cox_lvs_random(struct cox_lvs *lvs);
struct cox_lvs_effect *cox_lvs_add(struct cox_lvs_effects *out, enum cox_lvs_effect_kind kind);

/** Order of the queue, a GCompareDataFunc. */
gint cox_lvs_by_due(gconstpointer a, gconstpointer b, gpointer data);

/** Put @due into the queue at @at, or take it out for COX_USEC_NEVER. */
void cox_lvs_queue(struct cox_lvs *lvs, struct cox_lvs_due *due, cox_usec at);

/** Judge it again before the step ends. */
void cox_lvs_dirty(struct cox_lvs *lvs, struct pool *pool);

void cox_lvs_cancel(struct cox_lvs *lvs, struct watch *watch, struct cox_lvs_effects *out);

/** Read the table; one that is being read is read again afterwards. */
void cox_lvs_read(struct cox_lvs *lvs, struct cox_lvs_effects *out);

/* ---- lvsjudge.c ---- */

/** Health, quorum and place of all dirty pools; operations only when @has_ops. */
void cox_lvs_settle(struct cox_lvs *lvs, bool has_ops, cox_usec now, struct cox_lvs_effects *out);

/** Say something about a pool; @backend may be NULL. */
struct cox_lvs_effect *cox_lvs_say(const struct pool *pool, const struct cox_lvs_backend *backend, enum cox_lvs_notice notice,
                                   struct cox_lvs_effects *out);

/** Run a hook, if there is one. */
void cox_lvs_hook(const struct pool *pool, const struct cox_lvs_backend *backend, enum cox_lvs_notice why, struct cox_lvs_effects *out);

/** Append what is to be in the table for one pool. */
void cox_lvs_wanted(const struct pool *pool, struct cox_lvs_table *table);

/** Append operations, if there are any, as an effect, which takes them; what they point to is to be there as long as it. */
void cox_lvs_operate(struct cox_lvs *lvs, GArray *ops, struct cox_lvs_effects *out);

/** The effects take @table, which operations point into. */
void cox_lvs_keep(struct cox_lvs_table *table, struct cox_lvs_effects *out);

/* ---- lvsread.c ---- */

void cox_lvs_on_table(struct cox_lvs *lvs, const struct cox_lvs_event *event, cox_usec now, struct cox_lvs_effects *out);

/** When counters are to be read again; COX_USEC_NEVER: nobody wants to know. */
cox_usec cox_lvs_next_reading(const struct cox_lvs *lvs, cox_usec now);

/* ---- lvsreload.c ---- */

void cox_lvs_on_config(struct cox_lvs *lvs, struct cox_lvs_config *config, cox_usec now, struct cox_lvs_effects *out);
void cox_lvs_pool_free(struct pool *pool);
void cox_lvs_watch_free(struct watch *watch);

/** Does its address say that its checks rest? */
bool cox_lvs_is_suspended(const struct cox_lvs *lvs, const struct cox_lvs_service *service);

/* ---- lvssync.c ---- */

/** Start and stop connection synchronization as configuration and roles want it; @is_changed: what runs has other settings. */
void cox_lvs_sync(struct cox_lvs *lvs, bool is_changed, struct cox_lvs_effects *out);
bool cox_lvs_sync_equal(const struct cox_lvs_sync *a, const struct cox_lvs_sync *b);

G_END_DECLS

#endif
