/* lib/election/feature_set.c - what a node can do, as a version that can be compared.  Layer 3, pure. */
#include "election/feature_set.h"

enum { PARTS = 3, PART_BITS = 16, PART_MAX = 0xffff };

bool
cox_feature_set_parse(const char *text, cox_feature_set *features)
{
    guint64 parts[PARTS] = { 0, 0, 0 };
    int n = 0;

    for (const char *at = text; at != NULL; n++) {
        if (n == PARTS || !g_ascii_isdigit(*at)) {
            return false;
        }
        for (; g_ascii_isdigit(*at); at++) {
            parts[n] = parts[n] * 10 + (guint64) (*at - '0');
            if (parts[n] > PART_MAX) {
                return false;
            }
        }
        if (*at != '\0' && *at != '.') {
            return false;
        }
        at = (*at == '.') ? at + 1 : NULL;
        if (at == NULL) {
            n++;
            break;
        }
    }
    if (n == 0) {
        return false;
    }
    *features = parts[0] << (2 * PART_BITS) | parts[1] << PART_BITS | parts[2];
    return true;
}

const char *
cox_feature_set_format(cox_feature_set features, char buffer[COX_FEATURE_SET_TEXT_BYTES])
{
    g_snprintf(buffer, COX_FEATURE_SET_TEXT_BYTES, "%u.%u.%u", (guint) (features >> (2 * PART_BITS) & PART_MAX),
               (guint) (features >> PART_BITS & PART_MAX), (guint) (features & PART_MAX));
    return buffer;
}
