/* lib/store/storefiles.c - the files of the document: cib.xml, its signature, backups and journal.  Layer 3, adapter. */
#include "store/storefiles.h"

#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "cib/md5.h"
#include "store/journal.h"
#include "xml/xmldoc.h"

#define CIB "cib.xml"
#define SIGNATURE "cib.xml.sig"
#define JOURNAL "cib.journal"
#define NEW ".new"
#define HISTORY "cib.history"
#define HISTORY_BASE "history" /* in the place of a signature: the history is nobody's continuation */
#define LOST "cib.lost" /* names of documents that have lost, the newest last */

enum { LOST_LIST_BYTES = 64 * 1024, HISTORY_BYTES = 2 * 1024 * 1024 };

struct cox_storefiles {
    struct cox_disk *disk;
    struct cox_store_options options;
    size_t document_bytes, journal_bytes;
    bool can_append;
    bool has_history; /* there is one that can be continued */
    bool has_noted;   /* something, in this life */
};

struct cox_storefiles *
cox_storefiles_new(struct cox_disk *disk, const struct cox_store_options *options)
{
    struct cox_storefiles *files = g_new0(struct cox_storefiles, 1);

    files->disk = disk;
    files->options = *options;
    files->options.backups = options->backups == 0 ? 100 : options->backups;
    files->options.max_bytes = options->max_bytes == 0 ? 512u * 1024 * 1024 : options->max_bytes;
    files->options.journal_bytes = options->journal_bytes == 0 ? 1024 * 1024 : options->journal_bytes;
    return files;
}

void
cox_storefiles_free(struct cox_storefiles *files)
{
    g_free(files);
}

/* ---- load ---- */

/* Signature that these contents should have; NULL when they are no document. */
static char *
signature_of(GBytes *xml)
{
    gsize size = 0;
    const char *text = g_bytes_get_data(xml, &size);
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, size, NULL, NULL);

    return doc == NULL ? NULL : cox_md5_on_disk(cox_xmldoc_root(doc));
}

struct found {
    GBytes *xml, *signature, *file, *file_new;
    char *digest;
    bool has_journal, has_new;
    struct cox_journal journal, journal_new;
};

static void
found_clear(struct found *found)
{
    g_clear_pointer(&found->xml, g_bytes_unref);
    g_clear_pointer(&found->signature, g_bytes_unref);
    g_clear_pointer(&found->file, g_bytes_unref);
    g_clear_pointer(&found->file_new, g_bytes_unref);
    g_free(found->digest);
    cox_journal_clear(&found->journal);
    cox_journal_clear(&found->journal_new);
}

static bool
find(struct cox_storefiles *files, struct found *found, GError **error)
{
    const struct cox_disk_ops *ops = files->disk->ops;
    size_t max = files->options.max_bytes;

    if (!ops->read(files->disk, CIB, max, &found->xml, error) || !ops->read(files->disk, SIGNATURE, 4096, &found->signature, error)
        || !ops->read(files->disk, JOURNAL, max, &found->file, error)
        || !ops->read(files->disk, JOURNAL NEW, max, &found->file_new, error)) {
        return false;
    }
    found->digest = found->xml == NULL ? NULL : signature_of(found->xml);
    found->has_journal = found->file != NULL && cox_journal_read(&found->journal, found->file);
    found->has_new = found->file_new != NULL && cox_journal_read(&found->journal_new, found->file_new);
    return true;
}

static void G_GNUC_PRINTF(2, 3)
note(struct cox_store_loaded *loaded, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(loaded->notes, g_strdup_vprintf(format, args));
    va_end(args);
}

/* Give @name a name of its own that says what it is; failing that it stays, and the next save replaces it. */
static void
put_aside(struct cox_storefiles *files, const char *name, GBytes *contents, struct cox_store_loaded *loaded)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(contents, &size);
    g_autofree char *aside = g_strdup_printf("%s.aside-%08x", name, cox_bytes_crc32c(0, data, size));
    g_autoptr(GError) problem = NULL;

    if (files->disk->ops->rename(files->disk, name, aside, &problem)) {
        note(loaded, "%s is kept as %s", name, aside);
    } else {
        note(loaded, "%s cannot be kept: %s", name, problem->message);
    }
}

static void
take_journal(struct cox_journal *journal, struct cox_store_loaded *loaded)
{
    loaded->meta = g_steal_pointer(&journal->meta);
    loaded->records = g_steal_pointer(&journal->records);
}

/* The files have been changed behind our back: they win, but what the journal knows of the history is still of use. */
static void
let_file_win(struct cox_storefiles *files, struct found *found, struct cox_store_loaded *loaded)
{
    loaded->needs_save = true;
    if (found->file != NULL) {
        put_aside(files, JOURNAL, found->file, loaded);
    }
    if (found->has_journal && found->xml != NULL) {
        take_journal(&found->journal, loaded);
        loaded->was_edited = true;
    }
}

static void
drop_document(struct cox_storefiles *files, struct found *found, struct cox_store_loaded *loaded)
{
    put_aside(files, CIB, found->xml, loaded);
    g_clear_pointer(&found->xml, g_bytes_unref);
    if (found->signature != NULL) {
        put_aside(files, SIGNATURE, found->signature, loaded);
    }
    let_file_win(files, found, loaded);
}

static bool
is_signed(const struct found *found)
{
    gsize size = 0;
    const char *text = found->signature == NULL ? NULL : g_bytes_get_data(found->signature, &size);

    return text != NULL && size >= strlen(found->digest) && strncmp(text, found->digest, strlen(found->digest)) == 0;
}

/* A save was interrupted after the document was replaced: do the rest. */
static void
finish_save(struct cox_storefiles *files, struct found *found, struct cox_store_loaded *loaded)
{
    g_autoptr(GError) problem = NULL;

    if (!files->disk->ops->rename(files->disk, JOURNAL NEW, JOURNAL, &problem)) {
        note(loaded, "%s: the document has to be saved first", problem->message);
    }
    loaded->needs_save = true;
    take_journal(&found->journal_new, loaded);
    files->journal_bytes = found->journal_new.good_bytes;
}

static void
follow_journal(struct cox_storefiles *files, struct found *found, struct cox_store_loaded *loaded)
{
    g_autoptr(GError) problem = NULL;

    files->can_append = true;
    files->journal_bytes = found->journal.good_bytes;
    if (found->journal.is_torn) {
        note(loaded, JOURNAL " ends in the middle of a record: cut off after %zu bytes", found->journal.good_bytes);
        if (!files->disk->ops->truncate(files->disk, JOURNAL, found->journal.good_bytes, &problem)
            || !files->disk->ops->sync(files->disk, JOURNAL, &problem)) {
            note(loaded, "%s: the document has to be saved first", problem->message);
            files->can_append = false;
        }
    }
    if (!is_signed(found)) {
        note(loaded, SIGNATURE " does not belong to " CIB ", which the journal vouches for: it will be written anew");
        files->can_append = false;
    }
    loaded->needs_save = !files->can_append;
    take_journal(&found->journal, loaded);
}

static void
decide(struct cox_storefiles *files, struct found *found, struct cox_store_loaded *loaded)
{
    bool is_base = found->digest != NULL && found->has_journal && strcmp(found->digest, found->journal.base) == 0;
    bool is_new_base = found->digest != NULL && found->has_new && strcmp(found->digest, found->journal_new.base) == 0;

    if (found->xml == NULL) {
        if (found->file != NULL) {
            note(loaded, CIB " is missing: starting without a document");
        }
        let_file_win(files, found, loaded);
    } else if (found->digest == NULL) {
        note(loaded, CIB " is not XML: starting without a document");
        drop_document(files, found, loaded);
    } else if (found->signature == NULL) {
        note(loaded, SIGNATURE " is missing: taking " CIB " as somebody has left it");
        let_file_win(files, found, loaded);
    } else if (is_base) {
        follow_journal(files, found, loaded);
    } else if (is_new_base) {
        finish_save(files, found, loaded);
    } else if (is_signed(found)) {
        note(loaded, CIB " is not what the journal builds upon: taking it as somebody has put it there");
        let_file_win(files, found, loaded);
    } else {
        note(loaded, SIGNATURE " does not fit " CIB ": starting without a document");
        drop_document(files, found, loaded);
    }
}

bool
cox_storefiles_load(struct cox_storefiles *files, struct cox_store_loaded *loaded, GError **error)
{
    struct found found = { 0 };
    bool is_ok = find(files, &found, error);

    if (is_ok) {
        *loaded = (struct cox_store_loaded) { .notes = g_ptr_array_new_with_free_func(g_free) };
        files->can_append = false;
        files->document_bytes = found.xml == NULL ? 0 : g_bytes_get_size(found.xml);
        decide(files, &found, loaded);
        loaded->xml = g_steal_pointer(&found.xml);
    }
    found_clear(&found);
    return is_ok;
}

void
cox_store_loaded_clear(struct cox_store_loaded *loaded)
{
    g_clear_pointer(&loaded->xml, g_bytes_unref);
    g_clear_pointer(&loaded->meta, g_bytes_unref);
    g_clear_pointer(&loaded->records, g_ptr_array_unref);
    g_clear_pointer(&loaded->notes, g_ptr_array_unref);
}

/* ---- write ---- */

bool
cox_storefiles_append(struct cox_storefiles *files, GPtrArray *records, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    if (!files->can_append) {
        g_set_error(error, COX_ERROR, COX_ERROR_IO, JOURNAL " cannot be continued: the document has to be saved first");
        return false;
    }
    for (guint i = 0; i < records->len; i++) {
        cox_journal_put(out, g_ptr_array_index(records, i));
    }
    files->can_append = files->disk->ops->append(files->disk, JOURNAL, out->data, out->len, error)
                        && files->disk->ops->sync(files->disk, JOURNAL, error);
    files->journal_bytes += out->len;
    return files->can_append;
}

static bool
write_synced(struct cox_disk *disk, const char *name, GBytes *bytes, GError **error)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    return disk->ops->write(disk, name, data, size, error) && disk->ops->sync(disk, name, error);
}

/* The old document under a number of its own.  A backup that does not work out is no reason not to save. */
static void
back_up(struct cox_storefiles *files)
{
    struct cox_disk *disk = files->disk;
    g_autoptr(GBytes) last = NULL;
    g_autoptr(GBytes) text = NULL;
    g_autofree char *digits = NULL;
    g_autofree char *name = NULL;
    g_autofree char *name_signature = NULL;
    gsize size = 0;
    guint64 number = 0;

    if (disk->ops->read(disk, "cib.last", 64, &last, NULL) && last != NULL) {
        const char *data = g_bytes_get_data(last, &size);

        digits = g_strndup(data, size);
        number = (g_ascii_strtoull(digits, NULL, 10) + 1) % files->options.backups;
    }
    name = g_strdup_printf("cib-%u.raw", (unsigned) number);
    name_signature = g_strconcat(name, ".sig", NULL);
    if (disk->ops->link(disk, CIB, name, NULL)) {
        g_autofree char *line = g_strdup_printf("%u\n", (unsigned) number);

        (void) disk->ops->link(disk, SIGNATURE, name_signature, NULL);
        text = g_bytes_new(line, strlen(line));
        if (write_synced(disk, "cib.last" NEW, text, NULL)) {
            (void) disk->ops->rename(disk, "cib.last" NEW, "cib.last", NULL);
        }
    }
}

/* What is about to take the places of document, signature and journal. */
struct successors {
    GBytes *xml, *signature, *journal;
};

static bool
write_successors(struct cox_disk *disk, const struct successors *new, GError **error)
{
    return write_synced(disk, JOURNAL NEW, new->journal, error) && write_synced(disk, CIB NEW, new->xml, error)
           && write_synced(disk, SIGNATURE NEW, new->signature, error);
}

/*
 * The new journal must be found under its first name for sure before the document changes, and the old one must not go before the
 * new document is there for sure: load can tell all states between from each other.
 */
static bool
put_successors(struct cox_storefiles *files, const struct successors *new, GError **error)
{
    struct cox_disk *disk = files->disk;

    files->can_append = false;
    if (files->document_bytes > 0) {
        back_up(files);
    }
    if (!disk->ops->sync_dir(disk, error) || !disk->ops->rename(disk, CIB NEW, CIB, error)
        || !disk->ops->rename(disk, SIGNATURE NEW, SIGNATURE, error) || !disk->ops->sync_dir(disk, error)
        || !disk->ops->rename(disk, JOURNAL NEW, JOURNAL, error) || !disk->ops->sync_dir(disk, error)) {
        return false;
    }
    files->can_append = true;
    files->document_bytes = g_bytes_get_size(new->xml);
    files->journal_bytes = g_bytes_get_size(new->journal);
    return true;
}

static bool
replace(struct cox_storefiles *files, GBytes *xml, GBytes *meta, bool goes_on, GError **error)
{
    struct cox_disk *disk = files->disk;
    g_autofree char *digest = signature_of(xml);
    g_autoptr(GBytes) journal = NULL;
    g_autoptr(GBytes) signature = NULL;

    COX_BUG_ON(digest == NULL);
    journal = cox_journal_begin(digest, meta);
    signature = g_bytes_new(digest, strlen(digest));
    files->can_append = files->can_append && goes_on;
    if (write_successors(disk, &(struct successors) { xml, signature, journal }, error)) {
        return put_successors(files, &(struct successors) { xml, signature, journal }, error);
    }
    for (size_t i = 0; goes_on && i < 3; i++) { /* what they take may be what is missing */
        static const char *const names[] = { CIB NEW, SIGNATURE NEW, JOURNAL NEW };

        (void) disk->ops->remove(disk, names[i], NULL);
    }
    return false;
}

bool
cox_storefiles_save(struct cox_storefiles *files, GBytes *xml, GBytes *meta, GError **error)
{
    return replace(files, xml, meta, false, error);
}

bool
cox_storefiles_refresh(struct cox_storefiles *files, GBytes *xml, GBytes *meta, GError **error)
{
    return replace(files, xml, meta, true, error);
}

bool
cox_storefiles_can_append(const struct cox_storefiles *files)
{
    return files->can_append;
}

char *
cox_storefiles_name_aside(GBytes *xml)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(xml, &size);

    return g_strdup_printf("cib.lost-%08x.xml", cox_bytes_crc32c(0, data, size));
}

/* A line of the list of lost documents; nothing else is ever removed because of it. */
static bool
is_lost_name(const char *line)
{
    static const char begin[] = "cib.lost-", end[] = ".xml";
    const size_t digits = 8;

    return g_str_has_prefix(line, begin) && strspn(line + strlen(begin), "0123456789abcdef") == digits
           && strcmp(line + strlen(begin) + digits, end) == 0;
}

/*
 * Each one may be as large as the document, and a cluster that is partitioned again and again makes one each time: the last ones are kept.
 * A list that cannot be read or written costs no document; those that it does not name stay.
 */
static void
limit_lost(struct cox_disk *disk, const char *newest)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) list = g_string_new(NULL);
    g_autoptr(GBytes) before = NULL, after = NULL;
    g_auto(GStrv) lines = NULL;

    if (disk->ops->read(disk, LOST, LOST_LIST_BYTES, &before, NULL) && before != NULL) {
        gsize size = 0;
        const char *data = g_bytes_get_data(before, &size);
        g_autofree char *text = g_strndup(data, size);

        lines = g_strsplit(text, "\n", -1);
    }
    for (char **line = lines; line != NULL && *line != NULL; line++) {
        if (is_lost_name(*line) && strcmp(*line, newest) != 0) {
            g_ptr_array_add(names, g_strdup(*line));
        }
    }
    g_ptr_array_add(names, g_strdup(newest));
    while (names->len > COX_STOREFILES_LOST) {
        (void) disk->ops->remove(disk, g_ptr_array_index(names, 0), NULL);
        g_ptr_array_remove_index(names, 0);
    }
    for (guint i = 0; i < names->len; i++) {
        g_string_append_printf(list, "%s\n", (const char *) g_ptr_array_index(names, i));
    }
    after = g_bytes_new(list->str, list->len);
    if (write_synced(disk, LOST NEW, after, NULL)) {
        (void) disk->ops->rename(disk, LOST NEW, LOST, NULL);
    }
}

bool
cox_storefiles_set_aside(struct cox_storefiles *files, GBytes *xml, GError **error)
{
    g_autofree char *name = cox_storefiles_name_aside(xml);

    if (!write_synced(files->disk, name, xml, error) || !files->disk->ops->sync_dir(files->disk, error)) {
        return false;
    }
    limit_lost(files->disk, name);
    return true;
}

bool
cox_storefiles_wants_save(const struct cox_storefiles *files)
{
    return files->journal_bytes > files->options.journal_bytes && files->journal_bytes > files->document_bytes;
}

bool
cox_storefiles_probe(struct cox_storefiles *files, GError **error)
{
    g_autoptr(GBytes) block = g_bytes_new_take(g_malloc0(4096), 4096);

    return write_synced(files->disk, "cib.probe", block, error) && files->disk->ops->remove(files->disk, "cib.probe", error);
}

/* ---- history ---- */

static bool
read_history(struct cox_disk *disk, const char *name, size_t max_bytes, struct cox_journal *journal, GError **error)
{
    g_autoptr(GBytes) file = NULL;

    *journal = (struct cox_journal) { .good_bytes = 0 };
    if (!disk->ops->read(disk, name, max_bytes, &file, error)) {
        return false;
    }
    (void) (file != NULL && cox_journal_read(journal, file)); /* something else: no records */
    return true;
}

/*
 * Can records be appended?  What is torn is cut off.  One that has grown for many lives is not continued by the first record of a life,
 * which is a whole; later ones may be patches, which no file may begin with.
 */
static bool
open_history(struct cox_storefiles *files, size_t record_bytes)
{
    struct cox_journal journal;
    bool is_usable = read_history(files->disk, HISTORY, files->options.max_bytes, &journal, NULL) && journal.records != NULL;

    is_usable = is_usable && (files->has_noted || journal.good_bytes <= MAX((size_t) HISTORY_BYTES, 4 * record_bytes));
    if (is_usable && journal.is_torn) {
        is_usable = files->disk->ops->truncate(files->disk, HISTORY, journal.good_bytes, NULL);
    }
    cox_journal_clear(&journal);
    return is_usable;
}

static bool
begin_history(struct cox_storefiles *files, const GByteArray *records, GError **error)
{
    struct cox_disk *disk = files->disk;
    g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
    g_autoptr(GBytes) head = cox_journal_begin(HISTORY_BASE, nothing);
    gsize size = 0;
    const void *data = g_bytes_get_data(head, &size);

    (void) disk->ops->rename(disk, HISTORY, HISTORY ".1", NULL); /* there may be none */
    files->has_history = disk->ops->write(disk, HISTORY NEW, data, size, error)
                         && disk->ops->append(disk, HISTORY NEW, records->data, records->len, error)
                         && disk->ops->rename(disk, HISTORY NEW, HISTORY, error);
    return files->has_history;
}

bool
cox_storefiles_note(struct cox_storefiles *files, GBytes *record, bool is_anew, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    bool continues = !is_anew && (files->has_history || open_history(files, g_bytes_get_size(record)));

    files->has_noted = true;
    cox_journal_put(out, record);
    if (continues) {
        files->has_history = files->disk->ops->append(files->disk, HISTORY, out->data, out->len, error);
        return files->has_history;
    }
    return begin_history(files, out, error);
}

GPtrArray *
cox_storefiles_history(struct cox_disk *disk, size_t max_bytes, GError **error)
{
    static const char *const names[] = { HISTORY ".1", HISTORY };
    GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        struct cox_journal journal;

        if (!read_history(disk, names[i], max_bytes, &journal, error)) {
            g_ptr_array_unref(records);
            return NULL;
        }
        for (guint k = 0; journal.records != NULL && k < journal.records->len; k++) {
            g_ptr_array_add(records, g_bytes_ref(g_ptr_array_index(journal.records, k)));
        }
        cox_journal_clear(&journal);
    }
    return records;
}
