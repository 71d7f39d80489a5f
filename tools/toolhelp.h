/* tools/toolhelp.h - help text and manual page from a tool's option table.  Layer 6. */
#ifndef COX_TOOLS_TOOLHELP_H
#define COX_TOOLS_TOOLHELP_H

#include "tools/toolopts.h"

G_BEGIN_DECLS

/** What --help prints; with @all also advanced options and examples.  Caller frees. */
char *cox_toolhelp_text(const struct cox_tool *tool, bool all);

/** Source of the manual page in section 8 (man macros).  Caller frees. */
char *cox_toolhelp_man(const struct cox_tool *tool);

G_END_DECLS

#endif
