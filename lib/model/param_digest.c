/* lib/model/param_digest.c - what the history notes of the parameters that an operation ran with.  Layer 1, pure. */
#include "model/param_digest.h"

#include <stdlib.h>
#include <string.h>

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct cox_nvpair *) a)->name, ((const struct cox_nvpair *) b)->name);
}

static void
append_escaped(GString *text, const char *value)
{
    for (; *value != '\0'; value++) {
        switch (*value) {
        case '<':
            g_string_append(text, "&lt;");
            break;
        case '>':
            g_string_append(text, "&gt;");
            break;
        case '&':
            g_string_append(text, "&amp;");
            break;
        case '"':
            g_string_append(text, "&quot;");
            break;
        case '\t':
            g_string_append(text, "&#9;");
            break;
        case '\n':
            g_string_append(text, "&#10;");
            break;
        case '\r':
            g_string_append(text, "&#13;");
            break;
        default:
            g_string_append_c(text, *value);
        }
    }
}

char *
cox_param_digest(struct cox_nvpair *pairs, size_t n)
{
    g_autoptr(GString) text = g_string_new(" <parameters");

    if (n > 1) {
        qsort(pairs, n, sizeof(pairs[0]), by_name);
    }
    for (size_t i = 0; i < n; i++) {
        if (pairs[i].value != NULL && strcmp(pairs[i].name, COX_PARAM_EXTERNAL_ADDRESS) != 0) {
            g_string_append_printf(text, " %s=\"", pairs[i].name);
            append_escaped(text, pairs[i].value);
            g_string_append_c(text, '"');
        }
    }
    g_string_append(text, "/>\n");
    return g_compute_checksum_for_string(G_CHECKSUM_MD5, text->str, (gssize) text->len);
}
