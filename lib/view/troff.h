/* lib/view/troff.h - text as the source of a manual page.  Layer 4. */
#ifndef COX_VIEW_TROFF_H
#define COX_VIEW_TROFF_H

#include <glib.h>

G_BEGIN_DECLS

/** Append @text so that it is printed as it is: a dash is a minus, and no line is taken for a request. */
void cox_troff_append(GString *out, const char *text);

G_END_DECLS

#endif
