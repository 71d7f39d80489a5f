/* lib/lvs/lvsserver.h - the state of one real server in one virtual server, and the weight that comes of it.  Layer 3, pure. */
#ifndef COX_LVS_LVSSERVER_H
#define COX_LVS_LVSSERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/monotime.h"
#include "lvs/checker.h"
#include "lvs/lvsconf.h"
#include "lvs/lvstable.h"

G_BEGIN_DECLS

/** What people may order at run time; it holds until the next order, also over a reload and the death of the daemon. */
enum cox_lvs_order {
    COX_LVS_ORDER_NONE = 0,  /**< as configured */
    COX_LVS_ORDER_WEIGHT,    /**< another weight */
    COX_LVS_ORDER_QUIESCE,   /**< weight 0 */
    COX_LVS_ORDER_DRAIN,     /**< weight 0, then removed when no connection is left, or at the deadline */
};

struct cox_lvs_backend {
    const struct cox_lvs_server *conf;
    struct cox_lvs_checker **checkers; /**< conf->n_checks; shared with others that have the same check */
    bool is_up;
    bool is_drained;                   /**< nothing is left of it: not in the table */
    enum cox_lvs_order order;
    gint ordered_weight;
    cox_usec slow_from;                /**< came back then; COX_USEC_NEVER: has its whole weight */
    cox_usec drain_until;              /**< with ORDER_DRAIN */
    struct cox_lvs_use use;            /**< as read last */
};

void cox_lvs_backend_init(struct cox_lvs_backend *backend, const struct cox_lvs_server *conf);

/** Are all its checks good? */
bool cox_lvs_backend_is_good(const struct cox_lvs_backend *backend);

/** The weight it counts with: configured or ordered, changed by what checks say; 0 to COX_LVS_WEIGHT_MAX. */
gint cox_lvs_backend_full_weight(const struct cox_lvs_backend *backend);

/** The weight it has in the table now: 0 when it is quiesced or drained, less than the full one while it starts slowly. */
gint cox_lvs_backend_weight(const struct cox_lvs_backend *backend, cox_usec now);

/** When its weight or its drain changes by time; COX_USEC_NEVER: not. */
cox_usec cox_lvs_backend_next(const struct cox_lvs_backend *backend, cox_usec now);

/** Begin or end the slow start, a drain that is over by time or because of @backend->use: brings the state to @now. */
void cox_lvs_backend_pass(struct cox_lvs_backend *backend, cox_usec now);

/** Does it get many connections and answer none?  @use: what is read now, kept.  Only with NAT, where answers are seen. */
bool cox_lvs_backend_is_suspect(struct cox_lvs_backend *backend, const struct cox_lvs_use *use);

G_END_DECLS

#endif
