/* lib/fence/fencehistory.c - fencing operations that are over.  Layer 3, pure. */
#include "fence/fencehistory.h"

static void
free_text(const char *text)
{
    g_free((gpointer) (guintptr) text); /* owned here, although a record usually borrows */
}

static void
free_record(gpointer data)
{
    struct cox_fence_record *record = data;

    free_text(record->target);
    free_text(record->client);
    free_text(record->delegate);
    free_text(record->reason);
    g_free(record);
}

void
cox_fencehistory_init(struct cox_fencehistory *history)
{
    history->records = g_ptr_array_new_with_free_func(free_record);
}

void
cox_fencehistory_clear(struct cox_fencehistory *history)
{
    g_clear_pointer(&history->records, g_ptr_array_unref);
}

static const struct cox_fence_record *
record_at(const struct cox_fencehistory *history, guint i)
{
    return history->records->pdata[i];
}

bool
cox_fencehistory_add(struct cox_fencehistory *history, const struct cox_fence_record *record)
{
    struct cox_fence_record *copy = NULL;
    guint at = history->records->len;

    for (guint i = 0; i < history->records->len; i++) {
        if (cox_fence_id_equal(record_at(history, i)->id, record->id)) {
            return false;
        }
    }
    while (at > 0 && cox_wall_before(record->done_at, record_at(history, at - 1)->done_at)) {
        at--;
    }
    copy = g_memdup2(record, sizeof(*record));
    copy->target = g_strdup(record->target);
    copy->client = g_strdup(record->client);
    copy->delegate = g_strdup(record->delegate);
    copy->reason = g_strdup(record->reason);
    g_ptr_array_insert(history->records, (gint) at, copy);
    if (history->records->len > COX_FENCE_HISTORY_MAX) {
        g_ptr_array_remove_index(history->records, 0);
    }
    return true;
}

void
cox_fencehistory_forget(struct cox_fencehistory *history, const char *target)
{
    for (guint i = history->records->len; i > 0; i--) {
        if (target == NULL || g_str_equal(record_at(history, i - 1)->target, target)) {
            g_ptr_array_remove_index(history->records, i - 1);
        }
    }
}

bool
cox_fencehistory_has_success(const struct cox_fencehistory *history, const struct cox_fence_request *request,
                             guint64 life, cox_wall wall)
{
    for (guint i = history->records->len; i > 0; i--) {
        const struct cox_fence_record *record = record_at(history, i - 1);
        gint64 age_ms = (wall.usec - record->done_at.usec) / 1000;

        if (record->is_ok && record->action == request->action && g_str_equal(record->target, request->target)
            && age_ms >= 0 && age_ms < request->tolerance_ms
            && (request->action == COX_FENCE_ON || life == 0 || record->incarnation == life)) {
            return true;
        }
    }
    return false;
}

struct cox_fence_record
cox_fence_record_copy(const struct cox_fence_record *record, struct cox_effects *effects)
{
    struct cox_fence_record copy = *record;

    copy.target = cox_effects_text(effects, record->target);
    copy.client = cox_effects_text(effects, record->client);
    copy.delegate = cox_effects_text(effects, record->delegate);
    copy.reason = cox_effects_text(effects, record->reason);
    return copy;
}

const struct cox_fence_record *
cox_fencehistory_copy(const struct cox_fencehistory *history, struct cox_effects *effects)
{
    g_autoptr(GArray) copies = g_array_new(FALSE, FALSE, sizeof(struct cox_fence_record));

    for (guint i = 0; i < history->records->len; i++) {
        struct cox_fence_record copy = cox_fence_record_copy(record_at(history, i), effects);

        g_array_append_val(copies, copy);
    }
    return cox_effects_array(effects, copies->data, copies->len, sizeof(struct cox_fence_record));
}
