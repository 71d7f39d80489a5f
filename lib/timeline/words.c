/* lib/timeline/words.c - what has happened, in words.  Layer 3, pure. */
#include "timeline/words.h"

#include <string.h>

char *
cox_timeline_span(gint64 ms)
{
    gint64 s = ms / 1000;

    if (ms < 1000) {
        return g_strdup_printf("%" G_GINT64_FORMAT " ms", ms);
    }
    if (s < 60) {
        return g_strdup_printf("%" G_GINT64_FORMAT ".%02d s", s, (int) (ms % 1000 / 10));
    }
    if (s < 3600) {
        return g_strdup_printf("%" G_GINT64_FORMAT " min %d s", s / 60, (int) (s % 60));
    }
    return g_strdup_printf("%" G_GINT64_FORMAT " h %d min", s / 3600, (int) (s % 3600 / 60));
}

static const char *
or_unknown(const char *text)
{
    return text == NULL || *text == '\0' ? "?" : text;
}

static bool
is(const char *text, const char *wanted)
{
    return g_strcmp0(text, wanted) == 0;
}

/* "7" of "7@3f2a8c91". */
static void
put_transition(GString *words, const char *link)
{
    if (link != NULL) {
        g_string_append_printf(words, " (transition %.*s)", (int) strcspn(link, "@"), link);
    }
}

static void
put_took(GString *words, const struct cox_timeline_record *record)
{
    g_autofree char *span = record->took_ms < 0 ? NULL : cox_timeline_span(record->took_ms);

    if (span != NULL) {
        g_string_append_printf(words, ", took %s", span);
    }
}

/* A terminal is not to obey what an agent has printed. */
static char *
tame(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *tame = g_string_new(NULL);

    for (char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);

        g_string_append_unichar(tame, g_unichar_iscntrl(letter) ? '?' : letter);
    }
    return g_string_free(tame, FALSE);
}

/* ---- by kind ---- */

static void
put_action(GString *words, const struct cox_timeline_record *record)
{
    g_string_append_printf(words, "%s %s", or_unknown(record->task), or_unknown(record->object));
    if (record->interval_ms > 0) {
        g_autofree char *span = cox_timeline_span(record->interval_ms);

        g_string_append_printf(words, " every %s", span);
    }
    g_string_append_printf(words, ": %s", or_unknown(record->outcome));
    if (!is(record->outcome, "ok")) {
        g_string_append_printf(words, ", rc %" G_GINT64_FORMAT, record->rc);
    }
    put_took(words, record);
    if (record->cause != NULL && *record->cause != '\0') {
        g_string_append_printf(words, ": %s", record->cause);
    }
    put_transition(words, record->link);
}

static void
put_transition_event(GString *words, const struct cox_timeline_record *record)
{
    g_autofree char *number = record->link == NULL ? g_strdup("?") : g_strndup(record->link, strcspn(record->link, "@"));

    g_string_append_printf(words, "transition %s ", number);
    if (is(record->task, "begin")) {
        g_string_append_printf(words, "begins: %" G_GINT64_FORMAT " action%s", record->count, record->count == 1 ? "" : "s");
        if (record->cause != NULL) {
            g_string_append_printf(words, ", because %s", record->cause);
        }
        return;
    }
    g_string_append_printf(words, "%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " action%s failed", is(record->outcome, "aborted") ? "given up for another plan" : "is over",
                           record->failed, record->count, record->count == 1 ? "" : "s");
    put_took(words, record);
}

static void
put_fence(GString *words, const struct cox_timeline_record *record)
{
    if (is(record->outcome, "asked")) {
        g_string_append_printf(words, "fencing (%s) of %s asked for", or_unknown(record->task), or_unknown(record->node));
        if (record->cause != NULL) {
            g_string_append_printf(words, ", because %s", record->cause);
        }
        put_transition(words, record->link);
        return;
    }
    g_string_append_printf(words, "fencing (%s) of %s", or_unknown(record->task), or_unknown(record->node));
    if (record->who != NULL) {
        g_string_append_printf(words, " by %s", record->who);
    }
    g_string_append_printf(words, ": %s", or_unknown(record->outcome));
    put_took(words, record);
    if (record->cause != NULL) {
        g_string_append_printf(words, ": %s", record->cause);
    }
}

static void
put_config(GString *words, const struct cox_timeline_record *record)
{
    g_string_append_printf(words, "configuration %s", or_unknown(record->object));
    if (record->task != NULL) {
        g_string_append_printf(words, ", %s,", record->task);
    }
    if (record->who != NULL) {
        g_string_append_printf(words, " by %s", record->who);
    }
    if (record->cause != NULL) {
        g_string_append_printf(words, ": %s", record->cause);
    }
}

char *
cox_timeline_words(const struct cox_timeline_record *record)
{
    g_autoptr(GString) words = g_string_new(NULL);

    switch (record->kind) {
        case COX_TIMELINE_RECORDER:
            g_string_append_printf(words, "controller %s", is(record->task, "end") ? "ended" : "began");
            break;
        case COX_TIMELINE_MEMBER:
            g_string_append_printf(words, "%s %s", or_unknown(record->node), is(record->task, "lost") ? "was lost" : is(record->task, "leaving") ? "wants to leave" : "is a member");
            break;
        case COX_TIMELINE_COORDINATOR:
            g_string_append_printf(words, "%s leads the cluster", or_unknown(record->node));
            break;
        case COX_TIMELINE_QUORUM:
            g_string_append_printf(words, "quorum %s", is(record->task, "lost") ? "lost" : "gained");
            break;
        case COX_TIMELINE_CONFIG:
            put_config(words, record);
            break;
        case COX_TIMELINE_TRANSITION:
            put_transition_event(words, record);
            break;
        case COX_TIMELINE_ACTION:
            put_action(words, record);
            break;
        case COX_TIMELINE_FENCE:
            put_fence(words, record);
            break;
        case COX_TIMELINE_TROUBLE:
            g_string_append_printf(words, "%s: %s", or_unknown(record->task), or_unknown(record->cause));
            break;
    }
    return tame(words->str);
}
