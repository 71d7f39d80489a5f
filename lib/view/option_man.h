/* lib/view/option_man.h - the table of options as the manual page cox-options(7).  Layer 4. */
#ifndef COX_VIEW_OPTION_MAN_H
#define COX_VIEW_OPTION_MAN_H

#include <glib.h>

G_BEGIN_DECLS

/** Source of the page (man macros).  Caller frees. */
char *cox_option_man(void);

G_END_DECLS

#endif
