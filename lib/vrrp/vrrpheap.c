/* lib/vrrp/vrrpheap.c - what is to be done when.  Layer 3, pure. */
#include "vrrp/vrrpheap.h"

void
cox_vrrp_heap_init(struct cox_vrrp_heap *heap)
{
    heap->timers = g_ptr_array_new();
    g_ptr_array_add(heap->timers, NULL); /* places begin at 1 */
}

void
cox_vrrp_heap_clear(struct cox_vrrp_heap *heap)
{
    g_clear_pointer(&heap->timers, g_ptr_array_unref);
}

static struct cox_vrrp_timer *
at(const struct cox_vrrp_heap *heap, guint place)
{
    return g_ptr_array_index(heap->timers, place);
}

static void
put(struct cox_vrrp_heap *heap, guint place, struct cox_vrrp_timer *timer)
{
    g_ptr_array_index(heap->timers, place) = timer;
    timer->place = place;
}

/* Move @timer, whose place is free, to where it belongs above or below. */
static void
settle(struct cox_vrrp_heap *heap, struct cox_vrrp_timer *timer)
{
    guint n = heap->timers->len - 1, place = timer->place;

    while (place > 1 && at(heap, place / 2)->at > timer->at) {
        put(heap, place, at(heap, place / 2));
        place /= 2;
    }
    for (guint child = place * 2; child <= n; child = place * 2) {
        if (child < n && at(heap, child + 1)->at < at(heap, child)->at) {
            child++;
        }
        if (at(heap, child)->at >= timer->at) {
            break;
        }
        put(heap, place, at(heap, child));
        place = child;
    }
    put(heap, place, timer);
}

static void
take_out(struct cox_vrrp_heap *heap, struct cox_vrrp_timer *timer)
{
    guint n = heap->timers->len - 1, place = timer->place;
    struct cox_vrrp_timer *last = at(heap, n);

    g_ptr_array_set_size(heap->timers, (gint) n);
    timer->place = 0;
    if (last != timer) {
        last->place = place;
        settle(heap, last);
    }
}

void
cox_vrrp_heap_set(struct cox_vrrp_heap *heap, struct cox_vrrp_timer *timer, cox_usec when)
{
    if (when == COX_USEC_NEVER) {
        if (timer->place != 0) {
            take_out(heap, timer);
        }
        timer->at = when;
        return;
    }
    if (timer->place == 0) {
        g_ptr_array_add(heap->timers, timer);
        timer->place = heap->timers->len - 1;
    }
    timer->at = when;
    settle(heap, timer);
}

struct cox_vrrp_timer *
cox_vrrp_heap_first(const struct cox_vrrp_heap *heap)
{
    return heap->timers->len > 1 ? at(heap, 1) : NULL;
}
