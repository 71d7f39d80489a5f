/* lib/view/troff.c - text as the source of a manual page.  Layer 4. */
#include "view/troff.h"

#include <stdbool.h>

void
cox_troff_append(GString *out, const char *text)
{
    bool at_start = true;

    for (const char *p = text; *p != '\0'; p++) {
        if (at_start && (*p == '.' || *p == '\'')) {
            g_string_append(out, "\\&");
        }
        if (*p == '\\') {
            g_string_append(out, "\\e");
        } else if (*p == '-') {
            g_string_append(out, "\\-");
        } else {
            g_string_append_c(out, *p);
        }
        at_start = (*p == '\n');
    }
}
