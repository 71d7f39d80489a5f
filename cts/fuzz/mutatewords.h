/* cts/fuzz/mutatewords.h - values and pieces of a CIB that mutatecib.c puts in.  For tests. */
#ifndef COX_CTS_MUTATEWORDS_H
#define COX_CTS_MUTATEWORDS_H

#include <stddef.h>
#include <glib.h>

/** What an attribute of an element may be.  "@node" stands for the name of one of the document's nodes. */
struct mutate_words {
    const char *element, *attribute;
    const char *values[12]; /**< up to the first NULL */
};

/** The words for this attribute, or NULL. */
const struct mutate_words *mutate_words_of(const char *element, const char *attribute);

/** A random row. */
const struct mutate_words *mutate_words_any(GRand *rand);

/** One of its values, "@node" as it stands. */
const char *mutate_words_value(const struct mutate_words *words, GRand *rand);

/** What may be put into an element called @parent.  "@node" and "@rsc" stand for names of the document. */
struct mutate_piece {
    const char *parent, *xml;
};

/** A random piece. */
const struct mutate_piece *mutate_piece_any(GRand *rand);

/** A value for an option, by its row where there is one; else something that fits many.  The caller frees it with g_free. */
char *mutate_option_value(const char *name, GRand *rand);

/** Name of an option that may be set in a set called @set within @owner ("primitive", "node", ...).  Static. */
const char *mutate_option_name(const char *set, const char *owner, GRand *rand);

#endif
