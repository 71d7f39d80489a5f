/* lib/view/names.c - how things are called in output: agents, roles, lists of names and of flags.  Layer 4. */
#include "view/names.h"

#include <string.h>

char *
cox_names_agent(const struct cox_rsc_state *rsc)
{
    const char *standard = (rsc->standard != NULL) ? rsc->standard : "";
    const char *type = (rsc->type != NULL) ? rsc->type : "";

    if (rsc->provider != NULL && *rsc->provider != '\0') {
        return g_strdup_printf("%s:%s:%s", standard, rsc->provider, type);
    }
    return g_strdup_printf("%s:%s", standard, type);
}

int
cox_names_compare(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        if (g_ascii_isdigit(*a) && g_ascii_isdigit(*b)) {
            char *end_a = NULL;
            char *end_b = NULL;
            guint64 number_a = g_ascii_strtoull(a, &end_a, 10);
            guint64 number_b = g_ascii_strtoull(b, &end_b, 10);

            if (number_a != number_b) {
                return (number_a < number_b) ? -1 : 1;
            }
            a = end_a;
            b = end_b;
        } else {
            char low_a = g_ascii_tolower(*a++);
            char low_b = g_ascii_tolower(*b++);

            if (low_a != low_b) {
                return (low_a < low_b) ? -1 : 1;
            }
        }
    }
    return (*a == *b) ? 0 : ((*a == '\0') ? -1 : 1);
}

static gint
compare_elements(gconstpointer a, gconstpointer b)
{
    return cox_names_compare(*(const char *const *) a, *(const char *const *) b);
}

void
cox_names_sort(GPtrArray *names)
{
    g_ptr_array_sort(names, compare_elements);
}

char *
cox_names_join(const GPtrArray *names)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++) {
        if (i > 0) {
            g_string_append_c(text, ' ');
        }
        g_string_append(text, names->pdata[i]);
    }
    return g_string_free(text, FALSE);
}

void
cox_names_flag(GString *flags, const char *flag)
{
    g_string_append(flags, (flags->len == 0) ? " (" : ", ");
    g_string_append(flags, flag);
}

void
cox_names_flags_close(GString *flags)
{
    if (flags->len > 0) {
        g_string_append_c(flags, ')');
    }
}

const char *
cox_names_result(int rc)
{
    static const struct {
        int rc;
        const char *text;
    } rows[] = {
        { 0, "OK" },
        { 1, "Error occurred" },
        { 2, "Invalid parameter" },
        { 3, "Unimplemented" },
        { 4, "Insufficient privileges" },
        { 5, "Not installed" },
        { 6, "Invalid configuration" },
        { 7, "Not running" },
        { 8, "Promoted" },
        { 9, "Failed in promoted role" },
        { 189, "Connection lost" },
        { 190, "Running with errors" },
        { 191, "Promoted with errors" },
        { 193, "Unknown exit status" },
        { 194, "Not connected" },
        { 195, "Device not configured" },
        { 196, "Not supported" },
        { 197, "Cancelled" },
        { 198, "Timed out" },
        { 199, "Other error" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].rc == rc) {
            return rows[i].text;
        }
    }
    return "Unknown exit status";
}

const char *
cox_names_status(int status)
{
    switch ((enum cox_op_status) status) {
        case COX_OP_STATUS_UNKNOWN:
            return "Unknown";
        case COX_OP_STATUS_PENDING:
            return "Pending";
        case COX_OP_STATUS_DONE:
            return "Done";
        case COX_OP_STATUS_CANCELLED:
            return "Cancelled";
        case COX_OP_STATUS_TIMEOUT:
            return "Timed Out";
        case COX_OP_STATUS_NOT_SUPPORTED:
            return "NOT SUPPORTED";
        case COX_OP_STATUS_ERROR:
            return "Error";
        case COX_OP_STATUS_ERROR_HARD:
            return "Hard error";
        case COX_OP_STATUS_ERROR_FATAL:
            return "Fatal error";
        case COX_OP_STATUS_NOT_INSTALLED:
            return "Not installed";
        case COX_OP_STATUS_NOT_CONNECTED:
            return "Internal communication failure";
        case COX_OP_STATUS_INVALID:
            return "Cannot execute now";
        case COX_OP_STATUS_NO_FENCE_DEVICE:
            return "No fence device";
        case COX_OP_STATUS_NO_SECRETS:
            return "CIB secrets unavailable";
    }
    return "Unknown";
}

char *
cox_names_time(gint64 epoch_s, bool is_iso)
{
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(epoch_s);

    if (moment == NULL) {
        return g_strdup_printf("%" G_GINT64_FORMAT, epoch_s);
    }
    return g_date_time_format(moment, is_iso ? "%Y-%m-%d %H:%M:%SZ" : "%a %b %e %H:%M:%S %Y");
}

char *
cox_names_clock(gint64 epoch_s, GTimeZone *zone)
{
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(epoch_s);
    g_autoptr(GDateTime) there = (moment != NULL && zone != NULL) ? g_date_time_to_timezone(moment, zone) : NULL;

    if (there == NULL) {
        return cox_names_time(epoch_s, false);
    }
    return g_date_time_format(there, "%a %b %e %H:%M:%S %Y");
}
