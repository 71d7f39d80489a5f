/* lib/conf/yamlread.h - YAML text, as anybody may have written it, to a tree.  Layer 1. */
#ifndef COX_CONF_YAMLREAD_H
#define COX_CONF_YAMLREAD_H

#include "conf/conf.h"

G_BEGIN_DECLS

/** What is not read, so that no text of this size takes more than its share of time and memory. */
enum {
    COX_YAMLREAD_MOST_BYTES = 64 * 1024 * 1024,
    COX_YAMLREAD_MOST_NODES = 4 * 1000 * 1000, /**< texts, lists and maps */
    COX_YAMLREAD_MOST_DEPTH = 64,              /**< of lists and maps in each other */
};

/**
 * Read one YAML document in UTF-8.
 *
 * All values are text; only a plain "null", "~" or nothing at all is COX_CONF_NULL.  Refused are what makes a text mean something else than
 * what it shows: anchors and aliases, tags, the same key twice in one map, a second document; and characters that XML cannot have.
 *
 * @param length  bytes of @text, which need not end with a zero
 * @param error   COX_ERROR_SYNTAX with line and column
 * @return the caller owns it; COX_CONF_NULL for an empty document; NULL with an error
 */
struct cox_conf *cox_yamlread_parse(const char *text, gsize length, GError **error);

G_END_DECLS

#endif
