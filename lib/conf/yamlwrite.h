/* lib/conf/yamlwrite.h - a tree as YAML text.  Layer 1. */
#ifndef COX_CONF_YAMLWRITE_H
#define COX_CONF_YAMLWRITE_H

#include "conf/conf.h"

G_BEGIN_DECLS

/**
 * The tree as one YAML document in block style; cox_yamlread_parse() gives the same tree again, and so does any other reader of YAML 1.1
 * or 1.2 that takes what is quoted as text: words that such a reader might turn into something else ("on", "010", "1:30") are quoted.
 *
 * @param root  not deeper than COX_YAMLREAD_MOST_DEPTH
 * @return the caller frees it with g_free
 */
char *cox_yamlwrite_text(const struct cox_conf *root);

G_END_DECLS

#endif
