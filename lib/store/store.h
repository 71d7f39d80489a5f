/* lib/store/store.h - writing the document without waiting: a queue in, one thread, completions out.  Layer 3, adapter. */
#ifndef COX_STORE_STORE_H
#define COX_STORE_STORE_H

#include "store/storefiles.h"

G_BEGIN_DECLS

struct cox_store;

enum cox_store_done_kind {
    COX_STORE_SYNCED = 0, /**< everything up to number is on the disk */
    COX_STORE_FAILED,     /**< the disk failed, or hung until the queue was full: what was on its way is lost, and what follows until a
                               save; text says why */
    COX_STORE_USABLE,     /**< the disk, which had failed, can be written to again: save */
    COX_STORE_WANTS_SAVE, /**< the journal has grown: a save is worth it */
    COX_STORE_NOT_REFRESHED, /**< a refresh has failed, for the reason in text; everything is as it was */
    COX_STORE_KEPT,       /**< the document that was set aside is in the file text */
};

struct cox_store_done {
    enum cox_store_done_kind kind;
    guint64 number;
    const char *text; /**< borrowed for the call */
};

/**
 * Load synchronously, then start the thread.
 *
 * @param disk    taken
 * @param loaded  what is there; free with cox_store_loaded_clear
 */
struct cox_store *cox_store_open(struct cox_disk *disk, const struct cox_store_options *options,
                                 struct cox_store_loaded *loaded, GError **error);

/** Wait until everything is written, then end the thread.  Blocks as long as the disk does. */
void cox_store_close(struct cox_store *store);

/**
 * Queue a record; completed as SYNCED @number or a later one.  The thread hears of it with cox_store_flush(), or with the next save,
 * set_aside or probe: what is queued together is one write and one sync, and wakes the thread once.  When queue_bytes wait, records and
 * saves that the thread has not begun are dropped, and that is told as FAILED.
 */
void cox_store_append(struct cox_store *store, guint64 number, GBytes *record);
void cox_store_flush(struct cox_store *store);

/** Queue a save of the whole document; completed as SYNCED @number. */
void cox_store_save(struct cox_store *store, guint64 number, GBytes *xml, GBytes *meta);

/** Queue a save of what the files say already, for whoever reads cib.xml; completed as SYNCED @number, NOT_REFRESHED or FAILED. */
void cox_store_refresh(struct cox_store *store, guint64 number, GBytes *xml, GBytes *meta);

/** Queue a document that has lost; completed as KEPT. */
void cox_store_set_aside(struct cox_store *store, GBytes *xml);

/** Queue a note in the history, see cox_storefiles_note(); nothing is told of it.  Written after what else is queued with it. */
void cox_store_note(struct cox_store *store, GBytes *record, bool is_anew);

/** Could a note not be written, or was it dropped, since this was asked last?  What leads on from it is of no use then. */
bool cox_store_has_lost_note(struct cox_store *store);

/** After FAILED, from time to time: completed as USABLE, or not at all. */
void cox_store_probe(struct cox_store *store);

/** Readable when there are completions; stays the store's. */
int cox_store_fd(const struct cox_store *store);

/** How many things wait for the disk; for status. */
size_t cox_store_waiting(struct cox_store *store);

/** Hand out completions, in order. */
void cox_store_dispatch(struct cox_store *store, void (*done)(void *context, const struct cox_store_done *what), void *context);

typedef struct cox_store cox_store; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_store, cox_store_close)

G_END_DECLS

#endif
