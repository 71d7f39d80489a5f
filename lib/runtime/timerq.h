/* lib/runtime/timerq.h - one-shot timers in the order in which they are due.  Layer 1. */
#ifndef COX_RUNTIME_TIMERQ_H
#define COX_RUNTIME_TIMERQ_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

/** A queue of timers: by time, then by id.  Adding and removing cost the logarithm of their number. */
struct cox_timerq;

/** One timer. */
struct cox_timerq_entry {
    cox_usec when;
    guint64 id;
    void (*fn)(void *context);
    void *context;
};

struct cox_timerq *cox_timerq_new(void);
void cox_timerq_free(struct cox_timerq *queue);

/** Add a timer; its id must not be in the queue. */
void cox_timerq_add(struct cox_timerq *queue, const struct cox_timerq_entry *entry);

/** Remove a timer; false when there is none with this id. */
bool cox_timerq_remove(struct cox_timerq *queue, guint64 id);

/** When the first timer is due; COX_USEC_NEVER when there is none. */
cox_usec cox_timerq_next(const struct cox_timerq *queue);

/**
 * Take the first timer out if it is due at @now and its id is not above @last_id (so that timers that are made by timers wait
 * for the next round).
 *
 * @param entry  set on success only
 */
bool cox_timerq_pop(struct cox_timerq *queue, cox_usec now, guint64 last_id, struct cox_timerq_entry *entry);

G_END_DECLS

#endif
