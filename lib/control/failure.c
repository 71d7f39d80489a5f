/* lib/control/failure.c - which failures of operations are counted, and under which names.  Layer 4, pure. */
#include "control/failure.h"

#include "model/status.h"

bool
cox_failure_is(const struct cox_failed *result)
{
    if (result->status == COX_OP_STATUS_PENDING || result->status == COX_OP_STATUS_CANCELLED
        || g_str_equal(result->task, "notify")) {
        return false;
    }
    return result->status != COX_OP_STATUS_DONE || (result->target_rc >= 0 && result->rc != result->target_rc);
}

char *
cox_failure_count_name(const char *rsc_id, const char *task, gint64 interval_ms)
{
    return g_strdup_printf("fail-count-%s#%s_%" G_GINT64_FORMAT, rsc_id, task, interval_ms);
}

char *
cox_failure_time_name(const char *rsc_id, const char *task, gint64 interval_ms)
{
    return g_strdup_printf("last-failure-%s#%s_%" G_GINT64_FORMAT, rsc_id, task, interval_ms);
}

bool
cox_failure_count(const struct cox_failed *result, const char *start_offset, const char *stop_offset, cox_wall when,
                  struct cox_failure_count *count)
{
    const char *offset = "1";

    if (!cox_failure_is(result)) {
        return false;
    }
    if (result->interval_ms == 0) {
        if (g_str_equal(result->task, "start")) {
            offset = start_offset == NULL ? "INFINITY" : start_offset;
        } else if (g_str_equal(result->task, "stop")) {
            offset = stop_offset == NULL ? "INFINITY" : stop_offset;
        } else if (!g_str_equal(result->task, "promote") && !g_str_equal(result->task, "demote")
                   && !g_str_equal(result->task, "asyncmon")) { /* the last: what a client says has failed */
            return false;
        }
    }
    count->count_name = cox_failure_count_name(result->rsc_id, result->task, result->interval_ms);
    count->time_name = cox_failure_time_name(result->rsc_id, result->task, result->interval_ms);
    count->count = g_strdup(g_str_equal(offset, "INFINITY") ? "INFINITY" : "value++");
    count->time = g_strdup_printf("%" G_GINT64_FORMAT, cox_wall_seconds(when));
    return true;
}

void
cox_failure_clear(struct cox_failure_count *count)
{
    g_clear_pointer(&count->count_name, g_free);
    g_clear_pointer(&count->time_name, g_free);
    g_clear_pointer(&count->count, g_free);
    g_clear_pointer(&count->time, g_free);
}

char *
cox_failure_pattern(const char *rsc_id)
{
    g_autofree char *escaped = g_regex_escape_string(rsc_id, -1);

    return g_strdup_printf("^(fail-count|last-failure)-%s(:[0-9]+)?(#.+)?$", escaped);
}
