/* lib/attr/attrvalue.h - values that are relative to the one before: "value++" and "value+=5".  Layer 3, pure. */
#ifndef COX_ATTR_ATTRVALUE_H
#define COX_ATTR_ATTRVALUE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * What @text means for attribute @name whose value is @current (NULL: none, counts as 0).
 *
 * "value++", "NAME++", "value+=N" and "NAME+=N" are sums of scores: INFINITY stays INFINITY, what is no score counts as 0.
 * Everything else stands for itself.  The caller frees; NULL for NULL.
 */
char *cox_attrvalue_expand(const char *text, const char *name, const char *current);

G_END_DECLS

#endif
