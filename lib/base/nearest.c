/* lib/base/nearest.c - which of the known names was probably meant by one that is not known?  Layer 0. */
#include "base/nearest.h"

#include <stdbool.h>
#include <string.h>

enum { LONGEST = 255 };

static size_t
least(size_t a, size_t b, size_t c)
{
    size_t m = MIN(a, b);

    return MIN(m, c);
}

static bool
is_same(char a, char b)
{
    return g_ascii_tolower(a) == g_ascii_tolower(b);
}

size_t
cox_nearest_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b);
    size_t rows[3][LONGEST + 1] = { { 0 } }; /* the row before the last, the last, and this one, by turns */

    if (length_a > LONGEST || length_b > LONGEST) {
        return MAX(length_a, length_b);
    }
    for (size_t k = 0; k <= length_b; k++) {
        rows[0][k] = k;
    }
    for (size_t i = 1; i <= length_a; i++) {
        size_t *row = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t k = 1; k <= length_b; k++) {
            row[k] = least(last[k] + 1, row[k - 1] + 1, last[k - 1] + (is_same(a[i - 1], b[k - 1]) ? 0 : 1));
            if (i > 1 && k > 1 && is_same(a[i - 1], b[k - 2]) && is_same(a[i - 2], b[k - 1])) {
                row[k] = MIN(row[k], before[k - 2] + 1);
            }
        }
    }
    return rows[length_a % 3][length_b];
}

const char *
cox_nearest(const char *word, const char *const *candidates, size_t n_candidates)
{
    size_t length = strlen(word);
    size_t best = length / 2 + 1; /* as far as this is another word */
    const char *found = NULL;

    for (size_t i = 0; i < n_candidates; i++) {
        size_t distance = (candidates[i] == NULL) ? best : cox_nearest_distance(word, candidates[i]);

        if (candidates[i] != NULL && length > 1 && g_ascii_strncasecmp(word, candidates[i], length) == 0) {
            return candidates[i];
        }
        if (distance < best) {
            best = distance;
            found = candidates[i];
        }
    }
    return found;
}

char *
cox_nearest_hint(const char *word, const char *const *candidates, size_t n_candidates)
{
    const char *found = cox_nearest(word, candidates, n_candidates);

    return (found == NULL) ? g_strdup("") : g_strdup_printf("; did you mean '%s'?", found);
}
