/* lib/store/journal.h - the journal file as bytes: records with length and checksum, read up to where they are whole.  Layer 3. */
#ifndef COX_STORE_JOURNAL_H
#define COX_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

/*
 *  "COXJRNL1"  record  record ...            record: length (4), CRC-32C of length and payload (4), payload
 *              `- the first names the document that the rest builds upon: its signature, and meta data
 */
enum {
    COX_JOURNAL_BASE_ROOM = 64,                  /**< of the signature, with the terminating zero */
    COX_JOURNAL_MAX_RECORD = 512 * 1024 * 1024,  /**< bytes */
};

struct cox_journal {
    char base[COX_JOURNAL_BASE_ROOM]; /**< signature of the document, see lib/cib/md5.h */
    GBytes *meta;
    GPtrArray *records; /**< GBytes, in order; they share the memory of the file */
    size_t good_bytes;  /**< up to here the file is whole */
    bool is_torn;       /**< something follows that is not */
};

/** A journal without records; the caller frees the bytes. */
GBytes *cox_journal_begin(const char *base, GBytes *meta);

/** Append @record as it is written to the file. */
void cox_journal_put(GByteArray *out, GBytes *record);

/**
 * Read any bytes.
 * @return false when it does not begin as a journal; otherwise free with cox_journal_clear
 */
bool cox_journal_read(struct cox_journal *journal, GBytes *file);
void cox_journal_clear(struct cox_journal *journal);

G_END_DECLS

#endif
