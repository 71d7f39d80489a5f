/* cts/fuzz/fuzz_lvs_page.c - libFuzzer target: pages of HTTP.  A line with the pattern, then the body.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "lvs/lvspage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
judge(const struct cox_lvs_url *url, const uint8_t *body, size_t size, size_t piece)
{
    g_autoptr(cox_lvs_page) page = cox_lvs_page_new(url);
    struct cox_lvs_answer answer;

    for (size_t at = 0; at < size; at += piece) {
        COX_BUG_ON(!cox_lvs_page_feed(page, body + at, MIN(piece, size - at)));
    }
    cox_lvs_page_end(page, 200, &answer);
    COX_BUG_ON(answer.is_good != (answer.text == NULL));
    return answer.is_good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 1 ? memchr(data + 1, '\n', size - 1) : NULL;
    const size_t line = end == NULL ? size : (size_t) (end - data);
    g_autofree char *pattern = g_strndup((const char *) data + MIN(size, 1), line > 1 ? MIN(line - 1, 60) : 0);
    struct cox_lvs_url url = { .path = "/", .regex = pattern };
    bool is_good;

    if (size > 0) {
        url.regex_flags = data[0] & 0x3f; /* UTF too: patterns that are not UTF-8 are refused */
        url.regex_flags |= data[0] & 0x40 ? COX_LVS_REGEX_UTF : 0;
        url.regex_min_offset = data[0] & 3;
        url.is_regex_negated = (data[0] & 0x80) != 0;
    }
    is_good = judge(&url, data + line, size - line, size + 1);
    COX_BUG_ON(judge(&url, data + line, size - line, 3) != is_good);
    return 0;
}
