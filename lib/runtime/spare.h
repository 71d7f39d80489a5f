/* lib/runtime/spare.h - memory that was freed and that the allocator keeps goes back to the system.  Layer 1.
 *
 * malloc() gives back only what lies at the end of its heap.  What a plan or a document took in between for a moment stays with the process
 * otherwise, and every daemon of a node has such moments.
 */
#ifndef COX_RUNTIME_SPARE_H
#define COX_RUNTIME_SPARE_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

/** When it was done last; zero: never. */
struct cox_spare {
    cox_usec next;     /**< not again before then */
    gsize free_before; /**< bytes that malloc() had left after it; they may be given back already */
};

/**
 * To be called every now and then when there is nothing better to do: gives back what is free when that is worth it, at most every ten
 * seconds.  Costs next to nothing when nothing was allocated or freed since.
 *
 * @return whether something was given back
 */
bool cox_spare_release(struct cox_spare *spare, cox_usec now);

G_END_DECLS

#endif
