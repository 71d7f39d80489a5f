/* lib/cib/slim.h - the document without histories, for those who need none: most of a running cluster's document is histories.  Layer 2.
 *
 * In a slim document the elements /cib/status/node_state/lrm are there, with their attributes, but nothing is below them.  So everything
 * else has the place that it has in the whole document, and patches of that can be applied.
 */
#ifndef COX_CIB_SLIM_H
#define COX_CIB_SLIM_H

#include <stdbool.h>
#include <glib.h>

#include "cib/cib.h"

G_BEGIN_DECLS

/** Is @xml an element that has nothing below it in a slim document?  For cox_xmldoc_parse_hollow(). */
bool cox_slim_is_hollow(const struct cox_xml *xml);

/** Does a change at @path concern only what a slim document does not have?  @makes: it makes something below what @path leads to. */
bool cox_slim_leaves_out(const char *path, bool makes);

/** Inside a transaction of @cib: make @top, which was added, slim. */
void cox_slim_empty(struct cox_cib *cib, struct cox_xml *top);

G_END_DECLS

#endif
