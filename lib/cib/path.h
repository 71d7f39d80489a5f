/* lib/cib/path.h - the paths that patches use: /cib/configuration/resources/primitive[@id='x'].  Layer 2. */
#ifndef COX_CIB_PATH_H
#define COX_CIB_PATH_H

#include <stdbool.h>
#include <glib.h>

#include "cib/idindex.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** Path of @xml; the caller frees it with g_free. */
char *cox_path_of(const struct cox_xml *xml);

/** Is @xml the first among its siblings with its name and id, so that a path step leads to it? */
bool cox_path_is_first(const struct cox_xml *xml);

/** What follows the first step of @path ("" at its end), or NULL when that step does not name elements called @name, or @path is NULL. */
const char *cox_path_after(const char *path, const char *name);

/**
 * The node that @path leads to below (and including) @root, or NULL.
 *
 * @param index     of the document, or NULL
 * @param position  for a path that ends in a comment: its place among the siblings
 */
struct cox_xml *cox_path_find(struct cox_xml *root, const struct cox_idindex *index, const char *path,
                              size_t position);

G_END_DECLS

#endif
