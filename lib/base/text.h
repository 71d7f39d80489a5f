/* lib/base/text.h - texts from outside, before they are kept.  Layer 0. */
#ifndef COX_BASE_TEXT_H
#define COX_BASE_TEXT_H

#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

/** A copy of @text as valid UTF-8 of at most @most bytes, cut between two characters; NULL for NULL.  The caller frees it. */
char *cox_text_cut(const char *text, size_t most);

G_END_DECLS

#endif
