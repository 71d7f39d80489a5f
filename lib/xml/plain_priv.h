/* lib/xml/plain_priv.h - the plainest XML, read without libxml2's parser; for files in lib/xml only. */
#ifndef COX_XML_PLAIN_PRIV_H
#define COX_XML_PLAIN_PRIV_H

#include <stddef.h>

#include "xml/xmldoc.h"

enum {
    COX_PLAIN_MAX_BYTES = 64 * 1024, /**< of what is looked at */
    COX_PLAIN_MAX_DEPTH = 100,
};

/**
 * Read @text when it has nothing but elements, attributes and white space between them, all in printable ASCII, without references,
 * namespaces, comments, declarations.  So are nearly all changes and patches of the document, and this costs a third of the parser.
 * @return the same tree as the parser gives, which the caller frees; NULL: not so plain, or not well-formed: ask the parser
 */
struct cox_xmldoc *cox_plain_parse(const char *text, size_t size);

#endif
