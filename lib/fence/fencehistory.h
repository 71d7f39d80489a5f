/* lib/fence/fencehistory.h - fencing operations that are over, as all fencers remember them.  Layer 3, pure. */
#ifndef COX_FENCE_FENCEHISTORY_H
#define COX_FENCE_FENCEHISTORY_H

#include <stdbool.h>
#include <glib.h>

#include "base/effects.h"
#include "fence/fencemsg.h"

G_BEGIN_DECLS

/** So many are kept; the oldest go. */
enum { COX_FENCE_HISTORY_MAX = 500 };

struct cox_fencehistory {
    GPtrArray *records; /**< struct cox_fence_record, oldest first, texts owned */
};

void cox_fencehistory_init(struct cox_fencehistory *history);
void cox_fencehistory_clear(struct cox_fencehistory *history);

/** Take a copy of @record at its place in time; false if an operation of this name is known already. */
bool cox_fencehistory_add(struct cox_fencehistory *history, const struct cox_fence_record *record);

/** Forget the records of @target; NULL: all. */
void cox_fencehistory_forget(struct cox_fencehistory *history, const char *target);

/**
 * Has what @request wants been done within the last tolerance before @wall?  @life: in which the target is, as far as is known (0: it
 * is not); what ended another one does not count.
 */
bool cox_fencehistory_has_success(const struct cox_fencehistory *history, const struct cox_fence_request *request,
                                  guint64 life, cox_wall wall);

/** A copy of @record whose texts live as long as @effects. */
struct cox_fence_record cox_fence_record_copy(const struct cox_fence_record *record, struct cox_effects *effects);

/** A copy of all records that lives as long as @effects; NULL when there is none. */
const struct cox_fence_record *cox_fencehistory_copy(const struct cox_fencehistory *history, struct cox_effects *effects);

static inline bool
cox_fence_id_equal(struct cox_fence_id a, struct cox_fence_id b)
{
    return a.origin == b.origin && a.serial == b.serial;
}

G_END_DECLS

#endif
