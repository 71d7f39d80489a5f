/* lib/xml/xmlwrite.h - turn an element back into text.  Layer 1. */
#ifndef COX_XML_XMLWRITE_H
#define COX_XML_XMLWRITE_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** How to write. */
enum cox_xmlwrite_style {
    COX_XMLWRITE_FORMATTED = 0, /**< one element per line, two blanks per level, newline at the end */
    COX_XMLWRITE_PLAIN,         /**< no white space between elements */
    COX_XMLWRITE_OPEN,          /**< as formatted, only the start tag without children ("<a b="c">" newline) */
};

/** Append @xml and all below it to @out. */
void cox_xmlwrite_element(GString *out, const struct cox_xml *xml, enum cox_xmlwrite_style style);

/** As above with the first line indented by @level levels of two blanks. */
void cox_xmlwrite_indented(GString *out, const struct cox_xml *xml, enum cox_xmlwrite_style style, unsigned level);

/** The text of @xml; the caller frees it with g_free. */
char *cox_xmlwrite_text(const struct cox_xml *xml, enum cox_xmlwrite_style style);

/** Append the attributes of @xml as in its start tag, a blank before each. */
void cox_xmlwrite_attributes(GString *out, const struct cox_xml *xml);

/** Append @text with < > & escaped; for an attribute value also " and the white space other than blank. */
void cox_xmlwrite_escaped(GString *out, const char *text, bool is_attribute);

G_END_DECLS

#endif
