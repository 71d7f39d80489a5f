/* lib/store/storefiles.h - the files of the document: cib.xml, its signature, backups and journal.  Layer 3, adapter. */
#ifndef COX_STORE_STOREFILES_H
#define COX_STORE_STOREFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "store/disk.h"

G_BEGIN_DECLS

/** Zero means the default. */
struct cox_store_options {
    unsigned backups;     /**< numbered copies of cib.xml that are kept; default 100 */
    size_t max_bytes;     /**< largest file that is read; default 512 MiB */
    size_t journal_bytes; /**< a journal larger than this and than the document wants a save; default 1 MiB */
    size_t queue_bytes;   /**< more than that does not wait for a disk that hangs: see cox_store_append; default 256 MiB */
};

/** What was found at start. */
struct cox_store_loaded {
    GBytes *xml;        /**< contents of cib.xml; NULL: there is no document */
    GBytes *meta;       /**< of the journal; NULL: there is none */
    GPtrArray *records; /**< GBytes after it; NULL: there are none */
    bool was_edited;    /**< the document is not the one that meta and records belong to: do not apply their changes */
    bool needs_save;    /**< nothing can be appended before a save */
    GPtrArray *notes;   /**< char *: what belongs in the log, with the names of files that were set aside */
};

struct cox_storefiles;

/** @disk is borrowed and must outlive the result. */
struct cox_storefiles *cox_storefiles_new(struct cox_disk *disk, const struct cox_store_options *options);
void cox_storefiles_free(struct cox_storefiles *files);

/**
 * Read what is there and decide what counts: a missing cib.xml, a missing cib.xml.sig, or a signed document that is not
 * the journal's base means that somebody has changed the files, and they win; the journal is set aside.  A document whose
 * signature is wrong is set aside, too.  A torn end of the journal is cut off.
 *
 * @param loaded  free with cox_store_loaded_clear
 * @return false when files are there but cannot be read; nothing has been changed then
 */
bool cox_storefiles_load(struct cox_storefiles *files, struct cox_store_loaded *loaded, GError **error);
void cox_store_loaded_clear(struct cox_store_loaded *loaded);

/**
 * Append records and see them onto the disk, all or none of them.  After an error only a save helps.
 * @param records  GBytes
 */
bool cox_storefiles_append(struct cox_storefiles *files, GPtrArray *records, GError **error);

/**
 * Put @xml in the place of cib.xml, signed, with a backup of the old one and an empty journal.  When the power goes in the
 * middle, the next load finds the old state or the new one.
 */
bool cox_storefiles_save(struct cox_storefiles *files, GBytes *xml, GBytes *meta, GError **error);

/**
 * The same with what the files say already (document and journal together), for whoever reads cib.xml.  When it fails before a file was
 * replaced, all are as they were, and records may be appended as before: cox_storefiles_can_append().
 */
bool cox_storefiles_refresh(struct cox_storefiles *files, GBytes *xml, GBytes *meta, GError **error);

/** May records be appended, or does only a save help? */
bool cox_storefiles_can_append(const struct cox_storefiles *files);

enum { COX_STOREFILES_LOST = 32 /**< so many documents that were set aside are kept: the last ones */ };

/** Name of the file that cox_storefiles_set_aside keeps @xml in; the caller frees it. */
char *cox_storefiles_name_aside(GBytes *xml);
bool cox_storefiles_set_aside(struct cox_storefiles *files, GBytes *xml, GError **error);

/**
 * Note something in the history of the document: cib.history, a journal of records that nothing is ever restored from by itself.  Not
 * synced: it may lag a little behind the document when the power goes.  A torn end is cut off before the first record.
 *
 * @param is_anew  what there is becomes cib.history.1, in whose place it is the only one, and the record begins a new file
 */
bool cox_storefiles_note(struct cox_storefiles *files, GBytes *record, bool is_anew, GError **error);

/**
 * All records of the history in a directory, the oldest first, up to where they are whole.
 * @return GBytes, the caller unrefs the array; NULL when there are files that cannot be read
 */
GPtrArray *cox_storefiles_history(struct cox_disk *disk, size_t max_bytes, GError **error);

/** Has the journal grown so that a save is worth it? */
bool cox_storefiles_wants_save(const struct cox_storefiles *files);

/** Can something be written?  For a disk that failed. */
bool cox_storefiles_probe(struct cox_storefiles *files, GError **error);

G_END_DECLS

#endif
