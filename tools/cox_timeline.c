/* tools/cox_timeline.c - the verb of cox that tells what has happened, on all nodes, and why.  Layer 6. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/datetime.h"
#include "base/error.h"
#include "client/client.h"
#include "runtime/loop.h"
#include "timeline/words.h"
#include "tools/cox_priv.h"
#include "tools/timefetch.h"

#define USUAL_SINCE "24h"

enum { NUMBER_LETTERS = 24 };

/* ---- one entry -------------------------------------------------------------------------------------------- */

struct printer {
    struct cox_out *out;
    GTimeZone *zone; /* of the user */
    char *day;       /* that was printed last */
};

static char *
time_text(const struct printer *printer, gint64 at_us, const char *format)
{
    const cox_wall wall = { at_us };
    struct cox_datetime when;

    return cox_datetime_from_wall(wall, cox_datetime_offset_at(printer->zone, wall), &when) ? cox_datetime_strftime(&when, format) : g_strdup("?");
}

/* NULL: not known. */
static const char *
number(gint64 value, gint64 unknown, char buffer[NUMBER_LETTERS])
{
    g_snprintf(buffer, NUMBER_LETTERS, "%" G_GINT64_FORMAT, value);
    return (value == unknown) ? NULL : buffer;
}

static void
print_structure(const struct printer *printer, const struct cox_timeline_entry *entry)
{
    const struct cox_timeline_record *record = entry->record;
    const cox_wall wall = { entry->at_us };
    struct cox_datetime when;
    char took[NUMBER_LETTERS], waited[NUMBER_LETTERS], call[NUMBER_LETTERS], rc[NUMBER_LETTERS], count[NUMBER_LETTERS], failed[NUMBER_LETTERS],
        interval[NUMBER_LETTERS], us[NUMBER_LETTERS];
    g_autofree char *iso = cox_datetime_from_wall(wall, 0, &when) ? cox_datetime_format(&when, COX_DATETIME_CALENDAR) : NULL;
    bool is_action = record->kind == COX_TIMELINE_ACTION, is_whole = record->kind == COX_TIMELINE_TRANSITION;

    cox_out_leaf(printer->out, "event", "time", iso, "time_us", number(entry->at_us, G_MININT64, us), "kind", cox_timeline_kind_text(record->kind), "node",
                 record->node, "object", record->object, "task", record->task, "interval_ms", number(record->interval_ms, 0, interval), "outcome",
                 record->outcome, "rc", is_action ? number(record->rc, G_MININT64, rc) : NULL, "took_ms", number(record->took_ms, -1, took), "waited_ms",
                 number(record->waited_ms, 0, waited), "call", number(record->call, 0, call), "actions",
                 is_whole ? number(record->count, G_MININT64, count) : NULL, "failed", is_whole ? number(record->failed, G_MININT64, failed) : NULL, "by",
                 record->who, "part_of", record->link, "cause", record->cause, "kept_by", entry->by, NULL);
}

static void
print_entry(struct printer *printer, const struct cox_timeline_entry *entry)
{
    g_autofree char *day = time_text(printer, entry->at_us, "%Y-%m-%d");
    g_autofree char *clock = time_text(printer, entry->at_us, "%H:%M:%S");
    g_autofree char *words = cox_timeline_words(entry->record);

    print_structure(printer, entry);
    if (g_strcmp0(day, printer->day) != 0) {
        cox_out_rawf(printer->out, "%s%s\n", (printer->day == NULL) ? "" : "\n", day);
        g_free(printer->day);
        printer->day = g_steal_pointer(&day);
    }
    cox_out_rawf(printer->out, "%s.%03d  %-10s  %s\n", clock, (int) (entry->at_us / 1000 % 1000), (entry->record->node != NULL) ? entry->record->node : entry->by, words);
}

/* ---- what there is ---------------------------------------------------------------------------------------- */

static bool
is_asked(const struct cox_timefetch *fetch, const char *node)
{
    for (guint i = 0; i < fetch->sources->len; i++) {
        if (g_strcmp0(g_array_index(fetch->sources, struct cox_timeline_source, i).node, node) == 0) {
            return true;
        }
    }
    for (guint i = 0; i < fetch->missing->len; i++) {
        const char *text = fetch->missing->pdata[i];

        if (g_str_has_prefix(text, node) && text[strlen(node)] == ':') {
            return true;
        }
    }
    return false;
}

/* Nodes that came or went and are not here now cannot be asked. */
static void
find_absent(const struct cox_timefetch *fetch, const GArray *entries)
{
    for (guint i = 0; i < entries->len; i++) {
        const struct cox_timeline_record *record = g_array_index(entries, struct cox_timeline_entry, i).record;

        if (record->kind == COX_TIMELINE_MEMBER && record->node != NULL && !is_asked(fetch, record->node)) {
            g_ptr_array_add(fetch->missing, g_strdup_printf("%s: it is not a member now", record->node));
        }
    }
}

/* What is missing is said where it is not taken for the timeline. */
static void
print_missing(struct cox_tool_ctx *ctx, const struct cox_timefetch *fetch)
{
    for (guint i = 0; i < fetch->missing->len; i++) {
        const char *text = fetch->missing->pdata[i];

        cox_out_leaf(ctx->out, "missing", "node", text, NULL);
        if (cox_out_is_text(ctx->out)) {
            cox_out_error(ctx->out, "cox: not asked, or no answer: %s", text);
        }
    }
    if (fetch->n_bad > 0 && cox_out_is_text(ctx->out)) {
        cox_out_error(ctx->out, "cox: %u lines cannot be read", fetch->n_bad);
    }
}

static void
print_all(struct cox_tool_ctx *ctx, struct printer *printer, const struct cox_timefetch *fetch, const struct cox_timeline_filter *filter)
{
    g_autoptr(GArray) entries
        = cox_timeline_merge((const struct cox_timeline_source *) (const void *) fetch->sources->data, fetch->sources->len);

    if (!((const struct cox_settings *) ctx->settings)->is_local) {
        find_absent(fetch, entries);
    }
    cox_timeline_select(entries, filter);
    for (guint i = 0; i < entries->len; i++) {
        print_entry(printer, &g_array_index(entries, struct cox_timeline_entry, i));
    }
    print_missing(ctx, fetch);
}

/* ---- what comes ------------------------------------------------------------------------------------------- */

struct following {
    struct printer *printer;
    const struct cox_timeline_filter *filter;
    struct cox_runtime *runtime;
    GMainContext *loop;
    struct cox_client *client;
    gint64 after_us; /* what this node has kept up to then was printed with the past */
    bool is_subscribed, is_over;
    GError *problem;
};

static void
on_signal(void *context, int signo)
{
    struct following *following = context;

    (void) signo;
    following->is_over = true;
}

static void
show(struct following *following, const char *line)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_entry));
    struct cox_timeline_record record;
    struct cox_timeline_entry entry = { &record, "", 0 };

    if (!cox_timeline_read(line, strcspn(line, "\n"), arena, &record) || record.at_us <= following->after_us) {
        return;
    }
    entry.at_us = record.at_us;
    g_array_append_val(entries, entry);
    cox_timeline_select(entries, following->filter);
    if (entries->len > 0) {
        print_entry(following->printer, &entry);
        cox_out_flush(following->printer->out);
    }
}

static void
on_event(void *context, const struct cox_client_event *event)
{
    struct following *following = context;
    const struct cox_msg_control_told *body = event->body;

    switch (event->kind) {
        case COX_CLIENT_SUBSCRIBED:
            following->is_subscribed = true;
            break;
        case COX_CLIENT_EVENT:
            if (event->message == COX_MSG_CONTROL_TOLD && body->line != NULL) {
                show(following, body->line);
            }
            break;
        case COX_CLIENT_LOST:
            cox_out_error(following->printer->out, "cox: %" G_GUINT64_FORMAT " events were missed", event->lost);
            break;
        case COX_CLIENT_FAILED:
            if (following->problem == NULL) {
                following->problem = g_error_copy(event->error);
            }
            break;
    }
}

static void
on_connection(void *context, bool is_up, const GError *problem)
{
    struct following *following = context;

    if (!is_up && problem != NULL && following->problem == NULL) {
        following->problem = g_error_copy(problem);
    }
}

static void
turn(struct following *following, const bool *until)
{
    while (!*until && !following->is_over && following->problem == NULL && ferror(stdout) == 0) {
        (void) cox_runtime_step(following->runtime, true);
    }
}

/* Before the past is asked for, so that nothing falls between the two. */
static void
begin_following(struct following *following)
{
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_CONTROL, .program = "cox", .changed = on_connection, .context = following };

    following->loop = g_main_context_new();
    following->runtime = cox_loop_new(following->loop);
    following->after_us = G_MAXINT64;
    (void) cox_runtime_signal(following->runtime, SIGINT, on_signal, following);
    (void) cox_runtime_signal(following->runtime, SIGTERM, on_signal, following);
    following->client = cox_client_new(following->runtime, &settings);
    (void) cox_client_subscribe(following->client, "timeline", on_event, following);
    turn(following, &following->is_subscribed);
}

static void
end_following(struct following *following)
{
    cox_client_free(following->client);
    cox_runtime_free(following->runtime);
    g_main_context_unref(following->loop);
}

/* When this node has kept the last of them. */
static gint64
last_of(const struct cox_timefetch *fetch)
{
    const GArray *own = g_array_index(fetch->sources, struct cox_timeline_source, 0).records;

    return (own->len == 0) ? G_MININT64 : g_array_index(own, struct cox_timeline_record, own->len - 1).at_us;
}

/* ---- the verb --------------------------------------------------------------------------------------------- */

static int
print_past(struct cox_tool_ctx *ctx, struct printer *printer, const struct cox_timeline_filter *filter, gint64 *last_us)
{
    const struct cox_settings *settings = ctx->settings;
    const struct cox_timefetch_settings ask = { .program = "cox", .since_us = filter->since_us, .is_local = settings->is_local };
    GError *error = NULL;
    g_autoptr(cox_timefetch) fetch = cox_timefetch_new(&ask, &error);

    if (fetch == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_begin(ctx->out, "timeline", NULL);
    print_all(ctx, printer, fetch, filter);
    cox_out_end(ctx->out);
    *last_us = last_of(fetch);
    return 0;
}

static int
print_and_follow(struct cox_tool_ctx *ctx, struct printer *printer, const struct cox_timeline_filter *filter)
{
    struct following following = { .printer = printer, .filter = filter };
    const bool never = false;
    int status = 0;

    begin_following(&following);
    status = (following.problem == NULL) ? print_past(ctx, printer, filter, &following.after_us) : 0;
    if (status == 0) {
        cox_out_flush(ctx->out);
        turn(&following, &never);
    }
    if (following.problem != NULL) {
        status = cox_tool_fail(ctx, following.problem);
    }
    end_following(&following);
    return status;
}

int
cox_verb_timeline(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    struct cox_timeline_filter filter = { .resource = settings->resource, .node = settings->node, .has_all = settings->is_all };
    struct printer printer = { ctx->out, NULL, NULL };
    GError *error = NULL;
    gint64 last_us = 0;
    int status = 0;

    (void) arguments;
    if (settings->follows && !cox_out_is_text(ctx->out)) {
        return cox_tool_usage(ctx, "timeline: --follow prints text only");
    }
    if (!cox_verb_since((settings->since != NULL) ? settings->since : USUAL_SINCE, &filter.since_us, &error)) {
        return cox_tool_fail(ctx, error);
    }
    printer.zone = g_time_zone_new_local();
    status = settings->follows ? print_and_follow(ctx, &printer, &filter) : print_past(ctx, &printer, &filter, &last_us);
    g_time_zone_unref(printer.zone);
    g_free(printer.day);
    return status;
}
