/* daemons/cibd/cibfiles.c - the document's files: what they say at start, and what is written to them.  Layer 6. */
#include "daemons/cibd/cibd.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "runtime/environment.h"
#include "xml/xmlwrite.h"

enum {
    PROBE_MS = 2000,
    STALL_MS = 3000, /* a disk that has answered nothing for so long is reported */
    REFRESH_MS = 1000, /* a changed configuration is in cib.xml after so long ... */
    REFRESH_STEP_MS = 137,
    REFRESH_BYTES_A_MS = 1000, /* ... and a millisecond for each so many bytes of the document */
};

static const char *
directory_of(void)
{
    const char *given = cox_environment_get("COX_CIB_DIRECTORY");

    return given == NULL || *given == '\0' ? COX_STATEDIR "/cib" : given;
}

GBytes *
cibd_files_xml(const struct cibd *cibd)
{
    GString *text = g_string_new(NULL);

    cox_xmlwrite_element(text, cox_cib_root(cox_keeper_cib(cibd->keeper)), COX_XMLWRITE_FORMATTED);
    return g_string_free_to_bytes(text);
}

/* ---- a disk that fails ---- */

static void
on_probe(void *context)
{
    struct cibd *cibd = context;

    cibd->probe = 0;
    cox_store_probe(cibd->store);
    cibd->probe = cox_runtime_timer(cox_service_runtime(cibd->ctx),
                                    cox_usec_after_ms(cox_runtime_now(cox_service_runtime(cibd->ctx)), PROBE_MS), on_probe, cibd);
}

static void
disk_failed(struct cibd *cibd, const char *why)
{
    g_free(cibd->disk_problem);
    cibd->disk_problem = g_strdup(why);
    cibd->history_needs_base = true;
    if (!cibd->is_disk_bad) {
        cibd->is_disk_bad = true;
        cox_log_event(cox_service_log(cibd->ctx), COX_EVENT_CIB_DISK, "directory=%s error=\"%s\"", directory_of(), why);
    }
    if (cibd->store != NULL && cibd->probe == 0) {
        cibd->probe = cox_runtime_timer(cox_service_runtime(cibd->ctx),
                                        cox_usec_after_ms(cox_runtime_now(cox_service_runtime(cibd->ctx)), PROBE_MS), on_probe, cibd);
    }
}

static void
disk_works(struct cibd *cibd)
{
    cibd->is_disk_bad = false;
    g_clear_pointer(&cibd->disk_problem, g_free);
    cox_runtime_cancel(cox_service_runtime(cibd->ctx), cibd->probe);
    cibd->probe = 0;
    cox_log_line(cox_service_log(cibd->ctx), COX_LOG_NOTICE, "the document's disk can be written to again");
}

/* ---- a disk that does not answer ---- */

/* A disk that fails says so; one that hangs is only missed. */
static void
on_stall(void *context)
{
    struct cibd *cibd = context;
    struct cox_runtime *runtime = cox_service_runtime(cibd->ctx);
    cox_usec now = cox_runtime_now(runtime);

    cibd->stall = 0;
    if (cox_store_waiting(cibd->store) == 0) {
        return;
    }
    if (!cibd->is_disk_stuck && now >= cox_usec_after_ms(cibd->disk_answered_at, STALL_MS)) {
        cibd->is_disk_stuck = true;
        cox_log_event(cox_service_log(cibd->ctx), COX_EVENT_CIB_DISK_STUCK, "directory=%s waiting=%" G_GSIZE_FORMAT, directory_of(),
                      cox_store_waiting(cibd->store));
    }
    cibd->stall = cox_runtime_timer(runtime, cox_usec_after_ms(now, STALL_MS / 3), on_stall, cibd);
}

/* Before something is queued for the disk. */
static void
watch_disk(struct cibd *cibd)
{
    struct cox_runtime *runtime = cox_service_runtime(cibd->ctx);
    cox_usec now = cox_runtime_now(runtime);

    if (cox_store_waiting(cibd->store) == 0) {
        cibd->disk_answered_at = now;
    }
    if (cibd->stall == 0) {
        cibd->stall = cox_runtime_timer(runtime, cox_usec_after_ms(now, STALL_MS / 3), on_stall, cibd);
    }
}

static void
disk_answered(struct cibd *cibd)
{
    cox_usec before = cibd->disk_answered_at;

    cibd->disk_answered_at = cox_runtime_now(cox_service_runtime(cibd->ctx));
    if (cibd->is_disk_stuck) {
        cibd->is_disk_stuck = false;
        cox_log_line(cox_service_log(cibd->ctx), COX_LOG_NOTICE, "the document's disk answers again after_ms=%" G_GINT64_FORMAT,
                     (cibd->disk_answered_at - before) / COX_USEC_PER_MS);
    }
}

/* ---- writing ---- */

static void
save(struct cibd *cibd, guint64 number, GBytes *replica_meta)
{
    g_autoptr(GBytes) meta = cox_keeper_wrap(cibd->keeper, replica_meta);
    g_autoptr(GBytes) xml = cibd_files_xml(cibd);

    cox_runtime_cancel(cox_service_runtime(cibd->ctx), cibd->refresh);
    cibd->refresh = 0;
    cibd->saved_bytes = g_bytes_get_size(xml);
    watch_disk(cibd);
    cox_store_save(cibd->store, number, xml, meta);
}

static void
save_now(struct cibd *cibd, guint64 number)
{
    g_autoptr(GBytes) meta = cox_replica_meta(cibd->replica);

    save(cibd, number, meta);
}

static void
on_done(void *context, const struct cox_store_done *done)
{
    struct cibd *cibd = context;

    switch (done->kind) {
    case COX_STORE_SYNCED:
        cibd_step(cibd, &(const struct cox_replica_event) { .kind = COX_REPLICA_SYNCED, .number = done->number });
        break;
    case COX_STORE_FAILED:
        disk_failed(cibd, done->text);
        cibd_step(cibd, &(const struct cox_replica_event) { .kind = COX_REPLICA_DISK, .is_ok = false });
        break;
    case COX_STORE_USABLE:
        disk_works(cibd);
        cibd_step(cibd, &(const struct cox_replica_event) { .kind = COX_REPLICA_DISK, .is_ok = true });
        break;
    case COX_STORE_WANTS_SAVE:
        save_now(cibd, done->number);
        break;
    case COX_STORE_NOT_REFRESHED:
        cox_log_line(cox_service_log(cibd->ctx), COX_LOG_WARNING, "cib.xml stays behind the configuration, whose journal has all of it reason=\"%s\"", done->text);
        break;
    case COX_STORE_KEPT:
        cox_log_event(cox_service_log(cibd->ctx), COX_EVENT_CIB_LOST, "file=%s/%s", directory_of(), done->text);
        break;
    }
}

static void
on_store(void *context, int fd, unsigned int events)
{
    struct cibd *cibd = context;

    (void) fd;
    (void) events;
    disk_answered(cibd);
    cox_store_dispatch(cibd->store, on_done, cibd);
    if (cibd->is_stopping && (cibd->is_disk_bad || cox_store_waiting(cibd->store) == 0)) {
        cox_service_stopped(cibd->ctx);
    }
}

void
cibd_files_journal(struct cibd *cibd, guint64 number, GBytes *record)
{
    cibd->last_journal = number;
    if (cibd->store != NULL) {
        watch_disk(cibd);
        cox_store_append(cibd->store, number, record);
    }
}

void
cibd_files_flush(struct cibd *cibd)
{
    if (cibd->store != NULL) {
        cox_store_flush(cibd->store);
    }
}

void
cibd_files_save(struct cibd *cibd, guint64 number, GBytes *meta)
{
    cibd->last_journal = number;
    if (cibd->store != NULL) {
        save(cibd, number, meta);
    }
}

static void on_refresh(void *context);

/* Nodes that write at once would keep a majority from acknowledging changes: each has a moment of its own. */
static void
refresh_later(struct cibd *cibd)
{
    struct cox_runtime *runtime = cox_service_runtime(cibd->ctx);
    gint64 delay_ms = REFRESH_MS + cox_service_self(cibd->ctx) * REFRESH_STEP_MS % REFRESH_MS + (gint64) (cibd->saved_bytes / REFRESH_BYTES_A_MS);

    cibd->refresh = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), delay_ms), on_refresh, cibd);
}

static void
on_refresh(void *context)
{
    struct cibd *cibd = context;
    g_autoptr(GBytes) replica_meta = NULL, meta = NULL, xml = NULL;

    cibd->refresh = 0;
    if (cibd->store == NULL || cibd->is_disk_bad || cibd->is_stopping) {
        return;
    }
    if (cox_store_waiting(cibd->store) > 0) { /* changes come first */
        refresh_later(cibd);
        return;
    }
    replica_meta = cox_replica_meta(cibd->replica);
    meta = cox_keeper_wrap(cibd->keeper, replica_meta);
    xml = cibd_files_xml(cibd);
    cibd->saved_bytes = g_bytes_get_size(xml);
    watch_disk(cibd);
    cox_store_refresh(cibd->store, cibd->last_journal, xml, meta);
}

void
cibd_files_refresh(struct cibd *cibd, const struct cox_msg_cib_state *before)
{
    struct cox_version after = cox_version_of(cox_cib_root(cox_keeper_cib(cibd->keeper)));

    if (cibd->refresh == 0 && (before->admin_epoch != after.admin_epoch || before->epoch != after.epoch)) {
        refresh_later(cibd);
    }
}

void
cibd_files_set_aside(struct cibd *cibd)
{
    g_autoptr(GBytes) xml = cibd->store == NULL ? NULL : cibd_files_xml(cibd);

    if (xml != NULL) {
        watch_disk(cibd);
        cox_store_set_aside(cibd->store, xml);
    } else {
        cox_log_event(cox_service_log(cibd->ctx), COX_EVENT_CIB_LOST, "file=none");
    }
}

void
cibd_files_finish(struct cibd *cibd)
{
    cibd->is_stopping = true;
    if (cibd->store == NULL || cibd->is_disk_bad) {
        cox_service_stopped(cibd->ctx);
    } else {
        save_now(cibd, cibd->last_journal);
    }
}

/* ---- start ---- */

/* The document of cib.xml; false when it cannot be read as one: it is set aside, and the journal with it is of no use. */
static bool
take_xml(struct cibd *cibd, GBytes *xml)
{
    g_autoptr(GError) error = NULL;
    gsize size = 0;
    const char *data = g_bytes_get_data(xml, &size);
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(data, size, NULL, &error);

    if (doc != NULL && cox_xml_is(cox_xmldoc_root(doc), "cib")) {
        cox_keeper_put(cibd->keeper, g_steal_pointer(&doc));
        return true;
    }
    cox_log_event(cox_service_log(cibd->ctx), COX_EVENT_CIB_UNREADABLE, "file=%s/cib.xml error=\"%s\"", directory_of(),
                  error == NULL ? "it is no document of a cluster" : error->message);
    cox_store_set_aside(cibd->store, xml);
    return false;
}

/* Do the journal's changes again.  false when the document does not come out as it was. */
static bool
replay(struct cibd *cibd, const struct cox_store_loaded *loaded)
{
    for (guint i = 0; loaded->records != NULL && i < loaded->records->len; i++) {
        g_autoptr(GBytes) change = NULL;
        g_autoptr(GError) error = NULL;
        char digest[COX_REPLICA_DIGEST_ROOM], now[COX_KEEPER_DIGEST_ROOM];
        struct cox_keeper_result result;

        if (!cox_replica_restore_record(cibd->replica, g_ptr_array_index(loaded->records, i), &change, digest, &error)) {
            cox_log_event(cox_service_log(cibd->ctx), COX_EVENT_CIB_JOURNAL, "record=%u error=\"%s\"", i, error->message);
            return false;
        }
        if (change == NULL || loaded->was_edited) {
            continue;
        }
        cox_keeper_apply_bytes(cibd->keeper, change, &result);
        cox_keeper_result_clear(&result);
        cox_keeper_digest(cibd->keeper, now);
        if (strcmp(digest, now) != 0) {
            cox_log_event(cox_service_log(cibd->ctx), COX_EVENT_CIB_JOURNAL, "record=%u digest=%s expected=%s", i, now, digest);
            return false;
        }
    }
    return true;
}

static void
restore(struct cibd *cibd, const struct cox_store_loaded *loaded)
{
    bool is_readable = loaded->xml == NULL || take_xml(cibd, loaded->xml);
    g_autoptr(GBytes) meta = NULL;
    g_autoptr(GError) error = NULL;
    struct cox_replica_document document;
    bool was_edited = loaded->was_edited;

    if (is_readable && loaded->meta != NULL) {
        meta = cox_keeper_unwrap(cibd->keeper, loaded->meta, &error);
        if (meta == NULL || !cox_replica_restore_meta(cibd->replica, meta, &error)) {
            cox_log_event(cox_service_log(cibd->ctx), COX_EVENT_CIB_JOURNAL, "error=\"%s\"", error->message);
        } else if (!replay(cibd, loaded)) {
            was_edited = true; /* what came out is something new: it counts as changed without quorum */
        }
    }
    document = cibd_document(cibd);
    cox_replica_restored(cibd->replica, &document, was_edited);
    if (loaded->needs_save || !is_readable) {
        save_now(cibd, 0);
    }
}

static void
note_loaded(struct cibd *cibd, const struct cox_store_loaded *loaded)
{
    struct cox_log *log = cox_service_log(cibd->ctx);
    struct cox_version version = cox_version_of(cox_cib_root(cox_keeper_cib(cibd->keeper)));
    g_autofree char *text = cox_version_text(&version);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; loaded->notes != NULL && i < loaded->notes->len; i++) {
        cox_log_event(log, COX_EVENT_CIB_FILES, "directory=%s what=\"%s\"", directory_of(), (const char *) g_ptr_array_index(loaded->notes, i));
    }
    cox_log_line(log, COX_LOG_NOTICE, "document read directory=%s version=%s records=%u was_edited=%d", directory_of(), text,
                 loaded->records == NULL ? 0 : loaded->records->len, loaded->was_edited);
    cibd->is_invalid = !cox_schemas_validate(cibd->schemas, cox_cib_doc(cox_keeper_cib(cibd->keeper)), NULL, &error);
    if (cibd->is_invalid) {
        cox_log_event(log, COX_EVENT_CIB_INVALID, "error=\"%s\"", error->message);
    }
}

bool
cibd_files_open(struct cibd *cibd, GError **error)
{
    static const struct cox_store_options options = { .journal_bytes = 16 * 1024 * 1024 };
    g_autoptr(GError) problem = NULL;
    struct cox_store_loaded loaded;
    struct cox_replica_document document;
    struct cox_disk *disk;

    (void) g_mkdir_with_parents(directory_of(), 0750);
    disk = cox_disk_real_new(directory_of(), &problem);
    if (disk == NULL) {
        disk_failed(cibd, problem->message);
        document = cibd_document(cibd);
        cox_replica_restored(cibd->replica, &document, false);
        cibd_step(cibd, &(const struct cox_replica_event) { .kind = COX_REPLICA_DISK, .is_ok = false });
        return true;
    }
    cibd->store = cox_store_open(disk, &options, &loaded, error);
    if (cibd->store == NULL) {
        return false; /* there is a document that we may not read: better no cluster than one that begins anew */
    }
    restore(cibd, &loaded);
    note_loaded(cibd, &loaded);
    cox_store_loaded_clear(&loaded);
    cibd_history_begin(cibd);
    cibd->store_watch = cox_runtime_watch(cox_service_runtime(cibd->ctx), cox_store_fd(cibd->store), COX_WATCH_READ, on_store, cibd);
    return true;
}
