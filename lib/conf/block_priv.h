/* lib/conf/block_priv.h - what the reader of keepalived.conf asks of definitions.  Layer 1, pure. */
#ifndef COX_CONF_BLOCK_PRIV_H
#define COX_CONF_BLOCK_PRIV_H

#include "conf/block.h"

/* Some statements that follow each other directly in the root, with all in them. */
struct cox_blockpiece {
    struct cox_arena *arena;
    const struct cox_block *last; /* of the former; NULL: none yet */
};

/* Definitions so far. */
struct cox_blockdef {
    GHashTable *texts;     /* name to text, lines divided by \n; owned */
    const char *config_id; /* ${_INSTANCE} */
    const char *directory; /* ${_PWD}: of the file that is being read */
    guint32 random;        /* state */
};

/* Does the line define something?  Sets the name (owned by the caller) and the value (in the line). */
bool cox_blockdef_is_definition(const char *line, char **name, const char **value);

/* Keep a definition; NULL removes it. */
void cox_blockdef_set(struct cox_blockdef *defs, const char *name, const char *text);

/* Replace references from the left, also those in what replaces them, until a value has several lines.  False: there are too many. */
bool cox_blockdef_replace(struct cox_blockdef *defs, GString *line);

/* A line that is to be read several times.  Numbers of a sequence are written when their turn comes: loops in loops would make them again and again. */
struct cox_blockloop {
    char **names;       /* variables */
    guint n_turns;
    GPtrArray *turns;   /* char **: values of a list; NULL: a sequence */
    gint64 first, step; /* of a sequence */
    bool is_hex;
    const char *rest;   /* of the line */
};

/* Is it a ~SEQ or ~LST line?  Then @loop, empty before, is filled, or @error set. */
bool cox_blockdef_is_loop(const char *line);
bool cox_blockdef_loop(const char *line, struct cox_blockloop *loop, const char **error);

/* What variable number @name is in turn number @turn, both from 0; for g_free. */
char *cox_blockloop_value(const struct cox_blockloop *loop, guint turn, guint name);
void cox_blockloop_clear(struct cox_blockloop *loop);

#endif
