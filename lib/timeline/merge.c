/* lib/timeline/merge.c - timelines of several nodes become one.  Layer 3, pure. */
#include "timeline/merge.h"

#include <string.h>

/* Facts without a number that are so near are the same. */
static const gint64 NEAR_US = G_GINT64_CONSTANT(5000000);

/* ---- what is the same ---- */

/* Without a number: is there one like it near @at_us? */
static bool
has_near(const GArray *list, const struct cox_timeline_record *record, gint64 at_us)
{
    g_autofree char *wanted = cox_timeline_identity(record);

    for (guint i = 0; i < list->len; i++) {
        const struct cox_timeline_entry *entry = &g_array_index(list, struct cox_timeline_entry, i);
        g_autofree char *name = NULL;

        if (entry->record->kind != record->kind || ABS(entry->at_us - at_us) > NEAR_US || cox_timeline_has_identity(entry->record)) {
            continue;
        }
        name = cox_timeline_identity(entry->record);
        if (strcmp(name, wanted) == 0) {
            return true;
        }
    }
    return false;
}

static GHashTable *
index_of(const GArray *list)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < list->len; i++) {
        const struct cox_timeline_record *record = g_array_index(list, struct cox_timeline_entry, i).record;

        if (cox_timeline_has_identity(record)) {
            (void) g_hash_table_insert(index, cox_timeline_identity(record), GUINT_TO_POINTER(i + 1));
        }
    }
    return index;
}

/* ---- two lists ---- */

/* The place of the fact in @list, plus 1; 0: it is not there, or no number tells. */
static guint
find(GHashTable *index, const struct cox_timeline_record *record)
{
    g_autofree char *name = cox_timeline_has_identity(record) ? cox_timeline_identity(record) : NULL;

    return name == NULL ? 0 : GPOINTER_TO_UINT(g_hash_table_lookup(index, name));
}

/* How far the other clock was ahead where both have a fact for the first time. */
static gint64
first_ahead(const GArray *list, GHashTable *index, const struct cox_timeline_source *source)
{
    for (guint i = 0; i < source->records->len; i++) {
        const struct cox_timeline_record *record = &g_array_index(source->records, struct cox_timeline_record, i);
        guint at = find(index, record);

        if (at != 0) {
            return record->at_us - g_array_index(list, struct cox_timeline_entry, at - 1).at_us;
        }
    }
    return source->ahead_us;
}

/* What only the source has, by the clock of the list. */
static GArray *
news_of(const GArray *list, const struct cox_timeline_source *source)
{
    GArray *news = g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_entry));
    g_autoptr(GHashTable) index = index_of(list);
    gint64 ahead = first_ahead(list, index, source), floor = G_MININT64;

    for (guint i = 0; i < source->records->len; i++) {
        const struct cox_timeline_record *record = &g_array_index(source->records, struct cox_timeline_record, i);
        guint at = find(index, record);
        struct cox_timeline_entry entry = { record, source->node, record->at_us - ahead };

        if (at != 0) {
            entry.at_us = g_array_index(list, struct cox_timeline_entry, at - 1).at_us;
            ahead = record->at_us - entry.at_us;
        }
        floor = MAX(floor, entry.at_us);
        entry.at_us = floor;
        if (at == 0 && (cox_timeline_has_identity(record) || !has_near(list, record, entry.at_us))) {
            g_array_append_val(news, entry);
        }
    }
    return news;
}

/* Both in time, each in its own order. */
static GArray *
zip(const GArray *list, const GArray *news)
{
    GArray *out = g_array_sized_new(FALSE, FALSE, sizeof(struct cox_timeline_entry), list->len + news->len);
    guint i = 0, k = 0;

    while (i < list->len || k < news->len) {
        const struct cox_timeline_entry *a = i < list->len ? &g_array_index(list, struct cox_timeline_entry, i) : NULL;
        const struct cox_timeline_entry *b = k < news->len ? &g_array_index(news, struct cox_timeline_entry, k) : NULL;
        bool is_first = b == NULL || (a != NULL && a->at_us <= b->at_us);

        g_array_append_vals(out, is_first ? a : b, 1);
        i += is_first ? 1 : 0;
        k += is_first ? 0 : 1;
    }
    return out;
}

/* The first list: each fact once, and times that do not go back, for a clock that was set back does not undo what came before. */
static GArray *
begin(const struct cox_timeline_source *source)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_entry));
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gint64 floor = G_MININT64;

    for (guint i = 0; i < source->records->len; i++) {
        const struct cox_timeline_record *record = &g_array_index(source->records, struct cox_timeline_record, i);

        floor = MAX(floor, record->at_us);
        if (!cox_timeline_has_identity(record) || g_hash_table_add(seen, cox_timeline_identity(record))) {
            const struct cox_timeline_entry entry = { record, source->node, floor };

            g_array_append_val(list, entry);
        }
    }
    return list;
}

GArray *
cox_timeline_merge(const struct cox_timeline_source *sources, size_t n)
{
    GArray *list = n == 0 ? g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_entry)) : begin(&sources[0]);

    for (size_t i = 1; i < n; i++) {
        g_autoptr(GArray) news = news_of(list, &sources[i]);
        GArray *both = zip(list, news);

        g_array_unref(list);
        list = both;
    }
    return list;
}

/* ---- what is to be seen ---- */

/* Is @object the resource, or an instance of it? */
static bool
is_of(const char *object, const char *resource)
{
    gsize length = strlen(resource);

    return object != NULL && strncmp(object, resource, length) == 0 && (object[length] == '\0' || object[length] == ':');
}

static bool
is_meant(const struct cox_timeline_record *record, const struct cox_timeline_filter *filter)
{
    bool is_part = record->kind != COX_TIMELINE_TRANSITION;

    return (filter->resource == NULL || (is_part && is_of(record->object, filter->resource)))
           && (filter->node == NULL || (is_part && g_strcmp0(record->node, filter->node) == 0));
}

/* What is shown, whatever else is asked for, because something that is shown was part of it. */
struct shown {
    GHashTable *links;   /* transitions */
    GHashTable *targets; /* nodes whose fencing is shown: how it ends is, too */
    bool is_within;      /* one of the transitions has begun and not ended */
};

/* There is one at a time; one whose coordinator has died has no end. */
static void
note_transition(struct shown *shown, const struct cox_timeline_record *record)
{
    if (record->kind == COX_TIMELINE_TRANSITION) {
        shown->is_within = record->link != NULL && g_strcmp0(record->task, "begin") == 0 && g_hash_table_contains(shown->links, record->link);
    }
}

/* Was it part of something that is shown?  A fencing that ends while a transition goes on may have been asked for by the one before: what waits for it is here. */
static bool
is_linked(const struct cox_timeline_record *record, const struct shown *shown)
{
    return (record->link != NULL && g_hash_table_contains(shown->links, record->link))
           || (record->kind == COX_TIMELINE_FENCE && shown->is_within);
}

static bool
is_part(const struct cox_timeline_record *record, const struct shown *shown)
{
    bool is_fence = record->kind == COX_TIMELINE_FENCE;

    if ((record->kind == COX_TIMELINE_TRANSITION || is_fence) && is_linked(record, shown)) {
        if (is_fence && record->node != NULL) {
            (void) g_hash_table_add(shown->targets, (gpointer) (gsize) record->node);
        }
        return true;
    }
    return is_fence && record->node != NULL && g_hash_table_contains(shown->targets, record->node);
}

static bool
is_wanted(const struct cox_timeline_entry *entry, const struct cox_timeline_filter *filter, const struct shown *shown)
{
    const struct cox_timeline_record *record = entry->record;

    if (entry->at_us < filter->since_us || (filter->until_us != 0 && entry->at_us > filter->until_us) || (!filter->has_all && cox_timeline_is_dull(record))) {
        return false;
    }
    return is_part(record, shown) || is_meant(record, filter);
}

void
cox_timeline_select(GArray *entries, const struct cox_timeline_filter *filter)
{
    g_autoptr(GHashTable) links = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) targets = g_hash_table_new(g_str_hash, g_str_equal);
    struct shown shown = { links, targets, false };
    guint kept = 0;

    for (guint i = 0; i < entries->len; i++) {
        const struct cox_timeline_record *record = g_array_index(entries, struct cox_timeline_entry, i).record;

        if (record->link != NULL && is_meant(record, filter) && (filter->has_all || !cox_timeline_is_dull(record))) {
            (void) g_hash_table_add(links, (gpointer) (gsize) record->link);
        }
    }
    for (guint i = 0; i < entries->len; i++) {
        const struct cox_timeline_entry entry = g_array_index(entries, struct cox_timeline_entry, i);

        note_transition(&shown, entry.record);
        if (is_wanted(&entry, filter, &shown)) {
            g_array_index(entries, struct cox_timeline_entry, kept++) = entry;
        }
    }
    g_array_set_size(entries, kept);
}
