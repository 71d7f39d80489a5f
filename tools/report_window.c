/* tools/report_window.c - the lines of a log that were written in a certain time.  Layer 6. */
#include <stdio.h>
#include <string.h>

#include "tools/report.h"

#define US_PER_S G_GINT64_CONSTANT(1000000)

/* "2026-11-27T12:03:04" or with a blank. */
static bool
iso_time(const char *line, gint64 *at_us)
{
    int year, month, day, hour, minute, second;
    g_autoptr(GDateTime) when = NULL;

    if (sscanf(line, "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second) != 6) {
        return false;
    }
    when = g_date_time_new_local(year, month, day, hour, minute, second);
    if (when == NULL) {
        return false;
    }
    *at_us = g_date_time_to_unix(when) * US_PER_S;
    return true;
}

/* "Nov 27 12:03:04", which was this year or, when that is still to come, the year before. */
static bool
log_time(const char *line, gint64 now_us, gint64 *at_us)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char name[4] = "";
    int day, hour, minute, second;
    const char *found = NULL;
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(now_us / US_PER_S);

    if (sscanf(line, "%3[A-Za-z] %2d %2d:%2d:%2d", name, &day, &hour, &minute, &second) != 5 || strlen(name) != 3) {
        return false;
    }
    found = strstr(months, name);
    for (int back = 0; found != NULL && (found - months) % 3 == 0 && back <= 1; back++) {
        g_autoptr(GDateTime) when = g_date_time_new_local(g_date_time_get_year(now) - back, (int) (found - months) / 3 + 1, day, hour, minute, second);

        if (when != NULL && (back == 1 || g_date_time_to_unix(when) * US_PER_S <= now_us + 24 * 3600 * US_PER_S)) {
            *at_us = g_date_time_to_unix(when) * US_PER_S;
            return true;
        }
    }
    return false;
}

bool
cox_report_first(gint64 now_us, const char *text, gsize length, gint64 *at_us)
{
    const char *end = text + length;

    for (const char *at = text; at < end;) {
        const char *stop = memchr(at, '\n', (gsize) (end - at));
        g_autofree char *line = g_strndup(at, MIN((gsize) (end - at), 64));

        if (iso_time(line, at_us) || log_time(line, now_us, at_us)) {
            return true;
        }
        at = (stop == NULL) ? end : stop + 1;
    }
    return false;
}

void
cox_report_window(const struct cox_report *report, gint64 now_us, const char *text, gsize length, GString *out)
{
    const char *end = text + length;
    bool is_in = false;

    for (const char *at = text; at < end;) {
        const char *stop = memchr(at, '\n', (gsize) (end - at));
        gsize bytes = (gsize) ((stop == NULL ? end : stop + 1) - at);
        g_autofree char *line = g_strndup(at, MIN(bytes, 64));
        gint64 at_us = 0;

        if (iso_time(line, &at_us) || log_time(line, now_us, &at_us)) {
            is_in = at_us + US_PER_S > report->from_us && at_us <= report->to_us;
        }
        if (is_in) {
            g_string_append_len(out, at, (gssize) bytes);
        }
        at += bytes;
    }
}
