/* lib/conf/block_priv.h - what the reader of keepalived.conf asks of definitions.  Layer 1, pure. */
#ifndef COX_CONF_BLOCK_PRIV_H
#define COX_CONF_BLOCK_PRIV_H

#include "conf/block.h"

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

/* A line that is to be read several times. */
struct cox_blockloop {
    char **names;     /* variables */
    GPtrArray *turns; /* char **: their values */
    const char *rest; /* of the line */
};

/* Is it a ~SEQ or ~LST line?  Then @loop is filled, or @error set. */
bool cox_blockdef_is_loop(const char *line);
bool cox_blockdef_loop(const char *line, struct cox_blockloop *loop, const char **error);
void cox_blockloop_clear(struct cox_blockloop *loop);

#endif
