/* daemons/vrrpd/vrrpd_pace.h - announcements with a space between them (vrrp_garp_interval, vrrp_gna_interval, garp_group).  Layer 6. */
#ifndef COX_DAEMONS_VRRPD_PACE_H
#define COX_DAEMONS_VRRPD_PACE_H

#include "daemons/vrrpd/vrrpd.h"

G_BEGIN_DECLS

/** For a daemon that has its runtime, network and engine when something is sent. */
struct cox_vrrpd_pacing *cox_vrrpd_pacing_new(struct cox_vrrpd *vrrpd);
void cox_vrrpd_pacing_free(struct cox_vrrpd_pacing *pacing);

/** Send frames of ARP and NA of a router as the present set spaces them, the first ones at once; @frames is changed. */
void cox_vrrpd_pacing_send(struct cox_vrrpd_pacing *pacing, const char *router, struct cox_net_frame *frames, gsize n);

/** What waits of a router that gives addresses up is not sent any more. */
void cox_vrrpd_pacing_drop(struct cox_vrrpd_pacing *pacing, const char *router);

G_END_DECLS

#endif
