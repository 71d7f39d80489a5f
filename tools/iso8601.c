/* tools/iso8601.c - read and print ISO 8601 dates, durations and periods.  Layer 6. */
#include "base/error.h"
#include "base/period.h"
#include "tools/tool.h"

struct settings {
    bool wants_now;
    bool in_seconds; /* since year 1 */
    bool in_epoch;
    bool is_local;
    bool is_ordinal;
    bool is_week;
    char *date;
    char *period;
    char *duration;
    char *expected;
    GTimeZone *zone; /* of the user */
};

#define FIELD(name) offsetof(struct settings, name)

static const struct cox_opt options[] = {
    { "now", 'n', COX_OPT_FLAG, NULL, "Commands", "Display the current date/time", FIELD(wants_now) },
    { "date", 'd', COX_OPT_STRING, "DATE", "Commands",
      "Parse an ISO 8601 date/time (for example, '2019-09-24 00:30:00 +01:00' or '2019-040')", FIELD(date) },
    { "period", 'p', COX_OPT_STRING, "PERIOD", "Commands",
      "Parse an ISO 8601 period (interval) with start time (for example, '2005-040/2005-043')", FIELD(period) },
    { "duration", 'D', COX_OPT_STRING, "DURATION", "Commands", "Parse an ISO 8601 duration (for example, 'P1M')",
      FIELD(duration) },
    { "expected", 'E', COX_OPT_STRING, "TEXT", "Commands",
      "Exit with error status if result does not match this text. Requires: -n or -d", FIELD(expected) },
    { "seconds", 's', COX_OPT_FLAG, NULL, "Output modifiers", "Show result as seconds since 0001-001 00:00:00Z",
      FIELD(in_seconds) },
    { "epoch", 'S', COX_OPT_FLAG, NULL, "Output modifiers", "Show result as seconds since EPOCH (1970-001 00:00:00Z)",
      FIELD(in_epoch) },
    { "local", 'L', COX_OPT_FLAG, NULL, "Output modifiers", "Show result as a 'local' date/time", FIELD(is_local) },
    { "ordinal", 'O', COX_OPT_FLAG, NULL, "Output modifiers", "Show result as an 'ordinal' date/time", FIELD(is_ordinal) },
    { "week", 'W', COX_OPT_FLAG, NULL, "Output modifiers", "Show result as a 'calendar week' date/time", FIELD(is_week) },
};

/* @moment as the modifiers want it; caller frees. */
static char *
show(const struct settings *settings, const struct cox_datetime *moment)
{
    const struct cox_date first = { 1, 1, 1 };
    gint64 seconds = cox_wall_seconds(cox_datetime_to_wall(moment));
    struct cox_datetime shown = *moment;
    enum cox_datetime_style style = COX_DATETIME_CALENDAR;

    if (settings->in_epoch) {
        return g_strdup_printf("%" G_GINT64_FORMAT, seconds);
    }
    if (settings->in_seconds) {
        return g_strdup_printf("%" G_GINT64_FORMAT, seconds - cox_date_to_days(&first) * 86400);
    }
    if (settings->is_week) {
        style = COX_DATETIME_WEEK;
    } else if (settings->is_ordinal) {
        style = COX_DATETIME_ORDINAL;
    }
    if (!settings->is_local) {
        (void) cox_datetime_from_wall(cox_datetime_to_wall(moment), 0, &shown);
    }
    return cox_datetime_format(&shown, style);
}

static void
print_moment(struct cox_tool_ctx *ctx, const char *element, const char *label, const struct cox_datetime *moment)
{
    g_autofree char *text = show(ctx->settings, moment);

    cox_out_value(ctx->out, element, text);
    cox_out_line(ctx->out, "%s: %s", label, text);
}

/* "Invalid ... specified: TEXT" is what scripts know; the reason follows for those who ask. */
static int
refuse(struct cox_tool_ctx *ctx, const char *what, const char *text, const GError *error)
{
    if (ctx->verbosity > 0) {
        cox_out_error(ctx->out, "%s", error->message);
    }
    return cox_tool_error(ctx, COX_ERROR_INVALID_PARAM, "Invalid %s specified: %s", what, text);
}

static int
do_period(struct cox_tool_ctx *ctx, const struct cox_datetime_context *context)
{
    struct settings *settings = ctx->settings;
    struct cox_period period;
    g_autoptr(GError) error = NULL;
    g_autofree char *start = NULL;
    g_autofree char *end = NULL;

    if (!cox_period_parse(settings->period, context, &period, &error)) {
        return refuse(ctx, "interval", settings->period, error);
    }
    start = show(settings, &period.start);
    end = show(settings, &period.end);
    cox_out_begin(ctx->out, "period", NULL);
    cox_out_value(ctx->out, "start", start);
    cox_out_value(ctx->out, "end", end);
    cox_out_end(ctx->out);
    cox_out_line(ctx->out, "Period: %s to %s", start, end);
    return 0;
}

/* @moment, when there is one, moves by the duration.  "-D" comes after the date in the output. */
static int
do_duration(struct cox_tool_ctx *ctx, struct cox_datetime *moment)
{
    struct settings *settings = ctx->settings;
    struct cox_duration duration;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    bool was_local = settings->is_local;

    if (!cox_duration_parse(settings->duration, &duration, &error)) {
        return refuse(ctx, "duration", settings->duration, error);
    }
    text = cox_duration_format(&duration);
    cox_out_value(ctx->out, "duration", text);
    cox_out_line(ctx->out, "Duration: %s", text);
    if (moment != NULL) {
        if (!cox_datetime_add(moment, &duration, &error)) {
            return refuse(ctx, "duration", settings->duration, error);
        }
        settings->is_local = true; /* the sum is shown at the offset it was computed at */
        print_moment(ctx, "duration_ends", "Duration ends at", moment);
        settings->is_local = was_local;
    }
    return 0;
}

static bool
matches(const struct settings *settings, const struct cox_datetime *moment, const char *expected)
{
    g_autofree char *text = show(settings, moment);

    return g_str_equal(text, expected);
}

/* The moment that -n or -d names. */
static int
do_date(struct cox_tool_ctx *ctx, const struct cox_datetime_context *context, struct cox_datetime *moment)
{
    struct settings *settings = ctx->settings;
    g_autoptr(GError) error = NULL;

    if (settings->wants_now || g_str_equal(settings->date, "now")) {
        (void) cox_datetime_from_wall(context->now, cox_datetime_offset_at(context->zone, context->now), moment);
        print_moment(ctx, "date", "Current date/time", moment);
        return 0;
    }
    if (!cox_datetime_parse(settings->date, context, moment, &error)) {
        return refuse(ctx, "date/time", settings->date, error);
    }
    print_moment(ctx, "date", "Date", moment);
    return 0;
}

static int
run(struct cox_tool_ctx *ctx)
{
    struct settings *settings = ctx->settings;
    struct cox_datetime_context context = { settings->zone, cox_tool_now() };
    struct cox_datetime moment = { .hour = 0 };
    bool has_moment = settings->wants_now || settings->date != NULL;
    int status = 0;

    if (has_moment) {
        status = do_date(ctx, &context, &moment);
    }
    if (status == 0 && settings->duration != NULL) {
        status = do_duration(ctx, has_moment ? &moment : NULL);
    }
    if (status == 0 && settings->period != NULL) {
        status = do_period(ctx, &context);
    }
    if (status == 0 && has_moment && settings->expected != NULL && !matches(settings, &moment, settings->expected)) {
        status = cox_error_exit_status(COX_ERROR_GENERIC);
    }
    return status;
}

static const int statuses[] = { 0, 1, 2, 64, -1 };

static const struct cox_tool tool = {
    .name = "iso8601",
    .summary = "display and parse ISO 8601 dates and times",
    .synopsis = "{-n | -d DATE | -p PERIOD | -D DURATION} [OPTION]...",
    .description = "Reads a date and time, a duration or a period in any form of ISO 8601 that rules in the cluster "
                   "configuration may use, and prints it in one form. With a date and a duration it prints when the "
                   "duration ends; with --expected it tells by its exit status whether the result is the given one.\n\n"
                   "Dates are calendar dates (2026-01-28), ordinal dates (2026-028) or week dates (2026-W05-3). A time "
                   "without an offset from UTC is local time.",
    .examples = "When do three months from a day in January end?\n\tiso8601 -d '2026-01-31 00:00:00Z' -D P3M\n"
                "Which ISO week is it?\n\tiso8601 -n -W\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};

int
main(int argc, char **argv)
{
    struct settings settings = { .zone = g_time_zone_new_local() };
    int status;

    (void) argc;
    status = cox_tool_main(&tool, argv, &settings);
    g_time_zone_unref(settings.zone);
    return status;
}
