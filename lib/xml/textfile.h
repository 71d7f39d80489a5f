/* lib/xml/textfile.h - a text that a user wants in a file.  Layer 1. */
#ifndef COX_XML_TEXTFILE_H
#define COX_XML_TEXTFILE_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * Have @text, @size bytes, in the file @path.  A file is replaced as a whole or stays as it was; what is there and is no file (a device, a pipe, also
 * through a symbolic link) is written into: /dev/null must not become a file.  So is an empty file of this user, not through a link: who made
 * it may have it open (pcs reads what it asked for from there), and there is nothing in it that could be lost.  It is empty again if that fails.
 * Errors: COX_ERROR_IO when there is no room or the device fails, else COX_ERROR_CANNOT_CREATE.
 */
bool cox_textfile_put(const char *path, const char *text, gsize size, GError **error);

G_END_DECLS

#endif
