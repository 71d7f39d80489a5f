/* cts/fuzz/fuzz_date.c - libFuzzer target: dates, durations and periods from any bytes.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/period.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was accepted must survive printing and reading again. */
static void
round_trip(const struct cox_datetime *moment, enum cox_datetime_style style)
{
    g_autofree char *text = cox_datetime_format(moment, style);
    struct cox_datetime again;

    COX_BUG_ON(!cox_datetime_parse(text, NULL, &again, NULL));
    COX_BUG_ON(cox_wall_seconds(cox_datetime_to_wall(&again)) != cox_wall_seconds(cox_datetime_to_wall(moment)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    struct cox_datetime_context context = { NULL, cox_wall_from_seconds(1795226571) };
    struct cox_datetime moment;
    struct cox_duration duration;
    struct cox_period period;

    if (cox_datetime_parse(text, &context, &moment, NULL)) {
        round_trip(&moment, COX_DATETIME_CALENDAR);
        round_trip(&moment, COX_DATETIME_ORDINAL);
        if (cox_date_to_week(&moment.date).year <= COX_DATE_YEAR_MAX && cox_date_to_week(&moment.date).year > 0) {
            round_trip(&moment, COX_DATETIME_WEEK);
        }
    }
    if (cox_duration_parse(text, &duration, NULL)) {
        g_autofree G_GNUC_UNUSED char *printed = cox_duration_format(&duration);

        moment = (struct cox_datetime) { .date = { 2020, 2, 29 } };
        (void) cox_datetime_add(&moment, &duration, NULL);
    }
    (void) cox_period_parse(text, &context, &period, NULL);
    moment = (struct cox_datetime) { .date = { 2020, 2, 29 } };
    if (g_utf8_validate(text, -1, NULL)) {
        g_autofree G_GNUC_UNUSED char *printed = cox_datetime_strftime(&moment, text);
    }
    return 0;
}
