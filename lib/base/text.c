/* lib/base/text.c - texts from outside, before they are kept.  Layer 0. */
#include "base/text.h"

#include <string.h>

char *
cox_text_cut(const char *text, size_t most)
{
    char *valid = text == NULL ? NULL : g_utf8_make_valid(text, (gssize) strnlen(text, most));

    if (valid != NULL && strlen(valid) > most) { /* what stands for bytes that are no UTF-8 is longer than they are */
        *g_utf8_find_prev_char(valid, valid + most + 1) = '\0';
    }
    return valid;
}
