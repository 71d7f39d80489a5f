/* lib/attr/attrwait.c - changes whose asker wants to know when all members have them.  Layer 3, pure. */
#include "attr/attrwait.h"

#include <stdbool.h>

struct wait {
    guint64 request;
    GArray *open; /* guint32: members that have not confirmed */
};

static void
free_wait(gpointer data)
{
    g_array_unref(((struct wait *) data)->open);
    g_free(data);
}

void
cox_attrwait_init(struct cox_attrwait *wait)
{
    wait->waits = g_ptr_array_new_with_free_func(free_wait);
}

void
cox_attrwait_clear(struct cox_attrwait *wait)
{
    g_clear_pointer(&wait->waits, g_ptr_array_unref);
}

void
cox_attrwait_add(struct cox_attrwait *wait, guint64 request, const GArray *members)
{
    struct wait *one = g_new0(struct wait, 1);

    one->request = request;
    one->open = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_array_append_vals(one->open, members->data, members->len);
    g_ptr_array_add(wait->waits, one);
}

void
cox_attrwait_confirm(struct cox_attrwait *wait, guint64 request, guint32 member)
{
    for (guint w = 0; w < wait->waits->len; w++) {
        struct wait *one = wait->waits->pdata[w];

        for (guint i = one->open->len; one->request == request && i > 0; i--) {
            if (g_array_index(one->open, guint32, i - 1) == member) {
                g_array_remove_index(one->open, i - 1);
            }
        }
    }
}

static bool
contains(const GArray *ids, guint32 id)
{
    for (guint i = 0; i < ids->len; i++) {
        if (g_array_index(ids, guint32, i) == id) {
            return true;
        }
    }
    return false;
}

void
cox_attrwait_keep_members(struct cox_attrwait *wait, const GArray *members)
{
    for (guint w = 0; w < wait->waits->len; w++) {
        struct wait *one = wait->waits->pdata[w];

        for (guint i = one->open->len; i > 0; i--) {
            if (!contains(members, g_array_index(one->open, guint32, i - 1))) {
                g_array_remove_index(one->open, i - 1);
            }
        }
    }
}

guint64
cox_attrwait_take_complete(struct cox_attrwait *wait)
{
    for (guint w = 0; w < wait->waits->len; w++) {
        struct wait *one = wait->waits->pdata[w];

        if (one->open->len == 0) {
            guint64 request = one->request;

            g_ptr_array_remove_index(wait->waits, w);
            return request;
        }
    }
    return 0;
}
