/* lib/timeline/record.c - one thing that has happened, as a line.  Layer 3, pure. */
#include "timeline/record.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

#define FORMAT "1"

/* The year 5138: sums of times cannot overflow. */
static const gint64 LATEST_US = G_GINT64_CONSTANT(100000000000000000);

static const char *const kinds[] = { "recorder", "member", "coordinator", "quorum", "config", "transition", "action", "fence", "trouble" };

/* What a line may say. */
static const struct {
    const char *key;
    bool is_text;
    size_t offset;
} fields[] = {
#define TEXT(name) { #name, true, offsetof(struct cox_timeline_record, name) }
#define NUMBER(key, name) { key, false, offsetof(struct cox_timeline_record, name) }
    TEXT(node), TEXT(object), TEXT(task), NUMBER("interval", interval_ms), TEXT(outcome), NUMBER("rc", rc), NUMBER("took", took_ms),
    NUMBER("waited", waited_ms), NUMBER("call", call), NUMBER("count", count), NUMBER("failed", failed), TEXT(who), TEXT(link), TEXT(cause),
#undef TEXT
#undef NUMBER
};

struct cox_timeline_record
cox_timeline_record_of(enum cox_timeline_kind kind)
{
    return (struct cox_timeline_record) { .kind = kind, .took_ms = -1 };
}

const char *
cox_timeline_kind_text(enum cox_timeline_kind kind)
{
    return kinds[kind];
}

/* ---- write ---- */

static const char *
text_at(const struct cox_timeline_record *record, size_t offset)
{
    return *(const char *const *) (gconstpointer) ((const char *) record + offset);
}

static gint64
number_at(const struct cox_timeline_record *record, size_t offset)
{
    return *(const gint64 *) (gconstpointer) ((const char *) record + offset);
}

static bool
is_plain(const char *text)
{
    return *text != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/+-")] == '\0';
}

static void
put_text(GString *line, const char *text)
{
    g_autofree char *valid = cox_text_cut(text, COX_TIMELINE_TEXT_BYTES);

    if (is_plain(valid)) {
        g_string_append(line, valid);
        return;
    }
    g_string_append_c(line, '"');
    for (char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);

        if (letter == '"' || letter == '\\') {
            g_string_append_c(line, '\\');
        }
        g_string_append_unichar(line, g_unichar_iscntrl(letter) ? ' ' : letter);
    }
    g_string_append_c(line, '"');
}

char *
cox_timeline_write(const struct cox_timeline_record *record)
{
    GString *line = g_string_new(NULL);

    g_string_printf(line, FORMAT " %" G_GINT64_FORMAT " %s", record->at_us, kinds[record->kind]);
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *text = fields[i].is_text ? text_at(record, fields[i].offset) : NULL;
        gint64 number = fields[i].is_text ? 0 : number_at(record, fields[i].offset);
        bool is_took = fields[i].offset == offsetof(struct cox_timeline_record, took_ms);

        if (text != NULL) {
            g_string_append_printf(line, " %s=", fields[i].key);
            put_text(line, text);
        } else if (!fields[i].is_text && (is_took ? number >= 0 : number != 0)) {
            g_string_append_printf(line, " %s=%" G_GINT64_FORMAT, fields[i].key, number);
        }
    }
    g_string_append_c(line, '\n');
    return g_string_free(line, FALSE);
}

/* ---- read ---- */

struct reader {
    const char *at, *end;
};

/* What stands up to the next blank; its length. */
static gsize
word(struct reader *reader, const char **begin)
{
    const char *stop;

    while (reader->at < reader->end && *reader->at == ' ') {
        reader->at++;
    }
    *begin = reader->at;
    stop = memchr(reader->at, ' ', (gsize) (reader->end - reader->at));
    reader->at = stop == NULL ? reader->end : stop;
    return (gsize) (reader->at - *begin);
}

/* The rest of a value that begins with a quote; NULL: it does not end. */
static char *
quoted(struct reader *reader)
{
    g_autoptr(GString) value = g_string_new(NULL);

    for (reader->at++; reader->at < reader->end; reader->at++) {
        if (*reader->at == '"') {
            reader->at++;
            return g_string_free(g_steal_pointer(&value), FALSE);
        }
        if (*reader->at == '\\' && reader->at + 1 < reader->end) {
            reader->at++;
        }
        g_string_append_c(value, *reader->at);
    }
    return NULL;
}

/* Behind "KEY=": false when the line ends in the middle. */
static bool
value(struct reader *reader, char **out)
{
    const char *begin;
    gsize length;

    if (reader->at < reader->end && *reader->at == '"') {
        *out = quoted(reader);
        return *out != NULL;
    }
    if (reader->at < reader->end && *reader->at == ' ') {
        *out = g_strdup("");
        return true;
    }
    length = word(reader, &begin);
    *out = g_strndup(begin, length);
    return true;
}

static void
keep(struct cox_timeline_record *record, const char *key, const char *text, struct cox_arena *arena)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        char *field = (char *) record + fields[i].offset;

        if (strcmp(fields[i].key, key) != 0) {
            continue;
        }
        if (fields[i].is_text) {
            g_autofree char *valid = cox_text_cut(text, COX_TIMELINE_TEXT_BYTES);

            *(const char **) (gpointer) field = cox_arena_intern(arena, valid);
        } else {
            *(gint64 *) (gpointer) field = g_ascii_strtoll(text, NULL, 10);
        }
    }
}

/* Version, time and kind. */
static bool
read_head(struct reader *reader, struct cox_timeline_record *record)
{
    const char *begin;
    gsize length = word(reader, &begin);
    g_autofree char *time = NULL;
    char *end = NULL;

    if (length != strlen(FORMAT) || memcmp(begin, FORMAT, length) != 0) {
        return false;
    }
    length = word(reader, &begin);
    time = g_strndup(begin, length);
    record->at_us = g_ascii_strtoll(time, &end, 10);
    if (length == 0 || *end != '\0' || record->at_us < 0 || record->at_us > LATEST_US) {
        return false;
    }
    length = word(reader, &begin);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (length == strlen(kinds[i]) && memcmp(begin, kinds[i], length) == 0) {
            record->kind = (enum cox_timeline_kind) i;
            return true;
        }
    }
    return false;
}

bool
cox_timeline_read(const char *line, gsize length, struct cox_arena *arena, struct cox_timeline_record *record)
{
    struct reader reader = { line, line + length };
    struct cox_timeline_record made = cox_timeline_record_of(COX_TIMELINE_RECORDER);

    if (length >= COX_TIMELINE_LINE_BYTES || memchr(line, '\0', length) != NULL || !read_head(&reader, &made)) {
        return false;
    }
    for (;;) {
        const char *begin, *equals;
        g_autofree char *key = NULL;
        g_autofree char *text = NULL;
        gsize left;

        while (reader.at < reader.end && *reader.at == ' ') {
            reader.at++;
        }
        begin = reader.at;
        left = (gsize) (reader.end - begin);
        if (left == 0) {
            break;
        }
        equals = memchr(begin, '=', left);
        if (equals == NULL) {
            return false;
        }
        key = g_strndup(begin, (gsize) (equals - begin));
        reader.at = equals + 1;
        if (!value(&reader, &text)) {
            return false;
        }
        keep(&made, key, text, arena);
    }
    *record = made;
    return true;
}

guint
cox_timeline_read_all(const char *text, gsize length, struct cox_arena *arena, GArray *records)
{
    const char *end = text + length;
    guint n_bad = 0;

    for (const char *at = text; at < end;) {
        const char *stop = memchr(at, '\n', (gsize) (end - at));
        gsize bytes = (gsize) ((stop == NULL ? end : stop) - at);
        struct cox_timeline_record record;

        if (cox_timeline_read(at, bytes, arena, &record)) {
            g_array_append_val(records, record);
        } else if (bytes > 0) {
            n_bad++;
        }
        at = stop == NULL ? end : stop + 1;
    }
    return n_bad;
}

gsize
cox_timeline_since(char *text, gsize length, gint64 since_us)
{
    const char *end = text + length;
    char *to = text;

    for (char *at = text; at < end;) {
        char *stop = memchr(at, '\n', (gsize) (end - at));
        gsize bytes = (gsize) ((stop == NULL ? end : stop + 1) - at);
        struct reader reader = { at, stop == NULL ? end : stop };
        struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_RECORDER);

        if (read_head(&reader, &record) && record.at_us >= since_us) {
            memmove(to, at, bytes);
            to += bytes;
        }
        at += bytes;
    }
    return (gsize) (to - text);
}

/* ---- identity ---- */

bool
cox_timeline_is_dull(const struct cox_timeline_record *record)
{
    static const char *const tasks[] = { "monitor", "notify", "cancel", NULL };

    return record->kind == COX_TIMELINE_ACTION && g_strcmp0(record->outcome, "ok") == 0 && record->task != NULL && g_strv_contains(tasks, record->task);
}

bool
cox_timeline_has_identity(const struct cox_timeline_record *record)
{
    return record->link != NULL || record->call != 0;
}

char *
cox_timeline_identity(const struct cox_timeline_record *record)
{
    const char *const texts[] = { record->node, record->object, record->task, record->outcome, record->link };
    GString *name = g_string_new(kinds[record->kind]);

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_string_append_printf(name, "|%s", texts[i] == NULL ? "" : texts[i]);
    }
    g_string_append_printf(name, "|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT, record->interval_ms, record->call);
    return g_string_free(name, FALSE);
}
