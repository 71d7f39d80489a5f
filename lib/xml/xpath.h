/* lib/xml/xpath.h - find elements by an XPath expression.  Layer 1. */
#ifndef COX_XML_XPATH_H
#define COX_XML_XPATH_H

#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

enum {
    COX_XPATH_MAX_BYTES = 64 * 1024, /**< longest expression accepted */
};

/**
 * The elements that @expression selects in the document of @xml, in document order; for attributes, text and comments
 * that it selects, the element around them (each element once).
 *
 * Absolute expressions start at the root of the document, relative ones at @xml.
 *
 * @return array of `struct cox_xml *` (borrowed), possibly empty; NULL with COX_ERROR_SYNTAX (quoting @expression) when
 *         it is not a valid expression or gives no nodes by its type
 */
GPtrArray *cox_xpath_find(const struct cox_xml *xml, const char *expression, GError **error);

/** First of cox_xpath_find, or NULL when there is none or @expression is invalid. */
struct cox_xml *cox_xpath_first(const struct cox_xml *xml, const char *expression);

/**
 * Path that selects @xml alone: names with ids or positions, as in patches: `/cib/configuration/resources/primitive[@id='x']`.
 * The caller frees it with g_free.
 */
char *cox_xpath_of(const struct cox_xml *xml);

G_END_DECLS

#endif
