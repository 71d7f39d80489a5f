/* lib/fence/fencegreet.c - who joins hears what the others are doing, before it asks for anything itself.  Layer 3, pure. */
#include "fence/fencegreet.h"

#include "base/bytes.h"

static void
free_held(gpointer data)
{
    struct cox_fence_held *held = data;

    g_free((gpointer) (guintptr) held->request.target);
    g_free((gpointer) (guintptr) held->request.client);
    g_free(held);
}

void
cox_fencegreet_init(struct cox_fencegreet *greet)
{
    greet->mark = 0;
    greet->silent = g_array_new(FALSE, FALSE, sizeof(guint32));
    greet->held = g_ptr_array_new_with_free_func(free_held);
    greet->until = COX_USEC_NEVER;
}

void
cox_fencegreet_clear(struct cox_fencegreet *greet)
{
    g_clear_pointer(&greet->silent, g_array_unref);
    g_clear_pointer(&greet->held, g_ptr_array_unref);
}

/* Over the ids, which are sorted: members of one view make the same number, others another one. */
static guint64
mark_of(const GArray *members)
{
    guint64 mark = COX_BYTES_FNV;

    for (guint i = 0; i < members->len; i++) {
        guint32 id = GUINT32_TO_LE(g_array_index(members, guint32, i)); /* on any machine the same */

        mark = cox_bytes_fnv(mark, &id, sizeof(id));
    }
    return mark;
}

void
cox_fencegreet_begin(struct cox_fencegreet *greet, const GArray *members, cox_usec until)
{
    greet->mark = mark_of(members);
    g_array_set_size(greet->silent, 0);
    g_array_append_vals(greet->silent, members->data, members->len);
    greet->until = until;
}

static bool
has(const GArray *ids, guint32 id)
{
    for (guint i = 0; i < ids->len; i++) {
        if (g_array_index(ids, guint32, i) == id) {
            return true;
        }
    }
    return false;
}

void
cox_fencegreet_shrink(struct cox_fencegreet *greet, const GArray *members)
{
    for (guint i = greet->silent->len; i > 0; i--) {
        if (!has(members, g_array_index(greet->silent, guint32, i - 1))) {
            g_array_remove_index(greet->silent, i - 1);
        }
    }
}

void
cox_fencegreet_note_hello(struct cox_fencegreet *greet, guint32 member, guint64 mark)
{
    for (guint i = 0; mark == greet->mark && i < greet->silent->len; i++) {
        if (g_array_index(greet->silent, guint32, i) == member) {
            g_array_remove_index(greet->silent, i);
            return;
        }
    }
}

bool
cox_fencegreet_is_waiting(const struct cox_fencegreet *greet, cox_usec now)
{
    return greet->silent->len > 0 && !cox_usec_is_due(greet->until, now);
}

void
cox_fencegreet_hold(struct cox_fencegreet *greet, struct cox_fence_id id, const struct cox_fence_request *request)
{
    struct cox_fence_held *held = g_new0(struct cox_fence_held, 1);

    held->id = id;
    held->request = *request;
    held->request.target = g_strdup(request->target);
    held->request.client = g_strdup(request->client);
    g_ptr_array_add(greet->held, held);
}
