/* lib/model/ids.c - names of roles.  Layer 1, pure. */
#include "model/ids.h"

static const struct {
    const char *text;
    enum cox_role role;
} names[] = {
    { "Stopped", COX_ROLE_STOPPED },       { "Started", COX_ROLE_STARTED },   { "Unpromoted", COX_ROLE_UNPROMOTED },
    { "Slave", COX_ROLE_UNPROMOTED },      { "Promoted", COX_ROLE_PROMOTED }, { "Master", COX_ROLE_PROMOTED },
};

enum cox_role
cox_role_parse(const char *text)
{
    for (gsize i = 0; text != NULL && i < G_N_ELEMENTS(names); i++) {
        if (g_ascii_strcasecmp(text, names[i].text) == 0) {
            return names[i].role;
        }
    }
    return COX_ROLE_UNKNOWN;
}

const char *
cox_role_text(enum cox_role role)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].role == role) {
            return names[i].text;
        }
    }
    return "Unknown";
}
