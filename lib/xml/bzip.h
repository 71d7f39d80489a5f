/* lib/xml/bzip.h - text to the compressed form that documents are kept in.  Layer 1. */
#ifndef COX_XML_BZIP_H
#define COX_XML_BZIP_H

#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

/** @length bytes of @text as a file for bzip2(1); the caller unrefs it.  Costs about 0.1 s of CPU per MiB. */
GBytes *cox_bzip_pack(const char *text, size_t length);

G_END_DECLS

#endif
