/* lib/vrrp/vrrpheap.c - what is to be done when.  Layer 3, pure. */
#include "vrrp/vrrpheap.h"

#include <stdbool.h>

struct cox_vrrp_place {
    cox_usec at;
    guint64 turn; /* of its setting */
    struct cox_vrrp_timer *timer;
};

void
cox_vrrp_heap_init(struct cox_vrrp_heap *heap)
{
    heap->n_set = 0;
    heap->places = g_array_new(FALSE, TRUE, sizeof(struct cox_vrrp_place));
    g_array_set_size(heap->places, 1); /* places begin at 1 */
}

void
cox_vrrp_heap_clear(struct cox_vrrp_heap *heap)
{
    g_clear_pointer(&heap->places, g_array_unref);
}

static struct cox_vrrp_place *
at(const struct cox_vrrp_heap *heap, guint place)
{
    return &g_array_index(heap->places, struct cox_vrrp_place, place);
}

static void
put(struct cox_vrrp_heap *heap, guint place, const struct cox_vrrp_place *what)
{
    *at(heap, place) = *what;
    what->timer->place = place;
}

static bool
is_before(const struct cox_vrrp_place *a, const struct cox_vrrp_place *b)
{
    return a->at < b->at || (a->at == b->at && a->turn < b->turn);
}

/* Put @what to where it belongs above or below @place, which is free. */
static void
settle(struct cox_vrrp_heap *heap, guint place, const struct cox_vrrp_place *what)
{
    guint n = heap->places->len - 1;

    while (place > 1 && is_before(what, at(heap, place / 2))) {
        put(heap, place, at(heap, place / 2));
        place /= 2;
    }
    for (guint child = place * 2; child <= n; child = place * 2) {
        if (child < n && is_before(at(heap, child + 1), at(heap, child))) {
            child++;
        }
        if (is_before(what, at(heap, child))) {
            break;
        }
        put(heap, place, at(heap, child));
        place = child;
    }
    put(heap, place, what);
}

static void
take_out(struct cox_vrrp_heap *heap, struct cox_vrrp_timer *timer)
{
    guint n = heap->places->len - 1, place = timer->place;
    const struct cox_vrrp_place last = *at(heap, n);

    g_array_set_size(heap->places, n);
    timer->place = 0;
    if (last.timer != timer) {
        settle(heap, place, &last);
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
        timer->place = heap->places->len;
        g_array_set_size(heap->places, timer->place + 1);
    }
    timer->at = when;
    settle(heap, timer->place, &(struct cox_vrrp_place) { when, heap->n_set++, timer });
}

struct cox_vrrp_timer *
cox_vrrp_heap_first(const struct cox_vrrp_heap *heap)
{
    return heap->places->len > 1 ? at(heap, 1)->timer : NULL;
}
