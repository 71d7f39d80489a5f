/* lib/xml/stream.h - read a CIB so that its status part goes to callbacks and never becomes a tree.  Layer 1. */
#ifndef COX_XML_STREAM_H
#define COX_XML_STREAM_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xmldoc.h"

G_BEGIN_DECLS

/**
 * What is called while `/cib/status` goes by.  Both are called for the status element itself, too.
 * Everything passed is borrowed for the call.  A callback that returns false must set @error; reading stops there.
 */
struct cox_stream_events {
    /** @attrs: name, value, name, value, ..., NULL; values are decoded.  @line in the input. */
    bool (*start)(void *data, const char *name, const char *const *attrs, int line, GError **error);
    bool (*end)(void *data, const char *name, GError **error);
};

/** Where to read from: the first that is set of path, text, fd. */
struct cox_stream_input {
    const char *path; /**< "-" is standard input */
    const char *text;
    size_t length;    /**< of @text in bytes */
    int fd;           /**< stays open */
    const char *name; /**< for messages with @text and @fd; may be NULL */
};

/**
 * Read a document as cox_xmldoc_parse_file does, with its checks and errors, but hand the content of `/cib/status` to
 * @events.  In the document returned `status` is an empty element with its attributes.  A document whose root is not
 * `cib` becomes a plain tree.
 */
struct cox_xmldoc *cox_stream_read(const struct cox_stream_input *input, const struct cox_xml_limits *limits,
                                   const struct cox_stream_events *events, void *data, GError **error);

G_END_DECLS

#endif
