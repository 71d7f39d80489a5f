/* lib/conf/keyword.h - statements of a block tree into the fields of structs, by a table of keywords; and back.  Layer 1, pure. */
#ifndef COX_CONF_KEYWORD_H
#define COX_CONF_KEYWORD_H

#include <stddef.h>

#include "conf/block.h"

G_BEGIN_DECLS

enum cox_keyword_kind {
    COX_KEYWORD_FLAG = 0, /**< bool: true; when the most is 1, what an optional on|off|true|false|yes|no says */
    COX_KEYWORD_UNFLAG,   /**< bool: the opposite */
    COX_KEYWORD_NUMBER,   /**< an integer of 1, 2, 4 or 8 bytes; signed when the least is below 0 */
    COX_KEYWORD_SECONDS,  /**< gint64 microseconds, written as decimal seconds; bounds in microseconds */
    COX_KEYWORD_MILLIS,   /**< gint64 milliseconds, written as decimal seconds; bounds in microseconds */
    COX_KEYWORD_TEXT,     /**< const char * */
    COX_KEYWORD_IP,       /**< struct cox_ip */
    COX_KEYWORD_SPECIAL,  /**< the row's function takes it */
    COX_KEYWORD_ELSEWHERE,/**< somebody else takes it: nothing is said */
    COX_KEYWORD_OLD,      /**< means nothing any more: said as information */
    COX_KEYWORD_DROPPED,  /**< known and not carried over: said as warning, with the help as remedy */
};

struct cox_keyword;

/** Reads statements into structs. */
struct cox_keyword_reader {
    const struct cox_keyword *rows;
    size_t n_rows;
    struct cox_arena *arena; /**< for texts */
    struct cox_diags *diags;
    void *data;              /**< of the room's functions */
    GHashTable *index;       /**< of the reader itself */
};

struct cox_keyword {
    const char *block, *name;
    enum cox_keyword_kind kind;
    size_t offset, size; /**< of the field in the block's struct */
    /** SPECIAL */
    void (*take)(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target);
    gint64 least, most;
    const char *usual, *help; /**< what holds when nothing is said; meaning in one line; for documentation */
};

/** Where a field is, for a row; and a row without one. */
#define COX_KEYWORD_AT(type, field) offsetof(type, field), sizeof(((type *) NULL)->field)
#define COX_KEYWORD_NOWHERE 0, 0

void cox_keyword_reader_init(struct cox_keyword_reader *reader, const struct cox_keyword *rows, size_t n_rows);
void cox_keyword_reader_clear(struct cox_keyword_reader *reader);

/** The row of a keyword, or NULL. */
const struct cox_keyword *cox_keyword_find(const struct cox_keyword_reader *reader, const char *block, const char *name);

/** Take the statements in @body, those of kind @block in the table, into @target.  What is not known or wrong is in the diagnostics. */
void cox_keyword_read(struct cox_keyword_reader *reader, const char *block, const struct cox_block *body, void *target);

/** Take a single statement. */
void cox_keyword_read_one(struct cox_keyword_reader *reader, const char *block, const struct cox_block *statement, void *target);

/* ---- values; false: said in the diagnostics -------------------------------------------------------------- */

/** Word @i as an integer from @least to @most. */
bool cox_keyword_number(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i, const gint64 bounds[2],
                        gint64 *value);

/** Word @i, decimal seconds, as microseconds. */
bool cox_keyword_usec(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i, const gint64 bounds[2],
                      gint64 *value);

/** Word @i as on, off, true, false, yes, no. */
bool cox_keyword_bool(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i, bool *value);

/** Word @i, which has to be there, copied into the arena; NULL: it is missing. */
const char *cox_keyword_text(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i);

/** Say that word @i means nothing here. */
void cox_keyword_refuse(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i, const char *remedy);

/* ---- writing ---------------------------------------------------------------------------------------------- */

/** A text that grows, with blocks. */
struct cox_keyword_writer {
    GString *out;
    guint depth;
};

/** Write "KEYWORD WORDS {" or "}", or a line, with its indent. */
void cox_keyword_open(struct cox_keyword_writer *writer, const char *format, ...) G_GNUC_PRINTF(2, 3);
void cox_keyword_close(struct cox_keyword_writer *writer);
void cox_keyword_line(struct cox_keyword_writer *writer, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Write the rows of @block whose fields have values (kinds up to IP) that differ between @target and @usual. */
void cox_keyword_write(struct cox_keyword_writer *writer, const struct cox_keyword *rows, size_t n_rows, const char *block,
                       const void *const targets[2]);

/** @text in double quotes where it needs them, as a word of a statement; a text with '"' in it cannot be one: its quotes are left out. */
char *cox_keyword_quote(const char *text);

/** Two words, each as cox_keyword_quote() writes it: "USER GROUP"; the second one or both may be NULL (then "").  For g_free. */
char *cox_keyword_two(const char *first, const char *second);

/** Append a statement with its block as it was read, in one form: two blanks for each level of @depth. */
void cox_keyword_copy(GString *out, const struct cox_block *block, guint depth);

/** Microseconds as decimal seconds, "0.25".  For g_free. */
char *cox_keyword_seconds(gint64 usec);

G_END_DECLS

#endif
