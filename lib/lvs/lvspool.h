/* lib/lvs/lvspool.h - the servers of one virtual server together: quorum, panic, sorry server, and who is in the table.  Layer 3, pure.
 *
 *                        weight of the good servers
 *     without quorum  --- >= quorum + hysteresis --->  with quorum
 *                     <--- < max(1, quorum - hysteresis) ---        (the first time: >= quorum)
 *
 * Who is in the table:
 *   without quorum, and there is a sorry server: it alone; of the others those that are inhibited, with weight 0, and good ones that
 *   people quiesce or drain, with weight 0: they keep their connections;
 *   else, when the good weight is below the configured part of the whole (panic): all;
 *   else: the good ones; bad ones that are inhibited, with weight 0; an inhibited sorry server, with weight 0.
 * In all cases, with weight 0: who was taken out of the configuration and may still keep its connections.
 */
#ifndef COX_LVS_LVSPOOL_H
#define COX_LVS_LVSPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/monotime.h"
#include "lvs/lvsserver.h"

G_BEGIN_DECLS

/** A server that the configuration does not name any more. */
struct cox_lvs_leaver {
    struct cox_lvs_rs rs; /**< port 0: that of the virtual server */
    cox_usec until;
};

struct cox_lvs_pool {
    const struct cox_lvs_service *conf;
    struct cox_lvs_backend *backends;  /**< conf->n_servers */
    GArray *leavers;                   /**< of struct cox_lvs_leaver */
    GArray *placed;                    /**< of struct cox_lvs_rs: what is in the table, or will be when it has been read; owned here */
    bool is_begun, has_quorum, is_panic;
    gint64 good_weight, whole_weight;
    cox_usec next_at;                  /**< something changes by time */
};

void cox_lvs_pool_init(struct cox_lvs_pool *pool, const struct cox_lvs_service *conf);
void cox_lvs_pool_clear(struct cox_lvs_pool *pool);

/** Weigh the good servers and judge quorum and panic anew. */
void cox_lvs_pool_judge(struct cox_lvs_pool *pool);

/** Bring what changes by time to @now, and set next_at. */
void cox_lvs_pool_pass(struct cox_lvs_pool *pool, cox_usec now);

/** Append to @out (of struct cox_lvs_rs) who is to be in the table at @now; a port of 0 is that of the virtual server. */
void cox_lvs_pool_place(const struct cox_lvs_pool *pool, cox_usec now, GArray *out);

/** Is somebody in it who goes when no connection is left? */
bool cox_lvs_pool_is_leaving(const struct cox_lvs_pool *pool);

/** Does it want to see counters: somebody is leaving, or is to be watched? */
bool cox_lvs_pool_wants_use(const struct cox_lvs_pool *pool);

/** The server at @address and @port, or NULL. */
struct cox_lvs_backend *cox_lvs_pool_find(const struct cox_lvs_pool *pool, const struct cox_ip *address, guint16 port);

/** The weight in force of a server, or of one that leaves; -1: it is not in the table. */
gint cox_lvs_pool_placed_weight(const struct cox_lvs_pool *pool, const struct cox_ip *address, guint16 port);

/** The entry of the kernel for a server of that configuration. */
struct cox_lvs_rs cox_lvs_pool_rs(const struct cox_lvs_server *conf, gint weight);

/** The entry of the kernel for address number @i of a front. */
struct cox_lvs_vs cox_lvs_pool_vs(const struct cox_lvs_service *conf, const struct cox_lvs_front *front, guint32 i);

G_END_DECLS

#endif
