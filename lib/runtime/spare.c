/* lib/runtime/spare.c - memory that was freed and that the allocator keeps goes back to the system.  Layer 1. */
#include "runtime/spare.h"

#include <malloc.h>

enum {
    PAUSE_MS = 10000,
    WORTH_BYTES = 128 * 1024, /* less free memory, or less of a difference: not worth a walk through all that is free */
};

static gsize
difference(gsize a, gsize b)
{
    return a > b ? a - b : b - a;
}

bool
cox_spare_release(struct cox_spare *spare, cox_usec now)
{
    gsize free_now;
    bool was_worth_it;

    if (now < spare->next) {
        return false;
    }
    spare->next = cox_usec_after_ms(now, PAUSE_MS);
    free_now = mallinfo2().fordblks;
    if (free_now < WORTH_BYTES || difference(free_now, spare->free_before) < WORTH_BYTES) {
        return false;
    }
    was_worth_it = malloc_trim(0) != 0;
    spare->free_before = mallinfo2().fordblks;
    return was_worth_it;
}
