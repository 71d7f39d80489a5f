/* lib/vrrp/syncgroup.h - routers that change together.  Layer 3, pure.
 *
 * A group becomes master when all members would be (silence, or lower masters only, on all their segments), gives up when one member
 * hears a higher master, and is in fault when one member is.
 */
#ifndef COX_VRRP_SYNCGROUP_H
#define COX_VRRP_SYNCGROUP_H

#include "vrrp/router.h"

G_BEGIN_DECLS

struct cox_vrrp_syncgroup {
    const struct cox_vrrp_group *conf;
    GPtrArray *members;         /**< struct cox_vrrp_router, borrowed */
    enum cox_vrrp_state state;  /**< last told */
};

/** A member has a wish; what is wanted of all of them is carried out. */
void cox_vrrp_syncgroup_wish(struct cox_vrrp_syncgroup *group, struct cox_vrrp_router *member, enum cox_vrrp_wish wish,
                             const struct cox_vrrp_turn *turn);

/** Members that were not of one group before: while one of them is neither master nor ready, the masters become backups, and say so. */
void cox_vrrp_syncgroup_gather(struct cox_vrrp_syncgroup *group, const struct cox_vrrp_turn *turn);

/** Tell the group's state if it has changed: that of its members when they agree. */
void cox_vrrp_syncgroup_tell(struct cox_vrrp_syncgroup *group, bool is_stop, const struct cox_vrrp_turn *turn);

G_END_DECLS

#endif
