/* lib/conf/block.h - a configuration in the language of keepalived.conf, as a tree with places.  Knows no keywords.  Layer 1, pure.
 *
 * A statement is a keyword with words behind it, and perhaps a block of statements in braces.  Lines end statements; braces may stand
 * anywhere.  "#" and "!" begin comments.  Included files, conditions (@ID, @^ID), definitions ($NAME=VALUE), ~SEQ and ~LST are
 * resolved while reading, as keepalived.conf(5) says.
 */
#ifndef COX_CONF_BLOCK_H
#define COX_CONF_BLOCK_H

#include <stdbool.h>
#include <glib.h>

#include "base/arena.h"
#include "base/diag.h"

G_BEGIN_DECLS

/** What is not read, so that no text takes more than its share of time and memory. */
enum {
    COX_BLOCK_MOST_BYTES = 64 * 1024 * 1024,      /**< of all files, and of what definitions make of them */
    COX_BLOCK_MOST_STEPS = 4 * 1000 * 1000,       /**< lines, statements in them and words of those */
    COX_BLOCK_MOST_DEPTH = 32,                    /**< of blocks, of included files, of definitions in each other */
    COX_BLOCK_MOST_REPLACED = 1000,               /**< references in one line */
    COX_BLOCK_MOST_SAID = 10 * 1000,              /**< messages about it */
};

struct cox_block_word {
    const char *text; /**< without its quotes; backslashes are kept */
    guint column;     /**< from 1; 0: the line comes out of a definition */
    bool is_quoted;
};

/** A statement.  Everything belongs to the tree. */
struct cox_block {
    const char *file;                   /**< as it was opened */
    const struct cox_block_word *words; /**< the first is the keyword */
    const char *rest;                   /**< what stands behind the keyword, as written: for cox_block_split() */
    struct cox_block *first, *last;     /**< statements in the braces */
    struct cox_block *next;             /**< after this one, in the same braces */
    guint line;                         /**< from 1; 0: the root */
    guint n_words;                      /**< 0: the root */
    bool has_body;                      /**< braces follow */
};

struct cox_block_tree {
    struct cox_arena *arena; /**< of the tree, and of names of files */
    GArray *pieces;          /**< where the statements are; for cox_block_tree_drop() */
    struct cox_block root;   /**< its body is the file */
};

/** Where text comes from. */
struct cox_block_source {
    /** Names of the files that @pattern (glob, absolute or beside the including file) stands for, sorted; none: empty.  The caller frees. */
    char **(*match)(const char *pattern, void *data);
    /** Text of a file; the caller frees.  NULL with an error. */
    char *(*read)(const char *name, gsize *length, void *data, GError **error);
    void *data;
    const char *config_id; /**< what @ID is compared with, and ${_INSTANCE}; NULL: "" */
    guint32 seed;          /**< of ${_RANDOM} */
    guint most_steps;      /**< 0: COX_BLOCK_MOST_STEPS */
};

/**
 * Read @file and what it includes.
 *
 * @param diags  what is wrong, with "FILE:LINE:COLUMN" as object: COX_SEVERITY_ERROR when the tree is not what the text says
 * @return the tree, as far as it could be read; the caller owns it
 */
struct cox_block_tree *cox_block_read(const char *file, const struct cox_block_source *source, struct cox_diags *diags);

/** As above for a text that is there already; @file names it in messages, and is where relative names begin. */
struct cox_block_tree *cox_block_read_text(const char *file, const char *text, const struct cox_block_source *source,
                                           struct cox_diags *diags);

void cox_block_tree_free(struct cox_block_tree *tree);

/** @block, which is directly in the root, and all before it are not looked at any more: their memory is given back, now or with some that follow. */
void cox_block_tree_drop(struct cox_block_tree *tree, const struct cox_block *block);

/** Keyword of a statement, "" of the root. */
const char *cox_block_keyword(const struct cox_block *block);

/** Word number @i behind the keyword, from 1; NULL when there is none. */
const char *cox_block_word(const struct cox_block *block, guint i);

/** Do two statements, with all in their braces, say the same, wherever they stand? */
bool cox_block_equal(const struct cox_block *a, const struct cox_block *b);

/** Add a diagnostic about word @i (0: the keyword) of a statement; @remedy may be NULL. */
void cox_block_say(struct cox_diags *diags, enum cox_severity severity, const struct cox_block *block, guint i, const char *remedy,
                   const char *format, ...) G_GNUC_PRINTF(6, 7);

/**
 * Divide a text into words as a shell would: quotes of both kinds may begin within a word, and a backslash keeps the character behind it
 * or stands for another one: \a \b \E \f \n \r \t \v \NNN \xXX \cC.
 *
 * @param n_words  set to their number; may be NULL
 * @return the words with a NULL at the end, for g_strfreev; NULL when a quote is not closed
 */
char **cox_block_split(const char *text, guint *n_words);

/** @text so that cox_block_split() makes one word of it: in double quotes where that is needed.  For g_free. */
char *cox_block_quote(const char *text);

typedef struct cox_block_tree cox_block_tree; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_block_tree, cox_block_tree_free)

G_END_DECLS

#endif
