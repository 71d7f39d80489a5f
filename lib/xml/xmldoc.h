/* lib/xml/xmldoc.h - a whole document: new, parsed within limits, freed.  Layer 1. */
#ifndef COX_XML_XMLDOC_H
#define COX_XML_XMLDOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

struct cox_xmldoc;

/** Bounds of what is accepted; a zero field means the default. */
struct cox_xml_limits {
    size_t bytes;   /**< of the (decompressed) input; default 512 MiB; programs take it from COX_LIMIT_BYTES */
    unsigned depth; /**< of nested elements; default 256 */
    size_t nodes;   /**< elements and attributes; default 50 million */
};

/** A document with an empty root element called @root_name. */
struct cox_xmldoc *cox_xmldoc_new(const char *root_name);

/** A document with a deep copy of @xml as root. */
struct cox_xmldoc *cox_xmldoc_new_copy(const struct cox_xml *xml);

void cox_xmldoc_free(struct cox_xmldoc *doc);

/** The root element; never NULL. */
struct cox_xml *cox_xmldoc_root(const struct cox_xmldoc *doc);

/** Put a loose element of this document in the place of the root; the old root is freed. */
void cox_xmldoc_set_root(struct cox_xmldoc *doc, struct cox_xml *xml);

/**
 * Parse XML.  UTF-8 only; no document type, no entities beyond the five predefined ones, no network; white space
 * between elements is dropped, comments are kept; bzip2 is recognised by its first bytes.
 *
 * @param limits  NULL for the defaults
 * @param error   COX_ERROR_NO_INPUT when it cannot be read, COX_ERROR_SYNTAX with line and remedy when it is not XML or
 *                is beyond a limit
 * @return the document, the caller owns it; NULL on error
 */
struct cox_xmldoc *cox_xmldoc_parse_file(const char *path, const struct cox_xml_limits *limits, GError **error);

/** As above from an open descriptor, which stays open.  @name is for messages. */
struct cox_xmldoc *cox_xmldoc_parse_fd(int fd, const char *name, const struct cox_xml_limits *limits, GError **error);

/** As above from a stdio stream, which stays open. */
struct cox_xmldoc *cox_xmldoc_parse_stdio(FILE *stream, const char *name, const struct cox_xml_limits *limits,
                                          GError **error);

/** As above from memory; @length in bytes, or (size_t) -1 for a string. */
struct cox_xmldoc *cox_xmldoc_parse_text(const char *text, size_t length, const struct cox_xml_limits *limits,
                                         GError **error);

/** Is @xml, which has its attributes and its place and nothing below it yet, an element whose content is not wanted? */
typedef bool (*cox_xmldoc_hollow_fn)(const struct cox_xml *xml);

/** As above with the default limits; what is below elements that are @is_hollow is checked, but takes no memory and is not in the document. */
struct cox_xmldoc *cox_xmldoc_parse_hollow(const char *text, size_t length, cox_xmldoc_hollow_fn is_hollow, GError **error);

typedef struct cox_xmldoc cox_xmldoc; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_xmldoc, cox_xmldoc_free)

G_END_DECLS

#endif
