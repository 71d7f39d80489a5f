/* lib/vrrp/replay.h - which signed adverts were heard before.  Layer 3, pure.
 *
 * Each sender's stamps rise.  Of a sender that is known a stamp must be greater than the last one, whatever its clock says; of one that
 * is not, it must be near our own time.
 */
#ifndef COX_VRRP_REPLAY_H
#define COX_VRRP_REPLAY_H

#include "vrrp/vrrpevent.h"

G_BEGIN_DECLS

#define COX_VRRP_SENDERS_MOST 32

/** The senders of one router; zeroed at first.  When there are too many, the one that is silent for longest is forgotten. */
struct cox_vrrp_replay {
    struct cox_vrrp_sender *senders;
    guint n;
};

struct cox_vrrp_heard {
    struct cox_ip source;
    guint64 stamp, own_stamp;  /**< of the advert; of this node now */
};

/** May it be obeyed?  ACCEPTED: it is remembered.  Only for adverts whose hash was right. */
enum cox_vrrp_refusal cox_vrrp_replay_check(struct cox_vrrp_replay *replay, const struct cox_vrrp_heard *heard, cox_usec window);

void cox_vrrp_replay_clear(struct cox_vrrp_replay *replay);

G_END_DECLS

#endif
