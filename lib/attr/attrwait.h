/* lib/attr/attrwait.h - changes whose asker wants to know when all members have them.  Layer 3, pure. */
#ifndef COX_ATTR_ATTRWAIT_H
#define COX_ATTR_ATTRWAIT_H

#include <glib.h>

G_BEGIN_DECLS

struct cox_attrwait {
    GPtrArray *waits; /**< oldest first */
};

void cox_attrwait_init(struct cox_attrwait *wait);
void cox_attrwait_clear(struct cox_attrwait *wait);

/** @request is over when all of @members (guint32; copied) have confirmed it or have left. */
void cox_attrwait_add(struct cox_attrwait *wait, guint64 request, const GArray *members);

/** @member has it. */
void cox_attrwait_confirm(struct cox_attrwait *wait, guint64 request, guint32 member);

/** Members now; who has left is not waited for. */
void cox_attrwait_keep_members(struct cox_attrwait *wait, const GArray *members);

/** A request that is over, forgotten with this answer; 0: none. */
guint64 cox_attrwait_take_complete(struct cox_attrwait *wait);

G_END_DECLS

#endif
