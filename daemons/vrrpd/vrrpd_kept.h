/* daemons/vrrpd/vrrpd_kept.h - what a daemon that is killed leaves undone and the next one must know: settings of interfaces, stamps.  Layer 6. */
#ifndef COX_DAEMONS_VRRPD_KEPT_H
#define COX_DAEMONS_VRRPD_KEPT_H

#include "daemons/vrrpd/vrrpd.h"

G_BEGIN_DECLS

/** Settings of interfaces that routers need: made if they are 0, given back when no router on @base needs them. */
void cox_vrrpd_settle(struct cox_vrrpd *vrrpd, const char *base);

/** What an earlier life has not given back is known again; and given back, after @is_settled, where no router needs it. */
void cox_vrrpd_recall_settings(struct cox_vrrpd *vrrpd, bool is_settled);

/** The first stamp of signed adverts: the wall time, or later when an earlier life was there. */
guint64 cox_vrrpd_first_stamp(const struct cox_vrrpd *vrrpd);

/** When somebody sets the wall clock the stamps follow it. */
void cox_vrrpd_follow_clock(struct cox_vrrpd *vrrpd);

/** While a router signs its adverts its stamps are kept for the next life; @is_last: now, and no more. */
void cox_vrrpd_keep_stamps(struct cox_vrrpd *vrrpd, bool is_last);

G_END_DECLS

#endif
